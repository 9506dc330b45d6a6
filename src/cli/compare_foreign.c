/* compare_foreign.c - the parts of a foreign run beyond its weights: its perturbed set, its numbers, its directory of
 * arrays, and the signs of the boundary that an enclosure decides. */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/compare.h"
#include "data/scale.h"

void compare_free(compare_run *r) {
  lfap_data_free(&r->data);
  lfap_net_free(&r->net);
  lfap_limit_free(&r->lim);
  cli_ending_free(&r->ending);
  lfap_mat_free(&r->probes);
  lfap_mat_free(&r->f);
  lfap_mat_free(&r->points);
  lfap_mat_free(&r->targets);
  if (r->own_bases) lfap_mat_free(&r->bases);
  lfap_mat_free(&r->lambda);
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
  if (!cli_is_dir(a->adversarial) && !cli_is_file(a->adversarial))
    return lfap_fail(&c->ctx, LFAP_ERR_NOINPUT,
                     "%s: not there; --adversarial takes a directory with X.npy and y.npy, or an NPY file",
                     a->adversarial);
  r->a.o.norm = (lfap_norm)a->norm;
  lfap_status s = cli_pairs_read(c, &r->points, &r->targets, a->adversarial, a->targets);
  if (!s && cli_is_dir(a->adversarial)) {
    s = cli_origin_made_from(c, &r->made_from, a->adversarial);
    if (!s) cli_origin_note(c, a->adversarial, &r->here, &r->made_from);
  }
  if (!s) s = read_bases(c, r);
  if (!s) s = lfap_rows_in_range(&c->ctx, a->bases ? a->bases : a->data, r->bases.v, r->bases.rows, r->bases.cols);
  if (!s) s = lfap_rows_in_range(&c->ctx, a->adversarial, r->points.v, r->points.rows, r->points.cols);
  return s ? s : lfap_p1_of(&c->ctx, &r->p1, &r->net, &r->bases, &r->points, r->targets.v, r->lim.w, &r->a.o);
}

/* ---- arrays ------------------------------------------------------------------------------------------------------ */

/* `error`: what computing in the precision of `its` may cost an entry; NULL: nothing. */
static lfap_status add_difference(cli *c, compare_run *r, const char *name, const char *against, const lfap_mat *its,
                                  const lfap_mat *other, const double *error) {
  compare_array *grown = realloc(r->array, (r->arrays + 1) * sizeof *grown);
  if (!grown) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory");
  r->array = grown;
  compare_array *k = &grown[r->arrays];
  *k = (compare_array){.against = against,
                       .other_rows = other->rows,
                       .other_cols = other->cols,
                       .other_ndim = other->ndim,
                       .missing = !its};
  k->name = malloc(strlen(name) + 1);
  if (!k->name) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory");
  strcpy(k->name, name);
  r->arrays++;
  if (!its) return LFAP_OK;
  k->rows = its->rows;
  k->cols = its->cols;
  k->ndim = its->ndim;
  k->same_shape = its->rows == other->rows && its->cols == other->cols && its->ndim == other->ndim;
  k->unit = fmax(its->unit, other->unit);
  k->unit_read = its->unit >= other->unit ? its->unit_read : other->unit_read;
  if (k->same_shape)
    lfap_difference_of(&k->d, (lfap_rounded){its->v, its->unit}, (lfap_rounded){other->v, other->unit}, error,
                       its->rows * its->cols);
  return LFAP_OK;
}

/* A vector the run brought along. */
static lfap_status vector_read(cli *c, lfap_mat *its, const char *name, const char *path, size_t n) {
  lfap_status s = lfap_npy_read(&c->ctx, its, path);
  if (s) return s;
  if (its->rows * its->cols != n || (its->rows != n && its->cols != n))
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: shape (%zu, %zu); %s has one entry for each of %zu", path, its->rows,
                     its->cols, name, n);
  its->rows = n; /* a row or a column counts as a vector */
  its->cols = 1;
  its->ndim = 1;
  return LFAP_OK;
}

static lfap_mat computed(double *v, size_t n) {
  return (lfap_mat){.rows = n, .cols = 1, .ndim = 1, .v = v, .unit = 0x1p-53};
}

/* What rounding to `unit` in every operation of N4, in any order, may cost an output: k = d + m + 4 roundings one upon
   the other, two sums of d and m terms and four more, so k u/(1 - k u) times sum_j |a_j| sum_i |w_ji z_i|. Coarser than
   single precision, sums are kept in that, and W, z and the inner values are rounded to `unit` too: 8 more. */
static lfap_status output_errors(cli *c, lfap_mat *out, const compare_run *r, double unit) {
  size_t n = r->probes.rows, m = r->net.m, d = r->net.d;
  double ku = fmin(unit, 0x1p-24) * ((double)d + (double)m + 4.0) + (unit > 0x1p-24 ? 8.0 * unit : 0.0);
  double share = ku < 1.0 ? ku / (1.0 - ku) : INFINITY;
  lfap_mat size = {0};
  lfap_status s = lfap_vec_alloc(&c->ctx, out, n);
  if (!s) s = lfap_vec_alloc(&c->ctx, &size, d);
  if (s) return s;
  for (size_t j = 0; j < m; j++)
    for (size_t i = 0; i < d; i++) size.v[i] += fabs(r->net.w[j * d + i]);
  for (size_t k = 0; k < n; k++) {
    for (size_t i = 0; i < d; i++) out->v[k] += size.v[i] * fabs(r->probes.v[k * d + i]);
    out->v[k] *= share / sqrt((double)m);
  }
  lfap_mat_free(&size);
  return LFAP_OK;
}

