/* claims.c - see claims.h. The names of checks and theorems are those of proofs/coq/Checkers.v and Claims.v. */
#include "oracle/coq/claims.h"

static const char set_about[] =
    "any real closed field R, the real numbers for instance, and for any\n"
    "   number p > 0 of neurons of each sign; x n and y n are the samples and labels above:\n";
static const char set_opens[] = " (p : nat) : (0 < p)%N ->\n"
                                "  let x := doubles R N d X in\n"
                                "  let y := labels_of R N Y in\n";
static const char runs[] = "Vectors Network Kkt K1 Pattern T5 Flow C4Certificate Checkers CheckersSound Runs";
static const char network_about[] =
    "any real closed field R, the real numbers for instance;\n"
    "   network R p d W are the p rows of positive and the p rows of negative output above:\n";

const oracle_coq_words oracle_coq_claims[ORACLE_COQ_CLAIMS] = {
    [ORACLE_COQ_T1] =
        {.check = "check_H $f N d $e $g $T $lo $hi $q X Y",
         .about = set_about,
         .words =
             "     (H) holds; (P) has a KKT point, and T1 describes every one: the margins are 1, the multipliers\n"
             "     lie in an interval, the slopes are those of the labels, rows of a sign are equal, the network\n"
             "     is that of its multipliers, and it decides as f_bdy does: its boundary is linear.",
         .opens = set_opens,
         .before = "",
         .part = {"hypH gamma x", "exists lam, kkt gamma x y (Wstar gamma x y p lam) lam",
                  "forall W lam, kkt gamma x y W lam ->\n"
                  "        [/\\ forall n, y n * f gamma W (x n) = 1,\n"
                  "            forall n, 1 / (2%:R * Rmax x ^+ 2) < lam n <\n"
                  "                      3%:R / (2%:R * gamma ^+ 2 * Rmin x ^+ 2),\n"
                  "            (forall j n, Num.sg (dot (row j W) (x n)) = y n * Num.sg (a j : R)) /\\\n"
                  "            (forall i j, a i = a j :> R -> row i W = row j W),\n"
                  "            Q_solution gamma x y lam /\\ W = Wstar gamma x y p lam &\n"
                  "            forall z, Num.sg (f gamma W z) = Num.sg (f_bdy x y lam z)]"},
         .proof = "move=> p0 x y gamma; exact: (T1_certified $f_lawful R p0 checked)."},
    [ORACLE_COQ_C1] =
        {.check = "check_C1 $f N d $e $g $T $den X Y proposal points signs",
         .about = set_about,
         .words = "     W* is the network of the multipliers lam, a KKT point of (P), with label slopes (C1);\n"
                  "     sgn f(z; W* ) = sgn <w, z> for every z: its decision boundary is linear.",
         .opens = set_opens,
         .before = "  exists lam,\n",
         .part = {"kkt gamma x y (Wstar gamma x y p lam) lam", "aligned gamma x y p lam",
                  "forall z, Num.sg (f gamma (Wstar gamma x y p lam) z) = Num.sg (dot (w x y lam) z)"},
         .decides = "decides (f gamma (Wstar gamma x y p lam)) points signs",
         .proof = "by move=> p0; have [lam [_ al K L S]] := C1_certified $f_lawful R p0 checked; exists lam.",
         .tells = 1,
         .per_row = 1},
    [ORACLE_COQ_C2] =
        {.check = "check_C2 $f N d $e $g $T $den X Y proposal points signs",
         .about = set_about,
         .words = "     W* is the network of the solution l of (CP), a KKT point of (P), every own pre-activation\n"
                  "     positive (C2); sgn f(z; W* ) = sgn <w, z> for every z: its decision boundary is linear.",
         .opens = set_opens,
         .before = "  exists l,\n",
         .part = {"cp_conditions gamma x y l", "forall n, 0 < own x y (cpU gamma x y l) (cpV gamma x y l) n",
                  "kkt gamma x y (Wcp gamma x y p l) (lam l)",
                  "forall z, Num.sg (f gamma (Wcp gamma x y p l) z) = Num.sg (dot (w x y (omega gamma l)) z)"},
         .decides = "decides (f gamma (Wcp gamma x y p l)) points signs",
         .proof = "by move=> p0; have [l [C o K L S]] := C2_certified $f_lawful R p0 checked; exists l.",
         .tells = 1,
         .per_row = 2},
    [ORACLE_COQ_NOT_C1] =
        {.check = "check_refuted $f N d $e $g $T $den X Y proposal",
         .about = set_about,
         .words = "     no KKT point of (P) has label slopes: C1's form of the limit is refuted.",
         .opens = set_opens,
         .before = "  forall (W : 'M[R]_(p + p, d)) lam, ~ kkt_with gamma x y W lam (label_slopes gamma y).\n",
         .proof = "move=> p0 x y gamma; exact: (C1_refuted_certified $f_lawful R p0 checked).",
         .per_row = 1},
    [ORACLE_COQ_T4] =
        {.check = "check_C2 $f N d $e $g $T $den X Y proposal points signs",
         .check_adv = "check_C2 $f N_adv d $e $g $T $den_adv X_adv Y_adv proposal_adv points signs",
         .about =
             "any real closed field R, the real numbers for instance, and for any\n"
             "   numbers p, p' > 0 of neurons of each sign; x n and y n are the natural samples and labels above,\n"
             "   x_adv n and t n the adversarial ones:\n",
         .words =
             "     both sets have their KKT point of (P) by C2, and at every point k of the list, with the sign that\n"
             "     stands there, the network of the adversarial set decides as the network of the natural one (T4).",
         .opens = " (p p' : nat) : (0 < p)%N -> (0 < p')%N ->\n"
                  "  let x := doubles R N d X in\n"
                  "  let y := labels_of R N Y in\n"
                  "  let x_adv := doubles R N_adv d X_adv in\n"
                  "  let t := labels_of R N_adv Y_adv in\n",
         .before = "  exists l l',\n",
         .part = {"kkt gamma x y (Wcp gamma x y p l) (lam l)", "kkt gamma x_adv t (Wcp gamma x_adv t p' l') (lam l')",
                  "decides (f gamma (Wcp gamma x y p l)) points signs",
                  "forall k, (k < size points)%N ->\n"
                  "        Num.sg (f gamma (Wcp gamma x_adv t p' l') (double_row R d points k)) =\n"
                  "        Num.sg (f gamma (Wcp gamma x y p l) (double_row R d points k))"},
         .proof = "move=> p0 p1 x y x_adv t gamma; exact: (T4_certified $f_lawful R p0 p1 checked checked_adv).",
         .tells = 1,
         .needs = 1,
         .per_row = 2,
         .other = "adversarial"},
    [ORACLE_COQ_T5] =
        {.check = "check_T5 $f N d $e $g $T X Y points signs",
         .about = set_about,
         .words = "     every KKT point of (P), whatever its multipliers, decides the points of the list with the\n"
                  "     signs that stand there (T5).",
         .opens = set_opens,
         .before = "  forall (W : 'M[R]_(p + p, d)) lam, kkt gamma x y W lam -> decides (f gamma W) points signs.\n",
         .proof = "move=> p0 x y gamma; exact: (T5_certified $f_lawful R p0 checked).",
         .tells = 1,
         .needs = 1},
    [ORACLE_COQ_NETWORK] = {.check = "check_network $f d $e $g $T p W points signs",
                            .about = network_about,
                            .words = "     f(z; W) has the sign that stands there at every point z of the list.",
                            .opens = " :\n",
                            .before = "  decides (f gamma (network R p d W)) points signs.\n",
                            .proof = "move=> gamma; exact: (network_certified $f_lawful R (isT : (0 < p)%N) checked).",
                            .tells = 1,
                            .needs = 1},
    [ORACLE_COQ_BENT] =
        {.check = "check_bent $f d $e $g $T p W z0 z1",
         .about = network_about,
         .words = "     f(.; W) has one sign at the points z0 and z1 and the other at z0 + z1, so there is no w\n"
                  "     with sgn f(z; W) = sgn <w, z> for every z: the decision boundary is not linear.",
         .opens = " :\n",
         .before = "  forall w0, ~ linear_boundary (f gamma (network R p d W)) w0.\n",
         .proof = "move=> gamma; exact: (bent_certified $f_lawful R (isT : (0 < p)%N) checked)."},
    [ORACLE_COQ_SPLIT] =
        {.check = "check_split $f N d $e $g $T p $L $H W B E Y points signs",
         .about = "any real closed field R, the real numbers for instance; first the weights,\n"
                  "   then coefficients b, perturbations eta and their labels t, as above:\n",
         .words =
             "     with `part` what the perturbations gave by the coefficients b, its row j being a_j times\n"
             "     the sum of b j n t n eta n: at every point z of the list every neuron's share of it has the sign\n"
             "     that stands there, it outweighs the rest of the network, and so the network has that sign (T5).",
         .opens = " :\n",
         .before = "  let W0 := network R p d W in\n"
                   "  let b : 'I_(p + p) -> 'I_N -> R := coefficients R N B in\n"
                   "  let eta := doubles R N d E in\n"
                   "  let t := labels_of R N Y in\n"
                   "  let part := from_perturbations eta t b in\n"
                   "  forall k, (k < size points)%N ->\n"
                   "  let z := double_row R d points k in\n"
                   "  let sigma := if nth true signs k then 1 else -1 in\n",
         .part = {"forall j, 0 < sigma * Ppart eta t b z j",
                  "`|f gamma (W0 - part) z| < `|f gamma W0 z - f gamma (W0 - part) z|",
                  "Num.sg (f gamma W0 z) = sigma"},
         .proof =
             "move=> gamma W0 b eta t part k hk; exact: (split_certified $f_lawful R (isT : (0 < p)%N) checked k hk).",
         .tells = 1,
         .needs = 1,
         .other = "perturbations",
         .third = "coefficients",
         .chapters = runs},
    [ORACLE_COQ_C4] =
        {.check = "check_C4 $f N d $e $g $T $den p $u $kx $L $r $Q $ln $ld X Y W proposal slopes",
         .about = "any real closed field R, the real numbers for instance; x n and y n are the samples\n"
                  "   and labels above, `first` the weights:\n",
         .words =
             "     there is a KKT point Wo of (P), and every run Wk of gradient descent on the mean exponential loss\n"
             "     from the weights above, with learning rates of at most `lr` and any slopes at kinks, goes to its\n"
             "     direction: margins stay >= 0, own pre-activations keep their signs, and the square of the distance\n"
             "     from the ray of Wo grows at most like the time, the way along the ray like the time itself (C4).",
         .opens = " :\n",
         .before = "  let lr := fraction R $ln $ld in\n"
                   "  let x := doubles R N d X in\n"
                   "  let y := labels_of R N Y in\n"
                   "  let first := network R p d W in\n"
                   "  exists Wo lam c,\n",
         .part = {"kkt gamma x y Wo lam", "0 < \\sum_n lam n",
                  "forall ex ln, exponential ex -> logarithm ln -> (forall q, ln (ex q) = q) ->\n"
                  "        forall Wk s rate, Wk 0%N = first -> exp_descent ex gamma x y lr Wk s rate -> forall k,\n"
                  "        [/\\ forall n, 0 <= y n * f gamma (Wk k) (x n),\n"
                  "            forall j n, own_pair y j n ->\n"
                  "              Num.sg (dot (row j (Wk k)) (x n)) = Num.sg (dot (row j (Wk 0%N)) (x n)) &\n"
                  "            frob2 (Wk k - (time ex gamma x y Wk rate k / \\sum_n lam n) *: Wo)\n"
                  "              <= frob2 first + c * time ex gamma x y Wk rate k]"},
         .proof = "move=> gamma lr x y first; exact: (C4_certified $f_lawful R (isT : (0 < p)%N) checked).",
         .per_row = 1,
         .other = "weights",
         .chapters = runs},
};
