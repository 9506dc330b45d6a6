/* lfap_certifier.h - for those who write a certifier: a second opinion on the lines of `lfap_verify_case`.
 *
 * A certifier is asked about one set of a case after the other (lfap_offer), when the lines about it are written. It
 * settles those that carry a claim (lfap_settle, lfap_line_settle) and may add lines of its own (lfap_line_add); the
 * conventions are those of lfap.h. That of the oracle is oracle/verify/certifier.h.
 */
#ifndef LFAP_CERTIFIER_H
#define LFAP_CERTIFIER_H
#include "lfap.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what is offered --------------------------------------------------------------------------------------------- */

/* Points at which the statements are tried, with the boundary functions there as computed in doubles. */
typedef struct {
  const char *name; /* "data", "probes", "test" */
  const double *Z;  /* n x d */
  size_t n;
  const double *f_bdy; /* n: <w, z> */
  const double *f_adv; /* n: <w_adv, z>; NULL for the natural set */
} lfap_tried;

/* One set of a case. All of it belongs to the case and lives as long as the call. */
typedef struct {
  const char *subject;             /* of its lines: "data", "adv l2", ... */
  const lfap_data *data, *natural; /* the set as stored; the natural samples: both checked */
  const lfap_limit *lim;           /* of data */
  int adversarial;                 /* bases + perturbations, or the natural set */
  /* n x d; NULL for the natural set, and where a second copy of a large set would not fit */
  const double *bases;
  lfap_norm norm; /* of the perturbations, with their size and, for L0, their number of entries */
  double eps;
  size_t k;
  const lfap_tried *tried;
  size_t tries;
} lfap_offer;

/* Where the weights of a network end (C3, C4): the point that they polish to, and whether training goes there. */
typedef struct {
  const char *subject;   /* of its lines: "network" */
  const lfap_data *data; /* checked; this and the network are the caller's */
  const lfap_net *net;
  lfap_loss loss;
  double step; /* longest step of gradient descent from here on, 0: the flow */
  lfap_polished point;
  lfap_c4 c4;
  size_t off;      /* own pairs of the support at slope gamma */
  size_t off_rest; /* those off it; without either the pattern is C2's */
  int sure;        /* both points are settled */
  double distance; /* of the point from C2's, relative to it; NaN: that is not known */
  int same;        /* it is C2's point, whose boundary is linear, as far as doubles tell */
} lfap_ending;

struct lfap_certifier {
  /* Settles lines of c from `first` on, may add lines. An error ends the case. */
  lfap_status (*speak)(void *user, lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_offer *offer);
  /* Or NULL. Asked once a case, before its first offer, for a better limit of the natural set, which was checked and
     has its Gram matrix; *lim is replaced, or left where it is settled. */
  lfap_status (*refine)(void *user, lfap_ctx *ctx, lfap_limit *lim, const lfap_set *set);
  /* Or NULL. Asked about the network under test: settles the lines of c from `first` on whose claim is C3 or C4. */
  lfap_status (*end)(void *user, lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_ending *e);
  void *user;
};

/* ---- lines: what is judged (src/verify/lines.def: what each measures, its relation and bound) -------------------- */

/* clang-format off */
/* claims:begin lines (src/verify/lines.def; make tables) */
typedef enum {
  LFAP_LINE_H,
  LFAP_LINE_Q1,
  LFAP_LINE_T1_MIN,
  LFAP_LINE_T1_MAX,
  LFAP_LINE_T2_MIN,
  LFAP_LINE_T2_MAX,
  LFAP_LINE_POST_MIN,
  LFAP_LINE_POST_MAX,
  LFAP_LINE_C1,
  LFAP_LINE_C2,
  LFAP_LINE_ENCLOSED,
  LFAP_LINE_SIGNS_BDY,
  LFAP_LINE_SIGNS_ADV,
  LFAP_LINE_CLASSIFIES,
  LFAP_LINE_C3,
  LFAP_LINE_C3_STATION,
  LFAP_LINE_C3_MARGIN,
  LFAP_LINE_C3_SAME,
  LFAP_LINE_C4_ANGLE,
  LFAP_LINE_C4_LENGTH,
  LFAP_LINE_REST,
  LFAP_LINE_AGREE,
  LFAP_LINE_KKT,
  LFAP_LINE_SLOPES,
  LFAP_LINE_COSINE,
  LFAP_LINE_P1_L2,
  LFAP_LINE_P1_L1,
  LFAP_LINE_P1_ENTRY,
  LFAP_LINE_P1_CHANGED,
  LFAP_LINE_P1_BEST,
  LFAP_LINE_D1_FLIPS,
  LFAP_LINE_D1_HOLDS,
  LFAP_LINE_D1_NET_FLIPS,
  LFAP_LINE_D1_NET_HOLDS,
  LFAP_LINE_D2_COSINE,
  LFAP_LINE_D2_FLIPS,
  LFAP_LINE_ADV_AGREE,
  LFAP_LINE_ADV_RIGHT,
  LFAP_LINE_T3,
  LFAP_LINE_T4,
  LFAP_LINE_T4_PRIORI,
  LFAP_LINE_T4_EVERY,
  LFAP_LINE_T5_SUM,
  LFAP_LINE_T5_RULES,
  LFAP_LINE_T5_DECIDED,
  LFAP_LINE_R1,
  LFAP_LINE_BARE,
  LFAP_LINE_BARE_LIMIT,
  LFAP_LINE_LEFT_OUT,
  LFAP_LINE_FAR_SLOPES,
  LFAP_LINE_FAR_RATE,
  LFAP_LINE_FAR_ORDER,
  LFAP_LINE_FAR_SIGNS,
  LFAP_LINES
} lfap_line;
/* claims:end */
/* clang-format on */

