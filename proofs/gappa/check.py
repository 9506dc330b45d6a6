#!/usr/bin/python3
"""Rounding errors of exp, log1p and of one step of a dot: runs Gappa on proofs/gappa/*.g and adds up what it proves.

    proofs/gappa/check.py

Gappa bounds the rounding errors of N3a's straight-line steps. What it does not know is done here in exact rational
arithmetic: the distance of the polynomials from exp and atanh (coefficients and remainder of the series), ln 2, and the
sum of all parts in units of the result's last place. Fails if Gappa refuses a file, if the constants of a file are not those
of src/kernel/elementary.c in their order, or if a sum is above the 0.52 ulp that numerics.md states.

Exit code: 0 all proved, 1 something is not, 69 Gappa is missing.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
from fractions import Fraction as Q
from math import factorial

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import probe  # noqa: E402
import reporting  # noqa: E402
import tools  # noqa: E402

SOURCE = os.path.join(HERE, "..", "..", "src", "kernel", "elementary.c")
HEX = r"-?0x[0-9a-f]+(?:\.[0-9a-f]+)?p[+-]?\d+"
HALF = Q(1, 2)
STATED = Q(52, 100)

# bounds that the .g files prove, by the file that proves them
EXP_ROUNDING = Q(1, 2**63)        # exp_poly.g
EXP_ARGUMENT = Q(1, 2**86)        # exp_pair.g
EXP_RANGE = Q(3466, 10000)        # exp_reduction.g
LOG_DIVISOR = Q(1, 2**105)        # log1p_divisor.g
LOG_DIVISION = Q(1, 2**103)       # log1p_division.g, at |f| >= 1/4
LOG_POLY = Q(1, 2**71)            # log1p_poly.g
LOG_PRODUCT = Q(1, 2**105)        # log1p_product.g, at |s| >= 1/8
LOG_SUM = Q(1, 2**84)             # log1p_sum.g
S_MAX = Q(1718, 10000)


def run_gappa(path):
    done = subprocess.run(["gappa", path], capture_output=True, text=True, timeout=60)
    wrong = done.returncode != 0 or tools.GAPPA_WRONG.search(done.stderr + done.stdout)
    if wrong:
        print("gappa: %s is not proved: %s" % (os.path.basename(path), (done.stderr + done.stdout).strip()[:400]))
    return not wrong


def body(text, name):
    """The body of a C function, by its first line and the next closing brace in column 0."""
    start = re.search(r"\b%s\([^)]*\) \{" % name, text).end()
    return text[start:text.index("\n}", start)]


def numbers(text):
    """The polynomial's constants, hexadecimal or 0.5 and 1.0, in order, as fractions."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return [Q(float.fromhex(n)) for n in re.findall(HEX, text)]


def gappa_constants(name):
    """The hexadecimal constants of the polynomial in a .g file: its part between the rounding operator and the claim."""
    with open(os.path.join(HERE, name), encoding="utf-8") as handle:
        lines = [line for line in handle if not line.startswith("#")]
    kept = [line for line in lines if re.match(r"p\d+ =|[uvhg]\d+ =", line)]
    found = []
    for line in kept:
        found += [Q(float.fromhex(n)) for n in re.findall(HEX, line)]
    return [value for at, value in enumerate(found) if at == 0 or value != found[at - 1]]


def distinct(values):
    return [value for at, value in enumerate(values) if at == 0 or value != values[at - 1]]


def ln2_bounds():
    """ln 2 = sum of 1/(k 2^k): the partial sum and the partial sum plus a bound of the rest."""
    low = sum(Q(1, k * 2**k) for k in range(1, 160))
    return low, low + Q(1, 2**159)


def exp_distance(coefficients, pairs):
    """sup |exp(r) - p(r)| over |r| <= EXP_RANGE; coefficients of r^14 .. r^4, then the four leading pairs."""
    r, total = EXP_RANGE, Q(0)
    for degree, value in zip(range(14, 3, -1), coefficients):
        total += abs(value - Q(1, factorial(degree))) * r**degree
    for degree, value in zip(range(3, -1, -1), pairs):
        total += abs(value - Q(1, factorial(degree))) * r**degree
    return total + r**15 / factorial(15) / (1 - r / 16)


