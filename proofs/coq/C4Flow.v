(******************************************************************************)
(* C4Flow.v : C4 for trajectories. Gradient flow in rescaled time is a        *)
(* continuous curve W with right derivative sum_n p_n y_n grad_n at every     *)
(* time, at some slopes (Clarke's) of that time.                              *)
(*                                                                            *)
(*   complete R    = every nonempty set of numbers with an upper bound has a  *)
(*                   least one: true of the real numbers. A premise of the    *)
(*                   theorems here, not an axiom                              *)
(*   flow W s pr   = such a curve, by epsilon and delta                       *)
(*   near t        = ||W_t - (r0 + nu t) Wd||^2 <= spread t   (C4, E = E_0)   *)
(*                                                                            *)
(* Where own pairs keep pi's signs the loss is convex, so that a solution of  *)
(* the flow in the sense of almost every time has these right derivatives.    *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt K1 Pattern C3Gap C4.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** * What does not rise stays below 0 *)

Section Below.
Variable R : rcfType.

Definition complete : Prop := forall P : R -> Prop, (exists t, P t) -> (exists b, forall t, P t -> t <= b) ->
  exists c, (forall t, P t -> t <= c) /\ forall b, (forall t, P t -> t <= b) -> c <= b.

Lemma add3_ge0 (a b c : R) : 0 <= a -> 0 <= b -> 0 <= c -> 0 <= a + b + c.
Proof. by move=> a0 b0 c0; apply: addr_ge0 => //; apply: addr_ge0. Qed.

Lemma half_gt0 (e : R) : 0 < e -> 0 < e / 2%:R < e.
Proof. by move=> e0; rewrite divr_gt0 ?ltr0n //= ltr_pdivr_mulr ?ltr0n // mulr_natr mulr2n ltr_addl. Qed.

(** By the supremum of the times before which g was never positive. *)
Lemma stays_below (g : R -> R) (T : R) : complete -> 0 <= T -> g 0 <= 0 ->
  (forall t eps, 0 < t -> t <= T -> 0 < eps ->
     exists2 del, 0 < del & forall u, 0 <= u -> u < t -> t - del < u -> g t <= g u + eps) ->
  (forall t, 0 <= t -> t < T -> g t <= 0 -> exists2 del, 0 < del & forall h, 0 < h -> h < del -> g (t + h) <= g t) ->
  g T <= 0.
Proof.
move=> sup T0 g0 left right; case: (lerP (g T) 0) => // bad.
pose P t := [/\ 0 <= t, t <= T & forall u, 0 <= u -> u <= t -> g u <= 0].
have P0 : P 0 by split=> // u u0 u1; have -> : u = 0 by apply/eqP; rewrite eq_le u0 u1.
have [||c [ub lub]] := sup P; [by exists 0 | by exists T => t [] | ].
have c0 : 0 <= c := ub 0 P0.
have cT : c <= T by apply: lub => t [].
have below u : 0 <= u -> u < c -> g u <= 0.
  move=> u0 uc; case: (lerP (g u) 0) => // gu; suff : c <= u by rewrite leNgt uc.
  apply: lub => t [t0 tT ht]; case: (lerP t u) => // ut.
  by have := ht u u0 (ltW ut); rewrite leNgt gu.
have at_c : g c <= 0.
  move: c0; rewrite le_eqVlt => /orP[/eqP <- //|cp]; case: (lerP (g c) 0) => // gc.
  have /andP[e0 e1] := half_gt0 gc; have [del d0 hd] := left c _ cp cT e0; have /andP[h0 h1] := half_gt0 d0.
  pose u := Num.max 0 (c - del / 2%:R); have u0 : 0 <= u by rewrite /u le_maxr lexx.
  have uc : u < c by rewrite /u lt_maxl cp ltr_subl_addr ltr_addl.
  have cu : c - del < u by rewrite /u lt_maxr ler_lt_sub ?lexx ?orbT.
  have := hd u u0 uc cu; have gu := below u u0 uc; move=> h; exfalso.
  suff : g c <= g c / 2%:R by rewrite leNgt e1.
  by apply: le_trans h _; rewrite ger_addr.
have ltT : c < T by rewrite lt_neqAle cT andbT; apply/eqP => e; move: bad; rewrite -e ltNge at_c.
have [del d0 hd] := right c c0 ltT at_c; have /andP[h0 h1] := half_gt0 d0.
pose h := Num.min (del / 2%:R) (T - c); have hp : 0 < h by rewrite lt_minr h0 subr_gt0.
suff /ub : P (c + h) by rewrite leNgt ltr_addl hp.
split; first by rewrite addr_ge0 // ltW.
  by rewrite addrC -ler_subr_addr /h le_minl lexx orbT.
move=> u u0 uh; case: (ltrgtP u c) => [uc|cu|->] //; first exact: below.
rewrite -(subrK c u) addrC; apply: le_trans at_c; apply: hd; first by rewrite subr_gt0.
rewrite ltr_subl_addr addrC; apply: le_lt_trans uh _; rewrite ltr_add2l.
by apply: le_lt_trans h1; rewrite /h le_minl lexx.
Qed.

(** A positive number below finitely many. *)
Lemma below_all (I : finType) (F : I -> R) : (forall i, 0 < F i) -> exists2 e, 0 < e & forall i, e <= F i.
Proof.
by move=> F0; exists (minover 1 F); [apply: minover_gt; rewrite ?ltr01 | move=> i; apply: minover_le].
Qed.

(** Nothing positive can be added. *)
Lemma le_eps (a b T e0 : R) : 0 < e0 -> 0 <= T -> (forall e, 0 < e -> e <= e0 -> a <= b + e * T) -> a <= b.
Proof.
move=> e00 T0 h; case: (lerP a b) => // ba; have ab : 0 < a - b by rewrite subr_gt0.
have Tp : 0 < T + 1 by rewrite ltr_spaddr ?ltr01.
pose e := Num.min e0 ((a - b) / 2%:R / (T + 1)).
have [h0 h1] : 0 < (a - b) / 2%:R /\ (a - b) / 2%:R < a - b by apply/andP; apply: half_gt0.
have ep : 0 < e by rewrite lt_minr e00 divr_gt0.
have ee : e <= e0 by rewrite /e le_minl lexx.
have eT : e * T <= (a - b) / 2%:R.
  apply: le_trans (_ : (a - b) / 2%:R / (T + 1) * (T + 1) <= _); last by rewrite divfK ?gt_eqF.
  by apply: ler_pmul; rewrite ?(ltW ep) ?ler_addl ?ler01 // /e le_minl lexx orbT.
have := h e ep ee; rewrite -ler_subl_addl => h2.
by have := le_lt_trans (le_trans h2 eT) h1; rewrite ltxx.
Qed.

End Below.

(** * Squares of sums *)

Section Young.
Variables (R : rcfType) (d p : nat).
Implicit Types A B : 'M[R]_(p + p, d).

Lemma young A B k : 0 < k -> 2%:R * fdot B A <= k * frob2 A + frob2 B / k.
Proof.
move=> k0; have := frob2_ge0 (k *: A - B); rewrite frob2B frob2Z fdotZl (fdotC A).
move: (fdot B A) (frob2 A) (frob2 B) => c a b h; apply: (@le_cert _ ((k ^+ 2 * a - 2%:R * (k * c) + b) / k)).
  by rewrite divr_ge0 // ltW.
by field; rewrite gt_eqF.
Qed.

Lemma frob2D_le A B k : 0 < k -> frob2 (A + B) <= (1 + k) * frob2 A + (1 + k^-1) * frob2 B.
Proof.
move=> k0; have := young A B k0; rewrite frob2D; move: (fdot B A) (frob2 A) (frob2 B) => c a b h.
by apply: (@le_cert _ (k * a + b / k - 2%:R * c)); [rewrite subr_ge0 | ring].
Qed.

End Young.

(** * The flow *)

Section Flow.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.
Local Notation pre W j n := (dot (row j W) (x n)).
Local Notation q W n := (y n * f gamma W (x n)).

Record flow (W : R -> 'M[R]_(p + p, d)) (s : R -> 'I_(p + p) -> 'I_N -> R) (pr : R -> 'I_N -> R) : Prop := {
  flow_slopes : forall t, 0 <= t -> slopes gamma x (W t) (s t);
  flow_pr : forall t n, 0 <= t -> 0 <= pr t n;
  flow_sum : forall t, 0 <= t -> \sum_n pr t n = 1;
  flow_left : forall t eps, 0 < t -> 0 < eps -> exists2 del, 0 < del &
    forall u, 0 <= u -> u < t -> t - del < u -> frob2 (W t - W u) <= eps;
  flow_right : forall t eps, 0 <= t -> 0 < eps -> exists2 del, 0 < del &
    forall h, 0 < h -> h < del -> frob2 (W (t + h) - W t - h *: direction x y (pr t) (s t)) <= eps * h ^+ 2
}.

Section Run.
Variables (pi sd : 'I_(p + p) -> 'I_N -> R) (Wd : 'M[R]_(p + p, d)) (lam : 'I_N -> R) (nu R2 E0 : R).
Hypothesis K : proposal gamma x y pi Wd lam sd.
Hypotheses (nu_gt0 : 0 < nu) (nu_sum : nu * (\sum_n lam n) = 1).
Hypothesis R2_ge : forall n, norm (x n) ^+ 2 <= R2.
Hypothesis wd_right : pattern_right gamma x y predT pi Wd.
Variables (W : R -> 'M[R]_(p + p, d)) (s : R -> 'I_(p + p) -> 'I_N -> R) (pr : R -> 'I_N -> R) (r0 D0 : R).
Hypothesis traj : flow W s pr.
Hypotheses (r0_ge0 : 0 <= r0) (E0_ge0 : 0 <= E0) (start : frob2 (W 0 - r0 *: Wd) <= D0).

Local Notation gp := (wgap Wd lam).
Local Notation B := (spread Wd lam nu r0 D0 E0).
Local Notation dist t := (frob2 (W t - (r0 + nu * t) *: Wd)).

Definition near_at t : Prop := dist t <= B t.

Let gp_ge0 : 0 <= gp := C3_gap_ge0 gamma_le1 p_gt0 y_pm1 K.

Lemma rt_ge0 t : 0 <= t -> 0 <= r0 + nu * t.
Proof. by move=> t0; rewrite addr_ge0 // mulr_ge0 // ltW. Qed.

Lemma spread_mono u t : 0 <= u -> u <= t -> B u <= B t.
Proof.
move=> u0 ut; have tu : 0 <= t - u by rewrite subr_ge0.
apply: (@le_cert _ (2%:R * E0 * (t - u) + nu * gp * (2%:R * r0 * (t - u) + nu * (t - u) * (t + u)))); last by rewrite /spread; ring.
have t0 := le_trans u0 ut; have n0 := ltW nu_gt0; have two : 0 <= 2%:R :> R by apply: ler0n.
have t1 : 0 <= t + u by apply: addr_ge0.
apply: addr_ge0; first by rewrite !mulr_ge0.
rewrite mulr_ge0 //; first by rewrite mulr_ge0.
by rewrite addr_ge0 // mulr_ge0 // mulr_ge0.
Qed.

(** Left of t the distance is hardly less. *)
Lemma dist_left t eps : 0 < t -> 0 < eps -> exists2 del, 0 < del &
  forall u, 0 <= u -> u < t -> t - del < u -> dist t <= dist u + eps.
Proof.
move=> t0 eps0; have D0' := frob2_ge0 (W t - (r0 + nu * t) *: Wd).
set D := dist t in D0' *; have Dp : 0 < D + 1 by rewrite ltr_spaddr ?ltr01.
have /andP[e0 _] := half_gt0 eps0; pose k := eps / 2%:R / (D + 1).
have k0 : 0 < k by rewrite divr_gt0.
have [z zp zs] : exists2 z, 0 < z & z / k <= eps / 2%:R.
  by exists (eps / 2%:R * k); [rewrite mulr_gt0 | rewrite mulfK ?gt_eqF].
have z4 : 0 < z / 4%:R by rewrite divr_gt0 ?ltr0n.
have [del d0 hd] := flow_left traj t0 z4.
have c0 : 0 < nu ^+ 2 * frob2 Wd + 1 by rewrite ltr_spaddr ?ltr01 // mulr_ge0 ?sqr_ge0 ?frob2_ge0.
have m0 : 0 < Num.min 1 (z / 4%:R / (nu ^+ 2 * frob2 Wd + 1)) by rewrite lt_minr ltr01 divr_gt0.
exists (Num.min del (Num.min 1 (z / 4%:R / (nu ^+ 2 * frob2 Wd + 1)))); first by rewrite lt_minr d0.
move=> u u0 ut near; have tu : 0 < t - u by rewrite subr_gt0.
have : t - u < Num.min del (Num.min 1 (z / 4%:R / (nu ^+ 2 * frob2 Wd + 1))) by rewrite ltr_subl_addr addrC -ltr_subl_addr.
rewrite !lt_minr => /and3P[n1 n2 n3]; have := hd u u0 ut; rewrite ltr_subl_addr addrC -ltr_subl_addr => /(_ n1) hW.
pose Z := (W t - W u) + (- (nu * (t - u))) *: Wd.
have e : W u - (r0 + nu * u) *: Wd = (W t - (r0 + nu * t) *: Wd) - Z.
  by rewrite /Z; apply/matrixP => i j; rewrite !mxE; ring.
have Zs : frob2 Z <= z.
  apply: le_trans (frob2D_le _ _ ltr01) _; rewrite invr1 frob2Z sqrrN.
  have small : (nu * (t - u)) ^+ 2 * frob2 Wd <= z / 4%:R.
    have sq : (t - u) ^+ 2 <= t - u by rewrite expr2 ler_pimull // ltW.
    rewrite ltr_pdivl_mulr // in n3; apply: le_trans (ltW n3).
    apply: le_trans (_ : (t - u) * (nu ^+ 2 * frob2 Wd) <= _).
      apply: (@le_cert _ (((t - u) - (t - u) ^+ 2) * (nu ^+ 2 * frob2 Wd))); last by ring.
      by apply: mulr_ge0; rewrite ?subr_ge0 // mulr_ge0 ?sqr_ge0 ?frob2_ge0.
    by rewrite ler_wpmul2l ?(ltW tu) // ler_addl ler01.
  apply: (@le_cert _ (2%:R * (z / 4%:R - frob2 (W t - W u)) + 2%:R * (z / 4%:R - (nu * (t - u)) ^+ 2 * frob2 Wd))).
    by apply: addr_ge0; apply: mulr_ge0; rewrite ?ler0n // subr_ge0.
  by field.
have yg := young (W t - (r0 + nu * t) *: Wd) Z k0; rewrite -/D in yg.
rewrite e frob2B -/D (fdotC _ Z); have Zp := frob2_ge0 Z.
have kD : k * D <= eps / 2%:R.
  by rewrite /k mulrAC ler_pdivr_mulr // ler_wpmul2l ?(ltW e0) // ler_addl ler01.
have Zk : frob2 Z / k <= eps / 2%:R by apply: le_trans zs; rewrite ler_wpmul2r // invr_ge0 ltW.
move: (fdot Z _) (frob2 Z) yg Zp Zk => c b yg b0 bk.
apply: (@le_cert _ ((k * D + b / k - 2%:R * c) + b + (eps / 2%:R - k * D) + (eps / 2%:R - b / k))); last by field; rewrite gt_eqF.
by apply: addr_ge0; [apply: add3_ge0 |]; rewrite ?subr_ge0.
Qed.

(** Right of t it grows no faster than the bound and a little. *)
Lemma dist_right t e : 0 <= t -> 0 < e -> own_slopes y pi (s t) -> pattern_right gamma x y predT pi (W t) ->
  \sum_n (pr t n - nu * lam n) * q (W t) n <= E0 ->
  exists2 del, 0 < del & forall h, 0 < h -> h < del -> dist (t + h) <= dist t + (B (t + h) - B t) + e * h.
Proof.
move=> t0 e0 own right ent; have r0t := rt_ge0 t0.
have D0' := frob2_ge0 (W t - (r0 + nu * t) *: Wd); set D := dist t in D0' *.
pose a := 2%:R * (E0 + nu * gp * (r0 + nu * t)); pose b := `|R2 - nu| + nu ^+ 2 * gp.
have a0 : 0 <= a by rewrite mulr_ge0 ?ler0n // addr_ge0 // mulr_ge0 // mulr_ge0 // ltW.
have b0 : 0 <= b by rewrite addr_ge0 // mulr_ge0 ?sqr_ge0.
pose M := D + a + b + 1; have Mp : 0 < M by rewrite /M ltr_spaddr ?ltr01 // add3_ge0.
have e4 : 0 < e / 4%:R by rewrite divr_gt0 ?ltr0n.
pose k := e / 4%:R / M; have k0 : 0 < k by rewrite divr_gt0.
pose eps := Num.min (k * (e / 4%:R)) (e / 4%:R).
have eps0 : 0 < eps by rewrite lt_minr e4 mulr_gt0.
have [del d0 hd] := flow_right traj t0 eps0.
have c0 : 0 < `|R2 - nu| + 1 by rewrite ltr_spaddr ?ltr01.
exists (Num.min del (Num.min 1 (e / 4%:R / (`|R2 - nu| + 1)))); first by rewrite !lt_minr d0 ltr01 divr_gt0.
move=> h h0; rewrite !lt_minr => /and3P[h1 h2 h3]; have hY := hd h h0 h1.
have st := C4_step gamma_gt0 gamma_le1 p_gt0 y_pm1 K nu_gt0 nu_sum R2_ge (flow_slopes traj t0) own
  (fun n => flow_pr traj n t0) (flow_sum traj t0) r0t (ltW h0) right ent.
pose Y := W (t + h) - W t - h *: direction x y (pr t) (s t).
pose X := W t + h *: direction x y (pr t) (s t) - (r0 + nu * t + nu * h) *: Wd.
have e1 : W (t + h) - (r0 + nu * (t + h)) *: Wd = X + Y.
  by rewrite /X /Y; apply/matrixP => i j; rewrite !mxE; ring.
rewrite e1; have kh : 0 < k * h by rewrite mulr_gt0.
apply: le_trans (frob2D_le X Y kh) _; rewrite -/Y in hY; rewrite -/X -/D in st.
have hh : h ^+ 2 <= h by rewrite expr2 ler_pimull // ltW.
have hle := ler_norm (R2 - nu); have n2 : 0 <= nu ^+ 2 * gp by rewrite mulr_ge0 ?sqr_ge0.
have XM : frob2 X <= M.
  apply: le_trans st _; rewrite /M.
  apply: (@le_cert _ (1 + (1 - h) * a + (h - h ^+ 2) * b + (1 - h) * b + h ^+ 2 * (`|R2 - nu| - (R2 - nu)))); last by rewrite /a /b; ring.
  have u1 : 0 <= 1 - h by rewrite subr_ge0 ltW.
  apply: add3_ge0; first apply: add3_ge0; rewrite ?ler01 // mulr_ge0 ?sqr_ge0 // subr_ge0 //.
have eB : B (t + h) - B t = a * h + nu ^+ 2 * gp * h ^+ 2 by rewrite /spread /a; ring.
rewrite eB; have YY := frob2_ge0 Y.
have Y1 : frob2 Y <= e / 4%:R * h.
  apply: le_trans hY _; apply: le_trans (_ : e / 4%:R * h ^+ 2 <= _).
    by rewrite ler_wpmul2r ?sqr_ge0 // /eps le_minl lexx orbT.
  by rewrite ler_wpmul2l // ltW.
have Y2 : frob2 Y / (k * h) <= e / 4%:R * h.
  rewrite ler_pdivr_mulr //; apply: le_trans hY _.
  apply: le_trans (_ : k * (e / 4%:R) * h ^+ 2 <= _); first by rewrite ler_wpmul2r ?sqr_ge0 // /eps le_minl lexx.
  by apply: le_of_eq; ring.
have X1 : k * h * frob2 X <= e / 4%:R * h.
  apply: le_trans (_ : k * h * M <= _); first by rewrite ler_wpmul2l // ltW.
  by apply: le_of_eq; rewrite /k; field; rewrite gt_eqF.
have H1 : `|R2 - nu| * h ^+ 2 <= e / 4%:R * h.
  rewrite expr2 mulrA ler_wpmul2r ?(ltW h0) //; rewrite ltr_pdivl_mulr // in h3.
  by apply: le_trans (ltW h3); rewrite mulrC ler_wpmul2l ?(ltW h0) // ler_addl ler01.
move: (frob2 X) (frob2 Y) st X1 Y1 Y2 => fX fY st X1 Y1 Y2.
apply: (@le_cert _ ((D + 2%:R * h * (E0 + nu * gp * (r0 + nu * t)) + h ^+ 2 * (R2 - nu + nu ^+ 2 * gp) - fX)
  + (e / 4%:R * h - k * h * fX) + (e / 4%:R * h - fY) + (e / 4%:R * h - fY / (k * h))
  + (e / 4%:R * h - `|R2 - nu| * h ^+ 2) + h ^+ 2 * (`|R2 - nu| - (R2 - nu)))); last by rewrite /a; field; rewrite !gt_eqF.
by apply: addr_ge0; [apply: add3_ge0; [apply: add3_ge0 | |] |]; rewrite ?subr_ge0 // mulr_ge0 ?sqr_ge0 ?subr_ge0.
Qed.

(** Room is strict, so there is some to spare up to any time T. *)
Lemma spare x2 v c t e T : 0 <= x2 -> (forall t, 0 <= t -> x2 * B t + c <= (r0 + nu * t) ^+ 2 * v) ->
  0 <= t -> t <= T -> 0 < e -> 0 < c -> e <= c / (x2 * T + 1) -> x2 * (B t + e * t) < (r0 + nu * t) ^+ 2 * v.
Proof.
move=> x20 h t0 tT e0 c0; have T0 := le_trans t0 tT.
have d0 : 0 < x2 * T + 1 by rewrite ltr_spaddr ?ltr01 // mulr_ge0.
rewrite ler_pdivl_mulr // => he.
have et : e * (x2 * t) <= e * (x2 * T) by rewrite ler_wpmul2l ?(ltW e0) // ler_wpmul2l.
apply: (@lt_cert _ (((r0 + nu * t) ^+ 2 * v - (x2 * B t + c)) + (c - e * (x2 * T + 1)) + (e * (x2 * T) - e * (x2 * t)) + e)); last by ring.
by apply: ltr_spaddr => //; apply: add3_ge0; rewrite ?subr_ge0 ?h.
Qed.

Hypothesis full : complete R.

Lemma below_bound T e : 0 <= T -> 0 < e ->
  (forall t, 0 <= t -> t < T -> dist t <= B t + e * t -> [/\ own_slopes y pi (s t),
     pattern_right gamma x y predT pi (W t) & \sum_n (pr t n - nu * lam n) * q (W t) n <= E0]) ->
  dist T <= B T + e * T.
Proof.
move=> T0 e0 h; pose g t := dist t - (B t + e * t); suff : g T <= 0 by rewrite subr_le0.
apply: stays_below => //.
- by rewrite /g !(mulr0, addr0) subr_le0 /spread !(mulr0, addr0, expr0n).
- move=> t eps t0 tT eps0; have [del d0 hd] := dist_left t0 eps0; exists del => // u u0 ut near.
  have := hd u u0 ut near; have := spread_mono u0 (ltW ut).
  have : e * u <= e * t by rewrite ler_wpmul2l // ltW.
  rewrite /g; move: (dist t) (dist u) (B t) (B u) => a b bt bu h1 h2 h3.
  apply: (@le_cert _ ((e * t - e * u) + (bt - bu) + (b + eps - a))); last by ring.
  by apply: add3_ge0; rewrite ?subr_ge0.
move=> t t0 tT; rewrite subr_le0 => nr; have [ow ri ent] := h t t0 tT nr.
have [del d0 hd] := dist_right t0 e0 ow ri ent; exists del => // k k0 k1; have := hd k k0 k1.
rewrite /g; move: (dist (t + k)) (dist t) (B (t + k)) (B t) => a b bh bt hb.
apply: (@le_cert _ (b + (bh - bt) + e * k - a)); last by ring.
by rewrite subr_ge0.
Qed.

(** C4(a) for the flow: while the own signs are pi's, the distance to the ray
    of pi's point grows like the square root of the time.                    *)
Theorem C4_flow_distance T : 0 <= T ->
  (forall t, 0 <= t -> t < T -> [/\ own_slopes y pi (s t), pattern_right gamma x y predT pi (W t) &
     \sum_n (pr t n - nu * lam n) * q (W t) n <= E0]) -> near_at T.
Proof. by move=> T0 h; apply: (le_eps ltr01 T0) => e e0 _; apply: below_bound => // t t0 tT _; apply: h. Qed.

(** What is asked of the losses: the bound E_0; with logistic = true it may
    use that margins are at least 0, which lasting_margins then provides.    *)
Variable logistic : bool.
Hypothesis margins : logistic -> lasting_margins x Wd lam nu r0 D0 E0.
Hypothesis entropy : forall t, 0 <= t -> (logistic -> forall n, 0 <= q (W t) n) ->
  \sum_n (pr t n - nu * lam n) * q (W t) n <= E0.

(** C4(c) for the flow: with room that lasts the own signs stay for ever, and
    the squared distance to the ray is at most the bound.                    *)
Theorem C4_flow_signs T : lasting_signs x y Wd lam nu r0 D0 E0 -> 0 <= T ->
  near_at T /\ forall j n, own_pair y j n -> Num.sg (pre (W T) j n) = Num.sg (pre Wd j n).
Proof.
move=> l T0; suff nr : near_at T.
  by split=> // j n o; apply: (near_signs o (rt_ge0 T0) nr); apply: lasting_signs_room.
pose left_over x2 v (c : R) := forall t, 0 <= t -> x2 * B t + c <= (r0 + nu * t) ^+ 2 * v.
have ex (i : 'I_(p + p) * 'I_N) : exists2 c : R, 0 < c &
    own_pair y i.1 i.2 -> left_over (norm (x i.2) ^+ 2) (pre Wd i.1 i.2 ^+ 2) c.
  case: i => j n /=; case: (boolP (own_pair y j n)) => [o|_]; last by exists 1; rewrite ?ltr01.
  by have [[c c0 h] _] := l j n o; exists c.
have ex' n : exists2 c : R, 0 < c & logistic -> left_over (norm (x n) ^+ 2) 1 c.
  case: (boolP logistic) => [lg|_]; last by exists 1; rewrite ?ltr01.
  by have [[c c0 h] _] := margins lg n; exists c.
have [c c0 hc] := fin_all_exists2 ex; have [c' c'0 hc'] := fin_all_exists2 ex'.
have d0 n : 0 < norm (x n) ^+ 2 * T + 1 by rewrite ltr_spaddr ?ltr01 // mulr_ge0 ?sqr_ge0.
have [e1 e1p he1] := below_all (fun i => divr_gt0 (c0 i) (d0 i.2)).
have [e2 e2p he2] := below_all (fun n => divr_gt0 (c'0 n) (d0 n)).
apply: (@le_eps R _ _ T (Num.min e1 e2)) => //; first by rewrite lt_minr e1p.
move=> e e0; rewrite le_minr => /andP[ee1 ee2]; apply: below_bound => // t t0 tT nr.
have r0t := rt_ge0 t0; have rm : room x y Wd (r0 + nu * t) (B t + e * t).
  move=> j n o; apply: (spare _ (hc (j, n) o) t0 (ltW tT) e0 (c0 (j, n))); rewrite ?sqr_ge0 //.
  exact: le_trans ee1 (he1 (j, n)).
have ow := room_own wd_right r0t nr rm (flow_slopes traj t0).
split=> //; first exact: (room_right wd_right r0t nr rm).
apply: entropy => // lg n; have D_ge0 : 0 <= B t + e * t by apply: le_trans nr; apply: frob2_ge0.
apply: le_trans (C4_margin gamma_gt0 gamma_le1 p_gt0 y_pm1 K n r0t (flow_slopes traj t0) ow nr).
rewrite subr_ge0 -(@ler_pexpn2r _ 2) ?nnegrE ?mulr_ge0 ?norm_ge0 ?sqrtr_ge0 //.
rewrite exprMn [Num.sqrt (_ + _) ^+ 2]sqr_sqrtr // -[X in _ <= X]mulr1; apply: ltW.
apply: (spare _ (hc' n lg) t0 (ltW tT) e0 (c'0 n)); rewrite ?sqr_ge0 //.
exact: le_trans ee2 (he2 n).
Qed.

Lemma flow_own T : lasting_signs x y Wd lam nu r0 D0 E0 -> 0 <= T ->
  own_slopes y pi (s T) /\ pattern_right gamma x y predT pi (W T).
Proof.
move=> l T0; have [nr _] := C4_flow_signs l T0; have rm := lasting_signs_room l T0; have r0T := rt_ge0 T0.
by split; [apply: (room_own wd_right r0T nr rm (flow_slopes traj T0)) | apply: (room_right wd_right r0T nr rm)].
Qed.

(** C4(b) for the flow: every margin grows with the time ... *)
Theorem C4_flow_margins T n : lasting_signs x y Wd lam nu r0 D0 E0 -> 0 <= T ->
  r0 + nu * T - norm (x n) * Num.sqrt (B T) <= q (W T) n.
Proof.
move=> l T0; have [nr _] := C4_flow_signs l T0; have [own _] := flow_own l T0.
exact: (C4_margin gamma_gt0 gamma_le1 p_gt0 y_pm1 K n (rt_ge0 T0) (flow_slopes traj T0) own nr).
Qed.

End Run.

(** ... and the direction goes to that of the pattern's point Wo, which is a
    KKT point of (P), from any proposal Wh with room that lasts (Wo itself is
    a proposal, without a gap): at every time T
      ||W/||W|| - Wo/||Wo|| || (ro + nuo T) ||Wo|| <= 2 sqrt (Do + 2 Eo T).   *)
Theorem C4_flow_converges pi sh so (Wh Wo : 'M[R]_(p + p, d)) (lh lo : 'I_N -> R) (nuh nuo R2 Eh Eo rh Dh ro Do : R)
    (W : R -> 'M[R]_(p + p, d)) s (pr : R -> 'I_N -> R) (logistic : bool) :
  proposal gamma x y pi Wh lh sh -> pattern_kkt gamma x y pi Wo lo so -> pattern_bounded gamma pi ->
  0 < nuh -> nuh * (\sum_n lh n) = 1 -> 0 < nuo -> nuo * (\sum_n lo n) = 1 ->
  (forall n, norm (x n) ^+ 2 <= R2) -> pattern_right gamma x y predT pi Wh ->
  flow W s pr -> 0 <= rh -> 0 <= Eh -> frob2 (W 0 - rh *: Wh) <= Dh ->
  0 <= ro -> 0 <= Eo -> frob2 (W 0 - ro *: Wo) <= Do -> complete R ->
  (logistic -> lasting_margins x Wh lh nuh rh Dh Eh) ->
  (forall t, 0 <= t -> (logistic -> forall n, 0 <= q (W t) n) -> \sum_n (pr t n - nuh * lh n) * q (W t) n <= Eh) ->
  (forall t, 0 <= t -> (logistic -> forall n, 0 <= q (W t) n) -> \sum_n (pr t n - nuo * lo n) * q (W t) n <= Eo) ->
  lasting_signs x y Wh lh nuh rh Dh Eh ->
  kkt gamma x y Wo lo /\ forall T, 0 <= T ->
    [/\ pattern_right gamma x y predT pi (W T),
       frob2 (W T - (ro + nuo * T) *: Wo) <= Do + 2%:R * Eo * T &
       W T != 0 -> frob2 ((Num.sqrt (frob2 (W T)))^-1 *: W T - (Num.sqrt (frob2 Wo))^-1 *: Wo)
         * ((ro + nuo * T) ^+ 2 * frob2 Wo) <= 4%:R * (Do + 2%:R * Eo * T)].
Proof.
move=> Kh Ko bnd nh0 nh1 no0 no1 hR2 right traj rh0 Eh0 sth ro0 Eo0 sto full lm enth ento last.
have [_ kktW] := C3_gap_kkt gamma_le1 p_gt0 y_pm1 Kh Ko bnd right (fun j n o => lasting_gap (last _ _ o)).
split=> // T T0.
have stay t : 0 <= t -> own_slopes y pi (s t) /\ pattern_right gamma x y predT pi (W t).
  exact: (flow_own Kh nh0 nh1 hR2 right traj rh0 Eh0 sth full lm enth last).
have near : frob2 (W T - (ro + nuo * T) *: Wo) <= Do + 2%:R * Eo * T.
  rewrite -(spread0 gamma_le1 y_pm1 nuo Ko ro).
  apply: (C4_flow_distance (kkt_proposal Ko) no0 no1 hR2 traj ro0 Eo0 sto full T0) => t t0 tT.
  have [ow ri] := stay t t0; split=> //; apply: ento => // lg n.
  have [nr _] := C4_flow_signs Kh nh0 nh1 hR2 right traj rh0 Eh0 sth full lm enth last t0.
  exact: (C4_margin_ge0 gamma_gt0 gamma_le1 p_gt0 y_pm1 Kh nh0 n rh0 (lm lg) t0 (flow_slopes traj t0) ow nr).
split=> //; first by case: (stay T T0).
move=> nz; apply: (C4_direction gamma_le1 y_pm1 Ko no0 no1 _ nz near).
by rewrite addr_ge0 // mulr_ge0 // ltW.
Qed.

End Flow.
