"""make coverage: the ordinary tests on a build that counts, then lines and branches of src/ and oracle/ that were reached; fails below the floor
that is committed beside this file (floor.tsv: name, least per cent). A branch is one way out of a condition, as the compiler sees it."""
import collections, concurrent.futures, glob, gzip, json, os, re, shutil, subprocess, sys, tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BUILD = os.path.abspath(os.environ["BUILD"])  # the one that counts
PYTHON = os.environ.get("PYTHON", sys.executable)
os.chdir(ROOT)
# What builds its own objects, or looks at the build and not at what it does.
ELSEWHERE = set("""cli/documents cli/growth cli/injected cli/sanitized cli/install cli/python cli/bench_tools golden/check_builds bench/count cross/check_gate cross/fuzz_corpora cross/form
  cross/claims cross/headers cross/check_trace cross/check_norms cross/ziggurat_tables""".split())
# What kills lfap, or lets its files fail, the counters' own among them: each adds to counts of its own, which it may tear. Whether they pass is
# asked where nothing counts.
APART = "cli/arithmetic cli/checkpoints cli/descriptors cli/faults cli/interrupt cli/kills cli/pictures_process cli/sets cli/sweep cli/sweep_tables".split()


def run_tests():
    """Whether they pass. Those of the sources of one binary add to the same counts, which libgcov locks."""
    run, env = ["sh", "tests/run.sh"], dict(os.environ, BUILD=BUILD, PYTHON=PYTHON)
    names = subprocess.run([*run, "--list"], capture_output=True, text=True, check=True).stdout.split()
    passed = subprocess.run([*run, *(name for name in names if name not in ELSEWHERE and name not in APART)], env=env).returncode == 0

    def apart(name):
        tree = os.path.join(BUILD, "apart", name.replace("/", "-"))
        subprocess.run([*run, name], env=dict(env, GCOV_PREFIX=tree, GCOV_PREFIX_STRIP=str(BUILD.count("/"))), capture_output=True)
        for d, _, files in os.walk(tree):  # gcov looks for its notes beside the counts
            for note in (f[:-5] + ".gcno" for f in files if f.endswith(".gcda")):
                at = os.path.join(BUILD, os.path.relpath(d, tree), note)
                if os.path.exists(at):
                    shutil.copy(at, d)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(apart, APART))
    return passed


def counts_of(note):
    """gcov's report of one object; of torn counts there may be none."""
    with tempfile.TemporaryDirectory() as tmp:
        subprocess.run(["gcov", "--json-format", "--branch-probabilities", note], cwd=tmp, capture_output=True, check="/apart/" not in note)
        return [json.load(gzip.open(path)) for path in glob.glob(os.path.join(tmp, "*.gcov.json.gz"))]


def counted():
    """file -> line -> (was reached, [was taken, a branch]): clones of a function for other processors are one."""
    notes = [os.path.join(d, f) for d, _, names in os.walk(BUILD) for f in names if f.endswith(".gcno") and "/tests/" not in d.replace(BUILD, "", 1)]
    seen = collections.defaultdict(dict)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for reports in pool.map(counts_of, notes):
            for f in (f for r in reports for f in r["files"]):
                if not re.match(r"(src|oracle)/", f["file"]):
                    continue
                for line in f["lines"]:
                    hit, taken = seen[f["file"]].get(line["line_number"], (False, []))
                    now = [b["count"] > 0 for b in line["branches"]]
                    most = max(len(taken), len(now))
                    taken = [a or b for a, b in zip(taken + [False] * (most - len(taken)), now + [False] * (most - len(now)))]
                    seen[f["file"]][line["line_number"]] = (hit or line["count"] > 0, taken)
    return seen


def per_cent(reached, of):
    return 100.0 * reached / of if of else 100.0


def main():
    passed = True
    if "--report" not in sys.argv:  # else the counts that are there are looked at
        shutil.rmtree(os.path.join(BUILD, "apart"), ignore_errors=True)
        for path in glob.glob(os.path.join(BUILD, "**", "*.gcda"), recursive=True):
            os.unlink(path)
        passed = run_tests()
    rows, total = [], [0, 0, 0, 0]
    for name, lines in counted().items():
        of = [sum(hit for hit, _ in lines.values()), len(lines), sum(sum(t) for _, t in lines.values()), sum(len(t) for _, t in lines.values())]
        total = [a + b for a, b in zip(total, of)]
        rows.append((per_cent(*of[:2]), per_cent(*of[2:]), name, sorted(n for n, (hit, _) in lines.items() if not hit)))
    with open(os.path.join(BUILD, "coverage.tsv"), "w", encoding="utf-8") as f:
        for line, branch, name, missed in sorted(rows, key=lambda r: (r[0] + r[1], r[2])):
            f.write(f"{name}\t{line:.1f}\t{branch:.1f}\t{' '.join(map(str, missed))}\n")
    print("least covered: " + "; ".join(f"{name} {line:.1f} % of lines, {branch:.1f} % of branches" for line, branch, name, _ in sorted(rows, key=lambda r: r[0] + r[1])[:5]))
    found = {"lines": per_cent(*total[:2]), "branches": per_cent(*total[2:])}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "floor.tsv"), encoding="utf-8") as f:
        floor = {name: float(least) for name, least in (line.split("\t") for line in f.read().splitlines() if not line.startswith("#"))}
    below = [f"{name} {found[name]:.2f} % are below the floor of {least} %" for name, least in floor.items() if found[name] < least]
    print(f"coverage: {found['lines']:.2f} % of {total[1]} lines, {found['branches']:.2f} % of {total[3]} branches, {len(rows)} files; every file: {BUILD}/coverage.tsv")
    for line in below:
        print("coverage: " + line)
    return 1 if below or not passed else 0


sys.exit(main())
