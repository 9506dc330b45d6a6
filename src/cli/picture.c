/* picture.c - a picture's files: its numbers, its script, and what gnuplot draws from them. */
#include "cli/picture.h"

#include <stdlib.h>

static lfap_status write_text(cli *c, const char *dir, const lfap_picture *p, const char *suffix,
                              const lfap_text *text) {
  char name[128];
  snprintf(name, sizeof name, "%s%s", p->name, suffix);
  return cli_out_text(c, dir, name, text);
}

static lfap_status write_tables(cli *c, const char *dir, const lfap_picture *p) {
  lfap_status s = LFAP_OK;
  for (size_t i = 0; i < p->tables && !s; i++) {
    char suffix[64];
    snprintf(suffix, sizeof suffix, "%s.csv", p->table[i].suffix);
    s = write_text(c, dir, p, suffix, &p->table[i].text);
  }
  return s;
}

static lfap_status remember(cli *c, const char *dir, const lfap_picture *p, const char *ending) {
  char name[80], *path = NULL;
  snprintf(name, sizeof name, "%s.%s", p->name, ending);
  lfap_status s = cli_path(c, &path, dir, name);
  if (!s) cli_out_remember(c, path);
  return s;
}

lfap_status cli_picture_write(cli *c, const lfap_stage *st, const lfap_picture *p, int numbers) {
  lfap_text script = {0};
  lfap_status s = lfap_picture_script(&c->ctx, &script, p);
  if (!s) s = write_tables(c, st->dir, p);
  if (!s) s = write_text(c, st->dir, p, ".gp", &script);
  lfap_text_free(&script);
  if (s || numbers) return s;
  s = lfap_picture_draw(&c->ctx, st->dir, p->name);
  if (!s) s = remember(c, st->dir, p, "svg");
  if (!s) s = remember(c, st->dir, p, "png");
  return s;
}

lfap_status cli_stage_end(cli *c, lfap_stage *st, lfap_status s, const char *last) {
  for (size_t i = 0; st->dir && i < c->files; i++) {
    lfap_stage_place(st, c->file[i]);
    if (!s) s = cli_spares(c, c->file[i]);
  }
  return lfap_stage_end(&c->ctx, st, s, last);
}
