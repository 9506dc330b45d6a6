"""Every --json document against spec/report.schema.json, its figures against the files, and the validator against
documents that are wrong."""
import copy, hashlib, json, math, os, re, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from schema import errors as schema_errors
from tap import *

SCHEMA = json.load(open(os.path.join(ROOT, "spec", "report.schema.json")))


def errors(v, schema):
    return schema_errors(v, schema, SCHEMA)


def twins(v, at="$"):
    """Doubles whose decimal and hexadecimal form are not the same double."""
    bad = []
    if isinstance(v, list):
        for i, item in enumerate(v):
            bad += twins(item, f"{at}[{i}]")
    if isinstance(v, dict):
        for k, item in v.items():
            bad += twins(item, f"{at}.{k}")
            if k.endswith("_hex"):
                number, exact = v[k[:-4]], float.fromhex(item)
                if (number is None) != (not math.isfinite(exact)) or number is not None and float(number) != exact:
                    bad.append(f"{at}.{k}: {number} is not {item}")
            elif isinstance(item, float) and k not in ("l0",) and k + "_hex" not in v:
                bad.append(f"{at}.{k}: no hexadecimal twin")
    return bad


def report(name, *args, codes=(0,)):
    r = Run(*args, "--json")
    try:
        doc = json.loads(r.out)
    except ValueError as e:
        ok(False, f"{name}: one JSON document on stdout", f"{e}\n{r}")
        return {}
    ok(r.code in codes and r.err == "", f"{name}: exit code and nothing on stderr", r)
    wrong = errors(doc, SCHEMA["$defs"][doc["verb"]]) if doc.get("verb") in SCHEMA["$defs"] else ["unknown verb"]
    ok(not wrong and not errors(doc, SCHEMA), f"{name}: valid", "\n".join(wrong[:8]))
    ok(not twins(doc), f"{name}: every double twice, the same", "\n".join(twins(doc)[:8]))
    return doc


def sha(x, y):
    return hashlib.sha256(np.asarray(x, "<f8").tobytes() + np.asarray(y, "<f8").tobytes()).hexdigest()


def load(folder, *names):
    return [np.load(os.path.join(folder, n + ".npy")) for n in names]


# ---- each verb
GRID = ["sweep", "--d", "60", "--n", "4", "--n-adv", "6", "--seeds", "0-2"]
doc = report("sweep", *GRID, "--out", "table")
ok((doc["cells"], doc["rows"], doc["resumed"], doc["shard"], doc["files"]) == (3, 3, 0, "1/1", ["table.csv"]), "sweep: what it wrote", doc)
again = report("sweep resumed", *GRID, "--out", "table", "--resume")
ok(again["resumed"] == 3 and again["grid"] == doc["grid"] and doc["grid"] in open("table.csv").readline(), "sweep: resumed, the same grid", again)
ok(report("sweep merged", "sweep", "--merge", "same.csv", "table.csv")["merged"] == 1, "sweep: merged")
for kind in ("uniform", "gauss", "orthogonal"):
    doc = report(f"gen {kind}", "gen", kind, "--n", "4", "--d", "64", "--seed", "5", "--out", kind)
    meta = json.load(open(f"{kind}/meta.json"))
    ok(doc.get("data_sha256") == sha(*load(kind, "X", "y")), f"gen {kind}: data_sha256 is that of the files", doc)
    ok(not errors(meta, SCHEMA) and {**{k: v for k, v in meta.items() if k != "sets"}, "files": doc["files"]} == doc, f"gen {kind}: meta.json is the report, but for files", meta)
    told = {f: hashlib.sha256(open(f"{kind}/{f}", "rb").read()).hexdigest() for f in ("X.npy", "y.npy")}
    ok(meta["files"] == told and meta["sets"] == {"gen": {"data_sha256": meta["data_sha256"], "numerics": 2, "files": list(told)}}, f"gen {kind}: meta.json has the SHA-256 of both files", meta)
    ok(all(os.path.exists(f) for f in doc["files"]) and len(doc["files"]) == 3, f"gen {kind}: the files are there", doc)
