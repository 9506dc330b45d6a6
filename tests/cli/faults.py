"""Every call that can fail, failing: memory, descriptors, reading, writing, renaming, threads (tests/shim/fault.c). Whatever
fails, lfap ends with the exit code and the words for it, and leaves the old files or the new ones, never some of each.
Without arguments a sample; with --all every call of every command line (hours); NAME...: the command lines of these names."""
import os, random, re, shutil, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

ALL, WANTED = "--all" in sys.argv, [a for a in sys.argv[1:] if a != "--all"]
SHIM = shim()

# kind of call: exit codes it may end with, and what the message has to say
EXPECTED = {
    "memory": ({65}, "memory"),
    "open": ({66, 73, 74}, "Too many open files"),
    "read": ({66}, "Input/output error|reading failed|cannot be read"),
    "write": ({74}, "No space left on device|could not be written"),
    "fsync": ({74}, "Input/output error"),
    "rename": ({73, 74}, "Permission denied"),
    "close": ({74}, "No space left on device|Input/output error"),
    "unlink": ({74}, "Permission denied"),
    "mkdir": ({73}, "No space left on device"),
    # a look that fails where the next one does not may give any reason; it must not give a result
    "stat": ({64, 65, 66, 73, 74}, "."),
    "thread": (set(), "$none"),
}


def inputs():
    images("in/images")
    for line in ("gen uniform --n 3 --d 24 --seed 5 --out in/d", "gen uniform --n 4 --d 24 --seed 2 --out in/noise",
                 "limit --data in/d --gamma 0.5 --certify --out in/limit", "limit --data in/d --gamma 0.5 --certify --coq --out in/theorem",
                 "train --method sgd --epochs 5 --data in/d --gamma 0.5 --m 4 --out in/net",
                 "perturb --norm l2 --from geometry --data in/noise --direction in/limit/w.npy --eps 0.5 --out in/adv",
                 "sweep --d 20,30 --n 3 --n-adv 4 --out in/table", "sweep --d 20 --n 3 --n-adv 4 --seeds 0-2 --shard 1/2 --out in/a",
                 "sweep --d 20 --n 3 --n-adv 4 --seeds 0-2 --shard 2/2 --out in/b"):
        assert Run(*line.split()).code in (0, 2), Run(*line.split())
    shutil.copy(os.path.join(ROOT, "spec", "published.tsv"), "in")
    put("in/converge.json", Run(*"converge --data in/d --gamma 0.5 --m 2 --prec 64 --log-loss -20 --probes 3 --json".split()).out.encode())


