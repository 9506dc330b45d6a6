"""Instruction counts of the kernels under callgrind, against bench/counts.tsv (`make bench-count`, part of CI).

    count.py COUNT_BINARY [--update]

A function that costs over 5 % more instructions than committed fails; one that costs less asks for an update. The counts hold
for Debian 12's gcc and valgrind on x86-64 (valgrind 3.19 offers AVX2, so the x86-64-v3 clones are counted); with another
compiler the comparison is skipped, and says so.
"""
import collections
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "counts.tsv")
TOLERANCE = 1.05


def compiler():
    return subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True).stdout.strip() + " " + os.uname().machine


def counts(binary):
    """Inclusive instructions of each kernel, summed over its clones."""
    with tempfile.TemporaryDirectory() as tmp:
        out = os.path.join(tmp, "callgrind")
        subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", binary], check=True, capture_output=True)
        listing = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", out], check=True, capture_output=True, text=True).stdout
    found = collections.Counter()
    for line in listing.splitlines():
        m = re.match(r"\s*([\d,]+)\s.*?:(lfap_\w+?)(?:\.\w+)*(?:'\d+)?(?: \[|$)", line)
        if m:
            found[m.group(2)] += int(m.group(1).replace(",", ""))
    return found


def committed():
    lines = open(TABLE).read().splitlines()
    return lines[0].removeprefix("# "), {k: int(v) for k, v in (line.split("\t") for line in lines[1:] if not line.startswith("#"))}


def update(binary):
    found = counts(binary)
    with open(TABLE, "w") as f:
        f.write(f"# {compiler()}\n# function and inclusive instructions of bench/count.c, all clones together\n")
        for name, n in sorted(found.items()):
            if n >= 20000 and name != "lfap_parallel":
                f.write(f"{name}\t{n}\n")


def check(binary):
    """TAP, one line a kernel."""
    version, table = committed()
    if version != compiler():
        print(f"ok 1 - instruction counts # SKIP they were taken with gcc {version}, here is {compiler()}\n1..1")
        return 0
    found, failed = counts(binary), 0
    for i, (name, n) in enumerate(sorted(table.items()), 1):
        ratio = found[name] / n
        good = 0 < ratio <= TOLERANCE
        failed += not good
        print(f"{'ok' if good else 'not ok'} {i} - {name}: {ratio:.3f} of the committed {n} instructions")
        if 0 < ratio < 1 / TOLERANCE:
            print(f"# {name} became cheaper: `make bench-count-update` commits it")
    print(f"1..{len(table)}")
    return 1 if failed else 0


if "--update" in sys.argv:
    update(sys.argv[1])
else:
    sys.exit(check(sys.argv[1]))
