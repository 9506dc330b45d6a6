(******************************************************************************)
(* Flow.v : F1, the rescaled flow in its aligned phase, along any             *)
(* differentiable solution.  Of solutions only this is used: continuous from  *)
(* the left, with a right derivative, at every time t >= 0; what is known of  *)
(* exp and ln is a premise as well, true of the real ones.  So no library of  *)
(* analysis and none of its axioms.                                           *)
(*                                                                            *)
(*   lim0 f a     = f h tends to a as h falls to 0                            *)
(*   rd g t D     = g has the right derivative D at t                         *)
(*   lc g t       = g is continuous from the left at t                        *)
(*   exponential e = e (a + b) = e a e b and 1 + a <= e a                     *)
(*   logarithm ln = ln a <= a - 1, ln (a / b) = ln a - ln b for a, b > 0      *)
(*   softmax e q  = e (- q_n) / sum_k e (- q_k)                               *)
(*   replicator M p = p_n' = p_n (p'Mp - (Mp)_n), p_n > 0, sum p = 1          *)
(*   KL ln p q    = sum_n p_n (ln p_n - ln q_n)                               *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Gap C4Flow.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** * Limits from the right at 0 *)

Section Limits.
Variable R : rcfType.
Implicit Types (f g k : R -> R) (a b D : R).

