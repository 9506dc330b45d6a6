(******************************************************************************)
(* C2Apriori.v : when C2 holds before anything is solved.                     *)
(*                                                                            *)
(* C2.5: C1 holds iff own_n > 0 and other_n < 0 for every n; (H) implies C1   *)
(* implies C2.                                                                *)
(* C2.6: bounds of own_n from the greatest margin r of a linear classifier    *)
(* (is_margin_lin r), and from the margin of any separating direction.  So C2 *)
(* holds for every separable set at small slope, and at every slope if the    *)
(* margin is at least ((sqrt 5 - 1)/2)^(5/2) of the largest norm.             *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2 C1 K1 Gap Pattern C2 Exist.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** * C2.5: C1 inside C2 *)

Section C1Inside.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.
Implicit Types (l : 'I_N * bool -> R) (mult : 'I_N -> R).

Local Notation U1 mult := (vec x (rowU gamma y) mult).
Local Notation V1 mult := (vec x (rowV gamma y) mult).

Lemma own_rows (U V : 'rV[R]_d) n : rowU gamma y n * dot U (x n) + rowV gamma y n * dot V (x n) =
  own x y U V n - gamma * other x y U V n.
Proof.
rewrite /rowU /rowV /own /other; case: (y_pm1 n) => yn.
  by rewrite (c_pos gamma yn) (cbar_pos gamma yn) yn eqxx; ring.
by rewrite (c_neg gamma yn) (cbar_neg gamma yn) yn neg1_neq1; ring.
Qed.

Lemma Qmul_own mult n : Qmul gamma x y mult n =
  (own x y (U1 mult) (V1 mult) n - gamma * other x y (U1 mult) (V1 mult) n) / 2%:R.
Proof. by rewrite (Q_mul gamma x y_pm1) pair_mul own_rows. Qed.

Lemma aligned_own mult : aligned gamma x y p mult <->
  forall n, 0 < own x y (U1 mult) (V1 mult) n /\ other x y (U1 mult) (V1 mult) n < 0.
Proof.
have s0 := sqrtm_gt0 R p_gt0.
have e n : (0 < y n * dot (u gamma x y p mult) (x n) /\ y n * dot (v gamma x y p mult) (x n) < 0) <->
    (0 < own x y (U1 mult) (V1 mult) n /\ other x y (U1 mult) (V1 mult) n < 0).
  rewrite /own /other (vecU_u _ _ _ _ p_gt0) (vecV_v _ _ _ _ p_gt0).
  move: (u _ _ _ _ _) (v _ _ _ _ _) => u0 v0; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1 !dotZl.
    by rewrite !mul1r pmulr_rgt0 // pmulr_rlt0.
  by rewrite !mulN1r oppr_gt0 oppr_lt0 pmulr_rgt0 // pmulr_rlt0 //; split=> -[].
by split=> h n; apply/e; apply: h.
Qed.

(** A solution of C1 as one of (CP): alpha = lambda, beta = 0. *)
Definition no_beta mult (i : 'I_N * bool) : R := if i.2 then 0 else mult i.1.

Lemma vec_proportional l : (forall n, wslope gamma l n = gamma * lam l n) ->
  cpU gamma x y l = U1 (lam l) /\ cpV gamma x y l = V1 (lam l).
Proof.
move=> h; split; apply: eq_bigr => n _; congr (_ *: _); rewrite h ?/rowU ?/rowV;
  case: (y_pm1 n) => yn; rewrite ?(c_pos gamma yn) ?(c_neg gamma yn) ?(cbar_pos gamma yn)
    ?(cbar_neg gamma yn) yn ?eqxx ?neg1_neq1; ring.
Qed.

Lemma lam_no_beta mult n : lam (no_beta mult) n = mult n.
Proof. by rewrite /lam /no_beta addr0. Qed.

Lemma cp_no_beta mult : cpU gamma x y (no_beta mult) = U1 mult /\ cpV gamma x y (no_beta mult) = V1 mult.
Proof.
have [|-> ->] := @vec_proportional (no_beta mult).
  by move=> n; rewrite lam_no_beta /wslope /no_beta addr0.
by split; apply: eq_bigr => n _; rewrite lam_no_beta.
Qed.

(** C1 implies C2: the same point, the same w, the same multipliers. *)
Theorem C1_implies_C2 mult : qp_conditions gamma x y mult -> aligned gamma x y p mult ->
  [/\ cp_conditions gamma x y (no_beta mult),
      forall n, 0 < own x y (cpU gamma x y (no_beta mult)) (cpV gamma x y (no_beta mult)) n,
      Wcp gamma x y p (no_beta mult) = Wstar gamma x y p mult &
      forall n, omega gamma (no_beta mult) n = mult n].
Proof.
move=> [l0 sup off] /aligned_own al; have [eU eV] := cp_no_beta mult; split.
- split.
  + by move=> n [|]; rewrite /no_beta /= ?lexx.
  + move=> n b; rewrite eU eV; have [_ ot] := al n; have := off n; rewrite Qmul_own.
    rewrite ler_pdivl_mulr ?ltr0n // mul1r => h; case: b => //=; apply: le_trans h _.
    by rewrite mul1r ler_add2l ler_opp2 ler_nimull // ltW.
  + move=> n [|]; rewrite /no_beta /= ?ltxx // => /sup; rewrite eU eV Qmul_own.
    by move/(congr1 ( *%R^~ 2%:R)); rewrite mul1r divfK ?pnatr_eq0.
- by move=> n; rewrite eU eV; case: (al n).
- rewrite /Wcp eU eV (vecU_u _ _ _ _ p_gt0) (vecV_v _ _ _ _ p_gt0) /Wstar.
  move: (u _ _ _ _ _) (v _ _ _ _ _) => u0 v0.
  by rewrite !scalerA mulVf ?(sqrtm_neq0 R p_gt0) // !scale1r.
- by move=> n; rewrite /omega /no_beta mulr0 mul0r addr0.
Qed.

(** C2.5: C1 holds iff own_n > 0 and other_n < 0 for all n at the solution. *)
Theorem C2_C1_iff l : cp_conditions gamma x y l ->
  (exists mult, qp_conditions gamma x y mult /\ aligned gamma x y p mult) <->
  (forall n, 0 < own x y (cpU gamma x y l) (cpV gamma x y l) n /\
             other x y (cpU gamma x y l) (cpV gamma x y l) n < 0).
Proof.
move=> C; split=> [[mult [Q al]] n|sg].
  have [C' _ _ _] := C1_implies_C2 Q al; have [eU eV _ _] := C2_unique gamma_gt0 y_pm1 C C'.
  have [eU' eV'] := cp_no_beta mult; rewrite eU eV eU' eV'.
  by move/aligned_own: al.
have prop n : wslope gamma l n = gamma * lam l n.
  rewrite /wslope /lam mulrDr; congr (_ + _).
  have := cp_ge0 C n true; rewrite le_eqVlt => /orP[/eqP <-|/(beta_other C)]; first by rewrite mulr0.
  have [_ ot] := sg n; rewrite nmulr_lge0 // subr_le0 => g1.
  by have -> : gamma = 1; [apply/eqP; rewrite eq_le gamma_le1 | rewrite mul1r].
have [eU eV] := vec_proportional prop; exists (lam l); split; last first.
  by apply/aligned_own => n; rewrite -eU -eV.
split=> [n|n ln|n].
- exact: lam_ge0 C n.
- have [_ ot] := sg n; have := cp_phi_active gamma_le1 C ln.
  by rewrite phi_neg ?(ltW ot) // Qmul_own -eU -eV => ->; rewrite divff ?pnatr_eq0.
- rewrite Qmul_own -eU -eV ler_pdivl_mulr ?ltr0n // mul1r.
  exact: (cp_feas C n false).
Qed.

(** (H) implies C2, at every sample. *)
Theorem H_implies_C2 (n0 : 'I_N) l : (forall n, x n != 0) -> hypH gamma x -> cp_conditions gamma x y l ->
  forall n, 0 < own x y (cpU gamma x y l) (cpV gamma x y l) n.
Proof.
move=> x0 H C; have [mult K] := T1_kkt_exists gamma_gt0 gamma_le1 p_gt0 y_pm1 n0 x0 H.
have F := T1_forced gamma_gt0 gamma_le1 y_pm1 H p_gt0 K.
have [_ Q al] := C1_converse gamma_le1 p_gt0 y_pm1 K F.
by have /(_ (ex_intro _ mult (conj Q al))) := (C2_C1_iff C).1; move=> h n; case: (h n).
Qed.

End C1Inside.

(** * C2.6: bounds from the linear margin *)

Section LinearMargin.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R) (l : 'I_N * bool -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y).
Hypothesis C : cp_conditions gamma x y l.

Local Notation U := (cpU gamma x y l).
Local Notation V := (cpV gamma x y l).
Local Notation ow n := (own x y U V n).

Let g1_gt0 : 0 < 1 + gamma.
Proof. by rewrite ltr_spaddl ?ltr01 // ltW. Qed.

(** Optimality against the feasible pair (c e, - c e). *)
Lemma sum_against_difference (e : 'rV[R]_d) r : 0 < r -> norm e = 1 ->
  (forall n, r <= y n * dot e (x n)) ->
  norm (U + V) ^+ 2 <= norm (U - V) * (2%:R * (2%:R / ((1 + gamma) * r)) - norm (U - V)).
Proof.
move=> r0 ne he; set c := 2%:R / ((1 + gamma) * r); have c0 : 0 < c by rewrite divr_gt0 ?ltr0n // mulr_gt0.
have F : cp_feasible gamma x y (c *: e) (- (c *: e)).
  move=> n b; have cr : 2%:R <= (1 + gamma) * (c * (y n * dot e (x n))).
    rewrite (_ : 2%:R = (1 + gamma) * (c * r)); last by rewrite /c; field; rewrite !gt_eqF.
    by rewrite (ler_pmul2l g1_gt0) (ler_pmul2l c0).
  have s0 : 0 <= c * (y n * dot e (x n)).
    by rewrite mulr_ge0 ?(ltW c0) // (le_trans (ltW r0)).
  apply: le_trans cr _.
  have -> : own x y (c *: e) (- (c *: e)) n = c * (y n * dot e (x n)).
    by rewrite /own; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1 ?dotNl dotZl; ring.
  have -> : other x y (c *: e) (- (c *: e)) n = - (c * (y n * dot e (x n))).
    by rewrite /other; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1 ?dotNl dotZl; ring.
  rewrite mulrDl mul1r mulrN opprK ler_add2l ler_wpmul2r //.
  by case: b.
have cross : dot U U + dot V V <= c * dot e (U - V).
  have -> : c * dot e (U - V) = dot (c *: e) U + dot (- (c *: e)) V.
    by rewrite dotNl !dotZl dotBr; ring.
  move/C2_dual: C => C'; rewrite -!vec_cpU -!vec_cpV; apply: (pair_cross C') => -[n b] _.
  by rewrite cp_row; apply: F.
have cs : dot e (U - V) <= norm (U - V) by have := cauchy_schwarz e (U - V); rewrite ne mul1r.
have e2 : norm (U + V) ^+ 2 + norm (U - V) ^+ 2 = 2%:R * (dot U U + dot V V).
  by rewrite !norm_sqr !(dotBl, dotBr, dotDl, dotDr) (dotC V U); ring.
apply: (@le_cert _ (2%:R * (c * dot e (U - V) - (dot U U + dot V V))
  + 2%:R * c * (norm (U - V) - dot e (U - V)))).
  have c2 : 0 <= 2%:R * c by rewrite mulr_ge0 ?ler0n ?(ltW c0).
  apply: addr_ge0; first by apply: mulr_ge0; rewrite ?ler0n ?subr_ge0.
  by apply: mulr_ge0 => //; rewrite subr_ge0.
have -> : norm (U + V) ^+ 2 = 2%:R * (dot U U + dot V V) - norm (U - V) ^+ 2 by rewrite -e2 addrK.
by ring.
Qed.

(** own_n against the sum. *)
Lemma own_from_sum n q : 0 <= q -> norm (U + V) <= q ->
  2%:R - gamma * q * norm (x n) <= (1 + gamma) * ow n.
Proof.
move=> q0 hq; have cs := cauchy_schwarz_abs (U + V) (x n).
have low : - (q * norm (x n)) <= dot (U + V) (x n).
  have : `|dot (U + V) (x n)| <= q * norm (x n) by apply: le_trans cs _; rewrite ler_wpmul2r ?norm_ge0.
  by rewrite ler_norml => /andP[].
have := cp_feas C n false; rewrite -(own_add x y) in low; rewrite /= => h.
apply: (@le_cert _ ((ow n - gamma * other x y U V n - 2%:R)
  + gamma * (ow n + other x y U V n + q * norm (x n)))); last by ring.
rewrite addr_ge0 ?subr_ge0 // mulr_ge0 ?(ltW gamma_gt0) //.
by rewrite -ler_subl_addr sub0r.
Qed.

(** C2.6, weaker, from the margin r of any one separating direction: what a
    computed w gives.                                                        *)
Theorem C2_own_lower_any (e : 'rV[R]_d) r n : 0 < r -> norm e = 1 ->
  (forall k, r <= y k * dot e (x k)) ->
  2%:R / (1 + gamma) * (1 - gamma / (1 + gamma) * (norm (x n) / r)) <= ow n.
Proof.
move=> r0 ne he; have := sum_against_difference r0 ne he; set c := 2%:R / _ => h.
have c0 : 0 < c by rewrite divr_gt0 ?ltr0n // mulr_gt0.
have sc : norm (U + V) <= c.
  rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?norm_ge0 ?(ltW c0) //; apply: le_trans h _.
  by apply: (@le_cert _ ((c - norm (U - V)) ^+ 2)); [apply: sqr_ge0 | ring].
have := own_from_sum n (ltW c0) sc; rewrite -ler_pdivr_mull // /c => h2.
by apply: le_trans h2; apply: le_of_eq; field; rewrite !gt_eqF.
Qed.

Section Greatest.
Variable r : R.
Hypotheses (r_gt0 : 0 < r) (r_margin : is_margin_lin x y r).

(** The difference is at least 2 / r, since no direction has a margin above r. *)
Lemma difference_lower : 2%:R / r <= norm (U - V).
Proof.
have [[e ne he] most] := r_margin.
have feas k : 2%:R <= y k * dot (U - V) (x k).
  by rewrite -own_sub //; have := cp_feas C k true; rewrite mul1r.
have [U0|nz] := eqVneq (U - V) 0.
  have [k _] := most e ne; have := feas k; rewrite U0 dot0l mulr0.
  by rewrite leNgt ltr0n.
have n0 : 0 < norm (U - V) by rewrite norm_gt0.
have [|k hk] := most ((norm (U - V))^-1 *: (U - V)).
  by rewrite normZ gtr0_norm ?invr_gt0 // mulVf // gt_eqF.
rewrite ler_pdivr_mulr // mulrC -ler_pdivr_mulr //; apply: le_trans hk.
rewrite dotZl [y k * _]mulrCA [2%:R / _]mulrC; apply: ler_wpmul2l; last exact: feas.
by rewrite invr_ge0 ltW.
Qed.

Lemma sqr_le (A B : R) : 0 <= A -> 0 <= B -> A ^+ 2 <= B ^+ 2 -> A <= B.
Proof. by move=> A0 B0; rewrite ler_pexpn2r ?nnegrE. Qed.

Lemma sum_upper : norm (U + V) <= 2%:R / r * Num.sqrt ((1 - gamma) / (1 + gamma)).
Proof.
have [[e ne he] _] := r_margin; have h := sum_against_difference r_gt0 ne he.
have D := difference_lower; set t := norm (U - V) in h D.
have q0 : 0 <= (1 - gamma) / (1 + gamma) by rewrite divr_ge0 ?subr_ge0 ?(ltW g1_gt0).
have r2 : 0 <= 2%:R / r by rewrite divr_ge0 ?ler0n ?(ltW r_gt0).
set q := (1 - gamma) / (1 + gamma) in q0 *; have sq : Num.sqrt q ^+ 2 = q by rewrite sqr_sqrtr.
apply: sqr_le; rewrite ?norm_ge0 ?(mulr_ge0 r2) ?sqrtr_ge0 //.
apply: le_trans h _; rewrite exprMn sq /q.
apply: (@le_cert _ ((t - 2%:R / r) * ((t - 2%:R / r) + 2%:R * (2%:R / r) * (gamma / (1 + gamma))))).
  have gg : 0 <= gamma / (1 + gamma) by rewrite divr_ge0 // ltW.
  apply: mulr_ge0; first by rewrite subr_ge0.
  apply: addr_ge0; first by rewrite subr_ge0.
  by apply: mulr_ge0 => //; apply: mulr_ge0; rewrite ?ler0n.
by field; rewrite !gt_eqF.
Qed.

(** C2.6: the a-priori bound of own_n. *)
Theorem C2_own_lower n :
  2%:R / (1 + gamma) * (1 - gamma * (norm (x n) / r) * Num.sqrt ((1 - gamma) / (1 + gamma))) <= ow n.
Proof.
have q0 : 0 <= 2%:R / r * Num.sqrt ((1 - gamma) / (1 + gamma)).
  by rewrite mulr_ge0 ?sqrtr_ge0 // divr_ge0 ?ler0n ?(ltW r_gt0).
have := own_from_sum n q0 sum_upper; rewrite -ler_pdivr_mull // => h2.
by apply: le_trans h2; apply: le_of_eq; field; rewrite !gt_eqF.
Qed.

(** So own_n > 0 (>= 0) if gamma^2 (1-gamma)/(1+gamma) ||x_n||^2 < r^2 (<=). *)
Theorem C2_apriori_margin n :
  (gamma ^+ 2 * (1 - gamma) * norm (x n) ^+ 2 < (1 + gamma) * r ^+ 2 -> 0 < ow n) /\
  (gamma ^+ 2 * (1 - gamma) * norm (x n) ^+ 2 <= (1 + gamma) * r ^+ 2 -> 0 <= ow n).
Proof.
have low := C2_own_lower n; set A := gamma * _ * _ in low.
have sq0 : 0 <= (1 - gamma) / (1 + gamma) by rewrite divr_ge0 ?subr_ge0 ?(ltW g1_gt0).
have A0 : 0 <= A.
  by rewrite mulr_ge0 ?sqrtr_ge0 // mulr_ge0 ?(ltW gamma_gt0) // divr_ge0 ?norm_ge0 // ltW.
have A2 : A ^+ 2 = gamma ^+ 2 * (1 - gamma) * norm (x n) ^+ 2 / ((1 + gamma) * r ^+ 2).
  by rewrite /A exprMn sqr_sqrtr //; field; rewrite !gt_eqF.
have den : 0 < (1 + gamma) * r ^+ 2 by rewrite mulr_gt0 // exprn_gt0.
have c0 : 0 < 2%:R / (1 + gamma) by rewrite divr_gt0 ?ltr0n.
split=> h.
- apply: lt_le_trans low; rewrite pmulr_rgt0 // subr_gt0 -(@ltr_pexpn2r _ 2) ?nnegrE ?ler01 //.
  by rewrite expr1n A2 ltr_pdivr_mulr // mul1r.
- apply: le_trans low; rewrite pmulr_rge0 // subr_ge0 -(@ler_pexpn2r _ 2) ?nnegrE ?ler01 //.
  by rewrite expr1n A2 ler_pdivr_mulr // mul1r.
Qed.

(** The golden section t = (sqrt 5 - 1)/2 maximises gamma^2 (1-gamma)/(1+gamma):
    its value there is t^5, so r >= t^(5/2) ||x_n|| is enough at every slope. *)
Definition golden : R := (Num.sqrt 5%:R - 1) / 2%:R.

Lemma golden_sqr : golden ^+ 2 = 1 - golden.
Proof.
have s5 : Num.sqrt 5%:R ^+ 2 = 5%:R :> R by rewrite sqr_sqrtr ?ler0n.
apply: (@mulfI _ 4%:R); first by rewrite pnatr_eq0.
transitivity (Num.sqrt 5%:R ^+ 2 - 2%:R * Num.sqrt 5%:R + 1 : R); first by rewrite /golden; field.
by rewrite s5 /golden; field.
Qed.

Theorem C2_golden : gamma ^+ 2 * (1 - gamma) <= golden ^+ 5 * (1 + gamma).
Proof.
have g5 : golden ^+ 5 = 5%:R * golden - 3%:R.
  have e2 := golden_sqr; have -> : golden ^+ 5 = golden * (golden ^+ 2) ^+ 2 by ring.
  rewrite e2; transitivity (golden - 2%:R * golden ^+ 2 + golden * golden ^+ 2); first by ring.
  rewrite e2; transitivity (4%:R * golden - 2%:R - golden ^+ 2); first by ring.
  by rewrite e2; ring.
have k0 : 0 <= 2%:R * golden - 1.
  rewrite (_ : _ - 1 = Num.sqrt 5%:R - 2%:R); last by rewrite /golden; field.
  rewrite subr_ge0 -(@ler_pexpn2r _ 2) ?nnegrE ?ler0n ?sqrtr_ge0 // sqr_sqrtr ?ler0n //.
  by rewrite -natrX ler_nat.
apply: (@le_cert _ ((gamma - golden) ^+ 2 * (gamma + (2%:R * golden - 1)))).
  by rewrite mulr_ge0 ?sqr_ge0 // addr_ge0 // ltW.
rewrite g5; have e2 := golden_sqr.
transitivity (gamma ^+ 3 - gamma ^+ 2 + gamma * (2%:R * golden - 3%:R * golden ^+ 2)
  + (2%:R * golden * golden ^+ 2 - golden ^+ 2)); last by ring.
rewrite e2; transitivity (gamma ^+ 3 - gamma ^+ 2 + gamma * (5%:R * golden - 3%:R)
  + (3%:R * golden - 1 - 2%:R * golden ^+ 2)); last by ring.
by rewrite e2; ring.
Qed.

(** Own signs at every slope: r above (at least) golden^(5/2) = 0.3003 of the norm. *)
Theorem C2_every_slope n : (golden ^+ 5 * norm (x n) ^+ 2 < r ^+ 2 -> 0 < ow n) /\
  (golden ^+ 5 * norm (x n) ^+ 2 <= r ^+ 2 -> 0 <= ow n).
Proof.
have [lt le] := C2_apriori_margin n.
have low : gamma ^+ 2 * (1 - gamma) * norm (x n) ^+ 2 <= golden ^+ 5 * (1 + gamma) * norm (x n) ^+ 2.
  by rewrite ler_wpmul2r ?sqr_ge0 // C2_golden.
have e : golden ^+ 5 * (1 + gamma) * norm (x n) ^+ 2 = (1 + gamma) * (golden ^+ 5 * norm (x n) ^+ 2).
  by ring.
split=> h.
- by apply: lt; apply: le_lt_trans low _; rewrite e ltr_pmul2l.
- by apply: le; apply: le_trans low _; rewrite e ler_wpmul2l // ltW.
Qed.

End Greatest.

End LinearMargin.

(** C2.6: every separable set has C2 at small slope: with any unit vector e of
    margin r, own_n > 0 as soon as gamma ||x_n|| < (1 + gamma) r.            *)
Theorem C2_small_slope (R : rcfType) (gamma : R) d N (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R)
    (e : 'rV[R]_d) (r : R) : 0 < gamma -> gamma <= 1 -> labels y ->
  0 < r -> norm e = 1 -> (forall n, r <= y n * dot e (x n)) ->
  forall l, cp_conditions gamma x y l ->
  forall n, gamma * norm (x n) < (1 + gamma) * r -> 0 < own x y (cpU gamma x y l) (cpV gamma x y l) n.
Proof.
move=> g0 g1 yy r0 ne he l C n h; apply: lt_le_trans _ (C2_own_lower_any g0 g1 yy C n r0 ne he).
have g10 : 0 < 1 + gamma by rewrite ltr_spaddl ?ltr01 // ltW.
rewrite mulr_gt0 ?divr_gt0 ?ltr0n // subr_gt0 mulf_div ltr_pdivr_mulr ?mul1r //.
by rewrite mulr_gt0.
Qed.

(** In one piece: on such data the limit of C2 exists and is a KKT point of
    (P) with a linear boundary, for every width.                             *)
Theorem C2_small_slope_kkt (R : rcfType) (gamma : R) d N p (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R)
    (e : 'rV[R]_d) (r : R) : 0 < gamma -> gamma <= 1 -> (0 < p)%N -> labels y ->
  0 < r -> norm e = 1 -> (forall n, r <= y n * dot e (x n)) ->
  (forall n, gamma * norm (x n) < (1 + gamma) * r) ->
  exists l, [/\ cp_conditions gamma x y l, kkt gamma x y (Wcp gamma x y p l) (lam l) &
    linear_boundary (f gamma (Wcp gamma x y p l)) (w x y (omega gamma l))].
Proof.
move=> g0 g1 p0 yy r0 ne he small; have sep : separable x y.
  by exists e => n; apply: lt_le_trans (he n).
have [l C] := C2_exists g0 yy sep; exists l; split=> //; last exact: C2_linear_boundary.
apply: C2_kkt => // n _; apply: ltW; exact: (C2_small_slope g0 g1 yy r0 ne he C (small n)).
Qed.
