"""One judge: the same data get the same verdicts through every door; a network brought along is judged; a part that cannot be
computed stops nothing else; data times a power of two."""
import json, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *


def save(name, X, y):
    put(f"{name}/X.npy", np.asarray(X, float)), put(f"{name}/y.npy", np.asarray(y, float))
    return name


def report(*args):
    r = Run(*args, "--json")
    try:
        doc = json.loads(r.out)
    except ValueError:
        doc = {}
    return r, doc


# ---- equality: orthogonal rows and one row alone pass every line, through every door
rng = np.random.default_rng(5)
had = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]], float)
sets = {
    "hadamard": (save("hadamard", had, [1, -1, 1, -1]), 0.5),
    "scaled rows": (save("scaled", had * [[3], [0.1], [1.7], [9e3]], [1, -1, -1, 1]), 0.3),
    "axes": (save("axes", np.diag(rng.random(6) + 0.1), [1, -1, 1, 1, -1, -1]), 0.01),
    "one row": (save("one", rng.standard_normal((1, 7)), [1]), 0.9),
    "one entry": (save("entry", [[0.3]], [-1]), 0.2),
}
for name, (data, gamma) in sets.items():
    for how in ([], ["--certify=fast"], ["--certify", "--out", "c"], ["--certify", "--exact", "--out", "c"]):
        r, doc = report("limit", "--data", data, "--gamma", gamma, *how)
        bad = [(c["id"], c["what"], c["verdict"], c["certified"]) for c in doc.get("checks", []) if c["verdict"] != "PASS"]
        ok(r.code == 0 and len(doc.get("checks", [])) >= 9 and not bad, f"{name}: limit {' '.join(how)}: every line passes", bad or r)
        certified = [c["certified"] for c in doc.get("checks", [])]
        ok(not how or all(v in ("PASS", None) for v in certified) and certified.count("PASS") >= 9, f"{name}: limit {' '.join(how)}: certified", certified)
    r, doc = report("verify", "--data", data, "--gamma", gamma, "--controls", 1)
    of_data = [c for c in doc["cases"][0]["checks"] if c["subject"] == "data"] if doc else []
    ok(r.code == 0 and of_data and all(c["verdict"] == "PASS" for c in of_data), f"{name}: verify", [c for c in of_data if c["verdict"] != "PASS"] or r)

# ---- limit and verify say the same of the same data, line by line; a certificate settles these lines and adds one
for seed, (n, d, gamma) in enumerate([(2, 20000, 0.9), (6, 40, 0.5), (12, 30, 0.1), (30, 20, 0.7), (5, 5, 0.01)]):
    data = save(f"same{seed}", rng.standard_normal((n, d)), np.where(np.arange(n) % 2, -1, 1))
    _, plain = report("limit", "--data", data, "--gamma", gamma)
    _, exact = report("limit", "--data", data, "--gamma", gamma, "--certify", "--out", "c")
    _, whole = report("verify", "--data", data, "--gamma", gamma, "--controls", 1, "--probes", 10)
    key = lambda c: (c["id"], c["what"], c["relation"])
    first, second = plain.get("checks", []), exact.get("checks", [])
    third = [c for c in whole["cases"][0]["checks"] if c["subject"] == "data"][:len(first)] if whole else []
    ok([key(c) for c in first] == [key(c) for c in third] and len(first) >= 7, f"set {seed}: limit and verify have the same lines", (first, third))
    ok([key(c) for c in first] == [key(c) for c in second][:len(first)] and len(second) - len(first) in (0, 1)
       and len({key(c) for c in second}) == len(second), f"set {seed}: a certificate adds no twin", [key(c) for c in second])
    ok([(c["verdict"], c["certified"]) for c in second][:len(first)] == [(c["verdict"], c["certified"]) for c in third], f"set {seed}: and the same verdicts", (second, third))

