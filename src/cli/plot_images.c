/* plot_images.c - the inputs of the picture of sample images: natural, perturbation, both, noise, noise +
   perturbation. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plot.h"

enum { MOST_IMAGES = 32, ROWS = 6 };

typedef struct {
  lfap_mat x, mean, x_p, eta_p, x_a, eta_a, base_a;
} stacks;

static void stacks_free(stacks *s) {
  lfap_mat *all[] = {&s->x, &s->mean, &s->x_p, &s->eta_p, &s->x_a, &s->eta_a, &s->base_a};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) lfap_mat_free(all[i]);
}

/* The mean image a centred set was freed of. */
static lfap_status mean_read(cli *c, lfap_mat *out, const char *dir, size_t d) {
  char *path = NULL;
  lfap_status s = cli_is_dir(dir) ? cli_path(c, &path, dir, "mean.npy") : LFAP_OK;
  if (!s && path && cli_is_file(path)) s = cli_vector_read(c, out, path, d);
  free(path);
  return s;
}

static lfap_status pair_read(cli *c, lfap_mat *x, lfap_mat *eta, const char *dir, size_t d) {
  lfap_status s = cli_dir_npy(c, x, dir, "X.npy");
  if (!s && x->cols != d)
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s/X.npy: images of %zu pixels, but those of --data have %zu", dir, x->cols,
                  d);
  if (!s) s = cli_plot_eta_read(c, eta, dir, x->rows, x->cols);
  return s;
}

static lfap_status bases(cli *c, lfap_mat *out, const lfap_mat *x, const lfap_mat *eta) {
  lfap_status s = lfap_mat_alloc(&c->ctx, out, x->rows, x->cols);
  for (size_t i = 0; i < x->rows * x->cols && !s; i++) out->v[i] = x->v[i] - eta->v[i];
  return s;
}

static lfap_status shape(cli *c, size_t *height, size_t *width, const cli_images *a, size_t d) {
  *height = a->height ? a->height : (size_t)sqrt((double)d);
  *width = a->height ? a->width : *height;
  if (*height * *width == d) return LFAP_OK;
  return lfap_fail(&c->ctx, LFAP_ERR_DATA,
                   a->height ? "--shape %zux%zu: the images have d = %zu pixels"
                             : "%zu x %zu is not d = %zu: these are no square images; give --shape HxW",
                   *height, *width, d);
}

static size_t smallest(size_t count, const stacks *s) {
  const lfap_mat *all[] = {&s->x, &s->x_p, &s->x_a};
  for (size_t i = 0; i < 3; i++)
    if (all[i]->v && all[i]->rows < count) count = all[i]->rows;
  return count < MOST_IMAGES ? count : MOST_IMAGES;
}

/* n images spread over the set, so that both classes are seen. */
static lfap_status spread(cli *c, lfap_mat *m, size_t n) {
  lfap_mat out = {0};
  if (!m->v || m->rows == n) return LFAP_OK;
  lfap_status s = lfap_mat_alloc(&c->ctx, &out, n, m->cols);
  if (s) return s;
  for (size_t i = 0; i < n; i++)
    memcpy(out.v + i * m->cols, m->v + (i * m->rows / n) * m->cols, m->cols * sizeof(double));
  lfap_mat_free(m);
  *m = out;
  return LFAP_OK;
}

static size_t rows_of(lfap_image_row *r, const stacks *s) {
  size_t n = 0;
  const double *mean = s->mean.v;
  r[n++] = (lfap_image_row){
      .label = "natural image x", .id = "natural", .x = s->x.v, .add = mean, .lo = 0, .hi = mean ? 1 : 0};
  if (s->x_p.v) {
    r[n++] = (lfap_image_row){.label = "perturbation η of x", .id = "perturbation", .x = s->eta_p.v};
    r[n++] = (lfap_image_row){.label = "perturbed natural image x + η",
                              .id = "perturbed",
                              .x = s->x_p.v,
                              .add = mean,
                              .lo = 0,
                              .hi = mean ? 1 : 0};
  }
  if (s->x_a.v) {
    r[n++] = (lfap_image_row){.label = "noise b", .id = "noise", .x = s->base_a.v, .lo = -1, .hi = 1};
    r[n++] = (lfap_image_row){.label = "perturbation η of b", .id = "noise_perturbation", .x = s->eta_a.v};
    r[n++] = (lfap_image_row){
        .label = "noise + perturbation b + η", .id = "noise_perturbed", .x = s->x_a.v, .lo = -1, .hi = 1};
  }
  return n;
}

/* x' - eta = x, to the rounding of single precision: other images' perturbations do not belong beside these. */
static lfap_status same_bases(cli *c, const stacks *k, const char *dir) {
  double largest = 0;
  size_t count = k->x.rows * k->x.cols;
  if (k->x_p.rows != k->x.rows)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA,
                     "%s: %zu perturbed images of the %zu of --data; --perturbed is made from --data", dir, k->x_p.rows,
                     k->x.rows);
  for (size_t i = 0; i < count; i++) largest = fmax(largest, fmax(fabs(k->x.v[i]), fabs(k->x_p.v[i])));
  for (size_t i = 0; i < count; i++)
    if (!(fabs(k->x_p.v[i] - k->eta_p.v[i] - k->x.v[i]) <= 1e-5 * largest))
      return lfap_fail(
          &c->ctx, LFAP_ERR_DATA,
          "%s: image %zu without its perturbation is not that of --data, but of other data; give what lfap "
          "perturb made from --data",
          dir, i / k->x.cols);
  return LFAP_OK;
}

static lfap_status natural_read(cli *c, lfap_mat *x, const char *data) {
  char *path = NULL;
  if (cli_is_dir(data)) return cli_dir_npy(c, x, data, "X.npy");
  lfap_status s = cli_array_path(c, &path, data, "X");
  if (!s) s = lfap_npy_read_samples(&c->ctx, x, path);
  free(path);
  return s;
}

lfap_status cli_plot_images(cli *c, lfap_picture *p, const cli_images *a) {
  stacks k = {0};
  lfap_image_row row[ROWS];
  size_t height = 0, width = 0;
  lfap_status s = natural_read(c, &k.x, a->data);
  size_t d = k.x.cols;
  if (!s) s = shape(c, &height, &width, a, d);
  if (!s) s = mean_read(c, &k.mean, a->data, d);
  if (!s && a->perturbed) s = pair_read(c, &k.x_p, &k.eta_p, a->perturbed, d);
  if (!s && a->perturbed) s = same_bases(c, &k, a->perturbed);
  if (!s && a->adv) s = pair_read(c, &k.x_a, &k.eta_a, a->adv, d);
  if (!s && a->adv) s = bases(c, &k.base_a, &k.x_a, &k.eta_a);
  size_t n = smallest(a->count, &k), samples = k.x.rows;
  lfap_mat *all[] = {&k.x, &k.x_p, &k.eta_p, &k.x_a, &k.eta_a, &k.base_a};
  for (size_t i = 0; i < sizeof all / sizeof all[0] && !s; i++) s = spread(c, all[i], n);
  if (!s) s = lfap_picture_images(&c->ctx, p, row, rows_of(row, &k), n, height, width);
  cli_origin of = {.gamma = NAN};
  if (!s && cli_is_dir(a->data)) s = cli_origin_read(c, &of, a->data, "X.npy");
  if (!s) of.n = samples, of.d = d;
  if (!s) cli_plot_about(p, &of);
  stacks_free(&k);
  return s;
}
