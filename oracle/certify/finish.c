/* finish.c - the slopes that error bounds in doubles leave open (C1(b); spec/certificate.md, "Open samples"): exact
 * integers at those samples alone, and multipliers carried to more bits while one correction after the other makes
 * the ball smaller.
 *
 * The multipliers are sums of doubles, l = a 2^el with integers a; with gamma = c 2^-s every number here is an
 * integer times a power of two, and only the last comparison has a quotient. The solver proposes corrections,
 * nothing rests on them.
 */
#include <math.h>
#include <stdlib.h>

#include "io/parallel.h"
#include "limit/measure.h"
#include "limit/system.h"
#include "oracle/exact/gram.h"
#include "oracle/interval/dyadic.h"
#include "oracle/lfap_oracle.h"

enum { ROUNDS = 8 };

typedef struct {
  lfap_ctx *ctx;
  lfap_enclosure *e;
  const lfap_data *data;
  size_t n, d;
  long ex, el; /* grids of the samples and of the multipliers, at most 0 */
  mpz_t c;     /* gamma = c 2^-s */
  mp_bitcnt_t s;
  mpz_t *z;     /* storage of what follows */
  mpz_t *a;     /* n: l = a 2^el */
  mpz_t *sum;   /* 2 d: sums of l y x over the classes +1 and -1, times 2^-(ex+el) */
  mpz_t *A, *B; /* n: y<x, sum of the own class>, of the other, times 2^-(2ex+el) */
  mpz_t *r;     /* n: 1 - Q l, times 2^-er; er = 2ex + el - 2s - 1 */
  long er;
  mpq_t ball2; /* at least ||W* - W(l)||_F^2 */
} finish;

/* ---- exact sums -------------------------------------------------------------------------------------------------- */

static void sum_columns(void *arg, size_t begin, size_t end, int worker) {
  const finish *f = arg;
  (void)worker;
  mpz_t x;
  mpz_init(x);
  for (size_t i = begin; i < end; i++) {
    mpz_set_ui(f->sum[i], 0);
    mpz_set_ui(f->sum[f->d + i], 0);
  }
  for (size_t n = 0; n < f->n; n++) {
    double y = f->data->y[n];
    if (mpz_sgn(f->a[n]) == 0) continue;
    for (size_t i = begin; i < end; i++) {
      oracle_grid_int(x, y * f->data->x[n * f->d + i], f->ex);
      mpz_addmul(f->sum[y < 0 ? f->d + i : i], x, f->a[n]);
    }
  }
  mpz_clear(x);
}

/* A, B and r of samples: Q l = h A + gamma B with h = (1 + gamma^2)/2. */
static void product_rows(void *arg, size_t begin, size_t end, int worker) {
  const finish *f = arg;
  (void)worker;
  mpz_t x, h, t;
  mpz_inits(x, h, t, NULL);
  mpz_ui_pow_ui(h, 4, (unsigned long)f->s);
  mpz_addmul(h, f->c, f->c);
  for (size_t n = begin; n < end; n++) {
    double y = f->data->y[n];
    mpz_t *own = f->sum + (y < 0 ? f->d : 0), *other = f->sum + (y < 0 ? 0 : f->d);
    mpz_set_ui(f->A[n], 0);
    mpz_set_ui(f->B[n], 0);
    for (size_t i = 0; i < f->d; i++) {
      oracle_grid_int(x, y * f->data->x[n * f->d + i], f->ex);
      mpz_addmul(f->A[n], x, own[i]);
      mpz_addmul(f->B[n], x, other[i]);
    }
    mpz_set_ui(f->r[n], 0);
    mpz_setbit(f->r[n], (mp_bitcnt_t)-f->er);
    mpz_submul(f->r[n], h, f->A[n]);
    mpz_mul(t, f->c, f->B[n]);
    mpz_mul_2exp(t, t, f->s + 1);
    mpz_sub(f->r[n], f->r[n], t);
  }
  mpz_clears(x, h, t, NULL);
}

