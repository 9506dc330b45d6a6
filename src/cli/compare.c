/* compare.c - `lfap compare`: how close any weights, from any implementation, are to the KKT point the theory
 * predicts (statement K1), and the rest of a foreign run: its perturbations (P1), its boundary, its numbers. Figures
 * are measured; judged is whether the network is the one it is taken for, and its numbers are those computed here. */
#include <math.h>
#include <stdlib.h>

#include "fields.h"
#include "data/scale.h"
#include "perturb/norm.h"

enum {
  O_DATA,
  O_LABELS,
  O_WEIGHTS,
  O_OUTPUT,
  O_SIGNS,
  O_TRAINED,
  O_BIAS,
  O_GAMMA,
  O_PROBES,
  O_POINTS,
  O_SEED,
  O_TEST,
  O_TEST_LABELS,
  O_ADVERSARIAL,
  O_TARGETS,
  O_BASES,
  O_NORM,
  O_EPS,
  O_K,
  O_RANGE,
  O_LAMBDA,
  O_OUTPUTS,
  O_REFERENCE,
  O_CERTIFY,
  O_POLISH
};
static const cli_option options[] = {
    {"data", "PATH", "directory with X.npy and y.npy, or an NPY file of N x d samples"},
    {"labels", "FILE", "NPY file of N labels, +1 or -1 (default: y.npy in the directory)"},
    {"weights", "FILE",
     "NPY file of W, m x d, rows of positive output weight first unless they are given\n(default: W.npy in the "
     "directory)"},
    {"output-weights", "FILE", "NPY file of the m output weights v: f = sum v_j phi(<w_j,x>), rows in any order"},
    {"signs", "FILE",
     "NPY file of m signs +1 and -1, as Python's numpy.save(\"s.npy\", numpy.sign(v)) writes them: output weights "
     "+1/sqrt(m), -1/sqrt(m), or |v| with these signs"},
    {"output-trained", NULL, "the output weights were trained too: f, margins and perturbations alone are judged"},
    {"bias", "FILE", "NPY file of the m biases of the hidden layer (default: b.npy beside W.npy)"},
    {"gamma", "G", "leaky slope of the network, between 0 and 1"},
    {"probes", "N", "random probe points, uniform on [-1, 1)^d (default 1000)"},
    {"probe-points", "FILE", "NPY file of probe points, P x d, instead of random ones"},
    {"seed", "S", "seed of the probe points (default 0)"},
    {"test", "PATH", "labelled points, how many of which the network gets right: a directory or an NPY file"},
    {"test-labels", "FILE", "NPY file of their labels (default: y.npy in that directory)"},
    {"adversarial", "PATH", "its perturbed points: a directory with X.npy and y.npy (targets), or an NPY file"},
    {"targets", "FILE", "NPY file of their targets, +1 or -1 (default: y.npy in that directory)"},
    {"bases", "FILE", "NPY file of the points before (default: the samples of --data)"},
    {"norm", "NAME", "constraint of the perturbations: " LFAP_NORM_WORDS},
    {"eps", "E", "their size in the norm; l0: of each entry (l0 without it: entries have no bound)"},
    {"k", "K", "l0: number of entries that may change"},
    {"range", "LO,HI", "the entries of a perturbed point were to stay in [LO, HI]"},
    {"lambda", "FILE", "NPY file of its N multipliers, to hold against the limit's"},
    {"outputs", "FILE", "NPY file of its outputs f at --probe-points, to hold against W evaluated here"},
    {"reference", "DIR", "compare every NPY file of DIR with the one of the same name in --data"},
    {"certify", NULL, "decide the signs of the limit's boundary by enclosures, and with --polish C3 and C4"},
    {"polish", NULL, "the KKT point that W itself belongs to (C3), and whether training from W goes there (C4)"},
    {NULL, NULL, NULL},
};

static lfap_status set_compare_option(cli *c, void *args, int option, const char *value) {
  compare_args *a = args;
  switch (option) {
  case O_DATA: a->data = value; return LFAP_OK;
  case O_LABELS: a->labels = value; return LFAP_OK;
  case O_WEIGHTS: a->weights = value; return LFAP_OK;
  case O_GAMMA: return cli_gamma_value(c, &a->gamma, value);
  case O_OUTPUT: a->output = value; return LFAP_OK;
  case O_SIGNS: a->signs = value; return LFAP_OK;
  case O_TRAINED: a->trained = 1; return LFAP_OK;
  case O_BIAS: a->bias = value; return LFAP_OK;
  case O_TEST: a->test = value; return LFAP_OK;
  case O_TEST_LABELS: a->test_labels = value; return LFAP_OK;
  case O_PROBES: a->random_given = 1; return cli_size(c, &a->probes, "probes", value);
  case O_POINTS: a->points = value; return LFAP_OK;
  case O_SEED: a->random_given = 1; return cli_whole(c, &a->seed, "seed", value);
  case O_ADVERSARIAL: a->adversarial = value; return LFAP_OK;
  case O_TARGETS: a->targets = value; return LFAP_OK;
  case O_BASES: a->bases = value; return LFAP_OK;
  case O_LAMBDA: a->lambda = value; return LFAP_OK;
  case O_OUTPUTS: a->outputs = value; return LFAP_OK;
  case O_REFERENCE: a->reference = value; return LFAP_OK;
  case O_CERTIFY: a->certify = 1; return LFAP_OK;
  case O_POLISH: a->polish = 1; return LFAP_OK;
  case O_NORM: return cli_norm_value(c, &a->norm, value);
  case O_EPS: return cli_eps_value(c, &a->o.eps, value);
  case O_K: return cli_size(c, &a->o.k, "k", value);
  case O_RANGE: a->o.has_range = 1; return cli_range_value(c, &a->o.lo, &a->o.hi, value);
  default: return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s' is not an option; weights are named by --weights", value);
  }
}

