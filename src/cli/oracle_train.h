/* oracle_train.h - the verb `lfap converge`. */
#ifndef LFAP_CLI_ORACLE_TRAIN_H
#define LFAP_CLI_ORACLE_TRAIN_H
#include "cli/cli.h"

extern const cli_verb cli_converge;
#endif
