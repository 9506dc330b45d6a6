/* map.c - decision maps: signs of networks and of f_bdy at the points of a square grid in the plane of plane.h,
 * where they agree, and the samples projected (spec/theory.md section 6). */
#include "picture/plane.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel/perturb.h"
#include "picture/style.h"
#include "verify/judge.h"

/* ---- functions on it --------------------------------------------------------------------------------------------- */

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

/* ---- boundaries -------------------------------------------------------------------------------------------------- */

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
    if (!s && lfap_sgn(v) != lfap_sgn(before)) {
      for (int k = 0; k < HALVINGS && !s; k++) {
        double mid = lo + (hi - lo) / 2, m = 0;
        s = at_angle(ctx, &m, f, mid);
        if (lfap_sgn(m) == lfap_sgn(before)) lo = mid;
        else hi = mid;
      }
      lfap_text_format(t, "%s,%.17g\n", name, hi);
    }
    before = v;
  }
  return s;
}

/* ---- the picture ------------------------------------------------------------------------------------------------- */

typedef struct {
  lfap_ctx *ctx;
  lfap_picture *p;
  const lfap_map_function *f;
  size_t functions, grid;
  planar on[LFAP_MAP_FUNCTIONS];
  double *ab;                    /* grid points */
  double *v[LFAP_MAP_FUNCTIONS]; /* values there */
  double *samples;               /* projected */
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
    s = m->v[k] ? planar_of(m->ctx, &m->on[k], plane, &m->f[k])
                : lfap_fail(m->ctx, LFAP_ERR_MEMORY, "map: no memory for %zu points", points);
    if (!s) s = planar_eval(m->ctx, m->v[k], &m->on[k], m->ab, points);
  }
  return s;
}

/* Do all functions have the same sign at grid point i? */
static int all_agree(const map *m, size_t i) {
  int same = 1;
  for (size_t k = 1; k < m->functions; k++) same &= lfap_sgn(m->v[k][i]) == lfap_sgn(m->v[0][i]);
  return same;
}

static void agreements(const map *m, lfap_map_result *r) {
  size_t points = m->grid * m->grid, all = 0;
  for (size_t i = 0; i < points; i++) all += (size_t)all_agree(m, i);
  r->all = (double)all / (double)points;
  for (size_t k = 0; k < m->functions; k++)
    for (size_t l = 0; l < m->functions; l++) r->agreement[k][l] = lfap_sign_agreement(m->v[k], m->v[l], points);
}

static void tables(map *m, const lfap_data *data) {
  lfap_text *t = lfap_picture_table_add(m->p, "");
  lfap_text_puts(t, "a,b");
  for (size_t k = 0; k < m->functions; k++) lfap_text_format(t, ",%s", m->f[k].name);
  lfap_text_puts(t, ",agree\n");
  for (size_t i = 0; i < m->grid * m->grid; i++) {
    lfap_text_format(t, "%.17g,%.17g", m->ab[2 * i], m->ab[2 * i + 1]);
    for (size_t k = 0; k < m->functions; k++) lfap_text_format(t, ",%.17g", m->v[k][i]);
    lfap_text_format(t, ",%d\n", all_agree(m, i));
  }
  t = lfap_picture_table_add(m->p, "_samples");
  lfap_text_puts(t, "sample,label,a,b\n");
  for (size_t i = 0; i < data->n; i++)
    lfap_text_format(t, "%zu,%g,%.17g,%.17g\n", i, data->y[i], m->samples[2 * i], m->samples[2 * i + 1]);
}

/* Wide below narrow: lines that coincide are still seen. f_bdy, last, is the dotted one. */
static const char *const ray_line[LFAP_MAP_FUNCTIONS] = {"lw 6 dt 1 lc rgb " STYLE_GREY, "lw 3 dt 2 lc rgb '#003a5c'",
                                                         "lw 2 dt 3 lc rgb " STYLE_BLACK};

