(******************************************************************************)
(* CheckersSound.v : what `check ... = true` means over the reals.            *)
(*                                                                            *)
(*   zR R z            the integer z           pow2 R k        2^k            *)
(*   double_row d X n  row n of the data X: entry m 2^k for each double       *)
(*   doubles N d X     the samples, x_n = double_row d X n                    *)
(*   labels_of Y       1 for true, -1 for false                               *)
(*   fraction g T      g / T, the slope gamma                                 *)
(*   network p d W     a matrix of weights, p + p rows                        *)
(*   decides d h Zs B  h has the sign B_k at the point k of Zs                *)
(******************************************************************************)
From Coq Require Import ZArith Lia.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2 C1 K1 Gap Pattern C2 Exist C2Apriori Certificate Checkers.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Delimit Scope Z_scope with Z.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** * Integers and powers of two in R *)

Section Integers.
Variable R : rcfType.
Implicit Types a b k z : Z.

Definition zR z : R :=
  match z with Z0 => 0 | Zpos p => (Pos.to_nat p)%:R | Zneg p => - (Pos.to_nat p)%:R end.

Lemma zR_nat n : zR (Z.of_nat n) = n%:R.
Proof. by case: n => // n; rewrite /zR /= SuccNat2Pos.id_succ. Qed.

Lemma zRN a : zR (- a)%Z = - zR a.
Proof. by case: a => [|p|p] /=; rewrite ?oppr0 ?opprK. Qed.

Lemma zR_sub (m n : nat) : zR (Z.of_nat m - Z.of_nat n)%Z = m%:R - n%:R.
Proof.
case: (leqP n m) => h.
  rewrite -natrB // -zR_nat; congr zR; symmetry.
  exact: (Nat2Z.inj_sub m n (elimT ssrnat.leP h)).
rewrite -[LHS]opprK -zRN -opprB; congr (- _).
rewrite -natrB 1?ltnW // -zR_nat; congr zR.
rewrite Z.opp_sub_distr Z.add_comm Z.add_opp_r; symmetry.
exact: (Nat2Z.inj_sub n m (elimT ssrnat.leP (ltnW h))).
Qed.

Lemma Z_nats z : exists m n : nat, z = (Z.of_nat m - Z.of_nat n)%Z.
Proof.
case: z => [|p|p]; first by exists 0%N, 0%N.
  by exists (Pos.to_nat p), 0%N; rewrite positive_nat_Z Z.sub_0_r.
by exists 0%N, (Pos.to_nat p); rewrite positive_nat_Z.
Qed.

Lemma zRD a b : zR (a + b)%Z = zR a + zR b.
Proof.
have [m [n ->]] := Z_nats a; have [m' [n' ->]] := Z_nats b.
transitivity (zR (Z.of_nat (m + m') - Z.of_nat (n + n'))%Z).
  by congr zR; rewrite !Nat2Z.inj_add; lia.
by rewrite !zR_sub !natrD; ring.
Qed.

Lemma zRB a b : zR (a - b)%Z = zR a - zR b.
Proof. by rewrite -Z.add_opp_r zRD zRN. Qed.

Lemma zRM a b : zR (a * b)%Z = zR a * zR b.
Proof.
have [m [n ->]] := Z_nats a; have [m' [n' ->]] := Z_nats b.
transitivity (zR (Z.of_nat (m * m' + n * n') - Z.of_nat (m * n' + n * m'))%Z).
  by congr zR; rewrite !Nat2Z.inj_add !Nat2Z.inj_mul; lia.
by rewrite !zR_sub !natrD !natrM; ring.
Qed.

Lemma zR_ge0 a : (0 <= a)%Z -> 0 <= zR a.
Proof. by case: a => [|p|p] // _; rewrite ler0n. Qed.

Lemma zR_le a b : (a <= b)%Z -> zR a <= zR b.
Proof. by move=> h; rewrite -subr_ge0 -zRB; apply: zR_ge0; lia. Qed.

Lemma zR_lt a b : (a < b)%Z -> zR a < zR b.
Proof.
move=> h; rewrite -subr_gt0 -zRB; have : (0 < b - a)%Z by lia.
by case: (b - a)%Z => [|p|p] // _; rewrite ltr0n; apply/ssrnat.ltP; apply: Pos2Nat.is_pos.
Qed.

