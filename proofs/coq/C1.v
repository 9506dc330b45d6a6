(******************************************************************************)
(* C1.v : the a-posteriori certificate, and Q itself.                         *)
(*                                                                            *)
(*   qp_conditions lam = lam >= 0, (Q lam)_n = 1 on the support, >= 1 off it  *)
(*   aligned lam       = y_n <u, x_n> > 0 and y_n <v, x_n> < 0 (condition b)  *)
(*                                                                            *)
(* C1: qp_conditions + aligned make W* a KKT point with linear boundary w,    *)
(* whether or not (H) holds.  Nothing here says that a given run of training  *)
(* converges to it.                                                           *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section QForm.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Implicit Types lam l : 'I_N -> R.

(** z'Gz and z'Qz. *)
Definition Gform l : R := \sum_n \sum_k l n * l k * G x n k.
Definition Qform l : R := \sum_n \sum_k l n * l k * Q gamma x y n k.

Definition G_posdef : Prop := forall l, (exists n, l n != 0) -> 0 < Gform l.
Definition Q_posdef : Prop := forall l, (exists n, l n != 0) -> 0 < Qform l.

Lemma Gform_norm l : Gform l = norm (\sum_n l n *: x n) ^+ 2.
Proof.
rewrite norm_sqr dot_suml; apply: eq_bigr => n _; rewrite dotZl dot_sumr mulr_sumr.
by apply: eq_bigr => k _; rewrite dotZr mulrA.
Qed.

Lemma Gform_ge0 l : 0 <= Gform l.
Proof. by rewrite Gform_norm sqr_ge0. Qed.

Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y).

(** Schur's product theorem for this h: half the sum of two congruences of G
    by diagonal matrices.                                                    *)
Lemma Qform_split l : Qform l =
  (Gform (fun n => l n * y n * c gamma y n) + Gform (fun n => l n * y n * cbar gamma y n)) / 2%:R.
Proof.
rewrite /Gform -big_split mulr_suml; apply: eq_bigr => n _ /=.
rewrite -big_split mulr_suml; apply: eq_bigr => k _ /=.
by rewrite /Q (h_rank2 gamma y_pm1); field.
Qed.

Theorem Q_possemidef l : 0 <= Qform l.
Proof. by rewrite Qform_split divr_ge0 ?ler0n // addr_ge0 ?Gform_ge0. Qed.

(** Q is positive definite when the Gram matrix is. *)
Theorem Q_posdef_of_G : G_posdef -> Q_posdef.
Proof.
move=> Gp l [n ln]; rewrite Qform_split divr_gt0 ?ltr0n //.
apply: ltr_spaddl; last exact: Gform_ge0.
apply: Gp; exists n; rewrite !mulf_neq0 ?(y_neq0 y_pm1) //.
by rewrite gt_eqF // c_gt0.
Qed.

(** The sums of l_n x_n over the positive and over the negative samples. *)
Definition s_pos l : 'rV[R]_d := \sum_n (if y n == 1 then l n else 0) *: x n.
Definition s_neg l : 'rV[R]_d := \sum_n (if y n == 1 then 0 else l n) *: x n.

Lemma sum_c l : \sum_n (l n * y n * c gamma y n) *: x n = s_pos l - gamma *: s_neg l.
Proof.
rewrite /s_pos /s_neg scaler_sumr -sumrB; apply: eq_bigr => n _.
rewrite scalerA -scalerBl; congr (_ *: _); rewrite /c.
by case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1; ring.
Qed.

Lemma sum_cbar l : \sum_n (l n * y n * cbar gamma y n) *: x n = gamma *: s_pos l - s_neg l.
Proof.
rewrite /s_pos /s_neg scaler_sumr -sumrB; apply: eq_bigr => n _.
rewrite scalerA -scalerBl; congr (_ *: _); rewrite /cbar /c.
by case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1; ring.
Qed.

