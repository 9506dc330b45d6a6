/* natural.c - the statements about the data and the network trained on it: H, Q1, T1, T2, C1, F1, K1, P1, D1, D2
 * (spec/theory.md). Each line is decided only where its hypothesis holds; elsewhere the value is shown. */
#include "verify/judge.h"
#include "verify/run.h"

#include "data/set.h"
#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/perturb.h"
#include "net/direction.h"
#include "perturb/norm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* F1: p_n of a sample off the support decays at the rate of its slack, (Q lambda)_n - 1. Where that is next to nothing,
   or not known, p that has stopped in doubles has not come to its end. */
static int decays_unseen(const lfap_limit *lim) {
  for (size_t i = 0; i < lim->n; i++)
    if (!(lim->lambda_q[i] > 0.0) && !(lim->q[i] - 1.0 > 1e-9)) return 1;
  return !lim->settled;
}

lfap_facts lfap_run_facts(const lfap_limit *lim, const lfap_history *hist) {
  lfap_facts f = lfap_facts_of(lim);
  lfap_holds h = f.of[LFAP_WHEN_LIMIT_H],
             c1 = !hist || (hist->stationary && hist->aligned) ? f.of[LFAP_WHEN_C1] : LFAP_NO;
  lfap_holds linear = h == LFAP_YES || c1 == LFAP_YES ? LFAP_YES : h == LFAP_NO ? c1 : h;
  f.of[LFAP_WHEN_LINEAR] = linear;
  f.unreached = h == LFAP_NO && f.of[LFAP_WHEN_C1] == LFAP_NO && f.of[LFAP_WHEN_C2] == LFAP_YES;
  /* a network brought along claims to be at the limit: how near it is is always judged */
  f.of[LFAP_WHEN_REST] = !hist ? LFAP_YES : hist->stationary ? linear : LFAP_NO;
  /* rows a million times longer than others are learned long before them: p at rest is not the end there */
  f.unfinished = !hist || !hist->stationary || lim->hyp.r_max2 > 0x1p40 * lim->hyp.r_min2 || decays_unseen(lim);
  return f;
}

lfap_status lfap_run_offer(lfap_run *r, size_t first, lfap_offer offer, double *const *f_adv) {
  lfap_tried tried[LFAP_POINT_SETS];
  const lfap_certifier *who = r->o->certifier;
  if (!who || !who->speak) return LFAP_OK;
  for (size_t s = 0; s < r->sets; s++)
    tried[s] =
        (lfap_tried){r->points[s].name, r->points[s].Z, r->points[s].n, r->points[s].f_bdy, f_adv ? f_adv[s] : NULL};
  offer.natural = r->o->data;
  offer.tried = tried;
  offer.tries = r->sets;
  return who->speak(who->user, r->ctx, r->c, first, &offer);
}

void lfap_flown_free(lfap_flown *f) {
  lfap_set_free(&f->own);
  lfap_data_free(&f->data);
  f->set = NULL;
}

lfap_status lfap_run_scale(lfap_run *r, lfap_flown *out, lfap_set *set) {
  const lfap_data *data = set->data;
  *out = (lfap_flown){.set = set};
  if (r->unit == 1.0) return LFAP_OK;
  lfap_status st = lfap_data_alloc(r->ctx, &out->data, data->n, data->d);
  if (st) return st;
  for (size_t i = 0; i < data->n * data->d; i++) out->data.x[i] = data->x[i] / r->unit;
  memcpy(out->data.y, data->y, data->n * sizeof *data->y);
  out->own.data = &out->data;
  out->set = &out->own;
  lfap_set_spare(set);
  return LFAP_OK;
}

/* W for data / unit, which trains as data of ordinary size do, becomes W / unit for data: the same f, exactly; so
   do its coefficients. */
