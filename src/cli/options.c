/* options.c - command lines: one table of options a verb gives the parser, the help text and the suggestions, so none
 * of the three can forget one. Numbers are read whole or refused. */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "data/range.h"

enum { FIRST = 256, MOST = 48 }; /* getopt's code of option 0; options a verb may have */

static const cli_option common[] = {
    {"labels-01", NULL, "labels (and targets) are 0 and 1 in their files, or bool: 0 is read as -1"},
    {"json", NULL, "print the result as one JSON document on stdout"},
    {"quiet", NULL, "nothing on stderr but errors"},
    {"threads", "N", "worker threads (default, and 0: all cores); never changes a result"},
    {"help", NULL, "print this text"},
    {NULL, NULL, NULL},
};
enum { COMMON_LABELS_01, COMMON_JSON, COMMON_QUIET, COMMON_THREADS, COMMON_HELP };

const cli_option *cli_common_of(const cli_verb *verb) {
  for (const cli_option *o = verb->options; o->name; o++)
    if (strcmp(o->name, "labels") == 0 || strcmp(o->name, "targets") == 0) return common;
  return common + COMMON_JSON;
}

static size_t count(const cli_option *o) {
  size_t n = 0;
  while (o[n].name) n++;
  return n;
}

/* ---- help -------------------------------------------------------------------------------------------------------- */

static void print_option(const cli_option *o, FILE *to) {
  char left[48], line[1024];
  snprintf(left, sizeof left, "--%s%s%s", o->name, o->arg && o->arg[0] != '[' ? " " : "", o->arg ? o->arg : "");
  int len = snprintf(line, sizeof line, "  %-24s %s", left, o->help);
  for (char *c = line; *c; c++)
    if (*c == '\n') *c = ' ';
  cli_fill(to, line, (size_t)len < sizeof line ? (size_t)len : sizeof line - 1, cli_help_width(to), 27);
}

void cli_help(const cli_verb *v, FILE *to) {
  char usage[512];
  snprintf(usage, sizeof usage, "usage: lfap %s %s", v->name, v->usage);
  cli_fill(to, usage, strlen(usage), cli_help_width(to), 12);
  fputs("\n", to);
  cli_fill_text(to, v->about, cli_help_width(to));
  fputs("\noptions:\n", to);
  for (const cli_option *o = v->options; o->name; o++) print_option(o, to);
  for (const cli_option *o = cli_common_of(v); o->name; o++) print_option(o, to);
  fprintf(to, "\nexample:\n%s\n", v->example);
}

/* ---- did you mean ------------------------------------------------------------------------------------------------ */

enum { WORD = 32 };

/* Levenshtein distance, for short words. */
static size_t distance(const char *a, const char *b) {
  size_t na = strlen(a), nb = strlen(b), row[WORD + 1];
  if (na > WORD || nb > WORD) return WORD;
  for (size_t j = 0; j <= nb; j++) row[j] = j;
  for (size_t i = 1; i <= na; i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= nb; j++) {
      size_t change = diagonal + (a[i - 1] != b[j - 1]), best = row[j] + 1;
      diagonal = row[j];
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      row[j] = change < best ? change : best;
    }
  }
  return row[nb];
}

void cli_guess_try(cli_guess *g, const char *candidate) {
  size_t far = distance(g->word, candidate);
  if (!g->best || far < g->distance) {
    g->best = candidate;
    g->distance = far;
  }
}

const char *cli_guess_best(const cli_guess *g) {
  return g->best && g->distance <= 1 + strlen(g->word) / 3 ? g->best : NULL;
}

/* ---- the parser -------------------------------------------------------------------------------------------------- */

static lfap_status unknown(cli *c, const char *text) {
  char word[WORD + 1];
  snprintf(word, sizeof word, "%s", text + strspn(text, "-"));
  word[strcspn(word, "=")] = 0;
  cli_guess g = {word, NULL, 0};
  for (const cli_option *o = c->verb->options; o->name; o++) cli_guess_try(&g, o->name);
  for (const cli_option *o = cli_common_of(c->verb); o->name; o++) cli_guess_try(&g, o->name);
  const char *best = cli_guess_best(&g);
  if (best) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "unknown option '%s'; did you mean --%s?", text, best);
  return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "unknown option '%s'", text);
}

