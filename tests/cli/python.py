"""The Python module: its calls have the bits of the command line's, take what dtype, order and stride mean one thing, refuse the rest
in the library's words, stop on Ctrl-C and leave nothing, and export networks from elsewhere."""
import doctest, importlib, json, math, pkgutil, re, signal, subprocess, sys, os, threading, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

BUILD = os.path.dirname(LFAP)
made = subprocess.run(["make", "-s", f"BUILD={BUILD}", "python"], cwd=ROOT, capture_output=True, text=True,
                      env={k: v for k, v in os.environ.items() if k != "MAKEFLAGS"})
if not ok(made.returncode == 0, "make python", made.stdout + made.stderr):
    done()
MODULE = os.path.join(BUILD, "python")
os.environ["LFAP_LIBRARY"] = BUILD
sys.path.insert(0, MODULE)
import lfap
from lfap import _c

# ---- the same bits


def cli(*args):
    p = Run(*args, "--json")
    return json.loads(p.out) if p.code in (0, 1, 2) and p.out else ok(False, "lfap " + " ".join(p.args), p) or {}


def same(call, *pairs):
    """Arrays and numbers of a call against the command line's, in bits; NaN is null there."""
    wrong = []
    for name, got, want in pairs:
        if isinstance(want, str) and want.endswith(".npy"):
            want = np.load(want)
        if want is None or isinstance(want, (bool, str)):
            equal = (want is None and isinstance(got, float) and math.isnan(got)) or got == want
        else:
            a, b = np.asarray(got, dtype=float), np.asarray(want, dtype=float)
            equal = a.shape == b.shape and a.tobytes() == b.tobytes()
        if not equal:
            wrong.append(f"{name}: {got!r} here, {want!r} there"[:300])
    ok(not wrong, "same bits: " + call, "\n".join(wrong))


def lines(checks, report):
    """Every line of a report: statement, verdict, value and bound, what enclosures say."""
    pairs = [("lines", len(checks), len(report))]
    for got, want in zip(checks, report):
        for key in ("id", "subject", "what", "verdict", "value", "bound"):
            finite = getattr(got, key)
            pairs.append((f"{want['id']} {key}", float("nan") if isinstance(finite, float) and not math.isfinite(finite) else finite,
                          want[key]))
        pairs.append(("certified", got.certified if got.enclosed else None, want["certified"]))
    return pairs


def figures(got, report, **names):
    """Members of the same name, or of the one given."""
    return [(k, getattr(got, names.get(k, k)), report[k]) for k in report
            if not k.endswith("_hex") and hasattr(got, names.get(k, k)) and not isinstance(report[k], (dict, list))]


for kind, n, d, seed in (("uniform", 20, 300, 1), ("gauss", 30, 300, 2), ("orthogonal", 4, 64, 3)):
    cli("gen", kind, "--n", n, "--d", d, "--seed", seed, "--out", kind)
    got = lfap.gen(kind, n=n, d=d, seed=seed)
    same(f"gen {kind}", ("X", got.X, f"{kind}/X.npy"), ("y", got.y, f"{kind}/y.npy"))
images("images")
cli("gen", "fashion-mnist", "--images", "images", "--n", 6, "--out", "fashion")
got = lfap.gen("fashion-mnist", n=6, images="images")
same("gen fashion-mnist", *((k, getattr(got, k), f"fashion/{k}.npy") for k in ("X", "y", "X_test", "y_test", "mean")))

data, noise = lfap.gen("uniform", n=20, d=300, seed=1), lfap.gen("gauss", n=30, d=300, seed=2)
X, y, G = data.X, data.y, 0.1
C2 = {"own_min_support": "own_support", "kappa_obt_bound": "kappa_bound", "margin_lin_bound": "margin_need"}


def compare_limit(call, got, *options):
    r = cli("limit", "--data", "uniform", "--gamma", got.gamma, "--out", "limit", *options)
    same(call, ("lambda", got.lam, "limit/lambda.npy"), ("omega", got.omega, "limit/omega.npy"), ("w", got.w, "limit/w.npy"),
         ("slopes", got.c2.slope, "limit/slopes.npy"), ("verdict", got.verdict, r["verdict"]), *lines(got.checks, r["checks"]),
         *figures(got.hyp, r["hypothesis"]), *figures(got.c2, r["c2"], **C2))
    return r


