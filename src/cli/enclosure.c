/* enclosure.c - `lfap limit --certify=fast`: what error bounds in doubles decide (spec/numerics.md N14), as JSON and
   summary. */
#include <math.h>

#include "cli/certify.h"

void cli_enclosure_json(lfap_json *j, const lfap_enclosure *e) {
  lfap_json_object_begin(j, "certificate");
  lfap_json_string(j, "mode", "fast");
  lfap_json_uint(j, "bits", 53);
  lfap_json_uint(j, "support", e->support);
  lfap_json_uint(j, "aligned_samples", e->aligned);
  lfap_json_uint(j, "refuted_samples", e->refuted);
  lfap_json_uint(j, "finished_samples", e->finished);
  cli_claims_json(j, e->claim);
  lfap_json_object_end(j);
}

void cli_enclosure_print(const lfap_enclosure *e) {
  printf("  enclosures in doubles: ");
  if (e->claim[LFAP_CLAIM_Q1].verdict == LFAP_PASS) {
    double widest = 0;
    for (size_t i = 0; i < e->n; i++)
      if (e->hi[i] > 0.0) widest = fmax(widest, (e->hi[i] - e->lo[i]) / e->hi[i]);
    printf("multipliers within %.2g of themselves, ", widest);
  }
  printf("weights within %.2g; slopes proved at %zu samples, disproved at %zu, undecided at %zu\n", e->ball, e->aligned,
         e->refuted, e->n - e->aligned - e->refuted);
}
