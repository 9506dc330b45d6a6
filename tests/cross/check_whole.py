"""make whole (TAP): its targets are in the Makefile, and with those of CI all that check something; a target passes where it ends well, says what
it did and has no test that failed; one that has passed on these sources is not run again. On a make of our own, which says what it is told."""
import os, re, shutil, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
from tap import *

MAKE = '#!/bin/sh\necho "$*" >> "$CALLS"\nfor t; do case $t in\n%s\nesac; done\n'
WHOLE = [sys.executable, os.path.join(ROOT, "tests", "whole.py")]


def whole(*words, **said):
    """What it ends with and prints, the rows it leaves, the targets it made; said: what make says (and its exit code) on a target."""
    lines = [f"{t.replace('_', '-')}) printf '%s\\n' '{words}'; exit {code};;" for t, (words, code) in said.items()]
    put("bin/make", (MAKE % "\n".join(lines or ["none) ;;"])).encode()), os.chmod("bin/make", 0o755), put("calls", b"")
    p = subprocess.run(WHOLE + list(words), capture_output=True, text=True, env=dict(os.environ, PATH=f"{SCRATCH}/bin:{os.environ['PATH']}", CALLS=f"{SCRATCH}/calls", BUILD=f"{SCRATCH}/b"))
    rows = [r.split("\t") for r in open("b/whole.tsv").read().splitlines()[1:]] if os.path.exists("b/whole.tsv") else []
    return p, {r[0]: (r[1], r[5]) for r in rows}, [c.split()[2] for c in open("calls").read().splitlines()]


# ---- the list
text, ci, listed = (open(os.path.join(ROOT, f)).read() for f in ("Makefile", ".ci/run", "tests/whole.py"))
mine = re.findall(r'^    \("([\w-]+)", ', listed, re.M)
missing = [t for t in mine if not re.search(rf"^{t}:", text, re.M)]
ok(len(mine) > 8 and not missing, "every target of make whole is in the Makefile", missing)
CHECKS = {"check", "sanitize", "fuzz", "coverage", "fault-test", "growth-test", "prove", "prove-replay", "prove-regenerate", "prove-selftest", "prove-coq", "prove-gappa", "prove-fma",
          "check-coq-certificate", "mutate", "eva", "eacsl", "portable", "cross-torch", "slurm-test"}
steps = set(re.findall(r"(?:^|\s)([a-z][\w-]+) '(?:'|s/)", ci))  # with the pattern of what it counts
ok(not CHECKS - steps - set(mine), "every check is a step of CI or of make whole", CHECKS - steps - set(mine))

# ---- its verdicts
p, rows, calls = whole("slurm-test", "portable", "sanitize", slurm_test=("ok 1 - a\nok 2 - b\n1..2", 0), portable=("portable: 7 outputs on 2 platforms, 0 differing", 0), sanitize=("nothing", 0))
ok(p.returncode == 1 and rows["slurm-test"] == ("PASS", "2 tests") and rows["portable"] == ("PASS", "7 outputs on 2 platforms, 0 differing"), "ends well and says what it did: PASS", p)
ok(rows["sanitize"][0] == "FAIL" and "2 of 3 targets pass; not sanitize" in p.stdout, "says nothing: FAIL", p.stdout)
p, rows, calls = whole("slurm-test", "portable", "sanitize", sanitize=("sanitize: PASS: 0 findings", 0))
ok(p.returncode == 0 and calls == ["sanitize"] and rows["sanitize"] == ("PASS", "PASS: 0 findings"), "the next run makes what has not passed, and keeps the rest", (p, calls))
p, rows, calls = whole("slurm-test", "--again", slurm_test=("ok 1 - a\nnot ok 2 - b\n1..2", 0))
ok(p.returncode == 1 and calls == ["slurm-test"] and rows["slurm-test"][0] == "FAIL" and "1 not ok" in rows["slurm-test"][1] and rows["portable"][0] == "PASS", "--again; a test that failed: FAIL", p)
p, rows, calls = whole("portable", "--again", portable=("portable: 7 outputs on 2 platforms, 1 differing", 1))
ok(p.returncode == 1 and rows["portable"][0] == "FAIL" and "1 differing" in rows["portable"][1], "another exit code: FAIL, and what it said", p)
table = open("b/whole.tsv").read()
put("b/whole.tsv", table.replace(table.splitlines()[-1].split("\t")[4], "another").replace("FAIL", "PASS").encode())
p, rows, calls = whole("portable", portable=("portable: 7 outputs on 2 platforms, 0 differing", 0))
ok(p.returncode == 0 and calls == ["portable"], "what has passed on other sources is run again", (p, calls))
p, rows, calls = whole("nothing")
ok(p.returncode == 64 and "'nothing' is no target" in p.stderr and not calls, "a target that is none: 64, and which there are", p)
done()
