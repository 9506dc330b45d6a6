/* read.c - is a Certificate.v what follows from the data? Reads back what the head and the numbers propose, without
 * asking for their spelling; then everything is decided again (sums.c) and the file written again (text.c), and the one
 * given has to be that, byte for byte. Bounded by the length of the text; any bytes may stand there.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/check/same.h"
#include "oracle/coq/claims.h"
#include "oracle/coq/network.h"
#include "oracle/coq/rows.h"
#include "oracle/coq/runs.h"

enum { DIGITS = 4096 /* of a number that is read */ };

typedef struct {
  const char *at, *end;
  int bad;
} reader;

/* ---- words and numbers ------------------------------------------------------------------------------------------- */

/* Goes behind the next occurrence of `text`. */
static void seek(reader *r, const char *text) {
  size_t len = strlen(text);
  while (!r->bad && (size_t)(r->end - r->at) >= len) {
    const char *p = memchr(r->at, text[0], (size_t)(r->end - r->at) - len + 1);
    if (!p) break;
    if (memcmp(p, text, len) == 0) {
      r->at = p + len;
      return;
    }
    r->at = p + 1;
  }
  r->bad = 1;
}

/* Which of the words stands here, before a character that is in none; -1. */
static int word_of(reader *r, const char *const *words, int count) {
  for (int i = 0; !r->bad && i < count; i++) {
    size_t len = strlen(words[i]);
    if ((size_t)(r->end - r->at) <= len || memcmp(r->at, words[i], len) != 0) continue;
    if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", r->at[len])) continue;
    r->at += len;
    return i;
  }
  r->bad = 1;
  return -1;
}

static int digit(char c, int base) {
  int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
  return v < base ? v : -1;
}

/* The next integer: [-] decimal or 0x hexadecimal, after anything that is none. */
static void next_integer(reader *r, mpz_t z) {
  while (r->at < r->end && digit(*r->at, 10) < 0 && *r->at != ']') r->at++;
  int minus = r->at > r->end - 1 ? 0 : r->at[-1] == '-', base = 10;
  if (r->end - r->at > 2 && r->at[0] == '0' && r->at[1] == 'x') base = 16, r->at += 2;
  char text[DIGITS + 1];
  size_t len = 0;
  while (r->at < r->end && digit(*r->at, base) >= 0 && len < DIGITS) text[len++] = *r->at++;
  text[len] = 0;
  if (len == 0 || len == DIGITS || mpz_set_str(z, text, base) != 0) r->bad = 1;
  else if (minus) mpz_neg(z, z);
}

/* A double in C's hexadecimal form, as lfap_text_hex writes it. */
static double hexadecimal(reader *r) {
  uint64_t m = 0;
  long e = 0, after = 0, power = 0;
  int minus = r->at < r->end && *r->at == '-', point = 0, down = 0, digits = 0;
  r->at += minus;
  if (r->end - r->at < 3 || r->at[0] != '0' || r->at[1] != 'x') r->bad = 1;
  else r->at += 2;
  for (; !r->bad && r->at < r->end && digits < 15; r->at++) {
    if (*r->at == '.' && !point) point = 1;
    else if (digit(*r->at, 16) >= 0) m = 16 * m + (uint64_t)digit(*r->at, 16), after += point, digits++;
    else break;
  }
  if (r->bad || r->end - r->at < 3 || *r->at++ != 'p' || digits == 0) r->bad = 1;
  else down = *r->at++ == '-';
  for (digits = 0; !r->bad && r->at < r->end && digit(*r->at, 10) >= 0 && digits < 5; r->at++, digits++)
    power = 10 * power + digit(*r->at, 10);
  if (digits == 0) r->bad = 1;
  e = (down ? -power : power) - 4 * after;
  double x = r->bad ? 0.0 : ldexp((double)m, (int)e);
  return minus ? -x : x;
}

/* ---- what a file proposes ---------------------------------------------------------------------------------------- */

typedef struct {
  const char *sha, *other, *third; /* NULL: there is none, and none is needed */
  int claim, form;
  double gamma, step;
  size_t points;
} head;

/* The SHA-256 under that name, between here and `end`; NULL. */
static const char *sha_of(reader at, const char *name, const char *end) {
  char line[48];
  if (!name) return NULL;
  snprintf(line, sizeof line, "\n   %s ", name);
  seek(&at, line);
  return at.bad || at.at > end || at.end - at.at < 64 ? NULL : at.at;
}

