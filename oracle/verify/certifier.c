/* certifier.c - the oracle's word on each line of `lfap verify` that an enclosure can decide (spec/certificate.md): a
 * PASS of such a line is certified, and a double result that its certificate contradicts is a FAIL that names the kernel. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "oracle/verify/certifier.h"
#include "verify/report.h"

/* Where to look when doubles and enclosure disagree about a claim. */
static const char *kernels_of(lfap_claim claim) {
  switch (claim) {
  case LFAP_CLAIM_H: return "lfap_gram_row, lfap_hypothesis_of";
  case LFAP_CLAIM_C1: return "lfap_uv_coef, lfap_gemv";
  case LFAP_CLAIM_T4: return "lfap_axpy, lfap_dot";
  default: return "lfap_q_row, lfap_chol, lfap_residual";
  }
}

/* Joins what doubles found with what the enclosure decided. */
static void settle(lfap_check *k, lfap_verdict certified) {
  k->enclosed = 1;
  /* a condition that is disproved, and that doubles did not claim either, is simply not met */
  k->certified = certified == LFAP_FAIL && k->verdict == LFAP_NOT_APPLICABLE ? LFAP_NOT_APPLICABLE : certified;
  if (k->certified == k->verdict) return;
  if (k->verdict == LFAP_UNDECIDED) {
    k->verdict = k->certified;
  } else if (k->certified == LFAP_UNDECIDED) {
    if (k->verdict == LFAP_PASS) k->verdict = LFAP_UNDECIDED;
    lfap_check_note(k, "the enclosure is undecided; try more bits");
  } else {
    lfap_check_note(k, "doubles say %s, the certificate %s: look at %s", lfap_verdict_name(k->verdict),
                    lfap_verdict_name(k->certified), kernels_of(k->claim));
    k->verdict = LFAP_FAIL;
  }
}

static void settle_claims(lfap_case *c, size_t first, const oracle_cert *cert) {
  static const oracle_claim of[] = {[LFAP_CLAIM_H] = ORACLE_V_H,   [LFAP_CLAIM_Q1] = ORACLE_V_Q1,
                                    [LFAP_CLAIM_T1] = ORACLE_V_T1, [LFAP_CLAIM_T2] = ORACLE_V_T2,
                                    [LFAP_CLAIM_POST] = ORACLE_V_POST, [LFAP_CLAIM_C1] = ORACLE_V_C1};
  for (size_t i = first; i < c->checks; i++)
    if (c->check[i].claim != LFAP_CLAIM_NONE && c->check[i].claim != LFAP_CLAIM_T4)
      settle(&c->check[i], cert->verdict[of[c->check[i].claim]]);
}

/* A new line with both verdicts: `wrong` must be at most `bound`. */
static lfap_status line(lfap_ctx *ctx, lfap_case *c, const char *subject, const char *what, double wrong, double bound,
                        size_t undecided) {
  lfap_check *k = lfap_check_add(ctx, c, "Q1", subject, what);
  if (!k) return LFAP_ERR_MEMORY;
  lfap_check_decide(k, 1, wrong, "<=", bound);
  if (undecided) lfap_check_note(k, "%zu signs are not decided by the enclosure", undecided);
  settle(k, k->verdict == LFAP_PASS && undecided ? LFAP_UNDECIDED : k->verdict);
  if (k->verdict == LFAP_FAIL) lfap_check_note(k, "contradicts its enclosure: look at lfap_chol, lfap_residual, lfap_axpy, lfap_dot");
  return LFAP_OK;
}

/* lambda of the double path against its enclosures. */
static lfap_status multiplier_line(lfap_ctx *ctx, lfap_case *c, const lfap_offer *o, const oracle_cert *cert) {
  double worst = oracle_cert_distance(cert, o->lim->lambda);
  if (isnan(worst)) return LFAP_OK;
  return line(ctx, c, o->subject, "largest relative distance of lambda from its enclosure", worst, 1e-11, 0);
}

