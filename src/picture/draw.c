/* draw.c - pictures by gnuplot: the script around a picture's commands, and the run of it that leaves both files
   complete or fails. */
#include "picture/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/file.h"
#include "picture/child.h"
#include "picture/whole.h"

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

lfap_status lfap_picture_script(lfap_ctx *ctx, lfap_text *out, const lfap_picture *p) {
  lfap_text_format(out,
                   "# gnuplot %s.gp    draws %s.svg and %s.png again, from the numbers in %s*.csv\n"
                   "name = '%s'\nif (!exists('out')) out = name\n",
                   p->name, p->name, p->name, p->name, p->name);
  lfap_text_puts(out, "title = ");
  lfap_text_quote(out, p->title);
  if (p->about[0]) {
    lfap_text_puts(out, ".\"\\n\".");
    lfap_text_quote(out, p->about);
  }
  lfap_text_format(
      out,
      "\n"
      "do for [kind in 'svg png'] {\n"
      "reset\nset encoding utf8\nset datafile separator ','\n"
      "if (kind eq 'svg') { set terminal svg noenhanced size %d,%d font 'sans-serif,13' background '#ffffff' } \\\n"
      /* 13 points there are 13 * 4/3 pixels */
      "else { set terminal pngcairo noenhanced size %d,%d font 'sans-serif,13' fontscale 1.5 "
      "linewidth 2 pointscale 2 }\n"
      "set output out.'.'.kind\n",
      p->width, p->height, 2 * p->width, 2 * p->height);
  if (p->commands.len) lfap_text_put(out, p->commands.bytes, p->commands.len);
  lfap_text_puts(out, "unset output\n}\n");
  if (p->commands.status || out->status)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: out of memory for the script", p->name);
  return LFAP_OK;
}

/* The gnuplot of the PATH; 0 when there is none. */
static int find_program(char *name, size_t room) {
  const char *at = getenv("PATH");
  while (at && *at) {
    size_t len = strcspn(at, ":");
    struct stat st;
    int fits = snprintf(name, room, "%.*s/gnuplot", (int)len, at) < (int)room;
    if (fits && len && stat(name, &st) == 0 && S_ISREG(st.st_mode) && access(name, X_OK) == 0) return 1;
    at += len + (at[len] == ':');
  }
  return 0;
}

lfap_status lfap_picture_ready(lfap_ctx *ctx) {
  char name[PATH_MAX];
  if (find_program(name, sizeof name)) return LFAP_OK;
  return lfap_fail(
      ctx, LFAP_ERR_NOINPUT,
      "gnuplot: not found on the PATH; pictures are drawn by it: install the Debian package gnuplot-nox, or give "
      "--numbers for the CSV files and scripts alone");
}

enum { SPARE = 1 << 20 };

/* Can `size` bytes more be written in dir? 0, or the errno of trying: gnuplot itself does not look. */
static int write_error(const char *dir, size_t size) {
  static const char zeros[4096];
  char path[PATH_MAX];
  if (snprintf(path, sizeof path, "%s/.full", dir) >= (int)sizeof path) return ENAMETOOLONG;
  int e = 0, fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return errno;
  for (size_t done = 0; done < size && !e;) {
    ssize_t got = write(fd, zeros, sizeof zeros); /* a short one is followed by one that tells why */
    if (got > 0) done += (size_t)got;
    else if (got == 0 || errno != EINTR) e = got == 0 ? ENOSPC : errno;
  }
  if (close(fd) != 0 && !e) e = errno;
  unlink(path);
  return e;
}

