"""`lfap train` against NumPy written from spec/numerics.md N4 and N5: the authors' sgd (momentum, plateau schedule) at
their settings from a given W0, gradient descent, both losses, plain and Gram form; the initial weights; the flow against the limit.
LFAP_FULL=1 runs the authors' 10000 epochs instead of 2000."""
import json, math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from plateau import Plateau
from tap import *

EPOCHS = 10000 if os.environ.get("LFAP_FULL") == "1" else 2000


def reference(X, y, W, gamma, epochs, lr, momentum=None, logistic=False):
    """W after `epochs`, and per epoch the loss before the update and the lr used. momentum None: gradient descent."""
    W, m, n = W.copy(), len(W), len(X)
    a = np.where(np.arange(m) < m // 2, 1, -1) / math.sqrt(m)
    rate, V, losses, lrs = Plateau(lr), None, [], []
    for _ in range(epochs):
        Z = W @ X.T
        q = y * (a @ np.where(Z > 0, Z, gamma * Z))
        if logistic:
            loss = np.logaddexp(0, -q).mean()
            g = 1 / (1 + np.exp(q))
        else:
            g = np.exp(-q)
            loss = g.mean()
        D = -(a[:, None] * np.where(Z > 0, 1, gamma) * (y * g / n)) @ X
        losses.append(loss), lrs.append(rate.lr)
        if momentum is None:
            W -= rate.lr * D
            continue
        V = D if V is None else momentum * V + D
        W -= rate.lr * V
        rate.see(loss)
    return W, np.array(losses), np.array(lrs)


def check(name, X, y, W0, gamma, epochs, lr, method, bound=1e-10, momentum=0.9, logistic=False, form="auto"):
    put("set/X.npy", X), put("set/y.npy", y), put("W0.npy", W0)
    extra = ["--momentum", repr(momentum)] if method == "sgd" and momentum != 0.9 else []
    r = Run("train", "--method", method, "--data", "set", "--init", "W0.npy", "--gamma", repr(gamma), "--epochs", str(epochs),
            "--lr", repr(lr), "--loss", "logistic" if logistic else "exp", "--form", form, "--out", "run", *extra, timeout=1200)
    if not ok(r.code == 0, f"{name}: runs", r):
        return None
    W, losses, lrs = reference(X, y, W0, gamma, epochs, lr, momentum if method == "sgd" else None, logistic)
    got, rows = np.load("run/W.npy"), np.genfromtxt("run/history.csv", delimiter=",", names=True)
    error = np.linalg.norm(got - W) / np.linalg.norm(W)
    worst = (abs(got - W) / np.maximum(abs(W), np.sqrt((W * W).mean()))).max()
    ok(error <= bound and worst <= bound, f"{name}: W within {bound:g} relative", f"norm {error:.3g}, worst entry {worst:.3g}")
    ok(np.linalg.norm(W - W0) > 1e-3 * np.linalg.norm(W0), f"{name}: W moved", np.linalg.norm(W - W0))
    ok(len(rows) == epochs and np.allclose(rows["loss"], losses, rtol=1e-9, atol=0), f"{name}: losses",
       abs(rows["loss"] / losses - 1).max() if len(rows) == epochs else len(rows))
    ok(np.allclose(rows["lr"], lrs, rtol=1e-14, atol=0), f"{name}: learning rates", (rows["lr"][-1], lrs[-1]))
    return lrs


def data(seed, n, d, m):
    r = np.random.Generator(np.random.Philox(key=seed))
    X, y = 2 * r.random((n, d)) - 1, np.where(r.random(n) >= 0.5, 1.0, -1.0)
    return X, y, (2 * r.random((m, d)) - 1) / math.sqrt(d)


# ---- the authors' settings
lrs = check(f"authors' settings, {EPOCHS} epochs", *data(1, 20, 1000, 100), 0.01, EPOCHS, 0.01, "sgd")

# ---- where the schedule acts: a constant loss cannot be had, so a rate too large makes it rise and fall
X, y, W0 = data(2, 12, 80, 8)
lrs = check("sgd, plateau schedule", X, y, W0, 0.1, 400, 4.0, "sgd")
if lrs is not None:
    ok(len(set(lrs)) >= 2, "the schedule lowered the rate", sorted(set(lrs)))
# two nearly equal samples of opposite labels: the loss stalls, the rate falls until 1e-8 stops it
X2 = X.copy()
X2[1] = X2[0] * (1 + 1e-9)
X2[1, 0] += 1e-7
y2 = np.where(np.arange(12) % 2, -1.0, 1.0)
lrs = check("sgd, stalled", X2, y2, W0, 0.1, 3000, 0.05, "sgd")
if lrs is not None:
    ok(lrs[-1] < 1e-7 and lrs[-1] == lrs[-400], "the rate falls to where a change of 1e-8 is skipped", lrs[-1])

# ---- the other forms
check("sgd, logistic loss", X, y, W0, 0.1, 300, 0.05, "sgd", logistic=True)
check("sgd, momentum 0.5", X, y, W0, 0.1, 300, 0.02, "sgd", momentum=0.5)
check("gd", X, y, W0, 0.3, 300, 0.05, "gd")
check("gd, logistic loss", X, y, W0, 0.3, 300, 0.2, "gd", logistic=True)
check("gd, one sample, two neurons", X[:1], y[:1], W0[:2], 0.5, 50, 0.01, "gd")
check("gd, odd sizes", *data(5, 7, 13, 6), 0.2, 100, 0.02, "gd")

# ---- the same in Gram form
check(f"Gram form, authors' settings, {EPOCHS} epochs", *data(1, 20, 1000, 100), 0.01, EPOCHS, 0.01, "sgd", form="gram")
check("Gram form, plateau schedule", X, y, W0, 0.1, 400, 4.0, "sgd", form="gram")
check("Gram form, gd, logistic loss", X, y, W0, 0.3, 300, 0.2, "gd", logistic=True, form="gram")
check("Gram form, N > d", *data(5, 30, 13, 6), 0.2, 100, 0.02, "sgd", form="gram")

# ---- the initial weights are NumPy's uniforms on [-scale/sqrt(d), scale/sqrt(d)]: gd with a rate of almost nothing shows them
put("set/X.npy", X), put("set/y.npy", y)
for scale in (1.0, 0.125):
    r = Run("train", "--method", "gd", "--epochs", "1", "--lr", "1e-300", "--data", "set", "--m", "8", "--seed", "77", "--gamma", "0.5",
            "--init-scale", repr(scale), "--out", "run")
    W = np.load("run/W.npy")
    want = scale / math.sqrt(80) * (2 * np.random.Generator(np.random.Philox(key=77)).random((8, 80)) - 1)
    ok(r.code == 0 and np.allclose(W, want, rtol=1e-15, atol=0), f"initial weights, scale {scale}", abs(W - want).max())

# ---- the flow ends where the limit says: rows u and v up to scale, margins equal
put("flow/X.npy", sample(6, 3000, 4)[0]), put("flow/y.npy", sample(6)[1])
for loss in ("exp", "logistic"):
    r = Run("train", "--data", "flow", "--gamma", "0.5", "--m", "6", "--seed", "3", "--loss", loss, "--out", "flow")
    Run("limit", "--data", "flow", "--gamma", "0.5", "--out", "flow")
    W, lam, X, y = (np.load(f"flow/{f}.npy") for f in ("W", "lambda", "X", "y"))
    c = np.where(y > 0, 1, 0.5)
    u, v = (lam * y * c) @ X, -((lam * y * (1.5 - c)) @ X)
    want = np.vstack([u] * 3 + [v] * 3)
    cosine = (W * want).sum() / np.linalg.norm(W) / np.linalg.norm(want)
    ok(r.code == 0 and 1 - cosine < 1e-12, f"flow, {loss} loss: W has the direction of the limit", 1 - cosine)
done()
