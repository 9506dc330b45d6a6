"""Bad input: each ends with exit code 65, 66 or 73, a message that names the file and the value, and nothing written."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

X, Y = sample(4, 3)
put("good/X.npy", X), put("good/y.npy", Y), put("good/W.npy", np.ones((4, 3)))
put("w.npy", np.array([1.0, -2.0, 0.5]))
F8 = X.tobytes()


def refused(name, code, words, *args, timeout=60):
    """lfap ARGS ends with `code`, says all of `words` on stderr, prints no result and writes nothing."""
    before = tree()
    r = Run(*args, timeout=timeout)
    ok(r.code == code, f"{name}: exit {code}", r)
    missing = [w for w in words if w not in r.err]
    ok(not missing and r.err.startswith(f"lfap {args[0]}: ") and not r.err.startswith(f"lfap {args[0]}: {args[0]}: ") and r.err.count("\n") == 1, f"{name}: one line that names {', '.join(words)}", f"missing {missing}\n{r}")
    ok(r.out == "" and tree() == before, f"{name}: nothing written", r)


def bad_x(name, content, words, code=65):
    """X is bad, in two verbs that write and one that does not."""
    put("bad.npy", content), put("by.npy", Y)
    common = ["--data", "bad.npy", "--labels", "by.npy", "--gamma", "0.5"]
    refused(f"limit, {name}", code, ["bad.npy"] + words, "limit", *common, "--out", "out")
    refused(f"train, {name}", code, ["bad.npy"] + words, "train", *common, "--m", "4", "--out", "out")
    refused(f"verify, {name}", code, ["bad.npy"] + words, "verify", *common)
    os.remove("bad.npy")


# the file itself
bad_x("wrong magic", npy_bytes(payload=F8, magic=b"\x93NUMPX"), [])
bad_x("not NPY at all", b"1.0,2.0,3.0\n4.0,5.0,6.0\n", [])
bad_x("empty file", b"", [])
bad_x("version 9", npy_bytes(payload=F8, version=b"\x09\x00"), ["9"])
bad_x("header cut off", npy_bytes(payload=F8)[:40], [])
bad_x("data cut off", npy_bytes(payload=F8[:-8]), ["truncated", "(4, 3)", "216"])
bad_x("bytes left over", npy_bytes(payload=F8 + b"\0" * 8), ["8 bytes follow", "4 x 3"])
bad_x("huge shape", npy_bytes(shape="(4611686018427387904, 8)", payload=F8), ["4611686018427387904"])
bad_x("shape beyond 64 bits", npy_bytes(shape="(99999999999999999999999, 3)", payload=F8), [])
bad_x("negative shape", npy_bytes(shape="(-4, 3)", payload=F8), [])
bad_x("three dimensions", npy_bytes(shape="(2, 2, 3)", payload=F8), [])
bad_x("one dimension", npy_bytes(shape="(12,)", payload=F8), [])
bad_x("object dtype", npy_bytes("'|O'", payload=F8), ["|O"])
bad_x("complex dtype", npy_bytes("'<c16'", payload=F8 * 2), ["<c16"])
bad_x("structured dtype", npy_bytes("[('a', '<f8')]", payload=F8), [])
bad_x("N = 0", npy_bytes(shape="(0, 3)"), ["0"])
bad_x("d = 0", npy_bytes(shape="(4, 0)"), ["0"])

# its values
for value, word in ((np.nan, "NaN"), (np.inf, "Inf"), (-np.inf, "-Inf")):
    Z = X.copy()
    Z[2, 1] = value
    bad_x(f"{word} in data", npy_bytes(payload=Z.tobytes()), [word, "[2, 1]"])
Z = X.copy()
Z[1] = 0
bad_x("all-zero sample", npy_bytes(payload=Z.tobytes()), ["sample 1", "zero"])
Z = X.copy()
Z[3] = Z[0]
bad_x("duplicates with opposite labels", npy_bytes(payload=Z.tobytes()), ["0", "3", "opposite"])
Z = X.copy()
Z[2] = Z[0]
bad_x("duplicates with equal labels", npy_bytes(payload=Z.tobytes()), ["0", "2", "identical"])

# a file larger than memory, without its blocks
large = 4 * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
head = npy_bytes(shape=f"({large // 8192}, 1024)")
put("large.npy", head)
try:
    os.truncate("large.npy", len(head) + large // 8192 * 8192)
    refused("larger than memory", 65, ["large.npy", str(large // 8192)], "limit", "--data", "large.npy", "--labels",
            "good/y.npy", "--gamma", "0.5", "--out", "out", timeout=30)
except OSError as e:
    skip("larger than memory", f"no sparse file of {large} bytes here: {e}")
os.remove("large.npy")
refused("gen larger than memory", 65, ["1000000000"], "gen", "uniform", "--n", "1000000000", "--d", "1000000000", "--out", "out")
refused("gen larger than an address", 65, [], "gen", "uniform", "--n", "4000000000", "--d", "4000000000000", "--out", "out")

# labels
for bad, word in ((0.0, "0"), (2.0, "2"), (0.5, "0.5"), (-1.5, "-1.5")):
    put("l.npy", np.array([1.0, -1.0, bad, 1.0]))
    refused(f"label {word}", 65, ["l.npy", f"label 2 is {word}"], "limit", "--data", "good/X.npy", "--labels", "l.npy", "--gamma", "0.5")
    refused(f"target {word}", 65, ["l.npy", f"label 2 is {word}"], "perturb", "--norm", "l2", "--from", "geometry", "--eps", "1",
            "--data", "good/X.npy", "--targets", "l.npy", "--direction", "w.npy", "--out", "out")
put("l.npy", np.array([1.0, -1.0, 1.0]))
refused("three labels for four samples", 65, ["l.npy", "3", "4"], "limit", "--data", "good/X.npy", "--labels", "l.npy", "--gamma", "0.5")
refused("three targets for four bases", 65, ["l.npy", "3", "4"], "perturb", "--norm", "l2", "--from", "geometry", "--eps", "1",
        "--data", "good/X.npy", "--targets", "l.npy", "--direction", "w.npy", "--out", "out")
put("l.npy", np.array([[1.0, -1.0], [1.0, -1.0]]))
refused("labels in two dimensions", 65, ["l.npy"], "limit", "--data", "good/X.npy", "--labels", "l.npy", "--gamma", "0.5")

# gamma, m and other numbers outside their range
for g in ("0", "1", "-0.5", "1.5", "1e+300"):
    for verb, rest in (("limit", ["--out", "out"]), ("train", ["--m", "4", "--out", "out"]), ("verify", []), ("compare", [])):
        refused(f"{verb}, gamma {g}", 65, ["--gamma", g], verb, "--data", "good", "--gamma", g, *rest)
for m in ("3", "101"):
    refused(f"train, m = {m}", 65, ["--m", m, "even"], "train", "--data", "good", "--gamma", "0.5", "--m", m, "--out", "out")
    refused(f"verify, m = {m}", 65, ["--m", m, "even"], "verify", "--m", m)
put("odd.npy", np.ones((5, 3)))
for verb, rest in (("compare", []), ("verify", []),
                   ("perturb", ["--norm", "linf", "--from", "gradient", "--eps", "0.1", "--out", "out"])):
    refused(f"{verb}, weights with m = 5", 65, ["odd.npy", "5", "even"], verb, "--data", "good", "--weights", "odd.npy",
            "--gamma", "0.5", *rest)
refused("train, init with m = 5", 65, ["odd.npy", "5", "even"], "train", "--data", "good", "--init", "odd.npy", "--gamma", "0.5", "--out", "out")
put("wide.npy", np.ones((4, 7)))
refused("compare, weights of another d", 65, ["wide.npy", "7", "3"], "compare", "--data", "good", "--weights", "wide.npy", "--gamma", "0.5")
refused("compare, probes of another d", 65, ["wide.npy", "7", "3"], "compare", "--data", "good", "--gamma", "0.5", "--probe-points", "wide.npy")
refused("perturb, direction of another d", 65, ["by.npy", "4", "3"], "perturb", "--norm", "l2", "--from", "geometry", "--eps", "1",
        "--data", "good", "--direction", "by.npy", "--out", "out")
put("zero.npy", np.zeros(3))
refused("perturb, direction zero", 65, ["zero"], "perturb", "--norm", "l2", "--from", "geometry", "--eps", "1",
        "--data", "good", "--direction", "zero.npy", "--out", "out")
geometry = ["perturb", "--from", "geometry", "--data", "good", "--direction", "w.npy", "--out", "out"]
refused("perturb, k above d", 65, ["--k", "4", "3"], *geometry, "--norm", "l0", "--eps", "1", "--k", "4")
for e in ("0", "-1"):
    refused(f"perturb, eps {e}", 65, ["--eps", e], *geometry, "--norm", "l2", "--eps", e)
refused("perturb, empty range", 65, ["--range", "1,-1"], "perturb", "--norm", "linf", "--from", "pgd", "--eps", "1", "--range", "1,-1",
        "--data", "good", "--gamma", "0.5", "--out", "out")
put("low.npy", np.zeros((2, 3)))
put("onoff.npy", np.array([1.0, -1.0]))
put("w23.npy", np.array([[1.0, 0, 0], [0, 1.0, 0]]))
refused("perturb, a base outside the range", 65, ["entry 0 of base 0 is 0", "0.5,1", "widen"], "perturb", "--norm", "l2", "--from", "pgd", "--eps", "1",
        "--range", "0.5,1", "--data", "low.npy", "--targets", "onoff.npy", "--weights", "w23.npy", "--gamma", "0.5", "--out", "out")
refused("gen, N = 0", 65, ["--n", "0"], "gen", "uniform", "--n", "0", "--d", "5", "--out", "out")
refused("gen, d = 0", 65, ["--d", "0"], "gen", "gauss", "--n", "5", "--d", "0", "--out", "out")
refused("gen, more orthogonal rows than dimensions", 64, ["9", "8"], "gen", "orthogonal", "--n", "9", "--d", "8", "--out", "out")
refused("gen, classes alike", 65, ["--classes", "3,3"], "gen", "fashion-mnist", "--classes", "3,3", "--out", "out")
for lr in ("0", "-0.1"):
    refused(f"train, lr {lr}", 65, ["--lr", lr], "train", "--method", "gd", "--lr", lr, "--data", "good", "--gamma", "0.5", "--m", "4", "--out", "out")

# inputs that are not there
gone = [("limit", []), ("train", ["--m", "4", "--out", "out"]), ("compare", []), ("verify", [])]
for verb, rest in gone:
    refused(f"{verb}, no such directory", 66, ["nowhere"], verb, "--data", "nowhere", "--gamma", "0.5", *rest)
    refused(f"{verb}, no such labels", 66, ["nowhere.npy"], verb, "--data", "good/X.npy", "--labels", "nowhere.npy", "--gamma", "0.5",
            *rest, *(["--weights", "good/W.npy"] if verb == "compare" else []))
os.makedirs("half"), put("half/X.npy", X)
refused("directory without y.npy", 66, ["half/y.npy"], "limit", "--data", "half", "--gamma", "0.5")
put("half/y.npy", Y)
refused("compare, directory without W.npy", 66, ["half/W.npy"], "compare", "--data", "half", "--gamma", "0.5")
refused("weights not there", 66, ["nowhere.npy"], "compare", "--data", "good", "--weights", "nowhere.npy", "--gamma", "0.5")
refused("direction not there", 66, ["nowhere.npy"], "perturb", "--norm", "l2", "--from", "geometry", "--eps", "1", "--data", "good",
        "--direction", "nowhere.npy", "--out", "out")
refused("init not there", 66, ["nowhere.npy"], "train", "--data", "good", "--gamma", "0.5", "--init", "nowhere.npy", "--out", "out")
os.makedirs("images")
refused("gen, images not there", 66, ["images"], "gen", "fashion-mnist", "--images", "images", "--out", "out")
refused("verify, images not there", 66, ["images"], "verify", "--case", "fashion-mnist", "--images", "images")

# outputs that cannot be made; a path under a file fails for root too
for verb, rest in (("gen", ["uniform", "--n", "2", "--d", "4"]), ("limit", ["--data", "good", "--gamma", "0.5"]),
                   ("train", ["--data", "good", "--gamma", "0.5", "--m", "4"]),
                   ("perturb", ["--norm", "l2", "--from", "geometry", "--eps", "1", "--data", "good", "--direction", "w.npy"])):
    refused(f"{verb}, out under a file", 73, ["w.npy/sub"], verb, *rest, "--out", "w.npy/sub")
    refused(f"{verb}, out is a file", 73, ["w.npy"], verb, *rest, "--out", "w.npy")
    if os.geteuid() != 0:
        os.makedirs("locked", mode=0o555, exist_ok=True)
        refused(f"{verb}, out read-only", 73, ["locked"], verb, *rest, "--out", "locked")
if os.path.exists("/dev/full"):
    with open("/dev/full", "wb") as full:
        p = subprocess.run([LFAP, "explain"], stdout=full, stderr=subprocess.PIPE)
    ok(p.returncode == 74 and b"stdout" in p.stderr, "a full disk under stdout: exit 74", p)
done()
