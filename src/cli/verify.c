/* verify.c - `lfap verify`: every prediction of the theory held against what was measured, on the embedded cases or on
 * the user's data; a table for people, JSON for machines. */
#include <stdlib.h>
#include <string.h>

#include "cli/certify.h"
#include "cli/coq_sets.h"
#include "fields.h"
#include "oracle/verify/certifier.h"
#include "perturb/norm.h"
#include "verify/lines.h"

enum {
  O_DATA,
  O_LABELS,
  O_BIAS,
  O_WEIGHTS,
  O_GAMMA,
  O_TEST,
  O_TEST_LABELS,
  O_CASE,
  O_EPS,
  O_K,
  O_N_ADV,
  O_M,
  O_SEED,
  O_GAUSS,
  O_PROBES,
  O_CONTROLS,
  O_STEPS,
  O_CLASSES,
  O_N,
  O_NO_CENTER,
  O_IMAGES,
  O_SKIP,
  O_VERBOSE,
  O_CERTIFY_N,
  O_CERTIFY_FAST,
  O_COQ
};
static const cli_option options[] = {
    {"data", "PATH", "judge your data: a directory with X.npy and y.npy, or an NPY file of N x d samples"},
    {"labels", "FILE", "NPY file of N labels, +1 or -1 (default: y.npy in the directory)"},
    {"with-bias", NULL,
     "networks with a bias: samples, noise and points get a last coordinate, the constant 1, which\n"
     "nothing perturbs; b of --weights lies beside it (W.npy, b.npy)"},
    {"weights", "FILE",
     "judge your network instead of one trained here, m x d\n(default: W.npy in the directory, if there)"},
    {"gamma", "G", "leaky slope, between 0 and 1 (needed with --data)"},
    {"test", "PATH", "labelled points not trained on, like --data"},
    {"test-labels", "FILE", "their labels"},
    {"case", "NAME", "one case: uniform, orthogonal, outside, authors, fashion-mnist; large (3.3 GB) when named"},
    {"eps", "LIST", "sizes of the perturbations, in order: " LFAP_NORM_WORDS "; one left out or 0 is not made"},
    {"k", "K", "entries of the L0 perturbation (default: a twentieth of d)"},
    {"n-adv", "N", "noise bases to perturb"},
    {"m", "M", "neurons of the networks trained here, even"},
    {"seed", "S", "seed of data, bases, inits and probes (default 0)"},
    {"gauss-bases", NULL, "bases from the standard normal instead of uniform on [-1, 1)"},
    {"probes", "N", "random probe points (default 200)"},
    {"controls", "N", "networks trained on bare noise, one a seed"},
    {"flow-steps", "N",
     "most accepted steps of a gradient flow (default 10000; fashion-mnist 1000,\n"
     "and 36000 for the network trained on the images)"},
    {"classes", "A,B", "fashion-mnist: class A gets label +1, class B -1 (default 0,9)"},
    {"n", "N", "fashion-mnist: training images (default 200)"},
    {"no-center", NULL, "fashion-mnist: keep the mean image"},
    {"images", "DIR", "fashion-mnist: where the four gzipped IDX files are"},
    {"skip-missing", NULL, "leave fashion-mnist out when its files are not there"},
    {"verbose", NULL, "every check on a line of its own (default: a row for each statement)"},
    {"certify-n", "N", "certify sets of at most N samples by enclosures (default 256; 0: none)"},
    {"certify-fast", NULL, "(H), C1 and C2 of larger sets by error bounds in doubles"},
    {"coq", "DIR",
     "write every set, and a theorem about it for Coq's kernel where one is proved, into a folder\n"
     "of its own: DIR/CASE/natural, DIR/CASE/adv-l2, ...; axiom-free up to 100000 entries, then\n"
     "fast; in DIR/CASE/adv-l2/T4 that the networks of both decide some points alike"},
    {NULL, NULL, NULL},
};

static lfap_status set_eps(cli *c, cli_verify_args *a, const char *value) {
  lfap_status s = cli_list(c, a->eps, &a->eps_given, LFAP_NORMS, "eps", value);
  int any = 0;
  for (size_t i = 0; !s && i < a->eps_given; i++) {
    if (a->eps[i] < 0) s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "--eps %s: a size is not negative", value);
    any |= a->eps[i] > 0;
  }
  if (!s && !any) s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "--eps %s: no norm is left to perturb in", value);
  return s;
}

