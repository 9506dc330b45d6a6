/* natural.c - the statements about the data and the network trained on it: H, Q1, T1, T2, C1, F1, K1, P1, D1, D2
 * (spec/theory.md). Each line is decided only where its hypothesis holds; elsewhere the value is shown. */
#include "verify/judge.h"
#include "verify/run.h"

#include "kernel/lanes.h"
#include "kernel/perturb.h"
#include "kernel/chain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two lines: the smallest multiplier above lo, the largest below hi. */
static lfap_status interval_lines(lfap_run *r, const lfap_limit *lim, lfap_claim claim, const char *subject,
                                  const char *name, int applies, double lo, double hi) {
  const char *id = claim == LFAP_CLAIM_T1 ? "T1" : "T2";
  int strict = claim == LFAP_CLAIM_T1;
  double min = INFINITY, max = -INFINITY;
  for (size_t i = 0; i < lim->n; i++) {
    if (lim->lambda[i] < min) min = lim->lambda[i];
    if (lim->lambda[i] > max) max = lim->lambda[i];
  }
  char what[96];
  snprintf(what, sizeof what, "smallest multiplier, %s", name);
  ADD(a, id, subject, what);
  lfap_check_decide(a, applies, min, strict ? ">" : ">=", lo);
  a->claim = claim;
  snprintf(what, sizeof what, "largest multiplier, %s", name);
  ADD(b, id, subject, what);
  lfap_check_decide(b, applies, max, strict ? "<" : "<=", hi);
  b->claim = claim;
  return LFAP_OK;
}

lfap_status lfap_run_limit_lines(lfap_run *r, const lfap_limit *lim, const char *subject) {
  int h = lim->hyp.holds;
  ADD(k, "H", subject, "nearly orthogonal: gamma^3 Rmin^4 against 3 N Rmax^2 pmax");
  lfap_check_decide(k, h, lim->hyp.lhs, ">=", lim->hyp.rhs);
  k->claim = LFAP_CLAIM_H;
  if (!h) lfap_check_note(k, "hypothesis not met (ratio %.3g)", lim->hyp.lhs / lim->hyp.rhs);
  ADD(q, "Q1", subject, "residual of Q lambda = 1 on the support");
  lfap_check_decide(q, 1, lim->residual, "<=", 1e-12);
  q->claim = LFAP_CLAIM_Q1;
  if (!lim->full) lfap_check_note(q, "nonnegative QP, support %zu of %zu", lim->support, lim->n);
  lfap_status st = interval_lines(r, lim, LFAP_CLAIM_T1, subject, "interval of T1", h, lim->t1_lo, lim->t1_hi);
  if (!st) st = interval_lines(r, lim, LFAP_CLAIM_T2, subject, "interval of T2", h, lim->t2_lo, lim->t2_hi);
  if (!st && !isnan(lim->post_lo))
    st = interval_lines(r, lim, LFAP_CLAIM_POST, subject, "a-posteriori interval", 1, lim->post_lo, lim->post_hi);
  if (st) return st;
  ADD(c, "C1", subject, "share of samples whose slopes the limit forces to the label, (b)");
  lfap_check_decide(c, h || lim->c1, (double)lim->c1b / (double)lim->n, "=", 1.0);
  c->claim = LFAP_CLAIM_C1;
  size_t on_support = 0;
  for (size_t i = 0; i < lim->n; i++) on_support += lim->lambda[i] > 0.0 && !(lim->fu[i] > 0.0 && lim->fv[i] < 0.0);
  if (!lim->c1 && !h)
    lfap_check_note(c, "(b) fails at %zu samples, %zu of them on the support: no limit with label slopes", lim->n - lim->c1b, on_support);
  return LFAP_OK;
}

lfap_status lfap_run_offer(lfap_run *r, size_t first, lfap_offer offer, double *const *f_adv) {
  lfap_tried tried[3];
  if (!r->o->certify) return LFAP_OK;
  for (size_t s = 0; s < r->sets; s++)
    tried[s] = (lfap_tried){r->points[s].name, r->points[s].Z, r->points[s].n, r->points[s].f_bdy, f_adv ? f_adv[s] : NULL};
  offer.natural = r->o->data;
  offer.tried = tried;
  offer.tries = r->sets;
  return r->o->certify(r->o->certify_user, r->ctx, r->c, first, &offer);
}

