/* no_zlib.c - for machines without zlib: what the library calls of it, refused. Arrays that are not compressed, and all that
 * computes, need none of it. */
#include <stddef.h>
#include <zlib.h>

int inflateInit2_(z_streamp s, int bits, const char *version, int size) {
  (void)s, (void)bits, (void)version, (void)size;
  return Z_VERSION_ERROR;
}
int inflate(z_streamp s, int flush) {
  (void)s, (void)flush;
  return Z_STREAM_ERROR;
}
int inflateReset(z_streamp s) {
  (void)s;
  return Z_STREAM_ERROR;
}
int inflateEnd(z_streamp s) {
  (void)s;
  return Z_STREAM_ERROR;
}
uLong crc32(uLong crc, const Bytef *from, uInt len) {
  (void)from, (void)len;
  return crc;
}
uLong crc32_z(uLong crc, const Bytef *from, z_size_t len) {
  (void)from, (void)len;
  return crc;
}
