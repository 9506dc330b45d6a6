"""Form (TAP): C sources are clang-format clean, lines fit, functions fit a screen, public functions have a comment, global symbols a prefix,
shell scripts pass shellcheck. What may be otherwise stands in form.tsv with its reason; an entry that is no longer needed is an error."""
import os, re, subprocess, sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
os.chdir(ROOT)
count = failed = 0


def ok(name, found):
    global count, failed
    count += 1
    failed += bool(found)
    print(f"{'not ok' if found else 'ok'} {count} - {name}")
    for line in sorted(found)[:int(os.environ.get("FORM_LINES", "25"))]:
        print(f"# {line}")


def files(*patterns):
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *patterns], capture_output=True, text=True).stdout.split()
    if not listed:  # a tree without its history
        listed = [os.path.relpath(os.path.join(d, f), ".") for d, dirs, names in os.walk(".") for f in names if not d.startswith(("./.git", "./build"))]
        ends = tuple(p.lstrip("*") for p in patterns)
        listed = [f for f in listed if f.endswith(ends)]
    return sorted(f for f in listed if os.path.isfile(f))


with open("tests/cross/form.tsv", encoding="utf-8") as f:
    excused = {tuple(line.split("\t")[:2]): line.split("\t")[2] for line in f.read().splitlines() if line and not line.startswith("#")}
used = set()


def excuse(rule, what):
    if (rule, what) in excused:
        used.add((rule, what))
        return True
    return False


C = [f for f in files("*.c", "*.h") if f.startswith(("src/", "oracle/", "bench/"))]
ALL_C = files("*.c", "*.h", "*.def")

# ---- layout
bad = []
for at in range(0, len(C), 50):
    r = subprocess.run(["clang-format", "--dry-run", "-Werror", *C[at:at + 50]], capture_output=True, text=True)
    bad += {line.split(":")[0] for line in r.stderr.splitlines() if "error:" in line}
ok(f"clang-format: {len(C)} files of src, oracle and bench", [f for f in set(bad) if not excuse("layout", f)])


def too_long(names, most, prose=False):
    found = []
    for name in names:
        code = False
        with open(name, encoding="utf-8") as f:
            for n, line in enumerate(f, 1):
                line = line.rstrip("\n")
                if prose and line.startswith("```"):
                    code = not code
                if len(line) > most and not (prose and (line.startswith("|") or line.startswith("    ") or code)) and not excuse("width", name):
                    found.append(f"{name}:{n}: {len(line)} columns")
    return found


ok("sources: at most 120 columns", too_long([f for f in ALL_C if not f.startswith(("proofs/", "tests/"))], 120))
ok("prose: at most 200 columns", too_long(files("*.md"), 200, prose=True))

# ---- functions
HEAD = re.compile(r"^(?!typedef|struct|union|enum|static const|extern|#)[A-Za-z_][^;=]*?\b(\w+)\(", re.S)
long_ones, wide_ones = [], []
for name in C:
    if not name.endswith(".c"):
        continue
    with open(name, encoding="utf-8") as f:
        lines = f.read().split("\n")
    start = None
    for n, line in enumerate(lines):
        if re.match(r"[A-Za-z_]", line) and not line.startswith(("typedef", "#", "enum", "struct")):
            start = n if start is None or lines[n - 1].endswith((";", "}", "*/", "")) else start
        if line.endswith("{") and start is not None and not line.startswith(" ") or (line.endswith("{") and start is not None and lines[start] != line and line.startswith(" ") and ")" in line and "=" not in "".join(lines[start:n + 1]).split("(")[0]):
            head = " ".join(lines[start:n + 1])
            m = HEAD.match(head)
            if not m or head.startswith(("static const", "const ")) and "=" in head.split("(")[0]:
                start = None
                continue
            end = next((k for k in range(n, len(lines)) if lines[k] == "}"), None)
            if end is None:
                continue
            function, comment, size = m.group(1), False, 0
            for text in lines[n + 1:end]:  # lines of code: neither blank nor of a comment
                t = text.strip()
                if comment or t.startswith("/*"):
                    comment = "*/" not in t
                    continue
                size += bool(t) and not t.startswith(("//", "LFAP_REAL", "loop "))
            depth, arguments = 0, 1
            for ch in head[m.end() - 1:]:
                depth += (ch in "([") - (ch in ")]")
                arguments += ch == "," and depth == 1
                if depth == 0:
                    break
            if size > 60 and not excuse("length", f"{name}:{function}"):
                long_ones.append(f"{name}: {function} has {size} lines")
            if arguments > 7 and not excuse("parameters", f"{name}:{function}"):
                wide_ones.append(f"{name}: {function} has {arguments} parameters")
            start = None
