#!/usr/bin/python3
"""Does the gate see what it must see?  Run by `make selftest`, after `make`.

Each sabotage is planted in a copy of the development, and the gate must fail with the
message it owes; the untouched copy must pass. The sources are not touched.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SEEN_BY_COQ = ("depends on the axiom", "statements differ")
LAST = "Noise.v"  # nothing depends on it: one chapter to recompile a sabotage

# (what is done, [(text to replace, or None to append; new text), ...], a row for theorems.tsv, what the gate must say)
SABOTAGES = [
    ("an admitted lemma", [(None, "Lemma hole (n : nat) : n = n.\nAdmitted.\n")], "", "forbidden: Admitted."),
    ("an axiom", [(None, "Axiom cheat : False.\n")], "", "forbidden: Axiom cheat"),
    ("an assumption outside a section", [(None, "Variable cheat : False.\n")], "", "assumption outside a section"),
    ("an axiom of the standard library",
     [(None, "From Coq Require Import Classical_Prop.\n"
             "Theorem T4_extra (P : Prop) : P \\/ ~ P.\nProof. exact: classic. Qed.\n")],
     f"T4\tT4_extra\t{LAST}\tsabotage\n", "depends on the axiom"),
    ("primitive integers outside Fast.v",
     [(None, "From Coq Require Import Uint63.\n"
             "Theorem T4_extra (i : Uint63.int) : Uint63.eqb i i = true.\nProof. exact: Uint63.eqb_refl. Qed.\n")],
     f"T4\tT4_extra\t{LAST}\tsabotage\n", "depends on the axiom"),
    ("an unlisted theorem", [(None, "Theorem unlisted : True.\nProof. by []. Qed.\n")], "", "does not list"),
    ("a weakened theorem",
     [("Theorem prob_total : ", "Theorem prob_total : (0 < #|I|)%N -> "),
      ("by rewrite /prob -(bigA", "by move=> _; rewrite /prob -(bigA")], "", "statements differ"),
    ("a definition nobody recorded", [(None, "Definition harmless := 1%N.\n")], "", "statements differ"),
    ("a listed theorem renamed", [("Theorem T4_noise", "Theorem T4_noises")], "", "lists T4_noise, which"),
]


def gate(place):
    run = subprocess.run([sys.executable, "check_assumptions.py", "--build", "build"], cwd=place,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return run.returncode, run.stdout


def compile_chapter(place, chapter):
    shutil.copy(place / chapter, place / "build" / chapter)
    subprocess.run(["coqc", "-q", "-w", "none", "-Q", ".", "lfap", chapter], cwd=place / "build",
                   check=True, stdout=subprocess.DEVNULL)


def sabotage(place, what, changes, row, want):
    path, table = place / LAST, place / "theorems.tsv"
    text, listed = path.read_text(), table.read_text()
    broken = text
    for old, new in changes:
        if old is not None and old not in text:
            return f"{what}: {old!r} is no longer in {LAST}"
        broken = broken + "\n" + new if old is None else broken.replace(old, new)
    path.write_text(broken)
    table.write_text(listed + row)
    if want in SEEN_BY_COQ:  # the others are seen in the sources, before Coq is asked
        compile_chapter(place, LAST)
    code, said = gate(place)
    path.write_text(text)
    table.write_text(listed)
    return None if code == 1 and want in said else f"{what}: exit code {code}, said\n{said}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=HERE / "build")
    build = parser.parse_args().build.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        place = pathlib.Path(scratch) / "coq"
        shutil.copytree(HERE, place, ignore=shutil.ignore_patterns("build"))
        shutil.copytree(build, place / "build")
        for module in ("tools.py", "reporting.py"):
            shutil.copy(HERE.parent / module, scratch)
        code, said = gate(place)
        wrong = [f"untouched: exit code {code}, said\n{said}"] if code else []
        for case in SABOTAGES:
            message = sabotage(place, *case)
            print(f"{'missed' if message else 'seen  '}  {case[0]}")
            wrong += [message] if message else []
    print("\n".join(wrong), end="\n" if wrong else "")
    print(f"proofs/coq selftest: {'FAIL' if wrong else 'PASS'}: {len(SABOTAGES)} sabotages, {len(wrong)} findings")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
