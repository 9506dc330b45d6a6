"""proofs/STATUS.md: written from a replay, so that the same sources and cache give the same text."""
import os

import csource
import mutants
import wp

SOLVERS = [label for label, _ in wp.PROVER_KEYS]


def totals(rows):
    """[(tier, functions, lemmas, goals, proved, {prover: goals})] for the tiers that occur."""
    result = []
    for tier in wp.TIERS:
        mine = [row for row in rows.values() if row.tier == tier]
        if mine:
            functions = sum(not row.owner.startswith("lemma ") for row in mine)
            provers = {label: sum(row.provers.get(label, 0) for row in mine) for label in SOLVERS}
            result.append((tier, functions, len(mine) - functions, sum(row.goals for row in mine),
                           sum(row.proved for row in mine), provers))
    return result


def cells(provers):
    return " | ".join(str(provers.get(label, 0) or "") for label in SOLVERS)


def bullet_list(names, empty):
    return ["- `%s`" % name for name in names] if names else [empty]


def render(rows, sources, soundness):
    ruler = "|--:" * len(SOLVERS)
    lines = ["# Proof status", "",
             "Written by `proofs/prove.py`, not by hand; `make prove-replay` fails when it is out of date. What the tiers",
             "mean is in [README.md](README.md), what is not proved at all in [../spec/soundness.md](../spec/soundness.md).",
             "", "## Totals", "",
             "| tier | functions | lemmas | goals | proved | %s |" % " | ".join(SOLVERS),
             "|---|--:|--:|--:|--:%s|" % ruler]
    for tier, functions, lemmas, goals, proved, provers in totals(rows):
        lines.append("| %s | %d | %d | %d | %d | %s |" % (tier, functions, lemmas, goals, proved, cells(provers)))
    lines += ["", "## Functions and lemmas", "",
              "| file | function | tier | goals | proved | %s |" % " | ".join(SOLVERS), "|---|---|---|--:|--:%s|" % ruler]
    for row in sorted(rows.values(), key=lambda row: row.key):
        lines.append("| %s | %s | %s | %d | %d | %s |" % (row.path, row.owner, row.tier, row.goals, row.proved,
                                                         cells(row.provers)))
    functional = {(row.path, row.owner) for row in rows.values() if row.tier != "safety"}
    plain = {}
    for row in rows.values():
        if not row.owner.startswith("lemma ") and (row.path, row.owner) not in functional:
            plain.setdefault(row.path, []).append(row.owner)
    lines += ["", "## Proved in the safety tier alone", "",
              "Their contracts may say much or little of values (header parsers: all; sums of rows: nothing); no tier reads doubles.", ""]
    lines += ["- %s: %s" % (path, ", ".join(sorted(plain[path]))) for path in sorted(plain)] or ["None."]
    left = ["%s (%s, %s): %d of %d goals" % (row.owner, row.path, row.tier, row.goals - row.proved, row.goals)
            for row in sorted(rows.values(), key=lambda row: row.key) if row.proved < row.goals]
    lines += ["", "## Unproved, and listed as such in soundness.md", ""] + bullet_list(left, "None.")
    lines += ["", "## Trusted: assumed without proof", ""] + bullet_list(sorted(soundness.trusted), "None.")
    recursive = sorted({name for text in sources.text.values() for name in csource.recursive_logic(text)})
    lines += ["", "## Recursive logic definitions", "",
              "WP takes their equations as given; that each recursion ends was checked by reading.", ""]
    lines += bullet_list(recursive, "None.")
    lines += mutants.section(sources.root, wp.read_plan(sources.root))
    return "\n".join(lines) + "\n"


def rewrite_mutants(root):
    """Only the section on mutants anew; the rest of STATUS.md needs a replay."""
    path = os.path.join(root, "proofs", "STATUS.md")
    with open(path, encoding="utf-8") as handle:
        kept = handle.read().split("\n## Mutants\n")[0].rstrip("\n")
    with open(path, "w", encoding="utf-8") as out:
        out.write("\n".join([kept] + mutants.section(root, wp.read_plan(root))) + "\n")


def comparable(text):
    """The text without the columns that say which prover came first."""
    kept = []
    for line in text.splitlines():
        kept.append("|".join(line.split("|")[:-len(SOLVERS) - 1]) if line.startswith("| ") and "``" not in line else line)
    return kept
