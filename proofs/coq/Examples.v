(******************************************************************************)
(* Examples.v : what C2 does not say, by two data sets in the plane.          *)
(*                                                                            *)
(* A strict local minimiser need not be the global one: x = (1, 0.1) and      *)
(* (-1, 0.1), both of label 1, gamma = 1/2, m = 4: ||W*||^2 = 160, while a    *)
(* feasible W has 32.  And (P) may be feasible where (CP) is not: the four    *)
(* points of XOR.                                                             *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2 C1 K1 Gap Pattern C2.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Plane.
Variable R : rcfType.
Implicit Types a b : R.

Definition point a b : 'rV[R]_2 := \row_i (if i == ord0 then a else b).

Lemma dot_point a b a' b' : dot (point a b) (point a' b') = a * a' + b * b'.
Proof. by rewrite /dot !big_ord_recl big_ord0 !mxE /= addr0. Qed.

Lemma pointD a b a' b' : point a b + point a' b' = point (a + a') (b + b').
Proof. by apply/rowP => i; rewrite !mxE; case: ifP. Qed.

Lemma pointZ q a b : q *: point a b = point (q * a) (q * b).
Proof. by apply/rowP => i; rewrite !mxE; case: ifP. Qed.

Lemma sqrtm4 : sqrtm R 2 = 2%:R.
Proof.
by rewrite /sqrtm (_ : (2 + 2)%:R = 2%:R ^+ 2 :> R) ?sqrtr_sqr ?ger0_norm ?ler0n // -natrX.
Qed.

(** Four rows in the plane, two of either sign. *)
Definition four (r0 r1 r2 r3 : 'rV[R]_2) : 'M[R]_(2 + 2, 2) :=
  \matrix_j nth 0 [:: r0; r1; r2; r3] j.

Lemma f_four gamma (r0 r1 r2 r3 z : 'rV[R]_2) : f gamma (four r0 r1 r2 r3) z =
  (phi gamma (dot r0 z) + phi gamma (dot r1 z) - phi gamma (dot r2 z) - phi gamma (dot r3 z)) / 2%:R.
Proof.
rewrite /f !big_ord_recl big_ord0 /a !rowK sqrtm4 /=.
by field.
Qed.

Lemma frob2_four (r0 r1 r2 r3 : 'rV[R]_2) :
  frob2 (four r0 r1 r2 r3) = dot r0 r0 + dot r1 r1 + dot r2 r2 + dot r3 r3.
Proof. by rewrite /frob2 !big_ord_recl big_ord0 !rowK /= addr0 !addrA. Qed.

(** C2.4: W* is a strict local minimiser, not the global one. *)
Theorem C2_not_global (gamma := 2%:R^-1 : R)
    (x := fun n : 'I_2 => point (if n == ord0 then 1 else -1) (10%:R^-1))
    (y := fun _ : 'I_2 => (1 : R)) (l := fun i : 'I_2 * bool => if i.2 then 0 else 80%:R)
    (W := four (point 4%:R 0) (point (-4%:R) 0) 0 0) :
  [/\ cp_conditions gamma x y l,
      forall n, 0 < own x y (cpU gamma x y l) (cpV gamma x y l) n,
      frob2 (Wcp gamma x y 2 l) = 160%:R,
      forall n, 1 <= y n * f gamma W (x n) & frob2 W = 32%:R].
Proof.
have g0 : 0 < gamma by rewrite invr_gt0 ltr0n.
have g1 : gamma <= 1 by rewrite invf_le1 ?ler1n ?ltr0n.
have yy : labels y by left.
have U0 : cpU gamma x y l = point 0 16%:R.
  rewrite /cpU !big_ord_recl big_ord0 /y /lam /l /x /= eqxx addr0 !pointZ pointD.
  by congr point; field.
have V0 : cpV gamma x y l = point 0 (-8%:R).
  rewrite /cpV !big_ord_recl big_ord0 /y /wslope /l /x /gamma /= eqxx !addr0 !pointZ pointD.
  by congr point; field.
have ow n : own x y (cpU gamma x y l) (cpV gamma x y l) n = 8%:R / 5%:R.
  by rewrite /own /y eqxx U0 dot_point; field.
have ot n : other x y (cpU gamma x y l) (cpV gamma x y l) n = - (4%:R / 5%:R).
  by rewrite /other /y eqxx V0 dot_point; field.
have two (b : bool) : 8%:R / 5%:R - tslope gamma b * - (4%:R / 5%:R) = (if b then 12%:R / 5%:R else 2%:R) :> R.
  by case: b; rewrite /= /gamma; field.
have C : cp_conditions gamma x y l.
  split=> [n b|n b|n b]; rewrite ?ow ?ot ?two.
  - by rewrite /l /=; case: b; rewrite ?lexx ?ler0n.
  - by case: b => //; rewrite ler_pdivl_mulr ?ltr0n // -natrM ler_nat.
  - by rewrite /l /=; case: b; rewrite ?ltxx.
split=> //.
- by move=> n; rewrite ow divr_gt0 ?ltr0n.
- have [_ ->] := C2_feasible_norm g1 (isT : (0 < 2)%N) yy C.
  by rewrite !big_ord_recl big_ord0 /lam /l /=; ring.
- move=> n; rewrite /y mul1r f_four !(dotC 0) !(dotC _ 0) !dot0l (phi_pos g1 (lexx 0)) !subr0 !dot_point !mul0r !addr0.
  have p4 : phi gamma 4%:R = 4%:R by rewrite phi_pos ?ler0n.
  have n4 : phi gamma (-4%:R) = -2%:R by rewrite phi_neg ?oppr_le0 ?ler0n // /gamma; field.
  by case: ifP => _; rewrite ?mulr1 ?mulrN1 ?opprK p4 n4 ler_pdivl_mulr ?ltr0n // mul1r; apply: le_of_eq; ring.
- by rewrite frob2_four !dot_point !dot0l; ring.
Qed.

(** C2.2: own slope 1 on the support is needed.  x = (1, 1/2) and
    (-1, 1/2) of label 1 have a KKT point besides W* with all own
    pre-activations >= 0: rows 0 and 1 have one sample each at the kink, with
    slope 3/5.  (||W||^2 = 160/21; W*, the pattern "all on", has 32/5.)      *)
Theorem C2_cone_not_unique (gamma := 2%:R^-1 : R)
    (x := fun n : 'I_2 => point (if n == ord0 then 1 else -1) (2%:R^-1))
    (y := fun _ : 'I_2 => (1 : R)) (mult := fun _ : 'I_2 => 80%:R / 21%:R : R)
    (W := four (point (16%:R / 21%:R) (32%:R / 21%:R)) (point (- (16%:R / 21%:R)) (32%:R / 21%:R))
               (point 0 (- (20%:R / 21%:R))) (point 0 (- (20%:R / 21%:R)))) :
  [/\ kkt gamma x y W mult,
      forall j n, own_pair y j n -> 0 <= dot (row j W) (x n) & frob2 W = 160%:R / 21%:R].
Proof.
have g0 : 0 < gamma by rewrite invr_gt0 ltr0n.
have g1 : gamma <= 1 by rewrite invf_le1 ?ler1n ?ltr0n.
pose k0 : R := 3%:R / 5%:R; have k01 : gamma <= k0 <= 1.
  rewrite /gamma /k0 ler_pdivr_mulr ?ltr0n // mul1r ler_nat /=.
  by rewrite ler_pdivl_mulr ?ltr0n // mulrC ler_pdivr_mulr ?ltr0n // -natrM ler_nat.
pose s (j : 'I_(2 + 2)) (n : 'I_2) : R :=
  nth 0 [:: (if n == ord0 then 1 else k0); (if n == ord0 then k0 else 1); gamma; gamma] j.
have pre j n : dot (row j W) (x n) = nth 0 [:: (if n == ord0 then 32%:R / 21%:R else 0);
    (if n == ord0 then 0 else 32%:R / 21%:R); - (10%:R / 21%:R); - (10%:R / 21%:R)] j.
  by case: j => [[|[|[|[|//]]]] hj]; rewrite rowK /x /= dot_point; case: (n == ord0) => /=; field.
have F n : f gamma W (x n) = 1.
  have r k (hk : (k < 4)%N) := pre (Ordinal hk) n.
  have r0 := r 0%N isT; have r1 := r 1%N isT; have r2 := r 2%N isT; have r3 := r 3%N isT.
  rewrite /W !rowK /= in r0 r1 r2 r3; rewrite /W f_four r0 r1 r2 {r r0 r1 r2 r3}.
  have pb : phi gamma (32%:R / 21%:R) = 32%:R / 21%:R by rewrite phi_pos ?divr_ge0 ?ler0n.
  have pz : phi gamma 0 = 0 by rewrite phi_pos.
  have pn : phi gamma (- (10%:R / 21%:R)) = - (5%:R / 21%:R).
    by rewrite phi_neg ?oppr_le0 ?divr_ge0 ?ler0n // /gamma; field.
  by case: (n == ord0); rewrite pb pz pn; field.
split.
- exists s; split=> [j n|n|n|n|j].
  + have on : clarke gamma (32%:R / 21%:R) 1 by apply: clarke_on; rewrite ?divr_ge0 ?ler0n.
    have off : clarke gamma (- (10%:R / 21%:R)) gamma by apply: clarke_off; rewrite ?oppr_le0 ?divr_ge0 ?ler0n.
    have mid : clarke gamma 0 k0 by split; rewrite ?ltxx.
    by rewrite pre /s; case: j => [[|[|[|[|//]]]] hj] /=; case: (n == ord0).
  + by rewrite F mulr1.
  + by rewrite divr_ge0 ?ler0n.
  + by rewrite F mulr1 subrr mulr0.
  + rewrite rowK !big_ord_recl big_ord0 addr0 /s /a sqrtm4 /x /y /mult /k0 /gamma !pointZ pointD.
    by case: j => [[|[|[|[|//]]]] hj] /=; congr point; field.
- move=> j n; rewrite /own_pair /y eqxx pre; case: j => [[|[|[|[|//]]]] hj] //= _;
    case: (n == ord0) => //=; by rewrite divr_ge0 ?ler0n.
- by rewrite /W frob2_four !dot_point; field.
Qed.

(** (P) may be feasible where (CP) is not, for gamma < 1: XOR. *)
Theorem C2_xor (gamma : R) (k := 2%:R / (1 - gamma))
    (x := fun n : 'I_4 => nth 0 [:: point 1 0; point (-1) 0; point 0 1; point 0 (-1)] n)
    (y := fun n : 'I_4 => (if (n < 2)%N then 1 else -1 : R))
    (W := four (point k 0) (point (- k) 0) (point 0 k) (point 0 (- k))) :
  0 < gamma -> gamma < 1 -> (forall n, 1 <= y n * f gamma W (x n)) /\ ~ separable x y.
Proof.
move=> g0 g1; have g1' := ltW g1; have gm : 0 < 1 - gamma by rewrite subr_gt0.
have k0 : 0 <= k by rewrite divr_ge0 ?ler0n ?ltW.
have pk : phi gamma k = k by rewrite phi_pos.
have nk : phi gamma (- k) = - (gamma * k) by rewrite phi_neg ?oppr_le0 // mulrN.
have p0 : phi gamma 0 = 0 by rewrite phi_pos.
split.
  have gn : 1 - gamma != 0 by rewrite gt_eqF.
  case=> [[|[|[|[|//]]]] hn]; rewrite /y /x /= f_four !dot_point
    !(mulr0, mul0r, mulr1, mulrN1, addr0, add0r, opprK, oppr0);
    rewrite ?pk ?nk ?p0; apply: le_of_eq; rewrite /k; by field.
case=> e he; have := he ord0; have := he (Ordinal (isT : 1 < 4)%N); rewrite /y /x /= !mul1r.
have -> : point (-1) 0 = - point 1 0 by rewrite -scaleN1r pointZ mulN1r mulr0.
rewrite dotC dotNl oppr_gt0 (dotC _ e) => h1 h2.
by have := lt_trans h1 h2; rewrite ltxx.
Qed.

End Plane.
