#!/usr/bin/python3
"""Write a private Why3 configuration for the proof gate and print its path.

    proofs/why3conf.py DIRECTORY

WP reaches its provers through Why3, and Why3 reads a configuration that normally belongs to the user. A proof that
depends on what a user once detected is not reproducible, so the gate never reads that file: it writes its own, with one
full [prover] entry a solver. Why3 1.5.1 does not know CVC5, hence a driver of our own: Why3's driver for CVC4 1.7 with
the logic every solver since has accepted, next to copies of the generic drivers it imports.
"""
import os
import re
import shutil
import subprocess
import sys

# name, version that the committed cache was made with, executable, driver, time-limited command, step-limited command
Z3_OPTIONS = "sat.random_seed=42 nlsat.randomize=false smt.random_seed=42 -st"
SOLVERS = (
    ("CVC5", "1.0.3", "cvc5", None,
     "cvc5 --stats --tlimit=%t000 --lang=smt2 %f", "cvc5 --stats --rlimit=%S --lang=smt2 %f"),
    ("Z3", "4.8.12", "z3", "z3_471",
     "z3 -smt2 -T:%t " + Z3_OPTIONS + " %f", "z3 -smt2 " + Z3_OPTIONS + " rlimit=%S %f"),
    ("CVC4", "1.8", "cvc4", "cvc4_17",
     "cvc4 --stats --tlimit=%t000 --lang=smt2 %f", "cvc4 --stats --rlimit=%S --lang=smt2 %f"),
)
# CVC5 with a tenth of the time: a smoke test that passes always takes all of it, and nearly all proofs need less
SMOKE = ("CVC5smoke", "1.0.3", "cvc5", None,
         "cvc5 --stats --tlimit=%t00 --lang=smt2 %f", "cvc5 --stats --rlimit=%S --lang=smt2 %f")
BASE_DRIVER = "cvc4_17.drv"


def ask_why3(option):
    return subprocess.run(["why3", option], check=True, capture_output=True, text=True).stdout.strip()


def copy_imports(source, target, name):
    """Copy driver file `name` and, recursively, every file it imports: imports are resolved beside the importer."""
    text = open(os.path.join(source, name), encoding="utf-8").read()
    for imported in re.findall(r'^\s*import\s+"([^"]+)"', text, re.M):
        if not os.path.exists(os.path.join(target, imported)):
            shutil.copyfile(os.path.join(source, imported), os.path.join(target, imported))
            copy_imports(source, target, imported)
    return text


def write_cvc5_driver(directory, datadir):
    drivers = os.path.join(datadir, "drivers")
    text = copy_imports(drivers, directory, BASE_DRIVER)
    # the comment prelude stays in every goal file and so in the cache keys: it must name this driver, not CVC4's
    text = text.replace("produced by cvc4_17.drv", "produced by cvc5.drv")
    text, changes = re.subn(r'\(set-logic ALL_SUPPORTED\)', '(set-logic ALL)', text)
    if changes != 1:
        raise SystemExit("why3conf: %s no longer sets the logic the way this script expects" % BASE_DRIVER)
    path = os.path.join(directory, "cvc5.drv")
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)
    return os.path.abspath(path)


def write_config(directory):
    """Write why3.conf and its driver files into `directory`; return the absolute path of why3.conf."""
    os.makedirs(directory, exist_ok=True)
    datadir, libdir = ask_why3("--print-datadir"), ask_why3("--print-libdir")
    lines = ["[main]", 'datadir = "%s"' % datadir, 'libdir = "%s"' % libdir,
             "magic = 14", "memlimit = 2000", "running_provers_max = 2", "timelimit = 10"]
    for name, version, _, driver, command, command_steps in SOLVERS + (SMOKE,):
        driver = driver or write_cvc5_driver(directory, datadir)
        lines += ["", "[prover]", 'name = "%s"' % name, 'version = "%s"' % version, 'driver = "%s"' % driver,
                  'command = "%s"' % command, 'command_steps = "%s"' % command_steps,
                  'editor = ""', "in_place = false", "interactive = false"]
    path = os.path.abspath(os.path.join(directory, "why3.conf"))
    with open(path, "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
    return path


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        raise SystemExit(__doc__)
    print(write_config(sys.argv[1]))
