"""Checkpoints: a training or a cell of a sweep that is killed (SIGKILL) at any moment and resumed writes the files of an undivided
run, byte for byte, and goes on where it was; one that cannot be taken up or written is told and left. The moments are calls
(tests/shim/fault.c), not times, and with --checkpoint 1e-9 every epoch writes one. With --all 20 moments of each run, else 4."""
import os, random, re, shutil, signal, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

MOMENTS = 20 if "--all" in sys.argv else 4
SHIM = shim()
EACH = "--checkpoint 1e-9"
X, Y = sample(60, 2000)
put("wide/X.npy", X), put("wide/y.npy", Y)
X, Y = sample(300, 400)
put("long/X.npy", X), put("long/y.npy", Y)
rnd = random.Random(20)


def run(line, **env):
    return Run(*line.split(), timeout=120, env={**os.environ, "LD_PRELOAD": SHIM, **env})


def files(top):
    """Names with their bytes, but for what a kill leaves of a file being written, and wall times."""
    return {n: open(os.path.join(top, n), "rb").read() for n in sorted(os.listdir(top))
            if os.path.isfile(os.path.join(top, n)) and not n.endswith((".tmp", ".times.csv"))}


def counted(line):
    r = run(line, LFAP_FAULT_COUNT="counts")
    return r, {w[0]: int(w[1]) for w in map(str.split, open("counts"))}


def moments(total):
    """(kind, k): spread over the calls that make a checkpoint, and over all others."""
    kinds = [k for k in ("fsync", "rename", "write", "memory", "close", "open") if total[k]]
    return [(kinds[i % len(kinds)], rnd.randint(1, total[kinds[i % len(kinds)]])) for i in range(MOMENTS)]


def fresh(before=None):
    shutil.rmtree("out", True)
    os.makedirs("out")


