"""The trace (TAP): spec/kernels.tsv and spec/trace.md are what spec/statements.tsv and the objects of the library say today, every cell names
something that exists, an empty one is refused unless soundness.md lists it, and a function that moves to another kernel does not go unnoticed."""
import os, re, shutil, subprocess, sys, tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
os.chdir(ROOT)
sys.path.insert(0, "spec")
import linked, trace

count = failed = 0


def ok(condition, name, said=""):
    global count, failed
    count += 1
    failed += not condition
    print(f"{'ok' if condition else 'not ok'} {count} - {name}")
    for line in [] if condition else str(said).splitlines()[:12]:
        print(f"# {line[:190]}")


def check(root=ROOT, build=BUILD):
    r = subprocess.run([sys.executable, "spec/trace.py", "--check"], cwd=root, capture_output=True, text=True, env={**os.environ, "BUILD": build})
    return r.returncode, r.stderr


def changed(graph, statement, column, cell):
    """What the trace says of the table with one cell changed."""
    table = trace.statements("spec/statements.tsv")
    for row in table:
        if row["id"] == statement:
            row[column] = cell
    try:
        trace.markdown(table, trace.links(table, graph))
    except trace.Wrong as wrong:
        return str(wrong)
    return ""


def edit(path, old, new):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if old not in text:
        ok(False, f"{path} has what is to be changed", old)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace(old, new, 1))


def moved(root):
    """lfap_scale goes from chain.c to lanes.c, where a second copy of its text compiles as well."""
    with open(os.path.join(root, "src/kernel/chain.c"), encoding="utf-8") as f:
        text = f.read()
    found = re.search(r"^void lfap_scale\(.*?^}\n", text, re.S | re.M)
    if not found:
        return ok(False, "chain.c has lfap_scale", text[:200])
    edit(os.path.join(root, "src/kernel/chain.c"), found.group(), "")
    with open(os.path.join(root, "src/kernel/lanes.c"), "a", encoding="utf-8") as f:
        f.write("\n" + found.group())


with tempfile.TemporaryDirectory() as tmp:
    code, said = check()
    ok(code == 0 and not said, "kernels.tsv and trace.md are up to date", said)
    graph = linked.Graph(BUILD)
    for statement, column, cell, what, phrase in (
            ("T1", "oracle", "none: somebody took it away", "an empty cell", 'nothing under "oracle" for T1'),
            ("K1", "oracle", "oracle/k1.c", "a gap that is none", "lists `K1 oracle` as a gap"),
            ("H", "function", "lfap_nothing", "a function that lfap.h does not declare", "declares no lfap_nothing"),
            ("T4", "function", "lfap_verify_case:nothing", "an inner function that is not there", "one function nothing within lfap_verify_case"),
            ("P1", "lemmas", "proofs/lemmas/none.c", "lemmas that are not there", "no file proofs/lemmas/none.c"),
            ("Q1", "coq", "C1.v: Q_nothing", "a theorem that is not there", "has no Q_nothing in C1.v"),
            ("Q1", "tests", "tests/unit/none.c", "a test that is not there", "no file tests/unit/none.c"),
            ("H", "function", "lfap_verdict_name", "a statement whose functions reach no kernel", 'nothing under "kernels" for H')):
        said = changed(graph, statement, column, cell)
        ok(phrase in said, f"refused: {what}", said)

    # a copy of the tree with the objects at hand: only what changes there is compiled again
    copy = os.path.join(tmp, "tree")
    for part in ("src", "spec", "proofs/lemmas", "tests/unit"):
        shutil.copytree(part, os.path.join(copy, part))
    for folder in ("proofs", "proofs/coq", "tests"):
        for name in os.listdir(folder):
            if not os.path.exists(os.path.join(copy, folder, name)):
                os.makedirs(os.path.join(copy, folder), exist_ok=True)
                os.symlink(os.path.join(ROOT, folder, name), os.path.join(copy, folder, name))
    build = os.path.join(tmp, "build")
    shutil.copytree(os.path.join(BUILD, "trace"), os.path.join(build, "trace"))
    code, said = check(root=copy, build=build)
    ok(code == 0, "a copy of the tree has the same trace", said)
    moved(copy)
    code, said = check(root=copy, build=build)
    ok(code == 1 and "no goal of src/kernel/lanes.c: lfap_scale" in said, "a function moved to another kernel is not proved there", said)
    edit(os.path.join(copy, "spec/soundness.md"), "<!-- trusted:begin -->\n", "<!-- trusted:begin -->\n- `src/kernel/lanes.c:lfap_scale` - for this test\n")
    code, said = check(root=copy, build=build)
    ok(code == 1 and "spec/kernels.tsv is not what the sources say" in said and "spec/trace.md is not" in said,
       "and where it counts as proved, the committed table differs", said)
    with open(os.path.join(copy, "src/kernel/spare.c"), "w", encoding="utf-8") as f:
        f.write("int lfap_spare(void);\nint lfap_spare(void) { return 0; }\n")
    code, said = check(root=copy, build=build)
    ok(code == 1 and "src/kernel/spare.c is under no statement" in said, "a kernel that no statement reaches is named", said)
print(f"1..{count}")
sys.exit(1 if failed else 0)
