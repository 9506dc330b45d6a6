"""Rewrites expected.txt and vectors.txt. A change of them is a change of the interface: give the reason in CHANGELOG.md."""
import os
import subprocess
import tempfile

import suite

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "expected.txt"), "w") as out:
    out.write(suite.hex_floats(suite.run(suite.binary())))
with tempfile.TemporaryDirectory() as top, open(os.path.join(here, "vectors.txt"), "w") as out:
    subprocess.run([suite.binary(), "vectors", "--quiet", "--out", top], check=True, stdout=subprocess.DEVNULL)
    for name, digest in sorted(suite.digests(top).items()):
        out.write(f"{digest}  {name}\n")
