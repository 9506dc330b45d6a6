/* origin.c - what tells of a file's data and slope, and what follows for whoever uses it with others. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "cli/origin.h"
#include "keys.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is told ------------------------------------------------------------------------------------------------ */

static void put_sha(cli_origin *o, lfap_span told) {
  if (!told.text || lfap_span_is(told, "null")) return;
  for (size_t i = 0; i + 1 < CLI_SHA256; i++) o->sha256[i] = (char)tolower((unsigned char)told.text[i + 1]);
  o->sha256[CLI_SHA256 - 1] = 0;
}

static void put_gamma(cli_origin *o, lfap_span gamma) {
  if (gamma.text && !lfap_span_is(gamma, "null")) o->gamma = strtod(gamma.text, NULL);
}

static size_t size_of(const char *sizes, const char *key) {
  lfap_span v = lfap_member_of(sizes, key);
  return v.text ? (size_t)strtoull(v.text, NULL, 10) : 0;
}

/* The members at the top are about the set of its verb. */
static void put_top(cli_origin *o, const char *text) {
  lfap_span sizes = lfap_member_of(text, LFAP_KEY_sizes), seed = lfap_member_of(text, LFAP_KEY_seed);
  put_gamma(o, lfap_member_of(text, LFAP_KEY_gamma));
  o->bias = lfap_span_is(lfap_member_of(text, LFAP_KEY_bias), "true");
  if (sizes.text) o->n = size_of(sizes.text, LFAP_KEY_n), o->d = size_of(sizes.text, LFAP_KEY_d);
  if (seed.text && lfap_span_is(lfap_member_of(text, LFAP_KEY_verb), "\"gen\"") &&
      strspn(seed.text, "0123456789") == seed.len)
    snprintf(o->seed, sizeof o->seed, "%.*s", (int)seed.len, seed.text);
}

/* Documents of lfap did not tell their numerics while there was one. */
static size_t numerics_of(const char *text, const char *tells) {
  if (!lfap_member_of(text, LFAP_KEY_schema_version).text) return 0;
  return lfap_member_of(tells, LFAP_KEY_numerics).text ? size_of(tells, LFAP_KEY_numerics) : 1;
}

static cli_origin told_of(const char *text, const char *file) {
  int top = 0;
  cli_origin o = {.gamma = NAN};
  lfap_span tells = cli_meta_tells(text, file, &top);
  if (top) put_top(&o, text);
  if (!tells.text) return o;
  o.numerics = numerics_of(text, tells.text);
  put_sha(&o, lfap_member_of(tells.text, LFAP_KEY_data_sha256));
  put_gamma(&o, lfap_member_of(tells.text, LFAP_KEY_gamma));
  return o;
}

lfap_status cli_origin_read(cli *c, cli_origin *out, const char *dir, const char *file) {
  char *text = NULL;
  lfap_status s = cli_meta_load(c, &text, dir);
  if (!s) *out = text ? told_of(text, file) : (cli_origin){.gamma = NAN};
  free(text);
  return s;
}

lfap_status cli_origin_made_from(cli *c, cli_origin *out, const char *dir) {
  char *text = NULL;
  int top = 0;
  lfap_status s = cli_meta_load(c, &text, dir);
  *out = (cli_origin){.gamma = NAN};
  if (s || !text) return s;
  (void)cli_meta_tells(text, "X.npy", &top);
  lfap_span made = lfap_member_of(text, LFAP_KEY_made_from);
  if (top && made.text) {
    put_sha(out, lfap_member_of(made.text, LFAP_KEY_data_sha256));
    put_gamma(out, lfap_member_of(made.text, LFAP_KEY_gamma));
  }
  free(text);
  return LFAP_OK;
}

static void note(cli *c, const char *format, const char *path, const char *why) {
  char where[CLI_SHOWN], what[CLI_SHOWN];
  if (c->quiet) return;
  cli_progress_clear(c);
  cli_note(format, lfap_visible(where, sizeof where, path), lfap_visible(what, sizeof what, why));
}

/* *found: there is a meta.json beside this name. */
static lfap_status beside(cli *c, cli_origin *out, int *found, const char *path, const char *sha256) {
  char *dir = NULL, *text = NULL;
  const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
  lfap_status s = cli_path(c, &dir, slash ? path : ".", "");
  if (s) return s;
  if (slash) dir[slash - path + 1] = 0;
  s = cli_meta_load(c, &text, dir);
  free(dir);
  *found = s || text;
  if (s == LFAP_ERR_DATA) {
    note(c, "note: %s: not known which data it is of: %s\n", path, c->ctx.message);
    c->ctx.message[0] = 0;
    return LFAP_OK;
  }
  if (s || !text) return s;
  lfap_span told = cli_meta_file(text, file);
  if (!told.text || cli_meta_same(told, sha256)) *out = told_of(text, file);
  else note(c, "note: %s: not known which data it is of: %s\n", path, "meta.json beside it tells of another file");
  free(text);
  return LFAP_OK;
}

