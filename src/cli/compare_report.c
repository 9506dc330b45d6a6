/* compare_report.c - what `lfap compare` found, as a table and as JSON. */
#include <inttypes.h>
#include <math.h>

#include "cli/compare.h"
#include "perturb/norm.h"

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static void k1_json(lfap_json *j, const lfap_k1 *k) {
  lfap_json_object_begin(j, "k1");
  lfap_json_double_hex(j, "residual", k->residual);
  lfap_json_double_hex(j, "slackness", k->slackness);
  lfap_json_double_hex(j, "margin", k->margin);
  lfap_json_double_hex(j, "outside_rank2", k->outside_rank2);
  lfap_json_double_hex(j, "row_spread", k->row_spread);
  lfap_json_double_hex(j, "pattern_aligned", k->pattern_aligned);
  lfap_json_double_hex(j, "cosine", k->cosine);
  lfap_json_double_hex(j, "agreement", k->agreement);
  lfap_json_double_hex(j, "margin_min", k->margin_min);
  lfap_json_object_end(j);
}

static void spread_json(lfap_json *j, const char *key, const lfap_spread *s) {
  lfap_json_object_begin(j, key);
  lfap_json_double_hex(j, "min", s->min);
  lfap_json_uint(j, "min_at", s->min_at);
  lfap_json_double_hex(j, "mean", s->mean);
  lfap_json_double_hex(j, "max", s->max);
  lfap_json_uint(j, "max_at", s->max_at);
  lfap_json_object_end(j);
}

/* Where the precision comes from: the dtype's own, or a coarser one that the entries show. */
static const char *unit_from(int unit_read) { return unit_read ? "entries" : "dtype"; }

static int p1_unit_read(const compare_run *r) {
  return r->bases.unit >= r->points.unit ? r->bases.unit_read : r->points.unit_read;
}

static void p1_json(lfap_json *j, const compare_run *r) {
  const lfap_p1 *p = &r->p1;
  const lfap_perturb_opts *o = &r->a.o;
  lfap_json_object_begin(j, "perturbations");
  lfap_json_uint(j, "n", p->n);
  lfap_json_string(j, "norm", lfap_norm_name(o->norm));
  lfap_json_double_hex(j, "eps", o->eps > 0 ? o->eps : NAN);
  if (o->k) lfap_json_uint(j, "k", o->k);
  if (o->has_range) {
    lfap_json_double_hex(j, "lo", o->lo);
    lfap_json_double_hex(j, "hi", o->hi);
  }
  spread_json(j, "size", &p->size);
  spread_json(j, "entry", &p->entry);
  lfap_json_double_hex(j, "unit", p->unit);
  lfap_json_string(j, "unit_from", unit_from(p1_unit_read(r)));
  lfap_json_double_hex(j, "allowance", p->allowance);
  lfap_json_uint(j, "outside", p->outside);
  lfap_json_uint(j, "undecided", p->undecided);
  lfap_json_uint(j, "undecided_unless_shifted", p->shifted);
  lfap_json_uint(j, "range_outside", p->range_outside);
  lfap_json_double_hex(j, "range_excess", p->range_excess);
  lfap_json_uint(j, "range_at", p->range_at);
  lfap_json_double_hex(j, "optimum", p->optimum);
  spread_json(j, "reached", &p->reached);
  spread_json(j, "gain", &p->gain);
  spread_json(j, "ascent", &p->ascent);
  lfap_json_uint(j, "before", p->before);
  lfap_json_uint(j, "after", p->after);
  lfap_json_uint(j, "across", p->across);
  lfap_json_object_end(j);
}

static void shape_json(lfap_json *j, const char *key, size_t rows, size_t cols, int ndim) {
  lfap_json_array_begin(j, key);
  lfap_json_uint(j, NULL, rows);
  if (ndim == 2) lfap_json_uint(j, NULL, cols);
  lfap_json_array_end(j);
}

static void place_json(lfap_json *j, const char *key, const compare_array *k, size_t at) {
  lfap_json_array_begin(j, key);
  lfap_json_uint(j, NULL, k->ndim == 2 ? at / k->cols : at);
  if (k->ndim == 2) lfap_json_uint(j, NULL, at % k->cols);
  lfap_json_array_end(j);
}

