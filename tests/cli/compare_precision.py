"""`compare` knows the precision its numbers were made in, whatever dtype they are stored with: attacks made in single precision keep their constraint in
every norm, at image sizes, whichever file is narrow, and a perturbation 0.1 % or 1 % too large is still called outside; in half precision it is
called undecided where rounding could be it. Round numbers are exact (TAP)."""
import json, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

F4, GAMMA = np.float32, 0.1
r = np.random.default_rng(5)


def setting(n, d):
    """Images in [0, 1] as float32, labels, a network, targets."""
    X = np.round(r.random((n, d)) * 255).astype(F4) / F4(255)
    y = np.where(np.arange(n) % 2, -1.0, 1.0)
    put("set/X.npy", X), put("set/y.npy", y)
    put("W.npy", (r.standard_normal((4, d)) / d**0.5).astype(F4))
    put("t.npy", -y)
    return X, -y, r.standard_normal((n, d)).astype(F4)


def compare(points, norm, eps, *args, bases=None):
    put("adv.npy", points)
    if bases is not None:
        put("bases.npy", bases)
        args += ("--bases", "bases.npy")
    run = Run("compare", "--data", "set", "--weights", "W.npy", "--gamma", GAMMA, "--probes", "10", "--adversarial", "adv.npy", "--targets", "t.npy",
              "--norm", norm, "--eps", eps, *args, "--json")
    return dict.fromkeys(("undecided", "undecided_unless_shifted", "allowance", "unit_from"), 0) | (json.loads(run.out)["perturbations"] if run.code == 0 else {"failed": str(run)})


def linf(X, t, g, e, lo=0, hi=1):
    """As one writes it in PyTorch: everything in float32."""
    return np.clip(X + F4(e) * np.sign(g) * t.astype(F4)[:, None], F4(lo), F4(hi))


def l2(X, t, g, e):
    x = np.empty_like(X)
    for i in range(len(X)):
        size = F4(0)
        for v in g[i] * g[i]:      # one sum from left to right, the worst order there is
            size += v
        x[i] = X[i] + F4(e) * g[i] / np.sqrt(size) * F4(t[i])
    return x


def l0(X, t, g, e, k):
    x = X.copy()
    for i in range(len(X)):
        at = np.argsort(-abs(g[i]))[:k]
        x[i, at] += F4(e) * np.sign(g[i, at]) * F4(t[i])
    return x


def l1(X, t, g, e):
    """All of e on the largest entry, or spread as PGD's steps spread it: the sum of the sizes in float32, from left to right."""
    x = np.empty_like(X)
    for i in range(len(X)):
        size = F4(0)
        for v in abs(g[i]):
            size += v
        x[i] = X[i] + F4(e) * g[i] / size * F4(t[i])
        if i % 2:
            x[i] = X[i]
            at = abs(g[i]).argmax()
            x[i, at] += F4(e) * np.sign(g[i, at]) * F4(t[i])
    return x


def wide(x):
    return x.astype(np.float64)


