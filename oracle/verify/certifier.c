/* certifier.c - the oracle's word on each line of `lfap verify` that an enclosure can decide (spec/certificate.md):
 * a PASS of such a line is certified, and a double result that its certificate contradicts is a FAIL that names the
 * kernel. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/lanes.h"
#include "oracle/certify/certify.h"
#include "oracle/certify/polish.h"
#include "oracle/verify/certifier.h"

/* What the certificate knows better: of C1's form (*q), of (CP) (*kinks); 0: nothing. Where lambda changes, so does
   what it leaves of (CP). */
static int knows_better(int *q, int *kinks, const oracle_cert *cert, const lfap_limit *lim) {
  *q = cert->claim[LFAP_CLAIM_Q1].verdict == LFAP_PASS && (cert->mode == ORACLE_EXACT || !lim->settled);
  *kinks = cert->c2.solved == LFAP_PASS && !cert->c2.inseparable &&
           (*q || !lim->c2.settled || (cert->c2.p && cert->c2.mode == ORACLE_EXACT));
  return *q || *kinks;
}

lfap_status oracle_adopt(lfap_ctx *ctx, lfap_limit *lim, const oracle_cert *cert, const lfap_set *set) {
  int q, kinks;
  lfap_status plain = lfap_limit_plain(ctx, lim, "certificate");
  if (plain) return plain;
  if (!knows_better(&q, &kinks, cert, lim)) return LFAP_OK;
  double *v = malloc(3 * lim->n * sizeof *v), *lambda = v, *bent = v + lim->n;
  lfap_limit better = {0};
  oracle_vector w = {0};
  if (!v) return lfap_fail(ctx, LFAP_ERR_MEMORY, "limit: no memory for %zu multipliers", lim->n);
  if (q) oracle_cert_nearest(lambda, cert);
  else memcpy(lambda, lim->lambda_q, lim->n * sizeof *lambda);
  if (kinks) oracle_cert_kinks_nearest(bent, cert);
  lfap_status s = lfap_limit_given(ctx, &better, set->data, set->gram, lim->gamma,
                                   (lfap_multipliers){lambda, kinks ? bent : NULL}, NULL);
  if (!s) s = oracle_boundary(ctx, &w, cert, set->data, NULL);
  /* the multipliers may cancel: w and Q lambda are those of the certificate, not of their roundings */
  if (!s && w.valid && oracle_boundary_of(cert, &better)) memcpy(better.w, w.near, lim->d * sizeof *better.w);
  for (size_t i = 0; !s && q && i < lim->n; i++)
    if (better.lambda_q[i] > 0.0) better.q[i] = 1.0;
  oracle_vector_free(&w);
  free(v);
  if (s) {
    lfap_limit_free(&better);
    return s;
  }
  better.rounds = lim->rounds;
  better.iterations = lim->iterations;
  if (kinks) {
    better.c2.rounds = lim->c2.rounds;
    better.c2.iterations = lim->c2.iterations;
  }
  lfap_limit_free(lim);
  *lim = better;
  return LFAP_OK;
}

/* The certificate is kept: it is that of the natural set, which is offered next. */
lfap_status oracle_certifier_refine(void *user, lfap_ctx *ctx, lfap_limit *lim, const lfap_set *set) {
  oracle_certifier *me = user;
  oracle_cert_free(&me->natural);
  me->of = NULL;
  lfap_status plain = lfap_limit_plain(ctx, lim, "certificate");
  if (plain) return plain;
  if ((lim->settled && (lim->c2.settled || !lim->c2.solved)) || set->data->n > me->largest) return LFAP_OK;
  lfap_status s = oracle_certify_checked(ctx, &me->natural, set->data, lim->gamma, &me->opts);
  if (s) return s;
  me->of = set->data;
  return oracle_adopt(ctx, lim, &me->natural, set);
}

/* A new line with both verdicts: what a double result may be off, or contradict. One that does not claim to be settled
   (`sure` is 0) contradicts nothing. */