lfap_status lfap_run_train(lfap_run *r, lfap_net *net, lfap_history *h, const lfap_flown *on, size_t m, uint64_t seed,
                           lfap_loss loss) {
  lfap_train_opts t;
  lfap_train_defaults(&t, LFAP_METHOD_FLOW);
  t.log_loss_target = r->o->log_loss_target;
  t.epochs = on->steps ? on->steps : r->o->flow_steps;
  t.rtol = t.atol = 1e-2; /* the way does not matter here: it ends at rest, or is reported as it stands */
  if (r->o->training) t = *r->o->training;
  t.loss = loss;
  t.coefficients = on->keep;
  lfap_net fresh = {0};
  lfap_status st = lfap_net_init(r->ctx, &fresh, m, r->d, r->o->gamma, seed, 1.0);
  if (!st) st = lfap_set_train(r->ctx, &fresh, h, on->set, &t);
  for (size_t i = 0; !st && r->unit != 1.0 && i < m * r->d; i++) fresh.w[i] /= r->unit;
  for (size_t i = 0; !st && r->unit != 1.0 && on->keep && i < m * on->set->data->n; i++)
    h->coefficient[i] = h->coefficient[i] / r->unit / r->unit;
  if (st) lfap_net_free(&fresh);
  else *net = fresh;
  return st;
}

/* ---- where the network ends (C3, C4) ----------------------------------------------------------------------------- */

/* C4 and C2's point make the network's limit linear, whatever led to these weights. That it has come so far that its
   figures are the limit's, only a flow at rest says. */
static void settle_end(lfap_run *r, size_t first, const lfap_ending *e) {
  r->reached = e->same && r->bound.of[LFAP_WHEN_BOUNDARY] == LFAP_YES &&
               lfap_ending_holds(r->c, first, LFAP_CLAIM_C3) && lfap_ending_holds(r->c, first, LFAP_CLAIM_C4);
  if (!r->reached) return;
  r->facts.of[LFAP_WHEN_LINEAR] = LFAP_YES;
  r->facts.unreached = 0;
  if (r->hist.stationary) r->facts.of[LFAP_WHEN_REST] = LFAP_YES;
}

/* C3 and C4 of the network; where its point cannot be found, a line says why. */
static lfap_status ending(lfap_run *r) {
  lfap_ending e = {0};
  const lfap_certifier *who = r->o->certifier;
  size_t first = r->c->checks;
  lfap_status st = lfap_ending_of(r->ctx, &e, &r->net, &r->natural, &r->c->lim, LFAP_LOSS_EXP, 0.0);
  if (st) return lfap_run_left_out(r, st, "network", "the point that its weights polish to");
  st = lfap_judge_ending(r->ctx, r->c, &e);
  if (!st && who && who->end) st = who->end(who->user, r->ctx, r->c, first, &e);
  if (!st) settle_end(r, first, &e);
  lfap_ending_free(&e);
  return st;
}

/* What a line about the network's limit rests on. */
static void say_reached(const lfap_run *r, lfap_check *k) {
  if (r->reached) lfap_check_remark(k, "C4: training from these weights ends there, no theorem is quoted");
}

/* F1: the loss weights of the flow rest at lambda / sum lambda. */
static lfap_status flow_lines(lfap_run *r) {
  const lfap_limit *lim = &r->c->lim;
  double sum = lfap_sum(lim->n, lim->lambda), worst = 0.0;
  for (size_t i = 0; i < lim->n; i++) {
    double e = fabs(r->hist.p[i] - lim->lambda[i] / sum);
    if (e > worst) worst = e;
  }
  lfap_facts rest = lfap_facts_own(&r->facts, r->hist.stationary && r->hist.aligned);
  ADD(k, REST, r->o->training ? "network" : "flow", NULL, &rest, worst * (double)lim->n, NAN);
  if (r->o->training)
    lfap_check_remark(k, "trained in steps, no flow: %zu epochs to log L = %.4g", r->hist.rows, r->hist.log_loss);
  else if (!r->hist.stationary)
    lfap_check_remark(k, "%s after %zu steps, log L = %.4g", r->hist.aligned ? "not yet at rest" : "slopes not aligned",
                      r->hist.rows, r->hist.log_loss);
  else lfap_check_remark(k, "at rest after %zu steps, followed to log L = %.3g", r->hist.rows, r->hist.log_loss);
  return LFAP_OK;
}

double lfap_run_fuzz(double cosine, double row_spread) {
  double angle = sqrt(fmax(0.0, 2.0 * (1.0 - cosine))) + row_spread + 1e-8;
  return angle < 1.0 ? angle : 1.0;
}

