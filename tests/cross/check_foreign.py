"""The parts of `lfap compare` beyond K1, against NumPy: perturbations of every norm, good and bad, recomputed; certified signs against
exact rationals; differences in ulp against the order of the doubles; and what it refuses (TAP)."""
import copy, json, os, shutil, sys
from fractions import Fraction
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "cli", "lib"), os.path.join(HERE, "lib")]
from tap import *
from foreign import disagreements, k1, network, p1

N, D, GAMMA = 8, 90, 0.4
X, y = sample(N, D, 5)
r = np.random.default_rng(3)
put("set/X.npy", X), put("set/y.npy", y)
Run("train", "--method", "sgd", "--data", "set", "--m", "6", "--gamma", str(GAMMA), "--epochs", "400", "--lr", "0.05", "--out", "net")
Run("limit", "--data", "set", "--gamma", str(GAMMA), "--out", "limit")
W, w, lam = np.load("net/W.npy"), np.load("limit/w.npy"), np.load("limit/lambda.npy")
BASE = ["compare", "--data", "set", "--weights", "net/W.npy", "--gamma", str(GAMMA)]


def compare(*args):
    run = Run(*BASE, *args, "--json")
    return json.loads(run.out) if run.code in (0, 1) else {"failed": str(run)}


# ---- perturbations made by NumPy: the best ones, half of them, too long ones, ones that leave the range, random ones
bases, t = 2 * r.random((12, D)) - 1, np.where(r.random(12) < 0.5, 1.0, -1.0)
put("bases.npy", bases), put("t.npy", t)


def best(norm, eps, k, v):
    e = v / np.linalg.norm(v) if norm == "l2" else np.sign(v)
    if norm in ("l0", "l1"):
        e = np.where(np.isin(np.arange(D), np.argsort(-abs(v), kind="stable")[:k or 1]), e, 0)
    return eps * e


for norm, eps, k in (("l2", 0.7, None), ("linf", 0.05, None), ("l0", 0.3, 9), ("l1", 0.9, None)):
    eta = np.outer(t, best(norm, eps, k, w))
    sets = {"best": eta, "half": 0.5 * eta, "too long": eta * np.where(np.arange(12) == 7, 1.0001, 1)[:, None], "random": eta * (r.random((12, D)) - 0.5),
            "none": 0 * eta}
    if norm == "l0":
        sets["too many"] = eta + np.where(np.arange(12) == 3, 1, 0)[:, None] * np.where(eta[3] == 0, 1e-3, 0) * (np.cumsum(eta[3] == 0) == 1)
    for name, change in sets.items():
        points = bases + change
        put("points.npy", points)
        bounds = {"lo": -1.02, "hi": 0.98} if name != "half" else {}
        args = ["--adversarial", "points.npy", "--bases", "bases.npy", "--targets", "t.npy", "--norm", norm, "--eps", repr(eps)]
        got = compare(*args, *(["--k", k] if k else []), *(["--range", "-1.02,0.98"] if bounds else [])).get("perturbations", {})
        want = p1(W, GAMMA, w, bases, points, t, norm, eps, k, **bounds)
        wrong = disagreements(want, got, 1e-12)
        ok(not wrong, f"{norm}, {name}: every figure as in NumPy", "\n".join(wrong))
        ok(got.get("outside") == {"too long": 1, "too many": 1}.get(name, 0), f"{norm}, {name}: constraint", got.get("outside"))
        if name in ("too long", "too many"):
            at = 7 if name == "too long" else 3
            ok(got["entry" if norm == "l0" and name == "too long" else "size"]["max_at"] == at, f"{norm}, {name}: the sample is named", got["size"])
        if name == "best":
            ok(abs(got["reached"]["min"] - 1) < 1e-13 and abs(got["reached"]["max"] - 1) < 1e-13, f"{norm}: P1's perturbation reaches the optimum", got["reached"])
        if name == "random":
            ok(got["reached"]["max"] < 0.5 and got["reached"]["max_at"] == want["reached"]["max_at"] and got["reached"]["min_at"] == want["reached"]["min_at"]
               and got["gain"]["min_at"] == want["gain"]["min_at"], f"{norm}: the worst and the best sample are named", got["reached"])

