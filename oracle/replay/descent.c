/* descent.c - gradient descent and sgd with momentum and plateau schedule at P bits, in plain and in Gram form, an
 * epoch at a time (spec/numerics.md N5, N5a; here without groups of equal rows: every neuron does its own products). */
#include "oracle/replay/descent.h"

#include <math.h>

typedef oracle_descent descent;

enum { T_LOSS, T_LR, T_BEST, T_A, T_B, T_COUNT };

/* What a worker needs for its rows. */
static mpfr_t *worker_c(const descent *w, const oracle_arith *A) { return w->c + (size_t)A->worker * w->n; }
static mpfr_t *worker_row(const descent *w, const oracle_arith *A) { return w->row + (size_t)A->worker * w->net.d; }

/* ---- losses ------------------------------------------------------------------------------------------------------ */

/* Pre-activations of sample k/m at neuron k%m, from the weights. */
static void dot_range(void *arg, const oracle_arith *A, size_t begin, size_t end) {
  const descent *w = arg;
  size_t m = w->net.m, d = w->net.d;
  for (size_t k = begin; k < end; k++) oracle_dot(A, w->z[k], w->net.w + k % m * d, w->X + k / m * d, d);
}

static lfap_status preactivations(lfap_ctx *ctx, descent *w) {
  size_t all = w->n * w->net.m;
  return oracle_share(ctx, w->A, "pre-activation", all, (double)all * (double)w->net.d, dot_range, w);
}

/* Margins, losses, coefficients s1 = (g/N) s, s2 = gamma s1. */
static void losses(descent *w) {
  oracle_arith *A = w->A;
  oracle_net *net = &w->net;
  for (size_t i = 0; i < w->n; i++) {
    oracle_net_output(A, w->q[i], net, w->z + i * net->m);
    oracle_mul(A, w->q[i], w->y[i], w->q[i]);
    oracle_loss_of(A, w->l[i], w->q[i], w->o->loss);
    oracle_loss_g(A, w->g[i], w->q[i], w->o->loss);
  }
  mpfr_set_ui(w->t[T_A], w->n, MPFR_RNDN);
  oracle_sum(A, w->t[T_LOSS], w->l, w->n);
  oracle_div(A, w->t[T_LOSS], w->t[T_LOSS], w->t[T_A]);
  for (size_t i = 0; i < w->n; i++) {
    oracle_div(A, w->s1[i], w->g[i], w->t[T_A]);
    oracle_mul(A, w->s1[i], w->s1[i], net->a[0]);
    oracle_mul(A, w->s2[i], net->gamma, w->s1[i]);
  }
}

/* ---- a row's step ------------------------------------------------------------------------------------------------ */

/* Coefficients of row j. */
static void coefficients(const descent *w, mpfr_t *c, size_t j) {
  const oracle_net *net = &w->net;
  for (size_t i = 0; i < w->n; i++) {
    int positive = mpfr_sgn(net->a[j]) > 0, minus = positive == (mpfr_sgn(w->y[i]) > 0);
    mpfr_ptr s = mpfr_sgn(w->z[i * net->m + j]) > 0 ? w->s1[i] : w->s2[i];
    if (minus) mpfr_neg(c[i], s, MPFR_RNDN);
    else mpfr_set(c[i], s, MPFR_RNDN);
  }
}

/* v = fma(mu, v, d), x = fma(-lr, v, x). */
static void momentum(const descent *w, const oracle_arith *A, mpfr_t x, mpfr_t v, const mpfr_t d) {
  oracle_fma(A, v, w->mu, v, d);
  oracle_fma(A, x, w->minus_lr, v, x);
}

/* Row j of C by its coefficients. */
static void move_row(const descent *w, const oracle_arith *A, mpfr_t *c, size_t j) {
  for (size_t i = 0; i < w->n; i++) momentum(w, A, w->C[j * w->n + i], w->VC[j * w->n + i], c[i]);
}

/* Rows of the gradient, then their steps. */
static void plain_range(void *arg, const oracle_arith *A, size_t begin, size_t end) {
  descent *w = arg;
  size_t d = w->net.d;
  mpfr_t *c = worker_c(w, A), *row = worker_row(w, A);
  for (size_t j = begin; j < end; j++) {
    mpfr_t *D = row;
    coefficients(w, c, j);
    oracle_chain(A, D, c, w->X, w->n, d);
    if (w->o->coefficients) move_row(w, A, c, j);
    if (w->o->method == LFAP_METHOD_SGD) {
      mpfr_t *V = w->V + j * d;
      for (size_t k = 0; k < d; k++)
        if (w->epoch == 0) mpfr_set(V[k], D[k], MPFR_RNDN);
        else oracle_fma(A, V[k], w->mu, V[k], D[k]);
      D = V;
    }
    oracle_axpy(A, w->net.w + j * d, w->minus_lr, D, d);
  }
}

