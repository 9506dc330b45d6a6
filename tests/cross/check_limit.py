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


def exact_programme(X, y, gamma):
    """M of (CP) at 60 digits, unknowns (n, gamma) before (n, 1); the doubles of X and gamma are exact numbers."""
    n, rows = len(y), [[mp.mpf(float(v)) for v in row] for row in X]
    S = [(mp.mpf(1), -s) if t > 0 else (-s, mp.mpf(1)) for s in (mp.mpf(gamma), mp.mpf(1)) for t in y]
    G = mp.matrix(n, n)
    for i in range(n):
        for k in range(i + 1):
            G[i, k] = G[k, i] = mp.fdot(rows[i], rows[k])
    M = mp.matrix(2 * n, 2 * n)
    for i in range(2 * n):
        for k in range(2 * n):
            M[i, k] = (S[i][0] * S[k][0] + S[i][1] * S[k][1]) / 2 * G[i % n, k % n]
    return M, rows


def beta_of(lam, omega, gamma):
    """beta from lambda = alpha + beta and omega = alpha + 2 beta/(1 + gamma); exactly 0 where they are the same."""
    return (omega - lam) * (1 + gamma) / (1 - gamma)


def check_exact(n, d, gamma, seed, bound):
    r = np.random.Generator(np.random.Philox(key=seed))
    X, y = 2 * r.random((n, d)) - 1, np.where(r.random(n) >= 0.5, 1.0, -1.0)
    lam, w, doc = limit(X, y, gamma, f"exact-{n}-{d}-{seed}")
    beta = beta_of(lam, np.load(f"exact-{n}-{d}-{seed}/omega.npy"), gamma)
    M, rows = exact_programme(X, y, gamma)
    name = f"N = {n}, d = {d}, gamma = {gamma:g}, seed {seed}"
    face = [k for k, v in enumerate(np.concatenate([lam - beta, beta])) if v > 1e-12 * lam.max()]
    part = mp.matrix([[M[i, k] for k in face] for i in face])
    l = [mp.mpf(0)] * (2 * n)
    for k, v in zip(face, mp.lu_solve(part, mp.ones(len(face), 1))):
        l[k] = v
    slack = [mp.fdot([M[i, k] for k in range(2 * n)], l) - 1 for i in range(2 * n)]
    ok(min(l) >= 0 and min(slack) > -mp.mpf(10) ** -50, f"{name}: the support of 60 digits ({sum(beta > 0)} kinks)", (mp.nstr(min(l), 5), mp.nstr(min(slack), 5)))
    true = [l[i] + l[n + i] for i in range(n)]
    omega = [l[i] + 2 * l[n + i] / (1 + mp.mpf(gamma)) for i in range(n)]
    error = max(abs(mp.mpf(float(a)) - b) for a, b in zip(lam, true)) / max(true)
    ok(error <= bound, f"{name}: lambda within {bound:g} of the 60-digit solution", f"error {mp.nstr(error, 5)}")
    exact_w = [mp.fsum(omega[i] * y[i] * rows[i][k] for i in range(n)) for k in range(d)]
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


def programme(X, y, gamma):
    """M of (CP), (n, gamma) before (n, 1): Q is its first block."""
    s, t = np.repeat([gamma, 1.0], len(y)), np.tile(y, 2)
    S = np.stack([np.where(t > 0, 1, -s), np.where(t > 0, -s, 1)], 1)
    return S @ S.T / 2 * np.tile(X @ X.T, (2, 2))


def matrix(X, y, gamma):
    h = np.where(np.equal.outer(y, y), (1 + gamma * gamma) / 2, gamma)
    return np.multiply.outer(y, y) * h * (X @ X.T)


def rows(X, y, lam, gamma):
    """u and v of C1, m = 2."""
    c = np.where(y > 0, 1, gamma)
    return (lam * y * c) @ X / math.sqrt(2), -((lam * y * (1 + gamma - c)) @ X) / math.sqrt(2)


def aligned_at(X, y, lam, gamma):
    u, v = rows(X, y, lam, gamma)
    return (y * (X @ u) > 0) & (y * (X @ v) < 0)


