/* mathsingle.h - fmaf: <math.h> for the compiler, for the prover the contract it lacks, an assumption that says nothing
 * of values and is listed as trusted in spec/soundness.md (as those of mathspec.h). */
#ifndef LFAP_KERNEL_MATHSINGLE_H
#define LFAP_KERNEL_MATHSINGLE_H

#include "arithmetic.h"
#ifndef __FRAMAC__
#include <math.h>
#else
/*@ terminates \true;
  @ exits never: \false;
  @ assigns \result \from x, y, z; */
extern float fmaf(float x, float y, float z);
#endif

#endif
