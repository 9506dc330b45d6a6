/* published.h - accuracies that were published, as cells of a sweep (spec/published.tsv; spec/formats.md), and the
 * table of a sweep held against them (R1). */
#ifndef LFAP_PICTURE_PUBLISHED_H
#define LFAP_PICTURE_PUBLISHED_H
#include "io/text.h"
#include "picture/table.h"
#include "study/study.h"

/* One number: the cell of a preset at the authors' scale, of which one axis has a value of its own. */
typedef struct {
  lfap_cell cell;          /* data, norm, d, n, n_adv, gamma, eps, k; what learns is not told */
  const char *axis;        /* as the file says: d, n, n_adv, eps, share */
  const char *column;      /* of a sweep's table that the axis is: d, n, n_adv, eps, k */
  double value;            /* on the axis, as the file says */
  double accuracy, within; /* of natural samples, and how well it could be read */
  uint64_t seed;           /* the authors' */
} lfap_published_row;

typedef struct {
  lfap_table table; /* owned; `axis` points into it */
  lfap_published_row *row;
  size_t rows;
} lfap_published;
/* DATA names the row and column that is not as spec/formats.md has it. */
lfap_status lfap_published_read(lfap_ctx *ctx, lfap_published *out, const char *path);
void lfap_published_free(lfap_published *p);

/* May the published cell have this text in that column of a sweep's table? It may have any where it is not told. */
int lfap_published_fits(const lfap_published_row *p, const char *column, const char *text);

/* What a table says of the published numbers, in all. Differences are absolute; NaN where nothing was compared. */
typedef struct {
  size_t published, cells;          /* numbers; rows of the table */
  size_t compared, within;          /* pairs of both with an accuracy; those no farther apart than it could be read */
  size_t no_accuracy;               /* pairs whose cell has none */
  size_t no_cell, no_published;     /* numbers without a row; rows without a number */
  double median, largest;           /* measured against published */
  double rule_median, rule_largest; /* R1 against published, over the same pairs */
} lfap_against;
/* `csv`: a line a pair in the order of the numbers, then what is alone. `sweep` is a table of lfap sweep. */
lfap_status lfap_against_published(lfap_ctx *ctx, lfap_against *out, lfap_text *csv, const lfap_table *sweep,
                                   const lfap_published *p);
#endif
