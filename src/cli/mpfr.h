/* mpfr.h - --arithmetic mpfr: the oracle in the place of the library's training and perturbations, with an estimate of
 * how long it takes, and the digits of the doubles as CSV (spec/formats.md). */
#ifndef LFAP_CLI_MPFR_H
#define LFAP_CLI_MPFR_H
#include "cli/arithmetic.h"
#include "oracle/lfap_oracle.h"

/* As lfap_train, at a->prec bits; a->told gets the digits where they are asked for. */
lfap_status cli_mpfr_train(cli *c, lfap_net *net, lfap_history *history, const lfap_data *data,
                           const lfap_train_opts *o, cli_arithmetic *a);
/* As lfap_perturb_geometry and its like. */
lfap_status cli_mpfr_perturb(cli *c, lfap_perturbed *out, const oracle_perturb_args *p, cli_arithmetic *a);

#endif
