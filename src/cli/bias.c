/* bias.c - networks with a bias on the command line. Where c->bias is set, the data sets, points and weights that are
 * read have the constant coordinate as their last one, and weights that are written are parted again: W.npy and, beside
 * it, b.npy. Where it is not set, a network that has a b.npy is refused: nobody drops a bias by the way. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "io/source.h"

/* Beside W.npy lies b.npy, beside W0.npy b0.npy, beside the member W of an archive b; beside another name b.npy, where
   one is asked for, else nothing: *name is NULL. */
static lfap_status name_beside(cli *c, char **name, const char *path, int asked) {
  const char *slash = strrchr(path, '/'), *colon = strrchr(path, ':'), *last = slash > colon ? slash : colon;
  const char *file = last ? last + 1 : path, *end = strstr(file, ".npy");
  size_t dir = (size_t)(file - path), len = strlen(file);
  int member = last && last == colon, ours = file[0] == 'W' && (member || (end && strcmp(end, ".npy") == 0));
  char *out = ours || asked ? malloc(dir + len + sizeof "b.npy") : NULL;
  *name = out;
  if (!ours && !asked) return LFAP_OK;
  if (!out) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory for a path of %zu characters", strlen(path));
  memcpy(out, path, dir);
  strcpy(out + dir, "b");
  strcat(out, ours ? file + 1 : member ? "" : ".npy");
  return LFAP_OK;
}

/* Has the network at `weights` a bias beside it? What cannot be told is no answer: a bias would be dropped. */
static lfap_status bias_beside(cli *c, int *there, const char *weights) {
  char *b = NULL;
  *there = 0;
  lfap_status s = name_beside(c, &b, weights, 0);
  if (!s && b) s = cli_is_array(c, there, b);
  free(b);
  return s;
}

lfap_status cli_bias_find(cli *c, const char *weights, const char *data) {
  char *path = NULL;
  int dir = !weights && cli_is_dir(data), has = 0;
  lfap_status s = weights || dir ? LFAP_OK : lfap_archive_has(&c->ctx, &has, data, "W");
  if (!s && dir) s = cli_path(c, &path, data, "W.npy");
  else if (!s && (weights || has)) s = cli_array_path(c, &path, weights ? weights : data, "W");
  if (path) s = bias_beside(c, &c->bias, path);
  free(path);
  return s;
}

const char *cli_bias_words(const cli *c) { return c->bias ? " (the constant of the bias is one)" : ""; }

static lfap_status not_asked(cli *c, const char *path) {
  const cli_option *o = c->verb->options;
  while (o->name && strcmp(o->name, "with-bias") != 0 && strcmp(o->name, "bias") != 0) o++;
  if (o->name)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "%s: this network has a bias, b.npy beside it; give --%s too", path,
                     o->name);
  return lfap_fail(&c->ctx, LFAP_ERR_DATA,
                   "%s: this network has a bias, b.npy beside it, which `lfap %s` does not know; it takes the same "
                   "network without one: samples with a last column of ones, W with b as its last column",
                   path, c->verb->name);
}

/* b of the weights at path: --bias, or beside them and then held against meta.json there. */
static lfap_status read_bias(cli *c, lfap_mat *b, const char *path) {
  if (c->bias_file) return lfap_npy_read(&c->ctx, b, c->bias_file);
  char *beside = NULL;
  int there = 0;
  lfap_status s = name_beside(c, &beside, path, 1);
  if (!s) s = cli_is_array(c, &there, beside);
  char *slash = s ? NULL : strrchr(beside, '/');
  if (s) {
    free(beside);
    return s;
  }
  if (!there)
    s = lfap_fail(&c->ctx, LFAP_ERR_NOINPUT,
                  "%s: not there; with a bias every network has one entry a neuron in that file, beside its weights",
                  beside);
  else if (!cli_is_file(beside)) s = lfap_npy_read(&c->ctx, b, beside);
  else if (!slash) s = cli_dir_npy(c, b, ".", beside);
  else {
    *slash = 0;
    s = cli_dir_npy(c, b, beside[0] ? beside : "/", slash + 1);
  }
  free(beside);
  return s;
}

lfap_status cli_bias_join(cli *c, lfap_mat *w, const char *path) {
  lfap_mat b = {0};
  int there = 0;
  if (!c->bias) {
    lfap_status told = bias_beside(c, &there, path);
    return told || !there ? told : not_asked(c, path);
  }
  lfap_status s = read_bias(c, &b, path);
  if (!s && ((b.rows != 1 && b.cols != 1) || b.rows * b.cols != w->rows))
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: its bias has the shape (%zu, %zu); each of the m = %zu neurons has one",
                  path, b.rows, b.cols, w->rows);
  if (!s) s = lfap_mat_with_column(&c->ctx, w, b.v);
  lfap_mat_free(&b);
  return s;
}

lfap_status cli_dir_weights(cli *c, lfap_mat *out, const char *dir, const char *name) {
  char *path = NULL;
  lfap_status s = cli_path(c, &path, dir, name);
  if (!s) s = cli_dir_npy(c, out, dir, name);
  if (!s) s = cli_bias_join(c, out, path);
  free(path);
  return s;
}

lfap_status cli_bias_none(cli *c, const char *direction) {
  const char *slash = strrchr(direction, '/'), *file = slash ? slash + 1 : direction;
  char *beside = NULL;
  if (strcmp(file, "w.npy") != 0) return LFAP_OK;
  char *dir = strndup(direction, (size_t)(file - direction));
  lfap_status s = dir ? cli_path(c, &beside, dir[0] ? dir : ".", "w_bias.npy")
                      : lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory for a path");
  if (!s && cli_is_file(beside))
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA,
                  "%s: the boundary is <w,z> + w_bias (w_bias.npy beside it), which `lfap %s` does not know; it takes "
                  "the same without: samples with a last column of ones, and w with w_bias as its last entry",
                  direction, c->verb->name);
  free(dir);
  free(beside);
  return s;
}

lfap_status cli_out_weights(cli *c, const char *dir, const char *name, double *w, size_t m, size_t d) {
  lfap_mat first = {0}, b = {0};
  if (!c->bias) return cli_out_matrix(c, dir, name, w, m, d);
  char *beside = NULL;
  lfap_status s = name_beside(c, &beside, name, 1);
  if (!s) s = lfap_mat_split(&c->ctx, &first, &b, w, m, d);
  if (!s) s = cli_out_matrix(c, dir, name, first.v, m, d - 1);
  if (!s) s = cli_out_vector(c, dir, beside, b.v, m);
  free(beside);
  lfap_mat_free(&first);
  lfap_mat_free(&b);
  return s;
}
