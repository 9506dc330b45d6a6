(******************************************************************************)
(* C3.v : the programme of a pattern has a solution, and polishing ends.      *)
(*                                                                            *)
(*   bslopes q     = the pattern of slopes 1 (true) and gamma (false)         *)
(*   flip_wrong q W = q with every own pair that W sees with the other sign   *)
(*                   turned round                                             *)
(*                                                                            *)
(* Polishing: solve (P_pi), flip the pairs that came out wrong, repeat.  The  *)
(* norm never rises and the patterns are finitely many, so it ends at a KKT   *)
(* point of (P), whose normalised margin is at least that of the weights from *)
(* which the first pattern was read.                                          *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt K1 T1 T2 C1 Gap Pattern C2 Exist.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Existence.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.
Variable pi : 'I_(p + p) -> 'I_N -> R.
Implicit Types W : 'M[R]_(p + p, d).

Local Notation pre W j n := (dot (row j W) (x n)).
Local Notation rho := ((sqrtm R p)^-1).
Local Notation I := ('I_N * {ffun 'I_(p + p) -> bool})%type.

(** One linear constraint for each sample and each choice of slopes at the
    other neurons.                                                           *)
Definition choice_slope (i : I) (j : 'I_(p + p)) : R :=
  if own_pair y j i.1 then pi j i.1 else tslope gamma (i.2 j).
Definition choice_vec (i : I) : 'M[R]_(p + p, d) :=
  \matrix_j ((y i.1 * a j * choice_slope i j) *: x i.1).

Lemma choice_dot W (i : I) :
  fdot W (choice_vec i) = \sum_j y i.1 * a j * (choice_slope i j * pre W j i.1).
Proof. by apply: eq_bigr => j _; rewrite rowK dotZr; ring. Qed.

Lemma tslope_bounds b : gamma <= tslope gamma b <= 1.
Proof. by case: b; rewrite /= ?gamma_le1 ?lexx. Qed.

Lemma choice_ge W (i : I) : qpat gamma x y pi W i.1 <= fdot W (choice_vec i).
Proof.
rewrite choice_dot; apply: ler_sum => j _; rewrite own_a // /choice_slope; case: ifP => o //.
rewrite mulNr mulrN ler_opp2 ler_wpmul2l ?invr_ge0 ?(ltW (sqrtm_gt0 R p_gt0)) //.
by apply: phi_ge_line => //; apply: tslope_bounds.
Qed.

(** With the slopes that W itself asks for, it is the restricted margin. *)
Lemma choice_tight W n : fdot W (choice_vec (n, [ffun j => 0 < pre W j n])) = qpat gamma x y pi W n.
Proof.
rewrite choice_dot; apply: eq_bigr => j _; rewrite own_a // /choice_slope /=; case: ifP => o //.
rewrite mulNr mulrN ffunE; congr (- (_ * _)); exact/esym/phi_dphi.
Qed.

Definition choice_M (i k : I) : R := fdot (choice_vec i) (choice_vec k).

Lemma choice_form (l l' : I -> R) : form choice_M l l' =
  fdot (\sum_i l i *: choice_vec i) (\sum_i l' i *: choice_vec i).
Proof.
rewrite fdot_suml; apply: eq_bigr => i _; rewrite fdotZl fdotC fdot_suml mulr_sumr.
by apply: eq_bigr => k _; rewrite fdotZl /choice_M (fdotC (choice_vec k)); ring.
Qed.

Lemma choice_mul (l : I -> R) i : Mmul choice_M l i = fdot (\sum_k l k *: choice_vec k) (choice_vec i).
Proof.
by rewrite fdot_suml; apply: eq_bigr => k _; rewrite fdotZl /choice_M (fdotC (choice_vec i)) mulrC.
Qed.

(** C3: (P_pi) has a solution, with multipliers, as soon as some weights make
    every restricted margin positive.                                        *)
Theorem C3_exists (W0 : 'M[R]_(p + p, d)) : (forall n, 0 < qpat gamma x y pi W0 n) ->
  exists W lam s, pattern_kkt gamma x y pi W lam s.
Proof.
move=> pos; have [|l|l l0 l1|l C] := @nnqp_exists R _ choice_M.
- by move=> i k; apply: fdotC.
- by rewrite choice_form; apply: sumr_ge0 => j _; apply: dot_ge0.
- rewrite choice_form lt_neqAle sumr_ge0 ?andbT => [|j _]; last exact: dot_ge0.
  rewrite eq_sym frob2_eq0; apply/eqP => e.
  have s0 : \sum_i l i * fdot W0 (choice_vec i) = 0.
    transitivity (fdot W0 (\sum_i l i *: choice_vec i)).
      by rewrite fdotC fdot_suml; apply: eq_bigr => i _; rewrite fdotZl fdotC.
    by rewrite e fdotC /fdot big1 // => j _; rewrite linear0 dot0l.
  have pos' i : 0 < fdot W0 (choice_vec i) by apply: lt_le_trans (choice_ge W0 i).
  have z i : l i = 0.
    have := psumr_eq0P (fun i _ => mulr_ge0 (l0 i) (ltW (pos' i))) s0 (i := i) isT.
    by move/eqP; rewrite mulf_eq0 (gt_eqF (pos' i)) orbF => /eqP.
  by move/eqP: l1; rewrite big1 ?(eq_sym 0) ?oner_eq0 // => i _; apply: z.
set W := \sum_i l i *: choice_vec i; pose lam n := \sum_(b : {ffun 'I_(p + p) -> bool}) l (n, b).
pose num j n := \sum_(b : {ffun 'I_(p + p) -> bool}) l (n, b) * tslope gamma (b j).
pose s j n := if own_pair y j n then pi j n
  else if 0 < lam n then num j n / lam n else dphi gamma (pre W j n).
have [l0 sup off] := C; have lam0 n : 0 <= lam n by apply: sumr_ge0.
have feas n : 1 <= qpat gamma x y pi W n by rewrite -choice_tight -choice_mul.
(* an active choice has at every other neuron the slope W asks for *)
have active n b j : 0 < l (n, b) -> ~~ own_pair y j n ->
    tslope gamma (b j) * pre W j n = phi gamma (pre W j n).
  move=> lb o; have e1 : fdot W (choice_vec (n, b)) = 1 by rewrite -choice_mul; apply: sup.
  have ge := choice_ge W (n, b); rewrite e1 /= in ge.
  have q1 : qpat gamma x y pi W n = 1 by apply/eqP; rewrite eq_le ge feas.
  have diff : \sum_i (y n * a i * (choice_slope (n, b) i * pre W i n) - rho * (if own_pair y i n
      then pi i n * pre W i n else - phi gamma (pre W i n))) = 0.
    by rewrite sumrB -[X in X - _](choice_dot W (n, b)) e1 -/(qpat gamma x y pi W n) q1 subrr.
  have term i : true -> 0 <= y n * a i * (choice_slope (n, b) i * pre W i n) - rho * (if own_pair y i n
      then pi i n * pre W i n else - phi gamma (pre W i n)).
    move=> _; rewrite own_a // /choice_slope /=; case: ifP => oi; first by rewrite subrr.
    rewrite mulNr mulrN opprK addrC subr_ge0 ler_wpmul2l ?invr_ge0 ?(ltW (sqrtm_gt0 R p_gt0)) //.
    by apply: phi_ge_line => //; apply: tslope_bounds.
  have := psumr_eq0P term diff (i := j) isT.
  rewrite own_a // /choice_slope /= (negbTE o) mulNr mulrN opprK addrC => /eqP.
  rewrite subr_eq0 => /eqP /mulfI -> //; first by rewrite invr_eq0 (sqrtm_neq0 R p_gt0).
have numE j n : lam n * s j n = if own_pair y j n then lam n * pi j n else num j n.
  rewrite /s; case: ifP => // o; case: ifP => h; first by rewrite mulrC divfK // gt_eqF.
  have z : lam n = 0 by apply/eqP; rewrite eq_le lam0 andbT leNgt h.
  rewrite z mul0r /num big1 // => b _.
  have := psumr_eq0P (fun b (_ : true) => l0 (n, b)) z (i := b) isT => ->; by rewrite mul0r.
exists W, lam, s; split.
- by move=> j n _ o; rewrite /s o.
- move=> j n o; rewrite /s (negbTE o); case: ifP => ln; last exact: dphi_clarke.
  have same c : (forall b, 0 < l (n, b) -> tslope gamma (b j) = c) -> num j n / lam n = c.
    move=> h; have -> : num j n = lam n * c; last by rewrite mulrAC divff ?mul1r // gt_eqF.
    rewrite mulr_suml; apply: eq_bigr => b _; have := l0 (n, b).
    by rewrite le_eqVlt => /orP[/eqP <-|/h ->] //; rewrite !mul0r.
  split.
  + rewrite ler_pdivl_mulr // ler_pdivr_mulr // mul1r mulr_sumr; apply/andP.
    split; apply: ler_sum => b _; have /andP[t1 t2] := tslope_bounds (b j).
      by rewrite mulrC ler_wpmul2l.
    by rewrite ler_pimulr.
  + move=> r0; apply: same => b lb; have := active n b j lb o.
    rewrite phi_pos ?(ltW r0) // => /eqP; rewrite -subr_eq0 -[X in _ - X]mul1r -mulrBl mulf_eq0.
    by rewrite (gt_eqF r0) orbF subr_eq0 => /eqP.
  + move=> r0; apply: same => b lb; have := active n b j lb o.
    rewrite phi_neg ?(ltW r0) // => /eqP; rewrite -subr_eq0 -mulrBl mulf_eq0.
    by rewrite (lt_eqF r0) orbF subr_eq0 => /eqP.
- exact: feas.
- exact: lam0.
- move=> n; have := lam0 n; rewrite le_eqVlt => /orP[/eqP <-|ln]; first by rewrite mul0r.
  have [b lb] : exists b, 0 < l (n, b).
    have [/existsP //|] := boolP [exists b, 0 < l (n, b)]; rewrite negb_exists => /forallP no.
    by move: ln; rewrite /lam big1 ?ltxx // => b _; apply/eqP; rewrite eq_le l0 andbT leNgt no.
  have ge := choice_ge W (n, b); rewrite -choice_mul sup //= in ge.
  have -> : qpat gamma x y pi W n = 1 by apply/eqP; rewrite eq_le ge feas.
  by rewrite subrr mulr0.
- move=> j; rewrite /W linear_sum; transitivity (\sum_n \sum_b row j (l (n, b) *: choice_vec (n, b))).
    by rewrite pair_bigA; apply: eq_bigr => -[n b].
  apply: eq_bigr => n _; transitivity ((y n * a j * (lam n * s j n)) *: x n); last by congr (_ *: _); ring.
  rewrite numE /lam /num; case: ifP => o; rewrite ?mulr_suml mulr_sumr scaler_suml; apply: eq_bigr => b _;
    rewrite linearZ /= rowK scalerA /choice_slope /= o; congr (_ *: _); ring.
Qed.

(** On separable data every pattern has a point. *)
Theorem C3_exists_separable : separable x y -> (forall j n, 0 < pi j n) ->
  exists W lam s, pattern_kkt gamma x y pi W lam s.
Proof.
case=> e he pos; pose W0 : 'M[R]_(p + p, d) := \matrix_j (a j *: e).
apply: (C3_exists (W0 := W0)) => n; have r0 : 0 < rho by rewrite invr_gt0 sqrtm_gt0.
have m0 : 0 < (p + p)%:R^-1 :> R by rewrite invr_gt0 m_gt0.
have term j : 0 < rho * (if own_pair y j n then pi j n * pre W0 j n else - phi gamma (pre W0 j n)).
  apply: mulr_gt0 => //; have := own_a y_pm1 j n; rewrite rowK dotZl.
  have ya : y n * (y n * a j) = a j by rewrite mulrA (y_sqr y_pm1) mul1r.
  case: ifP => o ea; rewrite -ya ea.
    by rewrite mulr_gt0 // mulrAC mulr_gt0.
  have neg : y n * - rho * dot e (x n) < 0.
    by rewrite mulrAC mulrN oppr_lt0 mulr_gt0.
  by rewrite phi_neg ?(ltW neg) // oppr_gt0 pmulr_rlt0.
rewrite /qpat (bigD1 (lshift p (Ordinal p_gt0))) //=; apply: ltr_spaddl; first exact: term.
by apply: sumr_ge0 => j _; apply: ltW.
Qed.

End Existence.

(** * Polishing *)

Section Polishing.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.
Implicit Types W : 'M[R]_(p + p, d).

Local Notation pre W j n := (dot (row j W) (x n)).
Local Notation signs := {ffun 'I_(p + p) * 'I_N -> bool}.

Definition bslopes (q : signs) (j : 'I_(p + p)) (n : 'I_N) : R := tslope gamma (q (j, n)).

Definition flip_wrong (q : signs) W : signs :=
  [ffun i => if 0 < pre W i.1 i.2 then true else if pre W i.1 i.2 < 0 then false else q i].

Lemma bslopes_bounded q : pattern_bounded gamma (bslopes q).
Proof. by move=> j n; apply: tslope_bounds. Qed.

(** The flipped pattern is right at W, at every pair. *)
Lemma flip_right q W : pattern_right gamma x y predT (bslopes (flip_wrong q W)) W.
Proof.
move=> j n _ _; rewrite /bslopes ffunE /=; case: (ltrgt0P (pre W j n)) => h /=.
- by apply: clarke_on => //; rewrite ltW.
- by apply: clarke_off => //; rewrite ltW.
- by rewrite h; case: (q _); [apply: clarke_on | apply: clarke_off].
Qed.

(** So the solution of one programme is feasible for the next. *)
Lemma flip_feasible q W n : qpat gamma x y (bslopes q) W n <= qpat gamma x y (bslopes (flip_wrong q W)) W n.
Proof.
rewrite (qpat_right gamma_le1 y_pm1 (flip_right q W)) //.
by apply: qpat_le => //; apply: bslopes_bounded.
Qed.

(** C3: one round of polishing: the norm falls, by the square of the distance,
    or the point has not moved and is a KKT point of (P).                    *)
Theorem C3_polish_round (q : signs) W lam s W' lam' s' :
  pattern_kkt gamma x y (bslopes q) W lam s ->
  pattern_kkt gamma x y (bslopes (flip_wrong q W)) W' lam' s' ->
  frob2 W' + frob2 (W - W') <= frob2 W /\ (frob2 W' < frob2 W \/ W' = W /\ kkt gamma x y W lam').
Proof.
move=> K K'; have le : frob2 W' + frob2 (W - W') <= frob2 W.
  apply: (C3_shortest gamma_le1 p_gt0 y_pm1 K') => n _.
  exact: le_trans (pk_feasible K n) (flip_feasible q W n).
split=> //; have [e|ne] := eqVneq W' W.
  right; split=> //; rewrite -e.
  apply: (C3_kkt gamma_le1 p_gt0 y_pm1 K'); first exact: bslopes_bounded.
  by rewrite e => j n _; apply: flip_right.
left; apply: lt_le_trans le; rewrite ltr_addl lt_neqAle eq_sym frob2_eq0 subr_eq0 eq_sym ne.
by apply: sumr_ge0 => j _; apply: dot_ge0.
Qed.

(** C3: polishing ends at a KKT point of (P), after at most as many rounds as
    there are patterns.                                                      *)
Theorem C3_polish_ends (q : nat -> signs) (W : nat -> 'M[R]_(p + p, d)) lam s :
  (forall k, pattern_kkt gamma x y (bslopes (q k)) (W k) (lam k) (s k)) ->
  (forall k, q k.+1 = flip_wrong (q k) (W k)) ->
  exists2 k, (k <= #|[finType of signs]|)%N & exists l, kkt gamma x y (W k) l.
Proof.
move=> K step; set T := #|[finType of signs]|.
have round k : frob2 (W k.+1) < frob2 (W k) \/ exists l, kkt gamma x y (W k) l.
  have Kn : pattern_kkt gamma x y (bslopes (flip_wrong (q k) (W k))) (W k.+1) (lam k.+1) (s k.+1).
    by rewrite -step.
  by have [_ [lt|[_ h]]] := C3_polish_round (K k) Kn; [left | right; exists (lam k.+1)].
have scan n : (forall k, (k < n)%N -> frob2 (W k.+1) < frob2 (W k)) \/
    exists2 k, (k < n)%N & exists l, kkt gamma x y (W k) l.
  elim: n => [|n [IH|[k kn h]]]; [by left | | by right; exists k => //; apply: ltnW].
  have [lt|h] := round n; last by right; exists n.
  by left=> k; rewrite ltnS leq_eqVlt => /orP[/eqP ->|/IH].
have [fall|[k kT h]] := scan T.+1; last by exists k.
have mono i j : (i < j)%N -> (j <= T.+1)%N -> frob2 (W j) < frob2 (W i).
  elim: j => // j IH; rewrite ltnS leq_eqVlt => /orP[/eqP ->|ij] jT; first exact: fall.
  by apply: lt_trans (fall j jT) (IH ij (ltnW jT)).
pose F (k : 'I_T.+1) := q k; have /injectivePn[i [j ij e]] : ~~ injectiveb F.
  by apply/negP => /injectiveP inj; have := leq_card F inj; rewrite card_ord ltnn.
have same : W i = W j by have := K i; rewrite [q i]e => Ki; apply: (C3_unique gamma_le1 p_gt0 y_pm1 Ki (K j)).
exfalso; case: (ltngtP (i : nat) j) => lt; last by move/eqP: ij; apply; apply: val_inj.
- by have := mono _ _ lt (ltnW (ltn_ord j)); rewrite same ltxx.
- by have := mono _ _ lt (ltnW (ltn_ord i)); rewrite same ltxx.
Qed.

(** C3: started from weights W0 with all margins at least m > 0, at their own
    signs, every point on the way is at most ||W0|| / m long and has margins
    at least 1: its normalised margin is at least that of W0.                *)
Theorem C3_polish_margin (q : nat -> signs) (W : nat -> 'M[R]_(p + p, d)) lam s
    (W0 : 'M[R]_(p + p, d)) (m : R) : 0 < m -> (forall n, m <= y n * f gamma W0 (x n)) ->
  q 0%N = [ffun i => 0 < pre W0 i.1 i.2] ->
  (forall k, pattern_kkt gamma x y (bslopes (q k)) (W k) (lam k) (s k)) ->
  (forall k, q k.+1 = flip_wrong (q k) (W k)) ->
  forall k, (forall n, 1 <= y n * f gamma (W k) (x n)) /\ m ^+ 2 * frob2 (W k) <= frob2 W0.
Proof.
move=> m0 hm q0 K step k; split=> [n|].
  by apply: le_trans (pk_feasible (K k) n) _; apply: qpat_le => //; apply: bslopes_bounded.
have le0 (A : 'M[R]_(p + p, d)) : 0 <= frob2 A by apply: sumr_ge0 => j _; apply: dot_ge0.
elim: k => [|k IH].
  have right0 : pattern_right gamma x y predT (bslopes (q 0%N)) (m^-1 *: W0).
    move=> j n _ _; rewrite linearZ /= dotZl /bslopes q0 ffunE /=.
    have mi : 0 < m^-1 by rewrite invr_gt0.
    case: (lerP (pre W0 j n) 0) => h.
      by apply: clarke_off => //; rewrite pmulr_rle0.
    by apply: clarke_on => //; rewrite pmulr_rge0 // ltW.
  have : frob2 (W 0%N) + frob2 (m^-1 *: W0 - W 0%N) <= frob2 (m^-1 *: W0).
    apply: (C3_shortest gamma_le1 p_gt0 y_pm1 (K 0%N)) => n _.
    rewrite (qpat_right gamma_le1 y_pm1 right0) // f_homogeneous ?invr_ge0 ?(ltW m0) //.
    by rewrite mulrCA mulrC ler_pdivl_mulr // mul1r.
  have -> : frob2 (m^-1 *: W0) = m^-1 ^+ 2 * frob2 W0.
    rewrite /frob2 mulr_sumr; apply: eq_bigr => j _.
    by rewrite linearZ /= dotZl dotZr mulrA expr2.
  move=> h; have : frob2 (W 0%N) <= m^-1 ^+ 2 * frob2 W0 by apply: le_trans h; rewrite ler_addl.
  rewrite exprVn mulrC ler_pdivl_mulr ?exprn_gt0 //.
  by rewrite mulrC.
apply: le_trans IH; rewrite ler_pmul2l ?exprn_gt0 //.
have Kn : pattern_kkt gamma x y (bslopes (flip_wrong (q k) (W k))) (W k.+1) (lam k.+1) (s k.+1) by rewrite -step.
by have [h _] := C3_polish_round (K k) Kn; apply: le_trans h; rewrite ler_addl.
Qed.

End Polishing.