compare_limit("limit", lfap.limit(X, y, 0.5))
np.save("points.npy", noise.X)
got = lfap.limit(X, y, G, points=noise.X, solver="direct")
compare_limit("limit at points", got, "--probe-points", "points.npy", "--solver", "direct")
same("kkt_signs", ("signs", got.kkt_signs, "limit/kkt_signs.npy"))
got = lfap.limit(X, y, G, certify_by="exact")
r = compare_limit("limit, certified", got, "--certify")
ok(got.certificate == open("limit/certificate.json").read(), "certificate.json, byte for byte")
JSON_KEY = {"POST": "T2_a_posteriori"}
same("its claims", *((k, v.verdict, r["certificate"]["verdicts"][JSON_KEY.get(k, k)]) for k, v in got.certified.items()),
     *((k, v.margin, r["certificate"]["margins"][JSON_KEY.get(k, k)]) for k, v in got.certified.items()))
compare_limit("limit, certified in doubles", lfap.limit(X, y, G, certify_by="fast"), "--certify=fast")


def compare_train(call, got, *options, data="uniform"):
    r = cli("train", "--data", data, "--gamma", got.gamma, *options)
    out = options[options.index("--out") + 1]
    table = np.genfromtxt(f"{out}/history.csv", delimiter=",", names=True)
    same(call, ("W", got.W, f"{out}/W.npy"), ("W0", got.W0, f"{out}/W0.npy"), ("smallest margin", got.smallest_margin,
         r["training"]["smallest_margin"]), ("accuracy", got.correct / got.row.size and got.correct, round(r["training"]["accuracy"] * r["sizes"]["n"])),
         *((k, got.row[k], np.atleast_1d(table[k])) for k in ("loss", "lr", "log_loss", "s")),
         *([("coefficients", got.coefficient, f"{out}/coefficients.npy")] if got.coefficient is not None else []))


net = lfap.train(X, y, G, m=10, method="sgd", epochs=200, coefficients=True, seed=5)
compare_train("train sgd", net, "--method", "sgd", "--m", 10, "--epochs", 200, "--coefficients", "--seed", 5, "--out", "net")
compare_train("train flow, two threads", lfap.train(X, y, G, m=4, init_scale=0.5, threads=2), "--m", 4, "--init-scale", 0.5, "--out", "flow")
np.save("init.npy", net.W)
compare_train("train gd from weights", lfap.train(X, y, G, init=net.W, method="gd", epochs=50, lr=0.002, loss="logistic", form="gram"),
              "--init", "init.npy", "--method", "gd", "--epochs", 50, "--lr", 0.002, "--loss", "logistic", "--form", "gram", "--out", "gd")

compare_train("train in half precision", lfap.train(X, y, G, m=6, method="sgd", epochs=40, arithmetic="half"), "--method", "sgd", "--m", 6,
              "--epochs", 40, "--arithmetic", "half", "--out", "half")

np.save("w.npy", lfap.limit(X, y, G).w)
for call, options, words in (
        ("geometry l2", {"norm": "l2", "direction": lfap.limit(X, y, G), "eps": 0.5}, ["--direction", "w.npy", "--eps", 0.5]),
        ("geometry l0 of a network", {"norm": "l0", "W": net.W, "eps": 0.5, "k": 7}, ["--weights", "net/W.npy", "--eps", 0.5, "--k", 7]),
        ("gradient linf", {"norm": "linf", "source": "gradient", "W": net.W, "gamma": G, "eps": 0.02},
         ["--weights", "net/W.npy", "--gamma", G, "--eps", 0.02]),
        ("pgd l0", {"norm": "l0", "source": "pgd", "W": net.W, "gamma": G}, ["--weights", "net/W.npy", "--gamma", G]),
        ("pgd in half precision", {"norm": "linf", "source": "pgd", "W": net.W, "gamma": G, "eps": 0.05, "steps": 20, "arithmetic": "half"},
         ["--weights", "net/W.npy", "--gamma", G, "--eps", 0.05, "--steps", 20, "--arithmetic", "half"]),
        ("pgd l2 in a range", {"norm": "l2", "source": "pgd", "W": net.W, "gamma": G, "eps": 0.4, "steps": 30, "range": (-5, 5)},
         ["--weights", "net/W.npy", "--gamma", G, "--eps", 0.4, "--steps", 30, "--range=-5,5"])):
    adv = lfap.perturb(noise.X, noise.y, **options)
    cli("perturb", "--norm", options["norm"], "--from", options.get("source", "geometry"), "--data", "gauss", *words, "--out", "adv")
    same("perturb, " + call, ("X", adv.X, "adv/X.npy"), ("eta", adv.eta, "adv/eta.npy"), ("y", adv.y, "adv/y.npy"))

