#!/usr/bin/python3
"""Do the installed tools still say what the scripts of this folder read? Each is run on a tiny example that has to produce every
phrase of tools.py; what does not fit is named, a version too.

    proofs/probe.py [wp] [gappa] [coq] [eva] [eacsl]      (default: wp; the beginning of `make prove`)

LFAP_PROOF_TOOLS=installed names another version and goes on. Exit codes: 0 all fits, 1 something does not, 69 a tool is missing.
"""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

import cache
import csource
import gate
import locate
import tools
import why3conf
import wp

PROGRAM, EMPTY = "proofs/probe.c", "int probe_nothing;\n"
# where the goals that must stay open are, by the name of the goal: what in probe.c marks the line
OPEN = {"probe_loop_ensures_wrong": "wrong:", "probe_call_ensures": "ensures \\result == 3",
        "probe_bare_assert_rte_mem_access": "int probe_bare", "probe_call_call_probe_loop_requires_cells": "return probe_loop",
        "probe_call_call_probe_loop_requires_room": "return probe_loop"}


class Findings:
    """The names of what does not fit, with what was looked for."""

    def __init__(self):
        self.wrong = []

    def want(self, name, holds, what):
        if not holds:
            self.wrong.append("%s: %s" % (name, what))

    def lines(self, text, *names, where):
        """Each pattern or phrase of tools.py fits somewhere in the text."""
        for name in names:
            pattern = getattr(tools, name)
            if not isinstance(pattern, re.Pattern):
                found = pattern in text
            else:
                found = any(pattern.search(piece) for piece in ([text] if pattern.flags & re.M else text.splitlines()))
            self.want(name, found, "nothing in %s fits %s" % (where, getattr(pattern, "pattern", pattern)))


def read(path):
    with open(path, encoding="utf-8", errors="replace") as handle:
        return handle.read()


def run(work, name, findings, path=PROGRAM, only=(), root=wp.ROOT, **options):
    """(Report, log) of one run of WP, None where there is none."""
    stem = os.path.join(work, name)
    config = why3conf.write_config(os.path.join(work, "why3-" + name))
    report = wp.prove((path, "safety", (), ()), root, config, os.path.join(work, "session-" + name), "update", stem, only=only,
                      timeout=5, par=8, **options)
    findings.want("run %s" % name, not isinstance(report, str), report)
    return None if isinstance(report, str) else (report, read(stem + ".log"))


def probe_goals(work, findings):
    """Goals, table of properties, program, cache and places of one run."""
    seen = run(work, "goals", findings, tasks=True, extra=("-wp-print",))
    if seen is None:
        return
    report, log = seen
    findings.lines(log, "WARNING", "NO_ASSIGNS", "MEMORY", "DECIMAL", "PEDANTIC", "GOAL", "GOAL_PROVED", "SUMMARY",
                   "PRINTED_FUNCTION", "PRINTED_GOAL", "PRINTED_PLACE", "PRINTED_PROVED", "GOAL_PART", where="WP's log")
    for pattern, _ in tools.TITLES:
        findings.want("TITLES", pattern.search(log), "no goal is titled %s" % pattern.pattern)
    json = read(os.path.join(work, "goals.json"))
    findings.lines(json, "FUNCTIONS", "AXIOMATICS", "SECTION", "MAIN", "TOTAL", "VALID", "QED", "LEMMA", where="WP's report")
    for label, key in wp.PROVER_KEYS[1:]:
        findings.want("PROVER_KEYS", '"%s"' % key in json or label != "CVC5", "no goal is %s's in WP's report" % key)
    table = read(os.path.join(work, "goals.csv"))
    findings.want("COLUMNS", table.split("\n")[0].split("\t") == tools.COLUMNS, "the table of properties begins otherwise")
    findings.lines(table, "TERMINATION", "POSTCONDITION", "ASSIGNS", "HYPOTHESIS", "ASSUMED", "LIBRARY",
                   where="the table of properties")
    findings.lines(report.code, "RTE", where="the printed program")
    findings.want("RTE_INSIDE", tools.RTE_INSIDE.search(report.code), "no run-time assertion in a ghost block")
    ghosts = [piece for piece in csource.annotations(report.code) if tools.GHOST.match(piece)]
    findings.want("GHOST", len(ghosts) == 1, "the ghost statement is not printed as one")
    findings.want("assumptions", set(csource.assumptions(report.code)) == {"probe_wish", "admit wish"}, "axiom or admit not seen")
    folder = os.path.join(work, "session-goals", "cache")
    lines = cache.lines_of("safety", report, [folder], [])
    findings.want("CACHE_FILE, CACHE_FIELDS, GOAL_FILE",
                  {line.owner for line in lines} >= {"lemma probe_square", "probe_easy"}, "no proof in WP's cache has the digest of its goal's text")
    found = locate.find(log, report, PROGRAM, report.goals, gate.Sources(wp.ROOT))
    places = [place for group in found.values() for place in group]
    text = read(os.path.join(wp.ROOT, PROGRAM)).splitlines()
    for goal, mark in OPEN.items():
        right = [place for place in places if place.goal == goal and mark in text[place.line - 1] and place.file == PROGRAM]
        findings.want("places", right, "%s is not found at its line" % goal)


