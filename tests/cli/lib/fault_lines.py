"""Small command lines of every verb and every way it has to write, for the tests in which something fails under them
(faults.py, injected.py, kills.py)."""
import atexit, os, re, shutil, tempfile
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from tap import ROOT, Run, images, put

# what a killed program leaves under a temporary name is nobody else's business
os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="lfap-faults-")
atexit.register(shutil.rmtree, os.environ["TMPDIR"], True)

SWEEP = "sweep --d 20 --n 3 --n-adv 4 --seeds 0-2"
INPUTS = ("gen uniform --n 3 --d 24 --seed 5 --out in/d", "gen uniform --n 4 --d 24 --seed 2 --out in/noise", "limit --data in/d --gamma 0.5 --certify --out in/limit",
          "limit --data in/d --gamma 0.5 --certify --coq --out in/theorem", "train --method sgd --epochs 5 --data in/d --gamma 0.5 --m 4 --coefficients --out in/net",
          "train --method gd --epochs 5 --data in/d --gamma 0.5 --m 4 --with-bias --out in/bias", "perturb --norm l2 --from geometry --data in/noise --direction in/limit/w.npy --eps 0.5 --out in/adv",
          "train --method sgd --epochs 5 --data in/adv --gamma 0.5 --m 4 --coefficients --out in/learned", "split --data in/adv --run in/learned --natural in/d --out in/parts",
          "sweep --d 20,30 --n 3 --n-adv 4 --out in/table", SWEEP + " --out in/whole", SWEEP + " --shard 1/2 --out in/a", SWEEP + " --shard 2/2 --out in/b",
          "limit --data in/d --gamma 0.5 --certify --out in/run/limit", "train --method sgd --epochs 5 --data in/d --gamma 0.5 --m 4 --out in/run/net")


# gnuplot, which draws nothing twice: of a script and numbers that it has seen, the same files come from a store
REMEMBERS = """#!/bin/sh
n=${2%%.gp} k=%(store)s/$(cat -- "$2" *.csv 2>&1 | sha1sum | cut -c1-40)
if [ -d "$k" ]; then cp "$k/p.svg" "$n.svg" && exec cp "$k/p.png" "$n.png"; exit; fi
%(gnuplot)s "$@" || exit
mkdir "$k.$$" && cp "$n.svg" "$k.$$/p.svg" && cp "$n.png" "$k.$$/p.png" && { mv -T "$k.$$" "$k" 2>&- || rm -r "$k.$$"; }
"""


def gnuplot_remembers():
    """Puts it at the head of the PATH."""
    real = shutil.which("gnuplot")
    if real:
        store = os.path.join(os.environ["TMPDIR"], "drawn")
        os.makedirs(store)
        put("bin/gnuplot", (REMEMBERS % {"store": store, "gnuplot": real}).encode()), os.chmod("bin/gnuplot", 0o755)
        os.environ["PATH"] = os.path.abspath("bin") + ":" + os.environ["PATH"]


def inputs():
    images("in/images")
    for line in INPUTS:
        r = Run(*line.split())
        assert r.code in (0, 2), r
    shutil.copy(os.path.join(ROOT, "spec", "published.tsv"), "in")
    X, y = np.load("in/d/X.npy"), np.load("in/d/y.npy")
    np.savez("in/stored.npz", X=X, y=y), np.savez_compressed("in/packed.npz", X=X, y=y)
    shutil.copytree("in/d", "in/run/data")
    put("in/points.npy", np.ones((5, 24)) * np.arange(1, 6)[:, None]), put("in/v.npy", np.array([1.0, 2, -1, -3]))
    put("in/run/converge.json", Run(*"converge --data in/d --gamma 0.5 --m 2 --prec 64 --log-loss -20 --probes 3 --json".split()).out.encode())
    put("in/run/report.json", Run(*"verify --data in/d --gamma 0.5 --m 2 --n-adv 3 --probes 3 --controls 1 --json".split()).out.encode())
    rows = open("in/whole.csv").read().split("\n")
    put("in/torn.csv", "\n".join(rows[:4]).encode() + rows[4][:50].encode())


def torn(out):
    """A sweep that was killed within its second row."""
    os.makedirs(out)
    shutil.copy("in/torn.csv", out + "/t.csv")


