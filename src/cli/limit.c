/* limit.c - `lfap limit`: the limiting boundary of a data set (Q1), its multiplier intervals (T1, T2) and the
 * conditions that make its boundary linear (C1, C2). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/certify.h"
#include "cli/coq.h"
#include "fields.h"
#include "verify/lines.h"

/* O_CERTIFY and the three after it: certify.h; O_COQ and the one after it: coq.h */
enum {
  O_DATA,
  O_LABELS,
  O_BIAS,
  O_GAMMA,
  O_POINTS,
  O_OUT,
  O_SOLVER,
  O_MEMORY,
  O_CERTIFY,
  O_COQ = O_CERTIFY + CLI_CERTIFY_OPTION_COUNT,
  O_ADVERSARIAL = O_COQ + CLI_COQ_OPTION_COUNT
};
static const cli_option options[] = {
    {"data", "PATH", "directory with X.npy and y.npy, or an NPY file of N x d samples"},
    {"labels", "FILE", "NPY file of N labels, +1 or -1 (default: y.npy in the directory)"},
    {"with-bias", NULL,
     "the limit of networks with a bias: samples and points get a last coordinate, the constant 1;\n"
     "w.npy has the others of w, w_bias.npy that one: the boundary is <w,z> + w_bias"},
    {"gamma", "G", "leaky slope, between 0 and 1"},
    {"probe-points", "FILE",
     "NPY file of points, P x d: those that every KKT point of the data decides alike (T4 without\n"
     "multipliers) are counted, their signs go to kkt_signs.npy; with --certify exactly, and\n"
     "with --coq the theorem tells their side of the boundary"},
    {"out", "DIR", "directory for lambda, omega, slopes, w (.npy) and meta.json; without it nothing is written"},
    {"solver", "NAME", "auto (by size and conditioning), direct (Cholesky factors) or cg (conjugate gradients)"},
    {"memory-limit", "BYTES",
     "for samples and matrices together, e.g. 2G: without room for a factor conjugate gradients\n"
     "solve the system, without room for the Gram matrix from the samples alone"},
    CLI_CERTIFY_OPTIONS,
    CLI_COQ_OPTIONS,
    {"adversarial", "DIR", "the other set of --coq-claim T4: a directory with X.npy and y.npy, as `perturb` writes it"},
    {NULL, NULL, NULL},
};

typedef struct {
  const char *data, *labels, *points, *out, *adversarial;
  double gamma;
  lfap_limit_opts limit;
  cli_certify_args certify;
  cli_coq_args coq;
} args;

/* "2G", "512M", "1000000": bytes, with K, M, G, T for powers of 1024. */
static lfap_status bytes_value(cli *c, uint64_t *out, const char *text) {
  static const char units[] = "KMGT";
  size_t digits = strspn(text, "0123456789.");
  const char *unit = text[digits] ? strchr(units, text[digits]) : NULL;
  char number[32];
  double v = 0;
  snprintf(number, sizeof number, "%.*s", (int)(digits < sizeof number ? digits : sizeof number - 1), text);
  if (digits == 0 || (text[digits] && (!unit || text[digits + 1])))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--memory-limit %s: write bytes, or a number with K, M, G or T, like 2G",
                     text);
  lfap_status s = cli_number(c, &v, "memory-limit", number);
  if (s) return s;
  v = ldexp(v, unit ? 10 * (int)(unit - units + 1) : 0);
  if (!(v >= 1.0 && v < 0x1p63))
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "--memory-limit %s: must be from 1 byte to below 2^63", text);
  *out = (uint64_t)v;
  return LFAP_OK;
}

static lfap_status solver_value(cli *c, lfap_solver *out, const char *text) {
  static const char *const names[] = {"auto", "direct", "cg"};
  int found = 0;
  lfap_status s = cli_word(c, &found, "--solver", text, names, 3);
  if (!s) *out = (lfap_solver)found;
  return s;
}

