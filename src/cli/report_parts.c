/* report_parts.c - the parts of `lfap report` that start from a data set: limit, training, decision map, split,
   images. */
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "picture/document.h"
#include "picture/plane.h"

enum { CELL = 160 };
static const char *const NO_GAMMA = "needs --gamma";

static void pair(cli_report_run *r, const char *name, const char *value, const char *word) {
  const char *row[] = {name, value, word, NULL};
  lfap_page_row(&r->page, row);
}

static void pair_number(cli_report_run *r, const char *name, double value, const char *word) {
  char text[CELL];
  snprintf(text, sizeof text, isnan(value) ? "none" : "%.10g", value);
  pair(r, name, text, word);
}

static void pairs_begin(cli_report_run *r, const char *caption) {
  static const char *const head[] = {"quantity", "value", "how it is known", NULL};
  lfap_page_table_begin(&r->page, caption, head);
  r->tables++;
}

/* ---- the limit --------------------------------------------------------------------------------------------------- */

static void interval_row(cli_report_run *r, const char *name, double lo, double hi, int applies, const char *unless) {
  char text[CELL];
  if (applies) snprintf(text, sizeof text, "%.10g to %.10g", lo, hi);
  pair(r, name, applies ? text : "NOT-APPLICABLE", applies ? "measured: the formula in doubles" : unless);
}

static lfap_status stored_compare(cli_report_run *r, int unknown) {
  lfap_mat stored = {0};
  char text[CELL];
  lfap_status s = cli_dir_npy(r->c, &stored, r->limit, "lambda.npy");
  if (!s && stored.rows * stored.cols != r->lim.n)
    s = lfap_fail(&r->c->ctx, LFAP_ERR_DATA, "%zu multipliers for %zu samples", stored.rows * stored.cols, r->lim.n);
  if (!s) {
    double most = 0;
    for (size_t i = 0; i < r->lim.n; i++) most = fmax(most, fabs(stored.v[i] - r->lim.lambda[i]));
    int same = memcmp(stored.v, r->lim.lambda, r->lim.n * sizeof(double)) == 0;
    snprintf(text, sizeof text,
             same ? "the same bits as computed here" : "differs from the limit computed here, at most by %.3g%s", most,
             unknown ? "; not known which data it is of" : "");
    pair(r, "lambda.npy", text, "measured");
  }
  lfap_mat_free(&stored);
  return s;
}

/* lambda.npy of the run against the limit computed here. */
static lfap_status stored_lambda(cli_report_run *r) {
  cli_origin o;
  if (!r->limit) return LFAP_OK;
  lfap_status s = cli_origin_read(r->c, &o, r->limit, "lambda.npy");
  if (!s && cli_report_place(r, &o) == &r->other) {
    cli_report_leave_other(r, "lambda.npy", &o);
    return LFAP_OK;
  }
  if (!s) s = stored_compare(r, cli_origin_relation(&r->here, &o) == CLI_UNKNOWN);
  return cli_report_skip(r, "lambda.npy", s);
}

static lfap_status limit_table(cli_report_run *r) {
  const lfap_limit *l = &r->lim;
  char text[CELL];
  double lo = INFINITY, hi = -INFINITY;
  for (size_t i = 0; i < l->n; i++) lo = fmin(lo, l->lambda[i]), hi = fmax(hi, l->lambda[i]);
  pairs_begin(r, "The limit of the natural samples");
  snprintf(text, sizeof text, "N = %zu, d = %zu, gamma = %g", l->n, l->d, l->gamma);
  pair(r, "sizes", text, "given");
  snprintf(text, sizeof text, "%s: %.6g against %.6g", l->hyp.holds ? "holds" : "does not hold", l->hyp.lhs,
           l->hyp.rhs);
  pair(r, "(H)", text, "measured");
  snprintf(text, sizeof text, "%s: slopes aligned at %zu of %zu samples", l->c1 ? "holds" : "does not hold", l->c1b,
           l->n);
  pair(r, "C1", text, "measured");
  if (l->c2.solved)
    snprintf(text, sizeof text, "%s: least own pre-activation on the support %.6g, kinks at %zu of %zu samples",
             l->c2.holds ? "holds" : "does not hold", l->c2.own_support, l->c2.kinks, l->n);
  else snprintf(text, sizeof text, "does not hold: no linear boundary separates the data, as far as doubles tell");
  pair(r, "C2", text, "measured");
  snprintf(text, sizeof text, "%.10g to %.10g, %zu of %zu positive", lo, hi, l->support, l->n);
  pair(r, "multipliers", text, "measured");
  interval_row(r, "T1's interval", l->t1_lo, l->t1_hi, l->hyp.holds, "(H) does not hold");
  interval_row(r, "T2's interval", l->t2_lo, l->t2_hi, l->hyp.holds, "(H) does not hold");
  interval_row(r, "T2's interval a posteriori", l->post_lo, l->post_hi, l->full && !isnan(l->post_lo),
               "its kappa is not below 1/2");
  lfap_status s = stored_lambda(r);
  lfap_page_table_end(&r->page);
  return s ? s : cli_report_certificate(r);
}

