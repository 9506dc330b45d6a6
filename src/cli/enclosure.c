/* enclosure.c - `lfap limit --certify=fast`: what error bounds in doubles decide (spec/numerics.md N14), as lines, JSON, summary. */
#include <math.h>

#include "cli/certify.h"

typedef struct {
  const char *id, *key, *what, *relation;
  lfap_verdict verdict;
  double slack;
} claim;

/* The least certain value on both sides of (b). */
static double slope_slack(const lfap_enclosure *e) {
  double least = INFINITY;
  for (size_t i = 0; i < e->n; i++) least = fmin(least, fmin(e->u_lo[i], -e->v_hi[i]));
  return isfinite(least) ? least : NAN;
}

static double support_slack(const lfap_enclosure *e) { return fmin(e->lambda_min, e->slack_min); } /* fmin passes over NaN */

static void claims_of(claim k[CLI_CERTIFY_CHECKS], const lfap_enclosure *e) {
  const claim all[CLI_CERTIFY_CHECKS] = {
      {"H", "H", "certified by error bounds: lhs - rhs", ">=", e->h, e->h_slack},
      {"Q1", "Q1", "certified by error bounds: least multiplier, or slack off the support", ">", e->q1, support_slack(e)},
      {"C1", "C1", "certified by error bounds: least of y<u,x>, -y<v,x>, times sqrt(m)", ">", e->c1, slope_slack(e)},
      {"T1", "T1", "certified by error bounds: distance of the multipliers from the ends", ">", e->t1, e->t1_slack},
      {"T2", "T2", "certified by error bounds: distance of the multipliers from the ends", ">=", e->t2, e->t2_slack},
      {"T2", "T2_a_posteriori", "certified by error bounds: the same, a posteriori", ">=", e->post, e->post_slack}};
  for (int i = 0; i < CLI_CERTIFY_CHECKS; i++) k[i] = all[i];
}

size_t cli_enclosure_checks(lfap_check out[CLI_CERTIFY_CHECKS], const lfap_enclosure *e) {
  claim k[CLI_CERTIFY_CHECKS];
  claims_of(k, e);
  for (int i = 0; i < CLI_CERTIFY_CHECKS; i++) {
    lfap_verdict v = k[i].verdict;
    int refuted = i == 2 && v == LFAP_FAIL;
    if (refuted && e->h != LFAP_PASS) v = LFAP_NOT_APPLICABLE; /* no statement says that (b) must hold here */
    cli_check_set(&out[i], k[i].id, "data", k[i].what, v, k[i].slack, k[i].relation, 0.0);
    out[i].enclosed = 1;
    out[i].certified = v;
    if (refuted) snprintf(out[i].note, sizeof out[i].note, "(b) is disproved at %zu: the label-aligned form is refuted here", e->refuted);
    else if (v == LFAP_UNDECIDED && i == 2)
      snprintf(out[i].note, sizeof out[i].note, "undecided at %zu samples, by exact integers too; --certify=exact goes on", e->n - e->aligned - e->refuted);
    else if (i == 2 && e->finished) snprintf(out[i].note, sizeof out[i].note, "decided by exact integers at %zu samples", e->finished);
    else if (v == LFAP_UNDECIDED) snprintf(out[i].note, sizeof out[i].note, "the error bounds are too wide; --certify=exact goes on");
    else if (v == LFAP_NOT_APPLICABLE)
      snprintf(out[i].note, sizeof out[i].note, i == 5 ? "the a-posteriori kappa is not below 1/2" : "(H) is not met: certified");
  }
  return CLI_CERTIFY_CHECKS;
}

void cli_enclosure_json(lfap_json *j, const lfap_enclosure *e) {
  claim k[CLI_CERTIFY_CHECKS];
  claims_of(k, e);
  lfap_json_object_begin(j, "certificate");
  lfap_json_string(j, "mode", "fast");
  lfap_json_uint(j, "bits", 53);
  lfap_json_uint(j, "support", e->support);
  lfap_json_uint(j, "aligned_samples", e->aligned);
  lfap_json_uint(j, "refuted_samples", e->refuted);
  lfap_json_uint(j, "finished_samples", e->finished);
  lfap_json_object_begin(j, "verdicts");
  for (int i = 0; i < CLI_CERTIFY_CHECKS; i++) lfap_json_string(j, k[i].key, lfap_verdict_name(k[i].verdict));
  lfap_json_object_end(j);
  lfap_json_object_begin(j, "margins");
  for (int i = 0; i < CLI_CERTIFY_CHECKS; i++) lfap_json_double_hex(j, k[i].key, k[i].slack);
  lfap_json_object_end(j);
  lfap_json_object_end(j);
}

void cli_enclosure_print(const lfap_enclosure *e) {
  printf("  enclosures in doubles: ");
  if (e->q1 == LFAP_PASS) {
    double widest = 0;
    for (size_t i = 0; i < e->n; i++)
      if (e->hi[i] > 0.0) widest = fmax(widest, (e->hi[i] - e->lo[i]) / e->hi[i]);
    printf("multipliers within %.2g of themselves, ", widest);
  }
  printf("weights within %.2g; slopes proved at %zu samples, disproved at %zu, undecided at %zu\n", e->ball, e->aligned, e->refuted,
         e->n - e->aligned - e->refuted);
}
