#!/usr/bin/python3
"""How much do the contracts say? Break a proved kernel in one place and see whether a proof breaks.

    proofs/mutate.py [--count N]            N mutants (default 200) in all tiers; rewrites proofs/mutants.tsv and STATUS.md's
                                            section on it (make mutate)
    proofs/mutate.py --check [--count 20]   the first N alone, nothing is written: fails on a survivor that mutants.tsv does
                                            not list, and on a mutant that was killed and no longer is (make mutate-sample)
    proofs/mutate.py --list                 the mutants, no proof

Options: --file FILE,FILE, --function NAME (these mutants alone), --jobs N, --timeout SECONDS (a goal, default 3),
--seed-cache DIR (goals already tried elsewhere; repeatable), --minutes M (stop then; what was found is remembered under
$BUILD, the next run goes on from there and writes nothing unless it reaches the end), --survivors FILE (as they are found).

A mutant is a kernel with one token changed, or one statement gone. It is killed when a goal of its function is not proved
any more, in the safety tier or, if that still proves, in the real or value tier; so a kill means that `make prove` would go
red. Mutants that the compiler turns into the same machine code are equivalent. Which mutants are made depends on nothing
but the code: per function they come in the order of a digest of their text, and every function takes its turn.
"""
import argparse
import concurrent.futures
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import cache
import csource
import gate
import mutants as table
import prove
import status
import tools
import why3conf
import wp

COUNT, SAMPLE, TIMEOUT, TARGET = 200, 20, 3, 95.0
TOKEN = re.compile(r'''
    (?P<annotation>/\*@.*?\*/|//@[^\n]*)
  | (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
  | (?P<directive>^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*)
  | (?P<number>0[xX][0-9a-fA-F.]+(?:[pP][+-]?\d+)?[uUlL]*|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[uUlLfF]*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<space>\s+)
  | (?P<op><<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
''', re.X | re.S | re.M)
BINARY = {"<": ["<=", ">"], "<=": ["<", ">="], ">": [">=", "<"], ">=": [">", "<="], "==": ["!="], "!=": ["=="],
          "&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"], "*": ["+", "/"], "/": ["*"], "%": ["/"], "<<": [">>"],
          ">>": ["<<"], "&": ["|"], "|": ["&"], "^": ["&"]}
ASSIGN = {"+=": ["-="], "-=": ["+="], "*=": ["/="], "/=": ["*="], "|=": ["&="], "&=": ["|="], "^=": ["|="],
          "<<=": [">>="], ">>=": ["<<="], "++": ["--"], "--": ["++"]}
TYPES = {"double", "size_t", "int", "unsigned", "char", "uint8_t", "uint32_t", "uint64_t", "int64_t", "void", "const", "float"}


class Mutant:
    """One change of one file: text[start:end] becomes `new`."""

    def __init__(self, path, function, text, start, end, new):
        self.path, self.function, self.start, self.end, self.new = path, function, start, end, new
        first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
        old = " ".join(text[start:end].split())
        self.mutation = " ".join((text[first:start] + "{" + old + " -> " + (new.strip() or "nothing") + "}"
                                  + text[end:last]).split())

    @property
    def key(self):
        return (self.path, self.function, self.mutation)

    @property
    def digest(self):
        return hashlib.sha256("\t".join(self.key).encode()).hexdigest()


def bodies(text):
    """[(function, [(kind, piece, start, end)])] of the code inside each function, annotations left out."""
    stream = [(match.lastgroup, match.group(), match.start(), match.end()) for match in TOKEN.finditer(text)
              if match.lastgroup not in ("annotation", "comment", "directive", "space")]
    plain = [(kind if kind == "word" else "other", piece, 0) for kind, piece, _, _ in stream]
    found, depth, name, first = [], 0, None, 0
    for index, (_, piece, _, _) in enumerate(stream):
        if piece == "{":
            if depth == 0:
                name, first = csource.function_name(plain, index), index + 1
            depth += 1
        elif piece == "}":
            depth -= 1
            if depth == 0 and name:
                found.append((name, stream[first:index]))
                name = None
    return found


def other_number(piece):
    """A constant near this one: 1 more; 0 and 1 change places for doubles, others double."""
    if re.fullmatch(r"\d+[uUlL]*", piece):
        digits = re.match(r"\d+", piece).group()
        return str(int(digits) + 1) + piece[len(digits):]
    if re.match(r"0[xX]", piece) and "." not in piece and "p" not in piece.lower():
        digits = re.match(r"0[xX][0-9a-fA-F]+", piece).group()
        return hex(int(digits, 16) ^ 1) + piece[len(digits):]
    digits, single = re.fullmatch(r"(.*?)([fF]?)", piece).groups()
    value = float.fromhex(digits) if "x" in piece.lower() else float(digits)
    return "1.0" + single if value == 0.0 else "(2.0 * %s)" % piece


