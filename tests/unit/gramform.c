/* gd and sgd in Gram form: the bits of N5a recomputed neuron by neuron without groups or backlog, the plain form's values, one
 * thread and three, and the grouping kernel. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draws.h"
#include "kernel/gramform.h"
#include "kernel/loss.h"
#include "lfap.h"

typedef struct {
  size_t m, n, d, epochs;
  lfap_method method;
  lfap_loss loss;
  double gamma, lr, scale;
} spec;

typedef struct {
  lfap_net net;
  lfap_history h;
} trained;

static void trained_free(trained *t) {
  lfap_net_free(&t->net);
  lfap_history_free(&t->h);
}

static lfap_data data_of(const spec *s) {
  lfap_data D = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &D, 7 + s->n, s->n, s->d), LFAP_OK);
  return D;
}

static trained train(const spec *s, const lfap_data *D, lfap_form form, int threads) {
  trained t = {0};
  lfap_ctx ctx = {.threads = threads};
  lfap_train_opts o;
  lfap_train_defaults(&o, s->method);
  o.loss = s->loss;
  o.epochs = s->epochs;
  o.lr = s->lr;
  o.form = form;
  cr_assert_eq(lfap_net_init(&ctx, &t.net, s->m, s->d, s->gamma, 3 + s->m, s->scale), LFAP_OK);
  cr_assert_eq(lfap_train(&ctx, &t.net, &t.h, D, &o), LFAP_OK, "%s", ctx.message);
  cr_assert_eq(t.h.gram, form == LFAP_FORM_GRAM);
  return t;
}

/* ---- N5a, term by term --------------------------------------------------------------------------------------------------- */

/* Chains of four, added up in order. */
static double quads_dot(const double *x, const double *y, size_t n) {
  double s = 0;
  for (size_t k = 0; k < n; k += 4) {
    double t = 0;
    for (size_t i = k; i < n && i < k + 4; i++) t = fma(y[i], x[i], t);
    s = s + t;
  }
  return s;
}

static double *zeros(size_t n) {
  double *p = calloc(n, sizeof *p);
  cr_assert_not_null(p);
  return p;
}

typedef struct {
  const spec *s;
  const lfap_data *D;
  double *G, *Z, *VZ, *C, *VC, *c, *phi, *a, *f;
} naive;

static void naive_epoch(naive *w, const double *g, double lr) {
  const spec *s = w->s;
  const double mu = s->method == LFAP_METHOD_SGD ? 0.9 : 0.0;
  for (size_t j = 0; j < s->m; j++) {
    for (size_t i = 0; i < s->n; i++) {
      double s1 = g[i] / (double)s->n * w->a[0], s2 = s->gamma * s1;
      double sign = (j < s->m / 2) == (w->D->y[i] > 0) ? -1 : 1;
      w->c[i] = sign * (w->Z[j * s->n + i] > 0 ? s1 : s2);
    }
    for (size_t i = 0; i < s->n; i++) {
      size_t k = j * s->n + i;
      w->VZ[k] = fma(mu, w->VZ[k], quads_dot(w->G + i * s->n, w->c, s->n));
      w->VC[k] = fma(mu, w->VC[k], w->c[i]);
      w->C[k] = fma(-lr, w->VC[k], w->C[k]);
    }
    for (size_t i = 0; i < s->n; i++) w->Z[j * s->n + i] = fma(-lr, w->VZ[j * s->n + i], w->Z[j * s->n + i]);
  }
}

static void naive_outputs(naive *w) {
  const spec *s = w->s;
  for (size_t i = 0; i < s->n; i++) {
    for (size_t j = 0; j < s->m; j++) {
      double z = w->Z[j * s->n + i];
      w->phi[j] = z > 0 ? z : s->gamma * z;
    }
    w->f[i] = naive_dot(s->m, w->a, w->phi);
  }
}

/* W after the epochs at the rates of the history h (the schedule is tested in step.c, the losses in loss.c). */
static lfap_net naive_train(const spec *s, const lfap_data *D, const lfap_history *h) {
  size_t m = s->m, n = s->n, d = s->d;
  double *pool = zeros(n * n + 4 * m * n + 2 * n + 2 * m + n);
  naive w = {.s = s, .D = D, .G = pool};
  w.Z = w.G + n * n, w.VZ = w.Z + m * n, w.C = w.VZ + m * n, w.VC = w.C + m * n, w.c = w.VC + m * n, w.f = w.c + n, w.phi = w.f + n, w.a = w.phi + m;
  double *g = w.a + m;
  lfap_net net = {0};
  cr_assert_eq(lfap_net_init(NULL, &net, m, d, s->gamma, 3 + m, s->scale), LFAP_OK);
  for (size_t j = 0; j < m; j++) w.a[j] = (j < m / 2 ? 1 : -1) * (1.0 / sqrt((double)m));
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < n; k++) w.G[i * n + k] = naive_dot(d, D->x + i * d, D->x + k * d);
  for (size_t j = 0; j < m; j++)
    for (size_t i = 0; i < n; i++) w.Z[j * n + i] = naive_dot(d, net.w + j * d, D->x + i * d);
  for (size_t e = 0; e < s->epochs; e++) {
    naive_outputs(&w);
    double *l = zeros(n);
    for (size_t i = 0; i < n; i++) w.f[i] = D->y[i] * w.f[i];
    lfap_loss_fill(l, g, w.f, s->loss == LFAP_LOSS_LOGISTIC, n);
    free(l);
    naive_epoch(&w, g, h->row[e].lr);
  }
  for (size_t j = 0; j < m; j++)
    for (size_t i = 0; i < n; i++)
      for (size_t k = 0; k < d; k++) net.w[j * d + k] = fma(w.C[j * n + i], D->x[i * d + k], net.w[j * d + k]);
  free(pool);
  return net;
}