r = cli("polish", "--data", "uniform", "--weights", "net/W.npy", "--gamma", G, "--certify", "--probe-points", "points.npy", "--out", "point")
point = lfap.polish(X, y, net.W, G, certify=True, points=noise.X)
same("polish, certified", ("W", point.W, "point/W.npy"), ("lambda", point.lam, "point/lambda.npy"), ("slopes", point.slope, "point/slopes.npy"),
     ("signs", point.signs, "point/signs.npy"), *lines(point.checks, r["checks"]), *figures(point, {k: v for k, v in r["c3"].items() if k != "certified"}),
     *figures(point.c4, r["c4"]), ("C3", point.certified.c3, r["c3"]["certified"]), ("C4", point.certified.c4, r["c4"]["certified"]))

r = cli("compare", "--data", "uniform", "--weights", "net/W.npy", "--gamma", G, "--polish", "--certify", "--adversarial", "adv", "--bases",
        "gauss/X.npy", "--norm", "l2", "--eps", 0.4, "--probes", 50, "--seed", 3)
got = lfap.compare(X, y, net.W, G, polish=True, certify=True, adversarial=adv.X, targets=adv.y, bases=noise.X, norm="l2", eps=0.4, probes=50, seed=3)
same("compare, with everything", *figures(got, r["k1"]), *figures(got.polished, {k: v for k, v in r["c3"].items() if k != "certified"}),
     *figures(got.perturbations, r["perturbations"]), *((k, getattr(got.perturbations.reached, k), r["perturbations"]["reached"][k]) for k in ("min", "mean", "max")),
     *((f"{part} {mine}", got.signs[here][mine], r["certified_signs"][part][theirs]) for part, here in (("probes", "points"), ("adversarial", "adversarial"))
       for mine, theirs in (("with", "agree"), ("against", "disagree"))))
np.save("single.npy", X.astype("f4")), np.save("single_y.npy", y.astype("f4")), np.save("near.npy", (X + 0.01).astype("f4"))
# another output layer, biases, numbers of a run; why a network does not classify
v = np.random.default_rng(6).uniform(-1, 1, len(net.W))
np.save("v.npy", v), np.save("bias.npy", v[::-1].copy()), np.save("at.npy", X[:5] + 0.1)
for name, options, given in (("unequal output weights", ("--output-weights", "v.npy"), {"output_weights": v}),
                             ("trained ones, and biases", ("--output-weights", "v.npy", "--output-trained", "--bias", "bias.npy"),
                              {"output_weights": v, "output_trained": True, "bias": v[::-1]})):
    r = cli("compare", "--data", "uniform", "--weights", "net/W.npy", "--gamma", G, "--probe-points", "at.npy", *options)
    got = lfap.compare(X, y, net.W, G, points=X[:5] + 0.1, **given)
    same(f"compare, {name}", *figures(got, r["k1"]))
    ok(got.accuracy == r["samples"]["accuracy"] and (got.no_limit is None) == (r["no_limit"] is None) and (got.reason and got.reason.name) == (r["reason"] and r["reason"]["name"]),
       f"compare, {name}: accuracy, reason, limit", got)
turned = lfap.compare(X, -y, net.W, G, points=X[:5], outputs=np.ones(5), lam=lfap.limit(X, -y, G).lam)
ok(turned.reason.name == "reversed" and turned.differences["outputs"].verdict == "FAIL" and turned.differences["lambda"].verdict == "PASS", "compare says why, and holds numbers", turned)
r = cli("compare", "--data", "single.npy", "--labels", "single_y.npy", "--weights", "net/W.npy", "--gamma", G, "--adversarial", "near.npy", "--targets",
        "single_y.npy", "--norm", "linf", "--eps", 0.01)
got = lfap.compare(X.astype("f4"), y.astype("f4"), net.W, G, adversarial=(X + 0.01).astype("f4"), targets=y, norm="linf", eps=0.01)
same("compare, stored in single precision", *figures(got, r["k1"]), *figures(got.perturbations, r["perturbations"]))
ok(got.perturbations.unit == 2**-24, "the precision of float32 is told", got.perturbations)
half = lfap.compare(X.astype("f2"), y, net.W, G, adversarial=(X + 0.01).astype("f2"), targets=y, norm="linf", eps=0.01)
ok(half.perturbations.unit == 2**-11, "that of float16 too", half.perturbations.unit)