def in_function(path, function, text, body):
    """All mutants of a function's body."""
    found, brackets = [], []

    def add(start, end, new):
        found.append(Mutant(path, function, text, start, end, new))

    for index, (kind, piece, start, end) in enumerate(body):
        before = body[index - 1] if index else ("", "", 0, 0)
        after = body[index + 1] if index + 1 < len(body) else ("", "", 0, 0)
        operand = before[0] in ("word", "number", "string") and before[1] not in ("return", "case") or before[1] in (")", "]")
        if kind == "number" and before[1] != "case":
            add(start, end, other_number(piece))
        elif kind == "op" and piece in ASSIGN:
            for new in ASSIGN[piece]:
                add(start, end, new)
        elif kind == "op" and piece in BINARY and operand and before[1] not in TYPES and \
                not (piece == "*" and after[1] in ("*", "const", "restrict", ")")):
            for new in BINARY[piece]:
                add(start, end, new)
        elif piece == "-" and not operand:
            add(start, end, " ")
        elif piece == "!":
            add(start, end, " ")
        elif piece == "[":
            brackets.append(end)
        elif piece == "]" and brackets:
            opened = brackets.pop()
            declares = index >= 3 and any(token[1] in TYPES for token in body[max(0, index - 4):index - 1])
            if text[opened:start].strip() and not declares:
                add(start, start, " + 1")
    return found + dropped(path, function, text, body)


def dropped(path, function, text, body):
    """Statements that are one expression, and no declaration, go away."""
    found, start, depth, statement = [], 0, 0, []
    for kind, piece, at, end in body:
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if depth == 0 and piece in ("{", "}", ";") or depth == 0 and piece == ")" and statement and statement[0] in ("for", "if", "while"):
            words = [word for word in statement[:2] if re.match(r"\w", word)]
            call = len(statement) > 1 and statement[1] == "("
            if piece == ";" and statement and (len(words) < 2 or call) and \
                    statement[0] not in TYPES | {"return", "break", "continue", "if", "for", "while", "do", "else", "goto"} \
                    and any(word in ("=", "(", "++", "--") or word in ASSIGN for word in statement[1:] + statement[:1]):
                found.append(Mutant(path, function, text, start, end - 1, ""))
            statement = []
            continue
        if piece == "else" and not statement:
            continue
        if not statement:
            start = at
        statement.append(piece)
    return found


def all_mutants(root, sources, soundness):
    """{(path, function): [mutants]} with a key that is unique in the tree."""
    result, seen = {}, {}
    for path in [name for name in sources.files if name.startswith("src/kernel/")]:
        text = sources.text[path]
        for function, body in bodies(text):
            if soundness.trusts(path, function):
                continue
            for mutant in in_function(path, function, text, body):
                seen[mutant.key] = seen.get(mutant.key, 0) + 1
                if seen[mutant.key] > 1:
                    mutant.mutation += " (%d)" % seen[mutant.key]
                result.setdefault((path, function), []).append(mutant)
    return result


def tiers_of(plan, path, function):
    return ["safety"] + [tier for tier in ("real", "value") if wp.planned(plan, path, tier, function)]


def ordered(mutants):
    """Round after round over the functions, whatever their contract says."""
    ranked = []
    for (_, function), mine in mutants.items():
        for turn, mutant in enumerate(sorted(mine, key=lambda mutant: mutant.digest)):
            ranked.append((turn, hashlib.sha256(function.encode()).hexdigest(), mutant.digest, mutant))
    return [entry[3] for entry in sorted(ranked, key=lambda entry: entry[:3])]


