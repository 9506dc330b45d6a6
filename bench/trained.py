"""The authors' experiment cell by cell, without the limits that `lfap sweep` adds to every row, and with what it has not: at each of several
numbers of epochs, where half precision ended a training, how long the perturbations are. Data, teacher, noise, PGD, learner and control by
the verbs, with the seeds of the sweep's cells (spec/formats.md), so that `acc`, `acc_teacher` and `acc_control` are those of its rows.

    trained.py BUILD TABLE.csv WORK EPOCHS[,EPOCHS...] [--no-control] SWEEP OPTIONS...

The cells are those that `lfap sweep --method sgd SWEEP OPTIONS --list` prints, each at every number of epochs, which is that of teacher, learner and
control alike. What a table or WORK has is not made again, and a training that was stopped goes on from its checkpoint. `zeros`: share of
the entries of dL/dz that are exactly 0 in the last epoch; `ended`: the epoch from which on nothing moves (half precision; 0: it did not
come, empty in doubles). `length`: the mean length of the perturbations. Processor time goes to TABLE.times.csv.
"""
import csv
import json
import math
import os
import resource
import subprocess
import sys

import numpy as np

CELL = ["data", "base", "method", "arithmetic", "from", "norm", "d", "n", "n_adv", "m", "gamma", "eps", "k", "seed"]
MADE = ["version", "numerics"]
FOUND = ["rule", "acc_teacher", "acc", "length", "log_loss_teacher", "log_loss", "zeros_teacher", "zeros", "ended_teacher", "ended"]
CONTROL = ["acc_control", "log_loss_control"]
ROLE = {name: k * 10**9 for k, name in enumerate(("natural", "bases", "teacher", "learner"))}
VARIANCE = {"uniform": 1 / 3, "gauss": 1}


