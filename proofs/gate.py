"""The gate's judgement: what a set of WP reports, the sources, the manifest and spec/soundness.md say together.

WP exits 0 whatever it leaves unproved, does not mention a function it was never shown, and takes axioms silently. Every
way we know to make a proof look better than it is has its own check here and its own broken kernel in must_fail/.
"""
import functools
import glob
import json
import os
import re

import csource
import tools
import wp

# Warnings that say nothing about soundness. Every other warning fails the gate.
HARMLESS = (
    tools.DECIMAL,   # a decimal literal is rounded, as C says
    tools.NO_GOAL,   # all functions of the file are trusted, which is checked by name
    tools.PEDANTIC,  # a function without assigns: reported by name below
)


class Row:
    """One line of the manifest: an owner (function or 'lemma NAME') in one tier."""

    def __init__(self, path, owner, tier, goals, proved, provers):
        self.path, self.owner, self.tier = path, owner, tier
        self.goals, self.proved, self.provers = goals, proved, provers

    @property
    def key(self):
        return (self.path, self.owner, self.tier)


def is_lemmas(path):
    """A file of lemmas, not part of the library: proved in the tiers that plan.tsv names, and no others."""
    return path.startswith("proofs/lemmas/")


class Sources:
    """The kernels and lemma files under a root, with what the text itself says is in them."""

    def __init__(self, root):
        self.root = root
        self.text, self.scan = {}, {}
        for path in sorted(glob.glob(os.path.join(root, "src", "kernel", "*.[ch]"))
                           + glob.glob(os.path.join(root, "proofs", "lemmas", "*.[ch]"))
                           + glob.glob(os.path.join(root, "spec", "logic", "*"))):
            name = os.path.relpath(path, root)
            with open(path, encoding="utf-8") as handle:
                self.text[name] = handle.read()
            self.scan[name] = csource.Scan(self.text[name])
        self.files = [name for name in self.text if name.endswith(".c")]
        self.headers = [name for name in self.text if not name.endswith(".c")]

        self._included = {}

    def included(self, path):
        """`path` and the files it includes, directly or not: what stands in others has nothing to do with it."""
        if path not in self._included:
            found, todo = [], [path]
            while todo:
                name = todo.pop(0)
                if name in found or name not in self.text:
                    continue
                found.append(name)
                for text in csource.includes(self.text[name]):
                    todo += [os.path.normpath(os.path.join(folder, text))
                             for folder in (os.path.dirname(name), *wp.INCLUDE)]
            self._included[path] = found
        return self._included[path]

    def place(self, path, owner):
        """(file, line) where a function or lemma met while proving `path` is written; line 1 where the text does not show it."""
        for name in self.included(path):
            known = self.lemma_lines(name) if owner.startswith("lemma ") else self.scan[name].functions
            if owner.removeprefix("lemma ") in known:
                return name, known[owner.removeprefix("lemma ")]
        return path, 1

    def home(self, path, owner):
        return self.place(path, owner)[0]

    @functools.lru_cache(maxsize=None)
    def lemma_lines(self, name):
        return csource.lemma_lines(self.text[name])


class Soundness:
    """The two lists of spec/soundness.md that the gate obeys: between markers, one entry a line, in backticks, as FILE:NAME.
    The file is the one in which the thing is written: a function of the same name in another file is not meant."""

    def __init__(self, root):
        path = os.path.join(root, "spec", "soundness.md")
        text = open(path, encoding="utf-8").read() if os.path.exists(path) else ""
        self.trusted = self._block(text, "trusted")
        self.unproved = self._block(text, "unproved")
        self.used = set()

    @staticmethod
    def _block(text, name):
        match = re.search(r"<!-- %s:begin -->(.*?)<!-- %s:end -->" % (name, name), text, re.S)
        return [found.group(1) for line in (match.group(1) if match else "").splitlines()
                for found in [re.search(r"`([^`]+)`", line)] if found]

    def problems(self):
        """An entry without a file would trust whatever has that name."""
        return ["spec/soundness.md: the entry `%s` names no file: write `FILE:%s`" % (entry, entry)
                for entry in self.trusted + self.unproved if not re.match(r"[^:]+\.\w+:", entry)]

    def trusts(self, path, name):
        entry = "%s:%s" % (path, name)
        if entry in self.trusted:
            self.used.add(entry)
        return entry in self.trusted

    def allows_unproved(self, path, owner, tier):
        for entry in ("%s:%s" % (path, owner), "%s:%s:%s" % (path, owner, tier)):
            if entry in self.unproved:
                self.used.add(entry)
                return True
        return False


