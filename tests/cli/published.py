"""The authors' published experiments: presets against their lists as typed here, published numbers as cells, tables held
against them with the arithmetic done again, their decision maps by other verbs, and what is refused."""
import collections, csv, io, json, math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from published import *
from tables import *
from tap import *

B = 10**9  # the role of a seed: seed + role * B (spec/formats.md)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def rows(path, skip=0):
    return list(csv.DictReader(io.StringIO("\n".join(read(path).decode().split("\n")[skip:]))))


def listed(*args):
    r = Run("sweep", "--list", *args)
    ok(r.code == 0, "list " + " ".join(args), r)
    cells = []
    for line in r.out.splitlines()[1:]:
        w, v = line.split(), dict(x.split("=") for x in line.split() if "=" in x)
        cells.append((Cell(w[2], w[6], int(v["d"]), int(v["n"]), int(v["n_adv"]), float(v["eps"]), int(v["k"]), int(v["seed"])), w, v))
    return cells, r.out.splitlines()[0]


EVERY = [(law, norm) for law in SEED for norm in ("l2", "linf", "l0")]
WANT = {"paper-d": [cell(*e, d=d) for e in EVERY for d in D], "paper-n": [cell(*e, n=n) for e in EVERY for n in N],
        "paper-nadv": [cell(*e, n_adv=n) for e in EVERY for n in N_ADV],
        "paper-eps": [cell(law, "l2", eps=e) for law in SEED for e in L2] + [cell(law, "linf", eps=e) for law in SEED for e in LINF]
        + [cell(law, "l0", share=s) for law in SEED for s in L0],
        "paper-10": [cell("uniform", "l2", n_adv=10)], "paper-20": [cell("uniform", "l2", n_adv=20)], "paper-100": [cell("uniform", "l2", n_adv=100)]}
grid = {}
for name, want in WANT.items():
    got, _ = listed("--preset", name, "--scale", "paper")
    grid[name] = {c for c, w, v in got}
    ok(sorted(c for c, w, v in got) == sorted(want), f"{name}: the published grid, cell for cell", sorted(grid[name] ^ set(want))[:6])
    ok({(w[3], w[4], w[5], v["m"], float(v["gamma"])) for c, w, v in got} == {("noise", "limit", "geometry", "0", 0.01)}, f"{name}: the limit on noise at gamma 0.01")
    got, head = listed("--preset", name, "--scale", "paper", "--method", "sgd")
    ok({(w[4], w[5], v["m"]) for c, w, v in got} == {("sgd", "pgd", "1000")} and " epochs=100000 " in head, f"{name} by sgd: PGD, 1000 neurons, 100000 epochs", head)
    got, head = listed("--preset", name, "--method", "sgd")
    cells = [c for c, w, v in got]
    ok(len(set(cells)) == len(cells) and max(c.n_adv for c in cells) <= 500 and max(c.d for c in cells) <= 5000 and " epochs=1000 " in head
       and {(c.law, c.norm) for c in cells} == {(c.law, c.norm) for c in want} and {c.seed for c in cells} == set(range(10)), f"{name}, small: the same shape, no cell twice", cells[:3])
    for word in ("l2", "linf"):  # the sizes stand to the preset's own as the authors' do
        small, paper = ([c.eps for c in x if c.norm == word and c.law == "uniform" and c.seed == s] for x, s in ((cells, 0), (want, 5)))
        if name == "paper-eps":
            ok(np.allclose(np.array(small) / small[-1], np.array(paper) / paper[-1], rtol=1e-12) and len(small) == len(paper), f"paper-eps, small: {word} in the authors' proportions", small)
c, head = listed("--preset", "paper-d", "--scale", "paper", "--seeds", "0-1", "--from", "geometry", "--method", "sgd", "--epochs", "7")
ok({x.seed for x, w, v in c} == {0, 1} and {w[5] for x, w, v in c} == {"geometry"} and " epochs=7 " in head, "what is given replaces the preset's seeds, attack and epochs", head)

# ---- the published numbers are cells of these grids

