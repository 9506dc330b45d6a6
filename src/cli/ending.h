/* ending.h - where weights end (C3, C4), as `polish`, `compare --polish` and `converge` tell it. */
#ifndef LFAP_CLI_ENDING_H
#define LFAP_CLI_ENDING_H
#include "cli/cli.h"
#include "lfap_certifier.h"
#include "oracle/lfap_oracle.h"

typedef struct {
  lfap_ending end;      /* found, unless point.n is 0 */
  char why[256];        /* there is no point: the reason */
  int certified;        /* cert is there */
  oracle_polished cert; /* what is certain of it */
} cli_ending;

typedef struct {
  lfap_loss loss; /* C4: of this loss, */
  double step;    /* by steps up to this; 0: the flow */
  int certify;
} cli_ending_asked;

/* The point of net's pattern; where it is asked for, what is certain of it too. A failure about the data is for the
   caller to refuse, or to keep in `why` by cli_ending_left. */
lfap_status cli_ending_of(cli *c, cli_ending *e, const lfap_net *net, lfap_set *set, const lfap_limit *lim,
                          const cli_ending_asked *asked);
lfap_status cli_ending_left(cli *c, cli_ending *e, lfap_status s);
void cli_ending_free(cli_ending *e);
/* Every line of it, settled by what is certain. */
lfap_status cli_ending_judge(cli *c, lfap_case *k, const cli_ending *e);
/* What is known of the point in a few lines; the same, with its figures and those of C4. */
void cli_ending_about(const cli_ending *e);
void cli_ending_print(const cli_ending *e);
/* W.npy, lambda.npy, slopes.npy and, where the boundary is proved not to be linear, witness.npy into the open set. */
lfap_status cli_ending_write(cli *c, const char *dir, const cli_ending *e);

/* "PASS", ... of the certificate; NULL without one. */
const char *cli_ending_c3(const cli_ending *e);
const char *cli_ending_c4(const cli_ending *e);

extern const cli_verb cli_polish;
#endif
