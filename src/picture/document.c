/* document.c - JSON documents of this program, read with jansson. A key that is missing or of another kind is bad
   data. */
#include "picture/document.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "keys.h"

/* jansson calls whatever it has no memory for "invalid token": so it takes its memory here. */
static int out_of_memory;
static void *get(size_t size) {
  void *p = malloc(size);
  if (!p) out_of_memory = 1;
  return p;
}

static lfap_status parse(lfap_ctx *ctx, json_t **out, const char *path, const char *verb) {
  json_error_t why;
  char *text = NULL;
  size_t len = 0;
  lfap_status s = lfap_file_read(ctx, &text, &len, path);
  if (s) return s;
  out_of_memory = 0;
  json_set_alloc_funcs(get, free);
  *out = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
  free(text);
  if (*out) return LFAP_OK;
  if (out_of_memory) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for the document", path);
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s: line %d: %s; this wants the output of lfap %s --json", path, why.line,
                   why.text, verb);
}

static lfap_status load(lfap_ctx *ctx, json_t **out, const char *path, const char *verb) {
  json_t *j = NULL;
  lfap_status s = parse(ctx, &j, path, verb);
  if (s) return s;
  const char *is = json_string_value(json_object_get(j, LFAP_KEY_verb));
  if (!is || strcmp(is, verb) != 0) {
    s = lfap_fail(ctx, LFAP_ERR_DATA, "%s: is %s%.40s; this wants the output of lfap %s --json", path,
                  is ? "of the verb " : "no report of lfap", is ? is : "", verb);
    json_decref(j);
    return s;
  }
  *out = j;
  return LFAP_OK;
}

/* null is NaN */
static double number(const json_t *object, const char *key, int *bad) {
  const json_t *v = json_object_get(object, key);
  if (json_is_null(v)) return NAN;
  if (!json_is_number(v)) *bad = 1;
  return json_number_value(v);
}

static size_t whole_key(const json_t *object, const char *key, int *bad) {
  const json_t *v = json_object_get(object, key);
  if (!json_is_integer(v) || json_integer_value(v) < 0) *bad = 1;
  return *bad ? 0 : (size_t)json_integer_value(v);
}

static void words_key(char *out, size_t room, const json_t *object, const char *key, int *bad) {
  const char *v = json_string_value(json_object_get(object, key));
  if (!v) *bad = 1;
  snprintf(out, room, "%s", v ? v : "");
}

/* A size and a hash that may be missing. */
static size_t told(const json_t *object, const char *key) {
  int bad = 0;
  return whole_key(object, key, &bad);
}

static void told_sha(char out[72], const json_t *object) {
  const char *v = json_string_value(json_object_get(object, LFAP_KEY_data_sha256));
  snprintf(out, 72, "%s", v && strlen(v) == 64 ? v : "");
}

static lfap_status broken(lfap_ctx *ctx, const char *path, const char *what) {
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s: %s: a key of this report is missing or of another kind (spec/formats.md)",
                   path, what);
}

/* ---- verdicts ---------------------------------------------------------------------------------------------------- */

/* Verdicts of checks, by lfap_verdict. */
typedef struct {
  size_t of[4];
} tally;

/* The verdict of checks is the worst: FAIL, UNDECIDED, PASS; what is not applicable spoils nothing. */
static lfap_verdict worst_of(const tally *t) {
  return t->of[LFAP_FAIL]        ? LFAP_FAIL
         : t->of[LFAP_UNDECIDED] ? LFAP_UNDECIDED
         : t->of[LFAP_PASS]      ? LFAP_PASS
                                 : LFAP_NOT_APPLICABLE;
}

