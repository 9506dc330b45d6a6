#!/usr/bin/python3
"""Does the gate see what it must see?  Run by `make selftest`, after `make`.

Each sabotage is planted in a copy of the development, compiled, and the gate must fail with the
message it owes; the untouched copy must pass. The sources are not touched.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LAST = "Adversarial.v"  # nothing depends on it: one chapter to recompile a sabotage

# (what is done, file, text to replace or None to append, new text, what the gate must say)
SABOTAGES = [
    ("an admitted lemma", LAST, None, "Lemma hole (n : nat) : n = n.\nAdmitted.\n", "forbidden: Admitted."),
    ("an axiom", LAST, None, "Axiom cheat : False.\n", "forbidden: Axiom cheat"),
    ("an assumption outside a section", LAST, None, "Variable cheat : False.\n", "assumption outside a section"),
    ("an axiom of the standard library", LAST, None,
     "From Coq Require Import Classical_Prop.\n"
     "Theorem T4_extra (P : Prop) : P \\/ ~ P.\nProof. exact: classic. Qed.\n", "depends on the axiom"),
    ("an unlisted theorem", LAST, None, "Theorem unlisted : True.\nProof. by []. Qed.\n", "does not list"),
    ("a weakened theorem", LAST, "Theorem T4_pointwise_l2 la z : (forall n, 0 <= la n) ->",
     "Theorem T4_pointwise_l2 la z : (0 < N)%N -> (forall n, 0 <= la n) ->", "statements differ"),
    ("a listed theorem renamed", LAST, "Theorem T3_gram", "Theorem T3_gramm", "lists T3_gram, which"),
]


def gate(place):
    run = subprocess.run([sys.executable, "check_assumptions.py", "--build", "build"], cwd=place,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return run.returncode, run.stdout


def compile_chapter(place, chapter):
    shutil.copy(place / chapter, place / "build" / chapter)
    subprocess.run(["coqc", "-q", "-w", "none", "-Q", ".", "lfap", chapter], cwd=place / "build",
                   check=True, stdout=subprocess.DEVNULL)


def sabotage(place, what, file, old, new, want):
    path = place / file
    text = path.read_text()
    if old is not None and old not in text:
        return f"{what}: {old!r} is no longer in {file}"
    if "T4_pointwise_l2" in (old or ""):
        new_text = text.replace(old, new).replace("Proof. by move=> la0; apply: T4_pointwise_sign => //; apply: sg_e_l2. Qed.",
                                                  "Proof. by move=> _ la0; apply: T4_pointwise_sign => //; apply: sg_e_l2. Qed.")
    else:
        new_text = text + "\n" + new if old is None else text.replace(old, new)
    path.write_text(new_text)
    listed = (place / "theorems.tsv").read_text()
    if "T4_extra" in new:
        (place / "theorems.tsv").write_text(listed + f"T4\tT4_extra\t{file}\tsabotage\n")
    compile_chapter(place, file)
    code, said = gate(place)
    path.write_text(text)
    (place / "theorems.tsv").write_text(listed)
    return None if code == 1 and want in said else f"{what}: exit code {code}, said\n{said}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=HERE / "build")
    build = parser.parse_args().build.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        place = pathlib.Path(scratch) / "coq"
        shutil.copytree(HERE, place, ignore=shutil.ignore_patterns("build"))
        shutil.copytree(build, place / "build")
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
