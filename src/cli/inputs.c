/* inputs.c - what the verbs read: a data set is a directory with X.npy and y.npy (and W.npy), an archive with such
 * members, or single files. */
#include <errno.h>
#include <math.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/origin.h"
#include "data/labels.h"
#include "data/scale.h"
#include "io/source.h"

lfap_status cli_path(cli *c, char **out, const char *dir, const char *name) {
  size_t len = strlen(dir), size = len + strlen(name) + 2;
  char *path = malloc(size);
  if (!path) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory for a path of %zu characters", size);
  snprintf(path, size, "%s%s%s", dir, len && dir[len - 1] == '/' ? "" : "/", name);
  *out = path;
  return LFAP_OK;
}

int cli_is_dir(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int cli_is_file(const char *path) {
  struct stat st;
  if (stat(path, &st) == 0) return !S_ISDIR(st.st_mode);
  return errno != ENOENT && errno != ENOTDIR;
}

int cli_is_lone(const char *path, const char *name) {
  int has = 0;
  return cli_is_file(path) && lfap_archive_has(NULL, &has, path, name) == LFAP_OK && !has;
}

static lfap_status copy(cli *c, char **out, const char *text) {
  *out = malloc(strlen(text) + 1);
  if (!*out) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory");
  strcpy(*out, text);
  return LFAP_OK;
}

lfap_status cli_array_path(cli *c, char **out, const char *file, const char *name) {
  size_t size = strlen(file) + strlen(name) + 2;
  int has = 0;
  lfap_status s = lfap_archive_has(&c->ctx, &has, file, name);
  if (!s && !has && size > strlen(name) + 2 && file[strlen(file) - 1] == ':' && !cli_is_file(file))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "%s names no array behind its colon; write FILE.npz, or FILE.npz:NAME",
                  file);
  if (s || !has) return s ? s : copy(c, out, file);
  *out = malloc(size);
  if (!*out) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory");
  snprintf(*out, size, "%s:%s", file, name);
  return LFAP_OK;
}

lfap_status cli_is_array(cli *c, int *is, char *path) {
  char *colon = strrchr(path, ':');
  *is = cli_is_file(path);
  if (*is || !colon) return LFAP_OK;
  *colon = 0;
  lfap_status s = lfap_archive_has(&c->ctx, is, path, colon + 1);
  *colon = ':';
  return s;
}

/* The labels beside samples called X, or X_test and the like: y in place of X, in a directory or an archive. NULL where
   there are none. */
static lfap_status neighbour(cli *c, char **out, const char *samples) {
  const char *slash = strrchr(samples, '/'), *colon = strrchr(samples, ':'), *last = slash > colon ? slash : colon;
  size_t at = last ? (size_t)(last - samples) + 1 : 0;
  *out = NULL;
  if (samples[at] != 'X') return LFAP_OK;
  lfap_status s = copy(c, out, samples);
  if (s) return s;
  (*out)[at] = 'y';
  int is = 0;
  s = cli_is_array(c, &is, *out);
  if (!s && is) return LFAP_OK;
  free(*out);
  *out = NULL;
  return s;
}

/* Of single files: samples, and labels named or beside them. */
static lfap_status file_paths(cli *c, char **x, char **y, const char *data, const char *labels, const char *option) {
  lfap_status s = cli_array_path(c, x, data, "X");
  if (!s) s = labels ? cli_array_path(c, y, labels, "y") : neighbour(c, y, *x);
  if (s || *y) return s;
  return lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                   "%s is missing: --data %s is a single file, so the labels (+1 or -1, one a row) come from a second "
                   "one, or from y beside a file called X",
                   option, data);
}

/* The two files meant by --data and --labels (or --targets: `option`); a directory stands for its X.npy and y.npy, an
   archive for its members X and y. */
static lfap_status pair_paths(cli *c, char **x, char **y, const char *data, const char *labels, const char *option) {
  struct stat st;
  int there = stat(data, &st) == 0;
  if (!there && !strchr(data, ':'))
    return lfap_fail(&c->ctx, lfap_status_of(errno, LFAP_ERR_NOINPUT),
                     "%s: %s; --data takes a directory with X.npy and y.npy, or an NPY file", data, strerror(errno));
  int dir = there && S_ISDIR(st.st_mode);
  lfap_status s = dir ? cli_meta_see(c, data) : file_paths(c, x, y, data, labels, option);
  if (dir && !s) s = cli_path(c, x, data, "X.npy");
  if (dir && !s) s = labels ? cli_array_path(c, y, labels, "y") : cli_path(c, y, data, "y.npy");
  if (s) {
    free(*x);
    *x = NULL;
  }
  return s;
}

static lfap_labels_kind kind_of(const cli *c) { return c->labels_01 ? LFAP_LABELS_01 : LFAP_LABELS_SIGNS; }

