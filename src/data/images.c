/* images.c - two classes of an image data set (Fashion-MNIST) as the labelled samples of spec/theory.md section 1.
 *
 * Definition (spec/formats.md). `dir` holds four gzipped IDX files: train-images-idx3-ubyte.gz,
 * train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz.
 * - Training subset: going through the training file in order, an image of class_pos is taken while fewer than
 *   n - floor(n/2) of that class were taken, one of class_neg while fewer than floor(n/2) were; file order is kept.
 * - Test set: every test image of either class, in file order. Label +1 for class_pos, -1 for class_neg.
 * - A pixel of byte p is c = [p/255]. Centred: mean_i = [(c_1i + c_2i + ... + c_ni) / n] over the training subset,
 *   plain additions in sample order from c_1i; without centring mean_i = +0. Every entry of both sets is
 *   [c - mean_i].
 * Rows are images, pixels in the file's order (rows of the image). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/source.h"
#include "kernel/arithmetic.h"
#include "kernel/idx_header.h"
#include "lfap.h"

enum { CLASSES = 10, MOST = 1 << 30 /* bytes a file may unpack to; Fashion-MNIST has 47 million */ };

/* One IDX file, unpacked. */
typedef struct {
  uint8_t *bytes; /* owned */
  size_t len;
  lfap_idx_info info;
} idx_file;

/* One half of the data set: images and their labels. */
typedef struct {
  idx_file images, labels;
} half;

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* Unpacks to the end into a buffer that doubles. */
static lfap_status unpack(lfap_ctx *ctx, idx_file *f, lfap_source *in, const char *path) {
  size_t cap = 1 << 16;
  for (;;) {
    size_t got = 0;
    uint8_t *bytes = realloc(f->bytes, cap);
    if (bytes == NULL) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory while unpacking", path);
    f->bytes = bytes;
    lfap_status status = lfap_source_read(ctx, in, bytes + f->len, cap - f->len, &got);
    if (status != LFAP_OK) return status;
    f->len += got;
    if (f->len < cap) break;
    if (cap >= MOST) return lfap_fail(ctx, LFAP_ERR_DATA, "%s: unpacks to more than %d bytes", path, (int)MOST);
    cap *= 2;
    status = lfap_tick(ctx, path, (double)f->len, (double)cap);
    if (status != LFAP_OK) return status;
  }
  return lfap_tick(ctx, path, (double)cap, (double)cap);
}

static lfap_status fail_idx(lfap_ctx *ctx, const char *path, lfap_idx_verdict v, const idx_file *f) {
  static const char *const what[] = {"", "is not an IDX file of unsigned bytes", "is shorter than its IDX header",
                                     "has an IDX shape that is neither labels (1) nor images (3), or a zero size",
                                     "does not hold the number of bytes its IDX header announces"};
  char head[64] = "";
  for (size_t i = 0, n = 0; i < f->len && i < 16; i++) n += (size_t)snprintf(head + n, 4, "%02x ", f->bytes[i]);
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s: %s (%zu bytes unpacked, beginning %s)", path, what[v], f->len, head);
}

static lfap_status open_idx(lfap_ctx *ctx, lfap_source *out, const char *path) {
  lfap_status status = lfap_source_open(ctx, out, path);
  if (status == LFAP_ERR_NOINPUT && access(path, F_OK) != 0 && ctx != NULL)
    return lfap_fail(ctx, status, "%s; apt-get install dataset-fashion-mnist, or name the directory that holds it",
                     ctx->message);
  return status;
}

static lfap_status read_idx(lfap_ctx *ctx, idx_file *f, const char *dir, const char *name, size_t ndim) {
  char path[4096];
  if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
    return lfap_fail(ctx, LFAP_ERR_NOINPUT, "%s: the name of the directory is too long", name);
  lfap_source in;
  lfap_status status = open_idx(ctx, &in, path);
  if (status != LFAP_OK) return status;
  status = unpack(ctx, f, &in, path);
  lfap_source_close(&in);
  if (status != LFAP_OK) return status;
  lfap_idx_verdict v = lfap_idx_header(&f->info, f->bytes, f->len);
  if (v == LFAP_IDX_OK && f->info.ndim != ndim) v = LFAP_IDX_SHAPE;
  return v == LFAP_IDX_OK ? LFAP_OK : fail_idx(ctx, path, v, f);
}

static lfap_status read_half(lfap_ctx *ctx, half *h, const char *dir, const char *prefix) {
  char name[64];
  snprintf(name, sizeof name, "%s-labels-idx1-ubyte.gz", prefix);
  lfap_status status = read_idx(ctx, &h->labels, dir, name, 1);
  if (status != LFAP_OK) return status;
  snprintf(name, sizeof name, "%s-images-idx3-ubyte.gz", prefix);
  status = read_idx(ctx, &h->images, dir, name, 3);
  if (status != LFAP_OK) return status;
  if (h->images.info.dim[0] == h->labels.info.dim[0]) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_DATA,
                   "%s/%s holds %zu images but there are %zu labels: the files do not belong together", dir, name,
                   h->images.info.dim[0], h->labels.info.dim[0]);
}

static void half_free(half *h) {
  free(h->images.bytes);
  free(h->labels.bytes);
}

/* ---- choosing ---------------------------------------------------------------------------------------------------- */

static const uint8_t *labels_of(const half *h) { return h->labels.bytes + h->labels.info.offset; }

static size_t count_class(const half *h, int class) {
  size_t count = 0;
  for (size_t i = 0; i < h->labels.info.dim[0]; i++) count += labels_of(h)[i] == class;
  return count;
}