Lemma zR_leP a b : zR a <= zR b -> (a <= b)%Z.
Proof.
move=> h; have [//|lt] := Z.le_gt_cases a b.
by have := zR_lt lt; rewrite ltNge h.
Qed.

Definition pow2 k : R :=
  match k with Z0 => 1 | Zpos p => 2%:R ^+ Pos.to_nat p | Zneg p => (2%:R ^+ Pos.to_nat p)^-1 end.

Let two0 : 2%:R != 0 :> R.
Proof. by rewrite pnatr_eq0. Qed.

Lemma pow2_nat n : pow2 (Z.of_nat n) = 2%:R ^+ n.
Proof. by case: n => // n; rewrite /pow2 /= SuccNat2Pos.id_succ. Qed.

Lemma pow2_opp k : pow2 (- k)%Z = (pow2 k)^-1.
Proof. by case: k => [|p|p] /=; rewrite ?invr1 ?invrK. Qed.

Lemma pow2_sub (m n : nat) : pow2 (Z.of_nat m - Z.of_nat n)%Z = 2%:R ^+ m / 2%:R ^+ n.
Proof.
have sub (i j : nat) : (i <= j)%N -> 2%:R ^+ (j - i) = 2%:R ^+ j / 2%:R ^+ i :> R.
  by move=> h; rewrite -{2}(subnK h) exprD mulfK // expf_neq0.
case: (leqP n m) => h.
  rewrite -sub // -pow2_nat; congr pow2; symmetry.
  exact: (Nat2Z.inj_sub m n (elimT ssrnat.leP h)).
rewrite -[LHS]invrK -pow2_opp -[RHS]invrK invf_div; congr _^-1.
rewrite -sub 1?ltnW // -pow2_nat; congr pow2.
rewrite Z.opp_sub_distr Z.add_comm Z.add_opp_r; symmetry.
exact: (Nat2Z.inj_sub n m (elimT ssrnat.leP (ltnW h))).
Qed.

Lemma pow2D a b : pow2 (a + b)%Z = pow2 a * pow2 b.
Proof.
have [m [n ->]] := Z_nats a; have [m' [n' ->]] := Z_nats b.
transitivity (pow2 (Z.of_nat (m + m') - Z.of_nat (n + n'))%Z).
  by congr pow2; rewrite !Nat2Z.inj_add; lia.
by rewrite !pow2_sub !exprD; field; rewrite !expf_neq0.
Qed.

Lemma zR_pow2 k : (0 <= k)%Z -> zR (2 ^ k)%Z = pow2 k.
Proof.
move=> k0; have [n ->] := Z_of_nat_complete k k0; rewrite pow2_nat.
elim: n => // n IH; rewrite exprS -IH Nat2Z.inj_succ Z.pow_succ_r ?zRM //; lia.
Qed.

Lemma pow2_gt0 k : 0 < pow2 k.
Proof. by case: k => [|p|p] /=; rewrite ?ltr01 ?invr_gt0 ?exprn_gt0 ?ltr0n. Qed.

(** An integer on the grid, over R. *)
Lemma on_gridE e mk c : (0 <= e)%Z -> on_grid e mk c ->
  zR mk.1 * pow2 mk.2 = (zR (2 ^ e)%Z)^-1 * zR c.
Proof.
move=> e0 h; rewrite (zR_pow2 e0) -pow2_opp; case: h => -[k0 h].
  rewrite h zRM zR_pow2 // mulrCA -pow2D; congr (_ * pow2 _); lia.
rewrite -h zRM zR_pow2; last by lia.
rewrite -mulrA -pow2D mulrC; congr (pow2 _ * _); lia.
Qed.

End Integers.
Arguments zR R z%Z.
Arguments pow2 R k%Z.

(** * The data *)

Section Data.
Variables (R : rcfType) (F : format).

Definition double_row d (X : seq (frow F)) (n : nat) : 'rV[R]_d :=
  \row_i (let mk := nth (0, 0)%Z (nth [::] (map (@entries F) X) n) i in zR R mk.1 * pow2 R mk.2).
