"""Command lines: help tells every option (its examples run in documents.py); what is misspelt, missing or misplaced is refused with
exit code 64 and a hint; numbers are read whole or not at all."""
import os, re, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

EVERY = ["json", "quiet", "threads", "help"]
OPTIONS = {  # the documented interface: scripts rely on these names
    "gen": ["seed", "n", "d", "out", "classes", "no-center", "images"],
    "train": ["data", "labels", "with-bias", "gamma", "method", "form", "loss", "m", "init", "init-scale", "seed", "epochs", "lr", "momentum",
              "log-loss-target", "rtol", "atol", "coefficients", "arithmetic", "prec", "digits", "digits-every", "checkpoint", "resume", "out"],
    "limit": ["data", "labels", "with-bias", "gamma", "probe-points", "out", "solver", "memory-limit", "certify", "prec", "max-prec", "exact", "coq", "coq-claim", "adversarial"],
    "check": ["data", "labels", "with-bias", "adversarial", "weights", "run"],
    "perturb": ["norm", "from", "data", "targets", "direction", "weights", "gamma", "eps", "k", "steps", "range", "arithmetic", "prec", "digits",
                "out"],
    "verify": ["data", "labels", "with-bias", "weights", "gamma", "test", "test-labels", "case", "eps", "k", "n-adv", "m", "seed", "gauss-bases",
               "probes", "controls", "flow-steps", "classes", "n", "no-center", "images", "skip-missing", "verbose", "certify-n", "certify-fast", "coq"],
    "compare": ["data", "labels", "weights", "output-weights", "signs", "output-trained", "bias", "gamma", "probes", "probe-points", "seed", "test", "test-labels",
                "adversarial", "targets", "bases", "norm", "eps", "k",
                "range", "lambda", "outputs", "reference", "certify", "polish"],
    "polish": ["data", "labels", "weights", "gamma", "loss", "step", "certify", "probe-points", "out", "coq", "coq-claim"],
    "converge": ["data", "labels", "gamma", "loss", "m", "init", "init-scale", "seed", "log-loss", "prec", "probes", "steps", "out"],
    "split": ["data", "labels", "bases", "run", "gamma", "probe-points", "probe-labels", "natural", "natural-weights", "probes", "seed", "out", "coq"],
    "sweep": ["preset", "scale", "data", "base", "method", "arithmetic", "from", "norm", "d", "n", "n-adv", "m", "gamma", "eps", "eps-l2", "eps-linf",
              "eps-l0", "eps-l1", "share", "seeds", "epochs", "log-loss", "probes", "classes", "images", "out", "format", "resume", "checkpoint", "shard",
              "merge", "against", "list"],
    "vectors": ["out"],
    "map": ["preset", "data", "labels", "weights", "weights2", "gamma", "gamma2", "direction", "grid", "extent", "numbers", "out"],
    "plot": ["sweep", "against", "x", "where", "data", "labels", "gamma", "adv", "parts", "shares", "history", "converge", "perturbed", "count", "shape", "name", "numbers",
             "out"],
    "report": ["gamma", "against", "out"],
    "explain": [],
    "plan": ["n", "d", "gamma", "n-adv", "m"],
    "doctor": [],
}
X, Y = sample()
put("X.npy", X), put("alone.npy", X), put("y.npy", Y), put("W.npy", np.random.default_rng(1).random((4, 40)))
put("set/X.npy", X), put("set/y.npy", Y)

