/* cost.h - what a computation takes: memory by the sizes of what it holds, time by its leading operations, to be scaled
 * by a measurement at a small size. Estimates; bench/growth.py holds the memory against what was used. */
#ifndef LFAP_STUDY_COST_H
#define LFAP_STUDY_COST_H
#include <stddef.h>

typedef enum {
  LFAP_COST_GRAM,
  LFAP_COST_LIMIT,       /* from a Gram matrix */
  LFAP_COST_FAST,        /* what error bounds add to a limit */
  LFAP_COST_CERTIFICATE, /* exact */
  LFAP_COST_SGD_PLAIN,   /* an epoch, in either form */
  LFAP_COST_SGD_GRAM,
  LFAP_COST_FLOW, /* a step */
  LFAP_COST_GEOMETRY,
  LFAP_COST_GRADIENT,
  LFAP_COST_PGD, /* a step */
  LFAP_COSTS
} lfap_cost;
extern const char *const lfap_cost_name[LFAP_COSTS];

/* Bytes that are held at once, of n samples of d entries and m neurons, samples included. */
double lfap_cost_bytes(lfap_cost what, size_t n, size_t d, size_t m, int threads);
/* Multiplications and additions of pairs, in the leading terms; a unit differs from one computation to another. */
double lfap_cost_work(lfap_cost what, size_t n, size_t d, size_t m);
#endif
