(******************************************************************************)
(* ReadoutLimit.v : the limit for any fixed output layer (Readout.v).  Only   *)
(* the two masses pp = mass_pos v and pm = mass_neg v enter:                  *)
(*                                                                            *)
(*   vQ n k     = y_n y_k (pp c_n c_k + pm cbar_n cbar_k) G_nk                *)
(*   vU, vV lam = sum lam_n y_n c_n x_n,  - sum lam_n y_n cbar_n x_n          *)
(*   vw lam     = sum lam_n y_n (pp c_n + pm cbar_n) x_n                      *)
(*   nnqp vQ    = C1(a), of Gap.v:  lam >= 0, (vQ lam)_n = 1 on the support,  *)
(*                >= 1 off it                                                 *)
(*   valigned   = C1(b), for the neurons that are there                       *)
(*   (CP)   own_n - t other_n >= 1 for t = gamma, 1, of the vectors pp U and  *)
(*          pm V;  U = cpU l, V = cpV l as in C2.v                            *)
(*   vomega l n = (pp lam_n + pm lam_n s_n) for y_n = 1, exchanged for -1     *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 C1 K1 Hstar Gap Pattern C2 C3Gap Exist Obtuse ObtuseKkt Readout.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** The square root of 2 a: a form of two vectors with masses is one without. *)
Section Root.
Variable R : rcfType.

Definition root2 (a : R) : R := Num.sqrt (2%:R * a).

Lemma root2_sqr a : 0 <= a -> root2 a ^+ 2 = 2%:R * a.
Proof. by move=> a0; rewrite sqr_sqrtr // mulr_ge0 ?ler0n. Qed.

