/* doctor.c - `lfap doctor`: what this lfap is made of and stands on, and whether its bits are the right ones here. */
#include <dirent.h>
#include <gmp.h>
#include <jansson.h>
#include <mpfr.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "cli/doctor.h"
#include "cli/vectors.h"
#include "fields.h"
#include "io/file.h"
#include "kernel/clones.h"
#include "kernel/lanes.h"

/* A fused multiply-add in software costs some fifty times an addition, in hardware about one. */
#define EMULATED 8.0

/* ---- libraries, tools, processor ----------------------------------------------------------------------------- */

enum { VERSION = 80, TIMED_OUT = 124, KILLED = 137 /* exit codes of timeout(1) */ };
typedef struct {
  const char *name, *ask;
} tool;
static const tool tools[] = {
    {"gnuplot", "gnuplot --version"}, {"frama-c", "frama-c -version"},  {"why3", "why3 --version"},
    {"z3", "z3 --version"},           {"cvc4", "cvc4 --version"},       {"cvc5", "cvc5 --version"},
    {"gappa", "gappa --version"},     {"coqc", "coqc --print-version"}, {"valgrind", "valgrind --version"}};
_Static_assert(sizeof tools / sizeof tools[0] <= DOCTOR_TOOLS, "room for every tool");

/* The first line that has a digit of what `command` says within SECONDS; 0: there is no such program. */
#define SECONDS "5"
static int first_line(char out[VERSION], const char *name, const char *command) {
  char line[256], whole[320];
  int found = 0;
  snprintf(whole, sizeof whole, "command -v %s >/dev/null 2>&1 && timeout -k 1 " SECONDS " %s </dev/null 2>/dev/null",
           name, command);
  FILE *f = popen(whole, "r");
  if (!f) return 0;
  while (fgets(line, sizeof line, f))
    if (!found && strpbrk(line, "0123456789")) {
      line[strcspn(line, "\n")] = 0;
      lfap_visible(out, VERSION, line);
      found = 1;
    }
  int end = pclose(f);
  if (found || !WIFEXITED(end) || (WEXITSTATUS(end) != TIMED_OUT && WEXITSTATUS(end) != KILLED)) return found;
  snprintf(out, VERSION, "does not tell its version within " SECONDS " seconds");
  return 1;
}

static void add(cli_part *list, size_t *count, const char *name, const char *version) {
  list[(*count)++] = (cli_part){name, version};
}

static void libraries(cli_doctor_report *r) {
  add(r->library, &r->libraries, "gmp", gmp_version);
  add(r->library, &r->libraries, "mpfr", mpfr_get_version());
  add(r->library, &r->libraries, "zlib", zlibVersion());
  add(r->library, &r->libraries, "jansson", JANSSON_VERSION);
}

static void processor(cli_doctor_report *r) {
  r->wide = lfap_wide_registers();
#if LFAP_CHOOSES
  if (__builtin_cpu_supports("fma")) r->feature[r->features++] = "fma";
  if (__builtin_cpu_supports("avx2")) r->feature[r->features++] = "avx2";
  if (__builtin_cpu_supports("avx512f")) r->feature[r->features++] = "avx512f";
#endif
}

/* A step of a dot is a fused multiply-add, a step of a sum an addition of one of its two numbers. */
static lfap_status measure_fma(cli *c, cli_doctor_report *r) {
  enum { N = 4096, TIMES = 5, ROUNDS = 200 };
  lfap_mat x = {0};
  lfap_status s = lfap_vec_alloc(&c->ctx, &x, N);
  volatile double sink = 0;
  double dot = INFINITY, sum = INFINITY;
  for (size_t i = 0; !s && i < N; i++) x.v[i] = 1.0 / (double)(i + 1);
  for (int t = 0; !s && t < TIMES; t++) {
    double a = cli_seconds();
    for (int k = 0; k < ROUNDS; k++) sink = lfap_dot(N, x.v, x.v);
    double b = cli_seconds();
    for (int k = 0; k < ROUNDS; k++) sink = lfap_sum(N, x.v);
    double e = cli_seconds();
    dot = fmin(dot, b - a);
    sum = fmin(sum, e - b);
  }
  (void)sink;
  r->fma_cost = dot / sum;
  lfap_mat_free(&x);
  return s;
}

/* ---- the bits ------------------------------------------------------------------------------------------------- */

/* Removes what is in a directory of ours, and the directory. */
static void clear(const char *dir) {
  DIR *d = opendir(dir);
  char path[4096];
  if (!d) return;
  for (struct dirent *e = readdir(d); e; e = readdir(d)) {
    if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
    if (snprintf(path, sizeof path, "%s/%s", dir, e->d_name) >= (int)sizeof path) continue;
    if (unlink(path) != 0) clear(path);
  }
  closedir(d);
  rmdir(dir);
}

