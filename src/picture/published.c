/* published.c - reads published accuracies: each is a cell of a preset (study/presets.c), so a sweep can run it. */
#include "picture/published.h"

#include "perturb/norm.h"
#include "study/grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NORM, AXIS, VALUE, LAW, SEED, ACCURACY, WITHIN, NOTE, COLUMNS };
static const char *const column_name[COLUMNS] = {"norm", "axis", "value", "law", "seed", "accuracy", "within", "note"};

/* An axis: its word, its column in a sweep's table, and the preset that sweeps it. */
enum { BY_D, BY_N, BY_N_ADV, BY_EPS, BY_SHARE, AXES };
static const struct {
  const char *word, *column, *preset;
} axes[AXES] = {{"d", "d", "paper-d"},
                {"n", "n", "paper-n"},
                {"n_adv", "n_adv", "paper-nadv"},
                {"eps", "eps", "paper-eps"},
                {"share", "k", "paper-eps"}};

typedef struct {
  lfap_ctx *ctx;
  const lfap_table *t;
  size_t column[COLUMNS];
} reader;

static const char *text(const reader *r, size_t row, int column) {
  return lfap_table_cell(r->t, row, r->column[column]);
}

static lfap_status refuse(const reader *r, size_t row, int column, const char *want) {
  return lfap_fail(r->ctx, LFAP_ERR_DATA, "%s: row %zu, column %s: '%.40s' is not %s", r->t->path, row + 1,
                   column_name[column], text(r, row, column), want);
}

/* What the number in a column may be. */
typedef struct {
  double lo, hi;
  int whole;
  const char *words;
} range;
static const range count = {1, 0x1p40, 1, "a whole number from 1 to 2^40"},
                   extent = {0, 1e300, 0, "a size, 0 or above"},
                   part = {0x1p-40, 1, 0, "a share above 0 and at most 1"},
                   seeds = {0, 0x1p53, 1, "a seed, a whole number"}, share = {0, 1, 0, "a share from 0 to 1"},
                   error = {0, 1, 0, "a reading error from 0 to 1"};

static lfap_status in_range(const reader *r, double *out, size_t row, int column, const range *may) {
  lfap_status st = lfap_table_number(r->ctx, out, r->t, row, r->column[column]);
  if (!st && !(*out >= may->lo && *out <= may->hi && (!may->whole || *out == floor(*out))))
    st = refuse(r, row, column, may->words);
  return st;
}

static lfap_status find_columns(reader *r) {
  for (int k = 0; k < COLUMNS; k++)
    if ((r->column[k] = lfap_table_column(r->t, column_name[k])) == r->t->cols)
      return lfap_fail(r->ctx, LFAP_ERR_DATA,
                       "%s: no column %s; published accuracies are a table with tabs between its columns norm, axis, "
                       "value, law, seed, accuracy, within, note (spec/formats.md)",
                       r->t->path, column_name[k]);
  return LFAP_OK;
}

static lfap_status words(const reader *r, size_t row, int *norm, int *law, int *axis) {
  *norm = *axis = 0;
  *law = LFAP_STUDY_UNIFORM;
  while (*norm < LFAP_NORMS && strcmp(text(r, row, NORM), lfap_norm_name((lfap_norm)*norm)) != 0) ++*norm;
  if (*norm == LFAP_NORMS) return refuse(r, row, NORM, "a norm: " LFAP_NORM_WORDS);
  if (strcmp(text(r, row, LAW), lfap_study_kind_name[LFAP_STUDY_GAUSS]) == 0) *law = LFAP_STUDY_GAUSS;
  else if (strcmp(text(r, row, LAW), lfap_study_kind_name[LFAP_STUDY_UNIFORM]) != 0)
    return refuse(r, row, LAW, "a law: uniform, gauss");
  while (*axis < AXES && strcmp(text(r, row, AXIS), axes[*axis].word) != 0) ++*axis;
  if (*axis == AXES) return refuse(r, row, AXIS, "an axis: d, n, n_adv, eps, share");
  int counts = lfap_norm_of((lfap_norm)*norm)->takes_k;
  if (*axis == (counts ? BY_EPS : BY_SHARE))
    return refuse(r, row, AXIS, counts ? "what this norm bounds, the share" : "what this norm bounds, eps");
  return LFAP_OK;
}

