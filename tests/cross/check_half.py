"""`lfap train --arithmetic half` and `lfap perturb --arithmetic half` against NumPy's float16 and float32 (lib/half_numpy.py, from
spec/numerics.md N17): the same bits, and what the format alone says of them: beyond which margin a backward pass is 0."""
import json, math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *
from half_numpy import *


def same(a, b):
    return a.shape == b.shape and (a.view(np.int64) == b.view(np.int64)).all()


def draw(seed, n, d, m, scale=1.0):
    r = np.random.Generator(np.random.Philox(key=seed))
    return scale * (2 * r.random((n, d)) - 1), np.where(r.random(n) >= 0.5, 1.0, -1.0), (2 * r.random((m, d)) - 1) / math.sqrt(d)


def training(name, X, y, W0, gamma, epochs, lr, method="sgd", loss="exp", threads=1):
    put("set/X.npy", X), put("set/y.npy", y), put("W0.npy", W0)
    r = Run("train", "--method", method, "--arithmetic", "half", "--data", "set", "--init", "W0.npy", "--gamma", repr(gamma), "--epochs", str(epochs),
            "--lr", repr(lr), "--loss", loss, "--threads", str(threads), "--out", "run", "--json", timeout=600)
    if not ok(r.code == 0, f"{name}: runs", r):
        return None, None
    W, rows, ended = train(X, y, W0, gamma, epochs, lr, 0.9 if method == "sgd" else None, loss == "logistic")
    got, h = np.load("run/W.npy"), np.atleast_1d(np.genfromtxt("run/history.csv", delimiter=",", names=True))
    ok(same(got, W.astype(np.float64)), f"{name}: the bits of W", f"{(got != W).sum()} of {W.size} differ")
    ok(len(h) == len(rows) and [tuple(x) for x in zip(h["loss"], h["lr"], h["zeros"])] == rows, f"{name}: losses, rates, zeros, epoch by epoch",
       [(i, a, tuple(b)) for i, (a, b) in enumerate(zip(rows, h[["loss", "lr", "zeros"]])) if a != tuple(b)][:2])
    told = json.loads(r.out)["training"]["half"]
    ok(told["ended"] == ended and told["zeros"] == rows[-1][2], f"{name}: where learning ended", (told, ended))
    return h, ended


# ---- training: sizes around a slice of 256 and a strip of 64 columns, rows not a multiple of four
training("small", *draw(1, 12, 80, 8), 0.1, 60, 0.5)
training("N above a slice", *draw(2, 300, 40, 10), 0.01, 25, 0.1, threads=2)
training("d above a slice", *draw(3, 7, 600, 22), 0.5, 25, 0.05)
training("m above two slices", *draw(4, 65, 33, 520), 0.3, 15, 0.1, threads=2)
training("sizes at the edges", *draw(5, 256, 64, 12), 0.2, 10, 0.1)
training("one past the edges", *draw(6, 257, 65, 6), 0.2, 10, 0.1)
# (1/N)*g and g/N round to other halves at few margins alone: 2.0078125 and two more at N = 63
grid = np.arange(0.05, 4.0, 2.0 ** -11).astype(f16).astype(np.float64)
q = Network(np.array([[1.0], [-1.0]]), 0.5).outputs(grid[:, None])
apart = grid[[np.flatnonzero(q == x)[0] for x in half([0.10961914, 0.9995117, 2.0078125]) if (q == x).any()]]
v = np.concatenate([apart, grid[::130]])[:63]
ok(len(apart) >= 2 and len(v) == 63, "margins that tell (1/N)*g from g/N", apart)
training("two roundings of g/N", np.eye(63), np.ones(63), np.array([v, -v]), 0.5, 1, 1.0, method="gd")
training("gd", *draw(7, 20, 100, 10), 0.1, 40, 0.3, method="gd")
training("logistic", *draw(8, 20, 100, 10), 0.1, 40, 0.3, loss="logistic")
training("plateau schedule", *draw(9, 12, 80, 8), 0.1, 150, 3.0)
X, y, W0 = draw(10, 20, 200, 100)
W0 = W0 / 64 + 2.35 * np.where(np.arange(100) < 50, 1.0, -1.0)[:, None] * np.linalg.lstsq(X, y, rcond=None)[0]  # margins of 11.9
h, ended = training("until learning ends", X, y, W0, 0.01, 1500, 10.0)
if h is not None:
    W = np.load("run/W.npy")
    ok(1 < ended < 1500 and len(h) == ended and h["zeros"][-1] == 1.0 and h["zeros"][0] < 1.0, "learning ends, where all of dL/dz is 0", (ended, h["zeros"][[0, -1]]))
    ok((train(X, y, W, 0.01, 5, 10.0, 0.9)[0] == W).all() and (W != W0.astype(f32)).any(), "and nothing moves any more")
