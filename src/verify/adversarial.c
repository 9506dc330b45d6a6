/* adversarial.c - a fresh network on noise + perturbation: its limit splits into the effect of the noise and the
 * effect of the perturbations (T3), which decides like the natural boundary wherever it wins (T4); and the control
 * on bare noise (spec/theory.md section 4). Only the perturbed set is kept: its bases come from the seed again, a
 * row at a time. */
#include "verify/judge.h"
#include "verify/run.h"

#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/perturb.h"
#include "kernel/random.h"
#include "net/direction.h"
#include "net/split.h"
#include "perturb/norm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t bases_seed(const lfap_run *r, uint64_t stream) { return r->o->seed + 1000 + stream; }

/* Bases (n_adv x d) and targets of seed stream `stream`. */
static lfap_status noise_bases(lfap_run *r, lfap_data *out, uint64_t stream) {
  uint64_t seed = bases_seed(r, stream);
  lfap_status st = r->o->gauss_bases ? lfap_gen_gauss(r->ctx, out, seed, r->o->n_adv, r->moving)
                                     : lfap_gen_uniform(r->ctx, out, seed, r->o->n_adv, r->moving);
  for (size_t i = 0; !st && r->noise != 1.0 && i < out->n * out->d; i++) out->x[i] *= r->noise;
  if (!st && r->o->data->bias) st = lfap_data_with_one(r->ctx, out);
  if (st) lfap_data_free(out);
  return st;
}

#define LARGE_SET ((size_t)1 << 26) /* doubles */

/* The adversarial side of one norm. */
typedef struct {
  lfap_norm norm;
  char subject[24];
  double eps, sum_omega;
  lfap_data adv;  /* bases plus perturbations, with their targets */
  lfap_set set;   /* adv, */
  lfap_limit lim; /* and its limit */
  double *w_data; /* d: sum omega_n t_n b_n */
  lfap_net net;
  lfap_history hist;
  lfap_facts facts; /* of adv, and of the network trained on it */
  lfap_facts bound; /* of adv and its limit alone */
  double fuzz;      /* how far the direction of net may be from lim.w, as an angle; 0 where its training is not over */
  double *f_adv[LFAP_POINT_SETS];    /* per set of points: f_adv there */
  double *base_sum[LFAP_POINT_SETS]; /* per set of points, where (H) holds: sum over the bases of |<b_n, z>| */
} adversary;

static void adversary_free(adversary *a) {
  lfap_set_free(&a->set);
  lfap_data_free(&a->adv);
  lfap_limit_free(&a->lim);
  lfap_net_free(&a->net);
  lfap_history_free(&a->hist);
  free(a->w_data);
  for (size_t s = 0; s < LFAP_POINT_SETS; s++) {
    free(a->f_adv[s]);
    free(a->base_sum[s]);
  }
}

/* Of the first weights of the network that learns the set. */
static uint64_t net_seed(const lfap_run *r, const adversary *a) { return r->o->seed + 10 + (uint64_t)a->norm; }

/* x_n = b_n + t_n eta in the place of b_n (P1). */
static lfap_status perturb_rows(lfap_run *r, adversary *a) {
  size_t d = r->d;
  double *eta = malloc(2 * d * sizeof *eta);
  if (!eta) return lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for d = %zu", d);
  lfap_status st = lfap_perturb_direction(r->ctx, eta, r->c->lim.w, 1.0, a->norm, a->eps, r->o->k, r->moving);
  if (!st) st = lfap_perturb_direction(r->ctx, eta + d, r->c->lim.w, -1.0, a->norm, a->eps, r->o->k, r->moving);
  for (size_t i = 0; !st && i < a->adv.n; i++) {
    double *x = a->adv.x + i * d;
    lfap_axpy(x, 1.0, a->adv.y[i] > 0.0 ? eta : eta + d, r->moving); /* fma(1, eta, x): the rounded sum */
  }
  free(eta);
  return st;
}

/* The next base of the stream, as adversary_make perturbed it. */
static void next_base(const lfap_run *r, lfap_philox *g, double *row) {
  if (r->o->gauss_bases) lfap_fill_normal(row, g, r->moving);
  else lfap_fill_uniform(row, g, r->moving);
  for (size_t k = 0; r->noise != 1.0 && k < r->moving; k++) row[k] *= r->noise;
  if (r->moving < r->d) row[r->moving] = 1.0;
}

