/* perturbed.h - what geometry.c and pgd.c share: which coordinates move, and the check that made points are numbers. */
#ifndef LFAP_PERTURB_PERTURBED_H
#define LFAP_PERTURB_PERTURBED_H
#include "lfap.h"

/* Of d coordinates those that a perturbation may change: all, or with o->bias all but the last. */
size_t lfap_perturb_moving(const lfap_perturb_opts *o, size_t d);
/* Every entry of the points and of what was added is finite; RANGE names the first base otherwise. */
lfap_status lfap_perturbed_check(lfap_ctx *ctx, const lfap_perturbed *p, double eps);
#endif
