"""Holds the results of the command line to the committed hex floats, with one thread and with three (TAP)."""
import os

import suite

expected = open(os.path.join(os.path.dirname(__file__), "expected.txt")).read().splitlines()
n = 0
for threads in (1, 3):
    seen = suite.hex_floats(suite.run(suite.binary(), threads)).splitlines()
    for i in range(max(len(seen), len(expected))):
        a = expected[i] if i < len(expected) else "nothing"
        b = seen[i] if i < len(seen) else "nothing"
        n += 1
        print(f"{'ok' if a == b else 'not ok'} {n} - {b.split(' ', 1)[0]} with {threads} threads")
        if a != b:
            print(f"# expected {a[:300]}\n# got      {b[:300]}")
print(f"1..{n}")
