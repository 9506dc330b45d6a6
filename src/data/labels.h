/* labels.h - labels as they are read. Internal to the library. */
#ifndef LFAP_DATA_LABELS_H
#define LFAP_DATA_LABELS_H
#include "lfap.h"

/* How labels are written: +1 and -1, or 1 and 0. */
typedef enum { LFAP_LABELS_SIGNS = 0, LFAP_LABELS_01 } lfap_labels_kind;

/* DATA unless all n are of that kind; says what they may be instead. `name` goes into the message. */
lfap_status lfap_labels_check(lfap_ctx *ctx, const double *y, size_t n, const char *name, lfap_labels_kind kind);
/* The same, and 0 becomes -1. */
lfap_status lfap_labels_take(lfap_ctx *ctx, double *y, size_t n, const char *name, lfap_labels_kind kind);
/* lfap_data_read of such labels; bias: of (X, 1), which is what is checked (an all-zero sample is one that a bias can
   decide). */
lfap_status lfap_data_read_labels(lfap_ctx *ctx, lfap_data *out, const char *x_path, const char *y_path,
                                  lfap_labels_kind kind, int bias);
#endif