static lfap_status set_limit_option(cli *c, void *args_, int option, const char *value) {
  args *a = args_;
  switch (option) {
  case O_DATA: a->data = value; return LFAP_OK;
  case O_LABELS: a->labels = value; return LFAP_OK;
  case O_BIAS: c->bias = 1; return LFAP_OK;
  case O_GAMMA: return cli_gamma_value(c, &a->gamma, value);
  case O_POINTS: a->points = value; return LFAP_OK;
  case O_OUT: a->out = value; return LFAP_OK;
  case O_SOLVER: return solver_value(c, &a->limit.solver, value);
  case O_MEMORY: return bytes_value(c, &a->limit.memory_limit, value);
  case O_ADVERSARIAL: a->adversarial = value; return LFAP_OK;
  default: break;
  }
  if (option >= O_CERTIFY && option < O_COQ) return cli_certify_set(c, &a->certify, option - O_CERTIFY, value);
  if (option >= O_COQ && option < O_ADVERSARIAL) return cli_coq_option(c, &a->coq, option - O_COQ, value);
  return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s' is not an option; data are named by --data", value);
}

static lfap_status check_limit_args(cli *c, const args *a) {
  lfap_status s = cli_require(c, a->data, "--data", "the samples");
  if (!s) s = cli_require(c, a->gamma > 0 ? a : NULL, "--gamma", "the leaky slope, between 0 and 1");
  if (!s) s = cli_certify_require(c, &a->certify, a->out);
  if (!s) s = cli_coq_require(c, &a->coq, a->certify.wanted, a->out);
  if (!s) s = cli_coq_require_points(c, &a->coq, a->points, a->adversarial);
  if (!s && a->out) s = cli_out_check(c, a->out);
  return s;
}

/* ---- reports ----------------------------------------------------------------------------------------------------- */

static const lfap_check *c1_line(const lfap_case *k) {
  size_t i = 0;
  while (k->check[i].claim != LFAP_CLAIM_C1) i++;
  return &k->check[i];
}

static cli_range range_of(const double *v, size_t n) {
  cli_range r = {INFINITY, -INFINITY, 0};
  for (size_t i = 0; i < n; i++) {
    r.positive += v[i] > 0.0;
    r.min = fmin(r.min, v[i]);
    r.max = fmax(r.max, v[i]);
  }
  return r;
}

static void c2_print(const lfap_limit *l) {
  const lfap_c2 *c = &l->c2;
  cli_say("  largest sum of obtuse G_nk/||x_n||^2: kappa_obt = %.4g (C2 below %.4g)", c->kappa_obt, c->kappa_bound);
  if (c->margin_lin > 0.0) cli_say("; linear margin %.6g (C2 above %.4g)", c->margin_lin, c->margin_need);
  cli_say("\n");
  if (c->bent)
    cli_say("  (CP): w bends at %zu samples, %zu of them at a kink; %zu of %zu multipliers positive, residual %.2g\n",
            c->bent, c->kinks, c->active, 2 * l->n, c->residual);
}

static void print_limit(const cli *c, const cli_limit_report *r, const cli_tally *tally, const oracle_cert *cert,
                        const lfap_enclosure *fast) {
  const lfap_limit *l = r->limit;
  cli_range q = range_of(l->lambda_q, l->n);
  cli_verdict_print(c, tally);
  cli_reasons_print(c, r->lines->check, r->lines->checks);
  cli_say("limit: N = %zu, d = %zu%s, gamma = %g\n", l->n, l->d, cli_bias_words(c), l->gamma);
  cli_hypothesis_print(&l->hyp, "data");
  cli_say("  largest row sum of |G_nk|/||x_k||^2, k != n: %.4g; (H*) %s (below %.3g), (C) %s (below %.3g)\n",
          l->row_kappa, l->row_kappa < l->h_star ? "holds" : "does not hold", l->h_star,
          l->row_kappa < l->c_bound ? "holds" : "does not hold", l->c_bound);
  cli_say("  lambda from %.6g to %.6g, %zu of %zu positive (%s); largest |Q lambda - 1| on them %.2g\n", q.min, q.max,
          q.positive, l->n, l->full ? "solution of Q lambda = 1" : "nonnegative QP", l->residual);
  c2_print(l);
  if (c->bias) cli_say("  the boundary is <w,z> + w_bias, w_bias = %.6g\n", l->w[l->d - 1]);
  if (r->every)
    cli_say("  every KKT point decides alike, %s: %zu of %zu points, %zu of them +1\n",
            cert || fast ? "certified" : "measured", r->every->positive + r->every->negative, r->every->points,
            r->every->positive);
  if (cert) cli_certify_print(cert);
  if (fast) cli_enclosure_print(fast);
  if (r->coq) cli_coq_print(r->coq);
  cli_checks_print(c, r->lines->check, r->lines->checks);
}

