/* bias.c - a bias is a constant coordinate of the data (spec/formats.md, With a bias): samples and points x become
 * (x, 1), weights (w_j, b_j). What else in the library knows of it, perturbations and verify, leaves the coordinate
 * alone. */
#include <stdlib.h>
#include <string.h>

#include "lfap.h"

lfap_status lfap_mat_with_column(lfap_ctx *ctx, lfap_mat *m, const double *column) {
  lfap_mat wide = {0};
  lfap_status st = lfap_mat_alloc(ctx, &wide, m->rows, m->cols + 1);
  if (st) return st;
  for (size_t i = 0; i < m->rows; i++) {
    double *row = wide.v + i * wide.cols;
    memcpy(row, m->v + i * m->cols, m->cols * sizeof *row);
    row[m->cols] = column ? column[i] : 1.0;
  }
  free(m->v);
  m->v = wide.v;
  m->cols = wide.cols;
  return LFAP_OK;
}

lfap_status lfap_mat_split(lfap_ctx *ctx, lfap_mat *first, lfap_mat *last, const double *A, size_t rows, size_t cols) {
  lfap_mat a = {0}, b = {0};
  if (cols < 2) return lfap_fail(ctx, LFAP_ERR_USAGE, "%zu columns are none and a last one", cols);
  lfap_status st = lfap_mat_alloc(ctx, &a, rows, cols - 1);
  if (!st) st = lfap_vec_alloc(ctx, &b, rows);
  if (st) {
    lfap_mat_free(&a);
    return st;
  }
  for (size_t i = 0; i < rows; i++) {
    memcpy(a.v + i * a.cols, A + i * cols, a.cols * sizeof *a.v);
    b.v[i] = A[i * cols + a.cols];
  }
  *first = a;
  *last = b;
  return LFAP_OK;
}

lfap_status lfap_data_with_one(lfap_ctx *ctx, lfap_data *data) {
  lfap_mat x = {.rows = data->n, .cols = data->d, .ndim = 2, .v = data->x};
  if (data->bias) return lfap_fail(ctx, LFAP_ERR_USAGE, "the samples have the constant coordinate of a bias already");
  lfap_status st = lfap_mat_with_column(ctx, &x, NULL);
  if (st) return st;
  data->x = x.v;
  data->d = x.cols;
  data->bias = 1;
  return LFAP_OK;
}
