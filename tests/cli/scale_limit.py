"""Data times a power of two: what `limit` says does not change, lambda is divided by its square to the bit, and out of the range of
norms it refuses. Also rows of very different norms, tiny slopes, and multipliers beside their certificate."""
import json
import math, os, sys
from fractions import Fraction
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

r = np.random.default_rng(5)


def data(i):
    n, d = int(r.integers(1, 13)), int(r.integers(12, 60))
    X = r.standard_normal((n, d)) if i % 2 else 2 * r.random((n, d)) - 1
    if i % 7 == 2:
        X = np.round(3 * X) + np.eye(n, d)                     # small integers
    if i % 7 == 3:
        X *= 2.0 ** r.integers(-60, 61, (n, 1))                # rows of very different norms
    if i % 7 == 4:
        X = np.eye(n, d) * np.sign(r.standard_normal((n, 1)))  # orthogonal: (H) holds, bounds are met with equality
    if i % 7 == 5:
        X = r.standard_normal((20, 8)) + 1.5                   # more samples than dimensions
    if i % 7 == 6:
        X = np.abs(X) + 1.0                                    # far from orthogonal: the quadratic programme
    y = np.where(r.random(len(X)) < 0.5, 1.0, -1.0)
    if i % 7 == 5:
        y[:] = 1.0
    return X, y, float(r.choice([0.01, 0.1, 0.3, 0.5, 0.9]))


def rows(run):
    return [(k["id"], k["what"], k["verdict"], k.get("certified")) for k in json.loads(run.out)["checks"]]


def limit(X, y, gamma, *args):
    put("s/X.npy", X), put("s/y.npy", y)
    return Run("limit", "--data", "s", "--gamma", repr(gamma), "--json", "--threads", "1", "--out", "o", *args)


SETS = 21
wrong, verdicts, ran, refused = [], set(), 0, 0
for i in range(SETS):
    X, y, gamma = data(i)
    how = [(), ("--certify=fast",), ("--solver", "cg"), ("--memory-limit", "1M", "--certify=fast")][i % 4]
    base = limit(X, y, gamma, *how)
    if not ok(base.code in (0, 1, 2), f"set {i} ({len(X)} x {X.shape[1]}, gamma {gamma} {' '.join(how)}) is judged at 1", base):
        continue
    want, la, w = rows(base), np.load("o/lambda.npy"), np.load("o/w.npy")
    verdicts |= {v for _, _, v, _ in want}
    norms = np.linalg.norm(X, axis=1)
    for k in range(-500, 501, 20):
        scaled = np.ldexp(X, k)
        inside = norms.min() * 2.0 ** k >= 2.0 ** -200 and norms.max() * 2.0 ** k <= 2.0 ** 200
        got = limit(scaled, y, gamma, *how)
        if not inside:
            refused += 1
            if got.code != 65 or "multiply all data by a power of two" not in got.err or "sample" not in got.err:
                wrong.append((i, k, str(got)))
            continue
        ran += 1
        same = got.code == base.code and rows(got) == want
        if not same or not np.array_equal(np.ldexp(np.load("o/lambda.npy"), 2 * k), la) or not np.array_equal(np.ldexp(np.load("o/w.npy"), k), w):
            wrong.append((i, k, str(got)))
ok(not wrong, f"{SETS} sets times 2^-500 to 2^500: the same verdicts and bits ({ran} times), or a refusal ({refused} times)", wrong[:2])
ok(verdicts >= {"PASS", "NOT-APPLICABLE"} and ran > 300, "verdicts of several kinds", verdicts)

# ---- certificates at the ends of the range, and one row far longer than another
for i, k in ((1, -190), (1, 190), (4, 180), (8, -195)):
    X, y, gamma = data(i)
    X = np.ldexp(X / np.linalg.norm(X, axis=1, keepdims=True), k)
    X[0] = np.ldexp(X[0], -150 if k > 0 else 150)
    for how in ((), ("--exact",)):
        put("s/X.npy", X), put("s/y.npy", y)
        got = Run("limit", "--data", "s", "--gamma", repr(gamma), "--json", "--certify", "--out", "c", *how)
        name = f"norms of 2^{k} and one 2^150 off {' '.join(how)}"
        if not ok(got.code in (0, 2), f"{name}: judged", got):
            continue
        c = json.loads(got.out)["certificate"]
        ok(c["verdicts"]["Q1"] == "PASS" and c["verdicts"]["H"] != "UNDECIDED", f"{name}: multipliers are enclosed", c)
        ok(Run("check", "c/certificate.json", "--data", "s").code == 0, f"{name}: the certificate is accepted")

