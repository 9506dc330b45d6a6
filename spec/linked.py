"""What the functions of a statement really link to, function by function.

Every source of the library is compiled once more, without optimisation: each function and each table in a section of its own, nothing inlined,
nothing cloned, no jump tables. Then the relocations of a section are what its function calls or points to (callbacks and tables of functions
count), on any machine and with any gcc. Needs gcc and binutils; objects are kept under $BUILD/trace and made again only where a source changed.
"""
import concurrent.futures
import glob
import os
import re
import subprocess

FOLDERS = "kernel io data net limit perturb verify study".split()
FLAGS = ("-std=c11 -O0 -g1 -w -ffp-contract=off -fno-inline -ffunction-sections -fdata-sections -fno-jump-tables -fno-common "
         "-fno-asynchronous-unwind-tables -fno-lto -Isrc -I. -D_POSIX_C_SOURCE=200809L -DLFAP_NO_CLONES -Dalways_inline= -MMD").split()
KERNEL = "src/kernel/"


def stale(target, depends):
    """Whether one of the files that the last compilation read, or this one with its options, is newer than what it made, or gone."""
    try:
        made = os.stat(target).st_mtime_ns
        with open(depends, encoding="utf-8") as f:
            read = f.read().replace("\\\n", " ").split(":", 1)[1].split() + [__file__]
        return any(os.stat(name).st_mtime_ns > made for name in read)
    except OSError:
        return True


def compiled(source, folder):
    """What nm and objdump say of the object of this source."""
    target = os.path.join(folder, source[:-2] + ".o")
    if stale(target, target[:-2] + ".d"):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        done = subprocess.run([os.environ.get("CC", "gcc"), *FLAGS, f"-ffile-prefix-map={os.getcwd()}=.", "-c", "-o", target, source], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{source} does not compile: {(done.stderr.strip() or 'no message').splitlines()[0]}")
    return run("nm", "-l", target), run("objdump", "-trw", target)


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


SYMBOL = re.compile(r"^[0-9a-f]+ (.{7}) (\S+)\t[0-9a-f]+(?: \.hidden)? (\S+)$")
PLACE = re.compile(r"^[0-9a-f]* +[tTwW] (\S+)\t(.*):\d+$")
FROM = re.compile(r"^RELOCATION RECORDS FOR \[(.*)\]:$")
TO = re.compile(r"^[0-9a-f]+ \S+ +(\S+?)(?:[+-]0x[0-9a-f]+)?$")


class Graph:
    """functions: (file it is written in, name) of each node that is one; edges between nodes, which are (object, section)."""

    def __init__(self, build):
        sources = sorted(f for d in FOLDERS for f in glob.glob(f"src/{d}/*.c"))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            said = list(pool.map(lambda s: compiled(s, os.path.join(build, "trace")), sources))
        self.functions, self.public, asked = {}, {}, []
        for source, (lines, tables) in zip(sources, said):
            self.read(source, lines, tables, asked)
        self.edges = {}
        for node, target in asked:
            if isinstance(target, str):
                target = self.public.get(target)  # None: another library's
            if target and target != node:
                self.edges.setdefault(node, set()).add(target)

    def read(self, source, lines, tables, asked):
        written = {m.group(1): os.path.relpath(m.group(2)) for m in map(PLACE.match, lines.splitlines()) if m}
        section, local = None, {}
        for line in tables.splitlines():
            if m := SYMBOL.match(line):
                flags, where, name = m.groups()
                if where in ("*UND*", "*ABS*", "*COM*") or flags[6] == "d" or flags[5] == "d":
                    continue
                local[name] = (source, where)
                if flags[0] in "gu!" or flags[1] == "w":
                    self.public[name] = (source, where)
                if flags[6] == "F":
                    self.functions[source, where] = (written.get(name, source), name)
            elif m := FROM.match(line):
                section = m.group(1) if not m.group(1).startswith((".debug", ".eh_frame")) else None
            elif section and (m := TO.match(line)):
                name = m.group(1)
                asked.append(((source, section), (source, name) if name.startswith(".") else local.get(name, name)))

    def reached(self, nodes):
        """Every node that these lead to, themselves too."""
        seen, todo = set(), list(nodes)
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                todo += self.edges.get(node, ())
        return seen

    def start(self, root):
        """The node of `lfap_f`, or of the one function `inner` that `lfap_f` leads to, for "lfap_f:inner"; None where it is not there."""
        public, _, inner = root.partition(":")
        if not inner or public not in self.public:
            return self.public.get(public)
        named = [n for n in self.reached([self.public[public]]) if self.functions.get(n, ("", ""))[1] == inner]
        return named[0] if len(named) == 1 else None

    def kernels(self, root):
        """{file of src/kernel: {function: whether something outside the kernels asks for it}}"""
        start = self.start(root)
        if start is None:
            return None
        seen = self.reached([start])
        outside = {t for n in seen if not self.home(n).startswith(KERNEL) for t in self.edges.get(n, ())} | {start}
        found = {}
        for node in seen:
            if node in self.functions and self.home(node).startswith(KERNEL):
                of, name = found.setdefault(self.home(node), {}), self.functions[node][1]
                of[name] = of.get(name, False) or node in outside
        return found

    def home(self, node):
        """The file a function is written in; of a table, the source it is compiled in."""
        return self.functions.get(node, node)[0]
