"""`lfap compare` on networks as people make them (NumPy in PyTorch's conventions): biases; output layers fixed, unequal, learned, in any
order of the rows; W transposed; float16, float32, float64; widths 3 to 200; slopes 0.01 to 0.9. Each is judged, with every figure as NumPy
has it from the definitions, or refused with the reason (TAP)."""
import json, math, os, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "cli", "lib"), os.path.join(HERE, "lib")]
from tap import *
from foreign import nnls
from networks import outputs, phi, samples, setting, train


def limit(X, y, gamma, plus, minus):
    """U, V of the programme: least p+ |U|^2 + p- |V|^2 with own - other >= 1 at both slopes of the other one; by NNLS (Lawson, Hanson)."""
    rows = []
    for x, s in zip(X, y):
        for t in (gamma, 1.0):
            own, other = (plus, minus) if s > 0 else (minus, plus)
            pair = (math.sqrt(own) * x, -t * math.sqrt(other) * x)
            rows.append(np.concatenate(pair if s > 0 else pair[::-1]))
    A = np.array(rows)
    E, f = np.vstack([A.T, np.ones(len(A))]), np.append(np.zeros(A.shape[1]), 1.0)
    r = E @ nnls(E, f) - f
    both = -r[:-1] / r[-1]
    return both[: X.shape[1]] / math.sqrt(plus), both[X.shape[1]:] / math.sqrt(minus)


def figures(net, X, y, probes, trained):
    """K1 from the definitions, of the network as it is; biases are a last column."""
    one = lambda A: np.hstack([A, np.ones((len(A), 1))]) if net["bias"] else A
    X, Z, v, gamma = one(X), one(probes), net["v"], net["gamma"]
    W = np.hstack([net["W"], net["b"][:, None]]) if net["bias"] else net["W"]
    f = lambda A: phi(A @ W.T, gamma) @ v
    q = y * f(X)
    k = {"margin_min": q.min(), "margin": q.min() / np.linalg.norm(W)}
    if trained:
        return k, (q > 0).sum()
    slope = np.where(W @ X.T > 0, 1, gamma)
    if q.min() > 0:
        gradients = np.stack([(y[n] * v * slope[:, n])[:, None] * X[n] for n in range(len(X))]).reshape(len(X), -1).T
        V = (W / q.min()).ravel()
        l = nnls(gradients, V)
        k["residual"] = np.linalg.norm(V - gradients @ l) / np.linalg.norm(V)
        k["slackness"] = l @ (q / q.min() - 1)
    live = v != 0
    s = np.linalg.svd(W, compute_uv=False) ** 2
    k["outside_rank2"] = s[2:].sum() / s.sum()
    k["pattern_aligned"] = ((slope == 1) == np.equal.outer(v > 0, y > 0))[live].mean()
    plus, minus = (v[v > 0] ** 2).sum(), (v[v < 0] ** 2).sum()
    if net["limit"] and net["linear"]:
        U, V = limit(X, y, gamma, plus, minus)
        w, u = plus * U - minus * V, W.T @ v
        k["cosine"] = u @ w / np.linalg.norm(u) / np.linalg.norm(w)
        k["agreement"] = (np.sign(f(Z)) == np.sign(Z @ w)).mean()
    return k, (q > 0).sum()


