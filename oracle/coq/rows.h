/* rows.h - a row of doubles as a definition in Coq. */
#ifndef ORACLE_COQ_ROWS_H
#define ORACLE_COQ_ROWS_H
#include "oracle/coq/coq.h"

/* Definition NAMEindex := ... of d finite doubles; the two zeros are one. */
void oracle_coq_row(lfap_text *t, oracle_coq_form form, const char *name, size_t index, const double *x, size_t d);
#endif
