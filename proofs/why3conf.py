#!/usr/bin/python3
"""Write a private Why3 configuration for the proof gate and print its path.

    proofs/why3conf.py DIRECTORY

WP reaches its provers through Why3, and Why3 reads a configuration that normally belongs to the user. A proof that
depends on what a user once detected is not reproducible, so the gate never reads that file: it writes its own, with one
full [prover] entry a solver. Why3 1.5.1 does not know CVC5, hence a driver of our own: Why3's driver for CVC4 1.7 with
the logic every solver since has accepted, next to copies of the generic drivers it imports.
"""
import os
import shutil
import subprocess
import sys

import tools


def ask_why3(option):
    return subprocess.run(["why3", option], check=True, capture_output=True, text=True).stdout.strip()


def copy_imports(source, target, name):
    """Copy driver file `name` and, recursively, every file it imports: imports are resolved beside the importer."""
    text = open(os.path.join(source, name), encoding="utf-8").read()
    for imported in tools.DRIVER_IMPORT.findall(text):
        if not os.path.exists(os.path.join(target, imported)):
            shutil.copyfile(os.path.join(source, imported), os.path.join(target, imported))
            copy_imports(source, target, imported)
    return text


def write_cvc5_driver(directory, datadir):
    drivers = os.path.join(datadir, "drivers")
    text = copy_imports(drivers, directory, tools.BASE_DRIVER)
    # the comment prelude stays in every goal file and so in the cache keys: it must name this driver, not CVC4's
    for old, new in ((tools.DRIVER_NAME, "produced by cvc5.drv"), (tools.DRIVER_LOGIC, "(set-logic ALL)")):
        if text.count(old) != 1:
            raise SystemExit("why3conf: Why3's driver %s does not have %s once" % (tools.BASE_DRIVER, old))
        text = text.replace(old, new)
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
    for name, version, _, driver, command, command_steps in tools.SOLVERS + (tools.SMOKE_SOLVER,):
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
