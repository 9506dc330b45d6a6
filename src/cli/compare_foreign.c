/* compare_foreign.c - the perturbed set of a foreign run, and the signs of the boundary that an enclosure decides. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/compare.h"
#include "data/scale.h"
#include "io/file.h"

void compare_free(compare_run *r) {
  lfap_data_free(&r->data);
  lfap_net_free(&r->given);
  lfap_net_free(&r->net);
  lfap_case_free(&r->lines);
  lfap_limit_free(&r->lim);
  cli_ending_free(&r->ending);
  lfap_mat_free(&r->probes);
  lfap_mat_free(&r->f);
  lfap_mat_free(&r->points);
  lfap_mat_free(&r->targets);
  if (r->own_bases) lfap_mat_free(&r->bases);
  lfap_mat_free(&r->lambda);
  lfap_mat_free(&r->outputs);
  lfap_mat_free(&r->slack);
  oracle_cert_free(&r->cert);
  for (size_t i = 0; i < r->arrays; i++) free(r->array[i].name);
  free(r->array);
}

/* ---- perturbations ----------------------------------------------------------------------------------------------- */

static lfap_status read_bases(cli *c, compare_run *r) {
  if (r->a.bases) {
    lfap_status s = lfap_npy_read_samples(&c->ctx, &r->bases, r->a.bases);
    if (s) return s;
    r->own_bases = 1;
    if (c->bias && (s = lfap_mat_with_column(&c->ctx, &r->bases, NULL))) return s;
  } else
    r->bases = (lfap_mat){.rows = r->data.n,
                          .cols = r->data.d,
                          .ndim = 2,
                          .v = r->data.x,
                          .unit = r->data.unit,
                          .unit_read = r->data.unit_read};
  if (r->points.cols != r->data.d || r->bases.rows != r->points.rows || r->bases.cols != r->points.cols ||
      r->bases.ndim != 2)
    return lfap_fail(
        &c->ctx, LFAP_ERR_DATA,
        "%s: shape (%zu, %zu), its bases (%s) (%zu, %zu) and the data have d = %zu; give each perturbed point its base",
        r->a.adversarial, r->points.rows, r->points.cols, r->a.bases ? r->a.bases : "the samples; or give --bases",
        r->bases.rows, r->bases.cols, r->data.d);
  return LFAP_OK;
}

lfap_status compare_perturbed(cli *c, compare_run *r) {
  const compare_args *a = &r->a;
  struct stat st;
  if (stat(a->adversarial, &st) != 0) /* one look: what it is of must not hang on a second one */
    return lfap_fail(&c->ctx, lfap_status_of(errno, LFAP_ERR_NOINPUT),
                     "%s: not there: %s; --adversarial takes a directory with X.npy and y.npy, or an NPY file",
                     a->adversarial, strerror(errno));
  r->a.o.norm = (lfap_norm)a->norm;
  r->a.o.bias = c->bias;
  lfap_status s = cli_pairs_read(c, &r->points, &r->targets, a->adversarial, a->targets);
  if (!s && S_ISDIR(st.st_mode)) {
    s = cli_origin_made_from(c, &r->made_from, a->adversarial);
    if (!s) cli_origin_note(c, a->adversarial, &r->here, &r->made_from);
  }
  if (!s) s = read_bases(c, r);
  if (!s) s = lfap_rows_in_range(&c->ctx, a->bases ? a->bases : a->data, r->bases.v, r->bases.rows, r->bases.cols);
  if (!s) s = lfap_rows_in_range(&c->ctx, a->adversarial, r->points.v, r->points.rows, r->points.cols);
  return s ? s
           : lfap_p1_of(&c->ctx, &r->p1, &r->net, &r->bases, &r->points, r->targets.v, r->no_limit[0] ? NULL : r->lim.w,
                        &r->a.o);
}

/* ---- certified signs --------------------------------------------------------------------------------------------- */

/* want[i]: the sign to be confirmed. */
static lfap_status signs(cli *c, compare_signs *out, const oracle_vector *w, const double *Z, const double *want,
                         size_t n) {
  int *sign = calloc(n, sizeof *sign);
  lfap_status s = sign ? LFAP_OK : lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory: %zu signs", n);
  if (!s && w->valid) s = oracle_sign_points(&c->ctx, sign, w, Z, n);
  compare_signs k = {.of = n};
  for (size_t i = 0; !s && i < n; i++) {
    int wanted = (want[i] > 0) - (want[i] < 0);
    k.with += sign[i] != 0 && sign[i] == wanted;
    k.against += sign[i] != 0 && sign[i] != wanted;
  }
  free(sign);
  if (!s) *out = k;
  return s;
}

/* Enclosures are of the setting's limit, which that of equal output weights is up to a factor. */
static void no_boundary(compare_run *r) {
  const char *why = r->no_limit[0] ? r->no_limit
                    : r->readout.kind == LFAP_READOUT_OTHER
                        ? "enclosures are of output weights of one size, as many of "
                          "each sign; this output layer is another one"
                        : "";
  snprintf(r->no_boundary, sizeof r->no_boundary, "%.255s", why);
}

lfap_status compare_certify(cli *c, compare_run *r) {
  no_boundary(r);
  if (r->no_boundary[0]) return LFAP_OK;
  oracle_opts o = {0};
  oracle_vector w = {0};
  lfap_status s = cli_certify_run(c, &r->cert, NULL, &r->data, r->a.gamma, &o);
  if (!s) r->certificate = cli_certificate_of(&r->cert);
  if (!s) s = oracle_settle(&c->ctx, &r->lines, 0, &r->cert, &r->lim, "data");
  if (!s) s = oracle_boundary(&c->ctx, &w, &r->cert, &r->data, NULL);
  if (!s && !oracle_boundary_of(&r->cert, &r->lim)) w.valid = 0;
  if (!s) s = signs(c, &r->at_probes, &w, r->probes.v, r->f.v, r->probes.rows);
  if (!s && r->a.adversarial) s = signs(c, &r->at_points, &w, r->points.v, r->targets.v, r->points.rows);
  if (!s && r->a.lambda) r->lambda_off = r->lim.c2.bent ? NAN : oracle_cert_distance(&r->cert, r->lambda.v);
  oracle_vector_free(&w);
  return s;
}
