/* enclosure.c - `lfap limit --certify=fast`: what error bounds in doubles decide (spec/numerics.md N14), for
   report and summary. */
#include <math.h>

#include "cli/certify.h"

cli_certificate cli_enclosure_certificate(const lfap_enclosure *e) {
  cli_certificate k = {.mode = "fast",
                       .bits = 53,
                       .support = e->support,
                       .aligned = e->aligned,
                       .refuted = e->refuted,
                       .finished = &e->finished,
                       .claim = e->claim};
  return k;
}

void cli_enclosure_print(const lfap_enclosure *e) {
  cli_say("  enclosures in doubles: ");
  if (e->claim[LFAP_CLAIM_Q1].verdict == LFAP_PASS) {
    double widest = 0;
    for (size_t i = 0; i < e->n; i++)
      if (e->hi[i] > 0.0) widest = fmax(widest, (e->hi[i] - e->lo[i]) / e->hi[i]);
    cli_say("multipliers within %.2g of themselves, ", widest);
  }
  cli_say("weights within %.2g; slopes proved at %zu samples, disproved at %zu, undecided at %zu\n", e->ball,
          e->aligned, e->refuted, e->n - e->aligned - e->refuted);
}
