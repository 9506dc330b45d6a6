(******************************************************************************)
(* T2.v : sharper bounds of the multipliers, from Q lambda = 1 alone.         *)
(*                                                                            *)
(*   hdiag gamma       = (1 + gamma^2)/2, the diagonal of h                   *)
(*   kappa gamma lo hi = gamma^3 lo / (3 hi),   lo = Rmin^2, hi = Rmax^2      *)
(*   T2lo, T2hi        = (1-2k)/((1-k) h hi),  1/((1-k) h lo)                 *)
(*                                                                            *)
(* T2_aposteriori takes any kappa < 1/2 that bounds the off-diagonal rows of  *)
(* Q; T2 itself is strict, because (H) bounds N - 1 terms by N.               *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Interval.
Variables (R : rcfType) (gamma : R).

Definition hdiag : R := (1 + gamma ^+ 2) / 2%:R.
Definition kappa (lo hi : R) : R := gamma ^+ 3 * lo / (3%:R * hi).
Definition T2lo (k hi : R) : R := (1 - 2%:R * k) / ((1 - k) * hdiag * hi).
Definition T2hi (k lo : R) : R := 1 / ((1 - k) * hdiag * lo).
Definition T1lo (hi : R) : R := 1 / (2%:R * hi).
Definition T1hi (lo : R) : R := 3%:R / (2%:R * gamma ^+ 2 * lo).

Lemma hdiag_gt0 : 0 < hdiag.
Proof. by rewrite divr_gt0 ?ltr0n // ltr_spaddl ?ltr01 ?sqr_ge0. Qed.

(** a/b <= c/e by cross multiplication. *)
Lemma le_frac (a1 b1 a2 b2 : R) : 0 < b1 -> 0 < b2 ->
  a1 * b2 <= a2 * b1 -> a1 / b1 <= a2 / b2.
Proof. by move=> h1 h2 h; rewrite ler_pdivr_mulr // mulrAC ler_pdivl_mulr. Qed.

Lemma lt_frac (a1 b1 a2 b2 : R) : 0 < b1 -> 0 < b2 ->
  a1 * b2 < a2 * b1 -> a1 / b1 < a2 / b2.
Proof. by move=> h1 h2 h; rewrite ltr_pdivr_mulr // mulrAC ltr_pdivl_mulr. Qed.

Lemma half_lt1 (k : R) : k < 1 / 2%:R -> 0 < 1 - k /\ 0 < 1 - 2%:R * k.
Proof.
rewrite ltr_pdivl_mulr ?ltr0n // mulrC => h2.
split; last by rewrite subr_gt0.
apply: (@lt_cert _ ((1 - 2%:R * k + 1) / 2%:R)); last by field.
by rewrite divr_gt0 ?ltr0n // addr_gt0 ?ltr01 // subr_gt0.
Qed.

(** The interval shrinks as kappa falls. *)
Lemma T2lo_decreasing k k' hi : 0 < hi -> k' < k -> k < 1 / 2%:R ->
  T2lo k hi < T2lo k' hi.
Proof.
move=> hi0 kk hk; have [a1 a2] := half_lt1 hk; have [b1 b2] := half_lt1 (lt_trans kk hk).
rewrite /T2lo /T2hi; move: hdiag hdiag_gt0 => hd h0; apply: lt_frac; rewrite ?mulr_gt0 //.
apply: (@lt_cert _ ((k - k') * (hd * hi))); last by ring.
by rewrite !mulr_gt0 ?subr_gt0.
Qed.

Lemma T2hi_increasing k k' lo : 0 < lo -> k' < k -> k < 1 / 2%:R ->
  T2hi k' lo < T2hi k lo.
Proof.
move=> lo0 kk hk; have [a1 a2] := half_lt1 hk; have [b1 b2] := half_lt1 (lt_trans kk hk).
rewrite /T2lo /T2hi; move: hdiag hdiag_gt0 => hd h0; apply: lt_frac; rewrite ?mulr_gt0 //.
apply: (@lt_cert _ ((k - k') * (hd * lo))); last by ring.
by rewrite !mulr_gt0 ?subr_gt0.
Qed.

Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1).
Variables (lo hi : R).
Hypotheses (lo_gt0 : 0 < lo) (lo_le_hi : lo <= hi).

Let hi_gt0 : 0 < hi := lt_le_trans lo_gt0 lo_le_hi.

Lemma kappa_ge0 : 0 <= kappa lo hi.
Proof.
apply: divr_ge0; apply: mulr_ge0; rewrite ?ler0n //; try exact: ltW.
by rewrite exprn_ge0 // ltW.
Qed.

Lemma gamma3_le1 : gamma ^+ 3 <= 1.
Proof. by rewrite exprn_ile1 // ltW. Qed.

Lemma kappa_le : kappa lo hi <= 1 / 3%:R.
Proof.
apply: le_frac; rewrite ?ltr0n ?mulr_gt0 ?ltr0n // mul1r mulrC ler_pmul2l ?ltr0n //.
by rewrite -[hi]mul1r ler_pmul ?gamma3_le1 ?exprn_ge0 ?(ltW gamma_gt0) ?(ltW lo_gt0).
Qed.

Lemma kappa_lt : gamma < 1 \/ lo < hi -> kappa lo hi < 1 / 3%:R.
Proof.
move=> hs; apply: lt_frac; rewrite ?ltr0n ?mulr_gt0 ?ltr0n // mul1r mulrC ltr_pmul2l ?ltr0n //.
case: hs => hs.
  apply: lt_le_trans lo_le_hi; rewrite gtr_pmull //.
  by rewrite exprn_ilt1 // ltW.
by apply: le_lt_trans hs; rewrite ler_pimull ?gamma3_le1 // ltW.
Qed.

Lemma third_half : 1 / 3%:R < 1 / 2%:R :> R.
Proof. by apply: lt_frac; rewrite ?ltr0n // !mul1r ltr_nat. Qed.

Lemma kappa_lt_half : kappa lo hi < 1 / 2%:R.
Proof. exact: le_lt_trans kappa_le third_half. Qed.

Lemma hdiag_le1 : hdiag <= 1.
Proof.
rewrite ler_pdivr_mulr ?ltr0n // mul1r -[2%:R]/(1 + 1 : R) ler_add2l.
by rewrite exprn_ile1 // ltW.
Qed.

Lemma hdiag_ge : gamma ^+ 2 <= hdiag.
Proof.
rewrite ler_pdivl_mulr ?ltr0n // mulrDr mulr1 ler_add2r.
by rewrite exprn_ile1 // ltW.
Qed.

(** T2's interval lies inside T1's ... *)
Theorem T2_inside_T1 :
  T1lo hi <= T2lo (kappa lo hi) hi /\ T2hi (kappa lo hi) lo <= T1hi lo.
Proof.
rewrite /T2lo /T2hi; move: hdiag hdiag_gt0 hdiag_le1 hdiag_ge => hd h0 h1 h2.
move: (kappa lo hi) kappa_le kappa_lt_half => k k13 /half_lt1[a1 a2].
have g2 : 0 < gamma ^+ 2 by rewrite exprn_gt0.
have k3 : 0 <= 1 - 3%:R * k.
  by move: k13; rewrite ler_pdivl_mulr ?ltr0n // mulrC subr_ge0.
split; apply: le_frac; rewrite ?mulr_gt0 ?ltr0n //.
- apply: (@le_cert _ (hi * ((1 - k) * (1 - hd) + (1 - 3%:R * k)))); last by ring.
  apply: mulr_ge0; first exact: ltW.
  by apply: addr_ge0; rewrite // mulr_ge0 ?(ltW a1) // subr_ge0.
- apply: (@le_cert _ (lo * (hd * (1 - 3%:R * k) + 2%:R * (hd - gamma ^+ 2)))); last by ring.
  apply: mulr_ge0; first exact: ltW.
  by apply: addr_ge0; rewrite mulr_ge0 ?(ltW h0) ?ler0n // subr_ge0.
Qed.

(** ... strictly on both sides unless gamma = Rmin/Rmax = 1 ... *)
Theorem T2_strictly_inside_T1 : gamma < 1 \/ lo < hi ->
  T1lo hi < T2lo (kappa lo hi) hi /\ T2hi (kappa lo hi) lo < T1hi lo.
Proof.
move=> hs; rewrite /T2lo /T2hi; move: hdiag hdiag_gt0 hdiag_le1 hdiag_ge => hd h0 h1 h2.
move: (kappa lo hi) (kappa_lt hs) kappa_lt_half => k k13 /half_lt1[a1 a2].
have g2 : 0 < gamma ^+ 2 by rewrite exprn_gt0.
have k3 : 0 < 1 - 3%:R * k.
  by move: k13; rewrite ltr_pdivl_mulr ?ltr0n // mulrC subr_gt0.
split; apply: lt_frac; rewrite ?mulr_gt0 ?ltr0n //.
- apply: (@lt_cert _ (hi * ((1 - k) * (1 - hd) + (1 - 3%:R * k)))); last by ring.
  apply: mulr_gt0 => //; apply: ltr_spaddr => //.
  by apply: mulr_ge0; rewrite ?(ltW a1) ?subr_ge0.
- apply: (@lt_cert _ (lo * (hd * (1 - 3%:R * k) + 2%:R * (hd - gamma ^+ 2)))); last by ring.
  apply: mulr_gt0 => //; apply: ltr_spaddl; first exact: mulr_gt0.
  by apply: mulr_ge0; rewrite ?ler0n ?subr_ge0.
Qed.

End Interval.

(** ... where they have the same ends. *)
Theorem T2_equals_T1 (R : rcfType) (lo : R) : 0 < lo ->
  T1lo lo = T2lo 1 (kappa 1 lo lo) lo /\ T2hi 1 (kappa 1 lo lo) lo = T1hi 1 lo.
Proof.
move=> lo0; have l0 : lo != 0 by rewrite gt_eqF.
have -> : kappa 1 lo lo = 1 / 3%:R by rewrite /kappa; field.
have d0 : 1 - 1 / 3%:R = 2%:R / 3%:R :> R by field.
by rewrite /T1lo /T2lo /T1hi /T2hi /hdiag d0; split; field.
Qed.

(** * The bounds *)

Section Bounds.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y).
Variable lam : 'I_N -> R.
Hypothesis Qlam : Q_solution gamma x y lam.

(** The off-diagonal mass of row n of Q. *)
Definition Qoff n : R := \sum_(k | k != n) `|Q gamma x y n k|.

(** A posteriori: any k < 1/2 with Qoff <= k h lo, no hypothesis (H). *)
Theorem T2_aposteriori (lo hi k : R) : 0 < lo ->
  (forall n, lo <= G x n n) -> (forall n, G x n n <= hi) ->
  (forall n, Qoff n <= k * hdiag gamma * lo) -> k < 1 / 2%:R ->
  forall n, T2lo gamma k hi <= lam n <= T2hi gamma k lo.
Proof.
move=> lo0 hlo hhi hoff hk n0.
have [k1 k2] := half_lt1 hk; have QD n : Q gamma x y n n = hdiag gamma * G x n n.
  exact: Q_diag.
rewrite /T2lo /T2hi; move: (hdiag gamma) (hdiag_gt0 gamma) QD hoff => hd hd0 QD hoff.
have hi0 : 0 < hi by apply: lt_le_trans lo0 (le_trans (hlo n0) (hhi n0)).
have [m hm] := exists_max n0 (fun i => `|lam i|); set M := `|lam m| in hm.
have M0 : 0 <= M by apply: normr_ge0.
have row n : `|1 - hd * G x n n * lam n| <= k * hd * lo * M.
  rewrite -{1}(Qlam n) /Qmul (bigD1 n) //= QD addrC addKr.
  apply: le_trans (ler_norm_sum _ _ _) _.
  apply: (@le_trans _ _ (Qoff n * M)); last by rewrite ler_wpmul2r.
  rewrite /Qoff mulr_suml; apply: ler_sum => i _.
  by rewrite normrM ler_wpmul2l.
have up : (1 - k) * hd * lo * M <= 1.
  have rm : hd * G x m m * M <= 1 + k * hd * lo * M.
    have g0 : 0 <= hd * G x m m by rewrite mulr_ge0 ?(ltW hd0) // (le_trans _ (hlo m)) // ltW.
    rewrite -[hd * G x m m]ger0_norm // -normrM -ler_subl_addl.
    apply: le_trans (row m); rewrite distrC -{1}[1 : R]normr1.
    exact: ler_sub_dist.
  apply: (@le_cert _ ((1 + k * hd * lo * M - hd * G x m m * M) + hd * M * (G x m m - lo))); last by ring.
  by rewrite addr_ge0 ?subr_ge0 // mulr_ge0 ?subr_ge0 // mulr_ge0 // ltW.
apply/andP; split; last first.
  rewrite ler_pdivl_mulr ?mulr_gt0 // mulrC; apply: le_trans up.
  by rewrite ler_pmul2l ?mulr_gt0 // (le_trans (ler_norm _)) ?hm.
have := row n0; rewrite ler_norml => /andP[_ r2].
have k0 : 0 <= k.
  have k0' : 0 <= k * (hd * lo).
    by rewrite mulrA; apply: le_trans (hoff n0); apply: sumr_ge0.
  by rewrite -(pmulr_lge0 _ (mulr_gt0 hd0 lo0)).
have low : 1 - 2%:R * k <= (1 - k) * (hd * G x n0 n0 * lam n0).
  apply: (@le_cert _ ((1 - k) * (k * hd * lo * M - (1 - hd * G x n0 n0 * lam n0))
    + k * (1 - (1 - k) * hd * lo * M))); last by ring.
  by rewrite addr_ge0 // mulr_ge0 ?subr_ge0 // -subr_ge0 ltW.
have lam0 : 0 <= lam n0.
  have gg : 0 < G x n0 n0 by apply: lt_le_trans (hlo n0).
  have cc : 0 < (1 - k) * (hd * G x n0 n0) by rewrite mulr_gt0 // mulr_gt0.
  by rewrite ltW // -(pmulr_rgt0 _ cc) -mulrA; apply: lt_le_trans low.
rewrite ler_pdivr_mulr ?mulr_gt0 // [lam n0 * _]mulrC; apply: (le_trans low).
apply: (@le_cert _ ((1 - k) * hd * lam n0 * (hi - G x n0 n0))); last by ring.
by rewrite mulr_ge0 ?subr_ge0 // !mulr_ge0 // ltW.
Qed.

(** Nearly orthogonal data: the off-diagonal rows are strictly below kappa. *)
Lemma Qoff_lt (lo hi q : R) : nearly_orthogonal gamma x lo hi q ->
  forall n, Qoff n < kappa gamma lo hi * hdiag gamma * lo.
Proof.
move=> no n; have lo0 := no_lo_gt0 no; have hi0 := hi_gt0 no n; have h0 := hdiag_gt0 gamma.
apply: (@le_lt_trans _ _ (N.-1%:R * (hdiag gamma * q))).
  rewrite -(card_others n); apply: sum_le_const => k kn.
  exact: (Q_off gamma_gt0 y_pm1 no).
have := E_hi gamma_gt0 no n; rewrite [3%:R * hi * _]mulrC -ltr_pdivl_mulr ?mulr_gt0 ?ltr0n // => hE.
rewrite /kappa; move: (hdiag gamma) h0 => hd h0; rewrite mulrCA.
rewrite (_ : _ * hd * lo = hd * (gamma ^+ 3 * lo ^+ 2 / (3%:R * hi))).
  by rewrite ltr_pmul2l.
by field; rewrite gt_eqF.
Qed.

(** T2 for any bounds on the Gram matrix, strict. *)
Theorem T2_bounds (lo hi q : R) : nearly_orthogonal gamma x lo hi q ->
  forall n, T2lo gamma (kappa gamma lo hi) hi < lam n < T2hi gamma (kappa gamma lo hi) lo.
Proof.
move=> no n; have lo0 := no_lo_gt0 no; have h0 := hdiag_gt0 gamma.
have hi0 := hi_gt0 no n; have lh := hi_ge_lo no n.
have hl0 : 0 < hdiag gamma * lo by rewrite mulr_gt0.
have [m hm] := exists_max n Qoff; pose k := Qoff m / (hdiag gamma * lo).
have kk : k < kappa gamma lo hi.
  by rewrite ltr_pdivr_mulr // mulrA; apply: Qoff_lt no m.
have k2 := kappa_lt_half gamma_gt0 gamma_le1 lo0 lh.
have offk i : Qoff i <= k * hdiag gamma * lo.
  by rewrite -mulrA divfK ?gt_eqF.
have /andP[a1 a2] := T2_aposteriori lo0 (no_lo no) (no_hi no) offk (lt_trans kk k2) n.
rewrite (lt_le_trans _ a1) ?T2lo_decreasing //=.
by rewrite (le_lt_trans a2) ?T2hi_increasing.
Qed.

(** Hence T1's interval too, for every solution of Q lambda = 1. *)
Corollary T2_implies_T1_bounds (lo hi q : R) : nearly_orthogonal gamma x lo hi q ->
  forall n, T1lo hi < lam n < T1hi gamma lo.
Proof.
move=> no n; have /andP[h1 h2] := T2_bounds no n.
have [i1 i2] := T2_inside_T1 gamma_gt0 gamma_le1 (no_lo_gt0 no) (hi_ge_lo no n).
by rewrite (le_lt_trans i1) // (lt_le_trans h2).
Qed.

End Bounds.

(** * T2 at a KKT point, and the existence of one *)

Section T2.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1).
Hypotheses (y_pm1 : labels y) (H : hypH gamma x).

Theorem T2_multiplier_bounds p (W : 'M[R]_(p + p, d)) lam : (0 < p)%N ->
  kkt gamma x y W lam -> forall n,
  T2lo gamma (kappa gamma (Rmin x ^+ 2) (Rmax x ^+ 2)) (Rmax x ^+ 2) < lam n
    < T2hi gamma (kappa gamma (Rmin x ^+ 2) (Rmax x ^+ 2)) (Rmin x ^+ 2).
Proof.
move=> p0 K n; have Ql := T1_Q_lambda gamma_gt0 gamma_le1 y_pm1 H p0 K.
exact: (T2_bounds gamma_gt0 gamma_le1 y_pm1 Ql (kkt_nearly_orthogonal gamma_le1 H K n)).
Qed.

End T2.
