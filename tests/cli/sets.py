"""Files that belong together: killed at any moment, written by two at once, mixed by hand. A reader sees the old set, the new
one, or refuses (exit 65); meta.json has the SHA-256 of every file."""
import hashlib, json, random, shutil, sys, os
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

SHIM, rnd = shim(), random.Random(3)


def go(line, **env):
    return Run(*line.split(), timeout=60, env={**os.environ, **env})


def npy(top):
    """The NPY files below top by name, without what a killed writer left under a temporary name."""
    return {os.path.join(f, n)[len(top):]: open(os.path.join(f, n), "rb").read() for f, _, ns in os.walk(top) for n in ns if n.endswith(".npy")}


def meta(folder):
    """meta.json, with what every one has to have."""
    path = f"{folder}/meta.json"
    return {"files": {}, "sets": {}, **(json.load(open(path)) if os.path.exists(path) else {})}


def sha(path):
    return hashlib.sha256(open(path, "rb").read()).hexdigest()


READ = 0, 1  # compare's codes for a reference that was read: it says what data/ says, or other things


def accepted(folder):
    """Every NPY file of the folder is read, each against meta.json."""
    return go(f"compare --data d --weights net/W.npy --gamma 0.5 --reference {folder}")


images("images")
for line in ("gen uniform --n 3 --d 24 --seed 5 --out d", "gen uniform --n 4 --d 24 --seed 2 --out noise", "limit --data d --gamma 0.5 --out lim",
             "train --method sgd --epochs 5 --data d --gamma 0.5 --m 4 --coefficients --out net"):
    r = go(line)
    ok(r.code in (0, 2), line.split()[0] + " makes a set", r)
for folder, verb, files in (("d", "gen", ["X.npy", "y.npy"]), ("lim", "limit", ["lambda.npy", "omega.npy", "slopes.npy", "w.npy"]), ("net", "train", ["W.npy", "W0.npy", "coefficients.npy", "history.csv"])):
    m = meta(folder)
    X, y = np.load("d/X.npy"), np.load("d/y.npy")
    ok(m["files"] == {f: sha(f"{folder}/{f}") for f in files} and m["sets"].get(verb, {}).get("files") == files and "incomplete" not in m
       and m.get("data_sha256") == m["sets"][verb]["data_sha256"] == hashlib.sha256(X.tobytes() + y.tobytes()).hexdigest(), f"{verb}: meta.json has every file's SHA-256", m)

# ---- a set that stays keeps its numerics, the new one has this lfap's
shutil.copytree("lim", "joined")
m = meta("joined")
m["numerics"] = m["sets"]["limit"]["numerics"] = 1
put("joined/meta.json", json.dumps(m).encode())
go("train --method gd --epochs 3 --data d --gamma 0.5 --m 4 --out joined")
m = meta("joined")
ok((m["sets"]["limit"]["numerics"], m["sets"]["train"]["numerics"]) == (1, 2) and accepted("joined").err.count("numerics 1") == 1, "numerics of an older set stay, and are told where it is a reference", m)

# ---- killed (SIGKILL) before any rename or removal, over an old set: what is accepted is whole
PERTURB = "perturb --norm {} --from geometry --data noise --direction lim/w.npy --eps 0.1 --out OUT"
KILLED = {
    "gen": ("gen fashion-mnist --images images --n 4 --out OUT", "gen uniform --n 3 --d 8 --out OUT"),
    "train": ("train --method gd --epochs 3 --data d --gamma 0.5 --m 4 --coefficients --out OUT", "train --method gd --epochs 9 --data d --gamma 0.5 --m 6 --out OUT"),
    "limit": ("limit --data d --gamma 0.5 --certify --out OUT", "limit --data d --gamma 0.25 --out OUT"),
    "perturb": (PERTURB.format("l2"), PERTURB.format("linf")),
    "perturb over gen": ("gen uniform --n 4 --d 24 --seed 7 --out OUT", PERTURB.format("l2")),
}
for name, (first, line) in KILLED.items():
    shutil.rmtree("OUT", ignore_errors=True), shutil.rmtree("old", ignore_errors=True)
    go(first)
    shutil.copytree("OUT", "old")
    old = npy("old")
    go(line, LD_PRELOAD=SHIM, LFAP_FAULT_COUNT="counts")
    new, counts = npy("OUT"), {w[0]: int(w[1]) for w in map(str.split, open("counts"))}
    wrong, taken, refused = [], 0, 0
    for kind in ("rename", "unlink", "close"):
        for k in range(1, counts[kind] + 1):
            shutil.rmtree("OUT"), shutil.copytree("old", "OUT")
            died = go(line, LD_PRELOAD=SHIM, LFAP_FAULT=f"{kind}:{k}!")
            r, there = accepted("OUT"), npy("OUT")
            taken, refused = taken + (r.code in READ), refused + (r.code == 65)
            if died.code != -9 or r.code not in (*READ, 65) or r.code in READ and there not in (old, new):
                wrong.append((kind, k, died.code, r.code, r.err[:200]))
            again = go(line)
            if again.code not in (0, 2) or npy("OUT") != new or accepted("OUT").code not in READ:
                wrong.append((kind, k, "not made whole by the next run", str(again)))
    ok(not wrong and taken and refused, f"{name}: killed {taken + refused} times, {refused} mixtures, all refused; the next run makes it whole", wrong)
