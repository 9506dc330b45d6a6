/* lines.h - the one judge: a line of the table (lines.def), a value, and the facts it supposes make a verdict. */
#ifndef LFAP_VERIFY_LINES_H
#define LFAP_VERIFY_LINES_H
#include <math.h>

#include "lfap.h"

typedef enum {
#define LINE(key, id, outside, claim, when, what, relation, bound, tolerance, miss) LFAP_LINE_##key,
#include "verify/lines.def"
  LFAP_LINES
} lfap_line;

/* ---- facts ------------------------------------------------------------------------------------------------------- */

/* Whether a hypothesis holds: doubles may not be able to tell. */
typedef enum { LFAP_NO = 0, LFAP_YES = 1, LFAP_UNKNOWN = 2 } lfap_holds;

typedef enum {
  LFAP_WHEN_ALWAYS,
  LFAP_WHEN_NEVER,   /* measured, predicted by nothing */
  LFAP_WHEN_SETTLED, /* doubles know the multipliers; never NO */
  LFAP_WHEN_H,       /* (H) of the set */
  LFAP_WHEN_LIMIT_H, /* the same, for what also needs the multipliers: unknown where they are */
  LFAP_WHEN_POST,    /* the a-posteriori kappa is below 1/2 */
  LFAP_WHEN_C1,      /* C1 is implied by (H) or (C), or seen */
  LFAP_WHEN_LINEAR,  /* the network's limit is known to be linear */
  LFAP_WHEN_REST,    /* and its flow is at rest, or it claims to be at the limit */
  LFAP_WHEN_OWN,     /* a condition of the line itself */
  LFAP_WHENS
} lfap_when;

typedef struct {
  lfap_holds of[LFAP_WHENS];
  /* of a network whose training is not known to have ended (brought along, or out of steps): what it misses is
     undecided */
  int unfinished;
} lfap_facts;

/* What the limit of a set says of itself: SETTLED, H, LIMIT_H, POST, C1; LINEAR, REST and OWN are NO. */
lfap_facts lfap_facts_of(const lfap_limit *lim);
/* The same facts with a condition of a line itself. */
lfap_facts lfap_facts_own(const lfap_facts *f, int holds);

/* ---- verdicts ---------------------------------------------------------------------------------------------------- */

/* PASS or the line's miss by `value relation bound`; UNDECIDED where doubles cannot tell or the fact is unknown;
   NOT-APPLICABLE (value kept) where it does not hold. NaN never passes. A bound of the table goes before the one
   given. */
void lfap_line_decide(lfap_check *k, lfap_line line, const lfap_facts *facts, double value, double bound);
/* A new line of c, decided; NULL (and a message) when out of memory. `at` (or NULL) stands before what is measured.
   The pointer is good until the next call. */
lfap_check *lfap_line_add(lfap_ctx *ctx, lfap_case *c, lfap_line line, const char *subject, const char *at,
                          const lfap_facts *facts, double value, double bound);
void lfap_check_note(lfap_check *k, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* Every line about a set and its limit: H, Q1, T1, T2, C1. */
lfap_status lfap_judge_limit(lfap_ctx *ctx, lfap_case *c, const lfap_limit *lim, const char *subject);

/* ---- certificates ------------------------------------------------------------------------------------------------ */

typedef struct {
  lfap_claim claim;
  const char *id, *json, *relation, *margin, *suspects;
} lfap_claim_info;
enum { LFAP_CLAIM_COUNT = 6 };
extern const lfap_claim_info lfap_claims[LFAP_CLAIM_COUNT];

/* What was decided of one claim. */
typedef struct {
  lfap_verdict verdict;
  double margin; /* least certain slack, NaN where there is none */
} lfap_decided;

/* Joins what doubles found with what is certain: a certified PASS or FAIL decides an open line; where doubles said
   otherwise, with more than rounding between, the double path is wrong: FAIL. C1 disproved where nothing says that
   it must hold is not met, no failure. */
void lfap_line_settle(lfap_check *k, lfap_decided d);
/* Settles the lines from `first` on that carry a claim. */
void lfap_settle(lfap_case *c, size_t first, const lfap_decided of[LFAP_CLAIM_T4]);
/* The same from enclosures in doubles; `all`: what they leave open spoils a PASS (the user asked for a certificate). */
void lfap_settle_enclosure(lfap_case *c, size_t first, const lfap_enclosure *e, int all);
void lfap_enclosure_decided(lfap_decided of[LFAP_CLAIM_T4], const lfap_enclosure *e);

/* Is a failure about the data at hand (refused, inseparable, out of range, not solved), so that other parts or cases
   can go on? Memory, interrupts and broken invariants are not. */
int lfap_of_the_data(lfap_status st);
#endif
