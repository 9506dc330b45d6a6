#!/usr/bin/env bash
# compile.sh THEORY DIR [axiom-free|fast]: has Coq check DIR/Certificate.v and the files of its rows, shows the theorem and
# what it assumes, and fails unless that is nothing, or (fast) only what axioms.fast lists.
set -eu
COQC=${COQC:-coqc}
here=$(cd "$(dirname "$0")" && pwd)
theory=$(cd "$1" && pwd)
form=${3:-axiom-free}
cd "$2"
ulimit -S -s "$(ulimit -H -s)" # long lists are read and walked through by recursion
compile() { "$COQC" -q -noglob -w -abstract-large-number,-ambiguous-paths,-notation-overridden -Q "$theory" lfap -Q . certificate "$1"; }
for rows in Rows[0-9]*.v; do
  if [ -f "$rows" ]; then compile "$rows"; fi
done
said=$(compile Certificate.v)
sed -n '/^Theorem /,$p' Certificate.v
printf '%s\n' "$said"
case $form in
axiom-free) [ "$said" = "Closed under the global context" ] || { echo "compile.sh: the theorem assumes something" >&2; exit 1; } ;;
*)
  printf '%s\n' "$said" | sed -n 's/^\([A-Za-z_][A-Za-z_0-9.'"'"']*\) *:.*/\1/p; s/^\([A-Za-z_][A-Za-z_0-9.'"'"']*\)$/\1/p' |
    while read -r axiom; do
      [ "$axiom" = Axioms ] || grep -q "^$axiom\$" "$here/axioms.fast" || { echo "compile.sh: not in axioms.fast: $axiom" >&2; exit 1; }
    done
  ;;
esac