Definition doubles N d (X : seq (frow F)) (n : 'I_N) : 'rV[R]_d := double_row d X n.
Definition labels_of N (Y : seq bool) (n : 'I_N) : R := if nth true Y n then 1 else -1.
Definition fraction (g T : Z) : R := zR R g / zR R T.

Definition decides d (h : 'rV[R]_d -> R) (Zs : seq (frow F)) (B : seq bool) : Prop :=
  forall k, (k < size Zs)%N -> Num.sg (h (double_row d Zs k)) = if nth true B k then 1 else -1.

Lemma labels_ofP N Y : labels (labels_of (N := N) Y).
Proof. by move=> n; rewrite /labels_of; case: nth; [left | right]. Qed.

Lemma labels_of_eq1 N Y (n : 'I_N) : (labels_of Y n == 1) = nth true Y n.
Proof. by rewrite /labels_of; case: nth; rewrite ?eqxx ?neg1_neq1. Qed.

(** ** Numbers of the format in R *)

Hypothesis L : lawful F.
Definition num (c : car F) : R := zR R (toZ c).

Lemma num0 : num (o0 F) = 0. Proof. by rewrite /num (toZ_0 L). Qed.
Lemma numD a b : num (oadd a b) = num a + num b. Proof. by rewrite /num (toZ_add L) zRD. Qed.
Lemma numB a b : num (osub a b) = num a - num b. Proof. by rewrite /num (toZ_sub L) zRB. Qed.
Lemma numM a b : num (omul a b) = num a * num b. Proof. by rewrite /num (toZ_mul L) zRM. Qed.
Lemma num_le a b : oleb a b -> num a <= num b. Proof. by move/(toZ_le L); apply: zR_le. Qed.
Lemma num_lt a b : oltb a b -> num a < num b. Proof. by move/(toZ_lt L); apply: zR_lt. Qed.
Lemma le_num a b : num a <= num b -> oleb a b.
Proof. by rewrite /num => /zR_leP /(toZ_leq L). Qed.
Lemma num_ofZ z : num (ofZ F z) = zR R z. Proof. by rewrite /num (toZ_ofZ L). Qed.
Definition numE := (numD, numB, numM, num0).

Definition row_num d (s : seq (car F)) : 'rV[R]_d := \row_i num (nth (o0 F) s i).

Lemma num_odot d a b acc : size a = d -> size b = d ->
  num (odot a b acc) = dot (row_num d a) (row_num d b) + num acc.
Proof.
elim: d a b acc => [|d IH] [|s a] [|t b] acc //= => [_ _|[ea] [eb]].
  by rewrite /dot big_ord0 add0r.
have -> : dot (row_num d.+1 (s :: a)) (row_num d.+1 (t :: b)) = num s * num t + dot (row_num d a) (row_num d b).
  by rewrite /dot big_ord_recl !mxE; congr (_ + _); apply: eq_bigr => i _; rewrite !mxE.
by rewrite IH // !numE; ring.
Qed.

Lemma row_oaxpy d k a s : size a = d -> size s = d ->
  row_num d (oaxpy k a s) = num k *: row_num d a + row_num d s.
Proof.
move=> ea es; apply/rowP => i; rewrite !mxE; move: (nat_of_ord i) (ltn_ord i) => {}i hi.
by elim: d a s i ea es hi => [|d IH] [|t a] [|r s] [|i] //= [ea] [es] hi; rewrite ?numE // IH.
Qed.

Lemma size_oaxpy k (a s : seq (car F)) : size (oaxpy k a s) = size s.
Proof. by elim: a s => [|t a IH] [|r s] //=; rewrite IH. Qed.

Lemma row_orowsub d a b : size a = d -> size b = d ->
  row_num d (orowsub a b) = row_num d a - row_num d b.
Proof.
move=> ea eb; apply/rowP => i; rewrite !mxE; move: (nat_of_ord i) (ltn_ord i) => {}i hi.
by elim: d a b i ea eb hi => [|d IH] [|s a] [|t b] [|i] //= [ea] [eb] hi; rewrite ?numE // IH.
Qed.

Lemma size_orowsub (a b : seq (car F)) : size (orowsub a b) = size a.
Proof. by elim: a b => [|s a IH] [|t b] //=; rewrite IH. Qed.

Lemma size_owsum coef (s : seq (sample F)) acc : size (owsum coef s acc) = size acc.
Proof. by elim: s acc => //= i s IH acc; rewrite IH; case: ifP; rewrite ?size_oaxpy. Qed.

Lemma row_owsum d coef (s : seq (sample F)) acc : all (fun i => size (s_row i) == d) s -> size acc = d ->
  row_num d (owsum coef s acc) = row_num d acc + \sum_(i <- s) num (coef i) *: row_num d (s_row i).
Proof.
elim: s acc => [|i s IH] acc /=; first by rewrite big_nil addr0.
case/andP=> /eqP hi hs ea; rewrite big_cons addrA; case: ifP => [/andP[/num_le k1 /num_le k2]|_].
  have -> : num (coef i) = 0 by apply/eqP; rewrite eq_le -num0 k1 k2.
  by rewrite scale0r addr0 IH.
by rewrite IH ?size_oaxpy // row_oaxpy // [_ + row_num d acc]addrC.
Qed.

Lemma row_zero d : row_num d (nseq d (o0 F)) = 0.
Proof. by apply/rowP => i; rewrite !mxE nth_nseq ltn_ord num0. Qed.

Lemma num_ogap (s : seq (judged F)) acc :
  num (ogap s acc) = num acc + \sum_(i <- s) (num (j_A i) * num (j_Sg i) + num (j_B i) * num (j_S1 i)).
Proof.
elim: s acc => [|i s IH] acc /=; first by rewrite big_nil addr0.
by rewrite IH !numE big_cons addrA [num acc + _]addrC.
Qed.

(** ** Rows as scanned *)

Lemma scansE d e X K : (0 <= e)%Z -> scans e X = Some K -> size K = size X /\
  forall n, (n < size K)%N -> size (nth [::] K n) = d ->
    double_row d X n = (zR R (2 ^ e))^-1 *: row_num d (nth [::] K n).
Proof.
move=> e0; elim: X K => [|r X IH] K /=; first by case=> <-.
case E: scan => [s|] //; case E': scans => [K'|] // [<-] /=; have [sz h] := IH _ E'.
split=> [|[|n] hn es]; first by rewrite sz.
  have [_ g] := scan_ok L E; apply/rowP => i; rewrite !mxE /=.
  by apply: on_gridE => //; apply: g; rewrite es.
by rewrite -h //; apply/rowP => i; rewrite !mxE.
Qed.

Lemma nth_samples N (K : seq (seq (car F))) Y P i0 : size K = N -> size Y = N -> size P = N ->
  size (samples K Y P) = N /\ forall n, (n < N)%N -> nth i0 (samples K Y P) n =
    Sample (nth [::] K n) (nth true Y n) (nth (o0 F, o0 F) P n).1 (nth (o0 F, o0 F) P n).2.
Proof.
elim: N K Y P => [|N IH] [|r K] [|l Y] [|[a b] P] //= [eK] [eY] [eP]; have [sz h] := IH K Y P eK eY eP.
by rewrite sz; split=> // -[|n] //= hn; apply: h.
Qed.

Lemma points_okP gz WT (KZ : seq (seq (car F))) S k : points_ok gz WT KZ S -> (k < size KZ)%N ->
  point_ok gz WT (nth [::] KZ k) (nth true S k).
Proof. by elim: KZ S k => [|z KZ IH] [|s S] [|k] //= /andP[h1 h2] hk //; apply: IH. Qed.

(** * One certificate *)

Section Certificate.
Variables (N d : nat) (K : seq (seq (car F))) (Y : seq bool) (P : seq (car F * car F)).
Variables (g T D den : car F).
Hypotheses (sh : shape N d K Y P) (sc : scale_ok g T D den).

Local Notation z0 := (o0 F).
Local Notation ss := (samples K Y P).
Local Notation UTz := (owsum (coefU g T) ss (nseq d z0)).
Local Notation VTz := (owsum (coefV g T) ss (nseq d z0)).
Local Notation one := (one_scaled T D den).
Local Notation js := (map (judge g T one UTz VTz) ss).

Let Kn (n : 'I_N) : 'rV[R]_d := row_num d (nth [::] K n).
Let y := labels_of (N := N) Y.
Let A (n : 'I_N) := num (nth (z0, z0) P n).1.
Let B (n : 'I_N) := num (nth (z0, z0) P n).2.

Let eK : size K = N. Proof. by case/and4P: sh => /eqP. Qed.
Let eY : size Y = N. Proof. by case/and4P: sh => _ /eqP. Qed.
Let eP : size P = N. Proof. by case/and4P: sh => _ _ /eqP. Qed.
Let eR n : (n < N)%N -> size (nth [::] K n) = d.
Proof. by case/and4P: sh => _ _ _ h hn; apply/eqP; apply: (all_nthP [::] h); rewrite eK. Qed.

Let i0 := Sample [::] true z0 z0.
Let at_ n := Sample (nth [::] K n) (nth true Y n) (nth (z0, z0) P n).1 (nth (z0, z0) P n).2.

Let samplesE := nth_samples i0 eK eY eP.

Let sum_samples (V : zmodType) (G : sample F -> V) : \sum_(i <- ss) G i = \sum_(n < N) G (at_ n).
Proof.
have [sz h] := samplesE; rewrite (big_nth i0) sz big_mkord.
by apply: eq_bigr => n _; rewrite h.
Qed.

Let all_samples (q : pred (sample F)) : all q ss -> forall n : 'I_N, q (at_ n).
Proof.
have [sz h] := samplesE; move=> a n; rewrite /at_ -h //.
by apply: (all_nthP i0 a); rewrite sz.
Qed.

Let rows_d : all (fun i => size (s_row i) == d) ss.
Proof.
have [sz h] := samplesE; apply/(all_nthP i0) => n; rewrite sz => hn.
by rewrite h //= eR.
Qed.

Let size0 : size (nseq d z0) = d. Proof. by rewrite size_nseq. Qed.

Let UTE : row_num d UTz = UT Kn y A B (num g) (num T).
Proof.
rewrite (row_owsum _ rows_d size0) row_zero add0r sum_samples; apply: eq_bigr => n _.
by rewrite labels_of_eq1 /coefU /=; case: nth; rewrite !numE ?sub0r.
Qed.

Let VTE : row_num d VTz = VT Kn y A B (num g) (num T).
Proof.
rewrite (row_owsum _ rows_d size0) row_zero add0r sum_samples; apply: eq_bigr => n _.
by rewrite labels_of_eq1 /coefV /=; case: nth; rewrite !numE ?sub0r.
Qed.

Let oneE : num one = 2%:R * num T ^+ 2 * num den * num D ^+ 2.
Proof. by rewrite /one_scaled !numE; ring. Qed.

Let j (n : 'I_N) := judge g T one UTz VTz (at_ n).

Let jE n : [/\ num (j_own (j n)) = OWN Kn y A B (num g) (num T) n, num (j_oth (j n)) = OTH Kn y A B (num g) (num T) n,
  num (j_Sg (j n)) = Sg Kn y A B (num g) (num T) (num D) (num den) n,
  num (j_S1 (j n)) = S1 Kn y A B (num g) (num T) (num D) (num den) n & num (j_k (j n)) = norm (Kn n) ^+ 2].
Proof.
have own_ : num (j_own (j n)) = OWN Kn y A B (num g) (num T) n.
  rewrite /OWN /own -UTE -VTE labels_of_eq1 /=; case: nth;
  by rewrite (@num_odot d) ?size_owsum ?size0 ?eR // num0 addr0 dotC.
have oth_ : num (j_oth (j n)) = OTH Kn y A B (num g) (num T) n.
  rewrite /OTH /other -UTE -VTE labels_of_eq1 /=; case: nth;
  by rewrite (@num_odot d) ?size_owsum ?size0 ?eR // num0 addr0 dotC.
split=> //.
- by rewrite /Sg -own_ -oth_ -oneE /= !numE.
- by rewrite /S1 -own_ -oth_ -oneE /= !numE.
- by rewrite norm_sqr /= (@num_odot d) ?eR // num0 addr0.
Qed.

Let gapE : num (ogap js z0) = gz Kn y A B (num g) (num T) (num D) (num den).
Proof.
rewrite num_ogap num0 add0r big_map sum_samples; apply: eq_bigr => n _.
by have [_ _ <- <- _] := jE n.
Qed.

Let all_js (q : pred (judged F)) : all q js -> forall n, q (j n).
Proof. by rewrite all_map => /all_samples. Qed.

Variables (x : 'I_N -> 'rV[R]_d) (gamma : R).
Hypotheses (x_K : forall n, x n = (num D)^-1 *: Kn n) (gamma_gT : gamma = num g / num T).

Let g0 : 0 < num g. Proof. by case/and4P: sc => /num_lt; rewrite num0. Qed.
Let gT : num g <= num T. Proof. by case/and4P: sc => _ /num_le. Qed.
Let D0 : 0 < num D. Proof. by case/and4P: sc => _ _ /num_lt; rewrite num0. Qed.
Let den0 : 0 < num den. Proof. by case/and4P: sc => _ _ _ /num_lt; rewrite num0. Qed.

Let proposal : all (@proposed F) js -> [/\ forall n, 0 <= A n, forall n, 0 <= B n,
  forall n, 0 <= Sg Kn y A B (num g) (num T) (num D) (num den) n &
  forall n, 0 <= S1 Kn y A B (num g) (num T) (num D) (num den) n].
Proof.
move/all_js => h; split=> n; have /and4P[/num_le a /num_le b /num_le s /num_le t] := h n;
  rewrite num0 in a b s t; have [_ _ eg e1 _] := jE n; by rewrite -?eg -?e1.
Qed.

Let own_room n : own_ok (ogap js z0) (j n) -> 0 < OWN Kn y A B (num g) (num T) n /\
  gz Kn y A B (num g) (num T) (num D) (num den) * norm (Kn n) ^+ 2 < OWN Kn y A B (num g) (num T) n ^+ 2.
Proof.
by have [<- _ _ _ <-] := jE n; case/andP=> /num_lt a /num_lt b; move: a b; rewrite !numE gapE expr2.
Qed.

Let oth_room n : oth_ok (ogap js z0) (j n) -> OTH Kn y A B (num g) (num T) n < 0 /\
  gz Kn y A B (num g) (num T) (num D) (num den) * norm (Kn n) ^+ 2 < OTH Kn y A B (num g) (num T) n ^+ 2.
Proof.
by have [_ <- _ _ <-] := jE n; case/andP=> /num_lt a /num_lt b; move: a b; rewrite !numE gapE expr2.
Qed.

(** Points: the integers of a point decide as the room says. *)
Let points (h : 'rV[R]_d -> R) e (Zs : seq (frow F)) KZ S : (0 <= e)%Z -> num D = zR R (2 ^ e) ->
  scans e Zs = Some KZ -> all (fun z => size z == d) KZ -> points_ok (ogap js z0) (orowsub UTz VTz) KZ S ->
  (forall z, 2%:R * gz Kn y A B (num g) (num T) (num D) (num den) * norm z ^+ 2
      < dot (UT Kn y A B (num g) (num T) - VT Kn y A B (num g) (num T)) z ^+ 2 ->
    Num.sg (h z) = Num.sg (dot (UT Kn y A B (num g) (num T) - VT Kn y A B (num g) (num T)) z)) ->
  decides h Zs S.
Proof.
move=> e0 De sZ dZ ok dec k; have [sz hz] := scansE d e0 sZ; rewrite -sz => hk.
have sk : size (nth [::] KZ k) = d by apply/eqP; apply: (all_nthP [::] dZ).
have := points_okP ok hk.
case/andP; rewrite hz //; set zk := row_num d _.
have q : num (odot (nth [::] KZ k) (orowsub UTz VTz) z0) =
    dot (UT Kn y A B (num g) (num T) - VT Kn y A B (num g) (num T)) zk.
  rewrite (@num_odot d) ?size_orowsub ?size_owsum ?size0 // num0 addr0 dotC.
  by rewrite row_orowsub ?size_owsum ?size0 // UTE VTE.
have kk : num (odot (nth [::] KZ k) (nth [::] KZ k) z0) = norm zk ^+ 2.
  by rewrite norm_sqr (@num_odot d) // num0 addr0.
move=> sg /num_lt; rewrite !numE gapE kk q => big; rewrite -De dec.
  rewrite dotZr sg_eq_pos ?invr_gt0 //.
  by move: sg; case: (nth true S k) => /num_lt; rewrite num0 q; [apply: gtr0_sg | apply: ltr0_sg].
rewrite dotZr normZ !exprMn real_normK ?num_real // mulrCA ltr_pmul2l ?exprn_gt0 ?invr_gt0 //.
by apply: le_lt_trans big; apply: le_of_eq; rewrite expr2; ring.
Qed.

(** C2 and C1 from a checked proposal. *)
Theorem certified_C2 p e Zs KZ S : (0 < p)%N -> (0 <= e)%Z -> num D = zR R (2 ^ e) -> scans e Zs = Some KZ ->
  certified g T N d D den (@own_ok F) K Y P KZ S ->
  exists l, [/\ cp_conditions gamma x y l,
    forall n, 0 < own x y (cpU gamma x y l) (cpV gamma x y l) n,
    kkt gamma x y (Wcp gamma x y p l) (lam l),
    linear_boundary (f gamma (Wcp gamma x y p l)) (w x y (omega gamma l)) &
    decides (f gamma (Wcp gamma x y p l)) Zs S].
Proof.
move=> p0 e0 De sZ /and4P[_ _ dZ /andP[each pts]].
have [prop ok] : all (@proposed F) js /\ all (@own_ok F (ogap js z0)) js.
  by apply/andP; rewrite -all_predI.
have [A0 B0 Sg0 S10] := proposal prop.
have [|l [C own0 Kk L0 dec]] :=
    certificate_C2 (x := x) (gamma := gamma) x_K gamma_gT (labels_ofP Y) g0 gT D0 den0 A0 B0 Sg0 S10 p0.
  by move=> n; apply: own_room; apply: all_js ok n.
by exists l; split=> //; apply: (points e0 De sZ dZ pts dec).
Qed.

Theorem certified_C1 p e Zs KZ S : (0 < p)%N -> (0 <= e)%Z -> num D = zR R (2 ^ e) -> scans e Zs = Some KZ ->
  certified g T N d D den (@C1_each F) K Y P KZ S ->
  exists mult, [/\ qp_conditions gamma x y mult, aligned gamma x y p mult,
    kkt gamma x y (Wstar gamma x y p mult) mult,
    linear_boundary (f gamma (Wstar gamma x y p mult)) (w x y mult) &
    decides (f gamma (Wstar gamma x y p mult)) Zs S].
Proof.
move=> p0 e0 De sZ /and4P[_ _ dZ /andP[each pts]].
have [prop ok] : all (@proposed F) js /\ all (@C1_each F (ogap js z0)) js.
  by apply/andP; rewrite -all_predI.
have [A0 B0 Sg0 S10] := proposal prop.
have [||l [C al Kk L0 dec]] :=
    certificate_C1 (x := x) (gamma := gamma) x_K gamma_gT (labels_ofP Y) g0 gT D0 den0 A0 B0 Sg0 S10 p0.
- by move=> n; apply: own_room; have /andP[] := all_js ok n.
- by move=> n; apply: oth_room; have /andP[] := all_js ok n.
by exists l; split=> //; apply: (points e0 De sZ dZ pts dec).
Qed.

(** C1 refuted by a checked proposal. *)
Theorem certified_refuted p : (0 < p)%N -> num g < num T -> (forall n, B n = 0) ->
  all (@proposed_C1 F) js -> has (reversed (ogap js z0)) js ->
  forall (W : 'M[R]_(p + p, d)) mult, ~ kkt_with gamma x y W mult (label_slopes gamma y).
Proof.
move=> p0 g_ltT noB prop; rewrite has_map => /(has_nthP i0)[n0]; have [sz h] := samplesE; rewrite sz => hn rev.
pose n := Ordinal hn; have {rev} : reversed (ogap js z0) (j n) by move: rev; rewrite /= h.
have gapC : num (ogap js z0) = gz_C1 Kn y A B (num g) (num T) (num D) (num den).
  by rewrite gapE; apply: eq_bigr => k _; rewrite noB mul0r addr0.
have A0 k : 0 <= A k by have /andP[/num_le] := all_js prop k; rewrite num0.
have S0 k : 0 <= Sg Kn y A B (num g) (num T) (num D) (num den) k.
  by have /andP[_ /num_le] := all_js prop k; rewrite num0; have [_ _ <- _ _] := jE k.
move=> rev; apply: (certificate_refuted x_K gamma_gT (labels_ofP Y) g0 g_ltT D0 den0 p0 noB A0 S0 (n := n)).
have [<- <- _ _ <-] := jE n; rewrite -gapC !expr2.
by case/orP: rev => /andP[/num_lt h1 /num_lt h2]; rewrite !numE in h1 h2; [left | right].
Qed.

End Certificate.

(** * (H) *)

Lemma odotC (a b : seq (car F)) d : size a = d -> size b = d -> num (odot a b (o0 F)) = num (odot b a (o0 F)).
Proof. by move=> ea eb; rewrite !(@num_odot d) // dotC. Qed.

Lemma apartP q (K : seq (seq (car F))) : apart q K -> forall n k, (n < k)%N -> (k < size K)%N ->
  `|num (odot (nth [::] K n) (nth [::] K k) (o0 F))| <= num q.
Proof.
elim: K => [|r K IH] //= /andP[h /IH{}IH] [|n] [|k] //= hk1 hk2; last exact: IH.
have /andP[/num_le h1 /num_le h2] := all_nthP [::] h k hk2.
by rewrite ler_norml h1 andbT; move: h2; rewrite numE num0 sub0r.
Qed.

Section NearlyOrthogonal.
Variables (N d : nat) (K : seq (seq (car F))) (Y : seq bool) (g T D three_N lo hi q : car F).
Variables (x : 'I_N -> 'rV[R]_d) (gamma : R).
Hypotheses (x_K : forall n, x n = (num D)^-1 *: row_num d (nth [::] K n)) (gamma_gT : gamma = num g / num T).
Hypotheses (three_NE : num three_N = 3%:R * N%:R).
Hypothesis ck : nearly_orthogonal g T N d D three_N lo hi q K Y.

Theorem certified_H : hypH gamma x /\ forall n, x n != 0.
Proof.
move: ck; rewrite /nearly_orthogonal => /and5P[/eqP eK _ rows n0] /and4P[/and5P[g0 gT D0 lo0 q0] hk hq hH].
have {}rows (n : 'I_N) : size (nth [::] K n) = d.
  by apply/eqP; apply: (all_nthP [::] rows); rewrite eK.
have zD0 : 0 < num D by move/num_lt: D0; rewrite num0.
have zg0 : 0 < num g by move/num_lt: g0; rewrite num0.
have zT0 : 0 < num T by apply: lt_le_trans zg0 (num_le gT).
have zlo0 : 0 < num lo by move/num_lt: lo0; rewrite num0.
have zq0 : 0 <= num q by move/num_le: q0; rewrite num0.
have gamma0 : 0 < gamma by rewrite gamma_gT divr_gt0.
have d2 : 0 < num D ^+ 2 by rewrite exprn_gt0.
have GE n k : G x n k = num (odot (nth [::] K n) (nth [::] K k) (o0 F)) / num D ^+ 2.
  rewrite (@num_odot d) ?rows // num0 addr0 /G !x_K dotZl dotZr.
  by field; rewrite gt_eqF.
have k_bnd n : num lo / num D ^+ 2 <= G x n n <= num hi / num D ^+ 2.
  have := all_nthP [::] hk n; rewrite eK => /(_ (ltn_ord n)) /andP[/num_le h1 /num_le h2].
  by rewrite GE !ler_pmul2r ?invr_gt0 // h1.
have l0 : 0 < num lo / num D ^+ 2 by rewrite divr_gt0.
have qq0 : 0 <= num q / num D ^+ 2 by rewrite divr_ge0 // ltW.
have off n k : n != k -> `|G x n k| <= num q / num D ^+ 2.
  move=> nk; rewrite GE normrM (gtr0_norm (_ : 0 < (num D ^+ 2)^-1)) ?invr_gt0 //.
  rewrite ler_pmul2r ?invr_gt0 //; case: (ltngtP n k) => [h|h|/val_inj h]; last by rewrite h eqxx in nk.
    by apply: (apartP hq); rewrite ?eK.
  by rewrite (@odotC _ _ d) ?rows //; apply: (apartP hq); rewrite ?eK.
have x0 n : x n != 0.
  by rewrite -dot_gt0; apply: lt_le_trans l0 _; case/andP: (k_bnd n).
split=> //.
have hp : 0 < num hi / num D ^+ 2.
  by have /andP[h1 h2] := k_bnd (Ordinal n0); apply: lt_le_trans l0 (le_trans h1 h2).
have h0 := ltW hp.
have maxle : Rmax x ^+ 2 <= num hi / num D ^+ 2.
  rewrite -[X in _ <= X]sqr_sqrtr // ler_pexpn2r ?nnegrE ?sqrtr_ge0 ?Rmax_ge0 //.
  apply: maxover_le => [|n _]; first exact: sqrtr_ge0.
  by have /andP[_ h] := k_bnd n; rewrite ler_sqrt //; apply: h.
have minge : num lo / num D ^+ 2 <= Rmin x ^+ 2.
  rewrite -[X in X <= _]sqr_sqrtr ?(ltW l0) // ler_pexpn2r ?nnegrE ?sqrtr_ge0 ?Rmin_ge0 //.
  have mn n : Num.sqrt (num lo / num D ^+ 2) <= norm (x n).
    by have /andP[h _] := k_bnd n; rewrite ler_sqrt ?dot_gt0 ?x0 //; apply: h.
  apply: minover_ge => //; apply: le_trans (mn (Ordinal n0)) (Rmax_ge _ _).
have pm : pmax x <= num q / num D ^+ 2 by apply: maxover_le => // -[n k]; apply: off.
rewrite /hypH; apply: (@le_trans _ _ (3%:R * N%:R * (num hi / num D ^+ 2) * (num q / num D ^+ 2))).
  have c3 : 0 <= 3%:R * N%:R :> R by rewrite mulr_ge0 ?ler0n.
  apply: ler_pmul => //; [by rewrite mulr_ge0 ?sqr_ge0 | exact: pmax_ge0 | by rewrite ler_wpmul2l].
apply: (@le_trans _ _ (gamma ^+ 3 * (num lo / num D ^+ 2) ^+ 2)); last first.
  rewrite ler_wpmul2l ?exprn_ge0 ?(ltW gamma0) // -[4%N]/(2 * 2)%N exprM.
  by rewrite ler_pexpn2r ?nnegrE ?(ltW l0) // exprn_ge0 // Rmin_ge0.
have := num_le hH; rewrite !numE three_NE => h.
have c0 : 0 < (num T ^+ 3 * num D ^+ 4)^-1 by rewrite invr_gt0 mulr_gt0 ?exprn_gt0.
rewrite -(ler_pmul2r c0) in h; apply: le_trans (le_trans h _); apply: le_of_eq.
  by field; rewrite !gt_eqF.
by rewrite gamma_gT; field; rewrite !gt_eqF.
Qed.

End NearlyOrthogonal.

(** * A given network *)

Definition network p d (W : seq (frow F)) : 'M[R]_(p + p, d) := \matrix_j double_row d W j.

Section GivenNetwork.
Variables (d p : nat) (e : Z) (g T D : car F) (W : seq (frow F)) (K KZ : seq (seq (car F))) (gamma : R).
Hypotheses (p_gt0 : (0 < p)%N) (e0 : (0 <= e)%Z) (De : num D = zR R (2 ^ e)).
Hypotheses (sW : scans e W = Some K) (gamma_gT : gamma = num g / num T).
Hypothesis ok : network_ok g T d D p K KZ.

Let g0 : 0 < num g. Proof. by case/and5P: ok => /num_lt; rewrite num0. Qed.
Let gT : num g <= num T. Proof. by case/and5P: ok => _ /num_le. Qed.
Let D0 : 0 < num D. Proof. by case/and5P: ok => _ _ /num_lt; rewrite num0. Qed.
Let T0 : 0 < num T. Proof. exact: lt_le_trans g0 gT. Qed.
Let gamma_gt0 : 0 < gamma. Proof. by rewrite gamma_gT divr_gt0. Qed.
Let gamma_le1 : gamma <= 1. Proof. by rewrite gamma_gT ler_pdivr_mulr // mul1r. Qed.

Let rows_d : all (fun r => size r == d) K.
Proof. by case/and5P: ok => _ _ _ _ /andP[]. Qed.
Let points_d : all (fun r => size r == d) KZ.
Proof. by case/and5P: ok => _ _ _ _ /andP[]. Qed.
Let eK : size K = (p + p)%N.
Proof. by case/and5P: ok => _ _ _ /eqP. Qed.

Let num_ophi q : num (ophi g T q) = num T * phi gamma (num q).
Proof.
rewrite /ophi; case: ifP => [/num_le|/negP h].
  by rewrite num0 numM => q0; rewrite phi_pos.
have q0 : num q <= 0.
  by rewrite leNgt; apply/negP => q0; case: h; apply: le_num; rewrite num0 ltW.
by rewrite numM phi_neg // gamma_gT; field; rewrite gt_eqF.
Qed.

Let num_ovalue z : size z = d -> forall k acc, num (ovalue g T k K z acc) = num acc +
  \sum_(j < size K) (if (j < k)%N then 1 else -1) *
    (num T * phi gamma (dot (row_num d (nth [::] K j)) (row_num d z))).
Proof.
move=> ez; elim: K rows_d => [|r K' IH] /=; first by move=> _ k acc; rewrite big_ord0 addr0.
case/andP=> /eqP er hr [|k] acc; rewrite IH // big_ord_recl numE num_ophi (num_odot _ er ez) num0 addr0 /=.
  by rewrite mulN1r addrA.
by rewrite mul1r addrA.
Qed.

Lemma value_sign z zR' : size z = d -> zR' = (num D)^-1 *: row_num d z ->
  Num.sg (f gamma (network p d W) zR') = Num.sg (num (ovalue g T p K z (o0 F))).
Proof.
move=> ez zE; have m0 := sqrtm_gt0 R p_gt0; have [sz h] := scansE d e0 sW.
have c0 : 0 < (sqrtm R p)^-1 * (num D ^+ 2)^-1 * (num T)^-1 by rewrite !mulr_gt0 ?invr_gt0 ?exprn_gt0.
rewrite -[RHS](sg_eq_pos _ c0) num_ovalue // num0 add0r eK /f mulr_sumr; congr Num.sg.
apply: eq_bigr => j _; rewrite rowK h ?eK //; last by apply/eqP; apply: (all_nthP [::] rows_d); rewrite eK.
rewrite -De zE dotZl dotZr mulrA -expr2 exprVn phi_homogeneous ?invr_ge0 ?exprn_ge0 ?(ltW D0) //.
move: (phi _ _) => v0; rewrite /a; case: ifP => _; by field; rewrite !gt_eqF.
Qed.

Theorem network_decides Zs S : scans e Zs = Some KZ -> values_ok g T p K KZ S ->
  decides (f gamma (network p d W)) Zs S.
Proof.
move=> sZ vs k; have [sz h] := scansE d e0 sZ; rewrite -sz => hk.
have sk : size (nth [::] KZ k) = d by apply/eqP; apply: (all_nthP [::] points_d).
rewrite (value_sign sk); last by rewrite h // De.
have : sign_ok (ovalue g T p K (nth [::] KZ k) (o0 F)) (nth true S k).
  by elim: KZ S k hk vs {sZ sz h sk} => [|z KZ' IH] [|s S] [|k] //= hk /andP[h1 h2] //; apply: IH.
by case: (nth true S k) => /num_lt; rewrite num0; [apply: gtr0_sg | apply: ltr0_sg].
Qed.

Theorem network_bent unity z1 z2 : num unity = 1 -> scans e [:: z1; z2] = Some KZ -> bent g T unity p K KZ ->
  forall w0, ~ linear_boundary (f gamma (network p d W)) w0.
Proof.
move=> u1 sZ; have [sz h] := scansE d e0 sZ; case: KZ points_d sz h => [|k1 [|k2 [|]]] //= /and3P[/eqP e1 /eqP e2 _] _ h.
have r1 := h 0%N isT e1; have r2 := h 1%N isT e2; rewrite -De in r1 r2.
have s1 := value_sign e1 r1; have s2 := value_sign e2 r2.
have s3 : Num.sg (f gamma (network p d W) (double_row d [:: z1; z2] 0 + double_row d [:: z1; z2] 1)) =
    Num.sg (num (ovalue g T p K (oaxpy unity k1 k2) (o0 F))).
  by apply: value_sign; rewrite ?size_oaxpy // row_oaxpy // u1 scale1r scalerDr r1 r2.
case/orP=> /and3P[/num_lt h1 /num_lt h2 /num_lt h3]; rewrite num0 in h1 h2 h3.
  by apply: (not_linear (z1 := double_row d [:: z1; z2] 0) (z2 := double_row d [:: z1; z2] 1)); [rewrite s1 gtr0_sg | rewrite s2 gtr0_sg | rewrite s3 ltr0_sg].
move=> w0 lin; apply: (@not_linear _ _ (fun z => - f gamma (network p d W) z) (double_row d [:: z1; z2] 0)
  (double_row d [:: z1; z2] 1) _ _ _ (- w0)) => [|||z]; rewrite sgrN.
- by rewrite s1 ltr0_sg // opprK.
- by rewrite s2 ltr0_sg // opprK.
- by rewrite s3 gtr0_sg.
by rewrite dotNl sgrN lin.
Qed.

End GivenNetwork.

End Data.
Arguments double_row R {F} d%N X n%N.
Arguments doubles R {F} N%N d%N X n.
Arguments labels_of R N%N Y n : clear implicits.
Arguments fraction R g%Z T%Z : clear implicits.
Arguments decides {R F d} h Zs B.
Arguments network R {F} p%N d%N W.
