/* Images: a small made-up set whose every entry is recomputed, each refusal, and Fashion-MNIST itself. */
#include <criterion/criterion.h>
#include <zlib.h>

#include "kernel/bits.h"
#include "lfap.h"
#include "scratch.h"

static scratch s;
static void make(void) { scratch_make(&s); }
static void drop(void) { scratch_remove(&s); }
TestSuite(images, .init = make, .fini = drop);

static void put_gz(const char *name, const uint8_t *bytes, size_t len) {
  gzFile f = gzopen(scratch_path(&s, name), "wb");
  cr_assert(f != NULL && gzwrite(f, bytes, (unsigned)len) == (int)len && gzclose(f) == Z_OK);
}

/* Image i of the made-up set has the label i*i % 10 in training and i % 10 in the test set, 2 x 3 pixels. */
enum { TRAIN = 40, TEST = 23, D = 6 };
static uint8_t pixel(int i, int k) { return (uint8_t)(i * 31 + k * 57); }
static uint8_t label(int test, int i) { return (uint8_t)(test ? i % 10 : i * i % 10); }

static void put_half(int test, int images, int labels) {
  uint8_t b[16 + 64 * D] = {0, 0, 8, 3, 0, 0, 0, (uint8_t)images, 0, 0, 0, 2, 0, 0, 0, 3};
  uint8_t l[8 + 64] = {0, 0, 8, 1, 0, 0, 0, (uint8_t)labels};
  for (int i = 0; i < images; i++)
    for (int k = 0; k < D; k++) b[16 + i * D + k] = pixel(i + 100 * test, k);
  for (int i = 0; i < labels; i++) l[8 + i] = label(test, i);
  put_gz(test ? "t10k-images-idx3-ubyte.gz" : "train-images-idx3-ubyte.gz", b, (size_t)(16 + images * D));
  put_gz(test ? "t10k-labels-idx1-ubyte.gz" : "train-labels-idx1-ubyte.gz", l, (size_t)(8 + labels));
}
static void put_all(void) {
  put_half(0, TRAIN, TRAIN);
  put_half(1, TEST, TEST);
}

/* Numbers of the images of the two classes, at most `most` of each, in file order; returns how many. */
static int choose(int *out, int test, int pos, int neg, int most_pos, int most_neg) {
  int n = 0, taken[2] = {0, 0}, most[2] = {most_pos, most_neg};
  for (int i = 0; i < (test ? TEST : TRAIN); i++)
    for (int c = 0; c < 2; c++)
      if (label(test, i) == (c == 0 ? pos : neg) && taken[c] < most[c]) taken[c]++, out[n++] = i;
  return n;
}

static void expect_half(const lfap_data *data, int test, const int *chosen, int n, const double *mean, int pos) {
  cr_assert(data->n == (size_t)n && data->d == D);
  for (int r = 0; r < n; r++) {
    cr_assert(data->y[r] == (label(test, chosen[r]) == pos ? 1.0 : -1.0));
    for (int k = 0; k < D; k++) {
      double want = pixel(chosen[r] + 100 * test, k) / 255.0 - mean[k];
      cr_assert(lfap_bits_of(data->x[r * D + k]) == lfap_bits_of(want));
    }
  }
}

static void expect_set(int pos, int neg, int n, int center) {
  lfap_ctx ctx = {0};
  lfap_images im = {0};
  int train[TRAIN], test[TEST];
  double mean[D] = {0};
  cr_assert(lfap_images_read(&ctx, &im, s.dir, pos, neg, (size_t)n, center) == LFAP_OK, "%s", ctx.message);
  cr_assert(choose(train, 0, pos, neg, n - n / 2, n / 2) == n);
  for (int k = 0; k < D && center; k++) {
    for (int r = 0; r < n; r++) mean[k] += pixel(train[r], k) / 255.0;
    mean[k] /= n;
  }
  cr_assert(im.height == 2 && im.width == 3);
  for (int k = 0; k < D; k++) cr_assert(lfap_bits_of(im.mean[k]) == lfap_bits_of(mean[k]));
  expect_half(&im.train, 0, train, n, mean, pos);
  expect_half(&im.test, 1, test, choose(test, 1, pos, neg, TEST, TEST), mean, pos);
  lfap_images_free(&im);
  cr_assert(im.mean == NULL && im.train.x == NULL && im.test.y == NULL);
  lfap_images_free(&im);
}