static void array_json(lfap_json *j, const compare_array *k) {
  lfap_json_object_begin(j, NULL);
  lfap_json_string(j, "name", k->name);
  lfap_json_string(j, "against", k->against);
  if (k->missing) lfap_json_null(j, "shape");
  else shape_json(j, "shape", k->rows, k->cols, k->ndim);
  shape_json(j, "expected_shape", k->other_rows, k->other_cols, k->other_ndim);
  if (k->same_shape) {
    lfap_json_double_hex(j, "unit", k->unit);
    lfap_json_string(j, "unit_from", unit_from(k->unit_read));
    lfap_json_uint(j, "differ", k->d.differ);
    lfap_json_uint(j, "beyond_rounding", k->d.beyond);
    lfap_json_double_hex(j, "max_abs", k->d.max_abs);
    place_json(j, "max_abs_at", k, k->d.abs_at);
    lfap_json_uint(j, "max_ulp", k->d.max_ulp);
    place_json(j, "max_ulp_at", k, k->d.ulp_at);
  }
  lfap_json_object_end(j);
}

static void signs_json(lfap_json *j, const char *key, const compare_signs *s) {
  lfap_json_object_begin(j, key);
  lfap_json_uint(j, "points", s->of);
  lfap_json_uint(j, "agree", s->with);
  lfap_json_uint(j, "disagree", s->against);
  lfap_json_uint(j, "undecided", s->of - s->with - s->against);
  lfap_json_object_end(j);
}

static void certified_json(lfap_json *j, const compare_run *r) {
  cli_certify_json(j, &r->cert);
  lfap_json_object_begin(j, "certified_signs");
  signs_json(j, "probes", &r->at_probes);
  if (r->a.adversarial) signs_json(j, "adversarial", &r->at_points);
  lfap_json_object_end(j);
  if (r->a.lambda) lfap_json_double_hex(j, "lambda_enclosure_distance", r->lambda_off);
}

lfap_status compare_json(cli *c, const compare_run *r) {
  lfap_json j = {.indent = 2};
  lfap_json_object_begin(&j, NULL);
  cli_json_head(c, &j);
  if (r->a.points) lfap_json_null(&j, "seed");
  else lfap_json_uint(&j, "seed", r->a.seed);
  lfap_json_double_hex(&j, "gamma", r->a.gamma);
  lfap_json_object_begin(&j, "sizes");
  lfap_json_uint(&j, "n", r->data.n);
  lfap_json_uint(&j, "d", r->data.d);
  lfap_json_uint(&j, "m", r->net.m);
  lfap_json_uint(&j, "probes", r->k1.probes);
  lfap_json_object_end(&j);
  lfap_json_string(&j, "data_sha256", r->here.sha256);
  cli_origin_json(&j, "weights", &r->here, &r->net_of);
  if (r->a.adversarial) cli_origin_json(&j, "perturbations", &r->here, &r->made_from);
  if (r->a.lambda) cli_origin_json(&j, "lambda", &r->here, &r->lambda_of);
  cli_hypothesis_json(&j, "hypothesis", &r->lim.hyp);
  lfap_json_bool(&j, "c1", r->lim.c1);
  k1_json(&j, &r->k1);
  if (r->a.adversarial) p1_json(&j, r);
  if (r->a.certify) certified_json(&j, r);
  if (r->arrays) {
    lfap_json_array_begin(&j, "differences");
    for (size_t i = 0; i < r->arrays; i++) array_json(&j, &r->array[i]);
    lfap_json_array_end(&j);
  }
  lfap_json_object_end(&j);
  return cli_json_print(c, &j);
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static void line(const char *name, double value, const char *at_limit, const char *meaning) {
  char text[32];
  if (isnan(value)) snprintf(text, sizeof text, "none");
  else snprintf(text, sizeof text, "%.6g", value);
  printf("  K1  %-16s %-13s %-5s %s\n", name, text, at_limit, meaning);
}

static void k1_print(const lfap_k1 *k) {
  printf("      %-16s %-13s %-5s\n", "measured", "value", "at a KKT point");
  line("residual", k->residual, "0", "of KKT stationarity, relative, with the best multipliers l >= 0");
  line("slackness", k->slackness, "0", "sum of l_n times (margin / smallest margin - 1)");
  line("margin_min", k->margin_min, "", "smallest y_n f(x_n); above 0 means every sample is classified right");
  line("margin", k->margin, "", "the same, over ||W||");
  line("outside_rank2", k->outside_rank2, "0", "share of ||W||^2 outside the best rank-2 approximation");
  line("row_spread", k->row_spread, "0", "largest relative distance of a row from the mean of its sign");
  line("pattern_aligned", k->pattern_aligned, "1", "share of (neuron, sample) pairs whose slope is the label's");
  line("cosine", k->cosine, "1", "of (mean positive row - mean negative row) and w");
  if (k->probes)
    printf("  K1  %-16s %-13.6g %-5s share of %zu probe points where sgn f = sgn <w,z>\n", "agreement", k->agreement,
           "1", k->probes);
  if (isnan(k->residual))
    printf("  no KKT residual: a sample is not classified right, so W is not feasible at any scale\n");
}

static void spread_print(const char *name, const lfap_spread *s, const char *meaning) {
  if (isnan(s->mean)) printf("  P1  %-16s none\n", name);
  else
    printf("  P1  %-16s %-12.6g (at %zu) mean %-12.6g to %-12.6g (at %zu)  %s\n", name, s->min, s->min_at, s->mean,
           s->max, s->max_at, meaning);
}

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
  printf("  P1  %-16s %zu of %zu UNDECIDED at this precision", "constraint", p->undecided, p->n);
  if (eps > 0)
    printf(": rounding explains up to %.3g %% of eps, and a cheat that size is not seen", 100 * p->allowance / eps);
  printf("\n");
  if (p->shifted)
    printf(
        "      %zu of these at an entry by more than its own rounding: outside, unless made before a shift or scale\n",
        p->shifted);
}