def atanh_distance(coefficients, pairs):
    """The same for atanh(s)/s as a polynomial in z = s^2, relative, since atanh(s)/s >= 1."""
    z, total = S_MAX**2, Q(0)
    for power, value in zip(range(11, 2, -1), coefficients):
        total += abs(value - Q(1, 2 * power + 1)) * z**power
    for power, value in zip(range(2, -1, -1), pairs):
        total += abs(value - Q(1, 2 * power + 1)) * z**power
    return total + z**12 / 25 / (1 - z)


def main():
    if shutil.which("gappa") is None:
        print("gappa: not installed (package gappa)")
        return 69
    findings, cases = [], {}

    def claim(name, holds, text):
        """One thing proved; what to say where it is not."""
        cases["proofs/gappa", name] = [] if holds else [text]
        if not holds:
            print("gappa: %s" % text)
            findings.append(text)

    claim("tools", probe.main(["gappa"]) == 0, "gappa does not say what is expected of it")
    for path in sorted(glob.glob(os.path.join(HERE, "*.g"))):
        name = os.path.basename(path)
        claim(name, run_gappa(path), "proofs/gappa/%s:1: not proved" % name)
    with open(SOURCE, encoding="utf-8") as handle:
        text = handle.read()
    exp, atanh = numbers(body(text, "exp_reduced")), numbers(body(text, "atanh_twice"))
    for name, mine in (("exp_poly.g", exp), ("log1p_poly.g", atanh)):
        claim("constants of " + name, gappa_constants(name) == distinct(mine),
              "proofs/gappa/%s:1: its constants are not those of elementary.c" % name)
    defined = {name: Q(float.fromhex(value)) for name, value in re.findall(r"#define (\w+) (%s)" % HEX, text)}
    low, high = ln2_bounds()
    split = defined["LN2_HI"] + defined["LN2_LO"]
    claim("ln 2", abs(low - split) < Q(1, 2**100) and abs(high - split) < Q(1, 2**100), "ln 2 is not LN2_HI + LN2_LO up to 2^-100")
    for name in ("exp_reduction.g", "exp_pair.g", "log1p_sum.g"):
        with open(os.path.join(HERE, name), encoding="utf-8") as handle:
            found = re.findall(r"^(HI|LO|INV) = (%s);" % HEX, handle.read(), re.M)
        for short, value in found:
            claim("%s of %s" % (short, name), Q(float.fromhex(value)) == defined[{"HI": "LN2_HI", "LO": "LN2_LO", "INV": "INV_LN2"}[short]],
                  "proofs/gappa/%s:1: its %s is not that of elementary.c" % (name, short))

    # exp: exp(r) >= 1/sqrt 2 has an ulp of at least 2^-53
    away = EXP_ROUNDING + exp_distance(exp[:11], [exp[11] + exp[12], HALF, Q(1), Q(1)]) + Q(3, 2) * EXP_ARGUMENT
    exp_ulp = HALF + away * 2**53 + Q(1, 2**50)  # the last term: the second rounding of a subnormal result
    # log1p: relative errors of s, of the polynomial and of the product; then k = 0 and k != 0
    relative_s = LOG_DIVISION * 10 + LOG_DIVISOR
    relative = 2 * relative_s + LOG_POLY + atanh_distance(atanh[:9], [atanh[9] + atanh[10], atanh[11] + atanh[12], Q(1)]) \
        + LOG_PRODUCT * 8
    near = HALF + relative * 2**53
    far = HALF + (relative * Q(35, 100) + LOG_SUM + Q(1, 2**79)) * 2**54
    for name, ulp in (("exp", exp_ulp), ("log1p, k = 0", near), ("log1p, k != 0", far)):
        print("gappa: %-14s error <= %.6f ulp" % (name, float(ulp)))
        claim(name, ulp <= STATED, "%s: the error may be above %g ulp" % (name, float(STATED)))
    reporting.write("proofs/gappa", cases, findings)
    print("gappa: %s" % ("FAILED" if findings else "all proved"))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
