/* library.c - the golden cases of suite.py through the library alone, for machines without zlib, GMP and MPFR: prints the
 * lines of expected.txt that are about arrays. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lfap.h"

static lfap_ctx ctx = {.threads = 1};
static lfap_data uni, gau, ort, noise, wide, many;
static lfap_limit lim_uni;
static lfap_net sgd;

static void must(lfap_status s) {
  if (!s) return;
  fprintf(stderr, "library: %s\n", ctx.message);
  exit(1);
}

/* A line of suite.hex_floats; cols 0: a vector. Python writes a hexadecimal double with all digits, zero as 0x0.0p+0. */
static void show(const char *name, const char *file, const double *v, size_t rows, size_t cols) {
  const size_t size = rows * (cols ? cols : 1), step = size / 40 ? size / 40 : 1;
  uint64_t total = 0;
  for (size_t i = 0; i < size; i++) {
    uint64_t bits;
    memcpy(&bits, v + i, sizeof bits);
    total += bits;
  }
  if (cols) printf("%s/%s.npy (%zu, %zu)", name, file, rows, cols);
  else printf("%s/%s.npy (%zu,)", name, file, rows);
  printf(" bits %016" PRIx64 " every %zu:", total, step);
  for (size_t i = 0; i < size; i += step) {
    uint64_t bits;
    memcpy(&bits, v + i, sizeof bits);
    const int e = (int)(bits >> 52 & 0x7ff);
    const uint64_t digits = bits & 0xfffffffffffff;
    printf(" %s", bits >> 63 ? "-" : "");
    if (!e && !digits) printf("0x0.0p+0");
    else printf("0x%d.%013" PRIx64 "p%+d", e > 0, digits, e ? e - 1023 : -1022);
  }
  printf("\n");
}

static void show_data(const char *name, const lfap_data *d) {
  show(name, "X", d->x, d->n, d->d);
  show(name, "y", d->y, d->n, 0);
}

static void limit(const char *name, const lfap_data *d, double gamma, lfap_limit *keep) {
  lfap_limit l = {0};
  double *G = malloc(d->n * d->n * sizeof *G);
  if (!G) exit(1);
  must(lfap_gram(&ctx, G, d->x, d->n, d->d));
  must(lfap_limit_solve(&ctx, &l, d, G, gamma));
  show(name, "lambda", l.lambda, l.n, 0);
  show(name, "omega", l.omega, l.n, 0);
  show(name, "slopes", l.c2.slope, l.n, 0);
  show(name, "w", l.w, l.d, 0);
  free(G);
  if (keep) *keep = l;
  else lfap_limit_free(&l);
}

typedef struct {
  lfap_method method;
  lfap_loss loss;
  lfap_form form;
  double gamma;
  size_t m;
  uint64_t seed;
  size_t epochs;
  double lr;
} training;

static void train(const char *name, lfap_data *d, training t, lfap_net *keep) {
  lfap_net net = {0};
  lfap_train_opts o;
  lfap_set set = {.data = d};
  lfap_train_defaults(&o, t.method);
  o.loss = t.loss, o.form = t.form, o.epochs = t.epochs;
  if (t.lr > 0) o.lr = t.lr;
  must(lfap_net_init(&ctx, &net, t.m, d->d, t.gamma, t.seed, 1.0));
  show(name, "W0", net.w, net.m, net.d);
  must(lfap_set_train(&ctx, &net, NULL, &set, &o));
  show(name, "W", net.w, net.m, net.d);
  lfap_set_free(&set);
  if (keep) *keep = net;
  else lfap_net_free(&net);
}

typedef enum { GEOMETRY, GRADIENT, PGD } source;

static void perturb(const char *name, source from, lfap_perturb_opts o) {
  lfap_perturbed p = {0};
  if (from == GEOMETRY) must(lfap_perturb_geometry(&ctx, &p, noise.x, noise.y, lim_uni.w, &o, noise.n, noise.d));
  if (from == GRADIENT) must(lfap_perturb_gradient(&ctx, &p, noise.x, noise.y, &sgd, &o, noise.n));
  if (from == PGD) must(lfap_perturb_pgd(&ctx, &p, noise.x, noise.y, &sgd, &o, noise.n));
  show(name, "X", p.x, p.n, p.d);
  show(name, "y", noise.y, noise.n, 0);
  show(name, "eta", p.eta, p.n, p.d);
  lfap_perturbed_free(&p);
}