/* Rays are lines from 0 beyond the frame, which cuts them; without a title they have no line in the key. */
static void ray_commands(lfap_text *t, const map *m, size_t k, const char *line, const char *title) {
  lfap_text_format(t,
                   "  name.'_rays.csv' skip 1 using (0):(stringcolumn(1) eq '%s' ? 0 : NaN):(2*r*cos($2*pi/180)):"
                   "(2*r*sin($2*pi/180)) with vectors nohead %s title '%s', \\\n",
                   m->f[k].name, line, title);
}

#define SAMPLES                                                                                         \
  "  name.'_samples.csv' skip 1 using ($2 > 0 ? $3 : NaN):4 with points pt 7 ps 0.8 lc rgb " STYLE_BLUE \
  " title 'label +1', \\\n"                                                                             \
  "  '' skip 1 using ($2 < 0 ? $3 : NaN):4 with points pt 8 ps 0.9 lw 1.5 lc rgb " STYLE_BLACK " title 'label −1'\n"

/* A sample of a shade for the key. */
#define SHADE(color, title) \
  "  NaN with boxes fs solid border lc rgb '#000000' fc rgb '" color "' title '" title "', \\\n"
#define POSITIVE "#f7f7f7"
#define NEGATIVE "#c4c4c4"
#define AGREED "#e0e0e0"
#define DISAGREED "#c8641e" /* much darker, also where there is no colour */

/* What all panels share: the square, and r+ and r- as arrows. */
static void frame_commands(lfap_text *t, const lfap_plane *pl, double r) {
  lfap_text_format(t, "r = %.17g\nset xrange [-r:r]\nset yrange [-r:r]\nset size ratio -1\nset clip two\n", r);
  lfap_text_puts(t, "set tics out nomirror\nunset colorbox\n"
                    "set xlabel 'a, along r₊ − r₋ (unit of x)'\nset ylabel 'b, along r₊ + r₋ (unit of x)'\n");
  for (int k = 0; k < 2; k++) {
    double a = 0.85 * r * pl->r[k][0], b = 0.85 * r * pl->r[k][1];
    lfap_text_format(t, "set arrow %d from 0,0 to %.17g,%.17g filled lw 1.5 lc rgb " STYLE_BLACK " front\n", k + 1, a,
                     b);
    lfap_text_format(t, "set label %d '%s' at %.17g,%.17g center front\n", k + 1, k ? "r₋" : "r₊", 1.1 * a, 1.1 * b);
  }
}

/* Equal signs at every point: one panel shows both. */
static int same_signs(const map *m, size_t k, size_t l) {
  for (size_t i = 0; i < m->grid * m->grid; i++)
    if (lfap_sgn(m->v[k][i]) != lfap_sgn(m->v[l][i])) return 0;
  return 1;
}

/* The first function with the signs of function k. */
static size_t first_like(const map *m, size_t k) {
  size_t l = 0;
  while (!same_signs(m, k, l)) l++;
  return l;
}

static void sign_panel(lfap_text *t, const map *m, size_t k) {
  lfap_text_format(t, "set title 'sign of %s", m->f[k].name);
  for (size_t l = k + 1; l < m->functions; l++)
    if (first_like(m, l) == k) lfap_text_format(t, ", and of %s", m->f[l].name);
  lfap_text_format(t,
                   "'\nset palette defined (-1 '" NEGATIVE "', 0 '#000000', 1 '" POSITIVE "')\nset cbrange [-1:1]\n"
                   "plot name.'.csv' skip 1 using 1:2:(sgn($%zu)) with image notitle, \\\n" SHADE(POSITIVE, "> 0")
                       SHADE(NEGATIVE, "< 0"),
                   k + 3);
  if (m->functions > 1) lfap_text_puts(t, SHADE(AGREED, "all signs agree") SHADE(DISAGREED, "they disagree"));
  ray_commands(t, m, k, "lw 2 dt 1 lc rgb " STYLE_BLACK, "");
  for (size_t l = 0; l < m->functions && m->functions > 1; l++)
    lfap_text_format(t, "  NaN with lines %s title 'boundary of %s', \\\n",
                     ray_line[m->f[l].net ? l : LFAP_MAP_FUNCTIONS - 1], m->f[l].name);
  lfap_text_puts(t, SAMPLES);
}

