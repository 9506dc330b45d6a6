/* gen.c - `lfap gen`: data sets of spec/theory.md section 1 from a seed (N10), or two classes of Fashion-MNIST. */
#include <stdlib.h>
#include <string.h>

#include "fields.h"

#define IMAGES_DIR "/usr/share/datasets/fashion-mnist"

enum { O_SEED, O_N, O_D, O_OUT, O_CLASSES, O_NO_CENTER, O_IMAGES };
static const cli_option options[] = {
    {"seed", "S", "seed of the generator, a whole number (default 0)"},
    {"n", "N", "number of samples (fashion-mnist: training images, default 200)"},
    {"d", "D", "dimension of a sample (fashion-mnist: that of the images, 784)"},
    {"out", "DIR", "directory to write to; made if it is not there"},
    {"classes", "A,B", "fashion-mnist: class A gets label +1, class B -1 (default 0,9)"},
    {"no-center", NULL, "fashion-mnist: keep the mean image of the training samples"},
    {"images", "DIR", "fashion-mnist: where the four gzipped IDX files are\n(default " IMAGES_DIR ")"},
    {NULL, NULL, NULL},
};

enum { UNIFORM, GAUSS, ORTHOGONAL, FASHION };
static const char *const kinds[] = {"uniform", "gauss", "orthogonal", "fashion-mnist"};

typedef struct {
  int kind, operands, classes_given, no_center;
  uint64_t seed;
  size_t n, d;
  const char *out, *images;
  int pos, neg;
} args;

static lfap_status set_gen_option(cli *c, void *args_, int option, const char *value) {
  args *a = args_;
  switch (option) {
  case O_SEED: return cli_whole(c, &a->seed, "seed", value);
  case O_N: return cli_size(c, &a->n, "n", value);
  case O_D: return cli_size(c, &a->d, "d", value);
  case O_OUT: a->out = value; return LFAP_OK;
  case O_CLASSES: a->classes_given = 1; return cli_classes_value(c, &a->pos, &a->neg, value);
  case O_NO_CENTER: a->no_center = 1; return LFAP_OK;
  case O_IMAGES: a->images = value; return LFAP_OK;
  default: break;
  }
  if (a->operands++) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s' is one operand too many", value);
  return cli_word(c, &a->kind, "kind of data", value, kinds, 4);
}

static lfap_status check_gen_args(cli *c, args *a) {
  int images = a->kind == FASHION;
  if (!a->operands)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "which data? give uniform, gauss, orthogonal or fashion-mnist");
  if (!images && (a->classes_given || a->no_center || a->images))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--classes, --no-center and --images belong to fashion-mnist");
  lfap_status s = LFAP_OK;
  if (!images) s = cli_require(c, a->n ? a : NULL, "--n", "the number of samples");
  if (!s && !images) s = cli_require(c, a->d ? a : NULL, "--d", "the dimension of a sample");
  if (!s) s = cli_require(c, a->out, "--out", "the directory to write X.npy, y.npy and meta.json to");
  if (!s) s = cli_out_check(c, a->out);
  if (!a->n) a->n = 200;
  return s;
}

static lfap_status read_images(cli *c, const args *a, lfap_images *im) {
  const char *dir = a->images ? a->images : IMAGES_DIR;
  size_t height = 0, width = 0;
  lfap_status s = a->d ? lfap_images_shape(&c->ctx, &height, &width, dir) : LFAP_OK;
  if (!s && a->d != height * width)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                  "--d %zu: an image of fashion-mnist in %s has %zu x %zu pixels, d = %zu; leave --d out", a->d, dir,
                  height, width, height * width);
  return s ? s : lfap_images_read(&c->ctx, im, dir, a->pos, a->neg, a->n, !a->no_center);
}

static lfap_status generate(cli *c, const args *a, lfap_data *data, lfap_images *im) {
  switch (a->kind) {
  case UNIFORM: return lfap_gen_uniform(&c->ctx, data, a->seed, a->n, a->d);
  case GAUSS: return lfap_gen_gauss(&c->ctx, data, a->seed, a->n, a->d);
  case ORTHOGONAL: return lfap_gen_orthogonal(&c->ctx, data, a->seed, a->n, a->d);
  default: return read_images(c, a, im);
  }
}

