/* no_zlib.c - for machines without zlib: what the library calls of it, refused. Arrays that are not compressed, and all that
 * computes, need none of it. */
#include <stddef.h>
#include <zlib.h>

gzFile gzdopen(int fd, const char *mode) {
  (void)fd, (void)mode;
  return NULL;
}
int gzread(gzFile file, voidp to, unsigned len) {
  (void)file, (void)to, (void)len;
  return -1;
}
const char *gzerror(gzFile file, int *code) {
  (void)file;
  *code = Z_STREAM_ERROR;
  return "this build has no zlib";
}
int gzclose_r(gzFile file) {
  (void)file;
  return Z_STREAM_ERROR;
}
int gzbuffer(gzFile file, unsigned size) {
  (void)file, (void)size;
  return -1;
}
int inflateInit2_(z_streamp s, int bits, const char *version, int size) {
  (void)s, (void)bits, (void)version, (void)size;
  return Z_VERSION_ERROR;
}
int inflate(z_streamp s, int flush) {
  (void)s, (void)flush;
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
