"""The documents: every command in the pages for people and in the examples of `--help` runs, or stands with its reason among those that do not; every
printed sample is what the command prints; every option, target and test that is named exists.

In a page a block ```console has commands behind `$ ` and what they print on stdout; `...` alone stands for lines that are left out, at the end of a
line for its rest. Indented lines and ```sh are commands without their output. Each page runs in a folder of its own, from its top to its end, with
`build`, `src` and `spec` as in the project's folder. `documents.py --write` prints the samples, and draws the picture of README, anew."""
import difflib, importlib.util, os, re, shlex, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

WRITE = "--write" in sys.argv
PAGES = ["README.md", "CONTRIBUTING.md", "spec/implementers.md", "proofs/ci.md", "proofs/README.md", "proofs/coq/README.md", "bench/README.md", "spec/theory.md", "spec/formats.md",
         "spec/certificate.md"]
# what only its figures' own test runs: tests/cross/check_findings.py
NAMED = PAGES + ["spec/findings.md", "spec/numerics.md", "spec/paper.md", "spec/soundness.md"]
PICTURE = "spec/learned.svg"
NOT_RUN = [  # (the command, why not)
    (r"make( |$)", "packages, or minutes to hours: the target, its variables and tests are looked up instead"),
    (r"bash \.ci/run", "it runs this test"),
    (r"python3 tests/cli/documents\.py --write", "this test"),
    (r"(proofs/wp\.sh|proofs/prove\.py|proofs/mutate\.py|ulimit)\b", "a prover's time; tests/cross/check_gate.py runs the gate"),
    (r"(build/)?lfap verify( --json)?( --quiet)?( > \S+)?$", "the main job on its five cases: tests/cli/main_job.py"),
    (r"(build/)?lfap verify --(case fashion-mnist --classes 2,4|data X\.npy .*) ?", "tests/cli/main_job.py and verdicts.py"),
    (r"sbatch ", "Slurm: make slurm-test"),
    (r"((build/)?lfap sweep|python3 bench/trained\.py) .*--scale paper", "hours"),
    (r"(build/)?lfap sweep --merge paper", "parts of a sweep of hours"),
    (r"(sudo )?apt-get ", "packages"),
    (r"git clone ", "the network"),
    (r"python3 tests/cross/vectors_torch\.py", "PyTorch: make cross-torch"),
]
if importlib.util.find_spec("torch") is None:
    NOT_RUN.append((r".*_torch\.npy", "PyTorch is not installed"))
PLACEHOLDERS = {"N": "20", "G": "0.5", "S": "1"}  # capitals for numbers in spec/theory.md
PROGRAMS = re.compile(r"(\w+=\S+ )*(make|lfap|build/lfap|bash|sh|gcc|g\+\+|cd|sbatch|python3|/usr/bin/python3|proofs/\w+\.\w+|apt-get|sudo|git|export|ulimit) ")
ran = listed = samples = named = 0
text_of = {}
for page in NAMED:
    with open(os.path.join(ROOT, page), encoding="utf-8") as f:
        text_of[page] = f.read()


# ---- reading
def blocks(text):
    """(number of the first line, kind, lines) of each fenced block, named by its first word, and of each indented one, named "indented"."""
    lines, n = text.split("\n"), 0
    while n < len(lines):
        if lines[n].startswith("```"):
            end = lines.index("```", n + 1)
            yield n + 1, lines[n][3:].strip(), lines[n + 1:end]
            n = end + 1
        elif lines[n].startswith("    ") and (n == 0 or not lines[n - 1].strip()):
            end = next((k for k in range(n, len(lines)) if lines[k].strip() and not lines[k].startswith("    ")), len(lines))
            yield n, "indented", [line[4:] for line in lines[n:end]]
            n = end
        else:
            n += 1


def joined(lines):
    """Commands: a line that ends with a backslash goes on in the next one."""
    return [c for c in re.sub(r"\\\n\s*", "", "\n".join(lines)).split("\n") if c.strip() and not c.startswith("#")]


def session(lines):
    """[(command, sample)] of a block ```console; a sample is None where nothing is shown."""
    out = []
    for line in lines:
        if line.startswith("$ "):
            out.append([line[2:], []])
        elif out and out[-1][0].endswith("\\") and not out[-1][1]:
            out[-1][0] = out[-1][0][:-1] + line.strip()
        else:
            out[-1][1].append(line)
    return [(command, sample or None) for command, sample in out]


def bare(command):
    """Without the remark at its end."""
    return re.sub(r"(?<=\S)(\s+#| {2,}(?=[A-Za-z(])).*$", "", command)


def reason(command):
    return next((why for what, why in NOT_RUN if re.match(what, bare(command))), None)


