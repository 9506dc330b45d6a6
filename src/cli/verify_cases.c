/* verify_cases.c - the cases of `lfap verify`: embedded ones that need no arguments, or the user's own data. Data
 * and sizes only; every judgement is in the library. */
#include <stdlib.h>
#include <string.h>

#include "cli/origin.h"

#define IMAGES_DIR "/usr/share/datasets/fashion-mnist"

/* Sizes of an embedded case. eps is in the order of lfap_norm; 0 leaves the norm out. k 0: a twentieth of d. */
typedef struct {
  const char *name, *about;
  size_t n, d, n_adv, m, m_adv, k, probes, controls;
  size_t steps, net_steps; /* of each flow, 0 for the library's choice; of the network's own, 0 for the same */
  double gamma, eps[LFAP_NORMS];
} recipe;

/* The last one runs only when it is asked for: minutes, and 3.3 GB. */
enum { UNIFORM, ORTHOGONAL, OUTSIDE, AUTHORS, FASHION, LARGE, CASES };
/* clang-format off */
static const recipe recipes[CASES] = {
    /* name, about
         N       d  N_adv   m  m_adv       k  probes  controls  steps         gamma  eps */
    {"uniform", "uniform noise, labels set alternately +1, -1",
         2,  20000,     8, 20,    20,   1000,    200,        8,     0,     0,   0.9, {5, 0.035, 0.155, 5}},
    {"orthogonal", "rows of a Hadamard matrix with random signs, labels set alternately +1, -1",
         4,  16384,     8, 20,    20,    800,    200,        8,     0,     0,   0.9, {5, 0.039, 0.175, 5}},
    {"outside", "uniform noise, labels set alternately +1, -1; (H) is far from met",
       100,  10000,   200, 20,    20,    500,    200,        4,     0,     0,   0.5, {2, 0.02, 0.1, 2}},
    {"authors", "uniform noise, labels set alternately +1, -1; the authors' slope and training",
        20,   1000,   200, 20,    20,     50,    200,        4,     0,     0,  0.01, {0.78, 0.0247, 0.11, 0.78}},
    {"fashion-mnist", "Fashion-MNIST images",
       200,    784,   784, 20,     4,      0,    200,       20,  1000, 36000,   0.5, {1, 0.03, 0.15, 1}},
    {"large", "uniform noise in three million dimensions, labels set alternately +1, -1",
         2, 3000000,  100,  4,     4, 150000,      2,        2,     0,     0,  0.95, {5, 0.0029, 0.0129}},
};
/* clang-format on */

size_t cli_case_count(void) { return CASES; }
int cli_case_unasked(size_t i) { return i != LARGE; }
const char *cli_case_name(size_t i) { return recipes[i].name; }

void cli_case_free(cli_case *k) {
  lfap_data_free(&k->data);
  lfap_data_free(&k->test);
  lfap_net_free(&k->net);
  *k = (cli_case){0};
}

/* Random labels of a few samples come out equal now and then, and one class alone has no boundary to speak of. */
static void alternate(lfap_data *data) {
  for (size_t i = 0; i < data->n; i++) data->y[i] = i % 2 ? -1.0 : 1.0;
}

static lfap_status read_images(cli *c, cli_case *k, const cli_verify_args *a) {
  lfap_images im = {0};
  const char *dir = a->images ? a->images : IMAGES_DIR;
  lfap_status s =
      lfap_images_read(&c->ctx, &im, dir, a->class_pos, a->class_neg, a->n ? a->n : recipes[FASHION].n, !a->no_center);
  if (s) return s;
  k->data = im.train;
  k->test = im.test;
  k->has_test = 1;
  free(im.mean);
  snprintf(k->name, sizeof k->name, "fashion-mnist %d/%d", a->class_pos, a->class_neg);
  snprintf(k->about, sizeof k->about,
           "Fashion-MNIST, class %d is +1 and class %d is -1, pixels / 255, %s; %zu test images", a->class_pos,
           a->class_neg, a->no_center ? "not centred" : "mean of the samples removed", k->test.n);
  return LFAP_OK;
}

static lfap_status make_data(cli *c, cli_case *k, size_t i, const cli_verify_args *a) {
  const recipe *r = &recipes[i];
  if (i == FASHION) return read_images(c, k, a);
  snprintf(k->name, sizeof k->name, "%s", r->name);
  snprintf(k->about, sizeof k->about, "%s", r->about);
  lfap_status s = i == ORTHOGONAL ? lfap_gen_orthogonal(&c->ctx, &k->data, a->seed, r->n, r->d)
                                  : lfap_gen_uniform(&c->ctx, &k->data, a->seed, r->n, r->d);
  if (!s) alternate(&k->data);
  return s;
}