int lfap_run_clear(const lfap_run *r, double norm_w, const double *z, double f, double part, double fuzz) {
  double rounding = (double)(r->d + 8) * 0x1p-52;
  return fabs(f) * part > (fuzz + rounding) * norm_w * lfap_norm2(r->d, z);
}

double lfap_run_agreement(const lfap_run *r, const double *f, const double *g, const double *w, const double *Z,
                          size_t n, double fuzz) {
  size_t decided = 0, same = 0;
  double norm_w = lfap_norm2(r->d, w);
  for (size_t i = 0; i < n; i++) {
    if (!lfap_run_clear(r, norm_w, Z + i * r->d, f[i], 1.0, fuzz)) continue;
    decided++;
    same += lfap_sgn(f[i]) == lfap_sgn(g[i]);
  }
  return decided ? (double)same / (double)decided : NAN;
}

/* A line about a share of decided points: none decided, none judged. */
lfap_facts lfap_run_of_share(const lfap_facts *f, double share) {
  lfap_facts own = *f;
  for (size_t i = 0; isnan(share) && i < LFAP_WHENS; i++)
    if (own.of[i] == LFAP_YES) own.of[i] = LFAP_UNKNOWN;
  return own;
}

/* Signs of the network against the predicted boundary at every set of points. */
static lfap_status agreement_lines(lfap_run *r) {
  for (size_t s = 0; s < r->sets; s++) {
    lfap_points *p = &r->points[s];
    double *f = malloc(p->n * sizeof *f);
    lfap_status st = f ? lfap_net_eval(r->ctx, f, &r->net, p->Z, p->n)
                       : lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for %zu points", p->n);
    double same = st ? NAN
                     : lfap_run_agreement(r, p->f_bdy, f, r->c->lim.w, p->Z, p->n,
                                          r->facts.unfinished && !r->reached ? 0.0 : r->fuzz),
           right = st || !p->y ? NAN : lfap_sign_agreement(f, p->y, p->n);
    free(f);
    if (st) return st;
    char at[32];
    snprintf(at, sizeof at, "%zu points", p->n);
    lfap_facts facts = lfap_run_of_share(&r->facts, same);
    ADD(k, AGREE, p->name, at, &facts, same, NAN);
    say_reached(r, k);
    if (p->y)
      lfap_check_remark(k, "network right at %.4g, f_bdy at %.4g", right, lfap_sign_agreement(p->f_bdy, p->y, p->n));
  }
  return LFAP_OK;
}

/* How near W is to the limit. Of a network brought along first of all: does it classify the data? */
static lfap_status kkt_lines(lfap_run *r, const lfap_k1 *measured) {
  const lfap_k1 k1 = *measured;
  lfap_facts aligned = r->facts;
  /* the limit is at kinks: no slope of W is that of a multiplier there */
  int bent = r->reached && r->bound.of[LFAP_WHEN_LIMIT_H] != LFAP_YES && r->bound.of[LFAP_WHEN_C1] != LFAP_YES;
  if (bent) aligned.of[LFAP_WHEN_LINEAR] = aligned.of[LFAP_WHEN_REST] = LFAP_NO;
  ADD(a, KKT, "network", NULL, &aligned, k1.residual, NAN);
  if (bent) lfap_check_remark(a, "the limit has kinks, slopes of W do not tell its multipliers");
  if (isnan(k1.residual)) lfap_check_remark(a, "W does not classify the data, so it is not feasible at any scale");
  else
    lfap_check_remark(a, "slackness %.2g, outside rank 2 %.2g, row spread %.2g", k1.slackness, k1.outside_rank2,
                      k1.row_spread);
  ADD(b, SLOPES, "network", NULL, &aligned, k1.pattern_aligned, NAN);
  if (bent) lfap_check_remark(b, "the limit has kinks");
  else say_reached(r, b);
  ADD(c, COSINE, "network", NULL, &r->facts, k1.cosine, NAN);
  say_reached(r, c);
  if (c->verdict == LFAP_UNDECIDED && r->o->net)
    lfap_check_remark(c, "the network is not at the limit: train it further, or it is another's");
  return LFAP_OK;
}