/* Adds the verdicts of object's array `checks`; *bad where one is no verdict. */
static void tally_add(tally *t, const json_t *object, int *bad) {
  const json_t *checks = json_object_get(object, LFAP_KEY_checks);
  if (!json_is_array(checks)) *bad = 1;
  for (size_t i = 0; i < json_array_size(checks); i++) {
    const char *v = json_string_value(json_object_get(json_array_get(checks, i), LFAP_KEY_verdict));
    int k = 0;
    while (k < 4 && (!v || strcmp(v, lfap_verdict_name((lfap_verdict)k)) != 0)) k++;
    if (k == 4) *bad = 1;
    else t->of[k]++;
  }
}

/* What a document, or a case of it, says of its checks must be what they say. */
static lfap_status check_verdict(lfap_ctx *ctx, const json_t *object, const tally *t, const char *path,
                                 const char *name) {
  const char *told = json_string_value(json_object_get(object, LFAP_KEY_verdict)), *is = lfap_verdict_name(worst_of(t));
  const json_t *counts = json_object_get(object, LFAP_KEY_counts);
  if (!told || strcmp(told, is) != 0)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: %s: its verdict is %.24s, but that of its checks is %s: it was changed",
                     path, name, told ? told : "missing", is);
  for (int k = 0; counts && k < 4; k++) {
    int bad = 0;
    const char *word = lfap_verdict_name((lfap_verdict)k);
    size_t n = whole_key(counts, word, &bad);
    if (bad || n != t->of[k])
      return lfap_fail(ctx, LFAP_ERR_DATA, "%s: %s: it counts %zu checks as %s, but there are %zu: it was changed",
                       path, name, n, word, t->of[k]);
  }
  return LFAP_OK;
}

/* ---- converge ---------------------------------------------------------------------------------------------------- */

/* On its way log L falls and s grows; only the slope may have no value. */
static lfap_status check_decades(lfap_ctx *ctx, const lfap_decades *d, const char *path) {
  for (size_t i = 0; i < d->rows; i++) {
    const lfap_decade *r = &d->row[i];
    if (!isfinite(r->log_loss) || !isfinite(r->s) || !isfinite(r->p_distance) || !isfinite(r->direction))
      return lfap_fail(ctx, LFAP_ERR_DATA, "%s: decade %zu has a null where lfap converge writes a number", path,
                       i + 1);
    if (i > 0 && !(r->log_loss < r[-1].log_loss && r->s >= r[-1].s))
      return lfap_fail(ctx, LFAP_ERR_DATA,
                       "%s: decade %zu (log L = %g, s = %g) does not come after the one before it (%g, %g): rows were "
                       "moved or changed",
                       path, i + 1, r->log_loss, r->s, r[-1].log_loss, r[-1].s);
  }
  if (!(d->bits > 0) || !isfinite(d->bits)) return broken(ctx, path, "bits");
  return LFAP_OK;
}

lfap_status lfap_decades_read(lfap_ctx *ctx, lfap_decades *out, const char *path) {
  json_t *j = NULL;
  lfap_status s = load(ctx, &j, path, "converge");
  if (s) return s;
  int bad = 0;
  const json_t *rows = json_object_get(j, LFAP_KEY_decades);
  lfap_decades d = {
      .rows = json_array_size(rows), .bits = number(j, LFAP_KEY_bits, &bad), .gamma = number(j, LFAP_KEY_gamma, &bad)};
  told_sha(d.sha256, j);
  d.n = told(json_object_get(j, LFAP_KEY_sizes), LFAP_KEY_n);
  d.d = told(json_object_get(j, LFAP_KEY_sizes), LFAP_KEY_d);
  d.row = calloc(d.rows + 1, sizeof *d.row);
  if (!d.row) s = lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for %zu decades", path, d.rows);
  for (size_t i = 0; i < d.rows && !s; i++) {
    const json_t *r = json_array_get(rows, i);
    d.row[i] = (lfap_decade){.log_loss = number(r, LFAP_KEY_log_loss, &bad),
                             .s = number(r, LFAP_KEY_s, &bad),
                             .p_distance = number(r, LFAP_KEY_p_distance, &bad),
                             .direction = number(r, LFAP_KEY_direction_error, &bad),
                             .slope_error = number(r, LFAP_KEY_slope_error, &bad)};
  }
  tally t = {{0}};
  int judged = json_object_get(j, LFAP_KEY_checks) || json_object_get(j, LFAP_KEY_verdict);
  if (judged) tally_add(&t, j, &bad);
  if (!s && (bad || !json_is_array(rows))) s = broken(ctx, path, "decades or checks");
  if (!s) s = check_decades(ctx, &d, path);
  if (!s && judged) s = check_verdict(ctx, j, &t, path, "the document");
  json_decref(j);
  if (s) free(d.row);
  else *out = d;
  return s;
}

