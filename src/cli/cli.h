/* cli.h - what the verbs of the command line share. Only src/cli includes it; the library never prints or exits.
 *
 * A verb is a table of options and a function. Everything that can fail returns an lfap_status with the message in
 * c->ctx.message; main.c prints it and turns it into the exit code. A verb that ran sets c->verdict.
 */
#ifndef LFAP_CLI_H
#define LFAP_CLI_H
#include <stdio.h>

#include "cli/terminal.h"
#include "io/file.h"
#include "io/json.h"
#include "io/members.h"
#include "lfap.h"

/* ---- a run ------------------------------------------------------------------------------------------------------- */

enum { CLI_FILES = 128, CLI_SHOWN = 4 * 1024 /* room for a message or a name as lfap_visible shows it */ };

enum { CLI_WORKS = 8 };
typedef struct {
  char what[48], key[48]; /* as shown, as reported */
  double start;           /* seconds on the monotonic clock */
  double first, done;     /* the counts reported then, and last */
  double total;           /* 0: not known */
} cli_work;
typedef struct {
  cli_work work[CLI_WORKS]; /* what goes on, outermost first (bar.c) */
  int works;
  double drawn; /* when the bar was drawn last */
  int allowed, visible;
} cli_progress;

/* meta.json of a directory as it was when the directory was first looked at (meta.c). */
enum { CLI_METAS = 16, CLI_SHA256 = 65 };
typedef struct {
  uint64_t device, inode; /* the directory */
  char *text;             /* owned; NULL: there is none */
} cli_meta;

/* Files that appear together (sets.c): made under temporary names until cli_set_end. */
typedef struct {
  char *path; /* owned */
  lfap_newfile file;
  char sha256[CLI_SHA256];
  const char *name; /* in path; NULL: in another directory, it appears with the set and is not of it */
} cli_staged;
typedef struct {
  char *dir;   /* owned; NULL: no set is open */
  size_t made; /* length of the first name of the path that had to be made, 0: all was there */
  cli_staged *file;
  size_t files, room;
  double gamma;    /* the slope it is about; 0: none */
  int unlisted;    /* its files are too many to be named one by one */
  const char *key; /* its name under `sets`; NULL: the verb's. A set replaces the one of its name */
} cli_set_files;

/* Files that were opened to be read (reads.c). */
typedef struct {
  char **path; /* owned */
  size_t files, room;
} cli_reads;

struct cli_verb;
typedef struct cli {
  lfap_ctx ctx;
  const struct cli_verb *verb;
  int quiet, json, color;
  int labels_01;         /* --labels-01: labels and targets are read as 0 and 1 (lfap_labels_kind) */
  int bias;              /* samples, points and weights have the constant coordinate of a bias (bias.c) */
  const char *bias_file; /* b of the weights; NULL: b.npy beside them */
  lfap_verdict verdict;  /* decides the exit code of a verb that succeeded */
  cli_progress progress;
  char *file[CLI_FILES]; /* written so far, owned */
  size_t files;
  cli_meta meta[CLI_METAS];
  size_t metas;
  cli_set_files set;
  cli_reads reads;
} cli;

/* ---- verbs and options (options.c) ------------------------------------------------------------------------------- */

typedef struct {
  const char *name; /* without the dashes */
  const char *arg;  /* the name of its value in the help, NULL for a flag, "[=A|B]" for one that may be left out */
  const char *help;
} cli_option;

typedef struct cli_verb {
  const char *name, *brief;  /* one line in `lfap --help` */
  const char *usage;         /* after "lfap NAME " */
  const char *about;         /* paragraphs of the help */
  const char *example;       /* a worked example */
  const cli_option *options; /* ends with a NULL name; --json --quiet --threads --help are added to each */
  lfap_status (*run)(cli *c, int argc, char **argv);
} cli_verb;

/* Those that a verb has besides its own: of every verb, and of those that read labels. */
const cli_option *cli_common_of(const cli_verb *verb);
extern const cli_verb cli_gen, cli_train, cli_limit, cli_perturb, cli_verify, cli_compare, cli_split, cli_explain;

