/* lfap_oracle.h - the public header of liboracle: what is true, decided by exact integers and enclosures (GMP and
 * MPFR), where lfap.h says what was computed. Needs lfap.h, gmp.h and mpfr.h; link liboracle.a before liblfap.a.
 *
 * A *certificate* of a data set speaks of its limit (statements H, Q1, T1, T2, C1 of spec/theory.md) as a
 * mathematical object: the data and gamma are taken as exact doubles, every verdict other than UNDECIDED is proved
 * by the inequalities of spec/certificate.md. A solver proposes (certify/), a small evaluator decides (check/,
 * exact/, interval/), and `lfap check` runs the evaluator again on what a file proposes. The evaluator shares no
 * numerical code with src/: of the library it has threads, text and messages. Of the solver, certify/finish.c does:
 * it begins with the multipliers, the enclosures and the bound of the inverse that the library found in doubles
 * (lfap_limit_enclose), so its verdicts rest on spec/numerics.md N14 too.
 *
 * Conventions of lfap.h: statuses, messages in ctx, outputs untouched on failure, `_free` of a zeroed object is
 * allowed. GMP and MPFR take memory through their own functions, which cannot report failure: a program that must
 * survive it sets mp_set_memory_functions. Call mpfr_free_cache() at the end of a thread for a clean slate.
 */
#ifndef LFAP_ORACLE_H
#define LFAP_ORACLE_H
#include <gmp.h>
#include <mpfr.h>
#include <stddef.h>

#include "lfap.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  ORACLE_PREC_MIN = 53,
  ORACLE_PREC_DEFAULT = 256,
  ORACLE_PREC_MAX = 65536,
  ORACLE_MAX_PREC_DEFAULT = 4096,
  ORACLE_EXACT_N = 64
};

typedef struct {
  unsigned prec; /* bits aimed at first; 0: ORACLE_PREC_DEFAULT */
  /* doubled up to here while something is undecided; 0: ORACLE_MAX_PREC_DEFAULT (or prec, if larger) */
  unsigned max_prec;
  int exact; /* solve in rationals (N <= ORACLE_EXACT_N) */
} oracle_opts;

/* ---- what error bounds leave open -------------------------------------------------------------------------------- */

/* Goes on where lfap_limit_enclose (numerics N14) left C1 undecided (elsewhere it does nothing): exact integers at
   those samples alone, with multipliers carried to more bits as far as needed. Changes slope, u_lo, v_hi, aligned,
   refuted, finished and c1 of e; what stays open is a slope of 0, or a support that e did not prove. data, lim, G:
   those e was made from (G may be NULL: then without a factor, and more stays open). O(N d) integer operations a
   round, and a factor. `e` is unchanged on failure up to slopes already decided. */
lfap_status oracle_enclosure_finish(lfap_ctx *ctx, lfap_enclosure *e, const lfap_data *data, const lfap_limit *lim,
                                    const double *G);

/* ---- certificates ------------------------------------------------------------------------------------------------ */

typedef enum {
  ORACLE_ENCLOSED = 0,   /* every multiplier lies in [lo, hi], and nothing else solves Q lambda = 1 on the support */
  ORACLE_EXACT = 1,      /* the multipliers are known rationals */
  ORACLE_APPROXIMATE = 2 /* no bound of the inverse: boundary statements may be decided, multipliers are not */
} oracle_mode;

