"""What perturbations do to a network along its training (statement T5): the shares of natural samples at which the perturbations'
part of the learned network has one sign in all neurons, the right sign, and decides, against accuracy, at epochs 10 to 100000 of the
authors' training on noise with PGD perturbations (uniform data, d = 1000, m = 100, N_adv = 1000). A row a network; rows that the table
has are left alone, so that a run that was stopped is gone on with.

    split_epochs.py BUILD TABLE.csv [--quick]
"""
import csv
import itertools
import json
import os
import subprocess
import sys
import tempfile

KEYS = ["gamma", "n", "norm", "epochs"]
SHARES = ["accuracy", "one_sign", "effect_right", "decided", "decided_right", "sum_error", "log_loss"]
SIZES = {"l2": ["--eps", "0.78"], "linf": ["--eps", "0.03"], "l0": []}


def rows_of(path):
    if not os.path.exists(path):
        return []
    with open(path, newline="") as f:
        return list(csv.DictReader(f))


def save(path, rows):
    with open(path + ".part", "w", newline="") as f:
        out = csv.DictWriter(f, KEYS + SHARES, lineterminator="\n")
        out.writeheader()
        out.writerows(rows)
    os.replace(path + ".part", path)


class Study:
    def __init__(self, build, tmp, d, m, n_adv, threads):
        self.lfap, self.tmp, self.d, self.m, self.n_adv, self.threads = os.path.join(build, "lfap"), tmp, d, m, n_adv, threads

    def run(self, *words):
        done = subprocess.run([self.lfap, *map(str, words), "--quiet", "--json", "--threads", str(self.threads)], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"split_epochs: lfap {' '.join(map(str, words))}: {done.stderr}")
        return json.loads(done.stdout)

    def path(self, name):
        return os.path.join(self.tmp, name)

    def sgd(self, data, gamma, epochs, seed, out, *more):
        return self.run("train", "--method", "sgd", "--data", self.path(data), "--gamma", gamma, "--m", self.m, "--epochs", epochs, "--seed", seed,
                        "--out", self.path(out), *more)

    def perturbed(self, gamma, n, norm, most):
        """The natural network, trained as long as the learner will be, and noise perturbed by it."""
        self.run("gen", "uniform", "--seed", 1, "--n", n, "--d", self.d, "--out", self.path("data"))
        self.run("gen", "uniform", "--seed", 2, "--n", self.n_adv, "--d", self.d, "--out", self.path("noise"))
        self.sgd("data", gamma, most, 0, "net")
        self.run("perturb", "--norm", norm, "--from", "pgd", "--data", self.path("noise"), "--weights", self.path("net/W.npy"), "--gamma", gamma,
                 *SIZES[norm], "--range", "-1,1", "--out", self.path("adv"))

    def shares(self, gamma, epochs):
        trained = self.sgd("adv", gamma, epochs, 3, "learned", "--coefficients")
        split = self.run("split", "--data", self.path("adv"), "--bases", self.path("noise/X.npy"), "--run", self.path("learned"), "--natural",
                         self.path("data"), "--out", self.path("parts"))["t5"]
        with open(self.path("parts/points.csv"), newline="") as f:
            points = list(csv.DictReader(f))
        right = [float(p["label"]) * float(p["f"]) > 0 for p in points]
        decided = [int(p["decided"]) and float(p["label"]) * float(p["effect"]) > 0 for p in points]
        return {"accuracy": sum(right) / len(points), "decided_right": sum(decided) / len(points), "log_loss": trained["training"]["final_log_loss"],
                **{k: split[k] for k in ("one_sign", "effect_right", "decided", "sum_error")}}


def main():
    build, table = sys.argv[1:3]
    quick = "--quick" in sys.argv
    rows = rows_of(table)
    done = {tuple(str(r[k]) for k in KEYS) for r in rows}
    stages = [[10, 30, 100]] if quick else [[10, 100, 1000, 10000], [100000]]
    with tempfile.TemporaryDirectory() as tmp:
        study = Study(build, tmp, 100 if quick else 1000, 10 if quick else 100, 50 if quick else 1000, 1)
        for epochs, gamma, n, norm in itertools.product(stages, (0.01, 0.5), (20, 100), SIZES):
            missing = [e for e in epochs if (str(gamma), str(n), norm, str(e)) not in done]
            if missing:
                study.perturbed(gamma, n, norm, stages[-1][-1])
            for e in missing:
                rows.append({"gamma": gamma, "n": n, "norm": norm, "epochs": e, **study.shares(gamma, e)})
                save(table, rows)


main()
