/* report.c - `lfap report DIR`: tables and pictures of a run, whatever of it is there, in one HTML page that needs
   nothing else. */
#include "cli/report.h"
#include "fields.h"
#include "verify/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { O_GAMMA, O_AGAINST, O_OUT };
static const cli_option options[] = {
    {"gamma", "G", "leaky slope of the run, between 0 and 1; without it the parts that need it are left out"},
    {"against", "FILE",
     "published accuracies, such as spec/published.tsv, to draw over the curves of sweeps and hold against them"},
    {"out", "OUT", "directory for index.html and the pictures (default: DIR/report)"},
    {NULL, NULL, NULL},
};

static lfap_status set_report_option(cli *c, void *args_, int option, const char *value) {
  cli_report_args *a = args_;
  switch (option) {
  case O_GAMMA: return cli_gamma_value(c, &a->gamma, value);
  case O_AGAINST: a->against = value; return LFAP_OK;
  case O_OUT: a->out = value; return LFAP_OK;
  default: break;
  }
  if (a->dir) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%.60s': one directory at a time", value);
  a->dir = value;
  return LFAP_OK;
}

void cli_report_leave(cli_report_run *r, const char *what, const char *why) {
  lfap_text_puts(&r->left, "<li>");
  lfap_page_text(&r->left, "%s: %s", what, why);
  lfap_text_puts(&r->left, "</li>\n");
  r->left_out++;
}

/* "Cannot be read" is also said of a file on a broken disk, which is no missing part. */
static int device_failed(const char *message) {
  char why[LFAP_REASON];
  return strstr(message, lfap_reason(why, EIO)) != NULL;
}

lfap_status cli_report_skip(cli_report_run *r, const char *what, lfap_status s) {
  if (s == LFAP_ERR_NOINPUT && device_failed(r->c->ctx.message)) return LFAP_ERR_IO;
  if (!lfap_of_the_data(s) && s != LFAP_ERR_NOINPUT && s != LFAP_ERR_USAGE) return s;
  cli_report_leave(r, what, r->c->ctx.message);
  if (!r->wrong[0]) snprintf(r->wrong, sizeof r->wrong, "; %.290s", r->c->ctx.message);
  r->c->ctx.message[0] = 0;
  return LFAP_OK;
}

/* Nothing is made before there is something to write. */
static lfap_status stage(cli_report_run *r) {
  return r->stage.dir ? LFAP_OK : lfap_stage_begin(&r->c->ctx, &r->stage, r->a->out);
}

lfap_status cli_report_picture(cli_report_run *r, lfap_text *to, lfap_picture *p) {
  char caption[sizeof p->caption];
  if (to == &r->other) {
    memcpy(caption, p->caption, sizeof caption);
    snprintf(p->caption, sizeof p->caption, "Not of the samples and the gamma of this report. %.560s", caption);
  }
  lfap_status s = stage(r);
  if (!s) s = cli_picture_write(r->c, &r->stage, p, 0);
  if (!s) s = lfap_page_figure(&r->c->ctx, to, r->stage.dir, p);
  if (!s) r->pictures++;
  lfap_picture_free(p);
  return s;
}

/* The first of the run's directory and its subdirectory `sub` that holds `file`, or none. `own` 0: the subdirectory
   alone. */
static lfap_status place(cli_report_run *r, char **out, const char *file, const char *sub, int own) {
  for (int k = own ? 0 : 1; k < 2; k++) {
    char *dir = NULL, *path = NULL;
    lfap_status s = cli_path(r->c, &dir, r->a->dir, k ? sub : "");
    if (!s) s = cli_path(r->c, &path, dir, file);
    int there = !s && cli_is_file(path);
    free(path);
    if (there) *out = dir;
    else free(dir);
    if (s || there) return s;
  }
  return LFAP_OK;
}

