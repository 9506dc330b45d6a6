"""The same bytes from other builds: -O0, and -O3 without multiversioning (the portable code every clone
must agree with). Compares every output file and every JSON report with those of the build under test (TAP). portable.py
does the same with other compilers and machines."""
import tempfile

import builds
import suite

reference = suite.run(suite.binary())
n = 0
for build in builds.TABLE:
    if not build.quick:
        continue
    with tempfile.TemporaryDirectory() as work:
        program, words = builds.make(build, work, work)
        if not program:
            n += 1
            print(f"not ok {n} - {build.name} does not build\n# " + words[-2000:].replace("\n", "\n# "))
            continue
        for key, same in builds.differing(build, builds.results(build, program, work), reference):
            n += 1
            print(f"{'ok' if same else 'not ok'} {n} - {build.name}: {key}")
print(f"1..{n}")
