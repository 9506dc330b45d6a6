"""The paper's own size from samples to verdicts, through the command line: the natural limit at d = 10000, N = 1000, perturbations
in three norms on N_adv = 10000 bases of noise, the limit of each adversarial set, accuracy and agreement; then limits and perturbations
again, in files, with the fast certificate of each of the four limits. Seconds on the clock, CPU seconds and peak memory; prints JSON
lines. The authors train for 100000 epochs where this solves for the limit: days.

    pipeline.py BUILD [--quick]
"""
import json
import os
import subprocess
import sys
import tempfile
import time


def run(command):
    """Seconds, CPU seconds and peak of a command, and what it wrote on stdout."""
    start = time.monotonic()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, text=True)
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        out.seek(0)
        text = out.read()
    if os.waitstatus_to_exitcode(status) not in (0, 1, 2):
        raise SystemExit(f"pipeline: {' '.join(command)}: {said}")
    return {"wall_s": round(time.monotonic() - start, 2), "cpu_s": round(used.ru_utime + used.ru_stime, 2), "peak_bytes": used.ru_maxrss * 1024}, text


def tell(name, size, **figures):
    print(json.dumps({"name": name, "size": size, "threads": os.cpu_count(), **figures}), flush=True)


def certified(lfap, tmp, size, d, n, n_adv):
    """The same with the fast certificate of every limit, files between the steps."""
    natural, noise, limit = (os.path.join(tmp, name) for name in ("natural", "noise", "limit"))
    steps = [run([lfap, "gen", "uniform", "--quiet", "--n", str(count), "--d", str(d), "--seed", str(seed), "--out", out])[0]
             for seed, count, out in ((1, n, natural), (2, n_adv, noise))]
    certify = [lfap, "limit", "--quiet", "--json", "--gamma", "0.5", "--certify=fast", "--data"]
    found = [run(certify + [natural, "--out", limit])]
    for norm, eps in (("l2", 0.0078 * d**0.5), ("linf", 0.03), ("l0", 0.3)):
        adv = os.path.join(tmp, "adv")
        steps.append(run([lfap, "perturb", "--quiet", "--norm", norm, "--from", "geometry", "--data", noise, "--direction", limit + "/w.npy",
                                  "--eps", str(eps), "--out", adv] + (["--k", str(d // 20)] if norm == "l0" else []))[0])
        found.append(run(certify + [adv, "--out", os.path.join(tmp, "limit_adv")]))
    steps += [figures for figures, _ in found]
    certificates = [json.loads(text)["certificate"] for _, text in found]
    tell("limit pipeline with fast certificates", size, wall_s=round(sum(f["wall_s"] for f in steps), 2), cpu_s=round(sum(f["cpu_s"] for f in steps), 2),
         peak_bytes=max(f["peak_bytes"] for f in steps), **{claim: [c["verdicts"][claim] for c in certificates] for claim in certificates[0]["verdicts"]},
         **{what: [c[what + "_samples"] for c in certificates] for what in ("aligned", "refuted", "finished")})


def main():
    lfap = os.path.join(sys.argv[1], "lfap")
    d, n, n_adv = (1000, 100, 1000) if "--quick" in sys.argv else (10000, 1000, 10000)
    size = f"d={d} N={n} N_adv={n_adv}"
    with tempfile.TemporaryDirectory() as tmp:
        sweep = [lfap, "sweep", "--quiet", "--d", str(d), "--n", str(n), "--n-adv", str(n_adv), "--norm", "l2,linf,l0", "--out", os.path.join(tmp, "rows")]
        tell("limit pipeline, three norms", size, **run(sweep)[0])
        certified(lfap, tmp, size, d, n, n_adv)


main()
