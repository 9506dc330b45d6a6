/* labels.c - labels +1 and -1, and what else people have. */
#include "data/labels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { HINT = 160, FEW = 3 };

/* Distinct values, at most FEW of them; whole: all values of y are whole numbers. */
static size_t distinct(double seen[FEW], int *whole, const double *y, size_t n) {
  size_t k = 0;
  *whole = 1;
  for (size_t i = 0; i < n; i++) {
    size_t j = 0;
    *whole = *whole && y[i] == floor(y[i]);
    while (j < k && seen[j] != y[i]) j++;
    if (j == k && k < FEW) seen[k++] = y[i];
  }
  return k;
}

/* What such labels may be, and what to do about it; nothing where that cannot be told. */
static void hint_of(char hint[HINT], const double *y, size_t n, lfap_labels_kind kind) {
  double seen[FEW];
  int whole;
  size_t k = distinct(seen, &whole, y, n);
  double low = k == 2 ? fmin(seen[0], seen[1]) : 0, high = k == 2 ? fmax(seen[0], seen[1]) : 0;
  hint[0] = '\0';
  if (!whole) return;
  if (k == FEW)
    snprintf(hint, HINT,
             "; these are of three classes or more (%g, %g, %g, ...), the theory is of two: choose two of them",
             seen[0], seen[1], seen[2]);
  else if (kind == LFAP_LABELS_01 && k == 2 && low == -1 && high == 1)
    snprintf(hint, HINT, "; these are +1 and -1 already: leave --labels-01 out");
  else if (kind == LFAP_LABELS_SIGNS && k == 1 && seen[0] == 0)
    snprintf(hint, HINT, "; all of them are 0: are they labels? Where 0 stands for -1, give --labels-01");
  else if (kind == LFAP_LABELS_SIGNS && k == 2 && low == 0 && high == 1)
    snprintf(hint, HINT, "; these are 0 and 1: give --labels-01, or save 2*y - 1 in float");
  else if (k == 2) snprintf(hint, HINT, "; these are %g and %g: save numpy.where(y == %g, 1, -1)", low, high, high);
}

lfap_status lfap_labels_check(lfap_ctx *ctx, const double *y, size_t n, const char *name, lfap_labels_kind kind) {
  const double low = kind == LFAP_LABELS_01 ? 0 : -1;
  char hint[HINT];
  for (size_t i = 0; i < n; i++) {
    if (y[i] == 1 || y[i] == low) continue;
    hint_of(hint, y, n, kind);
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: label %zu is %.17g; labels must be %s%s", name, i, y[i],
                     kind == LFAP_LABELS_01 ? "0 or 1 (--labels-01)" : "+1 or -1", hint);
  }
  return LFAP_OK;
}

lfap_status lfap_labels_take(lfap_ctx *ctx, double *y, size_t n, const char *name, lfap_labels_kind kind) {
  lfap_status status = lfap_labels_check(ctx, y, n, name, kind);
  for (size_t i = 0; status == LFAP_OK && i < n; i++) y[i] = y[i] == 1 ? 1 : -1;
  return status;
}
