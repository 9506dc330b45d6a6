"""The main job as a user runs it: `lfap verify` passes, and the figures behind the verdicts are the ones the project
stands for."""
import json, os, re, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

r = Run("verify", "--json", timeout=600)
ok(r.code == 0 and r.err == "", "lfap verify: exit 0", r)
doc = json.loads(r.out)
cases = {c["name"].split()[0]: c for c in doc["cases"]}
ok(list(cases) == ["uniform", "orthogonal", "outside", "authors", "fashion-mnist"] and doc["skipped"] == [], "the five cases", list(cases))
ok(doc["verdict"] == "PASS" and doc["counts"]["FAIL"] == doc["counts"]["UNDECIDED"] == 0, "verdict PASS", doc["counts"])

for name, holds in (("uniform", True), ("orthogonal", True), ("outside", False), ("authors", False), ("fashion-mnist", False)):
    c = cases[name]
    ok(c["hypothesis"] is holds, f"{name}: (H) {'holds' if holds else 'is not met'}", c["hypothesis_data"])
    statements = {"H", "Q1", "T1", "T2", "C1", "C2", "C3", "C4", "K1", "P1", "D1", "D2", "T3", "T4"}
    ok(statements <= {k["id"] for k in c["checks"]}, f"{name}: every statement is judged", statements - {k["id"] for k in c["checks"]})
    for subject in ("adv l2", "adv linf", "adv l0", "adv l1"):
        ok(any(k["subject"] == subject for k in c["checks"]), f"{name}: {subject} is judged")
    outside = [k for k in c["checks"] if k["id"] in ("H", "T1", "T2") and k["subject"] == "data" and "posteriori" not in k["what"]
               and k["verdict"] == "PASS"]
    ok(holds == bool(outside), f"{name}: T1 and T2 of the data pass only under (H)", outside)

# README's table of statements against cases: passed/checks (certified), "-" where nothing applies, "+n" of what is only measured
rows = re.findall(r"^\| (\w+) \| [^|]+ \| (.*) \|$", open(os.path.join(ROOT, "README.md")).read().partition("<!-- cases:begin -->")[2].partition("<!-- cases:end -->")[0], re.M)
told, seen = {i: cells.split(" | ") for i, cells in rows}, {}
for i in dict.fromkeys(k["id"] for c in cases.values() for k in c["checks"]):
    lines = [[k for k in c["checks"] if k["id"] == i] for c in cases.values()]
    seen[i] = []
    for some in lines:
        figures, passed = sum(k["only_measured"] for k in some), [k for k in some if k["verdict"] == "PASS"]
        cell = [f"{len(passed)}/{len(some) - figures} ({sum(k['certified'] == 'PASS' for k in passed)})"] if passed else [] if figures else ["-"]
        seen[i].append(" ".join(cell + [f"+{figures}"] * (figures > 0)))
ok(told == seen, "README's table of cases", {i: (told.get(i), seen.get(i)) for i in {*told, *seen} if told.get(i) != seen.get(i)})


def value(case, subject, words):
    found = [k["value"] for k in cases[case]["checks"] if k["subject"] == subject and all(w in k["what"] for w in words)]
    return found[0] if len(found) == 1 else None


# where the trained networks end: certified, in and outside (H); the authors' training goes elsewhere
for name, c in cases.items():
    lines = [k for k in c["checks"] if k["id"] in ("C3", "C4") and k["subject"] == "network"]
    claims = {k: {l["certified"] for l in lines if l["id"] == k and l["certified"]} for k in ("C3", "C4")}
    there = name != "authors"
    ok(len(lines) == 6 and claims["C3"] == {"PASS"} and claims["C4"] == ({"PASS"} if there else {"NOT-APPLICABLE"}), f"{name}: its point is certified, and that training goes there{'' if there else ' is not'}", lines)
    ok(all(l["verdict"] == "PASS" for l in lines) == there, f"{name}: {'it is' if there else 'another than'} C2's point", [(l["what"], l["verdict"]) for l in lines])
    said = [k for k in c["checks"] if k["id"] in ("T1", "F1") and ("agreement of the network with f_bdy" in k["what"] or "cosine of the mean-row" in k["what"])]
    ok(len(said) >= 3 and all(("no theorem is quoted" in k["note"]) == there for k in said), f"{name}: what T1 and F1 rest on", said)
    ok(not there or all(k["verdict"] == "PASS" for k in said if "agreement" in k["what"]), f"{name}: the network decides as its limit", said)

