"""Rewrites expected.txt. A change of it is a change of the interface: give the reason in CHANGELOG.md."""
import os

import suite

with open(os.path.join(os.path.dirname(__file__), "expected.txt"), "w") as out:
    out.write(suite.hex_floats(suite.run(suite.binary())))
