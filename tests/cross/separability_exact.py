"""Limits of small sets whose answers are known in rationals: which sets label slopes separate, the residual of the multipliers that
doubles find, and the rational multipliers of the exact tier. Judged here from the definitions, in Fractions: separability by a simplex
method with Bland's rule, everything else by the optimality conditions."""
import os, random, sys
from fractions import Fraction as F
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *
from limits import margins, residual, run

INFEASIBLE, UNSOLVED = 80, 82


def in_half_space(rows):
    """Whether u with <u, x> > 0 for all rows exists: unless p >= 0, sum p = 1, sum p x = 0. Phase one, integers over one denominator."""
    if not rows:
        return True
    n, d = len(rows), len(rows[0])
    t = [[r[i] for r in rows] + [F(0)] for i in range(d)] + [[F(1)] * n + [F(1)]]
    basis = [n + i for i in range(d + 1)]          # artificial variables, whose columns are never needed again
    cost = [-sum(row[j] for row in t) for j in range(n + 1)]
    while True:
        col = next((j for j in range(n) if cost[j] < 0), None)
        if col is None:
            return cost[n] != 0
        row = min((i for i in range(d + 1) if t[i][col] > 0), key=lambda i: (t[i][n] / t[i][col], basis[i]))
        p = t[row][col]
        t[row] = [v / p for v in t[row]]
        basis[row] = col
        for r in [x for k, x in enumerate(t) if k != row] + [cost]:
            f = r[col]
            if f:
                r[:] = [a - f * b for a, b in zip(r, t[row])]


def separable(X, y):
    return all(in_half_space([[F(v) for v in x] for x, s in zip(X, y) if s == c]) for c in (1, -1))


# ---- sets ------------------------------------------------------------------------------------------------------------------

def draw(r):
    n, d, top = r.randint(1, 10), r.randint(1, 8), r.choice((1, 2, 3, 9))
    X = [[r.randint(-top, top) for _ in range(d)] for _ in range(n)]
    kind = r.randrange(8)
    if kind == 1:                                   # nearly opposite pairs
        size, j = 10 ** r.randint(1, 9), r.randrange(d)
        X = [[size * v for v in x] for x in X]
        X += [[-v + (i == j) for i, v in enumerate(x)] for x in X[:4]]
    elif kind == 2:                                 # copies of samples, longer ones
        X += [[r.choice((2, 3, 7, 1000, 10 ** 6)) * v for v in x] for x in X[:4]]
    elif kind == 3:                                 # many samples on few directions
        base = [[r.randint(-top, top) for _ in range(d)] for _ in range(2)]
        X = [[r.randint(0, 3) * a + r.randint(-1, 3) * b for a, b in zip(*base)] for _ in range(n)]
    elif kind == 4:                                 # a tiny second coordinate
        small = 2.0 ** -r.randint(5, 40)
        X = [x + [r.randint(1, 3) * small] for x in X]
    elif kind == 5:                                 # one direction for all
        X = [x + [r.randint(1, 2)] for x in X]
    elif kind == 6:                                 # one sample far longer
        X[0] = [v * 2.0 ** r.randint(10, 150) for v in X[0]]
    elif kind == 7:                                 # decimals, which doubles round
        X = [[v / 10 for v in x] for x in X]
    y = [r.choice((1, -1)) for _ in X]
    if r.random() < 0.3:
        y = [1] * len(X)
    seen, keep = set(), []
    for x, s in zip(X, y):
        if any(x) and tuple(map(float, x)) not in seen:
            seen.add(tuple(map(float, x)))
            keep.append((list(map(float, x)), s))
    return keep


def sets(seed, count):
    r = random.Random(seed)
    out = [([[1.0, 3e-8], [-1.0, 3e-8]], [1, 1], 0.5), ([[1.0, 1e-8], [-1.0, 1e-8]], [1, 1], 0.5), ([[1.0, 1e-150], [-1.0, 1e-150]], [1, 1], 0.5)]
    while len(out) < count:
        keep = draw(r)
        if keep:
            out.append(([x for x, _ in keep], [s for _, s in keep], r.choice((0.5, 0.01, 0.3, 0.9, 1e-6))))
    return out


ALL = sets(20260, 1500)
TRUE = [separable(X, y) for X, y, _ in ALL]
ok(300 < sum(TRUE) < 1300, f"{sum(TRUE)} of {len(ALL)} sets are separable")
for args in ((), ("cg",), ("bare",)):
    name = args[0] if args else "factors"
    code, lines = run(ALL, *args)
    if not ok(code == 0 and len(lines) == len(ALL), f"{name}: every set is answered", (code, len(lines))):
        continue
    wrong, low, high, claimed, silent, exact, open_, settled = [], [], [], [], [], [], 0, 0
    for k, ((X, y, g), true, line) in enumerate(zip(ALL, TRUE, lines)):
        n, f = len(y), line.split()
        plain, status, sure, res = int(f[0]), int(f[1]), int(f[2]), F(float.fromhex(f[3]))
        la = [F(float.fromhex(v)) for v in f[4:4 + n]]
        if plain == 0 and not true or INFEASIBLE in (plain, status) and true or plain not in (0, INFEASIBLE, UNSOLVED):
            wrong.append((k, X, y, g, plain, true))
        open_ += plain == UNSOLVED
        settled += sure
        if status == 0:
            q, size = margins(X, y, g, la)
            want = residual(q, la)
            if res < want: low.append((k, X, y, g, float(res), float(want)))
            if res > want + max(size) * F(2) ** -49 + F(2) ** -50: high.append((k, float(res), float(want), float(max(size))))
            if sure and max(res, want) > F(1e-12): claimed.append(k)
            if plain == 0 and not all(m > 0 for m in q): silent.append(k)
        if args:
            continue
        st, q1 = int(f[4 + n]), int(f[5 + n])
        num, den = list(map(int, f[6 + n:6 + 2 * n])), int(f[6 + 2 * n])
        lx = [F(p, den) for p in num]
        if (st == 0) != true or st not in (0, INFEASIBLE): exact.append((k, st, true))
        elif st == 0 and (q1 != 0 or min(lx) < 0 or residual(margins(X, y, g, lx)[0], lx) != 0): exact.append((k, "not the solution"))
    ok(not wrong, f"{name}: no wrong word about separability ({open_} sets of {len(ALL)} left open, {settled} settled)", wrong[:3])
    ok(not low, f"{name}: no residual below the true one", low[:3])
    ok(not high, f"{name}: none above it by more than rounding", high[:3])
    ok(not claimed, f"{name}: settled means a residual of at most 1e-12", claimed[:9])
    ok(not silent, f"{name}: multipliers that are returned separate the samples", silent[:9])
    if not args:
        ok(open_ <= len(ALL) // 10, f"{name}: few sets are left open", open_)
        ok(not exact, "rationals: separability and the multipliers, of every set", exact[:3])
done()
