"""A bias of every neuron: --with-bias is the same as a last column of ones by hand, in every file and every figure; the
networks are NumPy's with an explicit b; perturbations leave the constant alone; nobody drops a b.npy by the way."""
import json, math, os, shutil, signal, subprocess, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

N, D, M, G = 8, 30, 6, 0.3
r = np.random.default_rng(22)
X, y = 2 * r.random((N, D)) - 1 + 0.4, np.where(np.arange(N) % 2, -1.0, 1.0)
a = np.where(np.arange(M) < M // 2, 1, -1) / math.sqrt(M)
one = lambda Z: np.hstack([Z, np.ones((len(Z), 1))])
load = lambda *path: np.load(os.path.join(*path) + ".npy")
both = lambda W, b: np.hstack([W, b[:, None]])
put("set/X.npy", X), put("set/y.npy", y), put("hand/X.npy", one(X)), put("hand/y.npy", y)


def report(*args, code=0):
    run = Run(*args, "--json")
    ok(run.code == code, f"runs: {' '.join(map(str, args[:5]))} ...", run)
    return json.loads(run.out) if run.out.startswith("{") else {}


def same(name, mine, hand, *but):
    """Every figure of two reports."""
    drop = {"files", "bias", "bias_hex", "w_bias", "w_bias_hex", "weights_of", *but}
    clean = lambda v: {k: clean(w) for k, w in v.items() if k not in drop} if isinstance(v, dict) else [clean(w) for w in v] if isinstance(v, list) else v
    differ = [k for k in {**mine, **hand} if clean(mine).get(k) != clean(hand).get(k)]
    ok(mine and not differ, f"{name}: every figure is that of ones by hand", {k: (mine.get(k), hand.get(k)) for k in differ})


# ---- train: the bits of ones by hand
runs = {"flow": [], "gd": ["--epochs", "60"], "sgd": ["--epochs", "60", "--coefficients"], "gram": ["--epochs", "60", "--form", "gram"],
        "half": ["--epochs", "20", "--arithmetic", "half"], "mpfr": ["--epochs", "5", "--arithmetic", "mpfr"]}
for name, extra in runs.items():
    args = ["train", "--method", name if name in ("flow", "gd", "sgd") else "gd", *extra, "--gamma", G, "--m", M, "--seed", 5]
    mine, hand = report(*args, "--data", "set", "--with-bias", "--out", name), report(*args, "--data", "hand", "--out", name + "-hand")
    same(f"train {name}", mine, hand)
    ok(mine["bias"] is True and mine["sizes"]["d"] == D + 1 and json.load(open(f"{name}/meta.json"))["bias"] is True, f"train {name}: says so")
    ok(load(name, "W").shape == (M, D) and load(name, "b").shape == (M,) and
       (both(load(name, "W"), load(name, "b")) == load(name + "-hand", "W")).all() and
       (both(load(name, "W0"), load(name, "b0")) == load(name + "-hand", "W0")).all(), f"train {name}: W, b, W0, b0 have the bits of ones by hand")
    ok(open(f"{name}/history.csv").read() == open(f"{name}-hand/history.csv").read(), f"train {name}: history.csv")
ok((load("sgd", "coefficients") == load("sgd-hand", "coefficients")).all(), "train: coefficients.npy")

# ---- train: NumPy with an explicit b
W, b = load("gd", "W0"), load("gd", "b0")
for _ in range(60):
    Z = X @ W.T + b
    g = np.exp(-y * (np.where(Z > 0, Z, G * Z) @ a))
    S = np.where(Z > 0, 1, G) * a * (y * g / N)[:, None]
    W, b = W + 0.01 * S.T @ X, b + 0.01 * S.sum(0)
far = max(abs(W - load("gd", "W")).max(), abs(b - load("gd", "b")).max())
ok(far <= 1e-12 and abs(b - load("gd", "b0")).max() > 1e-3, "gd is NumPy's with an explicit b, to 1e-12", far)
start = both(load("gd", "W"), load("gd", "b"))
put("start/W.npy", load("gd", "W")), put("start/b.npy", load("gd", "b")), put("start-hand.npy", start)
args = ["train", "--method", "gd", "--epochs", "5", "--gamma", G]
report(*args, "--data", "set", "--with-bias", "--init", "start/W.npy", "--out", "on"), report(*args, "--data", "hand", "--init", "start-hand.npy", "--out", "on-hand")
ok((both(load("on", "W"), load("on", "b")) == load("on-hand", "W")).all() and (load("on", "b0") == load("gd", "b")).all(), "--init has its b beside it")

# ---- a run that is interrupted goes on with its bias, to the same bits
args = ["train", "--method", "gd", "--epochs", 100000, "--gamma", G, "--m", M, "--seed", 5, "--data", "set"]
going = subprocess.Popen([LFAP, *map(str, args), "--with-bias", "--out", "halted"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
time.sleep(0.3)
going.send_signal(signal.SIGINT)
if going.wait() == 130 and os.path.exists("halted/train.checkpoint"):
    run = Run(*args, "--resume", "--out", "halted")
    ok(run.code == 65 and "d 31, here 30" in run.err, "a checkpoint with a bias is not one without", run)
    Run(*args, "--resume", "--with-bias", "--out", "halted"), Run(*args, "--with-bias", "--out", "whole")
    ok((load("halted", "W") == load("whole", "W")).all() and (load("halted", "b") == load("whole", "b")).all(), "an interrupted training goes on to the same W and b")
else:
    skip("a training with a bias goes on", "it was over, or had not begun, when it was interrupted")

# ---- limit: ones by hand, and an independent solution
def nonneg(M_, c):
    """min 1/2 l'Ml - c'l over l >= 0, by active sets (Lawson and Hanson)."""
    n, P, l = len(c), np.zeros(len(c), bool), np.zeros(len(c))
    for _ in range(40 * n):
        g = c - M_ @ l
        if P.all() or (g[~P] <= 1e-11).all():
            return l
        P[np.where(P, -np.inf, g).argmax()] = True
        while True:
            s = np.zeros(n)
            s[P] = np.linalg.lstsq(M_[np.ix_(P, P)], c[P], rcond=None)[0]
            if (s[P] > 0).all():
                break
            low = P & (s <= 0)
            step = (l[low] / (l[low] - s[low])).min()
            l = l + step * (s - l)
            P &= l > 1e-14
            l[~P] = 0
        l = s
    return l


def limit(X, y, g):
    """w of (CP): with own and other rows U, V of a sample, (own - s other)/2 >= 1 for s = gamma and s = 1."""
    rows = [np.concatenate([X[n], -s * X[n]] if y[n] > 0 else [-s * X[n], X[n]]) for s in (g, 1.0) for n in range(len(y))]
    A = np.array(rows)
    l = nonneg(A @ A.T / 2, np.ones(len(A)))
    UV = l @ A
    return (UV[:X.shape[1]] - UV[X.shape[1]:]) / (1 + g)


for g in (0.9, G, 0.01):
    args = ["limit", "--gamma", g, "--certify", "--probe-points"]
    mine = report(*args, "set/X.npy", "--data", "set", "--with-bias", "--out", f"limit{g}")
    hand = report(*args, "hand/X.npy", "--data", "hand", "--out", f"limit{g}-hand")
    same(f"limit {g}", mine, hand)
    w, w0 = load(f"limit{g}", "w"), load(f"limit{g}", "w_bias")
    ok(w.shape == (D,) and w0.shape == (1,) and (np.append(w, w0) == load(f"limit{g}-hand", "w")).all() and mine["w_bias"] == w0[0], f"limit {g}: w and w_bias")
    ok(all((load(f"limit{g}", f) == load(f"limit{g}-hand", f)).all() for f in ("lambda", "omega", "slopes", "kkt_signs")), f"limit {g}: lambda, omega, slopes, signs")
    ok(open(f"limit{g}/certificate.json").read() == open(f"limit{g}-hand/certificate.json").read(), f"limit {g}: the certificate is that of ones by hand")
    own = limit(one(X), y, g)
    w = np.append(w, w0)
    ok(np.allclose(w, own, rtol=1e-10, atol=1e-11 * abs(own).max()), f"limit {g}: an independent solver's w", abs(w - own).max())
ok(mine["c2"]["kinks"] > 0, "and one of them has kinks", mine.get("c2"))
r_ = Run("check", f"limit{G}/certificate.json", "--data", "set", "--with-bias")
ok(r_.code == 0 and "accepted" in r_.out and "the constant of the bias" in r_.out, "check --with-bias accepts it", r_)
ok(Run("check", f"limit{G}/certificate.json", "--data", "set").code == 1, "check without it does not")

# ---- polish, split: ones by hand
args = ["polish", "--gamma", G, "--certify", "--probe-points"]
same("polish", report(*args, "set/X.npy", "--data", "set", "--weights", "flow/W.npy", "--out", "point"),
     report(*args, "hand/X.npy", "--data", "hand", "--weights", "flow-hand/W.npy", "--out", "point-hand"))
ok((both(load("point", "W"), load("point", "b")) == load("point-hand", "W")).all() and
   all((load("point", f) == load("point-hand", f)).all() for f in ("lambda", "slopes", "signs")), "polish: W, b, lambda, slopes, signs")

noise, t = 2 * r.random((10, D)) - 1, np.where(np.arange(10) % 3, -1.0, 1.0)
put("noise/X.npy", noise), put("noise/y.npy", t)
report("perturb", "--norm", "l2", "--from", "gradient", "--data", "noise", "--weights", "flow/W.npy", "--gamma", G, "--eps", 0.8, "--out", "adv")
E = load("adv", "eta")
put("adv-hand/X.npy", one(load("adv", "X"))), put("adv-hand/y.npy", t), put("adv-hand/eta.npy", np.hstack([E, np.zeros((10, 1))]))
args = ["train", "--method", "sgd", "--epochs", "40", "--coefficients", "--gamma", G, "--m", M]
report(*args, "--data", "adv", "--with-bias", "--out", "learned"), report(*args, "--data", "adv-hand", "--out", "learned-hand")
args = ["polish", "--gamma", G]
report(*args, "--data", "adv", "--weights", "learned/W.npy", "--out", "learned-point"), report(*args, "--data", "adv-hand", "--weights", "learned-hand/W.npy", "--out", "learned-point-hand")
args = ["limit", "--gamma", G]
run = [Run(*args, "--data", "adv", "--with-bias", "--out", "learned-limit"), Run(*args, "--data", "adv-hand", "--out", "learned-limit-hand")]
for name in ("learned", "learned-point", "learned-limit"):
    mine = report("split", "--data", "adv", "--run", name, "--natural", "set", "--out", name + "-split")
    same(f"split {name}", mine, report("split", "--data", "adv-hand", "--run", name + "-hand", "--natural", "hand", "--out", name + "-split-hand"))
    ok(open(f"{name}-split/points.csv").read() == open(f"{name}-split-hand/points.csv").read(), f"split {name}: points.csv")
    ok(mine["bias"] is True and mine["t5"]["exceptions"] == 0, f"split {name}: T5 holds", mine["t5"])
bases = report("split", "--data", "adv", "--bases", "noise/X.npy", "--run", "learned", "--natural", "set", "--natural-weights", "flow/W.npy")
ok(abs(bases["parts"]["perturbations"] - report("split", "--data", "adv", "--run", "learned", "--probe-points", "set/X.npy")["parts"]["perturbations"]) < 1e-12,
   "split: --bases have the constant as well")
ok(report("split", "--data", "adv", "--run", "learned", "--probes", 50)["t5"]["points"] == 50, "split: random points")

# ---- perturb: NumPy with an explicit b; the constant is not touched
class Net:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def f(self, x):
        z = self.W @ x + self.b
        return a @ np.where(z > 0, z, G * z)

    def gradient(self, x):
        return (a * np.where(self.W @ x + self.b > 0, 1, G)) @ self.W


def direct(w, t, norm, eps, k):
    if norm == "l2":
        return eps / np.sqrt((w * w).sum()) * t * w
    eta = eps * t * np.sign(w)
    if norm in ("l0", "l1"):
        eta[np.argsort(-abs(w), kind="stable")[k if norm == "l0" else 1:]] = 0
    return eta


SIZE = {"l2": lambda v: np.sqrt((v * v).sum()), "linf": lambda v: abs(v).max(), "l0": lambda v: abs(v).max(), "l1": lambda v: abs(v).sum()}


def pgd(net, x0, t, norm, eps, steps, lo, hi, tie):
    """tie: five steps of eps/5 in one direction are eps, and whether that is more is a matter of the last bit."""
    x, best, least, size = x0.copy(), x0.copy(), np.inf, SIZE[norm]
    longer = lambda delta: tie if abs(size(delta) - eps) <= 1e-12 * eps else size(delta) > eps
    for i in range(steps + 1):
        loss = np.exp(-t * net.f(x))
        if loss < least:
            best, least = x.copy(), loss
        g = -t * loss * net.gradient(x)
        if norm == "l0":
            changed = x != x0
            if not changed.all():
                changed[np.where(changed, -1, abs(g)).argmax()] = True
            x = np.where(changed, np.clip(x - eps * (g / max(abs(g[changed]).max(), 1e-12)), lo, hi), x)
        else:
            delta = x - eps / 5 * (g / max(size(g), 1e-12)) - x0
            x = np.clip(x0 + (delta * (eps / (size(delta) + 1e-7)) if longer(delta) else delta), lo, hi)
    return best


put("net/W.npy", 0.6 * r.standard_normal((M, D))), put("net/b.npy", 3 * r.standard_normal(M))
net, EPS, K = Net(load("net", "W"), load("net", "b")), {"l2": 0.7, "linf": 0.1, "l0": 0.3, "l1": 1.5}, 7
ok(any((net.gradient(x) != Net(net.W, 0 * net.b).gradient(x)).any() for x in noise), "b of this network turns slopes")
w = load(f"limit{G}", "w")
mean = load("net", "W")[:M // 2].mean(0) - load("net", "W")[M // 2:].mean(0)
for norm, eps in EPS.items():
    extra = ["--norm", norm, "--data", "noise", "--eps", eps]
    sizes = ["--k", K] if norm == "l0" else []
    ways = {"limit": (["--from", "geometry", "--direction", f"limit{G}/w.npy", *sizes], [direct(w, s, norm, eps, K) for s in t], 1e-14),
            "network": (["--from", "geometry", "--weights", "net/W.npy", *sizes], [direct(mean, s, norm, eps, K) for s in t], 1e-14),
            "gradient": (["--from", "gradient", "--weights", "net/W.npy", "--gamma", G, *sizes], [direct(net.gradient(x), s, norm, eps, K) for x, s in zip(noise, t)], 1e-13),
            "pgd": (["--from", "pgd", "--weights", "net/W.npy", "--gamma", G, "--steps", "9", "--range", "-1,1.05"],
                    [[pgd(net, x, s, norm, eps, 9, -1, 1.05, tie) - x for x, s in zip(noise, t)] for tie in (False, True)], 1e-9),
            "pgd, 1 out of range": (["--from", "pgd", "--weights", "net/W.npy", "--gamma", G, "--steps", "9", "--range", "-2,0.9999"], None, 0)}
    for way, (options, want, bound) in ways.items():
        if want is None:
            put("noise/X.npy", noise - 1e-3)
            want = [[pgd(net, x, s, norm, eps, 9, -2, 0.9999, tie) - x for x, s in zip(noise - 1e-3, t)] for tie in (False, True)]
            bound = 1e-9
        B = load("noise", "X")
        mine = report("perturb", *extra, *options, "--out", "out")
        eta, got = load("out", "eta"), load("out", "X")
        far = abs(eta - np.reshape(want, (-1, *B.shape))).max(2).min(0).max()  # of every sample the nearer way its tie can go
        ok(eta.shape == B.shape == got.shape and far <= bound, f"perturb {norm} {way}: NumPy's with an explicit b", far)
        ok((mine.get("bias") is True) == (way != "limit") and mine["sizes"]["d"] == D and (way[:3] == "pgd" or (got == B + eta).all()), f"perturb {norm} {way}: X = base + eta")
        if way in ("gradient", "pgd"):
            report("perturb", *extra, *options, "--arithmetic", "mpfr", "--prec", 53, "--digits", "out/digits.csv", "--out", "bits")
            ok((load("bits", "eta") == eta).all() if way == "gradient" or norm in ("linf", "l0") else np.allclose(load("bits", "eta"), eta, atol=1e-12), f"perturb {norm} {way}: the same at 53 bits", abs(load("bits", "eta") - eta).max())
            report("perturb", *extra, *options, "--arithmetic", "half", "--out", "rounded")
            ok(load("rounded", "X").shape == B.shape and abs(load("rounded", "eta") - eta).max() < 0.7 * eps + 0.05, f"perturb {norm} {way}: in half precision", abs(load("rounded", "eta") - eta).max())
        put("noise/X.npy", noise)

# ---- verify: what is said of the data and the network is that of ones by hand; the rest is right where it is judged
args = ["verify", "--gamma", 0.9, "--controls", 2, "--probes", 40]
mine, hand = report(*args, "--data", "set", "--with-bias", "--test", "set"), report(*args, "--data", "hand", "--test", "hand")
case = lambda doc: doc["cases"][0]
of = lambda doc, *ids: [{k: v for k, v in c.items() if k != "note"} for c in case(doc)["checks"] if c["id"] in ids and c["subject"] in ("data", "network", "flow") and "probe" not in c["what"]]
for name in ("H", "Q1", "T1", "T2", "C1", "C2", "C3", "C4", "F1", "K1"):
    ok(of(mine, name) == of(hand, name), f"verify {name}: as of ones by hand", [p for p in zip(of(mine, name), of(hand, name)) if p[0] != p[1]][:1])
ok(case(mine)["bias"] is True and case(mine)["sizes"]["d"] == D + 1 and case(mine)["sizes"]["k"] == 1, "verify says so", case(mine)["sizes"])
judged = {c["id"] for c in case(mine)["checks"] if c["verdict"] == "PASS"}
ok(mine["verdict"] == "PASS" and {"P1", "D1", "T3", "T4", "T5", "C1", "Q1"} <= judged, "verify --with-bias: nothing fails, and P1, D1, T3, T4, T5 are judged", judged)
w = limit(one(X), y, 0.9)
best = {"l2": np.linalg.norm, "linf": lambda v: abs(v).sum(), "l1": lambda v: abs(v).max(), "l0": lambda v: np.sort(abs(v))[-1:].sum()}
p1 = {c["subject"]: c for c in case(mine)["checks"] if c["id"] == "P1" and "maximum" in c["what"]}
ok(len(p1) == 4 and all(c["value"] <= 1e-13 for c in p1.values()), "verify: P1 in every norm", p1)
rows = lambda doc, word: [c for c in case(doc)["checks"] if word in c["what"]]
ok(all(c["verdict"] == "NOT-APPLICABLE" and c["bound"] is None for c in rows(mine, "heuristic")) and rows(mine, "heuristic"), "verify: R1's rule does not speak of a constant coordinate", rows(mine, "heuristic"))
theirs = report("verify", "--data", "set", "--with-bias", "--gamma", G, "--controls", 1, "--weights", "flow/W.npy", code=2)  # it is not at the limit yet
hand = report("verify", "--data", "hand", "--gamma", G, "--controls", 1, "--weights", "flow-hand/W.npy", code=2)
ok(of(theirs, "K1", "F1", "C3", "C4") == of(hand, "K1", "F1", "C3", "C4") and case(theirs)["weights_of"] == "these data" and not theirs["counts"]["FAIL"], "verify --weights: b.npy beside them")
report("verify", "--data", "set", "--with-bias", "--gamma", 0.9, "--controls", 1, "--gauss-bases", "--seed", 3)
put("tilted/X.npy", 2 * np.random.default_rng(101).random((N, D)) - 1), put("tilted/y.npy", np.where(np.arange(N) % 4, -1.0, 1.0))
tilted = report("verify", "--data", "tilted", "--with-bias", "--gamma", 0.9, "--controls", 1, "--eps", "0.8,0.1,0.3,1.5")
ok(any(c["subject"] == "adv l2" and c["verdict"] == c["certified"] == "PASS" for c in case(tilted)["checks"] if c["id"] == "T4"), "verify T4: for L2 too <e,z> must have the sign of f_bdy, which has the offset")
d2, big = 4000, np.random.default_rng(4)
put("wide/X.npy", 8 * (2 * big.random((2, d2)) - 1)), put("wide/y.npy", np.array([1.0, -1.0]))
wide = report("verify", "--data", "wide", "--with-bias", "--gamma", 0.9, "--n-adv", 4, "--eps", "40,1,8,60", "--controls", 1)
ok({c["id"] for c in case(wide)["checks"] if c["verdict"] == "PASS"} >= {"H", "T1", "T2", "D2", "T4"} and wide["verdict"] == "PASS", "verify: inside (H) too", wide.get("counts"))
ok(any(c["id"] == "T4" and c["certified"] == "PASS" for c in case(mine)["checks"]), "verify: T4 is certified with a bias", [c for c in case(mine)["checks"] if c["id"] == "T4"][:2])
for s, code in ((2.0 ** -10, 2), (2.0 ** 30, 0)):  # beside much smaller samples the constants cancel, and doubles do not tell
    put("scaled/X.npy", X * s), put("scaled/y.npy", y)
    doc = report("verify", "--data", "scaled", "--with-bias", "--gamma", 0.9, "--controls", 1, "--probes", 20, code=code)
    ok(not doc["counts"]["FAIL"], f"verify: samples of another size ({s:g}) fail nowhere", [c for c in case(doc)["checks"] if c["verdict"] == "FAIL"][:3])

# ---- nobody drops a bias by the way
shutil.copytree("start", "home"), put("home/X.npy", X), put("home/y.npy", y)
for verb, more in {"verify": [], "map": ["--out", "no"]}.items():
    for where in (["--data", "set", "--weights", "start/W.npy"], ["--data", "home"]):
        run = Run(verb, *where, "--gamma", G, *more)
        ok(run.code in (64, 65) and "W.npy: this network has a bias" in run.err and run.out == "", f"{verb}: a b.npy is not ignored ({where[-1]})", run)
run = Run("converge", "--data", "set", "--gamma", G, "--init", "start/W.npy", "--out", "no")
ok(run.code == 65 and "has a bias" in run.err, "converge: neither", run)
run = Run("train", "--data", "set", "--gamma", G, "--init", "start/W.npy", "--out", "no")
ok(run.code == 64 and "give --with-bias too" in run.err, "train --init: says what to give", run)
run = Run("map", "--data", "hand", "--weights", "flow-hand/W.npy", "--direction", f"limit{G}/w.npy", "--gamma", G, "--out", "no")
ok(run.code == 65, "map: a direction of the plain samples has another d", run)
put("plain.npy", load("flow", "W"))
run = Run("map", "--data", "set", "--weights", "plain.npy", "--direction", f"limit{G}/w.npy", "--gamma", G, "--out", "no")
ok(run.code == 65 and "w_bias" in run.err, "map: a direction with an offset is refused", run)
run = Run("verify", "--data", "set", "--with-bias", "--weights", "plain.npy", "--gamma", G)
ok(run.code == 66 and "b.npy: not there" in run.err, "with --with-bias there must be one", run)
run = Run("plot", "flow", "--data", "set", "--gamma", G, "--history", "flow/history.csv", "--out", "no")
ok(run.code == 65 and "with the constant of a bias" in run.err, "plot flow: the history is of samples with a constant", run)
put("short/W.npy", load("gd", "W")), put("short/b.npy", load("gd", "b")[1:])
run = Run("perturb", "--norm", "l2", "--from", "pgd", "--eps", 1, "--data", "set", "--weights", "short/W.npy", "--gamma", G, "--out", "no")
ok(run.code == 65 and "each of the m = 6 neurons has one" in run.err, "a bias of another shape", run)
np.save("on/b.npy", load("on", "b") * 2)
run = Run("polish", "--data", "set", "--weights", "on/W.npy", "--gamma", G, "--out", "no")
ok(run.code == 65 and "on/b.npy: is not the file that meta.json beside it tells of" in run.err, "a b.npy of another run", run)
os.makedirs("page"), shutil.copytree("set", "page/data"), shutil.copytree("flow", "page/net")
run = Run("report", "page", "--gamma", G)
html = open("page/report/index.html").read() if run.code == 0 else ""
ok(run.code == 0 and "with the constant of a bias" in html, "report: the run stands apart, and says why", run)
ok(not os.path.exists("no"), "nothing was written by what was refused")

# ---- compare takes it, b.npy beside W.npy as well as named: the figures of (X, 1) with (W, b)
shown = [Run("compare", "--data", data, "--weights", w, *more, "--gamma", G, "--json")
         for data, w, more in (("set", "start/W.npy", []), ("set", "start/W.npy", ["--bias", "start/b.npy"]), ("hand", "start-hand.npy", []))]
shown = [json.loads(run.out) for run in shown]
KEPT = dict.fromkeys(("agreement", "agreement_hex"), 0)  # at random points, which are others in one dimension more
ok([d["bias"] for d in shown] == [True, True, False] and all(d["samples"] == shown[2]["samples"] and {**d["k1"], **KEPT} == {**shown[2]["k1"], **KEPT} for d in shown[:2]),
   "compare: a b.npy is the last column of W", [d["samples"] for d in shown])

# ---- in an archive b is a member beside W
np.savez("run.npz", W=load("flow", "W"), b=load("flow", "b"))
for name in ("run.npz", "run.npz:W"):
    run = Run("verify", "--data", "set", "--gamma", G, "--weights", name)
    ok(run.code == 64 and "has a bias" in run.err, f"{name}: a member b is not ignored", run)
    report("polish", "--data", "set", "--weights", name, "--gamma", G, "--out", "packed")
    ok((load("packed", "W") == load("point", "W")).all() and (load("packed", "b") == load("point", "b")).all(), f"{name}: W and b are read")
np.savez("lone.npz", W=load("flow", "W"))
run = Run("verify", "--data", "set", "--with-bias", "--gamma", G, "--weights", "lone.npz")
ok(run.code == 66 and "lone.npz:b: not there" in run.err, "an archive without b", run)

# ---- what only a bias decides
put("zero/X.npy", np.array([[0.0, 0.0], [1.0, 0.0]])), put("zero/y.npy", np.array([-1.0, 1.0]))
ok(Run("limit", "--data", "zero", "--gamma", G).code == 65, "an all-zero sample is refused")
found = report("limit", "--data", "zero", "--gamma", G, "--with-bias", "--out", "zero-limit")
ok(found["w_bias"] < 0 and (load("zero-limit", "w") * [1, 0]).sum() + found["w_bias"] > 0, "but not where there is a bias", found.get("w_bias"))
run = Run("verify", "--case", "orthogonal", "--with-bias", "--flow-steps", 3, "--controls", 1, "--probes", 5, "--eps", "1", "--json")
doc = json.loads(run.out)
ok(run.code == 2 and not doc["counts"]["FAIL"] and case(doc)["sizes"]["d"] == 16385 and case(doc)["bias"] is True, "verify --with-bias of an embedded case", run)
done()
