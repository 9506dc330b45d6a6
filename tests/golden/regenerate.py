"""Rewrites expected.txt and vectors.txt. A change of them is a change of the interface: give the reason in CHANGELOG.md."""
import hashlib
import os
import subprocess
import tempfile

import suite

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "expected.txt"), "w") as out:
    out.write(suite.hex_floats(suite.run(suite.binary())))
with tempfile.TemporaryDirectory() as top, open(os.path.join(here, "vectors.txt"), "w") as out:
    subprocess.run([suite.binary(), "vectors", "--quiet", "--out", top], check=True, stdout=subprocess.DEVNULL)
    names = [os.path.relpath(os.path.join(d, f), top) for d, _, files in os.walk(top) for f in files if f.endswith(".npy")]
    for name in sorted(names):
        with open(os.path.join(top, name), "rb") as f:
            out.write(f"{hashlib.sha256(f.read()).hexdigest()}  {name}\n")
