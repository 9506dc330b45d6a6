"""make fuzz: libFuzzer on each target, two at a time, from its corpus; a line a target. What breaks a promise stays in BUILD/fuzz/found, and fails.

With --keep what was found on the way joins the corpus, with fresh seeds (seeds.py), and the archive is written again: the fewest inputs that
reach what all of them reach."""
import argparse, concurrent.futures, os, re, shutil, subprocess, sys, tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import archive, seeds

BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
FOUND = os.path.join(BUILD, "fuzz", "found")
LIMITS = ["-timeout=20", "-rss_limit_mb=2048", "-malloc_limit_mb=1048576", "-use_value_profile=1", "-print_final_stats=1"]
MOST = {"limit": 512, "npy": 4096, "zip": 4096, "idx": 4096}  # bytes of an input; else as long as those of the corpus
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--time", type=int, default=12, help="seconds a target")
parser.add_argument("--keep", action="store_true")
parser.add_argument("target", nargs="+")
asked = parser.parse_args()


def environment(scratch, leaks):
    return dict(os.environ, TMPDIR=scratch, ASAN_OPTIONS=f"allocator_may_return_null=1:detect_stack_use_after_return=1:detect_leaks={leaks}",
                UBSAN_OPTIONS="print_stacktrace=1")


def can_see_leaks():
    """Under a tracer nothing can."""
    with tempfile.TemporaryDirectory() as tmp:
        program = os.path.join(BUILD, "fuzz", "tests", "fuzz", asked.target[0])
        said = subprocess.run([program, "-runs=0"], capture_output=True, text=True, errors="replace", env=environment(tmp, 1)).stderr
    return int("LeakSanitizer has encountered a fatal error" not in said)


def fuzz(target):
    """(report, failure) of a target: its closing figures, and the end of its output where it was stopped by a finding."""
    scratch = tempfile.mkdtemp(prefix="lfap-fuzz-")
    try:
        program, corpus = os.path.join(BUILD, "fuzz", "tests", "fuzz", target), os.path.join(scratch, "corpus")
        begun = archive.unpack(target, corpus)
        for path in archive.found(target):
            shutil.copy(path, corpus)
        if asked.keep or not begun:
            seeds.write(target, corpus, os.path.join(BUILD, "lfap"))
        size = [f"-max_len={MOST[target]}"] if target in MOST else []
        ran = subprocess.run([program, f"-max_total_time={asked.time}", f"-artifact_prefix={FOUND}/{target}-", *LIMITS, *size, corpus],
                             capture_output=True, text=True, errors="replace", env=environment(scratch, LEAKS))
        said = ran.stderr
        edges = re.findall(r"cov: (\d+) ft: (\d+)", said)
        runs = re.search(r"stat::number_of_executed_units: (\d+)", said) or re.search(r"\n#(\d+)\s+DONE", said)
        if asked.keep and ran.returncode == 0:
            least = os.path.join(scratch, "least")
            os.makedirs(least)
            subprocess.run([program, "-merge=1", *LIMITS[:3], *size, least, corpus], capture_output=True, env=environment(scratch, 0), check=True)
            archive.pack(target, least)
            kept = len(os.listdir(least))
        else:
            kept = begun
        line = f"{target:12} {int(runs.group(1)) if runs else 0:10} executions, {edges[-1][0] if edges else 0:>6} edges, {kept:5} inputs kept"
        return line, None if ran.returncode == 0 else said[-3000:]
    finally:
        shutil.rmtree(scratch, True)


os.makedirs(FOUND, exist_ok=True)
failed, LEAKS = 0, can_see_leaks()
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    for line, failure in pool.map(fuzz, asked.target):
        print(line + ("" if failure is None else "  FAILED"), flush=True)
        if failure is not None:
            failed += 1
            print(failure, flush=True)
print(f"fuzz: {len(asked.target)} targets, {failed} failed" + (f"; the inputs are in {FOUND}" if failed else ""))
sys.exit(1 if failed else 0)
