"""What tables of `lfap sweep` say about learning from perturbations: python3 bench/sweep_check.py TABLE.csv...

1. Wherever R1's ratio (column rule) is above 1, the learner on noise + perturbation is right on more natural samples than
   the control on bare noise: row by row, that is seed by seed.
2. Its accuracy, a mean over seeds, rises along d, N_adv and eps (for l0: k, the entries changed) and falls along N. Neighbours
   are compared seed by seed; a step in the wrong direction counts when it is larger than twice its standard error.

Prints every exception; exit code 1 when there is one. Rows without a limit to learn (nan) are counted, not judged. A table
with a row that was cut, changed, moved or doubled is refused."""
import csv, math, statistics, sys, zlib

AXES = {"d": 1, "n": -1, "n_adv": 1, "eps": 1, "k": 1}
CURVE = ("data", "base", "method", "arithmetic", "from", "norm", "d", "n", "n_adv", "m", "gamma", "eps", "k")


def whole(path, head, lines):
    """Refuses rows that are not as they were written (spec/formats.md, `check`), or not in the order of their cells."""
    grid, last = zlib.crc32(head.rsplit("grid=", 1)[1].encode()), -1
    for number, line in enumerate(lines, 3):
        text, digits = line[:-8], line[-8:]
        if not text.endswith(",") or digits != "%08x" % zlib.crc32(text.encode(), grid):
            sys.exit(f"{path}: line {number} is not a whole row: it was cut or changed")
        cell = int(text.split(",", 1)[0])
        if cell <= last:
            sys.exit(f"{path}: line {number}: cell {cell} comes after cell {last}")
        last = cell


def table(path):
    with open(path, newline="") as f:
        head, *lines = f.read().split("\n")
    if not head.startswith("# lfap sweep"):
        sys.exit(f"{path}: not a table of lfap sweep in CSV")
    if " table=5 " not in head:
        sys.exit(f"{path}: a table of another version, without checksums or with other ones; run the sweep again")
    if not lines or lines[-1] or not lines[0].endswith(",check"):
        sys.exit(f"{path}: its head or its last row is not whole; let lfap sweep --resume complete it")
    whole(path, head, lines[1:-1])
    return list(csv.DictReader(lines[:-1]))


def axis_of(rows):
    """The quantity a table sweeps; eps follows d in a sweep of d."""
    for a in ("d", "n", "n_adv"):
        if len({r[a] for r in rows}) > 1:
            return a
    return None


def beats(rows):
    judged = [r for r in rows if float(r["rule"]) > 1 and not math.isnan(float(r["acc"])) and not math.isnan(float(r["acc_control"]))]
    lost = [r for r in judged if not float(r["acc"]) > float(r["acc_control"])]
    return len(judged), lost


def steps(rows):
    """(curve, from, to, mean step in the expected direction, its standard error) of every pair of neighbours."""
    axis, curves = axis_of(rows), {}
    for r in rows:
        a = axis or ("k" if r["norm"] == "l0" else "eps")
        key = (a,) + tuple((c, r[c]) for c in CURVE if c != a and not (a == "d" and c in ("eps", "k")))
        curves.setdefault(key, {}).setdefault(float(r[a]), {})[r["seed"]] = float(r["acc"])
    for key, points in curves.items():
        at = sorted(points)
        for lo, hi in zip(at, at[1:]):
            both = [s for s in points[lo] if s in points[hi] and not math.isnan(points[lo][s] + points[hi][s])]
            diff = [AXES[key[0]] * (points[hi][s] - points[lo][s]) for s in both]
            if diff:
                se = statistics.stdev(diff) / math.sqrt(len(diff)) if len(diff) > 1 else 0.0
                yield dict(key[1:]), key[0], lo, hi, statistics.mean(diff), se


def main(paths):
    bad = 0
    for path in paths:
        rows = table(path)
        judged, lost = beats(rows)
        empty = sum(math.isnan(float(r["acc"])) for r in rows)
        walk = list(steps(rows))
        back = [s for s in walk if s[4] < -max(2 * s[5], 1e-12)]
        slight = sum(s[4] < 0 for s in walk) - len(back)
        print(f"{path}: {len(rows)} rows, {empty} without a limit to learn; ratio above 1 in {judged}, of these {judged - len(lost)} beat the control; "
              f"{len(walk)} steps along {' and '.join(sorted({s[1] for s in walk}))}, {len(back)} in the wrong direction beyond twice the standard error, {slight} within it")
        for r in lost:
            print(f"  cell {r['cell']}: rule {float(r['rule']):.3g}, right {r['acc']}, control {r['acc_control']} "
                  f"({r['data']}, {r['norm']}, d = {r['d']}, N = {r['n']}, N_adv = {r['n_adv']}, seed {r['seed']})")
        for curve, axis, lo, hi, mean, se in back:
            print(f"  {axis} {lo:g} -> {hi:g}: {mean:+.4f} +- {se:.4f} against the expected direction ({curve['data']}, {curve['norm']}, gamma = {curve['gamma']})")
        bad += len(lost) + len(back)
    return 1 if bad else 0


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
