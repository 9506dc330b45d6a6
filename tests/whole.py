"""make whole: what takes too long for CI, a target after the other, and a table: target, result, seconds on the clock and of the processor,
what it said of itself.

    tests/whole.py [--again] [TARGET...]

BUILD/whole.tsv keeps a row a target with the state of the sources that it was run on, BUILD/whole/TARGET.log its output. A target that has
passed on these sources is not run again (--again: it is), so a run that was broken off goes on where it was. Exit code 1 where one of the
targets that were asked for does not pass."""
import hashlib, os, re, subprocess, sys, time

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
BUILD = os.environ.get("BUILD", "build")
TABLE, LOGS = os.path.join(BUILD, "whole.tsv"), os.path.join(BUILD, "whole")
HEAD = "target\tresult\twall s\tuser s\tsources\tit says"
os.chdir(ROOT)

# Target, its variables, and the lines (a group of them) that say what it found, beside the lines of TAP that it prints. The short ones first.
TARGETS = [
    ("slurm-test", "", None),
    ("cross-torch", "", None),
    ("sanitize", "", r"^sanitize: (.*)"),
    ("growth-test", "", r"^(?:not )?ok \d+ - (.*(?:stays| s, ).*)"),
    ("check-coq-certificate", "FULL=1", r"^(coq certificates: .*)"),
    ("prove-selftest", "", r"^selftest: (.*)"),
    ("coverage", "", r"^coverage: (.*)"),
    ("portable", "", r"^portable: (\d+ outputs on .*)"),
    ("fault-test", "", r"^# (\d+ runs, \d+ bad)"),
    ("prove", "", r"^proofs: (\d+ goals.*)"),
    ("fuzz", "FUZZ_TIME=1800", r"^(.*executions.*|fuzz: .*)"),
    ("mutate", "", r"^mutate: (.* of all.*)"),
]


def sources():
    """The commit, and a hash of what differs from it."""
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True)
    if commit.returncode:
        return "no-git"
    change = subprocess.run(["git", "diff", "HEAD"], capture_output=True, check=True).stdout
    return commit.stdout.strip() + (f"+{hashlib.sha256(change).hexdigest()[:8]}" if change else "")


def kept():
    if not os.path.exists(TABLE):
        return {}
    with open(TABLE, encoding="utf-8") as f:
        return {row.split("\t")[0]: row.split("\t") for row in f.read().splitlines()[1:]}


def keep(rows):
    with open(TABLE + ".new", "w", encoding="utf-8") as f:
        f.write("\n".join([HEAD] + ["\t".join(rows[name]) for name, *_ in TARGETS if name in rows]) + "\n")
    os.replace(TABLE + ".new", TABLE)


def run(name, variables, pattern):
    """The row of a target."""
    start, on, log = time.time(), sources(), os.path.join(LOGS, name + ".log")
    with open(log, "wb") as f:
        p = subprocess.Popen(["make", "--no-print-directory", f"BUILD={BUILD}", name, *variables.split()], stdin=subprocess.DEVNULL, stdout=f, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(p.pid, 0)
    with open(log, encoding="utf-8", errors="replace") as f:
        said = f.read()
    right, bad = (len(re.findall(rf"^{line} \d+ - ", said, re.M)) for line in ("ok", "not ok"))
    found = [f"{right} tests"] * (right > 0) + (re.findall(pattern, said, re.M) if pattern else [])
    # a target that says nothing of what it did has done nothing
    good = status == 0 and found and not bad
    says = ("" if good else f"see {log}; {bad} not ok; ") + "; ".join(found)
    return [name, "PASS" if good else "FAIL", f"{time.time() - start:.0f}", f"{used.ru_utime:.0f}", on, re.sub(r"\s+", " ", says)]


def main(words):
    names = [name for name, *_ in TARGETS]
    wanted = [w for w in words if w != "--again"] or names
    unknown = [w for w in wanted if w not in names]
    if unknown:
        print(f"whole: {unknown[0]!r} is no target of make whole; these are: {' '.join(names)}", file=sys.stderr)
        return 64
    os.makedirs(LOGS, exist_ok=True)
    rows, now = kept(), sources()
    for name, variables, pattern in TARGETS:
        if name in wanted and not ("--again" not in words and name in rows and rows[name][1] == "PASS" and rows[name][4] == now):
            print(f"whole: make {name} {variables}", flush=True)
            rows[name] = run(name, variables, pattern)
            keep(rows)
    print(f"{'target':22} {'result':7} {'wall s':>7} {'user s':>7}  it says")
    for name in names:
        row = rows.get(name, [name, "-", "-", "-", "", "not run"])
        print(f"{row[0]:22} {row[1]:7} {row[2]:>7} {row[3]:>7}  {row[5][:140]}" + (f"  (on {row[4]})" if row[4] not in ("", now) else ""))
    missed = [name for name in wanted if rows[name][1] != "PASS"]
    print(f"whole: {len(wanted) - len(missed)} of {len(wanted)} targets pass" + (f"; not {', '.join(missed)}" if missed else "") + f"; {TABLE}")
    return 1 if missed else 0


sys.exit(main(sys.argv[1:]))
