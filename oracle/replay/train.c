/* train.c - gradient descent and sgd with momentum and plateau schedule at P bits, in plain and in Gram form
 * (spec/numerics.md N5, N5a; here without groups of equal rows: every neuron does its own products). */
#include <math.h>

#include "oracle/replay/flow53.h"
#include "oracle/replay/network.h"
#include "oracle/replay/replay.h"

typedef struct {
  oracle_arith *A;
  oracle_net net;
  const lfap_train_opts *o;
  size_t n;
  mpfr_t *X, *y, *z, *q, *l, *g, *s1, *s2, *c, *r, *p; /* n x d, n, n x m, n ... */
  mpfr_t *row, *V;                                     /* d; m x d */
  int gram;
  mpfr_t *G, *VZ; /* Gram form: n x n, m x n */
  mpfr_t *C, *VC; /* m x n: Gram form, or where the coefficients are asked for */
  mpfr_t *t;
  mpfr_t *loss, *log_loss, *lrs, *s; /* an entry an epoch */
  size_t bad;                        /* epochs since the loss was better */
} trainer;

enum { T_LOSS, T_LR, T_BEST, T_A, T_B, T_COUNT };

/* Margins, losses, coefficients s1 = (g/N) s, s2 = gamma s1. */
static void forward(trainer *w) {
  oracle_arith *A = w->A;
  oracle_net *net = &w->net;
  for (size_t i = 0; i < w->n; i++) {
    if (w->gram) oracle_net_output(A, w->q[i], net, w->z + i * net->m);
    else oracle_net_at(A, w->q[i], w->z + i * net->m, net, w->X + i * net->d);
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

/* Coefficients of row j into w->c. */
static void coefficients(trainer *w, size_t j) {
  const oracle_net *net = &w->net;
  for (size_t i = 0; i < w->n; i++) {
    int positive = mpfr_sgn(net->a[j]) > 0, minus = positive == (mpfr_sgn(w->y[i]) > 0);
    mpfr_ptr s = mpfr_sgn(w->z[i * net->m + j]) > 0 ? w->s1[i] : w->s2[i];
    if (minus) mpfr_neg(w->c[i], s, MPFR_RNDN);
    else mpfr_set(w->c[i], s, MPFR_RNDN);
  }
}

/* v = fma(mu, v, d), x = fma(-lr, v, x). */
static void momentum(trainer *w, mpfr_t x, mpfr_t v, const mpfr_t d) {
  mpfr_set_d(w->t[T_B], w->o->method == LFAP_METHOD_SGD ? w->o->momentum : 0.0, MPFR_RNDN);
  oracle_fma(w->A, v, w->t[T_B], v, d);
  mpfr_neg(w->t[T_B], w->t[T_LR], MPFR_RNDN);
  oracle_fma(w->A, x, w->t[T_B], v, x);
}

/* Row j of C by its coefficients. */
static void move_row(trainer *w, size_t j) {
  for (size_t i = 0; i < w->n; i++) momentum(w, w->C[j * w->n + i], w->VC[j * w->n + i], w->c[i]);
}

/* Row j of the gradient into w->row, then its step. */
static void update(trainer *w, size_t j, int first) {
  oracle_arith *A = w->A;
  oracle_net *net = &w->net;
  size_t d = net->d;
  mpfr_t *D = w->row;
  coefficients(w, j);
  oracle_chain(A, D, w->c, w->X, w->n, d);
  if (w->o->coefficients) move_row(w, j);
  if (w->o->method == LFAP_METHOD_SGD) {
    mpfr_t *V = w->V + j * d;
    mpfr_set_d(w->t[T_A], w->o->momentum, MPFR_RNDN);
    for (size_t k = 0; k < d; k++)
      if (first) mpfr_set(V[k], D[k], MPFR_RNDN);
      else oracle_fma(A, V[k], w->t[T_A], V[k], D[k]);
    D = V;
  }
  mpfr_neg(w->t[T_A], w->t[T_LR], MPFR_RNDN);
  oracle_axpy(A, net->w + j * d, w->t[T_A], D, d);
}

/* r = <g, c>: chains over four samples, added up in order. */
static void quads(trainer *w, mpfr_t r, mpfr_t *g) {
  mpfr_set_zero(r, 1);
  for (size_t k = 0; k < w->n; k += 4) {
    mpfr_set_zero(w->t[T_B], 1);
    for (size_t i = k; i < w->n && i < k + 4; i++) oracle_fma(w->A, w->t[T_B], w->c[i], g[i], w->t[T_B]);
    oracle_add(w->A, r, r, w->t[T_B]);
  }
}

/* Row j in Gram form: of Z and of C. */
static void update_gram(trainer *w, size_t j) {
  size_t n = w->n;
  coefficients(w, j);
  for (size_t i = 0; i < n; i++) {
    quads(w, w->t[T_A], w->G + i * n);
    momentum(w, w->z[i * w->net.m + j], w->VZ[j * n + i], w->t[T_A]);
  }
  move_row(w, j);
}

/* The last epoch moves C alone: nobody asks for the outputs after it, and `aligned` speaks of those before. */
static void last_gram(trainer *w, size_t j) {
  coefficients(w, j);
  move_row(w, j);
}

/* Pre-activations and Gram matrix at the start. */
static void gram_begin(trainer *w) {
  oracle_net *net = &w->net;
  for (size_t i = 0; i < w->n; i++) {
    mpfr_t *x = w->X + i * net->d;
    for (size_t j = 0; j < net->m; j++) oracle_dot(w->A, w->z[i * net->m + j], net->w + j * net->d, x, net->d);
    for (size_t k = 0; k < w->n; k++) oracle_dot(w->A, w->G[i * w->n + k], x, w->X + k * net->d, net->d);
  }
}

/* W = W0 + C X. */
static void gram_end(trainer *w) {
  size_t d = w->net.d;
  for (size_t j = 0; j < w->net.m; j++)
    for (size_t i = 0; i < w->n; i++) oracle_axpy(w->A, w->net.w + j * d, w->C[j * w->n + i], w->X + i * d, d);
}

/* C becomes b_jn = (C_jn y_n)/a_j. */
static void settle_coefficients(trainer *w) {
  for (size_t j = 0; j < w->net.m; j++)
    for (size_t i = 0; i < w->n; i++) {
      mpfr_t *b = w->C + j * w->n + i;
      oracle_mul(w->A, *b, *b, w->y[i]);
      oracle_div(w->A, *b, *b, w->net.a[j]);
    }
}

/* After an epoch of loss T_LOSS. */
static void plateau(trainer *w) {
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

static lfap_status descend(lfap_ctx *ctx, trainer *w) {
  for (size_t e = 0; e < w->o->epochs; e++) {
    lfap_status st = lfap_tick(ctx, "epoch", (double)e, (double)w->o->epochs);
    if (st) return st;
    forward(w);
    if (!mpfr_number_p(w->t[T_LOSS]))
      return lfap_fail(ctx, LFAP_ERR_DATA,
                       "train: the loss is not finite at epoch %zu: it diverged; use a smaller step or start", e);
    oracle_loss_weights(w->A, w->p, w->log_loss[e], w->r, w->q, w->n, w->o->loss);
    mpfr_set(w->loss[e], w->t[T_LOSS], MPFR_RNDN);
    mpfr_set(w->lrs[e], w->t[T_LR], MPFR_RNDN);
    for (size_t j = 0; j < w->net.m; j++)
      if (!w->gram) update(w, j, e == 0);
      else if (e + 1 < w->o->epochs) update_gram(w, j);
      else last_gram(w, j);
    if (w->o->method == LFAP_METHOD_SGD) plateau(w);
  }
  return LFAP_OK;
}

static int aligned(const trainer *w) {
  for (size_t i = 0; i < w->n; i++)
    for (size_t j = 0; j < w->net.m; j++)
      if ((mpfr_sgn(w->z[i * w->net.m + j]) > 0) != ((mpfr_sgn(w->y[i]) > 0) == (j < w->net.m / 2))) return 0;
  return 1;
}

static lfap_status prepare_training(lfap_ctx *ctx, trainer *w, const lfap_net *start, const lfap_data *data) {
  oracle_arith *A = w->A;
  size_t n = w->n = data->n, m = start->m, d = start->d, epochs = w->o->epochs;
  mpfr_t **const field[] = {&w->q, &w->l, &w->g, &w->s1, &w->s2, &w->c, &w->r, &w->p};
  mpfr_t **const row[] = {&w->loss, &w->log_loss, &w->lrs, &w->s};
  for (size_t i = 0; i < sizeof field / sizeof *field; i++) *field[i] = oracle_take(A, n);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) *row[i] = oracle_take(A, epochs);
  w->X = oracle_take_doubles(A, data->x, n * d);
  w->y = oracle_take_doubles(A, data->y, n);
  w->z = oracle_take(A, n * m);
  w->row = oracle_take(A, d);
  w->V = oracle_take(A, w->o->method == LFAP_METHOD_SGD && !w->gram ? m * d : 1);
  w->G = oracle_take(A, w->gram ? n * n : 1);
  mpfr_t **const table[] = {&w->VZ, &w->C, &w->VC};
  for (size_t i = 0; i < 3; i++) *table[i] = oracle_take(A, w->gram || (i && w->o->coefficients) ? m * n : 1);
  w->t = oracle_take(A, T_COUNT);
  oracle_net_make(A, &w->net, oracle_take_doubles(A, start->w, m * d), m, d, start->gamma);
  lfap_status st = oracle_take_check(ctx, A, "train");
  if (st) return st;
  mpfr_set_inf(w->t[T_BEST], 1);
  mpfr_set_d(w->t[T_LR], w->o->lr, MPFR_RNDN);
  return LFAP_OK;
}

void oracle_trained_free(oracle_trained *t) {
  oracle_vec *const v[] = {&t->w, &t->loss, &t->lr, &t->log_loss, &t->s, &t->p, &t->b};
  for (size_t i = 0; i < sizeof v / sizeof *v; i++) oracle_vec_free(v[i]);
  *t = (oracle_trained){0};
}

static lfap_status keep(lfap_ctx *ctx, oracle_trained *out, const trainer *w) {
  const size_t e = w->o->epochs;
  oracle_vec *const to[] = {&out->w, &out->loss, &out->lr, &out->log_loss, &out->s, &out->p, &out->b};
  mpfr_t *const from[] = {w->net.w, w->loss, w->lrs, w->log_loss, w->s, w->p, w->C};
  const size_t size[] = {w->net.m * w->net.d, e, e, e, e, w->n, w->net.m * w->n};
  const size_t vectors = sizeof to / sizeof *to - (w->o->coefficients ? 0 : 1);
  lfap_status st = LFAP_OK;
  for (size_t i = 0; !st && i < vectors; i++) st = oracle_vec_keep(ctx, to[i], w->A, from[i], size[i]);
  out->m = w->net.m;
  out->d = w->net.d;
  out->aligned = aligned(w);
  return st;
}

static int gram_form(const lfap_net *start, const lfap_data *data, const lfap_train_opts *o) {
  if (o->form != LFAP_FORM_AUTO) return o->form == LFAP_FORM_GRAM;
  return data->n <= data->d && (double)start->m * (double)data->n * (double)data->d >= 0x1p24;
}

static lfap_status check_training(lfap_ctx *ctx, const lfap_net *start, const lfap_data *data,
                                  const lfap_train_opts *o) {
  if (start->d != data->d)
    return lfap_fail(ctx, LFAP_ERR_DATA, "train: the weights have d = %zu columns, the samples d = %zu", start->d,
                     data->d);
  if (o->epochs == 0) return lfap_fail(ctx, LFAP_ERR_USAGE, "train: epochs = 0; at least one is needed");
  if (!isfinite(o->lr) || o->lr < 0.0 || (o->lr == 0.0 && o->method != LFAP_METHOD_FLOW))
    return lfap_fail(ctx, LFAP_ERR_USAGE, "train: lr = %g must be positive and finite", o->lr);
  return LFAP_OK;
}

lfap_status oracle_replay_train(lfap_ctx *ctx, oracle_trained *out, const lfap_net *start, const lfap_data *data,
                                const lfap_train_opts *o, unsigned prec) {
  oracle_arith A;
  trainer w = {.A = &A, .o = o};
  oracle_trained r = {0};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = check_training(ctx, start, data, o);
  if (!st) st = oracle_arith_begin(ctx, &A, prec);
  if (st) return st;
  if (o->method == LFAP_METHOD_FLOW) st = oracle_flow_replay(ctx, &r, &A, start, data, o);
  else {
    w.gram = gram_form(start, data, o);
    st = prepare_training(ctx, &w, start, data);
    if (!st && w.gram) gram_begin(&w);
    if (!st) st = descend(ctx, &w);
    if (!st && w.gram) gram_end(&w);
    if (!st && o->coefficients) settle_coefficients(&w);
    if (!st) st = keep(ctx, &r, &w);
  }
  st = oracle_arith_end(ctx, &A, st);
  if (st) oracle_trained_free(&r);
  else *out = r;
  return st;
}
