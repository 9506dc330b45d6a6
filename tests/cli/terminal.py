"""What a terminal sees and a pipe does not: colours (NO_COLOR, TERM=dumb) and the progress bar (--quiet)."""
import fcntl, os, pty, re, select, signal, struct, sys, termios, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

X, Y = sample(40, 2000)
put("set/X.npy", X), put("set/y.npy", Y)
ESCAPE = "\033"


def on_terminal(args, out=True, err=False, seconds=30, columns=0, **env):
    """Runs lfap with stdout and/or stderr on a terminal; (exit code, terminal, pipe). Interrupted after `seconds`."""
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
    master, slave = pty.openpty()
    if columns:
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    p = subprocess.Popen([LFAP] + args, stdin=subprocess.DEVNULL, stdout=slave if out else subprocess.PIPE,
                         stderr=slave if err else subprocess.PIPE, env={**clean, **env})
    os.close(slave)
    text, limit = b"", time.monotonic() + seconds
    while True:
        ready, _, _ = select.select([master], [], [], 0.2)
        if ready:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            text += piece
        elif p.poll() is not None:
            break
        if time.monotonic() > limit:
            p.send_signal(signal.SIGINT)
            limit += 60
    p.wait(60)
    os.close(master)
    piped = b"".join(f.read() for f in (p.stdout, p.stderr) if f)
    return p.returncode, text.decode("utf-8", "replace"), piped.decode("utf-8", "replace")


limit = ["limit", "--data", "set", "--gamma", "0.5"]
WIDE = 400  # where a row of any table fits
code, term, _ = on_terminal(limit, columns=WIDE, TERM="xterm")
plain = re.sub(r"\033\[[0-9;]*m", "", term)
ok(code == 0 and ESCAPE in term, "a terminal gets colours", term)
ok(re.search(r"\033\[32mPASS", term) and re.search(r"\033\[2mNOT-APPLICABLE", term), "each verdict in its colour", term)
for name, env in (("NO_COLOR=1", {"TERM": "xterm", "NO_COLOR": "1"}), ("TERM=dumb", {"TERM": "dumb"}), ("no TERM", {})):
    code, term, _ = on_terminal(limit, columns=WIDE, **env)
    ok(code == 0 and ESCAPE not in term and term == plain, f"{name}: the same text without escape codes", term)
ok(ESCAPE in on_terminal(limit, TERM="xterm", NO_COLOR="")[1], "an empty NO_COLOR counts as none")
r = Run(*limit, env=dict(os.environ, TERM="xterm"))
ok(r.code == 0 and ESCAPE not in r.out + r.err and r.out.replace("\n", "\r\n") == plain, "a pipe gets the same text without escape codes", r)

# ---- the width: nothing beyond it, words whole, the verdict first
for args in ("gen uniform --n 20 --d 1000 --seed 1 --out one", "train --data one --gamma 0.5 --m 20 --out net", "gen uniform --n 4 --d 100 --seed 3 --out four"):
    ok(Run(*args.split()).code == 0, args)
ORDER = list(range(0, 20, 2)) + list(range(1, 20, 2))
put("rows.npy", np.load("net/W.npy")[ORDER])  # another network: its rows are in another order
RUNS = ["limit --data one --gamma 0.5 --certify --out limit", "check limit/certificate.json --data one", "check limit/certificate.json --data set",
        "verify --case orthogonal", "verify --data one --gamma 0.5 --weights rows.npy --verbose", "compare --data one --weights net/W.npy --gamma 0.5 --lambda limit/lambda.npy --polish --certify",
        "compare --data one --weights rows.npy --gamma 0.5", "polish --data one --weights net/W.npy --gamma 0.5 --certify --out point", "converge --data four --gamma 0.5 --m 4",
        "sweep --d 50,100 --n 4 --n-adv 5 --seeds 0 --out sweep", "train --data one --gamma 0.5 --m 20 --out net", "plan --n 10 --d 1000 --gamma 0.5", "explain T4", "explain", "doctor", "gen uniform --n 4 --d 100 --seed 3 --out four",
        "limit --data nowhere --gamma 0.5", "limit --data one", "limt", "--help", "compare --help", "plot --help"]