/* Numbers of a certificate, exact rationals. */
typedef enum {
  ORACLE_R_MIN2,
  ORACLE_R_MAX2,
  ORACLE_P_MAX,
  ORACLE_LHS,
  ORACLE_RHS, /* H */
  /* bounds; proved distance from them */
  ORACLE_T1_LO,
  ORACLE_T1_HI,
  ORACLE_T1_SLACK_LO,
  ORACLE_T1_SLACK_HI,
  ORACLE_T2_LO,
  ORACLE_T2_HI,
  ORACLE_T2_SLACK_LO,
  ORACLE_T2_SLACK_HI,
  ORACLE_POST_KAPPA,
  ORACLE_POST_LO,
  ORACLE_POST_HI,
  ORACLE_POST_SLACK_LO,
  ORACLE_POST_SLACK_HI, /* T2, a posteriori */
  /* C1(a): lower bound on the support */
  ORACLE_LAMBDA_MIN,
  /* C1(a): of (Q lambda)_n - 1 off it */
  ORACLE_SLACK_MIN,
  ORACLE_U_MIN,
  ORACLE_V_MAX, /* C1(b): lower bound of sqrt(m) y<u,x>, upper bound of sqrt(m) y<v,x> */
  /* C2: of the least own pre-activation of the samples not proved off the support; of all samples, both ways */
  ORACLE_OWN_SUPPORT,
  ORACLE_OWN_MIN,
  ORACLE_OWN_MOST,
  ORACLE_VALUES
} oracle_value;

/* The limit with kinks (C2): multipliers alpha (slope gamma) and beta (slope 1) of (CP). */
typedef struct {
  /* proposed by the solver */
  mpz_t *p;  /* 2 n numerators over den: alpha, then beta, owned; NULL: no kink is active, they are lambda and 0 */
  mpz_t den; /* set where p is */
  int inseparable; /* p is a ray instead, M p = 0: the samples are not linearly separable and (CP) has no solution */
  oracle_mode mode;
  unsigned bits;
  long mu; /* eigenvalues of D M D on the support are at least 2^mu */
  /* decided by the evaluator */
  lfap_verdict solved; /* PASS: M is regular on the support, and this is the only solution, enclosed in lo, hi */
  mpq_t *lo, *hi;      /* 2 n, owned; NULL where p is */
  long radius;         /* |multiplier - proposed| <= 2^(radius - e_n) */
  int radius_zero;
  /* Times den 2^-unit/floor the proposal is feasible, and its duality gap is 2^-unit gap/floor^2 (spec/certificate.md,
     "Kinks"); floor 0: nothing is known. */
  mpz_t floor, gap;
  long unit;
  double *own_lo, *own_hi;         /* n: enclosures of own pre-activations, times sqrt(m), owned */
  signed char *own, *other;        /* n: certain signs of <U, x_n>, <V, x_n> (y_n = +1; -1: V, U), 0 open, owned */
  size_t kinks, right, wrong, off; /* samples at a kink; own > 0, own < 0, multipliers 0: proved */
} oracle_kinks;

typedef struct {
  size_t n, d;
  double gamma;
  char sha256[65]; /* of the data, set by the caller (64 hexadecimal digits) */
  /* proposed by the solver */
  oracle_mode mode;
  unsigned prec; /* bits reached */
  unsigned bits; /* of the factor that bounds the inverse */
  long mu;       /* eigenvalues of D Q D on the support are at least 2^mu */
  mpz_t *p;      /* n numerators: lambda~_n = p_n/den, owned */
  mpz_t den;
  /* decided by the evaluator */
  long *e;     /* n: floor(log2 ||x_n||), D = diag(2^-e), owned */
  long radius; /* |lambda_n - lambda~_n| <= 2^(radius - e_n) on the support */
  int radius_zero;
  mpq_t *lo, *hi; /* n: enclosures (equal to lambda~ in mode APPROXIMATE), owned */
  long ball;      /* ||W* - W(lambda~)||_F <= 2^ball */
  int has_ball, ball_zero;
  size_t support, aligned, refuted; /* samples with lambda_n > 0; with (b) proved; with (b) disproved */
  mpq_t value[ORACLE_VALUES];
  unsigned char has[ORACLE_VALUES];
  lfap_decided claim[LFAP_SET_CLAIMS]; /* by lfap_claim; a margin is rounded down */
  oracle_kinks c2;
} oracle_cert;

