/* compare_reason.c - first things first: does the network classify its data, what of a test set, and, where it is
 * not what it should be, why. */
#include <stdlib.h>

#include "cli/compare.h"
#include "data/scale.h"

static lfap_status count(cli *c, compare_accuracy *out, const lfap_net *net, const double *x, const double *y,
                         size_t n) {
  double *f = malloc((n ? n : 1) * sizeof *f);
  if (!f) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory: %zu outputs", n);
  lfap_status s = lfap_net_eval(&c->ctx, f, net, x, n);
  compare_accuracy k = {.of = n};
  for (size_t i = 0; !s && i < n; i++) {
    k.right += y[i] * f[i] > 0.0;
    k.zeros += f[i] == 0.0;
  }
  free(f);
  if (!s) *out = k;
  return s;
}

static lfap_status on_test(cli *c, compare_run *r) {
  lfap_mat x = {0}, y = {0};
  lfap_status s = cli_pairs_read(c, &x, &y, r->a.test, r->a.test_labels);
  if (!s && x.cols != r->data.d)
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: shape (%zu, %zu), and the samples have d = %zu", r->a.test, x.rows,
                  x.cols, r->data.d);
  if (!s) s = lfap_rows_in_range(&c->ctx, r->a.test, x.v, x.rows, x.cols);
  if (!s) s = count(c, &r->test, &r->net, x.v, y.v, x.rows);
  lfap_mat_free(&x);
  lfap_mat_free(&y);
  return s;
}

lfap_status compare_classified(cli *c, compare_run *r) {
  lfap_status s = count(c, &r->own, &r->net, r->data.x, r->data.y, r->data.n);
  return s || !r->a.test ? s : on_test(c, r);
}

/* What labels alone suggest. Outputs leave little of it open: where the network has them, W and its output layer are
   read right; where nothing that was tried has them, no slip is sure. */
static lfap_status by_labels(cli *c, compare_run *r) {
  lfap_slip found = {0};
  int told = r->a.outputs != NULL, has = told && r->array[0].verdict == LFAP_PASS;
  lfap_status s = told && !has ? LFAP_OK : lfap_reason_of(&c->ctx, &found, &r->given, &r->data, NULL);
  int open = found.kind == LFAP_REASON_REVERSED || found.kind == LFAP_REASON_LABELS || found.kind == LFAP_REASON_DATA;
  if (s || !found.kind || (has && !open)) return s;
  if (has && found.kind == LFAP_REASON_REVERSED) {
    found.kind = LFAP_REASON_LABELS;
    snprintf(found.what, sizeof found.what,
             "the labels have the other sign: the outputs are right, and with -y every "
             "sample is; turn the labels");
  }
  r->reason = found;
  return s;
}

/* The first array is that of the outputs. */
lfap_status compare_reason(cli *c, compare_run *r) {
  int told = r->a.outputs && r->array[0].verdict != LFAP_PASS;
  lfap_told outputs = {.z = r->probes.v, .f = r->outputs.v, .slack = r->slack.v, .n = r->probes.rows};
  lfap_status s = told ? lfap_reason_of(&c->ctx, &r->reason, &r->given, &r->data, &outputs) : LFAP_OK;
  if (!s && !r->reason.kind && r->own.right < r->own.of) s = by_labels(c, r);
  return s;
}

const lfap_slip *compare_slip(const compare_run *r) { return r->reason.kind ? &r->reason : NULL; }

lfap_verdict compare_network_verdict(const compare_run *r) {
  if (r->reason.kind) return LFAP_FAIL;
  return r->own.right == r->own.of && !r->no_limit[0] ? LFAP_PASS : LFAP_NOT_APPLICABLE;
}
