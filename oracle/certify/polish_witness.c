/* polish_witness.c - looks for z1, z2 of one sign of f(.; W^o) whose sum has the other one: a proof that the boundary
 * is not linear. The search is in doubles and proves nothing; what it finds is certified (polish_points.c).
 *
 * f is positively homogeneous and depends on z through the samples alone, so points are combinations z = sum alpha_n
 * y_n x_n, at which neuron j sees a_j sum alpha_n t_jn. On the circle of a plane a linear boundary has its two
 * changes of sign opposite to each other. Where one sign has more than half of the circle, two points of it, just
 * beyond the ends of the other sign's arc, have their sum in that arc's middle.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/certify/polish.h"

enum { PLANES = 64, ANGLES = 128 /* a power of two */, HALVINGS = 40 };

typedef struct {
  const oracle_pattern *P;
  double *t;                /* groups x n, each column over ||x_n|| */
  double *length;           /* n: ||x_n|| */
  double *alpha[2], *at[2]; /* the plane: coordinates, what the groups see */
  double *best[2];          /* coordinates of the best pair */
  double found;             /* the least |f| of its three points; 0: none */
  uint64_t seed;
} search;

/* About normal numbers (splitmix64, a sum of uniform ones). */
static double draw(search *s) {
  double sum = -6.0;
  for (int i = 0; i < 12; i++) {
    uint64_t z = (s->seed += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    sum += (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }
  return sum;
}

/* A point c alpha[0] + b alpha[1] of the plane, c^2 + b^2 = 1. No sine or cosine: results are bits. */
typedef struct {
  double c, b;
} direction;

/* m f there. */
static double value_at(const search *s, direction z) {
  double f = 0.0;
  for (size_t j = 0; j < s->P->groups; j++) {
    double h = z.c * s->at[0][j] + z.b * s->at[1][j], bent = s->P->gamma * h;
    f += (double)s->P->size[j] * (s->P->side[j] > 0 ? fmax(h, bent) : fmin(h, bent));
  }
  return f;
}

static direction half_way(direction a, direction b) {
  direction z = {a.c + b.c, a.b + b.b};
  double r = sqrt(z.c * z.c + z.b * z.b);
  return r > 0.0 ? (direction){z.c / r, z.b / r} : a;
}

static direction opposite(direction a) { return (direction){-a.c, -a.b}; }

/* Random coordinates of one vector; odd planes are spanned by few samples. */
static void draw_vector(search *s, int which, int plane) {
  const oracle_pattern *P = s->P;
  size_t few = plane % 2 ? 2 + (size_t)plane / 8 : P->n;
  if (few > P->n) few = P->n;
  memset(s->alpha[which], 0, P->n * sizeof(double));
  for (size_t k = 0; k < few; k++) {
    size_t n = few < P->n ? (size_t)((draw(s) + 6.0) / 12.0 * 1e6) % P->n : k;
    s->alpha[which][n] += draw(s);
  }
  for (size_t j = 0; j < P->groups; j++) {
    double h = 0.0;
    for (size_t n = 0; n < P->n; n++) h += s->alpha[which][n] * s->t[j * P->n + n];
    s->at[which][j] = h;
  }
}

/* Where f changes its sign between a and b. */
static direction change(const search *s, direction a, direction b) {
  int sign = value_at(s, a) > 0.0;
  for (int i = 0; i < HALVINGS; i++) {
    direction z = half_way(a, b);
    if ((value_at(s, z) > 0.0) == sign) a = z;
    else b = z;
  }
  return half_way(a, b);
}

/* From a to b f has one sign, on less than half of the circle. What is missing to half of it lies from b to -a, and
   from -b to a: a quarter of that is gone beyond either end. */
static void try_arc(search *s, direction a, direction b) {
  direction z[2] = {half_way(a, half_way(a, opposite(b))), half_way(b, half_way(b, opposite(a)))};
  double f1 = value_at(s, z[0]), f2 = value_at(s, z[1]);
  double sum = value_at(s, (direction){z[0].c + z[1].c, z[0].b + z[1].b});
  double least = fmin(fmin(fabs(f1), fabs(f2)), fabs(sum));
  if (!(f1 * f2 > 0.0) || !(f1 * sum < 0.0) || !(least > s->found)) return;
  s->found = least;
  for (int i = 0; i < 2; i++)
    for (size_t n = 0; n < s->P->n; n++) s->best[i][n] = z[i].c * s->alpha[0][n] + z[i].b * s->alpha[1][n];
}

/* Directions all around the circle, in order. */
static void make_circle(direction *z) {
  z[0] = (direction){1.0, 0.0};
  z[ANGLES / 4] = (direction){0.0, 1.0};
  z[ANGLES / 2] = (direction){-1.0, 0.0};
  z[3 * ANGLES / 4] = (direction){0.0, -1.0};
  z[ANGLES] = z[0];
  for (size_t step = ANGLES / 8; step > 0; step /= 2)
    for (size_t i = step; i < ANGLES; i += 2 * step) z[i] = half_way(z[i - step], z[i + step]);
}

static void scan_plane(search *s, const direction *circle) {
  direction changes[ANGLES + 1];
  size_t count = 0;
  int last = value_at(s, circle[0]) > 0.0;
  for (size_t i = 1; i <= ANGLES; i++) {
    int sign = value_at(s, circle[i]) > 0.0;
    if (sign != last) changes[count++] = change(s, circle[i - 1], circle[i]);
    last = sign;
  }
  for (size_t i = 0; i < count; i++) {
    direction a = changes[i], b = changes[(i + 1) % count];
    if (a.c * b.b - a.b * b.c > 0.0) try_arc(s, a, b);
  }
}

/* z = sum alpha_n y_n x_n/||x_n||. */
static void combine_samples(double *z, const search *s, const double *alpha) {
  const oracle_pattern *P = s->P;
  memset(z, 0, P->d * sizeof *z);
  for (size_t n = 0; n < P->n; n++) {
    double a = alpha[n] * P->y[n] / s->length[n];
    for (size_t i = 0; i < P->d && a != 0.0; i++) z[i] += a * P->x[n * P->d + i];
  }
}

/* t in doubles, relative to the largest one. */
static void prepare(search *s) {
  const oracle_pattern *P = s->P;
  long top = 0;
  int seen = 0;
  for (size_t i = 0; i < P->groups * P->n; i++) {
    long b = (long)mpz_sizeinbase(P->t[i], 2) - P->e[i % P->n];
    if (mpz_sgn(P->t[i]) && (!seen || b > top)) top = b;
    seen |= mpz_sgn(P->t[i]) != 0;
  }
  for (size_t n = 0; n < P->n; n++) s->length[n] = sqrt(mpq_get_d(P->norm2[n]));
  for (size_t i = 0; i < P->groups * P->n; i++) {
    long e;
    double t = mpz_get_d_2exp(&e, P->t[i]), size = ldexp(s->length[i % P->n], (int)-P->e[i % P->n]);
    e -= P->e[i % P->n] + top;
    s->t[i] = e < -1000 ? 0.0 : ldexp(t / size, (int)e);
  }
}

static lfap_status certify_pair(lfap_ctx *ctx, int *found, const oracle_pattern *P, const double *z1,
                                const double *z2) {
  int at[2], sum = 0;
  lfap_status st = oracle_pattern_sign_points(ctx, &at[0], P, z1, 1);
  if (!st) st = oracle_pattern_sign_points(ctx, &at[1], P, z2, 1);
  if (!st) st = oracle_pattern_sign_sum(ctx, &sum, P, z1, z2);
  *found = !st && at[0] && at[1] == at[0] && sum == -at[0];
  return st;
}

lfap_status oracle_pattern_witness(lfap_ctx *ctx, int *found, double *z1, double *z2, const oracle_pattern *P) {
  search s = {.P = P, .seed = 1};
  size_t g = P->groups, n = P->n;
  double *v = malloc((g * n + 5 * n + 2 * g) * sizeof *v);
  *found = 0;
  if (!v) return lfap_fail(ctx, LFAP_ERR_MEMORY, "pattern: no memory for %zu pairs", g * n);
  s.t = v;
  s.length = v + g * n;
  for (int i = 0; i < 2; i++) {
    s.alpha[i] = s.length + n + (size_t)i * n;
    s.best[i] = s.length + 3 * n + (size_t)i * n;
    s.at[i] = s.length + 5 * n + (size_t)i * g;
  }
  prepare(&s);
  direction circle[ANGLES + 1];
  make_circle(circle);
  lfap_status st = LFAP_OK;
  for (int plane = 0; plane < PLANES && !st; plane++) {
    st = lfap_tick(ctx, "a witness", plane, PLANES);
    draw_vector(&s, 0, plane);
    draw_vector(&s, 1, plane);
    scan_plane(&s, circle);
  }
  if (!st) st = lfap_tick(ctx, "a witness", PLANES, PLANES);
  if (!st && s.found > 0.0) {
    combine_samples(z1, &s, s.best[0]);
    combine_samples(z2, &s, s.best[1]);
    st = certify_pair(ctx, found, P, z1, z2);
  }
  free(v);
  return st;
}