for d, n in ((20000, 2), (60, 12)):  # inside and outside the hypothesis
    report(f"gen N = {n}", "gen", "uniform", "--n", str(n), "--d", str(d), "--seed", "3", "--out", f"u{n}")
    X, y = load(f"u{n}", "X", "y")
    y = np.where(np.arange(n) % 2, -1.0, 1.0)
    put(f"u{n}/y.npy", y), os.remove(f"u{n}/meta.json")  # other labels, on purpose
    doc = report(f"limit N = {n}", "limit", "--data", f"u{n}", "--gamma", "0.9", "--out", f"l{n}")
    lam, w = load(f"l{n}", "lambda", "w")
    ok(doc["lambda"]["min"] == lam.min() and doc["lambda"]["max"] == lam.max() and doc["lambda"]["support"] == (lam > 0).sum(),
       f"limit N = {n}: lambda is that of lambda.npy", doc["lambda"])
    ok(doc["data_sha256"] == sha(X, y) and doc["sizes"] == {"n": n, "d": d} and doc["gamma"] == 0.9, f"limit N = {n}: data", doc)
    norms = (X * X).sum(1)
    p = abs(X @ X.T - np.diag(norms)).max()
    h = doc["hypothesis"]
    ok(math.isclose(h["lhs"], 0.9**3 * norms.min()**2, rel_tol=1e-12) and math.isclose(h["rhs"], 3 * n * norms.max() * p, rel_tol=1e-9)
       and h["holds"] == (h["lhs"] >= h["rhs"]) == (n == 2), f"limit N = {n}: (H)", h)
    verdicts = {c["verdict"] for c in doc["checks"] if c["id"] in ("T1", "T2") and "posteriori" not in c["what"]}
    ok(verdicts == ({"PASS"} if n == 2 else {"NOT-APPLICABLE"}), f"limit N = {n}: T1 and T2 are {verdicts}", doc["checks"])
    ok(report(f"limit N = {n}, no --out", "limit", "--data", f"u{n}", "--gamma", "0.9").get("files") == [], f"limit N = {n}: nothing written")
for method, extra in (("flow", []), ("gd", ["--epochs", "7"]), ("sgd", ["--epochs", "7", "--loss", "logistic"])):
    doc = report(f"train {method}", "train", "--method", method, "--data", "u12", "--gamma", "0.9", "--m", "6", *extra, "--out", f"t-{method}")
    rows = np.genfromtxt(f"t-{method}/history.csv", delimiter=",", names=True)
    ok(rows.dtype.names == ("epoch", "loss", "lr", "log_loss", "s") and len(rows) == doc["training"]["epochs"]
       and rows["loss"][-1] == doc["training"]["final_loss"] and (rows["epoch"] == 1 + np.arange(len(rows))).all(),
       f"train {method}: history.csv", doc["training"])
W, X, y = np.load("t-sgd/W.npy"), *load("u12", "X", "y")
f = (np.where(np.arange(6) < 3, 1, -1) / math.sqrt(6)) @ np.where(W @ X.T > 0, W @ X.T, 0.9 * (W @ X.T))
ok(np.isclose(doc["training"]["smallest_margin"], (y * f).min(), rtol=1e-12) and doc["training"]["accuracy"] == (y * f > 0).mean(),
   "train sgd: margin and accuracy recomputed", doc["training"])
doc = report("train from --init", "train", "--method", "gd", "--epochs", "1", "--data", "u12", "--gamma", "0.9", "--init", "t-gd/W.npy",
             "--out", "t-more")
