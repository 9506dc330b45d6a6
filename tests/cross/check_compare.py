"""`lfap compare` against NumPy from the definition of K1: the KKT residual by an explicit nonnegative least squares over
the gradients, everything else from the weights; at random weights, trained ones, and the limit itself."""
import json, math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
from tap import *
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from foreign import k1


TOLERANCE = {"residual": 1e-8, "slackness": 1e-9, "outside_rank2": 1e-8}   # absolute; the others relative


def check(name, W, X, y, gamma):
    n, d = X.shape
    put("set/X.npy", X), put("set/y.npy", y), put("set/W.npy", W)
    Run("limit", "--data", "set", "--gamma", repr(gamma), "--out", "set")
    w = np.load("set/w.npy")
    r = Run("compare", "--data", "set", "--gamma", repr(gamma), "--probes", "400", "--seed", "9", "--json")
    if not ok(r.code == 0, f"{name}: runs", r):
        return {}
    got = json.loads(r.out)["k1"]
    probes = 2 * np.random.Generator(np.random.Philox(key=9)).random((400, d)) - 1
    want = k1(W, X, y, gamma, w, probes)
    for key, v in want.items():
        if v is None or got[key] is None:
            right = v is None and got[key] is None
        else:
            right = abs(got[key] - v) <= (TOLERANCE[key] * max(1, abs(v)) if key in TOLERANCE else 1e-11 * abs(v) + 1e-13)
        ok(right, f"{name}: {key}", f"{got[key]} is not {v}")
    return got


X, y = sample(10, 120, 31)
r = np.random.default_rng(8)
got = check("random weights, not all right", r.standard_normal((6, 120)), X, y, 0.3)
ok(got.get("residual", 0) is None and got["margin_min"] <= 0, "random weights: no residual where a sample is wrong", got)
put("set/X.npy", X), put("set/y.npy", y)
for epochs, gamma in ((200, 0.3), (2000, 0.01)):
    Run("train", "--method", "sgd", "--data", "set", "--m", "8", "--gamma", repr(gamma), "--epochs", str(epochs), "--lr", "0.02", "--out", "net")
    check(f"sgd, {epochs} epochs, gamma {gamma}", np.load("net/W.npy"), X, y, gamma)
    put("set/X.npy", X), put("set/y.npy", y)
Run("train", "--method", "flow", "--data", "set", "--m", "8", "--gamma", "0.7", "--log-loss-target", "-50", "--out", "net")
check("flow to log L = -50", np.load("net/W.npy"), X, y, 0.7)

# the limit itself, built from lambda: a KKT point by T1/C1, so residual and slackness vanish; any scale, any m
for gamma, m, scale in ((0.7, 2, 1.0), (0.7, 10, 1e-3), (0.9, 4, 1e6)):
    put("set/X.npy", X), put("set/y.npy", y)
    Run("limit", "--data", "set", "--gamma", repr(gamma), "--out", "set")
    lam, c = np.load("set/lambda.npy"), np.where(y > 0, 1, gamma)
    u, v = (lam * y * c) @ X, -((lam * y * (1 + gamma - c)) @ X)
    W = scale * np.vstack([u] * (m // 2) + [v] * (m // 2))
    got = check(f"the limit, gamma {gamma}, m = {m}, scale {scale:g}", W, X, y, gamma)
    ok(got["residual"] < 1e-12 and abs(got["slackness"]) < 1e-12 and got["outside_rank2"] < 1e-14 and got["row_spread"] < 1e-14
       and got["pattern_aligned"] == got["agreement"] == 1 and 1 - got["cosine"] < 1e-14, f"the limit, m = {m}: every figure is a KKT point's", got)

# a known distance: the limit plus a multiple of something orthogonal to every gradient
extra = r.standard_normal(120)
extra -= X.T @ np.linalg.lstsq(X.T, extra, rcond=None)[0]
W = np.vstack([u + 0.1 * extra * np.linalg.norm(u) / np.linalg.norm(extra)] * 2 + [v] * 2)
got = check("the limit and something orthogonal", W, X, y, 0.9)
away = 0.1 * np.linalg.norm(u) * math.sqrt(2) / np.linalg.norm(W)
ok(abs(got["residual"] - away) < 1e-10, "residual is the share that is orthogonal", (got["residual"], away))
done()
