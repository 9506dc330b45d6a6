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

(** * (C): a condition on the Gram matrix alone that gives C1 *)

Definition hypC (R : rcfType) (gamma : R) d N (x : 'I_N -> 'rV[R]_d) : Prop :=
  khat x < gamma / (1 + 2%:R * gamma).

Section CertificateFromG.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypotheses (y_pm1 : labels y) (x_neq0 : forall n, x n != 0) (HC : hypC gamma x).
Local Notation kh := (khat x).

Let g0 : 0 <= gamma := ltW gamma_gt0.
Let kh0 : 0 <= kh := maxover_ge0 _ _.
Let G0 n : 0 < G x n n.
Proof. by rewrite dot_gt0. Qed.

Lemma C_product : (1 + 2%:R * gamma) * kh < gamma.
Proof.
rewrite mulrC -ltr_pdivl_mulr //.
by rewrite ltr_spaddl ?ltr01 // mulr_ge0 ?ler0n.
Qed.

Lemma kh_lt1 : 0 < 1 - kh.
Proof.
rewrite subr_gt0; apply: (@le_lt_trans _ _ ((1 + 2%:R * gamma) * kh)).
  apply: (@le_cert _ (2%:R * gamma * kh)); last by ring.
  by rewrite !mulr_ge0 ?ler0n.
exact: lt_le_trans C_product gamma_le1.
Qed.

