/* data.c - the data set D = {(x_n, y_n)} of spec/theory.md section 1: storage, reading, and the checks without which
 * no statement about it makes sense. */
#include "data/scale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/labels.h"
#include "io/file.h"

lfap_status lfap_data_alloc(lfap_ctx *ctx, lfap_data *out, size_t n, size_t d) {
  lfap_mat x = {0}, y = {0};
  lfap_status st = lfap_mat_alloc(ctx, &x, n, d);
  if (!st) st = lfap_vec_alloc(ctx, &y, n);
  if (st) {
    lfap_mat_free(&x);
    return st;
  }
  *out = (lfap_data){.n = n, .d = d, .x = x.v, .y = y.v};
  return LFAP_OK;
}

void lfap_data_free(lfap_data *data) {
  free(data->x);
  free(data->y);
  *data = (lfap_data){0};
}

static lfap_status check_shapes(lfap_ctx *ctx, const lfap_mat *x, const lfap_mat *y, const char *x_path,
                                const char *y_path) {
  size_t labels = y->rows * y->cols;
  if (x->ndim != 2)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "%s: the samples must be a 2-dimensional array N x d, this one has %d dimension", x_path, x->ndim);
  if (y->cols != 1 && y->rows != 1)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: the labels must be a vector of N entries, this is %zu x %zu", y_path,
                     y->rows, y->cols);
  if (x->rows == labels) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s has %zu samples but %s has %zu labels: they must belong together", x_path,
                   x->rows, y_path, labels);
}

lfap_status lfap_data_read_labels(lfap_ctx *ctx, lfap_data *out, const char *x_path, const char *y_path,
                                  lfap_labels_kind kind, int bias) {
  lfap_mat x = {0}, y = {0};
  lfap_status st = lfap_npy_read_samples(ctx, &x, x_path);
  if (!st) st = lfap_npy_read(ctx, &y, y_path);
  if (!st) st = check_shapes(ctx, &x, &y, x_path, y_path);
  lfap_data data = {.n = x.rows, .d = x.cols, .x = x.v, .y = y.v, .unit = x.unit, .unit_read = x.unit_read};
  /* here the message can name the labels' own file */
  if (!st) st = lfap_labels_take(ctx, y.v, data.n, y_path, kind);
  if (!st && bias) st = lfap_data_with_one(ctx, &data);
  if (!st) st = lfap_data_check(ctx, &data, x_path);
  if (st) lfap_data_free(&data);
  else *out = data;
  return st;
}

lfap_status lfap_data_read(lfap_ctx *ctx, lfap_data *out, const char *x_path, const char *y_path) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  return st ? st : lfap_data_read_labels(ctx, out, x_path, y_path, LFAP_LABELS_SIGNS, 0);
}

static lfap_status check_values(lfap_ctx *ctx, const lfap_data *data, const char *name) {
  lfap_status st = lfap_rows_finite(ctx, name, data->x, data->n, data->d);
  for (size_t n = 0; !st && n < data->n; n++) {
    const double *x = data->x + n * data->d;
    size_t i = 0;
    while (i < data->d && x[i] == 0.0) i++;
    if (i == data->d)
      return lfap_fail(ctx, LFAP_ERR_DATA,
                       "%s: sample %zu is all zero, so the network outputs 0 on it whatever its weights; remove it",
                       name, n);
  }
  return st;
}

typedef struct {
  uint64_t hash;
  size_t n;
} row_key;

/* FNV-1a over the row's doubles; adding +0.0 makes -0.0 and 0.0 one value, as comparison does. */
static uint64_t row_hash(const double *x, size_t d) {
  uint64_t h = 14695981039346656037u;
  for (size_t i = 0; i < d; i++) {
    double v = x[i] + 0.0;
    uint64_t b;
    memcpy(&b, &v, sizeof b);
    h = (h ^ b) * 1099511628211u;
    h ^= h >> 29;
  }
  return h;
}

static int by_hash(const void *a, const void *b) {
  const row_key *p = a, *q = b;
  if (p->hash != q->hash) return p->hash < q->hash ? -1 : 1;
  return p->n < q->n ? -1 : p->n > q->n;
}

static int rows_equal(const double *a, const double *b, size_t d) {
  for (size_t i = 0; i < d; i++)
    if (a[i] != b[i]) return 0;
  return 1;
}

/* Equal rows have equal hashes, so only runs of equal hash are compared. */
static lfap_status check_duplicates(lfap_ctx *ctx, const lfap_data *data, const char *name) {
  row_key *key = malloc(data->n * sizeof *key);
  if (!key) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: no memory for %zu row keys", name, data->n);
  for (size_t n = 0; n < data->n; n++) key[n] = (row_key){row_hash(data->x + n * data->d, data->d), n};
  qsort(key, data->n, sizeof *key, by_hash);
  lfap_status st = LFAP_OK;
  for (size_t i = 0; !st && i < data->n; i++)
    for (size_t k = i + 1; !st && k < data->n && key[k].hash == key[i].hash; k++) {
      size_t a = key[i].n, b = key[k].n;
      if (!rows_equal(data->x + a * data->d, data->x + b * data->d, data->d)) continue;
      if (data->y[a] != data->y[b])
        st = lfap_fail(
            ctx, LFAP_ERR_DATA,
            "%s: samples %zu and %zu are identical with opposite labels (%+g, %+g); no network separates them; "
            "remove one",
            name, a, b, data->y[a], data->y[b]);
      else
        st = lfap_fail(ctx, LFAP_ERR_DATA,
                       "%s: samples %zu and %zu are identical; Q is singular and lambda not unique (Q1); remove one",
                       name, a, b);
    }
  free(key);
  return st;
}

lfap_status lfap_data_check(lfap_ctx *ctx, const lfap_data *data, const char *name) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (st) return st;
  if (data->n == 0 || data->d == 0)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: N = %zu samples of dimension d = %zu; both must be at least 1", name,
                     data->n, data->d);
  st = lfap_labels_check(ctx, data->y, data->n, name, LFAP_LABELS_SIGNS);
  if (!st) st = check_values(ctx, data, name);
  if (!st) st = lfap_rows_in_range(ctx, name, data->x, data->n, data->d);
  return st ? st : check_duplicates(ctx, data, name);
}
