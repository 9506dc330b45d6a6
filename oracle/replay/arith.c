/* arith.c - operations, reductions and chains of spec/numerics.md (N1, N2) in MPFR. */
#include "oracle/replay/arith.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "io/parallel.h"

struct oracle_block {
  oracle_block *next;
  void *limbs;
  mpfr_t v[];
};

enum { PREC_MIN = 53, PREC_MAX = 65536, OWN = ORACLE_LANES + 2 /* numbers of a worker */ };

/* Zeros of prec bits whose significands lie in `limbs`, so that one allocation serves all and can fail in good
   order. */
static void zeros(mpfr_t *v, void *limbs, size_t n, mpfr_prec_t prec) {
  size_t size = mpfr_custom_get_size(prec);
  for (size_t i = 0; i < n; i++) {
    void *at = (char *)limbs + i * size;
    mpfr_custom_init(at, prec);
    mpfr_custom_init_set(v[i], MPFR_ZERO_KIND, 0, prec, at);
  }
}

/* The smallest subnormal 2^-1074 is 0.5 * 2^-1073 in MPFR's form. */
static int set_range(const oracle_arith *A) {
  return mpfr_set_emin(A->binary64 ? -1073 : mpfr_get_emin_min()) ||
         mpfr_set_emax(A->binary64 ? 1024 : mpfr_get_emax_max());
}

lfap_status oracle_arith_begin(lfap_ctx *ctx, oracle_arith *A, unsigned prec) {
  if (prec < PREC_MIN || prec > PREC_MAX)
    return lfap_fail(ctx, LFAP_ERR_USAGE, "precision %u: it must lie in %d..%d bits (53 repeats the double path)", prec,
                     PREC_MIN, PREC_MAX);
  *A = (oracle_arith){.prec = (mpfr_prec_t)prec,
                      .binary64 = prec == 53,
                      .emin = mpfr_get_emin(),
                      .emax = mpfr_get_emax(),
                      .workers = lfap_threads(ctx)};
  if (set_range(A)) return lfap_fail(ctx, LFAP_ERR_INTERNAL, "MPFR refuses the exponent range of %u bits", prec);
  mpfr_clear_flags();
  A->lane = oracle_take(A, (size_t)A->workers * OWN);
  lfap_status st = oracle_take_check(ctx, A, "replay");
  return st ? oracle_arith_end(ctx, A, st) : LFAP_OK;
}

static const char *raised(void) {
  if (mpfr_nanflag_p()) return "a result is not a number";
  if (mpfr_divby0_p()) return "a divisor is zero";
  if (mpfr_overflow_p()) return "a result overflowed";
  if (mpfr_underflow_p()) return "a result underflowed";
  return NULL;
}

lfap_status oracle_arith_end(lfap_ctx *ctx, oracle_arith *A, lfap_status st) {
  const char *why = A->binary64 ? NULL : raised();
  while (A->blocks) {
    oracle_block *b = A->blocks;
    A->blocks = b->next;
    free(b->limbs);
    free(b);
  }
  mpfr_set_emin(A->emin);
  mpfr_set_emax(A->emax);
  if (!st && why)
    st = lfap_fail(ctx, LFAP_ERR_DATA, "at %ld bits %s, beyond any scale of MPFR; look at the data and the step size",
                   (long)A->prec, why);
  return st;
}

mpfr_t *oracle_take(oracle_arith *A, size_t n) {
  size_t size = mpfr_custom_get_size(A->prec), most = SIZE_MAX / 2 / (size + sizeof(mpfr_t));
  oracle_block *b = n < most ? malloc(sizeof *b + (n ? n : 1) * sizeof(mpfr_t)) : NULL;
  void *limbs = b ? malloc((n ? n : 1) * size) : NULL;
  if (!limbs) {
    free(b);
    A->failed = 1;
    return NULL;
  }
  *b = (oracle_block){.next = A->blocks, .limbs = limbs};
  A->blocks = b;
  zeros(b->v, limbs, n, A->prec);
  return b->v;
}

lfap_status oracle_take_check(lfap_ctx *ctx, const oracle_arith *A, const char *who) {
  return A->failed ? lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: no memory for numbers of %ld bits", who, (long)A->prec)
                   : LFAP_OK;
}

mpfr_t *oracle_take_doubles(oracle_arith *A, const double *x, size_t n) {
  mpfr_t *v = oracle_take(A, n);
  for (size_t i = 0; v && i < n; i++) mpfr_set_d(v[i], x[i], MPFR_RNDN);
  return v;
}