for d in (784, 3072):
    X, t, g = setting(8, d)
    for eps in (8 / 255, 2 / 255, 0.3):
        good = linf(X, t, g, eps)
        assert good.dtype == F4 and abs(wide(good) - wide(X)).max() > eps
        got = compare(good, "linf", repr(eps), "--range", "0,1")
        ok(got.get("outside") == 0 and got["range_outside"] == 0 and got["unit"] == 2.0**-24, f"linf d = {d}, eps {eps:.4g}: float32 keeps its constraint", got)
        for cheat in (1.001, 1.01):
            got = compare(linf(X, t, g, eps * cheat), "linf", repr(eps))
            ok(got.get("outside") == 8, f"linf d = {d}, eps {eps:.4g}: a cheat of {cheat} is seen", got.get("outside"))
    one = linf(X, t, g, 8 / 255)
    one[5, 3] = X[5, 3] + F4(8 / 255 * 1.001)
    got = compare(one, "linf", repr(8 / 255))
    ok(got.get("outside") == 1 and got["size"]["max_at"] == 5, f"linf d = {d}: one entry too far", got)
    for eps in (1.0, 0.25, 5.0):
        good = l2(X, t, g, eps)
        got = compare(good, "l2", repr(eps))
        ok(got.get("outside") == 0, f"l2 d = {d}, eps {eps}: float32 keeps its constraint", got)
        for cheat in (1.001, 1.01):
            got = compare(l2(X, t, g, eps * cheat), "l2", repr(eps))
            ok(got.get("outside") == 8, f"l2 d = {d}, eps {eps}: a cheat of {cheat} is seen", got.get("outside"))
    for eps in (20.0, 2.0):
        good = l1(X, t, g, eps)
        far = abs(wide(good) - wide(X)).sum(1).max() / eps - 1
        got = compare(good, "l1", repr(eps))
        ok(got.get("outside") == 0 and far > 0 and got["size"]["max"] > eps and got["undecided_unless_shifted"] == 0, f"l1 d = {d}, eps {eps}: float32 keeps its constraint", (far, got))
        for cheat in (1.001, 1.01):
            got = compare(l1(X, t, g, eps * cheat), "l1", repr(eps))
            ok(got.get("outside") + got["undecided"] == 8 and (got["outside"] == 8 or got["allowance"] > 1e-3 * eps),
               f"l1 d = {d}, eps {eps}: a cheat of {cheat} is seen, or said not to be", got)
    ok(compare(l1(X, t, g, 20.0 * 1.01), "l1", "20.0").get("outside") == 8, f"l1 d = {d}: a cheat of a hundredth is seen")
    flat, eps = (F4(0.3) * np.sign(g)).astype(F4), 50.0        # equal squares added from left to right err the same way each time
    good = l2(X, t, flat, eps)
    far = np.linalg.norm(wide(good) - wide(X), axis=1).max() / eps - 1
    ok(d < 3072 or far > 200 * 2.0**-24, f"l2 d = {d}: a norm summed in float32 is off by hundreds of roundings", far)
    ok(compare(good, "l2", repr(eps)).get("outside") == 0 and compare(l2(X, t, flat, eps * 1.001), "l2", repr(eps)).get("outside") == 8,
       f"l2 d = {d}: which are explained, a cheat of 1.001 is not")
    k = d // 20
    for eps in (0.3, 8 / 255):
        for name, bases, points in (("both float32", X, l0(X, t, g, eps, k)), ("bases float64", wide(X), l0(X, t, g, eps, k)),
                                    ("points float64", X, wide(l0(X, t, g, eps, k))), ("bases rounded from float64", None, None)):
            if bases is None:
                bases = wide(X) + r.random(X.shape) * 2.0**-26 * wide(X)          # float32 holds these only rounded
                points = l0(bases.astype(F4), t, g, eps, k)
            got = compare(points, "l0", repr(eps), "--k", k, bases=bases)
            ok(got.get("outside") == got["undecided"] == 0 and got["size"]["min"] == got["size"]["max"] == k, f"l0 d = {d}, eps {eps:.4g}, {name}: k entries changed", got)
        for cheat in (1.001, 1.01):
            got = compare(l0(X, t, g, eps * cheat, k), "l0", repr(eps), "--k", k)
            ok(got.get("outside") == 8, f"l0 d = {d}, eps {eps:.4g}: a cheat of {cheat} is seen", got.get("outside"))
        got = compare(l0(X, t, g, eps, k + 1), "l0", repr(eps), "--k", k)
        ok(got.get("outside") == 8, f"l0 d = {d}, eps {eps:.4g}: one entry too many", got.get("outside"))
    least = l0(X, t, g, 0.3, k)
    at = np.flatnonzero(least[2] == X[2])[0]
    least[2, at] = np.nextafter(X[2, at], F4(2))
    ok(compare(least, "l0", "0.3", "--k", k).get("outside") == 1, f"l0 d = {d}: between two float32 files the least change of an entry counts")

# mixed precisions, and shifted data, whose rounding is that of the images before
X, t, g = setting(20, 784)
eps, good = 8 / 255, linf(X, t, g, 8 / 255)
for name, bases, points in (("points as float64", X, wide(good)), ("bases as float64", wide(X), good)):
    ok(compare(points, "linf", repr(eps), bases=bases).get("outside") == 0, f"linf, {name}: the coarser file counts")
    ok(compare(linf(X, t, g, eps * 1.001).astype(points.dtype), "linf", repr(eps), bases=bases).get("outside") == 20, f"linf, {name}: a cheat of 1.001 is seen")
