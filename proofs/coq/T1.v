(******************************************************************************)
(* T1.v : under hypothesis (H) every KKT point has all margins active,        *)
(* multipliers in (1/(2 Rmax^2), 3/(2 gamma^2 Rmin^2)), label-forced          *)
(* activation patterns, equal rows per sign of a_j, Q lambda = 1, and a       *)
(* linear decision boundary.  Multipliers, and the point itself, are unique.  *)
(*                                                                            *)
(* The inequalities use only three numbers, lo <= ||x_n||^2 <= hi and         *)
(* |<x_n,x_k>| <= q, so they are first shown for any such numbers             *)
(* (nearly_orthogonal; an interval enclosure of the Gram matrix gives some)   *)
(* and then read off for Rmin^2, Rmax^2 and pmax.                             *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Record nearly_orthogonal (R : rcfType) (gamma : R) d N (x : 'I_N -> 'rV[R]_d)
    (lo hi q : R) : Prop := {
  no_lo_gt0 : 0 < lo;
  no_q_ge0 : 0 <= q;
  no_lo : forall n, lo <= G x n n;
  no_hi : forall n, G x n n <= hi;
  no_off : forall n k, n != k -> `|G x n k| <= q;
  no_H : 3%:R * N%:R * hi * q <= gamma ^+ 3 * lo ^+ 2
}.

(** * The inequalities, for any bounds on the Gram matrix *)

Section Bounds.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R) (lo hi q : R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypotheses (y_pm1 : labels y) (no : nearly_orthogonal gamma x lo hi q).

(** E bounds the off-diagonal part of a row of the Gram matrix. *)
Local Notation E := (N.-1%:R * q).

Let lo0 : 0 < lo := no_lo_gt0 no.
Let q0 : 0 <= q := no_q_ge0 no.
Let g0 : 0 <= gamma := ltW gamma_gt0.

Lemma E_ge0 : 0 <= E.
Proof. by rewrite mulr_ge0 ?ler0n. Qed.

Lemma hi_ge_lo (n : 'I_N) : lo <= hi.
Proof. exact: le_trans (no_lo no n) (no_hi no n). Qed.

Lemma hi_gt0 (n : 'I_N) : 0 < hi.
Proof. exact: lt_le_trans lo0 (hi_ge_lo n). Qed.

(** (H) with N - 1 in place of N is strict. *)
Lemma E_hi (n : 'I_N) : 3%:R * hi * E < gamma ^+ 3 * lo ^+ 2.
Proof.
have N0 : (0 < N)%N by apply: leq_ltn_trans (ltn_ord n).
have eN : N%:R = N.-1%:R + 1 :> R by rewrite -{1}(prednK N0) -addn1 natrD.
have [qz|qp] := eqVneq q 0; first by rewrite qz !mulr0 mulr_gt0 ?exprn_gt0.
have hq : 0 < hi * q by rewrite mulr_gt0 ?(hi_gt0 n) // lt_neqAle eq_sym qp.
apply: (@lt_cert _ ((gamma ^+ 3 * lo ^+ 2 - 3%:R * N%:R * hi * q) + 3%:R * (hi * q))).
  by apply: ltr_spaddr; [rewrite mulr_gt0 ?ltr0n | rewrite subr_ge0 (no_H no)].
by rewrite eN; ring.
Qed.

Lemma E_lo (n : 'I_N) : 3%:R * E < gamma ^+ 3 * lo.
Proof.
rewrite -(ltr_pmul2r lo0) -[X in _ < X]mulrA -expr2; apply: le_lt_trans (E_hi n).
apply: (@le_cert _ (3%:R * E * (hi - lo))); last by ring.
by rewrite !mulr_ge0 ?ler0n ?subr_ge0 ?(hi_ge_lo n).
Qed.

Lemma E_lt_lo (n : 'I_N) : 3%:R * E < lo.
Proof.
apply: lt_le_trans (E_lo n) _; rewrite ler_pimull ?(ltW lo0) //.
by rewrite exprn_ile1.
Qed.

(** Off-diagonal mass against the largest multiplier M. *)
Lemma E_M_hi (n : 'I_N) M : 0 < M -> 2%:R * gamma ^+ 2 * lo * M < 3%:R ->
  2%:R * hi * (E * M) < gamma * lo.
Proof.
move=> M0 hM.
have h1 := E_hi n; have c0 : 0 < gamma * lo by rewrite mulr_gt0.
rewrite -(ltr_pmul2l (ltr0n R 3)).
apply: (@lt_cert _ (2%:R * M * (gamma ^+ 3 * lo ^+ 2 - 3%:R * hi * E)
  + gamma * lo * (3%:R - 2%:R * gamma ^+ 2 * lo * M))); last by ring.
by apply: addr_gt0; rewrite !mulr_gt0 ?ltr0n ?subr_gt0.
Qed.

(** Multipliers within T1's interval force the sign of every weighted sum
    sum_k l_k y_k r_k <x_k, x_n> with weights r_k in [gamma, 1].             *)
Lemma weighted_sum_forced (l r : 'I_N -> R) n :
  (forall k, gamma <= r k <= 1) -> (forall k, 1 < 2%:R * hi * l k) ->
  (forall k, 2%:R * gamma ^+ 2 * lo * l k < 3%:R) ->
  0 < y n * \sum_k l k * y k * r k * G x k n.
Proof.
move=> hr hl hu; have hi0 := hi_gt0 n.
have t0 : 0 < 2%:R * hi by rewrite mulr_gt0 ?ltr0n.
have l0 k : 0 < l k by rewrite -(pmulr_rgt0 _ t0); apply: lt_trans (hl k); apply: ltr01.
have r0 k : 0 <= r k by apply: le_trans g0 _; case/andP: (hr k).
have [m hM] := exists_max n l; set M := l m in hM.
have M0 : 0 < M by apply: l0.
have hE := E_M_hi n M0 (hu m).
have -> : y n * (\sum_i l i * y i * r i * G x i n) =
          \sum_i l i * (y n * y i * r i * G x n i).
  by rewrite mulr_sumr; apply: eq_bigr => i _; rewrite (GC x i n); ring.
set T := \sum_i _.
have /andP[h1 _] : - (E * M) <= T - l n * (y n * y n * r n * G x n n) <= E * M.
  rewrite -ler_norml.
  apply: (@off_diagonal R N l (fun i => y n * y i * r i * G x n i)) => // [|i|i ni].
  - exact: ltW.
  - by rewrite gtr0_norm.
  - have /andP[s1 s2] := hr i.
    rewrite !normrM !(y_norm y_pm1) !mul1r (ger0_norm (r0 i)).
    by rewrite -[q]mul1r ler_pmul // (no_off no) // eq_sym.
have /andP[s1 s2] := hr n.
have hs : gamma * lo <= r n * G x n n by rewrite ler_pmul ?(no_lo no) // ltW.
have c0 : 0 < gamma * lo by rewrite mulr_gt0.
rewrite -(pmulr_rgt0 _ t0).
apply: (@lt_cert _ (2%:R * hi * (T - l n * (y n * y n * r n * G x n n) + E * M)
  + 2%:R * hi * (l n * (r n * G x n n - gamma * lo))
  + gamma * lo * (2%:R * hi * l n - 1) + (gamma * lo - 2%:R * hi * (E * M)))).
  apply: ltr_spaddr; rewrite ?subr_gt0 //.
  have hln := hl n; have l0n := l0 n.
  apply: addr_ge0; last by rewrite mulr_ge0 ?subr_ge0 // ltW.
  apply: addr_ge0; last by rewrite mulr_ge0 ?(ltW t0) // mulr_ge0 ?subr_ge0 // ltW.
  by rewrite mulr_ge0 ?(ltW t0) // -ler_subl_addr sub0r.
by rewrite (y_sqr y_pm1); ring.
Qed.

(** ** Multipliers

    Numbers lam >= 0 whose margins sum_k lam_k y_n y_k G_nk S_nk are at least 1,
    and 1 where lam_n > 0, for any weights S in [gamma^2, 1].                 *)
Section Weights.
Variables (S : 'I_N -> 'I_N -> R) (mar lam : 'I_N -> R).
Hypothesis S_in : forall n k, gamma ^+ 2 <= S n k <= 1.
Hypothesis lam0 : forall n, 0 <= lam n.
Hypothesis margin : forall n, mar n = \sum_k lam k * (y n * y k * G x n k * S n k).
Hypotheses (feas : forall n, 1 <= mar n) (active : forall n, 0 < lam n -> mar n = 1).

Lemma weights_off_diagonal n M : 0 <= M -> (forall k, lam k <= M) ->
  `|mar n - lam n * (G x n n * S n n)| <= E * M.
Proof.
move=> M0 hM; rewrite margin.
have -> : G x n n * S n n = y n * y n * G x n n * S n n by rewrite (y_sqr y_pm1) mul1r.
apply: (@off_diagonal R N lam (fun k => y n * y k * G x n k * S n k)) => // k.
  by rewrite ger0_norm.
move=> kn; have /andP[S1 S2] := S_in n k.
have S0 : 0 <= S n k by apply: le_trans S1; rewrite sqr_ge0.
rewrite normrM (ger0_norm S0) !normrM !(y_norm y_pm1) !mul1r.
by rewrite -[q]mulr1 ler_pmul // (no_off no) // eq_sym.
Qed.

Lemma weights_max (n0 : 'I_N) : exists n, 0 < lam n /\ forall k, lam k <= lam n.
Proof.
have [n hn] := exists_max n0 lam; exists n; split=> //.
rewrite lt_neqAle lam0 andbT eq_sym; apply/eqP => l0.
have := feas n0; rewrite margin big1 ?ler10 // => k _.
have -> : lam k = 0 by apply/eqP; rewrite eq_le lam0 andbT -l0 hn.
by rewrite mul0r.
Qed.

Lemma weights_upper n : 2%:R * gamma ^+ 2 * lo * lam n < 3%:R.
Proof.
have [k [M0 hM]] := weights_max n; set M := lam k in M0 hM.
suff: 2%:R * gamma ^+ 2 * lo * M < 3%:R.
  by apply: le_lt_trans; rewrite ler_pmul2l // !mulr_gt0 ?ltr0n ?exprn_gt0.
have := weights_off_diagonal k (ltW M0) hM; rewrite active // ler_norml => /andP[h1 _].
have /andP[S1 _] := S_in k k.
have gs : gamma ^+ 2 * lo <= G x k k * S k k.
  by rewrite mulrC ler_pmul ?sqr_ge0 ?(ltW lo0) ?(no_lo no).
have e3 : 3%:R * E < gamma ^+ 2 * lo.
  apply: lt_le_trans (E_lo k) _; rewrite ler_wpmul2r ?(ltW lo0) //.
  by rewrite exprS ler_pimull ?sqr_ge0.
apply: (@lt_cert _ (3%:R * (1 - M * (G x k k * S k k) + E * M)
  + 3%:R * M * (G x k k * S k k - gamma ^+ 2 * lo) + M * (gamma ^+ 2 * lo - 3%:R * E))); last by ring.
apply: ltr_spaddr; first by rewrite mulr_gt0 ?subr_gt0.
apply: addr_ge0; first by rewrite mulr_ge0 ?ler0n // -ler_subl_addr sub0r.
by rewrite mulr_ge0 ?subr_ge0 // mulr_ge0 ?ler0n // ltW.
Qed.

Lemma weights_lower n : 1 < 2%:R * hi * lam n.
Proof.
have [k [M0 hM]] := weights_max n; set M := lam k in M0 hM.
have hE := E_M_hi n M0 (weights_upper k).
have := weights_off_diagonal n (ltW M0) hM; rewrite ler_norml => /andP[_ h2].
have /andP[S1 S2] := S_in n n.
have S0 : 0 <= S n n by apply: le_trans S1; rewrite sqr_ge0.
have GS : G x n n * S n n <= hi.
  by rewrite -[hi]mulr1 ler_pmul ?(no_hi no) // (le_trans _ (no_lo no n)) // ltW.
have hi0 := hi_gt0 n.
have glo : gamma * lo <= hi.
  by apply: le_trans (hi_ge_lo n); rewrite ler_pimull // ltW.
rewrite -(ltr_pmul2l hi0).
apply: (@lt_cert _ (2%:R * hi * (E * M - (mar n - lam n * (G x n n * S n n)))
  + 2%:R * hi * (mar n - 1) + 2%:R * hi * (lam n * (hi - G x n n * S n n))
  + (hi - gamma * lo) + (gamma * lo - 2%:R * hi * (E * M)))); last by ring.
have t0 : 0 <= 2%:R * hi by rewrite mulr_ge0 ?ler0n // ltW.
apply: ltr_spaddr; rewrite ?subr_gt0 //.
apply: addr_ge0; rewrite ?subr_ge0 //.
by do 2?apply: addr_ge0; rewrite mulr_ge0 ?subr_ge0 ?feas // mulr_ge0 ?subr_ge0.
Qed.

Lemma weights_gt0 n : 0 < lam n.
Proof.
have h2 : 0 < 2%:R * hi by rewrite mulr_gt0 ?ltr0n // (hi_gt0 n).
by rewrite -(pmulr_rgt0 _ h2); apply: lt_trans (weights_lower n); apply: ltr01.
Qed.

End Weights.

(** ** Multipliers of a KKT point *)
Section Multipliers.
Variables (W : 'M[R]_(p + p, d)) (lam : 'I_N -> R) (s : 'I_(p + p) -> 'I_N -> R).
Hypothesis K : kkt_with gamma x y W lam s.

Lemma slack_active n : 0 < lam n -> y n * f gamma W (x n) = 1.
Proof.
move=> l0; have /eqP := kkt_slack K n; rewrite mulf_eq0 gt_eqF //=.
by rewrite subr_eq0 => /eqP.
Qed.

Let S_in n k := S_bounds gamma_gt0 p_gt0 n k (kkt_slopes K).
Let margin n := kkt_margin gamma_le1 n K.

Lemma multiplier_upper n : 2%:R * gamma ^+ 2 * lo * lam n < 3%:R.
Proof. exact: (weights_upper S_in (kkt_dual K) margin (kkt_feasible K) slack_active n). Qed.

Lemma multiplier_lower n : 1 < 2%:R * hi * lam n.
Proof. exact: (weights_lower S_in (kkt_dual K) margin (kkt_feasible K) slack_active n). Qed.

Lemma multiplier_gt0 n : 0 < lam n.
Proof. exact: (weights_gt0 S_in (kkt_dual K) margin (kkt_feasible K) slack_active n). Qed.

(** Every neuron's activation pattern is forced by the labels. *)
Lemma pattern_forced j n : 0 < y n * (a j * dot (row j W) (x n)).
Proof.
have m0 : 0 < (p + p)%:R^-1 :> R by rewrite invr_gt0 m_gt0.
rewrite (preactivation j n K) mulrCA pmulr_rgt0 //.
apply: weighted_sum_forced => k; first exact: slope_bounds (kkt_slopes K).
  exact: multiplier_lower.
exact: multiplier_upper.
Qed.

Lemma all_margins_active n : y n * f gamma W (x n) = 1.
Proof. exact: slack_active (multiplier_gt0 n). Qed.

End Multipliers.

(** Q is strictly diagonally dominant, hence Q lambda = 1 has at most one
    solution.                                                                *)
Lemma Q_off n k : k != n -> `|Q gamma x y n k| <= (1 + gamma ^+ 2) / 2%:R * q.
Proof.
move=> kn; rewrite (Q_abs x gamma_gt0 y_pm1) ler_pmul //.
- by have /andP[/ltW] := h_bounds y gamma_gt0 n k.
- by have /andP[] := h_bounds y gamma_gt0 n k.
- by rewrite (no_off no) // eq_sym.
Qed.

Lemma Q_injective (l l' : 'I_N -> R) :
  (forall n, Qmul gamma x y l n = Qmul gamma x y l' n) -> l =1 l'.
Proof.
move=> hQ n0; pose D k := l k - l' k.
have [n hn] := exists_max n0 (fun k => `|D k|); set M := `|D n| in hn.
suff M0 : M = 0.
  by apply/eqP; rewrite -subr_eq0 -normr_le0 -M0 hn.
apply/eqP; rewrite eq_le normr_ge0 andbT.
set hh := (1 + gamma ^+ 2) / 2%:R; have hh0 : 0 < hh.
  by rewrite divr_gt0 ?ltr0n // ltr_spaddl ?ltr01 ?sqr_ge0.
have := @off_diagonal R N D (Q gamma x y n) n M (hh * q) (normr_ge0 _)
  (mulr_ge0 (ltW hh0) q0) hn (fun k kn => Q_off kn).
have -> : \sum_k D k * Q gamma x y n k = 0.
  apply/eqP; rewrite (eq_bigr (fun k => Q gamma x y n k * l k - Q gamma x y n k * l' k)).
    by rewrite sumrB subr_eq0; apply/eqP; apply: hQ.
  by move=> k _; rewrite /D; ring.
rewrite sub0r normrN normrM (Q_diag gamma x y_pm1) normrM (gtr0_norm hh0) -/M => hM.
have Gn := no_lo no n; rewrite (ger0_norm (le_trans (ltW lo0) Gn)) in hM.
have h3 := E_lt_lo n.
have lE : 0 < lo - E.
  by rewrite subr_gt0; apply: le_lt_trans h3; rewrite ler_pemull ?E_ge0 // ler1n.
rewrite -(pmulr_rle0 _ lE) -(pmulr_rle0 _ hh0).
apply: (@le_cert _ ((N.-1%:R * (hh * q) * M - M * (hh * G x n n)) + hh * M * (G x n n - lo))); last by ring.
apply: addr_ge0; rewrite ?subr_ge0 //.
by apply: mulr_ge0; rewrite ?subr_ge0 // (mulr_ge0 (ltW hh0) (normr_ge0 _)).
Qed.

End Bounds.

(** * T1 *)

Section T1.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1).
Hypotheses (y_pm1 : labels y) (H : hypH gamma x).

Lemma hypH_nearly_orthogonal (n0 : 'I_N) : (forall n, x n != 0) ->
  nearly_orthogonal gamma x (Rmin x ^+ 2) (Rmax x ^+ 2) (pmax x).
Proof.
move=> x0; split.
- by rewrite exprn_gt0 // Rmin_gt0.
- exact: pmax_ge0.
- exact: G_ge_Rmin.
- exact: G_le_Rmax.
- exact: pmax_ge.
- by rewrite -exprM.
Qed.

Section KktPoint.
Variable p : nat.
Hypothesis p_gt0 : (0 < p)%N.
Variables (W : 'M[R]_(p + p, d)) (lam : 'I_N -> R).
Hypothesis K : kkt gamma x y W lam.

(** A KKT point is feasible, so no sample is 0 and Rmin > 0 is no extra
    hypothesis.                                                              *)
Lemma kkt_nearly_orthogonal (n0 : 'I_N) :
  nearly_orthogonal gamma x (Rmin x ^+ 2) (Rmax x ^+ 2) (pmax x).
Proof.
apply: hypH_nearly_orthogonal => // n; case: K => s Ks.
exact: (feasible_sample_neq0 gamma_le1 (kkt_feasible Ks n)).
Qed.

Theorem T1_margins_active n : y n * f gamma W (x n) = 1.
Proof.
case: K => s Ks; exact: (all_margins_active _ _ _ _ (kkt_nearly_orthogonal n) Ks).
Qed.

Theorem T1_multiplier_bounds n :
  1 / (2%:R * Rmax x ^+ 2) < lam n < 3%:R / (2%:R * gamma ^+ 2 * Rmin x ^+ 2).
Proof.
have no := kkt_nearly_orthogonal n; case: K => s Ks.
have lo0 := no_lo_gt0 no; have hi0 := hi_gt0 no n.
have h2 : 0 < 2%:R * Rmax x ^+ 2 by rewrite mulr_gt0 ?ltr0n.
have h3 : 0 < 2%:R * gamma ^+ 2 * Rmin x ^+ 2.
  by rewrite mulr_gt0 // mulr_gt0 ?ltr0n ?exprn_gt0.
rewrite ltr_pdivr_mulr // [lam n * _]mulrC ltr_pdivl_mulr // [lam n * _]mulrC.
apply/andP; split; first exact: (multiplier_lower _ _ _ _ no Ks).
exact: (multiplier_upper _ _ _ _ no Ks).
Qed.

Corollary T1_multipliers_positive n : 0 < lam n.
Proof.
have no := kkt_nearly_orthogonal n; case: K => s Ks.
exact: (multiplier_gt0 _ _ _ _ no Ks).
Qed.

Lemma T1_forced : forced x y W.
Proof.
move=> j n; have no := kkt_nearly_orthogonal n; case: K => s Ks.
exact: (pattern_forced _ _ _ _ no Ks).
Qed.

(** Neuron j sees sample n with the sign y_n sgn a_j: active or not, never at
    the kink.                                                                *)
Theorem T1_patterns j n :
  Num.sg (dot (row j W) (x n)) = y n * Num.sg (a j : R).
Proof.
have := T1_forced j n; rewrite -sgr_cp0 !sgrM => /eqP h1.
have sa : Num.sg (a j : R) * Num.sg (a j) = 1.
  by rewrite -sgrM a_sqr gtr0_sg // invr_gt0 m_gt0.
have sy : Num.sg (y n) = y n.
  by case: (y_pm1 n) => ->; rewrite ?sgrN sgr1.
have yy := y_sqr y_pm1 n; rewrite sy in h1; move: (Num.sg _) (Num.sg _) h1 sa => A D h1 sa.
by rewrite -[RHS]mulr1 -h1 -[LHS]mul1r -yy -[LHS]mul1r -sa; ring.
Qed.

(** The limit in closed form. *)
Theorem T1_closed_form : W = Wstar gamma x y p lam.
Proof.
by case: K => s Ks; apply: (forced_Wstar p_gt0 y_pm1 Ks T1_forced).
Qed.

Theorem T1_equal_rows i j : a i = a j :> R -> row i W = row j W.
Proof.
move=> aij; rewrite T1_closed_form !row_two_rows.
by rewrite -!(a_gt0 R p_gt0) aij.
Qed.

Theorem T1_rank : (\rank W <= 2)%N.
Proof.
rewrite T1_closed_form /Wstar; move: (u _ _ _ _ _) (v _ _ _ _ _) => u0 v0.
pose A : 'M[R]_(p + p, 2) := \matrix_(j, b) ((j < p)%N == (b == 0))%:R.
pose B : 'M[R]_(2, d) := \matrix_b (if b == 0 then u0 else v0).
have -> : two_rows p u0 v0 = A *m B.
  apply/matrixP => j i; rewrite !mxE big_ord_recl big_ord1 !mxE /=.
  by case: (j < p)%N; rewrite ?mul1r ?mul0r ?addr0 ?add0r.
exact: leq_trans (mxrankM_maxr _ _) (rank_leq_row _).
Qed.

Lemma T1_aligned : aligned gamma x y p lam.
Proof. by apply/Wstar_forced => //; rewrite -T1_closed_form; apply: T1_forced. Qed.

(** Q lambda = 1. *)
Theorem T1_Q_lambda : Q_solution gamma x y lam.
Proof.
move=> n; rewrite -(T1_margins_active n) T1_closed_form.
by rewrite (Q1_margin gamma_le1 y_pm1 p_gt0 n T1_aligned).
Qed.

(** sgn f(z) = sgn f_bdy(z) for every z: the decision boundary is linear. *)
Theorem T1_linear_boundary z :
  Num.sg (f gamma W z) = Num.sg (f_bdy x y lam z).
Proof. by rewrite T1_closed_form Q1_linear_boundary. Qed.

(** All of T1 at once. *)
Theorem T1 :
  [/\ forall n, y n * f gamma W (x n) = 1,
      forall n, 1 / (2%:R * Rmax x ^+ 2) < lam n < 3%:R / (2%:R * gamma ^+ 2 * Rmin x ^+ 2),
      (forall j n, Num.sg (dot (row j W) (x n)) = y n * Num.sg (a j)) /\
      (forall i j, a i = a j :> R -> row i W = row j W),
      Q_solution gamma x y lam /\ W = Wstar gamma x y p lam &
      forall z, Num.sg (f gamma W z) = Num.sg (f_bdy x y lam z)].
Proof.
split; [exact: T1_margins_active | exact: T1_multiplier_bounds | split | split | exact: T1_linear_boundary].
- exact: T1_patterns.
- exact: T1_equal_rows.
- exact: T1_Q_lambda.
- exact: T1_closed_form.
Qed.

End KktPoint.

(** ** Uniqueness: the limit depends on the data and on gamma alone *)

(** D2: the multipliers are the same for every KKT point, of every width. *)
Theorem D2_same_multipliers p p' (W : 'M[R]_(p + p, d)) (W' : 'M[R]_(p' + p', d)) lam lam' :
  (0 < p)%N -> (0 < p')%N -> kkt gamma x y W lam -> kkt gamma x y W' lam' ->
  lam =1 lam'.
Proof.
move=> p0 p0' K K' n.
apply: (Q_injective gamma_gt0 gamma_le1 y_pm1 (kkt_nearly_orthogonal K n)).
by move=> k; rewrite (T1_Q_lambda p0 K) (T1_Q_lambda p0' K').
Qed.

Theorem T1_unique_multipliers p (W : 'M[R]_(p + p, d)) lam lam' : (0 < p)%N ->
  kkt gamma x y W lam -> kkt gamma x y W lam' -> lam =1 lam'.
Proof. by move=> p0; apply: D2_same_multipliers. Qed.

Theorem T1_unique_point p (W W' : 'M[R]_(p + p, d)) : (0 < p)%N ->
  (exists lam, kkt gamma x y W lam) -> (exists lam, kkt gamma x y W' lam) -> W = W'.
Proof.
move=> p0 [lam K] [lam' K'].
rewrite (T1_closed_form p0 K) (T1_closed_form p0 K').
have e := D2_same_multipliers p0 p0 K K'.
by congr (two_rows _ (_ *: _) (_ *: _)); apply: eq_bigr => n _; rewrite e.
Qed.

(** D2, transfer: networks of any two widths have the same w, hence decide
    alike everywhere, perturbed or not.                                      *)
Theorem D2_same_w p p' (W : 'M[R]_(p + p, d)) (W' : 'M[R]_(p' + p', d)) lam lam' :
  (0 < p)%N -> (0 < p')%N -> kkt gamma x y W lam -> kkt gamma x y W' lam' ->
  w x y lam = w x y lam'.
Proof.
move=> p0 p0' K K'; apply: eq_bigr => n _.
by rewrite (D2_same_multipliers p0 p0' K K').
Qed.

Theorem D2_same_decisions p p' (W : 'M[R]_(p + p, d)) (W' : 'M[R]_(p' + p', d)) lam lam' :
  (0 < p)%N -> (0 < p')%N -> kkt gamma x y W lam -> kkt gamma x y W' lam' ->
  forall z, Num.sg (f gamma W z) = Num.sg (f gamma W' z).
Proof.
move=> p0 p0' K K' z; rewrite (T1_linear_boundary p0 K) (T1_linear_boundary p0' K').
by rewrite /f_bdy (D2_same_w p0 p0' K K').
Qed.

End T1.