static lfap_status line(lfap_check *k, int sure, size_t undecided) {
  if (!k) return LFAP_ERR_MEMORY;
  if (undecided)
    lfap_check_note(k, "%zu signs are not decided: by the enclosure, or nearer to 0 than doubles tell", undecided);
  if (k->verdict == LFAP_FAIL && !sure) {
    k->verdict = LFAP_UNDECIDED;
    lfap_check_note(k, "the multipliers are not settled, and off");
  }
  lfap_line_settle(k, (lfap_decided){k->verdict == LFAP_PASS && undecided ? LFAP_UNDECIDED : k->verdict, NAN});
  if (k->verdict == LFAP_FAIL) lfap_check_blame(k, "the double result lies outside its own enclosure");
  return LFAP_OK;
}

lfap_status oracle_settle(lfap_ctx *ctx, lfap_case *c, size_t first, const oracle_cert *cert, const lfap_limit *lim,
                          const char *subject) {
  lfap_status plain = lfap_limit_plain(ctx, lim, "certificate");
  if (plain) return plain;
  lfap_settle(c, first, cert->claim);
  double worst = oracle_cert_distance(cert, lim->lambda_q);
  if (isnan(worst)) return LFAP_OK;
  lfap_facts facts = lfap_facts_of(lim);
  int sure = lim->settled;
  if (lim->c2.bent) { /* those of (CP) as well */
    worst = fmax(worst, oracle_cert_kinks_distance(cert, lim->c2.alpha, lim->c2.beta));
    sure = sure && lim->c2.settled;
  }
  return line(lfap_line_add(ctx, c, LFAP_LINE_ENCLOSED, subject, NULL, &facts, worst, NAN), sure, 0);
}

/* |f| of settled multipliers above this part of ||z|| has the right sign: w = sum omega_n y_n x_n may cancel, and
   multipliers are held to LFAP_ERROR_MOST. */
static double doubtful(const lfap_limit *lim, const lfap_data *data) {
  double sum = 0.0;
  for (size_t i = 0; i < data->n; i++) sum += lim->omega[i] * lfap_norm2(data->d, data->x + i * data->d);
  return LFAP_ERROR_MOST * sum;
}

/* Signs of the set's own boundary function at the points, as computed and as certified. */
static lfap_status sign_lines(lfap_ctx *ctx, lfap_case *c, const lfap_offer *o, const oracle_cert *cert) {
  oracle_vector w = {0};
  lfap_facts facts = lfap_facts_of(o->lim);
  lfap_status s = oracle_boundary(ctx, &w, cert, o->data, NULL);
  double part = doubtful(o->lim, o->data);
  for (size_t t = 0; !s && w.valid && t < o->tries; t++) {
    const lfap_tried *p = &o->tried[t];
    const double *f = p->f_adv ? p->f_adv : p->f_bdy;
    size_t wrong = 0, open = 0;
    char at[64];
    int *sign = calloc(p->n, sizeof *sign);
    s = sign ? oracle_sign_points(ctx, sign, &w, p->Z, p->n)
             : lfap_fail(ctx, LFAP_ERR_MEMORY, "verify: no memory for %zu signs", p->n);
    for (size_t i = 0; !s && i < p->n; i++) {
      int differ = sign[i] != 0 && (f[i] > 0) - (f[i] < 0) != sign[i];
      int sure = differ && fabs(f[i]) > part * lfap_norm2(o->data->d, p->Z + i * o->data->d);
      wrong += (size_t)sure;
      open += sign[i] == 0 || (differ && !sure);
    }
    free(sign);
    snprintf(at, sizeof at, "%s, %zu points", p->name, p->n);
    lfap_line which = p->f_adv ? LFAP_LINE_SIGNS_ADV : LFAP_LINE_SIGNS_BDY;
    if (!s) s = line(lfap_line_add(ctx, c, which, o->subject, at, &facts, (double)wrong, NAN), o->lim->settled, open);
  }
  oracle_vector_free(&w);
  return s;
}

