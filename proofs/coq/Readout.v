(******************************************************************************)
(* Readout.v : any fixed output layer.  f(x; W) = sum_j v_j phi <w_j, x> with *)
(* numbers v_j of any signs and sizes, in any order; only W is trained.       *)
(*                                                                            *)
(*   fv v W z          = sum_j v_j phi <w_j, z>                               *)
(*   mass_pos, mass_neg = sum of v_j^2 over v_j > 0, over v_j < 0             *)
(*   rows_of v U V     = rows v_j U for v_j > 0, -v_j V for v_j < 0, else 0   *)
(*   vkkt v W lam      = KKT point of (P) for this network                    *)
(*   vS v s n k        = sum_j v_j^2 s_jn s_jk                                *)
(*   vown v y j n      = v_j y_n > 0                                          *)
(*   vqpat, vpattern_kkt = C3's programme of a pattern, with these weights    *)
(*                                                                            *)
(* K1 and C3 for it; ReadoutLimit.v has Q1, C1, C2 and T1, and that the       *)
(* network of Network.v is the case v_j = a_j, mass_pos = mass_neg = 1/2.     *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt K1 Pattern C3Gap.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** * The network *)

Section Network.
Variables (R : rcfType) (gamma : R) (d m : nat) (v : 'I_m -> R).
Implicit Types (W : 'M[R]_(m, d)) (U V z : 'rV[R]_d).

Definition fv W z : R := \sum_j v j * phi gamma (dot (row j W) z).

Definition mass_pos : R := \sum_(j | 0 < v j) v j ^+ 2.
Definition mass_neg : R := \sum_(j | v j < 0) v j ^+ 2.

Definition rows_of U V : 'M[R]_(m, d) := \matrix_j (if 0 < v j then v j *: U else - v j *: V).

Lemma mass_pos_ge0 : 0 <= mass_pos.
Proof. by apply: sumr_ge0 => j _; apply: sqr_ge0. Qed.

Lemma mass_neg_ge0 : 0 <= mass_neg.
Proof. by apply: sumr_ge0 => j _; apply: sqr_ge0. Qed.

Lemma mass_pos_gt0 j : 0 < v j -> 0 < mass_pos.
Proof.
move=> vj; rewrite /mass_pos (bigD1 j) //= ltr_spaddl ?exprn_gt0 //.
by apply: sumr_ge0 => i _; apply: sqr_ge0.
Qed.

Lemma mass_neg_gt0 j : v j < 0 -> 0 < mass_neg.
Proof.
move=> vj; rewrite /mass_neg (bigD1 j) //= ltr_spaddl //.
  by rewrite -sqrrN exprn_gt0 // oppr_gt0.
by apply: sumr_ge0 => i _; apply: sqr_ge0.
Qed.

(** A sum over neurons of v_j^2 times a number of the sign of v_j. *)
Lemma sum_masses (F : bool -> R) :
  \sum_j v j ^+ 2 * F (0 < v j) = mass_pos * F true + mass_neg * F false.
Proof.
rewrite (bigID (fun j => 0 < v j)) /= !mulr_suml; congr (_ + _).
  by apply: eq_bigr => j ->.
rewrite (bigID (fun j => v j < 0)) /= [X in _ + X]big1 ?addr0 => [|j].
  apply: eq_big => [j|j /andP[/negbTE -> //]].
  by case: ltrgt0P.
by case: ltrgt0P => // ->; rewrite expr0n mul0r.
Qed.

Lemma sum_vsqr : \sum_j v j ^+ 2 = mass_pos + mass_neg.
Proof.
have := sum_masses (fun=> 1); rewrite !mulr1 => <-.
by apply: eq_bigr => j _; rewrite mulr1.
Qed.

Lemma frob2_rows_of U V : frob2 (rows_of U V) = mass_pos * dot U U + mass_neg * dot V V.
Proof.
rewrite -(sum_masses (fun b => if b then dot U U else dot V V)); apply: eq_bigr => j _.
by rewrite rowK; case: ifP => _; rewrite dotZl dotZr; ring.
Qed.

Lemma row_rows_of U V j : row j (rows_of U V) = if 0 < v j then v j *: U else - v j *: V.
Proof. exact: rowK. Qed.

Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1).

(** Folding: v_j phi <w_j, z> is the term of the row |v_j| w_j at the output
    sgn v_j.                                                                 *)
Theorem readout_fold W z :
  fv W z = \sum_j Num.sg (v j) * phi gamma (dot (row j (\matrix_i (`|v i| *: row i W))) z).
Proof.
apply: eq_bigr => j _; rewrite rowK dotZl phi_homogeneous // mulrA.
by rewrite {1}(numEsg (v j)).
Qed.

Lemma fv_rows_of U V z : fv (rows_of U V) z =
  mass_pos * phi gamma (dot U z) - mass_neg * phi gamma (dot V z).
Proof.
pose F b := if b then phi gamma (dot U z) else - phi gamma (dot V z).
rewrite -mulrN -/(F true) -/(F false) -sum_masses; apply: eq_bigr => j _.
rewrite row_rows_of /F; case: (ltP 0 (v j)) => vj; rewrite dotZl phi_homogeneous ?oppr_ge0 ?(ltW vj) //.
  by ring.
by ring.
Qed.

(** Rows of two kinds: the decision is linear, with normal p+ U - p- V. *)
Lemma rows_of_linear_boundary U V :
  linear_boundary (fv (rows_of U V)) (mass_pos *: U - mass_neg *: V).
Proof.
move=> z; rewrite fv_rows_of -!phi_homogeneous ?mass_pos_ge0 ?mass_neg_ge0 //.
by rewrite sg_phi_sub // dotBl !dotZl.
Qed.

End Network.

(** * KKT points, and how close weights are to one (K1) *)

Section ReadoutKkt.
Variables (R : rcfType) (gamma : R) (d N m : nat) (v : 'I_m -> R).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Implicit Types (W : 'M[R]_(m, d)) (lam l : 'I_N -> R).
Implicit Types s : 'I_m -> 'I_N -> R.
Local Notation pre W j n := (dot (row j W) (x n)).
Local Notation fv := (fv gamma v).

Definition vslopes W s : Prop := forall j n, clarke gamma (pre W j n) (s j n).

Record vkkt_with W lam s : Prop := {
  vkkt_slopes : vslopes W s;
  vkkt_feasible : forall n, 1 <= y n * fv W (x n);
  vkkt_dual : forall n, 0 <= lam n;
  vkkt_slack : forall n, lam n * (y n * fv W (x n) - 1) = 0;
  vkkt_stationary : forall j, row j W = \sum_n (lam n * y n * v j * s j n) *: x n
}.

Definition vkkt W lam : Prop := exists s, vkkt_with W lam s.

Definition vS s n k : R := \sum_j v j ^+ 2 * (s j n * s j k).
Definition vgrad s (n : 'I_N) : 'M[R]_(m, d) := \matrix_j ((v j * s j n) *: x n).
Definition vM s n k : R := y n * y k * G x n k * vS s n k.
Definition vresidual2 W s l : R := frob2 (W - \sum_n (l n * y n) *: vgrad s n).

Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1).

(** A row without a say is 0. *)
Theorem readout_silent_row W lam j : vkkt W lam -> v j = 0 -> row j W = 0.
Proof.
case=> s K vj; rewrite (vkkt_stationary K j) big1 // => n _.
by rewrite vj mulr0 mul0r scale0r.
Qed.

Lemma vslack_active W lam s n : vkkt_with W lam s -> 0 < lam n -> y n * fv W (x n) = 1.
Proof.
move=> K l0; have /eqP := vkkt_slack K n; rewrite mulf_eq0 gt_eqF //=.
by rewrite subr_eq0 => /eqP.
Qed.

Lemma vS_bounds W s n k : vslopes W s ->
  gamma ^+ 2 * (mass_pos v + mass_neg v) <= vS s n k <= mass_pos v + mass_neg v.
Proof.
move=> hs; have g0 := ltW gamma_gt0.
have hj j : gamma ^+ 2 <= s j n * s j k <= 1.
  have [/andP[n1 n2] _ _] := hs j n; have [/andP[k1 k2] _ _] := hs j k.
  by rewrite expr2 ler_pmul //= mulr_ile1 // (le_trans g0).
rewrite -sum_vsqr mulr_sumr; apply/andP; split; apply: ler_sum => j _; have /andP[h1 h2] := hj j.
  by rewrite mulrC ler_wpmul2l ?sqr_ge0.
by rewrite ler_pimulr ?sqr_ge0.
Qed.

Lemma vpreactivation W lam s j n : vkkt_with W lam s ->
  pre W j n = v j * \sum_k lam k * y k * s j k * G x k n.
Proof.
case=> _ _ _ _ ->; rewrite dot_suml mulr_sumr; apply: eq_bigr => k _.
by rewrite dotZl /G; ring.
Qed.

Lemma vkkt_margin W lam s n : vkkt_with W lam s ->
  y n * fv W (x n) = \sum_k lam k * (y n * y k * G x n k * vS s n k).
Proof.
move=> K; rewrite /fv.
rewrite (eq_bigr (fun j => \sum_k lam k * y k * G x k n * (v j ^+ 2 * (s j n * s j k)))).
  rewrite exchange_big mulr_sumr; apply: eq_bigr => k _.
  by rewrite -mulr_sumr -/(vS s n k) (GC x n k); ring.
move=> j _; rewrite (phi_clarke gamma_le1 (vkkt_slopes K j n)) (vpreactivation j n K) !mulr_sumr.
by apply: eq_bigr => k _; ring.
Qed.

(** Euler's identity. *)
Lemma veuler W s n : vslopes W s -> fdot W (vgrad s n) = fv W (x n).
Proof.
move=> hs; apply: eq_bigr => j _; rewrite rowK dotZr.
by rewrite (phi_clarke gamma_le1 (hs j n)); ring.
Qed.

Lemma vgrad_gram s n k : fdot (vgrad s n) (vgrad s k) = G x n k * vS s n k.
Proof.
rewrite /vS mulr_sumr; apply: eq_bigr => j _.
by rewrite !rowK dotZl dotZr /G; ring.
Qed.

(** K1: the residual is the same quadratic form, S weighted with v_j^2. *)
Theorem K1_readout_residual W s l : vslopes W s ->
  vresidual2 W s l = frob2 W - 2%:R * (\sum_n l n * (y n * fv W (x n)))
                   + \sum_n \sum_k l n * l k * vM s n k.
Proof.
move=> hs; set D := \sum_n (l n * y n) *: vgrad s n.
have WD : fdot W D = \sum_n l n * (y n * fv W (x n)).
  rewrite fdotC fdot_suml; apply: eq_bigr => n _.
  by rewrite fdotZl fdotC (veuler n hs) mulrA.
have DD : fdot D D = \sum_n \sum_k l n * l k * vM s n k.
  rewrite {1}/D fdot_suml; apply: eq_bigr => n _.
  rewrite fdotZl fdotC fdot_suml mulr_sumr; apply: eq_bigr => k _.
  by rewrite fdotZl fdotC vgrad_gram /vM; ring.
by rewrite /vresidual2 -/D frob2B WD -[frob2 D]fdot_frob2 DD.
Qed.

(** K1: zero residual and zero slackness are the KKT conditions. *)
Theorem K1_readout_zero W s l : vslopes W s ->
  vkkt_with W l s <->
  [/\ forall n, 1 <= y n * fv W (x n), forall n, 0 <= l n,
      vresidual2 W s l = 0 & \sum_n l n * (y n * fv W (x n) - 1) = 0].
Proof.
move=> hs.
have rowD j : row j (\sum_n (l n * y n) *: vgrad s n) = \sum_n (l n * y n * v j * s j n) *: x n.
  rewrite linear_sum; apply: eq_bigr => n _.
  by rewrite linearZ /= rowK scalerA; congr (_ *: _); ring.
split=> [[_ feas dual slack stat]|[feas dual /eqP res slack]]; split=> //.
- apply/eqP; rewrite /vresidual2 frob2_eq0 subr_eq0; apply/eqP/row_matrixP => j.
  by rewrite rowD.
- by apply: big1 => n _; apply: slack.
- move=> n; apply: (psumr_eq0P _ slack) => // k _.
  by rewrite mulr_ge0 // subr_ge0.
- move: res; rewrite /vresidual2 frob2_eq0 subr_eq0 => /eqP res j.
  by rewrite {1}res rowD.
Qed.

End ReadoutKkt.

(** * The programme of a pattern (C3) *)

Section ReadoutPattern.
Variables (R : rcfType) (gamma : R) (d N m : nat) (v : 'I_m -> R).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Implicit Types (W : 'M[R]_(m, d)) (lam : 'I_N -> R).
Implicit Types pi s : 'I_m -> 'I_N -> R.
Local Notation pre W j n := (dot (row j W) (x n)).
Local Notation fv := (fv gamma v).
Local Notation vkkt := (vkkt gamma v x y).
Local Notation vkkt_with := (vkkt_with gamma v x y).

Definition vown (j : 'I_m) (n : 'I_N) : bool := 0 < v j * y n.

Definition vqpat pi W n : R :=
  \sum_j `|v j| * (if vown j n then pi j n * pre W j n else - phi gamma (pre W j n)).

Record vpattern_kkt pi W lam s : Prop := {
  vpk_own : forall j n, 0 < lam n -> vown j n -> s j n = pi j n;
  vpk_other : forall j n, ~~ vown j n -> clarke gamma (pre W j n) (s j n);
  vpk_feasible : forall n, 1 <= vqpat pi W n;
  vpk_dual : forall n, 0 <= lam n;
  vpk_slack : forall n, lam n * (vqpat pi W n - 1) = 0;
  vpk_stationary : forall j, row j W = \sum_n (lam n * y n * v j * s j n) *: x n
}.

Definition vbounded pi : Prop := forall j n, gamma <= pi j n <= 1.
Definition vright (P : pred 'I_N) pi W : Prop :=
  forall j n, P n -> vown j n -> clarke gamma (pre W j n) (pi j n).

Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y).

Lemma vown_v j n : y n * v j = if vown j n then `|v j| else - `|v j|.
Proof.
have -> : `|v j| = `|v j * y n| by rewrite normrM (y_norm y_pm1) mulr1.
rewrite mulrC /vown; case: (ltP 0 (v j * y n)) => h; first by rewrite gtr0_norm.
by rewrite ler0_norm // opprK.
Qed.

Lemma vmargin_pairs W n : y n * fv W (x n) =
  \sum_j `|v j| * (if vown j n then phi gamma (pre W j n) else - phi gamma (pre W j n)).
Proof.
rewrite /fv mulr_sumr; apply: eq_bigr => j _; rewrite mulrA vown_v.
by case: ifP => _ //; rewrite mulNr mulrN.
Qed.

Lemma vqpat_le pi W n : vbounded pi -> vqpat pi W n <= y n * fv W (x n).
Proof.
move=> b; rewrite vmargin_pairs; apply: ler_sum => j _; rewrite ler_wpmul2l //.
by case: ifP => _ //; apply: phi_ge_line.
Qed.

Lemma vqpat_right pi W (P : pred 'I_N) n : vright P pi W -> P n -> vqpat pi W n = y n * fv W (x n).
Proof.
move=> r Pn; rewrite vmargin_pairs; apply: eq_bigr => j _; congr (_ * _).
by case: ifP => // o; rewrite (phi_clarke gamma_le1 (r j n Pn o)).
Qed.

Lemma vfdot_stationary W W' lam s :
  (forall j, row j W = \sum_n (lam n * y n * v j * s j n) *: x n) ->
  fdot W' W = \sum_n lam n * \sum_j y n * v j * (s j n * pre W' j n).
Proof.
move=> st; rewrite /fdot; under eq_bigr => j _ do rewrite st dot_sumr.
rewrite exchange_big; apply: eq_bigr => n _; rewrite mulr_sumr; apply: eq_bigr => j _.
by rewrite dotZr; ring.
Qed.

Section Point.
Variables (pi s : 'I_m -> 'I_N -> R) (W : 'M[R]_(m, d)) (lam : 'I_N -> R).
Hypothesis K : vpattern_kkt pi W lam s.

Lemma vpk_supergradient W' n : 0 < lam n ->
  vqpat pi W' n <= \sum_j y n * v j * (s j n * pre W' j n).
Proof.
move=> ln; apply: ler_sum => j _; rewrite vown_v; case: ifP => o; first by rewrite (vpk_own K ln o).
rewrite mulNr mulrN ler_opp2 ler_wpmul2l //.
by apply: phi_ge_line => //; case: (vpk_other K (negbT o)).
Qed.

Lemma vpk_self n : 0 < lam n -> \sum_j y n * v j * (s j n * pre W j n) = 1.
Proof.
move=> ln; have := vpk_slack K n => /eqP; rewrite mulf_eq0 gt_eqF //= subr_eq0 => /eqP <-.
apply: eq_bigr => j _; rewrite vown_v; case: ifP => o; first by rewrite (vpk_own K ln o).
by rewrite (phi_clarke gamma_le1 (vpk_other K (negbT o))) mulNr mulrN.
Qed.

(** ||W||^2 = sum lambda. *)
Theorem C3_readout_norm : frob2 W = \sum_n lam n.
Proof.
rewrite -fdot_frob2 (vfdot_stationary _ (vpk_stationary K)); apply: eq_bigr => n _.
have := vpk_dual K n; rewrite le_eqVlt => /orP[/eqP <-|ln]; first by rewrite mul0r.
by rewrite vpk_self // mulr1.
Qed.

(** C3: shorter than every W' whose restricted margins are 1 on the support,
    by the square of the distance.                                           *)
Theorem C3_readout_shortest W' : (forall n, 0 < lam n -> 1 <= vqpat pi W' n) ->
  frob2 W + frob2 (W' - W) <= frob2 W'.
Proof.
move=> feas; have cross : frob2 W <= fdot W' W.
  rewrite C3_readout_norm (vfdot_stationary _ (vpk_stationary K)); apply: ler_sum => n _.
  have := vpk_dual K n; rewrite le_eqVlt => /orP[/eqP <-|ln]; first by rewrite mul0r.
  by rewrite ler_pemulr ?(ltW ln) // (le_trans (feas n ln)) // vpk_supergradient.
rewrite frob2B; apply: (@le_cert _ (2%:R * (fdot W' W - frob2 W))); last by ring.
by rewrite mulr_ge0 ?ler0n // subr_ge0.
Qed.

(** C3: if pi is right on the support, it is a KKT point of (P). *)
Theorem C3_readout_kkt : vbounded pi -> vright (fun n => 0 < lam n) pi W -> vkkt W lam.
Proof.
move=> b r; exists (fun j n => if 0 < lam n then s j n else dphi gamma (pre W j n)); split.
- move=> j n /=; case: ifP => ln; last exact: dphi_clarke.
  have [o|o] := boolP (vown j n); last exact: (vpk_other K o).
  by rewrite (vpk_own K ln o); apply: r.
- by move=> n; apply: le_trans (vpk_feasible K n) (vqpat_le W n b).
- exact: vpk_dual K.
- move=> n; have := vpk_dual K n; rewrite le_eqVlt => /orP[/eqP <-|ln]; first by rewrite mul0r.
  by rewrite -(vqpat_right r) // (vpk_slack K).
- move=> j; rewrite {1}(vpk_stationary K j); apply: eq_bigr => n _; congr (_ *: _).
  have := vpk_dual K n; rewrite le_eqVlt => /orP[/eqP <-|-> //]; first by rewrite !mul0r.
Qed.

(** C3: with the signs strict on the support, feasible weights nearer than
    the own pre-activations are to the kink are longer.                      *)
Theorem C3_readout_radius W' : vright (fun n => 0 < lam n) pi W ->
  (forall n, 1 <= y n * fv W' (x n)) ->
  (forall j n, 0 < lam n -> vown j n ->
     frob2 (W' - W) * norm (x n) ^+ 2 < pre W j n ^+ 2) ->
  frob2 W + frob2 (W' - W) <= frob2 W'.
Proof.
move=> r feas near; apply: C3_readout_shortest => n ln.
suff r' : vright (fun n => 0 < lam n) pi W' by rewrite (vqpat_right r').
move=> j k lk o; apply: clarke_sg (r j k lk o) _.
have e : pre W' j k = pre (W' - W) j k + pre W j k by rewrite linearB dotBl subrK.
rewrite e; apply: sg_dominated; rewrite -ltr_sqr ?nnegrE ?normr_ge0 // !real_normK ?num_real //.
exact: le_lt_trans (pre_sqr (W' - W) (x k) j) (near j k lk o).
Qed.

(** So it is a strict local minimiser of (P). *)
Theorem C3_readout_local_minimiser : vright (fun n => 0 < lam n) pi W ->
  (forall j n, 0 < lam n -> vown j n -> pre W j n != 0) ->
  exists2 eps, 0 < eps & forall W', (forall n, 1 <= y n * fv W' (x n)) ->
    W' != W -> frob2 (W' - W) < eps -> frob2 W < frob2 W'.
Proof.
move=> r nz; pose I := ('I_m * 'I_N)%type.
pose F (i : I) : R := if (0 < lam i.2) && vown i.1 i.2 then
  pre W i.1 i.2 ^+ 2 / norm (x i.2) ^+ 2 else 1.
have x0 (i : I) : (0 < lam i.2) && vown i.1 i.2 -> 0 < norm (x i.2) ^+ 2.
  case/andP=> h o; rewrite exprn_gt0 // norm_gt0; apply: contraNneq (nz _ _ h o) => ->.
  by rewrite dotC dot0l.
exists (minover 1 F).
  apply: minover_gt; rewrite ?ltr01 // => i; rewrite /F; case: ifP => h; last exact: ltr01.
  rewrite divr_gt0 ?x0 // lt_neqAle sqr_ge0 andbT eq_sym sqrf_eq0.
  by case/andP: h => h o; apply: nz.
move=> W' feas ne near; apply: lt_le_trans (C3_readout_radius r feas _); last first.
  move=> j n ln o; have h0 : (0 < lam n) && vown j n by rewrite ln.
  have := minover_le 1 F (j, n); rewrite {2}/F /= h0 => h1; have := lt_le_trans near h1.
  by rewrite ltr_pdivl_mulr // (x0 (j, n)).
by rewrite ltr_addl lt_neqAle eq_sym frob2_eq0 subr_eq0 ne frob2_ge0.
Qed.

End Point.

(** C3: at most one point for each pattern. *)
Theorem C3_readout_unique pi W W' lam lam' s s' :
  vpattern_kkt pi W lam s -> vpattern_kkt pi W' lam' s' -> W = W'.
Proof.
move=> K K'.
have h1 := C3_readout_shortest K (fun n _ => vpk_feasible K' n).
have h2 := C3_readout_shortest K' (fun n _ => vpk_feasible K n).
have : frob2 (W' - W) <= 0.
  rewrite -(ler_add2l (frob2 W)) addr0; apply: le_trans h1 (le_trans _ h2).
  by rewrite ler_addl frob2_ge0.
by rewrite le_eqVlt ltNge frob2_ge0 orbF frob2_eq0 subr_eq0 => /eqP.
Qed.

(** C3, converse: a KKT point is the solution for every pattern right at it
    that is its slope on the support.                                        *)
Theorem C3_readout_converse pi W lam s : vkkt_with W lam s ->
  vright predT pi W -> (forall j n, 0 < lam n -> vown j n -> s j n = pi j n) ->
  vpattern_kkt pi W lam s.
Proof.
move=> K r e; have q n : vqpat pi W n = y n * fv W (x n) by apply: (vqpat_right r).
split=> //.
- by move=> j n _; apply: (vkkt_slopes K).
- by move=> n; rewrite q (vkkt_feasible K).
- exact: vkkt_dual K.
- by move=> n; rewrite q (vkkt_slack K).
- exact: vkkt_stationary K.
Qed.

(** C3: the gap bound for a proposal: slopes of [gamma, 1] at other pairs.   *)
Theorem C3_readout_gap pi Wo lo so W lam s : vpattern_kkt pi Wo lo so ->
  (forall j n, 0 < lam n -> vown j n -> s j n = pi j n) ->
  (forall j n, gamma <= s j n <= 1) -> (forall n, 0 <= lam n) ->
  (forall n, 1 <= vqpat pi W n) ->
  (forall j, row j W = \sum_n (lam n * y n * v j * s j n) *: x n) ->
  frob2 (W - Wo) <= frob2 W - \sum_n lam n.
Proof.
move=> Ko own bnd l0 feas st; have sup : \sum_n lam n <= fdot Wo W.
  rewrite (vfdot_stationary _ st); apply: ler_sum => n _.
  have := l0 n; rewrite le_eqVlt => /orP[/eqP <-|ln]; first by rewrite mul0r.
  rewrite ler_pemulr ?(ltW ln) // (le_trans (vpk_feasible Ko n)) //.
  apply: ler_sum => j _; rewrite vown_v; case: ifP => o; first by rewrite own.
  by rewrite mulNr mulrN ler_opp2 ler_wpmul2l // phi_ge_line.
have := C3_readout_shortest Ko (fun n _ => feas n); rewrite frob2B (fdotC W).
move: (frob2 W) (frob2 Wo) (fdot Wo W) (\sum_n lam n) sup => a b c e sup h.
apply: (@le_cert _ ((a - (b + (a - 2%:R * c + b))) / 2%:R + (c - e))); last by field.
by rewrite addr_ge0 ?subr_ge0 // divr_ge0 ?ler0n // subr_ge0.
Qed.

End ReadoutPattern.