ok(lines[0].split("\t") == ["norm", "axis", "value", "law", "seed", "accuracy", "within", "note"], "spec/published.tsv: its columns", lines[0])
of = collections.Counter((r["norm"], r["axis"]) for r in numbers)
ok(of == {("l2", "d"): 14, ("l2", "n_adv"): 16, ("l2", "n"): 12, ("l2", "eps"): 16, ("linf", "d"): 14, ("linf", "eps"): 12, ("l0", "d"): 12, ("l0", "n_adv"): 4,
          ("l0", "n"): 12, ("l0", "share"): 18}, "spec/published.tsv: how many on each curve", of)


HOME = {"d": "paper-d", "n": "paper-n", "n_adv": "paper-nadv", "eps": "paper-eps", "share": "paper-eps"}
astray = [r for r in numbers if cell_of(r) not in grid[HOME[r["axis"]]]]
ok(not astray, "every published number is a cell of its preset", astray[:4])
ok({(r["law"], int(r["seed"])) for r in numbers} == set(SEED.items()) and {r["within"] for r in numbers} == {"0.005", "0.02"}
   and all(0.5 < float(r["accuracy"]) <= 1 for r in numbers), "their seeds and reading errors")

# ---- a table against them: rows made up and signed, the comparison computed again

Run("sweep", "--d", "20", "--n", "3", "--n-adv", "6", "--seeds", "0-15", "--out", "made", "--quiet")
head, names, *body = read("made.csv").decode().splitlines()
names = names.split(",")
rng = np.random.default_rng(3)
MADE = [("l2", "uniform", "d", 100, 0.635), ("l2", "uniform", "d", 100, 0.6356), ("l2", "gauss", "n_adv", 100, 0.612), ("l2", "gauss", "eps", 0.05, 0.5505),
        ("l2", "uniform", "eps", 0.78, 0.9), ("linf", "gauss", "eps", 0.015, 0.8), ("l0", "uniform", "share", 0.002, 0.7), ("l0", "gauss", "share", 0.05, 0.76),
        ("l0", "uniform", "n", 7000, None), ("l2", "uniform", "n_adv", 10, 0.4), ("linf", "uniform", "d", 2500, 0.93)]
table, alone = [], []
for i, line in enumerate(body):
    r = dict(zip(names, line.split(",")))
    if i < len(MADE) + 2:  # the last two are the first one's cell at another slope, and on other bases
        norm, law, axis, value, acc = MADE[i if i < len(MADE) else 0]
        c = cell_of({"norm": norm, "law": law, "axis": axis, "value": value})
        r.update(data=law, norm=norm, d=str(c.d), n=str(c.n), n_adv=str(c.n_adv), gamma="0.5" if i == len(MADE) else "0.01", base="natural-flipped" if i > len(MADE) else "noise", eps="%.17g" % c.eps, k=str(c.k), seed=str(i))
        r.update(acc="%.17g" % acc if acc else "nan", rule="%.17g" % rng.uniform(0, 2), acc_control="%.17g" % rng.uniform(0.4, 0.6))
        if not acc:
            told = [p for p in r["reason"].split(";") if p]
            at = sum(names.index(p.split(":")[0]) < names.index("acc") for p in told)
            r["reason"] = ";".join(told[:at] + ["acc:limit_adv"] + told[at:])
    table.append(r)
    body[i] = signed(head, ",".join(r[n] for n in names))
put("made.csv", ("\n".join([head, ",".join(names), *body]) + "\n").encode())
r = Run("sweep", "--merge", "joined.csv", "made.csv", "--against", PUBLISHED, "--json")
doc = json.loads(r.out) if r.code == 0 else {}
ok(doc.get("files") == ["joined.csv", "joined.against.csv"] and read("joined.csv") == read("made.csv"), "a table that is there, held against the numbers", r)
got = rows("joined.against.csv")
want = []


def line(p, row, state):
    """What a line has to say: the pair, and the differences."""
    acc, rule = (float(row[k]) if row else math.nan for k in ("acc", "rule"))
    pub = float(p["accuracy"]) if p else math.nan
    phi = 0.5 * (1 + math.erf(rule / math.sqrt(2)))
    want.append(((p or {}).get("norm") or row["norm"], (p or {}).get("law") or row["data"], (p or {}).get("axis", ""), float((p or {}).get("value", "nan")),
                 row["cell"] if row else "", row["seed"] if row else "", acc, rule, phi, acc - pub, phi - pub, state))


