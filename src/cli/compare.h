/* compare.h - a foreign run being judged by `lfap compare`: what was given, and what was found. */
#ifndef LFAP_CLI_COMPARE_H
#define LFAP_CLI_COMPARE_H
#include "cli/certify.h"
#include "cli/cli.h"
#include "cli/ending.h"
#include "cli/origin.h"
#include "net/readout.h"
#include "verify/judge.h"
#include "verify/reason.h"

typedef struct {
  const char *data, *labels, *weights, *points;
  const char *output, *signs, *bias; /* its output layer and biases */
  const char *test, *test_labels;
  const char *adversarial, *targets, *bases; /* its perturbed set */
  const char *lambda, *outputs, *reference;  /* its numbers */
  double gamma;
  size_t probes;
  uint64_t seed;
  int random_given, norm, certify, polish, trained; /* norm -1: not given */
  lfap_perturb_opts o;
} compare_args;

/* One array against another; index of the maximum as row and column (a vector has ndim 1 and no column). */
typedef struct {
  char *name;          /* owned */
  const char *against; /* "computed" or "reference" */
  size_t rows, cols, other_rows, other_cols;
  int ndim, other_ndim;
  int same_shape, missing; /* missing: the run has no array of this name */
  double unit;             /* the coarser precision of both (lfap_mat.unit), and whether the entries showed it */
  int unit_read;
  lfap_difference d;
  double tolerance; /* relative to the largest entry of the other */
  lfap_verdict verdict;
  const char *why; /* NOT-APPLICABLE: there is nothing to hold it against; borrowed, else NULL */
} compare_array;

/* Signs of f against labels; an output of 0 decides nothing and counts as wrong. */
typedef struct {
  size_t of, right, zeros;
} compare_accuracy;

/* Signs that enclosures decide; the rest of `of` is undecided. */
typedef struct {
  size_t of, with, against; /* points; decided and equal; decided and different */
} compare_signs;

typedef struct {
  compare_args a;
  lfap_data data;
  /* The network as given (a: its output weights, NULL: the setting's), the plain one it folds to, and which of the two
     K1 and C3 are asked about: one whose minimal norm is that of the given rows, up to readout.factor */
  lfap_net given, net;
  const lfap_net *judged;
  lfap_readout readout;
  lfap_masses masses;
  double rounding;                               /* what folding may do to an output at the samples */
  compare_accuracy own, test;                    /* at the samples; at --test */
  lfap_slip reason;                              /* why it is not what it should be, if that is known */
  char no_limit[1024];                           /* why there is no limit to hold it against; "" where there is one */
  char no_boundary[256];                         /* with --certify: why nothing is certified */
  cli_origin here, net_of, lambda_of, made_from; /* the samples; what network, multipliers, perturbations are of */
  lfap_limit lim;
  lfap_case lines;    /* what is judged of it; none without a limit */
  lfap_mat probes, f; /* f: outputs of the network at the probes, evaluated here */
  lfap_k1 k1;
  cli_ending ending;               /* with --polish */
  lfap_mat points, targets, bases; /* bases.v may be data.x: then owned by data */
  int own_bases;
  lfap_p1 p1;
  lfap_mat lambda;         /* its multipliers, N */
  lfap_mat outputs, slack; /* its outputs at the probes, and what may be between them and those computed here */
  oracle_cert cert;
  cli_certificate certificate;        /* what the report says of it */
  compare_signs at_probes, at_points; /* sgn f of the network, and the target, against the certified sgn <w, .> */
  /* largest relative distance of its lambda from the enclosures; NaN without both */
  double lambda_off;
  compare_array *array;
  size_t arrays;
  size_t reference_numerics; /* 0: not told */
} compare_run;

/* compare_readout.c: W, its output layer and biases, folded. */
lfap_status compare_network(cli *c, compare_run *r);
/* compare_limit.c: its limit, or why there is none; K1 and, with --polish, C3 and C4. */
lfap_status compare_limit(cli *c, compare_run *r);
/* compare_reason.c: how many samples are right, the test set, and where it does not classify, why. */
lfap_status compare_classified(cli *c, compare_run *r);
lfap_status compare_reason(cli *c, compare_run *r);
const lfap_slip *compare_slip(const compare_run *r); /* NULL: none is known */
lfap_verdict compare_network_verdict(const compare_run *r);
/* The perturbed set (compare_foreign.c): read, then judged. */
lfap_status compare_perturbed(cli *c, compare_run *r);
/* compare_numbers.c: its outputs and lambda against those computed here, and the files of --reference. */
lfap_status compare_outputs(cli *c, compare_run *r);
lfap_status compare_lambda(cli *c, compare_run *r);
lfap_status compare_reference(cli *c, compare_run *r);
/* Signs through oracle/. */
lfap_status compare_certify(cli *c, compare_run *r);
void compare_free(compare_run *r);

/* C1 and C2 of the limit, one behind the other; NULL without a limit. What makes its boundary linear: "H", "C1", "C2";
   "" where nothing does, NULL where that is not decided. */
const lfap_check *compare_c1_c2(const compare_run *r);
const char *compare_linear_by(const compare_run *r);

/* compare_report.c: where the weights end, NULL where they have no point; the report. */
const cli_ending *compare_ending(const compare_run *r);
void compare_print(const cli *c, const compare_run *r);
#endif
