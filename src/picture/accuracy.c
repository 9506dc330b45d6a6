/* accuracy.c - the accuracy curves of the experiments: a panel for each combination of what is held fixed, over the
 * swept quantity, with perturbation and without, mean and 90 % interval over seeds (spec/theory.md section 6). */
#include "picture/picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "picture/style.h"
#include "study/table.h"

/* The columns of a cell: words, then sizes, which may be swept. */
enum { DATA, BASE, METHOD, ARITHMETIC, FROM, NORM, D, N, N_ADV, M, GAMMA, EPS, K, KEYS, WORDS = D };
static const char *const key_name[KEYS] = {"data", "base",  "method", "arithmetic", "from", "norm", "d",
                                           "n",    "n_adv", "m",      "gamma",      "eps",  "k"};
/* As people write them. */
static const char *const size_name[KEYS] = {"", "", "", "", "", "", "d", "N", "N_adv", "m", "γ", "ε", "k"};
static const char *const axis_name[KEYS] = {"",
                                            "",
                                            "",
                                            "",
                                            "",
                                            "",
                                            "input dimension d (count)",
                                            "natural samples N (count)",
                                            "perturbed bases N_adv (count)",
                                            "neurons m (count)",
                                            "slope γ (dimensionless)",
                                            "size of the perturbation ε (unit of x)",
                                            "entries changed k (count)"};
enum { MOST_PANELS = 24, ACC = 0, CONTROL = 1 };

typedef struct {
  double x, acc[2];
  size_t row; /* of the table */
  size_t panel;
} cell;

typedef struct {
  const lfap_table *t;
  size_t key[KEYS]; /* columns of t */
  int x;            /* the key that is swept */
  int fixed[KEYS];  /* belongs to what a panel holds fixed */
  cell *c;          /* owned */
  size_t cells, dropped;
  size_t first[MOST_PANELS]; /* a table row of each panel */
  size_t panels;
  const lfap_published *published; /* or NULL */
  size_t shown[MOST_PANELS];       /* of these, in each panel */
} study;

static const char *word(const study *s, size_t row, int k) { return lfap_table_cell(s->t, row, s->key[k]); }

/* As it is shown to people: sizes as short as they are. */
static void shown(char *out, size_t room, const study *s, size_t row, int k) {
  if (k < WORDS) snprintf(out, room, "%.40s", word(s, row, k));
  else snprintf(out, room, "%g", strtod(word(s, row, k), NULL));
}

static int same(const study *s, size_t a, size_t b, int k) { return strcmp(word(s, a, k), word(s, b, k)) == 0; }

/* A row to be sorted by its words, then, if x is one, by key x. */
typedef struct {
  const study *s;
  size_t row;
  int x;
} place;

static int by_words(const void *a, const void *b) {
  const place *p = a, *q = b;
  for (int k = 0; k < WORDS; k++) {
    int order = strcmp(word(p->s, p->row, k), word(p->s, q->row, k));
    if (order) return order;
  }
  return p->x < 0 ? 0 : strcmp(word(p->s, p->row, p->x), word(p->s, q->row, p->x));
}

/* Which keys vary between rows of equal words, and, if x is one, of equal x? Sorted, such rows are neighbours. */
static lfap_status find_varying(lfap_ctx *ctx, int varies[KEYS], const study *s, int x) {
  size_t n = s->t->rows;
  place *p = malloc((n + 1) * sizeof *p);
  if (!p) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: no memory for %zu rows", s->t->path, n);
  for (size_t i = 0; i < n; i++) p[i] = (place){s, i, x};
  qsort(p, n, sizeof *p, by_words);
  for (int k = 0; k < KEYS; k++) {
    varies[k] = 0;
    for (size_t i = 1; i < n && !varies[k]; i++)
      varies[k] = by_words(&p[i - 1], &p[i]) == 0 && !same(s, p[i - 1].row, p[i].row, k);
  }
  free(p);
  return LFAP_OK;
}

static lfap_status choose_x(lfap_ctx *ctx, study *s, const char *x) {
  static const int order[] = {D, N, N_ADV, EPS, GAMMA, M, K};
  int varies[KEYS];
  lfap_status st = LFAP_OK;
  if (!x) {
    size_t i = 0, last = sizeof order / sizeof order[0];
    st = find_varying(ctx, varies, s, -1);
    if (st) return st;
    while (i < last && !varies[order[i]]) i++;
    if (i == last)
      return lfap_fail(
          ctx, LFAP_ERR_DATA,
          "%s: nothing is swept in it: d, n, n_adv, eps, gamma, m and k never change between rows of one kind",
          s->t->path);
    s->x = order[i];
  } else {
    for (s->x = WORDS; s->x < KEYS && strcmp(x, key_name[s->x]) != 0;) s->x++;
    if (s->x == KEYS)
      return lfap_fail(ctx, LFAP_ERR_USAGE, "--x '%.40s' is unknown; known: d, n, n_adv, m, gamma, eps, k", x);
  }
  /* what follows from x (eps chosen for each d, say) is no panel of its own */
  st = find_varying(ctx, varies, s, s->x);
  for (int k = 0; !st && k < KEYS; k++) s->fixed[k] = k != s->x && (k < WORDS || varies[k]);
  return st;
}