/* A case's own sizes, over the library's. */
static void embed(lfap_verify_opts *o, const recipe *r) {
  o->gamma = r->gamma;
  o->n_adv = r->n_adv;
  o->m = r->m;
  o->m_adv = r->m_adv;
  if (r->k) o->k = r->k;
  o->probes = r->probes;
  o->controls = r->controls;
  if (r->steps) o->flow_steps = r->steps;
  o->net_steps = r->net_steps;
  memcpy(o->eps, r->eps, sizeof o->eps);
}

/* What the command line gives goes before both. */
static void choose(lfap_verify_opts *o, const cli_verify_args *a) {
  if (a->gamma > 0) o->gamma = a->gamma;
  o->seed = a->seed;
  if (a->n_adv) o->n_adv = a->n_adv;
  if (a->m) o->m = o->m_adv = a->m;
  if (a->k) o->k = a->k;
  o->gauss_bases = a->gauss_bases;
  if (a->probes) o->probes = a->probes;
  if (a->controls) o->controls = a->controls;
  if (a->steps) o->flow_steps = o->net_steps = a->steps;
  for (size_t i = 0; a->eps_given && i < LFAP_NORMS; i++) o->eps[i] = i < a->eps_given ? a->eps[i] : 0;
}

/* The published experiments: 1000 epochs of gradient descent with momentum, at learning rate 0.01. */
static void as_published(cli_case *k) {
  lfap_train_defaults(&k->training, LFAP_METHOD_SGD);
  k->training.epochs = 1000;
  k->opts.training = &k->training;
}

static void point(cli_case *k) {
  k->opts.name = k->name;
  k->opts.data = &k->data;
  k->opts.test = k->has_test ? &k->test : NULL;
  k->opts.net = k->has_net ? &k->net : NULL;
}

static lfap_status check_k(cli *c, const cli_case *k, const cli_verify_args *a) {
  size_t d = k->data.d - (k->data.bias != 0);
  if (a->k <= d) return LFAP_OK;
  return lfap_fail(&c->ctx, LFAP_ERR_DATA, "--k %zu: the samples of %s have d = %zu entries; give at most that", a->k,
                   k->name[0] ? k->name : a->data, d);
}

lfap_status cli_case_default(cli *c, cli_case *out, size_t i, const cli_verify_args *a) {
  lfap_status s = make_data(c, out, i, a);
  if (!s && c->bias) s = lfap_data_with_one(&c->ctx, &out->data);
  if (!s && c->bias && out->has_test) s = lfap_data_with_one(&c->ctx, &out->test);
  if (!s) s = check_k(c, out, a);
  if (s) {
    cli_case_free(out);
    return s;
  }
  lfap_verify_defaults(&out->opts, &out->data);
  embed(&out->opts, &recipes[i]);
  choose(&out->opts, a);
  if (i == AUTHORS) as_published(out);
  point(out);
  return LFAP_OK;
}

static lfap_status read_user(cli *c, cli_case *k, const cli_verify_args *a) {
  lfap_status s = cli_data_read(c, &k->data, a->data, a->labels);
  if (s) return s;
  k->here = cli_origin_of_run(&k->data, k->data.d, a->gamma);
  s = cli_weights_read(c, &k->net, &k->has_net, a->weights, a->data, &k->here, &k->net_of);
  if (!s && a->test) {
    s = cli_data_read(c, &k->test, a->test, a->test_labels);
    k->has_test = !s;
    if (!s && k->test.d != k->data.d)
      s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: d = %zu, but the data have d = %zu", a->test, k->test.d, k->data.d);
  }
  if (!s) s = check_k(c, k, a);
  return s;
}

lfap_status cli_case_user(cli *c, cli_case *out, const cli_verify_args *a) {
  lfap_status s = read_user(c, out, a);
  if (s) {
    cli_case_free(out);
    return s;
  }
  lfap_verify_defaults(&out->opts, &out->data);
  out->opts.checked = 1;
  choose(&out->opts, a);
  size_t len = strlen(a->data), tail = len < sizeof out->name ? 0 : len - sizeof out->name + 1;
  snprintf(out->name, sizeof out->name, "%s", a->data + tail);
  snprintf(out->about, sizeof out->about, "data of yours%s%s", out->has_net ? ", network of yours" : "",
           out->has_test ? ", test points of yours" : "");
  point(out);
  return LFAP_OK;
}
