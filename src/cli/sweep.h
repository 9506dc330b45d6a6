/* sweep.h - what the two halves of `lfap sweep` share: its command line (sweep_args.c) and the run (sweep.c). */
#ifndef LFAP_CLI_SWEEP_H
#define LFAP_CLI_SWEEP_H
#include "cli/cli.h"
#include "study/grid.h"

typedef struct {
  lfap_grid grid; /* as given, over the preset's axes */
  lfap_study_opts o;
  const char *out, *merge, *against;
  const char **operand; /* owned; the shards to merge */
  size_t operands;
  size_t shard, shards;
  int preset, paper; /* -1: not given */
  int from;          /* --from was given */
  lfap_axis d;       /* --d as given, not of a preset */
  int format;        /* 0 csv, 1 jsonl, 2 both */
  int resume, list;
  double checkpoint; /* seconds from one to the next; 0: none */
} cli_sweep_args;

extern const cli_verb cli_sweep;
extern const cli_option cli_sweep_options[];
lfap_status cli_sweep_read(cli *c, cli_sweep_args *a, int *help, int argc, char **argv);
void cli_sweep_args_free(cli_sweep_args *a);
#endif