h, ended = training("tiny data", *draw(11, 5, 10, 4, scale=2.0 ** -40), 0.5, 5, 0.1)
ok(ended == 1, "data that round to 0 teach nothing, and the run says so at epoch 1", ended)


# ---- attacks: the gradient of the half network to the bit, the attack's own steps up to the order of their norms
def attack(name, X, t, W, gamma, norm, eps, steps, threads=1):
    put("B.npy", X), put("t.npy", t), put("A.npy", W)
    r = Run("perturb", "--norm", norm, "--from", "pgd", "--arithmetic", "half", "--data", "B.npy", "--targets", "t.npy", "--weights", "A.npy",
            "--gamma", repr(gamma), "--eps", repr(eps), "--steps", str(steps), "--threads", str(threads), "--out", "adv", "--json", timeout=600)
    if not ok(r.code == 0, f"{name}: runs", r):
        return None
    want = [pgd(W, gamma, x, s, norm, eps, steps) for x, s in zip(X, t)]
    got, told = np.load("adv/X.npy"), json.loads(r.out)
    # the last place of a norm can decide how an entry rounds to half, and the two ways then go apart
    alike = [abs(a - b[0]).max() < 1e-12 for a, b in zip(got, want)]
    ok(np.mean(alike) > 0.9, f"{name}: the points", f"{np.sum(alike)} of {len(alike)}")
    ok(told["vanished"] == sum(v for _, v in want), f"{name}: vanished gradients are counted", (told["vanished"], sum(v for _, v in want)))
    return got, told


for norm, eps in ("l2", 0.5), ("linf", 0.05), ("l0", 0.3), ("l1", 1.5):
    X, y, W = draw(20, 70, 90, 14)
    attack(f"pgd {norm}", X, y, 2 * W, 0.05, norm, eps, 12, threads=2)
X, y, W = draw(21, 9, 40, 6)
put("B.npy", X), put("t.npy", y), put("A.npy", W)
r = Run("perturb", "--norm", "linf", "--from", "gradient", "--arithmetic", "half", "--data", "B.npy", "--targets", "t.npy", "--weights", "A.npy",
        "--gamma", "0.3", "--eps", "0.1", "--out", "adv")
net = Network(W, 0.3)
net.outputs(X)
g = half(sums(net.back(np.ones(len(X))).T.copy(), net.w)).astype(np.float64)
ok(r.code == 0 and (np.load("adv/eta.npy") == 0.1 * y[:, None] * np.sign(g)).all(), "gradient: the signs of the half network's", r)

# ---- what follows from the format alone, at the published width. A unit is 2^-24, the least number there is
M, UNIT = 1000, 2.0 ** -24
s = float(half(1 / np.sqrt(np.float64(M))))
gone_open = math.ceil(0.5 * UNIT / s / UNIT) - 0.5  # dL/df below so many units rounds to one whose product with s is at most half a unit
leaky_least = math.floor(0.5 / float(f32(0.01))) + 0.5  # the same for the slope 0.01: dL/da of 50 units is the last to go
gone_leaky = math.floor(leaky_least / s) + 0.5
limits = {n: (-math.log(gone_leaky * UNIT * n), -math.log(gone_open * UNIT * n)) for n in (1, 1000, 10000)}
ok([round(x, 2) for n in (1000, 10000) for x in limits[n]] == [2.35, 6.99, 0.05, 4.68] and round(limits[1][1], 2) == 13.89,
   "margins beyond which the backward pass is 0: 2.35 and 6.99 at N = 1000, 0.05 and 4.68 at N = 10000; t f = 13.89 for an attack", limits)
