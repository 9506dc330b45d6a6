(******************************************************************************)
(* Perturb.v : the geometry-inspired perturbations and what they do.          *)
(*                                                                            *)
(*   pert_l2 eps t w   = eps t w / ||w||                                      *)
(*   pert_linf eps t w = eps t sgn w, entry by entry (sgn 0 = 0)              *)
(*   pert_l0 k eps t w = the same on the k largest |w_i|, 0 elsewhere         *)
(*   pert_l1 eps t w   = the same on the one largest |w_i|                    *)
(*   e_l2, e_linf, e_l0, e_l1 = the common direction e with pert = eps t e    *)
(*   top k w           = the k largest |w_i|, ties to the lower index         *)
(*   normk k w         = sum of the k largest |w_i|                           *)
(*   norminf w         = the largest |w_i|                                    *)
(*                                                                            *)
(* P1: each is the maximiser of t <eta, w> under its constraint, for any      *)
(* vector w: the boundary's w or a network's gradient.                        *)
(* D1: where the boundary is linear, the exact size that flips the decision.  *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** * The k largest entries *)

Section Top.
Variables (R : rcfType) (d : nat) (w0 : 'rV[R]_d).
Implicit Types i j : 'I_d.

(** j comes before i in the order of decreasing |w|, ties by index. *)
Definition before j i : bool :=
  (`|w0 0 i| < `|w0 0 j|) || (`|w0 0 i| == `|w0 0 j|) && (j < i)%N.

Definition rank i : nat := #|[set j | before j i]|.
Definition top k : {set 'I_d} := [set i | (rank i < k)%N].
Definition normk k : R := \sum_(i in top k) `|w0 0 i|.

Lemma before_irr i : before i i = false.
Proof. by rewrite /before ltxx ltnn andbF. Qed.

Lemma before_trans i j l : before i j -> before j l -> before i l.
Proof.
rewrite /before => /orP[h1|/andP[/eqP e1 h1]] /orP[h2|/andP[/eqP e2 h2]].
- by rewrite (lt_trans h2 h1).
- by rewrite e2 h1.
- by rewrite -e1 h2.
- by rewrite e2 e1 eqxx (ltn_trans h1 h2) orbT.
Qed.

Lemma before_total i j : i != j -> before i j || before j i.
Proof.
by rewrite /before neq_ltn; case: (ltrgtP `|w0 0 i| `|w0 0 j|) => //= _.
Qed.

Lemma rank_lt i j : before i j -> (rank i < rank j)%N.
Proof.
move=> ij; apply: proper_card; apply/properP; split.
  by apply/subsetP => l; rewrite !inE => /before_trans; apply.
by exists i; rewrite !inE ?ij ?before_irr.
Qed.

Lemma rank_lt_d i : (rank i < d)%N.
Proof.
rewrite -[d in X in (_ < X)%N]card_ord -cardsT; apply: proper_card.
by apply/properP; split; [apply/subsetP => l; rewrite inE | exists i; rewrite !inE ?before_irr].
Qed.

Lemma rank_inj : injective (fun i => Ordinal (rank_lt_d i)).
Proof.
move=> i j [] e; apply/eqP/negPn/negP => /before_total /orP[] /rank_lt.
  by rewrite e ltnn.
by rewrite e ltnn.
Qed.

Lemma card_top k : #|top k| = minn k d.
Proof.
have -> : top k = (fun i => Ordinal (rank_lt_d i)) @^-1: [set i : 'I_d | (i < k)%N].
  by apply/setP => i; rewrite !inE.
rewrite (card_preimset _ rank_inj) -sum1_card.
case: (leqP k d) => kd.
  rewrite (eq_bigl (fun i : 'I_d => (i < k)%N)) => [|i]; last by rewrite inE.
  by rewrite -(big_ord_widen _ (fun=> 1%N) kd) sum1_card card_ord.
rewrite (eq_bigl xpredT) => [|i]; first by rewrite sum1_card card_ord.
by rewrite inE (ltn_trans (ltn_ord i)).
Qed.

Lemma top_largest k i j : i \in top k -> j \notin top k -> `|w0 0 j| <= `|w0 0 i|.
Proof.
rewrite !inE -leqNgt => ik kj; rewrite leNgt; apply/negP => ij.
have /rank_lt : before j i by rewrite /before ij.
by move/ltn_trans/(_ ik); rewrite ltnNge kj.
Qed.

(** No k coordinates weigh more than the top k. *)
Lemma sum_le_top k (T : {set 'I_d}) : (#|T| <= k)%N ->
  \sum_(i in T) `|w0 0 i| <= normk k.
Proof.
move=> Tk; rewrite /normk; set F := fun i => `|w0 0 i|.
have split (A B : {set 'I_d}) :
    \sum_(i in A) F i = \sum_(i in A :&: B) F i + \sum_(i in A :\: B) F i.
  by rewrite (big_setID B).
rewrite (split T (top k)) (split (top k) T) setIC ler_add2l.
pose tau := maxover (mem (T :\: top k)) F.
have tau0 : 0 <= tau by apply: maxover_ge0.
have cT : (#|T :\: top k| <= #|top k :\: T|)%N.
  rewrite -(leq_add2l #|T :&: top k|) cardsID setIC cardsID card_top leq_min Tk.
  by rewrite -[d in X in (_ <= X)%N]card_ord max_card.
apply: (@le_trans _ _ (#|T :\: top k|%:R * tau)).
  by apply: sum_le_const => i iT; apply: maxover_ge.
apply: (@le_trans _ _ (#|top k :\: T|%:R * tau)).
  by rewrite ler_wpmul2r // ler_nat.
apply: sum_ge_const => i /setDP[iS _].
apply: maxover_le => [|j /setDP[_ jS]]; first exact: normr_ge0.
exact: (top_largest iS jS).
Qed.

Lemma normk_gt0 k : (0 < k)%N -> w0 != 0 -> 0 < normk k.
Proof.
move=> k0 wn0; have [i wi] : exists i, w0 0 i != 0.
  apply/existsP; apply: contraR wn0 => /existsPn wz; apply/eqP/rowP => i.
  by rewrite mxE; apply/eqP; have := wz i; rewrite negbK.
apply: lt_le_trans (sum_le_top (T := [set i]) _); last by rewrite cards1.
by rewrite big_set1 normr_gt0.
Qed.

(** The largest |w_i| is the sum of the one largest. *)
Definition norminf : R := maxover predT (fun i => `|w0 0 i|).

Lemma normk_ge0 k : 0 <= normk k.
Proof. by apply: sumr_ge0 => i _; apply: normr_ge0. Qed.

Lemma normk1 : normk 1 = norminf.
Proof.
apply/eqP; rewrite eq_le; apply/andP; split; last first.
  apply: maxover_le => [|i _]; first exact: normk_ge0.
  by have := @sum_le_top 1 [set i]; rewrite cards1 big_set1; apply.
rewrite /normk; have : (#|top 1| <= 1)%N by rewrite card_top geq_minl.
case: (set_0Vmem (top 1)) => [->|[i it]]; first by rewrite big_set0 maxover_ge0.
move=> c1; have -> : top 1 = [set i].
  by apply/esym/eqP; rewrite eqEcard sub1set it cards1.
by rewrite big_set1; apply: maxover_ge.
Qed.

Lemma norminf_ge i : `|w0 0 i| <= norminf.
Proof. exact: maxover_ge. Qed.

Lemma norminf_gt0 : w0 != 0 -> 0 < norminf.
Proof. by rewrite -normk1; apply: normk_gt0. Qed.

End Top.

(** * The perturbations *)

Section Perturbations.
Variables (R : rcfType) (d : nat).
Implicit Types (eta : 'rV[R]_d) (eps t : R) (k : nat).

Definition e_l2 (w0 : 'rV[R]_d) : 'rV[R]_d := (norm w0)^-1 *: w0.
Definition e_linf (w0 : 'rV[R]_d) : 'rV[R]_d := \row_i Num.sg (w0 0 i).
Definition e_l0 k (w0 : 'rV[R]_d) : 'rV[R]_d :=
  \row_i (if i \in top w0 k then Num.sg (w0 0 i) else 0).

(** All of eps goes to the one largest |w_i|. *)
Definition e_l1 (w0 : 'rV[R]_d) : 'rV[R]_d := e_l0 1 w0.

Definition pert_l2 eps t (w0 : 'rV[R]_d) : 'rV[R]_d := (eps * t / norm w0) *: w0.
Definition pert_linf eps t (w0 : 'rV[R]_d) : 'rV[R]_d := \row_i (eps * t * Num.sg (w0 0 i)).
Definition pert_l0 k eps t (w0 : 'rV[R]_d) : 'rV[R]_d :=
  \row_i (if i \in top w0 k then eps * t * Num.sg (w0 0 i) else 0).

Definition pert_l1 eps t (w0 : 'rV[R]_d) : 'rV[R]_d := pert_l0 1 eps t w0.

Lemma pert_l2_e eps t w0 : pert_l2 eps t w0 = (eps * t) *: e_l2 w0.
Proof. by rewrite /e_l2 scalerA. Qed.

Lemma pert_linf_e eps t w0 : pert_linf eps t w0 = (eps * t) *: e_linf w0.
Proof. by apply/rowP => i; rewrite !mxE. Qed.

Lemma pert_l0_e k eps t w0 : pert_l0 k eps t w0 = (eps * t) *: e_l0 k w0.
Proof. by apply/rowP => i; rewrite !mxE; case: ifP; rewrite ?mulr0. Qed.

Lemma pert_l1_e eps t w0 : pert_l1 eps t w0 = (eps * t) *: e_l1 w0.
Proof. exact: pert_l0_e. Qed.

(** The constraints. *)
Definition ball_l2 eps eta : Prop := norm eta <= eps.
Definition ball_linf eps eta : Prop := forall i, `|eta 0 i| <= eps.
Definition support eta : {set 'I_d} := [set i | eta 0 i != 0].
Definition ball_l0 k eps eta : Prop :=
  (#|support eta| <= k)%N /\ forall i, `|eta 0 i| <= eps.

Definition ball_l1 eps eta : Prop := norm1 eta <= eps.

(** The norm of w dual to each constraint. *)
Lemma dot_e_l2 w0 : dot (e_l2 w0) w0 = norm w0.
Proof.
rewrite dotZl -norm_sqr; have [->|n0] := eqVneq (norm w0) 0; first by rewrite expr2 !mulr0.
by field.
Qed.

Lemma dot_e_linf w0 : dot (e_linf w0) w0 = norm1 w0.
Proof. by apply: eq_bigr => i _; rewrite mxE -normrEsg. Qed.

Lemma dot_e_l0 k w0 : dot (e_l0 k w0) w0 = normk w0 k.
Proof.
rewrite /dot /normk [RHS]big_mkcond; apply: eq_bigr => i _; rewrite mxE.
by case: ifP => _; rewrite ?mul0r // -normrEsg.
Qed.

Lemma dot_e_l1 w0 : dot (e_l1 w0) w0 = norminf w0.
Proof. by rewrite dot_e_l0 normk1. Qed.

(** Hoelder: an inner product is at most the taxicab norm times the largest entry. *)
Lemma dot_le_norminf (eta w0 : 'rV[R]_d) : dot eta w0 <= norm1 eta * norminf w0.
Proof.
rewrite /norm1 mulr_suml; apply: ler_sum => i _.
apply: le_trans (ler_norm _) _; rewrite normrM.
by rewrite ler_wpmul2l ?normr_ge0 ?norminf_ge.
Qed.

Section P1.
Variables (eps t : R) (w0 : 'rV[R]_d).
Hypotheses (eps_ge0 : 0 <= eps) (t_pm1 : t = 1 \/ t = -1).

Lemma t_sqr : t * t = 1. Proof. by case: t_pm1 => ->; rewrite ?mulrNN mulr1. Qed.
Lemma t_norm : `|t| = 1. Proof. by case: t_pm1 => ->; rewrite ?normrN normr1. Qed.

Lemma pert_value (e : 'rV[R]_d) : t * dot ((eps * t) *: e) w0 = eps * dot e w0.
Proof. by rewrite dotZl -[RHS]mulr1 -t_sqr; ring. Qed.

Lemma sg_norm_le1 (r : R) : `|Num.sg r| <= 1.
Proof. by rewrite normr_sg; case: (r != 0); rewrite ?ler01. Qed.

Lemma entry_le (r : R) : `|eps * t * Num.sg r| <= eps.
Proof.
rewrite !normrM t_norm mulr1 (ger0_norm eps_ge0).
by rewrite ler_pimulr // sg_norm_le1.
Qed.

(** P1, L2: the value is eps ||w||, and nothing in the ball does better. *)
Theorem P1_l2 :
  [/\ ball_l2 eps (pert_l2 eps t w0),
      t * dot (pert_l2 eps t w0) w0 = eps * norm w0 &
      forall eta, ball_l2 eps eta -> t * dot eta w0 <= t * dot (pert_l2 eps t w0) w0].
Proof.
have val : t * dot (pert_l2 eps t w0) w0 = eps * norm w0.
  by rewrite pert_l2_e pert_value dot_e_l2.
split=> // [|eta he].
  rewrite /ball_l2 /pert_l2 normZ !normrM t_norm mulr1 (ger0_norm eps_ge0).
  rewrite normfV (ger0_norm (norm_ge0 _)) -mulrA ler_pimulr //.
  by have [->|n0] := eqVneq (norm w0) 0; rewrite ?mulr0 ?ler01 // mulVf.
rewrite val; apply: le_trans (ler_norm _) _; rewrite normrM t_norm mul1r.
apply: le_trans (cauchy_schwarz_abs _ _) _.
by rewrite ler_wpmul2r ?norm_ge0.
Qed.

(** P1, Linf: the value is eps ||w||_1. *)
Theorem P1_linf :
  [/\ ball_linf eps (pert_linf eps t w0),
      t * dot (pert_linf eps t w0) w0 = eps * norm1 w0 &
      forall eta, ball_linf eps eta -> t * dot eta w0 <= t * dot (pert_linf eps t w0) w0].
Proof.
have val : t * dot (pert_linf eps t w0) w0 = eps * norm1 w0.
  by rewrite pert_linf_e pert_value dot_e_linf.
split=> // [i|eta he]; first by rewrite mxE entry_le.
rewrite val -dotZl; apply: dot_le_norm1 => i.
by rewrite mxE normrM t_norm mul1r.
Qed.

(** P1, L0: the value is eps times the sum of the k largest |w_i|. *)
Theorem P1_l0 k :
  [/\ ball_l0 k eps (pert_l0 k eps t w0),
      t * dot (pert_l0 k eps t w0) w0 = eps * normk w0 k &
      forall eta, ball_l0 k eps eta -> t * dot eta w0 <= t * dot (pert_l0 k eps t w0) w0].
Proof.
have val : t * dot (pert_l0 k eps t w0) w0 = eps * normk w0 k.
  by rewrite pert_l0_e pert_value dot_e_l0.
split=> // [|eta [hk he]].
  split=> [|i]; last by rewrite mxE; case: ifP => _; rewrite ?normr0 ?entry_le.
  apply: (@leq_trans #|top w0 k|); last by rewrite card_top geq_minl.
  apply: subset_leq_card; apply/subsetP => i; rewrite !inE mxE inE.
  by case: ifP => //; rewrite eqxx.
rewrite val; apply: (@le_trans _ _ (eps * \sum_(i in support eta) `|w0 0 i|)).
  rewrite [X in eps * X]big_mkcond /dot !mulr_sumr; apply: ler_sum => i _.
  rewrite inE; case: eqP => [->|_] /=; first by rewrite mul0r !mulr0.
  apply: le_trans (ler_norm _) _; rewrite !normrM t_norm mul1r.
  by rewrite ler_wpmul2r.
by rewrite ler_wpmul2l // sum_le_top.
Qed.

(** P1, L1: the value is eps times the largest |w_i|. *)
Theorem P1_l1 :
  [/\ ball_l1 eps (pert_l1 eps t w0),
      t * dot (pert_l1 eps t w0) w0 = eps * norminf w0 &
      forall eta, ball_l1 eps eta -> t * dot eta w0 <= t * dot (pert_l1 eps t w0) w0].
Proof.
have val : t * dot (pert_l1 eps t w0) w0 = eps * norminf w0.
  by rewrite pert_l1_e pert_value dot_e_l1.
split=> // [|eta he].
  rewrite /ball_l1 /norm1 (eq_bigr (fun i => if i \in top w0 1 then `|eps * t * Num.sg (w0 0 i)| else 0)).
    rewrite -big_mkcond; apply: (@le_trans _ _ (#|top w0 1|%:R * eps)).
      by apply: sum_le_const => i _; apply: entry_le.
    by rewrite ler_pimull // lern1 card_top geq_minl.
  by move=> i _; rewrite mxE; case: ifP; rewrite ?normr0.
rewrite val -dotZl; apply: le_trans (dot_le_norminf _ _) _.
apply: ler_wpmul2r; first exact: maxover_ge0.
suff -> : norm1 (t *: eta) = norm1 eta by [].
by apply: eq_bigr => i _; rewrite mxE normrM t_norm mul1r.
Qed.

End P1.
End Perturbations.

(** * D1: the smallest perturbation that flips a linear decision *)

Section Deception.
Variables (R : rcfType) (d : nat) (g : 'rV[R]_d -> R) (w0 x : 'rV[R]_d).
Hypotheses (linear : linear_boundary g w0) (decided : dot w0 x != 0).

(** eta turns the decision of g at x into the opposite one. *)
Definition flips (eta : 'rV[R]_d) : bool := Num.sg (g (x + eta)) == - Num.sg (g x).

(** The target: the label opposite to the decision at x. *)
Definition target : R := - Num.sg (dot w0 x).

Lemma target_pm1 : target = 1 \/ target = -1.
Proof.
rewrite /target; case: (ltrgt0P (dot w0 x)) decided => [h|h|->]; rewrite ?eqxx //= => _.
- by right; rewrite gtr0_sg.
- by left; rewrite ltr0_sg // opprK.
Qed.

(** eta flips iff it moves t <eta, w> past |<w, x>|. *)
Lemma flips_iff eta : flips eta = (`|dot w0 x| < target * dot eta w0).
Proof.
rewrite /flips !linear dotDr (dotC w0 eta) /target.
case: (ltrgt0P (dot w0 x)) decided => [h|h|->]; rewrite ?eqxx // => _.
- by rewrite (gtr0_sg h) mulN1r ltr_oppr sgr_cp0 -ltr_subr_addl sub0r.
- by rewrite (ltr0_sg h) opprK mul1r sgr_cp0 -ltr_subl_addl sub0r.
Qed.

Lemma w_neq0 : w0 != 0.
Proof. by apply: contraNneq decided => ->; rewrite dot0l. Qed.

(** L2: eps* = |<w,x>| / ||w||.  No eta of norm <= eps* flips the decision;
    the geometry-inspired one of size eps does iff eps > eps*.               *)
Theorem D1_l2 eps : 0 <= eps ->
  flips (pert_l2 eps target w0) = (`|dot w0 x| / norm w0 < eps).
Proof.
move=> e0; have [_ val _] := P1_l2 w0 e0 target_pm1.
by rewrite flips_iff val ltr_pdivr_mulr // norm_gt0 w_neq0.
Qed.

Theorem D1_l2_smallest eta : norm eta <= `|dot w0 x| / norm w0 -> ~~ flips eta.
Proof.
move=> he; have n0 : 0 < norm w0 by rewrite norm_gt0 w_neq0.
have e0 : 0 <= `|dot w0 x| / norm w0 by rewrite divr_ge0 // ltW.
have [_ val /(_ _ he)] := P1_l2 w0 e0 target_pm1.
by rewrite val divfK ?gt_eqF // flips_iff -leNgt.
Qed.

(** Linf: eps* = |<w,x>| / ||w||_1. *)
Theorem D1_linf eps : 0 <= eps ->
  flips (pert_linf eps target w0) = (`|dot w0 x| / norm1 w0 < eps).
Proof.
move=> e0; have [_ val _] := P1_linf w0 e0 target_pm1.
by rewrite flips_iff val ltr_pdivr_mulr // norm1_gt0 // w_neq0.
Qed.

Theorem D1_linf_smallest (eta : 'rV[R]_d) :
  (forall i, `|eta 0 i| <= `|dot w0 x| / norm1 w0) -> ~~ flips eta.
Proof.
move=> he; have n0 := norm1_gt0 w_neq0.
have e0 : 0 <= `|dot w0 x| / norm1 w0 by rewrite divr_ge0 // ltW.
have [_ val /(_ _ he)] := P1_linf w0 e0 target_pm1.
by rewrite val divfK ?gt_eqF // flips_iff -leNgt.
Qed.

(** L0 with k >= 1 entries: eps* = |<w,x>| / (sum of the k largest |w_i|). *)
Theorem D1_l0 k eps : (0 < k)%N -> 0 <= eps ->
  flips (pert_l0 k eps target w0) = (`|dot w0 x| / normk w0 k < eps).
Proof.
move=> k0 e0; have [_ val _] := P1_l0 w0 e0 target_pm1 k.
by rewrite flips_iff val ltr_pdivr_mulr // normk_gt0 // w_neq0.
Qed.

Theorem D1_l0_smallest k eta : (0 < k)%N ->
  ball_l0 k (`|dot w0 x| / normk w0 k) eta -> ~~ flips eta.
Proof.
move=> k0 he; have n0 := normk_gt0 k0 w_neq0.
have e0 : 0 <= `|dot w0 x| / normk w0 k by rewrite divr_ge0 // ltW.
have [_ val /(_ _ he)] := P1_l0 w0 e0 target_pm1 k.
by rewrite val divfK ?gt_eqF // flips_iff -leNgt.
Qed.

(** L1: eps* = |<w,x>| / (the largest |w_i|). *)
Theorem D1_l1 eps : 0 <= eps ->
  flips (pert_l1 eps target w0) = (`|dot w0 x| / norminf w0 < eps).
Proof.
move=> e0; have [_ val _] := P1_l1 w0 e0 target_pm1.
by rewrite flips_iff val ltr_pdivr_mulr // norminf_gt0 // w_neq0.
Qed.

Theorem D1_l1_smallest (eta : 'rV[R]_d) :
  norm1 eta <= `|dot w0 x| / norminf w0 -> ~~ flips eta.
Proof.
move=> he; have n0 := norminf_gt0 w_neq0.
have e0 : 0 <= `|dot w0 x| / norminf w0 by rewrite divr_ge0 // ltW.
have [_ val /(_ _ he)] := P1_l1 w0 e0 target_pm1.
by rewrite val divfK ?gt_eqF // flips_iff -leNgt.
Qed.

End Deception.
