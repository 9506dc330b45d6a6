"""The proof gate goes red when a real kernel is damaged (TAP): src/kernel/step.c, its committed proofs, the gate's own
command. Each case damages one thing in a copy of the tree and names what the gate must say; harmless changes stay green.
--alone (make prove-selftest): a tree for each case; without it those that do not meet share one.
The gate's rarer refusals have their own broken kernels, proofs/must_fail/ (proofs/selftest.py). Skipped without Frama-C."""
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from reports import malformed  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KERNEL, HEADER = "src/kernel/step.c", "src/kernel/step.h"
INIT = r"void lfap_plateau_init\(lfap_plateau \*p, double lr\) \{.*?\n\}\n"
SEE = r"void lfap_plateau_see\(lfap_plateau \*p, double loss\) \{.*?\n\}\n"
GD = r"/\*@ LFAP_MAP_ONE\(w, d, n\)"  # the first contract of the header is that of lfap_step_gd

RECORD, TABLE, TOOLS, TRUST = "proofs/record.json", "proofs/cache/step.tsv", "proofs/tools.py", "spec/soundness.md"
SHOWN = "a wrong sign"  # alone in its tree: proofs/ci.md prints all that is said of it
# (does the gate stay green, its mode, [(name, file, what is replaced, by what, what its output says; where it is red, a PROBLEM)]).
# Damages of one tree are of different things, and each is named: what Frama-C costs is paid once for them all.
TREES = [
    (False, "full --function lfap_step_gd", [
        ("a contradiction", HEADER, GD, r"\g<0>\n  @ requires few: n < 4 && n > 5;", r"lfap_step_gd \(\w+\): contradiction, smoke test")]),
    (False, "full --function lfap_step_gd", [
        ("a syntax error", KERNEL, r"fma\(-lr, d\[i\], w\[i\]\)", "fma(-lr, d[i], w[i]",
         r"src/kernel/step.c:14: frama-c ended with code 1 on src/kernel/step.c \(real\): syntax error")]),
    (False, "replay", [
        ("an annotation that is none, of a header", HEADER, GD, r"\g<0> wrong",
         r"src/kernel/step.h:\d+: frama-c ended with code 1 on src/kernel/step.c \(value\): unexpected token 'wrong'\nproofs: 0 goals .* FAILED with 3 problems")]),
    (False, "full", [
        ("words that the tools do not say", TOOLS, "Failed smoke-test", "Smoke-test has failed", r"tools: FAILED_SMOKE: nothing in")]),
    (False, "full", [("another version", TOOLS, r'"4\.8\.12"', '"4.8.11"', r"tools: version of z3: 4.8.11 expected, 4.8.12")]),
    (False, "replay", [
        (SHOWN, KERNEL, r"fma\(-lr, d\[i\], w\[i\]\)", "fma(lr, d[i], w[i])",
         r"src/kernel/step.c:\d+: lfap_step_gd \(real\): goal \S+ is not proved: Preservation of Invariant 'done'")]),
    (False, "replay", [
        ("no loop variant", KERNEL, r"\n    @ loop variant n - i; \*/", " */", r"a loop of lfap_step_gd has no loop variant"),
        ("one step too far", KERNEL, r"i < n; i\+\+\) \{", "i <= n; i++) {",
         r"src/kernel/step.c:\d+: lfap_step_sgd \(safety\): goal \S+ is not proved"),
        ("a weaker contract", HEADER, r"  @ ensures fresh: p->bad == 0;\n", "",
         r"lfap_plateau_init \(safety\) has \d+ goals, the manifest \d+: its contract became weaker"),
        ("no contract", HEADER, r"/\*@ requires p: \\valid\(p\);\n  @ requires bad.*?\*/\n(?=void lfap_plateau_see)", "",
         r"lfap_plateau_see \(safety\) has no contract")]),
    (False, "replay", [
        ("a trusted function with another contract", KERNEL, r'(#include "step.h"\n)',
         r"\1/*@ terminates \\true; exits never: \\false; assigns \\nothing; ensures \\false; */\nextern double fma(double x, double y, double z);\n",
         r"src/kernel/step.c: fma is assumed without proof")]),
    (False, "replay", [
        ("an axiom", KERNEL, r"\A", r"/*@ axiomatic Wish { axiom wish: \\false; } */\n", r"\bwish is assumed without proof"),
        ("an admit", KERNEL, r"void lfap_step_gd\([^)]*\) \{\n", r"\g<0>  //@ admit hope: \\false;\n", r"admit hope is assumed without proof"),
        ("a function gone", KERNEL, INIT, "", r"lfap_plateau_init \(safety\) is in the manifest and disappeared"),
        ("a function hidden", KERNEL, SEE, r"#ifndef __FRAMAC__\n\g<0>#endif\n", r"lfap_plateau_see is hidden from Frama-C")]),
    (False, "replay", [
        ("a record of other goals", RECORD, r'("step.real": \{.*?"lfap_step_gd": )', r"\g<1>1", r"lfap_step_gd \(real\) has \d+ goals, the manifest \d+"),
        ("trust without a file", TRUST, r"`src/kernel/bits.h:lfap_bits_of`", "`lfap_bits_of`", r"the entry `lfap_bits_of` names no file")]),
    (False, "regenerate", [
        ("a record of a program never proved", RECORD, r'("step.real": \{.*?"program": ")\w{4}', r"\g<1>----",
         r"proofs/record.json does not say what was seen of step.real"),
        ("a proof of another goal", TABLE, r"\tlfap_plateau_init\t", "\tlfap_plateau_see\t",
         r"proofs/cache/step.tsv does not say what was seen of the real tier")]),
    (False, "regenerate", [
        ("a proof that is no line", TABLE, r"\tlfap_plateau_init\t", "\t", r"proofs/cache/step.tsv:\d+: expected tier")]),
    (True, "regenerate", [("undamaged, every goal again", KERNEL, r"\A", "", r"\A  replay   step(.|\n)*proofs: \d\d+ goals proved")]),
    (True, "replay", [("a comment", KERNEL, r"\Z", "/* The end. */\n", r"  3 of 3 programs are those that were proved\nproofs: \d\d+ goals proved")]),
    (True, "replay", [
        ("a record of another program", RECORD, r'("step.real": \{.*?"program": ")\w{4}', r"\g<1>----",
         r"  2 of 3 programs are those that were proved\n  replay   step.real(.|\n)*proofs: \d\d+ goals proved")]),
]