/* Called once an option with its position in verb->options (value NULL for a flag), and for every operand with -1. */
typedef lfap_status cli_set(cli *c, void *args, int option, const char *value);
/* Reads the command line of c->verb. *help is 1 when --help was given (and printed). */
lfap_status cli_parse(cli *c, void *args, cli_set *set, int *help, int argc, char **argv);
void cli_help(const cli_verb *verb, FILE *to);

/* The name nearest to `word`, or NULL when none is near. */
typedef struct {
  const char *word, *best;
  size_t distance;
} cli_guess;
void cli_guess_try(cli_guess *g, const char *candidate);
const char *cli_guess_best(const cli_guess *g);

/* Text of an option to a value; the message names option and text. USAGE when it does not read as one. */
lfap_status cli_number(cli *c, double *out, const char *option, const char *text);
lfap_status cli_whole(cli *c, uint64_t *out, const char *option, const char *text);
lfap_status cli_size(cli *c, size_t *out, const char *option, const char *text);          /* at least 1, else DATA */
lfap_status cli_gamma_value(cli *c, double *out, const char *text);                       /* inside (0,1), else DATA */
lfap_status cli_pair(cli *c, double *a, double *b, const char *option, const char *text); /* "A,B" */
/* Up to `max` numbers separated by commas. */
lfap_status cli_list(cli *c, double *out, size_t *count, size_t max, const char *option, const char *text);
/* One of `count` words; USAGE with a suggestion. */
lfap_status cli_word(cli *c, int *out, const char *option, const char *text, const char *const *words, int count);
lfap_status cli_positive(cli *c, double *out, const char *option, const char *text); /* above 0, else DATA */
/* What means the same to several verbs (values.c): --norm, --eps (above 0), --range LO,HI, --classes A,B. */
lfap_status cli_norm_value(cli *c, int *out, const char *text);
lfap_status cli_eps_value(cli *c, double *out, const char *text);
lfap_status cli_range_value(cli *c, double *lo, double *hi, const char *text);
lfap_status cli_classes_value(cli *c, int *pos, int *neg, const char *text);
lfap_status cli_checkpoint_value(cli *c, double *seconds, const char *text); /* --checkpoint MINUTES */
/* --prec and its like: bits, DATA outside ORACLE_PREC_MIN..most. */
lfap_status cli_bits_value(cli *c, size_t *out, const char *option, const char *text, int most);
lfap_status cli_require(cli *c, const void *given, const char *option, const char *what);
lfap_status cli_even(cli *c, size_t m, const char *where);

/* Which data something is about, as far as it is known (origin.h). */
typedef struct {
  char sha256[CLI_SHA256]; /* data_sha256; "" unknown */
  char seed[24];           /* of lfap gen; "" unknown */
  size_t n, d;             /* 0 unknown */
  double gamma;            /* NaN unknown, or of no single one */
  size_t numerics;         /* LFAP_NUMERICS of the lfap that wrote it; 0 unknown */
  int bias;                /* its samples have the constant coordinate of a bias */
} cli_origin;

/* ---- inputs and outputs (inputs.c, outputs.c) -------------------------------------------------------------------- */

/* DATA_OR_DIR/name in fresh memory. */
lfap_status cli_path(cli *c, char **out, const char *dir, const char *name);
int cli_is_dir(const char *path);
/* FILE, or, of an NPZ archive that has it, its member FILE:name, in fresh memory. */
lfap_status cli_array_path(cli *c, char **out, const char *file, const char *name);
int cli_is_lone(const char *path, const char *name); /* a file, and no archive that has such a member */
/* Is there such a file, or such a member FILE:name of an archive? */
lfap_status cli_is_array(cli *c, int *is, char *path);
int cli_is_file(const char *path); /* there and no directory, or not to be looked at: reading it will say why */
/* The data set of --data and --labels: a directory's X.npy and y.npy, an archive's members X and y, or two files; of
   X*.npy alone the labels are in y*.npy beside it. With c->bias samples are (x, 1); so are the bases and points
   below. */
