#!/usr/bin/python3
"""The tools behind the proofs: their versions, and every piece of their output that a script here reads.

    proofs/tools.py PATTERN      prints a pattern of this file, for the grep -E and sed -E of the shell scripts

What a tool prints is no interface: it changes from version to version, and a script that looks for a phrase that is gone finds
nothing and may take that for good news. So the phrases stand here and nowhere else, and probe.py shows, on examples that have to
produce every one of them, that the installed tools still do. LFAP_PROOF_TOOLS=installed accepts other versions than those
below, not other phrases: for `make prove-upgrade`.
Exit codes: 0, or 64 usage.
"""
import os
import re
import shutil
import subprocess
import sys

PACKAGES = "frama-c-base why3 z3 cvc4 cvc5"
# tool: how it is asked, what stands before its version, the version that the committed proofs were made with
VERSIONS = {
    "frama-c": (["frama-c", "-version"], "", "25.0-beta (Manganese)"),
    "why3": (["why3", "--version"], "Why3 platform, version ", "1.5.1"),
    "cvc5": (["cvc5", "--version"], "This is cvc5 version ", "1.0.3"),
    "z3": (["z3", "--version"], "Z3 version ", "4.8.12"),
    "cvc4": (["cvc4", "--version"], "This is CVC4 version ", "1.8"),
    "gappa": (["gappa", "--version"], "Gappa ", "1.4.1"),
    "coqc": (["coqc", "--version"], "The Coq Proof Assistant, version ", "8.16.1"),
}
GROUPS = {"wp": ("frama-c", "why3", "cvc5", "z3", "cvc4"), "gappa": ("gappa",), "coq": ("coqc",), "eva": ("frama-c",),
          "eacsl": ("frama-c",)}


def said_version(tool):
    """The first line in which a tool says its version, without the words before it; None where it is not installed."""
    command, before, _ = VERSIONS[tool]
    if shutil.which(command[0]) is None:
        return None
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    lines = done.stdout.strip().splitlines() or [""]
    return lines[0][len(before):] if lines[0].startswith(before) else lines[0]


def version(tool):
    """The version proofs are made with: the one above, or the installed one where another is wanted."""
    expected = VERSIONS[tool][2]
    if os.environ.get("LFAP_PROOF_TOOLS") != "installed":
        return expected
    number = re.match(r"\d[\w.]*", said_version(tool) or "")
    return number.group() if number else expected


# ---- The solvers, as Why3 is told of them: name, version, executable, driver, time-limited command, step-limited command
Z3_OPTIONS = "sat.random_seed=42 nlsat.randomize=false smt.random_seed=42 -st"
SOLVERS = (
    ("CVC5", version("cvc5"), "cvc5", None,
     "cvc5 --stats --tlimit=%t000 --lang=smt2 %f", "cvc5 --stats --rlimit=%S --lang=smt2 %f"),
    ("Z3", version("z3"), "z3", "z3_471",
     "z3 -smt2 -T:%t " + Z3_OPTIONS + " %f", "z3 -smt2 " + Z3_OPTIONS + " rlimit=%S %f"),
    ("CVC4", version("cvc4"), "cvc4", "cvc4_17",
     "cvc4 --stats --tlimit=%t000 --lang=smt2 %f", "cvc4 --stats --rlimit=%S --lang=smt2 %f"),
)
# CVC5 with a tenth of the time: a smoke test that passes always takes all of it, and nearly all proofs need less
SMOKE_SOLVER = ("CVC5smoke", version("cvc5"), "cvc5", None,
                "cvc5 --stats --tlimit=%t00 --lang=smt2 %f", "cvc5 --stats --rlimit=%S --lang=smt2 %f")

# ---- Why3: the driver that ours for CVC5 is made of
BASE_DRIVER = "cvc4_17.drv"
DRIVER_IMPORT = re.compile(r'^\s*import\s+"([^"]+)"', re.M)
DRIVER_NAME, DRIVER_LOGIC = "produced by cvc4_17.drv", "(set-logic ALL_SUPPORTED)"

# ---- WP's report in JSON
FUNCTIONS, AXIOMATICS, SECTION, MAIN = "wp:functions", "wp:axiomatics", "wp:section", "wp:main"
TOTAL, VALID, QED = "total", "valid", "qed"
LEMMA, SMOKE, SMOKE_REQUIRES = "lemma_", "_wp_smoke_", "default_requires"

# ---- Frama-C's table of properties
COLUMNS = ["directory", "file", "line", "function", "property kind", "status", "property"]
TERMINATION, POSTCONDITION, ASSIGNS, HYPOTHESIS = "termination clause", "postcondition", "assigns clause", "user hypothesis"
ASSUMED, LIBRARY = "Considered valid", "FRAMAC_SHARE"

# ---- Frama-C's and WP's log
WARNING = re.compile(r"^\[[^\n]*Warning:.*?(?=^\[|^wp:|\Z)", re.M | re.S)
CERTAIN_ERROR = re.compile(r"guaranteed RTE: \S")  # of which RTE makes no goal, and the gate a problem
WARNING_PLACE = re.compile(r"(\.[ch]):\d+")
NO_ASSIGNS = re.compile(r"No 'assigns' specification for function '(\w+)'")
# what a file is refused for, with its place: by the parser, by the type checker, in an annotation, by the preprocessor; the words may go on
# in lines that are indented
_AT = r'"?(?P<file>[^\s"]+?)"?:(?P<line>\d+):'
REFUSALS = SYNTAX_ERROR, TYPE_ERROR, ANNOTATION_ERROR, PREPROCESSOR_ERROR = [
    re.compile(begin + r"(?P<text>.*(?:\n  [A-Za-z].*)*)", re.M) for begin in (
        r"^\[kernel\] %s *(?=\n)" % _AT, r"^\[kernel\] %s User Error:" % _AT, r"^\[kernel:annot-error\] %s Warning:" % _AT,
        r"^%s\d+: (?:fatal )?error:" % _AT)]