static lfap_status classified_line(lfap_run *r) {
  const lfap_data *data = r->o->data;
  double *f = malloc(data->n * sizeof *f);
  lfap_status st = f ? lfap_net_eval(r->ctx, f, &r->net, data->x, data->n)
                     : lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for %zu points", data->n);
  size_t wrong = 0, first = 0;
  for (size_t i = data->n; !st && i-- > 0;)
    if (!(data->y[i] * f[i] > 0.0)) {
      wrong++;
      first = i;
    }
  free(f);
  if (st) return st;
  ADD(k, CLASSIFIES, "network", NULL, &r->facts, wrong, NAN);
  if (wrong)
    lfap_check_note(k, "of %zu; the first is sample %zu: other data, rows in another order, or not trained", data->n,
                    first);
  return LFAP_OK;
}

/* The line that holds a perturbation's length against eps: rounded sums have a tolerance. */
static const lfap_line length_line[] = {[LFAP_L2] = LFAP_LINE_P1_L2,
                                        [LFAP_LINF] = LFAP_LINE_P1_ENTRY,
                                        [LFAP_L0] = LFAP_LINE_P1_ENTRY,
                                        [LFAP_L1] = LFAP_LINE_P1_L1};
_Static_assert(sizeof length_line / sizeof length_line[0] == LFAP_NORMS, "a P1 line for every norm");

/* P1: the perturbation keeps its constraint and reaches the dual norm. */
static lfap_status perturbation_lines(lfap_run *r, lfap_norm which) {
  const lfap_norm_object *norm = lfap_norm_of(which);
  double eps = r->o->eps[which], *eta = malloc(2 * r->d * sizeof *eta);
  size_t k = r->o->k;
  if (!eta) return lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for d = %zu", r->d);
  size_t d = r->moving;
  lfap_status st = lfap_perturb_direction(r->ctx, eta, r->c->lim.w, -1.0, which, eps, k, d);
  /* the value no feasible eta exceeds */
  double best = st ? 0.0 : eps * norm->dual_apart(r->c->lim.w, k, d, eta + d);
  double length = st ? 0.0 : norm->length(d, eta), value = st ? 0.0 : -lfap_dot(d, eta, r->c->lim.w);
  size_t changed = 0;
  for (size_t i = 0; !st && i < d; i++) changed += eta[i] != 0.0;
  free(eta);
  if (st) return st;
  if (!lfap_line_add(r->ctx, r->c, length_line[which], norm->name, NULL, &r->facts, length, eps))
    return LFAP_ERR_MEMORY;
  if (norm->takes_k) { ADD(n, P1_CHANGED, norm->name, NULL, &r->facts, changed, k); }
  ADD(b, P1_BEST, norm->name, NULL, &r->facts, fabs(value / best - 1.0), NAN);
  return LFAP_OK;
}

/* A try of D1 on f_bdy (net NULL), or on a network whose direction is within `fuzz` of w. */
typedef struct {
  lfap_norm norm;
  const lfap_net *net;
  double off, fuzz;
} flip;

typedef struct {
  size_t total, as_said;
} flips;

/* Points i ... i + n - 1 of a set, perturbed in z; those nearer to the boundary than `off` and doubles tell are left
   out. */
static lfap_status flip_block(lfap_run *r, flips *c, const flip *t, const lfap_points *p, size_t i, size_t n,
                              double *z) {
  double f[32], norm_w = lfap_norm2(r->d, r->c->lim.w);
  lfap_status st = LFAP_OK;
  for (size_t k = 0; k < n; k++) {
    double b = p->f_bdy[i + k], eps = fabs(b) / r->dual[t->norm] * (1.0 + t->off);
    memcpy(z + k * r->d, p->Z + (i + k) * r->d, r->d * sizeof *z);
    lfap_axpy(z + k * r->d, -lfap_sgn(b) * eps, r->e[t->norm], r->d);
    if (!t->net) f[k] = lfap_dot(r->d, r->c->lim.w, z + k * r->d);
  }
  if (t->net) st = lfap_net_eval(r->ctx, f, t->net, z, n);
  for (size_t k = 0; !st && k < n; k++) {
    double b = p->f_bdy[i + k], sign = lfap_sgn(b);
    if (!lfap_run_clear(r, norm_w, p->Z + (i + k) * r->d, b, fabs(t->off), t->fuzz)) continue;
    /* with a bias a perturbed point may be much the longer one */
    if (r->moving < r->d && !lfap_run_clear(r, norm_w, z + k * r->d, b, fabs(t->off), t->fuzz)) continue;
    c->as_said += lfap_sgn(f[k]) == (t->off > 0.0 ? -sign : sign);
    c->total++;
  }
  return st;
}

