/* compare_report.c - what `lfap compare` found, as a table. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "fields.h"

const char *compare_unit_from(int unit_read) { return unit_read ? "entries" : "dtype"; }

int compare_unit_read(const compare_run *r) {
  return r->bases.unit >= r->points.unit ? r->bases.unit_read : r->points.unit_read;
}

/* The order, the names and what they mean are those of the table of fields. */
typedef struct {
  const char *id;
  const cli_row *row;
} figures;

static void figure_row(const void *user, size_t i, cli_cells *out) {
  const figures *f = user;
  snprintf(out->room[0], CLI_CELL, isnan(f->row[i].value) ? "none" : "%.6g", f->row[i].value);
  const char *const text[] = {f->id, f->row[i].key, out->room[0], f->row[i].label, f->row[i].meaning};
  memcpy(out->text, text, sizeof text);
}

static void figures_print(const char *id, const cli_row *row, size_t rows) {
  const figures f = {id, row};
  const cli_table t = {
      .cells = 5, .flex = 4, .below = 5, .least = {2, 16, 13, 5, 0}, .near = 1u << 2 | 1u << 3 | 1u << 4};
  cli_table_print(&t, figure_row, &f, rows);
}

static void k1_print(const compare_run *r) {
  cli_row row[CLI_ROWS];
  cli_say("      %-16s %-13s %-5s\n", "measured", "value", "at a KKT point");
  figures_print("K1", row, cli_rows_k1(row, &r->k1));
  const char *by = r->no_limit[0] ? NULL : compare_linear_by(r);
  if (by && strcmp(by, "C2") == 0 && r->lim.c2.bent)
    cli_say("  C2's point has kinks: residual, slackness and pattern_aligned need not come to these values at it\n");
  if (isnan(r->k1.residual) && !r->a.trained)
    cli_say("  no KKT residual: a sample is not classified right, so W is not feasible at any scale\n");
}

/* Where the weights end, figure by figure as those of K1 stand. */
static void ending_print(const cli_ending *e) {
  cli_row row[CLI_ROWS];
  cli_ending_about(e);
  if (!e->end.point.n) return;
  figures_print("C3", row, cli_rows_c3(row, e));
  figures_print("C4", row, cli_rows_c4(row, e));
}

static void spread_row(const void *user, size_t i, cli_cells *out) {
  const cli_row *row = &((const cli_row *)user)[i];
  const lfap_spread *s = row->spread;
  const char *mean = out->note;
  if (isnan(s->mean)) snprintf(out->room[0], CLI_CELL, "none");
  else {
    snprintf(out->room[0], CLI_CELL, "%.6g (at %zu)", s->min, s->min_at);
    snprintf(out->note, sizeof out->note, "mean %.6g", s->mean);
    snprintf(out->room[1], CLI_CELL, "to %.6g (at %zu)", s->max, s->max_at);
  }
  const char *const text[] = {"P1", row->label, out->room[0], mean, out->room[1], row->meaning};
  memcpy(out->text, text, sizeof text);
}

static void spreads_print(const compare_run *r) {
  cli_row row[CLI_ROWS];
  const cli_table t = {.cells = 6, .flex = 1, .below = 5, .least = {2, 16, 0, 0, 0, 0}};
  cli_table_print(&t, spread_row, row, cli_rows_perturbations(row, r));
}

const cli_ending *compare_ending(const compare_run *r) { return r->ending.end.point.n ? &r->ending : NULL; }

/* Bits of the significand that a unit roundoff belongs to. */
static int bits_of(double unit) {
  int e;
  (void)frexp(unit, &e);
  return 1 - e;
}

/* Where the precision is not the dtype's. */
static const char *read_off(int unit_read) { return unit_read ? " (as the entries show, not the dtype)" : ""; }

static void undecided_print(const lfap_p1 *p, double eps) {
  if (!p->undecided) return;
  cli_say("  P1  %-16s %zu of %zu UNDECIDED at this precision", "constraint", p->undecided, p->n);
  if (eps > 0)
    cli_say(": rounding explains up to %.3g %% of eps, and a cheat that size is not seen", 100 * p->allowance / eps);
  cli_say("\n");
  if (p->shifted)
    cli_say(
        "      %zu of these at an entry by more than its own rounding: outside, unless made before a shift or scale\n",
        p->shifted);
}

