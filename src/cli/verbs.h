/* verbs.h - the verbs of lfap, in the order in which help and manual show them. */
#ifndef LFAP_CLI_VERBS_H
#define LFAP_CLI_VERBS_H
#include "cli/cli.h"

extern const cli_verb *const cli_verbs[];      /* ends with NULL */
const cli_verb *cli_verb_of(const char *name); /* NULL where there is none */
/* What `lfap --help` says before and after the list of verbs. */
extern const char *const cli_about, *const cli_data_sets, *const cli_exit_codes, *const cli_examples;

#endif
