"""limit --coq: the numbers of Certificate.v are the doubles, and its multipliers show the claim, recomputed here in fractions; `lfap check`
accepts it and nothing else; what is not proved is not written. Whether Coq accepts it: proofs/coq/damaged.py."""
import json, math, os, re, shutil, sys
from fractions import Fraction as Q
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

rng = np.random.default_rng(5)


def digits_refused(name, folder, text, count, *about):
    """One digit of the file changed, `count` times: none of these is accepted of what it is about."""
    accepted = []
    for digit in rng.choice([m.start() for m in re.finditer(r"[0-9]", text)], count):
        put(f"{folder}/Certificate.v", (text[:digit] + ("3" if text[digit] != "3" else "5") + text[digit + 1:]).encode())
        if Run("check", f"{folder}/Certificate.v", *about).code not in (1, 65):
            accepted.append(text[digit - 60:digit + 60])
    ok(not accepted, f"{name}: {count} digits changed, each refused", accepted)


def numbers(text, name, form):
    """The doubles of the row `name`, exactly."""
    body = re.search(rf"^Definition {name} (.*?)\.\n", text, re.M | re.S).group(1)
    items = [v.strip() for v in re.search(r"\[(?:::|\|)(.*?)(?:\||\])", body, re.S).group(1).split(";")]
    if form == "fast":
        return [Q(float.fromhex(v)) for v in items]
    k = int(re.search(r"Row \((-?\d+)\)", body).group(1))
    return [Q(int(v, 16)) * Q(2) ** k for v in items]


def ints(text, pattern):
    return [int(v) for v in re.findall(r"-?\d+", re.search(pattern, text, re.S).group(1))]


def shown(text, X, y, gamma, points, part=""):
    """Does what the file proposes show its claim, by the definitions? part "_adv": T4's of the other set."""
    claim = re.search(r"claim ([\w-]+),", text).group(1).replace("T4", "C2")
    n, d = X.shape
    X = [[Q(v) for v in row] for row in X.tolist()]
    dot = lambda a, b: sum(s * t for s, t in zip(a, b))
    g, T = ints(text, r"fraction R (\d+ \d+)")
    if Q(g, T) != Q(gamma):
        return "gamma"
    if claim == "T1":
        k = [dot(r, r) for r in X]
        most = max(abs(dot(X[i], X[j])) for i in range(n) for j in range(i))
        return Q(gamma) ** 3 * min(k) ** 2 >= 3 * n * max(k) * most
    den = ints(text, rf"check_\w+ \w+ N{part} d \d+ \d+ \d+ (\d+)")[0]
    p = ints(text, rf"Definition proposal{part} := \[::(.*?)\]")
    A, B = ([Q(v, den) for v in p[0::2]], [Q(v, den) for v in p[1::2]]) if claim == "C2" else ([Q(v, den) for v in p], [Q(0)] * n)
    g = Q(gamma)
    U, V = ([sum(((a + b) if (l > 0) == up else -(g * a + b)) * r[i] for a, b, l, r in zip(A, B, y, X)) for i in range(d)] for up in (True, False))
    own = [dot(r, U if l > 0 else V) for l, r in zip(y, X)]
    oth = [dot(r, V if l > 0 else U) for l, r in zip(y, X)]
    over, over1 = [(o - g * v) / 2 - 1 for o, v in zip(own, oth)], [(o - v) / 2 - 1 for o, v in zip(own, oth)]
    gap = dot(A, over) + dot(B, over1)
    if min(A + B + over) < 0 or (claim == "C2" and min(over1) < 0):
        return "not feasible"
    sure = lambda v, r: 0 if v * v <= 2 * gap * dot(r, r) else 1 if v > 0 else -1
    signs = [s == "true" for s in re.findall(r"true|false", re.search(r"Definition signs(.*?)\]", text, re.S).group(1))] if claim in ("C1", "C2") else []
    for z, s in zip(points, signs):
        v = dot(z, U) - dot(z, V)
        if not v * v > 4 * gap * dot(z, z) or (v > 0) != s:
            return "a point"
    if claim == "not-C1":
        return any(sure(o, r) < 0 or sure(v, r) > 0 for o, v, r in zip(own, oth, X))
    return all(sure(o, r) > 0 and (claim == "C2" or sure(v, r) < 0) for o, v, r in zip(own, oth, X))


def limit(name, gamma, *options, code=0):
    r = Run("limit", "--data", name, "--gamma", gamma, "--certify", "--out", f"{name}/l", "--json", *options)
    ok(r.code == code, f"{name}: {' '.join(map(str, options))}: exit {code}", r)
    return json.loads(r.out).get("coq", {}) if r.out else {}


def text_of(name):
    return open(f"{name}/l/Certificate.v").read()


