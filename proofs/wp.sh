#!/bin/sh
# Prove one kernel file while working on it, with exactly the flags of the gate.
#
#   proofs/wp.sh FILE.c [TIER] [FUNCTION,FUNCTION...]
#   proofs/wp.sh --smoke FILE.c            also look for contradictory contracts (slower)
#   proofs/wp.sh --timeout 30 FILE.c real lfap_vec_dot
#
# TIER is safety (default: Typed memory model, all run-time errors), real (doubles read as reals) or value (IEEE
# doubles). The include path is src/, src/kernel/, spec/logic/ and the top of the tree; __FRAMAC__ and LFAP_TIER_SAFETY, _REAL or
# _VALUE are defined, so that a header can show each tier the contract that fits it.
# Results are cached under $BUILD/proofs (default build/proofs); only changed goals run again.
# The last lines name each function with proved/all goals and every goal left unproved; exit code 1 if there is one.
exec /usr/bin/python3 "$(dirname "$0")/wp.py" "$@"