for p in numbers:
    mine = [t for t in table if fits(p, t)]
    for t in mine:
        off = abs(round(1e9 * (float(t["acc"]) - float(p["accuracy"]))) / 1e9) if t["acc"] != "nan" else math.nan
        line(p, t, "no-accuracy" if t["acc"] == "nan" else "within" if off <= float(p["within"]) else "outside")
    if not mine:
        line(p, None, "no-cell")
for t in table:
    if not any(fits(p, t) for p in numbers):
        line(None, t, "no-published")
same = lambda a, b: a == b or (isinstance(b, float) and (math.isnan(a) and math.isnan(b) or math.isclose(a, b, rel_tol=1e-13, abs_tol=1e-15)))
have = [(g["norm"], g["law"], g["axis"], float(g["value"]), g["cell"], g["seed"], *(float(g[k]) for k in ("measured", "rule", "rule_accuracy", "difference", "rule_difference")),
         g["state"]) for g in got]
wrong = [(a, b) for a, b in zip(have, want) if not all(map(same, a, b))]
ok(len(have) == len(want) and not wrong, f"all {len(want)} lines as computed here", wrong[:3])
ok(collections.Counter(w[-1] for w in want).keys() == {"within", "outside", "no-accuracy", "no-cell", "no-published"} and
   [g["state"] for g in got if g["cell"] in ("0", "1")] == ["within", "outside"], "each state occurs, and 0.635 is within 0.005 of 0.63")
ok([(g["axis"], g["value"]) for g in got if g["cell"] == "4"] == [("d", "10000"), ("n_adv", "10000"), ("n", "1000"), ("eps", "0.78000000000000003")],
   "a run that was read on four curves is held against each")
ok(all(g["control"] == next(t for t in table if t["cell"] == g["cell"])["acc_control"] and g["published_seed"] == (str(SEED[g["law"]]) if g["axis"] else "") for g in got if g["cell"]),
   "control and seed are handed on")
off, rule = (sorted(abs(w[i]) for w in want if not math.isnan(w[9])) for i in (9, 10))
count = collections.Counter(w[-1] for w in want)
ok(doc["against"].get("compared") == len(off) and all(math.isclose(doc["against"][k], v, rel_tol=1e-13) for k, v in
   (("median", float(np.median(off))), ("largest", off[-1]), ("rule_median", float(np.median(rule))), ("rule_largest", rule[-1])))
   and (doc["against"]["published"], doc["against"]["cells"], doc["against"]["within"], doc["against"]["no_cell"], doc["against"]["no_published"], doc["against"]["no_accuracy"])
   == (len(numbers), 16, count["within"], count["no-cell"], count["no-published"], count["no-accuracy"]), "the summary, by NumPy's median", doc.get("against"))
r = Run("sweep", "--merge", "joined.csv", "made.csv", "--against", PUBLISHED)
ok(f"{len(off)} pairs, {count['within']} within the reading error: median {float(np.median(off)):.4g}, largest {off[-1]:.4g}" in r.out
   and f"{count['no-cell']} published; without a published number: {count['no-published']} rows; without an accuracy: {count['no-accuracy']} pairs" in r.out, "the same on the terminal", r)
put("one.tsv", "\n".join(lines[:2]).encode())
two = json.loads(Run("sweep", "--merge", "joined.csv", "made.csv", "--against", "one.tsv", "--json").out)["against"]
ok(two["compared"] == 2 and math.isclose(two["median"], (0.005 + 0.0056) / 2, rel_tol=1e-9) and math.isclose(two["largest"], 0.0056, rel_tol=1e-9)
   and (two["published"], two["within"], two["no_published"], two["no_cell"]) == (1, 1, 14, 0), "an even number of pairs, the last line without its newline", two)

# ---- over the curves
r = Run("plot", "accuracy", "--sweep", "made.csv", "--against", PUBLISHED, "--where", "norm=l2", "--where", "data=uniform", "--where", "d=100", "--where", "gamma=0.01", "--where", "base=noise", "--x", "d", "--out", "pic", "--json")
shown = rows("pic/accuracy_published.csv") if ok(r.code == 0, "drawn", r) else []
ok([(float(s["d"]), float(s["accuracy"]), float(s["within"])) for s in shown] == [(float(p["value"]), float(p["accuracy"]), float(p["within"])) for p in numbers
   if (p["norm"], p["axis"], p["law"]) == ("l2", "d", "uniform")] and "reading error): 7." in json.loads(r.out)["caption"], "the seven numbers of that curve, whose sizes follow d", shown)
