/* coq.h - a theorem about a data set that Coq's kernel checks (spec/certificate.md, "Theorems in Coq"): what is
 * claimed, the multipliers that show it, and the files that say so.
 */
#ifndef ORACLE_COQ_H
#define ORACLE_COQ_H
#include "io/text.h"
#include "oracle/coq/sums.h"
#include "oracle/lfap_oracle.h"

typedef enum {
  ORACLE_COQ_AXIOM_FREE, /* integers Z: "Closed under the global context" */
  ORACLE_COQ_FAST,       /* primitive integers and arrays: assumes their axioms */
  ORACLE_COQ_FORMS
} oracle_coq_form;
extern const char *const oracle_coq_form_names[ORACLE_COQ_FORMS];   /* "axiom-free", "fast" */
extern const char *const oracle_coq_claim_names[ORACLE_COQ_CLAIMS]; /* "T1", "C1", "C2", "not-C1", "T4", ... */

/* What a theorem is about: a set of samples and its hash; a claim about weights: the rows of a network, half of them
   positive, those first, as samples without labels. other: T4: an adversarial set; split: the perturbations (N x d)
   and their labels; C4: the first weights. third: split: the coefficients (m x N). */
typedef struct {
  const lfap_data *data, *other, *third;
  const char *sha256, *other_sha256, *third_sha256;
} oracle_coq_about;

typedef struct oracle_coq {
  oracle_coq_claim claim;
  oracle_coq_form form;
  size_t n, d;
  double gamma, step; /* C4: learning rates are at most step */
  char sha256[65];    /* of the data */
  unsigned bits;      /* of the largest multiplier, as asked for; 0 in a file that was read */
  size_t count;       /* multipliers: n, 2 n for C2 and T4, 0 where none are needed; C4: and m n slopes */
  mpz_t *p, den;      /* owned */
  size_t points;      /* points whose side is told, */
  double *z;          /* points x d, owned */
  signed char *sign;  /* certain: 1 or -1, owned */
  size_t differ;      /* T4: points left out that the two sets decide otherwise; 0 in a file that was read */
  struct oracle_coq *adversarial; /* T4: its set and multipliers, as C2; owned */
} oracle_coq;

/* What is asked for. */
typedef struct {
  oracle_coq_form form;
  int claim; /* an oracle_coq_claim about sets, or -1: the first of the first four that is shown (with points, from
                      C1 on) */
  const double *z; /* points x d whose side is to be told; NULL */
  size_t points;
  const oracle_cert *cert;       /* knows the multipliers to more bits; NULL */
  const lfap_limit *adversarial; /* T4: of the adversarial set */
  const lfap_polished *point;    /* C4: of the data, as the weights have it, */
  double step;                   /* for learning rates up to it */
} oracle_coq_wish;

/* *found is 0, with the reason in ctx->message, where nothing was proved: then there is no file to write. data:
   checked; lim: of data. */
lfap_status oracle_coq_find(lfap_ctx *ctx, int *found, oracle_coq *out, const oracle_coq_about *about,
                            const lfap_limit *lim, const oracle_coq_wish *wish);
/* The same of a network: NETWORK, or BENT with z1 and z2 for points. */
lfap_status oracle_coq_find_network(lfap_ctx *ctx, int *found, oracle_coq *out, const oracle_coq_about *about,
                                    double gamma, const oracle_coq_wish *wish);
/* Of a network in training: SPLIT at the points, or C4 with the multipliers and slopes of `point`. */
lfap_status oracle_coq_find_run(lfap_ctx *ctx, int *found, oracle_coq *out, const oracle_coq_about *about, double gamma,
                                const oracle_coq_wish *wish);
void oracle_coq_free(oracle_coq *t);
/* Room for `count` numerators, 0. */
lfap_status oracle_coq_numbers(lfap_ctx *ctx, oracle_coq *t, size_t count);
/* All entries are integers times 2^e; at most 0. */
long oracle_coq_grid(const oracle_coq *t, const oracle_coq_about *about);

/* The files, and their names: 0 is Certificate.v, the others hold rows. */
enum { ORACLE_COQ_NAME = 64 };
size_t oracle_coq_files(const oracle_coq *t);
const char *oracle_coq_name(char out[ORACLE_COQ_NAME], size_t file);
/* One spelling: what a file has to be, byte for byte. No numbers of GMP are made where `file` is not 0. */
lfap_status oracle_coq_text(lfap_ctx *ctx, lfap_text *out, const oracle_coq *t, const oracle_coq_about *about,
                            size_t file);

/* Is the text the Certificate.v that follows from the data and the multipliers it proposes, and do these show what it
   claims? As oracle_cert_check: *accepted is 0 with the reason in ctx->message, a text that is none is DATA. */
lfap_status oracle_coq_check(lfap_ctx *ctx, int *accepted, oracle_coq *out, const char *text, size_t len,
                             const oracle_coq_about *about);
/* The claim its head names, or -1: tells what it has to be held against. */
int oracle_coq_claim_of(const char *text, size_t len);
#endif
