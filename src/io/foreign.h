/* foreign.h - arrays that others save in formats which are not read here, and the line of Python that converts them.
 * Internal to the library. */
#ifndef LFAP_IO_FOREIGN_H
#define LFAP_IO_FOREIGN_H
#include <stddef.h>
#include <stdint.h>

#include "lfap.h"

/* DATA: the file is no NPY file, and, as far as its first len bytes and its name tell, what it is. */
lfap_status lfap_foreign(lfap_ctx *ctx, const char *path, const uint8_t *b, size_t len);
/* The same of an archive that torch.save made. */
lfap_status lfap_foreign_torch(lfap_ctx *ctx, const char *path);
#endif