/* w_data, a chain over the bases, and the sums of |<b_n, z>| that T4's a-priori form asks for. */
static void over_bases(lfap_run *r, adversary *a, double *row) {
  lfap_philox g;
  lfap_philox_seed(&g, bases_seed(r, 0));
  for (size_t i = 0; i < a->adv.n; i++) {
    next_base(r, &g, row);
    lfap_axpy(a->w_data, a->lim.omega[i] * a->adv.y[i], row, r->d);
    for (size_t s = 0; a->lim.hyp.holds && s < r->sets; s++)
      for (size_t z = 0; z < r->points[s].n; z++)
        a->base_sum[s][z] += fabs(lfap_dot(r->d, row, r->points[s].Z + z * r->d));
  }
}

static lfap_status adversary_make(lfap_run *r, adversary *a) {
  lfap_status st = noise_bases(r, &a->adv, 0);
  if (!st) st = perturb_rows(r, a);
  a->set = (lfap_set){.data = &a->adv, .limit = &a->lim};
  if (!st) st = lfap_set_check(r->ctx, &a->set, "noise + perturbation");
  if (!st) st = lfap_set_gram(r->ctx, &a->set);
  if (!st) st = lfap_limit_solve(r->ctx, &a->lim, &a->adv, a->set.gram, r->o->gamma);
  if (st) return st;
  a->sum_omega = lfap_sum(a->lim.n, a->lim.omega);
  a->w_data = calloc(r->d, sizeof(double));
  double *row = malloc(r->d * sizeof *row);
  if (!a->w_data || !row) st = lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for d = %zu", r->d);
  for (size_t s = 0; !st && s < r->sets; s++) {
    a->f_adv[s] = malloc(r->points[s].n * sizeof(double));
    a->base_sum[s] = calloc(r->points[s].n, sizeof(double));
    if (!a->f_adv[s] || !a->base_sum[s])
      st = lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for %zu points", r->points[s].n);
  }
  if (!st) over_bases(r, a, row);
  free(row);
  return st;
}

/* What T3 and T4 say at one set of points. */
typedef struct {
  double split_error;             /* max |f_adv - T_data - T_pert| / ((||w_data|| + eps sum ||e||) ||z||) */
  size_t holds, broken;           /* T4's condition holds; of those, signs that differ */
  size_t apriori, apriori_broken; /* the same for the a-priori form */
  double pert, data2;             /* sums of |T_pert| and T_data^2, for R1 */
} split;

static void split_points(split *out, const lfap_run *r, const adversary *a, size_t set) {
  const lfap_points *p = &r->points[set];
  double *f_adv = a->f_adv[set];
  const double *e = r->e[a->norm];
  size_t d = r->d;
  double scale = lfap_norm2(d, a->w_data) + a->eps * a->sum_omega * lfap_norm2(d, e);
  double norm_w = lfap_norm2(d, r->c->lim.w);
  *out = (split){0};
  for (size_t i = 0; i < p->n; i++) {
    const double *z = p->Z + i * d;
    double ez = lfap_dot(d, e, z), data = lfap_dot(d, a->w_data, z), pert = (a->eps * a->sum_omega) * ez;
    f_adv[i] = lfap_dot(d, a->lim.w, z);
    double err = fabs(f_adv[i] - (data + pert)) / (scale * lfap_norm2(d, z));
    if (err > out->split_error) out->split_error = err;
    out->pert += fabs(pert);
    out->data2 += data * data;
    /* where e does not point along w, the sign condition is part of the statement; with a bias it never does */
    int same_side = (lfap_norm_of(a->norm)->along_w && r->moving == d) || lfap_sgn(ez) == lfap_sgn(p->f_bdy[i]);
    int agrees = lfap_sgn(f_adv[i]) == lfap_sgn(p->f_bdy[i]);
    /* a sign or an order that rounding may have made is no condition that holds */
    double rounding = ((double)d + 8.0) * 0x1p-52 * scale * lfap_norm2(d, z);
    int clear = lfap_run_clear(r, norm_w, z, p->f_bdy[i], 1.0, 0.0);
    if (same_side && clear && fabs(data) + rounding < fabs(pert)) {
      out->holds++;
      out->broken += !agrees;
    }
    if (a->lim.hyp.holds && same_side && clear &&
        a->eps * (double)a->adv.n * a->lim.t2_lo * fabs(ez) > a->lim.t2_hi * a->base_sum[set][i]) {
      out->apriori++;
      out->apriori_broken += !agrees;
    }
  }
}

