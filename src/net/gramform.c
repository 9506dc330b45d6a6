/* gramform.c - gd and sgd in Gram form: W = W0 + C X, and only N-dimensional pieces move (statement F1, spec/theory.md
 * section 5; spec/numerics.md N5a). Rows of equal activation pattern and sign of a_j share their coefficients and the
 * product with G, and all rows share tables of its partial sums, since a coefficient has two values: (m/4 + 8) N^2
 * operations an epoch at worst, some 8 N^2 once the patterns align. */
#include "net/descent.h"

#include "data/products.h"
#include "data/set.h"
#include "io/parallel.h"
#include "io/text.h"
#include "kernel/gramform.h"
#include "kernel/network.h"
#include "kernel/splitform.h"
#include "kernel/tile.h"

#include <stdlib.h>
#include <string.h>

#define SPAN_FLOPS 1e9 /* work of a thread between two calls of the progress callback */

enum {
  SAMPLES = 256, /* columns of Z moved together: the eight lanes of their outputs stay in the first cache levels */
  DELAY = 64,    /* most epochs by which C may be behind Z */
  WIDTH = LFAP_GRAM_WIDTH,
  BAND = LFAP_GRAM_BAND,
  TABLES = LFAP_GRAM_QUADS * LFAP_GRAM_KINDS * LFAP_GRAM_WIDTH
};
static size_t strips(size_t n) { return (n + WIDTH - 1) / WIDTH; }
static size_t bands(size_t n) { return (n + BAND - 1) / BAND; }

/* C and its velocity lag behind: the coefficient rows of some epochs are kept and applied together, while a piece of
   C is in the cache. Every entry sees the same operations in the same order. */
typedef struct {
  size_t epochs, used; /* kept; rows of `row` taken */
  double *row;         /* up to m rows of n */
  size_t *group;       /* DELAY x m: the row of each neuron */
  double lr[DELAY];
} backlog;

typedef struct {
  lfap_descent s;
  const lfap_net *start; /* W0 */
  size_t m, n;
  int threads;
  double mu;
  double *a, *f_lanes;          /* m; 8 x n */
  double *G;                    /* n x n in strips of WIDTH columns, each n x WIDTH; zeros beyond column n */
  double *Z, *VZ, *C, *VC, *DZ; /* m x n each: pre-activations, coefficients, their velocities; G times each group */
  double *sums, *h1, *h2;       /* threads x (m x WIDTH + tables); y_n s1_n, y_n s2_n */
  unsigned char *kind;          /* bands x m x QUADS: the entries of the tables each group takes */
  unsigned char *open;          /* m x n: the activation pattern */
  size_t *group, *first, *slot, groups;
  backlog late;
} gramform;

static void gramform_free(gramform *w) {
  lfap_descent_free(&w->s);
  free(w->a);
  free(w->G);
  free(w->Z);
  free(w->sums);
  free(w->kind);
  free(w->open);
  free(w->group);
}

static lfap_status gramform_alloc(lfap_ctx *ctx, gramform *out, const lfap_net *net, const lfap_data *data,
                                  const lfap_train_opts *o) {
  size_t m = net->m, n = data->n;
  gramform w = {.start = net,
                .m = m,
                .n = n,
                .threads = lfap_threads(ctx),
                .mu = o->method == LFAP_METHOD_SGD ? o->momentum : 0.0};
  lfap_status st = lfap_descent_alloc(ctx, &w.s, net, data, o);
  if (st) return st;
  w.a = calloc(m + LFAP_OUTPUT_LANES * n, sizeof(double));
  w.G = n < (SIZE_MAX / sizeof(double) - n) / (n + WIDTH) ? calloc(strips(n) * WIDTH * n, sizeof(double)) : NULL;
  w.Z = calloc(m * n, 6 * sizeof(double));
  w.sums = calloc((size_t)w.threads * (m * WIDTH + TABLES) + 2 * n, sizeof(double));
  w.kind = calloc(bands(n) * m, LFAP_GRAM_QUADS);
  w.open = calloc(m * n, 1);
  w.group = calloc((4 + DELAY) * m, sizeof(size_t));
  if (!w.a || !w.G || !w.Z || !w.sums || !w.kind || !w.open || !w.group) {
    char room[LFAP_BYTES];
    gramform_free(&w);
    return lfap_fail(
        ctx, LFAP_ERR_MEMORY,
        "train: no memory for the Gram form: N = %zu, m = %zu need %s; the plain form (--form plain) needs no "
        "N x N matrix",
        n, m, lfap_bytes(room, 8.0 * ((double)n * (double)n + 6.1 * (double)m * (double)n)));
  }
  w.f_lanes = w.a + m;
  w.h1 = w.sums + (size_t)w.threads * (m * WIDTH + TABLES);
  w.h2 = w.h1 + n;
  double **const table[] = {&w.VZ, &w.C, &w.VC, &w.DZ, &w.late.row};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) *table[i] = w.Z + (i + 1) * m * n;
  w.first = w.group + m;
  w.slot = w.first + m;
  w.late.group = w.slot + 2 * m;
  lfap_net_signs(w.a, m);
  *out = w;
  return LFAP_OK;
}

