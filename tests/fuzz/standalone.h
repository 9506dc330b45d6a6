/* standalone.h - a main for a fuzz target where libFuzzer is not at hand.
 *
 *   F="-std=c11 -g -O1 -Isrc -Itests tests/fuzz/fuzz_npy.c src/kernel/npy_header.c -o fuzz_npy"
 *   clang -fsanitize=fuzzer,address,undefined $F                          with libFuzzer
 *   gcc -DLFAP_FUZZ_STANDALONE -fsanitize=address,undefined $F            alone:
 *     ./fuzz_npy COUNT SEED     COUNT mutations of the target's seeds
 *     ./fuzz_npy FILE...        the files, e.g. a crash found elsewhere
 * A broken promise aborts; the closing line says how many inputs ran and how many were accepted. */
#ifndef LFAP_TESTS_STANDALONE_H
#define LFAP_TESTS_STANDALONE_H
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifdef LFAP_FUZZ_STANDALONE
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/mutate.h"

/* a copy of exactly `len` bytes, so that the sanitizer sees one read too many */
static void one_input(const uint8_t *b, size_t len) {
  uint8_t *exact = malloc(len + (len == 0));
  if (exact == NULL) abort();
  memcpy(exact, b, len);
  LLVMFuzzerTestOneInput(exact, len);
  free(exact);
}

static void one_file(const char *path) {
  static uint8_t b[1 << 20];
  FILE *f = fopen(path, "rb");
  if (f == NULL) perror(path), exit(66);
  one_input(b, fread(b, 1, sizeof b, f));
  fclose(f);
}

int main(int argc, char **argv) {
  char *end = argv[0];
  unsigned long count = argc == 3 ? strtoul(argv[1], &end, 10) : 0;
  if (argc != 3 || *end != '\0') {
    for (int i = 1; i < argc; i++) one_file(argv[i]);
    return 0;
  }
  uint64_t state = strtoull(argv[2], NULL, 10);
  for (unsigned long i = 0; i < count; i++) {
    uint8_t b[512] = {0};
    size_t len = seed_input(b, mutate_below(&state, SEEDS));
    one_input(b, mutate(b, len, sizeof b, TOKENS, &state));
  }
  printf("%lu inputs, %lu accepted\n", count, accepted);
  return 0;
}
#endif
#endif