def plain_words(text):
    return re.sub(r"\033\[[0-9;]*[mK]", "", text.replace("\r", "")).split()


for args in RUNS:
    for f in ("sweep.csv", "sweep.times.csv"):
        os.path.exists(f) and os.remove(f)
    wide = on_terminal(args.split(), seconds=200, columns=WIDE, err=True, TERM="dumb")
    words = {w.strip(";") for w in plain_words(wide[1])}
    for columns in (80, 60, 40, 20):
        for f in ("sweep.csv", "sweep.times.csv"):
            os.path.exists(f) and os.remove(f)
        code, term, _ = on_terminal(args.split(), seconds=200, columns=columns, err=True, TERM="dumb")
        text = term.replace("\r", "")
        if "help" in args and columns < 80:  # its examples are commands as they are typed, at most 80 wide
            text = text.split("\nexample")[0]
        beyond = [l for l in text.split("\n") if len(l) > columns and len(l.split()) > 1]
        ok(code == wide[0] and not beyond, f"{columns} columns: {args}", beyond)
        if args.split()[0] in ("plan", "doctor", "sweep"):
            continue  # times are measured
        broken = [w for w in plain_words(term) if w.strip(";") not in words]
        ok(not broken or set(broken) <= {"certified", "passed", "value;", "certified;", "passed;"}, f"{columns} columns, no word is broken: {args}", broken)
for args, code in (("limit --data one --gamma 0.5", 0), ("check limit/certificate.json --data one", 0), ("check limit/certificate.json --data set", 1),
                   ("compare --data one --weights net/W.npy --gamma 0.5", 0), ("compare --data one --weights rows.npy --gamma 0.5", 1),
                   ("polish --data one --weights net/W.npy --gamma 0.5 --out point", 0), ("converge --data four --gamma 0.5 --m 4", 0)):
    r = Run(*args.split())
    word = r.out.split("\n")[0]
    ok(r.code == code and word.startswith("verdict: " + ("PASS" if code == 0 else "FAIL")), f"the verdict first: {args}", r)
r = Run("verify", "--data", "one", "--gamma", "0.5", "--weights", "rows.npy")
tail = r.out.split("summary\n")[1].splitlines()
first = [l.split()[:2] for l in tail if l.startswith("  FAIL")][1:2]
ok(r.code == 1 and tail[0].startswith("verdict: FAIL (") and "what is not right" in r.out and first and tail[-1].startswith(f"next: `lfap explain {first[0][1]}`"),
   "verify: the verdict, the lines that fail with their values, and where to read on", tail)
r = Run("limit", "--data", "one", "--gamma", "0.5")
command = re.search(r"next: `lfap ([^`]*)`", r.out)[1].split()
ok(command == "limit --data one --gamma 0.5 --certify --out limit".split() and Run(*command).code == 0, "limit: the next command is one", command)
command = re.search(r"next: `lfap ([^`]*)`", Run(*command).out)[1].split()
ok(command == "check limit/certificate.json --data one".split() and Run(*command).code == 0, "and the one after it", command)
put("a b/X.npy", X), put("a b/y.npy", Y)
ok("--data 'a b' --gamma" in Run("limit", "--data", "a b", "--gamma", "0.5").out, "a name that a shell would divide is quoted")
code, term, _ = on_terminal(["train", "--epochs", "1000000", "--rtol", "1e-12", "--atol", "1e-14", "--data", "set", "--gamma", "0.05", "--m", "1000", "--checkpoint", "0", "--out", "out"],
                            out=False, err=True, seconds=3.5, TERM="dumb")
ok(code == 130 and ESCAPE not in term, "TERM=dumb: no bar, which is drawn with escape codes", term[:200])
for verb in ("verify", "limit"):
    code, term, _ = on_terminal([verb, "--help"], TERM="xterm")
    ok(code == 0 and ESCAPE not in term, f"{verb} --help has no escape codes")

