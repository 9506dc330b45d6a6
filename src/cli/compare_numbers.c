/* compare_numbers.c - arrays that a foreign run brought along, against those computed here or those of a reference. */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/compare.h"
#include "kernel/lanes.h"

/* `error`: what computing in the precision of `its` may cost an entry; NULL: nothing. An array that the reference has
   and the run has not was not judged. */
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
                       .missing = !its,
                       .verdict = its ? LFAP_FAIL : LFAP_NOT_APPLICABLE};
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
  k->tolerance = lfap_tolerance_of(k->unit);
  if (k->same_shape)
    lfap_difference_of(&k->d, (lfap_rounded){its->v, its->unit}, (lfap_rounded){other->v, other->unit}, error,
                       its->rows * its->cols);
  if (k->same_shape && k->d.over == 0) k->verdict = LFAP_PASS;
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

lfap_status compare_outputs(cli *c, compare_run *r) {
  lfap_mat own = computed(r->f.v, r->probes.rows);
  if (!r->a.outputs) return LFAP_OK;
  lfap_status s = vector_read(c, &r->outputs, "outputs", r->a.outputs, r->probes.rows);
  if (!s) s = output_errors(c, &r->slack, r, fmax(r->outputs.unit, 0x1p-53));
  if (!s) s = add_difference(c, r, "outputs", "computed", &r->outputs, &own, r->slack.v);
  if (s) return s;
  double allowed = r->array[r->arrays - 1].tolerance * lfap_amax(own.rows, own.v);
  for (size_t i = 0; i < own.rows; i++) r->slack.v[i] = fmax(r->slack.v[i], allowed);
  return s;
}

/* Its multipliers against those of its own output layer: a factor of all rows divides them by its square. */
static lfap_status against_limit(cli *c, compare_run *r) {
  lfap_mat own = {0};
  lfap_status s = lfap_vec_alloc(&c->ctx, &own, r->data.n);
  double by = r->readout.kind == LFAP_READOUT_EQUAL ? r->readout.factor * r->readout.factor : 1.0;
  own.unit = 0x1p-53;
  for (size_t i = 0; !s && i < r->data.n; i++) own.v[i] = r->lim.lambda[i] / by;
  if (!s) s = add_difference(c, r, "lambda", "computed", &r->lambda, &own, NULL);
  lfap_mat_free(&own);
  if (s) return s;
  compare_array *k = &r->array[r->arrays - 1];
  if (r->no_limit[0]) {
    k->verdict = LFAP_NOT_APPLICABLE;
    k->why = r->no_limit;
  } else if (k->verdict == LFAP_FAIL && !r->lim.settled) k->verdict = LFAP_UNDECIDED; /* its own are no better known */
  return LFAP_OK;
}

lfap_status compare_lambda(cli *c, compare_run *r) {
  if (!r->a.lambda) return LFAP_OK;
  lfap_status s = vector_read(c, &r->lambda, "lambda", r->a.lambda, r->data.n);
  if (!s) s = cli_origin_array(c, &r->lambda_of, r->a.lambda, &r->lambda, &r->here);
  return s ? s : against_limit(c, r);
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
  if (!s && errno)
    s = lfap_fail(&c->ctx, lfap_status_of(errno, LFAP_ERR_NOINPUT), "--reference %s: cannot be read: %s", dir,
                  strerror(errno));
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
