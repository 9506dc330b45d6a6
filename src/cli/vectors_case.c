/* vectors_case.c - the arrays of one case of `lfap vectors`, in the order in which an implementation computes them:
 * Gram matrix, Q and the limit (Q1), five epochs of sgd (N5), boundary functions (N8), perturbations of every norm
 * (P1), the limit of each adversarial set and its split (T3). Everything comes from the library; nothing is computed
 * twice. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/vectors.h"
#include "fields.h"
#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "kernel/network.h"
#include "kernel/cpform.h"
#include "kernel/qform.h"
#include "kernel/rows.h"
#include "keys.h"

/* A case being written: the first failure stays in `status` and makes every later step do nothing. */
typedef struct {
  cli *c;
  const cli_vectors_case *k;
  const char *dir;
  lfap_json meta;
  size_t arrays;
  lfap_status status;
  lfap_data data, bases;
  lfap_limit lim;
  lfap_limit adv[LFAP_NORMS]; /* of the adversarial set of each norm */
  lfap_mat probes, row;       /* row: one value a probe */
  lfap_net net;               /* after the last epoch */
} book;

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static lfap_status put_hex(cli *c, const char *dir, const char *name, const double *v, size_t rows, size_t cols) {
  lfap_text t = {0};
  for (size_t i = 0; i < rows * cols; i++) {
    lfap_text_hex(&t, v[i]);
    lfap_text_puts(&t, (i + 1) % cols ? " " : "\n");
  }
  lfap_status s = cli_out_text(c, dir, name, &t);
  lfap_text_free(&t);
  return s;
}

/* NAME.npy, NAME.hex and its entry in meta.json; cols 0 stands for a vector of `rows` entries. */
static void put_array(book *b, const char *prefix, const char *name, double *v, size_t rows, size_t cols) {
  char full[32], file[40], sha[CLI_SHA256];
  int ndim = cols ? 2 : 1;
  if (!cols) cols = 1;
  if (b->status) return;
  snprintf(full, sizeof full, "%s%s%s", prefix, prefix[0] ? "_" : "", name);
  snprintf(file, sizeof file, "%s.npy", full);
  b->status =
      ndim == 2 ? cli_out_matrix(b->c, b->dir, file, v, rows, cols) : cli_out_vector(b->c, b->dir, file, v, rows);
  snprintf(file, sizeof file, "%s.hex", full);
  if (!b->status) b->status = put_hex(b->c, b->dir, file, v, ndim == 1 ? 1 : rows, ndim == 1 ? rows : cols);
  if (b->status) return;
  cli_sha256(sha, v, rows * cols, NULL, 0);
  cli_put_vectors_array(b->c, &b->meta, full, &(cli_vectors_array){{rows, cols}, (size_t)ndim, sha});
  b->arrays++;
}

/* ---- natural data ------------------------------------------------------------------------------------------------ */

static lfap_status draw(book *b, lfap_data *out, uint64_t seed, size_t n) {
  lfap_ctx *ctx = &b->c->ctx;
  return b->k->gauss ? lfap_gen_gauss(ctx, out, seed, n, b->k->d) : lfap_gen_uniform(ctx, out, seed, n, b->k->d);
}

/* u or v: positive rows of W* with side +1, negative ones with side -1. */
static void put_row(book *b, const char *name, const lfap_data *data, const lfap_limit *l, double side) {
  lfap_mat c = {0}, r = {0};
  if (!b->status) b->status = lfap_vec_alloc(&b->c->ctx, &c, data->n);
  if (!b->status) b->status = lfap_vec_alloc(&b->c->ctx, &r, data->d);
  if (!b->status) {
    lfap_cp_coef(c.v, l->c2.alpha, l->c2.beta, data->y, side, l->gamma, data->n);
    lfap_scale(c.v, side * (1.0 / sqrt((double)b->k->m)), c.v, data->n);
    lfap_chain(r.v, c.v, data->x, data->n, data->d);
    put_array(b, "", name, r.v, data->d, 0);
  }
  lfap_mat_free(&c);
  lfap_mat_free(&r);
}

static void put_limit(book *b) {
  size_t n = b->k->n;
  lfap_mat G = {0}, Q = {0};
  if (!b->status) b->status = lfap_mat_alloc(&b->c->ctx, &G, n, n);
  if (!b->status) b->status = lfap_mat_alloc(&b->c->ctx, &Q, n, n);
  if (!b->status) b->status = lfap_gram(&b->c->ctx, G.v, b->data.x, n, b->k->d);
  if (!b->status) b->status = lfap_limit_solve(&b->c->ctx, &b->lim, &b->data, G.v, b->k->gamma);
  for (size_t i = 0; !b->status && i < n; i++)
    lfap_q_row(Q.v + i * n, G.v + i * n, b->data.y, b->data.y[i], b->k->gamma, n);
  put_array(b, "", "G", G.v, n, n);
  put_array(b, "", "Q", Q.v, n, n);
  put_array(b, "", "lambda", b->lim.lambda, n, 0);
  put_array(b, "", "omega", b->lim.omega, n, 0);
  put_array(b, "", "w", b->lim.w, b->k->d, 0);
  put_row(b, "u", &b->data, &b->lim, 1.0);
  put_row(b, "v", &b->data, &b->lim, -1.0);
  lfap_mat_free(&G);
  lfap_mat_free(&Q);
}

