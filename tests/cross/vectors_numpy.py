"""The test vectors of `lfap vectors` recomputed in NumPy from spec/theory.md and spec/numerics.md alone (TAP): everything follows
from the seed and the parameters in meta.json. Run it on a directory of vectors, or without one on fresh ones.

Tolerances, relative to an array's largest entry: 0 where no sum is involved; 1e-12 for sums, which here have at most 2000 terms
(2000 * 2^-53 = 2e-13 at the very worst); 1e-11 for what depends on lambda (the condition number of Q is below 30); 1e-6 for
projected gradient descent, where the last place may decide whether delta shrinks by the 1e-7 of the projection."""
import os, sys
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from vectors import main


def philox(seed):
    return np.random.Generator(np.random.Philox(key=seed))


def draw(kind, seed, n, d):
    g = philox(seed)
    X = 2 * g.random((n, d)) - 1 if kind == "uniform" else g.standard_normal((n, d))
    return X, np.where(g.random(n) >= 0.5, 1.0, -1.0)


def limit(X, y, gamma):
    """C2: minimiser of 1/2 l'Ml - 1'l over l >= 0, l = (alpha, beta), exchanging the last one that is wrong. Q is M's first block."""
    G, n, s, t = X @ X.T, len(y), np.repeat([gamma, 1.0], len(y)), np.tile(y, 2)
    S = np.stack([np.where(t > 0, 1, -s), np.where(t > 0, -s, 1)], 1)
    M, free = S @ S.T / 2 * np.tile(G, (2, 2)), s < 1
    while True:
        l = np.zeros(2 * n)
        l[free] = np.linalg.solve(M[np.ix_(free, free)], np.ones(free.sum()))
        wrong = np.flatnonzero(np.where(free, l < 0, M @ l - 1 < -1e-12))
        if len(wrong) == 0:
            break
        free[wrong[-1]] ^= True
    alpha, beta = l[:n], l[n:]
    omega = alpha + 2 * beta / (1 + gamma)
    return G, M[:n, :n], alpha + beta, gamma * alpha + beta, omega, (omega * y) @ X


class Net:
    def __init__(self, W, gamma):
        self.W, self.gamma, self.a = W, gamma, np.repeat([1.0, -1.0], len(W) // 2) / np.sqrt(len(W))

    def slopes(self, X):
        return np.where(X @ self.W.T > 0, 1, self.gamma)

    def f(self, X):
        return (X @ self.W.T * self.slopes(X)) @ self.a

    def loss_gradient(self, X, y):
        g = np.exp(-y * self.f(X)) / len(y)
        return -((g * y)[:, None] * self.slopes(X) * self.a).T @ X


def unit(norm, w, k):
    if norm == "l2":
        return w / np.linalg.norm(w)
    keep = np.zeros(len(w))
    keep[np.argsort(-abs(w), kind="stable")[: k if norm == "l0" else len(w)]] = 1
    return np.sign(w) * keep


def pgd(norm, net, x0, t, eps, steps, clamp):
    """Section 6, one sample: of all iterates the one of strictly lowest loss."""
    x, best, kept = x0.copy(), np.inf, x0
    for i in range(steps + 1):
        loss = np.exp(-t * net.f(x[None])[0])
        if loss < best:
            best, kept = loss, x.copy()
        if i == steps:
            return kept
        g = -t * loss * ((net.slopes(x[None])[0] * net.a) @ net.W)
        size = np.linalg.norm if norm == "l2" else lambda v: abs(v).max()
        if norm == "l0":
            mask = x != x0
            mask[np.where(mask, -1, abs(g)).argmax()] = True
            x = clamp(x - eps * np.where(mask, g, 0) / max(abs(g[mask]).max(), 1e-12))
        else:
            delta = x - eps / 5 * g / max(size(g), 1e-12) - x0
            x = clamp(x0 + delta * (eps / (size(delta) + 1e-7) if size(delta) > eps else 1))


def recompute(case, m):
    """Every array of a case from its meta.json m alone: name -> (array, tolerance)."""
    s, seed, gamma, out = m["sizes"], m["seed"], m["gamma"], {}
    n, d, k = s["n"], s["d"], s["k"]
    put = lambda tolerance, **arrays: out.update({a: (v, tolerance) for a, v in arrays.items()})
    X, y = draw(m["kind"], seed, n, d)[0], np.where(np.arange(n) % 2, -1.0, 1.0)
    G, Q, lam, bent, omega, w = limit(X, y, gamma)
    Z, scale = draw("uniform", seed + 2, s["probes"], d)[0], 1 / np.sqrt(s["m"])
    B, t = draw(m["kind"], seed + 1, s["n_adv"], d)
    put(0, X=X, y=y, Z=Z, B=B, t=t)
    put(1e-12, G=G, Q=Q)
    put(1e-11, w=w, f_bdy=Z @ w, u=scale * (np.where(y > 0, lam, bent) * y) @ X, v=-scale * (np.where(y > 0, bent, lam) * y) @ X, omega=omega, **{"lambda": lam})
    W, V, f, loss = (2 * philox(seed + 3).random((s["m"], d)) - 1) * (1 / np.sqrt(d)), 0, [], []
    put(0, W0=W)
    for epoch in range(1, s["epochs"] + 1):
        f, loss = f + [Net(W, gamma).f(X)], loss + [np.exp(-y * Net(W, gamma).f(X)).mean()]
        V = 0.9 * V + Net(W, gamma).loss_gradient(X, y)
        W = W - m["lr"] * V
        put(1e-12, **{f"W{epoch}": W})
    net = Net(W, gamma)
    put(1e-12, sgd_loss=np.array(loss), sgd_lr=np.full(len(loss), m["lr"]), sgd_f=np.stack(f + [net.f(X)]), f=net.f(Z))
    clamp = (lambda v: np.clip(v, -1, 1)) if m["kind"] == "uniform" else (lambda v: v)
    for norm, eps in ((p, m["eps"][p]) for p in ("l2", "linf", "l0")):
        e = unit(norm, w, k)
        _, _, la, _, om, w_adv = limit(B + eps * np.outer(t, e), t, gamma)
        attacked = np.stack([pgd(norm, net, B[i], t[i], eps, s["pgd_steps"], clamp) for i in range(len(t))])
        put(1e-11 if norm == "l2" else 0, **{f"{norm}_eta": eps * np.outer(t, e), f"{norm}_X": B + eps * np.outer(t, e)})
        put(1e-11 if norm == "l0" else 1e-6, **{f"{norm}_pgd": attacked})
        put(1e-11, **{f"{norm}_lambda": la, f"{norm}_w": w_adv, f"{norm}_omega": om, f"{norm}_T_data": Z @ ((om * t) @ B),
                      f"{norm}_T_pert": eps * om.sum() * (Z @ e), f"{norm}_f_adv": Z @ w_adv})
    return out


if __name__ == "__main__":
    main("numpy", recompute)
