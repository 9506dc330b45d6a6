/* noise.h - what the statements ask, and what noise gives, before any is drawn (spec/theory.md, H: "How noise meets
 * it", "What noise looks like"). Nothing here judges data: an outlook is no verdict. */
#ifndef LFAP_STUDY_NOISE_H
#define LFAP_STUDY_NOISE_H
#include "study/study.h"

/* Sure: except with the probability LFAP_NOISE_RISK. Expected or not: a typical draw is clear of the bound by the
   factor 1.25 + 4/N, within which draws scatter; open: it is nearer. */
typedef enum {
  LFAP_OUTLOOK_SURE,
  LFAP_OUTLOOK_EXPECTED,
  LFAP_OUTLOOK_OPEN,
  LFAP_OUTLOOK_UNEXPECTED,
  LFAP_OUTLOOKS
} lfap_outlook;
extern const char *const lfap_outlook_name[LFAP_OUTLOOKS]; /* "sure", "expected", "open", "not expected" */
#define LFAP_NOISE_RISK 0.01

typedef enum {
  LFAP_NOISE_H,
  LFAP_NOISE_H_STAR,
  LFAP_NOISE_C,
  LFAP_NOISE_OBT_T1,
  LFAP_NOISE_OBT_C1,
  LFAP_NOISE_C1,
  LFAP_NOISE_OBT_C2,
  LFAP_NOISE_MARGIN,
  LFAP_NOISE_SEPARABLE,
  LFAP_NOISE_ASKED
} lfap_noise_asked;

/* A condition, its typical value and the bound it has to be above or below. */
typedef struct {
  const char *id, *what, *relation; /* the statement that follows; ">=" or "<"; static */
  double value, bound;
  lfap_outlook outlook;
} lfap_noise_line;

typedef struct {
  lfap_study_kind law; /* uniform or gauss */
  size_t n, d;
  double gamma;
  double d_sure, d_typical; /* (H) holds from this d on: except with the risk; in a typical draw */
  lfap_noise_line line[LFAP_NOISE_ASKED];
} lfap_noise;

/* n, d > 0, gamma inside (0, 1). */
void lfap_noise_of(lfap_noise *out, lfap_study_kind law, size_t n, size_t d, double gamma);
/* At most this is the probability that n samples of d entries miss (H). */
double lfap_noise_miss(lfap_study_kind law, double n, double d, double gamma);
#endif