# ---- compare says of C1 and C2 what limit says, certified too, and by which of them w is a boundary: where C2 alone holds nothing is missing
FORM = {"H": "is the linear boundary of the limit, by (H) and T1", "C1": "is the linear boundary of C1's KKT point", "C2": "is the linear boundary of C2's KKT point", "": "is a candidate only", None: "is not decided"}
reached, held = set(), np.random.default_rng(11)
for seed, (n, d, gamma) in enumerate([(2, 20000, 0.9), (6, 40, 0.5), (12, 30, 0.1), (30, 20, 0.7), (5, 5, 0.01), (20, 12, 0.6), (22, 12, 0.6), (10, 200, 0.01)]):
    data = save(f"held{seed}", held.standard_normal((n, d)), np.where(np.arange(n) % 2, -1, 1))
    put("held.npy", held.standard_normal((4, d)))
    for how in ([], ["--certify"]):
        lines = report("limit", "--data", data, "--gamma", gamma, *how, *(["--out", "c"] if how else []))[1]["checks"]
        said = {c["id"]: c["verdict"] for c in lines if c["id"] in ("H", "C1", "C2")}
        want = next((i for i in ("H", "C1", "C2") if said[i] == "PASS"), None if "UNDECIDED" in said.values() else "")
        r, doc = report("compare", "--data", data, "--gamma", gamma, "--weights", "held.npy", *how)
        part = lambda some: [(c["id"], c["verdict"], c["value"], c["bound"], c["certified"], c["note"]) for c in some]
        ok(part(doc.get("limit", [])) == part(c for c in lines if c["id"] in ("C1", "C2")), f"set {seed}: compare {' '.join(how)}: C1 and C2 as limit has them", (doc.get("limit") or r, lines))
        text = Run("compare", "--data", data, "--gamma", gamma, "--weights", "held.npy", *how).out
        ok(doc.get("linear_by", "no key") == want and [i for i, words in FORM.items() if words in text] == [want], f"set {seed}: compare {' '.join(how)}: w is linear by {want!r}", (doc.get("linear_by"), text))
        bent = want == "C2" and "kinks at 0 of" not in next(c["note"] for c in lines if c["id"] == "C2")
        ok(("C2's point has kinks" in text) == bent, f"set {seed}: compare {' '.join(how)}: figures that kinks leave open are named", text)
        reached.add(want)
ok({"H", "C1", "C2", ""} <= reached, "each of H, C1, C2 and none was the reason once", reached)
r, doc = report("compare", "--data", data, "--gamma", gamma, "--weights", "held.npy", "--output-weights", put("v.npy", np.ones(4)), "--output-trained")
ok("limit" not in doc and doc["linear_by"] is None and doc["no_limit"], "without a limit there are no such lines", doc or r)

# ---- what doubles cannot tell is UNDECIDED there and decided by a certificate, never a FAIL of one door; no figure beside a verdict says the contrary
hard = {
    "nearly opposite": ([[1, 3e-9], [-1, 3e-9]], [1, 1], 0.5, "PASS"),
    "nearly opposite, further": ([[-1, 1e-8], [1, -1e-8 + 2.0**-60]], [1, 1], 0.5, "PASS"),
    "nearly opposite, of other lengths": ([[-1.6838144, 0.84366271], [0.2104768, -0.10545784]], [1, 1], 0.01, "PASS"),
    "kappa' = 1/2": ([[1, 0, -1], [1, 3, 0]], [-1, -1], 0.001, "NOT-APPLICABLE"),
    "kappa' = 1/2, too": ([[1, -1, -1, 1], [1, 1, -1, 1]], [1, 1], 0.999, "NOT-APPLICABLE"),
}
for name, (X, y, gamma, word) in hard.items():
    data = save("hard", X, y)
    claim = (lambda c: "posteriori" in c["what"]) if "kappa" in name else (lambda c: c["id"] == "C1")
    for how in ([], ["--certify=fast"], ["--certify", "--out", "c"], ["--certify", "--exact", "--out", "c"], None):
        r, doc = report("limit", "--data", data, "--gamma", gamma, *how) if how is not None else report("verify", "--data", data, "--gamma", gamma, "--controls", 1)
        checks = doc.get("checks") or [c for c in doc["cases"][0]["checks"] if c["subject"] == "data"]
        said = {c["verdict"] for c in checks if claim(c)}
        ok(r.code in (0, 2) and said and said <= {word, "UNDECIDED"}, f"{name}: {'verify' if how is None else 'limit ' + ' '.join(how)}: {word}, or left open", [(c["what"], c["verdict"], c["note"]) for c in checks if claim(c)] or r)
        ok(not how or "--certify" not in how or said == {word}, f"{name}: {how}: a certificate decides", said)
        untrue = [c for c in checks if c["verdict"] == "PASS" and c["relation"] and c["bound"] is not None
                  and not {"<": c["value"] < c["bound"], ">": c["value"] > c["bound"], "=": c["value"] == c["bound"], "<=": c["value"] <= c["bound"] * (1 + 1e-12) + 1e-300,
                           ">=": c["value"] >= c["bound"] * (1 - 1e-12)}[c["relation"]]]
        ok(not untrue, f"{name}: {how}: what passes says so in its figures", untrue)

