(******************************************************************************)
(* T5.v : the split of a network at any time of training, at any slope, on    *)
(* any data.                                                                  *)
(*                                                                            *)
(*   split x t W0 W b = every row is w_j(0) + a_j sum_n b_jn t_n x_n, b >= 0  *)
(*   fsum q           = sum_j a_j phi(a_j q_j): the network whose neurons     *)
(*                      have <w_j, z> = a_j q_j                               *)
(*   Ipart, Dpart, Ppart = the parts of q_j: initialisation, bases and        *)
(*                      perturbations, for x_n = base_n + eta_n               *)
(*   Ppos P, Pneg P   = the sums of the P_j of either sign, both >= 0         *)
(*                                                                            *)
(* Gradient descent, sgd and momentum keep the split; KKT points have it with *)
(* w_j(0) = 0.  f_rest = fsum (I + D), E = f - f_rest.                        *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt K1 T1 T2 Perturb Adversarial.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** * Training keeps the split *)

Section Training.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (t : 'I_N -> R).
Hypothesis gamma_gt0 : 0 < gamma.
Implicit Types (W : 'M[R]_(p + p, d)) (b : 'I_(p + p) -> 'I_N -> R).

Record split W0 W b : Prop := {
  split_ge0 : forall j n, 0 <= b j n;
  split_rows : forall j, row j W = row j W0 + a j *: \sum_n (b j n * t n) *: x n
}.

Lemma row_grads (g : 'I_N -> R) (s : 'I_(p + p) -> 'I_N -> R) j :
  row j (\sum_n (g n * t n) *: grad x s n) = a j *: \sum_n (g n * s j n * t n) *: x n.
Proof.
rewrite linear_sum scaler_sumr; apply: eq_bigr => n _.
by rewrite linearZ /= rowK !scalerA; congr (_ *: _); ring.
Qed.

(** One step along sum_n g_n t_n grad f(x_n), g >= 0, at any slopes: gradient
    descent on a decreasing loss, full batch or not (g_n = 0 off the batch). *)
Theorem T5_step W0 W b (g : 'I_N -> R) s (lr : R) : split W0 W b -> 0 <= lr ->
  (forall n, 0 <= g n) -> slopes gamma x W s ->
  split W0 (W + lr *: \sum_n (g n * t n) *: grad x s n) (fun j n => b j n + lr * (g n * s j n)).
Proof.
move=> [b0 rows] lr0 g0 hs; split=> j; first move=> n.
  have /andP[s1 _] := slope_bounds j n hs.
  by rewrite addr_ge0 // !mulr_ge0 // (le_trans _ s1) // ltW.
rewrite linearD linearZ /= row_grads rows -addrA scalerA mulrC -scalerA -scalerDr.
congr (_ + _ *: _); rewrite scaler_sumr -big_split; apply: eq_bigr => n _ /=.
by rewrite scalerA -scalerDl; congr (_ *: _); ring.
Qed.

(** sgd with momentum: buf <- mom buf + gradient, W <- W + lr buf.  mom = 0 is
    gradient descent.                                                        *)
Theorem T5_momentum (W buf : nat -> 'M[R]_(p + p, d)) (mom lr : nat -> R)
    (g : nat -> 'I_N -> R) (s : nat -> 'I_(p + p) -> 'I_N -> R) :
  (forall k, 0 <= mom k) -> (forall k, 0 <= lr k) -> (forall k n, 0 <= g k n) ->
  (forall k, slopes gamma x (W k) (s k)) -> buf 0%N = 0 ->
  (forall k, buf k.+1 = mom k *: buf k + \sum_n (g k n * t n) *: grad x (s k) n) ->
  (forall k, W k.+1 = W k + lr k *: buf k.+1) ->
  forall k, exists b, split (W 0%N) (W k) b.
Proof.
move=> mom0 lr0 g0 hs buf0 bufS WS k.
suff [b [c [Sb [c0 hc]]]] : exists b c, split (W 0%N) (W k) b /\
    ((forall j n, 0 <= c j n) /\ forall j, row j (buf k) = a j *: \sum_n (c j n * t n) *: x n) by exists b.
elim: k => [|k [b [c [[b0 rows] [c0 hc]]]]].
  have zero (j : 'I_(p + p)) : a j *: (\sum_n ((0 : R) * t n) *: x n) = 0 :> 'rV[R]_d.
    by rewrite big1 ?scaler0 // => n _; rewrite mul0r scale0r.
  exists (fun _ _ => 0), (fun _ _ => 0); split; first by split=> // j; rewrite zero addr0.
  by split=> // j; rewrite buf0 linear0 zero.
pose c' j n := mom k * c j n + g k n * s k j n.
have hc' j : row j (buf k.+1) = a j *: \sum_n (c' j n * t n) *: x n.
  rewrite bufS linearD linearZ /= row_grads hc scalerA mulrC -scalerA -scalerDr.
  congr (_ *: _); rewrite scaler_sumr -big_split; apply: eq_bigr => n _ /=.
  by rewrite scalerA -scalerDl /c'; congr (_ *: _); ring.
have c'0 j n : 0 <= c' j n.
  have /andP[s1 _] := slope_bounds j n (hs k).
  by rewrite addr_ge0 // !mulr_ge0 // (le_trans _ s1) // ltW.
exists (fun j n => b j n + lr k * c' j n), c'; split=> //; split=> j; first move=> n.
  by rewrite addr_ge0 // mulr_ge0.
rewrite WS linearD linearZ /= hc' rows -addrA scalerA mulrC -scalerA -scalerDr.
congr (_ + _ *: _); rewrite scaler_sumr -big_split; apply: eq_bigr => n _ /=.
by rewrite scalerA -scalerDl; congr (_ *: _); ring.
Qed.

(** A KKT point has the split with w_j(0) = 0 and b = lambda s. *)
Theorem T5_kkt W lam s : kkt_with gamma x t W lam s -> split 0 W (fun j n => lam n * s j n).
Proof.
move=> K; split=> j; first move=> n.
  have /andP[s1 _] := slope_bounds j n (kkt_slopes K).
  by rewrite mulr_ge0 ?(kkt_dual K) // (le_trans _ s1) // ltW.
rewrite {1}(kkt_stationary K j) linear0 add0r scaler_sumr; apply: eq_bigr => n _.
by rewrite scalerA; congr (_ *: _); ring.
Qed.

End Training.

(** * The network as a function of its neurons' values *)

Section Values.
Variables (R : rcfType) (gamma : R) (p : nat).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Implicit Types q P : 'I_(p + p) -> R.

Definition fsum q : R := \sum_j a j * phi gamma (a j * q j).
Definition Ppos P : R := \sum_j Num.max 0 (P j).
Definition Pneg P : R := \sum_j Num.max 0 (- P j).

Local Notation m := ((p + p)%:R : R).
Let m0 : 0 < m^-1.
Proof. by rewrite invr_gt0 m_gt0. Qed.

Lemma phi_step u v : 0 <= v -> gamma * v <= phi gamma (u + v) - phi gamma u <= v.
Proof.
move=> v0; have g1 : 0 <= 1 - gamma by rewrite subr_ge0.
have [u0|u0] := lerP 0 u.
  rewrite !phi_pos ?addr_ge0 // addrC addKr lexx andbT.
  by rewrite ler_pimull.
rewrite [phi gamma u]phi_neg ?(ltW u0) //; have [w0|w0] := lerP 0 (u + v).
  rewrite phi_pos //; apply/andP; split.
    by apply: (@le_cert _ ((1 - gamma) * (u + v))); [rewrite mulr_ge0 | ring].
  by apply: (@le_cert _ ((1 - gamma) * - u)); [rewrite mulr_ge0 // oppr_ge0 ltW | ring].
rewrite phi_neg ?(ltW w0) // -mulrBr addrC addKr lexx /=.
by rewrite ler_pimull.
Qed.

(** Adding P >= 0 to a neuron's value adds between gamma P/m and P/m. *)
Lemma neuron_step (j : 'I_(p + p)) (r P : R) : 0 <= P ->
  gamma * (P / m) <= a j * phi gamma (a j * (r + P)) - a j * phi gamma (a j * r) <= P / m.
Proof.
move=> P0; have aa := a_sqr R j; rewrite -mulrBr -aa [a j * (r + P)]mulrDr.
have [ap|an] := lerP 0 (a j : R).
  have /andP[h1 h2] := phi_step (a j * r) (mulr_ge0 ap P0).
  have e1 : gamma * (P * (a j * a j)) = a j * (gamma * (a j * P)) by ring.
  have e2 : P * (a j * a j) = a j * (a j * P) by ring.
  by rewrite e1 e2 !ler_wpmul2l.
have v0 : 0 <= - (a j * P) by rewrite oppr_ge0 nmulr_rle0.
have := phi_step (a j * r + a j * P) v0; rewrite addrK => /andP[h1 h2].
apply/andP; split.
- apply: (@le_cert _ (- a j * (phi gamma (a j * r) - phi gamma (a j * r + a j * P) - gamma * - (a j * P)))).
    by rewrite mulr_ge0 ?subr_ge0 // oppr_ge0 ltW.
  by ring.
- apply: (@le_cert _ (- a j * (- (a j * P) - (phi gamma (a j * r) - phi gamma (a j * r + a j * P))))).
    by rewrite mulr_ge0 ?subr_ge0 // oppr_ge0 ltW.
  by ring.
Qed.

Lemma neuron_step_any (j : 'I_(p + p)) (r P : R) :
  (gamma * Num.max 0 P - Num.max 0 (- P)) / m
    <= a j * phi gamma (a j * (r + P)) - a j * phi gamma (a j * r)
    <= (Num.max 0 P - gamma * Num.max 0 (- P)) / m.
Proof.
have [P0|P0] := lerP 0 P.
  by rewrite max_l ?oppr_le0 // mulr0 !subr0 -mulrA; apply: neuron_step.
rewrite max_r ?oppr_ge0 ?(ltW P0) // mulr0 !sub0r.
have nP : 0 <= - P by rewrite oppr_ge0 ltW.
have := neuron_step j (r + P) nP; rewrite addrK => /andP[h1 h2].
by rewrite -[X in _ <= X <= _]opprB mulNr ler_opp2 h2 mulNr -mulrA ler_opp2.
Qed.

(** The effect E of the perturbations lies within two-sided bounds. *)
Theorem T5_effect_bounds q P :
  (gamma * Ppos P - Pneg P) / m <= fsum (fun j => q j + P j) - fsum q
    <= (Ppos P - gamma * Pneg P) / m.
Proof.
rewrite /fsum /Ppos /Pneg !mulr_sumr -!sumrB !mulr_suml.
by apply/andP; split; apply: ler_sum => j _; have /andP[] := neuron_step_any j (q j) (P j).
Qed.

Lemma Ppos_Pneg P : \sum_j P j = Ppos P - Pneg P.
Proof.
rewrite -sumrB; apply: eq_bigr => j _; have [h|h] := lerP 0 (P j).
  by rewrite max_l ?oppr_le0 // subr0.
by rewrite max_r ?oppr_ge0 ?(ltW h) // sub0r opprK.
Qed.

(** If all P_j have one sign, E has the sign of their mean, and
    gamma |mean P| <= |E| <= |mean P|.                                       *)
Theorem T5_effect_one_sign q P (sigma : R) (E := fsum (fun j => q j + P j) - fsum q)
    (mean := (\sum_j P j) / m) :
  sigma = 1 \/ sigma = -1 -> (forall j, 0 <= sigma * P j) ->
  [/\ Num.sg E = Num.sg mean, gamma * `|mean| <= `|E| & `|E| <= `|mean|].
Proof.
have pos : forall F T : R, 0 <= T -> gamma * T <= F <= T ->
    [/\ Num.sg F = Num.sg T, gamma * `|T| <= `|F| & `|F| <= `|T|].
  move=> F T T0 /andP[h1 h2]; have F0 : 0 <= F by apply: le_trans h1; rewrite mulr_ge0 // ltW.
  rewrite !ger0_norm //; split=> //; have [e|nz] := eqVneq T 0.
    by move: h1 h2; rewrite e mulr0 => h1 h2; congr Num.sg; apply/eqP; rewrite eq_le h1 h2.
  have Tp : 0 < T by rewrite lt_neqAle eq_sym nz.
  by rewrite !gtr0_sg //; apply: lt_le_trans h1; rewrite mulr_gt0.
have /andP[b1 b2] := T5_effect_bounds q P; rewrite -/E in b1 b2.
have mE : mean = (Ppos P - Pneg P) / m by rewrite /mean Ppos_Pneg.
case=> -> h.
- have P0 j : 0 <= P j by have := h j; rewrite mul1r.
  have N0 : Pneg P = 0 by apply: big1 => j _; rewrite max_l // oppr_le0.
  apply: pos; first by rewrite mulr_ge0 ?(ltW m0) ?sumr_ge0.
  by rewrite N0 mulr0 !subr0 in b1 b2 mE; rewrite mE mulrA b1 b2.
- have P0 j : P j <= 0 by have := h j; rewrite mulN1r oppr_ge0.
  have N0 : Ppos P = 0 by apply: big1 => j _; rewrite max_l.
  have [||e1 e2 e3] := pos (- E) (- mean).
  + by rewrite oppr_ge0 pmulr_lle0 // -oppr_ge0 -sumrN; apply: sumr_ge0 => j _; rewrite oppr_ge0.
  + rewrite mE N0 in b1 b2 *; move: m^-1 b1 b2 => im b1 b2; apply/andP; split.
      by apply: (@le_cert _ ((0 - gamma * Pneg P) * im - E)); [rewrite subr_ge0 | ring].
    by apply: (@le_cert _ (E - (gamma * 0 - Pneg P) * im)); [rewrite subr_ge0 | ring].
  by split; move: e1 e2 e3; rewrite ?sgrN ?normrN // => /oppr_inj.
Qed.

(** Where one side's sum outweighs the other's by more than the slopes can
    make up for, the sign of E is certain too.                               *)
Theorem T5_effect_sign q P (E := fsum (fun j => q j + P j) - fsum q) :
  (Pneg P < gamma * Ppos P -> 0 < E) /\ (Ppos P < gamma * Pneg P -> E < 0).
Proof.
have /andP[b1 b2] := T5_effect_bounds q P; rewrite -/E in b1 b2; split=> h.
- by apply: lt_le_trans b1; apply: mulr_gt0; rewrite ?subr_gt0.
- by apply: le_lt_trans b2 _; rewrite pmulr_llt0 // subr_lt0.
Qed.

(** T5, the decision rule: sgn f = sgn E iff f_rest has that sign too or is
    smaller than E.                                                          *)
Theorem T5_decision (frest E : R) :
  Num.sg (frest + E) = Num.sg E <-> Num.sg frest = Num.sg E \/ `|frest| < `|E|.
Proof.
split=> [h|[h|/sg_dominated //]].
- case: (ltrgtP `|frest| `|E|) => cmp; first by right.
    by left; rewrite -h addrC sg_dominated.
  left; move/eqP: cmp; rewrite eqr_norm2 => /orP[/eqP -> //|/eqP e].
  have E0 : E = 0 by apply/eqP; rewrite -sgr_eq0 -h e addNr sgr0.
  by rewrite e E0 oppr0.
- rewrite -h; have [z|nz] := eqVneq frest 0.
    have E0 : E = 0 by apply/eqP; rewrite -sgr_eq0 -h z sgr0.
    by rewrite E0 addr0.
  case: (ltrgt0P frest) nz h => // s _; rewrite ?(gtr0_sg s) ?(ltr0_sg s) => /esym.
    by move/eqP; rewrite sgr_cp0 => E0; rewrite gtr0_sg // addr_gt0.
  by move/eqP; rewrite sgr_cp0 => E0; rewrite ltr0_sg // -oppr_gt0 opprD addr_gt0 // oppr_gt0.
Qed.

(** So with P_j of one strict sign, |f_rest| < gamma |mean P| decides. *)
Theorem T5_decided q P (sigma : R) : sigma = 1 \/ sigma = -1 -> (forall j, 0 < sigma * P j) ->
  `|fsum q| < gamma * `|(\sum_j P j) / m| -> Num.sg (fsum (fun j => q j + P j)) = sigma.
Proof.
move=> s1 hP small; have [sE lo _] := T5_effect_one_sign q s1 (fun j => ltW (hP j)).
have -> : fsum (fun j => q j + P j) = fsum q + (fsum (fun j => q j + P j) - fsum q) by rewrite addrC subrK.
rewrite sg_dominated ?sE; last exact: lt_le_trans small lo.
have ss : sigma * sigma = 1 by case: s1 => ->; rewrite ?mulr1 // mulrNN mulr1.
pose j0 : 'I_(p + p) := lshift p (Ordinal p_gt0).
have pos : 0 < sigma * ((\sum_j P j) / m).
  rewrite mulrA mulr_gt0 // mulr_sumr (bigD1 j0) //=; apply: ltr_spaddl => //.
  by apply: sumr_ge0 => j _; apply: ltW.
have -> : (\sum_j P j) / m = sigma * (sigma * ((\sum_j P j) / m)) by rewrite mulrA ss mul1r.
by rewrite sgrM (gtr0_sg pos) mulr1; case: s1 => ->; rewrite ?sgrN ?sgr1.
Qed.

(** A neuron's term has the sign of its value; if all values have one strict
    sign, the network has it.                                                *)
Theorem T5_values_sign q (sigma : R) : sigma = 1 \/ sigma = -1 ->
  (forall j, 0 < sigma * q j) -> Num.sg (fsum q) = sigma.
Proof.
have s0 := sqrtm_neq0 R p_gt0; pose j0 : 'I_(p + p) := lshift p (Ordinal p_gt0).
have term (j : 'I_(p + p)) r : Num.sg (a j * phi gamma (a j * r)) = Num.sg r.
  have an : a j != 0 :> R.
    by rewrite /a; case: ifP => _; rewrite ?oppr_eq0 invr_eq0.
  have z0 : phi gamma 0 = 0 by rewrite phi_pos.
  have := sg_phi_sub gamma_gt0 gamma_le1 (a j * r) 0; rewrite z0 !subr0 => e.
  rewrite sgrM e sgrM mulrA -sgrM -expr2 gtr0_sg ?mul1r //.
  by rewrite lt_neqAle sqr_ge0 andbT eq_sym sqrf_eq0.
case=> -> h.
- rewrite gtr0_sg // /fsum (bigD1 j0) //=; apply: ltr_spaddl.
    by rewrite -sgr_gt0 term sgr_gt0; have := h j0; rewrite mul1r.
  by apply: sumr_ge0 => j _; rewrite -sgr_ge0 term sgr_ge0 ltW //; have := h j; rewrite mul1r.
- rewrite ltr0_sg // -oppr_gt0 /fsum -sumrN (bigD1 j0) //=; apply: ltr_spaddl.
    by rewrite oppr_gt0 -sgr_lt0 term sgr_lt0; have := h j0; rewrite mulN1r oppr_gt0.
  by apply: sumr_ge0 => j _; rewrite oppr_ge0 -sgr_le0 term sgr_le0 ltW //; have := h j; rewrite mulN1r oppr_gt0.
Qed.

(** T5, pointwise: |I_j + D_j| < |P_j| for every j, all P_j of one sign. *)
Theorem T5_pointwise q P (sigma : R) : sigma = 1 \/ sigma = -1 ->
  (forall j, 0 < sigma * P j) -> (forall j, `|q j| < `|P j|) ->
  Num.sg (fsum (fun j => q j + P j)) = sigma.
Proof.
move=> s1 hP dom; apply: T5_values_sign => // j.
case: s1 (hP j) => ->; rewrite ?mul1r ?mulN1r ?oppr_gt0 => h.
  by rewrite -sgr_gt0 sg_dominated // sgr_gt0.
by rewrite -sgr_lt0 sg_dominated // sgr_lt0.
Qed.

End Values.

(** * The split at a point z *)

Section AtPoint.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (base eta : 'I_N -> 'rV[R]_d) (t : 'I_N -> R).
Variables (W0 W : 'M[R]_(p + p, d)) (b : 'I_(p + p) -> 'I_N -> R) (z : 'rV[R]_d).
Hypothesis p_gt0 : (0 < p)%N.

Definition Ipart (j : 'I_(p + p)) : R := dot (row j W0) z / a j.
Definition Dpart (j : 'I_(p + p)) : R := \sum_n b j n * t n * dot (base n) z.
Definition Ppart (j : 'I_(p + p)) : R := \sum_n b j n * t n * dot (eta n) z.

Hypothesis S : split (fun n => base n + eta n) t W0 W b.

Lemma a_neq0 (j : 'I_(p + p)) : a j != 0 :> R.
Proof. by rewrite /a; case: ifP => _; rewrite ?oppr_eq0 invr_eq0 (sqrtm_neq0 R p_gt0). Qed.

(** Each neuron splits exactly into initialisation, bases, perturbations. *)
Theorem T5_neuron j : dot (row j W) z = a j * (Ipart j + Dpart j + Ppart j).
Proof.
rewrite (split_rows S j) dotDl dotZl dot_suml /Ipart /Dpart /Ppart -addrA mulrDr -big_split.
congr (_ + a j * _); first by rewrite mulrC divfK ?a_neq0.
by apply: eq_bigr => n _; rewrite dotZl dotDl mulrDr.
Qed.

(** So the network is f_rest + E, E the effect of the perturbations. *)
Theorem T5_network : f gamma W z = fsum gamma (fun j => Ipart j + Dpart j + Ppart j).
Proof. by apply: eq_bigr => j _; rewrite T5_neuron. Qed.

End AtPoint.

(** Perturbations on one line, eta_n = eps t_n e: P_j = eps (sum_n b_jn) <e,z>,
    whose sign no training can change.                                       *)
Theorem T5_line (R : rcfType) d N p (t : 'I_N -> R) (eps : R) (e z : 'rV[R]_d)
    (b : 'I_(p + p) -> 'I_N -> R) j : labels t ->
  Ppart (fun n => (eps * t n) *: e) t b z j = eps * (\sum_n b j n) * dot e z.
Proof.
move=> tt; rewrite [eps * _]mulr_sumr mulr_suml; apply: eq_bigr => n _; rewrite dotZl.
by rewrite -[RHS]mulr1 -(y_sqr tt n); ring.
Qed.

(** * T4 for every KKT point, without multipliers *)

Section EveryKktPoint.
Variables (R : rcfType) (gamma : R) (d : nat).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1).

(** If all t_n <x_n, z> have one strict sign, every neuron of every KKT point
    decides z so, and so does the network; at any slope, on any data.        *)
Theorem T5_kkt_sign N p (x : 'I_N -> 'rV[R]_d) (t : 'I_N -> R) (W : 'M[R]_(p + p, d)) lam z (sigma : R) :
  (0 < p)%N -> (0 < N)%N -> kkt gamma x t W lam -> sigma = 1 \/ sigma = -1 ->
  (forall n, 0 < sigma * (t n * dot (x n) z)) ->
  (forall j, 0 < sigma * (dot (row j W) z / a j)) /\ Num.sg (f gamma W z) = sigma.
Proof.
move=> p0 N0 [s K] s1 h; have [n ln] := kkt_some_multiplier gamma_le1 (Ordinal N0) K.
have an (j : 'I_(p + p)) : a j != 0 :> R.
  by rewrite /a; case: ifP => _; rewrite ?oppr_eq0 invr_eq0 (sqrtm_neq0 R p0).
have val j : dot (row j W) z / a j = \sum_k lam k * s j k * (t k * dot (x k) z).
  rewrite (kkt_stationary K j) dot_suml mulr_suml; apply: eq_bigr => k _.
  by rewrite dotZl; field.
have spos j k : 0 < s j k.
  by have /andP[h1 _] := slope_bounds j k (kkt_slopes K); apply: lt_le_trans h1.
have pos j : 0 < sigma * (dot (row j W) z / a j).
  rewrite val mulr_sumr (bigD1 n) //=; apply: ltr_spaddl.
    by rewrite mulrCA; apply: mulr_gt0; [apply: mulr_gt0 | apply: h].
  by apply: sumr_ge0 => k _; rewrite mulrCA; apply: mulr_ge0; [|exact/ltW/h]; rewrite mulr_ge0 ?(kkt_dual K) ?ltW.
split=> //; rewrite -(T5_values_sign gamma_gt0 gamma_le1 p0 s1 pos); congr Num.sg.
by apply: eq_bigr => j _; rewrite [a j * (_ / _)]mulrC divfK.
Qed.

(** T4 without (H) and without multipliers: if eps |<e,z>| exceeds every
    |<b_n,z>|, every KKT point of the adversarial set decides z by <e,z>.    *)
Theorem T5_kkt_noise N p (base : 'I_N -> 'rV[R]_d) (t : 'I_N -> R) (eps : R) (e : 'rV[R]_d)
    (W : 'M[R]_(p + p, d)) lam z : (0 < p)%N -> (0 < N)%N -> labels t -> 0 <= eps ->
  kkt gamma (x_adv base t eps e) t W lam ->
  (forall n, `|dot (base n) z| < eps * `|dot e z|) -> Num.sg (f gamma W z) = Num.sg (dot e z).
Proof.
move=> p0 N0 tt eps0 K dom; have dom0 := dom (Ordinal N0).
have e0 : 0 < eps * `|dot e z| by apply: le_lt_trans dom0; apply: normr_ge0.
have ez : dot e z != 0 by apply/eqP => z0; move: e0; rewrite z0 normr0 mulr0 ltxx.
have s1 : Num.sg (dot e z) = 1 \/ Num.sg (dot e z) = -1.
  by case: (ltrgt0P (dot e z)) ez => // h _; [left; rewrite gtr0_sg | right; rewrite ltr0_sg].
have [|_ ->] := T5_kkt_sign (z := z) p0 N0 K s1; last by [].
move=> n; have -> : t n * dot (x_adv base t eps e n) z = t n * dot (base n) z + eps * dot e z.
  by rewrite dotDl dotZl mulrDr -[eps * dot e z]mul1r -(y_sqr tt n); ring.
have tn : `|t n * dot (base n) z| < eps * `|dot e z| by rewrite normrM (y_norm tt) mul1r.
rewrite mulrDr [X in _ + X]mulrCA -normrEsg -ltr_subl_addl sub0r.
have : `|Num.sg (dot e z) * (t n * dot (base n) z)| < eps * `|dot e z|.
  by rewrite normrM normr_sg ez mul1r.
by rewrite ltr_norml => /andP[h _]; rewrite ltr_oppl.
Qed.

(** So it decides like the network the perturbations came from. *)
Theorem T5_kkt_T4 N p (base : 'I_N -> 'rV[R]_d) (t : 'I_N -> R) (eps : R) (w0 : 'rV[R]_d)
    (g : 'rV[R]_d -> R) (W : 'M[R]_(p + p, d)) lam z : (0 < p)%N -> (0 < N)%N -> labels t -> 0 <= eps ->
  linear_boundary g w0 -> kkt gamma (x_adv base t eps (e_l2 w0)) t W lam ->
  (forall n, `|dot (base n) z| < eps * `|dot (e_l2 w0) z|) -> Num.sg (f gamma W z) = Num.sg (g z).
Proof.
move=> p0 N0 tt eps0 lin K dom; rewrite lin -sg_e_l2.
exact: T5_kkt_noise K dom.
Qed.

End EveryKktPoint.
