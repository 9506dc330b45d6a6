"""The paper's own size from samples to verdicts, through the command line: the natural limit at d = 10000, N = 1000, perturbations
in three norms on N_adv = 10000 bases of noise, the limit of each adversarial set, accuracy and agreement. Seconds on the clock,
CPU seconds and peak memory; prints JSON lines. The authors train for 100000 epochs where this solves for the limit: days.

    pipeline.py BUILD [--quick]
"""
import json
import os
import subprocess
import sys
import tempfile
import time


def run(name, size, command):
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    _, status, used = os.wait4(process.pid, 0)
    said = process.stderr.read()
    if os.waitstatus_to_exitcode(status) not in (0, 1, 2):
        raise SystemExit(f"pipeline: {' '.join(command)}: {said}")
    print(json.dumps({"name": name, "size": size, "threads": os.cpu_count(), "wall_s": round(time.monotonic() - start, 2),
                      "cpu_s": round(used.ru_utime + used.ru_stime, 2), "peak_bytes": used.ru_maxrss * 1024}), flush=True)


def main():
    lfap = os.path.join(sys.argv[1], "lfap")
    d, n, n_adv = (1000, 100, 1000) if "--quick" in sys.argv else (10000, 1000, 10000)
    size = f"d={d} N={n} N_adv={n_adv}"
    with tempfile.TemporaryDirectory() as tmp:
        run("limit pipeline, three norms", size, [lfap, "sweep", "--quiet", "--d", str(d), "--n", str(n), "--n-adv", str(n_adv),
                                                  "--norm", "l2,linf,l0", "--out", os.path.join(tmp, "rows")])
        data = os.path.join(tmp, "data")
        run("generate", f"d={d} N={n_adv}", [lfap, "gen", "uniform", "--quiet", "--n", str(n_adv), "--d", str(d), "--seed", "1", "--out", data])
        limit = [lfap, "limit", "--quiet", "--data", data, "--gamma", "0.5", "--out"]
        run("limit alone", f"d={d} N={n_adv}", limit + [os.path.join(tmp, "plain")])
        run("limit with the fast certificate", f"d={d} N={n_adv}", limit + [os.path.join(tmp, "fast"), "--certify=fast"])


main()
