(******************************************************************************)
(* C2.v : the limit at any slope, by a convex programme.                      *)
(*                                                                            *)
(*   own U V n, other U V n = <U, x_n>, <V, x_n> for y_n = 1, exchanged for   *)
(*                            y_n = -1                                        *)
(*   (CP)   minimise 1/4 (||U||^2 + ||V||^2)  subject to                      *)
(*          own_n - t other_n >= 2   for t = gamma and t = 1, every n         *)
(*                                                                            *)
(* A multiplier is l (n, b): alpha_n for b = false (t = gamma), beta_n for    *)
(* b = true (t = 1).                                                          *)
(*   lam l n    = alpha_n + beta_n            the multiplier of (P)           *)
(*   wslope l n = gamma alpha_n + beta_n      lam_n s_n, s_n the other slope  *)
(*   omega l n  = alpha_n + 2 beta_n / (1 + gamma)                            *)
(*   cpU, cpV   = the two vectors;  Wcp: rows U/sqrt m and V/sqrt m           *)
(*   cp_conditions l = the KKT conditions of (CP)                             *)
(*   all_on     = the pattern 1 on every own pair                             *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2 C1 K1 Gap Pattern.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Definitions.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Implicit Types (U V : 'rV[R]_d) (l : 'I_N * bool -> R).

Definition own U V n : R := dot (if y n == 1 then U else V) (x n).
Definition other U V n : R := dot (if y n == 1 then V else U) (x n).

Definition tslope (b : bool) : R := if b then 1 else gamma.
Definition cp_feasible U V : Prop :=
  forall n b, 2%:R <= own U V n - tslope b * other U V n.

Definition separable : Prop := exists e : 'rV[R]_d, forall n, 0 < y n * dot e (x n).

Definition lam l n : R := l (n, false) + l (n, true).
Definition wslope l n : R := gamma * l (n, false) + l (n, true).
Definition omega l n : R := l (n, false) + 2%:R * l (n, true) / (1 + gamma).

Definition cpU l : 'rV[R]_d := \sum_n (if y n == 1 then lam l n else - wslope l n) *: x n.
Definition cpV l : 'rV[R]_d := \sum_n (if y n == 1 then - wslope l n else lam l n) *: x n.

Record cp_conditions l : Prop := {
  cp_ge0 : forall n b, 0 <= l (n, b);
  cp_feas : cp_feasible (cpU l) (cpV l);
  cp_active : forall n b, 0 < l (n, b) ->
    own (cpU l) (cpV l) n - tslope b * other (cpU l) (cpV l) n = 2%:R
}.

Definition Wcp p l : 'M[R]_(p + p, d) :=
  two_rows p ((sqrtm R p)^-1 *: cpU l) ((sqrtm R p)^-1 *: cpV l).

End Definitions.

Definition all_on (R : rcfType) p N : 'I_(p + p) -> 'I_N -> R := fun _ _ => 1.
Arguments all_on R p N : clear implicits.

(** * The programme *)

Section Programme.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y).
Implicit Types (U V : 'rV[R]_d) (l : 'I_N * bool -> R).

Let g1_gt0 : 0 < 1 + gamma.
Proof. by rewrite ltr_spaddl ?ltr01 // ltW. Qed.

Lemma own_add U V n : own x y U V n + other x y U V n = dot (U + V) (x n).
Proof. by rewrite /own /other dotDl; case: ifP => _ //; rewrite addrC. Qed.

Lemma own_sub U V n : own x y U V n - other x y U V n = y n * dot (U - V) (x n).
Proof.
rewrite /own /other dotBl; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1.
  by rewrite mul1r.
by rewrite mulN1r opprB.
Qed.

