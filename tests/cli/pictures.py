"""Pictures: the numbers behind each recomputed in NumPy, the files drawn from them, what happens without gnuplot, bad input."""
import json, math, os, re, struct, sys, xml.etree.ElementTree as xml
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *
import mpmath


def table(path):
    return np.atleast_1d(np.genfromtxt(path, delimiter=",", names=True, dtype=None, encoding="utf-8"))


def read(path):
    with open(path, "rb") as f:
        return f.read()


def draw(name, *args):
    r = Run(*args, "--json")
    doc = json.loads(r.out) if r.code == 0 else {}
    ok(r.code == 0 and r.err == "", f"{name}: made, nothing on stderr", r)
    return doc


def drawn(name, folder, doc):
    """SVG and PNG are whole, of the size that was told, and not blank; nothing else is left behind."""
    base = os.path.join(folder, doc["name"])
    svg = xml.parse(base + ".svg").getroot()
    shapes = sum(1 for e in svg.iter() if e.tag.rsplit("}")[-1] in ("path", "use", "image", "polygon"))
    ok(svg.get("width") == str(doc["width"]) and svg.get("height") == str(doc["height"]) and shapes > 10, f"{name}: SVG", shapes)
    png = read(base + ".png")
    size = struct.unpack(">II", png[16:24])
    ok(png[:8] == b"\x89PNG\r\n\x1a\n" and png[-8:-4] == b"IEND" and size == (2 * doc["width"], 2 * doc["height"]) and len(png) > 4000,
       f"{name}: PNG", size)
    ok(all(os.path.exists(f) for f in doc["files"]) and base + ".svg" in doc["files"] and not [f for f in os.listdir(folder) if "tmp" in f],
       f"{name}: the files named are there, and no others", os.listdir(folder))
    words = "".join(svg.itertext())
    ok(re.search(r"\([^()]*(unit of|dimensionless|count|share|natural logarithm|squared)[^()]*\)", words) or doc.get("kind") == "images", f"{name}: axes have units", words[:300])


