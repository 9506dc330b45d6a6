/* presets.c - the grids of the paper's artificial experiments (spec/theory.md section 6), at its sizes and at small
 * ones: N and N_adv a twentieth, d up to 5000, or 1000 where the paper has 10000. */
#include "study/grid.h"

#include "perturb/norm.h"

#include <string.h>

const char *const lfap_preset_name[4] = {"paper-d", "paper-n", "paper-nadv", "paper-eps"};
enum { BY_D, BY_N, BY_N_ADV, BY_EPS };

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

/* Powers of two around the size of the other presets; of a norm that counts entries it is the share that changes. */
static void sizes(lfap_grid *g, size_t d) {
  for (int k = -3; k <= 2; k++) {
    double by = k < 0 ? 1.0 / (double)(1 << -k) : (double)(1 << k);
    for (int i = 0; i < LFAP_NORMS; i++) {
      const lfap_norm_object *norm = lfap_norm_of((lfap_norm)i);
      if (!norm->takes_k) g->eps[i].v[g->eps[i].n++] = by * norm->eps_default(d);
    }
    g->share.v[g->share.n++] = by * 0.05;
  }
}

static void paper(lfap_grid *g, int which) {
  PUT(g->d, 10000);
  PUT(g->n, 1000);
  PUT(g->n_adv, 10000);
  PUT(g->m, 1000);
  upto(&g->seed, 5);
  if (which == BY_D) PUT(g->d, 100, 500, 1000, 2500, 5000, 7500, 10000);
  if (which == BY_N) PUT(g->n, 1000, 2000, 3000, 5000, 7000, 10000);
  if (which == BY_N_ADV) PUT(g->n_adv, 1, 10, 100, 500, 1000, 1500, 2500, 5000, 7500, 10000);
  if (which == BY_EPS) sizes(g, 10000);
}

static void small(lfap_grid *g, int which) {
  PUT(g->d, 1000);
  PUT(g->n, 50);
  PUT(g->n_adv, 500);
  PUT(g->m, 50);
  upto(&g->seed, 10);
  if (which == BY_D) PUT(g->d, 100, 500, 1000, 2500, 5000);
  if (which == BY_N) PUT(g->n, 50, 100, 150, 250, 350, 500);
  if (which == BY_N_ADV) PUT(g->n_adv, 1, 5, 25, 50, 75, 125, 250, 375, 500);
  if (which == BY_EPS) sizes(g, 1000);
}

int lfap_grid_preset(lfap_grid *out, const char *name, int paper_scale) {
  int which = 0;
  while (which < 4 && strcmp(name, lfap_preset_name[which]) != 0) which++;
  if (which == 4) return 0;
  lfap_grid g = {0};
  PUT(g.method, LFAP_BY_LIMIT);
  PUT(g.data, LFAP_STUDY_UNIFORM, LFAP_STUDY_GAUSS);
  PUT(g.gamma, 0.01);
  PUT(g.base, LFAP_BASE_NOISE);
  PUT(g.norm, LFAP_L2, LFAP_LINF, LFAP_L0); /* the paper's */
  if (paper_scale) paper(&g, which);
  else small(&g, which);
  *out = g;
  return 1;
}
