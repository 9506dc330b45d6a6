(******************************************************************************)
(* Vectors.v : row vectors over a real closed field R, the inner product and  *)
(* its norm, finite maxima and minima.  Nothing here knows about networks.    *)
(*                                                                            *)
(*   dot x y     = sum_i x_i y_i                                              *)
(*   norm x      = sqrt (dot x x)          (Euclidean norm)                   *)
(*   norm1 x     = sum_i |x_i|             (taxicab norm)                     *)
(*   maxover P F = max of 0 and of F i over the i with P i                    *)
(*   minover M F = min of M and of F i over all i                             *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** * Real numbers: inequalities by certificate *)

(** An inequality a <= b is shown by writing b - a as something visibly
    non-negative; the identity is then the business of [ring].              *)
Section Certificates.
Variable R : realFieldType.
Implicit Types a b r : R.

Lemma le_cert r a b : 0 <= r -> b - a = r -> a <= b.
Proof. by move=> r0 e; rewrite -subr_ge0 e. Qed.

Lemma le_of_eq a b : a = b -> a <= b.
Proof. by move->. Qed.

Lemma lt_cert r a b : 0 < r -> b - a = r -> a < b.
Proof. by move=> r0 e; rewrite -subr_gt0 e. Qed.

Lemma sg_eq_pos a b : 0 < a -> Num.sg (a * b) = Num.sg b.
Proof. by move=> a0; rewrite sgrM gtr0_sg // mul1r. Qed.

(** A number that is larger in absolute value decides the sign of a sum. *)
Lemma sg_dominated a b : `|a| < `|b| -> Num.sg (a + b) = Num.sg b.
Proof.
rewrite ltr_norml; case: (ltrgt0P b) => [b0|b0|->]; last by rewrite oppr0 => /andP[/lt_trans h /h]; rewrite ltxx.
- by case/andP=> h _; rewrite !gtr0_sg // -ltr_subl_addr sub0r.
- by case/andP=> _ h; rewrite !ltr0_sg // -ltr_subr_addr sub0r.
Qed.

End Certificates.

(** * Finite maxima and minima *)

Section Extrema.
Variable R : realFieldType.

Definition maxover (I : finType) (P : pred I) (F : I -> R) : R :=
  \big[Num.max/0]_(i | P i) F i.

Definition minover (I : finType) (M : R) (F : I -> R) : R :=
  \big[Num.min/M]_i F i.

Variable I : finType.

Lemma maxover_ge (P : pred I) (F : I -> R) i : P i -> F i <= maxover P F.
Proof.
move=> Pi; rewrite /maxover; move: (mem_index_enum i).
elim: (index_enum I) => // j s IH; rewrite inE big_cons => /orP[/eqP <-|/IH{}IH].
  by rewrite Pi le_maxr lexx.
by case: ifP => _ //; rewrite le_maxr IH orbT.
Qed.

Lemma maxover_ge0 (P : pred I) (F : I -> R) : 0 <= maxover P F.
Proof.
rewrite /maxover; elim/big_rec: _ => // i r _ r0.
by rewrite le_maxr r0 orbT.
Qed.

Lemma maxover_le (P : pred I) (F : I -> R) M :
  0 <= M -> (forall i, P i -> F i <= M) -> maxover P F <= M.
Proof.
move=> M0 FM; rewrite /maxover; elim/big_rec: _ => // i r Pi rM.
by rewrite le_maxl FM.
Qed.

Lemma minover_le M (F : I -> R) i : minover M F <= F i.
Proof.
rewrite /minover; move: (mem_index_enum i).
elim: (index_enum I) => // j s IH; rewrite inE big_cons => /orP[/eqP <-|/IH{}IH].
  by rewrite le_minl lexx.
by rewrite le_minl IH orbT.
Qed.

Lemma minover_le_default M (F : I -> R) : minover M F <= M.
Proof.
rewrite /minover; elim/big_rec: _ => // i r _ rM.
by rewrite le_minl rM orbT.
Qed.

Lemma minover_gt M (F : I -> R) b :
  b < M -> (forall i, b < F i) -> b < minover M F.
