"""lfap limit --certify and lfap check from the outside: certificates against Fractions, exit codes, changed files, bad input."""
import json, os, random, re, shutil, sys
from fractions import Fraction
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
from tap import *


def number(text):
    m = re.fullmatch(r"(-?)0x([0-9a-f]+)p([+-]\d+)", text)
    return (-1 if m[1] else 1) * Fraction(int(m[2], 16)) * Fraction(2) ** int(m[3])


def solve(Q):
    n = len(Q)
    A = [row[:] + [Fraction(1)] for row in Q]
    for k in range(n):
        for i in range(n):
            if i != k and A[i][k]:
                c = A[i][k] / A[k][k]
                A[i] = [a - c * b for a, b in zip(A[i], A[k])]
    return [A[i][n] / A[i][i] for i in range(n)]


def q_matrix(X, y, gamma):
    X = [[Fraction(v) for v in row] for row in X.tolist()]
    g = Fraction(gamma)
    h = (1 + g * g) / 2
    return [[(h if y[i] == y[k] else -g) * sum(a * b for a, b in zip(X[i], X[k])) for k in range(len(X))] for i in range(len(X))]


# ---- enclosures against Fractions, both modes
for kind, n, d, gamma in (("uniform", 5, 60, 0.5), ("gauss", 6, 40, 0.3), ("orthogonal", 4, 12, 0.7)):
    Run("gen", kind, "--n", n, "--d", d, "--seed", 3, "--out", kind)
    X, y = np.load(kind + "/X.npy"), np.load(kind + "/y.npy")
    la = solve(q_matrix(X, y, gamma))
    for exact in ((), ("--exact",)):
        out = kind + "-limit" + "".join(exact)
        r = Run("limit", "--data", kind, "--gamma", gamma, "--certify", "--out", out, *exact)
        ok(r.code in (0, 1, 2), f"{kind} is certified {' '.join(exact)}", r)
        c = json.load(open(out + "/certificate.json"))
        inside = all(number(e["lo"]) <= v <= number(e["hi"]) for e, v in zip(c["lambda"], la))
        narrow = all(number(e["hi"]) - number(e["lo"]) <= v / 2**200 for e, v in zip(c["lambda"], la))
        ok(inside and narrow and min(la) > 0, f"{kind}: every enclosure holds the rational multiplier {' '.join(exact)}", c["lambda"])
        if exact:
            ok(all(Fraction(int(e["numerator"], 16), int(c["denominator"], 16)) == v for e, v in zip(c["lambda"], la)),
               f"{kind}: numerators over denominator are it", c)
        r = Run("check", out + "/certificate.json", "--data", kind + "/X.npy", "--labels", kind + "/y.npy")
        ok(r.code == 0 and "accepted" in r.out, f"{kind}: check accepts it", r)
    g, x = Fraction(gamma), [[Fraction(v) for v in row] for row in X.tolist()]
    G = [[sum(a * b for a, b in zip(p, q)) for q in x] for p in x]
    r2 = [G[i][i] for i in range(n)]
    pmax = max(abs(G[i][k]) for i in range(n) for k in range(i))
    ok((number(c["H"]["lhs"]), number(c["H"]["rhs"])) == (g**3 * min(r2)**2, 3 * n * max(r2) * pmax), f"{kind}: both sides of (H), exactly")

# ---- the layout of version 2 of the file: another one has another name
BOUNDS = ["verdict", "lo", "hi", "slack_lo", "slack_hi"]
LAYOUT = {"H": ["holds", "r_min2", "r_max2", "p_max", "lhs", "rhs"], "T1": BOUNDS, "T2": BOUNDS, "T2_a_posteriori": BOUNDS,
          "Q1": ["verdict", "lambda_min", "slack_min"], "C1": ["verdict", "aligned", "refuted", "u_min", "v_max", "ball"],
          "C2": ["verdict", "own_min_support", "own_min", "own_most"]}
