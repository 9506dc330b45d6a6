#!/usr/bin/python3
"""The tables of the 256-layer ziggurat (src/kernel/ziggurat_tables.h) from their definition (numerics N10).

Without arguments: TAP, the committed header equals what the definition gives. With --write: writes the header.

Layer i = 1..255 of the ziggurat under f(x) = exp(-x^2/2) is the rectangle [0, x_i] x [f(x_i), f(x_{i-1})] of area V; layer 0
is the strip below f(R) with the tail. From x_255 = R downwards x_{i-1} = sqrt(-2 log(V/x_i + f(x_i))), x_0 = 0. The
tables of NumPy are this recurrence run in binary64, and its numbers are only reproduced if ours is too: every operation
below is rounded once, exp and log correctly, and

    w_0 = V/f(R)/2^52, w_i = x_i/2^52;   f_0 = 1, f_i = f(x_i);
    k_0 = trunc(R*f(R)/V * 2^52), k_1 = 0, k_i = rint(x_{i-1}/x_i * 2^52).

R and V are the binary64 values in use there; V is 2e-16 off the area that closes the ziggurat exactly, which shifts the density
by less than the 52 bits of the abscissa can show. One value is not correctly rounded: f(x_38) lies 0.4983 of the gap above the
lower neighbour and the tables have the upper one. Both facts were read off NumPy's output, by setting the words of the
generator and watching which are accepted (check_random.py repeats that for every entry).
"""
import math
import os
import sys

from mpmath import exp, log, mp, mpf

mp.prec = 300
HEADER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "kernel", "ziggurat_tables.h")
R = float.fromhex("0x1.d3bb48209ad33p+1")
V = float.fromhex("0x1.43016a5a4372ep-8")
ONE_UP = 38
SCALE = 2.0 ** 52


def density(x):
    return float(exp(mpf(-0.5 * x * x)))


def tables():
    """(k, w, f): acceptance bounds, widths and densities of the 256 layers."""
    x, f = [0.0] * 256, [1.0] * 256
    x[255], f[255] = R, density(R)
    for i in range(254, 0, -1):
        x[i] = math.sqrt(-2.0 * float(log(mpf(V / x[i + 1] + f[i + 1]))))
        f[i] = density(x[i])
        if i == ONE_UP:
            f[i] += math.ulp(f[i])
    w = [V / f[255] / SCALE] + [t / SCALE for t in x[1:]]
    k = [int(R * f[255] / V * SCALE), 0] + [round(x[i - 1] / x[i] * SCALE) for i in range(2, 256)]
    return k, w, f


def block(declaration, entries, per_line):
    lines = [", ".join(entries[i:i + per_line]) for i in range(0, len(entries), per_line)]
    return "static const %s[256] = {\n    %s};\n" % (declaration, ",\n    ".join(lines))


def header():
    k, w, f = tables()
    return "".join([
        "/* ziggurat_tables.h - layers of the normal ziggurat (N10). Written by tests/cross/ziggurat_tables.py; do not edit. */\n",
        "#ifndef LFAP_KERNEL_ZIGGURAT_TABLES_H\n#define LFAP_KERNEL_ZIGGURAT_TABLES_H\n#include <stdint.h>\n\n",
        "/* where the tail begins, and its reciprocal */\n",
        "#define ZIGGURAT_R %s\n#define ZIGGURAT_INV_R %s\n\n" % (R.hex(), (1.0 / R).hex()),
        "/* a 52-bit abscissa below k lies under the layer above it too: accepted at once */\n",
        block("uint64_t ziggurat_k", ["0x%013xu" % v for v in k], 6),
        "\n/* width of the layer, times 2^-52 */\n", block("double ziggurat_w", [v.hex() for v in w], 4),
        "\n/* density at its right edge */\n", block("double ziggurat_f", [v.hex() for v in f], 4),
        "\n#endif\n"])


def main():
    if sys.argv[1:] == ["--write"]:
        with open(HEADER, "w", encoding="ascii") as out:
            out.write(header())
        return 0
    with open(HEADER, encoding="ascii") as handle:
        same = handle.read() == header()
    print("TAP version 13\n1..1\n%s 1 - ziggurat_tables.h equals its definition" % ("ok" if same else "not ok"))
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
