/* doctor.h - what `lfap doctor` finds. */
#ifndef LFAP_CLI_DOCTOR_H
#define LFAP_CLI_DOCTOR_H
#include "cli/cli.h"

/* A library or a program, and its version; NULL: it is not here. */
typedef struct {
  const char *name, *version;
} cli_part;

enum { DOCTOR_LIBRARIES = 5, DOCTOR_TOOLS = 10, DOCTOR_FEATURES = 3 };
typedef struct {
  const char *compiler;
  int threads, wide;              /* 8 doubles a register in use */
  char *feature[DOCTOR_FEATURES]; /* of the processor that the kernels use */
  size_t features;
  double fma_cost; /* time of a dot's step over that of a sum's */
  cli_part library[DOCTOR_LIBRARIES], tool[DOCTOR_TOOLS];
  size_t libraries, tools;
  size_t arrays, differ; /* of the test vectors: compared with their SHA-256, and with other bits */
  const char *first;     /* that differs; NULL: none */
} cli_doctor_report;

/* SHA-256 of the arrays of `lfap vectors`, from tests/golden/vectors.txt; ends with a NULL name. */
typedef struct {
  const char *name, *sha256;
} cli_golden;
extern const cli_golden cli_golden_vectors[];

extern const cli_verb cli_doctor;
#endif