static void read_head(reader *r, head *h) {
  mpz_t z;
  mpz_init(z);
  seek(r, "\n   data ");
  h->sha = r->at;
  reader above = *r;
  seek(r, "\n   claim ");
  const char *end = r->at;
  h->claim = word_of(r, oracle_coq_claim_names, ORACLE_COQ_CLAIMS);
  if (!r->bad) h->other = sha_of(above, oracle_coq_claims[h->claim].other, end);
  if (!r->bad) h->third = sha_of(above, oracle_coq_claims[h->claim].third, end);
  seek(r, ", form ");
  h->form = word_of(r, oracle_coq_form_names, ORACLE_COQ_FORMS);
  seek(r, ", points ");
  if (!r->bad) next_integer(r, z);
  if (!mpz_fits_ulong_p(z)) r->bad = 1;
  h->points = (size_t)mpz_get_ui(z);
  seek(r, ", gamma ");
  h->gamma = r->bad ? 0.0 : hexadecimal(r);
  if (h->claim == ORACLE_COQ_C4) seek(r, ", step ");
  if (h->claim == ORACLE_COQ_C4) h->step = r->bad ? 0.0 : hexadecimal(r);
  mpz_clear(z);
}

/* Numerators: of C2 A_n and B_n stand together. */
static void read_multipliers(reader *r, const char *name, oracle_coq *t) {
  int pairs = t->count > t->n && t->claim != ORACLE_COQ_C4;
  if (t->count == 0) return;
  seek(r, name);
  seek(r, "[:: ");
  for (size_t n = 0; n < t->n && !r->bad; n++) {
    next_integer(r, t->p[n]);
    if (pairs && !r->bad) next_integer(r, t->p[t->n + n]);
    if (mpz_sgn(t->p[n]) < 0 || (pairs && mpz_sgn(t->p[t->n + n]) < 0)) r->bad = 1;
  }
}

/* C4: a list a row of the network. */
static void read_slopes(reader *r, oracle_coq *t) {
  if (t->claim == ORACLE_COQ_C4) seek(r, "\nDefinition slopes := [::");
  for (size_t i = t->n; t->claim == ORACLE_COQ_C4 && i < t->count && !r->bad; i++) {
    if (i % t->n == 0) seek(r, "[:: ");
    if (!r->bad) next_integer(r, t->p[i]);
  }
}

/* m 2^e, where that is a double. */
static double scaled(reader *r, const mpz_t m, long e) {
  double x = mpz_sizeinbase(m, 2) > 2200 ? NAN : mpz_get_d(m);
  mpz_t back;
  if (!isfinite(x) || e < -2200 || e > 2200) {
    r->bad = 1;
    return 0.0;
  }
  mpz_init(back);
  mpz_set_d(back, x);
  if (mpz_cmp(back, m) != 0 || !isfinite(ldexp(x, (int)e)) || ldexp(ldexp(x, (int)e), -(int)e) != x) r->bad = 1;
  mpz_clear(back);
  return ldexp(x, (int)e);
}

static void read_point(reader *r, oracle_coq_form form, double *z, size_t d) {
  mpz_t m;
  long e = 0;
  mpz_init(m);
  if (form == ORACLE_COQ_AXIOM_FREE) {
    seek(r, "Row (");
    if (!r->bad) next_integer(r, m);
    if (mpz_fits_slong_p(m)) e = mpz_get_si(m);
    else r->bad = 1;
  }
  seek(r, form == ORACLE_COQ_FAST ? "[| " : "[:: ");
  for (size_t i = 0; i < d && !r->bad; i++) {
    if (form == ORACLE_COQ_FAST) {
      while (r->at < r->end && strchr("; \n", *r->at)) r->at++;
      z[i] = hexadecimal(r);
    } else {
      next_integer(r, m);
      z[i] = r->bad ? 0.0 : scaled(r, m, e);
    }
    if (!isfinite(z[i])) r->bad = 1;
  }
  mpz_clear(m);
}

static void read_points(reader *r, oracle_coq *t) {
  char name[48];
  for (size_t i = 0; i < t->points && !r->bad; i++) {
    snprintf(name, sizeof name, "\nDefinition z%zu ", i);
    seek(r, name);
    read_point(r, t->form, t->z + i * t->d, t->d);
  }
}

/* ---- judging ----------------------------------------------------------------------------------------------------- */

static lfap_status refuse(lfap_ctx *ctx, const char *why) {
  lfap_fail(ctx, LFAP_OK, "refused: %s", why);
  return LFAP_OK;
}

static const char no_proof[] = "its multipliers do not show what it claims, of these data",
                  no_side[] = "its multipliers do not tell the side of a point";

static lfap_status hypothesis_shown(const char **wrong, const oracle_coq_sums *s) {
  oracle_coq_hypothesis h;
  lfap_status st = oracle_coq_hypothesis_make(&h, s);
  if (st) return st;
  if (!h.holds) *wrong = "(H) does not hold of these data";
  oracle_coq_hypothesis_free(&h);
  return LFAP_OK;
}