lfap_status cli_report_limit(cli_report_run *r) {
  lfap_picture p = {0};
  if (!r->data) {
    cli_report_leave(r, "limit, multipliers", "no X.npy and y.npy, here or in data/");
    return LFAP_OK;
  }
  if (r->natural.n == 0) return LFAP_OK; /* they were left out, with the reason */
  if (!(r->a->gamma > 0)) {
    cli_report_leave(r, "limit, multipliers", NO_GAMMA);
    return LFAP_OK;
  }
  lfap_status s = lfap_limit_solve(&r->c->ctx, &r->lim, &r->natural, NULL, r->a->gamma);
  if (s) return cli_report_skip(r, "limit, multipliers", s);
  lfap_page_section(&r->page, "The limit");
  cli_report_about_here(r);
  s = limit_table(r);
  if (!s) s = lfap_picture_spectrum(&r->c->ctx, &p, &r->natural, &r->lim);
  if (!s) cli_plot_about(&p, &r->here);
  return s ? s : cli_report_picture(r, &r->page, &p);
}

/* ---- training ---------------------------------------------------------------------------------------------------- */

/* The history against the limit of the samples, where it is one of theirs. */
static lfap_status history_picture(cli_report_run *r, const cli_origin *o) {
  lfap_picture p = {0};
  lfap_table t = {0};
  char *path = NULL, *bytes = NULL;
  size_t len = 0;
  lfap_text *to = cli_report_place(r, o);
  lfap_status s = cli_path(r->c, &path, r->net, "history.csv");
  if (!s) s = cli_dir_bytes(r->c, &bytes, &len, r->net, "history.csv"); /* is it the one meta.json tells of? */
  if (!s) s = lfap_table_read(&r->c->ctx, &t, path);
  if (!s) s = lfap_picture_flow(&r->c->ctx, &p, &t, r->lim.n && to == &r->page ? &r->lim : NULL);
  if (!s) cli_plot_about(&p, cli_origin_relation(&r->here, o) == CLI_SAME ? &r->here : o);
  if (!s) cli_plot_unknown(&p, "the history is", &r->here, o);
  lfap_table_free(&t);
  free(bytes);
  free(path);
  return s ? cli_report_skip(r, "history of the training", s) : cli_report_picture(r, to, &p);
}

static lfap_status k1_table(cli_report_run *r) {
  lfap_k1 k = {0};
  lfap_status s = lfap_k1_of(&r->c->ctx, &k, &r->first, &r->natural, &r->lim, NULL, 0);
  if (s) return cli_report_skip(r, "K1 of the weights", s);
  pairs_begin(r, cli_origin_relation(&r->here, &r->trained) == CLI_SAME
                     ? "How close the weights are to a KKT point (K1)"
                     : "How close the weights are to a KKT point (K1) of these samples; not known which data they were "
                       "trained on");
  cli_row row[CLI_ROWS];
  k.agreement = NAN; /* no probe points were brought along */
  size_t rows = cli_rows_k1(row, &k);
  for (size_t i = 0; i < rows; i++) {
    char name[240];
    snprintf(name, sizeof name, "%s: %s (%s at a KKT point)", row[i].key, row[i].meaning, row[i].label);
    pair_number(r, name, row[i].value, "measured");
  }
  lfap_page_table_end(&r->page);
  return LFAP_OK;
}

static lfap_status converge_picture(cli_report_run *r, const char *path) {
  lfap_picture p = {0};
  lfap_decades d = {0};
  lfap_status s = lfap_decades_read(&r->c->ctx, &d, path);
  if (!s) s = lfap_picture_converge(&r->c->ctx, &p, d.row, d.rows, d.bits);
  cli_origin o = {.n = d.n, .d = d.d, .gamma = d.gamma};
  snprintf(o.sha256, sizeof o.sha256, "%.64s", d.sha256);
  lfap_decades_free(&d);
  if (s) return cli_report_skip(r, "convergence far out", s);
  cli_plot_about(&p, &o);
  lfap_text *to = cli_report_place(r, &o);
  cli_report_about(r, to, "converge.json", &o);
  return cli_report_picture(r, to, &p);
}