# ---- what is written
sets = {"uniform": (2 * rng.random((4, 30)) - 1, [1, -1, 1, -1], 0.5), "kinks": (np.round(64 * np.random.default_rng(0).standard_normal((6, 12))) / 64, [1, 1, 1, -1, -1, -1], 0.03125),
        "wide": (rng.standard_normal((3, 8)) * 2.0 ** rng.integers(-40, 40, (3, 1)), [1, -1, 1], 0.1), "orthogonal": (np.array([[0.1, 0.1], [0.1, -0.1]]), [1, -1], 0.9),
        "zeros": (np.array([[5e-324, 0, 1, -0.0], [0, 3, 0, 0.0]]), [1, -1], 0.75)}
claims = set()
for name, (X, y, gamma) in sets.items():
    put(f"{name}/X.npy", X), put(f"{name}/y.npy", np.array(y, dtype=float))
    Z = put(f"{name}/Z.npy", np.round(16 * rng.standard_normal((3, X.shape[1]))) / 16 + 2.0 ** -20)
    for form in ("axiom-free", "fast"):
        for claim in ("auto", "T1", "C1", "C2", "not-C1"):
            for points in ([], ["--probe-points", Z]):
                r = Run("limit", "--data", name, "--gamma", gamma, "--certify", f"--coq={form}", "--coq-claim", claim, "--out", f"{name}/l", "--json", *points)
                k = json.loads(r.out)["coq"]
                if k["claim"] is None:
                    ok(r.code == 2 and k["reason"] and not os.path.exists(f"{name}/l/Certificate.v"), f"{name}, {claim}, {form}: undecided, with the reason, and no file", r)
                    continue
                claims.add(k["claim"])
                text = text_of(name)
                told = [numbers(text, f"z{i}", form) for i in range(k["told"])]
                ok(r.code == 0 and claim in ("auto", k["claim"]) and [numbers(text, f"x{n}", form) for n in range(len(X))] == [[Q(v) for v in row] for row in X.tolist()]
                   and re.findall("true|false", text[text.index("Definition Y"):].split("]")[0]) == ["true" if v > 0 else "false" for v in y], f"{name}, {k['claim']}, {form}: its numbers are the data", r)
                ok(shown(text, X, y, gamma, told) is True and all(t in [[Q(v) for v in z] for z in np.load(Z).tolist()] for t in told) and (k["asked"] if "asked" in k else k["points"]) == (3 if points else 0),
                   f"{name}, {k['claim']}, {form}: its multipliers show it", shown(text, X, y, gamma, told))
                c = Run("check", f"{name}/l/Certificate.v", "--data", name, "--json")
                d = json.loads(c.out)
                ok(c.code == 0 and d["accepted"] and d["certificate"] is None and (d["coq"]["claim"], d["coq"]["form"], d["coq"]["told"]) == (k["claim"], form, k["told"]), f"{name}, {k['claim']}, {form}: lfap check accepts it", c)
ok(claims == {"T1", "C1", "C2", "not-C1"}, "every claim was seen", claims)

