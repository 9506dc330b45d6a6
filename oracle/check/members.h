/* members.h - what a certificate's file says of each claim, in its order (generated from spec/claims.tsv). */
#ifndef ORACLE_MEMBERS_H
#define ORACLE_MEMBERS_H
#include "oracle/lfap_oracle.h"

typedef enum {
  ORACLE_MEMBER_VERDICT,
  ORACLE_MEMBER_HOLDS,   /* the verdict, as true or false */
  ORACLE_MEMBER_EXACT,   /* a value as it is */
  ORACLE_MEMBER_END,     /* a value between two numbers of the certificate's bits */
  ORACLE_MEMBER_DOWN,    /* a value rounded down: a margin */
  ORACLE_MEMBER_UP,      /* rounded up: the negative of a margin */
  ORACLE_MEMBER_BELOW,   /* rounded down, no margin */
  ORACLE_MEMBER_ABOVE,   /* rounded up, no margin */
  ORACLE_MEMBER_ALIGNED, /* counts of samples */
  ORACLE_MEMBER_REFUTED,
  ORACLE_MEMBER_BALL /* its exponent */
} oracle_member_kind;

typedef struct {
  lfap_claim claim;
  const char *key;
  oracle_member_kind kind;
  oracle_value value; /* ORACLE_VALUES: none */
} oracle_member;
extern const oracle_member oracle_members[];
extern const size_t oracle_member_count;
#endif
