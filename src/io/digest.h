/* digest.h - 64 bits that tell bytes apart which an accident changed; no protection against a person. */
#ifndef LFAP_IO_DIGEST_H
#define LFAP_IO_DIGEST_H
#include <stddef.h>
#include <stdint.h>

#define LFAP_DIGEST_START UINT64_C(0x6c666170)
/* The digest of all bytes so far from that of those before (LFAP_DIGEST_START: none). A change inside one word of eight
   bytes always changes it; any other does but once in 2^64. Bytes divided otherwise among calls have another digest. */
uint64_t lfap_digest(uint64_t before, const void *bytes, size_t len);
#endif