# ---- help
r = Run("--help")
ok(r.code == 0 and r.err == "" and all(re.search(rf"^  {v} ", r.out, re.M) for v in OPTIONS), "lfap --help lists every verb", r)
r = Run("--version")
ok(r.code == 0 and re.fullmatch(r"lfap \d+\.\d+\.\d+\n", r.out), "lfap --version", r)
ok(Run("-V").out == Run("version").out == r.out, "lfap -V and version say the same")
ok(Run("help", "limit").out == Run("limit", "--help").out != "" and Run("help").out == Run("--help").out, "lfap help VERB is lfap VERB --help")
r = Run("help", "limt")
ok(r.code == 64 and "did you mean limit?" in r.err, "help of an unknown verb", r)
r = Run()
ok(r.code == 64 and r.out == "" and "usage" in r.err, "lfap alone: usage on stderr, exit 64", r)
for verb, names in OPTIONS.items():
    r = Run(verb, "--help")
    head, _, tail = r.out.partition("\noptions:\n")
    listed = re.findall(r"^  --([a-z0-9-]+)( [A-Z][^ ]*)?", tail, re.M)
    ok(r.code == 0 and r.err == "" and head.startswith(f"usage: lfap {verb} "), f"{verb} --help", r)
    every = EVERY + ["labels-01"] * bool({"labels", "targets"} & set(names))
    ok(sorted(n for n, _ in listed) == sorted(names + every), f"{verb} --help tells every option",
       set(n for n, _ in listed) ^ set(names + every))
    ok(max(map(len, r.out.splitlines())) <= 80, f"{verb} --help fits 80 columns", max(r.out.splitlines(), key=len))
    ok(Run(verb, "-h").out == r.out and Run(verb, "--help", "--nonsense").code == 0, f"{verb} -h is --help")
    for name, value in listed:
        one = Run(verb, f"--{name}") if value else Run(verb, f"--{name}", "--help")
        right = one.code == 64 and "needs a value" in one.err if value else one.code == 0
        ok(right, f"{verb} knows --{name}", one)
    lines = [l.strip() for l in r.out.partition("\nexample:\n")[2].replace("\\\n", "").splitlines()]
    ok(any(l.startswith(f"lfap {verb}") for l in lines), f"{verb} --help works an example", lines)

r = Run("--help")
ok(max(map(len, r.out.splitlines())) <= 80, "lfap --help fits 80 columns", max(r.out.splitlines(), key=len))
said = Run("compare", "--help").out
judged = {"the network": "does W classify its data", "C1, C2": "with verdicts of their own", "K1, w": "measured, without a verdict", "--adversarial": "deceived", "--polish": "(C3)", "--lambda": "PASS or FAIL"}
ok(all(re.search(rf"^  {re.escape(k)} ", said, re.M) and v in " ".join(said.split()) for k, v in judged.items()), "compare --help: what is judged, and what it is for", said)

FORMATS = open(os.path.join(ROOT, "spec/formats.md")).read()
written = FORMATS.partition("| verb | writes |")[2].partition("\n\n")[0]
for verb in re.findall(r"^  (\w+) ", Run("--help").out.split("\nverbs:\n")[1].split("\n\n")[0], re.M):
    ok(verb in OPTIONS and f"`{verb}`" in written, f"formats.md has {verb} in its table of verbs")
said = Run("perturb", "--help").out
ok("default, of pgd l0 alone: 0.3" in said and "(default 0.3)" not in said, "perturb: which --eps has a default", said)
ok("mpfr above 53 bits" in " ".join(Run("train", "--help").out.split()), "train: --form auto above 53 bits")

gen = re.search(r"lfap gen (uniform .*)\n", Run("converge", "--help").out)[1].split()
ok(Run("gen", *gen[:-1], "two").code == 0 and len(set(np.load("two/y.npy").tolist())) == 2, "converge --help: its example has both classes", gen)

# ---- refusals
def refused(name, words, *args, code=64):
    before = tree()
    r = Run(*args, timeout=60)
    missing = [w for w in words if w not in r.err]
    ok(r.code == code and not missing and r.out == "" and tree() == before, f"{name}: exit {code}, told", f"missing {missing}\n{r}")


refused("verb misspelt", ["'limt'", "did you mean limit?"], "limt", "--data", "set")
refused("verb in capitals", ["'VERIFY'"], "VERIFY")
refused("nothing like a verb", ["'xyzzy'", "--help"], "xyzzy")
refused("option before the verb", ["'--json'"], "--json")
for verb, wrong, right in (("limit", "--gama", "--gamma"), ("train", "--epoch-count", ""), ("train", "--momentun", "--momentum"),
                           ("perturb", "--direct", ""), ("verify", "--claSses", "--classes"), ("gen", "--outt", "--out")):
    if wrong == "--direct":
        continue  # getopt takes an unambiguous beginning
    refused(f"{verb} {wrong}", [f"'{wrong}'", f"did you mean {right}?" if right else "unknown option"], verb, wrong, "1")
