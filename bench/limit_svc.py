"""`lfap limit` against scikit-learn's support vector machines (libsvm's SMO) on the same kernel matrix. JSON lines on stdout.

    limit_svc.py BUILD [--quick]        N = d = 5000 (quick: 1000), uniform samples, gamma = 0.5

C1(a) is the dual of a hard-margin machine without a bias for the kernel matrix K_nk = h_nk <x_n, x_k>: min 1/2 l'Ql - 1'l over
l >= 0, Q_nk = y_n y_k K_nk. Two peers get that matrix, precomputed, in doubles:

one-class  OneClassSVM on Q with nu = 1/N: min 1/2 a'Qa over the simplex, the very same problem (F1: lambda = a/(a'Qa)). The fair one.
svc        SVC on K with C = 1e10 (never active) and tol = 1e-8. It has a bias, that is, one more constraint y'a = 0 in the dual,
           so its solution is another one; size, matrix and number of variables are the same. With and without shrinking.

The KKT residual is the largest of |(Q l)_n - 1| where l_n > 0 and 1 - (Q l)_n elsewhere (SVC: with its bias in the margin), in
units where the margin is 1. Timed: of the peers fit alone, of lfap lfap_limit_solve on a given Gram matrix (which makes Q, checks
the hypotheses and forms the boundary as well); neither reading files nor making the kernel matrix. libsvm works on one thread:
against one thread of lfap CPU seconds are compared (both are busy all the time, and a shared machine does not disturb them),
against two threads the clock.
"""
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

GAMMA = 0.5


def clocks():
    """CPU seconds, and the clock."""
    u = resource.getrusage(resource.RUSAGE_SELF)
    return np.array([u.ru_utime + u.ru_stime, time.perf_counter()])


def kkt(margin, multipliers):
    on = multipliers > 0
    return float(max(np.abs(margin[on] - 1).max(), np.maximum(0.0, 1 - margin[~on]).max(initial=0.0)))


def matrices(data):
    X, y = np.load(os.path.join(data, "X.npy")), np.load(os.path.join(data, "y.npy"))
    h = np.where(np.equal.outer(y, y), (1 + GAMMA**2) / 2, GAMMA)
    K = h * (X @ X.T)
    return y, K, K * np.outer(y, y)


def ours(solver, data, threads, Q):
    with tempfile.TemporaryDirectory() as out:
        path = os.path.join(out, "lambda.npy")
        done = subprocess.run([solver, data, str(GAMMA), str(threads), path], capture_output=True, text=True, check=True)
        lam = np.load(path)
    took = json.loads(done.stdout)
    return np.array([took["cpu"], took["wall"]]), kkt(Q @ lam, lam)


def one_class(Q):
    from sklearn.svm import OneClassSVM
    m = OneClassSVM(kernel="precomputed", nu=1.0 / len(Q), tol=1e-8, cache_size=2000)
    start = clocks()
    m.fit(Q)
    seconds = clocks() - start
    a = np.zeros(len(Q))
    a[m.support_] = m.dual_coef_[0]
    lam = a / (a @ Q @ a)
    return seconds, kkt(Q @ lam, lam)


def svc(y, K, Q, shrinking):
    from sklearn.svm import SVC
    m = SVC(kernel="precomputed", C=1e10, tol=1e-8, cache_size=2000, shrinking=shrinking)
    start = clocks()
    m.fit(K, y)
    seconds = clocks() - start
    a = np.zeros(len(Q))
    a[m.support_] = np.abs(m.dual_coef_[0])
    return seconds, kkt(Q @ a + y * m.intercept_[0], a)


def main():
    build, quick = sys.argv[1], "--quick" in sys.argv
    n, reps = (1000, 5) if quick else (5000, 5)
    binary, solver = (os.path.abspath(os.path.join(build, name)) for name in ("lfap", "bench/limit_solve"))
    try:
        import sklearn
    except ImportError:
        print("limit_svc: scikit-learn is not installed (python3-sklearn): skipped")
        return
    with tempfile.TemporaryDirectory() as work:
        data = os.path.join(work, "data")
        subprocess.run([binary, "gen", "uniform", "--n", str(n), "--d", str(n), "--seed", "1", "--out", data, "--quiet"],
                       stdout=subprocess.DEVNULL, check=True)
        y, K, Q = matrices(data)
        runs = {("ours", 1): lambda: ours(solver, data, 1, Q), ("ours", 2): lambda: ours(solver, data, 2, Q),
                "one-class": lambda: one_class(Q), "SVC": lambda: svc(y, K, Q, True), "SVC without shrinking": lambda: svc(y, K, Q, False)}
        seen = {k: [] for k in runs}
        for _ in range(reps):  # interleaved: a busy machine is busy for all of them
            for k, run in runs.items():
                seen[k].append(run())
    median = {k: [statistics.median(s[clock] for s, _ in v) for clock in (0, 1)] for k, v in seen.items()}
    residual = {k: v[0][1] for k, v in seen.items()}
    for peer in ("one-class", "SVC", "SVC without shrinking"):
        for threads in (1, 2):
            mine, clock = ("ours", threads), threads - 1
            print(json.dumps({"name": "limit against " + peer, "size": f"N = d = {n}", "threads": threads, "peer": f"scikit-learn {sklearn.__version__}",
                              "clock": ("CPU", "wall")[clock],
                              "ours_s": median[mine][clock], "peer_s": median[peer][clock],
                              "ratio": median[peer][clock] / median[mine][clock], "repetitions": reps,
                              "ours_kkt": residual[mine], "peer_kkt": residual[peer],
                              "kkt_ratio": residual[peer] / max(residual[mine], 1e-18)}), flush=True)


main()