void lfap_decades_free(lfap_decades *d) {
  free(d->row);
  *d = (lfap_decades){0};
}

/* ---- gen --------------------------------------------------------------------------------------------------------- */

lfap_status lfap_shape_read(lfap_ctx *ctx, size_t *height, size_t *width, int *found, const char *path) {
  json_t *j = NULL;
  lfap_status s = load(ctx, &j, path, "gen");
  if (s) return s;
  int bad = 0;
  const json_t *sizes = json_object_get(j, LFAP_KEY_sizes);
  size_t h = whole_key(sizes, LFAP_KEY_height, &bad), w = whole_key(sizes, LFAP_KEY_width, &bad);
  json_decref(j);
  *found = !bad && h > 0 && w > 0;
  *height = *found ? h : 0;
  *width = *found ? w : 0;
  return LFAP_OK;
}

/* ---- verify ------------------------------------------------------------------------------------------------------ */

static void case_of(lfap_case_line *c, const json_t *k, int *bad) {
  const json_t *sizes = json_object_get(k, LFAP_KEY_sizes), *h = json_object_get(k, LFAP_KEY_hypothesis_data);
  words_key(c->name, sizeof c->name, k, LFAP_KEY_name, bad);
  words_key(c->about, sizeof c->about, k, LFAP_KEY_about, bad);
  words_key(c->verdict, sizeof c->verdict, k, LFAP_KEY_verdict, bad);
  told_sha(c->sha256, k);
  c->n = whole_key(sizes, LFAP_KEY_n, bad);
  c->d = whole_key(sizes, LFAP_KEY_d, bad);
  c->n_adv = whole_key(sizes, LFAP_KEY_n_adv, bad);
  c->m = whole_key(sizes, LFAP_KEY_m, bad);
  c->gamma = number(k, LFAP_KEY_gamma, bad);
  c->h_lhs = number(h, LFAP_KEY_lhs, bad);
  c->h_rhs = number(h, LFAP_KEY_rhs, bad);
  c->hypothesis = json_is_true(json_object_get(h, LFAP_KEY_holds));
}

static void wrong_of(lfap_verify_document *d, size_t of, const json_t *k, int *bad) {
  lfap_wrong_line w = {.of = of};
  words_key(w.verdict, sizeof w.verdict, k, LFAP_KEY_verdict, bad);
  if (strcmp(w.verdict, lfap_verdict_name(LFAP_FAIL)) != 0 && strcmp(w.verdict, lfap_verdict_name(LFAP_UNDECIDED)) != 0)
    return;
  words_key(w.id, sizeof w.id, k, LFAP_KEY_id, bad);
  words_key(w.subject, sizeof w.subject, k, LFAP_KEY_subject, bad);
  words_key(w.what, sizeof w.what, k, LFAP_KEY_what, bad);
  words_key(w.note, sizeof w.note, k, LFAP_KEY_note, bad);
  words_key(w.relation, sizeof w.relation, k, LFAP_KEY_relation, bad);
  w.value = number(k, LFAP_KEY_value, bad);
  w.bound = number(k, LFAP_KEY_bound, bad);
  d->wrong[d->wrong_count++] = w;
}