Lemma sum_pairs (F : 'I_N * bool -> R) : \sum_i F i = \sum_n (F (n, false) + F (n, true)).
Proof.
transitivity (\sum_n \sum_b F (n, b)).
  by rewrite pair_bigA; apply: eq_bigr => -[n b].
by apply: eq_bigr => n _; rewrite big_bool addrC.
Qed.

Lemma sum_pairs_vec (F : 'I_N * bool -> 'rV[R]_d) :
  \sum_i F i = \sum_n (F (n, false) + F (n, true)).
Proof.
transitivity (\sum_n \sum_b F (n, b)).
  by rewrite pair_bigA; apply: eq_bigr => -[n b].
by apply: eq_bigr => n _; rewrite big_bool addrC.
Qed.

(** (CP)'s dual is a form of two vectors over 2N indices. *)
Definition cpx (i : 'I_N * bool) : 'rV[R]_d := x i.1.
Definition cpr (i : 'I_N * bool) : R := if y i.1 == 1 then 1 else - tslope gamma i.2.
Definition cps (i : 'I_N * bool) : R := if y i.1 == 1 then - tslope gamma i.2 else 1.
Definition cpM := pairM cpx cpr cps.

Lemma vec_cpU l : vec cpx cpr l = cpU gamma x y l.
Proof.
rewrite /vec sum_pairs_vec; apply: eq_bigr => n _; rewrite -scalerDl; congr (_ *: _).
by rewrite /cpr /lam /wslope /=; case: ifP => _; ring.
Qed.

Lemma vec_cpV l : vec cpx cps l = cpV gamma x y l.
Proof.
rewrite /vec sum_pairs_vec; apply: eq_bigr => n _; rewrite -scalerDl; congr (_ *: _).
by rewrite /cps /lam /wslope /=; case: ifP => _; ring.
Qed.

Lemma cp_row U V i : cpr i * dot U (cpx i) + cps i * dot V (cpx i) =
  own x y U V i.1 - tslope gamma i.2 * other x y U V i.1.
Proof. by rewrite /cpr /cps /cpx /own /other; case: ifP => _; ring. Qed.

Lemma cp_mul l n b : Mmul cpM l (n, b) =
  (own x y (cpU gamma x y l) (cpV gamma x y l) n
   - tslope gamma b * other x y (cpU gamma x y l) (cpV gamma x y l) n) / 2%:R.
Proof. by rewrite /cpM pair_mul vec_cpU vec_cpV cp_row. Qed.

(** The KKT conditions of (CP) are the optimality conditions of its dual
    min 1/2 l'Ml - 1'l over l >= 0.                                          *)
Theorem C2_dual l : cp_conditions gamma x y l <-> nnqp cpM l.
Proof.
split=> [[l0 feas act]|[l0 act feas]].
  split=> [[n b] //|[n b] /act e|[n b]]; rewrite cp_mul; first by rewrite e divff ?pnatr_eq0.
  by rewrite ler_pdivl_mulr ?ltr0n // mul1r; apply: feas.
split=> [n b //|n b|n b /act].
  by have := feas (n, b); rewrite cp_mul ler_pdivl_mulr ?ltr0n // mul1r.
by rewrite cp_mul => /(congr1 ( *%R^~ 2%:R)); rewrite mul1r divfK ?pnatr_eq0.
Qed.

(** C2.1: (CP) is feasible iff the data are linearly separable. *)
Theorem C2_feasible_iff : (exists U V, cp_feasible gamma x y U V) <-> separable x y.
Proof.
split=> [[U [V F]]|[e he]].
  exists (U - V) => n; rewrite -own_sub.
  by have := F n true; rewrite /= mul1r; apply: lt_le_trans; rewrite ltr0n.
pose q := minover 1 (fun n => y n * dot e (x n)).
have q0 : 0 < q by apply: minover_gt; rewrite ?ltr01.
have tq n : 2%:R <= 2%:R / q * (y n * dot e (x n)).
  by rewrite mulrAC ler_pdivl_mulr // ler_pmul2l ?ltr0n // minover_le.
exists ((2%:R / q) *: e), (- (2%:R / q) *: e) => n b.
have -> : own x y ((2%:R / q) *: e) (- (2%:R / q) *: e) n = 2%:R / q * (y n * dot e (x n)).
  by rewrite /own; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1 dotZl; ring.
have -> : other x y ((2%:R / q) *: e) (- (2%:R / q) *: e) n = - (2%:R / q * (y n * dot e (x n))).
  by rewrite /other; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1 dotZl; ring.
rewrite mulrN opprK ler_paddr // mulr_ge0 //; last by apply: le_trans (tq n); rewrite ler0n.
by case: b; rewrite ?ler01 // ltW.
Qed.

(** C2.1: the solution is the one feasible pair of least norm ... *)
Theorem C2_shortest l U V : cp_conditions gamma x y l -> cp_feasible gamma x y U V ->
  norm (cpU gamma x y l) ^+ 2 + norm (cpV gamma x y l) ^+ 2
    + (norm (U - cpU gamma x y l) ^+ 2 + norm (V - cpV gamma x y l) ^+ 2)
    <= norm U ^+ 2 + norm V ^+ 2.
Proof.
move=> /C2_dual C F; rewrite -vec_cpU -vec_cpV; apply: pair_shortest => // -[n b] _.
by rewrite cp_row; apply: F.
Qed.

(** ... and U, V, w, sum lambda are the same for all multipliers. *)
Theorem C2_unique l l' : cp_conditions gamma x y l -> cp_conditions gamma x y l' ->
  [/\ cpU gamma x y l = cpU gamma x y l', cpV gamma x y l = cpV gamma x y l',
      w x y (omega gamma l) = w x y (omega gamma l') & \sum_n lam l n = \sum_n lam l' n].
Proof.
move=> /C2_dual C /C2_dual C'; have [] := pair_unique C C'.
rewrite !vec_cpU !vec_cpV !sum_pairs => eU eV es; split=> //.
have nw q : (1 + gamma) *: w x y (omega gamma q) = cpU gamma x y q - cpV gamma x y q.
  rewrite /w scaler_sumr /cpU /cpV -sumrB; apply: eq_bigr => n _.
  rewrite scalerA -scalerBl; congr (_ *: _); rewrite /omega /lam /wslope.
  case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1; field; by rewrite gt_eqF.
by apply: (scalerI (lt0r_neq0 g1_gt0)); rewrite !nw eU eV.
Qed.

(** The normal: U - V = (1 + gamma) w. *)
Theorem C2_normal l : cpU gamma x y l - cpV gamma x y l = (1 + gamma) *: w x y (omega gamma l).
Proof.
rewrite /w scaler_sumr /cpU /cpV -sumrB; apply: eq_bigr => n _.
rewrite scalerA -scalerBl; congr (_ *: _); rewrite /omega /lam /wslope.
case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1; field; by rewrite gt_eqF.
Qed.

(** ||U||^2 + ||V||^2 = 2 sum lambda. *)
Theorem C2_sum_lambda l : cp_conditions gamma x y l ->
  norm (cpU gamma x y l) ^+ 2 + norm (cpV gamma x y l) ^+ 2 = 2%:R * \sum_n lam l n.
Proof.
move=> /C2_dual /nnqp_form; rewrite /cpM pair_form vec_cpU vec_cpV -!norm_sqr sum_pairs => <-.
by field.
Qed.

(** gamma < 1: the dual form is positive definite iff all samples together are
    linearly independent (Q asks it of each class only).                     *)
Theorem C2_M_posdef_iff : gamma < 1 ->
  (forall l, (exists i, l i != 0) -> 0 < form cpM l l) <->
  (forall q : 'I_N -> R, \sum_n q n *: x n = 0 -> forall n, q n = 0).
Proof.
move=> g1; have formE l : form cpM l l =
    (dot (cpU gamma x y l) (cpU gamma x y l) + dot (cpV gamma x y l) (cpV gamma x y l)) / 2%:R.
  by rewrite /cpM pair_form vec_cpU vec_cpV.
have g10 : 1 - gamma != 0 by rewrite gt_eqF // subr_gt0.
split=> [pd q q0 n|free l [[n b] nz]]; last first.
  rewrite formE divr_gt0 ?ltr0n // lt_neqAle addr_ge0 ?dot_ge0 // andbT eq_sym.
  apply: contra nz; rewrite paddr_eq0 ?dot_ge0 // !dot_eq0 => /andP[/eqP U0 /eqP V0].
  have := free _ U0 n; have := free _ V0 n.
  suff zero : lam l n = 0 -> wslope gamma l n = 0 -> l (n, b) == 0.
    by case: ifP => _ e1 e2; apply: zero => //; apply/eqP; rewrite -oppr_eq0; apply/eqP.
  rewrite /lam /wslope => /eqP; rewrite addr_eq0 => /eqP e1 /eqP.
  rewrite e1 (_ : _ + _ = (1 - gamma) * l (n, true)); last by ring.
  rewrite mulf_eq0 (negbTE g10) /= => e2; case: b => //.
  by rewrite e1 oppr_eq0.
pose l (i : 'I_N * bool) : R := (if i.2 then - (1 + gamma) else 2%:R) * q i.1 / (1 - gamma).
have lE k : lam l k = q k by rewrite /lam /l /=; field.
have wE k : - wslope gamma l k = q k by rewrite /wslope /l /=; field.
have U0 : cpU gamma x y l = 0.
  by rewrite -q0; apply: eq_bigr => k _; rewrite lE wE; case: ifP.
have V0 : cpV gamma x y l = 0.
  by rewrite -q0; apply: eq_bigr => k _; rewrite lE wE; case: ifP.
apply/eqP/negPn/negP => qn; have : 0 < form cpM l l.
  by apply: pd; exists (n, false); rewrite /l /= !mulf_neq0 ?invr_neq0 ?pnatr_eq0.
by rewrite formE U0 V0 !dot0l addr0 mul0r ltxx.
Qed.

End Programme.

(** * The network of the programme *)

Section CpNetwork.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.
Implicit Types (l : 'I_N * bool -> R) (W : 'M[R]_(p + p, d)).

Local Notation rho := ((sqrtm R p)^-1).

Let g1_gt0 : 0 < 1 + gamma.
Proof. by rewrite ltr_spaddl ?ltr01 // ltW. Qed.

Let rho0 : 0 < rho.
Proof. by rewrite invr_gt0 sqrtm_gt0. Qed.

(** C2.3: the boundary is linear for any multipliers, own signs or not. *)
Theorem C2_linear_boundary l :
  linear_boundary (f gamma (Wcp gamma x y p l)) (w x y (omega gamma l)).
Proof.
move=> z; rewrite /Wcp two_rows_linear_boundary // -scalerBr C2_normal // scalerA dotZl.
by rewrite sg_eq_pos // mulr_gt0.
Qed.

(** The margins: half of phi(own) - phi(other). *)
Theorem C2_margin l n : y n * f gamma (Wcp gamma x y p l) (x n) =
  (phi gamma (own x y (cpU gamma x y l) (cpV gamma x y l) n)
   - phi gamma (other x y (cpU gamma x y l) (cpV gamma x y l) n)) / 2%:R.
Proof.
rewrite f_two_rows // !dotZl !phi_homogeneous ?(ltW rho0) // /own /other.
have s0 := sqrtm_neq0 R p_gt0.
by case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1; field.
Qed.

(** Without beta, omega is alpha and the old w. *)
Lemma omega_alpha l n : l (n, true) = 0 -> omega gamma l n = l (n, false).
Proof. by rewrite /omega => ->; rewrite mulr0 mul0r addr0. Qed.

Lemma pre_Wcp l j n : dot (row j (Wcp gamma x y p l)) (x n) =
  rho * (if own_pair y j n then own x y (cpU gamma x y l) (cpV gamma x y l) n
         else other x y (cpU gamma x y l) (cpV gamma x y l) n).
Proof.
rewrite row_two_rows /own_pair /own /other.
by case: (j < p)%N; case: (y n == 1); rewrite dotZl.
Qed.

Section Solution.
Variable l : 'I_N * bool -> R.
Hypothesis C : cp_conditions gamma x y l.

Local Notation U := (cpU gamma x y l).
Local Notation V := (cpV gamma x y l).
Local Notation ow n := (own x y U V n).
Local Notation ot n := (other x y U V n).

Lemma lam_ge0 n : 0 <= lam l n.
Proof. by rewrite addr_ge0 ?(cp_ge0 C). Qed.

Lemma omega_ge0 n : 0 <= omega gamma l n.
Proof.
rewrite addr_ge0 ?(cp_ge0 C) // divr_ge0 ?(ltW g1_gt0) //.
by rewrite mulr_ge0 ?ler0n ?(cp_ge0 C).
Qed.

(** The other slope s_n = wslope / lam is a Clarke slope at other_n. *)
Definition cps_slope n : R := wslope gamma l n / lam l n.

Lemma wslope_lam n : lam l n * cps_slope n = wslope gamma l n.
Proof.
have := lam_ge0 n; rewrite le_eqVlt => /orP[/eqP e|h]; last first.
  by rewrite /cps_slope mulrC divfK // gt_eqF.
rewrite -e mul0r; move/eqP: e; rewrite eq_sym /lam paddr_eq0 ?(cp_ge0 C) //.
by rewrite /wslope => /andP[/eqP -> /eqP ->]; rewrite mulr0 addr0.
Qed.

Lemma cps_slope_bounds n : 0 < lam l n -> gamma <= cps_slope n <= 1.
Proof.
move=> h; rewrite /cps_slope ler_pdivl_mulr // ler_pdivr_mulr // mul1r /lam /wslope.
rewrite mulrDr ler_add2l ler_pimull ?(cp_ge0 C) //=.
by rewrite ler_add2r ler_pimull ?(cp_ge0 C).
Qed.

(** alpha_n > 0 forces other_n <= 0, beta_n > 0 forces other_n >= 0 (gamma < 1). *)
Lemma alpha_other n : 0 < l (n, false) -> (1 - gamma) * ot n <= 0.
Proof.
move=> /(cp_active C) /= e; have := cp_feas C n true; rewrite -e /= => h.
apply: (@le_cert _ ((ow n - 1 * ot n) - (ow n - gamma * ot n))); last by ring.
by rewrite subr_ge0.
Qed.

Lemma beta_other n : 0 < l (n, true) -> 0 <= (1 - gamma) * ot n.
Proof.
move=> /(cp_active C) /= e; have := cp_feas C n false; rewrite -e /= => h.
apply: (@le_cert _ ((ow n - gamma * ot n) - (ow n - 1 * ot n))); last by ring.
by rewrite subr_ge0.
Qed.

Theorem cps_slope_clarke n : 0 < lam l n -> clarke gamma (ot n) (cps_slope n).
Proof.
move=> h; split; first exact: cps_slope_bounds.
- move=> o; apply: (mulfI (lt0r_neq0 h)); rewrite wslope_lam mulr1 /wslope /lam.
  have := cp_ge0 C n false; rewrite le_eqVlt => /orP[/eqP <-|/alpha_other]; first by rewrite mulr0.
  rewrite pmulr_lle0 // subr_le0 => g1.
  by have -> : gamma = 1; [apply/eqP; rewrite eq_le gamma_le1 | rewrite mul1r].
- move=> o; apply: (mulfI (lt0r_neq0 h)); rewrite wslope_lam /wslope /lam mulrDl mulrC.
  congr (_ + _); have := cp_ge0 C n true; rewrite le_eqVlt => /orP[/eqP <-|/beta_other].
    by rewrite mul0r.
  rewrite nmulr_lge0 // subr_le0 => g1.
  by have -> : gamma = 1; [apply/eqP; rewrite eq_le gamma_le1 | rewrite mulr1].
Qed.

(** (CP) says that own - phi(other) is at least 2, and 2 on the support. *)
Theorem cp_phi_feasible n : 2%:R <= ow n - phi gamma (ot n).
Proof.
case: (lerP 0 (ot n)) => o; last rewrite phi_neg ?(ltW o) //; last exact: (cp_feas C n false).
by rewrite phi_pos //; have := cp_feas C n true; rewrite mul1r.
Qed.

Theorem cp_phi_active n : 0 < lam l n -> ow n - phi gamma (ot n) = 2%:R.
Proof.
move=> h; rewrite (phi_clarke gamma_le1 (cps_slope_clarke h)); apply: (mulfI (lt0r_neq0 h)).
rewrite mulrBr mulrA wslope_lam /wslope /lam.
have part b : l (n, b) * (ow n - tslope gamma b * ot n) = l (n, b) * 2%:R.
  have := cp_ge0 C n b; rewrite le_eqVlt => /orP[/eqP <-|/(cp_active C) ->] //.
  by rewrite !mul0r.
have := part false; have := part true; rewrite /= => e1 e2.
transitivity (l (n, false) * (ow n - gamma * ot n) + l (n, true) * (ow n - 1 * ot n)); first by ring.
by rewrite e1 e2 mulrDl.
Qed.

(** W* is the solution of C3's programme for the pattern "all on". *)
Theorem C2_pattern : pattern_kkt gamma x y (all_on R p N) (Wcp gamma x y p l) (lam l)
  (fun j n => if own_pair y j n then 1 else if 0 < lam l n then cps_slope n
              else dphi gamma (dot (row j (Wcp gamma x y p l)) (x n))).
Proof.
have q n : qpat gamma x y (all_on R p N) (Wcp gamma x y p l) n = (ow n - phi gamma (ot n)) / 2%:R.
  pose F b := rho * (if b then rho * ow n else - phi gamma (rho * ot n)).
  have -> : qpat gamma x y (all_on R p N) (Wcp gamma x y p l) n =
      \sum_(j < p + p) F ((j < p)%N == (y n == 1)).
    apply: eq_bigr => j _; rewrite /all_on mul1r pre_Wcp /F /own_pair.
    by case: (_ == _).
  have s0 := sqrtm_neq0 R p_gt0.
  have m0 : p%:R = sqrtm R p ^+ 2 / 2%:R :> R by rewrite sqrtm_sqr natrD; field.
  rewrite (sum_two_kinds _ (fun b => F (b == (y n == 1)))) /F phi_homogeneous ?(ltW rho0) // m0.
  by case: (y n == 1) => /=; field.
split.
- by move=> j n _ ->.
- move=> j n /negbTE o; rewrite o; case: ifP => ln; last exact: dphi_clarke.
  rewrite pre_Wcp o; apply: clarke_sg (cps_slope_clarke ln) _.
  by rewrite sg_eq_pos.
- by move=> n; rewrite q ler_pdivl_mulr ?ltr0n // mul1r cp_phi_feasible.
- exact: lam_ge0.
- move=> n; have := lam_ge0 n; rewrite le_eqVlt => /orP[/eqP <-|ln]; first by rewrite mul0r.
  by rewrite q cp_phi_active // divff ?pnatr_eq0 // subrr mulr0.
- move=> j; rewrite row_two_rows /cpU /cpV !scaler_sumr; case: (ltnP j p) => jp.
    apply: eq_bigr => n _; rewrite scalerA; congr (_ *: _).
    rewrite /own_pair jp (a_pos R jp) -(wslope_lam n) /lam.
    have := lam_ge0 n; rewrite le_eqVlt => /orP[/eqP e|ln].
      by rewrite -/(lam l n) -e; case: ifP => _; rewrite ?mul0r ?oppr0 ?mulr0.
    by rewrite ln; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1 /=; ring.
  apply: eq_bigr => n _; rewrite scalerA; congr (_ *: _).
  rewrite /own_pair ltnNge jp /= (a_neg R jp) -(wslope_lam n).
  have := lam_ge0 n; rewrite le_eqVlt => /orP[/eqP e|ln].
    by rewrite -e; case: ifP => _; rewrite ?mul0r ?oppr0 ?mulr0.
  by rewrite ln; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1 /=; ring.
Qed.

Lemma all_on_bounded : pattern_bounded gamma (all_on R p N).
Proof. by move=> j n; rewrite gamma_le1 lexx. Qed.

Lemma all_on_right (P : pred 'I_N) : (forall n, P n -> 0 <= ow n) ->
  pattern_right gamma x y P (all_on R p N) (Wcp gamma x y p l).
Proof.
move=> h j n Pn o; apply: clarke_on => //; rewrite pre_Wcp o.
by rewrite mulr_ge0 ?(ltW rho0) // h.
Qed.

(** C2.2: if own_n >= 0 wherever lambda_n > 0, W* is a KKT point of (P), with
    the multipliers lambda_n = alpha_n + beta_n.                             *)
Theorem C2_kkt : (forall n, 0 < lam l n -> 0 <= ow n) ->
  kkt gamma x y (Wcp gamma x y p l) (lam l).
Proof.
by move=> h; apply: (C3_kkt gamma_le1 p_gt0 y_pm1 C2_pattern all_on_bounded (all_on_right h)).
Qed.

(** W* is feasible in any case, and ||W*||^2 = sum lambda. *)
Theorem C2_feasible_norm : (forall n, 1 <= y n * f gamma (Wcp gamma x y p l) (x n)) /\
  frob2 (Wcp gamma x y p l) = \sum_n lam l n.
Proof.
split=> [n|]; last exact: (C3_norm gamma_le1 y_pm1 C2_pattern).
exact: le_trans (pk_feasible C2_pattern n) (qpat_le x gamma_le1 p_gt0 y_pm1 _ _ all_on_bounded).
Qed.

(** C2.4: every feasible W whose own pre-activations at the support samples
    are >= 0 is longer than W*, by the square of the distance.               *)
Theorem C2_shortest_in_cone W : (forall n, 1 <= y n * f gamma W (x n)) ->
  (forall j n, 0 < lam l n -> own_pair y j n -> 0 <= dot (row j W) (x n)) ->
  frob2 (Wcp gamma x y p l) + frob2 (W - Wcp gamma x y p l) <= frob2 W.
Proof.
move=> feas cone; apply: (C3_shortest gamma_le1 p_gt0 y_pm1 C2_pattern) => n ln.
rewrite (qpat_right (P := fun n => 0 < lam l n) gamma_le1 y_pm1) //.
by move=> j k lk o; apply: clarke_on; rewrite ?cone.
Qed.

(** C2.4: with own_n > 0 on the support W* is a strict local minimiser. *)
Theorem C2_local_minimiser : (forall n, 0 < lam l n -> 0 < ow n) ->
  exists2 eps, 0 < eps & forall W, (forall n, 1 <= y n * f gamma W (x n)) ->
    W != Wcp gamma x y p l -> frob2 (W - Wcp gamma x y p l) < eps ->
    frob2 (Wcp gamma x y p l) < frob2 W.
Proof.
move=> h; apply: (C3_local_minimiser gamma_le1 p_gt0 y_pm1 C2_pattern).
  by apply: all_on_right => n /h /ltW.
by move=> j n ln o; rewrite pre_Wcp o mulf_neq0 ?gt_eqF // h.
Qed.

(** C2.2, converse: a KKT point whose own pre-activations are >= 0 at every
    sample, with own slope 1 on its support, is W*.                          *)
Theorem C2_converse W lam' s : kkt_with gamma x y W lam' s ->
  (forall j n, own_pair y j n -> 0 <= dot (row j W) (x n)) ->
  (forall j n, 0 < lam' n -> own_pair y j n -> s j n = 1) ->
  W = Wcp gamma x y p l /\ forall n, 0 <= ow n.
Proof.
move=> K cone on; have K' : pattern_kkt gamma x y (all_on R p N) W lam' s.
  by apply: C3_converse => // j n _ o; apply: clarke_on; rewrite ?cone.
have e : W = Wcp gamma x y p l by apply: (C3_unique gamma_le1 p_gt0 y_pm1 K' C2_pattern).
split=> // n; pose j : 'I_(p + p) := if y n == 1 then lshift p (Ordinal p_gt0) else rshift p (Ordinal p_gt0).
have o : own_pair y j n.
  by rewrite /own_pair /j; case: ifP => _ /=; rewrite ?p_gt0 // addn0 ltnn.
by have := cone j n o; rewrite e pre_Wcp o pmulr_rge0.
Qed.

(** C2.4: so in the open cone, where every own pre-activation is > 0, W* is
    the only KKT point.                                                      *)
Theorem C2_only_in_cone W lam' : kkt gamma x y W lam' ->
  (forall j n, own_pair y j n -> 0 < dot (row j W) (x n)) -> W = Wcp gamma x y p l.
Proof.
case=> s K cone; have on j n : 0 < lam' n -> own_pair y j n -> s j n = 1.
  by move=> _ o; have [_ h _] := kkt_slopes K j n; apply: h (cone j n o).
by have [] := C2_converse K (fun j n o => ltW (cone j n o)) on.
Qed.

(** C2.2, refutation: own_n < 0 at one sample, on the support or off it,
    excludes such a point.                                                   *)
Theorem C2_refuted n : ow n < 0 -> forall W lam' s, kkt_with gamma x y W lam' s ->
  (forall j k, 0 < lam' k -> own_pair y j k -> s j k = 1) ->
  exists j k, own_pair y j k /\ dot (row j W) (x k) < 0.
Proof.
move=> neg W lam' s K on.
have [/existsP[j /existsP[k /andP[o h]]]|no] :=
  boolP [exists j, exists k, own_pair y j k && (dot (row j W) (x k) < 0)]; first by exists j, k.
have cone j k : own_pair y j k -> 0 <= dot (row j W) (x k).
  move=> o; rewrite leNgt; apply/negP => h; move/negP: no; apply.
  by apply/existsP; exists j; apply/existsP; exists k; rewrite o h.
by have [_ /(_ n)] := C2_converse K cone on; rewrite leNgt neg.
Qed.

(** All of C2 at once, for own_n > 0 on the support. *)
Theorem C2 : (forall n, 0 < lam l n -> 0 < ow n) ->
  [/\ kkt gamma x y (Wcp gamma x y p l) (lam l),
      linear_boundary (f gamma (Wcp gamma x y p l)) (w x y (omega gamma l)),
      frob2 (Wcp gamma x y p l) = \sum_n lam l n &
      exists2 eps, 0 < eps & forall W, (forall n, 1 <= y n * f gamma W (x n)) ->
        W != Wcp gamma x y p l -> frob2 (W - Wcp gamma x y p l) < eps ->
        frob2 (Wcp gamma x y p l) < frob2 W].
Proof.
move=> h; split; last exact: C2_local_minimiser.
- by apply: C2_kkt => n /h /ltW.
- exact: C2_linear_boundary.
- by have [] := C2_feasible_norm.
Qed.

End Solution.

End CpNetwork.