static lfap_status write_files(cli *c, const char *out, const lfap_data *data, const cli_gen_report *r) {
  const lfap_images *im = r->images;
  lfap_json j = {.indent = 2};
  lfap_status s = cli_set_begin(c, out);
  if (!s) s = cli_out_matrix(c, out, "X.npy", data->x, data->n, data->d);
  if (!s) s = cli_out_vector(c, out, "y.npy", data->y, data->n);
  if (!s && im) {
    s = cli_out_matrix(c, out, "X_test.npy", im->test.x, im->test.n, im->test.d);
    if (!s) s = cli_out_vector(c, out, "y_test.npy", im->test.y, im->test.n);
    if (!s) s = cli_out_vector(c, out, "mean.npy", im->mean, im->train.d);
  }
  lfap_json_object_begin(&j, NULL);
  cli_put_gen_head_fields(c, &j, r);
  if (!s) s = cli_set_end(c, &j, r->sha256);
  lfap_json_free(&j);
  return s;
}

static void print_gen(const lfap_data *data, const cli_gen_report *r) {
  size_t pos = 0;
  for (size_t i = 0; i < data->n; i++) pos += data->y[i] > 0;
  cli_say("%s: N = %zu samples of d = %zu, %zu labelled +1 and %zu labelled -1", r->kind, data->n, data->d, pos,
          data->n - pos);
  if (r->images)
    cli_say("; %zu test images; %s\n", r->images->test.n, r->centered ? "mean image removed" : "not centred");
  else cli_say("; seed %llu\n", (unsigned long long)*r->seed);
}

static lfap_status run_gen(cli *c, int argc, char **argv) {
  args a = {.pos = 0, .neg = 9};
  lfap_data own = {0};
  lfap_images im = {0};
  char sha[CLI_SHA256];
  int help = 0;
  lfap_status s = cli_parse(c, &a, set_gen_option, &help, argc, argv);
  if (s || help) return s;
  s = check_gen_args(c, &a);
  if (!s) s = generate(c, &a, &own, &im);
  const lfap_data *data = a.kind == FASHION ? &im.train : &own;
  if (!s && cli_interrupted()) s = lfap_fail(&c->ctx, LFAP_ERR_INTERRUPTED, "interrupted; nothing was written");
  cli_gen_report r = {.kind = kinds[a.kind],
                      .sha256 = sha,
                      .seed = a.kind == FASHION ? NULL : &a.seed,
                      .sizes = {data->n, data->d},
                      .images = a.kind == FASHION ? &im : NULL,
                      .pos = a.pos,
                      .neg = a.neg,
                      .centered = !a.no_center};
  if (!s) cli_sha256(sha, data->x, data->n * data->d, data->y, data->n);
  if (!s) s = write_files(c, a.out, data, &r);
  if (!s && c->json) s = cli_print_gen(c, &r);
  else if (!s) print_gen(data, &r);
  lfap_data_free(&own);
  lfap_images_free(&im);
  return s;
}

const cli_verb cli_gen = {
    "gen",
    "make a data set from a seed, or from Fashion-MNIST",
    "uniform|gauss|orthogonal|fashion-mnist [options] --out DIR",
    "Writes X.npy (N x d), y.npy (labels +1 and -1) and meta.json.\n"
    "  uniform        entries uniform on [-1, 1), random labels: bit for bit NumPy's\n"
    "                 Generator(Philox(key=S)), 2*random((N,d))-1, then random(N) >= 0.5\n"
    "  gauss          the same with standard_normal((N,d))\n"
    "  orthogonal     exactly orthogonal rows of equal norm (a Hadamard matrix with random signs)\n"
    "  fashion-mnist  pixels / 255 of two classes, mean image of the training samples removed; also writes\n"
    "                 X_test.npy, y_test.npy (all test images of both classes) and mean.npy",
    "  lfap gen uniform --n 20 --d 1000 --seed 1 --out data\n"
    "  lfap limit --data data --gamma 0.5\n"
    "  lfap gen fashion-mnist --classes 0,9 --n 200 --out fashion",
    options,
    run_gen};
