/* coq_sets.c - see coq_sets.h. A folder is DIR/CASE/SET: X.npy, y.npy, meta.json and, where something is proved of the
 * set, Certificate.v: a data set that `make coq-certificate` and `lfap check` take. */
#include "cli/coq_sets.h"

#include <stdlib.h>
#include <string.h>

#include "fields.h"

enum { AXIOM_FREE_MOST = 100000 /* entries; above, the form is fast */ };

/* DIR/CASE/SET with names of letters, digits, points and dashes. */
static char *folder_of(const cli_coq_sets *me, const char *subject) {
  const char *part[] = {me->name, strcmp(subject, "data") == 0 ? "natural" : subject};
  char *path = malloc(strlen(me->dir) + strlen(part[0]) + strlen(part[1]) + 3);
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
  *to = 0;
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

static lfap_status write_set(cli *c, const char *dir, const lfap_offer *o, const cli_coq *k, double gamma) {
  char sha[CLI_SHA256];
  lfap_json j = {.indent = 2};
  cli_sha256(sha, o->data->x, o->data->n * o->data->d, o->data->y, o->data->n);
  lfap_status s = cli_set_begin(c, dir);
  c->set.gamma = gamma;
  if (!s) s = cli_out_matrix(c, dir, "X.npy", o->data->x, o->data->n, o->data->d);
  if (!s) s = cli_out_vector(c, dir, "y.npy", o->data->y, o->data->n);
  if (!s) s = cli_coq_write(c, dir, k);
  lfap_json_object_begin(&j, NULL);
  cli_put_head_fields(c, &j, c);
  if (!s) s = cli_set_end(c, &j, sha);
  lfap_json_free(&j);
  return s;
}

static lfap_status theorem_of(cli_coq_sets *me, const lfap_offer *o, double gamma) {
  cli *c = me->c;
  cli_coq k = {0};
  size_t most = AXIOM_FREE_MOST / o->data->n;
  cli_coq_args a = {.claim = -1, .form = o->data->d <= most ? ORACLE_COQ_AXIOM_FREE : ORACLE_COQ_FAST};
  cli_coq_set *set = add(me);
  if (!set || !(set->folder = folder_of(me, o->subject)))
    return lfap_fail(&c->ctx, LFAP_ERR_MEMORY, "out of memory for the list of theorems");
  cli_coq_of_sets(&k, o->data, NULL);
  lfap_status s = cli_coq_find(c, &k, &a, o->lim, NULL, NULL, NULL);
  if (!s) s = write_set(c, set->folder, o, &k, gamma);
  snprintf(set->subject, sizeof set->subject, "%s", o->subject);
  snprintf(set->why, sizeof set->why, "%.599s", k.why);
  set->claim = k.theorem.n ? oracle_coq_claim_names[k.theorem.claim] : NULL;
  set->form = a.form;
  cli_coq_free(&k);
  return s;
}

lfap_status cli_coq_speak(void *user, lfap_ctx *ctx, lfap_case *c, size_t first, const lfap_offer *offer) {
  cli_coq_sets *me = user;
  lfap_status s = oracle_certifier_speak(&me->oracle, ctx, c, first, offer);
  if (!s && me->dir) s = theorem_of(me, offer, c->gamma);
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
    printf("  theorem for Coq, %s: ", set->subject);
    if (set->claim)
      printf("%s, %s: tail -30 %s/%s\n", set->claim, oracle_coq_form_names[set->form],
             lfap_visible(shown, sizeof shown, set->folder), CLI_COQ_FILE);
    else printf("none: %s\n", set->why);
  }
}
