#!/bin/sh
# Runs every test program and prints one closing line "N passed, N failed". Each program speaks TAP on stdout:
# Criterion programs (tests/unit, tests/property) with --tap, scripts (tests/cli, tests/cross, tests/golden) by themselves.
# One more at a time than there are processors (JOBS), as some wait for the clock or for each other; with arguments, these of them: unit/chol;
# --list: their names. What each took, dearest first: $BUILD/tests/log/times.tsv (name, seconds of processors, seconds).
set -u
BUILD=${BUILD:-build}; PYTHON=${PYTHON:-/usr/bin/python3}; JOBS=${JOBS:-$(($(nproc) + 1))}; export BUILD PYTHON
log=$BUILD/tests/log; mkdir -p "$log"

path_of() { p=${1#tests/}; echo "${p%.*}"; }
name_of() { path_of "$1" | tr / -; }

start() { # file
  b=${1#tests/}; b=${b%.*}
  case $1 in
  tests/unit/*.c | tests/property/*.c | tests/oracle/*.c) exec "$BUILD/tests/$b" --tap --jobs 1 ;;
  # these build in the same place
  tests/cli/install.py | tests/cli/python.py) exec flock "$log/shared.lock" "$PYTHON" "$1" ;;
  tests/cli/sanitized.py | tests/cross/fuzz_corpora.py) exec flock "$log/build.lock" "$PYTHON" "$1" ;;
  bench/*.py) exec "$PYTHON" "$1" "$BUILD/bench/count" ;;
  *.py) exec "$PYTHON" "$1" ;;
  *) exec sh "$1" ;;
  esac
}

one() { # file
  name=$(name_of "$1"); begun=$(date +%s)
  (start "$1") >"$log/$name.tap" 2>"$log/$name.err" </dev/null; rc=$?
  times >"$log/$name.times"
  cpu=$(sed -n '2s/[ms]/ /gp' "$log/$name.times" | awk '{ printf "%.1f", 60 * ($1 + $3) + $2 + $4 }')
  printf '%s\t%s\t%s\n' "$name" "$cpu" "$(($(date +%s) - begun))" >"$log/$name.times"
  ok=$(grep -c '^ok' "$log/$name.tap"); no=$(grep -c '^not ok' "$log/$name.tap")
  # a program that dies, or that ran nothing, is a failure even when no line says so
  if [ "$no" -eq 0 ] && { [ "$rc" -ne 0 ] || [ "$ok" -eq 0 ]; }; then no=1; fi
  {
    if [ "$no" -eq 0 ]; then printf '%-34s %4d passed %8.1f s\n' "$name" "$ok" "$cpu"
    else
      printf '%-34s %4d passed, %d FAILED (exit %d)\n' "$name" "$ok" "$no" "$rc"
      grep -A12 '^not ok' "$log/$name.tap" | head -40; tail -15 "$log/$name.err"
    fi
  } >"$log/$name.said"
  flock "$log/print.lock" cat "$log/$name.said" # the lines of two do not mix
  echo "$ok $no" >"$log/$name.count"
}

if [ "${1:-}" = --one ]; then one "$2"; exit; fi

# The longest first: what is left at the end is short.
long="tests/golden/check_builds.py tests/cross/check_findings.py tests/cross/check_gate.py tests/cli/sanitized.py"
all=$(for t in $long tests/unit/*.c tests/property/*.c tests/oracle/*.c tests/cli/*.sh tests/cli/*.py tests/oracle/*.py \
  tests/cross/*.py tests/cross/*.sh tests/golden/check_*.py bench/count.py; do
  [ -e "$t" ] || continue
  case " $* " in "  " | " --list " | *" $(path_of "$t") "*) echo "$t" ;; esac
done | awk '!seen[$0]++')
if [ "${1:-}" = --list ]; then for t in $all; do path_of "$t"; done; exit; fi
for t in $all; do rm -f "$log/$(name_of "$t").count" "$log/$(name_of "$t").times"; done
echo "$all" | xargs -P "$JOBS" -I{} sh "$0" --one {}
cat "$log"/*.times | sort -t "$(printf '\t')" -k2,2 -rn >"$log/times.tsv"
passed=0; failed=0
for t in $all; do
  read -r ok no <"$log/$(name_of "$t").count" || { ok=0; no=1; }
  passed=$((passed + ok)); failed=$((failed + no))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ $((passed + failed)) -gt 0 ]
