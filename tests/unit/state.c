/* The state of a training (src/net/state.c): a run that goes on from it, after any epoch, in any form, with any number of
 * threads, ends with the bits of the undivided run; a state that is damaged, cut short or another run's is refused. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/text.h"
#include "lfap.h"

enum { N = 9, D_ = 40, M = 6, EPOCHS = 150 };

/* ---- runs --------------------------------------------------------------------------------------------------------- */

typedef struct {
  lfap_method method;
  lfap_form form;
  lfap_loss loss;
  int coefficients;
  size_t epochs;
  double target;
  lfap_arithmetic arithmetic;
} way;

/* Takes the state after `at` epochs, stops there if asked to, and reads it back. */
typedef struct {
  lfap_ctx ctx;
  size_t at, calls, done_last, ended;
  size_t ticks, stop_tick; /* of the progress callback */
  int stop, interrupted;
  lfap_text state; /* bytes */
  size_t read;
  double w[M * D_];
} keeper;

static lfap_status put(void *user, const void *bytes, size_t len) {
  lfap_text_put(user, bytes, len);
  return ((lfap_text *)user)->status;
}

static lfap_status get(void *user, void *bytes, size_t len) {
  keeper *k = user;
  cr_assert_not_null(bytes);
  if (k->state.len - k->read < len) return lfap_fail(&k->ctx, LFAP_ERR_DATA, "cut short");
  memcpy(bytes, k->state.bytes + k->read, len);
  k->read += len;
  return LFAP_OK;
}

static lfap_status after(void *user, const lfap_train_state *s) {
  keeper *k = user;
  k->calls++;
  k->done_last = s->done;
  k->ended += s->last != 0;
  k->interrupted = s->interrupted;
  if (s->done != k->at && !s->interrupted) return LFAP_OK;
  lfap_text_free(&k->state);
  lfap_status st = lfap_train_state_put(&k->ctx, s, put, &k->state);
  if (!st) st = lfap_train_state_weights(&k->ctx, k->w, s);
  return st ? st : k->stop ? LFAP_ERR_IO : LFAP_OK;
}

static int stop_at(void *user, const char *what, double done, double total) {
  keeper *k = user;
  (void)what, (void)done, (void)total;
  return ++k->ticks == k->stop_tick;
}

typedef struct {
  lfap_net net;
  lfap_history h;
  lfap_status st;
} ran;

static ran run(keeper *k, const lfap_data *D, way v, int resume, int threads) {
  ran r = {0};
  lfap_train_opts o;
  lfap_train_defaults(&o, v.method);
  k->ctx.threads = threads;
  k->ctx.user = k;
  k->read = 0;
  o.form = v.form;
  o.arithmetic = v.arithmetic;
  o.loss = v.loss;
  o.coefficients = v.coefficients;
  o.epochs = v.epochs;
  o.log_loss_target = v.target;
  if (v.method != LFAP_METHOD_FLOW) o.lr = v.loss == LFAP_LOSS_LOGISTIC ? (v.arithmetic == LFAP_ARITHMETIC_HALF ? 1 : 300) : 0.05; /* 300: bounces, the rate falls */
  o.after = after;
  o.from = resume ? get : NULL;
  o.user = k;
  cr_assert_eq(lfap_net_init(&k->ctx, &r.net, M, D->d, 0.3, 6, 1.0), LFAP_OK);
  r.st = lfap_train(&k->ctx, &r.net, &r.h, D, &o);
  return r;
}

static void ran_free(ran *r) {
  lfap_net_free(&r->net);
  lfap_history_free(&r->h);
}

static int same(const ran *a, const ran *b) {
  const lfap_history *g = &a->h, *h = &b->h;
  return a->st == LFAP_OK && b->st == LFAP_OK && g->rows == h->rows && g->stationary == h->stationary && g->aligned == h->aligned && g->ended == h->ended &&
         memcmp(a->net.w, b->net.w, M * a->net.d * sizeof(double)) == 0 && memcmp(g->row, h->row, g->rows * sizeof *g->row) == 0 &&
         memcmp(g->p, h->p, N * sizeof(double)) == 0 && memcmp(&g->log_loss, &h->log_loss, sizeof(double)) == 0 &&
         (!g->coefficient || memcmp(g->coefficient, h->coefficient, M * N * sizeof(double)) == 0) && !g->coefficient == !h->coefficient;
}

