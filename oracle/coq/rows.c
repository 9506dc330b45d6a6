/* rows.c - doubles as literals of Coq, without a rounding: an exponent a row and hexadecimal integers (axiom-free), or
 * hexadecimal floats (fast). No numbers of GMP: a row is written while files wait under temporary names.
 */
#include "oracle/coq/rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "oracle/exact/gram.h"

/* m 2^shift for |m| < 2^53, in hexadecimal; shift at least 0. */
static void mantissa(lfap_text *t, int64_t m, unsigned long shift) {
  static const char zeros[] = "0000000000000000";
  char digits[32];
  uint64_t a = (uint64_t)(m < 0 ? -m : m) << shift % 4;
  snprintf(digits, sizeof digits, "%s0x%llx", m < 0 ? "-" : "", (unsigned long long)a);
  lfap_text_puts(t, digits);
  for (shift /= 4; shift > 0;) {
    size_t some = shift < 16 ? shift : 16;
    lfap_text_put(t, zeros, some);
    shift -= some;
  }
}

/* x = m 2^e, m odd or 0. */
static int64_t odd_part(double x, long *e) {
  int k;
  int64_t m = (int64_t)ldexp(frexp(x, &k), 53);
  *e = (long)k - 53;
  while (m != 0 && m % 2 == 0) {
    m /= 2;
    (*e)++;
  }
  return m;
}

static void exact_row(lfap_text *t, const double *x, size_t d) {
  long grid = oracle_grid_exponent(x, d), e;
  lfap_text_puts(t, "Row (");
  lfap_text_int(t, grid);
  lfap_text_puts(t, ") [:: ");
  for (size_t i = 0; i < d; i++) {
    int64_t m = odd_part(x[i], &e);
    if (i) lfap_text_puts(t, i % 8 ? "; " : ";\n  ");
    mantissa(t, m, m ? (unsigned long)(e - grid) : 0);
  }
  lfap_text_puts(t, "]%mantissa");
}

static void fast_row(lfap_text *t, const double *x, size_t d) {
  lfap_text_puts(t, "[| ");
  for (size_t i = 0; i < d; i++) {
    if (i) lfap_text_puts(t, i % 8 ? "; " : ";\n  ");
    lfap_text_hex(t, x[i] == 0.0 ? 0.0 : x[i]);
  }
  lfap_text_puts(t, " | 0 |]%float");
}

void oracle_coq_row(lfap_text *t, oracle_coq_form form, const char *name, size_t index, const double *x, size_t d) {
  lfap_text_puts(t, "Definition ");
  lfap_text_puts(t, name);
  lfap_text_uint(t, index);
  lfap_text_puts(t, form == ORACLE_COQ_FAST ? " : array float := " : " := ");
  (form == ORACLE_COQ_FAST ? fast_row : exact_row)(t, x, d);
  lfap_text_puts(t, ".\n");
}
