"""What perturbations do to a network along its training (statement T5): the shares of natural samples at which the perturbations'
part of the learned network has one sign in all neurons, the right sign, and decides, against accuracy, at epochs 10 to 100000 of the
authors' training on noise with PGD perturbations (uniform data, d = 1000, m = 100, N_adv = 1000). A row a network; rows that the table
has are left alone, so that a run that was stopped is gone on with.

    split_epochs.py BUILD TABLE.csv [WORK] [--quick] [--train-only]

WORK: a directory for data, networks and parts, kept (default: a temporary one).
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
    """Of one set of perturbed bases; what is in its directory already is not made again."""

    def __init__(self, lfap, home, gamma, n, norm, sizes):
        self.lfap, self.home, self.gamma, self.n, self.norm, self.sizes = lfap, home, gamma, n, norm, sizes

    def path(self, name):
        return os.path.join(self.home, name)

    def run(self, *words):
        done = subprocess.run([self.lfap, *map(str, words), "--quiet", "--json", "--threads", "1"], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"split_epochs: lfap {' '.join(map(str, words))}: {done.stderr}")
        return json.loads(done.stdout)

    def made(self, name, *words):
        """A run's meta.json is written last."""
        if not os.path.exists(self.path(name + "/meta.json")):
            self.run(*words, "--out", self.path(name))

    def sgd(self, data, epochs, seed, out, *more):
        self.made(out, "train", "--method", "sgd", "--data", self.path(data), "--gamma", self.gamma, "--m", self.sizes["m"], "--epochs", epochs,
                  "--seed", seed, *more)

    def perturbed(self):
        """The natural network, trained as long as the learner will be at most, and noise perturbed by it."""
        self.made("data", "gen", "uniform", "--seed", 1, "--n", self.n, "--d", self.sizes["d"])
        self.made("noise", "gen", "uniform", "--seed", 2, "--n", self.sizes["n_adv"], "--d", self.sizes["d"])
        self.sgd("data", self.sizes["epochs"], 0, "net")
        self.made("adv", "perturb", "--norm", self.norm, "--from", "pgd", "--data", self.path("noise"), "--weights", self.path("net/W.npy"),
                  "--gamma", self.gamma, *SIZES[self.norm], "--range", "-1,1")

    def learned(self, epochs):
        self.perturbed()
        self.sgd("adv", epochs, 3, f"learned-{epochs}", "--coefficients")

    def shares(self, epochs):
        run, parts = self.path(f"learned-{epochs}"), self.path(f"parts-{epochs}")
        split = self.run("split", "--data", self.path("adv"), "--bases", self.path("noise/X.npy"), "--run", run, "--natural", self.path("data"),
                         "--out", parts)["t5"]
        with open(parts + "/points.csv", newline="") as f:
            points = list(csv.DictReader(f))
        with open(run + "/history.csv", newline="") as f:
            log_loss = list(csv.DictReader(f))[-1]["log_loss"]
        right = [float(p["label"]) * float(p["f"]) > 0 for p in points]
        decided = [int(p["decided"]) and float(p["label"]) * float(p["effect"]) > 0 for p in points]
        return {"accuracy": sum(right) / len(points), "decided_right": sum(decided) / len(points), "log_loss": log_loss,
                **{k: split[k] for k in ("one_sign", "effect_right", "decided", "sum_error")}}


def study(lfap, work, table, quick, train_only):
    stages = [[10, 30, 100]] if quick else [[10, 100, 1000, 10000], [100000]]
    sizes = {"d": 100, "m": 10, "n_adv": 50} if quick else {"d": 1000, "m": 100, "n_adv": 1000}
    sizes["epochs"] = stages[-1][-1]
    rows = rows_of(table)
    done = {tuple(str(r[k]) for k in KEYS) for r in rows}
    for epochs, gamma, n, norm in itertools.product(stages, (0.01, 0.5), (20, 100), SIZES):
        of = Study(lfap, os.path.join(work, f"{gamma}-{n}-{norm}"), gamma, n, norm, sizes)
        for e in epochs:
            if (str(gamma), str(n), norm, str(e)) in done:
                continue
            of.learned(e)
            if not train_only:
                rows.append({"gamma": gamma, "n": n, "norm": norm, "epochs": e, **of.shares(e)})
                save(table, rows)


def main():
    flags = [a for a in sys.argv[1:] if a.startswith("--")]
    build, table, *work = [a for a in sys.argv[1:] if not a.startswith("--")]
    with tempfile.TemporaryDirectory() as tmp:
        study(os.path.join(build, "lfap"), work[0] if work else tmp, table, "--quick" in flags, "--train-only" in flags)


main()