ok(doc["seed"] is None and doc["sizes"]["m"] == 6, "train from --init: no seed, m from the file", doc)
for norm in ("l2", "linf", "l0", "l1"):
    for source in ("geometry", "gradient", "pgd"):
        args = ["--norm", norm, "--from", source, "--data", "u12", "--eps", "0.25"]
        args += ["--direction", "l12/w.npy"] if source == "geometry" else ["--weights", "t-gd/W.npy", "--gamma", "0.9"]
        args += ["--k", "5"] if norm == "l0" and source != "pgd" else []
        doc = report(f"perturb {norm} {source}", "perturb", *args, "--out", f"p-{norm}-{source}")
        Xp, yp, eta = load(f"p-{norm}-{source}", "X", "y", "eta")
        ok(doc["data_sha256"] == sha(Xp, yp) and math.isclose(doc["largest"]["l2"], np.sqrt((eta**2).sum(1)).max(), rel_tol=1e-12)
           and doc["largest"]["linf"] == abs(eta).max() and doc["largest"]["l0"] == (eta != 0).sum(1).max() and math.isclose(doc["largest"]["l1"], abs(eta).sum(1).max(), rel_tol=1e-12)
           and doc["unchanged"] == (eta == 0).all(1).sum(), f"perturb {norm} {source}: sizes of eta.npy", doc["largest"])
for name, weights in (("flow", "t-flow/W.npy"), ("gd", "t-gd/W.npy")):
    doc = report(f"compare {name}", "compare", "--data", "u12", "--weights", weights, "--gamma", "0.9", "--probes", "50")
    ok(list(doc["k1"])[::2][:8] == ["residual", "slackness", "margin", "outside_rank2", "row_spread", "pattern_aligned", "cosine", "agreement"],
       f"compare {name}: keys of k1", doc["k1"])
for norm, size in (("l2", []), ("linf", []), ("l0", ["--k", "5"]), ("l1", [])):
    report(f"compare {norm} perturbations", "compare", "--data", "u12", "--weights", "t-gd/W.npy", "--gamma", "0.9", "--adversarial", f"p-{norm}-geometry",
           "--norm", norm, "--eps", "0.25", "--range", "-1,1", "--certify", "--lambda", "l12/lambda.npy", *size)
report("compare l0 without a bound", "compare", "--data", "u12", "--weights", "t-gd/W.npy", "--gamma", "0.9", "--adversarial", "p-l0-pgd", "--norm", "l0", "--k", "3")
report("compare --reference", "compare", "--data", "u12", "--weights", "t-gd/W.npy", "--gamma", "0.9", "--reference", "t-gd")
doc = report("vectors", "vectors", "--out", "vec")
meta = {c["name"]: json.load(open(os.path.join(c["directory"], "meta.json"))) for c in doc["cases"]}
ok(all(not errors(m, SCHEMA) and not twins(m) and len(m["arrays"]) == c["arrays"] for c in doc["cases"] for m in [meta[c["name"]]]),
   "vectors: every meta.json is valid", [errors(m, SCHEMA)[:3] for m in meta.values()])
doc = report("map", "map", "--data", "u12", "--weights", "t-gd/W.npy", "--weights2", "t-sgd/W.npy", "--gamma", "0.9", "--grid", "9", "--numbers", "--out", "pictures")
ok(list(doc["agreement"])[::2] == ["A_B", "A_f_bdy", "B_f_bdy", "all"] and len(doc["files"]) == 5, "map: agreements and files", doc)
doc = report("plot split", "plot", "split", "--data", "u12", "--adv", "p-l2-geometry", "--gamma", "0.9", "--numbers", "--out", "pictures")
ok(doc["split"]["points"] == 12 and doc["kind"] == "split", "plot split: counts", doc)
report("plot flow", "plot", "flow", "--history", "t-flow/history.csv", "--numbers", "--out", "pictures")
doc = report("report", "report", "t-flow", "--out", "page")
ok(doc["pictures"] == 1 and "page/index.html" in doc["files"], "report: what it wrote", doc)
doc = report("explain", "explain")
said = {s["id"]: Run("explain", s["id"]).out for s in doc["statements"]}
keys = [line.split()[1].rstrip(":") for text in said.values() for line in text.splitlines() if line.startswith("certified ") and ":" in line]
with open(os.path.join(ROOT, "spec", "claims.tsv"), encoding="utf-8") as f: claims = [row.split("\t")[2] for row in f][1:]
ok(sorted(keys) == sorted(k for k in claims if k != "-"), "explain has every claim of a certificate, under its statement", keys)
ok(report("explain T4", "explain", "T4")["statements"] == [s for s in doc["statements"] if s["id"] == "T4"], "explain T4 is one of them")

