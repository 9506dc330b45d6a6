/* bar.c - how far a run is, on stderr: the outermost work that goes on, and beside it what goes on inside it.
 *
 * Work nests: a cell of a sweep is trainings, an epoch is products of matrices. lfap_tick has its counts alone, so the
 * nesting is read from their order: work that reports a higher count goes on, and all that began after it has ended;
 * work that reports 0, or less than before, begins, and begins inside all that goes on; work that reports its total
 * has ended. */
#include <math.h>
#include <string.h>

#include "cli/cli.h"

enum { WIDTH = 24, LINE = 256, LABEL = 112 };

void cli_duration(char out[CLI_DURATION], double seconds) {
  double hours = floor(seconds / 3600);
  if (!(seconds < 360000)) snprintf(out, CLI_DURATION, "%.0f days", floor(hours / 24));
  else if (seconds >= 3600) snprintf(out, CLI_DURATION, "%.0f h %02d min", hours, (int)seconds / 60 % 60);
  else if (seconds >= 60) snprintf(out, CLI_DURATION, "%d min %02d s", (int)seconds / 60, (int)seconds % 60);
  else snprintf(out, CLI_DURATION, "%d s", (int)(seconds + 0.5));
}

/* "cell 3 of 300": the third goes on when two are done. */
static void label(char out[LABEL], const cli_work *w) {
  double at = floor(w->done) + 1;
  if (w->total > 0) snprintf(out, LABEL, "%s %.0f of %.0f", w->what, at < w->total ? at : ceil(w->total), w->total);
  else snprintf(out, LABEL, "%s %.0f", w->what, at);
}

/* Adds a part where it fits into the line. */
static void add_part(char line[LINE], size_t room, const char *part) {
  size_t used = strlen(line), gap = used ? 2 : 0;
  if (used + gap + strlen(part) < room) sprintf(line + used, "%s%s", gap ? "  " : "", part);
}

/* Share, rate and time left: of what has a total and has got somewhere. */
static void add_pace(char line[LINE], size_t room, const cli_work *w, double t) {
  char bar[WIDTH + 16], rate[32], left[CLI_DURATION + 8];
  double share = w->done / w->total, pace = (w->done - w->first) / (t - w->start);
  int full = w->total > 0 && share > 0 ? (int)(share * WIDTH) : 0;
  if (w->total > 0) {
    char cells[WIDTH + 1];
    memset(cells, '.', WIDTH);
    memset(cells, '#', (size_t)full);
    cells[WIDTH] = 0;
    snprintf(bar, sizeof bar, "[%s] %3.0f%%", cells, 100 * share);
    add_part(line, room, bar);
  }
  if (!(pace > 0)) return;
  snprintf(rate, sizeof rate, "%.4g/s", pace);
  add_part(line, room, rate);
  if (!(w->total > 0)) return;
  cli_duration(left, (w->total - w->done) / pace);
  strcat(left, " left");
  add_part(line, room, left);
}

static void draw(cli_progress *p, double t) {
  char line[LINE] = "", text[LABEL];
  size_t width = cli_columns(stderr), room = width < LINE ? width : LINE;
  label(text, &p->work[0]);
  add_part(line, room, text);
  add_pace(line, room, &p->work[0], t);
  if (p->works > 1) {
    label(text, &p->work[1]);
    add_part(line, room, text);
  }
  fprintf(stderr, "\r\033[K%s", line);
  p->visible = 1;
  p->drawn = t;
}

static void begin_bar(cli_progress *p, const char *what, double done, double t) {
  cli_work *w = &p->work[p->works++];
  lfap_visible(w->what, sizeof w->what, what); /* the name of a file may hold anything */
  snprintf(w->key, sizeof w->key, "%s", what);
  w->start = t;
  w->first = done;
}

void cli_bar_report(cli_progress *p, const char *what, double done, double total) {
  double t = cli_seconds();
  int i = 0;
  while (i < p->works && strncmp(p->work[i].key, what, sizeof p->work[i].key - 1) != 0) i++;
  cli_work *w = i < p->works ? &p->work[i] : NULL;
  if (total > 0 && done >= total) {
    if (w) p->works = i;
    return;
  }
  if (w && done > 0 && done >= w->done) p->works = i + 1;
  else {
    if (w) memmove(w, w + 1, (size_t)(--p->works - i) * sizeof *w);
    if (p->works == CLI_WORKS) return; /* so deep inside that nobody would see it */
    begin_bar(p, what, done, t);
    i = p->works - 1;
  }
  p->work[i].done = done;
  p->work[i].total = total;
  if (t - p->work[0].start > 2 && t - p->drawn > 0.1) draw(p, t);
}
