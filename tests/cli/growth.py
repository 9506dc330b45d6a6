"""Nothing grows: the main job and trainings over and over in one process, and a sweep of many cells, under a memory ceiling; and no time
is quadratic in the rows of a table: merged, resumed and plotted.
Without arguments seconds and 10^5 rows; --all (make growth-test): ten minutes, and 10^6 rows."""
import resource, sys, time, os
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *
from tables import before, check_of

ALL = "--all" in sys.argv
SECONDS, ROWS, CEILING = (200, 1000000, 256) if ALL else (4, 100000, 256)  # MB

# ---- memory
made = subprocess.run([os.environ.get("CC", "gcc"), "-std=c11", "-D_POSIX_C_SOURCE=200809L", "-O2", "-I" + os.path.join(ROOT, "src"), "-o", "again", os.path.join(ROOT, "tests/cli/lib/again.c"),
                       os.path.join(os.path.dirname(LFAP), "liblfap.a"), "-lz", "-lm"], capture_output=True, text=True)
ok(made.returncode == 0, "the loop builds", made.stderr)


def limited(*args, **kw):
    """With at most CEILING MB of memory; the threads' stacks are not all of it."""
    return subprocess.Popen(args, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (CEILING << 20,) * 2), stdin=subprocess.DEVNULL, text=True, **kw)


for what in ("verify", "train"):
    p = limited("./again", what, str(SECONDS), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = p.communicate()
    seen = [tuple(map(int, l.split())) for l in out.split("\n")[:-1]]
    ok(p.returncode == 0 and len(seen) == 10 and seen[-1][1] <= seen[1][1] + 512, f"{what}, {seen[-1][0] if seen else 0} times in one process: resident memory stays", f"{seen} {err}")


def grid(cells):
    """A sweep of so many cells, a multiple of 25000."""
    gamma, eps = ",".join(f"{0.001 * (i + 1):.3f}" for i in range(100)), ",".join(str(0.1 * (i + 1)) for i in range(cells // 25000))
    return f"sweep --d 20 --n 3 --n-adv 4 --seeds 0-249 --gamma {gamma} --eps {eps} --quiet --threads 1"


p = limited(LFAP, *grid(1000000).split(), "--out", "long")
seen = []
while p.poll() is None and not (os.path.exists("long.csv") and open("long.csv").read().count("\n") > 20):
    time.sleep(0.1)
while len(seen) < 10 and p.poll() is None:
    time.sleep(SECONDS / 10)
    seen.append(int(open(f"/proc/{p.pid}/status").read().split("VmRSS:")[1].split()[0]))
p.kill(), p.wait()
ok(len(seen) == 10 and seen[-1] <= seen[1] + 512, f"sweep, {open('long.csv').read().count(chr(10)) - 2} cells in one process: resident memory stays", seen)

# ---- rows: the head of the sweep of 10^6 cells, and rows made from its first one
head, names, row = open("long.csv").read().split("\n")[:3]
os.remove("long.csv"), os.remove("long.times.csv")
column = {n: i for i, n in enumerate(names.split(","))}


def table(path, n, cells, head=head):
    """Rows of n cells in order; d is 20 and 30 in turn, the rest the same."""
    one = row.split(",")
    with open(path, "w") as f:
        f.write(head + "\n" + names + "\n")
        for k in cells(n):
            one[column["cell"]], one[column["seed"]], one[column["d"]] = str(k), str(k), "20" if k % 2 else "30"
            line = before(",".join(one))
            f.write(line + check_of(head, line) + "\n")


def cost(*args):
    """Seconds of the processor, and the run."""
    was = resource.getrusage(resource.RUSAGE_CHILDREN)
    r = Run(*args, timeout=1200)
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return now.ru_utime + now.ru_stime - was.ru_utime - was.ru_stime, r


def heads(n):
    return [head.replace("cells=1000000", f"cells={n}").replace("shard=1/1", f"shard={i}/2") for i in (1, 2)]


def steady(what, times, runs):
    """Four times the rows: a quadratic time would be sixteen times as long."""
    ok(all(r.code == 0 for r in runs), f"{what}: ends well", "\n".join(map(str, runs)))
    ok(times[1] < 9 * max(times[0], 0.02), f"{what}: {ROWS // 4} rows {times[0]:.2f} s, {ROWS} rows {times[1]:.2f} s", times)


merged, plotted, resumed, equal = [], [], [], []
for n in (ROWS // 4, ROWS):
    for i, h in enumerate(heads(n)):
        table(f"s{i}.csv", n, lambda n: range(i, n, 2), h)
    merged.append(cost("sweep", "--merge", "all.csv", "s0.csv", "s1.csv"))
    plotted.append(cost("plot", "accuracy", "--sweep", "all.csv", "--numbers", "--out", "p"))
    lines = open("all.csv").read().split("\n")
    ok(len(lines) == n + 3 and [l.split(",", 1)[0] for l in lines[2:-1]] == [str(k) for k in range(n)], f"merge of {n} rows: every cell, in order")
    curve = open("p/accuracy.csv").read().split("\n")
    ok(len(curve) == 4 and [c.split(",")[2] for c in curve[1:3]] == [str(n // 2)] * 2, f"plot of {n} rows: every one counts", curve)
    # a table of another program: rows without a checksum, all of them equal but in d
    put("equal.csv", "\n".join([",".join(names.split(",")[:-1])] + [",".join(l.split(",")[:-1]) for l in (lines[2], lines[3])] * (n // 2)).encode() + b"\n")
    equal.append(cost("plot", "accuracy", "--sweep", "equal.csv", "--numbers", "--out", "p"))
    # a complete table of n cells is resumed: nothing is left to do
    line = grid(n)
    q = subprocess.Popen([LFAP, *line.split(), "--out", "r"], stdin=subprocess.DEVNULL)
    while q.poll() is None and (not os.path.exists("r.csv") or open("r.csv").read().count("\n") < 3):
        time.sleep(0.02)
    q.kill(), q.wait()
    own = open("r.csv").read().split("\n")[0]
    table("r.csv", n, range, own)
    resumed.append(cost(*line.split(), "--resume", "--out", "r"))
    ok(open("r.csv").read().count("\n") == n + 2, f"resumed with {n} rows: as many rows")
    os.remove("r.csv"), os.remove("r.times.csv")
for what, c in (("sweep --merge", merged), ("sweep --resume", resumed), ("plot accuracy", plotted), ("plot accuracy, equal rows", equal)):
    steady(what, [t for t, _ in c], [r for _, r in c])
done()