static lfap_status places(cli_report_run *r) {
  lfap_status s = place(r, &r->data, "X.npy", "data", 1);
  if (!s) s = place(r, &r->limit, "lambda.npy", "limit", 1);
  if (!s) s = place(r, &r->net, "history.csv", "net", 1);
  if (!s && !r->net) s = place(r, &r->net, "W.npy", "net", 1);
  if (!s) s = place(r, &r->adv, "eta.npy", "adv", 0);
  if (!s) s = place(r, &r->perturbed, "eta.npy", "perturbed", 0);
  if (!s) s = place(r, &r->learned, "W.npy", "learned", 0);
  return s;
}

static void run_free(cli_report_run *r) {
  char *paths[] = {r->data, r->limit, r->net, r->adv, r->perturbed, r->learned};
  for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) free(paths[i]);
  lfap_text_free(&r->top);
  lfap_text_free(&r->page);
  lfap_text_free(&r->made);
  lfap_text_free(&r->other);
  lfap_text_free(&r->left);
  lfap_limit_free(&r->lim);
  lfap_net_free(&r->first);
  lfap_data_free(&r->natural);
}

static void begin_page(cli_report_run *r) {
  lfap_text_puts(&r->page, "<p>");
  lfap_page_text(
      &r->page,
      "Directory %s, lfap %s. Of the words used here, certified means that an enclosure decided it, measured that it "
      "is a number in doubles; "
      "proved is said of code alone, and of nothing on this page. A hypothesis that does not hold is never a pass: "
      "what depends on it is "
      "NOT-APPLICABLE.",
      r->a->dir, LFAP_VERSION);
  lfap_text_puts(&r->page, "</p>\n");
}

static void other_data(cli_report_run *r) {
  if (r->other.len == 0) return;
  lfap_page_section(&r->page, "About other data, or another gamma");
  lfap_text_puts(&r->page, "<p>Nothing in this section is about the samples and the gamma of this report; it is shown "
                           "because its files lie in the same directory.</p>\n");
  lfap_text_put(&r->page, r->other.bytes, r->other.len);
}

/* The page as it is read: the verdict, what is not right, contents, sections. */
static void put_together(lfap_text *whole, const cli_report_run *r) {
  lfap_page_begin(whole, "lfap report");
  if (r->top.len) lfap_text_put(whole, r->top.bytes, r->top.len);
  lfap_page_contents(whole, &r->page);
  if (r->page.len) lfap_text_put(whole, r->page.bytes, r->page.len);
  lfap_page_end(whole);
  if (r->top.status || r->page.status || r->left.status || r->other.status || r->made.status)
    whole->status = LFAP_ERR_MEMORY;
}

static lfap_status end(cli_report_run *r) {
  lfap_text whole = {0};
  other_data(r);
  lfap_page_section(&r->page, "Left out");
  if (r->left_out == 0) lfap_text_puts(&r->page, "<p>Nothing.</p>\n");
  else {
    lfap_text_puts(&r->page, "<ul>\n");
    lfap_text_put(&r->page, r->left.bytes, r->left.len);
    lfap_text_puts(&r->page, "</ul>\n");
  }
  if (r->pictures + r->tables == 0)
    return lfap_fail(&r->c->ctx, LFAP_ERR_NOINPUT,
                     "%s: nothing to report: no data set, training, sweep table, report.json or converge.json "
                     "that can be used%s",
                     r->a->dir, r->wrong);
  lfap_status s = stage(r);
  if (!s) put_together(&whole, r);
  if (!s && whole.status) s = lfap_fail(&r->c->ctx, LFAP_ERR_MEMORY, "out of memory for the text of index.html");
  if (!s) s = cli_out_text(r->c, r->stage.dir, "index.html", &whole);
  lfap_text_free(&whole);
  return s;
}

static lfap_status parts(cli_report_run *r) {
  static lfap_status (*const part[])(cli_report_run *) = {cli_report_samples,  cli_report_verify, cli_report_limit,
                                                          cli_report_training, cli_report_map,    cli_report_split,
                                                          cli_report_images,   cli_report_sweeps, cli_report_made};
  lfap_status s = LFAP_OK;
  for (size_t i = 0; i < sizeof part / sizeof part[0] && !s; i++) {
    s = lfap_tick(&r->c->ctx, "part of the report", (double)i, (double)(sizeof part / sizeof part[0]));
    if (!s) s = part[i](r);
  }
  return s;
}