R = np.random.default_rng(11)
CASES = []
for number, (m, gamma, kind, N, d, layer, bias, dtype) in enumerate((
        (4, 0.01, "uniform", 12, 40, "setting", 0, "f8"), (10, 0.1, "uniform", 12, 40, "permuted", 0, "f8"), (20, 0.5, "clouds", 20, 30, "permuted", 0, "f4"),
        (200, 0.01, "uniform", 12, 60, "permuted", 0, "f4"), (3, 0.9, "uniform", 10, 30, "odd", 0, "f8"), (7, 0.5, "clouds", 16, 40, "odd", 0, "f4"),
        (15, 0.1, "uniform", 12, 50, "odd", 0, "f8"), (31, 0.01, "clouds", 14, 40, "odd", 0, "f8"), (6, 0.9, "clouds", 16, 40, "ones", 0, "f8"),
        (12, 0.3, "uniform", 12, 40, "ones", 0, "f4"), (8, 0.2, "uniform", 12, 40, "unequal", 0, "f8"), (24, 0.5, "clouds", 16, 30, "unequal", 0, "f8"),
        (100, 0.9, "uniform", 12, 40, "unequal", 0, "f4"), (9, 0.7, "uniform", 10, 40, "unequal", 0, "f8"), (16, 0.01, "uniform", 12, 40, "zeros", 0, "f8"),
        (4, 0.1, "uniform", 12, 30, "setting", 1, "f8"), (10, 0.5, "clouds", 16, 20, "permuted", 1, "f8"), (20, 0.01, "images", 20, 30, "permuted", 1, "f4"),
        (5, 0.3, "clouds", 16, 20, "odd", 1, "f8"), (40, 0.1, "uniform", 12, 30, "unequal", 1, "f8"), (20, 0.2, "ring", 40, 3, "setting", 1, "f8"),
        (30, 0.1, "ring", 40, 3, "unequal", 1, "f4"), (8, 0.1, "uniform", 12, 40, "learned", 0, "f8"), (25, 0.01, "clouds", 16, 30, "learned", 0, "f4"),
        (64, 0.5, "images", 16, 30, "learned", 1, "f8"), (30, 0.2, "ring", 40, 3, "learned", 1, "f8"), (10, 0.5, "uniform", 12, 40, "permuted", 0, "f2"),
        (14, 0.9, "clouds", 16, 40, "unequal", 0, "f2"), (6, 0.5, "uniform", 12, 30, "positive", 0, "f8"), (18, 0.3, "clouds", 16, 24, "signed sizes", 1, "f8"))):
    X, y = samples(kind, N, d, 100 + number)
    v = setting(m)
    if layer == "permuted":
        v = R.permutation(v)
    if layer == "odd":
        v = R.permutation(np.where(np.arange(m) < m // 3 + 1, 1.0, -1.0)) / np.sqrt(m)
    if layer == "ones":
        v = R.permutation(np.sign(v))
    if layer in ("unequal", "zeros", "learned", "signed sizes"):
        v = R.uniform(0.3, 1.5, m) * np.where(R.random(m) < 0.5, 1, -1) / np.sqrt(m)
        v[:2] = abs(v[:2]) * [1, -1]
    if layer == "zeros":
        v[R.permutation(m)[:5]] = 0
    net = train(X, y, gamma, v, number, bool(bias), layer == "learned")
    if layer == "positive":
        net["v"] = abs(net["v"])
    cast = lambda a: a.astype(dtype)
    stored = {k: cast(net[k]) for k in ("W", "b", "v")}
    data = cast(X) if dtype == "f4" else X
    name = f"{number}: {layer}, m = {m}, gamma = {gamma}, {kind}, {dtype}{', bias' if bias else ''}"
    put("c/X.npy", data), put("c/y.npy", y), put("W.npy", stored["W"]), put("v.npy", stored["v"]), put("bias.npy", stored["b"])
    put("s.npy", np.sign(stored["v"]).astype("i1")), put("size.npy", abs(stored["v"]))
    net.update({k: stored[k].astype("f8") for k in stored}, bias=bool(bias), gamma=gamma)
    X = data.astype("f8")
    args = ["compare", "--data", "c", "--weights", "W.npy", "--gamma", repr(gamma), "--probes", "200", "--seed", "4", "--json"]
    if layer != "setting":
        args += ["--signs", "s.npy"] if layer in ("permuted", "odd") and dtype == "f8" else ["--output-weights", "v.npy"]
    if layer == "signed sizes":
        args[args.index("v.npy")] = "size.npy"
        args += ["--signs", "s.npy"]
    trained = layer == "learned"
    args += ["--bias", "bias.npy"] * bias + ["--output-trained"] * trained
    drawn = 2 * np.random.Generator(np.random.Philox(key=4)).random((200, d)) - 1
    net["limit"] = layer != "positive"
    net["linear"] = kind != "ring"
    want, right = figures(net, X, y, drawn, trained)
    run = Run(*args)
    if not ok(run.code in (0, 1), f"{name}: judged", run):
        continue
    doc = json.loads(run.out)
    off = [f"{k}: {doc['k1'][k]} is not {x}" for k, x in want.items() if doc["k1"][k] is None or not abs(doc["k1"][k] - x) <= (
        1e-8 if k in ("residual", "slackness", "outside_rank2") else 1e-10) * max(1, abs(x))]
    ok(not off, f"{name}: K1 as in NumPy", "\n".join(off))
    ok(doc["samples"]["right"] == right and doc["samples"]["points"] == N, f"{name}: accuracy", doc["samples"])
    ok((doc["no_limit"] is None) == (net["limit"] and not trained) and doc["bias"] == bool(bias) and doc["output"]["trained"] == trained,
       f"{name}: whether there is a limit, said", doc["no_limit"])
    if trained or not net["limit"]:
        ok(doc["k1"]["cosine"] is None and doc["k1"]["agreement"] is None and (not trained or doc["k1"]["residual"] is None), f"{name}: nothing of the limit", doc["k1"])
    if right == N:
        ok(doc["verdict"] == ("PASS" if net["limit"] and not trained else "NOT-APPLICABLE") and run.code == 0 and doc["reason"] is None, f"{name}: verdict", doc["verdict"])
    # outputs and a test set of its own: f itself
    Z = R.standard_normal((50, d))
    Z[7] = 0
    f = outputs(net, Z)
    put("Z.npy", Z), put("t.npy", np.where(R.random(50) < 0.5, 1.0, -1.0)), put("f.npy", f)
    at = args.index("--probes")
    more = args[:at] + ["--json", "--probe-points", "Z.npy", "--outputs", "f.npy", "--test", "Z.npy", "--test-labels", "t.npy"] + args[args.index("--json") + 1:]
    doc = json.loads(Run(*more).out)
    d0 = doc["differences"][0]
    ok(d0["verdict"] == "PASS" and d0["max_abs"] <= 1e-10 * max(1, abs(f).max()), f"{name}: f to 1e-10", d0)
    ok(doc["test"]["right"] == int((np.load("t.npy") * f > 0).sum()) and doc["test"]["points"] == 50 and doc["test"]["zeros"] == (f == 0).sum(),
       f"{name}: test accuracy", doc["test"])
    # perturbations: gains of f
    eta = 0.1 * R.standard_normal((N, d)) / math.sqrt(d)
    put("adv.npy", X + eta)
    doc = json.loads(Run(*args, "--adversarial", "adv.npy", "--targets", "c/y.npy", "--norm", "l2", "--eps", "9").out)["perturbations"]
    gain = y * (outputs(net, np.load("adv.npy")) - outputs(net, X))
    ok(abs(doc["gain"]["min"] - gain.min()) <= 1e-10 and abs(doc["gain"]["mean"] - gain.mean()) <= 1e-10 and doc["after"] == int((y * outputs(net, np.load("adv.npy")) > 0).sum())
       and (doc["optimum"] is None) == (trained or not net["limit"]), f"{name}: perturbations", doc["gain"])

# ---- refused, with the reason
X, y = samples("uniform", 10, 30, 3)
net = train(X, y, 0.5, setting(6), 1)
put("c/X.npy", X), put("c/y.npy", y), put("W.npy", net["W"])
BASE = ["compare", "--data", "c", "--gamma", "0.5", "--weights"]


def refused(name, words, *args, code=65):
    run = Run(*args)
    ok(run.code == code and all(w in run.err for w in words) and run.out == "", f"refused: {name}", run)


refused("W as d x m", ["(30, 6)", "transpose", "W.T"], *BASE, put("T.npy", net["W"].T))
refused("three classes", ["3 classes", "choose two"], *BASE, "W.npy", "--output-weights", put("v3.npy", np.ones((3, 6))))
refused("two outputs", ["v[1] - v[0]"], *BASE, "W.npy", "--output-weights", put("v2.npy", np.ones((2, 6))))
refused("another number of output weights", ["(5,", "m = 6"], *BASE, "W.npy", "--output-weights", put("v5.npy", np.ones(5)))
refused("no output at all", ["all 6 output weights are 0"], *BASE, "W.npy", "--output-weights", put("v0.npy", np.zeros(6)))
refused("a sign that is none", ["sign 2 is 0.5"], *BASE, "W.npy", "--signs", put("s5.npy", np.array([1, 1, 0.5, -1, -1, -1])))
refused("signs that are not those of the weights", ["different orders"], *BASE, "W.npy", "--signs", put("s6.npy", np.array([1.0, -1] * 3)), "--output-weights", put("v6.npy", setting(6)))
refused("an odd number of rows", ["5 neurons"], *BASE, put("W5.npy", net["W"][:5]))
refused("another number of biases", ["(5,", "m = 6"], *BASE, "W.npy", "--bias", "v5.npy")
refused("labels of three classes", ["label"], "compare", "--data", "c/X.npy", "--labels", put("y3.npy", np.arange(10) % 3.0), "--weights", "W.npy", "--gamma", "0.5")
refused("--output-trained alone", ["--output-weights"], *BASE, "W.npy", "--output-trained", code=64)
refused("--test-labels alone", ["--test"], *BASE, "W.npy", "--test-labels", "c/y.npy", code=64)
refused("--test without labels", ["--test-labels"], *BASE, "W.npy", "--test", "c/X.npy", code=64)

# ---- the setting's own weights, said or in another order, are the same network to the bit
keys = ("k1", "samples", "verdict", "certified_signs", "c3")
whole = [json.loads(Run(*BASE, *a, "--certify", "--polish", "--json").out) for a in (
    ["W.npy"], ["W.npy", "--output-weights", "v6.npy"], ["W.npy", "--signs", put("s.npy", np.sign(setting(6)))],
    [put("P.npy", net["W"][[3, 0, 4, 1, 5, 2]]), "--signs", put("sP.npy", np.array([-1.0, 1] * 3))])]
ok(all({k: d[k] for k in keys} == {k: whole[0][k] for k in keys} for d in whole) and whole[0]["c3"], "the setting in four ways: the same bits", [d["k1"] for d in whole])
twice = json.loads(Run(*BASE, "W.npy", "--output-weights", put("vv.npy", 3 * setting(6)), "--certify", "--polish", "--json").out)
ok(twice["certificate"] == whole[0]["certificate"] and abs(twice["k1"]["residual"] - whole[0]["k1"]["residual"]) < 1e-12 and twice["output"]["kind"] == "equal"
   and abs(twice["k1"]["margin"] / whole[0]["k1"]["margin"] - 3) < 1e-12 and abs(twice["c3"]["normalised_margin"] / whole[0]["c3"]["normalised_margin"] - 3) < 1e-9,
   "output weights of one size: the same limit, margins times their size", twice["k1"])
other = json.loads(Run(*BASE, "W.npy", "--output-weights", put("vu.npy", setting(6) * [1, 2, 1, 1, 1, 1]), "--certify", "--json").out)
ok("certificate" not in other and "another one" in other["not_certified"], "unequal output weights: not certified, and why", other.get("not_certified"))
done()