/* ---- Z: a step and the outputs after it -------------------------------------------------------------------------- */

typedef struct {
  gramform *w;
  double lr;
} move;

static void move_range(void *arg, size_t begin, size_t end, int worker) {
  const move *v = arg;
  gramform *w = v->w;
  size_t n = w->n;
  (void)worker;
  for (size_t b = begin; b < end; b++) {
    size_t at = b * SAMPLES, len = n - at < SAMPLES ? n - at : SAMPLES;
    for (size_t slice = 0; slice < w->m; slice += LFAP_SLICE) {
      for (size_t l = 0; l < LFAP_OUTPUT_LANES; l++) memset(w->f_lanes + l * n + at, 0, len * sizeof(double));
      for (size_t j = slice; j < w->m && j < slice + LFAP_SLICE; j++)
        lfap_gramform_step(w->Z + j * n + at, w->VZ + j * n + at, w->f_lanes + j % LFAP_OUTPUT_LANES * n + at,
                           w->open + j * n + at, w->DZ + w->group[j] * n + at, w->a[j], w->s.gamma, v->lr, w->mu, len);
      lfap_gramform_outputs(w->s.f + at, w->f_lanes + at, len, n, slice > 0);
    }
  }
}

/* One pass over Z. */
static void move_state(gramform *w, double lr) {
  move v = {w, lr};
  lfap_parallel(w->threads, (w->n + SAMPLES - 1) / SAMPLES, 1, 8.0 * (double)w->m * (double)w->n, move_range, &v);
}

/* Outputs and pattern of Z as it is: a step of rate 0 with velocities and products 0, which DZ and the backlog's rows
   still are. */
static void first_outputs(gramform *w) {
  double *VZ = w->VZ;
  w->VZ = w->late.row;
  move_state(w, 0.0);
  w->VZ = VZ;
}

/* ---- DZ = G times the coefficients of each group ----------------------------------------------------------------- */

/* G in strips: by symmetry strip t is the transpose of rows t*WIDTH.., and takes their place. */
static lfap_status strip_gram(lfap_ctx *ctx, gramform *w) {
  size_t n = w->n;
  double *rows = malloc(n * WIDTH * sizeof *rows);
  if (!rows)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "train: no memory for %d rows of the Gram matrix of N = %zu samples", WIDTH,
                     n);
  for (size_t t = 0; t < strips(n); t++) {
    double *strip = w->G + t * WIDTH * n;
    memcpy(rows, strip, n * WIDTH * sizeof *rows);
    for (size_t i = 0; i < n; i++)
      for (size_t k = 0; k < WIDTH; k++) strip[i * WIDTH + k] = rows[k * n + i];
  }
  free(rows);
  return LFAP_OK;
}

typedef struct {
  gramform *w;
  size_t first;
} product;