got = compare(wide(good), "linf", repr(eps), bases=wide(X))
ok(got.get("unit") == 2.0**-24 and got["unit_from"] == "entries" and got["outside"] == got["undecided"] == 0, "both as float64: the entries tell", got)
ok(got["size"]["max"] == abs(wide(good) - wide(X)).max() > eps, "though all of them are over eps as stored", got)
text = Run("compare", "--data", "set", "--weights", "W.npy", "--gamma", GAMMA, "--adversarial", "adv.npy", "--bases", "bases.npy", "--targets", "t.npy", "--norm", "linf", "--eps", repr(eps)).out
ok("0 of 20 outside the constraint, beyond rounding to 24 bits (as the entries show, not the dtype)" in text and "UNDECIDED" not in text, "the table says so", text)
nearly = wide(good)
nearly[3, 7] = np.nextafter(nearly[3, 7], 2)
got = compare(nearly, "linf", repr(eps), bases=wide(X))
ok(got.get("unit") == 2.0**-24 and compare(nearly, "linf", repr(eps), bases=wide(X) * (1 + 2.0**-40))["unit"] == 2.0**-53,
   "one entry of more bits and an array is of doubles: the coarser of both counts", got)
mean, std = F4(0.2861), F4(0.3530)
for scale, cheat, want in ((1, 1, 0), (1, 1.001, 20), (255, 1, 0), (255, 1.001, 20)):
    big, moved = F4(scale) * X, F4(scale) * linf(X, t, g, eps * cheat)
    ok(compare(moved, "linf", repr(eps * scale), bases=big).get("outside") == want, f"images times {scale}, cheat {cheat}")
a, b = X - mean, linf(X, t, g, eps) - mean
ok(compare(b, "linf", repr(eps), bases=a).get("outside") == 0, "images minus their mean")
ok(compare((b / std).astype(F4), "linf", repr(eps / float(std)), bases=(a / std).astype(F4)).get("outside") == 0, "images minus their mean, over their deviation")
ok(compare((linf(X, t, g, eps * 1.001) - mean) / std, "linf", repr(eps / float(std)), bases=a / std).get("outside") == 20, "the same, a cheat of 1.001")
tenth = np.clip(X, F4(0.1), F4(0.7))        # float32(0.1) > 0.1, float32(0.7) < 0.7
ok(compare(tenth, "linf", "1", "--range", "0.1,0.7").get("range_outside") == 0 and compare(tenth, "linf", "1", "--range", "0.10001,0.69999").get("range_outside") == 20,
   "a range clamped to in float32")

# ---- single precision in <f8 files: every norm, image sizes, cheats
for d in (784, 3072):
    X, t, g = setting(8, d)
    k = d // 20
    for norm, make, eps, args in (("linf", linf, 8 / 255, ("--range", "0,1")), ("l2", l2, 1.0, ()), ("l0", lambda *a: l0(*a, k), 0.3, ("--k", k))):
        for cheat, want in ((1, 0), (1.001, 8), (1.01, 8)):
            for name, bases in (("<f8", wide(X)), ("<f4 bases", X)):
                got = compare(wide(make(X, t, g, eps * cheat)), norm, repr(eps), *args, bases=bases)
                ok(got.get("outside") == want and got["undecided"] == got["range_outside"] == 0 and got["unit"] == 2.0**-24,
                   f"{norm} d = {d}: float32 in {name} files, cheat {cheat}", got)
        x64 = wide(X) + r.random(X.shape) * 2.0**-30 * (1 - wide(X))
        delta = {"linf": lambda e: e * wide(np.sign(g)), "l2": lambda e: e * wide(g) / np.linalg.norm(wide(g), axis=1)[:, None],
                 "l0": lambda e: e * wide(np.sign(g)) * (np.argsort(np.argsort(-abs(g), axis=1), axis=1) < k)}[norm]
        for cheat, want in ((1, 0), (1 + 1e-9, 8), (1.001, 8), (1.01, 8)):
            got = compare(x64 + delta(eps * cheat), norm, repr(eps), *args[:2 if norm == "l0" else 0], bases=x64)
            ok(got.get("outside") == want and got["undecided"] == 0 and got["unit"] == 2.0**-53 and got["unit_from"] == "dtype", f"{norm} d = {d}: honest float64, cheat {cheat}", got)