/* The limit, its margin, and with --certify what makes it certain, from one Gram matrix where the memory limit leaves
   room: what error bounds say, or the certificate with its text, whose multipliers are taken over. */
static lfap_status solve_limit(cli *c, lfap_limit *l, lfap_enclosure *fast, oracle_cert *cert, lfap_text *text,
                               const args *a, const lfap_data *data) {
  uint64_t limit = a->limit.memory_limit;
  int quick = a->certify.wanted && cli_certify_choose(&a->certify, data->n) == CLI_CERTIFY_FAST;
  lfap_set set = {.data = data, .checked = 1};
  lfap_status s = LFAP_OK;
  if (!limit || lfap_limit_bytes(data->n, data->d, 2, c->ctx.threads) <= limit) s = lfap_set_gram(&c->ctx, &set);
  if (!s) s = lfap_limit_solve_opts(&c->ctx, l, data, set.gram, a->gamma, &a->limit);
  if (!s && quick) s = lfap_limit_enclose(&c->ctx, fast, data, l, set.gram);
  if (!s && quick) s = oracle_enclosure_finish(&c->ctx, fast, data, l, set.gram);
  if (!s && cli_interrupted()) s = lfap_fail(&c->ctx, LFAP_ERR_INTERRUPTED, "interrupted; nothing was written");
  if (!s && a->certify.wanted && !quick) {
    s = cli_certify_run(c, cert, text, data, a->gamma, &a->certify.o);
    if (!s) s = oracle_adopt(&c->ctx, l, cert, &set);
  }
  if (!s) s = lfap_limit_margin(&c->ctx, l, data, set.gram, &a->limit);
  lfap_set_free(&set);
  return s;
}

/* What every KKT point decides at the points: in doubles with an error bound, or exactly. */
static lfap_status decide_points(cli *c, lfap_mat *signs, cli_signs *count, const lfap_mat *z, const lfap_data *data,
                                 int exactly) {
  int *sign = malloc(z->rows * sizeof *sign);
  lfap_status s = sign ? LFAP_OK : lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "no memory for %zu signs", z->rows);
  if (!s) s = lfap_vec_alloc(&c->ctx, signs, z->rows);
  if (!s)
    s = exactly ? oracle_kkt_signs(&c->ctx, sign, data, z->v, z->rows)
                : lfap_kkt_signs(&c->ctx, sign, data, z->v, z->rows);
  for (size_t i = 0; !s && i < z->rows; i++) {
    signs->v[i] = sign[i];
    count->positive += sign[i] > 0;
    count->negative += sign[i] < 0;
  }
  count->points = z->rows;
  free(sign);
  return s;
}

/* Everything of a run. */
typedef struct {
  args a;
  lfap_data data;
  lfap_data adversarial;
  lfap_mat points, signs; /* of --probe-points, and what every KKT point decides there */
  cli_signs count;
  lfap_limit l;
  lfap_enclosure fast;
  oracle_cert cert;
  lfap_text text; /* of the certificate */
  cli_coq coq;
  lfap_case k;
  char sha[CLI_SHA256];
} run;

static void run_free(run *r) {
  lfap_case_free(&r->k);
  cli_coq_free(&r->coq);
  lfap_text_free(&r->text);
  lfap_mat_free(&r->signs);
  lfap_mat_free(&r->points);
  oracle_cert_free(&r->cert);
  lfap_enclosure_free(&r->fast);
  lfap_limit_free(&r->l);
  lfap_data_free(&r->adversarial);
  lfap_data_free(&r->data);
}

/* lambda.npy, omega.npy, slopes.npy, w.npy and, unless it is fast, the certificate, which lambda agrees with: one
   set. */