/* Strips of DZ: the sums of all groups, band by band; the sign of -a_j comes in at the end. */
static void strip_range(void *arg, size_t begin, size_t end, int worker) {
  const product *p = arg;
  gramform *w = p->w;
  size_t n = w->n;
  double *sums = w->sums + (size_t)worker * (w->m * WIDTH + TABLES), *tables = sums + w->m * WIDTH;
  for (size_t t = p->first + begin; t < p->first + end; t++) {
    size_t at = t * WIDTH, cols = n - at < WIDTH ? n - at : WIDTH;
    memset(sums, 0, w->groups * WIDTH * sizeof *sums);
    for (size_t b = 0; b < n; b += BAND) {
      size_t len = n - b < BAND ? n - b : BAND;
      lfap_gramform_tables(tables, w->G + at * n + b * WIDTH, w->h1 + b, w->h2 + b, len);
      lfap_gramform_sums(sums, tables, w->kind + b / BAND * w->m * LFAP_GRAM_QUADS, w->groups,
                         (len + LFAP_GRAM_QUAD - 1) / LFAP_GRAM_QUAD);
    }
    for (size_t g = 0; g < w->groups; g++) {
      double sign = w->first[g] < w->m / 2 ? -1.0 : 1.0;
      for (size_t k = 0; k < cols; k++) w->DZ[g * n + at + k] = sign * sums[g * WIDTH + k];
    }
  }
}

static lfap_status multiply(lfap_ctx *ctx, gramform *w) {
  size_t n = w->n, all = strips(n);
  double strip = 0.5 * (double)(w->groups + 32) * (double)n * WIDTH;
  size_t span = (strip < SPAN_FLOPS ? (size_t)(SPAN_FLOPS / strip) : 1) * (size_t)w->threads;
  for (size_t i = 0; i < n; i++) {
    w->h1[i] = w->s.data->y[i] * w->s.s1[i];
    w->h2[i] = w->s.data->y[i] * w->s.s2[i];
  }
  for (product p = {w, 0}; p.first < all; p.first += span) {
    size_t count = all - p.first < span ? all - p.first : span;
    lfap_status st = lfap_tick(ctx, "product", (double)p.first, (double)all);
    if (st) return st;
    lfap_parallel(w->threads, count, 1, strip * (double)count, strip_range, &p);
  }
  return LFAP_OK;
}

/* ---- C: the coefficient rows of the backlog ---------------------------------------------------------------------- */

static void settle_range(void *arg, size_t begin, size_t end, int worker) {
  gramform *w = arg;
  const backlog *late = &w->late;
  size_t n = w->n;
  (void)worker;
  for (size_t j = begin; j < end; j++)
    for (size_t at = 0, len; at < n; at += len) {
      len = n - at < SAMPLES ? n - at : SAMPLES;
      for (size_t e = 0; e < late->epochs; e++)
        lfap_step_sgd(w->C + j * n + at, w->VC + j * n + at, late->row + late->group[e * w->m + j] * n + at,
                      late->lr[e], w->mu, 0, len);
    }
}

static void settle(gramform *w) {
  lfap_parallel(w->threads, w->m, 8, 4.0 * (double)w->late.epochs * (double)w->m * (double)w->n, settle_range, w);
  w->late.epochs = w->late.used = 0;
}

/* ---- one epoch --------------------------------------------------------------------------------------------------- */

static void coef_range(void *arg, size_t begin, size_t end, int worker) {
  gramform *w = arg;
  size_t n = w->n;
  (void)worker;
  for (size_t g = begin; g < end; g++) {
    const unsigned char *open = w->open + w->first[g] * n;
    lfap_gramform_coef(w->late.row + (w->late.used + g) * n, open, w->s.data->y, w->s.s1, w->s.s2,
                       w->first[g] < w->m / 2 ? 1.0 : -1.0, n);
    for (size_t b = 0; b < bands(n); b++)
      lfap_gramform_kinds(w->kind + (b * w->m + g) * LFAP_GRAM_QUADS, open + b * BAND,
                          n - b * BAND < BAND ? n - b * BAND : BAND);
  }
}