# claims are not believed: perturbed points that are the bases, with the word of the one who made them that eps was used
put("points.npy", bases)
got = compare("--adversarial", "points.npy", "--bases", "bases.npy", "--targets", "t.npy", "--norm", "l2", "--eps", "0.7")["perturbations"]
ok(got["reached"]["max"] == 0 and got["before"] == got["after"] and got["size"]["max"] == 0, "nothing was perturbed: seen", got)
# one target turned: the same perturbation now works against it
flip = t * np.where(np.arange(12) == 4, -1, 1)
put("points.npy", bases + np.outer(t, best("l2", 0.7, None, w))), put("flip.npy", flip)
got = compare("--adversarial", "points.npy", "--bases", "bases.npy", "--targets", "flip.npy", "--norm", "l2", "--eps", "0.7")["perturbations"]
ok(got["reached"]["min_at"] == 4 and abs(got["reached"]["min"] + 1) < 1e-13, "a wrong target: seen at its sample", got["reached"])
# the data's own samples as bases; a directory as lfap perturb writes it; l0 without a bound on the entries
Run("perturb", "--norm", "l0", "--from", "pgd", "--data", "set", "--weights", "net/W.npy", "--gamma", str(GAMMA), "--steps", "4", "--out", "pgd")
got = compare("--adversarial", "pgd", "--norm", "l0", "--k", "4")["perturbations"]
want = p1(W, GAMMA, w, X, np.load("pgd/X.npy"), y, "l0", None, 4)
ok(not disagreements(want, got, 1e-12) and got["outside"] == 0 and got["optimum"] is None and got["reached"]["mean"] is None and got["eps"] is None,
   "l0 pgd of the samples: no bound, no optimum", disagreements(want, got, 1e-12) or got)

# ---- certified signs: against exact rationals
Z = 2 * r.random((40, D)) - 1
Z[0] = Z[1] - (w @ Z[1]) / (w @ w) * w  # near the boundary: doubles may not tell
put("Z.npy", Z)
put("points.npy", bases + np.outer(t, best("l2", 0.7, None, w)))
doc = compare("--certify", "--probe-points", "Z.npy", "--lambda", "limit/lambda.npy", "--adversarial", "points.npy", "--bases", "bases.npy",
              "--targets", "t.npy", "--norm", "l2", "--eps", "0.7")
exact = [[Fraction(v) for v in row] for row in X.tolist()]
g = Fraction(GAMMA)
A = [[int(y[i] * y[j]) * ((1 + g * g) / 2 if y[i] == y[j] else g) * sum(a * b for a, b in zip(exact[i], exact[j])) for j in range(N)] + [Fraction(1)] for i in range(N)]
for i in range(N):  # Gauss-Jordan
    A[i] = [v / A[i][i] for v in A[i]]
    for j in range(N):
        if j != i:
            A[j] = [a - A[j][i] * b for a, b in zip(A[j], A[i])]
solution = [row[N] for row in A]
ok(min(solution) > 0, "the exact multipliers are positive: Q lambda = 1 is all")
w_exact = [sum(solution[n] * int(y[n]) * exact[n][i] for n in range(N)) for i in range(D)]
sign = lambda p: [(v > 0) - (v < 0) for v in (sum(a * Fraction(b) for a, b in zip(w_exact, row)) for row in p.tolist())]
f = network(W, GAMMA)[0](Z)
same = sum(s == np.sign(v) for s, v in zip(sign(Z), f))
ok(doc["certified_signs"]["probes"] == {"points": 40, "agree": same, "disagree": 40 - same, "undecided": 0}, "signs at the probes, exactly", doc["certified_signs"])
hit = sum(s == v for s, v in zip(sign(np.load("points.npy")), t))
ok(doc["certified_signs"]["adversarial"] == {"points": 12, "agree": hit, "disagree": 12 - hit, "undecided": 0}, "signs at the perturbed points, exactly", doc["certified_signs"])
off = max(abs(Fraction(float(a)) - b) / b for a, b in zip(lam, solution))
ok(float(off) - 2.0**-52 <= doc["lambda_enclosure_distance"] <= float(off) < 1e-15, "distance of lambda from its enclosure", (doc["lambda_enclosure_distance"], float(off)))
ok(doc["certificate"]["verdicts"]["Q1"] == "PASS", "the certificate is reported", doc["certificate"])