static int falls(const lfap_history *h) { return h->row[h->rows - 1].lr < h->row[0].lr && h->row[0].lr > 1.0; }

/* All that is asked of one way to train: from every epoch on. Returns whether the schedule lowered its rate. */
static int from_everywhere(const lfap_data *D, way v) {
  keeper none = {0};
  ran whole = run(&none, D, v, 0, 1);
  cr_assert_eq(whole.st, LFAP_OK, "%s", none.ctx.message);
  size_t rows = whole.h.rows;
  cr_assert_gt(rows, 3);
  cr_assert(none.calls == rows && none.done_last == rows && none.ended == 1, "called %zu times in %zu", none.calls, rows);
  for (size_t at = 1; at <= rows; at += at < 8 || at + 8 > rows ? 1 : 7) {
    keeper k = {.at = at, .stop = 1};
    ran part = run(&k, D, v, 0, 1 + (int)(at & 1));
    cr_assert_eq(part.st, LFAP_ERR_IO, "what `after` returns ends the run: %d", part.st);
    k.stop = 0;
    k.at = 0;
    ran rest = run(&k, D, v, 1, 2 - (int)(at & 1));
    cr_assert(same(&whole, &rest), "method %d, form %d, from epoch %zu of %zu: %s", v.method, v.form, at, rows, k.ctx.message);
    cr_assert_eq(k.read, k.state.len, "a state ends where it ends");
    if (at == rows) cr_assert_arr_eq(k.w, whole.net.w, M * D->d * sizeof(double), "the weights after the last epoch are the result's");
    lfap_text_free(&k.state);
    ran_free(&part);
    ran_free(&rest);
  }
  int fell = falls(&whole.h);
  ran_free(&whole);
  return fell;
}

static lfap_data samples(void) {
  lfap_data D = {0};
  cr_assert_eq(lfap_gen_gauss(NULL, &D, 5, N, D_), LFAP_OK);
  return D;
}

Test(state, a_run_goes_on_from_any_epoch_to_the_same_bits) {
  lfap_data D = samples();
  int fell = 0;
  for (int k = 0; k < 16; k++)
    fell += from_everywhere(&D, (way){k & 1 ? LFAP_METHOD_SGD : LFAP_METHOD_GD, k & 2 ? LFAP_FORM_GRAM : LFAP_FORM_PLAIN,
                              k & 4 ? LFAP_LOSS_LOGISTIC : LFAP_LOSS_EXP, k & 8, EPOCHS, 0, LFAP_ARITHMETIC_DOUBLE});
  cr_assert_geq(fell, 2, "the schedule had something to remember in %d ways", fell);
  lfap_data_free(&D);
}

Test(state, half_precision_goes_on_to_the_same_bits) {
  lfap_data D = samples();
  for (int k = 0; k < 4; k++)
    from_everywhere(&D, (way){k & 1 ? LFAP_METHOD_SGD : LFAP_METHOD_GD, LFAP_FORM_AUTO,
                              k & 2 ? LFAP_LOSS_LOGISTIC : LFAP_LOSS_EXP, 0, EPOCHS, 0, LFAP_ARITHMETIC_HALF});
  lfap_data_free(&D);
}

/* To the tail, to a target in the general phase, to one in the aligned phase, and out of steps. */
Test(state, the_flow_goes_on_in_every_phase) {
  lfap_data D = samples();
  static const double target[] = {-1e9, -1.0, -200.0, -1e9};
  for (int k = 0; k < 16; k++)
    from_everywhere(&D, (way){LFAP_METHOD_FLOW, LFAP_FORM_AUTO, k & 4 ? LFAP_LOSS_LOGISTIC : LFAP_LOSS_EXP, k & 8,
                              k % 4 == 3 ? 12 : 2000, target[k % 4], LFAP_ARITHMETIC_DOUBLE});
  lfap_data_free(&D);
  /* alignment is lost and found again from step 108 on */
  cr_assert_eq(lfap_gen_gauss(NULL, &D, 7, N, 8), LFAP_OK);
  from_everywhere(&D, (way){LFAP_METHOD_FLOW, LFAP_FORM_AUTO, LFAP_LOSS_EXP, 1, 130, -1e9, LFAP_ARITHMETIC_DOUBLE});
  lfap_data_free(&D);
}

