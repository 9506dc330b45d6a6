/* mpfr.c - training and perturbations at P bits for `train` and `perturb`, and the table of digits. */
#include "cli/mpfr.h"

#include <stdlib.h>
#include <string.h>

/* ---- how long ---------------------------------------------------------------------------------------------------- */

/* Stands between the oracle and the progress bar, and tells once how long it all takes. */
typedef struct {
  cli *c;
  int (*progress)(void *user, const char *what, double done, double total);
  const char *unit; /* of the whole */
  size_t prec;
  double start; /* when the first unit began */
  int told;
} watch;

/* From what the first two seconds brought, or the first unit where it took longer: units are not alike, those that get
   a row of digits take the most. */
static void estimate(watch *w, double done, double total) {
  char words[CLI_DURATION];
  double took = cli_seconds() - w->start, all = took / done * total;
  if (took < 2) return;
  w->told = 1;
  if (all < 5 || w->c->quiet) return;
  cli_duration(words, all);
  cli_progress_clear(w->c);
  cli_note("note: about %s: %.0f %ss of %.2g s each, at %zu bits\n", words, total, w->unit, all / total, w->prec);
}

static int watching(void *user, const char *what, double done, double total) {
  watch *w = user;
  if (!w->told && strcmp(what, w->unit) == 0) {
    if (done == 0) w->start = cli_seconds();
    else if (total > 0) estimate(w, done, total);
  }
  return w->progress(w->c, what, done, total);
}

static void watch_begin(watch *w, cli *c, const char *unit, size_t prec) {
  *w = (watch){.c = c, .progress = c->ctx.progress, .unit = unit, .prec = prec};
  c->ctx.progress = watching;
  c->ctx.user = w;
}

static void watch_end(watch *w) {
  w->c->ctx.progress = w->progress;
  w->c->ctx.user = w->c;
  mpfr_free_cache();
}

/* ---- the digits -------------------------------------------------------------------------------------------------- */

/* To two places: more would speak of the last place of a double. */
static void put(lfap_text *t, double digits) {
  char cell[32];
  snprintf(cell, sizeof cell, ",%.2f", digits);
  lfap_text_puts(t, cell);
}

static void put_both(lfap_text *t, oracle_digits d) {
  put(t, d.all);
  put(t, d.worst);
}

static void train_table(lfap_text *t, const oracle_train_digits *d) {
  lfap_text_puts(t, "epoch,loss,margins,margins_worst,weights,weights_worst\n");
  for (const oracle_epoch_digits *row = d->row; row < d->row + d->rows; row++) {
    lfap_text_uint(t, row->epoch);
    put(t, row->loss);
    put_both(t, row->margins);
    put_both(t, row->weights);
    lfap_text_puts(t, "\n");
  }
}

static void perturb_table(lfap_text *t, const oracle_digits *row, size_t rows) {
  lfap_text_puts(t, "base,eta,eta_worst\n");
  for (size_t n = 0; n < rows; n++) {
    lfap_text_uint(t, n);
    put_both(t, row[n]);
    lfap_text_puts(t, "\n");
  }
}

static lfap_status out_of_memory(cli *c, size_t rows) {
  return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory for %zu rows of digits", rows);
}

/* ---- the runs ---------------------------------------------------------------------------------------------------- */

lfap_status cli_mpfr_train(cli *c, lfap_net *net, lfap_history *history, const lfap_data *data,
                           const lfap_train_opts *o, cli_arithmetic *a) {
  watch w;
  size_t rows = o->epochs / a->every + 2;
  oracle_train_digits d = {.every = a->every, .row = a->digits ? calloc(rows, sizeof *d.row) : NULL};
  if (a->digits && !d.row) return out_of_memory(c, rows);
  watch_begin(&w, c, "epoch", a->prec);
  lfap_status s = oracle_train(&c->ctx, net, history, a->digits ? &d : NULL, data, o, (unsigned)a->prec);
  watch_end(&w);
  if (!s && a->digits) train_table(&a->told, &d);
  free(d.row);
  return s;
}

lfap_status cli_mpfr_perturb(cli *c, lfap_perturbed *out, const oracle_perturb_args *p, cli_arithmetic *a) {
  watch w;
  oracle_digits *rows = a->digits ? calloc(p->n, sizeof *rows) : NULL;
  if (a->digits && !rows) return out_of_memory(c, p->n);
  watch_begin(&w, c, "base", a->prec);
  lfap_status s = oracle_perturb(&c->ctx, out, rows, p, (unsigned)a->prec);
  watch_end(&w);
  if (!s && rows) perturb_table(&a->told, rows, p->n);
  free(rows);
  return s;
}
