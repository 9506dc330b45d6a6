#!/usr/bin/python3
"""The proof gate: prove every kernel, or replay the committed proofs, and compare with what is expected.

    proofs/prove.py full       run the provers from nothing, look for contradictory contracts, then replay (make prove)
    proofs/prove.py replay     committed cache only, no solver is started (make prove-replay)
    proofs/prove.py update     prove what changed, rewrite cache, manifest.tsv and STATUS.md (make prove-update)
    proofs/prove.py selftest   show that the gate goes red on each broken kernel of must_fail/

Options: --root DIR (another tree), --jobs N (Frama-C processes side by side, default 2).
Exit codes: 0 proved, 1 not proved, 64 usage, 69 a tool is missing.
"""
import argparse
import concurrent.futures
import glob
import os
import shutil
import sys
import time

import gate
import selftest
import status
import why3conf
import wp

PACKAGES = "frama-c-base why3 z3 cvc4 cvc5"
RETRY_TIMEOUT = 60     # a busy machine makes a proof slow, not false: goals that time out get a second, longer try
REPLAY_TIMEOUT = 1000  # WP forgets a cached proof that took longer than the limit; a replay starts no solver anyway


def missing_tools(solvers):
    tools = ["frama-c", "why3"] + (["cvc5", "z3", "cvc4"] if solvers else [])
    return [tool for tool in tools if shutil.which(tool) is None]


