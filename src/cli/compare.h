/* compare.h - a foreign run being judged by `lfap compare`: what was given, and what was found. */
#ifndef LFAP_CLI_COMPARE_H
#define LFAP_CLI_COMPARE_H
#include "cli/certify.h"
#include "cli/cli.h"
#include "cli/ending.h"
#include "cli/origin.h"
#include "verify/judge.h"

typedef struct {
  const char *data, *labels, *weights, *points;
  const char *adversarial, *targets, *bases; /* its perturbed set */
  const char *lambda, *outputs, *reference;  /* its numbers */
  double gamma;
  size_t probes;
  uint64_t seed;
  int random_given, norm, certify, polish; /* norm -1: not given */
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
} compare_array;

/* Signs that enclosures decide; the rest of `of` is undecided. */
typedef struct {
  size_t of, with, against; /* points; decided and equal; decided and different */
} compare_signs;

typedef struct {
  compare_args a;
  lfap_data data;
  lfap_net net;
  cli_origin here, net_of, lambda_of, made_from; /* the samples; what network, multipliers, perturbations are of */
  lfap_limit lim;
  lfap_mat probes, f; /* f: outputs of the network at the probes, evaluated here */
  lfap_k1 k1;
  cli_ending ending;               /* with --polish */
  lfap_mat points, targets, bases; /* bases.v may be data.x: then owned by data */
  int own_bases;
  lfap_p1 p1;
  lfap_mat lambda; /* its multipliers, N */
  oracle_cert cert;
  cli_certificate certificate;        /* what the report says of it */
  compare_signs at_probes, at_points; /* sgn f of the network, and the target, against the certified sgn <w, .> */
  /* largest relative distance of its lambda from the enclosures; NaN without both */
  double lambda_off;
  compare_array *array;
  size_t arrays;
  size_t reference_numerics; /* 0: not told */
} compare_run;

/* The perturbed set (compare_foreign.c): read, then judged. */
lfap_status compare_perturbed(cli *c, compare_run *r);
/* Its lambda and outputs against those computed here, and the files of --reference. */
lfap_status compare_numbers(cli *c, compare_run *r);
lfap_status compare_reference(cli *c, compare_run *r);
/* Signs through oracle/. */
lfap_status compare_certify(cli *c, compare_run *r);
void compare_free(compare_run *r);

/* compare_report.c: where the weights end, NULL where they have no point; the report. */
const cli_ending *compare_ending(const compare_run *r);
void compare_print(const compare_run *r);
#endif
