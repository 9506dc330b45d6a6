#!/usr/bin/python3
"""The gate of the Coq development: run by `make check`, after `make`.

It fails unless
  1. no source has a hole or an axiom (Admitted, admit, Axiom, Parameter, Conjecture, an abandoned
     proof, a switched-off check) nor a Variable, Hypothesis or Context outside a section;
  2. theorems.tsv and the sources agree: every Theorem and Corollary is listed, in its file, once;
  3. `Print Assumptions` of every listed theorem names no axiom that axioms.allowed does not list
     (the list is empty: everything is proved over an arbitrary real closed field); the theorems of Fast.v, about
     machine numbers, have a list of their own, axioms.fast: the definitions of Coq's primitive types;
  4. every theorem and every definition says what statements.txt records, so that none is weakened unseen.
The last line is the summary. Exit code 0: all good, 1: something failed.
"""
import argparse
import difflib
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import reporting  # noqa: E402
import tools  # noqa: E402

FORBIDDEN = [
    r"\bAdmitted\b", r"\badmit\b", r"\bgive_up\b", r"\bAbort\b", r"\bAxioms?\b", r"\bParameters?\b",
    r"\bConjectures?\b", r"\bPrimitive\b", r"\bDeclare\s+ML\b", r"\bbypass_check\b",
    r"\bUnset\s+(Guard|Positivity|Universe)\s+Checking\b", r"\b-type-in-type\b",
]
ALLOWED = "axioms.allowed"
OWN_ALLOWED = {"Fast.v": "axioms.fast"}  # a chapter with a list of its own
IN_SECTION_ONLY = r"^\s*(?:Local\s+)?(Variables?|Hypothesis|Hypotheses|Context)\b"


def strip_comments(text):
    """Blank out (nested) comments, keeping line breaks."""
    out, depth, i = [], 0, 0
    while i < len(text):
        if text.startswith("(*", i):
            depth, i = depth + 1, i + 2
        elif text.startswith("*)", i) and depth:
            depth, i = depth - 1, i + 2
        else:
            out.append(text[i] if depth == 0 or text[i] == "\n" else " ")
            i += 1
    return "".join(out)


def scan_source(path):
    """Holes, axioms and assumptions outside a section, as messages."""
    found, sections = [], []
    for number, line in enumerate(strip_comments(path.read_text()).splitlines(), 1):
        for pattern in FORBIDDEN:
            if re.search(pattern, line):
                found.append(f"{path.name}:{number}: forbidden: {line.strip()}")
        if opening := re.match(r"\s*Section\s+(\w+)\s*\.", line):
            sections.append(opening.group(1))
        elif (closing := re.match(r"\s*End\s+(\w+)\s*\.", line)) and sections[-1:] == [closing.group(1)]:
            sections.pop()
        elif not sections and re.match(IN_SECTION_ONLY, line):
            found.append(f"{path.name}:{number}: assumption outside a section: {line.strip()}")
    return found


def declared_theorems(path):
    return re.findall(r"^(?:Theorem|Corollary)\s+(\w+)", strip_comments(path.read_text()), re.M)


def declared_definitions(path):
    return re.findall(r"^(?:Definition|Record)\s+(\w+)", strip_comments(path.read_text()), re.M)


