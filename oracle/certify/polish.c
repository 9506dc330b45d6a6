/* polish.c - C3 and C4 certified: a proposal read as integers, a bound of the inverse looked for, and the evaluator's
 * word on it (check/pattern.h). */
#include <math.h>
#include <stdlib.h>

#include "oracle/certify/factor.h"
#include "oracle/certify/filter.h"
#include "oracle/certify/polish.h"

void oracle_polished_free(oracle_polished *p) {
  free(p->lambda_lo);
  free(p->z1);
  if (p->pattern) oracle_pattern_free(p->pattern);
  free(p->pattern);
  *p = (oracle_polished){0};
}

static lfap_status make_polished(lfap_ctx *ctx, oracle_polished *p, const lfap_polished *point, const lfap_data *data) {
  *p = (oracle_polished){.m = point->net.m, .n = data->n, .d = data->d};
  p->exists = p->c3 = p->c4 = LFAP_UNDECIDED;
  p->ball = INFINITY;
  p->lambda_lo = malloc(2 * data->n * sizeof *p->lambda_lo);
  p->pattern = calloc(1, sizeof *p->pattern);
  if (!p->lambda_lo || !p->pattern)
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "pattern: no memory for %zu multipliers", data->n);
  p->lambda_hi = p->lambda_lo + data->n;
  for (size_t n = 0; n < data->n; n++) {
    p->lambda_lo[n] = 0.0;
    p->lambda_hi[n] = INFINITY;
  }
  return oracle_pattern_read(ctx, p->pattern, point, data);
}

/* Of the Gram matrix of the samples b; beyond 1024 samples in doubles alone. More samples than dimensions are
   dependent. */
static lfap_status bound_gram(lfap_ctx *ctx, int *proved, long *mu, const oracle_block *b, size_t d,
                              unsigned max_prec) {
  oracle_factor F = {0};
  lfap_status st = LFAP_OK;
  unsigned most = b->nf > 1024 ? 53 : max_prec;
  for (unsigned bits = 53; !st && !*proved && b->nf <= d && bits <= most; bits = bits == 53 ? 128 : 2 * bits)
    st = oracle_factor_bound(ctx, &F, mu, proved, b, bits);
  oracle_factor_free(&F);
  return st;
}

/* A bound of the inverse, where one is found: the smaller ball, and multipliers. */
static lfap_status bound_inverse(lfap_ctx *ctx, oracle_pattern *P, const oracle_qm *plain, unsigned max_prec) {
  size_t *f = malloc(P->n * sizeof *f), nf;
  if (!f) return lfap_fail(ctx, LFAP_ERR_MEMORY, "pattern: no memory for N = %zu", P->n);
  long mu = 0;
  int proved = 0;
  nf = oracle_pattern_open(P, f);
  lfap_status st = nf ? bound_gram(ctx, &proved, &mu, &(oracle_block){plain, f, nf}, P->d, max_prec) : LFAP_OK;
  if (!st && !proved && nf) st = oracle_pattern_reduced(ctx, &proved, &mu, P, plain, f, nf);
  if (!st && proved) oracle_pattern_residual(P, mu);
  free(f);
  return st;
}

static lfap_status certify_pattern(lfap_ctx *ctx, oracle_polished *p, const lfap_data *data, unsigned max_prec) {
  oracle_pattern *P = p->pattern;
  oracle_gram g = {0};
  oracle_qm plain = {0};
  lfap_status st = oracle_gram_make(ctx, &g, data->x, data->n, data->d);
  if (!st) st = oracle_qm_plain(ctx, &plain, &g, data->y);
  if (!st) st = oracle_pattern_products(ctx, P, &plain);
  if (!st && mpz_sgn(P->floor) > 0) {
    p->exists = LFAP_PASS;
    oracle_pattern_gap(P);
    oracle_pattern_off(P);
    st = bound_inverse(ctx, P, &plain, max_prec);
    if (!st) st = oracle_pattern_signs(ctx, p, P);
  }
  oracle_qm_free(&plain);
  oracle_gram_free(&g);
  return st;
}

