/* coq.c - see coq.h. Certificate.v is made before any file is begun (the oracle's numbers may end the program), the
 * rows one file after the other, so that only one is in memory. */
#include "cli/coq.h"

#include <stdlib.h>
#include <string.h>

#include "oracle/check/same.h"

/* ---- options ----------------------------------------------------------------------------------------------------- */

lfap_status cli_coq_option(cli *c, cli_coq_args *a, int option, const char *value) {
  static const char *const claims[] = {"auto", "T1", "C1", "C2", "not-C1", "T4", "T5"};
  int found = 0;
  lfap_status s = LFAP_OK;
  if (option == 0) {
    a->wanted = 1;
    if (value) s = cli_word(c, &found, "--coq", value, oracle_coq_form_names, ORACLE_COQ_FORMS);
    if (!s) a->form = (oracle_coq_form)found;
    return s;
  }
  s = cli_word(c, &found, "--coq-claim", value, claims, ORACLE_COQ_SETS + 1);
  if (!s) a->claim = found - 1;
  return s;
}

lfap_status cli_coq_require(cli *c, const cli_coq_args *a, int certify, const char *out) {
  if (!a->wanted && a->claim >= 0)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--coq-claim says what the theorem of --coq is about; give that too");
  if (a->wanted && !certify)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--coq goes with --certify, whose multipliers it needs; give that too");
  if (a->wanted && !out)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--out is missing: --coq writes %s into a directory", CLI_COQ_FILE);
  return LFAP_OK;
}

lfap_status cli_coq_require_points(cli *c, const cli_coq_args *a, const char *points, const char *adversarial) {
  if (a->claim == ORACLE_COQ_T4 && !adversarial)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                     "--adversarial is missing: --coq-claim T4 holds the networks of two sets against each other");
  if (adversarial && a->claim != ORACLE_COQ_T4)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--adversarial names the other set of --coq-claim T4; give that too");
  if (!points && (a->claim == ORACLE_COQ_T4 || a->claim == ORACLE_COQ_T5))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--probe-points is missing: --coq-claim %s tells the side of points",
                     oracle_coq_claim_names[a->claim]);
  return LFAP_OK;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

void cli_coq_free(cli_coq *k) {
  oracle_coq_free(&k->theorem);
  lfap_text_free(&k->text);
}

static void of_set(cli_coq *k, int which, const lfap_data *data) {
  *(which == 0 ? &k->data : which == 1 ? &k->other : &k->third) = *data;
  cli_sha256(k->sha256[which], data->x, data->n * data->d, data->y, data->y ? data->n : 0);
}

lfap_status cli_coq_unbiased(cli *c) {
  return c->bias
             ? lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--coq: the theorems are about networks without a bias; leave it out")
             : LFAP_OK;
}

void cli_coq_of_sets(cli_coq *k, const lfap_data *data, const lfap_data *adversarial) {
  of_set(k, 0, data);
  if (adversarial) of_set(k, 1, adversarial);
}

void cli_coq_of_weights(cli_coq *k, const double *w, size_t m, size_t d) {
  of_set(k, 0, &(lfap_data){.n = m, .d = d, .x = (double *)w});
}

void cli_coq_of_split(cli_coq *k, const double *w, size_t m, const lfap_data *eta, const double *b) {
  of_set(k, 0, &(lfap_data){.n = m, .d = eta->d, .x = (double *)w});
  of_set(k, 1, eta);
  of_set(k, 2, &(lfap_data){.n = m, .d = eta->n, .x = (double *)b});
}

void cli_coq_of_start(cli_coq *k, const lfap_data *data, const double *w, size_t m) {
  of_set(k, 0, data);
  of_set(k, 1, &(lfap_data){.n = m, .d = data->d, .x = (double *)w});
}

static oracle_coq_about about_of(const cli_coq *k) {
  return (oracle_coq_about){.data = &k->data,
                            .sha256 = k->sha256[0],
                            .other = k->other.n ? &k->other : NULL,
                            .third = k->third.n ? &k->third : NULL,
                            .other_sha256 = k->sha256[1],
                            .third_sha256 = k->sha256[2]};
}

/* The text of what was found, or why there is none. */
static lfap_status keep_found(cli *c, cli_coq *k, int found, const oracle_coq_wish *wish) {
  oracle_coq_about about = about_of(k);
  k->form = wish->form;
  k->asked = wish->points;
  if (!found) snprintf(k->why, sizeof k->why, "%s", c->ctx.message);
  if (!found) return LFAP_OK;
  k->files = oracle_coq_files(&k->theorem);
  return oracle_coq_text(&c->ctx, &k->text, &k->theorem, &about, 0);
}

lfap_status cli_coq_find(cli *c, cli_coq *k, const cli_coq_args *a, const lfap_limit *lim, const oracle_cert *cert,
                         const lfap_mat *points, const lfap_limit *adversarial) {
  int found = 0;
  oracle_coq_about about = about_of(k);
  oracle_coq_wish wish = {.form = a->form,
                          .claim = a->claim,
                          .z = points ? points->v : NULL,
                          .points = points ? points->rows : 0,
                          .cert = cert,
                          .adversarial = adversarial};
  lfap_status s = oracle_coq_find(&c->ctx, &found, &k->theorem, &about, lim, &wish);
  return s ? s : keep_found(c, k, found, &wish);
}