static lfap_status set_common(cli *c, int option, int *help, const char *value) {
  uint64_t n = 0;
  switch (option) {
  case COMMON_LABELS_01: c->labels_01 = 1; return LFAP_OK;
  case COMMON_JSON: c->json = 1; return LFAP_OK;
  case COMMON_QUIET: c->quiet = 1; return LFAP_OK;
  case COMMON_HELP: *help = 1; return LFAP_OK;
  default: break;
  }
  lfap_status s = cli_whole(c, &n, "threads", value);
  if (s) return s;
  if (n > 1024) return lfap_fail(&c->ctx, LFAP_ERR_DATA, "--threads %s: give 1 to 1024, or 0 for all cores", value);
  if (n) c->ctx.threads = (int)n; /* as main counted them otherwise */
  return LFAP_OK;
}

static lfap_status set_one(cli *c, void *args, cli_set *set, int *help, int code, size_t own, char **argv) {
  if (code == 1) return set(c, args, -1, optarg);
  if (code == 'h') {
    *help = 1;
    return LFAP_OK;
  }
  if (code == ':') return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "option '%s' needs a value", argv[optind - 1]);
  if (code == '?' && optopt >= FIRST)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "option '%s' takes no value", argv[optind - 1]);
  if (code == '?' && optopt > 0 && optopt < FIRST) /* a letter, of a cluster perhaps */
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "unknown option '-%c'; options are words: --json, --help", optopt);
  if (code == '?') return unknown(c, argv[optind - 1][0] == '-' ? argv[optind - 1] : argv[optind]);
  size_t i = (size_t)(code - FIRST);
  const cli_option *o = i < own ? &c->verb->options[i] : &cli_common_of(c->verb)[i - own];
  if (optarg && !optarg[0] && o->arg)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--%s is empty, it takes %s; a variable of the shell that is not set?",
                     o->name, o->arg[0] == '[' ? "a value" : o->arg);
  if (i < own) return set(c, args, (int)i, optarg);
  return set_common(c, (int)(cli_common_of(c->verb) - common) + (int)(i - own), help, optarg);
}

lfap_status cli_parse(cli *c, void *args, cli_set *set, int *help, int argc, char **argv) {
  const cli_option *shared = cli_common_of(c->verb);
  size_t own = count(c->verb->options), all = own + count(shared);
  struct option table[MOST + 1] = {{0}};
  if (all > MOST) return lfap_fail(&c->ctx, LFAP_ERR_INTERNAL, "too many options in %s", c->verb->name);
  for (size_t i = 0; i < all; i++) {
    const cli_option *o = i < own ? &c->verb->options[i] : &shared[i - own];
    table[i] = (struct option){o->name,
                               !o->arg            ? no_argument
                               : o->arg[0] == '[' ? optional_argument
                                                  : required_argument,
                               NULL, FIRST + (int)i};
  }
  *help = 0;
  opterr = 0;
  optind = 0; /* getopt begins anew, also where an earlier command line ended within a cluster -abc */
  lfap_status s = LFAP_OK;
  for (int code; !s && !*help && (code = getopt_long(argc, argv, "-:h", table, NULL)) != -1;)
    s = set_one(c, args, set, help, code, own, argv);
  for (; !s && !*help && optind < argc; optind++) s = set(c, args, -1, argv[optind]); /* after "--" */
  if (!s && *help) cli_help(c->verb, stdout);
  return s;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static lfap_status one_number(cli *c, double *out, const char *option, const char *text, size_t len) {
  char copy[64], *end = NULL;
  double x = NAN;
  if (len > 0 && len < sizeof copy && strchr(" \t\n\v\f\r", text[0]) == NULL) {
    memcpy(copy, text, len);
    copy[len] = 0;
    errno = 0;
    x = strtod(copy, &end);
    if (end != copy + len) x = NAN;
  }
  if (!isfinite(x))
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--%s: '%.*s' is not a finite number; write it like 0.5 or 1e-3", option,
                     len < 60 ? (int)len : 60, text);
  *out = x;
  return LFAP_OK;
}

