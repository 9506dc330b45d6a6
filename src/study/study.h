/* study.h - one cell of a study: natural data and what decides on them (the teacher: the limit, or a network), noise
 * plus perturbations made from it, a fresh learner on these and a control on the bare noise, and what was measured
 * (spec/theory.md sections 3, 4, 6; R1, T3, T4). A row is a function of its cell alone: what a study keeps between
 * cells is only what the next cell would compute again. */
#ifndef LFAP_STUDY_STUDY_H
#define LFAP_STUDY_STUDY_H
#include "net/checkpoint.h"
#include "net/words.h"

typedef enum {
  LFAP_STUDY_UNIFORM,
  LFAP_STUDY_GAUSS,
  LFAP_STUDY_ORTHOGONAL,
  LFAP_STUDY_FASHION,
  LFAP_STUDY_KINDS
} lfap_study_kind;
typedef enum { LFAP_BASE_NOISE, LFAP_BASE_RANDOM, LFAP_BASE_FLIPPED, LFAP_BASES } lfap_study_base;
typedef enum { LFAP_BY_LIMIT, LFAP_BY_FLOW, LFAP_BY_SGD, LFAP_METHODS } lfap_study_method;
typedef enum { LFAP_FROM_GEOMETRY, LFAP_FROM_GRADIENT, LFAP_FROM_PGD, LFAP_FROMS } lfap_study_from;
/* "uniform", "gauss", "orthogonal", "fashion-mnist" */
extern const char *const lfap_study_kind_name[LFAP_STUDY_KINDS];
extern const char *const lfap_study_base_name[LFAP_BASES];     /* "noise", "natural-random", "natural-flipped" */
extern const char *const lfap_study_method_name[LFAP_METHODS]; /* "limit", "flow", "sgd" */
extern const char *const lfap_study_from_name[LFAP_FROMS];     /* "geometry", "gradient", "pgd" */
enum { LFAP_ARITHMETICS = 2 };

/* Why a value of a row does not exist, by its word in the column `reason` (spec/formats.md). */
typedef enum {
  LFAP_WHY_NONE, /* "undefined": nothing is missing, yet there is no value, as in 0/0 */
  LFAP_WHY_INFEASIBLE,
  LFAP_WHY_UNSOLVED,
  LFAP_WHY_RANGE,
  LFAP_WHY_DATA, /* a status of this name */
  LFAP_WHY_TRAINING,
  LFAP_WHY_PERTURBATION, /* that failed */
  LFAP_WHY_NOT_NOISE,
  LFAP_WHY_OWN_DIRECTIONS,
  LFAP_WHY_NO_TEST_SET,
  LFAP_WHY_NO_TRAINING,
  LFAP_WHY_HALF, /* not of this cell */
  LFAP_WHY_TEACHER,
  LFAP_WHY_LIMIT,
  LFAP_WHY_LIMIT_ADV,
  LFAP_WHY_LIMIT_CONTROL, /* it is made from that, whose own cell says why */
  LFAP_WHYS
} lfap_why;
extern const char *const lfap_why_name[LFAP_WHYS];
/* A status that speaks of the data at hand leaves a cell empty, for the reason *why (DATA means `part`); any other
   ends the study: 0. */
int lfap_why_of(lfap_why *why, lfap_status st, lfap_why part);

/* The networks of a cell that are trained. */
typedef enum { LFAP_PART_TEACHER, LFAP_PART_CONTROL, LFAP_PART_LEARNER, LFAP_PARTS } lfap_study_part;

/* What all cells of a study share. */
typedef struct {
  const char *images;          /* directory of Fashion-MNIST */
  int class_pos, class_neg;    /* its classes */
  size_t probes;               /* random points at which signs are compared */
  size_t epochs;               /* sgd: epochs; flow: most accepted steps */
  double log_loss_target;      /* flow */
  lfap_checkpoint *checkpoint; /* of the trainings of a cell, by lfap_study_part; NULL: none are written */
} lfap_study_opts;
void lfap_study_defaults(lfap_study_opts *o);

typedef struct {
  lfap_study_kind data;
  lfap_study_base base;
  lfap_study_method method;
  lfap_arithmetic arithmetic; /* of trainings and attacks; half: sgd alone */
  lfap_study_from from;
  lfap_norm norm;
  size_t d, n, n_adv;
  size_t m; /* neurons; 0 for the limit, which does not depend on it */
  size_t k; /* entries that change; 0 where the norm does not count them */
  double gamma, eps;
  uint64_t seed; /* below LFAP_STUDY_SEEDS */
} lfap_cell;