class Prover:
    """Runs all jobs of a tree; holds where things are."""

    def __init__(self, root, work, jobs, timeout=wp.TIMEOUT, retry=RETRY_TIMEOUT, cache=None, quiet=False):
        self.root, self.work, self.parallel = root, work, jobs
        self.timeout, self.retry, self.quiet = timeout, retry, quiet
        self.cache = cache or os.path.join(root, "proofs", "cache")
        self.sources = gate.Sources(root)
        self.soundness = gate.Soundness(root)
        self.config = why3conf.write_config(os.path.join(work, "why3"))
        self.plan = wp.read_plan(root)
        self.jobs = self._jobs(self.plan)
        self.problems = []

    def _jobs(self, plan):
        jobs = []
        for path in self.sources.files:
            for tier in wp.TIERS:
                if tier == "safety" or (path, tier) in plan:
                    functions, wrap = plan.get((path, tier), ([], False))
                    # the safety tier has no way out: a plan line there can only ask for wrap-around
                    jobs.append((path, tier, () if tier == "safety" else tuple(functions), wrap))
        # the longest files first, so that the last processes end together
        return sorted(jobs, key=lambda job: -len(self.sources.text[job[0]]))

    @staticmethod
    def name(job):
        return "%s.%s" % (os.path.splitext(os.path.basename(job[0]))[0], job[1])

    def committed(self, job):
        return os.path.join(self.cache, self.name(job))

    def say(self, text):
        if not self.quiet:
            print(text, flush=True)

    def run_all(self, phase, session, mode, jobs=None, **options):
        """{job: report}; a job without a report becomes a problem."""
        jobs = self.jobs if jobs is None else jobs
        out = os.path.join(self.work, phase)
        os.makedirs(out, exist_ok=True)
        options.setdefault("timeout", self.timeout)

        def one(job):
            start = time.monotonic()
            report = wp.prove(job, self.root, self.config, session(job), mode, os.path.join(out, self.name(job)),
                              par=1, **options)
            return job, report, time.monotonic() - start

        reports = {}
        with concurrent.futures.ThreadPoolExecutor(self.parallel) as pool:
            for job, report, seconds in pool.map(one, jobs):
                if isinstance(report, str):
                    self.problems.append(report)
                    self.say("  %-8s %-32s failed" % (phase, self.name(job)))
                    continue
                reports[job] = report
                counts = [report.count(owner) for owner in report.goals]
                self.say("  %-8s %-32s %4d/%d goals %6.1f s" % (phase, self.name(job), sum(c[1] for c in counts),
                                                               sum(c[0] for c in counts), seconds))
        return reports

    def scratch(self, job):
        return os.path.join(self.work, "session", self.name(job))

    def load_committed(self, job, session, afresh=True):
        """Give `session` the committed proofs of `job`."""
        target = os.path.join(session, "cache")
        if afresh:
            shutil.rmtree(session, ignore_errors=True)
        os.makedirs(target, exist_ok=True)
        for path in glob.glob(os.path.join(self.committed(job), "*.json")):
            shutil.copy(path, target)

    def replay(self):
        """Committed cache alone. The cache is copied first, so that nothing can write to it."""
        def session(job):
            return os.path.join(self.work, "replay-session", self.name(job))
        for job in self.jobs:
            self.load_committed(job, session(job))
        return self.run_all("replay", session, "offline", timeout=REPLAY_TIMEOUT)

    def solve(self, mode):
        """Run the provers in the scratch sessions; give what timed out a second, longer try."""
        reports = self.run_all("solve", self.scratch, mode)
        again = [job for job, report in reports.items() for owner in report.goals
                 if report.unproved(owner) and not self.soundness.allows_unproved(owner, job[1])]
        again = [job for job in reports if job in again]
        if again and self.retry > self.timeout:
            reports.update(self.run_all("retry", self.scratch, "update", again, timeout=self.retry))
        return reports

    def smoke(self, afresh):
        """Contradictory requires, invariants, dead code: what a prover can show false makes every proof worthless."""
        def session(job):
            return os.path.join(self.work, "smoke-session", self.name(job))
        for job in self.jobs:
            if afresh:
                shutil.rmtree(session(job), ignore_errors=True)
            os.makedirs(os.path.join(self.scratch(job), "cache"), exist_ok=True)
            shutil.copytree(os.path.join(self.scratch(job), "cache"), os.path.join(session(job), "cache"),
                            dirs_exist_ok=True)
        return self.run_all("smoke", session, "update", smoke=True)

    def commit_cache(self, job, report):
        """Make the committed cache of `job` exactly the proofs its last run used: no time-outs, nothing stale."""
        target = self.committed(job)
        wanted = {}
        if not report.goals:  # then WP has cleaned nothing either
            shutil.rmtree(self.scratch(job))
        for path in glob.glob(os.path.join(self.scratch(job), "cache", "*.json")):
            with open(path, encoding="utf-8") as handle:
                text = handle.read()
            # not json.loads: WP writes whole seconds as "5.", which JSON does not allow
            if '"verdict": "valid"' in text:
                wanted[os.path.basename(path)] = text
        for path in glob.glob(os.path.join(target, "*.json")):
            if os.path.basename(path) not in wanted:
                os.remove(path)
        os.makedirs(target, exist_ok=True)
        for name, text in wanted.items():
            # keep the old file: only its measured time would differ
            if not os.path.exists(os.path.join(target, name)):
                with open(os.path.join(target, name), "w", encoding="utf-8") as out:
                    out.write(text)
        if not wanted:
            os.rmdir(target)

    def drop_orphans(self):
        names = {self.name(job) for job in self.jobs}
        for path in glob.glob(os.path.join(self.cache, "*")):
            if os.path.basename(path) not in names:
                shutil.rmtree(path)

    def judge(self, reports):
        """All checks that do not involve the manifest; returns the rows."""
        rows, disagreements = gate.collect(self.sources, reports)
        self.problems += disagreements
        self.problems += gate.check_unproved(reports, self.sources, self.soundness)
        self.problems += gate.check_contracts(reports, self.sources, self.soundness)
        self.problems += gate.check_visibility(reports, self.sources, self.soundness)
        self.problems += gate.check_plan(self.sources, self.plan)
        self.problems += gate.check_clauses(reports, self.sources)
        self.problems += gate.check_loops(self.sources, self.soundness)
        self.problems += gate.check_assumptions(reports, self.sources, self.soundness)
        self.problems += gate.check_warnings(reports, self.soundness)
        return rows

    def check_status(self, rows):
        path = os.path.join(self.root, "proofs", "STATUS.md")
        old = open(path, encoding="utf-8").read() if os.path.exists(path) else ""
        new = status.render(rows, self.sources, self.soundness)
        if status.comparable(old) != status.comparable(new):
            self.problems.append("proofs/STATUS.md does not say what was seen: run `make prove-update`")

    def write_status(self, rows):
        with open(os.path.join(self.root, "proofs", "STATUS.md"), "w", encoding="utf-8") as out:
            out.write(status.render(rows, self.sources, self.soundness))

    def close(self, rows):
        """Print the problems and the closing line; return the exit code."""
        for problem in dict.fromkeys(self.problems):
            self.say("PROBLEM %s" % problem)
        lists = set(self.soundness.trusted) | set(self.soundness.unproved)
        for name in sorted(lists - self.soundness.used):
            self.say("note: soundness.md lists `%s`, which nothing here needs" % name)
        left = [row for row in rows.values() if row.proved < row.goals]
        for row in sorted(left, key=lambda row: row.key):
            self.say("UNPROVED %s (%s, %s): %d of %d goals" % (row.owner, row.path, row.tier, row.goals - row.proved,
                                                               row.goals))
        functions = {(row.path, row.owner) for row in rows.values() if not row.owner.startswith("lemma ")}
        listed = {row.owner for row in left if self.soundness.allows_unproved(row.owner, row.tier)}
        self.say("proofs: %d goals proved, %d functions, %d unproved-listed%s"
                 % (sum(row.proved for row in rows.values()), len(functions), len(listed),
                    "" if not self.problems else ", FAILED with %d problems" % len(set(self.problems))))
        return 1 if self.problems else 0


