(******************************************************************************)
(* Kkt.v : Karush-Kuhn-Tucker points of                                       *)
(*     minimise 1/2 ||W||^2   subject to   y_n f(x_n; W) >= 1 for every n,    *)
(* in Clarke's sense.  f is a sum of functions of single rows, so Clarke's    *)
(* subdifferential of f(x_n; .) is the product over the rows of               *)
(*     { a_j s x_n : s a Clarke slope of phi at <w_j, x_n> }.                 *)
(*                                                                            *)
(*   kkt_with gamma x y W lam s = the KKT conditions with the slopes s shown  *)
(*   kkt gamma x y W lam        = ... for some slopes                         *)
(*   S s n k                    = 1/m sum_j s_jn s_jk                         *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Kkt.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Implicit Types (W : 'M[R]_(p + p, d)) (lam : 'I_N -> R).
Implicit Types s : 'I_(p + p) -> 'I_N -> R.

(** s_jn is a Clarke slope of neuron j at sample n. *)
Definition slopes W s : Prop :=
  forall j n, clarke gamma (dot (row j W) (x n)) (s j n).

Record kkt_with W lam s : Prop := {
  kkt_slopes : slopes W s;
  kkt_feasible : forall n, 1 <= y n * f gamma W (x n);
  kkt_dual : forall n, 0 <= lam n;
  kkt_slack : forall n, lam n * (y n * f gamma W (x n) - 1) = 0;
  kkt_stationary : forall j,
    row j W = \sum_n (lam n * y n * a j * s j n) *: x n
}.

Definition kkt W lam : Prop := exists s, kkt_with W lam s.

(** * Consequences of stationarity *)

Definition S s n k : R := (p + p)%:R^-1 * \sum_j s j n * s j k.

Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).

Lemma slope_bounds W s j n : slopes W s -> gamma <= s j n <= 1.
Proof. by move/(_ j n) => []. Qed.

Lemma S_bounds W s n k : slopes W s -> gamma ^+ 2 <= S s n k <= 1.
Proof.
move=> hs; have m0 := m_gt0 R p_gt0.
have hj j : gamma ^+ 2 <= s j n * s j k <= 1.
  have /andP[n1 n2] := slope_bounds j n hs; have /andP[k1 k2] := slope_bounds j k hs.
  have g0 := ltW gamma_gt0.
  by rewrite expr2 ler_pmul //= mulr_ile1 // (le_trans g0).