# name, the run whose files lie there before (None: nothing; or what makes them), and the run itself; OUT is what they write into
LINES = [
    ("gen", "gen gauss --n 4 --d 9 --out OUT", "gen uniform --n 3 --d 8 --out OUT"),
    ("gen-deep", None, "gen orthogonal --n 3 --d 8 --out OUT/deep//er/ --json"),
    ("gen-images", "gen uniform --n 3 --d 8 --out OUT", "gen fashion-mnist --images in/images --n 4 --out OUT"),
    ("gen-stale", "gen fashion-mnist --images in/images --n 4 --out OUT", "gen uniform --n 3 --d 8 --out OUT"),
    ("train", "train --method gd --epochs 3 --data in/d --gamma 0.5 --m 4 --out OUT", "train --method sgd --form gram --epochs 5 --data in/d --gamma 0.25 --m 4 --out OUT"),
    ("train-flow", "limit --data in/d --gamma 0.5 --out OUT", "train --epochs 8 --data in/d --gamma 0.5 --m 4 --out OUT --json"),
    ("train-bias", "train --method gd --epochs 3 --data in/d --gamma 0.5 --m 4 --coefficients --out OUT",
     "train --method gd --epochs 5 --data in/stored.npz --gamma 0.25 --m 4 --with-bias --coefficients --out OUT"),
    ("train-half", "train --method gd --epochs 3 --data in/d --gamma 0.5 --m 4 --out OUT", "train --method sgd --epochs 5 --arithmetic half --data in/d --gamma 0.25 --m 4 --out OUT"),
    ("train-mpfr", "train --method sgd --epochs 2 --arithmetic mpfr --digits OUT/d.csv --data in/d --gamma 0.5 --m 4 --out OUT",
     "train --method gd --epochs 3 --form gram --arithmetic mpfr --digits in/beside.csv --data in/d --gamma 0.5 --m 4 --out OUT"),
    ("train-checkpoint", "train --method gd --epochs 3 --data in/d --gamma 0.5 --m 4 --out OUT", "train --method sgd --epochs 3 --data in/d --gamma 0.25 --m 4 --checkpoint 1e-9 --resume --out OUT"),
    ("limit", "limit --data in/d --gamma 0.5 --certify --out OUT", "limit --data in/packed.npz --gamma 0.25 --out OUT"),
    ("limit-exact", "limit --data in/d --gamma 0.5 --out OUT", "limit --data in/d --gamma 0.25 --certify --exact --out OUT"),
    ("limit-coq", "limit --data in/d --gamma 0.5 --certify --coq --out OUT", "limit --data in/d --gamma 0.25 --certify --coq --probe-points in/noise/X.npy --out OUT"),
    ("limit-fast", None, "limit --data in/d --gamma 0.25 --certify=fast --json"),
    ("perturb", "gen uniform --n 3 --d 24 --out OUT", "perturb --norm linf --from geometry --data in/noise --direction in/limit/w.npy --eps 0.1 --out OUT"),
    ("perturb-pgd", "perturb --norm linf --from geometry --data in/noise --direction in/limit/w.npy --eps 0.1 --out OUT",
     "perturb --norm l0 --from pgd --steps 3 --data in/noise --weights in/net/W.npy --gamma 0.5 --out OUT --json"),
    ("perturb-bias", "gen uniform --n 3 --d 24 --out OUT", "perturb --norm l1 --from gradient --eps 0.5 --data in/noise --weights in/bias/W.npy --gamma 0.5 --out OUT"),
    ("perturb-mpfr", "gen uniform --n 3 --d 24 --out OUT",
     "perturb --norm l2 --from pgd --steps 3 --eps 0.5 --arithmetic mpfr --digits OUT/d.csv --data in/noise --weights in/net/W.npy --gamma 0.5 --out OUT"),
    ("polish", "polish --data in/d --weights in/net/W.npy --gamma 0.5 --certify --out OUT", "polish --data in/d --weights in/net/W.npy --gamma 0.25 --out OUT"),
    ("polish-certify", "polish --data in/d --weights in/net/W.npy --gamma 0.25 --out OUT", "polish --data in/d --weights in/net/W.npy --gamma 0.5 --certify --probe-points in/points.npy --out OUT --json"),
    ("split", "split --data in/adv --run in/learned --probes 4 --out OUT", "split --data in/adv --run in/learned --natural in/d --out OUT"),
    ("converge", "converge --data in/d --gamma 0.5 --m 4 --prec 64 --log-loss -20 --probes 3 --out OUT", "converge --data in/d --gamma 0.5 --m 2 --prec 64 --log-loss -20 --probes 3 --out OUT"),
    ("vectors", "vectors --out OUT", "vectors --out OUT"),
    ("compare", None, "compare --data in/d --weights in/net/W.npy --gamma 0.5 --reference in/net --lambda in/limit/lambda.npy --certify"),
    ("compare-polish", None, "compare --data in/d --weights in/net/W.npy --gamma 0.5 --output-weights in/v.npy --polish --test in/d --probe-points in/points.npy --json"),
    ("compare-adv", None, "compare --data in/d --weights in/net/W.npy --gamma 0.5 --adversarial in/adv --bases in/noise/X.npy --norm l2 --eps 0.5 --json"),
    ("check", None, "check in/limit/certificate.json --data in/d"),
    ("check-coq", None, "check in/theorem/Certificate.v --data in/d"),
    ("verify", None, "verify --data in/d --gamma 0.5 --m 2 --n-adv 3 --probes 3 --controls 1 --json"),
    ("verify-network", None, "verify --data in/d --gamma 0.5 --weights in/net/W.npy --n-adv 3 --probes 3 --controls 1 --verbose"),
    ("verify-images", None, "verify --case fashion-mnist --images in/images --n 4 --m 2 --n-adv 3 --probes 3 --controls 1 --flow-steps 5"),
    ("verify-coq", "verify --data in/d --gamma 0.25 --m 2 --n-adv 3 --probes 3 --controls 1 --coq OUT", "verify --data in/d --gamma 0.5 --m 2 --n-adv 3 --probes 3 --controls 1 --coq OUT --json"),
    ("sweep", None, SWEEP + " --format both --quiet --json --out OUT/t"),
    ("sweep-sgd", None, "sweep --d 20 --n 3 --n-adv 4 --seeds 0 --method sgd --m 2 --epochs 3 --checkpoint 1e-9 --quiet --out OUT/t"),
    ("sweep-resume", torn, SWEEP + " --resume --quiet --out OUT/t"),
    ("sweep-merge", "sweep --merge OUT/t.csv in/b.csv in/a.csv", "sweep --merge OUT/t.csv in/a.csv in/b.csv"),
    ("sweep-against", None, "sweep --merge OUT/t.csv in/a.csv in/b.csv --against in/published.tsv --json"),
    ("map", "map --data in/d --weights in/net/W.npy --gamma 0.5 --grid 4 --numbers --out OUT", "map --data in/d --weights in/net/W.npy --gamma 0.5 --grid 5 --numbers --out OUT"),
    ("plot", "plot accuracy --sweep in/table.csv --x d --name other --numbers --out OUT", "plot accuracy --sweep in/table.csv --against in/published.tsv --numbers --out OUT"),
    ("plot-drawn", "plot spectrum --data in/d --gamma 0.25 --out OUT", "plot spectrum --data in/d --gamma 0.5 --out OUT"),
    ("plot-converge", None, "plot converge --converge in/run/converge.json --numbers --out OUT"),
    ("plot-split", None, "plot split --data in/d --gamma 0.5 --adv in/adv --numbers --out OUT"),
    ("plot-parts", None, "plot parts --parts in/parts/points.csv --numbers --out OUT"),
    ("plot-flow", None, "plot flow --history in/net/history.csv --numbers --out OUT"),
    ("plot-images", None, "plot images --data in/d --adv in/adv --shape 4x6 --numbers --out OUT"),
    ("report", "report in/run/data --gamma 0.5 --out OUT", "report in/run --gamma 0.5 --out OUT"),
    ("explain", None, "explain T4 --json"),
    ("plan", None, "plan --n 3 --d 20 --gamma 0.5"),
    ("doctor", None, "doctor"),
    ("help", None, "--help"),
    ("verb-help", None, "limit --help"),
]
SLOW = "vectors", "verify", "verify-network", "verify-images", "verify-coq", "plot-drawn", "report", "plan", "doctor"  # half a second and more
TOLD_TIME = "plan", "doctor"  # what they print is not the same twice