/* Signs of the network trained on the adversarial set: against its own boundary, and its accuracy on labelled
   points. */
static lfap_status network_lines(lfap_run *r, const adversary *a, const lfap_points *p, const split *s,
                                 const double *f_adv) {
  double *f = malloc(p->n * sizeof *f);
  if (!f) return lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for %zu points", p->n);
  lfap_status st = lfap_net_eval(r->ctx, f, &a->net, p->Z, p->n);
  double same = st ? NAN : lfap_run_agreement(r, f_adv, f, a->lim.w, p->Z, p->n, a->fuzz),
         everywhere = st ? NAN : lfap_sign_agreement(f, f_adv, p->n),
         right = st || !p->y ? NAN : lfap_sign_agreement(f, p->y, p->n);
  free(f);
  if (st) return st;
  lfap_facts facts = lfap_run_of_share(&a->facts, same);
  ADD(k, ADV_AGREE, a->subject, p->name, &facts, same, NAN);
  if (!a->hist.stationary)
    lfap_check_remark(k, "log L = %.4g after %zu %s", a->hist.log_loss, a->hist.rows,
                      r->o->training ? "epochs" : "steps");
  if (!p->y) return LFAP_OK;
  int learned = s->holds == p->n && a->facts.of[LFAP_WHEN_LINEAR] == LFAP_YES && everywhere == 1.0;
  lfap_facts all = lfap_facts_own(&a->facts, learned);
  ADD(acc, ADV_RIGHT, a->subject, p->name, &all, right, lfap_sign_agreement(p->f_bdy, p->y, p->n));
  acc->headline = 1;
  lfap_check_remark(acc, "f_adv is right at %.4g", lfap_sign_agreement(f_adv, p->y, p->n));
  return LFAP_OK;
}

/* T4 speaks of two decisions, that of the natural limit and that of the one learned from the perturbations. */
static lfap_holds both_linear(const lfap_run *r, const adversary *a) {
  lfap_holds natural = r->bound.of[LFAP_WHEN_BOUNDARY], adv = a->bound.of[LFAP_WHEN_BOUNDARY];
  return natural == LFAP_NO || adv == LFAP_NO ? LFAP_NO : natural == LFAP_YES ? adv : natural;
}

/* Where t_n <x_n, z> has one sign for all n, every KKT point of the set decides so, and so does every w that is a
   combination of the t_n x_n with coefficients >= 0. */
static lfap_status every_line(lfap_run *r, const adversary *a, size_t set) {
  const lfap_points *p = &r->points[set];
  size_t holds = 0, broken = 0, natural = 0;
  int *sign = malloc(p->n * sizeof *sign);
  lfap_status st = sign ? lfap_kkt_signs(r->ctx, sign, &a->adv, p->Z, p->n)
                        : lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for %zu signs", p->n);
  for (size_t i = 0; !st && i < p->n; i++) {
    holds += sign[i] != 0;
    broken += sign[i] != 0 && (int)lfap_sgn(a->f_adv[set][i]) != sign[i];
    natural += sign[i] != 0 && (int)lfap_sgn(p->f_bdy[i]) == sign[i];
  }
  free(sign);
  if (st) return st;
  lfap_facts some = lfap_facts_own(&a->bound, holds > 0);
  ADD(k, T4_EVERY, a->subject, p->name, &some, broken, NAN);
  k->points = set;
  lfap_check_note(k, "no multipliers needed at %zu of %zu points, decided as f_bdy does at %zu", holds, p->n, natural);
  return LFAP_OK;
}

