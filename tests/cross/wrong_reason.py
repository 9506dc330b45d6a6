"""`lfap compare` names why a network does not classify its data, or does not have the outputs told of it: on 50 damaged networks the damage,
on 50 sound ones nothing (TAP)."""
import json, math, os, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "cli", "lib"), os.path.join(HERE, "lib")]
from tap import *
from networks import outputs, samples, setting, train

R = np.random.default_rng(23)


def compare(X, y, W, gamma, v=None, told=None, **files):
    """The report; told: (points, outputs)."""
    put("c/X.npy", X), put("c/y.npy", y), put("W.npy", W)
    args = ["--output-weights", put("v.npy", v)] if v is not None else []
    if told is not None:
        args += ["--probe-points", put("Z.npy", told[0]), "--outputs", put("f.npy", told[1])]
    for name, a in files.items():
        args += [f"--{name}", put(f"{name}.npy", a)]
    run = Run("compare", "--data", "c", "--weights", "W.npy", "--gamma", repr(gamma), "--probes" if told is None else "--json", *(["20"] if told is None else []), *args, "--json")
    if run.code not in (0, 1):
        return {"failed": str(run)}, run
    return json.loads(run.out), run


def classifies(X, y, W, gamma, v):
    return (y * outputs({"W": W, "b": 0, "v": v, "gamma": gamma}, X) > 0).all()


sound = damaged = 0


def silent(name, *args, **more):
    global sound
    sound += 1
    doc, run = compare(*args, **more)
    ok(run.code == 0 and doc.get("reason", 0) is None, f"sound: {name}: nothing is said", doc.get("reason", doc))


def named(name, names, *args, **more):
    global damaged
    damaged += 1
    doc, run = compare(*args, **more)
    reason = doc.get("reason") or {}
    ok(run.code == 1 and doc["verdict"] == "FAIL" and reason.get("name") in names, f"damaged: {name}: named", reason or doc)
    return reason


SIGNS = ("row order", "reversed")      # a permutation of two or four rows can be either
BASES = [("uniform", 12, 40, 4, 0.1), ("uniform", 16, 60, 10, 0.5), ("uniform", 12, 40, 40, 0.01), ("clouds", 20, 30, 20, 0.3), ("images", 24, 30, 10, 0.5),
         ("uniform", 20, 100, 100, 0.1), ("clouds", 24, 40, 6, 0.9)]
