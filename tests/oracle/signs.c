/* Certified signs at points: w, T_data, T_pert and T4 against rationals and long intervals, at points chosen to be hard. */
#include <criterion/criterion.h>
#include <string.h>

#include "exactly.h"
#include "oracle/interval/dyadic.h"
#include "oracle/lfap_oracle.h"

static oracle_cert certify(const lfap_data *D, double gamma, int exact) {
  oracle_cert k = {0};
  lfap_ctx c = {.threads = 1};
  oracle_opts o = {.exact = exact};
  cr_assert_eq(oracle_limit_certify(&c, &k, D, gamma, &o), LFAP_OK, "%s", c.message);
  cr_assert_eq(k.claim[LFAP_CLAIM_Q1].verdict, LFAP_PASS);
  return k;
}

/* lambda_n of C1's form, or omega_n = alpha_n + 2 beta_n/(1 + gamma) where kinks are active. */
static void coefficient(mpq_t out, const oracle_cert *exact, size_t n) {
  mpq_t g, one;
  mpq_set(out, exact->c2.p ? exact->c2.lo[n] : exact->lo[n]);
  if (!exact->c2.p) return;
  mpq_inits(g, one, NULL);
  mpq_set_d(g, exact->gamma);
  mpq_set_ui(one, 1, 1);
  mpq_add(g, g, one);
  mpq_div_2exp(g, g, 1);
  mpq_div(g, exact->c2.lo[exact->n + n], g);
  mpq_add(out, out, g);
  mpq_clears(g, one, NULL);
}

/* sum of the coefficients, y_n and <x_n, z>. */
static void boundary_at(mpq_t out, const oracle_cert *exact, const lfap_data *D, const double *x, const double *z) {
  mpq_t t, o;
  mpq_inits(t, o, NULL);
  mpq_set_ui(out, 0, 1);
  for (size_t n = 0; n < D->n; n++) {
    inner(t, x + n * D->d, z, D->d);
    coefficient(o, exact, n);
    mpq_mul(t, t, o);
    if (D->y[n] < 0) mpq_sub(out, out, t);
    else mpq_add(out, out, t);
  }
  mpq_clears(t, o, NULL);
}

/* Points in z: random, and random ones pushed on the boundary as far as a double entry allows. */
static double *points(const lfap_data *D, const double *w, size_t np, uint64_t seed) {
  lfap_data Z = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &Z, seed, np, D->d), LFAP_OK);
  for (size_t p = 0; p < np; p += 2) {
    double s = 0, ww = 0;
    for (size_t i = 0; i < D->d; i++) s += w[i] * Z.x[p * D->d + i], ww += w[i] * w[i];
    for (size_t i = 0; i < D->d; i++) Z.x[p * D->d + i] = ldexp(rint(ldexp(Z.x[p * D->d + i] - s / ww * w[i], 70)), -70);
  }
  double *z = Z.x;
  free(Z.y);
  return z;
}

Test(signs, of_the_boundary_are_those_of_rationals) {
  size_t bent = 0;
  for (uint64_t seed = 0; seed < 6; seed++) {
    double gamma = seed % 3 ? 0.4 : 0.1;
    lfap_data D = {0};
    lfap_ctx c = {.threads = 1};
    cr_assert_eq(seed % 2 ? lfap_gen_gauss(&c, &D, seed, 7, 40) : lfap_gen_uniform(&c, &D, seed, 7, 40), LFAP_OK);
    oracle_cert k = certify(&D, gamma, 0), ex = certify(&D, gamma, 1);
    oracle_vector w = {0};
    cr_assert_eq(oracle_boundary(&c, &w, &k, &D, NULL), LFAP_OK);
    lfap_limit l = {0};
    cr_assert_eq(lfap_limit_solve(&c, &l, &D, NULL, gamma), LFAP_OK);
    enum { NP = 60 };
    double *z = points(&D, l.w, NP, 100 + seed);
    int sign[NP];
    cr_assert_eq(oracle_sign_points(&c, sign, &w, z, NP), LFAP_OK);
    mpq_t f;
    mpq_init(f);
    for (size_t p = 0; p < NP; p++) {
      boundary_at(f, &ex, &D, D.x, z + p * D.d);
      cr_assert_eq(sign[p], mpq_sgn(f), "point %zu: %d against %d", p, sign[p], mpq_sgn(f));
    }
    for (size_t i = 0; i < D.d; i++) { /* the enclosure of w_i holds the double's w_i up to its rounding */
      double lo, hi;
      oracle_vector_entry(&lo, &hi, &w, i);
      cr_assert(lo <= hi && hi <= nextafter(lo, INFINITY));
      cr_assert(fabs(l.w[i] - lo) <= 1e-13 * fabs(lo) + 1e-16);
    }
    bent += k.c2.p != NULL;
    memset(z, 0, D.d * sizeof *z);
    cr_assert_eq(oracle_sign_points(&c, sign, &w, z, 1), LFAP_OK);
    cr_assert_eq(sign[0], 0, "the origin has no side");
    z[0] = INFINITY;
    cr_assert_eq(oracle_sign_points(&c, sign, &w, z, 1), LFAP_ERR_DATA);
    mpq_clear(f);
    free(z);
    lfap_limit_free(&l);
    oracle_vector_free(&w);
    oracle_cert_free(&k);
    oracle_cert_free(&ex);
    lfap_data_free(&D);
  }
  cr_assert(bent >= 2 && bent < 6, "with kinks and without: %zu of 6", bent);
}