def do_replay(prover):
    rows = prover.judge(prover.replay())
    prover.problems += gate.check_manifest(rows, gate.read_manifest(prover.root))
    prover.check_status(rows)
    return prover.close(rows)


def do_full(prover):
    """Prove from nothing; then the committed cache must replay too. A cache that lacks a proof is mended."""
    shutil.rmtree(os.path.join(prover.work, "session"), ignore_errors=True)
    solved = prover.solve("update")
    rows = prover.judge(solved)
    prover.problems += gate.check_smoke(prover.smoke(True), prover.sources, prover.soundness)
    prover.problems += gate.check_manifest(rows, gate.read_manifest(prover.root))
    replayed = prover.replay()
    behind = [job for job in solved if job not in replayed
              or any(replayed[job].count(owner)[1] < solved[job].count(owner)[1] for owner in solved[job].goals)]
    for job in behind:
        prover.say("cache: %s could not be replayed, its proofs are replaced" % prover.name(job))
        prover.commit_cache(job, solved[job])
    if not prover.problems:
        prover.write_status(gate.collect(prover.sources, prover.replay() if behind else replayed)[0])
    print("proofs: does the gate still go red?", flush=True)
    if selftest.main([]):
        prover.problems.append("the gate's self-test failed: proofs/selftest.py")
    return prover.close(rows)


def do_update(prover):
    """Prove what changed since the committed cache; rewrite cache, manifest and STATUS.md from what was seen."""
    for job in prover.jobs:
        # the scratch of the last update also remembers which solver failed on what
        prover.load_committed(job, prover.scratch(job), afresh=False)
    solved = prover.solve("cleanup")
    prover.problems += gate.check_smoke(prover.smoke(False), prover.sources, prover.soundness)
    for job in solved:
        prover.commit_cache(job, solved[job])
    prover.drop_orphans()
    rows = prover.judge(prover.replay())
    gate.write_manifest(prover.root, rows)
    prover.write_status(rows)
    return prover.close(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=("full", "replay", "update", "selftest"))
    parser.add_argument("--root", default=wp.ROOT)
    parser.add_argument("--jobs", type=int, default=2)
    try:
        arguments = parser.parse_args()
    except SystemExit as stop:
        return 64 if stop.code else 0
    missing = missing_tools(arguments.mode != "replay")
    if missing:
        print("prove: %s not found; the proofs need the Debian packages: apt-get install %s"
              % (", ".join(missing), PACKAGES), file=sys.stderr)
        return 69
    if arguments.mode == "selftest":
        return selftest.main([])
    start = time.monotonic()
    prover = Prover(os.path.abspath(arguments.root), wp.build_dir(), arguments.jobs)
    if not prover.jobs:
        print("prove: no src/kernel/*.c under %s" % prover.root, file=sys.stderr)
        return 1
    code = {"full": do_full, "replay": do_replay, "update": do_update}[arguments.mode](prover)
    print("proofs: %s took %.0f s" % (arguments.mode, time.monotonic() - start), file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
