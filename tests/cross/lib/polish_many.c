/* polish_many.c - lfap_polish on many small problems in one process, for tests that know the answers in rationals. Input, doubles as text:
 * N d m gamma, N labels, N rows of d, m rows of d. Output, a line a problem: the status, and after 0 settled, holds, rounds, flipped, support,
 * kinks, own_kinks, own_min, residual, slackness, kink_most, margin_given, margin, then lambda (N), W (m x d), slopes (m x N), in hex. */
#include <stdio.h>
#include <stdlib.h>

#include "lfap.h"

static int read_all(double *v, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (scanf("%lf", &v[i]) != 1) return 0;
  return 1;
}

static void write_all(const double *v, size_t n) {
  for (size_t i = 0; i < n; i++) printf(" %a", v[i]);
}

static void polish(const lfap_net *net, const lfap_data *data) {
  lfap_ctx ctx = {.threads = 1};
  lfap_set set = {.data = data};
  lfap_polished p = {0};
  lfap_status st = lfap_polish(&ctx, &p, net, &set);
  printf("%d", (int)st);
  if (!st) {
    const double figure[] = {p.own_min, p.residual, p.slackness, p.kink_most, p.margin_given, p.margin};
    printf(" %d %d %zu %zu %zu %zu %zu", p.settled, p.holds, p.rounds, p.flipped, p.support, p.kinks, p.own_kinks);
    write_all(figure, sizeof figure / sizeof *figure);
    write_all(p.lambda, p.n);
    write_all(p.net.w, net->m * net->d);
    write_all(p.slope, net->m * p.n);
  }
  printf("\n");
  lfap_polished_free(&p);
  lfap_set_free(&set);
}

int main(void) {
  size_t n, d, m;
  double gamma;
  while (scanf("%zu %zu %zu %lf", &n, &d, &m, &gamma) == 4) {
    lfap_data data = {.n = n, .d = d, .x = malloc(n * d * sizeof(double)), .y = malloc(n * sizeof(double))};
    lfap_net net = {.m = m, .d = d, .gamma = gamma, .w = malloc(m * d * sizeof(double))};
    if (!data.x || !data.y || !net.w || !read_all(data.y, n) || !read_all(data.x, n * d) || !read_all(net.w, m * d)) return 1;
    polish(&net, &data);
    free(data.x);
    free(data.y);
    free(net.w);
  }
  return 0;
}
