/* lfap.h - the public header of liblfap: learning from adversarial perturbations, in IEEE doubles. (Who writes a
 * certifier of their own includes lfap_certifier.h as well; what is certain by exact arithmetic: lfap_oracle.h.)
 *
 * A one-hidden-layer leaky-ReLU network trained by gradient flow on nearly orthogonal data has, in the limit,
 * a linear decision boundary that can be computed (statements H, T1, Q1, T2, C1 of spec/theory.md); adversarial
 * perturbations made from it (P1, D1, D2) teach a fresh network the natural classes (T3, T4).
 *
 * Conventions. Matrices are dense, row-major, without padding: X is N x d, W is m x d. Labels and targets are
 * doubles equal to +1.0 or -1.0. Every function that can fail returns an lfap_status and leaves its outputs
 * untouched on failure (but for arrays of the caller that are filled piece by piece, a Gram matrix or signs of points,
 * where the work is stopped); the message (what, where, why, what to do) is in ctx->message. An object filled by the
 * library is freed by its `_free`; `_free` of a zeroed object is allowed. MEMORY any of them may return, and
 * INTERRUPTED where the context has a progress callback; other statuses are named at the function.
 * No global state, no printing, no exit().
 * Results are bits: spec/numerics.md fixes every operation; threads and blocking never change them.
 */
#ifndef LFAP_H
#define LFAP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LFAP_VERSION "0.1.0"
#define LFAP_SCHEMA_VERSION 1
/* Version of spec/numerics.md, the order of every operation: results are the same bits wherever it is the same. 1 was
   the order in which a dot had no slices (N1). */
#define LFAP_NUMERICS 2

/* ---- status and context ------------------------------------------------------------------------------------------ */

typedef enum {
  LFAP_OK = 0,
  LFAP_ERR_USAGE = 64,       /* an argument out of its range */
  LFAP_ERR_DATA = 65,        /* bad data: format, value, shape, degenerate */
  LFAP_ERR_NOINPUT = 66,     /* an input cannot be opened or read */
  LFAP_ERR_INTERNAL = 70,    /* a broken invariant: please report it */
  LFAP_ERR_MEMORY = 71,      /* out of memory, or larger than the memory there is */
  LFAP_ERR_CANTCREATE = 73,  /* an output cannot be created */
  LFAP_ERR_IO = 74,          /* writing failed half-way (nothing is left behind) */
  LFAP_ERR_INFEASIBLE = 80,  /* a finding: no network with label slopes separates the data */
  LFAP_ERR_RANGE = 81,       /* numbers leave the range of doubles */
  LFAP_ERR_UNSOLVED = 82,    /* no finding: the solver gave up, doubles cannot tell */
  LFAP_ERR_INTERRUPTED = 130 /* the progress callback asked to stop */
} lfap_status;

/* One per calling thread. Zero-initialise; set what you need. */
typedef struct lfap_ctx {
  int threads; /* worker threads for the blocked kernels; 0 means 1 */
  /* Called now and then by long work: `done` of `total` units of `what`, 0 of them when it begins, all when it has
     ended; work inside work (an epoch's products) reports between. total is 0 where it is not known beforehand. A
     non-zero return stops the work with LFAP_ERR_INTERRUPTED. May be NULL. */
  int (*progress)(void *user, const char *what, double done, double total);
  void *user;
  /* Called with every file before it is opened to be read; one that is not to be read has another status than 0, with
     its message. May be NULL. */
  lfap_status (*reading)(struct lfap_ctx *ctx, const char *path);
  char message[1024]; /* the last error, empty if none */
} lfap_ctx;