/* den, the sides of the points, and whether what the theorem needs is so: in exact integers, as Coq does. A point may
   have got a sign before: then it has to be that. */
static lfap_status multipliers_show(lfap_ctx *ctx, const char **wrong, oracle_coq *t, oracle_coq_claim claim,
                                    const oracle_coq *of, const lfap_data *data) {
  oracle_coq_sums s = {0};
  size_t at = 0;
  lfap_status st = oracle_coq_sums_open(ctx, &s, data, t->gamma);
  if (!st && claim == ORACLE_COQ_T1) st = hypothesis_shown(wrong, &s);
  else if (!st) {
    st = oracle_coq_sums_make(&s, t->den, (const mpz_t *)t->p, t->count);
    if (!st && (mpz_sgn(t->den) == 0 || oracle_coq_sums_prove(&s, claim, &at) != 1)) *wrong = no_proof;
    for (size_t i = 0; !st && i < of->points; i++) {
      signed char sign = (signed char)oracle_coq_sums_sign(&s, of->z + i * of->d);
      if (!sign || (of->sign[i] && of->sign[i] != sign)) *wrong = no_side;
      of->sign[i] = sign;
    }
  }
  oracle_coq_sums_close(&s);
  return st;
}

static int sign_shown(const oracle_coq *t, const oracle_coq_about *about, const double *z) {
  return t->claim == ORACLE_COQ_SPLIT ? oracle_coq_split_sign(about, t->gamma, z)
                                      : oracle_coq_network_sign(about->data, t->gamma, z, NULL);
}

/* A network's own signs, or T5's. */
static lfap_status points_show(lfap_ctx *ctx, const char **wrong, oracle_coq *t, const oracle_coq_about *about) {
  const lfap_data *data = about->data;
  int *sign = calloc(t->points + 1, sizeof *sign);
  if (!sign) return lfap_fail(ctx, LFAP_ERR_MEMORY, "theorem: no memory for %zu points", t->points);
  lfap_status st = LFAP_OK;
  if (t->claim == ORACLE_COQ_T5) st = oracle_kkt_signs(ctx, sign, data, t->z, t->points);
  for (size_t i = 0; !st && i < t->points; i++) {
    if (t->claim != ORACLE_COQ_T5) sign[i] = sign_shown(t, about, t->z + i * t->d);
    t->sign[i] = (signed char)sign[i];
    if (!sign[i]) *wrong = "the sign at a point is not what it claims";
  }
  if (!st && t->points == 0) *wrong = "it tells of no point";
  free(sign);
  if (!st && t->claim == ORACLE_COQ_BENT &&
      (t->points != 2 || !oracle_coq_network_bent(data, t->gamma, t->z, t->z + t->d)))
    *wrong = "the signs of these weights at its two points and their sum show nothing";
  return st;
}

static lfap_status run_converges(lfap_ctx *ctx, const char **wrong, oracle_coq *t, const oracle_coq_about *about) {
  oracle_coq_run k;
  oracle_coq_run_init(&k);
  lfap_status st = oracle_coq_converges(ctx, wrong, &k, t, about, oracle_coq_grid(t, about));
  mpz_set(t->den, k.den);
  oracle_coq_run_clear(&k);
  return st;
}

static lfap_status find_shown(lfap_ctx *ctx, const char **wrong, oracle_coq *t, const oracle_coq_about *about) {
  if (t->claim == ORACLE_COQ_C4) return run_converges(ctx, wrong, t, about);
  if (t->claim == ORACLE_COQ_T5 || t->claim >= ORACLE_COQ_SETS) return points_show(ctx, wrong, t, about);
  oracle_coq_claim claim = t->claim == ORACLE_COQ_T4 ? ORACLE_COQ_C2 : t->claim;
  lfap_status st = multipliers_show(ctx, wrong, t, claim, t, about->data);
  if (st || *wrong || !t->adversarial) return st;
  if (t->points == 0) *wrong = "it tells of no point";
  return multipliers_show(ctx, wrong, t->adversarial, ORACLE_COQ_C2, t, about->other);
}

static lfap_status multipliers_room(lfap_ctx *ctx, oracle_coq *t, const oracle_coq_about *about) {
  size_t count = (size_t)oracle_coq_claims[t->claim].per_row * t->n;
  mpz_init(t->den);
  return oracle_coq_numbers(ctx, t, t->claim == ORACLE_COQ_C4 ? count * (1 + about->other->n) : count);
}

