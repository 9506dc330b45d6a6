/* statement.c - see statement.h. The names of check and theorem are those of proofs/coq/Checkers.v and Claims.v. */
#include "oracle/coq/statement.h"

#include <string.h>

enum { PARTS = 4 };

/* What a claim says and how it is shown. $e, $g, $T, $den, $lo, $hi, $q: integers; $f: exact or fast. */
typedef struct {
  const char *check;
  const char *words;       /* of the statement */
  const char *before;      /* what stands before a conjunction, or all of it */
  const char *part[PARTS]; /* of the conjunction */
  const char *decides;     /* its last one, where there are points; NULL: it tells of none */
  const char *proof;
} claim_text;

static const claim_text claims[ORACLE_COQ_CLAIMS] = {
    [ORACLE_COQ_T1] =
        {"check_H $f N d $e $g $T $lo $hi $q X Y",
         "     (H) holds; (P) has a KKT point, and T1 describes every one: the margins are 1, the multipliers\n"
         "     lie in an interval, the slopes are those of the labels, rows of a sign are equal, the network\n"
         "     is that of its multipliers, and it decides as f_bdy does: its boundary is linear.",
         "",
         {"hypH gamma x", "exists lam, kkt gamma x y (Wstar gamma x y p lam) lam",
          "forall W lam, kkt gamma x y W lam ->\n"
          "        [/\\ forall n, y n * f gamma W (x n) = 1,\n"
          "            forall n, 1 / (2%:R * Rmax x ^+ 2) < lam n <\n"
          "                      3%:R / (2%:R * gamma ^+ 2 * Rmin x ^+ 2),\n"
          "            (forall j n, Num.sg (dot (row j W) (x n)) = y n * Num.sg (a j : R)) /\\\n"
          "            (forall i j, a i = a j :> R -> row i W = row j W),\n"
          "            Q_solution gamma x y lam /\\ W = Wstar gamma x y p lam &\n"
          "            forall z, Num.sg (f gamma W z) = Num.sg (f_bdy x y lam z)]"},
         NULL,
         "move=> p0 x y gamma; exact: (T1_certified $f_lawful R p0 checked)."},
    [ORACLE_COQ_C1] = {"check_C1 $f N d $e $g $T $den X Y proposal points signs",
                       "     W* is the network of the multipliers lam, a KKT point of (P), with label slopes (C1);\n"
                       "     sgn f(z; W* ) = sgn <w, z> for every z: its decision boundary is linear.",
                       "  exists lam,\n",
                       {"kkt gamma x y (Wstar gamma x y p lam) lam", "aligned gamma x y p lam",
                        "forall z, Num.sg (f gamma (Wstar gamma x y p lam) z) = Num.sg (dot (w x y lam) z)"},
                       "decides (f gamma (Wstar gamma x y p lam)) points signs",
                       "by move=> p0; have [lam [_ al K L S]] := C1_certified $f_lawful R p0 checked; exists lam."},
    [ORACLE_COQ_C2] =
        {"check_C2 $f N d $e $g $T $den X Y proposal points signs",
         "     W* is the network of the solution l of (CP), a KKT point of (P), every own pre-activation\n"
         "     positive (C2); sgn f(z; W* ) = sgn <w, z> for every z: its decision boundary is linear.",
         "  exists l,\n",
         {"cp_conditions gamma x y l", "forall n, 0 < own x y (cpU gamma x y l) (cpV gamma x y l) n",
          "kkt gamma x y (Wcp gamma x y p l) (lam l)",
          "forall z, Num.sg (f gamma (Wcp gamma x y p l) z) = Num.sg (dot (w x y (omega gamma l)) z)"},
         "decides (f gamma (Wcp gamma x y p l)) points signs",
         "by move=> p0; have [l [C o K L S]] := C2_certified $f_lawful R p0 checked; exists l."},
    [ORACLE_COQ_NOT_C1] = {"check_refuted $f N d $e $g $T $den X Y proposal",
                           "     no KKT point of (P) has label slopes: C1's form of the limit is refuted.",
                           "  forall (W : 'M[R]_(p + p, d)) lam, ~ kkt_with gamma x y W lam (label_slopes gamma y).\n",
                           {NULL},
                           NULL,
                           "move=> p0 x y gamma; exact: (C1_refuted_certified $f_lawful R p0 checked)."},
};

int oracle_coq_tells(oracle_coq_claim claim) { return claims[claim].decides != NULL; }

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
static void conjunction(lfap_text *out, const claim_text *c, int points) {
  size_t count = 0;
  const char *indent = c->before[0] ? "    " : "  ";
  while (count < PARTS && c->part[count]) count++;
  if (count == 0) return;
  size_t all = count + (points ? 1 : 0);
  for (size_t i = 0; i < all; i++) {
    say(out, indent);
    say(out, i ? "    " : "[/\\ ");
    say(out, i < count ? c->part[i] : c->decides);
    say(out, i + 1 == all ? "].\n" : i + 2 == all ? " &\n" : ",\n");
  }
}

void oracle_coq_statement(lfap_text *out, const oracle_coq *t, const oracle_coq_integers *k) {
  const claim_text *c = &claims[t->claim];
  const filling with[] = {
      {"den", NULL, k->den},   {"e", NULL, k->e},       {"lo", NULL, k->h.least},
      {"hi", NULL, k->h.most}, {"q", NULL, k->h.inner}, {"f", t->form == ORACLE_COQ_FAST ? "fast" : "exact", NULL},
      {"g", NULL, k->g},       {"T", NULL, k->T},       {NULL, "", NULL}};
  say(out, "\n(* Coq computes this from the numbers above. *)\nLemma checked : ");
  fill(out, c->check, with);
  say(out, " = true.\nProof. vm_cast_no_check (erefl true). Qed.\n\nLocal Open Scope ring_scope.\n\n"
           "(* The theorem, over any real closed field R, the real numbers for instance, and for any\n"
           "   number p > 0 of neurons of each sign; x n and y n are the samples and labels above:\n");
  say(out, c->words);
  say(out, " *)\nTheorem certificate (R : rcfType) (p : nat) : (0 < p)%N ->\n"
           "  let x := doubles R N d X in\n  let y := labels_of R N Y in\n");
  fill(out, "  let gamma := fraction R $g $T in\n", with);
  say(out, c->before);
  conjunction(out, c, c->decides && t->points);
  say(out, "Proof. ");
  fill(out, c->proof, with);
  say(out, " Qed.\n\nPrint Assumptions certificate.\n");
}
