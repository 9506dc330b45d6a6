/* Beside bodyless.c: a function of the name that it only declares, proved of another contract. */
#include <stddef.h>

/*@ terminates \true;
  @ exits never: \false;
  @ assigns \nothing; */
size_t mf_oracle(size_t n) { return n; }
