/* norm.h - a norm is an object: all that P1, D1, T3, the attacks and the reports ask of one, a row of the table in
 * norm.c. Nothing else asks which norm it has before it. */
#ifndef LFAP_PERTURB_NORM_H
#define LFAP_PERTURB_NORM_H
#include "lfap.h"

/* X(constant, name, size of a perturbation where none is given), in the order of lfap_norm: for what is made of
   literals alone, options and help. */
#define LFAP_NORM_EACH(FIRST, NEXT) \
  FIRST(L2, "l2", "0.0078 sqrt(d)") \
  NEXT(LINF, "linf", "0.03")        \
  NEXT(L0, "l0", "0.3")             \
  NEXT(L1, "l1", "0.03 sqrt(d)")
#define LFAP_NORM_WORD(key, name, size) name
#define LFAP_NORM_COMMA_WORD(key, name, size) ", " name
#define LFAP_NORM_BAR_WORD(key, name, size) "|" name
#define LFAP_NORM_SIZE(key, name, size) name " " size
#define LFAP_NORM_COMMA_SIZE(key, name, size) ", " name " " size
#define LFAP_NORM_WORDS LFAP_NORM_EACH(LFAP_NORM_WORD, LFAP_NORM_COMMA_WORD) /* "l2, linf, l0, l1" */
#define LFAP_NORM_BARS LFAP_NORM_EACH(LFAP_NORM_WORD, LFAP_NORM_BAR_WORD)    /* "l2|linf|l0|l1" */
#define LFAP_NORM_SIZES LFAP_NORM_EACH(LFAP_NORM_SIZE, LFAP_NORM_COMMA_SIZE)

/* ||w||_dual (d), the largest <eta,w> of a perturbation of size 1, on k entries where the norm counts them. */
typedef double lfap_dual_fn(const double *w, size_t k, size_t d, void *scratch);

typedef struct {
  const char *name;
  int takes_k;          /* it bounds how many entries change, k, and eps bounds each of them */
  int entrywise;        /* eps bounds every entry by itself, so that rounding is judged entry by entry */
  int along_w;          /* e of T3 points along w, so that <e,z> has the sign of <w,z> */
  const char *measured; /* of reports: what `size` says */
  /* What eps bounds of v (d); for l0 that is the largest entry. */
  double (*length)(size_t d, const double *v);
  /* The size of eta (d) as reports say it, whatever its scale; for l0 the entries that changed. */
  double (*size)(const double *eta, size_t d);
  lfap_dual_fn *dual;       /* scratch: d bytes */
  lfap_dual_fn *dual_apart; /* without the kernels that make eta, which it judges; scratch: d doubles */
  /* eta (d): the maximiser of t<eta,w> (P1, N7); keep: d bytes of scratch. w is not 0. */
  void (*maximise)(double *eta, const double *w, unsigned char *keep, double t, double eps, size_t k, size_t d);
  /* One step of PGD from x against the gradient g, within the ball around x0 and the range (N7); delta (d) and mask
     (d) are scratch. */
  void (*step)(double *x, const double *g, const double *x0, double *delta, unsigned char *mask,
               const lfap_perturb_opts *o, size_t d);
  /* How much larger than intended the length of x_adv - x may come out with rounding to u (spec/formats.md, Stored
     precision); least: what an entry of size 0 costs. */
  double (*allowance)(double u, double least, double eps, const double *x, const double *x_adv, size_t d);
  /* The Euclidean length of a perturbation of size 1 of w whose entries are alike. */
  double (*euclidean)(size_t k, size_t d);
  double (*eps_default)(size_t d); /* where no size is given: the paper's (spec/formats.md, Sweeps) */
} lfap_norm_object;

/* The row of a norm. */
const lfap_norm_object *lfap_norm_of(lfap_norm norm);
/* Is this a norm, and k a number of entries for it? USAGE says why not. */
lfap_status lfap_norm_check(lfap_ctx *ctx, lfap_norm norm, size_t k, size_t d);
/* PGD's steps where none are given: 100, or as many as entries may change. */
size_t lfap_norm_steps(lfap_norm norm, size_t k);
#endif
