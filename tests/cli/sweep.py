"""lfap sweep: rows recomputed in NumPy, rows that depend on their cell alone, shards, kills, grids of the presets, bad input."""
import csv, fcntl, io, json, math, os, random, signal, sys, time
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small systems: threads that wait for each other cost more than they do
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tables import *
from tap import *

B = 10**9  # the role of a seed: seed + role * B (spec/formats.md)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def rows(path):
    text = read(path).decode()
    return list(csv.DictReader(io.StringIO(text.split("\n", 1)[1])))


def sweep(name, *args, out, **kw):
    r = Run("sweep", *args, "--out", out, "--quiet", **kw)
    ok(r.code == 0, name, r)
    return rows(out + ".csv") if os.path.exists(out + ".csv") else []


# ---- the theory in NumPy, from spec/ alone -----------------------------------------------------------------------------

def gen(kind, seed, n, d):
    g = np.random.Generator(np.random.Philox(key=seed))
    X = g.standard_normal((n, d)) if kind == "gauss" else 2 * g.random((n, d)) - 1
    return X, np.where(g.random(n) >= 0.5, 1.0, -1.0)


def qp(Q):
    """min 1/2 l'Ql - 1'l over l >= 0 by Lawson and Hanson's active set."""
    n = len(Q)
    l, F = np.zeros(n), np.zeros(n, bool)
    while True:
        g = 1 - Q @ l
        g[F] = -np.inf
        if g.max() < 1e-9:
            return l
        F[np.argmax(g)] = True
        while True:
            s = np.zeros(n)
            s[F] = np.linalg.solve(Q[np.ix_(F, F)], np.ones(F.sum()))
            if (s[F] > 0).all():
                l = s
                break
            down = F & (s <= 0)
            a = (l[down] / (l[down] - s[down])).min()
            l = l + a * (s - l)
            F &= ~(down & (l <= 1e-15 * l.max()))
            l[~F] = 0


def limit(X, y, gamma):
    G = X @ X.T
    same = np.equal.outer(y, y)
    Q = np.outer(y, y) * np.where(same, (1 + gamma**2) / 2, gamma) * G
    l = np.linalg.solve(Q, np.ones(len(y)))
    form = "full"
    if l.min() < 0:
        l, form = qp(Q), "qp"
    c = np.where(y > 0, 1, gamma)
    b = (y * (G @ (l * y * c)) > 0) & (y * (G @ (l * y * (1 + gamma - c))) > 0)
    sq = np.diag(G)
    pmax = np.abs(G - np.diag(sq)).max()
    with np.errstate(divide="ignore"):
        h = gamma**3 * sq.min()**2 / (3 * len(y) * sq.max() * pmax)
    off = Q @ l - 1
    a, own, omega = cp(G, y, gamma) if not b.all() else (None, None, l)
    if b.all():  # U^ and V^ of C1: own is sqrt(m) y <u, x> or -sqrt(m) y <v, x>
        own = y * (G @ (l * y * np.where(y[:, None] == y, 1, gamma)).T).diagonal()
        a = np.c_[l, 0 * l]
    return dict(l=omega, pairs=a, w=X.T @ (omega * y), form=form, h=h, share=b.mean(), c1=bool(b.all() and (off[l == 0] > 0).all()), own=own.min(),
                c2=bool((own[a.sum(1) > 0] > 0).all()), kinks=int(((a > 0).all(1)).sum()))


def cp(G, y, gamma):
    """(CP) through its dual: the 2 N multipliers, own pre-activations and the coefficients of w (spec/theory.md, C2)."""
    n = len(y)
    S = np.concatenate([np.where(y[:, None] > 0, [1, -s], [-s, 1]) for s in (gamma, 1)])
    l = qp(0.5 * (S @ S.T) * np.tile(G, (2, 2)))
    U, V = (G @ (l * S[:, k]).reshape(2, n).sum(0) for k in (0, 1))
    a, b = l[:n], l[n:]
    return np.c_[a, b], np.where(y > 0, U, V), a + 2 * b / (1 + gamma)


def eta_of(w, norm, eps, k):
    if norm == "l2":
        return eps * w / np.linalg.norm(w)
    s = eps * np.sign(w)
    if norm in ("l0", "l1"):
        drop = np.argsort(-np.abs(w), kind="stable")[k if norm == "l0" else 1:]
        s[drop] = 0
    return s


