/* state.c - the state of a training as bytes: what training it is of, its history, and its method's list (state.h;
 * spec/formats.md, Checkpoints). */
#include "net/state.h"

#include "io/digest.h"
#include "net/words.h"

#include <inttypes.h>
#include <string.h>

struct lfap_walk {
  lfap_status (*put)(void *user, const void *bytes, size_t len); /* one of the two */
  lfap_status (*get)(void *user, void *bytes, size_t len);
  void *user;
  uint64_t digest; /* of all that went by */
  lfap_status status;
};

static void walk_bytes(lfap_walk *w, void *at, size_t len) {
  if (w->status || len == 0) return;
  w->status = w->put ? w->put(w->user, at, len) : w->get(w->user, at, len);
  if (!w->status) w->digest = lfap_digest(w->digest, at, len);
}

void lfap_walk_doubles(lfap_walk *w, double *at, size_t n) { walk_bytes(w, at, n * sizeof *at); }
void lfap_walk_floats(lfap_walk *w, float *at, size_t n) { walk_bytes(w, at, n * sizeof *at); }

void lfap_walk_whole(lfap_walk *w, size_t *at) {
  uint64_t x = *at;
  walk_bytes(w, &x, sizeof x);
  *at = (size_t)x;
}

static void walk_flag(lfap_walk *w, int *at) {
  size_t x = *at != 0;
  lfap_walk_whole(w, &x);
  *at = x != 0;
}

/* What went by so far is what was written. */
static void walk_digest(lfap_ctx *ctx, lfap_walk *w) {
  uint64_t here = w->digest, told = here;
  walk_bytes(w, &told, sizeof told);
  if (!w->status && told != here)
    w->status =
        lfap_fail(ctx, LFAP_ERR_DATA, "the state of the training is damaged: its digest is not that of its bytes");
}

/* ---- what training it is of -------------------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  enum { WHOLE, REAL, DIGEST, WORD } kind;
  uint64_t bits;
  const char *const *word; /* of WORD: what its values mean, up to a NULL */
} part;
enum { PARTS = 18 };

static const char *const answers[] = {"no", "yes", NULL};

static part whole(const char *name, size_t x) { return (part){name, WHOLE, x, NULL}; }
static part word(const char *name, size_t x, const char *const *words) { return (part){name, WORD, x, words}; }
static part of_bytes(const char *name, const double *x, size_t n) {
  return (part){name, DIGEST, lfap_digest(LFAP_DIGEST_START, x, n * sizeof *x), NULL};
}
static part real(const char *name, double x) {
  part p = {name, REAL, 0, NULL};
  memcpy(&p.bits, &x, sizeof x);
  return p;
}

static void parts_of(part p[PARTS], const lfap_train_run *r) {
  const lfap_train_opts *o = r->o;
  const lfap_data *data = r->data;
  const part all[PARTS] = {whole("N", data->n),
                           whole("d", data->d),
                           whole("m", r->start->m),
                           real("gamma", r->start->gamma),
                           word("method", (size_t)o->method, lfap_method_name),
                           word("Gram form", r->h->gram != 0, answers),
                           word("loss", (size_t)o->loss, lfap_loss_name),
                           word("arithmetic", (size_t)o->arithmetic, lfap_arithmetic_name),
                           word("coefficients", r->h->coefficient != NULL, answers),
                           whole("epochs", o->epochs),
                           real("learning rate", o->lr),
                           real("momentum", o->momentum),
                           real("log-loss target", o->log_loss_target),
                           real("rtol", o->rtol),
                           real("atol", o->atol),
                           of_bytes("samples", data->x, data->n * data->d),
                           of_bytes("labels", data->y, data->n),
                           of_bytes("first weights", r->start->w, r->start->m * r->start->d)};
  memcpy(p, all, sizeof all);
}

/* A value no word is of comes from a later lfap at most. */
static const char *word_of(const part *p, uint64_t x) {
  uint64_t i = 0;
  while (p->word[i] && i < x) i++;
  return p->word[i] ? p->word[i] : "one unknown here";
}

static lfap_status differ(lfap_ctx *ctx, const part *here, uint64_t told) {
  double x, y;
  memcpy(&x, &told, sizeof x);
  memcpy(&y, &here->bits, sizeof y);
  switch (here->kind) {
  case WHOLE:
    return lfap_fail(ctx, LFAP_ERR_USAGE, "the state is of another training: %s %" PRIu64 ", here %" PRIu64, here->name,
                     told, here->bits);
  case WORD:
    return lfap_fail(ctx, LFAP_ERR_USAGE, "the state is of another training: %s %s, here %s", here->name,
                     word_of(here, told), word_of(here, here->bits));
  case REAL:
    return lfap_fail(ctx, LFAP_ERR_USAGE, "the state is of another training: %s %.17g, here %.17g", here->name, x, y);
  default:
    return lfap_fail(ctx, LFAP_ERR_USAGE, "the state is of another training: its %s are not those given here",
                     here->name);
  }
}

