#!/bin/sh
# Runs every test program and prints one closing line "N passed, N failed". Each program speaks TAP on stdout:
# Criterion programs (tests/unit, tests/property) with --tap, scripts (tests/cli, tests/cross, tests/golden) by themselves.
# As many at a time as there are processors (JOBS); with an argument, one of them: unit/chol.
set -u
BUILD=${BUILD:-build}; PYTHON=${PYTHON:-/usr/bin/python3}; JOBS=${JOBS:-$(nproc)}; export BUILD PYTHON
log=$BUILD/tests/log; mkdir -p "$log"

name_of() { t=${1#tests/}; echo "${t%.*}" | tr / -; }

start() { # file
  b=${1#tests/}; b=${b%.*}
  case $1 in
  tests/unit/*.c | tests/property/*.c | tests/oracle/*.c) exec "$BUILD/tests/$b" --tap --jobs 1 ;;
  # these build in the same place
  tests/cli/install.py | tests/cli/python.py | tests/cli/sanitized.py) exec flock "$log/build.lock" "$PYTHON" "$1" ;;
  bench/*.py) exec "$PYTHON" "$1" "$BUILD/bench/count" ;;
  *.py) exec "$PYTHON" "$1" ;;
  *) exec sh "$1" ;;
  esac
}

one() { # file
  name=$(name_of "$1")
  (start "$1") >"$log/$name.tap" 2>"$log/$name.err" </dev/null; rc=$?
  ok=$(grep -c '^ok' "$log/$name.tap"); no=$(grep -c '^not ok' "$log/$name.tap")
  # a program that dies, or that ran nothing, is a failure even when no line says so
  if [ "$no" -eq 0 ] && { [ "$rc" -ne 0 ] || [ "$ok" -eq 0 ]; }; then no=1; fi
  {
    if [ "$no" -eq 0 ]; then printf '%-34s %4d passed\n' "$name" "$ok"
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
  [ -z "${1:-}" ] || [ "tests/$1" = "${t%.*}" ] || continue
  echo "$t"
done | awk '!seen[$0]++')
for t in $all; do rm -f "$log/$(name_of "$t").count"; done
echo "$all" | xargs -P "$JOBS" -I{} sh "$0" --one {}
passed=0; failed=0
for t in $all; do
  read -r ok no <"$log/$(name_of "$t").count" || { ok=0; no=1; }
  passed=$((passed + ok)); failed=$((failed + no))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ $((passed + failed)) -gt 0 ]