def probe_smoke(work, findings):
    seen = run(work, "smoke", findings, smoke=True)
    if seen:
        findings.lines(seen[1], "FAILED_SMOKE", where="WP's log with smoke tests")
        failed = seen[0].failed_smoke("probe_nobody")
        findings.want("SMOKE, SMOKE_REQUIRES", any(tools.SMOKE_REQUIRES in goal for goal in failed),
                      "a contradiction is not seen")


def probe_empty(work, findings):
    with open(os.path.join(work, "empty.c"), "w", encoding="utf-8") as out:
        out.write(EMPTY)
    seen = run(work, "empty", findings, path="empty.c", root=work)
    if seen:
        findings.lines(seen[1], "NO_GOAL", where="WP's log of an empty file")


# what is refused at line 2, by which words
REFUSED = {"SYNTAX_ERROR": "int f(void) {\nreturn (1; }\n", "TYPE_ERROR": "int f(void) {\nreturn nothing; }\n",
           "ANNOTATION_ERROR": "int f(void) {\n/*@ assert nothing; */ return 1; }\n", "PREPROCESSOR_ERROR": "int i;\n#include \"nothing.h\"\n"}


def probe_refused(work, findings):
    for name, text in REFUSED.items():
        write(work, name + ".c", text)
        why = wp.prove((name + ".c", "safety", (), ()), work, why3conf.write_config(os.path.join(work, "why3-" + name)),
                       os.path.join(work, "session-" + name), "offline", os.path.join(work, name))
        findings.lines(read(os.path.join(work, name + ".log")), name, where="Frama-C's log of a wrong file")
        findings.want(name, isinstance(why, str) and why.startswith(name + ".c:2: "), "its place is not found: %s" % why)


def probe_solver(solver):
    """Each solver by itself proves a goal: Why3's configuration starts it and its answer is understood."""
    def probe(work, findings):
        seen = run(work, solver[0], findings, only=("probe_easy",), provers="%s:%s" % solver[:2])
        if seen:
            findings.want("solver %s" % solver[0], seen[0].provers.get("probe_easy", {}).get(solver[0]), "it proves nothing")
    return probe


def probe_wp(work, findings):
    tasks = [probe_goals, probe_smoke, probe_empty, probe_refused] + [probe_solver(solver) for solver in tools.SOLVERS]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        list(pool.map(lambda task: task(work, findings), tasks))


