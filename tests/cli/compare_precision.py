"""`compare` knows the precision its files were stored with: attacks made in single precision keep their constraint in every norm, at
image sizes, whichever file is narrow, and a perturbation 0.1 % or 1 % too large is still called outside (TAP)."""
import json, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

F4, GAMMA = np.float32, 0.1
r = np.random.default_rng(5)


def setting(n, d):
    """Images in [0, 1] as float32, labels, a network, targets."""
    X = np.round(r.random((n, d)) * 255).astype(F4) / F4(255)
    y = np.where(np.arange(n) % 2, -1.0, 1.0)
    put("set/X.npy", X), put("set/y.npy", y)
    put("W.npy", (r.standard_normal((4, d)) / d**0.5).astype(F4))
    put("t.npy", -y)
    return X, -y, r.standard_normal((n, d)).astype(F4)


def compare(points, norm, eps, *args, bases=None):
    put("adv.npy", points)
    if bases is not None:
        put("bases.npy", bases)
        args += ("--bases", "bases.npy")
    run = Run("compare", "--data", "set", "--weights", "W.npy", "--gamma", GAMMA, "--probes", "10", "--adversarial", "adv.npy", "--targets", "t.npy",
              "--norm", norm, "--eps", eps, *args, "--json")
    return json.loads(run.out)["perturbations"] if run.code == 0 else {"failed": str(run)}


def linf(X, t, g, e, lo=0, hi=1):
    """As one writes it in PyTorch: everything in float32."""
    return np.clip(X + F4(e) * np.sign(g) * t.astype(F4)[:, None], F4(lo), F4(hi))


def l2(X, t, g, e):
    x = np.empty_like(X)
    for i in range(len(X)):
        size = F4(0)
        for v in g[i] * g[i]:      # one sum from left to right, the worst order there is
            size += v
        x[i] = X[i] + F4(e) * g[i] / np.sqrt(size) * F4(t[i])
    return x


def l0(X, t, g, e, k):
    x = X.copy()
    for i in range(len(X)):
        at = np.argsort(-abs(g[i]))[:k]
        x[i, at] += F4(e) * np.sign(g[i, at]) * F4(t[i])
    return x


def wide(x):
    return x.astype(np.float64)


for d in (784, 3072):
    X, t, g = setting(8, d)
    for eps in (8 / 255, 2 / 255, 0.3):
        good = linf(X, t, g, eps)
        assert good.dtype == F4 and abs(wide(good) - wide(X)).max() > eps
        got = compare(good, "linf", repr(eps), "--range", "0,1")
        ok(got.get("outside") == 0 and got["range_outside"] == 0 and got["unit"] == 2.0**-24, f"linf d = {d}, eps {eps:.4g}: float32 keeps its constraint", got)
        for cheat in (1.001, 1.01):
            got = compare(linf(X, t, g, eps * cheat), "linf", repr(eps))
            ok(got.get("outside") == 8, f"linf d = {d}, eps {eps:.4g}: a cheat of {cheat} is seen", got.get("outside"))
    one = linf(X, t, g, 8 / 255)
    one[5, 3] = X[5, 3] + F4(8 / 255 * 1.001)
    got = compare(one, "linf", repr(8 / 255))
    ok(got.get("outside") == 1 and got["size"]["max_at"] == 5, f"linf d = {d}: one entry too far", got)
    for eps in (1.0, 0.25, 5.0):
        good = l2(X, t, g, eps)
        got = compare(good, "l2", repr(eps))
        ok(got.get("outside") == 0, f"l2 d = {d}, eps {eps}: float32 keeps its constraint", got)
        for cheat in (1.001, 1.01):
            got = compare(l2(X, t, g, eps * cheat), "l2", repr(eps))
            ok(got.get("outside") == 8, f"l2 d = {d}, eps {eps}: a cheat of {cheat} is seen", got.get("outside"))
    flat, eps = (F4(0.3) * np.sign(g)).astype(F4), 50.0        # equal squares added from left to right err the same way each time
    good = l2(X, t, flat, eps)
    far = np.linalg.norm(wide(good) - wide(X), axis=1).max() / eps - 1
    ok(d < 3072 or far > 200 * 2.0**-24, f"l2 d = {d}: a norm summed in float32 is off by hundreds of roundings", far)
    ok(compare(good, "l2", repr(eps)).get("outside") == 0 and compare(l2(X, t, flat, eps * 1.001), "l2", repr(eps)).get("outside") == 8,
       f"l2 d = {d}: which are explained, a cheat of 1.001 is not")
    k = d // 20
    for eps in (0.3, 8 / 255):
        for name, bases, points in (("both float32", X, l0(X, t, g, eps, k)), ("bases float64", wide(X), l0(X, t, g, eps, k)),
                                    ("points float64", X, wide(l0(X, t, g, eps, k))), ("bases rounded from float64", None, None)):
            if bases is None:
                bases = wide(X) + r.random(X.shape) * 2.0**-26 * wide(X)          # float32 holds these only rounded
                points = l0(bases.astype(F4), t, g, eps, k)
            got = compare(points, "l0", repr(eps), "--k", k, bases=bases)
            ok(got.get("outside") == 0 and got["size"]["min"] == got["size"]["max"] == k, f"l0 d = {d}, eps {eps:.4g}, {name}: k entries changed", got)
        for cheat in (1.001, 1.01):
            got = compare(l0(X, t, g, eps * cheat, k), "l0", repr(eps), "--k", k)
            ok(got.get("outside") == 8, f"l0 d = {d}, eps {eps:.4g}: a cheat of {cheat} is seen", got.get("outside"))
        got = compare(l0(X, t, g, eps, k + 1), "l0", repr(eps), "--k", k)
        ok(got.get("outside") == 8, f"l0 d = {d}, eps {eps:.4g}: one entry too many", got.get("outside"))
    least = l0(X, t, g, 0.3, k)
    at = np.flatnonzero(least[2] == X[2])[0]
    least[2, at] = np.nextafter(X[2, at], F4(2))
    ok(compare(least, "l0", "0.3", "--k", k).get("outside") == 1, f"l0 d = {d}: between two float32 files the least change of an entry counts")