Proof.
move=> bM bF; rewrite /minover; elim/big_rec: _ => // i r _ br.
by rewrite lt_minr bF.
Qed.

Lemma minover_ge M (F : I -> R) b :
  b <= M -> (forall i, b <= F i) -> b <= minover M F.
Proof.
move=> bM bF; rewrite /minover; elim/big_rec: _ => // i r _ br.
by rewrite le_minr bF.
Qed.

Lemma exists_max (i0 : I) (F : I -> R) : exists i, forall j, F j <= F i.
Proof.
have: forall s : seq I, exists i, forall j, j \in i0 :: s -> F j <= F i.
  elim=> [|k s [i hi]]; first by exists i0 => j; rewrite inE => /eqP->.
  case: (leP (F k) (F i)) => h; [exists i | exists k] => j; rewrite !inE orbCA => /orP[/eqP->|hj] //.
  - by apply: hi; rewrite inE.
  - by apply: le_trans (ltW h); apply: hi; rewrite inE.
move/(_ (enum I)) => [i hi]; exists i => j; apply: hi.
by rewrite inE mem_enum orbT.
Qed.

(** A sum of N - 1 terms each at most b, as in every row bound below. *)
Lemma sum_le_const (P : pred I) (F : I -> R) b :
  (forall i, P i -> F i <= b) -> \sum_(i | P i) F i <= #|P|%:R * b.
Proof.
move=> Fb; rewrite mulr_natl -sumr_const.
by rewrite [X in _ <= X](eq_bigl P) //; apply: ler_sum.
Qed.

Lemma sum_ge_const (P : pred I) (F : I -> R) b :
  (forall i, P i -> b <= F i) -> #|P|%:R * b <= \sum_(i | P i) F i.
Proof.
move=> Fb; rewrite mulr_natl -sumr_const.
by rewrite [X in X <= _](eq_bigl P) //; apply: ler_sum.
Qed.

End Extrema.

Lemma card_others N (n : 'I_N) : #|[pred k : 'I_N | k != n]| = N.-1.
Proof. by rewrite -[N in RHS]card_ord (cardC1 n) card_ord. Qed.

(** * Inner product and norms *)

Section Dot.
Variables (R : rcfType) (d : nat).
Implicit Types x y z : 'rV[R]_d.

