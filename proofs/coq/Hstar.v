(******************************************************************************)
(* Hstar.v : T1 under the weaker hypothesis (H-star),                         *)
(*     khat < gamma^3 / (1 + 2 gamma),                                        *)
(*     khat = max_n sum_{k <> n} |G_nk| / ||x_k||^2,                          *)
(* row sums in place of N pmax, and no ratio Rmax/Rmin.  Everything of T1     *)
(* holds but the interval of the multipliers.  (H) implies (H-star).          *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2 C1.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Definition_of_Hstar.
Variables (R : rcfType) (gamma : R) (d N : nat) (x : 'I_N -> 'rV[R]_d).

Definition Goff n : R := \sum_(k | k != n) `|G x n k| / G x k k.
Definition khat : R := maxover xpredT Goff.
Definition hypHstar : Prop := khat < gamma ^+ 3 / (1 + 2%:R * gamma).

End Definition_of_Hstar.

Section Hstar.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypotheses (y_pm1 : labels y) (Hs : hypHstar gamma x).
Local Notation kh := (khat x).

Let g0 : 0 <= gamma := ltW gamma_gt0.
Let kh0 : 0 <= kh := maxover_ge0 _ _.

Lemma Hstar_product : (1 + 2%:R * gamma) * kh < gamma ^+ 3.
Proof.
rewrite mulrC -ltr_pdivl_mulr //.
by rewrite ltr_spaddl ?ltr01 // mulr_ge0 ?ler0n.
Qed.

Lemma Goff_le n : Goff x n <= kh.
Proof. exact: (@maxover_ge _ _ xpredT (Goff x)). Qed.

Section Point.
Variables (W : 'M[R]_(p + p, d)) (lam : 'I_N -> R) (s : 'I_(p + p) -> 'I_N -> R).
Hypothesis K : kkt_with gamma x y W lam s.

(** The weighted multipliers. *)
Definition mu n : R := lam n * G x n n.

Let G0 n : 0 < G x n n.
Proof. by rewrite dot_gt0 (feasible_sample_neq0 gamma_le1 (kkt_feasible K n)). Qed.

Let mu0 n : 0 <= mu n.
Proof. by rewrite mulr_ge0 ?(kkt_dual K) // ltW. Qed.

Lemma off_weighted (A : 'I_N -> R) n M : (forall k, mu k <= M) ->
  (forall k, k != n -> `|A k| <= `|G x n k|) ->
  `|\sum_k lam k * A k - lam n * A n| <= kh * M.
Proof.
move=> hM hA; rewrite (bigD1 n) //= addrC addKr.
have M0 : 0 <= M by apply: le_trans (hM n).
apply: le_trans (ler_norm_sum _ _ _) _.
apply: (@le_trans _ _ (Goff x n * M)); last by rewrite ler_wpmul2r // Goff_le.
rewrite /Goff mulr_suml; apply: ler_sum => k kn.
rewrite normrM (ger0_norm (kkt_dual K k)).
apply: (@le_trans _ _ (lam k * `|G x n k|)).
  by rewrite ler_wpmul2l ?(kkt_dual K) // hA.
have -> : lam k * `|G x n k| = `|G x n k| / G x k k * mu k.
  by rewrite /mu; field; rewrite gt_eqF.
by rewrite ler_wpmul2l // divr_ge0 // ltW.
Qed.

Lemma margin_weighted n M : (forall k, mu k <= M) ->
  `|y n * f gamma W (x n) - mu n * S s n n| <= kh * M.
Proof.
move=> hM; rewrite (kkt_margin gamma_le1 n K).
have -> : mu n * S s n n = lam n * (y n * y n * G x n n * S s n n).
  by rewrite (y_sqr y_pm1) /mu; ring.
apply: (off_weighted (A := fun k => y n * y k * G x n k * S s n k) hM) => k kn.
have /andP[S1 S2] := S_bounds gamma_gt0 p_gt0 n k (kkt_slopes K).
have S0 : 0 <= S s n k by apply: le_trans S1; rewrite sqr_ge0.
rewrite normrM (ger0_norm S0) !normrM !(y_norm y_pm1) !mul1r.
by rewrite ler_pimulr.
Qed.

(** M (gamma^2 - khat) <= 1 for the largest mu. *)
Lemma mu_max (n0 : 'I_N) : exists2 M, (forall k, mu k <= M) &
  0 <= M /\ M * (gamma ^+ 2 - kh) <= 1.
Proof.
have [n hn] := exists_max n0 mu; exists (mu n) => //; split=> //.
have [k lk] := kkt_some_multiplier gamma_le1 n0 K.
have mn0 : 0 < mu n by apply: lt_le_trans (hn k); rewrite mulr_gt0.
have ln0 : 0 < lam n by rewrite -(pmulr_lgt0 _ (G0 n)).
have := margin_weighted n hn; rewrite (slack_active K ln0) ler_norml => /andP[h1 _].
have /andP[S1 _] := S_bounds gamma_gt0 p_gt0 n n (kkt_slopes K).
apply: (@le_cert _ ((1 - mu n * S s n n + kh * mu n) + mu n * (S s n n - gamma ^+ 2))); last by ring.
apply: addr_ge0; first by rewrite -ler_subl_addr sub0r.
by apply: mulr_ge0; rewrite ?subr_ge0.
Qed.

Lemma gap_gt0 : 0 < gamma ^+ 2 - kh.
Proof.
have h := Hstar_product; rewrite subr_gt0.
apply: (@le_lt_trans _ _ ((1 + 2%:R * gamma) * kh)).
  apply: (@le_cert _ (2%:R * gamma * kh)); last by ring.
  by rewrite !mulr_ge0 ?ler0n.
by apply: (lt_le_trans h); rewrite exprS ler_pimull ?sqr_ge0.
Qed.

Lemma weighted_slack M : 0 <= M -> M * (gamma ^+ 2 - kh) <= 1 ->
  0 < gamma - (1 + gamma) * (kh * M).
Proof.
move=> M0 hM; rewrite -(pmulr_rgt0 _ gap_gt0).
apply: (@lt_cert _ ((gamma ^+ 3 - (1 + 2%:R * gamma) * kh)
  + (1 + gamma) * kh * (1 - M * (gamma ^+ 2 - kh)))); last by ring.
apply: ltr_spaddl; first by rewrite subr_gt0 Hstar_product.
by rewrite mulr_ge0 ?subr_ge0 // mulr_ge0 // addr_ge0 ?ler01.
Qed.

Lemma mu_lower n M : (forall k, mu k <= M) -> 1 - kh * M <= mu n.
Proof.
move=> hM; have := margin_weighted n hM; rewrite ler_norml => /andP[_ h2].
have /andP[S1 S2] := S_bounds gamma_gt0 p_gt0 n n (kkt_slopes K).
have feas := kkt_feasible K n.
apply: (@le_cert _ ((kh * M - (y n * f gamma W (x n) - mu n * S s n n))
  + (y n * f gamma W (x n) - 1) + mu n * (1 - S s n n))); last by ring.
apply: addr_ge0; last by apply: mulr_ge0; rewrite ?subr_ge0.
by apply: addr_ge0; rewrite subr_ge0.
Qed.

Lemma Hstar_positive n : 0 < lam n.
Proof.
have [M hM [M0 hg]] := mu_max n; have hl := mu_lower n hM; have hs := weighted_slack M0 hg.
have kM0 : 0 <= kh * M by rewrite mulr_ge0.
suff : 0 < mu n by rewrite pmulr_lgt0.
apply: lt_le_trans hl.
have g1 : 0 < 1 + gamma by rewrite ltr_spaddl ?ltr01.
rewrite -(pmulr_rgt0 _ g1).
apply: (@lt_cert _ ((gamma - (1 + gamma) * (kh * M)) + 1)); last by ring.
by rewrite addr_gt0 ?ltr01.
Qed.

Lemma Hstar_forced_point : forced x y W.
Proof.
move=> j n; have [M hM [M0 hg]] := mu_max n; have hl := mu_lower n hM; have hs := weighted_slack M0 hg.
have m0 : 0 < (p + p)%:R^-1 :> R by rewrite invr_gt0 m_gt0.
rewrite (preactivation j n K) mulrCA pmulr_rgt0 // mulr_sumr.
have -> : \sum_i y n * (lam i * y i * s j i * G x i n) =
          \sum_i lam i * (y n * y i * s j i * G x n i).
  by apply: eq_bigr => i _; rewrite (GC x i n); ring.
set T := \sum_i _.
have /andP[h1 _] : - (kh * M) <= T - lam n * (y n * y n * s j n * G x n n) <= kh * M.
  rewrite -ler_norml; apply: (off_weighted (A := fun i => y n * y i * s j i * G x n i) hM) => i ni.
  have /andP[s1 s2] := slope_bounds j i (kkt_slopes K).
  rewrite !normrM !(y_norm y_pm1) !mul1r (ger0_norm (le_trans g0 s1)).
  by rewrite ler_pimull.
have /andP[s1 s2] := slope_bounds j n (kkt_slopes K).
apply: (@lt_cert _ ((T - lam n * (y n * y n * s j n * G x n n) + kh * M)
  + mu n * (s j n - gamma) + gamma * (mu n - (1 - kh * M)) + (gamma - (1 + gamma) * (kh * M)))).
  apply: ltr_spaddr => //; apply: addr_ge0; last by apply: mulr_ge0; rewrite ?subr_ge0.
  apply: addr_ge0; first by rewrite -ler_subl_addr sub0r.
  by apply: mulr_ge0; rewrite ?subr_ge0.
by rewrite (y_sqr y_pm1) /mu; ring.
Qed.

End Point.

Variables (W : 'M[R]_(p + p, d)) (lam : 'I_N -> R).
Hypothesis K : kkt gamma x y W lam.

Lemma Hstar_forced : forced x y W.
Proof. by case: K => s Ks; apply: Hstar_forced_point Ks. Qed.

(** T1 under (H-star): the closed form, with full support, and what follows. *)
Theorem Hstar_T1 :
  [/\ forall n, y n * f gamma W (x n) = 1, forall n, 0 < lam n,
      Q_solution gamma x y lam,
      W = Wstar gamma x y p lam &
      forall z, Num.sg (f gamma W z) = Num.sg (f_bdy x y lam z)].
Proof.
have [eW C al] := C1_converse gamma_le1 p_gt0 y_pm1 K Hstar_forced.
have pos n : 0 < lam n by case: K => s Ks; apply: Hstar_positive Ks n.
have Ql : Q_solution gamma x y lam by move=> n; apply: (qp_support C).
split=> // [n|z]; first by rewrite eW Q1_margin.
by rewrite eW Q1_linear_boundary.
Qed.

End Hstar.

(** There is at most one KKT point, and w is the same for every width. *)
Theorem Hstar_unique (R : rcfType) (gamma : R) d N p
    (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R) (W W' : 'M[R]_(p + p, d)) lam lam' :
  0 < gamma -> gamma <= 1 -> (0 < p)%N -> labels y -> hypHstar gamma x ->
  kkt gamma x y W lam -> kkt gamma x y W' lam' -> W = W'.
Proof.
move=> g0 g1 p0 yy Hs K K'.
have [eW C _] := C1_converse g1 p0 yy K (Hstar_forced g0 g1 p0 yy Hs K).
have [eW' C' _] := C1_converse g1 p0 yy K' (Hstar_forced g0 g1 p0 yy Hs K').
by have [eu ev _] := C1_rows_unique g0 yy p C C'; rewrite eW eW' /Wstar eu ev.
Qed.

Theorem D2_Hstar_same_w (R : rcfType) (gamma : R) d N p p'
    (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R)
    (W : 'M[R]_(p + p, d)) (W' : 'M[R]_(p' + p', d)) lam lam' :
  0 < gamma -> gamma <= 1 -> (0 < p)%N -> (0 < p')%N -> labels y -> hypHstar gamma x ->
  kkt gamma x y W lam -> kkt gamma x y W' lam' -> w x y lam = w x y lam'.
Proof.
move=> g0 g1 p0 p0' yy Hs K K'.
have [_ C _] := C1_converse g1 p0 yy K (Hstar_forced g0 g1 p0 yy Hs K).
have [_ C' _] := C1_converse g1 p0' yy K' (Hstar_forced g0 g1 p0' yy Hs K').
by have [_ _ ->] := C1_rows_unique g0 yy p C C'.
Qed.

(** (H) implies (H-star). *)
Theorem H_implies_Hstar (R : rcfType) (gamma : R) d N (x : 'I_N -> 'rV[R]_d) :
  0 < gamma -> gamma <= 1 -> (forall n, x n != 0) -> hypH gamma x -> hypHstar gamma x.
Proof.
move=> gm0 gm1 x0 H.
have d0 : 0 < 1 + 2%:R * gamma by rewrite ltr_spaddl ?ltr01 // mulr_ge0 ?ler0n // ltW.
have [n hn|none] := pickP (fun n : 'I_N => true); last first.
  apply: (@le_lt_trans _ _ 0); last by rewrite divr_gt0 ?exprn_gt0.
  by apply: maxover_le => // n; have := none n.
have no := hypH_nearly_orthogonal H n x0; have lo0 := no_lo_gt0 no; have hE := E_lo gm0 no n.
apply: (@le_lt_trans _ _ (N.-1%:R * pmax x / Rmin x ^+ 2)).
  apply: maxover_le => [|i _].
    by rewrite divr_ge0 ?(ltW lo0) // mulr_ge0 ?ler0n // (no_q_ge0 no).
  rewrite -mulrA -(card_others i); apply: sum_le_const => k ki.
  have Gk := no_lo no k; have Gk0 := lt_le_trans lo0 Gk.
  rewrite ler_pmul ?invr_ge0 ?normr_ge0 ?(ltW Gk0) ?(no_off no) 1?eq_sym //.
  by rewrite lef_pinv ?posrE.
rewrite ltr_pdivr_mulr // mulrAC ltr_pdivl_mulr //; apply: le_lt_trans hE.
rewrite mulrC ler_wpmul2r ?mulr_ge0 ?ler0n ?(no_q_ge0 no) //.
apply: (@le_cert _ (2%:R * (1 - gamma))); last by ring.
by rewrite mulr_ge0 ?ler0n // subr_ge0.
Qed.
