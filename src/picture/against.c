/* against.c - a sweep's table held against published accuracies: published, measured and R1's, cell by cell. */
#include "picture/published.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Columns of the sweep's table that are looked at, and those handed on as they are; the last may be missing. */
enum { ACC, CONTROL, RULE, NUMBERS };
enum { CELL, METHOD, FROM, M, SEED, ARITHMETIC, TEXTS };
static const char *const number_name[NUMBERS] = {"acc", "acc_control", "rule"};
static const char *const text_name[TEXTS] = {"cell", "method", "from", "m", "seed", "arithmetic"};

typedef struct {
  lfap_ctx *ctx;
  const lfap_table *t;
  size_t number[NUMBERS], text[TEXTS];
  lfap_text *csv;
  lfap_against sum;
  double *off, *rule_off; /* of the pairs compared; owned */
  size_t rules, room;
  unsigned char *met; /* rows with a number; owned */
} against;

static lfap_status find_columns(against *a) {
  const char *missing = NULL;
  for (int k = 0; k < NUMBERS; k++)
    if ((a->number[k] = lfap_table_column(a->t, number_name[k])) == a->t->cols) missing = number_name[k];
  for (int k = 0; k < TEXTS; k++)
    if ((a->text[k] = lfap_table_column(a->t, text_name[k])) == a->t->cols && k != ARITHMETIC) missing = text_name[k];
  if (!a->t->sweep) missing = "check";
  if (!missing) return LFAP_OK;
  return lfap_fail(a->ctx, LFAP_ERR_DATA,
                   "%s: no column %s; what is held against published numbers is a table of "
                   "lfap sweep, as it left it",
                   a->t->path, missing);
}