static lfap_status draw_whole(lfap_ctx *ctx, const char *dir, const char *name, const char *kind,
                              int is_whole(const char *bytes, size_t len)) {
  char path[PATH_MAX], why[LFAP_REASON], *bytes = NULL;
  struct stat st;
  size_t len = 0;
  snprintf(path, sizeof path, "%s/%s.%s", dir, name, kind);
  if (lstat(path, &st) == 0 && S_ISREG(st.st_mode)) {
    lfap_status s = lfap_file_read(ctx, &bytes, &len, path);
    if (s) return s;
  }
  int good = bytes && is_whole(bytes, len);
  free(bytes);
  if (good) return LFAP_OK;
  int e = write_error(dir, len + SPARE);
  return lfap_fail(ctx, LFAP_ERR_IO, "%s: gnuplot %s: %s; nothing was left behind", path,
                   len ? "left it incomplete" : "drew nothing",
                   e ? lfap_reason(why, e) : "it gave no reason, and there is room on the disk");
}

static lfap_status outcome(lfap_ctx *ctx, const lfap_child *c, const char *script) {
  const char *said = c->said[0] ? c->said : "it said nothing";
  int e;
  char why[LFAP_REASON];
  if (WIFEXITED(c->status) && WEXITSTATUS(c->status) == 0) return LFAP_OK;
  if (WIFSIGNALED(c->status))
    return lfap_fail(ctx, LFAP_ERR_IO, "%s/%s: gnuplot was ended by signal %d%s: %s; nothing was left behind", c->dir,
                     script, WTERMSIG(c->status),
                     WTERMSIG(c->status) == SIGXFSZ ? " (a file too large, ulimit -f)" : "", said);
  if (WEXITSTATUS(c->status) == 127 && !c->said[0]) said = "it could not be started";
  else if ((e = write_error(c->dir, SPARE)) != 0) said = lfap_reason(why, e);
  return lfap_fail(ctx, LFAP_ERR_IO, "%s/%s: gnuplot failed (exit %d): %s; nothing was left behind", c->dir, script,
                   WEXITSTATUS(c->status), said);
}

/* A setting of the environment in fresh memory; NULL when there is none. */
static char *setting(const char *name, const char *value) {
  size_t room = strlen(name) + strlen(value) + 2;
  char *text = malloc(room);
  if (text) snprintf(text, room, "%s=%s", name, value);
  return text;
}

/* The path from the root in fresh memory, for a program that works in another directory; NULL when there is none. */
static char *absolute(const char *path) {
  char here[PATH_MAX] = "";
  if (path[0] != '/' && !getcwd(here, sizeof here)) return NULL;
  size_t room = strlen(here) + strlen(path) + 2;
  char *full = malloc(room);
  if (full) snprintf(full, room, "%s%s%s", here, path[0] == '/' ? "" : "/", path);
  return full;
}

lfap_status lfap_picture_draw(lfap_ctx *ctx, const char *dir, const char *name) {
  char gnuplot[PATH_MAX], script[96];
  lfap_status s = lfap_picture_ready(ctx);
  if (s || !find_program(gnuplot, sizeof gnuplot)) return s;
  snprintf(script, sizeof script, "./%s.gp", name); /* never taken for an option */
  /* Nothing of the user's settings reaches it: no GNUTERM, no font path, no start-up file. */
  char *program = absolute(gnuplot), *home = absolute(dir);
  char *argv[] = {"gnuplot", "--default-settings", script, NULL};
  char *env[] = {setting("PATH", getenv("PATH")), "LC_ALL=C.UTF-8", home ? setting("HOME", home) : NULL, NULL};
  if (program && home && env[0] && env[2]) {
    lfap_child c = {.path = program, .dir = dir, .argv = argv, .env = env};
    s = lfap_child_run(ctx, &c);
    if (!s) s = outcome(ctx, &c, script + 2);
  } else
    s = lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: no memory, or no path from the root, for gnuplot and its directory",
                  script + 2);
  if (!s) s = draw_whole(ctx, dir, name, "svg", lfap_svg_whole);
  if (!s) s = draw_whole(ctx, dir, name, "png", lfap_png_whole);
  free(program);
  free(home);
  free(env[0]);
  free(env[2]);
  return s;
}
