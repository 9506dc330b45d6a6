/* plan.h - what `lfap plan` tells. */
#ifndef LFAP_CLI_PLAN_H
#define LFAP_CLI_PLAN_H
#include "cli/cli.h"
#include "study/cost.h"
#include "study/noise.h"

typedef struct {
  const char *set; /* "data", "bases" */
  lfap_noise noise;
} cli_plan_noise;

typedef struct {
  const char *set, *what;
  double bytes, seconds;
} cli_plan_cost;

typedef struct {
  size_t n, d, m, n_adv; /* n_adv 0: not given */
  double gamma;
  cli_plan_noise noise[4]; /* two laws of one or two sets */
  size_t noises;
  cli_plan_cost cost[2 * LFAP_COSTS];
  size_t costs;
  double measured; /* seconds that measuring took */
} cli_plan_report;

extern const cli_verb cli_plan;
#endif