# name, the run whose files lie there before (None: nothing), and the run itself; OUT is what they write into
LINES = [
    ("gen", "gen gauss --n 4 --d 9 --out OUT", "gen uniform --n 3 --d 8 --out OUT"),
    ("gen-fresh", None, "gen uniform --n 3 --d 8 --out OUT/deep//er/ --json"),
    ("gen-images", "gen uniform --n 3 --d 8 --out OUT", "gen fashion-mnist --images in/images --n 4 --out OUT"),
    ("gen-stale", "gen fashion-mnist --images in/images --n 4 --out OUT", "gen uniform --n 3 --d 8 --out OUT"),
    ("train", "train --method gd --epochs 3 --data in/d --gamma 0.5 --m 4 --out OUT",
     "train --method sgd --form gram --epochs 5 --data in/d --gamma 0.25 --m 4 --out OUT"),
    ("train-flow", "limit --data in/d --gamma 0.5 --out OUT", "train --epochs 8 --data in/d --gamma 0.5 --m 4 --out OUT --json"),
    ("train-mpfr", "train --method sgd --epochs 2 --arithmetic mpfr --digits OUT/d.csv --data in/d --gamma 0.5 --m 4 --out OUT",
     "train --method gd --epochs 3 --form gram --arithmetic mpfr --digits in/beside.csv --data in/d --gamma 0.5 --m 4 --out OUT"),
    ("limit", "limit --data in/d --gamma 0.5 --certify --out OUT", "limit --data in/d --gamma 0.25 --out OUT"),
    ("limit-exact", "limit --data in/d --gamma 0.5 --out OUT", "limit --data in/d --gamma 0.25 --certify --exact --out OUT"),
    ("limit-coq", "limit --data in/d --gamma 0.5 --certify --coq --out OUT", "limit --data in/d --gamma 0.25 --certify --coq --probe-points in/noise/X.npy --out OUT"),
    ("limit-fast", None, "limit --data in/d --gamma 0.25 --certify=fast --json"),
    ("perturb", "gen uniform --n 3 --d 24 --out OUT", "perturb --norm linf --from geometry --data in/noise --direction in/limit/w.npy --eps 0.1 --out OUT"),
    ("perturb-pgd", "perturb --norm linf --from geometry --data in/noise --direction in/limit/w.npy --eps 0.1 --out OUT",
     "perturb --norm l0 --from pgd --steps 3 --data in/noise --weights in/net/W.npy --gamma 0.5 --out OUT --json"),
    ("perturb-mpfr", "gen uniform --n 3 --d 24 --out OUT",
     "perturb --norm l2 --from pgd --steps 3 --eps 0.5 --arithmetic mpfr --digits OUT/d.csv --data in/noise --weights in/net/W.npy --gamma 0.5 --out OUT"),
    ("vectors", "vectors --out OUT", "vectors --out OUT"),
    ("compare", None, "compare --data in/d --weights in/net/W.npy --gamma 0.5 --reference in/net --lambda in/limit/lambda.npy --certify"),
    ("compare-adv", None, "compare --data in/d --weights in/net/W.npy --gamma 0.5 --adversarial in/adv --bases in/noise/X.npy --norm l2 --eps 0.5 --json"),
    ("check", None, "check in/limit/certificate.json --data in/d"),
    ("check-coq", None, "check in/theorem/Certificate.v --data in/d"),
    ("verify-coq", None, "verify --data in/d --gamma 0.5 --m 2 --n-adv 3 --probes 3 --controls 1 --coq OUT --json"),
    ("converge", None, "converge --data in/d --gamma 0.5 --m 2 --prec 64 --log-loss -20 --probes 3"),
    ("verify", None, "verify --data in/d --gamma 0.5 --json"),
    ("sweep", None, "sweep --d 20 --n 3 --n-adv 4 --seeds 0-2 --format both --quiet --json --out OUT/t"),
    ("sweep-merge", "sweep --merge OUT/t.csv in/b.csv in/a.csv", "sweep --merge OUT/t.csv in/a.csv in/b.csv"),
    ("sweep-against", None, "sweep --merge OUT/t.csv in/a.csv in/b.csv --against in/published.tsv --json"),
    ("map", None, "map --data in/d --weights in/net/W.npy --gamma 0.5 --grid 5 --numbers --out OUT"),
    ("plot", None, "plot accuracy --sweep in/table.csv --numbers --out OUT"),
    ("plot-against", None, "plot accuracy --sweep in/table.csv --against in/published.tsv --numbers --out OUT"),
    ("plot-spectrum", None, "plot spectrum --data in/d --gamma 0.5 --numbers --out OUT"),
    ("plot-converge", None, "plot converge --converge in/converge.json --numbers --out OUT"),
    ("plot-split", None, "plot split --data in/d --gamma 0.5 --adv in/adv --numbers --out OUT"),
    ("plot-images", None, "plot images --data in/d --adv in/adv --shape 4x6 --numbers --out OUT"),
    ("explain", None, "explain T4 --json"),
    ("help", None, "--help"),
    ("verb-help", None, "limit --help"),
]


def contents(top):
    """Paths below top with their bytes; times of a sweep's cells differ from run to run."""
    seen = {}
    for folder, dirs, files in os.walk(top):
        for name in dirs:
            seen[os.path.join(folder, name)] = None
        for name in files:
            path = os.path.join(folder, name)
            seen[path] = b"" if name.endswith(".times.csv") else open(path, "rb").read()
    return seen


