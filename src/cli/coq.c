/* coq.c - see coq.h. Certificate.v is made before any file is begun (the oracle's numbers may end the program), the
 * rows one file after the other, so that only one is in memory. */
#include "cli/coq.h"

#include <stdlib.h>
#include <string.h>

#include "oracle/check/same.h"

/* ---- options ----------------------------------------------------------------------------------------------------- */

lfap_status cli_coq_option(cli *c, cli_coq_args *a, int option, const char *value) {
  static const char *const claims[] = {"auto", "T1", "C1", "C2", "not-C1"};
  int found = 0;
  lfap_status s = LFAP_OK;
  if (option == 0) {
    a->wanted = 1;
    if (value) s = cli_word(c, &found, "--coq", value, oracle_coq_form_names, ORACLE_COQ_FORMS);
    if (!s) a->form = (oracle_coq_form)found;
    return s;
  }
  s = cli_word(c, &found, "--coq-claim", value, claims, ORACLE_COQ_CLAIMS + 1);
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

/* ---- writing ----------------------------------------------------------------------------------------------------- */

void cli_coq_free(cli_coq *k) {
  oracle_coq_free(&k->theorem);
  lfap_text_free(&k->text);
}

lfap_status cli_coq_find(cli *c, cli_coq *out, const cli_coq_args *a, const lfap_data *data, const lfap_limit *lim,
                         const oracle_cert *cert, const lfap_mat *points) {
  char sha[CLI_SHA256];
  int found = 0;
  cli_sha256(sha, data->x, data->n * data->d, data->y, data->n);
  oracle_coq_wish wish = {.form = a->form,
                          .claim = a->claim,
                          .z = points ? points->v : NULL,
                          .points = points ? points->rows : 0,
                          .cert = cert,
                          .sha256 = sha};
  lfap_status s = oracle_coq_find(&c->ctx, &found, &out->theorem, data, lim, &wish);
  if (!s && !found) snprintf(out->why, sizeof out->why, "%s", c->ctx.message);
  out->form = a->form;
  out->asked = wish.points;
  if (s || !found) return s;
  out->files = oracle_coq_files(&out->theorem);
  return oracle_coq_text(&c->ctx, &out->text, &out->theorem, data, 0);
}

lfap_status cli_coq_write(cli *c, const char *dir, const cli_coq *k, const lfap_data *data) {
  char name[ORACLE_COQ_NAME];
  lfap_status s = k->files ? cli_out_text(c, dir, CLI_COQ_FILE, &k->text) : LFAP_OK;
  for (size_t i = 1; !s && i < k->files; i++) {
    lfap_text text = {0};
    s = oracle_coq_text(&c->ctx, &text, &k->theorem, data, i);
    if (!s) s = cli_out_text(c, dir, oracle_coq_name(name, i), &text);
    lfap_text_free(&text);
  }
  return s;
}

void cli_coq_print(const cli_coq *k) {
  const oracle_coq *t = &k->theorem;
  if (!t->n) {
    printf("  theorem for Coq: none is written: %s\n", k->why);
    return;
  }
  printf("  theorem for Coq: %s, %s", oracle_coq_claim_names[t->claim], oracle_coq_form_names[t->form]);
  if (t->count) printf(", multipliers of %u bits", t->bits);
  if (k->asked) printf(", the side of %zu of %zu points", t->points, k->asked);
  printf("; `make coq-certificate` has Coq check it\n");
}

/* ---- checking ---------------------------------------------------------------------------------------------------- */

int cli_coq_is(const char *text, size_t len) { return len > 2 && text[0] == '(' && text[1] == '*'; }

/* The row file beside the certificate. */
static lfap_status check_rows(cli *c, int *accepted, const oracle_coq *t, const lfap_data *data, const char *path,
                              size_t file) {
  char name[ORACLE_COQ_NAME], *dir = strdup(path), *beside = NULL, *bytes = NULL;
  size_t len = 0;
  lfap_text own = {0};
  if (!dir) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory for a path of %zu characters", strlen(path));
  char *slash = strrchr(dir, '/');
  if (slash) slash[1] = 0;
  lfap_status s = cli_path(c, &beside, slash ? dir : ".", oracle_coq_name(name, file));
  if (!s) s = lfap_file_read(&c->ctx, &bytes, &len, beside);
  if (!s) s = oracle_coq_text(&c->ctx, &own, t, data, file);
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

lfap_status cli_coq_check(cli *c, int *accepted, cli_coq *out, const char *path, const char *text, size_t len,
                          const lfap_data *data) {
  char sha[CLI_SHA256];
  oracle_coq t = {0};
  cli_sha256(sha, data->x, data->n * data->d, data->y, data->n);
  lfap_status s = oracle_coq_check(&c->ctx, accepted, &t, text, len, data, sha);
  for (size_t i = 1; !s && *accepted && i < oracle_coq_files(&t); i++) s = check_rows(c, accepted, &t, data, path, i);
  if (!s && *accepted) *out = (cli_coq){.form = t.form, .theorem = t, .files = oracle_coq_files(&t), .asked = t.points};
  else oracle_coq_free(&t);
  return s;
}