static void exact_sums(finish *f) {
  int threads = lfap_threads(f->ctx);
  double work = 20.0 * (double)f->n * (double)f->d;
  f->er = 2 * f->ex + f->el - 2 * (long)f->s - 1;
  lfap_parallel(threads, f->d, 64, work, sum_columns, f);
  lfap_parallel(threads, f->n, 16, 2.0 * work, product_rows, f);
}

/* ---- the ball ---------------------------------------------------------------------------------------------------- */

/* (N): ||W_F - W(l)||_F^2 <= ||D r_F||^2/mu, and W_F = W* where Q1 is proved. */
static void by_inverse(finish *f) {
  mpq_t s, t;
  if (f->e->claim[LFAP_CLAIM_Q1].verdict != LFAP_PASS || !(f->e->eigen > 0.0)) return;
  mpq_inits(s, t, NULL);
  for (size_t n = 0; n < f->n; n++) {
    if (f->e->hi[n] == 0.0) continue; /* off the support */
    mpq_set_d(t, f->e->scale[n]);
    mpz_mul(mpq_numref(t), mpq_numref(t), f->r[n]);
    mpq_canonicalize(t);
    mpq_mul(t, t, t);
    mpq_add(s, s, t);
  }
  oracle_q_scale(s, 2 * f->er);
  mpq_set_d(t, f->e->eigen);
  mpq_div(s, s, t);
  if (mpq_sgn(f->ball2) < 0 || mpq_cmp(s, f->ball2) < 0) mpq_set(f->ball2, s);
  mpq_clears(s, t, NULL);
}

/* (G) for l >= 0: T = ||W(l)||^2 (2 sigma - sigma^2)/(1 - sigma)^2 + 2 sum l_n (-r_n) bounds the square of the way
   to W(l)/(1 - sigma), the rest of the way is U = sigma/(1 - sigma) ||W(l)||; (sqrt T + U)^2 <= 2 T + 2 U^2. */
static void by_gap(finish *f) {
  mpz_t sigma, moved, W2, t;
  mpq_t q, s, w;
  int valid = 1;
  mpz_inits(sigma, moved, W2, t, NULL);
  mpq_inits(q, s, w, NULL);
  for (size_t n = 0; n < f->n; n++) {
    valid = valid && mpz_sgn(f->a[n]) >= 0;
    if (mpz_cmp(f->r[n], sigma) > 0) mpz_set(sigma, f->r[n]);
    mpz_submul(moved, f->a[n], f->r[n]);
    mpz_set_ui(t, 0);
    mpz_setbit(t, (mp_bitcnt_t)-f->er);
    mpz_sub(t, t, f->r[n]);
    mpz_addmul(W2, f->a[n], t);
  }
  mpq_set_z(s, sigma);
  oracle_q_scale(s, f->er);
  mpq_set_z(w, W2);
  oracle_q_scale(w, f->er + f->el);
  mpq_set_ui(q, 1, 2);
  if (valid && mpq_cmp(s, q) < 0) {
    mpq_set_ui(q, 1, 1);
    mpq_sub(q, q, s);
    mpq_mul(q, q, q);
    mpq_div(w, w, q); /* ||W||^2/(1 - sigma)^2, times 2 sigma - sigma^2 + sigma^2 */
    mpq_mul(w, w, s);
    mpq_mul_2exp(w, w, 1);
    mpq_set_z(q, moved);
    oracle_q_scale(q, f->er + f->el + 1);
    mpq_add(w, w, q);
    mpq_mul_2exp(w, w, 1);
    if (mpq_sgn(w) >= 0 && (mpq_sgn(f->ball2) < 0 || mpq_cmp(w, f->ball2) < 0)) mpq_set(f->ball2, w);
  }
  mpz_clears(sigma, moved, W2, t, NULL);
  mpq_clears(q, s, w, NULL);
}

/* ---- slopes ------------------------------------------------------------------------------------------------------ */

