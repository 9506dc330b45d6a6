/* plane.c - decision maps: signs of networks and of f_bdy at the points of a square grid in the plane of plane.h. */
#include "picture/plane.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/chain.h"
#include "kernel/lanes.h"
#include "picture/style.h"

/* ---- the plane ------------------------------------------------------------------------------------------------------ */

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
  lfap_plane pl = {.d = d, .axes = malloc(4 * d * sizeof(double))};
  if (!pl.axes) return lfap_fail(ctx, LFAP_ERR_MEMORY, "map: no memory for d = %zu", d);
  double *p = pl.axes, *q = p + d, *plus = q + d, *minus = plus + d;
  int rows = mean_row(plus, net->w, half, d) && mean_row(minus, net->w + half * d, half, d);
  for (size_t i = 0; rows && i < d; i++) p[i] = plus[i] - minus[i], q[i] = plus[i] + minus[i];
  double np = rows ? lfap_norm2(d, p) : 0, nq = rows ? lfap_norm2(d, q) : 0;
  if (!(np > SHORT && nq > SHORT)) {
    free(pl.axes);
    return lfap_fail(ctx, LFAP_ERR_DATA, "map: the mean rows of the two signs %s; the map needs a network in which they span one",
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

/* ---- functions on it --------------------------------------------------------------------------------------------------- */

/* A function as one of (a, b): a network of two inputs, or two coefficients. */
typedef struct {
  lfap_net net;
  double w[2];
  int linear;
} planar;

static lfap_status planar_of(lfap_ctx *ctx, planar *out, const lfap_plane *p, const lfap_map_function *f) {
  planar r = {.linear = f->net == NULL};
  lfap_status s = LFAP_OK;
  if (r.linear) s = lfap_plane_project(ctx, r.w, p, f->w, 1);
  else s = lfap_net_alloc(ctx, &r.net, f->net->m, 2, f->net->gamma);
  if (!s && !r.linear) s = lfap_plane_project(ctx, r.net.w, p, f->net->w, f->net->m);
  if (s) lfap_net_free(&r.net);
  else *out = r;
  return s;
}

static lfap_status planar_eval(lfap_ctx *ctx, double *v, const planar *f, const double *ab, size_t n) {
  return f->linear ? lfap_rows_product(ctx, v, ab, f->w, n, 1, 2) : lfap_net_eval(ctx, v, &f->net, ab, n);
}

static int sign(double x) { return (x > 0) - (x < 0); }

/* ---- boundaries -------------------------------------------------------------------------------------------------------- */

/* f(cz) = c f(z) for c > 0: boundaries are rays from 0, found as sign changes around the circle. */
enum { DIRECTIONS = 1440, HALVINGS = 60 };

static lfap_status at_angle(lfap_ctx *ctx, double *v, const planar *f, double degrees) {
  double t = degrees * (3.14159265358979323846 / 180), ab[2] = {cos(t), sin(t)};
  return planar_eval(ctx, v, f, ab, 1);
}

static lfap_status rays(lfap_ctx *ctx, lfap_text *t, const planar *f, const char *name) {
  double before = 0, step = 360.0 / DIRECTIONS;
  lfap_status s = at_angle(ctx, &before, f, -step / 2);
  for (int i = 0; i < DIRECTIONS && !s; i++) {
    double v = 0, lo = (i - 0.5) * step, hi = lo + step;
    s = at_angle(ctx, &v, f, hi);
    if (!s && sign(v) != sign(before)) {
      for (int k = 0; k < HALVINGS && !s; k++) {
        double mid = lo + (hi - lo) / 2, m = 0;
        s = at_angle(ctx, &m, f, mid);
        if (sign(m) == sign(before)) lo = mid;
        else hi = mid;
      }
      lfap_text_format(t, "%s,%.17g\n", name, hi);
    }
    before = v;
  }
  return s;
}

/* ---- the picture ------------------------------------------------------------------------------------------------------- */

typedef struct {
  lfap_ctx *ctx;
  lfap_picture *p;
  const lfap_map_function *f;
  size_t functions, grid;
  planar on[LFAP_MAP_FUNCTIONS];
  double *ab;                     /* grid points */
  double *v[LFAP_MAP_FUNCTIONS];  /* values there */
  double *samples;                /* projected */
} map;

static double extent_of(const map *m, const lfap_data *data, const lfap_map_opts *o) {
  double e = 0;
  for (size_t i = 0; i < 2 * data->n; i++) e = fmax(e, fabs(m->samples[i]));
  return o->extent > 0 ? o->extent : e > 0 ? 1.15 * e : 1;
}

/* Line by line, a fastest; both run over -extent .. extent in equal steps. */
static void grid_points(map *m, double extent) {
  double last = (double)(m->grid - 1);
  for (size_t j = 0; j < m->grid; j++)
    for (size_t i = 0; i < m->grid; i++) {
      double *ab = m->ab + 2 * (j * m->grid + i);
      ab[0] = extent * ((2 * (double)i - last) / last);
      ab[1] = extent * ((2 * (double)j - last) / last);
    }
}

static lfap_status values(map *m, const lfap_plane *plane) {
  lfap_status s = LFAP_OK;
  size_t points = m->grid * m->grid;
  for (size_t k = 0; k < m->functions && !s; k++) {
    m->v[k] = malloc(points * sizeof(double));
    s = m->v[k] ? planar_of(m->ctx, &m->on[k], plane, &m->f[k]) : lfap_fail(m->ctx, LFAP_ERR_MEMORY, "map: no memory for %zu points", points);
    if (!s) s = planar_eval(m->ctx, m->v[k], &m->on[k], m->ab, points);
  }
  return s;
}

static void agreements(const map *m, lfap_map_result *r) {
  size_t points = m->grid * m->grid, all = 0, equal[LFAP_MAP_FUNCTIONS][LFAP_MAP_FUNCTIONS] = {{0}};
  for (size_t i = 0; i < points; i++) {
    int same = 1;
    for (size_t k = 0; k < m->functions; k++) {
      same &= sign(m->v[k][i]) == sign(m->v[0][i]);
      for (size_t l = 0; l < m->functions; l++) equal[k][l] += sign(m->v[k][i]) == sign(m->v[l][i]);
    }
    all += (size_t)same;
  }
  for (size_t k = 0; k < m->functions; k++)
    for (size_t l = 0; l < m->functions; l++) r->agreement[k][l] = (double)equal[k][l] / (double)points;
  r->all = (double)all / (double)points;
}

static void tables(map *m, const lfap_data *data) {
  lfap_text *t = lfap_picture_table_add(m->p, "");
  lfap_text_puts(t, "a,b");
  for (size_t k = 0; k < m->functions; k++) lfap_text_format(t, ",%s", m->f[k].name);
  lfap_text_puts(t, ",agree\n");
  for (size_t i = 0; i < m->grid * m->grid; i++) {
    int same = 1;
    lfap_text_format(t, "%.17g,%.17g", m->ab[2 * i], m->ab[2 * i + 1]);
    for (size_t k = 0; k < m->functions; k++) {
      same &= sign(m->v[k][i]) == sign(m->v[0][i]);
      lfap_text_format(t, ",%.17g", m->v[k][i]);
    }
    lfap_text_format(t, ",%d\n", same);
  }
  t = lfap_picture_table_add(m->p, "_samples");
  lfap_text_puts(t, "sample,label,a,b\n");
  for (size_t i = 0; i < data->n; i++) lfap_text_format(t, "%zu,%g,%.17g,%.17g\n", i, data->y[i], m->samples[2 * i], m->samples[2 * i + 1]);
}

/* Wide below narrow: lines that coincide are still seen. f_bdy, last, is the dotted one. */
static const char *const ray_line[LFAP_MAP_FUNCTIONS] = {"lw 6 dt 1 lc rgb " STYLE_GREY, "lw 3 dt 2 lc rgb '#003a5c'",
                                                         "lw 2 dt 3 lc rgb " STYLE_BLACK};

/* Rays are lines from 0 beyond the frame, which cuts them; without a title they have no line in the key. */
static void ray_commands(lfap_text *t, const map *m, size_t k, const char *line, const char *title) {
  lfap_text_format(t, "  name.'_rays.csv' skip 1 using (0):(stringcolumn(1) eq '%s' ? 0 : NaN):(2*r*cos($2*pi/180)):(2*r*sin($2*pi/180)) with vectors nohead %s title '%s', \\\n",
                   m->f[k].name, line, title);
}

#define SAMPLES \
  "  name.'_samples.csv' skip 1 using ($2 > 0 ? $3 : NaN):4 with points pt 7 ps 0.8 lc rgb " STYLE_BLUE " title 'label +1', \\\n" \
  "  '' skip 1 using ($2 < 0 ? $3 : NaN):4 with points pt 8 ps 0.9 lw 1.5 lc rgb " STYLE_BLACK " title 'label −1'\n"

static void commands(map *m, const lfap_plane *pl, double r) {
  lfap_text *t = &m->p->commands;
  size_t panels = m->functions + (m->functions > 1), columns = panels < 3 ? panels : 2, lines = (panels + columns - 1) / columns;
  m->p->width = 430 * (int)columns + 20;
  m->p->height = 500 * (int)lines + 40;
  lfap_text_format(t, "set multiplot layout %zu,%zu title ", lines, columns);
  lfap_text_quote(t, m->p->title);
  lfap_text_format(t, "\nr = %.17g\nset xrange [-r:r]\nset yrange [-r:r]\nset size ratio -1\nset tics out nomirror\nset clip two\nunset colorbox\n"
                      "set bmargin 7.5\nset key at graph 0.5,-0.25 center top horizontal maxrows 2 samplen 3\nset palette defined (-1 '#c4c4c4', 0 '#000000', 1 '#f7f7f7')\nset cbrange [-1:1]\n"
                      "set xlabel 'a, along r₊ − r₋ (unit of x)'\nset ylabel 'b, along r₊ + r₋ (unit of x)'\n", r);
  double reach = 0.85 * r;
  for (int k = 0; k < 2; k++)
    lfap_text_format(t, "set arrow %d from 0,0 to %.17g,%.17g filled lw 1.5 lc rgb " STYLE_BLACK " front\nset label %d '%s' at %.17g,%.17g center front\n", k + 1,
                     reach * pl->r[k][0], reach * pl->r[k][1], k + 1, k ? "r₋" : "r₊", 1.1 * reach * pl->r[k][0], 1.1 * reach * pl->r[k][1]);
  for (size_t k = 0; k < m->functions; k++) {
    lfap_text_format(t, "set title 'sign of %s'\nplot name.'.csv' skip 1 using 1:2:(sgn($%zu)) with image notitle, \\\n"
                        "  NaN with boxes fs solid border lc rgb '#000000' fc rgb '#f7f7f7' title '> 0', NaN with boxes fs solid border lc rgb '#000000' fc rgb '#c4c4c4' title '< 0', \\\n",
                     m->f[k].name, k + 3);
    ray_commands(t, m, k, "lw 2 dt 1 lc rgb " STYLE_BLACK, "");
    lfap_text_puts(t, SAMPLES);
  }
  if (m->functions < 2) {
    lfap_text_puts(t, "unset multiplot\n");
    return;
  }
  lfap_text_format(t, "set title 'where all signs agree'\nset key maxrows 3\nset palette defined (0 '#ffffff', 1 '#cfcfcf')\nset cbrange [0:1]\n"
                      "plot name.'.csv' skip 1 using 1:2:%zu with image notitle, NaN with boxes fs solid border lc rgb '#000000' fc rgb '#cfcfcf' title 'agree', \\\n", m->functions + 3);
  for (size_t k = 0; k < m->functions; k++) ray_commands(t, m, k, ray_line[m->f[k].net ? k : LFAP_MAP_FUNCTIONS - 1], m->f[k].name);
  lfap_text_puts(t, SAMPLES "unset multiplot\n");
}

static void words(map *m, const lfap_map_result *r, const lfap_data *data) {
  snprintf(m->p->title, sizeof m->p->title, "Decisions on the plane of the mean rows r₊ and r₋ of A");
  size_t used = (size_t)snprintf(m->p->caption, sizeof m->p->caption,
                                 "Signs at %zu x %zu points of the plane through 0 spanned by the normalised mean positive and mean negative row of A, measured (doubles), and the %zu samples "
                                 "projected on it. Equal signs:", m->grid, m->grid, data->n);
  for (size_t k = 0; k < m->functions; k++)
    for (size_t l = k + 1; l < m->functions && used < sizeof m->p->caption; l++)
      used += (size_t)snprintf(m->p->caption + used, sizeof m->p->caption - used, " %s and %s at %.4g %%;", m->f[k].name, m->f[l].name, 100 * r->agreement[k][l]);
  if (used < sizeof m->p->caption) snprintf(m->p->caption + used, sizeof m->p->caption - used, " all at %.4g %% of the points.", 100 * r->all);
}

static void map_free(map *m) {
  free(m->ab);
  free(m->samples);
  for (size_t k = 0; k < LFAP_MAP_FUNCTIONS; k++) {
    free(m->v[k]);
    lfap_net_free(&m->on[k].net);
  }
}

lfap_status lfap_picture_map(lfap_ctx *ctx, lfap_picture *out, lfap_map_result *result, const lfap_plane *plane, const lfap_map_function *f,
                             size_t functions, const lfap_data *data, const lfap_map_opts *o) {
  lfap_picture p = {.name = "map"};
  map m = {.ctx = ctx, .p = &p, .f = f, .functions = functions, .grid = o->grid};
  m.ab = malloc(2 * o->grid * o->grid * sizeof(double));
  m.samples = malloc(2 * data->n * sizeof(double));
  lfap_status s = m.ab && m.samples ? lfap_plane_project(ctx, m.samples, plane, data->x, data->n)
                                    : lfap_fail(ctx, LFAP_ERR_MEMORY, "map: no memory for %zu points and %zu samples", o->grid * o->grid, data->n);
  lfap_map_result r = {0};
  if (!s) {
    r.extent = extent_of(&m, data, o);
    grid_points(&m, r.extent);
    s = values(&m, plane);
  }
  if (!s) {
    agreements(&m, &r);
    tables(&m, data);
    lfap_text *t = lfap_picture_table_add(&p, "_rays");
    lfap_text_puts(t, "function,degrees\n");
    for (size_t k = 0; k < functions && !s; k++) s = rays(ctx, t, &m.on[k], f[k].name);
  }
  if (!s) {
    words(&m, &r, data);
    commands(&m, plane, r.extent);
    *out = p;
    *result = r;
  } else lfap_picture_free(&p);
  map_free(&m);
  return s;
}