def lfap(exe, *words):
    done = subprocess.run([exe, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"trained: {' '.join(map(str, words))}: exit {done.returncode}: {done.stderr}")
    return done.stdout


def cells(exe, options):
    """As `lfap sweep --list` prints them: "lfap 0.1.0 numerics=2 ...", then "cell 0 uniform noise sgd half pgd l2 d=100 n=1000 ...", without
    a word for doubles."""
    head, *lines = lfap(exe, "sweep", "--method", "sgd", *options, "--list").splitlines()
    made = dict(zip(MADE, (head.split()[1], head.split()[2].split("=")[1])))
    for line in lines:
        words = [w for w in line.split() if "=" not in w]
        if len(words) == 7:
            words.insert(5, "double")
        yield made | dict(zip(CELL, words[2:])) | dict(w.split("=") for w in line.split() if "=" in w)


def outputs(X, net, gamma):
    """f at the rows of X, and the direction: the mean positive row minus the mean negative one."""
    W = np.load(os.path.join(net, "W.npy"))
    Z = X @ W.T
    m = len(W)
    a = np.repeat([1.0, -1.0], m // 2) / math.sqrt(m)
    return np.where(Z > 0, Z, gamma * Z) @ a, W[: m // 2].mean(0) - W[m // 2 :].mean(0)


def gain(norm, w, k):
    """<e,w>/||w|| of R1's rule of thumb."""
    size = np.sort(np.abs(w))
    return {"l2": np.linalg.norm(w), "linf": size.sum(), "l0": size[len(w) - k :].sum()}[norm] / np.linalg.norm(w)


class Cell:
    """The runs of one cell at some epochs, in folders of WORK that cells share where they are the same run."""

    def __init__(self, exe, work, row, epochs):
        self.exe, self.work, self.row, self.epochs = exe, work, row, epochs

    def path(self, *parts):
        return os.path.join(self.work, "-".join(self.row.get(p, str(p)) for p in parts))

    def made(self, out, *words):
        """A run's meta.json is written last."""
        if not os.path.exists(out + "/meta.json"):
            lfap(self.exe, *words, "--quiet", "--out", out)
        return out

    def drawn(self, role, n):
        return self.made(self.path("data", "d", role, self.row[n], "seed"), "gen", self.row["data"], "--n", self.row[n], "--d", self.row["d"],
                         "--seed", int(self.row["seed"]) + ROLE[role])

    def trained(self, role, data, out):
        """The network's folder and its report, which is kept beside it."""
        report = out + ".json"
        if not os.path.exists(report):
            resume = ["--resume"] if any(name.endswith("checkpoint") for name in (os.listdir(out) if os.path.isdir(out) else [])) else []
            text = lfap(self.exe, "train", "--method", "sgd", "--arithmetic", self.row["arithmetic"], "--data", data, "--gamma", self.row["gamma"],
                        "--m", self.row["m"], "--epochs", self.epochs, "--seed", int(self.row["seed"]) + ROLE[role], "--threads", 1, "--checkpoint", 1,
                        *resume, "--quiet", "--json", "--out", out)
            with open(report + ".part", "w") as f:
                f.write(text)
            os.replace(report + ".part", report)
        with open(report) as f:
            return json.load(f)["training"]

    def perturbed(self, noise, net, out):
        r = self.row
        steps = ["--steps", r["k"]] if r["norm"] == "l0" else []
        bounds = ["--range", "-1,1"] if r["data"] == "uniform" else []
        return self.made(out, "perturb", "--norm", r["norm"], "--from", "pgd", "--arithmetic", r["arithmetic"], "--data", noise,
                         "--weights", net + "/W.npy", "--gamma", r["gamma"], "--eps", r["eps"], *steps, *bounds, "--threads", 1)

    def run(self, control):
        r, gamma, key = self.row, float(self.row["gamma"]), ("arithmetic", "data", "d", "n", "m", "seed", self.epochs)
        of = ("norm", "n_adv", "eps", "k", *key)
        natural, noise = self.drawn("natural", "n"), self.drawn("bases", "n_adv")
        net, adv, learned, bare = self.path("teacher", *key), self.path("adv", *of), self.path("learned", *of), self.path("control", "n_adv", *key)
        teacher = self.trained("teacher", natural, net)
        learner = self.trained("learner", self.perturbed(noise, net, adv), learned)
        X, y = (np.load(f"{natural}/{x}.npy") for x in "Xy")
        right = lambda of: float(np.mean(outputs(X, of, gamma)[0] * y > 0))
        spread = math.sqrt(int(r["n_adv"]) / (int(r["n"]) * VARIANCE[r["data"]]))
        out = {"rule": float(r["eps"]) * spread * gain(r["norm"], outputs(X, net, gamma)[1], int(r["k"])), "acc_teacher": right(net), "acc": right(learned),
               "length": float(np.linalg.norm(np.load(adv + "/eta.npy"), axis=1).mean())}
        for who, said in (("_teacher", teacher), ("", learner)):
            out |= {"log_loss" + who: said["final_log_loss"]} | {k + who: said.get("half", {}).get(k, "") for k in ("zeros", "ended")}
        if control:
            out |= {"log_loss_control": self.trained("learner", noise, bare)["final_log_loss"], "acc_control": right(bare)}
        return out


def write(path, names, rows):
    with open(path + ".part", "w", newline="") as f:
        out = csv.DictWriter(f, names, lineterminator="\n", extrasaction="ignore")
        out.writeheader()
        out.writerows(rows)
    os.replace(path + ".part", path)


def kept(path):
    if not os.path.exists(path):
        return []
    with open(path, newline="") as f:
        return list(csv.DictReader(f))


def main():
    build, table, work, epochs, *options = sys.argv[1:]
    control = "--no-control" not in options
    options = [o for o in options if o != "--no-control"]
    exe, times = os.path.join(build, "lfap"), table.removesuffix(".csv") + ".times.csv"
    names = MADE + CELL + ["epochs"] + FOUND + (CONTROL if control else [])
    rows, spent = kept(table), kept(times)
    os.makedirs(work, exist_ok=True)
    key = lambda r: [r[k] for k in CELL + ["epochs"]]
    for e in epochs.split(","):
        for row in cells(exe, options):
            row["epochs"] = e
            if any(key(row) == key(r) for r in rows):
                continue
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            row |= Cell(exe, work, row, int(e)).run(control)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            rows.append(row)
            spent.append({k: row[k] for k in CELL + ["epochs"]} | {"processor_s": round(after.ru_utime - before.ru_utime, 1), "peak_kb": after.ru_maxrss})
            write(table, names, rows)
            write(times, [*spent[0]], spent)


main()
