/* split.c - T5's rule of a network in training, at a point: what the perturbations gave to it against the rest. */
#include <stdlib.h>

#include "oracle/coq/runs.h"
#include "oracle/exact/gram.h"

void oracle_coq_root(mpz_t low, mpz_t high, size_t m, long e) {
  mpz_set_ui(low, (unsigned long)m);
  mpz_mul_2exp(low, low, 2 * (mp_bitcnt_t)-e);
  mpz_sqrt(low, low);
  mpz_add_ui(high, low, 1);
}

/* out = <a, b> of d doubles on the grid 2^e. */
static void product_on_grid(mpz_t out, const double *a, const double *b, size_t d, long e) {
  mpz_t x, y;
  mpz_inits(x, y, NULL);
  mpz_set_ui(out, 0);
  for (size_t i = 0; i < d; i++) {
    oracle_grid_int(x, a[i], e);
    oracle_grid_int(y, b[i], e);
    mpz_addmul(out, x, y);
  }
  mpz_clears(x, y, NULL);
}

typedef struct {
  long e, s;
  mpz_t g, low, high; /* gamma = g 2^-s; sqrt m lies between low and high times 2^e */
  mpz_t q, P, bound, down, up, total;
} splitter;

static void splitter_open(splitter *k, const oracle_coq_about *a, double gamma, const double *z) {
  k->e = oracle_coq_grid(&(oracle_coq){.claim = ORACLE_COQ_SPLIT, .z = (double *)z, .points = 1, .d = a->data->d}, a);
  k->s = -oracle_grid_exponent(&gamma, 1);
  mpz_inits(k->g, k->low, k->high, k->q, k->P, k->bound, k->down, k->up, k->total, NULL);
  oracle_grid_int(k->g, gamma, -k->s);
  oracle_coq_root(k->low, k->high, a->data->n, k->e);
}

static void splitter_close(splitter *k) {
  mpz_clears(k->g, k->low, k->high, k->q, k->P, k->bound, k->down, k->up, k->total, NULL);
}

/* sum += T psi(q root - P), psi the leaky slope as a neuron of that sign has it. */
static void add_rest(splitter *k, mpz_t sum, const mpz_t root, int positive) {
  mpz_mul(k->bound, k->q, root);
  mpz_sub(k->bound, k->bound, k->P);
  if ((mpz_sgn(k->bound) >= 0) == positive) mpz_mul_2exp(k->bound, k->bound, (mp_bitcnt_t)k->s);
  else mpz_mul(k->bound, k->bound, k->g);
  mpz_add(sum, sum, k->bound);
}

/* P_j = sum of b_jn t_n <eta_n, z>, and the bounds of what the rest of the neuron gives. */
static void add_neuron(splitter *k, const oracle_coq_about *a, const mpz_t *given, const double *z, size_t j) {
  size_t d = a->data->d, n = a->other->n;
  int positive = j < a->data->n / 2;
  product_on_grid(k->q, a->data->x + j * d, z, d, k->e);
  if (!positive) mpz_neg(k->q, k->q);
  mpz_set_ui(k->P, 0);
  for (size_t i = 0; i < n; i++) {
    oracle_grid_int(k->bound, a->third->x[j * n + i], k->e);
    mpz_addmul(k->P, k->bound, given[i]);
  }
  int up = mpz_sgn(k->q) >= 0;
  add_rest(k, k->down, up ? k->low : k->high, positive);
  add_rest(k, k->up, up ? k->high : k->low, positive);
  mpz_add(k->total, k->total, k->P);
}

/* |rest| < gamma |sum P| */
static int outweighs(splitter *k) {
  mpz_mul(k->bound, k->g, k->total);
  mpz_abs(k->bound, k->bound);
  if (mpz_cmp(k->up, k->bound) >= 0) return 0;
  mpz_neg(k->bound, k->bound);
  return mpz_cmp(k->down, k->bound) > 0;
}

int oracle_coq_split_sign(const oracle_coq_about *a, double gamma, const double *z) {
  splitter k;
  size_t n = a->other->n, d = a->data->d;
  mpz_t *given = malloc((n + 1) * sizeof *given);
  if (!given) return 0;
  splitter_open(&k, a, gamma, z);
  for (size_t i = 0; i < n; i++) {
    mpz_init(given[i]);
    product_on_grid(given[i], a->other->x + i * d, z, d, k.e);
    if (a->other->y[i] < 0) mpz_neg(given[i], given[i]);
  }
  int sign = 0, one = 1;
  for (size_t j = 0; one && j < a->data->n; j++) {
    add_neuron(&k, a, (const mpz_t *)given, z, j);
    if (j == 0) sign = mpz_sgn(k.P);
    one = sign && mpz_sgn(k.P) == sign;
  }
  one = one && outweighs(&k);
  for (size_t i = 0; i < n; i++) mpz_clear(given[i]);
  free(given);
  splitter_close(&k);
  return one ? sign : 0;
}
