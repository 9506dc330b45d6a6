/* Labels as they are read: +1 and -1, or 1 and 0, and what is said of others. */
#include "data/labels.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_taken(const double *y, size_t n, lfap_labels_kind kind, const double *want) {
  lfap_ctx ctx = {0};
  double v[8];
  memcpy(v, y, n * sizeof *y);
  cr_assert(lfap_labels_take(&ctx, v, n, "y", kind) == LFAP_OK, "%s", ctx.message);
  for (size_t i = 0; i < n; i++) cr_assert(v[i] == want[i], "label %zu is %g", i, v[i]);
  cr_assert(lfap_labels_check(&ctx, y, n, "y", kind) == LFAP_OK);
}

/* Refused with the message, and left as they were. */
static void expect_refused(const double *y, size_t n, lfap_labels_kind kind, const char *said) {
  lfap_ctx ctx = {0};
  double v[8];
  memcpy(v, y, n * sizeof *y);
  cr_assert_eq(lfap_labels_take(&ctx, v, n, "y.npy", kind), LFAP_ERR_DATA);
  cr_assert_str_eq(ctx.message, said);
  cr_assert(memcmp(v, y, n * sizeof *y) == 0);
}
#define REFUSED(kind, said, ...) \
  expect_refused((const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double), kind, "y.npy: " said)

Test(labels, taken) {
  expect_taken((const double[]){1, -1, -1}, 3, LFAP_LABELS_SIGNS, (const double[]){1, -1, -1});
  expect_taken((const double[]){-1, -1}, 2, LFAP_LABELS_SIGNS, (const double[]){-1, -1});
  expect_taken((const double[]){1, 0, 0, 1}, 4, LFAP_LABELS_01, (const double[]){1, -1, -1, 1});
  expect_taken((const double[]){0, -0.0, 0}, 3, LFAP_LABELS_01, (const double[]){-1, -1, -1});
  expect_taken((const double[]){1, 1}, 2, LFAP_LABELS_01, (const double[]){1, 1});
}

Test(labels, what_they_may_be_instead) {
  REFUSED(LFAP_LABELS_SIGNS, "label 1 is 0; labels must be +1 or -1; these are 0 and 1: give --labels-01, or save 2*y - 1 in float", 1, 0, 1);
  REFUSED(LFAP_LABELS_SIGNS, "label 0 is 0; labels must be +1 or -1; all of them are 0: are they labels? Where 0 stands for -1, give --labels-01", 0, 0);
  REFUSED(LFAP_LABELS_SIGNS, "label 1 is 2; labels must be +1 or -1; these are 1 and 2: save numpy.where(y == 2, 1, -1)", 1, 2, 1);
  REFUSED(LFAP_LABELS_SIGNS, "label 0 is 9; labels must be +1 or -1; these are 0 and 9: save numpy.where(y == 9, 1, -1)", 9, 0);
  REFUSED(LFAP_LABELS_SIGNS, "label 2 is 2; labels must be +1 or -1; these are of three classes or more (1, 2, 7, ...), the theory is of two: choose two of them", 1, 1,
          2, 7);
  REFUSED(LFAP_LABELS_SIGNS, "label 0 is 0.5; labels must be +1 or -1", 0.5, 1, 2);
  REFUSED(LFAP_LABELS_01, "label 1 is -1; labels must be 0 or 1 (--labels-01); these are +1 and -1 already: leave --labels-01 out", 1, -1);
  REFUSED(LFAP_LABELS_01, "label 0 is 2; labels must be 0 or 1 (--labels-01); these are 0 and 2: save numpy.where(y == 2, 1, -1)", 2, 0);
}