(** Q sees a vector only through its two class sums. *)
Theorem Q_class_form l : Qform l =
  (1 + gamma ^+ 2) / 2%:R * (dot (s_pos l) (s_pos l) + dot (s_neg l) (s_neg l))
  - 2%:R * gamma * dot (s_pos l) (s_neg l).
Proof.
rewrite Qform_split !Gform_norm !norm_sqr sum_c sum_cbar.
rewrite !(dotBl, dotBr, dotZl, dotZr) (dotC (s_neg l)).
by field.
Qed.

(** For gamma < 1, Q is positive definite iff the samples of each class are
    linearly independent; samples of opposite classes may depend on each
    other.                                                                   *)
Theorem Q_posdef_iff : gamma < 1 ->
  Q_posdef <-> (forall l, s_pos l = 0 -> s_neg l = 0 -> forall n, l n = 0).
Proof.
move=> g1; split=> [Qp l lp ln n|free l [n ln]].
  apply/eqP/negPn/negP => h; have : 0 < Qform l by apply: Qp; exists n.
  by rewrite Q_class_form lp ln !dot0l addr0 !mulr0 subr0 ltxx.
have sq : 0 < (1 - gamma) ^+ 2 / 2%:R by rewrite divr_gt0 ?ltr0n // exprn_gt0 // subr_gt0.
have low : (1 - gamma) ^+ 2 / 2%:R * (dot (s_pos l) (s_pos l) + dot (s_neg l) (s_neg l)) <= Qform l.
  apply: (@le_cert _ (gamma * dot (s_pos l - s_neg l) (s_pos l - s_neg l))).
    by rewrite mulr_ge0 ?dot_ge0 // ltW.
  by rewrite Q_class_form !(dotBl, dotBr) (dotC (s_neg l)); field.
apply: lt_le_trans low; rewrite pmulr_rgt0 // lt_neqAle addr_ge0 ?dot_ge0 // andbT eq_sym.
apply: contra ln; rewrite paddr_eq0 ?dot_ge0 // !dot_eq0 => /andP[/eqP p0 /eqP n0].
by rewrite (free l p0 n0 n).
Qed.

(** A null vector of Q moves neither u nor v. *)
Lemma Qform_eq0 l : Qform l = 0 ->
  \sum_n (l n * y n * c gamma y n) *: x n = 0 /\
  \sum_n (l n * y n * cbar gamma y n) *: x n = 0.
Proof.
move/eqP; rewrite Qform_split mulf_eq0 invr_eq0 pnatr_eq0 orbF.
rewrite paddr_eq0 ?Gform_ge0 // !Gform_norm !sqrf_eq0 !norm_eq0.
by case/andP=> /eqP -> /eqP ->.
Qed.

(** For linearly independent samples the Gram matrix is positive definite. *)
Theorem G_posdef_of_free :
  (forall l, \sum_n l n *: x n = 0 -> forall n, l n = 0) -> G_posdef.
Proof.
move=> free l [n ln]; rewrite Gform_norm exprn_gt0 // norm_gt0.
by apply: contraNneq ln => /free->.
Qed.

(** ** The quadratic programme  min 1/2 l'Ql - 1'l  over l >= 0 *)

Record qp_conditions lam : Prop := {
  qp_nonneg : forall n, 0 <= lam n;
  qp_support : forall n, 0 < lam n -> Qmul gamma x y lam n = 1;
  qp_off : forall n, 1 <= Qmul gamma x y lam n
}.

Definition qp_objective l : R := Qform l / 2%:R - \sum_n l n.

Lemma QformE l : Qform l = \sum_n l n * Qmul gamma x y l n.
Proof.
apply: eq_bigr => n _; rewrite mulr_sumr; apply: eq_bigr => k _.
by rewrite mulrAC mulrA.
Qed.

Lemma Qform_sub l lam : Qform (fun n => l n - lam n) =
  Qform l - 2%:R * (\sum_n l n * Qmul gamma x y lam n) + Qform lam.
