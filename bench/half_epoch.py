"""An epoch of the authors' sgd in half precision against one in doubles, plain form: the two alternate, each run in a process of its own, and the
medians over the runs are compared.

  bench/half_epoch.py BUILD [D M N EPOCHS THREADS RUNS]
"""
import json, os, statistics, subprocess, sys

build, *sizes = sys.argv[1:]
d, m, n, epochs, threads, runs = [int(x) for x in sizes] or [1000, 1000, 10000, 4, 1, 3]
exe, seen = os.path.join(build, "bench", "train_epoch"), {"plain": [], "half": []}
for _ in range(runs):
    for form in seen:
        p = subprocess.run([exe, *map(str, (d, m, n, epochs, threads)), form, "random"], check=True, capture_output=True, text=True)
        seen[form].append(json.loads(p.stdout))
for clock in "epoch_s", "epoch_cpu_s":
    plain, half = (statistics.median(r[clock] for r in seen[f]) for f in seen)
    print(f"(d, m, N) = ({d}, {m}, {n}), {threads} threads, {clock}: double {plain:.3f}, half {half:.3f}, ratio {half / plain:.3f}")
