(******************************************************************************)
(* Runs.v : what a certificate says of a network in training.                 *)
(*                                                                            *)
(*   coefficients m N B j n   b_jn, from m rows of N doubles                  *)
(*   from_perturbations eta t b   row j is a_j sum_n b_jn t_n eta_n (T5)      *)
(*   split_certified      T5: at given points that part outweighs the rest of *)
(*                        the network, and so decides                         *)
(*   C4_certified         C4: gradient descent from given weights goes to the *)
(*                        direction of a KKT point                            *)
(******************************************************************************)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt K1 T5 Pattern C4 Flow C4Certificate Checkers CheckersSound.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Delimit Scope Z_scope with Z.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** * T5 over the reals *)

Section Perturbations.
Variables (R : rcfType) (gamma : R) (d N p : nat).
Variables (eta : 'I_N -> 'rV[R]_d) (t : 'I_N -> R) (b : 'I_(p + p) -> 'I_N -> R).

Definition from_perturbations : 'M[R]_(p + p, d) := \matrix_j (a j *: \sum_n (b j n * t n) *: eta n).

Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (p_gt0 : (0 < p)%N).

(** The rest and the perturbations' part of a neuron, in units of a_j. *)
Definition rest_value (W : 'M[R]_(p + p, d)) z j : R := dot (row j W) z / a j - Ppart eta t b z j.

Lemma rest_network W z : f gamma (W - from_perturbations) z = fsum gamma (rest_value W z).
Proof.
apply: eq_bigr => j _; congr (_ * phi _ _); rewrite /from_perturbations linearB /= rowK dotBl dotZl dot_suml /rest_value mulrBr.
rewrite [a j * (_ / _)]mulrC divfK ?a_neq0 //; congr (_ - _ * _); apply: eq_bigr => n _; by rewrite dotZl.
Qed.

Lemma whole_network W z : f gamma W z = fsum gamma (fun j => rest_value W z j + Ppart eta t b z j).
Proof. by apply: eq_bigr => j _; congr (_ * phi _ _); rewrite subrK mulrC divfK ?a_neq0. Qed.

(** T5, rule 4, of any weights: what is left without the perturbations' part is the rest. *)
Theorem T5_part_decides W z (sigma : R) : sigma = 1 \/ sigma = -1 -> (forall j, 0 < sigma * Ppart eta t b z j) ->
  `|f gamma (W - from_perturbations) z| < gamma * `|(\sum_j Ppart eta t b z j) / (p + p)%:R| ->
  `|f gamma (W - from_perturbations) z| < `|f gamma W z - f gamma (W - from_perturbations) z| /\
  Num.sg (f gamma W z) = sigma.
Proof.
move=> s1 hP; rewrite rest_network whole_network => small; split; last exact: T5_decided.
have [_ lo _] := T5_effect_one_sign gamma_gt0 gamma_le1 p_gt0 (rest_value W z) s1 (fun j => ltW (hP j)).
exact: lt_le_trans small lo.
Qed.

(** A neuron's term of fsum, with its sign in the place of a_j. *)
Lemma fsum_sides q : (p + p)%:R * fsum gamma q =
  \sum_(j < p + p) (if (j < p)%N then phi gamma (q j) else - phi gamma (- q j)).
Proof.
have ss := sqrtm_sqr R p; have s0 := sqrtm_gt0 R p_gt0; rewrite -ss /fsum mulr_sumr; apply: eq_bigr => j _.
have i0 : 0 <= (sqrtm R p)^-1 by rewrite invr_ge0 ltW.
rewrite /a; case: ifP => _.
  by rewrite phi_homogeneous //; field; rewrite gt_eqF.
rewrite (_ : - (sqrtm R p)^-1 * q j = (sqrtm R p)^-1 * - q j) ?phi_homogeneous //; last by ring.
by field; rewrite gt_eqF.
Qed.

End Perturbations.

(** * The check of T5 *)

Section Data.
Variables (R : rcfType) (F : format) (L : lawful F).
Local Notation num := (num R (F := F)).
Local Notation row_num := (row_num R (F := F)).
Local Notation numE := (numD R L, numB R L, numM R L, num0 R L).

Definition coefficients m N (B : seq (frow F)) (j : 'I_m) (n : 'I_N) : R := double_row R N B j 0 n.

Lemma num_osum (s : seq (car F)) : num (osum s) = \sum_(k <- s) num k.
Proof. by elim: s => [|k s IH]; rewrite ?big_nil ?(num0 R L) // big_cons /= numE IH. Qed.

Lemma num_osum_mkseq (h : nat -> car F) m : num (osum (mkseq h m)) = \sum_(j < m) num (h j).
Proof. by rewrite num_osum big_map -{1}[m]subn0 big_mkord. Qed.

Lemma num_osided pos q : num (osided pos q) = (if pos then 1 else -1) * num q.
Proof. by case: pos; rewrite /osided ?mul1r // !numE sub0r mulN1r. Qed.

Section Slopes.
Variables (g T : car F) (gamma : R).
Hypotheses (g_gt0 : 0 < num g) (g_leT : num g <= num T) (gamma_gT : gamma = num g / num T).

Let T0 : 0 < num T. Proof. exact: lt_le_trans g_gt0 g_leT. Qed.
Let gamma_gt0 : 0 < gamma. Proof. by rewrite gamma_gT divr_gt0. Qed.
Let gamma_le1 : gamma <= 1. Proof. by rewrite gamma_gT ler_pdivr_mulr // mul1r. Qed.

Lemma num_phi q : num (ophi g T q) = num T * phi gamma (num q).
Proof.
rewrite /ophi; case: ifP => [/(num_le R L)|/negP h].
  by rewrite (num0 R L) (numM R L) => q0; rewrite phi_pos.
have q0 : num q <= 0.
  by rewrite leNgt; apply/negP => q0; case: h; apply: (@le_num R _ L); rewrite (num0 R L) ltW.
by rewrite (numM R L) phi_neg // gamma_gT; field; rewrite gt_eqF.
Qed.

Definition psi (pos : bool) (q : R) : R := if pos then phi gamma q else - phi gamma (- q).

Lemma num_opsi pos q : num (opsi g T pos q) = num T * psi pos (num q).
Proof.
rewrite /opsi num_osided num_phi num_osided /psi; case: pos; first by rewrite !mul1r.
by rewrite !mulN1r mulrN.
Qed.

Lemma psi_le pos q q' : q <= q' -> psi pos q <= psi pos q'.
Proof.
have le r r' : r <= r' -> phi gamma r <= phi gamma r'.
  by rewrite le_eqVlt => /orP[/eqP -> //|h]; apply/ltW/phi_lt.
by move=> h; case: pos; rewrite /psi ?ler_opp2 le // ler_opp2.
Qed.

Lemma psi_scale pos c q : 0 <= c -> psi pos (c * q) = c * psi pos q.
Proof. by move=> c0; case: pos; rewrite /psi -?mulrN phi_homogeneous // mulrN. Qed.

(** The bounds of the rest hold it. *)
Lemma rest_bounds pos Lo Hi q P s : num Lo <= s -> s <= num Hi ->
  let i := rest g T pos Lo Hi q P in
  num (i_low i) <= num T * psi pos (num q * s - num P) <= num (i_high i).
Proof.
move=> l h /=; rewrite /rest; case: ifP => [/(num_le R L)|/negP neg].
  rewrite (num0 R L) => q0 /=; rewrite !num_opsi !numE !ler_pmul2l // !psi_le //;
    by rewrite ler_add2r ler_wpmul2l.
have q0 : num q <= 0.
  by rewrite leNgt; apply/negP => q0; case: neg; apply: (@le_num R _ L); rewrite (num0 R L) ltW.
by rewrite /= !num_opsi !numE !ler_pmul2l // !psi_le // ler_add2r ler_wnmul2l.
Qed.

End Slopes.

Lemma root_bounds D m p Lo Hi : (0 < p)%N -> 0 < num D -> num m = (p + p)%:R -> root_ok D m Lo Hi ->
  [/\ 0 <= num Lo, num Lo <= sqrtm R p * num D & sqrtm R p * num D <= num Hi].
Proof.
move=> p0 D0 mE /and4P[/(num_le R L) l0 /(num_le R L) h0 /(num_le R L) l /(num_le R L) h].
rewrite !numE mE -(sqrtm_sqr R p) in l0 h0 l h; have s0 := sqrtm_gt0 R p0.
have sq (v w : R) : 0 <= v -> 0 <= w -> v * v <= w * w -> v <= w.
  by move=> v0 w0; rewrite -!expr2 ler_pexpn2r.
have r0 : 0 <= sqrtm R p * num D by rewrite mulr_ge0 ?ltW.
split=> //; apply: sq => //; first by apply: le_trans l _; apply: le_of_eq; ring.
by apply: le_trans h; apply: le_of_eq; ring.
Qed.


Lemma num_osum_map X (h : X -> car F) (G : nat -> X) m : num (osum (map h (mkseq G m))) = \sum_(j < m) num (h (G j)).
Proof. by rewrite num_osum !big_map -{1}[m]subn0 big_mkord. Qed.

Lemma dot_rows d (r s : seq (car F)) D : size r = d -> size s = d ->
  dot (D^-1 *: row_num d r) (D^-1 *: row_num d s) = num (odot r s (o0 F)) / D ^+ 2.
Proof. by move=> er es; rewrite dotZl dotZr (num_odot R L _ er es) (num0 R L) addr0 mulrA -expr2 exprVn mulrC. Qed.

Section Split.
Variables (N d p : nat) (e : Z) (g T D Lo Hi : car F) (W B E : seq (frow F)) (Y : seq bool) (K KB KE : seq (seq (car F))).
Variables (gamma : R) (z' : seq (car F)) (s : bool).
Hypotheses (p_gt0 : (0 < p)%N) (e0 : (0 <= e)%Z) (De : num D = zR R (2 ^ e)) (gamma_gT : gamma = num g / num T).
Hypotheses (sW : scans e W = Some K) (sB : scans e B = Some KB) (sE : scans e E = Some KE).
Hypotheses (g_gt0 : 0 < num g) (g_leT : num g <= num T) (D_gt0 : 0 < num D).
Hypotheses (eW : size K = (p + p)%N) (eB : size KB = (p + p)%N) (eE : size KE = N).
Hypotheses (dW : all (fun r => size r == d) K) (dB : all (fun r => size r == N) KB) (dE : all (fun r => size r == d) KE).
Hypotheses (ez : size z' = d) (root_l : num Lo <= sqrtm R p * num D) (root_h : sqrtm R p * num D <= num Hi).

Local Notation eta := (doubles R N d E).
Local Notation t := (labels_of R N Y).
Local Notation b := (@coefficients (p + p) N B).
Local Notation V := (network R p d W).
Local Notation z := ((num D)^-1 *: row_num d z').
Local Notation G := (given N KE Y z').
Local Notation pj j := (odot (nth [::] KB j) G (o0 F)).
Local Notation qj j := (osided (j < p)%N (odot (nth [::] K j) z' (o0 F))).

Let T_gt0 : 0 < num T. Proof. exact: lt_le_trans g_gt0 g_leT. Qed.
Let gamma_gt0 : 0 < gamma. Proof. by rewrite gamma_gT divr_gt0. Qed.
Let gamma_le1 : gamma <= 1. Proof. by rewrite gamma_gT ler_pdivr_mulr // mul1r. Qed.
Let nz : num D != 0. Proof. by rewrite gt_eqF. Qed.

Lemma given_num n : num (nth (o0 F) G (n : 'I_N)) = num D ^+ 2 * (t n * dot (eta n) z).
Proof.
have [_ h] := scansE R L d e0 sE; have rn : size (nth [::] KE n) = d by apply/eqP/(all_nthP [::] dE); rewrite eE.
rewrite nth_mkseq // num_osided /labels_of /doubles h ?eE // -De dot_rows //.
by case: nth; field.
Qed.

Lemma part_num j : Ppart eta t b z j = num (pj j) / num D ^+ 3.
Proof.
have [_ h] := scansE R L N e0 sB; have rj : size (nth [::] KB j) = N by apply/eqP/(all_nthP [::] dB); rewrite eB.
rewrite (num_odot R L _ rj) ?size_mkseq // (num0 R L) addr0 /Ppart /dot mulr_suml; apply: eq_bigr => n _.
rewrite -/(dot (eta n) z) /coefficients h ?eB // !mxE given_num -De; by field.
Qed.

Lemma rest_num j : rest_value eta t b V z j = (num (qj j) * (sqrtm R p * num D) - num (pj j)) / num D ^+ 3.
Proof.
have [_ h] := scansE R L d e0 sW; have rj : size (nth [::] K j) = d by apply/eqP/(all_nthP [::] dW); rewrite eW.
have s0 := sqrtm_neq0 R p_gt0.
rewrite /rest_value part_num rowK h ?eW // -De dot_rows // num_osided /a; case: ifP => _; by field; rewrite ?oppr_eq0 ?nz ?s0.
Qed.

Hypothesis ok : outweighed g s (neurons g T N p Lo Hi K KB KE Y z').

Let neuron_of j := rest g T (j < p)%N Lo Hi (qj j) (pj j).
Let total_P := \sum_(j < p + p) num (pj j).
Let sigma : R := if s then 1 else -1.
Let rest_sum := \sum_(j < p + p) num T * psi gamma (j < p)%N (num (qj j) * (sqrtm R p * num D) - num (pj j)).

Lemma rest_small : (forall j : 'I_(p + p), 0 < sigma * num (pj j)) /\ `|rest_sum| < num g * `|total_P|.
Proof.
have i_PE j : i_P (neuron_of j) = pj j by rewrite /neuron_of /rest; case: ifP.
case/andP: ok => sides wide.
have side (j : 'I_(p + p)) : 0 < sigma * num (pj j).
  have := all_nthP (neuron_of 0) sides j; rewrite size_mkseq => /(_ (ltn_ord j)).
  rewrite nth_mkseq // -/(neuron_of j) i_PE /sigma; case: s => /(num_lt R L); rewrite (num0 R L) => h.
    by rewrite mul1r.
  by rewrite mulN1r oppr_gt0.
split=> //; have low j := andP (rest_bounds g_gt0 g_leT gamma_gT (j < p)%N (qj j) (pj j) root_l root_h).
have lo : num (osum (map (@i_low F) (neurons g T N p Lo Hi K KB KE Y z'))) <= rest_sum.
  by rewrite num_osum_map; apply: ler_sum => j _; case: (low j).
have hi : rest_sum <= num (osum (map (@i_high F) (neurons g T N p Lo Hi K KB KE Y z'))).
  by rewrite num_osum_map; apply: ler_sum => j _; case: (low j).
have tt : num (osum (map (@i_P F) (neurons g T N p Lo Hi K KB KE Y z'))) = total_P.
  by rewrite num_osum_map; apply: eq_bigr => j _; rewrite -/(neuron_of j) i_PE.
pose j0 : 'I_(p + p) := lshift p (Ordinal p_gt0).
have pos : 0 < sigma * total_P.
  rewrite /total_P mulr_sumr (bigD1 j0) //; apply: ltr_spaddl; first exact: side.
  by apply: sumr_ge0 => j _; apply/ltW/side.
move: wide lo hi; rewrite /sigma in pos *; case: s pos => pos /andP[/(num_lt R L) a1 /(num_lt R L) a2] lo hi;
  rewrite !numE tt in a1 a2.
- rewrite mul1r in pos; rewrite (gtr0_norm pos) ltr_norml (le_lt_trans hi a1) andbT.
  by apply: lt_le_trans lo; rewrite sub0r in a2.
- rewrite mulN1r oppr_gt0 in pos; rewrite (ltr0_norm pos) ltr_norml mulrN opprK (lt_le_trans a2 lo) /=.
  by apply: le_lt_trans hi _; rewrite sub0r in a1.
Qed.

Theorem split_point : [/\ forall j, 0 < sigma * Ppart eta t b z j,
  `|f gamma (V - from_perturbations eta t b) z| < `|f gamma V z - f gamma (V - from_perturbations eta t b) z| &
  Num.sg (f gamma V z) = sigma].
Proof.
have [side small] := rest_small; have D3 : 0 < num D ^+ 3 by rewrite exprn_gt0.
have m0 := m_gt0 R p_gt0; have s1 : sigma = 1 \/ sigma = -1 by rewrite /sigma; case: s; [left | right].
have hP j : 0 < sigma * Ppart eta t b z j by rewrite part_num mulrA divr_gt0.
suff lt : `|f gamma (V - from_perturbations eta t b) z| < gamma * `|(\sum_j Ppart eta t b z j) / (p + p)%:R|.
  by have [] := T5_part_decides gamma_gt0 gamma_le1 p_gt0 s1 hP lt.
have fE : f gamma (V - from_perturbations eta t b) z = rest_sum / (num T * num D ^+ 3 * (p + p)%:R).
  have := fsum_sides gamma_le1 p_gt0 (rest_value eta t b V z); rewrite rest_network // => fs.
  apply: (mulfI (lt0r_neq0 m0)); rewrite fs /rest_sum mulr_suml mulr_sumr; apply: eq_bigr => j _.
  rewrite -/(psi gamma (j < p)%N _) rest_num mulrC (psi_scale g_gt0 g_leT gamma_gT) ?invr_ge0 ?(ltW D3) //.
  by move: ((p + p)%:R) m0 => m m0; field; rewrite !gt_eqF.
have PE : \sum_j Ppart eta t b z j = total_P / num D ^+ 3.
  by rewrite /total_P mulr_suml; apply: eq_bigr => j _; rewrite part_num.
have c0 : 0 < (num T * num D ^+ 3 * (p + p)%:R)^-1 by rewrite invr_gt0 !mulr_gt0.
have i1 : 0 < (num D ^+ 3)^-1 by rewrite invr_gt0.
have i2 : 0 < ((p + p)%:R : R)^-1 by rewrite invr_gt0.
rewrite fE PE !normrM (gtr0_norm c0) (gtr0_norm i1) (gtr0_norm i2) gamma_gT.
apply: lt_le_trans (_ : num g * `|total_P| * (num T * num D ^+ 3 * (p + p)%:R)^-1 <= _); first by rewrite ltr_pmul2r.
apply: le_of_eq; move: `|total_P| ((p + p)%:R : R) m0 => P m m0; move: (num T) T_gt0 (num D) D_gt0 => T' T1 D' D1.
by field; rewrite !gt_eqF.
Qed.

End Split.

Section Converging.
Variables (N d p : nat) (e : Z) (g T D den nN m kx Lo r Q ln ld : car F).
Variables (X W : seq (frow F)) (Y : seq bool) (K V : seq (seq (car F))) (A : seq (car F)) (S : seq (seq (car F))) (gamma : R).
Hypotheses (p_gt0 : (0 < p)%N) (e0 : (0 <= e)%Z) (De : num D = zR R (2 ^ e)) (gamma_gT : gamma = num g / num T).
Hypotheses (sX : scans e X = Some K) (sV : scans e W = Some V) (nNE : num nN = N%:R) (mE : num m = (p + p)%:R).
Hypothesis ok : converges g T N d D den p nN m kx Lo r Q ln ld K Y V A S.

Local Notation z0 := (o0 F).
Local Notation x := (doubles R N d X).
Local Notation y := (labels_of R N Y).
Local Notation Om := (prows N d p K Y A S).
Local Notation Kn := (fun n : 'I_N => row_num d (nth [::] K n)).
Local Notation An := (fun n : 'I_N => num (nth z0 A n)).
Local Notation Vn := (fun j : 'I_(p + p) => row_num d (nth [::] V j)).
Local Notation On := (fun j : 'I_(p + p) => row_num d (nth [::] Om j)).
Local Notation Sn := (fun (j : 'I_(p + p)) (n : 'I_N) => num (nth z0 (nth [::] S j) n)).
Local Notation qs := (sided_pre N K Y Om).
Local Notation kk := (mkseq (fun n => odot (nth [::] K n) (nth [::] K n) z0) N).

Let sizes : [/\ size K = N, size A = N, size S = (p + p)%N & size V = (p + p)%N].
Proof. by case/and5P: ok => /and5P[/eqP ? /eqP ? /eqP ? /eqP ? /eqP ?]. Qed.
Let dK n : (n < N)%N -> size (nth [::] K n) = d.
Proof. by move=> h; case/and5P: ok => _ /and3P[q _ _] _ _ _; have [eK _ _ _] := sizes; apply/eqP/(all_nthP [::] q); rewrite eK. Qed.
Let dV j : (j < p + p)%N -> size (nth [::] V j) = d.
Proof. by move=> h; case/and5P: ok => _ /and3P[_ q _] _ _ _; have [_ _ _ eV] := sizes; apply/eqP/(all_nthP [::] q); rewrite eV. Qed.
Let dS j : (j < p + p)%N -> size (nth [::] S j) = N.
Proof. by move=> h; case/and5P: ok => _ /and3P[_ _ q] _ _ _; have [_ _ eS _] := sizes; apply/eqP/(all_nthP [::] q); rewrite eS. Qed.

Lemma row_fold c l : all (fun n => n < N)%N l ->
  size (foldr (fun n acc => oaxpy (c n) (nth [::] K n) acc) (nseq d z0) l) = d /\
  row_num d (foldr (fun n acc => oaxpy (c n) (nth [::] K n) acc) (nseq d z0) l) =
  \sum_(n <- l) num (c n) *: row_num d (nth [::] K n).
Proof.
elim: l => [|n l IH] /=; first by rewrite size_nseq big_nil (row_zero R L).
case/andP=> hn /IH[sz h]; rewrite size_oaxpy sz (row_oaxpy R L) ?dK // h big_cons; by split.
Qed.

Let all_iota : all (fun n => n < N)%N (iota 0 N).
Proof. by apply/allP => n; rewrite mem_iota. Qed.

Lemma prow_num j : (j < p + p)%N -> size (nth [::] Om j) = d /\
  row_num d (nth [::] Om j) = \sum_(n < N) (y n * (num (nth z0 A n) * num (nth z0 (nth [::] S j) n))) *: row_num d (nth [::] K n).
Proof.
move=> hj; rewrite nth_mkseq //; have [sz h] := row_fold (fun n => osided (nth true Y n) (omul (nth z0 A n) (nth z0 (nth [::] S j) n))) all_iota.
split=> //; rewrite /prow h -{1}[N]subn0 big_mkord; apply: eq_bigr => n _.
by rewrite num_osided (numM R L).
Qed.

Lemma pre_num (j : 'I_(p + p)) (n : 'I_N) : num (nth z0 (nth [::] qs j) n) = side_pre Kn y On j n.
Proof.
have [sz _] := prow_num (ltn_ord j); rewrite (nth_map [::]) ?size_mkseq // nth_mkseq // num_osided /side_pre.
by rewrite (num_odot R L _ sz) ?dK // (num0 R L) addr0.
Qed.

Lemma square_num (n : 'I_N) : num (nth z0 kk n) = dot (Kn n) (Kn n).
Proof. by rewrite nth_mkseq // (num_odot R L _ (dK (ltn_ord n))) ?dK // (num0 R L) addr0. Qed.

Lemma own_atE (j : 'I_(p + p)) (n : 'I_N) : own_at p Y j n = own_pair y j n.
Proof. by rewrite /own_pair labels_of_eq1. Qed.

Lemma total_num : num (total A) = tot An.
Proof.
have [_ eA _ _] := sizes; rewrite num_osum /tot; rewrite (big_nth z0) eA big_mkord; by apply: eq_bigr.
Qed.

Lemma squares_num : num (osum (map (fun k => omul k k) A)) = \sum_n An n ^+ 2.
Proof.
have [_ eA _ _] := sizes; rewrite num_osum big_map (big_nth z0) eA big_mkord; apply: eq_bigr => n _.
by rewrite (numM R L) expr2.
Qed.

Lemma gap_num : num (pgap T D den m A Om) = cert_gap An On (num T) (num D) (num den).
Proof.
rewrite /pgap !numE num_osum_map total_num mE /cert_gap; congr (_ - _); apply: eq_bigr => j _.
by have [sz _] := prow_num (ltn_ord j); rewrite -(nth_mkseq [::] (prow N d K Y A S) (ltn_ord j)) (num_odot R L _ sz sz) (num0 R L) addr0.
Qed.

Lemma far_num : num (far d p r Q V Om) = delta Vn On (num r) (num Q).
Proof.
rewrite /far num_osum_mkseq /delta; apply: eq_bigr => j _.
have [sz _] := prow_num (ltn_ord j).
set v := oaxpy _ _ _; have sv : size v = d by rewrite !size_oaxpy size_nseq.
rewrite (num_odot R L _ sv sv) (num0 R L) addr0.
suff -> : row_num d v = num Q *: Vn j - (side R j * num r) *: On j by [].
rewrite (row_oaxpy R L) ?size_oaxpy ?size_nseq // (row_oaxpy R L) ?size_nseq ?dV // (row_zero R L) addr0 !numE sub0r num_osided.
by rewrite scaleNr addrC.
Qed.

Lemma energy_num : num ld != 0 ->
  num (energy D den nN kx ln ld A) = num ld * cert_energy An (num D) (num den) (num kx) (num ln / num ld).
Proof.
move=> h; rewrite /energy /cert_energy !numE squares_num total_num nNE; move: (\sum_n _) (tot _) => B t; by field.
Qed.

Theorem converges_C4 (lr := num ln / num ld) (first := network R p d W) : exists Wo lo c, [/\ kkt gamma x y Wo lo, 0 < \sum_n lo n &
  forall ex lg, exponential ex -> logarithm lg -> (forall q, lg (ex q) = q) ->
  forall Wk s rate, Wk 0%N = first -> exp_descent ex gamma x y lr Wk s rate -> forall k,
    [/\ forall n, 0 <= y n * f gamma (Wk k) (x n),
        forall j n, own_pair y j n -> Num.sg (dot (row j (Wk k)) (x n)) = Num.sg (dot (row j (Wk 0%N)) (x n)) &
        frob2 (Wk k - (time ex gamma x y Wk rate k / \sum_n lo n) *: Wo)
          <= frob2 first + c * time ex gamma x y Wk rate k]].
Proof.
have [eK eA eS eV] := sizes; case/and5P: ok => _ _ /and5P[/(num_lt R L) g0 /(num_le R L) gT /(num_lt R L) D0 /(num_lt R L) den0].
case/and5P=> /(num_lt R L) Q0 /(num_le R L) r0 /(num_le R L) L0 root /and3P[/(num_lt R L) ld0 /(num_le R L) ln0 /(num_lt R L) t0].
case/and3P=> /(num_le R L) nule As Ss each.
rewrite !(num0 R L) in g0 D0 den0 Q0 r0 L0 ld0 ln0 t0; rewrite !numE total_num in nule t0.
have l_root : num Lo <= sqrtm R p * num D.
  move/(num_le R L): root; rewrite !numE mE -(sqrtm_sqr R p) => h; have s0 := sqrtm_gt0 R p_gt0.
  rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?mulr_ge0 ?(ltW s0) ?(ltW D0) //.
  by rewrite expr2; apply: le_trans h _; apply: le_of_eq; ring.
have lr0 : 0 <= lr by rewrite divr_ge0 // ltW.
have x_K n : x n = (num D)^-1 *: Kn n by have [_ h] := scansE R L d e0 sX; rewrite /doubles h ?eK ?dK // De.
have A0 n : 0 <= An n by have := all_nthP z0 As n; rewrite eA => /(_ (ltn_ord n)) /(num_le R L); rewrite (num0 R L).
have S_bnd j n : num g <= Sn j n <= num T.
  have := all_nthP [::] Ss j; rewrite eS => /(_ (ltn_ord j)) /(all_nthP z0) /(_ n); rewrite dS // => /(_ (ltn_ord n)).
  by case/andP=> /(num_le R L) -> /(num_le R L) ->.
have lastsE k o : lasts T D m Lo r Q ld (far d p r Q V Om) (pgap T D den m A Om) (energy D den nN kx ln ld A) (total A) k o ->
    lasts_at An Vn On (num T) (num D) (num den) (num r) (num Q) (num Lo) (num kx) lr (num k) (num o).
  move: far_num gap_num (energy_num (lt0r_neq0 ld0)) total_num.
  move: (far d p r Q V Om) (pgap T D den m A Om) (energy D den nN kx ln ld A) (total A) => fr gp en tt frE gpE enE ttE.
  case/and3P=> /(num_lt R L) h1 /(num_le R L) h2 /(num_le R L) h3.
  rewrite !numE frE in h1; rewrite (numM R L) gpE in h2; rewrite !numE gpE enE mE ttE in h3; split=> //.
  rewrite -(ler_pmul2l ld0); apply: le_trans (le_trans h3 _); apply: le_of_eq; last by ring.
  by rewrite /lr; ring.
have at_n (n : 'I_N) := allP each n; have in_N (n : 'I_N) : (n : nat) \in iota 0 N by rewrite mem_iota add0n ltn_ord.
have fE : start Vn (num D) = first.
  apply/row_matrixP => j; rewrite !rowK; have [_ h] := scansE R L d e0 sV; by rewrite h ?eV ?dV // De.
rewrite -fE; apply: (@certificate_C4 _ _ _ _ x Kn y An Vn On Sn gamma (num g) (num T) (num D) (num den) (num r) (num Q) (num Lo) (num kx) lr) => //.
- exact: labels_ofP.
- by move=> j; have [_ ->] := prow_num (ltn_ord j).
- move=> n; have /and4P[/(num_le R L) h _ _ _] := at_n n (in_N n); by rewrite -square_num.
- move=> n; have /and4P[_ /(num_le R L) h _ _] := at_n n (in_N n).
  rewrite !numE mE num_osum_mkseq in h; apply: le_trans h _; apply: le_of_eq; apply: eq_bigr => j _.
  rewrite own_atE -pre_num; case: ifP => _; first by rewrite (numM R L).
  by rewrite !numE (num_phi g0 gT gamma_gT) !numE !sub0r.
- move=> j n o; have /and4P[_ _ _ /allP/(_ j)] := at_n n (in_N n).
  rewrite mem_iota add0n ltn_ord own_atE o /= => /(_ isT) /andP[ow _]; rewrite -pre_num.
  have /andP[s1 s2] := S_bnd j n; case/orP: ow => /andP[/(num_lt R L) k0 /(num_le R L) kS]; rewrite (num0 R L) in k0; [left | right];
    by split=> //; apply/eqP; rewrite eq_le ?s1 ?s2 kS.
- move=> j n o; have /and4P[_ _ _ /allP/(_ j)] := at_n n (in_N n).
  rewrite mem_iota add0n ltn_ord own_atE o /= => /(_ isT) /andP[_ /lastsE]; by rewrite square_num (numM R L) pre_num -expr2.
- move=> n; have /and4P[_ _ /lastsE h _] := at_n n (in_N n); by rewrite square_num !numE mE in h.
Qed.

End Converging.

End Data.
Arguments coefficients R {F m} N%N B j n.

(** * Theorems of a file *)

(** T5: at every point the perturbations' part has the sign that stands there, in every neuron, is larger than the rest,
    and so decides.                                                                                                  *)
Theorem split_certified (F : format) (L : lawful F) (R : rcfType) N d e g T p Lo Hi (W B E Zs : seq (frow F)) Y S
    (gamma := fraction R g T) (W0 := network R p d W) (eta := doubles R N d E) (t := labels_of R N Y)
    (b := coefficients R N B : 'I_(p + p) -> 'I_N -> R) (part := from_perturbations eta t b) :
  (0 < p)%N -> check_split F N d e g T p Lo Hi W B E Y Zs S = true ->
  forall k, (k < size Zs)%N -> let z := double_row R d Zs k in let sigma := if nth true S k then 1 else -1 in
    [/\ forall j, 0 < sigma * Ppart eta t b z j,
        `|f gamma (W0 - part) z| < `|f gamma W0 z - f gamma (W0 - part) z| &
        Num.sg (f gamma W0 z) = sigma].
Proof.
move=> p0; rewrite /check_split {1}/with_scans; case sW: scans => [K|] //; case sZ: scans => [KZ|] //.
case/andP=> /Z.leb_le e0; rewrite /with_scans; case sB: scans => [KB|] //; case sE: scans => [KE|] //.
case/and4P=> _ /and5P[/(num_lt R L) g0 /(num_le R L) gT /(num_lt R L) D0 /eqP eW] /and5P[/eqP eB /eqP eE dW dB /andP[dE dZ]].
move=> root ok k hk /=; have [sz h] := scansE R L d e0 sZ; rewrite -sz in hk.
have ez : size (nth [::] KZ k) = d by apply/eqP/(all_nthP [::] dZ).
have De : num R (grid F e) = zR R (2 ^ e) by rewrite num_ofZ.
rewrite num0 // in g0 D0; have mE : num R (ofZ F (Z.of_nat (p + p))) = (p + p)%:R by rewrite num_ofZ // zR_nat.
have gE : gamma = num R (ofZ F g) / num R (ofZ F T) by rewrite !num_ofZ.
have [_ root_l root_h] := root_bounds L p0 D0 mE root.
have {ok} ok : outweighed (ofZ F g) (nth true S k) (neurons (ofZ F g) (ofZ F T) N p (ofZ F Lo) (ofZ F Hi) K KB KE Y (nth [::] KZ k)).
  by elim: KZ S k hk ok {sZ sz h ez dZ} => [|z KZ' IH] [|s S'] [|k] //= hk /andP[h1 h2] //; apply: IH.
rewrite h // -De.
exact: (split_point L p0 e0 De gE sW sB sE g0 gT D0 eW eB eE dW dB dE ez root_l root_h ok).
Qed.
Arguments split_certified {F} L R {N d e g T p Lo Hi W B E Zs Y S} _ _ k _.

(** C4: a KKT point to whose ray every run of gradient descent from the stored weights stays near: the square of the
    distance grows at most like the time, the point on the ray like the time itself.                               *)
Theorem C4_certified (F : format) (L : lawful F) (R : rcfType) N d e g T den p u kx Lo r Q ln ld (X W : seq (frow F)) Y P S
    (gamma := fraction R g T) (lr := fraction R ln ld)
    (x := doubles R N d X) (y := labels_of R N Y) (first := network R p d W) :
  (0 < p)%N -> check_C4 F N d e g T den p u kx Lo r Q ln ld X Y W P S = true ->
  exists Wo lam c, [/\ kkt gamma x y Wo lam, 0 < \sum_n lam n &
    forall ex lg, exponential ex -> logarithm lg -> (forall q, lg (ex q) = q) ->
    forall Wk s rate, Wk 0%N = first -> exp_descent ex gamma x y lr Wk s rate -> forall k,
      [/\ forall n, 0 <= y n * f gamma (Wk k) (x n),
          forall j n, own_pair y j n -> Num.sg (dot (row j (Wk k)) (x n)) = Num.sg (dot (row j (Wk 0%N)) (x n)) &
          frob2 (Wk k - (time ex gamma x y Wk rate k / \sum_n lam n) *: Wo)
            <= frob2 first + c * time ex gamma x y Wk rate k]].
Proof.
move=> p0; rewrite /check_C4 /with_scans; case sX: scans => [K|] //; case sW: scans => [V|] //.
case/andP=> /Z.leb_le e0 /andP[/Z.ltb_lt u0 ok]; have u1 : 0 < zR R u by have := zR_lt R u0.
have gE : gamma = num R (ofZ F (u * g)) / num R (ofZ F (u * T)).
  by rewrite !num_ofZ // !zRM -mulf_div divff ?gt_eqF // mul1r.
have De : num R (grid F e) = zR R (2 ^ e) by rewrite num_ofZ.
have NE : num R (ofZ F (Z.of_nat N)) = N%:R by rewrite num_ofZ // zR_nat.
have mE : num R (ofZ F (Z.of_nat (p + p))) = (p + p)%:R by rewrite num_ofZ // zR_nat.
have := converges_C4 L p0 e0 De gE sX sW NE mE ok; by rewrite !num_ofZ.
Qed.
Arguments C4_certified {F} L R {N d e g T den p u kx Lo r Q ln ld X W Y P S} _ _.