refused("-xy", ["'-x'", "options are words"], "limit", "--json", "-xy")
refused("a count below 0", ["'-1'", "whole number"], "gen", "uniform", "--n", "4", "--d", "5", "--threads", "-1", "--out", "z")
r = Run("gen", "uniform", "--n", "4", "--d", "5", "--threads", "0", "--out", "every")
ok(r.code == 0, "--threads 0 is all cores", r)
refused("short option", ["-x"], "limit", "-x")
refused("value where none belongs", ["--json=1", "takes no value"], "limit", "--json=1")
refused("value missing at the end", ["--gamma", "needs a value"], "limit", "--gamma")
refused("operand", ["'stray'"], "limit", "--data", "set", "--gamma", "0.5", "stray")
refused("operand after --", ["'stray'"], "limit", "--data", "set", "--gamma", "0.5", "--", "stray")
refused("two statements", ["'T2'"], "explain", "T1", "T2")
refused("unknown statement", ["'X9'", "T1", "C1"], "explain", "X9")
refused("unknown kind", ["'unifrom'", "did you mean uniform?"], "gen", "unifrom", "--n", "2", "--d", "2", "--out", "o")
refused("no kind", ["uniform"], "gen", "--n", "2", "--d", "2", "--out", "o")
refused("two kinds", ["'gauss'"], "gen", "uniform", "gauss", "--n", "2", "--d", "2", "--out", "o")
for option, words in (("--method", ["'sdg'", "sgd"]), ("--loss", ["'sdg'", "logistic"])):
    refused(f"unknown {option}", words, "train", option, "sdg", "--data", "set", "--gamma", "0.5", "--m", "4", "--out", "o")
for option in ("--norm", "--from"):
    refused(f"unknown {option}", ["'l3'"], "perturb", option, "l3")
refused("unknown case", ["'unform'", "uniform"], "verify", "--case", "unform")

# required options, each left out in turn
FULL = {
    "gen": ["uniform", "--n", "2", "--d", "4", "--out", "o"],
    "train": ["--data", "set", "--gamma", "0.5", "--m", "4", "--out", "o"],
    "limit": ["--data", "set", "--gamma", "0.5"],
    "perturb": ["--norm", "l0", "--from", "gradient", "--data", "X.npy", "--targets", "y.npy", "--weights", "W.npy", "--gamma", "0.5",
                "--eps", "1", "--k", "2", "--out", "o"],
    "compare": ["--data", "X.npy", "--labels", "y.npy", "--weights", "W.npy", "--gamma", "0.5"],
    "polish": ["--data", "X.npy", "--labels", "y.npy", "--weights", "W.npy", "--gamma", "0.5", "--out", "o"],
    "split": ["--data", "set", "--run", "set"],
    "plan": ["--n", "4", "--d", "9", "--gamma", "0.5"],
}
for verb, args in FULL.items():
    for i, a in enumerate(args):
        if a.startswith("--"):
            rest = args[:i] + args[i + 2:]  # of samples called X the labels beside them are found
            refused(f"{verb} without {a}", [a, "is missing"], verb, *("alone.npy" if x == "X.npy" and a in ("--labels", "--targets") else x for x in rest))
refused("geometry without a direction", ["--direction is missing"], "perturb", "--norm", "l2", "--from", "geometry", "--data", "X.npy",
        "--targets", "y.npy", "--eps", "1", "--out", "o")
refused("verify --data without --gamma", ["--gamma is missing"], "verify", "--data", "set")