static void check_of(lfap_verify_document *d, size_t of, const json_t *k, int *bad) {
  char id[16], verdict[24];
  words_key(id, sizeof id, k, LFAP_KEY_id, bad);
  words_key(verdict, sizeof verdict, k, LFAP_KEY_verdict, bad);
  size_t i = 0;
  while (i < d->statement_count && (d->statements[i].of != of || strcmp(d->statements[i].id, id) != 0)) i++;
  lfap_statement_line *s = &d->statements[i];
  if (i == d->statement_count) {
    *s = (lfap_statement_line){.of = of};
    memcpy(s->id, id, sizeof id);
    d->statement_count++;
  }
  for (int v = 0; v < 4; v++) s->verdict[v] += strcmp(verdict, lfap_verdict_name((lfap_verdict)v)) == 0;
  const char *certified = json_string_value(json_object_get(k, LFAP_KEY_certified)),
             *what = json_string_value(json_object_get(k, LFAP_KEY_what));
  s->measured += json_is_true(json_object_get(k, LFAP_KEY_only_measured));
  s->certified += certified && strcmp(certified, lfap_verdict_name(LFAP_UNDECIDED)) != 0;
  wrong_of(d, of, k, bad);
  if (!what || !strstr(what, "accuracy of ")) return;
  lfap_headline *h = &d->headlines[d->headline_count++];
  *h = (lfap_headline){.of = of, .value = number(k, LFAP_KEY_value, bad)};
  words_key(h->subject, sizeof h->subject, k, LFAP_KEY_subject, bad);
  words_key(h->what, sizeof h->what, k, LFAP_KEY_what, bad);
  words_key(h->note, sizeof h->note, k, LFAP_KEY_note, bad);
}

static lfap_status room(lfap_ctx *ctx, lfap_verify_document *d, const json_t *cases, const char *path) {
  size_t checks = 0;
  d->case_count = json_array_size(cases);
  for (size_t i = 0; i < d->case_count; i++)
    checks += json_array_size(json_object_get(json_array_get(cases, i), LFAP_KEY_checks));
  d->cases = calloc(d->case_count + 1, sizeof *d->cases);
  d->statements = calloc(checks + 1, sizeof *d->statements);
  d->headlines = calloc(checks + 1, sizeof *d->headlines);
  d->wrong = calloc(checks + 1, sizeof *d->wrong);
  if (d->cases && d->statements && d->headlines && d->wrong) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for %zu checks", path, checks);
}

lfap_status lfap_verify_document_read(lfap_ctx *ctx, lfap_verify_document *out, const char *path) {
  json_t *j = NULL;
  lfap_verify_document d = {0};
  tally all = {{0}};
  lfap_status s = load(ctx, &j, path, "verify");
  if (s) return s;
  int bad = 0;
  const json_t *cases = json_object_get(j, LFAP_KEY_cases);
  words_key(d.version, sizeof d.version, j, LFAP_KEY_version, &bad);
  words_key(d.verdict, sizeof d.verdict, j, LFAP_KEY_verdict, &bad);
  s = room(ctx, &d, cases, path);
  for (size_t i = 0; i < d.case_count && !s; i++) {
    const json_t *k = json_array_get(cases, i), *checks = json_object_get(k, LFAP_KEY_checks);
    tally t = {{0}};
    case_of(&d.cases[i], k, &bad);
    tally_add(&t, k, &bad);
    tally_add(&all, k, &bad);
    if (!bad) s = check_verdict(ctx, k, &t, path, d.cases[i].name);
    for (size_t c = 0; c < json_array_size(checks); c++) check_of(&d, i, json_array_get(checks, c), &bad);
  }
  if (!s && (bad || !json_is_array(cases))) s = broken(ctx, path, "cases");
  if (!s) s = check_verdict(ctx, j, &all, path, "the document");
  json_decref(j);
  if (s) lfap_verify_document_free(&d);
  else *out = d;
  return s;
}

void lfap_verify_document_free(lfap_verify_document *d) {
  free(d->cases);
  free(d->statements);
  free(d->headlines);
  free(d->wrong);
  *d = (lfap_verify_document){0};
}
