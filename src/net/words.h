/* words.h - the words of what a training can be: on command lines, in tables and in messages. Each ends with NULL. */
#ifndef LFAP_NET_WORDS_H
#define LFAP_NET_WORDS_H

extern const char *const lfap_method_name[];     /* "flow", "gd", "sgd" */
extern const char *const lfap_loss_name[];       /* "exp", "logistic" */
extern const char *const lfap_arithmetic_name[]; /* "double", "half" */
#endif