# ---- every KKT point, and two sets
Z = 4 * rng.standard_normal((40, 30))
put("near/X.npy", sets["uniform"][0] * (1 + np.round(4 * rng.random((4, 30))) / 16)), put("near/y.npy", np.array([1.0, -1, 1, -1])), put("near/Z.npy", Z)
exact = lambda rows: [[Q(v) for v in row] for row in np.asarray(rows).tolist()]
dot = lambda a, b: sum(s * t for s, t in zip(a, b))
signs_of = lambda text: [s == "true" for s in re.findall(r"true|false", re.search(r"Definition signs(.*?)\]", text, re.S).group(1))]
T4 = ["--coq-claim", "T4", "--adversarial", "near", "--probe-points", "near/Z.npy"]
X, y, gamma = sets["uniform"]
for form in ("axiom-free", "fast"):
    k = limit("uniform", gamma, f"--coq={form}", "--coq-claim", "T5", "--probe-points", "near/Z.npy")
    text, told = text_of("uniform"), []
    for z in exact(Z):
        side = {dot(row, z) * int(label) > 0 for row, label in zip(exact(X), y)} if all(dot(row, z) for row in exact(X)) else {0, 1}
        told += [(z, side.pop())] if len(side) == 1 else []
    ok(0 < len(told) < 40 and [(numbers(text, f"z{i}", form), s) for i, s in enumerate(signs_of(text))] == told and k["told"] == len(told), f"T5, {form}: the points where all samples are on one side", (len(told), k))
    ok(Run("check", "uniform/l/Certificate.v", "--data", "uniform").code == 0 and Run("check", "uniform/l/Certificate.v", "--data", "near").code == 1, f"T5, {form}: lfap check accepts it of these data alone")
    k = limit("uniform", gamma, f"--coq={form}", *T4)
    text = text_of("uniform")
    told = [numbers(text, f"z{i}", form) for i in range(k["told"])]
    ok(20 < k["told"] < 40 and k["points"] == 40 and all(shown(text, data, y, gamma, told, part) is True for data, part in ((X, ""), (np.load("near/X.npy"), "_adv"))), f"T4, {form}: the multipliers of either set tell every point", k)
    ok([numbers(text, f"x_adv{n}", form) for n in range(4)] == exact(np.load("near/X.npy")), f"T4, {form}: its numbers are the adversarial set")
    Run("limit", "--data", "near", "--gamma", gamma, "--out", "near_limit")
    one, other = (np.load("near/Z.npy") @ np.load(f"{o}/w.npy") > 0 for o in ("uniform/l", "near_limit"))
    ok(k["differ"] == sum(one != other) > 0 and k["told"] == sum(one == other), f"T4, {form}: what the sets decide otherwise is told too", k)
    whole = text
    for data, other, code in (("uniform", "near", 0), ("near", "uniform", 1), ("uniform", "uniform", 1), ("uniform", None, 64)):
        r = Run("check", "uniform/l/Certificate.v", "--data", data, *(["--adversarial", other] if other else []))
        ok(r.code == code and (code != 1 or "SHA-256" in r.out), f"T4, {form}: check against {data} and {other}", r)
    for what, (a, b) in {"a sign": ("signs : seq bool := [:: true" if signs_of(whole)[0] else "signs : seq bool := [:: false", "signs : seq bool := [:: " + ("false" if signs_of(whole)[0] else "true")),
                         "a multiplier of the other set": ("proposal_adv := [:: (", "proposal_adv := [:: (1"), "a label of the other set": ("Y_adv := [:: true", "Y_adv := [:: false"), "the head": ("adversarial ", "adversarial 0"),
                         "no head": ("adversarial ", "adversary "), "fewer points": (f"points {k['told']},", f"points {k['told'] - 1},"), "the theorem": ("kkt gamma x_adv", "kkt gamma x"), "no points": (f"points {k['told']},", "points 0,")}.items():
        with open("uniform/l/Certificate.v", "w") as f:
            f.write(whole.replace(a, b, 1))
        r = Run("check", "uniform/l/Certificate.v", "--data", "uniform", "--adversarial", "near")
        ok(a in whole and r.code in (1, 65), f"T4, {form}: {what} changed", r)
far = limit("uniform", gamma, "--coq", "--coq-claim", "T5", "--probe-points", put("zero.npy", np.zeros((1, 30))), code=2)
ok(far["claim"] is None and "none of the 1 points" in far["reason"], "no point is told: undecided, with the reason", far)
put("wide/Z.npy", np.ones((1, 8)))
r = Run("limit", "--data", "wide", "--gamma", 0.5, "--certify", "--out", "o", "--coq", "--coq-claim", "T4", "--adversarial", "near", "--probe-points", "wide/Z.npy")
ok(r.code == 65 and "d = 30" in r.err and not os.path.exists("o"), "an adversarial set of another d", r)

# ---- weights
def sign_at(W, gamma, z):
    value = sum((1 if 2 * j < len(W) else -1) * (q if q > 0 else Q(gamma) * q) for j, q in ((j, dot(w, z)) for j, w in enumerate(W)))
    return (value > 0) - (value < 0)


Run("gen", "uniform", "--n", 20, "--d", 40, "--seed", 1, "--out", "many"), Run("train", "--method", "sgd", "--epochs", 1000, "--data", "many", "--gamma", 0.01, "--m", 12, "--out", "net")
POLISH = ["polish", "--data", "many", "--weights", "net/W.npy", "--gamma", 0.01, "--certify", "--out", "point", "--json"]
Z = put("many/Z.npy", np.round(8 * rng.standard_normal((5, 40))) / 8)
for form in ("axiom-free", "fast"):
    for claim, points in (("bent", []), ("network", ["--probe-points", Z])):
        r = Run(*POLISH, f"--coq={form}", *points)
        k, text = json.loads(r.out)["coq"], open("point/Certificate.v").read()
        W = exact(np.load("point/W.npy"))
        z = [numbers(text, f"z{i}", form) for i in range(k["told"])]
        ok(k["claim"] == claim and [numbers(text, f"w{j}", form) for j in range(12)] == W and f"Definition p := 6." in text and Q(*ints(text, r"fraction R (\d+ \d+)")) == Q(0.01), f"{claim}, {form}: its numbers are the weights", r)
        s = [sign_at(W, 0.01, v) for v in z]
        if claim == "bent":
            ok(z == exact(np.load("point/witness.npy")) and s[0] == s[1] == -sign_at(W, 0.01, [a + b for a, b in zip(*z)]) != 0, f"bent, {form}: one sign at z0 and z1, the other at their sum", s)
        else:
            ok(z == exact(np.load(Z)) and s == [1 if v else -1 for v in signs_of(text)], f"network, {form}: the signs at the points", s)
        r = Run("check", "point/Certificate.v", "--weights", "point/W.npy", "--json")
        ok(r.code == 0 and json.loads(r.out)["coq"]["claim"] == claim, f"{claim}, {form}: lfap check accepts it", r)
        r = Run("check", "point/Certificate.v", "--weights", "net/W.npy")
        ok(r.code == 1 and "SHA-256" in r.out, f"{claim}, {form}: of other weights it does not", r)
        digits_refused(f"{claim}, {form}", "point", text, 20, "--weights", "point/W.npy")