lfap_status cli_data_read(cli *c, lfap_data *out, const char *data, const char *labels);
/* The same for bases and targets, which need not be a data set that can be learned (labels still +-1). */
lfap_status cli_pairs_read(cli *c, lfap_mat *x, lfap_mat *t, const char *data, const char *targets);
/* Labels as --labels-01 says they are written: +-1 afterwards, else DATA. */
lfap_status cli_labels_take(cli *c, lfap_mat *y, const char *path);
/* --weights FILE, or W.npy inside the directory --data names; *found is 0 when there is neither. `here`: the slope and
   d it is used with, and the samples, where it is used with those it could be of; a note on stderr where meta.json
   beside it tells of others. `of`, unless NULL: what it tells (origin.h). */
lfap_status cli_weights_read(cli *c, lfap_net *net, int *found, const char *weights, const char *data,
                             const cli_origin *here, cli_origin *of);
/* Its rows alone, of any number, for who knows the output layer; out->v stays NULL where there are none, which
   cli_weights_missing says. */
lfap_status cli_rows_read(cli *c, lfap_mat *out, const char *weights, const char *data, const cli_origin *here,
                          cli_origin *of);
lfap_status cli_weights_missing(cli *c, const char *data);
/* The same where there must be one: NOINPUT otherwise. */
lfap_status cli_network_read(cli *c, lfap_net *net, const char *weights, const char *data, const cli_origin *here,
                             cli_origin *of);
/* Sets c->bias where b.npy is beside W.npy (b0.npy beside W0.npy): beside `weights`, or unless that is given beside
   W.npy in the directory `data`. */
lfap_status cli_bias_find(cli *c, const char *weights, const char *data);
/* Behind a d in what is printed: "", or that the constant coordinate is one of them. */
const char *cli_bias_words(const cli *c);
/* Of the weights just read from path: (W, b) with c->bias. Without, USAGE or DATA where a b.npy is beside them. */
lfap_status cli_bias_join(cli *c, lfap_mat *w, const char *path);
/* The weights DIR/NAME, joined so. */
lfap_status cli_dir_weights(cli *c, lfap_mat *out, const char *dir, const char *name);
/* Refuses a direction w.npy that has a w_bias.npy beside it, for whoever asks more of it than where it points. */
lfap_status cli_bias_none(cli *c, const char *direction);
/* dir/name, and with c->bias W apart from b, which goes beside it. */
lfap_status cli_out_weights(cli *c, const char *dir, const char *name, double *w, size_t m, size_t d);
/* Points, P x d, each zero or in the range of norms. */
lfap_status cli_points_read(cli *c, lfap_mat *out, const char *path, size_t d);
/* A vector of d entries (shape d, 1 x d or d x 1). */
lfap_status cli_vector_read(cli *c, lfap_mat *out, const char *path, size_t d);
/* SHA-256 of the doubles of x, then of y, as little-endian bytes; 64 hexadecimal digits and a NUL. */
void cli_sha256(char hex[CLI_SHA256], const double *x, size_t nx, const double *y, size_t ny);

void cli_sha256_bytes(char hex[CLI_SHA256], const void *bytes, size_t len);
/* Of the file lfap_npy_write makes of m. */
void cli_sha256_npy(char hex[CLI_SHA256], const lfap_mat *m);

/* What is read from a directory is held against the SHA-256 its meta.json tells (meta.c): DATA where they differ, or
   where the file was being replaced. All files of a directory against one and the same meta.json, the one there was
   when cli_meta_see first saw the directory: it comes before the reading, the checks after it. */
