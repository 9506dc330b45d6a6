"""`lfap limit` against solutions computed from X and y alone: at 60 digits (mpmath) for small N, by an independent
active-set QP in NumPy, and against statements checked number by number."""
import json, math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
from tap import *
import mpmath as mp

mp.mp.dps = 60


def limit(X, y, gamma, name):
    put(f"{name}/X.npy", X), put(f"{name}/y.npy", y)
    r = Run("limit", "--data", name, "--gamma", repr(gamma), "--out", name, "--json")
    assert r.code in (0, 1, 2), r
    return np.load(f"{name}/lambda.npy"), np.load(f"{name}/w.npy"), json.loads(r.out)


def exact_q(X, y, gamma):
    """Q at 60 digits: the doubles of X and gamma are exact numbers."""
    n, d = X.shape
    rows = [[mp.mpf(float(v)) for v in row] for row in X]
    g = mp.mpf(gamma)
    same, other = (1 + g * g) / 2, g
    Q = mp.matrix(n, n)
    for i in range(n):
        for k in range(i + 1):
            dot = mp.fdot(rows[i], rows[k])
            Q[i, k] = Q[k, i] = (same if y[i] == y[k] else -other) * dot
    return Q, rows


def check_exact(n, d, gamma, seed, bound):
    r = np.random.Generator(np.random.Philox(key=seed))
    X, y = 2 * r.random((n, d)) - 1, np.where(r.random(n) >= 0.5, 1.0, -1.0)
    lam, w, doc = limit(X, y, gamma, f"exact-{n}-{d}-{seed}")
    Q, rows = exact_q(X, y, gamma)
    true = mp.lu_solve(Q, mp.ones(n, 1))
    name = f"N = {n}, d = {d}, gamma = {gamma:g}, seed {seed}"
    if min(true) <= 0:
        return ok(not doc["lambda"]["full"], f"{name}: a negative entry, so the QP was taken", doc["lambda"])
    error = max(abs((mp.mpf(float(lam[i])) - true[i]) / true[i]) for i in range(n))
    ok(error <= bound, f"{name}: lambda within {bound:g} of the 60-digit solution", f"relative error {mp.nstr(error, 5)}")
    exact_w = [mp.fsum(true[i] * y[i] * rows[i][k] for i in range(n)) for k in range(d)]
    scale = mp.sqrt(mp.fsum(v * v for v in exact_w))
    off = mp.sqrt(mp.fsum((mp.mpf(float(w[k])) - exact_w[k]) ** 2 for k in range(d))) / scale
    ok(off <= 2 * bound, f"{name}: w within {2 * bound:g}", f"relative error {mp.nstr(off, 5)}")


for seed in range(3):
    check_exact(20, 1000, 0.01, seed, 4e-15)   # the authors' slope
    check_exact(20, 1000, 0.5, seed, 4e-15)
check_exact(20, 300, 0.9, 3, 4e-15)
check_exact(2, 2000, 0.9, 4, 4e-15)
check_exact(1, 50, 0.3, 5, 4e-15)
check_exact(8, 10, 0.2, 6, 1e-13)              # hardly more dimensions than samples


# ---- the QP: small, fewer dimensions than samples, solved by an independent active set
def qp(Q):
    """min 1/2 l'Ql - 1'l, l >= 0, after Lawson and Hanson; dense solves, no regard for speed."""
    n = len(Q)
    lam, free = np.zeros(n), np.zeros(n, bool)
    for _ in range(50 * n):
        gain = 1 - Q @ lam
        gain[free] = -np.inf
        if free.all() or gain.max() <= 1e-11:
            return lam
        free[gain.argmax()] = True
        while True:
            z = np.zeros(n)
            z[free] = np.linalg.solve(Q[np.ix_(free, free)], np.ones(free.sum()))
            if (z[free] > 0).all():
                lam = z
                break
            low = free & (z <= 0)
            step = (lam[low] / (lam[low] - z[low])).min()
            lam = lam + step * (z - lam)
            lam[low & (lam <= 1e-15)] = 0
            free &= lam > 0
    raise RuntimeError("no solution")