static void put_natural(book *b) {
  const cli_vectors_case *k = b->k;
  b->status = draw(b, &b->data, k->seed, k->n);
  for (size_t i = 0; !b->status && i < k->n; i++) b->data.y[i] = i % 2 ? -1.0 : 1.0;
  put_array(b, "", "X", b->data.x, k->n, k->d);
  put_array(b, "", "y", b->data.y, k->n, 0);
  put_limit(b);
}

/* ---- training ---------------------------------------------------------------------------------------------------- */

/* Weights after `epochs` epochs from the start; the momentum is not kept between calls, so each begins anew. */
static void train_case(book *b, lfap_history *h, size_t epochs) {
  const cli_vectors_case *k = b->k;
  lfap_train_opts o;
  lfap_train_defaults(&o, LFAP_METHOD_SGD);
  o.lr = k->lr;
  o.form = LFAP_FORM_PLAIN; /* N5 */
  o.epochs = epochs;
  lfap_net_free(&b->net);
  if (!b->status) b->status = lfap_net_init(&b->c->ctx, &b->net, k->m, k->d, k->gamma, k->seed + 3, 1.0);
  if (!b->status && epochs) b->status = lfap_train(&b->c->ctx, &b->net, h, &b->data, &o);
}

static void put_training(book *b) {
  const cli_vectors_case *k = b->k;
  double loss[VECTORS_EPOCHS], lr[VECTORS_EPOCHS];
  lfap_mat f = {0};
  if (!b->status) b->status = lfap_mat_alloc(&b->c->ctx, &f, VECTORS_EPOCHS + 1, k->n);
  for (size_t e = 0; !b->status && e <= VECTORS_EPOCHS; e++) {
    lfap_history h = {0};
    char name[8];
    train_case(b, &h, e);
    snprintf(name, sizeof name, "W%zu", e);
    put_array(b, "", name, b->net.w, k->m, k->d);
    if (!b->status) b->status = lfap_net_eval(&b->c->ctx, f.v + e * k->n, &b->net, b->data.x, k->n);
    if (!b->status && e) loss[e - 1] = h.row[e - 1].loss, lr[e - 1] = h.row[e - 1].lr;
    lfap_history_free(&h);
  }
  put_array(b, "", "sgd_loss", loss, VECTORS_EPOCHS, 0);
  put_array(b, "", "sgd_lr", lr, VECTORS_EPOCHS, 0);
  put_array(b, "", "sgd_f", f.v, VECTORS_EPOCHS + 1, k->n);
  lfap_mat_free(&f);
}

/* ---- boundary functions at the probes ---------------------------------------------------------------------------- */

static void put_linear(book *b, const char *prefix, const char *name, const double *w) {
  if (b->status) return;
  lfap_gemv(b->row.v, b->probes.v, w, VECTORS_PROBES, b->k->d);
  put_array(b, prefix, name, b->row.v, VECTORS_PROBES, 0);
}

static void put_probes(book *b) {
  lfap_data z = {0};
  if (!b->status) b->status = lfap_gen_uniform(&b->c->ctx, &z, b->k->seed + 2, VECTORS_PROBES, b->k->d);
  if (!b->status) b->status = lfap_vec_alloc(&b->c->ctx, &b->row, VECTORS_PROBES);
  if (!b->status) {
    b->probes = (lfap_mat){.rows = VECTORS_PROBES, .cols = b->k->d, .ndim = 2, .v = z.x};
    z.x = NULL;
    put_array(b, "", "Z", b->probes.v, VECTORS_PROBES, b->k->d);
    put_linear(b, "", "f_bdy", b->lim.w);
  }
  if (!b->status) b->status = lfap_net_eval(&b->c->ctx, b->row.v, &b->net, b->probes.v, VECTORS_PROBES);
  put_array(b, "", "f", b->row.v, VECTORS_PROBES, 0);
  lfap_data_free(&z);
}

/* ---- perturbations and what is learned from them ----------------------------------------------------------------- */