/* Options that would be ignored are refused. */
static lfap_status check_perturbation(cli *c, const compare_args *a) {
  if (!a->adversarial) {
    if (a->targets || a->bases || a->norm >= 0 || a->o.eps > 0 || a->o.k || a->o.has_range)
      return lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                       "--targets, --bases, --norm, --eps, --k and --range are about --adversarial; give that too");
    return LFAP_OK;
  }
  lfap_status s =
      cli_require(c, a->norm >= 0 ? a : NULL, "--norm", "the constraint of the perturbations: " LFAP_NORM_WORDS);
  const lfap_norm_object *norm = s ? NULL : lfap_norm_of((lfap_norm)a->norm);
  if (!s && !norm->takes_k)
    s = cli_require(c, a->o.eps > 0 ? a : NULL, "--eps", "the size of the perturbations in the norm");
  if (!s && norm->takes_k) s = cli_require(c, a->o.k ? a : NULL, "--k", "how many entries --norm l0 may change");
  if (!s && a->o.k && !norm->takes_k) s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--k belongs to --norm l0");
  if (!s && !a->targets && cli_is_lone(a->adversarial, "y"))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                  "--targets is missing: --adversarial %s is a single file, so the targets come from a second one",
                  a->adversarial);
  return s;
}

static lfap_status check_network_args(cli *c, const compare_args *a) {
  if (a->trained && !a->output)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--output-trained is about --output-weights; give these too");
  if (a->test_labels && !a->test)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--test-labels are those of --test; give that too");
  if (a->test && !a->test_labels && cli_is_file(a->test))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                     "--test-labels is missing: --test %s is a single file, so the labels come from a second one",
                     a->test);
  return LFAP_OK;
}

static lfap_status check_compare_args(cli *c, const compare_args *a) {
  lfap_status s = cli_require(c, a->data, "--data", "the samples the network was trained on");
  if (!s) s = cli_require(c, a->gamma > 0 ? a : NULL, "--gamma", "the leaky slope of the network, between 0 and 1");
  if (!s && !a->weights && cli_is_lone(a->data, "W"))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--weights is missing: the network to judge, W.npy");
  if (!s && a->points && a->random_given)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--probe-points gives the points; --probes and --seed would draw others");
  if (!s && a->outputs && !a->points)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--outputs are values at --probe-points; give these too");
  if (!s && a->reference && cli_is_file(a->data))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--reference compares files by name, so --data must be a directory");
  if (!s) s = check_network_args(c, a);
  return s ? s : check_perturbation(c, a);
}

static lfap_status probe_points(cli *c, lfap_mat *out, const compare_args *a, size_t d) {
  if (a->points) return cli_points_read(c, out, a->points, d);
  lfap_data drawn = {0};
  lfap_status s = lfap_gen_uniform(&c->ctx, &drawn, a->seed, a->probes, d - (c->bias != 0));
  if (!s && c->bias) s = lfap_data_with_one(&c->ctx, &drawn);
  if (s) {
    lfap_data_free(&drawn);
    return s;
  }
  *out = (lfap_mat){.rows = a->probes, .cols = d, .ndim = 2, .v = drawn.x};
  free(drawn.y);
  return LFAP_OK;
}

static lfap_status outputs(cli *c, compare_run *r) {
  size_t n = r->probes.rows;
  lfap_status s = lfap_net_eval(&c->ctx, r->f.v, &r->net, r->probes.v, n);
  size_t bad = s ? n : lfap_first_unbounded(r->f.v, n);
  if (bad < n)
    s = lfap_fail(&c->ctx, LFAP_ERR_RANGE,
                  "the output of W at probe point %zu is %g, outside the range of doubles: scale W or the points", bad,
                  r->f.v[bad]);
  return s;
}