Test(images, every_entry) {
  put_all();
  expect_set(4, 9, 8, 1);
  expect_set(4, 9, 8, 0);
  expect_set(9, 4, 8, 1);
  expect_set(1, 0, 7, 1); /* 4 of class 1, 3 of class 0 */
  expect_set(0, 5, 3, 1);
  expect_set(6, 1, 2, 1);
}

Test(images, the_odd_one_is_positive) {
  lfap_images im = {0};
  double sum = 0;
  put_all();
  cr_assert(lfap_images_read(NULL, &im, s.dir, 1, 4, 5, 1) == LFAP_OK);
  for (size_t i = 0; i < 5; i++) sum += im.train.y[i];
  cr_assert(sum == 1.0);
  lfap_images_free(&im);
}

static void expect_fail(int pos, int neg, size_t n, lfap_status status, const char *what) {
  lfap_ctx ctx = {0};
  lfap_images im = {0}, before = {0};
  lfap_status got = lfap_images_read(&ctx, &im, s.dir, pos, neg, n, 1);
  cr_assert(got == status, "%s: %d %s", what, (int)got, ctx.message);
  cr_assert(strstr(ctx.message, what) != NULL, "\"%s\" lacks \"%s\"", ctx.message, what);
  cr_assert(memcmp(&im, &before, sizeof im) == 0);
}

Test(images, requests) {
  put_all();
  expect_fail(-1, 9, 4, LFAP_ERR_USAGE, "classes -1 and 9: classes are 0 to 9");
  expect_fail(0, 10, 4, LFAP_ERR_USAGE, "classes 0 and 10");
  expect_fail(3, 3, 4, LFAP_ERR_USAGE, "must differ");
  expect_fail(0, 9, 1, LFAP_ERR_USAGE, "n = 1");
  expect_fail(0, 9, 0, LFAP_ERR_USAGE, "n = 0");
  /* squares end in 0 (4 of 40), 9 (8 of 40) and never in 2 */
  expect_fail(0, 9, 9, LFAP_ERR_USAGE, "5 training images of class 0 were asked for");
  expect_fail(0, 9, 9, LFAP_ERR_USAGE, "holds 4");
  expect_fail(9, 0, 10, LFAP_ERR_USAGE, "5 training images of class 0");
  expect_fail(9, 2, 2, LFAP_ERR_USAGE, "holds 0");
}

Test(images, missing_files) {
  static const char *const name[] = {"train-labels-idx1-ubyte.gz", "train-images-idx3-ubyte.gz",
                                     "t10k-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz"};
  for (int k = 0; k < 4; k++) {
    put_all();
    cr_assert(remove(scratch_path(&s, name[k])) == 0);
    expect_fail(0, 9, 4, LFAP_ERR_NOINPUT, name[k]);
    expect_fail(0, 9, 4, LFAP_ERR_NOINPUT, "No such file or directory; apt-get install dataset-fashion-mnist");
    cr_assert(mkdir(scratch_path(&s, name[k]), 0700) == 0); /* a directory of that name */
    expect_fail(0, 9, 4, LFAP_ERR_NOINPUT, name[k]);
    cr_assert(rmdir(scratch_path(&s, name[k])) == 0);
  }
}

Test(images, cut_and_damaged_streams) {
  size_t len;
  put_all();
  char *gz = scratch_get(scratch_path(&s, "train-images-idx3-ubyte.gz"), &len);
  for (size_t cut = 0; cut < len; cut++) {
    scratch_put(&s, "train-images-idx3-ubyte.gz", gz, cut);
    expect_fail(0, 9, 4, LFAP_ERR_DATA, "train-images-idx3-ubyte.gz: ");
    if (cut > 18) expect_fail(0, 9, 4, LFAP_ERR_DATA, "is truncated: the gzip stream does not end");
  }
  gz[len - 8] ^= 1; /* the checksum */
  scratch_put(&s, "train-images-idx3-ubyte.gz", gz, len);
  expect_fail(0, 9, 4, LFAP_ERR_DATA, "is damaged: ");
  free(gz);
}