def said(command, work):
    """Exit code and output of a command in `work`; Frama-C takes $PWD for the folder it is in."""
    done = subprocess.run(command, cwd=work, env=dict(os.environ, PWD=work), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.returncode, done.stdout


def write(work, name, text):
    with open(os.path.join(work, name), "w", encoding="utf-8") as out:
        out.write(text)


def probe_gappa(work, findings):
    write(work, "good.g", "{ x in [0,1] -> x + 1 in [1,2] }\n")
    write(work, "open.g", "{ x in [0,1] -> x + 1 in ? }\n")
    write(work, "wrong.g", "{ x in [0,1] -> x + 1 in [1,1.5] }\n")
    code, text = said(["gappa", "good.g"], work)
    findings.want("GAPPA_WRONG", code == 0 and not tools.GAPPA_WRONG.search(text), "a proved bound looks refused")
    for name in ("open.g", "wrong.g"):
        code, text = said(["gappa", name], work)
        findings.want("GAPPA_WRONG", code != 0 or tools.GAPPA_WRONG.search(text), "%s looks proved" % name)


def probe_coq(work, findings):
    write(work, "Probe.v", "Axiom wish : False.\nLemma closed : 1 = 1.\nProof. reflexivity. Qed.\nLemma open : 1 = 2.\n"
          "Proof. destruct wish. Qed.\nPrint Assumptions closed.\nPrint Assumptions open.\n")
    code, text = said(["coqc", "-q", "-w", "none", "Probe.v"], work)
    findings.want("coqc", code == 0, "a correct file is refused")
    findings.lines(text, "COQ_CLOSED", where="Coq's answer")
    findings.want("COQ_AXIOM", "wish" in tools.COQ_AXIOM.findall(text), "an axiom is not listed as `wish :`")


def probe_eva(work, findings):
    write(work, "good.c", "int main(void) { int a[2] = {1, 2}; return a[1] - 2; }\n")
    write(work, "bad.c", "int main(void) { int a[2] = {1, 2}, i = 2; return a[i]; }\n")
    _, text = said(["frama-c", "-eva", "good.c"], work)
    findings.lines(text, "EVA_NO_ALARM", "EVA_END", "EVA_RESULT", where="Eva's log")
    _, text = said(["frama-c", "-eva", "bad.c"], work)
    findings.lines(text, "EVA_ALARM", where="Eva's log of a wrong program")
    findings.want("EVA_NO_ALARM", not any(tools.EVA_NO_ALARM.search(line) for line in text.splitlines()), "an alarm is not counted")


def probe_eacsl(work, findings):
    write(work, "probe.c", "/*@ requires n > 0; ensures \\result > \\old(n); assigns \\nothing;\n"
          "  @ ensures \\forall real x; x * x >= 0.0; */\nint f(int n) { return n + 1; }\nint main(void) { return f(1); }\n")
    _, text = said(["frama-c", "-machdep", "gcc_x86_64", "probe.c", "-e-acsl", "-then-last", "-print", "-ocode", "out.c"], work)
    findings.lines(text, "EACSL_IGNORED", "EACSL_CONSTRUCT", where="E-ACSL's log")
    findings.lines(read(os.path.join(work, "out.c")), "EACSL_CHECK", where="the program with checks")


def main(groups):
    groups = groups or ["wp"]
    if not set(groups) <= set(tools.GROUPS):
        print(__doc__, file=sys.stderr)
        return 64
    findings, accepted = Findings(), os.environ.get("LFAP_PROOF_TOOLS") == "installed"
    for group in groups:
        missing = tools.missing(group)
        if missing:
            print("probe: %s not found" % ", ".join(missing), file=sys.stderr)
            return 69
        findings.wrong += [] if accepted else tools.other_versions(group)
        work = tempfile.mkdtemp(prefix="lfap-probe-")
        try:
            globals()["probe_" + group](work, findings)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    for text in dict.fromkeys(findings.wrong):
        print("PROBLEM tools: %s" % text)
    if findings.wrong:
        print("probe: %d things do not fit; proofs/tools.py says what the scripts read" % len(set(findings.wrong)))
    return 1 if findings.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
