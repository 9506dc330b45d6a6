(******************************************************************************)
(* Network.v : the setting.  A two-layer leaky ReLU network whose first layer *)
(* W is trained, the data with its Gram matrix, hypothesis (H), and the       *)
(* closed form of the limit: Q, u, v, w.                                      *)
(*                                                                            *)
(*   phi gamma z    = max (gamma z) z            dphi: its slope, gamma at 0  *)
(*   a p j          = +1/sqrt m for j < p, -1/sqrt m for p <= j < m = 2p      *)
(*   f gamma W z    = sum_j a_j phi <w_j, z>     w_j = row j of W             *)
(*   G x n k        = <x_n, x_k>                                              *)
(*   Rmax x, Rmin x, pmax x = largest and smallest ||x_n||, max_{n<>k} |G_nk| *)
(*   hypH gamma x   = gamma^3 Rmin^4 >= 3 N Rmax^2 pmax                       *)
(*   c, cbar        = label-forced slopes of positive and of negative neurons *)
(*   h, Q           = (1 + gamma^2)/2 or gamma;  Q_nk = y_n y_k h_nk G_nk     *)
(*   w x y l        = sum_n l_n y_n x_n          f_bdy x y l z = <w, z>       *)
(*   u, v           = the rows of the limit;     Wstar: the limit itself      *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** * Definitions *)

Section LeakyReLU.
Variables (R : rcfType) (gamma : R).

Definition phi (z : R) : R := Num.max (gamma * z) z.
Definition dphi (z : R) : R := if 0 < z then 1 else gamma.

(** Clarke's subdifferential of phi at z: the slope where phi is
    differentiable, any number of [gamma, 1] at the kink.                    *)
Definition clarke (z s : R) : Prop :=
  [/\ gamma <= s <= 1, 0 < z -> s = 1 & z < 0 -> s = gamma].

End LeakyReLU.

