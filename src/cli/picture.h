/* picture.h - what the verbs that draw share. */
#ifndef LFAP_CLI_PICTURE_H
#define LFAP_CLI_PICTURE_H
#include "cli/cli.h"
#include "picture/picture.h"

/* Writes the tables and the script of a picture into dir and, unless `numbers`, draws it. */
lfap_status cli_picture_write(cli *c, const char *dir, const lfap_picture *p, int numbers);
/* "name", "title", "caption", "width", "height" of a picture as members of the open object. */
void cli_picture_json(lfap_json *j, const lfap_picture *p);

extern const cli_verb cli_map, cli_plot, cli_report;
#endif
