/* sweep.c - `lfap sweep`: runs the cells of a grid (src/study) one by one into tables that can be interrupted, resumed,
 * divided and joined again (spec/theory.md section 6, R1, T3, T4; spec/formats.md for the tables). */
#include "cli/sweep.h"
#include "fields.h"

#include "picture/published.h"
#include "study/ledger.h"

#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  lfap_cell *cell; /* the whole grid */
  size_t cells;
  size_t *mine; /* positions of this shard's cells */
  size_t count;
  lfap_table_head head;
  char *path[3 + LFAP_PARTS]; /* csv, jsonl, times, checkpoints */
  lfap_ledger table[2];
  lfap_checkpoint part[LFAP_PARTS];
  int times;   /* descriptor of the wall times; -1: not open */
  size_t done; /* rows that were there */
} sweep;

static void sweep_free(sweep *w) {
  for (int i = 0; i < 2; i++) lfap_ledger_close(&w->table[i]);
  if (w->times >= 0) close(w->times);
  for (int i = 0; i < 3 + LFAP_PARTS; i++) free(w->path[i]);
  free(w->cell);
  free(w->mine);
}

/* The pixels of an image are the d of its cells; a --d that is for no other data has to say the same. */
static lfap_status measure_images(cli *c, lfap_grid *g, const cli_sweep_args *a) {
  size_t height = 0, width = 0, fashion = 0;
  for (size_t i = 0; i < g->data.n; i++) fashion += g->data.v[i] == LFAP_STUDY_FASHION;
  if (fashion == 0) return LFAP_OK;
  lfap_status s = lfap_images_shape(&c->ctx, &height, &width, a->o.images);
  g->pixels = height * width;
  for (size_t i = 0; !s && fashion == g->data.n && i < a->d.n; i++)
    if (a->d.v[i] != (double)g->pixels)
      s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--d %.0f: the images in %s have %zu x %zu pixels, d = %zu; leave --d out",
                    a->d.v[i], a->o.images, height, width, g->pixels);
  return s;
}

