"""What another Frama-C or other solvers would cost: the goals that a run from nothing lost and gained against the manifest."""
import shutil

import gate
import tools


def changes(rows, expected):
    """[(key, goals lost, goals gained)] of each row of either table where the numbers of proved goals differ."""
    found = []
    for key in sorted(set(rows) | set(expected)):
        now, before = rows[key].proved if key in rows else 0, expected.get(key, 0)
        if now != before:
            found.append((key, max(0, before - now), max(0, now - before)))
    return found


def compare(prover):
    """Run the provers in a folder of its own and say what changed; 1 if goals were lost."""
    for text in tools.other_versions() or ["the installed tools are those that the committed proofs were made with"]:
        prover.say("upgrade: " + text)
    shutil.rmtree(prover.work, ignore_errors=True)
    prover.configure()
    reports = prover.solve()
    rows, problems = gate.collect(prover.sources, reports)
    expected = gate.read_manifest(prover.root)
    if prover.only:
        expected = {key: goals for key, goals in expected.items() if key[0] in prover.only or key in rows}
    left = gate.check_unproved(reports, prover.sources, prover.soundness, prover.places(reports))
    for text in prover.problems + problems + left:
        prover.say("PROBLEM %s" % text)
    found = changes(rows, expected)
    for key, lost, gained in found:
        prover.say("%s %s: %s (%s): %d goals where %d were proved" % (
            ("LOST" if lost else "GAINED",) + key + (rows[key].proved if key in rows else 0, expected.get(key, 0))))
    lost, gained = sum(change[1] for change in found), sum(change[2] for change in found)
    print("upgrade: %d goals lost, %d gained, of %d in %d functions and lemmas" % (lost, gained, sum(expected.values()), len(expected)))
    return 1 if lost or prover.problems else 0
