(******************************************************************************)
(* C3Gap.v : how far a proposal for a pattern's point is from the point.      *)
(*                                                                            *)
(*   proposal pi W lam s = W is feasible for (P_pi) and made of multipliers   *)
(*                   lam >= 0 and slopes s: pi at own pairs, ANY number of    *)
(*                   [gamma, 1] at the others                                 *)
(*   wgap W lam    = ||W||^2 - sum lam, which is >= 0                         *)
(*                                                                            *)
(* The gap bounds the squared distance to the solution, and so certifies      *)
(* signs of pre-activations and of the network. Neurons of one sign that have *)
(* the same slopes on the support have the same row.                          *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra all_fingroup.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt K1 Pattern.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section FrobeniusMore.
Variables (R : rcfType) (d m : nat).
Implicit Types A B C : 'M[R]_(m, d).

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

(** A pre-activation moves by at most the distance of the weights. *)
Lemma pre_sqr A (z : 'rV[R]_d) j : dot (row j A) z ^+ 2 <= frob2 A * norm z ^+ 2.
Proof.
have -> : dot (row j A) z ^+ 2 = `|dot (row j A) z| ^+ 2 by rewrite real_normK ?num_real.
apply: le_trans (_ : (norm (row j A) * norm z) ^+ 2 <= _).
  by rewrite ler_pexpn2r ?nnegrE ?normr_ge0 ?mulr_ge0 ?norm_ge0 // cauchy_schwarz_abs.
rewrite exprMn ler_wpmul2r ?sqr_ge0 // norm_sqr /frob2 (bigD1 j) //= ler_addl.
by apply: sumr_ge0 => i _; apply: dot_ge0.
Qed.

(** ... and so keeps its sign when that is less than it is away from 0. *)
Lemma near_sign A B (z : 'rV[R]_d) j : frob2 (A - B) * norm z ^+ 2 < dot (row j B) z ^+ 2 ->
  Num.sg (dot (row j A) z) = Num.sg (dot (row j B) z).
Proof.
move=> near; have -> : dot (row j A) z = dot (row j (A - B)) z + dot (row j B) z.
  by rewrite linearB dotBl subrK.
apply: sg_dominated; rewrite -ltr_sqr ?nnegrE ?normr_ge0 // !real_normK ?num_real //.
exact: le_lt_trans (pre_sqr _ _ _) near.
Qed.

End FrobeniusMore.

Section Lipschitz.
Variables (R : rcfType) (d p : nat) (gamma : R).
Implicit Types A B : 'M[R]_(p + p, d).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).

(** The network is Lipschitz in its weights, with constant ||z||. *)
Lemma f_lipschitz A B (z : 'rV[R]_d) : (f gamma A z - f gamma B z) ^+ 2 <= frob2 (A - B) * norm z ^+ 2.
Proof.
pose del j := dot (row j (A - B)) z.
pose c j := if del j == 0 then 0 else (phi gamma (dot (row j A) z) - phi gamma (dot (row j B) z)) / del j.
have dE j : del j = dot (row j A) z - dot (row j B) z by rewrite /del linearB dotBl.
have cE j : phi gamma (dot (row j A) z) - phi gamma (dot (row j B) z) = c j * del j.
  rewrite /c; case: eqP => [e|/eqP nz]; last by rewrite divfK.
  by have := dE j; rewrite e mulr0 => /esym/eqP; rewrite subr_eq0 => /eqP ->; rewrite subrr.
have c1 j : c j ^+ 2 <= 1.
  rewrite /c; case: eqP => [_|/eqP nz]; first by rewrite expr0n ler01.
  rewrite expr_div_n ler_pdivr_mulr ?mul1r; last by rewrite lt_neqAle sqr_ge0 andbT eq_sym sqrf_eq0.
  rewrite dE; move: (dot (row j A) z) (dot (row j B) z) => u v.
  rewrite -[X in X <= _]real_normK ?num_real // -[X in _ <= X]real_normK ?num_real //.
  rewrite ler_pexpn2r ?nnegrE ?normr_ge0 //.
  wlog uv : u v / v <= u => [h|].
    by case/orP: (le_total v u) => [/h //|/h]; rewrite (distrC v u) (distrC (phi gamma v)).
  have g1 : 0 <= 1 - gamma by rewrite subr_ge0.
  have mono : phi gamma v <= phi gamma u.
    by rewrite /phi le_maxl !le_maxr uv orbT andbT (ler_wpmul2l (ltW gamma_gt0) uv).
  rewrite !ger0_norm ?subr_ge0 // ler_subl_addr.
  have [u0|u0] := lerP 0 u; last first.
    rewrite !phi_neg ?(ltW u0) ?(le_trans uv (ltW u0)) //.
    by apply: (@le_cert _ ((1 - gamma) * (u - v))); [rewrite mulr_ge0 ?subr_ge0 | ring].
  rewrite [phi gamma u]phi_pos //; have [v0|v0] := lerP 0 v; first by rewrite phi_pos // subrK.
  rewrite phi_neg ?(ltW v0) //.
  by apply: (@le_cert _ ((1 - gamma) * - v)); [rewrite mulr_ge0 // oppr_ge0 ltW | ring].
pose C : 'M[R]_(p + p, d) := \matrix_j ((a j * c j) *: z).
have -> : f gamma A z - f gamma B z = fdot (A - B) C.
  rewrite /f -sumrB; apply: eq_bigr => j _; rewrite -mulrBr cE rowK dotZr -/(del j); ring.
apply: le_trans (fcauchy _ _) _; rewrite ler_wpmul2l ?frob2_ge0 //.
have mp := m_gt0 R p_gt0; rewrite norm_sqr; apply: le_trans (_ : \sum_(j < p + p) (p + p)%:R^-1 * dot z z <= _).
  apply: ler_sum => j _; rewrite rowK dotZl dotZr mulrA ler_wpmul2r ?dot_ge0 //.
  have -> : a j * c j * (a j * c j) = (a j * a j) * c j ^+ 2 by ring.
  by rewrite a_sqr ler_pimulr // invr_ge0 ltW.
rewrite sumr_const card_ord -[_ *+ _]mulr_natl mulrA mulfV ?mul1r //.
by rewrite gt_eqF.
Qed.

End Lipschitz.

(** A slope at r stays one at any number no further from r than 0 is. *)
Lemma clarke_near (R : rcfType) (gamma r r' s : R) : clarke gamma r s -> (r' - r) ^+ 2 <= r ^+ 2 -> clarke gamma r' s.
Proof.
case=> b hp hn near; have : `|r' - r| <= `|r|.
  by rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 // !real_normK ?num_real.
case: (ltrgt0P r) hp hn => [r0|r0|->] hp hn; last first.
- by rewrite normr_le0 subr_eq0 => /eqP ->; split; rewrite ?ltxx.
- rewrite ler_norml => /andP[_ h]; rewrite ler_subl_addr addNr in h; split=> // r'0; last exact: hn.
  by move: h; rewrite leNgt r'0.
- rewrite ler_norml => /andP[h _]; rewrite ler_subr_addr addNr in h; split=> // r'0; first exact: hp.
  by move: h; rewrite leNgt r'0.
Qed.

Section Proposal.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Implicit Types (W : 'M[R]_(p + p, d)) (lam : 'I_N -> R).
Implicit Types pi s : 'I_(p + p) -> 'I_N -> R.
Local Notation pre W j n := (dot (row j W) (x n)).
Local Notation rho := ((sqrtm R p)^-1).

Record proposal pi W lam s : Prop := {
  pr_own : forall j n, 0 < lam n -> own_pair y j n -> s j n = pi j n;
  pr_other : forall j n, 0 < lam n -> ~~ own_pair y j n -> gamma <= s j n <= 1;
  pr_feasible : forall n, 1 <= qpat gamma x y pi W n;
  pr_dual : forall n, 0 <= lam n;
  pr_stationary : forall j, row j W = \sum_n (lam n * y n * a j * s j n) *: x n
}.

Definition wgap W lam : R := frob2 W - \sum_n lam n.

Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.

(** The solution is a proposal without a gap. *)
Lemma kkt_proposal pi W lam s : pattern_kkt gamma x y pi W lam s -> proposal pi W lam s.
Proof.
case=> own other feas dual _ st; split=> // j n _ o.
by case: (other j n o).
Qed.

Lemma kkt_gap pi W lam s : pattern_kkt gamma x y pi W lam s -> wgap W lam = 0.
Proof. by move=> K; rewrite /wgap (C3_norm gamma_le1 y_pm1 K) subrr. Qed.

Section Point.
Variables (pi s : 'I_(p + p) -> 'I_N -> R) (W : 'M[R]_(p + p, d)) (lam : 'I_N -> R).
Hypothesis K : proposal pi W lam s.

(** Any slope of [gamma, 1] at an other pair will do: phi lies above it. *)
Lemma pr_supergradient W' n : 0 < lam n ->
  qpat gamma x y pi W' n <= \sum_j y n * a j * (s j n * pre W' j n).
Proof.
move=> ln; apply: ler_sum => j _; rewrite own_a //; case: ifP => o.
  by rewrite (pr_own K ln o).
rewrite mulNr mulrN ler_opp2 ler_wpmul2l ?invr_ge0 ?(ltW (sqrtm_gt0 R p_gt0)) //.
by apply: phi_ge_line => //; apply: (pr_other K ln (negbT o)).
Qed.

Lemma pr_cross W' : \sum_n lam n * qpat gamma x y pi W' n <= fdot W' W.
Proof.
rewrite (fdot_stationary _ (pr_stationary K)); apply: ler_sum => n _.
have := pr_dual K n; rewrite le_eqVlt => /orP[/eqP <-|ln]; first by rewrite !mul0r.
by rewrite ler_wpmul2l ?(ltW ln) // pr_supergradient.
Qed.

Lemma pr_cross_feasible W' : (forall n, 1 <= qpat gamma x y pi W' n) -> \sum_n lam n <= fdot W' W.
Proof.
move=> feas; apply: le_trans (pr_cross W'); apply: ler_sum => n _.
by rewrite ler_pemulr ?(pr_dual K).
Qed.

Theorem C3_gap_ge0 : 0 <= wgap W lam.
Proof. by rewrite subr_ge0 -[X in _ <= X]fdot_frob2; apply: pr_cross_feasible; apply: (pr_feasible K). Qed.

Section Solution.
Variables (Wo : 'M[R]_(p + p, d)) (lo : 'I_N -> R) (so : 'I_(p + p) -> 'I_N -> R).
Hypothesis Ko : pattern_kkt gamma x y pi Wo lo so.

(** C3, the gap bound: the solution is at most sqrt gap away. *)
Theorem C3_gap : frob2 (W - Wo) <= wgap W lam.
Proof.
have primal := C3_shortest gamma_le1 p_gt0 y_pm1 Ko (fun n _ => pr_feasible K n).
have dual := pr_cross_feasible (pk_feasible Ko).
rewrite /wgap; move: primal dual; rewrite frob2B (fdotC W); move: (fdot _ _) (frob2 W) (frob2 Wo) => c A B h1 h2.
have two : 0 < 2%:R :> R by rewrite ltr0n.
rewrite -(ler_pmul2l two); apply: (@le_cert _ ((A - (B + (A - 2%:R * c + B))) + 2%:R * (c - \sum_n lam n))); last by ring.
by apply: addr_ge0; rewrite ?subr_ge0 // mulr_ge0 ?subr_ge0 // ltW.
Qed.

(** ... and its norm is enclosed. *)
Theorem C3_gap_value : 2%:R * (\sum_n lam n) - frob2 W <= frob2 Wo <= frob2 W.
Proof.
apply/andP; split; last first.
  apply: le_trans (C3_shortest gamma_le1 p_gt0 y_pm1 Ko (fun n _ => pr_feasible K n)).
  by rewrite ler_addl frob2_ge0.
have := frob2_ge0 (Wo - W); have := pr_cross_feasible (pk_feasible Ko).
rewrite frob2B; move: (fdot _ _) (frob2 W) (frob2 Wo) => c A B h1 h2.
apply: (@le_cert _ ((B - 2%:R * c + A) + 2%:R * (c - \sum_n lam n))); last by ring.
by apply: addr_ge0 => //; rewrite mulr_ge0 ?ler0n ?subr_ge0.
Qed.

(** A pre-activation's sign is certain where its square is above the gap. *)
Theorem C3_gap_sign j (z : 'rV[R]_d) : wgap W lam * norm z ^+ 2 < dot (row j W) z ^+ 2 ->
  Num.sg (dot (row j Wo) z) = Num.sg (dot (row j W) z).
Proof.
move=> h; apply: near_sign; apply: le_lt_trans h; rewrite ler_wpmul2r ?sqr_ge0 //.
by rewrite -opprB -scaleN1r frob2Z sqrrN expr1n mul1r C3_gap.
Qed.

(** So is the network's decision at z. *)
Theorem C3_gap_decision (z : 'rV[R]_d) : wgap W lam * norm z ^+ 2 < f gamma W z ^+ 2 ->
  Num.sg (f gamma Wo z) = Num.sg (f gamma W z).
Proof.
move=> h; rewrite -[f gamma Wo z](subrK (f gamma W z)); apply: sg_dominated.
rewrite -ltr_sqr ?nnegrE ?normr_ge0 // !real_normK ?num_real //; apply: le_lt_trans h.
rewrite -sqrrN opprB; apply: le_trans (f_lipschitz gamma_gt0 gamma_le1 p_gt0 W Wo z) _.
by rewrite ler_wpmul2r ?sqr_ge0 // C3_gap.
Qed.

(** Where every own pre-activation is at least sqrt gap ||x_n|| on its side
    of the kink, the pattern is right at the solution: a KKT point of (P).   *)
Theorem C3_gap_kkt : pattern_bounded gamma pi -> pattern_right gamma x y predT pi W ->
  (forall j n, own_pair y j n -> wgap W lam * norm (x n) ^+ 2 <= pre W j n ^+ 2) ->
  pattern_right gamma x y predT pi Wo /\ kkt gamma x y Wo lo.
Proof.
move=> bnd right room; suff r : pattern_right gamma x y predT pi Wo.
  by split=> //; apply: (C3_kkt gamma_le1 p_gt0 y_pm1 Ko) => // j n _ o; apply: r.
move=> j n _ o; apply: clarke_near (right j n isT o) _.
have -> : pre Wo j n - pre W j n = pre (Wo - W) j n by rewrite linearB dotBl.
apply: le_trans (pre_sqr _ _ _) _; apply: le_trans (room j n o); rewrite ler_wpmul2r ?sqr_ge0 //.
by rewrite -opprB -scaleN1r frob2Z sqrrN expr1n mul1r C3_gap.
Qed.

End Solution.
End Point.

(** C3: neurons of one sign with the same slopes at the own pairs of the
    support have the same row: one row a group is enough.                    *)
Theorem C3_equal_rows pi W lam s (j k : 'I_(p + p)) : pattern_kkt gamma x y pi W lam s ->
  (j < p)%N = (k < p)%N -> (forall n, 0 < lam n -> own_pair y j n -> pi j n = pi k n) ->
  row j W = row k W.
Proof.
move=> K sgn same; pose t := tperm j k.
have tI : involutive t by apply: tpermK.
have ownt i n : own_pair y (t i) n = own_pair y i n.
  by rewrite /own_pair /t; case: tpermP => [->|->|//]; rewrite sgn.
have rowt i : row i (xrow j k W) = row (t i) W by apply/rowP => c; rewrite !mxE.
have norm2 : frob2 (xrow j k W) = frob2 W.
  rewrite /frob2 [RHS](reindex_inj (inv_inj tI)); apply: eq_bigr => i _; by rewrite rowt.
have feas n : 0 < lam n -> 1 <= qpat gamma x y pi (xrow j k W) n.
  move=> ln; apply: le_trans (pk_feasible K n) _; apply: le_of_eq.
  rewrite /qpat [LHS](reindex_inj (inv_inj tI)); apply: eq_bigr => i _ /=.
  rewrite rowt ownt; case: ifP => // o; congr (_ * (_ * _)).
  rewrite /t; case: tpermP => [e|e|//]; rewrite e in o *.
    by rewrite same.
  by rewrite same // /own_pair sgn.
have := C3_shortest gamma_le1 p_gt0 y_pm1 K feas; rewrite norm2 -[X in _ <= X]addr0 ler_add2l => le0.
have /eqP : frob2 (xrow j k W - W) = 0 by apply/eqP; rewrite eq_le le0 frob2_ge0.
rewrite frob2_eq0 subr_eq0 => /eqP e.
by rewrite -[X in row k X]e rowt /t tpermR.
Qed.

End Proposal.
