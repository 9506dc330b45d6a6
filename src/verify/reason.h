/* reason.h - why weights as they were read do not classify their data, or do not give the outputs that are told of
 * them: the likely slips, each tried, and the one that fits named (spec/formats.md, "What compare says of a foreign
 * run"). */
#ifndef LFAP_VERIFY_REASON_H
#define LFAP_VERIFY_REASON_H
#include "lfap.h"

typedef enum {
  LFAP_REASON_NONE = 0,
  LFAP_REASON_REVERSED,   /* rows of negative output weight first, or labels of the other sign */
  LFAP_REASON_ORDER,      /* rows in another order */
  LFAP_REASON_OUTPUT,     /* another output layer */
  LFAP_REASON_BIAS,       /* a bias is left out */
  LFAP_REASON_TRANSPOSED, /* d x m where d = m */
  LFAP_REASON_GAMMA,      /* another slope */
  LFAP_REASON_LABELS,     /* labels in another order */
  LFAP_REASON_DATA,       /* samples shifted or scaled after training */
  LFAP_REASON_ACTIVATION, /* told outputs went through another function */
  LFAP_REASONS
} lfap_reason_kind;
extern const char *const lfap_reason_name[LFAP_REASONS];

typedef struct {
  lfap_reason_kind kind;
  char what[320]; /* in a sentence: what fits, and what to do */
  size_t right;   /* samples that are classified right then; by outputs: points at which they agree */
  size_t of;
  double clear;   /* least margin that counts over the mean |f|: 1 where all are equal */
  int by_outputs; /* the told outputs decided, not the labels */
} lfap_slip;

/* Outputs told at n points z (n x d), each with what rounding may have done to it. */
typedef struct {
  const double *z, *f, *slack;
  size_t n;
} lfap_told;

/* The reason, or NONE. told: NULL, or outputs that the network does not have; they decide alone then. */
lfap_status lfap_reason_of(lfap_ctx *ctx, lfap_slip *out, const lfap_net *net, const lfap_data *data,
                           const lfap_told *told);
#endif