put("odd.npy", np.ones((3, 40)))
for options, code in ((["--data", "many"], 64), (["--weights", "odd.npy"], 1), (["--weights", "missing.npy"], 66), ([], 64), (["--weights", "point/W.npy", "--data", "many"], 64), (["--weights", "many/y.npy"], 65)):
    r = Run("check", "point/Certificate.v", *options)
    ok(r.code == code and (code == 1 or r.err), f"a theorem about weights against {options}", r)
Run("gen", "orthogonal", "--n", 2, "--d", 40, "--out", "two"), Run("train", "--data", "two", "--gamma", 0.5, "--m", 2, "--out", "two")
r = Run("polish", "--data", "two", "--gamma", 0.5, "--certify", "--coq", "--out", "straight", "--json")
k = json.loads(r.out)["coq"]
ok(r.code == 2 and k["claim"] is None and "witness" in k["reason"] and not os.path.exists("straight/Certificate.v"), "a linear boundary: nothing is written, undecided", r)
r = Run("polish", "--data", "many", "--weights", "net/W.npy", "--gamma", 0.01, "--coq", "--out", "o")
ok(r.code == 64 and "--certify" in r.err and not os.path.exists("o"), "polish --coq without --certify", r)

# ---- a network in training: T5 by fractions, the root of m by its square
def rows_of(text, name, count, form):
    return [numbers(text, f"{name}{i}", form) for i in range(count)]


SGD = ["train", "--method", "sgd", "--gamma", 0.25, "--m", 6, "--epochs", 300]
Run("gen", "uniform", "--n", 6, "--d", 30, "--seed", 1, "--out", "natural"), Run(*SGD, "--data", "natural", "--out", "natural/net")
Run("gen", "uniform", "--n", 8, "--d", 30, "--seed", 2, "--out", "noise")
Run("perturb", "--norm", "l2", "--from", "gradient", "--data", "noise", "--weights", "natural/net/W.npy", "--gamma", 0.25, "--eps", 2, "--out", "adv")
Run(*SGD, "--coefficients", "--data", "adv", "--out", "learned")
SPLIT = ["split", "--data", "adv", "--run", "learned", "--natural", "natural"]


def decided(W, b, eta, t, z):
    """T5's rule 4 by the definitions: the one sign of all P_j where |f_rest| < gamma |mean P|, else 0; m is 6."""
    P = [sum(k * l * dot(r, z) for k, l, r in zip(row, t, eta)) for row in b]
    q = [(1 if 2 * j < len(W) else -1) * dot(w, z) for j, w in enumerate(W)]
    psi = lambda j, v: v if (v > 0) == (2 * j < len(W)) else v / 4
    root = Q(math.isqrt(6 << 400), 1 << 200)
    rest = sum(psi(j, v * root - p) for j, (v, p) in enumerate(zip(q, P)))
    one = {p > 0 for p in P} if all(P) else {0, 1}
    return (1 if one.pop() else -1) if len(one) == 1 and abs(rest) < Q(1, 4) * abs(sum(P)) else 0


for form in ("axiom-free", "fast"):
    r = Run(*SPLIT, f"--coq={form}", "--out", "parts", "--json")
    k, text = json.loads(r.out)["coq"], open("parts/Certificate.v").read()
    W, b, eta = exact(np.load("learned/W.npy")), exact(np.load("learned/coefficients.npy")), exact(np.load("adv/eta.npy"))
    t = [int(v) for v in np.load("adv/y.npy")]
    ok(r.code == 0 and k["claim"] == "split" and (rows_of(text, "w", 6, form), rows_of(text, "b", 6, form), rows_of(text, "eta", 8, form)) == (W, b, eta), f"split, {form}: its numbers are the run", k)
    told = [(z, s) for z in exact(np.load("natural/X.npy")) for s in [decided(W, b, eta, t, z)] if s]
    ok(0 < len(told) < 6 and list(zip(rows_of(text, "z", k["told"], form), [1 if s else -1 for s in signs_of(text)])) == told, f"split, {form}: the points that the perturbations decide, no others", (len(told), k))
    for options, code in ((["--data", "adv", "--run", "learned"], 0), (["--data", "adv", "--run", "natural/net"], 66), (["--data", "adv"], 64), (["--data", "adv", "--run", "learned", "--weights", "learned/W.npy"], 64)):
        r = Run("check", "parts/Certificate.v", *options)
        ok(r.code == code, f"split, {form}: check {options}", r)
    digits_refused(f"split, {form}", "parts", text, 30, "--data", "adv", "--run", "learned")