/* Groups and their coefficient rows, at the front of what is free in the backlog. */
static void coefficients(gramform *w) {
  w->groups = lfap_gramform_groups(w->group, w->first, w->slot, w->open, w->m / 2, w->m, w->n);
  if (w->late.used + w->groups > w->m || w->late.epochs == DELAY) settle(w);
  lfap_parallel(w->threads, w->groups, 4, 4.0 * (double)w->groups * (double)w->n, coef_range, w);
}

static void enqueue(gramform *w, double lr) {
  backlog *late = &w->late;
  for (size_t j = 0; j < w->m; j++) late->group[late->epochs * w->m + j] = late->used + w->group[j];
  late->lr[late->epochs++] = lr;
  late->used += w->groups;
}

/* Every slope equals the label slope. */
static int aligned(const gramform *w) {
  for (size_t j = 0; j < w->m; j++)
    for (size_t i = 0; i < w->n; i++)
      if (w->open[j * w->n + i] != ((w->s.data->y[i] > 0.0) == (j < w->m / 2))) return 0;
  return 1;
}

static lfap_status epoch(lfap_ctx *ctx, gramform *w, lfap_history *h) {
  double lr = 0.0;
  lfap_status st = lfap_tick(ctx, "epoch", (double)h->rows, (double)w->s.o->epochs);
  if (!st) st = lfap_descent_epoch(ctx, &lr, &w->s, h);
  if (st) return st;
  coefficients(w);
  if (h->rows + 1 < w->s.o->epochs) { /* nobody asks for the outputs after the last */
    st = multiply(ctx, w);
    if (st) return st;
    move_state(w, lr);
  }
  enqueue(w, lr);
  lfap_descent_count(&w->s, h);
  if (h->rows == w->s.o->epochs) h->aligned = aligned(w);
  return LFAP_OK;
}

/* What moves, once C is where Z is. The rest comes from Z and the samples. */
static void gramform_state(lfap_walk *walk, void *of) {
  gramform *w = of;
  settle(w);
  lfap_descent_state(walk, &w->s);
  for (size_t i = 0; i < 4; i++) lfap_walk_doubles(walk, (double *const[]){w->Z, w->VZ, w->C, w->VC}[i], w->m * w->n);
}

/* W = W0 + C X. */
static lfap_status gramform_weights(lfap_ctx *ctx, double *W, void *of) {
  gramform *w = of;
  size_t d = w->s.data->d;
  settle(w);
  if (W != w->start->w) memcpy(W, w->start->w, w->m * d * sizeof *W);
  return lfap_chain_product(ctx, W, w->C, w->s.data->x, w->m, w->n, d);
}

/* G and Z at the start, or where the run goes on. */
static lfap_status prepare(lfap_ctx *ctx, gramform *w, const lfap_set *set, lfap_train_run *run) {
  lfap_status st = lfap_set_copy_gram(ctx, w->G, set);
  if (!st) st = strip_gram(ctx, w);
  if (!st) st = lfap_rows_product(ctx, w->Z, w->start->w, set->data->x, w->m, w->n, set->data->d);
  run->margin = w->s.q;
  if (!st) st = lfap_run_begin(run, "epoch", w, gramform_state, gramform_weights);
  if (!st) first_outputs(w);
  return st;
}

lfap_status lfap_descend_gram(lfap_ctx *ctx, lfap_net *net, lfap_history *h, const lfap_set *set, lfap_train_run *run) {
  const lfap_train_opts *o = run->o;
  const lfap_data *data = set->data;
  gramform w = {0};
  size_t m = net->m, n = data->n;
  lfap_status st = gramform_alloc(ctx, &w, net, data, o);
  if (!st) st = prepare(ctx, &w, set, run);
  while (!st && h->rows < o->epochs) {
    st = epoch(ctx, &w, h);
    st = lfap_run_after(run, st, h->rows == o->epochs);
  }
  if (!st) st = gramform_weights(ctx, net->w, &w);
  for (size_t j = 0; !st && h->coefficient && j < m; j++)
    lfap_split_coef(h->coefficient + j * n, w.C + j * n, data->y, w.a[j], n);
  gramform_free(&w);
  return st;
}