/* T3 at the probes: w_data = sum omega_n t_n b_n, T_pert = (eps sum omega) <e, z>, f_adv = <w_adv, z>. */
static void put_split(book *b, const char *prefix, lfap_norm norm) {
  size_t d = b->k->d;
  const lfap_limit *adv = &b->adv[norm];
  lfap_mat v = {0};
  double dual;
  if (!b->status) b->status = lfap_vec_alloc(&b->c->ctx, &v, d);
  for (size_t i = 0; !b->status && i < adv->n; i++)
    lfap_axpy(v.v, adv->omega[i] * b->bases.y[i], b->bases.x + i * d, d);
  put_linear(b, prefix, "T_data", v.v);
  if (!b->status) b->status = lfap_perturb_unit(&b->c->ctx, v.v, &dual, b->lim.w, norm, b->k->k, d);
  if (!b->status) {
    lfap_gemv(b->row.v, b->probes.v, v.v, VECTORS_PROBES, d);
    lfap_scale(b->row.v, b->k->eps[norm] * lfap_sum(adv->n, adv->omega), b->row.v, VECTORS_PROBES);
    put_array(b, prefix, "T_pert", b->row.v, VECTORS_PROBES, 0);
  }
  put_linear(b, prefix, "f_adv", adv->w);
  lfap_mat_free(&v);
}

static void put_pgd(book *b, const char *prefix, lfap_norm norm) {
  const cli_vectors_case *k = b->k;
  lfap_perturb_opts o = {
      .norm = norm, .eps = k->eps[norm], .steps = VECTORS_PGD_STEPS, .has_range = !k->gauss, .lo = -1.0, .hi = 1.0};
  lfap_perturbed p = {0};
  if (!b->status) b->status = lfap_perturb_pgd(&b->c->ctx, &p, b->bases.x, b->bases.y, &b->net, &o, k->n_adv);
  put_array(b, prefix, "pgd", p.x, k->n_adv, k->d);
  lfap_perturbed_free(&p);
}

static void put_norm(book *b, lfap_norm norm) {
  const cli_vectors_case *k = b->k;
  const char *name = lfap_norm_name(norm);
  lfap_perturb_opts o = {.norm = norm, .eps = k->eps[norm], .k = k->k};
  lfap_perturbed p = {0};
  lfap_limit *adv = &b->adv[norm];
  if (!b->status)
    b->status = lfap_perturb_geometry(&b->c->ctx, &p, b->bases.x, b->bases.y, b->lim.w, &o, k->n_adv, k->d);
  put_array(b, name, "eta", p.eta, k->n_adv, k->d);
  put_array(b, name, "X", p.x, k->n_adv, k->d);
  lfap_data set = {.n = k->n_adv, .d = k->d, .x = p.x, .y = b->bases.y};
  if (!b->status) b->status = lfap_limit_solve(&b->c->ctx, adv, &set, NULL, k->gamma);
  put_array(b, name, "lambda", adv->lambda, k->n_adv, 0);
  put_array(b, name, "omega", adv->omega, k->n_adv, 0);
  put_array(b, name, "w", adv->w, k->d, 0);
  put_split(b, name, norm);
  put_pgd(b, name, norm);
  lfap_perturbed_free(&p);
}

static void put_adversarial(book *b) {
  if (!b->status) b->status = draw(b, &b->bases, b->k->seed + 1, b->k->n_adv);
  put_array(b, "", "B", b->bases.x, b->k->n_adv, b->k->d);
  put_array(b, "", "t", b->bases.y, b->k->n_adv, 0);
  for (int norm = 0; norm < LFAP_NORMS; norm++)
    if (b->k->eps[norm] > 0) put_norm(b, (lfap_norm)norm);
}

/* ---- meta.json --------------------------------------------------------------------------------------------------- */

static void meta_begin(book *b) {
  b->meta.indent = 2;
  lfap_json_object_begin(&b->meta, NULL);
  cli_put_vectors_head_fields(b->c, &b->meta, b->k);
  lfap_json_object_begin(&b->meta, LFAP_KEY_arrays);
}

static void meta_end(book *b) {
  char sha[CLI_SHA256];
  if (b->status) return;
  lfap_json_object_end(&b->meta);
  cli_sha256(sha, b->data.x, b->data.n * b->data.d, b->data.y, b->data.n);
  cli_put_vectors_sets_fields(b->c, &b->meta, &(cli_vectors_limits){&b->lim, b->adv, sha});
  b->status = cli_set_end(b->c, &b->meta, sha);
}

lfap_status cli_vectors_write(cli *c, const cli_vectors_case *k, const char *dir, size_t *arrays) {
  book b = {.c = c, .k = k, .dir = dir};
  meta_begin(&b);
  b.status = cli_set_begin(c, dir);
  c->set.unlisted = 1;
  if (!b.status) put_natural(&b);
  put_training(&b);
  put_probes(&b);
  put_adversarial(&b);
  meta_end(&b);
  *arrays = b.arrays;
  lfap_json_free(&b.meta);
  lfap_data_free(&b.data);
  lfap_data_free(&b.bases);
  lfap_limit_free(&b.lim);
  for (int norm = 0; norm < LFAP_NORMS; norm++) lfap_limit_free(&b.adv[norm]);
  lfap_mat_free(&b.probes);
  lfap_mat_free(&b.row);
  lfap_net_free(&b.net);
  return b.status;
}
