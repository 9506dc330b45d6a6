"""The table of fields (spec/fields.tsv): what is made from it is up to date, what the verbs print is in it, and what is in
it is printed; no key is written past it."""
import glob, json, os, re, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

SPEC = os.path.join(ROOT, "spec")
SCHEMA = json.load(open(os.path.join(SPEC, "report.schema.json")), object_pairs_hook=lambda p: dict(p) if len(dict(p)) == len(p) else sys.exit(f"twice in the schema: {p[0]}"))
TABLE = os.path.join(SPEC, "fields.tsv")


# ---- what is made from the table
def made(what, table=TABLE, *more):
    return subprocess.run(["awk", "-v", f"make={what}", "-f", os.path.join(SPEC, "fields.awk"), table, *more], cwd=ROOT,
                          capture_output=True, text=True)


def spoiled(change):
    text = open(TABLE).read()
    with open("spoiled.tsv", "w") as f:
        f.write(change(text))
    assert open("spoiled.tsv").read() != text
    return os.path.abspath("spoiled.tsv")


for name, more in (("report.schema.json", []), ("formats.md", [os.path.join(SPEC, "formats.md")])):
    ok(made(name, TABLE, *more).stdout == open(os.path.join(SPEC, name)).read(), f"{name} is what the table gives (else: make tables)")
    other = spoiled(lambda t: t.replace("\toutside_rank2\t", "\toutside_rank_2\t"))
    ok(made(name, other, *more).stdout != open(os.path.join(SPEC, name)).read(), f"{name}: another key in the table is another {name}")
FAULTS = {"a cell too few": ("k1\tcosine\tdouble\t", "k1\tcosine\t"), "an unknown type": ("k1\tcosine\tdouble", "k1\tcosine\tfloat"),
          "an unknown record": ("@spread\t&r->p1.size", "@spred\t&r->p1.size"), "a field twice": ("k1\tcosine\t", "k1\tresidual\t"),
          "a field of no record": ("k1\tcosine\t", "k2\tcosine\t"), "a field outside its object": ("limit\tway\t{}", "limit\tways\t{}"),
          "an empty cell": ("k1\tcosine\tdouble\t-", "k1\tcosine\tdouble\t")}
for what, (good, bad) in FAULTS.items():
    broken = spoiled(lambda t: t.replace(good, bad))
    ok(any(made(f, broken).returncode != 0 for f in ("fields.c", "report.schema.json")), f"refused: {what}")

# ---- what the verbs print
seen, unknown, order = set(), [], []


def follow(v, s, path):
    """Every member of v stands in the schema; which members of it were seen, by their definition."""
    if "$ref" in s:
        name = s["$ref"].rsplit("/", 1)[1]
        return follow(v, SCHEMA["$defs"][name], (name,))
    if "oneOf" in s:
        return follow(v, s["oneOf"][v is not None], path)
    if isinstance(v, list):
        for item in v:
            follow(item, s["items"], path)
    elif isinstance(v, dict) and "properties" not in s:
        for item in v.values():
            follow(item, s["additionalProperties"], path + ("*",))
    elif isinstance(v, dict):
        known = [k for k in v if k in s["properties"]]
        unknown.extend(".".join(path + (k,)) for k in v if k not in known and s.get("additionalProperties", True) is False)
        order.extend([".".join(path)] if known != [k for k in s["properties"] if k in v] else [])
        for k in known:
            seen.add(path + (k,))
            follow(v[k], s["properties"][k], path + (k,))


def fields(s, path):
    """The members of a definition, those of objects inside it too."""
    for k, inner in s.get("properties", {}).items():
        yield path + (k,)
        yield from fields(inner, path + (k,))


def report(*args):
    r = Run(*args, "--json")
    doc = json.loads(r.out)
    name = "check_verb" if doc["verb"] == "check" else doc["verb"]
    follow(doc, SCHEMA["$defs"][name], (name,))
    return doc


def meta(folder, name="meta"):
    follow(json.load(open(os.path.join(folder, "meta.json"))), SCHEMA["$defs"][name], (name,))


images("images")
GRID = ["sweep", "--d", "60", "--n", "4", "--n-adv", "6", "--seeds", "0"]
report(*GRID, "--out", "table"), report("sweep", "--merge", "same.csv", "table.csv")
report(*GRID, "--out", "held", "--against", os.path.join(SPEC, "published.tsv"))
report("gen", "fashion-mnist", "--images", "images", "--classes", "0,9", "--n", "6", "--out", "fashion"), meta("fashion")
report("gen", "uniform", "--n", "6", "--d", "40", "--seed", "3", "--out", "data"), meta("data")
report("limit", "--data", "data", "--gamma", "0.9", "--out", "limit", "--certify"), meta("limit")
report("limit", "--data", "data", "--gamma", "0.9", "--certify=fast", "--probe-points", "data/X.npy", "--coq", "--out", "theorem"), meta("theorem")
report("check", "theorem/Certificate.v", "--data", "data")
report("check", "limit/certificate.json", "--data", "data"), report("check", "limit/certificate.json", "--data", "fashion")
for method in (["flow"], ["gd", "--epochs", "7", "--coefficients"]):
    report("train", "--method", *method, "--data", "data", "--gamma", "0.9", "--m", "4", "--out", method[0])
