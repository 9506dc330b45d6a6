/* arithmetic.c - the options --arithmetic, --prec and --digits of the verbs that compute in more than doubles. */
#include "arithmetic.h"

#include "oracle/lfap_oracle.h"

const char *const cli_arithmetic_name[CLI_ARITHMETICS] = {"double", "half", "mpfr"};

lfap_status cli_arithmetic_option(cli *c, cli_arithmetic *a, int which, const char *value) {
  switch (which) {
  case 0: return cli_word(c, &a->which, "--arithmetic", value, cli_arithmetic_name, CLI_ARITHMETICS);
  case 1: return cli_size(c, &a->prec, "prec", value);
  default: a->digits = value; return LFAP_OK;
  }
}

lfap_status cli_arithmetic_check(cli *c, cli_arithmetic *a) {
  if (a->which != CLI_MPFR && (a->prec || a->digits))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "%s belongs to --arithmetic mpfr, not %s",
                     a->prec ? "--prec" : "--digits", cli_arithmetic_name[a->which]);
  if (a->prec && (a->prec < ORACLE_PREC_MIN || a->prec > ORACLE_PREC_MAX))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--prec %zu: from %d to %d bits", a->prec, ORACLE_PREC_MIN,
                     ORACLE_PREC_MAX);
  if (!a->prec) a->prec = ORACLE_PREC_DEFAULT;
  return LFAP_OK;
}