# ---- differences, in ulp
bits = lambda v: (lambda b: np.where(b < 0, -(b & 0x7FFFFFFFFFFFFFFF), b))(np.asarray(v, "<f8").view("<i8")).tolist()


def difference(its, ours):
    far = abs(its - ours)
    ulp = np.array([abs(a - b) for a, b in zip(bits(its.ravel()), bits(ours.ravel()))], dtype=object)
    place = lambda flat: [int(v) for v in np.unravel_index(flat, its.shape)]
    return {"differ": int((ulp != 0).sum()), "max_abs": far.max(), "max_abs_at": place(far.argmax()), "max_ulp": int(max(ulp)), "max_ulp_at": place(int(np.argmax(ulp)))}


its_lam, outputs = lam.copy(), network(W, GAMMA)[0](Z)
its_lam[5] = np.nextafter(np.nextafter(its_lam[5], 9), 9)
its_lam[2] *= 1 - 1e-9
outputs[17] *= -1
put("its_lam.npy", its_lam), put("outputs.npy", outputs)
doc = compare("--probe-points", "Z.npy", "--lambda", "its_lam.npy", "--outputs", "outputs.npy")
got = {a["name"]: a for a in doc["differences"]}
want = difference(its_lam, lam)
ok({k: got["lambda"][k] for k in want} == want and want["differ"] == 2 and got["lambda"]["against"] == "computed", "lambda: two entries differ", got["lambda"])
ok(got["outputs"]["max_abs_at"] == [17] and got["outputs"]["max_ulp_at"] == [17] and abs(got["outputs"]["max_abs"] - 2 * abs(outputs[17])) < 1e-14
   and got["outputs"]["max_ulp"] >= 2 * bits(abs(outputs[17])) - 8, "outputs: one of the other sign", got["outputs"])

os.makedirs("mine"), os.makedirs("theirs")
G = X @ X.T
near, far = G.copy(), G.copy()
near[3, 4] = np.nextafter(near[3, 4], -9)
far[6, 1] = -far[6, 1]
zero = np.array([0.0, 1.0])
for name, a, b in (("X", X, X), ("y", y, y), ("G", near, G), ("H", far, G), ("lambda", lam[:-1], lam), ("zero", -zero * [1, -1], zero), ("tiny", np.array([[5e-324]]), np.array([[-5e-324]]))):
    put(f"mine/{name}.npy", a), put(f"theirs/{name}.npy", b)
put("theirs/absent.npy", w), put("mine/extra.npy", w), put("mine/W.npy", W)
doc = json.loads(Run("compare", "--data", "mine", "--gamma", str(GAMMA), "--reference", "theirs", "--json").out)
got = {a["name"]: a for a in doc["differences"]}
ok(list(got) == ["G", "H", "X", "absent", "lambda", "tiny", "y", "zero"], "every array of the reference, in order", list(got))
ok({k: got["G"][k] for k in difference(near, G)} == difference(near, G) and got["G"]["max_ulp"] == 1 and got["G"]["max_ulp_at"] == [3, 4], "one ulp in one entry", got["G"])
ok({k: got["H"][k] for k in difference(far, G)} == difference(far, G) and got["H"]["max_abs_at"] == [6, 1], "a sign in one entry", got["H"])
ok(got["X"]["differ"] == got["y"]["differ"] == got["X"]["max_ulp"] == 0, "equal arrays", got["X"])
ok(got["absent"]["shape"] is None and got["absent"]["expected_shape"] == [D] and "max_abs" not in got["absent"], "an array that is not there", got["absent"])
ok(got["lambda"]["shape"] == [N - 1] and got["lambda"]["expected_shape"] == [N] and "max_abs" not in got["lambda"], "another shape: no figures", got["lambda"])
ok(got["zero"]["differ"] == 0 and got["tiny"]["max_ulp"] == 2, "-0 and 0 are equal; the subnormals around 0 are 2 apart", (got["zero"], got["tiny"]))

