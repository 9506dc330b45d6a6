"""`lfap vectors`: the same bytes from every run and number of threads, arrays as committed in vectors.txt, and each of the two
implementations of tests/cross turns red when one value of one array is altered (TAP)."""
import hashlib, importlib.util, json, os, shutil, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cli", "lib"))
from tap import *
sys.path.insert(0, os.path.join(HERE, "..", "cross", "lib"))
import vectors

golden = dict(reversed(line.split("  ")) for line in open(os.path.join(HERE, "vectors.txt")).read().splitlines())


def files(top):
    return {os.path.relpath(os.path.join(d, f), top): open(os.path.join(d, f), "rb").read() for d, _, names in os.walk(top) for f in names}


ok(all(Run("vectors", "--out", f"run{n}", "--threads", n).code == 0 for n in (1, 3)), "vectors runs")
first, second = files("run1"), files("run3")
ok(first == second and len(first) == 4 * (2 * 50 + 1) + 1, "the same bytes with one thread and with three", len(first))
seen = {name: hashlib.sha256(data).hexdigest() for name, data in first.items() if name.endswith(".npy")}
for name in sorted(set(seen) | set(golden)):
    ok(seen.get(name) == golden.get(name), f"golden: {name}", f"{seen.get(name)} is not {golden.get(name)}")
before = files("run1")
ok(Run("vectors", "--out", "run1").code == 0 and files("run1") == before, "written over itself: nothing changes")

r = Run("vectors")
ok(r.code == 64 and "--out is missing" in r.err, "without --out: told", r)
r = Run("vectors", "--out", "run1/README.md/x")
ok(r.code == 73 and files("run1") == before, "--out below a file: nothing is written", r)
r = Run("vectors", "run1")
ok(r.code == 64 and "'run1'" in r.err, "an operand: told", r)

# ---- meta.json says what the files are
for case in vectors.cases("run1"):
    m = json.loads(first[f"{case}/meta.json"])
    arrays = {a: np.load(f"run1/{case}/{a}.npy") for a in m["arrays"]}
    ok(all(list(v.shape) == m["arrays"][a]["shape"] and hashlib.sha256(v.astype("<f8").tobytes()).hexdigest() == m["arrays"][a]["sha256"]
           for a, v in arrays.items()), f"{case}: shapes and SHA-256 of meta.json")
    ok(m["gamma"] == float.fromhex(m["gamma_hex"]) and all(m["eps"][p] == float.fromhex(m["eps"][p + "_hex"]) for p in ("l2", "linf", "l0")),
       f"{case}: parameters, decimal and hex")
    holds = {s: m[s]["hypothesis"]["holds"] for s in ("natural", "l2", "linf", "l0")}
    ok(set(holds.values()) == {case == "in-hypothesis"}, f"{case}: (H) holds as the README says", holds)
    support = {s: m[s]["support"] for s in holds}
    ok(support == {s: int((arrays["lambda" if s == "natural" else s + "_lambda"] > 0).sum()) for s in holds}, f"{case}: support", support)
    ok((support["natural"] == m["sizes"]["n"]) == (case != "small"), f"{case}: multipliers are 0 in the small case alone", support)
    table = first["README.md"].decode().split("| name |")[1:]
    for a in arrays:
        stem = a.split("_", 1)[1] if a.split("_")[0] in ("l2", "linf", "l0") else a
        text, mark = (table[1], f"`P_{stem}`") if stem != a else (table[0], f"`{a}`")
        if not (mark in text or a[0] == "W" and "`W1` ... `W5`" in text):
            ok(False, f"README.md defines {a}")


# ---- red when altered: one entry of one array, in both files, by 1e-4 of the largest entry; or a hex file alone by its last bit
def implementation(name):
    path = os.path.join(HERE, "..", "cross", f"vectors_{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.recompute


def save_hex(path, v):
    with open(path, "w") as f:
        for row in np.atleast_2d(v):
            f.write(" ".join(float(x).hex() for x in row) + "\n")


def reds(recompute, case):
    m = json.load(open(f"{case}/meta.json"))
    return {name for name, agrees, _ in vectors.compare(case, recompute(case, m)) if not agrees}


INPUTS = {"numpy": set(), "torch": {"X", "y", "W0", "Z", "B", "t"}}  # what the implementation is given
for label in INPUTS:
    if importlib.util.find_spec(label) is None:
        skip(f"{label}: red when altered", "python3-torch is not installed")
        continue
    recompute = implementation(label)
    for case in ("tiny", "small") if label == "numpy" else ("tiny",):
        ok(reds(recompute, f"run1/{case}") == set(), f"{label}, {case}: nothing is red unaltered")
        m = json.loads(first[f"{case}/meta.json"])
        for n, a in enumerate(m["arrays"]):
            if a in INPUTS[label]:
                continue
            shutil.rmtree("bad", True)
            shutil.copytree(f"run1/{case}", "bad")
            v = np.load(f"bad/{a}.npy")
            v.flat[(7 * n) % v.size] += 1e-4 * abs(v).max()
            np.save(f"bad/{a}.npy", v)
            save_hex(f"bad/{a}.hex", v)
            ok(reds(recompute, "bad") == {a}, f"{label}, {case}: {a} altered is red, and nothing else")
shutil.rmtree("bad", True)
shutil.copytree("run1/tiny", "bad")
v = np.load("bad/w.npy")
v[3] = np.nextafter(v[3], 9)
save_hex("bad/w.hex", v)
ok(reds(implementation("numpy"), "bad") == {"w"}, "a hex file that differs from its NPY file in the last bit is red")
done()