def owner_of(name, owners):
    """(function or lemma, the goal's name within it) of a goal as WP names it: `tile_at_assert_now` is tile_at's, not tile's."""
    if name.startswith(tools.LEMMA):
        return "lemma " + name[len(tools.LEMMA):], "lemma"
    best = max((owner for owner in owners if name.startswith(owner + "_")), key=len, default="")
    return best, name[len(best) + 1:] if best else name


def read_manifest(root):
    rows = {}
    path = os.path.join(root, "proofs", "manifest.tsv")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as handle:
            for line in handle:
                if line.strip() and not line.startswith("#"):
                    file, owner, tier, goals = line.rstrip("\n").split("\t")
                    rows[(file, owner, tier)] = int(goals)
    return rows


def write_manifest(root, rows):
    with open(os.path.join(root, "proofs", "manifest.tsv"), "w", encoding="utf-8") as out:
        out.write("# What the gate expects to see proved: written by `make prove-update`, compared by `make prove`.\n")
        out.write("# file\tfunction\ttier\tgoals\n")
        for row in sorted(rows.values(), key=lambda row: row.key):
            out.write("%s\t%s\t%s\t%d\n" % (row.path, row.owner, row.tier, row.goals))


def record_path(root):
    return os.path.join(root, "proofs", "record.json")


def read_record(root):
    """{name of a job: {"program": digest, "goals": {owner: number}, "warnings": texts}} of what was proved whole."""
    if not os.path.exists(record_path(root)):
        return {}
    with open(record_path(root), encoding="utf-8") as handle:
        return json.load(handle)


def said(report):
    """What Frama-C warned of, without the line numbers, which a comment can move."""
    return sorted({tools.WARNING_PLACE.sub(r"\1", " ".join(text.split())) for text in report.warnings})


def write_record(root, record):
    with open(record_path(root), "w", encoding="utf-8") as out:
        json.dump(record, out, indent=1, sort_keys=True)
        out.write("\n")


def collect(sources, reports):
    """Rows of all reports. A function of a header or a lemma is met in several runs: it is counted once, at its home."""
    rows, problems = {}, []
    for (path, tier, functions, _), report in sorted(reports.items(), key=lambda item: item[0][:2]):
        seen = report.functions
        owners = set(report.goals) | {name for name in seen if not functions or name in functions}
        for owner in sorted(owners):
            goals, proved = report.count(owner)
            row = Row(sources.home(path, owner), owner, tier, goals, proved, report.provers.get(owner, {}))
            known = rows.setdefault(row.key, row)
            if known.proved < known.goals or row.goals != known.goals:
                if row.goals != known.goals:
                    problems.append("%s: %s has %d goals in one run and %d in that of %s"
                                    % (row.path, owner, known.goals, row.goals, path))
            elif row.proved < row.goals:
                rows[row.key] = row
    return rows, problems


def check_unproved(reports, sources, soundness, places):
    """Each goal left, by file and line where `places` knows them: {(path, tier): {owner: [Place]}}."""
    problems = []
    for (path, tier, _, _), report in reports.items():
        for owner in report.goals:
            home, line = sources.place(path, owner)
            left = report.unproved(owner)
            if not left or soundness.allows_unproved(home, owner, tier):
                continue
            found = places.get((path, tier), {}).get(owner)
            problems += ["%s:%d: %s (%s): goal %s is not proved: %s"
                         % (place.file, place.line, owner, tier, place.goal, place.words) for place in found or ()]
            if not found:
                problems += ["%s:%d: %s (%s): goal %s is not proved" % (home, line, owner, tier, goal) for goal in left]
    return problems


def check_contracts(reports, sources, soundness):
    """Each function: seen by Frama-C, `terminates \\true`, `assigns`; each loop: variant and assigns."""
    problems = []
    for (path, tier, functions, _), report in reports.items():
        seen = report.functions
        terminates = {row["function"]: row["property"] for row in report.rows
                      if row["property kind"] == tools.TERMINATION}
        for name in sorted(seen):
            if functions and name not in functions:
                continue
            where = "%s:%d: %s (%s)" % (sources.place(path, name) + (name, tier))
            pedantic = any(name in tools.NO_ASSIGNS.findall(text) for text in report.warnings)
            if name not in terminates and pedantic:
                problems.append("%s has no contract" % where)
                continue
            if name not in terminates:
                problems.append("%s has no terminates clause" % where)
            elif terminates[name] != "\\true":
                problems.append("%s terminates only if %s" % (where, terminates[name]))
            if pedantic:
                problems.append("%s has no assigns clause" % where)
        for name in functions:
            if name not in seen:
                problems.append("%s: plan.tsv names %s, which is not there" % (path, name))
    return problems