def one_by_one(name):
    """These make a file after the other, each whole, and are no set."""
    return name.split("-")[0] in ("sweep", "map", "plot", "report", "vectors", "verify")


def needs_out(line):
    return line.startswith(("sweep", "map", "plot")) and "OUT" in line


def before_run(first, line, out="OUT"):
    """What lies in `out` before the line; `first` None: nothing."""
    shutil.rmtree(out, ignore_errors=True)
    if callable(first):
        return first(out)
    if needs_out(line):
        os.makedirs(out)
    if first:
        r = Run(*first.split())
        assert r.code in (0, 2), r


def restored(out="OUT"):
    """What laid_out() has kept, in `out`."""
    shutil.rmtree(out, ignore_errors=True)
    if os.path.isdir("old"):
        shutil.copytree("old", out, symlinks=True)


def laid_out(first, line):
    """What the line finds in OUT, which is kept for restored(), with its bytes."""
    shutil.rmtree("old", ignore_errors=True)
    before_run(first, line)
    if os.path.isdir("OUT"):
        os.rename("OUT", "old")
    restored()
    return contents()


WORKERS = 2


def worker_folders():
    """Folders with the inputs in them: one for each run at a time."""
    folders = [f"worker{i}" for i in range(WORKERS)]
    for f in folders:
        os.makedirs(f), shutil.copytree("in", f + "/in")
    return folders