lfap_status cli_coq_find_network(cli *c, cli_coq *k, oracle_coq_form form, oracle_coq_claim claim, double gamma,
                                 const double *z, size_t points) {
  int found = 0;
  oracle_coq_about about = about_of(k);
  oracle_coq_wish wish = {.form = form, .claim = (int)claim, .z = z, .points = points};
  lfap_status s = oracle_coq_find_network(&c->ctx, &found, &k->theorem, &about, gamma, &wish);
  return s ? s : keep_found(c, k, found, &wish);
}

lfap_status cli_coq_find_run(cli *c, cli_coq *k, oracle_coq_form form, double gamma, const lfap_mat *points,
                             const lfap_polished *point, double step) {
  int found = 0;
  oracle_coq_about about = about_of(k);
  oracle_coq_wish wish = {.form = form,
                          .claim = point ? ORACLE_COQ_C4 : ORACLE_COQ_SPLIT,
                          .z = points ? points->v : NULL,
                          .points = points ? points->rows : 0,
                          .point = point,
                          .step = step};
  lfap_status s = oracle_coq_find_run(&c->ctx, &found, &k->theorem, &about, gamma, &wish);
  return s ? s : keep_found(c, k, found, &wish);
}

lfap_status cli_coq_write(cli *c, const char *dir, const cli_coq *k) {
  char name[ORACLE_COQ_NAME];
  oracle_coq_about about = about_of(k);
  lfap_status s = k->files ? cli_out_text(c, dir, CLI_COQ_FILE, &k->text) : LFAP_OK;
  for (size_t i = 1; !s && i < k->files; i++) {
    lfap_text text = {0};
    s = oracle_coq_text(&c->ctx, &text, &k->theorem, &about, i);
    if (!s) s = cli_out_text(c, dir, oracle_coq_name(name, i), &text);
    lfap_text_free(&text);
  }
  return s;
}

void cli_coq_print(const cli_coq *k) {
  const oracle_coq *t = &k->theorem;
  if (!t->n) {
    cli_say("  theorem for Coq: none is written: %s\n", k->why);
    return;
  }
  cli_say("  theorem for Coq: %s, %s", oracle_coq_claim_names[t->claim], oracle_coq_form_names[t->form]);
  if (t->count) cli_say(", multipliers of %u bits", t->bits);
  if (k->asked && t->claim != ORACLE_COQ_BENT) cli_say(", the side of %zu of %zu points", t->points, k->asked);
  if (t->claim == ORACLE_COQ_T4 && k->asked)
    cli_say(" (the other set decides %zu otherwise, %zu are open)", t->differ, k->asked - t->points - t->differ);
  cli_say("; `make coq-certificate` has Coq check it\n");
}

/* ---- checking ---------------------------------------------------------------------------------------------------- */

int cli_coq_is(const char *text, size_t len) { return len > 2 && text[0] == '(' && text[1] == '*'; }

/* The row file beside the certificate. */
static lfap_status check_rows(cli *c, int *accepted, const oracle_coq *t, const oracle_coq_about *about,
                              const char *path, size_t file) {
  char name[ORACLE_COQ_NAME], *dir = strdup(path), *beside = NULL, *bytes = NULL;
  size_t len = 0;
  lfap_text own = {0};
  if (!dir) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory for a path of %zu characters", strlen(path));
  char *slash = strrchr(dir, '/');
  if (slash) slash[1] = 0;
  lfap_status s = cli_path(c, &beside, slash ? dir : ".", oracle_coq_name(name, file));
  if (!s) s = lfap_file_read(&c->ctx, &bytes, &len, beside);
  if (!s) s = oracle_coq_text(&c->ctx, &own, t, about, file);
  if (!s) *accepted = oracle_same_text(&c->ctx, (oracle_span){bytes, len}, (oracle_span){own.bytes, own.len});
  if (!s && !*accepted) {
    char why[sizeof c->ctx.message];
    memcpy(why, c->ctx.message, sizeof why);
    lfap_fail(&c->ctx, LFAP_OK, "%s: %.900s", name, why);
  }
  lfap_text_free(&own);
  free(bytes);
  free(beside);
  free(dir);
  return s;
}

lfap_status cli_coq_check(cli *c, int *accepted, cli_coq *k, const char *path, const char *text, size_t len) {
  oracle_coq *t = &k->theorem;
  oracle_coq_about about = about_of(k);
  lfap_status s = oracle_coq_check(&c->ctx, accepted, t, text, len, &about);
  for (size_t i = 1; !s && *accepted && i < oracle_coq_files(t); i++) s = check_rows(c, accepted, t, &about, path, i);
  if (s || !*accepted) oracle_coq_free(t);
  k->form = t->form;
  k->files = t->n ? oracle_coq_files(t) : 0;
  k->asked = t->points;
  return s;
}