lfap_status oracle_vec_alloc(lfap_ctx *ctx, oracle_vec *out, size_t n, mpfr_prec_t prec) {
  size_t size = mpfr_custom_get_size(prec), most = SIZE_MAX / 2 / (size + sizeof(mpfr_t));
  oracle_vec r = {.n = n};
  if (n < most) {
    r.v = malloc((n ? n : 1) * sizeof(mpfr_t));
    r.limbs = malloc((n ? n : 1) * size);
  }
  if (!r.v || !r.limbs) {
    oracle_vec_free(&r);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "no memory for %zu numbers of %ld bits", n, (long)prec);
  }
  zeros(r.v, r.limbs, n, prec);
  *out = r;
  return LFAP_OK;
}

void oracle_vec_free(oracle_vec *v) {
  free(v->v);
  free(v->limbs);
  *v = (oracle_vec){0};
}

lfap_status oracle_vec_keep(lfap_ctx *ctx, oracle_vec *out, const oracle_arith *A, mpfr_t *v, size_t n) {
  lfap_status st = oracle_vec_alloc(ctx, out, n, A->prec);
  for (size_t i = 0; !st && i < n; i++) mpfr_set(out->v[i], v[i], MPFR_RNDN);
  return st;
}

void oracle_vec_doubles(double *out, const oracle_vec *v) {
  for (size_t i = 0; i < v->n; i++) out[i] = mpfr_get_d(v->v[i], MPFR_RNDN);
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

typedef struct {
  const oracle_arith *A;
  oracle_range_fn *fn;
  void *arg;
  size_t first;
  atomic_uint flags; /* raised by other threads than the caller's */
} shared;

/* Another thread than the caller's (worker 0) begins with MPFR's own range, and takes its flags and tables with it. */
static void share_range(void *arg, size_t begin, size_t end, int worker) {
  shared *s = arg;
  oracle_arith mine = *s->A;
  mine.worker = worker;
  mine.lane += (size_t)worker * OWN;
  if (worker > 0) set_range(&mine);
  s->fn(s->arg, &mine, s->first + begin, s->first + end);
  if (worker == 0) return;
  atomic_fetch_or(&s->flags, mpfr_flags_save());
  mpfr_free_cache2(MPFR_FREE_LOCAL_CACHE);
}

#define SPAN_NS 3e8 /* work between two calls of the progress callback */

lfap_status oracle_share(lfap_ctx *ctx, const oracle_arith *A, const char *what, size_t n, double ops,
                         oracle_range_fn *fn, void *arg) {
  double limbs = (double)A->prec / 64.0,
         each = n > 0 ? ops / (double)n * (50.0 + limbs * limbs) : 0.0; /* ns, roughly */
  double most = SPAN_NS * A->workers / each;
  size_t span = most < 1.0 ? 1 : most < (double)n ? (size_t)most : n;
  shared s = {.A = A, .fn = fn, .arg = arg};
  lfap_status st = LFAP_OK;
  for (; s.first < n; s.first += span) {
    size_t count = n - s.first < span ? n - s.first : span, chunk = count / (4 * (size_t)A->workers) + 1;
    if (!st && span < n) st = lfap_tick(ctx, what, (double)s.first, (double)n);
    if (st) break;
    lfap_parallel(A->workers, count, chunk, each * (double)count, share_range, &s);
  }
  mpfr_flags_set(atomic_load(&s.flags));
  return st;
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

/* `t` is MPFR's ternary value: with it a subnormal result is rounded once, not twice. */
static void finish(const oracle_arith *A, mpfr_t r, int t) {
  if (A->binary64) mpfr_subnormalize(r, t, MPFR_RNDN);
}

void oracle_add(const oracle_arith *A, mpfr_t r, const mpfr_t a, const mpfr_t b) {
  finish(A, r, mpfr_add(r, a, b, MPFR_RNDN));
}
void oracle_sub(const oracle_arith *A, mpfr_t r, const mpfr_t a, const mpfr_t b) {
  finish(A, r, mpfr_sub(r, a, b, MPFR_RNDN));
}
void oracle_mul(const oracle_arith *A, mpfr_t r, const mpfr_t a, const mpfr_t b) {
  finish(A, r, mpfr_mul(r, a, b, MPFR_RNDN));
}
void oracle_div(const oracle_arith *A, mpfr_t r, const mpfr_t a, const mpfr_t b) {
  finish(A, r, mpfr_div(r, a, b, MPFR_RNDN));
}
void oracle_sqrt(const oracle_arith *A, mpfr_t r, const mpfr_t a) { finish(A, r, mpfr_sqrt(r, a, MPFR_RNDN)); }
void oracle_fma(const oracle_arith *A, mpfr_t r, const mpfr_t a, const mpfr_t b, const mpfr_t c) {
  finish(A, r, mpfr_fma(r, a, b, c, MPFR_RNDN));
}

void oracle_shift(const oracle_arith *A, mpfr_t r, const mpfr_t a, long e) {
  finish(A, r, mpfr_mul_2si(r, a, e, MPFR_RNDN));
}

/* ---- N1 ---------------------------------------------------------------------------------------------------------- */

static void lanes_clear(const oracle_arith *A) {
  for (int l = 0; l < ORACLE_LANES; l++) mpfr_set_zero(A->lane[l], 1);
}

/* ((s0+s4)+(s2+s6)) + ((s1+s5)+(s3+s7)) */
static void lanes_join(const oracle_arith *A, mpfr_t r) {
  mpfr_t *s = A->lane;
  for (int l = 0; l < 4; l++) oracle_add(A, s[l], s[l], s[l + 4]);
  oracle_add(A, s[0], s[0], s[2]);
  oracle_add(A, s[1], s[1], s[3]);
  oracle_add(A, r, s[0], s[1]);
}

/* The value of the slice that ends before term k joins the total; that of the first slice is the total. */
static void slice_join(const oracle_arith *A, size_t k) {
  mpfr_ptr total = A->lane[ORACLE_LANES + 1], value = A->lane[0];
  lanes_join(A, k <= ORACLE_SLICE ? total : value);
  if (k > ORACLE_SLICE) oracle_add(A, total, total, value);
  lanes_clear(A);
}

/* lane = lane + x y for term k of a dot, after the slice before it. */
static void dot_term(const oracle_arith *A, size_t k, const mpfr_t x, const mpfr_t y) {
  if (k && k % ORACLE_SLICE == 0) slice_join(A, k);
  oracle_fma(A, A->lane[k % ORACLE_LANES], x, y, A->lane[k % ORACLE_LANES]);
}

static void dot_end(const oracle_arith *A, mpfr_t r, size_t n) {
  slice_join(A, n);
  mpfr_set(r, A->lane[ORACLE_LANES + 1], MPFR_RNDN);
}

void oracle_dot(const oracle_arith *A, mpfr_t r, mpfr_t *x, mpfr_t *y, size_t n) {
  lanes_clear(A);
  for (size_t k = 0; k < n; k++) dot_term(A, k, x[k], y[k]);
  dot_end(A, r, n);
}

void oracle_sum(const oracle_arith *A, mpfr_t r, mpfr_t *x, size_t n) {
  lanes_clear(A);
  for (size_t k = 0; k < n; k++) oracle_add(A, A->lane[k % ORACLE_LANES], A->lane[k % ORACLE_LANES], x[k]);
  lanes_join(A, r);
}

void oracle_asum(const oracle_arith *A, mpfr_t r, mpfr_t *x, size_t n) {
  lanes_clear(A);
  for (size_t k = 0; k < n; k++) {
    mpfr_abs(A->lane[ORACLE_LANES], x[k], MPFR_RNDN);
    oracle_add(A, A->lane[k % ORACLE_LANES], A->lane[k % ORACLE_LANES], A->lane[ORACLE_LANES]);
  }
  lanes_join(A, r);
}

/* sqrt(dot(c x, c x))/c with c = 2^e; exact scaling. */
static void scaled_norm2(const oracle_arith *A, mpfr_t r, mpfr_t *x, size_t n, long e) {
  mpfr_ptr cx = A->lane[ORACLE_LANES];
  lanes_clear(A);
  for (size_t k = 0; k < n; k++) {
    oracle_shift(A, cx, x[k], e);
    dot_term(A, k, cx, cx);
  }
  dot_end(A, r, n);
  oracle_sqrt(A, r, r);
  oracle_shift(A, r, r, -e);
}

/* As in N1b: where the sum of squares leaves [2^-900, 2^900] the entries are scaled. At more than 53 bits that changes
   nothing. */
void oracle_norm2(const oracle_arith *A, mpfr_t r, mpfr_t *x, size_t n) {
  oracle_dot(A, r, x, x, n);
  if (mpfr_cmp_ui_2exp(r, 1, -900) >= 0 && mpfr_cmp_ui_2exp(r, 1, 900) <= 0) oracle_sqrt(A, r, r);
  else scaled_norm2(A, r, x, n, mpfr_cmp_ui(r, 1) > 0 ? -600 : 600);
}

void oracle_amax(mpfr_t r, mpfr_t *x, size_t n) {
  mpfr_set_zero(r, 1);
  for (size_t k = 0; k < n; k++)
    if (mpfr_cmpabs(x[k], r) > 0) mpfr_abs(r, x[k], MPFR_RNDN);
}

/* ---- N2 ---------------------------------------------------------------------------------------------------------- */

void oracle_axpy(const oracle_arith *A, mpfr_t *y, const mpfr_t c, mpfr_t *x, size_t n) {
  for (size_t k = 0; k < n; k++) oracle_fma(A, y[k], c, x[k], y[k]);
}

void oracle_chain(const oracle_arith *A, mpfr_t *y, mpfr_t *c, mpfr_t *X, size_t n, size_t d) {
  for (size_t k = 0; k < d; k++) mpfr_set_zero(y[k], 1);
  for (size_t i = 0; i < n; i++) oracle_axpy(A, y, c[i], X + i * d, d);
}
