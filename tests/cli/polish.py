"""Where given weights end (C3, C4): what `lfap polish` writes is a KKT point by NumPy's own arithmetic, nothing but what it should
be is refused, and the doors of it - compare --polish, verify, converge - say the same."""
import json, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

rng = np.random.default_rng(17)


def report(*args, code=0):
    r = Run(*args, "--json")
    doc = json.loads(r.out) if r.code in (0, 1, 2) and r.out else {}
    ok(r.code == code and (code > 2 or doc), f"{' '.join(str(a) for a in args[:6])}: exit {code}", r)
    return doc


def data(name, n, d, seed):
    Run("gen", "uniform", "--n", n, "--d", d, "--seed", seed, "--out", name)
    return np.load(f"{name}/X.npy"), np.load(f"{name}/y.npy")


def signs(m):
    return np.r_[np.ones(m // 2), -np.ones(m // 2)]


def margins(W, X, y, gamma):
    z = X @ W.T
    return y * (np.where(z > 0, z, gamma * z) @ signs(len(W))) / np.sqrt(len(W))


def kkt(folder, X, y, gamma):
    """What is wrong with the files as a KKT point with own slopes in {1, gamma}: the largest relative violation of each condition."""
    W, lam, s = (np.load(f"{folder}/{k}.npy") for k in ("W", "lambda", "slopes"))
    m, a = len(W), signs(len(W))
    size, own, z = np.linalg.norm(W), np.outer(a, y) > 0, W @ X.T
    scale = np.linalg.norm(W, axis=1)[:, None] * np.linalg.norm(X, axis=1)[None, :]
    q, on = margins(W, X, y, gamma), lam > 0
    phi1 = np.where(z > 1e-12 * scale, 1, np.where(z < -1e-12 * scale, gamma, np.nan))
    return {"shapes": 0.0 if s.shape == (m, len(y)) and W.shape == (m, X.shape[1]) and lam.shape == (len(y),) else 1.0,
            "stationarity": np.linalg.norm(W - (a / np.sqrt(m))[:, None] * ((s * lam * y) @ X)) / size,
            "feasibility": max(0, (1 - q).max()), "slackness": (lam * abs(q - 1)).max() / lam.sum(), "signs of lambda": max(0, -lam.min()),
            "slopes are phi's": np.nanmax(np.where(on[None, :] & ~np.isnan(phi1), abs(s - phi1), 0)),
            "at a kink a Clarke slope": max(0, (gamma - s).max(), (s - 1).max()),
            "inside (gamma, 1) only at kinks": np.where(on & (s > gamma) & (s < 1), abs(z) / scale, 0).max(),
            "own pairs are 1 or gamma": float((own & on & (s != 1) & (s != gamma)).sum())}


# ---- networks of every kind end at a KKT point of their own, with a margin that is not lower
nets = []
for n, d, m, gamma, how in ((20, 1000, 20, 0.5, ["flow"]), (20, 1000, 20, 0.01, ["sgd", "--epochs", "1000"]), (20, 400, 8, 0.01, ["sgd", "--epochs", "300", "--init-scale", "0.01"]),
                            (12, 200, 6, 0.1, ["gd", "--epochs", "500", "--lr", "0.05"]), (40, 600, 10, 0.3, ["sgd", "--epochs", "300", "--loss", "logistic"])):
    name = f"net{len(nets)}"
    X, y = data(name, n, d, 3 + len(nets))
    Run("train", "--data", name, "--gamma", gamma, "--m", m, "--method", *how, "--out", f"{name}/t")
    nets.append((name, f"{name}/t/W.npy", gamma, X, y))
for name, weights, gamma, X, y in nets:
    W = np.load(weights)
    doc = report("polish", "--data", name, "--weights", weights, "--gamma", gamma, "--out", f"{name}/p")
    wrong = {k: v for k, v in kkt(f"{name}/p", X, y, gamma).items() if not v <= 1e-11}
    ok(not wrong, f"{name}: a KKT point by NumPy", wrong)
    P = np.load(f"{name}/p/W.npy")
    c3, c4 = doc["c3"], doc["c4"]
    before, after = (margins(w, X, y, gamma).min() / np.linalg.norm(w) for w in (W, P))
    ok(before <= after * (1 + 1e-12) and np.isclose(c3["normalised_margin"], after, rtol=1e-12) and np.isclose(c3["normalised_margin_given"], before, rtol=1e-12), f"{name}: its margin is not lower", (before, after, c3))
    cosine = (W * P).sum() / np.linalg.norm(W) / np.linalg.norm(P)
    ok(np.isclose(c3["cosine"], cosine, rtol=1e-12) and c3["holds"] and c3["certified"] is None, f"{name}: the cosine is that of the files", (cosine, c3))
    s, lam = np.load(f"{name}/p/slopes.npy"), np.load(f"{name}/p/lambda.npy")
    own = np.outer(signs(len(W)), y) > 0
    ok((c3["kinks"], c3["own_slopes_gamma"], c3["support"]) == (int((~own & (lam > 0) & (s > gamma) & (s < 1)).sum()), int((own & (lam > 0) & (s == gamma)).sum()), int((lam > 0).sum())),
       f"{name}: kinks, own slopes and support are those of the files", c3)
    # C4 from its formula: C = log N - H(p*), h_jn = |<w_j, x_n>|, delta0 the distance of W from its multiple of the point
    p = lam / lam.sum()
    C, nu = np.log(len(y)) + (p[p > 0] * np.log(p[p > 0])).sum(), 1 / lam.sum()
    r0 = (W * P).sum() / (P * P).sum()
    delta, h, x2 = np.linalg.norm(W - r0 * P), abs(P @ X.T), (X * X).sum(1)
    holds = r0 > 0 and bool((r0 * h > np.sqrt(x2) * delta)[own].all() and (r0 * nu * h * h >= C * x2)[own].all())
    ok(c4["holds"] == holds and np.isclose(c4["spread"], C, rtol=1e-9, atol=1e-14) and np.isclose(c4["angle"], np.arctan2(delta, r0 * np.linalg.norm(P)), rtol=1e-6, atol=1e-15) and np.isclose(c4["length"], r0), f"{name}: C4 by its formula", (holds, C, r0, c4))
    most, least = np.arctan((h / np.sqrt(x2))[own].min() / np.linalg.norm(P)), (C * x2 / (nu * h * h))[own].max()
    ok(np.isclose(c4["angle_most"], most, rtol=1e-6) and np.isclose(c4["length_least"], least, rtol=1e-6), f"{name}: the most that its angle may be, the least that its length", (most, least, c4))
    lines = {c["what"]: c for c in doc["checks"]}
    ok({c["verdict"] for c in doc["checks"] if c["id"] == "C4"} == ({"PASS"} if holds else {"NOT-APPLICABLE"}), f"{name}: C4's lines say so", lines)
    again = report("polish", "--data", name, "--weights", f"{name}/p/W.npy", "--gamma", gamma, "--out", f"{name}/pp")
    ok(again["c3"]["rounds"] == 1 and again["c3"]["flipped"] == 0 and again["c3"]["cosine"] > 1 - 1e-14 and again["c4"]["angle"] < 1e-7, f"{name}: its point is its own point", again["c3"])
    k1 = report("compare", "--data", name, "--weights", f"{name}/p/W.npy", "--gamma", gamma)["k1"]
    ok(c3["kinks"] > 0 or k1["residual"] < 1e-12, f"{name}: without kinks K1 has no residual left", k1)
    doors = report("compare", "--data", name, "--weights", weights, "--gamma", gamma, "--polish")
    ok(doors["c3"] == doc["c3"] and (doors["c4"] == doc["c4"]), f"{name}: compare --polish says the same", (doors["c3"], doc["c3"]))
    ok("c3" not in report("compare", "--data", name, "--weights", weights, "--gamma", gamma), f"{name}: compare alone says nothing of it")

# the two ends of the table: the flow at gamma = 0.5 is C2's point, and reaches it; the authors' training is at neither
first = json.loads(Run("polish", "--data", "net0", "--weights", nets[0][1], "--gamma", "0.5", "--out", "o", "--json").out)
ok(first["c3"]["c2_point"] and first["c3"]["c2_distance"] < 1e-12 and first["c4"]["holds"] and first["c4"]["angle_most"] > 0.05, "the flow at gamma = 0.5 ends at C2's point", first["c3"])
second = json.loads(Run("polish", "--data", "net1", "--weights", nets[1][1], "--gamma", "0.01", "--out", "o", "--json").out)
ok(not second["c3"]["c2_point"] and second["c3"]["own_slopes_gamma"] > 0 and not second["c4"]["holds"] and second["verdict"] == "PASS", "the authors' training at gamma = 0.01 does not", second["c3"])
text = Run("polish", "--data", "net1", "--weights", nets[1][1], "--gamma", "0.01", "--out", "o").out
ok("needs below" in text and "times longer" in text and "NOT-APPLICABLE  C4" in text, "what C4 misses is said", text)

# ---- steps of gradient descent ask for more
free, steps = (report("polish", "--data", "net0", "--weights", nets[0][1], "--gamma", "0.5", *more, "--out", "o")["c4"] for more in ([], ["--step", "0.01"]))
X, y = nets[0][3:]
nu = 1 / np.load("net0/p/lambda.npy").sum()
ok(np.isclose(steps["spread"] - free["spread"], 0.5 * ((X * X).sum(1).max() - nu) * 0.01, rtol=1e-9), "a step of 0.01 adds (R^2 - nu)/2 times it", (free, steps))
logistic = report("polish", "--data", "net0", "--weights", nets[0][1], "--gamma", "0.5", "--loss", "logistic", "--out", "o")["c4"]
ok(np.isclose(logistic["spread"] - free["spread"], np.log(2), rtol=1e-9), "the logistic loss adds log 2", (free, logistic))

# ---- what is written is one set, and can be read back
meta = json.load(open("net1/p/meta.json"))
ok(sorted(meta["files"]) == ["W.npy", "lambda.npy", "slopes.npy"] and meta["verb"] == "polish" and meta["sets"]["polish"]["gamma"] == 0.01 and meta["data_sha256"] == json.load(open("net1/meta.json"))["data_sha256"], "meta.json tells of the files, the data and gamma", meta)
put("net1/p/lambda.npy", np.ones(3))
ok(Run("polish", "--data", "net1", "--weights", nets[1][1], "--gamma", "0.01", "--out", "net1/p").code == 0 and np.load("net1/p/lambda.npy").shape == (20,), "a second run replaces the set")

# ---- weights of any size, weights that classify nothing, and none at all
W = np.load(nets[1][1])
put("big.npy", W * 2.0**300), put("small.npy", W * 2.0**-300)
same = [report("polish", "--data", "net1", "--weights", w, "--gamma", "0.01", "--out", "o")["c3"] for w in ("big.npy", "small.npy")]
ok(all(abs(s["cosine"] - second["c3"]["cosine"]) < 1e-13 and s["kinks"] == second["c3"]["kinks"] for s in same), "weights times a power of two have the same point", same)
put("random.npy", rng.standard_normal((6, 1000)))
doc = report("polish", "--data", "net1", "--weights", "random.npy", "--gamma", "0.01", "--out", "r")
wrong = {k: v for k, v in kkt("r", *nets[1][3:], 0.01).items() if not v <= 1e-11}
ok(doc["c3"]["holds"] and not wrong, "weights that were never trained have a point too", wrong or doc["c3"])


def refused(name, words, *args, code):
    before = tree()
    r = Run(*args, timeout=60)
    missing = [w for w in words if w not in r.err]
    ok(r.code == code and not missing and r.out == "" and tree() == before, f"{name}: exit {code}, told, nothing written", f"missing {missing}\n{r}")


POLISH = ["polish", "--data", "net1", "--gamma", "0.01", "--out", "no"]
refused("no weights", ["W.npy"], *POLISH, code=66)
refused("weights that are not there", ["none.npy"], *POLISH, "--weights", "none.npy", code=66)
put("odd.npy", np.ones((3, 1000))), put("wide.npy", np.ones((4, 7))), put("zero.npy", np.zeros((4, 1000))), put("nan.npy", np.full((4, 1000), np.nan))
refused("an odd number of rows", ["odd"], *POLISH, "--weights", "odd.npy", code=65)
refused("other columns", ["7"], *POLISH, "--weights", "wide.npy", code=65)
refused("not a number", ["nan"], *POLISH, "--weights", "nan.npy", code=65)
refused("no --out", ["--out is missing"], "polish", "--data", "net1", "--gamma", "0.01", "--weights", nets[1][1], code=64)
refused("points without --certify", ["--certify"], *POLISH, "--weights", nets[1][1], "--probe-points", "net1/X.npy", code=64)
refused("a step of 0", ["--step"], *POLISH, "--weights", nets[1][1], "--step", "0", code=65)
# two samples that one neuron of each sign cannot tell apart: no pattern of these weights classifies them
put("same/X.npy", np.array([[1.0, 0], [2.0, 0], [-1.0, 0]])), put("same/y.npy", np.array([1.0, -1, 1])), put("same/W.npy", np.array([[1.0, 0], [1.0, 0]]))
refused("a pattern that classifies nothing", [], "polish", "--data", "same", "--gamma", "0.5", "--out", "no", code=65)
r = Run("compare", "--data", "same", "--gamma", "0.5", "--polish", "--json")
ok(r.code in (0, 65), "compare --polish of them", r)

# ---- own pairs off the support at slope gamma: another point than C2's, though none of the support is
put("rest/X.npy", np.array([[-.1875, .25], [0, .0625], [-1.3125, -.625], [-.1875, -.625], [2, -2.9375], [2.75, 1.875], [.875, -1.3125]]))
put("rest/y.npy", np.array([-1.0, -1, -1, 1, 1, 1, 1])), put("rest/W.npy", np.array([[3.752, -1.466], [-1.948, .207]]))
doc = report("polish", "--data", "rest", "--gamma", "0.3", "--out", "p")
same = [c for c in doc["checks"] if "C2's" in c["what"]][0]
ok(doc["verdict"] == "PASS" and doc["c3"]["own_slopes_gamma"] == 0 and not doc["c3"]["c2_point"] and same["verdict"] == "NOT-APPLICABLE" and same["value"] > 0.01
   and "2 off it" in same["note"], "another point than C2's, by pairs off the support", same)
# ---- a slope that cannot be: refused, not looped over
r = Run("polish", "--data", "rest", "--gamma", "1e-170", "--out", "p", timeout=60)
ok(r.code == 65 and "2^-64" in r.err, "gamma 1e-170", r)
# ---- an own pair next to its kink, on the side that doubles do not see: undecided, and certified to be no KKT point
pair = np.vstack([-np.ones(20), np.where(np.arange(20) < 11, 1.0, -1.0)])
put("kink/X.npy", pair), put("kink/y.npy", np.ones(2))
put("kink/W.npy", np.array([[-0.1, 3], [3, -0.1], [-1, -1], [-1, -1]]) @ np.linalg.pinv(pair).T)
r = Run("polish", "--data", "kink", "--gamma", "0.1", "--certify", "--out", "p", "--json")
doc = json.loads(r.out)
ok(r.code == 2 and doc["c3"]["certified"] == "FAIL" and not doc["c3"]["holds"] and not any(c["verdict"] in ("PASS", "FAIL") for c in doc["checks"]), "next to a kink: undecided, no KKT point", r)

# ---- the certificate bounds the logistic loss more sharply than doubles: then it decides
Run("gen", "uniform", "--n", "8", "--d", "60", "--seed", "3", "--out", "log")
Run("train", "--data", "log", "--gamma", "0.5", "--m", "6", "--loss", "logistic", "--log-loss-target", "-20", "--seed", "0", "--out", "logistic")
doc = {how: report("polish", "--data", "log", "--weights", "logistic/W.npy", "--gamma", "0.5", "--loss", "logistic", *how, "--out", "p") for how in ((), ("--certify",))}
ok(doc[()]["c4"]["length"] < doc[()]["c4"]["length_least"] and not doc[()]["c4"]["holds"] and doc[()]["verdict"] == "PASS", "logistic: by doubles the weights are too short", doc[()]["c4"])
c4 = doc["--certify",]["c4"]
ok(c4["certified"] == "PASS" and c4["holds"] and doc["--certify",]["verdict"] == "PASS", "logistic: certified all the same, and no kernel is blamed", c4)

# ---- certified
put("points.npy", np.vstack([nets[1][3], rng.uniform(-1, 1, (40, 1000))]))
doc = report("polish", "--data", "net1", "--weights", nets[1][1], "--gamma", "0.01", "--certify", "--probe-points", "points.npy", "--out", "cert")
c3, proved = doc["c3"], doc["c3"]["enclosed"]
ok((c3["certified"], doc["c4"]["certified"], doc["verdict"]) == ("PASS", "NOT-APPLICABLE", "PASS") and c3["kinks"] > 10, "a point with kinks: C3 certified, C4 certainly not met", (c3, doc["c4"]))
ok((proved["exists"], proved["kinks"], proved["support"], proved["own_right"], proved["own_wrong"], proved["own_open"], proved["others_open"]) == ("PASS", c3["kinks"], c3["support"], 200, 0, 0, 0) and proved["ball"] < 1e-6
   and proved["others_signed"] + proved["kinks"] == 200, "every kink, multiplier and sign is proved", proved)
P, sign = np.load("cert/W.npy"), np.load("cert/signs.npy")
f = lambda Z: margins(P, np.atleast_2d(Z), 1.0, 0.01)
ok(sign.shape == (60,) and (sign == np.sign(f(np.load("points.npy")))).all() and doc["signs"] == {"points": 60, "positive": int((sign > 0).sum()), "negative": int((sign < 0).sum())}, "signs at points are those of f", (sign, doc["signs"]))
z = np.load("cert/witness.npy")
ok(proved["not_linear"] and z.shape == (2, 1000) and f(z[0])[0] * f(z[1])[0] > 0 > f(z[0])[0] * f(z[0] + z[1])[0], "the witness: f has one sign at both points, the other at their sum", f(np.vstack([z, z.sum(0)])))
ok(sorted(json.load(open("cert/meta.json"))["files"]) == ["W.npy", "lambda.npy", "signs.npy", "slopes.npy", "witness.npy"], "meta.json has them all")
text = Run("polish", "--data", "net1", "--weights", nets[1][1], "--gamma", "0.01", "--certify", "--out", "cert").out
ok("its boundary is not linear, certified" in text and not os.path.exists("cert/signs.npy"), "the witness is told in a line; a set without points has no signs", text)
doc = report("polish", "--data", "net0", "--weights", nets[0][1], "--gamma", "0.5", "--certify", "--out", "cert")
ok((doc["c3"]["certified"], doc["c4"]["certified"]) == ("PASS", "PASS") and not doc["c3"]["enclosed"]["not_linear"] and not os.path.exists("cert/witness.npy") and all(c["certified"] == "PASS" for c in doc["checks"] if c["id"] == "C4"),
   "the flow at gamma = 0.5: certified to converge to C2's point", doc["c4"])
early = report("train", "--method", "flow", "--epochs", "12", "--data", "net0", "--gamma", "0.5", "--m", "20", "--out", "early")
doc = report("polish", "--data", "net0", "--weights", "early/W.npy", "--gamma", "0.5", "--certify", "--out", "cert")
ok(early["training"]["final_log_loss"] > -20 and doc["c4"]["certified"] == "NOT-APPLICABLE" and not doc["c4"]["holds"], "the same flow, early: not yet", doc["c4"])
both = report("compare", "--data", "net1", "--weights", nets[1][1], "--gamma", "0.01", "--polish", "--certify")
ok(both["c3"] == {**c3} and both["c4"]["certified"] == "NOT-APPLICABLE", "compare --polish --certify says the same", both["c3"])

# ---- the flow's own last weights, written and read back
far = report("converge", "--data", "net0", "--gamma", "0.5", "--m", "4", "--seed", "3", "--log-loss", "-1e5", "--prec", "64", "--probes", "5", "--out", "far")
doc = report("polish", "--data", "net0", "--weights", "far/W.npy", "--gamma", "0.5", "--certify", "--out", "cert")
ok(far["against"] == "label slopes" and (doc["c3"], doc["c4"]) == (far["c3"], far["c4"]) and far["c4"]["certified"] == "PASS", "converge --out: polish says the same of its last weights", (doc["c3"], far["c3"]))
ok((np.load("far/point.npy") == np.load("cert/W.npy")).all() and (np.load("far/slopes.npy") == np.load("cert/slopes.npy")).all() and sorted(json.load(open("far/meta.json"))["files"]) == ["W.npy", "lambda.npy", "point.npy", "slopes.npy"],
   "its point is that of polish")
ok(np.isclose(margins(np.load("far/W.npy"), *nets[0][3:], 0.5).min(), 1e5, rtol=1e-4), "its weights have the loss that was asked for")
small = data("d6", 6, 60, 5)
far = report("converge", "--data", "d6", "--gamma", "0.01", "--m", "10", "--prec", "128", "--out", "far")
ok(far["against"] == "own point" and far["c3"]["certified"] == far["c4"]["certified"] == "PASS" and far["c3"]["kinks"] == 4 and not far["c3"]["c2_point"] and far["decades"][-1]["slope_error"] < 1e-30
   and [c["verdict"] for c in far["checks"][:4]] == ["NOT-APPLICABLE", "PASS", "PASS", "PASS"], "a flow that ends at kinks: its point is certified, its rates are judged against it", (far["c3"], far["checks"]))
ok(np.isclose(-1 / np.load("far/lambda.npy").sum(), far["predicted_slope"], rtol=1e-12), "the slope of log L is that of the point's multipliers", far["predicted_slope"])
text = Run("converge", "--data", "d6", "--gamma", "0.01", "--m", "10", "--prec", "64").out
ok("of the flow's own point (C3)" in text and "the exact flow from these weights converges to the point" in text, "converge names the point", text)
done()