/* Records a message (printf style) and returns `status`; ctx may be NULL. */
lfap_status lfap_fail(lfap_ctx *ctx, lfap_status status, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* Calls ctx->progress; LFAP_ERR_INTERRUPTED when it asks to stop. ctx may be NULL. */
lfap_status lfap_tick(lfap_ctx *ctx, const char *what, double done, double total);

/* Is the arithmetic of the calling thread the one that results are made of: round to nearest, subnormal numbers kept
   (USAGE otherwise), and compiled as such (INTERNAL)? `what` goes into the message. Every function below that
   computes asks this first, under its own name, and does nothing where the answer is no; lfap_hypothesis_of and
   lfap_net_direction have no status to say it with. */
lfap_status lfap_arith_check(lfap_ctx *ctx, const char *what);

/* ---- matrices, vectors, files ------------------------------------------------------------------------------------ */

typedef struct {
  size_t rows, cols; /* a vector of n entries is n x 1 with ndim 1 */
  int ndim;          /* 1 or 2: the shape written to NPY */
  double *v;         /* rows*cols doubles, owned */
  double unit;       /* unit roundoff of the numbers of a file: 2^-53 f8, 2^-24 f4, 2^-11 f2, coarser where the entries
                        show it (spec/formats.md, Stored precision); 0: exact, or of no file */
  int unit_read;     /* not 0: the entries showed it */
} lfap_mat;

/* Allocates rows x cols zeros, or a vector of n. LFAP_ERR_MEMORY names the size asked for. */
lfap_status lfap_mat_alloc(lfap_ctx *ctx, lfap_mat *out, size_t rows, size_t cols);
lfap_status lfap_vec_alloc(lfap_ctx *ctx, lfap_mat *out, size_t n);
void lfap_mat_free(lfap_mat *m);
/* One column more at the end: `column` (rows), or ones where that is NULL. Points Z become (Z, 1), weights (W, b). */
lfap_status lfap_mat_with_column(lfap_ctx *ctx, lfap_mat *m, const double *column);
/* And apart again: A (rows x cols) into its first columns and the last one, two fresh matrices. */
lfap_status lfap_mat_split(lfap_ctx *ctx, lfap_mat *first, lfap_mat *last, const double *A, size_t rows, size_t cols);

/* NPY, packed with gzip too, or a member of an NPZ archive (FILE.npz:NAME; FILE.npz where it has one array): bool,
   integers and floats of up to 8 bytes, in any order, one or two dimensions (spec/formats.md). DATA: another format,
   NaN or Inf in it; NOINPUT: it cannot be read. */
lfap_status lfap_npy_read(lfap_ctx *ctx, lfap_mat *out, const char *path);
/* NPY 1.0, <f8, written to a temporary name in the same directory and renamed. RANGE where an entry is not finite;
   CANTCREATE, IO: the file. */
lfap_status lfap_npy_write(lfap_ctx *ctx, const char *path, const lfap_mat *m);
/* Any bytes, the same way (used for CSV and JSON). CANTCREATE, IO. */
lfap_status lfap_file_write(lfap_ctx *ctx, const char *path, const void *bytes, size_t len);
/* Creates a directory (and its parents) if it is not there; CANTCREATE if it cannot be written to. */
lfap_status lfap_dir_make(lfap_ctx *ctx, const char *path);

/* ---- data (section 1 of spec/theory.md) -------------------------------------------------------------------------- */

typedef struct {
  size_t n, d;
  double *x;   /* n x d, owned */
  double *y;   /* n labels +-1, owned */
  double unit; /* of x, as in lfap_mat; so is the next */
  int unit_read;
  int bias; /* not 0: the last coordinate of every sample is the constant 1 of a bias (lfap_data_with_one) */
} lfap_data;

/* Room for n samples of d zeros and n labels 0, to be filled. MEMORY names the size asked for. */
lfap_status lfap_data_alloc(lfap_ctx *ctx, lfap_data *out, size_t n, size_t d);
void lfap_data_free(lfap_data *data);
/* Reads X and y and checks them (lfap_data_check). X may have more than two dimensions: a sample, an image say, becomes
   a row. NOINPUT, DATA: a file, or shapes that do not fit each other. */
lfap_status lfap_data_read(lfap_ctx *ctx, lfap_data *out, const char *x_path, const char *y_path);
/* A bias b_j of every neuron is a constant coordinate of the data: f(x) = sum_j a_j phi(<w_j,x> + b_j) is the network
   of the rows (w_j, b_j) at (x, 1), and every statement about it is that of the samples (x_n, 1), d one more; what
   training then keeps small is ||W||^2 + ||b||^2. Perturbations, noise and probes leave that coordinate as it is.
   Here x_n becomes (x_n, 1), unchecked. USAGE: it has one already. */
lfap_status lfap_data_with_one(lfap_ctx *ctx, lfap_data *data);
/* The range of a sample's norm in which every result is right (N14): squares of norms, their products and quotients
   stay far from the ends of the doubles. Multiplying all data by a power of two changes no verdict and divides
   lambda by its square. */
#define LFAP_NORM_MIN 0x1p-200
#define LFAP_NORM_MAX 0x1p200
/* The least slope of the leaky ReLU for which gamma^3 Rmin^4 and its like stay in it. */
#define LFAP_GAMMA_MIN 0x1p-64
/* DATA unless n > 0, d > 0, labels +-1, all finite, no all-zero sample, no duplicate samples: with opposite labels no
   network separates them, with equal ones lambda is not unique. RANGE: a norm outside LFAP_NORM_MIN to LFAP_NORM_MAX.
   `name` goes into the message. */
lfap_status lfap_data_check(lfap_ctx *ctx, const lfap_data *data, const char *name);

/* Generators (spec/formats.md, N10): bit-identical to NumPy's Generator(Philox(key=seed)). n samples of d entries on
   [-1, 1), or standard normal, labels +-1. USAGE: n or d is 0. */
lfap_status lfap_gen_uniform(lfap_ctx *ctx, lfap_data *out, uint64_t seed, size_t n, size_t d);
lfap_status lfap_gen_gauss(lfap_ctx *ctx, lfap_data *out, uint64_t seed, size_t n, size_t d);
/* Exactly orthogonal rows of equal norm, entries +-1 and 0: rows of a Hadamard matrix with random signs. The smallest
   power of two >= n must not exceed d (USAGE otherwise); spec/formats.md has the definition. */
lfap_status lfap_gen_orthogonal(lfap_ctx *ctx, lfap_data *out, uint64_t seed, size_t n, size_t d);

typedef struct {
  lfap_data train, test; /* pixels / 255, minus `mean`; class_pos is +1 */
  double *mean;          /* d, zeros without centring, owned */
  size_t height, width;
} lfap_images;
/* dir holds the four gzipped IDX files; the first n images of the two classes in file order (n/2 each, the odd one to
   class_pos); all test images of both. Classes are 0..9. USAGE: equal or unknown classes, n < 2, more images than
   there are; NOINPUT, DATA: the files. */
lfap_status lfap_images_read(lfap_ctx *ctx, lfap_images *out, const char *dir, int class_pos, int class_neg, size_t n,
                             int center);
void lfap_images_free(lfap_images *im);
/* Height and width alone, in pixels. NOINPUT, DATA: the files. */
lfap_status lfap_images_shape(lfap_ctx *ctx, size_t *height, size_t *width, const char *dir);

/* G (n x n, row-major, caller's memory) of the rows of X. */
lfap_status lfap_gram(lfap_ctx *ctx, double *G, const double *X, size_t n, size_t d);
/* C (na x nb) = A B' with A na x d, B nb x d; every entry a dot (N1). */
lfap_status lfap_rows_product(lfap_ctx *ctx, double *C, const double *A, const double *B, size_t na, size_t nb,
                              size_t d);

/* Gram matrix of x_n + t_n eta from G, that of x_n: G_nk + t_k p_n + t_n p_k + t_n t_k eta2, p_n = <x_n, eta> (n)
   and eta2 = <eta, eta> (N12). G_out may be G. It speaks of the exact sums x_n + t_n eta, so it equals lfap_gram of
   the stored sums up to rounding only, and a certificate of stored points does not follow from it. */
lfap_status lfap_gram_shift(lfap_ctx *ctx, double *G_out, const double *G, const double *t, const double *p,
                            double eta2, size_t n);

/* Quantities of hypothesis (H): gamma^3 Rmin^4 >= 3 N Rmax^2 pmax. */
typedef struct {
  double r_min2, r_max2; /* smallest, largest squared norm */
  double p_max;          /* largest |<x_n, x_k>|, n != k; 0 for N = 1 */
  size_t p_n, p_k;       /* where */
  double lhs, rhs;       /* of (H) */
  int holds;             /* lhs >= rhs as computed */
} lfap_hypothesis;
/* G (n x n) of the samples; n > 0. */
void lfap_hypothesis_of(lfap_hypothesis *out, const double *G, size_t n, double gamma);

/* ---- network and training (sections 1, 5 and 6) ------------------------------------------------------------------ */

typedef struct {
  size_t m, d; /* m even, but with an a */
  double gamma;
  double *w; /* m x d, owned */
  /* m: the output weights of a network with others than the setting's, any m, signs in any order, owned. NULL:
     +1/sqrt(m) in the first half of the rows, -1/sqrt(m) in the second. Only the functions that say so take a network
     with an a; the others refuse it (lfap_net_plain) */
  double *a;
} lfap_net;

/* What a fixed output layer is to the limit: the sums of a_j^2 over its positive and over its negative weights, 1/2
   each in the setting of the theory. {0, 0} stands for these where it is read. */
typedef struct {
  double plus, minus;
} lfap_masses;
/* A mass is 0 or lies between these. */
#define LFAP_MASS_MIN 0x1p-100
#define LFAP_MASS_MAX 0x1p100

/* m rows of d zeros; DATA unless m is even and positive and gamma lies inside (0, 1). */
lfap_status lfap_net_alloc(lfap_ctx *ctx, lfap_net *out, size_t m, size_t d, double gamma);
void lfap_net_free(lfap_net *net);
/* The same with a copy of m output weights: any m > 0. DATA: an output weight is not finite, or gamma. */
lfap_status lfap_net_alloc_output(lfap_ctx *ctx, lfap_net *out, size_t m, size_t d, double gamma, const double *a);
/* 1/2 each without an a. A weight of 0 carries nothing. DATA: an output weight is not finite; RANGE: a mass or a
   single weight below LFAP_MASS_MIN and not 0, a mass above LFAP_MASS_MAX. */
lfap_status lfap_net_masses(lfap_ctx *ctx, lfap_masses *out, const lfap_net *net);
/* USAGE, in the name of `who`, where the network has an a: what follows would take no notice of it. */
lfap_status lfap_net_plain(lfap_ctx *ctx, const lfap_net *net, const char *who);
/* Each weight uniform on [-scale/sqrt(d), scale/sqrt(d)] from Philox(seed); scale 1 is the authors' init.
   DATA as lfap_net_alloc. */
lfap_status lfap_net_init(lfap_ctx *ctx, lfap_net *out, size_t m, size_t d, double gamma, uint64_t seed, double scale);
/* f (n) at the n rows of Z (n x d), with or without an a. */
lfap_status lfap_net_eval(lfap_ctx *ctx, double *f, const lfap_net *net, const double *Z, size_t n);
/* grad_x f at one point x (d), with or without an a. */
lfap_status lfap_net_input_grad(lfap_ctx *ctx, double *grad, const lfap_net *net, const double *x);
/* w (d): the mean positive row minus the mean negative row, the network's direction where its own limit is not known
   (N7); with an a the sum of a_j w_j, which these are up to a factor. */
void lfap_net_direction(double *w, const lfap_net *net);

typedef enum { LFAP_LOSS_EXP = 0, LFAP_LOSS_LOGISTIC = 1 } lfap_loss;
typedef enum { LFAP_METHOD_FLOW = 0, LFAP_METHOD_GD = 1, LFAP_METHOD_SGD = 2 } lfap_method;
/* gd, sgd. Plain: W itself moves (N5). Gram: W = W0 + C X, only N-dimensional pieces move (N5a); the same
   mathematics with other roundings. Auto: Gram where N <= d and m*N*d >= 2^24, plain elsewhere. */
typedef enum { LFAP_FORM_AUTO = 0, LFAP_FORM_PLAIN = 1, LFAP_FORM_GRAM = 2 } lfap_form;

/* The arithmetic of a training or a perturbation. Half is that of the published experiments (N17): tensors rounded to
   IEEE binary16, sums, loss, master weights and update in binary32. */
typedef enum { LFAP_ARITHMETIC_DOUBLE = 0, LFAP_ARITHMETIC_HALF = 1 } lfap_arithmetic;

/* A training between two of its epochs (flow: accepted steps), as lfap_train_opts.after sees it; it lives as long as
   that call. */
typedef struct {
  size_t done;                /* epochs or steps so far, at least 1 */
  int last;                   /* nothing is left to be done */
  int interrupted;            /* the run ends here, with INTERRUPTED */
  const double *margin;       /* gd, sgd: y_n f(x_n) before the epoch's update (N); NULL: flow */
  struct lfap_train_run *run; /* the library's own */
} lfap_train_state;

/* Read by lfap_train (and the replay of the oracle); lfap_train_defaults fills it. A field that names methods is read
   by these alone. */
typedef struct {
  lfap_method method;
  lfap_loss loss;
  size_t epochs;              /* gd, sgd: epochs; flow: most accepted steps */
  double lr, momentum;        /* gd, sgd; flow: lr is the first step in s, 0 chooses it */
  double log_loss_target;     /* flow: stop where log L reaches this (e.g. -1e6) */
  double rtol, atol;          /* flow */
  lfap_form form;             /* gd, sgd */
  int coefficients;           /* keep them in the history; the weights have the same bits */
  lfap_arithmetic arithmetic; /* half: gd and sgd in plain form alone */
  /* Called after every epoch or step, the last too, and where the progress callback stops the run after one. Any status
     but OK ends the run with it; one that is stopped ends with INTERRUPTED, and the message left in ctx. NULL: not
     called. */
  lfap_status (*after)(void *user, const lfap_train_state *state);
  /* Not NULL: the run goes on from a state, whose next `len` bytes this puts into `bytes` (never NULL); len 0: that was
     all. All else has to be as it was, the weights given being the first ones; all results have the bits of an
     undivided run, with any number of threads. Refused with the reason: a state that is damaged (DATA), or of another
     training or version (USAGE). */
  lfap_status (*from)(void *user, void *bytes, size_t len);
  void *user; /* of both */
} lfap_train_opts;
/* The command line's defaults for that method. */
void lfap_train_defaults(lfap_train_opts *opts, lfap_method method);

typedef struct {
  double loss, log_loss, lr; /* gd, sgd: before the update of that epoch; flow: after the step, lr is its length in s.
                                log_loss is the log of the mean of g = -l': log L for the exponential loss */
  double s;                  /* flow: the time s = integral of mean g dt, after the step; 0 otherwise */
  double zeros;              /* half: share of the m x N entries of dL/dz that are exactly 0; 0 otherwise */
} lfap_epoch;
typedef struct {
  lfap_epoch *row; /* owned */
  size_t rows;
  int stationary; /* flow: p stopped moving (N9 tail) */
  int aligned;    /* every slope equals the label slope at the end */
  int gram;       /* gd, sgd: the Gram form was used */
  size_t ended;   /* half: the epoch at which gradient and update were 0, so that nothing moves any more; 0: none */
  double *p;      /* N, normalised loss gradients at the end, owned */
  /* m x N, owned; NULL unless asked for: b_jn of w_j = w_j(0) + a_j sum_n b_jn y_n x_n (T5). Not negative for gd and
     sgd; the flow's steps have a negative weight, so there a b_jn may be */
  double *coefficient;
  double log_loss; /* at the end */
} lfap_history;
void lfap_history_free(lfap_history *h);
/* Trains net->w in place (untouched on failure); history may be NULL. In half precision the first weights are rounded
   to binary32, and a run stops where learning ends. Statements T1 and F1 speak of the flow, T5 of
   all methods. DATA: other widths, bad samples, losses or steps that are no numbers any more; USAGE: options out of
   range; RANGE: the flow leaves the doubles. */
lfap_status lfap_train(lfap_ctx *ctx, lfap_net *net, lfap_history *history, const lfap_data *data,
                       const lfap_train_opts *opts);
/* The state as bytes (spec/formats.md, Checkpoints), piece by piece to `put`, until one is not taken: its status is
   returned. */
lfap_status lfap_train_state_put(lfap_ctx *ctx, const lfap_train_state *state,
                                 lfap_status (*put)(void *user, const void *bytes, size_t len), void *user);
/* The weights at this moment, w (m x d). */
lfap_status lfap_train_state_weights(lfap_ctx *ctx, double *w, const lfap_train_state *state);

/* ---- the limit (Q1, T1, T2, C1) ---------------------------------------------------------------------------------- */

/* How linear systems are solved: by size and conditioning (N6), by Cholesky factors, by conjugate gradients. */
typedef enum { LFAP_SOLVER_AUTO = 0, LFAP_SOLVER_DIRECT = 1, LFAP_SOLVER_CG = 2 } lfap_solver;

#define LFAP_RESIDUAL_MOST 1e-12
#define LFAP_ERROR_MOST 5e-12

/* The limit at any slope (statement C2): U = sqrt(m) u and V = sqrt(m) v of equal rows solve the convex programme (CP);
   with output weights a_j of its own rows are a_j U for a_j > 0, |a_j| V for a_j < 0.
   Of sample n, `own` is <U,x_n> for y_n = +1 and <V,x_n> for y_n = -1, `other` the other one. */
typedef struct {
  /* n each: multipliers of the constraints with s = gamma and with s = 1, owned. Where no kink is active alpha has the
     bits of lambda_q and beta is 0, as also where (CP) has no solution */
  double *alpha, *beta;
  /* n: s_n = (gamma alpha_n + beta_n)/lambda_n, where lambda_n = 0 phi's slope at other_n (gamma at 0), owned */
  double *slope;
  double *own, *other; /* n each, of alpha and beta, measured on the samples; owned */
  int solved;          /* they solve (CP), as far as doubles tell; 0: own and other are those of C1's form */
  int separable;       /* by a linear boundary: 1 yes, 0 proved that not, -1 not known */
  double own_min;      /* least own_n; NaN, with the next, where (CP) is not solved */
  double own_support;  /* the least with lambda_n > 0, which C2 is judged by, and its sample */
  size_t own_at;
  size_t kinks;           /* samples with alpha_n > 0 and beta_n > 0: other_n = 0 */
  size_t bent;            /* samples with beta_n > 0; 0: lambda, omega and w are those of C1's form */
  size_t active;          /* positive ones of the 2 n multipliers */
  double residual, error; /* as in lfap_limit, of the 2 n constraints */
  int settled;            /* the same, of alpha and beta */
  /* sqrt(p+ ||U* - U||^2 + p- ||V* - V||^2) is at most this, p+ and p- the masses, 1/2 each in the setting, U* and V*
     the solution: by the duality gap (N6a); inf: not known */
  double ball;
  /* own_n > 0 wherever lambda_n > 0 (`holds`), or not; `decided`: the ball leaves no doubt of which */
  int holds, decided;
  double kappa_obt;   /* max_k sum over n != k of max(0, -y_n y_k G_nk)/||x_n||^2 */
  double kappa_bound; /* kappa_obt below this is C2, a priori */
  /* min_n y_n <w,x_n>/||w||, a margin that w shows: the largest of a linear boundary is at least this, and at most
     margin_most = ||w||/sum omega_n. NaN where w does not separate. lfap_limit_margin closes the gap */
  double margin_lin, margin_most;
  /* margin_lin above this is C2, a priori: gamma sqrt((1-gamma)/(1+gamma)) Rmax; other masses than equal ones: N6a */
  double margin_need;
  /* a priori: kappa_obt < kappa_bound, or (equal masses) row_kappa < (sqrt 41 - 5)/2; by the margin */
  int by_kappa, by_margin;
  size_t rounds, iterations; /* on top of C1's form */
} lfap_c2;

typedef struct {
  size_t n, d;
  double gamma;
  lfap_masses masses; /* of the output layer whose limit it is: never {0, 0} */
  double *lambda;     /* n, of the limit: alpha + beta of C2, lambda_q where no kink is active; owned */
  double *omega;      /* n, the coefficients of w: in the setting alpha_n + 2 beta_n/(1 + gamma), or lambda; owned */
  double *w;          /* d, w = sum omega_n y_n x_n, owned */
  double *lambda_q;   /* n, of C1's form: what from here on is said of multipliers, owned */
  double *q;          /* n, (Q lambda)_n by the compensated product: 1 on the support, owned */
  double *fu, *fv;    /* n, y_n<u,x_n> (must be > 0) and y_n<v,x_n> (must be < 0), times sqrt(m): C1(b), owned */
  size_t support;     /* number of lambda_n > 0 */
  size_t c1b;         /* number of samples at which (b) holds */
  int full;           /* Q lambda = 1 has only positive entries: no QP was needed */
  /* largest |Q lambda - 1| on the support and 1 - (Q lambda)_n off it, of the samples themselves: never below the
     true one, and above it by rounding (N6, "Residual") */
  double residual;
  double error; /* of a multiplier on the support, relative, as estimated (N6, "Trust"); infinite: not known */
  /* residual <= LFAP_RESIDUAL_MOST, error <= LFAP_ERROR_MOST, and no sample is nearer to the other side of the support
     than they tell; 0: doubles do not tell, Q1 is undecided */
  int settled;
  double t1_lo, t1_hi, t2_lo, t2_hi, kappa; /* multiplier intervals; NaN where they do not exist */
  double post_kappa, post_lo, post_hi;      /* a-posteriori T2; NaN where post_kappa >= 1/2 */
  int c1;                                   /* C1's conditions hold as computed */
  lfap_hypothesis hyp;
  double row_kappa;          /* max_n sum over k != n of |G_nk| / ||x_k||^2 (N11) */
  double h_star, c_bound;    /* (H*): row_kappa < h_star; (C): row_kappa < c_bound, then C1 holds */
  size_t rounds, iterations; /* systems solved, steps of conjugate gradients (0: factors alone) */
  lfap_c2 c2;
} lfap_limit;
/* G: the Gram matrix of data->x (n x n) or NULL to compute it. INFEASIBLE: it is proved that no network with label
   slopes separates the data. UNSOLVED: neither was that proved, nor were multipliers found that separate them. With
   LFAP_OK they do, `settled` or not. (CP) without a solution is no failure: c2.solved tells. */
lfap_status lfap_limit_solve(lfap_ctx *ctx, lfap_limit *out, const lfap_data *data, const double *G, double gamma);
void lfap_limit_free(lfap_limit *lim);

/* Read by lfap_limit_solve_opts alone, all of it. */
typedef struct {
  /* bytes for samples, matrices and factor together; 0: no limit. Without room for the factor Q lambda = 1 is solved
     by conjugate gradients, without room for the Gram matrix from the samples alone (N6) */
  uint64_t memory_limit;
  lfap_solver solver;
  /* n flags: where lambda > 0 is to be expected, e.g. of a neighbouring problem; NULL: everywhere */
  const unsigned char *support;
  int best_effort;    /* in the place of UNSOLVED the best multipliers found, which separate nothing (settled is 0) */
  lfap_masses masses; /* of the output layer (lfap_net_masses), both positive; {0, 0}: 1/2 each */
} lfap_limit_opts;
/* The masses that o names. USAGE: one is not positive, or outside LFAP_MASS_MIN to LFAP_MASS_MAX. */
lfap_status lfap_limit_masses(lfap_ctx *ctx, lfap_masses *out, const lfap_limit_opts *o);
/* USAGE, in the name of `who`, where the masses of the limit are not 1/2 each: what follows is known of these alone. */
lfap_status lfap_limit_plain(lfap_ctx *ctx, const lfap_limit *lim, const char *who);
/* The same with options; NULL: the defaults, all zero. */
lfap_status lfap_limit_solve_opts(lfap_ctx *ctx, lfap_limit *out, const lfap_data *data, const double *G, double gamma,
                                  const lfap_limit_opts *o);
/* Multipliers to take instead of solving. */
typedef struct {
  const double *lambda, *kinks;
} lfap_multipliers;
/* The limit that given multipliers lambda >= 0 (n) of C1's form make: everything as above. kinks: 2 n multipliers >= 0
   of (CP), alpha, then beta, which stand for its solution as lambda does for C1's (c2.solved is 1; where every beta is
   0, alpha is lambda); NULL: only what lambda leaves of (CP) is solved. Nothing given is kept. o: as above; NULL: the
   defaults. DATA: a multiplier is negative or not finite. */
lfap_status lfap_limit_given(lfap_ctx *ctx, lfap_limit *out, const lfap_data *data, const double *G, double gamma,
                             lfap_multipliers given, const lfap_limit_opts *o);
/* The largest margin of a linear boundary, by one more programme (that of C1 with slope 1): raises c2.margin_lin and
   lowers c2.margin_most, and what follows from them. Nothing changes where the data are not linearly separable or
   doubles do not solve it. lim: the limit of data; G and o as there, but that the support is known. */
lfap_status lfap_limit_margin(lfap_ctx *ctx, lfap_limit *lim, const lfap_data *data, const double *G,
                              const lfap_limit_opts *o);
/* Bytes that lfap_limit_solve takes, samples included: with Gram matrix and factor (matrices = 2), the Gram matrix
   alone (1), without (0). */
uint64_t lfap_limit_bytes(size_t n, size_t d, int matrices, int threads);

/* min 1/2 l'Ml - b'l over l >= 0 for symmetric positive semidefinite M (n x n): lambda (n), and mu = M l - b (n).
   INFEASIBLE: it falls for ever along a ray, as far as doubles tell; UNSOLVED: they do not tell. */
lfap_status lfap_qp_solve(lfap_ctx *ctx, double *lambda, double *mu, const double *M, const double *b, size_t n);

/* ---- a data set and what is known of it -------------------------------------------------------------------------- */

/* What several computations need of one data set, made once: {.data = &D} begins one, lfap_set_free ends it. Nothing of
   the data may change for so long. It is used by one thread at a time. */
typedef struct {
  const lfap_data *data;   /* the caller's */
  const lfap_limit *limit; /* the caller's; NULL: not known */
  double *gram;            /* n x n, owned: lfap_gram of data->x; NULL until lfap_set_gram, which others call */
  int checked;             /* data have passed lfap_data_check; lfap_data_read checks what it reads */
} lfap_set;
/* Frees what the set owns: its Gram matrix. It may be used again. */
void lfap_set_free(lfap_set *set);
/* lfap_data_check, unless that was done. */
lfap_status lfap_set_check(lfap_ctx *ctx, lfap_set *set, const char *name);
/* Sees to it that set->gram is there, which lfap_limit_solve and lfap_limit_enclose take; MEMORY: no room for it. */
lfap_status lfap_set_gram(lfap_ctx *ctx, lfap_set *set);
/* lfap_train with the Gram matrix of the set, which the flow leaves there and the Gram form uses. */
lfap_status lfap_set_train(lfap_ctx *ctx, lfap_net *net, lfap_history *history, lfap_set *set,
                           const lfap_train_opts *opts);

/* ---- perturbations (P1, D1) -------------------------------------------------------------------------------------- */

typedef enum { LFAP_L2 = 0, LFAP_LINF = 1, LFAP_L0 = 2, LFAP_L1 = 3 } lfap_norm;
enum { LFAP_NORMS = 4 };
/* "l2", "linf", "l0", "l1"; static. "unknown" of a number that is no norm. */
const char *lfap_norm_name(lfap_norm norm);

/* eta (d): the maximiser of t<eta,w> under the constraint (N7). k is used by L0 alone. DATA: w is 0, or
   not finite; USAGE: eps < 0, k outside 1..d. Statement P1. */
lfap_status lfap_perturb_direction(lfap_ctx *ctx, double *eta, const double *w, double t, lfap_norm norm, double eps,
                                   size_t k, size_t d);
/* e (d) of T3: w/||w||, sgn w, or sgn w on the k kept entries or on the largest one; returns its dual value <e,w> in
   *dual. Errors as above. */
lfap_status lfap_perturb_unit(lfap_ctx *ctx, double *e, double *dual, const double *w, lfap_norm norm, size_t k,
                              size_t d);

/* geometry and gradient read norm, eps and (L0) k; pgd reads norm, eps, steps and the range. */
typedef struct {
  lfap_norm norm;
  double eps;                 /* size; L0: of each entry (PGD: of a step) */
  size_t k;                   /* L0 geometry/gradient: entries */
  size_t steps;               /* PGD */
  int has_range;              /* PGD: every entry of a perturbed point stays */
  double lo, hi;              /* between these; without, they are not looked at */
  lfap_arithmetic arithmetic; /* half: gradient and pgd */
  int bias;                   /* the last coordinate of the bases is the constant of a bias (lfap_data.bias): nothing
                                 is added to it, no range clamps it, k does not count it */
} lfap_perturb_opts;
typedef struct {
  size_t n, d;
  double *x, *eta; /* n x d each, owned */
  size_t vanished; /* pgd: bases that stopped on their way, as the gradient of the loss was exactly 0 */
} lfap_perturbed;
void lfap_perturbed_free(lfap_perturbed *p);
/* Bases B (n x d), targets t (n); with a bias the last entry of w is not looked at. RANGE, with the base, where a
   perturbed point would not be finite; gradient: DATA, with the base, where the gradient of f vanishes. Directions and
   weights of any size serve. DATA: targets other than +-1, pgd: a base outside the range; USAGE: options out of range.
   geometry is P1's optimum for w, gradient that for the gradient of f at the base. In half precision f and its gradient
   are those of the half network (N17). */
lfap_status lfap_perturb_geometry(lfap_ctx *ctx, lfap_perturbed *out, const double *B, const double *t, const double *w,
                                  const lfap_perturb_opts *o, size_t n, size_t d);
lfap_status lfap_perturb_gradient(lfap_ctx *ctx, lfap_perturbed *out, const double *B, const double *t,
                                  const lfap_net *net, const lfap_perturb_opts *o, size_t n);
lfap_status lfap_perturb_pgd(lfap_ctx *ctx, lfap_perturbed *out, const double *B, const double *t, const lfap_net *net,
                             const lfap_perturb_opts *o, size_t n);

/* ---- the split of a network (T5) --------------------------------------------------------------------------------- */

/* A network w_j = w_j(0) + a_j sum_n b_jn t_n x_n, which gd, sgd, the flow and KKT points have the form of, trained on
   x_n = base_n + eta_n with labels t_n. In units of a_j the value of neuron j at z has three parts:
   <w_j,z>/a_j = I_j + D_j + P_j, I_j = <w_j(0),z>/a_j, D_j = sum_n b_jn t_n <base_n,z>, P_j = sum_n b_jn t_n <eta_n,z>.
   f_rest is the network of the values I_j + D_j alone, E = f - f_rest the effect of the perturbations. */
typedef struct {
  const lfap_net *net;
  const double *first;      /* m x d, w_j(0); NULL: zeros */
  const double *b;          /* m x n (lfap_history.coefficient; lambda_n s_jn at a KKT point) */
  const double *t;          /* n, +1 or -1 */
  const double *base, *eta; /* n x d each */
  size_t n;
} lfap_split_args;
typedef struct {
  size_t m, d;
  double gamma;
  double *rows;    /* 4 m x d, owned: w_j(0), a_j sum_n b_jn t_n base_n, a_j sum_n b_jn t_n eta_n, w_j */
  double least;    /* coefficient */
  size_t negative; /* coefficients below 0 */
  double unsure;   /* what rounding may make of a row, as a vector: sums of large terms may cancel (N16) */
} lfap_split;
/* Nothing given is kept. DATA: targets other than +-1; RANGE: the sums leave the doubles. */
lfap_status lfap_split_of(lfap_ctx *ctx, lfap_split *out, const lfap_split_args *args);
void lfap_split_free(lfap_split *s);
/* The limit of C2 as a network of two neurons, U/sqrt(2) and V/sqrt(2), and its coefficients b (2 x n), for
   lfap_split_of: lambda and slope (n each) of lfap_limit, of data and masses of 1/2. DATA: gamma. */
lfap_status lfap_split_limit(lfap_ctx *ctx, lfap_net *net, lfap_mat *b, const lfap_data *data, const double *lambda,
                             const double *slope, double gamma);

typedef struct {
  double f, rest, effect; /* f, f_rest, E */
  double plus, minus;     /* (1/m) sums of the P_j > 0, of the -P_j > 0 */
  double init, data;      /* means of |I_j|, of |D_j| */
  double error;           /* largest |I_j + D_j + P_j - <w_j,z>/a_j| over the mean of |I_j| + |D_j| + |P_j| */
  double rounding;        /* rounding of the rows alone explains an error up to this */
  double slack;           /* what rounding, and that error, may do to f, E and its bounds (N16) */
  int sign;               /* of all P_j; 0: both signs, or a 0, are among them */
  int decided;            /* |f_rest| < |E|: E decides the sign of f */
  int follows;            /* f has the sign of E */
  /* T5's rules hold: (gamma plus - minus) <= E <= plus - gamma minus; with one sign that is E's; f has E's sign exactly
     where f_rest has it too, or E decides; all up to slack */
  int kept;
} lfap_split_point;
/* At the np rows of Z (np x d). RANGE: a part leaves the doubles; names the point. */
lfap_status lfap_split_at(lfap_ctx *ctx, lfap_split_point *out, const lfap_split *s, const double *Z, size_t np);

typedef struct {
  size_t points, exceptions;    /* points at which a rule of T5 fails */
  double one_sign, decided;     /* shares */
  double follows;               /* share at which f has E's sign */
  double effect_right, f_right; /* shares at which E, f have the label's sign; NaN without labels */
  double sum_error;             /* largest error of a point */
  size_t beyond;                /* points with an error above LFAP_SPLIT_MOST that rounding does not explain */
  double init, data, pert;      /* means of |I_j|, |D_j|, |P_j| */
} lfap_split_shares;
/* label: np signs that E should have, or NULL; np > 0. */
void lfap_split_shares_of(lfap_split_shares *out, const lfap_split_point *p, const double *label, size_t np);
/* A larger error that rounding does not explain: these are no coefficients of this network. */
#define LFAP_SPLIT_MOST 1e-12

/* ---- where given weights end (C3, C4) ---------------------------------------------------------------------------- */

/* The point of an own-class pattern (statement C3). Pair (j, n) is an *own pair* where a_j y_n > 0, an *other* one
   elsewhere. At a KKT point w_j = a_j sum_n lambda_n s_jn y_n x_n. */
typedef struct {
  lfap_net net;   /* W^o (m x d), feasible: least margin 1 as computed; owned */
  size_t n;       /* samples */
  double *lambda; /* n, owned */
  double *slope;  /* m x n: s_jn; 1 or gamma at own pairs, in [gamma, 1] at the others; owned */
  /* Every sign of multipliers, kinks and pre-activations is consistent, as far as doubles tell, and margins on the
     support are 1 up to 1e-6. */
  int settled;
  int holds;                   /* and no own pair of the support has the wrong sign: a KKT point of (P) */
  size_t rounds;               /* patterns solved */
  size_t flipped;              /* own pairs turned round, in all rounds */
  size_t support;              /* lambda_n > 0 */
  size_t kinks;                /* other pairs on the support at <w_j, x_n> = 0, gamma < s_jn < 1 */
  size_t own_kinks;            /* own pairs on the support too near to 0 for doubles to tell their sign */
  double own_min;              /* least |<w_j, x_n>|/|a_j| over the own pairs of the support */
  double cosine;               /* of the given W and W^o, as vectors of m d entries */
  double margin_given, margin; /* normalised margins min q_n/||W||; the first is not positive where W classifies not */
  double residual;  /* || W^o - sum lambda_n y_n grad f(x_n) ||/||W^o||, with these slopes, measured on the samples */
  double slackness; /* largest |q_n - 1| on the support */
  double kink_most; /* largest |<w_j, x_n>|/(||w_j|| ||x_n||) at a kink; 0 without one */
} lfap_polished;

/* net may have an a: a row with a_j = 0 is 0 at the point, with slopes gamma, and no pair of its is own or other.
   Reads net's own-class pattern, solves its programme, turns the own pairs that come out wrong, and goes on until none
   does: the norm falls each time. W that does not classify the data: the pattern is tried all the same. Weights of any
   size serve. DATA: widths or gammas that do not fit each other, weights not finite; INFEASIBLE: the pattern's
   programme has no solution, as far as doubles tell; UNSOLVED: they do not solve it (nearly dependent samples). Where
   they solve it roughly, or the norm does not fall, the point is not settled. */
lfap_status lfap_polish(lfap_ctx *ctx, lfap_polished *out, const lfap_net *net, lfap_set *set);
void lfap_polished_free(lfap_polished *p);

/* Does training from these very weights converge to that point (statement C4)? As doubles have it; certified by
   oracle_polish_certify. Every own pair has to be nearer to the point than to its kink. */
typedef struct {
  int holds;         /* angle < angle_most and length >= length_least, every own pair of W^o strict */
  double angle;      /* of W and W^o, radians */
  double angle_most; /* below this every own pair keeps its sign at the start; logistic: and every margin is above 0 */
  double length;     /* r0 = <W, W^o>/||W^o||^2, margins' unit */
  double length_least; /* from here on they keep it for ever */
  /* C: log N - H(p*); logistic: log 2 more, which is what its loss is off by while margins are above 0; gd: (R^2 -
     nu)/2 times the longest step more */
  double spread;
} lfap_c4;
/* step: the longest step ds of gradient descent from here on (learning rate times mean g); 0: the flow. */
lfap_status lfap_c4_of(lfap_ctx *ctx, lfap_c4 *out, const lfap_net *net, const lfap_polished *point,
                       const lfap_data *data, lfap_loss loss, double step);

/* T4 without multipliers: sign[i] (np) is the one strict sign of all t_n <x_n, z_i>, as every neuron of every KKT point
   of the set then has it at z_i, at any slope; 0 where there is none, or where doubles do not tell. Z: np x d. The set
   has passed lfap_data_check. Certified: oracle_kkt_signs. */
lfap_status lfap_kkt_signs(lfap_ctx *ctx, int *sign, const lfap_data *set, const double *Z, size_t np);

/* ---- K1: how close any weights are to a KKT point ---------------------------------------------------------------- */

typedef struct {
  double margin_min; /* min y_n f(x_n) */
  /* ||V - sum l_n y_n grad f(x_n)||_F / ||V||_F, minimised over l >= 0; NaN if margin_min <= 0 */
  double residual;
  double slackness;     /* sum l_n (y_n f(x_n;V) - 1) */
  double margin;        /* normalised margin min y_n f(x_n) / ||W||_F */
  double outside_rank2; /* share of ||W||_F^2 outside the best rank-2 approximation */
  double row_spread; /* largest relative distance of a row w_j/|a_j| from the mean of its sign, weighted with a_j^2 */
  double pattern_aligned; /* share of (j, n), a_j not 0, whose slope is the label slope */
  double cosine;          /* cos(sum a_j w_j, w): in the setting mean positive row - mean negative row */
  double agreement;       /* share of probe points whose sign of f is that of f_bdy */
  size_t probes;
} lfap_k1;
/* probes (np x d) may be NULL. lim is the limit of data at net->gamma and for the masses of net, which may have an a
   (statement Q1 with masses). Weights of any size serve. DATA: widths or gammas that do not fit each other; USAGE:
   masses that do not; RANGE: margin_min is no double. */
lfap_status lfap_k1_of(lfap_ctx *ctx, lfap_k1 *out, const lfap_net *net, const lfap_data *data, const lfap_limit *lim,
                       const double *probes, size_t np);
/* The same of a set whose limit is known (USAGE otherwise), with its Gram matrix if that is there. */
lfap_status lfap_set_k1(lfap_ctx *ctx, lfap_k1 *out, const lfap_net *net, const lfap_set *set, const double *probes,
                        size_t np);

/* ---- verification ------------------------------------------------------------------------------------------------ */

typedef enum { LFAP_PASS = 0, LFAP_FAIL = 1, LFAP_UNDECIDED = 2, LFAP_NOT_APPLICABLE = 3 } lfap_verdict;
/* "PASS", "FAIL", "UNDECIDED", "NOT-APPLICABLE"; static. */
const char *lfap_verdict_name(lfap_verdict v);

/* ---- claims: what an enclosure can decide (spec/claims.tsv) ------------------------------------------------------ */

/* clang-format off */
/* claims:begin enum (spec/claims.tsv; make tables) */
typedef enum {
  LFAP_CLAIM_NONE = 0,
  LFAP_CLAIM_H, /* H: lhs - rhs */
  LFAP_CLAIM_Q1, /* Q1: least multiplier, or slack off the support */
  LFAP_CLAIM_C1, /* C1: least of y<u,x>, -y<v,x>, times sqrt(m) */
  LFAP_CLAIM_C2, /* C2: least own pre-activation of the support, times sqrt(m) */
  LFAP_CLAIM_T1, /* T1: distance of the multipliers from the bounds */
  LFAP_CLAIM_T2, /* T2: distance of the multipliers from the bounds */
  LFAP_CLAIM_POST, /* T2: the same, a posteriori */
  LFAP_SET_CLAIMS, /* one above the last claim about a set; the others are decided at points */
  LFAP_CLAIM_T4 = LFAP_SET_CLAIMS, /* T4: consistent decision at the points of a set */
  LFAP_CLAIM_EVERY, /* T4: one sign of t<x,z> at the points of a set */
  LFAP_CLAIM_C3, /* C3: least own pre-activation of the support at the point, times sqrt(m) */
  LFAP_CLAIM_C4, /* C4: 1 - the largest part used of what exact training from these weights allows */
  LFAP_CLAIMS
} lfap_claim;
/* claims:end */
/* clang-format on */

typedef struct {
  const char *key, *id; /* "POST"; its statement, "T2" */
  const char *json;     /* its key in reports and certificates; NULL where it is decided at points */
  const char *relation; /* of the certified margin to 0 where the claim is PASS */
  const char *margin;   /* what that margin is */
  const char *absent;   /* why it would be NOT-APPLICABLE; NULL: it never is */
} lfap_claim_info;
/* By lfap_claim; all NULL for LFAP_CLAIM_NONE. Static strings. */
extern const lfap_claim_info lfap_claims[LFAP_CLAIMS];

/* What was decided of one claim. */
typedef struct {
  lfap_verdict verdict;
  double margin; /* least certain slack, NaN where there is none */
} lfap_decided;

/* ---- what is certain of a limit, by error bounds in doubles (N14) ------------------------------------------------ */

typedef struct {
  size_t n, d;
  double *q_lo, *q_hi; /* n: (Q l)_n of the given multipliers l, owned */
  double *lo, *hi;     /* n: enclosures of the multipliers where claim Q1 is PASS, owned */
  /* n: y_n<u,x_n> is at least u_lo, y_n<v,x_n> at most v_hi (times sqrt(m)), at the true solution of C1(a), owned */
  double *u_lo, *v_hi;
  signed char *slope; /* n: (b) proved (+1), disproved (-1) or undecided (0), owned */
  double *scale;      /* n: the diagonal of D, powers of two with D ||x_n|| < 1 where eigen is known; owned */
  double eigen;       /* the support's block of D Q D has eigenvalues above this; 0: not known */
  /* ||W_F - W(l)||_F is at most this, W_F the weights that solve Q lambda = 1 on the support; inf: not known */
  double near;
  double ball; /* ||W* - W(l)||_F is at most this; inf: not known */
  size_t support, aligned, refuted;
  size_t finished; /* of aligned and refuted: decided by exact integers afterwards (oracle_enclosure_finish) */
  int factors;     /* Cholesky factors tried */
  /* n: enclosures of own and other pre-activations (C2) at the solution of (CP), owned; infinite: not known */
  double *own_lo, *own_hi, *other_lo, *other_hi;
  unsigned char *off; /* n: its multipliers are certainly 0, owned */
  /* C2: sqrt((||U* - U||^2 + ||V* - V||^2)/2) is at most this, and ||w* - w|| at most 2/(1 + gamma) times it */
  double c2_ball;
  size_t own_right, own_wrong;         /* samples with own > 0, own < 0 proved */
  lfap_decided claim[LFAP_SET_CLAIMS]; /* by lfap_claim (spec/certificate.md, Claims) */
} lfap_enclosure;
/* lim: the limit of data. With its Gram matrix G one Cholesky factor (n x n doubles) encloses the multipliers and
   decides Q1, T1, T2; without (NULL) the duality gap alone decides C1, in O(N d). USAGE: a limit of other sizes, or of
   another output layer (lfap_limit_plain). */
lfap_status lfap_limit_enclose(lfap_ctx *ctx, lfap_enclosure *out, const lfap_data *data, const lfap_limit *lim,
                               const double *G);
void lfap_enclosure_free(lfap_enclosure *e);

typedef struct {
  const char *id;   /* statement: "T2" (static string) */
  char what[96];    /* "multipliers in the interval" */
  char subject[24]; /* "data", "adv l2" ... : which set the line speaks of */
  lfap_verdict verdict;
  double value;     /* the measured quantity */
  double bound;     /* what it is held against; NaN if nothing */
  char relation[4]; /* "<=", ">=", "=", "" */
  char note[160];   /* why, when not PASS */
  lfap_claim claim; /* what a certifier may decide about it */
  size_t points;    /* LFAP_CLAIM_T4: which set of points */
  int enclosed;     /* a certifier has spoken: */
  lfap_verdict certified;
  double margin;     /* its least certain slack; NaN where there is none */
  int headline;      /* one of the few lines that show the effect itself: accuracies with and without perturbation */
  int only_measured; /* no statement predicts the value: it is shown, the verdict is NOT-APPLICABLE */
} lfap_check;

typedef struct {
  char name[64];
  size_t n, d, n_adv, m;
  double gamma, eps;
  uint64_t seed;
  lfap_hypothesis hyp, hyp_adv[LFAP_NORMS]; /* of the data, and of the adversarial set per norm */
  lfap_limit lim;
  lfap_check *check; /* owned */
  size_t checks;
} lfap_case;
void lfap_case_free(lfap_case *c);
/* The worst verdict of the checks: FAIL, then UNDECIDED, then PASS (if any), else NOT_APPLICABLE. */
lfap_verdict lfap_case_verdict(const lfap_case *c);

/* A second opinion on the lines of a case, for those who write one: lfap_certifier.h. */
typedef struct lfap_certifier lfap_certifier;

/* Read by lfap_verify_case alone, all of it; nothing of it is kept but the name, which is copied. */
typedef struct {
  const char *name;                /* of the case, at most 63 bytes */
  const lfap_certifier *certifier; /* or NULL */
  const lfap_data *data;           /* natural samples */
  int checked;                     /* they have passed lfap_data_check */
  const lfap_data *test;           /* held-out labelled points, or NULL */
  const lfap_net *net;             /* a trained network to be judged instead of one trained here, or NULL */
  double gamma;                    /* inside (0, 1); of net too */
  uint64_t seed;                   /* noise bases, targets, inits, probes */
  size_t n_adv;                    /* noise bases, hence samples of an adversarial set */
  size_t m, m_adv;                 /* widths of the natural and of the adversarial networks, even */
  double eps[LFAP_NORMS];          /* per norm; 0 leaves the norm out */
  size_t k;                        /* L0 entries */
  int gauss_bases;                 /* noise from the standard normal instead of uniform */
  size_t probes;                   /* random probe points */
  size_t controls;                 /* bare-noise control networks, one a seed */
  double log_loss_target;          /* of the flows */
  size_t flow_steps;               /* their budget */
  size_t net_steps;                /* that of the network under test; 0: the same */
  const lfap_train_opts *training; /* NULL: networks are trained by the flow; else so, the loss left aside */
} lfap_verify_opts;
/* The sizes of a case about `data` where nobody gives them, and the data themselves; gamma, the seed and what may be
   NULL are 0. Perturbations are small against the distance to the boundary, and of one L2 length in every norm. */
void lfap_verify_defaults(lfap_verify_opts *o, const lfap_data *data);
/* The main job on one case: every line of every statement, judged (spec/formats.md, Verdicts). What cannot be computed
   of its own making is a NOT-APPLICABLE line; an error about the data (DATA, RANGE, INFEASIBLE, UNSOLVED), memory, an
   interrupt or the certifier's error ends it. USAGE: an option out of its range. */
lfap_status lfap_verify_case(lfap_ctx *ctx, lfap_case *out, const lfap_verify_opts *o);

/* ---- statements (generated from spec/statements.tsv) ------------------------------------------------------------- */

typedef struct {
  const char *id, *title, *text, *hypothesis, *derived, *function, *proofs, *oracle, *tests, *coq;
} lfap_statement;
extern const lfap_statement lfap_statements[];
extern const size_t lfap_statement_count;

#ifdef __cplusplus
}
#endif
#endif