def cos(a, b):
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


def expected(r):
    """The row of a limit cell, from its parameters."""
    n, d, n_adv, k, S = (int(r[x]) for x in ("n", "d", "n_adv", "k", "seed"))
    gamma, eps, law = float(r["gamma"]), float(r["eps"]), "gauss" if r["data"] == "gauss" else "uniform"
    X, y = gen(law, S, n, d)
    nat = limit(X, y, gamma)
    w = nat["w"]
    if r["base"] == "noise":
        Xb, t = gen(law, S + B, n_adv, d)
    else:
        g = np.random.Generator(np.random.Philox(key=S + B))
        Xb, t = X[:n_adv], np.where(g.random(n_adv) >= 0.5, 1.0, -1.0)
        t = -y[:n_adv] if r["base"] == "natural-flipped" else t
    eta = eta_of(w, r["norm"], eps, k)
    adv, ctl = limit(Xb + t[:, None] * eta, t, gamma), limit(Xb, t, gamma)
    P = gen(law, S + 4 * B, 1000, d)[0]
    e = eta_of(w, r["norm"], 1.0, k)
    w_data = Xb.T @ (adv["l"] * t)
    rule = eps * (e @ w) / np.linalg.norm(w) * math.sqrt(n_adv / (n * (1.0 if law == "gauss" else 1 / 3)))
    share = lambda v, u: np.mean(np.sign(v) == np.sign(u))
    # T5 of C2's network: U and -V are neurons of value <., z>, the parts of either from bases and from perturbations
    own, bent = adv["pairs"].sum(1), adv["pairs"] @ [gamma, 1]
    rows = np.where(t > 0, [own, bent], [-bent, -own])
    D, Q = rows @ Xb @ X.T, rows @ (t[:, None] * eta) @ X.T
    out = lambda v: (np.where(v[0] > 0, v[0], gamma * v[0]) + np.minimum(v[1], gamma * v[1])) / 2
    rest, effect = out(D), out(D + Q) - out(D)
    return {"t5_one_sign": (abs(np.sign(Q).sum(0)) == 2).mean(), "t5_decided": (abs(rest) < abs(effect)).mean(),
        "limit": nat["form"], "h_ratio": nat["h"], "h": int(nat["h"] >= 1), "c1": int(nat["c1"]), "c1_share": nat["share"],
        "limit_adv": adv["form"], "h_ratio_adv": adv["h"], "h_adv": int(adv["h"] >= 1), "c1_adv": int(adv["c1"]),
        "c1_share_adv": adv["share"], "limit_control": ctl["form"],
        "rule": rule if r["base"] == "noise" else math.nan,
        "c2": int(nat["c2"]), "c2_own": nat["own"], "c2_kinks": nat["kinks"], "c2_adv": int(adv["c2"]), "c2_own_adv": adv["own"],
        "c2_kinks_adv": adv["kinks"],
        "t4_share": np.mean((np.abs(X @ w_data) < np.abs(adv["l"].sum() * (X @ eta))) & (np.sign(X @ eta) == np.sign(X @ w))),
        "ratio": np.abs(adv["l"].sum() * (X @ eta)).mean() / np.sqrt(((X @ w_data) ** 2).mean()),
        "acc_teacher": share(X @ w, y), "acc": share(X @ adv["w"], y), "acc_control": share(X @ ctl["w"], y),
        "acc_test": math.nan, "acc_test_control": math.nan, "agree_natural": share(X @ adv["w"], X @ w),
        "agree": share(P @ adv["w"], P @ w), "agree_control": share(P @ ctl["w"], P @ w), "agree_teacher": share(P @ adv["w"], P @ w),
        "cosine": cos(adv["w"], w), "cosine_control": cos(ctl["w"], w),
        "log_loss_teacher": math.nan, "log_loss": math.nan, "log_loss_control": math.nan}


def same(got, want):
    if isinstance(want, str):
        return got == want
    return float(got) == want or math.isclose(float(got), want, rel_tol=1e-8, abs_tol=1e-12) or (math.isnan(want) and got == "nan")


def wrong(table):
    return [(r["cell"], k, r[k], v) for r in table for k, v in expected(r).items() if not same(r[k], v)]


