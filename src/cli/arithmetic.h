/* arithmetic.h - the arithmetic a verb computes in, as its options name it: IEEE doubles, the half precision of the
 * published experiments (numerics N17), or the oracle's MPFR. One home for the words, their options and what they
 * exclude. */
#ifndef LFAP_CLI_ARITHMETIC_H
#define LFAP_CLI_ARITHMETIC_H
#include "cli.h"

enum { CLI_DOUBLE = LFAP_ARITHMETIC_DOUBLE, CLI_HALF = LFAP_ARITHMETIC_HALF, CLI_MPFR = 2, CLI_ARITHMETICS = 3 };
extern const char *const cli_arithmetic_name[CLI_ARITHMETICS]; /* "double", "half", "mpfr" */

typedef struct {
  int which;          /* CLI_DOUBLE and so on */
  size_t prec;        /* mpfr: bits; 0: not given */
  const char *digits; /* mpfr: a CSV file; NULL: not given */
  size_t every;       /* of train: epochs from a row to the next; 0: not given */
  lfap_text told;     /* what the file will hold, owned */
} cli_arithmetic;

/* The three rows a verb's table of options takes, in this order. */
#define CLI_ARITHMETIC_OPTIONS(half)                                                            \
  {"arithmetic", "NAME",                                                                        \
   "double (default); half: " half "\n"                                                         \
   "in half precision as the published experiments ran;\n"                                      \
   "mpfr: the same operations at --prec bits (slow)"},                                          \
      {"prec", "P", "mpfr: bits of every number (default 256); 53 gives the bits of double"}, { \
    "digits", "FILE", "mpfr: CSV of how many decimal digits of the run in doubles are right"    \
  }

/* Option `which` of the three (0, 1, 2). DATA: --prec out of range. */
lfap_status cli_arithmetic_option(cli *c, cli_arithmetic *a, int which, const char *value);
/* Fills the default of prec in. USAGE: --prec or --digits without mpfr; CANTCREATE: no directory for the digits.
   out: a directory that may still have to be made. */
lfap_status cli_arithmetic_check(cli *c, cli_arithmetic *a, const char *out);
/* The digits, in the set that is open; nothing where they were not asked for. */
lfap_status cli_arithmetic_write(cli *c, const cli_arithmetic *a);

#endif