/* A file of published accuracies that is not one is told before anything is drawn. */
static lfap_status readable(cli *c, const char *against) {
  lfap_published p = {.rows = 0};
  lfap_status s = lfap_published_read(&c->ctx, &p, against);
  lfap_published_free(&p);
  return s;
}

static void say_made(const cli_report_run *r) {
  char shown[CLI_SHOWN];
  if (r->verdict[0]) cli_say("verdict of report.json: %s; checks that are not right: %zu\n", r->verdict, r->not_right);
  cli_say("report: pictures %zu, tables %zu, left out %zu (the page says why): %s/index.html\n", r->pictures, r->tables,
          r->left_out, lfap_visible(shown, sizeof shown, r->a->out));
}

static lfap_status run_report(cli *c, int argc, char **argv) {
  cli_report_args a = {0};
  int help = 0;
  char *out = NULL;
  lfap_status s = cli_parse(c, &a, set_report_option, &help, argc, argv);
  if (s || help) return s;
  cli_report_run r = {.c = c, .a = &a};
  s = cli_require(c, a.dir, "DIR", "the directory of the run, as in lfap report run");
  if (!s && !cli_is_dir(a.dir)) s = lfap_fail(&c->ctx, LFAP_ERR_NOINPUT, "%s: is no directory", a.dir);
  if (!s) s = lfap_picture_ready(&c->ctx);
  if (!s && a.against) s = readable(c, a.against);
  if (!s && !a.out) s = cli_path(c, &out, a.dir, "report");
  if (out) a.out = out;
  if (!s) s = cli_out_check(c, a.out);
  if (!s) s = places(&r);
  if (!s) begin_page(&r);
  if (!s) s = parts(&r);
  if (!s) s = end(&r);
  s = cli_stage_end(c, &r.stage, s, "index.html");
  if (!s && c->json) s = cli_print_report(c, &r);
  else if (!s) say_made(&r);
  run_free(&r);
  free(out);
  mpfr_free_cache();
  return s;
}

const cli_verb cli_report = {
    "report",
    "tables and pictures of a run in one self-contained HTML page",
    "DIR [--gamma G] [--against FILE] [--out OUT]",
    "Takes from DIR whatever is there, and says what it left out and why:\n"
    "  X.npy y.npy, or data/        natural samples: the limit, multipliers against T1 and T2\n"
    "  lambda.npy, or limit/        compared with the limit computed here; certificate.json there is decided again\n"
    "  W.npy history.csv, or net/   the training run, K1, decision map\n"
    "  adv/                         of lfap perturb, from noise: T_data against T_pert\n"
    "  perturbed/                   of lfap perturb, from the natural samples: sample images\n"
    "  learned/                     W.npy trained on adv: second network of the decision map\n"
    "  report.json                  of lfap verify --json\n"
    "  converge.json                of lfap converge --json\n"
    "  *.csv, sweep/*.csv           tables of lfap sweep: accuracy curves, with --against published ones over them; "
    "tables of shares against epochs, as bench/split_epochs.py writes them\n"
    "Every section tells which data it is about; what is of other data (data_sha256 in a document, or in the "
    "meta.json\n"
    "beside a file) or of another gamma stands in a section of its own, or is left out.\n"
    "index.html holds its pictures and needs no network and no script. gnuplot (Debian: gnuplot-nox) draws them.",
    "  lfap gen uniform --n 20 --d 1000 --seed 1 --out run/data\n"
    "  lfap train --data run/data --gamma 0.5 --m 20 --out run/net\n"
    "  lfap verify --data run/data --gamma 0.5 --json > run/report.json\n"
    "  lfap report run --gamma 0.5\n"
    "  # the paper's curves, ours over them, from the tables that the sources keep:\n"
    "  # lfap report bench/results --against spec/published.tsv --out published",
    options,
    run_report};
