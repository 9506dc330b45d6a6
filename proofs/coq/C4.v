(******************************************************************************)
(* C4.v : a run of gradient descent certified to converge, in units of        *)
(* rescaled time (a step of size eta moves W by eta sum_n p_n y_n grad_n, p a *)
(* probability vector: eta is the learning rate times the mean of g_n).       *)
(*                                                                            *)
(*   Wd, lam      = a proposal for the point of a pattern pi (C3Gap), nu =    *)
(*                  1 / sum lam, gp its gap; the point itself has gap 0       *)
(*   elapsed k    = eta_0 + ... + eta_{k-1}                                   *)
(*   E_0          = a bound of sum_n (p_n - nu lam_n) q_n: for the            *)
(*                  exponential loss log N - ent(nu lam) (C4_entropy)         *)
(*   E_1          = E_0 + 1/2 (R^2 - nu) max eta                              *)
(*   spread t     = D_0 + 2 E_1 t + nu gp (2 r0 t + nu t^2)                   *)
(*   near k       = ||W_k - (r0 + nu s) Wd||^2 <= spread s, s = elapsed k     *)
(*   lasting      = room between own pairs and their kinks, for ever: from    *)
(*                  conditions on the start, C4_room or C4_room_sharp         *)
(*                                                                            *)
(* While the own signs are pi's, near holds (C4_distance); with room that     *)
(* lasts they stay (C4_signs). So the direction converges to that of pi's     *)
(* point, without a quoted theorem (C4_converges, C4_proposal).               *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt K1 Pattern C3Gap.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** * One step *)

Section Step.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.
Variables (pi sd : 'I_(p + p) -> 'I_N -> R) (Wd : 'M[R]_(p + p, d)) (lam : 'I_N -> R) (nu R2 E0 : R).
Hypothesis K : proposal gamma x y pi Wd lam sd.
Hypotheses (nu_gt0 : 0 < nu) (nu_sum : nu * (\sum_n lam n) = 1).
Hypothesis R2_ge : forall n, norm (x n) ^+ 2 <= R2.
Implicit Types (W : 'M[R]_(p + p, d)) (s : 'I_(p + p) -> 'I_N -> R) (pr : 'I_N -> R).

Local Notation pre W j n := (dot (row j W) (x n)).
Local Notation q W n := (y n * f gamma W (x n)).

(** The direction of a step. *)
Definition direction pr s : 'M[R]_(p + p, d) := \sum_n (pr n * y n) *: grad x s n.

(** The slopes agree with pi on own pairs. *)
Definition own_slopes s : Prop := forall j n, own_pair y j n -> s j n = pi j n.

(** A step of gradient descent with learning rate lr on the mean loss, where
    g_n = - l'(q_n) > 0, in this form: eta = lr times the mean of g_n.       *)
Theorem C4_gd_form (lr : R) (g : 'I_N -> R) s W : 0 < \sum_n g n ->
  W + (lr / N%:R) *: (\sum_n (g n * y n) *: grad x s n) =
  W + (lr * ((\sum_n g n) / N%:R)) *: direction (fun n => g n / \sum_k g k) s.
Proof.
move=> g0; congr (_ + _); rewrite /direction !scaler_sumr; apply: eq_bigr => n _.
rewrite !scalerA; congr (_ *: _); move: (\sum_k g k) (N%:R^-1) g0 => G iN G0.
by field; rewrite gt_eqF.
Qed.

Lemma grad_super W W' s n : slopes gamma x W s -> own_slopes s ->
  qpat gamma x y pi W' n <= y n * fdot W' (grad x s n).
Proof.
move=> hs own; rewrite /fdot mulr_sumr; apply: ler_sum => j _; rewrite rowK dotZr.
rewrite (_ : y n * _ = (y n * a j) * (s j n * pre W' j n)); last by ring.
rewrite own_a //; case: ifP => o; first by rewrite (own j n o).
rewrite mulNr mulrN ler_opp2 ler_wpmul2l ?invr_ge0 ?(ltW (sqrtm_gt0 R p_gt0)) //.
by apply: phi_ge_line => //; apply: slope_bounds hs.
Qed.

Lemma grad_short W s n : slopes gamma x W s -> frob2 (grad x s n) <= R2.
Proof.
move=> hs; apply: le_trans (R2_ge n); rewrite -fdot_frob2 grad_gram /G -norm_sqr.
have /andP[S1 S2] := S_bounds gamma_gt0 p_gt0 n n hs.
by rewrite ler_pimulr ?sqr_ge0.
Qed.

Local Notation gp := (wgap Wd lam).

Section Direction.
Variables (W : 'M[R]_(p + p, d)) (s : 'I_(p + p) -> 'I_N -> R) (pr : 'I_N -> R).
Hypotheses (hs : slopes gamma x W s) (own : own_slopes s).
Hypotheses (pr0 : forall n, 0 <= pr n) (pr1 : \sum_n pr n = 1).
Local Notation D := (direction pr s).

Lemma direction_W : fdot D W = \sum_n pr n * q W n.
Proof.
rewrite fdot_suml; apply: eq_bigr => n _; rewrite fdotZl fdotC (K1_euler gamma_le1 n hs).
by rewrite mulrA.
Qed.

Lemma direction_Wd : 1 <= fdot D Wd.
Proof.
rewrite fdot_suml -pr1; apply: ler_sum => n _; rewrite fdotZl fdotC -mulrA ler_pemulr //.
apply: le_trans (pr_feasible K n) _; exact: grad_super hs own.
Qed.

(** The step is at most R long: convexity of the square. *)
Lemma direction_short : frob2 D <= R2.
Proof.
have DD : frob2 D = \sum_n pr n * (y n * fdot D (grad x s n)).
  rewrite -fdot_frob2 {1}/direction fdot_suml; apply: eq_bigr => n _.
  by rewrite fdotZl fdotC -mulrA.
have half n : y n * fdot D (grad x s n) <= (frob2 D + R2) / 2%:R.
  have sq := frob2_ge0 (D - y n *: grad x s n); rewrite frob2B fdotZr frob2Z expr2 (y_sqr y_pm1) mul1r in sq.
  have g := grad_short n hs.
  rewrite ler_pdivl_mulr ?ltr0n //.
  apply: (@le_cert _ ((frob2 D - 2%:R * (y n * fdot D (grad x s n)) + frob2 (grad x s n))
    + (R2 - frob2 (grad x s n)))); last by ring.
  by apply: addr_ge0 => //; rewrite subr_ge0.
have : frob2 D <= (frob2 D + R2) / 2%:R.
  rewrite {1}DD; move: ((frob2 D + R2) / 2%:R) half => b half; rewrite -[b]mul1r -pr1 mulr_suml.
  by apply: ler_sum => n _; apply: ler_wpmul2l; [apply: pr0 | apply: half].
rewrite ler_pdivl_mulr ?ltr0n // => h; apply: (@le_cert _ (frob2 D + R2 - frob2 D * 2%:R)); last by ring.
by rewrite subr_ge0.
Qed.

Lemma Wd_norm : nu * frob2 Wd = 1 + nu * gp.
Proof. by rewrite /wgap mulrBr nu_sum addrC subrK. Qed.

(** C4(d), one step: the squared distance to the ray of Wd. *)
Theorem C4_step r eta : 0 <= r -> 0 <= eta -> pattern_right gamma x y predT pi W ->
  \sum_n (pr n - nu * lam n) * q W n <= E0 ->
  frob2 (W + eta *: D - (r + nu * eta) *: Wd)
    <= frob2 (W - r *: Wd) + 2%:R * eta * (E0 + nu * gp * r) + eta ^+ 2 * (R2 - nu + nu ^+ 2 * gp).
Proof.
move=> r0 eta0 right ent; have dWd := direction_Wd; have dS := direction_short.
have cross : \sum_n lam n * q W n <= fdot W Wd.
  apply: le_trans (pr_cross gamma_le1 p_gt0 y_pm1 K W); apply: le_of_eq.
  by apply: eq_bigr => n _; rewrite (qpat_right gamma_le1 y_pm1 right).
have WdWd := Wd_norm.
have len : frob2 (D - nu *: Wd) <= R2 - nu + nu ^+ 2 * gp.
  rewrite frob2B fdotZr frob2Z.
  apply: (@le_cert _ ((R2 - frob2 D) + 2%:R * nu * (fdot D Wd - 1) + nu * (1 + nu * gp - nu * frob2 Wd))); last by ring.
  rewrite WdWd subrr mulr0 addr0; apply: addr_ge0; first by rewrite subr_ge0.
  by rewrite mulr_ge0 ?subr_ge0 // mulr_ge0 ?ler0n // ltW.
have -> : W + eta *: D - (r + nu * eta) *: Wd = (W - r *: Wd) + eta *: (D - nu *: Wd).
  by rewrite scalerBr scalerDl opprD addrACA scalerA [eta * nu]mulrC.
rewrite frob2D frob2Z fdotZl.
have inner : fdot (D - nu *: Wd) (W - r *: Wd) <= E0 + nu * gp * r.
  apply: le_trans (_ : \sum_n (pr n - nu * lam n) * q W n + nu * gp * r <= _); last by rewrite ler_add2r.
  rewrite fdotBl !fdotBr !fdotZr !fdotZl direction_W (fdotC Wd W) fdot_frob2.
  have -> : \sum_n (pr n - nu * lam n) * q W n = \sum_n pr n * q W n - nu * (\sum_n lam n * q W n).
    by rewrite mulr_sumr -sumrB; apply: eq_bigr => n _; ring.
  apply: (@le_cert _ (r * (fdot D Wd - 1) + nu * (fdot W Wd - \sum_n lam n * q W n)
    + r * (1 + nu * gp - nu * frob2 Wd))); last by ring.
  rewrite WdWd subrr mulr0 addr0; apply: addr_ge0; first by rewrite mulr_ge0 ?subr_ge0.
  by rewrite mulr_ge0 ?subr_ge0 // ltW.
apply: (@le_cert _ (2%:R * eta * (E0 + nu * gp * r - fdot (D - nu *: Wd) (W - r *: Wd))
  + eta ^+ 2 * (R2 - nu + nu ^+ 2 * gp - frob2 (D - nu *: Wd)))); last by ring.
apply: addr_ge0; apply: mulr_ge0; rewrite ?sqr_ge0 ?subr_ge0 //.
by rewrite mulr_ge0 ?ler0n.
Qed.

End Direction.

(** * Near the ray *)

(** Strict room at the own pairs: ||x_n||^2 D < r^2 <wd_j, x_n>^2. *)
Definition room r D : Prop :=
  forall j n, own_pair y j n -> norm (x n) ^+ 2 * D < r ^+ 2 * pre Wd j n ^+ 2.

(** Near the ray the own signs are those of Wd. *)
Lemma near_signs V r D j n : own_pair y j n -> 0 <= r -> frob2 (V - r *: Wd) <= D -> room r D ->
  Num.sg (pre V j n) = Num.sg (pre Wd j n).
Proof.
move=> o r0 near rm; have D0 : 0 <= D by apply: le_trans near; apply: frob2_ge0.
have rp : 0 < r.
  rewrite lt_neqAle r0 andbT eq_sym; apply/eqP => z; have := rm j n o.
  by rewrite z expr0n mul0r ltNge mulr_ge0 ?sqr_ge0.
rewrite -[RHS](sg_eq_pos _ rp) -dotZl -linearZ; apply: near_sign.
apply: le_lt_trans (_ : norm (x n) ^+ 2 * D < _); first by rewrite mulrC ler_wpmul2l ?sqr_ge0.
by rewrite linearZ /= dotZl exprMn; apply: rm.
Qed.

Hypothesis wd_right : pattern_right gamma x y predT pi Wd.

Lemma room_right V r D : 0 <= r -> frob2 (V - r *: Wd) <= D -> room r D -> pattern_right gamma x y predT pi V.
Proof. by move=> r0 near rm j n _ o; apply: clarke_sg (wd_right isT o) (near_signs o r0 near rm). Qed.

Lemma room_own V sV r D : 0 <= r -> frob2 (V - r *: Wd) <= D -> room r D -> slopes gamma x V sV -> own_slopes sV.
Proof.
move=> r0 near rm hV j n o; have sg := near_signs o r0 near rm.
have D0 : 0 <= D by apply: le_trans near; apply: frob2_ge0.
have nz : pre Wd j n != 0.
  by apply/eqP => z; have := rm j n o; rewrite z expr0n /= mulr0 ltNge mulr_ge0 ?sqr_ge0.
have [_ hp hn] := hV j n; have [_ wp wn] := wd_right (j := j) (n := n) isT o.
move: sg; case: (ltrgt0P (pre Wd j n)) nz => // w _.
  by rewrite (gtr0_sg w) => /eqP; rewrite sgr_cp0 => h; rewrite hp // wp.
by rewrite (ltr0_sg w) => /eqP; rewrite sgr_cp0 => h; rewrite hn // wn.
Qed.

(** Room that lasts. With v = <wd_j, x_n>^2 at the own pairs it keeps the own
    signs; with v = 1 it keeps the margins of x_n at least 0 (C4_margin_ge0). *)
Section Room.
Variables (r0 D0 E : R).

Definition spread t : R := D0 + 2%:R * E * t + nu * gp * (2%:R * r0 * t + nu * t ^+ 2).

Record lasting (x2 v : R) : Prop := {
  lasting_rest : exists2 c, 0 < c & forall t, 0 <= t -> x2 * spread t + c <= (r0 + nu * t) ^+ 2 * v;
  lasting_gap : gp * x2 <= v
}.

Lemma lasting_room x2 v t : lasting x2 v -> 0 <= t -> x2 * spread t < (r0 + nu * t) ^+ 2 * v.
Proof. by case=> [[c c0 h] _] t0; apply: lt_le_trans (h t t0); rewrite ltr_addl. Qed.

(** Condition (c): the three coefficients of a polynomial in t. *)
Theorem C4_room x2 v : 0 <= r0 -> x2 * D0 < r0 ^+ 2 * v -> (E + nu * gp * r0) * x2 <= r0 * nu * v -> gp * x2 <= v ->
  lasting x2 v.
Proof.
move=> r0_ge0 h0 h1 h2; split=> //; exists (r0 ^+ 2 * v - x2 * D0) => [|t t0]; first by rewrite subr_gt0.
apply: (@le_cert _ (2%:R * t * (r0 * nu * v - (E + nu * gp * r0) * x2) + (nu * t) ^+ 2 * (v - gp * x2))); last first.
  by rewrite /spread; ring.
apply: addr_ge0; last by rewrite mulr_ge0 ?sqr_ge0 // subr_ge0.
by rewrite mulr_ge0 ?subr_ge0 // mulr_ge0 ?ler0n.
Qed.

(** The sharp one: it has no real root. *)
Theorem C4_room_sharp x2 v : gp * x2 < v ->
  (r0 * nu * v - (E + nu * gp * r0) * x2) ^+ 2 < (r0 ^+ 2 * v - x2 * D0) * (nu ^+ 2 * (v - gp * x2)) -> lasting x2 v.
Proof.
move=> h2 disc; split; last exact: ltW.
have C0 : 0 < nu ^+ 2 * (v - gp * x2) by rewrite mulr_gt0 ?exprn_gt0 // subr_gt0.
pose A := r0 ^+ 2 * v - x2 * D0; pose B := r0 * nu * v - (E + nu * gp * r0) * x2.
exists (A - B ^+ 2 / (nu ^+ 2 * (v - gp * x2))) => [|t _]; first by rewrite subr_gt0 ltr_pdivr_mulr.
apply: (@le_cert _ (nu ^+ 2 * (v - gp * x2) * (t + B / (nu ^+ 2 * (v - gp * x2))) ^+ 2)).
  by rewrite mulr_ge0 ?sqr_ge0 // ltW.
by rewrite /spread /A /B; field; rewrite !gt_eqF ?subr_gt0.
Qed.

Definition lasting_signs : Prop := forall j n, own_pair y j n -> lasting (norm (x n) ^+ 2) (pre Wd j n ^+ 2).
Definition lasting_margins : Prop := forall n, lasting (norm (x n) ^+ 2) 1.

Lemma lasting_signs_room t : lasting_signs -> 0 <= t -> room (r0 + nu * t) (spread t).
Proof. by move=> l t0 j n o; apply: lasting_room => //; apply: l. Qed.

End Room.

(** C4(b): margins from the distance to the ray. *)
Theorem C4_margin (V : 'M[R]_(p + p, d)) sV t D n : 0 <= t -> slopes gamma x V sV -> own_slopes sV ->
  frob2 (V - t *: Wd) <= D -> t - norm (x n) * Num.sqrt D <= q V n.
Proof.
move=> t0 hV own near; have D00 : 0 <= D by apply: le_trans near; apply: frob2_ge0.
have e : q V n = y n * fdot (V - t *: Wd) (grad x sV n) + t * (y n * fdot Wd (grad x sV n)).
  by rewrite -(K1_euler gamma_le1 n hV) fdotBl fdotZl; ring.
have one : 1 <= y n * fdot Wd (grad x sV n).
  by apply: le_trans (pr_feasible K n) _; apply: grad_super hV own.
have gs : frob2 (grad x sV n) <= norm (x n) ^+ 2.
  rewrite -fdot_frob2 grad_gram /G -norm_sqr.
  have /andP[S1 S2] := S_bounds gamma_gt0 p_gt0 n n hV.
  by rewrite ler_pimulr ?sqr_ge0.
have small : `|y n * fdot (V - t *: Wd) (grad x sV n)| <= norm (x n) * Num.sqrt D.
  rewrite normrM (y_norm y_pm1) mul1r -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 ?mulr_ge0 ?norm_ge0 ?sqrtr_ge0 //.
  rewrite real_normK ?num_real // exprMn [Num.sqrt D ^+ 2]sqr_sqrtr //.
  apply: le_trans (fcauchy _ _) _; rewrite mulrC; apply: ler_pmul => //; exact: frob2_ge0.
move: small; rewrite ler_norml => /andP[low _]; rewrite e.
apply: (@le_cert _ ((y n * fdot (V - t *: Wd) (grad x sV n) + norm (x n) * Num.sqrt D)
  + t * (y n * fdot Wd (grad x sV n) - 1))); last by ring.
apply: addr_ge0; first by rewrite -ler_subl_addr sub0r.
by rewrite mulr_ge0 ?subr_ge0.
Qed.

(** Under lasting_margins they stay at least 0: for the logistic loss every
    sample's loss is then at most log 2, and g_n <= 1 for both losses.       *)
Theorem C4_margin_ge0 r0 D0 E V sV t n : 0 <= r0 -> lasting_margins r0 D0 E -> 0 <= t ->
  slopes gamma x V sV -> own_slopes sV -> frob2 (V - (r0 + nu * t) *: Wd) <= spread r0 D0 E t -> 0 <= q V n.
Proof.
move=> r0_ge0 l t0 hV own nr; have r_ge0 : 0 <= r0 + nu * t by rewrite addr_ge0 // mulr_ge0 // ltW.
apply: le_trans (C4_margin n r_ge0 hV own nr); have D_ge0 : 0 <= spread r0 D0 E t by apply: le_trans nr; apply: frob2_ge0.
rewrite subr_ge0 -(@ler_pexpn2r _ 2) ?nnegrE ?mulr_ge0 ?norm_ge0 ?sqrtr_ge0 //.
rewrite exprMn [Num.sqrt (spread _ _ _ _) ^+ 2]sqr_sqrtr // -[X in _ <= X]mulr1.
exact/ltW/(lasting_room (l n) t0).
Qed.

(** * A run *)

Record descent (W : nat -> 'M[R]_(p + p, d)) (s : nat -> 'I_(p + p) -> 'I_N -> R)
    (pr : nat -> 'I_N -> R) (eta : nat -> R) : Prop := {
  descent_slopes : forall k, slopes gamma x (W k) (s k);
  descent_pr : forall k n, 0 <= pr k n;
  descent_sum : forall k, \sum_n pr k n = 1;
  descent_eta : forall k, 0 <= eta k;
  descent_step : forall k, W k.+1 = W k + eta k *: direction (pr k) (s k)
}.

Definition elapsed (eta : nat -> R) k : R := \sum_(i < k) eta i.
Definition E_1 (emax : R) : R := E0 + (R2 - nu) * emax / 2%:R.

Section Run.
Variables (W : nat -> 'M[R]_(p + p, d)) (s : nat -> 'I_(p + p) -> 'I_N -> R).
Variables (pr : nat -> 'I_N -> R) (eta : nat -> R) (emax r0 D0 : R).
Hypothesis run : descent W s pr eta.
Hypotheses (r0_ge0 : 0 <= r0) (nu_le : nu <= R2) (start : frob2 (W 0%N - r0 *: Wd) <= D0).

Local Notation t_ k := (elapsed eta k).
Local Notation E1 := (E_1 emax).

Definition near k : Prop := frob2 (W k - (r0 + nu * t_ k) *: Wd) <= spread r0 D0 E1 (t_ k).

(** What is asked of steps and losses, as long as the run is near. *)
Hypothesis eta_le : forall k, near k -> eta k <= emax.
Hypothesis entropy : forall k, near k -> \sum_n (pr k n - nu * lam n) * q (W k) n <= E0.

Lemma elapsed_ge0 k : 0 <= t_ k.
Proof. by apply: sumr_ge0 => i _; apply: descent_eta run i. Qed.

Lemma r_ge0 k : 0 <= r0 + nu * t_ k.
Proof. by rewrite addr_ge0 // mulr_ge0 ?elapsed_ge0 // ltW. Qed.

Lemma near_start : near 0.
Proof. by rewrite /near /spread /elapsed big_ord0 !(mulr0, addr0, expr0n). Qed.

Lemma near_step k : near k -> own_slopes (s k) -> pattern_right gamma x y predT pi (W k) -> near k.+1.
Proof.
move=> nr own right; have e1 := eta_le nr; have e0 := descent_eta run k.
have st := C4_step (descent_slopes run k) own (descent_pr run k) (descent_sum run k) (r_ge0 k) e0 right (entropy nr).
have eS : t_ k.+1 = t_ k + eta k by rewrite /elapsed big_ord_recr.
have er : r0 + nu * (t_ k + eta k) = r0 + nu * t_ k + nu * eta k by ring.
rewrite /near (descent_step run) eS er; apply: le_trans st _; move: nr; rewrite /near; move: (frob2 _) => F nr.
apply: (@le_cert _ ((spread r0 D0 E1 (t_ k) - F) + eta k * ((R2 - nu) * (emax - eta k)))); last first.
  by rewrite /spread /E_1; field.
by apply: addr_ge0; rewrite ?subr_ge0 // !mulr_ge0 ?subr_ge0.
Qed.

(** C4(a),(d): while the own signs are pi's, the distance to the ray of pi's
    point grows like the square root of the time.                            *)
Theorem C4_distance k : (forall i, (i < k)%N -> own_slopes (s i) /\ pattern_right gamma x y predT pi (W i)) -> near k.
Proof.
elim: k => [_|k IH h]; first exact: near_start.
have [own right] := h k (ltnSn k); apply: near_step => //; apply: IH => i ik; apply: h.
exact: ltnW.
Qed.

(** C4(c),(d): with room that lasts the own signs stay for ever. *)
Theorem C4_signs : lasting_signs r0 D0 E1 -> forall k, near k /\ forall j n, own_pair y j n ->
  Num.sg (pre (W k) j n) = Num.sg (pre Wd j n).
Proof.
move=> l k; have rm i : room (r0 + nu * t_ i) (spread r0 D0 E1 (t_ i)).
  by apply: lasting_signs_room => //; apply: elapsed_ge0.
suff nr : near k.
  by split=> // j n o; apply: (near_signs o (r_ge0 k) nr (rm k)).
elim: k => [|k nr]; first exact: near_start.
apply: (near_step nr); first exact: room_own (r_ge0 k) nr (rm k) (descent_slopes run k).
exact: room_right (r_ge0 k) nr (rm k).
Qed.

Lemma signs_own k : lasting_signs r0 D0 E1 -> own_slopes (s k) /\ pattern_right gamma x y predT pi (W k).
Proof.
move=> l; have [nr _] := C4_signs l k; have rm : room (r0 + nu * t_ k) (spread r0 D0 E1 (t_ k)).
  by apply: lasting_signs_room => //; apply: elapsed_ge0.
by split; [apply: room_own (r_ge0 k) nr rm (descent_slopes run k) | apply: room_right (r_ge0 k) nr rm].
Qed.

End Run.
End Step.

(** * The point itself *)

Section Point.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.
Variables (pi sd : 'I_(p + p) -> 'I_N -> R) (Wd : 'M[R]_(p + p, d)) (lam : 'I_N -> R) (nu R2 E0 : R).
Hypothesis K : pattern_kkt gamma x y pi Wd lam sd.
Hypotheses (nu_gt0 : 0 < nu) (nu_sum : nu * (\sum_n lam n) = 1).
Hypothesis R2_ge : forall n, norm (x n) ^+ 2 <= R2.
Hypothesis wd_right : pattern_right gamma x y predT pi Wd.

Local Notation pre W j n := (dot (row j W) (x n)).
Local Notation q W n := (y n * f gamma W (x n)).

Lemma nu_Wd : nu * frob2 Wd = 1.
Proof. by rewrite (C3_norm gamma_le1 y_pm1 K). Qed.

Lemma nu_le_R2 : nu <= R2.
Proof.
have [n _] : exists n, true && (lam n != 0).
  have [/existsP[n nz]|] := boolP [exists n, lam n != 0]; first by exists n.
  rewrite negb_exists => /forallP z; move/eqP: nu_sum; rewrite big1 ?mulr0 ?(eq_sym 0) ?oner_eq0 // => n _.
  by apply/eqP; have := z n; rewrite negbK.
have one : 1 <= q Wd n by rewrite -(qpat_right gamma_le1 y_pm1 wd_right) // (pk_feasible K).
have f0 : f gamma (0 : 'M[R]_(p + p, d)) (x n) = 0.
  by rewrite /f big1 // => j _; rewrite linear0 dot0l phi_pos // mulr0.
have := f_lipschitz gamma_gt0 gamma_le1 p_gt0 Wd 0 (x n); rewrite f0 !subr0 => h.
have two : 1 <= frob2 Wd * norm (x n) ^+ 2.
  apply: le_trans h; have -> : f gamma Wd (x n) ^+ 2 = q Wd n ^+ 2 by rewrite exprMn [y n ^+ 2]expr2 (y_sqr y_pm1) mul1r.
  by rewrite expr2 -[X in X <= _]mulr1 ler_pmul.
apply: le_trans (R2_ge n); rewrite -[X in X <= _]mulr1.
apply: le_trans (_ : nu * (frob2 Wd * norm (x n) ^+ 2) <= _); first by rewrite ler_wpmul2l // ltW.
by rewrite mulrA nu_Wd mul1r.
Qed.

(** C4(b): the direction.  With Fn = ||.||_F, t = r0 + nu s and D the bound of
    C4_run, || W/Fn W - Wd/Fn Wd ||^2 (t Fn Wd)^2 <= 4 D.                    *)
Theorem C4_direction (V : 'M[R]_(p + p, d)) t D : 0 <= t -> V != 0 -> frob2 (V - t *: Wd) <= D ->
  frob2 ((Num.sqrt (frob2 V))^-1 *: V - (Num.sqrt (frob2 Wd))^-1 *: Wd) * (t ^+ 2 * frob2 Wd) <= 4%:R * D.
Proof.
move=> t0 V0; have Vp : 0 < frob2 V by rewrite lt_neqAle eq_sym frob2_eq0 V0 frob2_ge0.
have Wp : 0 < frob2 Wd by rewrite -(pmulr_rgt0 _ nu_gt0) nu_Wd ltr01.
move: (sqr_sqrtr (ltW Vp)) (sqr_sqrtr (ltW Wp)) (sqrtr_ge0 (frob2 V)) (sqrtr_ge0 (frob2 Wd)).
move: (Num.sqrt (frob2 V)) (Num.sqrt (frob2 Wd)) => nv nw v2 w2 nv0 nw0.
have nvp : 0 < nv by rewrite lt_neqAle nv0 andbT eq_sym -sqrf_eq0 v2 gt_eqF.
have nwp : 0 < nw by rewrite lt_neqAle nw0 andbT eq_sym -sqrf_eq0 w2 gt_eqF.
have cs : `|fdot V Wd| <= nv * nw.
  rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 ?mulr_ge0 // real_normK ?num_real // exprMn v2 w2.
  exact: fcauchy.
move: cs; rewrite ler_norml => /andP[c1 c2].
rewrite !frob2B !frob2Z fdotZl !fdotZr -v2 -w2; move: (fdot V Wd) c1 c2 => c c1 c2 h.
have nn : 0 < nv * nw by rewrite mulr_gt0.
pose z := c / (nv * nw); have z1 : 0 <= 1 - z by rewrite subr_ge0 ler_pdivr_mulr // mul1r.
have z2 : 0 <= 1 + z by rewrite -[1]opprK addrC subr_ge0 ler_pdivl_mulr // mulN1r.
apply: (@le_cert _ (4%:R * (D - (nv ^+ 2 - 2%:R * (t * c) + t ^+ 2 * nw ^+ 2))
  + 2%:R * (1 + z) * (nv - t * nw) ^+ 2 + 2%:R * (1 - z) * nv * (nv + 2%:R * (t * nw)))).
  have tn : 0 <= nv + 2%:R * (t * nw) by rewrite addr_ge0 // mulr_ge0 ?ler0n // mulr_ge0.
  have two : 0 <= 2%:R :> R by apply: ler0n.
  apply: addr_ge0; first apply: addr_ge0.
  - by apply: mulr_ge0; rewrite ?ler0n ?subr_ge0.
  - by apply: mulr_ge0; [apply: mulr_ge0 | apply: sqr_ge0].
  - by apply: mulr_ge0 => //; apply: mulr_ge0 => //; apply: mulr_ge0.
by rewrite /z; field; rewrite !gt_eqF.
Qed.

(** C4(b): the decisions. At z they agree as soon as r^2 f(z; Wd)^2 exceeds
    ||z||^2 D.                                                               *)
Theorem C4_decision (V : 'M[R]_(p + p, d)) t D z : 0 < t -> frob2 (V - t *: Wd) <= D ->
  norm z ^+ 2 * D < (t * f gamma Wd z) ^+ 2 -> Num.sg (f gamma V z) = Num.sg (f gamma Wd z).
Proof.
move=> t0 near h; have ft : f gamma (t *: Wd) z = t * f gamma Wd z by rewrite f_homogeneous // ltW.
rewrite -[RHS](sg_eq_pos _ t0) -ft -[f gamma V z](subrK (f gamma (t *: Wd) z)); apply: sg_dominated.
rewrite -ltr_sqr ?nnegrE ?normr_ge0 // !real_normK ?num_real // ft; apply: le_lt_trans h.
rewrite -ft; apply: le_trans (f_lipschitz gamma_gt0 gamma_le1 p_gt0 V (t *: Wd) z) _.
by rewrite mulrC ler_wpmul2l ?sqr_ge0.
Qed.

(** A margin's lower bound that does not move with time; so the steps of
    gradient descent need not be known beforehand.                           *)
Theorem C4_margin_low (V : 'M[R]_(p + p, d)) sV (r0 D0 E t : R) n : 0 <= r0 -> 0 < E -> 0 <= t ->
  slopes gamma x V sV -> own_slopes y pi sV -> frob2 (V - (r0 + nu * t) *: Wd) <= D0 + 2%:R * E * t ->
  r0 - norm (x n) ^+ 2 * E / (2%:R * nu) - nu * D0 / (2%:R * E) <= q V n.
Proof.
move=> r00 E_gt0 t0 hV own near; have rt : 0 <= r0 + nu * t by rewrite addr_ge0 // mulr_ge0 // ltW.
have := C4_margin gamma_gt0 gamma_le1 p_gt0 y_pm1 (kkt_proposal K) n rt hV own near; apply: le_trans.
have D_ge0 : 0 <= D0 + 2%:R * E * t by apply: le_trans near; apply: frob2_ge0.
have := sqr_sqrtr D_ge0; move: (Num.sqrt _) (norm _) => D X D2.
have nE : 0 < 2%:R * nu * E by rewrite !mulr_gt0 ?ltr0n.
apply: (@le_cert _ ((X * E - nu * D) ^+ 2 / (2%:R * nu * E))); first by rewrite divr_ge0 ?sqr_ge0 // ltW.
have -> : (X * E - nu * D) ^+ 2 = X ^+ 2 * E ^+ 2 - 2%:R * X * E * nu * D + nu ^+ 2 * (D0 + 2%:R * E * t).
  by rewrite -D2; ring.
by field; rewrite ?gt_eqF.
Qed.

Section Run.
Variables (W : nat -> 'M[R]_(p + p, d)) (s : nat -> 'I_(p + p) -> 'I_N -> R).
Variables (pr : nat -> 'I_N -> R) (eta : nat -> R) (emax r0 D0 : R).
Hypothesis run : descent gamma x y W s pr eta.
Hypotheses (r0_ge0 : 0 <= r0) (start : frob2 (W 0%N - r0 *: Wd) <= D0).

Local Notation t_ k := (elapsed eta k).
Local Notation E1 := (E_1 nu R2 E0 emax).
Local Notation close k := (frob2 (W k - (r0 + nu * t_ k) *: Wd) <= D0 + 2%:R * E1 * t_ k).

Hypothesis eta_le : forall k, close k -> eta k <= emax.
Hypothesis entropy : forall k, close k -> \sum_n (pr k n - nu * lam n) * q (W k) n <= E0.

Lemma spread0 E t : spread Wd lam nu r0 D0 E t = D0 + 2%:R * E * t.
Proof. by rewrite /spread (kkt_gap gamma_le1 y_pm1 K) mulr0 mul0r addr0. Qed.

Lemma near_close k : near Wd lam nu R2 E0 W eta emax r0 D0 k <-> close k.
Proof. by rewrite /near spread0. Qed.

Hypothesis last : lasting_signs x y Wd lam nu r0 D0 E1.

(** C4(c),(d): with room that lasts the own signs stay those of Wd for ever,
    and the squared distance to the ray grows at most linearly in time.      *)
Theorem C4_run k : close k /\ (forall j n, own_pair y j n -> Num.sg (pre (W k) j n) = Num.sg (pre Wd j n)).
Proof.
have le i : near Wd lam nu R2 E0 W eta emax r0 D0 i -> eta i <= emax by move/near_close; apply: eta_le.
have ent i : near Wd lam nu R2 E0 W eta emax r0 D0 i -> \sum_n (pr i n - nu * lam n) * q (W i) n <= E0.
  by move/near_close; apply: entropy.
have [nr sg] := C4_signs gamma_gt0 gamma_le1 p_gt0 y_pm1 (kkt_proposal K) nu_gt0 nu_sum R2_ge wd_right
  run r0_ge0 nu_le_R2 start le ent last k.
by split=> //; apply/near_close.
Qed.

(** C4, a certified run: from a start with room that lasts the direction is off
    by at most 2 sqrt D_k / (r_k ||Wd||), and every margin is at least
    r_k - ||x_n|| sqrt D_k; r_k = r0 + nu s_k grows linearly in the time s_k,
    sqrt D_k = sqrt (D0 + 2 E_1 s_k) like its square root.                   *)
Theorem C4_converges k (t := r0 + nu * t_ k) (D := D0 + 2%:R * E1 * t_ k) :
  (forall n, t - norm (x n) * Num.sqrt D <= q (W k) n) /\
  (W k != 0 -> frob2 ((Num.sqrt (frob2 (W k)))^-1 *: W k - (Num.sqrt (frob2 Wd))^-1 *: Wd)
     * (t ^+ 2 * frob2 Wd) <= 4%:R * D).
Proof.
have [nr sg] := C4_run k; have t0 : 0 <= t := r_ge0 nu_gt0 run r0_ge0 k.
split=> [n|nz]; last exact: C4_direction.
have [own _] : own_slopes y pi (s k) /\ pattern_right gamma x y predT pi (W k).
  apply: (signs_own gamma_gt0 gamma_le1 p_gt0 y_pm1 (kkt_proposal K) nu_gt0 nu_sum R2_ge wd_right
    run r0_ge0 nu_le_R2 start _ _ k last) => i /near_close; [exact: eta_le | exact: entropy].
exact: (C4_margin gamma_gt0 gamma_le1 p_gt0 y_pm1 (kkt_proposal K) n t0 (descent_slopes run k) own nr).
Qed.

End Run.
End Point.

(** * From a proposal to the point *)

(** C4: let a proposal Wh, lh have room that lasts. Then the solution Wo of
    the pattern's programme is a KKT point of (P), the own signs stay for
    ever, and the run goes to Wo's direction at the rate of (a), for any
    r0' >= 0: neither Wo nor its multipliers need be known.                  *)
Section FromProposal.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.
Variables (pi sh so : 'I_(p + p) -> 'I_N -> R) (Wh Wo : 'M[R]_(p + p, d)) (lh lo : 'I_N -> R).
Variables (nuh nuo R2 Eh Eo : R).
Hypothesis Kh : proposal gamma x y pi Wh lh sh.
Hypothesis Ko : pattern_kkt gamma x y pi Wo lo so.
Hypotheses (nuh_gt0 : 0 < nuh) (nuh_sum : nuh * (\sum_n lh n) = 1) (nuh_le : nuh <= R2).
Hypotheses (nuo_gt0 : 0 < nuo) (nuo_sum : nuo * (\sum_n lo n) = 1).
Hypothesis R2_ge : forall n, norm (x n) ^+ 2 <= R2.
Hypothesis pi_bounded : pattern_bounded gamma pi.
Hypothesis wh_right : pattern_right gamma x y predT pi Wh.
Variables (W : nat -> 'M[R]_(p + p, d)) (s : nat -> 'I_(p + p) -> 'I_N -> R).
Variables (pr : nat -> 'I_N -> R) (eta : nat -> R) (emax rh Dh ro Do : R).
Hypothesis run : descent gamma x y W s pr eta.
Hypotheses (rh_ge0 : 0 <= rh) (starth : frob2 (W 0%N - rh *: Wh) <= Dh).
Hypotheses (ro_ge0 : 0 <= ro) (starto : frob2 (W 0%N - ro *: Wo) <= Do).
Local Notation q W n := (y n * f gamma W (x n)).
Local Notation t_ k := (elapsed eta k).
Hypothesis eta_le : forall k, near Wh lh nuh R2 Eh W eta emax rh Dh k -> eta k <= emax.
Hypothesis entropyh : forall k, near Wh lh nuh R2 Eh W eta emax rh Dh k ->
  \sum_n (pr k n - nuh * lh n) * q (W k) n <= Eh.
Hypothesis entropyo : forall k, near Wh lh nuh R2 Eh W eta emax rh Dh k ->
  \sum_n (pr k n - nuo * lo n) * q (W k) n <= Eo.
Hypothesis last : lasting_signs x y Wh lh nuh rh Dh (E_1 nuh R2 Eh emax).

Theorem C4_proposal : kkt gamma x y Wo lo /\ forall k,
  pattern_right gamma x y predT pi (W k) /\
  frob2 (W k - (ro + nuo * t_ k) *: Wo) <= Do + 2%:R * E_1 nuo R2 Eo emax * t_ k.
Proof.
have [right kktW] := C3_gap_kkt gamma_le1 p_gt0 y_pm1 Kh Ko pi_bounded wh_right (fun j n o => lasting_gap (last o)).
split=> // k.
have stay i : own_slopes y pi (s i) /\ pattern_right gamma x y predT pi (W i).
  exact: (signs_own gamma_gt0 gamma_le1 p_gt0 y_pm1 Kh nuh_gt0 nuh_sum R2_ge wh_right run rh_ge0 nuh_le starth
    eta_le entropyh i last).
have nrh i := (C4_signs gamma_gt0 gamma_le1 p_gt0 y_pm1 Kh nuh_gt0 nuh_sum R2_ge wh_right run rh_ge0 nuh_le starth
  eta_le entropyh last i).1.
have le i : eta i <= emax := eta_le (nrh i).
split; first by case: (stay k).
have nuR := nu_le_R2 gamma_gt0 gamma_le1 p_gt0 y_pm1 Ko nuo_gt0 nuo_sum R2_ge right.
have := @C4_distance _ _ _ _ _ _ _ gamma_gt0 gamma_le1 p_gt0 y_pm1 _ _ _ _ _ _ Eo (kkt_proposal Ko) nuo_gt0 nuo_sum R2_ge
  _ _ _ _ emax _ _ run ro_ge0 nuR starto (fun i _ => le i) (fun i _ => entropyo (nrh i)) k (fun i _ => stay i).
by rewrite /near (spread0 gamma_le1 y_pm1 nuo Ko).
Qed.

End FromProposal.

(** * The entropy bound *)

(** Any function ln on the positive numbers with ln a <= a - 1 and ln of a
    quotient a difference will do (over the reals: the logarithm).  If
    ln p_n = - q_n - c, as for the exponential loss, where p is the softmax of
    - q, then sum (p_n - p*_n) q_n <= ln N - ent p*.                         *)
Section Entropy.
Variables (R : rcfType) (ln : R -> R).
Hypothesis ln_le : forall a, 0 < a -> ln a <= a - 1.
Hypothesis ln_div : forall a b, 0 < a -> 0 < b -> ln (a / b) = ln a - ln b.

Definition ent N (pr : 'I_N -> R) : R := - \sum_n (if pr n == 0 then 0 else pr n * ln (pr n)).

Theorem C4_entropy N (pr ps q : 'I_N -> R) c : (0 < N)%N ->
  (forall n, 0 < pr n) -> \sum_n pr n = 1 -> (forall n, 0 <= ps n) -> \sum_n ps n = 1 ->
  (forall n, ln (pr n) = - q n - c) -> \sum_n (pr n - ps n) * q n <= ln N%:R - ent ps.
Proof.
move=> N0 pr0 pr1 ps0 ps1 hq; have Np : 0 < N%:R :> R by rewrite ltr0n.
have inv a : 0 < a -> ln a^-1 = - ln a.
  move=> a0; have l1 : ln 1 = 0 by rewrite -(divff (lt0r_neq0 a0)) ln_div // subrr.
  by rewrite -[a^-1]mul1r ln_div ?ltr01 // l1 sub0r.
have sum : \sum_n (pr n - ps n) * q n = - (\sum_n pr n * ln (pr n)) + (\sum_n ps n * ln (pr n)).
  transitivity (\sum_n (- (pr n * ln (pr n)) + ps n * ln (pr n) + (ps n - pr n) * c)).
    by apply: eq_bigr => n _; rewrite hq; ring.
  rewrite !big_split /= sumrN -mulr_suml.
  by rewrite sumrB pr1 ps1 subrr mul0r addr0.
have first : - (\sum_n pr n * ln (pr n)) <= ln N%:R.
  have z : \sum_n (pr n - N%:R^-1) = 0.
    rewrite sumrB pr1 sumr_const card_ord -[_ *+ N]mulr_natl mulfV ?subrr //.
    by rewrite pnatr_eq0 -lt0n.
  have le : \sum_n (pr n - N%:R^-1) <= \sum_n (pr n * ln N%:R + pr n * ln (pr n)).
    apply: ler_sum => n _; have := ln_le (divr_gt0 ltr01 (mulr_gt0 Np (pr0 n))).
    rewrite mul1r inv ?mulr_gt0 // => h.
    have pi0 : 0 < (pr n)^-1 by rewrite invr_gt0.
    have lnm : ln (N%:R * pr n) = ln N%:R + ln (pr n).
      by have := ln_div Np pi0; rewrite invrK inv // opprK.
    rewrite lnm in h; apply: (@le_cert _ (pr n * ((N%:R * pr n)^-1 - 1 - - (ln N%:R + ln (pr n))))).
      by apply: mulr_ge0; rewrite ?subr_ge0 // ltW.
    by field; rewrite gt_eqF // gt_eqF.
  by rewrite z big_split /= -mulr_suml pr1 mul1r in le; rewrite -subr_ge0 opprK.
have second : \sum_n ps n * ln (pr n) <= - ent ps.
  have z : \sum_n (pr n - ps n) = 0 by rewrite sumrB pr1 ps1 subrr.
  suff le : \sum_n ps n * ln (pr n) <= \sum_n (pr n - ps n + (if ps n == 0 then 0 else ps n * ln (ps n))).
    by move: le; rewrite big_split /= z add0r /ent opprK.
  apply: ler_sum => n _; case: eqP => [e|/eqP nz]; first by rewrite e mul0r subr0 addr0 ltW.
  have psp : 0 < ps n by rewrite lt_neqAle eq_sym nz ps0.
  have := ln_le (divr_gt0 (pr0 n) psp); rewrite ln_div // => h.
  apply: (@le_cert _ (ps n * (pr n / ps n - 1 - (ln (pr n) - ln (ps n))))); last by field.
  by apply: mulr_ge0; rewrite ?subr_ge0.
by rewrite sum; apply: ler_add.
Qed.

(** The logistic loss: ln p_n = - q_n - c - err_n, err_n = log (1 + exp (-q_n))
    the loss at x_n; where all of these are at most b, b is added.           *)
Theorem C4_entropy_logistic N (pr ps q err : 'I_N -> R) c b : (0 < N)%N ->
  (forall n, 0 < pr n) -> \sum_n pr n = 1 -> (forall n, 0 <= ps n) -> \sum_n ps n = 1 ->
  (forall n, 0 <= err n <= b) -> (forall n, ln (pr n) = - q n - c - err n) ->
  \sum_n (pr n - ps n) * q n <= ln N%:R - ent ps + b.
Proof.
move=> N0 pr0 pr1 ps0 ps1 be hq.
have hq' n : ln (pr n) = - (q n + err n) - c by rewrite hq; ring.
have main := C4_entropy N0 pr0 pr1 ps0 ps1 hq'.
have split : \sum_n (pr n - ps n) * q n = \sum_n (pr n - ps n) * (q n + err n)
    + (\sum_n ps n * err n - \sum_n pr n * err n).
  by rewrite -sumrB -big_split; apply: eq_bigr => n _ /=; ring.
have up : \sum_n ps n * err n <= b.
  rewrite -[b]mul1r -ps1 mulr_suml; apply: ler_sum => n _; rewrite ler_wpmul2l //.
  by case/andP: (be n).
have low : 0 <= \sum_n pr n * err n.
  by apply: sumr_ge0 => n _; rewrite mulr_ge0 ?(ltW (pr0 n)) //; case/andP: (be n).
rewrite split; apply: ler_add main _; rewrite ler_subl_addr; apply: le_trans up _.
by rewrite ler_addl.
Qed.

End Entropy.
