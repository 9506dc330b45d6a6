#!/usr/bin/python3
"""The proof gate: prove every kernel, or replay the committed proofs, and compare with what is expected.

    proofs/prove.py full       run the provers from nothing and look for contradictory contracts (make prove)
    proofs/prove.py replay     read every program; where one is not the one that was proved, as `regenerate` (make prove-replay)
    proofs/prove.py regenerate make every goal and find its proof in the committed cache, no solver (make prove-regenerate)
    proofs/prove.py update     prove what changed, rewrite cache, record, manifest and STATUS.md (make prove-update)
    proofs/prove.py upgrade    run the installed provers from nothing, whatever their versions: goals lost and gained against
                               the manifest (make prove-upgrade)
    proofs/prove.py import-cache DIR   rewrite the cache from proofs in WP's own form under DIR, a file each; no solver
    proofs/prove.py selftest   show that the gate goes red on each broken kernel of must_fail/

Options: --root DIR (another tree), --function NAME (full: this function alone), --jobs N (Frama-C processes side by side; default: one more than cores with solvers,
four a core in a replay, where WP waits most of its time), --only FILE,FILE (these kernels alone, without manifest and STATUS.md: for a
developer), --seed-cache DIR (update: goals already tried in another scratch cache are not tried again; repeatable).
Exit codes: 0 proved, 1 not proved, 64 usage, 69 a tool is missing.
"""
import argparse
import collections
import concurrent.futures
import glob
import os
import re
import resource
import shutil
import sys
import time

import cache
import gate
import locate
import probe
import reporting
import selftest
import status
import tools
import upgrade
import why3conf
import wp

TRIES = (4, 10, 60, 180)    # seconds a solver gets for a goal: the next one often needs less than a longer wait for the first would
OFFLINE = 16           # goals a Frama-C process has in hand in a replay: WP sleeps after each, and no solver runs
PART = 10              # functions a Frama-C process gets at most: small parts end together
REPLAY_TIMEOUT = 1000  # WP forgets a cached proof that took longer than the limit; a replay starts no solver anyway


GATED = ("src/kernel/", "proofs/lemmas/", "spec/logic/")  # how a problem with a file begins


# One process: some functions of a job, or all but some (then the lemmas and what headers define, too). `name` is that of its
# session and reports, `group` its functions of the file itself.
Part = collections.namedtuple("Part", "job name functions skip group")


def link_all(paths, target, copy=False):
    """Put the files into the folder `target`, by hard link where that works: thousands of them, each a kilobyte."""
    os.makedirs(target, exist_ok=True)
    for path in paths:
        name = os.path.join(target, os.path.basename(path))
        if os.path.exists(name):
            continue
        try:
            if copy:
                shutil.copyfile(path, name)
            else:
                os.link(path, name)
        except OSError:
            shutil.copyfile(path, name)


