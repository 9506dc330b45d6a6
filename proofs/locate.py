"""Where in the sources a goal that is not proved belongs: WP's reports name goals, a person wants file, line and words.

WP prints goals with their places (-wp-print), by title and not by name; here a title and a name are brought together. Contracts'
clauses have no place in the title: theirs is in Frama-C's table of properties.
"""
import collections
import re

import gate
import tools

Place = collections.namedtuple("Place", "goal words file line")  # words: the goal as WP titles it


class Block:
    """A goal as -wp-print shows it."""

    def __init__(self, title, number):
        self.title, self.proved = title, False
        self.form = form_of(title)
        part = tools.GOAL_PART.search(title)
        self.part, self.number = part and part.group(1), number

    def fits(self, name):
        """None, or the number that the name gives to one of several goals of this form."""
        match = re.fullmatch(self.form.replace("(N)", r"(?:_(\d+))?") + r"(?:_part(\d+))?", name) if self.form else None
        return int(match.group(1) or 1) if match and match.group(2) == self.part else None


def form_of(title):
    """What the name of a goal with that title looks like, as a regular expression; (N) where it may be numbered."""
    for pattern, form in tools.TITLES:
        match = pattern.search(title)
        if match:
            return form % tuple(re.sub(r"\W+", "_", text) for text in reversed(match.groups()))
    return None


def read_blocks(log):
    """{function: [Block]} of a log with -wp-print; the key is empty where a run of one function has no need to name it."""
    blocks, owner, last = {}, "", None
    for line in log.splitlines():
        function = tools.PRINTED_FUNCTION.match(line)
        if function:
            owner = function.group(1)
        elif tools.PRINTED_GOAL.match(line):
            title = line.split(" ", 1)[1].rstrip(":")
            form, earlier = form_of(title), blocks.setdefault(owner, [])
            part = tools.GOAL_PART.search(title)
            same = sum(block.form == form and block.part == (part and part.group(1)) for block in earlier)
            last = Block(title, same + 1)
            earlier.append(last)
        elif tools.PRINTED_PROVED.match(line) and last:
            last.proved = True
    return blocks


def open_goals(log):
    """The names of the goals that a log says are not proved, without WP's prefix for the model."""
    return list(dict.fromkeys(filter(None, map(tools.open_goal, log.splitlines()))))


def clause_place(block, owner, rows):
    """The place of a clause of a contract, from the table of properties."""
    label = re.search(r"-condition '([^']*)'", block.title)
    kind = tools.POSTCONDITION if label else tools.TERMINATION if "Termination" in block.title else tools.ASSIGNS
    for row in rows:
        if row["function"] == owner and row["property kind"] == kind and \
                (not label or row["property"].startswith(label.group(1) + ":")):
            return gate.written_in(row), int(row["line"])
    return None


def find(log, report, path, owners, sources):
    """{function or lemma: [Place]} of the goals left open in a run of `path` with -wp-print."""
    blocks, places = read_blocks(log), {}
    for name in open_goals(log):
        owner, goal = gate.owner_of(name, owners)
        home = sources.place(path, owner)
        left = [block for block in blocks.get(owner, blocks.get("", ())) if not block.proved]
        fitting = [block for block in left if block.fits(goal)]
        exact = [block for block in fitting if block.fits(goal) == block.number]
        best = (exact or fitting or (left if len(left) == 1 else []))[:1]
        if best:
            there = tools.PRINTED_PLACE.findall(best[0].title)[-1:]  # that of the call comes after that of the callee's clause
            found = (there[0][0], int(there[0][1])) if there else clause_place(best[0], owner, report.rows)
            words = tools.PRINTED_PLACE.sub("", best[0].title)
        else:
            found, words = None, "lemma" if owner.startswith("lemma ") else goal.replace("_", " ")
        places.setdefault(owner, []).append(Place(name, " ".join(words.split()), *(found or home)))
    return places
