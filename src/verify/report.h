/* report.h - building the lines of a case. */
#ifndef LFAP_VERIFY_REPORT_H
#define LFAP_VERIFY_REPORT_H
#include "lfap.h"

/* A new line, NOT-APPLICABLE until decided; NULL (and a message) when out of memory. The pointer is good until the next
   call. */
lfap_check *lfap_check_add(lfap_ctx *ctx, lfap_case *c, const char *id, const char *subject, const char *what);
void lfap_check_note(lfap_check *k, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/* PASS or FAIL by `value relation bound`, relation one of < > <= >= =; UNDECIDED for a strict relation so close that
   doubles cannot tell; NOT-APPLICABLE (value kept) when the statement's hypothesis does not hold. NaN never passes. */
void lfap_check_decide(lfap_check *k, int applies, double value, const char *relation, double bound);
#endif
