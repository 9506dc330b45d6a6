#!/usr/bin/python3
"""One run of Frama-C/WP on one kernel file in one tier: the command line, and what its reports say.

    proofs/wp.py [--smoke] [--timeout SECONDS] FILE.c [TIER] [FUNCTION,FUNCTION...]

TIER is safety (default), real or value; proofs/README.md says what they mean. As a command it proves the file with a
scratch cache under $BUILD (default build/), prints WP's own output, then each unproved goal by name; it exits 1 if one
is left. The gate in prove.py uses the same functions, so what proves here proves there.
"""
import functools
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

import csource
import tools
import why3conf

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODELS = {"safety": "Typed", "real": "Typed+real", "value": "Typed+float"}
TIERS = tuple(MODELS)
PROVER_KEYS = (("Qed", tools.QED),) + tuple((name, "%s:%s" % (name, version)) for name, version, *_ in tools.SOLVERS)
PROVERS = ",".join("%s:%s" % solver[:2] for solver in tools.SOLVERS)
# A smoke test that passes costs each prover its whole time: one prover, 0.4 seconds. The goals themselves are not made again; WP
# makes a function's smoke tests only if some goal of it is wanted, and every function has `terminates` and `exits`.
SMOKE_PROVER, SMOKE_TENTHS = "%s:%s" % tools.SMOKE_SOLVER[:2], "4"
SMOKE_ALONE = ",".join("-@" + kind for kind in ("lemma", "requires", "ensures", "assert", "invariant", "variant", "assigns"))
TIMEOUT = 10
INCLUDE = ("src", "src/kernel", "spec/logic", ".")  # where a file in quotes is looked for, after its own folder
OPTIONS = ("wrap", "rewrite")  # what proofs/plan.tsv may say of a file, explained there


def read_plan(root):
    """{(file, tier): (functions or [] for all, options)} from proofs/plan.tsv; the safety tier of all files is implied."""
    plan = {}
    path = os.path.join(root, "proofs", "plan.tsv")
    if not os.path.exists(path):
        return plan
    with open(path, encoding="utf-8") as handle:
        for number, line in enumerate(handle, 1):
            if not line.strip() or line.startswith("#"):
                continue
            fields = line.rstrip("\n").split("\t")
            options = () if fields[3:] == ["-"] else tuple(fields[-1].split(","))
            if len(fields) != 4 or fields[1] not in MODELS or not set(options) <= set(OPTIONS):
                raise SystemExit("proofs/plan.tsv:%d: expected file, tier, functions, options (%s) or -, with tabs"
                                 % (number, ", ".join(OPTIONS)))
            functions = [] if fields[2] == "*" else fields[2].split(",")
            plan[(fields[0], fields[1])] = (functions, options)
    return plan


def planned(plan, path, tier, function):
    """Whether the plan has a function proved in a tier beyond safety; a line without names has all of its file."""
    names, _ = plan.get((path, tier), ((), ()))
    return (path, tier) in plan and (not names or function in names)


def build_dir():
    return os.path.abspath(os.path.join(ROOT, os.environ.get("BUILD") or "build", "proofs"))


def defines(tier):
    """What the preprocessor is told."""
    return ["-D__FRAMAC__", "-DLFAP_TIER_" + tier.upper()] + ["-I" + folder for folder in INCLUDE]


def reading(tier, plugins):
    """How a command begins. No other plugins: their global data costs OCaml's collector a fifth of the time."""
    return ["frama-c", "-no-autoload-plugins", "-load-module", plugins, "-c11", "-cpp-extra-args=" + " ".join(defines(tier))]


def program_command(path, tier, out):
    """The command that reads `path` and writes down what it read: no goal is made."""
    return reading(tier, "report") + [path, "-then", "-report-untried"] + written_down(out)


def written_down(out):
    """The options that write the table of properties and the program as Frama-C understood it."""
    return ["-report-csv", out + ".csv", "-print", "-ocode", out + ".acsl.c"]