lfap_status cli_origin_beside(cli *c, cli_origin *out, const char *path, const char *sha256) {
  char why[LFAP_REASON];
  int found = 0;
  *out = (cli_origin){.gamma = NAN};
  if (!cli_is_file(path)) return LFAP_OK; /* a member of an archive: no meta.json tells of it */
  lfap_status s = beside(c, out, &found, path, sha256);
  if (s || found) return s;
  char *target = realpath(path, NULL); /* of a link: beside what it points at */
  if (target) s = beside(c, out, &found, target, sha256);
  else s = lfap_fail(&c->ctx, lfap_status_of(errno, LFAP_ERR_NOINPUT), "%s: %s", path, lfap_reason(why, errno));
  free(target);
  return s;
}

void cli_origin_note(cli *c, const char *path, const cli_origin *here, const cli_origin *o) {
  char why[CLI_ORIGIN_WHY];
  if (!cli_origin_other(here, o)) return;
  cli_origin_difference(why, here, o);
  note(c, "note: %s: %s; used all the same\n", path, why);
}

void cli_origin_numerics(cli *c, const char *path, size_t numerics) {
  char why[CLI_SHOWN];
  if (numerics == LFAP_NUMERICS) return;
  snprintf(why, sizeof why, "computed by numerics %zu, here by %d: sums differ by rounding", numerics, LFAP_NUMERICS);
  note(c, "note: %s: %s (spec/numerics.md); used all the same\n", path, why);
}

lfap_status cli_origin_array(cli *c, cli_origin *out, const char *path, const lfap_mat *m, const cli_origin *here) {
  char sha[CLI_SHA256];
  cli_sha256_npy(sha, m);
  lfap_status s = cli_origin_beside(c, out, path, sha);
  if (!s) cli_origin_note(c, path, here, out);
  return s;
}

/* ---- what follows ------------------------------------------------------------------------------------------------ */

cli_origin cli_origin_of_run(const lfap_data *data, size_t d, double gamma) {
  cli_origin o = {.d = d, .gamma = gamma > 0 ? gamma : NAN};
  if (!data) return o;
  o.n = data->n;
  o.d = data->d;
  o.bias = data->bias;
  cli_sha256(o.sha256, data->x, data->n * data->d, data->y, data->n);
  return o;
}

static int other_data(const cli_origin *here, const cli_origin *o) {
  if (!here->n) return 0;
  if (o->sha256[0]) return strcmp(o->sha256, here->sha256) != 0;
  return (o->n && o->n != here->n) || (o->d && o->d != here->d);
}

cli_relation cli_origin_relation(const cli_origin *here, const cli_origin *o) {
  if (other_data(here, o)) return CLI_OTHER_DATA;
  if (!isnan(o->gamma) && !isnan(here->gamma) && o->gamma != here->gamma) return CLI_OTHER_GAMMA;
  return here->n == 0 ? CLI_ALONE : o->sha256[0] ? CLI_SAME : CLI_UNKNOWN;
}

int cli_origin_other(const cli_origin *here, const cli_origin *o) {
  cli_relation k = cli_origin_relation(here, o);
  return k == CLI_OTHER_DATA || k == CLI_OTHER_GAMMA;
}

enum { SHOWN = 12 }; /* hexadecimal digits of a hash */

void cli_origin_words(char *out, size_t room, const cli_origin *o) {
  size_t used = 0;
  out[0] = 0;
#define PUT(when, ...) \
  if ((when) && used < room) used += (size_t)snprintf(out + used, room - used, __VA_ARGS__)
  PUT(o->n, "N = %zu", o->n);
  PUT(o->d, "%sd = %zu", used ? ", " : "", o->d);
  PUT(o->bias, " with the constant of a bias");
  PUT(!isnan(o->gamma), "%sgamma = %.15g", used ? ", " : "", o->gamma);
  PUT(o->seed[0], "%sseed %s", used ? ", " : "", o->seed);
  PUT(o->sha256[0], "%sSHA-256 %.*s", used ? ", " : "", SHOWN, o->sha256);
#undef PUT
}

void cli_origin_difference(char out[CLI_ORIGIN_WHY], const cli_origin *here, const cli_origin *o) {
  char theirs[CLI_ORIGIN], ours[CLI_ORIGIN];
  cli_origin_words(theirs, sizeof theirs, o);
  cli_origin_words(ours, sizeof ours, here);
  snprintf(out, CLI_ORIGIN_WHY, "is about %s (%s; here %s)",
           cli_origin_relation(here, o) == CLI_OTHER_DATA ? "other data" : "another gamma", theirs, ours);
}

const char *cli_origin_of(const cli_origin *here, const cli_origin *o) {
  return other_data(here, o) ? "other data" : here->n && o->sha256[0] ? "these data" : NULL;
}
