/* reasons.h - what the parts of the search for a reason share. Internal to src/verify. */
#ifndef LFAP_VERIFY_REASONS_H
#define LFAP_VERIFY_REASONS_H
#include "verify/reason.h"

typedef struct {
  lfap_ctx *ctx;
  const lfap_net *net;
  const lfap_data *data;
  const lfap_told *told; /* NULL: the labels decide */
  const double *y;       /* labels that a candidate is held against */
  const double *point;   /* the samples, or the points of told: n x d */
  size_t n, m, d;
  double *a, *z;            /* m output weights; n x m pre-activations */
  double *f, *sorted, *phi; /* n: a candidate's outputs; n; m */
  double *b;                /* m: output weights or biases of a candidate */
  double *shown;   /* m: <w_j, sum y_n x_n>, the sign of which is that of a_j where training has told; 0 of told */
  double aligned;  /* rows with sum y_n x_n, in deviations from random ones; of labels alone */
  size_t wrong;    /* samples that the network as given gets wrong */
  double evidence; /* log2 of the ways to choose the positive samples */
  lfap_slip best;
} lfap_search;

/* f (n) of pre-activations z (n x m), with output weights a, biases b (NULL: none) and slope gamma in [0, 1]. */
void lfap_reason_outputs(lfap_search *s, double *f, const double *z, const double *a, const double *b, double gamma);
/* Is f (n) what it should be, and clearer than the best so far, times `weight` (a candidate that was fitted counts for
   less)? It is the reason then. `bits`: parameters that were fitted, in bits of evidence. */
void lfap_reason_consider(lfap_search *s, lfap_reason_kind kind, const double *f, double bits, double weight,
                          const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 6, 7)))
#endif
    ;
int lfap_reason_ascending(const void *p, const void *q); /* of doubles, for qsort */
/* Clearness of f against y: the least margin that counts over the mean of |f|; *wrong samples are not classified. */
double lfap_reason_clear(lfap_search *s, const double *f, size_t *wrong);

/* reason_layout.c: rows, labels and samples taken another way, nothing fitted; and signs that the rows show. */
lfap_status lfap_reason_layouts(lfap_search *s);
/* reason_fit.c: a slope, an offset, output weights. */
lfap_status lfap_reason_fits(lfap_search *s);
/* x (m) of the least ||A x - b||, A (n x m by columns) and b (n) overwritten: modified Gram-Schmidt, twice; columns
   that depend on those before them get 0. R: m x m of workspace. */
void lfap_reason_least_squares(double *x, double *A, double *b, double *R, size_t n, size_t m);
/* reason_bias.c */
lfap_status lfap_reason_biases(lfap_search *s);
#endif
