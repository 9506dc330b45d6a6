/* readout.h - a network with any output layer as one with the setting's. */
#ifndef LFAP_NET_READOUT_H
#define LFAP_NET_READOUT_H
#include "lfap.h"

/* What kind of output layer it is: the setting's weights, in any order of the rows; equal sizes, as many of each sign,
   which is the setting's up to one factor of all rows; another one. */
typedef enum { LFAP_READOUT_SETTING = 0, LFAP_READOUT_EQUAL = 1, LFAP_READOUT_OTHER = 2 } lfap_readout_kind;
typedef struct {
  lfap_readout_kind kind;
  size_t positive, negative, zero; /* output weights of each sign */
  double factor;                   /* EQUAL: what every row is multiplied by, |v| sqrt(m); SETTING: 1; else NaN */
} lfap_readout;

/* out: the plain network with the same outputs, by phi's positive homogeneity: v phi(<w,x>) = sgn(v) phi(<|v| w,x>).
   m' = 2 max(m+, m-) rows, row j is (|v_j| sqrt(m')) w_j; those of positive v first, each sign in its order, then rows
   of zeros, which contribute nothing; so do rows with v = 0, which are left out. The rows keep their bits where v is
   +-1/sqrt(m), as doubles have it, as many of each sign. RANGE: a row leaves the normal doubles; DATA: all weights
   are 0. */
lfap_status lfap_net_fold(lfap_ctx *ctx, lfap_net *out, lfap_readout *about, const lfap_net *net);
/* What that rounds: |f' - f| <= this at every one of the n points Z, f' the function of the folded rows and f that of
   the given numbers, both exact. 0 where the rows kept their bits. */
lfap_status lfap_fold_error(lfap_ctx *ctx, double *out, const lfap_net *net, const lfap_readout *about, const double *Z,
                            size_t n);
/* Figures of K1 that were measured on the folded rows, as those of the rows given: a margin is over their norm, and all
   multipliers are divided by the square of a common factor. */
void lfap_k1_as_given(lfap_k1 *k, const lfap_net *given, const lfap_readout *about);
#endif
