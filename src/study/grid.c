/* grid.c - from axes to cells (spec/theory.md section 6 has the paper's grids). */
#include "study/grid.h"

#include "perturb/norm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void fill(lfap_axis *a, double value) {
  if (a->n == 0) a->v[a->n++] = value;
}

static lfap_grid with_defaults(const lfap_grid *grid) {
  lfap_grid g = *grid;
  fill(&g.method, LFAP_BY_LIMIT);
  fill(&g.data, LFAP_STUDY_UNIFORM);
  fill(&g.gamma, 0.5);
  fill(&g.d, 1000);
  fill(&g.n, 100);
  fill(&g.m, 20);
  for (int k = 0; k < LFAP_STUDY_KINDS; k++) fill(&g.seed[k], 0);
  fill(&g.base, LFAP_BASE_NOISE);
  fill(&g.n_adv, 0); /* as many as natural samples */
  fill(&g.norm, LFAP_L2);
  fill(&g.share, 0.05);
  return g;
}

/* A position in the grid, outermost axis first. */
enum { METHOD, DATA, GAMMA, DIM, SAMPLES, WIDTH, SEED, BASE, N_ADV, NORM, SHARE, EPS, AXES };
typedef struct {
  const lfap_grid *g;
  size_t at[AXES];
} position;

static double value(const position *p, const lfap_axis *a, int axis) { return a->v[p->at[axis]]; }

static lfap_norm norm_at(const position *p) { return (lfap_norm)value(p, &p->g->norm, NORM); }

static const lfap_axis *seeds_at(const position *p) { return &p->g->seed[(int)value(p, &p->g->data, DATA)]; }

/* How many values `axis` has here: some axes mean nothing to some cells and count as one value then. */
static size_t values(const position *p, int axis) {
  const lfap_grid *g = p->g;
  int fashion = value(p, &g->data, DATA) == LFAP_STUDY_FASHION;
  const lfap_axis *eps = &g->eps[norm_at(p)];
  switch (axis) {
  case METHOD: return g->method.n;
  case DATA: return g->data.n;
  case GAMMA: return g->gamma.n;
  case DIM: return fashion ? 1 : g->d.n;
  case SAMPLES: return g->n.n;
  case WIDTH: return value(p, &g->method, METHOD) == LFAP_BY_LIMIT ? 1 : g->m.n;
  case SEED: return seeds_at(p)->n;
  case BASE: return g->base.n;
  case N_ADV: return g->n_adv.n;
  case NORM: return g->norm.n;
  case SHARE: return lfap_norm_of(norm_at(p))->takes_k ? g->share.n : 1;
  default: return eps->n ? eps->n : 1;
  }
}

static int advance(position *p) {
  for (int axis = AXES - 1; axis >= 0; axis--) {
    if (++p->at[axis] < values(p, axis)) return 1;
    p->at[axis] = 0;
  }
  return 0;
}

static lfap_cell cell_at(const position *p) {
  const lfap_grid *g = p->g;
  lfap_cell c = {.method = (lfap_study_method)value(p, &g->method, METHOD),
                 .data = (lfap_study_kind)value(p, &g->data, DATA),
                 .gamma = value(p, &g->gamma, GAMMA),
                 .n = (size_t)value(p, &g->n, SAMPLES),
                 .seed = (uint64_t)value(p, seeds_at(p), SEED),
                 .base = (lfap_study_base)value(p, &g->base, BASE),
                 .n_adv = (size_t)value(p, &g->n_adv, N_ADV),
                 .norm = norm_at(p),
                 .from = g->from};
  c.d = c.data == LFAP_STUDY_FASHION ? g->pixels : (size_t)value(p, &g->d, DIM);
  if (c.n_adv == 0) c.n_adv = c.n;
  if (c.method == LFAP_BY_LIMIT) c.from = LFAP_FROM_GEOMETRY;
  else {
    c.m = (size_t)value(p, &g->m, WIDTH);
    c.arithmetic = g->arithmetic;
  }
  if (lfap_norm_of(c.norm)->takes_k) {
    double k = floor(value(p, &g->share, SHARE) * (double)c.d);
    c.k = k >= 1.0 ? (size_t)k : 1;
  }
  c.eps = g->eps[c.norm].n ? value(p, &g->eps[c.norm], EPS) : lfap_norm_of(c.norm)->eps_default(c.d);
  return c;
}

lfap_status lfap_grid_cells(lfap_ctx *ctx, lfap_cell **cells, size_t *count, const lfap_grid *grid) {
  lfap_grid g = with_defaults(grid);
  lfap_cell *list = NULL;
  size_t n = 0, room = 0, half = 0;
  position p = {.g = &g};
  do {
    if (n == LFAP_STUDY_CELLS) {
      free(list);
      return lfap_fail(ctx, LFAP_ERR_USAGE, "sweep: a grid of more than %d cells; split it", LFAP_STUDY_CELLS);
    }
    if (n == room) {
      room = 2 * room + 64;
      lfap_cell *more = room <= SIZE_MAX / 2 / sizeof *list ? realloc(list, room * sizeof *list) : NULL;
      if (!more) {
        free(list);
        return lfap_fail(ctx, LFAP_ERR_MEMORY, "sweep: no memory for a grid of more than %zu cells", n);
      }
      list = more;
    }
    list[n] = cell_at(&p);
    half += list[n].arithmetic == LFAP_ARITHMETIC_HALF;
    lfap_status st = lfap_cell_check(ctx, &list[n++]);
    if (st) {
      free(list);
      return st;
    }
  } while (advance(&p));
  if (g.arithmetic == LFAP_ARITHMETIC_HALF && !half) {
    free(list);
    return lfap_fail(ctx, LFAP_ERR_USAGE,
                     "sweep: --arithmetic half is of --method sgd, and no cell has it; give --method sgd");
  }
  *cells = list;
  *count = n;
  return LFAP_OK;
}

lfap_status lfap_grid_shard(lfap_ctx *ctx, size_t **index, size_t *count, const lfap_cell *cells, size_t total,
                            size_t i, size_t n) {
  size_t *list = malloc((total ? total : 1) * sizeof *list), group = 0, taken = 0;
  if (!list) return lfap_fail(ctx, LFAP_ERR_MEMORY, "sweep: no memory for %zu cells", total);
  for (size_t k = 0; k < total; k++) {
    if (k > 0 && !lfap_cell_same_bases(&cells[k - 1], &cells[k])) group++;
    if (group % n == i - 1) list[taken++] = k;
  }
  *index = list;
  *count = taken;
  return LFAP_OK;
}