lfap_status cli_meta_see(cli *c, const char *dir);
lfap_status cli_meta_check_npy(cli *c, const char *dir, const char *name, const lfap_mat *m);
lfap_status cli_meta_check_bytes(cli *c, const char *dir, const char *name, const void *bytes, size_t len);
/* X and y by the data_sha256 it tells of them. */
lfap_status cli_meta_check_data(cli *c, const char *dir, const lfap_mat *x, const lfap_mat *y);
/* The three in one: the file DIR/NAME, read and held against DIR/meta.json. */
lfap_status cli_dir_npy(cli *c, lfap_mat *out, const char *dir, const char *name);
/* A matrix of DIR/NAME has the shape that the network and the samples need, or it is DATA; read and held against it. */
lfap_status cli_dir_shape(cli *c, const lfap_mat *m, const char *dir, const char *name, size_t rows, size_t cols);
lfap_status cli_dir_matrix(cli *c, lfap_mat *out, const char *dir, const char *name, size_t rows, size_t cols);
lfap_status cli_dir_bytes(cli *c, char **out, size_t *len, const char *dir, const char *name);
/* meta.json of dir as it is now, in fresh memory; NULL when there is none. DATA when it is no JSON object, or a key
   that lfap knows has a value that it cannot have. */
lfap_status cli_meta_load(cli *c, char **out, const char *dir);
/* Of a text that cli_meta_load took. The set of `sets` that the members at the top are about: none where they are
   somebody else's. Does a set list the file? What `files` has of it. The object whose data_sha256 and gamma are about
   a file (its set, or the whole text), if any, and whether the members at the top are too. */
lfap_span cli_meta_top_set(const char *text);
int cli_meta_lists(lfap_span set, const char *file);
lfap_span cli_meta_file(const char *text, const char *name);
lfap_span cli_meta_tells(const char *text, const char *file, int *top);
int cli_meta_same(lfap_span told, const char *sha);
void cli_meta_forget(cli *c);

/* Could files be created under dir? Creates nothing. */
lfap_status cli_out_check(cli *c, const char *dir);
/* USAGE where the file at path is one that this run has read: nothing takes its place. What is written is held against
   this before; a verb with much work asks when it has read its inputs. */
lfap_status cli_spares(cli *c, const char *path);
lfap_status cli_spares_in(cli *c, const char *dir, const char *name);
void cli_reads_start(cli *c);
void cli_reads_free(cli *c);
/* dir/name, made whole or not at all; the path is remembered for the closing note. */
lfap_status cli_out_matrix(cli *c, const char *dir, const char *name, double *v, size_t rows, size_t cols);
lfap_status cli_out_vector(cli *c, const char *dir, const char *name, double *v, size_t n);
lfap_status cli_out_text(cli *c, const char *dir, const char *name, const lfap_text *text);
/* From here to cli_set_end, what cli_out_... writes into dir waits under temporary names; end puts it all in place,
   meta.json last: the members written into `keys` (an object still open), `files` and `sets` (spec/formats.md).
   sha256: of the data the set is about. abort (also called by main) leaves nothing behind. */
lfap_status cli_set_begin(cli *c, const char *dir);
lfap_status cli_set_end(cli *c, lfap_json *keys, const char *sha256);
void cli_set_abort(cli *c);
/* Does cli_out_... into dir wait? And a file that does. */
int cli_set_takes(const cli *c, const char *dir);
/* Length of the first name on the path that is not there, 0 where all are; and with that the directories made since go
   again, unless something is in them. The path is cut short then. */
size_t cli_dirs_missing(char *path);
void cli_dirs_unmake(char *path, size_t missing);
lfap_status cli_set_matrix(cli *c, const char *name, const lfap_mat *m);
lfap_status cli_set_text(cli *c, const char *name, const char *bytes, size_t len);
/* A file of any path that appears with the set: one of it where it is in its directory. */
lfap_status cli_set_beside(cli *c, const char *path, const lfap_text *text);
/* Takes the path of a file that was written over. */
void cli_out_remember(cli *c, char *path);
/* Ends the document, prints it on stdout, frees it. */
lfap_status cli_json_print(cli *c, lfap_json *j);
/* "wrote ..." on stderr, unless --quiet. */
void cli_note_files(const cli *c);

/* ---- signals and the progress bar (progress.c, bar.c) ------------------------------------------------------------ */

