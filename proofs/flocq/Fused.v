(* fma from sums and products (N18, src/kernel/fused.c): the result is x*y + z, rounded once to nearest even.
   Doubles are the numbers of FLT (-1074) 53, with subnormals and without a largest one; proofs/gappa/fused.g has that nothing
   here overflows in the ranges of fused.c. Every operation of the C code is one `rn` below, in its order.
   After S. Boldo and G. Melquiond, "Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to
   odd" (2008); Dekker's product, Knuth's sum and rounding to odd are Flocq's. *)
From Coq Require Import ZArith Reals Psatz.
From Flocq Require Import Core Round_odd Pff2Flocq Plus_error Relative Sterbenz.
Local Open Scope R_scope.

Definition emin := (-1074)%Z.
Definition prec := 53%Z.
Definition fexp := FLT_exp emin prec.
Notation double := (generic_format radix2 fexp).
Definition rn (x : R) := round radix2 fexp ZnearestE x.
Definition ro (x : R) := round radix2 fexp Zrnd_odd x.

Global Instance prec_pos : Prec_gt_0 prec := eq_refl.
Global Instance prec_pos53 : Prec_gt_0 53 := eq_refl.

Global Instance doubles_NE : Exists_NE radix2 fexp.
Proof. right. intros e. unfold fexp, FLT_exp, emin, prec. lia. Qed.

(* SUM of fused.c *)
Definition sum_hi (a b : R) := rn (a + b).
Definition sum_lo (a b : R) :=
  let hi := rn (a + b) in
  let t := rn (hi - a) in
  rn (rn (a - rn (hi - t)) + rn (b - t)).
(* HALVES *)
Definition half_hi (x : R) := let t := rn (134217729 * x) in rn (t - rn (t - x)).
Definition half_lo (x : R) := rn (x - half_hi x).
(* LOST *)
Definition lost (x y : R) :=
  let p := rn (x * y) in
  let x1 := half_hi x in let x2 := half_lo x in
  let y1 := half_hi y in let y2 := half_lo y in
  rn (rn (rn (rn (rn (x1 * y1) - p) + rn (x1 * y2)) + rn (x2 * y1)) + rn (x2 * y2)).
(* The last place of a pattern: of the significand at the exponent of a double. *)
Definition even_pattern (f : R) := Z.even (Ztrunc (scaled_mantissa radix2 fexp f)).
(* odd_sum: one place away from 0 or towards it, by the signs of the sum and of what it lost *)
Definition odd_sum (a b : R) :=
  let near := sum_hi a b in
  let left := sum_lo a b in
  if Req_bool left 0 then near
  else if even_pattern near then (if Rlt_bool left 0 then pred radix2 fexp near else succ radix2 fexp near)
  else near.
(* lfap_fma_exact *)
Definition fused (x y z : R) :=
  let p := rn (x * y) in
  let e := lost x y in
  let high := sum_hi z e in
  let low := sum_lo z e in
  let top := sum_hi p high in
  let rest := sum_lo p high in
  rn (top + odd_sum low rest).

Lemma format_rn x : double (rn x).
Proof. now apply generic_format_round; try typeclasses eauto. Qed.

Lemma rn_opp x : rn (- x) = - rn x.
Proof. apply round_NE_opp. Qed.

Lemma choice_sym : forall x, negb (Z.even x) = negb (negb (Z.even (- (x + 1)))).
Proof.
intros x. rewrite Z.even_opp, Z.even_add. now destruct (Z.even x).
Qed.

Lemma sum_exact a b : double a -> double b -> sum_hi a b + sum_lo a b = a + b.
Proof.
intros Fa Fb. unfold sum_hi, sum_lo, rn, fexp.
apply (TwoSum_correct emin prec (fun x => negb (Z.even x))); try easy.
exact choice_sym.
Qed.

Lemma format_sum_lo a b : double (sum_lo a b).
Proof. apply format_rn. Qed.

Lemma half_hi_eq x : half_hi x = rn (rn (x - rn (x * (bpow radix2 27 + 1))) + rn (x * (bpow radix2 27 + 1))).
Proof.
unfold half_hi.
replace (134217729 * x) with (x * (bpow radix2 27 + 1)) by (simpl; lra).
set (t := rn (x * (bpow radix2 27 + 1))).
replace (x - t) with (- (t - x)) by ring.
rewrite rn_opp. f_equal. ring.
Qed.

Lemma product_exact x y : double x -> double y ->
  x * y = 0 \/ bpow radix2 (-969) <= Rabs (x * y) -> x * y = rn (x * y) + lost x y.
Proof.
intros Fx Fy H.
assert (D := Dekker radix2 emin prec (fun x => negb (Z.even x)) ltac:(easy) ltac:(easy) x y Fx Fy (or_introl eq_refl)).
destruct D as [D _]. specialize (D H).
unfold lost, half_lo. rewrite !half_hi_eq.
etransitivity; [exact D|].
unfold rn, fexp.
change (prec - Z.div2 prec)%Z with 27%Z.
f_equal. f_equal. f_equal. f_equal. f_equal. f_equal. f_equal. f_equal.
ring.
Qed.

Lemma format_lost x y : double (lost x y).
Proof. apply format_rn. Qed.

Lemma rn_double x : double x -> rn x = x.
Proof. apply round_generic. typeclasses eauto. Qed.

Lemma ro_double x : double x -> ro x = x.
Proof. apply round_generic. typeclasses eauto. Qed.

(* A double as significand and exponent. *)
Definition parts (f : R) := Float radix2 (Ztrunc (scaled_mantissa radix2 fexp f)) (cexp radix2 fexp f).

Lemma parts_of f : double f -> f = F2R (parts f) /\ canonical radix2 fexp (parts f).
Proof.
intros F. assert (E : f = F2R (parts f)) by exact F.
split; [exact E|]. unfold canonical. rewrite <- E. reflexivity.
Qed.

Lemma odd_sum_is_ro a b : double a -> double b -> odd_sum a b = ro (a + b).
Proof.
intros Fa Fb. assert (E := sum_exact a b Fa Fb). unfold odd_sum.
set (near := sum_hi a b) in *. set (left := sum_lo a b) in *. set (s := a + b) in *.
assert (Hn : near = rn s) by reflexivity.
destruct (Req_bool_spec left 0) as [Z|Z].
{ assert (Hs : near = s) by lra. rewrite ro_double; [exact Hs|]. rewrite <- Hs, Hn. apply format_rn. }
assert (Ns : ~ double s).
{ intros F. apply Z. assert (near = s) by (rewrite Hn; now apply rn_double). lra. }
set (D := round radix2 fexp Zfloor s). set (U := round radix2 fexp Zceil s).
assert (FD : double D) by (apply generic_format_round; typeclasses eauto).
assert (FU : double U) by (apply generic_format_round; typeclasses eauto).
destruct (parts_of D FD) as [ED CD]. destruct (parts_of U FU) as [EU CU].
assert (P : even_pattern U = negb (even_pattern D)).
{ refine (DN_UP_parity_generic radix2 fexp s (parts D) (parts U) Ns CD CU _ _); [exact (eq_sym ED)|exact (eq_sym EU)]. }
assert (HD : Rnd_DN_pt double s D) by (apply round_DN_pt; typeclasses eauto).
assert (HU : Rnd_UP_pt double s U) by (apply round_UP_pt; typeclasses eauto).
assert (DS : D <= s) by apply HD. assert (US : s <= U) by apply HU.
assert (OD : even_pattern D = false -> Rnd_odd_pt radix2 fexp s D).
{ intros O. split; [exact FD|right]. split; [now left|]. exists (parts D). now repeat split. }
assert (OU : even_pattern U = false -> Rnd_odd_pt radix2 fexp s U).
{ intros O. split; [exact FU|right]. split; [now right|]. exists (parts U). now repeat split. }
apply (Rnd_odd_pt_unique radix2 fexp s); [|apply round_odd_pt; typeclasses eauto].
destruct (round_DN_or_UP radix2 fexp ZnearestE s) as [N|N]; fold D U in N; fold (rn s) in N; rewrite <- Hn in N; rewrite N in *.
- assert (0 < left) by (destruct (Rtotal_order 0 left) as [|[|]]; lra).
  destruct (even_pattern D) eqn:EP.
  + rewrite Rlt_bool_false by lra. unfold D. rewrite succ_DN_eq_UP; [|typeclasses eauto|exact Ns]. apply OU. exact P.
  + now apply OD.
- assert (left < 0) by (destruct (Rtotal_order 0 left) as [|[|]]; lra).
  destruct (even_pattern U) eqn:EP.
  + rewrite Rlt_bool_true by lra. unfold U. rewrite pred_UP_eq_DN; [|typeclasses eauto|exact Ns]. apply OD. now destruct (even_pattern D).
  + now apply OU.
Qed.

Lemma fexp_eq e : fexp e = Z.max (e - 53) (-1074).
Proof. reflexivity. Qed.

(* Exponents no greater than k and at least two below those of doubles. *)
Definition fine k e := Z.min k (fexp e - 2).

Lemma fine_valid k : (-1076 <= k)%Z -> Valid_exp (fine k).
Proof. intros H e. unfold fine. rewrite !fexp_eq. split; [lia|]. intros G. split; [lia|]. intros l L. rewrite fexp_eq in *. lia. Qed.

Lemma fine_NE k : (-1076 <= k)%Z -> Exists_NE radix2 (fine k).
Proof. intros H. right. intros e. unfold fine. rewrite !fexp_eq. lia. Qed.

(* What is rounded to odd may be added to a much larger number and rounded again. *)
Lemma odd_then_nearest a b : double a -> -1020 <= IZR (mag radix2 b) -> ~ double b -> Rabs b <= Rabs a / 32 ->
  rn (a + ro b) = rn (a + b).
Proof.
intros Fa Mb Nb Hab. apply le_IZR in Mb.
assert (b0 : b <> 0) by (intros Z; apply Nb; rewrite Z; apply generic_format_0).
assert (Pb : 0 < Rabs b) by now apply Rabs_pos_lt.
assert (a0 : a <> 0) by (intros Z; rewrite Z, Rabs_R0 in Hab; lra).
remember (mag_val radix2 a (mag radix2 a)) as ma eqn:Mag_a. symmetry in Mag_a.
assert (Ha : bpow radix2 (ma - 1) <= Rabs a < bpow radix2 ma).
{ rewrite <- Mag_a. destruct (mag radix2 a) as [m Hm]. now apply Hm. }
assert (Ha' : bpow radix2 (ma - 1) = bpow radix2 ma / 2) by (unfold Zminus; rewrite bpow_plus; change (bpow radix2 (- (1))) with (/ 2); lra).
assert (Ha5 : bpow radix2 (ma - 5) = bpow radix2 ma / 32) by (unfold Zminus; rewrite bpow_plus; change (bpow radix2 (- (5))) with (/ 32); lra).
assert (Ha2 : bpow radix2 (ma - 1 - 1) = bpow radix2 ma / 4).
{ replace (ma - 1 - 1)%Z with (ma + -2)%Z by ring. rewrite bpow_plus. change (bpow radix2 (-2)) with (/ 4). lra. }
assert (Mba : (mag radix2 b <= ma - 5)%Z).
{ apply mag_le_bpow; [exact b0|]. lra. }
set (k := cexp radix2 fexp b).
assert (Hk : k = (mag radix2 b - 53)%Z) by (unfold k, cexp; rewrite fexp_eq; lia).
assert (Mab : (ma - 1 <= mag radix2 (a + b))%Z).
{ apply mag_ge_bpow.
  assert (Rabs a - Rabs b <= Rabs (a + b)) by (generalize (Rabs_triang_inv a (- b)); rewrite Rabs_Ropp; unfold Rminus; rewrite Ropp_involutive; lra).
  lra. }
assert (Ck : cexp radix2 (fine k) (a + b) = k) by (unfold cexp, fine; rewrite fexp_eq; lia).
assert (E : a + ro b = round radix2 (fine k) Zrnd_odd (a + b)).
{ unfold round at 1, F2R. simpl. unfold scaled_mantissa. rewrite Ck.
  rewrite Rmult_plus_distr_r.
  rewrite (Zrnd_odd_plus' radix2 eq_refl).
  - rewrite Rmult_plus_distr_r. f_equal.
    + rewrite Rmult_assoc, <- bpow_plus, Z.add_opp_diag_l. simpl. ring.
  - exists (Ztrunc (scaled_mantissa radix2 fexp a)), (cexp radix2 fexp a + - k)%Z. split.
    + rewrite bpow_plus, <- Rmult_assoc. f_equal. exact Fa.
    + unfold cexp. rewrite Mag_a, fexp_eq. lia. }
rewrite E. unfold rn.
assert (Hk' : (-1076 <= k)%Z) by lia.
apply (@round_N_odd radix2 eq_refl fexp (fine k)); try typeclasses eauto.
- now apply fine_valid.
- now apply fine_NE.
- intros e. unfold fine. lia.
Qed.

(* What a sum loses is much smaller than the sum. *)
Lemma sum_lo_small a b : double a -> double b -> Rabs (sum_lo a b) <= bpow radix2 (-53) * Rabs (sum_hi a b).
Proof.
intros Fa Fb. assert (E := sum_exact a b Fa Fb).
destruct (Rle_or_lt (Rabs (a + b)) (bpow radix2 (prec + emin))) as [S|L].
- assert (F : double (a + b)) by now apply (FLT_format_plus_small radix2 emin prec).
  assert (sum_hi a b = a + b) by (unfold sum_hi; now apply rn_double).
  replace (sum_lo a b) with 0 by lra. rewrite Rabs_R0.
  apply Rmult_le_pos; [apply bpow_ge_0|apply Rabs_pos].
- replace (sum_lo a b) with (- (sum_hi a b - (a + b))) by lra. rewrite Rabs_Ropp.
  unfold sum_hi, rn.
  eapply Rle_trans.
  + apply (relative_error_N_FLT_round radix2 emin prec eq_refl (fun x => negb (Z.even x))).
    apply Rle_trans with (2 := Rlt_le _ _ L). apply bpow_le. unfold emin, prec. lia.
  + apply Req_le. f_equal. change (bpow radix2 (-53)) with (/ 9007199254740992). change (bpow radix2 (- prec + 1)) with (/ 4503599627370496). lra.
Qed.

Lemma inexact_is_large a b : double a -> double b -> ~ double (a + b) -> Rabs b <= 2 * Rabs (a + b).
Proof.
intros Fa Fb N. destruct (Rle_or_lt (Rabs b) (2 * Rabs (a + b))) as [|L]; [easy|]. elim N.
destruct (Rle_or_lt 0 b) as [B|B].
- rewrite (Rabs_pos_eq b) in L by easy. revert L. unfold Rabs. destruct (Rcase_abs (a + b)); intros L;
  (replace (a + b) with (- (- a - b)) by ring; apply generic_format_opp; apply sterbenz;
   [typeclasses eauto|typeclasses eauto|now apply generic_format_opp|easy|lra]).
- rewrite (Rabs_left b) in L by easy. revert L. unfold Rabs. destruct (Rcase_abs (a + b)); intros L;
  (replace (a + b) with (a - - b) by ring; apply sterbenz;
   [typeclasses eauto|typeclasses eauto|easy|now apply generic_format_opp|lra]).
Qed.

Theorem fused_is_fma x y z : double x -> double y -> double z ->
  x * y = 0 \/ bpow radix2 (-969) <= Rabs (x * y) -> fused x y z = rn (x * y + z).
Proof.
intros Fx Fy Fz H. assert (P := product_exact x y Fx Fy H). unfold fused.
set (p := rn (x * y)) in *. set (e := lost x y) in *.
assert (Fp : double p) by apply format_rn. assert (Fe : double e) by apply format_lost.
set (high := sum_hi z e). set (low := sum_lo z e).
assert (E1 : high + low = z + e) by now apply sum_exact.
assert (S1 := sum_lo_small z e Fz Fe). fold high low in S1.
assert (Fh : double high) by apply format_rn. assert (Fl : double low) by apply format_sum_lo.
set (top := sum_hi p high). set (rest := sum_lo p high).
assert (E2 : top + rest = p + high) by now apply sum_exact.
assert (S2 := sum_lo_small p high Fp Fh). fold top rest in S2.
assert (Ft : double top) by apply format_rn. assert (Fr : double rest) by apply format_sum_lo.
rewrite odd_sum_is_ro by easy.
replace (x * y + z) with (top + (low + rest)) by lra.
destruct (generic_format_EM radix2 fexp (low + rest)) as [F|F].
{ now rewrite ro_double. }
apply odd_then_nearest; try easy.
- destruct (Rle_or_lt (Rabs (low + rest)) (bpow radix2 (prec + emin))) as [S|L].
  + elim F. now apply (FLT_format_plus_small radix2 emin prec).
  + apply IZR_le. apply mag_ge_bpow. now apply Rlt_le.
- assert (N : ~ double (p + high)).
  { intros D. apply F. assert (top = p + high) by (unfold top, sum_hi; now apply rn_double).
    replace rest with 0 by lra. now rewrite Rplus_0_r. }
  assert (L := inexact_is_large p high Fp Fh N). rewrite <- E2 in L.
  change (bpow radix2 (-53)) with (/ 9007199254740992) in *.
  assert (T := Rabs_triang top rest). assert (T' := Rabs_triang low rest).
  assert (0 <= Rabs top) by apply Rabs_pos. lra.
Qed.

Print Assumptions fused_is_fma.