/* +1, -1: v and everything within sqrt(wide2) of it has that sign; *lo is not above those. */
static int around(double *lo, const mpq_t v, const mpq_t wide2) {
  mpq_t t;
  mpq_init(t);
  mpq_mul(t, v, v);
  int far = mpq_cmp(t, wide2) > 0;
  double wide = nextafter(sqrt(oracle_q_double(wide2, 1)) * (1.0 + 0x1p-50), INFINITY);
  *lo = nextafter(oracle_q_double(v, 0) - wide, -INFINITY);
  mpq_clear(t);
  return far ? mpq_sgn(v) : 0;
}

/* (B) at sample n: A + gamma B and gamma A + B, and 2 ball^2 ||x||^2 around them. */
static void slope(const finish *f, size_t n) {
  lfap_enclosure *e = f->e;
  mpq_t P, M, wide;
  mpz_t x, s;
  mpq_inits(P, M, wide, NULL);
  mpz_inits(x, s, NULL);
  for (size_t i = 0; i < f->d; i++) {
    oracle_grid_int(x, f->data->x[n * f->d + i], f->ex);
    mpz_addmul(s, x, x);
  }
  mpq_set_z(wide, s);
  oracle_q_scale(wide, 2 * f->ex + 1);
  mpq_mul(wide, wide, f->ball2);
  mpz_mul_2exp(mpq_numref(P), f->A[n], f->s);
  mpz_addmul(mpq_numref(P), f->c, f->B[n]);
  mpz_mul_2exp(mpq_numref(M), f->B[n], f->s);
  mpz_addmul(mpq_numref(M), f->c, f->A[n]);
  oracle_q_scale(P, 2 * f->ex + f->el - (long)f->s);
  oracle_q_scale(M, 2 * f->ex + f->el - (long)f->s);
  double lo[2];
  int p = around(&lo[0], P, wide), m = around(&lo[1], M, wide), up = f->data->y[n] > 0 ? 0 : 1;
  e->slope[n] = (signed char)(p > 0 && m > 0 ? 1 : p < 0 || m < 0 ? -1 : 0);
  e->u_lo[n] = fmax(e->u_lo[n], lo[up]);
  e->v_hi[n] = fmin(e->v_hi[n], -lo[!up]);
  mpq_clears(P, M, wide, NULL);
  mpz_clears(x, s, NULL);
}

/* Decides what is open; how many remain so. */
static size_t finish_slopes(finish *f) {
  lfap_enclosure *e = f->e;
  for (size_t n = 0; n < f->n; n++) {
    if (e->slope[n] || mpq_sgn(f->ball2) < 0) continue;
    slope(f, n);
    e->aligned += e->slope[n] > 0;
    e->refuted += e->slope[n] < 0;
    e->finished += e->slope[n] != 0;
  }
  return f->n - e->aligned - e->refuted;
}

/* ---- more bits --------------------------------------------------------------------------------------------------- */

/* l = l + v, in exact numbers. */
static void add_correction(finish *f, const double *v) {
  long e = oracle_grid_exponent(v, f->n);
  mpz_t t;
  if (e < f->el) {
    for (size_t n = 0; n < f->n; n++) mpz_mul_2exp(f->a[n], f->a[n], (mp_bitcnt_t)(f->el - e));
    f->el = e;
  }
  mpz_init(t);
  for (size_t n = 0; n < f->n; n++) {
    oracle_grid_int(t, v[n], f->el);
    mpz_add(f->a[n], f->a[n], t);
  }
  mpz_clear(t);
}

/* One correction on the support, Q_FF v = r_F in doubles; *better is 0 when the solver has none. */
static lfap_status correct(finish *f, int *better, const lfap_qm *m, double *v, double *r, unsigned char *in) {
  lfap_system p = {0};
  mpq_t q;
  mpq_init(q);
  for (size_t n = 0; n < f->n; n++) {
    in[n] = mpz_sgn(f->a[n]) > 0;
    mpq_set_z(q, f->r[n]);
    oracle_q_scale(q, f->er);
    r[n] = mpq_get_d(q);
    v[n] = 0.0;
  }
  mpq_clear(q);
  lfap_status st = lfap_system_open(f->ctx, &p, m, r, LFAP_SOLVER_AUTO, !m->G);
  for (int k = 0; !st && k < 2; k++) lfap_system_sharpen(&p); /* as good as doubles allow */
  if (!st) st = lfap_system_solve(f->ctx, &p, better, in, v);
  for (size_t k = 0; !st && *better && k < p.nf; k++) v[p.f[k]] = p.s[k];
  for (size_t n = 0; n < f->n; n++) *better = *better && isfinite(v[n]);
  lfap_system_close(&p);
  if (!st && *better) add_correction(f, v);
  return st;
}