def check_visibility(reports, sources, soundness):
    """A function that the text or the compiler defines and Frama-C never saw was hidden from the proof."""
    problems, seen_anywhere, seen_in = [], set(), {}
    for (path, tier, _, _), report in reports.items():
        functions = set(report.functions)
        seen_anywhere |= {(sources.home(path, name), name) for name in functions}
        # a kernel shows all of itself to the safety tier, a file of lemmas to the tiers it is for
        if tier == "safety" or is_lemmas(path):
            seen_in[path] = seen_in.get(path, set()) | functions
    for path, seen in seen_in.items():
        defined = set(sources.scan[path].functions) | (csource.compiled_functions(sources.root, path) or set())
        for name in sorted(defined - seen):
            if not soundness.trusts(path, name):
                problems.append("%s: %s is hidden from Frama-C and not listed as trusted" % (path, name))
    for header in sources.headers:
        for name in sorted(sources.scan[header].functions):
            if (header, name) not in seen_anywhere and not soundness.trusts(header, name):
                problems.append("%s: %s is hidden from Frama-C and not listed as trusted" % (header, name))
    return problems


def check_loops(sources, soundness):
    problems = []
    for name, scan in sources.scan.items():
        if not scan.balanced:
            problems.append("%s: braces do not match; conditional code must not open or close blocks" % name)
        for function, line, annotation in scan.loops:
            if soundness.trusts(name, function):
                continue
            for clause in ("loop variant", "loop assigns"):
                if clause not in annotation:
                    problems.append("%s:%d: a loop of %s has no %s" % (name, line, function, clause))
    return problems


def has_clauses(sources, path, tier):
    """Whether a kernel file or its header shows clauses to this tier only."""
    text = sources.text[path] + sources.text.get(path[:-2] + ".h", "")
    return "LFAP_%s(" % tier.upper() in text or "LFAP_TIER_%s" % tier.upper() in text


def check_plan(sources, plan, soundness):
    """A clause written for a tier that plan.tsv does not run would never be proved."""
    problems = []
    for path in sources.files:
        if all(soundness.trusts(path, name) for name in sources.scan[path].functions):
            continue  # its contracts are trusted, by name
        for tier in ("real", "value"):
            if has_clauses(sources, path, tier) and (path, tier) not in plan:
                problems.append("%s: has clauses of the %s tier, plan.tsv never runs it" % (path, tier))
        if is_lemmas(path) and not any((path, tier) in plan for tier in wp.TIERS):
            problems.append("%s: plan.tsv never runs it" % path)
    for path, tier in plan:
        if path not in sources.files:
            problems.append("plan.tsv names %s (%s), which is not there" % (path, tier))
    return sorted(set(problems))


def annotations(text):
    """What a function's text claims: its annotations, without the run-time assertions that only the safety tier adds."""
    found = [tools.RTE_INSIDE.sub("", piece) for piece in re.findall(r"/\*@.*?\*/", text or "", re.S)]
    return [" ".join(piece.split()) for piece in found if not tools.RTE.match(piece)]


def reads_differently(texts, path, tier, name):
    """Whether a function shows this tier other annotations than the safety tier."""
    return annotations(texts[path, tier].get(name)) != annotations(texts.get((path, "safety"), {}).get(name))


def check_clauses(reports, sources):
    """A function that reads differently in a tier has clauses there: some run of that tier must prove it."""
    problems = set()
    texts = {(path, tier): report.texts for (path, tier, _, _), report in reports.items()}
    selected = {tier: set() for tier in wp.TIERS}
    for (path, tier, functions, _) in reports:
        selected[tier] |= {(sources.home(path, name), name) for name in texts[path, tier]
                           if not functions or name in functions}
    for (path, tier), functions in texts.items():
        for name in functions:
            home = sources.home(path, name)
            if tier != "safety" and (home, name) not in selected[tier] and reads_differently(texts, path, tier, name):
                problems.add("%s: %s has clauses of the %s tier, plan.tsv never runs it" % (home, name, tier))
    return sorted(problems)


