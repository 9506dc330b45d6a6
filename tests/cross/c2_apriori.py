"""C2's a-priori forms (spec/theory.md, C2, 6 and 7) on random small sets at their bounds, in rationals: each set is drawn, then its slope or
its angles are moved until its condition only just holds, the limit is solved exactly, and what the form promises is looked at.
As a test 150 sets a bound; `c2_apriori.py SETS [SEED]` takes as many as it is told (10000 take ten minutes)."""
import itertools, os, random, sys
from fractions import Fraction as F
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *
from cp_rational import dot, integers, kappa_hat, kappa_obt, limit, margin_squared, nnqp, vector

SETS = int(sys.argv[1]) if len(sys.argv) > 1 else 150
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
SLOPES = [F(1, 1000), F(1, 100), F(1, 20), F(1, 10), F(1, 5), F(3, 10), F(1, 2), F(5, 8), F(7, 10), F(9, 10), F(99, 100)]


# ---- the bounds, each a condition on rationals ----------------------------------------------------------------------------

def flat(g):
    return g * g * (1 - g) / (1 + g)


def below_root(p, root):
    """p < sqrt(root)"""
    return p < 0 or p * p < root


def own_positive(s):
    return min(s.own) > 0


def c1(s):
    return min(s.own) > 0 > max(s.other)


def lower_bounds(s, r2, any2):
    """6 and 7 at every sample: own_n against margin_lin^2, against the margin of another direction, and against its obtuse pairs."""
    g, X, y = s.gamma, s.X, s.y
    mu = [l * dot(x, x) for l, x in zip(s.lam, X)]
    for n, x in enumerate(X):
        short = 1 - (1 + g) * s.own[n] / 2                        # at most gamma (||x||/r) sqrt((1-gamma)/(1+gamma)); gamma/(1+gamma) ||x||/r
        if short > 0 and (short * short > flat(g) * dot(x, x) / r2 or short * short > (g / (1 + g)) ** 2 * dot(x, x) / any2):
            return False
        obtuse = sum(s.lam[k] * max(0, -y[k] * y[n] * dot(X[k], x)) for k in range(len(X)) if k != n)
        if 2 * s.own[n] < 2 - (1 - g * g) * obtuse:
            return False
    return all(l <= o <= 2 * l / (1 + g) for l, o in zip(s.lam, s.omega)) and max(mu) > 0


# ---- sets ------------------------------------------------------------------------------------------------------------------

def draw(r):
    """A set in N samples and d dimensions: labels at random or of a plane, samples on their side of it, or far out and close to it."""
    N, d, top = r.randint(2, 8), r.randint(1, 8), r.choice((1, 2, 3, 9))
    y = [r.choice((1, -1)) for _ in range(N)]
    X = [[r.randint(-top, top) for _ in range(d)] for _ in range(N)]
    e = [r.randint(-3, 3) for _ in range(d)]
    kind = r.randrange(4)
    if kind == 1:
        X = [[a + r.randint(1, 3) * s * b for a, b in zip(x, e)] for x, s in zip(X, y)]
    elif kind == 2:
        far, ee = r.choice((3, 10, 100)), dot(e, e)
        X = [[far * (ee * a - dot(x, e) * b) + r.randint(1, 3) * s * b for a, b in zip(x, e)] for x, s in zip(X, y)]
    elif kind == 3:
        y = [1 if dot(x, e) > 0 else -1 for x in X]
    return [(x, s) for x, s in zip(X, y) if any(x)]


def separable_set(r):
    """(X, y, margin_lin^2), separable."""
    while True:
        keep = draw(r)
        X, y = [x for x, _ in keep], [s for _, s in keep]
        if len(X) > 1 and (r2 := margin_squared(X, y)) is not None:
            return X, y, r2


def least(e, X, y):
    return min(t * dot(e, x) for t, x in zip(y, X))


def margin_of(e, X, y):
    """The square of the margin of a direction that separates."""
    return F(least(e, X, y)) ** 2 / dot(e, e)