# ---- samples
def fits(line, shown):
    return line.startswith(shown[:-3]) if shown.endswith("...") and shown != "..." else line == shown


def same(sample, printed):
    """Is the sample what is printed, where `...` stands for anything?"""
    if not sample:
        return not printed
    if sample[0] == "...":
        return any(same(sample[1:], printed[k:]) for k in range(len(printed) + 1))
    return bool(printed) and fits(printed[0], sample[0]) and same(sample[1:], printed[1:])


def words(line):
    """A line without its figures, which may change; l2 is a name."""
    return re.sub(r"(?<![A-Za-z])[\d.]+", "0", line)


def alike(shown, printed):
    start = words(shown.removesuffix("..."))
    return difflib.SequenceMatcher(None, start, words(printed)[:len(start)] if shown.endswith("...") else words(printed)).ratio()


def places(shown, printed):
    """For each line shown that of the printed ones which it stands for: in order, as alike as can be in all."""
    best = [[(0.0, ())] * (len(printed) + 1)]  # of the first lines shown among the first printed ones
    for n, line in enumerate(shown):
        best.append([(0.0, ())])
        for k, other in enumerate(printed):
            here = best[n][k]
            more = (here[0] + alike(line, other), (*here[1], k)) if len(here[1]) == n else (-1.0, ())
            best[-1].append(max(more, best[-1][k], key=lambda b: (len(b[1]), b[0])))
    return best[-1][-1][1]


def renewed(sample, printed):
    """The sample with what is printed now: its lines where they went, and all between them where it has no `...`."""
    shown = [line for line in sample if line != "..."]
    at = places(shown, printed)
    if len(at) < len(shown) or sample == shown:
        return printed
    out, last, n, gap = [], -1, 0, False
    for line in [*sample, None]:
        if line == "...":
            gap = True
            continue
        k = at[n] if line is not None else len(printed)
        out += ["..."] if gap else printed[last + 1:k]
        if line is not None:
            out.append(printed[k][:len(line) - 3] + "..." if line.endswith("...") else printed[k])
        last, n, gap = k, n + 1, False
    return out


# ---- running
def folder(name):
    """A page's own: what it takes from the project, and from its reader."""
    os.makedirs(name)
    for part in ("src", "spec", "oracle", "bench", "tests"):
        os.symlink(os.path.join(ROOT, part), os.path.join(name, part))
    os.symlink(os.path.dirname(LFAP), os.path.join(name, "build"))
    X, Y = sample()
    for file, array in (("X", X), ("y", Y), ("W", np.random.default_rng(1).random((4, 40))), ("points", X[:4] + .01), ("t", -Y[:4])):
        put(f"{name}/{file}.npy", array)
    return name


SHELL = dict(os.environ, PATH=os.path.dirname(LFAP) + ":" + os.environ["PATH"], LC_ALL="C.UTF-8")


def run(command, where, place):
    """One command as a shell runs it; a verdict other than PASS (1, 2) is an answer too."""
    global ran
    began = time.monotonic()
    p = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=where, env=SHELL, timeout=300, stdin=subprocess.DEVNULL)
    ran += 1
    ok(p.returncode in ((0, 1, 2) if re.match(r"(build/)?lfap (verify|compare|limit|sweep)\b", command) else (0,)), f"{place}: {bare(command)}", f"exit {p.returncode}\n{p.stdout[-600:]}{p.stderr[-900:]}")
    if time.monotonic() - began > 5:
        print(f"# {time.monotonic() - began:.1f} s: {bare(command)}", flush=True)
    return p.stdout.split("\n")[:-1]


def obey(command, where, place):
    """Runs a command, or lists it: what it prints, None of one that is listed."""
    global listed
    command = " ".join(PLACEHOLDERS.get(w, w) for w in command.split(" ")) if place.startswith("spec/theory.md") else command
    if reason(command):
        listed += 1
        return None
    return run(bare(command), where, place)


# The example of the library is compiled and held against `lfap limit` by tests/cli/install.py, that of Python by tests/cli/python.py.
def program(page, where, first, lines):
    """A block of C or Python: written where the commands behind it look for it, or run."""
    global ran
    words = first.split()
    code = "\n".join(lines) + "\n"
    if words[0] == "c":
        return put(f"{where}/example.c", code.encode())
    compile(code, page, "exec")
    needs = words[1] if len(words) > 1 else "numpy"
    if subprocess.run([sys.executable, "-c", f"import {needs}"], capture_output=True).returncode:
        return skip(f"{page}: the program in {needs}", f"{needs} is not installed here")
    p = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=where, timeout=300)
    ran += 1
    ok(p.returncode == 0, f"{page}: the program in {needs}", p.stderr[-900:])


