/* compare_readout.c - the network of `lfap compare`: the rows of W, with its biases and its output layer, folded into a
 * plain network (net/readout.h). */
#include <math.h>
#include <stdlib.h>

#include "cli/compare.h"

/* A vector of m entries; a matrix is an output layer of several classes. */
static lfap_status neuron_vector(cli *c, lfap_mat *out, const char *path, const char *what, size_t m) {
  lfap_mat v = {0};
  lfap_status s = lfap_npy_read(&c->ctx, &v, path);
  if (s) return s;
  size_t outputs = v.cols == m ? v.rows : v.rows == m ? v.cols : 0;
  if (outputs == 2)
    s = lfap_fail(
        &c->ctx, LFAP_ERR_DATA,
        "%s: shape (%zu, %zu): two outputs, one a class; this network has one, f = f_2 - f_1: save v[1] - v[0] "
        "(and the labels as +1 for the second class, -1 for the first)",
        path, v.rows, v.cols);
  else if (outputs > 2)
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA,
                  "%s: shape (%zu, %zu): %zu classes; the theory is about two, the sign of one output f: choose two "
                  "classes and save the difference of their rows",
                  path, v.rows, v.cols, outputs);
  else if (outputs != 1)
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: shape (%zu, %zu); %s has one entry for each of the m = %zu rows of W",
                  path, v.rows, v.cols, what, m);
  if (s) lfap_mat_free(&v);
  else *out = v;
  return s;
}

static lfap_status signs_check(cli *c, const lfap_mat *s, const char *path, size_t m) {
  for (size_t j = 0; j < m; j++)
    if (s->v[j] != 1.0 && s->v[j] != -1.0)
      return lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: sign %zu is %.17g; a sign is +1 or -1", path, j, s->v[j]);
  return LFAP_OK;
}

/* Sizes with signs of their own have to be theirs. */
static lfap_status join(cli *c, double *v, const double *sign, const compare_args *a, size_t m) {
  int sizes = 1;
  for (size_t j = 0; j < m; j++) sizes &= v[j] >= 0.0;
  for (size_t j = 0; j < m; j++) {
    if (!sizes && v[j] * sign[j] < 0.0)
      return lfap_fail(
          &c->ctx, LFAP_ERR_DATA,
          "%s: output weight %zu is %g, its sign in %s is %+g: they are of different orders of the rows, or "
          "networks; give --output-weights alone",
          a->output, j, v[j], a->signs, sign[j]);
    if (sizes) v[j] *= sign[j];
  }
  return LFAP_OK;
}

/* The output weights of m rows; NULL where none are given, and m has to be even then. */
static lfap_status output_layer(cli *c, double **out, const compare_args *a, size_t m) {
  lfap_mat v = {0}, sign = {0};
  lfap_status s = a->output ? neuron_vector(c, &v, a->output, "the output layer", m) : LFAP_OK;
  if (!s && a->signs) s = neuron_vector(c, &sign, a->signs, "the signs", m);
  if (!s && a->signs) s = signs_check(c, &sign, a->signs, m);
  if (!s && v.v && sign.v) s = join(c, v.v, sign.v, a, m);
  if (!s && !v.v && !sign.v) s = cli_even(c, m, a->weights ? a->weights : a->data);
  for (size_t j = 0; !s && sign.v && !v.v && j < m; j++) sign.v[j] = copysign(1.0 / sqrt((double)m), sign.v[j]);
  if (!s && v.v) {
    *out = v.v;
    v.v = NULL;
  } else if (!s) {
    *out = sign.v;
    sign.v = NULL;
  }
  lfap_mat_free(&v);
  lfap_mat_free(&sign);
  return s;
}

lfap_status compare_network(cli *c, compare_run *r) {
  lfap_mat w = {0};
  r->here = cli_origin_of_run(&r->data, r->data.d, r->a.gamma);
  lfap_status s = cli_rows_read(c, &w, r->a.weights, r->a.data, &r->here, &r->net_of);
  if (!s && !w.v) s = cli_weights_missing(c, r->a.data);
  if (s) return s;
  r->given = (lfap_net){.m = w.rows, .d = w.cols, .gamma = r->a.gamma, .w = w.v};
  s = output_layer(c, &r->given.a, &r->a, w.rows);
  if (!s) s = lfap_net_masses(&c->ctx, &r->masses, &r->given);
  if (!s) s = lfap_net_fold(&c->ctx, &r->net, &r->readout, &r->given);
  if (!s) s = lfap_fold_error(&c->ctx, &r->rounding, &r->given, &r->readout, r->data.x, r->data.n);
  r->judged = r->readout.kind == LFAP_READOUT_OTHER && !r->a.trained ? &r->given : &r->net;
  return s;
}
