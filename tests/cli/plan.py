"""`lfap plan`: expectations and estimates, never a verdict; the values theory.md tells of draws; what is refused."""
import json, re, sys, os
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *


def plan(*args):
    return json.loads(Run("plan", *args, "--json").out)


SIZE = ("--d", 10000, "--gamma", 0.5)
r = plan("--n", 100, *SIZE, "--n-adv", 1000, "--m", 40)
ok([(k["set"], k["law"], k["n"]) for k in r["noise"]] == [(s, law, n) for s, n in (("data", 100), ("bases", 1000)) for law in ("uniform", "gauss")],
   "a row for each set and law", r["noise"])
ok("verdict" not in r and not re.search("PASS|FAIL", json.dumps(r)), "JSON: nothing that was not judged has a verdict")
p = Run("plan", "--n", 100, *SIZE)
ok(p.code == 0 and not p.err and not re.search("PASS|FAIL", p.out) and "nothing was drawn or judged" in p.out and "estimates" in p.out,
   "the same for people, labelled", p)


def line(noise, start):
    return next(k for k in noise["lines"] if k["what"].startswith(start))


# The table of theory.md, section 7: uniform noise, d = 10000, measured.
table = re.findall(r"^\| (\d+) \| (0\.\d+) \| (\S+) \| (\S+) \| (\S+) \| (\S+) \|", open(os.path.join(ROOT, "spec/theory.md")).read(), re.M)
ok(len(table) == 9, "theory.md has its table of measured noise", table)
for n, gamma, ratio, kappa, h_star, c in table:
    k = plan("--n", n, "--d", 10000, "--gamma", gamma)["noise"][0]
    typical = line(k, "near")["value"], line(k, "(C)")["value"]
    ok(all(x / 1.35 < float(y) < 1.35 * x for x, y in zip(typical, (ratio, kappa))), f"N = {n}, gamma = {gamma}: as measured there", typical)
    ok(all(abs(line(k, f"({name})")["bound"] / float(b) - 1) < 0.06 for name, b in (("H*", h_star), ("C", c))), f"N = {n}, gamma = {gamma}: the bounds", k)
    ok(line(k, "near")["outlook"] == "not expected" and k["d_typical"] > 10000, f"N = {n}, gamma = {gamma}: (H) is not expected")
ok(line(plan("--n", 700, *SIZE)["noise"][0], "as decided")["outlook"] in ("expected", "open"), "C1 held there with N = 700")
ok(line(plan("--n", 3000, *SIZE)["noise"][0], "as decided")["outlook"] == "not expected", "and ends with more")
sure = plan("--n", 2, "--d", 20000, "--gamma", 0.9)["noise"][0]
ok(line(sure, "near")["outlook"] == "sure" and sure["d_typical"] < sure["d_sure"] < 20000, "the first case of `lfap verify` is inside (H)", sure)

costs = {(k["set"], k["what"]): k for k in r["costs"]}
ok(len(costs) == 20 and all(k["bytes"] > 0 and k["seconds"] > 0 for k in costs.values()), "memory and time of every computation", costs)
ok(costs["bases", "Gram matrix"]["bytes"] == 8 * (1000 * 10000 + 1000**2), "samples and their products", costs["bases", "Gram matrix"])
ratio = costs["bases", "sgd epoch, Gram form"]["seconds"] / costs["data", "sgd epoch, Gram form"]["seconds"]
ok(abs(ratio - 100) < 1e-6, "time grows by its formula", ratio)

for args, words in ((("--d", 4, "--gamma", 0.5), "--n is missing"), (("--n", 4, "--gamma", 0.5), "--d is missing"), (("--n", 4, "--d", 4), "--gamma is missing"),
                    (("--n", 4, "--d", 4, "--gamma", 0.5, "--m", 3), "--m"), (("--n", 0, "--d", 4, "--gamma", 0.5), "--n"),
                    (("--n", 4, "--d", 4, "--gamma", 1), "gamma"), (("--n", 4, "--d", 4, "--gamma", 0.5, "data"), "'data'")):
    p = Run("plan", *args)
    ok(p.code in (64, 65) and words in p.err and not p.out, f"refused: plan {' '.join(map(str, args))}", p)
p = Run("plan", "--n", 10**12, "--d", 10**12, "--gamma", 0.001)
ok(p.code == 0 and "nan" not in p.out, "sizes that no machine has are told all the same", p)
p = Run("plan", "--n", 1, "--d", 1, "--gamma", 0.5)
ok(p.code == 0 and "nan" not in p.out, "one sample of one entry", p)
ok(tree() == {}, "nothing is written")
done()
