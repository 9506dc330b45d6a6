#!/usr/bin/python3
"""What `make coq-certificate` is asked for: ask.py refuses variables that do not go together (exit code 64), ask.py --write has lfap write
the theorem into $COQ_OUT, says what it is, and reads its numbers back; 1: there is none, or it is about something else. Whether it holds
Coq says (certificate.py). The variables are those of make, which are in the environment here."""
import os, re, subprocess, sys

LFAP = os.path.join(os.environ.get("BUILD", "build"), "lfap")
ALWAYS = ["DATA", "LABELS", "FORM", "OUT"]
# What the theorem is about; the variables that make it that, which it needs, and which it may have besides ALWAYS; what writes it. CLAIM=NAME
# is a CLAIM of that name, CLAIM any other.
KINDS = [
    ("a data set", "GAMMA", "CLAIM POINTS", "limit --certify"),
    ("a data set's points, at every KKT point", "CLAIM=T5 GAMMA POINTS", "", "limit --certify"),
    ("two data sets", "ADVERSARIAL CLAIM=T4 GAMMA POINTS", "", "limit --certify"),
    ("a network's boundary", "WEIGHTS GAMMA", "POINTS", "polish --certify"),
    ("gradient descent from weights", "WEIGHTS STEP GAMMA", "CLAIM=C4", "polish --certify --coq-claim C4"),
    ("a training on the perturbed DATA", "RUN", "GAMMA POINTS", "split"),
]
OPTIONS = {"DATA": "--data", "LABELS": "--labels", "GAMMA": "--gamma", "POINTS": "--probe-points", "CLAIM": "--coq-claim",
           "ADVERSARIAL": "--adversarial", "WEIGHTS": "--weights", "STEP": "--step", "RUN": "--run"}
NAMED = {word for _, needs, may, _ in KINDS for word in f"{needs} {may}".split()}


def given():
    """{variable: value} of those that are not empty, and the same by the words of KINDS."""
    values = {name: os.environ[name] for name in [*OPTIONS, "FORM"] if os.environ.get(name)}
    claim = f"CLAIM={values.get('CLAIM')}"
    return values, {claim if name == "CLAIM" and claim in NAMED else name for name in values}


def misfit(kind, words):
    """What is missing and what is too much for a theorem of this kind."""
    _, needs, may, _ = kind
    return ([w for w in ["DATA", *needs.split()] if w not in words],
            sorted(words - {*ALWAYS, *needs.split(), *may.split()}))


def refusal(words):
    """Of the kind that is meant, the one with the least to be mended, and what all of them take."""
    met = lambda kind: len(words & set(kind[1].split()))
    kind = min(KINDS, key=lambda k: (len(misfit(k, words)[0]) + 3 * len(misfit(k, words)[1]), -met(k)))
    missing, over = misfit(kind, words)
    why = [f"{', '.join(missing)} missing"] * bool(missing) + [f"{', '.join(over)} not of it"] * bool(over)
    shown = lambda word: word if "=" in word else word + "="
    rows = [f"  {' '.join([*map(shown, needs.split()), *(f'[{shown(w)}]' for w in may.split())])}: {what}" for what, needs, may, _ in KINDS]
    return "\n".join([f"coq-certificate: these variables do not go together, so nothing is written; a theorem about {kind[0]}: {'; '.join(why)}.",
                      "With DATA= (and LABELS=, FORM=fast, OUT=) go together:", *rows, "proofs/coq/README.md says what each proves."])


def options(values, names):
    return [word for name in names if name in values for word in (OPTIONS[name], values[name])]


def lfap(*words):
    p = subprocess.run([LFAP, *words], stdout=subprocess.PIPE, text=True)
    return p.returncode, p.stdout


def write(kind, values):
    verb, *fixed = kind[3].split()
    out = os.environ["COQ_OUT"]
    file = os.path.join(out, "Certificate.v")
    asked = [n for n in OPTIONS if n != "CLAIM" or "--coq-claim" not in fixed]
    code, said = lfap(verb, *fixed, *options(values, asked), "=".join(["--coq", *filter(None, [values.get("FORM")])]), "--out", out, "--quiet")
    for line in re.findall(r"^ *(theorem for Coq.*?)(?:; `make coq-certificate.*)?$", said, re.M):
        print(line, flush=True)
    if code > 2:
        return code
    if not os.path.exists(file):
        print("coq-certificate: there is no theorem to check", file=sys.stderr)
        return 1
    about = options(values, ["DATA", "LABELS", "ADVERSARIAL", "WEIGHTS", "RUN"])
    if verb == "polish" and "--coq-claim" not in fixed:  # it is about the point's weights alone
        about = ["--weights", os.path.join(out, "W.npy")]
    code, said = lfap("check", file, *about)
    print(said.rstrip("\n").split("\n")[-1].strip(), flush=True)
    return code


def main():
    values, words = given()
    kind = next((k for k in KINDS if misfit(k, words) == ([], [])), None)
    if not kind:
        print(refusal(words), file=sys.stderr)
        return 64
    return write(kind, values) if "--write" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
