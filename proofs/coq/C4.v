(******************************************************************************)
(* C4.v : a run of gradient descent certified to converge, in units of        *)
(* rescaled time (a step of size eta moves W by eta sum_n p_n y_n grad_n, p a *)
(* probability vector: eta is the learning rate times the mean of g_n).       *)
(*                                                                            *)
(*   Wd, lam      = the point of a pattern pi and its multipliers,            *)
(*   nu           = 1 / sum lam                                               *)
(*   elapsed k    = eta_0 + ... + eta_{k-1}                                   *)
(*   E_0          = a bound of sum_n (p_n - nu lam_n) q_n: for the            *)
(*                  exponential loss log N - ent(nu lam) (C4_entropy)         *)
(*   E_1          = E_0 + 1/2 (R^2 - nu) max eta                              *)
(*                                                                            *)
(* While the own signs are pi's, ||W_k - (r + nu s) Wd||^2 grows by at most   *)
(* 2 E_1 s in time s; and if they are far enough from the kink at the start   *)
(* they stay.  So the direction converges to Wd's, without a quoted theorem.  *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt K1 Pattern.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section FrobeniusMore.
Variables (R : rcfType) (d p : nat).
Implicit Types A B C : 'M[R]_(p + p, d).

Lemma frob2_ge0 A : 0 <= frob2 A.
Proof. by apply: sumr_ge0 => j _; apply: dot_ge0. Qed.

Lemma fdotDl A B C : fdot (A + B) C = fdot A C + fdot B C.
Proof. by rewrite /fdot -big_split; apply: eq_bigr => j _; rewrite linearD dotDl. Qed.

Lemma fdotBr A B C : fdot C (A - B) = fdot C A - fdot C B.
Proof. by rewrite fdotC fdotBl !(fdotC C). Qed.

Lemma fdotZr q A C : fdot C (q *: A) = q * fdot C A.
Proof. by rewrite fdotC fdotZl (fdotC C). Qed.

Lemma frob2D A B : frob2 (A + B) = frob2 A + 2%:R * fdot B A + frob2 B.
Proof. by rewrite -!fdot_frob2 fdotDl (fdotC A) (fdotC B) !fdotDl (fdotC A B); ring. Qed.

Lemma frob2Z q A : frob2 (q *: A) = q ^+ 2 * frob2 A.
Proof. by rewrite -fdot_frob2 fdotZl fdotZr fdot_frob2; ring. Qed.

Lemma frob2B A B : frob2 (A - B) = frob2 A - 2%:R * fdot A B + frob2 B.
Proof. by rewrite -!fdot_frob2 fdotBl !fdotBr (fdotC B A); ring. Qed.

Lemma fcauchy A B : fdot A B ^+ 2 <= frob2 A * frob2 B.
Proof.
have [B0|nz] := eqVneq B 0.
  by rewrite B0 -(scale0r 0) fdotZr mul0r expr0n mulr_ge0 ?frob2_ge0.
have Bp : 0 < frob2 B by rewrite lt_neqAle eq_sym frob2_eq0 nz frob2_ge0.
have := frob2_ge0 (frob2 B *: A - fdot A B *: B).
rewrite frob2B !frob2Z fdotZl fdotZr => h; rewrite -subr_ge0 -(pmulr_rge0 _ Bp).
by apply: (le_trans h); apply: le_of_eq; ring.
Qed.

End FrobeniusMore.

(** * One step *)

Section Step.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.
Variables (pi sd : 'I_(p + p) -> 'I_N -> R) (Wd : 'M[R]_(p + p, d)) (lam : 'I_N -> R) (nu R2 E0 : R).
Hypothesis K : pattern_kkt gamma x y pi Wd lam sd.
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
apply: le_trans (pk_feasible K n) _; exact: grad_super hs own.
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

Lemma Wd_norm : nu * frob2 Wd = 1.
Proof. by rewrite (C3_norm gamma_le1 y_pm1 K). Qed.

(** C4(d), one step: the squared distance to the ray of Wd. *)
Theorem C4_step r eta : 0 <= r -> 0 <= eta -> pattern_right gamma x y predT pi W ->
  \sum_n (pr n - nu * lam n) * q W n <= E0 ->
  frob2 (W + eta *: D - (r + nu * eta) *: Wd)
    <= frob2 (W - r *: Wd) + 2%:R * eta * (E0 + (R2 - nu) * eta / 2%:R) /\ nu <= R2.
Proof.
move=> r0 eta0 right ent; have dWd := direction_Wd; have dS := direction_short.
have cross : \sum_n lam n * q W n <= fdot W Wd.
  rewrite (fdot_stationary _ (pk_stationary K)); apply: ler_sum => n _.
  have := pk_dual K n; rewrite le_eqVlt => /orP[/eqP <-|ln]; first by rewrite !mul0r.
  rewrite ler_wpmul2l ?(ltW ln) // -(qpat_right gamma_le1 y_pm1 right) //.
  exact: (pk_supergradient gamma_le1 p_gt0 y_pm1 K).
have WdWd := Wd_norm.
have len : frob2 (D - nu *: Wd) <= R2 - nu.
  rewrite frob2B fdotZr frob2Z.
  apply: (@le_cert _ ((R2 - frob2 D) + 2%:R * nu * (fdot D Wd - 1) + nu * (1 - nu * frob2 Wd))); last by ring.
  rewrite WdWd subrr mulr0 addr0; apply: addr_ge0; first by rewrite subr_ge0.
  by rewrite mulr_ge0 ?subr_ge0 // mulr_ge0 ?ler0n // ltW.
split; last by rewrite -subr_ge0; apply: le_trans len; apply: frob2_ge0.
have -> : W + eta *: D - (r + nu * eta) *: Wd = (W - r *: Wd) + eta *: (D - nu *: Wd).
  by rewrite scalerBr scalerDl opprD addrACA scalerA [eta * nu]mulrC.
rewrite frob2D frob2Z fdotZl.
have inner : fdot (D - nu *: Wd) (W - r *: Wd) <= E0.
  apply: le_trans ent; rewrite fdotBl !fdotBr !fdotZr !fdotZl direction_W (fdotC Wd W) fdot_frob2.
  have -> : \sum_n (pr n - nu * lam n) * q W n = \sum_n pr n * q W n - nu * (\sum_n lam n * q W n).
    by rewrite mulr_sumr -sumrB; apply: eq_bigr => n _; ring.
  apply: (@le_cert _ (r * (fdot D Wd - 1) + nu * (fdot W Wd - \sum_n lam n * q W n)
    + r * (1 - nu * frob2 Wd))); last by ring.
  rewrite WdWd subrr mulr0 addr0; apply: addr_ge0; first by rewrite mulr_ge0 ?subr_ge0.
  by rewrite mulr_ge0 ?subr_ge0 // ltW.
apply: (@le_cert _ (2%:R * eta * (E0 - fdot (D - nu *: Wd) (W - r *: Wd))
  + eta ^+ 2 * (R2 - nu - frob2 (D - nu *: Wd)))); last by field.
apply: addr_ge0; apply: mulr_ge0; rewrite ?sqr_ge0 ?subr_ge0 //.
by rewrite mulr_ge0 ?ler0n.
Qed.

End Direction.

(** * A run *)

Section Run.
Variables (W : nat -> 'M[R]_(p + p, d)) (s : nat -> 'I_(p + p) -> 'I_N -> R).
Variables (pr : nat -> 'I_N -> R) (eta : nat -> R) (emax r0 D0 : R).
Hypotheses (hs : forall k, slopes gamma x (W k) (s k)).
Hypotheses (pr0 : forall k n, 0 <= pr k n) (pr1 : forall k, \sum_n pr k n = 1).
Hypotheses (eta0 : forall k, 0 <= eta k <= emax) (r0_ge0 : 0 <= r0).
Hypothesis steps : forall k, W k.+1 = W k + eta k *: direction (pr k) (s k).
Hypothesis entropy : forall k, \sum_n (pr k n - nu * lam n) * q (W k) n <= E0.
Hypothesis start : frob2 (W 0%N - r0 *: Wd) <= D0.

Definition elapsed k : R := \sum_(i < k) eta i.
Definition E_1 : R := E0 + (R2 - nu) * emax / 2%:R.

(** pi is right at Wd with room: condition (c). *)
Hypothesis wd_right : pattern_right gamma x y predT pi Wd.
Hypothesis room0 : forall j n, own_pair y j n -> norm (x n) ^+ 2 * D0 < r0 ^+ 2 * pre Wd j n ^+ 2.
Hypothesis room1 : forall j n, own_pair y j n -> E_1 * norm (x n) ^+ 2 <= r0 * nu * pre Wd j n ^+ 2.

Lemma elapsed_ge0 k : 0 <= elapsed k.
Proof. by apply: sumr_ge0 => i _; case/andP: (eta0 i). Qed.

(** Near the ray the own signs are those of Wd. *)
Lemma near_signs V r D j n : own_pair y j n -> 0 < r -> frob2 (V - r *: Wd) <= D ->
  norm (x n) ^+ 2 * D < r ^+ 2 * pre Wd j n ^+ 2 -> Num.sg (pre V j n) = Num.sg (pre Wd j n).
Proof.
move=> o rp near room; rewrite -[RHS](sg_eq_pos _ rp).
have e : pre V j n = pre (V - r *: Wd) j n + r * pre Wd j n.
  by rewrite linearB linearZ /= dotBl dotZl subrK.
rewrite e; apply: sg_dominated; rewrite -ltr_sqr ?nnegrE ?normr_ge0 // !real_normK ?num_real // exprMn.
apply: le_lt_trans room; have -> : pre (V - r *: Wd) j n ^+ 2 = `|pre (V - r *: Wd) j n| ^+ 2.
  by rewrite real_normK ?num_real.
apply: le_trans (_ : (norm (row j (V - r *: Wd)) * norm (x n)) ^+ 2 <= _).
  by rewrite ler_pexpn2r ?nnegrE ?normr_ge0 ?mulr_ge0 ?norm_ge0 // cauchy_schwarz_abs.
rewrite exprMn mulrC ler_wpmul2l ?sqr_ge0 //; apply: le_trans near; rewrite norm_sqr /frob2 (bigD1 j) //= ler_addl.
by apply: sumr_ge0 => i _; apply: dot_ge0.
Qed.

Lemma room_later k j n : own_pair y j n ->
  norm (x n) ^+ 2 * (D0 + 2%:R * E_1 * elapsed k) < (r0 + nu * elapsed k) ^+ 2 * pre Wd j n ^+ 2.
Proof.
move=> o; have e0 := elapsed_ge0 k; move: (elapsed k) e0 => t t0.
apply: (@lt_cert _ ((r0 ^+ 2 * pre Wd j n ^+ 2 - norm (x n) ^+ 2 * D0)
  + 2%:R * t * (r0 * nu * pre Wd j n ^+ 2 - E_1 * norm (x n) ^+ 2) + (nu * t * pre Wd j n) ^+ 2)); last by ring.
apply: ltr_spaddl; last exact: sqr_ge0.
apply: ltr_spaddl; first by rewrite subr_gt0 room0.
by rewrite mulr_ge0 ?subr_ge0 ?room1 // mulr_ge0 ?ler0n.
Qed.

Lemma r_gt0 k : (exists (j : 'I_(p + p)) n, own_pair y j n) -> 0 < r0 + nu * elapsed k.
Proof.
case=> j [n o]; rewrite ltr_spaddl // ?mulr_ge0 ?elapsed_ge0 ?(ltW nu_gt0) //.
rewrite lt_neqAle r0_ge0 andbT eq_sym; apply/eqP => z; have := room0 o.
rewrite z expr0n mul0r => h; have D00 : 0 <= D0 by apply: le_trans start; apply: frob2_ge0.
by move: h; rewrite ltNge mulr_ge0 ?sqr_ge0.
Qed.

Lemma signs_slopes V sV : slopes gamma x V sV ->
  (forall j n, own_pair y j n -> Num.sg (pre V j n) = Num.sg (pre Wd j n)) -> own_slopes sV.
Proof.
move=> hV sg j n o; have nz : pre Wd j n != 0.
  apply/eqP => z; have := room0 o; rewrite z expr0n /= mulr0.
  have D00 : 0 <= D0 by apply: le_trans start; apply: frob2_ge0.
  by rewrite ltNge mulr_ge0 ?sqr_ge0.
have [_ hp hn] := hV j n; have [_ wp wn] := wd_right (j := j) (n := n) isT o.
have := sg j n o; case: (ltrgt0P (pre Wd j n)) nz => // w _.
  by rewrite (gtr0_sg w) => /eqP; rewrite sgr_cp0 => h; rewrite hp // wp.
by rewrite (ltr0_sg w) => /eqP; rewrite sgr_cp0 => h; rewrite hn // wn.
Qed.

(** C4(c),(d): under condition (c) the own signs stay those of Wd for ever,
    and the squared distance to the ray grows at most linearly in time.      *)
Theorem C4_run k :
  frob2 (W k - (r0 + nu * elapsed k) *: Wd) <= D0 + 2%:R * E_1 * elapsed k /\
  (forall j n, own_pair y j n -> Num.sg (pre (W k) j n) = Num.sg (pre Wd j n)).
Proof.
have signs i : frob2 (W i - (r0 + nu * elapsed i) *: Wd) <= D0 + 2%:R * E_1 * elapsed i ->
    forall j n, own_pair y j n -> Num.sg (pre (W i) j n) = Num.sg (pre Wd j n).
  move=> near j n o; apply: (near_signs o _ near (room_later i o)).
  by apply: r_gt0; exists j, n.
elim: k => [|k [near sg]].
  have near : frob2 (W 0%N - (r0 + nu * elapsed 0) *: Wd) <= D0 + 2%:R * E_1 * elapsed 0.
    by rewrite /elapsed big_ord0 !mulr0 !addr0.
  by split=> //; apply: signs.
have own : own_slopes (s k) := signs_slopes (hs k) sg.
have right : pattern_right gamma x y predT pi (W k).
  by move=> j n _ o; apply: clarke_sg (wd_right isT o) (sg j n o).
have /andP[e0 e1] := eta0 k; have rk : 0 <= r0 + nu * elapsed k.
  by rewrite addr_ge0 // mulr_ge0 ?elapsed_ge0 // ltW.
have [st nuR] := C4_step (hs k) own (pr0 k) (pr1 k) rk e0 right (entropy k).
have eS : elapsed k.+1 = elapsed k + eta k by rewrite /elapsed big_ord_recr.
have near' : frob2 (W k.+1 - (r0 + nu * elapsed k.+1) *: Wd) <= D0 + 2%:R * E_1 * elapsed k.+1.
  have er : r0 + nu * (elapsed k + eta k) = r0 + nu * elapsed k + nu * eta k by ring.
  rewrite eS steps er; apply: le_trans st _; move: (frob2 _) near => F near.
  apply: (@le_cert _ ((D0 + 2%:R * E_1 * elapsed k - F) + eta k * (R2 - nu) * (emax - eta k))).
    by apply: addr_ge0; rewrite ?subr_ge0 // mulr_ge0 ?subr_ge0 // mulr_ge0 ?subr_ge0.
  by rewrite /E_1; field.
by split=> //; apply: signs.
Qed.

(** C4(b): the direction.  With Fn = ||.||_F, t = r0 + nu s and D the bound of
    C4_run, || W/Fn W - Wd/Fn Wd ||^2 (t Fn Wd)^2 <= 4 D.                    *)
Theorem C4_direction (V : 'M[R]_(p + p, d)) t D : 0 <= t -> V != 0 -> frob2 (V - t *: Wd) <= D ->
  frob2 ((Num.sqrt (frob2 V))^-1 *: V - (Num.sqrt (frob2 Wd))^-1 *: Wd) * (t ^+ 2 * frob2 Wd) <= 4%:R * D.
Proof.
move=> t0 V0; have Vp : 0 < frob2 V by rewrite lt_neqAle eq_sym frob2_eq0 V0 frob2_ge0.
have Wp : 0 < frob2 Wd by rewrite -(pmulr_rgt0 _ nu_gt0) Wd_norm ltr01.
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

(** The margins grow like the time: q_n(W_k) >= r_k - ||x_n|| sqrt D, so the
    loss goes to 0.                                                          *)
Theorem C4_margin (V : 'M[R]_(p + p, d)) sV t D n : 0 <= t -> slopes gamma x V sV -> own_slopes sV ->
  frob2 (V - t *: Wd) <= D -> t - norm (x n) * Num.sqrt D <= q V n.
Proof.
move=> t0 hV own near; have D00 : 0 <= D by apply: le_trans near; apply: frob2_ge0.
have e : q V n = y n * fdot (V - t *: Wd) (grad x sV n) + t * (y n * fdot Wd (grad x sV n)).
  by rewrite -(K1_euler gamma_le1 n hV) fdotBl fdotZl; ring.
have one : 1 <= y n * fdot Wd (grad x sV n).
  by apply: le_trans (pk_feasible K n) _; apply: grad_super hV own.
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

(** C4, a certified run: from a start that satisfies (c) the direction is off
    by at most 2 sqrt D_k / (r_k ||Wd||), and every margin is at least
    r_k - ||x_n|| sqrt D_k; r_k = r0 + nu s_k grows linearly in the time s_k,
    sqrt D_k = sqrt (D0 + 2 E_1 s_k) like its square root.                   *)
Theorem C4_converges k (t := r0 + nu * elapsed k) (D := D0 + 2%:R * E_1 * elapsed k) :
  (forall n, t - norm (x n) * Num.sqrt D <= q (W k) n) /\
  (W k != 0 -> frob2 ((Num.sqrt (frob2 (W k)))^-1 *: W k - (Num.sqrt (frob2 Wd))^-1 *: Wd)
     * (t ^+ 2 * frob2 Wd) <= 4%:R * D).
Proof.
have [near sg] := C4_run k; have t0 : 0 <= t by rewrite addr_ge0 // mulr_ge0 ?elapsed_ge0 // ltW.
split=> [n|nz]; first exact: (C4_margin n t0 (hs k) (signs_slopes (hs k) sg) near).
exact: C4_direction.
Qed.

End Run.
End Step.

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
