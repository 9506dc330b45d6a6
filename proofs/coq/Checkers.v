(******************************************************************************)
(* Checkers.v : what a certificate computes.                                  *)
(*                                                                            *)
(* Everything is written once, over a record of operations (ops): integers,   *)
(* in whatever form, with 0, +, -, *, comparisons and a way in from Z.        *)
(* Exact.v takes Z, Fast.v machine words.                                     *)
(*                                                                            *)
(* A format says besides how a row of doubles stands in the file (frow), which  *)
(* numbers it means (entries: mantissa m and exponent k, the number m 2^k),   *)
(* and how it is put on a grid: scan e r is the row times 2^e, in integers,   *)
(* or None where that is not exact.  D = 2^e is the common denominator.       *)
(*                                                                            *)
(*   check_C1, check_C2    a proposal for the multipliers proves C1, C2, and  *)
(*                         the decision at given points                       *)
(*   check_refuted         a proposal refutes C1                              *)
(*   check_H               (H)                                                *)
(*   check_T5              the decision of every KKT point at given points    *)
(*   check_network         the decision of a given network at given points    *)
(*   check_bent            ... is not linear                                  *)
(*   check_split           the perturbations in its training decide points    *)
(*   check_C4              gradient descent from it converges                 *)
(* UT, VT, OWN, OTH, Sg, S1, gz are those of Certificate.v.  Nothing here is  *)
(* about real numbers; CheckersSound.v says what `check ... = true` means.    *)
(******************************************************************************)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Record ops := Ops {
  car : Type;
  o0 : car;
  oadd : car -> car -> car;
  osub : car -> car -> car;
  omul : car -> car -> car;
  oleb : car -> car -> bool;
  oltb : car -> car -> bool;
  ofZ : Z -> car
}.

Declare Scope ops_scope.
Delimit Scope ops_scope with ops.
Notation "0" := (o0 _) : ops_scope.
Notation "a + b" := (oadd a b) : ops_scope.
Notation "a - b" := (osub a b) : ops_scope.
Notation "a * b" := (omul a b) : ops_scope.
Notation "a <= b" := (oleb a b) : ops_scope.
Notation "a < b" := (oltb a b) : ops_scope.

(** * Rows of integers *)

Section Rows.
Variable O : ops.
Local Notation C := (car O).
Local Open Scope ops_scope.

Fixpoint odot (a b : seq C) (acc : C) : C :=
  match a, b with
  | s :: a', t :: b' => odot a' b' (s * t + acc)
  | _, _ => acc
  end.

Fixpoint oaxpy (k : C) (a s : seq C) : seq C :=
  match a, s with
  | t :: a', r :: s' => (k * t + r) :: oaxpy k a' s'
  | _, _ => s
  end.

Fixpoint orowsub (a b : seq C) : seq C :=
  match a, b with
  | s :: a', t :: b' => (s - t) :: orowsub a' b'
  | _, _ => a
  end.

(** A sample with its label and its two multipliers. *)
Record sample := Sample { s_row : seq C; s_lab : bool; s_A : C; s_B : C }.

Fixpoint samples (X : seq (seq C)) (Y : seq bool) (P : seq (C * C)) : seq sample :=
  match X, Y, P with
  | r :: X', l :: Y', (a, b) :: P' => Sample r l a b :: samples X' Y' P'
  | _, _, _ => [::]
  end.

Fixpoint owsum (coef : sample -> C) (s : seq sample) (acc : seq C) : seq C :=
  if s is i :: s' then
    let k := coef i in
    owsum coef s' (if (k <= 0) && (0 <= k) then acc else oaxpy k (s_row i) acc)
  else acc.

Definition shape (N d : nat) (X : seq (seq C)) (Y : seq bool) (P : seq (C * C)) : bool :=
  [&& size X == N, size Y == N, size P == N & all (fun r => size r == d) X].

(** * The numbers of a certificate *)

Variables g T : C.

Definition coefU (i : sample) : C :=
  if s_lab i then T * (s_A i + s_B i) else 0 - (g * s_A i + T * s_B i).
Definition coefV (i : sample) : C :=
  if s_lab i then 0 - (g * s_A i + T * s_B i) else T * (s_A i + s_B i).

