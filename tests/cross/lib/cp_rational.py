"""The programme (CP) of C2 solved in rationals, for small sets: an active-set method on its dual in integers, which ends on every set,
dependent samples and ties included. Nothing of lfap is used. Also the greatest linear margin and the row sums of C2's a-priori forms."""
from fractions import Fraction as F
from math import lcm


def eliminate(M, rhs, P):
    """M_PP s = rhs_P by Bareiss's elimination, for a positive semidefinite M whose minors on P but the last are positive:
    (s, det) with the solution s / det; where M_PP is singular, (v, 0) with M_PP v = 0 and the last entry of v positive."""
    k = len(P)
    T = [[M[i][j] for j in P] + [rhs[i]] for i in P]
    before = 1
    for c in range(k - 1):
        pivot, row = T[c][c], T[c]
        for r in range(c + 1, k):
            f, low = T[r][c], T[r]
            for j in range(c + 1, k + 1):
                low[j] = (low[j] * pivot - f * row[j]) // before
        before = pivot
    det = T[k - 1][k - 1]
    null = det == 0
    s = [0] * k
    s[k - 1] = before if null else T[k - 1][k]
    full = before if null else det
    for r in range(k - 2, -1, -1):               # every unknown over the one denominator `full`: the divisions leave no rest
        right = 0 if null else T[r][k] * full
        s[r] = (right - sum(T[r][j] * s[j] for j in range(r + 1, k))) // T[r][r]
    return s, det


def face(M, c, P):
    """The least point of the face of P as (numerators, denominator) if it is inside it, else None: what a guess of the support is worth."""
    try:
        num, den = eliminate(M, c, P)
    except ZeroDivisionError:
        return None
    return (num, den) if den > 0 and all(v > 0 for v in num) else None


def nnqp(M, c, guess=()):
    """The l >= 0 of min 1/2 l'Ml - c'l, M positive semidefinite and all of it integers: a list of Fractions, or None where the objective has
    no lower bound. Each round ends at the least point of a face, lower than the last one: it ends. A good guess of the support saves rounds."""
    n, P, l = len(c), [], {}
    num, den = [], 1
    if guess and (start := face(M, c, list(guess))):
        P, (num, den) = list(guess), start
        l = {k: F(v, den) for k, v in zip(P, num)}
    while True:
        slack = [c[i] * den - sum(M[i][k] * v for k, v in zip(P, num)) for i in range(n)]
        new = max((i for i in range(n) if i not in l), key=lambda i: slack[i], default=None)
        if new is None or slack[new] <= 0:
            return [l.get(i, F(0)) for i in range(n)]
        P, l[new] = P + [new], F(0)
        while True:
            num, den = eliminate(M, c, P)
            if den == 0:                         # the objective falls along this direction for ever, unless an entry comes to 0
                step = dict(zip(P, map(F, num)))
                if all(v >= 0 for v in num):
                    return None
                t = min(l[k] / -v for k, v in step.items() if v < 0)
            else:
                step = {k: F(v, den) - l[k] for k, v in zip(P, num)}
                t = min((l[k] / -step[k] for k, v in zip(P, num) if v <= 0), default=1)
            if t == 1 and den and all(v > 0 for v in num):
                l = {k: F(v, den) for k, v in zip(P, num)}
                break
            l = {k: l[k] + t * step[k] for k in P}
            l = {k: v for k, v in l.items() if v > 0}
            P = [k for k in P if k in l]


def integers(X):
    """The samples as integers over one denominator: (rows, denominator)."""
    X = [[F(v) for v in x] for x in X]
    D = lcm(*(v.denominator for x in X for v in x))
    return [[int(v * D) for v in x] for x in X], D


def dot(a, b):
    return sum(u * v for u, v in zip(a, b))


def vector(coefficients, X):
    return [sum(l * x[i] for l, x in zip(coefficients, X)) for i in range(len(X[0]))]


class Limit:
    """A solution of (CP) from its multipliers, by the definitions: U, V, own, other, the multipliers of (P), omega, w."""

    def __init__(self, X, y, gamma, alpha, beta):
        self.X, self.y, self.gamma, self.alpha, self.beta = [[F(v) for v in x] for x in X], list(y), F(gamma), alpha, beta
        g, X = self.gamma, self.X
        self.lam = [a + b for a, b in zip(alpha, beta)]
        tilt = [g * a + b for a, b in zip(alpha, beta)]                      # lambda_n s_n
        self.U = vector([l if s > 0 else -t for l, t, s in zip(self.lam, tilt, y)], X)
        self.V = vector([-t if s > 0 else l for l, t, s in zip(self.lam, tilt, y)], X)
        self.omega = [a + 2 * b / (1 + g) for a, b in zip(alpha, beta)]
        self.w = vector([o * s for o, s in zip(self.omega, y)], X)
        self.own = [dot(self.U if s > 0 else self.V, x) for x, s in zip(X, y)]
        self.other = [dot(self.V if s > 0 else self.U, x) for x, s in zip(X, y)]
        self.slopes = [t / l if l else None for t, l in zip(tilt, self.lam)]

    def optimal(self):
        """Whether the KKT conditions of (CP) hold, which is what makes it the solution."""
        for n in range(len(self.y)):
            for l, t in ((self.alpha[n], self.gamma), (self.beta[n], F(1))):
                q = self.own[n] - t * self.other[n]
                if l < 0 or q < 2 or l > 0 and q != 2:
                    return False
        return True


def limit(X, y, gamma, guess=()):
    """The Limit, or None where the samples are not linearly separable. The guess: 2n for alpha_n > 0, 2n + 1 for beta_n > 0."""
    g = F(gamma)
    K, D = integers(X)
    a, T, N = g.numerator, g.denominator, len(y)
    G = [[dot(p, q) for q in K] for p in K]
    rows = [(T, -t) if s > 0 else (-t, T) for s in y for t in (a, T)]      # of (U, V), times T; alpha and beta of a sample side by side
    M = [[dot(p, q) * G[i // 2][k // 2] for k, q in enumerate(rows)] for i, p in enumerate(rows)]
    l = nnqp(M, [1] * (2 * N), guess)
    if l is None:
        return None
    l = [2 * T * T * D * D * v for v in l]
    return Limit(X, y, g, l[0::2], l[1::2])


def margin_squared(X, y):
    """The square of the greatest linear margin, max over unit e of min y <e, x>, or None where the samples are not separable."""
    K, D = integers(X)
    l = nnqp([[p * q * dot(a, b) for b, q in zip(K, y)] for a, p in zip(K, y)], [1] * len(y))
    return None if l is None else 1 / (D * D * sum(l))


def kappa_obt(X, y):
    """max over k of the sum over n != k of max(0, -y_n y_k <x_n, x_k>) / ||x_n||^2."""
    return row_sums(X, lambda n, k, g: max(0, -y[n] * y[k] * g))


def kappa_hat(X):
    """The same sum of |<x_n, x_k>| / ||x_n||^2: theory.md's kappa^."""
    return row_sums(X, lambda n, k, g: abs(g))


def row_sums(X, part):
    K, _ = integers(X)
    norms = [dot(x, x) for x in K]
    return max(sum((F(part(n, k, dot(K[n], K[k])), norms[n]) for n in range(len(K)) if n != k), F(0)) for k in range(len(K)))