/* T4 at every point of a set: where its condition is proved, the certified signs must agree. */
static lfap_status settle_t4(lfap_ctx *ctx, lfap_check *k, const oracle_adversary *a, const lfap_tried *p) {
  oracle_split *split = calloc(p->n, sizeof *split);
  if (!split) return lfap_fail(ctx, LFAP_ERR_MEMORY, "verify: no memory for %zu points", p->n);
  lfap_status s = oracle_split_points(ctx, split, a, p->Z, p->n);
  size_t holds = 0, open = 0, broken = 0;
  for (size_t i = 0; !s && i < p->n; i++) {
    open += split[i].t4 == LFAP_UNDECIDED;
    holds += split[i].t4 == LFAP_PASS;
    broken += split[i].t4 == LFAP_PASS && split[i].adv && split[i].bdy && split[i].adv != split[i].bdy;
  }
  free(split);
  if (s) return s;
  lfap_verdict decided = broken ? LFAP_FAIL : holds ? LFAP_PASS : open ? LFAP_UNDECIDED : LFAP_NOT_APPLICABLE;
  /* doubles count points that rounding leaves clear: where they found none, the condition was open */
  if (k->verdict == LFAP_NOT_APPLICABLE && decided == LFAP_PASS) k->verdict = LFAP_UNDECIDED;
  lfap_line_settle(k, (lfap_decided){decided, NAN});
  if (k->certified == LFAP_PASS && k->verdict == LFAP_PASS)
    lfap_check_note(k, "the condition is certified at %zu of %zu points", holds, p->n);
  return LFAP_OK;
}

static lfap_status t4_lines(lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_offer *o, const oracle_cert *cert,
                            const oracle_cert *nat) {
  double *e = malloc(o->data->d * sizeof *e), dual;
  signed char *side = malloc(o->data->d);
  size_t moving = o->data->d - (o->data->bias != 0);
  lfap_status s = e && side ? lfap_perturb_unit(ctx, e, &dual, c->lim.w, o->norm, o->k, moving)
                            : lfap_fail(ctx, LFAP_ERR_MEMORY, "verify: no memory for d = %zu", o->data->d);
  if (!s && moving < o->data->d) side[moving] = 0;
  for (size_t i = 0; !s && i < moving; i++) side[i] = (signed char)((e[i] > 0) - (e[i] < 0));
  oracle_adversary a = {.nat = nat,
                        .adv = cert,
                        .nat_data = o->natural,
                        .adv_data = o->data,
                        .bases = o->bases,
                        .norm = o->norm,
                        .eps = o->eps,
                        .side = side};
  for (size_t i = first; !s && i < c->checks; i++)
    if (c->check[i].claim == LFAP_CLAIM_T4) s = settle_t4(ctx, &c->check[i], &a, &o->tried[c->check[i].points]);
  free(e);
  free(side);
  return s;
}

/* T4 without multipliers at every point of a set: one exact sign of t_n <x_n, z>, against the sign that w gives. */
static lfap_status settle_every(lfap_ctx *ctx, lfap_check *k, const lfap_data *data, const lfap_tried *p) {
  int *sign = calloc(p->n, sizeof *sign);
  lfap_status s = sign ? oracle_kkt_signs_checked(ctx, sign, data, p->Z, p->n)
                       : lfap_fail(ctx, LFAP_ERR_MEMORY, "verify: no memory for %zu signs", p->n);
  size_t holds = 0, broken = 0;
  for (size_t i = 0; !s && i < p->n; i++) {
    holds += sign[i] != 0;
    broken += sign[i] != 0 && (p->f_adv[i] > 0) - (p->f_adv[i] < 0) != sign[i];
  }
  free(sign);
  if (s) return s;
  lfap_verdict decided = broken ? LFAP_FAIL : holds ? LFAP_PASS : LFAP_NOT_APPLICABLE;
  /* doubles count points that rounding leaves clear */
  if (k->verdict == LFAP_NOT_APPLICABLE && decided == LFAP_PASS) k->verdict = LFAP_UNDECIDED;
  lfap_line_settle(k, (lfap_decided){decided, NAN});
  return LFAP_OK;
}

static lfap_status every_lines(lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_offer *o) {
  lfap_status s = LFAP_OK;
  for (size_t i = first; !s && i < c->checks; i++)
    if (c->check[i].claim == LFAP_CLAIM_EVERY)
      s = settle_every(ctx, &c->check[i], o->data, &o->tried[c->check[i].points]);
  return s;
}

/* (H) and C1 of a large set: what error bounds in doubles decide; the rest is not spoken of. */
static lfap_status speak_fast(lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_offer *o) {
  lfap_enclosure e = {0};
  lfap_status s = lfap_limit_enclose(ctx, &e, o->data, o->lim, NULL);
  if (!s) s = oracle_enclosure_finish(ctx, &e, o->data, o->lim, NULL);
  if (!s) lfap_settle_enclosure(c, first, &e, 0);
  lfap_enclosure_free(&e);
  return s;
}