/* Everything random in a cell is drawn from Philox(key = seed + role * LFAP_STUDY_SEEDS). */
#define LFAP_STUDY_SEEDS UINT64_C(1000000000)
enum { LFAP_STUDY_CELLS = 1000000 }; /* most cells of a grid */
enum { LFAP_ROLE_DATA, LFAP_ROLE_BASES, LFAP_ROLE_TEACHER, LFAP_ROLE_LEARNER, LFAP_ROLE_PROBES };

/* The limit of a set, as far as a row tells of it. */
typedef enum { LFAP_LIMIT_NONE, LFAP_LIMIT_QP, LFAP_LIMIT_FULL, LFAP_LIMIT_UNKNOWN, LFAP_LIMITS } lfap_study_limit;
extern const char *const lfap_study_limit_name[LFAP_LIMITS]; /* "none", "qp", "full", "unknown" */
typedef struct {
  lfap_study_limit form; /* none: no network with label slopes separates the set; unknown: it was not to be told */
  lfap_why why;          /* of none and unknown */
  int h, c1;             /* (H) holds, C1's conditions hold; -1: not known */
  double h_ratio;        /* lhs / rhs of (H); inf where pmax = 0 */
  double c1_share;       /* share of samples at which C1(b) holds; NaN without a limit */
  int c2;                /* C2 holds: the limit's boundary is linear; -1: not known */
  double c2_own;         /* least own pre-activation; NaN where (CP) is not solved, as is the next */
  double c2_kinks;       /* samples with both multipliers positive */
} lfap_set_status;

typedef struct {
  lfap_set_status natural, adv, control;
  double rule, ratio;                                  /* R1: estimated, measured */
  double acc_teacher, acc, acc_control;                /* natural samples decided right */
  double acc_test, acc_test_control;                   /* held-out points */
  double t4_share;                                     /* natural samples at which T4's condition holds */
  double t5_one_sign, t5_decided;                      /* natural samples, by the learner's own network (T5) */
  double agree_natural, agree, agree_control;          /* signs of the learner, control against f_bdy */
  double agree_teacher;                                /* signs of the learner against the teacher, at the probes */
  double cosine, cosine_control;                       /* direction of learner, control with that of the teacher */
  double log_loss_teacher, log_loss, log_loss_control; /* at the end of training; NaN for the limit */
  lfap_why why_teacher, why_learner, why_control;      /* why it has no direction; NONE where it has one */
} lfap_row;

/* Keeps teacher and bases of the last cell. Zero-initialise, set `o`; free at the end. */
typedef struct lfap_study_teacher lfap_study_teacher;
typedef struct lfap_study_bases lfap_study_bases;
typedef struct {
  lfap_study_opts o;
  lfap_study_teacher *teacher; /* owned */
  lfap_study_bases *bases;     /* owned */
} lfap_study;
void lfap_study_free(lfap_study *s);

/* Can this cell be run at all? USAGE or DATA says why not. Costs nothing. */
lfap_status lfap_cell_check(lfap_ctx *ctx, const lfap_cell *c);
/* Same teacher (data, training), same bases as well: such cells side by side share the work. */
int lfap_cell_same_teacher(const lfap_cell *a, const lfap_cell *b);
int lfap_cell_same_bases(const lfap_cell *a, const lfap_cell *b);
/* Runs a cell. What cannot be computed of it is a NaN with its reason, not an error: the other parts and the other
   cells do not suffer from it. */
lfap_status lfap_study_run(lfap_ctx *ctx, lfap_row *out, lfap_study *s, const lfap_cell *c);

/* The sets of a cell of method limit and the networks that their limits are (C2), of two neurons each. All owned. */
typedef struct {
  lfap_data data, adv;       /* natural samples; noise + perturbation */
  lfap_net natural, learned; /* of these */
  double *w;                 /* d: of f_bdy, the natural limit's */
} lfap_cell_networks;
/* DATA where one of the sets has no linear boundary. */
lfap_status lfap_cell_networks_make(lfap_ctx *ctx, lfap_cell_networks *out, const lfap_cell *c,
                                    const lfap_study_opts *o);
void lfap_cell_networks_free(lfap_cell_networks *n);
#endif
