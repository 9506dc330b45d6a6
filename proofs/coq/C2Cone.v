(******************************************************************************)
(* C2Cone.v : two ends of C2.                                                 *)
(*                                                                            *)
(* C2.4: on the cone where every own pre-activation is >= 0 the margins are   *)
(* concave functions of the weights, so any loss that is the mean of a convex,*)
(* nonincreasing function of the margins is convex there.                     *)
(*                                                                            *)
(* The gap bound in the words of C2: approximate multipliers la that satisfy  *)
(* (CP)'s constraints, and how far own_n, other_n and the decision at z are   *)
(* from those of the solution.                                                *)
(*   cp_gap la = 1/2 sum_n alpha_n (own_n - gamma other_n - 2)                *)
(*                       + beta_n (own_n - other_n - 2)                       *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2 C1 K1 Gap Pattern C2.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** * The loss on the cone *)

Section Cone.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.
Implicit Types W : 'M[R]_(p + p, d).

Definition between (t : R) W W' : 'M[R]_(p + p, d) := (1 - t) *: W + t *: W'.

Definition in_cone W : Prop := forall j n, own_pair y j n -> 0 <= dot (row j W) (x n).

Lemma dot_between t W W' j n : dot (row j (between t W W')) (x n) =
  (1 - t) * dot (row j W) (x n) + t * dot (row j W') (x n).
Proof. by rewrite /between !linearD /= !linearZ /= dotDl !dotZl. Qed.

Lemma phi_convex t r r' : 0 <= t <= 1 ->
  phi gamma ((1 - t) * r + t * r') <= (1 - t) * phi gamma r + t * phi gamma r'.
Proof.
case/andP=> t0 t1; have u0 : 0 <= 1 - t by rewrite subr_ge0.
have up s : gamma <= s <= 1 -> s * ((1 - t) * r + t * r') <= (1 - t) * phi gamma r + t * phi gamma r'.
  move=> hs; apply: (@le_cert _ ((1 - t) * (phi gamma r - s * r) + t * (phi gamma r' - s * r'))); last by ring.
  by apply: addr_ge0; apply: mulr_ge0; rewrite // subr_ge0 phi_ge_line.
rewrite {1}/phi le_maxl; apply/andP; split; first by apply: up; rewrite lexx.
by have := up 1; rewrite mul1r; apply; rewrite gamma_le1 lexx.
Qed.

Lemma in_cone_between t W W' : 0 <= t <= 1 -> in_cone W -> in_cone W' -> in_cone (between t W W').
Proof.
case/andP=> t0 t1 c c' j n o; rewrite dot_between.
by apply: addr_ge0; apply: mulr_ge0; rewrite ?subr_ge0 // ?c ?c'.
Qed.

Lemma qpat_concave t W W' n : 0 <= t <= 1 ->
  (1 - t) * qpat gamma x y (all_on R p N) W n + t * qpat gamma x y (all_on R p N) W' n <=
  qpat gamma x y (all_on R p N) (between t W W') n.
Proof.
move=> ht; rewrite /qpat !mulr_sumr -big_split /=; apply: ler_sum => j _.
rewrite !(mulrCA _ (sqrtm R p)^-1) -mulrDr; apply: ler_wpmul2l.
  by rewrite invr_ge0 ltW // sqrtm_gt0.
rewrite dot_between /all_on; case: ifP => _; first by rewrite !mul1r.
rewrite !mulrN -opprD ler_opp2; exact: phi_convex.
Qed.

Lemma qpat_cone W n : in_cone W -> qpat gamma x y (all_on R p N) W n = y n * f gamma W (x n).
Proof.
move=> c; apply: (qpat_right (P := xpredT) gamma_le1 y_pm1) => // j k _ o.
by apply: clarke_on; rewrite ?c.
Qed.

(** C2.4: margins are concave on the cone ... *)
Theorem C2_margin_concave t W W' n : 0 <= t <= 1 -> in_cone W -> in_cone W' ->
  (1 - t) * (y n * f gamma W (x n)) + t * (y n * f gamma W' (x n)) <=
  y n * f gamma (between t W W') (x n).
Proof.
move=> ht c c'; rewrite -!qpat_cone //; last exact: in_cone_between.
exact: qpat_concave.
Qed.

(** ... so the loss is convex there. *)
Theorem C2_loss_convex (loss : R -> R) t W W' : 0 <= t <= 1 -> in_cone W -> in_cone W' ->
  (forall q q', q <= q' -> loss q' <= loss q) ->
  (forall q q', loss ((1 - t) * q + t * q') <= (1 - t) * loss q + t * loss q') ->
  \sum_n loss (y n * f gamma (between t W W') (x n)) <=
  (1 - t) * (\sum_n loss (y n * f gamma W (x n))) + t * (\sum_n loss (y n * f gamma W' (x n))).
Proof.
move=> ht c c' dec conv; rewrite !mulr_sumr -big_split /=; apply: ler_sum => n _.
by apply: le_trans (conv _ _); apply: dec; apply: C2_margin_concave.
Qed.

End Cone.

(** * The gap bound for C2 *)

Section CpGap.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R) (la l : 'I_N * bool -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y).

Local Notation U k := (cpU gamma x y k).
Local Notation V k := (cpV gamma x y k).
Local Notation ow k n := (own x y (U k) (V k) n).
Local Notation ot k n := (other x y (U k) (V k) n).

Definition cp_gap : R := (\sum_n (la (n, false) * (ow la n - gamma * ot la n - 2%:R)
  + la (n, true) * (ow la n - ot la n - 2%:R))) / 2%:R.

Lemma cp_gapE : cp_gap = gap (cpM gamma x y) la.
Proof.
rewrite /cp_gap /gap sum_pairs mulr_suml; apply: eq_bigr => n _; rewrite !cp_mul /= mul1r.
by field.
Qed.

(** The form of the dual is half of ||U||^2 + ||V||^2. *)
Theorem C2_form k : form (cpM gamma x y) k k = (norm (U k) ^+ 2 + norm (V k) ^+ 2) / 2%:R.
Proof. by rewrite /cpM pair_form vec_cpU vec_cpV !norm_sqr. Qed.

Hypotheses (la0 : forall n b, 0 <= la (n, b)) (feas : cp_feasible gamma x y (U la) (V la)).
Hypothesis C : cp_conditions gamma x y l.

Let la0' i : 0 <= la i.
Proof. by case: i => n b; apply: la0. Qed.

Let feas' i : 1 <= Mmul (cpM gamma x y) la i.
Proof. by case: i => n b; rewrite cp_mul ler_pdivl_mulr ?ltr0n // mul1r; apply: feas. Qed.

Let sol : nnqp (cpM gamma x y) l := (C2_dual gamma x y l).1 C.

(** The distance of the vectors and of the normal. *)
Theorem C2_gap_vectors : norm (U la - U l) ^+ 2 + norm (V la - V l) ^+ 2 <= 2%:R * cp_gap /\
  norm ((1 + gamma) *: (w x y (omega gamma la) - w x y (omega gamma l))) ^+ 2 <= 4%:R * cp_gap.
Proof.
have := gap_vectors la0' feas' sol; have := gap_normal la0' feas' sol.
by rewrite !vec_cpU !vec_cpV cp_gapE scalerBr -!C2_normal.
Qed.

(** The optimal value, sum lambda / 2, between that of la and (||U||^2 + ||V||^2)/4. *)
Theorem C2_gap_value :
  \sum_n lam la n - (norm (U la) ^+ 2 + norm (V la) ^+ 2) / 4%:R <= (\sum_n lam l n) / 2%:R
    <= (norm (U la) ^+ 2 + norm (V la) ^+ 2) / 4%:R.
Proof.
have psd : 0 <= form (cpM gamma x y) (fun i => la i - l i) (fun i => la i - l i).
  by rewrite C2_form divr_ge0 ?ler0n // addr_ge0 ?sqr_ge0.
have := gap_value (@pairMC _ _ _ _ _ _) la0' feas' sol psd; rewrite C2_form !sum_pairs.
have -> : (norm (U la) ^+ 2 + norm (V la) ^+ 2) / 2%:R / 2%:R = (norm (U la) ^+ 2 + norm (V la) ^+ 2) / 4%:R by field.
by [].
Qed.

(** Own and other pre-activations. *)
Theorem C2_gap_own n :
  `|ow la n - ow l n| <= Num.sqrt (2%:R * cp_gap) * norm (x n) /\
  `|ot la n - ot l n| <= Num.sqrt (2%:R * cp_gap) * norm (x n).
Proof.
have := gap_preactivation la0' feas' sol (x n); rewrite !vec_cpU !vec_cpV cp_gapE => -[hU hV].
by rewrite /own /other; case: ifP.
Qed.

(** The signs it certifies: own_n > 0, and the decision of the solution at z. *)
Theorem C2_gap_sign n : 0 < ow la n -> 2%:R * cp_gap * norm (x n) ^+ 2 < ow la n ^+ 2 -> 0 < ow l n.
Proof.
have := gap_sign la0' feas' sol (x n); rewrite !vec_cpU !vec_cpV cp_gapE => -[hU hV].
rewrite /own; case: ifP => _ po big; rewrite -sgr_gt0.
- by rewrite hU // sgr_gt0.
- by rewrite hV // sgr_gt0.
Qed.

Theorem C2_gap_decision p z : (0 < p)%N -> 4%:R * cp_gap * norm z ^+ 2 < dot (U la - V la) z ^+ 2 ->
  Num.sg (f gamma (Wcp gamma x y p l) z) = Num.sg (dot (U la - V la) z).
Proof.
move=> p0 big; rewrite C2_linear_boundary //.
have g1 : 0 < 1 + gamma by rewrite ltr_spaddl ?ltr01 // ltW.
rewrite -(sg_eq_pos _ g1) -dotZl -C2_normal //; move: big; rewrite cp_gapE -!vec_cpU -!vec_cpV.
exact: gap_decision.
Qed.

End CpGap.