def told(tree, green, output):
    """Do the reports for CI systems say what the output does: each PROBLEM at its file and line, each function and tier a case?"""
    with open(os.path.join(tree, "found.sarif"), encoding="utf-8") as handle:
        document = json.load(handle)
    suite = xml.parse(os.path.join(tree, "found.xml")).getroot()[0]
    problems = re.findall(r"^PROBLEM (.*)$", output, re.M)
    results = [(found["message"]["text"].splitlines()[0],
                [(place["physicalLocation"]["artifactLocation"]["uri"], place["physicalLocation"]["region"]["startLine"])
                 for place in found.get("locations", [])]) for found in document["runs"][0]["results"]]
    wanted = []
    for text in problems:
        place = re.match(r"([\w./-]+\.\w+):(\d+):\s*", text)
        whole = re.match(r"[\w.-]+/[\w./-]+\.\w+(?=[: ])", text)
        wanted.append((text[place.end():], [(place[1], int(place[2]))]) if place else (text, [(whole[0] if whole else "proofs/README.md", 1)]))
    least = 1 if "frama-c ended with code" in output else 3  # of a program that was not read no function is known
    cases = suite.findall("testcase")
    failing = [case for case in cases if case.find("failure") is not None]
    if malformed(document, os.path.join(tree, "found.xml")):
        return False
    return (document["version"] == "2.1.0" and document["runs"][0]["tool"]["driver"]["name"] and results == wanted
            and int(suite.get("tests")) == len(cases) >= least and int(suite.get("failures")) == len(failing) and bool(failing) != green)


def run(tree, work):
    """([held, of each case], the gate's output)"""
    green, mode, cases = tree
    copy = tempfile.mkdtemp(dir=work)
    for part in ("src/kernel", "spec", "proofs"):
        shutil.copytree(os.path.join(ROOT, part), os.path.join(copy, part), ignore=shutil.ignore_patterns("coq", "__pycache__"))
    there = []
    for _, path, pattern, new, _ in cases:
        with open(os.path.join(copy, path), encoding="utf-8") as handle:
            text, changes = re.subn(pattern, new, handle.read(), count=1, flags=re.S)
        with open(os.path.join(copy, path), "w", encoding="utf-8") as out:
            out.write(text)
        there.append(changes == 1)
    done = subprocess.run([sys.executable, os.path.join(copy, "proofs/prove.py"), *mode.split(), "--root", copy, "--only", KERNEL, "--jobs", "1"],
                          env=dict(os.environ, BUILD=os.path.join(copy, "build"), JUNIT=os.path.join(copy, "found.xml"),
                                   SARIF=os.path.join(copy, "found.sarif")), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if os.path.exists(os.path.join(copy, "found.xml")) and not told(copy, green, done.stdout):
        return [False] * len(cases), done.stdout + "\nJUnit or SARIF say something else"
    if cases[0][0] == SHOWN:
        with open(os.path.join(ROOT, "proofs/ci.md"), encoding="utf-8") as handle:
            sample = re.search(r"```text\n(.*?)```", handle.read(), re.S)[1].splitlines()
        missing = [line for line in sample if line not in done.stdout.splitlines()]
        if missing or len(sample) < 2:
            return [False], done.stdout + "\nproofs/ci.md shows what is not said: " + "; ".join(missing)
    ended, begin = done.returncode == (0 if green else 1), "" if green else "PROBLEM .*"
    return [found and ended and re.search(begin + case[-1], done.stdout) is not None for found, case in zip(there, cases)], done.stdout


def main():
    missing = [tool for tool in ("frama-c", "why3", "cvc5", "z3", "cvc4") if shutil.which(tool) is None]
    if missing:
        print("ok 1 - the gate goes red # SKIP %s not installed\n1..1" % ", ".join(missing))
        return
    alone = [(green, mode, [case]) for green, mode, cases in TREES for case in cases]
    trees, number = alone if "--alone" in sys.argv else TREES, 0
    with tempfile.TemporaryDirectory(prefix="lfap-gate-") as work, concurrent.futures.ThreadPoolExecutor(2) as pool:
        for (green, _, cases), (held, output) in zip(trees, pool.map(lambda tree: run(tree, work), trees)):
            for good, case in zip(held, cases):
                number += 1
                print("%s %d - %s: %s" % ("ok" if good else "not ok", number, case[0], "green" if green else "red"), flush=True)
            if not all(held):
                print("\n".join("# " + line for line in output.strip().splitlines()[-30:]))
    print("1..%d" % len(alone))


main()