# options that would be ignored
train = ["train", "--data", "set", "--gamma", "0.5", "--out", "o"]
refused("--momentum with gd", ["--momentum"], *train, "--m", "4", "--method", "gd", "--momentum", "0.9")
refused("--form with the flow", ["--form", "gram"], *train, "--m", "4", "--form", "gram")
refused("--rtol with sgd", ["--rtol"], *train, "--m", "4", "--method", "sgd", "--rtol", "1e-3")
refused("--seed with --init", ["--init", "--seed"], *train, "--init", "W.npy", "--seed", "1")
perturb = ["perturb", "--data", "set", "--eps", "1", "--out", "o", "--norm"]
refused("--k with l2", ["--k"], *perturb, "l2", "--from", "geometry", "--direction", "W.npy", "--k", "3")
refused("--k with pgd", ["--k", "--steps"], *perturb, "l0", "--from", "pgd", "--weights", "W.npy", "--gamma", "0.5", "--k", "3")
refused("--steps with geometry", ["--steps"], *perturb, "l2", "--from", "geometry", "--direction", "W.npy", "--steps", "3")
refused("--direction with gradient", ["--direction"], *perturb, "l2", "--from", "gradient", "--direction", "W.npy", "--gamma", "0.5")
refused("--classes with uniform", ["fashion-mnist"], "gen", "uniform", "--n", "2", "--d", "2", "--out", "o", "--classes", "0,9")
refused("--labels without --data", ["--data"], "verify", "--labels", "y.npy")
refused("--case with --data", ["--case"], "verify", "--case", "uniform", "--data", "set", "--gamma", "0.5")
refused("--test-labels without --test", ["--test"], "verify", "--data", "set", "--gamma", "0.5", "--test-labels", "y.npy")
refused("--probe-points of polish without --certify", ["--certify"], "polish", "--data", "set", "--weights", "W.npy", "--gamma", "0.5", "--out", "o",
        "--probe-points", "X.npy")
refused("--seed with --probe-points", ["--probe-points"], "compare", "--data", "set", "--weights", "W.npy", "--gamma", "0.5",
        "--probe-points", "X.npy", "--seed", "3")

for kind, option in (("split", "--against"), ("shares", "--against"), ("spectrum", "--sweep"), ("parts", "--where"), ("images", "--gamma"), ("converge", "--data"), ("accuracy", "--history"),
                     ("flow", "--count")):
    value = {"--where": "d=2", "--gamma": "0.5", "--count": "3"}.get(option, "X.npy")
    refused(f"{option} with plot {kind}", [f"{option} does not belong to plot {kind}"], "plot", kind, option, value, "--numbers", "--out", "o")

# ---- numbers
for text in ("", "x", "0.5x", "0.5 ", " 0.5", "0,5", "nan", "inf", "1e999", "--json"):
    refused(f"--gamma '{text}'", ["--gamma", text], "limit", "--data", "set", "--gamma", text)
for text in ("", "x", "4x", "4.0", "-4", "+4", " 4", "1e3", "0x10", "18446744073709551616"):
    refused(f"--seed '{text}'", ["--seed", text], "gen", "uniform", "--n", "2", "--d", "2", "--out", "o", "--seed", text)
    refused(f"--n '{text}'", ["--n", text], "gen", "uniform", "--d", "2", "--out", "o", "--n", text)
for text in ("-1", "two", "1025"):
    refused(f"--threads {text}", ["--threads", text], "limit", "--data", "set", "--gamma", "0.5", "--threads", text, code=65 if text.isdigit() else 64)
for text in ("1", "1,2,3", "1,", ",1", "a,b", "1;2"):
    refused(f"--range {text}", ["--range"], *perturb, "linf", "--from", "pgd", "--weights", "W.npy", "--gamma", "0.5", "--range", text)
refused("--eps of five norms", ["--eps"], "verify", "--eps", "1,2,3,4,5")

# ---- the largest seed is a seed, and POSIXLY_CORRECT changes nothing
r = Run("gen", "uniform", "--n", "2", "--d", "3", "--seed", "18446744073709551615", "--out", "big")
ok(r.code == 0, "the largest seed", r)
r = Run("gen", "uniform", "--n", "2", "--d", "3", "--out", "posix", env=dict(os.environ, POSIXLY_CORRECT="1"))
ok(r.code == 0, "POSIXLY_CORRECT: options after the operand", r)

# ---- explain
ids = re.findall(r"^(\w+) ", Run("explain").out, re.M)
ok({"H", "T1", "T2", "C1", "K1", "P1", "D1", "D2", "T3", "T4"} <= set(ids), "explain lists the statements", ids)
for i in ids:
    r = Run("explain", i)
    ok(r.code == 0 and r.out.startswith(i + "  ") and all(k in r.out for k in ("statement", "hypothesis", "derived in", "computed by")),
       f"explain {i}", r)
ok(Run("explain", "t4").out == Run("explain", "T4").out, "explain t4 is explain T4")
said = " ".join(Run("explain", "T3").out.split("\nsymbols ")[-1].split())
ok(all(f" {s}" in said for s in ("b_n", "t_n", "la_n", "eps", "w ", "N_adv", "f_adv", "x_n")), "explain says what the symbols of a statement are", said)
done()
