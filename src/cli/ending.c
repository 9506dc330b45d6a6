/* ending.c - where weights end, for people and files: the KKT point that they polish to (C3), and whether exact
 * training from them converges to it (C4). */
#include "cli/ending.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/verify/certifier.h"
#include "verify/lines.h"

lfap_status cli_ending_of(cli *c, cli_ending *e, const lfap_net *net, lfap_set *set, const lfap_limit *lim,
                          const cli_ending_asked *asked) {
  lfap_status s = lfap_ending_of(&c->ctx, &e->end, net, set, lim, asked->loss, asked->step);
  if (s || !asked->certify) return s;
  s = oracle_polish_certify(&c->ctx, &e->cert, &e->end.point, set->data, net, asked->loss, asked->step,
                            &(oracle_opts){0});
  mpfr_free_cache();
  e->certified = !s;
  if (!s && cli_interrupted()) s = lfap_fail(&c->ctx, LFAP_ERR_INTERRUPTED, "interrupted; nothing was written");
  return s;
}

lfap_status cli_ending_left(cli *c, cli_ending *e, lfap_status s) {
  if (!lfap_of_the_data(s)) return s;
  snprintf(e->why, sizeof e->why, "%.255s", c->ctx.message);
  c->ctx.message[0] = '\0';
  return LFAP_OK;
}

void cli_ending_free(cli_ending *e) {
  lfap_ending_free(&e->end);
  oracle_polished_free(&e->cert);
}

lfap_status cli_ending_judge(cli *c, lfap_case *k, const cli_ending *e) {
  size_t first = k->checks;
  lfap_status s = lfap_judge_ending(&c->ctx, k, &e->end);
  if (!s && e->certified) oracle_settle_ending(k, first, &e->cert, e->end.loss);
  return s;
}

const char *cli_ending_c3(const cli_ending *e) { return e->certified ? lfap_verdict_name(e->cert.c3) : NULL; }
const char *cli_ending_c4(const cli_ending *e) { return e->certified ? lfap_verdict_name(e->cert.c4) : NULL; }

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static void certificate_print(const cli_ending *e) {
  const oracle_polished *p = &e->cert;
  cli_say(
      "  certificate: %zu of %zu kinks and %zu of %zu positive multipliers proved; own pairs: %zu right, %zu wrong, "
      "%zu open; others: %zu signed, %zu open\n",
      p->kinks, e->end.point.kinks, p->support, e->end.point.support, p->pairs_right, p->pairs_wrong, p->pairs_open,
      p->others_signed, p->others_open);
  cli_say("  ||W^o - W|| is at most %.3g; the multipliers are %s\n", p->ball,
          p->multipliers ? "enclosed" : "not enclosed: the samples are not proved independent");
}

/* Is the boundary of the point linear? */
static void boundary_print(const cli_ending *e) {
  if (e->certified && e->cert.linear < 0 && e->cert.c3 != LFAP_FAIL)
    cli_say("  its boundary is not linear, certified: f has one sign at z1 and at z2, the other at z1 + z2\n");
  else if (e->end.same) cli_say("  its boundary is linear, <w, z> = 0 of C2\n");
  else cli_say("  whether its boundary is linear is not known\n");
}

void cli_ending_about(const cli_ending *e) {
  const lfap_polished *p = &e->end.point;
  if (!p->n) {
    cli_say("  C3  the weights have no point: %s\n", e->why);
    return;
  }
  cli_say("  C3  %zu patterns, %zu own pairs turned; %zu kinks, %zu own pairs of slope gamma, support %zu of %zu\n",
          p->rounds, p->flipped, p->kinks, e->end.off, p->support, p->n);
  if (e->end.same) cli_say("  C3  it is C2's point, to %.2g\n", e->end.distance);
  else if (!isnan(e->end.distance)) cli_say("  C3  it is not C2's point: relative distance %.6g\n", e->end.distance);
  if (e->certified) certificate_print(e);
  boundary_print(e);
}

void cli_ending_print(const cli_ending *e) {
  const lfap_polished *p = &e->end.point;
  const lfap_c4 *k = &e->end.c4;
  cli_say("  C3  normalised margin of the weights %.9g, at their point %.9g", p->margin_given, p->margin);
  if (!isnan(p->cosine)) cli_say("; cosine %.9g", p->cosine);
  cli_say("\n");
  cli_ending_about(e);
  cli_say("  C4  angle %.6g, needs below %.6g; length %.6g, needs %.6g\n", k->angle, k->angle_most, k->length,
          k->length_least);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static lfap_status write_witness(cli *c, const char *dir, const oracle_polished *p, size_t d) {
  double *z = malloc(2 * d * sizeof *z);
  if (!z) return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "no memory for a witness of d = %zu", d);
  memcpy(z, p->z1, d * sizeof *z);
  memcpy(z + d, p->z2, d * sizeof *z);
  lfap_status s = cli_out_matrix(c, dir, "witness.npy", z, 2, d);
  free(z);
  return s;
}

lfap_status cli_ending_write(cli *c, const char *dir, const cli_ending *e) {
  const lfap_polished *p = &e->end.point;
  lfap_status s = cli_out_weights(c, dir, "W.npy", p->net.w, p->net.m, p->net.d);
  if (!s) s = cli_out_vector(c, dir, "lambda.npy", p->lambda, p->n);
  if (!s) s = cli_out_matrix(c, dir, "slopes.npy", p->slope, p->net.m, p->n);
  if (!s && e->certified && e->cert.linear < 0) s = write_witness(c, dir, &e->cert, p->net.d);
  return s;
}
