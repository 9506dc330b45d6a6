(******************************************************************************)
(* Claims.v : the theorems a certificate ends in.  Each says of the doubles   *)
(* and labels of a file, once its check has been computed, what spec/theory.md*)
(* says of any data:                                                          *)
(*                                                                            *)
(*   C1_certified, C2_certified  W-star is a KKT point of (P), its boundary   *)
(*                               is linear; its decision at given points      *)
(*   C1_refuted_certified        no KKT point of (P) has label slopes         *)
(*   T1_certified                (H), so T1 of every KKT point, and there is  *)
(*                               one                                          *)
(*   T5_certified                every KKT point of (P) decides given points  *)
(*                               so, at any width and without multipliers     *)
(*   T4_certified                the natural and the adversarial network      *)
(*                               decide given points alike                    *)
(*   network_certified           the decision of a given network at points    *)
(*   bent_certified              ... is not linear                            *)
(*   decides_alike               T4 at these points, from two of them         *)
(******************************************************************************)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From lfap Require Import Vectors Network Kkt T1 T2 C1 Gap Pattern C2 T5 Certificate Checkers CheckersSound.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Delimit Scope Z_scope with Z.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Claims.
Variables (F : format) (L : lawful F) (R : rcfType) (N d p : nat) (e g T den : Z).
Variables (X : seq (frow F)) (Y : seq bool).
Hypothesis p_gt0 : (0 < p)%N.

Local Notation x := (doubles R N d X).
Local Notation y := (labels_of R N Y).
Local Notation gamma := (fraction R g T).
Local Notation D := (grid F e).

Let scanned K (P : seq (car F * car F)) : (0 <= e)%Z -> scans e X = Some K -> shape N d K Y P ->
  forall n : 'I_N, x n = (num R D)^-1 *: row_num R d (nth [::] K n).
Proof.
move=> e0 sX /and4P[/eqP eK _ _ /(all_nthP [::]) rows] n; have [_ h] := scansE R L d e0 sX.
by rewrite /doubles h ?num_ofZ ?eK //; apply/eqP/rows; rewrite eK.
Qed.

Let gammaE : gamma = num R (ofZ F g) / num R (ofZ F T).
Proof. by rewrite !num_ofZ. Qed.

(** C1: W-star, with label slopes, is a KKT point of (P). *)
Theorem C1_certified P Zs B : check_C1 F N d e g T den X Y P Zs B = true ->
  exists lam,
    [/\ qp_conditions gamma x y lam, aligned gamma x y p lam,
        kkt gamma x y (Wstar gamma x y p lam) lam,
        forall z, Num.sg (f gamma (Wstar gamma x y p lam) z) = Num.sg (dot (w x y lam) z) &
        decides (f gamma (Wstar gamma x y p lam)) Zs B].
Proof.
rewrite /check_C1 /with_scans; case sX: scans => [K|] //; case sZ: scans => [KZ|] // /andP[/Z.leb_le e0 ck].
have /and4P[sh sc _ _] := ck.
by apply: (certified_C1 L sh sc (scanned e0 sX sh) gammaE p_gt0 e0 _ sZ ck); rewrite num_ofZ.
Qed.

(** C2: W-star, the solution of (CP), is a KKT point of (P). *)
Theorem C2_certified P Zs B : check_C2 F N d e g T den X Y P Zs B = true ->
  exists l,
    [/\ cp_conditions gamma x y l,
        forall n, 0 < own x y (cpU gamma x y l) (cpV gamma x y l) n,
        kkt gamma x y (Wcp gamma x y p l) (lam l),
        forall z, Num.sg (f gamma (Wcp gamma x y p l) z) = Num.sg (dot (w x y (omega gamma l)) z) &
        decides (f gamma (Wcp gamma x y p l)) Zs B].
Proof.
rewrite /check_C2 /with_scans; case sX: scans => [K|] //; case sZ: scans => [KZ|] // /andP[/Z.leb_le e0 ck].
have /and4P[sh sc _ _] := ck.
by apply: (certified_C2 L sh sc (scanned e0 sX sh) gammaE p_gt0 e0 _ sZ ck); rewrite num_ofZ.
Qed.