learned = lfap.train(adv.X, adv.y, G, m=10, method="sgd", epochs=200, coefficients=True)
compare_train("train on what was perturbed", learned, "--method", "sgd", "--m", 10, "--epochs", 200, "--coefficients", "--out", "learned", data="adv")
r = cli("split", "--data", "adv", "--run", "learned", "--natural", "uniform")
got = lfap.split(adv.X, adv.y, learned, eta=adv.eta, points=X, point_labels=y)
same("split of a training", *lines(got.checks, r["checks"]), *figures(got, r["t5"]))
cli("limit", "--data", "adv", "--gamma", G, "--out", "advlimit")
r = cli("split", "--data", "adv", "--bases", "gauss/X.npy", "--run", "advlimit", "--probes", 40, "--seed", 2)
got = lfap.split(adv.X, adv.y, lfap.limit(adv.X, adv.y, G), bases=noise.X, probes=40, seed=2)
same("split of a limit", *lines(got.checks, r["checks"]), *figures(got, r["t5"]))

small = ("--n-adv", 8, "--m", 4, "--probes", 10, "--controls", 1)
r = cli("verify", "--data", "uniform", "--gamma", G, *small)["cases"][0]
got = lfap.verify(X, y, G, n_adv=8, m=4, probes=10, controls=1)
same("verify", ("verdict", got.verdict, r["verdict"]), *lines(got.check, r["checks"]))
r = cli("verify", "--data", "uniform", "--weights", "net/W.npy", "--gamma", G, "--test", "gauss", "--eps", "0.3,0,0.1", "--certify-n", 0, "--flow-steps", 60, "--seed", 4, *small)["cases"][0]
got = lfap.verify(X, y, G, W=net.W, test=(noise.X, noise.y), eps={"l2": 0.3, "l0": 0.1}, certify_n=0, flow_steps=60, seed=4, n_adv=8, m=4, probes=10, controls=1)
same("verify, network and test points of yours", *lines(got.check, r["checks"]))


def compare_sweep(call, got, *options):
    cli("sweep", *options, "--format", "jsonl", "--out", call.replace(" ", "-"))
    want = [json.loads(line) for line in open(call.replace(" ", "-") + ".jsonl")][1:]
    same(call, ("rows", len(got), len(want)), *((f"{i} {k}", mine[k], v) for i, (mine, row) in enumerate(zip(got.rows, want))
                                                  for k, v in row.items() if k != "check"))


compare_sweep("sweep of limits", lfap.sweep(d=[100, 200], n=10, norm=["l2", "l0"], eps={"l2": [0.1, 0.2]}, seed=range(2), base=["noise", "natural-flipped"]),
              "--d", "100,200", "--n", 10, "--norm", "l2,l0", "--eps-l2", "0.1,0.2", "--seeds", "0-1", "--base", "noise,natural-flipped")
compare_sweep("sweep of networks", lfap.sweep(preset="paper-eps", source="pgd", data="gauss", method="sgd", n=6, d=60, n_adv=8, eps=0.2, m=4, epochs=20, norm="l2", seed=1, probes=20),
              "--preset", "paper-eps", "--from", "pgd", "--data", "gauss", "--method", "sgd", "--n", 6, "--d", 60, "--n-adv", 8, "--eps", 0.2, "--m", 4,
              "--epochs", 20, "--norm", "l2", "--seeds", 1, "--probes", 20)
compare_sweep("sweep in half precision", lfap.sweep(method="sgd", arithmetic="half", source="pgd", n=6, d=60, m=4, epochs=20, seed={"uniform": [1, 3]}),
              "--method", "sgd", "--arithmetic", "half", "--from", "pgd", "--n", 6, "--d", 60, "--m", 4, "--epochs", 20, "--seeds", "1,3")
ok(lfap.sweep(d=[100, 200], n=10)["d"].tolist() == [100, 200], "a sweep has columns")