typedef struct { lfap_data nat, base, adv; lfap_limit l; unsigned char *keep; } scene;

/* d coordinates, of which the last may be the constant of a bias. */
static scene make_scene(uint64_t seed, double gamma, lfap_norm norm, double eps, size_t d, int bias) {
  scene s = {0};
  lfap_ctx c = {.threads = 1};
  lfap_perturb_opts o = {.norm = norm, .eps = eps, .k = d / 4, .bias = bias};
  lfap_perturbed p = {0};
  cr_assert_eq(lfap_gen_uniform(&c, &s.nat, seed, 3, d - (size_t)bias), LFAP_OK);
  cr_assert_eq(lfap_gen_uniform(&c, &s.base, seed + 50, 6, d - (size_t)bias), LFAP_OK);
  if (bias) cr_assert(!lfap_data_with_one(&c, &s.nat) && !lfap_data_with_one(&c, &s.base));
  cr_assert_eq(lfap_limit_solve(&c, &s.l, &s.nat, NULL, gamma), LFAP_OK);
  cr_assert_eq(lfap_perturb_geometry(&c, &p, s.base.x, s.base.y, s.l.w, &o, 6, d), LFAP_OK);
  cr_assert_eq(lfap_data_alloc(&c, &s.adv, 6, d), LFAP_OK);
  memcpy(s.adv.x, p.x, 6 * d * sizeof(double));
  memcpy(s.adv.y, s.base.y, 6 * sizeof(double));
  s.keep = malloc(d);
  for (size_t i = 0; i < d; i++) s.keep[i] = p.eta[i] != 0.0;
  lfap_perturbed_free(&p);
  return s;
}

static void scene_free(scene *s) {
  lfap_data_free(&s->nat);
  lfap_data_free(&s->base);
  lfap_data_free(&s->adv);
  lfap_limit_free(&s->l);
  free(s->keep);
}

