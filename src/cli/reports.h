/* reports.h - what each verb has to say, as a struct that spec/fields.tsv reads its fields from: values that need
 * computing are computed into these first. Generated from the table: fields.h, what writes them (spec/fields.awk).
 * Pointers are borrowed.
 */
#ifndef LFAP_CLI_REPORTS_H
#define LFAP_CLI_REPORTS_H
#include "cli/arithmetic.h"
#include "cli/cli.h"
#include "cli/compare.h"
#include "cli/coq_sets.h"
#include "cli/doctor.h"
#include "cli/ending.h"
#include "cli/origin.h"
#include "cli/plan.h"
#include "cli/plot.h"
#include "cli/report.h"
#include "cli/vectors.h"
#include "oracle/flow/flow.h"
#include "picture/plane.h"
#include "perturb/norm.h"
#include "verify/judge.h"

/* A row of a table for people: key and meaning as in spec/fields.tsv, label its words there. One of the last three. */
enum { CLI_ROWS = 16 };
typedef struct {
  const char *key, *label, *meaning;
  double value;
  const lfap_spread *spread;
  const char *string;
} cli_row;

typedef struct {
  size_t n, d;
} cli_sizes;

typedef struct {
  const char *kind, *sha256;
  const uint64_t *seed; /* NULL: none was used */
  cli_sizes sizes;
  const lfap_images *images; /* fashion-mnist, else NULL */
  int pos, neg, centered;    /* of images */
} cli_gen_report;

typedef struct {
  const char *method, *loss, *form, *sha256;
  const uint64_t *seed; /* NULL: the weights were given */
  double gamma;
  cli_sizes sizes;
  size_t m;
  const lfap_history *history;
  const lfap_epoch *last; /* NULL: no epoch */
  size_t correct;         /* samples with y f > 0 */
  double smallest_margin, least;
  size_t negative; /* coefficients: the least, and those below 0 */
  int flow, reached;
  const cli_arithmetic *in;
} cli_train_report;

typedef struct {
  double min, max;
  size_t positive;
} cli_range;

typedef struct {
  size_t points, positive, negative;
} cli_signs;

typedef struct {
  const char *sha256;
  const lfap_limit *limit;
  cli_sizes sizes;
  cli_range range; /* of the multipliers */
  int c1;
  size_t aligned; /* C1 holds; samples at which (b) does */
  const lfap_case *lines;
  const cli_certificate *certificate; /* NULL: not asked for */
  const cli_coq *coq;                 /* NULL: not asked for */
  const cli_signs *every;             /* what every KKT point decides at points; NULL: not asked for */
} cli_limit_report;

typedef struct {
  int accepted;
  const char *reason;                 /* NULL: accepted */
  const cli_certificate *certificate; /* NULL: not accepted, */
  const cli_coq *coq;                 /* or this one was; NULL */
} cli_check_report;

typedef struct {
  double gamma, step; /* step 0: the flow */
  const char *loss;
  cli_sizes sizes;
  size_t m;
  const cli_origin *here, *net_of;
  const cli_ending *ending;
  cli_signs signs;
  const cli_signs *signed_points; /* &signs, or NULL: none were given */
  const cli_coq *coq;             /* NULL: not asked for */
  const lfap_case *lines;
} cli_polish_report;

typedef struct {
  double gamma;
  const char *loss, *sha256;
  const oracle_flow_table *table;
  const cli_ending *ending; /* NULL: the last weights have no point */
  const lfap_case *lines;
} cli_converge_report;

typedef struct {
  const char *from, *sha256;
  const lfap_perturb_opts *o;
  double gamma; /* NaN: no network */
  cli_sizes sizes;
  const cli_origin *made_from;
  const cli_arithmetic *in;
  double most[LFAP_NORMS]; /* largest size over the bases, of eta as it came out */
  size_t unchanged, vanished;
  int pgd;
} cli_perturb_report;

typedef struct {
  const char *run, *sha256; /* run: train, polish, limit */
  double gamma;
  cli_sizes sizes;
  size_t m;
  const uint64_t *seed; /* NULL: the points were brought along */
  const lfap_split *split;
  const lfap_split_shares *shares;
  const cli_coq *coq; /* NULL: not asked for */
  const lfap_case *lines;
} cli_split_report;

typedef struct {
  const cli_case *in;
  const lfap_case *lines;
  char sha256[CLI_SHA256];
  const cli_coq_set *set; /* theorems about its sets; NULL: not asked for */
  size_t first, sets;     /* of all of the run */
} cli_case_report;

enum { CLI_CASES = 8 };
typedef struct {
  cli_case input[CLI_CASES];
  lfap_case result[CLI_CASES];
  cli_case_report document[CLI_CASES];
  size_t cases;
  char skipped[64], why[1024];
  cli_tally tally;
  size_t left_out;    /* sets too large for certificates */
  lfap_status status; /* of a case set aside */
} cli_verify_report;

typedef struct {
  const char *grid, *shard;
  size_t cells, rows, resumed;
  size_t merged;               /* shards; 0: these are the rows of one */
  const lfap_against *against; /* NULL: not asked for */
} cli_sweep_report;

typedef struct {
  const char *preset; /* NULL: none */
  double gamma;
  cli_sizes sizes;
  size_t grid, functions;                     /* the last of these is f_bdy */
  const cli_origin *here, *a, *b, *direction; /* b, direction: NULL where not given */
  const lfap_map_result *result;
  const lfap_picture *picture;
} cli_map_report;

typedef struct {
  const char *kind;
  const lfap_picture *picture;
  const lfap_split_count *split; /* NULL: another kind */
  const cli_origin *here, *made_from;
} cli_plot_report;

typedef struct {
  const char *name;
  char *directory; /* owned */
  size_t arrays;
} cli_vectors_directory;
typedef struct {
  cli_vectors_directory *directory;
  size_t cases;
} cli_vectors_report;
typedef struct {
  size_t shape[2], ndim;
  const char *sha256;
} cli_vectors_array;
typedef struct {
  const lfap_limit *natural, *adv; /* adv: by norm */
  const char *sha256;
} cli_vectors_limits;

typedef struct {
  const lfap_statement *statement;
  size_t statements;
} cli_explain_report;

/* What stands in meta.json of the files of a set. */
typedef struct {
  const char *sha256;
  double gamma; /* 0: none */
} cli_set_report;

/* "key": [...]; a NULL array is null. "key": the number, or null. */
void cli_put_strings(lfap_json *j, const char *key, char *const *string, size_t n);
void cli_put_sizes_of(lfap_json *j, const char *key, const size_t *v, size_t n);
void cli_put_seed(lfap_json *j, const char *key, const uint64_t *seed);
/* Where the precision comes from: the dtype's own, or a coarser one that the entries show; of bases and points. */
const char *compare_unit_from(int unit_read);
int compare_unit_read(const compare_run *r);
#endif