static void p1_print(const compare_run *r) {
  const lfap_p1 *p = &r->p1;
  const lfap_perturb_opts *o = &r->a.o;
  cli_say("  %zu perturbations, %s", p->n, lfap_norm_name(o->norm));
  if (o->eps > 0) cli_say(", eps = %g", o->eps);
  if (o->k) cli_say(", k = %zu", o->k);
  cli_say("; recomputed as perturbed - base\n");
  spreads_print(r);
  cli_say("  P1  %-16s %zu of %zu outside the constraint, beyond rounding to %d bits%s\n", "constraint", p->outside,
          p->n, bits_of(p->unit), read_off(compare_unit_read(r)));
  undecided_print(p, o->eps);
  if (o->has_range)
    cli_say("  P1  %-16s %zu of %zu outside [%g, %g], at most by %.6g (at %zu)\n", "range", p->range_outside, p->n,
            o->lo, o->hi, p->range_excess, p->range_at);
  cli_say("  P1  %-16s t f > 0 at %zu of %zu before, %zu after; t<w,x_adv> > 0 at %zu\n", "deceived", p->before, p->n,
          p->after, p->across);
}

static void signs_print(const char *name, const compare_signs *s, const char *meaning) {
  cli_say("  certified: %-12s %zu agree, %zu disagree, %zu undecided: %s\n", name, s->with, s->against,
          s->of - s->with - s->against, meaning);
}

static void index_print(const compare_array *k, size_t at) {
  if (k->ndim == 2) cli_say("[%zu,%zu]", at / k->cols, at % k->cols);
  else cli_say("[%zu]", at);
}

static void array_print(const compare_array *k) {
  char shown[CLI_SHOWN];
  cli_say("  %-14s  %-12s ", lfap_verdict_name(k->verdict), lfap_visible(shown, sizeof shown, k->name));
  if (k->missing) cli_say("not there; the reference has (%zu, %zu)", k->other_rows, k->other_cols);
  else if (k->why) cli_say("nothing to hold it against");
  else if (!k->same_shape) cli_say("shape (%zu, %zu), not (%zu, %zu)", k->rows, k->cols, k->other_rows, k->other_cols);
  else if (!k->d.differ) cli_say("equal");
  else {
    cli_say("%zu entries differ", k->d.differ);
    if (k->unit > 0)
      cli_say(", %zu beyond rounding to %d bits%s", k->d.beyond, bits_of(k->unit), read_off(k->unit_read));
    cli_say("; at most by %.6g at ", k->d.max_abs);
    index_print(k, k->d.abs_at);
    cli_say(", %" PRIu64 " ulp at ", k->d.max_ulp);
    index_print(k, k->d.ulp_at);
    cli_say("; %.3g of the largest, allowed %.3g", k->d.relative, k->tolerance);
  }
  cli_say("\n");
}

/* First things first. */
static void classified_print(const cli *c, const compare_run *r) {
  const compare_accuracy *k = &r->own;
  cli_verdict_say(c, c->verdict);
  cli_say("\n");
  cli_say("%s  the network classifies %s%zu of %zu samples right", lfap_verdict_name(compare_network_verdict(r)),
          k->right < k->of ? "NOT all its data: " : "its data: ", k->right, k->of);
  if (k->zeros) cli_say(", %zu with output 0, counted as wrong", k->zeros);
  cli_say("\n");
  if (r->reason.kind)
    cli_say("  likely reason: %s: %s (%zu of %zu %s)\n", lfap_reason_name[r->reason.kind], r->reason.what,
            r->reason.right, r->reason.of, r->reason.by_outputs ? "outputs agree" : "right then");
  else if (k->right < k->of)
    cli_say("  no slip that was tried explains it: it was trained on other samples, or not to the end; what follows is "
            "measured\n");
}