# ---- half precision, stored as <f4 and <f8
def bf16(x):
    """To bfloat16, to the nearest, ties to even."""
    u = np.atleast_1d(x).astype(F4).view(np.uint32)
    return ((u + 0x7FFF + (u >> 16 & 1)) & np.uint32(0xFFFF0000)).view(F4)


def rounded(cast, x, e, s, k=None):
    """x + e s entry by entry, each result rounded; k: in the first k entries alone."""
    x = cast(x)
    y = cast(wide(x) + wide(cast(e)) * s)
    return x, y if k is None else np.where(np.arange(x.shape[1]) < k, y, x)


d, n = 784, 20
X, t, g = setting(n, d)
s = wide(np.sign(g))
half = lambda v: np.asarray(v).astype(np.float16)
for name, cast, unit in (("float16", half, 2.0**-11), ("bfloat16", bf16, 2.0**-8)):
    for dtype in ("<f4", "<f8"):
        for norm, eps, args, kk in (("linf", 8 / 255, (), None), ("linf", 0.3, (), None), ("l0", 0.3, ("--k", 39), 39), ("l0", 8 / 255, ("--k", 39), 39)):
            for cheat in (1, 1.001, 1.01, 1.5):
                x, y = rounded(cast, wide(X), eps * cheat, s, kk)
                got = compare(y.astype(dtype), norm, repr(eps), *args, bases=x.astype(dtype))
                eta = abs(wide(y) - wide(x)).max(1)
                A = 2 * unit * (wide(x).max(1) + abs(wide(y)).max(1) + eps) + (2.0**-23 if unit == 2.0**-11 else 0)
                out, open_ = eta > eps + A, (eta > eps) & (eta <= eps + A)
                own = abs(wide(y) - wide(x)) > eps + 2 * (np.maximum(unit * wide(x), 2.0**-25 * (unit == 2.0**-11)) + np.maximum(unit * abs(wide(y)), 2.0**-25 * (unit == 2.0**-11)) + unit * eps)
                ok(got.get("unit") == unit and got["unit_from"] == "entries" and (got["outside"], got["undecided"]) == (out.sum(), open_.sum()) and
                   abs(got["allowance"] - A.max()) < 1e-12 and got["undecided_unless_shifted"] == (own.any(1) & open_).sum(), f"{name} in {dtype}, {norm}, eps {eps:.3g}, cheat {cheat}",
                   (out.sum(), open_.sum(), (own.any(1) & open_).sum(), A.max(), got))
                ok(cheat != 1 or got["outside"] == got["undecided_unless_shifted"] == 0, "honest: never outside")
                ok(cheat not in (1.01, 1.5) or got["outside"] + got["undecided"] == n, "a cheat: never kept")
        delta = wide(g) / np.linalg.norm(wide(g), axis=1)[:, None]
        for cheat in (1, 1.01, 2):
            x, y = rounded(cast, wide(X), 1.0, wide(cast(cheat * delta)))
            got, a = compare(y.astype(dtype), "l2", "1", bases=x.astype(dtype)), [np.linalg.norm(wide(v), axis=1) for v in (x, y)]
            A = 2 * unit * (a[0] + a[1]) + d / 2 * 2.0**-24 + 8 * unit + (2.0**-23 * d**0.5 if unit == 2.0**-11 else 0)
            size = np.linalg.norm(wide(y) - wide(x), axis=1)
            want = (size > 1 + A).sum(), ((size > 1) & (size <= 1 + A)).sum()
            ok((got.get("outside"), got["undecided"]) == want and (cheat < 2 or want[0] == n) and (cheat > 1 or want[0] == 0), f"{name} in {dtype}, l2, cheat {cheat}", (want, got))