static lfap_status panel_of(lfap_ctx *ctx, study *s, cell *c) {
  for (c->panel = 0; c->panel < s->panels; c->panel++) {
    int k = 0;
    while (k < KEYS && (!s->fixed[k] || same(s, c->row, s->first[c->panel], k))) k++;
    if (k == KEYS) return LFAP_OK;
  }
  if (s->panels == MOST_PANELS)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "%s: more than %d panels over %s; narrow it with --where, such as --where norm=l2, or choose --x",
                     s->t->path, MOST_PANELS, key_name[s->x]);
  s->first[s->panels++] = c->row;
  return LFAP_OK;
}

static int by_place(const void *a, const void *b) {
  const cell *p = a, *q = b;
  if (p->panel != q->panel) return p->panel < q->panel ? -1 : 1;
  if (p->x != q->x) return p->x < q->x ? -1 : 1;
  return p->row < q->row ? -1 : p->row > q->row;
}

static lfap_status cells_of(lfap_ctx *ctx, study *s, size_t acc, size_t control) {
  s->c = malloc((s->t->rows + 1) * sizeof *s->c);
  if (!s->c) return lfap_fail(ctx, LFAP_ERR_MEMORY, "%s: no memory for %zu rows", s->t->path, s->t->rows);
  for (size_t r = 0; r < s->t->rows; r++) {
    cell *c = &s->c[s->cells];
    c->row = r;
    lfap_status st = lfap_table_number(ctx, &c->x, s->t, r, s->key[s->x]);
    if (!st) st = lfap_table_number(ctx, &c->acc[ACC], s->t, r, acc);
    if (!st) st = lfap_table_number(ctx, &c->acc[CONTROL], s->t, r, control);
    for (int i = 0; !st && i < 2; i++)
      if (c->acc[i] < 0 || c->acc[i] > 1)
        st = lfap_fail(ctx, LFAP_ERR_DATA, "%s: row %zu, column %s: %g is no share from 0 to 1", s->t->path, r + 1,
                       i == ACC ? "acc" : "acc_control", c->acc[i]);
    if (st) return st;
    if (isnan(c->x) || isnan(c->acc[ACC]) || isnan(c->acc[CONTROL])) {
      s->dropped++;
      continue;
    }
    st = panel_of(ctx, s, c);
    if (st) return st;
    s->cells++;
  }
  if (s->cells == 0) return lfap_fail(ctx, LFAP_ERR_DATA, "%s: no row has an accuracy", s->t->path);
  qsort(s->c, s->cells, sizeof *s->c, by_place);
  return LFAP_OK;
}

/* Mean and Student's 90 % interval of k cells: mean +- t(k-1) sd/sqrt(k), NaN ends for one seed. */
static void interval(double out[3], const cell *c, size_t k, int which) {
  double sum = 0, square = 0, n = (double)k;
  for (size_t i = 0; i < k; i++) sum += c[i].acc[which];
  double mean = sum / n;
  for (size_t i = 0; i < k; i++) square += (c[i].acc[which] - mean) * (c[i].acc[which] - mean);
  double half = k > 1 ? lfap_student_90(k - 1) * sqrt(square / (n - 1)) / sqrt(n) : NAN;
  out[0] = mean;
  out[1] = mean - half;
  out[2] = mean + half;
}

/* One line a panel and x; begin[p]: the line of the table a panel starts at. */
static void curves(lfap_text *t, const study *s, size_t begin[MOST_PANELS + 1]) {
  size_t line = 0;
  lfap_text_format(t, "panel,%s,seeds,acc_mean,acc_lo,acc_hi,control_mean,control_lo,control_hi\n", key_name[s->x]);
  for (size_t i = 0, k; i < s->cells; i += k, line++) {
    const cell *c = &s->c[i];
    if (i == 0 || c->panel != c[-1].panel) begin[c->panel] = line;
    for (k = 1; i + k < s->cells && c[k].panel == c->panel && c[k].x == c->x;) k++;
    double a[3], b[3];
    interval(a, c, k, ACC);
    interval(b, c, k, CONTROL);
    lfap_text_format(t, "%zu,%.17g,%zu,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g\n", c->panel, c->x, k, a[0], a[1], a[2],
                     b[0], b[1], b[2]);
  }
  begin[s->panels] = line;
}