def written_in(row):
    """The file of a line of the property table."""
    return os.path.normpath(os.path.join(row["directory"], row["file"]))


def contracts(report, names):
    """{(file, function)} of where the clauses of some functions are written."""
    return {(written_in(row), row["function"]) for row in report.rows if row["function"] in names}


def proved_elsewhere(reports, sources):
    """{tier: contracts, as a caller in that tier sees them, that some other run has to prove}. A contract is known by its file
    and function: one written elsewhere for a function of that name is another one."""
    selected, plain = {tier: set() for tier in wp.TIERS}, {tier: set() for tier in wp.TIERS}
    texts = {(path, tier): report.texts for (path, tier, _, _), report in reports.items()}
    for (path, tier, functions, _), report in reports.items():
        selected[tier] |= contracts(report, {name for name in report.functions if not functions or name in functions})
        # a contract without clauses of the tier is the one the safety tier proves, and is where that tier says: a run of
        # other functions alone has no line about it
        same = {name for name in texts[path, tier] if not reads_differently(texts, path, tier, name)}
        for (where, other, _, _), safe in reports.items():
            if (where, other) == (path, "safety"):
                plain[tier] |= contracts(safe, same)
        if tier == "safety":
            for other in wp.TIERS:
                if other == "safety" or not has_clauses(sources, path, other):
                    plain[other] |= contracts(report, sources.scan[path].functions)
    return {tier: selected[tier] | (selected["safety"] & plain[tier]) for tier in wp.TIERS}


def check_assumptions(reports, sources, soundness):
    """Axioms, admitted properties and contracts of functions without body must be on the trusted list, by file and name."""
    found = {(name, assumed) for name, text in sources.text.items() for assumed in csource.assumptions(text)}
    elsewhere = proved_elsewhere(reports, sources)
    for (path, tier, _, _), report in reports.items():
        written = {assumed for name in sources.included(path) for assumed in csource.assumptions(sources.text[name])}
        # those that a macro made
        found |= {(path, assumed) for assumed in csource.assumptions(report.code) if assumed not in written}
        used = {piece for kind, piece, _ in csource.tokens(report.code) if kind == "word"}
        for row in report.rows:
            if not row["status"].startswith(tools.ASSUMED) or row["property kind"] == tools.HYPOTHESIS:
                continue  # a hypothesis is an admit, found in the code above
            if (written_in(row), row["function"]) in elsewhere[tier]:
                continue
            # Frama-C's own libc contracts come with every #include; those that no kernel calls assume nothing
            if tools.LIBRARY not in row["directory"] or row["function"] in used:
                found.add((written_in(row), row["function"] or row["property"]))
    return ["%s: %s is assumed without proof and not listed as trusted" % (path, name)
            for path, name in sorted(found) if not soundness.trusts(path, name)]


def check_smoke(reports, sources, soundness):
    problems = []
    for (path, tier, _, _), report in reports.items():
        for owner in report.smoke:
            for goal in report.failed_smoke(owner):
                home, line = sources.place(path, owner)
                if tools.SMOKE_REQUIRES not in goal and soundness.trusts(home, "smoke %s" % owner):
                    continue
                problems.append("%s:%d: %s (%s): contradiction, smoke test %s proves false" % (home, line, owner, tier, goal))
    return problems


def check_warnings(reports, sources, soundness):
    problems = set()
    for (path, tier, _, _), report in reports.items():
        for text in report.warnings:
            supposed = tools.MEMORY.search(text)
            if supposed and soundness.trusts(sources.home(path, supposed.group(1)), "memory " + supposed.group(1)):
                continue
            if not text.startswith(HARMLESS) and not tools.FAILED_SMOKE.search(text):
                problems.add("%s (%s): warning: %s" % (path, tier, " ".join(text.split())))
    return sorted(problems)


def check_manifest(rows, manifest):
    problems = []
    for key, goals in manifest.items():
        row = rows.get(key)
        if row is None:
            problems.append("%s: %s (%s) is in the manifest and disappeared" % key)
        elif row.goals < goals:
            problems.append("%s: %s (%s) has %d goals, the manifest %d: its contract became weaker"
                            % (key + (row.goals, goals)))
        elif row.goals > goals:
            problems.append("%s: %s (%s) has %d goals, the manifest %d: run `make prove-update`"
                            % (key + (row.goals, goals)))
    for key in sorted(set(rows) - set(manifest)):
        problems.append("%s: %s (%s) is not in the manifest: run `make prove-update`" % key)
    return problems
