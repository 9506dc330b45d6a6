/* document.h - reads back what `lfap ... --json` printed (spec/formats.md, JSON). */
#ifndef LFAP_PICTURE_DOCUMENT_H
#define LFAP_PICTURE_DOCUMENT_H
#include "picture/picture.h"

/* The decades of `lfap converge --json`. */
typedef struct {
  lfap_decade *row; /* owned */
  size_t rows;
  double bits, gamma;
  char sha256[72]; /* data_sha256; empty where it is not told, as n and d are 0 */
  size_t n, d;
} lfap_decades;
lfap_status lfap_decades_read(lfap_ctx *ctx, lfap_decades *out, const char *path);
void lfap_decades_free(lfap_decades *d);

/* Height and width in a meta.json of `lfap gen fashion-mnist`; *found is 0 when it names none. */
lfap_status lfap_shape_read(lfap_ctx *ctx, size_t *height, size_t *width, int *found, const char *path);

/* What `lfap verify --json` says, a line a case and statement. */
typedef struct {
  char name[64], about[160], verdict[24], sha256[72];
  size_t n, d, n_adv, m;
  double gamma, h_lhs, h_rhs;
  int hypothesis;
} lfap_case_line;
typedef struct {
  size_t of; /* case */
  char id[16];
  size_t verdict[4]; /* by lfap_verdict */
  size_t measured;   /* lines that no statement predicts */
  size_t certified;  /* lines an enclosure decided */
} lfap_statement_line;
typedef struct {
  size_t of;
  char subject[24], what[112], note[176];
  double value;
} lfap_headline;
typedef struct { /* a check that fails or is undecided */
  size_t of;
  char id[16], subject[24], what[112], note[176], verdict[24], relation[8];
  double value, bound;
} lfap_wrong_line;
typedef struct {
  char version[32], verdict[24];
  lfap_case_line *cases; /* owned, as the other two */
  lfap_statement_line *statements;
  lfap_headline *headlines;
  lfap_wrong_line *wrong; /* the failures first; owned */
  size_t case_count, statement_count, headline_count, wrong_count;
} lfap_verify_document;
lfap_status lfap_verify_document_read(lfap_ctx *ctx, lfap_verify_document *out, const char *path);
void lfap_verify_document_free(lfap_verify_document *d);
#endif