# the progress bar: stderr on a terminal, work over two seconds
work = ["train", "--method", "gd", "--lr", "1e-6", "--epochs", "100000", "--data", "set", "--gamma", "0.5", "--m", "60", "--checkpoint", "0", "--out", "out"]
code, term, piped = on_terminal(work, out=False, err=True, seconds=4.5, TERM="xterm")
ok(code == 130 and re.search(r"\r\033\[Kepoch \d+ of 100000  \[#*\.+\] +\d+%  [\d.e+]+/s  .* left", term), "a bar with count, rate and time left", term[:300])
ok(term.rstrip().splitlines()[-1].lstrip("\r").startswith("\033[Klfap train: ") and piped == "", "the bar is wiped before the message", term[-200:])
ok("%" not in on_terminal(work + ["--quiet"], out=False, err=True, seconds=3.5, TERM="xterm")[1], "--quiet: no bar")
code, _, piped = on_terminal(work, out=True, err=False, seconds=3.5, TERM="xterm")
ok(code == 130 and "%" not in piped and ESCAPE not in piped, "a pipe gets no bar", piped)
code, term, _ = on_terminal(["train", "--method", "gd", "--epochs", "3", "--data", "set", "--gamma", "0.5", "--m", "4", "--out", "short"],
                            out=False, err=True, TERM="xterm")
ok(code == 0 and "%" not in term, "short work: no bar", term)

# work inside work: the outermost is shown, with what goes on inside it where there is room (the inner work reports first)


def bars(args, seconds, columns=0):
    """The lines that the bar was drawn as."""
    code, term, _ = on_terminal(args, out=False, err=True, seconds=seconds, columns=columns, TERM="xterm")
    return code, [l for l in re.split(r"[\r\n]+(?:\033\[K)?", term) if l and "lfap" not in l and "wrote" not in l and not l.startswith("    ")]  # what goes on of a message is further in


gram = ["train", "--method", "gd", "--lr", "1e-7", "--epochs", "100000", "--form", "gram", "--data", "set", "--gamma", "0.5", "--m", "3000", "--checkpoint", "0", "--out", "out"]
code, drawn = bars(gram, 4.5)
ok(code == 130 and drawn and all(re.match(r"epoch \d+ of 100000  \[", l) for l in drawn), "Gram form: epochs, not the products in them", drawn[:5])
cells = ["sweep", "--d", "300", "--n", "30", "--n-adv", "30", "--method", "sgd", "--epochs", "30000", "--m", "100", "--seeds", "0-99", "--threads", "1", "--out", "cells"]
code, drawn = bars(cells, 5, columns=150)
ok(code == 130 and drawn and all(re.match(r"cell \d+ of 100  \[[#.]+\] +\d+%", l) for l in drawn), "a sweep: cells, whatever goes on in them", drawn[:5])
ok(any(re.search(r"  epoch \d+ of 30000$", l) for l in drawn), "and the epochs beside them", drawn[:5])
ok(not any(" left" in l for l in drawn if l.startswith("cell 1 ")), "no time left before a cell is done", drawn[:5])
os.remove("cells.csv") if os.path.exists("cells.csv") else None
code, drawn = bars(cells[:-1] + ["narrow"], 5, columns=60)
ok(code == 130 and drawn and all(re.match(r"cell \d+ of 100  \[", l) and len(l) < 60 for l in drawn), "60 columns: nothing beyond them", drawn[:5])
code, drawn = bars(["train", "--epochs", "1000000", "--rtol", "1e-12", "--atol", "1e-14", "--data", "set", "--gamma", "0.05", "--m", "1000", "--checkpoint", "0", "--out", "out"], 4)
ok(code == 130 and drawn and all(re.match(r"step of the flow \d+(  [\d.e+]+/s)?$", l) for l in drawn), "the flow, of which nobody knows the end: steps, no time left", drawn[:5])

# notes
args = ["gen", "uniform", "--n", "2", "--d", "3", "--out", "g"]
r = Run(*args)
ok(r.code == 0 and r.err.splitlines() == [f"wrote g/{f}" for f in ("X.npy", "y.npy", "meta.json")] and "N = 2" in r.out, "notes go to stderr", r)
q = Run(*args, "--quiet")
ok(q.code == 0 and q.err == "" and q.out == r.out, "--quiet: nothing on stderr, the same result", q)
q = Run("limit", "--data", "nowhere", "--gamma", "0.5", "--quiet")
ok(q.code == 66 and "nowhere" in q.err, "--quiet: errors are told", q)
done()