/* Share of the decided points at which a perturbation of size (1 + off) eps* along -sgn f e flips the sign of f, or
   (off < 0) leaves it; NaN without any. */
static lfap_status flip_share(lfap_run *r, double *share, const flip *t) {
  enum { BLOCK = 32 };
  size_t most = 1;
  flips c = {0};
  for (size_t s = 0; s < r->sets; s++) most = r->points[s].n > most ? r->points[s].n : most;
  double *z = malloc((most < BLOCK ? most : BLOCK) * r->d * sizeof *z);
  lfap_status st = z ? LFAP_OK : lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for d = %zu", r->d);
  for (size_t s = 0; s < r->sets; s++)
    for (size_t i = 0; !st && i < r->points[s].n; i += BLOCK) {
      size_t left = r->points[s].n - i;
      st = flip_block(r, &c, t, &r->points[s], i, left < BLOCK ? left : BLOCK, z);
    }
  free(z);
  *share = c.total ? (double)c.as_said / (double)c.total : NAN;
  return st;
}

static lfap_status threshold_lines(lfap_run *r, lfap_norm norm) {
  static const struct {
    lfap_line line;
    int on_net;
    double off;
  } tried[] = {{LFAP_LINE_D1_FLIPS, 0, 1e-6},
               {LFAP_LINE_D1_HOLDS, 0, -1e-6},
               /* a network far out, but not at infinity */
               {LFAP_LINE_D1_NET_FLIPS, 1, 1e-4},
               {LFAP_LINE_D1_NET_HOLDS, 1, -1e-4}};
  for (size_t i = 0; i < sizeof tried / sizeof tried[0]; i++) {
    double share = 0.0;
    if (tried[i].on_net && !r->net.w) continue;
    int on_net = tried[i].on_net;
    flip t = {norm, on_net ? &r->net : NULL, tried[i].off, on_net && !r->facts.unfinished ? r->fuzz : 0.0};
    lfap_status st = flip_share(r, &share, &t);
    if (st) return st;
    lfap_facts facts = lfap_run_of_share(on_net ? &r->facts : &r->bound, share);
    if (!lfap_line_add(r->ctx, r->c, tried[i].line, lfap_norm_name(norm), on_net ? "network" : "f_bdy", &facts, share,
                       NAN))
      return LFAP_ERR_MEMORY;
  }
  return LFAP_OK;
}

/* D2: a network of another start, width and loss shares w: its direction, and the flips of perturbations made from
   w. */
static lfap_status transfer_lines(lfap_run *r, const char *subject, size_t m, uint64_t seed, lfap_loss loss) {
  lfap_net other = {0};
  lfap_history h = {0};
  double *a = malloc(2 * r->d * sizeof *a), share = 0.0, cosine = 0.0;
  lfap_status st = a ? lfap_run_train(r, &other, &h, &r->flown, m, seed, loss)
                     : lfap_fail(r->ctx, LFAP_ERR_MEMORY, "verify: no memory for d = %zu", r->d);
  if (!st) {
    lfap_net_direction(a, &r->net);
    lfap_net_direction(a + r->d, &other);
    cosine = lfap_cosine(a, a + r->d, r->d);
    double with_w = lfap_cosine(r->c->lim.w, a + r->d, r->d);
    st = flip_share(r, &share, &(flip){LFAP_L2, &other, 1e-4, h.stationary ? lfap_run_fuzz(with_w, 1e-6) : 0.0});
  }
  lfap_facts both = lfap_facts_own(&r->facts, h.stationary && r->hist.stationary);
  if (both.of[LFAP_WHEN_OWN]) both.of[LFAP_WHEN_OWN] = both.of[LFAP_WHEN_LIMIT_H];
  size_t steps = h.rows;
  free(a);
  lfap_net_free(&other);
  lfap_history_free(&h);
  if (st) return st;
  ADD(c, D2_COSINE, subject, NULL, &both, cosine, NAN);
  lfap_check_remark(c, "m = %zu, %s loss, %zu %s", m, loss == LFAP_LOSS_EXP ? "exponential" : "logistic", steps,
                    r->o->training ? "epochs" : "steps");
  lfap_facts flipped = lfap_run_of_share(&both, share);
  ADD(f, D2_FLIPS, subject, NULL, &flipped, share, NAN);
  return LFAP_OK;
}