static lfap_status compare_outputs(cli *c, compare_run *r) {
  lfap_mat its = {0}, error = {0}, own = computed(r->f.v, r->probes.rows);
  lfap_status s = vector_read(c, &its, "outputs", r->a.outputs, r->probes.rows);
  if (!s) s = output_errors(c, &error, r, fmax(its.unit, 0x1p-53));
  if (!s) s = add_difference(c, r, "outputs", "computed", &its, &own, error.v);
  lfap_mat_free(&its);
  lfap_mat_free(&error);
  return s;
}

lfap_status compare_numbers(cli *c, compare_run *r) {
  lfap_status s = LFAP_OK;
  if (r->a.lambda) {
    lfap_mat own = computed(r->lim.lambda, r->data.n);
    s = vector_read(c, &r->lambda, "lambda", r->a.lambda, r->data.n);
    if (!s) s = cli_origin_array(c, &r->lambda_of, r->a.lambda, &r->lambda, &r->here);
    if (!s) s = add_difference(c, r, "lambda", "computed", &r->lambda, &own, NULL);
  }
  return s || !r->a.outputs ? s : compare_outputs(c, r);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Names NAME.npy in a directory, sorted; owned by the caller. */
static lfap_status npy_names(cli *c, char ***names, size_t *n, const char *dir) {
  DIR *d = opendir(dir);
  lfap_status s = LFAP_OK;
  if (!d)
    return lfap_fail(&c->ctx, lfap_status_of(errno, LFAP_ERR_NOINPUT),
                     "--reference %s: %s; give a directory of NPY files", dir, strerror(errno));
  for (struct dirent *e; !s && (errno = 0, e = readdir(d));) {
    size_t len = strlen(e->d_name);
    if (len < 5 || strcmp(e->d_name + len - 4, ".npy") != 0) continue;
    char **grown = realloc(*names, (*n + 1) * sizeof *grown), *name = malloc(len - 3);
    if (grown) *names = grown;
    if (!grown || !name) {
      free(name);
      s = lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory");
      continue;
    }
    memcpy(name, e->d_name, len - 4);
    name[len - 4] = 0;
    grown[(*n)++] = name;
  }
  if (!s && errno) s = lfap_fail(&c->ctx, LFAP_ERR_NOINPUT, "--reference %s: cannot be read: %s", dir, strerror(errno));
  closedir(d);
  if (!s && *n == 0) s = lfap_fail(&c->ctx, LFAP_ERR_NOINPUT, "--reference %s: no NPY file there", dir);
  if (*n) qsort(*names, *n, sizeof **names, by_name);
  return s;
}

static lfap_status one_file(cli *c, compare_run *r, const char *name) {
  char file[300], *path = NULL;
  lfap_mat its = {0}, other = {0};
  cli_origin of = {.gamma = NAN};
  snprintf(file, sizeof file, "%s.npy", name);
  lfap_status s = cli_path(c, &path, r->a.data, file);
  if (!s) s = cli_dir_npy(c, &other, r->a.reference, file);
  if (!s) s = cli_origin_read(c, &of, r->a.reference, file);
  if (of.numerics && of.numerics != LFAP_NUMERICS) r->reference_numerics = of.numerics;
  else if (!r->reference_numerics) r->reference_numerics = of.numerics;
  int there = !s && cli_is_file(path);
  if (there) s = cli_dir_npy(c, &its, r->a.data, file);
  if (!s) s = add_difference(c, r, name, "reference", there ? &its : NULL, &other, NULL);
  lfap_mat_free(&its);
  lfap_mat_free(&other);
  free(path);
  return s;
}

lfap_status compare_reference(cli *c, compare_run *r) {
  char **names = NULL;
  size_t n = 0;
  lfap_status s = npy_names(c, &names, &n, r->a.reference);
  for (size_t i = 0; !s && i < n; i++) s = one_file(c, r, names[i]);
  if (!s && r->reference_numerics) cli_origin_numerics(c, r->a.reference, r->reference_numerics);
  for (size_t i = 0; i < n; i++) free(names[i]);
  free(names);
  return s;
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

lfap_status compare_certify(cli *c, compare_run *r) {
  oracle_opts o = {0};
  oracle_vector w = {0};
  lfap_status s = cli_certify_run(c, &r->cert, NULL, &r->data, r->a.gamma, &o);
  if (!s) r->certificate = cli_certificate_of(&r->cert);
  if (!s) s = oracle_boundary(&c->ctx, &w, &r->cert, &r->data, NULL);
  if (!s && !oracle_boundary_of(&r->cert, &r->lim)) w.valid = 0;
  if (!s) s = signs(c, &r->at_probes, &w, r->probes.v, r->f.v, r->probes.rows);
  if (!s && r->a.adversarial) s = signs(c, &r->at_points, &w, r->points.v, r->targets.v, r->points.rows);
  if (!s && r->a.lambda) r->lambda_off = r->lim.c2.bent ? NAN : oracle_cert_distance(&r->cert, r->lambda.v);
  oracle_vector_free(&w);
  return s;
}
