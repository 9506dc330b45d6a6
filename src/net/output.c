/* output.c - networks whose output weights are not the setting's +-1/sqrt(m) in halves: what of them the limit sees,
 * and a refusal for whoever takes no notice of them (spec/theory.md, "Any fixed output layer"; spec/numerics.md N4). */
#include "net/output.h"

#include "data/range.h"
#include "data/scale.h"
#include "kernel/network.h"

#include <math.h>
#include <string.h>

void lfap_net_weights(double *a, const lfap_net *net) {
  if (net->a) memcpy(a, net->a, net->m * sizeof *a);
  else lfap_net_signs(a, net->m);
}

int lfap_net_positive(const lfap_net *net, size_t j) { return net->a ? net->a[j] > 0.0 : j < net->m / 2; }
int lfap_net_dead(const lfap_net *net, size_t j) { return net->a && net->a[j] == 0.0; }

static lfap_status finite_output(lfap_ctx *ctx, const double *a, size_t m) {
  size_t bad = lfap_first_unbounded(a, m);
  if (bad == m) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_DATA, "output weight %zu of m = %zu is %g; all must be finite", bad, m, a[bad]);
}

lfap_status lfap_net_alloc_output(lfap_ctx *ctx, lfap_net *out, size_t m, size_t d, double gamma, const double *a) {
  if (m == 0) return lfap_fail(ctx, LFAP_ERR_DATA, "m = 0 hidden neurons; there must be at least one");
  lfap_mat w = {0}, own = {0};
  lfap_status st = lfap_gamma_valid(ctx, "gamma", gamma, 0.0);
  if (!st) st = finite_output(ctx, a, m);
  if (!st) st = lfap_mat_alloc(ctx, &w, m, d);
  if (!st) st = lfap_vec_alloc(ctx, &own, m);
  if (st) {
    lfap_mat_free(&w);
    return st;
  }
  memcpy(own.v, a, m * sizeof *a);
  *out = (lfap_net){.m = m, .d = d, .gamma = gamma, .w = w.v, .a = own.v};
  return LFAP_OK;
}

static lfap_status mass_in_range(lfap_ctx *ctx, const char *sign, double mass) {
  if (mass == 0.0 || (mass >= LFAP_MASS_MIN && mass <= LFAP_MASS_MAX)) return LFAP_OK;
  return lfap_fail(
      ctx, LFAP_ERR_RANGE,
      "output weights: the squares of the %s ones sum to %g; results are right from 2^%d to 2^%d: multiply "
      "all output weights by one constant, which changes no sign of f",
      sign, mass, ilogb(LFAP_MASS_MIN), ilogb(LFAP_MASS_MAX));
}

lfap_status lfap_net_masses(lfap_ctx *ctx, lfap_masses *out, const lfap_net *net) {
  lfap_masses p = {0.5, 0.5};
  lfap_status st = lfap_arith_check(ctx, __func__);
  if (!st && net->a) st = finite_output(ctx, net->a, net->m);
  if (st) return st;
  if (net->a) {
    p = (lfap_masses){0.0, 0.0};
    for (size_t j = 0; j < net->m; j++) {
      double a = net->a[j], *of = a > 0.0 ? &p.plus : &p.minus;
      if (a != 0.0 && fabs(a) < LFAP_MASS_MIN)
        return lfap_fail(ctx, LFAP_ERR_RANGE,
                         "output weight %zu is %g; results are right for 0 and from 2^%d on: multiply all output "
                         "weights by one constant, or make it 0",
                         j, a, ilogb(LFAP_MASS_MIN));
      *of = fma(a, a, *of);
    }
  }
  st = mass_in_range(ctx, "positive", p.plus);
  if (!st) st = mass_in_range(ctx, "negative", p.minus);
  if (!st) *out = p;
  return st;
}

lfap_status lfap_net_plain(lfap_ctx *ctx, const lfap_net *net, const char *who) {
  if (!net->a) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_USAGE,
                   "%s: this network has output weights of its own, and only those +1/sqrt(m) in the first half of the "
                   "rows, -1/sqrt(m) in the second are known here; fold them into the rows first (row j times |a_j| "
                   "sqrt(m), positive rows first, as many of each sign)",
                   who);
}

int lfap_masses_plain(lfap_masses p) { return (p.plus == 0.5 && p.minus == 0.5) || (p.plus == 0.0 && p.minus == 0.0); }

lfap_status lfap_limit_plain(lfap_ctx *ctx, const lfap_limit *lim, const char *who) {
  if (lfap_masses_plain(lim->masses)) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_USAGE,
                   "%s: the limit is that of an output layer with the masses %.17g (positive) and %.17g (negative); "
                   "this is known for 1/2 each alone",
                   who, lim->masses.plus, lim->masses.minus);
}

static int positive_mass(double mass) { return mass >= LFAP_MASS_MIN && mass <= LFAP_MASS_MAX; }

lfap_status lfap_limit_masses(lfap_ctx *ctx, lfap_masses *out, const lfap_limit_opts *o) {
  lfap_masses p = o ? o->masses : (lfap_masses){0};
  if (p.plus == 0.0 && p.minus == 0.0) p = (lfap_masses){0.5, 0.5};
  if (!positive_mass(p.plus) || !positive_mass(p.minus))
    return lfap_fail(
        ctx, LFAP_ERR_USAGE,
        "limit: the output weights have squares that sum to %g over the positive and %g over the negative "
        "ones; a limit is computed where both are from 2^%d to 2^%d: output weights of both signs are needed",
        p.plus, p.minus, ilogb(LFAP_MASS_MIN), ilogb(LFAP_MASS_MAX));
  *out = p;
  return LFAP_OK;
}
