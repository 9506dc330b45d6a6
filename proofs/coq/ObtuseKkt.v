(******************************************************************************)
(* ObtuseKkt.v : C2.7 for C1 and for T1.  With kappa_obt of Obtuse.v:         *)
(*   kappa_obt < gamma/(1+gamma)    gives C1, without full support;           *)
(*   kappa_obt < gamma^3/(1+gamma)  gives, for every KKT point, T1's closed   *)
(*     form, patterns, linear boundary and uniqueness (without its interval   *)
(*     and full support).                                                     *)
(* Both are implied by (C) and (H-star), and hold at every slope when no two  *)
(* samples are obtuse (y_n y_k G_nk >= 0).                                    *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2 C1 Hstar K1 Gap Pattern C2 Exist C2Apriori Obtuse.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section DataOnly.
Variables (R : rcfType) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (y_pm1 : labels y) (x_neq0 : forall n, x n != 0).

Let G0 n : 0 < G x n n.
Proof. by rewrite dot_gt0. Qed.

(** kappa_obt < 1 makes the data separable, by sum_n y_n x_n / ||x_n||^2. *)
Theorem obt_separable : kappa_obt x y < 1 -> separable x y.
Proof.
move=> k1; exists (\sum_n (y n / G x n n) *: x n) => k.
pose l n := (G x n n)^-1; have l0 n : 0 <= l n by rewrite invr_ge0 ltW.
have e : y k * dot (\sum_n (y n / G x n n) *: x n) (x k) = \sum_n l n * (1 * gy x y n k).
  rewrite dot_suml mulr_sumr; apply: eq_bigr => n _.
  by rewrite dotZl /l /gy /G; ring.
have one n : l n * G x n n = 1 by rewrite /l mulVf // gt_eqF.
pose o : R := 1; have one1 (n : 'I_N) : o <= o <= o by rewrite lexx.
have /andP[low _] := weighted_bounds x y_pm1 l0 (r := fun=> o) k one1.
have ob := obtuse_le y x_neq0 l0 k (fun n => le_of_eq (one n)).
have P0 := acute_ge0 x y l0 k.
rewrite e; apply: lt_le_trans low; rewrite /o one !mul1r.
apply: (@lt_cert _ ((1 - kappa_obt x y) + (kappa_obt x y * 1 - obtuse x y l k) + acute x y l k)); last by ring.
by apply: ltr_spaddl => //; apply: ltr_spaddl; rewrite ?subr_gt0 ?subr_ge0.
Qed.

(** Obtuse pairs are among all pairs. *)
Theorem obt_le_khat : kappa_obt x y <= khat x.
Proof.
apply: maxover_le => [|k _]; first exact: maxover_ge0.
apply: le_trans (_ : Goff x k <= _); last by rewrite (@maxover_ge _ _ xpredT (Goff x)).
apply: ler_sum => n _; rewrite ler_wpmul2r ?invr_ge0 ?(ltW (G0 n)) // le_maxl normr_ge0 /=.
apply: le_trans (ler_norm _) _; rewrite normrN /gy !normrM !(y_norm y_pm1) !mul1r.
by rewrite (GC x n k).
Qed.

(** No obtuse pair: kappa_obt = 0. *)
Theorem obt_none : (forall n k, n != k -> 0 <= y n * y k * G x n k) -> kappa_obt x y = 0.
Proof.
move=> h; apply/eqP; rewrite eq_le maxover_ge0 andbT; apply: maxover_le => // k _.
rewrite /obtuse_row big1 // => n nk; rewrite max_l ?mul0r // oppr_le0.
exact: h.
Qed.

End DataOnly.

(** * C1 *)

Section ObtuseC1.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypotheses (y_pm1 : labels y) (x_neq0 : forall n, x n != 0).
Local Notation kap := (kappa_obt x y).

Let G0 n : 0 < G x n n.
Proof. by rewrite dot_gt0. Qed.

(** Weights in [gamma, 1] keep every weighted sum positive once
    K (1 - kappa) <= b <= nu_k + acute_k and kappa < gamma (1 - kappa).      *)
Lemma weighted_positive (l r : 'I_N -> R) K b k : kap < gamma / (1 + gamma) -> 0 < b ->
  (forall n, 0 <= l n) -> (forall n, gamma <= r n <= 1) -> (forall n, l n * G x n n <= K) ->
  K * (1 - kap) <= b -> b <= l k * G x k k + acute x y l k ->
  0 < \sum_n l n * (r n * gy x y n k).
Proof.
move=> small b0 l0 hr hK up low; have g10 : 0 < 1 + gamma by rewrite ltr_spaddl ?ltr01 // ltW.
have sm : kap * (1 + gamma) < gamma by rewrite -ltr_pdivl_mulr.
have k0 : 0 <= kap by apply: kappa_obt_ge0.
have k1 : 0 < 1 - kap.
  rewrite subr_gt0 -(ltr_pmul2r g10) mul1r; apply: lt_trans sm _.
  by rewrite ltr_addr ltr01.
have /andP[lo _] := weighted_bounds x y_pm1 l0 k hr; have ob := obtuse_le y x_neq0 l0 k hK.
have /andP[r1 r2] := hr k; apply: lt_le_trans lo; rewrite -(pmulr_rgt0 _ k1).
have nu0 : 0 <= l k * G x k k by rewrite mulr_ge0 // ltW.
apply: (@lt_cert _ (b * (gamma - kap * (1 + gamma)) + kap * (b - K * (1 - kap))
  + (1 - kap) * ((r k - gamma) * (l k * G x k k)) + (1 - kap) * (kap * K - obtuse x y l k)
  + (1 - kap) * gamma * (l k * G x k k + acute x y l k - b))); last by ring.
apply: ltr_spaddl; last by apply: mulr_ge0; rewrite ?subr_ge0 // mulr_ge0 // ltW.
apply: ltr_spaddl; last by apply: mulr_ge0; [apply: ltW | rewrite subr_ge0].
apply: ltr_spaddl; last by apply: mulr_ge0; [apply: ltW | rewrite mulr_ge0 ?subr_ge0].
by apply: ltr_spaddl; [rewrite mulr_gt0 ?subr_gt0 // | rewrite mulr_ge0 ?subr_ge0 //].
Qed.

Theorem C1_obt : kap < gamma / (1 + gamma) -> exists lam,
  [/\ qp_conditions gamma x y lam, aligned gamma x y p lam &
      kkt gamma x y (Wstar gamma x y p lam) lam].
Proof.
move=> small; have g10 : 0 < 1 + gamma by rewrite ltr_spaddl ?ltr01 // ltW.
have sep : separable x y.
  apply: obt_separable => //; apply: lt_trans small _.
  by rewrite ltr_pdivr_mulr // mul1r ltr_addr ltr01.
have [lam C] := C1_exists gamma_gt0 y_pm1 sep; exists lam; have [l0 sup off] := C.
suff al : aligned gamma x y p lam by split=> //; exact: (C1_qp gamma_gt0 gamma_le1 p_gt0 y_pm1 C al).1.
set hh := (1 + gamma ^+ 2) / 2%:R.
have hh0 : 0 < hh by rewrite divr_gt0 ?ltr0n // ltr_spaddl ?ltr01 ?sqr_ge0.
pose r k n := h gamma y n k / hh; have hr k n : gamma <= r k n <= 1.
  rewrite /r ler_pdivl_mulr // ler_pdivr_mulr // mul1r.
  have /andP[_ ->] := h_bounds y gamma_gt0 n k; rewrite andbT /h; case: ifP => _.
    by rewrite -/hh ler_pimull // ltW.
  rewrite ler_pimulr ?(ltW gamma_gt0) // ler_pdivr_mulr ?ltr0n // mul1r.
  by rewrite -[2%:R]/(1 + 1 : R) ler_add2l exprn_ile1 // ltW.
have rk k : r k k = 1 by rewrite /r h_diag divff // gt_eqF.
have row k : Qmul gamma x y lam k = hh * \sum_n lam n * (r k n * gy x y n k).
  rewrite mulr_sumr; apply: eq_bigr => n _; rewrite QC /Q /r /gy.
  by field; rewrite gt_eqF.
have bnd k := weighted_bounds x y_pm1 l0 (r := r k) k (hr k).
case: (pickP (fun n : 'I_N => true)) => [n0 _|none]; last by move=> n; have := none n.
have [m hm] := exists_max n0 (fun n => lam n * G x n n); set K := lam m * G x m m in hm.
have nu0 n : 0 <= lam n * G x n n by rewrite mulr_ge0 // ltW.
have K0 : 0 < K.
  rewrite lt_neqAle nu0 andbT eq_sym; apply/eqP => e; have := off n0.
  rewrite /Qmul big1 ?ler10 // => n _; have -> : lam n = 0; last by rewrite mulr0.
  by apply/eqP; rewrite eq_le l0 andbT -(pmulr_lle0 _ (G0 n)) -e.
have lm : 0 < lam m by rewrite -(pmulr_lgt0 _ (G0 m)).
have up : K * (1 - kap) <= hh^-1.
  have /andP[lo _] := bnd m; have P0 := acute_ge0 x y l0 m; have ob := obtuse_le y x_neq0 l0 m hm.
  have -> : hh^-1 = \sum_n lam n * (r m n * gy x y n m).
    by apply: (mulfI (lt0r_neq0 hh0)); rewrite mulfV ?gt_eqF // -row sup.
  apply: le_trans lo.
  rewrite rk mul1r -/K; apply: (@le_cert _ (gamma * acute x y lam m + (kap * K - obtuse x y lam m))); last by ring.
  by apply: addr_ge0; [rewrite mulr_ge0 // ltW | rewrite subr_ge0].
have low k : hh^-1 <= lam k * G x k k + acute x y lam k.
  have /andP[_ hi] := bnd k; have O0 := obtuse_ge0 x y l0 k.
  rewrite -(ler_pmul2l hh0) mulfV ?gt_eqF //; apply: le_trans (off k) _; rewrite row ler_pmul2l //.
  apply: le_trans hi _; rewrite rk mul1r ler_subl_addr ler_addl mulr_ge0 //; exact: ltW.
have hh1 : 0 < hh^-1 by rewrite invr_gt0.
have pos (s : 'I_N -> R) k : (forall n, gamma <= s n <= 1) -> 0 < y k * \sum_n lam n * y n * s n * G x n k.
  move=> hs; have := weighted_positive small hh1 l0 hs hm up (low k).
  by congr (_ < _); rewrite mulr_sumr; apply: eq_bigr => n _; rewrite /gy; ring.
have si : 0 < (sqrtm R p)^-1 by rewrite invr_gt0 sqrtm_gt0.
move=> k; rewrite dot_u dot_v mulNr mulrN oppr_lt0 !(mulrCA (y k)); split; rewrite pmulr_rgt0 //; apply: pos => n.
  by rewrite /c; case: ifP => _; rewrite ?lexx ?gamma_le1.
by rewrite /cbar /c; case: ifP => _; rewrite ?addrK ?lexx ?gamma_le1 // addrC addKr lexx gamma_le1.
Qed.

End ObtuseC1.

(** * Every KKT point *)

Section ObtuseT1.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y).
Hypothesis small : kappa_obt x y < gamma ^+ 3 / (1 + gamma).
Local Notation kap := (kappa_obt x y).

Lemma obt_product : kap * (1 + gamma) < gamma ^+ 3.
Proof. by rewrite -ltr_pdivl_mulr // ltr_spaddl ?ltr01 // ltW. Qed.

(** Multipliers of any margins sum_n lam_n S_in gy_ni with weights S in
    [gamma^2, 1] make every sum with weights in [gamma, 1] positive.         *)
Lemma obt_weights (S : 'I_N -> 'I_N -> R) (mar lam s : 'I_N -> R) k : (forall n, x n != 0) ->
  (forall i n, gamma ^+ 2 <= S i n <= 1) -> (forall n, 0 <= lam n) ->
  (forall i, mar i = \sum_n lam n * (S i n * gy x y n i)) ->
  (forall i, 1 <= mar i) -> (forall i, 0 < lam i -> mar i = 1) -> (forall n, gamma <= s n <= 1) ->
  0 < \sum_n lam n * (s n * gy x y n k).
Proof.
move=> x0 hS l0 margin feas active hs; have prod := obt_product.
have G0 n : 0 < G x n n by rewrite dot_gt0.
have k0 : 0 <= kap by apply: kappa_obt_ge0.
have g2 : 0 < gamma ^+ 2 - kap.
  rewrite subr_gt0; apply: le_lt_trans (_ : kap * (1 + gamma) < _).
    by rewrite ler_pemulr // ler_addl ltW.
  by apply: lt_le_trans prod _; rewrite exprS ler_pimull ?sqr_ge0.
have bnd i := weighted_bounds x y_pm1 l0 i (hS i).
have [m hm] := exists_max k (fun n => lam n * G x n n); set T := lam m * G x m m in hm.
have nu0 n : 0 <= lam n * G x n n by rewrite mulr_ge0 // ltW.
have lm : 0 < lam m.
  rewrite lt_neqAle l0 andbT eq_sym; apply/eqP => e0; have := feas k; rewrite margin big1 ?ler10 // => n _.
  have -> : lam n = 0; last by rewrite mul0r.
  apply/eqP; rewrite eq_le l0 andbT -(pmulr_lle0 _ (G0 n)); apply: le_trans (hm n) _.
  by rewrite /T e0 mul0r.
have P0 n := acute_ge0 x y l0 n; have O0 n := obtuse_ge0 x y l0 n.
have up : T * (gamma ^+ 2 - kap) <= 1.
  have /andP[lo _] := bnd m; have ob := obtuse_le y x0 l0 m hm; have /andP[S1 _] := hS m m.
  rewrite -(active _ lm) margin; apply: le_trans lo.
  apply: (@le_cert _ ((S m m - gamma ^+ 2) * T + gamma ^+ 2 * acute x y lam m
    + (kap * T - obtuse x y lam m))); last by rewrite /T; ring.
  apply: addr_ge0; last by rewrite subr_ge0.
  by apply: addr_ge0; apply: mulr_ge0; rewrite ?subr_ge0 ?sqr_ge0 //; apply: nu0.
have low : 1 <= lam k * G x k k + acute x y lam k.
  have /andP[_ hi] := bnd k; have /andP[_ S2] := hS k k.
  apply: le_trans (feas k) _; rewrite margin; apply: le_trans hi _.
  apply: (@le_cert _ ((1 - S k k) * (lam k * G x k k) + gamma ^+ 2 * obtuse x y lam k)); last by ring.
  by apply: addr_ge0; apply: mulr_ge0; rewrite ?subr_ge0 ?sqr_ge0 //; apply: nu0.
have /andP[lo _] := weighted_bounds x y_pm1 l0 k hs; have ob := obtuse_le y x0 l0 k hm.
have /andP[s1 _] := hs k; apply: lt_le_trans lo; rewrite -(pmulr_rgt0 _ g2).
apply: (@lt_cert _ ((gamma ^+ 3 - kap * (1 + gamma)) + kap * (1 - T * (gamma ^+ 2 - kap))
  + (gamma ^+ 2 - kap) * ((s k - gamma) * (lam k * G x k k))
  + (gamma ^+ 2 - kap) * (kap * T - obtuse x y lam k)
  + (gamma ^+ 2 - kap) * gamma * (lam k * G x k k + acute x y lam k - 1))); last by ring.
apply: ltr_spaddl; last by apply: mulr_ge0; rewrite ?subr_ge0 // mulr_ge0 // ltW.
apply: ltr_spaddl; last by apply: mulr_ge0; [apply: ltW | rewrite subr_ge0].
apply: ltr_spaddl; last by apply: mulr_ge0; [apply: ltW | rewrite mulr_ge0 ?subr_ge0].
by apply: ltr_spaddl; [rewrite subr_gt0 // | rewrite mulr_ge0 ?subr_ge0 //].
Qed.

Section Point.
Variables (p : nat) (W : 'M[R]_(p + p, d)) (lam : 'I_N -> R).
Hypotheses (p_gt0 : (0 < p)%N) (K : kkt gamma x y W lam).

Lemma obt_forced : forced x y W.
Proof.
case: K => s Ks j k; have m0 : 0 < (p + p)%:R^-1 :> R by rewrite invr_gt0 m_gt0.
rewrite (preactivation j k Ks) mulrCA pmulr_rgt0 // mulr_sumr.
have -> : \sum_n y k * (lam n * y n * s j n * G x n k) = \sum_n lam n * (s j n * gy x y n k).
  by apply: eq_bigr => n _; rewrite /gy; ring.
apply: (@obt_weights (S s) (fun i => y i * f gamma W (x i))).
- by move=> n; apply: (feasible_sample_neq0 gamma_le1 (kkt_feasible Ks n)).
- by move=> i n; apply: (S_bounds gamma_gt0 p_gt0 i n (kkt_slopes Ks)).
- exact: kkt_dual Ks.
- move=> i; rewrite (kkt_margin gamma_le1 i Ks); apply: eq_bigr => n _.
  by rewrite /gy (GC x n i); ring.
- exact: kkt_feasible Ks.
- by move=> i; apply: (slack_active Ks).
- by move=> n; apply: (slope_bounds j n (kkt_slopes Ks)).
Qed.

(** C2.7: T1's conclusions for every KKT point: label-forced patterns, the
    closed form, C1's conditions on the multipliers, the linear boundary.    *)
Theorem T1_obt :
  [/\ forced x y W, W = Wstar gamma x y p lam, qp_conditions gamma x y lam,
      aligned gamma x y p lam & linear_boundary (f gamma W) (w x y lam)].
Proof.
have F := obt_forced; have [e Q al] := C1_converse gamma_le1 p_gt0 y_pm1 K F.
by split=> //; rewrite e; apply: Q1_linear_boundary.
Qed.

End Point.

(** There is at most one KKT point. *)
Theorem T1_obt_unique p (W W' : 'M[R]_(p + p, d)) lam lam' : (0 < p)%N ->
  kkt gamma x y W lam -> kkt gamma x y W' lam' -> W = W'.
Proof.
move=> p0 K K'; have [_ -> Q _ _] := T1_obt p0 K; have [_ -> Q' _ _] := T1_obt p0 K'.
by have [eu ev _] := C1_rows_unique gamma_gt0 y_pm1 p Q Q'; rewrite /Wstar eu ev.
Qed.

(** D2: its w does not depend on the width. *)
Theorem D2_obt_same_w p p' (W : 'M[R]_(p + p, d)) (W' : 'M[R]_(p' + p', d)) lam lam' :
  (0 < p)%N -> (0 < p')%N -> kkt gamma x y W lam -> kkt gamma x y W' lam' ->
  w x y lam = w x y lam'.
Proof.
move=> p0 p0' K K'; have [_ _ Q _ _] := T1_obt p0 K; have [_ _ Q' _ _] := T1_obt p0' K'.
by have [_ _ ->] := C1_rows_unique gamma_gt0 y_pm1 p Q Q'.
Qed.

End ObtuseT1.

(** Both hypotheses are wider than those of spec/theory.md. *)
Theorem obt_wider (R : rcfType) (gamma : R) d N (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R) :
  0 < gamma -> labels y -> (forall n, x n != 0) ->
  (hypC gamma x -> kappa_obt x y < gamma / (1 + gamma)) /\
  (hypHstar gamma x -> kappa_obt x y < gamma ^+ 3 / (1 + gamma)).
Proof.
move=> g0 yy x0; have le := obt_le_khat yy x0.
have g1 : 0 < 1 + gamma by rewrite ltr_spaddl ?ltr01 // ltW.
have g2 : 0 < 1 + 2%:R * gamma by rewrite ltr_spaddl ?ltr01 // mulr_ge0 ?ler0n // ltW.
have frac : (1 + 2%:R * gamma)^-1 <= (1 + gamma)^-1.
  by rewrite lef_pinv ?posrE // ler_add2l ler_pemull ?ler1n // ltW.
by split=> h; apply: le_lt_trans le (lt_le_trans h _); rewrite ler_wpmul2l // ltW // exprn_gt0.
Qed.

(** C2 from the Gram matrix alone, in one piece: the limit exists at every
    slope and width, with a linear boundary.                                 *)
Theorem C2_obt_kkt (R : rcfType) (gamma : R) d N p (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R) :
  0 < gamma -> gamma <= 1 -> (0 < p)%N -> labels y -> (forall n, x n != 0) ->
  kappa_obt x y < 2%:R * (Num.sqrt 5%:R - 2%:R) ->
  exists l, [/\ cp_conditions gamma x y l, kkt gamma x y (Wcp gamma x y p l) (lam l) &
    linear_boundary (f gamma (Wcp gamma x y p l)) (w x y (omega gamma l))].
Proof.
move=> g0 g1 p0 yy x0 small; have sep : separable x y.
  apply: obt_separable => //; apply: lt_le_trans small _.
  have s52 : Num.sqrt 5%:R <= 5%:R / 2%:R :> R.
    rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?sqrtr_ge0 ?divr_ge0 ?ler0n // sqr_sqrtr ?ler0n //.
    rewrite expr_div_n ler_pdivl_mulr ?exprn_gt0 ?ltr0n // -!natrX -natrM ler_nat //.
  apply: (@le_cert _ (2%:R * (5%:R / 2%:R - Num.sqrt 5%:R))); last by field.
  by rewrite mulr_ge0 ?ler0n ?subr_ge0.
have [l C] := C2_exists g0 yy sep; exists l; split=> //; last exact: C2_linear_boundary.
by apply: C2_kkt => // n _; apply: ltW; apply: (C2_obt g0 g1 yy C n small).
Qed.