Definition dot x y : R := \sum_i x 0 i * y 0 i.
Definition norm x : R := Num.sqrt (dot x x).
Definition norm1 x : R := \sum_i `|x 0 i|.

Lemma dotC x y : dot x y = dot y x.
Proof. by apply: eq_bigr => i _; rewrite mulrC. Qed.

Lemma dotDl x y z : dot (x + y) z = dot x z + dot y z.
Proof. by rewrite /dot -big_split; apply: eq_bigr => i _; rewrite mxE mulrDl. Qed.

Lemma dotZl a x y : dot (a *: x) y = a * dot x y.
Proof. by rewrite /dot mulr_sumr; apply: eq_bigr => i _; rewrite mxE mulrA. Qed.

Lemma dot0l x : dot 0 x = 0.
Proof. by rewrite -(scale0r 0) dotZl mul0r. Qed.

Lemma dotNl x y : dot (- x) y = - dot x y.
Proof. by rewrite -scaleN1r dotZl mulN1r. Qed.

Lemma dotBl x y z : dot (x - y) z = dot x z - dot y z.
Proof. by rewrite dotDl dotNl. Qed.

Lemma dotDr x y z : dot z (x + y) = dot z x + dot z y.
Proof. by rewrite dotC dotDl !(dotC z). Qed.

Lemma dotZr a x y : dot x (a *: y) = a * dot x y.
Proof. by rewrite dotC dotZl dotC. Qed.

Lemma dotBr x y z : dot z (x - y) = dot z x - dot z y.
Proof. by rewrite dotC dotBl !(dotC z). Qed.

Lemma dot_suml (I : finType) (P : pred I) (F : I -> 'rV[R]_d) y :
  dot (\sum_(i | P i) F i) y = \sum_(i | P i) dot (F i) y.
Proof.
by elim/big_rec2: _ => [|i a b _ <-]; rewrite ?dot0l // dotDl.
Qed.

Lemma dot_sumr (I : finType) (P : pred I) (F : I -> 'rV[R]_d) y :
  dot y (\sum_(i | P i) F i) = \sum_(i | P i) dot y (F i).
Proof. by rewrite dotC dot_suml; apply: eq_bigr => i _; rewrite dotC. Qed.

Lemma dot_ge0 x : 0 <= dot x x.
Proof. by apply: sumr_ge0 => i _; rewrite -expr2 sqr_ge0. Qed.

Lemma dot_eq0 x : (dot x x == 0) = (x == 0).
Proof.
apply/eqP/eqP => [h|->]; last by rewrite dot0l.
apply/rowP => i; rewrite mxE; apply/eqP; rewrite -sqrf_eq0 expr2; apply/eqP.
by move: i (mem_index_enum i) => i _; apply: (psumr_eq0P _ h) => // j _; rewrite -expr2 sqr_ge0.
Qed.

Lemma dot_gt0 x : (0 < dot x x) = (x != 0).
Proof. by rewrite lt_neqAle dot_ge0 andbT eq_sym dot_eq0. Qed.

Lemma norm_ge0 x : 0 <= norm x.
Proof. exact: sqrtr_ge0. Qed.

Lemma norm_sqr x : norm x ^+ 2 = dot x x.
Proof. by rewrite sqr_sqrtr ?dot_ge0. Qed.

Lemma norm_eq0 x : (norm x == 0) = (x == 0).
Proof. by rewrite -sqrf_eq0 norm_sqr dot_eq0. Qed.

Lemma norm_gt0 x : (0 < norm x) = (x != 0).
Proof. by rewrite lt_neqAle norm_ge0 andbT eq_sym norm_eq0. Qed.

Lemma normZ a x : norm (a *: x) = `|a| * norm x.
Proof.
by rewrite /norm dotZl dotZr mulrA -expr2 sqrtrM ?sqr_ge0 // sqrtr_sqr.
Qed.

(** Cauchy-Schwarz, from 0 <= || |y| x - |x| y ||^2. *)
Lemma cauchy_schwarz x y : dot x y <= norm x * norm y.
Proof.
have [->|x0] := eqVneq x 0; first by rewrite dot0l mulr_ge0 ?norm_ge0.
have [->|y0] := eqVneq y 0; first by rewrite dotC dot0l mulr_ge0 ?norm_ge0.
have p : 0 < norm x * norm y by rewrite mulr_gt0 ?norm_gt0.
have := dot_ge0 (norm y *: x - norm x *: y).
rewrite !(dotBl, dotBr, dotZl, dotZr) (dotC y x) -!norm_sqr => h.
have: 0 <= 2%:R * (norm x * norm y) * (norm x * norm y - dot x y).
  by apply: (le_trans h); apply: le_of_eq; ring.
by rewrite pmulr_rge0 ?subr_ge0 // mulr_gt0 ?ltr0n.
Qed.

Lemma cauchy_schwarz_abs x y : `|dot x y| <= norm x * norm y.
Proof.
rewrite ler_norml cauchy_schwarz andbT ler_oppl -dotNl -(_ : norm (- x) = norm x).
  exact: cauchy_schwarz.
by rewrite -scaleN1r normZ normrN1 mul1r.
Qed.

(** The norm of the dual inequality: <x,y> <= ||x||_inf ||y||_1. *)
Lemma dot_le_norm1 eps x y : (forall i, `|x 0 i| <= eps) -> dot x y <= eps * norm1 y.
Proof.
move=> xe; rewrite /norm1 mulr_sumr; apply: ler_sum => i _.
by apply: le_trans (ler_norm _) _; rewrite normrM ler_wpmul2r.
Qed.

Lemma norm1_gt0 x : x != 0 -> 0 < norm1 x.
Proof.
move=> x0; rewrite lt_neqAle sumr_ge0 // andbT eq_sym; apply: contra x0 => /eqP h.
apply/eqP/rowP => i; rewrite mxE; apply/eqP; rewrite -normr_eq0; apply/eqP.
exact: (psumr_eq0P _ h).
Qed.

End Dot.
