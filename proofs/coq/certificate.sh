#!/bin/sh
# From a data set to a theorem: certificate.sh THEORY OUT DATA GAMMA [options of lfap limit: --coq=fast, --coq-claim, --labels ...].
# Writes OUT/Certificate.v, compiles it against the theory in THEORY, holds it against the data, and shows the theorem and
# what it assumes. Exit code 0 only if Coq and `lfap check` both accept it.
# Environment: LFAP, COQC.
set -eu
LFAP=${LFAP:-build/lfap}; COQC=${COQC:-coqc}
here=$(cd "$(dirname "$0")" && pwd)
theory=$1; out=$2; data=$3; gamma=$4
shift 4
labels=; form=
previous=
for option in "$@"; do
  case $option in --coq=*) form=${option#--coq=} ;; esac
  if [ "$previous" = --labels ]; then labels=$option; fi
  previous=$option
done
[ -n "$form" ] || set -- --coq "$@"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
"$LFAP" limit --data "$data" --gamma "$gamma" --certify "$@" --out "$out" >"$log" 2>&1 || status=$?
if [ ! -f "$out/Certificate.v" ] || [ "$status" -gt 2 ]; then
  cat "$log" >&2
  [ "$status" -ne 0 ] || status=2
  exit "$status"
fi
bash "$here/compile.sh" "$theory" "$out" "${form:-axiom-free}"
"$LFAP" check "$out/Certificate.v" --data "$data" ${labels:+--labels "$labels"}