# mixed precisions, and shifted data, whose rounding is that of the images before
X, t, g = setting(20, 784)
eps, good = 8 / 255, linf(X, t, g, 8 / 255)
for name, bases, points in (("points as float64", X, wide(good)), ("bases as float64", wide(X), good)):
    ok(compare(points, "linf", repr(eps), bases=bases).get("outside") == 0, f"linf, {name}: the coarser file counts")
    ok(compare(linf(X, t, g, eps * 1.001).astype(points.dtype), "linf", repr(eps), bases=bases).get("outside") == 20, f"linf, {name}: a cheat of 1.001 is seen")
got = compare(wide(good), "linf", repr(eps), bases=wide(X))
ok(got.get("unit") == 2.0**-53 and got["outside"] == 20, "two float64 files have no such excuse", got)
put("adv.npy", wide(good)), put("bases.npy", wide(X))
text = Run("compare", "--data", "set", "--weights", "W.npy", "--gamma", GAMMA, "--adversarial", "adv.npy", "--bases", "bases.npy", "--targets", "t.npy", "--norm", "linf", "--eps", repr(eps)).out
ok("20 of 20 outside" in text and "save them as <f4" in text, "but a hint where all their numbers are float32's", text)
put("adv.npy", wide(X) + 1.001 * eps * np.sign(g))
text = Run("compare", "--data", "set", "--weights", "W.npy", "--gamma", GAMMA, "--adversarial", "adv.npy", "--bases", "bases.npy", "--targets", "t.npy", "--norm", "linf", "--eps", repr(eps)).out
ok("20 of 20 outside" in text and "save them as <f4" not in text, "and none where they are not", text)
mean, std = F4(0.2861), F4(0.3530)
for scale, cheat, want in ((1, 1, 0), (1, 1.001, 20), (255, 1, 0), (255, 1.001, 20)):
    big, moved = F4(scale) * X, F4(scale) * linf(X, t, g, eps * cheat)
    ok(compare(moved, "linf", repr(eps * scale), bases=big).get("outside") == want, f"images times {scale}, cheat {cheat}")
