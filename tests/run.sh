#!/bin/sh
# Runs every test program and prints one closing line "N passed, N failed". Each program speaks TAP on stdout:
# Criterion programs (tests/unit, tests/property) with --tap, scripts (tests/cli, tests/cross, tests/golden) by themselves.
# With an argument, one of them: unit/chol.
set -u
BUILD=${BUILD:-build}; PYTHON=${PYTHON:-/usr/bin/python3}; export BUILD PYTHON
log=$BUILD/tests/log; mkdir -p "$log"
passed=0; failed=0
only=${1:-}
wanted() { # file
  [ -e "$1" ] || return 1
  [ -z "$only" ] || [ "tests/$only" = "${1%.*}" ]
}
run() { # name command...
  name=$1; shift
  "$@" >"$log/$name.tap" 2>"$log/$name.err"; rc=$?
  ok=$(grep -c '^ok' "$log/$name.tap"); no=$(grep -c '^not ok' "$log/$name.tap")
  # a program that dies, or that ran nothing, is a failure even when no line says so
  if [ "$no" -eq 0 ] && { [ "$rc" -ne 0 ] || [ "$ok" -eq 0 ]; }; then no=1; fi
  passed=$((passed + ok)); failed=$((failed + no))
  if [ "$no" -eq 0 ]; then printf '%-34s %4d passed\n' "$name" "$ok"
  else
    printf '%-34s %4d passed, %d FAILED (exit %d)\n' "$name" "$ok" "$no" "$rc"
    grep -A12 '^not ok' "$log/$name.tap" | head -40; tail -15 "$log/$name.err"
  fi
}
for t in tests/unit/*.c tests/property/*.c tests/oracle/*.c; do
  wanted "$t" || continue
  b=${t#tests/}; b=${b%.c}
  run "$(echo "$b" | tr / -)" "$BUILD/tests/$b" --tap --jobs 2
done
for t in tests/cli/*.sh tests/cli/*.py tests/oracle/*.py tests/cross/*.py tests/cross/*.sh tests/golden/check_*.py; do
  wanted "$t" || continue
  case $t in *.py) i=$PYTHON ;; *) i='sh' ;; esac
  run "$(echo "${t#tests/}" | tr / - | sed 's/\.[a-z]*$//')" "$i" "$t"
done
[ -n "$only" ] || run bench-count "$PYTHON" bench/count.py "$BUILD/bench/count"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ $((passed + failed)) -gt 0 ]