/* The one cell of the axis' preset at this value. */
static lfap_status cell_of(lfap_ctx *ctx, lfap_cell *out, int norm, int law, int axis, double value) {
  lfap_grid g = {0};
  lfap_cell *cell = NULL;
  size_t cells = 0;
  const lfap_axis one = {.v = {value}, .n = 1};
  lfap_grid_preset(&g, axes[axis].preset, 1);
  g.norm = (lfap_axis){.v = {norm}, .n = 1};
  g.data = (lfap_axis){.v = {law}, .n = 1};
  *(axis == BY_D       ? &g.d
    : axis == BY_N     ? &g.n
    : axis == BY_N_ADV ? &g.n_adv
    : axis == BY_EPS   ? &g.eps[norm]
                       : &g.share) = one;
  lfap_status st = lfap_grid_cells(ctx, &cell, &cells, &g);
  if (!st) *out = cell[0];
  free(cell);
  return st;
}

static lfap_status row_of(const reader *r, lfap_published_row *out, size_t row) {
  int norm = 0, law = 0, axis = 0;
  double seed = 0.0;
  lfap_published_row p = {.axis = text(r, row, AXIS)};
  lfap_status st = words(r, row, &norm, &law, &axis);
  const range *on_axis = axis == BY_EPS ? &extent : axis == BY_SHARE ? &part : &count;
  if (!st) st = in_range(r, &p.value, row, VALUE, on_axis);
  if (!st) st = in_range(r, &seed, row, SEED, &seeds);
  if (!st) st = in_range(r, &p.accuracy, row, ACCURACY, &share);
  if (!st) st = in_range(r, &p.within, row, WITHIN, &error);
  if (!st) st = cell_of(r->ctx, &p.cell, norm, law, axis, p.value);
  if (st) return st;
  p.seed = (uint64_t)seed;
  p.column = axes[axis].column;
  *out = p;
  return LFAP_OK;
}

static int same_number(const lfap_published_row *a, const lfap_published_row *b) {
  return a->cell.norm == b->cell.norm && a->cell.data == b->cell.data && a->column == b->column && a->value == b->value;
}

static lfap_status read_rows(const reader *r, lfap_published *p) {
  lfap_status st = LFAP_OK;
  for (size_t i = 0; !st && i < r->t->rows; i++) {
    st = row_of(r, &p->row[i], i);
    for (size_t k = 0; !st && k < i; k++)
      if (same_number(&p->row[k], &p->row[i]))
        st =
            lfap_fail(r->ctx, LFAP_ERR_DATA, "%s: rows %zu and %zu are of the same norm, axis, value and law; keep one",
                      r->t->path, k + 1, i + 1);
    p->rows = i + 1;
  }
  return st;
}

lfap_status lfap_published_read(lfap_ctx *ctx, lfap_published *out, const char *path) {
  lfap_published p = {.rows = 0};
  reader r = {.ctx = ctx, .t = &p.table};
  lfap_status st = lfap_table_read_tabs(ctx, &p.table, path);
  if (!st) st = find_columns(&r);
  if (!st && p.table.rows == 0) st = lfap_fail(ctx, LFAP_ERR_DATA, "%s: has no row, so there is nothing to hold", path);
  if (!st && !(p.row = calloc(p.table.rows, sizeof *p.row)))
    st = lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for %zu rows", path, p.table.rows);
  if (!st) st = read_rows(&r, &p);
  if (st) lfap_published_free(&p);
  else *out = p;
  return st;
}

void lfap_published_free(lfap_published *p) {
  lfap_table_free(&p->table);
  free(p->row);
  *p = (lfap_published){0};
}

int lfap_published_fits(const lfap_published_row *p, const char *column, const char *text) {
  const lfap_cell *c = &p->cell;
  const struct {
    const char *column, *word;
  } word[] = {{"data", lfap_study_kind_name[c->data]},
              {"base", lfap_study_base_name[c->base]},
              {"norm", lfap_norm_name(c->norm)}};
  const struct {
    const char *column;
    double value;
  } size[] = {{"d", (double)c->d}, {"n", (double)c->n}, {"n_adv", (double)c->n_adv},
              {"gamma", c->gamma}, {"eps", c->eps},     {"k", (double)c->k}};
  for (size_t i = 0; i < sizeof word / sizeof word[0]; i++)
    if (strcmp(word[i].column, column) == 0) return strcmp(word[i].word, text) == 0;
  for (size_t i = 0; i < sizeof size / sizeof size[0]; i++)
    if (strcmp(size[i].column, column) == 0) return size[i].value == strtod(text, NULL);
  return 1;
}
