/* network.h - what is claimed of given weights, decided in exact integers as Coq decides it. */
#ifndef ORACLE_COQ_NETWORK_H
#define ORACLE_COQ_NETWORK_H
#include "oracle/coq/coq.h"

/* The sign of f(z; W), of `plus` not NULL f(z + plus; W); w: the rows, the first half of positive output. */
int oracle_coq_network_sign(const lfap_data *w, double gamma, const double *z, const double *plus);
/* f has one sign at z1 and z2 and the other at z1 + z2. */
int oracle_coq_network_bent(const lfap_data *w, double gamma, const double *z1, const double *z2);

/* Copies the points with a sign into t. */
lfap_status oracle_coq_keep(lfap_ctx *ctx, oracle_coq *t, const double *z, const signed char *sign, size_t points);
/* What is certain at z: 1, -1, or 0. */
typedef int (*oracle_coq_sign_fn)(const void *of, double gamma, const double *z);
/* Keeps the points of the wish that have a sign. */
lfap_status oracle_coq_decide(lfap_ctx *ctx, oracle_coq *t, const oracle_coq_wish *wish, oracle_coq_sign_fn sign_at,
                              const void *of);
#endif