lfap_status lfap_run_flow(lfap_run *r, lfap_net *net, lfap_history *h, const lfap_data *data, size_t m, uint64_t seed, lfap_loss loss) {
  lfap_train_opts t;
  lfap_train_defaults(&t, LFAP_METHOD_FLOW);
  t.loss = loss;
  t.log_loss_target = r->o->log_loss_target;
  t.epochs = r->o->flow_steps;
  t.rtol = t.atol = 1e-2; /* the way does not matter here: it ends at rest, or is reported as it stands */
  lfap_net fresh = {0};
  lfap_status st = lfap_net_init(r->ctx, &fresh, m, r->d, r->o->gamma, seed, 1.0);
  if (!st) st = lfap_train(r->ctx, &fresh, h, data, &t);
  if (st) lfap_net_free(&fresh);
  else *net = fresh;
  return st;
}

/* F1: the loss weights of the flow rest at lambda / sum lambda. */
static lfap_status flow_lines(lfap_run *r) {
  const lfap_limit *lim = &r->c->lim;
  double sum = lfap_sum(lim->n, lim->lambda), worst = 0.0;
  for (size_t i = 0; i < lim->n; i++) {
    double e = fabs(r->hist.p[i] - lim->lambda[i] / sum);
    if (e > worst) worst = e;
  }
  ADD(k, "F1", "flow", "distance of p from lambda / sum lambda, times N");
  lfap_check_decide(k, r->hist.stationary && r->hist.aligned, worst * (double)lim->n, "<=", 1e-9);
  if (!r->hist.stationary)
    lfap_check_note(k, "%s after %zu steps, log L = %.4g", r->hist.aligned ? "not yet at rest" : "slopes not aligned", r->hist.rows, r->hist.log_loss);
  else
    lfap_check_note(k, "at rest after %zu steps, followed to log L = %.3g", r->hist.rows, r->hist.log_loss);
  return LFAP_OK;
}

/* Signs of the network against the predicted boundary at every set of points. */
static lfap_status agreement_lines(lfap_run *r) {
  for (size_t s = 0; s < r->sets; s++) {
    lfap_points *p = &r->points[s];
    double *f = malloc(p->n * sizeof *f);
    lfap_status st = f ? lfap_net_eval(r->ctx, f, &r->net, p->Z, p->n)
                       : lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for %zu points", p->n);
    double same = st ? NAN : lfap_sign_agreement(f, p->f_bdy, p->n), right = st || !p->y ? NAN : lfap_sign_agreement(f, p->y, p->n);
    free(f);
    if (st) return st;
    char what[96];
    snprintf(what, sizeof what, "sign agreement of the network with f_bdy, %zu points", p->n);
    ADD(k, r->c->lim.hyp.holds ? "T1" : "F1", p->name, what);
    lfap_check_decide(k, r->linear, same, "=", 1.0);
    if (p->y) lfap_check_note(k, "network right at %.4g, f_bdy at %.4g", right, lfap_sign_agreement(p->f_bdy, p->y, p->n));
  }
  return LFAP_OK;
}

static lfap_status kkt_lines(lfap_run *r) {
  lfap_k1 k1;
  lfap_status st = lfap_k1_of(r->ctx, &k1, &r->net, r->o->data, &r->c->lim, NULL, 0);
  if (st) return st;
  ADD(a, "K1", "network", "KKT residual of W");
  lfap_check_decide(a, r->linear && r->hist.stationary, k1.residual, "<=", 1e-6);
  lfap_check_note(a, "slackness %.2g, outside rank 2 %.2g, row spread %.2g", k1.slackness, k1.outside_rank2, k1.row_spread);
  ADD(b, r->c->lim.hyp.holds ? "T1" : "F1", "network", "share of slopes equal to the label slope");
  lfap_check_decide(b, r->linear, k1.pattern_aligned, "=", 1.0);
  ADD(c, r->c->lim.hyp.holds ? "T1" : "F1", "network", "cosine of the mean-row difference with w");
  lfap_check_decide(c, r->linear && r->hist.stationary, k1.cosine, ">=", 1.0 - 1e-9);
  return LFAP_OK;
}

static int descending(const void *a, const void *b) {
  double p = *(const double *)a, q = *(const double *)b;
  return p < q ? 1 : p > q ? -1 : 0;
}