static lfap_status write(cli *c, run *r, const cli_limit_report *report) {
  const char *out = r->a.out;
  const lfap_limit *l = &r->l;
  lfap_json j = {.indent = 2};
  if (!out) return LFAP_OK;
  lfap_status s = cli_set_begin(c, out);
  c->set.gamma = l->gamma;
  if (!s) s = cli_out_vector(c, out, "lambda.npy", l->lambda, l->n);
  if (!s) s = cli_out_vector(c, out, "omega.npy", l->omega, l->n);
  if (!s) s = cli_out_vector(c, out, "slopes.npy", l->c2.slope, l->n);
  if (!s) s = cli_out_vector(c, out, "w.npy", l->w, l->d - (c->bias != 0));
  if (!s && c->bias) s = cli_out_vector(c, out, "w_bias.npy", l->w + l->d - 1, 1);
  if (!s && r->signs.rows) s = cli_out_vector(c, out, "kkt_signs.npy", r->signs.v, r->signs.rows);
  if (!s && r->text.len) s = cli_out_text(c, out, "certificate.json", &r->text);
  if (!s) s = cli_coq_write(c, out, &r->coq);
  lfap_json_object_begin(&j, NULL);
  cli_put_limit_head_fields(c, &j, report);
  if (!s) s = cli_set_end(c, &j, r->sha);
  lfap_json_free(&j);
  return s;
}

/* Every line of the limit, and what is certain of it. */
static lfap_status judge_lines(cli *c, lfap_case *k, const lfap_limit *l, const oracle_cert *exact,
                               const lfap_enclosure *fast) {
  lfap_status s = lfap_judge_limit(&c->ctx, k, l, "data");
  if (!s && exact) s = oracle_settle(&c->ctx, k, 0, exact, l, "data");
  if (!s && fast) lfap_settle_enclosure(k, 0, fast, 1);
  return s;
}

/* The verdict, and the report of everything that was found. A theorem that was asked for and is not there leaves it
   open. */
static lfap_status tell(cli *c, cli_limit_report *r, const oracle_cert *exact, const lfap_enclosure *fast) {
  cli_certificate certificate;
  cli_tally tally = {0};
  const lfap_check *c1 = c1_line(r->lines);
  r->c1 = c1->verdict == LFAP_PASS;
  r->aligned = exact && c1->enclosed ? exact->aligned : r->limit->c1b;
  if (exact) certificate = cli_certificate_of(exact);
  if (fast) certificate = cli_enclosure_certificate(fast);
  if (exact || fast) r->certificate = &certificate;
  r->range = range_of(r->limit->lambda, r->limit->n);
  cli_tally_add(&tally, r->lines->check, r->lines->checks);
  if (r->coq && !r->coq->theorem.n) tally.of[LFAP_UNDECIDED]++;
  c->verdict = cli_tally_verdict(&tally);
  if (c->json) return cli_print_limit(c, r);
  print_limit(c, r, &tally, exact, fast);
  return LFAP_OK;
}

/* The theorem for Coq, T4's of the limit of the adversarial set too. */
static lfap_status ask_coq(cli *c, run *r) {
  const args *a = &r->a;
  const lfap_data *other = a->adversarial ? &r->adversarial : NULL;
  lfap_limit limit = {0};
  lfap_status s = other ? lfap_limit_solve_opts(&c->ctx, &limit, other, NULL, a->gamma, &a->limit) : LFAP_OK;
  cli_coq_of_sets(&r->coq, &r->data, other);
  if (!s) s = cli_coq_find(c, &r->coq, &a->coq, &r->l, r->cert.n ? &r->cert : NULL, &r->points, &limit);
  lfap_limit_free(&limit);
  return s;
}

/* What is asked of the points, and of Coq. */
static lfap_status beyond(cli *c, run *r) {
  const args *a = &r->a;
  lfap_status s = a->points ? decide_points(c, &r->signs, &r->count, &r->points, &r->data, a->certify.wanted) : LFAP_OK;
  return !s && a->coq.wanted ? ask_coq(c, r) : s;
}

/* The set of --adversarial, as wide as the other one. */
static lfap_status read_adversarial(cli *c, run *r) {
  lfap_status s = cli_data_read(c, &r->adversarial, r->a.adversarial, NULL);
  if (!s && r->adversarial.d != r->data.d)
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "--adversarial %s: d = %zu, but %s has d = %zu", r->a.adversarial,
                  r->adversarial.d, r->a.data, r->data.d);
  return s;
}

/* What one would ask next: of a failure what it means, of what was measured that it be certain, of a certificate that
   another program reads it. */
