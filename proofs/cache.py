"""The committed proofs, proofs/cache/*.tsv: which solver proved which goal, one line a goal, one sorted table a kernel.

WP's own cache is a folder with a small file for each goal, named by the digest of the goal's text. That is what a table is
unpacked to before WP runs, under $BUILD, and packed from afterwards. The digest alone decides what a line proves; function and
goal are there for the reader, and `prove.py regenerate` fails when they are not those WP gives the goal of that digest.
"""
import collections
import glob
import os
import re

import gate
import tools

HEADER = "# tier\tfunction or lemma\tgoal\tdigest\tsolver\tseconds\tsteps"
Line = collections.namedtuple("Line", "tier owner goal digest solver seconds steps")


class Malformed(Exception):
    """A table that does not say what it should, by file and line."""


def table_path(folder, stem):
    """The table of a file: block.tsv for src/kernel/block.c, lemmas/optimality.tsv for proofs/lemmas/optimality.c."""
    return os.path.join(folder, stem + ".tsv")


def read(path):
    """The lines of a table; none if there is no table."""
    if not os.path.exists(path):
        return []
    lines = []
    with open(path, encoding="utf-8") as handle:
        for number, text in enumerate(handle, 1):
            if text.startswith("#"):
                continue
            fields = text.rstrip("\n").split("\t")
            if len(fields) != 7 or not re.fullmatch(r"[0-9a-f]{32}", fields[3]) or \
                    not re.fullmatch(r"\d+(\.\d+)?|-", fields[5]) or not re.fullmatch(r"\d+|-", fields[6]):
                raise Malformed("%s:%d: expected %s, with tabs" % (path, number, HEADER[2:].replace("\t", ", ")))
            lines.append(Line(*fields))
    return lines


def write(path, lines):
    """The table, sorted, so that the same proofs are the same bytes; no file where there is no line."""
    if not lines:
        if os.path.exists(path):
            os.remove(path)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(HEADER + "\n" + "".join("\t".join(line) + "\n" for line in sorted(set(lines))))


def unpack(lines, folder):
    """Make WP's cache of the lines in `folder`; what is there stays."""
    os.makedirs(folder, exist_ok=True)
    for digest, line in {line.digest: line for line in lines}.items():
        path = os.path.join(folder, digest + ".json")
        if not os.path.exists(path):
            fields = ['"prover": "%s"' % line.solver, '"verdict": "%s"' % tools.CACHE_VALID]
            fields += ['"%s": %s' % pair for pair in (("time", line.seconds), ("steps", line.steps)) if pair[1] != "-"]
            with open(path, "w", encoding="utf-8") as out:
                out.write("{ %s }\n" % ", ".join(fields))


def is_entry(path):
    """Whether a file is named as WP names a goal's proof: by its digest."""
    return tools.CACHE_FILE.fullmatch(os.path.basename(path)) is not None


def entries_under(folder):
    return [path for path in glob.glob(os.path.join(folder, "**", "*.json"), recursive=True) if is_entry(path)]


def read_entry(folder, digest):
    """(solver, seconds, steps) of the proof that WP keeps in `folder`, None if there is none. WP writes whole seconds as "5.",
    which JSON does not allow."""
    path = os.path.join(folder, digest + ".json")
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as handle:
        found = {key: value.strip('"') for key, value in tools.CACHE_FIELDS.findall(handle.read())}
    if found.get("verdict") != tools.CACHE_VALID:
        return None
    seconds = found.get("time", "-")
    return found["prover"], seconds + "0" if seconds.endswith(".") else seconds, found.get("steps", "-")


def lines_of(tier, report, folders, old):
    """The lines for a report's tasks of which `folders` have proofs: one a goal, the old one where it still holds, so that a
    measured time does not change in vain; else that of the first solver in their order."""
    kept = {line.digest: line for line in old}
    order = {"%s:%s" % solver[:2]: rank for rank, solver in enumerate(tools.SOLVERS)}
    best = {}
    for name, digest in sorted(set(report.tasks)):
        proof = next(filter(None, (read_entry(folder, digest) for folder in folders)), None)
        if proof is None:
            continue
        known = kept.get(digest)
        line = Line(tier, *gate.owner_of(name, report.goals), digest, *(known[4:] if known else proof))
        rank = (known is None, order.get(line.solver, len(order)))
        if name not in best or rank < best[name][0]:
            best[name] = (rank, line)
    return [line for _, line in best.values()]
