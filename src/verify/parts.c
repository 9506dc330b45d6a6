/* parts.c - a network split into initialisation, bases and perturbations, judged (T5): the sum is exact, the rules
 * hold; how much the perturbations decide is measured. */
#include "verify/lines.h"

/* Without a point, or where all parts and all that they have to add up to are 0, nothing is right or wrong. */
static int something(const lfap_split_shares *t) {
  return t->init > 0.0 || t->data > 0.0 || t->pert > 0.0 || t->sum_error != 0.0;
}

lfap_status lfap_judge_split(lfap_ctx *ctx, lfap_case *c, const lfap_split_shares *t, const char *subject,
                             const char *at) {
  int any = something(t);
  lfap_facts facts = {.of[LFAP_WHEN_OWN] = any ? LFAP_YES : LFAP_NO};
  lfap_check *sum = lfap_line_add(ctx, c, LFAP_LINE_T5_SUM, subject, at, &facts, t->sum_error, NAN);
  if (sum && !any) lfap_check_note(sum, "%s", t->points ? "every part is 0 at every point" : "there are no points");
  if (sum && sum->verdict == LFAP_FAIL && t->beyond == 0) {
    sum->verdict = LFAP_UNDECIDED;
    lfap_check_note(sum, "sums of coefficients times samples cancel so far that rounding alone may make as much of it");
  }
  lfap_check *rules =
      sum ? lfap_line_add(ctx, c, LFAP_LINE_T5_RULES, subject, at, &facts, (double)t->exceptions, NAN) : NULL;
  lfap_check *decided =
      rules ? lfap_line_add(ctx, c, LFAP_LINE_T5_DECIDED, subject, at, &facts, t->decided, NAN) : NULL;
  if (!decided) return LFAP_ERR_MEMORY;
  if (any)
    lfap_check_note(decided, "measured: one sign in every neuron at %.4g, f has the sign of E at %.4g", t->one_sign,
                    t->follows);
  return LFAP_OK;
}