static lfap_status room(lfap_ctx *ctx, oracle_coq *t, const oracle_coq_about *about, size_t points, size_t len) {
  lfap_status st = multipliers_room(ctx, t, about);
  t->points = points <= len / t->d ? points : len / t->d + 1; /* an entry has a byte at least */
  t->z = calloc(t->points ? t->points * t->d : 1, sizeof *t->z);
  t->sign = calloc(t->points + 1, 1);
  if (!st && t->claim == ORACLE_COQ_T4) t->adversarial = calloc(1, sizeof *t->adversarial);
  if (!t->z || !t->sign || (t->claim == ORACLE_COQ_T4 && !t->adversarial))
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "theorem: no memory for %zu points", t->points);
  if (st || !t->adversarial) return st;
  *t->adversarial =
      (oracle_coq){.claim = ORACLE_COQ_C2, .form = t->form, .n = about->other->n, .d = t->d, .gamma = t->gamma};
  snprintf(t->adversarial->sha256, sizeof t->adversarial->sha256, "%s", about->other_sha256);
  return multipliers_room(ctx, t->adversarial, about);
}

static lfap_status hold_against(lfap_ctx *ctx, int *accepted, oracle_coq *t, oracle_span text,
                                const oracle_coq_about *about) {
  const char *wrong = NULL;
  lfap_text own = {0};
  lfap_status st = find_shown(ctx, &wrong, t, about);
  if (!st && wrong) return refuse(ctx, wrong);
  if (!st) st = oracle_coq_text(ctx, &own, t, about, 0);
  if (!st) *accepted = oracle_same_text(ctx, text, (oracle_span){own.bytes, own.len});
  lfap_text_free(&own);
  return st;
}

int oracle_coq_claim_of(const char *text, size_t len) {
  reader r = {.at = text, .end = text + len};
  head h = {0};
  read_head(&r, &h);
  return r.bad ? -1 : h.claim;
}

/* NULL: the head is that of a theorem about these. */
static const char *other_data(const head *h, const oracle_coq_about *about) {
  if (memcmp(h->sha, about->sha256, 64) != 0) return "it is about other data (SHA-256)";
  if (h->other && (!about->other || memcmp(h->other, about->other_sha256, 64) != 0))
    return h->claim == ORACLE_COQ_T4      ? "it is about another adversarial set (SHA-256)"
           : h->claim == ORACLE_COQ_SPLIT ? "it is about other perturbations or labels (SHA-256)"
                                          : "it is about other weights (SHA-256)";
  if (h->third && (!about->third || memcmp(h->third, about->third_sha256, 64) != 0))
    return "it is about other coefficients (SHA-256)";
  const lfap_data *net = h->claim == ORACLE_COQ_C4 ? about->other : about->data;
  if (h->claim >= ORACLE_COQ_SETS && net->n % 2) return "it is about a network of an even number of rows";
  if (h->claim == ORACLE_COQ_C4 && !(h->step > 0.0 && h->step < INFINITY)) return "its step is no positive double";
  return h->gamma > 0.0 && h->gamma < 1.0 ? NULL : "its gamma is no double between 0 and 1";
}

lfap_status oracle_coq_check(lfap_ctx *ctx, int *accepted, oracle_coq *out, const char *text, size_t len,
                             const oracle_coq_about *about) {
  reader r = {.at = text, .end = text + len};
  head h = {0};
  *accepted = 0;
  read_head(&r, &h);
  const oracle_coq_words *c = r.bad ? NULL : &oracle_coq_claims[h.claim];
  if (!c || r.end - h.sha < 64 || (c->other && !h.other) || (c->third && !h.third))
    return lfap_fail(ctx, LFAP_ERR_DATA, "is no certificate: its head cannot be read");
  const char *other = other_data(&h, about);
  if (other) return refuse(ctx, other);
  oracle_coq t = {.claim = (oracle_coq_claim)h.claim,
                  .form = (oracle_coq_form)h.form,
                  .n = about->data->n,
                  .d = about->data->d,
                  .gamma = h.gamma,
                  .step = h.step};
  snprintf(t.sha256, sizeof t.sha256, "%s", about->sha256);
  lfap_status st = room(ctx, &t, about, h.points, len);
  if (!st) read_points(&r, &t);
  if (!st) read_multipliers(&r, "\nDefinition proposal ", &t);
  if (!st) read_slopes(&r, &t);
  if (!st && t.adversarial) read_multipliers(&r, "\nDefinition proposal_adv ", t.adversarial);
  if (!st && r.bad) st = lfap_fail(ctx, LFAP_ERR_DATA, "is no certificate: its numbers cannot be read");
  if (!st) st = hold_against(ctx, accepted, &t, (oracle_span){text, len}, about);
  if (!st && *accepted && out) *out = t;
  else oracle_coq_free(&t);
  return st;
}
