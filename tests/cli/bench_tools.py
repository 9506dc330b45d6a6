"""The tools of bench/: a ratio that fell is told, and so is a kernel that costs more instructions than committed (TAP)."""
import json, os, subprocess, sys, tempfile
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
done()
