/* dyadic.h - numbers m 2^e: written, read and rounded. Doubles, sums and products of doubles are such numbers, and
 * so is every end of an enclosure in a certificate (spec/certificate.md).
 */
#ifndef ORACLE_DYADIC_H
#define ORACLE_DYADIC_H
#include <gmp.h>
#include <stddef.h>

#include "io/text.h"

/* The longest exponent accepted from a file; doubles and their fourth powers stay far below. */
enum { ORACLE_EXPONENT_MAX = 1000000 };

/* q = the double, exactly. */
void oracle_q_set_d(mpq_t q, double x);
/* q = m 2^e. */
void oracle_q_set_2exp(mpq_t q, const mpz_t m, long e);
/* q = q 2^e. */
void oracle_q_scale(mpq_t q, long e);
/* The largest number (up: the smallest) with `bits` significant bits that is not above (below) q. */
void oracle_q_round(mpq_t out, const mpq_t q, unsigned bits, int up);
/* The nearest double not above (below) q; may be infinite. */
double oracle_q_double(const mpq_t q, int up);
/* The least k with 4^k >= q, for q > 0. */
long oracle_q_ceil_log4(const mpq_t q);

/* Canonical text of a dyadic q: [-]0xMp[+-]E, M the odd mantissa in hexadecimal, E in decimal; 0x0p+0. C's strtod and
   mpfr_strtofr read it. Every dyadic number has one text and every text one number. */
void oracle_q_text(lfap_text *t, const mpq_t q);
/* Reads exactly `len` characters of such a text; 0 when they are not one. */
int oracle_q_read(mpq_t q, const char *text, size_t len);
/* Canonical 0x... integer. */
void oracle_z_text(lfap_text *t, const mpz_t z);
int oracle_z_read(mpz_t z, const char *text, size_t len);
#endif