static lfap_status set_m(cli *c, cli_verify_args *a, const char *value) {
  lfap_status s = cli_size(c, &a->m, "m", value);
  return s ? s : cli_even(c, a->m, "--m");
}

static lfap_status set_case(cli *c, cli_verify_args *a, const char *value) {
  const char *names[8];
  int count = (int)cli_case_count(), found = 0;
  for (int i = 0; i < count; i++) names[i] = cli_case_name((size_t)i);
  lfap_status s = cli_word(c, &found, "--case", value, names, count);
  if (!s) a->only = names[found];
  return s;
}

static lfap_status set_verify_option(cli *c, void *args, int option, const char *value) {
  cli_verify_args *a = args;
  switch (option) {
  case O_DATA: a->data = value; return LFAP_OK;
  case O_LABELS: a->labels = value; return LFAP_OK;
  case O_BIAS: c->bias = 1; return LFAP_OK;
  case O_WEIGHTS: a->weights = value; return LFAP_OK;
  case O_GAMMA: return cli_gamma_value(c, &a->gamma, value);
  case O_TEST: a->test = value; return LFAP_OK;
  case O_TEST_LABELS: a->test_labels = value; return LFAP_OK;
  case O_CASE: return set_case(c, a, value);
  case O_EPS: return set_eps(c, a, value);
  case O_K: return cli_size(c, &a->k, "k", value);
  case O_N_ADV: return cli_size(c, &a->n_adv, "n-adv", value);
  case O_M: return set_m(c, a, value);
  case O_SEED: return cli_whole(c, &a->seed, "seed", value);
  case O_GAUSS: a->gauss_bases = 1; return LFAP_OK;
  case O_PROBES: return cli_size(c, &a->probes, "probes", value);
  case O_CONTROLS: return cli_size(c, &a->controls, "controls", value);
  case O_STEPS: return cli_size(c, &a->steps, "flow-steps", value);
  case O_CLASSES: return cli_classes_value(c, &a->class_pos, &a->class_neg, value);
  case O_N: return cli_size(c, &a->n, "n", value);
  case O_NO_CENTER: a->no_center = 1; return LFAP_OK;
  case O_IMAGES: a->images = value; return LFAP_OK;
  case O_SKIP: a->skip_missing = 1; return LFAP_OK;
  case O_VERBOSE: a->verbose = 1; return LFAP_OK;
  case O_CERTIFY_N: return cli_whole(c, &a->certify_n, "certify-n", value);
  case O_CERTIFY_FAST: a->certify_fast = 1; return LFAP_OK;
  case O_COQ: a->coq = value; return LFAP_OK;
  default: return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s' is not an option; data are named by --data", value);
  }
}

static lfap_status check_verify_args(cli *c, const cli_verify_args *a) {
  if (!a->data && (a->labels || c->labels_01 || a->weights || a->test || a->test_labels))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                     "--labels, --labels-01, --weights, --test and --test-labels go with --data");
  if (a->data && a->only)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--case names an embedded case; with --data there is one case, yours");
  if (a->test_labels && !a->test) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--test-labels goes with --test");
  if (a->coq) {
    lfap_status s = cli_out_check(c, a->coq);
    if (s) return s;
  }
  return a->data ? cli_require(c, a->gamma > 0 ? a : NULL, "--gamma", "the leaky slope, between 0 and 1") : LFAP_OK;
}

/* ---- the run ----------------------------------------------------------------------------------------------------- */

/* One case that cannot be judged does not stop the others; what it ends with, `s`, is the end of the run. */
static lfap_status set_aside(cli *c, cli_verify_report *r, const char *name, lfap_status s) {
  char shown[CLI_SHOWN];
  snprintf(r->skipped, sizeof r->skipped, "%s", name);
  snprintf(r->why, sizeof r->why, "%s", c->ctx.message);
  if (s) r->status = s;
  if (!c->quiet && !s) cli_note("skipped %s: %s\n", r->skipped, lfap_visible(shown, sizeof shown, r->why));
  return LFAP_OK;
}

