/* vectors.h - one case of `lfap vectors`: every intermediate result of a small run, as NPY and as hex floats. */
#ifndef LFAP_CLI_VECTORS_H
#define LFAP_CLI_VECTORS_H
#include "cli/cli.h"

enum { VECTORS_EPOCHS = 5, VECTORS_PGD_STEPS = 10, VECTORS_PROBES = 5 };

typedef struct {
  const char *name, *about;
  int gauss;     /* standard normal instead of uniform on [-1,1) */
  uint64_t seed; /* of the samples; bases, probes and first weights take the three after it */
  size_t n, d, m, n_adv, k;
  double gamma, lr;
  double eps[LFAP_NORMS]; /* l0: of each entry; 0 leaves the norm out */
} cli_vectors_case;

extern const cli_vectors_case cli_vectors_cases[];
extern const size_t cli_vectors_case_count;
extern const char *const cli_vectors_readme[]; /* README.md of the directory, its lines, then NULL */

/* Computes the case and writes NAME.npy and NAME.hex of every array, then meta.json, into dir. */
lfap_status cli_vectors_write(cli *c, const cli_vectors_case *k, const char *dir, size_t *arrays);

extern const cli_verb cli_vectors;
#endif