Record judged := Judged { j_A : C; j_B : C; j_own : C; j_oth : C; j_Sg : C; j_S1 : C; j_k : C }.

Definition judge (one : C) (UT VT : seq C) (i : sample) : judged :=
  let a := odot (s_row i) UT 0 in let b := odot (s_row i) VT 0 in
  let own := if s_lab i then a else b in let oth := if s_lab i then b else a in
  Judged (s_A i) (s_B i) own oth (T * own - g * oth - one) (T * (own - oth) - one)
         (odot (s_row i) (s_row i) 0).

Fixpoint ogap (s : seq judged) (acc : C) : C :=
  if s is i :: s' then ogap s' (j_A i * j_Sg i + j_B i * j_S1 i + acc) else acc.

(** ** What is asked of each sample; gz is the gap *)

Definition proposed (i : judged) : bool :=
  [&& 0 <= j_A i, 0 <= j_B i, 0 <= j_Sg i & 0 <= j_S1 i].

Definition has_room (gz : C) (i : judged) (q : C) : bool := gz * j_k i < q * q.

Definition own_ok (gz : C) (i : judged) : bool := (0 < j_own i) && has_room gz i (j_own i).
Definition oth_ok (gz : C) (i : judged) : bool := (j_oth i < 0) && has_room gz i (j_oth i).

