/* Command lines: words separated by newlines, the first one the verb. Readers and writers of files are cut off (the linker puts those below in
 * their places), and verbs that would compute without any input end behind their options: nothing runs. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/sweep.h"
#include "cli/verbs.h"
#include "fuzz/target.h"
#include "io/file.h"

unsigned long fuzz_accepted;

enum { WORDS = 64 };
static const char CUT_OFF[] = "the fuzz target reads and writes nothing";
static int stop; /* behind the options */

lfap_status __real_cli_parse(cli *c, void *args, cli_set *set, int *help, int argc, char **argv);
lfap_status __wrap_cli_parse(cli *c, void *args, cli_set *set, int *help, int argc, char **argv);
lfap_status __wrap_cli_parse(cli *c, void *args, cli_set *set, int *help, int argc, char **argv) {
  lfap_status s = __real_cli_parse(c, args, set, help, argc, argv);
  fuzz_accepted += s == LFAP_OK;
  return s == LFAP_OK && stop && !*help ? lfap_fail(&c->ctx, LFAP_ERR_NOINPUT, "%s", CUT_OFF) : s;
}

lfap_status __wrap_lfap_file_descriptor(lfap_ctx *ctx, int *out, size_t *size, const char *path);
lfap_status __wrap_lfap_file_descriptor(lfap_ctx *ctx, int *out, size_t *size, const char *path) {
  (void)out, (void)size, (void)path;
  return lfap_fail(ctx, LFAP_ERR_NOINPUT, "%s", CUT_OFF);
}
lfap_status __wrap_lfap_file_open(lfap_ctx *ctx, FILE **out, size_t *size, const char *path);
lfap_status __wrap_lfap_file_open(lfap_ctx *ctx, FILE **out, size_t *size, const char *path) {
  (void)out, (void)size, (void)path;
  return lfap_fail(ctx, LFAP_ERR_NOINPUT, "%s", CUT_OFF);
}
lfap_status __wrap_lfap_file_read(lfap_ctx *ctx, char **out, size_t *len, const char *path);
lfap_status __wrap_lfap_file_read(lfap_ctx *ctx, char **out, size_t *len, const char *path) {
  (void)out, (void)len, (void)path;
  return lfap_fail(ctx, LFAP_ERR_NOINPUT, "%s", CUT_OFF);
}
lfap_status __wrap_lfap_newfile_begin(lfap_ctx *ctx, lfap_newfile *out, const char *path);
lfap_status __wrap_lfap_newfile_begin(lfap_ctx *ctx, lfap_newfile *out, const char *path) {
  (void)out, (void)path;
  return lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s", CUT_OFF);
}
lfap_status __wrap_lfap_dir_make(lfap_ctx *ctx, const char *path);
lfap_status __wrap_lfap_dir_make(lfap_ctx *ctx, const char *path) {
  (void)path;
  return lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s", CUT_OFF);
}

/* What needs no file to begin to work. */
static int works_alone(const cli_verb *v) {
  static const char *const name[] = {"gen", "verify", "sweep", "vectors", "plan", "doctor"};
  for (size_t k = 0; k < sizeof name / sizeof *name; k++)
    if (strcmp(v->name, name[k]) == 0) return 1;
  return 0;
}

static void no_help(void) {
  int fd = open("/dev/null", O_WRONLY);
  if (fd >= 0) dup2(fd, STDOUT_FILENO), close(fd);
}

/* What it ends with; *said has its message. */
static lfap_status run_line(lfap_ctx *said, int argc, char **argv) {
  cli c = {.ctx = {.threads = 1}, .verb = cli_verb_of(argv[0]), .verdict = LFAP_PASS, .quiet = 1};
  if (c.verb == NULL) return LFAP_OK;
  stop = works_alone(c.verb);
  lfap_status s = c.verb->run(&c, argc, argv);
  cli_set_abort(&c);
  if (s != LFAP_OK) promise(c.ctx.message[0] != '\0', "a refusal has a message");
  promise(s == LFAP_OK || s == LFAP_ERR_USAGE || s == LFAP_ERR_DATA || s == LFAP_ERR_RANGE || s == LFAP_ERR_NOINPUT || s == LFAP_ERR_CANTCREATE,
          "a command line is right, wrong, or without its files");
  for (size_t i = 0; i < c.files; i++) free(c.file[i]);
  cli_meta_forget(&c);
  *said = c.ctx;
  return s;
}

/* Whatever was read before, and wherever that ended. */
static void same_twice(int argc, char **argv) {
  lfap_ctx first = {0}, second = {0};
  lfap_status a = run_line(&first, argc, argv), b = run_line(&second, argc, argv);
  promise(a == b && strcmp(first.message, second.message) == 0, "a command line means the same a second time");
}

/* The grid of a sweep that its options describe. */
static void read_grid(int argc, char **argv) {
  cli c = {.ctx = {.threads = 1}, .verb = &cli_sweep};
  cli_sweep_args a;
  int help = 0;
  stop = 0;
  if (strcmp(argv[0], "sweep") != 0) return;
  lfap_status s = cli_sweep_read(&c, &a, &help, argc, argv);
  if (s == LFAP_OK && !help) promise(a.shard >= 1 && a.shard <= a.shards, "a shard is one of all");
  if (s != LFAP_OK) promise(c.ctx.message[0] != '\0', "a refusal has a message");
  cli_sweep_args_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static int first = 1;
  char *line = malloc(size + 1), *word[WORDS + 1] = {NULL};
  int n = 0;
  if (line == NULL) abort();
  if (first) no_help();
  first = 0;
  if (size > 0) memcpy(line, data, size);
  line[size] = '\0';
  for (char *at = line; n < WORDS && at != NULL; n++) {
    char *end = strchr(at, '\n');
    if (end) *end = '\0';
    word[n] = at;
    at = end ? end + 1 : NULL;
  }
  same_twice(n, word);
  read_grid(n, word);
  free(line);
  return 0;
}