# ---- (H) with tiny slopes: never "0 >= 0"
X, y = sample(3, 50)
for k, gamma in ((-190, 1e-6), (0, 1e-12), (190, 1e-6)):
    h = json.loads(limit(np.ldexp(X, k), y, gamma).out)["hypothesis"]
    ok(h["holds"] is False and 0 < h["lhs"] < h["rhs"] and math.isfinite(h["rhs"]), f"gamma {gamma:g} at 2^{k}: (H) fails, by numbers", h)
    h = json.loads(limit(np.ldexp(np.eye(3), k), y, gamma).out)["hypothesis"]
    ok(h["holds"] is True and h["lhs"] > 0 == h["rhs"], f"gamma {gamma:g} at 2^{k}: orthogonal samples meet (H)", h)
for gamma in ("1e-300", "5e-324"):
    got = Run("limit", "--data", "s", "--gamma", gamma)
    ok(got.code == 65 and "gamma" in got.err and "2^-64" in got.err, f"gamma {gamma} is refused", got)
for value, name in ((1e-162, "tiny"), (1e200, "huge")):
    got = Run("train", "--data", put("x/X.npy", np.full((1, 4), value)) and put("x/y.npy", np.ones(1)) and "x", "--method", "gd", "--gamma", "0.5", "--m", "2",
              "--epochs", "1", "--out", "n")
    ok(got.code == 65 and "sample 0" in got.err, f"{name} samples are refused everywhere", got)

# ---- nearly opposite samples: the truth, or no verdict; rationals decide
for small, truth in ((3e-8, 0.8 / 9e-16), (1e-8, 0.8 / 1e-16), (1e-12, 0.8 / 1e-24)):
    put("p/X.npy", np.array([[1, small], [-1, small]])), put("p/y.npy", np.ones(2))
    for how in ((), ("--solver", "cg"), ("--memory-limit", "100K"), ("--certify",), ("--certify", "--exact")):
        got = Run("limit", "--data", "p", "--gamma", "0.5", "--json", "--out", "q", *how)
        name = f"(1, {small}), (-1, {small}) {' '.join(how)}"
        if not ok(got.code in (0, 2), f"{name}: not called inseparable", got):
            continue
        doc = json.loads(got.out)
        la, w = np.load("q/lambda.npy"), np.load("q/w.npy")
        ok(doc["lambda"]["settled"] or got.code == 2 or "--certify" in how, f"{name}: no PASS on a residual of {doc['lambda']['residual']:.1e}", doc["lambda"])
        if got.code == 0:
            ok(np.all(abs(la / truth - 1) < 1e-11), f"{name}: lambda", la)
        if "--exact" in how:
            ok(got.code == 0 and doc["certificate"]["verdicts"]["Q1"] == "PASS", f"{name}: decided", doc["certificate"])
            cert = json.load(open("q/certificate.json"))
            lam = [int(c["numerator"], 16) / int(cert["denominator"], 16) for c in cert["lambda"]]
            ok(list(la) == lam, f"{name}: lambda.npy are the rationals, rounded to nearest", (la, lam))
            exact = [sum(Fraction(int(c["numerator"], 16), int(cert["denominator"], 16)) * Fraction(float(x)) for c, x in zip(cert["lambda"], column))
                     for column in np.load("p/X.npy").T]
            ok(all(abs(Fraction(float(v)) - e) <= abs(e) / 2**50 for v, e in zip(w, exact)), f"{name}: w is that of the rationals, whose roundings cancel", (w, exact))
put("p/X.npy", np.array([[1.0, 2, 3], [2, -1, 5], [-3, -1, -8]])), put("p/y.npy", np.ones(3))
for how in ((), ("--certify", "--exact", "--out", "q2")):
    got = Run("limit", "--data", "p", "--gamma", "0.5", *how)
    ok(got.code == 65 and "not separable" in got.err and not os.path.exists("q2"), f"three samples that add up to 0 {' '.join(how)}: refused, with the reason", got)
done()