c = json.load(open("uniform-limit/certificate.json"))
ok(c["schema"] == "lfap-certificate-2" and list(c) == ["schema", "data_sha256", "n", "d", "gamma", "precision", "mode", "inverse_bits", "inverse_log2", "lambda",
                                                       "kinks", "support", *LAYOUT, "checksum"], "keys of a certificate, in their order", list(c))
ok(all(list(c[claim]) == members for claim, members in LAYOUT.items()), "and of each claim in it", {claim: list(c[claim]) for claim in LAYOUT})

# ---- with kinks: a second proposal, alpha and beta, from which C2 is decided
Run("gen", "uniform", "--n", 16, "--d", 60, "--seed", 5, "--out", "kinked")
r = Run("limit", "--data", "kinked", "--gamma", 0.01, "--certify", "--out", "kinked-limit", "--json")
doc, k = json.loads(r.out), json.load(open("kinked-limit/certificate.json"))
ok(r.code == 0 and k["C1"]["verdict"] == "FAIL" and k["C2"]["verdict"] == "PASS" == doc["c2"]["certified"], "C1 refuted, C2 proved", r)
X, y, g = np.load("kinked/X.npy"), np.load("kinked/y.npy"), Fraction(0.01)
p = {name: [Fraction(int(v, 16), int(k["kinks"]["denominator"], 16)) for v in k["kinks"][name]] for name in ("alpha", "beta")}
G = [[sum(Fraction(a) * Fraction(b) for a, b in zip(u, v)) for v in X.tolist()] for u in X.tolist()]
own = [sum((a + b) * G[n][i] if y[i] == y[n] else -(g * a + b) * G[n][i] for i, (a, b) in enumerate(zip(p["alpha"], p["beta"]))) for n in range(16)]
low, high = number(k["C2"]["own_min"]), number(k["C2"]["own_most"])
ok(low <= min(own) <= high and high - low < Fraction(1, 2**40), "least own pre-activation in its bounds", (float(low), float(min(own)), float(high)))
slopes = [None if not a + b else (g * a + b) / (a + b) for a, b in zip(p["alpha"], p["beta"])]
ok(k["kinks"]["solved"] == "PASS" and len(slopes) == len(k["kinks"]["slopes"]) and all(
    s is e is None or number(e[0]) <= s <= number(e[1]) for s, e in zip(slopes, k["kinks"]["slopes"])), "slopes in theirs", k["kinks"]["slopes"])
ok(Run("check", "kinked-limit/certificate.json", "--data", "kinked").code == 0, "and the file is accepted")
open("old.json", "w").write(open("kinked-limit/certificate.json").read().replace("lfap-certificate-2", "lfap-certificate-1"))
r = Run("check", "old.json", "--data", "kinked")
ok(r.code == 1 and "version 1" in r.out + r.err, "a file of version 1 is refused by its name", r)
os.makedirs("crossed", exist_ok=True)  # no linear boundary, but the slopes of the labels separate
np.save("crossed/X.npy", np.array([[1.0, 1], [-1, 1], [3, 4], [-3, 4]]))
np.save("crossed/y.npy", np.array([1.0, 1, -1, -1]))
r = Run("limit", "--data", "crossed", "--gamma", 0.5, "--certify", "--out", "crossed-limit", "--json")
doc, k = json.loads(r.out), json.load(open("crossed-limit/certificate.json"))
ok(r.code == 0 and doc["c2"]["certified"] == "FAIL" == k["C2"]["verdict"] and k["kinks"]["separable"] is False and doc["c2"]["holds"] is False,
   "not linearly separable: proved", r)
ok(Run("check", "crossed-limit/certificate.json", "--data", "crossed").code == 0, "and accepted")