static lfap_status plan(cli *c, sweep *w, const cli_sweep_args *a) {
  lfap_text t = {0};
  lfap_grid grid = a->grid;
  lfap_status s = measure_images(c, &grid, a);
  if (!s) s = lfap_grid_cells(&c->ctx, &w->cell, &w->cells, &grid);
  if (!s) s = lfap_grid_shard(&c->ctx, &w->mine, &w->count, w->cell, w->cells, a->shard, a->shards);
  if (s) return s;
  lfap_grid_put(&t, w->cell, w->cells, &a->o);
  if (t.status) s = lfap_fail(&c->ctx, t.status, "out of memory for the grid");
  else {
    if (a->list) fwrite(t.bytes, 1, t.len, stdout);
    w->head = (lfap_table_head){
        .version = LFAP_VERSION, .numerics = LFAP_NUMERICS, .cells = w->cells, .shard = a->shard, .shards = a->shards};
    SHA256Data((const uint8_t *)t.bytes, t.len, w->head.grid);
  }
  lfap_text_free(&t);
  return s;
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

/* NAME.csv means NAME. */
static size_t stem(const char *out) {
  size_t len = strlen(out);
  if (len > 4 && strcmp(out + len - 4, ".csv") == 0) return len - 4;
  if (len > 6 && strcmp(out + len - 6, ".jsonl") == 0) return len - 6;
  return len;
}

/* out without its ending, and another one in its place; the caller frees it. */
static lfap_status beside(cli *c, char **path, const char *out, const char *ending) {
  size_t len = stem(out);
  *path = malloc(len + 32);
  if (!*path) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory");
  memcpy(*path, out, len);
  strcpy(*path + len, ending);
  return LFAP_OK;
}

static lfap_status name_files(cli *c, sweep *w, const char *out) {
  static const char *const end[3 + LFAP_PARTS] = {
      ".csv", ".jsonl", ".times.csv", ".teacher.checkpoint", ".control.checkpoint", ".learner.checkpoint"};
  lfap_status s = LFAP_OK;
  for (int i = 0; !s && i < 3 + LFAP_PARTS; i++) s = beside(c, &w->path[i], out, end[i]);
  return s;
}

static lfap_status plan_checkpoints(cli *c, sweep *w, const cli_sweep_args *a) {
  lfap_status s = LFAP_OK;
  for (int i = 0; !s && i < LFAP_PARTS; i++) {
    w->part[i] = (lfap_checkpoint){.path = w->path[3 + i], .every = a->checkpoint, .resume = a->resume};
    s = lfap_checkpoint_check(&c->ctx, &w->part[i]);
  }
  return s;
}

/* Once the row of cell `at` is on the disk: what the next one has no use for goes. */
static lfap_status drop_checkpoints(cli *c, sweep *w, size_t at) {
  const lfap_cell *was = &w->cell[w->mine[at]], *next = at + 1 < w->count ? &w->cell[w->mine[at + 1]] : NULL;
  const int keep[LFAP_PARTS] = {next && lfap_cell_same_teacher(was, next), next && lfap_cell_same_bases(was, next), 0};
  lfap_status s = LFAP_OK;
  for (int i = 0; !s && i < LFAP_PARTS; i++)
    if (!keep[i]) s = lfap_checkpoint_remove(&c->ctx, &w->part[i]);
  return s;
}

/* Of two tables the shorter one counts: a kill may fall between them. Checkpoints may be left of an earlier cell where
   there are rows, as a kill may fall between its row and their removal; with no row yet, another training's is none. */
static lfap_status open_tables(cli *c, sweep *w, const cli_sweep_args *a) {
  lfap_status s = name_files(c, w, a->out);
  if (!s) s = plan_checkpoints(c, w, a);
  w->done = w->count;
  for (int f = 0; !s && f < 2; f++) {
    if (a->format == 1 - f) continue;
    s = lfap_ledger_open(&c->ctx, &w->table[f], w->path[f], (lfap_table_format)f, &w->head, w->mine, w->count,
                         a->resume);
    if (!s && w->table[f].rows < w->done) w->done = w->table[f].rows;
  }
  for (int f = 0; !s && f < 2; f++)
    if (w->table[f].fd >= 0) s = lfap_ledger_cut(&c->ctx, &w->table[f], w->done);
  for (int i = 0; i < LFAP_PARTS; i++) w->part[i].others = w->done > 0;
  return s ? s : lfap_log_open(&c->ctx, &w->times, w->path[2], "cell,seconds\n");
}

/* Beside the tables, since it differs from run to run. */
static lfap_status note_time(cli *c, const sweep *w, size_t index, double seconds) {
  char line[64];
  lfap_text t = {0};
  snprintf(line, sizeof line, "%zu,%.3f\n", index, seconds);
  lfap_text_puts(&t, line);
  lfap_status s = lfap_log_append(&c->ctx, w->times, w->path[2], &t);
  lfap_text_free(&t);
  return s;
}

static lfap_status put_row(cli *c, sweep *w, size_t index, const lfap_row *r) {
  lfap_status s = LFAP_OK;
  for (int f = 0; !s && f < 2; f++) {
    if (w->table[f].fd < 0) continue;
    lfap_text t = {0};
    lfap_table_put_row(&t, &w->head, index, &w->cell[index], r, (lfap_table_format)f);
    s = lfap_ledger_append(&c->ctx, &w->table[f], &t);
    lfap_text_free(&t);
  }
  return s;
}

/* ---- the run ----------------------------------------------------------------------------------------------------- */

/* Why nobody learned: what the reasons of the row lead to, in words. Nothing where an accuracy is there. */
static void print_why(const lfap_row *r) {
  lfap_why why = r->why_learner == LFAP_WHY_TEACHER ? r->why_teacher : r->why_learner;
  const char *of = r->why_learner == LFAP_WHY_TEACHER ? "teacher" : "learner";
  if (why == LFAP_WHY_NONE) return;
  if (why == LFAP_WHY_LIMIT) cli_say("  limit of the natural samples: %s", lfap_why_name[r->natural.why]);
  else if (why == LFAP_WHY_LIMIT_ADV) cli_say("  limit of the perturbed bases: %s", lfap_why_name[r->adv.why]);
  else cli_say("  %s: %s", of, lfap_why_name[why]);
}

static void print_row(const lfap_cell *k, const lfap_row *r, size_t index, double seconds) {
  cli_say("%6zu  %-10s %-4s d=%-6zu N=%-5zu N_adv=%-6zu eps=%-8.4g seed %-3llu  right %.4f  control %.4f  rule %-8.3g "
          "%.2f s",
          index, lfap_study_kind_name[k->data], lfap_norm_name(k->norm), k->d, k->n, k->n_adv, k->eps,
          (unsigned long long)k->seed, r->acc, r->acc_control, r->rule, seconds);
  print_why(r);
  cli_say("\n");
  fflush(stdout);
}

static void note_checkpoints(const cli *c, sweep *w) {
  char shown[CLI_SHOWN];
  for (int i = 0; i < LFAP_PARTS; i++) {
    if (w->part[i].over && !c->quiet)
      cli_note("note: %s was of another training, as one left of an earlier cell is, and was not taken up\n",
               lfap_visible(shown, sizeof shown, w->part[i].path));
    w->part[i].over = 0;
  }
}

static lfap_status run_cells(cli *c, sweep *w, const lfap_study_opts *o) {
  lfap_study study = {.o = *o};
  lfap_status s = LFAP_OK;
  study.o.checkpoint = w->part;
  /* a kill may fall between the last row and this */
  if (w->count > 0 && w->done == w->count) s = drop_checkpoints(c, w, w->count - 1);
  for (size_t i = w->done; !s && i < w->count; i++) {
    size_t index = w->mine[i];
    double start = cli_seconds();
    lfap_row row;
    s = lfap_tick(&c->ctx, "cell", (double)i, (double)w->count);
    if (!s) s = lfap_study_run(&c->ctx, &row, &study, &w->cell[index]);
    cli_progress_clear(c);
    note_checkpoints(c, w);
    if (!s) s = put_row(c, w, index, &row);
    if (!s) s = note_time(c, w, index, cli_seconds() - start);
    if (!s) s = drop_checkpoints(c, w, i);
    if (s) break;
    if (!c->json && !c->quiet) print_row(&w->cell[index], &row, index, cli_seconds() - start);
  }
  lfap_study_free(&study);
  return s;
}

static lfap_status remember(cli *c, const char *path) {
  char *copy = strdup(path);
  if (!copy) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory");
  cli_out_remember(c, copy);
  return LFAP_OK;
}

/* ---- against published numbers ----------------------------------------------------------------------------------- */

/* The table on the disk, whoever ran it, so that no cell is computed for it. */
static lfap_status hold_against(cli *c, lfap_against *out, const char *table, const lfap_published *p) {
  lfap_table t = {0};
  lfap_text csv = {0};
  char *path = NULL;
  lfap_status s = lfap_table_read(&c->ctx, &t, table);
  if (!s) s = lfap_against_published(&c->ctx, out, &csv, &t, p);
  if (!s) s = beside(c, &path, table, ".against.csv");
  if (!s) s = lfap_file_write(&c->ctx, path, csv.bytes, csv.len);
  if (!s) s = remember(c, path);
  free(path);
  lfap_text_free(&csv);
  lfap_table_free(&t);
  return s;
}

static void print_against(const char *file, const lfap_against *k) {
  cli_say("against %s: %zu published, %zu rows; measured - published at %zu pairs, %zu within the reading error:", file,
          k->published, k->cells, k->compared, k->within);
  if (k->compared)
    cli_say(" median %.4g, largest %.4g (R1: %.4g, %.4g)\n", k->median, k->largest, k->rule_median, k->rule_largest);
  else cli_say(" none\n");
  cli_say(
      "  without a cell here: %zu published; without a published number: %zu rows; without an accuracy: %zu pairs\n",
      k->no_cell, k->no_published, k->no_accuracy);
}

/* Does a size differ between cells, so that there is a curve? */
static int is_curve(const sweep *w) {
  int varies = 0;
  for (size_t i = 1; i < w->cells; i++) {
    const lfap_cell *a = &w->cell[0], *b = &w->cell[i];
    varies |= a->d != b->d || a->n != b->n || a->n_adv != b->n_adv || a->m != b->m || a->k != b->k ||
              a->eps != b->eps || a->gamma != b->gamma;
  }
  return varies;
}

static void print_next(const sweep *w) {
  char shown[CLI_SHOWN];
  if (w->table[0].fd < 0) return;
  cli_word_shown(shown, sizeof shown, w->path[0]);
  if (w->head.shards > 1)
    cli_say("next: `lfap sweep --merge ALL.csv %s ...`, once all %zu shards are there\n", shown, w->head.shards);
  else if (is_curve(w)) cli_say("next: `lfap plot accuracy --sweep %s --out pictures` draws it\n", shown);
}

static lfap_status print_sweep(cli *c, const sweep *w, const char *file, const lfap_against *against) {
  char shard[64];
  if (!c->json) {
    cli_say("sweep: %zu rows of %zu cells, shard %zu of %zu; %zu were there\n", w->count, w->cells, w->head.shard,
            w->head.shards, w->done);
    if (against) print_against(file, against);
    else print_next(w);
    return LFAP_OK;
  }
  snprintf(shard, sizeof shard, "%zu/%zu", w->head.shard, w->head.shards);
  cli_sweep_report r = {.grid = w->head.grid,
                        .shard = shard,
                        .cells = w->cells,
                        .rows = w->count,
                        .resumed = w->done,
                        .against = against};
  return cli_print_sweep(c, &r);
}

/* A sweep that fails or is stopped in its first cell leaves no tables without rows. */
static void drop_empty(sweep *w) {
  for (int f = 0; f < 2; f++)
    if (w->table[f].fd >= 0 && w->table[f].made && w->table[f].rows == 0) unlink(w->path[f]);
}

static lfap_status sweep_run(cli *c, sweep *w, const cli_sweep_args *a, const lfap_published *p) {
  lfap_against against;
  lfap_status s = plan(c, w, a);
  if (s || a->list) return s;
  s = open_tables(c, w, a);
  if (!s) s = run_cells(c, w, &a->o);
  if (s) drop_empty(w);
  for (int f = 0; !s && f < 2; f++)
    if (w->table[f].fd >= 0) s = remember(c, w->path[f]);
  if (!s && a->against) s = hold_against(c, &against, w->path[0], p);
  return s ? s : print_sweep(c, w, a->against, a->against ? &against : NULL);
}

static lfap_status merge(cli *c, const cli_sweep_args *a, const lfap_published *p) {
  lfap_against against;
  lfap_status s = lfap_table_merge(&c->ctx, a->merge, a->operand, a->operands);
  if (!s) s = remember(c, a->merge);
  if (!s && a->against) s = hold_against(c, &against, a->merge, p);
  if (!s && !c->json && a->against) print_against(a->against, &against);
  if (s || !c->json) return s;
  cli_sweep_report r = {.merged = a->operands, .against = a->against ? &against : NULL};
  return cli_print_sweep(c, &r);
}

static lfap_status run_sweep(cli *c, int argc, char **argv) {
  cli_sweep_args a;
  lfap_published p = {.rows = 0};
  sweep w = {.table = {LFAP_LEDGER_NONE, LFAP_LEDGER_NONE}, .times = -1};
  int help = 0;
  lfap_status s = cli_sweep_read(c, &a, &help, argc, argv);
  if (!s && !help && a.against) s = lfap_published_read(&c->ctx, &p, a.against);
  if (!s && !help) s = a.merge ? merge(c, &a, &p) : sweep_run(c, &w, &a, &p);
  lfap_published_free(&p);
  sweep_free(&w);
  cli_sweep_args_free(&a);
  return s;
}

const cli_verb cli_sweep = {
    "sweep",
    "learning from perturbations over a grid of sizes, one row of a table a cell",
    "[options] --out NAME",
    "Every cell: natural data and their boundary (limit) or a network trained on them (flow, sgd); noise plus "
    "perturbations\n"
    "made from it; a fresh learner on these and a control on the bare noise; the share of natural samples each "
    "decides\n"
    "right, their agreement with f_bdy, and where the sets stand against (H), C1 and C2. An axis takes a list, the "
    "grid\n"
    "is the product of the axes. Rows depend on nothing but their cell: a sweep may be interrupted and resumed, or\n"
    "divided into shards (on many machines, bench/slurm/sweep.sbatch) and merged, and the table is the same byte for "
    "byte.",
    "  lfap sweep --d 250,500,1000 --n 20 --n-adv 100 --norm l2,linf \\\n"
    "    --seeds 0-4 --out first\n"
    "  lfap sweep --preset paper-nadv --data uniform --norm l2 \\\n"
    "    --seeds 0,1 --out curve\n"
    "  lfap sweep --preset paper-nadv --data gauss --norm l0 \\\n"
    "    --seeds 0,1 --shard 1/2 --out part1\n"
    "  lfap sweep --preset paper-nadv --data gauss --norm l0 \\\n"
    "    --seeds 0,1 --shard 2/2 --out part2\n"
    "  lfap sweep --merge both.csv part1.csv part2.csv",
    cli_sweep_options,
    run_sweep};
