"""The command lines whose results are held to the bit: small runs that touch every kernel. Used by check_golden.py (against
the committed hex floats), builds.py (compilers, options and machines against each other) and regenerate.py."""
import hashlib
import io
import os
import subprocess
import tempfile

import numpy as np

SETUP = [
    "gen uniform --seed 11 --n 9 --d 331 --out uni",
    "gen gauss --seed 12 --n 14 --d 97 --out gau",
    "gen orthogonal --seed 13 --n 5 --d 64 --out ort",
    "gen uniform --seed 14 --n 6 --d 331 --out noise",
    "gen uniform --seed 16 --n 5 --d 1025 --out wide",
    "gen gauss --seed 17 --n 520 --d 530 --out many",
]
RUNS = [
    "limit --data uni --gamma 0.4 --out lim_uni",
    "limit --data gau --gamma 0.01 --out lim_gau",
    "limit --data ort --gamma 0.9 --out lim_ort",
    "train --method gd --data uni --gamma 0.4 --m 10 --seed 3 --epochs 60 --lr 0.05 --out gd",
    "train --method gd --loss logistic --data gau --gamma 0.2 --m 6 --seed 4 --epochs 60 --lr 0.05 --out gd_log",
    "train --method sgd --data uni --gamma 0.01 --m 10 --seed 3 --epochs 120 --lr 0.01 --out sgd",
    "train --method flow --data uni --gamma 0.4 --m 10 --seed 3 --epochs 400 --out flow",
    "train --method flow --loss logistic --data uni --gamma 0.4 --m 6 --seed 5 --epochs 400 --out flow_log",
    # dots of more than one slice (512 terms): of samples, of the factor, of neurons
    "limit --data wide --gamma 0.4 --out lim_wide",
    "limit --data many --gamma 0.9 --out lim_many",
    "train --method gd --form plain --data gau --gamma 0.2 --m 514 --seed 6 --epochs 4 --lr 0.05 --out outputs",
    "train --method gd --form gram --data gau --gamma 0.2 --m 514 --seed 6 --epochs 4 --lr 0.05 --out outputs_gram",
    "perturb --norm l2 --from geometry --data noise --direction lim_uni/w.npy --eps 1.5 --out p_l2",
    "perturb --norm linf --from geometry --data noise --direction lim_uni/w.npy --eps 0.1 --out p_linf",
    "perturb --norm l0 --from geometry --data noise --direction lim_uni/w.npy --eps 0.5 --k 17 --out p_l0",
    "perturb --norm l2 --from gradient --data noise --weights sgd/W.npy --gamma 0.01 --eps 1 --out g_l2",
    "perturb --norm l2 --from pgd --data noise --weights sgd/W.npy --gamma 0.01 --eps 0.5 --steps 20 --range -1,1 --out pgd_l2",
    "perturb --norm linf --from pgd --data noise --weights sgd/W.npy --gamma 0.01 --eps 0.05 --steps 20 --range -1,1 --out pgd_linf",
    "perturb --norm l0 --from pgd --data noise --weights sgd/W.npy --gamma 0.01 --eps 0.3 --steps 16 --range -1,1 --out pgd_l0",
]
REPORTS = ["compare --data uni --weights flow/W.npy --gamma 0.4 --json", "limit --data gau --gamma 0.3 --json --out again"]


def run(binary, threads=2):
    """Runs everything; returns {file or command: bytes}."""
    results = {}
    with tempfile.TemporaryDirectory() as work:
        for line in SETUP + RUNS + REPORTS:
            extra = [] if line.startswith("gen") else ["--threads", str(threads)]
            done = subprocess.run([binary, *line.split(), *extra, "--quiet"], cwd=work, capture_output=True)
            if done.returncode not in (0, 1, 2):
                raise RuntimeError(f"lfap {line}: exit {done.returncode}: {done.stderr.decode()}")
            if line in REPORTS:
                results[line] = done.stdout
        for folder, _, files in os.walk(work):
            for f in files:
                path = os.path.join(folder, f)
                with open(path, "rb") as handle:
                    results[os.path.relpath(path, work)] = handle.read()
    return results


def hex_floats(results):
    """The golden text: every double of every array as a hex float, histories line by line with their doubles in hex."""
    lines = []
    for name in sorted(results):
        if name.endswith(".npy"):
            a = np.load(io.BytesIO(results[name]))
            keep = a.ravel()
            # large arrays: a stride that reaches first and last entries, and the exact sum of the bit patterns of all
            step = max(1, keep.size // 40)
            total = int(np.sum(keep.view(np.uint64), dtype=np.uint64))
            lines.append(f"{name} {a.shape} bits {total:016x} every {step}: " + " ".join(float(v).hex() for v in keep[::step]))
        elif name.endswith(".csv"):
            for row in results[name].decode().split()[1::10]:
                lines.append(name + " " + ",".join(float(v).hex() for v in row.split(",")))
    return "\n".join(lines) + "\n"


def digests(top):
    """{file: SHA-256} of the arrays that `lfap vectors` wrote to a folder."""
    found = {}
    for folder, _, files in os.walk(top):
        for f in files:
            if f.endswith(".npy"):
                path = os.path.join(folder, f)
                with open(path, "rb") as handle:
                    found[os.path.relpath(path, top)] = hashlib.sha256(handle.read()).hexdigest()
    return found


def golden_digests():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "vectors.txt")) as f:
        return dict(reversed(line.split("  ")) for line in f.read().splitlines())


def binary():
    return os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "lfap"))