put("far.npy", np.zeros((2, 30)))
r = Run(*SPLIT[:5], "--probe-points", "far.npy", "--json")
ok(r.code == 0 and {k["verdict"] for k in json.loads(r.out)["checks"]} == {"NOT-APPLICABLE"}, "split at points that are all 0: nothing is judged, no PASS", r)
r = Run(*SPLIT[:5], "--probe-points", "far.npy", "--coq", "--out", "none", "--json")
k = json.loads(r.out)["coq"]
ok(r.code == 2 and k["claim"] is None and "none of the 2 points" in k["reason"] and not os.path.exists("none/Certificate.v"), "split: nothing is decided, with the reason", r)
for options, word in ((["--coq"], "--out"), (["--coq", "--out", "o", "--bases", "noise/X.npy"], "--bases")):
    r = Run(*SPLIT, *options)
    ok(r.code == 64 and word in r.err and not os.path.exists("o"), f"split refused: {options}", r)

# coefficients of another training: the parts do not add up, so no theorem names them; weights with a bias, and what is no theorem
os.makedirs("mixed"), os.makedirs("biased")
for name, source in (("W.npy", "learned"), ("W0.npy", "learned"), ("coefficients.npy", "learned")):
    shutil.copy(f"{source}/{name}", "biased"), shutil.copy(f"{source}/{name}", "mixed")
np.save("mixed/coefficients.npy", 1.5 * np.load("learned/coefficients.npy"))
r = Run(*SPLIT[:3], "--run", "mixed", "--gamma", 0.25, "--natural", "natural", "--coq", "--out", "mixture", "--json")
k = json.loads(r.out)["coq"]
ok(r.code == 1 and k["claim"] is None and "not of this network's training" in k["reason"] and not os.path.exists("mixture/Certificate.v"), "split: coefficients of another training: no theorem", r)
Run(*SPLIT, "--coq", "--out", "parts")
np.save("biased/b.npy", np.ones(6))
ok(Run("check", "parts/Certificate.v", "--data", "adv", "--run", "learned").code == 0, "split: the theorem of the run itself")
r = Run("check", "parts/Certificate.v", "--data", "adv", "--run", "biased")
ok(r.code == 64 and "has a bias" in r.err, "split: check does not drop a bias", r)
put("empty.v", b"")
for options in (["--data", "adv", "--run", "learned"], ["--weights", "learned/W.npy"]):
    r = Run("check", "empty.v", *options)
    ok(r.code == 65 and "is no theorem" in r.err, f"check of an empty file with {options}", r)

# ---- C4, its condition by the definitions: fractions, E_0 bounded by N sum p^2 - 1
Run("train", "--data", "natural", "--gamma", 0.25, "--m", 4, "--out", "start")
C4 = ["polish", "--data", "natural", "--weights", "start/W.npy", "--gamma", 0.25, "--certify", "--coq-claim", "C4"]