x, y = rounded(half, wide(X), 8 / 255, s)
put("adv.npy", y.astype("<f8")), put("bases.npy", x.astype("<f8"))
args = ("compare", "--data", "set", "--weights", "W.npy", "--gamma", GAMMA, "--adversarial", "adv.npy", "--bases", "bases.npy", "--targets", "t.npy", "--norm", "linf", "--eps", repr(8 / 255))
text = Run(*args).out
ok("0 of 20 outside the constraint, beyond rounding to 11 bits (as the entries show, not the dtype)" in text and "20 of 20 UNDECIDED at this precision: rounding explains up to 6" in text,
   "half precision: the table says UNDECIDED and by how much", text)
put("adv.npy", y)
run = Run(*args)
ok(run.code == 0 and "0 of 20 outside the constraint" in run.out, "<f2 itself is read", run)
ok(".astype('<f8') is always right" in " ".join(Run("compare", "--help").out.split()), "--help gives the same")
normal = [half((half(wide(v) - 0.2861)).astype(F4) / F4(0.3530)) for v in rounded(half, wide(X), 8 / 255, s)]
got = compare(wide(normal[1]), "linf", repr(8 / 255 / 0.3530), bases=wide(normal[0]))
ok(got.get("outside") == 0 and got["undecided_unless_shifted"] > 0, "half precision, minus the mean over the deviation: not outside", got)
# bases in half precision, the attack in single precision from them: the finer settles it
x = half(wide(X)).astype(F4)
for cheat, want in ((1, (0, 0)), (1.001, (0, n)), (1.01, (0, n)), (1.2, (n, 0))):
    got = compare(wide(linf(x, t, g, 8 / 255 * cheat, -1, 2)), "linf", repr(8 / 255), bases=wide(x))
    ok((got.get("outside"), got.get("undecided")) == want and got["unit"] == 2.0**-11, f"half bases, an attack in float32, cheat {cheat}", got)
little = l0(x, t, g, 0.3, 39)
little[2, np.flatnonzero((little[2] == x[2]) & (x[2] > 0.1))[0]] *= F4(1 + 2.0**-13)
got = compare(little, "l0", "0.3", "--k", 39, bases=x)
ok((got.get("outside"), got.get("undecided")) == (0, 1) and got["undecided_unless_shifted"] == 0, "one entry more, changed by less than half precision sees: undecided", got)

# ---- round numbers are exact whatever they are stored as: integers, 0/1, pixels over powers of two; and what only looks like them is not
grids = (("integers 0..255", np.round(r.random((n, d)) * 255), 3, 2.99), ("0/1", (X > 0.5).astype(float), 0.25, 0.2495), ("pixels/256", np.round(r.random((n, d)) * 255) / 256, 8 / 256, 0.03122),
         ("white pixels, 255 + 3", np.where(X > 0.5, 255.0, np.round(X * 100)), 3, 2.99), ("integers to 4095", np.round(r.random((n, d)) * 4095), 3, 2.99),
         ("powers of two", 2.0**r.integers(0, 16, (n, d)), 3, 2.99), ("10-bit pixels", np.round(r.random((n, d)) * 900 + 50) / 1024, 8 / 1024, 0.0078),
         ("16-bit pixels", np.round(r.random((n, d)) * 65535) / 65536, 1 / 256, 1 / 256 - 1e-5))
for name, x, step, less in grids:
    for dtype in ("<f8", "<f4"):
        y = x + step * s
        got = [compare(y.astype(dtype), "linf", repr(e), bases=x.astype(dtype)) for e in (step, less)]
        ok([k.get("outside") for k in got] == [0, n] and all(k["undecided"] == 0 and k["unit"] == {"<f8": 2.0**-53, "<f4": 2.0**-24}[dtype] and k["unit_from"] == "dtype" for k in got),
           f"{name} in {dtype}: exact", got)
binary = (X > 0.5).astype(F4)
for name, cast, unit in (("float32", F4, 2.0**-24), ("float16", half, 2.0**-11)):
    x, y = rounded(cast, wide(binary), 0.3, s, 39)
    got = compare(wide(y), "l0", "0.3", "--k", 39, bases=wide(x))
    ok(got.get("outside") == 0 and got["unit"] == unit and abs(wide(y) - wide(x)).max() > 0.3, f"0/1 images, an attack in {name}", got)