ok(b"title 'published, with its reading error'" in read("pic/accuracy.gp") and os.path.getsize("pic/accuracy.png") > 4000, "in the picture")
r = Run("plot", "accuracy", "--sweep", "made.csv", "--against", PUBLISHED, "--where", "norm=l0", "--x", "k", "--out", "pic0", "--json")
shown = rows("pic0/accuracy_published.csv")
ok({(float(s["k"]), float(s["accuracy"])) for s in shown} == {(round(float(p["value"]) * 10000), float(p["accuracy"])) for p in numbers if p["axis"] == "share"}, "shares stand at their number of entries", shown[:3])
r = Run("plot", "accuracy", "--sweep", "made.csv", "--against", PUBLISHED, "--where", "gamma=0.5", "--where", "norm=l2", "--x", "d", "--numbers", "--out", "pic1")
ok(r.code == 0 and rows("pic1/accuracy_published.csv") == [] and b"title 'published" not in read("pic1/accuracy.gp"), "none over curves of another slope, and no word of them in the key", r)

# ---- a real cell: the run, then the complete table held without computing a cell
ONE = ["sweep", "--preset", "paper-20", "--scale", "paper", "--out", "twenty", "--against", PUBLISHED]
r = Run(*ONE)
first, times = (read(f"twenty{e}") for e in (".against.csv", ".times.csv")) if r.code == 0 else (b"", b"")
g = [x for x in rows("twenty.against.csv") if x["cell"]]
ok(r.code == 0 and len(g) == 1 and g[0]["state"] == "no-published" and float(g[0]["measured"]) == float(rows("twenty.csv", 1)[0]["acc"]) > 0.5, "the run at N_adv = 20 has no published accuracy, and says so", r)
r = Run(*ONE, "--resume")
ok(r.code == 0 and read("twenty.against.csv") == first and read("twenty.times.csv") == times, "resumed: the same bytes, no cell computed", r)

# ---- the decision map by gen, limit and perturb
r = Run("map", "--preset", "paper-20", "--grid", "61", "--numbers", "--out", "map", "--json")
doc = json.loads(r.out) if ok(r.code == 0, "map of a preset", r) else {}
for args in (["gen", "uniform", "--seed", "5", "--n", "1000", "--d", "10000", "--out", "nat"], ["gen", "uniform", "--seed", 5 + B, "--n", "20", "--d", "10000", "--out", "noise"],
             ["limit", "--data", "nat", "--gamma", "0.01", "--out", "nat-limit"],
             ["perturb", "--norm", "l2", "--from", "geometry", "--data", "noise", "--direction", "nat-limit/w.npy", "--eps", "0.78", "--out", "adv"],
             ["limit", "--data", "adv", "--gamma", "0.01", "--out", "adv-limit"]):
    p = Run(*args, "--quiet")
    assert p.code in (0, 1, 2), str(p)
axes, w, w_adv = np.load("map/map_axes.npy"), np.load("nat-limit/w.npy"), np.load("adv-limit/w.npy")
X, y, a = np.load("nat/X.npy"), np.load("nat/y.npy"), np.load("nat-limit/lambda.npy")
slope = np.load("nat-limit/slopes.npy")
rays = rows("map/map_rays.csv")
for name, v in (("A", w), ("B", w_adv), ("f_bdy", w)):
    angle = math.degrees(math.atan2(*(axes @ v)[::-1])) + 90  # a boundary is at right angles to its w
    found = [float(x["degrees"]) for x in rays if x["function"] == name]
    ok(len(found) == 2 and np.allclose(sorted(f % 180 for f in found), [angle % 180] * 2, atol=1e-7), f"map: the boundary of {name} where gen, limit and perturb have it", (found, angle))