Proof.
have sym : \sum_n lam n * Qmul gamma x y l n = \sum_n l n * Qmul gamma x y lam n.
  rewrite /Qmul (eq_bigr (fun n => \sum_k lam n * (Q gamma x y n k * l k))); last first.
    by move=> n _; rewrite mulr_sumr.
  rewrite exchange_big; apply: eq_bigr => n _; rewrite mulr_sumr.
  by apply: eq_bigr => k _; rewrite (QC gamma x y k n); ring.
have lin n : Qmul gamma x y (fun k => l k - lam k) n = Qmul gamma x y l n - Qmul gamma x y lam n.
  by rewrite /Qmul -sumrB; apply: eq_bigr => k _; rewrite mulrBr.
transitivity (Qform l - \sum_n l n * Qmul gamma x y lam n
  - \sum_n lam n * Qmul gamma x y l n + Qform lam); last by rewrite sym; ring.
rewrite !QformE -!sumrB -big_split; apply: eq_bigr => n _ /=.
by rewrite lin; ring.
Qed.

(** The conditions are the optimality conditions of the programme. *)
Lemma qp_gap l lam : qp_conditions lam -> (forall n, 0 <= l n) ->
  qp_objective lam + Qform (fun n => l n - lam n) / 2%:R <= qp_objective l.
Proof.
move=> C l0; have [lam0 sup off] := C.
have self : Qform lam = \sum_n lam n.
  rewrite QformE; apply: eq_bigr => n _; have := lam0 n.
  by rewrite le_eqVlt => /orP[/eqP<-|/sup->]; rewrite ?mul0r ?mulr1.
have cross : \sum_n l n <= \sum_n l n * Qmul gamma x y lam n.
  by apply: ler_sum => n _; rewrite ler_pemulr.
rewrite /qp_objective Qform_sub self.
apply: (@le_cert _ (\sum_n l n * Qmul gamma x y lam n - \sum_n l n)).
  by rewrite subr_ge0.
by field.
Qed.

Theorem C1_qp_optimal lam : qp_conditions lam ->
  forall l, (forall n, 0 <= l n) -> qp_objective lam <= qp_objective l.
Proof.
move=> C l l0; apply: le_trans (qp_gap C l0).
by rewrite ler_addl divr_ge0 ?ler0n // Q_possemidef.
Qed.

Theorem C1_qp_unique lam lam' : Q_posdef ->
  qp_conditions lam -> qp_conditions lam' -> lam =1 lam'.
Proof.
move=> Qp C C' n; apply/eqP; rewrite -subr_eq0; apply/negPn/negP => h.
have q0 : 0 < Qform (fun n => lam n - lam' n) by apply: Qp; exists n.
have g1 := qp_gap C' (qp_nonneg C); have g2 := C1_qp_optimal C (qp_nonneg C').
have := le_trans g1 g2; rewrite ger_addl leNgt; apply/negP; rewrite negbK.
by rewrite divr_gt0 ?ltr0n.
Qed.

(** Even if Q is singular, all solutions share u, v and w. *)
Theorem C1_rows_unique p lam lam' : qp_conditions lam -> qp_conditions lam' ->
  [/\ u gamma x y p lam = u gamma x y p lam', v gamma x y p lam = v gamma x y p lam' &
      w x y lam = w x y lam'].
Proof.
move=> C C'; have Q0 : Qform (fun n => lam n - lam' n) = 0.
  apply/eqP; rewrite eq_le Q_possemidef // andbT.
  have := le_trans (qp_gap C' (qp_nonneg C)) (C1_qp_optimal C (qp_nonneg C')).
  by rewrite ger_addl pmulr_lle0 // invr_gt0 ltr0n.