/* All data first: a missing file is told before minutes of work, not after. */
static lfap_status gather(cli *c, cli_verify_report *r, const cli_verify_args *a) {
  if (a->data) {
    lfap_status s = cli_case_user(c, &r->input[0], a);
    r->cases = s ? 0 : 1;
    return s;
  }
  for (size_t i = 0; i < cli_case_count(); i++) {
    if (a->only ? strcmp(a->only, cli_case_name(i)) != 0 : !cli_case_unasked(i)) continue;
    lfap_status s = cli_case_default(c, &r->input[r->cases], i, a);
    if (s == LFAP_ERR_NOINPUT && a->skip_missing) {
      (void)set_aside(c, r, cli_case_name(i), LFAP_OK);
    } else if (!a->only && lfap_of_the_data(s)) (void)set_aside(c, r, cli_case_name(i), s);
    else if (s) return s;
    else r->cases++;
  }
  return LFAP_OK;
}

static void print_case(const cli *c, const cli_case *in, const lfap_case *k, int verbose) {
  char name[CLI_SHOWN];
  cli_say("%s%s%s: N = %zu, d = %zu%s, m = %zu, gamma = %g; N_adv = %zu, m = %zu there; seed %llu\n",
          c->color ? "\033[1m" : "", lfap_visible(name, sizeof name, k->name), c->color ? "\033[0m" : "", k->n, k->d,
          cli_bias_words(c), k->m, k->gamma, k->n_adv, in->opts.m_adv, (unsigned long long)k->seed);
  cli_say("  %s\n", in->about);
  cli_say("  perturbation sizes:");
  for (int i = 0; i < LFAP_NORMS; i++) {
    const lfap_norm_object *norm = lfap_norm_of((lfap_norm)i);
    if (!(in->opts.eps[i] > 0)) continue;
    cli_say(" %s %g", norm->name, in->opts.eps[i]);
    if (norm->takes_k) cli_say(" on %zu entries", in->opts.k);
  }
  cli_say("\n");
  cli_hypothesis_print(&k->hyp, "data");
  if (verbose) cli_checks_print(c, k->check, k->checks);
  else cli_digest_print(c, k->check, k->checks);
  cli_say("\n");
  fflush(stdout);
}

/* The first case with a line that is not right, and which: where to read on. */
static void print_next(const cli_verify_report *r) {
  for (size_t i = 0; i < r->cases; i++) {
    const lfap_case *k = &r->result[i];
    cli_tally t = {0};
    cli_tally_add(&t, k->check, k->checks);
    if (t.of[LFAP_FAIL] + t.of[LFAP_UNDECIDED] == 0) continue;
    cli_next_explain(k->check, k->checks);
    if (!r->input[i].here.n) cli_say("next: `lfap verify --case %s --verbose` has every check of that case\n", k->name);
    return;
  }
  cli_say("next: `lfap explain T4` tells what a statement says, what it supposes, and what computes it.\n");
}

/* What a reader wants first stands last, where the terminal stops: the verdict, a line a case, then every line that is
   not right. */
static void print_summary(const cli *c, const cli_verify_report *r) {
  const char *name[CLI_CASES], *about[CLI_CASES];
  cli_tally t[CLI_CASES] = {{0}};
  for (size_t i = 0; i < r->cases; i++) {
    name[i] = r->result[i].name;
    about[i] = r->result[i].hyp.holds ? "inside (H)" : "outside (H)";
    cli_tally_add(&t[i], r->result[i].check, r->result[i].checks);
  }
  cli_say("summary\n");
  cli_verdict_print(c, &r->tally);
  cli_tallies_print(&(cli_tallies){c, name, about, t}, r->cases);
  for (size_t i = 0; i < r->cases; i++) {
    char shown[CLI_SHOWN];
    if (t[i].of[LFAP_FAIL] + t[i].of[LFAP_UNDECIDED] == 0) continue;
    cli_say("%s: what is not right\n", lfap_visible(shown, sizeof shown, name[i]));
    cli_reasons_print(c, r->result[i].check, r->result[i].checks);
  }
  if (r->skipped[0]) cli_say("  %-14s  %s, not judged\n", "skipped", r->skipped);
  if (r->left_out) cli_say("  %zu sets of more samples than --certify-n are measured in doubles alone\n", r->left_out);
  print_next(r);
}

static lfap_status refine(void *user, lfap_ctx *ctx, lfap_limit *lim, const lfap_set *set) {
  return oracle_certifier_refine(&((cli_coq_sets *)user)->oracle, ctx, lim, set);
}

static lfap_status speak_of_end(void *user, lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_ending *e) {
  return oracle_certifier_end(&((cli_coq_sets *)user)->oracle, ctx, c, first, e);
}

