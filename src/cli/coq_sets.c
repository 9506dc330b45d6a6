/* coq_sets.c - see coq_sets.h. A folder is DIR/CASE/SET: X.npy, y.npy, meta.json and, where something is proved of the
 * set, Certificate.v: a data set that `make coq-certificate` and `lfap check` take. DIR/CASE/SET/T4 has the theorem
 * that its network decides points as that of DIR/CASE/natural does. */
#include "cli/coq_sets.h"

#include <stdlib.h>
#include <string.h>

#include "fields.h"

enum {
  AXIOM_FREE_MOST = 100000, /* entries; above, the form is fast */
  POINTS_MOST = 100000      /* entries of the points of T4 */
};

/* DIR/CASE/SET, or DIR/CASE/SET/T4, with names of letters, digits, points and dashes. */
static char *folder_of(const cli_coq_sets *me, const char *subject, int alike) {
  const char *part[] = {me->name, strcmp(subject, "data") == 0 ? "natural" : subject};
  char *path = malloc(strlen(me->dir) + strlen(part[0]) + strlen(part[1]) + 6);
  if (!path) return NULL;
  strcpy(path, me->dir);
  char *to = path + strlen(path);
  for (int i = 0; i < 2; i++) {
    *to++ = '/';
    for (const char *s = part[i]; *s; s++) {
      int plain = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') || *s == '.';
      *to++ = plain && !(s == part[i] && *s == '.') ? *s : '-';
    }
  }
  strcpy(to, alike ? "/T4" : "");
  return path;
}

static cli_coq_set *add(cli_coq_sets *me) {
  if (me->sets == me->room) {
    size_t room = 2 * me->room + 8;
    cli_coq_set *set = realloc(me->set, room * sizeof *set);
    if (!set) return NULL;
    me->set = set;
    me->room = room;
  }
  me->set[me->sets] = (cli_coq_set){0};
  return &me->set[me->sets++];
}

/* The theorem, and the set it is about; T4's two sets have folders of their own. */
static lfap_status write_set(cli *c, const char *dir, const cli_coq *k, double gamma) {
  lfap_json j = {.indent = 2};
  const lfap_data *D = k->other.n ? NULL : &k->data;
  lfap_status s = cli_set_begin(c, dir);
  c->set.gamma = gamma;
  if (!s && D) s = cli_out_matrix(c, dir, "X.npy", D->x, D->n, D->d);
  if (!s && D) s = cli_out_vector(c, dir, "y.npy", D->y, D->n);
  if (!s) s = cli_coq_write(c, dir, k);
  lfap_json_object_begin(&j, NULL);
  cli_put_head_fields(c, &j, c);
  if (!s) s = cli_set_end(c, &j, k->sha256[0]);
  lfap_json_free(&j);
  return s;
}

/* Some of the points at which the lines are tried. */
static lfap_status some_points(cli *c, lfap_mat *out, const lfap_offer *o) {
  size_t d = o->data->d, each = POINTS_MOST / d / (o->tries ? o->tries : 1), rows = 0;
  each = each < 1 ? 1 : each > 4 ? 4 : each;
  for (size_t i = 0; i < o->tries; i++) rows += o->tried[i].n < each ? o->tried[i].n : each;
  lfap_status s = rows ? lfap_mat_alloc(&c->ctx, out, rows, d) : LFAP_OK;
  if (s || !rows) return s;
  double *to = out->v;
  for (size_t i = 0; i < o->tries; i++) {
    size_t some = o->tried[i].n < each ? o->tried[i].n : each;
    memcpy(to, o->tried[i].Z, some * d * sizeof *to);
    to += some * d;
  }
  return LFAP_OK;
}

static lfap_status keep_set(cli_coq_sets *me, cli_coq *k, const lfap_offer *o, int alike, double gamma) {
  cli_coq_set *set = add(me);
  if (!set || !(set->folder = folder_of(me, o->subject, alike)))
    return lfap_fail(&me->c->ctx, LFAP_ERR_MEMORY, "out of memory for the list of theorems");
  snprintf(set->subject, sizeof set->subject, "%s", o->subject);
  snprintf(set->why, sizeof set->why, "%.599s", k->why);
  set->claim = k->theorem.n ? oracle_coq_claim_names[k->theorem.claim] : NULL;
  set->form = k->form;
  return write_set(me->c, set->folder, k, gamma);
}

/* T4 of an adversarial set and the natural one; nothing is written where it is not proved. */
static lfap_status alike_of(cli_coq_sets *me, const lfap_offer *o, const lfap_limit *natural, double gamma) {
  cli *c = me->c;
  cli_coq k = {0};
  lfap_mat points = {0};
  lfap_status s = some_points(c, &points, o);
  size_t rows = o->data->n + o->natural->n + points.rows, most = AXIOM_FREE_MOST / rows;
  cli_coq_args a = {.claim = ORACLE_COQ_T4, .form = o->data->d <= most ? ORACLE_COQ_AXIOM_FREE : ORACLE_COQ_FAST};
  cli_coq_of_sets(&k, o->natural, o->data);
  if (!s && points.rows) s = cli_coq_find(c, &k, &a, natural, NULL, &points, o->lim);
  if (!s && k.theorem.n) s = keep_set(me, &k, o, 1, gamma);
  cli_coq_free(&k);
  lfap_mat_free(&points);
  return s;
}

static lfap_status theorem_of(cli_coq_sets *me, const lfap_offer *o, double gamma) {
  cli *c = me->c;
  cli_coq k = {0};
  size_t most = AXIOM_FREE_MOST / o->data->n;
  cli_coq_args a = {.claim = -1, .form = o->data->d <= most ? ORACLE_COQ_AXIOM_FREE : ORACLE_COQ_FAST};
  cli_coq_of_sets(&k, o->data, NULL);
  lfap_status s = cli_coq_find(c, &k, &a, o->lim, NULL, NULL, NULL);
  if (!s) s = keep_set(me, &k, o, 0, gamma);
  cli_coq_free(&k);
  return s;
}

lfap_status cli_coq_speak(void *user, lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_offer *offer) {
  cli_coq_sets *me = user;
  lfap_status s = oracle_certifier_speak(&me->oracle, ctx, c, first, offer);
  if (!s && me->dir) s = theorem_of(me, offer, c->gamma);
  if (!s && me->dir && offer->adversarial) s = alike_of(me, offer, &c->lim, c->gamma);
  return s;
}

void cli_coq_sets_free(cli_coq_sets *me) {
  oracle_certifier_free(&me->oracle);
  for (size_t i = 0; i < me->sets; i++) free(me->set[i].folder);
  free(me->set);
}

void cli_coq_sets_print(const cli_coq_sets *me, size_t first) {
  char shown[CLI_SHOWN];
  for (size_t i = first; i < me->sets; i++) {
    const cli_coq_set *set = &me->set[i];
    cli_say("  theorem for Coq, %s: ", set->subject);
    if (set->claim)
      cli_say("%s, %s: tail -30 %s/%s\n", set->claim, oracle_coq_form_names[set->form],
              lfap_visible(shown, sizeof shown, set->folder), CLI_COQ_FILE);
    else cli_say("none: %s\n", set->why);
  }
}