static lfap_status point_lines(lfap_run *r, const adversary *a, size_t set) {
  const lfap_points *p = &r->points[set];
  split s;
  split_points(&s, r, a, set);
  if (a->net.w) {
    lfap_status st = network_lines(r, a, p, &s, a->f_adv[set]);
    if (st) return st;
  }
  ADD(k, T3, a->subject, p->name, &a->bound, s.split_error, NAN);
  lfap_facts some = lfap_facts_own(&a->bound, s.holds > 0), prior = lfap_facts_own(&a->bound, s.apriori > 0);
  if (s.holds) some.of[LFAP_WHEN_OWN] = both_linear(r, a);
  ADD(t, T4, a->subject, p->name, &some, s.broken, NAN);
  t->points = set;
  /* certified signs alone make no pass of two functions that are no limits */
  if (s.holds && some.of[LFAP_WHEN_OWN] != LFAP_YES) t->claim = LFAP_CLAIM_NONE;
  lfap_check_note(t, "the condition holds at %zu of %zu points%s", s.holds, p->n,
                  !s.holds || some.of[LFAP_WHEN_OWN] == LFAP_YES ? ""
                  : some.of[LFAP_WHEN_OWN] == LFAP_NO            ? ", but a limit is not linear: C2 fails"
                                                      : "; doubles do not tell whether both limits are linear");
  lfap_status every = every_line(r, a, set);
  if (every) return every;
  if (a->lim.hyp.holds) {
    ADD(b, T4_PRIORI, a->subject, p->name, &prior, s.apriori_broken, NAN);
    lfap_check_note(b, "it holds at %zu of %zu points", s.apriori, p->n);
  }
  if (lfap_norm_of(a->norm)->along_w && p == &r->points[0]) {
    double n = (double)r->points[0].n, var = (r->o->gauss_bases ? 1.0 : 1.0 / 3.0) * r->noise * r->noise;
    double rule = a->eps * sqrt((double)r->o->n_adv / ((double)r->o->data->n * var));
    ADD(h, R1, a->subject, NULL, &a->facts, (s.pert / n) / sqrt(s.data2 / n), r->moving == r->d ? rule : NAN);
    if (r->moving < r->d) lfap_check_remark(h, "the rule is of noise in every coordinate, that of a bias has none");
  }
  return LFAP_OK;
}

/* The rows of the learned network's split: the sums over the perturbed set, those over its bases, a row at a time, and
   what is left. */
static lfap_status split_rows(lfap_run *r, const adversary *a, lfap_split *out) {
  size_t m = a->net.m, d = r->d, size = m * d;
  lfap_net first = {0};
  double *row = malloc((d + a->adv.n) * sizeof *row), *norm = row ? row + d : NULL, *rows = out->rows;
  lfap_status st = row ? lfap_net_init(r->ctx, &first, m, d, r->o->gamma, net_seed(r, a), 1.0)
                       : lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for d = %zu", d);
  for (size_t i = 0; !st && i < size; i++) rows[i] = first.w[i] / r->unit;
  if (!st) memcpy(rows + 3 * size, a->net.w, size * sizeof *rows);
  if (!st) st = lfap_split_sum(r->ctx, rows + 2 * size, a->hist.coefficient, &a->adv, m);
  lfap_philox g;
  lfap_philox_seed(&g, bases_seed(r, 0));
  double s = 1.0 / sqrt((double)m);
  for (size_t i = 0; !st && i < a->adv.n; i++) {
    next_base(r, &g, row);
    norm[i] = 2.0 * lfap_norm2(d, row) + lfap_norm2(d, a->adv.x + i * d); /* ||base|| + ||eta|| at least */
    for (size_t j = 0; j < m; j++)
      lfap_axpy(rows + size + j * d, (j < m / 2 ? s : -s) * (a->hist.coefficient[j * a->adv.n + i] * a->adv.y[i]), row,
                d);
  }
  if (!st) lfap_sub(rows + 2 * size, rows + 2 * size, rows + size, size);
  if (!st) out->unsure = lfap_split_unsure(rows, a->hist.coefficient, norm, m, a->adv.n, d);
  lfap_net_free(&first);
  free(row);
  return st;
}

/* T5 of the learned network at every set of points. */
static lfap_status parts_lines(lfap_run *r, const adversary *a) {
  lfap_split parts = {.m = a->net.m, .d = r->d, .gamma = r->o->gamma};
  lfap_split_shares shares;
  lfap_mat rows = {0};
  lfap_status st = lfap_mat_alloc(r->ctx, &rows, 4 * parts.m, parts.d);
  parts.rows = rows.v;
  if (!st) st = split_rows(r, a, &parts);
  for (size_t s = 0; !st && s < r->sets; s++) {
    const lfap_points *p = &r->points[s];
    lfap_split_point *at = calloc(p->n, sizeof *at);
    st = at ? lfap_split_at(r->ctx, at, &parts, p->Z, p->n)
            : lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for %zu points", p->n);
    if (!st) {
      lfap_split_shares_of(&shares, at, p->y, p->n);
      st = lfap_judge_split(r->ctx, r->c, &shares, a->subject, p->name);
    }
    free(at);
  }
  lfap_mat_free(&rows);
  return st;
}

