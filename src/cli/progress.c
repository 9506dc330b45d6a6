/* progress.c - Ctrl-C and the bar on stderr. The handler only raises a flag; the library asks for it through
 * ctx->progress and unwinds, so nothing is left half-written. A second Ctrl-C has the usual effect. */
#include <signal.h>
#include <stdlib.h>
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

static void duration(char *out, size_t size, double seconds) {
  if (!(seconds < 360000)) snprintf(out, size, "more than 100 h");
  else if (seconds >= 3600) snprintf(out, size, "%d h %02d min", (int)seconds / 3600, (int)seconds / 60 % 60);
  else if (seconds >= 60) snprintf(out, size, "%d min %02d s", (int)seconds / 60, (int)seconds % 60);
  else snprintf(out, size, "%d s", (int)(seconds + 0.5));
}

static void draw(cli_progress *p, const cli_work *w, double done, double total, double elapsed) {
  enum { WIDTH = 24 };
  char bar[WIDTH + 1], left[32] = "?";
  double part = total > 0 ? done / total : 0;
  if (!(part >= 0)) part = 0;
  if (part > 1) part = 1;
  int full = (int)(part * WIDTH);
  memset(bar, '.', WIDTH);
  memset(bar, '#', (size_t)full);
  bar[WIDTH] = 0;
  if (part > 0) duration(left, sizeof left, elapsed * (1 - part) / part);
  fprintf(stderr, "\r\033[K%s [%s] %3.0f%%  %.4g/s  %s left", w->what, bar, 100 * part, (done - w->first) / elapsed,
          left);
  p->visible = 1;
}

/* The slot of `what`: its own, or the one silent for longest, with a new clock; a clock also starts anew when the count
   falls back. */
static cli_work *slot(cli_progress *p, const char *what, double done, double t) {
  cli_work *w = &p->work[0];
  for (int i = 0; i < CLI_WORKS; i++) {
    if (strncmp(p->work[i].what, what, sizeof w->what - 1) == 0) {
      w = &p->work[i];
      break;
    }
    if (p->work[i].last < w->last) w = &p->work[i];
  }
  if (strncmp(w->what, what, sizeof w->what - 1) != 0 || done < w->done || !w->active) {
    snprintf(w->what, sizeof w->what, "%s", what);
    w->start = t;
    w->first = done;
  }
  w->last = t;
  w->done = done;
  return w;
}

/* Work nests: an epoch is a product of matrices. The bar is that of the longest-running one that still reports. */
static int is_outermost(const cli_progress *p, const cli_work *w, double t) {
  for (int i = 0; i < CLI_WORKS; i++)
    if (p->work[i].active && t - p->work[i].last < 5 && p->work[i].start < w->start) return 0;
  return 1;
}

static int on_progress(void *user, const char *what, double done, double total) {
  cli *c = user;
  cli_progress *p = &c->progress;
  if (interrupted) return 1;
  if (!p->allowed || c->quiet) return 0;
  double t = cli_seconds();
  cli_work *w = slot(p, what, done, t);
  w->active = done < total;
  if (w->active && t - w->start > 2 && t - p->drawn > 0.1 && is_outermost(p, w, t)) {
    draw(p, w, done, total, t - w->start);
    p->drawn = t;
  }
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
