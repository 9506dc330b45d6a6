"""Descriptors, signals and names: closed standard streams, a full disk, ulimit -f, SIGTERM and its like, pipes and sockets in
place of files, planted links, and names that would speak to the terminal."""
import json, resource, signal, socket, sys, time, os
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *


def shell(line, **kw):
    """A line for sh, with $L for lfap."""
    p = subprocess.run(["sh", "-c", line], capture_output=True, text=True, errors="replace", timeout=60, env={**os.environ, "L": LFAP}, **kw)
    return p.returncode, p.stdout, p.stderr


images("images"), images("piped")
for line in ("gen uniform --n 3 --d 24 --seed 5 --out d", "limit --data d --gamma 0.5 --certify --out lim", "train --method gd --epochs 2 --data d --gamma 0.5 --m 4 --out net"):
    ok(Run(*line.split()).code in (0, 2), line.split()[0])
SWEEP = "sweep --d 20 --n 3 --n-adv 4 --seeds 0-2 --out "
Run(*(SWEEP + "table").split())
rows = open("table.csv").read()

# ---- descriptors 0, 1, 2 closed in any combination: no file of ours takes their number
for i, closed in enumerate(("<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-")):
    name = f"s{i}"
    code, out, err = shell(f"$L {SWEEP}{name} {closed}")
    ok(open(f"{name}.csv").read() == rows and code == (74 if " >&-" in " " + closed else 0), f"sweep {closed}: every row, and exit 74 where its report has nowhere to go", (code, err))
    code, out, err = shell(f"$L gen uniform --n 3 --d 24 --seed 5 --out {name} {closed}")
    ok(all(open(f"{name}/{f}", "rb").read() == open(f"d/{f}", "rb").read() for f in ("X.npy", "y.npy", "meta.json")), f"gen {closed}: the same files", (code, err))

# ---- a result that cannot be printed: 74, with words
PRINTS = ["--help", "-h", "--version", "limit --help", "gen uniform --n 3 --d 24 --out g", "limit --data d --gamma 0.5", "limit --data d --gamma 0.5 --json",
          "train --method gd --epochs 2 --data d --gamma 0.5 --m 4 --out t", "check lim/certificate.json --data d --json", "compare --data d --weights net/W.npy --gamma 0.5",
          "perturb --norm l2 --from geometry --data d --direction lim/w.npy --eps 1 --out p", "verify --data d --gamma 0.5 --json",
          "converge --data d --gamma 0.5 --m 2 --prec 64 --log-loss -20 --json", "sweep --list --d 20 --n 3", "map --data d --weights net/W.npy --gamma 0.5 --numbers --grid 5 --out m",
          "plot spectrum --data d --gamma 0.5 --numbers --out m", "vectors --out v --json", "explain T4"]
for line in PRINTS:
    for to in (">/dev/full", ">&-"):
        code, out, err = shell(f"$L {line} {to}")
        ok(code == 74 and "stdout" in err, f"{line.split(' --')[0]} {to}: 74", (code, err))

run = subprocess.run([LFAP, *"limit --data long --gamma 0.5 --json".split()], stdout=open("/dev/full", "w"), stderr=subprocess.PIPE, text=True) if Run(*"gen uniform --n 60 --d 300 --out long".split()).code == 0 else None
ok(run.returncode == 74 and "No space left on device" in run.stderr, "a long document that cannot be printed: 74, and why", run)

# ---- ulimit -f: an error like any other
for line, folder in (("gen uniform --n 20 --d 500 --out big", "big"), ("vectors --out bigv", "bigv")):
    code, out, err = shell(f"ulimit -f 8; $L {line}")
    left = [os.path.join(f, n) for f, _, ns in os.walk(folder) for n in ns if n.endswith(".tmp")]
    ok(code == 74 and "File too large" in err and not left and not os.path.exists("big"), f"{line.split()[0]} above ulimit -f: 74, nothing half-written", (code, err, left))