def direction(r, X, y):
    """A direction that separates: sum y_n x_n with random weights, or the normal of a limit."""
    e = vector([t * r.randint(1, 3) for t in y], X)
    return e if least(e, X, y) > 0 else limit(X, y, r.choice(SLOPES)).w


def largest(holds, bits):
    """The largest multiple of 2^-bits below 1 at which the condition holds, by bisection: it holds there and not one step on. 0: at none."""
    low, high = 0, 2 ** bits
    while high - low > 1:
        mid = (low + high) // 2
        low, high = (mid, high) if holds(F(mid, 2 ** bits)) else (low, mid)
    return F(low, 2 ** bits)


def turned(r, holds, most):
    """A set of orthogonal samples turned into each other until the condition, which holds at no turn, only just holds."""
    while True:
        N = r.randint(2, most)
        y = [r.choice((1, -1)) for _ in range(N)]
        base = [r.choice((1, 1, 2, 5)) for _ in range(N)]
        top = r.choice((1, 2, 5))
        noise = [[r.randint(-top, top) if r.random() < 0.8 else 0 for _ in range(N)] for _ in range(N)]
        if r.random() < 0.5:                       # all pairs obtuse that can be
            noise = [[-y[i] * y[k] * abs(v) for k, v in enumerate(row)] for i, row in enumerate(noise)]
        at = lambda t: [[(1 - t) * base[i] * (i == k) + t * noise[i][k] for k in range(N)] for i in range(N)]
        good = lambda t: all(any(x) for x in at(t)) and holds(at(t), y)
        t = largest(good, 12)
        if t > 0:
            return at(t), y


# ---- the forms -------------------------------------------------------------------------------------------------------------

def by_margin(r):
    """6, first form: gamma^2 (1-gamma)/(1+gamma) rises up to the golden section and falls after it. The last slope on either side."""
    X, y, r2 = separable_set(r)
    share = r2 / max(dot(x, x) for x in X)
    g = largest(lambda g: g < F(618, 1000) and flat(g) < share, 20)
    if r.random() < 0.3:
        g = 1 - largest(lambda u: u < F(381, 1000) and flat(1 - u) < share, 20)
    if flat(g) >= share or not 0 < g < 1:
        return by_margin(r)
    s = limit(X, y, g)
    return s.optimal() and own_positive(s), (X, y, g)


def by_direction(r):
    """6, second form, from the margin r of one direction that separates, the last slope at which gamma Rmax < (1+gamma) r."""
    X, y, _ = separable_set(r)
    e = direction(r, X, y)
    r2 = margin_of(e, X, y)
    far = max(dot(x, x) for x in X)
    g = largest(lambda g: g * g * far < (1 + g) ** 2 * r2, 20)
    if g == 0:
        return by_direction(r)
    s = limit(X, y, g)
    return s.optimal() and own_positive(s), (X, y, g)


def bounds_of_own(r):
    """6 and 7 as bounds of own_n, at any slope."""
    X, y, r2 = separable_set(r)
    s = limit(X, y, r.choice(SLOPES))
    e = direction(r, X, y)
    any2 = margin_of(e, X, y)
    return s.optimal() and any2 <= r2 and lower_bounds(s, r2, any2), (X, y, s.gamma)


def every_slope(r):
    """6: margin_lin > 0.3003 Rmax, that is 2 (margin/Rmax)^2 + 11 > 5 sqrt 5."""
    while True:
        X, y, r2 = separable_set(r)
        if (2 * r2 / max(dot(x, x) for x in X) + 11) ** 2 > 125:
            break
    s = limit(X, y, r.choice((F(618, 1000), r.choice(SLOPES))))
    return s.optimal() and own_positive(s), (X, y, s.gamma)


def turned_form(holds, slope, promise, most=8):
    def one(r):
        g = slope(r)
        X, y = turned(r, lambda X, y: holds(X, y, g), most)
        s = limit(X, y, g)
        return s is not None and s.optimal() and promise(s), (X, y, g)
    return one