def matrix(X, y, gamma):
    h = np.where(np.equal.outer(y, y), (1 + gamma * gamma) / 2, gamma)
    return np.multiply.outer(y, y) * h * (X @ X.T)


partial = 0
for seed in range(12):
    r = np.random.default_rng(seed)
    n, d, gamma = int(r.integers(4, 40)), int(r.integers(20, 60)), float(r.choice([0.1, 0.5, 0.9]))
    centre = r.standard_normal(d) * r.choice([0.0, 0.5])
    y = np.where(r.random(n) >= 0.5, 1.0, -1.0)
    X = r.standard_normal((n, d)) + np.multiply.outer(y, centre)
    lam, w, doc = limit(X, y, gamma, f"qp{seed}")
    Q, name = matrix(X, y, gamma), f"QP, N = {n}, d = {d}, gamma = {gamma}, seed {seed}"
    true = qp(Q)
    partial += not doc["lambda"]["full"]
    ok(np.abs(lam - true).max() <= 1e-9 * true.max(), f"{name}: lambda is the active set's", np.abs(lam - true).max() / true.max())
    ok(((lam > 0) == (true > 0)).all() and doc["lambda"]["support"] == (true > 0).sum(), f"{name}: support", doc["lambda"])
    mu = Q @ lam - 1
    ok((lam >= 0).all() and np.abs(mu[lam > 0]).max() < 1e-9 and (mu[lam == 0] > -1e-9).all(), f"{name}: KKT conditions", mu)
    ok(np.allclose(w, (lam * y) @ X, rtol=0, atol=1e-13 * np.abs(w).max()), f"{name}: w = sum lambda y x")

    # C1(b) from the vectors u and v themselves, m = 2
    c = np.where(y > 0, 1, gamma)
    u, v = (lam * y * c) @ X / math.sqrt(2), -((lam * y * (1 + gamma - c)) @ X) / math.sqrt(2)
    aligned = (y * (X @ u) > 0) & (y * (X @ v) < 0)
    near = min(abs(X @ u).min(), abs(X @ v).min()) < 1e-9
    ok(near or doc["c1"]["aligned_samples"] == aligned.sum(), f"{name}: slopes the limit forces", (doc["c1"], aligned.sum()))
    ok(near or doc["c1"]["holds"] == bool(aligned.all()), f"{name}: C1", doc["c1"])
    # the limit network u, v fits every sample on the support with margin 1 when C1 holds
    if doc["c1"]["holds"]:
        act = lambda z: np.where(z > 0, z, gamma * z)
        f = (act(X @ u) - act(X @ v)) / math.sqrt(2)
        ok(np.allclose((y * f)[lam > 0], 1, atol=1e-9) and ((y * f) > 1 - 1e-9).all(), f"{name}: margins of the limit network", y * f)
ok(partial >= 4, "some of these need the QP, not the linear system alone", partial)

# ---- intervals, from their formulas
X, y = sample(3, 30000, 11)
gamma = 0.9
lam, w, doc = limit(X, y, gamma, "intervals")
norms = (X * X).sum(1)
Q, h = matrix(X, y, gamma), (1 + gamma**2) / 2
for key, kappa in (("T2", gamma**3 * norms.min() / (3 * norms.max())),
                   ("T2_a_posteriori", (abs(Q) - np.diag(np.diag(Q))).sum(1).max() / (h * norms.min()))):
    lo, hi = (1 - 2 * kappa) / ((1 - kappa) * h * norms.max()), 1 / ((1 - kappa) * h * norms.min())
    got = doc["intervals"][key]
    ok(math.isclose(got["lo"], lo, rel_tol=1e-10) and math.isclose(got["hi"], hi, rel_tol=1e-10), f"interval {key}", (got, lo, hi))
    ok(lo <= lam.min() and lam.max() <= hi, f"lambda lies in {key}", (lam, lo, hi))
got = doc["intervals"]["T1"]
ok(math.isclose(got["lo"], 0.5 / norms.max(), rel_tol=1e-12) and math.isclose(got["hi"], 1.5 / (gamma**2 * norms.min()), rel_tol=1e-12), "interval T1", got)
done()
