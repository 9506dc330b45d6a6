#!/usr/bin/python3
"""Does the gate go red? Each broken kernel of must_fail/ must fail for the reason its first lines name, the good twin
and a listed exception must pass.

    proofs/selftest.py            (also: proofs/prove.py selftest, and the end of `make prove`)
    proofs/selftest.py --update   prove the good twin anew and rewrite must_fail/cache

The proofs of the good twin come from must_fail/cache; only what a break leaves open reaches a prover, for one second.
"""
import concurrent.futures
import glob
import os
import re
import shutil
import sys
import tempfile

import gate
import status
import wp

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "must_fail")
PLAN = "src/kernel/mf.c\treal\tmf_double\t-\n"
LISTS = "<!-- trusted:begin -->\n%s<!-- trusted:end -->\n<!-- unproved:begin -->\n%s<!-- unproved:end -->\n"


def make_tree(directory, kernel, trusted="", unproved="", plan=PLAN, beside=""):
    for folder in ("src/kernel", "spec", "proofs"):
        os.makedirs(os.path.join(directory, folder))
    shutil.copy(os.path.join(HERE, kernel), os.path.join(directory, "src/kernel/mf.c"))
    if beside:
        shutil.copy(os.path.join(HERE, "beside", beside), os.path.join(directory, "src/kernel"))
    with open(os.path.join(directory, "spec/soundness.md"), "w", encoding="utf-8") as out:
        out.write(LISTS % (trusted, unproved))
    with open(os.path.join(directory, "proofs/plan.tsv"), "w", encoding="utf-8") as out:
        out.write(plan)
    return directory


def open_gate(directory, timeout, tables):
    import prove  # prove imports this module
    return prove.Prover(directory, os.path.join(directory, "build"), 1, tries=(timeout,), tables=tables, quiet=True)


def judge(directory, expected, smoke=False, replay=False, tables=os.path.join(HERE, "cache"), old_status=None):
    """(exit code, problems, rows) of the gate on a tree whose manifest is `expected`."""
    prover = open_gate(directory, 1, tables)
    for part in prover.each_part():
        prover.load_committed(part, prover.scratch(part))
    rows = prover.judge(prover.regenerate() if replay else prover.solve())
    if smoke:
        prover.problems += gate.check_smoke(prover.smoke(True), prover.sources, prover.soundness)
    if expected is not None:
        prover.problems += gate.check_manifest(rows, expected)
    if old_status is not None:
        with open(os.path.join(directory, "proofs/STATUS.md"), "w", encoding="utf-8") as out:
            out.write(old_status)
        prover.check_status(rows)
    text = status.render(rows, prover.sources, prover.soundness)
    return prover.close(rows), prover.problems, rows, text


def broken_cases():
    """[(name, file, expectation, options)]: expectation is a regular expression for a problem, None for green."""
    cases = []
    for path in sorted(glob.glob(os.path.join(HERE, "*.c"))):
        name = os.path.basename(path)
        if name != "good.c":
            expect = re.search(r"expect: (.*?) \*/", open(path, encoding="utf-8").read()).group(1)
            cases.append((name[:-2], name, expect, {"smoke": "contradiction" in expect}))
    cases += [
        ("listed as unproved", "off_by_one.c", None, {"unproved": "- `src/kernel/mf.c:mf_double`\n", "expected": None}),
        ("listed as trusted", "hidden.c", None, {"trusted": "- `src/kernel/mf.c:mf_bytes`\n", "expected": None}),
        ("trusted in another file", "hidden.c", r"mf_bytes is hidden from Frama-C",
         {"trusted": "- `src/kernel/other.c:mf_bytes`\n"}),
        ("trusted without a file", "hidden.c", r"the entry `mf_bytes` names no file", {"trusted": "- `mf_bytes`\n"}),
        ("unproved in another file", "off_by_one.c", r"mf_double \(safety\): goal \S+ is not proved",
         {"unproved": "- `src/kernel/other.c:mf_double`\n"}),
        ("a contract trusted in a header", "bodyless.c", r"src/kernel/mf.c: mf_oracle is assumed without proof",
         {"trusted": "- `src/kernel/oracle.h:mf_oracle`\n"}),
        ("proved of another contract", "bodyless.c", r"src/kernel/mf.c: mf_oracle is assumed without proof",
         {"beside": "oracle.c"}),
        ("nothing to prove", "no_goals.c", None, {"trusted": "- `src/kernel/mf.c:mf_bytes`\n", "expected": None, "plan": ""}),
        ("tier never run", "good.c", r"has clauses of the real tier, plan.tsv never runs it", {"plan": ""}),
        ("clause never run", "good.c", r"mf_double has clauses of the real tier, plan.tsv never runs it",
         {"plan": PLAN.replace("mf_double", "mf_bytes")}),
        ("empty cache", "good.c", r"goal \S+ is not proved", {"replay": True, "tables": os.path.join(HERE, "no-cache")}),
        ("stale STATUS", "good.c", r"STATUS.md does not say what was seen", {"stale": True}),
    ]
    return cases


def run_case(work, case, manifest, good_status):
    name, kernel, expect, options = case
    directory = make_tree(os.path.join(work, re.sub(r"\W", "_", name)), kernel, options.get("trusted", ""),
                          options.get("unproved", ""), options.get("plan", PLAN), options.get("beside", ""))
    keep = {key: options[key] for key in ("smoke", "replay", "tables") if key in options}
    if options.get("stale"):
        keep["old_status"] = re.sub(r"\| mf_bytes \| safety \| \d+", "| mf_bytes | safety | 99", good_status)
    code, problems, rows, _ = judge(directory, options.get("expected", manifest), **keep)
    if expect is None:
        left = any(row.proved < row.goals for row in rows.values())
        return code == 0 and left == bool(options.get("unproved")), problems
    return code == 1 and any(re.search(expect, problem) for problem in problems), problems


def update(work):
    directory = make_tree(os.path.join(work, "good"), "good.c")
    prover = open_gate(directory, wp.TIMEOUT, os.path.join(HERE, "cache"))
    reports = prover.solve(tasks=True)
    prover.commit_tables(reports)
    prover.judge(reports)
    for problem in prover.problems:
        print("selftest: " + problem)
    return 1 if prover.problems else 0


def main(arguments):
    work = tempfile.mkdtemp(prefix="lfap-selftest-")
    try:
        if arguments == ["--update"]:
            return update(work)
        if arguments:
            raise SystemExit(__doc__)
        code, problems, rows, good_status = judge(make_tree(os.path.join(work, "good"), "good.c"), None, smoke=True)
        manifest = {row.key: row.goals for row in rows.values()}
        passed, failed = (0, 1) if code else (1, 0)
        for problem in problems:
            print("selftest: the good twin is red: %s" % problem)
        cases = broken_cases()
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = pool.map(lambda case: run_case(work, case, manifest, good_status), cases)
            for case, (held, problems) in zip(cases, results):
                passed, failed = passed + held, failed + (not held)
                if not held:
                    print("selftest: '%s': expected %s, got %s" % (case[0], case[2] or "green", problems or "green"))
        print("selftest: %d passed, %d failed" % (passed, failed))
        return 1 if failed else 0
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