static void p1_print(const compare_run *r) {
  const lfap_p1 *p = &r->p1;
  const lfap_perturb_opts *o = &r->a.o;
  printf("  %zu perturbations, %s", p->n, lfap_norm_name(o->norm));
  if (o->eps > 0) printf(", eps = %g", o->eps);
  if (o->k) printf(", k = %zu", o->k);
  printf("; recomputed as perturbed - base\n");
  spread_print("size", &p->size, lfap_norm_of(o->norm)->measured);
  spread_print("entry", &p->entry, "largest entry of each");
  printf("  P1  %-16s %zu of %zu outside the constraint, beyond rounding to %d bits%s\n", "constraint", p->outside,
         p->n, bits_of(p->unit), read_off(p1_unit_read(r)));
  undecided_print(p, o->eps);
  if (o->has_range)
    printf("  P1  %-16s %zu of %zu outside [%g, %g], at most by %.6g (at %zu)\n", "range", p->range_outside, p->n,
           o->lo, o->hi, p->range_excess, p->range_at);
  spread_print("reached", &p->reached, "t<eta,w> over the optimum eps |w|_dual");
  spread_print("gain", &p->gain, "t (f(x_adv) - f(x)) of the network");
  spread_print("ascent", &p->ascent, "the same over eps |grad f(x)|_dual");
  printf("  P1  %-16s t f > 0 at %zu of %zu before, %zu after; t<w,x_adv> > 0 at %zu\n", "deceived", p->before, p->n,
         p->after, p->across);
}

static void signs_print(const char *name, const compare_signs *s, const char *meaning) {
  printf("  certified: %-12s %zu agree, %zu disagree, %zu undecided: %s\n", name, s->with, s->against,
         s->of - s->with - s->against, meaning);
}

static void index_print(const compare_array *k, size_t at) {
  if (k->ndim == 2) printf("[%zu,%zu]", at / k->cols, at % k->cols);
  else printf("[%zu]", at);
}

static void array_print(const compare_array *k) {
  char shown[CLI_SHOWN];
  printf("  %-12s ", lfap_visible(shown, sizeof shown, k->name));
  if (k->missing) printf("not there; the reference has (%zu, %zu)\n", k->other_rows, k->other_cols);
  else if (!k->same_shape) printf("shape (%zu, %zu), not (%zu, %zu)\n", k->rows, k->cols, k->other_rows, k->other_cols);
  else if (!k->d.differ) printf("equal\n");
  else {
    printf("%zu entries differ", k->d.differ);
    if (k->unit > 0)
      printf(", %zu beyond rounding to %d bits%s", k->d.beyond, bits_of(k->unit), read_off(k->unit_read));
    printf("; at most by %.6g at ", k->d.max_abs);
    index_print(k, k->d.abs_at);
    printf(", %" PRIu64 " ulp at ", k->d.max_ulp);
    index_print(k, k->d.ulp_at);
    printf("\n");
  }
}

void compare_print(const compare_run *r) {
  printf("compare: N = %zu, d = %zu, m = %zu, gamma = %g\n", r->data.n, r->data.d, r->net.m, r->net.gamma);
  cli_hypothesis_print(&r->lim.hyp, "data");
  printf("  C1  the limit %s\n", r->lim.c1 ? "has label-aligned slopes and the linear boundary w, as computed"
                                           : "of label-aligned slopes is refuted as computed: w is a candidate only");
  k1_print(&r->k1);
  if (r->a.adversarial) p1_print(r);
  if (r->a.certify) {
    cli_certify_print(&r->cert);
    signs_print("probes", &r->at_probes, "sgn f and the sign of the boundary");
    if (r->a.adversarial) signs_print("adversarial", &r->at_points, "the target and the sign of the boundary");
    if (r->a.lambda && !isnan(r->lambda_off))
      printf("  certified: lambda       at most %.6g from its enclosure, relative\n", r->lambda_off);
  }
  if (r->arrays) printf("  arrays, its own against those computed here or of the reference:\n");
  for (size_t i = 0; i < r->arrays; i++) array_print(&r->array[i]);
}