# ---- what is taken
want = lfap.limit(X.astype("f4"), y, G).lam
wide = np.zeros((40, 600), "f4")
wide[::2, ::2] = X
frozen = X.astype("f4")
frozen.flags.writeable = False
for name, a, t in (("Fortran order", np.asfortranarray(X.astype("f4")), y), ("strides", wide[::2, ::2], y), ("negative strides", X.astype("f4")[::-1][::-1], y),
                   ("the other byte order", X.astype(">f4"), y), ("lists", X.astype("f4").tolist(), y.tolist()), ("labels of int8", X.astype("f4"), y.astype("i1")),
                   ("labels as a column", X.astype("f4"), y[:, None]), ("0 and 1, told", X.astype("f4"), None), ("read-only", frozen, y)):
    got = lfap.limit(a, y > 0 if t is None else t, G, labels_01=t is None)
    ok(got.lam.tobytes() == want.tobytes(), f"taken: {name}")
ok(lfap.limit(X.astype("f2"), y, G).lam.tobytes() == lfap.limit(X.astype("f2").astype("f8"), y, G).lam.tobytes(), "taken: float16")
integers = np.rint(10 * X).astype("i2")
ok(lfap.limit(integers, y, G).lam.tobytes() == lfap.limit(integers.astype("f8"), y, G).lam.tobytes(), "taken: integers")
before = X.copy(), net.W.copy()
lfap.train(X, y, G, init=net.W, method="gd", epochs=3)
ok(X.tobytes() == before[0].tobytes() and net.W.tobytes() == before[1].tobytes(), "what is given is not written to")

# ---- what is refused
bad = X.copy()
bad[3, 7] = np.inf
for name, kind, words, call in (
        ("an entry that is not finite", lfap.DataError, r"X: entry \[3,7\] is inf; all entries must be finite", lambda: lfap.limit(bad, y, G)),
        ("weights that are not finite", lfap.DataError, r"W: entry \[0,0\] is nan", lambda: lfap.compare(X, y, net.W * np.nan, G)),
        ("points that are not finite", lfap.DataError, r"points: entry \[3,7\]", lambda: lfap.compare(X, y, net.W, G, points=bad)),
        ("boolean labels", lfap.DataError, "labels_01", lambda: lfap.limit(X, y > 0, G)),
        ("labels 0 and 1", lfap.DataError, "label .* is 0", lambda: lfap.limit(X, (y > 0).astype("i4"), G)),
        ("labels 2 and 1 as 0 and 1", lfap.DataError, "neither 0 nor 1", lambda: lfap.limit(X, np.where(y > 0, 2, 1), G, labels_01=True)),
        ("too few labels", lfap.DataError, "vector of 20", lambda: lfap.limit(X, y[1:], G)),
        ("complex numbers", lfap.DataError, "complex128", lambda: lfap.limit(X * 1j, y, G)),
        ("objects", lfap.DataError, "object", lambda: lfap.limit(X.astype(object), y, G)),
        ("integers that doubles do not hold", lfap.DataError, r"2\^53", lambda: lfap.limit(np.full((2, 2), 2**60 + 1), [1, -1], G)),
        ("a masked array", lfap.DataError, "masked", lambda: lfap.limit(np.ma.masked_array(X, X > 0), y, G)),
        ("one dimension", lfap.DataError, "N x d", lambda: lfap.limit(X[0], y, G)),
        ("no samples", lfap.DataError, "at least 1", lambda: lfap.limit(X[:0], y[:0], G)),
        ("equal samples", lfap.DataError, "identical", lambda: lfap.limit(np.ones((2, 3)), [1, -1], G)),
        ("gamma outside (0, 1)", lfap.DataError, "gamma", lambda: lfap.limit(X, y, 1.5)),
        ("an odd m", lfap.DataError, "even", lambda: lfap.train(X, y, G, m=3)),
        ("an option that is not read", lfap.UsageError, "momentum.*sgd, not flow", lambda: lfap.train(X, y, G, m=4, momentum=0.5)),
        ("a word that is none", lfap.UsageError, "flow, gd, sgd", lambda: lfap.train(X, y, G, m=4, method="adam")),
        ("an axis that is none", lfap.UsageError, "no axis", lambda: lfap.sweep(dimension=3)),
        ("inseparable data", lfap.InfeasibleError, "not separable", lambda: lfap.limit(X[:, :3], y, G)),
        ("norms out of range", lfap.RangeError, "norm", lambda: lfap.limit(X * 1e200, y, G)),
        ("images that are not there", lfap.NoInputError, "nowhere", lambda: lfap.gen("fashion-mnist", images="nowhere"))):
    try:
        ok(False, f"refused: {name}", call())
    except lfap.Error as e:
        ok(type(e) is kind and re.search(words, str(e)), f"refused: {name}", repr(e))
ok(set(_c.ffi.typeof("lfap_status").relements) == {"LFAP_OK"} | {"LFAP_ERR_" + k for k in _c.ERRORS}, "every status has its class")

