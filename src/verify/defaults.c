/* defaults.c - the sizes of a case where nobody gives them. */
#include <math.h>

#include "lfap.h"
#include "perturb/norm.h"

/* Coordinates that a perturbation may change. */
static size_t moving_of(const lfap_data *data) { return data->d - (data->bias != 0); }

/* A perturbation small against the distance to the boundary, about ||x||/sqrt(N) (D1). */
static double length_of(const lfap_data *data) {
  double longest = 0.0;
  for (size_t n = 0; n < data->n; n++) {
    double square = 0.0;
    for (size_t i = 0; i < moving_of(data); i++)
      square = fma(data->x[n * data->d + i], data->x[n * data->d + i], square);
    if (square > longest) longest = square;
  }
  return sqrt(longest / (double)data->n) / 16.0;
}

void lfap_verify_defaults(lfap_verify_opts *o, const lfap_data *data) {
  lfap_train_opts flow;
  size_t moving = moving_of(data);
  lfap_train_defaults(&flow, LFAP_METHOD_FLOW);
  *o = (lfap_verify_opts){.data = data,
                          .n_adv = data->n < 8      ? 8
                                   : data->n < 1000 ? data->n
                                                    : 1000,
                          .m = 20,
                          .m_adv = 20,
                          .k = moving >= 20 ? moving / 20 : 1,
                          .probes = 200,
                          .controls = 8,
                          .log_loss_target = flow.log_loss_target,
                          .flow_steps = flow.epochs};
  double length = length_of(data);
  for (int i = 0; i < LFAP_NORMS; i++) o->eps[i] = length / lfap_norm_of((lfap_norm)i)->euclidean(o->k, moving);
}
