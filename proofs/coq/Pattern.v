(******************************************************************************)
(* Pattern.v : KKT points with a prescribed pattern on the own pairs.         *)
(*                                                                            *)
(*   own_pair j n     = a_j y_n > 0: neuron j is of sample n's class          *)
(*   qpat pi W n      = the margin of x_n with every own pair (j, n) made     *)
(*                      linear, of slope pi_jn: a concave function of W       *)
(*   pattern_kkt pi W lam s = KKT conditions of the convex programme          *)
(*           (P_pi)  minimise 1/2 ||W||^2  subject to  qpat pi W n >= 1       *)
(*                      with slopes s: pi on own pairs, Clarke on others      *)
(*                                                                            *)
(* C3: (P_pi) has at most one solution; if its own pre-activations have the   *)
(* signs of pi on the support it is a KKT point of (P), and a strict local    *)
(* minimiser if they have them strictly; and conversely.                      *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt K1.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Slopes.
Variables (R : rcfType) (gamma : R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1).

(** phi lies above every line of slope in [gamma, 1]. *)
Lemma phi_ge_line s r : gamma <= s <= 1 -> s * r <= phi gamma r.
Proof.
case/andP=> s0 s1; case: (lerP 0 r) => r0.
  by rewrite phi_pos // ler_pimull.
by rewrite phi_neg ?(ltW r0) // ler_wnmul2r // ltW.
Qed.

Lemma clarke_on r : 0 <= r -> clarke gamma r 1.
Proof. by move=> r0; split; rewrite ?gamma_le1 ?lexx // ltNge r0. Qed.

Lemma clarke_off r : r <= 0 -> clarke gamma r gamma.
Proof. by move=> r0; split; rewrite ?gamma_le1 ?lexx // ltNge r0. Qed.

(** For gamma < 1 these are the signs: slope 1 is one at r iff r >= 0, slope
    gamma iff r <= 0.                                                        *)
Lemma clarke_signs r : gamma < 1 ->
  (clarke gamma r 1 <-> 0 <= r) /\ (clarke gamma r gamma <-> r <= 0).
Proof.
move=> g1; split; split; try exact: clarke_on; try exact: clarke_off.
- by case=> _ _ h; rewrite leNgt; apply/negP => /h e; move: g1; rewrite -e ltxx.
- by case=> _ h _; rewrite leNgt; apply/negP => /h e; move: g1; rewrite e ltxx.
Qed.

(** A slope at r is one at every number of the same sign. *)
Lemma clarke_sg r r' s : clarke gamma r s -> Num.sg r' = Num.sg r -> clarke gamma r' s.
Proof.
case=> b hp hn e; split=> // h.
- by apply: hp; rewrite -sgr_gt0 -e sgr_gt0.
- by apply: hn; rewrite -sgr_lt0 -e sgr_lt0.
Qed.

End Slopes.

Section Pattern.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Implicit Types (W : 'M[R]_(p + p, d)) (lam : 'I_N -> R).
Implicit Types pi s : 'I_(p + p) -> 'I_N -> R.

Definition own_pair (j : 'I_(p + p)) (n : 'I_N) : bool := (j < p)%N == (y n == 1).

Local Notation pre W j n := (dot (row j W) (x n)).
Local Notation rho := ((sqrtm R p)^-1).

Definition qpat pi W n : R :=
  \sum_j rho * (if own_pair j n then pi j n * pre W j n else - phi gamma (pre W j n)).

Record pattern_kkt pi W lam s : Prop := {
  pk_own : forall j n, 0 < lam n -> own_pair j n -> s j n = pi j n;
  pk_other : forall j n, ~~ own_pair j n -> clarke gamma (pre W j n) (s j n);
  pk_feasible : forall n, 1 <= qpat pi W n;
  pk_dual : forall n, 0 <= lam n;
  pk_slack : forall n, lam n * (qpat pi W n - 1) = 0;
  pk_stationary : forall j, row j W = \sum_n (lam n * y n * a j * s j n) *: x n
}.

(** Slopes between gamma and 1. *)
Definition pattern_bounded pi : Prop := forall j n, gamma <= pi j n <= 1.

(** pi is right at W: a slope of phi at every own pair of the samples in P. *)
Definition pattern_right (P : pred 'I_N) pi W : Prop :=
  forall j n, P n -> own_pair j n -> clarke gamma (pre W j n) (pi j n).

Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.

Lemma rho_gt0 : 0 < rho.
Proof. by rewrite invr_gt0 sqrtm_gt0. Qed.

Lemma own_a (j : 'I_(p + p)) n : y n * a j = if own_pair j n then rho else - rho.
Proof.
rewrite /own_pair; case: (ltnP j p) => jp; rewrite ?(a_pos R jp) ?(a_neg R jp);
  case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1 /= ?mul1r ?mulN1r ?opprK //.
Qed.

(** An own pair is one with a_j y_n > 0. *)
Lemma own_pairE (j : 'I_(p + p)) n : own_pair j n = (0 < y n * a j).
Proof. by rewrite own_a; case: ifP => _; rewrite ?oppr_gt0 ?rho_gt0 // ltNge ltW // rho_gt0. Qed.

Lemma margin_pairs W n : y n * f gamma W (x n) =
  \sum_j rho * (if own_pair j n then phi gamma (pre W j n) else - phi gamma (pre W j n)).
Proof.
rewrite /f mulr_sumr; apply: eq_bigr => j _; rewrite mulrA own_a.
by case: ifP => _ //; rewrite mulNr mulrN.
Qed.

(** The restricted margin is at most the true one. *)
Lemma qpat_le pi W n : pattern_bounded pi -> qpat pi W n <= y n * f gamma W (x n).
Proof.
move=> b; rewrite margin_pairs; apply: ler_sum => j _; rewrite ler_wpmul2l ?(ltW rho_gt0) //.
by case: ifP => _ //; apply: phi_ge_line.
Qed.

Lemma qpat_right pi W (P : pred 'I_N) n : pattern_right P pi W -> P n ->
  qpat pi W n = y n * f gamma W (x n).
Proof.
move=> r Pn; rewrite margin_pairs; apply: eq_bigr => j _; congr (_ * _).
by case: ifP => // o; rewrite (phi_clarke gamma_le1 (r j n Pn o)).
Qed.

(** Where pi is the better slope of two at each own pair, the margin is the
    larger.                                                                  *)
Lemma qpat_mono pi pi' W n :
  (forall j, own_pair j n -> pi j n * pre W j n <= pi' j n * pre W j n) ->
  qpat pi W n <= qpat pi' W n.
Proof.
move=> b; apply: ler_sum => j _; rewrite ler_wpmul2l ?(ltW rho_gt0) //.
by case: ifP => // /b.
Qed.

Lemma fdot_stationary W W' lam s :
  (forall j, row j W = \sum_n (lam n * y n * a j * s j n) *: x n) ->
  fdot W' W = \sum_n lam n * \sum_j y n * a j * (s j n * pre W' j n).
Proof.
move=> st; rewrite /fdot; under eq_bigr => j _ do rewrite st dot_sumr.
rewrite exchange_big; apply: eq_bigr => n _; rewrite mulr_sumr; apply: eq_bigr => j _.
by rewrite dotZr; ring.
Qed.

Section Point.
Variables (pi s : 'I_(p + p) -> 'I_N -> R) (W : 'M[R]_(p + p, d)) (lam : 'I_N -> R).
Hypothesis K : pattern_kkt pi W lam s.

(** The slopes are a supergradient of the restricted margin. *)
Lemma pk_supergradient W' n : 0 < lam n ->
  qpat pi W' n <= \sum_j y n * a j * (s j n * pre W' j n).
Proof.
move=> ln; apply: ler_sum => j _; rewrite own_a; case: ifP => o.
  by rewrite (pk_own K ln o).
rewrite mulNr mulrN ler_opp2 ler_wpmul2l ?(ltW rho_gt0) //.
by apply: phi_ge_line => //; case: (pk_other K (negbT o)).
Qed.

Lemma pk_self n : 0 < lam n -> \sum_j y n * a j * (s j n * pre W j n) = 1.
Proof.
move=> ln; have := pk_slack K n => /eqP; rewrite mulf_eq0 gt_eqF //= subr_eq0 => /eqP <-.
apply: eq_bigr => j _; rewrite own_a; case: ifP => o; first by rewrite (pk_own K ln o).
by rewrite (phi_clarke gamma_le1 (pk_other K (negbT o))) mulNr mulrN.
Qed.

Lemma pk_terms (c : R) (F : 'I_N -> R) : (forall n, 0 < lam n -> c <= F n) ->
  (\sum_n lam n) * c <= \sum_n lam n * F n.
Proof.
move=> h; rewrite mulr_suml; apply: ler_sum => n _.
have := pk_dual K n; rewrite le_eqVlt => /orP[/eqP <-|ln]; first by rewrite !mul0r.
by rewrite ler_wpmul2l ?(ltW ln) // h.
Qed.

(** ||W||^2 = sum lambda, as at every KKT point of (P). *)
Theorem C3_norm : frob2 W = \sum_n lam n.
Proof.
rewrite -fdot_frob2 (fdot_stationary _ (pk_stationary K)); apply: eq_bigr => n _.
have := pk_dual K n; rewrite le_eqVlt => /orP[/eqP <-|ln]; first by rewrite mul0r.
by rewrite pk_self // mulr1.
Qed.

(** C3: the solution of (P_pi) is shorter than every weight matrix whose
    restricted margins are 1 on the support, by the square of the distance.  *)
Theorem C3_shortest W' : (forall n, 0 < lam n -> 1 <= qpat pi W' n) ->
  frob2 W + frob2 (W' - W) <= frob2 W'.
Proof.
move=> feas; have cross : frob2 W <= fdot W' W.
  rewrite C3_norm (fdot_stationary _ (pk_stationary K)) -[X in X <= _]mulr1; apply: pk_terms => n ln.
  exact: le_trans (feas n ln) (pk_supergradient W' ln).
have -> : frob2 (W' - W) = frob2 W' - 2%:R * fdot W' W + frob2 W.
  rewrite -!fdot_frob2 fdotBl (fdotC W') (fdotC W) !fdotBl (fdotC W W'); ring.
apply: (@le_cert _ (2%:R * (fdot W' W - frob2 W))); last by ring.
by rewrite mulr_ge0 ?ler0n // subr_ge0.
Qed.

Lemma right_pattern_slopes (P : pred 'I_N) : (forall n, 0 < lam n -> P n) ->
  pattern_right P pi W -> slopes gamma x W (fun j n => if 0 < lam n then s j n else dphi gamma (pre W j n)).
Proof.
move=> sup r j n /=; case: ifP => ln; last exact: dphi_clarke.
have [o|o] := boolP (own_pair j n); last exact: (pk_other K o).
by rewrite (pk_own K ln o); apply: r => //; apply: sup.
Qed.

(** C3: if pi is right on the support, the solution of (P_pi) is a KKT point
    of (P); off the support the true margin is the larger by itself.         *)
Theorem C3_kkt : pattern_bounded pi -> pattern_right (fun n => 0 < lam n) pi W ->
  kkt gamma x y W lam.
Proof.
move=> b r; exists (fun j n => if 0 < lam n then s j n else dphi gamma (pre W j n)); split.
- exact: right_pattern_slopes r.
- by move=> n; apply: le_trans (pk_feasible K n) (qpat_le W n b).
- exact: pk_dual K.
- move=> n; have := pk_dual K n; rewrite le_eqVlt => /orP[/eqP <-|ln]; first by rewrite mul0r.
  by rewrite -(qpat_right r) // (pk_slack K).
- move=> j; rewrite {1}(pk_stationary K j); apply: eq_bigr => n _; congr (_ *: _).
  have := pk_dual K n; rewrite le_eqVlt => /orP[/eqP <-|-> //]; first by rewrite !mul0r.
Qed.

(** C3: with the signs strict on the support, all feasible weights nearer than
    the own pre-activations are to the kink are longer.                      *)
Theorem C3_local_radius W' : pattern_right (fun n => 0 < lam n) pi W ->
  (forall n, 1 <= y n * f gamma W' (x n)) ->
  (forall j n, 0 < lam n -> own_pair j n ->
     frob2 (W' - W) * norm (x n) ^+ 2 < pre W j n ^+ 2) ->
  frob2 W + frob2 (W' - W) <= frob2 W'.
Proof.
move=> r feas near; apply: C3_shortest => n ln.
suff r' : pattern_right (fun n => 0 < lam n) pi W' by rewrite (qpat_right r').
move=> j k lk o; apply: clarke_sg (r j k lk o) _.
have e : pre W' j k = pre (W' - W) j k + pre W j k by rewrite linearB dotBl subrK.
rewrite e; apply: sg_dominated; rewrite -ltr_sqr ?nnegrE ?normr_ge0 // !real_normK ?num_real //.
apply: le_lt_trans (near j k lk o).
have -> : pre (W' - W) j k ^+ 2 = `|pre (W' - W) j k| ^+ 2 by rewrite real_normK ?num_real.
apply: le_trans (_ : (norm (row j (W' - W)) * norm (x k)) ^+ 2 <= _).
  by rewrite ler_pexpn2r ?nnegrE ?normr_ge0 ?mulr_ge0 ?norm_ge0 // cauchy_schwarz_abs.
rewrite exprMn ler_wpmul2r ?sqr_ge0 // norm_sqr /frob2 (bigD1 j) //= ler_addl.
by apply: sumr_ge0 => i _; apply: dot_ge0.
Qed.

(** So it is a strict local minimiser of (P). *)
Theorem C3_local_minimiser : pattern_right (fun n => 0 < lam n) pi W ->
  (forall j n, 0 < lam n -> own_pair j n -> pre W j n != 0) ->
  exists2 eps, 0 < eps & forall W', (forall n, 1 <= y n * f gamma W' (x n)) ->
    W' != W -> frob2 (W' - W) < eps -> frob2 W < frob2 W'.
Proof.
move=> r nz; pose I := ('I_(p + p) * 'I_N)%type.
pose F (i : I) : R := if (0 < lam i.2) && own_pair i.1 i.2 then
  pre W i.1 i.2 ^+ 2 / norm (x i.2) ^+ 2 else 1.
have x0 (i : I) : (0 < lam i.2) && own_pair i.1 i.2 -> 0 < norm (x i.2) ^+ 2.
  case/andP=> h o; rewrite exprn_gt0 // norm_gt0; apply: contraNneq (nz _ _ h o) => ->.
  by rewrite dotC dot0l.
exists (minover 1 F).
  apply: minover_gt; rewrite ?ltr01 // => i; rewrite /F; case: ifP => h; last exact: ltr01.
  rewrite divr_gt0 ?x0 // lt_neqAle sqr_ge0 andbT eq_sym sqrf_eq0.
  by case/andP: h => h o; apply: nz.
move=> W' feas ne near; have := C3_local_radius r feas; case: (boolP (W' == W)) ne => // ne _ h.
apply: lt_le_trans (h _); last first.
  move=> j n ln o; have h0 : (0 < lam n) && own_pair j n by rewrite ln.
  have := minover_le 1 F (j, n); rewrite {2}/F /= h0 => h1; have := lt_le_trans near h1.
  by rewrite ltr_pdivl_mulr // (x0 (j, n)).
rewrite ltr_addl lt_neqAle eq_sym frob2_eq0 subr_eq0 ne.
by apply: sumr_ge0 => j _; apply: dot_ge0.
Qed.

End Point.

(** C3: at most one point for each pattern, whatever the multipliers. *)
Theorem C3_unique pi W W' lam lam' s s' :
  pattern_kkt pi W lam s -> pattern_kkt pi W' lam' s' -> W = W'.
Proof.
move=> K K'.
have h1 := C3_shortest K (fun n _ => pk_feasible K' n).
have h2 := C3_shortest K' (fun n _ => pk_feasible K n).
have pos A : 0 <= frob2 A :> R by apply: sumr_ge0 => j _; apply: dot_ge0.
have : frob2 (W' - W) <= 0.
  rewrite -(ler_add2l (frob2 W)) addr0; apply: le_trans h1 (le_trans _ h2).
  by rewrite ler_addl pos.
by rewrite le_eqVlt ltNge pos orbF frob2_eq0 subr_eq0 => /eqP.
Qed.

(** C3, converse: a KKT point of (P) is the solution for every pattern that
    is right at all samples and is its slope on the support.                 *)
Theorem C3_converse pi W lam s : kkt_with gamma x y W lam s ->
  pattern_right predT pi W -> (forall j n, 0 < lam n -> own_pair j n -> s j n = pi j n) ->
  pattern_kkt pi W lam s.
Proof.
move=> K r e; have q n : qpat pi W n = y n * f gamma W (x n) by apply: (qpat_right r).
split=> //.
- by move=> j n _; apply: (kkt_slopes K).
- by move=> n; rewrite q (kkt_feasible K).
- exact: kkt_dual K.
- by move=> n; rewrite q (kkt_slack K).
- exact: kkt_stationary K.
Qed.

(** In particular, without own kinks on its support, for its own pattern. *)
Theorem C3_converse_pattern W lam s : kkt_with gamma x y W lam s ->
  (forall j n, 0 < lam n -> own_pair j n -> pre W j n != 0) ->
  pattern_kkt (pattern gamma x W) W lam s.
Proof.
move=> K nz; apply: C3_converse => // [j n _ _|j n ln o]; first exact: dphi_clarke.
have [_ hp hn] := kkt_slopes K j n; rewrite /pattern /dphi.
move: (nz j n ln o) hp hn; case: (ltrgt0P (pre W j n)) => // h _ hp hn.
  exact: hp.
exact: hn.
Qed.

End Pattern.