/* A name, which may be another version's: printable, and zeros behind it up to `room`. */
static int named(const char *text, size_t room) {
  size_t i = 0;
  while (i < room && text[i] >= ' ' && text[i] <= '~') i++;
  while (i < room && text[i] == 0) i++;
  return i == room;
}

/* The parts are compared once all are known to be as they were written. */
#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
static void walk_identity(lfap_walk *w, const lfap_train_run *r) {
  enum { NAME = 14 };
  static const char magic[48] = "lfap training 1, " LFAP_VERSION ", numerics " TEXT(LFAP_NUMERICS);
  char text[sizeof magic + 1] = "";
  part here[PARTS];
  uint64_t told[PARTS];
  memcpy(text, magic, sizeof magic);
  walk_bytes(w, text, sizeof magic);
  if (!w->status && memcmp(text, magic, NAME) != 0)
    w->status = lfap_fail(r->ctx, LFAP_ERR_DATA, "it does not begin as the state of a training does");
  else if (!w->status && !named(text, sizeof magic))
    w->status =
        lfap_fail(r->ctx, LFAP_ERR_DATA, "the state of the training is damaged: bytes in its name that are no letters");
  else if (!w->status && memcmp(text, magic, sizeof magic) != 0)
    w->status = lfap_fail(r->ctx, LFAP_ERR_USAGE, "the state is of another version of lfap: '%s', here '%s'",
                          text + NAME, magic + NAME);
  parts_of(here, r);
  for (size_t i = 0; i < PARTS; i++) told[i] = here[i].bits;
  walk_bytes(w, told, sizeof told);
  walk_digest(r->ctx, w);
  for (size_t i = 0; !w->status && i < PARTS; i++)
    if (told[i] != here[i].bits) w->status = differ(r->ctx, &here[i], told[i]);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void walk_history(lfap_walk *w, const lfap_train_run *r) {
  lfap_history *h = r->h;
  size_t rows = h->rows;
  lfap_walk_whole(w, &rows);
  if (!w->status && (rows == 0 || rows > r->o->epochs))
    w->status = lfap_fail(r->ctx, LFAP_ERR_DATA, "the state tells of %zu epochs of %zu", rows, r->o->epochs);
  if (w->status) return;
  h->rows = rows;
  walk_bytes(w, h->row, rows * sizeof *h->row);
  lfap_walk_doubles(w, h->p, r->data->n);
  lfap_walk_doubles(w, &h->log_loss, 1);
  walk_flag(w, &h->stationary);
  walk_flag(w, &h->aligned);
  lfap_walk_whole(w, &h->ended);
}

static lfap_status walk_all(lfap_walk *w, lfap_train_run *r) {
  w->digest = LFAP_DIGEST_START;
  walk_identity(w, r);
  walk_history(w, r);
  if (!w->status) r->list(w, r->of);
  walk_digest(r->ctx, w);
  return w->status;
}

lfap_status lfap_run_begin(lfap_train_run *r, const char *unit, void *of, lfap_state_list *list,
                           lfap_state_weights *weights) {
  r->unit = unit;
  r->of = of;
  r->list = list;
  r->weights = weights;
  if (!r->o->from) return LFAP_OK;
  lfap_status st = walk_all(&(lfap_walk){.get = r->o->from, .user = r->o->user}, r);
  char none; /* no bytes, but not NULL either: memcpy may not be given that, not even for none */
  return st ? st : r->o->from(r->o->user, &none, 0);
}

lfap_status lfap_run_after(lfap_train_run *r, lfap_status st, int last) {
  double done = (double)r->h->rows;
  if (!st && last) st = lfap_tick(r->ctx, r->unit, done, done);
  if (!r->o->after || r->h->rows == 0 || (st && st != LFAP_ERR_INTERRUPTED)) return st;
  lfap_train_state s = {.done = r->h->rows, .last = last, .interrupted = st != LFAP_OK, .margin = r->margin, .run = r};
  lfap_status said = r->o->after(r->o->user, &s);
  return st ? st : said;
}

lfap_status lfap_train_state_put(lfap_ctx *ctx, const lfap_train_state *s,
                                 lfap_status (*put)(void *user, const void *bytes, size_t len), void *user) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  return st ? st : walk_all(&(lfap_walk){.put = put, .user = user}, s->run);
}

lfap_status lfap_train_state_weights(lfap_ctx *ctx, double *w, const lfap_train_state *s) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  return st ? st : s->run->weights(ctx, w, s->run->of);
}