/* INFEASIBLE (o->exact): no network with label slopes separates the data. H is PASS or NOT_APPLICABLE (not met:
   certified too). Q1: PASS, the support is proved and the multipliers are enclosed. C1: PASS, (a) has a solution and
   (b) holds for it; FAIL, (b) is disproved. T1, T2: NOT_APPLICABLE where (H) is not met; POST: where kappa' >= 1/2. */
lfap_status oracle_limit_certify(lfap_ctx *ctx, oracle_cert *out, const lfap_data *data, double gamma,
                                 const oracle_opts *o);
void oracle_cert_free(oracle_cert *c);

/* A value as a double rounded down (up = 0) or up; NaN when there is none. */
double oracle_cert_double(const oracle_cert *c, oracle_value v, int up);
/* Enclosure of lambda_n in doubles. */
void oracle_cert_lambda(double *lo, double *hi, const oracle_cert *c, size_t n);
/* The doubles nearest to the enclosed multipliers (n). They lie in their enclosures as oracle_cert_lambda has them. */
void oracle_cert_nearest(double *lambda, const oracle_cert *c);
/* The same of (CP): alpha, then beta (2 n), which are lambda and 0 where the file has no second proposal. Only where
   c2.solved is PASS. */
void oracle_cert_kinks_nearest(double *kinks, const oracle_cert *c);
/* Largest relative distance of multipliers (n of them) from their enclosures; NaN unless Q1 is certified */
double oracle_cert_distance(const oracle_cert *c, const double *lambda);
/* The same of alpha and beta (n each) from those of (CP); NaN unless the certificate has them enclosed. */
double oracle_cert_kinks_distance(const oracle_cert *c, const double *alpha, const double *beta);

/* The file: one canonical spelling (spec/certificate.md), a string of *len bytes and a NUL in *text, which the caller
   frees. MEMORY. */
lfap_status oracle_cert_document(lfap_ctx *ctx, char **text, size_t *len, const oracle_cert *c);
/* Is the file, byte for byte, the certificate that follows from the data and the multipliers it proposes? *accepted
   is 0 with the reason in ctx->message; a text that is no certificate at all is LFAP_ERR_DATA. `sha256` is the hash
   of the data as given. */
lfap_status oracle_cert_check(lfap_ctx *ctx, int *accepted, oracle_cert *out, const char *text, size_t len,
                              const lfap_data *data, const char *sha256);

/* ---- where given weights end (C3, C4) ---------------------------------------------------------------------------- */

/* What is certain of the point of a pattern (C3): by the duality gap of its programme or by the residual of a proposal,
   on integers (spec/certificate.md, "Patterns"). */
typedef struct {
  size_t m, n, d;
  lfap_verdict exists; /* PASS: (P_o) has its one solution W^o, within `ball` of the proposal */
  lfap_verdict c3;     /* PASS: every own pair of W^o on the support has its pattern's sign, strictly: a KKT point and
                           strict local minimiser of (P); FAIL: some own pair of the support has the other sign */
  double ball; /* ||W^o - W~|| <= ball, W~ that of the proposal (or of the feasible multiple of it); rounded up */
  size_t pairs_right, pairs_wrong, pairs_open; /* own pairs, of all samples: certain signs */
  size_t kinks; /* other pairs with lambda_n > 0 and gamma < s_jn < 1 proved: <w_j, x_n> = 0 exactly */
  size_t others_signed, others_open; /* other pairs with a certain sign; neither one nor a proved kink */
  size_t support, off;               /* lambda_n > 0 proved; = 0 proved */
  int multipliers;                   /* the samples that are not off are proved independent: lambda is enclosed */
  double *lambda_lo, *lambda_hi;     /* n, owned; [0, infinity] where nothing is known */
  size_t groups;                     /* neurons of equal sign and pattern, whose rows are equal in W^o */
  /* C4, where it was asked for */
  lfap_verdict c4; /* PASS: exact training from the given doubles converges to W^o; NOT_APPLICABLE: proved that the
                           condition fails (nothing follows); UNDECIDED */
  double angle_lo, angle_hi, angle_most, length, length_least; /* rounded so that the condition, if it holds for them,
                           holds: angle up, most down, length down, least up */
  int linear;      /* of the boundary of f(.; W^o): 1 linear (two rows); -1 proved not linear, by z1, z2; 0 not known */
  double *z1, *z2; /* d each, owned: f > 0 at both (or < 0 at both), f of the other sign at z1 + z2; NULL */
  struct oracle_pattern *pattern; /* what the signs of points are made of; private, owned */
} oracle_polished;
/* point: a proposal, of which the pattern (slopes at own pairs), lambda and the slopes at other pairs are read; W^o is
   made of them on integers, nothing of them is kept. start: the weights whose training C4 is asked about, or NULL; step
   as in lfap_c4_of, taken as given. Of the logistic loss less is asked than there: what its losses come to from now on
   is bounded. o: prec of C4's intervals, max_prec of the bound of the inverse; NULL: the defaults. About m N^2 + m N d
   (C4) operations on integers, m the groups. DATA: shapes that do not fit, a slope or multiplier out of
   its range, weights not finite; USAGE: a step or precision out of its range. */