lfap_status cli_number(cli *c, double *out, const char *option, const char *text) {
  return one_number(c, out, option, text, strlen(text));
}

lfap_status cli_whole(cli *c, uint64_t *out, const char *option, const char *text) {
  size_t digits = strspn(text, "0123456789");
  errno = 0;
  unsigned long long x = strtoull(text, NULL, 10);
  if (digits == 0 || text[digits] || errno || x > UINT64_MAX)
    return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--%s: '%.60s' is not a whole number such as 0, 1, 20 (below 2^64)",
                     option, text);
  *out = x;
  return LFAP_OK;
}

lfap_status cli_size(cli *c, size_t *out, const char *option, const char *text) {
  uint64_t x = 0;
  lfap_status s = cli_whole(c, &x, option, text);
  if (s) return s;
  if (x == 0 || x > SIZE_MAX / 16)
    return lfap_fail(&c->ctx, LFAP_ERR_DATA, "--%s %s: %s", option, text,
                     x ? "larger than any memory; give a smaller number" : "nothing to do; give 1 or more");
  *out = (size_t)x;
  return LFAP_OK;
}

lfap_status cli_gamma_value(cli *c, double *out, const char *text) {
  double g = 0;
  lfap_status s = cli_number(c, &g, "gamma", text);
  if (s) return s;
  s = lfap_gamma_valid(&c->ctx, "--gamma", g, 0.0);
  if (s) return s;
  *out = g;
  return LFAP_OK;
}

lfap_status cli_list(cli *c, double *out, size_t *given, size_t max, const char *option, const char *text) {
  *given = 0;
  for (const char *at = text; at;) {
    const char *comma = strchr(at, ',');
    size_t len = comma ? (size_t)(comma - at) : strlen(at);
    if (*given == max)
      return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--%s '%.60s': at most %zu numbers", option, text, max);
    lfap_status s = one_number(c, &out[*given], option, at, len);
    if (s) return s;
    ++*given;
    at = comma ? comma + 1 : NULL;
  }
  return LFAP_OK;
}

lfap_status cli_pair(cli *c, double *a, double *b, const char *option, const char *text) {
  double v[2];
  size_t n = 0;
  lfap_status s = cli_list(c, v, &n, 2, option, text);
  if (s) return s;
  if (n != 2) return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--%s '%.60s': give two numbers, A,B", option, text);
  *a = v[0];
  *b = v[1];
  return LFAP_OK;
}

lfap_status cli_word(cli *c, int *out, const char *option, const char *text, const char *const *words, int n) {
  char all[160] = "";
  cli_guess g = {text, NULL, 0};
  for (int i = 0; i < n; i++) {
    if (strcmp(text, words[i]) == 0) {
      *out = i;
      return LFAP_OK;
    }
    cli_guess_try(&g, words[i]);
    size_t used = strlen(all);
    snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", words[i]);
  }
  const char *best = cli_guess_best(&g);
  return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "%s '%.60s' is unknown; %s%s%sknown: %s", option, text,
                   best ? "did you mean " : "", best ? best : "", best ? "? " : "", all);
}

lfap_status cli_require(cli *c, const void *given, const char *option, const char *what) {
  if (given) return LFAP_OK;
  return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "%s is missing: %s", option, what);
}

lfap_status cli_even(cli *c, size_t m, const char *where) {
  const cli_option *o = c->verb->options;
  if (m > 0 && m % 2 == 0) return LFAP_OK;
  while (o->name && strcmp(o->name, "signs") != 0) o++;
  return lfap_fail(
      &c->ctx, LFAP_ERR_DATA,
      "%s: m = %zu neurons; half of them have output weight +1/sqrt(m), half -1/sqrt(m), so m must be even%s", where, m,
      o->name ? "; name other signs by --signs" : " here; networks of other signs are for `lfap compare --signs`");
}
