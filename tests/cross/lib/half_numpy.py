"""Half precision in NumPy's own float16 and float32, written from spec/numerics.md N17: sums, training, attacks. Nothing of lfap is used."""
import numpy as np

from plateau import Plateau

f32, f16 = np.float32, np.float16
SLICE = 256


def half(x):
    """The nearest binary16 number, as a float32."""
    with np.errstate(over="ignore"):
        return np.asarray(x).astype(f16).astype(f32)


def sums(A, B):
    """A B for float32 matrices: chains of 256 terms, added in order."""
    total = np.zeros((A.shape[0], B.shape[1]), f32)
    for k in range(0, A.shape[1], SLICE):
        s = np.zeros_like(total)
        for i in range(k, min(k + SLICE, A.shape[1])):
            s = s + A[:, i:i + 1] * B[i]
        total = total + s
    return total


def fma(a, b, c):
    """a*b + c in float32, rounded once: the sum in double rounded to odd, then to nearest."""
    p, c = np.float64(a) * b.astype(np.float64), c.astype(np.float64)
    s = p + c
    part = s - p
    error = (p - (s - part)) + (c - part)
    even = (s.view(np.int64) & 1) == 0
    return np.where((error != 0) & even, np.nextafter(s, np.copysign(np.inf, error)), s).astype(f32)


class Network:
    def __init__(self, W, gamma):
        m = len(W)
        self.w, self.gamma = half(W), f32(gamma)
        self.a = (np.where(np.arange(m) < m // 2, 1, -1) * half(1 / np.sqrt(np.float64(m)))).astype(f32)[:, None]

    def outputs(self, x):
        """f (n) at the rows of x, and what a backward pass needs."""
        self.z = half(sums(self.w, half(x).T))
        active = np.where(self.z > 0, self.z, half(self.gamma * self.z))
        return half(sums(self.a.T, active))[0]

    def back(self, t):
        """dL/dz (m x n) for dL/df = half(t)."""
        o = half(half(t) * abs(self.a[0, 0]))
        return (np.sign(self.a) * np.where(self.z > 0, o, half(self.gamma * o))).astype(f32)


def losses(q, logistic=False):
    """l, g of the margins as float32."""
    with np.errstate(over="ignore", under="ignore"):
        if not logistic:
            e = np.exp(-q.astype(np.float64)).astype(f32)
            return e, e
        e = np.exp(-abs(q.astype(np.float64)))
        l = np.where(q >= 0, np.log1p(e), np.log1p(e) - q)
        return l.astype(f32), np.where(q >= 0, e / (1 + e), 1 / (1 + e)).astype(f32)


def train(X, y, W, gamma, epochs, lr, momentum=None, logistic=False):
    """W as float32, and per epoch the loss, the rate, the share of zeros; ends where learning does. momentum None: gd."""
    W, x, n = W.astype(f32), half(X), len(X)
    rate, V, rows, ended = Plateau(lr), None, [], 0
    for epoch in range(epochs):
        net = Network(W, gamma)
        q = (y * net.outputs(X)).astype(f32)
        l, g = losses(q, logistic)
        loss = float(sums(l[None, :], np.ones((n, 1), f32))[0, 0] / f32(n))
        c = net.back((-y * (f32(1) / f32(n) * g)).astype(f32))
        D = half(sums(c, x))
        rows.append((loss, rate.lr, (c == 0).mean()))
        V = D if V is None or momentum is None else f32(momentum) * V + D
        before, W = W, fma(f32(-rate.lr), V, W)
        if not D.any() and (W == before).all():
            ended = epoch + 1
            break
        if momentum is None:
            continue
        rate.see(loss)
    return W, rows, ended


def pgd(W, gamma, x0, t, norm, eps, steps):
    """The best iterate of one base, and was a gradient 0 on the way: N7 with the half network, steps in doubles."""
    net, x, best, kept, vanished = Network(W, gamma), x0.copy(), np.inf, x0.copy(), False
    length = {"l2": lambda v: np.sqrt((v * v).sum()), "linf": lambda v: abs(v).max(), "l1": lambda v: abs(v).sum()}
    for i in range(steps + 1):
        f = float(net.outputs(x[None, :])[0])
        with np.errstate(over="ignore"):
            loss = f32(np.exp(-(t * f)))
        if loss < best:
            best, kept = loss, x.copy()
        if i == steps:
            break
        g = half(sums(net.back(np.array([-t * float(loss)])).T.copy(), net.w))[0].astype(np.float64)
        if not np.isfinite(g).all():
            continue
        vanished |= not g.any()
        if norm == "l0":
            mask = x != x0
            rest = np.where(mask, -1.0, abs(g))
            if not mask.all():
                mask[np.argmax(rest)] = True
            x = np.where(mask, x - eps * (g / max(abs(g[mask]).max(), 1e-12)), x)
        else:
            x = x - eps / 5 * (g / max(length[norm](g), 1e-12))
            delta = x - x0
            if length[norm](delta) > eps:
                delta = delta * (eps / (length[norm](delta) + 1e-7))
            x = x0 + delta
    return kept, vanished