(** C1's own programme: beta = 0, no constraint of slope 1. *)
Definition proposed_C1 (i : judged) : bool := (0 <= j_A i) && (0 <= j_Sg i).
Definition reversed (gz : C) (i : judged) : bool :=
  (j_own i < 0) && has_room gz i (j_own i) || (0 < j_oth i) && has_room gz i (j_oth i).

(** ** The decision at points *)

Definition point_ok (gz : C) (WT z : seq C) (pos : bool) : bool :=
  let q := odot z WT 0 in
  (if pos then 0 < q else q < 0) && ((gz + gz) * odot z z 0 < q * q).

Fixpoint points_ok (gz : C) (WT : seq C) (Zs : seq (seq C)) (S : seq bool) : bool :=
  match Zs, S with
  | z :: Zs', s :: S' => point_ok gz WT z s && points_ok gz WT Zs' S'
  | [::], [::] => true
  | _, _ => false
  end.

(** * The checks, on integers *)

Variables (N d : nat) (D den : C).

Definition one_scaled : C := let t := T * T * (den * (D * D)) in t + t.

Definition scale_ok : bool := [&& 0 < g, g <= T, 0 < D & 0 < den].

Definition certified (each : C -> judged -> bool) (X : seq (seq C)) (Y : seq bool) (P : seq (C * C))
    (Zs : seq (seq C)) (S : seq bool) : bool :=
  [&& shape N d X Y P, scale_ok, all (fun z => size z == d) Zs &
   let s := samples X Y P in
   let UT := owsum coefU s (nseq d 0) in let VT := owsum coefV s (nseq d 0) in
   let js := map (judge one_scaled UT VT) s in
   let gz := ogap js 0 in
   all (fun i => proposed i && each gz i) js && points_ok gz (orowsub UT VT) Zs S].

Definition C1_each (gz : C) (i : judged) : bool := own_ok gz i && oth_ok gz i.

Definition refuted (X : seq (seq C)) (Y : seq bool) (P : seq C) : bool :=
  [&& shape N d X Y [seq (k, 0) | k <- P], scale_ok, g < T &
   let s := samples X Y [seq (k, 0) | k <- P] in
   let UT := owsum coefU s (nseq d 0) in let VT := owsum coefV s (nseq d 0) in
   let js := map (judge one_scaled UT VT) s in
   all proposed_C1 js && has (reversed (ogap js 0)) js].

(** (H) from lo <= ||K_n||^2 <= hi and |<K_n,K_k>| <= q for n <> k. *)
Fixpoint apart (q : C) (X : seq (seq C)) : bool :=
  if X is r :: X' then
    all (fun s => let k := odot r s 0 in (k <= q) && (0 - q <= k)) X' && apart q X'
  else true.

Definition nearly_orthogonal (three_N lo hi q : C) (X : seq (seq C)) (Y : seq bool) : bool :=
  [&& size X == N, size Y == N, all (fun r => size r == d) X, (0 < N)%N,
      [&& 0 < g, g <= T, 0 < D, 0 < lo & 0 <= q],
      all (fun r => let k := odot r r 0 in (lo <= k) && (k <= hi)) X, apart q X &
      three_N * hi * q * (T * T * T) <= g * g * g * (lo * lo)].

(** * A given network: p rows of positive neurons, then p of negative ones *)

Definition ophi (q : C) : C := if 0 <= q then T * q else g * q.

Fixpoint ovalue (p : nat) (W : seq (seq C)) (z : seq C) (acc : C) : C :=
  if W is w :: W' then
    let v := ophi (odot w z 0) in
    if p is k.+1 then ovalue k W' z (acc + v) else ovalue 0 W' z (acc - v)
  else acc.

Definition sign_ok (q : C) (pos : bool) : bool := if pos then 0 < q else q < 0.

Fixpoint values_ok (p : nat) (W : seq (seq C)) (Zs : seq (seq C)) (S : seq bool) : bool :=
  match Zs, S with
  | z :: Zs', s :: S' => sign_ok (ovalue p W z 0) s && values_ok p W Zs' S'
  | [::], [::] => true
  | _, _ => false
  end.

Definition network_ok (p : nat) (W Zs : seq (seq C)) : bool :=
  [&& 0 < g, g <= T, 0 < D, size W == (p + p)%N, all (fun r => size r == d) W & all (fun r => size r == d) Zs].

(** y_n <K_n, z> has one strict sign at every sample: every KKT point decides z so. *)
Fixpoint on_side (pos : bool) (z : seq C) (X : seq (seq C)) (Y : seq bool) : bool :=
  match X, Y with
  | r :: X', l :: Y' => sign_ok (odot r z 0) (l == pos) && on_side pos z X' Y'
  | [::], [::] => true
  | _, _ => false
  end.

Fixpoint sides_ok (X : seq (seq C)) (Y : seq bool) (Zs : seq (seq C)) (S : seq bool) : bool :=
  match Zs, S with
  | z :: Zs', s :: S' => on_side s z X Y && sides_ok X Y Zs' S'
  | [::], [::] => true
  | _, _ => false
  end.

Definition one_sided (N d : nat) (X : seq (seq C)) (Y : seq bool) (Zs : seq (seq C)) (S : seq bool) : bool :=
  [&& size X == N, (0 < N)%N, all (fun r => size r == d) X, all (fun z => size z == d) Zs &
   [&& 0 < g, g <= T & sides_ok X Y Zs S]].

(** The signs +, +, - at z1, z2, z1 + z2, or -, -, +. *)
Definition bent (unity : C) (p : nat) (W Zs : seq (seq C)) : bool :=
  if Zs is [:: z1; z2] then
    let v1 := ovalue p W z1 0 in let v2 := ovalue p W z2 0 in let v3 := ovalue p W (oaxpy unity z1 z2) 0 in
    [&& 0 < v1, 0 < v2 & v3 < 0] || [&& v1 < 0, v2 < 0 & 0 < v3]
  else false.

(** * A network in training: what the perturbations gave, and the rest *)

Definition osum (s : seq C) : C := foldr (@oadd O) 0 s.

(** q for a positive neuron or label, -q for a negative one. *)
Definition osided (pos : bool) (q : C) : C := if pos then q else 0 - q.
Definition opsi (pos : bool) (q : C) : C := osided pos (ophi (osided pos q)).

(** L/D <= sqrt m <= H/D *)
Definition root_ok (m L H : C) : bool :=
  [&& 0 <= L, 0 <= H, L * L <= m * (D * D) & m * (D * D) <= H * H].

(** P of a neuron, and bounds of what the rest gives: q sqrt m - P with q its side of the point. *)
Record neuron := Neuron { i_P : C; i_low : C; i_high : C }.

Definition rest (pos : bool) (L H q P : C) : neuron :=
  let a := opsi pos (q * L - P) in let b := opsi pos (q * H - P) in
  if 0 <= q then Neuron P a b else Neuron P b a.

(** |rest| < gamma |sum P|, all P on the side s. *)
Definition outweighed (s : bool) (js : seq neuron) : bool :=
  let t := g * osum (map i_P js) in
  let low := osum (map i_low js) in let high := osum (map i_high js) in
  all (fun i => sign_ok (i_P i) s) js &&
  (if s then (high < t) && (0 - t < low) else (high < 0 - t) && (t < low)).

Section Split.
Variables (p : nat) (L H : C) (W B E : seq (seq C)) (Y : seq bool).

(** t_n <eta_n, z> *)
Definition given (z : seq C) : seq C :=
  mkseq (fun n => osided (nth true Y n) (odot (nth [::] E n) z 0)) N.

Definition neurons (z : seq C) : seq neuron :=
  let G := given z in
  mkseq (fun j => rest (j < p)%N L H (osided (j < p)%N (odot (nth [::] W j) z 0)) (odot (nth [::] B j) G 0)) (p + p)%N.

Fixpoint splits_ok (Zs : seq (seq C)) (S : seq bool) : bool :=
  match Zs, S with
  | z :: Zs', s :: S' => outweighed s (neurons z) && splits_ok Zs' S'
  | [::], [::] => true
  | _, _ => false
  end.

End Split.

Definition split_shape (p : nat) (W B E : seq (seq C)) (Zs : seq (seq C)) : bool :=
  [&& 0 < g, g <= T, 0 < D, size W == (p + p)%N &
  [&& size B == (p + p)%N, size E == N, all (fun r => size r == d) W, all (fun r => size r == N) B &
  [&& all (fun r => size r == d) E & all (fun r => size r == d) Zs]]].

(** * Training that converges: K samples, V first weights, A multipliers times den, S slopes times T *)

Section Converges.
Variables (p : nat) (nN m kx L r Q ln ld : C).
Variables (K : seq (seq C)) (Y : seq bool) (V : seq (seq C)) (A : seq C) (S : seq (seq C)).

(** Row j of the proposal, times den T D / a_j. *)
Definition prow (j : nat) : seq C :=
  foldr (fun n acc => oaxpy (osided (nth true Y n) (nth 0 A n * nth 0 (nth [::] S j) n)) (nth [::] K n) acc)
    (nseq d 0) (iota 0 N).
Definition prows : seq (seq C) := mkseq prow (p + p)%N.

(** y_n <row j, x_n> *)
Definition sided_pre (Om : seq (seq C)) : seq (seq C) :=
  map (fun w => mkseq (fun n => osided (nth true Y n) (odot w (nth [::] K n) 0)) N) Om.

Definition own_at (j n : nat) : bool := (j < p)%N == nth true Y n.

Definition pmargin (q : seq (seq C)) (n : nat) : C :=
  osum (mkseq (fun j => let k := nth 0 (nth [::] q j) n in
    if own_at j n then nth 0 (nth [::] S j) n * k else 0 - ophi (0 - k)) (p + p)%N).

Definition far (Om : seq (seq C)) : C :=
  osum (mkseq (fun j => let v := oaxpy (0 - osided (j < p)%N r) (nth [::] Om j) (oaxpy Q (nth [::] V j) (nseq d 0)) in
    odot v v 0) (p + p)%N).

Definition total : C := osum A.
Definition pgap (Om : seq (seq C)) : C :=
  osum (map (fun w => odot w w 0) Om) - total * (m * (den * (T * T * (D * D)))).

(** E_1 of C4, times 2 ld (D total)^2: the entropy is at most N sum p^2 - 1. *)
Definition energy : C :=
  let e := (nN * osum (map (fun a => a * a) A) - total * total) * (ld * (D * D)) in
  e + e + total * (kx * total - den * (D * D)) * ln.

(** C4's condition at a sample k = ||K_n||^2 and an own pair whose square is o. *)
Definition lasts (delta gap en tot k o : C) : bool :=
  let rest := o - gap * k in let b := ld * tot * (r * L) * rest in
  [&& k * delta < r * r * o, gap * k <= o & en * (k * Q) * (m * (T * D)) <= b + b].

Definition own_right (s k : C) : bool := ((0 < k) && (T <= s)) || ((k < 0) && (s <= g)).

Definition converges : bool :=
  let Om := prows in let q := sided_pre Om in
  let kk := mkseq (fun n => odot (nth [::] K n) (nth [::] K n) 0) N in
  let tot := total in let gap := pgap Om in let delta := far Om in let en := energy in
  let one := m * (T * T * (den * (D * D))) in let most := m * (den * den * (T * T * (D * D * (D * D)))) in
  [&& [&& size K == N, size Y == N, size A == N, size S == (p + p)%N & size V == (p + p)%N],
      [&& all (fun r => size r == d) K, all (fun r => size r == d) V & all (fun s => size s == N) S],
      [&& 0 < g, g <= T, 0 < D, 0 < den & [&& 0 < Q, 0 <= r, 0 <= L, L * L <= m * (D * D) & [&& 0 < ld, 0 <= ln & 0 < tot]]],
      [&& den * (D * D) <= kx * tot, all (fun a => 0 <= a) A & all (fun s => all (fun k => (g <= k) && (k <= T)) s) S] &
      all (fun n => let k := nth 0 kk n in
        [&& k <= kx, one <= pmargin q n, lasts delta gap en tot k most &
            all (fun j => let o := nth 0 (nth [::] q j) n in
              own_at j n ==> own_right (nth 0 (nth [::] S j) n) o && lasts delta gap en tot k (o * o)) (iota 0 (p + p))])
          (iota 0 N)].

End Converges.

End Rows.

(** * Data as they stand in a file *)

Record format := Format {
  fops :> ops;
  toZ : car fops -> Z;
  frow : Type;
  entries : frow -> seq (Z * Z);
  scan : Z -> frow -> option (seq (car fops))
}.

(** c is m 2^k times 2^e. *)
Definition on_grid (e : Z) (mk : Z * Z) (c : Z) : Prop :=
  ((0 <= mk.2 + e)%Z /\ c = (mk.1 * 2 ^ (mk.2 + e))%Z) \/
  ((mk.2 + e <= 0)%Z /\ (c * 2 ^ (- (mk.2 + e)))%Z = mk.1).

(** What is proved of a format before it is used. *)
Record lawful (F : format) : Prop := {
  toZ_0 : toZ (o0 F) = 0%Z;
  toZ_add : forall a b : car F, toZ (oadd a b) = (toZ a + toZ b)%Z;
  toZ_sub : forall a b : car F, toZ (osub a b) = (toZ a - toZ b)%Z;
  toZ_mul : forall a b : car F, toZ (omul a b) = (toZ a * toZ b)%Z;
  toZ_le : forall a b : car F, oleb a b -> (toZ a <= toZ b)%Z;
  toZ_lt : forall a b : car F, oltb a b -> (toZ a < toZ b)%Z;
  toZ_leq : forall a b : car F, (toZ a <= toZ b)%Z -> oleb a b;
  toZ_ofZ : forall z : Z, toZ (ofZ F z) = z;
  scan_ok : forall e r s, scan e r = Some s -> size s = size (entries r) /\
    forall i, (i < size s)%N -> on_grid e (nth (0, 0)%Z (entries r) i) (toZ (nth (o0 F) s i))
}.

Section Checks.
Variables (F : format) (N d : nat) (e g T den : Z).
Local Notation in_Z := (ofZ F).

Fixpoint scans (X : seq (frow F)) : option (seq (seq (car F))) :=
  if X is r :: X' then
    match scan e r, scans X' with Some s, Some K => Some (s :: K) | _, _ => None end
  else Some [::].

Definition with_scans (X Zs : seq (frow F)) (check : seq (seq (car F)) -> seq (seq (car F)) -> bool) : bool :=
  match scans X, scans Zs with Some K, Some KZ => Z.leb 0 e && check K KZ | _, _ => false end.

Definition grid : car F := in_Z (2 ^ e).

Definition check_C2 (X : seq (frow F)) (Y : seq bool) (P : seq (Z * Z)) (Zs : seq (frow F)) (S : seq bool) : bool :=
  with_scans X Zs (fun K KZ => certified (in_Z g) (in_Z T) N d grid (in_Z den) (@own_ok F) K Y
    [seq (in_Z p.1, in_Z p.2) | p <- P] KZ S).

Definition check_C1 (X : seq (frow F)) (Y : seq bool) (P : seq Z) (Zs : seq (frow F)) (S : seq bool) : bool :=
  with_scans X Zs (fun K KZ => certified (in_Z g) (in_Z T) N d grid (in_Z den) (@C1_each F) K Y
    [seq (in_Z k, in_Z Z0) | k <- P] KZ S).

Definition check_refuted (X : seq (frow F)) (Y : seq bool) (P : seq Z) : bool :=
  with_scans X [::] (fun K _ => refuted (in_Z g) (in_Z T) N d grid (in_Z den) K Y (map in_Z P)).

Definition check_H (lo hi q : Z) (X : seq (frow F)) (Y : seq bool) : bool :=
  with_scans X [::] (fun K _ => nearly_orthogonal (in_Z g) (in_Z T) N d grid
    (in_Z (3 * Z.of_nat N)) (in_Z lo) (in_Z hi) (in_Z q) K Y).

Definition check_T5 (X : seq (frow F)) (Y : seq bool) (Zs : seq (frow F)) (S : seq bool) : bool :=
  with_scans X Zs (fun K KZ => one_sided (in_Z g) (in_Z T) N d K Y KZ S).

Definition check_network (p : nat) (W Zs : seq (frow F)) (S : seq bool) : bool :=
  with_scans W Zs (fun K KZ => network_ok (in_Z g) (in_Z T) d grid p K KZ && values_ok (in_Z g) (in_Z T) p K KZ S).

Definition check_bent (p : nat) (W : seq (frow F)) (z1 z2 : frow F) : bool :=
  with_scans W [:: z1; z2] (fun K KZ => network_ok (in_Z g) (in_Z T) d grid p K KZ &&
    bent (in_Z g) (in_Z T) (in_Z 1) p K KZ).

(** What W has from the perturbations E by the coefficients B outweighs the rest at the points. *)
Definition check_split (p : nat) (L H : Z) (W B E : seq (frow F)) (Y : seq bool) (Zs : seq (frow F)) (S : seq bool) : bool :=
  with_scans W Zs (fun K KZ => with_scans B E (fun KB KE =>
    [&& split_shape (in_Z g) (in_Z T) N d grid p K KB KE KZ,
        root_ok grid (in_Z (Z.of_nat (p + p))) (in_Z L) (in_Z H) &
        splits_ok (in_Z g) (in_Z T) N p (in_Z L) (in_Z H) K KB KE Y KZ S])).

(** C4: slopes are A/(u T), the learning rate at most ln/ld. *)
Definition check_C4 (p : nat) (u kx L r Q ln ld : Z) (X : seq (frow F)) (Y : seq bool) (W : seq (frow F))
    (P : seq Z) (S : seq (seq Z)) : bool :=
  with_scans X W (fun K V => Z.ltb 0 u && converges (in_Z (u * g)) (in_Z (u * T)) N d grid (in_Z den) p
    (in_Z (Z.of_nat N)) (in_Z (Z.of_nat (p + p))) (in_Z kx) (in_Z L) (in_Z r) (in_Z Q) (in_Z ln) (in_Z ld)
    K Y V (map in_Z P) (map (map in_Z) S)).

End Checks.
Arguments check_C1 F N%N d%N e%Z g%Z T%Z den%Z X Y P%Z Zs S : clear implicits.
Arguments check_C2 F N%N d%N e%Z g%Z T%Z den%Z X Y P%Z Zs S : clear implicits.
Arguments check_refuted F N%N d%N e%Z g%Z T%Z den%Z X Y P%Z : clear implicits.
Arguments check_H F N%N d%N e%Z g%Z T%Z lo%Z hi%Z q%Z X Y : clear implicits.
Arguments check_T5 F N%N d%N e%Z g%Z T%Z X Y Zs S : clear implicits.
Arguments check_network F d%N e%Z g%Z T%Z p%N W Zs S : clear implicits.
Arguments check_bent F d%N e%Z g%Z T%Z p%N W z1 z2 : clear implicits.
Arguments check_split F N%N d%N e%Z g%Z T%Z p%N L%Z H%Z W B E Y Zs S : clear implicits.
Arguments check_C4 F N%N d%N e%Z g%Z T%Z den%Z p%N u%Z kx%Z L%Z r%Z Q%Z ln%Z ld%Z X Y W P%Z S%Z : clear implicits.
