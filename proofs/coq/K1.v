(******************************************************************************)
(* K1.v : how close any given W is to a KKT point.                            *)
(*                                                                            *)
(*   fdot A B        = sum_j <row j A, row j B>      (Frobenius)              *)
(*   grad s n        = gradient of f(x_n; .) for the slopes s                 *)
(*   pattern W       = the slopes dphi <w_j, x_n> of W                        *)
(*   M s n k         = y_n y_k G_nk S_nk                                      *)
(*   residual2 V s l = || V - sum_n l_n y_n grad_n ||^2                       *)
(*                                                                            *)
(* V = W / q_min has the patterns of W; the residual is a quadratic form in   *)
(* l, and it vanishes, with the slackness, exactly at a KKT point.            *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Frobenius.
Variables (R : rcfType) (d m : nat).
Implicit Types A B C : 'M[R]_(m, d).

Definition fdot A B : R := \sum_j dot (row j A) (row j B).

Lemma fdot_frob2 A : fdot A A = frob2 A.
Proof. by []. Qed.

Lemma fdotC A B : fdot A B = fdot B A.
Proof. by apply: eq_bigr => j _; rewrite dotC. Qed.

Lemma fdotBl A B C : fdot (A - B) C = fdot A C - fdot B C.
Proof. by rewrite /fdot -sumrB; apply: eq_bigr => j _; rewrite linearB dotBl. Qed.

Lemma fdotZl q A C : fdot (q *: A) C = q * fdot A C.
Proof. by rewrite /fdot mulr_sumr; apply: eq_bigr => j _; rewrite linearZ dotZl. Qed.

Lemma fdot_suml (I : finType) (F : I -> 'M[R]_(m, d)) C :
  fdot (\sum_i F i) C = \sum_i fdot (F i) C.
Proof.
rewrite /fdot [RHS]exchange_big; apply: eq_bigr => j _.
by rewrite linear_sum dot_suml.
Qed.

Lemma frob2_eq0 A : (frob2 A == 0) = (A == 0).
Proof.
apply/eqP/eqP => [h|->]; last first.
  by rewrite /frob2 big1 // => j _; rewrite linear0 dot0l.
apply/row_matrixP => j; rewrite linear0; apply/eqP; rewrite -dot_eq0; apply/eqP.
by apply: (psumr_eq0P _ h) => // i _; apply: dot_ge0.
Qed.

End Frobenius.

Section K1.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.
Implicit Types (V W : 'M[R]_(p + p, d)) (l : 'I_N -> R).
Implicit Types s : 'I_(p + p) -> 'I_N -> R.

Definition pattern W : 'I_(p + p) -> 'I_N -> R :=
  fun j n => dphi gamma (dot (row j W) (x n)).

Definition grad s (n : 'I_N) : 'M[R]_(p + p, d) := \matrix_j ((a j * s j n) *: x n).

Definition M s n k : R := y n * y k * G x n k * S s n k.

Definition residual2 V s l : R := frob2 (V - \sum_n (l n * y n) *: grad s n).

Lemma pattern_slopes W : slopes gamma x W (pattern W).
Proof. by move=> j n; apply: dphi_clarke. Qed.

(** Euler's identity: f is 1-homogeneous, so <V, grad f> = f. *)
Theorem K1_euler V s n : slopes gamma x V s -> fdot V (grad s n) = f gamma V (x n).
Proof.
move=> hs; apply: eq_bigr => j _; rewrite rowK dotZr.
by rewrite (phi_clarke gamma_le1 (hs j n)); ring.
Qed.

Lemma grad_gram s n k : fdot (grad s n) (grad s k) = G x n k * S s n k.
Proof.
rewrite /S mulrCA mulr_sumr mulr_sumr; apply: eq_bigr => j _.
by rewrite !rowK dotZl dotZr -(a_sqr R j) /G; ring.
Qed.

(** K1: ||V - sum_n l_n y_n grad f(x_n)||^2
         = ||V||^2 - 2 sum_n l_n y_n f(x_n; V) + l'Ml.                       *)
Theorem K1_residual V s l : slopes gamma x V s ->
  residual2 V s l = frob2 V - 2%:R * (\sum_n l n * (y n * f gamma V (x n)))
                  + \sum_n \sum_k l n * l k * M s n k.
Proof.
move=> hs; set D := \sum_n (l n * y n) *: grad s n.
have VD : fdot V D = \sum_n l n * (y n * f gamma V (x n)).
  rewrite fdotC fdot_suml; apply: eq_bigr => n _.
  by rewrite fdotZl fdotC (K1_euler n hs) mulrA.
have DD : fdot D D = \sum_n \sum_k l n * l k * M s n k.
  rewrite {1}/D fdot_suml; apply: eq_bigr => n _.
  rewrite fdotZl fdotC fdot_suml mulr_sumr; apply: eq_bigr => k _.
  by rewrite fdotZl fdotC grad_gram /M; ring.
rewrite /residual2 -/D -fdot_frob2 fdotBl (fdotC V) (fdotC D) !fdotBl fdot_frob2.
by rewrite (fdotC D V) VD DD; ring.
Qed.

(** At an optimum l'(Ml - b) = 0, and the residual is ||V||^2 - b'l. *)
Corollary K1_at_optimum V s l : slopes gamma x V s ->
  \sum_n \sum_k l n * l k * M s n k = \sum_n l n * (y n * f gamma V (x n)) ->
  residual2 V s l = frob2 V - \sum_n l n * (y n * f gamma V (x n)).
Proof. by move=> hs e; rewrite K1_residual // e; ring. Qed.

(** The form is that of a Gram matrix: the problem in l is convex. *)
Theorem K1_M_possemidef s l : 0 <= \sum_n \sum_k l n * l k * M s n k.
Proof.
have -> : \sum_n \sum_k l n * l k * M s n k = frob2 (\sum_n (l n * y n) *: grad s n).
  rewrite -fdot_frob2 fdot_suml; apply: eq_bigr => n _.
  rewrite fdotZl fdotC fdot_suml mulr_sumr; apply: eq_bigr => k _.
  by rewrite fdotZl fdotC grad_gram /M; ring.
by apply: sumr_ge0 => j _; apply: dot_ge0.
Qed.

(** Rescaling W to margin 1 keeps its patterns. *)
Lemma K1_scaled_pattern W q j n : 0 < q -> pattern (q *: W) j n = pattern W j n.
Proof. by move=> q0; rewrite /pattern linearZ /= dotZl dphi_homogeneous. Qed.

Theorem K1_scaled_feasible W q : 0 < q -> (forall n, q <= y n * f gamma W (x n)) ->
  forall n, 1 <= y n * f gamma (q^-1 *: W) (x n).
Proof.
move=> q0 hq n; rewrite f_homogeneous ?invr_ge0 ?(ltW q0) //.
by rewrite mulrCA mulrC ler_pdivl_mulr // mul1r.
Qed.

(** Zero residual and zero slackness are the KKT conditions. *)
Theorem K1_zero_iff_kkt V s l : slopes gamma x V s ->
  kkt_with gamma x y V l s <->
  [/\ forall n, 1 <= y n * f gamma V (x n), forall n, 0 <= l n,
      residual2 V s l = 0 & \sum_n l n * (y n * f gamma V (x n) - 1) = 0].
Proof.
move=> hs.
have rowD j : row j (\sum_n (l n * y n) *: grad s n) =
    \sum_n (l n * y n * a j * s j n) *: x n.
  rewrite linear_sum; apply: eq_bigr => n _.
  by rewrite linearZ /= rowK scalerA; congr (_ *: _); ring.
split=> [[_ feas dual slack stat]|[feas dual /eqP res slack]]; split=> //.
- apply/eqP; rewrite /residual2 frob2_eq0 subr_eq0; apply/eqP/row_matrixP => j.
  by rewrite rowD.
- by apply: big1 => n _; apply: slack.
- move=> n; apply: (psumr_eq0P _ slack) => // k _.
  by rewrite mulr_ge0 // subr_ge0.
- move: res; rewrite /residual2 frob2_eq0 subr_eq0 => /eqP res j.
  by rewrite {1}res rowD.
Qed.

(** Q1: ||W||^2 = sum lambda at every KKT point, so its normalised margin is
    1/sqrt (sum lambda).                                                     *)
Theorem Q1_norm W l : kkt gamma x y W l -> frob2 W = \sum_n l n.
Proof.
case=> s K; have hs := kkt_slopes K.
have eW : W = \sum_n (l n * y n) *: grad s n.
  apply/row_matrixP => j; rewrite {1}(kkt_stationary K j) linear_sum; apply: eq_bigr => n _.
  by rewrite linearZ /= rowK scalerA; congr (_ *: _); ring.
rewrite -fdot_frob2 {1}eW fdot_suml; apply: eq_bigr => n _.
rewrite fdotZl fdotC (K1_euler n hs) -mulrA.
by have /eqP := kkt_slack K n; rewrite mulrBr mulr1 subr_eq0 => /eqP.
Qed.

End K1.