static void panels_table(lfap_text *t, const study *s) {
  lfap_text_puts(t, "panel");
  for (int k = 0; k < KEYS; k++)
    if (s->fixed[k]) lfap_text_format(t, ",%s", key_name[k]);
  for (size_t p = 0; p < s->panels; p++) {
    lfap_text_format(t, "\n%zu", p);
    for (int k = 0; k < KEYS; k++)
      if (s->fixed[k]) lfap_text_format(t, ",%s", word(s, s->first[p], k));
  }
  lfap_text_puts(t, "\n");
}

/* "l2, uniform": of what is fixed, what tells the panels apart; of one panel alone its words. */
static void panel_title(char *out, size_t room, const study *s, size_t p) {
  out[0] = 0;
  for (int k = 0; k < KEYS; k++) {
    int tells = s->panels == 1 && k < WORDS;
    for (size_t q = 0; q < s->panels && s->fixed[k]; q++) tells |= !same(s, s->first[q], s->first[p], k);
    size_t used = strlen(out);
    char value[48];
    shown(value, sizeof value, s, s->first[p], k);
    if (tells && used < room)
      snprintf(out + used, room - used, "%s%s%s%s", used ? ", " : "", k == NORM ? "norm" : size_name[k],
               k == NORM   ? " "
               : k < WORDS ? ""
                           : " = ",
               value);
  }
}

/* "n = 1000, gamma = 0.01": the sizes that are the same everywhere. */
static void constants(char *out, size_t room, const study *s) {
  out[0] = 0;
  for (int k = WORDS; k < KEYS; k++) {
    int same_everywhere = k != s->x;
    for (size_t i = 1; i < s->cells && same_everywhere; i++) same_everywhere = same(s, s->c[i].row, s->c[0].row, k);
    size_t used = strlen(out);
    char value[48];
    shown(value, sizeof value, s, s->c[0].row, k);
    if (same_everywhere && used < room && strcmp(value, "0") != 0)
      snprintf(out + used, room - used, "%s%s = %s", used ? ", " : "", size_name[k], value);
  }
}

/* "seeds 0, 1, 2", or how many there are. */
static void seeds(char *out, size_t room, const study *s) {
  enum { NAMED = 8 };
  size_t column = lfap_table_column(s->t, "seed"), n = 0, used;
  const char *seed[NAMED];
  out[0] = 0;
  if (column == s->t->cols) return;
  for (size_t i = 0; i < s->cells; i++) {
    const char *of = lfap_table_cell(s->t, s->c[i].row, column);
    size_t k = 0;
    while (k < n && strcmp(seed[k], of) != 0) k++;
    if (k == NAMED) {
      snprintf(out, room, "more than %d seeds", NAMED);
      return;
    }
    if (k == n) seed[n++] = of;
  }
  used = (size_t)snprintf(out, room, n == 1 ? "seed" : "seeds");
  for (size_t k = 0; k < n && used < room; k++)
    used += (size_t)snprintf(out + used, room - used, "%s %.20s", k ? "," : "", seed[k]);
}

/* Is the number one of the panel's curve? What follows from d, as sizes do, is no question of its own. */
static int on_curve(const study *s, const lfap_published_row *p, size_t panel) {
  if (strcmp(p->column, key_name[s->x]) != 0) return 0;
  for (int k = 0; k < KEYS; k++) {
    if (k == s->x || (s->x == D && (k == EPS || k == K))) continue;
    if (!lfap_published_fits(p, key_name[k], word(s, s->first[panel], k))) return 0;
  }
  return 1;
}

static double published_x(const study *s, const lfap_published_row *p) {
  return s->x == K ? (double)p->cell.k : p->value;
}

static void published_table(lfap_text *t, study *s) {
  lfap_text_format(t, "panel,%s,accuracy,within\n", key_name[s->x]);
  for (size_t q = 0; q < s->panels; q++)
    for (size_t i = 0; i < s->published->rows; i++) {
      const lfap_published_row *p = &s->published->row[i];
      if (!on_curve(s, p, q)) continue;
      s->shown[q]++;
      lfap_text_format(t, "%zu,%.17g,%.17g,%.17g\n", q, published_x(s, p), p->accuracy, p->within);
    }
}

