(******************************************************************************)
(* C3Local.v : a local minimiser of (P) is the point of each pattern that is  *)
(* right at it, so a KKT point: (P) is convex where the pattern is held.      *)
(* For linearly independent samples the local minimisers of (P) are exactly   *)
(* the KKT points without an own pair at its kink on the support: at such a   *)
(* kink one can move that pre-activation alone, pay for it at another pair of *)
(* the sample, and come out shorter.                                          *)
(*                                                                            *)
(*   local_minimiser W = W is feasible for (P), and no feasible weights close *)
(*                   by are shorter                                           *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt K1 T1 T2 C1 Pattern C3Gap C2 Exist C3.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Independent.
Variables (R : rcfType) (d N : nat) (x : 'I_N -> 'rV[R]_d).

Definition independent : Prop := forall q : 'I_N -> R, \sum_n q n *: x n = 0 -> forall n, q n = 0.

(** A dual vector to each sample. *)
Lemma dual_vector n : independent -> exists2 e, dot e (x n) = 1 & forall k, k != n -> dot e (x k) = 0.
Proof.
move=> free; pose A : 'M[R]_N := \matrix_(k, i) G x k i.
have mulA (r : 'rV[R]_N) i : (r *m A) 0 i = dot (\sum_k r 0 k *: x k) (x i).
  by rewrite mxE dot_suml; apply: eq_bigr => k _; rewrite mxE dotZl.
have fA : row_free A.
  apply: inj_row_free => r rA; apply/rowP => k; rewrite mxE; apply: (free (fun k => r 0 k)).
  apply/eqP; rewrite -dot_eq0 dot_sumr; apply/eqP; apply: big1 => i _.
  by rewrite dotZr -mulA rA mxE mulr0.
pose r : 'rV[R]_N := delta_mx 0 n *m invmx A; exists (\sum_k r 0 k *: x k) => [|k kn].
  by rewrite -mulA /r mulmxKV -?row_free_unit // mxE !eqxx.
by rewrite -mulA /r mulmxKV -?row_free_unit // mxE eqxx (negbTE kn).
Qed.

(** A positive number below four others. *)
Lemma below4 (a b c e : R) : 0 < a -> 0 < b -> 0 < c -> 0 < e ->
  exists2 t, 0 < t & [/\ t < a, t < b, t < c & t < e].
Proof.
move=> a0 b0 c0 e0; pose m := Num.min (Num.min a b) (Num.min c e).
have m0 : 0 < m by rewrite !lt_minr a0 b0 c0 e0.
have lt q : m <= q -> m / 2%:R < q.
  by apply: lt_le_trans; rewrite ltr_pdivr_mulr ?ltr0n // mulr_natr mulr2n ltr_addl.
exists (m / 2%:R); first by rewrite divr_gt0 ?ltr0n.
by split; apply: lt; rewrite !le_minl lexx ?orbT.
Qed.

End Independent.

Section Kink.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_lt1 : gamma < 1) (p_gt0 : (0 < p)%N).
Hypotheses (y_pm1 : labels y) (free : independent x).
Variables (W : 'M[R]_(p + p, d)) (lam : 'I_N -> R) (s : 'I_(p + p) -> 'I_N -> R).
Hypothesis K : kkt_with gamma x y W lam s.

Local Notation pre W j n := (dot (row j W) (x n)).
Local Notation rho := ((sqrtm R p)^-1).

Let gamma_le1 : gamma <= 1 := ltW gamma_lt1.

Section OneKink.
Variables (j : 'I_(p + p)) (n : 'I_N).
Hypotheses (own : own_pair y j n) (ln : 0 < lam n) (kink : pre W j n = 0).

(** Another neuron that x_n does not see at its kink. *)
Lemma other_neuron : exists2 i, i != j & pre W i n != 0.
Proof.
have [/existsP[i nz]|] := boolP [exists i, pre W i n != 0].
  by exists i => //; apply: contraNneq nz => ->; rewrite kink.
rewrite negb_exists => /forallP z; have := kkt_feasible K n; rewrite /f big1 ?mulr0 ?ler10 // => i _.
have := z i; rewrite negbK => /eqP ->; by rewrite phi_pos // mulr0.
Qed.

Variables (e : 'rV[R]_d) (i : 'I_(p + p)).
Hypotheses (en : dot e (x n) = 1) (eo : forall k, k != n -> dot e (x k) = 0).
Hypotheses (ij : i != j) (nz : pre W i n != 0).

Definition bump (t : R) : R := - (rho * phi gamma t) / (y n * a i * s i n).
Definition moved (t : R) : 'M[R]_(p + p, d) :=
  \matrix_k (row k W + (if k == j then t else if k == i then bump t else 0) *: e).

Let sin0 : 0 < s i n.
Proof. by have /andP[h _] := slope_bounds i n (kkt_slopes K); apply: lt_le_trans h. Qed.

Let ya0 (k : 'I_(p + p)) : y n * a k != 0 :> R.
Proof.
by rewrite own_a //; case: ifP => _; rewrite ?oppr_eq0 invr_eq0 (sqrtm_neq0 R p_gt0).
Qed.

Let ya2 (k : 'I_(p + p)) : (y n * a k) ^+ 2 = rho ^+ 2 :> R.
Proof. by rewrite own_a //; case: ifP => _; rewrite ?sqrrN. Qed.

(** <w_k, e> for rows of W. *)
Lemma row_dual k : dot (row k W) e = lam n * (y n * a k * s k n).
Proof.
rewrite (kkt_stationary K k) dot_suml (bigD1 n) //= big1 ?addr0 => [|l ln'].
  by rewrite dotZl dotC en; ring.
by rewrite dotZl dotC eo // mulr0.
Qed.

Lemma bump_sqr t : bump t ^+ 2 = (phi gamma t / s i n) ^+ 2.
Proof.
have r0 : rho != 0 by rewrite invr_eq0 (sqrtm_neq0 R p_gt0).
have s0 : s i n != 0 by rewrite gt_eqF.
rewrite /bump; have := ya2 i; have := ya0 i; move: (y n * a i) => q q0 e2.
transitivity (rho ^+ 2 / q ^+ 2 * (phi gamma t / s i n) ^+ 2); first by field; rewrite ?q0 ?s0 ?(sqrtm_neq0 R p_gt0).
by rewrite e2 divff ?mul1r // expf_neq0.
Qed.

(** The distance moved, and the change of the norm. *)
Lemma moved_dist t : frob2 (moved t - W) = (t ^+ 2 + bump t ^+ 2) * dot e e.
Proof.
rewrite /frob2 (bigD1 j) //= (bigD1 i) //= big1 ?addr0 => [|k /andP[kj ki]]; last first.
  by rewrite linearB /= rowK (negbTE kj) (negbTE ki) scale0r addr0 subrr dot0l.
rewrite !linearB /= !rowK eqxx (negbTE ij) eqxx ![row _ W + _]addrC !addrK !dotZl !dotZr; ring.
Qed.

Lemma moved_norm t : frob2 (moved t) =
  frob2 W + 2%:R * lam n * rho * (s j n * t - phi gamma t) + (t ^+ 2 + bump t ^+ 2) * dot e e.
Proof.
rewrite /frob2 (bigD1 j) //= (bigD1 i) //= [in RHS](bigD1 j) //= [in RHS](bigD1 i) //=.
have -> : \sum_(k | (k != j) && (k != i)) dot (row k (moved t)) (row k (moved t)) =
    \sum_(k | (k != j) && (k != i)) dot (row k W) (row k W).
  by apply: eq_bigr => k /andP[kj ki]; rewrite rowK (negbTE kj) (negbTE ki) scale0r addr0.
rewrite !rowK eqxx (negbTE ij) eqxx !(dotDl, dotDr, dotZl, dotZr) !(dotC e (row _ W)) !row_dual.
have yj : y n * a j = rho by rewrite own_a // own.
have b : y n * a i * s i n * bump t = - (rho * phi gamma t).
  by rewrite /bump mulrC divfK // mulf_neq0 ?ya0 // gt_eqF.
rewrite yj; move: (dot (row j W) _) (dot (row i W) _) (dot e e) (\sum_(_ | _) _) => A B E S.
transitivity (A + B + S + 2%:R * t * (lam n * (rho * s j n))
  + 2%:R * lam n * (y n * a i * s i n * bump t) + (t ^+ 2 + bump t ^+ 2) * E); first by ring.
by rewrite b; ring.
Qed.

(** The margins do not change as long as pre-activation i keeps its sign. *)
Lemma moved_margins t k : `|bump t| < `|pre W i n| ->
  y k * f gamma (moved t) (x k) = y k * f gamma W (x k).
Proof.
move=> small; congr (_ * _); have [->|kn] := eqVneq k n; last first.
  by apply: eq_bigr => l _; rewrite rowK dotDl dotZl eo // mulr0 addr0.
have p0 : phi gamma 0 = 0 by rewrite phi_pos.
rewrite /f (bigD1 j) //= (bigD1 i) //= [in RHS](bigD1 j) //= [in RHS](bigD1 i) //=.
have -> : \sum_(l | (l != j) && (l != i)) a l * phi gamma (pre (moved t) l n) =
    \sum_(l | (l != j) && (l != i)) a l * phi gamma (pre W l n).
  by apply: eq_bigr => l /andP[lj li]; rewrite rowK (negbTE lj) (negbTE li) scale0r addr0.
rewrite !rowK eqxx (negbTE ij) eqxx !dotDl !dotZl en !mulr1 kink add0r p0 mulr0 add0r addrA; congr (_ + _).
have cl := kkt_slopes K i n.
have cl' : clarke gamma (pre W i n + bump t) (s i n).
  by apply: clarke_sg cl _; rewrite addrC sg_dominated.
rewrite (phi_clarke gamma_le1 cl) (phi_clarke gamma_le1 cl').
apply: (mulfI (y_neq0 y_pm1 n)).
have yj : y n * a j = rho by rewrite own_a // own.
have b : y n * a i * s i n * bump t = - (rho * phi gamma t).
  by rewrite /bump mulrC divfK // mulf_neq0 ?ya0 // gt_eqF.
transitivity (y n * a j * phi gamma t + y n * a i * s i n * bump t + y n * (a i * (s i n * pre W i n))); first by ring.
by rewrite b yj; ring.
Qed.

End OneKink.

(** An own kink on the support is no local minimiser: in every neighbourhood
    there are shorter feasible weights.                                      *)
Theorem C3_own_kink j n eps : own_pair y j n -> 0 < lam n -> pre W j n = 0 -> 0 < eps ->
  exists W', [/\ forall k, 1 <= y k * f gamma W' (x k), frob2 (W' - W) < eps & frob2 W' < frob2 W].
Proof.
move=> own ln kink eps0; have [i ij nz] := other_neuron kink.
have [e en eo] := dual_vector n free.
have E0 : 0 < dot e e.
  rewrite dot_gt0; apply/eqP => z; have := en; rewrite z dot0l => /eqP.
  by rewrite eq_sym oner_eq0.
have r0 : 0 < rho by rewrite invr_gt0 sqrtm_gt0.
have /andP[si1 si2] := slope_bounds i n (kkt_slopes K); have si0 : 0 < s i n := lt_le_trans gamma_gt0 si1.
have /andP[sj1 sj2] := slope_bounds j n (kkt_slopes K).
(* a direction t = +-u with s t - phi t <= - kap u *)
have [sg [kap [kap0 [sg1 dir]]]] : exists sg kap : R, 0 < kap /\ (sg ^+ 2 = 1 /\
    forall u, 0 < u -> s j n * (sg * u) - phi gamma (sg * u) = - (kap * u)).
  have [lt|ge] := ltrP (s j n) 1.
    exists 1, (1 - s j n); rewrite subr_gt0 expr1n; split=> //; split=> // u u0.
    by rewrite mul1r phi_pos ?(ltW u0) //; ring.
  have e1 : s j n = 1 by apply/eqP; rewrite eq_le sj2 ge.
  exists (-1), (1 - gamma); rewrite subr_gt0 sqrrN expr1n; split=> //; split=> // u u0.
  by rewrite mulN1r phi_neg ?oppr_le0 ?(ltW u0) // e1; ring.
pose B := (1 + (gamma ^-1) ^+ 2) * dot e e.
have B0 : 0 < B by rewrite mulr_gt0 // ltr_spaddl ?ltr01 ?sqr_ge0.
have lrk : 0 < 2%:R * lam n * rho * kap by rewrite !mulr_gt0 ?ltr0n.
have pz : 0 < `|pre W i n| by rewrite normr_gt0.
have [u u0 [u1 ui ue uk]] := below4 ltr01 (mulr_gt0 gamma_gt0 pz) (divr_gt0 eps0 B0) (divr_gt0 lrk B0).
rewrite ltr_pdivl_mulr // in ue; rewrite ltr_pdivl_mulr // in uk.
pose t := sg * u; have t2 : t ^+ 2 = u ^+ 2 by rewrite exprMn sg1 mul1r.
have bs : bump n i t ^+ 2 <= u ^+ 2 * gamma^-1 ^+ 2.
  rewrite bump_sqr exprMn -t2; apply: ler_pmul; rewrite ?sqr_ge0 //.
    rewrite phi_dphi // exprMn ler_pimull ?sqr_ge0 //.
    by rewrite exprn_ile1 // /dphi; case: ifP => _; rewrite ?ler01 ?lexx // ltW.
  rewrite ler_pexpn2r ?nnegrE ?invr_ge0 ?(ltW gamma_gt0) ?(ltW si0) //.
  by rewrite lef_pinv ?posrE.
have near : `|bump n i t| < `|pre W i n|.
  rewrite -ltr_sqr ?nnegrE ?normr_ge0 // real_normK ?num_real //; apply: le_lt_trans bs _.
  rewrite -exprMn ltr_pexpn2r ?nnegrE ?normr_ge0 ?mulr_ge0 ?invr_ge0 ?(ltW u0) ?(ltW gamma_gt0) //.
  by rewrite ltr_pdivr_mulr // mulrC.
have size : (t ^+ 2 + bump n i t ^+ 2) * dot e e <= u * (u * B).
  have -> : u * (u * B) = (u ^+ 2 + u ^+ 2 * gamma^-1 ^+ 2) * dot e e by rewrite /B; ring.
  by rewrite ler_pmul2r // t2 ler_add2l.
exists (moved j n e i t); split=> [k||].
- by rewrite (moved_margins own kink en eo ij) // (kkt_feasible K).
- rewrite moved_dist //; apply: le_lt_trans size _; apply: lt_trans ue.
  by rewrite gtr_pmull // mulr_gt0.
- rewrite (moved_norm own en eo ij) // dir //.
  have neg : 2%:R * lam n * rho * - (kap * u) + u * (u * B) < 0.
    rewrite (_ : _ + _ = u * (u * B - 2%:R * lam n * rho * kap)); last by ring.
    by rewrite pmulr_rlt0 // subr_lt0.
  apply: (@lt_cert _ (- (2%:R * lam n * rho * - (kap * u) + u * (u * B))
    + (u * (u * B) - (t ^+ 2 + bump n i t ^+ 2) * dot e e))); last by ring.
  by apply: ltr_spaddl; rewrite ?oppr_gt0 ?subr_ge0.
Qed.

(** C3: with independent samples and gamma < 1 a KKT point is a strict local
    minimiser iff no own pair of its support is at its kink; otherwise it is
    no local minimiser at all (C3_own_kink).                                 *)
Theorem C3_local_iff :
  (exists2 eps, 0 < eps & forall W', (forall k, 1 <= y k * f gamma W' (x k)) ->
     W' != W -> frob2 (W' - W) < eps -> frob2 W < frob2 W') <->
  (forall j n, own_pair y j n -> 0 < lam n -> pre W j n != 0).
Proof.
split=> [[eps eps0 loc] j n o ln|nz].
  apply/eqP => kink; have [W' [feas near less]] := C3_own_kink o ln kink eps0.
  have ne : W' != W by apply/eqP => e; move: less; rewrite e ltxx.
  by have := lt_trans less (loc W' feas ne near); rewrite ltxx.
have K' := C3_converse_pattern gamma_le1 y_pm1 K (fun j n ln o => nz j n o ln).
apply: (C3_local_minimiser gamma_le1 p_gt0 y_pm1 K') => [j n _ _|j n ln o]; last exact: nz.
exact: dphi_clarke.
Qed.

End Kink.

(** * Every local minimiser is such a point *)

Section LocalMinimiser.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Hypothesis y_pm1 : labels y.
Implicit Types (W : 'M[R]_(p + p, d)) (pi : 'I_(p + p) -> 'I_N -> R).
Local Notation pre W j n := (dot (row j W) (x n)).

Definition local_minimiser W : Prop :=
  (forall n, 1 <= y n * f gamma W (x n)) /\
  exists2 eps, 0 < eps & forall W', (forall n, 1 <= y n * f gamma W' (x n)) ->
    frob2 (W' - W) < eps -> frob2 W <= frob2 W'.

Lemma phi_convex (t u v : R) : 0 <= t <= 1 -> phi gamma (u + t * (v - u)) <= (1 - t) * phi gamma u + t * phi gamma v.
Proof.
case/andP=> t0 t1; have s01 : 0 <= 1 - t by rewrite subr_ge0.
have line s : gamma <= s <= 1 -> s * (u + t * (v - u)) <= (1 - t) * phi gamma u + t * phi gamma v.
  move=> sb; apply: le_trans (_ : (1 - t) * (s * u) + t * (s * v) <= _); first by apply: le_of_eq; ring.
  by apply: ler_add; apply: ler_wpmul2l => //; apply: phi_ge_line.
rewrite {1}/phi le_maxl line ?lexx //=.
by rewrite -[X in X <= _]mul1r line // gamma_le1 lexx.
Qed.

Lemma qpat_concave pi W W' t n : 0 <= t <= 1 ->
  (1 - t) * qpat gamma x y pi W n + t * qpat gamma x y pi W' n <= qpat gamma x y pi (W + t *: (W' - W)) n.
Proof.
move=> tb; have r0 : 0 < (sqrtm R p)^-1 by rewrite invr_gt0 sqrtm_gt0.
rewrite /qpat !mulr_sumr -big_split; apply: ler_sum => j _ /=.
have -> : pre (W + t *: (W' - W)) j n = pre W j n + t * (pre W' j n - pre W j n).
  by rewrite linearD linearZ linearB /= dotDl dotZl dotBl.
case: ifP => _; first by apply: le_of_eq; ring.
have := phi_convex (pre W j n) (pre W' j n) tb; move: (phi _ _) (phi _ _) (phi _ _) => A B C h.
apply: (@le_cert _ ((sqrtm R p)^-1 * ((1 - t) * B + t * A - C))); last by ring.
by rewrite mulr_ge0 ?subr_ge0 // ltW.
Qed.

(** C3: a local minimiser is the point of every pattern that is right at it;
    no theorem on constraint qualifications is needed.                       *)
Theorem C3_local_point W pi : local_minimiser W -> pattern_bounded gamma pi ->
  pattern_right gamma x y predT pi W -> exists lam s, pattern_kkt gamma x y pi W lam s.
Proof.
case=> feas [eps eps0 loc] bnd right; have q n := qpat_right gamma_le1 y_pm1 right (n := n) isT.
have [Wo [lo [so Ko]]] : exists Wo lo so, pattern_kkt gamma x y pi Wo lo so.
  by apply: (C3_exists gamma_le1 p_gt0 y_pm1 (W0 := W)) => n; rewrite q; apply: lt_le_trans (feas n).
suff -> : W = Wo by exists lo, so.
apply/eqP; rewrite eq_sym -subr_eq0 -frob2_eq0; apply/negPn/negP => ne.
have D0 : 0 < frob2 (Wo - W) by rewrite lt_neqAle eq_sym ne frob2_ge0.
have q1 n : 1 <= qpat gamma x y pi W n by rewrite q.
have short := C3_shortest gamma_le1 p_gt0 y_pm1 Ko (fun n _ => q1 n).
have [t t0 [t1 _ te _]] := below4 ltr01 ltr01 (divr_gt0 eps0 D0) ltr01.
have tb : 0 <= t <= 1 by rewrite !ltW.
have moved n : 1 <= y n * f gamma (W + t *: (Wo - W)) (x n).
  apply: (le_trans _ (qpat_le x gamma_le1 p_gt0 y_pm1 (W + t *: (Wo - W)) n bnd)).
  apply: (le_trans _ (qpat_concave pi W Wo n tb)).
  have := pk_feasible Ko n; have := q1 n; move: (qpat _ _ _ _ W n) (qpat _ _ _ _ Wo n) => A B A1 B1.
  case/andP: tb => tb0 tb1.
  apply: (@le_cert _ ((1 - t) * (A - 1) + t * (B - 1))); last by ring.
  by apply: addr_ge0; rewrite mulr_ge0 // subr_ge0.
have := loc _ moved; rewrite addrC addKr frob2Z => h.
have near : t ^+ 2 * frob2 (Wo - W) < eps.
  rewrite ltr_pdivl_mulr // in te; apply: le_lt_trans te; rewrite ler_wpmul2r ?(ltW D0) //.
  by rewrite expr2 ler_pimull // ltW.
have {h} := h near; rewrite frob2D fdotZl frob2Z => h.
have eo : frob2 Wo = frob2 W + 2%:R * fdot (Wo - W) W + frob2 (Wo - W).
  by rewrite -frob2D addrC subrK.
have eb : frob2 (W - Wo) = frob2 (Wo - W) by rewrite -opprB -scaleN1r frob2Z sqrrN expr1n mul1r.
rewrite eb eo in short; move: short h D0; move: (fdot _ _) (frob2 _) (frob2 _) => c B A h1 h2 B0.
have : t * ((1 - t) * B + B) <= 0.
  apply: (@le_cert _ ((A + 2%:R * (t * c) + t ^+ 2 * B - A) + t * (A - (A + 2%:R * c + B + B)))); last by ring.
  by apply: addr_ge0; [rewrite subr_ge0 | apply: mulr_ge0; rewrite ?subr_ge0 // ltW].
have pos : 0 < t * ((1 - t) * B + B).
  have tB : 0 <= (1 - t) * B by apply: mulr_ge0; rewrite ?subr_ge0 ltW.
  exact: mulr_gt0 t0 (ltr_spaddr B0 tB).
by rewrite leNgt pos.
Qed.

(** So it is a KKT point. *)
Theorem C3_local_kkt W : local_minimiser W -> exists lam, kkt gamma x y W lam.
Proof.
move=> loc; have [||lam [s K]] := @C3_local_point W (pattern gamma x W) loc.
- by move=> j n; case: (dphi_clarke gamma_le1 (pre W j n)).
- by move=> j n _ _; apply: dphi_clarke.
exists lam; apply: (C3_kkt gamma_le1 p_gt0 y_pm1 K) => j n *; last exact: dphi_clarke.
by case: (dphi_clarke gamma_le1 (pre W j n)).
Qed.

(** C3: with independent samples and gamma < 1 the local minimisers of (P) are
    the KKT points without an own kink on their support, and nothing else.   *)
Theorem C3_local_minimisers W : gamma < 1 -> independent x ->
  local_minimiser W <-> exists lam s, kkt_with gamma x y W lam s /\
    (forall j n, own_pair y j n -> 0 < lam n -> pre W j n != 0).
Proof.
move=> g1 free; split=> [loc|[lam [s [K nz]]]].
  have [lam [s K]] := C3_local_kkt loc; exists lam, s; split=> // j n o ln; apply/eqP => kink.
  have [_ [eps eps0 less]] := loc; have [W' [feas near short]] := C3_own_kink gamma_gt0 g1 p_gt0 y_pm1 free K o ln kink eps0.
  by have := less W' feas near; rewrite leNgt short.
split; first exact: kkt_feasible K.
have [eps eps0 less] := (C3_local_iff gamma_gt0 g1 p_gt0 y_pm1 free K).2 nz.
exists eps => // W' feas near; have [-> //|ne] := eqVneq W' W.
exact/ltW/less.
Qed.

End LocalMinimiser.