static lfap_status judge_cases(cli *c, cli_verify_report *r, cli_coq_sets *theorems, int verbose) {
  const lfap_certifier who = {.speak = cli_coq_speak, .refine = refine, .end = speak_of_end, .user = theorems};
  for (size_t i = 0; i < r->cases; i++) {
    r->input[i].opts.certifier = &who;
    r->document[i].first = theorems->sets;
    theorems->name = r->input[i].name;
    lfap_status s = lfap_tick(&c->ctx, "case", (double)i, (double)r->cases);
    if (!s) s = lfap_verify_case(&c->ctx, &r->result[i], &r->input[i].opts);
    r->document[i].sets = theorems->sets - r->document[i].first;
    if (r->cases > 1 && lfap_of_the_data(s)) {
      s = set_aside(c, r, r->input[i].name, s);
      continue;
    }
    if (s) return s;
    cli_tally_add(&r->tally, r->result[i].check, r->result[i].checks);
    cli_progress_clear(c);
    if (c->json) continue;
    print_case(c, &r->input[i], &r->result[i], verbose);
    cli_coq_sets_print(theorems, r->document[i].first);
  }
  return LFAP_OK;
}

static lfap_status print_verify_json(cli *c, cli_verify_report *r, const cli_coq_sets *theorems) {
  for (size_t i = 0; i < r->cases; i++) {
    const cli_case *in = &r->input[i];
    cli_case_report *k = &r->document[i];
    k->in = in;
    k->lines = &r->result[i];
    k->set = theorems->dir ? theorems->set + k->first : NULL;
    if (in->here.n) memcpy(k->sha256, in->here.sha256, sizeof k->sha256);
    else cli_sha256(k->sha256, in->data.x, in->data.n * in->data.d, in->data.y, in->data.n);
  }
  return cli_print_verify(c, r);
}

static lfap_status run_verify(cli *c, int argc, char **argv) {
  cli_verify_args a = {.class_pos = 0, .class_neg = 9, .certify_n = 256};
  int help = 0;
  lfap_status s = cli_parse(c, &a, set_verify_option, &help, argc, argv);
  if (s || help) return s;
  cli_verify_report *r = calloc(1, sizeof *r);
  if (!r) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory");
  s = check_verify_args(c, &a);
  if (!s) s = gather(c, r, &a);
  cli_coq_sets theorems = {.c = c, .dir = a.coq};
  theorems.oracle.largest = a.certify_n > SIZE_MAX ? SIZE_MAX : (size_t)a.certify_n;
  theorems.oracle.fast = a.certify_fast;
  if (!s) s = judge_cases(c, r, &theorems, a.verbose);
  r->left_out = theorems.oracle.left_out;
  if (!s) {
    c->verdict = cli_tally_verdict(&r->tally);
    if (c->json) s = print_verify_json(c, r, &theorems);
    else print_summary(c, r);
    if (!s && r->status) s = lfap_fail(&c->ctx, r->status, "%s: %.900s", r->skipped, r->why);
  }
  cli_coq_sets_free(&theorems);
  for (size_t i = 0; i < CLI_CASES; i++) {
    lfap_case_free(&r->result[i]);
    cli_case_free(&r->input[i]);
  }
  free(r);
  return s;
}

const cli_verb cli_verify = {
    "verify",
    "the main job: hold every prediction of the theory against what is measured",
    "[options]",
    "Without --data: five embedded cases, uniform noise and orthogonal rows (inside the hypothesis (H)), uniform\n"
    "noise far outside it, the authors' slope and training, and two classes of Fashion-MNIST. For each: the limit\n"
    "and its intervals (T1, T2, C1, C2), a network trained against it and where its weights end (C3, C4),\n"
    "perturbations in every norm (P1, D1, D2), and fresh networks trained on noise plus perturbation (T3, T4) or\n"
    "on bare noise. A check is PASS, FAIL, UNDECIDED, or NOT-APPLICABLE where the hypothesis is not met: then\n"
    "what was measured is shown. Other options replace a size in every embedded case that runs.",
    "  lfap verify\n"
    "  lfap verify --case fashion-mnist --classes 2,4 --json\n"
    "  lfap verify --case orthogonal --coq theorems && \\\n"
    "    lfap check theorems/orthogonal/natural/Certificate.v \\\n"
    "    --data theorems/orthogonal/natural\n"
    "  lfap verify --data X.npy --labels y.npy --weights W.npy --gamma 0.01",
    options,
    run_verify};
