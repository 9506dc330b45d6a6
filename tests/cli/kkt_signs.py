"""Points that every KKT point of a set decides alike (T4 without multipliers): `limit --probe-points` against rationals, exactly with
--certify, by error bounds without; and the networks of a set that is learned."""
import json, os, sys
from fractions import Fraction
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *


def limit(*args):
    r = Run("limit", "--json", *args)
    ok(r.code in (0, 1, 2) and r.err == "", "limit: runs", r)
    return json.loads(r.out)


def one_sign(X, y, z):
    signs = {(v > 0) - (v < 0) for v in (int(t) * sum(Fraction(a) * Fraction(b) for a, b in zip(x, z)) for x, t in zip(X, y))}
    return signs.pop() if len(signs) == 1 else 0


rng = np.random.default_rng(5)
for case in range(8):
    n, d = 2 + case % 3, 3 + case
    X, y = rng.standard_normal((n, d)), np.where(np.arange(n) % 2, -1.0, 1.0)
    Z = rng.standard_normal((60, d))
    Z[:20] = X[0] * rng.standard_normal((20, 1))
    Z[20:30] -= np.outer(Z[20:30] @ X[0], X[0]) / (X[0] @ X[0])         # <x_0, z> is rounding alone
    put("set/X.npy", X), put("set/y.npy", y), put("Z.npy", Z)
    want = np.array([one_sign(X, y, z) for z in Z])
    doc = limit("--data", "set", "--gamma", "0.5", "--certify", "--probe-points", "Z.npy", "--out", "exact")
    got = np.load("exact/kkt_signs.npy")
    ok((got == want).all(), f"case {case}: --certify tells every sign", (got - want).nonzero())
    ok(doc["kkt_signs"] == {"points": 60, "positive": int((want > 0).sum()), "negative": int((want < 0).sum())}, f"case {case}: counted", doc["kkt_signs"])
    limit("--data", "set", "--gamma", "0.5", "--probe-points", "Z.npy", "--out", "fast")
    fast = np.load("fast/kkt_signs.npy")
    ok(((fast == want) | (fast == 0)).all() and (fast[30:] == want[30:]).all(), f"case {case}: doubles tell no wrong sign, and the clear ones", (fast - want).nonzero())
ok("kkt_signs" not in limit("--data", "set", "--gamma", "0.5"), "not asked, not told")

# every network that ends at a KKT point of the set has the signs: weights of any start, polished
Run("gen", "uniform", "--n", "2", "--d", "2000", "--seed", "1", "--out", "data"), Run("limit", "--data", "data", "--gamma", "0.3", "--out", "lim")
Run("gen", "uniform", "--n", "6", "--d", "2000", "--seed", "2", "--out", "noise")
Run("perturb", "--norm", "l2", "--from", "geometry", "--data", "noise", "--direction", "lim/w.npy", "--eps", "6", "--out", "adv")
limit("--data", "adv", "--gamma", "0.3", "--certify", "--probe-points", "data/X.npy", "--out", "signs")
told, labels = np.load("signs/kkt_signs.npy"), np.load("data/y.npy")
ok((told == labels).all(), "the perturbations decide both natural samples at every KKT point", told)
for seed in range(4):
    Run("train", "--data", "adv", "--gamma", "0.3", "--m", "8", "--seed", str(seed), "--init-scale", "5", "--method", "sgd", "--epochs", "300", "--out", "net")
    r = Run("polish", "--data", "adv", "--weights", "net/W.npy", "--gamma", "0.3", "--certify", "--probe-points", "data/X.npy", "--out", "point")
    ok(r.code == 0 and (np.load("point/signs.npy") == told).all(), f"seed {seed}: the point of its pattern has these signs, certified", r)

put("short.npy", np.ones((2, 3)))
for name, code, args in (("another width", 65, ["short.npy"]), ("not there", 66, ["none.npy"])):
    r = Run("limit", "--data", "data", "--gamma", "0.3", "--probe-points", *args)
    ok(r.code == code and args[0] in r.err, f"points: {name}", r)
done()
