/* plane.c - the plane of plane.h: its axes, and points projected on it (spec/theory.md section 6). */
#include "picture/plane.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/chain.h"
#include "kernel/lanes.h"

/* The mean of `rows` rows of W over its norm; 0 when there is none. */
static int mean_row(double *out, const double *W, size_t rows, size_t d) {
  memset(out, 0, d * sizeof *out);
  for (size_t j = 0; j < rows; j++) lfap_axpy(out, 1.0 / (double)rows, W + j * d, d);
  double norm = lfap_norm2(d, out);
  if (!(norm > 0 && isfinite(norm))) return 0;
  for (size_t i = 0; i < d; i++) out[i] = out[i] / norm;
  return 1;
}

/* Shorter than this, a sum of two unit vectors is mostly their rounding. */
static const double SHORT = 1e-6;

lfap_status lfap_plane_of(lfap_ctx *ctx, lfap_plane *out, const lfap_net *net) {
  size_t d = net->d, half = net->m / 2;
  lfap_status plain = lfap_net_plain(ctx, net, "map");
  if (plain) return plain;
  lfap_plane pl = {.d = d, .axes = malloc(4 * d * sizeof(double))};
  if (!pl.axes) return lfap_fail(ctx, LFAP_ERR_MEMORY, "map: no memory for d = %zu", d);
  double *p = pl.axes, *q = p + d, *plus = q + d, *minus = plus + d;
  int rows = mean_row(plus, net->w, half, d) && mean_row(minus, net->w + half * d, half, d);
  for (size_t i = 0; rows && i < d; i++) p[i] = plus[i] - minus[i], q[i] = plus[i] + minus[i];
  double np = rows ? lfap_norm2(d, p) : 0, nq = rows ? lfap_norm2(d, q) : 0;
  if (!(np > SHORT && nq > SHORT)) {
    free(pl.axes);
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "map: the mean rows of the two signs %s; the map needs a network in which they span one",
                     rows ? "lie on one line and span no plane" : "are not both different from 0 and finite");
  }
  for (size_t i = 0; i < d; i++) p[i] = p[i] / np, q[i] = q[i] / nq;
  for (int k = 0; k < 2; k++) {
    pl.r[0][k] = lfap_dot(d, plus, pl.axes + (size_t)k * d);
    pl.r[1][k] = lfap_dot(d, minus, pl.axes + (size_t)k * d);
  }
  *out = pl;
  return LFAP_OK;
}

void lfap_plane_free(lfap_plane *p) {
  free(p->axes);
  *p = (lfap_plane){0};
}

lfap_status lfap_plane_project(lfap_ctx *ctx, double *ab, const lfap_plane *p, const double *X, size_t n) {
  return lfap_rows_product(ctx, ab, X, p->axes, n, 2, p->d);
}
