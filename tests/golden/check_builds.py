"""The same bytes from every build: -O0, -O3 -march=native, and -O3 without multiversioning (the portable code every clone
must agree with). Compares every output file and every JSON report with those of the build under test (TAP)."""
import os
import subprocess
import tempfile

import suite

BUILDS = {
    "-O0": ["OPT=-O0"],
    "-O3 -march=native": ["OPT=-O3 -march=native", "EXTRA=-DLFAP_NO_CLONES"],
    "-O3, fallback clone alone": ["OPT=-O3", "EXTRA=-DLFAP_NO_CLONES"],
}
reference = suite.run(suite.binary())
n = 0
for name, flags in BUILDS.items():
    with tempfile.TemporaryDirectory() as work:
        make = subprocess.run(["make", "-j2", f"BUILD={work}", *flags, f"{work}/lfap"], capture_output=True, text=True)
        if make.returncode:
            n += 1
            print(f"not ok {n} - {name} does not build\n# " + make.stderr[-2000:].replace("\n", "\n# "))
            continue
        got = suite.run(os.path.join(work, "lfap"))
    for key in sorted(set(reference) | set(got)):
        n += 1
        same = reference.get(key) == got.get(key)
        print(f"{'ok' if same else 'not ok'} {n} - {name}: {key}")
print(f"1..{n}")