/* T_pert up to the positive factor ||w|| for l2: compares |T_data| and |T_pert| by squares. */
static void expect_split(const oracle_split *got, const oracle_cert *nat, const oracle_cert *adv, const scene *s, lfap_norm norm,
                         double eps, const double *z) {
  mpq_t data, pert, bdy, a, ww, t, sum;
  mpq_inits(data, pert, bdy, a, ww, t, sum, NULL);
  boundary_at(bdy, nat, &s->nat, s->nat.x, z);
  boundary_at(a, adv, &s->adv, s->adv.x, z);
  cr_assert_eq(got->bdy, mpq_sgn(bdy));
  cr_assert_eq(got->adv, mpq_sgn(a));
  boundary_at(data, adv, &s->adv, s->base.x, z);
  cr_assert_eq(got->data, mpq_sgn(data));
  for (size_t n = 0; n < adv->n; n++) {
    coefficient(t, adv, n);
    mpq_add(sum, sum, t);
  }
  mpq_set_d(t, eps);
  mpq_mul(sum, sum, t);
  mpq_set_ui(ww, 1, 1);
  size_t moving = s->nat.d - (s->nat.bias != 0);
  if (norm == LFAP_L2) {
    double moved[512] = {0};
    memcpy(moved, z, moving * sizeof *z);
    boundary_at(pert, nat, &s->nat, s->nat.x, moved);
    mpq_set_ui(ww, 0, 1);
    for (size_t i = 0; i < moving; i++) { /* ||w||^2 */
      double unit[512] = {0};
      unit[i] = 1;
      boundary_at(t, nat, &s->nat, s->nat.x, unit);
      mpq_mul(t, t, t);
      mpq_add(ww, ww, t);
    }
  } else
    for (size_t i = 0; i < moving; i++) {
      if (norm != LFAP_LINF && !s->keep[i]) continue;
      mpq_set_d(t, s->l.w[i] > 0 ? z[i] : -z[i]);
      mpq_add(pert, pert, t);
    }
  int side = mpq_sgn(pert);
  mpq_mul(pert, pert, sum);
  cr_assert_eq(got->pert, side);
  mpq_mul(a, pert, pert); /* |T_pert|^2 ||w||^2 against |T_data|^2 ||w||^2 */
  mpq_mul(t, data, data);
  mpq_mul(t, t, ww);
  int wins = mpq_cmp(t, a) < 0;
  cr_assert_eq(got->sum, wins ? side : mpq_sgn(data));
  int expected = wins && side == mpq_sgn(bdy) ? LFAP_PASS : LFAP_NOT_APPLICABLE;
  cr_assert_eq((int)got->t4, expected);
  if (got->t4 == LFAP_PASS) cr_assert_eq(got->sum, got->bdy);
  mpq_clears(data, pert, bdy, a, ww, t, sum, NULL);
}

/* From a point where T4's condition holds and one where it does not to where they part, as near as doubles come: both sides. */
static void near_the_tie(const oracle_adversary *a, const oracle_cert *ne, const oracle_cert *ae, const scene *s, double *yes, double *no) {
  lfap_ctx c = {.threads = 1};
  oracle_split out;
  double mid[64];
  for (int k = 0; k < 40; k++) {
    for (size_t i = 0; i < s->nat.d; i++) mid[i] = ldexp(rint(ldexp(0.5 * (yes[i] + no[i]), 70)), -70);
    cr_assert_eq(oracle_split_points(&c, &out, a, mid, 1), LFAP_OK);
    if (k % 8 == 7) expect_split(&out, ne, ae, s, a->norm, a->eps, mid);
    memcpy(out.t4 == LFAP_PASS ? yes : no, mid, s->nat.d * sizeof *mid);
  }
}

Test(signs, split_and_consistency_are_those_of_rationals) {
  enum { NP = 12, DIM = 60 };
  size_t won = 0, lost = 0, bent = 0;
  for (uint64_t run = 0; run < 12; run++)
    for (int norm = 0; norm < LFAP_NORMS; norm++) {
      double eps = norm == LFAP_L2 ? 1.0 : norm == LFAP_LINF ? 0.125 : norm == LFAP_L0 ? 0.25 : 2.0;
      uint64_t seed = run % 6;
      double gamma = seed < 3 ? 0.6 : 0.02;
      int bias = run >= 6;
      scene s = make_scene(seed, gamma, (lfap_norm)norm, eps, DIM, bias);
      lfap_ctx c = {.threads = 1};
      oracle_cert nat = certify(&s.nat, gamma, 0), adv = certify(&s.adv, gamma, 0), ne = certify(&s.nat, gamma, 1),
                  ae = certify(&s.adv, gamma, 1);
      bent += ae.c2.kinks > 0;
      oracle_adversary a = {.nat = &nat, .adv = &adv, .nat_data = &s.nat, .adv_data = &s.adv, .bases = s.base.x,
                            .norm = (lfap_norm)norm, .eps = eps, .keep = s.keep};
      double *z = points(&s.nat, s.l.w, NP, seed + 7);
      for (size_t p = 0; bias && p < NP; p++) z[p * DIM + DIM - 1] = 1.0;
      oracle_split out[NP];
      cr_assert_eq(oracle_split_points(&c, out, &a, z, NP), LFAP_OK, "%s", c.message);
      for (size_t p = 0; p < NP; p++) {
        expect_split(&out[p], &ne, &ae, &s, (lfap_norm)norm, eps, z + p * DIM);
        won += out[p].t4 == LFAP_PASS;
        lost += out[p].t4 == LFAP_NOT_APPLICABLE;
      }
      for (size_t p = 0, q; p < NP; p++) {
        for (q = 0; q < NP && !(out[p].t4 == LFAP_PASS && out[q].t4 == LFAP_NOT_APPLICABLE && out[q].bdy == out[p].bdy); q++) {}
        if (q == NP) continue;
        near_the_tie(&a, &ne, &ae, &s, z + p * DIM, z + q * DIM);
        break;
      }
      free(z);
      oracle_cert_free(&nat);
      oracle_cert_free(&adv);
      oracle_cert_free(&ne);
      oracle_cert_free(&ae);
      scene_free(&s);
    }
  cr_assert(won > 5 && lost > 5, "both outcomes must occur: %zu, %zu", won, lost);
  cr_assert(bent > 2, "sets with kinks: %zu", bent);
}