/* Published numbers on the curves of all panels. */
static size_t all_shown(const study *s) {
  size_t shown = 0;
  for (size_t q = 0; q < s->panels; q++) shown += s->shown[q];
  return shown;
}

static void panel_commands(lfap_text *t, const study *s, size_t p, size_t begin, size_t end) {
  char title[256];
  if (s->panels == 1) constants(title, sizeof title, s);
  else panel_title(title, sizeof title, s, p);
  lfap_text_puts(t, "set title ");
  lfap_text_quote(t, title);
  lfap_text_format(
      t,
      "\nplot name.'.csv' skip 1 every ::%zu::%zu using 2:5:6 with filledcurves fs transparent solid 0.35 noborder fc "
      "rgb " STYLE_BLUE " notitle, \\\n"
      "  '' skip 1 every ::%zu::%zu using 2:8:9 with filledcurves fs transparent pattern 4 noborder lw 1.5 fc rgb "
      "'#555555' notitle, \\\n"
      "  0.5 lw 1 dt 3 lc rgb '#555555' title 'chance', \\\n"
      "  '' skip 1 every ::%zu::%zu using 2:4 with linespoints pt 7 ps 0.8 lw 2 lc rgb " STYLE_BLUE
      " title 'base + perturbation learned: mean', \\\n"
      "  '' skip 1 every ::%zu::%zu using 2:7 with linespoints pt 4 ps 0.9 lw 2 dt 2 lc rgb " STYLE_BLACK
      " title 'bases alone learned (control): mean'",
      begin, end, begin, end, begin, end, begin, end);
  if (p == 0) /* the key, for all panels; bands and published numbers have their entries here */
    lfap_text_puts(t, ", \\\n  NaN with boxes fs solid 0.35 noborder fc rgb " STYLE_BLUE
                      " title 'base + perturbation: 90 % interval over seeds', \\\n"
                      "  NaN with boxes fs pattern 4 border lc rgb '#555555' fc rgb '#555555' "
                      "title 'control: 90 % interval over seeds'");
  if (p == 0 && all_shown(s))
    lfap_text_puts(t, ", \\\n  NaN with points pt 12 ps 1.1 lw 1.5 lc rgb " STYLE_ORANGE
                      " title 'published, with its reading error'");
  if (s->shown[p])
    lfap_text_format(t,
                     ", \\\n  name.'_published.csv' skip 1 using ($1 == %zu ? $2 : NaN):3:4 with yerrorbars pt 12 ps "
                     "1.1 lw 1.5 lc rgb " STYLE_ORANGE " notitle",
                     p);
  lfap_text_puts(t, "\n");
}

/* 1, 2 or 5 times a power of ten, so that a narrow panel has three to six numbers below it. */
static double tic_step(double range) {
  double step = pow(10, floor(log10(range / 4)));
  return range / step < 4.5 ? step : range / step < 10 ? 2 * step : 5 * step;
}

static void commands_accuracy(lfap_picture *p, const study *s, const size_t *begin) {
  double lo = INFINITY, hi = -INFINITY;
  for (size_t i = 0; i < s->cells; i++) lo = fmin(lo, s->c[i].x), hi = fmax(hi, s->c[i].x);
  for (size_t q = 0; q < s->panels; q++)
    for (size_t i = 0; s->shown[q] && i < s->published->rows; i++)
      if (on_curve(s, &s->published->row[i], q)) {
        double x = published_x(s, &s->published->row[i]);
        lo = fmin(lo, x), hi = fmax(hi, x);
      }
  lfap_text *t = &p->commands;
  lfap_text_puts(t, STYLE_FRAME);
  lfap_picture_panels(p, &(lfap_panels){.panels = s->panels,
                                        .width = s->panels == 1 ? 600 : 300,
                                        .height = 270,
                                        .named = 1,
                                        .keys = all_shown(s) ? 6 : 5});
  lfap_text_format(t, "set yrange [0:1]\nset xlabel '%s'\nset ylabel 'accuracy, natural samples (share)'\n",
                   axis_name[s->x]);
  if (lo > 0 && hi > 8 * lo) lfap_text_puts(t, "set logscale x\n");
  else if (hi > lo) lfap_text_format(t, "set xtics %g\n", tic_step(hi - lo));
  for (size_t q = 0; q < s->panels; q++) {
    panel_commands(t, s, q, begin[q], begin[q + 1] - 1);
    if (q == 0) lfap_text_puts(t, "unset key\n");
  }
  lfap_text_puts(t, "unset multiplot\n");
}