noise = sweep("a grid of limits on noise", "--data", "uniform,gauss", "--d", "150,400", "--n", "10", "--n-adv", "25,120", "--norm",
              "l2,linf,l0", "--seeds", "0,5", "--format", "both", out="noise")
bad = wrong(noise)
ok(len(noise) == 48 and not bad, "48 rows as NumPy computes them", bad[:5])
ok({r["limit_adv"] for r in noise} == {"full", "qp"}, "with and without full support among them")
one = sweep("the same in l1", "--data", "uniform,gauss", "--d", "150,400", "--n", "10", "--n-adv", "25,120", "--norm", "l1", "--eps-l1", "0.5,6", "--seeds", "0,5", out="l1-grid")
bad = wrong(one)
ok(len(one) == 32 and not bad and {(r["norm"], r["k"]) for r in one} == {("l1", "0")}, "32 rows of l1 as NumPy computes them", bad[:5])
one = sweep("l1 of the default size", "--d", "100,400", "--norm", "l1", out="l1-size")
ok([float(r["eps"]) for r in one] == [0.03 * math.sqrt(100), 0.03 * math.sqrt(400)] and not wrong(one), "l1: 0.03 sqrt(d)", [r["eps"] for r in one])
natural = sweep("natural bases, with other targets", "--base", "natural-random,natural-flipped", "--d", "120", "--n", "30", "--eps-l2", "0,0.5,3",
                "--gamma", "0.3,0.9", out="natural")
bad = wrong(natural)
ok(len(natural) == 12 and not bad, "12 rows as NumPy computes them", bad[:5])
steep = sweep("the authors' slope", "--d", "150,400", "--n", "10", "--n-adv", "25,100", "--gamma", "0.01", "--norm", "l2,linf,l0", "--seeds", "0-1", out="steep")
bad = wrong(steep)
ok(len(steep) == 24 and not bad, "24 rows at gamma = 0.01 as (CP) in NumPy has them", bad[:5])
ok(all(r["c1_adv"] == "0" and r["c2"] == r["c2_adv"] == "1" and int(r["c2_kinks_adv"]) > 0 and 0 < float(r["t4_share"]) <= 1 for r in steep)
   and not any("c2" in r["reason"] or "t4" in r["reason"] for r in steep), "C1 fails, C2 holds, and no cell of the limit is empty", steep[:1])
inside = sweep("inside the hypothesis", "--d", "20000", "--n", "2", "--n-adv", "8", "--gamma", "0.9", "--eps", "5", "--seeds", "0-2", out="inside")
bad = wrong(inside)
ok(not bad and all(r["h"] == r["h_adv"] == r["c1_adv"] == "1" for r in inside), "(H) holds on both sides, C1 as well", bad[:5])

# orthogonal samples: p_max = 0, so the quotient is infinite; JSON has no infinity
orth = sweep("orthogonal data", "--data", "orthogonal", "--d", "64", "--n", "8", "--format", "both", out="orth")
j = [json.loads(l) for l in read("orth.jsonl").decode().splitlines()]
ok(orth[0]["h_ratio"] == "inf" and j[1]["h_ratio"] is None and orth[0]["c1"] == "1", "an infinite quotient", orth)
# 200 samples in 20 dimensions: no boundary at all, which is a result
flat = sweep("no limit", "--d", "20", "--n", "200", out="flat")[0]
ok(flat["limit"] == "none" and flat["acc"] == flat["acc_teacher"] == flat["cosine"] == "nan" and flat["limit_control"] == "none"
   and flat["limit_adv"] == "unknown" and float(flat["h_ratio"]) > 0, "a set that cannot be separated gives a row without results", flat)
ok(flat["c2"] == "0" and flat["c2_own"] == flat["c2_kinks"] == flat["c2_adv"] == flat["t4_share"] == "nan" and "c2_own:limit;c2_kinks:limit;" in flat["reason"]
   and "c2_adv:limit_adv;c2_own_adv:limit_adv;c2_kinks_adv:limit_adv;" in flat["reason"] and "t4_share:limit_adv" in flat["reason"] and "c2:" not in flat["reason"],
   "nor has it C2, and every empty cell has its reason", flat["reason"])

