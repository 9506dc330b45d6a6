/* pattern.h - the point of an own-class pattern (C3): from a proposal on integers to what is certain of W^o
 * (spec/certificate.md, "Patterns"). Solves nothing.
 *
 * gamma = g/T, T = 2^s. Neurons of equal sign and equal pattern have equal rows in W^o and form a *group*; what
 * follows has a row a group. lambda_n = p_n 2^le, c_jn = C_jn 2^lc with lc = le - s: an own pair has C = T p or g p,
 * another one g p <= C <= T p. With G = K 2^e, t_jn = T_jn 2^lt, lt = lc + e, and m q_n = V_n 2^lv, lv = lt - s. W(z)
 * has the rows a_j h_j, h_j = sum_n c_jn y_n x_n.
 */
#ifndef ORACLE_PATTERN_H
#define ORACLE_PATTERN_H
#include "oracle/check/qmatrix.h"
#include "oracle/lfap_oracle.h"

typedef struct oracle_pattern {
  size_t m, n, d, groups;
  double gamma;
  double *x, *y;       /* n x d and n: a copy of the data, owned */
  size_t *of;          /* m: the group of a neuron, owned */
  size_t *size;        /* groups: its neurons, owned */
  signed char *side;   /* groups: the sign of a_j, owned */
  unsigned char *on;   /* groups x n: slope 1 at an own pair, owned */
  unsigned char *off;  /* n: lambda_n = 0 is proved, owned */
  unsigned char *held; /* n: lambda_n > 0 is proved, owned */
  long *e;             /* n: floor(log2 ||x_n||), owned */
  mpz_t T, g;
  mpz_t *p, *v;       /* n: multipliers, m times the restricted margins; owned */
  mpz_t *c, *t;       /* groups x n, owned */
  mpq_t *norm2, *own; /* n: ||x_n||^2, and the sum of o^2 over own pairs (or m, oracle_pattern_weigh); owned */
  long s, le, lc, lt, lv;
  mpz_t floor; /* least V_n; not positive: nothing is known */
  /* m ||W^o - scale W(z)||^2 <= ball2 */
  mpq_t scale, ball2;
  size_t open_on, wrong_on; /* own pairs of samples not off whose sign is not certain; certainly not the pattern's */
  int bounded; /* 2^mu bounds the eigenvalues of D G D on the samples that may be on the support, or of the reduced
                  system: multipliers are unique */
  long mu;
  /* of points (certify/polish_points.c) */
  double *near; /* groups x n: c in doubles, at most 2^-52 of itself below; NaN: beyond their range; owned */
  double reach; /* |m f(z; W^o)/scale - m f(z; W(z))| <= reach ||z||, rounded up */
  long grid;    /* entries of x are integers times 2^grid */
} oracle_pattern;

/* Reads pattern, multipliers and slopes of a proposal. DATA: a proposal that is none. */
lfap_status oracle_pattern_read(lfap_ctx *ctx, oracle_pattern *out, const lfap_polished *point, const lfap_data *data);
void oracle_pattern_free(oracle_pattern *P);

/* t, margins and floor, with y_n y_k G_nk (oracle_qm_plain); then the ball of the duality gap. */
lfap_status oracle_pattern_products(lfap_ctx *ctx, oracle_pattern *P, const oracle_qm *plain);
void oracle_pattern_gap(oracle_pattern *P);
/* The samples with p_n > 0 or not proved off, into f; their number. */
size_t oracle_pattern_open(const oracle_pattern *P, size_t *f);
/* Once 2^mu bounds the eigenvalues of D G D on these: the ball of the residual, where it is smaller. */
void oracle_pattern_residual(oracle_pattern *P, long mu);
/* The same where the samples are dependent: *proved, that the reduced system of the samples f has eigenvalues of at
   least 2^mu (in D). Then oracle_pattern_weigh and the ball of the residual. */
lfap_status oracle_pattern_reduced(lfap_ctx *ctx, int *proved, long *mu, const oracle_pattern *P,
                                   const oracle_qm *plain, const size_t *f, size_t nf);
/* m in the place of the sum of o^2: what a bound of the reduced system says of lambda. */
void oracle_pattern_weigh(oracle_pattern *P);
/* The sign of t_jn is certain where size t^2 is above room. */
void oracle_pattern_room(mpz_t room, const oracle_pattern *P, size_t n);
/* Own pair: a_j y_n > 0. */
static inline int oracle_pattern_own(const oracle_pattern *P, size_t j, size_t n) { return P->side[j] * P->y[n] > 0.0; }

/* Signs, kinks, multipliers and C3's verdict, into out. */
lfap_status oracle_pattern_signs(lfap_ctx *ctx, oracle_polished *out, oracle_pattern *P);
/* Marks the samples whose restricted margin at W^o is certainly above 1. */
void oracle_pattern_off(oracle_pattern *P);
/* The square of how far lambda_n may be from scale p_n 2^le; 0 where it is known to be 0. */
void oracle_pattern_spread(mpq_t out, const oracle_pattern *P, size_t n);

/* C4 from these weights on, into out; after the signs. */
typedef struct {
  const lfap_net *start;
  lfap_loss loss;
  double step;
  mpfr_prec_t prec;
} oracle_run;
lfap_status oracle_pattern_run(lfap_ctx *ctx, oracle_polished *out, const oracle_pattern *P, const oracle_run *run);
#endif