static lfap_status make_room(against *a) {
  if (a->sum.compared < a->room) return LFAP_OK;
  size_t room = 2 * a->room + 64;
  double *more = realloc(a->off, room * sizeof *more);
  if (more) a->off = more;
  double *rules = more ? realloc(a->rule_off, room * sizeof *rules) : NULL;
  if (rules) a->rule_off = rules;
  if (!rules) return lfap_fail(a->ctx, LFAP_ERR_MEMORY, "%s: out of memory for %zu pairs", a->t->path, room);
  a->room = room;
  return LFAP_OK;
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static void put_number(against *a, double x) {
  lfap_text_puts(a->csv, ",");
  lfap_text_double(a->csv, x);
}

/* What of a line is told by the table; row SIZE_MAX: nothing. */
static void put_row(against *a, size_t row) {
  for (int k = 0; k < TEXTS; k++) {
    if (a->text[k] == a->t->cols) continue;
    lfap_text_puts(a->csv, ",");
    if (row != SIZE_MAX) lfap_text_puts(a->csv, lfap_table_cell(a->t, row, a->text[k]));
  }
}

static void put_head(against *a) {
  lfap_text_puts(a->csv, "norm,law,axis,value,published,within,published_seed");
  for (int k = 0; k < TEXTS; k++) {
    if (a->text[k] == a->t->cols) continue;
    lfap_text_puts(a->csv, ",");
    lfap_text_puts(a->csv, text_name[k]);
  }
  lfap_text_puts(a->csv, ",measured,control,rule,rule_accuracy,difference,rule_difference,state\n");
}

/* The published half of a line; p NULL: the norm and the law of the row alone. */
static void put_published(against *a, const lfap_published_row *p, size_t row) {
  if (p) {
    lfap_text_puts(a->csv, lfap_norm_name(p->cell.norm));
    lfap_text_puts(a->csv, ",");
    lfap_text_puts(a->csv, lfap_study_kind_name[p->cell.data]);
    lfap_text_puts(a->csv, ",");
    lfap_text_puts(a->csv, p->axis);
    put_number(a, p->value);
    put_number(a, p->accuracy);
    put_number(a, p->within);
    lfap_text_puts(a->csv, ",");
    lfap_text_uint(a->csv, p->seed);
    return;
  }
  lfap_text_puts(a->csv, lfap_table_cell(a->t, row, lfap_table_column(a->t, "norm")));
  lfap_text_puts(a->csv, ",");
  lfap_text_puts(a->csv, lfap_table_cell(a->t, row, lfap_table_column(a->t, "data")));
  lfap_text_puts(a->csv, ",,nan,nan,nan,");
}

/* Decimals do not subtract exactly: 0.635 is within 0.005 of 0.63. */
static int is_within(double difference, double within) { return fabs(difference) <= within + 0x1p-40; }

/* A line of a number, a row, or both. */
static lfap_status put_line(against *a, const lfap_published_row *p, size_t row) {
  double v[NUMBERS] = {NAN, NAN, NAN};
  lfap_status st = make_room(a);
  for (int k = 0; !st && row != SIZE_MAX && k < NUMBERS; k++)
    st = lfap_table_number(a->ctx, &v[k], a->t, row, a->number[k]);
  if (st) return st;
  double phi = 0.5 * erfc(-v[RULE] / sqrt(2.0)); /* R1: the normal distribution function of the ratio */
  double off = p ? v[ACC] - p->accuracy : NAN, rule_off = p ? phi - p->accuracy : NAN;
  const char *state = !p                          ? "no-published"
                      : row == SIZE_MAX           ? "no-cell"
                      : isnan(v[ACC])             ? "no-accuracy"
                      : is_within(off, p->within) ? "within"
                                                  : "outside";
  put_published(a, p, row);
  put_row(a, row);
  const double shown[] = {v[ACC], v[CONTROL], v[RULE], phi, off, rule_off};
  for (size_t k = 0; k < sizeof shown / sizeof shown[0]; k++) put_number(a, shown[k]);
  lfap_text_puts(a->csv, ",");
  lfap_text_puts(a->csv, state);
  lfap_text_puts(a->csv, "\n");
  a->sum.no_published += !p;
  a->sum.no_cell += row == SIZE_MAX;
  a->sum.no_accuracy += p && row != SIZE_MAX && isnan(v[ACC]);
  if (isnan(off)) return LFAP_OK;
  a->sum.within += (size_t)is_within(off, p->within);
  if (!isnan(rule_off)) a->rule_off[a->rules++] = fabs(rule_off);
  a->off[a->sum.compared++] = fabs(off);
  return LFAP_OK;
}

/* ---- together ---------------------------------------------------------------------------------------------------- */

static int is_cell_of(const against *a, const lfap_published_row *p, size_t row) {
  for (size_t c = 0; c < a->t->cols; c++)
    if (!lfap_published_fits(p, a->t->cell[c], lfap_table_cell(a->t, row, c))) return 0;
  return 1;
}

static lfap_status put_lines(against *a, const lfap_published *p) {
  lfap_status st = LFAP_OK;
  put_head(a);
  for (size_t i = 0; !st && i < p->rows; i++) {
    size_t rows = 0;
    for (size_t r = 0; !st && r < a->t->rows; r++) {
      if (!is_cell_of(a, &p->row[i], r)) continue;
      a->met[r] = 1;
      rows++;
      st = put_line(a, &p->row[i], r);
    }
    if (!st && rows == 0) st = put_line(a, &p->row[i], SIZE_MAX);
  }
  for (size_t r = 0; !st && r < a->t->rows; r++)
    if (!a->met[r]) st = put_line(a, NULL, r);
  return !st && a->csv->status ? lfap_fail(a->ctx, a->csv->status, "%s: out of memory for its comparison", a->t->path)
                               : st;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void median_of(double *median, double *largest, double *v, size_t n) {
  *median = *largest = NAN;
  if (n == 0) return;
  qsort(v, n, sizeof *v, ascending);
  *median = n % 2 ? v[n / 2] : 0.5 * (v[n / 2 - 1] + v[n / 2]);
  *largest = v[n - 1];
}

lfap_status lfap_against_published(lfap_ctx *ctx, lfap_against *out, lfap_text *csv, const lfap_table *sweep,
                                   const lfap_published *p) {
  against a = {.ctx = ctx, .t = sweep, .csv = csv, .sum = {.published = p->rows, .cells = sweep->rows}};
  lfap_status st = find_columns(&a);
  a.met = st ? NULL : calloc(sweep->rows + 1, 1);
  if (!st && !a.met) st = lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for %zu rows", sweep->path, sweep->rows);
  if (!st) st = put_lines(&a, p);
  if (!st) {
    median_of(&a.sum.median, &a.sum.largest, a.off, a.sum.compared);
    median_of(&a.sum.rule_median, &a.sum.rule_largest, a.rule_off, a.rules);
    *out = a.sum;
  }
  free(a.off);
  free(a.rule_off);
  free(a.met);
  return st;
}
