(******************************************************************************)
(* Certificate.v : the gap bound for C2 in the numbers of an exact            *)
(* certificate.  The data are x_n = K_n / D, the slope g / T, the multipliers *)
(* alpha_n = A_n / den, beta_n = B_n / den; K, A, B, g, T, D, den are         *)
(* integers in a program, any numbers with T, D, den > 0 here.                *)
(*                                                                            *)
(*   UT, VT       = the two vectors, times T den D                            *)
(*   OWN, OTH     = their products with K_n                                   *)
(*   Sg, S1       = the slacks of the constraints of slope gamma and 1        *)
(*   gz           = sum_n A_n Sg_n + B_n S1_n                                 *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2 C1 K1 Gap Pattern C2.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Certificate.
Variables (R : rcfType) (d N : nat) (K : 'I_N -> 'rV[R]_d) (y A B : 'I_N -> R) (g T D den : R).

Definition UT : 'rV[R]_d := \sum_n (if y n == 1 then T * (A n + B n) else - (g * A n + T * B n)) *: K n.
Definition VT : 'rV[R]_d := \sum_n (if y n == 1 then - (g * A n + T * B n) else T * (A n + B n)) *: K n.
Definition OWN n : R := own K y UT VT n.
Definition OTH n : R := other K y UT VT n.
Definition Sg n : R := T * OWN n - g * OTH n - 2%:R * T ^+ 2 * den * D ^+ 2.
Definition S1 n : R := T * (OWN n - OTH n) - 2%:R * T ^+ 2 * den * D ^+ 2.
Definition gz : R := \sum_n (A n * Sg n + B n * S1 n).

Hypotheses (y_pm1 : labels y) (g_gt0 : 0 < g) (T_gt0 : 0 < T) (D_gt0 : 0 < D) (den_gt0 : 0 < den).

Local Notation x := (fun n => D^-1 *: K n).
Local Notation gamma := (g / T).
Local Notation la := (fun i : 'I_N * bool => (if i.2 then B i.1 else A i.1) / den).
Local Notation unit := (T * den * D).

Let unit0 : 0 < unit.
Proof. by rewrite !mulr_gt0. Qed.

Lemma cpU_UT : cpU gamma x y la = unit^-1 *: UT.
Proof.
rewrite /cpU /UT scaler_sumr; apply: eq_bigr => n _; rewrite !scalerA; congr (_ *: _).
by rewrite /lam /wslope /=; case: ifP => _; field; rewrite !gt_eqF.
Qed.

Lemma cpV_VT : cpV gamma x y la = unit^-1 *: VT.
Proof.
rewrite /cpV /VT scaler_sumr; apply: eq_bigr => n _; rewrite !scalerA; congr (_ *: _).
by rewrite /lam /wslope /=; case: ifP => _; field; rewrite !gt_eqF.
Qed.

Lemma own_OWN n : own x y (cpU gamma x y la) (cpV gamma x y la) n = OWN n / (unit * D) /\
  other x y (cpU gamma x y la) (cpV gamma x y la) n = OTH n / (unit * D).
Proof.
rewrite cpU_UT cpV_VT /OWN /OTH /own /other; move: UT VT => U0 V0.
by case: ifP => _; rewrite !dotZl !dotZr; split; field; rewrite !gt_eqF.
Qed.

Lemma slack_scaled n b : Mmul (cpM gamma x y) la (n, b) - 1 =
  (if b then S1 n else Sg n) / (2%:R * T ^+ 2 * den * D ^+ 2).
Proof.
rewrite cp_mul; have [-> ->] := own_OWN n; rewrite /S1 /Sg.
by case: b => /=; field; rewrite !gt_eqF.
Qed.

Lemma gap_scaled : gap (cpM gamma x y) la = gz / (2%:R * T ^+ 2 * den ^+ 2 * D ^+ 2).
Proof.
rewrite /gap sum_pairs /gz mulr_suml; apply: eq_bigr => n _; rewrite !slack_scaled /=.
by field; rewrite !gt_eqF.
Qed.

Variable l : 'I_N * bool -> R.
Hypothesis C : cp_conditions gamma x y l.
Hypotheses (A0 : forall n, 0 <= A n) (B0 : forall n, 0 <= B n).
Hypotheses (Sg0 : forall n, 0 <= Sg n) (S10 : forall n, 0 <= S1 n).

Let la0 i : 0 <= la i.
Proof. by case: i => n [] /=; rewrite divr_ge0 // ltW. Qed.

Let feas i : 1 <= Mmul (cpM gamma x y) la i.
Proof.
case: i => n b; rewrite -subr_ge0 slack_scaled divr_ge0 //; first by case: b.
by rewrite !mulr_ge0 ?ler0n ?sqr_ge0 // ltW.
Qed.

(** The sign of an own pre-activation of the exact solution. *)
Theorem certificate_own n : 0 < OWN n -> gz * norm (K n) ^+ 2 < OWN n ^+ 2 ->
  0 < own x y (cpU gamma x y l) (cpV gamma x y l) n.
Proof.
move=> pos big; have [s1 s2] := gap_sign la0 feas ((C2_dual _ _ _ _).1 C) (x n).
have [eO _] := own_OWN n.
have uD : 0 < unit * D by rewrite mulr_gt0.
have lt : 2%:R * gap (cpM gamma x y) la * norm (x n) ^+ 2 < own x y (cpU gamma x y la) (cpV gamma x y la) n ^+ 2.
  have nx : norm (x n) ^+ 2 = D^-1 ^+ 2 * norm (K n) ^+ 2.
    by rewrite normZ exprMn real_normK ?num_real.
  rewrite eO gap_scaled nx.
  have -> : (OWN n / (unit * D)) ^+ 2 = OWN n ^+ 2 * (unit * D)^-1 ^+ 2 by rewrite exprMn.
  have -> : 2%:R * (gz / (2%:R * T ^+ 2 * den ^+ 2 * D ^+ 2)) * (D^-1 ^+ 2 * norm (K n) ^+ 2)
      = gz * norm (K n) ^+ 2 * (unit * D)^-1 ^+ 2 by field; rewrite !gt_eqF.
  by rewrite ltr_pmul2r // exprn_gt0 // invr_gt0.
have po : 0 < own x y (cpU gamma x y la) (cpV gamma x y la) n by rewrite eO divr_gt0.
move: lt po s1 s2; rewrite /own !vec_cpU !vec_cpV; case: ifP => _ lt po s1 s2.
- by rewrite -sgr_gt0 s1 // sgr_gt0.
- by rewrite -sgr_gt0 s2 // sgr_gt0.
Qed.

(** The decision of the exact solution at z. *)
Theorem certificate_decision z : 2%:R * gz * norm z ^+ 2 < dot (UT - VT) z ^+ 2 ->
  Num.sg (dot (cpU gamma x y l - cpV gamma x y l) z) = Num.sg (dot (UT - VT) z).
Proof.
move=> big; have := gap_decision la0 feas ((C2_dual _ _ _ _).1 C) (z := z).
rewrite !vec_cpU !vec_cpV cpU_UT cpV_VT -scalerBr dotZl => h; rewrite h.
  by rewrite sg_eq_pos // invr_gt0.
rewrite gap_scaled exprMn.
have -> : 4%:R * (gz / (2%:R * T ^+ 2 * den ^+ 2 * D ^+ 2)) * norm z ^+ 2 = unit^-1 ^+ 2 * (2%:R * gz * norm z ^+ 2).
  by field; rewrite !gt_eqF.
by rewrite ltr_pmul2l // exprn_gt0 // invr_gt0.
Qed.

End Certificate.
