/* progress.c - Ctrl-C, and whether there is a bar (bar.c). The handler only raises a flag; the library asks for it
 * through ctx->progress and unwinds, so nothing is left half-written. A second Ctrl-C has the usual effect. */
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig) {
  (void)sig;
  interrupted = 1;
}

int cli_interrupted(void) { return interrupted != 0; }

double cli_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int on_progress(void *user, const char *what, double done, double total) {
  cli *c = user;
  cli_progress *p = &c->progress;
  if (interrupted) return 1;
  if (!p->allowed || c->quiet) return 0;
  cli_bar_report(p, what, done, total);
  return 0;
}

void cli_progress_start(cli *c) {
  struct sigaction act;
  memset(&act, 0, sizeof act);
  act.sa_handler = on_interrupt;
  act.sa_flags = (int)SA_RESETHAND;
  sigemptyset(&act.sa_mask);
  sigaction(SIGINT, &act, NULL);
  c->progress.allowed = isatty(STDERR_FILENO);
  c->ctx.progress = on_progress;
  c->ctx.user = c;
}

void cli_progress_clear(cli *c) {
  if (c->progress.visible) fputs("\r\033[K", stderr);
  c->progress.visible = 0;
}