# ---- verify: embedded, own data, skipped
EXIT = {"PASS": 0, "NOT-APPLICABLE": 0, "FAIL": 1, "UNDECIDED": 2}
order = ["FAIL", "UNDECIDED", "PASS"]


def verify(name, *args):
    doc = report(name, "verify", *args, codes=(0, 1, 2))
    all_checks = [c["verdict"] for case in doc["cases"] for c in case["checks"]]
    worst = next((v for v in order if v in all_checks), "NOT-APPLICABLE")
    ok(doc["verdict"] == worst and Run("verify", *args, "--quiet").code == EXIT[worst], f"{name}: verdict and exit code are the worst check's")
    ok(doc["counts"] == {v: all_checks.count(v) for v in doc["counts"]}, f"{name}: counts", doc["counts"])
    ids = {s["id"] for s in SHARED["statements"]}
    ok({c["id"] for case in doc["cases"] for c in case["checks"]} <= ids, f"{name}: every id can be explained")
    return doc


SHARED = json.loads(Run("explain", "--json").out)
doc = verify("verify --case uniform", "--case", "uniform", "--seed", "1")
case = doc["cases"][0]
ok([c["name"] for c in doc["cases"]] == ["uniform"] and case["hypothesis"] is True and case["seed"] == 1 and case["gamma"] == 0.9
   and case["sizes"]["d"] == 20000, "verify --case uniform: the case", {k: case[k] for k in ("name", "seed", "gamma", "sizes")})
doc = verify("verify own data", "--data", "u12", "--gamma", "0.9", "--m", "4", "--controls", "2", "--probes", "20")
ok(doc["cases"][0]["data_sha256"] == sha(X, y) and doc["cases"][0]["hypothesis"] is False, "verify own data: the data", doc["cases"][0]["sizes"])
doc = verify("verify own network", "--data", "u12", "--gamma", "0.9", "--weights", "t-gd/W.npy", "--controls", "2", "--eps", "0.5")
ok(list(doc["cases"][0]["eps"]) == ["l2", "l2_hex"] and doc["cases"][0]["sizes"]["m"] == 6, "verify own network: one norm, its m", doc["cases"][0]["eps"])
os.makedirs("no-images")
r = Run("verify", "--case", "fashion-mnist", "--images", "no-images", "--skip-missing", "--json")
doc = json.loads(r.out)
ok(r.code == 0 and not errors(doc, SCHEMA) and doc["skipped"][0]["name"] == "fashion-mnist" and "no-images" in doc["skipped"][0]["reason"]
   and doc["verdict"] == "NOT-APPLICABLE", "verify --skip-missing: told, not judged", r)

# ---- the validator itself: documents that are wrong in one place are refused
good = json.loads(Run("limit", "--data", "u2", "--gamma", "0.9", "--json").out)
ok(not errors(good, SCHEMA), "the document to spoil is valid")


def spoiled(name, change):
    bad = copy.deepcopy(good)
    change(bad)
    ok(errors(bad, SCHEMA), f"spoiled document refused: {name}")


spoiled("key missing", lambda d: d.pop("lambda"))
spoiled("key nobody named", lambda d: d.update(extra=1))
spoiled("wrong version", lambda d: d.update(schema_version=2))
spoiled("wrong type", lambda d: d["lambda"].update(support="2"))
spoiled("true for a number", lambda d: d["lambda"].update(support=True))
spoiled("unknown verdict", lambda d: d["checks"][0].update(verdict="GOOD"))
spoiled("no checks", lambda d: d.update(checks=[]))
spoiled("not hexadecimal", lambda d: d["hypothesis"].update(lhs_hex="1.5"))
spoiled("short digest", lambda d: d.update(data_sha256="ab"))
wrong_twin = copy.deepcopy(good)
wrong_twin["lambda"]["min_hex"] = "0x1p+0"
ok(twins(wrong_twin), "a twin that is another double is seen")
done()
