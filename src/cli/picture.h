/* picture.h - what the verbs that draw share. */
#ifndef LFAP_CLI_PICTURE_H
#define LFAP_CLI_PICTURE_H
#include "cli/cli.h"
#include "picture/picture.h"
#include "picture/stage.h"

/* Makes the tables and the script of a picture in a stage and, unless `numbers`, draws it there. */
lfap_status cli_picture_write(cli *c, const lfap_stage *st, const lfap_picture *p, int numbers);
/* Ends the stage (stage.h); the files remembered have the names of their places from then on. */
lfap_status cli_stage_end(cli *c, lfap_stage *st, lfap_status s, const char *last);

extern const cli_verb cli_map, cli_plot, cli_report;
#endif
