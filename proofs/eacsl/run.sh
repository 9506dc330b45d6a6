#!/bin/sh
# The contracts of the kernels, checked while the kernels run: Frama-C/E-ACSL translates the very annotations that are
# proved (safety tier) into code that stops the program where one does not hold. driver.c calls the kernels; then the same
# with one kernel broken, which has to be stopped. What E-ACSL cannot translate is counted.
#
# Debian's package lacks e-acsl-gcc.sh; its runtime is there, and is compiled in here. perturb.c and npy_header.c are not
# translated: quantified bit patterns and a recursive grammar cost E-ACSL minutes. What npy_header.h promises is checked.
cd "$(dirname "$0")/../.." || exit 1
command -v frama-c > /dev/null || { echo "eacsl: frama-c not found; needed: apt-get install frama-c-base" >&2; exit 69; }
phrase() { /usr/bin/python3 proofs/tools.py "$1"; }
/usr/bin/python3 proofs/probe.py eacsl || exit 1
out=${BUILD:-build}/proofs/eacsl
share=$(frama-c -print-share-path)/e-acsl
lib=$(frama-c -print-lib-path)/e-acsl
mkdir -p "$out/src"
kernels="elementary lanes rows mirror chain chol solve cpform qform network loss step splitform idx_header flow block tile kinkform single half"

# instrument NAME DIRECTORY: $out/NAME from the kernels in DIRECTORY
instrument() {
  files=$(for k in $kernels; do echo "$2/$k.c"; done)
  # shellcheck disable=SC2086
  frama-c -remove-unused-specified-functions -machdep gcc_x86_64 -c11 \
    -cpp-extra-args="-std=c11 -D_DEFAULT_SOURCE -D__NO_CTYPE -DLFAP_TIER_SAFETY -I$2 -Isrc -Isrc/kernel -Ispec/logic -I." \
    src/kernel/bits.c $files proofs/eacsl/driver.c -e-acsl -then-last -print -ocode "$out/$1.c" > "$out/$1.log" 2>&1 &&
  gcc -std=c11 -D_GNU_SOURCE -w -O1 -DE_ACSL_SEGMENT_MMODEL -I"$share" -Isrc/kernel -o "$out/$1" "$out/$1.c" src/kernel/bits.c src/kernel/npy_header.c \
    "$share/e_acsl_rtl.c" "$lib/libeacsl-dlmalloc.a" -lgmp -lm -lpthread >> "$out/$1.log" 2>&1
}

if ! instrument whole src/kernel; then tail -5 "$out/whole.log"; echo "eacsl: FAILED, see $out/whole.log"; exit 1; fi
if ! "$out/whole" > "$out/whole.out" 2>&1; then head -12 "$out/whole.out"; echo "eacsl: FAILED, a contract does not hold"; exit 1; fi

cp src/kernel/*.[ch] "$out/src"
sed 's/PATIENCE = 10/PATIENCE = 12/' src/kernel/step.c > "$out/src/step.c"
if cmp -s src/kernel/step.c "$out/src/step.c"; then echo "eacsl: FAILED, step.c has changed: nothing was broken"; exit 1; fi
if ! instrument broken "$out/src"; then tail -5 "$out/broken.log"; echo "eacsl: FAILED, see $out/broken.log"; exit 1; fi
if "$out/broken" > "$out/broken.out" 2>&1 || ! grep -q 'lfap_plateau_see' "$out/broken.out"; then
  echo "eacsl: FAILED, a broken lfap_plateau_see was not stopped"; exit 1
fi

checks=$(grep -cE "$(phrase EACSL_CHECK)" "$out/whole.c")
grep -A1 'E-ACSL construct' "$out/whole.log" | grep -oE "$(phrase EACSL_CONSTRUCT)" | sort | uniq -c | sed "s/construct /annotations not translated: /"
echo "eacsl: PASS, $checks checks in the program, $(grep -cE "$(phrase EACSL_IGNORED)" "$out/whole.log") annotations or parts ignored; the broken kernel was stopped"