lfap_status oracle_polish_certify(lfap_ctx *ctx, oracle_polished *out, const lfap_polished *point,
                                  const lfap_data *data, const lfap_net *start, lfap_loss loss, double step,
                                  const oracle_opts *o);
void oracle_polished_free(oracle_polished *p);
/* sign[i] of f(z_i; W^o), certain; 0 where undecided. DATA: an entry that is not finite. */
lfap_status oracle_polished_signs(lfap_ctx *ctx, int *sign, const oracle_polished *p, const double *Z, size_t np);

/* T4 without multipliers, for a stored set (x_n, t_n): sign[i] is the one strict sign of all t_n <x_n, z_i>, decided
   exactly: every neuron of every KKT point of that set, at any slope, then decides z_i so (T5_kkt_sign). 0: there is
   none. DATA: an entry that is not finite, a set that lfap_data_check refuses. */
lfap_status oracle_kkt_signs(lfap_ctx *ctx, int *sign, const lfap_data *stored, const double *Z, size_t np);

/* ---- training and perturbations at P bits (replay/) -------------------------------------------------------------- */

/* How many decimal digits of computed doubles are right, the same numbers at P bits taken for true: -log10 of the
   relative error ||computed - true||_2/||true||_2 of all of them together, and of |computed - true|/|true| where it is
   largest; from 0 to ORACLE_DIGITS_MOST, which is said where nothing differs too (a true number rounded to a double
   has at least 15.9). A true 0 has all of them or none. */
#define ORACLE_DIGITS_MOST 17.0
typedef struct {
  double all, worst;
} oracle_digits;
/* Of an epoch, counted from 1: loss and margins before its update, weights after it. */
typedef struct {
  size_t epoch;
  oracle_digits weights, margins;
  double loss;
} oracle_epoch_digits;
/* Rows of the first epoch, of every `every`-th, and of the last; row has room for epochs/every + 2 of them, the
   caller's. */
typedef struct {
  size_t every, rows;
  oracle_epoch_digits *row;
} oracle_train_digits;

/* lfap_train by the operations of spec/numerics.md at prec bits; net->w and the history are its results rounded to
   doubles. At 53 bits it has lfap_train's bits, from code of its own. digits: NULL, or where to
   put those of the run of lfap_train that is then made beside it, epoch by epoch; gd and sgd. Status as lfap_train;
   USAGE: prec outside ORACLE_PREC_MIN..ORACLE_PREC_MAX; the flow at more than 53 bits, or with digits: its steps have
   the errors its tolerances allow, and the precision is not what they come from. m N d operations at P bits twice an
   epoch, m N^2 in Gram form. */
lfap_status oracle_train(lfap_ctx *ctx, lfap_net *net, lfap_history *history, oracle_train_digits *digits,
                         const lfap_data *data, const lfap_train_opts *o, unsigned prec);

