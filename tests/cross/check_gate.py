"""The proof gate goes red when a real kernel is damaged (TAP): src/kernel/step.c, its committed proofs, the gate's own
command. Each case damages one thing in a copy of the tree and names what the gate must say; harmless changes stay green.
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
GD = r"/\*@ LFAP_MAP_ONE\(w, d, n\)"  # the first contract of the header is that of lfap_step_gd

RECORD, TABLE, TOOLS, TRUST = "proofs/record.json", "proofs/cache/step.tsv", "proofs/tools.py", "spec/soundness.md"
GREEN = [  # (name, file, what is replaced, by what, what the gate's output says, the gate's mode)
    ("undamaged", KERNEL, r"\A", "", r"  3 of 3 programs are those that were proved\nproofs: \d\d+ goals proved", "replay"),
    ("undamaged, every goal again", KERNEL, r"\A", "", r"\A  replay   step(.|\n)*proofs: \d\d+ goals proved", "regenerate"),
    ("a comment", KERNEL, r"\Z", "/* The end. */\n", r"  3 of 3 programs are those that were proved\nproofs: \d\d+ goals proved", "replay"),
    ("a record of another program", RECORD, r'("step.real": \{.*?"program": ")\w{4}', r"\g<1>----",
     r"  2 of 3 programs are those that were proved\n  replay   step.real(.|\n)*proofs: \d\d+ goals proved", "replay"),
]
SHOWN = "a wrong sign"  # proofs/ci.md prints what is said of it
RED = [  # the gate's output has a PROBLEM that says so
    ("a wrong sign", KERNEL, r"fma\(-lr, d\[i\], w\[i\]\)", "fma(lr, d[i], w[i])",
     r"src/kernel/step.c:\d+: lfap_step_gd \(real\): goal \S+ is not proved: Preservation of Invariant 'done'", "replay"),
    ("one step too far", KERNEL, r"i < n; i\+\+\) w", "i <= n; i++) w",
     r"src/kernel/step.c:\d+: lfap_step_gd \(safety\): goal \S+ is not proved", "replay"),
    ("no loop variant", KERNEL, r"\n    @ loop variant n - i; \*/", " */", r"a loop of lfap_step_gd has no loop variant", "replay"),
    ("no contract", HEADER, r"/\*@ requires p: \\valid\(p\);\n  @ terminates.*?\*/\n(?=void lfap_plateau_init)", "",
     r"lfap_plateau_init \(safety\) has no contract", "replay"),
    ("a weaker contract", HEADER, r"  @ ensures fresh: p->bad == 0;\n", "",
     r"lfap_plateau_init \(safety\) has \d+ goals, the manifest \d+: its contract became weaker", "replay"),
    ("an axiom", KERNEL, r"\A", r"/*@ axiomatic Wish { axiom wish: \\false; } */\n",
     r"\bwish is assumed without proof", "replay"),
    ("an admit", KERNEL, r"  p->best = 1\.0 / 0\.0;\n", r"  //@ admit wish: \\false;\n\g<0>",
     r"admit wish is assumed without proof", "replay"),
    ("a function gone", KERNEL, INIT, "", r"lfap_plateau_init \(safety\) is in the manifest and disappeared", "replay"),
    ("a function hidden", KERNEL, INIT, r"#ifndef __FRAMAC__\n\g<0>#endif\n", r"lfap_plateau_init is hidden from Frama-C", "replay"),
    ("a contradiction", HEADER, GD, r"\g<0>\n  @ requires few: n < 4 && n > 5;",
     r"lfap_step_gd \(\w+\): contradiction, smoke test", "full"),
    ("a record of other goals", RECORD, r'("step.real": \{.*?"lfap_step_gd": )', r"\g<1>1",
     r"lfap_step_gd \(real\) has \d+ goals, the manifest \d+", "replay"),
    ("a record of a program never proved", RECORD, r'("step.real": \{.*?"program": ")\w{4}', r"\g<1>----",
     r"proofs/record.json does not say what was seen of step.real", "regenerate"),
    ("a proof of another goal", TABLE, r"\tlfap_plateau_init\t", "\tlfap_plateau_see\t",
     r"proofs/cache/step.tsv does not say what was seen of the real tier", "regenerate"),
    ("a proof that is no line", TABLE, r"\tlfap_plateau_init\t", "\t", r"proofs/cache/step.tsv:\d+: expected tier", "regenerate"),
    ("trust without a file", TRUST, r"`src/kernel/bits.h:lfap_bits_of`", "`lfap_bits_of`",
     r"the entry `lfap_bits_of` names no file", "replay"),
    ("a trusted function with another contract", KERNEL, r'(#include "step.h"\n)',
     r"\1/*@ terminates \\true; exits never: \\false; assigns \\nothing; ensures \\false; */\nextern double fma(double x, double y, double z);\n",
     r"src/kernel/step.c: fma is assumed without proof", "replay"),
    ("words that the tools do not say", TOOLS, "Failed smoke-test", "Smoke-test has failed", r"tools: FAILED_SMOKE: nothing in", "full"),
    ("another version", TOOLS, r'"4\.8\.12"', '"4.8.11"', r"tools: version of z3: 4.8.11 expected, 4.8.12", "full"),
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
    failing = [case for case in suite if case.find("failure") is not None]
    if malformed(document, os.path.join(tree, "found.xml")):
        return False
    return (document["version"] == "2.1.0" and document["runs"][0]["tool"]["driver"]["name"] and results == wanted
            and int(suite.get("tests")) == len(suite) > 4 and int(suite.get("failures")) == len(failing) and bool(failing) != green)


def run(case, green, work):
    """(held, the gate's output)"""
    name, path, pattern, new, expect, mode = case
    tree = os.path.join(work, re.sub(r"\W", "_", name))
    for part in ("src/kernel", "spec", "proofs"):
        shutil.copytree(os.path.join(ROOT, part), os.path.join(tree, part), ignore=shutil.ignore_patterns("coq", "__pycache__"))
    with open(os.path.join(tree, path), encoding="utf-8") as handle:
        text, changes = re.subn(pattern, new, handle.read(), count=1, flags=re.S)
    if changes != 1:
        return False, "the text to be damaged is not there"
    with open(os.path.join(tree, path), "w", encoding="utf-8") as out:
        out.write(text)
    done = subprocess.run([sys.executable, os.path.join(tree, "proofs/prove.py"), mode, "--root", tree, "--only", KERNEL, "--jobs", "1"],
                          env=dict(os.environ, BUILD=os.path.join(tree, "build"), JUNIT=os.path.join(tree, "found.xml"),
                                   SARIF=os.path.join(tree, "found.sarif")), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if os.path.exists(os.path.join(tree, "found.xml")) and not told(tree, green, done.stdout):
        return False, done.stdout + "\nJUnit or SARIF say something else"
    if green:
        return done.returncode == 0 and re.search(expect, done.stdout) is not None, done.stdout
    if name == SHOWN:
        with open(os.path.join(ROOT, "proofs/ci.md"), encoding="utf-8") as handle:
            sample = re.search(r"```text\n(.*?)```", handle.read(), re.S)[1].splitlines()
        missing = [line for line in sample if line not in done.stdout.splitlines()]
        if missing or len(sample) < 2:
            return False, done.stdout + "\nproofs/ci.md shows what is not said: " + "; ".join(missing)
    return done.returncode == 1 and re.search("PROBLEM .*" + expect, done.stdout) is not None, done.stdout


def main():
    missing = [tool for tool in ("frama-c", "why3", "cvc5", "z3", "cvc4") if shutil.which(tool) is None]
    if missing:
        print("ok 1 - the gate goes red # SKIP %s not installed\n1..1" % ", ".join(missing))
        return
    cases = [(case, False) for case in RED[::-1]] + [(case, True) for case in GREEN]  # the slowest first
    with tempfile.TemporaryDirectory(prefix="lfap-gate-") as work, concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda case: run(*case, work), cases)
        for number, ((case, green), (held, output)) in enumerate(zip(cases, results), 1):
            print("%s %d - %s: %s" % ("ok" if held else "not ok", number, case[0], "green" if green else "red"), flush=True)
            if not held:
                print("\n".join("# " + line for line in output.strip().splitlines()[-12:]))
    print("1..%d" % len(cases))


main()
