/* lines.h - the one judge: a line of the table (lines.def), a value, and the facts it supposes make a verdict. What a
 * certifier needs of it is public, lfap_certifier.h. */
#ifndef LFAP_VERIFY_LINES_H
#define LFAP_VERIFY_LINES_H
#include <math.h>

#include "lfap_certifier.h"

/* PASS or the line's miss, as lfap_line_add says, into a line that is there. */
void lfap_line_decide(lfap_check *k, lfap_line line, const lfap_facts *facts, double value, double bound);

/* What certificates have settled of H, C1 and C2 in the lines of c from `first` on, and what follows for BOUNDARY. */
void lfap_facts_settle(lfap_facts *f, const lfap_case *c, size_t first);

/* Every line about a set and its limit: H, Q1, T1, T2, C1, C2. */
lfap_status lfap_judge_limit(lfap_ctx *ctx, lfap_case *c, const lfap_limit *lim, const char *subject);

/* What a network's split at the points of a set comes to (T5). */
lfap_status lfap_judge_split(lfap_ctx *ctx, lfap_case *c, const lfap_split_shares *t, const char *subject,
                             const char *at);

/* Is a failure about the data at hand (refused, inseparable, out of range, not solved), so that other parts or cases
   can go on? Memory, interrupts and broken invariants are not. */
int lfap_of_the_data(lfap_status st);
#endif