def frama_c_command(path, tier, options, functions, session, cache_mode, out, smoke=False, timeout=TIMEOUT, par=2,
                    skip=(), provers=PROVERS):
    """The command that proves `path` (relative to the directory it will run in); `out` is the stem of its reports.

    The cache is session/cache.
    """
    command = reading(tier, "wp,rtegen,report")
    command += ["-wp", "-wp-rte", "-warn-special-float", "none", "-wp-model", MODELS[tier],
                "-wp-prover", SMOKE_PROVER if smoke else provers, "-wp-timeout", str(timeout), "-wp-par", str(par),
                "-wp-session", session, "-wp-cache", cache_mode, "-wp-report-json", out + ".json"]
    if "rewrite" not in options:  # nearly every goal comes out the same, for a sixth less time
        command += ["-wp-no-pruning", "-wp-no-ground"]
    if "wrap" not in options:
        command.append("-warn-unsigned-overflow")
    if functions:
        command += ["-wp-fct", ",".join(functions)]
    if skip:
        command += ["-wp-skip-fct", ",".join(skip)]
    if smoke:
        # requires, loops and calls; not dead code: a branch for NaN is dead, rightly, where doubles are reals
        command += ["-wp-smoke-tests", "-wp-smoke-timeout", SMOKE_TENTHS, "-wp-no-smoke-dead-code", "-wp-prop=" + SMOKE_ALONE]
    return command + [path, "-then", "-no-wp"] + written_down(out)


def environment(root, config):
    """A private Why3 configuration, and no user's cache. Frama-C resolves relative names against $PWD rather than the
    directory it runs in; OCaml's default nursery is small, and those of eight processes have to fit the cache."""
    result = dict(os.environ, WHY3CONFIG=config, LC_ALL="C.UTF-8", PWD=root, OCAMLRUNPARAM="s=512k,o=200")
    result.pop("FRAMAC_WP_CACHE", None)
    result.pop("FRAMAC_WP_CACHEDIR", None)
    return result


def run(command, root, config, stdout_path):
    """Run Frama-C; its output goes to `stdout_path`, its exit code is returned."""
    with open(stdout_path, "w", encoding="utf-8") as out:
        return subprocess.run(command, cwd=root, env=environment(root, config), stdin=subprocess.DEVNULL,
                              stdout=out, stderr=subprocess.STDOUT).returncode


def read_properties(path):
    """The table of -report-csv as dictionaries. A long property runs over several lines, unquoted."""
    with open(path, encoding="utf-8") as handle:
        header, *lines = handle.read().split("\n")
    names, rows = header.split("\t"), []
    for line in lines:
        fields = line.split("\t", len(names) - 1)
        if len(fields) == len(names):
            rows.append(dict(zip(names, fields)))
        elif rows:
            rows[-1][names[-1]] += " " + line.strip()
    return rows


