"""`lfap perturb` against NumPy written from spec/numerics.md N7: geometry and gradient in every norm, PGD in every norm;
and the property that geometry promises: no feasible rival does better."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
from tap import *


# ---- the reference ------------------------------------------------------------------------------------------------
def largest(v, k):
    """The k largest |v_i|, lower index first on ties."""
    return np.argsort(-abs(v), kind="stable")[:k]


def direct(w, t, norm, eps, k):
    if norm == "l2":
        return eps / np.sqrt((w * w).sum()) * t * w
    eta = eps * t * np.sign(w)
    if norm in ("l0", "l1"):
        kept = np.zeros(len(w), bool)
        kept[largest(w, k if norm == "l0" else 1)] = True
        eta[~kept] = 0
    return eta


class Net:
    def __init__(self, W, gamma):
        m = len(W)
        self.W, self.gamma, self.a = W, gamma, np.where(np.arange(m) < m // 2, 1, -1) / math.sqrt(m)

    def f(self, x):
        z = self.W @ x
        return self.a @ np.where(z > 0, z, self.gamma * z)

    def gradient(self, x):
        return (self.a * np.where(self.W @ x > 0, 1, self.gamma)) @ self.W


SIZE = {"l2": lambda v: np.sqrt((v * v).sum(-1)), "linf": lambda v: abs(v).max(-1), "l0": lambda v: abs(v).max(-1), "l1": lambda v: abs(v).sum(-1)}


def pgd(net, x0, t, norm, eps, steps, span):
    lo, hi = span or (-np.inf, np.inf)
    step = eps if norm == "l0" else eps / 5
    x, best, best_loss = x0.copy(), x0.copy(), np.inf
    for i in range(steps + 1):
        loss = np.exp(-t * net.f(x))
        if loss < best_loss:
            best, best_loss = x.copy(), loss
        if i == steps:
            break
        g = -t * loss * net.gradient(x)
        if norm == "l0":
            changed = x != x0
            if not changed.all():
                changed[np.where(changed, -1, abs(g)).argmax()] = True
            x = np.where(changed, np.clip(x - step * (g / max(abs(g[changed]).max(), 1e-12)), lo, hi), x)
        else:
            size = SIZE[norm]
            delta = x - step * (g / max(size(g), 1e-12)) - x0
            if size(delta) > eps:
                delta = delta * (eps / (size(delta) + 1e-7))
            x = np.clip(x0 + delta, lo, hi)
    return best


# ---- data: bases, targets, weights that are neither tiny nor huge ---------------------------------------------------
N, D, M, GAMMA = 12, 300, 10, 0.05
r = np.random.default_rng(20)
B, t = 2 * r.random((N, D)) - 1, np.where(r.random(N) >= 0.5, 1.0, -1.0)
W = r.standard_normal((M, D)) / math.sqrt(D)
w = r.standard_normal(D)
w[[5, 17, 44]] = 0
w[[60, 61, 62]] = abs(w).max() / 2            # ties for L0
w[[70, 90]] = [-1.25 * abs(w).max(), 1.25 * abs(w).max()]  # and for L1
put("set/X.npy", B), put("set/y.npy", t), put("W.npy", W), put("w.npy", w)
net = Net(W, GAMMA)


def perturb(name, *args):
    run = Run("perturb", "--data", "set", "--out", "out", *args)
    if not ok(run.code == 0, f"{name}: runs", run):
        return None, None
    return np.load("out/X.npy"), np.load("out/eta.npy")


def close(name, got, want, bound, scale=1.0):
    error = abs(got - want).max() / scale
    ok(error <= bound, f"{name}: within {bound:g}", f"largest difference {error:.3g}")


EPS, K = {"l2": 0.7, "linf": 0.03, "l0": 0.3, "l1": 1.5}, 15
for norm in EPS:
    extra = ["--norm", norm, "--eps", repr(EPS[norm])] + (["--k", str(K)] if norm == "l0" else [])
    X, eta = perturb(f"geometry {norm}", "--from", "geometry", "--direction", "w.npy", *extra)
    want = np.array([direct(w, s, norm, EPS[norm], K) for s in t])
    close(f"geometry {norm}", eta, want, 1e-15 if norm != "l2" else 1e-14)
    ok((X == B + eta).all(), f"geometry {norm}: X = base + eta, bit for bit")

    # nothing feasible does better: random points, vertices of the ball and the best point moved a little
    best, better = t * (eta @ w), 0
    for trial in range(300):
        v = r.standard_normal(D) if trial % 3 else np.sign(r.standard_normal(D))
        if trial % 5 == 0:
            v = t[0] * eta[0] + 0.05 * EPS[norm] * v
        if norm == "l2":
            v *= EPS[norm] / np.sqrt((v * v).sum())
        elif norm == "linf":
            v = np.clip(v * EPS[norm] / abs(v).max(), -EPS[norm], EPS[norm])
        elif norm == "l1":
            v *= EPS[norm] / abs(v).sum()
        else:
            kept = largest(v, K) if trial % 2 else r.choice(D, K, replace=False)
            rival = np.zeros(D)
            rival[kept] = np.sign(w[kept]) * EPS[norm]
            v = rival
        better += (v @ w > best[0] * (1 + 1e-12))
    ok(better == 0, f"geometry {norm}: no rival among 300 has a larger t<eta,w>", better)
    size = SIZE[norm](eta)
    ok(abs(size - EPS[norm]).max() <= 1e-14 and (norm not in ("l0", "l1") or ((eta != 0).sum(1) == (K if norm == "l0" else 1)).all()), f"geometry {norm}: the size asked for", size)

    X, eta = perturb(f"gradient {norm}", "--from", "gradient", "--weights", "W.npy", "--gamma", repr(GAMMA), *extra)
    close(f"gradient {norm}", eta, np.array([direct(net.gradient(b), s, norm, EPS[norm], K) for b, s in zip(B, t)]), 1e-14)
    ok((X == B + eta).all(), f"gradient {norm}: X = base + eta, bit for bit")

BOUND = {"l2": 1e-6, "linf": 1e-12, "l0": 1e-12, "l1": 1e-6}
for norm in EPS:
    for span, steps in ((None, None), ((-1.0, 1.0), None), ((-1.0, 1.0), 7), ((-1.0, 1.0), 30)):
        name = f"pgd {norm}, range {span}, {steps or 'default'} steps"
        extra = ["--eps", repr(EPS[norm])] if norm != "l0" or steps else []     # the default of L0 is 0.3
        extra += [] if span is None else ["--range", f"{span[0]},{span[1]}"]
        extra += [] if steps is None else ["--steps", str(steps)]
        X, eta = perturb(name, "--from", "pgd", "--norm", norm, "--weights", "W.npy", "--gamma", repr(GAMMA), *extra)
        want = np.array([pgd(net, b, s, norm, EPS[norm], steps or (100 if norm != "l0" else D // 20), span) for b, s in zip(B, t)])
        close(name, X, want, BOUND[norm])
        close(f"{name}, eta", eta, want - B, BOUND[norm])
        moved = np.array([np.exp(-s * net.f(x)) < np.exp(-s * net.f(b)) for x, b, s in zip(X, B, t)])
        ok(moved.all(), f"{name}: every loss is lower than the base's", moved)
        if norm != "l0":
            size = SIZE[norm](eta)
            ok((size <= EPS[norm] * (1 + 1e-12)).all(), f"{name}: inside the ball", size)
        if norm == "l0":
            ok(((eta != 0).sum(1) <= (steps or D // 20)).all() or span == (-0.25, 0.5), f"{name}: at most one entry a step", (eta != 0).sum(1))
        if span:
            changed = eta != 0
            ok((X[changed] >= span[0]).all() and (X[changed] <= span[1]).all(), f"{name}: changed entries inside the range")

# ---- a network so small that every loss is 1: no iterate is strictly lower, so the base is kept
put("tiny.npy", W * 1e-18)
for norm in EPS:
    X, eta = perturb(f"pgd {norm}, all losses equal", "--from", "pgd", "--norm", norm, "--eps", "0.3", "--weights", "tiny.npy", "--gamma", repr(GAMMA))
    ok((X == B).all() and not eta.any(), f"pgd {norm}, all losses equal: the base is kept", abs(eta).max())

# ---- gradients around the guard of 1e-12, and far below it: the step shrinks with them in every norm; where exp underflows it is 0
for scale, share in ((90, 0.9), (300, 1.0), (30000, 1.0)):
    far = Net(W * scale, GAMMA)
    s = np.sign([far.f(b) for b in B])          # towards the side they are on: losses exp(-|f|)
    put("far.npy", W * scale), put("s.npy", s)
    size = np.array([np.exp(-abs(far.f(b))) * abs(far.gradient(b)).max() for b in B])
    ok(0 < (size < 1e-12).sum() <= share * N and (size == 0).any() == (scale == 30000), f"weights times {scale}: some gradients are below the guard", size)
    for norm in EPS:
        X, eta = perturb(f"pgd {norm}, weights times {scale}", "--from", "pgd", "--norm", norm, "--eps", repr(EPS[norm]), "--weights", "far.npy",
                         "--gamma", repr(GAMMA), "--targets", "s.npy")
        want = np.array([pgd(far, b, t_, norm, EPS[norm], 100 if norm != "l0" else D // 20, None) for b, t_ in zip(B, s)])
        close(f"pgd {norm}, weights times {scale}", X, want, 1e-6 if norm in ("l2", "l1") else 1e-9)
        ok(np.isfinite(X).all() and np.isfinite(eta).all(), f"pgd {norm}, weights times {scale}: only numbers")

# ---- the authors' sizes: int(0.05 d) steps of 0.3 on normal data, no range; W of their initialisation
B2 = r.standard_normal((4, 1000))
W2 = (2 * r.random((100, 1000)) - 1) / math.sqrt(1000)
put("n/X.npy", B2), put("n/y.npy", np.array([1.0, -1.0, 1.0, -1.0])), put("n/W.npy", W2)
run = Run("perturb", "--data", "n", "--norm", "l0", "--from", "pgd", "--gamma", "0.01", "--out", "n/out")
ok(run.code == 0, "pgd l0, d = 1000, normal: runs", run)
want = np.array([pgd(Net(W2, 0.01), b, s, "l0", 0.3, 50, None) for b, s in zip(B2, [1, -1, 1, -1])])
close("pgd l0, d = 1000, normal", np.load("n/out/X.npy"), want, 1e-12)
done()
