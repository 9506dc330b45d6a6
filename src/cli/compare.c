/* compare.c - `lfap compare`: how close any weights, from any implementation, are to the KKT point the theory predicts
 * (statement K1). It measures; there is nothing to pass or fail. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

enum { O_DATA, O_LABELS, O_WEIGHTS, O_GAMMA, O_PROBES, O_POINTS, O_SEED };
static const cli_option options[] = {
    {"data", "PATH", "directory with X.npy and y.npy, or an NPY file of N x d samples"},
    {"labels", "FILE", "NPY file of N labels, +1 or -1 (default: y.npy in the directory)"},
    {"weights", "FILE",
     "NPY file of W, m x d, rows of positive output weight first\n(default: W.npy in the directory)"},
    {"gamma", "G", "leaky slope of the network, between 0 and 1"},
    {"probes", "N", "random probe points, uniform on [-1, 1)^d (default 1000)"},
    {"probe-points", "FILE", "NPY file of probe points, P x d, instead of random ones"},
    {"seed", "S", "seed of the probe points (default 0)"},
    {NULL, NULL, NULL},
};

typedef struct {
  const char *data, *labels, *weights, *points;
  double gamma;
  size_t probes;
  uint64_t seed;
  int random_given;
} args;

static lfap_status set(cli *c, void *args_, int option, const char *value) {
  args *a = args_;
  switch (option) {
  case O_DATA: a->data = value; return LFAP_OK;
  case O_LABELS: a->labels = value; return LFAP_OK;
  case O_WEIGHTS: a->weights = value; return LFAP_OK;
  case O_GAMMA: return cli_gamma_value(c, &a->gamma, value);
  case O_PROBES: a->random_given = 1; return cli_size(c, &a->probes, "probes", value);
  case O_POINTS: a->points = value; return LFAP_OK;
  case O_SEED: a->random_given = 1; return cli_whole(c, &a->seed, "seed", value);
  default: return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s' is not an option; weights are named by --weights", value);
  }
}

static lfap_status check(cli *c, const args *a) {
  lfap_status s = cli_require(c, a->data, "--data", "the samples the network was trained on");
  if (!s) s = cli_require(c, a->gamma > 0 ? a : NULL, "--gamma", "the leaky slope of the network, between 0 and 1");
  if (!s && !a->weights && cli_is_file(a->data))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--weights is missing: the network to judge, W.npy");
  if (!s && a->points && a->random_given)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--probe-points gives the points; --probes and --seed would draw others");
  return s;
}

static lfap_status probe_points(cli *c, lfap_mat *out, const args *a, size_t d) {
  if (!a->points) {
    lfap_data drawn = {0};
    lfap_status s = lfap_gen_uniform(&c->ctx, &drawn, a->seed, a->probes, d);
    if (s) return s;
    *out = (lfap_mat){.rows = a->probes, .cols = d, .ndim = 2, .v = drawn.x};
    free(drawn.y);
    return LFAP_OK;
  }
  lfap_mat p = {0};
  lfap_status s = lfap_npy_read(&c->ctx, &p, a->points);
  if (s) return s;
  if (p.ndim != 2 || p.cols != d || p.rows == 0) {
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: shape (%zu, %zu); probe points are P x d with d = %zu", a->points,
                  p.rows, p.cols, d);
    lfap_mat_free(&p);
    return s;
  }
  *out = p;
  return LFAP_OK;
}

static lfap_status report_json(cli *c, const args *a, const lfap_k1 *k, const lfap_data *data, const lfap_net *net,
                               const lfap_limit *l) {
  char sha[CLI_SHA256];
  lfap_json j = {.indent = 2};
  cli_sha256(sha, data->x, data->n * data->d, data->y, data->n);
  lfap_json_object_begin(&j, NULL);
  cli_json_head(c, &j);
  if (a->points) lfap_json_null(&j, "seed");
  else lfap_json_uint(&j, "seed", a->seed);
  lfap_json_double_hex(&j, "gamma", a->gamma);
  lfap_json_object_begin(&j, "sizes");
  lfap_json_uint(&j, "n", data->n);
  lfap_json_uint(&j, "d", data->d);
  lfap_json_uint(&j, "m", net->m);
  lfap_json_uint(&j, "probes", k->probes);
  lfap_json_object_end(&j);
  lfap_json_string(&j, "data_sha256", sha);
  cli_hypothesis_json(&j, "hypothesis", &l->hyp);
  lfap_json_bool(&j, "c1", l->c1);
  lfap_json_object_begin(&j, "k1");
  lfap_json_double_hex(&j, "residual", k->residual);
  lfap_json_double_hex(&j, "slackness", k->slackness);
  lfap_json_double_hex(&j, "margin", k->margin);
  lfap_json_double_hex(&j, "outside_rank2", k->outside_rank2);
  lfap_json_double_hex(&j, "row_spread", k->row_spread);
  lfap_json_double_hex(&j, "pattern_aligned", k->pattern_aligned);
  lfap_json_double_hex(&j, "cosine", k->cosine);
  lfap_json_double_hex(&j, "agreement", k->agreement);
  lfap_json_double_hex(&j, "margin_min", k->margin_min);
  lfap_json_object_end(&j);
  lfap_json_object_end(&j);
  return cli_json_print(c, &j);
}

static void line(const char *name, double value, const char *at_limit, const char *meaning) {
  char text[32];
  if (isnan(value)) snprintf(text, sizeof text, "none");
  else snprintf(text, sizeof text, "%.6g", value);
  printf("  K1  %-16s %-13s %-5s %s\n", name, text, at_limit, meaning);
}

static void report(const lfap_k1 *k, const lfap_data *data, const lfap_net *net, const lfap_limit *l) {
  printf("compare: N = %zu, d = %zu, m = %zu, gamma = %g\n", data->n, data->d, net->m, net->gamma);
  cli_hypothesis_print(&l->hyp, "data");
  printf("  C1  the limit %s\n", l->c1 ? "has label-aligned slopes and the linear boundary w, as computed"
                                       : "of label-aligned slopes is refuted as computed: w is a candidate only");
  printf("      %-16s %-13s %-5s\n", "measured", "value", "at a KKT point");
  line("residual", k->residual, "0", "of KKT stationarity, relative, with the best multipliers l >= 0");
  line("slackness", k->slackness, "0", "sum of l_n times (margin / smallest margin - 1)");
  line("margin_min", k->margin_min, "", "smallest y_n f(x_n); above 0 means every sample is classified right");
  line("margin", k->margin, "", "the same, over ||W||");
  line("outside_rank2", k->outside_rank2, "0", "share of ||W||^2 outside the best rank-2 approximation");
  line("row_spread", k->row_spread, "0", "largest relative distance of a row from the mean of its sign");
  line("pattern_aligned", k->pattern_aligned, "1", "share of (neuron, sample) pairs whose slope is the label's");
  line("cosine", k->cosine, "1", "of (mean positive row - mean negative row) and w");
  if (k->probes)
    printf("  K1  %-16s %-13.6g %-5s share of %zu probe points where sgn f = sgn <w,z>\n", "agreement", k->agreement,
           "1", k->probes);
  if (isnan(k->residual))
    printf("  no KKT residual: a sample is not classified right, so W is not feasible at any scale\n");
}

static lfap_status run(cli *c, int argc, char **argv) {
  args a = {.probes = 1000};
  lfap_data data = {0};
  lfap_net net = {0};
  lfap_limit l = {0};
  lfap_mat probes = {0};
  lfap_k1 k = {0};
  int help = 0, found = 0;
  lfap_status s = cli_parse(c, &a, set, &help, argc, argv);
  if (s || help) return s;
  s = check(c, &a);
  if (!s) s = cli_data_read(c, &data, a.data, a.labels);
  if (!s) s = cli_weights_read(c, &net, &found, a.weights, a.data, a.gamma, data.d);
  if (!s && !found)
    s = lfap_fail(&c->ctx, LFAP_ERR_NOINPUT, "%s/W.npy: not there; name the network with --weights W.npy", a.data);
  if (!s) s = probe_points(c, &probes, &a, data.d);
  if (!s) s = lfap_limit_solve(&c->ctx, &l, &data, NULL, a.gamma);
  if (!s) s = lfap_k1_of(&c->ctx, &k, &net, &data, &l, probes.v, probes.rows);
  if (!s && c->json) s = report_json(c, &a, &k, &data, &net, &l);
  else if (!s) report(&k, &data, &net, &l);
  lfap_limit_free(&l);
  lfap_mat_free(&probes);
  lfap_net_free(&net);
  lfap_data_free(&data);
  return s;
}

const cli_verb cli_compare = {
    "compare",
    "how close your own network's weights are to the predicted limit (K1)",
    "--data PATH [--labels FILE] --weights W.npy --gamma G [options]",
    "For weights from any framework: the first half of the rows have output weight +1/sqrt(m), the second half\n"
    "-1/sqrt(m), no bias. Nothing passes or fails; the numbers say how far W is from a KKT point, and from w.",
    "  # in PyTorch: numpy.save('W.npy', model.hidden.weight.detach().double().cpu().numpy())\n"
    "  lfap compare --data X.npy --labels y.npy --weights W.npy --gamma 0.01",
    options,
    run};
