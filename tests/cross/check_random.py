#!/usr/bin/python3
"""`lfap gen` against NumPy (numerics N10, spec/formats.md): the same numbers bit for bit, TAP on stdout.

Uniform and orthogonal data and all labels are equal to NumPy's. Normal data are equal except that an entry from the tail of
the ziggurat may differ in the last place, because lfap takes the logarithm with its own kernel; the count is reported.
The tables of the ziggurat are held against NumPy entry by entry: the words of its generator are set so that a draw tells
on which side of a boundary it fell.
"""
import math
import os
import subprocess
import sys
import tempfile

import numpy as np

sys.dont_write_bytecode = True  # the tree stays as it is
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ziggurat_tables  # noqa: E402

LFAP = os.path.join(os.environ.get("BUILD", "build"), "lfap")
R = ziggurat_tables.R
lines = []


def report(good, name, note=""):
    lines.append(good)
    print("%s %d - %s" % ("ok" if good else "not ok", len(lines), name))
    if note:
        print("# " + note)


def lfap_data(kind, seed, n, d):
    with tempfile.TemporaryDirectory() as where:
        out = os.path.join(where, "data")
        subprocess.run([LFAP, "gen", kind, "--seed", str(seed), "--n", str(n), "--d", str(d), "--out", out, "--quiet"],
                       check=True, stdout=subprocess.DEVNULL)
        return np.load(os.path.join(out, "X.npy")), np.load(os.path.join(out, "y.npy"))


def labels(g, n):
    return np.where(g.random(n) >= 0.5, 1.0, -1.0)


def uniform(g, n, d):
    return 2 * g.random((n, d)) - 1


def gauss(g, n, d):
    return g.standard_normal((n, d))


def hadamard(order):
    h = np.ones((1, 1))
    while len(h) < order:
        h = np.block([[h, h], [h, -h]])
    return h


def orthogonal(g, n, d):
    order = 1 << (n - 1).bit_length()
    p = np.arange(order)
    for i in range(n):
        j = i + int(g.bit_generator.random_raw()) % (order - i)
        p[[i, j]] = p[[j, i]]
    used = d // order * order
    x = np.zeros((n, d))
    x[:, :used] = np.tile(hadamard(order)[p[:n]], used // order) * labels(g, used)
    return x


def same_bits(a, b):
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def check_exact(kind, make):
    for seed, n, d in ((0, 1, 1), (1, 3, 5), (2, 20, 10000), (2 ** 63 + 11, 64, 100), (2 ** 64 - 1, 7, 1001)):
        g = np.random.Generator(np.random.Philox(key=seed))
        if kind == "orthogonal" and n == 3:
            d = 6
        want = make(g, n, d)
        x, y = lfap_data(kind, seed, n, d)
        report(same_bits(x, want) and same_bits(y, labels(g, n)), "gen %s --seed %d --n %d --d %d" % (kind, seed, n, d))


def check_gauss():
    drawn = tail = differ = 0
    for seed, n, d in ((0, 1000, 1000), (1, 1, 999999), (12345, 2000, 500), (2 ** 64 - 1, 3, 7)):
        g = np.random.Generator(np.random.Philox(key=seed))
        want = gauss(g, n, d)
        x, y = lfap_data("gauss", seed, n, d)
        other = x != want
        good = np.all(np.abs(want[other]) > R) and np.all(np.abs(x - want)[other] <= np.spacing(np.abs(want[other])))
        report(good and same_bits(y, labels(g, n)), "gen gauss --seed %d --n %d --d %d" % (seed, n, d))
        drawn, tail, differ = drawn + x.size, tail + int(np.sum(np.abs(want) > R)), differ + int(np.sum(other))
    report(differ <= tail, "normals differ in the tail alone",
           "%d normals, %d from the tail, %d of these differ in the last place" % (drawn, tail, differ))


class Probe:
    """NumPy's standard_normal on words of our choice."""

    def __init__(self):
        self.bits = np.random.Philox(key=1)
        self.generator = np.random.Generator(self.bits)

    def draw(self, layer, abscissa, height=0):
        """(value, words used) with the second word `height`, a 53-bit number."""
        state = self.bits.state
        state["buffer"] = np.array([layer | abscissa << 9, height << 11, 1 << 63, 0], dtype=np.uint64)
        state["buffer_pos"] = 0
        self.bits.state = state
        return self.generator.standard_normal(), self.bits.state["buffer_pos"]


def boundary(below, above, x):
    """The smallest 53-bit height that the wedge test rejects at x, or None if no height or every height is rejected."""
    curve = math.exp(-0.5 * x * x)
    low, high = 0, 2 ** 53 - 1
    accepted = lambda height: (above - below) * (height * 2.0 ** -53) + below < curve
    if not accepted(low) or accepted(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if accepted(middle) else (low, middle)
    return high


def check_tables():
    k, w, f = ziggurat_tables.tables()
    probe = Probe()
    wrong = {"k": 0, "w": 0, "f": 0}
    heights = 0
    for i in range(256):
        if i != 1:
            last = k[i] - 1
            wrong["w"] += probe.draw(i, last) != (last * w[i], 1)
            # not accepted at once: more words are used, or, in the tail, another value comes out
            wrong["k"] += probe.draw(i, k[i], 2 ** 53 - 1) == (k[i] * w[i], 1)
        for share in range(1, 20) if i else ():
            abscissa = k[i] + (2 ** 52 - k[i]) * share // 20
            height = boundary(f[i], f[i - 1], abscissa * w[i])
            if height is not None:
                heights += 1
                want = (abscissa * w[i], 2)
                wrong["f"] += probe.draw(i, abscissa, height - 1) != want or probe.draw(i, abscissa, height) == want
    report(wrong["k"] == 0, "ziggurat bounds k are NumPy's")
    report(wrong["w"] == 0, "ziggurat widths w are NumPy's")
    report(wrong["f"] == 0 and heights > 4000, "ziggurat densities f are NumPy's", "%d heights probed" % heights)


def main():
    print("TAP version 13")
    check_exact("uniform", uniform)
    check_exact("orthogonal", orthogonal)
    check_gauss()
    check_tables()
    print("1..%d" % len(lines))
    return 0 if all(lines) else 1


if __name__ == "__main__":
    sys.exit(main())
