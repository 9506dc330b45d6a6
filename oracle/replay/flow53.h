/* flow53.h - the rescaled flow by the pair, the control and the phases of spec/numerics.md N9, at P bits. */
#ifndef ORACLE_REPLAY_FLOW53_H
#define ORACLE_REPLAY_FLOW53_H
#include "oracle/replay/replay.h"

lfap_status oracle_flow_replay(lfap_ctx *ctx, oracle_trained *out, oracle_arith *A, const lfap_net *start,
                               const lfap_data *data, const lfap_train_opts *o);
#endif
