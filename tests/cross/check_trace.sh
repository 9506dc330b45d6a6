#!/bin/sh
# spec/trace.md is what spec/statements.tsv says today, every cell names something that exists, and an empty cell is refused
# unless spec/soundness.md lists it as a gap (spec/trace.awk) (TAP).
tmp=$(mktemp -d) || exit 1
if awk -f spec/trace.awk spec/statements.tsv > "$tmp/trace.md" && cmp -s "$tmp/trace.md" spec/trace.md; then echo "ok 1 - trace.md is up to date"
else echo "not ok 1 - trace.md is up to date"; echo "# run: make trace"; fi
awk 'BEGIN { FS = OFS = "\t" } $1 == "T1" { $8 = "none: somebody took it away" } 1' spec/statements.tsv > "$tmp/statements.tsv"
if awk -f spec/trace.awk "$tmp/statements.tsv" 2>&1 >/dev/null | grep -q 'nothing under "oracle" for T1'; then echo "ok 2 - an empty cell is refused"
else echo "not ok 2 - an empty cell is refused"; fi
awk 'BEGIN { FS = OFS = "\t" } $1 == "K1" { $8 = "oracle/k1.c" } 1' spec/statements.tsv > "$tmp/statements.tsv"
if awk -f spec/trace.awk "$tmp/statements.tsv" 2>&1 >/dev/null | grep -q 'lists `K1 oracle` as a gap'; then echo "ok 3 - a gap that is none is refused"
else echo "not ok 3 - a gap that is none is refused"; fi
rm -rf "$tmp"
echo "1..3"
