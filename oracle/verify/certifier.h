/* certifier.h - the oracle as the certifier of `lfap verify`. */
#ifndef ORACLE_VERIFY_CERTIFIER_H
#define ORACLE_VERIFY_CERTIFIER_H
#include "lfap_certifier.h"
#include "oracle/lfap_oracle.h"

typedef struct {
  oracle_opts opts;
  size_t largest;      /* sets of more samples are left to doubles, */
  int fast;            /* or, where not 0, (H) and C1 to error bounds in doubles (lfap_limit_enclose) */
  size_t left_out;     /* how many were */
  oracle_cert natural; /* of the case under way */
  const lfap_data *of; /* the set `natural` is about already, when it was refined; NULL */
} oracle_certifier;

/* Where a certificate knows the multipliers better than doubles (rationals, or a double result that is not settled):
   they, rounded, in the place of lim's. */
lfap_status oracle_adopt(lfap_ctx *ctx, lfap_limit *lim, const oracle_cert *cert, const lfap_set *set);
/* Settles the lines of a set from `first` on by its certificate, and adds one: do the multipliers of the double path
   lie in their enclosures? */
lfap_status oracle_settle(lfap_ctx *ctx, lfap_case *c, size_t first, const oracle_cert *cert, const lfap_limit *lim,
                          const char *subject);

/* Settles the lines of c from `first` on about a network's own point (C3) and training that goes there (C4). */
void oracle_settle_ending(lfap_case *c, size_t first, const oracle_polished *p, lfap_loss loss);

/* The calls of an lfap_certifier whose user is an oracle_certifier; refine: where doubles did not settle a limit, the
   certificate's, if it has one. */
lfap_status oracle_certifier_refine(void *user, lfap_ctx *ctx, lfap_limit *lim, const lfap_set *set);
lfap_status oracle_certifier_speak(void *user, lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_offer *offer);
lfap_status oracle_certifier_end(void *user, lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_ending *e);
void oracle_certifier_free(oracle_certifier *me);
#endif
