/* lines.c - the one judge: what the table says of a line, the facts about a set and its limit, and what a
   certificate settles. */
#include "verify/lines.h"

#include "net/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAIL LFAP_FAIL
#define UNDECIDED LFAP_UNDECIDED

typedef struct {
  const char *id, *outside;
  lfap_claim claim;
  lfap_when when;
  const char *what, *relation;
  double bound, tolerance;
  lfap_verdict miss;
} line_info;

static const line_info lines[LFAP_LINES] = {
#define LINE(key, id, outside, claim, when, what, relation, bound, tolerance, miss) \
  {id, outside, LFAP_CLAIM_##claim, LFAP_WHEN_##when, what, relation, bound, tolerance, miss},
#include "verify/lines.def"
};

/* ---- facts ------------------------------------------------------------------------------------------------------- */

static lfap_holds known(int settled, lfap_holds holds) { return settled || holds == LFAP_NO ? holds : LFAP_UNKNOWN; }

/* (H), unless its sides are nearer to each other than doubles tell. Nothing on the right is exact: no two rows meet. */
static lfap_holds hypothesis(const lfap_hypothesis *h) {
  if (h->rhs > 0.0 && fabs(h->lhs - h->rhs) <= lines[LFAP_LINE_H].tolerance * h->rhs) return LFAP_UNKNOWN;
  return h->holds ? LFAP_YES : LFAP_NO;
}

/* What the slopes say of (b) by themselves. They are sums that make up margins of 1 once weighted with the masses:
   nearer to 0 than this, doubles do not tell. */
static lfap_holds slopes_hold(const lfap_limit *lim) {
  lfap_holds all = LFAP_YES;
  double unit = lfap_masses_plain(lim->masses) ? 1.0 : 0.5 / fmin(lim->masses.plus, lim->masses.minus);
  for (size_t i = 0; i < lim->n; i++) {
    double least = fmin(lim->fu[i], -lim->fv[i]), open = 1e-12 * fmax(unit, fmax(fabs(lim->fu[i]), fabs(lim->fv[i])));
    if (least < -open) return LFAP_NO;
    if (least <= open) all = LFAP_UNKNOWN;
  }
  return all;
}

/* (H) and (C) each imply C1. */
static int surely_implied(const lfap_limit *lim) {
  return hypothesis(&lim->hyp) == LFAP_YES || lim->row_kappa < lim->c_bound * (1.0 - 1e-12);
}

/* kappa' < 1/2, unless it is nearer to 1/2 than doubles tell. */
static lfap_holds posterior(const lfap_limit *lim) {
  if (fabs(lim->post_kappa - 0.5) <= 1e-12) return LFAP_UNKNOWN;
  return lim->post_kappa < 0.5 ? LFAP_YES : LFAP_NO;
}

/* Own pre-activations farther from 0 than their ball. What data promise a priori, the line has to find. */
static lfap_holds kinked(const lfap_c2 *c) {
  if (!c->solved) return c->separable ? LFAP_UNKNOWN : LFAP_NO;
  if (!c->decided) return LFAP_UNKNOWN;
  return c->holds || c->by_kappa || c->by_margin ? LFAP_YES : LFAP_NO;
}

/* Is <w, z> the boundary of a KKT point? C2 follows from each of the others. */
static lfap_holds boundary(const lfap_facts *f) {
  lfap_holds h = f->of[LFAP_WHEN_LIMIT_H], c1 = f->of[LFAP_WHEN_C1], c2 = f->of[LFAP_WHEN_C2];
  if (h == LFAP_YES || c1 == LFAP_YES) return LFAP_YES;
  return c2;
}

lfap_facts lfap_facts_of(const lfap_limit *lim) {
  lfap_facts f = {.of = {[LFAP_WHEN_ALWAYS] = LFAP_YES}};
  int sure = lim->settled, implied = surely_implied(lim);
  lfap_holds h = hypothesis(&lim->hyp);
  f.of[LFAP_WHEN_SETTLED] = sure ? LFAP_YES : LFAP_UNKNOWN;
  f.of[LFAP_WHEN_H] = h;
  f.of[LFAP_WHEN_LIMIT_H] = known(sure, h);
  f.of[LFAP_WHEN_POST] = known(sure, posterior(lim));
  f.of[LFAP_WHEN_C2] = kinked(&lim->c2);
  lfap_holds b = slopes_hold(lim);
  f.of[LFAP_WHEN_C1] = !sure || (b == LFAP_YES && !lim->c1) ? LFAP_UNKNOWN : b == LFAP_NO ? (lfap_holds)implied : b;
  f.of[LFAP_WHEN_BOUNDARY] = boundary(&f);
  return f;
}

void lfap_facts_settle(lfap_facts *f, const lfap_case *c, size_t first) {
  static const struct {
    const char *id;
    lfap_when when;
  } of[] = {{"H", LFAP_WHEN_LIMIT_H}, {"C1", LFAP_WHEN_C1}, {"C2", LFAP_WHEN_C2}};
  for (size_t i = first; i < c->checks; i++) {
    const lfap_check *k = &c->check[i];
    if (!k->enclosed || k->certified == LFAP_UNDECIDED) continue;
    for (size_t s = 0; s < sizeof of / sizeof of[0]; s++)
      if (strcmp(k->id, of[s].id) == 0) f->of[of[s].when] = k->certified == LFAP_PASS ? LFAP_YES : LFAP_NO;
  }
  f->of[LFAP_WHEN_BOUNDARY] = boundary(f);
}

lfap_facts lfap_facts_own(const lfap_facts *f, int holds) {
  lfap_facts own = *f;
  own.of[LFAP_WHEN_OWN] = holds ? LFAP_YES : LFAP_NO;
  return own;
}

/* ---- verdicts ---------------------------------------------------------------------------------------------------- */

static lfap_verdict compared(const line_info *l, double value, double bound, lfap_verdict miss) {
  const char *r = l->relation;
  int strict = (r[0] == '<' || r[0] == '>') && r[1] == '\0'; /* "" has no second character */
  int near = isfinite(bound) && fabs(value - bound) <= l->tolerance * fabs(bound);
  if (strict && near) return LFAP_UNDECIDED;
  int ok = r[0] == '<' ? value < bound : r[0] == '>' ? value > bound : 0;
  if (!strict) ok = ok || value == bound || near;
  return ok ? LFAP_PASS : miss;
}

void lfap_line_decide(lfap_check *k, lfap_line line, const lfap_facts *facts, double value, double bound) {
  const line_info *l = &lines[line];
  lfap_holds holds = facts->of[l->when];
  lfap_verdict miss =
      facts->unfinished && line != LFAP_LINE_CLASSIFIES && l->when != LFAP_WHEN_ALWAYS ? LFAP_UNDECIDED : l->miss;
  k->id = facts->of[LFAP_WHEN_H] == LFAP_YES ? l->id : l->outside;
  k->claim = l->claim;
  k->only_measured = l->when == LFAP_WHEN_NEVER && !isnan(value);
  k->value = value;
  k->bound = isnan(l->bound) ? bound : l->bound;
  snprintf(k->relation, sizeof k->relation, "%s", l->relation);
  k->verdict = holds == LFAP_NO        ? LFAP_NOT_APPLICABLE
               : holds == LFAP_UNKNOWN ? LFAP_UNDECIDED
               : isnan(value)          ? miss
                                       : compared(l, value, k->bound, miss);
}

static lfap_check *grow(lfap_ctx *ctx, lfap_case *c) {
  lfap_check *grown = realloc(c->check, (c->checks + 1) * sizeof *grown);
  if (!grown) {
    lfap_fail(ctx, LFAP_ERR_MEMORY, "verdicts: no memory for line %zu", c->checks + 1);
    return NULL;
  }
  c->check = grown;
  return &c->check[c->checks++];
}

/* What a line about a limit, or about a network that ought to go there, stands on. */
static void say_why(lfap_check *k, const line_info *l, const lfap_facts *f) {
  if (l->when == LFAP_WHEN_BOUNDARY) {
    if (k->verdict == LFAP_NOT_APPLICABLE)
      lfap_check_note(k, "no linear boundary of a limit: (H), C1 and C2 do not hold");
    else if (k->verdict == LFAP_UNDECIDED && f->of[LFAP_WHEN_BOUNDARY] == LFAP_UNKNOWN)
      lfap_check_note(k, "doubles do not tell whether the limit has a linear boundary");
    else if (k->verdict == LFAP_PASS && f->of[LFAP_WHEN_LIMIT_H] != LFAP_YES && f->of[LFAP_WHEN_C1] != LFAP_YES)
      lfap_check_note(k, "of the limit by C2, with omega in the place of lambda");
  } else if (f->unreached && k->verdict == LFAP_NOT_APPLICABLE && l->when != LFAP_WHEN_NEVER)
    lfap_check_note(k, "C2 does not say that a run goes there");
}

lfap_check *lfap_line_add(lfap_ctx *ctx, lfap_case *c, lfap_line line, const char *subject, const char *at,
                          const lfap_facts *facts, double value, double bound) {
  lfap_check *k = grow(ctx, c);
  if (!k) return NULL;
  *k = (lfap_check){.margin = NAN};
  snprintf(k->subject, sizeof k->subject, "%s", subject);
  snprintf(k->what, sizeof k->what, "%s%s%s", at ? at : "", at ? ": " : "", lines[line].what);
  lfap_line_decide(k, line, facts, value, bound);
  say_why(k, &lines[line], facts);
  return k;
}

void lfap_check_note(lfap_check *k, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  vsnprintf(k->note, sizeof k->note, format, ap);
  va_end(ap);
}

void lfap_check_remark(lfap_check *k, const char *format, ...) {
  va_list ap;
  size_t used = strlen(k->note);
  if (used) used += (size_t)snprintf(k->note + used, sizeof k->note - used, "; ");
  if (used >= sizeof k->note) return;
  va_start(ap, format);
  vsnprintf(k->note + used, sizeof k->note - used, format, ap);
  va_end(ap);
}

/* ---- a set and its limit ----------------------------------------------------------------------------------------- */

typedef struct {
  lfap_ctx *ctx;
  lfap_case *c;
  const char *subject;
  const lfap_limit *lim;
  lfap_facts facts;
} judging;

static lfap_check *put_line(judging *j, lfap_line line, double value, double bound) {
  return lfap_line_add(j->ctx, j->c, line, j->subject, NULL, &j->facts, value, bound);
}

/* The smallest multiplier against lo, the largest against hi; `why` where the interval does not apply. */
static lfap_status interval(judging *j, lfap_line smallest, double lo, double hi, const char *why) {
  double min = INFINITY, max = -INFINITY;
  for (size_t i = 0; i < j->lim->n; i++) {
    min = fmin(min, j->lim->lambda_q[i]);
    max = fmax(max, j->lim->lambda_q[i]);
  }
  for (int top = 0; top < 2; top++) {
    lfap_check *k = put_line(j, smallest + (lfap_line)top, top ? max : min, top ? hi : lo);
    if (!k) return LFAP_ERR_MEMORY;
    if (k->verdict == LFAP_NOT_APPLICABLE) lfap_check_note(k, "%s", why);
    if (k->verdict == LFAP_UNDECIDED)
      lfap_check_note(k, j->lim->settled ? "nearer to the bound than doubles tell" : "the multipliers are not settled");
    if (k->verdict == LFAP_FAIL) lfap_check_note(k, "its hypothesis holds, so this contradicts the statement");
  }
  return LFAP_OK;
}

static lfap_status condition(judging *j) {
  const lfap_limit *l = j->lim;
  lfap_check *k = put_line(j, LFAP_LINE_C1, (double)l->c1b, (double)l->n);
  if (!k) return LFAP_ERR_MEMORY;
  size_t on_support = 0;
  for (size_t i = 0; i < l->n; i++) on_support += l->lambda_q[i] > 0.0 && !(l->fu[i] > 0.0 && l->fv[i] < 0.0);
  if (k->verdict == LFAP_UNDECIDED)
    lfap_check_note(k, !l->settled                ? "the multipliers are not settled"
                       : l->c1b == l->n && !l->c1 ? "(a) is not met to rounding: a multiplier of 0 too close"
                                                  : "a slope is nearer to 0 than doubles tell");
  else if (l->c1b < l->n)
    lfap_check_note(k, "(b) fails at %zu samples, %zu of them on the support: the label-aligned form is refuted here",
                    l->n - l->c1b, on_support);
  return LFAP_OK;
}

static lfap_status any_slope(judging *j) {
  const lfap_c2 *c = &j->lim->c2;
  lfap_check *k = put_line(j, LFAP_LINE_C2, c->own_support, NAN);
  if (!k) return LFAP_ERR_MEMORY;
  const char *prior = c->by_kappa    ? "; known a priori from kappa_obt"
                      : c->by_margin ? "; known a priori from the margin"
                                     : "";
  if (!c->solved)
    lfap_check_note(k, c->separable ? "doubles cannot tell whether a linear boundary separates the data"
                                    : "no linear boundary separates the data: (CP) has no solution");
  else if (k->verdict == LFAP_PASS) lfap_check_note(k, "kinks at %zu of %zu samples%s", c->kinks, j->lim->n, prior);
  else if (k->verdict == LFAP_UNDECIDED) lfap_check_note(k, "an own pre-activation is nearer to 0 than doubles tell");
  else lfap_check_note(k, "at sample %zu%s: the KKT point with own slopes 1 is refuted here", c->own_at, prior);
  return LFAP_OK;
}

lfap_status lfap_judge_limit(lfap_ctx *ctx, lfap_case *c, const lfap_limit *lim, const char *subject) {
  judging j = {ctx, c, subject, lim, lfap_facts_of(lim)};
  lfap_check *h = put_line(&j, LFAP_LINE_H, lim->hyp.lhs, lim->hyp.rhs);
  if (!h) return LFAP_ERR_MEMORY;
  if (h->verdict == LFAP_NOT_APPLICABLE)
    lfap_check_note(h, "hypothesis not met (ratio %.3g)", lim->hyp.lhs / lim->hyp.rhs);
  if (h->verdict == LFAP_UNDECIDED) lfap_check_note(h, "its sides are nearer to each other than doubles tell");
  lfap_check *q = put_line(&j, LFAP_LINE_Q1, lim->residual, NAN);
  if (!q) return LFAP_ERR_MEMORY;
  if (q->verdict != LFAP_PASS)
    lfap_check_note(q, "doubles cannot tell%s; limit --certify --exact decides (N <= 64)",
                    lim->residual > LFAP_RESIDUAL_MOST ? ""
                    : lim->error > LFAP_ERROR_MOST     ? ", the system is too ill-conditioned"
                                                       : ", a sample is too near to the margin");
  else if (!lim->full) lfap_check_note(q, "nonnegative QP, support %zu of %zu", lim->support, lim->n);
  lfap_status st = interval(&j, LFAP_LINE_T1_MIN, lim->t1_lo, lim->t1_hi, "(H) is not met");
  if (!st) st = interval(&j, LFAP_LINE_T2_MIN, lim->t2_lo, lim->t2_hi, "(H) is not met");
  if (!st && j.facts.of[LFAP_WHEN_POST] != LFAP_NO)
    st = interval(&j, LFAP_LINE_POST_MIN, lim->post_lo, lim->post_hi, "the a-posteriori kappa is not below 1/2");
  if (!st) st = condition(&j);
  return st ? st : any_slope(&j);
}

/* ---- certificates ------------------------------------------------------------------------------------------------ */

/* The first items of a list, as many as fit, with what was left out shown. */
static void listed(char *out, size_t room, const char *list) {
  size_t len = strlen(list);
  if (len >= room)
    for (len = room - 5; len > 0 && list[len] != ','; len--) {}
  snprintf(out, room, "%.*s%s", (int)len, list, list[len] ? ", ..." : "");
}

void lfap_check_blame(lfap_check *k, const char *what) {
  const char *id = k->claim ? lfap_claims[k->claim].id : k->id, *kernels = "";
  for (size_t i = 0; i < lfap_statement_count; i++)
    if (strcmp(lfap_statements[i].id, id) == 0) kernels = lfap_statements[i].proofs;
  lfap_check_note(k, "%.80s: look at the kernels of %s, ", what, id);
  size_t used = strlen(k->note);
  listed(k->note + used, sizeof k->note - used, kernels);
}

static int as_printed(const lfap_check *k) {
  const char *r = k->relation;
  if (k->value == k->bound) return r[0] == '=' || r[1] == '=';
  return r[0] == '<' ? k->value < k->bound : r[0] == '>' && k->value > k->bound;
}

/* A figure of doubles that says the contrary of what is certain is no measurement: it stands in the note alone. */
static void withdraw(lfap_check *k) {
  lfap_check_note(k, "by the certificate; doubles, which do not tell, have %.6g", k->value);
  k->value = k->bound = NAN;
  k->relation[0] = '\0';
}

void lfap_line_settle(lfap_check *k, lfap_decided d) {
  k->enclosed = 1;
  k->margin = d.margin;
  /* a condition that is disproved, and that doubles did not claim either, is simply not met */
  k->certified = d.verdict == LFAP_FAIL && k->verdict == LFAP_NOT_APPLICABLE ? LFAP_NOT_APPLICABLE : d.verdict;
  if (k->certified == k->verdict) return;
  if (k->verdict == LFAP_UNDECIDED) {
    k->verdict = k->certified;
    k->note[0] = '\0';
    if ((k->verdict == LFAP_PASS || k->verdict == LFAP_FAIL) && (k->verdict == LFAP_PASS) != as_printed(k)) withdraw(k);
  } else if (k->certified == LFAP_UNDECIDED) {
    if (k->verdict == LFAP_PASS) k->verdict = LFAP_UNDECIDED;
    lfap_check_note(k, "the enclosure is undecided");
  } else {
    char what[80];
    snprintf(what, sizeof what, "doubles say %s, the certificate %s", lfap_verdict_name(k->verdict),
             lfap_verdict_name(k->certified));
    lfap_check_blame(k, what);
    k->verdict = LFAP_FAIL;
  }
}

/* What is decided of a line: an open C1 or C2 that is disproved, where (H) does not promise it, is not met. */
static lfap_decided spoken(const lfap_check *k, const lfap_decided of[LFAP_SET_CLAIMS]) {
  lfap_decided d = of[k->claim];
  int promised = of[LFAP_CLAIM_H].verdict == LFAP_PASS;
  if ((k->claim == LFAP_CLAIM_C1 || k->claim == LFAP_CLAIM_C2) && k->verdict == LFAP_UNDECIDED &&
      d.verdict == LFAP_FAIL && !promised)
    d.verdict = LFAP_NOT_APPLICABLE;
  return d;
}

static int about_set(lfap_claim claim) { return claim != LFAP_CLAIM_NONE && claim < LFAP_SET_CLAIMS; }

void lfap_settle(lfap_case *c, size_t first, const lfap_decided claim[LFAP_SET_CLAIMS]) {
  for (size_t i = first; i < c->checks; i++)
    if (about_set(c->check[i].claim)) lfap_line_settle(&c->check[i], spoken(&c->check[i], claim));
}

void lfap_settle_enclosure(lfap_case *c, size_t first, const lfap_enclosure *e, int all) {
  for (size_t i = first; i < c->checks; i++) {
    lfap_check *k = &c->check[i];
    if (!about_set(k->claim) || (!all && e->claim[k->claim].verdict == LFAP_UNDECIDED)) continue;
    lfap_line_settle(k, spoken(k, e->claim));
    if (k->certified == LFAP_UNDECIDED)
      lfap_check_note(k,
                      k->claim == LFAP_CLAIM_C1 ? "undecided at %zu samples; --certify=exact goes on"
                                                : "the error bounds are too wide; --certify=exact goes on",
                      e->n - e->aligned - e->refuted);
    else if (!k->note[0] && e->finished && k->claim == LFAP_CLAIM_C1)
      lfap_check_note(k, "by error bounds in doubles, and exactly at %zu samples", e->finished);
    else if (!k->note[0]) lfap_check_note(k, "by error bounds in doubles");
  }
}
