(******************************************************************************)
(* C2Learning.v : T3, T4 and D1 at the limit of C2, with omega in the place   *)
(* of the multipliers (C2.8).  w = sum omega_n y_n x_n, omega >= 0, is the    *)
(* normal of a linear boundary, and T3, T4, P1 and D1 ask for no more.        *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2 C1 K1 Perturb Adversarial Gap Pattern C2.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Omega.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R) (l : 'I_N * bool -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y).
Hypothesis C : cp_conditions gamma x y l.

(** omega_n lies between lambda_n and 2 lambda_n / (1 + gamma). *)
Theorem C2_omega_bounds n : lam l n <= omega gamma l n <= 2%:R / (1 + gamma) * lam l n.
Proof.
have g1 : 0 < 1 + gamma by rewrite ltr_spaddl ?ltr01 // ltW.
have k0 : 0 <= (1 - gamma) / (1 + gamma) by rewrite divr_ge0 ?subr_ge0 // ltW.
rewrite /lam /omega; apply/andP; split.
- apply: (@le_cert _ ((1 - gamma) / (1 + gamma) * l (n, true))); last by field; rewrite gt_eqF.
  by rewrite mulr_ge0 ?(cp_ge0 C).
- apply: (@le_cert _ ((1 - gamma) / (1 + gamma) * l (n, false))); last by field; rewrite gt_eqF.
  by rewrite mulr_ge0 ?(cp_ge0 C).
Qed.

(** With a sample, sum omega > 0: T_pert is a positive multiple of <e, z>. *)
Theorem C2_omega_sum (n0 : 'I_N) : 0 < \sum_n omega gamma l n.
Proof.
have om n : 0 <= omega gamma l n := omega_ge0 gamma_gt0 C n.
rewrite lt_neqAle sumr_ge0 // andbT eq_sym; apply/eqP => s0.
have le : \sum_n lam l n <= \sum_n omega gamma l n.
  by apply: ler_sum => n _; have /andP[] := C2_omega_bounds n.
have l0 : \sum_n lam l n = 0.
  apply/eqP; rewrite eq_le; move: le; rewrite s0 => -> /=.
  by apply: sumr_ge0 => n _; apply: lam_ge0 C n.
have := C2_sum_lambda C; rewrite l0 mulr0 => /eqP.
rewrite paddr_eq0 ?sqr_ge0 // !sqrf_eq0 !norm_eq0 => /andP[/eqP U0 /eqP V0].
have := cp_feas C n0 true; rewrite /own /other U0 V0 !if_same !dot0l mulr0 subr0.
by rewrite leNgt ltr0n.
Qed.

End Omega.

(** * From C2's network to C2's network *)

Section Learning.
Variables (R : rcfType) (gamma : R) (d : nat).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1).

Variables (N : nat) (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R) (p : nat) (l : 'I_N * bool -> R).
Hypotheses (y_pm1 : labels y) (p_gt0 : (0 < p)%N) (C : cp_conditions gamma x y l).

Variables (M : nat) (b : 'I_M -> 'rV[R]_d) (t : 'I_M -> R) (eps : R) (e : 'rV[R]_d).
Variables (p' : nat) (la : 'I_M * bool -> R).
Hypotheses (t_pm1 : labels t) (eps_ge0 : 0 <= eps) (p_gt0' : (0 < p')%N).
Hypothesis Cadv : cp_conditions gamma (x_adv b t eps e) t la.

Local Notation om := (omega gamma la).
Local Notation Wlim := (Wcp gamma x y p l).
Local Notation Wadv := (Wcp gamma (x_adv b t eps e) t p' la).

Let om0 n : 0 <= om n := omega_ge0 gamma_gt0 Cadv n.

(** T3: the adversarial limit decides by T_data + T_pert, taken with omega. *)
Theorem T3_C2 z : Num.sg (f gamma Wadv z) = Num.sg (T_data b t om z + T_pert eps e om z).
Proof. by rewrite C2_linear_boundary // -T3_split. Qed.

(** The sum is the same for every dual solution; each part need not be. *)
Theorem T3_C2_unique la' z : cp_conditions gamma (x_adv b t eps e) t la' ->
  T_data b t om z + T_pert eps e om z =
  T_data b t (omega gamma la') z + T_pert eps e (omega gamma la') z.
Proof.
move=> C'; rewrite -!(T3_split b eps e t_pm1) /f_bdy.
by have [_ _ -> _] := C2_unique gamma_gt0 t_pm1 Cadv C'.
Qed.

(** T4, pointwise, for the two networks, any norm. *)
Theorem T4_C2 z : Num.sg (dot e z) = Num.sg (dot (w x y (omega gamma l)) z) ->
  `|T_data b t om z| < `|T_pert eps e om z| ->
  Num.sg (f gamma Wadv z) = Num.sg (f gamma Wlim z).
Proof.
move=> es dom; apply: (T4_linear_boundaries (la := om) (w0 := w x y (omega gamma l)) t_pm1 eps_ge0 _ _ om0 es dom).
  exact: C2_linear_boundary.
exact: C2_linear_boundary.
Qed.

(** T4 from bounds of omega. *)
Theorem T4_C2_apriori (lo hi : R) z : (forall n, lo <= om n <= hi) ->
  Num.sg (dot e z) = Num.sg (dot (w x y (omega gamma l)) z) ->
  hi * (\sum_n `|dot (b n) z|) < eps * M%:R * lo * `|dot e z| ->
  Num.sg (f gamma Wadv z) = Num.sg (f gamma Wlim z).
Proof.
move=> bnd es hyp; apply: T4_C2 => //; exact: (T4_apriori_dominates t_pm1 eps_ge0 om0 bnd hyp).
Qed.

End Learning.

(** T4 for L2: e = w/||w|| agrees with w in sign by itself. *)
Theorem T4_C2_l2 (R : rcfType) (gamma : R) d N (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R) p
    (l : 'I_N * bool -> R) M (b : 'I_M -> 'rV[R]_d) (t : 'I_M -> R) (eps : R) p' (la : 'I_M * bool -> R) z
    (e := e_l2 (w x y (omega gamma l))) :
  0 < gamma -> gamma <= 1 -> labels y -> (0 < p)%N -> labels t -> 0 <= eps -> (0 < p')%N ->
  cp_conditions gamma (x_adv b t eps e) t la ->
  `|T_data b t (omega gamma la) z| < `|T_pert eps e (omega gamma la) z| ->
  Num.sg (f gamma (Wcp gamma (x_adv b t eps e) t p' la) z) = Num.sg (f gamma (Wcp gamma x y p l) z).
Proof.
move=> g0 g1 yy p0 tt e0 p0' Cadv dom; apply: T4_C2 dom => //.
by rewrite sg_e_l2.
Qed.

(** * D1: the exact size that flips a decision of C2's network *)

Section Deception.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R) (l : 'I_N * bool -> R) (z : 'rV[R]_d).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y) (p_gt0 : (0 < p)%N).

Local Notation w0 := (w x y (omega gamma l)).
Local Notation g := (f gamma (Wcp gamma x y p l)).
Hypothesis decided : dot w0 z != 0.

Let lin : linear_boundary g w0.
Proof. exact: C2_linear_boundary. Qed.

Theorem D1_C2_l2 :
  (forall eps, 0 <= eps -> flips g z (pert_l2 eps (target w0 z) w0) = (`|dot w0 z| / norm w0 < eps)) /\
  (forall eta, norm eta <= `|dot w0 z| / norm w0 -> ~~ flips g z eta).
Proof. by split=> *; [apply: D1_l2 | apply: (D1_l2_smallest lin decided)]. Qed.

Theorem D1_C2_linf :
  (forall eps, 0 <= eps -> flips g z (pert_linf eps (target w0 z) w0) = (`|dot w0 z| / norm1 w0 < eps)) /\
  (forall eta : 'rV[R]_d, (forall i, `|eta 0 i| <= `|dot w0 z| / norm1 w0) -> ~~ flips g z eta).
Proof. by split=> *; [apply: D1_linf | apply: (D1_linf_smallest lin decided)]. Qed.

Theorem D1_C2_l0 k : (0 < k)%N ->
  (forall eps, 0 <= eps -> flips g z (pert_l0 k eps (target w0 z) w0) = (`|dot w0 z| / normk w0 k < eps)) /\
  (forall eta, ball_l0 k (`|dot w0 z| / normk w0 k) eta -> ~~ flips g z eta).
Proof. by move=> k0; split=> *; [apply: D1_l0 | apply: (D1_l0_smallest lin decided k0)]. Qed.

Theorem D1_C2_l1 :
  (forall eps, 0 <= eps -> flips g z (pert_l1 eps (target w0 z) w0) = (`|dot w0 z| / norminf w0 < eps)) /\
  (forall eta, norm1 eta <= `|dot w0 z| / norminf w0 -> ~~ flips g z eta).
Proof. by split=> *; [apply: D1_l1 | apply: (D1_l1_smallest lin decided)]. Qed.

End Deception.