typedef enum { ORACLE_GEOMETRY = 0, ORACLE_GRADIENT = 1, ORACLE_PGD = 2 } oracle_attack;
/* Bases B (n x d), targets t (n). w: the direction (d) of GEOMETRY; net: the network of the others. */
typedef struct {
  oracle_attack attack;
  const lfap_perturb_opts *o;
  const double *B, *t, *w;
  const lfap_net *net;
  size_t n, d;
} oracle_perturb_args;
/* lfap_perturb_geometry, _gradient or _pgd in the same way. digits: NULL, or n rows of the caller's, of the
   perturbations eta that the library makes of each base. */
lfap_status oracle_perturb(lfap_ctx *ctx, lfap_perturbed *out, oracle_digits *digits, const oracle_perturb_args *a,
                           unsigned prec);

/* ---- boundaries and signs (certify/points.c) --------------------------------------------------------------------- */

/* sum_n lambda_n s_n x_n for the true multipliers: integers over a common denominator, and how far off. */
typedef struct {
  size_t d;
  mpz_t *num; /* d, owned: entry i is num_i 2^e/den up to 2^radius */
  mpz_t den;
  long e, radius; /* ||true - given||_2 <= 2^radius */
  int exact;      /* radius is 0 */
  int valid;      /* 0: nothing is known */
  double *near;   /* d, owned: the entries in doubles, for a first look (certify/filter.h) */
} oracle_vector;
void oracle_vector_free(oracle_vector *w);

/* w = sum lambda_n y_n x_n of a certificate with a ball. `bases` NULL: the data's own samples; otherwise n x d
   doubles in the place of x_n (T3: w_data of the bases), whose enclosure needs enclosed multipliers. */
lfap_status oracle_boundary(lfap_ctx *ctx, oracle_vector *out, const oracle_cert *c, const lfap_data *data,
                            const double *bases);
/* Whether that is the boundary of the same programme as lim's w: (CP) for both, or C1's form for both. */
int oracle_boundary_of(const oracle_cert *c, const lfap_limit *lim);
/* Enclosure of entry i in doubles. */
void oracle_vector_entry(double *lo, double *hi, const oracle_vector *w, size_t i);
/* sign[i] of <w, z_i> for the rows of Z (np x d): +1, -1, or 0 where undecided. */
lfap_status oracle_sign_points(lfap_ctx *ctx, int *sign, const oracle_vector *w, const double *Z, size_t np);

/* T3 and T4 at points, for the set D_adv as stored. */
typedef struct {
  int bdy; /* certified sign of f_bdy(z) = <w, z> */
  int adv; /* of f_adv(z) = <w_adv, z>, w_adv of the stored doubles b_n + eta_n */
  /* of T_data(z) and T_pert(z) with the multipliers of the stored set, the stored bases and the exact e of T3 */
  int data, pert;
  int sum;         /* of T_data + T_pert: f_adv of the set before its entries were rounded to doubles */
  lfap_verdict t4; /* PASS: |T_data| < |T_pert| and sgn<e,z> = sgn f_bdy are proved, hence the sum decides like f_bdy;
                     NOT_APPLICABLE: the condition is disproved; UNDECIDED otherwise */
} oracle_split;

typedef struct {
  const oracle_cert *nat, *adv;         /* certificates of the natural and of the stored adversarial set */
  const lfap_data *nat_data, *adv_data; /* with a bias in nat_data, e is 0 at the last coordinate */
  const double *bases;                  /* adv->n x d */
  lfap_norm norm;
  double eps;
  const unsigned char *keep; /* where the norm counts entries: d flags, those that are perturbed */
  /* where e is not along w: the direction e that was used, entries -1, 0, 1; NULL: the certified signs of w */
  const signed char *side;
  unsigned prec; /* of the intervals; 0: ORACLE_PREC_DEFAULT */
} oracle_adversary;
lfap_status oracle_split_points(lfap_ctx *ctx, oracle_split *out, const oracle_adversary *a, const double *Z,
                                size_t np);

#ifdef __cplusplus
}
#endif
#endif