def page_session(page, where, at, lines):
    """A block ```console, and the block as it would be printed now."""
    global samples
    now = []
    for command, shown in session(lines):
        printed = obey(command, where, f"{page}:{at}")
        kept = shown
        if shown is not None:
            samples += 1
            ok(printed is not None, f"{page}:{at}: the command of a sample runs: {command}", reason(command))
            if printed is not None and not WRITE:
                ok(same(shown, printed), f"{page}:{at}: `{command}` prints this", "\n".join(difflib.unified_diff(shown, printed, "the page", "printed", lineterm="", n=0)))
            kept = renewed(shown, printed or [])
        now += [f"$ {command}", *(kept or [])]
    return now


def whole(page):
    """Runs a page, and writes it anew where that is asked for; the folder it ran in."""
    where = folder("run-" + page.replace("/", "-"))
    text = text_of[page]
    for at, kind, lines in blocks(text):
        word = kind.split(" ")[0]
        if word == "console":
            now = page_session(page, where, at, lines)
            text = text.replace("\n".join(lines), "\n".join(now), 1) if WRITE else text
        elif word in ("python", "c"):
            program(page, where, kind, lines)
        elif word in ("sh", "indented"):
            for command in joined(lines):
                if PROGRAMS.match(command + " "):
                    obey(command, where, f"{page}:{at}")
    if WRITE and text != text_of[page]:
        with open(os.path.join(ROOT, page), "w", encoding="utf-8") as f:
            f.write(text)
        print(f"# {page}: written anew")
    return where


# ---- what is named
with open(os.path.join(ROOT, "Makefile"), encoding="utf-8") as f:
    MAKEFILE = f.read()
for more in ("src/packaging/packaging.mk", "proofs/coq/Makefile", "tests/setup.sh", "proofs/reporting.py", "proofs/coq/ask.py"):
    with open(os.path.join(ROOT, more), encoding="utf-8") as f:
        MAKEFILE += f.read()
TARGETS = {t for m in re.finditer(r"^([\w][\w .-]*):(?!=)", MAKEFILE, re.M) for t in m[1].split()} | {t for m in re.finditer(r"^\.PHONY:(.*)", MAKEFILE, re.M) for t in m[1].split()}
HELP = {}


def wrong_in(command):
    """What a command names that there is not: verbs, options, targets, variables, tests."""
    words = [w for w in command.split() if not re.match(r"\W*#", w)]
    while words and re.match(r"\w+=", words[0]):
        words.pop(0)
    if not words:
        return []
    if words[0] == "make":
        if "-C" in words:
            at = words.index("-C")
            words = words[:at] + words[at + 2:]
        bad = [f"no target {w}" for w in words[1:] if re.fullmatch(r"[a-z][\w-]+", w) and w not in TARGETS]
        bad += [f"no variable {v}" for v in re.findall(r"\b([A-Z]\w*)=", command) if not re.search(rf"\b{v}\b", MAKEFILE)]
        tests = re.findall(r"\bT=(\w+/\w+)", command)
        return bad + [f"no test {t}" for t in tests if t != "unit/xyz" and not any(os.path.exists(os.path.join(ROOT, "tests", t + e)) for e in (".c", ".py", ".sh"))]
    if words[0] not in ("lfap", "build/lfap") or len(words) < 2 or words[1] in ("...", "VERB", "help") or not re.fullmatch(r"[a-z]+", words[1]):
        return []
    verb = words[1]
    if verb not in HELP:
        r = Run(verb, "--help")
        HELP[verb] = set(re.findall(r"^  --([a-z0-9-]+)", r.out, re.M)) if r.code == 0 else None
    if HELP[verb] is None:
        return [f"no verb {verb}"]
    return [f"{verb} has no --{o}" for o in re.findall(r"(?<=\s)--([a-z][a-z0-9-]*)", command.split("|")[0].split("&&")[0].split(">")[0]) if o not in HELP[verb]]


def in_block(lines):
    """Commands without their remarks, but with the variables of make that a remark offers."""
    found = [(bare(c[2:] if c.startswith("$ ") else c), c) for c in joined(lines)]
    return [b + "".join(f" {v}=" for v in re.findall(r"\b([A-Z][A-Z_]+)=", c[len(b):]) if b.startswith("make ")) for b, c in found]


def commands_named(text):
    """What stands between backticks, and in blocks."""
    spans = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
    for _, kind, lines in blocks(text):
        spans += in_block(lines)
    return [p for s in spans for p in re.split(r"\s*(?:&&|;)\s*", bare(s)) if PROGRAMS.match(p + " ") and "VERSION" not in p]