# JSON lines say what CSV says
lines = [json.loads(l) for l in read("noise.jsonl").decode().splitlines()]
ok(list(lines[1]) == list(noise[0]) and len(lines) == 49 and all(
    k == "check" or (v is None and c[k] in ("nan", "inf")) or (isinstance(v, str) and v == c[k]) or (v is not None and float(c[k]) == v)
    for v_, c in zip(lines[1:], noise) for k, v in v_.items()), "JSON lines and CSV hold the same")
times = read("noise.times.csv").decode().splitlines()
ok(times[0] == "cell,seconds" and [t.split(",")[0] for t in times[1:]] == [str(i) for i in range(48)], "wall times stand beside the tables")

# Fashion-MNIST, when it is there
if os.path.isdir("/usr/share/datasets/fashion-mnist"):
    f = sweep("images", "--data", "fashion-mnist", "--n", "200", "--n-adv", "784", "--eps-l2", "1", "--seeds", "0-3", out="images")
    ok(all(float(r["acc_test"]) > 0.95 > float(r["acc_test_control"]) and r["d"] == "784" for r in f), "held-out images after noise + perturbation",
       [(r["acc_test"], r["acc_test_control"]) for r in f])

# ---- networks: the same numbers as by the other verbs, one after the other

def network(source, norm, eps, extra, S=3, method="sgd", epochs=60):
    """A cell by gen, train, perturb, train."""
    seeds = {"nat": S, "base": S + B}
    for name, s in seeds.items():
        n = 12 if name == "nat" else 30
        assert Run("gen", "uniform", "--n", n, "--d", "40", "--seed", s, "--out", name, "--quiet").code == 0
    fit = lambda data, seed, out: Run("train", "--method", method, "--epochs", epochs, "--data", data, "--gamma", "0.5", "--m", "6", "--seed", seed,
                                      "--out", out, "--quiet").code
    assert fit("nat", S + 2 * B, "t") == 0
    r = Run("perturb", "--norm", norm, "--from", source, "--eps", eps, "--data", "base", "--weights", "t/W.npy", "--out", "adv", "--quiet", *extra)
    assert r.code == 0, str(r)
    assert fit("adv", S + 3 * B, "l") == 0 and fit("base", S + 3 * B, "c") == 0
    X, y = np.load("nat/X.npy"), np.load("nat/y.npy")

    def f(name, Z):
        W = np.load(name + "/W.npy")
        return np.where(Z @ W.T > 0, 1, 0.5) * (Z @ W.T) @ np.r_[np.ones(3), -np.ones(3)]
    P = gen("uniform", S + 4 * B, 1000, 40)[0]
    mean = lambda name: np.load(name + "/W.npy")[:3].mean(0) - np.load(name + "/W.npy")[3:].mean(0)
    w = limit(X, y, 0.5)["w"]
    share = lambda v, u: np.mean(np.sign(v) == np.sign(u))
    return {"acc_teacher": share(f("t", X), y), "acc": share(f("l", X), y), "acc_control": share(f("c", X), y),
            "agree": share(f("l", P), P @ w), "agree_teacher": share(f("l", P), f("t", P)), "agree_control": share(f("c", P), P @ w),
            "cosine": cos(mean("l"), mean("t")), "cosine_control": cos(mean("c"), mean("t")),
            "h_ratio_adv": limit(np.load("adv/X.npy"), np.load("adv/y.npy"), 0.5)["h"]}


base = ["--d", "40", "--n", "12", "--n-adv", "30", "--m", "6", "--seeds", "3"]
for source, norm, eps, extra in (("geometry", "l2", "0.5", []), ("gradient", "linf", "0.1", ["--gamma", "0.5"]),
                                 ("pgd", "l2", "0.5", ["--gamma", "0.5", "--range=-1,1"]),
                                 ("pgd", "l1", "2", ["--gamma", "0.5", "--range=-1,1"]), ("gradient", "l1", "2", ["--gamma", "0.5"]),
                                 ("pgd", "l0", "0.3", ["--gamma", "0.5", "--range=-1,1", "--steps", "2"])):
    r = sweep(f"sgd, {source} {norm}", *base, "--method", "sgd", "--epochs", "60", "--from", source, "--norm", norm, "--eps", eps,
              out=f"net-{source}-{norm}")[0]
    bad = [(k, r[k], v) for k, v in network(source, norm, eps, extra).items() if not same(r[k], v)]
    ok(not bad and math.isfinite(float(r["log_loss"])), f"sgd, {source} {norm}: as gen, train, perturb and train give it", bad)
