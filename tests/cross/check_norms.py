"""A norm is an object (TAP): no code outside the tables asks which norm it has, and every norm of the enum is everywhere it has to be.
What is missing is told by the norm's name and the step of CONTRIBUTING.md's recipe."""
import json, os, re, subprocess, sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
LFAP = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "lfap"))
os.chdir(ROOT)
count = failed = 0


def ok(condition, name, detail=()):
    global count, failed
    count += 1
    failed += not condition
    print(f"{'ok' if condition else 'not ok'} {count} - {name}")
    if not condition:
        for line in detail:
            print(f"# {line}")


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


# ---- the enum, and who names its constants
KEYS = re.findall(r"LFAP_(\w+) = \d+", re.search(r"typedef enum \{([^}]*)\} lfap_norm;", read("src/lfap.h")).group(1))
ok(len(KEYS) >= 3, "lfap.h has an enum of norms", KEYS)
TABLES = {  # a row for each norm
    "src/perturb/norm.c": "the table of norms",
    "src/verify/natural.c": "the line that judges a perturbation's length",
    "oracle/replay/perturb.c": "the same attack at P bits",
    "oracle/certify/points.c": "e of T3, certified",
}
SINGLE = {  # one norm meant by its name, and why
    "src/lfap.h": "the enum",
    "src/verify/natural.c": "D2 is tried with l2",
    "src/verify/case.c": "a case's one eps is that of l2",
    "src/cli/plan.c": "what an attack costs is told of l2",
    "src/study/grid.c": "a sweep without --norm is about l2",
    "src/study/presets.c": "the paper's own norms",
}
ANY = re.compile(r"\bLFAP_(%s)\b" % "|".join(KEYS))
asked, elsewhere = [], []
sources = [os.path.join(d, f) for top in ("src", "oracle") for d, _, names in os.walk(top) for f in names if f.endswith((".c", ".h", ".def"))]
for path in sorted(sources):
    for n, line in enumerate(read(path).split("\n"), 1):
        for m in ANY.finditer(line):
            before = line[:m.start()].rstrip()
            if before.endswith(("==", "!=", "case", "?", "<", ">")) or re.match(r"\s*(==|!=|\?)", line[m.end():]):
                asked.append(f"{path}:{n}: {line.strip()}")
            elif path not in SINGLE and not (path in TABLES and re.search(r"\[$", before)):
                elsewhere.append(f"{path}:{n}: {line.strip()}")
ok(not asked, "no code compares a norm with one of them: ask its row of src/perturb/norm.c", asked)
ok(not elsewhere, "norms are named in the tables alone (or with their reason, in this test)", elsewhere)

# ---- every norm, everywhere
HELP = {verb: subprocess.run([LFAP, verb, "--help"], capture_output=True, text=True).stdout for verb in ("perturb", "compare", "sweep", "verify")}
STATEMENT = {line.split("\t")[0]: line for line in read("spec/statements.tsv").split("\n") if line}


def section(path, start, end):
    text = read(path)
    at = text.index(start)
    return text[at:text.index(end, at + len(start))]


THEORY = {"P1": section("spec/theory.md", "### P1.", "### D1."), "D1": section("spec/theory.md", "### D1.", "### D2."),
          "T3": section("spec/theory.md", "### T3.", "### T4.")}
N7, N8 = section("spec/numerics.md", "## N7.", "## N8."), section("spec/numerics.md", "## N8.", "## N9.")
FORMATS = [section("spec/formats.md", "| `data`, `base`, `method`", "\n"), section("spec/formats.md", "\nSizes unless swept: ", "\n### Published"),
           section("spec/formats.md", "a sample is `outside` where", "Where this comes from")]
