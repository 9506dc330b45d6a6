/* statement.c - see statement.h. */
#include "oracle/coq/statement.h"

#include <string.h>

#include "oracle/coq/claims.h"

static void say(lfap_text *out, const char *text) { lfap_text_puts(out, text); }

/* What stands for a name: an integer, or a word. */
typedef struct {
  const char *name, *word;
  mpz_srcptr z;
} filling;

/* The text with its names filled in; the last filling has none. */
static void fill(lfap_text *out, const char *text, const filling *with) {
  for (const char *s = text; *s;) {
    const filling *k = with;
    size_t plain = strcspn(s, "$");
    lfap_text_put(out, s, plain);
    s += plain;
    if (!*s) break;
    while (k->name && strncmp(s + 1, k->name, strlen(k->name)) != 0) k++;
    if (k->word) say(out, k->word);
    else if (k->name) oracle_coq_integer(out, k->z);
    s += 1 + (k->name ? strlen(k->name) : 0);
  }
}

/* The parts that there are, each on its line. */
static void conjunction(lfap_text *out, const oracle_coq_words *c, int points) {
  size_t count = 0;
  const char *indent = c->before[0] ? "    " : "  ";
  while (count < ORACLE_COQ_PARTS && c->part[count]) count++;
  if (count == 0) return;
  size_t all = count + (points ? 1 : 0);
  for (size_t i = 0; i < all; i++) {
    say(out, indent);
    say(out, i ? "    " : "[/\\ ");
    say(out, i < count ? c->part[i] : c->decides);
    say(out, i + 1 == all ? "].\n" : i + 2 == all ? " &\n" : ",\n");
  }
}

/* Coq computes that the check holds. */
static void computed(lfap_text *out, const char *name, const char *check, const filling *with) {
  say(out, "Lemma ");
  say(out, name);
  say(out, " : ");
  fill(out, check, with);
  say(out, " = true.\nProof. vm_cast_no_check (erefl true). Qed.\n");
}

void oracle_coq_statement(lfap_text *out, const oracle_coq *t, const oracle_coq_integers *k) {
  const oracle_coq_words *c = &oracle_coq_claims[t->claim];
  const filling with[] = {{"den_adv", NULL, k->den_adv},
                          {"den", NULL, k->den},
                          {"e", NULL, k->e},
                          {"lo", NULL, k->h.least},
                          {"hi", NULL, k->h.most},
                          {"q", NULL, k->h.inner},
                          {"L", NULL, k->run.low},
                          {"H", NULL, k->run.high},
                          {"u", NULL, k->run.unit},
                          {"kx", NULL, k->run.most},
                          {"r", NULL, k->run.r},
                          {"Q", NULL, k->run.Q},
                          {"ln", NULL, k->run.rate},
                          {"ld", NULL, k->run.rate_den},
                          {"g", NULL, k->g},
                          {"T", NULL, k->T},
                          {"f", t->form == ORACLE_COQ_FAST ? "fast" : "exact", NULL},
                          {NULL, "", NULL}};
  say(out, "\n(* Coq computes this from the numbers above. *)\n");
  computed(out, "checked", c->check, with);
  if (c->check_adv) computed(out, "checked_adv", c->check_adv, with);
  say(out, "\nLocal Open Scope ring_scope.\n\n(* The theorem, over ");
  say(out, c->about);
  say(out, c->words);
  say(out, " *)\nTheorem certificate (R : rcfType)");
  say(out, c->opens);
  fill(out, "  let gamma := fraction R $g $T in\n", with);
  fill(out, c->before, with);
  conjunction(out, c, c->decides && t->points);
  say(out, "Proof. ");
  fill(out, c->proof, with);
  say(out, " Qed.\n\nPrint Assumptions certificate.\n");
}