have [e1 e2] := Qform_eq0 Q0.
have diff (r : 'I_N -> R) : \sum_n ((lam n - lam' n) * y n * r n) *: x n = 0 ->
    \sum_n (lam n * y n * r n) *: x n = \sum_n (lam' n * y n * r n) *: x n.
  move=> h; apply/eqP; rewrite -subr_eq0 -sumrB; apply/eqP; rewrite -[RHS]h.
  by apply: eq_bigr => n _; rewrite -scalerBl; congr (_ *: _); ring.
split; first by rewrite /u (diff _ e1).
  by rewrite /v (diff _ e2).
have e3 : \sum_n ((lam n - lam' n) * y n * 1) *: x n = 0.
  have g0 : 1 + gamma != 0 by rewrite gt_eqF // ltr_spaddl ?ltr01 // ltW.
  have e : (1 + gamma) *: (\sum_n ((lam n - lam' n) * y n * 1) *: x n) =
      \sum_n ((lam n - lam' n) * y n * c gamma y n) *: x n +
      \sum_n ((lam n - lam' n) * y n * cbar gamma y n) *: x n.
    rewrite scaler_sumr -big_split; apply: eq_bigr => n _ /=.
    by rewrite -scalerDl -mulrDr c_cbar scalerA; congr (_ *: _); ring.
  by move/eqP: e; rewrite e1 e2 addr0 scaler_eq0 (negbTE g0) => /eqP.
have := diff _ e3; rewrite /w.
have mul1 (l : 'I_N -> R) : \sum_n (l n * y n * 1) *: x n = \sum_n (l n * y n) *: x n.
  by apply: eq_bigr => n _; rewrite mulr1.
by rewrite !mul1.
Qed.

(** On the simplex, q'Qq is least at q = lambda / sum lambda: the direction
    that the rescaled flow approaches once the patterns are the labels'.     *)
Theorem C1_simplex_minimiser lam q (s := \sum_n lam n) : qp_conditions lam ->
  0 < s -> (forall n, 0 <= q n) -> \sum_n q n = 1 ->
  Qform (fun n => lam n / s) = 1 / s /\ 1 / s <= Qform q.
Proof.
move=> C s0 q0 q1; have [lam0 sup off] := C; have sn0 : s != 0 by rewrite gt_eqF.
have self : Qform lam = s.
  rewrite QformE; apply: eq_bigr => n _; have := lam0 n.
  by rewrite le_eqVlt => /orP[/eqP<-|/sup->]; rewrite ?mul0r ?mulr1.
pose r n := lam n / s.
have Qr : Qform r = 1 / s.
  have -> : Qform r = Qform lam / s ^+ 2.
    rewrite /Qform mulr_suml; apply: eq_bigr => n _; rewrite mulr_suml.
    by apply: eq_bigr => k _; rewrite /r; field.
  by rewrite self; field.
have Qmr n : Qmul gamma x y r n = Qmul gamma x y lam n / s.
  by rewrite /Qmul mulr_suml; apply: eq_bigr => k _; rewrite mulrA.
have cross : 1 / s <= \sum_n q n * Qmul gamma x y r n.
  rewrite -q1 mulr_suml; apply: ler_sum => n _; rewrite Qmr.
  by rewrite ler_wpmul2l // ler_pdivl_mulr // mulVf.
split=> //; have := Q_possemidef (fun n => q n - r n); rewrite Qform_sub Qr => h0.
apply: (@le_cert _ ((Qform q - 2%:R * (\sum_n q n * Qmul gamma x y r n) + 1 / s)
  + 2%:R * (\sum_n q n * Qmul gamma x y r n - 1 / s))); last by ring.
by rewrite addr_ge0 // mulr_ge0 ?ler0n // subr_ge0.
Qed.

End QForm.

(** * C1 *)

Section C1.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.
Implicit Type lam : 'I_N -> R.

(** The label-forced slopes. *)
Definition label_slopes (j : 'I_(p + p)) (n : 'I_N) : R :=
  if (j < p)%N then c gamma y n else cbar gamma y n.

Lemma label_slopes_clarke lam : aligned gamma x y p lam ->
  slopes gamma x (Wstar gamma x y p lam) label_slopes.
Proof.
move=> al j n; have [hu hv] := al n; rewrite row_two_rows /label_slopes.
have g1 : gamma <= gamma <= 1 by rewrite lexx.
have g2 : gamma <= (1 : R) <= 1 by rewrite gamma_le1 lexx.
have sgn (r : R) : r < 0 -> (0 < r) = false by move=> r0; rewrite ltNge ltW.
have sgp (r : R) : 0 < r -> (r < 0) = false by move=> r0; rewrite ltNge ltW.
case: (y_pm1 n) hu hv => yn; rewrite yn ?mul1r ?mulN1r ?oppr_gt0 ?oppr_lt0 => hu hv.
- rewrite (c_pos gamma yn) (cbar_pos gamma yn).
  by case: ifP => _; split=> //; rewrite ?(sgp _ hu) ?(sgn _ hv).
- rewrite (c_neg gamma yn) (cbar_neg gamma yn).
  by case: ifP => _; split=> //; rewrite ?(sgn _ hu) ?(sgp _ hv).
Qed.

(** QP form: the conditions and (b) give a KKT point. *)
Theorem C1_qp lam : qp_conditions gamma x y lam -> aligned gamma x y p lam ->
  kkt gamma x y (Wstar gamma x y p lam) lam /\
  linear_boundary (f gamma (Wstar gamma x y p lam)) (w x y lam).
Proof.
move=> [lam0 sup off] al; split; last exact: Q1_linear_boundary.
exists label_slopes; split=> // [|n|n|j].
- exact: label_slopes_clarke.
- by rewrite Q1_margin.
- rewrite Q1_margin //; have := lam0 n.
  by rewrite le_eqVlt => /orP[/eqP<-|/sup->]; rewrite ?mul0r // subrr mulr0.
- rewrite row_two_rows /label_slopes /u /v !scaler_sumr; case: (ltnP j p) => jp.
    by apply: eq_bigr => n _; rewrite scalerA (a_pos R jp); congr (_ *: _); ring.
  by apply: eq_bigr => n _; rewrite scalerA (a_neg R jp); congr (_ *: _); ring.
Qed.

(** Full support: lambda > 0 with Q lambda = 1, and (b). *)
Theorem C1_full_support lam : (forall n, 0 < lam n) -> Q_solution gamma x y lam ->
  aligned gamma x y p lam ->
  kkt gamma x y (Wstar gamma x y p lam) lam /\
  linear_boundary (f gamma (Wstar gamma x y p lam)) (w x y lam).
Proof.
move=> lam0 Ql; apply: C1_qp; split=> [n|n _|n]; rewrite ?Ql //.
exact: ltW.
Qed.

(** Conversely a KKT point whose patterns are the labels' is of this form. *)
Theorem C1_converse (W : 'M[R]_(p + p, d)) lam :
  kkt gamma x y W lam -> forced x y W ->
  [/\ W = Wstar gamma x y p lam, qp_conditions gamma x y lam & aligned gamma x y p lam].
Proof.
case=> s K hf; have e := forced_Wstar p_gt0 y_pm1 K hf.
have al : aligned gamma x y p lam by apply/Wstar_forced => //; rewrite -e.
have mar n : y n * f gamma W (x n) = Qmul gamma x y lam n by rewrite e Q1_margin.
split=> //; split=> [n|n ln|n]; first exact: (kkt_dual K n).
  by rewrite -mar; apply: (slack_active K).
by rewrite -mar (kkt_feasible K n).
Qed.

(** A KKT point whose slopes are the label slopes in Clarke's sense, kinks
    included, has the rows u and v and satisfies (a), and (b) without
    strictness.                                                              *)
Lemma label_slopes_S n k : S label_slopes n k = h gamma y n k.
Proof.
rewrite (h_rank2 gamma y_pm1) /S.
pose F b := (if b then c gamma y n else cbar gamma y n) * (if b then c gamma y k else cbar gamma y k).
rewrite (eq_bigr (fun j : 'I_(p + p) => F (j < p)%N)) => [|j _]; last first.
  by rewrite /F /label_slopes; case: ifP.
rewrite sum_two_kinds /F natrD.
have p0 : p%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
by field; rewrite -mulr2n mulrn_eq0.
Qed.

Theorem C1_converse_clarke (W : 'M[R]_(p + p, d)) lam : gamma < 1 ->
  kkt_with gamma x y W lam label_slopes ->
  [/\ W = Wstar gamma x y p lam, qp_conditions gamma x y lam &
      forall n, 0 <= y n * dot (u gamma x y p lam) (x n) /\
                y n * dot (v gamma x y p lam) (x n) <= 0].
Proof.
move=> g1 K; have eW : W = Wstar gamma x y p lam.
  apply/row_matrixP => j; rewrite (kkt_stationary K j) row_two_rows /label_slopes /u /v !scaler_sumr.
  case: (ltnP j p) => jp; apply: eq_bigr => n _; rewrite scalerA.
    by rewrite (a_pos R jp); congr (_ *: _); ring.
  by rewrite (a_neg R jp); congr (_ *: _); ring.
have mar n : y n * f gamma W (x n) = Qmul gamma x y lam n.
  rewrite (kkt_margin gamma_le1 n K); apply: eq_bigr => k _.
  by rewrite label_slopes_S /Q; ring.
split=> //.
  split=> [n|n ln|n]; first exact: (kkt_dual K n).
    by rewrite -mar; apply: (slack_active K).
  by rewrite -mar (kkt_feasible K n).
have c1 : (1 == gamma) = false by apply/negbTE; rewrite gt_eqF.
have c2 : (gamma == 1) = false by rewrite eq_sym.
move=> n; have := kkt_slopes K (lshift p (Ordinal p_gt0)) n.
have := kkt_slopes K (rshift p (Ordinal p_gt0)) n.
have lp : (lshift p (Ordinal p_gt0) < p)%N by [].
have rp : (rshift p (Ordinal p_gt0) < p)%N = false by rewrite /= addn0 ltnn.
rewrite eW !row_two_rows /label_slopes lp rp => -[_ vp vn] [_ up un].
move: (dot (u _ _ _ _ _) _) (dot (v _ _ _ _ _) _) up un vp vn => U V.
case: (y_pm1 n) => yn; rewrite yn.
  rewrite (c_pos gamma yn) (cbar_pos gamma yn) !mul1r => up un vp vn.
  by split; rewrite leNgt; apply/negP => /[dup] hh; [move/un/eqP; rewrite c1 | move/vp/eqP; rewrite c2].
rewrite (c_neg gamma yn) (cbar_neg gamma yn) !mulN1r oppr_ge0 oppr_le0 => up un vp vn.
by split; rewrite leNgt; apply/negP => /[dup] hh; [move/up/eqP; rewrite c2 | move/vn/eqP; rewrite c1].
Qed.

(** If an inequality of (b) holds the wrong way round at a solution of (a), no
    KKT point has the label slopes, whether or not Q is singular.            *)
Theorem C1_reversed_refuted lam n : gamma < 1 -> qp_conditions gamma x y lam ->
  y n * dot (u gamma x y p lam) (x n) < 0 \/ 0 < y n * dot (v gamma x y p lam) (x n) ->
  forall (W : 'M[R]_(p + p, d)) lam', ~ kkt_with gamma x y W lam' label_slopes.
Proof.
move=> g1 C rev W lam' K; have [_ C' al] := C1_converse_clarke g1 K.
have [eu ev _] := C1_rows_unique gamma_gt0 y_pm1 p C C'.
have [au av] := al n; rewrite eu ev in rev; case: rev => h0.
  by have := lt_le_trans h0 au; rewrite ltxx.
by have := lt_le_trans h0 av; rewrite ltxx.
Qed.

(** Without (b) the linear form is refuted for this pattern: when Q is positive
    definite and the programme's solution is not aligned, no KKT point has
    label-forced patterns.                                                   *)
Theorem C1_refuted lam : Q_posdef gamma x y -> qp_conditions gamma x y lam ->
  ~ aligned gamma x y p lam ->
  forall (W : 'M[R]_(p + p, d)) lam', kkt gamma x y W lam' -> ~ forced x y W.
Proof.
move=> Qp C nal W lam' K hf; have [_ C' al'] := C1_converse K hf.
apply: nal => n; have e := C1_qp_unique y_pm1 Qp C C'.
have -> : u gamma x y p lam = u gamma x y p lam'.
  by congr (_ *: _); apply: eq_bigr => k _; rewrite e.
have -> : v gamma x y p lam = v gamma x y p lam'.
  by congr (_ *: _); apply: eq_bigr => k _; rewrite e.
exact: al'.
Qed.

End C1.

(** * Under (H) the KKT point exists: T1 speaks of something *)

Section Existence.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.

(** A square system with at most one solution has one. *)
Lemma Q_solvable : (forall l l' : 'I_N -> R,
    (forall n, Qmul gamma x y l n = Qmul gamma x y l' n) -> l =1 l') ->
  exists lam, Q_solution gamma x y lam.
Proof.
move=> inj; pose A : 'M[R]_N := \matrix_(k, n) Q gamma x y n k.
have mulA (r : 'rV[R]_N) n : (r *m A) 0 n = Qmul gamma x y (fun k => r 0 k) n.
  by rewrite mxE; apply: eq_bigr => k _; rewrite mxE mulrC.
have fA : row_free A.
  apply: inj_row_free => r rA; apply/rowP => k; rewrite mxE.
  apply: (inj (fun k => r 0 k) (fun=> 0)) => n; rewrite -mulA rA mxE.
  by rewrite /Qmul big1 // => i _; rewrite mulr0.
pose r : 'rV[R]_N := const_mx 1 *m invmx A; exists (fun k => r 0 k) => n.
by rewrite -mulA /r mulmxKV ?mxE // -row_free_unit.
Qed.

(** T2 a posteriori: rows dominated by a factor below 1/2 make Q lambda = 1
    solvable, in one way; T2_aposteriori bounds the solution.                *)
Theorem T2_aposteriori_solvable (lo k : R) : 0 < lo -> (forall n, lo <= G x n n) ->
  (forall n, Qoff gamma x y n <= k * hdiag gamma * lo) -> k < 1 / 2%:R ->
  exists2 lam, Q_solution gamma x y lam &
    forall lam', Q_solution gamma x y lam' -> lam' =1 lam.
Proof.
move=> lo0 hlo hoff hk; have [k1 _] := half_lt1 hk; have hd0 := hdiag_gt0 gamma.
have inj (l l' : 'I_N -> R) :
    (forall n, Qmul gamma x y l n = Qmul gamma x y l' n) -> l =1 l'.
  move=> hQ n0; pose D i := l i - l' i; have [n hn] := exists_max n0 (fun i => `|D i|).
  have zero : \sum_i D i * Q gamma x y n i = 0.
    apply/eqP; rewrite (eq_bigr (fun i => Q gamma x y n i * l i - Q gamma x y n i * l' i)).
      by rewrite sumrB subr_eq0; apply/eqP; apply: hQ.
    by move=> i _; rewrite /D; ring.
  have QD : Q gamma x y n n = hdiag gamma * G x n n by apply: Q_diag.
  have off : `|D n * (hdiag gamma * G x n n)| <= k * hdiag gamma * lo * `|D n|.
    move/eqP: zero; rewrite (bigD1 n) //= QD addr_eq0 => /eqP ->; rewrite normrN.
    apply: le_trans (ler_norm_sum _ _ _) _.
    apply: (@le_trans _ _ (Qoff gamma x y n * `|D n|)); last by rewrite ler_wpmul2r.
    rewrite /Qoff mulr_suml; apply: ler_sum => i _.
    by rewrite normrM mulrC ler_wpmul2l.
  have G0 : 0 < G x n n := lt_le_trans lo0 (hlo n).
  move: off; rewrite mulrCA normrM (gtr0_norm hd0) normrM (gtr0_norm G0) => off.
  move: (`|D n|) (normr_ge0 (D n)) off hn => M M0 off hn.
  have den : 0 < (1 - k) * hdiag gamma * lo by apply: mulr_gt0 => //; apply: mulr_gt0.
  have Mz : M <= 0.
    rewrite -(pmulr_rle0 _ den).
    apply: (@le_cert _ ((k * hdiag gamma * lo * M - hdiag gamma * (M * G x n n))
      + hdiag gamma * (M * (G x n n - lo)))); last by ring.
    apply: addr_ge0; first by rewrite subr_ge0.
    by apply: mulr_ge0; [apply: ltW | rewrite mulr_ge0 ?subr_ge0].
  by have := le_trans (hn n0) Mz; rewrite normr_le0 /D subr_eq0 => /eqP.
have [lam Ql] := Q_solvable inj; exists lam => // lam' Ql'.
by apply: inj => n; rewrite Ql Ql'.
Qed.

Theorem T1_kkt_exists (n0 : 'I_N) : (forall n, x n != 0) -> hypH gamma x ->
  exists lam, kkt gamma x y (Wstar gamma x y p lam) lam.
Proof.
move=> x0 H; have no := hypH_nearly_orthogonal H n0 x0.
have [lam Ql] := Q_solvable (Q_injective gamma_gt0 gamma_le1 y_pm1 no).
have bnd := T2_implies_T1_bounds gamma_gt0 gamma_le1 y_pm1 Ql no.
have lo0 := no_lo_gt0 no; have hi0 := hi_gt0 no n0.
have h2 : 0 < 2%:R * Rmax x ^+ 2 by rewrite mulr_gt0 ?ltr0n.
have h3 : 0 < 2%:R * gamma ^+ 2 * Rmin x ^+ 2.
  by rewrite mulr_gt0 // mulr_gt0 ?ltr0n ?exprn_gt0.
have lower k : 1 < 2%:R * Rmax x ^+ 2 * lam k.
  by have /andP[+ _] := bnd k; rewrite ltr_pdivr_mulr // [lam k * _]mulrC.
have upper k : 2%:R * gamma ^+ 2 * Rmin x ^+ 2 * lam k < 3%:R.
  by have /andP[_] := bnd k; rewrite ltr_pdivl_mulr // [lam k * _]mulrC.
have lam0 k : 0 < lam k.
  by rewrite -(pmulr_rgt0 _ h2); apply: lt_trans (lower k); apply: ltr01.
exists lam; apply C1_full_support => // n.
have si : 0 < (sqrtm R p)^-1 by rewrite invr_gt0 sqrtm_gt0.
have cb k : gamma <= c gamma y k <= 1.
  by rewrite /c; case: ifP => _; rewrite ?lexx ?gamma_le1.
have cbb k : gamma <= cbar gamma y k <= 1.
  by rewrite /cbar /c; case: ifP => _; rewrite ?addrK ?lexx ?gamma_le1 // addrC addKr lexx gamma_le1.
rewrite dot_u dot_v mulNr mulrN oppr_lt0 !(mulrCA (y n)); split; rewrite pmulr_rgt0 //.
  exact: (weighted_sum_forced gamma_gt0 y_pm1 no).
exact: (weighted_sum_forced gamma_gt0 y_pm1 no).
Qed.

End Existence.
