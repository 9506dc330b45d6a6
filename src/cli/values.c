/* values.c - option texts that mean the same to several verbs: norm, size and range of a perturbation (P1), bits of a
   number, classes of images. */
#include <math.h>

#include "cli/cli.h"
#include "oracle/lfap_oracle.h"

lfap_status cli_norm_value(cli *c, int *out, const char *text) {
  const char *norms[LFAP_NORMS];
  for (int i = 0; i < LFAP_NORMS; i++) norms[i] = lfap_norm_name((lfap_norm)i);
  return cli_word(c, out, "--norm", text, norms, LFAP_NORMS);
}

lfap_status cli_positive(cli *c, double *out, const char *option, const char *text) {
  double x = 0;
  lfap_status s = cli_number(c, &x, option, text);
  if (s) return s;
  if (!(x > 0)) return lfap_fail(&c->ctx, LFAP_ERR_DATA, "--%s %s: must be above 0", option, text);
  *out = x;
  return LFAP_OK;
}

lfap_status cli_eps_value(cli *c, double *out, const char *text) {
  lfap_status s = cli_number(c, out, "eps", text);
  if (!s && !(*out > 0)) s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "--eps %s: the size of a perturbation is above 0", text);
  return s;
}

lfap_status cli_range_value(cli *c, double *lo, double *hi, const char *text) {
  lfap_status s = cli_pair(c, lo, hi, "range", text);
  if (!s && !(*lo < *hi)) s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "--range %s: the first must be the smaller", text);
  return s;
}

lfap_status cli_bits_value(cli *c, size_t *out, const char *option, const char *text, int most) {
  uint64_t bits = 0;
  lfap_status s = cli_whole(c, &bits, option, text);
  if (s) return s;
  if (bits < ORACLE_PREC_MIN || bits > (uint64_t)most)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "--%s %s: the precision lies in %d..%d bits; 256 is the default", option,
                     text, ORACLE_PREC_MIN, most);
  *out = (size_t)bits;
  return LFAP_OK;
}

lfap_status cli_checkpoint_value(cli *c, double *seconds, const char *text) {
  double minutes = 0;
  lfap_status s = cli_number(c, &minutes, "checkpoint", text);
  if (s) return s;
  if (minutes < 0)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "--checkpoint %s: minutes from one to the next, or 0 for none", text);
  *seconds = 60.0 * minutes;
  return LFAP_OK;
}

lfap_status cli_classes_value(cli *c, int *pos, int *neg, const char *text) {
  double p = 0, q = 0;
  lfap_status s = cli_pair(c, &p, &q, "classes", text);
  if (s) return s;
  if (!(p >= 0 && p <= 9 && q >= 0 && q <= 9 && p != q && p == floor(p) && q == floor(q)))
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "--classes %s: two different classes from 0 to 9, such as 0,9", text);
  *pos = (int)p;
  *neg = (int)q;
  return LFAP_OK;
}