/* Whether a hypothesis holds: doubles may not be able to tell. */
typedef enum { LFAP_NO = 0, LFAP_YES = 1, LFAP_UNKNOWN = 2 } lfap_holds;

typedef enum {
  LFAP_WHEN_ALWAYS,
  LFAP_WHEN_NEVER,    /* measured, predicted by nothing */
  LFAP_WHEN_SETTLED,  /* doubles know the multipliers; never NO */
  LFAP_WHEN_H,        /* (H) of the set */
  LFAP_WHEN_LIMIT_H,  /* the same, for what also needs the multipliers: unknown where they are */
  LFAP_WHEN_POST,     /* the a-posteriori kappa is below 1/2 */
  LFAP_WHEN_C1,       /* C1 is implied by (H) or (C), or seen */
  LFAP_WHEN_C2,       /* C2 is implied a priori, or seen */
  LFAP_WHEN_BOUNDARY, /* (H), C1 or C2: <w, z> is the boundary of the limit */
  LFAP_WHEN_LINEAR,   /* the network's limit is known to be linear */
  LFAP_WHEN_REST,     /* and its flow is at rest, or it claims to be at the limit */
  LFAP_WHEN_OWN,      /* a condition of the line itself */
  LFAP_WHENS
} lfap_when;

typedef struct {
  lfap_holds of[LFAP_WHENS];
  /* of a network whose training is not known to have ended (brought along, or out of steps): what it misses is
     undecided */
  int unfinished;
  int unreached; /* the limit is linear by C2 alone, which does not say that a run of training goes there */
} lfap_facts;

/* What the limit of a set says of itself: SETTLED, H, LIMIT_H, POST, C1, C2, BOUNDARY; LINEAR, REST and OWN are NO. */
lfap_facts lfap_facts_of(const lfap_limit *lim);
/* The same facts with a condition of a line itself. */
lfap_facts lfap_facts_own(const lfap_facts *f, int holds);

/* A new line of c, decided from its value: PASS or the line's miss by `value relation bound`; UNDECIDED where doubles
   cannot tell or the fact is unknown; NOT-APPLICABLE (value kept) where it does not hold. NaN never passes. A bound of
   the table goes before the one given. `at` (or NULL) stands before what is measured. NULL, and a message, when out of
   memory (LFAP_ERR_MEMORY). c owns the line; the pointer is good until the next call. */
lfap_check *lfap_line_add(lfap_ctx *ctx, lfap_case *c, lfap_line line, const char *subject, const char *at,
                          const lfap_facts *facts, double value, double bound);
/* Why, when a line is no PASS (printf style, cut to the room there is): behind what is said already. */
void lfap_check_remark(lfap_check *k, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/* The same in the place of it. */
void lfap_check_note(lfap_check *k, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/* The same, then the kernels at fault: those of the statement of the line's claim, or of the line (statements.tsv). */
void lfap_check_blame(lfap_check *k, const char *what);

/* ---- where given weights end (C3, C4) ---------------------------------------------------------------------------- */

/* lfap_polish and lfap_c4_of of net, and how far the point is from that of lim (the limit of the set; NULL: not known).
   `e` keeps net and the data of the set. Errors as lfap_polish has them. */
lfap_status lfap_ending_of(lfap_ctx *ctx, lfap_ending *e, const lfap_net *net, lfap_set *set, const lfap_limit *lim,
                           lfap_loss loss, double step);
void lfap_ending_free(lfap_ending *e);
/* Every line about it: C3 and C4. */
lfap_status lfap_judge_ending(lfap_ctx *ctx, lfap_case *c, const lfap_ending *e);
/* Do all lines of c from `first` on that carry the claim, C3 or C4, pass? */
int lfap_ending_holds(const lfap_case *c, size_t first, lfap_claim claim);

/* ---- what is certain --------------------------------------------------------------------------------------------- */

/* Joins what doubles found with what is certain: a certified PASS or FAIL decides an open line; where doubles said
   otherwise, with more than rounding between, the double path is wrong: FAIL. C1 disproved where nothing says that
   it must hold is not met, no failure. */
void lfap_line_settle(lfap_check *k, lfap_decided d);
/* Settles the lines from `first` on that carry a claim about a set, by lfap_claim. */
void lfap_settle(lfap_case *c, size_t first, const lfap_decided claim[LFAP_SET_CLAIMS]);
/* The same from enclosures in doubles; `all`: what they leave open spoils a PASS (the user asked for a certificate). */
void lfap_settle_enclosure(lfap_case *c, size_t first, const lfap_enclosure *e, int all);

#ifdef __cplusplus
}
#endif
#endif
