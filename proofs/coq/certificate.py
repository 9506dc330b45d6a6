#!/usr/bin/python3
"""Check a certificate with Coq: `make certificate DIR=dir`, or certificate.py [--build BUILD] DIR.

Compiles DIR/Rows*.v and DIR/Certificate.v in a scratch directory, then asks Coq, in a file of its own, what the theorem
`certificate` says and what it assumes: nothing, or of the primitive types no more than axioms.fast lists.
That the literals are the doubles of given data is not seen here: `lfap check DIR/Certificate.v --data D` reads them back.
Exit code 0: the theorem holds; 1: Coq refused it, or it assumes too much; 2: a file is missing.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import check_assumptions as gate

HERE = pathlib.Path(__file__).resolve().parent
# What the theorem may name of its own file: the data. Everything else is of the chapters here.
OWN_NAMES = {"certificate", "N", "d", "X", "Y", "W", "points", "signs", "z0", "z1",
             "X_adv", "Y_adv", "N_adv", "p", "E", "B"}
QUESTION = """From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From lfap Require Import Vectors Network Kkt T1 C1 C2 K1 Pattern T5 Flow C4Certificate Checkers CheckersSound Claims Runs.
From certificate Require Certificate.
Unset Printing Implicit Defensive.
Set Printing Width 120.
Open Scope ring_scope.
About certificate.Certificate.certificate.
Goal True. idtac "=====". Abort.
Print Assumptions certificate.Certificate.certificate.
"""
OF_THE_FILE = re.compile(r"(?<![A-Za-z0-9])Certificate\.")  # also of 'I_Certificate.N
WARNINGS = "-abstract-large-number,-notation-overridden,-ambiguous-paths"


def coqc(scratch, build, file):
    """Coq's answer to one file, and how long it took."""
    start = time.monotonic()
    run = subprocess.run(["coqc", "-q", "-noglob", "-w", WARNINGS, "-Q", str(build), "lfap", "-Q", ".", "certificate", file],
                         cwd=scratch, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return run.returncode, run.stdout, time.monotonic() - start


def judge(directory, build):
    files = sorted(directory.glob("Rows*.v")) + [directory / "Certificate.v"]
    findings = [finding for file in files for finding in gate.scan_source(file)]
    if findings:
        return findings
    with tempfile.TemporaryDirectory() as scratch:
        for file in files:
            shutil.copy(file, scratch)
        names = [file.name for file in files]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            answers = list(pool.map(lambda name: coqc(scratch, build, name), names[:-1]))
        answers.append(coqc(scratch, build, names[-1]))
        for name, (code, said, seconds) in zip(names, answers):
            if code != 0:
                return [f"Coq refuses {name}:\n{said[-2000:]}"]
            print(f"{name}: accepted, {seconds:.1f} s")
        (pathlib.Path(scratch) / "Question.v").write_text(QUESTION)
        code, said, _ = coqc(scratch, build, "Question.v")
    if code != 0 or "=====\n" not in said:
        return [f"no theorem `certificate`:\n{said[-2000:]}"]
    statement, assumptions = said.split("=====\n")
    statement = gate.statement_of(statement)
    print(OF_THE_FILE.sub("", statement))
    strange = sorted(set(re.findall(OF_THE_FILE.pattern + r"(\w+)", statement)) - OWN_NAMES)
    axioms = gate.axioms_of(assumptions.strip())
    allowed = gate.read_allowed(gate.ALLOWED) | gate.read_allowed(gate.OWN_ALLOWED["Fast.v"])
    print("assumptions: " + (f"{len(axioms)}, of Coq's primitive types (axioms.fast)" if axioms else "none"))
    return ([f"the theorem speaks of {name}, which the file defines itself" for name in strange]
            + [f"the theorem depends on {axiom}" for axiom in axioms if axiom not in allowed])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=HERE / "build", help="where make put the .vo files")
    parser.add_argument("directory", type=pathlib.Path, help="the directory with Certificate.v")
    options = parser.parse_args()
    if not (options.directory / "Certificate.v").is_file():
        print(f"certificate: {options.directory / 'Certificate.v'} is not there; `lfap limit --certify --coq --out DIR` writes one")
        return 2
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)  # a list of 10^4 literals is that deep a term
    resource.setrlimit(resource.RLIMIT_STACK, (hard, hard))
    findings = judge(options.directory.resolve(), options.build.resolve())
    print("\n".join(findings), end="\n" if findings else "")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"certificate: {'FAIL' if findings else 'PASS'} ({used.ru_utime + used.ru_stime:.0f} s of processor time, {used.ru_maxrss / 2**20:.1f} GB)")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