side = np.where(np.arange(M) < M // 2, 1.0, -1.0)[:, None]
for n in 1000, 10000:
    # one input; own neurons open, others leaky: margins over a range, each sample with half of its entries of either slope
    c, y = np.linspace(0.001, 0.6, n), np.where(np.arange(n) % 2, 1.0, -1.0)
    X = (y * c)[:, None]
    h, _ = training(f"margins at N = {n}", X, y, side, 0.01, 1, 0.01)
    q = y * Network(side, 0.01).outputs(X)
    if h is not None:
        want = ((q > limits[n][0]).sum() + (q > limits[n][1]).sum()) / (2 * n)
        ok(h["zeros"][0] == want and q.max() > limits[n][1] + 1, f"N = {n}: the entries that are 0 are those of the margins beyond", (h["zeros"], want))
for tf in 13.5, 13.8, 13.88, 13.92, 14.0, 16.0:
    x = np.array([[float(half(tf / 15.97))]])
    f = float(Network(side, 0.01).outputs(x)[0])
    attack_ = attack(f"an attack at t f = {f:.4g}", x, np.array([1.0]), side, 0.01, "l2", 0.25, 1)
    if attack_:
        got, told = attack_
        gone = f > limits[1][1]
        ok(told["vanished"] == gone and told["unchanged"] == gone and (got == x).all() == gone, f"t f = {f:.4g}: " + ("the gradient is 0, the base stays" if gone else "a step is taken"), told)

# ---- beyond binary16: why, and what to do, in its own words
put("B.npy", np.ones((2, 40))), put("t.npy", np.array([1.0, -1.0])), put("big/X.npy", np.eye(2, 40) + 1.0), put("big/y.npy", np.array([1.0, -1.0]))
for name, W in ("an output that is infinite", np.full((4, 40), -2000.0)), ("one that exp does not take", np.array([[1.0], [1], [5], [5]]) * np.ones(40) / 2):
    r = Run("train", "--method", "sgd", "--arithmetic", "half", "--data", "big", "--init", put("big.npy", W), "--gamma", "0.5", "--epochs", "3", "--out", "none")
    ok(r.code == 65 and "binary16" in r.err and "65504" in r.err and "709" not in r.err and not os.path.exists("none"), f"{name}: training says what half precision ends at", r)
r = Run("perturb", "--norm", "l2", "--from", "gradient", "--arithmetic", "half", "--data", "B.npy", "--targets", "t.npy", "--weights", put("big.npy", np.full((4, 40), 1e5) * np.array([[1], [1], [2], [2]])),
        "--gamma", "0.5", "--eps", "1", "--out", "none")
ok(r.code == 65 and "base 0" in r.err and "half precision" in r.err and "65504" in r.err and "divide all weights" in r.err and not os.path.exists("none"),
   "perturb: a gradient that is no number in half precision: why, and what to do", r)

# ---- L0 one entry a step: where the gradient vanishes the attack stops, in doubles it goes on
Run("gen", "gauss", "--n", "40", "--d", "300", "--seed", "1", "--out", "nat"), Run("gen", "gauss", "--n", "30", "--d", "300", "--seed", "2", "--out", "noise")
changed = {}
for arithmetic in "double", "half":
    Run("train", "--method", "sgd", "--form", "plain", "--arithmetic", arithmetic, "--data", "nat", "--gamma", "0.01", "--m", "40", "--epochs", "2000", "--out", arithmetic)
    for k in 30, 60, 90:
        r = Run("perturb", "--norm", "l0", "--from", "pgd", "--arithmetic", arithmetic, "--data", "noise", "--weights", f"{arithmetic}/W.npy", "--gamma", "0.01",
                "--steps", k, "--out", "adv", "--json")
        e = np.load("adv/eta.npy")
        changed[arithmetic, k] = (e != 0).sum(1).mean(), np.linalg.norm(e, axis=1).mean(), json.loads(r.out)["vanished"]
ok(all(changed["double", k][0] == k and changed["double", k][2] == 0 for k in (30, 60, 90)), "l0 in doubles: an entry a step", changed)
ok(changed["half", 60][2] == 30 and changed["half", 60][:2] == changed["half", 90][:2] and changed["half", 90][0] < 60,
   "l0 in half precision: entries and length stand still", changed)
print("#", changed)
done()