def restore(old):
    shutil.rmtree("OUT", ignore_errors=True)
    if old is not None:
        shutil.copytree(old, "OUT", symlinks=True)


def whole(before, after, new):
    """The old files, the new ones, or a set whose meta.json says that it is incomplete; of several sets each by itself."""
    folders = {os.path.dirname(p) for p in set(before) | set(after) | set(new)}
    for folder in folders:
        mine = [{p: b for p, b in t.items() if os.path.dirname(p) == folder and b is not None} for t in (before, after, new)]
        marked = b'"incomplete": true' in mine[1].get(os.path.join(folder, "meta.json"), b"")
        if mine[1] not in (mine[0], mine[2]) and not marked:
            return False
    return True


def one_by_one(name):
    """These make a file after the other, each whole, and are no set."""
    return name.split("-")[0] in ("sweep", "map", "plot", "report", "vectors")


def judge(name, kind, k, r, usual, before, new):
    """What is wrong with a run whose k-th call of the kind failed; None if nothing is."""
    codes, words = EXPECTED[kind]
    after = contents("OUT")
    if any(p.endswith(".tmp") for p in after):
        return "left a temporary file: " + ", ".join(p for p in after if p.endswith(".tmp"))
    if r.code == usual.code and r.out == usual.out and after == new:
        return None
    if r.code == "timeout":
        return "hangs"
    if r.code not in codes:
        return f"exit {r.code}, stdout {'as usual' if r.out == usual.out else 'not as usual'}, files {'as usual' if after == new else 'not as usual'}"
    if not re.search(words, r.err):
        return "the message does not say it"
    if one_by_one(name):
        wrong = [p for p, b in after.items() if b is not None and b not in (before.get(p), new.get(p)) and b'"incomplete": true' not in b
                 and not (name == "sweep" and new.get(p, b"").startswith(b))]
        return f"half-written: {wrong}" if wrong else None
    return None if whole(before, after, new) else f"neither the old files nor the new ones: {sorted(after)}"


def run(line, **env):
    return Run(*line.split(), timeout=60, env={**os.environ, "LD_PRELOAD": SHIM, **env})


def chosen(total, name, kind):
    if ALL:
        return range(1, total + 1)
    if name in ("vectors", "verify", "verify-coq"):  # half a second a run
        return [rnd.randint(1, total)] if total and (name.startswith("verify") or kind in ("memory", "write")) else []
    return sorted({1, total} | {rnd.randint(1, total) for _ in range(4)}) if total > 4 else range(1, total + 1)


inputs()
rnd, runs = random.Random(1), 0
for name, first, line in LINES:
    if WANTED and name not in WANTED:
        continue
    old = None
    restore(None)
    if line.startswith(("sweep", "map", "plot")) and "OUT" in line:
        os.makedirs("OUT")
    if first:
        assert Run(*first.split()).code in (0, 2), first
    if os.path.isdir("OUT"):
        old = "old-" + name
        shutil.copytree("OUT", old)
    before = contents("OUT")
    usual = run(line, LFAP_FAULT_COUNT="counts")
    new, total = contents("OUT"), {w[0]: int(w[1]) for w in map(str.split, open("counts"))}
    ok(usual.code in (0, 1, 2) and total["memory"] + total["write"] > 0, f"{name}: runs under the shim", usual)
    for kind in EXPECTED:
        bad, tried = [], 0
        for k in chosen(total[kind], name, kind):
            for then in ("", "+") if kind == "memory" else ("",):
                restore(old)
                r = run(line, LFAP_FAULT=f"{kind}:{k}{then}")
                wrong, tried = judge(name, kind, k, r, usual, before, new), tried + 1
                if wrong:
                    bad.append(f"{kind}:{k}{then} of {total[kind]}: {wrong}; exit {r.code}; {r.err.strip()[:300]}")
        runs += tried
        if tried:
            ok(not bad, f"{name}: {tried} runs with a failing {kind} call", "\n".join([f"{len(bad)} wrong"] + (bad[:8] if not ALL else bad[:40])))
print(f"# {runs} runs")
done()