MEMORY = re.compile(r"Memory model hypotheses for function '(\w+)'")
FAILED_SMOKE = re.compile(r"Failed smoke-test")
DECIMAL, NO_GOAL, PEDANTIC = "[kernel:parser:decimal-float]", "[wp] Warning: No goal generated", "[wp:pedantic-assigns]"
GOAL = re.compile(r"\] Goal (typed\w*)")
GOAL_NAME = re.compile(r"typed(?:_real|_float)?_(\w+)")
GOAL_PROVED = re.compile(r"\] Goal \w+ : Valid")
SUMMARY = re.compile(r"Proved goals:")
# each goal by its place, with -wp-print
PRINTED_FUNCTION = re.compile(r"^  Function (\w+)")
PRINTED_GOAL = re.compile(r"^(?:Goal|Lemma) ")
PRINTED_PLACE = re.compile(r"\(file (\S+), line (\d+)\)")
PRINTED_PROVED = re.compile(r"^Prover .* returns Valid")
# (what the goal is called in words, what stands in its name for that)
TITLES = (
    (re.compile(r"Preservation of Invariant '([^']*)'"), r"loop_invariant_%s(N)_preserved"),
    (re.compile(r"Establishment of Invariant '([^']*)'"), r"loop_invariant_%s(N)_established"),
    (re.compile(r"Preservation of Invariant"), r"loop_invariant(N)_preserved"),
    (re.compile(r"Establishment of Invariant"), r"loop_invariant(N)_established"),
    (re.compile(r"Assertion '([^']*)'"), r"assert_%s(N)"),
    (re.compile(r"Assertion "), r"assert(N)"),
    (re.compile(r"Decreasing of Loop variant"), r"loop_variant(N)_decrease"),
    (re.compile(r"Positivity of Loop variant"), r"loop_variant(N)_positive"),
    (re.compile(r"Loop assigns"), r"loop_assigns(N)"),
    (re.compile(r"Assigns "), r"assigns(?:_exit|_normal)?(N)"),
    (re.compile(r"Post-condition '([^']*)'"), r"ensures_%s(N)"),
    (re.compile(r"Post-condition"), r"ensures(N)"),
    (re.compile(r"Exit-condition '([^']*)'"), r"exits_%s(N)"),
    (re.compile(r"Termination-condition"), r"terminates(N)"),
    (re.compile(r"Instance of 'Pre-condition '([^']*)' in '(\w+)''"), r"call_%s_requires_%s(N)"),
    (re.compile(r"Instance of 'Pre-condition[^']* in '(\w+)''"), r"call_%s_requires(N)"),
)
GOAL_PART = re.compile(r"\((\d+)/\d+\)")

# ---- The program as Frama-C prints it
RTE = re.compile(r"/\*@\s*assert\s+rte\b")
RTE_INSIDE = re.compile(r"/@\s*assert\s+rte\b[^@]*@/\s*")
GHOST = re.compile(r"^/\*@\s*ghost\b|^//@\s*ghost\b")

# ---- WP's cache: a file a goal, named by the digest of the goal's text; with -wp-out that text is kept, under the goal's name
CACHE_FILE = re.compile(r"([0-9a-f]{32})\.json")
CACHE_FIELDS = re.compile(r'"(prover|verdict|time|steps)":\s*("[^"]*"|[0-9.]+)')
CACHE_VALID = "valid"
GOAL_FILE = re.compile(r"(\w+)_Why3_\w+\.why")

# ---- Gappa, Coq, Eva, E-ACSL
GAPPA_WRONG = re.compile(r"rror|in \[")
COQ_CLOSED = "Closed under the global context"
COQ_AXIOM = re.compile(r"^(\S+)\s*:", re.M)
EVA_NO_ALARM = re.compile(r"^  0 alarms generated")
EVA_END = re.compile(r"Values at end of function main:")
EVA_RESULT = re.compile(r"__retres ∈ \{0\}")
EVA_ALARM = re.compile(r"eva:alarm")
EACSL_CHECK = re.compile(r"__e_acsl_assert\(")
EACSL_IGNORED = re.compile(r"Ignoring")
EACSL_CONSTRUCT = re.compile(r"construct `([^']*)'")


def open_goal(line):
    """The goal that a line of WP's log says is not proved, without WP's prefix for the model; None for any other line."""
    goal = GOAL.search(line)
    return GOAL_NAME.fullmatch(goal.group(1)).group(1) if goal and not GOAL_PROVED.search(line) else None


def missing(group="wp"):
    return [tool for tool in GROUPS[group] if shutil.which(VERSIONS[tool][0][0]) is None]


def other_versions(group="wp"):
    """[text] of each tool whose version is not the one that the committed proofs were made with."""
    found = []
    for tool in GROUPS[group]:
        said, expected = said_version(tool), VERSIONS[tool][2]
        if said is None or not re.match(re.escape(expected) + r"(?![\w.])", said):
            found.append("version of %s: %s expected, %s found" % (tool, expected, said or "nothing"))
    return found


def main(arguments):
    pattern = globals().get(arguments[0]) if len(arguments) == 1 else None
    if not isinstance(pattern, re.Pattern):
        print(__doc__, file=sys.stderr)
        return 64
    print(pattern.pattern)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
