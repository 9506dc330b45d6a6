/* plane.h - networks on the plane of the paper (spec/theory.md section 6): through 0, spanned by the normalised mean
 * positive row r+ and mean negative row r- of a network's weights.
 *
 * On the plane z = a p + b q, with p = (r+ - r-)/||r+ - r-|| and q = (r+ + r-)/||r+ + r-||, which are orthogonal
 * since r+ and r- are unit vectors, a network with weights W is the network of two inputs (a, b) with weights (Wp,
 * Wq).
 */
#ifndef LFAP_PICTURE_PLANE_H
#define LFAP_PICTURE_PLANE_H
#include "picture/picture.h"

typedef struct {
  size_t d;
  double *axes;   /* p, then q: 2 x d, owned */
  double r[2][2]; /* r+ and r- as (a, b) */
} lfap_plane;
/* DATA when r+ and r- span no plane. */
lfap_status lfap_plane_of(lfap_ctx *ctx, lfap_plane *out, const lfap_net *net);
void lfap_plane_free(lfap_plane *p);
/* Coordinates (n x 2) of the projections of n points. */
lfap_status lfap_plane_project(lfap_ctx *ctx, double *ab, const lfap_plane *p, const double *X, size_t n);

enum { LFAP_MAP_FUNCTIONS = 3 };
typedef struct {
  const char *name;    /* "A", "B", "f_bdy" */
  const lfap_net *net; /* NULL: the linear function of w */
  const double *w;
} lfap_map_function;

typedef struct {
  double extent; /* the square |a|, |b| <= extent; 0: what the projected samples need */
  size_t grid;   /* points a side */
} lfap_map_opts;

typedef struct {
  double extent;
  double agreement[LFAP_MAP_FUNCTIONS][LFAP_MAP_FUNCTIONS]; /* share of grid points with equal signs */
  double all;                                               /* share at which all agree */
} lfap_map_result;

/* The picture "map": the signs of one to three functions, where they agree, and the samples projected. */
lfap_status lfap_picture_map(lfap_ctx *ctx, lfap_picture *out, lfap_map_result *result, const lfap_plane *plane,
                             const lfap_map_function *f, size_t functions, const lfap_data *data,
                             const lfap_map_opts *o);
#endif