/* The bases are made again for the certifier, unless they would double the memory of a large set. */
static lfap_status offer(lfap_run *r, const adversary *a, size_t first) {
  lfap_data base = {0};
  lfap_status st = r->o->certifier && a->adv.n <= LARGE_SET / r->d ? noise_bases(r, &base, 0) : LFAP_OK;
  if (!st)
    st = lfap_run_offer(r, first,
                        (lfap_offer){.subject = a->subject,
                                     .data = &a->adv,
                                     .lim = &a->lim,
                                     .adversarial = 1,
                                     .bases = base.x,
                                     .norm = a->norm,
                                     .eps = a->eps,
                                     .k = r->o->k},
                        a->f_adv);
  lfap_data_free(&base);
  return st;
}

/* The network trained on the set, and what T3 and T4 say at every set of points. */
static lfap_status learned(lfap_run *r, adversary *a) {
  double cosine = 0.0;
  lfap_flown flown = {0};
  lfap_status st = lfap_run_scale(r, &flown, &a->set);
  flown.keep = 1;
  if (!st) st = lfap_run_train(r, &a->net, &a->hist, &flown, r->o->m_adv, net_seed(r, a), LFAP_LOSS_EXP);
  lfap_flown_free(&flown);
  lfap_set_free(&a->set);
  st = lfap_run_left_out(r, st, a->subject, "network trained on noise + perturbation");
  a->facts = lfap_run_facts(&a->lim, &a->hist);
  a->bound = lfap_facts_of(&a->lim);
  if (!st && a->net.w && a->hist.stationary) {
    st = lfap_net_cosine(r->ctx, &cosine, &a->net, a->lim.w);
    a->fuzz = lfap_run_fuzz(cosine, 1e-6);
  }
  for (size_t s = 0; !st && s < r->sets; s++) st = point_lines(r, a, s);
  if (!st && a->net.w) st = lfap_run_left_out(r, parts_lines(r, a), a->subject, "split of the network (T5)");
  return st;
}

/* What was open for doubles alone, when a certificate has settled that the limit is linear, or that it is not. */
static void reopen(lfap_run *r, adversary *a, size_t first) {
  if (a->bound.of[LFAP_WHEN_BOUNDARY] != LFAP_UNKNOWN) return;
  lfap_facts_settle(&a->bound, r->c, first);
  if (a->bound.of[LFAP_WHEN_BOUNDARY] == LFAP_UNKNOWN) return;
  lfap_facts both = a->bound;
  both.of[LFAP_WHEN_OWN] = both_linear(r, a);
  for (size_t i = first; i < r->c->checks; i++) {
    lfap_check *k = &r->c->check[i];
    if (k->verdict != LFAP_UNDECIDED || k->headline) continue;
    if (strcmp(k->id, "T3") == 0) lfap_line_decide(k, LFAP_LINE_T3, &a->bound, k->value, NAN);
    if (strcmp(k->id, "T4") == 0) lfap_line_decide(k, LFAP_LINE_T4, &both, k->value, NAN);
  }
}

lfap_status lfap_run_adversarial(lfap_run *r, lfap_norm norm) {
  adversary a = {.norm = norm, .eps = r->o->eps[norm]};
  size_t first = r->c->checks;
  snprintf(a.subject, sizeof a.subject, "adv %s", lfap_norm_name(norm));
  lfap_status st = adversary_make(r, &a);
  if (st) {
    char part[96];
    snprintf(part, sizeof part, "limit of verify's own set, N_adv = %zu noises + perturbations in d = %zu", r->o->n_adv,
             r->d);
    st = lfap_run_left_out(r, st, a.subject, part);
  } else {
    r->c->hyp_adv[norm] = a.lim.hyp;
    st = lfap_judge_limit(r->ctx, r->c, &a.lim, a.subject);
    if (!st) st = learned(r, &a);
    if (!st) st = offer(r, &a, first);
    if (!st) reopen(r, &a, first);
  }
  adversary_free(&a);
  return st;
}

/* The labelled points a control is scored on: held-out ones if there are any, the natural samples otherwise. */
static const lfap_points *scored(const lfap_run *r) {
  return r->points[r->sets - 1].y ? &r->points[r->sets - 1] : &r->points[0];
}

