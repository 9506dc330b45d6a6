"""`perturb` and `compare` at every scale: what is the same for 2^k times the input has the same bits, what leaves the range of
doubles is refused by name, and no file ever holds an infinity (TAP)."""
import json, math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

r = np.random.default_rng(11)
N, D, GAMMA = 6, 40, 0.5
B, t, w = r.standard_normal((N, D)), np.where(np.arange(N) % 2, -1.0, 1.0), r.standard_normal(D)
put("b/X.npy", B), put("b/y.npy", t)


def length(v):
    """Euclidean norm at any scale, in long double of scaled entries."""
    top = abs(v).max()
    return top if top == 0 else float(np.sqrt(((v / top).astype(np.longdouble) ** 2).sum())) * top


def perturb(*args, norm="l2", data="b"):
    shutil.rmtree("out", True)
    return Run("perturb", "--norm", norm, "--data", data, "--out", "out", "--json", *args)


def sizes(name, direction, eps, norm="l2"):
    """Runs from a direction; eta = eps t e to rounding, or a refusal that says why."""
    put("w.npy", direction)
    run = perturb("--from", "geometry", "--direction", "w.npy", "--eps", repr(eps), *(["--k", "7"] if norm == "l0" else []), norm=norm)
    if not ok(run.code == 0, f"{name}: runs", run):
        return
    X, eta = np.load("out/X.npy"), np.load("out/eta.npy")
    e = direction / abs(direction).max()
    e = e / length(e) if norm == "l2" else np.sign(e)
    if norm in ("l0", "l1"):
        e[np.argsort(-abs(direction), kind="stable")[7 if norm == "l0" else 1:]] = 0
    want = eps * np.outer(t, e)
    ok(abs(eta - want).max() <= 1e-15 * eps + 5e-324 and (X == B + eta).all(), f"{name}: eta = eps t e", abs(eta - want).max() / eps)
    got = json.loads(run.out)["largest"]["l2"] or 0.0
    ok(abs(got - length(want[0])) <= 1e-14 * length(want[0]), f"{name}: |eta| as reported", got)


for size in (1e-162, 5e-162, 1e-200, 1e-290, 1e150, 1e300):
    for norm in ("l2", "linf", "l0", "l1"):
        sizes(f"{norm}, a direction of size {size:g}", w / length(w) * size, 0.7, norm)
sizes("a direction of subnormal entries", np.round(w * 8) * 5e-324 * 3, 0.7)
sizes("a direction of the largest doubles", np.sign(w) * 1.7e308, 0.7)
for eps in (1e-300, 1e-120, 1e100, 1e300):
    for size in (1e-25, 1.0, 1e25):
        sizes(f"eps {eps:g} along {size:g}", w * size, eps)
one = perturb("--from", "geometry", "--direction", put("w.npy", w), "--eps", "0.7")
eta = np.load("out/eta.npy")
for k in (-900, -300, -99, 99, 300, 900):
    perturb("--from", "geometry", "--direction", put("w.npy", np.ldexp(w, k)), "--eps", "0.7")
    ok((np.load("out/eta.npy") == eta).all(), f"a direction times 2^{k} has the same bits")

# nothing but numbers is written
put("big/X.npy", np.where(np.arange(N)[:, None] == 4, 1.7e308, 1.0) * np.ones((N, D))), put("big/y.npy", t)
for norm in ("l2", "linf", "l1"):
    run = perturb("--from", "geometry", "--direction", put("w.npy", np.ones(D)), "--eps", "1.6e308", norm=norm, data="big")
    ok(run.code == 65 and "base 4" in run.err and not os.path.exists("out"), f"{norm}: base + eta beyond the range is refused, the base named", run)
run = perturb("--from", "geometry", "--direction", put("w.npy", np.ones(D)), "--eps", "1e-30")
ok(run.code == 0 and (np.load("out/X.npy") == B).all(), "an eps that vanishes beside the base is no error", run)
put("W.npy", r.standard_normal((4, D)))
for source, eps in (("gradient", "1e300"), ("pgd", "1e300"), ("pgd", "1e-200"), ("gradient", "1e-300"), ("pgd", "1e-310")):
    for norm in ("l2", "linf", "l1"):
        run = perturb("--from", source, "--weights", "W.npy", "--gamma", "0.5", "--eps", eps, norm=norm)
        wrote = os.path.exists("out/X.npy")
        ok(run.code in (0, 65) and wrote == (run.code == 0) and (not wrote or np.isfinite(np.load("out/X.npy")).all() and np.isfinite(np.load("out/eta.npy")).all()),
           f"{source} {norm}, eps {eps}: numbers, or a refusal", run)
for k in (-1000, -500, -120, 120, 500, 900):
    W = np.load("W.npy")
    perturb("--from", "gradient", "--weights", "W.npy", "--gamma", "0.5", "--eps", "0.7")
    want = np.load("out/X.npy")
    run = perturb("--from", "gradient", "--weights", put("Wk.npy", np.ldexp(W, k)), "--gamma", "0.5", "--eps", "0.7")
    ok(run.code == 0 and (np.load("out/X.npy") == want).all(), f"gradient of W times 2^{k}: the same bits", run)