# ---- progress, interruption, threads
seen = []
lfap.train(X, y, G, m=4, method="sgd", epochs=20, progress=lambda *a: seen.append(a))
ok(("epoch", 0.0, 20.0) in seen and ("epoch", 20.0, 20.0) in seen, "progress is told", seen[:3])
for name, kind, stop in (("a true value", lfap.InterruptedByProgress, lambda *a: True), ("what it raises", ZeroDivisionError, lambda *a: 1 / 0),
                         ("Ctrl-C", KeyboardInterrupt, lambda *a: signal.raise_signal(signal.SIGINT))):
    try:
        ok(False, f"progress stops the work: {name}", lfap.train(X, y, G, m=4, method="sgd", epochs=20, progress=stop))
    except BaseException as e:
        ok(type(e) is kind, f"progress stops the work: {name}", repr(e))
script = f"""
import sys; sys.path.insert(0, {MODULE!r})
import lfap
d = lfap.gen("uniform", n=40, d=2000, seed=1)
W = lfap.train(d.X, d.y, 0.5, m=60, method="gd", epochs=1, lr=1e-5).W
print("begin", flush=True)
try:
    lfap.train(d.X, d.y, 0.5, init=W, method="gd", epochs=10**6, lr=1e-5)
except KeyboardInterrupt:
    print("stopped", lfap.train(d.X, d.y, 0.5, m=60, method="gd", epochs=1, lr=1e-5).W.tobytes() == W.tobytes())
"""
before = tree()
p = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
first = p.stdout.readline()
time.sleep(1)
running = p.poll() is None
p.send_signal(signal.SIGINT)
start = time.monotonic()
out, err = p.communicate(timeout=60)
ok(first == "begin\n" and running and out == "stopped True\n" and not err and time.monotonic() - start < 20,
   "Ctrl-C from outside: KeyboardInterrupt, and the next call works", (running, out, err))
ok(tree() == before, "it leaves nothing behind", set(tree()) ^ set(before))
count, stop = [0], threading.Event()


def counting():
    while not stop.is_set():
        count[0] += 1
        time.sleep(0.001)


other = threading.Thread(target=counting)
big = lfap.gen("gauss", n=400, d=4000, seed=1)
started = []
other.start()
lfap.limit(big.X, big.y, G, progress=lambda *a: started.append(count[0]))
stop.set(), other.join()
ok(count[0] - started[0] > 3, "the interpreter's lock is released", (count, started[:3]))
parallel = [None] * 4
workers = [threading.Thread(target=lambda i=i: parallel.__setitem__(i, lfap.train(X, y, G, m=10, method="sgd", epochs=200, seed=5).W)) for i in range(4)]
[w.start() for w in workers], [w.join() for w in workers]
ok(all(w.tobytes() == net.W.tobytes() for w in parallel), "calls from four threads at once")

# ---- networks from elsewhere


class Tensor:
    """What a tensor of PyTorch is asked for."""
    dtype = "torch.float32"

    def __init__(self, a):
        self.a = np.asarray(a, "f4")

    def detach(self):
        return self

    cpu = detach

    def numpy(self):
        return self.a


class Model:
    def __init__(self, slope=0.1, **state):
        self.state, self.slope = state, slope

    def state_dict(self):
        return {k.replace("_", ".", 1): Tensor(v) for k, v in self.state.items()}

    def modules(self):
        layer = type("LeakyReLU", (), {})()
        layer.negative_slope = self.slope
        return [self, layer]


class Stateless(Model):
    """A model of any state, numbers or not."""

    def __init__(self, state):
        super().__init__()
        self.given = state

    def state_dict(self):
        return self.given


class Sparse:
    def numpy(self):
        raise TypeError("sparse tensors have none")


r = np.random.default_rng(0)
m, d = 6, 30
sign = np.array([-1, 1, 1, -1, -1, 1])
W, out = r.standard_normal((m, d)).astype("f4"), sign / np.sqrt(m)
got = lfap.torch.export(Model(hidden_weight=W, output_weight=out[None]))
ok(got.order.tolist() == [1, 2, 5, 0, 3, 4] and (got.W == W[got.order]).all() and got.gamma == 0.1 and got.W.dtype == np.float64,
   "torch: rows of positive output weight first, the slope found", got)
