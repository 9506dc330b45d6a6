/* settings.h - settings of the processor under which results would have other bits: another rounding, subnormal numbers off. */
#ifndef LFAP_TESTS_SETTINGS_H
#define LFAP_TESTS_SETTINGS_H
#include <fenv.h>
#include <stddef.h>
#ifdef __SSE2__
#include <xmmintrin.h>
#endif

typedef struct {
  const char *name;
  int rounding;
  unsigned flush; /* bits of mxcsr */
  const char *told; /* a word of the refusal */
} setting;

static const setting settings[] = {
    {"FE_UPWARD", FE_UPWARD, 0, "fesetround(FE_TONEAREST)"},
    {"FE_DOWNWARD", FE_DOWNWARD, 0, "fesetround(FE_TONEAREST)"},
    {"FE_TOWARDZERO", FE_TOWARDZERO, 0, "fesetround(FE_TONEAREST)"},
#ifdef __SSE2__
    {"flush to zero", FE_TONEAREST, 0x8000, "flush-to-zero"},
    {"denormals are zero", FE_TONEAREST, 0x0040, "flush-to-zero"},
    {"both", FE_TONEAREST, 0x8040, "flush-to-zero"},
#endif
};
enum { SETTINGS = sizeof settings / sizeof settings[0] };

static inline void setting_make(const setting *s) {
  fesetround(s->rounding);
#ifdef __SSE2__
  _mm_setcsr(_mm_getcsr() | s->flush);
#endif
}
/* Whether the processor is still set so. */
static inline int setting_stands(const setting *s) {
#ifdef __SSE2__
  if ((_mm_getcsr() & 0x8040) != s->flush) return 0;
#endif
  return fegetround() == s->rounding;
}
static inline void setting_clear(void) { fesetenv(FE_DFL_ENV); }

#endif
