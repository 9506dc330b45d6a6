/* ctx.c - the last error's message and the progress callback of lfap_ctx. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lfap.h"

lfap_status lfap_fail(lfap_ctx *ctx, lfap_status status, const char *format, ...) {
  if (ctx == NULL) return status;
  /* formatted aside first, so that the old message may be one of the arguments */
  char text[sizeof ctx->message];
  va_list args;
  va_start(args, format);
  int written = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (written < 0) text[0] = '\0';
  memcpy(ctx->message, text, sizeof text);
  return status;
}

lfap_status lfap_tick(lfap_ctx *ctx, const char *what, double done, double total) {
  if (ctx == NULL || ctx->progress == NULL) return LFAP_OK;
  if (ctx->progress(ctx->user, what, done, total) == 0) return LFAP_OK;
  if (!(total > 0.0)) return lfap_fail(ctx, LFAP_ERR_INTERRUPTED, "interrupted: %s (%.0f done)", what, done);
  return lfap_fail(ctx, LFAP_ERR_INTERRUPTED, "interrupted: %s (%.0f of %.0f done)", what, done, total);
}