/* Returns how often the rate fell. */
static size_t same_weights(const spec *s) {
  lfap_data D = data_of(s);
  trained t = train(s, &D, LFAP_FORM_GRAM, 1);
  lfap_net want = naive_train(s, &D, &t.h);
  for (size_t k = 0; k < s->m * s->d; k++)
    cr_assert(memcmp(&want.w[k], &t.net.w[k], sizeof(double)) == 0, "m %zu N %zu d %zu, entry %zu: %a, not %a", s->m, s->n, s->d, k, t.net.w[k], want.w[k]);
  size_t falls = 0;
  for (size_t e = 1; e < t.h.rows; e++) falls += t.h.row[e].lr < t.h.row[e - 1].lr;
  lfap_net_free(&want);
  trained_free(&t);
  lfap_data_free(&D);
  return falls;
}

/* Sizes around the lanes, their slices (512 neurons), the columns moved together (256), the groups read in one go (16) and the backlog (64 epochs). */
Test(gramform, has_the_bits_of_the_form_without_groups) {
  const size_t size[][4] = {{2, 1, 3, 5}, {6, 7, 13, 90}, {10, 9, 331, 150}, {34, 5, 40, 200}, {40, 33, 60, 70}, {12, 259, 300, 66}, {36, 257, 270, 5},
                           {512, 3, 5, 3}, {514, 5, 7, 4}, {1026, 3, 5, 3}};
  for (size_t i = 0; i < sizeof size / sizeof *size; i++)
    for (int k = 0; k < 8; k++) {
      spec s = {size[i][0], size[i][1], size[i][2], size[i][3], k & 1 ? LFAP_METHOD_GD : LFAP_METHOD_SGD, k & 2 ? LFAP_LOSS_LOGISTIC : LFAP_LOSS_EXP,
                k & 4 ? 0.01 : 0.5, 0.02, i % 2 ? 1.0 : 0.01};
      same_weights(&s);
    }
}

/* The rate falls between epochs that wait in the backlog together. */
Test(gramform, has_the_bits_of_the_form_without_groups_while_the_rate_falls) {
  spec s = {60, 7, 40, 400, LFAP_METHOD_SGD, LFAP_LOSS_LOGISTIC, 0.3, 30, 1e-3};
  cr_assert_geq(same_weights(&s), 2);
}

/* Relative to the largest entries: an entry near zero carries the rounding of its neighbours. */
static double distance(const lfap_net *a, const lfap_net *b) {
  double worst = 0.0, norm = 0.0;
  for (size_t k = 0; k < a->m * a->d; k++) norm += a->w[k] * a->w[k] / (double)(a->m * a->d);
  for (size_t k = 0; k < a->m * a->d; k++) {
    double e = fabs(a->w[k] - b->w[k]) / fmax(fabs(a->w[k]), sqrt(norm));
    if (e > worst) worst = e;
  }
  return worst;
}

Test(gramform, stays_within_1e_12_of_the_plain_form_for_10000_epochs) {
  for (int k = 0; k < 8; k++) {
    spec s = {10, 12, 200, 10000, k & 1 ? LFAP_METHOD_GD : LFAP_METHOD_SGD, k & 2 ? LFAP_LOSS_LOGISTIC : LFAP_LOSS_EXP, k & 4 ? 0.01 : 0.5, 0.01, 1.0};
    lfap_data D = data_of(&s);
    trained plain = train(&s, &D, LFAP_FORM_PLAIN, 1), gram = train(&s, &D, LFAP_FORM_GRAM, 1);
    double e = distance(&plain.net, &gram.net);
    cr_assert_leq(e, 1e-12, "case %d: %g", k, e);
    cr_assert_gt(e, 0.0, "case %d: the two forms were the same run", k);
    cr_assert_eq(plain.h.rows, gram.h.rows);
    cr_assert_eq(plain.h.aligned, gram.h.aligned);
    for (size_t i = 0; i < plain.h.rows; i++) {
      cr_assert_float_eq(gram.h.row[i].loss, plain.h.row[i].loss, 1e-11 * plain.h.row[i].loss);
      cr_assert_eq(gram.h.row[i].lr, plain.h.row[i].lr);
    }
    for (size_t i = 0; i < s.n; i++) cr_assert_float_eq(gram.h.p[i], plain.h.p[i], 1e-11);
    trained_free(&plain);
    trained_free(&gram);
    lfap_data_free(&D);
  }
}

