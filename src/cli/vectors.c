/* vectors.c - `lfap vectors`: test vectors for other implementations of the theory. Four cases, every intermediate of
 * each, to be recomputed from spec/theory.md and spec/numerics.md and compared. */
#include <stdlib.h>

#include "cli/vectors.h"
#include "fields.h"

const cli_vectors_case cli_vectors_cases[] = {
    {.name = "tiny",
     .about = "3 samples in 8 dimensions: small enough to follow by hand; (H) is not met",
     .seed = 1,
     .n = 3,
     .d = 8,
     .m = 4,
     .n_adv = 4,
     .k = 2,
     .gamma = 0.5,
     .lr = 0.01,
     .eps = {0.5, 0.125, 0.25}},
    {.name = "small",
     .about = "14 normal samples in 20 dimensions: 4 multipliers are 0, so the quadratic program is needed",
     .gauss = 1,
     .seed = 6,
     .n = 14,
     .d = 20,
     .m = 6,
     .n_adv = 12,
     .k = 5,
     .gamma = 0.25,
     .lr = 0.02,
     .eps = {0.75, 0.2, 0.3}},
    {.name = "slices",
     .about = "5 samples in 513 dimensions: dots of two slices, the second of one term; (H) is not met",
     .seed = 15,
     .n = 5,
     .d = 513,
     .m = 4,
     .n_adv = 4,
     .k = 50,
     .gamma = 0.5,
     .lr = 0.01,
     .eps = {1.0, 0.05, 0.25}},
    {.name = "in-hypothesis",
     .about = "2 samples in 2000 dimensions: (H) holds for the data and for every adversarial set",
     .seed = 10,
     .n = 2,
     .d = 2000,
     .m = 4,
     .n_adv = 3,
     .k = 100,
     .gamma = 0.9,
     .lr = 0.01,
     .eps = {2.0, 0.03, 0.2}},
};
const size_t cli_vectors_case_count = sizeof cli_vectors_cases / sizeof cli_vectors_cases[0];

enum { O_OUT };
static const cli_option options[] = {
    {"out", "DIR", "directory for the cases, one subdirectory each, and README.md"},
    {NULL, NULL, NULL},
};

static lfap_status set_vectors_option(cli *c, void *args, int option, const char *value) {
  if (option != O_OUT)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s' is not an option; the directory is named by --out", value);
  *(const char **)args = value;
  return LFAP_OK;
}

static lfap_status write_readme(cli *c, const char *dir) {
  lfap_text t = {0};
  for (const char *const *line = cli_vectors_readme; *line; line++) lfap_text_puts(&t, *line);
  lfap_status s = cli_out_text(c, dir, "README.md", &t);
  lfap_text_free(&t);
  return s;
}

static void print_case(const cli_vectors_case *k, size_t arrays) {
  cli_say("  %-14s %2zu arrays  N = %zu, d = %zu, m = %zu, gamma = %g; N_adv = %zu; seed %llu\n", k->name, arrays, k->n,
          k->d, k->m, k->gamma, k->n_adv, (unsigned long long)k->seed);
}

enum { CASES = sizeof cli_vectors_cases / sizeof cli_vectors_cases[0] };

static lfap_status write_all(cli *c, const char *out) {
  cli_vectors_directory written[CASES] = {{0}};
  lfap_status s = LFAP_OK;
  for (size_t i = 0; !s && i < CASES; i++) {
    const cli_vectors_case *k = &cli_vectors_cases[i];
    written[i].name = k->name;
    s = cli_path(c, &written[i].directory, out, k->name);
    if (!s) s = cli_vectors_write(c, k, written[i].directory, &written[i].arrays);
    if (!s && cli_interrupted())
      s = lfap_fail(&c->ctx, LFAP_ERR_INTERRUPTED, "interrupted; the cases before %s are whole", k->name);
    if (!s && !c->json) print_case(k, written[i].arrays);
  }
  if (!s) s = write_readme(c, out);
  if (!s && c->json) s = cli_print_vectors(c, &(cli_vectors_report){written, CASES});
  for (size_t i = 0; i < CASES; i++) free(written[i].directory);
  return s;
}

static lfap_status run_vectors(cli *c, int argc, char **argv) {
  const char *out = NULL;
  int help = 0;
  lfap_status s = cli_parse(c, &out, set_vectors_option, &help, argc, argv);
  if (s || help) return s;
  s = cli_require(c, out, "--out", "the directory to write the test vectors to");
  if (!s) s = cli_out_check(c, out);
  return s ? s : write_all(c, out);
}

const cli_verb cli_vectors = {
    "vectors",
    "write test vectors, every intermediate of small cases, for other implementations",
    "--out DIR",
    "Writes four cases (tiny, small, slices, in-hypothesis), each array as NAME.npy and, exactly, as hex floats in\n"
    "NAME.hex, with parameters and SHA-256 in meta.json, and a README.md that defines every array. The bytes are\n"
    "always the same.",
    "  lfap vectors --out vectors\n"
    "  # your own NPY files of the same names, in place of the first vectors/tiny,\n"
    "  # array by array:\n"
    "  lfap compare --data vectors/tiny --weights vectors/tiny/W5.npy \\\n"
    "    --gamma 0.5 --reference vectors/tiny",
    options,
    run_vectors};