lfap_status cli_labels_take(cli *c, lfap_mat *y, const char *path) {
  return lfap_labels_take(&c->ctx, y->v, y->rows * y->cols, path, kind_of(c));
}

/* X, and y unless it came from elsewhere, against meta.json of the directory they were read from. */
static lfap_status pair_check(cli *c, const char *data, const lfap_mat *x, const lfap_mat *y) {
  if (!cli_is_dir(data)) return LFAP_OK;
  lfap_status s = cli_meta_check_npy(c, data, "X.npy", x);
  if (!s && y) s = cli_meta_check_npy(c, data, "y.npy", y);
  if (!s && y) s = cli_meta_check_data(c, data, x, y);
  return s;
}

/* The files of the data, so without the coordinate of a bias. */
static lfap_status data_check(cli *c, const char *path, const lfap_data *data, int own_labels) {
  lfap_mat x = {.rows = data->n, .cols = data->d, .ndim = 2, .v = data->x}, first = {0}, ones = {0};
  lfap_mat y = {.rows = data->n, .cols = 1, .ndim = 1, .v = data->y};
  if (!cli_is_dir(path)) return LFAP_OK;
  lfap_status s = data->bias ? lfap_mat_split(&c->ctx, &first, &ones, data->x, data->n, data->d) : LFAP_OK;
  if (!s) s = pair_check(c, path, data->bias ? &first : &x, own_labels ? &y : NULL);
  lfap_mat_free(&first);
  lfap_mat_free(&ones);
  return s;
}

lfap_status cli_data_read(cli *c, lfap_data *out, const char *data, const char *labels) {
  char *x = NULL, *y = NULL;
  lfap_data d = {0};
  lfap_status s = pair_paths(c, &x, &y, data, labels, "--labels");
  if (!s) s = lfap_data_read_labels(&c->ctx, &d, x, y, kind_of(c), c->bias);
  if (!s) s = data_check(c, data, &d, !labels);
  free(x);
  free(y);
  if (s) lfap_data_free(&d);
  else *out = d;
  return s;
}

static lfap_status targets_check(cli *c, const lfap_mat *x, lfap_mat *t, const char *x_path, const char *t_path) {
  if (x->ndim != 2)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: one dimension; the bases are N x d, one a row", x_path);
  if (x->rows == 0 || x->cols == 0)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: shape (%zu, %zu) holds no bases", x_path, x->rows, x->cols);
  if (t->rows * t->cols != x->rows)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: %zu targets for the %zu bases of %s; give one a base", t_path,
                     t->rows * t->cols, x->rows, x_path);
  return cli_labels_take(c, t, t_path);
}

lfap_status cli_pairs_read(cli *c, lfap_mat *x, lfap_mat *t, const char *data, const char *targets) {
  char *x_path = NULL, *t_path = NULL;
  lfap_mat a = {0}, b = {0};
  lfap_status s = pair_paths(c, &x_path, &t_path, data, targets, "--targets");
  if (!s) s = lfap_npy_read_samples(&c->ctx, &a, x_path);
  if (!s) s = lfap_npy_read(&c->ctx, &b, t_path);
  if (!s) s = targets_check(c, &a, &b, x_path, t_path);
  if (!s) s = pair_check(c, data, &a, targets ? NULL : &b);
  if (!s && c->bias) s = lfap_mat_with_column(&c->ctx, &a, NULL);
  free(x_path);
  free(t_path);
  if (s) {
    lfap_mat_free(&a);
    lfap_mat_free(&b);
    return s;
  }
  *x = a;
  *t = b;
  return LFAP_OK;
}

static lfap_status weights_check(cli *c, const lfap_mat *w, const char *path, size_t d) {
  if (w->ndim != 2)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: one dimension; weights are m x d, one neuron a row", path);
  if (w->cols != d && w->rows == d)
    return lfap_fail(
        &c->ctx, LFAP_ERR_DATA,
        "%s: shape (%zu, %zu), and the data have d = %zu: this is the transpose (a kernel of Flax or Keras "
        "is d x m); weights are m x d, so save W.T",
        path, w->rows, w->cols, d);
  if (w->cols != d)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA,
                     "%s: shape (%zu, %zu), but the data have d = %zu; weights are m x d (a "
                     "PyTorch Linear's weight as it is)",
                     path, w->rows, w->cols, d);
  return LFAP_OK;
}