static lfap_status columns_of(lfap_ctx *ctx, study *s, size_t *acc, size_t *control) {
  if (!s->t->sweep && lfap_table_column(s->t, "check") < s->t->cols)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "%s: has lost its first line, without which no row can be told whole from cut; give the table as "
                     "lfap sweep left it",
                     s->t->path);
  for (int k = 0; k < KEYS; k++)
    if ((s->key[k] = lfap_table_column(s->t, key_name[k])) == s->t->cols)
      return lfap_fail(ctx, LFAP_ERR_DATA, "%s: no column %s; this wants a table of lfap sweep", s->t->path,
                       key_name[k]);
  *acc = lfap_table_column(s->t, "acc");
  *control = lfap_table_column(s->t, "acc_control");
  if (*acc == s->t->cols || *control == s->t->cols)
    return lfap_fail(ctx, LFAP_ERR_DATA, "%s: no column %s; this wants a table of lfap sweep", s->t->path,
                     *acc == s->t->cols ? "acc" : "acc_control");
  return LFAP_OK;
}

/* What goes from the table into the picture's own tables: known words, and numbers. */
static lfap_status check_keys(lfap_ctx *ctx, const study *s) {
  double size;
  for (size_t r = 0; r < s->t->rows; r++) {
    for (int k = 0; k < WORDS; k++)
      if (!lfap_table_word(key_name[k], word(s, r, k)))
        return lfap_fail(ctx, LFAP_ERR_DATA, "%s: row %zu, column %s: '%.40s' is no word of lfap sweep", s->t->path,
                         r + 1, key_name[k], word(s, r, k));
    for (int k = WORDS; k < KEYS; k++) {
      lfap_status st = lfap_table_number(ctx, &size, s->t, r, s->key[k]);
      if (!st && !isfinite(size))
        st = lfap_fail(ctx, LFAP_ERR_DATA, "%s: row %zu, column %s: '%.40s' is no finite number", s->t->path, r + 1,
                       key_name[k], word(s, r, k));
      if (st) return st;
    }
  }
  return LFAP_OK;
}

/* A sweep that was interrupted, a shard, or rows that were lost: the picture says what is not there. */
static void tell_missing(lfap_picture *p, const lfap_table *t) {
  size_t used = strlen(p->caption);
  char shard[64] = "";
  if (!t->sweep || t->read == t->head.cells) return;
  if (t->head.shards > 1) snprintf(shard, sizeof shard, ", shard %zu of %zu,", t->head.shard, t->head.shards);
  snprintf(p->caption + used, sizeof p->caption - used, " The table%s has %zu of the %zu cells of its sweep.", shard,
           t->read, t->head.cells);
}

/* How many numbers were published for these curves. */
static void tell_published(lfap_picture *p, const study *s) {
  size_t used = strlen(p->caption);
  if (s->published)
    snprintf(p->caption + used, sizeof p->caption - used,
             " Published accuracies on these curves (diamonds, bars: reading error): %zu.", all_shown(s));
}

lfap_status lfap_picture_accuracy(lfap_ctx *ctx, lfap_picture *out, const lfap_table *sweep, const char *x,
                                  const lfap_published *published) {
  study s = {.t = sweep, .published = published};
  size_t acc = 0, control = 0, begin[MOST_PANELS + 1];
  lfap_status st = columns_of(ctx, &s, &acc, &control);
  if (!st) st = check_keys(ctx, &s);
  if (!st) st = choose_x(ctx, &s, x);
  if (!st) st = cells_of(ctx, &s, acc, control);
  if (!st) {
    lfap_picture p = {.name = "accuracy"};
    curves(lfap_picture_table_add(&p, ""), &s, begin);
    panels_table(lfap_picture_table_add(&p, "_panels"), &s);
    if (published) published_table(lfap_picture_table_add(&p, "_published"), &s);
    char shared[128];
    if (s.panels == 1) panel_title(shared, sizeof shared, &s, 0);
    else constants(shared, sizeof shared, &s);
    snprintf(p.title, sizeof p.title, "Learning from perturbations: %s", shared);
    seeds(p.about, sizeof p.about, &s);
    snprintf(
        p.caption, sizeof p.caption,
        "Share of natural samples decided right over %s, measured: by what was trained on base + perturbation (discs) "
        "and on the base alone (squares). Panels: %zu; "
        "rows: %zu; left out, without an accuracy: %zu. Bands: Student's two-sided 90 %% interval of the mean over "
        "seeds, mean +- t sd/sqrt(seeds). Dotted: chance.",
        key_name[s.x], s.panels, s.cells, s.dropped);
    tell_published(&p, &s);
    tell_missing(&p, sweep);
    commands_accuracy(&p, &s, begin);
    *out = p;
  }
  free(s.c);
  return st;
}
