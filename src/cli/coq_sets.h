/* coq_sets.h - `lfap verify --coq DIR`: a folder for each set of each case, with the set and a theorem about it. */
#ifndef LFAP_CLI_COQ_SETS_H
#define LFAP_CLI_COQ_SETS_H
#include "cli/coq.h"
#include "oracle/verify/certifier.h"

/* A folder that was written. */
typedef struct {
  char *folder;               /* owned */
  char subject[48], why[600]; /* of the case's lines; why there is no theorem */
  const char *claim;          /* NULL: there is none */
  oracle_coq_form form;
} cli_coq_set;

/* The certifier of `lfap verify` that does so besides: the calls' user. */
typedef struct {
  oracle_certifier oracle; /* the user of the oracle's own calls */
  cli *c;
  const char *dir, *name; /* NULL: writes nothing; the case under way */
  cli_coq_set *set;
  size_t sets, room;
} cli_coq_sets;

lfap_status cli_coq_speak(void *user, lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_offer *offer);
void cli_coq_sets_free(cli_coq_sets *me);
/* Where the theorems from `first` on are. */
void cli_coq_sets_print(const cli_coq_sets *me, size_t first);
#endif