def side_by_side(one, jobs, count, key):
    """What was wrong in the jobs, as one(job) says, WORKERS at a time; count[key(job)] becomes [tried, wrong]."""
    with ThreadPoolExecutor(WORKERS) as pool:
        ends = list(pool.map(one, jobs))
    for job, end in zip(jobs, ends):
        c = count.setdefault(key(job), [0, 0])
        c[0], c[1] = c[0] + 1, c[1] + bool(end)
    return [end for end in ends if end]


def contents(top="OUT"):
    """Paths below top with their bytes; times of a sweep's cells differ from run to run."""
    seen = {}
    for folder, dirs, files in os.walk(top):
        for name in dirs:
            seen[os.path.join(folder, name)] = None
        for name in files:
            path = os.path.join(folder, name)
            seen[path] = b"" if name.endswith(".times.csv") else open(path, "rb").read()
    return {os.path.relpath(p, top): b for p, b in seen.items()}


def temporary(after):
    return [p for p in after if p.endswith(".tmp") or "/.lfap-" in p]


def half_written(name, before, after, new):
    """What is neither the old files nor the new ones, nor a set whose meta.json says that it is incomplete; None if all is well."""
    after = {p: b for p, b in after.items() if not p.endswith(".checkpoint")}
    if one_by_one(name):
        return [p for p, b in after.items() if b is not None and b not in (before.get(p), new.get(p)) and b'"incomplete": true' not in b
                and not (name.startswith("sweep") and new.get(p, b"").startswith(b))] or None
    for folder in {os.path.dirname(p) for p in (*before, *after, *new)}:
        mine = [{p: b for p, b in t.items() if os.path.dirname(p) == folder and b is not None} for t in (before, after, new)]
        marked = b'"incomplete": true' in mine[1].get(os.path.join(folder, "meta.json"), b"")
        if mine[1] not in (mine[0], mine[2]) and not marked:
            return sorted(mine[1])
    return None


def judge(name, r, usual, before, new, after, codes, words):
    """What is wrong with a run in which something failed; None if nothing is: it ended as usual, or with one of the codes, the words,
    and whole files."""
    told = name in TOLD_TIME or r.out == usual.out
    if r.code == "timeout":
        return "hangs"
    if temporary(after):
        return f"left a temporary file: {temporary(after)}"
    if r.code == usual.code and told and after == new:
        return None
    if r.code not in codes:
        return f"exit {r.code}, stdout {'as usual' if told else 'not as usual'}, files {'as usual' if after == new else 'not as usual'}"
    if not re.search(words, r.err):
        return "the message does not say it"
    wrong = half_written(name, before, after, new)
    return wrong and f"neither the old files nor the new ones: {wrong}"
