"""Every call that can fail, failing: memory (GMP's and MPFR's too), descriptors, reading, writing, renaming, locks, threads, children
(tests/shim/fault.c). Whatever fails, lfap ends with the exit code and the words for it, leaves the old files or the new ones, never
some of each, no temporary file, no block of memory and no descriptor.
Without arguments a sample. --all (make fault-test): of every path of calls that leads to one, the first and the last, into an empty place
and over older files. NAME...: the command lines of these names. --most=N: of each line at most so many, by chance."""
import random, re, sys, time, os
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *
from fault_lines import LINES, SLOW, contents, gnuplot_remembers, inputs, judge, laid_out, restored, side_by_side, temporary, worker_folders

ALL, WANTED = "--all" in sys.argv, [a for a in sys.argv[1:] if not a.startswith("--")]
MOST = next((int(a[7:]) for a in sys.argv if a.startswith("--most=")), 10**9)
SHIM, LIMIT = shim(), 120

# kind of call: exit codes it may end with, and what the message has to say
EXPECTED = {
    "memory": ({65}, "memory"),
    "open": ({66, 73, 74}, "Too many open files"),
    "read": ({66, 74}, "Input/output error|reading failed|cannot be read"),
    "write": ({74}, "No space left on device|could not be written"),
    "fsync": ({74}, "Input/output error"),
    "rename": ({73, 74}, "Permission denied"),
    "close": ({74}, "No space left on device|Input/output error"),
    "unlink": ({74}, "Permission denied"),
    "mkdir": ({73}, "No space left on device"),
    # a look that fails where the next one does not may give any reason; it must not give a result
    "stat": ({64, 65, 66, 73, 74}, "."),
    "thread": (set(), "$none"),
    "seek": ({65, 66, 74}, "Input/output error"),
    "lock": (set(), "$none"),
    "link": (set(), "$none"),
    "child": ({69, 74}, "Resource temporarily unavailable"),
}
KINDS = list(EXPECTED)


def at_work(folder, line, **env):
    left = os.path.join(folder, "left")
    if os.path.exists(left):
        os.remove(left)
    r = Run(*line.split(), timeout=LIMIT, cwd=folder, env={**os.environ, "LD_PRELOAD": SHIM, "LFAP_FAULT_LEFT": "left", **env})
    r.left = open(left).read() if os.path.exists(left) else None
    return r


def wrong_end(name, kind, r, usual, before, new, after):
    # GMP and MPFR cannot go on without memory: their hook ends the process (cli/certify.c)
    if r.left != "memory 0\ndescriptors 0\n" and r.code != "timeout" and not (r.left is None and r.code == 65 and "exact arithmetic" in r.err):
        return f"leaks: {r.left}"
    if kind == "unlink":  # nothing can be done about it
        after = {p: b for p, b in after.items() if p not in temporary(after)}
    if name == "report" and r.code == usual.code and left_out(kind, r, usual, after):
        return None
    return judge(name, r, usual, before, new, after, *EXPECTED[kind])


def left_out(kind, r, usual, after):
    """A report leaves out what it cannot read, and its page says why; a look, as above, may give any reason."""
    page, parts = after.get("index.html", b"").decode(), [int((re.findall(r"left out (\d+)", out) or [0])[0]) for out in (usual.out, r.out)]
    words = {"stat": ".", "open": EXPECTED["open"][1], "read": EXPECTED["read"][1]}
    return kind in words and parts[0] < parts[1] and page.endswith("</html>\n") and re.search(words[kind], page) and not temporary(after)


def one(job):
    """A run in a folder of a worker's own."""
    name, line, kind, k, then, usual, before, new = job
    folder = folders.pop()
    restored(folder + "/OUT")
    r = at_work(folder, line, LFAP_FAULT=f"{kind}:{k}{then}")
    wrong = wrong_end(name, kind, r, usual, before, new, contents(folder + "/OUT"))
    folders.append(folder)
    return wrong and f"{kind}:{k}{then}: {wrong}; exit {r.code}; {r.err.strip()[:300]}"


def calls(kind, paths):
    """The calls of a kind that fail in turn."""
    mine = paths[paths[:, 0] == KINDS_OF_SHIM.index(kind), 1]
    if not len(mine):
        return []
    first = np.unique(mine, return_index=True)[1] + 1
    last = len(mine) - np.unique(mine[::-1], return_index=True)[1]
    return sorted({*first.tolist(), *last.tolist()})


def sample(picks, name, kind):
    if ALL or not picks:
        return picks
    if name in SLOW:
        return rnd.sample(picks, 1) if kind in ("memory", "write", "child") else []
    return rnd.sample(picks, min(len(picks), 6 if kind == "memory" else 3))


KINDS_OF_SHIM = re.search(r"enum \{ MEMORY,[^}]*KINDS", open(os.path.join(ROOT, "tests/shim/fault.c")).read()).group()[7:].lower().replace(" ", "").split(",")[:-1]
ok(KINDS_OF_SHIM == KINDS, "every kind of the shim is expected here", KINDS_OF_SHIM)
gnuplot_remembers()
inputs()
folders = worker_folders()
rnd, count = random.Random(1), {}
for name, first, line in LINES:
    if WANTED and name not in WANTED:
        continue
    for over in (first, None) if ALL and "OUT" in line and first else (first,):
        before = laid_out(over, line)
        restored(folders[0] + "/OUT")
        usual = at_work(folders[0], line, LFAP_FAULT_PATHS="paths")
        new, paths = contents(folders[0] + "/OUT"), np.fromfile(folders[0] + "/paths", "<u8").reshape(-1, 2)
        where = f"{name}{'' if over else ', into nothing'}"
        ok(usual.code in (0, 1, 2) and len(paths) and usual.left == "memory 0\ndescriptors 0\n", f"{where}: runs under the shim, and leaves nothing", f"{usual.left}\n{usual}")
        jobs = [(name, line, kind, k, then, usual, before, new) for kind in KINDS for k in sample(calls(kind, paths), name, kind) for then in (("", "+") if kind == "memory" else ("",))]
        jobs = rnd.sample(jobs, MOST) if len(jobs) > MOST else jobs
        begun = time.monotonic()
        bad = side_by_side(one, jobs, count, lambda job: (job[0].split("-")[0], job[2]))
        if jobs:
            ok(not bad, f"{where}: {len(jobs)} runs, one call failing in each, {time.monotonic() - begun:.0f} s", "\n".join([f"{len(bad)} wrong"] + bad[:60 if ALL else 8]))
print("# tried (bad) " + " ".join(f"{k:>8}" for k in KINDS))
for verb in dict.fromkeys(v for v, _ in count):
    print(f"# {verb:>13} " + " ".join(f"{t}{f' ({b})' if b else '':>0}".rjust(8) for t, b in (count.get((verb, k), (0, 0)) for k in KINDS)))
print(f"# {sum(t for t, _ in count.values())} runs, {sum(b for _, b in count.values())} bad")
done()
