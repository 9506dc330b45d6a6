/* presets.c - the grids of the authors' artificial experiments (spec/theory.md section 6), at their sizes and at small
 * ones of the same shape: N and N_adv a twentieth, d up to 5000, or 1000 where theirs is 10000. */
#include "study/grid.h"

#include "perturb/norm.h"

#include <string.h>

const char *const lfap_preset_name[LFAP_PRESETS] = {"paper-d",  "paper-n",  "paper-nadv", "paper-eps",
                                                    "paper-10", "paper-20", "paper-100"};
enum { BY_D, BY_N, BY_N_ADV, BY_EPS, MAP_10, MAP_20, MAP_100 };
enum { PAPER_D = 10000, SMALL_D = 1000 };

static void put_axis(lfap_axis *a, const double *v, size_t n) {
  memcpy(a->v, v, n * sizeof *v);
  a->n = n;
}
#define PUT(axis, ...)                             \
  do {                                             \
    const double v_[] = {__VA_ARGS__};             \
    put_axis(&(axis), v_, sizeof v_ / sizeof *v_); \
  } while (0)

static void upto(lfap_axis *a, size_t n) {
  for (a->n = 0; a->n < n; a->n++) a->v[a->n] = (double)a->n;
}

/* The authors' sizes at d = 10000; at another d as large against the size of the other presets there. Of a norm that
   counts entries it is the share that changes, where that leaves one to change. */
static void sizes(lfap_grid *g, size_t d) {
  lfap_axis eps[LFAP_NORMS] = {{{0}, 0}}, share;
  PUT(eps[LFAP_L2], 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.78);
  PUT(eps[LFAP_LINF], 0.001, 0.005, 0.01, 0.015, 0.02, 0.03);
  PUT(share, 0.0001, 0.0004, 0.0008, 0.001, 0.002, 0.004, 0.006, 0.008, 0.01, 0.02, 0.03, 0.04, 0.05);
  for (int i = 0; i < LFAP_NORMS; i++) {
    const lfap_norm_object *norm = lfap_norm_of((lfap_norm)i);
    double by = norm->eps_default(d) / norm->eps_default(PAPER_D);
    for (size_t k = 0; k < eps[i].n; k++) g->eps[i].v[g->eps[i].n++] = by * eps[i].v[k];
  }
  for (size_t k = 0; k < share.n; k++)
    if (share.v[k] * (double)d >= 1.0) g->share.v[g->share.n++] = share.v[k];
}

/* One seed a law, the number of the authors'; their generator is another one, and so are their samples. */
static void paper(lfap_grid *g, int which) {
  PUT(g->d, PAPER_D);
  PUT(g->n, 1000);
  PUT(g->n_adv, 10000);
  PUT(g->m, 1000);
  PUT(g->seed[LFAP_STUDY_UNIFORM], 5);
  PUT(g->seed[LFAP_STUDY_GAUSS], 2);
  if (which == BY_D) PUT(g->d, 100, 500, 1000, 2500, 5000, 7500, 10000);
  if (which == BY_N) PUT(g->n, 1000, 2000, 3000, 5000, 7000, 10000);
  if (which == BY_N_ADV) PUT(g->n_adv, 1, 10, 100, 500, 1000, 1500, 2500, 5000, 7500, 10000);
  if (which == BY_EPS) sizes(g, PAPER_D);
  if (which == MAP_10) PUT(g->n_adv, 10);
  if (which == MAP_20) PUT(g->n_adv, 20);
  if (which == MAP_100) PUT(g->n_adv, 100);
}

static void small(lfap_grid *g, int which) {
  PUT(g->d, SMALL_D);
  PUT(g->n, 50);
  PUT(g->n_adv, 500);
  PUT(g->m, 50);
  for (int k = 0; k < LFAP_STUDY_KINDS; k++) upto(&g->seed[k], 10);
  if (which == BY_D) PUT(g->d, 100, 500, 1000, 2500, 5000);
  if (which == BY_N) PUT(g->n, 50, 100, 150, 250, 350, 500);
  if (which == BY_N_ADV) PUT(g->n_adv, 1, 5, 25, 50, 75, 125, 250, 375, 500);
  if (which == BY_EPS) sizes(g, SMALL_D);
  if (which == MAP_10) PUT(g->n_adv, 1);
  if (which == MAP_20) PUT(g->n_adv, 2);
  if (which == MAP_100) PUT(g->n_adv, 10);
}

int lfap_grid_preset(lfap_grid *out, const char *name, int paper_scale) {
  int which = 0;
  while (which < LFAP_PRESETS && strcmp(name, lfap_preset_name[which]) != 0) which++;
  if (which == LFAP_PRESETS) return 0;
  lfap_grid g = {.from = LFAP_FROM_PGD, .epochs = paper_scale ? 100000 : 1000};
  PUT(g.method, LFAP_BY_LIMIT);
  PUT(g.gamma, 0.01);
  PUT(g.base, LFAP_BASE_NOISE);
  if (which < MAP_10) {
    PUT(g.data, LFAP_STUDY_UNIFORM, LFAP_STUDY_GAUSS);
    PUT(g.norm, LFAP_L2, LFAP_LINF, LFAP_L0); /* the paper's */
  } else {
    PUT(g.data, LFAP_STUDY_UNIFORM);
    PUT(g.norm, LFAP_L2);
  }
  if (paper_scale) paper(&g, which);
  else small(&g, which);
  *out = g;
  return 1;
}