rewrite /S mulrC ler_pdivl_mulr // ler_pdivr_mulr // mul1r.
have := @sum_ge_const R _ predT (fun j => s j n * s j k) (gamma ^+ 2).
have := @sum_le_const R _ predT (fun j => s j n * s j k) 1.
rewrite card_ord mulr1 mulrC => -> => [->//|j _]; last by case/andP: (hj j).
by move=> j _; case/andP: (hj j).
Qed.

(** The pre-activation of neuron j at sample n. *)
Lemma preactivation W lam s j n : kkt_with W lam s ->
  a j * dot (row j W) (x n) =
  (p + p)%:R^-1 * \sum_k lam k * y k * s j k * G x k n.
Proof.
case=> _ _ _ _ ->; rewrite dot_suml !mulr_sumr; apply: eq_bigr => k _.
by rewrite dotZl -(a_sqr R j) /G; ring.
Qed.

(** The margins are linear in lambda once the slopes are known. *)
Lemma kkt_margin W lam s n : kkt_with W lam s ->
  y n * f gamma W (x n) = \sum_k lam k * (y n * y k * G x n k * S s n k).
Proof.
move=> K; rewrite /f.
rewrite (eq_bigr (fun j => \sum_k (p + p)%:R^-1 * (lam k * y k * G x k n * (s j n * s j k)))).
  rewrite exchange_big mulr_sumr; apply: eq_bigr => k _.
  rewrite (_ : \sum_j _ = lam k * y k * G x k n * S s n k); first by rewrite (GC x n k); ring.
  by rewrite /S mulrCA !mulr_sumr.
move=> j _; rewrite (phi_clarke gamma_le1 (kkt_slopes K j n)) mulrCA (preactivation j n K).
by rewrite !mulr_sumr; apply: eq_bigr => k _; ring.
Qed.

(** Only W = 0 has all multipliers zero, and it is not feasible. *)
Lemma kkt_some_multiplier W lam s (n0 : 'I_N) : kkt_with W lam s ->
  exists n, 0 < lam n.
Proof.
move=> K; have [n hn] := exists_max n0 lam; exists n.
rewrite lt_neqAle (kkt_dual K) andbT eq_sym; apply/eqP => l0.
have := kkt_feasible K n0; rewrite (kkt_margin n0 K) big1 ?ler10 // => k _.
have -> : lam k = 0 by apply/eqP; rewrite eq_le (kkt_dual K) andbT -l0 hn.
by rewrite mul0r.
Qed.

(** A feasible point exists only if no sample is zero. *)
Lemma feasible_sample_neq0 W n : 1 <= y n * f gamma W (x n) -> x n != 0.
Proof.
apply: contraTneq => ->; rewrite /f big1 ?mulr0 ?ler10 // => j _.
by rewrite dotC dot0l phi_pos // mulr0.
Qed.

(** * Label-forced activation patterns *)

(** Neuron j is active exactly on the samples whose label is the sign of a_j,
    strictly.                                                                *)
Definition forced W : Prop :=
  forall (j : 'I_(p + p)) n, 0 < y n * (a j * dot (row j W) (x n)).

Hypothesis y_pm1 : labels y.

Lemma forced_slope W s j n : slopes W s -> forced W ->
  s j n = if (j < p)%N then c gamma y n else cbar gamma y n.
Proof.
move=> /(_ j n) [_ sp sn] /(_ j n); case: (ltnP j p) => jp.
  rewrite (a_pos _ jp) mulrCA pmulr_rgt0 ?invr_gt0 ?sqrtm_gt0 //.
  case: (y_pm1 n) => yn; rewrite yn ?mul1r ?mulN1r ?oppr_gt0.
    by rewrite c_pos.
  by rewrite c_neg.
rewrite (a_neg _ jp) mulrCA mulNr -mulrN pmulr_rgt0 ?invr_gt0 ?sqrtm_gt0 //.
case: (y_pm1 n) => yn; rewrite yn ?mul1r ?mulN1r ?opprK ?oppr_gt0.
  by rewrite cbar_pos.
by rewrite cbar_neg.
Qed.

(** A KKT point with forced patterns is the closed form W*. *)
Lemma forced_Wstar W lam s : kkt_with W lam s -> forced W ->
  W = Wstar gamma x y p lam.
Proof.
move=> K hf; apply/row_matrixP => j.
rewrite (kkt_stationary K j) row_two_rows /u /v !scaler_sumr.
case: ifP => jp; apply: eq_bigr => n _; rewrite scalerA (forced_slope j n (kkt_slopes K) hf) jp.
  by rewrite (a_pos _ jp); congr (_ *: _); ring.
have jp' : (p <= j)%N by rewrite leqNgt jp.
by rewrite (a_neg _ jp'); congr (_ *: _); ring.
Qed.

Lemma Wstar_forced lam :
  forced (Wstar gamma x y p lam) <-> aligned gamma x y p lam.
Proof.
have si : 0 < (sqrtm R p)^-1 by rewrite invr_gt0 sqrtm_gt0.
split=> [hf n | al j n]; last first.
  have [hu hv] := al n; rewrite row_two_rows mulrCA; case: (ltnP j p) => jp.
    by rewrite (a_pos _ jp) pmulr_rgt0.
  by rewrite (a_neg _ jp) mulNr -mulrN pmulr_rgt0 // oppr_gt0.
have := hf (lshift p (Ordinal p_gt0)) n; have := hf (rshift p (Ordinal p_gt0)) n.
have lp : (lshift p (Ordinal p_gt0) < p)%N by [].
have rp : (p <= rshift p (Ordinal p_gt0))%N by rewrite /= addn0.
rewrite !row_two_rows lp ltnNge rp /= (a_pos R lp) (a_neg R rp).
by rewrite mulrCA mulNr -mulrN pmulr_rgt0 // oppr_gt0 mulrCA pmulr_rgt0.
Qed.

(** A row of bounded coefficients: the off-diagonal part is small. *)
Lemma off_diagonal (l A : 'I_N -> R) n M q :
  0 <= M -> 0 <= q -> (forall k, `|l k| <= M) -> (forall k, k != n -> `|A k| <= q) ->
  `|\sum_k l k * A k - l n * A n| <= N.-1%:R * q * M.
Proof.
move=> M0 q0 hl hA; rewrite (bigD1 n) //= addrC addKr.
apply: le_trans (ler_norm_sum _ _ _) _.
rewrite -(card_others n) -mulrA; apply: sum_le_const => k kn.
by rewrite normrM mulrC ler_pmul // hA.
Qed.

End Kkt.
