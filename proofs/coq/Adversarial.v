(******************************************************************************)
(* Adversarial.v : learning from the perturbations.                           *)
(*                                                                            *)
(*   x_adv b t eps e n = b_n + eps t_n e     the adversarial set, label t_n   *)
(*   T_data b t la z   = sum_n la_n t_n <b_n, z>                              *)
(*   T_pert eps e la z = eps (sum_n la_n) <e, z>                              *)
(*                                                                            *)
(* T3: the boundary function of a network trained on the adversarial set is   *)
(* exactly T_data + T_pert.  T4: when T_pert dominates, it decides like the   *)
(* network the perturbations came from.                                       *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2 Perturb.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Split.
Variables (R : rcfType) (d N : nat).
Variables (b : 'I_N -> 'rV[R]_d) (t : 'I_N -> R) (eps : R) (e : 'rV[R]_d).
Implicit Type la : 'I_N -> R.

Definition x_adv n : 'rV[R]_d := b n + (eps * t n) *: e.
Definition T_data la (z : 'rV[R]_d) : R := \sum_n la n * t n * dot (b n) z.
Definition T_pert la (z : 'rV[R]_d) : R := eps * (\sum_n la n) * dot e z.

Hypothesis t_pm1 : labels t.

(** T3: the exact split.  t_n^2 = 1 makes every perturbation push the same
    way.                                                                     *)
Theorem T3_split la z : f_bdy x_adv t la z = T_data la z + T_pert la z.
Proof.
have -> : T_pert la z = \sum_n eps * la n * dot e z.
  by rewrite -mulr_suml -mulr_sumr.
rewrite /f_bdy /w dot_suml -big_split; apply: eq_bigr => n _ /=.
rewrite dotZl dotDl dotZl; have tt := y_sqr t_pm1 n.
by rewrite -[eps * la n]mulr1 -tt; ring.
Qed.

(** The Gram matrix of the adversarial set is that of the bases plus a matrix
    of rank two.                                                             *)
Theorem T3_gram n k : let eta := eps *: e in
  G x_adv n k = G b n k + t k * dot (b n) eta + t n * dot (b k) eta
              + t n * t k * dot eta eta.
Proof.
rewrite /G /x_adv !(dotDl, dotDr, dotZl, dotZr) (dotC e (b k)); ring.
Qed.

Hypothesis eps_ge0 : 0 <= eps.

(** T4, pointwise: a dominating T_pert decides, and its sign is that of
    <e, z>.                                                                  *)
Theorem T4_pointwise_e la z : (forall n, 0 <= la n) ->
  `|T_data la z| < `|T_pert la z| ->
  Num.sg (f_bdy x_adv t la z) = Num.sg (dot e z).
Proof.
move=> la0 dom; rewrite T3_split sg_dominated // /T_pert sg_eq_pos //.
rewrite lt_neqAle mulr_ge0 ?sumr_ge0 // andbT eq_sym.
by apply: contraTneq dom => h; rewrite /T_pert h mul0r normr0 -leNgt normr_ge0.
Qed.

(** T4, any norm: add sgn <e, z> = sgn <w, z>. *)
Theorem T4_pointwise_sign la (w0 : 'rV[R]_d) z : (forall n, 0 <= la n) ->
  Num.sg (dot e z) = Num.sg (dot w0 z) ->
  `|T_data la z| < `|T_pert la z| ->
  Num.sg (f_bdy x_adv t la z) = Num.sg (dot w0 z).
Proof. by move=> la0 <-; apply: T4_pointwise_e. Qed.

(** T4, a priori: bounds of the multipliers decide before training. *)
Theorem T4_apriori_dominates la (lo hi : R) z :
  (forall n, 0 <= la n) -> (forall n, lo <= la n <= hi) ->
  hi * (\sum_n `|dot (b n) z|) < eps * N%:R * lo * `|dot e z| ->
  `|T_data la z| < `|T_pert la z|.
Proof.
move=> la0 bnd hyp; apply: (@le_lt_trans _ _ (hi * \sum_n `|dot (b n) z|)).
  apply: le_trans (ler_norm_sum _ _ _) _; rewrite mulr_sumr; apply: ler_sum => n _.
  rewrite !normrM (y_norm t_pm1) mulr1 ger0_norm // ler_wpmul2r //.
  by case/andP: (bnd n).
apply: (lt_le_trans hyp); rewrite /T_pert normrM ler_wpmul2r //.
rewrite ger0_norm ?mulr_ge0 ?sumr_ge0 // -mulrA ler_wpmul2l //.
rewrite -[N in N%:R * _]card_ord; apply: sum_ge_const => n _.
by case/andP: (bnd n).
Qed.

(** T4 for any two classifiers with linear boundaries, by (H) or by C1. *)
Theorem T4_linear_boundaries (g gadv : 'rV[R]_d -> R) la (w0 : 'rV[R]_d) z :
  linear_boundary g w0 -> linear_boundary gadv (w x_adv t la) ->
  (forall n, 0 <= la n) -> Num.sg (dot e z) = Num.sg (dot w0 z) ->
  `|T_data la z| < `|T_pert la z| ->
  Num.sg (gadv z) = Num.sg (g z).
Proof. by move=> hg hadv la0 es dom; rewrite hg hadv; apply: T4_pointwise_sign. Qed.

Theorem T4_apriori la (lo hi : R) (w0 : 'rV[R]_d) z :
  (forall n, 0 <= la n) -> (forall n, lo <= la n <= hi) ->
  Num.sg (dot e z) = Num.sg (dot w0 z) ->
  hi * (\sum_n `|dot (b n) z|) < eps * N%:R * lo * `|dot e z| ->
  Num.sg (f_bdy x_adv t la z) = Num.sg (dot w0 z).
Proof.
move=> la0 bnd es hyp; apply: T4_pointwise_sign => //.
exact: T4_apriori_dominates bnd hyp.
Qed.

End Split.

(** * The geometry-inspired adversarial sets *)

Section Norms.
Variables (R : rcfType) (d N : nat).
Variables (b : 'I_N -> 'rV[R]_d) (t : 'I_N -> R) (eps : R) (w0 : 'rV[R]_d).
Hypotheses (t_pm1 : labels t) (eps_ge0 : 0 <= eps).
Implicit Type la : 'I_N -> R.

Theorem T3_split_l2 la z :
  f_bdy (fun n => b n + pert_l2 eps (t n) w0) t la z =
  T_data b t la z + eps * (\sum_n la n) * dot (e_l2 w0) z.
Proof.
rewrite -(T3_split b eps (e_l2 w0) t_pm1); congr (dot _ z).
by apply: eq_bigr => n _; rewrite pert_l2_e.
Qed.

Theorem T3_split_linf la z :
  f_bdy (fun n => b n + pert_linf eps (t n) w0) t la z =
  T_data b t la z + eps * (\sum_n la n) * dot (e_linf w0) z.
Proof.
rewrite -(T3_split b eps (e_linf w0) t_pm1); congr (dot _ z).
by apply: eq_bigr => n _; rewrite pert_linf_e.
Qed.

Theorem T3_split_l0 k la z :
  f_bdy (fun n => b n + pert_l0 k eps (t n) w0) t la z =
  T_data b t la z + eps * (\sum_n la n) * dot (e_l0 k w0) z.
Proof.
rewrite -(T3_split b eps (e_l0 k w0) t_pm1); congr (dot _ z).
by apply: eq_bigr => n _; rewrite pert_l0_e.
Qed.

Theorem T3_split_l1 la z :
  f_bdy (fun n => b n + pert_l1 eps (t n) w0) t la z =
  T_data b t la z + eps * (\sum_n la n) * dot (e_l1 w0) z.
Proof. exact: T3_split_l0. Qed.

(** T4, L2: e = w/||w|| agrees with w in sign, so no further condition. *)
Lemma sg_e_l2 z : Num.sg (dot (e_l2 w0) z) = Num.sg (dot w0 z).
Proof.
have [->|n0] := eqVneq w0 0; first by rewrite /e_l2 scaler0.
by rewrite dotZl sg_eq_pos // invr_gt0 norm_gt0.
Qed.

Theorem T4_pointwise_l2 la z : (forall n, 0 <= la n) ->
  `|T_data b t la z| < `|T_pert eps (e_l2 w0) la z| ->
  Num.sg (f_bdy (x_adv b t eps (e_l2 w0)) t la z) = Num.sg (dot w0 z).
Proof. by move=> la0; apply: T4_pointwise_sign => //; apply: sg_e_l2. Qed.

Theorem T4_apriori_l2 la (lo hi : R) z :
  (forall n, 0 <= la n) -> (forall n, lo <= la n <= hi) ->
  hi * (\sum_n `|dot (b n) z|) < eps * N%:R * lo * `|dot (e_l2 w0) z| ->
  Num.sg (f_bdy (x_adv b t eps (e_l2 w0)) t la z) = Num.sg (dot w0 z).
Proof. by move=> la0 bnd; apply: (T4_apriori t_pm1 eps_ge0 la0 bnd); apply: sg_e_l2. Qed.

End Norms.

(** * From networks to networks *)

(** A network with multipliers lam on clean data (x, y) gives the direction e;
    another, with multipliers la, is a KKT point of the adversarial set built
    from arbitrary bases b.  Both data sets satisfy (H).                     *)
Section Networks.
Variables (R : rcfType) (gamma : R) (d : nat).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1).

Variables (N : nat) (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (y_pm1 : labels y) (H : hypH gamma x).
Variables (p : nat) (W : 'M[R]_(p + p, d)) (lam : 'I_N -> R).
Hypotheses (p_gt0 : (0 < p)%N) (K : kkt gamma x y W lam).

Variables (M : nat) (b : 'I_M -> 'rV[R]_d) (t : 'I_M -> R) (eps : R) (e : 'rV[R]_d).
Hypotheses (t_pm1 : labels t) (eps_ge0 : 0 <= eps).
Hypothesis (Hadv : hypH gamma (x_adv b t eps e)).
Variables (p' : nat) (Wadv : 'M[R]_(p' + p', d)) (la : 'I_M -> R).
Hypotheses (p_gt0' : (0 < p')%N) (Kadv : kkt gamma (x_adv b t eps e) t Wadv la).

(** T4 for the networks themselves. *)
Theorem T4_networks z :
  Num.sg (dot e z) = Num.sg (dot (w x y lam) z) ->
  `|T_data b t la z| < `|T_pert eps e la z| ->
  Num.sg (f gamma Wadv z) = Num.sg (f gamma W z).
Proof.
move=> es dom; rewrite (T1_linear_boundary gamma_gt0 gamma_le1 t_pm1 Hadv p_gt0' Kadv).
rewrite (T1_linear_boundary gamma_gt0 gamma_le1 y_pm1 H p_gt0 K).
apply: T4_pointwise_sign => // n; exact/ltW/(T1_multipliers_positive _ _ _ _ _ Kadv).
Qed.

(** A priori, with the multiplier bounds of T1. *)
Theorem T4_apriori_T1 z :
  Num.sg (dot e z) = Num.sg (dot (w x y lam) z) ->
  3%:R / (2%:R * gamma ^+ 2 * Rmin (x_adv b t eps e) ^+ 2) * (\sum_n `|dot (b n) z|)
    < eps * M%:R * (1 / (2%:R * Rmax (x_adv b t eps e) ^+ 2)) * `|dot e z| ->
  Num.sg (f gamma Wadv z) = Num.sg (f gamma W z).
Proof.
move=> es hyp; apply: T4_networks => //.
apply: (T4_apriori_dominates t_pm1 eps_ge0 _ _ hyp) => n.
  exact/ltW/(T1_multipliers_positive _ _ _ _ _ Kadv).
have /andP[h1 h2] := T1_multiplier_bounds gamma_gt0 gamma_le1 t_pm1 Hadv p_gt0' Kadv n.
by rewrite !ltW.
Qed.

(** A priori, with the sharper bounds of T2. *)
Theorem T4_apriori_T2 z :
  let lo := Rmin (x_adv b t eps e) ^+ 2 in let hi := Rmax (x_adv b t eps e) ^+ 2 in
  let k := kappa gamma lo hi in
  Num.sg (dot e z) = Num.sg (dot (w x y lam) z) ->
  T2hi gamma k lo * (\sum_n `|dot (b n) z|) < eps * M%:R * T2lo gamma k hi * `|dot e z| ->
  Num.sg (f gamma Wadv z) = Num.sg (f gamma W z).
Proof.
move=> lo hi k es hyp; apply: T4_networks => //.
apply: (T4_apriori_dominates t_pm1 eps_ge0 _ _ hyp) => n.
  exact/ltW/(T1_multipliers_positive _ _ _ _ _ Kadv).
have /andP[h1 h2] := T2_multiplier_bounds gamma_gt0 gamma_le1 t_pm1 Hadv p_gt0' Kadv n.
by rewrite !ltW.
Qed.

(** At the adversarial samples themselves the network returns the given, wrong
    label t_n, with margin exactly 1.                                        *)
Theorem T4_at_adversarial_samples n :
  f gamma Wadv (x_adv b t eps e n) = t n.
Proof.
have h := T1_margins_active gamma_gt0 gamma_le1 t_pm1 Hadv p_gt0' Kadv n.
by rewrite -[LHS]mul1r -(y_sqr t_pm1 n) -mulrA h mulr1.
Qed.

End Networks.

(** Consistency may hold even at a mislabelled base b_1 = x_1 itself: with one
    sample x of label 1, t = -1 and eps = 2 ||x||, the adversarial sample is -x,
    and T_pert outweighs T_data at x two to one.                             *)
Section NoMisfitAtBase.
Variables (R : rcfType) (d : nat) (x0 : 'rV[R]_d).
Hypothesis x_neq0 : x0 != 0.

Theorem T4_T_data_need_not_win (la : 'I_1 -> R) : 0 < la ord0 ->
  let b := fun _ : 'I_1 => x0 in let t := fun _ : 'I_1 => -1 in
  let eps := 2%:R * norm x0 in let e := e_l2 x0 in
  [/\ x_adv b t eps e ord0 = - x0,
      T_data b t la x0 < 0 &
      0 < T_data b t la x0 + T_pert eps e la x0].
Proof.
move=> la0 /=; have n0 : norm x0 != 0 by rewrite norm_eq0.
have s0 : 0 < dot x0 x0 by rewrite dot_gt0.
rewrite /x_adv /T_data /T_pert !big_ord1 dotZl -[la 0]/(la ord0); split.
- rewrite scalerA (_ : _ * _ * _ = -2%:R); last by field.
  by rewrite -{1}[x0]scale1r -scalerDl (_ : 1 + _ = -1) ?scaleN1r //; ring.
- by rewrite mulrN1 mulNr oppr_lt0 mulr_gt0.
- rewrite (_ : _ + _ = la ord0 * dot x0 x0) ?mulr_gt0 //.
  by field.
Qed.

End NoMisfitAtBase.