for name in ("uniform", "orthogonal"):
    right = value(name, "adv l2", ["data:", "accuracy", "noise + perturbation"])
    ok(cases[name]["eps"]["l2"] == 5 and right == 1, f"{name}: natural samples all right after training on noise + perturbation at eps = 5", right)
right = value("fashion-mnist", "adv l2", ["test:", "accuracy", "noise + perturbation"])
ok(cases["fashion-mnist"]["eps"]["l2"] == 1 and right is not None and right >= 0.98, "fashion-mnist: at least 98 % of the real test images at eps = 1", right)
mean = value("fashion-mnist", "control", ["mean accuracy", "20 seeds"])
ok(mean is not None and 0.35 <= mean <= 0.65, "fashion-mnist: bare noise averages 50 +- 15 % over 20 seeds", mean)

# other classes are judged too; nothing fails
r = Run("verify", "--case", "fashion-mnist", "--classes", "2,4", "--n", "100", "--controls", "2", "--flow-steps", "100", "--json", timeout=300)
doc = json.loads(r.out)
ok(r.code == 0 and doc["cases"][0]["name"] == "fashion-mnist 2/4" and doc["cases"][0]["sizes"]["n"] == 100, "classes 2/4, N = 100", r)

# the table says the same
seen = set()
r = Run("verify", "--case", "orthogonal", "--verbose")
doc = json.loads(Run("verify", "--case", "orthogonal", "--json").out)
lines = [l for l in r.out.split("summary\n")[0].splitlines() if l.split(maxsplit=1)[:1] and l.split()[0] in doc["counts"]]
ok([l.split()[:2] for l in lines] == [[k["verdict"], k["id"]] for k in doc["cases"][0]["checks"]], "the table has a line a check, in the order of the JSON")
digest = Run("verify", "--case", "orthogonal").out.split("summary\n")[0].splitlines()
with open(os.path.join(ROOT, "spec/statements.tsv")) as f:
    order = [l.split("\t")[:2] for l in f.read().splitlines()[1:]]
shown = [(i, t) for l in digest for i, t in order if re.match(rf" +[A-Z-]+ +{i} +{re.escape(t)} ", l + " ")]
ok(shown == [(i, t) for i, t in order if any(k["id"] == i for k in doc["cases"][0]["checks"])] and len(shown) > 15, "the short table has the statements of statements.tsv by name, in its order", shown)
for k in doc["cases"][0]["checks"]:
    same = [q["verdict"] for q in doc["cases"][0]["checks"] if q["id"] == k["id"]]
    worst = next(v for v in ("FAIL", "UNDECIDED", "PASS", "NOT-APPLICABLE") if v in same)
    row = [l for l in digest if l.split()[:2] == [worst, k["id"]]]
    figures = sum(q["only_measured"] for q in doc["cases"][0]["checks"] if q["id"] == k["id"])
    judged, open_ = len(same) - figures, same.count("NOT-APPLICABLE") - figures
    want = [f" {same.count('PASS')} of {judged} " if judged else " - "] + ([f"{open_} not applicable"] * (open_ > 0) + [f"{figures} only measured"] * (figures > 0) if worst == "PASS" else [])
    ok(len(row) == 1 and all(w in row[0] + " " for w in want), f"the short table has one row for {k['id']}, with its worst verdict, its counts and what is only measured apart", (row, want)) if k["id"] not in seen else None
    seen.add(k["id"])
c = doc["counts"]
figures = sum(k["only_measured"] for k in doc["cases"][0]["checks"])
ok(figures > 0 and f"verdict: PASS ({c['PASS']} PASS, 0 FAIL, 0 UNDECIDED, {c['NOT-APPLICABLE']} NOT-APPLICABLE, {figures} of them only measured)" in r.out and "lfap explain T4" in r.out,
   "the last lines: verdict, counts, what to do next", r.out[-300:])

done()
