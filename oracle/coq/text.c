/* text.c - Certificate.v and its files of rows, in one spelling: what Coq compiles, and what `lfap check` holds a file
 * against. The head names what is read back from a file; everything else follows from that and the data.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/digest.h"
#include "oracle/coq/claims.h"
#include "oracle/coq/rows.h"
#include "oracle/coq/statement.h"
#include "oracle/exact/gram.h"

enum { ENTRIES = 500000 /* of the rows of one file */ };

/* ---- files ------------------------------------------------------------------------------------------------------- */

static size_t rows_a_file(const oracle_coq *t) { return t->d < ENTRIES ? ENTRIES / t->d : 1; }

/* The samples, then those of the adversarial set. */
static size_t all_rows(const oracle_coq *t) { return t->n + (t->adversarial ? t->adversarial->n : 0); }

size_t oracle_coq_files(const oracle_coq *t) {
  size_t rows = rows_a_file(t), all = all_rows(t);
  if (t->claim == ORACLE_COQ_SPLIT || t->claim == ORACLE_COQ_C4) return 1; /* small networks */
  return all <= rows ? 1 : 1 + (all + rows - 1) / rows;
}

const char *oracle_coq_name(char out[ORACLE_COQ_NAME], size_t file) {
  if (file == 0) snprintf(out, ORACLE_COQ_NAME, "Certificate.v");
  else snprintf(out, ORACLE_COQ_NAME, "Rows%zu.v", file - 1);
  return out;
}

static int about_weights(const oracle_coq *t) { return t->claim >= ORACLE_COQ_SETS && t->claim != ORACLE_COQ_C4; }
static const char *row_name(const oracle_coq *t) { return about_weights(t) ? "w" : "x"; }