# rows that cancel: the base and the reason, once
g = r.standard_normal(D)
for name, W in (("ones", np.ones((4, D))), ("equal rows", np.tile(g, (4, 1))), ("pairs", np.vstack([g, 3 * g, 3 * g, g])), ("zeros", np.zeros((2, D)))):
    for k in (0, -700, 700):
        for norm in ("l2", "linf", "l0", "l1"):
            run = perturb("--from", "gradient", "--weights", put("W0.npy", np.ldexp(W, k)), "--gamma", "0.5", "--eps", "1", *(["--k", "3"] if norm == "l0" else []), norm=norm)
            ok(run.code == 65 and run.err.startswith("lfap perturb: base 0: the gradient of f is zero there") and run.err.count("perturb:") == 1
               and not os.path.exists("out"), f"{norm}, {name} times 2^{k}: base and reason are named", run)
run = perturb("--from", "geometry", "--direction", put("w0.npy", np.zeros(D)), "--eps", "1")
ok(run.code == 65 and "direction is zero" in run.err and run.err.count("perturb:") == 1, "a direction of zeros", run)

# ---- compare
X, y = sample(N, D, 5)
put("set/X.npy", X), put("set/y.npy", y)
Run("train", "--method", "sgd", "--data", "set", "--m", "6", "--gamma", str(GAMMA), "--epochs", "300", "--lr", "0.05", "--out", "net")
W = np.load("net/W.npy")
put("adv/X.npy", X + 0.3 * np.outer(-y, w / length(w))), put("adv/y.npy", -y)
SAME = ["residual", "slackness", "margin", "outside_rank2", "row_spread", "pattern_aligned", "cosine", "agreement"]


def compare(k, j=0):
    """W times 2^k, everything in the space of the samples times 2^j."""
    put("d/X.npy", np.ldexp(X, j)), put("d/y.npy", y), put("d/W.npy", np.ldexp(W, k))
    put("a/X.npy", np.ldexp(np.load("adv/X.npy"), j)), put("a/y.npy", -y)
    np.save("z.npy", np.ldexp(2 * np.random.default_rng(1).random((50, D)) - 1, j))
    run = Run("compare", "--data", "d", "--gamma", str(GAMMA), "--probe-points", "z.npy", "--adversarial", "a", "--norm", "l2", "--eps", repr(math.ldexp(0.3, j)), "--json")
    return run, json.loads(run.out) if run.code == 0 else {}


run, base = compare(0)
ok(run.code == 0 and base["k1"]["residual"] is not None and 0 < base["k1"]["outside_rank2"] < 1, "compare runs", run)
s = np.linalg.svd(W, compute_uv=False) ** 2
ok(abs(base["k1"]["outside_rank2"] - s[2:].sum() / s.sum()) < 1e-8, "outside_rank2 is NumPy's", base["k1"]["outside_rank2"])
for k in (-1000, -560, -500, -300, -256, -101, -60, 25, 60, 99, 101, 256, 300, 500, 900):
    run, got = compare(k)
    if not ok(run.code == 0, f"W times 2^{k}: runs", run):
        continue
    same = [key for key in SAME if got["k1"][key + "_hex"] != base["k1"][key + "_hex"]]
    ok(not same, f"W times 2^{k}: every figure of K1 to the last bit", [(key, got["k1"][key], base["k1"][key]) for key in same])
    ok(got["k1"]["margin_min"] == math.ldexp(base["k1"]["margin_min"], k), f"W times 2^{k}: the smallest margin times 2^{k}", got["k1"]["margin_min"])
    p, q = got["perturbations"], base["perturbations"]
    ok(all(p[key] == q[key] for key in ("reached", "ascent", "before", "after", "across", "outside", "optimum"))
       and p["gain"]["mean"] == math.ldexp(q["gain"]["mean"], k), f"W times 2^{k}: the perturbations too", p)
for j in (-150, -60, 60, 150):
    for k in (-j, 0, -400, 400):
        run, got = compare(k, j)
        if run.code == 65:
            ok("range" in run.err, f"data times 2^{j}, W times 2^{k}: refused by name", run)
            continue
        power = {"slackness": -2 * j, "margin": j}      # multipliers go like 1/||x||^2, so does their sum
        different = [key for key in SAME if run.code == 0 and not (got["k1"][key] == math.ldexp(base["k1"][key], power.get(key, 0)))]
        ok(run.code == 0 and not different, f"data times 2^{j}, W times 2^{k}: the same figures", [(key, got["k1"][key], base["k1"][key]) for key in different] or run)
for name, k, j in (("W at the end of the range", 1020, 10), ("points of 2^-500", 0, -500), ("points of 2^500", 0, 500)):
    run, got = compare(k, j)
    ok(run.code == 65 and run.err.count("\n") == 1, f"{name}: refused", run)
done()
