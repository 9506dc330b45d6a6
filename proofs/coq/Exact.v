(******************************************************************************)
(* Exact.v : certificates without any axiom.  The integers are Z; a row is    *)
(* one exponent and its mantissas, hexadecimal literals of any size:          *)
(*   Row (-53) [:: 0x1c2f..., -0x3a, ...]     the numbers m 2^-53             *)
(* (Number.int keeps the digits of a literal, which Coq reads ten times as    *)
(* fast as a literal of Z.)                                                   *)
(******************************************************************************)
From Coq Require Import ZArith Lia.
From mathcomp Require Import all_ssreflect.
From lfap Require Import Checkers.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Declare Scope mantissa_scope.
Delimit Scope mantissa_scope with mantissa.
Number Notation Number.int Number.int_of_int Number.int_of_int : mantissa_scope.

Record exact_row := Row { exponent : Z; mantissas : seq Number.int }.
Arguments Row exponent%Z mantissas%mantissa.

Definition exact_ops : ops := Ops Z0 Z.add Z.sub Z.mul Z.leb Z.ltb id.

Definition exact_entries (r : exact_row) : seq (Z * Z) :=
  [seq (Z.of_num_int m, exponent r) | m <- mantissas r].

Definition exact_scan (e : Z) (r : exact_row) : option (seq Z) :=
  match (exponent r + e)%Z with
  | Z0 => Some [seq Z.of_num_int m | m <- mantissas r]
  | Zpos s => let q := (2 ^ Zpos s)%Z in Some [seq (Z.of_num_int m * q)%Z | m <- mantissas r]
  | Zneg _ => None
  end.

Definition exact : format := @Format exact_ops id exact_row exact_entries exact_scan.

Theorem exact_lawful : lawful exact.
Proof.
split=> //= [a b /Z.leb_le|a b /Z.ltb_lt|a b /Z.leb_le|e r s] //.
rewrite /exact_scan /exact_entries; case E : (exponent r + e)%Z => [|k|k] // [<-]; rewrite !size_map; split=> // i hi.
  rewrite !(nth_map (Number.IntDecimal (Decimal.Pos Decimal.Nil))) //; left; rewrite /= E.
  by split; lia.
by rewrite !(nth_map (Number.IntDecimal (Decimal.Pos Decimal.Nil))) //; left; rewrite /= E.
Qed.
