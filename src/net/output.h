/* output.h - output weights other than the setting's (spec/theory.md, "Any fixed output layer"; numerics.md N4). */
#ifndef LFAP_NET_OUTPUT_H
#define LFAP_NET_OUTPUT_H
#include "lfap.h"

/* a (m): the network's own output weights, or the setting's. */
void lfap_net_weights(double *a, const lfap_net *net);
/* Has row j a positive output weight? One of 0 has none of either sign. */
int lfap_net_positive(const lfap_net *net, size_t j);
int lfap_net_dead(const lfap_net *net, size_t j);
/* Are both 1/2, or not set, so that what was worked out for the setting alone holds? */
int lfap_masses_plain(lfap_masses p);
#endif