static void print_next(const cli *c, const run *r) {
  const args *a = &r->a;
  char data[CLI_SHOWN], labels[CLI_SHOWN], out[CLI_SHOWN];
  cli_word_shown(data, sizeof data, a->data);
  cli_word_shown(labels, sizeof labels, a->labels ? a->labels : "");
  cli_word_shown(out, sizeof out, a->out ? a->out : "limit");
  if (!a->labels) labels[0] = 0;
  const char *option = a->labels ? " --labels " : "", *bias = c->bias ? " --with-bias" : "";
  cli_next_explain(r->k.check, r->k.checks);
  if (c->verdict == LFAP_FAIL) return;
  if (!a->certify.wanted)
    cli_say("next: `lfap limit --data %s%s%s%s --gamma %.15g --certify --out %s` decides by enclosures what is "
            "measured here\n",
            data, option, labels, bias, a->gamma, out);
  else if (r->text.len)
    cli_say("next: `lfap check %s/certificate.json --data %s%s%s%s` decides it again from the data\n", out, data,
            option, labels, bias);
}

static lfap_status go(cli *c, run *r) {
  args *a = &r->a;
  lfap_status s = check_limit_args(c, a);
  if (!s) s = cli_data_read(c, &r->data, a->data, a->labels);
  if (!s && a->points) s = cli_points_read(c, &r->points, a->points, r->data.d);
  if (!s && a->adversarial) s = read_adversarial(c, r);
  if (!s) s = solve_limit(c, &r->l, &r->fast, &r->cert, &r->text, a, &r->data);
  if (!s) s = beyond(c, r);
  if (s) return s;
  cli_limit_report report = {.limit = &r->l, .sizes = {r->l.n, r->l.d}, .sha256 = r->sha, .lines = &r->k};
  cli_sha256(r->sha, r->data.x, r->data.n * r->data.d, r->data.y, r->data.n);
  report.every = a->points ? &r->count : NULL;
  report.coq = a->coq.wanted ? &r->coq : NULL;
  s = write(c, r, &report);
  const oracle_cert *exact = r->cert.n ? &r->cert : NULL;
  const lfap_enclosure *quick = r->fast.n ? &r->fast : NULL;
  if (!s) s = judge_lines(c, &r->k, &r->l, exact, quick);
  if (!s) s = tell(c, &report, exact, quick);
  if (!s && !c->json) print_next(c, r);
  return s;
}

static lfap_status run_limit(cli *c, int argc, char **argv) {
  run r = {.a = {.limit.best_effort = 1, .coq.claim = -1}};
  int help = 0;
  lfap_status s = cli_parse(c, &r.a, set_limit_option, &help, argc, argv);
  if (!s && !help) s = go(c, &r);
  run_free(&r);
  return s;
}

const cli_verb cli_limit = {
    "limit",
    "the limiting decision boundary of a data set: lambda, w, and what the theory says of them",
    "--data PATH [--labels FILE] --gamma G [options] [--certify[=HOW] [--coq[=FORM]]] [--out DIR]",
    "Solves Q lambda = 1 (the nonnegative QP where an entry would be negative) and forms w = sum lambda_n y_n x_n, "
    "whose\n"
    "sign is the decision boundary that training tends to; where that has kinks (small slopes), the convex programme\n"
    "(CP) of C2. Tells whether (H) holds, holds lambda against the intervals of T1 and T2 and checks C1 and C2, each\n"
    "of which makes w the boundary of a KKT point. Outside (H), T1 and T2 are NOT-APPLICABLE. `lfap explain T2` states "
    "them.",
    "  lfap gen uniform --n 2 --d 20000 --seed 1 --out data\n"
    "  lfap limit --data data --gamma 0.9 --out limit\n"
    "  lfap limit --data X.npy --labels y.npy --gamma 0.5 --json\n"
    "  lfap limit --data data --gamma 0.5 --memory-limit 2G --certify=fast\n"
    "  lfap limit --data data --gamma 0.9 --certify --out limit\n"
    "  lfap check limit/certificate.json --data data\n"
    "  lfap limit --data data --gamma 0.9 --certify --coq --out limit\n"
    "  lfap check limit/Certificate.v --data data",
    options,
    run_limit};