partial = bent = 0
for seed in range(12):
    r = np.random.default_rng(seed)
    n, d, gamma = int(r.integers(4, 40)), int(r.integers(20, 60)), float(r.choice([0.1, 0.5, 0.9]))
    centre = r.standard_normal(d) * r.choice([0.0, 0.5])
    y = np.where(r.random(n) >= 0.5, 1.0, -1.0)
    X = r.standard_normal((n, d)) + np.multiply.outer(y, centre)
    lam, w, doc = limit(X, y, gamma, f"qp{seed}")
    Q, name = matrix(X, y, gamma), f"QP, N = {n}, d = {d}, gamma = {gamma}, seed {seed}"
    M, n = programme(X, y, gamma), len(y)
    both = qp(M)
    q_lam, true = qp(Q), both[:n] + both[n:]
    partial += not doc["lambda"]["full"]
    bent += (both[n:] > 0).any()
    ok(np.abs(lam - true).max() <= 1e-9 * true.max(), f"{name}: lambda is the active set's", np.abs(lam - true).max() / true.max())
    ok(((lam > 0) == (true > 0)).all() and doc["lambda"]["support"] == (true > 0).sum(), f"{name}: support", doc["lambda"])
    omega, slopes = np.load(f"qp{seed}/omega.npy"), np.load(f"qp{seed}/slopes.npy")
    beta = beta_of(lam, omega, gamma)
    l = np.where(abs(np.concatenate([lam - beta, beta])) < 1e-12 * lam.max(), 0, np.concatenate([lam - beta, beta]))
    mu = M @ l - 1
    ok((l >= 0).all() and np.abs(mu[l > 0]).max() < 1e-9 and (mu[l == 0] > -1e-9).all(), f"{name}: KKT conditions", mu)
    ok(np.allclose(w, (omega * y) @ X, rtol=0, atol=1e-13 * np.abs(w).max()), f"{name}: w = sum omega y x")
    U = (np.where(y > 0, 1, slopes) * lam * y) @ X
    V = -(np.where(y > 0, slopes, 1) * lam * y) @ X
    own, other = np.where(y > 0, X @ U, X @ V), np.where(y > 0, X @ V, X @ U)
    ok(np.allclose(U - V, (1 + gamma) * w, rtol=0, atol=1e-12 * np.abs(w).max()), f"{name}: w = (U - V)/(1 + gamma), from the slopes")
    ok((slopes >= gamma).all() and (slopes <= 1).all() and (abs(slopes - np.where(other > 0, 1, gamma))[abs(other) > 1e-9] < 1e-12).all(),
       f"{name}: slopes are phi's, and between them at kinks", slopes)
    c2 = doc["c2"]
    ok(c2["holds"] == bool((own[lam > 0] > 0).all()) and abs(c2["own_min"] - own.min()) < 1e-9 and c2["kinks"] == ((both[:n] > 0) & (both[n:] > 0)).sum(), f"{name}: C2", c2)
    if c2["holds"]:  # the two rows are a network that fits every sample, on the support with margin 1
        act = lambda z: np.where(z > 0, z, gamma * z)
        f = y * (act(X @ U) - act(X @ V)) / 2
        ok(np.allclose(f[lam > 0], 1, atol=1e-9) and (f > 1 - 1e-9).all(), f"{name}: margins of the network of C2", f)
    C1 = (q_aligned := aligned_at(X, y, q_lam, gamma)).all()
    ok(not C1 or np.allclose(lam, q_lam, rtol=0, atol=1e-9 * lam.max()), f"{name}: where C1 holds the multipliers are those of Q", q_aligned)
    lam = q_lam

    # C1(b) from the vectors u and v themselves, m = 2
    u, v = rows(X, y, lam, gamma)
    aligned = aligned_at(X, y, lam, gamma)
    near = min(abs(X @ u).min(), abs(X @ v).min()) < 1e-9
    ok(near or doc["c1"]["aligned_samples"] == aligned.sum(), f"{name}: slopes the limit forces", (doc["c1"], aligned.sum()))
    ok(near or doc["c1"]["holds"] == bool(aligned.all()), f"{name}: C1", doc["c1"])
    # the limit network u, v fits every sample on the support with margin 1 when C1 holds
    if doc["c1"]["holds"]:
        act = lambda z: np.where(z > 0, z, gamma * z)
        f = (act(X @ u) - act(X @ v)) / math.sqrt(2)
        ok(np.allclose((y * f)[lam > 0], 1, atol=1e-9) and ((y * f) > 1 - 1e-9).all(), f"{name}: margins of the limit network", y * f)
ok(bent >= 4, "some have kinks", bent)
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
