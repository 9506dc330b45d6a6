(******************************************************************************)
(* Fast.v : certificates over machine numbers.  A row is an array of binary64 *)
(* literals, hexadecimal as C's %a writes them; the integers are BigZ over 63 *)
(* bit words (libcoq-bignums).  Arrays, floats and words are primitive in     *)
(* Coq: what is assumed of them (axioms.fast lists it) is their definition.   *)
(*                                                                            *)
(* What a literal means is read off by the two primitive operations that take *)
(* a double apart: frshiftexp gives a mantissa r in [1/2, 1) and an exponent, *)
(* shifted by 2101; normfr_mantissa r is r 2^53.                              *)
(******************************************************************************)
From Coq Require Import ZArith Lia Uint63 PrimFloat FloatOps PArray.
From Bignums Require Import BigN BigZ.
From mathcomp Require Import all_ssreflect.
From lfap Require Import Checkers.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Delimit Scope Z_scope with Z.

Local Notation word := PrimInt63.int.

Definition fast_ops : ops :=
  Ops BigZ.zero BigZ.add BigZ.sub BigZ.mul BigZ.leb BigZ.ltb BigZ.of_Z.

Definition fast_row := array float.

Definition listed (a : fast_row) : seq float :=
  (fix go (k : nat) (i : word) (acc : seq float) : seq float :=
     if k is Datatypes.S k' then let j := Uint63.sub i 1 in go k' j (get a j :: acc) else acc)
  (Z.to_nat (Uint63.to_Z (length a))) (length a) [::].

(** The double m 2^k. *)
Definition double (v : float) : Z * Z :=
  let (r, ex) := frshiftexp v in
  let m := Uint63.to_Z (normfr_mantissa r) in
  (if PrimFloat.ltb v zero then (- m)%Z else m, (Uint63.to_Z ex - (shift + prec))%Z).

Definition fast_entries (a : fast_row) : seq (Z * Z) := map double (listed a).

(** m 2^(ex - b) as a natural number, or None. *)
Definition shifted (b m ex : word) : option BigN.t :=
  if Uint63.leb b ex then
    let s := Uint63.sub ex b in let q := Uint63.lsl m s in
    Some (if Uint63.eqb (Uint63.lsr q s) m then BigN.N0 q else BigN.shiftl (BigN.N0 m) (BigN.N0 s))
  else
    let s := Uint63.sub b ex in let q := Uint63.lsr m s in
    if Uint63.eqb (Uint63.lsl q s) m then Some (BigN.N0 q) else None.

Definition scan1 (b : word) (v : float) : option BigZ.t :=
  let (r, ex) := frshiftexp v in
  if shifted b (normfr_mantissa r) ex is Some q
  then Some (if PrimFloat.ltb v zero then BigZ.Neg q else BigZ.Pos q) else None.

Fixpoint scan_list (b : word) (s : seq float) : option (seq BigZ.t) :=
  if s is v :: s' then
    match scan1 b v, scan_list b s' with Some q, Some t => Some (q :: t) | _, _ => None end
  else Some [::].

Definition fast_scan (e : Z) (a : fast_row) : option (seq BigZ.t) :=
  let b := (shift + prec - e)%Z in
  if Z.leb 0 b && Z.ltb b Uint63.wB then scan_list (Uint63.of_Z b) (listed a) else None.

Definition fast : format := @Format fast_ops BigZ.to_Z fast_row fast_entries fast_scan.

(** * Correctness *)

Lemma to_Z_bounds (i : word) : (0 <= Uint63.to_Z i < Uint63.wB)%Z.
Proof. exact: Uint63.to_Z_bounded. Qed.

Lemma to_Z_sub (i j : word) : (Uint63.to_Z j <= Uint63.to_Z i)%Z ->
  Uint63.to_Z (Uint63.sub i j) = (Uint63.to_Z i - Uint63.to_Z j)%Z.
Proof.
move=> h; rewrite Uint63.sub_spec Z.mod_small //.
have := to_Z_bounds i; have := to_Z_bounds j; lia.
Qed.

Lemma shiftedE b m ex q : shifted b m ex = Some q ->
  ((Uint63.to_Z b <= Uint63.to_Z ex)%Z /\ BigN.to_Z q = (Uint63.to_Z m * 2 ^ (Uint63.to_Z ex - Uint63.to_Z b))%Z) \/
  ((Uint63.to_Z ex <= Uint63.to_Z b)%Z /\ (BigN.to_Z q * 2 ^ (Uint63.to_Z b - Uint63.to_Z ex))%Z = Uint63.to_Z m).
Proof.
rewrite /shifted; have bm := to_Z_bounds m; have bb := to_Z_bounds b; have be := to_Z_bounds ex.
have wB0 : (0 < Uint63.wB)%Z by [].
case: (Uint63.lebP b ex) => h.
  have sE := to_Z_sub h; move: (Uint63.sub ex b) sE => s sE; rewrite -sE.
  have p0 : (0 < 2 ^ Uint63.to_Z s)%Z by apply: Z.pow_pos_nonneg; rewrite ?sE; lia.
  case: Uint63.eqbP => [e|_] [<-]; left; split=> //.
    change (Uint63.to_Z (Uint63.lsl m s) = (Uint63.to_Z m * 2 ^ Uint63.to_Z s)%Z).
    rewrite Uint63.lsr_spec Uint63.lsl_spec in e.
    rewrite Uint63.lsl_spec; apply: Z.mod_small; split; first by apply: Z.mul_nonneg_nonneg; lia.
    have := Z.mod_pos_bound (Uint63.to_Z m * 2 ^ Uint63.to_Z s) _ wB0.
    move: ((Uint63.to_Z m * 2 ^ Uint63.to_Z s) mod Uint63.wB)%Z e => t e bt.
    have := Z.mul_div_le t _ p0; rewrite e; lia.
  by rewrite BigN.spec_shiftl Z.shiftl_mul_pow2 //; have := to_Z_bounds s; case.
have {}h : (Uint63.to_Z ex <= Uint63.to_Z b)%Z by lia.
have sE := to_Z_sub h; move: (Uint63.sub b ex) sE => s sE; rewrite -sE.
case: Uint63.eqbP => // e [<-]; right; split=> //.
change ((Uint63.to_Z (Uint63.lsr m s) * 2 ^ Uint63.to_Z s)%Z = Uint63.to_Z m).
have p0 : (0 < 2 ^ Uint63.to_Z s)%Z by apply: Z.pow_pos_nonneg; rewrite ?sE; lia.
rewrite Uint63.lsl_spec Uint63.lsr_spec in e.
rewrite Uint63.lsr_spec -[RHS]e; symmetry; apply: Z.mod_small; split.
  by apply: Z.mul_nonneg_nonneg; [apply: Z.div_pos|]; lia.
by have := Z.mul_div_le (Uint63.to_Z m) _ p0; lia.
Qed.

Lemma scan1E e v q : (0 <= shift + prec - e < Uint63.wB)%Z ->
  scan1 (Uint63.of_Z (shift + prec - e)) v = Some q -> on_grid e (double v) (BigZ.to_Z q).
Proof.
move=> be; have bE : Uint63.to_Z (Uint63.of_Z (shift + prec - e)) = (shift + prec - e)%Z.
  by rewrite Uint63.of_Z_spec Z.mod_small.
rewrite /scan1 /double; case: (frshiftexp v) => r ex.
case E: shifted => [t|] // [<-].
have -> : BigZ.to_Z (if PrimFloat.ltb v zero then BigZ.Neg t else BigZ.Pos t) =
  (if PrimFloat.ltb v zero then - BigN.to_Z t else BigN.to_Z t)%Z by case: PrimFloat.ltb.
rewrite /on_grid; cbn [fst snd]; move: (BigN.to_Z t) (shiftedE E) => c; rewrite bE => h.
case: h => -[h1 h2]; [left | right]; split; try lia.
- have -> : (Uint63.to_Z ex - (shift + prec) + e = Uint63.to_Z ex - (shift + prec - e))%Z by lia.
  by rewrite h2; case: PrimFloat.ltb; rewrite ?Z.mul_opp_l.
- have -> : (- (Uint63.to_Z ex - (shift + prec) + e) = shift + prec - e - Uint63.to_Z ex)%Z by lia.
  by rewrite -h2; case: PrimFloat.ltb; rewrite ?Z.mul_opp_l.
Qed.

Theorem fast_lawful : lawful fast.
Proof.
split=> //=; rewrite -/BigZ.to_Z.
- exact: BigZ.spec_add.
- exact: BigZ.spec_sub.
- exact: BigZ.spec_mul.
- by move=> a b; rewrite BigZ.spec_leb => /Z.leb_le.
- by move=> a b; rewrite BigZ.spec_ltb => /Z.ltb_lt.
- by move=> a b; rewrite BigZ.spec_leb => /Z.leb_le.
- exact: BigZ.spec_of_Z.
move=> e r s; rewrite /fast_scan /fast_entries; case: ifP => // /andP[/Z.leb_le b0 /Z.ltb_lt b1].
elim: (listed r) s => [|v l IH] s /=; first by case=> <-.
case E: scan1 => [q|] //; case E': scan_list => [t|] // [<-].
have [sz h] := IH _ E'; split=> [|[|i] hi /=]; first by rewrite /= sz.
  by apply: scan1E E; lia.
exact: h.
Qed.
