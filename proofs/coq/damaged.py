#!/usr/bin/python3
"""Theorems about data sets (lfap limit --coq), small ones of every claim and form: Coq and `lfap check` accept them, and of damaged
ones none passes both. --full: a hundred damaged files instead of ten. The last line is the summary; exit code 0: all as it should be."""
import argparse, os, pathlib, random, re, shutil, subprocess, sys, tempfile
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
LFAP = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "lfap"))
good = bad = 0


def said(right, what, detail=""):
    global good, bad
    good, bad = good + bool(right), bad + (not right)
    print(f"{'ok' if right else 'NOT AS IT SHOULD BE'}: {what}{'' if right else ': ' + str(detail)[-800:]}", flush=True)


def run(*args, **more):
    return subprocess.run([str(a) for a in args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


def coq(folder):
    return run(sys.executable, HERE / "certificate.py", folder)


def check(folder):
    """Against what it is about: weights, or a set and, of T4, the other one."""
    case = folder.parent
    if (case / "learned").exists():  # T5 of a training
        return run(LFAP, "check", folder / "Certificate.v", "--data", case / "adv", "--run", case / "learned")
    if (case / "first").exists():  # C4
        return run(LFAP, "check", folder / "Certificate.v", "--data", case / "data", "--weights", case / "first" / "W.npy")
    about = ["--weights", case / "coq" / "W.npy"] if (case / "net").exists() else ["--data", case / "data"]
    return run(LFAP, "check", folder / "Certificate.v", *about, *(["--adversarial", case / "other"] if (case / "other").exists() else []))


def make(top, name, X, y, gamma, *options, points=None, other=None):
    """A data set and its theorem; the folder of the theorem. other: samples of the other set of T4."""
    data = top / name / "data"
    data.mkdir(parents=True)
    np.save(data / "X.npy", np.asarray(X, dtype=float)), np.save(data / "y.npy", np.asarray(y, dtype=float))
    if points is not None:
        np.save(top / name / "Z.npy", points)
        options += ("--probe-points", top / name / "Z.npy")
    if other is not None:
        (top / name / "other").mkdir()
        np.save(top / name / "other" / "X.npy", other), np.save(top / name / "other" / "y.npy", np.asarray(y, dtype=float))
        options += ("--adversarial", top / name / "other")
    made = run(LFAP, "limit", "--data", data, "--gamma", gamma, "--certify", *options, "--out", top / name / "coq")
    said((top / name / "coq" / "Certificate.v").exists(), f"{name}: a theorem is written", made.stdout)
    return top / name / "coq"


def weights(top, name, form, points):
    """A trained network's point and a theorem about its weights: its signs at the samples, or that its boundary is not linear."""
    data, net, out = (top / name / part for part in ("data", "net", "coq"))
    run(LFAP, "gen", "uniform", "--n", 20, "--d", 40, "--seed", 1, "--out", data)
    run(LFAP, "train", "--method", "sgd", "--epochs", 1000, "--data", data, "--gamma", 0.01, "--m", 12, "--out", net)
    made = run(LFAP, "polish", "--data", data, "--weights", net / "W.npy", "--gamma", 0.01, "--certify", f"--coq={form}", "--out", out, *(["--probe-points", data / "X.npy"] if points else []))
    said((out / "Certificate.v").exists(), f"{name}: a theorem is written", made.stdout)
    return out


def training(top, name, form):
    """A network trained on perturbed noise, and that at natural points the perturbations decide (T5)."""
    data, noise, adv, net, learned, out = (top / name / part for part in ("data", "noise", "adv", "natural", "learned", "coq"))
    sgd = ["--method", "sgd", "--gamma", 0.25, "--m", 6, "--epochs", 300]
    run(LFAP, "gen", "uniform", "--n", 6, "--d", 30, "--seed", 1, "--out", data), run(LFAP, "train", *sgd, "--data", data, "--out", net)
    run(LFAP, "gen", "uniform", "--n", 8, "--d", 30, "--seed", 2, "--out", noise)
    run(LFAP, "perturb", "--norm", "l2", "--from", "gradient", "--data", noise, "--weights", net / "W.npy", "--gamma", 0.25, "--eps", 2, "--out", adv)
    run(LFAP, "train", *sgd, "--coefficients", "--data", adv, "--out", learned)
    made = run(LFAP, "split", "--data", adv, "--run", learned, "--probe-points", data / "X.npy", f"--coq={form}", "--out", out)
    said((out / "Certificate.v").exists(), f"{name}: a theorem is written", made.stdout)
    return out


def converging(top, name, form):
    """A trained network, and that gradient descent from it goes to a KKT point (C4)."""
    data, first, out = (top / name / part for part in ("data", "first", "coq"))
    run(LFAP, "gen", "uniform", "--n", 6, "--d", 30, "--seed", 1, "--out", data), run(LFAP, "train", "--data", data, "--gamma", 0.25, "--m", 4, "--out", first)
    made = run(LFAP, "polish", "--data", data, "--weights", first / "W.npy", "--gamma", 0.25, "--certify", "--step", 0.01, f"--coq={form}", "--coq-claim", "C4", "--out", out)
    said((out / "Certificate.v").exists(), f"{name}: a theorem is written", made.stdout)
    return out


def cases(top, full):
    """(name, claim, form, folder), small ones of every claim; FORM fast besides where it may take its time."""
    r = np.random.default_rng(8)
    near = 2 * r.random((3, 40)) - 1
    kinks = np.round(64 * np.random.default_rng(0).standard_normal((6, 12))) / 64
    Z = np.round(8 * r.standard_normal((3, 40))) / 8
    orthogonal = np.array([[1, 1, 1, 1], [1, -1, 1, -1]]) * 0.1
    for form in ("axiom-free", "fast"):
        f = f"--coq={form}"
        yield "C1", form, make(top, f"C1-{form}", near, [1, -1, 1], 0.5, f, "--coq-claim", "C1", points=Z)
        yield "C2", form, make(top, f"C2-{form}", kinks, [1, 1, 1, -1, -1, -1], 0.03125, f, "--coq-claim", "C2")
        if full:
            yield "T4", form, make(top, f"T4-{form}", near, [1, -1, 1], 0.5, f, "--coq-claim", "T4", points=Z, other=near * 1.25 + 0.03125 * np.sign(near))
            yield "T5", form, make(top, f"T5-{form}", near, [1, -1, 1], 0.5, f, "--coq-claim", "T5", points=np.concatenate([Z, near]))
            yield "network", form, weights(top, f"network-{form}", form, True)
            yield "bent", form, weights(top, f"bent-{form}", form, False)
            yield "split", form, training(top, f"split-{form}", form)
            yield "C4", form, converging(top, f"C4-{form}", form)
        if full or form == "axiom-free":
            yield "T1", form, make(top, f"T1-{form}", orthogonal, [1, -1], 0.9, f)
            yield "not-C1", form, make(top, f"not-C1-{form}", kinks, [1, 1, 1, -1, -1, -1], 0.03125, f, "--coq-claim", "not-C1")


# ---- damage: what is changed, where; each returns the new text or None where there is no such thing
def digit_in(text, pattern, rng):
    """Another digit somewhere in the literals that the pattern's group 1 finds."""
    spots = [i for m in re.finditer(pattern, text, re.M | re.S) for i in range(*m.span(1)) if text[i] in "0123456789abcdef" and text[i - 1:i + 1] != "0x" and text[i:i + 2] != "0x"]
    if not spots:
        return None
    i = rng.choice(spots)
    return text[:i] + rng.choice([c for c in "0123456789" if c != text[i]]) + text[i + 1:]


def swap(text, rng, pairs):
    here = [(a, b) for a, b in pairs if a in text]
    if not here:
        return None
    a, b = rng.choice(here)
    at = rng.choice([m.start() for m in re.finditer(re.escape(a), text)])
    return text[:at] + b + text[at + len(a):]


def label(text, rng):
    if "Definition Y" not in text:
        return None
    at = text.index("Definition Y")
    end = text.index("\n\n", at)
    return text[:at] + swap(text[at:end], rng, [("true", "false"), ("false", "true")]) + text[end:]


def theorem(text, rng):
    at = text.index("Theorem")
    return text[:at] + swap(text[at:], rng, [("kkt", "~ kkt"), ("0 < p", "0 <= p"), ("gamma x y", "1 x y"), ("Num.sg (f", "Num.sg (- f"), ("->", "/\\"), ("N d", "d N"), ("~ linear", "linear"), ("size points", "size signs + 1"), ("Qed", "Admitted"), ("labels_of R N Y", "labels_of R N [::]"), ("0 < sigma", "0 <= sigma"), ("exp_descent ex", "exp_descent id"), ("<= frob2 first", "< frob2 first")])


DAMAGE = {
    "a digit of a sample": lambda t, r: digit_in(t, r"^Definition (?:[xw]|eta)\d+ [^\[]*(\[.*?)\]", r),
    "a label": label,
    "a digit of a coefficient": lambda t, r: digit_in(t, r"^Definition b\d+ [^\[]*(\[.*?)\]", r),
    "a digit of a point": lambda t, r: digit_in(t, r"^Definition z\d+ [^\[]*(\[.*?)\]", r),
    "a slope": lambda t, r: digit_in(t, r"^Definition slopes := \[::(.*?)\]%Z", r),
    "gamma": lambda t, r: digit_in(t, r"^(?:  let gamma := fraction R|Lemma checked : check_\w+ \w+(?: N)? d \d+) (\d+ \d+)", r),
    "the proposal": lambda t, r: digit_in(t, r"^(?:Definition proposal := |Lemma checked : check_\w+ \w+ N d \d+ \d+ \d+ )(.*?)[X\]]", r),
    "the theorem": theorem,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--ask-coq", action="store_true")
    options = parser.parse_args()
    full = options.full
    top = pathlib.Path(tempfile.mkdtemp(prefix="lfap-coq-"))
    rng, made = random.Random(1), []
    try:
        for claim, form, folder in cases(top, full):
            c, k = coq(folder), check(folder)
            said(c.returncode == 0 and ("assumptions: none" in c.stdout) == (form == "axiom-free"), f"{claim}, {form}: Coq accepts it", c.stdout)
            said(k.returncode == 0, f"{claim}, {form}: lfap check accepts it", k.stdout)
            made.append((claim, form, folder))
        for i in range(100 if full else 10):
            what = list(DAMAGE)[i % len(DAMAGE)]
            claim, form, folder = rng.choice(made)
            text = (folder / "Certificate.v").read_text()
            worse = DAMAGE[what](text, rng)
            while worse is None or worse == text:  # weights have no labels, T5 no multipliers
                what = rng.choice(list(DAMAGE))
                worse = DAMAGE[what](text, rng)
            other = folder.parent / "damaged"
            shutil.copytree(folder, other)
            (other / "Certificate.v").write_text(worse)
            k = check(other)
            c = coq(other) if k.returncode == 0 or options.ask_coq else None
            refused = [who for who, r in (("lfap check", k), ("Coq", c)) if r and r.returncode]
            said(worse != text and refused and k.returncode in (0, 1, 65), f"{claim}, {form}, {what} changed: refused by {' and '.join(refused) or 'nobody'}", k.stdout)
            shutil.rmtree(other)
    finally:
        shutil.rmtree(top)
    print(f"coq certificates: {good} as they should be, {bad} not")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