/* A network trained on the bare noise of the adversarial sets: same bases, same targets, no perturbation. */
static lfap_status control_network(lfap_run *r, lfap_set *bare) {
  const lfap_points *p = scored(r);
  lfap_flown flown = {0};
  lfap_net net = {0};
  lfap_history h = {0};
  double *f = malloc(p->n * sizeof *f), right = NAN;
  lfap_status st = f ? lfap_run_scale(r, &flown, bare)
                     : lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for %zu points", p->n);
  if (!st) st = lfap_run_train(r, &net, &h, &flown, r->o->m_adv, r->o->seed + 20, LFAP_LOSS_EXP);
  if (!st) st = lfap_net_eval(r->ctx, f, &net, p->Z, p->n);
  if (!st) right = lfap_sign_agreement(f, p->y, p->n);
  free(f);
  lfap_flown_free(&flown);
  lfap_net_free(&net);
  lfap_history_free(&h);
  if (st) return st;
  lfap_facts none = {0};
  ADD(k, BARE, "control", p->name, &none, right, NAN);
  k->headline = 1;
  lfap_check_note(k, "measured: what T_data alone decides");
  return LFAP_OK;
}

/* Accuracies of the limits on bare noise, over seeds; a seed whose noise has no limit is passed over. */
typedef struct {
  double sum, min, max;
  size_t seeds;
  lfap_status none; /* why the last one had none */
} accuracies;

static lfap_status control_limit(lfap_run *r, accuracies *a, double *f, lfap_set *bare) {
  const lfap_points *p = scored(r);
  lfap_limit lim = {0};
  lfap_status st = lfap_set_gram(r->ctx, bare);
  if (!st) st = lfap_limit_solve(r->ctx, &lim, bare->data, bare->gram, r->o->gamma);
  if (!st) {
    for (size_t i = 0; i < p->n; i++) f[i] = lfap_dot(r->d, lim.w, p->Z + i * r->d);
    double right = lfap_sign_agreement(f, p->y, p->n);
    a->sum += right;
    a->min = fmin(a->min, right);
    a->max = fmax(a->max, right);
    a->seeds++;
  }
  lfap_limit_free(&lim);
  if (!lfap_of_the_data(st)) return st;
  a->none = st;
  return LFAP_OK;
}

/* `base` and `bare` are those of stream 0, which the control network learned, and of the last stream in the end. */
static lfap_status control_limits(lfap_run *r, accuracies *a, lfap_data *base, lfap_set *bare) {
  const lfap_points *p = scored(r);
  lfap_status st = LFAP_OK;
  double *f = malloc(p->n * sizeof *f);
  if (!f) return lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for %zu points", p->n);
  for (size_t s = 0; !st && s < r->o->controls; s++) {
    st = lfap_tick(r->ctx, "control", (double)s, (double)r->o->controls);
    if (s > 0) {
      lfap_set_free(bare);
      lfap_data_free(base);
      if (!st) st = noise_bases(r, base, s);
    }
    if (!st) st = control_limit(r, a, f, bare);
  }
  if (!st) st = lfap_tick(r->ctx, "control", (double)r->o->controls, (double)r->o->controls);
  free(f);
  return st;
}

lfap_status lfap_run_controls(lfap_run *r) {
  accuracies a = {.min = INFINITY, .max = -INFINITY};
  lfap_data base = {0};
  lfap_set bare = {.data = &base};
  lfap_status st = noise_bases(r, &base, 0);
  if (!st) st = lfap_run_left_out(r, control_network(r, &bare), "control", "network trained on bare noise");
  if (!st) st = control_limits(r, &a, &base, &bare);
  lfap_set_free(&bare);
  lfap_data_free(&base);
  if (st || r->o->controls == 0) return st;
  if (a.seeds == 0) return lfap_run_left_out(r, a.none, "control", "limits on bare noise");
  lfap_facts facts = {0};
  char at[64];
  snprintf(at, sizeof at, "%s, %zu seeds", scored(r)->name, a.seeds);
  ADD(k, BARE_LIMIT, "control", at, &facts, a.sum / (double)a.seeds, NAN);
  k->headline = 1;
  lfap_check_note(k, "measured: from %.4g to %.4g%s", a.min, a.max,
                  a.seeds < r->o->controls ? "; other seeds have no limit" : "");
  return LFAP_OK;
}