Definition lim0 f a : Prop := forall eps, 0 < eps -> exists2 del, 0 < del &
  forall h, 0 < h -> h < del -> `|f h - a| <= eps.

(** Two limits at once. *)
Lemma lim0_both f a g b eps : 0 < eps -> lim0 f a -> lim0 g b -> exists2 del, 0 < del &
  forall h, 0 < h -> h < del -> `|f h - a| <= eps /\ `|g h - b| <= eps.
Proof.
move=> e0 /(_ eps e0) [d1 d10 h1] /(_ eps e0) [d2 d20 h2].
exists (Num.min d1 d2); first by rewrite lt_minr d10.
by move=> h h0; rewrite lt_minr => /andP[l1 l2]; split; [apply: h1 | apply: h2].
Qed.

Lemma lim0_ext f g a : (forall h, 0 < h -> f h = g h) -> lim0 f a -> lim0 g a.
Proof. by move=> e l eps /l [del d0 hd]; exists del => // h h0 hh; rewrite -e // hd. Qed.

Lemma lim0C a : lim0 (fun=> a) a.
Proof. by move=> eps e0; exists 1; rewrite ?ltr01 // => h _ _; rewrite subrr normr0 ltW. Qed.

Lemma lim0_id : lim0 (fun h => h) 0.
Proof. by move=> eps e0; exists eps => // h h0 he; rewrite subr0 gtr0_norm // ltW. Qed.

Lemma lim0D f g a b : lim0 f a -> lim0 g b -> lim0 (fun h => f h + g h) (a + b).
Proof.
move=> lf lg eps e0; have /andP[e2 _] := half_gt0 e0; have [del d0 hd] := lim0_both e2 lf lg.
exists del => // h h0 hh; have [h1 h2] := hd h h0 hh.
rewrite opprD addrACA; apply: le_trans (ler_norm_add _ _) _.
by rewrite [eps](_ : _ = eps / 2%:R + eps / 2%:R); [apply: ler_add | field].
Qed.

Lemma lim0M f g a b : lim0 f a -> lim0 g b -> lim0 (fun h => f h * g h) (a * b).
Proof.
move=> lf lg eps e0; have c0 : 0 < 1 + `|a| + `|b| by rewrite -addrA ltr_spaddl ?ltr01 // addr_ge0.
pose e := Num.min 1 (eps / (1 + `|a| + `|b|)); have e0' : 0 < e by rewrite lt_minr ltr01 divr_gt0.
have e1 : e <= 1 by rewrite /e le_minl lexx.
have e2 : e * (1 + `|a| + `|b|) <= eps by rewrite -ler_pdivl_mulr // /e le_minl lexx orbT.
have [del d0 hd] := lim0_both e0' lf lg; exists del => // h h0 hh; have [h1 h2] := hd h h0 hh.
have -> : f h * g h - a * b = (f h - a) * (g h - b) + a * (g h - b) + b * (f h - a) by ring.
apply: le_trans (ler_norm_add _ _) _; apply: le_trans (ler_add (ler_norm_add _ _) (lexx _)) _.
rewrite !normrM; apply: le_trans e2.
have -> : e * (1 + `|a| + `|b|) = 1 * e + `|a| * e + `|b| * e by ring.
by apply: ler_add; [apply: ler_add; apply: ler_pmul; rewrite // (le_trans h1) | apply: ler_pmul].
Qed.

Lemma lim0Z q f a : lim0 f a -> lim0 (fun h => q * f h) (q * a).
Proof. exact: lim0M (lim0C q). Qed.

Lemma lim0N f a : lim0 f a -> lim0 (fun h => - f h) (- a).
Proof. by move/(lim0Z (-1)); rewrite mulN1r; apply: lim0_ext => h _; rewrite mulN1r. Qed.

Lemma lim0B f g a b : lim0 f a -> lim0 g b -> lim0 (fun h => f h - g h) (a - b).
Proof. by move=> lf /lim0N; apply: lim0D. Qed.

Lemma lim0V f a : 0 < a -> lim0 f a -> lim0 (fun h => (f h)^-1) a^-1.
Proof.
move=> a0 lf eps e0; have /andP[a2 a2a] := half_gt0 a0.
pose e := Num.min (a / 2%:R) (eps * (a * (a / 2%:R))).
have e0' : 0 < e by rewrite lt_minr a2 !mulr_gt0 ?invr_gt0 ?ltr0n.
have [del d0 hd] := lf e e0'; exists del => // h h0 hh; have := hd h h0 hh.
rewrite le_minr => /andP[]; rewrite ler_norml => /andP[lo _] hi.
have f2 : a / 2%:R <= f h.
  by apply: (@le_cert _ ((f h - a) - - (a / 2%:R))); [rewrite subr_ge0 | field].
have f0 : 0 < f h by apply: lt_le_trans f2.
have -> : (f h)^-1 - a^-1 = - (f h - a) / (a * f h) by field; rewrite !gt_eqF.
rewrite normrM normrN normfV (gtr0_norm (mulr_gt0 a0 f0)) ler_pdivr_mulr ?mulr_gt0 //.
apply: le_trans hi _; rewrite ler_pmul2l // ler_pmul2l //.
Qed.

Lemma lim0_sum (I : finType) (F : I -> R -> R) (A : I -> R) : (forall i, lim0 (F i) (A i)) ->
  lim0 (fun h => \sum_i F i h) (\sum_i A i).
Proof.
move=> l; elim: (index_enum I) => [|i s IH].
  by rewrite big_nil; apply: lim0_ext (lim0C 0) => h _; rewrite big_nil.
by rewrite big_cons; apply: lim0_ext (lim0D (l i) IH) => h _; rewrite big_cons.
Qed.

Lemma lim0_squeeze f g k a (del0 : R) : 0 < del0 -> lim0 f a -> lim0 k a ->
  (forall h, 0 < h -> h < del0 -> f h <= g h <= k h) -> lim0 g a.
Proof.
move=> d00 lf lk fgk eps e0; have [del d0 hd] := lim0_both e0 lf lk.
exists (Num.min del0 del); first by rewrite lt_minr d00.
move=> h h0; rewrite lt_minr => /andP[hl0 hl]; have [] := hd h h0 hl; have /andP[h1 h2] := fgk h h0 hl0.
rewrite !ler_norml => /andP[l1 _] /andP[_ l2]; apply/andP; split.
  by apply: le_trans l1 _; rewrite ler_add2r.
by apply: le_trans l2; rewrite ler_add2r.
Qed.

(** f h is below b once h is small, if its limit is. *)
Lemma lim0_lt f a b : a < b -> lim0 f a -> exists2 del, 0 < del & forall h, 0 < h -> h < del -> f h < b.
Proof.
move=> ab l; have ab0 : 0 < b - a by rewrite subr_gt0.
have /andP[e0 e1] := half_gt0 ab0; have [del d0 hd] := l _ e0.
exists del => // h h0 hh; have := hd h h0 hh; rewrite ler_norml => /andP[_ hi].
rewrite -(ltr_add2r (- a)); exact: le_lt_trans hi e1.
Qed.

(** * Right derivatives *)

Definition rd g (t D : R) : Prop := lim0 (fun h => (g (t + h) - g t) / h) D.
Definition lc g (t : R) : Prop := lim0 (fun h => g (t - h)) (g t).

Lemma rd_near g t D : rd g t D -> lim0 (fun h => g (t + h)) (g t).
Proof.
move=> r; have := lim0D (lim0C (g t)) (lim0M lim0_id r); rewrite mul0r addr0.
by apply: lim0_ext => h h0; field; rewrite gt_eqF.
Qed.

Lemma rdC a t : rd (fun=> a) t 0.
Proof. by apply: lim0_ext (lim0C 0) => h _; rewrite subrr mul0r. Qed.

Lemma rd_id t : rd (fun s => s) t 1.
Proof. by apply: lim0_ext (lim0C 1) => h h0; rewrite addrC addKr divff // gt_eqF. Qed.

Lemma rdD f g t a b : rd f t a -> rd g t b -> rd (fun s => f s + g s) t (a + b).
Proof. by move=> rf rg; apply: lim0_ext (lim0D rf rg) => h _; rewrite -mulrDl; congr (_ / _); ring. Qed.

Lemma rdZ q f t a : rd f t a -> rd (fun s => q * f s) t (q * a).
Proof. by move=> rf; apply: lim0_ext (lim0Z q rf) => h _; rewrite mulrA; congr (_ / _); ring. Qed.

Lemma rdN f t a : rd f t a -> rd (fun s => - f s) t (- a).
Proof. by move=> rf; apply: lim0_ext (lim0N rf) => h _; rewrite -mulNr; congr (_ / _); ring. Qed.

Lemma rdM f g t a b : rd f t a -> rd g t b -> rd (fun s => f s * g s) t (a * g t + f t * b).
Proof.
move=> rf rg; apply: lim0_ext (lim0D (lim0M rf (rd_near rg)) (lim0Z (f t) rg)) => h h0.
by field; rewrite gt_eqF.
Qed.

Lemma rdV f t a : 0 < f t -> (forall s, 0 < f s) -> rd f t a -> rd (fun s => (f s)^-1) t (- a / f t ^+ 2).
Proof.
move=> f0 fp rf; have l := lim0M (lim0N rf) (lim0V (mulr_gt0 f0 f0) (lim0Z (f t) (rd_near rf))).
rewrite expr2; apply: lim0_ext l => h h0.
by field; rewrite !gt_eqF.
Qed.

Lemma rd_sum (I : finType) (F : I -> R -> R) (A : I -> R) t : (forall i, rd (F i) t (A i)) ->
  rd (fun s => \sum_i F i s) t (\sum_i A i).
Proof. by move=> r; apply: lim0_ext (lim0_sum r) => h _; rewrite -mulr_suml -sumrB. Qed.

Lemma rd_eq f t a b : rd f t a -> a = b -> rd f t b.
Proof. by move=> r <-. Qed.

Lemma rd_ext f g t a : (forall s, f s = g s) -> rd f t a -> rd g t a.
Proof. by move=> e; apply: lim0_ext => h _; rewrite !e. Qed.

(** What has right derivatives <= 0 does not rise. *)
Theorem right_nonincreasing g (D : R -> R) (T : R) : complete R -> 0 <= T ->
  (forall t, 0 < t -> lc g t) -> (forall t, 0 <= t -> rd g t (D t) /\ D t <= 0) -> g T <= g 0.
Proof.
move=> full T0 left right; apply: (le_eps ltr01 T0) => e e0 _.
pose G t := g t - g 0 - e * t; suff : G T <= 0 by rewrite /G -addrA -opprD subr_le0.
apply: (stays_below full T0); first by rewrite /G subrr mulr0 subrr.
- move=> t eps t0 _ eps0; have [del d0 hd] := left t t0 eps eps0; exists del => // u u0 ut near.
  have tu : 0 < t - u by rewrite subr_gt0.
  have : t - u < del by rewrite ltr_subl_addr addrC -ltr_subl_addr.
  move/(hd _ tu); rewrite opprB addrCA subrr addr0 ler_norml => /andP[lo _].
  have : 0 <= e * (t - u) by rewrite mulr_ge0 // ltW.
  rewrite /G; move: (g t) (g u) (g 0) lo => a b z lo h.
  by apply: (@le_cert _ ((b - a - - eps) + e * (t - u))); [rewrite addr_ge0 ?subr_ge0 | ring].
move=> t t0 _ _; have [rg D0] := right t t0; have [del d0 hd] := rg e e0; exists del => // h h0 hh.
have := hd h h0 hh; rewrite ler_norml => /andP[_]; rewrite ler_subl_addr ler_pdivr_mulr // => hi.
rewrite /G; move: (g (t + h)) (g t) (g 0) hi => a b z hi.
have : 0 <= - D t * h by rewrite mulr_ge0 ?oppr_ge0 // ltW.
move=> h2; apply: (@le_cert _ (((e + D t) * h - (a - b)) + - D t * h)); last by ring.
by rewrite addr_ge0 // subr_ge0.
Qed.

(** * Exponential and logarithm *)

Definition exponential (ex : R -> R) : Prop :=
  (forall a b, ex (a + b) = ex a * ex b) /\ (forall a, 1 + a <= ex a).
Definition logarithm (ln : R -> R) : Prop :=
  (forall a, 0 < a -> ln a <= a - 1) /\ (forall a b, 0 < a -> 0 < b -> ln (a / b) = ln a - ln b).

Section Exponential.
Variable ex : R -> R.
Hypothesis EX : exponential ex.

Lemma ex0 : ex 0 = 1.
Proof.
case: EX => add ge; have h : ex 0 * (ex 0 - 1) = 0 by rewrite mulrBr mulr1 -add addr0 subrr.
have e1 := ge 0; rewrite addr0 in e1.
move/eqP: h; rewrite mulf_eq0 gt_eqF ?(lt_le_trans ltr01 e1) //= subr_eq0.
by move/eqP.
Qed.

Lemma exN a : ex a * ex (- a) = 1.
Proof. by case: EX => add _; rewrite -add subrr ex0. Qed.

Lemma ex_gt0 a : 0 < ex a.
Proof.
case: EX => add _; rewrite lt_neqAle; apply/andP; split.
  by apply/eqP => e; have := exN a; rewrite -e mul0r => /eqP; rewrite eq_sym oner_eq0.
have -> : a = a / 2%:R + a / 2%:R by field.
by rewrite add -expr2 sqr_ge0.
Qed.

Lemma ex_le a : a < 1 -> ex a <= (1 - a)^-1.
Proof.
move=> a1; have b0 : 0 < 1 - a by rewrite subr_gt0.
rewrite -[X in _ <= X]mul1r ler_pdivl_mulr // -[X in _ <= X](exN a) ler_wpmul2l ?(ltW (ex_gt0 a)) //.
by case: EX => _ ge; have := ge (- a).
Qed.

Lemma rd_ex f t a : rd f t a -> rd (fun s => ex (f s)) t (ex (f t) * a).
Proof.
move=> rf; pose df h := f (t + h) - f t; have l0 : lim0 df 0.
  by have := lim0B (rd_near rf) (lim0C (f t)); rewrite subrr.
suff l : lim0 (fun h => (ex (df h) - 1) / h) a.
  apply: lim0_ext (lim0Z (ex (f t)) l) => h h0; rewrite mulrA mulrBr mulr1.
  have -> : f (t + h) = f t + df h by rewrite /df addrCA subrr addr0.
  by case: EX => add _; rewrite add.
have [del d0 hd] := lim0_lt (ltr01 : 0 < 1 :> R) l0.
have l1 : lim0 (fun h => (f (t + h) - f t) / h * (1 - df h)^-1) a.
  have := lim0M rf (lim0V ltr01 (_ : lim0 (fun h => 1 - df h) 1)); rewrite invr1 mulr1; apply.
  by have := lim0B (lim0C 1) l0; rewrite subr0.
apply: (lim0_squeeze d0 rf l1) => h h0 hh; have d1 := hd h h0 hh; have b0 : 0 < 1 - df h by rewrite subr_gt0.
rewrite -/(df h); apply/andP; split.
  rewrite ler_pmul2r ?invr_gt0 //; case: EX => _ ge.
  by have := ge (df h); rewrite addrC -ler_subr_addr.
rewrite mulrAC ler_pmul2r ?invr_gt0 // ler_subl_addr; apply: le_trans (ex_le d1) _.
by apply: le_of_eq; field; rewrite gt_eqF.
Qed.

Lemma lc_ex f t : lc f t -> lc (fun s => ex (f s)) t.
Proof.
move=> l; pose df h := f (t - h) - f t; have l0 : lim0 df 0.
  by have := lim0B l (lim0C (f t)); rewrite subrr.
have [del d0 hd] := lim0_lt (ltr01 : 0 < 1 :> R) l0.
have l1 : lim0 (fun h => (1 - df h)^-1) 1.
  by have := lim0V ltr01 (_ : lim0 (fun h => 1 - df h) 1); rewrite invr1; apply; have := lim0B (lim0C 1) l0; rewrite subr0.
have l2 : lim0 (fun h => 1 + df h) 1 by have := lim0D (lim0C 1) l0; rewrite addr0.
have l3 : lim0 (fun h => ex (df h)) 1.
  apply: (lim0_squeeze d0 l2 l1) => h h0 hh; have d1 := hd h h0 hh.
  by case: EX => _ ge; rewrite ge ex_le.
have := lim0Z (ex (f t)) l3; rewrite mulr1; apply: lim0_ext => h _.
by case: EX => add _; rewrite -add /df addrC subrK.
Qed.

End Exponential.

Section Logarithm.
Variable ln : R -> R.
Hypothesis LN : logarithm ln.

(** 1 - 1/r <= ln r <= r - 1 in terms of two positive numbers. *)
Lemma ln_bounds a b : 0 < a -> 0 < b -> (b - a) / b <= ln b - ln a <= (b - a) / a.
Proof.
case: LN => le div a0 b0; apply/andP; split.
  have := le _ (divr_gt0 a0 b0); rewrite div // => h.
  by apply: (@le_cert _ (a / b - 1 - (ln a - ln b))); [rewrite subr_ge0 | field; rewrite gt_eqF].
have := le _ (divr_gt0 b0 a0); rewrite div // => h.
by apply: le_trans h _; apply: le_of_eq; field; rewrite gt_eqF.
Qed.

Lemma rd_ln f t a : (forall s, 0 < f s) -> rd f t a -> rd (fun s => ln (f s)) t (a / f t).
Proof.
move=> fp rf; have l1 := lim0M rf (lim0C (f t)^-1).
have l2 := lim0M rf (lim0V (fp t) (rd_near rf)).
apply: (lim0_squeeze ltr01 l2 l1) => h h0 _; have /andP[b1 b2] := ln_bounds (fp t) (fp (t + h)).
by rewrite !(mulrAC _ h^-1) !ler_pmul2r ?invr_gt0 // b1 b2.
Qed.

Lemma lc_ln f t : (forall s, 0 < f s) -> lc f t -> lc (fun s => ln (f s)) t.
Proof.
move=> fp l; have l0 : lim0 (fun h => f (t - h) - f t) 0 by have := lim0B l (lim0C (f t)); rewrite subrr.
have l1 := lim0D (lim0M l0 (lim0C (f t)^-1)) (lim0C (ln (f t))).
have l2 := lim0D (lim0M l0 (lim0V (fp t) l)) (lim0C (ln (f t))).
rewrite !mul0r !add0r in l1 l2; apply: (lim0_squeeze ltr01 l2 l1) => h h0 _.
have /andP[b1 b2] := ln_bounds (fp t) (fp (t - h)).
by apply/andP; split; [rewrite -ler_subr_addr | rewrite -ler_subl_addr].
Qed.

End Logarithm.

End Limits.

(** * F1 *)

Section F1.
Variables (R : rcfType) (N : nat) (M : 'I_N -> 'I_N -> R).
Hypothesis M_sym : forall n k, M n k = M k n.
Implicit Types (p q : R -> 'I_N -> R) (ps : 'I_N -> R).

(** The variance of (Mp)_n under p. *)
Definition variance (r : 'I_N -> R) : R := \sum_n r n * (Mmul M r n - form M r r) ^+ 2.

Definition softmax (ex : R -> R) (r : 'I_N -> R) (n : 'I_N) : R := ex (- r n) / \sum_k ex (- r k).

Definition KL (ln : R -> R) (r r' : 'I_N -> R) : R := \sum_n r n * (ln (r n) - ln (r' n)).

Record replicator p : Prop := {
  rep_gt0 : forall t n, 0 < p t n;
  rep_sum : forall t, \sum_n p t n = 1;
  rep_left : forall t n, 0 < t -> lc (p^~ n) t;
  rep_right : forall t n, 0 <= t -> rd (p^~ n) t (p t n * (form M (p t) (p t) - Mmul M (p t) n))
}.

Section Softmax.
Variables (ex : R -> R) (q : R -> 'I_N -> R).
Hypothesis EX : exponential ex.
Local Notation p t := (softmax ex (q t)).
Local Notation Z t := (\sum_k ex (- q t k)).

Lemma partition_gt0 (n : 'I_N) t : 0 < Z t.
Proof.
rewrite (bigD1 n) //= ltr_spaddl ?ex_gt0 //.
by apply: sumr_ge0 => k _; apply: ltW; apply: ex_gt0.
Qed.

(** If dq/ds = M p, p = softmax (- q) obeys the replicator equation. *)
Theorem F1_replicator t : (forall n, rd (q^~ n) t (Mmul M (p t) n)) ->
  forall n, rd (fun s => p s n) t (p t n * (form M (p t) (p t) - Mmul M (p t) n)).
Proof.
move=> dq n; have Z0 := partition_gt0 n.
have de k : rd (fun s => ex (- q s k)) t (ex (- q t k) * - Mmul M (p t) k) := rd_ex EX (rdN (dq k)).
apply: (rd_eq (rdM (de n) (rdV (Z0 t) Z0 (rd_sum de)))).
have -> : form M (p t) (p t) = - (\sum_k ex (- q t k) * - Mmul M (p t) k) / Z t.
  rewrite formE -sumrN mulr_suml; apply: eq_bigr => k _.
  by rewrite /softmax mulrN opprK mulrAC.
rewrite /softmax; move: (\sum_k ex (- q t k) * - _) => S; have := Z0 t.
by move: (Z t) => z z0; field; rewrite gt_eqF.
Qed.

(** d (log L)/ds = - p'Mp for the mean exponential loss. *)
Theorem F1_log_loss ln t : logarithm ln -> (0 < N)%N -> (forall n, rd (q^~ n) t (Mmul M (p t) n)) ->
  rd (fun s => ln (Z s / N%:R)) t (- form M (p t) (p t)).
Proof.
move=> LN N0 dq; have Z0 := partition_gt0 (Ordinal N0); have n0 : 0 < N%:R :> R by rewrite ltr0n.
have de k : rd (fun s => ex (- q s k)) t (ex (- q t k) * - Mmul M (p t) k) := rd_ex EX (rdN (dq k)).
have dZ : rd (fun s => Z s / N%:R) t ((\sum_k ex (- q t k) * - Mmul M (p t) k) / N%:R).
  by apply: (rd_eq (rdM (rd_sum de) (rdC N%:R^-1 t))); rewrite mulr0 addr0.
apply: (rd_eq (rd_ln LN (fun s => divr_gt0 (Z0 s) n0) dZ)).
rewrite invf_div mulrA divfK ?gt_eqF // formE -sumrN mulr_suml; apply: eq_bigr => k _.
by rewrite /softmax mulrN mulNr mulrAC.
Qed.

End Softmax.

Section Solution.
Variables (p : R -> 'I_N -> R) (t : R).
Hypotheses (P : replicator p) (t0 : 0 <= t).
Local Notation F s := (form M (p s) (p s) / 2%:R).

Lemma variance_alt (r : 'I_N -> R) : \sum_n r n = 1 ->
  variance r = \sum_n r n * Mmul M r n ^+ 2 - form M r r ^+ 2.
Proof.
move=> r1; have fE : form M r r = \sum_n r n * Mmul M r n by rewrite formE.
transitivity (\sum_n (r n * Mmul M r n ^+ 2 - 2%:R * form M r r * (r n * Mmul M r n) + form M r r ^+ 2 * r n)).
  by apply: eq_bigr => n _; ring.
by rewrite big_split sumrB -!mulr_sumr /= -fE r1; ring.
Qed.

(** d (1/2 p'Mp)/ds = - Var_p (Mp). *)
Theorem F1_variance : rd (fun s => F s) t (- variance (p t)).
Proof.
have dp n := rep_right P n t0; have dF : rd (fun s => form M (p s) (p s)) t
    (\sum_n \sum_k (p t n * (form M (p t) (p t) - Mmul M (p t) n) * p t k
                    + p t n * (p t k * (form M (p t) (p t) - Mmul M (p t) k))) * M n k).
  apply: rd_sum => n; apply: rd_sum => k.
  by apply: (rd_eq (rdM (rdM (dp n) (dp k)) (rdC (M n k) t))); rewrite mulr0 addr0.
apply: (rd_eq (rdM dF (rdC 2%:R^-1 t))); rewrite mulr0 addr0 variance_alt ?(rep_sum P) //.
set f := form M (p t) (p t).
have one : \sum_n \sum_k (p t n * (f - Mmul M (p t) n) * p t k) * M n k =
    \sum_n p t n * (f - Mmul M (p t) n) * Mmul M (p t) n.
  by apply: eq_bigr => n _; rewrite /Mmul mulr_sumr; apply: eq_bigr => k _; ring.
have two : \sum_n \sum_k (p t n * (p t k * (f - Mmul M (p t) k))) * M n k =
    \sum_n p t n * (f - Mmul M (p t) n) * Mmul M (p t) n.
  rewrite exchange_big -one; apply: eq_bigr => n _; apply: eq_bigr => k _.
  by rewrite (M_sym k n); ring.
transitivity ((\sum_n \sum_k (p t n * (f - Mmul M (p t) n) * p t k) * M n k +
  \sum_n \sum_k (p t n * (p t k * (f - Mmul M (p t) k))) * M n k) / 2%:R).
  congr (_ / _); rewrite -big_split; apply: eq_bigr => n _; rewrite -big_split.
  by apply: eq_bigr => k _; rewrite mulrDl.
rewrite one two -mulr2n -mulr_natr mulfK ?pnatr_eq0 //.
have fE : f = \sum_n p t n * Mmul M (p t) n by rewrite /f formE.
transitivity (f * (\sum_n p t n * Mmul M (p t) n) - \sum_n p t n * Mmul M (p t) n ^+ 2).
  by rewrite mulr_sumr -sumrB; apply: eq_bigr => n _; ring.
by rewrite -fE; ring.
Qed.

(** KL(p* || p) has the derivative (p* - p)'Mp. *)
Theorem F1_KL_derivative ln ps : logarithm ln -> \sum_n ps n = 1 ->
  rd (fun s => KL ln ps (p s)) t (\sum_n (ps n - p t n) * Mmul M (p t) n).
Proof.
move=> LN s1; have dt n : rd (fun s => ps n * (ln (ps n) - ln (p s n))) t
    (ps n * (0 - p t n * (form M (p t) (p t) - Mmul M (p t) n) / p t n)).
  by apply: rdZ; apply: rdD; [apply: rdC | apply: rdN; apply: (rd_ln LN) (rep_right P n t0) => s; apply: rep_gt0].
apply: (rd_eq (rd_sum dt)).
transitivity (\sum_n (ps n * Mmul M (p t) n - form M (p t) (p t) * ps n)).
  by apply: eq_bigr => n _; field; rewrite gt_eqF // (rep_gt0 P).
rewrite sumrB -mulr_sumr s1 mulr1 formE -sumrB.
by apply: eq_bigr => n _; rewrite mulrBl.
Qed.

End Solution.

Lemma variance_ge0 (r : 'I_N -> R) : (forall n, 0 <= r n) -> 0 <= variance r.
Proof. by move=> r0; apply: sumr_ge0 => n _; rewrite mulr_ge0 ?sqr_ge0. Qed.

(** Gibbs: KL >= 0. *)
Theorem F1_KL_ge0 ln ps (r : 'I_N -> R) : logarithm ln -> (forall n, 0 <= ps n) -> (forall n, 0 < r n) ->
  \sum_n ps n = 1 -> \sum_n r n = 1 -> 0 <= KL ln ps r.
Proof.
move=> [le div] p0 r0 p1 r1; rewrite -(subrr (1 : R)) -{1}p1 -r1 -sumrB; apply: ler_sum => n _.
have := p0 n; rewrite le_eqVlt => /orP[/eqP <-|pn]; first by rewrite mul0r sub0r oppr_le0 ltW.
have := le _ (divr_gt0 (r0 n) pn); rewrite div // => h.
apply: (@le_cert _ (ps n * (r n / ps n - 1 - (ln (r n) - ln (ps n))))); last by field; rewrite gt_eqF.
by rewrite mulr_ge0 ?(ltW pn) // subr_ge0.
Qed.

Section Bound.
Variables (p : R -> 'I_N -> R) (ps : 'I_N -> R) (ln : R -> R).
Hypotheses (full : complete R) (P : replicator p) (LN : logarithm ln).
Hypotheses (M_psd : forall z : 'I_N -> R, 0 <= form M z z).
Hypotheses (ps_ge0 : forall n, 0 <= ps n) (ps_sum : \sum_n ps n = 1).

(** F1: s (1/2 p'Mp - 1/2 p*'Mp* ) <= KL(p* || p(0)) for every p* of the simplex. *)
Theorem F1_KL s : 0 <= s ->
  s * (form M (p s) (p s) / 2%:R - form M ps ps / 2%:R) <= KL ln ps (p 0).
Proof.
move=> s0; pose f t := form M (p t) (p t) / 2%:R - form M ps ps / 2%:R.
have lcf t : 0 < t -> lim0 (fun h => f (t - h)) (f t).
  move=> t0; apply: lim0B; last exact: lim0C.
  apply: lim0M; last exact: lim0C.
  apply: lim0_sum => n; apply: lim0_sum => k; apply: lim0M; last exact: lim0C.
  by apply: lim0M; apply: (rep_left P).
pose D t := \sum_n (ps n - p t n) * Mmul M (p t) n + (1 * f t + t * (- variance (p t) + 0)).
suff : KL ln ps (p s) + s * f s <= KL ln ps (p 0) + 0 * f 0.
  rewrite mul0r addr0; apply: le_trans; rewrite ler_addr.
  by apply: F1_KL_ge0 => // [n|]; [apply: (rep_gt0 P) | apply: (rep_sum P)].
apply: (@right_nonincreasing R (fun t => KL ln ps (p t) + t * f t) D) => // t t0.
  apply: lim0D; last first.
    by apply: lim0M; [have := lim0B (lim0C t) (@lim0_id R); rewrite subr0 | apply: lcf].
  apply: lim0_sum => n; apply: lim0Z; apply: lim0B; first exact: lim0C.
  by apply: (lc_ln LN) (rep_left P n t0) => u; apply: rep_gt0.
split.
  apply: rdD; first exact: F1_KL_derivative.
  apply: rdM; first exact: rd_id.
  by apply: rdD; [apply: F1_variance | apply: (rd_eq (rdC _ t)); rewrite ?oppr0].
have p0 n : 0 <= p t n by apply: ltW; apply: (rep_gt0 P).
rewrite /D addr0 mul1r addrA; apply: le_trans (_ : \sum_n (ps n - p t n) * Mmul M (p t) n + f t <= 0).
  by rewrite ger_addl mulr_ge0_le0 // oppr_le0 variance_ge0.
have -> : \sum_n (ps n - p t n) * Mmul M (p t) n = form M ps (p t) - form M (p t) (p t).
  by rewrite !formE -sumrB; apply: eq_bigr => n _; rewrite mulrBl.
have := M_psd (fun n => ps n - p t n); rewrite (form_sub M_sym) /f => h; rewrite -oppr_ge0.
move: (form M ps ps) (form M ps (p t)) (form M (p t) (p t)) h => a b c h.
apply: le_trans (_ : (a - 2%:R * b + c) / 2%:R <= _); first by rewrite divr_ge0 ?ler0n.
by apply: le_of_eq; field.
Qed.

(** So, p* being the minimiser, p goes to it in the form's norm like 1/s. *)
Theorem F1_distance s : 0 <= s -> (forall n, form M ps ps <= Mmul M ps n) ->
  s * form M (fun n => p s n - ps n) (fun n => p s n - ps n) <= 2%:R * KL ln ps (p 0).
Proof.
move=> s0 opt; have h := F1_KL s0; have cross : form M ps ps <= form M (p s) ps.
  rewrite [X in _ <= X]formE -[X in X <= _]mul1r -(rep_sum P s) mulr_suml; apply: ler_sum => n _.
  by rewrite ler_wpmul2l // ltW // (rep_gt0 P).
rewrite (form_sub M_sym); apply: le_trans (_ : 2%:R * (s * (form M (p s) (p s) / 2%:R - form M ps ps / 2%:R)) <= _).
  move: (form M (p s) (p s)) (form M (p s) ps) (form M ps ps) cross => a b c cross.
  by apply: (@le_cert _ (2%:R * s * (b - c))); [rewrite !mulr_ge0 ?ler0n ?subr_ge0 | field].
by rewrite ler_wpmul2l ?ler0n.
Qed.

End Bound.

End F1.
