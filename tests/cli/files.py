"""Data sets on disk: directories and single files, every dtype read, what is written, chains of verbs, thread counts."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *


def read(path):
    with open(path, "rb") as f:
        return f.read()


def works(name, *args):
    r = Run(*args)
    ok(r.code in (0, 1, 2), name, r)
    return r


# ---- what is written is NPY 1.0, <f8, C order, of the right shape
works("gen", "gen", "gauss", "--n", "6", "--d", "50", "--seed", "9", "--out", "a/b/set")
for name, shape in (("X", (6, 50)), ("y", (6,))):
    raw, v = read(f"a/b/set/{name}.npy"), np.load(f"a/b/set/{name}.npy")
    ok(raw[:8] == b"\x93NUMPY\x01\x00" and v.dtype.str == "<f8" and v.shape == shape and not v.flags.f_contiguous | (v.ndim == 1)
       or v.ndim == 1 and v.dtype.str == "<f8" and v.shape == shape, f"{name}.npy is NPY 1.0 <f8 {shape}", (v.dtype, v.shape))
os.rename("a/b/set", "set")
X, y = np.load("set/X.npy"), np.load("set/y.npy")

# ---- a directory means its files
works("limit of a directory", "limit", "--data", "set", "--gamma", "0.5", "--out", "l1")
works("limit of two files", "limit", "--data", "set/X.npy", "--labels", "set/y.npy", "--gamma", "0.5", "--out", "l2")
put("other.npy", -y)
works("limit of a directory and other labels", "limit", "--data", "set/", "--labels", "other.npy", "--gamma", "0.5", "--out", "l3")
ok(read("l1/w.npy") == read("l2/w.npy") and read("l1/lambda.npy") == read("l2/lambda.npy"), "directory and files: the same bytes")
ok((np.load("l3/w.npy") == -np.load("l1/w.npy")).all(), "labels of the command line count: w changes its sign")
works("train into the data's directory", "train", "--method", "gd", "--epochs", "50", "--data", "set", "--gamma", "0.5", "--m", "8", "--out", "set")
a, b = Run("compare", "--data", "set", "--gamma", "0.5"), Run("compare", "--data", "set", "--weights", "set/W.npy", "--gamma", "0.5")
new = [[l for l in r.out.splitlines() if not l.startswith("next: ")] for r in (a, b)]  # the next command names what was given
ok(a.code == 0 and new[0] == new[1] and len(new[0]) > 10, "compare takes W.npy from the directory", a)
base = ["perturb", "--data", "set", "--eps", "0.5", "--norm"]
works("perturb takes W.npy from the directory", *base, "linf", "--from", "gradient", "--gamma", "0.5", "--out", "p1")
works("perturb of single files", "perturb", "--eps", "0.5", "--norm", "linf", "--from", "gradient", "--data", "set/X.npy", "--targets",
      "set/y.npy", "--weights", "set/W.npy", "--gamma", "0.5", "--out", "p2")
ok(all(read(f"p1/{f}.npy") == read(f"p2/{f}.npy") for f in ("X", "y", "eta")), "directory and files: the same perturbations")
works("geometry from the weights", *base, "l2", "--from", "geometry", "--out", "p3")
W = np.load("set/W.npy")
u = W[:4].mean(0) - W[4:].mean(0)
ok(np.allclose(np.load("p3/eta.npy"), 0.5 * y[:, None] * u / np.linalg.norm(u), rtol=1e-12), "geometry from the weights: mean row difference")
ok((np.load("p3/X.npy") == X + np.load("p3/eta.npy")).all() and (np.load("p3/y.npy") == y).all(), "X = base + eta, y = targets")
works("a perturbed set is a data set", "limit", "--data", "p3", "--gamma", "0.5")
for name, v in (("row", u[None]), ("column", u[:, None])):
    put("direction.npy", v)
    works(f"direction as a {name}", "perturb", "--data", "set", "--eps", "0.5", "--norm", "l2", "--from", "geometry", "--direction",
          "direction.npy", "--out", "p4")
    ok(np.allclose(np.load("p4/eta.npy"), np.load("p3/eta.npy"), rtol=1e-12), f"direction as a {name}: the same")

# ---- every dtype gives the bytes of its doubles
r = np.random.default_rng(2)
for dtype, v in (("<f4", (2 * r.random((5, 30)) - 1).astype("<f4")), ("|u1", r.integers(0, 256, (5, 30)).astype("|u1")),
                 ("|i1", r.integers(-128, 128, (5, 30)).astype("|i1")), ("<i4", r.integers(-2**31, 2**31, (5, 30)).astype("<i4")),
                 ("<i8", r.integers(-2**52, 2**52, (5, 30)).astype("<i8"))):
    labels = np.array([1, -1, 1, -1, 1])
    put("x.npy", v), put("l.npy", labels.astype("|i1"))
    works(f"{dtype} read", "limit", "--data", "x.npy", "--labels", "l.npy", "--gamma", "0.5", "--out", "d1")
    put("x.npy", v.astype("<f8")), put("l.npy", labels.astype("<f8"))
    works(f"{dtype} as <f8", "limit", "--data", "x.npy", "--labels", "l.npy", "--gamma", "0.5", "--out", "d2")
    ok(read("d1/w.npy") == read("d2/w.npy") and np.load("d1/w.npy").any(), f"{dtype}: the same bytes as its doubles")
raw = npy_bytes(shape="(6, 50)", payload=X.tobytes(), version=b"\x02\x00")
put("v2.npy", raw)
works("NPY 2.0", "limit", "--data", "v2.npy", "--labels", "set/y.npy", "--gamma", "0.5", "--out", "d3")
ok(read("d3/w.npy") == read("l1/w.npy"), "NPY 2.0: the same bytes")

# ---- threads change nothing; running again replaces
for threads in ("1", "3"):
    for args in (["limit", "--data", "set"], ["train", "--method", "sgd", "--epochs", "40", "--data", "set", "--m", "6", "--coefficients"],
                 ["train", "--data", "set", "--m", "6", "--epochs", "60"]):
        works(f"{args[0]} with {threads} threads", *args, "--gamma", "0.5", "--threads", threads, "--out",
              f"th{threads}/{args[0]}{len(args)}")
same = [read(os.path.join(top, f)) == read(os.path.join(top.replace("th1", "th3"), f)) for top, _, fs in os.walk("th1") for f in fs]
ok(len(same) == 14 and all(same), "1 and 3 threads: the same bytes", same)
before = read("l1/w.npy")
works("limit once more", "limit", "--data", "set", "--gamma", "0.25", "--out", "l1")
ok(read("l1/w.npy") != before and sorted(os.listdir("l1")) == ["lambda.npy", "meta.json", "omega.npy", "slopes.npy", "w.npy"], "running again replaces the files and leaves no others")
done()