# ---- changed files
rng = random.Random(1)
accepted = []
for data in ("uniform", "kinked", "crossed"):
    path = data + "-limit/certificate.json"
    text = open(path).read()
    lines = text.split("\n")
    for trial in range(30 if not os.environ.get("LFAP_FULL") else 200):
        i = rng.randrange(len(lines))
        spots = [m.start() for m in re.finditer(r"\d(?=[^:]*$)", lines[i])]
        if not spots:
            continue
        at = rng.choice(spots)
        changed = lines[i][:at] + str((int(lines[i][at]) + rng.randrange(1, 10)) % 10) + lines[i][at + 1:]
        open("changed.json", "w").write("\n".join(lines[:i] + [changed] + lines[i + 1:]))
        r = Run("check", "changed.json", "--data", data)
        if r.code not in (1, 65):
            accepted.append(f"{changed} {r}")
ok(not accepted, "every changed digit is refused", "\n".join(accepted))
path = "uniform-limit/certificate.json"
text = open(path).read()
for name, new in (("one blank more", text.replace("{", "{ ", 1)), ("nothing after", text + "\n"), ("cut in the middle", text[: len(text) // 2]), ("empty", ""),
                  ("a field left out", re.sub(r' "mode": .*\n', "", text)), ("two fields exchanged", text.replace('"lo"', '"x"').replace('"hi"', '"lo"').replace('"x"', '"hi"'))):
    open("changed.json", "w").write(new)
    r = Run("check", "changed.json", "--data", "uniform")
    ok(r.code in (1, 65), f"{name}: not accepted", r)
r = Run("check", path, "--data", "gauss")
ok(r.code == 1 and "other data" in r.out, "another data set is refused", r)
r = Run("check", path, "--data", "uniform", "--json")
doc = json.loads(r.out)
ok(r.code == 0 and doc["accepted"] is True and doc["verdict"] == "PASS" and doc["certificate"]["verdicts"]["Q1"] == "PASS", "check --json", r)
open("changed.json", "w").write(text.replace('"aligned": 5', '"aligned": 4'))
r = Run("check", "changed.json", "--data", "uniform", "--json")
doc = json.loads(r.out)
ok(r.code == 1 and doc["accepted"] is False and "line" in doc["reason"], "check --json tells why not", r)

# ---- bad input
for name, code, *args in (
        ("certificate missing", 66, "check", "nowhere.json", "--data", "uniform"),
        ("data missing", 66, "check", path, "--data", "nowhere"),
        ("not a certificate", 65, "check", "uniform/meta.json", "--data", "uniform"),
        ("a binary file", 65, "check", "uniform/X.npy", "--data", "uniform"),
        ("no certificate named", 64, "check", "--data", "uniform"),
        ("two certificates", 64, "check", path, path, "--data", "uniform"),
        ("no data named", 64, "check", path),
        ("certify without out", 64, "limit", "--data", "uniform", "--gamma", "0.5", "--certify"),
        ("precision without certify", 64, "limit", "--data", "uniform", "--gamma", "0.5", "--prec", "300", "--out", "x"),
        ("precision too low", 65, "limit", "--data", "uniform", "--gamma", "0.5", "--certify", "--prec", "9", "--out", "x"),
        ("precision too high", 65, "limit", "--data", "uniform", "--gamma", "0.5", "--certify", "--prec", "100000", "--out", "x"),
        ("above the maximum", 65, "limit", "--data", "uniform", "--gamma", "0.5", "--certify", "--prec", "512", "--max-prec", "256", "--out", "x"),
        ("an unknown way", 64, "limit", "--data", "uniform", "--gamma", "0.5", "--certify=quick"),
        ("auto without out", 64, "limit", "--data", "uniform", "--gamma", "0.5", "--certify=auto"),
        ("fast with a precision", 64, "limit", "--data", "uniform", "--gamma", "0.5", "--certify=fast", "--prec", "300"),
        ("memory limit in words", 64, "limit", "--data", "uniform", "--gamma", "0.5", "--memory-limit", "2GB", "--out", "x"),
        ("memory limit zero", 65, "limit", "--data", "uniform", "--gamma", "0.5", "--memory-limit", "0", "--out", "x"),
        ("memory limit too small", 65, "limit", "--data", "uniform", "--gamma", "0.5", "--memory-limit", "1K", "--out", "x"),
        ("an unknown solver", 64, "limit", "--data", "uniform", "--gamma", "0.5", "--solver", "lu", "--out", "x"),
        ("precision not a number", 64, "limit", "--data", "uniform", "--gamma", "0.5", "--certify", "--prec", "many", "--out", "x")):
    r = Run(*args)
    ok(r.code == code and len(r.err.strip().split("\n")) <= 2 and not os.path.exists("x"), f"{name}: exit {code}", r)
Run("gen", "uniform", "--n", 65, "--d", 80, "--seed", 1, "--out", "many")
r = Run("limit", "--data", "many", "--gamma", "0.5", "--certify", "--exact", "--out", "x")
ok(r.code == 65 and not os.path.exists("x"), "exact rationals for 65 samples: exit 65", r)

# ---- error bounds in doubles: the verdicts of the exact way, and no file
for kind, gamma in (("uniform", 0.5), ("gauss", 0.3), ("many", 0.6)):
    fast = Run("limit", "--data", kind, "--gamma", gamma, "--certify=fast", "--json")
    exact = Run("limit", "--data", kind, "--gamma", gamma, "--certify=exact", "--json", "--out", "both")
    f, e = json.loads(fast.out)["certificate"], json.loads(exact.out)["certificate"]
    ok(f["mode"] == "fast" and e["mode"] == "enclosed" and f["verdicts"] == e["verdicts"] and f["aligned_samples"] == e["aligned_samples"]
       and f["refuted_samples"] == e["refuted_samples"] and fast.code == exact.code, f"{kind}: fast decides what exact decides", (f, e))
r = Run("limit", "--data", "many", "--gamma", "0.5", "--certify=fast", "--out", "quick")
ok(os.path.exists("quick/lambda.npy") and not os.path.exists("quick/certificate.json"), "fast writes no certificate", r)
r = Run("limit", "--data", "many", "--gamma", "0.5", "--memory-limit", "16M", "--solver", "cg", "--out", "cg")
near = np.abs(np.load("cg/lambda.npy") - np.load("quick/lambda.npy")).max() / np.load("quick/lambda.npy").max()
ok(near < 1e-12, "conjugate gradients give the same multipliers", near)

# ---- the same bytes for any number of threads; other precisions
for t in (1, 2, 5):
    Run("limit", "--data", "many", "--gamma", "0.5", "--certify", "--out", f"t{t}", "--threads", t)
ok(len({open(f"t{t}/certificate.json", "rb").read() for t in (1, 2, 5)}) == 1, "threads change nothing")
for prec in (53, 64, 1000):
    r = Run("limit", "--data", "uniform", "--gamma", "0.5", "--certify", "--prec", prec, "--out", f"p{prec}")
    c = json.load(open(f"p{prec}/certificate.json"))
    q = Run("check", f"p{prec}/certificate.json", "--data", "uniform")
    w = max((number(e["hi"]) - number(e["lo"])) / number(e["lo"]) for e in c["lambda"])
    ok(r.code in (0, 1, 2) and q.code == 0 and w < Fraction(1, 2 ** (prec - 8)), f"{prec} bits", f"{r}\n{q}\n{float(w)}")
v = shutil.which("valgrind")
if v:
    import subprocess
    for name, args in (("limit --certify", ["limit", "--data", "uniform", "--gamma", "0.5", "--certify", "--out", "v"]),
                       ("limit --certify --exact", ["limit", "--data", "uniform", "--gamma", "0.5", "--certify", "--exact", "--out", "v"]),
                       ("check", ["check", path, "--data", "uniform"]), ("check, refused", ["check", "changed.json", "--data", "uniform"])):
        p = subprocess.run([v, "-q", "--leak-check=full", "--show-leak-kinds=all", "--error-exitcode=99", LFAP] + args, capture_output=True, text=True)
        ok(p.returncode in (0, 1, 2), f"no leak and no invalid access: {name}", p.stderr)
else:
    skip("no leaks", "valgrind is not here")
done()
