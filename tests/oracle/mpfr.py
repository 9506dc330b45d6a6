"""--arithmetic mpfr of train and perturb: at 53 bits every file of the double run, at 256 bits the digits that decimal arithmetic
written here finds, and nothing left of a run that was stopped or refused."""
import decimal, itertools, json, os, re, shutil, signal, subprocess, sys
from decimal import Decimal as D
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
from tap import *

OWN = ("arithmetic", "bits")  # all that a report at P bits says otherwise
FILES = ("W.npy", "W0.npy", "history.csv", "coefficients.npy", "X.npy", "y.npy", "eta.npy")


def twins(name, *args):
    """The same run in doubles and at 53 bits: files and reports."""
    docs = []
    for out, more in (("double", ()), ("mpfr", ("--arithmetic", "mpfr", "--prec", 53))):
        shutil.rmtree(out, True)
        r = Run(*args, *more, "--out", out, "--json")
        if not ok(r.code == 0, f"{name}: {out} runs", r):
            return
        docs.append({k: v for k, v in json.loads(r.out).items() if k not in OWN})
        docs.append({k: v for k, v in json.load(open(out + "/meta.json")).items() if k not in OWN})
    same = [f for f in FILES if os.path.exists(f"double/{f}")]
    differ = [f for f in same if open(f"double/{f}", "rb").read() != open(f"mpfr/{f}", "rb").read()]
    for doc in docs:
        doc["files"] = [os.path.basename(f) for f in doc["files"]]
    ok(len(same) >= 3 and sorted(os.listdir("double")) == sorted(os.listdir("mpfr")) and not differ, f"{name}: the same bytes", differ)
    ok(docs[0] == docs[2] and docs[1] == docs[3], f"{name}: the same report and meta.json", (docs[0], docs[2]))


# ---- 53 bits: methods x forms x losses x coefficients
Run("gen", "uniform", "--n", 6, "--d", 30, "--seed", 1, "--out", "data")
Run("gen", "gauss", "--n", 5, "--d", 30, "--seed", 2, "--out", "bases")
BASE = ["--data", "data", "--gamma", 0.2, "--m", 6, "--seed", 7]
for i, (method, form, loss) in enumerate(itertools.product(("gd", "sgd"), ("auto", "plain", "gram"), ("exp", "logistic"))):
    twins(f"{method} {form} {loss}", "train", "--method", method, "--form", form, "--loss", loss, "--epochs", 60, "--threads", 1 + i % 3, *BASE,
          *(["--coefficients"] if i % 2 else []))
for loss in ("exp", "logistic"):
    twins(f"flow {loss}", "train", "--method", "flow", "--loss", loss, "--log-loss-target", -1e4, "--coefficients", *BASE)
twins("a plateau", "train", "--method", "sgd", "--loss", "logistic", "--lr", 0.9, "--epochs", 150, *BASE)
Run("gen", "uniform", "--n", 20, "--d", 1000, "--seed", 3, "--out", "large")
twins("auto takes the Gram form", "train", "--method", "sgd", "--epochs", 3, "--data", "large", "--gamma", 0.01, "--m", 840)

# ---- 53 bits: norms x sources
Run("limit", "--data", "data", "--gamma", 0.2, "--out", "limit")
Run("train", "--method", "sgd", "--epochs", 40, *BASE, "--out", "net")
for norm, source in itertools.product(("l2", "linf", "l0", "l1"), ("geometry", "gradient", "pgd")):
    how = ["--direction", "limit/w.npy"] if source == "geometry" else ["--weights", "net/W.npy", "--gamma", 0.2]
    how += ["--k", 4] if norm == "l0" and source != "pgd" else ["--steps", 9] if source == "pgd" else []
    twins(f"{norm} {source}", "perturb", "--norm", norm, "--from", source, "--data", "bases", "--eps", 0.4, *how)
twins("pgd in a range", "perturb", "--norm", "l2", "--from", "pgd", "--data", "bases", "--eps", 1.5, "--range=-4,4", "--weights", "net/W.npy", "--gamma", 0.2)

# ---- 256 bits against decimal arithmetic: the digits of the double run
decimal.getcontext().prec = 70


def digits(computed, true):
    """As spec/formats.md defines them: of all together, of the worst."""
    e = [D(float(c)) - t for c, t in zip(computed, true)]
    if not any(e):
        return 17, 17
    of = lambda ratio: min(max(-float(ratio.log10()), 0), 17)
    return (of((sum(x * x for x in e) / sum(t * t for t in true)).sqrt()),
            of(max(abs(x / t) if t else D(1) for x, t in zip(e, true) if x)))


