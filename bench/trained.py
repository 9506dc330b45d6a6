"""The authors' experiment cell by cell, without the limits that `lfap sweep` adds to every row (of 10000 samples in 100 dimensions they cost
more than a thousand epochs, to say that there are none): data, teacher, noise, PGD, learner and control by the verbs, with the seeds of the
sweep's cells (spec/formats.md), so that `acc`, `acc_teacher` and `acc_control` are those of its rows.

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

CELL = ["cell", "data", "base", "method", "arithmetic", "from", "norm", "d", "n", "n_adv", "m", "gamma", "eps", "k", "seed"]
FOUND = ["rule", "acc_teacher", "acc", "length", "log_loss_teacher", "log_loss", "zeros_teacher", "zeros", "ended_teacher", "ended"]
CONTROL = ["acc_control", "log_loss_control"]
ROLE = {name: k * 10**9 for k, name in enumerate(("data", "bases", "teacher", "learner"))}
VARIANCE = {"uniform": 1 / 3, "gauss": 1}


def lfap(exe, *words):
    done = subprocess.run([exe, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"trained: {' '.join(map(str, words))}: exit {done.returncode}: {done.stderr}")
    return done.stdout


def cells(exe, options):
    """As `lfap sweep --list` prints them: "cell 0 uniform noise sgd half pgd l2 d=100 n=1000 ...", without a word for doubles."""
    for line in lfap(exe, "sweep", "--method", "sgd", *options, "--list").splitlines()[1:]:
        words = [w for w in line.split() if "=" not in w]
        if len(words) == 7:
            words.insert(5, "double")
        yield dict(zip(CELL, words[1:])) | dict(w.split("=") for w in line.split() if "=" in w)


def outputs(X, net):
    W = np.load(os.path.join(net, "W.npy"))
    Z = X @ W.T
    m = len(W)
    a = np.repeat([1.0, -1.0], m // 2) / math.sqrt(m)
    return np.where(Z > 0, Z, net_gamma(net) * Z) @ a, W[: m // 2].mean(0) - W[m // 2 :].mean(0)


def net_gamma(net):
    with open(os.path.join(net, "meta.json")) as f:
        return float(json.load(f)["gamma"])


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

    def run(self, control):
        r, key = self.row, ("arithmetic", "data", "d", "n", "m", "seed", self.epochs)
        natural, noise = self.drawn("data", "n"), self.drawn("bases", "n_adv")
        net, adv, learned = self.path("teacher", *key), self.path("adv", "norm", "n_adv", "eps", "k", *key), self.path("learned", "norm", "n_adv", "eps", "k", *key)
        teacher = self.trained("teacher", natural, net)
        size = ["--steps", r["k"]] if r["norm"] == "l0" else []
        self.made(adv, "perturb", "--norm", r["norm"], "--from", "pgd", "--arithmetic", r["arithmetic"], "--data", noise, "--weights", net + "/W.npy", "--gamma", r["gamma"],
                  "--eps", r["eps"], *size, *(["--range", "-1,1"] if r["data"] == "uniform" else []), "--threads", 1)
        learner = self.trained("learner", adv, learned)
        X, y = (np.load(f"{natural}/{x}.npy") for x in "Xy")
        right = lambda f: float(np.mean(f * y > 0))
        f, w = outputs(X, net)
        half = lambda report, what: report["half"][what] if "half" in report else ""
        out = {"rule": float(r["eps"]) * math.sqrt(int(r["n_adv"]) / (int(r["n"]) * VARIANCE[r["data"]])) * gain(r["norm"], w, int(r["k"])), "acc_teacher": right(f),
               "acc": right(outputs(X, learned)[0]), "length": float(np.linalg.norm(np.load(adv + "/eta.npy"), axis=1).mean()),
               "log_loss_teacher": teacher["final_log_loss"], "log_loss": learner["final_log_loss"]}
        for what in "zeros", "ended":
            out |= {what + "_teacher": half(teacher, what), what: half(learner, what)}
        if control:
            bare = self.path("control", "n_adv", *key)
            out |= {"log_loss_control": self.trained("learner", noise, bare)["final_log_loss"], "acc_control": right(outputs(X, bare)[0])}
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
    names = CELL + ["epochs"] + FOUND + (CONTROL if control else [])
    rows, spent = kept(table), kept(times)
    os.makedirs(work, exist_ok=True)
    same = lambda a, b: all(str(a[k]) == str(b[k]) for k in CELL[1:] + ["epochs"])
    for e in epochs.split(","):
        for row in cells(exe, options):
            row["epochs"] = e
            if any(same(row, r) for r in rows):
                continue
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            row |= Cell(exe, work, row, int(e)).run(control)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            rows.append(row)
            spent.append({k: row[k] for k in CELL + ["epochs"]} | {"processor_s": round(after.ru_utime - before.ru_utime, 1), "peak_kb": after.ru_maxrss})
            write(table, names, rows)
            write(times, [*spent[0]], spent)


main()
