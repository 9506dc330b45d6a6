"""proofs/mutants.tsv: the mutants that mutate.py made and what became of them, and what STATUS.md says about them."""
import os

import wp

PATH = os.path.join("proofs", "mutants.tsv")


def read(root):
    """{(file, function, mutation): (verdict, reason)}"""
    table, path = {}, os.path.join(root, PATH)
    if os.path.exists(path):
        with open(path, encoding="utf-8") as handle:
            for line in handle:
                if line.strip() and not line.startswith("#"):
                    file, function, mutation, verdict, reason = line.rstrip("\n").split("\t")
                    table[(file, function, mutation)] = (verdict, reason)
    return table


def write(root, table):
    with open(os.path.join(root, PATH), "w", encoding="utf-8") as out:
        out.write("# Mutants of the kernels and what became of them: written by `make mutate`. By hand: the reason of a\n")
        out.write("# survivor, and the verdict `equivalent` for one that computes the same, with the reason.\n")
        out.write("# file\tfunction\tmutation\tverdict\treason\n")
        for key in sorted(table):
            out.write("\t".join(key + table[key]) + "\n")


def score(table, among=None):
    """(killed, counted) over the mutants that are not equivalent; of the functions `among` alone if given."""
    verdicts = [verdict for (path, function, _), (verdict, _) in table.items()
                if among is None or (path, function) in among]
    killed = sum(verdict.startswith("killed") for verdict in verdicts)
    return killed, killed + sum(verdict == "survived" for verdict in verdicts)


def percent(pair):
    return "%d of %d (%.1f %%)" % (pair + (100.0 * pair[0] / pair[1] if pair[1] else 0.0,))


def functional(plan, table):
    """The functions in the table that have a contract beyond safety."""
    return {(path, function) for path, function, _ in table if any(wp.planned(plan, path, tier, function) for tier in ("real", "value"))}


def section(root, plan):
    """The lines of STATUS.md."""
    table = read(root)
    chosen = functional(plan, table)
    verdicts = [verdict for verdict, _ in table.values()]
    lines = ["", "## Mutants", "", "How many single changes of the code break a proof: `proofs/mutate.py`, table in [mutants.tsv](mutants.tsv).", ""]
    if not table:
        return lines + ["None yet."]
    lines += ["%d mutants of %d functions; killed in the tier: %s; equivalent: %d (%d of them the same machine code)." %
              (len(table), len({key[:2] for key in table}),
               ", ".join("%s %d" % (tier, verdicts.count("killed " + tier)) for tier in ("safety", "real", "value")),
               verdicts.count("equivalent"), sum(entry == ("equivalent", "same machine code") for entry in table.values())),
              "", "- functions with a real or value contract: %s of those that are not equivalent" % percent(score(table, chosen)),
              "- functions with a safety contract alone: %s" % percent(score(table, {key[:2] for key in table} - chosen)),
              "- together: %s" % percent(score(table))]
    for verdict, title in (("survived", "Survivors"), ("equivalent", "Equivalent, by argument")):
        rows = [(key, reason) for key, (found, reason) in sorted(table.items())
                if found == verdict and reason != "same machine code"]
        lines += ["", "### %s" % title, ""] + (["| file | function | mutation | reason |", "|---|---|---|---|"] if rows else ["None."])
        lines += ["| %s | %s | `` %s `` | %s |" % (key[0], key[1], key[2].replace("|", "\\|"), reason) for key, reason in rows]
    return lines