class Net:
    """The network of the theory, from the text of section 1, and the authors' training; sums in any order."""

    def __init__(self, W, gamma):
        self.W = [[D(float(w)) for w in row] for row in W]
        self.m, self.gamma = len(W), D(gamma)
        self.a = [D(1) / D(self.m).sqrt() * (1 if j < self.m // 2 else -1) for j in range(self.m)]

    def values(self, x):
        return [sum(w * v for w, v in zip(row, x)) for row in self.W]

    def slopes(self, x):
        return [D(1) if z > 0 else self.gamma for z in self.values(x)]

    def f(self, x):
        return sum(a * s * z for a, s, z in zip(self.a, self.slopes(x), self.values(x)))

    def gradient(self, x):
        c = [a * s for a, s in zip(self.a, self.slopes(x))]
        return [sum(cj * row[k] for cj, row in zip(c, self.W)) for k in range(len(x))]


def sgd(net, X, y, lr, mu, loss, epochs):
    """Yields loss and margins before each update, weights after it."""
    V = [[D(0)] * len(X[0]) for _ in net.W]
    for _ in range(epochs):
        q = [t * net.f(x) for x, t in zip(X, y)]
        g = [(-v).exp() if loss == "exp" else 1 / (1 + v.exp()) for v in q]
        l = [(-v).exp() if loss == "exp" else (1 + (-v).exp()).ln() for v in q]
        s = [net.slopes(x) for x in X]
        for j in range(net.m):
            grad = [sum(-g[n] * y[n] * s[n][j] * X[n][k] for n in range(len(X))) * net.a[j] / len(X) for k in range(len(X[0]))]
            V[j] = [mu * v + d for v, d in zip(V[j], grad)]
            net.W[j] = [w - lr * v for w, v in zip(net.W[j], V[j])]
        yield sum(l) / len(X), q, [w for row in net.W for w in row]


def pgd(net, x0, t, eps, steps):
    """The authors' L2 iteration; the best point, less the base."""
    best, x, least = x0, x0, None
    for step in range(steps + 1):
        loss = (-t * net.f(x)).exp()
        if least is None or loss < least:
            least, best = loss, x
        if step == steps:
            return [b - a for a, b in zip(x0, best)]
        g = [-t * loss * v for v in net.gradient(x)]
        size = max(norm(g), D(1e-12))
        delta = [v - eps / 5 * w / size - a for v, w, a in zip(x, g, x0)]
        if norm(delta) > eps:
            shrink = eps / (norm(delta) + D(1e-7))
            delta = [shrink * v for v in delta]
        x = [a + v for a, v in zip(x0, delta)]


def norm(v):
    return sum(x * x for x in v).sqrt()


def exact(array):
    return [[D(float(v)) for v in row] for row in array]


def table(path):
    lines = open(path).read().strip().split("\n")
    return lines[0].split(","), [[float(v) for v in line.split(",")] for line in lines[1:]]


def near(told, want):
    return abs(told - want) <= 0.0051  # two places are told


def dot(x, y):
    """N1 of up to eight entries, in doubles."""
    s = np.zeros(8)
    s[:len(x)] = x * y
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))