/* SETUP of suite.py */
static void sets(void) {
  must(lfap_gen_uniform(&ctx, &uni, 11, 9, 331));
  must(lfap_gen_gauss(&ctx, &gau, 12, 14, 97));
  must(lfap_gen_orthogonal(&ctx, &ort, 13, 5, 64));
  must(lfap_gen_uniform(&ctx, &noise, 14, 6, 331));
  must(lfap_gen_uniform(&ctx, &wide, 16, 5, 1025));
  must(lfap_gen_gauss(&ctx, &many, 17, 520, 530));
  show_data("uni", &uni), show_data("gau", &gau), show_data("ort", &ort), show_data("noise", &noise);
  show_data("wide", &wide), show_data("many", &many);
}

static void limits(void) {
  limit("lim_uni", &uni, 0.4, &lim_uni);
  limit("lim_gau", &gau, 0.01, NULL);
  limit("lim_ort", &ort, 0.9, NULL);
  limit("again", &gau, 0.3, NULL);
  limit("lim_wide", &wide, 0.4, NULL);
  limit("lim_many", &many, 0.9, NULL);
}

static void trainings(void) {
  const lfap_method gd = LFAP_METHOD_GD, flow = LFAP_METHOD_FLOW;
  const lfap_loss e = LFAP_LOSS_EXP, l = LFAP_LOSS_LOGISTIC;
  const lfap_form automatic = LFAP_FORM_AUTO;
  train("sgd", &uni, (training){LFAP_METHOD_SGD, e, automatic, 0.01, 10, 3, 120, 0.01}, &sgd);
  train("gd", &uni, (training){gd, e, automatic, 0.4, 10, 3, 60, 0.05}, NULL);
  train("gd_log", &gau, (training){gd, l, automatic, 0.2, 6, 4, 60, 0.05}, NULL);
  train("flow", &uni, (training){flow, e, automatic, 0.4, 10, 3, 400, 0}, NULL);
  train("flow_log", &uni, (training){flow, l, automatic, 0.4, 6, 5, 400, 0}, NULL);
  train("outputs", &gau, (training){gd, e, LFAP_FORM_PLAIN, 0.2, 514, 6, 4, 0.05}, NULL);
  train("outputs_gram", &gau, (training){gd, e, LFAP_FORM_GRAM, 0.2, 514, 6, 4, 0.05}, NULL);
}

static void perturbations(void) {
  perturb("p_l2", GEOMETRY, (lfap_perturb_opts){.norm = LFAP_L2, .eps = 1.5});
  perturb("p_linf", GEOMETRY, (lfap_perturb_opts){.norm = LFAP_LINF, .eps = 0.1});
  perturb("p_l0", GEOMETRY, (lfap_perturb_opts){.norm = LFAP_L0, .eps = 0.5, .k = 17});
  perturb("g_l2", GRADIENT, (lfap_perturb_opts){.norm = LFAP_L2, .eps = 1});
  const lfap_perturb_opts in = {.norm = LFAP_L2, .eps = 0.5, .steps = 20, .has_range = 1, .lo = -1, .hi = 1};
  lfap_perturb_opts o = in;
  perturb("pgd_l2", PGD, o);
  o.norm = LFAP_LINF, o.eps = 0.05;
  perturb("pgd_linf", PGD, o);
  o.norm = LFAP_L0, o.eps = 0.3, o.steps = 16;
  perturb("pgd_l0", PGD, o);
}

int main(void) {
  sets();
  limits();
  trainings();
  perturbations();
  lfap_data_free(&uni), lfap_data_free(&gau), lfap_data_free(&ort), lfap_data_free(&noise), lfap_data_free(&wide);
  lfap_data_free(&many), lfap_limit_free(&lim_uni), lfap_net_free(&sgd);
  return 0;
}