static lfap_status weights(cli_report_run *r) {
  const cli_origin *o = &r->trained;
  int found = 0;
  if (cli_report_place(r, o) == &r->other) {
    cli_report_leave_other(r, "K1 of the weights, decision map: W.npy", o);
    return LFAP_OK;
  }
  if (r->lim.n == 0) {
    cli_report_leave(r, "K1 of the weights", "needs the limit of the natural samples");
    return LFAP_OK;
  }
  lfap_status s = cli_weights_read(r->c, &r->first, &found, NULL, r->net, &r->here, NULL);
  if (!s && found) return k1_table(r);
  if (!s) cli_report_leave(r, "K1 of the weights", "no W.npy");
  return cli_report_skip(r, "K1 of the weights", s);
}

/* What meta.json in net/ tells of a file, if the file is there. */
static lfap_status told_in_net(cli_report_run *r, cli_origin *out, int *there, const char *file) {
  char *path = NULL;
  lfap_status s = cli_path(r->c, &path, r->net, file);
  *there = !s && cli_is_file(path);
  free(path);
  return s ? s : cli_origin_read(r->c, out, r->net, file);
}

/* History and weights are of one run where meta.json tells the same of both. */
static lfap_status training(cli_report_run *r) {
  cli_origin history = {.gamma = NAN}, *w = &r->trained;
  int has_history = 0, has_w = 0;
  lfap_status s = told_in_net(r, &history, &has_history, "history.csv");
  if (!s) s = told_in_net(r, w, &has_w, "W.npy");
  if (s) return cli_report_skip(r, "training", s);
  if (!has_history) history = *w;
  if (!has_w) *w = history;
  int one = strcmp(history.sha256, w->sha256) == 0;
  cli_report_about(r, cli_report_place(r, &history), one ? "The training run" : "history.csv", &history);
  s = history_picture(r, &history);
  if (!s && !one) cli_report_about(r, cli_report_place(r, w), "W.npy", w);
  return s ? s : weights(r);
}

lfap_status cli_report_training(cli_report_run *r) {
  char *far = NULL;
  lfap_status s = cli_path(r->c, &far, r->a->dir, "converge.json");
  int has_far = !s && cli_is_file(far);
  if (!r->net) cli_report_leave(r, "training", "no history.csv or W.npy, here or in net/");
  if (!has_far) cli_report_leave(r, "convergence far out", "no converge.json (lfap converge --json)");
  size_t before = r->page.len;
  if (r->net || has_far) lfap_page_section(&r->page, "Training");
  size_t begun = r->page.len;
  if (!s && r->net) s = training(r);
  if (!s && has_far) s = converge_picture(r, far);
  if (r->page.len == begun) r->page.len = before; /* all of it is about other data */
  free(far);
  return s;
}

/* ---- decision map ------------------------------------------------------------------------------------------------ */

/* The network of learned/, where it was trained on the set in adv/ that is shown here, or nothing tells. */
static lfap_status second_network(cli_report_run *r, lfap_net *out, int *found, const char **about) {
  cli_origin of, adv = {.gamma = NAN};
  *about = "the one in learned/; not known which data it was trained on.";
  if (!r->learned) return LFAP_OK;
  lfap_status s = cli_origin_read(r->c, &of, r->learned, "W.npy");
  if (!s && r->adv) s = cli_origin_read(r->c, &adv, r->adv, "X.npy");
  int told = of.sha256[0] && adv.sha256[0], same = told && strcmp(of.sha256, adv.sha256) == 0;
  if (!s && told && !same)
    s = lfap_fail(&r->c->ctx, LFAP_ERR_DATA, "W.npy was trained on other data (SHA-256 %.12s) than adv/ holds (%.12s)",
                  of.sha256, adv.sha256);
  if (!s && !isnan(of.gamma) && of.gamma != r->a->gamma)
    s = lfap_fail(&r->c->ctx, LFAP_ERR_DATA, "W.npy was trained with gamma = %g; this report has %g", of.gamma,
                  r->a->gamma);
  cli_origin use = cli_origin_of_run(NULL, r->natural.d, r->a->gamma); /* it is of other data by its nature */
  if (!s) s = cli_weights_read(r->c, out, found, NULL, r->learned, &use, NULL);
  if (same) *about = "the one in learned/, trained on the set in adv/.";
  return cli_report_skip(r, "network in learned/", s);
}