/* What is stopped by the progress callback, between epochs or inside one, tells its state after the last whole epoch. */
Test(state, a_run_that_is_stopped_anywhere_goes_on) {
  lfap_data D = samples();
  size_t inside = 0;
  for (int k = 0; k < 3; k++) {
    way v = {k == 2 ? LFAP_METHOD_FLOW : LFAP_METHOD_SGD, k == 2 ? LFAP_FORM_AUTO : k ? LFAP_FORM_GRAM : LFAP_FORM_PLAIN,
             k == 2 ? LFAP_LOSS_EXP : LFAP_LOSS_LOGISTIC, 1, EPOCHS, -1e9, LFAP_ARITHMETIC_DOUBLE};
    keeper none = {0};
    ran whole = run(&none, &D, v, 0, 1);
    for (size_t tick = 1; tick < 120; tick++) {
      keeper stopped = {.ctx = {.progress = stop_at}, .stop_tick = tick};
      ran part = run(&stopped, &D, v, 0, 1);
      if (part.st == LFAP_OK) break;
      cr_assert_eq(part.st, LFAP_ERR_INTERRUPTED);
      cr_assert_eq(stopped.interrupted, stopped.calls > 0, "what is stopped after an epoch tells its state");
      if (stopped.calls > 0) {
        inside += strstr(stopped.ctx.message, "epoch") == NULL && k < 2;
        stopped.ctx.progress = NULL;
        ran rest = run(&stopped, &D, v, 1, 2);
        cr_assert(same(&whole, &rest), "way %d, tick %zu, after %zu: %s", k, tick, stopped.done_last, stopped.ctx.message);
        ran_free(&rest);
      }
      lfap_text_free(&stopped.state);
      ran_free(&part);
    }
    ran_free(&whole);
  }
  cr_assert_gt(inside, 20, "%zu stops were inside an epoch", inside);
  lfap_data_free(&D);
}

/* ---- weights on the way ------------------------------------------------------------------------------------------- */

Test(state, the_weights_of_a_state_are_those_of_a_run_of_so_many_epochs) {
  lfap_data D = samples();
  for (int k = 0; k < 5; k++) {
    way v = {k == 4 ? LFAP_METHOD_FLOW : k & 1 ? LFAP_METHOD_SGD : LFAP_METHOD_GD, k == 4 ? LFAP_FORM_AUTO : k & 2 ? LFAP_FORM_GRAM : LFAP_FORM_PLAIN,
             LFAP_LOSS_EXP, 0, EPOCHS, -1e9, LFAP_ARITHMETIC_DOUBLE};
    for (size_t at = 1; at < 40; at += 6) {
      keeper here = {.at = at}, there = {0};
      ran longer = run(&here, &D, v, 0, 1);
      v.epochs = at;
      ran shorter = run(&there, &D, v, 0, 1);
      v.epochs = EPOCHS;
      cr_assert(longer.st == LFAP_OK && shorter.st == LFAP_OK);
      if (at <= longer.h.rows) cr_assert_arr_eq(here.w, shorter.net.w, sizeof here.w, "way %d, epoch %zu", k, at);
      lfap_text_free(&here.state);
      ran_free(&longer);
      ran_free(&shorter);
    }
  }
  lfap_data_free(&D);
}

/* ---- refusals ----------------------------------------------------------------------------------------------------- */

static const way SGD = {LFAP_METHOD_SGD, LFAP_FORM_PLAIN, LFAP_LOSS_EXP, 0, EPOCHS, -1e9, LFAP_ARITHMETIC_DOUBLE};

