/* arith.h - the arithmetic of the replay: one set of operations at P bits, which at 53 bits is IEEE binary64 itself.
 *
 * spec/numerics.md fixes the order of every operation; the replay follows it at every precision. At 53 bits the
 * exponent range is binary64's and each operation is followed by mpfr_subnormalize, so a result has the bits of the
 * double path. At more bits the exponent range is MPFR's, constants keep their double values, and exp and log1p are
 * MPFR's own.
 *
 * Bounds of the exponent are MPFR's and belong to the thread, as its flags do: oracle_arith_begin sets them and
 * oracle_arith_end puts them back, frees what oracle_take handed out and tells whether a flag was raised. Work that is
 * shared out over threads goes through oracle_share, which does the same for each of them.
 */
#ifndef ORACLE_REPLAY_ARITH_H
#define ORACLE_REPLAY_ARITH_H
#include <stdio.h>

#include <mpfr.h>

#include "lfap.h"

enum { ORACLE_LANES = 8, ORACLE_SLICE = 512 }; /* N1 */

typedef struct oracle_block oracle_block;
typedef struct {
  mpfr_prec_t prec;
  int binary64;          /* prec is 53 */
  mpfr_exp_t emin, emax; /* to be put back */
  int workers, worker;   /* threads; which of them this is */
  mpfr_t *lane;          /* its partial sums of a reduction, and two more numbers */
  oracle_block *blocks;  /* what oracle_take handed out */
  int failed;            /* memory ran out since */
} oracle_arith;

/* Numbers that outlive an oracle_arith. */
typedef struct {
  size_t n;
  mpfr_t *v;   /* owned */
  void *limbs; /* their significands, owned */
} oracle_vec;

/* USAGE unless prec is in 53..65536. */
lfap_status oracle_arith_begin(lfap_ctx *ctx, oracle_arith *A, unsigned prec);
/* `st` is the status so far; a good one turns into DATA when a result at more than 53 bits left the exponent range
   or was not a number. At 53 bits infinities are values, as they are in binary64. */
lfap_status oracle_arith_end(lfap_ctx *ctx, oracle_arith *A, lfap_status st);

/* Calls fn on ranges that make up 0..n-1, from up to A->workers threads and each with an arithmetic of its own, which
   takes nothing. ops: operations of the whole. `what` is what ctx->progress hears between, with the indices done: an
   entry of the result has the same bits whoever computes it. */
typedef void oracle_range_fn(void *arg, const oracle_arith *A, size_t begin, size_t end);
lfap_status oracle_share(lfap_ctx *ctx, const oracle_arith *A, const char *what, size_t n, double ops,
                         oracle_range_fn *fn, void *arg);

/* n zeros, freed by oracle_arith_end. NULL and A->failed when there is no memory. */
mpfr_t *oracle_take(oracle_arith *A, size_t n);
lfap_status oracle_take_check(lfap_ctx *ctx, const oracle_arith *A, const char *who);
/* Copies doubles; exact. */
mpfr_t *oracle_take_doubles(oracle_arith *A, const double *x, size_t n);

lfap_status oracle_vec_alloc(lfap_ctx *ctx, oracle_vec *out, size_t n, mpfr_prec_t prec);
void oracle_vec_free(oracle_vec *v);
/* Copies numbers of A into a new vector. */
lfap_status oracle_vec_keep(lfap_ctx *ctx, oracle_vec *out, const oracle_arith *A, mpfr_t *v, size_t n);
/* Rounded to nearest; exact for a replay at 53 bits. */
void oracle_vec_doubles(double *out, const oracle_vec *v);

/* ---- single operations: rounded to nearest even; r may be an operand --------------------------------------------- */

void oracle_add(const oracle_arith *A, mpfr_t r, const mpfr_t a, const mpfr_t b);
void oracle_sub(const oracle_arith *A, mpfr_t r, const mpfr_t a, const mpfr_t b);
void oracle_mul(const oracle_arith *A, mpfr_t r, const mpfr_t a, const mpfr_t b);
void oracle_div(const oracle_arith *A, mpfr_t r, const mpfr_t a, const mpfr_t b);
void oracle_fma(const oracle_arith *A, mpfr_t r, const mpfr_t a, const mpfr_t b, const mpfr_t c);
/* r = a 2^e. */
void oracle_shift(const oracle_arith *A, mpfr_t r, const mpfr_t a, long e);
void oracle_sqrt(const oracle_arith *A, mpfr_t r, const mpfr_t a);
/* N3: by the operations of N3a at 53 bits, correctly rounded at others. */
void oracle_exp(const oracle_arith *A, mpfr_t r, const mpfr_t x);
void oracle_log1p(const oracle_arith *A, mpfr_t r, const mpfr_t x);

/* ---- N1, N2 ------------------------------------------------------------------------------------------------------ */

void oracle_dot(const oracle_arith *A, mpfr_t r, mpfr_t *x, mpfr_t *y, size_t n);
void oracle_sum(const oracle_arith *A, mpfr_t r, mpfr_t *x, size_t n);
void oracle_asum(const oracle_arith *A, mpfr_t r, mpfr_t *x, size_t n);
void oracle_norm2(const oracle_arith *A, mpfr_t r, mpfr_t *x, size_t n);
void oracle_amax(mpfr_t r, mpfr_t *x, size_t n);
/* y_k = fma(c, x_k, y_k): one link of a chain. */
void oracle_axpy(const oracle_arith *A, mpfr_t *y, const mpfr_t c, mpfr_t *x, size_t n);
/* y = chain over i of c_i X_i (rows of X, d entries), from zeros. */
void oracle_chain(const oracle_arith *A, mpfr_t *y, mpfr_t *c, mpfr_t *X, size_t n, size_t d);
#endif
