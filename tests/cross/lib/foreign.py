"""What `lfap compare` reports, computed in NumPy from the definitions of K1 and P1 (spec/theory.md): the KKT residual by an explicit
nonnegative least squares over the gradients, everything else from weights and points."""
import math
import numpy as np


def nnls(A, b):
    """argmin ||A l - b|| over l >= 0, after Lawson and Hanson."""
    n = A.shape[1]
    l, free = np.zeros(n), np.zeros(n, bool)
    for _ in range(20 * n):
        gain = A.T @ (b - A @ l)
        gain[free] = -np.inf
        if free.all() or gain.max() <= 1e-12 * abs(A.T @ b).max():
            return l
        free[gain.argmax()] = True
        while True:
            z = np.zeros(n)
            z[free] = np.linalg.lstsq(A[:, free], b, rcond=None)[0]
            if (z[free] > 0).all():
                l = z
                break
            low = free & (z <= 0)
            l = l + (l[low] / (l[low] - z[low])).min() * (z - l)
            l[low & (l <= 1e-14 * l.max())] = 0
            free &= l > 0
    raise RuntimeError("no solution")


def k1(W, X, y, gamma, w, probes):
    m = len(W)
    a = np.where(np.arange(m) < m // 2, 1, -1) / math.sqrt(m)
    f = lambda Z: np.where(W @ Z.T > 0, W @ Z.T, gamma * (W @ Z.T)).T @ a
    slope = np.where(W @ X.T > 0, 1, gamma)
    q = y * f(X)
    k = {"margin_min": q.min(), "margin": q.min() / np.linalg.norm(W), "residual": None, "slackness": None}
    if q.min() > 0:
        gradients = np.stack([(y[n] * a * slope[:, n])[:, None] * X[n] for n in range(len(X))]).reshape(len(X), -1).T
        V = (W / q.min()).ravel()
        l = nnls(gradients, V)
        k["residual"] = np.linalg.norm(V - gradients @ l) / np.linalg.norm(V)
        k["slackness"] = l @ (q / q.min() - 1)
    s = np.linalg.svd(W, compute_uv=False) ** 2
    k["outside_rank2"] = s[2:].sum() / s.sum()
    means = [W[: m // 2].mean(0), W[m // 2 :].mean(0)]
    k["row_spread"] = max(np.linalg.norm(W[j] - means[j >= m // 2]) / np.linalg.norm(means[j >= m // 2]) for j in range(m))
    want = np.where(np.equal.outer(a > 0, y > 0), 1, gamma)
    k["pattern_aligned"] = (slope == want).mean()
    u = means[0] - means[1]
    k["cosine"] = u @ w / np.linalg.norm(u) / np.linalg.norm(w)
    k["agreement"] = (np.sign(f(probes)) == np.sign(probes @ w)).mean()
    return k


def network(W, gamma):
    a = np.where(np.arange(len(W)) < len(W) // 2, 1, -1) / math.sqrt(len(W))
    slope = lambda Z: np.where(Z @ W.T > 0, 1, gamma)
    return (lambda Z: (Z @ W.T * slope(Z)) @ a), (lambda Z: (slope(Z) * a) @ W)


def dual(v, norm, k):
    v = np.sort(abs(v))[::-1]
    return np.linalg.norm(v) if norm == "l2" else v.sum() if norm == "linf" else v[0] if norm == "l1" else v[:k].sum()


def spread(v):
    return {"min": v.min(), "min_at": int(v.argmin()), "mean": v.mean(), "max": v.max(), "max_at": int(v.argmax())}


def p1(W, gamma, w, bases, points, t, norm, eps, k=None, lo=-np.inf, hi=np.inf, unit=2.0**-53):
    """eps None: no bound on an entry (l0). unit: of the precision the points were made in."""
    f, gradient = network(W, gamma)
    eta = points - bases
    entry = abs(eta).max(1)
    size = np.linalg.norm(eta, axis=1) if norm == "l2" else entry if norm == "linf" else abs(eta).sum(1) if norm == "l1" else (eta != 0).sum(1)
    slack = 1e-14 * (1 + abs(points).max()) * unit * 2.0**53
    over = size > (k if norm == "l0" else eps + slack)
    if norm == "l0" and eps:
        over |= entry > eps + slack
    beyond = np.maximum(lo - points, points - hi).max(1)
    gain = t * (f(points) - f(bases))
    r = {"size": spread(size), "entry": spread(entry), "outside": int(over.sum()), "range_outside": int((beyond > 0).sum()),
         "range_excess": max(beyond.max(), 0.0), "range_at": int(beyond.argmax()) if beyond.max() > 0 else 0, "gain": spread(gain),
         "before": int((t * f(bases) > 0).sum()), "after": int((t * f(points) > 0).sum()), "across": int((t * (points @ w) > 0).sum())}
    if eps:
        r["optimum"] = eps * dual(w, norm, k)
        r["reached"] = spread(t * (eta @ w) / r["optimum"])
        r["ascent"] = spread(gain / (eps * np.array([dual(g, norm, k) for g in gradient(bases)])))
    return r


def disagreements(want, got, tolerance, at=""):
    """Paths at which the numbers differ by more than `tolerance`, relative to the larger of 1 and |want|. Where a smallest or largest
    value is shared up to rounding, either sample may be named."""
    bad = []
    for key, v in want.items():
        g = got.get(key)
        if isinstance(v, dict):
            bad += disagreements(v, g or {}, tolerance, f"{at}{key}.")
        elif key.endswith("_at"):
            continue
        elif v is None or g is None or not abs(g - v) <= tolerance * max(1, abs(v)):
            if not (v is None and g is None):
                bad.append(f"{at}{key}: {g} is not {v}")
    return bad
