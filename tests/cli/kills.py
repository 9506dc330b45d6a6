"""kill -9 at any moment of every verb that writes, two and ten writers into one directory, and disks that are full at every size. What
is there afterwards is the old set, the new one, or one that says itself that it is incomplete; the next run makes it whole and takes
away what the dead process left under temporary names; a table of a sweep keeps its rows, and --resume completes it.
Without arguments a sample; --all (make fault-test): a hundred kills of each, every size of a disk. NAME...: these command lines."""
import random, sys, time, os
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *
from fault_lines import LINES, SLOW, contents, half_written, inputs, judge, laid_out, restored, temporary

ALL, WANTED = "--all" in sys.argv, [a for a in sys.argv[1:] if a != "--all"]
SHIM, rnd = shim(), random.Random(3)
KILLS = 100 if ALL else 3


def without_leftovers(tree):
    left = temporary(tree)
    return {p: b for p, b in tree.items() if not any(p == t or p.startswith(os.path.dirname(t) + "/.lfap-") or t.startswith(p + "/.lfap-") or "/.lfap-" in "/" + p for t in left)
            and not p.startswith(".lfap-")}


def again(line):
    return line + " --resume" if line.startswith("sweep") and "--merge" not in line and "--resume" not in line else line


def killed(line, after):
    p = subprocess.Popen([LFAP, *line.split()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        p.wait(after)
    except subprocess.TimeoutExpired:
        p.kill()
    return p.wait()


inputs()
for name, first, line in LINES:
    if "OUT" not in line or WANTED and name not in WANTED:
        continue
    before = laid_out(first, line)
    begun = time.monotonic()
    usual = Run(*line.split())
    took, new, bad, dead = time.monotonic() - begun, contents(), [], 0
    for i in range(KILLS if not (name in SLOW and not ALL) else 1):
        restored()
        at = rnd.uniform(0, 1.1 * took)
        code = killed(line, at)
        dead += code == -9
        there = without_leftovers(contents())
        wrong = half_written(name, before, there, new) and not os.path.exists("OUT/train.checkpoint")
        r = Run(*again(line).split())
        end = contents()
        if wrong or r.code != usual.code or end != new or temporary(end):
            bad.append(f"at {at:.4f} s: {'half-written, ' if wrong else ''}exit {code}, then {r.code}; {sorted(q for q in {*end, *new} if end.get(q, 0) != new.get(q, 0))} {r.err[:300]}")
    ok(not bad, f"{name}: {dead} of {KILLS} runs killed, the next one whole and nothing left over", "\n".join(bad))

# ---- leftovers of a process that lives are not touched
if not WANTED:
    p = subprocess.Popen([LFAP, *"gen uniform --n 3 --d 8 --out OUT".split()], env={**os.environ, "LD_PRELOAD": SHIM, "LFAP_FAULT": "rename:1!"}, stderr=subprocess.DEVNULL)
    shutil.rmtree("OUT", ignore_errors=True)
    p = Run(*"gen uniform --n 3 --d 8 --out OUT".split(), env={**os.environ, "LD_PRELOAD": SHIM, "LFAP_FAULT": "rename:1!"})
    left = temporary(contents())
    ok(p.code == -9 and len(left) == 4, "a killed gen leaves its files under temporary names", left)
    import fcntl
    held = open("OUT/" + left[0], "r+b")
    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    put("OUT/X.npy.0123.tmp", b"mine"), put("OUT/mine.0123456789abcdef.tmp", b"mine")
    r = Run(*"gen uniform --n 3 --d 8 --out OUT".split())
    ok(r.code == 0 and set(temporary(contents())) == {left[0], "X.npy.0123.tmp", "mine.0123456789abcdef.tmp"}, "the next one removes them, but not what a living process holds, nor other files", temporary(contents()))
    held.close()
    r = Run(*"gen uniform --n 3 --d 8 --out OUT".split())
    ok(left[0] not in temporary(contents()), "and that one when its process is dead")

    # ---- between the last row of a sweep and the removal of its checkpoints
    shutil.rmtree("OUT"), os.makedirs("OUT")
    line = next(l for n, _, l in LINES if n == "sweep-sgd")
    p = Run(*line.split(), env={**os.environ, "LD_PRELOAD": SHIM, "LFAP_FAULT": "unlink:1!"})
    left, table = [f for f in contents() if f.endswith(".checkpoint")], contents()["t.csv"]
    r = Run(*again(line).split())
    ok(p.code == -9 and left and r.code == 0 and contents()["t.csv"] == table and not [f for f in contents() if f.endswith(".checkpoint")],
       "a sweep that was killed behind its last row: --resume takes the checkpoints away", (p.code, left, r, sorted(contents())))

    # ---- many writers into one directory
    for writers, times in ((2, 100 if ALL else 10), (10, 30 if ALL else 3)):
        for verb in ("gen gauss --n 6 --d 40 --seed {} --out OUT", "limit --data in/d --gamma 0.{} --out OUT", "plot spectrum --data in/d --gamma 0.{} --numbers --out OUT"):
            lines = [verb.format(k + 11) for k in range(writers)]
            alone, bad = [], []
            for l in lines:
                shutil.rmtree("OUT", ignore_errors=True)
                Run(*l.split()), alone.append(contents())
            for i in range(times):
                shutil.rmtree("OUT", ignore_errors=True)
                ps = [subprocess.Popen([LFAP, *l.split(), "--quiet"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for l in lines]
                ends = [p.communicate()[1] for p in ps]
                codes, end = [p.returncode for p in ps], contents()
                whole = end in alone if "plot" not in verb else all(any(a.get(q) == b for a in alone) for q, b in end.items())
                if set(codes) - {0, 2} or not whole or temporary(end):
                    bad.append(f"{codes} {ends} {temporary(end)}")
            ok(not bad, f"{writers} writers into one directory, {times} times: {verb.split()[0]}", "\n".join(bad))

# ---- a disk that is full at every size
for name, first, line in LINES:
    if "OUT" not in line or WANTED and name not in WANTED or not ALL and name in SLOW:
        continue
    before = laid_out(first, line)
    usual, bad = Run(*line.split()), []
    new = contents()
    size = sum(len(b) for b in new.values() if b)
    sizes = sorted({0, 1, size - 1} | ({size * i // 60 for i in range(60)} if ALL and name not in SLOW else {rnd.randint(0, size)}))
    for n in sizes:
        restored()
        r = Run(*line.split(), env={**os.environ, "LD_PRELOAD": SHIM, "LFAP_FAULT_DISK": str(n)}, timeout=120)
        wrong = judge(name, r, usual, before, new, contents(), {74}, "No space left on device")
        if wrong:
            bad.append(f"{n} of {size} bytes: {wrong}; exit {r.code} {r.err[:300]}")
    ok(not bad, f"{name}: the disk full after so many bytes, {len(sizes)} sizes up to {size}", "\n".join(bad))
done()
