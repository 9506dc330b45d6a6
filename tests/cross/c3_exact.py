"""C3 against rationals, on small integer sets: every own-class pattern's programme (P_o) solved exactly, as a programme over all choices of the
other slopes (no kinks, no elimination: nothing is shared with the library's way), and so the list of all KKT points without own kinks. From weights
of every pattern lfap_polish has to end at one of them, and at each of them from its own pattern: 0 missing, 0 extra. Where a pattern's programme has
no solution the library has to say so. Then the values: W, multipliers where they are unique, slopes, counts of rounds and of turned pairs."""
import itertools, os, random, subprocess, sys
from fractions import Fraction as F
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *
from cp_rational import nnqp, dot
import numpy as np

DRIVER = os.path.join(os.path.dirname(LFAP), "tests", "cross", "polish_many")

# ---- (P_o) in rationals ----------------------------------------------------------------------------------------------------


def own(m, y, j, n):
    return (y[n] > 0) == (j < m // 2)


def constraints(m, y, pattern, p, q):
    """(n, slopes of all neurons times q) for every sample and every choice of slopes p/q or 1 at its other pairs. Neurons of one sign and
    one pattern may share their choice: their rows are equal at the solution, which is unique."""
    out = []
    for n in range(len(y)):
        kinds = [(j < m // 2, pattern[j]) for j in range(m)]
        others = sorted({kinds[j] for j in range(m) if not own(m, y, j, n)})
        for choice in itertools.product((p, q), repeat=len(others)):
            slope = dict(zip(others, choice))
            out.append((n, [(q if pattern[j][n] else p) if own(m, y, j, n) else slope[kinds[j]] for j in range(m)]))
    return out


def solve(X, y, m, gamma, pattern):
    """(h, lambda): w_j = a_j h_j, h_j = sum lambda_n s_jn y_n x_n, all Fractions; None where nothing is feasible."""
    p, q = gamma.numerator, gamma.denominator
    rows = constraints(m, y, pattern, p, q)
    G = [[a * b * dot(u, v) for b, v in zip(y, X)] for a, u in zip(y, X)]
    M = [[dot(s, t) * G[n][k] for k, t in rows] for n, s in rows]
    l = nnqp(M, [1] * len(rows))
    if l is None:
        return None
    h = [[sum(v * s[j] * y[n] * X[n][i] for v, (n, s) in zip(l, rows)) * m * q for i in range(len(X[0]))] for j in range(m)]
    lam = [sum(v for v, (k, _) in zip(l, rows) if k == n) * m * q * q for n in range(len(y))]
    return h, lam


def signs(m, X, y, h):
    """t_jn = y_n <h_j, x_n>."""
    return [[y[n] * dot(h[j], X[n]) for n in range(len(y))] for j in range(m)]


def margins(m, y, t, gamma):
    return [sum(max(v, gamma * v) if own(m, y, j, n) else min(v, gamma * v) for j, v in ((j, t[j][n]) for j in range(m))) / m for n in range(len(y))]


def is_kkt(m, X, y, gamma, pattern, h, lam):
    """No own pair of the support at its kink or of the wrong sign; and then, as a check of the theory, that W is feasible for (P)."""
    t = signs(m, X, y, h)
    right = all((t[j][n] > 0) == bool(pattern[j][n]) and t[j][n] != 0 for j in range(m) for n in range(len(y)) if own(m, y, j, n) and lam[n] > 0)
    assert not right or min(margins(m, y, t, gamma)) >= 1
    return right


# ---- problems --------------------------------------------------------------------------------------------------------------

def patterns(m, y):
    """All of them up to an exchange of neurons of one sign: 1 or 0 at own pairs, 0 at the others."""
    def rows(positive):
        at = [n for n in range(len(y)) if (y[n] > 0) == positive]
        every = [tuple(dict(zip(at, v)).get(n, 0) for n in range(len(y))) for v in itertools.product((0, 1), repeat=len(at))]
        return itertools.combinations_with_replacement(every, m // 2)
    return [a + b for a in rows(True) for b in rows(False)]


def start(X, y, m, pattern):
    """Weights with this pattern, or None where no weights have it."""
    W = []
    for j in range(m):
        at = [n for n in range(len(y)) if own(m, y, j, n)]
        want = np.array([1.0 if pattern[j][n] else -1.0 for n in at])
        A = np.array([X[n] for n in at], float)
        if not at:
            W.append([1.0] * len(X[0]))
            continue
        w = np.linalg.lstsq(A, want, rcond=None)[0]
        for _ in range(2000):                               # the perceptron's rule: separable in the integers it ends
            bad = [k for k in range(len(at)) if not want[k] * (A[k] @ w) > 1e-9]
            if not bad:
                break
            w = w + want[bad[0]] * A[bad[0]]
        else:
            return None
        W.append([float(v) for v in w])
    return W


def problems(seed):
    r, out = random.Random(seed), []
    gammas = [F(1, 2), F(1, 4), F(3, 4), F(1, 8), F(1, 64), F(0.01), F(0.9)]
    for m, n, count in ((2, 2, 30), (2, 3, 50), (2, 4, 60), (4, 2, 30), (4, 3, 25), (4, 4, 5)):
        while count:
            d, size = r.randint(2, 6), r.choice((1, 2, 3, 9))
            X = [[r.randint(-size, size) for _ in range(d)] for _ in range(n)]
            y = [1, -1] + [r.choice((1, -1)) for _ in range(n - 2)]
            if len({tuple(x) for x in X}) < n or not all(map(any, X)):
                continue
            out.append((X, y, m, r.choice(gammas)))
            count -= 1
    return out


ALL = problems(20263)

# ---- doubles against them --------------------------------------------------------------------------------------------------


def ask(questions):
    text = "".join(f"{len(y)} {len(X[0])} {m} {float(g)!r}\n" + " ".join(map(str, y)) + "\n" + "".join(" ".join(map(repr, x)) + "\n" for x in X + W)
                   for X, y, m, g, W in questions)
    p = subprocess.run([DRIVER], input=text.encode(), capture_output=True)
    return p.returncode, p.stdout.decode().split("\n")[:-1]


KEYS = ("settled", "holds", "rounds", "flipped", "support", "kinks", "own_kinks")
FIGURES = ("own_min", "residual", "slackness", "kink_most", "margin_given", "margin")


def parse(line, n, d, m):
    f = line.split()
    a = {"status": int(f[0])}
    if a["status"]:
        return a
    a.update(zip(KEYS, map(int, f[1:8])))
    v = [float.fromhex(x) for x in f[8:]]
    a.update(zip(FIGURES, v))
    v = v[len(FIGURES):]
    a["lambda"], a["W"], a["slope"] = v[:n], [v[n + j * d:n + (j + 1) * d] for j in range(m)], [v[n + m * d + j * n:n + m * d + (j + 1) * n] for j in range(m)]
    return a


def rows_of(h):
    m = len(h)
    return [[float(v) / m ** 0.5 * (1 if j < m // 2 else -1) for v in row] for j, row in enumerate(h)]


def same(A, B):
    """Equal weights up to an exchange of neurons of one sign."""
    half, size = len(A) // 2, max(abs(v) for row in B for v in row)
    near = lambda P, Q: all(abs(u - v) <= 1e-9 * size for p, q in zip(P, Q) for u, v in zip(p, q))
    return all(any(near(A[at:at + half], [B[at + k] for k in e]) for e in itertools.permutations(range(half))) for at in (0, half))


asked, exact = [], []
for k, (X, y, m, g) in enumerate(ALL):
    for pattern in patterns(m, y):
        W = start(X, y, m, pattern)
        exact.append((k, pattern, solve(X, y, m, g, pattern), W))
        if W:
            asked.append(len(exact) - 1)
code, lines = ask([ALL[exact[e][0]][:4] + (exact[e][3],) for e in asked])
ok(code == 0 and len(lines) == len(asked), f"{len(asked)} starts of {len(exact)} patterns are answered", (code, len(lines)))

points, open_ = {}, {}
for k, pattern, s, _ in exact:
    X, y, m, g = ALL[k]
    if s and is_kkt(m, X, y, g, pattern, *s):
        if not any(same(rows_of(s[0]), rows_of(q[0])) for q in points.setdefault(k, [])):
            points[k].append(s)
found = {k: [False] * len(v) for k, v in points.items()}
extra, wrong, first, values, flags, rounds = [], [], [], [], [], 0
for e, line in zip(asked, lines):
    k, pattern, s, W = exact[e]
    X, y, m, g = ALL[k]
    a = parse(line, len(y), len(X[0]), m)
    if (a["status"] == 80) != (s is None) or a["status"] not in (0, 80):
        wrong.append((k, pattern, a["status"], s is None))
        continue
    if a["status"]:
        continue
    rounds = max(rounds, a["rounds"])
    at = [i for i, q in enumerate(points.get(k, [])) if same(a["W"], rows_of(q[0]))]
    if a["holds"]:
        if not at:
            extra.append((k, pattern))
        for i in at:
            found[k][i] = True
    elif not a["own_kinks"]:
        flags.append((k, pattern, "not settled"))
    if not a["flipped"] and not same(a["W"], rows_of(s[0])):
        first.append((k, pattern))
    if a["holds"] and at:                                    # values that are unique, and what the definitions make of the output
        h, lam = points[k][at[0]]
        t = signs(m, X, y, h)
        q = [float(v) for v in margins(m, y, t, g)]
        support = [n for n in range(len(y)) if lam[n] > 0]
        least = min(abs(float(t[j][n])) for j in range(m) for n in support if own(m, y, j, n))
        if abs(sum(a["lambda"]) - float(sum(lam))) > 1e-9 * float(sum(lam)): values.append((k, pattern, "sum lambda"))
        if np.linalg.matrix_rank(np.array(X, float)) == len(y):
            if max(abs(u - float(v)) for u, v in zip(a["lambda"], lam)) > 1e-9 * float(max(lam)): values.append((k, pattern, "lambda"))
            if a["support"] != len(support): values.append((k, pattern, "support", a["support"], len(support)))
            if abs(a["own_min"] - least) > 1e-9 * max(1, least): values.append((k, pattern, "own_min", a["own_min"], least))
            kinks = sum(t[j][n] == 0 for j in range(m) for n in support if not own(m, y, j, n))
            if a["kinks"] > kinks: values.append((k, pattern, "kinks", a["kinks"], kinks))
        size = float(sum(lam)) ** 0.5
        if abs(a["margin"] - min(q) / size) > 1e-12 * a["margin"]: values.append((k, pattern, "margin"))
        if a["margin_given"] > a["margin"] * (1 + 1e-12): values.append((k, pattern, "margin fell"))
        if max(a["residual"], a["slackness"], a["kink_most"]) > 1e-12: values.append((k, pattern, [a[f] for f in FIGURES]))
        for j in range(m):
            row = [sum((1 if j < m // 2 else -1) / m ** 0.5 * l * s_ * b * x[i] for l, s_, b, x in zip(a["lambda"], a["slope"][j], y, X)) for i in range(len(X[0]))]
            if max(abs(u - v) for u, v in zip(row, a["W"][j])) > 1e-12 * size: values.append((k, pattern, "rows"))
            if not all(float(g) <= v <= 1 for v in a["slope"][j]): values.append((k, pattern, "slopes"))
missing = [(k, i) for k, v in found.items() for i, hit in enumerate(v) if not hit]
total = sum(map(len, points.values()))
none = sum(s is None for _, _, s, _ in exact)
show = lambda v: "\n".join(map(str, v[:9]))
ok(len(ALL) == 200 and total > 200 and none > 20, f"{len(ALL)} problems with {total} KKT points without own kinks; {none} patterns without a solution")
ok(not missing, f"every KKT point is found: {len(missing)} missing", show(missing))
ok(not extra, f"nothing else is called one: {len(extra)} extra", show(extra))
ok(not wrong, "INFEASIBLE where the pattern's programme has no solution, and only there", show(wrong))
ok(not first, "where no pair is turned the point is that of the given pattern", show(first))
ok(not flags, "what has no own kink settles", show(flags))
ok(not values, f"weights, multipliers, margins, counts and slopes are those of the rationals (at most {rounds} rounds)", show(values))
done()
