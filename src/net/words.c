/* words.c - methods, losses and arithmetics by their names (words.h). */
#include "net/words.h"

#include "lfap.h"

const char *const lfap_method_name[] = {
    [LFAP_METHOD_FLOW] = "flow", [LFAP_METHOD_GD] = "gd", [LFAP_METHOD_SGD] = "sgd", NULL};
const char *const lfap_loss_name[] = {[LFAP_LOSS_EXP] = "exp", [LFAP_LOSS_LOGISTIC] = "logistic", NULL};
const char *const lfap_arithmetic_name[] = {[LFAP_ARITHMETIC_DOUBLE] = "double", [LFAP_ARITHMETIC_HALF] = "half", NULL};
