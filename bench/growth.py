"""How cost grows: CPU seconds of each operation over doublings of N, d and m, the exponent fitted to them, and peak memory
against its formula (src/study/cost.c). Prints JSON lines; every size is a process of its own, and the sizes of a sweep are interleaved.

    growth.py GROW_BINARY [--quick]
"""
import json
import math
import statistics
import subprocess
import sys

# operation, what grows, exponent expected of the largest sizes, first size, fixed sizes (n, d, m)
SWEEPS = [
    ("gram", "n", 2, 128, (None, 2048, 2)),
    ("gram", "d", 1, 1024, (256, None, 2)),
    ("limit", "n", 2, 128, (None, 8192, 2)),          # few conjugate gradients of N^2 from 2048; the N^3/3 of a factor shows later
    ("certificate", "n", 2, 32, (None, 4096, 2)),     # exact Gram integers, N^2 d, until N^3 takes over
    ("certificate", "d", 1, 1024, (96, None, 2)),
    ("sgd", "n", 2, 64, (None, 4096, 64)),            # Gram form, N < d: m N^2
    ("sgd", "d", 0, 1024, (128, None, 64)),           # d is not touched
    ("sgd", "m", 1, 16, (128, 4096, None)),
    ("flow", "n", 2, 32, (None, 4096, 16)),           # m N^2 a step
    ("flow", "m", 1, 8, (96, 4096, None)),
]
DOUBLINGS = 5


def measure(binary, op, n, d, m, reps):
    out = subprocess.run([binary, op, str(n), str(d), str(m), str(reps)], check=True, capture_output=True, text=True)
    return json.loads(out.stdout)


def slope(sizes, seconds):
    """Least squares in the logarithms over the upper half of the sizes, where lower terms have faded."""
    keep = sizes[len(sizes) // 2:], seconds[len(seconds) // 2:]
    x, y = ([math.log(v) for v in values] for values in keep)
    mx, my = statistics.fmean(x), statistics.fmean(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx) ** 2 for a in x)


def sweep(binary, op, what, expected, first, fixed, doublings, reps):
    sizes = [first * 2 ** i for i in range(doublings + 1)]
    seconds = [[] for _ in sizes]
    peaks = [0] * len(sizes)
    for _ in range(reps):
        for i, size in enumerate(sizes):
            n, d, m = (size if v is None else v for v in fixed)
            got = measure(binary, op, n, d, m, 3)
            seconds[i].append(got["cpu_s"])
            peaks[i] = max(peaks[i], got["peak_bytes"])
            formula = got["formula_bytes"]  # of the last size in the end
    medians = [max(statistics.median(s), 1e-9) for s in seconds]
    return {"name": f"growth of {op} with {what}", "sizes": sizes, "cpu_s": medians, "exponent": round(slope(sizes, medians), 2),
            "expected": expected, "peak_bytes": peaks[-1], "formula_bytes": formula,
            "fixed": {k: v for k, v in zip("ndm", fixed) if v is not None}}


def main():
    quick = "--quick" in sys.argv
    for op, what, expected, first, fixed in SWEEPS:
        print(json.dumps(sweep(sys.argv[1], op, what, expected, first, fixed, 2 if quick else DOUBLINGS, 1 if quick else 3)), flush=True)


main()