static void readout_print(const compare_run *r) {
  static const char *const kinds[] = {"+-1/sqrt(m)", "of one size, as many of each sign", "of its own"};
  const lfap_readout *k = &r->readout;
  if (!r->given.a) return;
  cli_say("  output layer: %s: %zu positive, %zu negative, %zu zero; taken as %s\n", kinds[k->kind], k->positive,
          k->negative, k->zero, r->a.trained ? "trained" : "fixed (--output-trained says otherwise)");
  if (r->rounding > 0.0)
    cli_say("  f is that of the rows |v_j| sqrt(%zu) w_j: an output at a sample is off by at most %.3g for it\n",
            r->net.m, r->rounding);
}

static void limit_print(const cli *c, const compare_run *r) {
  cli_hypothesis_print(&r->lim.hyp, "data");
  if (r->no_limit[0]) {
    cli_say("  NOT-APPLICABLE: nothing is said of the limit, C1, C2 and w: %s\n", r->no_limit);
    return;
  }
  const char *by = compare_linear_by(r);
  cli_checks_print(c, compare_c1_c2(r), 2);
  if (!by) cli_say("  w   whether it is the boundary of a limit is not decided%s\n", r->a.certify ? "" : "; --certify");
  else if (!by[0])
    cli_say("  w   is a candidate only: (H), C1 and C2 do not hold, no linear boundary of a limit is known\n");
  else if (by[0] == 'H') cli_say("  w   is the linear boundary of the limit, by (H) and T1\n");
  else
    cli_say("  w   is the linear boundary of %s's KKT point%s\n", by,
            strcmp(by, "C2") == 0 ? ", kinks and all: C1, which asks for label slopes, is not needed for it" : "");
}

static void certified_print(const compare_run *r) {
  if (r->no_boundary[0]) {
    cli_say("  certified: NOT-APPLICABLE: %s\n", r->no_boundary);
    return;
  }
  cli_certify_print(&r->cert);
  signs_print("probes", &r->at_probes, "sgn f and the sign of the boundary");
  if (r->a.adversarial) signs_print("adversarial", &r->at_points, "the target and the sign of the boundary");
  if (r->a.lambda && !isnan(r->lambda_off))
    cli_say("  certified: lambda       at most %.6g from its enclosure, relative\n", r->lambda_off);
}

/* What one would ask next: of a network that is not the one it is taken for, the mistake; of one that is, where it
   ends. */
static void next_print(const compare_run *r) {
  char data[CLI_SHOWN], weights[CLI_SHOWN];
  if (compare_network_verdict(r) != LFAP_PASS) {
    if (r->reason.kind)
      cli_say("next: mend what the reason above names, then `lfap compare` again; `lfap compare --help` has --signs, "
              "--output-weights, --bias\n");
    return;
  }
  if (r->a.polish || r->given.a || r->a.bias || !r->a.weights) return;
  cli_word_shown(data, sizeof data, r->a.data);
  cli_word_shown(weights, sizeof weights, r->a.weights);
  if (cli_is_dir(r->a.data))
    cli_say("next: `lfap polish --data %s --weights %s --gamma %.15g --certify --out point` tells where W ends\n", data,
            weights, r->net.gamma);
}

static void arrays_print(const compare_run *r, int wrong) {
  for (size_t i = 0; i < r->arrays; i++)
    if (!wrong || cli_not_right(r->array[i].verdict)) array_print(&r->array[i]);
}

void compare_print(const cli *c, const compare_run *r) {
  classified_print(c, r);
  arrays_print(r, 1);
  cli_say("compare: N = %zu, d = %zu%s, m = %zu, gamma = %g; %zu probe points\n", r->data.n, r->data.d,
          cli_bias_words(c), r->given.m, r->net.gamma, r->k1.probes);
  readout_print(r);
  if (r->a.test)
    cli_say("  test: %zu of %zu right, %.6g %%; %zu with output 0, counted as wrong\n", r->test.right, r->test.of,
            100.0 * (double)r->test.right / (double)r->test.of, r->test.zeros);
  limit_print(c, r);
  k1_print(r);
  if (r->a.polish) ending_print(&r->ending);
  if (r->a.adversarial) p1_print(r);
  if (r->a.certify) certified_print(r);
  if (r->arrays) cli_say("  arrays, its own against those computed here or of the reference:\n");
  arrays_print(r, 0);
  next_print(r);
}
