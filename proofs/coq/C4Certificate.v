(******************************************************************************)
(* C4Certificate.v : C4 in the numbers of an exact certificate, for gradient  *)
(* descent on the mean exponential loss.  The samples are x_n = K_n / D, the  *)
(* first weights V_j / D, the slope g / T; a proposal has the multipliers     *)
(* A_n / den and the slopes S_jn / T, so its rows are a_j Om_j / (T den D).   *)
(*                                                                            *)
(*   F, tot       = sum_j ||Om_j||^2, sum_n A_n                               *)
(*   gap          = F - tot m den T^2 D^2      (times m den^2 T^2 D^2 it is   *)
(*                  C3's)                                                     *)
(*   r, Q         = r0 is den T r sqrt m / Q, L / D at most sqrt m            *)
(*   delta        = sum_j ||Q V_j -+ r Om_j||^2                               *)
(*   cert_energy  = C4's E_1 times 2 (D tot)^2, the entropy bounded by        *)
(*                  N sum p_n^2 - 1: no logarithm is computed                 *)
(*   lasts k o    = the three inequalities of C4 at a sample of square k and  *)
(*                  an own pair of square o                                   *)
(*                                                                            *)
(* exp_descent lr = gradient descent on the mean of exp (- q_n), any Clarke   *)
(* slopes at kinks, learning rates in [0, lr]; time = the rates times the     *)
(* mean loss slopes, added up.                                                *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt K1 Pattern C3 C3Gap C4 C4Flow Flow.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** * Gradient descent on the exponential loss *)

Section Descent.
Variables (R : rcfType) (ex : R -> R) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Implicit Types V : 'M[R]_(p + p, d).

Definition loss_slope V n : R := ex (- (y n * f gamma V (x n))).
Definition mean_slope V : R := (\sum_n loss_slope V n) / N%:R.

Record exp_descent (lr : R) (W : nat -> 'M[R]_(p + p, d)) (s : nat -> 'I_(p + p) -> 'I_N -> R) (rate : nat -> R) : Prop := {
  ed_slopes : forall k, slopes gamma x (W k) (s k);
  ed_rate : forall k, 0 <= rate k <= lr;
  ed_step : forall k, W k.+1 = W k + (rate k / N%:R) *: \sum_n (loss_slope (W k) n * y n) *: grad x (s k) n
}.

Definition time (W : nat -> 'M[R]_(p + p, d)) (rate : nat -> R) (k : nat) : R := \sum_(i < k) rate i * mean_slope (W i).

Hypothesis EX : exponential ex.
Hypothesis N_gt0 : (0 < N)%N.

Lemma loss_slope_gt0 V n : 0 < loss_slope V n.
Proof. exact: ex_gt0. Qed.

Let NR : 0 < N%:R :> R.
Proof. by rewrite ltr0n. Qed.

Lemma slope_sum_gt0 V : 0 < \sum_n loss_slope V n.
Proof.
rewrite (bigD1 (Ordinal N_gt0)) //=; apply: ltr_spaddl; first exact: loss_slope_gt0.
by apply: sumr_ge0 => n _; apply/ltW/loss_slope_gt0.
Qed.

Lemma mean_slope_gt0 V : 0 < mean_slope V.
Proof. by rewrite divr_gt0 ?slope_sum_gt0. Qed.

(** Margins at least 0: every slope is at most 1. *)
Lemma mean_slope_le1 V : (forall n, 0 <= y n * f gamma V (x n)) -> mean_slope V <= 1.
Proof.
move=> q0; rewrite ler_pdivr_mulr // mul1r -[X in _ <= X](_ : \sum_(n < N) 1 = _); last by rewrite sumr_const card_ord.
apply: ler_sum => n _; rewrite -(exN EX (y n * f gamma V (x n))) /loss_slope ler_pemull ?(ltW (ex_gt0 EX _)) //.
by case: EX => _ /(_ (y n * f gamma V (x n))); apply: le_trans; rewrite ler_addl.
Qed.

Section Run.
Variables (lr : R) (W : nat -> 'M[R]_(p + p, d)) (s : nat -> 'I_(p + p) -> 'I_N -> R) (rate : nat -> R).
Hypothesis run : exp_descent lr W s rate.

Definition weight k n : R := loss_slope (W k) n / \sum_i loss_slope (W k) i.

Lemma exp_descent_descent : descent gamma x y W s weight (fun k => rate k * mean_slope (W k)).
Proof.
split=> [k|k n|k|k|k]; first exact: ed_slopes run k.
- by rewrite divr_ge0 ?ltW ?loss_slope_gt0 ?slope_sum_gt0.
- by rewrite -mulr_suml mulfV // gt_eqF // slope_sum_gt0.
- by rewrite mulr_ge0 ?(ltW (mean_slope_gt0 _)) //; case/andP: (ed_rate run k).
- by rewrite (ed_step run k) (C4_gd_form x y (rate k) (s k) (W k) (slope_sum_gt0 (W k))).
Qed.

Variable ln : R -> R.
Hypotheses (LN : logarithm ln) (ln_ex : forall q, ln (ex q) = q).

Let lnV q : 0 < q -> ln q^-1 = - ln q.
Proof.
case: LN => _ div q0; have l1 : ln 1 = 0 by rewrite -(divff (lt0r_neq0 q0)) div // subrr.
by rewrite -[q^-1]mul1r div ?ltr01 // l1 sub0r.
Qed.

(** log N - ent p is at most N sum p^2 - 1. *)
Lemma entropy_square k (ps : 'I_N -> R) : (forall n, 0 <= ps n) -> \sum_n ps n = 1 ->
  \sum_n (weight k n - ps n) * (y n * f gamma (W k) (x n)) <= N%:R * (\sum_n ps n ^+ 2) - 1.
Proof.
case: (LN) => le div ps0 ps1; have G0 := slope_sum_gt0 (W k).
have := @C4_entropy _ ln le div _ (weight k) ps (fun n => y n * f gamma (W k) (x n)) (ln (\sum_i loss_slope (W k) i)) N_gt0.
move/(_ _ _ ps0 ps1 _) => h; apply: le_trans (h _ _ _) _ => [n|||].
- by rewrite divr_gt0 ?loss_slope_gt0.
- by rewrite -mulr_suml mulfV // gt_eqF.
- by move=> n; rewrite /weight div ?loss_slope_gt0 // /loss_slope ln_ex.
rewrite /ent opprK.
have -> : N%:R * (\sum_n ps n ^+ 2) - 1 = \sum_n ps n * (N%:R * ps n - 1).
  by rewrite -[X in _ - X = _]ps1 mulr_sumr -sumrB; apply: eq_bigr => n _; ring.
have -> : ln N%:R + \sum_n (if ps n == 0 then 0 else ps n * ln (ps n)) =
    \sum_n (ps n * ln N%:R + (if ps n == 0 then 0 else ps n * ln (ps n))).
  by rewrite big_split /= -mulr_suml ps1 mul1r.
apply: ler_sum => n _; case: eqP => [->|/eqP nz]; first by rewrite !mul0r addr0.
have pp : 0 < ps n by rewrite lt_neqAle eq_sym nz ps0.
have lnm : ln (N%:R * ps n) = ln N%:R + ln (ps n).
  by have := div _ _ NR (_ : 0 < (ps n)^-1); rewrite invrK lnV // opprK; apply; rewrite invr_gt0.
rewrite -mulrDr -lnm ler_wpmul2l //; apply: le; exact: mulr_gt0.
Qed.

End Run.
End Descent.

(** * The certificate's numbers *)

Section Numbers.
Variables (R : rcfType) (d N p : nat) (x K : 'I_N -> 'rV[R]_d) (y A : 'I_N -> R).
Variables (V Om : 'I_(p + p) -> 'rV[R]_d) (S : 'I_(p + p) -> 'I_N -> R).
Variables (gamma g T D den r Q L kx lr : R).

Local Notation m := ((p + p)%:R : R).
Definition side (j : 'I_(p + p)) : R := if (j < p)%N then 1 else -1.
Definition tot : R := \sum_n A n.
Definition cert_gap : R := \sum_j dot (Om j) (Om j) - tot * (m * (den * (T * T * (D * D)))).
Definition delta : R := \sum_j dot (Q *: V j - (side j * r) *: Om j) (Q *: V j - (side j * r) *: Om j).
Definition cert_energy : R :=
  2%:R * ((N%:R * (\sum_n A n ^+ 2) - tot ^+ 2) * D ^+ 2) + tot * (kx * tot - den * D ^+ 2) * lr.
Definition side_pre j n : R := y n * dot (Om j) (K n).
Definition lasts_at (k o : R) : Prop :=
  [/\ k * delta < r * r * o, cert_gap * k <= o &
      cert_energy * (k * Q) * (m * (T * D)) <= 2%:R * (tot * (r * L) * (o - cert_gap * k))].

Hypotheses (x_K : forall n, x n = D^-1 *: K n) (gamma_gT : gamma = g / T) (y_pm1 : labels y).
Hypotheses (g_gt0 : 0 < g) (g_leT : g <= T) (D_gt0 : 0 < D) (den_gt0 : 0 < den) (Q_gt0 : 0 < Q).
Hypotheses (p_gt0 : (0 < p)%N) (r_ge0 : 0 <= r) (L_ge0 : 0 <= L) (L_root : L <= sqrtm R p * D) (lr_ge0 : 0 <= lr).
Hypotheses (A_ge0 : forall n, 0 <= A n) (tot_gt0 : 0 < tot) (S_bnd : forall j n, g <= S j n <= T).
Hypothesis OmE : forall j, Om j = \sum_n (y n * (A n * S j n)) *: K n.
Hypotheses (kx_ge : forall n, dot (K n) (K n) <= kx) (nu_le : den * (D * D) <= kx * tot).
Hypothesis margin : forall n, m * (T * T * (den * (D * D))) <=
  \sum_j (if own_pair y j n then S j n * side_pre j n else - (T * phi gamma (- side_pre j n))).
Hypothesis own_right : forall j n, own_pair y j n ->
  (0 < side_pre j n /\ S j n = T) \/ (side_pre j n < 0 /\ S j n = g).
Hypothesis lasts_own : forall j n, own_pair y j n -> lasts_at (dot (K n) (K n)) (side_pre j n ^+ 2).
Hypothesis lasts_all : forall n, lasts_at (dot (K n) (K n)) (m * (den * den * (T * T * (D * D * (D * D))))).

Local Notation lam := (fun n => A n / den).
Local Notation sl := (fun j n => S j n / T).
Local Notation u := (T * den * D).
Definition Wh : 'M[R]_(p + p, d) := \matrix_j ((u^-1 * a j) *: Om j).
Local Notation nu := (den / tot).
Local Notation R2 := (kx / D ^+ 2).
Local Notation E0 := (N%:R * (\sum_n (nu * (A n / den)) ^+ 2) - 1).
Local Notation r0 := (den * T * r * sqrtm R p / Q).
Local Notation D0 := (delta / (Q ^+ 2 * D ^+ 2)).
Local Notation c := (m * (den * den * (T * T * (D * D * (D * D))))).

Let T_gt0 : 0 < T. Proof. exact: lt_le_trans g_gt0 g_leT. Qed.
Let gamma_gt0 : 0 < gamma. Proof. by rewrite gamma_gT divr_gt0. Qed.
Let gamma_le1 : gamma <= 1. Proof. by rewrite gamma_gT ler_pdivr_mulr // mul1r. Qed.
Let u_gt0 : 0 < u. Proof. by rewrite !mulr_gt0. Qed.
Let m0 : 0 < m. Proof. exact: m_gt0. Qed.
Let s0 : 0 < sqrtm R p. Proof. exact: sqrtm_gt0. Qed.
Let c_gt0 : 0 < c. Proof. by rewrite !mulr_gt0. Qed.

Let aE j : a j = side j * (sqrtm R p)^-1 :> R.
Proof. by rewrite /a /side; case: ifP; rewrite ?mul1r ?mulN1r. Qed.
Let side2 j : side j * side j = 1.
Proof. by rewrite /side; case: ifP; rewrite ?mulr1 // mulrNN mulr1. Qed.

Lemma pre_Wh j n : dot (row j Wh) (x n) = (u * D)^-1 * a j * dot (Om j) (K n).
Proof. by rewrite rowK dotZl x_K dotZr; field; rewrite !gt_eqF. Qed.

Let ysq n : y n * y n = 1. Proof. exact: y_sqr. Qed.

Lemma pre_sqr_Wh j n : dot (row j Wh) (x n) ^+ 2 = side_pre j n ^+ 2 / c.
Proof.
have -> : side_pre j n ^+ 2 = (y n * y n) * dot (Om j) (K n) ^+ 2 by rewrite /side_pre; ring.
rewrite pre_Wh ysq mul1r !exprMn [a j ^+ 2]expr2 a_sqr; move: m m0 => M M0; by field; rewrite !gt_eqF.
Qed.

Lemma own_side j n : own_pair y j n -> side j = y n.
Proof. by rewrite /own_pair /side; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1; case: ifP. Qed.

Lemma other_side j n : ~~ own_pair y j n -> side j = - y n.
Proof. by rewrite /own_pair /side; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1 ?opprK; case: ifP. Qed.

(** Row j at its own samples and at the others, by the number the certificate has. *)
Lemma pre_own j n : own_pair y j n -> dot (row j Wh) (x n) = ((u * D)^-1 * (sqrtm R p)^-1) * side_pre j n.
Proof. by move=> o; rewrite pre_Wh aE (own_side o) /side_pre; ring. Qed.

Lemma pre_other j n : ~~ own_pair y j n -> dot (row j Wh) (x n) = ((u * D)^-1 * (sqrtm R p)^-1) * - side_pre j n.
Proof. by move=> o; rewrite pre_Wh aE (other_side o) /side_pre; ring. Qed.

Let w_gt0 : 0 < (u * D)^-1 * (sqrtm R p)^-1.
Proof. by rewrite !mulr_gt0 ?invr_gt0 // mulr_gt0. Qed.

Lemma Wh_right : pattern_right gamma x y predT sl Wh.
Proof.
move=> j n _ o; rewrite (pre_own o); have [[pos ->]|[neg ->]] := own_right o.
  rewrite divff ?gt_eqF //; split=> //; rewrite ?gamma_le1 ?lexx //.
  by rewrite pmulr_rlt0 // ltNge (ltW pos).
rewrite -gamma_gT; split=> //; rewrite ?gamma_le1 ?lexx //.
by rewrite pmulr_rgt0 // ltNge (ltW neg).
Qed.

Lemma sl_bounds j n : gamma <= S j n / T <= 1.
Proof. by have /andP[h1 h2] := S_bnd j n; rewrite gamma_gT ler_pmul2r ?invr_gt0 // h1 ler_pdivr_mulr // mul1r. Qed.

Lemma Wh_feasible n : 1 <= qpat gamma x y sl Wh n.
Proof.
have cc : 0 < m * (T * T * (den * (D * D))) by rewrite !mulr_gt0.
have -> : qpat gamma x y sl Wh n = (\sum_j (if own_pair y j n then S j n * side_pre j n
    else - (T * phi gamma (- side_pre j n)))) / (m * (T * T * (den * (D * D)))).
  have ss := sqrtm_sqr R p; rewrite expr2 in ss.
  rewrite /qpat mulr_suml; apply: eq_bigr => j _; case: ifP => o.
    by rewrite (pre_own o) -ss; field; rewrite !gt_eqF.
  rewrite (pre_other (negbT o)) phi_homogeneous ?(ltW w_gt0) // -ss; by field; rewrite !gt_eqF.
by rewrite ler_pdivl_mulr // mul1r.
Qed.

Lemma Wh_proposal : proposal gamma x y sl Wh lam sl.
Proof.
split=> [//|j n _ _|n|n|j]; first exact: sl_bounds.
- exact: Wh_feasible.
- by rewrite divr_ge0 // ltW.
rewrite rowK OmE scaler_sumr; apply: eq_bigr => n _; rewrite x_K !scalerA; congr (_ *: _).
by field; rewrite !gt_eqF.
Qed.

Lemma Wh_gap : wgap Wh lam = cert_gap / (m * (den * den * (T * T * (D * D)))).
Proof.
rewrite /wgap /cert_gap /frob2 -mulr_suml -/tot.
have -> : \sum_j dot (row j Wh) (row j Wh) = (\sum_j dot (Om j) (Om j)) / (m * u ^+ 2).
  rewrite mulr_suml; apply: eq_bigr => j _; rewrite rowK dotZl dotZr.
  have aa := a_sqr R j; have -> : u^-1 * a j * (u^-1 * a j * dot (Om j) (Om j)) = (a j * a j) * (u^-1 ^+ 2 * dot (Om j) (Om j)) by ring.
  by rewrite aa; move: m m0 => M M0; field; rewrite !gt_eqF.
by move: (\sum_j _) m m0 => F M M0; field; rewrite !gt_eqF.
Qed.

Definition start : 'M[R]_(p + p, d) := \matrix_j (D^-1 *: V j).

Lemma start_near : frob2 (start - r0 *: Wh) = D0.
Proof.
rewrite /frob2 /delta mulr_suml; apply: eq_bigr => j _.
have -> : row j (start - r0 *: Wh) = (Q * D)^-1 *: (Q *: V j - (side j * r) *: Om j).
  rewrite linearB linearZ /= !rowK scalerBr !scalerA; congr (_ *: _ - _ *: _); first by field; rewrite !gt_eqF.
  by rewrite aE; field; rewrite !gt_eqF.
by rewrite dotZl dotZr; field; rewrite !gt_eqF.
Qed.

Let nu_gt0 : 0 < nu. Proof. exact: divr_gt0. Qed.
Let nu_sum : nu * (\sum_n A n / den) = 1.
Proof. by rewrite -mulr_suml -/tot; field; rewrite !gt_eqF. Qed.
Let r0_ge0 : 0 <= r0. Proof. by rewrite divr_ge0 ?(ltW Q_gt0) // !mulr_ge0 // ltW. Qed.
Let R2_ge n : norm (x n) ^+ 2 <= R2.
Proof.
rewrite norm_sqr x_K dotZl dotZr (_ : D^-1 * _ = dot (K n) (K n) / D ^+ 2); last by field; rewrite !gt_eqF.
by rewrite ler_pmul2r ?invr_gt0 ?exprn_gt0.
Qed.
Let nu_R2 : nu <= R2.
Proof. by rewrite ler_pdivr_mulr // mulrAC ler_pdivl_mulr ?exprn_gt0 // expr2. Qed.

Lemma energyE : E_1 nu R2 E0 lr = cert_energy / (2%:R * D ^+ 2 * tot ^+ 2).
Proof.
rewrite /E_1 /cert_energy.
have -> : \sum_n (nu * (A n / den)) ^+ 2 = (\sum_n A n ^+ 2) / tot ^+ 2.
  by rewrite mulr_suml; apply: eq_bigr => n _; field; rewrite !gt_eqF.
by move: (\sum_n _) => B; field; rewrite !gt_eqF.
Qed.

Lemma lasts_lasting k o : lasts_at k o -> lasting Wh lam nu r0 D0 (E_1 nu R2 E0 lr) (k / D ^+ 2) (o / c).
Proof.
case=> h0 h2 h1; have D2 : 0 < D ^+ 2 by rewrite exprn_gt0.
have gapE : forall h, wgap Wh lam * (k / D ^+ 2) = h -> h = cert_gap * k / c.
  by move=> h <-; rewrite Wh_gap; move: m m0 => M M0; field; rewrite !gt_eqF.
have gk := gapE _ erefl; apply: C4_room => //.
- have -> : k / D ^+ 2 * D0 = k * delta / (Q ^+ 2 * D ^+ 4) by field; rewrite !gt_eqF.
  have -> : r0 ^+ 2 * (o / c) = r * r * o / (Q ^+ 2 * D ^+ 4).
    rewrite !exprMn exprVn sqrtm_sqr; move: m m0 => M M0; by field; rewrite !gt_eqF.
  by rewrite ltr_pmul2r // invr_gt0 mulr_gt0 // exprn_gt0.
- have -> : (E_1 nu R2 E0 lr + nu * wgap Wh lam * r0) * (k / D ^+ 2) =
      E_1 nu R2 E0 lr * (k / D ^+ 2) + r0 * nu * (wgap Wh lam * (k / D ^+ 2)) by ring.
  rewrite gk energyE.
  pose e := cert_energy * (k * Q) * (m * (T * D)); pose b := tot * (r * L) * (o - cert_gap * k).
  have ss := sqrtm_sqr R p; apply: (@le_cert _ ((2%:R * b - e + 2%:R * tot * r * (sqrtm R p * D - L) * (o - cert_gap * k))
    / (2%:R * tot ^+ 2 * D ^+ 5 * Q * m * T))).
    rewrite divr_ge0 //; last by rewrite !mulr_ge0 ?exprn_ge0 ?ler0n ?(ltW tot_gt0) ?(ltW D_gt0) ?(ltW Q_gt0) ?(ltW T_gt0).
    by rewrite addr_ge0 ?subr_ge0 // !mulr_ge0 ?ler0n ?subr_ge0 ?(ltW tot_gt0).
  rewrite /e /b; move: (sqrtm R p) s0 m m0 => q q0 M M0; by field; rewrite !gt_eqF.
- by rewrite gk ler_pmul2r ?invr_gt0.
Qed.

Let norm_x n : norm (x n) ^+ 2 = dot (K n) (K n) / D ^+ 2.
Proof. by rewrite norm_sqr x_K dotZl dotZr; field; rewrite !gt_eqF. Qed.

Local Notation E1 := (E_1 nu R2 E0 lr).

Lemma last_signs : lasting_signs x y Wh lam nu r0 D0 E1.
Proof. move=> j n o; rewrite norm_x pre_sqr_Wh; refine (lasts_lasting (lasts_own o)). Qed.

Lemma last_margins : lasting_margins x Wh lam nu r0 D0 E1.
Proof. by move=> n; have := lasts_lasting (lasts_all n); rewrite divff ?gt_eqF // -norm_x. Qed.

Let N_gt0 : (0 < N)%N.
Proof. by case: (posnP N) => // N0; move: tot_gt0; rewrite /tot big1 ?ltxx // => n _; have := ltn_ord n; rewrite [X in (_ < X)%N]N0. Qed.

Section Run.
Variables (ex ln : R -> R).
Hypotheses (EX : exponential ex) (LN : logarithm ln) (ln_ex : forall q, ln (ex q) = q).
Variables (W : nat -> 'M[R]_(p + p, d)) (s : nat -> 'I_(p + p) -> 'I_N -> R) (rate : nat -> R).
Hypotheses (W0 : W 0%N = start) (run : exp_descent ex gamma x y lr W s rate).

Local Notation eta := (fun k => rate k * mean_slope ex gamma x y (W k)).
Local Notation pr := (weight ex gamma x y W).
Local Notation close := (near Wh lam nu R2 E0 W eta lr r0 D0).
Local Notation q k n := (y n * f gamma (W k) (x n)).

Let Run := exp_descent_descent EX N_gt0 run.

Let t_ge0 k : 0 <= elapsed eta k.
Proof. exact: elapsed_ge0 Run k. Qed.

Lemma close_own k : close k -> own_slopes y sl (s k).
Proof.
move=> nr; have rk : 0 <= r0 + nu * elapsed eta k by rewrite addr_ge0 // mulr_ge0 // ltW.
exact: (room_own Wh_right (V := W k) rk nr (lasting_signs_room last_signs (t_ge0 k)) (ed_slopes run k)).
Qed.

Lemma close_margin k n : close k -> 0 <= q k n.
Proof.
move=> nr; exact: (C4_margin_ge0 gamma_gt0 gamma_le1 p_gt0 y_pm1 Wh_proposal nu_gt0 n r0_ge0 last_margins
  (t_ge0 k) (descent_slopes Run k) (close_own nr) nr).
Qed.

Lemma close_eta k : close k -> eta k <= lr.
Proof.
move=> nr; have /andP[r1 r2] := ed_rate run k; apply: le_trans r2; rewrite ler_pimulr //.
by apply: mean_slope_le1 => // n; apply: close_margin.
Qed.

Let ps_ge0 n : 0 <= nu * (A n / den). Proof. by rewrite mulr_ge0 ?divr_ge0 ?(ltW nu_gt0) // ltW. Qed.

Lemma close_entropy k : close k -> \sum_n (pr k n - nu * (A n / den)) * q k n <= E0.
Proof.
move=> _; have := entropy_square gamma x y EX N_gt0 W LN ln_ex k ps_ge0.
by rewrite -mulr_sumr nu_sum => /(_ erefl).
Qed.

Let start_close : frob2 (W 0%N - r0 *: Wh) <= D0.
Proof. by rewrite W0 start_near. Qed.

Lemma run_close k : close k /\ forall j n, own_pair y j n -> Num.sg (dot (row j (W k)) (x n)) = Num.sg (dot (row j Wh) (x n)).
Proof.
exact: (C4_signs gamma_gt0 gamma_le1 p_gt0 y_pm1 Wh_proposal nu_gt0 nu_sum R2_ge Wh_right Run r0_ge0 nu_R2 start_close
  close_eta close_entropy last_signs k).
Qed.

Variables (Wo : 'M[R]_(p + p, d)) (lo : 'I_N -> R) (so : 'I_(p + p) -> 'I_N -> R).
Hypotheses (Ko : pattern_kkt gamma x y sl Wo lo so) (lo_sum : 0 < \sum_n lo n).

Let nuo : (\sum_n lo n)^-1 * (\sum_n lo n) = 1. Proof. by rewrite mulVf // gt_eqF. Qed.

Lemma run_ray k : frob2 (W k - (elapsed eta k / \sum_n lo n) *: Wo)
  <= frob2 start + (2%:R * N%:R + R2 * lr) * elapsed eta k.
Proof.
have nu0 : 0 < (\sum_n lo n)^-1 by rewrite invr_gt0.
pose po n := (\sum_n lo n)^-1 * lo n; have po0 n : 0 <= po n by rewrite mulr_ge0 ?(ltW nu0) // (pk_dual Ko).
have po1 : \sum_n po n = 1 by rewrite -mulr_sumr nuo.
have ent i : close i -> \sum_n (pr i n - po n) * q i n <= N%:R.
  move=> _; apply: le_trans (entropy_square gamma x y EX N_gt0 W LN ln_ex i po0 po1) _.
  have sq : \sum_n po n ^+ 2 <= 1.
    rewrite -[X in _ <= X]po1; apply: ler_sum => n _; rewrite expr2 ler_pimull //.
    by rewrite -po1 (bigD1 n) //= ler_addl; apply: sumr_ge0.
  move: (\sum_n po n ^+ 2) sq => z sq; apply: (@le_cert _ (N%:R * (1 - z) + 1)); last by ring.
  by apply: addr_ge0; rewrite ?ler01 // mulr_ge0 ?ler0n ?subr_ge0.
have st : frob2 (W 0%N - 0 *: Wo) <= frob2 start by rewrite scale0r subr0 W0.
have [_ /(_ k)[_ h]] := C4_proposal gamma_gt0 gamma_le1 p_gt0 y_pm1 Wh_proposal Ko nu_gt0 nu_sum nu_R2 nu0 nuo R2_ge
  sl_bounds Wh_right Run r0_ge0 start_close (lexx 0) st close_eta close_entropy ent last_signs.
rewrite add0r mulrC in h; apply: le_trans h _; rewrite ler_add2l ler_wpmul2r //.
rewrite /E_1 mulrDr ler_add2l [2%:R * _]mulrC divfK ?pnatr_eq0 //.
by rewrite ler_wpmul2r // ler_subl_addr ler_addl ltW.
Qed.

End Run.

(** C4 of the numbers: there is a KKT point to whose direction every run from
    the first weights goes, whatever rates in [0, lr] and slopes at kinks.   *)
Theorem certificate_C4 : exists Wo lo c, [/\ kkt gamma x y Wo lo, 0 < \sum_n lo n &
  forall ex ln, exponential ex -> logarithm ln -> (forall q, ln (ex q) = q) ->
  forall W s rate, W 0%N = start -> exp_descent ex gamma x y lr W s rate -> forall k,
    [/\ forall n, 0 <= y n * f gamma (W k) (x n),
        forall j n, own_pair y j n -> Num.sg (dot (row j (W k)) (x n)) = Num.sg (dot (row j (W 0%N)) (x n)) &
        frob2 (W k - (time ex gamma x y W rate k / \sum_n lo n) *: Wo)
          <= frob2 start + c * time ex gamma x y W rate k]].
Proof.
have [Wo [lo [so Ko]]] := C3_exists gamma_le1 p_gt0 y_pm1 (fun n => lt_le_trans ltr01 (Wh_feasible n)).
have [_ kk] := C3_gap_kkt gamma_le1 p_gt0 y_pm1 Wh_proposal Ko sl_bounds Wh_right
  (fun j n o => lasting_gap (last_signs o)).
have lo0 : 0 < \sum_n lo n.
  have [s1 k1] := kk; have [n ln0] := kkt_some_multiplier gamma_le1 (Ordinal N_gt0) k1.
  by rewrite (bigD1 n) //=; apply: ltr_spaddl => //; apply: sumr_ge0 => i _; apply: (kkt_dual k1).
exists Wo, lo, (2%:R * N%:R + R2 * lr); split=> // ex ln EX LN le W s rate W0 run k.
have [nr sg] := run_close EX LN le W0 run k; have [_ sg0] := run_close EX LN le W0 run 0%N.
split=> [n|j n o|]; [refine (close_margin EX run n nr) | by rewrite sg // sg0 | refine (run_ray EX LN le W0 run Ko lo0 k)].
Qed.

End Numbers.