/* With --bias, or a b.npy beside W, every point gets the constant coordinate, last. */
static lfap_status read_run(cli *c, compare_run *r) {
  const compare_args *a = &r->a;
  lfap_status s = LFAP_OK;
  c->bias_file = a->bias;
  if (a->bias) c->bias = 1;
  else s = cli_bias_find(c, a->weights, a->data);
  if (!s) s = cli_data_read(c, &r->data, a->data, a->labels);
  if (!s) s = compare_network(c, r);
  if (!s) s = probe_points(c, &r->probes, a, r->data.d);
  if (!s) s = lfap_vec_alloc(&c->ctx, &r->f, r->probes.rows);
  return s ? s : outputs(c, r);
}

static lfap_status judge_run(cli *c, compare_run *r) {
  const compare_args *a = &r->a;
  lfap_status s = read_run(c, r);
  if (!s) s = compare_classified(c, r);
  if (!s) s = compare_outputs(c, r);
  if (!s) s = compare_reason(c, r);
  if (!s) s = compare_limit(c, r);
  if (!s && a->adversarial) s = compare_perturbed(c, r);
  if (!s) s = compare_lambda(c, r);
  if (!s && a->reference) s = compare_reference(c, r);
  if (!s && a->certify) s = compare_certify(c, r);
  return s;
}

/* The worst of what was judged: the network is what it is taken for, and its numbers. */
static lfap_verdict verdict_of(const compare_run *r) {
  size_t of[4] = {0};
  of[compare_network_verdict(r)]++;
  for (size_t i = 0; i < r->arrays; i++) of[r->array[i].verdict]++;
  return of[LFAP_FAIL]        ? LFAP_FAIL
         : of[LFAP_UNDECIDED] ? LFAP_UNDECIDED
         : of[LFAP_PASS]      ? LFAP_PASS
                              : LFAP_NOT_APPLICABLE;
}

static lfap_status run_compare(cli *c, int argc, char **argv) {
  compare_run r = {.a = {.probes = 1000, .norm = -1}, .made_from.gamma = NAN};
  int help = 0;
  lfap_status s = cli_parse(c, &r.a, set_compare_option, &help, argc, argv);
  if (s || help) return s;
  s = check_compare_args(c, &r.a);
  if (!s) s = judge_run(c, &r);
  if (!s) c->verdict = verdict_of(&r);
  if (!s && c->json) s = cli_print_compare(c, &r);
  else if (!s) compare_print(c, &r);
  compare_free(&r);
  return s;
}

const cli_verb cli_compare = {
    "compare",
    "how close a network made elsewhere, its perturbations and numbers are to the theory",
    "--data PATH [--labels FILE] --weights W.npy --gamma G [options]",
    "Holds the weights of a network with one hidden layer, from any framework, against the theory, and judges:\n"
    "  the network    does W classify its data at all? FAIL where it does not, with the slip that explains it best: "
    "row order, signs, output layer, bias, transpose, slope, labels. Ask this first: the rest is of no use "
    "where it fails\n"
    "  C1, C2         which of them makes w the boundary of the limit at these data and this slope; with verdicts of "
    "their own\n"
    "  K1, w          how far W is from a KKT point, and from that boundary: measured, without a verdict; "
    "that is for the question how long to train\n"
    "  --adversarial  are its perturbations what they are said to be? Recomputed as perturbed minus base, held against "
    "their constraint and against the best there is; \"deceived\" is for perturbations made against this W\n"
    "  --polish       where W itself ends (C3), and whether training goes there (C4); `lfap polish` writes that point\n"
    "  --lambda       (and --outputs, --reference) are your numbers those computed here? The largest differences, in "
    "ulp too, and PASS or FAIL: relative to the largest entry 2^-33 in doubles, 2^-14 in single, 2^-7 "
    "in half precision\n"
    "\n"
    "Without --output-weights or --signs the first half of the rows have output weight +1/sqrt(m), the second half\n"
    "-1/sqrt(m). With them rows come in any order; f, signs and perturbations are judged on the rows\n"
    "|v_j| sqrt(m) w_j, which have the same f, and the limit is that of this output layer, taken as fixed unless\n"
    "--output-trained says otherwise. Rounding to the precision that perturbations were made in is allowed for; it is\n"
    "read from the entries, so .astype('<f8') is always right. Where a cheat of 0.1 % may be rounding, a sample is\n"
    "UNDECIDED.",
    "  # in PyTorch: numpy.save('W.npy', model.hidden.weight.detach().cpu().numpy())\n"
    "  lfap compare --data X.npy --labels y.npy --weights W.npy --gamma 0.01\n"
    "  # a network, and perturbations of noise that it takes for its targets:\n"
    "  lfap gen uniform --n 20 --d 1000 --seed 1 --out data\n"
    "  lfap train --data data --gamma 0.5 --m 20 --out net\n"
    "  lfap gen uniform --n 20 --d 1000 --seed 2 --out noise\n"
    "  lfap perturb --norm l2 --from gradient --data noise --weights net/W.npy \\\n"
    "    --gamma 0.5 --eps 3 --out adv\n"
    "  lfap compare --data data --weights net/W.npy --gamma 0.5 \\\n"
    "    --adversarial adv --bases noise/X.npy --norm l2 --eps 3",
    options,
    run_compare};
