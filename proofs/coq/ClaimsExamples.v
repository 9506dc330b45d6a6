(******************************************************************************)
(* ClaimsExamples.v : the claims of Claims.v on data small enough to read,    *)
(* and checks that refuse what is not so: a file's check is true of its data  *)
(* and of no other.                                                           *)
(******************************************************************************)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From lfap Require Import Vectors Network Kkt T1 C1 C2 Checkers CheckersSound Claims Exact.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Local Open Scope ring_scope.

(** * C1, (H), T4 *)

(** Two samples in quarters, (1, 0, 1/4) and (0, 1, -1/4), gamma = 3/4. *)
Definition nat_rows : seq (frow exact) :=
  [:: Row (-2) [:: 0x4; 0x0; 0x1]%mantissa; Row (-2) [:: 0x0; 0x4; -0x1]%mantissa].
Definition nat_labels := [:: true; false].

(** Three adversarial samples, and two points: (3, 1, 0), (1, 3, 1). *)
Definition adv_rows : seq (frow exact) :=
  [:: Row (-2) [:: 0x3; -0x2; 0x1]%mantissa; Row (-2) [:: -0x2; 0x3; -0x2]%mantissa;
      Row (-2) [:: 0x4; -0x4; 0x1]%mantissa].
Definition adv_labels := [:: true; false; true].
Definition two_points : seq (frow exact) := [:: Row 0 [:: 0x3; 0x1; 0x0]%mantissa; Row 0 [:: 0x1; 0x3; 0x1]%mantissa].
Definition two_signs := [:: true; false].

Lemma nat_checked : check_C1 exact 2 3 2 3 4 1048576 nat_rows nat_labels [:: 1195777; 1195777]%Z two_points two_signs = true.
Proof. by vm_compute. Qed.

Lemma adv_checked : check_C1 exact 3 3 2 3 4 1048576 adv_rows adv_labels [:: 1332995; 209685; 0]%Z two_points two_signs = true.
Proof. by vm_compute. Qed.

Theorem example_C1 (R : rcfType) p : (0 < p)%N ->
  let x := doubles R 2 3 nat_rows in
  let y := labels_of R 2 nat_labels in
  let gamma := fraction R 3 4 in
  exists lam,
    [/\ kkt gamma x y (Wstar gamma x y p lam) lam,
        aligned gamma x y p lam,
        forall z, Num.sg (f gamma (Wstar gamma x y p lam) z) = Num.sg (dot (w x y lam) z) &
        decides (f gamma (Wstar gamma x y p lam)) two_points two_signs].
Proof. by move=> p0; have [lam [_ al K L S]] := C1_certified exact_lawful R p0 nat_checked; exists lam. Qed.

(** T4: the natural and the adversarial network, of any widths, decide the two points alike. *)
Theorem example_T4 (R : rcfType) p p' : (0 < p)%N -> (0 < p')%N ->
  let gamma := fraction R 3 4 in
  let x := doubles R 2 3 nat_rows in let y := labels_of R 2 nat_labels in
  let x_adv := doubles R 3 3 adv_rows in let t := labels_of R 3 adv_labels in
  exists lam la,
    [/\ kkt gamma x y (Wstar gamma x y p lam) lam,
        kkt gamma x_adv t (Wstar gamma x_adv t p' la) la &
        forall k, (k < 2)%N -> Num.sg (f gamma (Wstar gamma x y p lam) (double_row R 3 two_points k)) =
                               Num.sg (f gamma (Wstar gamma x_adv t p' la) (double_row R 3 two_points k))].
Proof.
move=> p0 p0'; have [lam [_ _ K _ D]] := C1_certified exact_lawful R p0 nat_checked.
have [la [_ _ K' _ D']] := C1_certified exact_lawful R p0' adv_checked.
by exists lam, la; split=> //; apply: decides_alike D D'.
Qed.

Lemma nat_checked_H : check_H exact 2 3 2 3 4 17 17 1 nat_rows nat_labels = true.
Proof. by vm_compute. Qed.

Theorem example_T1 (R : rcfType) p : (0 < p)%N ->
  let x := doubles R 2 3 nat_rows in
  let y := labels_of R 2 nat_labels in
  let gamma := fraction R 3 4 in
  [/\ hypH gamma x,
      exists lam, kkt gamma x y (Wstar gamma x y p lam) lam &
      forall W lam, kkt gamma x y W lam -> W = Wstar gamma x y p lam].
Proof.
move=> p0; have [H E U] := T1_certified exact_lawful R p0 nat_checked_H.
by split=> // W lam /U [_ _ _ [_ ->]].
Qed.

(** T5: every KKT point of the three samples, of any width, decides these two points so. *)
Definition far_points : seq (frow exact) := [:: Row 0 [:: 0x2; -0x2; 0x0]%mantissa; Row 0 [:: -0x1; 0x1; 0x0]%mantissa].

Lemma adv_checked_T5 : check_T5 exact 3 3 2 3 4 adv_rows adv_labels far_points [:: true; false] = true.
Proof. by vm_compute. Qed.

Theorem example_T5 (R : rcfType) p : (0 < p)%N ->
  let x_adv := doubles R 3 3 adv_rows in let t := labels_of R 3 adv_labels in let gamma := fraction R 3 4 in
  forall (W : 'M[R]_(p + p, 3)) lam, kkt gamma x_adv t W lam -> decides (f gamma W) far_points [:: true; false].
Proof. move=> p0 x_adv t gamma; exact: (T5_certified exact_lawful R p0 adv_checked_T5). Qed.

(** * C1 refuted, C2 in its place *)

(** Three samples in quarters, gamma = 1/4. *)
Definition bent_rows : seq (frow exact) :=
  [:: Row (-2) [:: 0x3; 0x3; -0x3]%mantissa; Row (-2) [:: -0x1; 0x1; 0x0]%mantissa; Row (-2) [:: 0x1; 0x2; 0x1]%mantissa].
Definition bent_labels := [:: false; true; false].

Lemma refuted_checked : check_refuted exact 3 3 2 1 4 1048576 bent_rows bent_labels [:: 0; 17350002; 6624546]%Z = true.
Proof. by vm_compute. Qed.

Theorem example_refuted (R : rcfType) p : (0 < p)%N ->
  let x := doubles R 3 3 bent_rows in
  let y := labels_of R 3 bent_labels in
  let gamma := fraction R 1 4 in
  forall (W : 'M[R]_(p + p, 3)) lam, ~ kkt_with gamma x y W lam (label_slopes gamma y).
Proof. move=> p0 x y gamma; exact: (C1_refuted_certified exact_lawful R p0 refuted_checked). Qed.

Lemma C2_checked : check_C2 exact 3 3 2 1 4 1048576 bent_rows bent_labels
  [:: (0, 0); (17947928, 0); (4467040, 1874562)]%Z [::] [::] = true.
Proof. by vm_compute. Qed.

Theorem example_C2 (R : rcfType) p : (0 < p)%N ->
  let x := doubles R 3 3 bent_rows in
  let y := labels_of R 3 bent_labels in
  let gamma := fraction R 1 4 in
  exists l,
    [/\ cp_conditions gamma x y l,
        forall n, 0 < own x y (cpU gamma x y l) (cpV gamma x y l) n,
        kkt gamma x y (Wcp gamma x y p l) (lam l) &
        forall z, Num.sg (f gamma (Wcp gamma x y p l) z) = Num.sg (dot (w x y (omega gamma l)) z)].
Proof. by move=> p0; have [l [C o K L _]] := C2_certified exact_lawful R p0 C2_checked; exists l. Qed.

(** * A given network whose boundary is not linear *)

Definition four_rows : seq (frow exact) :=
  [:: Row 0 [:: 0x3; 0x2]%mantissa; Row 0 [:: -0x3; 0x0]%mantissa; Row 0 [:: 0x1; 0x3]%mantissa; Row 0 [:: -0x2; -0x2]%mantissa].

Lemma bent_checked : check_bent exact 2 0 1 2 2 four_rows (Row 0 [:: 0x2; -0x2]%mantissa) (Row 0 [:: -0x3; 0x1]%mantissa) = true.
Proof. by vm_compute. Qed.

Theorem example_bent (R : rcfType) w0 : ~ linear_boundary (f (fraction R 1 2) (network R 2 2 four_rows)) w0.
Proof. by apply: (bent_certified exact_lawful R _ bent_checked). Qed.

(** * Refused *)

(** A digit of a sample, a label, gamma, a multiplier, a sign, the grid, the sizes; the claims with the data exchanged. *)
Lemma refused :
  let C1 x y := check_C1 exact 2 3 2 3 4 1048576 x y in
  [:: C1 [:: Row (-2) [:: 0x4; 0x8; 0x1]%mantissa; Row (-2) [:: 0x0; 0x4; -0x1]%mantissa] nat_labels
        [:: 1195777; 1195777]%Z two_points two_signs;
      C1 nat_rows [:: true; true] [:: 1195777; 1195777]%Z two_points two_signs;
      check_C1 exact 2 3 2 1 4 1048576 nat_rows nat_labels [:: 1195777; 1195777]%Z two_points two_signs;
      C1 nat_rows nat_labels [:: 1195777; 1095777]%Z two_points two_signs;
      C1 nat_rows nat_labels [:: 1195777; 2195777]%Z two_points two_signs;
      C1 nat_rows nat_labels [:: 1195777; -1195777]%Z two_points two_signs;
      C1 nat_rows nat_labels [:: 1195777; 1195777]%Z two_points [:: true; true];
      C1 nat_rows nat_labels [:: 1195777; 1195777]%Z two_points [:: true];
      C1 nat_rows nat_labels [:: 1195777]%Z two_points two_signs;
      check_C1 exact 2 3 1 3 4 1048576 nat_rows nat_labels [:: 1195777; 1195777]%Z two_points two_signs;
      check_C1 exact 3 3 2 3 4 1048576 nat_rows nat_labels [:: 1195777; 1195777]%Z two_points two_signs;
      check_C1 exact 2 2 2 3 4 1048576 nat_rows nat_labels [:: 1195777; 1195777]%Z two_points two_signs;
      check_C1 exact 3 3 2 1 4 1048576 bent_rows bent_labels [:: 0; 17350002; 6624546]%Z [::] [::];
      check_refuted exact 2 3 2 3 4 1048576 nat_rows nat_labels [:: 1195777; 1195777]%Z;
      check_C2 exact 3 3 2 1 4 1048576 bent_rows bent_labels [:: (0, 0); (17947928, 0); (4467040, 0)]%Z [::] [::];
      check_H exact 2 3 2 3 4 17 17 0 nat_rows nat_labels;
      check_H exact 2 3 2 3 4 18 17 1 nat_rows nat_labels;
      check_H exact 2 3 2 2 4 17 17 1 nat_rows nat_labels;
      check_H exact 2 3 2 3 4 17 16 1 nat_rows nat_labels;
      check_T5 exact 3 3 2 3 4 adv_rows adv_labels far_points [:: true; true];
      check_T5 exact 3 3 2 3 4 adv_rows [:: true; true; true] far_points [:: true; false];
      check_T5 exact 3 3 2 3 4 adv_rows adv_labels [:: Row 0 [:: 0x1; 0x1; 0x0]%mantissa] [:: true];
      check_T5 exact 3 3 1 3 4 adv_rows adv_labels far_points [:: true; false];
      check_T5 exact 3 3 2 0 4 adv_rows adv_labels far_points [:: true; false];
      check_T5 exact 3 3 2 5 4 adv_rows adv_labels far_points [:: true; false];
      check_T5 exact 4 3 2 3 4 adv_rows adv_labels far_points [:: true; false];
      check_T5 exact 3 3 2 3 4 adv_rows adv_labels far_points [:: true];
      check_T5 exact 0 3 2 3 4 [::] [::] far_points [:: true; false];
      check_bent exact 2 0 1 2 2 four_rows (Row 0 [:: 0x2; -0x2]%mantissa) (Row 0 [:: -0x3; 0x2]%mantissa);
      check_network exact 2 0 1 2 2 four_rows [:: Row 0 [:: 0x2; -0x2]%mantissa] [:: false]] = nseq 30 false.
Proof. by vm_compute. Qed.