drawn = (r.integers(0, 2**24, (n, d)) * 2.0**-24)               # what generators of float32 numbers give: one grid
got = compare(wide(linf(drawn.astype(F4), t, g, 8 / 255, -1, 2)), "linf", repr(8 / 255), bases=drawn)
ok(got.get("outside") == got["undecided"] == 0 and got["unit"] == 2.0**-24, "numbers drawn in single precision", got)
for name, cast, unit in (("float32", F4, 2.0**-24), ("float16", half, 2.0**-11)):
    for what, values in (("gauss", r.standard_normal((n, 30))), ("between 64 and 128", 100 + r.standard_normal((n, 30)) * 5), ("drawn", np.floor(r.random((n, 30)) / unit) * unit),
                         ("small", r.random((2, 10)))):
        put("ref/X.npy", wide(cast(values)))
        put("set/X.npy", values), put("set/y.npy", np.where(np.arange(len(values)) % 2, -1.0, 1.0)), put("V.npy", r.standard_normal((4, values.shape[1])))
        run = Run("compare", "--data", "set", "--weights", "V.npy", "--gamma", GAMMA, "--probes", 2, "--reference", "ref", "--json")
        k = json.loads(run.out)["differences"][0] if run.code == 0 else {}
        ok(k.get("unit") == unit and k.get("beyond_rounding") == 0, f"{name}, {what}: its precision is read", (k, run))
put("set/X.npy", X), put("set/y.npy", -t), os.remove("ref/X.npy")
for scale in (2.0**-60, 2.0**40):
    for cheat, want in ((1, 0), (1.001, n)):
        got = compare(scale * wide(linf(X, t, g, 8 / 255 * cheat)), "linf", repr(8 / 255 * scale), bases=scale * wide(X))
        ok(got.get("outside") == want and got["unit"] == 2.0**-24, f"float32 in <f8 times {scale:.3g}, cheat {cheat}", got)

images = np.round(r.random((20, 784)) * 200).astype(np.uint8)
put("set/X.npy", images.astype(F4))
step = images + np.where(g > 0, 3, -3).astype(np.int32)
ok(compare(step.astype(np.int32), "linf", "3", bases=images).get("outside") == 0 and compare(step.astype(np.int32), "linf", "2.99", bases=images).get("outside") == 20,
   "integers are exact")

# ---- outputs, lambda, reference
W, Z = np.load("W.npy"), (2 * r.random((50, 784)) - 1).astype(F4)
a = np.array([1, 1, -1, -1], F4) / np.sqrt(F4(4))
z = Z @ W.T
f = (np.where(z > 0, z, F4(GAMMA) * z) @ a).astype(F4)
put("set/X.npy", X), put("Z.npy", Z), put("set/W.npy", W)
Run("limit", "--data", "set", "--gamma", GAMMA, "--out", "lim")
lam = np.load("lim/lambda.npy")


def differences(*args):
    run = Run("compare", "--data", "set", "--weights", "W.npy", "--gamma", GAMMA, "--probe-points", "Z.npy", *args, "--json")
    return {k["name"]: {"unit_from": None} | k for k in json.loads(run.out)["differences"]} if run.code in (0, 1) else {"failed": str(run)}


for name, change, beyond in (("as computed", 0, 0), ("one off by 3e-3", 3e-3, 1)):
    its = f.copy()
    its[7] += F4(change)      # the worst order of 784 terms explains 1e-3
    got = differences("--outputs", put("f.npy", its)).get("outputs", {})
    ok(got.get("beyond_rounding") == beyond and got["unit"] == 2.0**-24 and got["differ"] > 10, f"outputs of float32, {name}", got)
for u, cast, change, beyond in ((2.0**-24, F4, 0, 0), (2.0**-24, F4, 3e-3, 1), (2.0**-11, half, 0, 0), (2.0**-11, half, 1.0, 1)):
    its = wide(cast(f))
    its[7] = wide(cast(its[7] + change))
    got = differences("--outputs", put("f.npy", its)).get("outputs", {})
    ok(got.get("beyond_rounding") == beyond and got["unit"] == u and got["unit_from"] == "entries", f"outputs of {-np.log2(u):.0f} bits in <f8, one off by {change}", got)