/* r = <g, c>: chains over four samples, added up in order. */
static void quads(const oracle_arith *A, mpfr_t r, mpfr_t sum, mpfr_t *c, mpfr_t *g, size_t n) {
  mpfr_set_zero(r, 1);
  for (size_t k = 0; k < n; k += 4) {
    mpfr_set_zero(sum, 1);
    for (size_t i = k; i < n && i < k + 4; i++) oracle_fma(A, sum, c[i], g[i], sum);
    oracle_add(A, r, r, sum);
  }
}

/* Rows in Gram form: of Z and of C. The last epoch moves C alone: nobody asks for the outputs after it, and `aligned`
   speaks of those before. */
static void gram_range(void *arg, const oracle_arith *A, size_t begin, size_t end) {
  descent *w = arg;
  size_t n = w->n;
  mpfr_t *c = worker_c(w, A), *r = worker_row(w, A);
  for (size_t j = begin; j < end; j++) {
    coefficients(w, c, j);
    for (size_t i = 0; i < n && w->epoch + 1 < w->o->epochs; i++) {
      quads(A, r[0], r[1], c, w->G + i * n, n);
      momentum(w, A, w->z[i * w->net.m + j], w->VZ[j * n + i], r[0]);
    }
    move_row(w, A, c, j);
  }
}

/* Rows of the Gram matrix. */
static void gram_matrix_range(void *arg, const oracle_arith *A, size_t begin, size_t end) {
  const descent *w = arg;
  size_t d = w->net.d;
  for (size_t i = begin; i < end; i++)
    for (size_t k = 0; k < w->n; k++) oracle_dot(A, w->G[i * w->n + k], w->X + i * d, w->X + k * d, d);
}

/* ---- the schedule ------------------------------------------------------------------------------------------------ */

/* After an epoch of loss T_LOSS. */
static void plateau(descent *w) {
  oracle_arith *A = w->A;
  mpfr_ptr a = w->t[T_A], b = w->t[T_B];
  mpfr_set_ui(a, 1, MPFR_RNDN);
  mpfr_set_d(b, 1e-4, MPFR_RNDN);
  oracle_sub(A, a, a, b);
  oracle_mul(A, a, w->t[T_BEST], a);
  if (mpfr_less_p(w->t[T_LOSS], a)) {
    mpfr_set(w->t[T_BEST], w->t[T_LOSS], MPFR_RNDN);
    w->bad = 0;
  } else w->bad++;
  if (w->bad <= 10) return;
  mpfr_set_d(b, 0.1, MPFR_RNDN);
  oracle_mul(A, b, w->t[T_LR], b);
  oracle_sub(A, a, w->t[T_LR], b);
  if (mpfr_cmp_d(a, 1e-8) > 0) mpfr_set(w->t[T_LR], b, MPFR_RNDN);
  w->bad = 0;
}

/* ---- an epoch ---------------------------------------------------------------------------------------------------- */

lfap_status oracle_descent_epoch(lfap_ctx *ctx, oracle_descent *w) {
  size_t e = w->epoch, m = w->net.m, n = w->n;
  double ops = (double)m * (double)n * (double)(w->gram ? n : w->net.d);
  lfap_status st = w->gram ? LFAP_OK : preactivations(ctx, w);
  if (st) return st;
  losses(w);
  if (!mpfr_number_p(w->t[T_LOSS]))
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "train: the loss is not finite at epoch %zu: it diverged; use a smaller step or start", e + 1);
  oracle_loss_weights(w->A, w->p, w->log_loss[e], w->r, w->q, n, w->o->loss);
  mpfr_set(w->loss[e], w->t[T_LOSS], MPFR_RNDN);
  mpfr_set(w->lr[e], w->t[T_LR], MPFR_RNDN);
  mpfr_neg(w->minus_lr, w->t[T_LR], MPFR_RNDN);
  st = oracle_share(ctx, w->A, "neuron", m, ops, w->gram ? gram_range : plain_range, w);
  if (st) return st;
  if (w->o->method == LFAP_METHOD_SGD) plateau(w);
  w->epoch++;
  return LFAP_OK;
}

int oracle_descent_aligned(const descent *w) {
  for (size_t i = 0; i < w->n; i++)
    for (size_t j = 0; j < w->net.m; j++)
      if ((mpfr_sgn(w->z[i * w->net.m + j]) > 0) != ((mpfr_sgn(w->y[i]) > 0) == (j < w->net.m / 2))) return 0;
  return 1;
}

/* ---- begin and end ----------------------------------------------------------------------------------------------- */