Lemma vec_scaled d (I : finType) (x : I -> 'rV[R]_d) (q : R) (r l : I -> R) :
  vec x (fun i => q * r i) l = q *: vec x r l.
Proof.
rewrite /vec scaler_sumr; apply: eq_bigr => i _.
by rewrite scalerA; congr (_ *: _); ring.
Qed.

Lemma nnqp_ext (I : finType) (M M' : I -> I -> R) l : (forall i k, M i k = M' i k) -> nnqp M l -> nnqp M' l.
Proof.
move=> e [l0 sup off]; have E i : Mmul M' l i = Mmul M l i by apply: eq_bigr => k _; rewrite e.
by split=> [i //|i li|i]; rewrite E; [exact: sup | exact: off].
Qed.

Lemma sub_sub d (a b c e : 'rV[R]_d) : a - b - (c - e) = a - c - (b - e).
Proof. by apply/rowP => i; rewrite !mxE; ring. Qed.

Lemma norm_masses d (a b : R) (E F : 'rV[R]_d) : norm (a *: E + b *: F) ^+ 2 =
  (a + b) * (a * dot E E + b * dot F F) - a * b * norm (E - F) ^+ 2.
Proof.
rewrite !norm_sqr !(dotBl, dotBr, dotDl, dotDr, dotZl, dotZr) (dotC F E).
by ring.
Qed.

(** What is scaled by root2 a is determined up to a. *)
Lemma root2_eq d (a : R) (U U' : 'rV[R]_d) : 0 <= a -> root2 a *: U = root2 a *: U' -> a *: U = a *: U'.
Proof.
move=> a0 e; have -> : a = root2 a / 2%:R * root2 a.
  by rewrite mulrAC -expr2 root2_sqr // mulrAC divff ?mul1r // pnatr_eq0.
by rewrite -!scalerA e.
Qed.

End Root.

(** * The forms, for any two masses *)

Section Masses.
Variables (R : rcfType) (gamma : R) (d N : nat) (pp pm : R).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Implicit Types (lam : 'I_N -> R) (l la : 'I_N * bool -> R) (U V : 'rV[R]_d).

Definition vQ n k : R :=
  y n * y k * (pp * (c gamma y n * c gamma y k) + pm * (cbar gamma y n * cbar gamma y k)) * G x n k.
Definition vU lam : 'rV[R]_d := \sum_n (lam n * y n * c gamma y n) *: x n.
Definition vV lam : 'rV[R]_d := - \sum_n (lam n * y n * cbar gamma y n) *: x n.
Definition vw lam : 'rV[R]_d := \sum_n (lam n * y n * (pp * c gamma y n + pm * cbar gamma y n)) *: x n.

(** C1(b), asked of the neurons that are there. *)
Definition valigned lam : Prop := forall n,
  (0 < pp -> 0 < y n * dot (vU lam) (x n)) /\ (0 < pm -> y n * dot (vV lam) (x n) < 0).

Definition vcp_feasible U V : Prop := forall n b,
  1 <= own x y (pp *: U) (pm *: V) n - tslope gamma b * other x y (pp *: U) (pm *: V) n.

Record vcp_conditions l : Prop := {
  vcp_ge0 : forall n b, 0 <= l (n, b);
  vcp_feas : vcp_feasible (cpU gamma x y l) (cpV gamma x y l);
  vcp_active : forall n b, 0 < l (n, b) ->
    own x y (pp *: cpU gamma x y l) (pm *: cpV gamma x y l) n
    - tslope gamma b * other x y (pp *: cpU gamma x y l) (pm *: cpV gamma x y l) n = 1
}.

Definition vomega l n : R :=
  if y n == 1 then pp * lam l n + pm * wslope gamma l n else pm * lam l n + pp * wslope gamma l n.

Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y).
Hypotheses (pp_ge0 : 0 <= pp) (pm_ge0 : 0 <= pm).

Let c_gt0' n : 0 < c gamma y n := c_gt0 y gamma_gt0 n.
Let cbar_gt0 n : 0 < cbar gamma y n.
Proof. by case: (y_pm1 n) => e; rewrite ?(cbar_pos _ e) // (cbar_neg _ e) ltr01. Qed.

(** Q1: pp U - pm V = w. *)
Theorem Q1_readout_normal lam : pp *: vU lam - pm *: vV lam = vw lam.
Proof.
rewrite /vV scalerN opprK /vU /vw !scaler_sumr -big_split; apply: eq_bigr => n _ /=.
by rewrite !scalerA -scalerDl; congr (_ *: _); ring.
Qed.

(** ** Q as a form of two vectors *)

Local Notation rU := (fun n => root2 pp * rowU gamma y n).
Local Notation rV := (fun n => root2 pm * rowV gamma y n).

Lemma vQ_pairM n k : vQ n k = pairM x rU rV n k.
Proof.
transitivity ((root2 pp ^+ 2 * (rowU gamma y n * rowU gamma y k)
  + root2 pm ^+ 2 * (rowV gamma y n * rowV gamma y k)) / 2%:R * dot (x n) (x k)); last by rewrite /pairM; ring.
by rewrite !root2_sqr // /vQ /rowU /rowV /G; field.
Qed.

Lemma vec_rU lam : vec x rU lam = root2 pp *: vU lam.
Proof. by rewrite vec_scaled; congr (_ *: _); apply: eq_bigr => n _; rewrite /rowU mulrA. Qed.

Lemma vec_rV lam : vec x rV lam = root2 pm *: vV lam.
Proof.
rewrite vec_scaled; congr (_ *: _); rewrite /vV -sumrN; apply: eq_bigr => n _.
by rewrite /rowV mulrN mulrA scaleNr.
Qed.

Lemma vQ_nnqp lam : nnqp vQ lam <-> nnqp (pairM x rU rV) lam.
Proof. by split; apply: nnqp_ext => n k; rewrite vQ_pairM. Qed.

Lemma vQ_form lam : form vQ lam lam = pp * dot (vU lam) (vU lam) + pm * dot (vV lam) (vV lam).
Proof.
have -> : form vQ lam lam = form (pairM x rU rV) lam lam.
  by apply: eq_bigr => n _; apply: eq_bigr => k _; rewrite vQ_pairM.
rewrite pair_form vec_rU vec_rV !(dotZl, dotZr) !mulrA -!expr2 !root2_sqr //.
by field.
Qed.

(** Q sees a vector through its class sums s+, s-:
    pp ||s+ - gamma s-||^2 + pm ||gamma s+ - s-||^2.                         *)
Theorem Q1_readout_class_form lam (sp := s_pos x y lam) (sn := s_neg x y lam) :
  form vQ lam lam = pp * norm (sp - gamma *: sn) ^+ 2 + pm * norm (gamma *: sp - sn) ^+ 2.
Proof.
rewrite vQ_form !norm_sqr /vU /vV (sum_c gamma x y_pm1) (sum_cbar gamma x y_pm1).
by rewrite -/sp -/sn !dotNl dotC !dotNl opprK.
Qed.

Theorem Q1_readout_possemidef lam : 0 <= form vQ lam lam.
Proof. by rewrite Q1_readout_class_form addr_ge0 // mulr_ge0 ?sqr_ge0. Qed.

(** Neurons of both signs, gamma < 1: Q is positive definite iff the samples
    of each class are linearly independent, whatever the masses.             *)
Theorem Q1_readout_posdef_iff : gamma < 1 -> 0 < pp -> 0 < pm ->
  (forall lam, (exists n, lam n != 0) -> 0 < form vQ lam lam) <->
  (forall lam, s_pos x y lam = 0 -> s_neg x y lam = 0 -> forall n, lam n = 0).
Proof.
move=> g1 p0 m0; split=> [pd lam lp ln n|free lam [n ln]].
  apply/eqP/negPn/negP => h; have : 0 < form vQ lam lam by apply: pd; exists n.
  by rewrite Q1_readout_class_form lp ln !scaler0 subrr norm_sqr dot0l !mulr0 addr0 ltxx.
rewrite lt_neqAle Q1_readout_possemidef andbT eq_sym; apply: contra ln => /eqP.
rewrite Q1_readout_class_form; set A := norm _ ^+ 2; set B := norm _ ^+ 2 => e.
have [A0 B0] : 0 <= A /\ 0 <= B by split; apply: sqr_ge0.
have ppA : 0 <= pp * A by apply: mulr_ge0.
have pmB : 0 <= pm * B by apply: mulr_ge0.
have : pp * A + pm * B == 0 by rewrite e.
rewrite (paddr_eq0 ppA pmB) [pp * A == 0]mulf_eq0 [pm * B == 0]mulf_eq0 (gt_eqF p0) (gt_eqF m0) /= /A /B !sqrf_eq0 !norm_eq0 !subr_eq0 => /andP[/eqP e1 /eqP e2].
have g2 : 1 - gamma ^+ 2 != 0.
  by rewrite subr_eq0 eq_sym lt_eqF // exprn_ilt1 // ltW.
have z : s_neg x y lam = 0.
  apply/eqP; have : (1 - gamma ^+ 2) *: s_neg x y lam == 0.
    by rewrite scalerBl scale1r subr_eq0 -{1}e2 e1 scalerA expr2.
  by rewrite scaler_eq0 (negbTE g2).
have zp : s_pos x y lam = 0 by rewrite e1 z scaler0.
by apply/eqP; apply: (free lam zp z n).
Qed.

(** Neurons of one sign: iff all samples are. *)
Theorem Q1_readout_posdef_one_sign : 0 < pp -> pm = 0 ->
  (forall lam, (exists n, lam n != 0) -> 0 < form vQ lam lam) <->
  (forall q : 'I_N -> R, \sum_n q n *: x n = 0 -> forall n, q n = 0).
Proof.
move=> p0 m0; have yc n : y n * c gamma y n != 0 by rewrite mulf_neq0 ?(y_neq0 y_pm1) // gt_eqF.
have E lam : form vQ lam lam = pp * dot (vU lam) (vU lam) by rewrite vQ_form m0 mul0r addr0.
split=> [pd q q0 n|free lam [n ln]].
  pose lam k := q k / (y k * c gamma y k).
  have U0 : vU lam = 0.
    by rewrite -q0; apply: eq_bigr => k _; rewrite -mulrA /lam divfK.
  apply/eqP/negPn/negP => qn; have : 0 < form vQ lam lam.
    by apply: pd; exists n; rewrite /lam mulf_neq0 ?invr_neq0.
  by rewrite E U0 dot0l mulr0 ltxx.
rewrite E pmulr_rgt0 // dot_gt0; apply: contra ln => /eqP U0.
by have /eqP := free _ U0 n; rewrite -mulrA mulf_eq0 (negbTE (yc n)) orbF.
Qed.

(** ** C1(a): unique up to what the network shows, and solvable *)

Theorem C1_readout_unique lam lam' : nnqp vQ lam -> nnqp vQ lam' ->
  [/\ pp *: vU lam = pp *: vU lam', pm *: vV lam = pm *: vV lam', vw lam = vw lam' &
      \sum_n lam n = \sum_n lam' n].
Proof.
move=> /vQ_nnqp C /vQ_nnqp C'; have [] := pair_unique C C'.
rewrite !vec_rU !vec_rV => /(root2_eq pp_ge0) eU /(root2_eq pm_ge0) eV es; split=> //.
by rewrite -!Q1_readout_normal eU eV.
Qed.

Theorem C1_readout_exists : 0 < pp + pm -> separable x y -> exists lam, nnqp vQ lam.
Proof.
move=> P0 [e he]; have [|lam C] := @pair_exists _ _ _ x rU rV (root2 pp *: e) (- root2 pm *: e).
  move=> n; have -> : rU n * dot (root2 pp *: e) (x n) + rV n * dot (- root2 pm *: e) (x n) =
      (root2 pp ^+ 2 * c gamma y n + root2 pm ^+ 2 * cbar gamma y n) * (y n * dot e (x n)).
    by rewrite !dotZl /rowU /rowV; ring.
  rewrite mulr_gt0 // !root2_sqr // -!mulrA -mulrDr mulr_gt0 ?ltr0n //.
  have := pp_ge0; rewrite le_eqVlt => /orP[/eqP z|p0].
    by rewrite -z mul0r add0r mulr_gt0 //; move: P0; rewrite -z add0r.
  by rewrite ltr_spaddl ?mulr_gt0 // mulr_ge0 // ltW.
by exists lam; apply/vQ_nnqp.
Qed.

(** The gap bound for C1(a). *)
Theorem C1_readout_gap (la lam : 'I_N -> R) z (g := gap vQ la) :
  (forall n, 0 <= la n) -> (forall n, 1 <= Mmul vQ la n) -> nnqp vQ lam ->
  [/\ pp * norm (vU la - vU lam) ^+ 2 + pm * norm (vV la - vV lam) ^+ 2 <= g,
      pp * norm (vU la - vU lam) ^+ 2 <= g, pm * norm (vV la - vV lam) ^+ 2 <= g &
      (pp + pm) * g * norm z ^+ 2 < dot (vw la) z ^+ 2 -> Num.sg (dot (vw lam) z) = Num.sg (dot (vw la) z)].
Proof.
move=> la0 feas C; have sym n k : vQ n k = vQ k n by rewrite !vQ_pairM pairMC.
have h := gap_bound sym la0 feas C.
have dif lam' : vU (fun n => la n - lam' n) = vU la - vU lam' /\ vV (fun n => la n - lam' n) = vV la - vV lam'.
  split; first by rewrite /vU -sumrB; apply: eq_bigr => n _; rewrite !mulrBl scalerBl.
  by rewrite /vV -opprD -sumrB; congr (- _); apply: eq_bigr => n _; rewrite !mulrBl scalerBl.
have [dU dV] := dif lam; move: h; rewrite vQ_form dU dV -!norm_sqr => h.
have hU : pp * norm (vU la - vU lam) ^+ 2 <= g by apply: le_trans h; rewrite ler_addl mulr_ge0 ?sqr_ge0.
have hV : pm * norm (vV la - vV lam) ^+ 2 <= g by apply: le_trans h; rewrite ler_addr mulr_ge0 ?sqr_ge0.
have P0 : 0 <= pp + pm by rewrite addr_ge0.
split; [exact: h | exact: hU | exact: hV | apply: Gap.near_sign].
  by rewrite mulr_ge0 // (le_trans _ hU) // mulr_ge0 ?sqr_ge0.
apply: le_trans (_ : (pp + pm) * (pp * norm (vU la - vU lam) ^+ 2 + pm * norm (vV la - vV lam) ^+ 2) <= _).
  have -> : vw la - vw lam = pp *: (vU la - vU lam) - pm *: (vV la - vV lam).
    by rewrite -!Q1_readout_normal sub_sub !scalerBr.
  rewrite !norm_sqr; move: (vU la - vU lam) (vV la - vV lam) => A B.
  apply: (@le_cert _ (pp * pm * dot (A + B) (A + B))); first by rewrite !mulr_ge0 ?dot_ge0.
  by rewrite !(dotBl, dotBr, dotDl, dotDr, dotZl, dotZr) (dotC B A); ring.
by rewrite ler_wpmul2l.
Qed.

(** ** (CP) as a form of two vectors *)

Local Notation qU := (fun i => root2 pp * cpr gamma y i).
Local Notation qV := (fun i => root2 pm * cps gamma y i).
Definition vcpM := pairM (cpx x) qU qV.

Lemma vec_qU l : vec (cpx x) qU l = root2 pp *: cpU gamma x y l.
Proof. by rewrite vec_scaled vec_cpU. Qed.

Lemma vec_qV l : vec (cpx x) qV l = root2 pm *: cpV gamma x y l.
Proof. by rewrite vec_scaled vec_cpV. Qed.

Lemma vcp_row U V i : qU i * dot (root2 pp *: U) (cpx x i) + qV i * dot (root2 pm *: V) (cpx x i) =
  2%:R * (own x y (pp *: U) (pm *: V) i.1 - tslope gamma i.2 * other x y (pp *: U) (pm *: V) i.1).
Proof.
rewrite -cp_row !dotZl.
transitivity (root2 pp ^+ 2 * (cpr gamma y i * dot U (cpx x i)) + root2 pm ^+ 2 * (cps gamma y i * dot V (cpx x i))).
  by ring.
by rewrite !root2_sqr //; ring.
Qed.

Lemma vcp_mul l i : Mmul vcpM l i =
  own x y (pp *: cpU gamma x y l) (pm *: cpV gamma x y l) i.1
  - tslope gamma i.2 * other x y (pp *: cpU gamma x y l) (pm *: cpV gamma x y l) i.1.
Proof. by rewrite /vcpM pair_mul vec_qU vec_qV vcp_row mulrAC divff ?mul1r // pnatr_eq0. Qed.

Theorem C2_readout_dual l : vcp_conditions l <-> nnqp vcpM l.
Proof.
split=> [[l0 feas act]|[l0 act feas]].
  by split=> [[n b] //|[n b] li|[n b]]; rewrite vcp_mul; [apply: act | apply: feas].
by split=> [n b //|n b|n b li]; [have := feas (n, b) | have := act (n, b) li]; rewrite vcp_mul.
Qed.

(** (CP) is feasible iff the data are linearly separable, ... *)
Theorem C2_readout_feasible_iff : 0 < pp + pm ->
  (exists U V, vcp_feasible U V) <-> separable x y.
Proof.
move=> P0; split=> [[U [V F]]|[e he]].
  exists (pp *: U - pm *: V) => n; rewrite -(own_sub x y_pm1).
  by have := F n true; rewrite /= mul1r; apply: lt_le_trans; rewrite ltr01.
pose q := minover 1 (fun n => y n * dot e (x n)).
have q0 : 0 < q by apply: minover_gt; rewrite ?ltr01.
pose k := (gamma * (pp + pm) * q)^-1; have gP : 0 < gamma * (pp + pm) * q by rewrite !mulr_gt0.
have k0 : 0 < k by rewrite invr_gt0.
exists (k *: e), (- k *: e) => n b.
have t0 : gamma <= tslope gamma b <= 1 by case: b; rewrite /= ?lexx ?gamma_le1.
have yq : q <= y n * dot e (x n) by rewrite minover_le.
have step (A B : R) : 0 <= A -> 0 <= B -> A + B = pp + pm ->
    1 <= A * k * (y n * dot e (x n)) + tslope gamma b * (B * k * (y n * dot e (x n))).
  move=> A0 B0 AB; have -> : 1 = gamma * (A + B) * q * k by rewrite AB /k mulfV ?gt_eqF.
  case/andP: t0; move: (tslope gamma b) (y n * dot e (x n)) yq => t u uq t0 _.
  have u0 : 0 <= u by apply: le_trans uq; apply: ltW.
  have k0' := ltW k0; have g0 := ltW gamma_gt0.
  apply: (@le_cert _ (k * ((1 - gamma) * (A * u) + (t - gamma) * (B * u) + gamma * (A + B) * (u - q)))); last by ring.
  by rewrite mulr_ge0 // !addr_ge0 // ?mulr_ge0 ?subr_ge0 // ?addr_ge0.
rewrite /own /other; case: (y_pm1 n) => yn; rewrite yn ?eqxx ?neg1_neq1 !dotZl.
  have := step pp pm pp_ge0 pm_ge0 erefl; rewrite yn !mul1r => h.
  by apply: le_trans h _; apply: le_of_eq; ring.
have := step pm pp pm_ge0 pp_ge0 (addrC _ _); rewrite yn => h.
by apply: le_trans h _; apply: le_of_eq; ring.
Qed.

(** ... and then has a solution with multipliers; *)
Theorem C2_readout_exists : 0 < pp + pm -> separable x y -> exists l, vcp_conditions l.
Proof.
move=> P0 /(C2_readout_feasible_iff P0) [U [V F]].
have [|l C] := @pair_exists _ _ _ (cpx x) qU qV (root2 pp *: U) (root2 pm *: V).
  by move=> [n b]; rewrite vcp_row mulr_gt0 ?ltr0n // (lt_le_trans ltr01) // F.
by exists l; apply/C2_readout_dual.
Qed.

Lemma vcp_normal l : pp *: cpU gamma x y l - pm *: cpV gamma x y l = w x y (vomega l).
Proof.
rewrite /w /cpU /cpV !scaler_sumr -sumrB; apply: eq_bigr => n _.
rewrite !scalerA -scalerBl; congr (_ *: _); rewrite /vomega.
by case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1; ring.
Qed.

(** ... pp U, pm V, w = sum omega_n y_n x_n and sum lambda do not depend on
    the multipliers.                                                         *)
Theorem C2_readout_unique l l' : vcp_conditions l -> vcp_conditions l' ->
  [/\ pp *: cpU gamma x y l = pp *: cpU gamma x y l', pm *: cpV gamma x y l = pm *: cpV gamma x y l',
      w x y (vomega l) = w x y (vomega l') & \sum_n lam l n = \sum_n lam l' n].
Proof.
move=> /C2_readout_dual C /C2_readout_dual C'; have [] := pair_unique C C'.
rewrite !vec_qU !vec_qV !sum_pairs => /(root2_eq pp_ge0) eU /(root2_eq pm_ge0) eV es; split=> //.
by rewrite -!vcp_normal eU eV.
Qed.

(** The gap bound for (CP): vectors, own pre-activations (times their mass),
    and decisions.                                                           *)
Theorem C2_readout_gap la l n z (g := gap vcpM la) :
  (forall n b, 0 <= la (n, b)) -> vcp_feasible (cpU gamma x y la) (cpV gamma x y la) -> vcp_conditions l ->
  [/\ pp * norm (cpU gamma x y la - cpU gamma x y l) ^+ 2 + pm * norm (cpV gamma x y la - cpV gamma x y l) ^+ 2 <= g,
      (if y n == 1 then pp else pm) * g * norm (x n) ^+ 2 <
        own x y (pp *: cpU gamma x y la) (pm *: cpV gamma x y la) n ^+ 2 ->
        Num.sg (own x y (pp *: cpU gamma x y l) (pm *: cpV gamma x y l) n) =
        Num.sg (own x y (pp *: cpU gamma x y la) (pm *: cpV gamma x y la) n) &
      (pp + pm) * g * norm z ^+ 2 < dot (w x y (vomega la)) z ^+ 2 ->
        Num.sg (dot (w x y (vomega l)) z) = Num.sg (dot (w x y (vomega la)) z)].
Proof.
move=> la0 feas /C2_readout_dual C.
have la0' i : 0 <= la i by case: i.
have feas' i : 1 <= Mmul vcpM la i by rewrite vcp_mul; apply: feas.
have h : pp * norm (cpU gamma x y la - cpU gamma x y l) ^+ 2
    + pm * norm (cpV gamma x y la - cpV gamma x y l) ^+ 2 <= g.
  apply: le_trans (gap_bound (@pairMC _ _ _ (cpx x) qU qV) la0' feas' C); apply: le_of_eq.
  rewrite /vcpM pair_form !vec_scaled !(dotZl, dotZr) !vec_sub !vec_cpU !vec_cpV !norm_sqr.
  rewrite !(mulrA (root2 _) (root2 _)) -!expr2 !root2_sqr //; move: (dot _ _) (dot _ _) => a b.
  by field.
have hU : pp * norm (cpU gamma x y la - cpU gamma x y l) ^+ 2 <= g.
  by apply: le_trans h; rewrite ler_addl mulr_ge0 ?sqr_ge0.
have hV : pm * norm (cpV gamma x y la - cpV gamma x y l) ^+ 2 <= g.
  by apply: le_trans h; rewrite ler_addr mulr_ge0 ?sqr_ge0.
have g0 : 0 <= g by apply: le_trans hU; rewrite mulr_ge0 ?sqr_ge0.
have near (a : R) (A B : 'rV[R]_d) : 0 <= a -> a * norm (A - B) ^+ 2 <= g ->
    norm (a *: A - a *: B) ^+ 2 <= a * g.
  move=> a0 hh; rewrite -scalerBr normZ exprMn real_normK ?num_real // expr2 -mulrA.
  by rewrite ler_wpmul2l.
split=> //.
  rewrite /own; case: ifP => _; apply: Gap.near_sign; rewrite ?mulr_ge0 //; exact: near.
apply: Gap.near_sign; first by rewrite mulr_ge0 ?addr_ge0.
apply: le_trans (_ : (pp + pm) * (pp * norm (cpU gamma x y la - cpU gamma x y l) ^+ 2
  + pm * norm (cpV gamma x y la - cpV gamma x y l) ^+ 2) <= _); last by rewrite ler_wpmul2l ?addr_ge0.
rewrite -!vcp_normal.
have -> : pp *: cpU gamma x y la - pm *: cpV gamma x y la - (pp *: cpU gamma x y l - pm *: cpV gamma x y l) =
    pp *: (cpU gamma x y la - cpU gamma x y l) - pm *: (cpV gamma x y la - cpV gamma x y l).
  by rewrite sub_sub !scalerBr.
rewrite !norm_sqr; move: (cpU gamma x y la - cpU gamma x y l) (cpV gamma x y la - cpV gamma x y l) => A B.
apply: (@le_cert _ (pp * pm * dot (A + B) (A + B))); first by rewrite !mulr_ge0 ?dot_ge0.
by rewrite !(dotBl, dotBr, dotDl, dotDr, dotZl, dotZr) (dotC B A); ring.
Qed.

(** C2 a priori, for neurons of both signs: own_n > 0 at small slope. e is a
    unit vector, r its linear margin.                                        *)
Theorem C2_readout_small_slope l (e : 'rV[R]_d) (r : R) n : 0 < pp -> 0 < pm ->
  vcp_conditions l -> norm e = 1 -> 0 < r -> (forall k, r <= y k * dot e (x k)) ->
  gamma * (pp + pm) * norm (x n) < 2%:R * Num.sqrt (pp * pm) * (1 + gamma) * r ->
  0 < own x y (pp *: cpU gamma x y l) (pm *: cpV gamma x y l) n.
Proof.
move=> p0 m0 C e1 r0 he small; have g1 : 0 < 1 + gamma by rewrite ltr_spaddl ?ltr01 // ltW.
set U := cpU gamma x y l; set V := cpV gamma x y l.
pose A := ((1 + gamma) * r)^-1; have Ap : 0 < (1 + gamma) * r by rewrite mulr_gt0.
have A0 : 0 < A by rewrite invr_gt0.
have cross : pp * dot U U + pm * dot V V <= A * dot (U - V) e.
  have := C => /C2_readout_dual CC.
  have := pair_cross CC (U' := root2 pp *: ((A / pp) *: e)) (V' := root2 pm *: ((- A / pm) *: e)).
  rewrite vec_qU vec_qV -/U -/V => h.
  have {}h : dot (root2 pp *: U) (root2 pp *: U) + dot (root2 pm *: V) (root2 pm *: V) <=
      dot (root2 pp *: ((A / pp) *: e)) (root2 pp *: U) + dot (root2 pm *: ((- A / pm) *: e)) (root2 pm *: V).
    apply: h => -[k b] _; rewrite vcp_row -[X in X <= _]mulr1 ler_pmul2l ?ltr0n //=.
    have -> : pp *: ((A / pp) *: e) = A *: e by rewrite scalerA mulrCA mulfV ?gt_eqF // mulr1.
    have -> : pm *: ((- A / pm) *: e) = - A *: e by rewrite scalerA mulrCA mulfV ?gt_eqF // mulr1.
    have yk := he k; have t0 : gamma <= tslope gamma b by case: b.
    have -> : own x y (A *: e) (- A *: e) k - tslope gamma b * other x y (A *: e) (- A *: e) k =
        A * ((1 + tslope gamma b) * (y k * dot e (x k))).
      by rewrite /own /other; case: (y_pm1 k) => ->; rewrite ?eqxx ?neg1_neq1 !dotZl; ring.
    rewrite -[X in X <= _](mulVf (lt0r_neq0 Ap)) ler_pmul2l //.
    by rewrite ler_pmul ?(ltW r0) ?(ltW g1) // ler_add2l.
  move: h; rewrite !(dotZl, dotZr) !mulrA.
  have q2 a : root2 a * root2 a = root2 a ^+ 2 by rewrite expr2.
  move=> h; have {}h : root2 pp ^+ 2 * dot U U + root2 pm ^+ 2 * dot V V <=
      root2 pp ^+ 2 * (A / pp) * dot e U + root2 pm ^+ 2 * (- A / pm) * dot e V.
    by apply: le_trans (le_trans _ h) _; apply: le_of_eq; ring.
  rewrite !root2_sqr // in h; rewrite -(ler_pmul2l (ltr0n R 2)).
  apply: le_trans (le_trans _ h) _; first by apply: le_of_eq; ring.
  by apply: le_of_eq; rewrite dotBl (dotC e U) (dotC e V); field; rewrite !gt_eqF.
pose S : 'rV[R]_d := pp *: U + pm *: V; pose D := norm (U - V).
have D0 : 0 <= D by apply: norm_ge0.
have DA : dot (U - V) e <= D by have := cauchy_schwarz (U - V) e; rewrite e1 mulr1.
have P0 : 0 < pp + pm by rewrite addr_gt0.
have SS : 4%:R * (pp * pm) * norm S ^+ 2 <= ((pp + pm) * A) ^+ 2.
  have low : norm S ^+ 2 <= (pp + pm) * (A * D) - pp * pm * D ^+ 2.
    rewrite /S norm_masses ler_add2r ler_pmul2l //; apply: le_trans cross _.
    by rewrite ler_pmul2l.
  have pm4 : 0 <= 4%:R * (pp * pm) by rewrite !mulr_ge0 ?ler0n.
  apply: (@le_cert _ (4%:R * (pp * pm) * ((pp + pm) * (A * D) - pp * pm * D ^+ 2 - norm S ^+ 2)
    + ((pp + pm) * A - 2%:R * (pp * pm) * D) ^+ 2)); last by ring.
  by rewrite addr_ge0 ?sqr_ge0 // mulr_ge0 // subr_ge0.
pose q := Num.sqrt (pp * pm); have q0 : 0 < q by rewrite sqrtr_gt0 mulr_gt0.
have qq : q ^+ 2 = pp * pm by rewrite sqr_sqrtr // mulr_ge0.
have S1 : 2%:R * q * norm S <= (pp + pm) * A.
  rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?mulr_ge0 ?ler0n ?norm_ge0 ?(ltW q0) ?(ltW A0) ?(ltW P0) //.
  by apply: le_trans SS; apply: le_of_eq; rewrite -qq; ring.
have own1 : 1 + gamma * dot S (x n) <= (1 + gamma) * own x y (pp *: U) (pm *: V) n.
  rewrite /S -(own_add x y); have := vcp_feas C n false; rewrite -/U -/V /=.
  move: (own _ _ _ _ _) (other _ _ _ _ _) => o t h.
  by apply: (@le_cert _ (o - gamma * t - 1)); [rewrite subr_ge0 | ring].
rewrite -(pmulr_rgt0 _ g1); apply: lt_le_trans own1.
have cs : - (norm S * norm (x n)) <= dot S (x n).
  by have := cauchy_schwarz_abs S (x n); rewrite ler_norml => /andP[].
have X0 := norm_ge0 (x n); have N0 := norm_ge0 S.
have lt1 : gamma * (norm S * norm (x n)) < 1.
  have q2 : 0 < 2%:R * q by rewrite mulr_gt0 ?ltr0n.
  rewrite -(ltr_pmul2l q2) mulr1.
  apply: le_lt_trans (_ : gamma * norm (x n) * ((pp + pm) * A) < _).
    apply: (@le_cert _ (gamma * norm (x n) * ((pp + pm) * A - 2%:R * q * norm S))); last by ring.
    by rewrite !mulr_ge0 ?subr_ge0 // ltW.
  have -> : gamma * norm (x n) * ((pp + pm) * A) = gamma * (pp + pm) * norm (x n) * A by ring.
  by rewrite /A ltr_pdivr_mulr // mulrA.
apply: (@lt_cert _ ((1 - gamma * (norm S * norm (x n))) + gamma * (dot S (x n) + norm S * norm (x n)))); last by ring.
rewrite ltr_spaddl ?subr_gt0 // mulr_ge0 ?(ltW gamma_gt0) //.
by rewrite -ler_subl_addr sub0r.
Qed.

(** Neurons of equal masses: today's Q, up to a factor. *)
Theorem Q1_readout_equal n k : pp = pm -> vQ n k = 2%:R * pp * Q gamma x y n k.
Proof. by move=> e; rewrite /vQ /Q (h_rank2 gamma y_pm1) -e; field. Qed.

(** Unequal masses are equal ones of another slope s and rescaled classes, as
    far as Q is concerned: 2 s/(1+s^2) = gamma (pp + pm)/sqrt(h+ h-), h+ and
    h- the diagonal's factors of the two classes.                            *)
Theorem Q1_readout_effective_slope (s : R) n k (hp := pp + pm * gamma ^+ 2) (hn := pp * gamma ^+ 2 + pm)
    (r := fun i => Num.sqrt (2%:R * (if y i == 1 then hp else hn) / (1 + s ^+ 2))) :
  2%:R * s * Num.sqrt (hp * hn) = gamma * (pp + pm) * (1 + s ^+ 2) ->
  vQ n k = Q s (fun i => r i *: x i) y n k.
Proof.
move=> slope; have g0 := ltW gamma_gt0.
have hp0 : 0 <= hp by rewrite addr_ge0 // mulr_ge0 ?sqr_ge0.
have hn0 : 0 <= hn by rewrite addr_ge0 // mulr_ge0 ?sqr_ge0.
have s0 : 0 < 1 + s ^+ 2 by rewrite ltr_spaddl ?ltr01 ?sqr_ge0.
have si : 1 + s ^+ 2 != 0 by rewrite gt_eqF.
have cls i : 0 <= (if y i == 1 then hp else hn) by case: ifP.
have arg i : 0 <= 2%:R * (if y i == 1 then hp else hn) / (1 + s ^+ 2).
  by rewrite divr_ge0 ?(ltW s0) // mulr_ge0 ?ler0n.
have same : y n = y k -> r n * r k = 2%:R * (if y n == 1 then hp else hn) / (1 + s ^+ 2).
  by move=> e; rewrite /r -e -expr2 sqr_sqrtr.
have mixed : y n != y k -> r n * r k = 2%:R * Num.sqrt (hp * hn) / (1 + s ^+ 2).
  move=> ne; rewrite /r -sqrtrM //.
  have -> : 2%:R * (if y n == 1 then hp else hn) / (1 + s ^+ 2) *
      (2%:R * (if y k == 1 then hp else hn) / (1 + s ^+ 2)) = (2%:R / (1 + s ^+ 2)) ^+ 2 * (hp * hn).
    by move: ne; case: (y_pm1 n) => ->; case: (y_pm1 k) => ->; rewrite ?eqxx ?neg1_neq1 // => _; field.
  by rewrite [LHS]sqrtrM ?sqr_ge0 // sqrtr_sqr ger0_norm ?divr_ge0 ?ler0n ?(ltW s0) //; field.
rewrite /Q /vQ /G dotZl dotZr /h; have [e|ne] := eqVneq (y n) (y k).
  have -> : y n * y k * ((1 + s ^+ 2) / 2%:R) * (r n * (r k * dot (x n) (x k))) =
      y n * y k * ((1 + s ^+ 2) / 2%:R) * (r n * r k) * dot (x n) (x k) by ring.
  rewrite same //; have ec : c gamma y k = c gamma y n by rewrite /c e.
  have eb : cbar gamma y k = cbar gamma y n by rewrite /cbar ec.
  rewrite ec eb; case: (y_pm1 n) => yn; rewrite yn ?eqxx ?neg1_neq1 ?(c_pos _ yn) ?(cbar_pos _ yn) ?(c_neg _ yn) ?(cbar_neg _ yn);
    by rewrite /hp /hn; field.
have -> : y n * y k * s * (r n * (r k * dot (x n) (x k))) = y n * y k * (s * (r n * r k)) * dot (x n) (x k) by ring.
rewrite mixed //.
have -> : s * (2%:R * Num.sqrt (hp * hn) / (1 + s ^+ 2)) = gamma * (pp + pm).
  have -> : s * (2%:R * Num.sqrt (hp * hn) / (1 + s ^+ 2)) = 2%:R * s * Num.sqrt (hp * hn) / (1 + s ^+ 2) by ring.
  by rewrite slope mulfK.
congr (_ * _ * _); move: ne; case: (y_pm1 n) => yn; case: (y_pm1 k) => yk; rewrite yn yk ?eqxx // => _.
  by rewrite (c_pos _ yn) (cbar_pos _ yn) (c_neg _ yk) (cbar_neg _ yk); ring.
by rewrite (c_neg _ yn) (cbar_neg _ yn) (c_pos _ yk) (cbar_pos _ yk); ring.
Qed.

End Masses.

(** D2: w depends on the ratio of the masses only. *)
Theorem D2_readout_same_w (R : rcfType) (gamma pp pm t : R) d N (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R) lam lam' :
  0 < gamma -> labels y -> 0 <= pp -> 0 <= pm -> 0 < t ->
  nnqp (vQ gamma pp pm x y) lam -> nnqp (vQ gamma (t * pp) (t * pm) x y) lam' ->
  vw gamma pp pm x y lam = vw gamma (t * pp) (t * pm) x y lam'.
Proof.
move=> g0 yy p0 m0 t0 C [l0 sup off].
have E n : Mmul (vQ gamma pp pm x y) (fun k => t * lam' k) n = Mmul (vQ gamma (t * pp) (t * pm) x y) lam' n.
  by apply: eq_bigr => k _; rewrite /vQ; ring.
have C' : nnqp (vQ gamma pp pm x y) (fun k => t * lam' k).
  split=> [n|n|n]; rewrite ?E //; first by rewrite mulr_ge0 // ltW.
  by rewrite pmulr_rgt0 // => /sup.
have [_ _ -> _] := C1_readout_unique p0 m0 C C'.
by apply: eq_bigr => n _; congr (_ *: _); ring.
Qed.

(** * The network *)

Section Net.
Variables (R : rcfType) (gamma : R) (d N m : nat) (v : 'I_m -> R).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y).
Implicit Types (lam : 'I_N -> R) (l : 'I_N * bool -> R) (W : 'M[R]_(m, d)).

Local Notation pp := (mass_pos v).
Local Notation pm := (mass_neg v).
Local Notation pre W j n := (dot (row j W) (x n)).
Local Notation vkkt := (vkkt gamma v x y).
Local Notation vkkt_with := (vkkt_with gamma v x y).

Let pp0 : 0 <= pp := mass_pos_ge0 v.
Let pm0 : 0 <= pm := mass_neg_ge0 v.

Definition Wv lam : 'M[R]_(m, d) := rows_of v (vU gamma x y lam) (vV gamma x y lam).
Definition Wcpv l : 'M[R]_(m, d) := rows_of v (cpU gamma x y l) (cpV gamma x y l).

(** The label slopes. *)
Definition vlabel (j : 'I_m) (n : 'I_N) : R := if 0 < v j then c gamma y n else cbar gamma y n.

(** Every neuron that has a say is on exactly at the samples of its class. *)
Definition vforced W : Prop := forall j n, v j != 0 -> 0 < y n * (v j * pre W j n).

Lemma mass_pos_ex : 0 < pp -> exists j, 0 < v j.
Proof.
have [/existsP //|no] := boolP [exists j, 0 < v j].
rewrite /mass_pos big_pred0 ?ltxx // => j; apply/negbTE.
by move: no; rewrite negb_exists => /forallP.
Qed.

Lemma mass_neg_ex : 0 < pm -> exists j, v j < 0.
Proof.
have [/existsP //|no] := boolP [exists j, v j < 0].
rewrite /mass_neg big_pred0 ?ltxx // => j; apply/negbTE.
by move: no; rewrite negb_exists => /forallP.
Qed.

(** The rows are determined by p+ U and p- V. *)
Lemma rows_of_eq (U U' V V' : 'rV[R]_d) :
  pp *: U = pp *: U' -> pm *: V = pm *: V' -> rows_of v U V = rows_of v U' V'.
Proof.
move=> eU eV; apply/row_matrixP => j; rewrite !row_rows_of; case: (ltrgt0P (v j)) => vj.
- by rewrite (scalerI (lt0r_neq0 (mass_pos_gt0 vj)) eU).
- by rewrite (scalerI (lt0r_neq0 (mass_neg_gt0 vj)) eV).
- by rewrite vj oppr0 !scale0r.
Qed.

(** Slopes at a number of the label's sign, or of the other. *)
Lemma clarke_c n r : 0 <= y n * r -> clarke gamma r (c gamma y n).
Proof.
case: (y_pm1 n) => yn; rewrite yn ?mul1r ?mulN1r ?oppr_ge0 => h.
  by rewrite (c_pos _ yn); apply: clarke_on.
by rewrite (c_neg _ yn); apply: clarke_off.
Qed.

Lemma clarke_cbar n r : y n * r <= 0 -> clarke gamma r (cbar gamma y n).
Proof.
case: (y_pm1 n) => yn; rewrite yn ?mul1r ?mulN1r ?oppr_le0 => h.
  by rewrite (cbar_pos _ yn); apply: clarke_off.
by rewrite (cbar_neg _ yn); apply: clarke_on.
Qed.

Lemma vlabel_S n k : vS v vlabel n k =
  pp * (c gamma y n * c gamma y k) + pm * (cbar gamma y n * cbar gamma y k).
Proof.
pose F b := (if b then c gamma y n else cbar gamma y n) * (if b then c gamma y k else cbar gamma y k).
by rewrite -/(F true) -/(F false) -sum_masses.
Qed.

(** ** Q1 and C1 *)

Theorem Q1_readout_linear_boundary lam :
  linear_boundary (fv gamma v (Wv lam)) (vw gamma pp pm x y lam).
Proof. by move=> z; rewrite rows_of_linear_boundary // Q1_readout_normal. Qed.

Lemma Wv_stationary lam j : row j (Wv lam) = \sum_n (lam n * y n * v j * vlabel j n) *: x n.
Proof.
rewrite row_rows_of /vlabel /vU /vV; case: ifP => _; rewrite ?scalerN ?scaleNr ?opprK scaler_sumr;
  by apply: eq_bigr => n _; rewrite scalerA; congr (_ *: _); ring.
Qed.

(** With the label slopes the margins are Q lambda. *)
Lemma label_margin W lam n : vslopes gamma x W vlabel ->
  (forall j, row j W = \sum_n (lam n * y n * v j * vlabel j n) *: x n) ->
  y n * fv gamma v W (x n) = Mmul (vQ gamma pp pm x y) lam n.
Proof.
move=> hs st; rewrite /fv mulr_sumr.
rewrite (eq_bigr (fun j => \sum_k y n * lam k * y k * G x k n * (v j ^+ 2 * (vlabel j n * vlabel j k)))).
  rewrite exchange_big; apply: eq_bigr => k _.
  by rewrite -mulr_sumr -/(vS v vlabel n k) vlabel_S /vQ (GC x n k); ring.
move=> j _; rewrite (phi_clarke gamma_le1 (hs j n)) st dot_suml !mulr_sumr.
by apply: eq_bigr => k _; rewrite dotZl /G; ring.
Qed.

Definition vweak lam : Prop := forall n,
  (0 < pp -> 0 <= y n * dot (vU gamma x y lam) (x n)) /\ (0 < pm -> y n * dot (vV gamma x y lam) (x n) <= 0).

Lemma aligned_weak lam : valigned gamma pp pm x y lam -> vweak lam.
Proof. by move=> al n; have [a b] := al n; split=> [/a|/b] /ltW. Qed.

Lemma weak_slopes lam : vweak lam -> vslopes gamma x (Wv lam) vlabel.
Proof.
move=> al j n; have [hu hv] := al n; rewrite row_rows_of /vlabel; case: (ltrgt0P (v j)) => vj; rewrite dotZl.
- by apply: clarke_c; rewrite mulrCA; apply: mulr_ge0; [apply: ltW | apply: hu; apply: mass_pos_gt0 vj].
- apply: clarke_cbar; rewrite mulrCA mulr_ge0_le0 ?oppr_ge0 ?(ltW vj) //.
  by apply: hv; apply: mass_neg_gt0 vj.
- rewrite vj oppr0 mul0r; case: (y_pm1 n) => e; rewrite ?(cbar_pos _ e) ?(cbar_neg _ e).
    exact: clarke_off.
  exact: clarke_on.
Qed.

Theorem Q1_readout_margin lam n : valigned gamma pp pm x y lam ->
  y n * fv gamma v (Wv lam) (x n) = Mmul (vQ gamma pp pm x y) lam n.
Proof.
move=> al; apply: label_margin; first by apply: weak_slopes; apply: aligned_weak.
exact: Wv_stationary.
Qed.

(** C1: (a) and (b), which may be weak, make it a KKT point with a linear
    boundary.                                                                *)
Theorem C1_readout_qp lam : nnqp (vQ gamma pp pm x y) lam -> vweak lam ->
  vkkt (Wv lam) lam /\ linear_boundary (fv gamma v (Wv lam)) (vw gamma pp pm x y lam).
Proof.
move=> C al; split; last exact: Q1_readout_linear_boundary.
have hs := weak_slopes al; have mar n := label_margin n hs (Wv_stationary lam).
exists vlabel; split=> // [n|n|n|j]; rewrite ?mar.
- exact: (nnqp_off C).
- exact: (nnqp_ge0 C).
- by rewrite mulrBr mulr1 nnqp_slack // subrr.
- exact: Wv_stationary.
Qed.

(** Converse: a KKT point with the label slopes is of this form. *)
Theorem C1_readout_converse W lam : gamma < 1 -> vkkt_with W lam vlabel ->
  [/\ W = Wv lam, nnqp (vQ gamma pp pm x y) lam & vweak lam].
Proof.
move=> g1 K; have eW : W = Wv lam.
  by apply/row_matrixP => j; rewrite Wv_stationary (vkkt_stationary K j).
have mar n := label_margin n (vkkt_slopes K) (vkkt_stationary K).
split=> //.
  split=> [n|n ln|n]; first exact: (vkkt_dual K n).
    by rewrite -mar; apply: (vslack_active K).
  by rewrite -mar (vkkt_feasible K n).
have c1 : gamma != 1 by rewrite lt_eqF.
move=> n; split=> [/mass_pos_ex[j vj]|/mass_neg_ex[j vj]]; have := vkkt_slopes K j n;
  rewrite eW row_rows_of /vlabel ?vj ?(lt_gtF vj) dotZl => -[_ up un]; rewrite leNgt; apply/negP => h.
- move: h up un; case: (y_pm1 n) => yn; rewrite yn ?mul1r ?mulN1r ?oppr_lt0 ?(c_pos _ yn) ?(c_neg _ yn) => h up un.
    by move: c1; rewrite -un ?eqxx // pmulr_rlt0.
  by move: c1; rewrite up ?eqxx // pmulr_rgt0.
- move: h up un; case: (y_pm1 n) => yn; rewrite yn ?mul1r ?mulN1r ?oppr_gt0 ?(cbar_pos _ yn) ?(cbar_neg _ yn) => h up un.
    by move: c1; rewrite up ?eqxx // pmulr_rgt0 ?oppr_gt0.
  by move: c1; rewrite -un ?eqxx // pmulr_rlt0 ?oppr_gt0.
Qed.

(** Refutation: an inequality of (b) the wrong way round at a solution of (a)
    excludes KKT points with the label slopes.                               *)
Theorem C1_readout_refuted lam : gamma < 1 -> nnqp (vQ gamma pp pm x y) lam -> ~ vweak lam ->
  forall W lam', ~ vkkt_with W lam' vlabel.
Proof.
move=> g1 C no W lam' K; have [_ C' al] := C1_readout_converse g1 K; apply: no => n.
have [eU eV _ _] := C1_readout_unique pp0 pm0 C C'; have [hu hv] := al n; split=> p0.
  by rewrite (scalerI (lt0r_neq0 p0) eU); apply: hu.
by rewrite (scalerI (lt0r_neq0 p0) eV); apply: hv.
Qed.

(** Forced patterns are the label slopes. *)
Lemma vforced_kkt W lam : vkkt W lam -> vforced W -> vkkt_with W lam vlabel.
Proof.
case=> s K hf; have e j n : v j != 0 -> s j n = vlabel j n.
  move=> vj; have := hf j n vj; have [_ sp sn] := vkkt_slopes K j n; rewrite /vlabel.
  move: vj; case: (ltrgt0P (v j)) => // vj _; case: (y_pm1 n) => yn; rewrite yn ?mul1r ?mulN1r ?oppr_gt0;
    rewrite ?(c_pos _ yn) ?(c_neg _ yn) ?(cbar_pos _ yn) ?(cbar_neg _ yn) ?(pmulr_rgt0 _ vj) ?(pmulr_rlt0 _ vj)
            ?(nmulr_rgt0 _ vj) ?(nmulr_rlt0 _ vj).
  - exact: sp.
  - exact: sn.
  - exact: sn.
  - exact: sp.
split; try by case: K.
- move=> j n; have [vj|vj] := eqVneq (v j) 0; last by rewrite -e //; apply: (vkkt_slopes K).
  have -> : row j W = 0 by apply: (readout_silent_row (lam := lam) (gamma := gamma) (y := y) (x := x) (v := v)) => //; exists s.
  rewrite dot0l /vlabel vj ltxx; case: (y_pm1 n) => yn; rewrite ?(cbar_pos _ yn) ?(cbar_neg _ yn).
    exact: clarke_off.
  exact: clarke_on.
- move=> j; rewrite (vkkt_stationary K j); apply: eq_bigr => n _; congr (_ *: _).
  by have [vj|vj] := eqVneq (v j) 0; [rewrite vj !(mulr0, mul0r) | rewrite e].
Qed.

(** ** C2 *)

Theorem C2_readout_linear_boundary l :
  linear_boundary (fv gamma v (Wcpv l)) (w x y (vomega gamma pp pm y l)).
Proof. by move=> z; rewrite rows_of_linear_boundary // vcp_normal. Qed.

Local Notation mown n := (if y n == 1 then pp else pm).
Local Notation moth n := (if y n == 1 then pm else pp).

Lemma own_mass (U V : 'rV[R]_d) n : own x y (pp *: U) (pm *: V) n = mown n * own x y U V n.
Proof. by rewrite /own; case: ifP => _; rewrite dotZl. Qed.

Lemma other_mass (U V : 'rV[R]_d) n : other x y (pp *: U) (pm *: V) n = moth n * other x y U V n.
Proof. by rewrite /other; case: ifP => _; rewrite dotZl. Qed.

Lemma vown_mass j n : vown v y j n -> 0 < mown n.
Proof.
rewrite /vown; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1 ?mulr1 ?mulrN1 ?oppr_gt0.
  exact: mass_pos_gt0.
exact: mass_neg_gt0.
Qed.

Lemma vother_mass j n : v j != 0 -> ~~ vown v y j n -> 0 < moth n.
Proof.
rewrite /vown => v0; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1 ?mulr1 ?mulrN1 ?oppr_gt0 -leNgt => h.
  by apply: (@mass_neg_gt0 _ _ _ j); rewrite lt_neqAle v0.
by apply: (@mass_pos_gt0 _ _ _ j); rewrite lt_neqAle eq_sym v0.
Qed.

Lemma pre_Wcpv l j n : pre (Wcpv l) j n = `|v j| *
  (if vown v y j n then own x y (cpU gamma x y l) (cpV gamma x y l) n
   else other x y (cpU gamma x y l) (cpV gamma x y l) n).
Proof.
rewrite row_rows_of /vown /own /other; case: (ltrgt0P (v j)) => vj; rewrite dotZl;
  case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1 ?mulr1 ?mulrN1 ?oppr_gt0.
- by rewrite vj.
- by rewrite (lt_gtF vj).
- by rewrite (lt_gtF vj).
- by rewrite vj.
- by rewrite vj oppr0 !mul0r.
- by rewrite vj oppr0 !mul0r.
Qed.

Section Solution.
Variable l : 'I_N * bool -> R.
Hypothesis C : vcp_conditions gamma pp pm x y l.

Local Notation U := (cpU gamma x y l).
Local Notation V := (cpV gamma x y l).
Local Notation ow n := (own x y (pp *: U) (pm *: V) n).
Local Notation ot n := (other x y (pp *: U) (pm *: V) n).
Local Notation slope n := (wslope gamma l n / lam l n).

Let lam0 n : 0 <= lam l n.
Proof. by rewrite addr_ge0 ?(vcp_ge0 C). Qed.

Lemma vwslope_lam n : lam l n * slope n = wslope gamma l n.
Proof.
have := lam0 n; rewrite le_eqVlt => /orP[/eqP e|h]; last first.
  by rewrite mulrC divfK // gt_eqF.
rewrite -e mul0r; move/eqP: e; rewrite eq_sym /lam paddr_eq0 ?(vcp_ge0 C) //.
by rewrite /wslope => /andP[/eqP -> /eqP ->]; rewrite mulr0 addr0.
Qed.

(** s_n is a Clarke slope of phi at other_n, where lambda_n > 0. *)
Theorem C2_readout_slope n : 0 < lam l n -> clarke gamma (ot n) (slope n).
Proof.
move=> h; have fg := vcp_feas C n false; have f1 := vcp_feas C n true; rewrite /= in fg f1.
have alpha : 0 < l (n, false) -> (1 - gamma) * ot n <= 0.
  move=> /(vcp_active C) /= e; apply: (@le_cert _ ((ow n - 1 * ot n) - (ow n - gamma * ot n))); last by ring.
  by rewrite subr_ge0 e.
have beta : 0 < l (n, true) -> 0 <= (1 - gamma) * ot n.
  move=> /(vcp_active C) /= e; apply: (@le_cert _ ((ow n - gamma * ot n) - (ow n - 1 * ot n))); last by ring.
  by rewrite subr_ge0 e.
split.
- rewrite ler_pdivl_mulr // ler_pdivr_mulr // mul1r /lam /wslope.
  rewrite mulrDr ler_add2l ler_pimull ?(vcp_ge0 C) //=.
  by rewrite ler_add2r ler_pimull ?(vcp_ge0 C).
- move=> o; apply: (mulfI (lt0r_neq0 h)); rewrite vwslope_lam mulr1 /wslope /lam.
  have := vcp_ge0 C n false; rewrite le_eqVlt => /orP[/eqP <-|/alpha]; first by rewrite mulr0.
  rewrite pmulr_lle0 // subr_le0 => g1.
  by have -> : gamma = 1; [apply/eqP; rewrite eq_le gamma_le1 | rewrite mul1r].
- move=> o; apply: (mulfI (lt0r_neq0 h)); rewrite vwslope_lam /wslope /lam mulrDl mulrC.
  congr (_ + _); have := vcp_ge0 C n true; rewrite le_eqVlt => /orP[/eqP <-|/beta].
    by rewrite mul0r.
  rewrite nmulr_lge0 // subr_le0 => g1.
  by have -> : gamma = 1; [apply/eqP; rewrite eq_le gamma_le1 | rewrite mulr1].
Qed.

(** (CP) says own - phi(other) >= 1, = 1 on the support. *)
Theorem C2_readout_constraint n :
  1 <= ow n - phi gamma (ot n) /\ (0 < lam l n -> ow n - phi gamma (ot n) = 1).
Proof.
split=> [|h].
  case: (lerP 0 (ot n)) => o; last by rewrite phi_neg ?(ltW o) //; apply: (vcp_feas C n false).
  by rewrite phi_pos //; have := vcp_feas C n true; rewrite /= mul1r.
rewrite (phi_clarke gamma_le1 (C2_readout_slope h)); apply: (mulfI (lt0r_neq0 h)).
rewrite mulrBr mulrA vwslope_lam /wslope /lam.
have part b : l (n, b) * (ow n - tslope gamma b * ot n) = l (n, b) * 1.
  have := vcp_ge0 C n b; rewrite le_eqVlt => /orP[/eqP <-|/(vcp_active C) ->] //.
  by rewrite !mul0r.
have := part false; have := part true; rewrite /= => e1 e2.
transitivity (l (n, false) * (ow n - gamma * ot n) + l (n, true) * (ow n - 1 * ot n)); first by ring.
by rewrite e1 e2 mulrDl.
Qed.

Definition vall_on : 'I_m -> 'I_N -> R := fun _ _ => 1.

Lemma vall_on_q n : vqpat gamma v x y vall_on (Wcpv l) n = ow n - phi gamma (ot n).
Proof.
pose F b := if b == (y n == 1) then own x y U V n else - phi gamma (other x y U V n).
transitivity (\sum_j v j ^+ 2 * F (0 < v j)).
  apply: eq_bigr => j _; rewrite pre_Wcpv /vall_on mul1r /F.
  have -> : v j ^+ 2 = `|v j| * `|v j| by rewrite -expr2 real_normK ?num_real.
  have [v0|v0] := eqVneq (v j) 0; first by rewrite v0 normr0 !mul0r.
  have -> : vown v y j n = ((0 < v j) == (y n == 1)).
    rewrite /vown; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1 ?mulr1 ?mulrN1 ?oppr_gt0 ?eqb_id //.
    by move: v0; case: (ltrgt0P (v j)).
  by case: (_ == _); [rewrite mulrA | rewrite phi_homogeneous // mulrN mulrA mulrN].
rewrite sum_masses /F own_mass other_mass; case: (y n == 1) => /=;
  by rewrite phi_homogeneous //; ring.
Qed.

(** W* solves C3's programme for the pattern "all on". *)
Theorem C2_readout_pattern : vpattern_kkt gamma v x y vall_on (Wcpv l) (lam l)
  (fun j n => if vown v y j n then 1 else if 0 < lam l n then slope n
              else dphi gamma (pre (Wcpv l) j n)).
Proof.
split.
- by move=> j n _ ->.
- move=> j n o; rewrite (negbTE o); case: ifP => ln; last exact: dphi_clarke.
  have cl := C2_readout_slope ln; rewrite pre_Wcpv (negbTE o).
  have [v0|v0] := eqVneq (v j) 0.
    by rewrite v0 normr0 mul0r; case: cl => b _ _; split; rewrite ?ltxx.
  apply: clarke_sg cl _; rewrite other_mass !sg_eq_pos ?normr_gt0 //.
  exact: vother_mass o.
- by move=> n; rewrite vall_on_q; have [] := C2_readout_constraint n.
- exact: lam0.
- move=> n; have := lam0 n; rewrite le_eqVlt => /orP[/eqP <-|ln]; first by rewrite mul0r.
  by rewrite vall_on_q (proj2 (C2_readout_constraint n)) // subrr mulr0.
- move=> j; have [v0|v0] := eqVneq (v j) 0.
    rewrite row_rows_of v0 ltxx oppr0 scale0r big1 // => n _.
    by rewrite ?v0 mulr0 mul0r scale0r.
  have coef n : (if 0 < v j then v j * (if y n == 1 then lam l n else - wslope gamma l n)
       else - v j * (if y n == 1 then - wslope gamma l n else lam l n)) =
      lam l n * y n * v j * (if vown v y j n then 1 else if 0 < lam l n then slope n
        else dphi gamma (pre (Wcpv l) j n)).
    set sl := (if 0 < lam l n then slope n else dphi gamma (pre (Wcpv l) j n)).
    have <- : lam l n * sl = wslope gamma l n.
      have := lam0 n; rewrite /sl le_eqVlt => /orP[/eqP e|ln]; last by rewrite ln vwslope_lam.
      by rewrite -vwslope_lam -e !mul0r.
    clearbody sl; rewrite /vown; case: (ltP 0 (v j)) => vj; case: (y_pm1 n) => ->;
      rewrite ?eqxx ?neg1_neq1 ?mulr1 ?mulrN1 ?oppr_gt0.
    - by rewrite vj; ring.
    - by rewrite (lt_gtF vj); ring.
    - by rewrite ltNge vj /=; ring.
    - by rewrite lt_neqAle v0 vj /=; ring.
  transitivity (\sum_n (if 0 < v j then v j * (if y n == 1 then lam l n else - wslope gamma l n)
       else - v j * (if y n == 1 then - wslope gamma l n else lam l n)) *: x n); last first.
    by apply: eq_bigr => n _; rewrite coef.
  rewrite row_rows_of /cpU /cpV.
  by case: (0 < v j); rewrite scaler_sumr; apply: eq_bigr => n _; rewrite scalerA.
Qed.

Lemma vall_on_bounded : vbounded gamma vall_on.
Proof. by move=> j n; rewrite gamma_le1 lexx. Qed.

Lemma vall_on_right (P : pred 'I_N) : (forall n, P n -> 0 <= ow n) -> vright gamma v x y P vall_on (Wcpv l).
Proof.
move=> h j n Pn o; apply: clarke_on => //; rewrite pre_Wcpv o mulr_ge0 //.
by have := h n Pn; rewrite own_mass pmulr_rge0 // (vown_mass o).
Qed.

(** C2: own_n >= 0 on the support makes it a KKT point of (P). *)
Theorem C2_readout_kkt : (forall n, 0 < lam l n -> 0 <= ow n) -> vkkt (Wcpv l) (lam l).
Proof.
by move=> h; apply: (C3_readout_kkt gamma_le1 y_pm1 C2_readout_pattern vall_on_bounded (vall_on_right h)).
Qed.

(** It is feasible in any case, and ||W*||^2 = sum lambda. *)
Theorem C2_readout_feasible_norm : (forall n, 1 <= y n * fv gamma v (Wcpv l) (x n)) /\
  frob2 (Wcpv l) = \sum_n lam l n.
Proof.
split=> [n|]; last exact: (C3_readout_norm gamma_le1 y_pm1 C2_readout_pattern).
apply: le_trans (vpk_feasible C2_readout_pattern n) _; apply: vqpat_le => //; exact: vall_on_bounded.
Qed.

(** C2: the shortest feasible point of the cone where own pre-activations at
    the support are >= 0.                                                    *)
Theorem C2_readout_shortest_in_cone W : (forall n, 1 <= y n * fv gamma v W (x n)) ->
  (forall j n, 0 < lam l n -> vown v y j n -> 0 <= pre W j n) ->
  frob2 (Wcpv l) + frob2 (W - Wcpv l) <= frob2 W.
Proof.
move=> feas cone; apply: (C3_readout_shortest gamma_le1 y_pm1 C2_readout_pattern) => n ln.
rewrite (vqpat_right (P := fun n => 0 < lam l n) gamma_le1 y_pm1) //.
by move=> j k lk o; apply: clarke_on; rewrite ?cone.
Qed.

(** C2: a strict local minimiser if own_n > 0 on the support, wherever sample
    n has own neurons.                                                       *)
Theorem C2_readout_local_minimiser : (forall n, 0 < lam l n -> 0 < mown n -> 0 < ow n) ->
  exists2 eps, 0 < eps & forall W, (forall n, 1 <= y n * fv gamma v W (x n)) ->
    W != Wcpv l -> frob2 (W - Wcpv l) < eps -> frob2 (Wcpv l) < frob2 W.
Proof.
move=> h; have h' n : 0 < lam l n -> 0 <= ow n.
  move=> ln; have : 0 <= mown n by case: ifP.
  rewrite le_eqVlt => /orP[/eqP e|m0]; first by rewrite own_mass -e mul0r.
  by apply: ltW; apply: h.
apply: (C3_readout_local_minimiser gamma_le1 y_pm1 C2_readout_pattern); first exact: vall_on_right h'.
move=> j n ln o; have m0 := vown_mass o; have := h n ln m0.
rewrite pre_Wcpv o own_mass pmulr_rgt0 // => o0; rewrite mulf_neq0 ?(gt_eqF o0) //.
rewrite normr_eq0; apply: contraL o => /eqP v0.
by rewrite /vown v0 mul0r ltxx.
Qed.

(** C2, converse: a KKT point whose own pre-activations are >= 0, with own
    slope 1 on its support, is W*.                                           *)
Theorem C2_readout_converse W lam' s : vkkt_with W lam' s ->
  (forall j n, vown v y j n -> 0 <= pre W j n) ->
  (forall j n, 0 < lam' n -> vown v y j n -> s j n = 1) ->
  W = Wcpv l /\ forall n, 0 <= ow n.
Proof.
move=> K cone on; have K' : vpattern_kkt gamma v x y vall_on W lam' s.
  by apply: C3_readout_converse => // j n _ o; apply: clarke_on; rewrite ?cone.
have e : W = Wcpv l by apply: (C3_readout_unique gamma_le1 y_pm1 K' C2_readout_pattern).
split=> // n; rewrite own_mass; have : 0 <= mown n by case: ifP.
rewrite le_eqVlt => /orP[/eqP <-|m0]; first by rewrite mul0r.
have [j o] : exists j, vown v y j n.
  move: m0; rewrite /vown; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1.
    by move=> /mass_pos_ex[j vj]; exists j; rewrite mulr1.
  by move=> /mass_neg_ex[j vj]; exists j; rewrite mulrN1 oppr_gt0.
rewrite mulr_ge0 ?(ltW m0) //; have := cone j n o; rewrite e pre_Wcpv o pmulr_rge0 // normr_gt0.
by apply: contraL o => /eqP v0; rewrite /vown v0 mul0r ltxx.
Qed.

End Solution.

End Net.

(** * T1 *)

Section ReadoutT1.
Variables (R : rcfType) (gamma : R) (d N m : nat) (v : 'I_m -> R).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y).

Local Notation pp := (mass_pos v).
Local Notation pm := (mass_neg v).
Local Notation P := (pp + pm).
Local Notation Qv := (vQ gamma pp pm x y).

Let pp0 : 0 <= pp := mass_pos_ge0 v.
Let pm0 : 0 <= pm := mass_neg_ge0 v.

(** Label-forced patterns give the closed form. *)
Lemma vforced_form W lam : vkkt gamma v x y W lam -> vforced v x y W ->
  [/\ W = Wv gamma v x y lam, nnqp Qv lam, valigned gamma pp pm x y lam &
      linear_boundary (fv gamma v W) (vw gamma pp pm x y lam)].
Proof.
move=> K0 hf; have K := vforced_kkt gamma_le1 y_pm1 K0 hf.
have eW : W = Wv gamma v x y lam.
  by apply/row_matrixP => j; rewrite Wv_stationary (vkkt_stationary K j).
have mar n := label_margin gamma_le1 n (vkkt_slopes K) (vkkt_stationary K).
split=> //; last by rewrite eW; apply: Q1_readout_linear_boundary.
  split=> [n|n ln|n]; first exact: (vkkt_dual K n).
    by rewrite -mar; apply: (vslack_active K).
  by rewrite -mar (vkkt_feasible K n).
move=> n; split=> [/mass_pos_ex[j vj]|/mass_neg_ex[j vj]].
  have := hf j n; rewrite eW row_rows_of vj gt_eqF // => /(_ isT).
  by rewrite dotZl [y n * _]mulrC -!mulrA pmulr_rgt0 // pmulr_rgt0 // mulrC.
have := hf j n; rewrite eW row_rows_of (lt_gtF vj) lt_eqF // => /(_ isT).
by rewrite dotZl [y n * _]mulrC -!mulrA nmulr_rgt0 // pmulr_rlt0 ?oppr_gt0 // mulrC.
Qed.

Lemma vsample_neq0 W n : 1 <= y n * fv gamma v W (x n) -> x n != 0.
Proof.
apply: contraTneq => ->; rewrite /fv big1 ?mulr0 ?ler10 // => j _.
by rewrite dotC dot0l phi_pos // mulr0.
Qed.

Section Point.
Variables (W : 'M[R]_(m, d)) (lam : 'I_N -> R) (s : 'I_m -> 'I_N -> R).
Hypothesis K : vkkt_with gamma v x y W lam s.

Lemma vP_gt0 (n0 : 'I_N) : 0 < P.
Proof.
rewrite lt_neqAle addr_ge0 // andbT; apply/eqP => P0.
have := vkkt_feasible K n0; rewrite (vkkt_margin gamma_le1 n0 K) big1 ?ler10 // => k _.
have := vS_bounds v gamma_gt0 n0 k (vkkt_slopes K); rewrite -P0 mulr0 => /le_anti <-.
by rewrite !mulr0.
Qed.

(** Rescaled by P the weights are those of a network with P = 1. *)
Lemma vscaled_S n k : gamma ^+ 2 <= vS v s n k / P <= 1.
Proof.
have P0 := vP_gt0 n; rewrite ler_pdivl_mulr // ler_pdivr_mulr // mul1r.
exact: vS_bounds (vkkt_slopes K).
Qed.

Lemma vscaled_ge0 n : 0 <= P * lam n.
Proof. by rewrite mulr_ge0 ?(vkkt_dual K) // addr_ge0. Qed.

Lemma vscaled_margin n : y n * fv gamma v W (x n) =
  \sum_k P * lam k * (y n * y k * G x n k * (vS v s n k / P)).
Proof.
have P0 := vP_gt0 n; rewrite (vkkt_margin gamma_le1 n K); apply: eq_bigr => k _.
by field; rewrite gt_eqF.
Qed.

Lemma vscaled_active n : 0 < P * lam n -> y n * fv gamma v W (x n) = 1.
Proof. by rewrite pmulr_rgt0 ?(vP_gt0 n) //; apply: (vslack_active K). Qed.

(** A weighted sum decides a pre-activation. *)
Lemma vforced_of (pos : forall r n, (forall k, gamma <= r k <= 1) ->
    0 < \sum_k P * lam k * (r k * gy x y k n)) : vforced v x y W.
Proof.
move=> j n vj; rewrite (vpreactivation j n K); set Z := \sum_k _.
have v2 : 0 < v j ^+ 2 by rewrite exprn_even_gt0.
have -> : y n * (v j * (v j * Z)) = v j ^+ 2 * (y n * Z) by ring.
rewrite /Z pmulr_rgt0 // -(pmulr_rgt0 _ (vP_gt0 n)).
have := pos (s j) n (fun k => let: And3 b _ _ := vkkt_slopes K j k in b).
by congr (0 < _); rewrite !mulr_sumr; apply: eq_bigr => k _; rewrite /gy; ring.
Qed.

End Point.

(** (H), as it stands: T1 for any output layer, with P lambda in the place of
    lambda.                                                                  *)
Theorem T1_readout W lam : hypH gamma x -> vkkt gamma v x y W lam ->
  [/\ forall n, y n * fv gamma v W (x n) = 1,
      forall n, 1 / (2%:R * Rmax x ^+ 2) < P * lam n < 3%:R / (2%:R * gamma ^+ 2 * Rmin x ^+ 2),
      vforced v x y W, W = Wv gamma v x y lam &
      linear_boundary (fv gamma v W) (vw gamma pp pm x y lam)].
Proof.
move=> H [s K]; have no n := hypH_nearly_orthogonal H n (fun k => vsample_neq0 (vkkt_feasible K k)).
have lower n := weights_lower gamma_gt0 gamma_le1 y_pm1 (no n) (vscaled_S K) (vscaled_ge0 K)
  (vscaled_margin K) (vkkt_feasible K) (vscaled_active K) n.
have upper n := weights_upper gamma_gt0 gamma_le1 y_pm1 (no n) (vscaled_S K) (vscaled_ge0 K)
  (vscaled_margin K) (vkkt_feasible K) (vscaled_active K) n.
have pos n := weights_gt0 gamma_gt0 gamma_le1 y_pm1 (no n) (vscaled_S K) (vscaled_ge0 K)
  (vscaled_margin K) (vkkt_feasible K) (vscaled_active K) n.
have hf : vforced v x y W.
  apply: (vforced_of K) => r n hr; have := weighted_sum_forced gamma_gt0 y_pm1 (no n) n hr lower upper.
  by congr (0 < _); rewrite mulr_sumr; apply: eq_bigr => k _; rewrite /gy; ring.
have [e _ _ lb] := vforced_form (ex_intro _ s K) hf.
split=> // n; first by apply: (vscaled_active K).
have lo0 := no_lo_gt0 (no n); have hi0 := hi_gt0 (no n) n.
have h2 : 0 < 2%:R * Rmax x ^+ 2 by rewrite mulr_gt0 ?ltr0n.
have h3 : 0 < 2%:R * gamma ^+ 2 * Rmin x ^+ 2.
  by rewrite mulr_gt0 // mulr_gt0 ?ltr0n ?exprn_gt0.
rewrite ltr_pdivr_mulr // [_ * (2%:R * _)]mulrC ltr_pdivl_mulr // [_ * (2%:R * _ * _)]mulrC.
by rewrite lower upper.
Qed.

(** (H) implies the hypothesis on the obtuse pairs, so that what follows holds
    under (H) as well.                                                       *)
Theorem H_implies_obt : (forall n, x n != 0) -> hypH gamma x -> kappa_obt x y < gamma ^+ 3 / (1 + gamma).
Proof.
move=> x0 H; have [_ h] := obt_wider gamma_gt0 y_pm1 x0.
by apply: h; apply: H_implies_Hstar.
Qed.

Section Obtuse.
Hypothesis small : kappa_obt x y < gamma ^+ 3 / (1 + gamma).

(** The weaker hypothesis on the obtuse pairs does not change either. *)
Theorem T1_readout_obt W lam : vkkt gamma v x y W lam ->
  [/\ vforced v x y W, W = Wv gamma v x y lam, nnqp Qv lam, valigned gamma pp pm x y lam &
      linear_boundary (fv gamma v W) (vw gamma pp pm x y lam)].
Proof.
move=> [s K]; have hf : vforced v x y W.
  apply: (vforced_of K) => r n hr.
  apply: (@obt_weights _ gamma _ _ x y gamma_gt0 gamma_le1 y_pm1 small (fun i k => vS v s i k / P)
    (fun i => y i * fv gamma v W (x i))) => //.
  - by move=> k; apply: vsample_neq0 (vkkt_feasible K k).
  - exact: vscaled_S K.
  - exact: vscaled_ge0 K.
  - move=> i; rewrite (vscaled_margin K); apply: eq_bigr => k _.
    by rewrite /gy (GC x k i); ring.
  - exact: vkkt_feasible K.
  - exact: vscaled_active K.
by have [e C al lb] := vforced_form (ex_intro _ s K) hf.
Qed.

(** There is at most one KKT point ... *)
Theorem T1_readout_unique W W' lam lam' :
  vkkt gamma v x y W lam -> vkkt gamma v x y W' lam' -> W = W'.
Proof.
move=> /T1_readout_obt [_ -> C _ _] /T1_readout_obt [_ -> C' _ _].
by have [eU eV _ _] := C1_readout_unique pp0 pm0 C C'; apply: rows_of_eq.
Qed.

(** ... and one, if some neuron has a say and no sample is 0. *)
Theorem T1_readout_exists : 0 < P -> (forall n, x n != 0) ->
  exists lam, vkkt gamma v x y (Wv gamma v x y lam) lam.
Proof.
move=> P0 x0; have g1 : 0 < 1 + gamma by rewrite ltr_spaddl ?ltr01 // ltW.
have sep : separable x y.
  apply: obt_separable => //; apply: lt_le_trans small _.
  rewrite ler_pdivr_mulr // mul1r; apply: le_trans (_ : 1 <= _); last by rewrite ler_addl ltW.
  by rewrite exprn_ile1 // ltW.
have [lam C] := C1_readout_exists gamma_gt0 y_pm1 pp0 pm0 P0 sep; exists lam.
have cb n : gamma <= c gamma y n <= 1 by rewrite /c; case: ifP => _; rewrite ?lexx ?gamma_le1.
have cbb n : gamma <= cbar gamma y n <= 1.
  by rewrite /cbar /c; case: ifP => _; rewrite ?addrK ?lexx ?gamma_le1 // addrC addKr lexx gamma_le1.
pose S n k := (pp * (c gamma y n * c gamma y k) + pm * (cbar gamma y n * cbar gamma y k)) / P.
have two (r q : R) : gamma <= r <= 1 -> gamma <= q <= 1 -> gamma ^+ 2 <= r * q <= 1.
  move=> /andP[r1 r2] /andP[q1 q2]; have g0 := ltW gamma_gt0.
  by rewrite expr2 ler_pmul //= mulr_ile1 // (le_trans g0).
have S_in n k : gamma ^+ 2 <= S n k <= 1.
  have /andP[a1 a2] := two _ _ (cb n) (cb k); have /andP[b1 b2] := two _ _ (cbb n) (cbb k).
  rewrite /S ler_pdivl_mulr // ler_pdivr_mulr // mul1r mulrDr ![gamma ^+ 2 * _]mulrC.
  by rewrite !ler_add ?ler_wpmul2l ?ler_pimulr.
have [] := C1_readout_qp gamma_gt0 gamma_le1 y_pm1 C _; last by [].
have pos r n : (forall k, gamma <= r k <= 1) -> 0 <= \sum_k P * lam k * (r k * gy x y k n).
  move=> hr; apply: ltW; apply: (@obt_weights _ gamma _ _ x y gamma_gt0 gamma_le1 y_pm1 small S (Mmul Qv lam)) => //.
  - by move=> k; rewrite mulr_ge0 ?(ltW P0) ?(nnqp_ge0 C).
  - move=> i; apply: eq_bigr => k _; rewrite /vQ /S /gy (GC x k i).
    by field; rewrite gt_eqF.
  - exact: nnqp_off C.
  - by move=> i; rewrite pmulr_rgt0 // => /(nnqp_support C).
have sum (r : 'I_N -> R) n : (forall k, gamma <= r k <= 1) ->
    0 <= y n * dot (\sum_k (lam k * y k * r k) *: x k) (x n).
  move=> hr; rewrite -(pmulr_rge0 _ P0); have := pos r n hr.
  congr (0 <= _); rewrite dot_suml !mulr_sumr; apply: eq_bigr => k _.
  by rewrite dotZl /gy /G; ring.
move=> n; split=> _; first exact: sum.
by rewrite /vV dotNl mulrN oppr_le0; apply: sum.
Qed.

End Obtuse.

End ReadoutT1.

(** * The network of Network.v *)

Section Standard.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.

Local Notation a := (@a R p).
Local Notation hf := (2%:R^-1 : R).
Local Notation rho := ((sqrtm R p)^-1).

Let rho0 : 0 < rho.
Proof. by rewrite invr_gt0 sqrtm_gt0. Qed.

Let half0 : 0 < hf.
Proof. by rewrite invr_gt0 ltr0n. Qed.

(** Its masses are 1/2 each. *)
Theorem readout_standard_masses : mass_pos a = hf /\ mass_neg a = hf.
Proof.
have pos : mass_pos a = hf.
  rewrite /mass_pos big_mkcond.
  pose F b : R := if b then (p + p)%:R^-1 else 0.
  rewrite (eq_bigr (fun j : 'I_(p + p) => F (j < p)%N)) => [|j _]; last first.
    by rewrite a_gt0 // /F; case: ifP => // _; rewrite expr2 a_sqr.
  rewrite sum_two_kinds /F addr0 natrD.
  have p0 : p%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
  by rewrite -mulr2n -[_ *+ 2]mulr_natr invfM mulrA mulfV // mul1r.
split=> //; apply: (@addrI _ hf); rewrite -{1}pos -sum_vsqr.
rewrite (eq_bigr (fun=> (p + p)%:R^-1)) => [|j _]; last by rewrite expr2 a_sqr.
rewrite sumr_const card_ord -[LHS]mulr_natl mulfV ?gt_eqF ?m_gt0 //.
by field.
Qed.

Lemma a_abs (j : 'I_(p + p)) : `|a j| = rho.
Proof. by rewrite /Network.a; case: ifP => _; rewrite ?normrN gtr0_norm. Qed.

(** KKT points, Q, W* and (CP)'s point are those of the other chapters. *)
Theorem readout_standard :
  [/\ forall (W : 'M[R]_(p + p, d)) (z : 'rV[R]_d), fv gamma a W z = f gamma W z,
      forall (W : 'M[R]_(p + p, d)) lam, vkkt gamma a x y W lam <-> kkt gamma x y W lam,
      forall n k, vQ gamma hf hf x y n k = Q gamma x y n k,
      forall lam, Wv gamma a x y lam = Wstar gamma x y p lam &
      forall l, Wcpv gamma a x y l = Wcp gamma x y p l].
Proof.
have rows (U V : 'rV[R]_d) : rows_of a U V = two_rows p (rho *: U) (rho *: V).
  apply/row_matrixP => j; rewrite row_rows_of row_two_rows a_gt0 //; case: ltnP => jp.
    by rewrite (a_pos R jp).
  by rewrite (a_neg R jp) opprK.
split=> // [W lam|n k|lam|l].
- by split=> -[s [h1 h2 h3 h4 h5]]; exists s; split.
- by rewrite /vQ /Q (h_rank2 gamma y_pm1); field.
- by rewrite /Wv rows /Wstar /u /v /vU /vV scalerN scaleNr.
- exact: rows.
Qed.

(** So are the conditions of C1 and C2, and w up to a positive factor. *)
Theorem readout_standard_conditions :
  [/\ forall lam, nnqp (vQ gamma hf hf x y) lam <-> qp_conditions gamma x y lam,
      forall lam, valigned gamma hf hf x y lam <-> aligned gamma x y p lam,
      forall l, vcp_conditions gamma hf hf x y l <-> cp_conditions gamma x y l,
      forall lam, vw gamma hf hf x y lam = ((1 + gamma) / 2%:R) *: w x y lam &
      forall l n, vomega gamma hf hf y l n = (1 + gamma) / 2%:R * omega gamma l n].
Proof.
have [_ _ eQ _ _] := readout_standard; split=> [lam|lam|l|lam|l n].
- have E n : Mmul (vQ gamma hf hf x y) lam n = Qmul gamma x y lam n.
    by apply: eq_bigr => k _; rewrite eQ.
  by split=> -[h1 h2 h3]; split=> // n; rewrite ?E; move: (h2 n) (h3 n); rewrite ?E.
- have eu : u gamma x y p lam = rho *: vU gamma x y lam by [].
  have ev : v gamma x y p lam = rho *: vV gamma x y lam by rewrite /v /vV scaleNr scalerN.
  split=> al n; have [h1 h2] := al n; rewrite ?eu ?ev !dotZl ?(mulrCA (y n) rho) in h1 h2 *.
    by split; [rewrite pmulr_rgt0 // h1 | rewrite pmulr_rlt0 // h2].
  by split=> _; [rewrite -(pmulr_rgt0 _ rho0) | rewrite -(pmulr_rlt0 _ rho0)].
- have E b n : own x y (hf *: cpU gamma x y l) (hf *: cpV gamma x y l) n
      - tslope gamma b * other x y (hf *: cpU gamma x y l) (hf *: cpV gamma x y l) n =
      (own x y (cpU gamma x y l) (cpV gamma x y l) n
       - tslope gamma b * other x y (cpU gamma x y l) (cpV gamma x y l) n) / 2%:R.
    by rewrite /own /other; case: ifP => _; rewrite !dotZl; field.
  split=> -[h1 h2 h3]; split=> // n b.
  + by have := h2 n b; rewrite E ler_pdivl_mulr ?ltr0n // mul1r.
  + by move=> /h3; rewrite E => /(congr1 ( *%R^~ 2%:R)); rewrite mul1r divfK ?pnatr_eq0.
  + by rewrite E ler_pdivl_mulr ?ltr0n // mul1r; apply: h2.
  + by move=> /h3; rewrite E => ->; rewrite divff ?pnatr_eq0.
- rewrite /vw /w scaler_sumr; apply: eq_bigr => n _; rewrite scalerA; congr (_ *: _).
  by rewrite -mulrDr c_cbar; ring.
- have g1 : 1 + gamma != 0 by rewrite gt_eqF // ltr_spaddl ?ltr01 // ltW.
  by rewrite /vomega /omega /lam /wslope; case: ifP => _; field.
Qed.

(** C3's programmes are the same. *)
Theorem readout_standard_pattern pi (W : 'M[R]_(p + p, d)) lam s :
  vpattern_kkt gamma a x y pi W lam s <-> pattern_kkt gamma x y pi W lam s.
Proof.
have o j n : vown a y j n = own_pair y j n by rewrite own_pairE // /vown mulrC.
have q n : vqpat gamma a x y pi W n = qpat gamma x y pi W n.
  by apply: eq_bigr => j _; rewrite a_abs o.
split=> -[h1 h2 h3 h4 h5 h6]; split=> //.
- by move=> j n ln oj; apply: h1; rewrite ?o.
- by move=> j n oj; apply: h2; rewrite o.
- by move=> n; rewrite -q.
- by move=> n; rewrite -q.
- by move=> j n ln oj; apply: h1; rewrite -?o.
- by move=> j n oj; apply: h2; rewrite -o.
- by move=> n; rewrite q.
- by move=> n; rewrite q.
Qed.

End Standard.