Lemma off_abs (l A : 'I_N -> R) n M b : 0 <= b -> (forall k, `|l k| * G x k k <= M) ->
  (forall k, k != n -> `|A k| <= b * `|G x n k|) ->
  `|\sum_k l k * A k - l n * A n| <= b * (kh * M).
Proof.
move=> b0 hM hA; rewrite (bigD1 n) //= addrC addKr.
have M0 : 0 <= M by apply: le_trans (hM n); rewrite mulr_ge0 // ltW.
apply: le_trans (ler_norm_sum _ _ _) _.
apply: (@le_trans _ _ (b * (Goff x n * M))); last first.
  by rewrite ler_wpmul2l // ler_wpmul2r // (@maxover_ge _ _ xpredT (Goff x)).
rewrite /Goff mulr_suml mulr_sumr; apply: ler_sum => k kn.
rewrite normrM; apply: (@le_trans _ _ (`|l k| * (b * `|G x n k|))).
  by rewrite ler_wpmul2l // hA.
have -> : `|l k| * (b * `|G x n k|) = b * (`|G x n k| / G x k k * (`|l k| * G x k k)).
  by field; rewrite gt_eqF.
by rewrite ler_wpmul2l // ler_wpmul2l // divr_ge0 // ltW.
Qed.

Lemma Q_off_G n k : `|Q gamma x y n k| <= hdiag gamma * `|G x n k|.
Proof.
rewrite (Q_abs x gamma_gt0 y_pm1) ler_wpmul2r //.
by have /andP[] := h_bounds y gamma_gt0 n k.
Qed.

Lemma QD n : Q gamma x y n n = hdiag gamma * G x n n.
Proof. exact: Q_diag. Qed.

Lemma C_injective (l l' : 'I_N -> R) :
  (forall n, Qmul gamma x y l n = Qmul gamma x y l' n) -> l =1 l'.
Proof.
move=> hQ n0; pose D k := l k - l' k; have hd0 := hdiag_gt0 gamma.
have [n hn] := exists_max n0 (fun k => `|D k| * G x k k).
have := off_abs (ltW hd0) hn (fun k _ => Q_off_G n k).
have -> : \sum_k D k * Q gamma x y n k = 0.
  apply/eqP; rewrite (eq_bigr (fun k => Q gamma x y n k * l k - Q gamma x y n k * l' k)).
    by rewrite sumrB subr_eq0; apply/eqP; apply: hQ.
  by move=> k _; rewrite /D; ring.
rewrite sub0r normrN normrM QD normrM (gtr0_norm hd0) (gtr0_norm (G0 n)).
rewrite mulrCA ler_pmul2l //; move: (`|D n| * _) hn => M hn hM.
have M0 : M <= 0.
  rewrite -(pmulr_rle0 _ kh_lt1); apply: (@le_cert _ (kh * M - M)); last by ring.
  by rewrite subr_ge0.
have := le_trans (hn n0) M0; rewrite pmulr_lle0 // normr_le0 /D subr_eq0.
by move/eqP.
Qed.

(** (C) implies C1 with full support. *)
Theorem C_implies_C1 : exists lam,
  [/\ forall n, 0 < lam n, Q_solution gamma x y lam, aligned gamma x y p lam &
      kkt gamma x y (Wstar gamma x y p lam) lam].
Proof.
have [lam Ql] := Q_solvable C_injective; exists lam.
suff main n : 0 < lam n /\ forall r : 'I_N -> R, (forall k, gamma <= r k <= 1) ->
    0 < y n * \sum_k lam k * y k * r k * G x k n.
  have pos n : 0 < lam n by case: (main n).
  have al : aligned gamma x y p lam.
    move=> n; have [_ F] := main n.
    have cb k : gamma <= c gamma y k <= 1.
      by rewrite /c; case: ifP => _; rewrite ?lexx ?gamma_le1.
    have cbb k : gamma <= cbar gamma y k <= 1.
      by rewrite /cbar /c; case: ifP => _; rewrite ?addrK ?lexx ?gamma_le1 // addrC addKr lexx gamma_le1.
    have si : 0 < (sqrtm R p)^-1 by rewrite invr_gt0 sqrtm_gt0.
    rewrite dot_u dot_v mulNr mulrN oppr_lt0 !(mulrCA (y n)); split; rewrite pmulr_rgt0 //; exact: F.
  split=> //; exact: (C1_full_support gamma_gt0 gamma_le1 p_gt0 y_pm1 pos Ql al).1.
have hd0 := hdiag_gt0 gamma; have k1 := kh_lt1; have prod := C_product.
have [m hm] := exists_max n (fun k => `|lam k| * G x k k).
have row i := off_abs (ltW hd0) hm (fun k _ => Q_off_G i k).
have rowE i : \sum_k lam k * Q gamma x y i k = 1.
  by rewrite -(Ql i); apply: eq_bigr => k _; rewrite mulrC.
have M0 : 0 <= `|lam m| * G x m m by rewrite mulr_ge0 // ltW.
have absm : `|lam m * (hdiag gamma * G x m m)| = hdiag gamma * (`|lam m| * G x m m).
  by rewrite mulrCA normrM (gtr0_norm hd0) normrM (gtr0_norm (G0 m)).
have up : hdiag gamma * (`|lam m| * G x m m) <= 1 + hdiag gamma * (kh * (`|lam m| * G x m m)).
  have := row m; rewrite rowE QD => hr; rewrite -absm -ler_subl_addl.
  by apply: le_trans hr; rewrite distrC -{1}[1 : R]normr1; apply: ler_sub_dist.
have low : - (hdiag gamma * (kh * (`|lam m| * G x m m))) <= hdiag gamma * (lam n * G x n n) - 1.
  have := row n; rewrite rowE QD distrC ler_norml => /andP[h _].
  by rewrite [lam n * _]mulrCA in h.
move: (`|lam m| * G x m m) hm M0 up low {row rowE absm} => M hm M0 up low.
pose X := hdiag gamma * (kh * M).
have Xk : X * (1 - kh) <= kh.
  apply: (@le_cert _ (kh * (1 + hdiag gamma * (kh * M) - hdiag gamma * M))); last by rewrite /X; ring.
  by rewrite mulr_ge0 // subr_ge0.
have slack : 0 < gamma - (1 + gamma) * X.
  rewrite -(pmulr_rgt0 _ k1).
  apply: (@lt_cert _ ((gamma - (1 + 2%:R * gamma) * kh) + (1 + gamma) * (kh - X * (1 - kh)))); last by ring.
  by rewrite ltr_spaddl ?subr_gt0 // mulr_ge0 ?subr_ge0 // addr_ge0 ?ler01.
have mun : 1 - X <= hdiag gamma * (lam n * G x n n).
  apply: (@le_cert _ (hdiag gamma * (lam n * G x n n) - 1 + X)); last by ring.
  by rewrite -ler_subl_addr sub0r.
have pos1 : 0 < 1 - X.
  have gp : 0 < 1 + gamma by rewrite ltr_spaddl ?ltr01.
  rewrite -(pmulr_rgt0 _ gp); apply: (@lt_cert _ ((gamma - (1 + gamma) * X) + 1)); last by ring.
  by rewrite addr_gt0 ?ltr01.
have mu0 : 0 < lam n * G x n n by rewrite -(pmulr_rgt0 _ hd0); apply: lt_le_trans mun.
split=> [|r hr]; first by rewrite -(pmulr_lgt0 _ (G0 n)).
have -> : y n * (\sum_k lam k * y k * r k * G x k n) = \sum_k lam k * (y n * y k * r k * G x n k).
  by rewrite mulr_sumr; apply: eq_bigr => k _; rewrite (GC x k n); ring.
have : `|\sum_k lam k * (y n * y k * r k * G x n k) - lam n * (y n * y n * r n * G x n n)| <= 1 * (kh * M).
  apply: (off_abs (A := fun k => y n * y k * r k * G x n k) ler01 hm) => k _.
  have /andP[r1 r2] := hr k.
  rewrite mul1r !normrM !(y_norm y_pm1) !mul1r (ger0_norm (le_trans g0 r1)).
  by rewrite ler_pimull.
rewrite mul1r (y_sqr y_pm1) mul1r; move: (\sum_k _) => T; rewrite ler_norml => /andP[hT _].
have /andP[r1 r2] := hr n; rewrite -(pmulr_rgt0 _ hd0).
apply: (@lt_cert _ (hdiag gamma * (T - lam n * (r n * G x n n) + kh * M)
  + hdiag gamma * (lam n * G x n n) * (r n - gamma)
  + gamma * (hdiag gamma * (lam n * G x n n) - (1 - X)) + (gamma - (1 + gamma) * X))); last by rewrite /X; ring.
apply: ltr_spaddr => //; apply: addr_ge0; last by rewrite mulr_ge0 ?subr_ge0.
apply: addr_ge0; apply: mulr_ge0; rewrite ?subr_ge0 //; try exact: ltW.
  by rewrite -ler_subl_addr sub0r.
by rewrite mulr_ge0 ?(ltW mu0) // ltW.
Qed.

End CertificateFromG.