ok("no function above 60 lines without a reason", long_ones)
ok("no function above 7 parameters without a reason", wide_ones)

bare = []
for header in ("src/lfap.h", "src/lfap_certifier.h", "oracle/lfap_oracle.h"):
    with open(header, encoding="utf-8") as f:
        lines = f.read().split("\n")
    told = False  # a comment stands over this group of declarations, or behind one of it
    for n, line in enumerate(lines):
        if not line.strip():
            told = False
        told = told or "/*" in line or "*/" in line
        m = re.match(r"[a-z][\w ]*[ *](lfap_\w+|oracle_\w+)\(", line)
        if m and not told and "_free(" not in line:
            bare.append(f"{header}:{n + 1}: {m.group(1)}")
ok("every public function is under a comment", bare)

# ---- twins: the test of a kernel is found by the kernel's name
bare = []
for kernel in files("src/kernel/*.c"):
    name = os.path.basename(kernel)[:-2]
    twin = f"tests/unit/{name}.c"
    asserts = re.findall(rf"^Test\({name},", open(twin, encoding="utf-8").read(), re.M) if os.path.isfile(twin) else []
    if not asserts and not excuse("twin", kernel):
        bare.append(f"{kernel}: {twin} " + ("has no Test(" + name + ", ...)" if os.path.isfile(twin) else "is missing"))
ok("every kernel has a unit test of its name", bare)

# ---- names: a static function says what it runs or checks. At most MOST_FILES files may share a name; a name that many
# files have for a reason stands in form.tsv ("static", the name).
MOST_FILES = 3
shared = {}
for name in C:
    with open(name, encoding="utf-8") as f:
        for m in re.finditer(r"^(?:static|LFAP_INLINE)\b[^;={}()]*?\b(\w+)\([^;{]*?\)\s*\{", f.read(), re.M):
            shared.setdefault(m.group(1), set()).add(name)
many = {n: len(at) for n, at in shared.items() if len(at) > MOST_FILES}
ok(f"static functions: a name in at most {MOST_FILES} files", [f"{n}: {k} files, {', '.join(sorted(shared[n])[:4])} ..." for n, k in many.items() if not excuse("static", n)])

# ---- annotations: clauses of one tier in one syntax (spec/logic/tiers.acsl), logic by its include path
bare = []
for name in C:
    with open(name, encoding="utf-8") as f:
        text = f.read()
    for m in re.finditer(r"/\*@.*?\*/", text, re.S):
        if "#if" in m.group() and not excuse("tier", name):
            bare.append(f"{name}:{text.count(chr(10), 0, m.start()) + 1}: an #if within an annotation: LFAP_REAL(clause), LFAP_VALUE(clause)")
    if re.search(r'#include "\.\./.*\.acsl"', text):
        bare.append(f"{name}: a file of spec/logic is included by its name alone")
ok("clauses of one tier in one syntax, logic by its name", bare)

# ---- symbols
for library, prefixes in (("liblfap.a", ("lfap_",)), ("liboracle.a", ("oracle_",))):
    r = subprocess.run(["nm", "-g", "--defined-only", os.path.join(BUILD, library)], capture_output=True, text=True)
    names = {line.split()[-1] for line in r.stdout.splitlines() if len(line.split()) == 3}
    ok(f"{library}: every global symbol has the prefix", [n for n in names if not n.startswith(prefixes) and not excuse("symbol", n)] if names else ["no symbols were read"])

# ---- scripts
r = subprocess.run(["shellcheck", "-S", "warning", *files("*.sh", "*.sbatch"), ".ci/run"], capture_output=True, text=True)
ok("shellcheck", [line for line in r.stdout.splitlines() if line.startswith("In ")] if r.returncode else [])

ok("no reason that is no longer needed", [f"{a}: {b}" for a, b in set(excused) - used])
print(f"1..{count}")
sys.exit(1 if failed else 0)
