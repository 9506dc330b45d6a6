/* grid.h - a grid of cells: axes, the presets of the paper's experiments, and the cells in their order. */
#ifndef LFAP_STUDY_GRID_H
#define LFAP_STUDY_GRID_H
#include "io/text.h"
#include "study/study.h"

enum { LFAP_AXIS = 256 };
typedef struct {
  double v[LFAP_AXIS]; /* numbers, or values of an enumeration of study.h */
  size_t n;            /* 0: not given */
} lfap_axis;

typedef struct {
  lfap_axis method, data, gamma, d, n, m, base, n_adv, norm;
  lfap_axis seed[LFAP_STUDY_KINDS]; /* of each kind of data */
  lfap_axis eps[LFAP_NORMS];        /* not given: the norm's own (perturb/norm.h) */
  lfap_axis share;                  /* share of the entries that a perturbation changes, where its norm counts them */
  lfap_study_from from;
  lfap_arithmetic arithmetic; /* of networks */
  size_t pixels;              /* d of fashion-mnist: what its images have */
  size_t epochs;              /* of a preset: sgd's (lfap_study_opts); 0: not told */
} lfap_grid;

/* The authors' experiments. The first four are grids, the others one cell each, of which they drew decision maps. */
enum { LFAP_PRESETS = 7, LFAP_PRESET_GRIDS = 4 };
/* "paper-d", "paper-n", "paper-nadv", "paper-eps"; "paper-10", "paper-20", "paper-100" */
extern const char *const lfap_preset_name[LFAP_PRESETS];
/* Axes of the preset of that name; 0 if there is no such preset. */
int lfap_grid_preset(lfap_grid *out, const char *name, int paper_scale);

/* Fills the axes not given, then every cell of the grid. The order, outermost first: method, data, gamma, d, N, m,
   seed, base, N_adv, norm, share, eps; so cells that share work are neighbours. *cells is owned by the caller. */
lfap_status lfap_grid_cells(lfap_ctx *ctx, lfap_cell **cells, size_t *count, const lfap_grid *grid);
/* The grid as text, a line a cell (listing.c). */
void lfap_grid_put(lfap_text *t, const lfap_cell *cell, size_t cells, const lfap_study_opts *o);
/* Cells of shard i of n (1..n): groups of equal bases dealt out in turn. *index gets their positions in the grid. */
lfap_status lfap_grid_shard(lfap_ctx *ctx, size_t **index, size_t *count, const lfap_cell *cells, size_t total,
                            size_t i, size_t n);
#endif