double cli_seconds(void); /* on the monotonic clock */
void cli_progress_start(cli *c);
void cli_progress_clear(cli *c);
void cli_bar_report(cli_progress *p, const char *what, double done, double total);
/* Seconds in words: "2 h 05 min". */
enum { CLI_DURATION = 32 };
void cli_duration(char out[CLI_DURATION], double seconds);
int cli_interrupted(void);

/* ---- tables of checks (checks.c) --------------------------------------------------------------------------------- */

typedef struct {
  size_t measured; /* lines whose value no statement predicts; they are in `of` too */
  size_t of[4];    /* by lfap_verdict */
} cli_tally;
/* FAIL or UNDECIDED. */
int cli_not_right(lfap_verdict v);
void cli_checks_print(const cli *c, const lfap_check *check, size_t n);
/* "0.98 < 1"; what a statement does not promise beside the measured value, in parentheses: "0.98 (< 1)". */
void cli_value_words(char *out, size_t size, double value, const char *relation, double bound, int promised);
/* Those of them that fail or are undecided, and where to read on; nothing where there are none. */
void cli_reasons_print(const cli *c, const lfap_check *check, size_t n);
void cli_next_explain(const lfap_check *check, size_t n);
/* The same at a glance: one row a statement, then the lines that show the effect itself. */
void cli_digest_print(const cli *c, const lfap_check *check, size_t n);
void cli_hypothesis_print(const lfap_hypothesis *h, const char *subject);
const char *cli_statement_title(const char *id); /* "" where there is none */
/* Where it comes in the order of theory.md; behind the last where there is none. */
size_t cli_statement_place(const char *id);
void cli_tally_add(cli_tally *t, const lfap_check *check, size_t n);
/* Of one statement: "8 of 10", lines that passed of those that judge it, and what is said of others, "2 not applicable,
   1 only measured"; "-" and "" where there are none. */
size_t cli_tally_judged(const cli_tally *t);
void cli_tally_words(char passed[CLI_CELL], char others[CLI_CELL], const cli_tally *t);
lfap_verdict cli_tally_verdict(const cli_tally *t);
/* "verdict: PASS", to be gone on with; with the counts, a line. */
void cli_verdict_say(const cli *c, lfap_verdict v);
void cli_verdict_print(const cli *c, const cli_tally *t);
/* Verdict counts of several cases, a row each. */
typedef struct {
  const cli *c;
  const char *const *name, *const *about;
  const cli_tally *of;
} cli_tallies;
void cli_tallies_print(const cli_tallies *l, size_t n);

/* ---- the cases of `lfap verify` (verify_cases.c) ----------------------------------------------------------------- */

typedef struct {
  const char *only;          /* --case, NULL for all */
  const char *data, *labels; /* the user's own set instead of the default cases */
  const char *weights, *test, *test_labels, *images;
  double gamma; /* 0: not given */
  double eps[LFAP_NORMS];
  size_t eps_given;
  size_t k, n_adv, m, probes, controls, steps; /* 0: not given */
  size_t n;                                    /* --n of fashion-mnist */
  uint64_t seed;
  int class_pos, class_neg, no_center, gauss_bases, skip_missing, verbose;
  uint64_t certify_n;
  int certify_fast;
  const char *coq; /* --coq: directory for Certificate.v of every set */
} cli_verify_args;

/* What a case is made of; the options point into it. */
typedef struct {
  lfap_data data, test;
  lfap_net net;
  int has_test, has_net;
  cli_origin here, net_of; /* of the user's own case: its samples, and what the network was made from */
  char name[64];
  char about[160]; /* where the data come from, labels included */
  lfap_train_opts training;
  lfap_verify_opts opts;
} cli_case;

size_t cli_case_count(void);
int cli_case_unasked(size_t i); /* runs without being named by --case */
const char *cli_case_name(size_t i);
lfap_status cli_case_default(cli *c, cli_case *out, size_t i, const cli_verify_args *a);
lfap_status cli_case_user(cli *c, cli_case *out, const cli_verify_args *a);
void cli_case_free(cli_case *k);

#endif
