#!/bin/sh
# Abstract interpretation by Frama-C/Eva of driver.c and the library under it: no alarm may be left.
#
# Every input of the driver is known, so the analysis follows the one run that there is, with all memory modelled: it
# proves that this run reads and writes no memory it should not, nothing uninitialised, and overflows no signed integer,
# in all code it passes through, drivers as well as kernels. It says nothing about other inputs; the safety tier does,
# for the kernels. Special values of doubles are no alarm: infinity is a value here (spec/numerics.md).
cd "$(dirname "$0")/../.." || exit 1
command -v frama-c > /dev/null || { echo "eva: frama-c not found; needed: apt-get install frama-c-base" >&2; exit 69; }
phrase() { /usr/bin/python3 proofs/tools.py "$1"; }
/usr/bin/python3 proofs/probe.py eva || exit 1
log=${BUILD:-build}/proofs/eva.log
mkdir -p "$(dirname "$log")"
# files are no part of the run: Frama-C's <sys/stat.h> lacks what checkpoint.c asks of them
# annotations are left out: they are proved, and Eva reads only some of them
frama-c -no-annot -c11 -machdep gcc_x86_64 -cpp-extra-args="-Isrc -Isrc/kernel -Ispec/logic -I. -D_POSIX_C_SOURCE=200809L" \
  src/kernel/*.c src/data/data.c src/data/factor.c src/data/gen.c src/data/gram.c src/data/hypothesis.c src/data/labels.c src/data/products.c src/data/scale.c src/data/set.c src/limit/*.c src/net/[!c]*.c \
  src/perturb/*.c src/verify/*.c src/io/mat.c proofs/eva/driver.c \
  -eva -warn-special-float none -eva-slevel 10000000 -eva-domains cvalue -eva-split-return full \
  -eva-alloc-builtin fresh -eva-no-alloc-returns-null > "$log" 2>&1 || { tail -5 "$log"; echo "eva: FAILED, see $log"; exit 1; }
grep -A2 -E "$(phrase EVA_ALARM)" "$log"
grep -E 'functions analyzed|statements reached' "$log"
# the end of main is reached with status 0: nothing was refused on the way, and no path was lost
if grep -qE "$(phrase EVA_NO_ALARM)" "$log" && sed -nE "/$(phrase EVA_END)/,\$p" "$log" | grep -qE "$(phrase EVA_RESULT)"; then
  echo "eva: PASS, 0 alarms"
else
  echo "eva: FAILED, see $log"; exit 1
fi