static lfap_status compare_vectors(cli *c, cli_doctor_report *r, const char *dir) {
  lfap_status s = LFAP_OK;
  for (const cli_golden *g = cli_golden_vectors; !s && g->name; g++) {
    char *path = NULL, *bytes = NULL, sha[CLI_SHA256];
    size_t len = 0;
    s = cli_path(c, &path, dir, g->name);
    if (!s) s = lfap_file_read(&c->ctx, &bytes, &len, path);
    if (!s) cli_sha256_bytes(sha, bytes, len);
    if (!s && strcmp(sha, g->sha256) != 0) {
      r->differ++;
      if (!r->first) r->first = g->name;
    }
    r->arrays += !s;
    free(path);
    free(bytes);
  }
  return s;
}

/* The test vectors, made in a directory of their own that goes again. */
static lfap_status self_test(cli *c, cli_doctor_report *r) {
  const char *tmp = getenv("TMPDIR");
  char dir[4096];
  cli inner = {.ctx = {.threads = c->ctx.threads}, .verb = c->verb, .quiet = 1};
  if (snprintf(dir, sizeof dir, "%s/lfap-doctor-XXXXXX", tmp && tmp[0] ? tmp : "/tmp") >= (int)sizeof dir ||
      !mkdtemp(dir))
    return lfap_fail(&c->ctx, LFAP_ERR_CANTCREATE,
                     "no temporary directory under %s; set TMPDIR to one that can be written to",
                     tmp && tmp[0] ? tmp : "/tmp");
  lfap_status s = LFAP_OK;
  for (size_t i = 0; !s && i < cli_vectors_case_count; i++) {
    char *path = NULL;
    size_t arrays = 0;
    s = cli_path(c, &path, dir, cli_vectors_cases[i].name);
    if (!s && (s = cli_vectors_write(&inner, &cli_vectors_cases[i], path, &arrays)))
      lfap_fail(&c->ctx, s, "%s", inner.ctx.message);
    free(path);
  }
  if (!s) s = compare_vectors(c, r, dir);
  cli_set_abort(&inner);
  for (size_t i = 0; i < inner.files; i++) free(inner.file[i]);
  cli_meta_forget(&inner);
  clear(dir);
  return s;
}

/* ---- the verb ------------------------------------------------------------------------------------------------- */

static void print_doctor(const cli_doctor_report *r) {
  cli_say("lfap %s, schema %d, compiled by %s\n", LFAP_VERSION, LFAP_SCHEMA_VERSION, r->compiler);
  cli_say("  %-12s", "processor");
  for (size_t i = 0; i < r->features; i++) cli_say(" %s", r->feature[i]);
  cli_say("%s; %s; %d threads\n", r->features ? "" : " no feature chosen at run time",
          r->wide ? "8 doubles a register" : "4 doubles a register or fewer", r->threads);
  cli_say("  %-12s a step of a dot costs %.2g times one of a sum\n", "fma", r->fma_cost);
  if (r->fma_cost > EMULATED)
    cli_say(
        "  %-12s fused multiply-add is emulated in software here: right, and slow. On x86-64 a processor with FMA and\n"
        "  %-12s the GNU C library are needed\n",
        "WARNING", "");
  cli_say("  %-12s", "libraries");
  for (size_t i = 0; i < r->libraries; i++) cli_say(" %s %s", r->library[i].name, r->library[i].version);
  cli_say("\n");
  for (size_t i = 0; i < r->tools; i++)
    cli_say("  %-12s %s\n", r->tool[i].name, r->tool[i].version ? r->tool[i].version : "not here");
  cli_say("  %-12s %zu of %zu arrays of the test vectors have the right bits%s%s\n", "self-test", r->arrays - r->differ,
          r->arrays, r->first ? "; the first that has not: " : "", r->first ? r->first : "");
}

enum { O_NONE };
static const cli_option options[] = {{NULL, NULL, NULL}};

static lfap_status set_doctor_option(cli *c, void *args, int option, const char *value) {
  (void)args;
  (void)option;
  return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s' is not an option; doctor takes none of its own", value);
}

static lfap_status run_doctor(cli *c, int argc, char **argv) {
  char version[DOCTOR_TOOLS][VERSION];
  int help = 0;
  lfap_status s = cli_parse(c, NULL, set_doctor_option, &help, argc, argv);
  if (s || help) return s;
  cli_doctor_report r = {.compiler =
#ifdef __VERSION__
                             __VERSION__,
#else
                             "an unknown compiler",
#endif
                         .threads = c->ctx.threads};
  libraries(&r);
  processor(&r);
  for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++)
    add(r.tool, &r.tools, tools[i].name, first_line(version[i], tools[i].name, tools[i].ask) ? version[i] : NULL);
  s = measure_fma(c, &r);
  if (!s) s = self_test(c, &r);
  if (s) return s;
  if (r.differ) c->verdict = LFAP_FAIL;
  if (c->json) return cli_print_doctor(c, &r);
  print_doctor(&r);
  return LFAP_OK;
}

const cli_verb cli_doctor = {
    "doctor",
    "what this lfap is made of, and whether it computes the right bits on this machine",
    "[--json]",
    "Tells the versions of lfap and its libraries, which features of the processor the kernels use, what a fused\n"
    "multiply-add costs, which of the programs that draw and prove are here, and recomputes the test vectors: every\n"
    "array must have the SHA-256 it has everywhere. Exit code 1 where one has not.",
    "  lfap doctor",
    options,
    run_doctor};