def margins(W, X, y, gamma):
    """In doubles, as the double run has them (N4)."""
    a = 1 / np.sqrt(len(W)) * np.where(np.arange(len(W)) < len(W) // 2, 1.0, -1.0)
    Z = [np.array([dot(w, x) for w in W]) for x in X]
    return [t * dot(a, np.where(z > 0, z, gamma * z)) for z, t in zip(Z, y)]


Run("gen", "uniform", "--n", 3, "--d", 5, "--seed", 4, "--out", "small")
X, y = exact(np.load("small/X.npy")), [D(float(v)) for v in np.load("small/y.npy")]
for loss, form in (("exp", "plain"), ("logistic", "plain"), ("exp", "gram")):
    line = ["train", "--method", "sgd", "--loss", loss, "--form", form, "--data", "small", "--gamma", 0.25, "--m", 4]
    r = Run(*line, "--epochs", 12, "--arithmetic", "mpfr", "--digits", "digits.csv", "--out", "p256")
    head, rows = table("digits.csv")
    ok(r.code == 0 and head == ["epoch", "loss", "margins", "margins_worst", "weights", "weights_worst"] and [x[0] for x in rows] == list(range(1, 13)),
       f"{loss} {form}: a row an epoch", (r, head))
    before = np.load("p256/W0.npy")
    net, wrong = Net(before, 0.25), []
    for e, (L, q, W) in enumerate(sgd(net, X, y, D(0.01), D(0.9), loss, 12)):
        assert Run(*line, "--epochs", e + 1, "--out", "d").code == 0
        of_loss = digits([open("d/history.csv").read().strip().split("\n")[-1].split(",")[1]], [L])[0]
        of_margins = digits(margins(before, np.load("small/X.npy"), np.load("small/y.npy"), 0.25), q) if form == "plain" else rows[e][2:4]
        before = np.load("d/W.npy")
        want = [of_loss, *of_margins, *digits(before.ravel(), W)]
        if not all(map(near, rows[e][1:], want)):
            wrong.append((rows[e], want))
    ok(not wrong and min(x[5] for x in rows) > 10, f"{loss} {form}: digits, epoch by epoch", wrong[:3])
    ok(np.array_equal(np.load("p256/W.npy").ravel(), [float(w) for w in W]), f"{loss} {form}: W.npy is the true weights, rounded")

whole = open("digits.csv").read().split("\n")
for every, kept in ((5, (1, 5, 10, 12)), (1, range(1, 13)), (12, (1, 12)), (100, (1, 12))):
    r = Run(*line, "--epochs", 12, "--arithmetic", "mpfr", "--digits", "some.csv", "--digits-every", every, "--out", "p256")
    ok(r.code == 0 and open("some.csv").read().split("\n") == [whole[0], *(whole[e] for e in kept), ""], f"every {every}: these rows alone", r)

# ---- the table of spec/findings.md, section 14: its beginning
Run("gen", "uniform", "--seed", 1, "--n", 20, "--d", 1000, "--out", "authors")
r = Run("train", "--method", "sgd", "--arithmetic", "mpfr", "--prec", 256, "--digits", "digits.csv", "--digits-every", 100, "--data", "authors", "--gamma", 0.01, "--m", 100,
        "--epochs", 200, "--out", "authors-net")
kept = open(os.path.join(ROOT, "bench/results/digits.csv")).read().split("\n")
ok(open("digits.csv").read().split("\n")[:4] == kept[:4] and len(kept) == 103, "bench/results/digits.csv begins as the run does", r)

# ---- and of perturbations
B, t = exact(np.load("small/X.npy")), [-v for v in y]
put("away.npy", np.array([float(v) for v in t]))
net = Net(np.load("p256/W.npy"), 0.25)
line = ["perturb", "--data", "small", "--targets", "away.npy", "--weights", "p256/W.npy", "--gamma", 0.25, "--eps", 0.3]
TRUE = {("l2", "gradient"): lambda x, s: [D(0.3) * s * v / norm(net.gradient(x)) for v in net.gradient(x)],
        ("linf", "gradient"): lambda x, s: [D(0.3) * s * (1 if v > 0 else -1) for v in net.gradient(x)],
        # four steps: the fifth straight one ends at eps exactly, and rounding alone decides whether it is projected
        ("l2", "pgd"): lambda x, s: pgd(net, x, s, D(0.3), 4)}
for (kind, source), true in TRUE.items():
    more = ["--norm", kind, "--from", source, *(["--steps", 4] if source == "pgd" else [])]
    r = Run(*line, *more, "--arithmetic", "mpfr", "--prec", 256, "--digits", "eta.csv", "--out", "pp")
    assert r.code == 0 and Run(*line, *more, "--out", "pd").code == 0, r
    head, rows = table("eta.csv")
    want = [[n, *digits(eta, true(x, s))] for n, (eta, x, s) in enumerate(zip(np.load("pd/eta.npy"), B, t))]
    ok(head == ["base", "eta", "eta_worst"] and len(rows) == 3 and all(near(a, b) for x, z in zip(rows, want) for a, b in zip(x, z)),
       f"{kind} {source}: digits of every base", (rows, want))
    ok((min(x[1] for x in rows) == 17) == (kind == "linf"), f"{kind} {source}: all of them where nothing is rounded", rows)
    ok(np.array_equal(np.load("pp/eta.npy"), [[float(v) for v in true(x, s)] for x, s in zip(B, t)]), f"{kind} {source}: eta.npy is the true one, rounded")

# ---- threads change nothing; the table appears with its files or not at all
LONG = ["train", "--method", "sgd", "--data", "large", "--gamma", 0.01, "--m", 20, "--arithmetic", "mpfr", "--digits", "t.csv"]
seen = set()
for threads in (1, 2, 5):
    for form in ("plain", "gram"):
        assert Run(*LONG, "--form", form, "--epochs", 3, "--threads", threads, "--out", f"t-{form}").code == 0
        seen.add((form, open("t.csv", "rb").read(), open(f"t-{form}/W.npy", "rb").read()))
ok(len(seen) == 2 and len({x[2] for x in seen}) == 1, "any number of threads gives the same bytes, both forms the same weights")
r = Run(*LONG[:-1], "in/t.csv", "--epochs", 2, "--out", "in")
ok(r.code == 0 and "t.csv" in json.load(open("in/meta.json"))["files"], "digits in the directory of the run belong to its set", r)
Run("train", "--method", "sgd", "--epochs", 2, *BASE, "--out", "in")
ok(not os.path.exists("in/t.csv"), "and go with it when a run without digits takes its place", os.listdir("in"))

STOPPED = {"between epochs": ["--m", 20, "--epochs", 100000], "inside an epoch": ["--m", 1000, "--epochs", 10, "--form", "plain", "--prec", 20000],
           "perturbing": ["--steps", 100000]}
for name, more in STOPPED.items():
    line = [*LONG[:7], *more, *LONG[9:]] if name != "perturbing" else [
        "perturb", "--norm", "l2", "--from", "pgd", "--data", "large", "--weights", "t-gram/W.npy", "--gamma", 0.01, "--eps", 1, *more, *LONG[9:]]
    was = tree()
    p = subprocess.Popen([LFAP, *map(str, line), "--out", "stopped"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    told = p.stderr.readline() if name != "inside an epoch" else ""
    if not told:
        try:
            p.wait(3)
        except subprocess.TimeoutExpired:
            pass
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=120)
    ok(p.returncode == 130 and out == "" and tree() == was, f"stopped {name}: nothing is left", (p.returncode, err))
    ok(name == "inside an epoch" or re.fullmatch(r"note: about .*(s|min|days): \d+ (epoch|base)s of \S+ s each, at 256 bits\n", told),
       f"stopped {name}: told how long it would take", told)

SAYS = {"the flow at 64 bits": "`lfap converge` follows the flow", **{f"{bits} bits": f"--prec {bits}: the precision lies in 53..65536 bits" for bits in (0, 1, 52, 65537, 1000000)}}
for name, code, *args in (
        ("the flow at 64 bits", 64, "--method", "flow", "--prec", 64), ("digits of the flow", 64, "--method", "flow", "--prec", 53, "--digits", "x.csv"),
        *((f"{bits} bits", 65, "--method", "gd", "--prec", bits) for bits in (0, 1, 52, 65537, 1000000)),
        ("no CSV", 64, "--method", "gd", "--digits", "x.txt"), ("the history's name", 64, "--method", "gd", "--digits", "x/history.csv"),
        ("rows of no digits", 64, "--method", "gd", "--digits-every", 2), ("no directory", 73, "--method", "gd", "--digits", "nowhere/x.csv"), ("a rate that diverges", 65, "--method", "gd", "--lr", 1e300, "--digits", "x.csv")):
    was = tree()
    r = Run("train", *BASE, "--epochs", 5, "--arithmetic", "mpfr", *args, "--out", "x")
    ok(r.code == code and r.out == "" and tree() == was and SAYS.get(name, "") in r.err, f"refused: {name}, exit {code}", r)
r = Run("perturb", "--norm", "l2", "--from", "pgd", "--data", "bases", "--eps", 1.5, "--range=-1,1", "--weights", "net/W.npy", "--gamma", 0.2, "--arithmetic", "mpfr", "--out", "x")
ok(r.code == 65 and "base" in r.err and not os.path.exists("x"), "refused: a base outside the range", r)
for bits in (53, 256):
    r = Run("perturb", "--norm", "l2", "--from", "gradient", "--data", "large/X.npy", "--targets", "large/y.npy", "--eps", 1, "--weights", put("zero.npy", np.zeros((2, 1000))),
            "--gamma", 0.2, "--arithmetic", "mpfr", "--prec", bits, "--out", "x")
    ok(r.code == 65 and "gradient" in r.err and not os.path.exists("x"), f"refused at {bits} bits: no gradient", r)
done()