/* Signs of the set's own boundary function at the points, as computed and as certified. */
static lfap_status sign_lines(lfap_ctx *ctx, lfap_case *c, const lfap_offer *o, const oracle_cert *cert) {
  oracle_vector w = {0};
  lfap_status s = oracle_boundary(ctx, &w, cert, o->data, NULL);
  for (size_t t = 0; !s && w.valid && t < o->tries; t++) {
    const lfap_tried *p = &o->tried[t];
    const double *f = p->f_adv ? p->f_adv : p->f_bdy;
    size_t wrong = 0, open = 0;
    char what[96];
    int *sign = calloc(p->n, sizeof *sign);
    s = sign ? oracle_sign_points(ctx, sign, &w, p->Z, p->n) : lfap_fail(ctx, LFAP_ERR_MEMORY, "verify: no memory for %zu signs", p->n);
    for (size_t i = 0; !s && i < p->n; i++) {
      open += sign[i] == 0;
      wrong += sign[i] != 0 && (f[i] > 0) - (f[i] < 0) != sign[i];
    }
    free(sign);
    snprintf(what, sizeof what, "%s: signs of %s that its enclosure contradicts, %zu points", p->name, p->f_adv ? "f_adv" : "f_bdy", p->n);
    if (!s) s = line(ctx, c, o->subject, what, (double)wrong, 0, open);
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
  settle(k, broken ? LFAP_FAIL : holds ? LFAP_PASS : open ? LFAP_UNDECIDED : LFAP_NOT_APPLICABLE);
  if (k->certified == LFAP_PASS && k->verdict == LFAP_PASS) lfap_check_note(k, "the condition is certified at %zu of %zu points", holds, p->n);
  return LFAP_OK;
}

static lfap_status t4_lines(lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_offer *o, const oracle_cert *cert, const oracle_cert *nat) {
  double *e = malloc(o->data->d * sizeof *e), dual;
  signed char *side = malloc(o->data->d);
  lfap_status s = e && side ? lfap_perturb_unit(ctx, e, &dual, c->lim.w, o->norm, o->k, o->data->d)
                            : lfap_fail(ctx, LFAP_ERR_MEMORY, "verify: no memory for d = %zu", o->data->d);
  for (size_t i = 0; !s && i < o->data->d; i++) side[i] = (signed char)((e[i] > 0) - (e[i] < 0));
  oracle_adversary a = {.nat = nat, .adv = cert, .nat_data = o->natural, .adv_data = o->data, .bases = o->bases,
                        .norm = o->norm, .eps = o->eps, .side = side};
  for (size_t i = first; !s && i < c->checks; i++)
    if (c->check[i].claim == LFAP_CLAIM_T4) s = settle_t4(ctx, &c->check[i], &a, &o->tried[c->check[i].points]);
  free(e);
  free(side);
  return s;
}

/* (H) and C1 of a large set: what error bounds in doubles decide; the rest is not spoken of. */
static lfap_status speak_fast(lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_offer *o) {
  lfap_enclosure e = {0};
  lfap_status s = lfap_limit_enclose(ctx, &e, o->data, o->lim, NULL);
  if (!s) s = oracle_enclosure_finish(ctx, &e, o->data, o->lim, NULL);
  for (size_t i = first; !s && i < c->checks; i++) {
    lfap_check *k = &c->check[i];
    lfap_verdict v = k->claim == LFAP_CLAIM_H ? e.h : k->claim == LFAP_CLAIM_C1 ? e.c1 : LFAP_UNDECIDED;
    if (v == LFAP_UNDECIDED) continue;
    settle(k, v);
    if (!k->note[0]) lfap_check_note(k, e.finished && k->claim == LFAP_CLAIM_C1 ? "certified by error bounds in doubles, and exactly at %zu samples"
                                                              : "certified by error bounds in doubles", e.finished);
  }
  lfap_enclosure_free(&e);
  return s;
}

lfap_status oracle_certifier_speak(void *user, lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_offer *o) {
  oracle_certifier *me = user;
  oracle_cert cert = {0};
  if (!o->adversarial) oracle_cert_free(&me->natural); /* a new case begins */
  if (o->data->n > me->largest && me->fast) return speak_fast(ctx, c, first, o);
  if (o->data->n > me->largest) {
    me->left_out++;
    return LFAP_OK;
  }
  lfap_status s = oracle_limit_certify(ctx, &cert, o->data, c->gamma, &me->opts);
  if (s) return s;
  settle_claims(c, first, &cert);
  s = multiplier_line(ctx, c, o, &cert);
  /* a boundary in exact integers takes some eight times the memory of its doubles: not beside a set that large */
  if (!s && (!o->adversarial || o->bases)) s = sign_lines(ctx, c, o, &cert);
  if (!s && o->bases && me->natural.n) s = t4_lines(ctx, c, first, o, &cert, &me->natural);
  if (!o->adversarial && !s) me->natural = cert;
  else oracle_cert_free(&cert);
  return s;
}

void oracle_certifier_free(oracle_certifier *me) {
  oracle_cert_free(&me->natural);
  mpfr_free_cache();
}