class Report:
    """What one run left behind.

    goals:    {function or 'lemma NAME': {goal: (total, valid)}} without smoke tests
    smoke:    {function: {goal: passed}}
    provers:  {function or lemma: {prover: goals}}
    rows:     the property table of -report-csv as dictionaries
    warnings: text of each warning
    tasks:    [(goal, digest of the text that a solver was given for it)], if these were kept
    code:     the program as Frama-C understood it, macros and includes resolved, with all annotations
    functions, texts: what csource reads in it
    """

    def __init__(self, stem):
        self.goals, self.smoke, self.provers, self.tasks = {}, {}, {}, []
        data = {}
        if os.path.exists(stem + ".json"):  # WP writes none, or null, when a file has no goal at all
            with open(stem + ".json", encoding="utf-8") as handle:
                data = json.load(handle) or {}
        for name, section in data.get(tools.FUNCTIONS, {}).items():
            self._add(name, section)
        for axiomatic in data.get(tools.AXIOMATICS, {}).values():
            for name, entry in axiomatic.items():
                if name != tools.SECTION:
                    self._add("lemma " + name.removeprefix(tools.LEMMA), {name: entry})
        self.rows = read_properties(stem + ".csv")
        with open(stem + ".acsl.c", encoding="utf-8") as handle:
            self.code = handle.read()
        with open(stem + ".log", encoding="utf-8", errors="replace") as handle:
            text = handle.read()
        self.warnings = [piece.strip() for piece in tools.WARNING.findall(text)]

    @functools.cached_property
    def functions(self):
        return csource.Scan(self.code).functions

    @functools.cached_property
    def texts(self):
        return csource.function_texts(self.code)

    def _add(self, owner, section):
        goals = self.goals.setdefault(owner, {})
        credit = self.provers.setdefault(owner, {})
        for goal, entry in section.items():
            if goal == tools.SECTION:
                continue
            main = entry[tools.MAIN]
            total, valid = main.get(tools.TOTAL, 0), main.get(tools.VALID, 0)
            if tools.SMOKE in goal:
                # WP counts a smoke test as valid when no prover could derive false
                self.smoke.setdefault(owner, {})[goal] = total == valid
                continue
            goals[goal] = (total, valid)
            left = valid  # each prover that answered is counted by WP: credit a goal once, to the first in this order
            for label, key in PROVER_KEYS:
                taken = min(left, entry.get(key, {}).get(tools.VALID, 0))
                if taken:
                    credit[label] = credit.get(label, 0) + taken
                left -= taken

    def unproved(self, owner):
        return sorted(goal for goal, (total, valid) in self.goals.get(owner, {}).items() if valid < total)

    def count(self, owner):
        entries = self.goals.get(owner, {}).values()
        return sum(total for total, _ in entries), sum(valid for _, valid in entries)

    def failed_smoke(self, owner):
        return sorted(goal for goal, passed in self.smoke.get(owner, {}).items() if not passed)