Test(gramform, threads_never_change_a_bit) {
  for (int k = 0; k < 2; k++) { /* many groups, then few */
    spec s = {k ? 1200 : 600, k ? 513 : 500, 520, 4, LFAP_METHOD_SGD, LFAP_LOSS_EXP, 0.1, 1e-4, k ? 1e-9 : 1.0};
    lfap_data D = data_of(&s);
    trained one = train(&s, &D, LFAP_FORM_GRAM, 1), three = train(&s, &D, LFAP_FORM_GRAM, 3);
    cr_assert(memcmp(one.net.w, three.net.w, s.m * s.d * sizeof(double)) == 0);
    cr_assert(memcmp(one.h.p, three.h.p, s.n * sizeof(double)) == 0);
    trained_free(&one);
    trained_free(&three);
    lfap_data_free(&D);
  }
}

Test(gramform, is_chosen_where_it_is_cheaper_and_the_epoch_is_long) {
  const struct {
    size_t m, n, d;
    int gram;
  } t[] = {{4, 20, 100, 0}, {512, 128, 256, 1}, {512, 128, 255, 0}, {512, 257, 256, 0}, {256, 256, 256, 1}};
  for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
    spec s = {t[i].m, t[i].n, t[i].d, 1, LFAP_METHOD_GD, LFAP_LOSS_EXP, 0.5, 1e-3, 1.0};
    lfap_data D = data_of(&s);
    lfap_net net = {0};
    lfap_history h = {0};
    lfap_train_opts o;
    lfap_train_defaults(&o, s.method);
    o.epochs = 1;
    cr_assert_eq(lfap_net_init(NULL, &net, s.m, s.d, s.gamma, 1, 1.0), LFAP_OK);
    cr_assert_eq(lfap_train(NULL, &net, &h, &D, &o), LFAP_OK);
    cr_assert_eq(h.gram, t[i].gram, "m = %zu, N = %zu, d = %zu", t[i].m, t[i].n, t[i].d);
    lfap_net_free(&net);
    lfap_history_free(&h);
    lfap_data_free(&D);
  }
}

/* ---- refusals -------------------------------------------------------------------------------------------------------------- */

static int stop(void *user, const char *what, double done, double total) {
  (void)total;
  return strcmp(what, "epoch") == 0 && done >= *(double *)user;
}

Test(gramform, failures_leave_the_weights_alone) {
  spec s = {6, 7, 40, 50, LFAP_METHOD_SGD, LFAP_LOSS_EXP, 0.3, 0.01, 1.0};
  lfap_data D = data_of(&s);
  lfap_net net = {0};
  lfap_train_opts o;
  double at = 5, before[6 * 40];
  lfap_ctx ctx = {.progress = stop, .user = &at};
  lfap_train_defaults(&o, s.method);
  o.form = LFAP_FORM_GRAM;
  cr_assert_eq(lfap_net_init(NULL, &net, s.m, s.d, s.gamma, 6, 1.0), LFAP_OK);
  memcpy(before, net.w, sizeof before);
  cr_assert_eq(lfap_train(&ctx, &net, NULL, &D, &o), LFAP_ERR_INTERRUPTED);
  cr_assert_arr_eq(before, net.w, sizeof before);
  at = 1e9;
  o.lr = 1e6;
  for (size_t n = 1; n < s.n; n++) memcpy(D.x + n * s.d, D.x, s.d * sizeof(double));
  for (size_t n = 0; n < s.n; n++) D.y[n] = n % 2 ? 1 : -1;
  cr_assert_eq(lfap_train(&ctx, &net, NULL, &D, &o), LFAP_ERR_DATA);
  cr_assert_not_null(strstr(ctx.message, "diverged"));
  cr_assert_arr_eq(before, net.w, sizeof before);
  lfap_net_free(&net);
  lfap_data_free(&D);
}

/* ---- groups ------------------------------------------------------------------------------------------------------------------ */

/* Few distinct rows, so that many are equal; against comparing every pair. */
Test(gramform, groups_are_the_classes_of_equal_rows_of_a_sign) {
  enum { M = 60, N = 21 };
  for (int round = 0; round < 300; round++) {
    size_t m = 1 + next() % M, plus = next() % (m + 1), n = 1 + next() % N, kinds = 1 + next() % 12, group[M], first[M], slot[2 * M], groups;
    unsigned char kind[12][N], open[M * N];
    for (size_t k = 0; k < kinds; k++)
      for (size_t i = 0; i < n; i++) kind[k][i] = (unsigned char)(next() >> 20 & 1);
    for (size_t j = 0; j < m; j++) memcpy(open + j * n, kind[next() % kinds], n);
    groups = lfap_gramform_groups(group, first, slot, open, plus, m, n);
    size_t seen = 0;
    for (size_t j = 0; j < m; j++) {
      size_t want = seen;
      for (size_t k = 0; k < j && want == seen; k++)
        if ((k < plus) == (j < plus) && memcmp(open + k * n, open + j * n, n) == 0) want = group[k];
      cr_assert_eq(group[j], want);
      if (want == seen) cr_assert_eq(first[seen++], j);
    }
    cr_assert_eq(groups, seen);
  }
}