points = r.standard_normal((9, d))
z = points @ W.T.astype("f8")
f = np.where(z > 0, z, 0.1 * z) @ out
ok(np.allclose(lfap.evaluate(got.W, got.gamma, points), f, rtol=1e-6), "torch: it is the same function")
ok((lfap.torch.export(Model(hidden_weight=W), output=out).W == got.W).all(), "torch: output weights given")
ok((lfap.torch.export(Model(hidden_weight=W, hidden_bias=np.zeros(m), output_weight=out)).W == got.W).all(), "torch: a bias of 0 is none")
flax = {"params": {"Dense_0": {"kernel": W.T}, "Dense_1": {"kernel": out[:, None]}}}
got = lfap.flax.export(flax, gamma=0.1)
ok((got.W == W[[1, 2, 5, 0, 3, 4]]).all() and np.allclose(lfap.evaluate(got.W, got.gamma, points), f, rtol=1e-6), "flax: kernels d x m", got)
ok((lfap.flax.export({"hidden": {"kernel": W.T}}, output=out).W == got.W).all(), "flax: output weights given")
one = np.full(m, 1 / np.sqrt(m))
b, v = r.standard_normal(m), out * [1, 1, 2, 1, 1, 1]
g = np.where(z + b > 0, z + b, 0.1 * (z + b))
kernels = {"Dense_0": {"kernel": W.T, "bias": b}, "Dense_1": {"kernel": v[:, None], "bias": np.array([0.7])}}
for name, want, net in (
        ("biases", g @ out, lfap.torch.export(Model(hidden_weight=W, hidden_bias=b, output_weight=out))),
        ("unequal output weights", np.where(z > 0, z, 0.1 * z) @ v, lfap.torch.export(Model(hidden_weight=W, output_weight=v))),
        ("biases, unequal output weights, an output bias", g @ v + 0.7, lfap.torch.export(Model(hidden_weight=W, hidden_bias=b, output_weight=v[None], output_bias=np.array([0.7])))),
        ("an output bias alone", np.where(z > 0, z, 0.1 * z) @ out + 0.7, lfap.torch.export(Model(hidden_weight=W, output_weight=out, output_bias=np.array([0.7])))),
        ("flax, all of it", g @ v + 0.7, lfap.flax.export(kernels, gamma=0.1))):
    told = lfap.compare(points, sign[np.arange(9) % 6], net.W, net.gamma, output_weights=net.output_weights, bias=net.bias, output_trained=True, points=points)
    ok(np.allclose(told.outputs, want, rtol=1e-6, atol=1e-6), f"exported: {name}: the same function", (told.outputs, want))
