/* claims.h - what each claim says in a Certificate.v, in words and in Coq, and how it is shown. */
#ifndef ORACLE_COQ_CLAIMS_H
#define ORACLE_COQ_CLAIMS_H
#include "oracle/coq/sums.h"

enum { ORACLE_COQ_PARTS = 4 };

/* $e, $g, $T, $den, $den_adv, $lo, $hi, $q and those of oracle_coq_run: integers; $f: exact or fast. */
typedef struct {
  const char *check, *check_adv;      /* what Coq computes, and of the adversarial set besides */
  const char *about;                  /* what the names of the statement are */
  const char *words;                  /* of the statement */
  const char *opens;                  /* the names; gamma follows */
  const char *before;                 /* what stands before a conjunction, or all of it */
  const char *part[ORACLE_COQ_PARTS]; /* of the conjunction, */
  const char *decides;                /* and its last one, where there are points */
  const char *proof;
  int tells;                 /* the side of points */
  int needs;                 /* ... and without points says nothing */
  int per_row;               /* multipliers a sample; 0 where none are needed */
  const char *other, *third; /* names of what it is about besides, NULL: nothing */
  const char *chapters;      /* of proofs/coq it speaks by; NULL: those of sets and weights */
} oracle_coq_words;

extern const oracle_coq_words oracle_coq_claims[ORACLE_COQ_CLAIMS];
#endif