/* D2 for other starts, widths and losses; one whose flow cannot be followed stops nothing else. */
static lfap_status transfers(lfap_run *r) {
  const lfap_verify_opts *o = r->o;
  size_t half = o->m / 4 * 2 > 0 ? o->m / 4 * 2 : 2;
  const struct {
    const char *name;
    size_t m;
    lfap_loss loss;
  } other[] = {{"other init", o->m, LFAP_LOSS_EXP},
               {"other width", half, LFAP_LOSS_EXP},
               {"other loss", o->m, LFAP_LOSS_LOGISTIC}};
  lfap_status st = LFAP_OK;
  for (size_t i = 0; !st && i < sizeof other / sizeof other[0]; i++) {
    st = transfer_lines(r, other[i].name, other[i].m, o->seed + 2 + i, other[i].loss);
    st = lfap_run_left_out(r, st, other[i].name, "network trained for D2");
  }
  return st;
}

/* The network under test: trained here, or brought along. */
static lfap_status network(lfap_run *r) {
  const lfap_verify_opts *o = r->o;
  lfap_status st = LFAP_OK;
  if (o->net) r->net = *o->net;
  else st = lfap_run_scale(r, &r->flown, &r->natural);
  r->flown.steps = o->net_steps;
  if (!o->net && !st) st = lfap_run_train(r, &r->net, &r->hist, &r->flown, o->m, o->seed + 1, LFAP_LOSS_EXP);
  r->flown.steps = 0;
  if (st) return st;
  r->facts = lfap_run_facts(&r->c->lim, o->net ? NULL : &r->hist);
  lfap_k1 k1;
  if (o->net) st = classified_line(r); /* first of all: K1 has no value where W does not, nor where it is 0 */
  lfap_set_spare(&r->natural);         /* K1 takes a matrix of its own, and a factor */
  if (r->flown.set) lfap_set_spare(r->flown.set);
  if (!st) st = lfap_set_k1(r->ctx, &k1, &r->net, &r->natural, NULL, 0);
  if (st) return st;
  r->fuzz = lfap_run_fuzz(k1.cosine, k1.row_spread);
  st = ending(r);
  if (!st && !o->net) st = flow_lines(r);
  if (!st) st = agreement_lines(r);
  return st ? st : kkt_lines(r, &k1);
}

lfap_status lfap_run_natural(lfap_run *r) {
  const lfap_verify_opts *o = r->o;
  lfap_status st = lfap_judge_limit(r->ctx, r->c, &r->c->lim, "data");
  if (!st) st = lfap_run_offer(r, 0, (lfap_offer){.subject = "data", .data = o->data, .lim = &r->c->lim}, NULL);
  r->facts = r->bound = lfap_facts_of(&r->c->lim);
  lfap_facts_settle(&r->bound, r->c, 0);
  if (!st) st = lfap_run_left_out(r, network(r), "network", "network trained on the data");
  for (int k = 0; !st && k < LFAP_NORMS; k++)
    if (r->e[k]) {
      st = perturbation_lines(r, (lfap_norm)k);
      if (!st) st = threshold_lines(r, (lfap_norm)k);
    }
  if (!st && r->e[LFAP_L2] && !o->net && r->net.w) st = transfers(r);
  if (!o->net) lfap_net_free(&r->net);
  lfap_flown_free(&r->flown);
  lfap_set_free(&r->natural); /* nobody asks for its Gram matrix any more */
  return st;
}