report("converge", "--data", "data", "--gamma", "0.9", "--m", "4", "--log-loss", "-100", "--out", "far"), meta("far")
report("polish", "--data", "data", "--weights", "gd/W.npy", "--gamma", "0.9", "--certify", "--probe-points", "data/X.npy", "--coq", "--out", "point"), meta("point")
report("perturb", "--norm", "l0", "--from", "geometry", "--data", "data", "--direction", "limit/w.npy", "--eps", "0.5", "--k", "3", "--out", "adv")
report("train", "--method", "gd", "--arithmetic", "half", "--epochs", "3", "--data", "data", "--gamma", "0.9", "--m", "4", "--out", "half")
report("perturb", "--norm", "l2", "--from", "pgd", "--data", "data", "--weights", "gd/W.npy", "--gamma", "0.9", "--eps", "0.5", "--arithmetic", "mpfr", "--out", "pgd"), meta("pgd")
NET = ["--data", "data", "--weights", "gd/W.npy", "--gamma", "0.9"]
report("compare", *NET, "--adversarial", "adv", "--norm", "l0", "--k", "3", "--eps", "0.5", "--range", "-1,1", "--certify", "--polish", "--lambda", "limit/lambda.npy",
       "--reference", "data")
put("v.npy", np.array([-1.0, 2, 3, 1])), put("points.npy", np.ones((3, 40))), put("f.npy", np.ones(3))
report("compare", *NET, "--output-weights", "v.npy", "--certify", "--test", "data", "--probe-points", "points.npy", "--outputs", "f.npy")
put("turned.npy", -np.load("data/y.npy")), report("compare", *NET, "--labels", "turned.npy")
report("train", "--method", "gd", "--epochs", "7", "--coefficients", "--arithmetic", "mpfr", "--data", "adv", "--gamma", "0.9", "--m", "4", "--out", "learned")
report("split", "--data", "adv", "--run", "learned", "--natural", "data", "--coq", "--out", "parts"), meta("parts")
report("vectors", "--out", "vec"), meta("vec/tiny", "vectors_case")
report("map", *NET, "--weights2", "flow/W.npy", "--direction", "limit/w.npy", "--grid", "5", "--numbers", "--out", "pictures")
report("map", "--preset", "paper-10", "--grid", "5", "--numbers", "--out", "pictures")
report("plot", "split", "--data", "data", "--adv", "adv", "--gamma", "0.9", "--numbers", "--out", "pictures")
report("report", "flow", "--out", "page"), report("explain"), report("doctor")
report("plan", "--n", 5, "--d", 50, "--gamma", 0.5)
report("verify", *NET, "--controls", "1", "--probes", "5", "--coq", "theorems"), meta("theorems/data/natural")
BIAS = ["--data", "data", "--gamma", "0.9", "--with-bias"]
report("train", "--method", "gd", "--epochs", "7", "--coefficients", *BIAS, "--m", "4", "--out", "bias"), report("limit", *BIAS, "--certify", "--out", "bias-limit")
report("check", "bias-limit/certificate.json", "--data", "data", "--with-bias"), report("verify", *BIAS, "--controls", "1", "--probes", "5")
report("polish", "--data", "data", "--weights", "bias/W.npy", "--gamma", "0.9", "--out", "bias-point"), report("split", "--data", "data", "--bases", "data/X.npy", "--run", "bias")
report("perturb", "--norm", "l2", "--from", "gradient", "--data", "data", "--weights", "bias/W.npy", "--gamma", "0.9", "--eps", "0.5", "--out", "bias-adv")
report("verify", "--case", "fashion-mnist", "--images", "none", "--skip-missing")
ok(not unknown, "every key that is printed is in the table", "\n".join(sorted(set(unknown))))
ok(not order, "keys stand in the order of the table", "\n".join(sorted(set(order))))

# `incomplete` stands in a meta.json for the moment in which files are put in place (tests/cli/sets.py).
# No case of `vectors` has perturbations of the l1 ball.
NOT_HERE = {("meta", "incomplete"), ("vectors_case", "incomplete"), ("vectors_case", "l1"), ("vectors_case", "eps", "l1"), ("vectors_case", "eps", "l1_hex")}
for name, definition in SCHEMA["$defs"].items():
    missing = [".".join(p) for p in fields(definition, (name,)) if p not in seen and p not in NOT_HERE]
    if "properties" in definition:
        ok(not missing, f"every field of {name} is printed by some run", "\n".join(missing))

# ---- nothing past the table
past = []
WRITES = r'lfap_json_\w+\([^"()]*, "\w+"'
READS = r'(json_object_get|lfap_member_of)\((?:[^"()]|\([^"()]*\))*, "\w+"'
for path in sorted(glob.glob(os.path.join(ROOT, "src/cli/*.c")) + glob.glob(os.path.join(ROOT, "src/picture/*.c"))):
    for n, line in enumerate(open(path), 1):
        if re.search(WRITES, line) or re.search(READS, line):
            past.append(f"{os.path.relpath(path, ROOT)}:{n}: {line.strip()}")
ok(not past, "no key is written or read past the table", "\n".join(past))
ok(all(re.search(WRITES, f'  lfap_json_{w};') for w in ('uint(&j, "n", k->n)', 'double_hex(j, "gamma", x)', 'object_begin(&b->meta, "eps")'))
   and re.search(READS, 'double x = f(lfap_member_of(of(text), "gamma"));'), "one would be seen")

# ---- the columns of a sweep are those that formats.md explains
columns = open("table.csv").read().splitlines()[1].split(",")
rows = re.search(r"\| columns \| meaning \|\n\|---\|---\|\n((?:\|.*\n)+)", open(os.path.join(SPEC, "formats.md")).read()).group(1)
told = [c for row in rows.splitlines() for c in re.findall(r"`(\w+)`", row.split(" | ")[0])]
ok(sorted(told) == sorted(columns), "columns of a sweep: formats.md explains each", f"{set(told) ^ set(columns)}")
done()
