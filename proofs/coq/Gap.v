(******************************************************************************)
(* Gap.v : how far approximate multipliers may be from the exact ones.        *)
(*                                                                            *)
(*   form M l l' = l'M l'          Mmul M l i = (M l)_i                       *)
(*   nnqp M l    = l >= 0, (M l)_i = 1 on the support, >= 1 off it: the       *)
(*                 optimality conditions of min 1/2 l'Ml - 1'l over l >= 0    *)
(*   gap M l     = l'(M l - 1)                                                *)
(*                                                                            *)
(* The form met here is that of two vectors: each index i has a sample x_i    *)
(* and two coefficients r_i, s_i, and                                         *)
(*   vec x r l     = sum_i l_i r_i x_i                                        *)
(*   pairM x r s   = (r_i r_k + s_i s_k)/2 <x_i, x_k>                         *)
(* so that l'Ml = (||vec x r l||^2 + ||vec x s l||^2)/2.  Q of C1 is one      *)
(* (N indices), the programme of C2 another (2N).                             *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2 C1.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** * Any symmetric form *)

Section Form.
Variables (R : realFieldType) (I : finType) (M : I -> I -> R).
Implicit Types l la : I -> R.

Definition form l l' : R := \sum_i \sum_k l i * l' k * M i k.
Definition Mmul l i : R := \sum_k M i k * l k.
Definition gap l : R := \sum_i l i * (Mmul l i - 1).

Record nnqp l : Prop := {
  nnqp_ge0 : forall i, 0 <= l i;
  nnqp_support : forall i, 0 < l i -> Mmul l i = 1;
  nnqp_off : forall i, 1 <= Mmul l i
}.

Lemma formE l l' : form l l' = \sum_i l i * Mmul l' i.
Proof.
apply: eq_bigr => i _; rewrite mulr_sumr; apply: eq_bigr => k _.
by rewrite mulrAC mulrA.
Qed.

Lemma nnqp_slack l i : nnqp l -> l i * Mmul l i = l i.
Proof.
move=> C; have := nnqp_ge0 C i; rewrite le_eqVlt => /orP[/eqP <-|/(nnqp_support C) ->].
  by rewrite mul0r.
by rewrite mulr1.
Qed.

(** l'Ml = 1'l at the solution. *)
Lemma nnqp_form l : nnqp l -> form l l = \sum_i l i.
Proof. by move=> C; rewrite formE; apply: eq_bigr => i _; apply: nnqp_slack. Qed.

Lemma gapE l : gap l = form l l - \sum_i l i.
Proof. by rewrite formE /gap -sumrB; apply: eq_bigr => i _; rewrite mulrBr mulr1. Qed.

Hypothesis M_sym : forall i k, M i k = M k i.

Lemma formC l l' : form l l' = form l' l.
Proof.
rewrite /form exchange_big; apply: eq_bigr => i _; apply: eq_bigr => k _.
by rewrite M_sym (mulrC (l k)).
Qed.

Lemma form_sub l l' : form (fun i => l i - l' i) (fun i => l i - l' i) =
  form l l - 2%:R * form l l' + form l' l'.
Proof.
transitivity (form l l - form l l' - form l' l + form l' l'); last by rewrite (formC l'); ring.
rewrite /form -!sumrB -big_split; apply: eq_bigr => i _ /=.
rewrite -!sumrB -big_split; apply: eq_bigr => k _ /=.
by ring.
Qed.

(** The gap bounds the distance to every solution, with constant 1; the form
    need not even be positive.                                               *)
Theorem gap_bound la l : (forall i, 0 <= la i) -> (forall i, 1 <= Mmul la i) -> nnqp l ->
  form (fun i => la i - l i) (fun i => la i - l i) <= gap la.
Proof.
move=> la0 feas C; rewrite form_sub (nnqp_form C) gapE.
have c1 : \sum_i la i <= form la l.
  by rewrite formE; apply: ler_sum => i _; rewrite ler_pemulr // (nnqp_off C).
have c2 : \sum_i l i <= form la l.
  by rewrite formC formE; apply: ler_sum => i _; rewrite ler_pemulr // (nnqp_ge0 C).
apply: (@le_cert _ ((form la l - \sum_i la i) + (form la l - \sum_i l i))); last by ring.
by rewrite addr_ge0 ?subr_ge0.
Qed.

(** The gap is what the dual objective can still fall: 1'l - 1/2 l'Ml of the
    solution lies between that of la and the primal value 1/2 la'M la.       *)
Theorem gap_value la l : (forall i, 0 <= la i) -> (forall i, 1 <= Mmul la i) -> nnqp l ->
  0 <= form (fun i => la i - l i) (fun i => la i - l i) ->
  \sum_i la i - form la la / 2%:R <= (\sum_i l i) / 2%:R <= form la la / 2%:R.
Proof.
move=> la0 feas C; rewrite form_sub (nnqp_form C) => psd.
have c1 : \sum_i la i <= form la l.
  by rewrite formE; apply: ler_sum => i _; rewrite ler_pemulr // (nnqp_off C).
have c2 : \sum_i l i <= form la l.
  by rewrite formC formE; apply: ler_sum => i _; rewrite ler_pemulr // (nnqp_ge0 C).
have h2 : 0 < 2%:R^-1 :> R by rewrite invr_gt0 ltr0n.
apply/andP; split.
- apply: (@le_cert _ ((form la la - 2%:R * form la l + \sum_i l i) / 2%:R
    + (form la l - \sum_i la i))); last by field.
  by apply: addr_ge0; [rewrite divr_ge0 ?ler0n | rewrite subr_ge0].
- apply: (@le_cert _ ((form la la - 2%:R * form la l + \sum_i l i) / 2%:R
    + (form la l - \sum_i l i))); last by field.
  by apply: addr_ge0; [rewrite divr_ge0 ?ler0n | rewrite subr_ge0].
Qed.

End Form.

(** * The form of two vectors *)

Section Pair.
Variables (R : rcfType) (d : nat) (I : finType).
Variables (x : I -> 'rV[R]_d) (r s : I -> R).
Implicit Types l la : I -> R.

Definition vec (c : I -> R) l : 'rV[R]_d := \sum_i (l i * c i) *: x i.
Definition pairM i k : R := (r i * r k + s i * s k) / 2%:R * dot (x i) (x k).

Local Notation U := (vec r).
Local Notation V := (vec s).

Lemma pairMC i k : pairM i k = pairM k i.
Proof. by rewrite /pairM dotC [r i * _]mulrC [s i * _]mulrC. Qed.

Lemma dot_vec c l z : dot (vec c l) z = \sum_i l i * c i * dot (x i) z.
Proof. by rewrite dot_suml; apply: eq_bigr => i _; rewrite dotZl. Qed.

Lemma vec_sub c l l' : vec c (fun i => l i - l' i) = vec c l - vec c l'.
Proof. by rewrite /vec -sumrB; apply: eq_bigr => i _; rewrite mulrBl scalerBl. Qed.

(** (M l)_i is half of r_i <U, x_i> + s_i <V, x_i>. *)
Lemma pair_mul l i :
  Mmul pairM l i = (r i * dot (U l) (x i) + s i * dot (V l) (x i)) / 2%:R.
Proof.
rewrite !dot_vec !mulr_sumr -big_split mulr_suml; apply: eq_bigr => k _ /=.
by rewrite /pairM (dotC (x k)); field.
Qed.

(** The form in terms of any pair of vectors. *)
Lemma pair_dual l (U' V' : 'rV[R]_d) : dot U' (U l) + dot V' (V l) =
  \sum_i l i * (r i * dot U' (x i) + s i * dot V' (x i)).
Proof.
rewrite !dot_sumr -big_split; apply: eq_bigr => i _ /=.
by rewrite !dotZr; ring.
Qed.

Lemma pair_form l l' : form pairM l l' = (dot (U l) (U l') + dot (V l) (V l')) / 2%:R.
Proof.
rewrite formE [dot (U l) _]dotC [dot (V l) _]dotC pair_dual mulr_suml.
by apply: eq_bigr => i _; rewrite pair_mul mulrA.
Qed.

(** First-order optimality: no feasible pair makes an acute turn back. *)
Lemma pair_cross l (U' V' : 'rV[R]_d) : nnqp pairM l ->
  (forall i, 0 < l i -> 2%:R <= r i * dot U' (x i) + s i * dot V' (x i)) ->
  dot (U l) (U l) + dot (V l) (V l) <= dot U' (U l) + dot V' (V l).
Proof.
move=> C feas; have -> : dot (U l) (U l) + dot (V l) (V l) = 2%:R * (\sum_i l i).
  by have := nnqp_form C; rewrite pair_form => <-; field.
rewrite pair_dual mulr_sumr; apply: ler_sum => i _.
have := nnqp_ge0 C i; rewrite le_eqVlt => /orP[/eqP <-|li]; first by rewrite !mul0r mulr0.
by rewrite mulrC ler_wpmul2l ?(ltW li) // feas.
Qed.

(** The pair of a solution is the shortest of all feasible pairs, strictly. *)
Theorem pair_shortest l (U' V' : 'rV[R]_d) : nnqp pairM l ->
  (forall i, 0 < l i -> 2%:R <= r i * dot U' (x i) + s i * dot V' (x i)) ->
  norm (U l) ^+ 2 + norm (V l) ^+ 2 + (norm (U' - U l) ^+ 2 + norm (V' - V l) ^+ 2)
    <= norm U' ^+ 2 + norm V' ^+ 2.
Proof.
move=> C feas; have cross := pair_cross C feas; rewrite !norm_sqr.
rewrite !(dotBl, dotBr) (dotC (U l) U') (dotC (V l) V').
apply: (@le_cert _ (2%:R * (dot U' (U l) + dot V' (V l) - (dot (U l) (U l) + dot (V l) (V l))))).
  by rewrite mulr_ge0 ?ler0n // subr_ge0.
by ring.
Qed.

(** All solutions have the same two vectors, and the same sum. *)
Theorem pair_unique l l' : nnqp pairM l -> nnqp pairM l' ->
  [/\ U l = U l', V l = V l' & \sum_i l i = \sum_i l' i].
Proof.
move=> C C'; have C0 := C; have C0' := C'.
have feas (q : I -> R) : nnqp pairM q -> forall i, 2%:R <= r i * dot (U q) (x i) + s i * dot (V q) (x i).
  move=> Cq i; have := nnqp_off Cq i; rewrite pair_mul ler_pdivl_mulr ?ltr0n //.
  by rewrite mul1r.
have h1 := pair_shortest C (fun i _ => feas _ C' i).
have h2 := pair_shortest C' (fun i _ => feas _ C i).
have e : norm (U l' - U l) ^+ 2 + norm (V l' - V l) ^+ 2 <= 0.
  rewrite -(ler_add2l (norm (U l) ^+ 2 + norm (V l) ^+ 2)) addr0.
  apply: le_trans h1 (le_trans _ h2).
  by rewrite ler_addl addr_ge0 ?sqr_ge0.
have : norm (U l' - U l) ^+ 2 + norm (V l' - V l) ^+ 2 == 0.
  by rewrite eq_le e addr_ge0 ?sqr_ge0.
rewrite paddr_eq0 ?sqr_ge0 // !sqrf_eq0 !norm_eq0 !subr_eq0 => /andP[/eqP eU /eqP eV].
split=> //; rewrite -(nnqp_form C0) -(nnqp_form C0').
by rewrite !pair_form eU eV.
Qed.

(** ** What a gap says about the two vectors *)

Section Approximate.
Variables (la l : I -> R).
Hypotheses (la0 : forall i, 0 <= la i) (feas : forall i, 1 <= Mmul pairM la i).
Hypothesis C : nnqp pairM l.
Local Notation g := (gap pairM la).

(** ||U_la - U||^2 + ||V_la - V||^2 <= 2 gap. *)
Theorem gap_vectors : norm (U la - U l) ^+ 2 + norm (V la - V l) ^+ 2 <= 2%:R * g.
Proof.
have := gap_bound pairMC la0 feas C; rewrite pair_form !vec_sub !norm_sqr.
by rewrite ler_pdivr_mulr ?ltr0n // mulrC.
Qed.

Lemma gap_ge0 : 0 <= g.
Proof.
rewrite -(pmulr_rge0 _ (ltr0n R 2)); apply: le_trans gap_vectors.
by rewrite addr_ge0 ?sqr_ge0.
Qed.

Lemma gap_vector_U : norm (U la - U l) ^+ 2 <= 2%:R * g.
Proof. by apply: le_trans gap_vectors; rewrite ler_addl sqr_ge0. Qed.

Lemma gap_vector_V : norm (V la - V l) ^+ 2 <= 2%:R * g.
Proof. by apply: le_trans gap_vectors; rewrite ler_addr sqr_ge0. Qed.

(** ||(U_la - V_la) - (U - V)||^2 <= 4 gap: the normal of the boundary. *)
Theorem gap_normal : norm ((U la - V la) - (U l - V l)) ^+ 2 <= 4%:R * g.
Proof.
apply: le_trans (_ : 2%:R * (norm (U la - U l) ^+ 2 + norm (V la - V l) ^+ 2) <= _); last first.
  apply: le_trans (_ : 2%:R * (2%:R * g) <= _); first by rewrite ler_wpmul2l ?ler0n // gap_vectors.
  by apply: le_of_eq; ring.
have -> : (U la - V la) - (U l - V l) = (U la - U l) - (V la - V l).
  by apply/rowP => k; rewrite !mxE; ring.
rewrite !norm_sqr; move: (U la - U l) (V la - V l) => A B.
apply: (@le_cert _ (dot (A + B) (A + B))); first exact: dot_ge0.
by rewrite !(dotBl, dotBr, dotDl, dotDr) (dotC B A); ring.
Qed.

(** A vector known up to a squared distance: its products with z. *)
Lemma near_dot (A B z : 'rV[R]_d) q : 0 <= q -> norm (A - B) ^+ 2 <= q ->
  `|dot A z - dot B z| <= Num.sqrt q * norm z.
Proof.
move=> q0 h; rewrite -dotBl; apply: le_trans (cauchy_schwarz_abs _ _) _.
rewrite ler_wpmul2r ?norm_ge0 //.
by rewrite -[norm (A - B)]ger0_norm ?norm_ge0 // -sqrtr_sqr ler_wsqrtr.
Qed.

Lemma near_sign (A B z : 'rV[R]_d) q : 0 <= q -> norm (A - B) ^+ 2 <= q ->
  q * norm z ^+ 2 < dot A z ^+ 2 -> Num.sg (dot B z) = Num.sg (dot A z).
Proof.
move=> q0 h lt; have e : dot B z = (dot B z - dot A z) + dot A z by rewrite subrK.
rewrite e; apply: sg_dominated; rewrite -dotBl -ltr_sqr ?nnegrE ?normr_ge0 //.
rewrite !real_normK ?num_real //; apply: le_lt_trans lt.
have cs := cauchy_schwarz_abs (B - A) z.
have -> : dot (B - A) z ^+ 2 = `|dot (B - A) z| ^+ 2 by rewrite real_normK ?num_real.
apply: le_trans (_ : (norm (B - A) * norm z) ^+ 2 <= _).
  by rewrite ler_pexpn2r ?nnegrE ?normr_ge0 ?mulr_ge0 ?norm_ge0.
rewrite exprMn ler_wpmul2r ?sqr_ge0 //.
by rewrite -opprB -scaleN1r normZ normrN1 mul1r.
Qed.

(** Pre-activations are off by at most sqrt (2 gap) ||z||. *)
Theorem gap_preactivation z :
  `|dot (U la) z - dot (U l) z| <= Num.sqrt (2%:R * g) * norm z /\
  `|dot (V la) z - dot (V l) z| <= Num.sqrt (2%:R * g) * norm z.
Proof.
have q0 : 0 <= 2%:R * g by rewrite mulr_ge0 ?ler0n ?gap_ge0.
by split; apply: near_dot; rewrite ?gap_vector_U ?gap_vector_V.
Qed.

(** The sign of a pre-activation is certified once its square is above
    2 gap ||z||^2.                                                           *)
Theorem gap_sign z :
  (2%:R * g * norm z ^+ 2 < dot (U la) z ^+ 2 -> Num.sg (dot (U l) z) = Num.sg (dot (U la) z)) /\
  (2%:R * g * norm z ^+ 2 < dot (V la) z ^+ 2 -> Num.sg (dot (V l) z) = Num.sg (dot (V la) z)).
Proof.
have q0 : 0 <= 2%:R * g by rewrite mulr_ge0 ?ler0n ?gap_ge0.
by split; apply: near_sign; rewrite ?gap_vector_U ?gap_vector_V.
Qed.

(** So is the decision at z, above 4 gap ||z||^2. *)
Theorem gap_decision z : 4%:R * g * norm z ^+ 2 < dot (U la - V la) z ^+ 2 ->
  Num.sg (dot (U l - V l) z) = Num.sg (dot (U la - V la) z).
Proof.
by apply: near_sign; rewrite ?gap_normal // mulr_ge0 ?ler0n ?gap_ge0.
Qed.

End Approximate.

End Pair.

(** * C1's form *)

Section GapQ.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (y_pm1 : labels y).
Implicit Types l la : 'I_N -> R.

Definition rowU n : R := y n * c gamma y n.
Definition rowV n : R := - (y n * cbar gamma y n).

Lemma Q_pairM n k : Q gamma x y n k = pairM x rowU rowV n k.
Proof. by rewrite /Q /pairM /G /rowU /rowV (h_rank2 gamma y_pm1); field. Qed.

Lemma Q_mul l n : Qmul gamma x y l n = Mmul (pairM x rowU rowV) l n.
Proof. by apply: eq_bigr => k _; rewrite Q_pairM. Qed.

Lemma Q_nnqp l : qp_conditions gamma x y l <-> nnqp (pairM x rowU rowV) l.
Proof.
split=> -[h1 h2 h3]; split=> // n; have := h2 n; have := h3 n; rewrite Q_mul //.
Qed.

Lemma vecU_u p l : (0 < p)%N -> vec x rowU l = sqrtm R p *: u gamma x y p l.
Proof.
move=> p0; rewrite /u scalerA mulfV ?scale1r ?sqrtm_neq0 //.
by apply: eq_bigr => n _; rewrite /rowU mulrA.
Qed.

Lemma vecV_v p l : (0 < p)%N -> vec x rowV l = sqrtm R p *: v gamma x y p l.
Proof.
move=> p0; rewrite /v scalerA mulrN mulfV ?scaleN1r ?sqrtm_neq0 // -sumrN.
by apply: eq_bigr => n _; rewrite /rowV mulrN mulrA scaleNr.
Qed.

Lemma normal_w l : vec x rowU l - vec x rowV l = (1 + gamma) *: w x y l.
Proof.
rewrite /w scaler_sumr -sumrB; apply: eq_bigr => n _.
rewrite -scalerBl scalerA; congr (_ *: _).
by rewrite -(c_cbar gamma y n) /rowU /rowV; ring.
Qed.

(** The gap bound for Q: u, v (times sqrt m) and (1 + gamma) w. *)
Theorem gap_Q p la l (g := \sum_n la n * (Qmul gamma x y la n - 1)) : (0 < p)%N ->
  (forall n, 0 <= la n) -> (forall n, 1 <= Qmul gamma x y la n) -> qp_conditions gamma x y l ->
  [/\ Qform gamma x y (fun n => la n - l n) <= g,
      (p + p)%:R * (norm (u gamma x y p la - u gamma x y p l) ^+ 2 +
                    norm (v gamma x y p la - v gamma x y p l) ^+ 2) <= 2%:R * g &
      norm ((1 + gamma) *: (w x y la - w x y l)) ^+ 2 <= 4%:R * g].
Proof.
move=> p0 la0 feas /Q_nnqp C.
have feas' n : 1 <= Mmul (pairM x rowU rowV) la n by rewrite -Q_mul.
have eg : gap (pairM x rowU rowV) la = g by apply: eq_bigr => n _; rewrite Q_mul.
split.
- rewrite -eg; apply: le_trans (gap_bound (@pairMC _ _ _ x rowU rowV) la0 feas' C).
  by apply: le_of_eq; apply: eq_bigr => n _; apply: eq_bigr => k _; rewrite Q_pairM.
- have := gap_vectors la0 feas' C; rewrite eg !(vecU_u _ p0) !(vecV_v _ p0) -!scalerBr !normZ.
  by rewrite !exprMn real_normK ?num_real // (sqrtm_sqr R p) -mulrDr.
- by have := gap_normal la0 feas' C; rewrite eg !normal_w -scalerBr.
Qed.

(** What it certifies for C1: the signs of (b), and the decision at z. *)
Theorem gap_Q_signs p la l z (g := \sum_n la n * (Qmul gamma x y la n - 1)) : (0 < p)%N ->
  (forall n, 0 <= la n) -> (forall n, 1 <= Qmul gamma x y la n) -> qp_conditions gamma x y l ->
  [/\ 2%:R * g * norm z ^+ 2 < (p + p)%:R * dot (u gamma x y p la) z ^+ 2 ->
        Num.sg (dot (u gamma x y p l) z) = Num.sg (dot (u gamma x y p la) z),
      2%:R * g * norm z ^+ 2 < (p + p)%:R * dot (v gamma x y p la) z ^+ 2 ->
        Num.sg (dot (v gamma x y p l) z) = Num.sg (dot (v gamma x y p la) z) &
      4%:R * g * norm z ^+ 2 < ((1 + gamma) * dot (w x y la) z) ^+ 2 ->
        Num.sg (dot (w x y l) z) = Num.sg (dot (w x y la) z)].
Proof.
move=> p0 la0 feas /Q_nnqp C; have s0 := sqrtm_gt0 R p0.
have feas' n : 1 <= Mmul (pairM x rowU rowV) la n by rewrite -Q_mul.
have eg : gap (pairM x rowU rowV) la = g by apply: eq_bigr => n _; rewrite Q_mul.
have g1 : 0 < 1 + gamma by rewrite ltr_spaddl ?ltr01 // ltW.
have [su sv] := gap_sign la0 feas' C z; have sw := gap_decision la0 feas' C (z := z).
move: su sv sw; rewrite eg !(vecU_u _ p0) !(vecV_v _ p0).
move: (u gamma x y p la) (u gamma x y p l) (v gamma x y p la) (v gamma x y p l) => ua ul va vl.
rewrite !dotZl !exprMn (sqrtm_sqr R p) !(sg_eq_pos _ s0) => su sv sw.
split; [exact: su | exact: sv | move=> h].
have := gap_decision la0 feas' C (z := z).
by rewrite eg !normal_w !dotZl exprMn !(sg_eq_pos _ g1); apply.
Qed.

End GapQ.