def holds(text, X, y, W, lr):
    """C4(e) of the proposal in the file, m = 4 (so a_j is 1/2) and the length it proposes."""
    n, d, m = len(X), len(X[0]), 4
    den, p, u, kx, L, r, big, ln, ld = (int(v) for v in re.search(r"check_C4 \w+ N d \d+ \d+ \d+ (\d+) p (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", text).group(0).replace(" p ", " 0 ").split()[-9:])
    g, T = ints(text, r"fraction R (\d+ \d+)")
    lam = [Q(v, den) for v in ints(text, r"Definition proposal := \[::(.*?)\]")]
    s = np.array([Q(v, u * T) for v in ints(text, r"Definition slopes := \[::(.*?)\]%Z")]).reshape(m, n)
    a = [Q(1, 2) if j < 2 else Q(-1, 2) for j in range(m)]
    P = [[sum(lam[k] * y[k] * a[j] * s[j][k] * X[k][i] for k in range(n)) for i in range(d)] for j in range(m)]
    pre = [[dot(P[j], X[k]) for k in range(n)] for j in range(m)]
    own = lambda j, k: (a[j] > 0) == (y[k] > 0)
    margins = [sum(y[k] * a[j] * (s[j][k] * pre[j][k] if own(j, k) else max(pre[j][k], pre[j][k] / 4)) for j in range(m)) for k in range(n)]
    gap, nu = sum(dot(w, w) for w in P) - sum(lam), 1 / sum(lam)
    D = Q(1 << int(re.search(r"check_C4 \w+ N d (\d+)", text).group(1)))
    r0 = Q(den * u * T * r * 2, big)  # sqrt m is 2
    far = sum(dot(v, v) for v in ([w - r0 * q for w, q in zip(W[j], P[j])] for j in range(m)))
    R2 = max(dot(x, x) for x in X)
    E = n * sum((nu * l) ** 2 for l in lam) - 1 + (R2 - nu) * Q(lr) / 2
    rooms = [(dot(X[k], X[k]), pre[j][k] ** 2) for j in range(m) for k in range(n) if own(j, k)] + [(dot(x, x), Q(1)) for x in X]
    return (Q(ln, ld) == Q(lr) and min(margins) >= 1 and Q(kx) == R2 * D * D and all(s[j][k] == (1 if pre[j][k] > 0 else Q(1, 4)) for j in range(m) for k in range(n) if own(j, k))
            and all(k * far < r0 ** 2 * v and (E + nu * gap * r0) * k <= r0 * nu * v and gap * k <= v for k, v in rooms))


for form in ("axiom-free", "fast"):
    r = Run(*C4, f"--coq={form}", "--step", 0.01, "--out", "way", "--json")
    k, text = json.loads(r.out)["coq"], open("way/Certificate.v").read()
    X, y = exact(np.load("natural/X.npy")), [int(v) for v in np.load("natural/y.npy")]
    ok(r.code == 0 and k["claim"] == "C4" and rows_of(text, "w", 4, form) == exact(np.load("start/W.npy")) and rows_of(text, "x", 6, form) == X, f"C4, {form}: its numbers are the samples and the first weights", k)
    ok(holds(text, X, y, exact(np.load("start/W.npy")), 0.01), f"C4, {form}: its proposal has the condition")
    for options, code in ((["--data", "natural", "--weights", "start/W.npy"], 0), (["--data", "natural", "--weights", "way/W.npy"], 1), (["--data", "natural"], 64), (["--weights", "start/W.npy"], 64)):
        r = Run("check", "way/Certificate.v", *options)
        ok(r.code == code, f"C4, {form}: check {options}", r)
    digits_refused(f"C4, {form}", "way", text, 30, "--data", "natural", "--weights", "start/W.npy")
r = Run(*C4, "--coq", "--step", 1e9, "--out", "never", "--json")
k = json.loads(r.out)["coq"]
ok(r.code == 2 and k["claim"] is None and "C4: " in k["reason"] and not os.path.exists("never/Certificate.v"), "C4: no theorem for steps that are too long, with the reason", r)
for options, word in ((["--step", 0.01, "--out", "o"], "--coq"), (["--coq", "--out", "o"], "--step"), (["--coq", "--step", 0.01, "--loss", "logistic", "--out", "o"], "exponential")):
    r = Run(*C4, *options)
    ok(r.code == 64 and word in r.err and not os.path.exists("o"), f"C4 refused: {options}", r)

# ---- what is refused
limit("uniform", 0.5, "--coq", "--coq-claim", "C1", "--probe-points", "uniform/Z.npy")
r = Run("check", "uniform/l/Certificate.v", "--data", "kinks")
ok(r.code == 1 and "about other data" in r.out, "other data", r)
whole = open("uniform/l/Certificate.v", "rb").read()
put("flipped/X.npy", sets["uniform"][0]), put("flipped/y.npy", -np.array(sets["uniform"][1], dtype=float))
ok(Run("check", "uniform/l/Certificate.v", "--data", "flipped").code == 1, "the same samples with other labels")


def checked(data):
    with open("uniform/l/Certificate.v", "wb") as f:
        f.write(data)
    return Run("check", "uniform/l/Certificate.v", "--data", "uniform").code


codes = {}
for i in range(300):  # a byte changed, removed or put in, a part cut off or doubled
    at, to = sorted(rng.integers(0, len(whole), 2))
    bad = [whole[:at] + bytes([whole[at] ^ int(rng.integers(1, 256))]) + whole[at + 1:], whole[:at] + whole[at + 1:], whole[:at] + b"7" + whole[at:], whole[:at], whole[:at] + whole[to:], whole[:to] + whole[at:]][i % 6]
    if bad != whole:
        codes.setdefault(checked(bad), []).append((i % 6, at))
