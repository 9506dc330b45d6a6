/* progress.c - Ctrl-C and other signals that end a run, and whether there is a bar (bar.c). The handler only raises
 * a flag; the library asks for it through ctx->progress and unwinds, so nothing is left half-written. A second
 * signal has the usual effect. */
#include <signal.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig) { interrupted = sig; }

int cli_interrupted(void) { return interrupted; }

double cli_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int on_progress(void *user, const char *what, double done, double total) {
  cli *c = user;
  cli_progress *p = &c->progress;
  if (interrupted != 0) return 1;
  if (!p->allowed || c->quiet) return 0;
  cli_bar_report(p, what, done, total);
  return 0;
}

/* SIGHUP stays ignored under nohup. A file above the size limit (ulimit -f) is an error of writing and no reason to die
   with half a file. */
static void watch_signals(void) {
  static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU};
  struct sigaction act, was;
  memset(&act, 0, sizeof act);
  sigemptyset(&act.sa_mask);
  act.sa_handler = on_interrupt;
  act.sa_flags = (int)SA_RESETHAND;
  for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
    int ignored = sigaction(ending[i], NULL, &was) == 0 && was.sa_handler == SIG_IGN;
    if (!ignored || ending[i] != SIGHUP) sigaction(ending[i], &act, NULL);
  }
  act.sa_handler = SIG_IGN;
  act.sa_flags = 0;
  sigaction(SIGXFSZ, &act, NULL);
}

void cli_progress_start(cli *c) {
  watch_signals();
  c->progress.allowed = cli_escapes(stderr);
  c->ctx.progress = on_progress;
  c->ctx.user = c;
}

void cli_progress_clear(cli *c) {
  if (c->progress.visible) fputs("\r\033[K", stderr);
  c->progress.visible = 0;
}
