"""Starts whose loss is no double, attacks without a gradient, damaged inputs of pictures and reports, and messages that say what
is so. Expected values are computed here, in NumPy or by hand."""
import csv, io, json, math, os, re, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tables import *
from tap import *


def data(name, X, y):
    put(f"{name}/X.npy", np.array(X, float)), put(f"{name}/y.npy", np.array(y, float))
    return name


def refused(r, name, *words, code=65, out=None):
    """One line on stderr with these words, and nothing written."""
    wrong = [w for w in words if not re.search(w, r.err)]
    ok(r.code == code and not wrong and r.err.count("\n") == 1 and r.out == "" and not (out and os.path.exists(out)), name, f"missing {wrong}\n{r}")


def text(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


# ---- an odd m: who takes it is named, and takes it
five = np.random.default_rng(5).standard_normal((5, 40))
put("five.npy", five), np.save("s.npy", np.repeat([1.0, -1.0], [3, 2])), data("six", np.sign(np.random.default_rng(6).standard_normal((6, 40))), [1, -1] * 3)
for line in ("train --data six --gamma 0.5 --m 5 --out o", "train --data six --gamma 0.5 --init five.npy --out o", "polish --data six --gamma 0.5 --weights five.npy --out o", "verify --data six --gamma 0.5 --m 5",
             "converge --data six --gamma 0.5 --m 5", "plan --n 6 --d 40 --gamma 0.5 --m 5"):
    refused(Run(*line.split()), f"{line}: an odd m", "m = 5 neurons", "must be even here", "`lfap compare --signs`", out="o")
refused(Run("compare", "--data", "six", "--gamma", "0.5", "--weights", "five.npy"), "compare: an odd m without signs", "m = 5 neurons", "by --signs")
r = Run("compare", "--data", "six", "--gamma", "0.5", "--weights", "five.npy", "--signs", "s.npy", "--json")
ok(r.code in (0, 1) and [json.loads(r.out)["output"][k] for k in ("positive", "negative")] == [3, 2], "compare: an odd m with its signs", r)

# ---- the loss at the start: f of the first weights, in NumPy
r14 = np.random.default_rng(14).standard_normal((6, 40))
Y6 = np.where(np.arange(6) % 2, -1.0, 1.0)


def outputs(X, W, gamma=0.5):
    z = X @ W.T
    return np.where(z > 0, z, gamma * z) @ (np.where(np.arange(len(W)) < len(W) // 2, 1, -1) / math.sqrt(len(W)))


W0 = 2 * np.random.default_rng(3).random((10, 40)) - 1
put("W0.npy", W0)
for k in (16, 40, 100, 190):
    X = r14 * 2.0**k
    worst = int(np.argmin(Y6 * outputs(X, W0)))
    words = re.escape("sample %d, of label %+g, the output %g" % (worst, Y6[worst], outputs(X, W0)[worst])), "scale the samples|--init-scale"
    for how in (["--method", "flow"], ["--method", "gd"], ["--method", "gd", "--form", "gram"], ["--method", "sgd"]):
        refused(Run("train", "--data", data("far", X, Y6), "--gamma", "0.5", "--init", "W0.npy", *how, "--out", "o"), f"data times 2^{k}, {' '.join(how[1:])}: refused by the first loss",
                *words, out="o")
    refused(Run("converge", "--data", "far", "--gamma", "0.5", "--init", "W0.npy", timeout=20), f"data times 2^{k}, converge: the same", *words)
one = data("one", [[1, 2]], [1])
for scale in ("1e300", "1e6"):
    runs = [Run("train", "--data", one, "--gamma", "0.5", "--m", "4", "--init-scale", scale, "--seed", s, "--epochs", "50", "--out", f"s{s}") for s in range(6)]
    lost = [s for s in range(6) if runs[s].code == 65 and "sample 0, of label +1, the output -" in runs[s].err and not os.path.exists(f"s{s}")]
    right = [s for s in range(6) if runs[s].code == 0 and not re.search("inf|nan", text(f"s{s}/history.csv"))]
    ok(lost and len(lost) + len(right) == 6, f"--init-scale {scale}: refused where the start is wrong by so much", [str(r) for r in runs])
    for s in right:
        shutil.rmtree(f"s{s}")
refused(Run("train", "--data", data("both", r14 * 2.0**100, Y6), "--gamma", "0.5", "--m", "4", "--init-scale", "1e300", "--out", "o"), "2^100 and --init-scale 1e300: the outputs are named, not the samples' norms", "the output -?(inf|nan)", out="o")

# the border: -y f just below and above what exp takes
for q, taken in ((709.0, True), (709.7, True), (709.9, False), (750.0, False)):
    put("Wb.npy", np.array([[-2 * math.sqrt(2) * q, 0.0], [0, 0]]))  # f = (1/sqrt 2) gamma w, with gamma = 0.5
    r = Run("train", "--data", data("edge", [[1.0, 0.0]], [1]), "--gamma", "0.5", "--init", "Wb.npy", "--epochs", "3000", "--out", f"b{q}")
    ok(r.code == (0 if taken else 65) and os.path.exists(f"b{q}/history.csv") == taken, f"a first loss of exp({q}): {'taken' if taken else 'refused'}", r)
    if taken:
        rows = list(csv.reader(io.StringIO(text(f"b{q}/history.csv"))))[1:]
        ok(all(math.isfinite(float(v)) for row in rows for v in row), "its history is of finite numbers alone", rows[0])
# later: a rate or a target at which the numbers leave the range
for args in (["--method", "gd", "--lr", "1e308"], ["--method", "sgd", "--lr", "1e308"], ["--log-loss-target", "-1e308"]):
    X = r14 * (2.0**-300 if "--log-loss-target" in args else 2.0**3)
    r = Run("train", "--data", data("later", X, Y6), "--gamma", "0.5", "--m", "4", *args, "--epochs", "300", "--out", "later-out")
    bad = os.path.exists("later-out/history.csv") and re.search("inf|nan", text("later-out/history.csv"))
    ok(not bad and (r.code == 65) == (not os.path.exists("later-out")), f"{args[0]} {args[1]}: no inf or nan in a history", r)
    shutil.rmtree("later-out", True)

# the end of the flow is told
for steps, reached in ((5, False), (10000, True)):
    args = ["train", "--data", data("near", r14, Y6), "--gamma", "0.5", "--m", "10", "--epochs", steps, "--out", "near-out"]
    r, doc = Run(*args), json.loads(Run(*args, "--json").out)["training"]
    right = int(re.search(r"classified right +(\d+) of 6", r.out)[1])
    said = "target is reached" if reached else "used up before the samples are classified" if right < 6 else "used up short of"
    ok(r.code == 0 and said in r.out and doc.get("reached") is reached and doc["stationary"] is reached, f"{steps} steps: the end of the flow is told", (r, doc))

# ---- PGD where the loss has no finite gradient stands still, as the published attack does, and says so
g = np.random.default_rng(0)
B, W = g.standard_normal((2, 20)), g.standard_normal((4, 20))
y = np.array([1.0, -1.0])
data("bases", B, y)
tf = -y * outputs(B, W)
for scale in (0, 6, 9, 12, 500):
    for norm in ("l2", "linf", "l0", "l1"):
        put("Wp.npy", W * 2.0**scale), put("t.npy", -y)
        r = Run("perturb", "--norm", norm, "--from", "pgd", "--data", "bases", "--targets", "t.npy", "--weights", "Wp.npy", "--gamma", "0.5", "--eps", "1", *(["--steps", "5"]), "--out", "pgd")
        lost = [i for i in range(2) if tf[i] * 2.0**scale < -709]
        eta = np.load("pgd/eta.npy") if r.code == 0 else np.zeros((2, 1))
        ok(r.code == 0 and [i for i in range(2) if not eta[i].any()] == lost, f"PGD, weights times 2^{scale}, {norm}: where the loss is no double there is no step", r)
        ok(not lost or f"at {len(lost)} of 2 bases" in r.err and "overflows" in r.err, f"PGD, weights times 2^{scale}, {norm}: and that is said", r)
        shutil.rmtree("pgd", True)

# ---- damaged histories and decades
Run("train", "--data", "near", "--gamma", "0.5", "--m", "4", "--out", "net"), Run("train", "--data", "near", "--gamma", "0.5", "--m", "4", "--method", "sgd", "--epochs", "20", "--out", "sgd")
for net in ("net", "sgd"):
    head, *rows = text(f"{net}/history.csv").splitlines()
    cell = lambda row, c, v: ",".join(v if i == c else old for i, old in enumerate(row.split(",")))
    damage = {"a row deleted": rows[:3] + rows[4:], "the first deleted": rows[1:], "renumbered": rows[:1] + [cell(rows[1], 0, "7")] + rows[2:], "two swapped": rows[:4] + [rows[5], rows[4]] + rows[6:],
              "doubled": rows[:3] + rows[2:], "0.5 as a number": [cell(rows[0], 0, "0.5")] + rows[1:]}
    damage.update({f"{v} as column {c}": rows[:5] + [cell(rows[5], i, v)] + rows[6:] for i, c in enumerate(head.split(",")) for v in ("nan", "inf", "", "1e999")})
    ok(Run("plot", "flow", "--history", f"{net}/history.csv", "--numbers", "--out", "p").code == 0, f"{net}: a history as it was written is taken")
    shutil.rmtree("p", True)
    for name, lines in damage.items():
        put("h.csv", ("\n".join([head] + lines) + "\n").encode())
        refused(Run("plot", "flow", "--history", "h.csv", "--numbers", "--out", "p"), f"{net}: {name}", r"h\.csv: row \d+, column " + (name.split()[-1] if "column" in name else "epoch"), out="p")
far = json.loads(Run("converge", "--data", "near", "--gamma", "0.5", "--m", "4", "--log-loss", "-1e4", "--json").out)
changes = {"reversed": lambda d: d["decades"].reverse(), "one moved": lambda d: d["decades"].insert(0, d["decades"].pop(2)), "twice": lambda d: d["decades"].insert(1, d["decades"][1]),
           "another verdict": lambda d: d.update(verdict={"PASS": "FAIL"}.get(d["verdict"], "PASS")), "a check that fails": lambda d: d["checks"][0].update(verdict="FAIL"), "no verdict's word": lambda d: d["checks"][0].update(verdict="pass")}
changes.update({f"null as {k}": lambda d, k=k: d["decades"][2].update({k: None}) for k in ("s", "log_loss", "p_distance", "direction_error")})
put("far.json", json.dumps(far).encode())
ok(Run("plot", "converge", "--converge", "far.json", "--numbers", "--out", "p").code == 0, "decades as they were written are taken")
shutil.rmtree("p", True)
for name, change in changes.items():
    d = json.loads(json.dumps(far))
    change(d), put("far.json", json.dumps(d).encode())
    refused(Run("plot", "converge", "--converge", "far.json", "--numbers", "--out", "p"), f"converge.json, {name}", r"far\.json: ", out="p")

# ---- verdicts of a document are those of its checks
verify = json.loads(Run("verify", "--data", "near", "--gamma", "0.5", "--controls", "1", "--json").out)


def page(d):
    shutil.rmtree("run", True)
    put("run/report.json", json.dumps(d).encode())
    r = Run("report", "run", "--out", "page")
    return r, r.err if r.code else text("page/index.html").replace("&#39;", "'")


r, p = page(verify)
ok(r.code == 0 and f": {verify['verdict']}." in p and "Predictions against" not in p.split("Left out")[-1], "report.json as it was written is shown", r)
for name, change in {"every check to FAIL": lambda d: [c.update(verdict="FAIL") for c in d["cases"][0]["checks"]], "one to FAIL": lambda d: d["cases"][0]["checks"][3].update(verdict="FAIL"),
                     "the verdict": lambda d: d.update(verdict="UNDECIDED"), "the case's verdict": lambda d: d["cases"][0].update(verdict="UNDECIDED"), "a check left out": lambda d: d["cases"][0]["checks"].pop(),
                     "counts": lambda d: d["counts"].update(PASS=d["counts"]["PASS"] + 1), "a word": lambda d: d["cases"][0]["checks"][0].update(verdict="GOOD")}.items():
    d = json.loads(json.dumps(verify))
    change(d)
    r, p = page(d)
    ok(r.code == 66 and "report.json: " in p and re.search("was changed|of another kind", p), f"report.json, {name} changed: refused with the reason", p)

# ---- tables of a sweep
Run("sweep", "--d", "20,30", "--n", "3", "--n-adv", "6", "--norm", "l2", "--seeds", "0-5", "--format", "both", "--out", "sweep", "--quiet")
head, names, *rows = text("sweep.csv").splitlines()
names = names.split(",")


def plot(lines, first=head):
    put("t.csv", ("\n".join([first, ",".join(names)] + lines) + "\n").encode())
    shutil.rmtree("p", True)
    r = Run("plot", "accuracy", "--sweep", "t.csv", "--numbers", "--out", "p")
    return r


ok(plot(rows).code == 0 and "of its sweep" not in plot(rows).out, "a whole table has no word of missing rows", plot(rows))
for name, some in (("last", rows[:-3]), ("in the middle", rows[:4] + rows[7:])):
    r = plot(some)
    ok(r.code == 0 and "The table has 9 of the 12 cells of its sweep." in r.out, f"three rows missing, {name}: the caption says it", r)
r = plot(rows, head.replace("cells=12", "cells=80"))
ok(r.code == 0 and "12 of the 80 cells" in r.out, "more cells than rows: told", r)
r = Run("sweep", "--d", "20,30", "--n", "3", "--n-adv", "6", "--norm", "l2", "--seeds", "0-5", "--shard", "1/2", "--out", "half", "--quiet")
r = Run("plot", "accuracy", "--sweep", "half.csv", "--numbers", "--out", "p")
ok(r.code == 0 and f"The table, shard 1 of 2, has {len(text('half.csv').splitlines()) - 2} of the 12 cells" in r.out, "a shard: told", r)
for column, value in (("d", "50.5"), ("d", "0"), ("d", "020"), ("n", "0"), ("n_adv", "0"), ("n_adv", "6x"), ("seed", "-1"), ("acc", "2"), ("acc", "0.5abc"), ("acc", "-0.1"), ("acc", "1e400"), ("acc", "inf"), ("acc_control", "1.5"),
                      ("eps", "nan"), ("eps", "0"), ("eps", "inf"), ("gamma", "2"), ("gamma", "nan"), ("gamma", "0.5.5"), ("h", "0.5"), ("c1", "2"), ("agree", "1.01"), ("cosine", "1.1"), ("ratio", "1e400"), ("norm", "l3"), ("limit", "none"),
                      ("reason", "acc:foo"), ("reason", ""), ("reason", "acc:range"), ("acc", "nan")):
    cells = rows[2].split(",")
    cells[names.index(column)] = value
    blame = "reason" if (column, value) in (("limit", "none"), ("acc", "nan")) else column
    refused(plot(rows[:2] + [signed(head, ",".join(cells))] + rows[3:]), f"rightly signed, {column} = {value!r}: refused, and column {blame} named", f"column {blame} ", out="p")
foreign = "data,base,method,arithmetic,from,norm,d,n,n_adv,m,gamma,eps,k,acc,acc_control\n" + "".join(f"uniform,noise,limit,double,geometry,l2,{d},3,6,0,0.5,0.1,0,%s,0.5\n" for d in (1, 2))
for value in ("2", "-1", "inf"):
    put("foreign.csv", (foreign % ("0.5", value)).encode())
    refused(Run("plot", "accuracy", "--sweep", "foreign.csv", "--numbers", "--out", "p"), f"another program's table, acc = {value}", "row 2, column acc: ", out="p")

# ---- messages say what is so
K = np.load("net/W.npy")
put("K.npy", np.ldexp(K, -1040 - math.frexp(abs(K).max())[1]))
r = Run("compare", "--data", "near", "--weights", "K.npy", "--gamma", "0.5")
ok(r.code == 65 and "below the normal doubles" in r.err and "outside the range" not in r.err, "compare: a margin that is a subnormal double", r)
data("label", [[1.0, 2], [3, 4]], [1, np.nextafter(1, 0)])
refused(Run("limit", "--data", "label", "--gamma", "0.5"), "a label next to 1 is told from 1", r"label 1 is 0\.99999999999999989;")
data("big", np.random.default_rng(1).standard_normal((40, 300)), np.where(np.arange(40) % 2, -1, 1))
need = None
for limit, shown in (("1", "1 bytes"), ("2K", "2 KiB"), ("1500", "1.46 KiB")):
    refused(Run("limit", "--data", "big", "--gamma", "0.5", "--memory-limit", limit), f"--memory-limit {limit}: readable units", rf"needs \d+(\.\d+)? KiB, more than the memory limit of {shown};")
for verb, args in (("limit", ["--certify", "--out", "o"]), ("converge", ["--m", "4"])):
    for prec in ("2", "52", "1000000"):
        refused(Run(verb, "--data", "near", "--gamma", "0.5", *args, "--prec", prec), f"{verb} --prec {prec}: out of its range", rf"--prec {prec}: the precision lies in 53\.\.", out="o")
for args in (["--data", ""], ["--data=", "--labels", "big/y.npy"], ["--data", "big", "--labels", ""]):
    refused(Run("limit", *args, "--gamma", "0.5"), f"limit {' '.join(args)}: an empty value", r"--(data|labels) is empty, it takes (PATH|FILE)", code=64)
np.savez("arrays.npz", X=np.load("big/X.npy"), y=np.load("big/y.npy"))
refused(Run("limit", "--data", "arrays.npz:", "--gamma", "0.5"), "limit --data FILE.npz:, no name", "arrays.npz: names no array behind its colon; write FILE.npz", code=64)
done()