/* l1: whose entry the largest is must be certain. Two equal columns hold it: exact multipliers decide for the first, enclosed ones do not, and
   where one of the two is zero at the point, nothing is decided either. */
Test(signs, l1_does_not_guess_which_entry_is_the_largest) {
  enum { DIM = 60, NP = 4 };
  const double eps = 2.0;
  scene s = make_scene(11, 0.6, LFAP_L1, eps, DIM, 0);
  for (size_t n = 0; n < 3; n++) s.nat.x[n * DIM + 40] = s.nat.x[n * DIM + 7] = s.nat.y[n] * 4.0 * (1.0 + 0.01 * (double)n);
  lfap_ctx c = {.threads = 1};
  double z[NP * DIM] = {0};
  for (size_t i = 0; i < DIM; i++) z[i] = z[DIM + i] = z[2 * DIM + i] = z[3 * DIM + i] = ldexp((double)(i % 7) - 3.0, -8);
  z[7] = 1, z[40] = -1;                       /* the two disagree */
  z[DIM + 7] = 1, z[DIM + 40] = 0;            /* one says nothing */
  z[2 * DIM + 7] = -1, z[2 * DIM + 40] = 1;   /* the other way round */
  z[3 * DIM + 7] = 0, z[3 * DIM + 40] = 0;    /* neither says anything: <e,z> = 0 whichever it is */
  for (int exact = 0; exact < 2; exact++) {
    oracle_cert nat = certify(&s.nat, 0.6, exact), adv = certify(&s.adv, 0.6, exact);
    oracle_adversary a = {.nat = &nat, .adv = &adv, .nat_data = &s.nat, .adv_data = &s.adv, .bases = s.base.x, .norm = LFAP_L1, .eps = eps};
    oracle_split out[NP];
    cr_assert_eq(oracle_split_points(&c, out, &a, z, NP), LFAP_OK, "%s", c.message);
    cr_assert_eq(out[0].pert, exact ? 1 : 0, "two candidates: %d", out[0].pert);
    cr_assert_eq(out[1].pert, exact ? 1 : 0);
    cr_assert_eq(out[2].pert, exact ? -1 : 0);
    cr_assert_eq(out[3].pert, 0);
    for (size_t p = 0; p < NP && !exact; p++) cr_assert_neq(out[p].t4, LFAP_PASS);
    oracle_cert_free(&nat);
    oracle_cert_free(&adv);
  }
  for (size_t n = 0; n < 3; n++) s.nat.x[n * DIM + 40] *= 0.5; /* now the first is the largest for certain */
  oracle_cert nat = certify(&s.nat, 0.6, 0), adv = certify(&s.adv, 0.6, 0);
  oracle_adversary a = {.nat = &nat, .adv = &adv, .nat_data = &s.nat, .adv_data = &s.adv, .bases = s.base.x, .norm = LFAP_L1, .eps = eps};
  oracle_split out[NP];
  cr_assert_eq(oracle_split_points(&c, out, &a, z, NP), LFAP_OK, "%s", c.message);
  cr_assert(out[0].pert == 1 && out[1].pert == 1 && out[2].pert == -1 && out[3].pert == 0);
  oracle_cert_free(&nat);
  oracle_cert_free(&adv);
  scene_free(&s);
}