class Laboratory:
    """Judges mutants: each in a copy of the kernels of its own, with the committed proofs at hand."""

    def __init__(self, root, work, timeout, seeds):
        self.root, self.work, self.timeout = root, work, timeout
        self.plan = wp.read_plan(root)
        self.config = why3conf.write_config(os.path.join(work, "why3"))
        self.seeds = [path for seed in seeds for path in cache.entries_under(seed)]
        self.base, self.sessions, self.machine, self.shown, self.lock = {}, {}, {}, {}, threading.Lock()
        self.memory, self.notes = {}, os.path.join(work, "mutate-verdicts.tsv")
        os.makedirs(work, exist_ok=True)
        if os.path.exists(self.notes):
            with open(self.notes, encoding="utf-8") as handle:
                self.memory = dict(line.split()[:1] + [" ".join(line.split()[1:])] for line in handle if line.strip())

    def seen(self, path, tier):
        """What Frama-C is shown of a kernel in that tier: annotations, headers and macros included."""
        with self.lock:
            if (path, tier) not in self.shown:
                command = ["gcc", "-E", "-CC", "-dD", "-P", "-std=c11"] + wp.defines(tier) + [path]
                self.shown[path, tier] = subprocess.run(command, cwd=self.root, capture_output=True, text=True).stdout
            return self.shown[path, tier]

    def name(self, mutant):
        """The digest of all that a verdict depends on."""
        parts = [str(mutant.start), str(mutant.end), mutant.new, str(self.timeout)]
        for tier in tiers_of(self.plan, mutant.path, mutant.function):
            parts += [self.seen(mutant.path, tier), repr(self.plan.get((mutant.path, tier)))]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def verdict(self, mutant):
        name = self.name(mutant)
        if name not in self.memory:
            self.memory[name] = self.judge(mutant)
            if self.memory[name] in ("refused", "not proved"):  # the next run may know better
                return self.memory[name]
            with self.lock, open(self.notes, "a", encoding="utf-8") as out:
                out.write("%s %s\n" % (name, self.memory[name]))
        return self.memory[name]

    def session(self, path, tier):
        with self.lock:
            stem = prove.Prover.stem(path)
            name = "%s.%s" % (stem, tier)
            folder = os.path.join(self.work, "mutate-session", name)
            if name not in self.sessions:
                table = cache.read(cache.table_path(os.path.join(self.root, "proofs", "cache"), stem))
                cache.unpack([line for line in table if line.tier == tier], os.path.join(folder, "cache"))
                prove.link_all(self.seeds, os.path.join(folder, "cache"))
                self.sessions[name] = folder
            return folder

    def tree(self, mutant):
        folder = tempfile.mkdtemp(prefix="lfap-mutant-")
        for part in ("src/kernel", "spec/logic"):
            shutil.copytree(os.path.join(self.root, part), os.path.join(folder, part))
        if mutant:
            name = os.path.join(folder, mutant.path)
            text = open(name, encoding="utf-8").read()
            with open(name, "w", encoding="utf-8") as out:
                out.write(text[:mutant.start] + mutant.new + text[mutant.end:])
        return folder

    def assembly(self, folder, path):
        """What gcc makes of a kernel, None if it refuses it."""
        done = subprocess.run(["gcc", "-std=c11", "-O2", "-w", "-ffp-contract=off", "-D_POSIX_C_SOURCE=200809L", "-Isrc",
                               "-Isrc/kernel", "-I.", "-S", "-o", "-", path], cwd=folder, capture_output=True, text=True)
        return done.stdout if done.returncode == 0 else None

    def open_goals(self, folder, path, tier, function, stop):
        """Names of goals of the function left unproved in that tree; the first alone if `stop`; None if Frama-C refuses."""
        out = os.path.join(folder, "wp-" + tier)
        command = wp.frama_c_command(path, tier, self.plan.get((path, tier), ([], ()))[1], [function],
                                     self.session(path, tier), "update", out, timeout=self.timeout, par=1)
        command = command[:command.index("-then")]
        environment = wp.environment(folder, self.config)
        open_, complete = [], False
        process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
        for line in process.stdout:
            found = tools.open_goal(line) or (tools.CERTAIN_ERROR.search(line) and "rte")
            if found:
                open_.append(found)
                if stop:
                    process.kill()
                    break
            complete = complete or tools.SUMMARY.search(line) is not None
        process.stdout.close()
        process.wait()
        return open_ if open_ or complete else None

    def baseline(self, path, tier, function):
        """Whether the kernel as it is proves in that tier with this time limit."""
        key = (path, tier, function)
        if key not in self.base:
            folder = self.tree(None)
            try:
                self.base[key] = self.open_goals(folder, path, tier, function, False) == []
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        return self.base[key]

    def judge(self, mutant):
        """'killed TIER', 'survived', 'equivalent', 'not proved' (the kernel itself) or 'refused' (no program)."""
        if mutant.path not in self.machine:
            self.machine[mutant.path] = self.assembly(self.root, mutant.path)
        folder = self.tree(mutant)
        try:
            assembly = self.assembly(folder, mutant.path)
            if assembly is None:
                return "refused"
            if assembly == self.machine[mutant.path]:
                return "equivalent"
            for tier in tiers_of(self.plan, mutant.path, mutant.function):
                if not self.baseline(mutant.path, tier, mutant.function):
                    return "not proved"
                goals = self.open_goals(folder, mutant.path, tier, mutant.function, True)
                if goals is None:
                    return "refused"
                if goals:
                    return "killed " + tier
            return "survived"
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def run(laboratory, chosen, count, jobs, known, watch, minutes):
    """Judge mutants in order until `count` count: those that do not compile or whose kernel is not proved do not."""
    result, refused, done = {}, 0, 0
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        queue = iter(chosen)
        while done < count and (not minutes or time.monotonic() - start < 60 * minutes):
            batch = [mutant for _, mutant in zip(range(min(4 * jobs, count - done)), queue)]
            if not batch:
                break
            for mutant, verdict in zip(batch, pool.map(laboratory.verdict, batch)):
                print("  mutate   %6.0f s  %-12s %s: %s: %s" % (time.monotonic() - start, verdict, mutant.path, mutant.function,
                                                               mutant.mutation), flush=True)
                if verdict in ("refused", "not proved"):
                    refused += 1
                    continue
                done += 1
                old = known.get(mutant.key, ("", ""))
                reason = old[1]
                if verdict == "survived" and old[0] == "equivalent":
                    verdict = "equivalent"
                elif verdict == "equivalent":
                    reason = "same machine code"
                elif verdict != "survived":
                    reason = ""
                result[mutant.key] = (verdict, reason)
                if verdict == "survived" and watch:
                    with open(watch, "a", encoding="utf-8") as out:
                        out.write("\t".join(mutant.key) + "\n")
    return result, refused


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--file", default="")
    parser.add_argument("--function", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--timeout", type=int, default=TIMEOUT)
    parser.add_argument("--seed-cache", action="append", default=[])
    parser.add_argument("--survivors", default="")
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--root", default=wp.ROOT)
    arguments = parser.parse_args()
    root, home = snapshot(os.path.abspath(arguments.root)), os.path.abspath(arguments.root)
    try:
        return study(arguments, root, home)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def snapshot(root):
    """A copy of what is read, so that nobody's editor moves the text under a mutant."""
    folder = tempfile.mkdtemp(prefix="lfap-mutate-")
    for part in ("src/kernel", "spec", "proofs"):
        shutil.copytree(os.path.join(root, part), os.path.join(folder, part), ignore=shutil.ignore_patterns("coq", "must_fail"))
    return folder


def study(arguments, root, home):
    """Mutants of the copy `root`; what is found is written to the tree `home`."""
    plan = wp.read_plan(root)
    found = all_mutants(root, gate.Sources(root), gate.Soundness(root))
    chosen = [mutant for mutant in ordered(found) if (not arguments.file or mutant.path in arguments.file.split(","))
              and (not arguments.function or mutant.function == arguments.function)]
    count = arguments.count or (SAMPLE if arguments.check else COUNT)
    if arguments.list:
        for mutant in chosen[:arguments.count or None]:
            print("\t".join(mutant.key))
        print("mutate: %d mutants of %d functions" % (len(chosen), len({mutant.key[:2] for mutant in chosen})))
        return 0
    missing = tools.missing()
    if missing:
        print("mutate: %s not found; needed: apt-get install %s" % (", ".join(missing), tools.PACKAGES), file=sys.stderr)
        return 69
    known = table.read(root)
    laboratory = Laboratory(root, wp.build_dir(), arguments.timeout, arguments.seed_cache)
    result, refused = run(laboratory, chosen, count, arguments.jobs, known, arguments.survivors,
                          arguments.minutes)
    functional = table.functional(plan, result)
    survivors = [key for key, (verdict, _) in result.items() if verdict == "survived"]
    for key in sorted(survivors):
        print("SURVIVED %s: %s: %s" % key)
    print("mutate: %s killed where the contract is functional, %s of all; %d equivalent, %d not counted"
          % (table.percent(table.score(result, functional)), table.percent(table.score(result)),
             sum(verdict == "equivalent" for verdict, _ in result.values()), refused))
    if arguments.check or arguments.file or arguments.function:
        news = [key for key in survivors if known.get(key, ("", ""))[0] != "survived" and (arguments.check or key not in known)]
        for key in news:
            print("mutate: %s: %s: %s survived and is not listed in %s" % (key + (table.PATH,)))
        return 1 if news else 0
    if arguments.minutes and len(result) < min(count, len(chosen)):
        print("mutate: stopped after %d of %d; the next run goes on from here" % (len(result), count))
        return 0
    table.write(home, result)
    status.rewrite_mutants(home)
    killed, counted = table.score(result)
    return 0 if counted and 100.0 * killed / counted >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
