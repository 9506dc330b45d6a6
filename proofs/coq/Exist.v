(******************************************************************************)
(* Exist.v : the quadratic programmes have solutions.                         *)
(*                                                                            *)
(* For a symmetric, positive semidefinite form M that is positive on the      *)
(* simplex, multipliers with nnqp M exist: z'Mz attains its minimum over the  *)
(* simplex, at a point with (Mz)_i >= z'Mz, and z / z'Mz is the solution.     *)
(* Over a real closed field there is no compactness, so the minimum is found  *)
(* among finitely many points: for each set A of indices the least point of   *)
(* the plane { support in A, sum 1 }, by Gram-Schmidt; from any point of the  *)
(* simplex one can walk towards it, down, until an index drops out.           *)
(* The hypothesis holds for Q and for (CP) whenever the data are separable.   *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2 C1 Gap Pattern C2.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Simplex.
Variables (R : realFieldType) (I : finType) (M : I -> I -> R).
Hypotheses (M_sym : forall i k, M i k = M k i) (M_psd : forall z : I -> R, 0 <= form M z z).

Local Notation V := {ffun I -> R^o}.
Local Notation B := (form M).
Implicit Types u v z q : V.

Lemma formDl u v z : B (u + v) z = B u z + B v z.
Proof.
rewrite /form -big_split; apply: eq_bigr => i _ /=; rewrite -big_split; apply: eq_bigr => k _ /=.
by rewrite ffunE !mulrDl.
Qed.

Lemma formZl (t : R) u z : B (t *: u) z = t * B u z.
Proof.
rewrite /form mulr_sumr; apply: eq_bigr => i _; rewrite mulr_sumr; apply: eq_bigr => k _.
by rewrite ffunE -!mulrA.
Qed.

Lemma formDr u v z : B z (u + v) = B z u + B z v.
Proof. by rewrite (formC M_sym) formDl (formC M_sym u) (formC M_sym v). Qed.

Lemma formZr (t : R) u z : B z (t *: u) = t * B z u.
Proof. by rewrite (formC M_sym) formZl (formC M_sym u). Qed.

Lemma form_line z v (t : R) : B (z + t *: v) (z + t *: v) = B z z + 2%:R * t * B z v + t ^+ 2 * B v v.
Proof. by rewrite !(formDl, formDr, formZl, formZr) (formC M_sym v z); ring. Qed.

(** Where the form vanishes on a vector it vanishes on every pair with it. *)
Lemma form_null z v : B v v = 0 -> B z v = 0.
Proof.
move=> v0; apply/eqP/negPn/negP => nz.
have := M_psd (z + (- (B z z + 1) / (2%:R * B z v)) *: v); rewrite form_line v0 mulr0 addr0.
have -> : 2%:R * (- (B z z + 1) / (2%:R * B z v)) * B z v = - (B z z + 1) by field.
by rewrite opprD addNKr oppr_ge0 ler10.
Qed.

Definition proj v u : V := u - (B u v / B v v) *: v.

Lemma proj_orth v u : B (proj v u) v = 0.
Proof.
rewrite /proj -scaleNr formDl formZl; have [e|nz] := eqVneq (B v v) 0.
  by rewrite e (form_null u e) mulr0 addr0.
by field.
Qed.

(** Gram-Schmidt: a point orthogonal to finitely many vectors, reached from p
    along them.                                                              *)
Lemma project n (vs : seq V) (P : V -> Prop) p : size vs = n -> P p ->
  (forall z (t : R) v, v \in vs -> P z -> P (z + t *: v)) ->
  exists2 z, P z & forall v, v \in vs -> B z v = 0.
Proof.
elim: n vs P p => [|n IH] [|v vs] // P p; first by move=> _ Pp _; exists p.
move=> sz0; have sz : size vs = n by case: sz0.
move=> Pp step; pose P' z := P z /\ B z v = 0.
have inv u : u \in vs -> u \in v :: vs by rewrite inE => ->; rewrite orbT.
have [z [Pz zv] orth] : exists2 z, P' z & forall u, u \in map (proj v) vs -> B z u = 0.
  apply: (IH _ _ (proj v p)); rewrite ?size_map // /P'.
    split; last exact: proj_orth.
    by rewrite /proj -scaleNr; apply: (step); rewrite ?inE ?eqxx.
  move=> z t _ /mapP[u /inv uv ->] [Pz zv]; split; last by rewrite formDl formZl zv proj_orth mulr0 addr0.
  rewrite /proj scalerBr addrA scalerA -scaleNr; apply: (step); first by rewrite inE eqxx.
  exact: step.
exists z => // u; rewrite inE => /orP[/eqP -> //|uv].
have -> : u = proj v u + (B u v / B v v) *: v by rewrite /proj subrK.
by rewrite formDr formZr zv mulr0 addr0 orth // map_f.
Qed.

Definition unit_at (i : I) : V := [ffun k => (k == i)%:R].
Definition in_plane (A : {set I}) z : Prop := (forall i, i \notin A -> z i = 0) /\ \sum_i z i = 1.
Definition in_simplex (A : {set I}) z : Prop := in_plane A z /\ forall i, 0 <= z i.

Lemma sum_unit (c : I -> R) : \sum_i c i *: unit_at i = [ffun i => c i].
Proof.
apply/ffunP => k; rewrite ffunE sum_ffunE (bigD1 k) //= big1 ?addr0 => [|i ik]; last first.
  by rewrite !ffunE eq_sym (negbTE ik) mulr0n scaler0.
by rewrite !ffunE eqxx; apply: mulr1.
Qed.

Lemma form_unit z i : B z (unit_at i) = Mmul M z i.
Proof.
rewrite formE /Mmul; apply: eq_bigr => k _; rewrite (M_sym i) mulrC; congr (_ * _).
by rewrite (bigD1 i) //= big1 ?addr0 => [|j ji]; rewrite ffunE ?eqxx ?mulr1 // (negbTE ji) mulr0.
Qed.

Lemma sum_line z v (t : R) : \sum_i (z + t *: v) i = \sum_i z i + t * \sum_i v i.
Proof. by rewrite mulr_sumr -big_split; apply: eq_bigr => i _; rewrite !ffunE. Qed.

Lemma sum_diff z v : \sum_i (z - v) i = \sum_i z i - \sum_i v i.
Proof. by rewrite -sumrB; apply: eq_bigr => i _; rewrite !ffunE. Qed.

Lemma sum_unit_at i : \sum_k unit_at i k = 1.
Proof. by rewrite (bigD1 i) //= big1 ?addr0 ?ffunE ?eqxx // => k /negbTE ki; rewrite ffunE ki. Qed.

(** The least point of a plane. *)
Lemma plane_least (A : {set I}) (a : I) : a \in A ->
  exists2 z, in_plane A z & forall q, in_plane A q -> B q q = B z z + B (q - z) (q - z).
Proof.
move=> aA; pose vs := [seq unit_at i - unit_at a | i <- enum A].
have [|z t v|z Pz orth] := @project _ vs (in_plane A) (unit_at a) erefl.
- split=> [i|]; last exact: sum_unit_at.
  by rewrite ffunE; case: eqP => // ->; rewrite aA.
- case/mapP=> i; rewrite mem_enum => iA -> [z0 z1]; split=> [k kA|].
    rewrite !ffunE z0 // add0r; have [ki|_] := eqVneq k i; first by rewrite -ki (negbTE kA) in iA.
    have [ka|_] := eqVneq k a; first by rewrite -ka (negbTE kA) in aA.
    by rewrite subrr scaler0.
  by rewrite sum_line sum_diff !sum_unit_at z1 subrr mulr0 addr0.
exists z => // q [q0 q1]; have [z0 z1] := Pz.
have dif : B z (q - z) = 0.
  have -> : q - z = \sum_(i in A) (q i - z i) *: (unit_at i - unit_at a).
    under eq_bigr => i _ do rewrite scalerBr.
    have off i : i \notin A -> q i - z i = 0 by move=> iA; rewrite q0 // z0 // subrr.
    have s (F : I -> V) : \sum_(i in A) (q i - z i) *: F i = \sum_i (q i - z i) *: F i.
      rewrite [RHS](bigID (mem A)) /= [X in _ = _ + X]big1 ?addr0 // => i /off ->.
      by rewrite scale0r.
    rewrite sumrB !s sum_unit -scaler_suml sumrB q1 z1 subrr scale0r subr0.
    by apply/ffunP => i; rewrite !ffunE.
  have lin (F : I -> V) (r : seq I) : (forall i, i \in A -> B z (F i) = 0) ->
      B z (\sum_(i <- r | i \in A) F i) = 0.
    move=> h; elim/big_rec: _ => [|i u iA hu]; last by rewrite formDr h // hu addr0.
    by rewrite -(scale0r 0) formZr mul0r.
  by apply: lin => i iA; rewrite formZr orth ?mulr0 //; apply/mapP; exists i; rewrite ?mem_enum.
have {1 2}-> : q = z + 1 *: (q - z) by rewrite scale1r addrC subrK.
by rewrite form_line dif mulr0 addr0 expr1n mul1r.
Qed.

(** From any point of a simplex, one that is the least point of its plane, or
    lower down on a face.                                                    *)
Lemma face_descent (A : {set I}) (z q : V) : in_plane A z ->
  (forall q, in_plane A q -> B q q = B z z + B (q - z) (q - z)) -> in_simplex A q ->
  (forall i, 0 <= z i) \/ exists i, i \in A /\ exists2 q', in_simplex (A :\ i) q' & B q' q' <= B q q.
Proof.
move=> [z0 z1] least [[q0 q1] qpos].
have [/forallP h|] := boolP [forall i, 0 <= z i]; [by left | rewrite negb_forall].
case/existsP=> i1; rewrite -ltNge => neg1; right.
have [i] := @arg_minP _ _ _ i1 [pred k | z k < 0] (fun k => q k / (q k - z k) : R) neg1.
rewrite /= => neg min.
have den k : z k < 0 -> 0 < q k - z k by move=> h; rewrite subr_gt0; apply: lt_le_trans h (qpos k).
pose t := q i / (q i - z i); have t0 : 0 <= t by rewrite divr_ge0 // ltW // den.
have t1 : t <= 1 by rewrite ler_pdivr_mulr ?den // mul1r ler_addl oppr_ge0 ltW.
pose q' : V := q + t *: (z - q).
have iA : i \in A by apply/negPn/negP => /z0 e; move: neg; rewrite e ltxx.
have q'E k : q' k = q k + t * (z k - q k) by rewrite !ffunE.
have q'i : q' i = 0 by rewrite q'E /t; field; rewrite gt_eqF // den.
have plane : in_plane A q'.
  split=> [k kA|]; first by rewrite q'E q0 // z0 // subrr mulr0 addr0.
  by rewrite sum_line sum_diff z1 q1 subrr mulr0 addr0.
exists i; split=> //; exists q'.
  split; first split.
  - move=> k; rewrite in_setD1 negb_and negbK => /orP[/eqP -> //|kA].
    by have [-> //] := plane.
  - by have [_ ->] := plane.
  - move=> k; rewrite q'E; case: (ltP (z k) 0) => zk.
      have dk := den k zk; have tk : t <= q k / (q k - z k) by apply: min.
      apply: (@le_cert _ ((q k / (q k - z k) - t) * (q k - z k))).
        by apply: mulr_ge0; [rewrite subr_ge0 | apply: ltW].
      by field; rewrite gt_eqF.
    apply: (@le_cert _ ((1 - t) * q k + t * z k)); last by ring.
    by rewrite addr_ge0 // mulr_ge0 // subr_ge0.
have -> : B q q = B z z + B (q - z) (q - z) by apply: least; split.
rewrite (least q' plane) ler_add2l.
have -> : q' - z = (1 - t) *: (q - z).
  by apply/ffunP => k; rewrite !ffunE; change (q k + t * (z k - q k) - z k = (1 - t) * (q k - z k)); ring.
rewrite formZl formZr mulrA -expr2 ler_pimull ?M_psd //.
by rewrite exprn_ile1 ?subr_ge0 // ler_subl_addr ler_addl.
Qed.

(** The minimum over the simplex is attained. *)
Theorem simplex_minimum (i0 : I) : exists2 z, in_simplex setT z &
  forall q, in_simplex setT q -> B z z <= B q q.
Proof.
have /fin_all_exists[L hL] (A : {set I}) : exists z, A != set0 -> in_plane A z /\
    forall q, in_plane A q -> B q q = B z z + B (q - z) (q - z).
  have [->|[a aA]] := set_0Vmem A; first by exists 0; rewrite eqxx.
  by have [z Pz hz] := plane_least aA; exists z.
pose good (A : {set I}) := (A != set0) && [forall i, 0 <= L A i].
have down n : forall (A : {set I}) q, (#|A| <= n)%N -> in_simplex A q ->
    exists2 A', good A' & B (L A') (L A') <= B q q.
  elim: n => [|n IH] A q cA Sq.
    move: cA; rewrite leqn0 cards_eq0 => /eqP A0; have [[q0 q1] _] := Sq.
    move/eqP: q1; rewrite big1 => [|i _]; first by rewrite eq_sym oner_eq0.
    by rewrite q0 // A0 inE.
  have A0 : A != set0.
    apply/eqP => A0; have [[q0 q1] _] := Sq; move/eqP: q1.
    by rewrite big1 => [|i _]; [rewrite eq_sym oner_eq0 | rewrite q0 // A0 inE].
  have [PA leastA] := hL A A0.
  have [pos|[i [iA [q' Sq' le]]]] := face_descent PA leastA Sq.
    exists A; first by rewrite /good A0; apply/forallP.
    by rewrite (leastA q) ?ler_addl ?M_psd //; case: Sq.
  have [|A' gA' le'] := IH (A :\ i) q' _ Sq'; last by exists A' => //; apply: le_trans le' le.
  by rewrite -ltnS; apply: leq_trans cA; rewrite [X in (_ < X)%N](cardsD1 i) iA.
have S0 : in_simplex setT (unit_at i0).
  by split=> [|i]; [split=> [i|]; [rewrite inE | exact: sum_unit_at] | rewrite ffunE ler0n].
have [A1 gA1 _] := down #|[set: I]| setT _ (leqnn _) S0.
have [A gA min] := @arg_minP _ _ _ A1 good (fun A => B (L A) (L A)) gA1.
have /andP[A0 /forallP pos] := gA; have [[z0 z1] _] := hL A A0.
exists (L A); first by split=> //; split=> // i; rewrite inE.
move=> q /(down _ setT _ (leqnn _)) [A' gA' le]; exact: le_trans (min A' gA') le.
Qed.

(** Positive on the simplex: multipliers exist. *)
Theorem nnqp_exists : (forall z : I -> R, (forall i, 0 <= z i) -> \sum_i z i = 1 -> 0 < form M z z) ->
  exists l, nnqp M l.
Proof.
move=> cop; have [i0 _|none] := pickP (fun _ : I => true); last first.
  by exists (fun=> 0); split=> i; have := none i.
have [z [[_ z1] zpos] min] := simplex_minimum i0; pose nu := B z z.
have nu0 : 0 < nu by apply: cop.
have first_order i : nu <= Mmul M z i.
  rewrite -form_unit leNgt; apply/negP => lt.
  pose D := nu - B z (unit_at i); pose e := unit_at i - z; pose cc := B e e.
  have D0 : 0 < D by rewrite subr_gt0.
  have c0 : 0 <= cc by apply: M_psd.
  pose t := D / (cc + D); have den : 0 < cc + D by apply: ltr_spaddr.
  have t0 : 0 < t by rewrite divr_gt0.
  have t1 : t <= 1 by rewrite ler_pdivr_mulr // mul1r ler_addr.
  have Sq : in_simplex setT (z + t *: e).
    split=> [|k]; first split=> [k|]; rewrite ?inE //.
      by rewrite sum_line sum_diff z1 sum_unit_at subrr mulr0 addr0.
    rewrite !ffunE; change (0 <= z k + t * ((k == i)%:R - z k)).
    apply: (@le_cert _ ((1 - t) * z k + t * (k == i)%:R)); last by ring.
    by rewrite addr_ge0 // mulr_ge0 ?ler0n ?subr_ge0 // ltW.
  have := min _ Sq; rewrite form_line -/nu -/cc -addrA ler_addl.
  have -> : B z e = - D.
    by rewrite /e -scaleN1r formDr formZr mulN1r -/nu /D opprB.
  apply/negP; rewrite -ltNge.
  have -> : 2%:R * t * - D + t ^+ 2 * cc = - (t * (D * (cc + 2%:R * D) / (cc + D))).
    by rewrite /t; field; rewrite gt_eqF.
  rewrite oppr_lt0 mulr_gt0 // divr_gt0 // mulr_gt0 // ltr_spaddr // mulr_gt0 ?ltr0n //.
have tight i : 0 < z i -> Mmul M z i = nu.
  move=> zi; have sum0 : \sum_k z k * (Mmul M z k - nu) = 0.
    under eq_bigr => k _ do rewrite mulrBr; rewrite sumrB -formE -mulr_suml z1 mul1r.
    by rewrite /nu subrr.
  have pos k : true -> 0 <= z k * (Mmul M z k - nu) by move=> _; rewrite mulr_ge0 ?subr_ge0.
  have := psumr_eq0P pos sum0 (i := i) isT; move/eqP; rewrite mulf_eq0 (gt_eqF zi) /= subr_eq0.
  by move/eqP.
exists (fun i => z i / nu).
have mulE i : Mmul M (fun i => z i / nu) i = Mmul M z i / nu.
  by rewrite /Mmul mulr_suml; apply: eq_bigr => k _; rewrite mulrA.
split=> i.
- by rewrite divr_ge0 // ltW.
- by rewrite pmulr_lgt0 ?invr_gt0 // => /tight e; rewrite mulE e divff // gt_eqF.
- by rewrite mulE ler_pdivl_mulr // mul1r.
Qed.

End Simplex.

(** * Separable data *)

(** The form of two vectors has a solution as soon as one pair satisfies all
    constraints strictly.                                                    *)
Theorem pair_exists (R : rcfType) d (I : finType) (x : I -> 'rV[R]_d) (r s : I -> R) (U V : 'rV[R]_d) :
  (forall i, 0 < r i * dot U (x i) + s i * dot V (x i)) -> exists l, nnqp (pairM x r s) l.
Proof.
move=> pos; apply: nnqp_exists => [i k|z|z z0 z1]; first exact: pairMC.
  by rewrite pair_form divr_ge0 ?ler0n // addr_ge0 ?dot_ge0.
have sum0 : 0 < dot U (vec x r z) + dot V (vec x s z).
  rewrite pair_dual lt_neqAle sumr_ge0 ?andbT => [|i _]; last by rewrite mulr_ge0 // ltW.
  rewrite eq_sym; apply/eqP => e0; have zz i : z i = 0.
    have := psumr_eq0P (fun i _ => mulr_ge0 (z0 i) (ltW (pos i))) e0 (i := i) isT.
    by move/eqP; rewrite mulf_eq0 (gt_eqF (pos i)) orbF => /eqP.
  by move/eqP: z1; rewrite big1 ?(eq_sym 0) ?oner_eq0 // => i _; apply: zz.
rewrite pair_form divr_gt0 ?ltr0n // lt_neqAle addr_ge0 ?dot_ge0 // andbT eq_sym.
rewrite paddr_eq0 ?dot_ge0 // !dot_eq0; apply/negP => /andP[/eqP e1 /eqP e2].
by move: sum0; rewrite e1 e2 !(dotC _ 0) !dot0l addr0 ltxx.
Qed.

Section Separable.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y).
Hypothesis sep : separable x y.

(** C2.1: on separable data (CP) has multipliers that satisfy its conditions. *)
Theorem C2_exists : exists l, cp_conditions gamma x y l.
Proof.
have [U [V F]] : exists U V, cp_feasible gamma x y U V by apply/C2_feasible_iff.
have [|l C] := @pair_exists _ _ _ (cpx x) (cpr gamma y) (cps gamma y) U V.
  by move=> [n b]; rewrite cp_row; apply: lt_le_trans (F n b); rewrite ltr0n.
by exists l; apply/C2_dual.
Qed.

(** C1(a) has a solution on separable data. *)
Theorem C1_exists : exists lam, qp_conditions gamma x y lam.
Proof.
have [e he] := sep; have [|l C] := @pair_exists _ _ _ x (rowU gamma y) (rowV gamma y) e (- e).
  move=> n; have -> : rowU gamma y n * dot e (x n) + rowV gamma y n * dot (- e) (x n) =
      (1 + gamma) * (y n * dot e (x n)).
    by rewrite -(c_cbar gamma y n) /rowU /rowV dotNl; ring.
  by rewrite mulr_gt0 // ltr_spaddl ?ltr01 // ltW.
by exists l; apply/Q_nnqp.
Qed.

(** The greatest margin of a linear classifier through 0, attained. *)
Definition is_margin_lin (r : R) : Prop :=
  (exists2 e : 'rV[R]_d, norm e = 1 & forall n, r <= y n * dot e (x n)) /\
  (forall e : 'rV[R]_d, norm e = 1 -> exists n, y n * dot e (x n) <= r).

Theorem margin_lin_exists (n0 : 'I_N) : exists2 r, 0 < r & is_margin_lin r.
Proof.
have [e0 he0] := sep; have [|l C] := @pair_exists _ _ _ x y (fun=> 0) e0 0.
  by move=> n; rewrite mul0r addr0.
pose U := vec x y l; have feas n : 2%:R <= y n * dot U (x n).
  by have := nnqp_off C n; rewrite pair_mul mul0r addr0 ler_pdivl_mulr ?ltr0n // mul1r.
have nU : 0 < norm U.
  rewrite norm_gt0; apply/eqP => U0; have := feas n0; rewrite U0 dot0l mulr0.
  by rewrite leNgt ltr0n.
exists (2%:R / norm U); first by rewrite divr_gt0 ?ltr0n.
split; first exists ((norm U)^-1 *: U).
- by rewrite normZ gtr0_norm ?invr_gt0 // mulVf // gt_eqF.
- by move=> n; rewrite dotZl mulrCA mulrC ler_wpmul2r ?invr_ge0 ?(ltW nU).
- move=> e ne; have [/existsP[n h]|] := boolP [exists n, y n * dot e (x n) <= 2%:R / norm U]; first by exists n.
  rewrite negb_exists => /forallP no; exfalso.
  have [n hn] := exists_max n0 (fun n => - (y n * dot e (x n))).
  pose q := y n * dot e (x n); have lt : 2%:R / norm U < q by rewrite ltNge; apply: no.
  have q0 : 0 < q by apply: le_lt_trans lt; rewrite divr_ge0 ?ler0n ?(ltW nU).
  have fe k : 0 < l k -> 2%:R <= y k * dot ((2%:R / q) *: e) (x k) + 0 * dot (0 : 'rV[R]_d) (x k).
    rewrite mul0r addr0 dotZl mulrCA mulrAC ler_pdivl_mulr // ler_pmul2l ?ltr0n // => _.
    by rewrite -ler_opp2 hn.
  have := pair_shortest C fe; rewrite -/U.
  have -> : vec x (fun=> 0) l = 0 by rewrite /vec big1 // => i _; rewrite mulr0 scale0r.
  rewrite subr0 !norm_sqr !(dot0l (0 : 'rV[R]_d)) !addr0 -!norm_sqr normZ ne mulr1.
  rewrite ger0_norm ?divr_ge0 ?ler0n ?(ltW q0) // => h.
  have : norm U ^+ 2 <= (2%:R / q) ^+ 2 by apply: le_trans h; rewrite ler_addl sqr_ge0.
  rewrite ler_pexpn2r ?nnegrE ?(ltW nU) ?divr_ge0 ?ler0n ?(ltW q0) // leNgt.
  by rewrite ltr_pdivr_mulr // mulrC -ltr_pdivr_mulr // lt.
Qed.

End Separable.
