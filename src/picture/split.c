/* split.c - the boundary learned from perturbations, split into the effect of the bases and that of the
 * perturbations (T3), and the cone in which the second decides (T4; spec/theory.md section 4). */
#include "picture/picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/chain.h"
#include "kernel/perturb.h"
#include "lfap_certifier.h"
#include "picture/style.h"

/* Directions of T_data, T_pert, f_adv and f_bdy as rows, and their values at the points. */
enum { T_DATA, T_PERT, F_ADV, F_BDY, PARTS };

/* w_data = sum omega_n t_n b_n and w_pert = sum omega_n t_n eta_n, with b_n = x_n - eta_n; b is scratch. */
static void directions(double *part, double *b, const lfap_data *adv, const double *eta, const lfap_limit *l,
                       const double *w) {
  size_t d = adv->d;
  for (size_t n = 0; n < adv->n; n++) {
    const double *x = adv->x + n * d, *e = eta + n * d;
    for (size_t i = 0; i < d; i++) b[i] = x[i] - e[i];
    lfap_axpy(part + T_DATA * d, l->omega[n] * adv->y[n], b, d);
    lfap_axpy(part + T_PERT * d, l->omega[n] * adv->y[n], e, d);
  }
  memcpy(part + F_ADV * d, l->w, d * sizeof(double));
  memcpy(part + F_BDY * d, w, d * sizeof(double));
}

static double tabulate(lfap_text *t, lfap_split_count *k, const double *v, const lfap_data *points) {
  double largest = 0;
  lfap_text_puts(t, "point,label,T_data,T_pert,f_adv,f_bdy,cone,consistent\n");
  *k = (lfap_split_count){.n = points->n};
  for (size_t i = 0; i < points->n; i++) {
    const double *f = v + PARTS * i;
    int cone = fabs(f[T_DATA]) < fabs(f[T_PERT]) && lfap_sgn(f[T_PERT]) == lfap_sgn(f[F_BDY]);
    int consistent = lfap_sgn(f[F_ADV]) == lfap_sgn(f[F_BDY]);
    k->cone += (size_t)cone;
    k->consistent += (size_t)consistent;
    k->broken += (size_t)(cone && !consistent);
    largest = fmax(largest, fmax(fabs(f[T_DATA]), fabs(f[T_PERT])));
    lfap_text_format(t, "%zu,%g,%.17g,%.17g,%.17g,%.17g,%d,%d\n", i, points->y[i], f[T_DATA], f[T_PERT], f[F_ADV],
                     f[F_BDY], cone, consistent);
  }
  return largest;
}

static void commands_split(lfap_picture *p, double r) {
  lfap_text *t = &p->commands;
  lfap_text_puts(t, STYLE_FRAME STYLE_KEY(2) "set size ratio -1\nset title title\n");
  lfap_text_format(t,
                   "set xlabel 'T_data(z): effect of the bases (unit of f_adv)'\n"
                   "set ylabel 'T_pert(z): effect of the perturbations (unit of f_adv)'\n"
                   "r = %.17g\nset xrange [-r:r]\nset yrange [-r:r]\n",
                   r);
  lfap_text_puts(t, STYLE_CONE
                 "plot NaN with boxes fs solid fc rgb " STYLE_PALE " title 'cone: |T_data| < |T_pert|', \\\n"
                 "  x lw 1.5 dt 2 lc rgb " STYLE_BLACK " notitle, -x lw 1.5 dt 2 lc rgb " STYLE_BLACK " notitle, \\\n"
                 "  name.'.csv' skip 1 using ($2 > 0 && $8 == 1 ? $3 : NaN):4 " STYLE_PLUS " title 'label +1', \\\n"
                 "  '' skip 1 using ($2 < 0 && $8 == 1 ? $3 : NaN):4 " STYLE_MINUS " title 'label −1', \\\n"
                 "  '' skip 1 using ($8 == 0 ? $3 : NaN):4 with points pt 2 ps 1.2 lw 2.5 lc rgb " STYLE_ORANGE
                 " title 'sign unlike f_bdy'\n");
}

lfap_status lfap_picture_split(lfap_ctx *ctx, lfap_picture *out, lfap_split_count *count, const lfap_data *points,
                               const lfap_limit *natural, const lfap_data *adv, const double *eta,
                               const lfap_limit *lim) {
  size_t d = adv->d, n = points->n;
  if (points->d != d || natural->d != d)
    return lfap_fail(ctx, LFAP_ERR_DATA,
                     "split: points with d = %zu, perturbed bases with d = %zu; both live in one space", points->d, d);
  double *part = calloc((PARTS + 1) * d, sizeof *part), *v = malloc(PARTS * n * sizeof *v);
  if (!part || !v) {
    free(part);
    free(v);
    return lfap_fail(ctx, LFAP_ERR_MEMORY, "split: no memory for %zu points in d = %zu", n, d);
  }
  directions(part, part + PARTS * d, adv, eta, lim, natural->w);
  lfap_status s = lfap_rows_product(ctx, v, points->x, part, n, PARTS, d);
  if (!s) {
    static const char *const by_c2[] = {[LFAP_NO] = ", nor C2: f_adv is a candidate boundary only",
                                        [LFAP_YES] = " but C2: f_adv is the boundary of its KKT point",
                                        [LFAP_UNKNOWN] = "; whether C2, doubles do not tell"};
    lfap_picture p = {.name = "split", .width = 640, .height = 700};
    double largest = tabulate(lfap_picture_table_add(&p, ""), count, v, points);
    snprintf(p.title, sizeof p.title, "What decides: %zu points, N_adv = %zu, d = %zu, γ = %g", n, adv->n, d,
             lim->gamma);
    snprintf(
        p.caption, sizeof p.caption,
        "f_adv = T_data + T_pert at %zu points, measured (doubles). %zu lie in T4's cone (the perturbations outweigh "
        "the bases, towards f_bdy's side); "
        "%zu of these are decided unlike f_bdy. In and out of it, %zu are decided like f_bdy. The set with "
        "perturbations %s (H) and %s C1%s.",
        n, count->cone, count->broken, count->consistent, lim->hyp.holds ? "meets" : "does not meet",
        lim->c1 ? "meets" : "does not meet",
        lim->hyp.holds || lim->c1 ? "" : by_c2[lfap_facts_of(lim).of[LFAP_WHEN_C2]]);
    commands_split(&p, largest > 0 ? 1.05 * largest : 1);
    *out = p;
  }
  free(part);
  free(v);
  return s;
}
