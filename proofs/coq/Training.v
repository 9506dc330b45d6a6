(******************************************************************************)
(* Training.v : D1 at the training samples.  For data with                    *)
(* lo <= ||x_n||^2 <= hi and |<x_n,x_k>| <= q, and multipliers in [l1, l2],   *)
(* put E = (N-1) q and                                                        *)
(*     L = l1 lo - E l2,   U = l2 (hi + E).                                   *)
(* Then L <= y_n <w, x_n> <= U, and the flipping size                         *)
(* eps* = |<w,x_n>| / ||w|| satisfies                                         *)
(*     L^2 / (N l2 U) <= eps*^2 <= U^2 / (N l1 L):                            *)
(* of the order of ||x_n||^2 / N, small against ||x_n||^2.                    *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section TrainingSamples.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R) (lam : 'I_N -> R).
Hypothesis y_pm1 : labels y.

(** eps* of D1, for L2, at sample n. *)
Definition eps_star n : R := `|dot (w x y lam) (x n)| / norm (w x y lam).

(** ||w||^2 = sum_n lambda_n y_n <w, x_n>. *)
Lemma w_norm_sqr : norm (w x y lam) ^+ 2 =
  \sum_n lam n * (y n * dot (w x y lam) (x n)).
Proof.
rewrite norm_sqr {2}/w dot_sumr; apply: eq_bigr => n _.
by rewrite dotZr mulrA.
Qed.

Lemma w_value n : y n * dot (w x y lam) (x n) = \sum_k lam k * (y n * y k * G x n k).
Proof.
rewrite dot_suml mulr_sumr; apply: eq_bigr => k _.
by rewrite dotZl (GC x n k) /G; ring.
Qed.

Section Interval.
Variables (lo hi q l1 l2 : R).
Local Notation E := (N.-1%:R * q).
Definition Llow : R := l1 * lo - E * l2.
Definition Uupp : R := l2 * (hi + E).

Hypotheses (lo_gt0 : 0 < lo) (q_ge0 : 0 <= q).
Hypotheses (hlo : forall n, lo <= G x n n) (hhi : forall n, G x n n <= hi).
Hypothesis hoff : forall n k, n != k -> `|G x n k| <= q.
Hypotheses (l1_gt0 : 0 < l1) (hlam : forall n, l1 <= lam n <= l2).
Hypothesis L_gt0 : 0 < Llow.

Lemma lam_gt0 n : 0 < lam n.
Proof. by case/andP: (hlam n) => h _; apply: lt_le_trans h. Qed.

Lemma w_value_bounds n : Llow <= y n * dot (w x y lam) (x n) <= Uupp.
Proof.
have /andP[h1 h2] := hlam n; have l2_ge0 : 0 <= l2.
  by apply: le_trans h2; rewrite ltW // lam_gt0.
rewrite w_value; set T := \sum_k _.
have /andP[o1 o2] : - (E * l2) <= T - lam n * G x n n <= E * l2.
  rewrite -ler_norml (_ : G x n n = y n * y n * G x n n); last by rewrite (y_sqr y_pm1) mul1r.
  apply: (@off_diagonal R N lam (fun k => y n * y k * G x n k)) => // k.
    by rewrite gtr0_norm ?lam_gt0 //; case/andP: (hlam k).
  by move=> kn; rewrite !normrM !(y_norm y_pm1) !mul1r hoff // eq_sym.
have g0 : 0 <= G x n n by apply: le_trans (hlo n); apply: ltW.
apply/andP; split.
- apply: (@le_cert _ ((T - lam n * G x n n + E * l2) + (lam n - l1) * G x n n + l1 * (G x n n - lo))).
    apply: addr_ge0; last by rewrite mulr_ge0 ?subr_ge0 // ltW.
    apply: addr_ge0; last by rewrite mulr_ge0 ?subr_ge0.
    by rewrite -ler_subl_addr sub0r.
  by rewrite /Llow; ring.
- apply: (@le_cert _ ((E * l2 - (T - lam n * G x n n)) + lam n * (hi - G x n n) + (l2 - lam n) * hi)).
    apply: addr_ge0; last by rewrite mulr_ge0 ?subr_ge0 // (le_trans g0).
    by rewrite addr_ge0 ?subr_ge0 // mulr_ge0 ?subr_ge0 // ltW // lam_gt0.
  by rewrite /Uupp; ring.
Qed.

Lemma w_norm_bounds : N%:R * (l1 * Llow) <= norm (w x y lam) ^+ 2 <= N%:R * (l2 * Uupp).
Proof.
rewrite w_norm_sqr -[N in N%:R * _]card_ord -[N in X in _ <= _ <= X]card_ord.
apply/andP; split.
- apply: sum_ge_const => n _; have /andP[v1 _] := w_value_bounds n.
  by have /andP[h1 _] := hlam n; rewrite ler_pmul // ltW.
- apply: sum_le_const => n _; have /andP[v1 v2] := w_value_bounds n.
  have /andP[h1 h2] := hlam n.
  by rewrite ler_pmul // ?(le_trans _ v1) ?(ltW L_gt0) // ltW // lam_gt0.
Qed.

(** D1 at a training sample. *)
Theorem D1_training_sample n :
  Llow ^+ 2 / (N%:R * (l2 * Uupp)) <= eps_star n ^+ 2 <= Uupp ^+ 2 / (N%:R * (l1 * Llow)).
Proof.
have N0 : 0 < N%:R :> R by rewrite ltr0n; apply: leq_ltn_trans (ltn_ord n).
have /andP[v1 v2] := w_value_bounds n; have /andP[n1 n2] := w_norm_bounds.
have den : 0 < N%:R * (l1 * Llow) by rewrite mulr_gt0 // mulr_gt0.
have w0 : 0 < norm (w x y lam) ^+ 2 by apply: lt_le_trans n1.
have den' : 0 < N%:R * (l2 * Uupp) by apply: lt_le_trans n2.
have v0 : 0 <= y n * dot (w x y lam) (x n) by apply: le_trans v1; apply: ltW.
have eabs : `|dot (w x y lam) (x n)| = y n * dot (w x y lam) (x n).
  by rewrite -[LHS]mul1r -(y_norm y_pm1 n) -normrM ger0_norm.
rewrite /eps_star eabs exprMn exprVn.
have s1 : Llow ^+ 2 <= (y n * dot (w x y lam) (x n)) ^+ 2.
  by rewrite ler_pexpn2r ?nnegrE // ltW.
have s2 : (y n * dot (w x y lam) (x n)) ^+ 2 <= Uupp ^+ 2.
  by rewrite ler_pexpn2r ?nnegrE // (le_trans v0).
by apply/andP; split; rewrite ler_pmul ?sqr_ge0 ?invr_ge0 ?(ltW den) ?(ltW den') ?(ltW w0) ?lef_pinv ?posrE.
Qed.

End Interval.

(** Orthogonal samples: eps*^2 = 1 / sum_k 1/||x_k||^2, which is R^2/N when
    all norms are R.                                                         *)
Theorem D1_training_orthogonal n : Q_solution gamma x y lam ->
  (forall i, x i != 0) -> (forall i k, i != k -> G x i k = 0) ->
  eps_star n ^+ 2 = 1 / \sum_k (G x k k)^-1.
Proof.
move=> Ql x0 orth; set hd := (1 + gamma ^+ 2) / 2%:R.
have hd0 : 0 < hd by rewrite divr_gt0 ?ltr0n // ltr_spaddl ?ltr01 ?sqr_ge0.
have G0 i : 0 < G x i i by rewrite dot_gt0.
have lamE i : lam i = hd^-1 * (G x i i)^-1.
  have := Ql i; rewrite /Qmul (bigD1 i) //= big1 ?addr0 => [|k ki]; last first.
    by rewrite /Q orth ?mulr0 ?mul0r // eq_sym.
  have hG : hd * G x i i != 0 by rewrite mulf_neq0 // gt_eqF.
  rewrite (Q_diag gamma x y_pm1) -/hd => e; apply: (mulfI hG).
  by rewrite e -invfM mulfV.
have val i : y i * dot (w x y lam) (x i) = hd^-1.
  rewrite w_value (bigD1 i) //= big1 ?addr0 => [|k ki]; last first.
    by rewrite orth ?mulr0 // eq_sym.
  by rewrite (y_sqr y_pm1) mul1r lamE mulfVK // gt_eqF.
have nw : norm (w x y lam) ^+ 2 = hd^-1 ^+ 2 * \sum_k (G x k k)^-1.
  rewrite w_norm_sqr mulr_sumr; apply: eq_bigr => i _; rewrite val lamE.
  by rewrite expr2 mulrAC.
have eabs : `|dot (w x y lam) (x n)| = hd^-1.
  by rewrite -[LHS]mul1r -(y_norm y_pm1 n) -normrM val gtr0_norm ?invr_gt0.
have A0 : hd^-1 ^+ 2 != 0 by rewrite expf_neq0 // invr_neq0 // gt_eqF.
rewrite /eps_star eabs exprMn [(norm _)^-1 ^+ 2]exprVn nw; move: (hd^-1 ^+ 2) A0 => A A0.
by rewrite invfM mulrA mulfV.
Qed.

End TrainingSamples.

(** * Under (H): the bounds of T1 or of T2 will do *)

Section UnderH.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypotheses (y_pm1 : labels y) (H : hypH gamma x).
Variables (W : 'M[R]_(p + p, d)) (lam : 'I_N -> R).
Hypothesis K : kkt gamma x y W lam.

Local Notation lo := (Rmin x ^+ 2).
Local Notation hi := (Rmax x ^+ 2).

Lemma Llow_gt0 (n : 'I_N) l1 l2 : T1lo hi <= l1 -> 0 < l2 -> l2 <= T1hi gamma lo ->
  0 < Llow N lo (pmax x) l1 l2.
Proof.
move=> h1 l20 h2; have no := kkt_nearly_orthogonal gamma_le1 H K n.
have lo0 := no_lo_gt0 no; have hi0 := hi_gt0 no n; have hE := E_hi gamma_gt0 no n.
have k1 : 1 <= 2%:R * hi * l1.
  have den : 0 < 2%:R * hi by rewrite mulr_gt0 ?ltr0n.
  by rewrite [_ * l1]mulrC -ler_pdivr_mulr.
have k2 : 2%:R * gamma ^+ 2 * lo * l2 <= 3%:R.
  have den : 0 < 2%:R * gamma ^+ 2 * lo by rewrite mulr_gt0 // mulr_gt0 ?ltr0n ?exprn_gt0.
  by rewrite [_ * l2]mulrC -ler_pdivl_mulr.
have six : 0 < 6%:R * hi by rewrite mulr_gt0 ?ltr0n.
rewrite -(pmulr_rgt0 _ six) /Llow; move: (N.-1%:R * pmax x) hE => E hE.
apply: (@lt_cert _ (3%:R * lo * (2%:R * hi * l1 - 1) + gamma * lo * (3%:R - 2%:R * gamma ^+ 2 * lo * l2)
  + 3%:R * lo * (1 - gamma) + 2%:R * l2 * (gamma ^+ 3 * lo ^+ 2 - 3%:R * hi * E))); last by ring.
apply: ltr_spaddr; first by rewrite mulr_gt0 ?subr_gt0 // mulr_gt0 ?ltr0n.
have lo3 : 0 <= 3%:R * lo by rewrite mulr_ge0 ?ler0n ?ltW.
have glo : 0 <= gamma * lo by rewrite mulr_ge0 ?ltW.
by apply: addr_ge0; [apply: addr_ge0|]; rewrite mulr_ge0 ?subr_ge0.
Qed.

Theorem D1_training_interval l1 l2 n :
  T1lo hi <= l1 -> l2 <= T1hi gamma lo -> (forall k, l1 <= lam k <= l2) ->
  Llow N lo (pmax x) l1 l2 ^+ 2 / (N%:R * (l2 * Uupp N hi (pmax x) l2))
    <= eps_star x y lam n ^+ 2
    <= Uupp N hi (pmax x) l2 ^+ 2 / (N%:R * (l1 * Llow N lo (pmax x) l1 l2)).
Proof.
move=> h1 h2 hlam; have no := kkt_nearly_orthogonal gamma_le1 H K n.
have l10 : 0 < l1.
  by apply: lt_le_trans h1; rewrite divr_gt0 ?ltr01 // mulr_gt0 ?ltr0n // (hi_gt0 no n).
have l20 : 0 < l2 by have /andP[a1 a2] := hlam n; apply: lt_le_trans l10 (le_trans a1 a2).
apply: D1_training_sample => //.
- exact: no_lo_gt0 no.
- exact: no_q_ge0 no.
- exact: no_lo no.
- exact: no_hi no.
- exact: no_off no.
- exact: Llow_gt0.
Qed.

Theorem D1_training_T1 n :
  Llow N lo (pmax x) (T1lo hi) (T1hi gamma lo) ^+ 2
      / (N%:R * (T1hi gamma lo * Uupp N hi (pmax x) (T1hi gamma lo)))
    <= eps_star x y lam n ^+ 2
    <= Uupp N hi (pmax x) (T1hi gamma lo) ^+ 2
      / (N%:R * (T1lo hi * Llow N lo (pmax x) (T1lo hi) (T1hi gamma lo))).
Proof.
apply: D1_training_interval => // k.
by have /andP[a1 a2] := T1_multiplier_bounds gamma_gt0 gamma_le1 y_pm1 H p_gt0 K k; rewrite !ltW.
Qed.

Theorem D1_training_T2 n : let k := kappa gamma lo hi in
  Llow N lo (pmax x) (T2lo gamma k hi) (T2hi gamma k lo) ^+ 2
      / (N%:R * (T2hi gamma k lo * Uupp N hi (pmax x) (T2hi gamma k lo)))
    <= eps_star x y lam n ^+ 2
    <= Uupp N hi (pmax x) (T2hi gamma k lo) ^+ 2
      / (N%:R * (T2lo gamma k hi * Llow N lo (pmax x) (T2lo gamma k hi) (T2hi gamma k lo))).
Proof.
have no := kkt_nearly_orthogonal gamma_le1 H K n.
have [i1 i2] := T2_inside_T1 gamma_gt0 gamma_le1 (no_lo_gt0 no) (hi_ge_lo no n).
apply: D1_training_interval => // k.
by have /andP[a1 a2] := T2_multiplier_bounds gamma_gt0 gamma_le1 y_pm1 H p_gt0 K k; rewrite !ltW.
Qed.

End UnderH.
