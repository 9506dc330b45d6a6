/* arithmetic.c - the options --arithmetic, --prec and --digits of the verbs that compute in more than doubles. */
#include "arithmetic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "oracle/lfap_oracle.h"

const char *const cli_arithmetic_name[CLI_ARITHMETICS] = {"double", "half", "mpfr"};

lfap_status cli_arithmetic_option(cli *c, cli_arithmetic *a, int which, const char *value) {
  switch (which) {
  case 0: return cli_word(c, &a->which, "--arithmetic", value, cli_arithmetic_name, CLI_ARITHMETICS);
  case 1: return cli_bits_value(c, &a->prec, "prec", value, ORACLE_PREC_MAX);
  default: a->digits = value; return LFAP_OK;
  }
}

/* Before hours of work: can the file be made? */
static lfap_status check_digits(cli *c, const char *path, const char *out) {
  char why[LFAP_REASON];
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  size_t len = strlen(name);
  if (len < 5 || strcmp(name + len - 4, ".csv") != 0 || strcmp(name, "history.csv") == 0)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--digits %s: a name that ends in .csv, and is not history.csv", path);
  char *dir = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup("./");
  if (!dir) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory for a path of %zu characters", strlen(path));
  size_t most = strlen(dir) - 1, outs = out ? strlen(out) : 0;
  while (outs > 0 && out[outs - 1] == '/') outs--;
  int made = most == outs && strncmp(dir, out, outs) == 0; /* by this run, if need be */
  lfap_status s = LFAP_OK;
  if (!made && access(dir, W_OK | X_OK) != 0)
    s = lfap_fail(&c->ctx, LFAP_ERR_CANTCREATE, "--digits %s: cannot write into its directory: %s", path,
                  lfap_reason(why, errno));
  free(dir);
  return s;
}

lfap_status cli_arithmetic_check(cli *c, cli_arithmetic *a, const char *out) {
  if (a->which != CLI_MPFR && (a->prec || a->digits))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "%s belongs to --arithmetic mpfr, not %s",
                     a->prec ? "--prec" : "--digits", cli_arithmetic_name[a->which]);
  if (a->every && !a->digits)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--digits-every %zu is about the rows of --digits; give that too",
                     a->every);
  if (!a->prec) a->prec = ORACLE_PREC_DEFAULT;
  if (!a->every) a->every = 1;
  return a->digits ? check_digits(c, a->digits, out) : LFAP_OK;
}

lfap_status cli_arithmetic_write(cli *c, const cli_arithmetic *a) {
  return a->digits ? cli_set_beside(c, a->digits, &a->told) : LFAP_OK;
}