def killed_and_resumed(name, line, other, begin=fresh):
    """`line` is killed at every moment; then `other`, which may have other threads, resumes."""
    begin()
    r, total = counted(line)
    want, bad, inside, on = files("out"), [], 0, []
    ok(r.code == 0 and total["fsync"] > 8 and not [n for n in want if "checkpoint" in n], f"{name}: undivided, and no checkpoint is left", r)
    if name in EXACT:
        ok(total["fsync"] == EXACT[name], f"{name}: {EXACT[name]} fsyncs, the last state of a network is written too", total)
    for kind, k in moments(total):
        begin()
        dead = run(line, LFAP_FAULT=f"{kind}:{k}!")
        there = [n for n in os.listdir("out") if n.endswith(".checkpoint")]
        begun = len(there) > 0
        again, more = counted(other + " --resume")
        if dead.code != -signal.SIGKILL or again.code != 0 or files("out") != want:
            bad.append(f"{kind}:{k} of {total[kind]}: exit {dead.code}, {again.code}, differing: "
                       f"{[n for n in set(want) | set(files('out')) if files('out').get(n) != want.get(n)]}; {again.err[:300]}")
        inside += begun
        # an epoch, a row: an fsync; those before and after the kill are those of an undivided run, give or take the one it fell into
        if kind == "fsync" and not -1 <= more["fsync"] + k - 1 - total["fsync"] <= 1:
            on.append(f"{kind}:{k}: {more['fsync']} fsyncs after {k - 1}, {total['fsync']} in all")
    ok(not bad, f"{name}: killed at {MOMENTS} moments and resumed, the same bits", "\n".join(bad))
    ok(inside >= MOMENTS // 4, f"{name}: {inside} of the kills fell between two epochs")
    return on


# epochs; of a sweep those of a teacher, two controls and two learners, four rows and two heads
EXACT = {"plain sgd, 1 thread(s)": 25, "cells by sgd": 5 * 9 + 4 + 2}

# ---- trainings: plain and Gram form, gd and sgd, the flow; one thread and two
TRAIN = {
    "plain sgd": "train --data wide --gamma 0.3 --method sgd --form plain --m 20 --epochs 25 --out out",
    "gram sgd": "train --data long --gamma 0.3 --method sgd --form gram --m 60 --epochs 25 --coefficients --out out",
    "plain gd": "train --data wide --gamma 0.3 --method gd --form plain --m 20 --epochs 25 --coefficients --loss logistic --out out",
    "gram gd": "train --data wide --gamma 0.3 --method gd --form gram --m 20 --epochs 25 --out out",
    "flow": "train --data wide --gamma 0.05 --m 200 --epochs 30 --coefficients --out out",
    "flow to its end": "train --data wide --gamma 0.5 --m 4 --out out",
}
for name, line in TRAIN.items():
    for threads in (1, 2):
        line_of = f"{line} {EACH} --quiet"
        on = killed_and_resumed(f"{name}, {threads} thread(s)", f"{line_of} --threads {threads}", f"{line_of} --threads {3 - threads}")
        ok(not on, f"{name}, {threads} thread(s): goes on, and does not begin anew", "\n".join(on))

# ---- cells of a sweep: teacher, control and learner; the next cell has the same teacher
SWEEP = {
    "cells by sgd": "sweep --method sgd --d 40 --n 6 --n-adv 8,9 --m 4 --epochs 9 --probes 20 --format both --out out/t",
    "cells by flow": "sweep --method flow --from gradient --d 40 --n 6 --n-adv 8 --norm l2,linf --m 4 --epochs 9 --probes 20 --out out/t",
    "a shard": "sweep --method sgd --d 30,40 --n 6 --n-adv 8,9 --m 4 --epochs 9 --probes 20 --shard 2/2 --out out/t",
}
for name, line in SWEEP.items():
    on = killed_and_resumed(name, f"{line} {EACH} --quiet --threads 1", f"{line} {EACH} --quiet --threads 2")
    ok(not on, f"{name}: goes on inside the cell", "\n".join(on))

# ---- interrupted: the state before it leaves, and how to go on
LONG = TRAIN["gram sgd"].replace("25", "3000") + " --threads 1 --quiet"


def interrupted(line, sig, **env):
    p = subprocess.Popen([LFAP] + line.split(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **env})
    time.sleep(0.6)
    p.send_signal(sig)
    out, err = p.communicate(timeout=60)
    return p.returncode, err.decode()


shutil.rmtree("out", True)
whole = Run(*LONG.split())
want = files("out")
for sig in (signal.SIGINT, signal.SIGTERM):
    shutil.rmtree("out", True)
    code, err = interrupted(LONG, sig)
    ok(code == 128 + sig and os.listdir("out") == ["train.checkpoint"], f"{sig.name}: exit {128 + sig}, and one checkpoint", (code, err))
    ok("interrupted" in err and "--resume" in err and "out/train.checkpoint" in err, f"{sig.name}: the message says how to go on", err)
    r = Run(*LONG.split())
    ok(r.code == 73 and "--resume" in r.err and os.listdir("out") == ["train.checkpoint"], "another run does not write over it", r)
    r = Run(*LONG.split(), "--resume")
    ok(r.code == 0 and files("out") == want, f"{sig.name}: resumed, the same bits", r)
shutil.rmtree("out", True)
code, err = interrupted(LONG + " --checkpoint 0", signal.SIGINT)
ok(code == 130 and not os.path.exists("out") and "--resume" not in err, "--checkpoint 0: nothing is left, nothing promised", (code, err))
shutil.rmtree("out", True)
r = Run(*TRAIN["plain sgd"].split(), "--resume")
ok(r.code == 0 and "from the beginning" in r.err and "out/train.checkpoint" in r.err, "--resume without a checkpoint says that it begins", r)

# ---- two into one place: nobody writes over, or removes, what another has written
def meanwhile(line, sign, path, bytes_):
    """`line`, stopped when `sign` is there, goes on once `path` is another's."""
    fresh()
    p = subprocess.Popen([LFAP] + line.split(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while not os.path.exists(sign) and p.poll() is None:
        time.sleep(0.002)
    p.send_signal(signal.SIGSTOP)
    put("others", bytes_), os.replace("others", path)
    p.send_signal(signal.SIGCONT)
    err = p.communicate(timeout=120)[1]
    return p.returncode, err, open(path, "rb").read() if os.path.exists(path) else None


for name, line, sign, path in (("a training writes", f"{LONG} {EACH}", "out/train.checkpoint", "out/train.checkpoint"),
                               ("a sweep removes", "sweep --method sgd --d 40 --n 6 --n-adv 8 --m 4 --epochs 4000 --quiet --out out/t", "out/t.csv", "out/t.learner.checkpoint")):
    code, err, left = meanwhile(line, sign, path, b"another's hours")
    ok(code == 73 and "another training writes here" in err and path in err and err.count("\n") == 1 and left == b"another's hours", f"{name}: another's is left, and told", (code, err, left))

# ---- what is refused: another command line, other data, damage; and the checkpoint stays
LINE = TRAIN["plain sgd"] + " --quiet"


def checkpoint(line=LINE):
    """A checkpoint of that run, at its middle."""
    shutil.rmtree("out", True)
    r = run(f"{line} {EACH}", LFAP_FAULT="rename:12!")
    assert r.code == -signal.SIGKILL, r
    for n in os.listdir("out"):
        if n.endswith(".tmp"):
            os.remove(os.path.join("out", n))
    return open("out/train.checkpoint", "rb").read()


def refused(name, line, words, code=65):
    was = files("out")
    r = Run(*line.split(), "--resume")
    ok(r.code == code and re.search(words, r.err) and "out/train.checkpoint" in r.err and files("out") == was, f"{name}: refused, and left", r)


good = checkpoint()
put("other/X.npy", np.load("wide/X.npy") + 0.125), put("other/y.npy", np.load("wide/y.npy"))
put("flipped/X.npy", np.load("wide/X.npy")), put("flipped/y.npy", -np.load("wide/y.npy"))
for name, change, words in (("more epochs", ("--epochs 25", "--epochs 26"), "epochs 25, here 26"), ("another slope", ("0.3", "0.4"), "gamma 0.29.*, here 0.40"),
                            ("another method", ("sgd", "gd"), "method sgd, here gd"), ("Gram form", ("plain", "gram"), "Gram form no, here yes"),
                            ("more neurons", ("--m 20", "--m 22"), "m 20, here 22"), ("another seed", ("--out", "--seed 1 --out"), "first weights"),
                            ("another rate", ("--out", "--lr 0.02 --out"), "learning rate 0.01.*, here 0.02"),
                            ("another arithmetic", ("--out", "--arithmetic half --out"), "arithmetic double, here half"), ("another loss", ("--out", "--loss logistic --out"), "loss exp, here logistic"),
                            ("coefficients", ("--out", "--coefficients --out"), "coefficients no, here yes"),
                            ("other samples", ("wide", "other"), "samples"), ("other labels", ("wide", "flipped"), "labels"),
                            ("other sizes", ("wide", "long"), "N 60, here 300")):
    refused(name, LINE.replace(*change), words)
for name, bytes_, words in (("an empty file", b"", "cut short"), ("cut in the middle", good[:len(good) // 2], "cut short"), ("cut by a byte", good[:-1], "cut short"),
                            ("with a byte more", good + b"\n", "something follows"), ("no checkpoint", b"x" * 5000, "does not begin"),
                            ("an array", open("wide/X.npy", "rb").read(), "does not begin"),
                            ("of another version", good.replace(b"1, 0.", b"1, 9.", 1), "another version"), ("of other numerics", good.replace(b"numerics ", b"numerics 7", 1)[:48] + good[48:], "another version"),
                            ("padding that is none", good[:40] + b"\1" + good[41:], "damaged"), ("a name with control characters", good[:20] + b"\x1b" + good[21:], "damaged"),
                            *((f"byte {i} changed", good[:i] + bytes([good[i] ^ 4]) + good[i + 1:], "damaged") for i in (60, 190, len(good) // 2, len(good) - 3))):
    put("out/train.checkpoint", bytes_)
    refused(name, LINE, words)
put("out/train.checkpoint", good)
r = Run(*LINE.replace("sgd", "gd").split(), "--arithmetic", "mpfr")
ok(r.code == 73 and "mpfr" in r.err and "--resume" not in r.err and files("out") == {"train.checkpoint": good}, "mpfr: refused, and told what can be done", r)
os.remove("out/train.checkpoint"), os.mkdir("out/train.checkpoint")
refused("a directory", LINE, "directory", 66)
os.rmdir("out/train.checkpoint"), os.mkfifo("out/train.checkpoint")
r = Run(*LINE.split(), "--resume", timeout=20)
ok(r.code == 66 and "pipe" in r.err, "a pipe is refused, and nothing waits for it", r)
os.remove("out/train.checkpoint")
for option, code in (("--checkpoint -1", 65), ("--checkpoint nan", 64), ("--checkpoint x", 64), ("--checkpoint inf", 64)):
    r = Run(*LINE.split(), *option.split())
    ok(r.code == code and "checkpoint" in r.err, f"{option} is refused", r)

# ---- the file as spec/formats.md has it, read without lfap
def digest(h, piece):
    for w in np.frombuffer(piece + bytes(-len(piece) % 8) + (b"" if len(piece) % 8 else bytes(8)) + len(piece).to_bytes(8, "little"), "<u8"):
        h = (h ^ int(w)) * 0x9E3779B97F4A7C15 % 2**64
        h ^= h >> 32
    return h


def pieces(b, *sizes):
    for size in sizes:
        yield b[:size]
        b = b[size:]
    yield b


epochs, n, d, m = 11, 60, 2000, 20
part = list(pieces(good, 48, 18 * 8, 8, 8, epochs * 40, n * 8, 8, 8, 8, 8, 8, 8, 8, m * d * 8, m * d * 8, 8))
ok(part[-1] == b"", "the checkpoint has the sizes of the table")
ok(re.fullmatch(rb"lfap training 1, 0\.1\.0, numerics [0-9]+\0+", part[0]) and list(np.frombuffer(part[1], "<u8")[[0, 1, 2, 4, 5, 6, 7, 8, 9]]) == [n, d, m, 2, 0, 0, 0, 0, 25]
   and list(np.frombuffer(part[1], "<f8")[[3, 10, 11, 12, 13, 14]]) == [0.3, 0.01, 0.9, -1e9, 1e-3, 1e-3], "it tells what training it is of")
h, at = 0x6C666170, []
for p in part[:-1]:
    at.append(h)
    h = digest(h, p)
ok(at[2] == int.from_bytes(part[2], "little") and at[15] == int.from_bytes(part[15], "little"), "the digests are those of the definition")
X = np.load("wide/X.npy")
ok(list(np.frombuffer(part[1], "<u8")[15:17]) == [digest(0x6C666170, X.tobytes()), digest(0x6C666170, np.load("wide/y.npy").tobytes())], "of X and y too")
r = Run(*LINE.replace("25", str(epochs)).replace("out out", "out short").split())
rows = np.loadtxt("short/history.csv", delimiter=",", skiprows=1)[:, [1, 3, 2, 4]]
ok(int.from_bytes(part[3], "little") == epochs and (np.frombuffer(part[4], "<f8").reshape(epochs, 5)[:, :4] == rows).all(), "its history is that of a shorter run")
ok(part[13] == np.load("short/W.npy").tobytes(), "its weights are those of a shorter run")
ok(np.frombuffer(part[11], "<f8")[0] == 0.01 and np.frombuffer(part[10], "<f8")[0] == rows[:, 0].min(), "its schedule: the rate, and the best loss")

# ---- other verbs do not trip over one
put("wide/train.checkpoint", good)
for line in ("limit --data wide --gamma 0.3", "train --data wide --gamma 0.3 --m 2 --method gd --epochs 2 --out out2"):
    ok(Run(*line.split()).code in (0, 2), f"a checkpoint beside the data: {line.split()[0]}")
ok(Run("limit", "--data", "wide/train.checkpoint", "--labels", "wide/y.npy", "--gamma", "0.3").code == 65, "it is no array")
os.remove("wide/train.checkpoint")

# ---- a disk that is full, and other calls that fail: told, and the checkpoint before is whole
CODES = {"write": {74}, "fsync": {74}, "close": {73, 74}, "rename": {73, 74}, "open": {66, 73, 74}, "memory": {65, 71}, "unlink": {74}}
shutil.rmtree("out", True)
whole, total = counted(f"{LINE} {EACH}")
want = files("out")
for kind, codes in CODES.items():
    bad = []
    for k in {total[kind], *(rnd.randint(1, total[kind]) for _ in range(MOMENTS))} - {0}:
        shutil.rmtree("out", True)
        r = run(f"{LINE} {EACH}", LFAP_FAULT=f"{kind}:{k}")
        left = sorted(os.listdir("out")) if os.path.isdir("out") else []
        wrong = r.code not in codes and (r.code != 0 or files("out") != want) or [n for n in left if n.endswith(".tmp")] or (r.code and left == [])  and os.path.isdir("out")
        again = run(f"{LINE} {EACH} --resume")
        if wrong or again.code != 0 or files("out") != want:
            bad.append(f"{kind}:{k} of {total[kind]}: exit {r.code} {r.err.strip()[:200]}, left {left}; resumed: exit {again.code} {again.err[:200]}")
    ok(not bad, f"a {kind} that fails: told, nothing half-written, and --resume ends with the same bits", "\n".join(bad))
good = checkpoint()
for kind in ("write", "fsync", "rename"):
    put("out/train.checkpoint", good)
    r = run(f"{LINE} {EACH} --resume", LFAP_FAULT=f"{kind}:1")
    ok(r.code in CODES[kind] and "checkpoint before it is whole" in r.err and files("out") == {"train.checkpoint": good},
       f"{kind} fails: the checkpoint before is as it was", r)

# ---- a training that fails would fail again: nothing is left
X, Y = sample(6, 40)
put("worse/X.npy", np.vstack([X[:3], X[:3] * (1 + 1e-9)])), put("worse/y.npy", np.array([1., 1, 1, -1, -1, -1]))
r = Run(*f"train --data worse --gamma 0.3 --m 4 --method gd --lr 30 --epochs 4000 {EACH} --out deep/er/out".split())
ok(r.code == 65 and "diverged" in r.err and not os.path.exists("deep"), "a training that diverges leaves no checkpoint", r)

# ---- a sweep refuses damage, and leaves the file
SMALL = SWEEP["a shard"] + f" {EACH} --quiet"
fresh()
r = run(SMALL, LFAP_FAULT="rename:14!")
there = [n for n in files("out") if n.endswith(".checkpoint")]
bytes_ = open("out/" + there[0], "rb").read()
put("out/" + there[0], bytes_[:-9] + bytes([bytes_[-9] ^ 1]) + bytes_[-8:])
was = files("out")
r = Run(*SMALL.split(), "--resume")
ok(r.code == 65 and there[0] in r.err and "damaged" in r.err and files("out") == was, "a sweep refuses a damaged checkpoint", r)
# with no row yet another training's is hours of work, and so is a stump; with rows it may be left of a cell before
fresh()
r = run(SMALL, LFAP_FAULT="rename:5!")
for n in ("t.csv", "t.times.csv"):
    os.remove("out/" + n)
for name, change, keep, words in (("another training's", ("--epochs 9", "--epochs 8"), None, "epochs 9, here 8"), ("a stump", ("", ""), 40, "cut short"), ("nothing of one", ("", ""), 0, "cut short")):
    mine = next(n for n in files("out") if n.endswith(".checkpoint"))
    if keep is not None:
        put("out/" + mine, open("out/" + mine, "rb").read()[:keep])
    was = files("out")
    r = Run(*SMALL.replace(*change).split(), "--resume")
    ok(r.code == 65 and mine in r.err and words in r.err and files("out") == was, f"a sweep without a row refuses {name} checkpoint", r)
fresh()
r = Run(*SMALL.split())
want = files("out")
fresh()
killed = run(SMALL, LFAP_FAULT="rename:30!")
ok(killed.code == -signal.SIGKILL and open("out/t.csv").read().count("\n") == 3, "a sweep that is killed in its second cell", (killed, files("out")))
put("out/t.learner.checkpoint", bytes_)
r = Run(*SMALL.replace(" --quiet", "").split(), "--resume")
ok(r.code == 0 and files("out") == want and "note: out/t.learner.checkpoint was of another training" in r.err, "with rows one of an earlier cell gives way, and a note says so", r)
r = Run(*SMALL.replace("out/t", "out/u").split())
put("out/v.learner.checkpoint", bytes_)
r = Run(*SMALL.replace("out/t", "out/v").split())
ok(r.code == 73 and "--resume" in r.err and not os.path.exists("out/v.csv"), "a new sweep does not write over one", r)
done()