static lfap_status find_witness(lfap_ctx *ctx, oracle_polished *p) {
  double *z = malloc(2 * p->d * sizeof *z);
  int found = 0;
  if (!z) return lfap_fail(ctx, LFAP_ERR_MEMORY, "pattern: no memory for d = %zu", p->d);
  lfap_status st = oracle_pattern_witness(ctx, &found, z, z + p->d, p->pattern);
  if (st || !found) {
    free(z);
    return st;
  }
  p->linear = -1;
  p->z1 = z;
  p->z2 = z + p->d;
  return LFAP_OK;
}

static lfap_status run_fits(lfap_ctx *ctx, const lfap_net *start, const lfap_polished *point, double step) {
  const lfap_net *net = &point->net;
  if (!start) return LFAP_OK;
  if (start->m != net->m || start->d != net->d || start->gamma != net->gamma)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "C4: weights of %zu x %zu at gamma = %.17g, and a point of %zu x %zu at gamma = %.17g; they must "
                     "be of one width, dimension and slope",
                     start->m, start->d, start->gamma, net->m, net->d, net->gamma);
  for (size_t i = 0; i < start->m * start->d; i++)
    if (!isfinite(start->w[i]))
      return lfap_fail(ctx, LFAP_ERR_DATA, "C4: weight %zu of neuron %zu is %g; all must be finite", i % start->d,
                       i / start->d, start->w[i]);
  if (!isfinite(step) || step < 0.0)
    return lfap_fail(ctx, LFAP_ERR_USAGE, "C4: a longest step of %g; it must be finite and not negative", step);
  return LFAP_OK;
}

static lfap_status precisions(lfap_ctx *ctx, oracle_opts *o, const oracle_opts *given) {
  *o = given ? *given : (oracle_opts){0};
  if (o->prec == 0) o->prec = ORACLE_PREC_DEFAULT;
  if (o->max_prec == 0) o->max_prec = o->prec > ORACLE_MAX_PREC_DEFAULT ? o->prec : ORACLE_MAX_PREC_DEFAULT;
  if (o->prec < ORACLE_PREC_MIN || o->max_prec > ORACLE_PREC_MAX || o->prec > o->max_prec)
    return lfap_fail(ctx, LFAP_ERR_USAGE, "precision: %u to %u bits asked for; both ends must lie in %d..%d, in order",
                     o->prec, o->max_prec, ORACLE_PREC_MIN, ORACLE_PREC_MAX);
  return LFAP_OK;
}

lfap_status oracle_polish_certify(lfap_ctx *ctx, oracle_polished *out, const lfap_polished *point,
                                  const lfap_data *data, const lfap_net *start, lfap_loss loss, double step,
                                  const oracle_opts *given) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = lfap_data_check(ctx, data, "data");
  return st ? st : oracle_polish_checked(ctx, out, point, data, &(oracle_start){start, loss, step}, given);
}

lfap_status oracle_polish_checked(lfap_ctx *ctx, oracle_polished *out, const lfap_polished *point,
                                  const lfap_data *data, const oracle_start *from, const oracle_opts *given) {
  const lfap_net *start = from->net;
  oracle_opts o;
  oracle_polished p = {0};
  lfap_status st = precisions(ctx, &o, given);
  if (!st) st = lfap_net_plain(ctx, &point->net, "C3");
  if (!st && start) st = lfap_net_plain(ctx, start, "C4");
  if (!st) st = make_polished(ctx, &p, point, data);
  if (!st) st = run_fits(ctx, start, point, from->step);
  if (!st) st = certify_pattern(ctx, &p, data, o.max_prec);
  if (!st) {
    p.groups = p.pattern->groups;
    p.linear = p.groups == 2;
  }
  if (!st && start && p.exists == LFAP_PASS)
    st = oracle_pattern_run(ctx, &p, p.pattern, &(oracle_run){start, from->loss, from->step, (mpfr_prec_t)o.prec});
  if (!st && p.exists == LFAP_PASS && p.groups > 2) st = find_witness(ctx, &p);
  if (st) oracle_polished_free(&p);
  else *out = p;
  return st;
}

lfap_status oracle_polished_signs(lfap_ctx *ctx, int *sign, const oracle_polished *p, const double *Z, size_t np) {
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st) st = oracle_points_finite(ctx, Z, np * p->d);
  if (st) return st;
  if (p->exists == LFAP_PASS) return oracle_pattern_sign_points(ctx, sign, p->pattern, Z, np);
  for (size_t i = 0; i < np; i++) sign[i] = 0;
  return LFAP_OK;
}
