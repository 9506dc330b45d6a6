/* standalone.c - a main for a fuzz target where libFuzzer is not at hand:
 *
 *   NAME PATH...                        every input once: files, or all files of directories, by name
 *   NAME -mutate=COUNT,SEED PATH...     then COUNT mutations of them, the same ones every time
 *
 * A broken promise aborts; the closing line says how many inputs ran and how many were accepted. */
#include <dirent.h>
#include <limits.h>
#include <sys/stat.h>

#include "fuzz/mutate.h"
#include "fuzz/target.h"

enum { MOST = 1 << 20 /* bytes of an input */ };

typedef struct {
  uint8_t *bytes; /* owned */
  size_t len;
} input;
static input *kept; /* all of them */
static size_t inputs;

/* From a copy of exactly its bytes, so that a sanitizer sees one read too many. */
static void run(const uint8_t *b, size_t len) {
  uint8_t *exact = malloc(len + (len == 0));
  if (exact == NULL) abort();
  if (len > 0) memcpy(exact, b, len);
  LLVMFuzzerTestOneInput(exact, len);
  free(exact);
}

static void one_file(const char *path) {
  static uint8_t b[MOST];
  FILE *f = fopen(path, "rb");
  input *more = realloc(kept, (inputs + 1) * sizeof *kept);
  if (f == NULL || more == NULL) perror(path), exit(66);
  kept = more;
  input *i = &kept[inputs++];
  i->len = fread(b, 1, sizeof b, f);
  i->bytes = malloc(i->len + 1);
  if (i->bytes == NULL) abort();
  memcpy(i->bytes, b, i->len);
  fclose(f);
  run(i->bytes, i->len);
}

static void one_path(const char *path) {
  struct stat st;
  struct dirent **entry;
  if (stat(path, &st) != 0) perror(path), exit(66);
  if (!S_ISDIR(st.st_mode)) {
    one_file(path);
    return;
  }
  int n = scandir(path, &entry, NULL, alphasort);
  for (int k = 0; k < n; k++) {
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%.3000s/%s", path, entry[k]->d_name);
    if (entry[k]->d_name[0] != '.') one_file(name);
    free(entry[k]);
  }
  free(entry);
}

/* An input damaged with bytes of its own kind. */
static void one_mutation(uint64_t *state) {
  static uint8_t b[MOST];
  static char tokens[256];
  const input *i = &kept[mutate_below(state, inputs)];
  size_t room = i->len + 64 < MOST ? i->len + 64 : MOST, n = 0;
  memcpy(b, i->bytes, i->len);
  for (size_t k = 0; k < i->len && n < sizeof tokens - 1; k++)
    if (b[k] != 0) tokens[n++] = (char)b[k];
  tokens[n] = 0;
  run(b, mutate(b, i->len, room, n > 0 ? tokens : "\x01\xff", state));
}

int main(int argc, char **argv) {
  unsigned long count = 0, seed = 0;
  for (int i = 1; i < argc; i++)
    if (sscanf(argv[i], "-mutate=%lu,%lu", &count, &seed) != 2) one_path(argv[i]);
  uint64_t state = seed;
  for (unsigned long k = 0; k < count && inputs > 0; k++) one_mutation(&state);
  fprintf(stderr, "%zu inputs, %lu mutations, %lu accepted\n", inputs, count, fuzz_accepted);
  for (size_t i = 0; i < inputs; i++) free(kept[i].bytes);
  free(kept);
  return inputs > 0 ? 0 : 64;
}
