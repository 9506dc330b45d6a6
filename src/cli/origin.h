/* origin.h - which data, and which gamma, is a file about? Its document says it (data_sha256), or the meta.json beside
   it (spec/formats.md); what it is used with is held against that. */
#ifndef LFAP_CLI_ORIGIN_H
#define LFAP_CLI_ORIGIN_H
#include "cli/cli.h"

enum { CLI_ORIGIN = 240, CLI_ORIGIN_WHY = 3 * CLI_ORIGIN }; /* room for its words, and for a difference */
typedef enum {
  CLI_SAME,        /* the samples it is used with */
  CLI_UNKNOWN,     /* nothing tells */
  CLI_ALONE,       /* there are no samples to compare with */
  CLI_OTHER_DATA,  /* told, or seen from its sizes */
  CLI_OTHER_GAMMA, /* these samples, or unknown ones, and another slope */
} cli_relation;

/* Samples and slope of a run, to hold the others against. data NULL: only the slope, and `d`. gamma 0: not given. */
cli_origin cli_origin_of_run(const lfap_data *data, size_t d, double gamma);
/* Of a file in dir, as meta.json there tells. */
lfap_status cli_origin_read(cli *c, cli_origin *out, const char *dir, const char *file);
/* Of the perturbations in dir: what the direction or the network was about that they were made from (made_from). */
lfap_status cli_origin_made_from(cli *c, cli_origin *out, const char *dir);
/* Of a file named by its path, which was read and has this SHA-256: unknown, with a note on stderr, where meta.json
   beside it tells of another file of that name, or is malformed. */
lfap_status cli_origin_beside(cli *c, cli_origin *out, const char *path, const char *sha256);
/* The same of an array that is used with `here`: a note on stderr where it is of other data, or of another gamma. */
lfap_status cli_origin_array(cli *c, cli_origin *out, const char *path, const lfap_mat *m, const cli_origin *here);
/* The note, where o is of other data or another gamma than here. */
void cli_origin_note(cli *c, const char *path, const cli_origin *here, const cli_origin *o);
/* The note, where arrays of other numerics stand for what is computed here bit by bit. */
void cli_origin_numerics(cli *c, const char *path, size_t numerics);
cli_relation cli_origin_relation(const cli_origin *here, const cli_origin *o);
int cli_origin_other(const cli_origin *here, const cli_origin *o); /* data, or gamma */
void cli_origin_words(char *out, size_t room, const cli_origin *o);
/* "is about other data (...; here ...)" */
void cli_origin_difference(char out[CLI_ORIGIN_WHY], const cli_origin *here, const cli_origin *o);
/* What a report says of it: "these data", "other data", or NULL where nothing tells. */
const char *cli_origin_of(const cli_origin *here, const cli_origin *o);
#endif