a, b = X - mean, linf(X, t, g, eps) - mean
ok(compare(b, "linf", repr(eps), bases=a).get("outside") == 0, "images minus their mean")
ok(compare((b / std).astype(F4), "linf", repr(eps / float(std)), bases=(a / std).astype(F4)).get("outside") == 0, "images minus their mean, over their deviation")
ok(compare((linf(X, t, g, eps * 1.001) - mean) / std, "linf", repr(eps / float(std)), bases=a / std).get("outside") == 20, "the same, a cheat of 1.001")
tenth = np.clip(X, F4(0.1), F4(0.7))        # float32(0.1) > 0.1, float32(0.7) < 0.7
ok(compare(tenth, "linf", "1", "--range", "0.1,0.7").get("range_outside") == 0 and compare(tenth, "linf", "1", "--range", "0.10001,0.69999").get("range_outside") == 20,
   "a range clamped to in float32")
images = np.round(r.random((20, 784)) * 200).astype(np.uint8)
put("set/X.npy", images.astype(F4))
step = images + np.where(g > 0, 3, -3).astype(np.int32)
ok(compare(step.astype(np.int32), "linf", "3", bases=images).get("outside") == 0 and compare(step.astype(np.int32), "linf", "2.99", bases=images).get("outside") == 20,
   "integers are exact")

# ---- outputs, lambda, reference
W, Z = np.load("W.npy"), (2 * r.random((50, 784)) - 1).astype(F4)
a = np.array([1, 1, -1, -1], F4) / np.sqrt(F4(4))
z = Z @ W.T
f = (np.where(z > 0, z, F4(GAMMA) * z) @ a).astype(F4)
put("set/X.npy", X), put("Z.npy", Z), put("set/W.npy", W)
Run("limit", "--data", "set", "--gamma", GAMMA, "--out", "lim")
lam = np.load("lim/lambda.npy")


def differences(*args):
    run = Run("compare", "--data", "set", "--weights", "W.npy", "--gamma", GAMMA, "--probe-points", "Z.npy", *args, "--json")
    return {k["name"]: k for k in json.loads(run.out)["differences"]} if run.code == 0 else {"failed": str(run)}


for name, change, beyond in (("as computed", 0, 0), ("one off by 3e-3", 3e-3, 1)):
    its = f.copy()
    its[7] += F4(change)      # the worst order of 784 terms explains 1e-3
    got = differences("--outputs", put("f.npy", its)).get("outputs", {})
    ok(got.get("beyond_rounding") == beyond and got["unit"] == 2.0**-24 and got["differ"] > 10, f"outputs of float32, {name}", got)
exact = np.where(wide(Z) @ wide(W).T > 0, wide(Z) @ wide(W).T, GAMMA * (wide(Z) @ wide(W).T)) @ wide(np.array([1, 1, -1, -1])) / 2
got = differences("--outputs", put("f.npy", exact))["outputs"]
ok(got["beyond_rounding"] == 0 and got["unit"] == 2.0**-53, "outputs of float64: the order of sums is explained", got)
got = differences("--outputs", put("f.npy", np.where(np.arange(50) == 3, exact + 1e-9, exact)))["outputs"]
ok(got["beyond_rounding"] == 1, "outputs of float64: 1e-9 is not", got)
got = differences("--lambda", put("l.npy", lam.astype(F4)))["lambda"]
ok(got["beyond_rounding"] == 0 and got["differ"] > 0, "lambda stored as float32", got)
got = differences("--lambda", put("l.npy", (lam * np.where(np.arange(20) == np.argmax(lam), 1.001, 1)).astype(F4)))["lambda"]
ok(got["beyond_rounding"] == 1, "lambda, one off by 0.1 %", got)
put("ref/X.npy", wide(X) * (1 + 2.0**-26)), put("ref/W.npy", wide(W) * 1.001)
got = differences("--reference", "ref")
ok(got["X"]["beyond_rounding"] == 0 and got["X"]["differ"] > 0 and got["W"]["beyond_rounding"] == got["W"]["differ"] == W.size, "a reference in float64 of files in float32", got)
text = Run("compare", "--data", "set", "--weights", "W.npy", "--gamma", GAMMA, "--adversarial", put("adv.npy", good), "--targets", "t.npy", "--norm", "linf", "--eps", eps).out
ok("0 of 20 outside the constraint, beyond rounding to 24 bits" in text, "the table says to which precision", text)
done()