r = sweep("flow", *base, "--method", "flow", "--epochs", "200", "--eps", "0.5", out="net-flow")[0]
bad = [(k, r[k], v) for k, v in network("geometry", "l2", "0.5", [], method="flow", epochs=200).items() if not same(r[k], v)]
ok(not bad, "flow: as gen, train, perturb and train give it", bad)

# ---- a row depends on its cell alone: order, neighbours, threads, shards

GRID = ["--data", "uniform,gauss", "--d", "60,200", "--n", "10", "--n-adv", "15,40", "--norm", "l2,linf,l0", "--eps-l2", "0.2,0.4", "--seeds", "0,1"]
whole = sweep("a grid", *GRID, "--format", "both", "--threads", "1", out="whole")
sweep("the same on three threads", *GRID, "--format", "both", "--threads", "3", out="three")
ok(len(whole) == 64 and read("whole.csv") == read("three.csv") and read("whole.jsonl") == read("three.jsonl"), "1 and 3 threads: the same bytes")
picked = random.Random(1).sample(whole, 8)
alone = []
for i, r in enumerate(picked):
    a = sweep(f"cell {r['cell']} alone", "--data", r["data"], "--d", r["d"], "--n", r["n"], "--n-adv", r["n_adv"], "--norm", r["norm"], "--eps", r["eps"],
              "--seeds", r["seed"], out=f"alone{i}")[0]
    alone.append({**a, "cell": r["cell"], "check": r["check"]} == r)
ok(all(alone), "a cell alone gives the row it has in the grid", alone)
for n in (1, 2, 3, 4):
    parts = [f"part{n}-{i}" for i in range(1, n + 1)]
    for i, part in enumerate(parts, 1):
        sweep(f"shard {i} of {n}", *GRID, "--format", "both", "--shard", f"{i}/{n}", out=part)
    cells = [sorted(int(r["cell"]) for r in rows(p + ".csv")) for p in parts]
    ok(sorted(sum(cells, [])) == list(range(64)) and max(map(len, cells)) - min(map(len, cells)) <= 8, f"{n} shards divide the grid evenly", cells)
    for form in ("csv", "jsonl"):
        r = Run("sweep", "--merge", f"merged.{form}", *[f"{p}.{form}" for p in reversed(parts)])
        ok(r.code == 0 and read(f"merged.{form}") == read(f"whole.{form}"), f"{n} shards merged: the bytes of the undivided sweep, {form}", r)

# ---- the table cut anywhere, and a sweep killed at 20 random moments

full = {f: read(f"whole.{f}") for f in ("csv", "jsonl")}
rnd = random.Random(7)
ends = [i + 1 for i, b in enumerate(full["csv"]) if b == 10]
cuts = [0, 1, ends[0] - 1, ends[0], ends[1] - 1, ends[1], ends[-2], ends[-2] + 1, len(full["csv"]) - 1, len(full["csv"])] + \
       [rnd.randrange(ends[-8], len(full["csv"])) for _ in range(8)]
equal = []
for cut in cuts:
    put("cut.csv", full["csv"][:cut])
    put("cut.jsonl", full["jsonl"][:rnd.choice([cut, len(full["jsonl"])])])
    r = Run("sweep", *GRID, "--format", "both", "--out", "cut", "--resume", "--quiet")
    equal.append(r.code == 0 and read("cut.csv") == full["csv"] and read("cut.jsonl") == full["jsonl"])
ok(all(equal), f"cut at {len(cuts)} places: resumed to the same bytes", list(zip(cuts, equal)))