static void rows(lfap_text *out, const oracle_coq *t, const oracle_coq_about *about, size_t begin, size_t end) {
  for (size_t n = begin; n < end; n++)
    if (n < t->n) oracle_coq_row(out, t->form, row_name(t), n, about->data->x + n * t->d, t->d);
    else oracle_coq_row(out, t->form, "x_adv", n - t->n, about->other->x + (n - t->n) * t->d, t->d);
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

static void say(lfap_text *out, const char *text) { lfap_text_puts(out, text); }

void oracle_coq_integer(lfap_text *out, const mpz_t z) {
  char *s = malloc(mpz_sizeinbase(z, 10) + 2);
  if (s) say(out, mpz_get_str(s, 10, z));
  else out->status = LFAP_ERR_MEMORY;
  free(s);
}

/* Between the items of a list, `across` on a line. */
static void between(lfap_text *out, size_t i, size_t across) {
  if (i) say(out, i % across ? "; " : ";\n  ");
}

/* Definition LIST : seq (frow FORM) := [:: NAME0; NAME1; ...]. */
static void list_rows(lfap_text *out, const oracle_coq *t, const char *list, const char *name, size_t count) {
  say(out, "Definition ");
  say(out, list);
  say(out, t->form == ORACLE_COQ_FAST ? " : seq (frow fast) := [:: " : " : seq (frow exact) := [:: ");
  for (size_t i = 0; i < count; i++) {
    between(out, i, 16);
    say(out, name);
    lfap_text_uint(out, i);
  }
  say(out, "].\n");
}

static void list_labels(lfap_text *out, const char *name, const lfap_data *data) {
  say(out, "Definition ");
  say(out, name);
  say(out, " := [:: ");
  for (size_t n = 0; n < data->n; n++) {
    between(out, n, 16);
    say(out, data->y[n] > 0 ? "true" : "false");
  }
  say(out, "].\n");
}

static void list_signs(lfap_text *out, const oracle_coq *t) {
  say(out, "Definition signs : seq bool := [:: ");
  for (size_t i = 0; i < t->points; i++) {
    between(out, i, 16);
    say(out, t->sign[i] > 0 ? "true" : "false");
  }
  say(out, "].\n");
}

/* C4: a list a row of the network. */
static void list_slopes(lfap_text *out, const oracle_coq *t) {
  size_t m = t->count / t->n - 1;
  say(out, "Definition slopes := [::\n  ");
  for (size_t j = 0; j < m; j++) {
    if (j) say(out, ";\n  ");
    say(out, "[:: ");
    for (size_t n = 0; n < t->n; n++) {
      between(out, n, 8);
      oracle_coq_integer(out, t->p[t->n + j * t->n + n]);
    }
    say(out, "]");
  }
  say(out, "]%Z.\n");
}

/* Numerators: of C2 A_n and B_n stand together. */
static void list_multipliers(lfap_text *out, const char *name, const oracle_coq *t) {
  int pairs = t->count > t->n && t->claim != ORACLE_COQ_C4;
  say(out, "Definition ");
  say(out, name);
  say(out, " := [:: ");
  for (size_t n = 0; n < t->n; n++) {
    between(out, n, 8);
    if (pairs) say(out, "(");
    oracle_coq_integer(out, t->p[n]);
    if (pairs) say(out, ", ");
    if (pairs) oracle_coq_integer(out, t->p[t->n + n]);
    if (pairs) say(out, ")");
  }
  say(out, "]%Z.\n");
}

static void size(lfap_text *out, const char *name, size_t n) {
  say(out, "Definition ");
  say(out, name);
  say(out, " := ");
  lfap_text_uint(out, n);
  say(out, ".\n");
}

/* ---- head -------------------------------------------------------------------------------------------------------- */

/* A digest of what nobody can tell from the data: another digit there may give another true theorem, which is not this
   one. */
static void digest(lfap_text *out, const oracle_coq *t) {
  char line[64];
  lfap_text text = {0};
  if (t->count) list_multipliers(&text, "proposal", t);
  if (t->claim == ORACLE_COQ_C4) list_slopes(&text, t);
  if (t->adversarial) list_multipliers(&text, "proposal_adv", t->adversarial);
  for (size_t i = 0; i < t->points * t->d; i++) lfap_text_hex(&text, t->z[i]);
  snprintf(line, sizeof line, ", proposal %016llx *)\n",
           (unsigned long long)lfap_digest(LFAP_DIGEST_START, text.bytes, text.len));
  say(out, line);
  if (text.status) out->status = text.status;
  lfap_text_free(&text);
}

/* NAME SHA-256 of what the theorem is about besides. */
static void also_about(lfap_text *out, const char *name, const char *sha256) {
  if (!name) return;
  say(out, "\n   ");
  say(out, name);
  say(out, " ");
  say(out, sha256);
}

static void head(lfap_text *out, const oracle_coq *t, const oracle_coq_about *about) {
  const oracle_coq_words *c = &oracle_coq_claims[t->claim];
  say(out,
      "(* A theorem about a data set, by lfap limit --coq; `lfap check` holds the file against the data.\n   data ");
  say(out, t->sha256);
  also_about(out, c->other, about->other_sha256);
  also_about(out, c->third, about->third_sha256);
  say(out, "\n   claim ");
  say(out, oracle_coq_claim_names[t->claim]);
  say(out, ", form ");
  say(out, oracle_coq_form_names[t->form]);
  say(out, ", points ");
  lfap_text_uint(out, t->points);
  say(out, ", gamma ");
  lfap_text_hex(out, t->gamma);
  if (t->claim == ORACLE_COQ_C4) say(out, ", step ");
  if (t->claim == ORACLE_COQ_C4) lfap_text_hex(out, t->step);
  digest(out, t);
}

static void imports(lfap_text *out, const oracle_coq *t) {
  int fast = t->form == ORACLE_COQ_FAST;
  say(out, fast ? "From Coq Require Import ZArith PrimFloat PArray.\n" : "From Coq Require Import ZArith.\n");
  const char *own = oracle_coq_claims[t->claim].chapters;
  say(out, "From mathcomp Require Import all_ssreflect all_algebra.\nFrom lfap Require Import ");
  say(out, own ? own : "Vectors Network Kkt T1 C1 C2 Checkers CheckersSound Claims");
  say(out, " ");
  say(out, fast ? "Fast.\n" : "Exact.\n");
}

/* Of a file of rows: no more than its literals need, for every coqc beside this one loads it too. */
static void imports_of_rows(lfap_text *out, const oracle_coq *t) {
  say(out, t->form == ORACLE_COQ_FAST ? "From Coq Require Import PrimFloat PArray.\n"
                                      : "From Coq Require Import ZArith.\nFrom mathcomp Require Import seq.\n"
                                        "From lfap Require Import Exact.\n");
}

static void imports_rows(lfap_text *out, const oracle_coq *t) {
  size_t files = oracle_coq_files(t);
  if (files == 1) return;
  say(out, "From certificate Require Import");
  for (size_t i = 0; i + 1 < files; i++) {
    say(out, " Rows");
    lfap_text_uint(out, i);
  }
  say(out, ".\n");
}

/* ---- body -------------------------------------------------------------------------------------------------------- */

static void set_part(lfap_text *out, const oracle_coq *t, const oracle_coq_about *about) {
  say(out, "\n(* The data: N samples of d doubles, and their labels (true: +1). *)\n");
  size(out, "N", t->n);
  size(out, "d", t->d);
  list_rows(out, t, "X", "x", t->n);
  list_labels(out, "Y", about->data);
  if (!t->adversarial) return;
  say(out, "\n(* The adversarial set. *)\n");
  size(out, "N_adv", t->adversarial->n);
  list_rows(out, t, "X_adv", "x_adv", t->adversarial->n);
  list_labels(out, "Y_adv", about->other);
}

static void network_part(lfap_text *out, const oracle_coq *t, size_t m) {
  say(out, "\n(* The network: p rows of d doubles of positive output, then p of negative output. *)\n");
  size(out, "p", m / 2);
  if (about_weights(t)) size(out, "d", t->d);
  list_rows(out, t, "W", "w", m);
}

/* The perturbations with their labels, and what training gave to each: a row of coefficients a row of the network. */
static void split_part(lfap_text *out, const oracle_coq *t, const oracle_coq_about *about) {
  say(out,
      "\n(* Its training: N perturbations eta_n, their labels (true: +1), the coefficients b_jn of every row. *)\n");
  size(out, "N", about->other->n);
  list_rows(out, t, "E", "eta", about->other->n);
  list_labels(out, "Y", about->other);
  list_rows(out, t, "B", "b", t->n);
}

static void more_rows(lfap_text *out, const oracle_coq *t, const char *name, const lfap_data *of) {
  for (size_t i = 0; of && i < of->n; i++) oracle_coq_row(out, t->form, name, i, of->x + i * of->d, of->d);
}

static void data_part(lfap_text *out, const oracle_coq *t, const oracle_coq_about *about) {
  int network = about_weights(t);
  say(out, network ? "\n(* The weights, then the points: " : "\n(* The samples, then the points: ");
  say(out, t->form == ORACLE_COQ_FAST ? "rows of doubles, in hexadecimal. *)\n"
                                      : "Row (k) [:: m; ...] are the doubles m 2^k. *)\n");
  if (oracle_coq_files(t) == 1) rows(out, t, about, 0, all_rows(t));
  if (t->claim == ORACLE_COQ_C4) more_rows(out, t, "w", about->other);
  if (t->claim == ORACLE_COQ_SPLIT) more_rows(out, t, "eta", about->other);
  if (t->claim == ORACLE_COQ_SPLIT) more_rows(out, t, "b", about->third);
  more_rows(out, t, "z", &(lfap_data){.x = t->z, .n = t->points, .d = t->d});
  if (network) network_part(out, t, t->n);
  else set_part(out, t, about);
  if (t->claim == ORACLE_COQ_C4) network_part(out, t, about->other->n);
  if (t->claim == ORACLE_COQ_SPLIT) split_part(out, t, about);
}

static void proposal(lfap_text *out, const char *name, const oracle_coq *t) {
  if (!t->count) return;
  say(out, t->count > t->n && t->claim != ORACLE_COQ_C4 ? "\n(* The proposal: multipliers alpha_n, beta_n times "
                                                        : "\n(* The proposal: multipliers times ");
  oracle_coq_integer(out, t->den);
  say(out, ". *)\n");
  list_multipliers(out, name, t);
}

/* What the claim needs besides: points, multipliers. */
static void proposal_part(lfap_text *out, const oracle_coq *t) {
  if (oracle_coq_claims[t->claim].tells) {
    say(out, "\n(* Points, and the sign of the network there (true: +1). *)\n");
    list_rows(out, t, "points", "z", t->points);
    list_signs(out, t);
  }
  proposal(out, "proposal", t);
  if (t->adversarial) proposal(out, "proposal_adv", t->adversarial);
  if (t->claim != ORACLE_COQ_C4) return;
  say(out, "\n(* Its slopes, over u T. *)\n");
  list_slopes(out, t);
}

static lfap_status find_hypothesis(lfap_ctx *ctx, oracle_coq_integers *k, const oracle_coq *t, const lfap_data *data) {
  oracle_coq_sums s = {0};
  lfap_status st = oracle_coq_sums_open(ctx, &s, data, t->gamma);
  if (!st) st = oracle_coq_hypothesis_make(&k->h, &s);
  oracle_coq_sums_close(&s);
  return st;
}

/* What the statement needs besides, from the data. */
static lfap_status find_integers(lfap_ctx *ctx, oracle_coq_integers *k, const oracle_coq *t,
                                 const oracle_coq_about *about, long e) {
  const char *wrong;
  if (t->claim == ORACLE_COQ_T1) return find_hypothesis(ctx, k, t, about->data);
  if (t->claim == ORACLE_COQ_SPLIT) oracle_coq_root(k->run.low, k->run.high, t->n, e);
  return t->claim == ORACLE_COQ_C4 ? oracle_coq_converges(ctx, &wrong, &k->run, t, about, e) : LFAP_OK;
}

static lfap_status certificate(lfap_ctx *ctx, lfap_text *out, const oracle_coq *t, const oracle_coq_about *about) {
  oracle_coq_integers k = {.den = t->den, .h = {.holds = 0}};
  long exponent = oracle_grid_exponent(&t->gamma, 1), e = oracle_coq_grid(t, about);
  oracle_coq_run_init(&k.run);
  lfap_status st = find_integers(ctx, &k, t, about, e);
  if (st) oracle_coq_run_clear(&k.run);
  if (st) return st;
  if (t->adversarial) k.den_adv = t->adversarial->den;
  mpz_inits(k.g, k.T, k.e, NULL);
  oracle_grid_int(k.g, t->gamma, exponent);
  mpz_setbit(k.T, (mp_bitcnt_t)-exponent);
  mpz_set_ui(k.e, (unsigned long)-e);
  head(out, t, about);
  imports(out, t);
  imports_rows(out, t);
  data_part(out, t, about);
  proposal_part(out, t);
  oracle_coq_statement(out, t, &k);
  mpz_clears(k.g, k.T, k.e, NULL);
  oracle_coq_run_clear(&k.run);
  if (t->claim == ORACLE_COQ_T1) oracle_coq_hypothesis_free(&k.h);
  return LFAP_OK;
}

static void rows_file(lfap_text *out, const oracle_coq *t, const oracle_coq_about *about, size_t file) {
  size_t each = rows_a_file(t), begin = (file - 1) * each, all = all_rows(t);
  imports_of_rows(out, t);
  rows(out, t, about, begin, begin + each < all ? begin + each : all);
}

lfap_status oracle_coq_text(lfap_ctx *ctx, lfap_text *out, const oracle_coq *t, const oracle_coq_about *about,
                            size_t file) {
  lfap_text text = {0};
  lfap_status st = LFAP_OK;
  if (file) rows_file(&text, t, about, file);
  else st = certificate(ctx, &text, t, about);
  if (!st && text.status) st = lfap_fail(ctx, text.status, "theorem: no memory for its text");
  if (st) lfap_text_free(&text);
  else *out = text;
  return st;
}