# ---- a network brought along
d = 20000
X = 2 * rng.random((2, d)) - 1
data = save("net", X, [1, -1])
ok(Run("train", "--data", data, "--gamma", "0.9", "--m", "20", "--out", "trained").code == 0, "a network is trained")
W = np.load("trained/W.npy")
other = save("other", 2 * rng.random((2, d)) - 1, [1, -1])
Run("train", "--data", other, "--gamma", "0.9", "--m", "20", "--out", "elsewhere")
Run("train", "--data", data, "--gamma", "0.9", "--m", "20", "--method", "gd", "--epochs", "3", "--out", "early")


def f(W, X, gamma=0.9):
    z = X @ W.T
    a = np.r_[np.ones(len(W) // 2), -np.ones(len(W) // 2)] / np.sqrt(len(W))
    return np.where(z > 0, z, gamma * z) @ a


networks = {"trained": W, "doubled": 2 * W, "random": rng.standard_normal((20, d)), "random too": rng.standard_normal((20, d)), "permuted": W[rng.permutation(20)],
            "signs exchanged": W[::-1].copy(), "of other data": np.load("elsewhere/W.npy"), "early": np.load("early/W.npy"), "noisy": W + 1e-3 * np.abs(W).max() * rng.standard_normal(W.shape),
            "zero": np.zeros((4, d))}
for name, V in networks.items():
    r, doc = report("verify", "--data", data, "--gamma", "0.9", "--controls", 1, "--weights", put("w.npy", np.ascontiguousarray(V)))
    sorted_out = bool((np.array([1, -1]) * f(V, X) > 0).all())
    want = 0 if name in ("trained", "doubled") else 2 if sorted_out else 1
    lines = [c for c in doc["cases"][0]["checks"] if c["subject"] == "network"] if doc else []
    ok(r.code == want and doc["verdict"] == {0: "PASS", 1: "FAIL", 2: "UNDECIDED"}[want], f"network {name}: exit {want}", [(c["what"], c["value"], c["verdict"]) for c in lines] or r)
    classifies = [c for c in lines if "does not classify" in c["what"]]
    ok(len(classifies) == 1 and (classifies[0]["value"] == 0) == sorted_out and classifies[0]["verdict"] == ("PASS" if sorted_out else "FAIL"), f"network {name}: does it classify the data", classifies)
    ok(want == 0 or not any(c["verdict"] == "PASS" for c in lines if "KKT" in c["what"] or "cosine" in c["what"]) or name == "noisy", f"network {name}: not at the limit", lines)
# outside (H) and C1 too: nothing supposes anything of the network
X2 = rng.standard_normal((20, 30))
far = save("far", X2, np.where(np.arange(20) % 2, -1, 1))
r, doc = report("verify", "--data", far, "--gamma", "0.01", "--controls", 1, "--weights", put("w.npy", rng.standard_normal((6, 30))))
ok(r.code == 1 and not doc["cases"][0]["hypothesis"], "outside every hypothesis an untrained network fails", r)

# ---- one part that cannot be computed does not stop the rest
a = rng.uniform(-1, 1, (100, 2))
b = np.where(a[:, 0] > 0, 1.0, -1.0)
a[:, 0] += b
r, doc = report("verify", "--data", save("plane", a, b), "--gamma", "0.5", "--controls", 2)
left = [c for c in doc["cases"][0]["checks"] if "could not be judged" in c["what"]] if doc else []
ok(r.code in (0, 2) and doc["counts"]["FAIL"] == 0, "100 points in the plane: judged", r)
ok({c["subject"] for c in left} >= {"adv l2", "adv linf", "adv l0", "adv l1"} and all(c["verdict"] == "NOT-APPLICABLE" and c["note"] for c in left)
   and all("N_adv = 100" in c["what"] for c in left if c["subject"] != "control"), "verify's own sets are named, with the reason", left)
ok(sum(c["subject"] in ("l2", "linf", "l0", "l1") and c["verdict"] == "PASS" for c in doc["cases"][0]["checks"]) >= 17, "P1 and D1 are judged all the same")

# ---- the unit of the data
X = rng.standard_normal((6, 40))
y = np.where(np.arange(6) % 2, -1.0, 1.0)
want = None
for k in (0, -500, -250, -125, 125, 250, 500):
    r, doc = report("verify", "--data", save("unit", X * 2.0**k, y), "--gamma", "0.5", "--controls", 1, "--probes", 20)
    text = (r.out + r.err).lower()
    lines = [(c["id"], c["what"], c["verdict"]) for c in doc["cases"][0]["checks"] if c["subject"] in ("data", "l2", "linf", "l0", "l1")] if doc else None
    want = want or lines
    if lines is None:
        ok(r.code == 65 and "2^" in r.err or "power of two" in r.err, f"verify, data times 2^{k}: refused, with the remedy", r)
        continue
    changed = [(p, q) for p, q in zip(want, lines) if p != q and q[2] != "UNDECIDED"]
    ok(len(lines) == len(want) and not changed and doc["counts"]["FAIL"] == 0 and '"inf"' not in text and ": inf" not in text, f"verify, data times 2^{k}: the verdicts of 2^0", changed or r)
big = save("big", 1e20 * X, y)
r, doc = report("verify", "--data", big, "--gamma", "0.5", "--controls", 1)
ok(r.code == 0 and "identical" not in r.out + r.err, "data of size 1e20: verify's own noise is as large", r)

# ---- training that has not ended, and points nearer to a boundary than a network or doubles tell, are no FAIL
soft = [([[1, 2, 3]], [1], "0.001"), ([[2, 0, 0], [0, 2, 0]], [1, -1], "1e-4"), ([[1, 1, 1], [1, -1, -1]], [1, 1], "0.5")]
soft += [(np.random.default_rng(k).standard_normal((3 + k % 4, 4 + 7 * (k % 5))), np.where(np.arange(3 + k % 4) % 2, -1, 1), ["0.5", "0.05", "0.9"][k % 3]) for k in range(10)]
# two samples that are nearly one: w cancels below the rounding of its entries, or p has no rate to come to rest by
soft += [([[0.5 - 2.0**-53], [0.5]], [1, -1], "0.5"), ([[3 + 2.0**-45], [3 + 2.0**-44]], [-1, 1], "0.9"),
         ([[1], [1 + 2.0**-46]], [1, 1], "0.5"), ([[-1 + 2.0**-52], [-1]], [-1, -1], "0.9")]
Run("gen", "gauss", "--n", 5, "--d", 30, "--seed", 0, "--out", "g5")
soft.append((np.load("g5/X.npy"), np.load("g5/y.npy"), "0.5"))
for i, (X, y, gamma) in enumerate(soft):
    r, doc = report("verify", "--data", save("soft", X, y), "--gamma", gamma, "--controls", 1, "--flow-steps", 2000)
    failing = [(c["id"], c["subject"], c["what"], c["value"]) for c in doc["cases"][0]["checks"] if c["verdict"] == "FAIL"] if doc else []
    ok(r.code in (0, 2) and doc and not failing, f"verify of small set {i}: nothing fails", failing or r)

# ---- a memory limit that has room for the factor of a small set changes nothing
X = np.random.default_rng(2).standard_normal((40, 20))
save("room", X, np.where(X @ np.random.default_rng(3).standard_normal(20) > 0, 1, -1))
free, bound = (Run("limit", "--data", "room", "--gamma", "0.3", *more) for more in ([], ["--memory-limit", "4M"]))
ok(free.code == bound.code == 0 and free.out == bound.out, "limit --memory-limit 4M of 40 samples is limit", bound)

# ---- a case that cannot be judged does not take the others with it
os.makedirs("idx", exist_ok=True)
import gzip, struct
for part, n in (("train", 40), ("t10k", 10)):
    with gzip.open(f"idx/{part}-images-idx3-ubyte.gz", "wb") as out:
        out.write(struct.pack(">IIII", 0x803, n, 1, 1) + bytes(range(n)))
    with gzip.open(f"idx/{part}-labels-idx1-ubyte.gz", "wb") as out:
        out.write(struct.pack(">II", 0x801, n) + bytes(9 * (i % 2) for i in range(n)))
r, doc = report("verify", "--images", "idx", "--n", 40, "--controls", 1, "--probes", 10)
ok(r.code == 65 and doc and [c["name"] for c in doc["cases"]][:3] == ["uniform", "orthogonal", "outside"] and doc["cases"][3]["name"] == "authors" and len(doc["skipped"]) == 1 and doc["skipped"][0]["reason"] and "fashion" in r.err,
   "verify: images without a limit: the other cases are reported, the end says why", r)

# ---- converge judges by the same table
r, doc = report("converge", "--data", save("small", rng.standard_normal((3, 60)), [1, -1, 1]), "--gamma", "0.5", "--m", 4, "--log-loss", "-1e5")
ok(r.code == 0 and [c["id"] for c in doc["checks"]] == ["F1", "F1", "F1", "Q1", "C3", "C3", "C3", "C3", "C4", "C4"] and {c["verdict"] for c in doc["checks"]} == {"PASS"}, "converge", r)
r = Run("converge", "--data", "small", "--gamma", "0.5", "--m", 4, "--prec", 65473)
ok(r.code == 65 and "65472" in r.err, "converge --prec: the bound it names is the bound", r)
ok("65472" not in Run("converge", "--data", "small", "--gamma", "0.5", "--m", 4, "--prec", 65472, "--log-loss", "-1e-9", timeout=60).err, "converge --prec: and is taken")
done()