(** The squared Frobenius norm of W. *)
Definition frob2 (R : rcfType) d m (W : 'M[R]_(m, d)) : R := \sum_j dot (row j W) (row j W).

Section NetworkDef.
Variables (R : rcfType) (gamma : R) (d p : nat).

(** m = p + p neurons; the second layer is fixed. *)
Definition sqrtm : R := Num.sqrt (p + p)%:R.
Definition a (j : 'I_(p + p)) : R := if (j < p)%N then sqrtm^-1 else - sqrtm^-1.
Definition f (W : 'M[R]_(p + p, d)) (z : 'rV[R]_d) : R :=
  \sum_j a j * phi gamma (dot (row j W) z).

(** The network whose positive rows are all u and whose negative rows are
    all v.                                                                   *)
Definition two_rows (u v : 'rV[R]_d) : 'M[R]_(p + p, d) :=
  \matrix_j (if (j < p)%N then u else v).

End NetworkDef.
Arguments a {R p} j.

Section Data.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Implicit Type lam : 'I_N -> R.

Definition labels : Prop := forall n, y n = 1 \/ y n = -1.

Definition G n k : R := dot (x n) (x k).
Definition Rmax : R := maxover xpredT (fun n => norm (x n)).
Definition Rmin : R := minover Rmax (fun n => norm (x n)).
Definition pmax : R :=
  maxover (fun nk : 'I_N * 'I_N => nk.1 != nk.2) (fun nk => `|G nk.1 nk.2|).

(** Hypothesis (H): the data are nearly orthogonal. *)
Definition hypH : Prop := gamma ^+ 3 * Rmin ^+ 4 >= 3%:R * N%:R * Rmax ^+ 2 * pmax.

Definition c n : R := if y n == 1 then 1 else gamma.
Definition cbar n : R := 1 + gamma - c n.
Definition h n k : R := if y n == y k then (1 + gamma ^+ 2) / 2%:R else gamma.
Definition Q n k : R := y n * y k * h n k * G n k.

(** Q lambda = 1, row by row. *)
Definition Qmul lam n : R := \sum_k Q n k * lam k.
Definition Q_solution lam : Prop := forall n, Qmul lam n = 1.

Definition w lam : 'rV[R]_d := \sum_n (lam n * y n) *: x n.
Definition f_bdy lam (z : 'rV[R]_d) : R := dot (w lam) z.

Variable p : nat.
Definition u lam : 'rV[R]_d :=
  (sqrtm R p)^-1 *: \sum_n (lam n * y n * c n) *: x n.
Definition v lam : 'rV[R]_d :=
  - (sqrtm R p)^-1 *: \sum_n (lam n * y n * cbar n) *: x n.
Definition Wstar lam : 'M[R]_(p + p, d) := two_rows p (u lam) (v lam).

End Data.

(** The decision of g is the sign of a linear form: the boundary is linear. *)
Definition linear_boundary (R : rcfType) d (g : 'rV[R]_d -> R) (w0 : 'rV[R]_d) :=
  forall z, Num.sg (g z) = Num.sg (dot w0 z).

(** * First properties *)

Section LeakyReLUTheory.
Variables (R : rcfType) (gamma : R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1).

Lemma phi_pos z : 0 <= z -> phi gamma z = z.
Proof. by move=> z0; rewrite /phi max_r // ler_pimull. Qed.

Lemma phi_neg z : z <= 0 -> phi gamma z = gamma * z.
Proof. by move=> z0; rewrite /phi max_l // ler_nimull. Qed.

(** At any point, any Clarke slope reproduces the value: phi is
    1-homogeneous.                                                           *)
Lemma phi_clarke z s : clarke gamma z s -> phi gamma z = s * z.
Proof.
case=> _ hp hn; case: (ltrgt0P z) => z0.
- by rewrite hp // mul1r phi_pos // ltW.
- by rewrite hn // phi_neg // ltW.
- by rewrite z0 phi_pos // mulr0.
Qed.

Lemma dphi_clarke z : clarke gamma z (dphi gamma z).
Proof.
rewrite /dphi; split; first by case: ifP => _; rewrite ?lexx ?gamma_le1.
  by move->.
by move=> z0; rewrite ltNge ltW.
Qed.

Lemma phi_dphi z : phi gamma z = dphi gamma z * z.
Proof. exact: phi_clarke (dphi_clarke z). Qed.

Lemma phi_homogeneous q z : 0 <= q -> phi gamma (q * z) = q * phi gamma z.
Proof.
move=> q0; case: (lerP 0 z) => z0; first by rewrite !phi_pos // mulr_ge0.
by rewrite !phi_neg ?(ltW z0) 1?mulrCA // mulr_ge0_le0 // ltW.
Qed.

Lemma dphi_homogeneous q z : 0 < q -> dphi gamma (q * z) = dphi gamma z.
Proof. by move=> q0; rewrite /dphi pmulr_rgt0. Qed.

Lemma phi_lt z t : z < t -> phi gamma z < phi gamma t.
Proof.
move=> zt; case: (lerP 0 z) => z0.
  by rewrite !phi_pos // (le_trans z0) // ltW.
rewrite phi_neg ?ltW //; case: (lerP 0 t) => t0; last first.
  by rewrite phi_neg ?ltW // ltr_pmul2l.
by rewrite phi_pos //; apply: lt_le_trans t0; rewrite pmulr_rlt0.
Qed.

(** phi is increasing, so it preserves the sign of a difference. *)
Lemma sg_phi_sub z t : Num.sg (phi gamma z - phi gamma t) = Num.sg (z - t).
Proof.
case: (ltrgtP z t) => [/[dup] /phi_lt zt|/[dup] /phi_lt zt|->]; last by rewrite !subrr.
- by rewrite -subr_lt0 => h; rewrite !ltr0_sg // subr_lt0.
- by rewrite -subr_gt0 => h; rewrite !gtr0_sg // subr_gt0.
Qed.

End LeakyReLUTheory.

Section NetworkTheory.
Variables (R : rcfType) (gamma : R) (d p : nat).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).
Implicit Types (W : 'M[R]_(p + p, d)) (z : 'rV[R]_d).

Lemma m_gt0 : 0 < (p + p)%:R :> R.
Proof. by rewrite ltr0n addn_gt0 p_gt0. Qed.

Lemma sqrtm_gt0 : 0 < sqrtm R p.
Proof. by rewrite sqrtr_gt0 m_gt0. Qed.

Lemma sqrtm_neq0 : sqrtm R p != 0.
Proof. by rewrite gt_eqF // sqrtm_gt0. Qed.

Lemma sqrtm_sqr : sqrtm R p ^+ 2 = (p + p)%:R.
Proof. by rewrite sqr_sqrtr // ler0n. Qed.

Lemma a_sqr (j : 'I_(p + p)) : a j * a j = (p + p)%:R^-1 :> R.
Proof.
rewrite -sqrtm_sqr -exprVn -expr2 /a.
by case: ifP => _; rewrite ?sqrrN.
Qed.

Lemma a_pos (j : 'I_(p + p)) : (j < p)%N -> a j = (sqrtm R p)^-1.
Proof. by rewrite /a => ->. Qed.

Lemma a_neg (j : 'I_(p + p)) : (p <= j)%N -> a j = - (sqrtm R p)^-1.
Proof. by rewrite /a ltnNge => ->. Qed.

Lemma a_gt0 (j : 'I_(p + p)) : (0 < a j :> R) = (j < p)%N.
Proof.
rewrite /a; case: ifP => _; first by rewrite invr_gt0 sqrtm_gt0.
by rewrite oppr_gt0 invr_lt0 ltNge ltW // sqrtm_gt0.
Qed.

(** f is 1-homogeneous in W. *)
Lemma f_homogeneous W z q : 0 <= q -> f gamma (q *: W) z = q * f gamma W z.
Proof.
move=> q0; rewrite /f mulr_sumr; apply: eq_bigr => j _.
by rewrite linearZ /= dotZl phi_homogeneous // mulrCA.
Qed.

Lemma row_two_rows (u0 v0 : 'rV[R]_d) (j : 'I_(p + p)) :
  row j (two_rows p u0 v0) = if (j < p)%N then u0 else v0.
Proof. by rewrite /two_rows rowK. Qed.

(** A sum over neurons of a term that depends on the sign of a_j only. *)
Lemma sum_two_kinds (F : bool -> R) :
  \sum_(j < p + p) F (j < p)%N = p%:R * (F true + F false).
Proof.
rewrite big_split_ord mulrDr; congr (_ + _).
- rewrite (eq_bigr (fun=> F true)) ?sumr_const ?card_ord ?mulr_natl // => j _.
  by rewrite /= ltn_ord.
- rewrite (eq_bigr (fun=> F false)) ?sumr_const ?card_ord ?mulr_natl // => j _.
  by rewrite /= ltnNge leq_addr.
Qed.

Lemma f_two_rows (u0 v0 z : 'rV[R]_d) :
  f gamma (two_rows p u0 v0) z =
  sqrtm R p / 2%:R * (phi gamma (dot u0 z) - phi gamma (dot v0 z)).
Proof.
pose F b := (if b then (sqrtm R p)^-1 else - (sqrtm R p)^-1) *
            phi gamma (dot (if b then u0 else v0) z).
rewrite /f (eq_bigr (fun j : 'I_(p + p) => F (j < p)%N)) => [|j _]; last first.
  by rewrite row_two_rows /F /a; case: ifP.
rewrite sum_two_kinds /F.
have -> : p%:R = sqrtm R p ^+ 2 / 2%:R :> R.
  by rewrite sqrtm_sqr natrD; field.
by field; rewrite sqrtm_neq0.
Qed.

(** Two kinds of rows: the decision is linear, with normal u - v. *)
Lemma two_rows_linear_boundary (u0 v0 : 'rV[R]_d) :
  linear_boundary (f gamma (two_rows p u0 v0)) (u0 - v0).
Proof.
move=> z; rewrite f_two_rows sg_eq_pos ?divr_gt0 ?sqrtm_gt0 ?ltr0n //.
by rewrite sg_phi_sub // dotBl.
Qed.

End NetworkTheory.

Section DataTheory.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y).
Implicit Type lam : 'I_N -> R.

Lemma y_sqr n : y n * y n = 1.
Proof. by case: (y_pm1 n) => ->; rewrite ?mulrNN mulr1. Qed.

Lemma y_norm n : `|y n| = 1.
Proof. by case: (y_pm1 n) => ->; rewrite ?normrN normr1. Qed.

Lemma y_neq0 n : y n != 0.
Proof. by case: (y_pm1 n) => ->; rewrite ?oppr_eq0 oner_eq0. Qed.

Lemma neg1_neq1 : (-1 == 1 :> R) = false.
Proof. by apply/negbTE; rewrite lt_eqF // (@lt_trans _ _ 0) ?ltrN10 ?ltr01. Qed.

Lemma c_pos n : y n = 1 -> c gamma y n = 1.
Proof. by rewrite /c => ->; rewrite eqxx. Qed.

Lemma c_neg n : y n = -1 -> c gamma y n = gamma.
Proof. by rewrite /c => ->; rewrite neg1_neq1. Qed.

Lemma cbar_pos n : y n = 1 -> cbar gamma y n = gamma.
Proof. by rewrite /cbar => /c_pos->; ring. Qed.

Lemma cbar_neg n : y n = -1 -> cbar gamma y n = 1.
Proof. by rewrite /cbar => /c_neg->; ring. Qed.

Lemma c_gt0 n : 0 < c gamma y n.
Proof. by rewrite /c; case: ifP => _; rewrite ?ltr01. Qed.

Lemma c_cbar n : c gamma y n + cbar gamma y n = 1 + gamma.
Proof. by rewrite /cbar addrC subrK. Qed.

(** The h-matrix is half the sum of two matrices of rank one. *)
Lemma h_rank2 n k :
  h gamma y n k = (c gamma y n * c gamma y k + cbar gamma y n * cbar gamma y k) / 2%:R.
Proof.
have n11 : (1 == -1 :> R) = false by rewrite eq_sym neg1_neq1.
case: (y_pm1 n) => yn; [rewrite (c_pos yn) (cbar_pos yn)
  | rewrite (c_neg yn) (cbar_neg yn)];
case: (y_pm1 k) => yk; [rewrite (c_pos yk) (cbar_pos yk)
  | rewrite (c_neg yk) (cbar_neg yk) | rewrite (c_pos yk) (cbar_pos yk)
  | rewrite (c_neg yk) (cbar_neg yk)];
by rewrite /h yn yk ?eqxx ?neg1_neq1 ?n11; field.
Qed.

Lemma h_diag n : h gamma y n n = (1 + gamma ^+ 2) / 2%:R.
Proof. by rewrite /h eqxx. Qed.

Lemma h_bounds n k : 0 < h gamma y n k <= (1 + gamma ^+ 2) / 2%:R.
Proof.
rewrite /h; case: ifP => _.
  by rewrite lexx andbT divr_gt0 ?ltr0n // ltr_spaddl ?ltr01 ?sqr_ge0.
rewrite gamma_gt0 ler_pdivl_mulr ?ltr0n // -subr_ge0.
by rewrite (_ : _ - _ = (1 - gamma) ^+ 2) ?sqr_ge0 //; ring.
Qed.

Lemma GC n k : G x n k = G x k n.
Proof. exact: dotC. Qed.

Lemma hC n k : h gamma y n k = h gamma y k n.
Proof. by rewrite /h eq_sym. Qed.

Lemma QC n k : Q gamma x y n k = Q gamma x y k n.
Proof. by rewrite /Q GC hC (mulrC (y n)). Qed.

Lemma Q_diag n : Q gamma x y n n = (1 + gamma ^+ 2) / 2%:R * G x n n.
Proof. by rewrite /Q h_diag y_sqr mul1r. Qed.

Lemma Q_abs n k : `|Q gamma x y n k| = h gamma y n k * `|G x n k|.
Proof.
rewrite /Q !normrM !y_norm !mul1r (ger0_norm (ltW _)) //.
by case/andP: (h_bounds n k).
Qed.

(** The extreme norms and the largest off-diagonal entry do what they say. *)
Lemma Rmax_ge n : norm (x n) <= Rmax x.
Proof. exact: (@maxover_ge _ _ xpredT (fun n => norm (x n))). Qed.

Lemma Rmin_le n : Rmin x <= norm (x n).
Proof. exact: (@minover_le _ _ _ (fun n => norm (x n))). Qed.

Lemma Rmax_ge0 : 0 <= Rmax x.
Proof. exact: maxover_ge0. Qed.

Lemma Rmin_ge0 : 0 <= Rmin x.
Proof. by apply: minover_ge => [|n]; rewrite ?Rmax_ge0 ?norm_ge0. Qed.

Lemma pmax_ge0 : 0 <= pmax x.
Proof. exact: maxover_ge0. Qed.

Lemma G_le_Rmax n : G x n n <= Rmax x ^+ 2.
Proof.
by rewrite /G -norm_sqr ler_pexpn2r ?nnegrE ?norm_ge0 ?Rmax_ge0 ?Rmax_ge.
Qed.

Lemma G_ge_Rmin n : Rmin x ^+ 2 <= G x n n.
Proof.
by rewrite /G -norm_sqr ler_pexpn2r ?nnegrE ?norm_ge0 ?Rmin_ge0 ?Rmin_le.
Qed.

Lemma pmax_ge n k : n != k -> `|G x n k| <= pmax x.
Proof.
move=> nk; exact: (@maxover_ge _ _ (fun q : 'I_N * 'I_N => q.1 != q.2)
  (fun q => `|G x q.1 q.2|) (n, k)).
Qed.

Lemma Rmin_gt0 (n0 : 'I_N) : (forall n, x n != 0) -> 0 < Rmin x.
Proof.
move=> x0; apply: minover_gt => [|n]; rewrite ?norm_gt0 //.
by apply: lt_le_trans (Rmax_ge n0); rewrite norm_gt0.
Qed.

(** ** The closed form of the limit *)
Variable p : nat.
Hypothesis p_gt0 : (0 < p)%N.

(** Q1: u - v = (1 + gamma)/sqrt m w. *)
Theorem Q1_u_minus_v lam :
  u gamma x y p lam - v gamma x y p lam =
  ((1 + gamma) / sqrtm R p) *: w x y lam.
Proof.
rewrite /u /v scaleNr opprK -scalerDr -big_split /= mulrC -scalerA; congr (_ *: _).
rewrite /w scaler_sumr; apply: eq_bigr => n _.
by rewrite -scalerDl -mulrDr c_cbar scalerA mulrC.
Qed.

Lemma dot_u lam k : dot (u gamma x y p lam) (x k) =
  (sqrtm R p)^-1 * \sum_n lam n * y n * c gamma y n * G x n k.
Proof. by rewrite dotZl dot_suml; congr (_ * _); apply: eq_bigr => n _; rewrite dotZl. Qed.

Lemma dot_v lam k : dot (v gamma x y p lam) (x k) =
  - (sqrtm R p)^-1 * \sum_n lam n * y n * cbar gamma y n * G x n k.
Proof. by rewrite dotZl dot_suml; congr (_ * _); apply: eq_bigr => n _; rewrite dotZl. Qed.

(** The decision of W* is that of w, whatever lambda is. *)
Theorem Q1_linear_boundary lam :
  linear_boundary (f gamma (Wstar gamma x y p lam)) (w x y lam).
Proof.
move=> z; rewrite two_rows_linear_boundary // Q1_u_minus_v dotZl sg_eq_pos //.
by rewrite divr_gt0 ?sqrtm_gt0 // ltr_spaddl ?ltr01 // ltW.
Qed.

(** Label-aligned patterns: every positive neuron is active exactly on the
    positive samples, every negative neuron exactly on the negative ones.    *)
Definition aligned lam : Prop := forall n,
  y n * dot (u gamma x y p lam) (x n) > 0 /\ y n * dot (v gamma x y p lam) (x n) < 0.

Lemma phi_aligned_u lam n : aligned lam ->
  phi gamma (dot (u gamma x y p lam) (x n)) = c gamma y n * dot (u gamma x y p lam) (x n).
Proof.
move/(_ n) => [hu _]; case: (y_pm1 n) hu => yn; rewrite yn.
  by rewrite mul1r => hu; rewrite c_pos // mul1r phi_pos // ltW.
by rewrite mulN1r oppr_gt0 => hu; rewrite c_neg // phi_neg // ltW.
Qed.

Lemma phi_aligned_v lam n : aligned lam ->
  phi gamma (dot (v gamma x y p lam) (x n)) = cbar gamma y n * dot (v gamma x y p lam) (x n).
Proof.
move/(_ n) => [_ hv]; case: (y_pm1 n) hv => yn; rewrite yn.
  by rewrite mul1r => hv; rewrite cbar_pos // phi_neg // ltW.
by rewrite mulN1r oppr_lt0 => hv; rewrite cbar_neg // mul1r phi_pos // ltW.
Qed.

(** Q1: with aligned patterns the margins of W* are Q lambda. *)
Theorem Q1_margin lam n : aligned lam ->
  y n * f gamma (Wstar gamma x y p lam) (x n) = Qmul gamma x y lam n.
Proof.
move=> al; rewrite f_two_rows // phi_aligned_u // phi_aligned_v // dot_u dot_v.
have s0 := sqrtm_neq0 R p_gt0; set Su := \sum_n _; set Sv := \sum_n _.
transitivity (y n / 2%:R * (c gamma y n * Su + cbar gamma y n * Sv)); first by field.
rewrite !mulr_sumr -big_split mulr_sumr; apply: eq_bigr => k _ /=.
by rewrite /Q h_rank2 (GC k n); field.
Qed.

End DataTheory.