def kkt_points(X, y, g):
    """The patterns of slopes 1 and gamma at own pairs of m = 2 whose programme's solution is a KKT point of (P): its own pre-activations have
    the pattern's signs where the multiplier is positive. Every KKT point without an own kink on its support is found so."""
    K, D = integers(X)
    a, T, N, found = g.numerator, g.denominator, len(y), []
    G = [[dot(p, q) for q in K] for p in K]
    for pattern in itertools.product((T, a), repeat=N):
        rows = [(o, -t) if s > 0 else (-t, o) for s, o in zip(y, pattern) for t in (a, T)]
        l = nnqp([[dot(p, q) * G[i // 2][k // 2] for k, q in enumerate(rows)] for i, p in enumerate(rows)], [1] * (2 * N))
        U, V = [vector([v * row[j] for v, row in zip(l, rows)], [x for x in K for _ in (0, 1)]) for j in (0, 1)]
        own = [dot(U if s > 0 else V, x) for s, x in zip(y, K)]
        if all(l[2 * n] == l[2 * n + 1] == 0 or (own[n] >= 0 if o == T else own[n] <= 0) for n, o in enumerate(pattern)):
            found.append((pattern, U, V))
    return found


def one_point(s):
    """T1's conclusion where the bound allows it: C1, and no other KKT point."""
    found = kkt_points(s.X, s.y, s.gamma)
    return c1(s) and all(n == found[0][1:] for n in (f[1:] for f in found)) and any(set(f[0]) == {s.gamma.denominator} for f in found)


FORMS = {
    "own_n > 0 where gamma sqrt((1-gamma)/(1+gamma)) < margin_lin/Rmax": by_margin,
    "own_n > 0 where gamma Rmax < (1+gamma) r": by_direction,
    "own_n is at least its bounds": bounds_of_own,
    "own_n > 0 where margin_lin > 0.3003 Rmax": every_slope,
    "own_n > 0 where kappa_obt < 2 sqrt 5 - 4":
        turned_form(lambda X, y, g: below_root(kappa_obt(X, y) + 4, 20), lambda r: r.choice(SLOPES), own_positive),
    "own_n > 0 where kappa^ < (sqrt 41 - 5)/2":
        turned_form(lambda X, y, g: below_root(2 * kappa_hat(X) + 5, 41), lambda r: r.choice(SLOPES), own_positive),
    "C1 where kappa_obt < gamma/(1+gamma)":
        turned_form(lambda X, y, g: kappa_obt(X, y) < g / (1 + g), lambda r: r.choice(SLOPES[1:]), c1),
    "C1 and no other KKT point where kappa_obt < gamma^3/(1+gamma)":
        turned_form(lambda X, y, g: kappa_obt(X, y) < g ** 3 / (1 + g), lambda r: r.choice(SLOPES[3:]), one_point, 5),
}

if __name__ == "__main__":
    for k, (name, form) in enumerate(FORMS.items()):
        r, bad = random.Random(f"{SEED} {k}"), []
        for _ in range(SETS):
            good, case = form(r)
            if not good:
                bad.append(case)
        ok(not bad, f"{name}: {SETS} sets", "\n".join(map(str, bad[:3])))

    # The promises are not empty: beyond the bounds there are sets that break each.
    s = limit([[12, 31], [88, -91], [-42, -81], [8, -41], [58, 69]], [1, -1, -1, -1, -1], F(7, 10))
    ok(s.optimal() and not own_positive(s) and not c1(s), "a set of small margin at which own_n < 0", s.own)
    s = limit([[1, F(1, 10)], [-1, F(1, 10)]], [1, 1], F(1, 2))
    ok(s.optimal() and own_positive(s) and sum(s.lam) == 160, "two samples worked by hand: ||W*||^2 = 160", s.lam)
    ok(limit([[1, 0], [-1, 0], [0, 1], [0, -1]], [1, 1, -1, -1], F(1, 2)) is None, "XOR is not separable: (CP) is infeasible")
    done()
