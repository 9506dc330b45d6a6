/* Folding output weights into the rows: the same outputs within the bound that is told, the setting's bits kept, and what
 * cannot be folded refused. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "net/readout.h"

enum { D = 17, POINTS = 9 };
static double drawn(size_t k) { return sin((double)(k * k + 1)); } /* in [-1, 1], of no pattern that matters */

static lfap_net network(size_t m, const double *v) {
  lfap_net net = {0};
  cr_assert_eq(lfap_net_alloc_output(NULL, &net, m, D, 0.3, v), LFAP_OK);
  for (size_t i = 0; i < m * D; i++) net.w[i] = drawn(i);
  return net;
}

/* f in long double, from the definition. */
static long double exactly(const lfap_net *net, const double *v, const double *x) {
  long double f = 0;
  for (size_t j = 0; j < net->m; j++) {
    long double z = 0;
    for (size_t i = 0; i < D; i++) z += (long double)net->w[j * D + i] * x[i];
    f += v[j] * (z > 0 ? z : net->gamma * z);
  }
  return f;
}

Test(readout, folding_keeps_f_within_its_bound) {
  double v[23], x[POINTS * D];
  for (size_t i = 0; i < POINTS * D; i++) x[i] = drawn(1000 + i);
  for (size_t m = 1; m <= 23; m++) {
    for (size_t j = 0; j < m; j++) v[j] = j % 5 == 4 ? 0.0 : drawn(2000 + 31 * m + j) * ldexp(1.0, (int)(j % 7) - 3);
    lfap_net net = network(m, v), folded = {0};
    lfap_readout about;
    double bound = -1.0, root;
    cr_assert_eq(lfap_net_fold(NULL, &folded, &about, &net), LFAP_OK);
    cr_assert_eq(lfap_fold_error(NULL, &bound, &net, &about, x, POINTS), LFAP_OK);
    size_t most = about.positive > about.negative ? about.positive : about.negative;
    cr_assert(folded.m == 2 * most && about.positive + about.negative + about.zero == m && !folded.a);
    root = sqrt((double)folded.m);
    for (size_t k = 0; k < POINTS; k++) {
      long double f = 0, want = exactly(&net, v, x + k * D);
      for (size_t j = 0; j < folded.m; j++) {
        long double z = 0;
        for (size_t i = 0; i < D; i++) z += (long double)folded.w[j * D + i] * x[k * D + i];
        f += (j < most ? 1.0L : -1.0L) * (long double)(1.0 / root) * (z > 0 ? z : 0.3 * z);
      }
      cr_assert(fabsl(f - want) <= bound, "m = %zu: %Lg over %g", m, fabsl(f - want), bound);
    }
    cr_assert(bound > 0.0 && bound < 1e-12);
    lfap_net_free(&net);
    lfap_net_free(&folded);
  }
}

Test(readout, the_setting_keeps_its_bits_in_any_order) {
  enum { M = 6 };
  double s = 1.0 / sqrt(M), v[M] = {-s, s, s, -s, s, -s}, bound = -1.0;
  const size_t order[M] = {1, 2, 4, 0, 3, 5};
  lfap_net net = network(M, v), folded = {0};
  lfap_readout about;
  cr_assert_eq(lfap_net_fold(NULL, &folded, &about, &net), LFAP_OK);
  cr_assert(about.kind == LFAP_READOUT_SETTING && about.factor == 1.0 && folded.m == M);
  for (size_t j = 0; j < M; j++) cr_assert_eq(memcmp(folded.w + j * D, net.w + order[j] * D, D * sizeof *v), 0);
  cr_assert_eq(lfap_fold_error(NULL, &bound, &net, &about, net.w, M), LFAP_OK);
  cr_assert_eq(bound, 0.0);
  lfap_net_free(&folded);
  for (size_t j = 0; j < M; j++) net.a[j] *= 2.0;
  cr_assert_eq(lfap_net_fold(NULL, &folded, &about, &net), LFAP_OK);
  cr_assert(about.kind == LFAP_READOUT_EQUAL && fabs(about.factor - 2.0) < 1e-15);
  lfap_k1 k = {.margin_min = 3.0, .slackness = 8.0};
  lfap_k1_as_given(&k, &net, &about);
  cr_assert(fabs(k.slackness - 2.0) < 1e-14 && k.margin > 0.0 && k.margin < 3.0);
  lfap_net_free(&net);
  lfap_net_free(&folded);
}

Test(readout, what_cannot_be_folded_is_refused) {
  lfap_ctx ctx = {0};
  double zero[2] = {0.0, -0.0}, far[2] = {0x1p1000, -1.0};
  lfap_net net = network(2, zero), folded = {0};
  lfap_readout about;
  cr_assert_eq(lfap_net_fold(&ctx, &folded, &about, &net), LFAP_ERR_DATA);
  cr_assert(strstr(ctx.message, "all 2 output weights are 0") && !folded.w);
  memcpy(net.a, far, sizeof far);
  for (size_t i = 0; i < D; i++) net.w[i] = 0x1p100;
  cr_assert_eq(lfap_net_fold(&ctx, &folded, &about, &net), LFAP_ERR_RANGE);
  cr_assert(strstr(ctx.message, "row 0 of W") && !folded.w);
  net.a[1] = NAN;
  cr_assert_eq(lfap_net_fold(&ctx, &folded, &about, &net), LFAP_ERR_DATA);
  lfap_net_free(&net);
}
