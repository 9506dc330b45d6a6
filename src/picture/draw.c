/* draw.c - pictures by gnuplot: the script around a picture's commands, and the run of it that leaves both files or
   none. */
#include "picture/picture.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/file.h"

void lfap_picture_free(lfap_picture *p) {
  lfap_text_free(&p->commands);
  for (size_t i = 0; i < p->tables; i++) lfap_text_free(&p->table[i].text);
  *p = (lfap_picture){0};
}

lfap_text *lfap_picture_table_add(lfap_picture *p, const char *suffix) {
  if (p->tables == LFAP_PICTURE_TABLES) return NULL;
  lfap_picture_table *t = &p->table[p->tables++];
  snprintf(t->suffix, sizeof t->suffix, "%s", suffix);
  return &t->text;
}

void lfap_text_format(lfap_text *t, const char *format, ...) {
  char line[2048];
  va_list ap;
  va_start(ap, format);
  int len = vsnprintf(line, sizeof line, format, ap);
  va_end(ap);
  if (len > 0) lfap_text_put(t, line, (size_t)len < sizeof line ? (size_t)len : sizeof line - 1);
}

void lfap_text_quote(lfap_text *t, const char *string) {
  lfap_text_puts(t, "'");
  for (const char *p = string; *p; p++) {
    if (*p == '\'') lfap_text_puts(t, "''");
    else if ((unsigned char)*p >= ' ' && *p != 127) lfap_text_put(t, p, 1);
  }
  lfap_text_puts(t, "'");
}

lfap_status lfap_picture_script(lfap_ctx *ctx, lfap_text *out, const lfap_picture *p) {
  lfap_text_format(
      out,
      "# gnuplot %s.gp    draws %s.svg and %s.png again, from the numbers in %s*.csv\n"
      "name = '%s'\nif (!exists('out')) out = name\n"
      "do for [kind in 'svg png'] {\n"
      "reset\nset encoding utf8\nset datafile separator ','\n"
      "if (kind eq 'svg') { set terminal svg noenhanced size %d,%d font 'sans-serif,13' background '#ffffff' } \\\n"
      "else { set terminal pngcairo noenhanced size %d,%d font 'sans-serif,13' fontscale 2 linewidth 2 pointscale 2 }\n"
      "set output out.'.'.kind\n",
      p->name, p->name, p->name, p->name, p->name, p->width, p->height, 2 * p->width, 2 * p->height);
  if (p->commands.len) lfap_text_put(out, p->commands.bytes, p->commands.len);
  lfap_text_puts(out, "unset output\n}\n");
  if (p->commands.status || out->status)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for the script", p->name);
  return LFAP_OK;
}

lfap_status lfap_picture_ready(lfap_ctx *ctx) {
  const char *at = getenv("PATH");
  char name[4096];
  while (at && *at) {
    size_t len = strcspn(at, ":");
    struct stat st;
    int fits = snprintf(name, sizeof name, "%.*s/gnuplot", (int)len, at) < (int)sizeof name;
    if (fits && len && stat(name, &st) == 0 && S_ISREG(st.st_mode) && access(name, X_OK) == 0) return LFAP_OK;
    at += len + (at[len] == ':');
  }
  return lfap_fail(
      ctx, LFAP_ERR_NOINPUT,
      "gnuplot: not found on the PATH; pictures are drawn by it: install the Debian package gnuplot-nox, or give "
      "--numbers for the CSV files and scripts alone");
}

/* Runs gnuplot in `dir`; what it says on stderr goes into said. Its status as of waitpid, -1 when it could not be
   started. */
static int run(char *said, size_t room, const char *dir, const char *define, const char *script) {
  int ends[2], status = -1;
  if (pipe(ends) != 0) return -1;
  pid_t pid = fork();
  if (pid == 0) {
    FILE *in = freopen("/dev/null", "r", stdin), *out = freopen("/dev/null", "w", stdout);
    if (in && out && dup2(ends[1], STDERR_FILENO) >= 0 && close(ends[0]) == 0 && chdir(dir) == 0)
      execlp("gnuplot", "gnuplot", "--default-settings", "-e", define, script, (char *)NULL);
    _exit(127);
  }
  close(ends[1]);
  size_t len = 0;
  char rest[256];
  for (ssize_t got; pid > 0;) {
    got = len + 1 < room ? read(ends[0], said + len, room - 1 - len) : read(ends[0], rest, sizeof rest);
    if (got == 0 || (got < 0 && errno != EINTR)) break;
    if (got > 0 && len + 1 < room) len += (size_t)got;
  }
  said[len] = 0;
  close(ends[0]);
  while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  return pid > 0 ? status : -1;
}

static const char *const kinds[2] = {"svg", "png"};

static int made(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}

/* The two files drawn under a temporary name get their own name, or, after `failed`, go. */
static lfap_status keep(lfap_ctx *ctx, const char *dir, const char *name, const char *temporary, lfap_status failed) {
  char from[2][4096], to[4096], why[LFAP_REASON];
  lfap_status s = failed;
  for (int k = 0; k < 2; k++) {
    snprintf(from[k], sizeof from[k], "%.3900s/%s.%s", dir, temporary, kinds[k]);
    if (!s && !made(from[k])) s = lfap_fail(ctx, LFAP_ERR_IO, "%s/%s.%s: gnuplot drew nothing", dir, name, kinds[k]);
  }
  for (int k = 0; k < 2; k++) {
    snprintf(to, sizeof to, "%.3900s/%s.%s", dir, name, kinds[k]);
    if (!s && rename(from[k], to) != 0)
      s = lfap_fail(ctx, LFAP_ERR_CANTCREATE, "%s: cannot be created: %s", to, lfap_reason(why, errno));
    if (s) unlink(from[k]);
  }
  return s;
}

lfap_status lfap_picture_draw(lfap_ctx *ctx, const char *dir, const char *name) {
  char temporary[128], define[192], script[96], said[600];
  lfap_status s = lfap_picture_ready(ctx);
  if (s) return s;
  snprintf(temporary, sizeof temporary, "%s.%ld.tmp", name, (long)getpid());
  snprintf(define, sizeof define, "out = '%s'", temporary);
  snprintf(script, sizeof script, "%s.gp", name);
  int status = run(said, sizeof said, dir, define, script);
  for (char *p = said; *p; p++)
    if (*p == '\n') *p = ' ';
  if (status != 0)
    s = lfap_fail(ctx, LFAP_ERR_IO, "%s/%s: gnuplot failed: %s", dir, script,
                  said[0] ? said : "it could not be started, or was killed");
  return keep(ctx, dir, name, temporary, s);
}