ok(set(codes) <= {1, 65}, "bytes changed anywhere: refused (1) or no certificate (65)", {k: v[:5] for k, v in codes.items() if k not in (1, 65)})
digits = [m.start() for m in re.finditer(rb"[0-9]", whole)]
wrong = [at for at in rng.choice(digits, 120) if checked(whole[:at] + (b"3" if whole[at:at + 1] != b"3" else b"5") + whole[at + 1:]) not in (1, 65)]
ok(not wrong, "a digit of a sample, point, multiplier, of gamma or the theorem", wrong[:5])
for what, bad in {"empty": b"", "a comment": b"(*", "nothing but the head": whole[:330], "many points": whole.replace(b"points 3,", b"points 99999999999999999,", 1),
                  "a long number": whole.replace(b"proposal := [:: ", b"proposal := [:: " + b"9" * 9000, 1), "gamma 1": whole.replace(b"gamma 0x1p-1", b"gamma 0x1p+0", 1),
                  "gamma far off": whole.replace(b"gamma 0x1p-1", b"gamma 0x1p-99999", 1), "zero bytes": b"(*" + bytes(5000)}.items():
    ok(checked(bad) in (1, 65) and bad != whole, f"refused: {what}", checked(bad))
ok(checked(whole) == 0, "as it was: accepted")

# ---- large data: rows in files of their own
put("large/X.npy", 2 * rng.random((3, 180000)) - 1), put("large/y.npy", np.array([1.0, -1, 1]))
for form in ("axiom-free", "fast"):
    k = limit("large", 0.5, f"--coq={form}")
    ok(k["files"] == 3 and "Require Import Rows0 Rows1." in text_of("large") and len(text_of("large")) < 4000 and Run("check", "large/l/Certificate.v", "--data", "large").code == 0, f"rows in two files, {form}", k)
rows = open("large/l/Rows1.v").read()
open("large/l/Rows1.v", "w").write(rows.replace("7", "8", 1))
r = Run("check", "large/l/Certificate.v", "--data", "large")
ok(r.code == 1 and "Rows1.v: refused: line" in r.out, "a digit of a row changed", r)
os.remove("large/l/Rows1.v")
ok(Run("check", "large/l/Certificate.v", "--data", "large").code == 66, "a file of rows is missing")
k = limit("large", 0.5)
ok(not any(f.endswith(".v") for f in os.listdir("large/l")), "a run without --coq leaves no old file behind", os.listdir("large/l"))

# ---- options
LIMIT = ["limit", "--data", "uniform", "--gamma", "0.5"]
for options, word in ((["--coq", "--out", "o"], "--certify"), (["--certify=fast", "--coq"], "--out"), (["--certify", "--out", "o", "--coq-claim", "C1"], "--coq"), (["--certify", "--out", "o", "--coq=quick"], "axiom-free"),
                      (["--certify", "--out", "o", "--coq", "--coq-claim", "C3"], "not-C1"), (["--certify", "--out", "o", "--coq", *T4[:4]], "--probe-points"), (["--certify", "--out", "o", "--coq", *T4[:2], *T4[4:]], "--adversarial"),
                      (["--certify", "--out", "o", "--coq", *T4[2:]], "T4"), (["--certify", "--out", "o", "--coq", "--coq-claim", "T5"], "--probe-points")):
    r = Run(*LIMIT, *options)
    ok(r.code == 64 and word in r.err and not os.path.exists("o"), f"refused: {' '.join(options)}", r)
r = Run(*LIMIT, "--certify=fast", "--coq", "--out", "quick")
ok(r.code == 0 and Run("check", "quick/Certificate.v", "--data", "uniform").code == 0, "with --certify=fast doubles propose alone", r)
r = Run("limit", "--data", "uniform/X.npy", "--labels", "uniform/y.npy", "--gamma", 0.5, "--certify", "--coq", "--out", "named")
ok(r.code == 0 and Run("check", "named/Certificate.v", "--data", "uniform/X.npy", "--labels", "uniform/y.npy").code == 0, "files named one by one", r)

# ---- the sets of verify
r = Run("verify", "--data", "uniform", "--gamma", "0.5", "--m", "4", "--controls", "1", "--probes", "5", "--n-adv", "6", "--coq", "theorems", "--json")
case = json.loads(r.out)["cases"][0]
ok({k["subject"] for k in case["coq"]} >= {"data", "adv l2", "adv linf"}, "verify --coq: natural and adversarial sets", case["coq"])
for k in case["coq"]:
    there = os.path.exists(k["folder"] + "/Certificate.v")
    about = ["--data", k["folder"]] if k["claim"] != "T4" else ["--data", os.path.dirname(k["folder"][:-3]) + "/natural", "--adversarial", k["folder"][:-3]]
    ok(there == (k["claim"] is not None) and (k["reason"] is None) == there and (not there or Run("check", k["folder"] + "/Certificate.v", *about).code == 0), f"verify --coq: {k['subject']} in {k['folder']}: {k['claim']}", k)