lfap_status cli_rows_read(cli *c, lfap_mat *out, const char *weights, const char *data, const cli_origin *here,
                          cli_origin *of) {
  char *path = NULL;
  lfap_mat w = {0};
  cli_origin told = {.gamma = NAN};
  int inside = !weights && data && cli_is_dir(data), has = 0;
  lfap_status s = inside ? cli_meta_see(c, data) : LFAP_OK;
  if (!weights && data && !inside) s = lfap_archive_has(&c->ctx, &has, data, "W");
  if (of) *of = told;
  if (s) return s;
  if (weights) s = cli_array_path(c, &path, weights, "W");
  else if (inside) s = cli_path(c, &path, data, "W.npy");
  else if (has) s = cli_array_path(c, &path, data, "W");
  if (s || !path || (inside && !cli_is_file(path) && !cli_is_dir(path))) {
    free(path);
    return s;
  }
  s = lfap_npy_read(&c->ctx, &w, path);
  if (!s) s = weights_check(c, &w, path, here->d - (c->bias != 0));
  if (!s && inside) s = cli_meta_check_npy(c, data, "W.npy", &w);
  if (!s) s = cli_origin_array(c, &told, path, &w, here);
  if (!s) s = cli_bias_join(c, &w, path);
  free(path);
  if (s) {
    lfap_mat_free(&w);
    return s;
  }
  *out = w;
  if (of) *of = told;
  return LFAP_OK;
}

lfap_status cli_weights_read(cli *c, lfap_net *net, int *found, const char *weights, const char *data,
                             const cli_origin *here, cli_origin *of) {
  lfap_mat w = {0};
  lfap_status s = cli_rows_read(c, &w, weights, data, here, of);
  *found = !s && w.v;
  if (s || !w.v) return s;
  s = cli_even(c, w.rows, weights ? weights : data);
  if (s) lfap_mat_free(&w);
  else *net = (lfap_net){.m = w.rows, .d = w.cols, .gamma = here->gamma, .w = w.v}; /* takes the numbers over */
  return s;
}

lfap_status cli_weights_missing(cli *c, const char *data) {
  return lfap_fail(&c->ctx, LFAP_ERR_NOINPUT, "%s/W.npy: not there; name the network with --weights W.npy", data);
}

lfap_status cli_network_read(cli *c, lfap_net *net, const char *weights, const char *data, const cli_origin *here,
                             cli_origin *of) {
  int found = 0;
  lfap_status s = cli_weights_read(c, net, &found, weights, data, here, of);
  return s || found ? s : cli_weights_missing(c, data);
}

lfap_status cli_points_read(cli *c, lfap_mat *out, const char *path, size_t d) {
  lfap_mat p = {0};
  size_t cols = d - (c->bias != 0);
  lfap_status s = lfap_npy_read_samples(&c->ctx, &p, path);
  if (s) return s;
  if (p.ndim != 2 || p.cols != cols || p.rows == 0)
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: shape (%zu, %zu); probe points are P x d with d = %zu", path, p.rows,
                  p.cols, cols);
  if (!s) s = lfap_rows_in_range(&c->ctx, path, p.v, p.rows, cols);
  if (!s && c->bias) s = lfap_mat_with_column(&c->ctx, &p, NULL);
  if (s) lfap_mat_free(&p);
  else *out = p;
  return s;
}

lfap_status cli_vector_read(cli *c, lfap_mat *out, const char *path, size_t d) {
  lfap_mat v = {0};
  lfap_status s = lfap_npy_read(&c->ctx, &v, path);
  if (s) return s;
  if ((v.rows != 1 && v.cols != 1) || v.rows * v.cols != d) {
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA,
                  "%s: shape (%zu, %zu); a direction has one entry for each of the d = %zu "
                  "inputs",
                  path, v.rows, v.cols, d);
    lfap_mat_free(&v);
    return s;
  }
  *out = v;
  return LFAP_OK;
}

static void hash(SHA2_CTX *sha, const double *x, size_t n) {
  unsigned char bytes[8 * 512];
  for (size_t i = 0, len = 0; i < n; i++) {
    uint64_t word;
    memcpy(&word, &x[i], 8);
    for (int b = 0; b < 8; b++) bytes[len++] = (unsigned char)(word >> (8 * b));
    if (len == sizeof bytes || i + 1 == n) {
      SHA256Update(sha, bytes, len);
      len = 0;
    }
  }
}

static void hex_of(char hex[CLI_SHA256], SHA2_CTX *sha) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256Final(digest, sha);
  for (size_t i = 0; i < sizeof digest; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

void cli_sha256(char hex[CLI_SHA256], const double *x, size_t nx, const double *y, size_t ny) {
  SHA2_CTX sha;
  SHA256Init(&sha);
  hash(&sha, x, nx);
  hash(&sha, y, ny);
  hex_of(hex, &sha);
}

void cli_sha256_bytes(char hex[CLI_SHA256], const void *bytes, size_t len) {
  SHA2_CTX sha;
  SHA256Init(&sha);
  SHA256Update(&sha, bytes, len);
  hex_of(hex, &sha);
}

static lfap_status add_bytes(void *sha, const void *bytes, size_t len) {
  SHA256Update(sha, bytes, len);
  return LFAP_OK;
}

void cli_sha256_npy(char hex[CLI_SHA256], const lfap_mat *m) {
  SHA2_CTX sha;
  SHA256Init(&sha);
  lfap_npy_bytes(add_bytes, &sha, m);
  hex_of(hex, &sha);
}
