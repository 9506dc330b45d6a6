(******************************************************************************)
(* Noise.v : the probability bounds for noise, on finite sample spaces.       *)
(*                                                                            *)
(*   prob mu A    = sum over the w with A w of prod_i mu_i (w_i): the         *)
(*                  probability of A, coordinates w_i independent of law mu_i *)
(*   exponential, complete: C4Flow.v, Flow.v - premises, true of the reals    *)
(*   bit s        = 1 for s = true, -1 for false                              *)
(*   noise w n    = the n-th base: entry i is sum_k bit(w_nik) / 2^(k+1), that*)
(*                  is, uniform on the 2^b midpoints of a partition of [-1,1] *)
(*                  (uniform_inj: all different), as a generator of b bits    *)
(*                  draws it                                                  *)
(*                                                                            *)
(* Hoeffding's inequality, and (U) of theory.md with its constant 3/2, which  *)
(* comes from the bits: sum_k 4^-(k+1) < 1/3.                                 *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt Adversarial T5 C4Flow Flow.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** * The exponential *)

Section Cosh.
Variables (R : rcfType) (ex : R -> R).
Hypothesis EX : exponential ex.

Lemma ex_le_mono a b : a <= b -> ex a <= ex b.
Proof.
move=> ab; have -> : b = a + (b - a) by rewrite addrC subrK.
case: (EX) => add ge; rewrite add ler_pemulr ?(ltW (ex_gt0 EX a)) //.
by apply: le_trans (ge _); rewrite ler_addl subr_ge0.
Qed.

Lemma ex_sum (I : finType) (F : I -> R) : ex (\sum_i F i) = \prod_i ex (F i).
Proof.
elim: (index_enum I) => [|i s IH]; first by rewrite !big_nil (ex0 EX).
by case: (EX) => add _; rewrite !big_cons add IH.
Qed.

(** Below its chords. *)
Lemma ex_convex a b r : 0 <= r <= 1 -> ex (r * a + (1 - r) * b) <= r * ex a + (1 - r) * ex b.
Proof.
case/andP=> r0 r1; set m := _ + _; case: (EX) => add ge; have m0 := ltW (ex_gt0 EX m).
have tangent c : ex m * (1 + (c - m)) <= ex c.
  have e : c = m + (c - m) by rewrite addrC subrK.
  by rewrite [X in _ <= ex X]e (add m (c - m)) ler_wpmul2l.
have s0 : 0 <= 1 - r by rewrite subr_ge0.
apply: le_trans (ler_add (ler_wpmul2l r0 (tangent a)) (ler_wpmul2l s0 (tangent b))).
by apply: le_of_eq; rewrite /m; ring.
Qed.

Hypothesis full : complete R.

Lemma lc_id (t : R) : lc (fun s => s) t.
Proof. by have := lim0B (lim0C t) (@lim0_id R); rewrite subr0. Qed.

Lemma lc_exN (t : R) : lc (fun s => ex (- s)) t.
Proof. by apply: (lc_ex EX); apply: lim0N; apply: lc_id. Qed.

(** cosh x <= exp (x^2/2). *)
Theorem cosh_le (x : R) : ex x + ex (- x) <= 2%:R * ex (x ^+ 2 / 2%:R).
Proof.
wlog x0 : x / 0 <= x => [hw|].
  case: (lerP 0 x) => [x0|x0]; first exact: hw.
  by have := hw (- x); rewrite oppr_ge0 (ltW x0) opprK sqrrN addrC => /(_ isT).
have dp (t : R) : rd ex t (ex t * 1) := rd_ex EX (rd_id t).
have dm (t : R) : rd (fun s => ex (- s)) t (ex (- t) * - 1) := rd_ex EX (rdN (rd_id t)).
have lp (t : R) : lc ex t := lc_ex EX (lc_id t).
pose sh (t : R) := ex t - ex (- t); pose ch (t : R) := ex t + ex (- t).
have sh0 t : 0 <= t -> 0 <= sh t.
  by move=> t0; rewrite subr_ge0 ex_le_mono // ge0_cp // oppr_le0.
have dsh (t : R) : rd sh t (ch t).
  by apply: (rd_eq (rdD (dp t) (rdN (dm t)))); rewrite /ch; ring.
have dch (t : R) : rd ch t (sh t).
  by apply: (rd_eq (rdD (dp t) (dm t))); rewrite /sh; ring.
have lsh (t : R) : lc sh t by apply: lim0B; [apply: lp | apply: lc_exN].
have lch (t : R) : lc ch t by apply: lim0D; [apply: lp | apply: lc_exN].
pose psi (t : R) := sh t - t * ch t.
have psi_le t : 0 <= t -> psi t <= 0.
  move=> t0; have p0 : psi 0 = 0 by rewrite /psi /sh oppr0 mul0r !subrr.
  rewrite -p0; apply: (@right_nonincreasing R psi (fun u => - (u * sh u))) => // u u0.
    by apply: lim0B; [apply: lsh | apply: lim0M; [apply: lc_id | apply: lch]].
  split; last by rewrite oppr_le0 mulr_ge0 ?sh0.
  by apply: (rd_eq (rdD (dsh u) (rdN (rdM (rd_id u) (dch u))))); ring.
pose E (t : R) := ex (t * t * - (2%:R^-1)).
have dE t : rd E t (E t * - t).
  by apply: (rd_eq (rd_ex EX (rdM (rdM (rd_id t) (rd_id t)) (rdC (- (2%:R^-1)) t)))); rewrite /E; field.
have lE t : lc E t.
  by apply: (lc_ex EX); apply: lim0M; [apply: lim0M; apply: lc_id | apply: lim0C].
have le : ch x * E x <= ch 0 * E 0.
  apply: (@right_nonincreasing R (fun t => ch t * E t) (fun t => E t * psi t)) => // t t0.
    by apply: lim0M; [apply: lch | apply: lE].
  split; first by apply: (rd_eq (rdM (dch t) (dE t))); rewrite /psi; ring.
  by rewrite mulr_ge0_le0 ?psi_le // ltW // (ex_gt0 EX).
have E0 : ch 0 * E 0 = 2%:R by rewrite /ch /E oppr0 !mul0r (ex0 EX); ring.
rewrite E0 in le; have inv : E x * ex (x ^+ 2 / 2%:R) = 1.
  have -> : E x = ex (- (x ^+ 2 / 2%:R)) by rewrite /E; congr ex; field.
  by rewrite mulrC (exN EX).
apply: le_trans (_ : ch x * E x * ex (x ^+ 2 / 2%:R) <= _); first by rewrite -mulrA inv mulr1.
by rewrite ler_wpmul2r // ltW // (ex_gt0 EX).
Qed.

(** A mean-zero number of [-c, c] has E exp X <= exp (c^2/2). *)
Theorem hoeffding_lemma (T : finType) (mu X : T -> R) c : (forall w, 0 <= mu w) -> \sum_w mu w = 1 ->
  (forall w, `|X w| <= c) -> \sum_w mu w * X w = 0 -> \sum_w mu w * ex (X w) <= ex (c ^+ 2 / 2%:R).
Proof.
move=> mu0 mu1 Xc mean.
have [w0 _|none] := pickP (fun _ : T => true); last first.
  by move/eqP: mu1; rewrite big_pred0 // eq_sym oner_eq0.
have := le_trans (normr_ge0 _) (Xc w0); rewrite le_eqVlt => /orP[/eqP c0|c0].
  rewrite -c0 expr0n mul0r (ex0 EX) -[X in _ <= X]mu1; apply: ler_sum => w _.
  by have := Xc w; rewrite -c0 normr_le0 => /eqP ->; rewrite (ex0 EX) mulr1.
apply: le_trans (_ : (ex c + ex (- c)) / 2%:R <= _); last first.
  by rewrite ler_pdivr_mulr ?ltr0n // mulrC cosh_le.
apply: le_trans (_ : \sum_w mu w * (((1 + X w / c) / 2%:R) * ex c + (1 - (1 + X w / c) / 2%:R) * ex (- c)) <= _).
  apply: ler_sum => w _; rewrite ler_wpmul2l //.
  have := Xc w; rewrite ler_norml => /andP[x1 x2].
  have {1}-> : X w = (1 + X w / c) / 2%:R * c + (1 - (1 + X w / c) / 2%:R) * - c by field; rewrite gt_eqF.
  apply: ex_convex; rewrite divr_ge0 ?ler0n //=; last first.
    by rewrite -ler_subl_addl sub0r ler_pdivl_mulr // mulN1r.
  by rewrite ler_pdivr_mulr ?ltr0n // mul1r -[2%:R]/(1 + 1 : R) ler_add2l ler_pdivr_mulr // mul1r.
apply: le_of_eq.
transitivity (\sum_w (mu w * ((ex c + ex (- c)) / 2%:R) + mu w * X w * ((ex c - ex (- c)) / (2%:R * c)))).
  by apply: eq_bigr => w _; field; rewrite gt_eqF.
by rewrite big_split /= -!mulr_suml mu1 mean mul0r addr0 mul1r.
Qed.

End Cosh.

(** * Independent coordinates *)

Section Product.
Variables (R : rcfType) (ex : R -> R) (I T : finType) (mu : I -> T -> R).
Hypotheses (EX : exponential ex) (full : complete R).
Hypotheses (mu_ge0 : forall i s, 0 <= mu i s) (mu_sum : forall i, \sum_s mu i s = 1).
Implicit Types (A B : pred {ffun I -> T}) (w : {ffun I -> T}).

Definition prob A : R := \sum_(w | A w) \prod_i mu i (w i).

Lemma weight_ge0 w : 0 <= \prod_i mu i (w i).
Proof. by apply: prodr_ge0. Qed.

Theorem prob_total : prob predT = 1.
Proof.
by rewrite /prob -(bigA_distr_bigA (fun i s => mu i s)) big1.
Qed.

(** The union bound. *)
Theorem prob_union (J : finType) (A : J -> pred {ffun I -> T}) b :
  (forall j, prob (A j) <= b) -> prob (fun w => [exists j, A j w]) <= #|J|%:R * b.
Proof.
move=> h; apply: le_trans (_ : \sum_j prob (A j) <= _); last first.
  by rewrite mulr_natl -sumr_const; apply: ler_sum => j _.
rewrite /prob [X in X <= _]big_mkcond /=; under [X in _ <= X]eq_bigr => j _ do rewrite big_mkcond.
rewrite [X in _ <= X]exchange_big; apply: ler_sum => w _ /=.
have pos j : 0 <= (if A j w then \prod_i mu i (w i) else 0) by case: ifP => // _; apply: weight_ge0.
case: ifP => [/existsP[j Aj]|_]; last by apply: sumr_ge0.
by rewrite (bigD1 j) //= Aj ler_addl sumr_ge0.
Qed.

Lemma prob_mono A B : (forall w, A w -> B w) -> prob A <= prob B.
Proof.
move=> AB; rewrite /prob big_mkcond [X in _ <= X]big_mkcond; apply: ler_sum => w _.
by case: ifP => [/AB -> //|_]; case: ifP => // _; apply: weight_ge0.
Qed.

Variables (X : I -> T -> R) (c : I -> R).
Hypotheses (X_c : forall i s, `|X i s| <= c i) (mean : forall i, \sum_s mu i s * X i s = 0).
Local Notation V := (\sum_i c i ^+ 2).

(** Hoeffding: P (sum X_i >= t) <= exp (- t^2 / (2 sum c_i^2)). *)
Theorem hoeffding t : 0 <= t -> 0 < V ->
  prob (fun w => t <= \sum_i X i (w i)) <= ex (- (t ^+ 2 / (2%:R * V))).
Proof.
move=> t0 V0; pose la := t / V; have la0 : 0 <= la by rewrite divr_ge0 // ltW.
have chernoff : prob (fun w => t <= \sum_i X i (w i)) <=
    ex (- (la * t)) * \prod_i \sum_s mu i s * ex (la * X i s).
  rewrite (bigA_distr_bigA (fun i s => mu i s * ex (la * X i s))) mulr_sumr /prob big_mkcond.
  apply: ler_sum => w _; rewrite big_split /= mulrCA -(ex_sum EX).
  have w0 := weight_ge0 w; case: EX => add _; rewrite -add -mulr_sumr.
  case: ifP => h; last by rewrite mulr_ge0 // ltW // (ex_gt0 EX).
  rewrite ler_pemulr // -(ex0 EX) (ex_le_mono EX) //.
  by rewrite addrC subr_ge0 ler_wpmul2l.
apply: le_trans chernoff _.
apply: le_trans (_ : ex (- (la * t)) * \prod_i ex ((la * c i) ^+ 2 / 2%:R) <= _).
  rewrite ler_wpmul2l ?(ltW (ex_gt0 EX _)) //; apply: ler_prod => i _; apply/andP; split.
    by apply: sumr_ge0 => s _; rewrite mulr_ge0 // ltW // (ex_gt0 EX).
  apply: (hoeffding_lemma EX full (X := fun s => la * X i s)) => // [s|].
    by rewrite normrM (ger0_norm la0) ler_wpmul2l.
  have -> : \sum_s mu i s * (la * X i s) = la * (\sum_s mu i s * X i s).
    by rewrite mulr_sumr; apply: eq_bigr => s _; rewrite mulrCA.
  by rewrite mean mulr0.
rewrite -(ex_sum EX); case: (EX) => add _; rewrite -add.
have -> : \sum_i (la * c i) ^+ 2 / 2%:R = la ^+ 2 / 2%:R * V.
  by rewrite mulr_sumr; apply: eq_bigr => i _; rewrite exprMn; ring.
by apply: le_of_eq; congr ex; rewrite /la; field; rewrite gt_eqF.
Qed.

End Product.

(** Both sides. *)
Theorem hoeffding_abs (R : rcfType) (ex : R -> R) (I T : finType) (mu : I -> T -> R) (X : I -> T -> R) (c : I -> R) t :
  exponential ex -> complete R -> (forall i s, 0 <= mu i s) -> (forall i, \sum_s mu i s = 1) ->
  (forall i s, `|X i s| <= c i) -> (forall i, \sum_s mu i s * X i s = 0) -> 0 <= t -> 0 < \sum_i c i ^+ 2 ->
  prob mu (fun w => t <= `|\sum_i X i (w i)|) <= 2%:R * ex (- (t ^+ 2 / (2%:R * (\sum_i c i ^+ 2)))).
Proof.
move=> EX full mu0 mu1 Xc mean t0 V0.
pose Y (b : bool) i s := if b then X i s else - X i s.
have each b : prob mu (fun w => t <= \sum_i Y b i (w i)) <= ex (- (t ^+ 2 / (2%:R * (\sum_i c i ^+ 2)))).
  apply: (hoeffding EX full) => // [i s|i]; first by rewrite /Y; case: b; rewrite ?normrN.
  rewrite /Y; case: b => //=; have -> : \sum_s mu i s * - X i s = - (\sum_s mu i s * X i s).
    by rewrite -sumrN; apply: eq_bigr => s _; rewrite mulrN.
  by rewrite mean oppr0.
have := prob_union mu0 each; rewrite card_bool; apply: le_trans; apply: prob_mono => // w h.
apply/existsP; move: h; rewrite real_ler_normr ?num_real // => /orP[h|h]; [exists true | exists false] => //.
by rewrite /Y sumrN.
Qed.

(** * Uniform noise *)

Section Uniform.
Variables (R : rcfType) (ex : R -> R) (N d b : nat).
Hypotheses (EX : exponential ex) (full : complete R).

Definition bit (s : bool) : R := if s then 1 else - 1.
Local Notation I := ('I_N * ('I_d * 'I_b))%type.

Definition noise (w : {ffun I -> bool}) (n : 'I_N) : 'rV[R]_d :=
  \row_i \sum_k bit (w (n, (i, k))) / 2%:R ^+ k.+1.

Definition coin (i : I) (s : bool) : R := 2%:R^-1.

(** Entries: b bits, the k-th of weight 2^-(k+1); 2^b numbers, all different. *)
Definition uniform (c : nat) (s : nat -> bool) : R := \sum_(k < c) bit (s k) / 2%:R ^+ k.+1.

Lemma uniformS c s : uniform c.+1 s = (bit (s 0%N) + uniform c (fun k => s k.+1)) / 2%:R.
Proof.
rewrite /uniform big_ord_recl expr1 mulrDl; congr (_ + _); rewrite mulr_suml; apply: eq_bigr => k _.
by rewrite lift0 [2%:R ^+ k.+2]exprS invfM mulrAC mulrA.
Qed.

Lemma bit_norm s : `|bit s| = 1.
Proof. by case: s; rewrite ?normrN normr1. Qed.

Lemma uniform_lt1 c s : `|uniform c s| < 1.
Proof.
elim: c s => [|c IH] s; first by rewrite /uniform big_ord0 normr0 ltr01.
rewrite uniformS normrM normfV normr_nat ltr_pdivr_mulr ?ltr0n // mul1r.
apply: le_lt_trans (ler_norm_add _ _) _.
by rewrite bit_norm -[2%:R]/(1 + 1 : R) ltr_add2l IH.
Qed.

Theorem uniform_inj c s s' : uniform c s = uniform c s' -> forall k, (k < c)%N -> s k = s' k.
Proof.
elim: c s s' => [|c IH] s s' //; rewrite !uniformS => /(congr1 ( *%R^~ 2%:R)); rewrite !divfK ?pnatr_eq0 //.
have := uniform_lt1 c (fun k => s k.+1); have := uniform_lt1 c (fun k => s' k.+1).
move: (IH (fun k => s k.+1) (fun k => s' k.+1)).
move: (uniform c _) (uniform c _) => u u' ih; rewrite !ltr_norml => /andP[a1 a2] /andP[b1 b2] e.
have far (v v' : R) : -1 < v -> v' < 1 -> 1 + v = - 1 + v' -> False.
  move=> h1 h2 h3; have : v' - v = 2%:R by rewrite -[v'](addrK (- 1)) [v' + _]addrC -h3; ring.
  have : v' - v < 2%:R.
    by apply: (@lt_cert _ ((1 - v') + (v - -1))); [rewrite addr_gt0 ?subr_gt0 | ring].
  by move=> h4 h5; rewrite h5 ltxx in h4.
have e0 : s 0%N = s' 0%N.
  case: (s 0%N) (s' 0%N) e => [] [] //= e; exfalso; first exact: (far u' u).
  exact: (far u u' _ _ (esym e)).
move: e; rewrite e0 => /addrI e [|k]; [by rewrite e0 | rewrite ltnS => kc; exact: ih].
Qed.

Lemma geometric : 3%:R * (\sum_(k < b) (2%:R ^+ k.+1)^-1 ^+ 2) = 1 - (4%:R ^+ b)^-1 :> R.
Proof.
have n4 k : 4%:R ^+ k != 0 :> R by rewrite expf_neq0 // pnatr_eq0.
elim: b => [|k IH]; first by rewrite big_ord0 mulr0 expr0 invr1 subrr.
rewrite big_ord_recr /= mulrDr IH.
have -> : (2%:R ^+ k.+1)^-1 ^+ 2 = (4%:R ^+ k.+1)^-1 :> R.
  by rewrite exprVn -exprM mulnC exprM -natrX.
by rewrite exprS invfM; field; rewrite n4.
Qed.

(** (U): N bases, finitely many points: no |<x_n, z>| reaches tau ||z||, but
    with probability 2 |Z| N exp (- 3 tau^2 / 2).                            *)
Theorem noise_U (J : finType) (z : J -> 'rV[R]_d) tau : (0 < b)%N -> 0 <= tau -> (forall j, z j != 0) ->
  prob coin (fun w => [exists jn : J * 'I_N, tau * norm (z jn.1) <= `|dot (noise w jn.2) (z jn.1)|])
    <= (#|J| * N)%:R * (2%:R * ex (- (3%:R / 2%:R * tau ^+ 2))).
Proof.
move=> b0 tau0 z0; have h0 : 0 < 2%:R^-1 :> R by rewrite invr_gt0 ltr0n.
have coin0 i s : 0 <= coin i s by apply: ltW.
have coin1 i : \sum_s coin i s = 1 by rewrite big_bool /= /coin; field.
have -> : (#|J| * N)%N = #|{: J * 'I_N}| by rewrite card_prod card_ord.
apply: (prob_union coin0) => -[j n] /=.
pose X (i : I) (s : bool) := (i.1 == n)%:R * z j 0 i.2.1 / 2%:R ^+ i.2.2.+1 * bit s.
pose c (i : I) := (i.1 == n)%:R * `|z j 0 i.2.1| / 2%:R ^+ i.2.2.+1.
have p2 k : 0 < 2%:R ^+ k :> R by rewrite exprn_gt0 ?ltr0n.
have Xc i s : `|X i s| <= c i.
  rewrite /X /c !normrM normfV (gtr0_norm (p2 _)) normr_nat.
  by rewrite /bit; case: s; rewrite ?normrN normr1 mulr1.
have mean i : \sum_s coin i s * X i s = 0 by rewrite big_bool /= /coin /X /bit mulr1 mulrN1 mulrN subrr.
have only (F : 'I_d -> 'I_b -> R) : \sum_(i : I) (i.1 == n)%:R * F i.2.1 i.2.2 = \sum_i \sum_k F i k.
  rewrite -(pair_bigA _ (fun a i => (a == n)%:R * F i.1 i.2)) (bigD1 n) //= [X in _ + X]big1 ?addr0.
    by rewrite pair_bigA; apply: eq_bigr => i _; rewrite eqxx mul1r.
  by move=> a /negbTE an; rewrite big1 // => i _; rewrite an mul0r.
have VE : 3%:R * (\sum_i c i ^+ 2) = norm (z j) ^+ 2 * (1 - (4%:R ^+ b)^-1).
  have -> : \sum_i c i ^+ 2 = \sum_i \sum_(k < b) z j 0 i ^+ 2 * (2%:R ^+ k.+1)^-1 ^+ 2.
    rewrite -(only (fun i k => z j 0 i ^+ 2 * (2%:R ^+ k.+1)^-1 ^+ 2)); apply: eq_bigr => i _.
    by rewrite /c !exprMn real_normK ?num_real // -mulrA; case: (_ == _); rewrite ?expr1n ?expr0n.
  have -> : \sum_i \sum_(k < b) z j 0 i ^+ 2 * (2%:R ^+ k.+1)^-1 ^+ 2 =
      norm (z j) ^+ 2 * (\sum_(k < b) (2%:R ^+ k.+1)^-1 ^+ 2).
    by rewrite norm_sqr /dot mulr_suml; apply: eq_bigr => i _; rewrite -mulr_sumr expr2.
  by rewrite mulrCA geometric.
have q0 : 0 < (4%:R ^+ b)^-1 :> R by rewrite invr_gt0 exprn_gt0 ?ltr0n.
have q1 : (4%:R ^+ b)^-1 < 1 :> R.
  by rewrite invf_lt1 ?exprn_gt0 ?ltr0n // exprn_egt1 ?ltr1n // -lt0n.
have nz : 0 < norm (z j) ^+ 2 by rewrite exprn_gt0 // norm_gt0.
have V0 : 0 < \sum_i c i ^+ 2 by rewrite -(pmulr_rgt0 _ (ltr0n R 3)) VE mulr_gt0 // subr_gt0.
have t0 : 0 <= tau * norm (z j) by rewrite mulr_ge0 ?norm_ge0.
have h := hoeffding_abs EX full coin0 coin1 Xc mean t0 V0.
have dotE w : dot (noise w n) (z j) = \sum_i X i (w i).
  have -> : \sum_i X i (w i) = \sum_(i < d) \sum_(k < b) z j 0 i / 2%:R ^+ k.+1 * bit (w (n, (i, k))).
    rewrite -(only (fun i k => z j 0 i / 2%:R ^+ k.+1 * bit (w (n, (i, k))))).
    apply: eq_bigr => -[a [i k]] _; rewrite /X /=; have [->|_] := eqVneq a n; first by ring.
    by rewrite !mul0r.
  apply: eq_bigr => i _; rewrite mxE mulr_suml; apply: eq_bigr => k _.
  by rewrite -mulrA mulrC [_^-1 * _]mulrC.
apply: le_trans (_ : prob coin (fun w => tau * norm (z j) <= `|\sum_i X i (w i)|) <= _).
  by apply: (prob_mono coin0) => w; rewrite dotE.
apply: le_trans h _; rewrite ler_pmul2l ?ltr0n // (ex_le_mono EX) // ler_oppl opprK.
rewrite ler_pdivl_mulr ?mulr_gt0 ?ltr0n //.
have -> : 3%:R / 2%:R * tau ^+ 2 * (2%:R * (\sum_i c i ^+ 2)) = tau ^+ 2 * (3%:R * (\sum_i c i ^+ 2)).
  by field.
rewrite VE mulrA -exprMn ler_pimulr ?sqr_ge0 //.
by rewrite ler_subl_addr ler_addl ltW.
Qed.

End Uniform.

(** T4 for noise bases, without (H) and without multipliers: outside an event
    of that probability every KKT point of the adversarial set, of any width,
    decides every z_j with eps |<e, z_j>| >= tau ||z_j|| by <e, z_j>.         *)
Theorem T4_noise (R : rcfType) (ex : R -> R) (N d b : nat) (gamma : R) (J : finType) (z : J -> 'rV[R]_d)
    (t : 'I_N -> R) (tau eps : R) (e : 'rV[R]_d) :
  exponential ex -> complete R -> 0 < gamma -> gamma <= 1 -> (0 < b)%N -> (0 < N)%N -> labels t ->
  0 <= tau -> 0 <= eps -> (forall j, z j != 0) ->
  exists2 A, prob (@coin R N d b) A <= (#|J| * N)%:R * (2%:R * ex (- (3%:R / 2%:R * tau ^+ 2))) &
    forall w j, ~~ A w -> tau * norm (z j) <= eps * `|dot e (z j)| ->
    forall p (W : 'M[R]_(p + p, d)) lam, (0 < p)%N -> kkt gamma (x_adv (noise R w) t eps e) t W lam ->
    Num.sg (f gamma W (z j)) = Num.sg (dot e (z j)).
Proof.
move=> EX full g0 g1 b0 N0 tt tau0 eps0 z0.
exists (fun w => [exists jn : J * 'I_N, tau * norm (z jn.1) <= `|dot (noise R w jn.2) (z jn.1)|]).
  exact: noise_U.
move=> w j; rewrite negb_exists => /forallP no big p W lam p0 K.
apply: (T5_kkt_noise g0 g1 p0 N0 tt eps0 K) => n; apply: lt_le_trans big.
by have := no (j, n); rewrite -ltNge.
Qed.