ok(any(k["claim"] == "T4" and k["folder"].endswith("/adv-l2/T4") for k in case["coq"]), "verify --coq: T4 of the sets", case["coq"])
ok((np.load("theorems/uniform/natural/X.npy") == sets["uniform"][0]).all(), "the natural set is the one given")

# ---- what make coq-certificate is asked for
ASK = [sys.executable, os.path.join(ROOT, "proofs/coq/ask.py")]


def ask(*words, **variables):
    names = ("DATA", "LABELS", "FORM", "GAMMA", "POINTS", "CLAIM", "ADVERSARIAL", "WEIGHTS", "STEP", "RUN", "OUT")
    env = {k: v for k, v in os.environ.items() if k not in names} | {"BUILD": os.path.dirname(LFAP), "COQ_OUT": "asked"} | {k: str(v) for k, v in variables.items()}
    return subprocess.run([*ASK, *words], capture_output=True, text=True, env=env)


SET, NET = {"DATA": "uniform", "GAMMA": 0.5}, {"DATA": "many", "GAMMA": 0.01, "WEIGHTS": "net/W.npy"}
for asked, claim in ((SET, "C1"), ({**SET, "CLAIM": "C2", "FORM": "fast", "LABELS": ""}, "C2"), ({**SET, "CLAIM": "T5", "POINTS": "near/Z.npy"}, "T5"), ({**SET, "CLAIM": "T4", "ADVERSARIAL": "near", "POINTS": "near/Z.npy"}, "T4"),
                     ({"DATA": "uniform/X.npy", "LABELS": "uniform/y.npy", "GAMMA": 0.5}, "C1"), (NET, "bent"), ({**NET, "POINTS": Z}, "network"),
                     ({"DATA": "natural", "GAMMA": 0.25, "WEIGHTS": "start/W.npy", "STEP": 0.01, "CLAIM": "C4"}, "C4"), ({"DATA": "adv", "RUN": "learned", "POINTS": "natural/X.npy"}, "split")):
    shutil.rmtree("asked", True)
    r = ask(**asked)
    ok(r.returncode == 0 and not r.stdout + r.stderr and not os.path.exists("asked"), f"goes together: {asked}", r)
    r = ask("--write", **asked)
    ok(r.returncode == 0 and f"theorem for Coq: {claim}, {asked.get('FORM', 'axiom-free')}" in r.stdout and r.stdout.splitlines()[-1].startswith("its numbers are these "), f"written and read back: {asked}", r)
shutil.rmtree("asked", True)
for asked, why in (({"DATA": "uniform"}, "a data set: GAMMA missing"), ({"GAMMA": 0.5}, "a data set: DATA missing"), ({**SET, "STEP": 0.01}, "from weights: WEIGHTS missing"), ({**NET, "CLAIM": "C2"}, "boundary: CLAIM not of it"),
                   ({**NET, "ADVERSARIAL": "near"}, "boundary: ADVERSARIAL not of it"), ({**SET, "ADVERSARIAL": "near"}, "two data sets: CLAIM=T4, POINTS missing"), ({**SET, "CLAIM": "T4", "POINTS": Z}, "two data sets: ADVERSARIAL missing"),
                   ({**SET, "CLAIM": "T5"}, "POINTS missing"), ({**NET, "STEP": 0.01, "POINTS": Z}, "from weights: POINTS not of it"), ({**SET, "CLAIM": "C4"}, "from weights: WEIGHTS, STEP missing"),
                   ({**SET, "RUN": "learned", "WEIGHTS": "net/W.npy"}, "boundary: RUN not of it"), ({**SET, "RUN": "learned", "CLAIM": "T5"}, "the perturbed DATA: CLAIM=T5 not of it")):
    for words in ([], ["--write"]):
        r = ask(*words, **asked)
        ok(r.returncode == 64 and why in r.stderr and r.stderr.count("\n  ") == 6 and not r.stdout and not os.path.exists("asked"), f"refused: {asked}", r)
p = subprocess.run(["make", "-C", ROOT, "coq-certificate", f"BUILD={os.path.dirname(LFAP)}", f"DATA={SCRATCH}/uniform", "GAMMA=0.5", "STEP=1", f"OUT={SCRATCH}/asked"], capture_output=True, text=True)
ok(p.returncode == 2 and "WEIGHTS missing" in p.stderr and "CC " not in p.stdout and not os.path.exists("asked"), "make coq-certificate asks before all else", p)

r = Run("explain", "certificate-coq")
ok(r.code == 0 and "Coq's kernel" in r.out and "Not trusted" in r.out, "lfap explain certificate-coq", r)
done()