/* Copies at most n_pos and n_neg images of the classes, in file order, as [p/255]; `out` has room for them. */
static void take_classes(lfap_data *out, const half *h, int class_pos, int class_neg, size_t n_pos, size_t n_neg) {
  double scaled[256];
  for (int p = 0; p < 256; p++) scaled[p] = (double)p / 255.0;
  size_t row = 0;
  for (size_t i = 0; i < h->labels.info.dim[0]; i++) {
    int class = labels_of(h)[i];
    size_t *left = class == class_pos ? &n_pos : class == class_neg ? &n_neg : NULL;
    if (left == NULL || *left == 0) continue;
    --*left;
    const uint8_t *image = h->images.bytes + h->images.info.offset + i * out->d;
    double *x = out->x + row * out->d;
    for (size_t k = 0; k < out->d; k++) x[k] = scaled[image[k]];
    out->y[row++] = class == class_pos ? 1.0 : -1.0;
  }
}

static void mean_of(double *mean, const lfap_data *data) {
  memcpy(mean, data->x, data->d * sizeof *mean);
  for (size_t n = 1; n < data->n; n++)
    for (size_t i = 0; i < data->d; i++) mean[i] = mean[i] + data->x[n * data->d + i];
  for (size_t i = 0; i < data->d; i++) mean[i] = mean[i] / (double)data->n;
}

static void subtract(lfap_data *data, const double *mean) {
  for (size_t n = 0; n < data->n; n++)
    for (size_t i = 0; i < data->d; i++) data->x[n * data->d + i] = data->x[n * data->d + i] - mean[i];
}

static lfap_status check_request(lfap_ctx *ctx, int class_pos, int class_neg, size_t n) {
  if (class_pos < 0 || class_pos >= CLASSES || class_neg < 0 || class_neg >= CLASSES)
    return lfap_fail(ctx, LFAP_ERR_USAGE, "classes %d and %d: classes are 0 to 9", class_pos, class_neg);
  if (class_pos == class_neg)
    return lfap_fail(ctx, LFAP_ERR_USAGE, "classes %d and %d: the two classes must differ", class_pos, class_neg);
  if (n < 2) return lfap_fail(ctx, LFAP_ERR_USAGE, "n = %zu: at least 2 images, one of each class, are needed", n);
  return LFAP_OK;
}

/* Are there enough training images, and a test set of the same shape? */
static lfap_status check_supply(lfap_ctx *ctx, const half *train, const half *test, const char *dir, const int class[2],
                                const size_t wanted[2]) {
  for (int k = 0; k < 2; k++) {
    size_t there = count_class(train, class[k]);
    if (wanted[k] > there)
      return lfap_fail(ctx, LFAP_ERR_USAGE, "%zu training images of class %d were asked for, %s holds %zu", wanted[k],
                       class[k], dir, there);
  }
  const size_t *a = train->images.info.dim, *b = test->images.info.dim;
  if (a[1] == b[1] && a[2] == b[2]) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s: training images are %zu x %zu pixels, test images %zu x %zu", dir, a[1],
                   a[2], b[1], b[2]);
}

static lfap_status build(lfap_ctx *ctx, lfap_images *im, const half *train, const half *test, const char *dir,
                         const int class[2], size_t n, int center) {
  const size_t wanted[2] = {n - n / 2, n / 2};
  lfap_status status = check_supply(ctx, train, test, dir, class, wanted);
  if (status != LFAP_OK) return status;
  size_t pos = count_class(test, class[0]), neg = count_class(test, class[1]);
  im->height = train->images.info.dim[1];
  im->width = train->images.info.dim[2];
  size_t d = im->height * im->width;
  status = lfap_data_alloc(ctx, &im->train, n, d);
  if (status == LFAP_OK) status = lfap_data_alloc(ctx, &im->test, pos + neg, d);
  if (status != LFAP_OK) return status;
  im->mean = calloc(d, sizeof *im->mean);
  if (im->mean == NULL) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for the mean image", dir);
  take_classes(&im->train, train, class[0], class[1], wanted[0], wanted[1]);
  take_classes(&im->test, test, class[0], class[1], pos, neg);
  if (center) mean_of(im->mean, &im->train);
  subtract(&im->train, im->mean);
  subtract(&im->test, im->mean);
  return LFAP_OK;
}

lfap_status lfap_images_read(lfap_ctx *ctx, lfap_images *out, const char *dir, int class_pos, int class_neg, size_t n,
                             int center) {
  half train = {0}, test = {0};
  lfap_images im = {0};
  const int class[2] = {class_pos, class_neg};
  lfap_status status = lfap_arith_check(ctx, __func__);
  if (status == LFAP_OK) status = check_request(ctx, class_pos, class_neg, n);
  if (status == LFAP_OK) status = read_half(ctx, &train, dir, "train");
  if (status == LFAP_OK) status = read_half(ctx, &test, dir, "t10k");
  if (status == LFAP_OK) status = build(ctx, &im, &train, &test, dir, class, n, center);
  half_free(&train);
  half_free(&test);
  if (status == LFAP_OK) *out = im;
  else lfap_images_free(&im);
  return status;
}

void lfap_images_free(lfap_images *im) {
  lfap_data_free(&im->train);
  lfap_data_free(&im->test);
  free(im->mean);
  *im = (lfap_images){0};
}

lfap_status lfap_images_shape(lfap_ctx *ctx, size_t *height, size_t *width, const char *dir) {
  idx_file test = {0}; /* the smaller half; lfap_images_read wants one shape of both */
  lfap_status status = read_idx(ctx, &test, dir, "t10k-images-idx3-ubyte.gz", 3);
  free(test.bytes);
  if (status != LFAP_OK) return status;
  *height = test.info.dim[1];
  *width = test.info.dim[2];
  return LFAP_OK;
}
