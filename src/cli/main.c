/* main.c - lfap: chooses the verb, prints errors, turns statuses and verdicts into exit codes. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/certify.h"
#include "cli/cli.h"
#include "cli/oracle_train.h"
#include "cli/picture.h"
#include "cli/sweep.h"
#include "cli/vectors.h"

static const cli_verb *const verbs[] = {&cli_gen,    &cli_train,   &cli_limit,  &cli_perturb,
                                        &cli_verify, &cli_compare, &cli_check,  &cli_converge,
                                        &cli_sweep,  &cli_vectors, &cli_map,
                                        &cli_plot,   &cli_report,  &cli_explain};
enum { VERBS = sizeof verbs / sizeof verbs[0] };

static void help(FILE *to) {
  fputs(
      "usage: lfap VERB [options]\n\n"
      "Learning from adversarial perturbations, checked: predicts the limiting decision boundary of a one-hidden-layer\n"
      "leaky-ReLU network, trains the network, perturbs, learns again from the perturbations, and holds every\n"
      "prediction of the theory against what was measured.\n\nverbs:\n",
      to);
  for (int i = 0; i < VERBS; i++) fprintf(to, "  %-9s %s\n", verbs[i]->name, verbs[i]->brief);
  fputs(
      "\n`lfap VERB --help` tells the options of a verb and works an example; `lfap --version` tells the version.\n"
      "\nA data set is a directory with X.npy (N x d), y.npy (N labels, +1 or -1) and perhaps W.npy (m x d), or single\n"
      "NPY files (C order; f8 f4 u1 i1 i4 i8, little-endian). Results go to stdout, everything else to stderr.\n"
      "\nexit codes: 0 all checks pass (NOT-APPLICABLE does not spoil), 1 a check failed, 2 one is undecided, 64 usage,\n"
      "65 bad data, 66 missing input, 70 internal error, 73 and 74 cannot write, 130 interrupted.\n"
      "\nexample:\n"
      "  lfap verify                        the main job on its built-in cases\n"
      "  lfap gen uniform --n 20 --d 1000 --seed 1 --out data && lfap limit --data data --gamma 0.5\n",
      to);
}

static const cli_verb *find(const char *name) {
  for (int i = 0; i < VERBS; i++)
    if (strcmp(verbs[i]->name, name) == 0) return verbs[i];
  return NULL;
}

static int unknown_verb(const char *name) {
  cli_guess g = {name, NULL, 0};
  for (int i = 0; i < VERBS; i++) cli_guess_try(&g, verbs[i]->name);
  const char *best = cli_guess_best(&g);
  fprintf(stderr, "lfap: unknown %s '%s'", name[0] == '-' ? "option" : "verb", name);
  if (best) fprintf(stderr, "; did you mean %s?", best);
  fputs(" (`lfap --help` lists the verbs)\n", stderr);
  return LFAP_ERR_USAGE;
}

static int exit_code(const cli *c, lfap_status s) {
  switch (s) {
  case LFAP_OK: break;
  case LFAP_ERR_MEMORY: /* an input too large for this machine */
  case LFAP_ERR_INFEASIBLE:
  case LFAP_ERR_RANGE:
  case LFAP_ERR_UNSOLVED: return LFAP_ERR_DATA; /* spec/formats.md, Exit codes */
  default: return (int)s;
  }
  return c->verdict == LFAP_FAIL ? 1 : c->verdict == LFAP_UNDECIDED ? 2 : 0;
}

/* The library begins some messages with the word for its part; where that is the verb, it is said once. */
static const char *message_of(const cli *c) {
  const char *text = c->ctx.message, *name = c->verb->name;
  size_t len = strlen(name);
  return strncmp(text, name, len) == 0 && strncmp(text + len, ": ", 2) == 0 ? text + len + 2 : text;
}

/* Colours only where a person looks, and not where NO_COLOR is set (no-color.org). */
static int wants_color(void) {
  const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
  return isatty(STDOUT_FILENO) && !(no && no[0]) && term && strcmp(term, "dumb") != 0;
}

static lfap_status run(cli *c, int argc, char **argv) {
  lfap_status s = c->verb->run(c, argc, argv);
  cli_progress_clear(c);
  if ((fflush(stdout) != 0 || ferror(stdout)) && !s)
    s = lfap_fail(&c->ctx, LFAP_ERR_IO, "stdout: the result could not be written; is the disk full?");
  return s;
}

int main(int argc, char **argv) {
  const char *first = argc > 1 ? argv[1] : NULL;
  if (!first) {
    help(stderr);
    return LFAP_ERR_USAGE;
  }
  if (strcmp(first, "--version") == 0) {
    printf("lfap %s\n", LFAP_VERSION);
    return 0;
  }
  if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) {
    help(stdout);
    return 0;
  }
  cli c = {.verb = find(first), .verdict = LFAP_PASS};
  if (!c.verb) return unknown_verb(first);
  lfap_status s = lfap_arith_check(&c.ctx, first); /* before a number is read */
  if (s) {
    fprintf(stderr, "lfap %s\n", c.ctx.message);
    return (int)s;
  }
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  c.ctx.threads = cores > 0 && cores <= 1024 ? (int)cores : 1;
  c.color = wants_color();
  cli_progress_start(&c);
  s = run(&c, argc - 1, argv + 1);
  if (s) {
    fprintf(stderr, "lfap %s: %s", c.verb->name, c.ctx.message[0] ? message_of(&c) : "failed without a message");
    if (s == LFAP_ERR_USAGE) fprintf(stderr, " (`lfap %s --help` tells the options)", c.verb->name);
    fputs("\n", stderr);
  } else if (!c.json) cli_note_files(&c);
  for (size_t i = 0; i < c.files; i++) free(c.file[i]);
  return exit_code(&c, s);
}