class Prover:
    """Runs all jobs of a tree; holds where things are."""

    def __init__(self, root, work, jobs, tries=TRIES, tables=None, quiet=False, only=(), function=""):
        self.root, self.work, self.only, self.function = root, work, only, function
        cores = os.cpu_count() or 2
        self.parallel, self.replaying = jobs or cores + 1, jobs or 4 * cores  # WP sleeps between goals
        self.tries, self.quiet = tries, quiet
        self.tables = tables or os.path.join(root, "proofs", "cache")
        self.session = self.scratch  # the sessions that the last reports come from
        self.sources = gate.Sources(root)
        self.soundness = gate.Soundness(root)
        self.configure()
        self.plan = wp.read_plan(root)
        self.jobs = self._jobs(self.plan)
        self.problems = []
        self.unread = set()  # (file, tier) of the jobs without a report

    def configure(self):
        self.config = why3conf.write_config(os.path.join(self.work, "why3"))

    def _jobs(self, plan):
        jobs = []
        for path in self.sources.files:
            for tier in wp.TIERS:
                implied = tier == "safety" and not gate.is_lemmas(path)
                if (implied or (path, tier) in plan) and (not self.only or path in self.only):
                    functions, options = plan.get((path, tier), ([], ()))
                    # the safety tier has no way out: a plan line there can only ask for an option
                    jobs.append((path, tier, () if tier == "safety" else tuple(functions), options))
        if self.function:
            jobs = self.one_function(jobs)
        # the longest files first, so that the last processes end together
        return sorted(jobs, key=lambda job: -len(self.sources.text[job[0]]))

    def one_function(self, jobs):
        """The jobs that prove the function asked for: those of its file, or for a header's, in each tier, the first that has it."""
        homes, chosen = {name for name, scan in self.sources.scan.items() if self.function in scan.functions}, {}
        for path, tier, functions, options in jobs:
            if not functions or self.function in functions:
                for home in homes.intersection(self.sources.included(path)):
                    chosen.setdefault((home, tier), (path, tier, (self.function,), options))
        return list(dict.fromkeys(chosen.values()))

    @staticmethod
    def stem(path):
        """The name of a file among the proofs: block for src/kernel/block.c, lemmas/optimality for proofs/lemmas/optimality.c."""
        return os.path.splitext(path.removeprefix("src/kernel/").removeprefix("proofs/"))[0]

    @classmethod
    def name(cls, job):
        return "%s.%s" % (cls.stem(job[0]), job[1])

    def table(self, path):
        return cache.table_path(self.tables, self.stem(path))

    def committed(self, job):
        """The lines of the committed table that belong to a job."""
        return [line for line in cache.read(self.table(job[0])) if line.tier == job[1]]

    def say(self, text):
        if not self.quiet:
            print(text, flush=True)

    def parts(self, job):
        """A job cut into processes of at most PART functions, neighbours apart: they tend to cost alike."""
        path, tier, functions, _ = job
        names = list(functions) or [name for name in self.sources.scan[path].functions
                                    if not self.soundness.trusts(path, name)]
        count = max(1, -(-len(names) // PART))
        groups = [tuple(names[first::count]) for first in range(count)]
        if functions:
            return [Part(job, "%s.%d" % (self.name(job), at), group, (), group) for at, group in enumerate(groups)]
        others = tuple(name for group in groups[1:] for name in group)
        return [Part(job, "%s.0" % self.name(job), (), others, groups[0])] + \
               [Part(job, "%s.%d" % (self.name(job), at), group, (), group) for at, group in enumerate(groups[1:], 1)]

    def run_all(self, phase, session, mode, parts=None, parallel=None, **options):
        """{job: report}; a job without a report becomes a problem. `session` gives the session folder of a part."""
        parts = self.each_part() if parts is None else parts
        offline = {"timeout": REPLAY_TIMEOUT, "par": OFFLINE} if mode == "offline" else {}
        options = {"timeout": self.tries[0], "par": 1} | offline | options

        def one(part):
            start = time.monotonic()
            report = wp.prove(part.job, self.root, self.config, session(part), mode, self.stem_of(phase, part),
                              only=part.functions, skip=part.skip, **options)
            return part, report, time.monotonic() - start

        pieces = {}
        with concurrent.futures.ThreadPoolExecutor(parallel or self.parallel) as pool:
            for part, report, seconds in pool.map(one, parts):
                pieces.setdefault(part.job, []).append(report)
                if isinstance(report, str):
                    self.refused(part.job, report)
                    self.say("  %-8s %-32s failed" % (phase, part.name))
                    continue
                counts = [report.count(owner) for owner in report.goals]
                self.say("  %-8s %-32s %4d/%d goals %6.1f s" % (phase, part.name, sum(c[1] for c in counts),
                                                               sum(c[0] for c in counts), seconds))
        return {job: wp.merge(reports) for job, reports in pieces.items()
                if not any(isinstance(report, str) for report in reports)}

    def refused(self, job, why):
        self.problems.append(why)
        self.unread.add(job[:2])

    def unseen(self):
        """(file, tier) of what the jobs without a report would have shown: their files, and the headers of these."""
        return {(home, tier) for path, tier in self.unread for home in self.sources.included(path)}

    def stem_of(self, phase, part):
        """Where a part's reports of a phase go."""
        path = os.path.join(self.work, phase, part.name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def scratch(self, part):
        return os.path.join(self.work, "session", part.name)

    def load_committed(self, part, session):
        """Give `session` the committed proofs of the job `part` belongs to."""
        cache.unpack(self.committed(part.job), os.path.join(session, "cache"))

    def each_part(self, jobs=None):
        return [part for job in (self.jobs if jobs is None else jobs) for part in self.parts(job)]

    def programs(self):
        """{job: its program as Frama-C reads it}, no goal made; a job that cannot be read becomes a problem."""
        whole = {job: Part(job, self.name(job), (), (), ()) for job in self.jobs}
        with concurrent.futures.ThreadPoolExecutor(self.parallel) as pool:
            read = dict(zip(self.jobs, pool.map(
                lambda job: wp.read_program(job, self.root, self.config, self.stem_of("program", whole[job])), self.jobs)))
        for job, report in read.items():
            if isinstance(report, str):
                self.refused(job, report)
        return {job: report for job, report in read.items() if not isinstance(report, str)}

    def recorded(self):
        """{job: what the record says} of the programs that are still the same; who proved their goals is in the tables, Qed what
        is not."""
        record, reports = gate.read_record(self.root), {}
        for job, report in self.programs().items():
            entry = record.get(self.name(job), {})
            if entry.get("program") != wp.digest(job, report):
                continue
            report.goals = {owner: {"recorded": (goals, goals)} for owner, goals in entry["goals"].items()}
            report.warnings = entry["warnings"]
            credit = {}
            for line in self.committed(job):
                credit.setdefault(line.owner, []).append(line.solver.split(":")[0])
            for owner, goals in entry["goals"].items():
                by = {label: credit.get(owner, []).count(label) for label in status.SOLVERS}
                by[status.SOLVERS[0]] = goals - sum(by.values())
                report.provers[owner] = {label: count for label, count in by.items() if count}
            reports[job] = report
        self.say("  %d of %d programs are those that were proved" % (len(reports), len(self.jobs)))
        return reports

    def replay(self):
        """What was proved of the programs that are still the same, goals made again of all others."""
        reports = self.recorded()
        reports.update(self.regenerate([job for job in self.jobs if job not in reports]))
        return reports

    def record(self, reports):
        """{name of a job: digest of its program, goals of each owner, WP's warnings} of the jobs proved whole."""
        return {self.name(job): {"program": wp.digest(job, program), "warnings": gate.said(reports[job]),
                                 "goals": {owner: reports[job].count(owner)[0] for owner in sorted(reports[job].goals)}}
                for job, program in self.programs().items()
                if job in reports and not any(reports[job].unproved(owner) for owner in reports[job].goals)}

    def regenerate(self, jobs=None, tasks=False):
        """Every goal made again, its proof found in the committed table: that is unpacked once a job; WP writes nothing to it."""
        def session(part):
            return os.path.join(self.work, "replay-session", self.name(part.job))
        parts = self.each_part(jobs)
        for part in {part.job: part for part in parts}.values():
            shutil.rmtree(session(part), ignore_errors=True)
            self.load_committed(part, session(part))
        return self.offline("replay", session, parts, tasks)

    def offline(self, phase, session, parts, tasks=False):
        """The goals of these parts, with the proofs that their sessions have."""
        self.session = session
        reports = self.run_all(phase, session, "offline", parts, parallel=self.replaying, tasks=tasks)
        # seen once in some hundred thousand goals: one that is in the cache was not found, and was the next time
        again = [part for job, report in reports.items() for part in self.left(job, report)]
        more = self.run_all("again", session, "offline", again, parallel=self.replaying)
        return {job: wp.amend(report, more[job]) if job in more else report for job, report in reports.items()}

    def left(self, job, report):
        """The parts of a job that have unproved goals, cut down to the functions these belong to."""
        owners = {owner for owner in report.goals
                  if report.unproved(owner)
                  and not self.soundness.allows_unproved(self.sources.home(job[0], owner), owner, job[1])}
        parts, again = self.parts(job), []
        grouped = {name for part in parts for name in part.group}
        for part in parts:
            mine = tuple(name for name in part.group if name in owners)
            if part == parts[0] and owners - grouped:  # a lemma, or a function of a header
                again.append(part)
            elif mine:
                again.append(part._replace(functions=mine, skip=()))
        return again

    def places(self, reports):
        """{(path, tier): {owner: [Place]}} of all goals left: WP makes those of the functions once more and says where they are."""
        found = {}
        for part in [part for job, report in reports.items() for part in self.left(job, report)]:
            stem = self.stem_of("places", part)
            report = wp.prove(part.job, self.root, self.config, self.session(part), "offline", stem, only=part.functions,
                              skip=part.skip, timeout=REPLAY_TIMEOUT, par=OFFLINE, extra=("-wp-print",))
            if isinstance(report, str):
                continue  # the goals are named without
            with open(stem + ".log", encoding="utf-8", errors="replace") as handle:
                places = locate.find(handle.read(), report, part.job[0], report.goals, self.sources)
            found.setdefault(part.job[:2], {}).update(places)
        return found

    def solve(self, jobs=None, tasks=False):
        """Run the provers in the scratch sessions; what times out gets a longer try."""
        self.session = self.scratch
        reports = self.run_all("solve", self.scratch, "update", self.each_part(jobs), tasks=tasks)
        for limit in self.tries[1:]:
            again = [part for job, report in reports.items() for part in self.left(job, report)]
            for job, report in self.run_all("retry", self.scratch, "update", again, timeout=limit).items():
                reports[job] = wp.amend(reports[job], report)
        return reports

    def smoke(self, afresh, jobs=None):
        """Contradictory requires, invariants, dead code: what a prover can show false makes every proof worthless."""
        def session(part):
            return os.path.join(self.work, "smoke-session", part.name)
        for part in self.each_part(jobs):
            if afresh:
                shutil.rmtree(session(part), ignore_errors=True)
            link_all(glob.glob(os.path.join(self.scratch(part), "cache", "*.json")), os.path.join(session(part), "cache"),
                     copy=True)
        return self.run_all("smoke", session, "update", self.each_part(jobs), smoke=True)

    def packed(self, job, report):
        """The lines of a job's table as a run shows them: the goals it made, the proofs its sessions have."""
        folders = sorted({os.path.join(self.session(part), "cache") for part in self.parts(job)})
        return cache.lines_of(job[1], report, folders, self.committed(job))

    def commit_tables(self, reports):
        """Make the committed tables exactly the proofs that the last run used: no time-outs, nothing stale. A job without a
        report keeps its lines."""
        seen = {job: self.packed(job, report) for job, report in reports.items()}
        for path in {job[0] for job in self.jobs}:
            mine = [job for job in self.jobs if job[0] == path]
            cache.write(self.table(path), [line for job in mine for line in seen.get(job, self.committed(job))])
        return sum(len(lines) for lines in seen.values())

    def check_tables(self, reports):
        """Each line names the goal that WP makes of it, and no line is left that no goal needs."""
        for job, report in reports.items():
            seen, committed = set(self.packed(job, report)), set(self.committed(job))
            if seen != committed and not any(report.unproved(owner) for owner in report.goals):
                line = sorted(seen ^ committed)[0]
                self.problems.append("%s does not say what was seen of the %s tier, of %s for one: run `make prove-update`"
                                     % (os.path.relpath(self.table(job[0]), self.root), job[1], line.owner))

    def drop_orphans(self):
        tables = {self.table(job[0]) for job in self.jobs}
        for path in glob.glob(os.path.join(self.tables, "**", "*"), recursive=True):
            if os.path.isfile(path) and path not in tables:
                os.remove(path)

    def judge(self, reports):
        """All checks that do not involve the manifest; returns the rows."""
        rows, disagreements = gate.collect(self.sources, reports)
        self.problems += disagreements + self.soundness.problems()
        self.problems += gate.check_unproved(reports, self.sources, self.soundness, self.places(reports))
        self.problems += gate.check_contracts(reports, self.sources, self.soundness)
        self.problems += gate.check_visibility(reports, self.sources, self.soundness)
        self.problems += gate.check_plan(self.sources, self.plan, self.soundness)
        self.problems += gate.check_clauses(reports, self.sources)
        self.problems += gate.check_loops(self.sources, self.soundness)
        self.problems += gate.check_assumptions(reports, self.sources, self.soundness)
        self.problems += gate.check_warnings(reports, self.sources, self.soundness)
        return rows

    def check_status(self, rows):
        path = os.path.join(self.root, "proofs", "STATUS.md")
        old = open(path, encoding="utf-8").read() if os.path.exists(path) else ""
        new = status.render(rows, self.sources, self.soundness)
        # where something is not proved, the summary is not what has to be mended
        if status.comparable(old) != status.comparable(new) and not self.problems:
            self.problems.append("proofs/STATUS.md does not say what was seen: run `make prove-update`")

    def write_status(self, rows):
        with open(os.path.join(self.root, "proofs", "STATUS.md"), "w", encoding="utf-8") as out:
            out.write(status.render(rows, self.sources, self.soundness))

    def cases(self, rows):
        """{(file, what is proved): [problem]}: a function, or a lemma, in a tier."""
        said = {key: re.compile(r"%s:\d+: %s \(%s\)" % tuple(map(re.escape, key))) for key in rows}
        return {(row.path, "%s (%s)" % (row.owner, row.tier)): [text for text in self.problems if said[key].match(text)]
                for key, row in sorted(rows.items())}

    def close(self, rows):
        """Print the problems and the closing line; return the exit code."""
        if self.function:  # what is said of others that were not asked for means nothing
            named = re.compile(r": %s (\(|is )|: warning: |: frama-c ended with code " % re.escape(self.function))
            self.problems = [text for text in self.problems if named.search(text) or not text.startswith(GATED)]
        elif self.only:  # what the gate says of files that were not asked for means nothing
            asked = tuple(path[:-1] for path in self.only)
            self.problems = [text for text in self.problems
                             if text.startswith(asked) or ": frama-c ended with code " in text or not text.startswith(GATED)]
        for problem in dict.fromkeys(self.problems):
            self.say("PROBLEM %s" % problem)
        lists = set() if self.only or self.function else set(self.soundness.trusted) | set(self.soundness.unproved)
        for name in sorted(lists - self.soundness.used):
            self.say("note: soundness.md lists `%s`, which nothing here needs" % name)
        left = [row for row in rows.values() if row.proved < row.goals]
        for row in sorted(left, key=lambda row: row.key):
            self.say("UNPROVED %s (%s, %s): %d of %d goals" % (row.owner, row.path, row.tier, row.goals - row.proved,
                                                               row.goals))
        functions = {(row.path, row.owner) for row in rows.values() if not row.owner.startswith("lemma ")}
        listed = {(row.path, row.owner) for row in left if self.soundness.allows_unproved(row.path, row.owner, row.tier)}
        reporting.write("proofs", self.cases(rows), self.problems)
        self.say("proofs: %d goals proved, %d functions, %d unproved-listed%s"
                 % (sum(row.proved for row in rows.values()), len(functions), len(listed),
                    "" if not self.problems else ", FAILED with %d problems" % len(set(self.problems))))
        return 1 if self.problems else 0


def check_expected(prover, rows):
    """The manifest, as far as it is about what was asked for."""
    expected = gate.read_manifest(prover.root)
    if prover.function:
        expected = {key: goals for key, goals in expected.items() if key[1] == prover.function}
    elif prover.only:
        met = {row.path for row in rows.values()}
        expected = {key: goals for key, goals in expected.items() if key[0] in prover.only or key in rows}
        rows = {key: row for key, row in rows.items() if key[0] in met}
    unseen = prover.unseen()  # that these are gone is not what has to be mended
    prover.problems += gate.check_manifest(rows, {key: goals for key, goals in expected.items()
                                                     if key in rows or (key[0], key[2]) not in unseen})


def check_record(prover, reports):
    """The record says what was seen: which programs, which goals."""
    record, seen = gate.read_record(prover.root), prover.record(reports)
    prover.problems += ["proofs/record.json does not say what was seen of %s: run `make prove-update`" % name
                        for name in sorted(set(record) | set(seen))
                        if record.get(name) != seen.get(name) and (name in seen or not prover.only)]


def do_replay(prover, anew):
    reports = prover.regenerate(tasks=True) if anew else prover.replay()
    if anew:
        prover.check_tables(reports)
    rows = prover.judge(reports)
    check_expected(prover, rows)
    if anew:
        check_record(prover, reports)
    if not prover.only:
        prover.check_status(rows)
    return prover.close(rows)


def do_full(prover):
    """Prove from nothing: the committed cache is neither read nor written, so no forged entry of it can help."""
    shutil.rmtree(os.path.join(prover.work, "session"), ignore_errors=True)
    reports = prover.solve()
    rows = prover.judge(reports)
    prover.problems += gate.check_smoke(prover.smoke(True), prover.sources, prover.soundness)
    check_expected(prover, rows)
    if not prover.function:
        check_record(prover, reports)
    return prover.close(rows)


def do_update(prover, seeds):
    """Prove the programs that are not those of the record; rewrite cache, record, manifest and STATUS.md from what was seen."""
    seed = os.path.join(prover.work, "seed")
    known = {} if prover.only else prover.recorded()
    jobs = [job for job in prover.jobs if job not in known]
    shutil.rmtree(seed, ignore_errors=True)
    link_all([path for folder in seeds for path in cache.entries_under(folder)], seed, copy=True)
    for part in prover.each_part(jobs):
        # the scratch of the last update also remembers which solver failed on what
        prover.load_committed(part, prover.scratch(part))
        link_all(glob.glob(os.path.join(seed, "*.json")), os.path.join(prover.scratch(part), "cache"))
    solved = prover.solve(jobs, tasks=True)
    prover.problems += gate.check_smoke(prover.smoke(False, jobs), prover.sources, prover.soundness)
    prover.commit_tables(solved)
    if prover.only:
        return prover.close(prover.judge(prover.regenerate()))
    prover.drop_orphans()
    reports = known | prover.regenerate(jobs)
    rows = prover.judge(reports)
    gate.write_record(prover.root, {} if prover.problems else prover.record(reports))
    gate.write_manifest(prover.root, rows)
    prover.write_status(rows)
    return prover.close(rows)


def do_import(prover, folder):
    """Write the committed tables anew from a folder with proofs in WP's own form, one file each; no solver runs."""
    session = os.path.join(prover.work, "import-session")
    shutil.rmtree(session, ignore_errors=True)
    link_all(cache.entries_under(folder), os.path.join(session, "cache"), copy=True)
    reports = prover.offline("import", lambda part: session, prover.each_part(), tasks=True)
    print("proofs: %d lines written to %s" % (prover.commit_tables(reports), prover.tables))
    left = ["%s: %s (%s)" % (job[0], owner, job[1]) for job, report in reports.items() for owner in report.goals
            if report.unproved(owner)]
    for text in left + prover.problems:
        print("PROBLEM %s" % (text if text in prover.problems else text + ": goals without a proof there; run `make prove-update`"))
    return 1 if left or prover.problems else 0


def arguments_of(command):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=("full", "replay", "regenerate", "update", "upgrade", "import-cache", "selftest"))
    parser.add_argument("folder", nargs="?", default="")
    parser.add_argument("--root", default=wp.ROOT)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--function", default="")
    parser.add_argument("--seed-cache", action="append", default=[])
    arguments = parser.parse_args(command)
    if (arguments.mode == "import-cache") != bool(arguments.folder):
        parser.error("import-cache, and no other mode, takes a folder")
    if arguments.function and arguments.mode != "full":
        parser.error("--function goes with full alone: the other modes are about whole programs")
    return arguments


def ready(mode):
    """0 if the tools that a mode needs are there and speak as expected, or the exit code."""
    offline = mode in ("replay", "regenerate", "import-cache")
    missing = [tool for tool in tools.missing() if not offline or tool in ("frama-c", "why3")]
    if missing:
        print("prove: %s not found; the proofs need the Debian packages: apt-get install %s"
              % (", ".join(missing), tools.PACKAGES), file=sys.stderr)
        return 69
    return probe.main(["wp"]) if mode in ("full", "upgrade") else 0


def main():
    try:
        arguments = arguments_of(sys.argv[1:])
    except SystemExit as stop:
        return 64 if stop.code else 0
    mode = arguments.mode
    if mode == "upgrade" and os.environ.get("LFAP_PROOF_TOOLS") != "installed":  # read when tools.py is
        os.execve(sys.executable, [sys.executable] + sys.argv, dict(os.environ, LFAP_PROOF_TOOLS="installed"))
    code = ready(mode)
    if code or mode == "selftest":
        return code or selftest.main([])
    start = time.monotonic()
    only = [name for name in arguments.only.split(",") if name]
    work = os.path.join(wp.build_dir(), "upgrade") if mode == "upgrade" else wp.build_dir()
    prover = Prover(os.path.abspath(arguments.root), work, arguments.jobs, only=only, function=arguments.function)
    if not prover.jobs:
        print("prove: no src/kernel/*.c%s under %s" % (" with " + arguments.function if arguments.function else "", prover.root),
              file=sys.stderr)
        return 1
    run = {"full": do_full, "replay": lambda prover: do_replay(prover, False),
           "regenerate": lambda prover: do_replay(prover, True), "update": lambda prover: do_update(prover, arguments.seed_cache),
           "upgrade": upgrade.compare, "import-cache": lambda prover: do_import(prover, arguments.folder)}
    try:
        code = run[mode](prover)
    except cache.Malformed as error:
        print("PROBLEM %s" % error)
        code = 1
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print("proofs: %s took %.0f s, %.0f s of processor time" % (mode, time.monotonic() - start, used.ru_utime + used.ru_stime),
          file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