for i, (kind, N, d, m, gamma) in enumerate(BASES):
    X, y = samples(kind, N, d, i)
    v = setting(m)
    net = train(X, y, gamma, v, 40 + i)
    W, name = net["W"], f"{kind}, N = {N}, d = {d}, m = {m}, gamma = {gamma}"
    if not ok(classifies(X, y, W, gamma, v), f"{name}: the network is sound"):
        continue
    Z = R.standard_normal((m + 20, d))
    f = outputs(net, Z)
    p = R.permutation(m)
    silent(name, X, y, W, gamma)
    silent(f"{name}, rows and output weights permuted", X, y, W[p], gamma, v[p])
    silent(f"{name}, with its outputs", X, y, W, gamma, told=(Z, f))
    silent(f"{name}, in single precision", X.astype("f4"), y, W.astype("f4"), gamma, told=(Z, f.astype("f4")))
    silent(f"{name}, output weights of size 1", X, y, W, gamma, np.sign(v))
    half = np.roll(W, m // 2, axis=0)
    r = named(f"{name}, negative rows first", ("reversed",), X, y, half, gamma)
    ok("labels" in r.get("what", "") and "rows" in r["what"], f"{name}: both readings are told", r)
    r = named(f"{name}, negative rows first, with outputs", ("reversed",), X, y, half, gamma, told=(Z, f))
    ok(r.get("shown_by") == "outputs", f"{name}: by the outputs", r)
    r = named(f"{name}, labels turned, with outputs", ("label order",), X, -y, W, gamma, told=(Z, f))
    while classifies(X, y, W[p], gamma, v):
        p = R.permutation(m)
    named(f"{name}, rows permuted", SIGNS, X, y, W[p], gamma)
    named(f"{name}, rows permuted, with outputs", SIGNS, X, y, W[p], gamma, told=(Z, f))

for i, (kind, N, d, m, gamma) in enumerate([("uniform", 16, 60, 12, 0.5), ("clouds", 20, 40, 30, 0.1), ("images", 24, 30, 20, 0.5)]):
    X, y = samples(kind, N, d, 60 + i)
    net = train(X, y, gamma, R.uniform(-1, 1, m) / np.sqrt(m), i, learn=True)
    W, v, name = net["W"], net["v"], f"learned output layer, {kind}, m = {m}"
    silent(name, X, y, W, gamma, v)
    Z = R.standard_normal((m + 20, d))
    silent(f"{name}, with its outputs", X, y, W, gamma, v, told=(Z, outputs(net, Z)))
    if not classifies(X, y, W, gamma, setting(m)):
        named(f"{name}, left out", ("output layer", "row order"), X, y, W, gamma)
    named(f"{name}, left out, with outputs", ("output layer",), X, y, W, gamma, told=(Z, outputs(net, Z)))
    named(f"{name}, of twice the size, with outputs", ("output layer",), X, y, W, gamma, 2 * v, told=(Z, outputs(net, Z)))

for i, (N, d, m, gamma) in enumerate([(40, 3, 10, 0.1), (40, 3, 40, 0.01), (60, 2, 20, 0.2)]):
    X, y = samples("ring", N, d, 70 + i)
    net = train(X, y, gamma, setting(m), i, bias=True)
    name = f"biases, ring in {d} dimensions, m = {m}"
    if ok((y * outputs(net, X) > 0).all(), f"{name}: the network is sound"):
        silent(name, X, y, net["W"], gamma, bias=net["b"])
        named(f"{name}, left out", ("bias",), X, y, net["W"], gamma)
        Z = R.standard_normal((30, d))
        silent(f"{name}, with its outputs", X, y, net["W"], gamma, told=(Z, outputs(net, Z)), bias=net["b"])

# a fixed output layer of unequal sizes with the other sign: -f keeps the sizes, signs read off the rows would not
for i, (kind, N, d, m, gamma) in enumerate(BASES):
    X, y = samples(kind, N, d, 300 + i)
    v = setting(m) * R.uniform(0.3, 2, m)
    net = train(X, y, gamma, v, 400 + i)
    if classifies(X, y, net["W"], gamma, v):
        Z = R.standard_normal((m + 20, d))
        named(f"output layer turned, {kind}, N = {N}, m = {m}", ("reversed",), X, y, net["W"], gamma, -v)
        named(f"output layer turned, {kind}, N = {N}, m = {m}, with outputs", ("reversed",), X, y, net["W"], gamma, -v, told=(Z, outputs(net, Z)))

# a row or a column that something broke is no slip: outputs refute every other reading, whatever the labels would suggest
for i, (kind, N, d, m, gamma) in enumerate(BASES):
    X, y = samples(kind, N, d, 500 + i)
    net = train(X, y, gamma, setting(m), 600 + i)
    Z = R.standard_normal((m + 20, d))
    row, column = net["W"].copy(), net["W"].copy()
    row[R.integers(m)] = 10 * R.standard_normal(d)
    column[:, R.integers(d)] *= -8
    for what, W in (("row", row), ("column", column)):
        doc, run = compare(X, y, W, gamma, told=(Z, outputs(net, Z)))
        ok(run.code == 1 and doc["reason"] is None, f"a broken {what}, {kind}, m = {m}: no reading is named that the outputs refute", doc)

# biases of the hidden layer, found from outputs
for i, (N, d, m, gamma) in enumerate([(40, 30, 4, 0.1), (40, 20, 6, 0.5), (60, 20, 10, 0.3)]):
    X, y = samples("clouds", N, d, 700 + i)
    net = train(X, y, gamma, setting(m), 800 + i, bias=True)
    Z = R.standard_normal((4 * m + 20, d))
    r = named(f"biases left out, m = {m}, with outputs", ("bias",), X, y, net["W"], gamma, told=(Z, outputs(net, Z)))
    ok(r.get("shown_by") == "outputs", f"biases left out, m = {m}: by the outputs", r)

# square W, saved as d x m; another slope; samples prepared; labels sorted; an offset; probabilities
for i, (m, gamma) in enumerate([(20, 0.5), (30, 0.1)]):
    X, y = samples("uniform", 14, m, 80 + i)
    net = train(X, y, gamma, setting(m), i)
    W, Z = net["W"], R.standard_normal((m + 20, m))
    f = outputs(net, Z)
    silent(f"square, m = {m}", X, y, W, gamma)
    if not classifies(X, y, W.T, gamma, setting(m)):
        named(f"transposed, m = {m}", ("transposed",), X, y, W.T, gamma)
    named(f"transposed, m = {m}, with outputs", ("transposed",), X, y, W.T, gamma, told=(Z, f))
    r = named(f"another slope, m = {m}, with outputs", ("gamma",), X, y, W, 0.9, told=(Z, f))
    ok(f"{gamma:g}" in r.get("what", ""), f"m = {m}: the slope is told", r)
    named(f"probabilities, m = {m}", ("activation",), X, y, W, gamma, told=(Z, 1 / (1 + np.exp(-f))))
    named(f"an output bias, m = {m}", ("bias",), X, y, W, gamma, told=(Z, f + 0.7))
    named(f"labels in reverse order, m = {m}", ("label order",), X, y[::-1], W, gamma)
    order = np.argsort(-y, kind="stable")
    named(f"samples sorted, labels not, m = {m}", ("label order",), X[order], y, W, gamma)
X, y = samples("images", 30, 12, 90)
X = X + 3
net = train(X - X.mean(0), y, 0.3, setting(10), 3)
silent("centred samples", X - X.mean(0), y, net["W"], 0.3)
if not classifies(X, y, net["W"], 0.3, setting(10)):
    named("samples not centred", ("data", "bias"), X, y, net["W"], 0.3)

# networks that were never trained, or on other labels: nothing explains them, and nothing is said
for i, (kind, N, d, m, gamma) in enumerate(BASES):
    X, y = samples(kind, N, d, 200 + i)
    W = R.standard_normal((m, d))
    if not classifies(X, y, W, gamma, setting(m)):
        silent(f"untrained: {kind}, N = {N}, d = {d}, m = {m}", X, y, W, gamma)
    net = train(X, y, gamma, setting(m), i, epochs=150)
    other = R.permutation(y)
    if not classifies(X, other, net["W"], gamma, setting(m)) and abs(other @ y) < 0.7 * N:
        silent(f"of other labels: {kind}, N = {N}, d = {d}, m = {m}", X, other, net["W"], gamma)
ok(sound >= 50 and damaged >= 50, "fifty of each", (sound, damaged))
done()
