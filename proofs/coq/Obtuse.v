(******************************************************************************)
(* Obtuse.v : near orthogonality without gamma, C2.7.  Only pairs at an       *)
(* obtuse angle (y_n y_k <x_n, x_k> < 0) count:                               *)
(*                                                                            *)
(*   gy n k      = y_n y_k G_nk                                               *)
(*   acute l k   = sum_{n <> k} l_n max(0,   gy n k)                          *)
(*   obtuse l k  = sum_{n <> k} l_n max(0, - gy n k)                          *)
(*   kappa_obt   = max_k sum_{n <> k} max(0, - gy n k) / ||x_n||^2            *)
(*                                                                            *)
(* kappa_obt < 2 (sqrt 5 - 2) gives C2 at every slope; < gamma/(1+gamma) C1;  *)
(* < gamma^3/(1+gamma) T1's conclusions for every KKT point.                  *)
(******************************************************************************)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From lfap Require Import Vectors Network Kkt T1 T2 C1 Hstar K1 Gap Pattern C2 Exist C2Apriori.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Kappa.
Variables (R : rcfType) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).

Definition gy n k : R := y n * y k * G x n k.
Definition acute (l : 'I_N -> R) k : R := \sum_(n | n != k) l n * Num.max 0 (gy n k).
Definition obtuse (l : 'I_N -> R) k : R := \sum_(n | n != k) l n * Num.max 0 (- gy n k).
Definition obtuse_row k : R := \sum_(n | n != k) Num.max 0 (- gy n k) / G x n n.
Definition kappa_obt : R := maxover xpredT obtuse_row.

Lemma kappa_obt_ge0 : 0 <= kappa_obt.
Proof. exact: maxover_ge0. Qed.

End Kappa.

Lemma max_parts (R : realDomainType) (g : R) :
  [/\ 0 <= Num.max 0 g, 0 <= Num.max 0 (- g) & g = Num.max 0 g - Num.max 0 (- g)].
Proof.
rewrite !le_maxr lexx; split=> //; case: (lerP 0 g) => h.
  by rewrite max_l ?oppr_le0 // subr0.
by rewrite max_r ?oppr_ge0 ?(ltW h) // sub0r opprK.
Qed.

(** * Weighted sums *)

Section Weighted.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y).
Hypothesis x_neq0 : forall n, x n != 0.
Variable l : 'I_N -> R.
Hypothesis l_ge0 : forall n, 0 <= l n.

Local Notation gy := (gy x y).
Local Notation P k := (acute x y l k).
Local Notation O k := (obtuse x y l k).
Local Notation nu k := (l k * G x k k).

Let G0 n : 0 < G x n n.
Proof. by rewrite dot_gt0. Qed.

Lemma gy_diag k : gy k k = G x k k.
Proof. by rewrite /gy (y_sqr y_pm1) mul1r. Qed.

Lemma acute_ge0 k : 0 <= P k.
Proof. by apply: sumr_ge0 => n _; rewrite mulr_ge0 // le_maxr lexx. Qed.

Lemma obtuse_ge0 k : 0 <= O k.
Proof. by apply: sumr_ge0 => n _; rewrite mulr_ge0 // le_maxr lexx. Qed.

(** The obtuse part against the largest l_n ||x_n||^2. *)
Lemma obtuse_le K k : (forall n, nu n <= K) -> O k <= kappa_obt x y * K.
Proof.
move=> hK; have K0 : 0 <= K by apply: le_trans (hK k); rewrite mulr_ge0 // ltW.
apply: (@le_trans _ _ (obtuse_row x y k * K)); last first.
  by rewrite ler_wpmul2r // (@maxover_ge _ _ xpredT (obtuse_row x y)).
rewrite /obtuse_row mulr_suml; apply: ler_sum => n _; have [_ m0 _] := max_parts (gy n k).
have -> : l n * Num.max 0 (- gy n k) = Num.max 0 (- gy n k) / G x n n * nu n.
  by field; rewrite gt_eqF.
by rewrite ler_wpmul2l // divr_ge0 // ltW.
Qed.

(** Both parts against Hstar's khat. *)
Lemma acute_obtuse_le K k : (forall n, nu n <= K) -> P k + O k <= khat x * K.
Proof.
move=> hK; have K0 : 0 <= K by apply: le_trans (hK k); rewrite mulr_ge0 // ltW.
apply: (@le_trans _ _ (Goff x k * K)); last by rewrite ler_wpmul2r // (@maxover_ge _ _ xpredT (Goff x)).
rewrite /Goff mulr_suml -big_split; apply: ler_sum => n nk /=; rewrite -mulrDr.
have -> : Num.max 0 (gy n k) + Num.max 0 (- gy n k) = `|G x k n|.
  rewrite (GC x k n) -[RHS]mul1r -(y_norm y_pm1 n) -[X in _ = X * _]mulr1 -(y_norm y_pm1 k) -!normrM -/(gy n k).
  case: (lerP 0 (gy n k)) => h; last by rewrite ltr0_norm // max_r ?oppr_ge0 ?(ltW h) // add0r.
  by rewrite ger0_norm // [X in _ + X]max_l ?oppr_le0 // addr0.
have -> : l n * `|G x k n| = `|G x k n| / G x n n * nu n by field; rewrite gt_eqF.
by rewrite ler_wpmul2l // divr_ge0 // ltW.
Qed.

(** A sum with weights r_n in [gamma, 1]. *)
Lemma weighted_bounds (r : 'I_N -> R) k : (forall n, gamma <= r n <= 1) ->
  r k * nu k + gamma * P k - O k <= \sum_n l n * (r n * gy n k)
    <= r k * nu k + P k - gamma * O k.
Proof.
move=> hr; rewrite (bigD1 k) //= gy_diag mulrCA -!addrA !ler_add2l /acute /obtuse !mulr_sumr -!sumrB.
apply/andP; split; apply: ler_sum => n _; have [a0 b0 e] := max_parts (gy n k);
  have /andP[r1 r2] := hr n; move: (Num.max 0 (gy n k)) (Num.max 0 (- gy n k)) a0 b0 e => A B A0 B0 ->.
- apply: (@le_cert _ (l n * ((r n - gamma) * A + (1 - r n) * B))); last by ring.
  by rewrite mulr_ge0 // addr_ge0 // mulr_ge0 // subr_ge0.
- apply: (@le_cert _ (l n * ((1 - r n) * A + (r n - gamma) * B))); last by ring.
  by rewrite mulr_ge0 // addr_ge0 // mulr_ge0 // subr_ge0.
Qed.

End Weighted.

(** * C2 *)

Section ObtuseC2.
Variables (R : rcfType) (gamma : R) (d N : nat).
Variables (x : 'I_N -> 'rV[R]_d) (y : 'I_N -> R) (l : 'I_N * bool -> R).
Hypotheses (gamma_gt0 : 0 < gamma) (gamma_le1 : gamma <= 1) (y_pm1 : labels y).
Hypothesis C : cp_conditions gamma x y l.

Local Notation U := (cpU gamma x y l).
Local Notation V := (cpV gamma x y l).
Local Notation ow n := (own x y U V n).
Local Notation ot n := (other x y U V n).
Local Notation nu k := (lam l k * G x k k).
Local Notation P k := (acute x y (lam l) k).
Local Notation O k := (obtuse x y (lam l) k).

Let x_neq0 n : x n != 0.
Proof.
apply/eqP => x0; have := cp_feas C n true; rewrite /own /other x0 !(dotC _ 0) !dot0l mulr0 subr0.
by rewrite leNgt ltr0n.
Qed.

Let G0 n : 0 < G x n n.
Proof. by rewrite dot_gt0. Qed.

Let lam0 n : 0 <= lam l n.
Proof. exact: lam_ge0 C n. Qed.

Let nu0 n : 0 <= nu n.
Proof. by rewrite mulr_ge0 ?(ltW (G0 n)). Qed.

(** The other slope, 1 where it plays no part. *)
Definition sl n : R := if 0 < lam l n then cps_slope gamma l n else 1.

Lemma sl_bounds n : gamma <= sl n <= 1.
Proof.
by rewrite /sl; case: ifP => h; rewrite ?lexx ?gamma_le1 //; apply: (cps_slope_bounds gamma_le1 C).
Qed.

Lemma lam_sl n : lam l n * sl n = wslope gamma l n.
Proof.
rewrite /sl; case: ifP => h; first by rewrite (wslope_lam C).
have e : lam l n = 0 by apply/eqP; rewrite eq_le lam0 andbT leNgt h.
by rewrite -(wslope_lam C n) e !mul0r.
Qed.

Lemma own_sum k : ow k = \sum_n lam l n * ((if y n == y k then 1 else sl n) * gy x y n k).
Proof.
rewrite /own; case: (y_pm1 k) => yk; rewrite yk ?eqxx ?neg1_neq1 dot_suml; apply: eq_bigr => n _;
  rewrite dotZl /gy -lam_sl /G yk; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1 ?[1 == -1]eq_sym ?neg1_neq1; ring.
Qed.

Lemma other_sum k : - ot k = \sum_n lam l n * ((if y n == y k then sl n else 1) * gy x y n k).
Proof.
rewrite /other; case: (y_pm1 k) => yk; rewrite yk ?eqxx ?neg1_neq1 dot_suml -sumrN; apply: eq_bigr => n _;
  rewrite dotZl /gy -lam_sl /G yk; case: (y_pm1 n) => ->; rewrite ?eqxx ?neg1_neq1 ?[1 == -1]eq_sym ?neg1_neq1; ring.
Qed.

Lemma own_bounds k : nu k + gamma * P k - O k <= ow k <= nu k + P k - gamma * O k.
Proof.
rewrite own_sum; have := weighted_bounds x y_pm1 lam0 (r := fun n => if y n == y k then 1 else sl n) k.
rewrite eqxx mul1r; apply=> n; case: ifP => _; last exact: sl_bounds.
by rewrite lexx gamma_le1.
Qed.

Lemma other_bounds k : sl k * nu k + gamma * P k - O k <= - ot k <= sl k * nu k + P k - gamma * O k.
Proof.
rewrite other_sum; have := weighted_bounds x y_pm1 lam0 (r := fun n => if y n == y k then sl n else 1) k.
rewrite eqxx; apply=> n; case: ifP => _; first exact: sl_bounds.
by rewrite lexx gamma_le1.
Qed.

(** At the largest K = lam_k ||x_k||^2, with its other slope s:
    K (1 + s^2) <= 2 + (1 + s) obtuse_k.                                     *)
Theorem C2_obt_max (n0 : 'I_N) : exists k, exists2 s, gamma <= s <= 1 &
  [/\ forall n, nu n <= nu k, 0 < nu k & nu k * (1 + s ^+ 2) <= 2%:R + (1 + s) * O k].
Proof.
have [k hk] := exists_max n0 (fun n => nu n); exists k; exists (sl k); first exact: sl_bounds.
have K0 : 0 < nu k.
  rewrite lt_neqAle nu0 andbT eq_sym; apply/eqP => e.
  have z n : lam l n = 0.
    apply/eqP; rewrite eq_le lam0 andbT -(pmulr_rle0 _ (G0 n)) mulrC -e; exact: hk.
  have ow0 : ow n0 = 0 by rewrite own_sum big1 // => n _; rewrite z mul0r.
  have ot0 : - ot n0 = 0 by rewrite other_sum big1 // => n _; rewrite z mul0r.
  have := cp_feas C n0 true; rewrite ow0 /= mul1r ot0 addr0.
  by rewrite leNgt ltr0n.
split=> //; have ln : 0 < lam l k by rewrite -(pmulr_lgt0 _ (G0 k)).
have act := cp_phi_active gamma_le1 C ln.
have cl : clarke gamma (ot k) (sl k) by rewrite /sl ln; apply: (cps_slope_clarke gamma_le1 C).
rewrite (phi_clarke gamma_le1 cl) in act.
have /andP[o1 _] := own_bounds k; have /andP[o2 _] := other_bounds k.
have P0 := acute_ge0 x y lam0 k; have /andP[s1 s2] := sl_bounds k.
have s0 : 0 <= sl k by apply: le_trans s1; apply: ltW.
rewrite -act; apply: (@le_cert _ ((ow k - (nu k + gamma * P k - O k))
  + sl k * (- ot k - (sl k * nu k + gamma * P k - O k)) + (1 + sl k) * (gamma * P k))); last by ring.
have s10 : 0 <= 1 + sl k by rewrite addr_ge0 ?ler01.
have gP : 0 <= gamma * P k by rewrite mulr_ge0 // ltW.
apply: addr_ge0; last exact: mulr_ge0.
by apply: addr_ge0; last apply: mulr_ge0 => //; rewrite subr_ge0.
Qed.

(** own_k a second time from below, through other_k. *)
Lemma own_second k : 2%:R <= ow k \/ 2%:R - gamma * (gamma * nu k + P k - gamma * O k) <= ow k.
Proof.
have [big|prop] : 2%:R <= ow k \/ sl k * nu k = gamma * nu k; [|by left|right].
  rewrite mulrA [sl k * _]mulrC lam_sl.
  have := cp_ge0 C k true; rewrite le_eqVlt => /orP[/eqP b0|b].
    by right; rewrite /wslope /lam -b0 !addr0 mulrA.
  have := beta_other C b; have := cp_active C b; rewrite /= mul1r => act.
  case: (lerP 0 (ot k)) => o; first by left; rewrite -act ler_subl_addr ler_addl.
  rewrite nmulr_lge0 // subr_le0 => g1.
  have -> : gamma = 1 by apply/eqP; rewrite eq_le gamma_le1.
  by right; rewrite /wslope /lam !mul1r.
have /andP[_ o2] := other_bounds k; rewrite prop in o2.
have := cp_feas C k false; rewrite /= => h.
apply: (@le_cert _ ((ow k - gamma * ot k - 2%:R)
  + gamma * (gamma * nu k + P k - gamma * O k - - ot k))); last by ring.
apply: addr_ge0; first by rewrite subr_ge0.
by apply: mulr_ge0; [apply: ltW | rewrite subr_ge0].
Qed.

(** own_k from below, by its obtuse part. *)
Theorem C2_obt_own k : 2%:R - (1 - gamma ^+ 2) * O k <= 2%:R * ow k.
Proof.
have O0 := obtuse_ge0 x y lam0 k.
have g2 : 0 <= 1 - gamma ^+ 2 by rewrite subr_ge0 exprn_ile1 // ltW.
have [big|h] := own_second k.
  apply: (@le_cert _ ((1 - gamma ^+ 2) * O k + 2%:R * (ow k - 2%:R) + 2%:R)); last by ring.
  apply: addr_ge0; last exact: ler0n.
  by apply: addr_ge0; apply: mulr_ge0; rewrite ?ler0n // subr_ge0.
have /andP[o1 _] := own_bounds k.
apply: (@le_cert _ ((ow k - (nu k + gamma * P k - O k))
  + (ow k - (2%:R - gamma * (gamma * nu k + P k - gamma * O k))) + (1 - gamma ^+ 2) * nu k)); last by ring.
apply: addr_ge0; last exact: mulr_ge0.
by apply: addr_ge0; rewrite subr_ge0.
Qed.

(** C2 from any bound of the obtuse parts by kap K that is small for each
    slope s: kap (2 + s) < 1 + s^2.                                          *)
Lemma own_of_obtuse kap k : (forall k' K, (forall n, nu n <= K) -> O k' <= kap * K) ->
  (forall s, gamma <= s <= 1 -> kap * (2%:R + s) < 1 + s ^+ 2) -> 0 < ow k.
Proof.
move=> bnd small; have [k0 [s hs [hK K0 hm]]] := C2_obt_max k.
have sm := small s hs; have Om := bnd k0 _ hK; have Ok := bnd k _ hK.
have /andP[s1 s2] := hs; have s0 : 0 <= s by apply: le_trans s1; apply: ltW.
have O0 := obtuse_ge0 x y lam0 k.
have lt2 : kap * nu k0 < 2%:R.
  rewrite ltNge; apply/negP => ge2; have : nu k0 * (1 + s ^+ 2) <= nu k0 * (kap * (2%:R + s)).
    apply: le_trans hm _; apply: (@le_cert _ ((kap * nu k0 - 2%:R) + (1 + s) * (kap * nu k0 - O k0))).
      apply: addr_ge0; first by rewrite subr_ge0.
      by apply: mulr_ge0; rewrite ?subr_ge0 // addr_ge0 ?ler01.
    by ring.
  by rewrite ler_pmul2l // leNgt sm.
rewrite -(pmulr_rgt0 _ (ltr0n R 2)); apply: lt_le_trans (C2_obt_own k).
apply: (@lt_cert _ ((2%:R - kap * nu k0) + (kap * nu k0 - O k) + gamma ^+ 2 * O k)); last by ring.
apply: ltr_spaddl; last by rewrite mulr_ge0 ?sqr_ge0.
by apply: ltr_spaddl; rewrite ?subr_gt0 // subr_ge0.
Qed.

(** C2.7, sharper form: kappa_obt (2 + s) < 1 + s^2 for gamma <= s <= 1. *)
Theorem C2_obt_slope k : (forall s, gamma <= s <= 1 -> kappa_obt x y * (2%:R + s) < 1 + s ^+ 2) -> 0 < ow k.
Proof.
apply: own_of_obtuse => k' K hK; exact: obtuse_le.
Qed.

(** C2.7: kappa_obt < 2 (sqrt 5 - 2) = 0.472 gives own_n > 0 at every slope. *)
Theorem C2_obt k : kappa_obt x y < 2%:R * (Num.sqrt 5%:R - 2%:R) -> 0 < ow k.
Proof.
move=> h; apply: C2_obt_slope => s /andP[s1 _]; have s0 : 0 < s by apply: lt_le_trans s1.
apply: (@lt_le_trans _ _ (2%:R * (Num.sqrt 5%:R - 2%:R) * (2%:R + s))).
  by rewrite ltr_pmul2r // addr_gt0 ?ltr0n.
have s5 : Num.sqrt 5%:R ^+ 2 = 5%:R :> R by rewrite sqr_sqrtr ?ler0n.
apply: (@le_cert _ ((s - (Num.sqrt 5%:R - 2%:R)) ^+ 2)); first exact: sqr_ge0.
transitivity (s ^+ 2 - 2%:R * s * (Num.sqrt 5%:R - 2%:R)
  + (Num.sqrt 5%:R ^+ 2 - 4%:R * Num.sqrt 5%:R + 4%:R)); last by ring.
by rewrite s5; ring.
Qed.

(** With all pairs in place of the obtuse ones (theory.md's kappa^), below
    (sqrt 41 - 5)/2 = 0.70 is enough: acute mass and obtuse mass compete.    *)
Theorem C2_khat k : khat x < (Num.sqrt 41%:R - 5%:R) / 2%:R -> 0 < ow k.
Proof.
move=> h; have [k0 [s hs [hK K0 hm]]] := C2_obt_max k.
have /andP[s1 s2] := hs; have s0 : 0 < s by apply: lt_le_trans s1.
have all k' : P k' + O k' <= khat x * nu k0 by apply: acute_obtuse_le.
have P0 k' := acute_ge0 x y lam0 k'; have O0 k' := obtuse_ge0 x y lam0 k'.
have lt8 : khat x * nu k0 < 8%:R.
  rewrite ltNge; apply/negP => ge8.
  have : nu k0 * (1 + s ^+ 2) <= nu k0 * (khat x * (5%:R / 4%:R + s)).
    apply: le_trans hm _; apply: (@le_cert _ ((khat x * nu k0 - 8%:R) / 4%:R
      + (1 + s) * (khat x * nu k0 - (P k0 + O k0)) + (1 + s) * P k0)); last by field.
    have s10 : 0 <= 1 + s by rewrite addr_ge0 ?ler01 ?ltW.
    apply: addr_ge0; last exact: mulr_ge0.
    by apply: addr_ge0; [rewrite divr_ge0 ?ler0n ?subr_ge0 | rewrite mulr_ge0 ?subr_ge0].
  rewrite ler_pmul2l // leNgt; move/negP; apply.
  apply: (@lt_le_trans _ _ ((Num.sqrt 41%:R - 5%:R) / 2%:R * (5%:R / 4%:R + s))).
    by rewrite ltr_pmul2r // addr_gt0 ?divr_gt0 ?ltr0n.
  have s41 : Num.sqrt 41%:R ^+ 2 = 41%:R :> R by rewrite sqr_sqrtr ?ler0n.
  apply: (@le_cert _ ((s - (Num.sqrt 41%:R - 5%:R) / 4%:R) ^+ 2)); first exact: sqr_ge0.
  transitivity (s ^+ 2 - s * (Num.sqrt 41%:R - 5%:R) / 2%:R
    + (Num.sqrt 41%:R ^+ 2 - 10%:R * Num.sqrt 41%:R + 25%:R) / 16%:R); last by field.
  by rewrite s41; field.
rewrite ltNge; apply/negP => neg.
have /andP[o1 _] := own_bounds k; have [big|h2] := own_second k.
  by have := le_trans big neg; rewrite leNgt ltr0n.
move: lt8; rewrite ltNge => /negP; apply; apply: le_trans (all k).
have g1 : 0 <= 1 - gamma by rewrite subr_ge0.
have g0 : 0 <= gamma by apply: ltW.
apply: (@le_cert _ (4%:R * ((ow k - (2%:R - gamma * (gamma * nu k + P k - gamma * O k)))
     + (0 - ow k) + gamma ^+ 2 * (ow k - (nu k + gamma * P k - O k)) + gamma ^+ 2 * (0 - ow k))
  + 4%:R * (gamma * (1 - gamma)) * ((ow k - (nu k + gamma * P k - O k)) + (0 - ow k) + nu k)
  + (1 - 2%:R * gamma) ^+ 2 * (P k + O k))); last by ring.
have p1 : 0 <= ow k - (2%:R - gamma * (gamma * nu k + P k - gamma * O k)) by rewrite subr_ge0.
have p2 : 0 <= 0 - ow k by rewrite subr_ge0.
have p3 : 0 <= ow k - (nu k + gamma * P k - O k) by rewrite subr_ge0.
apply: addr_ge0; last by apply: mulr_ge0; [apply: sqr_ge0 | apply: addr_ge0].
apply: addr_ge0; apply: mulr_ge0; rewrite ?ler0n //.
- apply: addr_ge0; last by apply: mulr_ge0; rewrite ?sqr_ge0.
  by apply: addr_ge0; [apply: addr_ge0 | apply: mulr_ge0; rewrite ?sqr_ge0].
- by apply: mulr_ge0; rewrite ?ler0n // mulr_ge0.
- by apply: addr_ge0 => //; apply: addr_ge0.
Qed.


End ObtuseC2.
