/* read_array.c - what arrays.py asks of the reader of arrays.
 *
 *   read_array matrix|samples PATH...   a line each: status, ndim, rows, cols, unit, the bits of the doubles; or status and message
 *   read_array damage PATH SCRATCH      reads PATH cut at every byte and with every bit flipped, as SCRATCH (the ending counts), and counts what was
 *                                       refused, what was taken with the values it had, and what with others */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "kernel/bits.h"

typedef lfap_status reader(lfap_ctx *, lfap_mat *, const char *);

static void print_array(reader *read, const char *path) {
  lfap_ctx ctx = {0};
  lfap_mat m = {0};
  lfap_status status = read(&ctx, &m, path);
  if (status != LFAP_OK) {
    printf("%d\t%s\n", (int)status, ctx.message);
    return;
  }
  printf("0\t%d\t%zu\t%zu\t%.17g\t", m.ndim, m.rows, m.cols, m.unit);
  for (size_t i = 0; i < m.rows * m.cols; i++) printf("%016llx", (unsigned long long)lfap_bits_of(m.v[i]));
  putchar('\n');
  lfap_mat_free(&m);
}

/* ---- damage */

static size_t refused, same, other, silent; /* silent: refused without a reason, or with something left behind */

static void try_bytes(const char *bytes, size_t len, const char *path, const lfap_mat *sound) {
  lfap_ctx ctx = {0};
  lfap_mat m = {0};
  FILE *f = fopen(path, "wb");
  if (f == NULL || fwrite(bytes, 1, len, f) != len || fclose(f) != 0) exit(74);
  lfap_status status = lfap_npy_read_samples(&ctx, &m, path);
  if (status != LFAP_OK) {
    refused++;
    silent += ctx.message[0] == '\0' || m.v != NULL || (status != LFAP_ERR_DATA && status != LFAP_ERR_NOINPUT && status != LFAP_ERR_MEMORY);
    return;
  }
  size_t n = m.rows * m.cols;
  int equal = m.rows == sound->rows && m.cols == sound->cols && memcmp(m.v, sound->v, n * sizeof(double)) == 0;
  if (equal) same++;
  else other++;
  lfap_mat_free(&m);
}

static void report(const char *what) {
  printf("%s\t%zu\t%zu\t%zu\t%zu\n", what, refused, same, other, silent);
  refused = same = other = silent = 0;
}

static int damage(const char *path, const char *scratch) {
  char *bytes = NULL;
  size_t len = 0;
  lfap_mat sound = {0};
  lfap_ctx ctx = {0};
  if (lfap_file_read(&ctx, &bytes, &len, path) != LFAP_OK || lfap_npy_read_samples(&ctx, &sound, path) != LFAP_OK) {
    printf("%s\n", ctx.message);
    return 1;
  }
  for (size_t n = 0; n < len; n++) {
    char *cut = malloc(n + (n == 0)); /* a copy of just that length, so that a sanitizer sees one read too many */
    if (cut == NULL) return 71;
    memcpy(cut, bytes, n);
    try_bytes(cut, n, scratch, &sound);
    free(cut);
  }
  report("cut");
  for (size_t i = 0; i < 8 * len; i++) {
    bytes[i / 8] = (char)(bytes[i / 8] ^ 1 << i % 8);
    try_bytes(bytes, len, scratch, &sound);
    bytes[i / 8] = (char)(bytes[i / 8] ^ 1 << i % 8);
  }
  report("flipped");
  lfap_mat_free(&sound);
  free(bytes);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "damage") == 0) return damage(argv[2], argv[3]);
  if (argc < 3) return 64;
  reader *read = strcmp(argv[1], "samples") == 0 ? lfap_npy_read_samples : lfap_npy_read;
  for (int i = 2; i < argc; i++) print_array(read, argv[i]);
  return 0;
}
