/* same.h - is a text, byte for byte, what follows from the data? How every stored certificate is accepted. */
#ifndef ORACLE_SAME_H
#define ORACLE_SAME_H
#include <stddef.h>

#include "lfap.h"

typedef struct {
  const char *at;
  size_t len;
} oracle_span;

/* 0, with the line where the two part in ctx->message, unless they are equal. */
int oracle_same_text(lfap_ctx *ctx, oracle_span given, oracle_span own);
#endif