static keeper taken(const lfap_data *D, way v, size_t at) {
  keeper k = {.at = at};
  ran r = run(&k, D, v, 0, 1);
  cr_assert_eq(r.st, LFAP_OK);
  k.at = 0;
  ran_free(&r);
  return k;
}

/* The state in k is refused so, and the weights stay the first ones. */
static void refused(keeper *k, const lfap_data *D, way v, lfap_status st, const char *words) {
  lfap_net first = {0};
  cr_assert_eq(lfap_net_init(NULL, &first, M, D->d, 0.3, 6, 1.0), LFAP_OK);
  ran r = run(k, D, v, 1, 1);
  cr_assert_eq(r.st, st, "%d: %s", r.st, words);
  cr_assert_not_null(strstr(k->ctx.message, words), "'%s' does not say '%s'", k->ctx.message, words);
  cr_assert(r.h.row == NULL && memcmp(r.net.w, first.w, M * D->d * sizeof(double)) == 0, "outputs were touched");
  ran_free(&r);
  lfap_net_free(&first);
}

Test(state, every_damaged_byte_is_found) {
  lfap_data D = samples();
  for (int gram = 0; gram < 2; gram++) {
    way v = SGD;
    v.form = gram ? LFAP_FORM_GRAM : LFAP_FORM_PLAIN;
    keeper k = taken(&D, v, 20);
    size_t name = strlen(k.state.bytes);
    for (size_t i = 0; i < k.state.len; i += i < 400 || i + 400 > k.state.len ? 1 : 13) {
      k.state.bytes[i] = (char)(k.state.bytes[i] ^ (1 << (i & 7)));
      int shown = k.state.bytes[i] >= 32 && k.state.bytes[i] < 127, version = i >= 14 && i <= name && shown;
      refused(&k, &D, v, version ? LFAP_ERR_USAGE : LFAP_ERR_DATA,
              i < 14 ? "does not begin" : version ? "another version" : i < 48 ? "damaged" : "");
      k.state.bytes[i] = (char)(k.state.bytes[i] ^ (1 << (i & 7)));
    }
    for (size_t len = 0; len < k.state.len; len += len < 300 ? 1 : 77) {
      size_t was = k.state.len;
      k.state.len = len;
      refused(&k, &D, v, LFAP_ERR_DATA, "cut short");
      k.state.len = was;
    }
    lfap_text_free(&k.state);
  }
  lfap_data_free(&D);
}

Test(state, another_training_is_refused_by_name) {
  lfap_data D = samples(), other = samples();
  keeper k = taken(&D, SGD, 20);
  way v = SGD;
  v.epochs++;
  refused(&k, &D, v, LFAP_ERR_USAGE, "epochs 150, here 151");
  v = SGD, v.method = LFAP_METHOD_GD;
  refused(&k, &D, v, LFAP_ERR_USAGE, "method sgd, here gd");
  v = SGD, v.form = LFAP_FORM_GRAM;
  refused(&k, &D, v, LFAP_ERR_USAGE, "Gram form no, here yes");
  v = SGD, v.loss = LFAP_LOSS_LOGISTIC;
  refused(&k, &D, v, LFAP_ERR_USAGE, "loss exp, here logistic");
  v = SGD, v.arithmetic = LFAP_ARITHMETIC_HALF;
  refused(&k, &D, v, LFAP_ERR_USAGE, "arithmetic double, here half");
  v = SGD, v.coefficients = 1;
  refused(&k, &D, v, LFAP_ERR_USAGE, "coefficients no, here yes");
  v = SGD, v.target = -5;
  refused(&k, &D, v, LFAP_ERR_USAGE, "log-loss target -1000000000, here -5");
  other.x[17] += 1.0;
  refused(&k, &other, SGD, LFAP_ERR_USAGE, "samples are not those");
  other.x[17] = D.x[17], other.y[3] = -other.y[3];
  refused(&k, &other, SGD, LFAP_ERR_USAGE, "labels are not those");
  other.y[3] = D.y[3], other.n--;
  refused(&k, &other, SGD, LFAP_ERR_USAGE, "N 9, here 8");
  lfap_text_free(&k.state);
  lfap_data_free(&D);
  lfap_data_free(&other);
}