# ---- signals that end a run: 128 + n, nothing left behind
LONG = "train --method gd --lr 1e-6 --epochs 100000000 --data d --gamma 0.5 --m 4 --checkpoint 0 --out never"
for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU):
    before = tree()
    p = subprocess.Popen([LFAP] + LONG.split(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(0.4)
    p.send_signal(sig)
    out, err = p.communicate(timeout=60)
    ok(p.returncode == 128 + sig and b"interrupted" in err and tree() == before, f"{sig.name}: exit {128 + sig}, nothing written", (p.returncode, err))
p = subprocess.Popen(["nohup", LFAP] + LONG.split(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
time.sleep(0.4)
p.send_signal(signal.SIGHUP)
time.sleep(0.2)
ok(p.poll() is None, "SIGHUP under nohup is ignored")
p.terminate(), p.communicate()

# ---- nothing waits for a pipe, and nothing but a file is read
os.mkfifo("pipe"), socket.socket(socket.AF_UNIX).bind("socket"), os.makedirs("fd"), os.makedirs("folder")
os.mkfifo("fd/X.npy"), os.symlink("/dev/zero", "zero"), os.symlink("pipe", "link")
for name in ("images", "labels"):
    path = f"piped/t10k-{name}-idx{3 if name == 'images' else 1}-ubyte.gz"
    os.remove(path), os.mkfifo(path)
    r = Run("gen", "fashion-mnist", "--images", "piped", "--n", "4", "--out", "never", timeout=20)
    ok(r.code == 66 and "is a pipe" in r.err and path in r.err, f"IDX {name}: a pipe is refused", r)
    os.remove(path), os.symlink(os.path.abspath("images/" + os.path.basename(path)), path)
for odd, word in (("pipe", "pipe"), ("link", "pipe"), ("socket", "socket|No such device"), ("zero", "device"), ("folder", "directory")):
    for line in (f"limit --data d --labels {odd} --gamma 0.5", f"compare --data d --weights {odd} --gamma 0.5", f"check {odd} --data d", f"train --data d --gamma 0.5 --init {odd} --out never",
                 f"perturb --norm l2 --from geometry --data d --direction {odd} --eps 1 --out never", f"plot accuracy --sweep {odd} --numbers --out never", f"sweep --merge never.csv {odd}"):
        r = Run(*line.split(), timeout=20)
        ok(r.code == 66 and any(w in r.err for w in word.split("|")) and not os.path.exists("never"), f"{line.split()[0]} of a {odd}: 66", r)
r = Run("limit", "--data", "fd", "--gamma", "0.5", timeout=20)
ok(r.code == 66 and "fd/X.npy" in r.err, "a pipe in a directory", r)
os.makedirs("fm"), put("fm/X.npy", np.load("d/X.npy")), put("fm/y.npy", np.load("d/y.npy")), os.mkfifo("fm/meta.json")
r = Run("limit", "--data", "fm", "--gamma", "0.5", timeout=20)
ok(r.code == 66 and "fm/meta.json" in r.err, "a pipe as meta.json", r)
code, out, err = shell("$L limit --data /dev/stdin --labels d/y.npy --gamma 0.5 <d/X.npy")
ok(code == 0, "a file by way of /dev/stdin is read", err)

# ---- links are not followed where something is written
put("precious", b"precious"), os.makedirs("o"), os.symlink("../precious", "o/X.npy"), os.symlink("../nowhere", "o/y.npy")
r = Run("gen", "uniform", "--n", "3", "--d", "24", "--seed", "5", "--out", "o")
ok(r.code == 0 and open("precious").read() == "precious" and not os.path.exists("nowhere") and not os.path.islink("o/X.npy")
   and open("o/X.npy", "rb").read() == open("d/X.npy", "rb").read(), "an output that is a link: the link is replaced", r)
names = set()
for i in range(3):
    p = subprocess.run([LFAP, "gen", "uniform", "--n", "3", "--d", "24", "--out", "o2"], env={**os.environ, "LD_PRELOAD": shim(), "LFAP_FAULT": "rename:1!"}, capture_output=True)
    names |= {n for n in os.listdir("o2") if n.endswith(".tmp")}
stems = {n.split(".")[-2] for n in names}
ok(len(names) == len(stems) >= 12 and all(len(s) == 16 for s in stems), "temporary names are new in each run", names)

# ---- names and values reach the terminal as text
NASTY = "a\x1b[31m\x07b\nc\u009b31m\u202e\x7f"
raw = os.fsencode(NASTY) + b"\xff"
for args in (["limit", "--data", raw, "--gamma", "0.5"], ["limit", "--data", "d", "--gamma", raw], [raw], ["gen", raw, "--out", "g"], ["limit", b"--" + raw], ["check", raw, "--data", "d"],
             ["gen", "uniform", "--n", "3", "--d", "24", "--out", raw], ["verify", "--data", raw, "--gamma", "0.5"], ["compare", "--data", "d", "--weights", "net/W.npy", "--gamma", "0.5", "--reference", raw],
             ["explain", raw], ["sweep", "--merge", "m.csv", raw], ["gen", "uniform", "--n", "3", "--d", "24", "--out", raw, "--json"], ["verify", "--data", raw, "--gamma", "0.5", "--json"]):
    p = subprocess.run([LFAP] + args, capture_output=True)
    both = (p.stdout + p.stderr).decode("utf-8", "strict") if b"\xff" not in p.stdout + p.stderr else "\x1b"
    words = args[0].decode("utf-8", "replace")[:3] if isinstance(args[0], bytes) else args[0]
    ok(not any(c in both.replace("\n", "") for c in "\x1b\x07\u009b\u202e\x7f"), f"{words}: no control characters, valid UTF-8 ({p.returncode})", repr(both[:300]))
    if p.stderr and p.returncode >= 64:
        ok(p.stderr.count(b"\n") == 1, f"{words}: the message is one line", p.stderr)
    if b"--json" in [os.fsencode(a) for a in args]:
        ok("\ufffd" in p.stdout.decode() and json.loads(p.stdout), f"{words}: the document is JSON", p.stdout[:300])
done()