net = lfap.torch.export(Model(hidden_weight=W, hidden_bias=b, output_weight=out))
ok(net.output_weights is None and np.allclose(net.bias, b[net.order], rtol=1e-6), "biases go with their rows", net)
for name, words, call in (
        ("two hidden layers", "2 of them", lambda: lfap.torch.export(Model(hidden_weight=W, second_weight=W, output_weight=out))),
        ("no output weights", "none", lambda: lfap.torch.export(Model(hidden_weight=W))),
        ("biases of no layer", "norm.bias: 4 biases", lambda: lfap.torch.export(Model(hidden_weight=W, output_weight=out, norm_bias=np.ones(4)))),
        ("two hidden layers of flax", "2 of them", lambda: lfap.flax.export({"a": {"kernel": W.T}, "b": {"kernel": W.T}}, output=out)),
        ("None", "model: NoneType, which has no state_dict.*give a torch.nn.Module", lambda: lfap.torch.export(None)),
        ("a state instead of a model", "model: dict, which has no state_dict", lambda: lfap.torch.export(Model(hidden_weight=W).state_dict())),
        ("a class", "model: the class, not a model of it", lambda: lfap.torch.export(Model)),
        ("a state that is none", "state_dict.. returns NoneType", lambda: lfap.torch.export(Stateless(None))),
        ("a tensor without numbers", "hidden.weight: this Sparse has no numbers for NumPy .sparse", lambda: lfap.torch.export(Stateless({"hidden.weight": Sparse()}))),
        ("no tensor", "hidden.weight: NumPy makes an array of objects of this NoneType", lambda: lfap.torch.export(Stateless({"hidden.weight": None}))),
        ("a state without tensors", "weights: 0 of them", lambda: lfap.torch.export(Stateless({}))),
        ("complex weights", "hidden.weight: dtype complex64", lambda: lfap.torch.export(Stateless({"hidden.weight": W * 1j}), output=out)),
        ("weights that are text", "hidden.weight: dtype <U1", lambda: lfap.torch.export(Stateless({"hidden.weight": np.full((m, d), "a")}), output=out)),
        ("images as weights", "matrices of weights: 0 of them", lambda: lfap.torch.export(Model(conv_weight=np.ones((m, 1, 3, 3)), output_weight=out))),
        ("not a number", r"hidden.weight: entry \[0, 2\] is nan", lambda: lfap.torch.export(Model(hidden_weight=np.where(np.arange(d) == 2, np.nan, W), output_weight=out))),
        ("an infinite output weight", r"output: entry \[5\] is inf", lambda: lfap.torch.export(Model(hidden_weight=W), output=np.where(np.arange(m) == 5, np.inf, out))),
        ("output weights that are text", "output: dtype <U3", lambda: lfap.torch.export(Model(hidden_weight=W), output="abc")),
        ("ragged output weights", "output: NumPy makes no array of this list", lambda: lfap.torch.export(Model(hidden_weight=W), output=[[1], [1, 2]])),
        ("too few output weights", "output: 3 output weights for the 6 neurons", lambda: lfap.torch.export(Model(hidden_weight=W), output=out[:3])),
        ("a slope that is text", "gamma='x': the leaky slope is a number inside", lambda: lfap.torch.export(Model(slope="x", hidden_weight=W, output_weight=out))),
        ("a slope of 2", "gamma=2.0: the leaky slope", lambda: lfap.torch.export(Model(slope=2.0, hidden_weight=W, output_weight=out))),
        ("flax: None", "params: NoneType; give nested dictionaries", lambda: lfap.flax.export(None)),
        ("flax: an array", "params: ndarray; give nested dictionaries", lambda: lfap.flax.export(W)),
        ("flax: no array", "a/kernel: NumPy makes an array of objects of this NoneType", lambda: lfap.flax.export({"a": {"kernel": None}})),
        ("flax: a ragged kernel", "a/kernel: NumPy makes no array of this list", lambda: lfap.flax.export({"a": {"kernel": [[1, 2], [1]]}})),
        ("flax: booleans", "a/kernel: dtype bool", lambda: lfap.flax.export({"a": {"kernel": W.T > 0}}, output=out)),
        ("flax: a slope of 0", "gamma=0: the leaky slope", lambda: lfap.flax.export(flax, gamma=0)),
        ("flax: nothing", "of more than one column: 0 of them", lambda: lfap.flax.export({}))):
    try:
        ok(False, f"not exported: {name}", call())
    except lfap.DataError as e:
        ok(re.search(words, str(e)), f"not exported: {name}", e)

# ---- what is shown and told
for thing in (lfap.limit(X, y, G), net, adv, point, data, lfap.verify(X, y, G, n_adv=8, m=4, probes=10, controls=1), lfap.sweep(d=100, n=5)):
    shown = repr(thing)
    ok(shown.startswith(type(thing).__name__ + "(") and len(shown) < 1000 and "\n" not in shown, f"repr of {type(thing).__name__}", shown)
ok("verdict='PASS'" in repr(lfap.limit(X, y, 0.5)) and "float64[20, 300]" in repr(data), "it has verdicts and shapes")
ok(all(getattr(lfap, n).__doc__ for n in lfap.__all__ if n != "__version__"), "everything public is described", [n for n in lfap.__all__ if not getattr(lfap, n).__doc__])
ok(lfap.__version__ in Run("--version").out, "one version", lfap.__version__)
readme = re.search(r"\n\n((?:    .*\n)*    import lfap\n(?:    .*\n)+)", open(os.path.join(ROOT, "README.md")).read())[1]
p = subprocess.run([sys.executable, "-c", re.sub("^    ", "", readme, flags=re.M)], capture_output=True, text=True, env=dict(os.environ, PYTHONPATH=MODULE))
ok(p.returncode == 0 and p.stdout.startswith("Comparison(residual="), "README's example", p.stdout + p.stderr)
for info in [None, *pkgutil.iter_modules(lfap.__path__)]:
    module = importlib.import_module("lfap" + (f".{info.name}" if info else ""))
    if module.__name__ == "lfap.torch" and importlib.util.find_spec("torch") is None:
        skip("examples of lfap.torch", "PyTorch is not installed")
        continue
    result = doctest.testmod(module)
    if result.attempted or result.failed:
        ok(not result.failed, f"examples of {module.__name__}: {result.attempted}", result)
done()