def f_net(W, gamma, Z):
    a = np.where(np.arange(len(W)) < len(W) // 2, 1, -1) / math.sqrt(len(W))
    z = Z @ W.T
    return np.where(z > 0, z, gamma * z) @ a


for args in (["gen", "uniform", "--n", "20", "--d", "300", "--seed", "1", "--out", "data"],
             ["train", "--data", "data", "--gamma", "0.5", "--m", "20", "--out", "net"],
             ["train", "--data", "data", "--gamma", "0.3", "--m", "12", "--method", "sgd", "--epochs", "30", "--out", "sgd"],
             ["limit", "--data", "data", "--gamma", "0.5", "--out", "limit"],
             ["gen", "uniform", "--n", "40", "--d", "300", "--seed", "2", "--out", "noise"],
             ["perturb", "--norm", "l2", "--from", "geometry", "--data", "noise", "--direction", "limit/w.npy", "--eps", "0.4", "--out", "adv"]):
    Run(*args)
X, y, w, A, B = (np.load(f) for f in ("data/X.npy", "data/y.npy", "limit/w.npy", "net/W.npy", "sgd/W.npy"))

# ---- lfap map: signs, agreement, projections and boundaries, in d dimensions and in NumPy's order of operations
G = 61
doc = draw("map", "map", "--data", "data", "--weights", "net/W.npy", "--weights2", "sgd/W.npy", "--gamma", "0.5", "--gamma2", "0.3", "--grid", G, "--out", "map")
drawn("map", "map", doc)
m, axes = table("map/map.csv"), np.load("map/map_axes.npy")
unit = lambda v: v / np.linalg.norm(v)
plus, minus = unit(A[:10].mean(0)), unit(A[10:].mean(0))
ok(np.allclose(axes, [unit(plus - minus), unit(plus + minus)], rtol=1e-9, atol=1e-13) and abs(axes[0] @ axes[1]) < 1e-12, "map: axes span the plane of the mean rows, orthogonal")
side = doc["extent"] * (2 * np.arange(G) - (G - 1)) / (G - 1)
ok(np.allclose(m["a"], np.tile(side, G), rtol=1e-15) and np.allclose(m["b"], np.repeat(side, G), rtol=1e-15) and len(m) == G * G, "map: a square grid")
Z = np.outer(m["a"], axes[0]) + np.outer(m["b"], axes[1])
values = {"A": f_net(A, 0.5, Z), "B": f_net(B, 0.3, Z), "f_bdy": Z @ w}
for k, v in values.items():
    sure = abs(v) > 1e-12 * abs(v).max()
    ok((np.sign(m[k]) == np.sign(v))[sure].all() and sure.sum() >= G * G - 1, f"map: signs of {k} are those of the function at the grid points", (~sure).sum())
    ok(np.allclose(m[k], v, rtol=1e-9, atol=1e-12 * abs(v).max()), f"map: values of {k}")
share = lambda p, q: (np.sign(m[p]) == np.sign(m[q])).mean()
want = {"A_B": share("A", "B"), "A_f_bdy": share("A", "f_bdy"), "B_f_bdy": share("B", "f_bdy")}
ok(all(doc["agreement"][k] == v for k, v in want.items()) and doc["agreement"]["all"] == m["agree"].mean() and want["A_B"] < 1, "map: shares of agreement", (want, doc["agreement"]))
s = table("map/map_samples.csv")
ok(np.allclose(np.c_[s["a"], s["b"]], X @ axes.T, rtol=1e-9) and (s["label"] == y).all() and (abs(X @ axes.T) <= doc["extent"]).all(), "map: samples projected, all inside")
rays = table("map/map_rays.csv")
for k, f in (("A", lambda z: f_net(A, 0.5, z)), ("B", lambda z: f_net(B, 0.3, z)), ("f_bdy", lambda z: z @ w)):
    angle = np.radians(rays["degrees"][rays["function"] == k])
    circle = lambda t: np.c_[np.cos(t), np.sin(t)] @ axes
    t = np.radians(np.arange(0.125, 360, 0.25))
    changes = (np.sign(f(circle(t))) != np.sign(f(circle(np.roll(t, 1))))).sum()
    ok(len(angle) == changes == 2 and (np.sign(f(circle(angle + 1e-9))) != np.sign(f(circle(angle - 1e-9)))).all(), f"map: {k} changes its sign at its rays", angle)
script = read("map/map.gp").decode()
ok("title 'they disagree'" in script and "title 'boundary of B'" in script and script.count("unset key") == 1 and re.search(r"title = '[^']*'\.\"\\n\"\.'N = \d+, d = \d+, gamma = 0\.5(, seed \d+)?'", script),
   "map: agreement and disagreement in the key, which stands once; sizes and slope in the title", script[:900])
signs = [re.findall(r"and of (\w+)|sign of (\w+)", t) for t in re.findall(r"set title '(sign of [^']*)'", script)]
same = {k: next(l for l in ("A", "B", "f_bdy") if (np.sign(m[k]) == np.sign(m[l])).all()) for k in ("A", "B", "f_bdy")}
ok(len(signs) == len(set(same.values())) and sorted(a or b for t in signs for a, b in t) == ["A", "B", "f_bdy"], "map: a panel for each of the different sign patterns, every function named once", (signs, same))
alone = draw("map of one network", "map", "--data", "data", "--weights", "net/W.npy", "--gamma", "0.5", "--direction", "limit/w.npy", "--grid", G, "--extent", doc["extent"], "--out", "map1")
one = table("map1/map.csv")
ok(list(alone["agreement"]) == ["A_f_bdy", "A_f_bdy_hex", "all", "all_hex"] and (one["A"] == m["A"]).all() and (one["f_bdy"] == m["f_bdy"]).all(),
   "map: one network and a given w: the same values", alone.get("agreement"))

# ---- spectrum: the multipliers of lambda.npy, the intervals of lfap limit --json, drawn only where they apply
Run("gen", "uniform", "--n", "2", "--d", "20000", "--seed", "3", "--out", "inside")
put("inside/y.npy", np.array([1.0, -1.0]))
Run("gen", "uniform", "--n", "16", "--d", "400", "--seed", "3", "--out", "kinks")
for data, gamma, inside in (("data", "0.5", 0), ("inside", "0.9", 1), ("kinks", "0.01", 0)):
    doc = draw(f"spectrum of {data}", "plot", "spectrum", "--data", data, "--gamma", gamma, "--out", f"spec-{data}")
    drawn(f"spectrum of {data}", f"spec-{data}", doc)
    limit = json.loads(Run("limit", "--data", data, "--gamma", gamma, "--out", f"lim-{data}", "--json").out)
    lam, labels = np.load(f"lim-{data}/lambda.npy"), np.load(f"{data}/y.npy")
    t, v = table(f"spec-{data}/spectrum.csv"), table(f"spec-{data}/spectrum_intervals.csv")
    ok((t["lambda"] == np.sort(lam)).all() and (t["lambda"] == lam[t["sample"]]).all() and (t["label"] == labels[t["sample"]]).all() and (t["rank"] == 1 + np.arange(len(lam))).all(),
       f"spectrum of {data}: the multipliers in order")
    same = [all((math.isnan(row[e]) and limit["intervals"][row["statement"]][e] is None) or row[e] == limit["intervals"][row["statement"]][e] for e in ("lo", "hi")) for row in v]
    ok(list(v["statement"]) == ["T1", "T2", "T2_a_posteriori"] and all(same), f"spectrum of {data}: the ends are those of lfap limit", v)
    ok(list(v["applies"][:2]) == [inside, inside] == [int(limit["hypothesis"]["holds"])] * 2 and ("do not apply" in doc["caption"]) == (not inside),
       f"spectrum of {data}: T1 and T2 are drawn only under (H)", doc["caption"])
    n, c2 = t["sample"], limit["c2"]
    omega, slopes = np.load(f"lim-{data}/omega.npy"), np.load(f"lim-{data}/slopes.npy")
    ok((t["omega"] == omega[n]).all() and (t["slope"] == slopes[n]).all() and t["kink"].sum() == c2["kinks"] and (c2["kinks"] > 2) == (data == "kinks")
       and (t["kink"] == ((t["slope"] > float(gamma)) & (t["slope"] < 1) & (t["lambda"] > 0))).all(), f"spectrum of {data}: omega, slopes and the kinks of lfap limit", t)
    ok((f"{c2['kinks']} samples are at a kink" in doc["caption"] and f"pre-activation {c2['own_min']:.4g}" in doc["caption"] if c2["kinks"] else "No sample is at a kink" in doc["caption"])
       and v["applies"][2] == (0 if c2["kinks"] else v["applies"][2]), f"spectrum of {data}: the caption says how many", doc["caption"])
    script = read(f"spec-{data}/spectrum.gp").decode()
    ok(("at a kink" in script) == (c2["kinks"] > 0), f"spectrum of {data}: rings where there are kinks")
    ok(("title (c == 2 ? 'T1'" in script) == bool(inside), f"spectrum of {data}: the script draws what applies")

    ok("λ_n" not in script and "λₙ" in script and "set key at screen" in script and re.search(r"title = '[^']*N = \d+, d = \d+, γ = [^']*'", script), f"spectrum of {data}: no literal escape, the key below the axis, sizes in the title", script[:600])

rng = np.random.default_rng(1)
Xz = rng.standard_normal((200, 20))
yz = np.sign(Xz[:, 0])
Xz[:, 0] += yz
put("zeros/X.npy", Xz), put("zeros/y.npy", yz)
doc = draw("spectrum of zeros", "plot", "spectrum", "--data", "zeros", "--gamma", "0.9", "--out", "zero")
lam = table("zero/spectrum.csv")["lambda"]
script = read("zero/spectrum.gp").decode()
ok((lam == 0).sum() > 100 and len(lam) == 200 and f"'ranks 1 to {(lam == 0).sum()}: λₙ = 0'" in script and f"set xrange [{(lam == 0).sum()}:201]" in script, "spectrum: most multipliers 0: they are in the table, the axis begins behind them and says so", script[:900])

# ---- split: T3's two parts, T4's cone
doc = draw("split", "plot", "split", "--data", "data", "--adv", "adv", "--gamma", "0.5", "--out", "split")
drawn("split", "split", doc)
Run("limit", "--data", "adv", "--gamma", "0.5", "--out", "lim-adv")
la, w_adv, Xa, ya, eta = (np.load(f) for f in ("lim-adv/lambda.npy", "lim-adv/w.npy", "adv/X.npy", "adv/y.npy", "adv/eta.npy"))
t = table("split/split.csv")
T_pert = X @ ((la * ya) @ eta)
T_data = X @ ((la * ya) @ np.load("noise/X.npy"))
near = lambda p, q: np.allclose(p, q, rtol=1e-10, atol=1e-10 * abs(q).max())
ok(near(t["T_data"], T_data) and near(t["T_pert"], T_pert) and near(t["f_adv"], X @ w_adv) and near(t["f_bdy"], X @ w) and near(T_data + T_pert, X @ w_adv), "split: T_data, T_pert, f_adv, f_bdy")
e = 0.4 * (la.sum()) * (X @ unit(w))
ok(near(t["T_pert"], e), "split: T_pert = eps (sum la) <e, z>")
cone = (abs(T_data) < abs(T_pert)) & (np.sign(T_pert) == np.sign(X @ w))
consistent = np.sign(X @ w_adv) == np.sign(X @ w)
ok((t["cone"] == cone).all() and (t["consistent"] == consistent).all() and 0 < cone.sum() < len(cone), "split: the cone of T4", t["cone"])
ok(doc["split"] == {"points": 20, "cone": cone.sum(), "broken": 0, "consistent": consistent.sum()} and consistent[cone].all(), "split: in the cone every decision is f_bdy's (T4)", doc["split"])

# ---- flow, descent, converge
doc = draw("flow", "plot", "flow", "--history", "net/history.csv", "--data", "data", "--gamma", "0.5", "--out", "flow")
drawn("flow", "flow", doc)
h, t = table("net/history.csv"), table("flow/flow.csv")
nu = 1 / np.load("limit/lambda.npy").sum()
slope = np.r_[np.nan, -np.diff(h["log_loss"]) / np.diff(h["s"])]
ok((t["s"] == h["s"]).all() and (t["minus_log_loss"] == -h["log_loss"]).all() and np.allclose(t["slope"], slope, rtol=1e-12, equal_nan=True)
   and np.allclose(t["slope_error"][1:], abs(slope / nu - 1)[1:], atol=1e-12), "flow: slopes of -log L against F1")
ok(t["slope_error"][-1] < 1e-10 < t["slope_error"][3], "flow: the slope tends to 1/sum(lambda)", t["slope_error"])
ok("C1 holds" in doc["caption"] and "title 'F1: slope" in read("flow/flow.gp").decode(), "flow: F1 applies under C1", doc["caption"])
put("clash/X.npy", np.array([[1.0, 1.0], [1.0, 1.01], [1.0, -3.0]])), put("clash/y.npy", np.array([1.0, -1.0, 1.0]))
Run("train", "--data", "clash", "--gamma", "0.1", "--m", "4", "--epochs", "50", "--out", "clash")
doc = draw("flow outside C1", "plot", "flow", "--history", "clash/history.csv", "--data", "clash", "--gamma", "0.1", "--numbers", "--out", "flow2")
ok("F1 predicts no slope" in doc["caption"] and "F1" not in read("flow2/flow.gp").decode(), "flow: without C1 no prediction is drawn as one", doc["caption"])
# ---- the parts of a trained network (T5), and its shares along training
Run("train", "--data", "adv", "--gamma", "0.5", "--m", "6", "--method", "sgd", "--epochs", "40", "--coefficients", "--out", "learned")
Run("split", "--data", "adv", "--run", "learned", "--natural", "data", "--out", "parts")
doc = draw("parts", "plot", "parts", "--parts", "parts/points.csv", "--out", "drawn")
drawn("parts", "drawn", doc)
t, src = table("drawn/parts.csv"), table("parts/points.csv")
ok(all((t[k] == src[k]).all() for k in ("label", "f", "f_rest", "effect", "one_sign", "decided")), "parts: the numbers of split")
count = [int(n) for n in re.findall(r"at (\d+)", doc["caption"])]
ok(count == [len(t), (abs(t["f_rest"]) < abs(t["effect"])).sum(), (t["f"] * t["effect"] > 0).sum(), (t["one_sign"] != 0).sum(), (t["label"] * t["f"] > 0).sum()], "parts: counted in the caption", (count, doc["caption"]))
put("along.csv", b"norm,epochs,accuracy,one_sign,effect_right,decided\nl2,10,0.5,1,1,0.25\nl2,100,1,1,1,0.75\nl0,10,0.75,0.5,1,0.5\n")
doc = draw("shares", "plot", "shares", "--shares", "along.csv", "--out", "drawn")
drawn("shares", "drawn", doc)
ok(read("drawn/shares.csv").decode().splitlines()[1:] == ["0,10,1,1,0.25,0.5", "0,100,1,1,0.75,1", "1,10,0.5,1,0.5,0.75"], "shares: a panel a run", read("drawn/shares.csv"))
for name, text, word in (("no column", "norm,epochs,accuracy\nl2,1,1\n", "one_sign"), ("no share", "epochs,accuracy,one_sign,effect_right,decided\n10,1.5,1,1,1\n", "1.5"), ("no rows", "epochs,accuracy,one_sign,effect_right,decided\n", "no rows")):
    put("bad.csv", text.encode())
    r = Run("plot", "shares", "--shares", "bad.csv", "--out", "bad")
    ok(r.code == 65 and word in r.err and not os.path.exists("bad"), f"shares, {name}: refused", r)
doc = draw("descent", "plot", "flow", "--history", "sgd/history.csv", "--name", "descent", "--out", "flow")
drawn("descent", "flow", doc)
h, t = table("sgd/history.csv"), table("flow/descent.csv")
ok((t["loss"] == h["loss"]).all() and (t["lr"] == h["lr"]).all() and len(t) == 30, "descent: loss and learning rate")
far = {"schema_version": 1, "verb": "converge", "bits": 256, "gamma": 0.5,
       "decades": [{"log_loss": -10.0**k, "s": 9.0 * 10**k, "p_distance": 10.0**-k**2, "direction_error": 0.3 / 10**k, "slope_error": None if k > 3 else 10.0**-k} for k in range(1, 7)]}
put("converge.json", json.dumps(far).encode())
doc = draw("converge", "plot", "converge", "--converge", "converge.json", "--out", "converge")
drawn("converge", "converge", doc)
t = table("converge/converge.csv")
ok([float(x) for x in t["direction_error"]] == [r["direction_error"] for r in far["decades"]] and np.isnan(t["slope_error"][3:]).all() and (t["minus_log_loss"] == 10.0**np.arange(1, 7)).all(),
   "converge: the decades as they were", t)

# ---- images: side by side, mean added back, spread over the set
r = np.random.default_rng(4)
img, mean = r.random((9, 20)) - 0.5, r.random(20)
put("img/X.npy", img), put("img/y.npy", np.where(np.arange(9) % 2, -1.0, 1.0)), put("img/mean.npy", mean)
put("dir.npy", r.standard_normal(20))
Run("perturb", "--norm", "linf", "--from", "geometry", "--data", "img", "--direction", "dir.npy", "--eps", "0.1", "--out", "img-p")
put("bases/X.npy", 2 * r.random((12, 20)) - 1), put("bases/y.npy", np.ones(12))
Run("perturb", "--norm", "l0", "--k", "3", "--from", "geometry", "--data", "bases", "--direction", "dir.npy", "--eps", "1", "--out", "img-a")
doc = draw("images", "plot", "images", "--data", "img", "--perturbed", "img-p", "--adv", "img-a", "--shape", "4x5", "--count", "3", "--out", "images")
drawn("images", "images", doc)
side_by_side = lambda v, rows: np.concatenate([v[i].reshape(4, 5) for i in rows], axis=1)
load = lambda name: np.loadtxt(f"images/images_{name}.csv", delimiter=",")
eta_p, eta_a, Xa = np.load("img-p/eta.npy"), np.load("img-a/eta.npy"), np.load("img-a/X.npy")
for name, v, rows in (("natural", img + mean, (0, 3, 6)), ("perturbation", eta_p, (0, 3, 6)), ("perturbed", np.load("img-p/X.npy") + mean, (0, 3, 6)),
                      ("noise", Xa - eta_a, (0, 4, 8)), ("noise_perturbation", eta_a, (0, 4, 8)), ("noise_perturbed", Xa, (0, 4, 8))):
    ok((load(name) == side_by_side(v, rows)).all(), f"images: {name}")

# ---- accuracy: means and Student's interval over seeds, panels, what follows from the swept quantity
r = Run("sweep", "--d", "40,80,160", "--n", "4", "--n-adv", "10", "--norm", "l2,linf", "--seeds", "0-3", "--out", "sweep")
doc = draw("accuracy", "plot", "accuracy", "--sweep", "sweep.csv", "--out", "acc")
drawn("accuracy", "acc", doc)
rows = np.genfromtxt("sweep.csv", delimiter=",", names=True, dtype=None, encoding="utf-8", skip_header=1)
t, panels = table("acc/accuracy.csv"), table("acc/accuracy_panels.csv")


def student(k):
    """Two-sided 90 % point, from the distribution function, not from a table."""
    upper = lambda x: mpmath.betainc(mpmath.mpf(k) / 2, 0.5, 0, k / (k + x * x), regularized=True) / 2 - mpmath.mpf("0.05")
    return float(mpmath.findroot(upper, (1.0, 13.0), solver="anderson", tol=1e-20))


def interval(v):
    h = student(len(v) - 1) * np.std(v, ddof=1) / math.sqrt(len(v))
    return v.mean(), v.mean() - h, v.mean() + h


ok(len(t) == 6 and list(panels["norm"]) == ["l2", "linf"] and "d" not in panels.dtype.names and "eps" not in panels.dtype.names, "accuracy: a panel a norm; eps follows from d", panels)
right = True
for row in t:
    v = rows[(rows["norm"] == panels["norm"][row["panel"]]) & (rows["d"] == row["d"])]
    for key, column in (("acc", "acc"), ("control", "acc_control")):
        right &= np.allclose([row[f"{key}_{e}"] for e in ("mean", "lo", "hi")], interval(v[column]), rtol=1e-12, atol=1e-14)
    right &= row["seeds"] == len(v) == 4
ok(right, "accuracy: means and 90 % intervals over seeds", t)
head = "cell,data,base,method,arithmetic,from,norm,d,n,n_adv,m,gamma,eps,k,seed,acc,acc_control"


def sweep(path, lines):
    put(path, ("# remark\n" + head + "\n" + "\n".join(lines) + "\n").encode())
    return path


v = np.random.default_rng(5).random((2, 40))
line = lambda i, n_adv, seed, acc, control, base="noise": f"{i},uniform,{base},limit,double,geometry,l2,100,50,{n_adv},0,0.5,{0.1},0,{seed},{acc!r},{control!r}"
many = [line(i, 7, i, float(v[0, i]), float(v[1, i])) for i in range(40)] + [line(40, 9, 0, 0.5, 0.25), line(41, 9, 1, math.nan, 0.5), line(42, 9, 0, 1.0, 0.0, "natural-random")]
draw("accuracy of many seeds", "plot", "accuracy", "--sweep", sweep("many.csv", many), "--out", "acc2")
t = table("acc2/accuracy.csv")
ok(np.allclose([t["acc_lo"][0], t["acc_hi"][0]], interval(v[0])[1:], atol=1e-7) and t["seeds"][0] == 40, "accuracy: 40 seeds", t)
ok(t["seeds"][1] == 1 and t["acc_mean"][1] == 0.5 and np.isnan(t["acc_lo"][1]) and "left out, without an accuracy: 1" in json.loads(Run("plot", "accuracy", "--sweep", "many.csv", "--out", "acc2", "--json").out)["caption"],
   "accuracy: one seed has no interval; a row without an accuracy is left out and told", t)
ok(list(t["panel"]) == [0, 0, 1], "accuracy: another base is another panel", t)
draw("accuracy --where", "plot", "accuracy", "--sweep", "many.csv", "--where", "base=noise", "--x", "n_adv", "--out", "acc3")
ok(list(table("acc3/accuracy.csv")["panel"]) == [0, 0], "accuracy: --where keeps its rows")

# ---- the same bytes again, with another number of threads, and from the script alone
again = draw("map again", "map", "--data", "data", "--weights", "net/W.npy", "--weights2", "sgd/W.npy", "--gamma", "0.5", "--gamma2", "0.3", "--grid", G, "--threads", "3", "--out", "map-again")
ok(all(read(f"map/{f}") == read(f"map-again/{f}") for f in sorted(os.listdir("map"))), "map: the same bytes with 3 threads")
before = {f: read(f"split/{f}") for f in ("split.svg", "split.png")}
p = subprocess.run(["gnuplot", "--default-settings", "split.gp"], cwd="split", capture_output=True)
ok(p.returncode == 0 and p.stderr == b"" and all(read(f"split/{f}") == b for f, b in before.items()), "the script draws the same picture from the CSV", p.stderr.decode())
for folder, name in (("map", "map"), ("spec-data", "spectrum"), ("spec-inside", "spectrum"), ("flow", "flow"), ("flow", "descent"), ("converge", "converge"), ("images", "images"), ("acc", "accuracy"), ("acc2", "accuracy")):
    p = subprocess.run(["gnuplot", "--default-settings", "-e", "out = '/dev/null'", f"{name}.gp"], cwd=folder, capture_output=True)
    said = [l for l in p.stderr.decode().splitlines() if "warning" in l.lower() and "adjusting to" not in l and "Skipping data file with no valid points" not in l]
    ok(not said, f"{folder}/{name}.gp: gnuplot has nothing to say", "\n".join(said))

# ---- without gnuplot
os.makedirs("bin")
bare = dict(os.environ, PATH=os.path.abspath("bin"))
before = tree()
spectrum = ["plot", "spectrum", "--data", "data", "--gamma", "0.5", "--out", "bare"]
r = Run(*spectrum, env=bare)
ok(r.code == 66 and "gnuplot-nox" in r.err and "--numbers" in r.err and tree() == before, "no gnuplot: says what to install, writes nothing", r)
ok(Run("map", "--data", "data", "--weights", "net/W.npy", "--gamma", "0.5", "--out", "bare", env=bare).code == 66 and Run("report", ".", env=bare).code == 66, "no gnuplot: map and report as well")
r = Run(*spectrum, "--numbers", env=bare)
ok(r.code == 0 and sorted(os.listdir("bare")) == ["spectrum.csv", "spectrum.gp", "spectrum_intervals.csv"] and read("bare/spectrum.csv") == read("spec-data/spectrum.csv"), "no gnuplot, --numbers: CSV and script", r)
put("bin/gnuplot", b"#!/bin/sh\necho half > $out.svg\necho 'cannot do that' >&2\nexit 1\n")
os.chmod("bin/gnuplot", 0o755)
r = Run(*spectrum, env=dict(bare, PATH=bare["PATH"] + ":/bin:/usr/bin"))
ok(r.code == 74 and "cannot do that" in r.err and sorted(os.listdir("bare")) == ["spectrum.csv", "spectrum.gp", "spectrum_intervals.csv"], "a gnuplot that fails: its words, no picture",
   (r, os.listdir("bare")))

# ---- bad input: refused, told, nothing written
before = tree()
wrong = [
    (64, "which picture", ["plot", "--out", "o"]), (64, "did you mean spectrum", ["plot", "spectrun", "--out", "o"]), (64, "one kind", ["plot", "flow", "split", "--out", "o"]),
    (64, "--sweep", ["plot", "accuracy", "--out", "o"]), (66, "", ["plot", "accuracy", "--sweep", "none.csv", "--out", "o"]),
    (65, "no column data", ["plot", "accuracy", "--sweep", "net/history.csv", "--out", "o"]), (65, "NUL", ["plot", "accuracy", "--sweep", "data/X.npy", "--out", "o"]),
    (64, "unknown", ["plot", "accuracy", "--sweep", "many.csv", "--x", "width", "--out", "o"]), (65, "nothing is swept", ["plot", "accuracy", "--sweep", "many.csv", "--where", "seed=3", "--out", "o"]),
    (64, "COLUMN=VALUE", ["plot", "accuracy", "--sweep", "many.csv", "--where", "seed", "--out", "o"]), (64, "no column sead", ["plot", "accuracy", "--sweep", "many.csv", "--where", "sead=1", "--out", "o"]),
    (64, "letters", ["plot", "spectrum", "--data", "data", "--gamma", "0.5", "--name", "../x", "--out", "o"]), (64, "--gamma", ["plot", "spectrum", "--data", "data", "--out", "o"]),
    (66, "eta.npy", ["plot", "split", "--data", "data", "--adv", "noise", "--gamma", "0.5", "--out", "o"]), (65, "one space", ["plot", "split", "--data", "inside", "--adv", "adv", "--gamma", "0.5", "--out", "o"]),
    (65, "no column", ["plot", "flow", "--history", "sweep.times.csv", "--out", "o"]), (65, "lfap converge", ["plot", "converge", "--converge", "sweep.csv", "--out", "o"]),
    (65, "square", ["plot", "images", "--data", "img", "--out", "o"]), (64, "28x28", ["plot", "images", "--data", "img", "--shape", "4", "--out", "o"]),
    (65, "grid", ["map", "--data", "data", "--weights", "net/W.npy", "--gamma", "0.5", "--grid", "1", "--out", "o"]), (65, "extent", ["map", "--data", "data", "--weights", "net/W.npy", "--gamma", "0.5", "--extent", "-1", "--out", "o"]),
    (64, "--weights2", ["map", "--data", "data", "--weights", "net/W.npy", "--gamma", "0.5", "--gamma2", "0.4", "--out", "o"]), (66, "W.npy", ["map", "--data", "data", "--gamma", "0.5", "--out", "o"]),
    (66, "no directory", ["report", "none"]), (64, "DIR", ["report"]), (66, "nothing to report", ["report", "bin", "--out", "o"]), (66, "run1/report.json: line 1", ["report", "run1", "--out", "o"]),
]
put("run1/report.json", b'{"verb": "verify", "cases"')
put("line.npy", np.r_[np.ones((2, 300)), -np.ones((2, 300))]), put("zero.npy", np.zeros((4, 300)))
wrong += [(65, "span", ["map", "--data", "data", "--weights", f, "--gamma", "0.5", "--out", "o"]) for f in ("line.npy", "zero.npy")]
for name, text in (("ragged", head + "\n1,2\n"), ("empty", ""), ("words", head + "\n" + line(0, 7, 0, 0.5, 0.5).replace("0.5,0.5", "x,0.5").replace("l2,100", "l2,abc"))):
    put(f"{name}.csv", text.encode())
    wrong.append((65, f"{name}.csv", ["plot", "accuracy", "--sweep", f"{name}.csv", "--x", "d", "--out", "o"]))
for name, text in (("array", "[]"), ("other", '{"verb": "limit"}'), ("keys", '{"verb": "converge", "bits": 1, "gamma": 1, "decades": [{"s": "1"}]}'), ("none", '{"verb": "converge", "bits": 1, "gamma": 1, "decades": []}')):
    put(f"{name}.json", text.encode())
    wrong.append((65, "", ["plot", "converge", "--converge", f"{name}.json", "--out", "o"]))
before = tree()
for code, text, args in wrong:
    r = Run(*args)
    ok(r.code == code and text in r.err and r.out == "" and tree() == before, f"refused: {' '.join(map(str, args))[:70]}", r)
done()