for moment in range(4):
    shutil.rmtree("V", ignore_errors=True)
    go("vectors --out V")
    shutil.copytree("V", "V0")
    died = go("vectors --out V", LD_PRELOAD=SHIM, LFAP_FAULT=f"rename:{rnd.randint(2, 92)}!")  # while tiny is put in place
    r = accepted("V/tiny")
    shutil.rmtree("V0")
    ok(died.code == -9 and r.code == 65 and "meta.json" in r.err and accepted("V/small").code in READ, f"vectors: killed, moment {moment}: this case is refused, the next one whole", r)

# ---- two writers at once: one of the two sets, whole
go("gen gauss --n 6 --d 40 --seed 1 --out one"), go("gen gauss --n 6 --d 40 --seed 2 --out two")
ends = {}
for i in range(30):
    both = [subprocess.Popen([LFAP] + f"gen gauss --n 6 --d 40 --seed {s} --out both --quiet".split(), stdout=subprocess.DEVNULL) for s in (1, 2)]
    codes = [p.wait() for p in both]
    there = npy("both")
    end = "one" if there == npy("one") else "two" if there == npy("two") else "mixed"
    fits = meta("both")["files"] == {f: sha(f"both/{f}") for f in ("X.npy", "y.npy")}
    ends[(end, fits, tuple(codes))] = ends.get((end, fits, tuple(codes)), 0) + 1
ok(all(e[0] != "mixed" and e[1] and e[2] == (0, 0) for e in ends), "two writers at once, 30 times: the set of one of them", ends)

# ---- mixed by hand: refused by every verb that reads a directory, and taken once meta.json is gone
shutil.copytree("one", "mixed"), shutil.copy("two/y.npy", "mixed/y.npy"), np.save("w40.npy", np.ones(40)), np.save("W40.npy", np.ones((4, 40)))
READERS = ["limit --data mixed --gamma 0.5", "train --method gd --epochs 2 --data mixed --gamma 0.5 --m 2 --out t", "verify --data mixed --gamma 0.5",
           "compare --data mixed --weights W40.npy --gamma 0.5", "perturb --norm l2 --from geometry --data mixed --direction w40.npy --eps 1 --out t",
           "converge --data mixed --gamma 0.5 --m 2", "map --data mixed --weights W40.npy --gamma 0.5 --numbers --out t"]
for line in READERS:
    r = go(line)
    ok(r.code == 65 and "mixed/y.npy" in r.err and "meta.json" in r.err and not os.path.exists("t"), f"{line.split()[0]}: a mixture is refused", r)
ok(go("limit --data mixed --labels two/y.npy --gamma 0.5").code == 0, "other labels, named by --labels, are no mixture")
ok(go("limit --data mixed/X.npy --labels mixed/y.npy --gamma 0.5").code == 0, "single files are taken as they are")
was = meta("mixed")
put("mixed/meta.json", json.dumps({k: v for k, v in was.items() if k not in ("files", "sets")}).encode())
ok(go("limit --data mixed --gamma 0.5").code == 65, "a meta.json with data_sha256 alone refuses it too")
put("mixed/meta.json", json.dumps({**was, "incomplete": True, "files": {"X.npy": None, "y.npy": None}}).encode())
r = go("limit --data mixed --gamma 0.5")
ok(r.code == 65 and "incomplete" in r.err, "an incomplete set is refused", r)
for text in (b"", b"[]", b'{"files": {"X.npy": "00"', b'{"files": {}} x', b'{"a": "\0"}', b"{" * 300):
    put("mixed/meta.json", text)
    r = go("limit --data mixed --gamma 0.5")
    ok(r.code == 65 and "mixed/meta.json" in r.err, f"meta.json of {text[:20]!r} is refused", r)
