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
extern const char *const oracle_coq_claim_names[ORACLE_COQ_CLAIMS]; /* "T1", "C1", "C2", "not-C1" */

typedef struct {
  oracle_coq_claim claim;
  oracle_coq_form form;
  size_t n, d;
  double gamma;
  char sha256[65];   /* of the data */
  unsigned bits;     /* of the largest multiplier, as asked for; 0 in a file that was read */
  size_t count;      /* multipliers: n, 2 n for C2, 0 where none are needed */
  mpz_t *p, den;     /* owned */
  size_t points;     /* points whose side is told, */
  double *z;         /* points x d, owned */
  signed char *sign; /* certain: 1 or -1, owned */
} oracle_coq;

/* What is asked for. */
typedef struct {
  oracle_coq_form form;
  int claim;       /* an oracle_coq_claim, or -1: the first that is shown (with points, from C1 on) */
  const double *z; /* points x d whose side is to be told; NULL */
  size_t points;
  const oracle_cert *cert; /* knows the multipliers to more bits; NULL */
  const char *sha256;      /* of the data */
} oracle_coq_wish;

/* *found is 0, with the reason in ctx->message, where nothing was proved: then there is no file to write. data:
   checked; lim: of data. */
lfap_status oracle_coq_find(lfap_ctx *ctx, int *found, oracle_coq *out, const lfap_data *data, const lfap_limit *lim,
                            const oracle_coq_wish *wish);
void oracle_coq_free(oracle_coq *t);

/* The files, and their names: 0 is Certificate.v, the others hold rows. */
enum { ORACLE_COQ_NAME = 64 };
size_t oracle_coq_files(const oracle_coq *t);
const char *oracle_coq_name(char out[ORACLE_COQ_NAME], size_t file);
/* One spelling: what a file has to be, byte for byte. No numbers of GMP are made where `file` is not 0. */
lfap_status oracle_coq_text(lfap_ctx *ctx, lfap_text *out, const oracle_coq *t, const lfap_data *data, size_t file);

/* Is the text the Certificate.v that follows from the data and the multipliers it proposes, and do these show what it
   claims? As oracle_cert_check: *accepted is 0 with the reason in ctx->message, a text that is none is DATA. */
lfap_status oracle_coq_check(lfap_ctx *ctx, int *accepted, oracle_coq *out, const char *text, size_t len,
                             const lfap_data *data, const char *sha256);
#endif
