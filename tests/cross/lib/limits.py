"""What tests of limits in rationals share: Q lambda and residuals in Fractions, and the driver solve_many, which solves many sets in one
process."""
import math, os, subprocess
from fractions import Fraction as F
from tap import LFAP

DRIVER = os.path.join(os.path.dirname(LFAP), "tests", "cross", "solve_many")


def margins(X, y, gamma, la):
    """Q lambda, and what its rounding is measured by (N14): |Q| lambda, and the same from norms times 2^-46."""
    g = F(gamma)
    h = (1 + g * g) / 2
    norms = [F(math.hypot(*x)) for x in X]
    weight = sum((a * l for a, l in zip(norms, la)), F(0)) * F(2) ** -46
    X = [[F(v) for v in x] for x in X]
    q, size = [], []
    for a, s, norm in zip(X, y, norms):
        terms = [(h if s == r else -g) * sum(u * v for u, v in zip(a, b) if u and v) * l for b, r, l in zip(X, y, la) if l]
        q.append(sum(terms, F(0)))
        size.append(sum(map(abs, terms), F(0)) + norm * weight)
    return q, size


def residual(q, la):
    return max(abs(1 - m) if l > 0 else max(F(0), 1 - m) for m, l in zip(q, la))


def run(sets_, *args):
    text = "".join(f"{len(y)} {len(X[0])} {g!r}\n{' '.join(map(str, y))}\n" + "".join(" ".join(map(repr, x)) + "\n" for x in X) for X, y, g in sets_)
    p = subprocess.run([DRIVER, *args], input=text.encode(), capture_output=True)
    return p.returncode, p.stdout.decode().split("\n")[:-1]