@functools.cache
def tool_versions():
    return [subprocess.run(tools.VERSIONS[tool][0], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()
            for tool in ("frama-c", "why3")] + [repr(tools.SOLVERS)]


def digest(job, program):
    """What the goals of a job follow from: the program it was read as, how WP is asked, which tools answer."""
    path, tier, functions, planned = job
    asked = [word for word in frama_c_command(path, tier, planned, functions, "SESSION", "CACHE", "OUT")
             if not word.startswith("-cpp-extra-args")]  # what the preprocessor did is in the program
    return hashlib.sha256("\0".join(tool_versions() + asked + [program.code]).encode("utf-8")).hexdigest()


def merge(reports):
    """One Report of the parts of a job. The program they saw is the same; each lists the properties of its own functions."""
    whole = reports[0]
    for report in reports[1:]:
        for mine, other in ((whole.goals, report.goals), (whole.smoke, report.smoke), (whole.provers, report.provers)):
            for owner, entries in other.items():
                mine.setdefault(owner, {}).update(entries)
        whole.warnings += report.warnings
        whole.tasks += report.tasks
        whole.rows += [row for row in report.rows if row not in whole.rows]
    return whole


def amend(whole, again):
    """`whole` with the functions that were run once more as that run left them: by themselves their goals have other names."""
    for owner in again.goals:
        whole.goals[owner], whole.provers[owner] = again.goals[owner], again.provers.get(owner, {})
    whole.warnings += again.warnings
    return whole


def refusal(log, root):
    """(file:line, why) of the first place of the tree that the log says was not understood, or None."""
    found = sorted((match for words in tools.REFUSALS for match in words.finditer(log)), key=lambda match: match.start())
    for match in found:
        file = os.path.relpath(os.path.join(root, match["file"]), root)
        if not file.startswith(".."):
            return "%s:%s" % (file, match["line"]), " ".join(match["text"].split())
    return None


def leave(command, path, tier, root, config, stem):
    """Run `command`, which leaves its reports at `stem`: why there are none (or None), and what it printed."""
    for suffix in (".json", ".csv", ".acsl.c"):
        if os.path.exists(stem + suffix):
            os.remove(stem + suffix)
    code = run(command, root, config, stem + ".log")
    with open(stem + ".log", encoding="utf-8", errors="replace") as handle:
        log = handle.read()
    if code != 0 or not os.path.exists(stem + ".csv"):
        place, why = refusal(log, root) or (path, " / ".join(log.strip().splitlines()[-4:]))
        return "%s: frama-c ended with code %d on %s (%s): %s" % (place, code, path, tier, why), log
    return None, log


def read_program(job, root, config, stem):
    """The Report of a job before any goal is made, or the reason there is none as a string."""
    path, tier, _, _ = job
    reason, _ = leave(program_command(path, tier, stem), path, tier, root, config, stem)
    return reason or Report(stem)


def prove(job, root, config, session, cache_mode, stem, only=(), skip=(), extra=(), tasks=False, **options):
    """Run one job (path, tier, functions, plan's options), `only` or all but `skip` of its functions; return its Report, or the
    reason there is none as a string. `extra` are more options of WP; `tasks` has the Report say which digest is which goal's."""
    path, tier, functions, planned = job
    functions, options = only or functions, dict(options, skip=skip)
    os.makedirs(os.path.join(session, "cache"), exist_ok=True)
    command = frama_c_command(path, tier, planned, functions, session, cache_mode, stem, **options)
    texts = stem + ".goals"
    shutil.rmtree(texts, ignore_errors=True)
    more = list(extra) + (["-wp-out", texts] if tasks else [])
    at = command.index("-then")
    reason, _ = leave(command[:at] + more + command[at:], path, tier, root, config, stem)
    if reason:
        return reason
    report = Report(stem)
    report.tasks = digests(texts)
    shutil.rmtree(texts, ignore_errors=True)
    return report


def digests(folder):
    """[(goal, digest)] of the texts that WP wrote for solvers: the digest is the name of the proof in WP's cache."""
    found = []
    for path in glob.glob(os.path.join(folder, "*", "*")):
        name = tools.GOAL_FILE.fullmatch(os.path.basename(path))
        if name:
            with open(path, "rb") as handle:
                found.append((name.group(1), hashlib.md5(handle.read()).hexdigest()))
    return sorted(found)


def main(arguments):
    smoke = "--smoke" in arguments
    arguments = [argument for argument in arguments if argument != "--smoke"]
    timeout = TIMEOUT
    if "--timeout" in arguments:
        at = arguments.index("--timeout")
        timeout = int(arguments[at + 1])
        del arguments[at:at + 2]
    if not 1 <= len(arguments) <= 3 or arguments[0].startswith("-"):
        raise SystemExit(__doc__)
    path = os.path.abspath(arguments[0])
    if path.startswith(ROOT + os.sep):
        path = os.path.relpath(path, ROOT)
    tier = arguments[1] if len(arguments) > 1 else "safety"
    functions = arguments[2].split(",") if len(arguments) > 2 else []
    if tier not in MODELS:
        raise SystemExit("wp: no tier '%s'; there are %s" % (tier, ", ".join(TIERS)))
    work = build_dir()
    config = why3conf.write_config(os.path.join(work, "why3"))
    stem = os.path.join(work, "wp-%s-%s" % (os.path.splitext(os.path.basename(path))[0], tier))
    planned = read_plan(ROOT).get((path, tier), ([], ()))[1]
    report = prove((path, tier, functions, planned), ROOT, config, os.path.join(work, "scratch"), "update", stem,
                   smoke=smoke, timeout=timeout)
    sys.stdout.write(open(stem + ".log", encoding="utf-8", errors="replace").read())
    if isinstance(report, str):
        print("wp: " + report)
        return 1
    left = 0
    for owner in sorted(report.goals):
        total, valid = report.count(owner)
        print("wp: %-10s %-40s %d/%d" % (tier, owner, valid, total))
        for goal in report.unproved(owner):
            print("wp: UNPROVED %s: %s" % (owner, goal))
        for goal in report.failed_smoke(owner):
            print("wp: CONTRADICTION %s: %s" % (owner, goal))
        left += len(report.unproved(owner)) + len(report.failed_smoke(owner))
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