low = lambda v: half(v).astype(F4)      # W, z, slopes, values between and outputs in half precision, sums in single
small, V, few = r.standard_normal((6, 9)), r.standard_normal((4, 9)), r.standard_normal((50, 9))
put("few/X.npy", small), put("few/y.npy", np.array([1.0, -1] * 3)), put("few/W.npy", V), put("few/Z.npy", few)
z = low(low(few) @ low(V).T)
its = wide(low(low(np.where(z > 0, z, low(low(GAMMA) * z))) @ low(a)))
for change, beyond in ((0, 0), (0.5, 1)):
    put("few/f.npy", wide(half(its + change * (np.arange(50) == 7))))
    got = json.loads(Run("compare", "--data", "few", "--gamma", GAMMA, "--probe-points", "few/Z.npy", "--outputs", "few/f.npy", "--json").out)["differences"][0]
    ok(got["beyond_rounding"] == beyond and got["unit"] == 2.0**-11 and got["differ"] == 50, f"a network run in half precision: its roundings are explained, {change} is not", got)
exact = np.where(wide(Z) @ wide(W).T > 0, wide(Z) @ wide(W).T, GAMMA * (wide(Z) @ wide(W).T)) @ wide(np.array([1, 1, -1, -1])) / 2
got = differences("--outputs", put("f.npy", exact))["outputs"]
ok(got["beyond_rounding"] == 0 and got["unit"] == 2.0**-53, "outputs of float64: the order of sums is explained", got)
got = differences("--outputs", put("f.npy", np.where(np.arange(50) == 3, exact + 1e-9, exact)))["outputs"]
ok(got["beyond_rounding"] == 1, "outputs of float64: 1e-9 is not", got)
got = differences("--lambda", put("l.npy", lam.astype(F4)))["lambda"]
ok(got["beyond_rounding"] == 0 and got["differ"] > 0, "lambda stored as float32", got)
got = differences("--lambda", put("l.npy", (lam * np.where(np.arange(20) == np.argmax(lam), 1.001, 1)).astype(F4)))["lambda"]
ok(got["beyond_rounding"] == 1, "lambda, one off by 0.1 %", got)
for cast, u in ((F4, 2.0**-24), (half, 2.0**-11)):
    low = wide(cast(lam))
    want = int((abs(low - lam) > np.maximum(u * low, 2.0**-25 * (u == 2.0**-11)) + 2.0**-53 * lam).sum())
    got = differences("--lambda", put("l.npy", low))["lambda"]
    ok(got["beyond_rounding"] == want == 0 and got["unit"] == u and got["differ"] > 0, f"lambda of {-np.log2(u):.0f} bits in <f8", got)
    got = differences("--lambda", put("l.npy", wide(cast(lam * np.where(np.arange(20) == np.argmax(lam), 1.01, 1)))))["lambda"]
    ok(got["beyond_rounding"] == 1, f"lambda of {-np.log2(u):.0f} bits, one off by 1 %", got)
put("ref/X.npy", wide(half(X))), put("ref/W.npy", wide(half(W)) * 1.01)
got = differences("--reference", "ref")
ok(got["X"]["beyond_rounding"] == 0 and got["X"]["unit"] == 2.0**-11 and got["X"]["unit_from"] == "entries" and got["W"]["beyond_rounding"] == W.size, "a reference in half precision, in <f8", got)
put("ref/X.npy", wide(X) * (1 + 2.0**-26)), put("ref/W.npy", wide(W) * 1.001)
got = differences("--reference", "ref")
ok(got["X"]["beyond_rounding"] == 0 and got["X"]["differ"] > 0 and got["W"]["beyond_rounding"] == got["W"]["differ"] == W.size, "a reference in float64 of files in float32", got)
text = Run("compare", "--data", "set", "--weights", "W.npy", "--gamma", GAMMA, "--adversarial", put("adv.npy", good), "--targets", "t.npy", "--norm", "linf", "--eps", eps).out
ok("0 of 20 outside the constraint, beyond rounding to 24 bits" in text, "the table says to which precision", text)
done()