static void agreement_panel(lfap_text *t, const map *m) {
  lfap_text_format(t,
                   "set title 'where all signs agree'\n"
                   "set palette defined (0 '" DISAGREED "', 1 '" AGREED "')\nset cbrange [0:1]\n"
                   "plot name.'.csv' skip 1 using 1:2:%zu with image notitle, \\\n",
                   m->functions + 3);
  for (size_t k = 0; k < m->functions; k++)
    ray_commands(t, m, k, ray_line[m->f[k].net ? k : LFAP_MAP_FUNCTIONS - 1], m->f[k].name);
  lfap_text_puts(t, SAMPLES);
}

static void commands_map(map *m, const lfap_plane *pl, double r) {
  lfap_text *t = &m->p->commands;
  size_t signs = 0, all = m->functions > 1;
  for (size_t k = 0; k < m->functions; k++) signs += first_like(m, k) == k;
  lfap_picture_panels(
      m->p,
      &(lfap_panels){
          .panels = signs + all, .width = 320, .height = 320, .named = 1, .keys = all ? 6 + (int)m->functions : 4});
  frame_commands(t, pl, r);
  for (size_t k = 0, first = 1; k < m->functions; k++) {
    if (first_like(m, k) != k) continue;
    sign_panel(t, m, k);
    if (first) lfap_text_puts(t, "unset key\n");
    first = 0;
  }
  if (all) agreement_panel(t, m);
  lfap_text_puts(t, "unset multiplot\n");
}

static void words_map(map *m, const lfap_map_result *r, const lfap_data *data) {
  snprintf(m->p->title, sizeof m->p->title, "Decisions on the plane of the mean rows r₊ and r₋ of A");
  size_t used = (size_t)snprintf(
      m->p->caption, sizeof m->p->caption,
      "Signs at %zu x %zu points of the plane through 0 spanned by the normalised mean positive and mean negative row "
      "of A, measured (doubles), and the %zu samples "
      "projected on it. Equal signs:",
      m->grid, m->grid, data->n);
  for (size_t k = 0; k < m->functions; k++)
    for (size_t l = k + 1; l < m->functions && used < sizeof m->p->caption; l++)
      used += (size_t)snprintf(m->p->caption + used, sizeof m->p->caption - used, " %s and %s at %.4g %%;",
                               m->f[k].name, m->f[l].name, 100 * r->agreement[k][l]);
  if (used < sizeof m->p->caption)
    snprintf(m->p->caption + used, sizeof m->p->caption - used, " all at %.4g %% of the points.", 100 * r->all);
}

static void map_free(map *m) {
  free(m->ab);
  free(m->samples);
  for (size_t k = 0; k < LFAP_MAP_FUNCTIONS; k++) {
    free(m->v[k]);
    lfap_net_free(&m->on[k].net);
  }
}

lfap_status lfap_picture_map(lfap_ctx *ctx, lfap_picture *out, lfap_map_result *result, const lfap_plane *plane,
                             const lfap_map_function *f, size_t functions, const lfap_data *data,
                             const lfap_map_opts *o) {
  lfap_picture p = {.name = "map"};
  map m = {.ctx = ctx, .p = &p, .f = f, .functions = functions, .grid = o->grid};
  m.ab = malloc(2 * o->grid * o->grid * sizeof(double));
  m.samples = malloc(2 * data->n * sizeof(double));
  lfap_status s = m.ab && m.samples ? lfap_plane_project(ctx, m.samples, plane, data->x, data->n)
                                    : lfap_fail(ctx, LFAP_ERR_MEMORY, "map: no memory for %zu points and %zu samples",
                                                o->grid * o->grid, data->n);
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
    words_map(&m, &r, data);
    commands_map(&m, plane, r.extent);
    *out = p;
    *result = r;
  } else lfap_picture_free(&p);
  map_free(&m);
  return s;
}
