"""`lfap split` against NumPy written from T5: the parts of every neuron, f_rest, E and the shares, of runs of every method on gradient,
PGD and geometry perturbations of noise and of natural bases, of a limit and of a KKT point by hand; the coefficients against NumPy's own
training; and input that does not belong together. LFAP_FULL=1 looks at 10^6 points in all."""
import csv, json, math, os, shutil, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
from tap import *

FULL = os.environ.get("LFAP_FULL") == "1"
GAMMA = 0.05
G = ["--gamma", repr(GAMMA)]


def phi(z):
    return np.where(z > 0, z, GAMMA * z)


def signs(m):
    return np.where(np.arange(m) < m // 2, 1, -1)


def reference(W0, b, t, base, eta, W, Z):
    """T5 in NumPy, neuron by neuron; a_j phi(a_j v) with a_j^2 = 1/m."""
    m = len(W)
    a = signs(m) / math.sqrt(m)
    I, D, P = Z @ W0.T / a, Z @ ((b * t) @ base).T, Z @ ((b * t) @ eta).T
    enter = lambda v: phi(a * v) @ a
    f, rest = phi(Z @ W.T) @ a, enter(I + D)
    size = (abs(I) + abs(D) + abs(P)).mean(1)
    return {"f": f, "f_rest": rest, "effect": f - rest, "P_plus": np.maximum(P, 0).mean(1), "P_minus": np.maximum(-P, 0).mean(1),
            "one_sign": np.where((P > 0).all(1), 1, np.where((P < 0).all(1), -1, 0)), "size": size,
            "parts": [abs(I).mean(), abs(D).mean(), abs(P).mean()], "sum": (abs(I + D + P - Z @ W.T / a).max(1) / size).max()}


def coefficients(X, t, W, epochs, lr, mu):
    """sgd with its schedule, written down for W and b at once."""
    W, m, n = W.copy(), len(W), len(X)
    a, b, V, B, best, bad = signs(m) / math.sqrt(m), np.zeros((m, n)), 0, 0, np.inf, 0
    for _ in range(epochs):
        Z = W @ X.T
        g = np.exp(-t * (a @ phi(Z))) / n
        push = g * np.where(Z > 0, 1, GAMMA)  # of b; a_j push t x of W
        V, B = mu * V + (a[:, None] * push * t) @ X, mu * B + push
        W, b = W + lr * V, b + lr * B
        if mu:
            loss = g.sum()
            best, bad = (loss, 0) if loss < best * (1 - 1e-4) else (best, bad + 1)
            if bad > 10:
                lr, bad = (lr * 0.1 if lr - lr * 0.1 > 1e-8 else lr), 0
    return W, b


def split(name, *args, code=0):
    r = Run("split", *args, "--json", "--out", "split", timeout=1200)
    ok(r.code == code, f"{name}: exit {code}", r)
    doc = json.loads(r.out)
    with open("split/points.csv") as f:
        rows = list(csv.DictReader(f))
    return doc, {k: np.array([float(r[k] or "nan") for r in rows]) for k in rows[0]}


def check(name, want, doc, got, label):
    """Every number of the table and of the report."""
    t, near = doc["t5"], lambda k: abs(got[k] - want[k]).max() <= 1e-12 * want["size"].max() + 1e-300
    ok(all(near(k) for k in ("f", "f_rest", "effect", "P_plus", "P_minus")), f"{name}: f, f_rest, E and the sums of both signs",
       {k: abs(got[k] - want[k]).max() for k in ("f", "f_rest", "effect", "P_plus", "P_minus")})
    ok((got["one_sign"] == want["one_sign"]).all() and t["one_sign"] == (want["one_sign"] != 0).mean(), f"{name}: signs of all P_j", t)
    E, rest = want["effect"], want["f_rest"]
    decided, follows = abs(rest) < abs(E), np.sign(want["f"]) == np.sign(E)
    ok((decided == got["decided"]).all() and t["decided"] == decided.mean() and t["points"] == len(E), f"{name}: decided", t)
    ok((follows == ((np.sign(rest) == np.sign(E)) | decided)).all() and t["follows"] == follows.mean(), f"{name}: f has E's sign exactly where f_rest has it too, or E decides")
    if label is None:
        ok(t["effect_right"] is None and t["f_right"] is None and np.isnan(got["label"]).all(), f"{name}: nothing tells what is right", t)
    else:
        ok(t["effect_right"] == (np.sign(E) == label).mean() and t["f_right"] == (np.sign(want["f"]) == label).mean() and (got["label"] == label).all(),
           f"{name}: the effect against labels", t)
    ok(t["exceptions"] == 0 and t["sum_error"] <= 1e-12 and want["sum"] <= 1e-12, f"{name}: no exceptions, the sum is exact", t)
    ok(np.allclose([doc["parts"][k] for k in ("initial", "bases", "perturbations")], want["parts"], rtol=1e-12), f"{name}: means of the parts", doc["parts"])
    one, s = want["one_sign"], 1e-12 * want["size"]
    low, high = GAMMA * want["P_plus"] - want["P_minus"] - s, want["P_plus"] - GAMMA * want["P_minus"] + s
    ok(((low <= E) & (E <= high)).all() and (np.sign(E) == one)[one != 0].all(), f"{name}: the bounds of E, recomputed")


# ---- natural data, its network, noise; perturbations of every kind
X, y = sample(20, 200, 3)
put("data/X.npy", X), put("data/y.npy", y)
ok(Run("train", "--data", "data", *G, "--m", "10", "--method", "sgd", "--epochs", "800", "--lr", "0.05", "--seed", "4", "--out", "net").code == 0, "a natural network")
shutil.copy("net/W.npy", "data")
B, t = sample(60, 200, 8)
put("noise/X.npy", B), put("noise/y.npy", t)
r = np.random.default_rng(2)
put("natural/X.npy", X), put("natural/y.npy", np.where(r.random(20) < 0.5, -1.0, 1.0))
Run("limit", "--data", "data", *G, "--out", "natural-limit")
MADE = {"gradient": ["--norm", "l2", "--from", "gradient", "--eps", "0.5"], "pgd": ["--norm", "linf", "--from", "pgd", "--eps", "0.05", "--steps", "12"],
        "geometry": ["--norm", "l0", "--from", "geometry", "--eps", "0.4", "--k", "30", "--direction", "natural-limit/w.npy"]}
for how, args in MADE.items():
    for bases in ("noise", "natural"):
        net = [] if how == "geometry" else ["--weights", "net/W.npy", *G]
        ok(Run("perturb", *args, *net, "--data", bases, "--out", f"{bases}-{how}").code == 0, f"{how} perturbations of {bases}")
Z = np.random.Generator(np.random.Philox(key=11)).random((1000, 200)) * 2 - 1
put("Z.npy", Z)
Wn = np.load("net/W.npy")
natural_sign = np.sign(phi(Z @ Wn.T) @ signs(10))

RUNS = {"gd": ["--method", "gd", "--lr", "0.05", "--epochs", "700"], "gd, gram": ["--method", "gd", "--lr", "0.05", "--epochs", "700", "--form", "gram"],
        "sgd": ["--method", "sgd", "--epochs", "900"],
        "sgd, plateau": ["--method", "sgd", "--epochs", "900", "--lr", "6", "--loss", "logistic", "--form", "plain"],
        "sgd, gram": ["--method", "sgd", "--epochs", "900", "--form", "gram", "--init-scale", "0.01"], "flow": ["--log-loss-target", "-40"]}
for k, (name, args) in enumerate(RUNS.items()):
    how, bases = list(MADE)[k % 3], ("noise", "natural")[k // 3]
    adv, what = f"{bases}-{how}", f"{name} on {bases}, {how}"
    ok(Run("train", "--data", adv, *G, "--m", "12", *args, "--seed", str(k), "--coefficients", "--out", "run").code == 0, f"{what}: trains")
    W0, W, b, eta, x, t = (np.load(f) for f in ("run/W0.npy", "run/W.npy", "run/coefficients.npy", f"{adv}/eta.npy", f"{adv}/X.npy", f"{adv}/y.npy"))
    base = np.load(f"{bases}/X.npy")
    if "plateau" in name:
        ok(len(set(np.genfromtxt("run/history.csv", delimiter=",", names=True)["lr"])) > 2, f"{what}: the rate falls")
    ok((b >= 0).all() or name == "flow", f"{what}: no coefficient is below 0", b.min())
    doc, got = split(what, "--data", adv, "--run", "run", "--natural", "data")
    check(f"{what}, natural samples", reference(W0, b, t, base, eta, W, X), doc, got, y)
    ok(doc["coefficients"] == {"least": b.min(), "least_hex": b.min().hex(), "negative": int((b < 0).sum())} and doc["run"] == "train" and doc["gamma"] == GAMMA,
       f"{what}: what the report says of the run", doc)
    doc, got = split(what, "--data", adv, "--bases", f"{bases}/X.npy", "--run", "run", "--probe-points", "Z.npy", "--natural", "data")
    check(f"{what}, the natural network's sign", reference(W0, b, t, base, eta, W, Z), doc, got, natural_sign)
    doc, got = split(what, "--data", adv, "--run", "run", "--seed", "11")
    check(f"{what}, random points", reference(W0, b, t, base, eta, W, Z), doc, got, None)
    if how == "geometry":
        e = np.load("natural-limit/w.npy")
        kept = (eta != 0).any(0)
        ok((got["one_sign"] == np.sign(Z @ np.where(kept, np.sign(e), 0))).all(), f"{what}: P_j has the sign of <e,z>")

# ---- the coefficients, from training in NumPy
for name, args, mu, lr in (("gd", ["--method", "gd"], 0, 0.05), ("sgd", ["--method", "sgd"], 0.9, 0.01), ("sgd, plateau", ["--method", "sgd", "--form", "plain"], 0.9, 4.0)):
    X2, t2 = sample(12, 80, 2)
    put("small/X.npy", X2), put("small/y.npy", t2)
    ok(Run("train", "--data", "small", *G, "--m", "8", *args, "--lr", repr(lr), "--epochs", "300", "--coefficients", "--out", "run2").code == 0, f"{name}: trains")
    W, b = coefficients(X2, t2, np.load("run2/W0.npy"), 300, lr, mu)
    got, lrs = np.load("run2/coefficients.npy"), np.genfromtxt("run2/history.csv", delimiter=",", names=True)["lr"]
    ok(np.allclose(got, b, rtol=1e-9) and np.allclose(np.load("run2/W.npy"), W, rtol=1e-9), f"{name}: b and W of NumPy's training", abs(got / b - 1).max())
    ok(len(set(lrs)) > 1 or "plateau" not in name, f"{name}: the schedule lowered the rate", sorted(set(lrs)))

# ---- KKT points: a limit, and multipliers with slopes as a polished network has them
adv = "noise-gradient"
eta, x, t = (np.load(f"{adv}/{f}.npy") for f in ("eta", "X", "y"))
ok(Run("limit", "--data", adv, *G, "--out", "limit").code in (0, 2), "a limit")
lam, s = np.load("limit/lambda.npy"), np.load("limit/slopes.npy")
b = np.vstack([np.where(t > 0, lam, lam * s), np.where(t > 0, lam * s, lam)])
W = (signs(2) / math.sqrt(2))[:, None] * ((b * t) @ x)
doc, got = split("limit", "--data", adv, "--run", "limit", "--probe-points", "Z.npy", "--natural", "data")
check("limit", reference(0 * W, b, t, x - eta, eta, W, Z), doc, got, natural_sign)
ok(doc["run"] == "limit" and doc["sizes"]["m"] == 2 and doc["parts"]["initial"] == 0, "limit: two neurons without a start", doc)
w = np.load("limit/w.npy")
ok((np.sign(got["f"]) == np.sign(Z @ w)).all(), "limit: f has the boundary's sign")
lam, slopes = r.random(60), np.where(r.random((6, 60)) < 0.5, 1, GAMMA)
W = (signs(6) / math.sqrt(6))[:, None] * ((lam * slopes * t) @ x)
for name, m in (("lambda", lam), ("slopes", slopes), ("W", W)):
    put(f"kkt/{name}.npy", m)
doc, got = split("polish", "--data", adv, "--run", "kkt", *G, "--probe-points", "Z.npy", "--probe-labels", put("l.npy", natural_sign))
check("polish", reference(0 * W, lam * slopes, t, x - eta, eta, W, Z), doc, got, natural_sign)
ok(doc["run"] == "polish", "polish: told from a limit by the shape of its slopes", doc)

# ---- many points
ok(Run("train", "--data", adv, *G, "--m", "12", "--method", "sgd", "--epochs", "900", "--coefficients", "--out", "run").code == 0, "the run for many points")
seen = 0
for seed in range(50 if FULL else 1):
    r = Run("split", "--data", adv, "--run", "run", "--probes", "20000", "--seed", seed, "--json", timeout=1200)
    t5 = json.loads(r.out)["t5"] if r.code == 0 else {"exceptions": -1}
    if not ok(t5["exceptions"] == 0 and t5["sum_error"] <= 1e-12, f"20000 random points, seed {seed}", r):
        break
    seen += t5["points"]
ok(seen == (1000000 if FULL else 20000), f"{seen} points without an exception")

# ---- what does not belong together
base = ["--data", adv, "--run", "run"]
shutil.copytree("run", "alone")
os.remove("alone/meta.json")
b, W = np.load("run/coefficients.npy"), np.load("run/W.npy")


def refused(name, code, words, *args):
    before = tree()
    r = Run("split", *args)
    ok(r.code == code and r.out == "" and tree() == before and all(w in r.err for w in words) and r.err.count("\n") == 1, f"refused: {name}", r)


def run_of(**files):
    shutil.rmtree("bad", ignore_errors=True)
    shutil.copytree("alone", "bad")
    for name, m in files.items():
        os.remove(f"bad/{name}.npy") if m is None else put(f"bad/{name}.npy", m)
    return ["--data", adv, "--run", "bad", *G]


refused("other data, as meta.json tells", 65, ["coefficients.npy", "other data"], "--data", "noise-pgd", "--run", "run")
refused("a slope unlike the run's", 65, ["--gamma 0.5", "0.05"], *base, "--gamma", "0.5")
refused("no slope", 64, ["--gamma is missing"], "--data", adv, "--run", "alone")
refused("a run without coefficients", 66, ["--coefficients"], "--data", adv, "--run", "net", *G)
refused("no such run", 66, ["nowhere"], "--data", adv, "--run", "nowhere")
refused("W0 is not there", 66, ["W0.npy"], *run_of(W0=None))
refused("W is not there", 66, ["W.npy"], *run_of(W=None))
refused("coefficients of too few samples", 65, ["coefficients.npy", "(12, 59)", "(12, 60)"], *run_of(coefficients=b[:, :59]))
refused("coefficients of too few neurons", 65, ["coefficients.npy", "(10, 60)"], *run_of(coefficients=b[:10]))
refused("first weights of another d", 65, ["W0.npy", "(12, 199)"], *run_of(W0=W[:, :199]))
refused("an odd width", 65, ["11"], *run_of(W=W[:11]))
refused("NaN in it", 65, ["NaN"], *run_of(W0=np.full(W.shape, np.nan)))
refused("bases of another shape", 65, ["Z.npy", "(1000, 200)"], *base, "--bases", "Z.npy")
refused("no eta.npy and no bases", 66, ["eta.npy", "--bases"], "--data", "noise", "--run", "alone", *G)
refused("a file without bases", 64, ["--bases is missing"], "--data", "Z.npy", "--labels", "l.npy", "--run", "run")
refused("points of another d", 65, ["P x d"], *base, "--probe-points", put("z3.npy", np.ones((4, 3))))
refused("labels of another number", 65, ["l2.npy"], *base, "--probe-points", "Z.npy", "--probe-labels", put("l2.npy", np.ones(3)))
refused("labels that are none", 65, ["l3.npy", "label 1 is 2"], *base, "--probe-points", put("z4.npy", np.ones((2, 200))), "--probe-labels", put("l3.npy", np.array([1.0, 2.0])))
refused("labels without points", 64, ["--probe-points"], *base, "--probe-labels", "l.npy")
refused("two answers", 64, ["--natural"], *base, "--probe-points", "Z.npy", "--probe-labels", "l.npy", "--natural", "data")
refused("weights of nothing natural", 64, ["--natural"], *base, "--natural-weights", "net/W.npy")
refused("a seed of given points", 64, ["--seed"], *base, "--natural", "data", "--seed", "3")
refused("natural data of another d", 65, ["--natural small", "d = 80"], *base, "--natural", "small")
refused("lambda of too few", 65, ["lambda.npy"], "--data", "noise-pgd", "--run", os.path.dirname(put("few/lambda.npy", lam[:9])) if put("few/slopes.npy", lam) else "", *G)
doc, got = split("coefficients that are another run's", *run_of(coefficients=b * 1.0001), code=1)
ok(doc["verdict"] == "FAIL" and [c["verdict"] for c in doc["checks"]] == ["FAIL", "PASS", "NOT-APPLICABLE"] and doc["t5"]["sum_error"] > 1e-6, "they fail by the sum", doc["checks"])
ok(Run("split", "--data", adv, "--run", "alone", *G).code == 0, "a run without meta.json is taken with its slope")
done()
