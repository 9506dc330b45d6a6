/* main.c - lfap: chooses the verb, prints errors, turns statuses and verdicts into exit codes. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/certify.h"
#include "cli/verbs.h"

static const char *const help_of_verbs =
    "`lfap VERB --help` (or help VERB) tells the options of a verb and works an example; `lfap --version` the version.";

static void help(FILE *to) {
  size_t width = cli_help_width(to);
  cli_fill_text(to, "usage: lfap VERB [options]\n\n", width);
  cli_fill_text(to, cli_about, width);
  fputs("\nverbs:\n", to);
  for (const cli_verb *const *v = cli_verbs; *v; v++) {
    char line[160];
    snprintf(line, sizeof line, "  %-9s %s", (*v)->name, (*v)->brief);
    cli_fill(to, line, strlen(line), width, 12);
  }
  fputs("\n", to);
  cli_fill_text(to, help_of_verbs, width);
  fputs("\n", to);
  cli_fill_text(to, cli_data_sets, width);
  fputs("\n", to);
  cli_fill_text(to, cli_exit_codes, width);
  fprintf(to, "\nexample:\n%s", cli_examples);
}

static int unknown_verb(const char *name) {
  char shown[CLI_SHOWN], guess[64] = "";
  cli_guess g = {name, NULL, 0};
  for (const cli_verb *const *v = cli_verbs; *v; v++) cli_guess_try(&g, (*v)->name);
  const char *best = cli_guess_best(&g);
  if (best) snprintf(guess, sizeof guess, "; did you mean %s?", best);
  cli_note("lfap: unknown %s '%s'%s (`lfap --help` lists the verbs)\n", name[0] == '-' ? "option" : "verb",
           lfap_visible(shown, sizeof shown, name), guess);
  return LFAP_ERR_USAGE;
}

static int exit_code(const cli *c, lfap_status s) {
  switch (s) {
  case LFAP_OK: break;
  case LFAP_ERR_MEMORY: /* an input too large for this machine */
  case LFAP_ERR_INFEASIBLE:
  case LFAP_ERR_RANGE:
  case LFAP_ERR_UNSOLVED: return LFAP_ERR_DATA; /* spec/formats.md, Exit codes */
  case LFAP_ERR_INTERRUPTED:
    return cli_interrupted() ? 128 + cli_interrupted() : (int)s; /* as a shell tells of a signal */
  default: return (int)s;
  }
  return c->verdict == LFAP_FAIL ? 1 : c->verdict == LFAP_UNDECIDED ? 2 : 0;
}

/* The library begins some messages with the word for its part; where that is the verb, it is said once. */
static const char *message_of(const cli *c) {
  const char *text = c->ctx.message, *name = c->verb ? c->verb->name : "";
  size_t len = strlen(name);
  return strncmp(text, name, len) == 0 && strncmp(text + len, ": ", 2) == 0 ? text + len + 2 : text;
}

/* Colours only where a person looks, and not where NO_COLOR is set (no-color.org). */
static int wants_color(void) {
  const char *no = getenv("NO_COLOR");
  return cli_escapes(stdout) && !(no && no[0]);
}

/* A descriptor 0, 1 or 2 that the caller closed would be given to the first file opened, which then takes what is
   meant for the terminal. In its place comes one that can only be used the wrong way round: what is printed there is
   an error. */
static int hold_standard_streams(void) {
  for (int fd = 0; fd <= 2; fd++)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd) return 0;
  return 1;
}

/* What was printed is out, or it is an error. Where the rest went out, or there was none, the reason of an earlier
   failure is gone: one more byte fails as it did. */
static lfap_status close_stdout(lfap_ctx *ctx) {
  char why[LFAP_REASON];
  errno = 0;
  int flushed = fflush(stdout), e = errno;
  if (flushed == 0 && !ferror(stdout)) return LFAP_OK;
  if (flushed == 0) e = fputc('\n', stdout) == EOF || fflush(stdout) != 0 ? errno : 0;
  return lfap_fail(ctx, LFAP_ERR_IO, "stdout: the result could not be written%s%s; is it closed, or the disk full?",
                   e ? ": " : "", e ? lfap_reason(why, e) : "");
}

static lfap_status run_verb(cli *c, int argc, char **argv) {
  lfap_status s = c->verb->run(c, argc, argv);
  cli_progress_clear(c);
  cli_set_abort(c);
  return s ? s : close_stdout(&c->ctx);
}

/* The one place where errors are printed: file names and values in them may hold anything. */
static void complain(const cli *c, lfap_status s) {
  char shown[CLI_SHOWN], hint[80] = "";
  const char *name = c->verb ? c->verb->name : "", *message = message_of(c);
  if (!message[0]) message = s == LFAP_ERR_MEMORY ? "out of memory" : "failed without a message";
  if (s == LFAP_ERR_USAGE) snprintf(hint, sizeof hint, " (`lfap %s --help` tells the options)", name);
  cli_note("lfap%s%s: %s%s\n", name[0] ? " " : "", name, lfap_visible(shown, sizeof shown, message), hint);
}

/* --help, --version: an answer of lfap itself. */
static int answered(const char *word) {
  if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0 || strcmp(word, "version") == 0)
    return printf("lfap %s\n", LFAP_VERSION) != 0;
  if (strcmp(word, "--help") != 0 && strcmp(word, "-h") != 0 && strcmp(word, "help") != 0) return 0;
  help(stdout);
  return 1;
}

static int finish_verb(cli *c, lfap_status s) {
  if (s) complain(c, s);
  else if (c->verb && !c->json) cli_note_files(c);
  for (size_t i = 0; i < c->files; i++) free(c->file[i]);
  cli_meta_forget(c);
  cli_reads_free(c);
  return exit_code(c, s);
}

int main(int argc, char **argv) {
  char *help_of[] = {"lfap", NULL, "--help", NULL};
  if (!hold_standard_streams()) return LFAP_ERR_IO; /* nowhere to say so */
  if (argc > 2 && strcmp(argv[1], "help") == 0) {   /* help VERB */
    help_of[1] = argv[2];
    argc = 3;
    argv = help_of;
  }
  const char *first = argc > 1 ? argv[1] : NULL;
  if (!first) {
    help(stderr);
    return LFAP_ERR_USAGE;
  }
  cli c = {.verb = cli_verb_of(first), .verdict = LFAP_PASS};
  if (!c.verb && answered(first)) return finish_verb(&c, close_stdout(&c.ctx));
  if (!c.verb) return unknown_verb(first);
  lfap_status s = lfap_arith_check(&c.ctx, first); /* before a number is read */
  if (s) return finish_verb(&c, s);
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  c.ctx.threads = cores > 0 && cores <= 1024 ? (int)cores : 1;
  c.color = wants_color();
  cli_oracle_memory();
  cli_progress_start(&c);
  cli_reads_start(&c);
  return finish_verb(&c, run_verb(&c, argc - 1, argv + 1));
}