static lfap_status rounds(finish *f, const lfap_limit *lim, const double *G) {
  lfap_qm m = {.n = f->n, .G = G, .X = f->data->x, .d = f->d, .y = f->data->y, .gamma = lim->gamma};
  double *v = malloc(2 * f->n * sizeof *v);
  unsigned char *in = malloc(f->n);
  int better = 1;
  lfap_status st = v && in ? lfap_qm_open(f->ctx, &m)
                           : lfap_fail(f->ctx, LFAP_ERR_MEMORY, "open samples: no memory for N = %zu", f->n);
  add_correction(f, lim->lambda_q);
  for (int k = 0; !st && better && k < ROUNDS; k++) {
    st = lfap_tick(f->ctx, "open samples", k, ROUNDS);
    if (st) break;
    exact_sums(f);
    mpq_set_si(f->ball2, -1, 1);
    by_inverse(f);
    by_gap(f);
    if (finish_slopes(f) == 0 || k + 1 == ROUNDS) break;
    st = correct(f, &better, &m, v, v + f->n, in);
  }
  if (!st) st = lfap_tick(f->ctx, "open samples", ROUNDS, ROUNDS);
  lfap_qm_close(&m);
  free(v);
  free(in);
  return st;
}

static lfap_status open_numbers(finish *f, double gamma) {
  size_t count = 4 * f->n + 2 * f->d;
  f->z = malloc(count * sizeof *f->z);
  if (!f->z) return lfap_fail(f->ctx, LFAP_ERR_MEMORY, "open samples: no memory for N = %zu, d = %zu", f->n, f->d);
  for (size_t i = 0; i < count; i++) mpz_init(f->z[i]);
  f->a = f->z;
  f->A = f->a + f->n;
  f->B = f->A + f->n;
  f->r = f->B + f->n;
  f->sum = f->r + f->n;
  f->ex = oracle_grid_exponent(f->data->x, f->n * f->d);
  if (f->ex > 0) f->ex = 0;
  f->s = (mp_bitcnt_t)-oracle_grid_exponent(&gamma, 1); /* gamma < 1 */
  mpz_init(f->c);
  oracle_grid_int(f->c, gamma, -(long)f->s);
  mpq_init(f->ball2);
  return LFAP_OK;
}

static void close_numbers(finish *f) {
  if (!f->z) return;
  for (size_t i = 0; i < 4 * f->n + 2 * f->d; i++) mpz_clear(f->z[i]);
  mpz_clear(f->c);
  mpq_clear(f->ball2);
  free(f->z);
}

lfap_status oracle_enclosure_finish(lfap_ctx *ctx, lfap_enclosure *e, const lfap_data *data, const lfap_limit *lim,
                                    const double *G) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_limit_plain(ctx, lim, "open samples");
  if (st) return st;
  finish f = {.ctx = ctx, .e = e, .data = data, .n = data->n, .d = data->d};
  if (data->n != e->n || data->d != e->d || lim->n != e->n || lim->d != e->d)
    return lfap_fail(ctx, LFAP_ERR_USAGE, "open samples: an enclosure of %zu x %zu is not one of these %zu x %zu data",
                     e->n, e->d, data->n, data->d);
  if (e->claim[LFAP_CLAIM_C1].verdict != LFAP_UNDECIDED) return LFAP_OK;
  st = open_numbers(&f, lim->gamma);
  if (!st) st = rounds(&f, lim, G);
  close_numbers(&f);
  lfap_enclosure_condition(e);
  return st;
}
