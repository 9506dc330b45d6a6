"""The tools of bench/: a ratio that fell is told, and so is a kernel that costs more instructions than committed (TAP)."""
import csv, json, math, os, subprocess, sys, tempfile
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *


def figures(ratios):
    return {"schema_version": 1, "figures": [{"benchmark": "kernels", "name": n, "size": "8", "threads": 1, "ratio": r} for n, r in ratios.items()]}


def compare(old, new):
    with tempfile.TemporaryDirectory() as tmp:
        paths = []
        for name, document in (("old.json", old), ("new.json", new)):
            paths.append(os.path.join(tmp, name))
            json.dump(document, open(paths[-1], "w"))
        return subprocess.run([sys.executable, os.path.join(ROOT, "bench", "compare.py"), *paths], capture_output=True, text=True)


same = compare(figures({"dot": 1.0, "gram": 2.0}), figures({"dot": 0.9, "gram": 2.1}))
ok(same.returncode == 0 and "0 of 2 ratios" in same.stdout, "noise within a fifth is no regression")
worse = compare(figures({"dot": 1.0, "gram": 2.0}), figures({"dot": 0.5, "gram": 2.1}))
ok(worse.returncode == 1 and "WORSE" in worse.stdout and "dot" in worse.stdout.split("WORSE")[1].splitlines()[0], "half the ratio is one, and is named")
gone = compare(figures({"dot": 1.0, "gram": 2.0}), figures({"dot": 1.0}))
ok("gone" in gone.stdout, "a figure that is not there any more is named")

# the counter itself, on two programs that differ in work: the committed table of the first, the binary of the second
source = "__attribute__((noinline)) double lfap_work(int n){volatile double s=0;for(int i=0;i<n;i++)s+=i;return s;}int main(void){return lfap_work(%d)<0;}"
with tempfile.TemporaryDirectory() as tmp:
    tool = os.path.join(tmp, "count.py")
    open(tool, "w").write(open(os.path.join(ROOT, "bench", "count.py")).read())
    codes = {}
    for name, n in (("base", 20000), ("near", 20600), ("more", 22000)):
        binary = os.path.join(tmp, name)
        open(binary + ".c", "w").write(source % n)
        subprocess.run(["gcc", "-O1", "-g", "-o", binary, binary + ".c"], check=True)
        if name == "base":
            subprocess.run([sys.executable, tool, binary, "--update"], check=True, capture_output=True)
        codes[name] = subprocess.run([sys.executable, tool, binary], capture_output=True, text=True)
    ok(codes["base"].returncode == 0 and codes["near"].returncode == 0, "3 % more instructions pass")
    ok(codes["more"].returncode == 1 and "not ok" in codes["more"].stdout, "10 % more do not")

# trained.py without the limits: the rows of lfap sweep, and a second run adds what is missing and trains nothing again
CELLS = ["--data", "uniform,gauss", "--d", "30", "--n", "20", "--n-adv", "40", "--m", "6", "--gamma", "0.01", "--norm", "l2,linf,l0", "--from", "pgd", "--seeds", "3"]
trained = lambda epochs, *more: subprocess.run([sys.executable, os.path.join(ROOT, "bench", "trained.py"), os.path.dirname(LFAP), "trained.csv", "work", epochs, *more, *CELLS], capture_output=True, text=True)
table = lambda path: list(csv.DictReader(line for line in open(path) if line[0] != "#"))
for arithmetic in "half", "double":
    r = trained("5,50", "--arithmetic", arithmetic)
    ok(r.returncode == 0, f"trained.py: {arithmetic}", r.stderr)
    rows = [row for row in table("trained.csv") if row["epochs"] == "50" and row["arithmetic"] == arithmetic]
    swept = Run("sweep", "--method", "sgd", "--arithmetic", arithmetic, *CELLS, "--epochs", "50", "--quiet", "--out", "swept-" + arithmetic)
    want = table(f"swept-{arithmetic}.csv") if swept.code == 0 else []
    same = lambda a, b: all(math.isclose(float(a[k]), float(b[k]), rel_tol=1e-14) if k in ("rule", "log_loss", "log_loss_teacher", "log_loss_control", "eps") else a[k] == b[k] or float(a[k]) == float(b[k])
                            for k in a.keys() & b.keys() - {"check"})
    ok(len(rows) == len(want) == 6 and all(map(same, rows, want)) and {"acc", "acc_teacher", "acc_control", "rule", "norm", "seed"} <= rows[0].keys() & want[0].keys(), f"trained.py: {arithmetic}, the rows of lfap sweep", (rows[:1], want[:1]))
    ok(all((row["zeros"] == "") == (arithmetic == "double") and float(row["length"]) > 0 for row in rows), f"trained.py: {arithmetic}, zeros of half precision alone", rows[:1])
before, stamps = open("trained.csv").read(), {n: os.stat(os.path.join("work", n)).st_mtime_ns for n in os.listdir("work")}
open("trained.csv", "w").write("\n".join(before.split("\n")[:20]) + "\n")
r = trained("5,50", "--arithmetic", "double")
ok(r.returncode == 0 and sorted(open("trained.csv")) == sorted(before.splitlines(True)) and {n: os.stat(os.path.join("work", n)).st_mtime_ns for n in os.listdir("work")} == stamps, "trained.py: rows that are missing are added, nothing is trained again", r.stderr)
r = trained("5", "--norm", "l9")
ok(r.returncode != 0 and "l9" in r.stderr, "trained.py: what lfap refuses ends it with lfap's words", r.stderr)
done()
