/* report_parts.c - the parts of `lfap report` that start from a data set: limit, training, decision map, split,
   images. */
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* ---- the limit ------------------------------------------------------------------------------------------------- */

static void interval_row(cli_report_run *r, const char *name, double lo, double hi, int applies, const char *unless) {
  char text[CELL];
  if (applies) snprintf(text, sizeof text, "%.10g to %.10g", lo, hi);
  pair(r, name, applies ? text : "NOT-APPLICABLE", applies ? "measured: the formula in doubles" : unless);
}

/* lambda.npy of the run against the limit computed here. */
static lfap_status stored_lambda(cli_report_run *r) {
  lfap_mat stored = {0};
  char *path = NULL, text[CELL];
  if (!r->limit) return LFAP_OK;
  lfap_status s = cli_path(r->c, &path, r->limit, "lambda.npy");
  if (!s) s = cli_vector_read(r->c, &stored, path, r->lim.n);
  if (!s) {
    double most = 0;
    for (size_t i = 0; i < r->lim.n; i++) most = fmax(most, fabs(stored.v[i] - r->lim.lambda[i]));
    int same = memcmp(stored.v, r->lim.lambda, r->lim.n * sizeof(double)) == 0;
    snprintf(text, sizeof text,
             same ? "the same bits as computed here" : "differs from the limit computed here, at most by %.3g", most);
    pair(r, "lambda.npy", text, "measured");
  }
  free(path);
  lfap_mat_free(&stored);
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
  lfap_status s = cli_data_read(r->c, &r->natural, r->data, NULL);
  if (!s && !(r->a->gamma > 0)) {
    cli_report_leave(r, "limit, multipliers", NO_GAMMA);
    return LFAP_OK;
  }
  if (!s) s = lfap_limit_solve(&r->c->ctx, &r->lim, &r->natural, NULL, r->a->gamma);
  if (s) return cli_report_skip(r, "limit, multipliers", s);
  lfap_page_section(&r->page, "The limit");
  s = limit_table(r);
  if (!s) s = lfap_picture_spectrum(&r->c->ctx, &p, &r->natural, &r->lim);
  return s ? s : cli_report_picture(r, &p);
}

/* ---- training -------------------------------------------------------------------------------------------------- */

static lfap_status history_picture(cli_report_run *r) {
  lfap_picture p = {0};
  lfap_table t = {0};
  char *path = NULL;
  lfap_status s = cli_path(r->c, &path, r->net, "history.csv");
  if (!s) s = lfap_table_read(&r->c->ctx, &t, path);
  if (!s) s = lfap_picture_flow(&r->c->ctx, &p, &t, r->lim.n ? &r->lim : NULL);
  lfap_table_free(&t);
  free(path);
  return s ? cli_report_skip(r, "history of the training", s) : cli_report_picture(r, &p);
}

static lfap_status k1_table(cli_report_run *r) {
  lfap_k1 k = {0};
  lfap_status s = lfap_k1_of(&r->c->ctx, &k, &r->first, &r->natural, &r->lim, NULL, 0);
  if (s) return cli_report_skip(r, "K1 of the weights", s);
  pairs_begin(r, "How close the weights are to a KKT point (K1)");
  pair_number(r, "relative KKT residual (0 at a KKT point)", k.residual, "measured");
  pair_number(r, "slackness (0 at a KKT point)", k.slackness, "measured");
  pair_number(r, "smallest margin over the norm of W", k.margin, "measured");
  pair_number(r, "share outside rank 2", k.outside_rank2, "measured");
  pair_number(r, "share of label slopes", k.pattern_aligned, "measured");
  pair_number(r, "cosine of mean row difference and w", k.cosine, "measured");
  lfap_page_table_end(&r->page);
  return LFAP_OK;
}

static lfap_status converge_picture(cli_report_run *r, const char *path) {
  lfap_picture p = {0};
  lfap_status s = cli_plot_converge(r->c, &p, path);
  return s ? cli_report_skip(r, "convergence far out", s) : cli_report_picture(r, &p);
}

static lfap_status weights(cli_report_run *r) {
  int found = 0;
  if (r->lim.n == 0) {
    cli_report_leave(r, "K1 of the weights", "needs the limit of the natural samples");
    return LFAP_OK;
  }
  lfap_status s = cli_weights_read(r->c, &r->first, &found, NULL, r->net, r->a->gamma, r->natural.d);
  if (!s && found) return k1_table(r);
  if (!s) cli_report_leave(r, "K1 of the weights", "no W.npy");
  return cli_report_skip(r, "K1 of the weights", s);
}

lfap_status cli_report_training(cli_report_run *r) {
  char *far = NULL;
  lfap_status s = cli_path(r->c, &far, r->a->dir, "converge.json");
  int has_far = !s && cli_is_file(far);
  if (r->net || has_far) lfap_page_section(&r->page, "Training");
  if (!r->net) cli_report_leave(r, "training", "no history.csv or W.npy, here or in net/");
  if (!has_far) cli_report_leave(r, "convergence far out", "no converge.json (lfap converge --json)");
  if (!s && r->net) s = history_picture(r);
  if (!s && r->net) s = weights(r);
  if (!s && has_far) s = converge_picture(r, far);
  free(far);
  return s;
}

/* ---- decision map ---------------------------------------------------------------------------------------------- */

lfap_status cli_report_map(cli_report_run *r) {
  lfap_plane plane = {0};
  lfap_net second = {0};
  lfap_picture p = {0};
  lfap_map_result result = {0};
  int found = 0;
  if (r->first.m == 0) {
    cli_report_leave(r, "decision map", "needs natural samples, --gamma and W.npy");
    return LFAP_OK;
  }
  lfap_status s = LFAP_OK;
  if (r->learned)
    s = cli_report_skip(r, "network in learned/",
                        cli_weights_read(r->c, &second, &found, NULL, r->learned, r->a->gamma, r->natural.d));
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
  lfap_page_section(&r->page, "Decisions");
  lfap_text_puts(&r->page, "<p>A is the network trained on the natural samples");
  lfap_text_puts(&r->page, found ? ", B the one trained on bases with perturbations (learned/).</p>\n" : ".</p>\n");
  return cli_report_picture(r, &p);
}

/* ---- perturbations --------------------------------------------------------------------------------------------- */

lfap_status cli_report_split(cli_report_run *r) {
  lfap_picture p = {0};
  lfap_split_count k = {0};
  if (!r->adv || r->lim.n == 0) {
    cli_report_leave(r, "T_data against T_pert",
                     r->adv ? "needs the limit of the natural samples" : "no adv/eta.npy (lfap perturb)");
    return LFAP_OK;
  }
  lfap_status s = cli_plot_split(r->c, &p, &k, &r->natural, &r->lim, r->adv);
  if (s) return cli_report_skip(r, "T_data against T_pert", s);
  lfap_page_section(&r->page, "Learning from perturbations");
  return cli_report_picture(r, &p);
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
  return cli_report_picture(r, &p);
}
