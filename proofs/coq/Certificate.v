(******************************************************************************)
(* Certificate.v : C2, C1 and C1's refutation in the numbers of an exact      *)
(* certificate.  The data are x_n = K_n / D, the slope g / T, the multipliers *)
(* alpha_n = A_n / den, beta_n = B_n / den; K, A, B, g, T, D, den are         *)
(* integers in a program, any numbers with T, D, den > 0 here.                *)
(*                                                                            *)
(*   UT, VT       = the two vectors, times T den D                            *)
(*   OWN, OTH     = their products with K_n                                   *)
(*   Sg, S1       = the slacks of the constraints of slope gamma and 1        *)
(*   gz           = sum_n A_n Sg_n + B_n S1_n                                 *)
(*                                                                            *)
(* The multipliers are a proposal: they satisfy the constraints (A, B, Sg, S1 *)
(* >= 0) but solve nothing exactly.  What is shown is about the exact         *)
(* solution, which exists because the constraints can be satisfied.           *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2 C1 K1 Gap Pattern C2 Exist C2Apriori.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Certificate.
Variables (R : rcfType) (d N : nat) (x K : 'I_N -> 'rV[R]_d) (y A B : 'I_N -> R) (gamma g T D den : R).

Definition UT : 'rV[R]_d := \sum_n (if y n == 1 then T * (A n + B n) else - (g * A n + T * B n)) *: K n.
Definition VT : 'rV[R]_d := \sum_n (if y n == 1 then - (g * A n + T * B n) else T * (A n + B n)) *: K n.
Definition OWN n : R := own K y UT VT n.
Definition OTH n : R := other K y UT VT n.
Definition Sg n : R := T * OWN n - g * OTH n - 2%:R * T ^+ 2 * den * D ^+ 2.
Definition S1 n : R := T * (OWN n - OTH n) - 2%:R * T ^+ 2 * den * D ^+ 2.
Definition gz : R := \sum_n (A n * Sg n + B n * S1 n).

Hypotheses (x_K : forall n, x n = D^-1 *: K n) (gamma_gT : gamma = g / T).
Hypotheses (y_pm1 : labels y) (g_gt0 : 0 < g) (g_leT : g <= T) (D_gt0 : 0 < D) (den_gt0 : 0 < den).

Local Notation la := (fun i : 'I_N * bool => (if i.2 then B i.1 else A i.1) / den).
Local Notation unit := (T * den * D).

Let T_gt0 : 0 < T.
Proof. exact: lt_le_trans g_gt0 g_leT. Qed.

Let gamma_gt0 : 0 < gamma.
Proof. by rewrite gamma_gT divr_gt0. Qed.

Let gamma_le1 : gamma <= 1.
Proof. by rewrite gamma_gT ler_pdivr_mulr // mul1r. Qed.

Let unit0 : 0 < unit.
Proof. by rewrite !mulr_gt0. Qed.

Lemma cpU_UT : cpU gamma x y la = unit^-1 *: UT.
Proof.
rewrite /cpU /UT scaler_sumr; apply: eq_bigr => n _; rewrite x_K gamma_gT !scalerA; congr (_ *: _).
by rewrite /lam /wslope /=; case: ifP => _; field; rewrite !gt_eqF.
Qed.

Lemma cpV_VT : cpV gamma x y la = unit^-1 *: VT.
Proof.
rewrite /cpV /VT scaler_sumr; apply: eq_bigr => n _; rewrite x_K gamma_gT !scalerA; congr (_ *: _).
by rewrite /lam /wslope /=; case: ifP => _; field; rewrite !gt_eqF.
Qed.

Lemma own_OWN n : own x y (cpU gamma x y la) (cpV gamma x y la) n = OWN n / (unit * D) /\
  other x y (cpU gamma x y la) (cpV gamma x y la) n = OTH n / (unit * D).
Proof.
rewrite cpU_UT cpV_VT /OWN /OTH /own /other x_K; move: UT VT => U0 V0.
by case: ifP => _; rewrite !dotZl !dotZr; split; field; rewrite !gt_eqF.
Qed.

Lemma slack_scaled n b : Mmul (cpM gamma x y) la (n, b) - 1 =
  (if b then S1 n else Sg n) / (2%:R * T ^+ 2 * den * D ^+ 2).
Proof.
rewrite cp_mul; have [-> ->] := own_OWN n; rewrite /S1 /Sg /tslope gamma_gT.
by case: b => /=; field; rewrite !gt_eqF.
Qed.

Lemma gap_scaled : gap (cpM gamma x y) la = gz / (2%:R * T ^+ 2 * den ^+ 2 * D ^+ 2).
Proof.
rewrite /gap sum_pairs /gz mulr_suml; apply: eq_bigr => n _; rewrite !slack_scaled /=.
by field; rewrite !gt_eqF.
Qed.

Hypotheses (A0 : forall n, 0 <= A n) (B0 : forall n, 0 <= B n).
Hypotheses (Sg0 : forall n, 0 <= Sg n) (S10 : forall n, 0 <= S1 n).

Let la0 i : 0 <= la i.
Proof. by case: i => n [] /=; rewrite divr_ge0 // ltW. Qed.

Let feas i : 1 <= Mmul (cpM gamma x y) la i.
Proof.
case: i => n b; rewrite -subr_ge0 slack_scaled divr_ge0 //; first by case: b.
by rewrite !mulr_ge0 ?ler0n ?sqr_ge0 // ltW.
Qed.

(** (CP) has a solution. *)
Theorem certificate_exists : exists l, cp_conditions gamma x y l.
Proof.
apply: C2_exists => //; apply/(C2_feasible_iff x gamma_gt0 y_pm1).
exists (cpU gamma x y la), (cpV gamma x y la) => n b.
by have := feas (n, b); rewrite cp_mul ler_pdivl_mulr ?ltr0n // mul1r.
Qed.

Section Solution.
Variable l : 'I_N * bool -> R.
Hypothesis C : cp_conditions gamma x y l.

Local Notation U := (cpU gamma x y l).
Local Notation V := (cpV gamma x y l).

(** A product with one of the two vectors is certified from its integer. *)
Lemma room (W0 : 'rV[R]_d) n : gz * norm (K n) ^+ 2 < dot W0 (K n) ^+ 2 ->
  2%:R * gap (cpM gamma x y) la * norm (x n) ^+ 2 < dot (unit^-1 *: W0) (x n) ^+ 2.
Proof.
have uD : 0 < unit * D by rewrite mulr_gt0.
rewrite x_K normZ exprMn real_normK ?num_real // dotZl dotZr gap_scaled => big.
have -> : 2%:R * (gz / (2%:R * T ^+ 2 * den ^+ 2 * D ^+ 2)) * (D^-1 ^+ 2 * norm (K n) ^+ 2)
    = gz * norm (K n) ^+ 2 * (unit * D)^-1 ^+ 2 by field; rewrite !gt_eqF.
have -> : (unit^-1 * (D^-1 * dot W0 (K n))) ^+ 2 = dot W0 (K n) ^+ 2 * (unit * D)^-1 ^+ 2.
  by field; rewrite !gt_eqF.
by rewrite ltr_pmul2r // exprn_gt0 // invr_gt0.
Qed.

Lemma sg_UV n :
  (gz * norm (K n) ^+ 2 < dot UT (K n) ^+ 2 -> Num.sg (dot U (x n)) = Num.sg (dot UT (K n))) /\
  (gz * norm (K n) ^+ 2 < dot VT (K n) ^+ 2 -> Num.sg (dot V (x n)) = Num.sg (dot VT (K n))).
Proof.
have [] := gap_sign la0 feas ((C2_dual _ _ _ _).1 C) (x n); rewrite !vec_cpU !vec_cpV cpU_UT cpV_VT.
have sg W0 : Num.sg (dot (unit^-1 *: W0) (x n)) = Num.sg (dot W0 (K n)).
  by rewrite x_K dotZl dotZr !sg_eq_pos ?invr_gt0.
by rewrite !sg => hU hV; split=> /room; [apply: hU | apply: hV].
Qed.

(** The signs of an own and of an other pre-activation of the exact solution. *)
Theorem certificate_own n : 0 < OWN n -> gz * norm (K n) ^+ 2 < OWN n ^+ 2 ->
  0 < own x y U V n.
Proof.
have [hU hV] := sg_UV n; rewrite /OWN /own; case: ifP => _ pos big; rewrite -sgr_gt0.
- by rewrite hU // sgr_gt0.
- by rewrite hV // sgr_gt0.
Qed.

Theorem certificate_other n : OTH n < 0 -> gz * norm (K n) ^+ 2 < OTH n ^+ 2 ->
  other x y U V n < 0.
Proof.
have [hU hV] := sg_UV n; rewrite /OTH /other; case: ifP => _ neg big; rewrite -sgr_lt0.
- by rewrite hV // sgr_lt0.
- by rewrite hU // sgr_lt0.
Qed.

(** The decision of the exact solution at z. *)
Theorem certificate_decision z : 2%:R * gz * norm z ^+ 2 < dot (UT - VT) z ^+ 2 ->
  Num.sg (dot (U - V) z) = Num.sg (dot (UT - VT) z).
Proof.
move=> big; have := gap_decision la0 feas ((C2_dual _ _ _ _).1 C) (z := z).
rewrite !vec_cpU !vec_cpV cpU_UT cpV_VT -scalerBr dotZl => h; rewrite h.
  by rewrite sg_eq_pos // invr_gt0.
rewrite gap_scaled exprMn.
have -> : 4%:R * (gz / (2%:R * T ^+ 2 * den ^+ 2 * D ^+ 2)) * norm z ^+ 2 = unit^-1 ^+ 2 * (2%:R * gz * norm z ^+ 2).
  by field; rewrite !gt_eqF.
by rewrite ltr_pmul2l // exprn_gt0 // invr_gt0.
Qed.

Lemma certificate_network p z : (0 < p)%N -> 2%:R * gz * norm z ^+ 2 < dot (UT - VT) z ^+ 2 ->
  Num.sg (f gamma (Wcp gamma x y p l) z) = Num.sg (dot (UT - VT) z).
Proof.
move=> p0 big; rewrite C2_linear_boundary // -(certificate_decision big) C2_normal // dotZl.
by rewrite sg_eq_pos // ltr_spaddl ?ltr01 // ltW.
Qed.

End Solution.

(** C2 from a proposal: everything is an inequality between given numbers. *)
Theorem certificate_C2 p : (0 < p)%N ->
  (forall n, 0 < OWN n /\ gz * norm (K n) ^+ 2 < OWN n ^+ 2) ->
  exists l,
    [/\ cp_conditions gamma x y l,
        forall n, 0 < own x y (cpU gamma x y l) (cpV gamma x y l) n,
        kkt gamma x y (Wcp gamma x y p l) (lam l),
        linear_boundary (f gamma (Wcp gamma x y p l)) (w x y (omega gamma l)) &
        forall z, 2%:R * gz * norm z ^+ 2 < dot (UT - VT) z ^+ 2 ->
          Num.sg (f gamma (Wcp gamma x y p l) z) = Num.sg (dot (UT - VT) z)].
Proof.
move=> p0 h; have [l C] := certificate_exists; exists l.
have own0 n : 0 < own x y (cpU gamma x y l) (cpV gamma x y l) n.
  by have [h1 h2] := h n; apply: certificate_own.
split=> //; [|exact: C2_linear_boundary | by move=> z; apply: certificate_network].
by apply: C2_kkt => // n _; apply: ltW.
Qed.

(** C1 from a proposal. *)
Theorem certificate_C1 p : (0 < p)%N ->
  (forall n, 0 < OWN n /\ gz * norm (K n) ^+ 2 < OWN n ^+ 2) ->
  (forall n, OTH n < 0 /\ gz * norm (K n) ^+ 2 < OTH n ^+ 2) ->
  exists mult,
    [/\ qp_conditions gamma x y mult, aligned gamma x y p mult,
        kkt gamma x y (Wstar gamma x y p mult) mult,
        linear_boundary (f gamma (Wstar gamma x y p mult)) (w x y mult) &
        forall z, 2%:R * gz * norm z ^+ 2 < dot (UT - VT) z ^+ 2 ->
          Num.sg (f gamma (Wstar gamma x y p mult) z) = Num.sg (dot (UT - VT) z)].
Proof.
move=> p0 hown hoth; have [l C] := certificate_exists.
have [n|mult [Qm al]] := (C2_C1_iff gamma_gt0 gamma_le1 p0 y_pm1 C).2.
  by have [h1 h2] := hown n; have [h3 h4] := hoth n; split; [apply: certificate_own | apply: certificate_other].
exists mult; have [K0 L] := C1_qp gamma_gt0 gamma_le1 p0 y_pm1 Qm al.
have [C' _ eW _] := C1_implies_C2 gamma_le1 p0 y_pm1 Qm al.
by split=> // z; rewrite -eW; apply: certificate_network.
Qed.

End Certificate.

(** * The refutation of C1 *)

(** A proposal for C1's quadratic programme (beta = 0, only the constraints of
    slope gamma) that has, at one sample, the wrong sign with enough room.   *)
Section Refutation.
Variables (R : rcfType) (d N p : nat) (x K : 'I_N -> 'rV[R]_d) (y A B : 'I_N -> R) (gamma g T D den : R).
Hypotheses (x_K : forall n, x n = D^-1 *: K n) (gamma_gT : gamma = g / T).
Hypotheses (y_pm1 : labels y) (g_gt0 : 0 < g) (g_ltT : g < T) (D_gt0 : 0 < D) (den_gt0 : 0 < den).
Hypothesis p_gt0 : (0 < p)%N.
Hypothesis no_B : forall n, B n = 0.

Local Notation la := (fun n => A n / den).
Local Notation UT0 := (UT K y A B g T).
Local Notation VT0 := (VT K y A B g T).
Local Notation OWN0 := (OWN K y A B g T).
Local Notation OTH0 := (OTH K y A B g T).
Local Notation Sg0 := (Sg K y A B g T D den).
Local Notation M := (pairM x (rowU gamma y) (rowV gamma y)).
Local Notation unit := (T * den * D).

Definition gz_C1 : R := \sum_n A n * Sg0 n.

Let T_gt0 : 0 < T.
Proof. exact: lt_trans g_gt0 g_ltT. Qed.

Let gamma_gt0 : 0 < gamma.
Proof. by rewrite gamma_gT divr_gt0. Qed.

Let gamma_lt1 : gamma < 1.
Proof. by rewrite gamma_gT ltr_pdivr_mulr // mul1r. Qed.

Let unit0 : 0 < unit.
Proof. by rewrite !mulr_gt0. Qed.

Let UVE : vec x (rowU gamma y) la = unit^-1 *: UT0 /\ vec x (rowV gamma y) la = unit^-1 *: VT0.
Proof.
have [<- <-] := cp_no_beta gamma x y_pm1 la.
rewrite -(cpU_UT y A B x_K gamma_gT g_gt0 (ltW g_ltT) D_gt0 den_gt0).
rewrite -(cpV_VT y A B x_K gamma_gT g_gt0 (ltW g_ltT) D_gt0 den_gt0).
by split; apply: eq_bigr => n _; congr (_ *: _); rewrite /lam /wslope /no_beta /= no_B mul0r.
Qed.

Let slack0 n : Qmul gamma x y la n - 1 = Sg0 n / (2%:R * T ^+ 2 * den * D ^+ 2).
Proof.
rewrite (Qmul_own gamma x y_pm1); have [-> ->] := UVE; rewrite /Sg /OWN /OTH /own /other x_K gamma_gT.
by case: ifP => _; rewrite !dotZl !dotZr; field; rewrite !gt_eqF.
Qed.

Hypotheses (A0 : forall n, 0 <= A n) (S0 : forall n, 0 <= Sg0 n).

Let la0 n : 0 <= la n.
Proof. by rewrite divr_ge0 // ltW. Qed.

Let feas n : 1 <= Mmul M la n.
Proof.
rewrite -(Q_mul gamma x y_pm1) -subr_ge0 slack0 divr_ge0 //.
by rewrite !mulr_ge0 ?ler0n ?sqr_ge0 // ltW.
Qed.

Let gapE : gap M la = gz_C1 / (2%:R * T ^+ 2 * den ^+ 2 * D ^+ 2).
Proof.
rewrite /gap /gz_C1 mulr_suml; apply: eq_bigr => n _; rewrite -(Q_mul gamma x y_pm1) slack0.
by field; rewrite !gt_eqF.
Qed.

Lemma C1_programme_solvable : exists l, qp_conditions gamma x y l.
Proof.
have [|l C] := @pair_exists _ _ _ x (rowU gamma y) (rowV gamma y) (vec x (rowU gamma y) la) (vec x (rowV gamma y) la).
  by move=> n; have := feas n; rewrite pair_mul ler_pdivl_mulr ?ltr0n // mul1r; apply: lt_le_trans; rewrite ltr0n.
by exists l; apply/(Q_nnqp gamma x y_pm1).
Qed.

Theorem certificate_refuted n :
  (OWN0 n < 0 /\ gz_C1 * norm (K n) ^+ 2 < OWN0 n ^+ 2) \/
  (0 < OTH0 n /\ gz_C1 * norm (K n) ^+ 2 < OTH0 n ^+ 2) ->
  forall (W : 'M[R]_(p + p, d)) mult, ~ kkt_with gamma x y W mult (label_slopes gamma y).
Proof.
have [l C] := C1_programme_solvable; have [su sv] := gap_sign la0 feas ((Q_nnqp gamma x y_pm1 l).1 C) (x n).
have uD : 0 < unit * D by rewrite mulr_gt0.
have room (W0 : 'rV[R]_d) : gz_C1 * norm (K n) ^+ 2 < dot W0 (K n) ^+ 2 ->
    2%:R * gap M la * norm (x n) ^+ 2 < dot (unit^-1 *: W0) (x n) ^+ 2.
  rewrite x_K normZ exprMn real_normK ?num_real // dotZl dotZr gapE => big.
  have -> : 2%:R * (gz_C1 / (2%:R * T ^+ 2 * den ^+ 2 * D ^+ 2)) * (D^-1 ^+ 2 * norm (K n) ^+ 2)
      = gz_C1 * norm (K n) ^+ 2 * (unit * D)^-1 ^+ 2 by field; rewrite !gt_eqF.
  have -> : (unit^-1 * (D^-1 * dot W0 (K n))) ^+ 2 = dot W0 (K n) ^+ 2 * (unit * D)^-1 ^+ 2.
    by field; rewrite !gt_eqF.
  by rewrite ltr_pmul2r // exprn_gt0 // invr_gt0.
have sg (W0 : 'rV[R]_d) : Num.sg (dot (unit^-1 *: W0) (x n)) = Num.sg (dot W0 (K n)).
  by rewrite x_K dotZl dotZr !sg_eq_pos ?invr_gt0.
have [eU eV] := UVE; rewrite eU in su; rewrite eV in sv; rewrite !sg in su sv.
move=> rev; apply: (C1_reversed_refuted gamma_gt0 (ltW gamma_lt1) p_gt0 y_pm1 (n := n) gamma_lt1 C).
have s0 := sqrtm_gt0 R p_gt0.
have {}su : gz_C1 * norm (K n) ^+ 2 < dot UT0 (K n) ^+ 2 ->
    Num.sg (dot (u gamma x y p l) (x n)) = Num.sg (dot UT0 (K n)).
  by move/room/su <-; rewrite (vecU_u _ _ _ _ p_gt0) dotZl sg_eq_pos.
have {}sv : gz_C1 * norm (K n) ^+ 2 < dot VT0 (K n) ^+ 2 ->
    Num.sg (dot (v gamma x y p l) (x n)) = Num.sg (dot VT0 (K n)).
  by move/room/sv <-; rewrite (vecV_v _ _ _ _ p_gt0) dotZl sg_eq_pos.
have posE (r s : R) : Num.sg r = Num.sg s -> 0 < s -> 0 < r by move=> e h; rewrite -sgr_gt0 e sgr_gt0.
have negE (r s : R) : Num.sg r = Num.sg s -> s < 0 -> r < 0 by move=> e h; rewrite -sgr_lt0 e sgr_lt0.
move: rev; rewrite /OWN /OTH /own /other; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1.
- by case=> -[h]; [move/su | move/sv] => e; [left | right]; rewrite mul1r; [apply: negE h | apply: posE h].
- case=> -[h]; [move/sv | move/su] => e; [right | left]; rewrite mulN1r ?oppr_gt0 ?oppr_lt0.
    exact: negE h.
  exact: posE h.
Qed.

End Refutation.

(** A decision that is not linear: its signs at three points. *)
Theorem not_linear (R : rcfType) d (g : 'rV[R]_d -> R) z1 z2 :
  Num.sg (g z1) = 1 -> Num.sg (g z2) = 1 -> Num.sg (g (z1 + z2)) = -1 ->
  forall w0, ~ linear_boundary g w0.
Proof.
move=> h1 h2 h3 w0 L; have p1 : 0 < dot w0 z1 by rewrite -sgr_cp0 -L h1.
have p2 : 0 < dot w0 z2 by rewrite -sgr_cp0 -L h2.
have := h3; rewrite L dotDr gtr0_sg ?addr_gt0 // => /eqP.
by rewrite eq_sym neg1_neq1.
Qed.