LONG = ["--d", "300", "--n", "30", "--n-adv", "200", "--norm", "l2,linf,l0", "--seeds", "0-29", "--format", "both", "--threads", "1"]
start = time.monotonic()
sweep("a longer sweep, undisturbed", *LONG, out="calm")
pace = (time.monotonic() - start) / 90
killed, torn, grew = 0, 0, []
for k in range(20):
    p = subprocess.Popen([LFAP, "sweep", *LONG, "--out", "rough", "--resume", "--quiet"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(0.01 + rnd.random() * 7 * pace)
    killed += p.poll() is None
    p.kill()
    p.communicate()
    if os.path.exists("rough.csv"):
        now = read("rough.csv")
        torn += not read("calm.csv").startswith(now)
        grew.append(now.count(b"\n"))
sweep("resumed after the kills", *LONG, "--resume", out="rough")
ok(killed == 20 and not torn and grew[-1] > 5, f"killed 20 times; whole rows after each: {grew}")
ok(read("rough.csv") == read("calm.csv") and read("rough.jsonl") == read("calm.jsonl"), "after 20 kills the bytes of an undisturbed sweep")
p = subprocess.Popen([LFAP, "sweep", *LONG, "--out", "stopped", "--quiet"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
time.sleep(20 * pace)
p.send_signal(signal.SIGINT)
err = p.communicate(timeout=60)[1]
ok(p.returncode == 130 and b"interrupt" in err and read("calm.csv").startswith(read("stopped.csv")), "Ctrl-C: exit 130, a table of whole rows", err)
sweep("resumed after Ctrl-C", *LONG, "--resume", out="stopped")
ok(read("stopped.csv") == read("calm.csv"), "after Ctrl-C the bytes of an undisturbed sweep")

# ---- what the tables say, by bench/sweep_check.py; tables that say otherwise are told

CHECK = os.path.join(ROOT, "bench", "sweep_check.py")
sweep("a curve along N_adv", "--preset", "paper-nadv", "--data", "uniform", "--norm", "linf", "--seeds", "0-4", out="curve")
p = subprocess.run([sys.executable, CHECK, "curve.csv"], capture_output=True)
ok(p.returncode == 0 and b"45 rows, 0 without a limit to learn; ratio above 1 in 30, of these 30 beat the control; 8 steps along n_adv, 0 in the" in p.stdout,
   "noise + perturbation beats the control where R1's ratio is above 1, and the curve rises", p.stdout.decode())
curve = read("curve.csv").decode().split("\n")
names = curve[1].split(",")


def doctored(change):
    out = curve[:2]
    for line in curve[2:-1]:
        r = dict(zip(names, line.split(",")))
        change(r)
        out.append(signed(curve[0], ",".join(r[n] for n in names)))
    put("doctored.csv", ("\n".join(out) + "\n").encode())
    p = subprocess.run([sys.executable, CHECK, "doctored.csv"], capture_output=True)
    return p.returncode, p.stdout.decode()


def swapped(r):
    r["acc"], r["acc_control"] = r["acc_control"], r["acc"]


def falling(r):
    r["acc"] = str(1 - float(r["n_adv"]) / 2000 - int(r["seed"]) / 1000)


code, said = doctored(swapped)
ok(code == 1 and "of these 0 beat" in said, "the control better: told", said)
code, said = doctored(falling)
ok(code == 1 and "8 in the wrong direction beyond" in said, "a falling curve: told", said)

# ---- bad input

ONE = ["--d", "30", "--n", "4"]
before = tree()
for name, code, words, args in (
        ("no name", 64, "--out", ONE), ("an unknown preset", 64, "did you mean paper-nadv", ["--preset", "paper-nad", "--out", "x"]),
        ("a scale alone", 64, "--preset", ["--scale", "paper", "--out", "x"]), ("an empty list", 64, "commas", [*ONE, "--eps", "1,,2", "--out", "x"]),
        ("a value twice", 64, "twice", [*ONE, "--eps", "1,2,1.0", "--out", "x"]), ("seeds downwards", 64, "range", [*ONE, "--seeds", "4-1", "--out", "x"]),
        ("a seed too large", 64, "1000000000", [*ONE, "--seeds", "1000000000", "--out", "x"]), ("zero samples", 65, "1 or more", ["--n", "0", "--out", "x"]),
        ("gamma 1", 65, "strictly between", [*ONE, "--gamma", "0.5,1", "--out", "x"]), ("negative size", 65, "negative", [*ONE, "--eps", "-1", "--out", "x"]),
        ("an odd width", 65, "even", [*ONE, "--method", "sgd", "--m", "3", "--out", "x"]), ("pgd of size 0", 64, "positive", [*ONE, "--method", "sgd", "--from", "pgd", "--eps", "0", "--out", "x"]),
        ("more natural bases than samples", 64, "N_adv <= N", [*ONE, "--base", "natural-random", "--n-adv", "5", "--out", "x"]),
        ("orthogonal rows that do not fit", 64, "power of two", ["--data", "orthogonal", "--n", "40", "--d", "60", "--out", "x"]),
        ("shard 3 of 2", 64, "from 1/N to N/N", [*ONE, "--shard", "3/2", "--out", "x"]), ("half a shard", 64, "I/N", [*ONE, "--shard", "2", "--out", "x"]),
        ("a grid beyond reason", 64, "split it", ["--seeds", "0-255", "--eps", ",".join(str(i) for i in range(1, 200)), "--share", ",".join(str(i / 100) for i in range(1, 100)),
                                            "--norm", "l0", "--out", "x"]),
        ("nowhere to write", 73, "cannot be created", [*ONE, "--out", "no/such/directory/x"]), ("a stray operand", 64, "--merge", [*ONE, "--out", "x", "y.csv"]),
        ("an unknown norm", 64, "known", [*ONE, "--norm", "l3", "--out", "x"]), ("merging with axes' files missing", 64, "shards", ["--merge", "x.csv"]),
        ("half precision and a flow", 64, "leave flow out of --method", [*ONE, "--method", "sgd,flow", "--arithmetic", "half", "--out", "x"]),
        ("half precision and no sgd", 64, "give --method sgd", [*ONE, "--arithmetic", "half", "--out", "x"]),
        ("images that are not there", 66, "", ["--data", "fashion-mnist", "--images", "none", "--n", "4", "--out", "x"])):
    r = Run("sweep", *args)
    ok(r.code == code and words in r.err and r.err.count("\n") == 1, f"{name}: exit {code}", r)
ok(tree() == before, "bad input leaves nothing behind", set(tree()) ^ set(before))

sweep("a table", *ONE, out="one")
was = read("one.csv")
for name, args in (("there already", ONE), ("another grid", [*ONE, "--eps", "0.3", "--resume"]), ("another shard", [*ONE, "--shard", "1/2", "--resume"]),
                   ("other probes", [*ONE, "--probes", "10", "--resume"])):
    r = Run("sweep", *args, "--out", "one")
    ok(r.code == (73 if name == "there already" else 65) and "one.csv" in r.err and read("one.csv") == was, f"{name}: refused, table untouched", r)
put("one.csv", was.replace(b"\n0,", b"\n7,"))
r = Run("sweep", *ONE, "--out", "one", "--resume")
ok(r.code == 65 and "line 3 is not a whole row" in r.err, "a changed row is told", r)
put("one.csv", was + was.split(b"\n")[2] + b"\n")
r = Run("sweep", *ONE, "--out", "one", "--resume")
ok(r.code == 65 and "line 4: cell 0 is there twice" in r.err, "a row too many is told", r)
put("one.csv", was)
with open("one.csv", "r+") as f:
    fcntl.lockf(f, fcntl.LOCK_EX)
    r = Run("sweep", *ONE, "--out", "one", "--resume")
    ok(r.code == 73 and "another sweep" in r.err, "two writers: the second is told", r)
r = Run("sweep", *ONE, "--epochs", "5", "--out", "one", "--resume")
ok(r.code == 0 and read("one.csv") == was, "an option that no cell uses makes no difference", r)

for name, words, files in (("a shard missing", "in none of the shards", ["part3-1.csv", "part3-3.csv"]), ("a shard twice", "there twice", ["part2-1.csv", "part2-1.csv"]),
                           ("shards of two divisions", "different sweeps", ["part2-1.csv", "part3-2.csv"]), ("another sweep", "different sweeps", ["part2-1.csv", "noise.csv"]),
                           ("two formats", "JSON lines", ["part2-1.csv", "part2-2.jsonl"]), ("no table", "does not begin", ["part2-1.csv", "half.csv"]),
                           ("half a row", "half a row", ["part2-1.csv", "torn.csv"]), ("other numerics", "numerics 2 and 1", ["part2-1.csv", "older.csv"])):
    put("older.csv", read("part2-2.csv").replace(b"numerics=2", b"numerics=1")), put("half.csv", b"cell,data\n1,2\n"), put("torn.csv", read("part2-2.csv")[:-9])
    r = Run("sweep", "--merge", "joined.csv", *files)
    ok(r.code == 65 and words in r.err and not os.path.exists("joined.csv"), f"merge, {name}: told, nothing written", r)
r = Run("sweep", "--merge", "joined.csv", "part2-1.csv", "nowhere.csv")
ok(r.code == 66, "merge, a missing file", r)
done()