if not WRITE:
    for page in NAMED:
        found = [(c, wrong_in(c)) for c in commands_named(text_of[page])]
        named += len(found)
        ok(not any(bad for _, bad in found), f"{page}: what its {len(found)} commands name exists", "\n".join(f"{c}: {', '.join(bad)}" for c, bad in found if bad))
    # README has every verb in its table, and one form of the command
    verbs = re.findall(r"^  (\w+) ", Run("--help").out.split("\nverbs:\n")[1].split("\n\n")[0], re.M)
    rows = set(re.findall(r"^\| `(\w+)` \|", text_of["README.md"], re.M))
    ok(rows == set(verbs), "README's table has every verb", rows ^ set(verbs))
    forms = [c for _, _, lines in blocks(text_of["README.md"]) for c in in_block(lines) if re.match(r"(\./)?lfap ", c)]
    ok(not forms, "README has one form of the command, build/lfap", "\n".join(forms))
    with open(os.path.join(ROOT, ".github/workflows/ci.yml"), encoding="utf-8") as f:
        steps = re.findall(r"^      - run: (.*)$", f.read(), re.M)
    own = [c for c in steps if not re.match(r"apt-get |git config ", c)]
    ok(own[:1] == ["bash .ci/run"] and all(c == own[0] or c.startswith("make ") and not wrong_in(c) for c in own), "the workflow runs .ci/run, and else targets that there are", own)
    told = subprocess.run(["make", "-C", ROOT, "--no-print-directory", "help"], capture_output=True, text=True).stdout.splitlines()
    ok(len(told) > 20 and max(map(len, told)) <= 80, "make help is at most 80 columns wide", "\n".join(line for line in told if len(line) > 80))
    heads = {word for line in told for word in re.findall(r"^[a-z][a-z -]*?(?=  |$| [A-Z])", line[:23]) for word in word.split()}
    heads |= {word for line in told for word in re.findall(r"\b[a-z]+-(?:[a-z]+-)*[a-z]+\b", line)}
    ok(len(heads) > 40 and heads <= TARGETS, "make help names targets that there are", heads - TARGETS)
    wide = [line for _, kind, lines in blocks(text_of["README.md"]) if kind != "c" for line in lines if len(line) > 160]
    ok(not wide, "README: no line of a block is wider than 160 columns", "\n".join(wide))

ran_in = {page: whole(page) for page in PAGES}

# ---- what README's commands leave in the folder of the project
BROUGHT = set(os.listdir(folder("brought")))
commands = "\n".join(c for _, kind, lines in blocks(text_of["README.md"]) if kind != "c" for c in in_block(lines))
left = {name + "/" * os.path.isdir(f"{ran_in['README.md']}/{name}") for name in os.listdir(ran_in["README.md"])} - {f"{name}/" for name in BROUGHT} - BROUGHT
left |= set(re.findall(r"(?:> |JUNIT=|SARIF=|sweep --merge )([\w.-]+)(?=\s|$)", commands, re.M)) | {f"{name}/" for name in re.findall(r"sbatch \S+ \S+ (\w+)", commands)
                                                                                                                  + re.findall(r"`build/lfap vectors --out (\w+)`", text_of["README.md"])}
with open(os.path.join(ROOT, ".gitignore"), encoding="utf-8") as f:
    mine = f.read().partition("# what the commands of README write\n")[2].split()
fits_one = lambda name: [i for i in mine if re.fullmatch(re.escape(i[1:]).replace(r"\*", "[^/]*"), name)]
ok(len(left) > 15 and all(map(fits_one, left)), ".gitignore has what README's commands write", [name for name in left if not fits_one(name)])
ok(all(i.startswith("/") for i in mine) and all(any(i in fits_one(name) for name in left) for i in mine), "and nothing else, at the top alone", [i for i in mine if not any(i in fits_one(name) for name in left)])

# ---- the picture
drawn = os.path.join(ran_in["README.md"], "pictures", os.path.basename(PICTURE))
if os.path.exists(drawn):
    with open(drawn, "rb") as new, open(os.path.join(ROOT, PICTURE), "rb" if not WRITE else "wb") as old:
        data = new.read()
        if WRITE:
            old.write(data)
        else:
            ok(old.read() == data, f"{PICTURE} is what README's command draws (documents.py --write)")
else:
    ok(False, f"README draws {PICTURE}", os.listdir(ran_in["README.md"]))

# ---- the examples of `--help`, which the manual pages repeat (tests/cli/install.py)
if not WRITE:
    where = folder("run-help")
    for verb in ["", *verbs]:
        text = Run(*filter(None, [verb]), "--help").out.partition("\nexample:\n")[2]
        for command in joined(line.strip() for line in text.split("\n")):
            if command.startswith("lfap "):
                obey(bare(command), where, f"lfap {verb} --help".replace("  ", " "))

print(f"# {ran} commands run, {samples} of them with a sample, {listed} not run for a listed reason; {named} looked up")
done()