(** C1 refuted: no KKT point of (P) has label slopes. *)
Theorem C1_refuted_certified P : check_refuted F N d e g T den X Y P = true ->
  forall (W : 'M[R]_(p + p, d)) lam, ~ kkt_with gamma x y W lam (label_slopes gamma y).
Proof.
rewrite /check_refuted /with_scans /=; case sX: scans => [K|] // /andP[/Z.leb_le e0 /and4P[sh sc g_ltT /andP[prop rev]]].
apply: (certified_refuted L sh sc (scanned e0 sX sh) gammaE p_gt0 _ _ prop rev); first exact: num_lt g_ltT.
move=> n; rewrite -map_comp; have [h|h] := ltnP n (size P); last by rewrite nth_default ?size_map ?num0.
by rewrite (nth_map Z0) // num0.
Qed.

(** (H) holds: there is a KKT point of (P), exactly one, and T1 describes it. *)
Theorem T1_certified lo hi q : check_H F N d e g T lo hi q X Y = true ->
  [/\ hypH gamma x,
      exists lam, kkt gamma x y (Wstar gamma x y p lam) lam &
      forall W lam, kkt gamma x y W lam ->
       [/\ forall n, y n * f gamma W (x n) = 1,
           forall n, 1 / (2%:R * Rmax x ^+ 2) < lam n < 3%:R / (2%:R * gamma ^+ 2 * Rmin x ^+ 2),
           (forall j n, Num.sg (dot (row j W) (x n)) = y n * Num.sg (a j : R)) /\
           (forall i j, a i = a j :> R -> row i W = row j W),
           Q_solution gamma x y lam /\ W = Wstar gamma x y p lam &
           forall z, Num.sg (f gamma W z) = Num.sg (f_bdy x y lam z)]].
Proof.
rewrite /check_H /with_scans; cbn [scans]; case sX: scans => [K|] // /andP[/Z.leb_le e0 ck].
have [eK rows n0 g0 gT] : [/\ size K = N, all (fun r => size r == d) K, (0 < N)%N, 0 < gamma & gamma <= 1].
  move: ck => /and5P[/eqP eK _ rows n0] /and4P[/and5P[/(num_lt R L) g0 /(num_le R L) gT _ _ _] _ _ _].
  rewrite num0 // in g0; have T0 := lt_le_trans g0 gT.
  by rewrite gammaE divr_gt0 // ler_pdivr_mulr // mul1r.
have x_K (n : 'I_N) : x n = (num R D)^-1 *: row_num R d (nth [::] K n).
  have [_ h] := scansE R L d e0 sX; rewrite /doubles h ?num_ofZ ?eK //.
  by apply/eqP/(all_nthP [::] rows); rewrite eK.
have [|H x0] := certified_H L x_K gammaE _ ck.
  by rewrite num_ofZ // zRM zR_nat.
have yy := labels_ofP R (N := N) Y; split=> // [|W lam K0]; first exact: (T1_kkt_exists g0 gT p_gt0 yy (Ordinal n0) x0 H).
exact: (T1 g0 gT yy H p_gt0 K0).
Qed.

(** T5: where all y_n <x_n, z> have one sign, every KKT point decides z by it. *)
Theorem T5_certified Zs B : check_T5 F N d e g T X Y Zs B = true ->
  forall (W : 'M[R]_(p + p, d)) lam, kkt gamma x y W lam -> decides (f gamma W) Zs B.
Proof.
rewrite /check_T5 /with_scans; case sX: scans => [K|] //; case sZ: scans => [KZ|] // /andP[/Z.leb_le e0].
case/and5P=> /eqP eK n0 rows pts /and3P[/(num_lt R L) g0 /(num_le R L) gT sides] W lam kk k.
rewrite num0 // in g0; have T0 := lt_le_trans g0 gT.
have [ga g1] : 0 < gamma /\ gamma <= 1 by rewrite gammaE divr_gt0 // ler_pdivr_mulr // mul1r.
have [szX hX] := scansE R L d e0 sX; have [szZ hZ] := scansE R L d e0 sZ; rewrite -szZ => hk.
have ek : size (nth [::] KZ k) = d by apply/eqP/(all_nthP [::] pts).
have {sides} side : on_side (nth true B k) (nth [::] KZ k) K Y.
  by elim: KZ B k hk sides {sZ szZ hZ pts ek} => [|z KZ' IH] [|s B'] [|k] //= hk /andP[h1 h2] //; apply: IH.
rewrite hZ //; move: (nth true B k) (nth [::] KZ k) ek side => s z ez side.
have c0 : 0 < (zR R (2 ^ e))^-1 by rewrite invr_gt0 zR_pow2 // pow2_gt0.
pose sigma : R := if s then 1 else -1; have s1 : sigma = 1 \/ sigma = -1 by rewrite /sigma; case: s {side sigma}; [left | right].
have [|_ ->] := T5_kkt_sign (z := (zR R (2 ^ e))^-1 *: row_num R d z) ga g1 p_gt0 n0 kk s1; last by [].
move=> n; have rn : size (nth [::] K n) = d by apply/eqP/(all_nthP [::] rows); rewrite eK.
have qE := num_odot R L (o0 F) rn ez; rewrite num0 // addr0 in qE.
rewrite /doubles hX ?eK // dotZl dotZr -qE.
have hn : (n < size K)%N by rewrite eK.
have : sign_ok (odot (nth [::] K n) z (o0 F)) (nth true Y n == s).
  by elim: (K) (Y) (nat_of_ord n) hn side => [|r K' IH] [|l Y'] [|i] //= hi /andP[h1 h2] //; apply: IH.
rewrite /labels_of /sigma; move: qE => _; move: (odot _ _ _) => q.
case: (nth true Y n); case: s {side sigma s1} => /= /(num_lt R L); rewrite (num0 R L) => q0;
  by rewrite ?mulN1r ?mul1r ?opprK -?mulrN ?mulr_gt0 ?oppr_gt0.
Qed.

End Claims.
Arguments C1_certified {F} L R {N d p e g T den X Y} _ {P Zs B} _.
Arguments C2_certified {F} L R {N d p e g T den X Y} _ {P Zs B} _.
Arguments C1_refuted_certified {F} L R {N d p e g T den X Y} _ {P} _ W lam.
Arguments T5_certified {F} L R {N d p e g T X Y} _ {Zs B} _ W lam _ k.
Arguments T1_certified {F} L R {N d p e g T X Y} _ {lo hi q} _.

(** A given network: its decision at given points. *)
Theorem network_certified (F : format) (L : lawful F) (R : rcfType) d e g T p (W Zs : seq (frow F)) S :
  (0 < p)%N -> check_network F d e g T p W Zs S = true ->
  decides (f (fraction R g T) (network R p d W)) Zs S.
Proof.
move=> p0; rewrite /check_network /with_scans; case sW: scans => [K|] //; case sZ: scans => [KZ|] //.
case/andP=> /Z.leb_le e0 /andP[ok vs]; apply: (network_decides L p0 e0 _ sW _ ok sZ vs); rewrite ?num_ofZ //.
Qed.

(** ... which is not that of any linear form: its signs at z1, z2 and z1 + z2. *)
Theorem bent_certified (F : format) (L : lawful F) (R : rcfType) d e g T p (W : seq (frow F)) z1 z2 :
  (0 < p)%N -> check_bent F d e g T p W z1 z2 = true ->
  forall w0, ~ linear_boundary (f (fraction R g T) (network R p d W)) w0.
Proof.
move=> p0; rewrite /check_bent /with_scans; case sW: scans => [K|] //; case sZ: (scans e [:: z1; z2]) => [KZ|] //.
case/andP=> /Z.leb_le e0 /andP[ok b]; apply: (network_bent L p0 e0 _ sW _ ok _ sZ b); rewrite ?num_ofZ //.
Qed.
Arguments network_certified {F} L R {d e g T p W Zs S} _ _.
Arguments bent_certified {F} L R {d e g T p W z1 z2} _ _ w0.

(** T4 at given points: two networks that decide as the list says decide alike. *)
Theorem decides_alike (R : rcfType) (F : format) d (h h' : 'rV[R]_d -> R) (Zs : seq (frow F)) B :
  decides h Zs B -> decides h' Zs B ->
  forall k, (k < size Zs)%N -> Num.sg (h (double_row R d Zs k)) = Num.sg (h' (double_row R d Zs k)).
Proof. by move=> D D' k hk; rewrite D ?D'. Qed.

(** T4: C2's networks of two sets, of any widths, decide the points alike. *)
Theorem T4_certified (F : format) (L : lawful F) (R : rcfType) (d N N' p p' : nat) (e g T den den' : Z)
    (X X' Zs : seq (frow F)) (Y Y' B : seq bool) P P' (gamma := fraction R g T)
    (x := doubles R N d X) (y := labels_of R N Y) (x' := doubles R N' d X') (y' := labels_of R N' Y') :
  (0 < p)%N -> (0 < p')%N ->
  check_C2 F N d e g T den X Y P Zs B = true -> check_C2 F N' d e g T den' X' Y' P' Zs B = true ->
  exists l l',
    [/\ kkt gamma x y (Wcp gamma x y p l) (lam l),
        kkt gamma x' y' (Wcp gamma x' y' p' l') (lam l'),
        decides (f gamma (Wcp gamma x y p l)) Zs B &
        forall k, (k < size Zs)%N -> Num.sg (f gamma (Wcp gamma x' y' p' l') (double_row R d Zs k)) =
                                     Num.sg (f gamma (Wcp gamma x y p l) (double_row R d Zs k))].
Proof.
move=> p0 p0' c c'; have [l [_ _ K _ D]] := C2_certified L R p0 c; have [l' [_ _ K' _ D']] := C2_certified L R p0' c'.
by exists l, l'; split=> //; apply: decides_alike D' D.
Qed.
Arguments T4_certified {F} L R {d N N' p p' e g T den den' X X' Zs Y Y' B P P'} _ _ _ _.