/* eps times the dual norm of w, without the perturbation kernels: the value no feasible eta exceeds. */
static lfap_status best_value(lfap_run *r, double *out, lfap_norm norm, double eps, size_t k) {
  const double *w = r->c->lim.w;
  if (norm == LFAP_L2) *out = eps * lfap_norm2(r->d, w);
  if (norm == LFAP_LINF) *out = eps * lfap_asum(r->d, w);
  if (norm != LFAP_L0) return LFAP_OK;
  double *a = malloc(r->d * sizeof *a);
  if (!a) return lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for d = %zu", r->d);
  for (size_t i = 0; i < r->d; i++) a[i] = fabs(w[i]);
  qsort(a, r->d, sizeof *a, descending);
  *out = eps * lfap_asum(k, a);
  free(a);
  return LFAP_OK;
}

/* P1: the perturbation keeps its constraint and reaches the dual norm. */
static lfap_status perturbation_lines(lfap_run *r, lfap_norm norm) {
  double eps = r->o->eps[norm], best = 0.0, *eta = malloc(r->d * sizeof *eta);
  size_t k = r->o->k;
  if (!eta) return lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for d = %zu", r->d);
  lfap_status st = lfap_perturb_direction(r->ctx, eta, r->c->lim.w, -1.0, norm, eps, k, r->d);
  if (!st) st = best_value(r, &best, norm, eps, k);
  double size = st ? 0.0 : norm == LFAP_L2 ? lfap_norm2(r->d, eta) : lfap_amax(r->d, eta);
  double value = st ? 0.0 : -lfap_dot(r->d, eta, r->c->lim.w);
  size_t changed = 0;
  for (size_t i = 0; !st && i < r->d; i++) changed += eta[i] != 0.0;
  free(eta);
  if (st) return st;
  const char *name = lfap_norm_name(norm);
  /* L2 is rounded (twice per entry and in the norm): one part in 10^15; the others are exact */
  ADD(a, "P1", name, norm == LFAP_L2 ? "l2 norm of the perturbation" : "largest entry of the perturbation");
  lfap_check_decide(a, 1, size, "<=", norm == LFAP_L2 ? eps * (1 + 4e-15) : eps);
  if (norm == LFAP_L0) {
    ADD(n, "P1", name, "entries changed");
    lfap_check_decide(n, 1, (double)changed, "<=", (double)k);
  }
  ADD(b, "P1", name, "t<eta,w> over its maximum eps ||w||_dual, minus 1");
  lfap_check_decide(b, 1, fabs(value / best - 1.0), "<=", 1e-13);
  return LFAP_OK;
}

/* Share of all points at which a perturbation of size (1 + off) eps* along -sgn f e flips the sign of f, or (off < 0)
   leaves it. net = NULL tries f_bdy. */
static lfap_status flip_share(lfap_run *r, double *share, lfap_norm norm, const lfap_net *net, double off) {
  enum { BLOCK = 32 };
  size_t total = 0, as_said = 0, most = 1;
  for (size_t s = 0; s < r->sets; s++) most = r->points[s].n > most ? r->points[s].n : most;
  double *z = malloc((most < BLOCK ? most : BLOCK) * r->d * sizeof *z), f[BLOCK];
  lfap_status st = z ? LFAP_OK : lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for d = %zu", r->d);
  for (size_t s = 0; s < r->sets; s++)
    for (size_t i = 0; !st && i < r->points[s].n; i += BLOCK) {
      const lfap_points *p = &r->points[s];
      size_t n = p->n - i < BLOCK ? p->n - i : BLOCK;
      for (size_t k = 0; k < n; k++) {
        double b = p->f_bdy[i + k], eps = fabs(b) / r->dual[norm] * (1.0 + off);
        memcpy(z + k * r->d, p->Z + (i + k) * r->d, r->d * sizeof *z);
        lfap_axpy(z + k * r->d, -lfap_sgn(b) * eps, r->e[norm], r->d);
        if (!net) f[k] = lfap_dot(r->d, r->c->lim.w, z + k * r->d);
      }
      if (net) st = lfap_net_eval(r->ctx, f, net, z, n);
      for (size_t k = 0; k < n; k++) {
        double b = lfap_sgn(p->f_bdy[i + k]);
        if (b == 0.0) continue; /* on the boundary nothing has to be flipped */
        as_said += lfap_sgn(f[k]) == (off > 0.0 ? -b : b);
        total++;
      }
    }
  free(z);
  *share = total ? (double)as_said / (double)total : NAN;
  return st;
}