# a case of lfap vectors as the reference of itself, and after a change
Run("vectors", "--out", "vec")
args = ["compare", "--data", "vec/small", "--weights", "vec/small/W5.npy", "--gamma", "0.25", "--reference"]
doc = json.loads(Run(*args, "vec/small", "--json").out)
ok(len(doc["differences"]) == 50 and not any(a["differ"] for a in doc["differences"]), "a case of vectors is its own reference")
ok(doc["numerics"] == doc["reference_numerics"] == 2, "of the same numerics", (doc["numerics"], doc.get("reference_numerics")))

# its numerics: told by its meta.json, 1 where that is older than the key; nothing where nothing tells
meta = json.load(open("vec/small/meta.json"))
for name, change, want in (("before there was a key", lambda m: m.pop("numerics"), 1), ("of another lfap", lambda m: m.update(numerics=3), 3), ("that is not lfap's", lambda m: m.pop("schema_version", 0), None)):
    shutil.rmtree("older", ignore_errors=True), shutil.copytree("vec/small", "older")
    m = copy.deepcopy(meta)
    change(m), change(m["sets"]["vectors"]), put("older/meta.json", json.dumps(m).encode())
    r = Run(*args, "older", "--json")
    doc = json.loads(r.out)
    ok(doc.get("reference_numerics") == want and ("numerics" in r.err) == (want is not None) and (want is None or f"older: computed by numerics {want}, here by 2" in r.err)
       and not any(a["differ"] for a in doc["differences"]), f"a reference {name}: numerics {want}, said once, compared all the same", r)

# ---- what is refused
P = ["--adversarial", "points.npy", "--bases", "bases.npy", "--targets", "t.npy", "--norm", "l2", "--eps", "1"]
drop = lambda *names: [v for i, v in enumerate(P) if v not in names and (i == 0 or P[i - 1] not in names)]
put("short.npy", t[:-1]), put("zeros.npy", 0 * t), put("thin.npy", bases[:, :-1]), put("text.npy", b"no NPY"), os.makedirs("empty")
for name, args, code in (
    ("norm missing", drop("--norm"), 64), ("eps missing", drop("--eps"), 64), ("targets missing", drop("--targets"), 64), ("k missing", drop("--norm") + ["--norm", "l0"], 64),
    ("k for l2", P + ["--k", "3"], 64), ("k too large", drop("--norm") + ["--norm", "l0", "--k", str(D + 1)], 65), ("eps negative", drop("--eps") + ["--eps", "-1"], 65),
    ("range upside down", P + ["--range", "1,-1"], 65), ("bases of another number", drop("--bases"), 65), ("too few targets", drop("--targets") + ["--targets", "short.npy"], 65),
    ("targets of 0", drop("--targets") + ["--targets", "zeros.npy"], 65), ("points too thin", drop("--adversarial") + ["--adversarial", "thin.npy"], 65),
    ("no such points", drop("--adversarial") + ["--adversarial", "nowhere"], 66), ("eps without points", ["--eps", "1"], 64), ("bases without points", ["--bases", "bases.npy"], 64),
    ("outputs without points", ["--outputs", "outputs.npy"], 64), ("outputs of another number", ["--probe-points", "bases.npy", "--outputs", "outputs.npy"], 65),
    ("lambda of another number", ["--lambda", "t.npy"], 65), ("lambda no NPY", ["--lambda", "text.npy"], 65), ("reference not there", ["--reference", "nowhere"], 66),
    ("reference without NPY", ["--reference", "empty"], 66)):
    run = Run(*BASE, *args)
    ok(run.code == code and run.out == "" and run.err.startswith("lfap compare: ") and run.err.count("\n") == 1, f"refused: {name}", run)
text = Run(*BASE, *P, "--certify", "--lambda", "its_lam.npy", "--probe-points", "Z.npy", "--outputs", "outputs.npy").out
ok(all(word in text for word in ("reached", "deceived", "constraint", "certified: probes", "certified: adversarial", "lambda       2 entries differ")), "the table has it all", text)
done()