SCHEMA, MANIFEST = read("spec/report.schema.json"), read("proofs/manifest.tsv")
DEFAULT = json.loads(subprocess.run([LFAP, "verify", "--case", "uniform", "--json"], capture_output=True, text=True).stdout)["cases"][0]["checks"]
THEOREMS = read("proofs/coq/theorems.tsv")
for key in KEYS:
    name = key.lower()

    def step(what, where, found):
        ok(found, f"{name}: {what} ({where})", [f"the norm {name} is not there: CONTRIBUTING.md, recipe A norm"])

    for path, what in TABLES.items():
        step(what, path, re.search(r"\[LFAP_%s\] =" % key, read(path)))
    step("names in literals", "src/perturb/norm.h", re.search(r'\(%s, "%s", ' % (key, name), read("src/perturb/norm.h")))
    step("its kernel with a contract", "src/kernel/perturb.h", re.search(r"@\*/\nvoid lfap_eta_%s\(" % name, read("src/kernel/perturb.h")))
    step("both tiers proved", "proofs/plan.tsv", any(l.startswith("src/kernel/perturb.c\treal\t") and f"lfap_eta_{name}," in l for l in read("proofs/plan.tsv").split("\n")))
    step("optimality in ACSL", "proofs/lemmas/optimality.c", all(f"void lfap_{name}_{w}(" in read("proofs/lemmas/optimality.c") for w in ("best", "reached")))
    for theorem in (f"P1_{name}", f"D1_{name}", f"D1_{name}_smallest", f"T3_split_{name}"):
        step(f"theorem {theorem}", "proofs/coq/theorems.tsv", re.search(r"\t%s\t" % theorem, THEOREMS))
    for id in ("P1", "D1", "T3"):
        step(f"statement {id}", "spec/statements.tsv", re.search(r"\b%s\b" % name, STATEMENT[id].split("\t")[2], re.I))
    step("statement P1", "spec/theory.md", re.search(r"^>     %s " % name, THEORY["P1"], re.I | re.M))
    for id, theorem in (("P1", "P1_%s"), ("D1", "D1_%s"), ("D1", "D1_%s_smallest"), ("T3", "T3_split_%s")):
        step(f"theorem {theorem % name}", f"spec/theory.md {id}", f"`{theorem % name}`" in THEORY[id])
    step("its operations", "spec/numerics.md N7", re.search(r"^- %s: " % name, N7, re.I | re.M) and re.search(r"^- [^:]*\b%s\b[^:]*: (`c|mask)" % name, N7, re.M))
    step("its e", "spec/numerics.md N8", re.search(r"\(%s\)" % name, N8))
    step("the sweep's column and size", "spec/formats.md", all(re.search(r"\b%s\b" % name, part) for part in FORMATS))
    step("the reports' schema (make tables)", "spec/report.schema.json", all(f'"{name}"' in m for m in re.findall(r'"norm": \{ "enum": \[([^]]*)\]', SCHEMA))
         and f'"{name}": {{ "$ref": "#/$defs/hypothesis" }}' in SCHEMA)
    step("the rows of its lemmas", "proofs/manifest.tsv", all(f"\tlfap_{name}_{w}\t" in MANIFEST for w in ("best", "reached")))
    step("its kernel's proofs", "proofs/manifest.tsv", f"\tlfap_eta_{name}\t" in MANIFEST)
    step("judged in every embedded case", "src/cli/verify_cases.c", f"adv {name}" in {c["subject"] for c in DEFAULT})
    for verb in ("perturb", "compare", "sweep", "verify"):
        step(f"help of {verb}", "LFAP_NORM_EACH", re.search(r"\b%s\b" % name, HELP[verb]))
    step("an option of its own", "lfap sweep --help", f"--eps-{name} " in HELP["sweep"])
    step("its values tested", "tests/unit/perturb.c", f"lfap_eta_{name}(" in read("tests/unit/perturb.c"))
    step("recomputed by NumPy", "tests/cross/check_perturb.py", re.search(r'^EPS, .*"%s":' % name, read("tests/cross/check_perturb.py"), re.M))
print(f"1..{count}")
sys.exit(1 if failed else 0)