neurons = np.array([(t * a * y * np.where(y == t, 1, slope)) @ X for t in (1, -1)])  # U and V of C2
unit = neurons / np.linalg.norm(neurons, axis=1)[:, None]
p = unit[0] - unit[1]
ok(np.allclose(axes[0], p / np.linalg.norm(p), atol=1e-9), "map: the plane is that of C2's two neurons", abs(axes[0] - p / np.linalg.norm(p)).max())
ok(doc.get("preset") == "paper-20" and doc["extent"] == 3.4 and doc["gamma"] == 0.01 and (doc["weights_of"], doc["weights2_of"]) == ("these data", "other data")
   and doc["agreement"]["A_f_bdy"] == 1 and "20 noise bases" in doc["caption"], "map: what it says of itself", doc)

# ---- refusals
GOOD = "\n".join(lines) + "\n"
before_all = tree()
bad = {"no column": ("no column within", GOOD.replace("\twithin\t", "\twithim\t", 1)), "a row with a tab too few": ("row 1 has 7 cells", GOOD.replace("\t0.005\t\n", "\t0.005\n", 1)),
       "commas": ("no column norm", GOOD.replace("\t", ",")), "no rows": ("no row", lines[0] + "\n"), "an empty file": ("is empty", ""),
       "a norm": ("'l3' is not a norm: l2, linf, l0, l1", GOOD.replace("l2\td", "l3\td", 1)), "an axis": ("'m' is not an axis", GOOD.replace("l2\td", "l2\tm", 1)),
       "a law": ("'cauchy' is not a law", GOOD.replace("uniform", "cauchy", 1)), "shares of l2": ("not what this norm bounds, eps", GOOD.replace("l2\teps", "l2\tshare", 1)),
       "eps of l0": ("not what this norm bounds, the share", GOOD.replace("l0\tshare", "l0\teps", 1)), "half a dimension": ("column value: '100.5'", GOOD.replace("d\t100\t", "d\t100.5\t", 1)),
       "a dimension of 0": ("column value: '0'", GOOD.replace("d\t100\t", "d\t0\t", 1)), "a share above 1": ("column accuracy: '1.63'", GOOD.replace("0.63", "1.63", 1)),
       "no number": ("column accuracy: '0.63x' is not a number", GOOD.replace("0.63", "0.63x", 1)), "an accuracy left out": ("column accuracy: ''", GOOD.replace("0.63", "", 1)),
       "a negative reading error": ("column within: '-0.005'", GOOD.replace("0.005", "-0.005", 1)), "a seed": ("column seed: '5.5'", GOOD.replace("\t5\t", "\t5.5\t", 1)),
       "a number twice": ("rows 1 and 131", GOOD + lines[1] + "\n"), "a NUL": ("NUL", GOOD.replace("uniform", "uni\0form", 1))}
for name, (words, text) in bad.items():
    put("bad.tsv", text.encode())
    for verb in (["sweep", "--d", "20", "--n", "3", "--out", "never"], ["plot", "accuracy", "--sweep", "made.csv", "--x", "d", "--numbers", "--out", "never"]):
        r = Run(*verb, "--against", "bad.tsv")
        ok(r.code == 65 and words in r.err and r.err.count("\n") == 1, f"{verb[0]}, {name}: refused before anything is run", r)
os.remove("bad.tsv")
put("foreign.csv", b"data,base,method,arithmetic,from,norm,d,n,n_adv,m,gamma,eps,k,acc,acc_control\n")
for name, code, words, args in (
        ("no such file", 66, "none.tsv", ["sweep", "--d", "20", "--n", "3", "--out", "never", "--against", "none.tsv"]),
        ("JSON lines alone", 64, "--format csv or both", ["sweep", "--d", "20", "--n", "3", "--out", "never", "--format", "jsonl", "--against", PUBLISHED]),
        ("with --list", 64, "leave --list out", ["sweep", "--d", "20", "--list", "--against", PUBLISHED]),
        ("a map with data of its own", 64, "leave --data", ["map", "--preset", "paper-20", "--data", "nat", "--out", "never"]),
        ("a map with a slope of its own", 64, "--gamma", ["map", "--preset", "paper-20", "--gamma", "0.5", "--out", "never"]),
        ("a preset that is no map", 64, "paper-10", ["map", "--preset", "paper-d", "--out", "never"])):
    r = Run(*args)
    ok(r.code == code and words in r.err and r.err.count("\n") == 1, f"{name}: {code}", r)
os.remove("foreign.csv")
ok(tree() == before_all, "bad input leaves nothing behind", set(tree()) ^ set(before_all))
done()