lfap_status oracle_certifier_speak(void *user, lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_offer *o) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_limit_plain(ctx, o->lim, "certificate");
  if (st) return st;
  oracle_certifier *me = user;
  oracle_cert cert = {0};
  if (!o->adversarial && me->of == o->data) cert = me->natural; /* refined */
  else if (!o->adversarial) oracle_cert_free(&me->natural);     /* a new case begins */
  if (!o->adversarial) {
    me->natural = (oracle_cert){0};
    me->of = NULL;
  }
  if (o->data->n > me->largest && me->fast) return speak_fast(ctx, c, first, o);
  if (o->data->n > me->largest) {
    me->left_out++;
    return LFAP_OK;
  }
  lfap_status s = cert.n ? LFAP_OK : oracle_certify_checked(ctx, &cert, o->data, c->gamma, &me->opts);
  if (s) return s;
  s = oracle_settle(ctx, c, first, &cert, o->lim, o->subject);
  int same = oracle_boundary_of(&cert, o->lim);
  /* a boundary in exact integers takes some eight times the memory of its doubles: not beside a set that large */
  if (!s && (!o->adversarial || o->bases) && same) s = sign_lines(ctx, c, o, &cert);
  if (!s && o->bases && me->natural.n && same && oracle_boundary_of(&me->natural, &c->lim))
    s = t4_lines(ctx, c, first, o, &cert, &me->natural);
  if (!s && o->adversarial) s = every_lines(ctx, c, first, o);
  if (!o->adversarial && !s) me->natural = cert;
  else oracle_cert_free(&cert);
  return s;
}

/* ---- where weights end ------------------------------------------------------------------------------------------- */

/* What the condition of C4 has to spare; it is a sufficient one, so where it fails nothing follows. */
static double spare(const oracle_polished *p) {
  return 1.0 - fmax(p->angle_hi / p->angle_most, p->length_least / p->length);
}

/* Doubles may take an own pair for right that lies next to its kink, on the other side: then this is no KKT point, and
   nothing that was promised. */
static void settle_point(lfap_check *k, lfap_verdict c3) {
  int open = k->verdict == LFAP_UNDECIDED && c3 == LFAP_FAIL;
  lfap_line_settle(k, (lfap_decided){open ? LFAP_NOT_APPLICABLE : c3, NAN});
  if (open)
    lfap_check_note(k, "no KKT point, certified: an own pair nearer to its kink than doubles tell has the other sign");
}

void oracle_settle_ending(lfap_case *c, size_t first, const oracle_polished *p, lfap_loss loss) {
  for (size_t i = first; i < c->checks; i++) {
    lfap_check *k = &c->check[i];
    if (k->claim == LFAP_CLAIM_C3) settle_point(k, p->c3);
    if (k->claim != LFAP_CLAIM_C4) continue;
    /* doubles ask for more than the certificate does: of the logistic loss, that it is off by log 2 at most */
    int sharper = loss == LFAP_LOSS_LOGISTIC && k->verdict == LFAP_NOT_APPLICABLE && p->c4 == LFAP_PASS;
    if (sharper) k->verdict = LFAP_UNDECIDED;
    lfap_line_settle(k, (lfap_decided){p->c4, p->c4 == LFAP_PASS ? spare(p) : NAN});
    if (sharper) lfap_check_note(k, "certified by a sharper bound of the loss than the value is of");
  }
}

lfap_status oracle_certifier_end(void *user, lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_ending *e) {
  oracle_certifier *me = user;
  oracle_polished p = {0};
  lfap_status s = lfap_arith_check(ctx, __func__);
  if (s || e->data->n > me->largest) return s;
  oracle_start from = {e->net, e->loss, e->step};
  s = oracle_polish_checked(ctx, &p, &e->point, e->data, &from, &me->opts);
  if (!s) oracle_settle_ending(c, first, &p, e->loss);
  oracle_polished_free(&p);
  return s;
}

void oracle_certifier_free(oracle_certifier *me) {
  oracle_cert_free(&me->natural);
  mpfr_free_cache();
}