os.remove("mixed/meta.json")
ok(all(go(line).code in (0, 1, 2) for line in READERS[:1]), "without meta.json it is the user's own")
os.makedirs("run"), shutil.copytree("d", "run/x"), go("train --method gd --epochs 2 --data run/x --gamma 0.5 --m 4 --out run/x"), shutil.copy("net/W.npy", "run/x/W.npy")
ok(go("compare --data run/x --gamma 0.5").code == 65 and go("compare --data run/x --weights run/x/W.npy --gamma 0.5").code == 0, "W.npy of another run beside the data is refused, unless it is named")

# ---- several verbs in one directory; what is stale goes, what others own or changed stays
go(f"gen uniform --n 3 --d 24 --seed {2**64 - 1} --out shared")
for line in ("train --method gd --epochs 2 --data shared --gamma 0.5 --m 4 --out shared", "limit --data shared --gamma 0.5 --certify --out shared"):
    ok(go(line).code in (0, 2), line.split()[0] + " writes into the directory of its data")
m = meta("shared")
ok(m["verb"] == "gen" and m["seed"] == 2**64 - 1 and set(m["sets"]) == {"gen", "train", "limit"} and set(m["files"]) == set(os.listdir("shared")) - {"meta.json"},
   "meta.json tells of all of them", m)
go("limit --data shared --gamma 0.5 --out shared")
ok("certificate.json" not in os.listdir("shared") and "certificate.json" not in meta("shared")["files"], "limit without --certify takes the old certificate away")
go("gen fashion-mnist --images images --n 4 --out shared")
ok({"X_test.npy", "W.npy", "w.npy"} <= set(os.listdir("shared")) and meta("shared")["kind"] == "fashion-mnist", "gen leaves what the others wrote")
np.save("shared/mean.npy", np.ones(3))
go("gen uniform --n 3 --d 24 --out shared")
ok("X_test.npy" not in os.listdir("shared") and "mean.npy" in os.listdir("shared") and "mean.npy" not in meta("shared")["files"],
   "test images of another kind of data are gone, the file somebody changed is not", os.listdir("shared"))

# ---- what a run reads it does not write over, nor take away with the set it is of
go("gen uniform --n 4 --d 24 --seed 2 --out bases"), go("train --method sgd --epochs 5 --data d --gamma 0.5 --m 4 --coefficients --out first")
os.makedirs("linked"), os.link("first/W.npy", "linked/W.npy"), shutil.copytree("d", "own"), shutil.copy("net/W.npy", "own/W.npy")
go("sweep --d 20,30 --n 4 --n-adv 4 --norm l2 --seeds 0 --quiet --out table")
TRAIN, POLISH = "train --method {} --data d --gamma 0.5 --init {} --out {}", "polish --data {} --weights {} --gamma 0.5 --out {}"
for line, lost in ((POLISH.format("d", "first/W.npy", "first"), "first/W.npy"), (POLISH.format("d", "first/W0.npy", "first"), "first/W0.npy"), (POLISH.format("d", "linked/W.npy", "first"), "first/W.npy"),
                   (POLISH.format("own", "own/W.npy", "own"), "own/W.npy"), (TRAIN.format("gd --epochs 3", "first/W.npy", "first"), "first/W.npy"), (TRAIN.format("gd --epochs 1000000000", "first/W0.npy", "./first/"), "first/W0.npy"),
                   (PERTURB.format("l2").replace("noise", "bases").replace("OUT", "bases"), "bases/X.npy"), (PERTURB.format("l2").replace("noise", "noise/X.npy --targets bases/y.npy").replace("OUT", "bases"), "bases/y.npy"),
                   ("plot accuracy --sweep table.csv --name table --numbers --out .", "table.csv"), ("limit --data d --labels own/lambda.npy --gamma 0.5 --out own", "own/lambda.npy")):
    if "lambda" in line:
        shutil.copy("d/y.npy", "own/lambda.npy")
    before = tree()
    r = go(line)
    ok(r.code == 64 and f"{lost}: this run reads it" in r.err and "give another --out" in r.err and tree() == before, f"{line}: refused, and all is as it was", r)
ok(go(POLISH.format("d", "first/W.npy", "second")).code in (0, 1, 2) and go("train --method gd --epochs 3 --data d --gamma 0.5 --m 4 --out first").code == 0, "another directory is taken, and an older run that is not read gives way")
os.makedirs("mine"), put("mine/meta.json", b'{"who": "me", "n": 12345678901234567890123}')
go("limit --data d --gamma 0.5 --out mine")
m = meta("mine")
ok(m.get("who") == "me" and m.get("n") == 12345678901234567890123 and set(m["files"]) == {"lambda.npy", "omega.npy", "slopes.npy", "w.npy"}, "members of somebody else's meta.json stay", m)
done()