static void take_all(descent *w, const lfap_net *start, const lfap_data *data) {
  oracle_arith *A = w->A;
  size_t n = w->n, m = start->m, d = start->d, epochs = w->o->epochs, workers = (size_t)A->workers;
  mpfr_t **const field[] = {&w->q, &w->l, &w->g, &w->s1, &w->s2, &w->r, &w->p};
  mpfr_t **const row[] = {&w->loss, &w->log_loss, &w->lr, &w->s};
  for (size_t i = 0; i < sizeof field / sizeof *field; i++) *field[i] = oracle_take(A, n);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) *row[i] = oracle_take(A, epochs);
  w->X = oracle_take_doubles(A, data->x, n * d);
  w->y = oracle_take_doubles(A, data->y, n);
  w->z = oracle_take(A, n * m);
  w->c = oracle_take(A, workers * n);
  w->row = oracle_take(A, workers * d + 1); /* the Gram form needs two numbers */
  w->V = oracle_take(A, w->o->method == LFAP_METHOD_SGD && !w->gram ? m * d : 1);
  w->G = oracle_take(A, w->gram ? n * n : 1);
  mpfr_t **const table[] = {&w->VZ, &w->C, &w->VC};
  for (size_t i = 0; i < 3; i++) *table[i] = oracle_take(A, w->gram || (i && w->o->coefficients) ? m * n : 1);
  w->t = oracle_take(A, T_COUNT);
  mpfr_t *rate = oracle_take(A, 2);
  oracle_net_make(A, &w->net, oracle_take_doubles(A, start->w, m * d), m, d, start->gamma);
  if (A->failed) return;
  w->mu = rate[0];
  w->minus_lr = rate[1];
}

/* At 53 bits auto is the double path's choice; at more, where both forms are the same numbers but for their last
   places, the form of fewer operations. */
static int gram_form(const oracle_arith *A, const lfap_net *start, const lfap_data *data, const lfap_train_opts *o) {
  if (o->form != LFAP_FORM_AUTO) return o->form == LFAP_FORM_GRAM;
  double work = (double)start->m * (double)data->n * (double)data->d;
  return data->n <= data->d && (work >= 0x1p24 || !A->binary64);
}

lfap_status oracle_descent_begin(lfap_ctx *ctx, oracle_descent *out, oracle_arith *A, const lfap_net *start,
                                 const lfap_data *data, const lfap_train_opts *o) {
  descent w = {.A = A, .o = o, .n = data->n, .gram = gram_form(A, start, data, o)};
  size_t n = data->n;
  take_all(&w, start, data);
  lfap_status st = oracle_take_check(ctx, A, "train");
  if (st) return st;
  mpfr_set_inf(w.t[T_BEST], 1);
  mpfr_set_d(w.t[T_LR], o->lr, MPFR_RNDN);
  mpfr_set_d(w.mu, o->method == LFAP_METHOD_SGD ? o->momentum : 0.0, MPFR_RNDN);
  if (w.gram) st = preactivations(ctx, &w);
  if (!st && w.gram)
    st = oracle_share(ctx, A, "product", n, (double)n * (double)n * (double)w.net.d, gram_matrix_range, &w);
  *out = w;
  return st;
}

typedef struct {
  const descent *w;
  mpfr_t *W;
} landing;

/* Rows of W = W0 + C X. */
static void weights_range(void *arg, const oracle_arith *A, size_t begin, size_t end) {
  const landing *l = arg;
  const descent *w = l->w;
  size_t d = w->net.d, n = w->n;
  for (size_t j = begin; j < end; j++) {
    mpfr_t *row = l->W + j * d;
    for (size_t k = 0; k < d; k++) mpfr_set(row[k], w->net.w[j * d + k], MPFR_RNDN);
    for (size_t i = 0; i < n; i++) oracle_axpy(A, row, w->C[j * n + i], w->X + i * d, d);
  }
}

lfap_status oracle_descent_weights(lfap_ctx *ctx, const oracle_descent *w, mpfr_t **out, mpfr_t *room) {
  size_t m = w->net.m;
  *out = w->gram ? room : w->net.w;
  if (!w->gram) return LFAP_OK;
  landing l = {w, room};
  return oracle_share(ctx, w->A, "neuron", m, (double)m * (double)w->n * (double)w->net.d, weights_range, &l);
}

void oracle_descent_coefficients(oracle_descent *w) {
  for (size_t j = 0; j < w->net.m; j++)
    for (size_t i = 0; i < w->n; i++) {
      mpfr_t *b = w->C + j * w->n + i;
      oracle_mul(w->A, *b, *b, w->y[i]);
      oracle_div(w->A, *b, *b, w->net.a[j]);
    }
}
