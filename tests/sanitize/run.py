"""make sanitize: every unit test under AddressSanitizer and UndefinedBehaviorSanitizer, a fixed set of command lines of every verb under
ThreadSanitizer (tests/cli/sanitized.py, which runs them under the first two in `make check`), the oracle's command lines under valgrind. With
--full all test programs. A line a part, with its counts; any report fails."""
import glob, os, re, subprocess, sys, tempfile, time
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
FULL = "--full" in sys.argv
REPORT = 99
os.chdir(ROOT)
ENV = dict(os.environ, ASAN_OPTIONS=f"exitcode={REPORT}:allocator_may_return_null=1:detect_stack_use_after_return=1:detect_leaks=0",
           UBSAN_OPTIONS=f"exitcode={REPORT}:print_stacktrace=1")
# Under valgrind: what the oracle does, one line a job of it, small.
ORACLE = ["limit --data data --gamma 0.5 --certify --coq --out limit", "limit --data data --gamma 0.01 --certify --exact --out kinks", "limit --data data --gamma 0.5 --certify=fast",
          "check limit/certificate.json --data data", "check limit/Certificate.v --data data", "polish --data data --weights net/W.npy --gamma 0.5 --certify --out point",
          "converge --data data --gamma 0.5 --m 2 --log-loss -5 --prec 64 --probes 2", "train --data data --gamma 0.5 --m 2 --method sgd --epochs 3 --arithmetic mpfr --out mpfr"]
failed = 0


def tell(part, programs, checks, findings, start):
    global failed
    failed += len(findings)
    print(f"sanitize: {part}: {programs} programs, {checks} checks, {len(findings)} findings, {time.time() - start:.0f} s", flush=True)
    for name, said in findings:
        print(f"  {name}:\n{said}", flush=True)


def report_of(said):
    return re.search(r"Sanitizer|runtime error|ERROR SUMMARY: [1-9]", said)


def test_programs(kinds):
    """Programs of Criterion."""
    start, findings, checks = time.time(), [], 0
    names = [source[6:-2] for kind in kinds for source in sorted(glob.glob(f"tests/{kind}/*.c"))]

    def one(name):
        return name, subprocess.run([os.path.join(BUILD, "sanitized", "tests", name), "--tap", "--jobs", "1"], capture_output=True, text=True, errors="replace", env=ENV)
    with ThreadPoolExecutor(2) as pool:
        for name, r in pool.map(one, names):
            good = len(re.findall(r"^ok", r.stdout, re.M))
            checks += good
            if r.returncode or good == 0 or "\nnot ok" in r.stdout or report_of(r.stderr):
                findings.append((name, f"exit {r.returncode}\n" + "\n".join(re.findall(r"^not ok.*", r.stdout, re.M)[:4]) + "\n" + r.stderr[-2500:]))
    tell(f"test programs, {' and '.join(kinds)}", len(names), checks, findings, start)


def command_lines():
    start = time.time()
    r = subprocess.run([sys.executable, "tests/cli/sanitized.py"], capture_output=True, text=True, errors="replace", env=dict(ENV, SANITIZER="races", BUILD=BUILD))
    bad = re.findall(r"^not ok.*(?:\n#.*)*", r.stdout, re.M) or ([] if r.returncode == 0 else [r.stderr[-2000:]])
    tell("command lines under ThreadSanitizer", len(re.findall(r"^ok.*no report", r.stdout, re.M)), len(re.findall(r"^ok", r.stdout, re.M)), [("tests/cli/sanitized.py", b[:1500]) for b in bad], start)


def valgrind():
    start, findings = time.time(), []
    with tempfile.TemporaryDirectory() as tmp:
        lfap = os.path.join(BUILD, "lfap")
        for line in ("gen uniform --n 5 --d 12 --seed 1 --out data", "train --data data --gamma 0.5 --m 2 --epochs 200 --out net"):
            subprocess.run([lfap, *line.split()], cwd=tmp, check=True, capture_output=True)
        for line in ORACLE:
            r = subprocess.run(["valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect", lfap, *line.split(), "--threads", "2"],
                               cwd=tmp, capture_output=True, text=True, errors="replace")
            if r.returncode > 2:
                findings.append((f"lfap {line}", f"exit {r.returncode}\n{r.stderr[-1500:]}"))
    tell("valgrind, the oracle's command lines", len(ORACLE), len(ORACLE), findings, start)


test_programs(("unit", "property", "oracle") if FULL else ("unit",))
command_lines()
valgrind()
print(f"sanitize: {'PASS' if failed == 0 else 'FAIL'}: {failed} findings")
sys.exit(1 if failed else 0)
