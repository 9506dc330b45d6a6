#!/usr/bin/python3
"""What theorems about data sets cost: each is written by lfap limit --coq, accepted by Coq (certificate.py) and by `lfap check`, and gets a row:
size, claim, form, seconds of the clock and of the processor, memory. measure.py [NAME ...]: some of them. Exit code 0: all accepted."""
import os, pathlib, re, subprocess, sys, tempfile, time
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
LFAP = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "lfap"))
UNIFORM, IMAGES = ["gen", "uniform", "--seed", "1"], ["gen", "fashion-mnist", "--classes", "0,9"]
# name: how the data are made, labels set alternately, gamma, form, claim
CASES = {
    "wide": (UNIFORM + ["--n", "2", "--d", "20000"], False, "0.5", "axiom-free", "C1"), "four": (UNIFORM + ["--n", "4", "--d", "1000"], False, "0.5", "axiom-free", "C1"),
    "twenty": (UNIFORM + ["--n", "20", "--d", "1000"], False, "0.5", "axiom-free", "C1"), "images-40": (IMAGES + ["--n", "40"], False, "0.5", "axiom-free", "C1"),
    "refuted": (IMAGES + ["--n", "80"], False, "0.5", "axiom-free", "not-C1"), "inside-H": (UNIFORM + ["--n", "2", "--d", "20000"], True, "0.9", "axiom-free", "T1"),
    "hundred": (UNIFORM + ["--n", "100", "--d", "10000"], False, "0.5", "fast", "C1"), "images-0.5": (IMAGES + ["--n", "200"], False, "0.5", "fast", "C2"),
    "images-0.1": (IMAGES + ["--n", "200"], False, "0.1", "fast", "C2"), "images-0.01": (IMAGES + ["--n", "200"], False, "0.01", "fast", "C2"),
    "small-slope": (UNIFORM + ["--n", "100", "--d", "10000"], False, "0.01", "fast", "C2"),
}


def run(*args):
    start = time.monotonic()
    r = subprocess.run([str(a) for a in args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return r, time.monotonic() - start


def row(name, top):
    make, alternate, gamma, form, claim = CASES[name]
    data, out = top / "data", top / "coq"
    run(LFAP, *make, "--out", data)
    X, y = np.load(data / "X.npy"), np.load(data / "y.npy")
    if alternate:
        (data / "meta.json").unlink()
        np.save(data / "y.npy", np.where(np.arange(len(y)) % 2, -1.0, 1.0))
    made, writing = run(LFAP, "limit", "--data", data, "--gamma", gamma, "--certify", f"--coq={form}", "--coq-claim", claim, "--out", out)
    coq, seconds = run(sys.executable, HERE / "certificate.py", out)
    checked, checking = run(LFAP, "check", out / "Certificate.v", "--data", data)
    cost = re.search(r"PASS \((\d+) s of processor time, ([\d.]+) GB\)", coq.stdout)
    good = coq.returncode == 0 and checked.returncode == 0 and cost
    print(f"| {name} | {X.shape[0]}, {X.shape[1]} | {gamma} | {claim} | {form} | {writing:.1f} | " +
          (f"{seconds:.0f} | {cost[1]} | {cost[2]} | {checking:.1f} |" if good else "NOT ACCEPTED: " + (made.stdout + coq.stdout + checked.stdout)[-600:]), flush=True)
    return bool(good)


def main():
    names = sys.argv[1:] or list(CASES)
    if set(names) - set(CASES):
        sys.exit(f"known: {', '.join(CASES)}")
    print("| case | N, d | gamma | claim | form | written in s | Coq s | of the processor | GB | lfap check s |\n|---|---|---|---|---|---|---|---|---|---|")
    good = True
    for name in names:
        with tempfile.TemporaryDirectory(prefix="lfap-coq-") as top:
            good = row(name, pathlib.Path(top)) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