def read_listed():
    """Rows (statement, theorem, file, says) of theorems.tsv."""
    lines = (HERE / "theorems.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines[1:] if line]
    if lines[0].split("\t") != ["statement", "theorem", "file", "says"] or any(len(r) != 4 for r in rows):
        sys.exit("theorems.tsv: want a header and four columns: statement, theorem, file, says")
    return rows


def compare_lists(rows, sources):
    """Every theorem listed once, in its file; nothing listed that is not there."""
    found = []
    listed = [(theorem, file) for _, theorem, file, _ in rows]
    present = [(name, path.name) for path in sources for name in declared_theorems(path)]
    found += [f"theorems.tsv lists {t} of {f} twice" for t, f in set(listed) if listed.count((t, f)) > 1]
    found += [f"theorems.tsv lists {t}, which {f} does not have" for t, f in listed if (t, f) not in present]
    found += [f"{f} has {t}, which theorems.tsv does not list" for t, f in present if (t, f) not in listed]
    return found


def run_coq(chapters, questions, build):
    """One run of Coq on a list of questions (each a few commands), and its answers."""
    lines = ["From mathcomp Require Import all_ssreflect all_algebra.", "Set Printing Width 100.",
             "Unset Printing Implicit Defensive.", "Open Scope ring_scope."]
    lines += [f"From lfap Require Import {chapter}." for chapter in chapters]
    for question in questions:
        lines += ["Goal True. idtac \"=====\". Abort.", question]
    (build / "Assumptions.v").write_text("\n".join(lines) + "\n")
    run = subprocess.run(["coqc", "-q", "-w", "none", "-Q", ".", "lfap", "Assumptions.v"], cwd=build,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    answers = [a.strip("\n") for a in run.stdout.split("=====\n")[1:]]
    if run.returncode != 0 or len(answers) != len(questions):
        sys.exit("Coq refused the questions:\n" + run.stdout[-2000:])
    return answers


def together(names):
    """A question: what the theorems of these names assume, as one tuple."""
    tuple_of_all = ", ".join("@" + name for name in names)
    return f"Definition together := ({tuple_of_all}). Print Assumptions together. Reset together."


def ask_coq(rows, chapters, build):
    """What the definitions are, and {theorem: (statement, assumptions)} of everything listed.

    Coq walks through the library anew for each `Print Assumptions`: so all theorems are asked about at once, chapter by
    chapter only if that is not closed, and one by one only in a chapter that is not.
    """
    terms = [f"lfap.{c}.{name}" for c in chapters for name in declared_definitions(HERE / (c + ".v"))]
    names = {theorem: f"lfap.{pathlib.Path(file).stem}.{theorem}" for _, theorem, file, _ in rows}
    own = {file: [theorem for _, theorem, f, _ in rows if f == file] for file in OWN_ALLOWED}
    own = {file: theorems for file, theorems in own.items() if theorems}
    common = [name for (_, _, file, _), name in zip(rows, names.values()) if file not in own]
    answers = run_coq(chapters, [f"Print {term}." for term in terms] + [f"About {name}." for name in names.values()]
                      + [together([names[t] for t in theorems]) for theorems in own.values()] + [together(common)], build)
    meanings, abouts = answers[:len(terms)], dict(zip(names, answers[len(terms):]))
    owns, assumptions = answers[len(terms) + len(names):-1], dict.fromkeys(names, answers[-1])
    if not answers[-1].startswith(tools.COQ_CLOSED):
        parts = [[theorem for _, theorem, file, _ in rows if file == c + ".v"] for c in chapters if c + ".v" not in own]
        parts = [part for part in parts if part]
        answers = run_coq(chapters, [together([names[t] for t in part]) for part in parts], build)
        for part, answer in zip(parts, answers):
            assumptions.update(dict.fromkeys(part, answer))
        open_ones = [t for part in parts for t in part if not assumptions[t].startswith(tools.COQ_CLOSED)]
        answers = run_coq(chapters, [f"Print Assumptions {names[t]}." for t in open_ones], build)
        assumptions.update(zip(open_ones, answers))
    for theorems, answer in zip(own.values(), owns):
        assumptions.update(dict.fromkeys(theorems, answer))
    return meanings, {t: (abouts[t], assumptions[t]) for t in names}


def axioms_of(assumptions):
    if assumptions.startswith(tools.COQ_CLOSED):
        return []
    return tools.COQ_AXIOM.findall(assumptions.removeprefix("Axioms:\n")) or [assumptions]


def read_allowed(name):
    return {line.split("#")[0].strip() for line in (HERE / name).read_text().splitlines()} - {""}


def refused(chapter, build):
    """Coq did not take a chapter: its words, at their line, as the one finding."""
    said = (build / (chapter + ".err")).read_text()
    place = re.search(r'File "[^"]*", line (\d+)', said)
    where = f"proofs/coq/{chapter}.v:{place.group(1)}: " if place else ""
    reporting.write("proofs/coq", {("proofs/coq", chapter): []}, [f"{where}{' '.join(said.split('Error:', 1)[-1].split())[:500]}"])
    return 1


def statement_of(answer):
    """A statement or a definition: the answer without Coq's remarks on arguments and transparency."""
    return answer.split("\n\n")[0]


def report(rows, failures):
    """A case for each theorem; findings have their place from the top."""
    placed = [f"proofs/coq/{text}" if re.match(r"\w+\.v:\d+: ", text) else text for text in failures]
    cases = {(f"proofs/coq/{file}", theorem): [text for text in placed if text.startswith(f"{theorem} depends ")]
             for _, theorem, file, _ in rows}
    reporting.write("proofs/coq", cases, placed)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=HERE / "build", help="where make put the .vo files")
    parser.add_argument("--write-statements", action="store_true", help="rewrite statements.txt")
    parser.add_argument("--refused", metavar="CHAPTER", help="only report that Coq refused a chapter, whose messages are in CHAPTER.err")
    options = parser.parse_args()
    build = options.build.resolve()
    if options.refused:
        return refused(options.refused, build)

    chapters = [line for line in (HERE / "_CoqProject").read_text().splitlines() if line.endswith(".v")]
    sources = sorted(HERE.glob("*.v"))
    rows, failures = read_listed(), []
    failures += [f"{s.name} is not in _CoqProject" for s in sources if s.name not in chapters]
    for chapter in chapters:
        made = build / (chapter[:-2] + ".vo")
        if not made.exists() or (build / chapter).read_bytes() != (HERE / chapter).read_bytes():
            failures.append(f"{chapter} is not compiled as it stands: run make")
    for source in sources:
        failures += scan_source(source)
    failures += compare_lists(rows, sources)
    if failures:
        print("\n".join(failures))
        report(rows, failures)
        print(f"proofs/coq: FAIL ({len(failures)} findings before asking Coq)")
        return 1

    allowed = {file: read_allowed(OWN_ALLOWED.get(file, ALLOWED)) for _, _, file, _ in rows}
    file_of = {theorem: file for _, theorem, file, _ in rows}
    meanings, answers = ask_coq(rows, [c[:-2] for c in chapters], build)
    for theorem, (_, assumptions) in answers.items():
        failures += [f"{theorem} depends on the axiom {a}" for a in axioms_of(assumptions) if a not in allowed[file_of[theorem]]]
    said = "".join(statement_of(answer) + "\n\n" for answer in meanings + [about for about, _ in answers.values()])
    recorded = HERE / "statements.txt"
    if options.write_statements:
        recorded.write_text(said)
    old = recorded.read_text() if recorded.exists() else ""
    if old != said:
        failures.append("statements differ from statements.txt (make statements, if meant):\n" + "\n".join(
            difflib.unified_diff(old.splitlines(), said.splitlines(), "recorded", "now", lineterm="", n=1)))
    print("\n".join(failures), end="\n" if failures else "")
    report(rows, failures)
    verdict = "FAIL" if failures else "PASS"
    print(f"proofs/coq: {verdict}: {len(rows)} theorems in {len(sources)} files, "
          f"{sum(not axioms_of(a) for _, a in answers.values())} closed under the global context, "
          f"{len(read_allowed(ALLOWED))} axioms allowed ({', '.join(f'{f}: {len(read_allowed(a))}' for f, a in OWN_ALLOWED.items())}), "
          f"{len(failures)} findings")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