static lfap_status threshold_lines(lfap_run *r, lfap_norm norm) {
  static const double off[2][2] = {{1e-6, -1e-6}, {1e-4, -1e-4}}; /* f_bdy; a network far out, but not at infinity */
  for (int on_net = 0; on_net < 2; on_net++)
    for (int i = 0; i < 2; i++) {
      double share = 0.0;
      lfap_status st = flip_share(r, &share, norm, on_net ? &r->net : NULL, off[on_net][i]);
      if (st) return st;
      char what[96];
      snprintf(what, sizeof what, "%s %s at eps* (1 %s %s)", on_net ? "network" : "f_bdy", i ? "holds" : "flips", i ? "-" : "+", on_net ? "1e-4" : "1e-6");
      ADD(k, "D1", lfap_norm_name(norm), what);
      lfap_check_decide(k, on_net ? r->linear && r->hist.stationary : 1, share, "=", 1.0);
    }
  return LFAP_OK;
}

/* Mean positive row minus mean negative row: the direction a network shows. */
static void mean_difference(double *out, const lfap_net *net) {
  memset(out, 0, net->d * sizeof *out);
  for (size_t j = 0; j < net->m; j++) lfap_axpy(out, j < net->m / 2 ? 1.0 : -1.0, net->w + j * net->d, net->d);
}

/* D2: a network of another start, width and loss shares w: its direction, and the flips of perturbations made from w. */
static lfap_status transfer_lines(lfap_run *r, const char *subject, size_t m, uint64_t seed, lfap_loss loss) {
  lfap_net other = {0};
  lfap_history h = {0};
  double *a = malloc(2 * r->d * sizeof *a), share = 0.0, cosine = 0.0;
  lfap_status st = a ? lfap_run_flow(r, &other, &h, r->o->data, m, seed, loss)
                     : lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for d = %zu", r->d);
  if (!st) {
    mean_difference(a, &r->net);
    mean_difference(a + r->d, &other);
    cosine = lfap_dot(r->d, a, a + r->d) / (lfap_norm2(r->d, a) * lfap_norm2(r->d, a + r->d));
    st = flip_share(r, &share, LFAP_L2, &other, 1e-4);
  }
  int applies = r->c->lim.hyp.holds && h.stationary && r->hist.stationary;
  size_t steps = h.rows;
  free(a);
  lfap_net_free(&other);
  lfap_history_free(&h);
  if (st) return st;
  ADD(c, "D2", subject, "cosine of its mean-row difference with the first network's");
  lfap_check_decide(c, applies, cosine, ">=", 1.0 - 1e-9);
  lfap_check_note(c, "m = %zu, %s loss, %zu steps", m, loss == LFAP_LOSS_EXP ? "exponential" : "logistic", steps);
  ADD(f, "D2", subject, "flipped by the l2 perturbation made from w at eps* (1 + 1e-4)");
  lfap_check_decide(f, applies, share, "=", 1.0);
  return LFAP_OK;
}

lfap_status lfap_run_natural(lfap_run *r) {
  const lfap_verify_opts *o = r->o;
  lfap_status st = lfap_run_limit_lines(r, &r->c->lim, "data");
  if (!st) st = lfap_run_offer(r, 0, (lfap_offer){.subject = "data", .data = o->data, .lim = &r->c->lim}, NULL);
  if (!st && o->net) r->net = *o->net;
  if (!st && !o->net) st = lfap_run_flow(r, &r->net, &r->hist, o->data, o->m, o->seed + 1, LFAP_LOSS_EXP);
  /* a network brought along is measured: no statement says how far its training went */
  r->linear = !o->net && (r->c->lim.hyp.holds || (r->c->lim.c1 && r->hist.stationary && r->hist.aligned));
  if (!st && !o->net) st = flow_lines(r);
  if (!st) st = agreement_lines(r);
  if (!st) st = kkt_lines(r);
  for (int k = 0; !st && k < 3; k++)
    if (r->e[k]) {
      st = perturbation_lines(r, (lfap_norm)k);
      if (!st) st = threshold_lines(r, (lfap_norm)k);
    }
  size_t half = o->m / 4 * 2 > 0 ? o->m / 4 * 2 : 2;
  if (!st && r->e[LFAP_L2] && !o->net) st = transfer_lines(r, "other init", o->m, o->seed + 2, LFAP_LOSS_EXP);
  if (!st && r->e[LFAP_L2] && !o->net) st = transfer_lines(r, "other width", half, o->seed + 3, LFAP_LOSS_EXP);
  if (!st && r->e[LFAP_L2] && !o->net) st = transfer_lines(r, "other loss", o->m, o->seed + 4, LFAP_LOSS_LOGISTIC);
  if (!o->net) lfap_net_free(&r->net);
  return st;
}
