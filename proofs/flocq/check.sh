#!/bin/sh
# Compiles Fused.v and looks at what its theorem rests on: the axioms of Coq's real numbers, and nothing else. The constants
# of src/kernel/fused.c have to be those that the theorem and proofs/gappa/fused.g are about.
set -eu
here=$(cd "$(dirname "$0")" && pwd); build=${BUILD:-build}/proofs/flocq
kernel=$here/../../src/kernel/fused.c
mkdir -p "$build"; cp "$here/Fused.v" "$build/"
cd "$build"
grep -nE '\b(Admitted|admit|Axiom|Parameter|Hypothesis|Variable)\b' Fused.v && { echo "prove-fma: Fused.v assumes something" >&2; exit 1; }
coqc -q Fused.v > assumed.txt || { echo "prove-fma: Fused.v is not proved" >&2; exit 1; }
[ "$(sed -n 's/^\([A-Za-z_.]*\)\( :.*\)\{0,1\}$/\1/p' assumed.txt | grep -v '^Axioms$' | sort | tr '\n' ' ')" = "ClassicalDedekindReals.sig_forall_dec \
ClassicalDedekindReals.sig_not_dec Classical_Prop.classic FunctionalExtensionality.functional_extensionality_dep " ] ||
  { echo "prove-fma: the theorem rests on other axioms than those of the real numbers:" >&2; cat assumed.txt >&2; exit 1; }
for line in '#define MOST 0x1p470' '#define MOST_ADDED 0x1p1000' '#define LEAST 0x1p-900' '  t = 0x8000001p0 [*] (x);'; do
  grep -q -- "^$line" "$kernel" || { echo "prove-fma: src/kernel/fused.c has no line '$line'" >&2; exit 1; }
done
echo "prove-fma: PASS: fma by sums and products is x*y + z rounded once, where |x|, |y| <= 2^470, |z| <= 2^1000, |x*y| >= 2^-969 or x*y = 0"