lfap_status cli_report_map(cli_report_run *r) {
  const char *about = NULL;
  lfap_plane plane = {0};
  lfap_net second = {0};
  lfap_picture p = {0};
  lfap_map_result result = {0};
  int found = 0;
  if (r->first.m == 0) {
    cli_report_leave(r, "decision map", "needs natural samples, --gamma and W.npy");
    return LFAP_OK;
  }
  lfap_status s = second_network(r, &second, &found, &about);
  lfap_map_function f[LFAP_MAP_FUNCTIONS] = {{.name = "A", .net = &r->first}};
  size_t n = 1;
  if (found) f[n++] = (lfap_map_function){.name = "B", .net = &second};
  f[n++] = (lfap_map_function){.name = "f_bdy", .w = r->lim.w};
  lfap_map_opts o = {.grid = 200};
  if (!s) s = lfap_plane_of(&r->c->ctx, &plane, &r->first);
  if (!s) s = lfap_picture_map(&r->c->ctx, &p, &result, &plane, f, n, &r->natural, &o);
  lfap_plane_free(&plane);
  lfap_net_free(&second);
  if (s) return cli_report_skip(r, "decision map", s);
  cli_plot_about(&p, &r->here);
  cli_plot_unknown(&p, "network A is", &r->here, &r->trained);
  lfap_page_section(&r->page, "Decisions");
  cli_report_about_here(r);
  lfap_text_puts(&r->page, "<p>");
  lfap_page_text(&r->page, "A is the network of the training run, %s",
                 cli_origin_relation(&r->here, &r->trained) == CLI_SAME
                     ? "trained on these samples."
                     : "not known whether trained on these samples.");
  if (found) lfap_page_text(&r->page, " B is %s", about);
  lfap_text_puts(&r->page, "</p>\n");
  return cli_report_picture(r, &r->page, &p);
}

/* ---- perturbations ----------------------------------------------------------------------------------------------- */

lfap_status cli_report_split(cli_report_run *r) {
  cli_adv from = {0};
  lfap_picture p = {0};
  lfap_split_count k = {0};
  if (!r->adv || r->lim.n == 0) {
    cli_report_leave(r, "T_data against T_pert",
                     r->adv ? "needs the limit of the natural samples" : "no adv/eta.npy (lfap perturb)");
    return LFAP_OK;
  }
  lfap_status s = cli_plot_split(r->c, &p, &k, &from, &r->natural, &r->lim, r->adv);
  if (s) return cli_report_skip(r, "T_data against T_pert", s);
  cli_plot_about(&p, &r->here);
  lfap_text *to = cli_report_place(r, &from.made_from);
  if (to == &r->page) lfap_page_section(to, "Learning from perturbations");
  if (to == &r->page) cli_report_about_here(r);
  if (from.made_from.sha256[0])
    cli_report_about(r, to, "What the perturbations of adv/ were made from", &from.made_from);
  lfap_text_puts(to, "<p class=\"of\">");
  lfap_page_text(to, "The perturbed bases of adv/: %s.",
                 from.towards
                     ? "every entry of their perturbations has the sign that the w of these samples gives it, as in "
                       "those made from it"
                 : from.made_from.sha256[0]
                     ? "not all entries of their perturbations have the signs of the w of these samples"
                     : "not known which data their perturbations were made from: not all of them have the signs of "
                       "the w of these samples");
  lfap_text_puts(to, "</p>\n");
  return cli_report_picture(r, to, &p);
}

static lfap_status shape_of(cli_report_run *r, size_t *height, size_t *width, int *found) {
  char *path = NULL;
  lfap_status s = cli_path(r->c, &path, r->data, "meta.json");
  if (!s && cli_is_file(path)) s = lfap_shape_read(&r->c->ctx, height, width, found, path);
  free(path);
  return s;
}

lfap_status cli_report_images(cli_report_run *r) {
  lfap_picture p = {0};
  cli_images i = {.data = r->data, .perturbed = r->perturbed, .adv = r->adv, .count = 8};
  int found = 0;
  lfap_status s = r->natural.n ? shape_of(r, &i.height, &i.width, &found) : LFAP_OK;
  if (!s && !found) {
    cli_report_leave(r, "sample images",
                     "the natural samples are no images of lfap gen fashion-mnist (no height and width in meta.json)");
    return LFAP_OK;
  }
  if (!s) s = cli_plot_images(r->c, &p, &i);
  if (s) return cli_report_skip(r, "sample images", s);
  lfap_page_section(&r->page, "Images");
  cli_report_about_here(r);
  if (r->adv)
    lfap_text_puts(&r->page, "<p class=\"of\">The rows of noise are those of adv/; which data their perturbations were "
                             "made from is told, where it is known, beside T_data against T_pert.</p>\n");
  return cli_report_picture(r, &r->page, &p);
}