Test(images, files_that_do_not_belong_together) {
  static const uint8_t text[] = "not an IDX file";
  put_all();
  put_half(0, TRAIN, TRAIN - 1);
  expect_fail(0, 9, 4, LFAP_ERR_DATA, "holds 40 images but there are 39 labels");
  put_all();
  put_half(1, TEST - 2, TEST);
  expect_fail(0, 9, 4, LFAP_ERR_DATA, "holds 21 images but there are 23 labels");
  put_all();
  put_gz("t10k-labels-idx1-ubyte.gz", text, 15);
  expect_fail(0, 9, 4, LFAP_ERR_DATA, "is not an IDX file of unsigned bytes");
  expect_fail(0, 9, 4, LFAP_ERR_DATA, "beginning 6e 6f 74 20");
  put_gz("t10k-labels-idx1-ubyte.gz", (const uint8_t *)"\0\0\10\1\0\0\0\2abc", 11);
  expect_fail(0, 9, 4, LFAP_ERR_DATA, "does not hold the number of bytes");
  put_gz("t10k-labels-idx1-ubyte.gz", (const uint8_t *)"\0\0\10", 3);
  expect_fail(0, 9, 4, LFAP_ERR_DATA, "is shorter than its IDX header");
  put_all(); /* labels where images should be */
  put_gz("train-images-idx3-ubyte.gz", (const uint8_t *)"\0\0\10\1\0\0\0\2ab", 10);
  expect_fail(0, 9, 4, LFAP_ERR_DATA, "has an IDX shape");
  put_all(); /* 23 test images of 1 x 1 */
  uint8_t b[16 + TEST] = {0, 0, 8, 3, 0, 0, 0, TEST, 0, 0, 0, 1, 0, 0, 0, 1};
  put_gz("t10k-images-idx3-ubyte.gz", b, sizeof b);
  expect_fail(0, 9, 4, LFAP_ERR_DATA, "training images are 2 x 3 pixels, test images 1 x 1");
}

/* The package every installation has. The set holds 7000 images of each class, 1000 of them for testing. */
Test(images, fashion_mnist) {
  lfap_ctx ctx = {0};
  lfap_images im = {0};
  const char *dir = "/usr/share/datasets/fashion-mnist";
  cr_assert(lfap_images_read(&ctx, &im, dir, 0, 9, 200, 1) == LFAP_OK, "%s", ctx.message);
  cr_assert(im.height == 28 && im.width == 28 && im.train.n == 200 && im.test.n == 2000 && im.train.d == 784);
  /* file order: the labels begin 9 0 0 3 0 2 7 2 5 5 0 9 5 5 7 9 ... */
  static const double first[] = {-1, 1, 1, 1, 1, -1, -1};
  for (int i = 0; i < 7; i++) cr_assert(im.train.y[i] == first[i]);
  double sum = 0;
  for (size_t k = 0; k < 784; k++) { /* centred: every column sums to zero but for rounding, and a mean is in [0, 1] */
    double column = 0;
    for (size_t i = 0; i < 200; i++) column += im.train.x[i * 784 + k];
    cr_assert(column > -1e-11 && column < 1e-11);
    cr_assert(im.mean[k] >= 0 && im.mean[k] <= 1);
  }
  for (size_t i = 0; i < 2000; i++) sum += im.test.y[i];
  cr_assert(sum == 0.0);
  lfap_images_free(&im);
  cr_assert(lfap_images_read(&ctx, &im, dir, 0, 9, 12001, 1) == LFAP_ERR_USAGE);
  cr_assert(strstr(ctx.message,
                   "6001 training images of class 0 were asked for, /usr/share/datasets/fashion-mnist holds 6000") !=
            NULL);
}
