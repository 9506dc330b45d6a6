"""make sanitize: all test programs and the command lines of every verb under AddressSanitizer and UndefinedBehaviorSanitizer, every loop on threads
under ThreadSanitizer (races.py), the oracle's command lines under valgrind. A line a part, with its counts; any report fails.
--sample (make sanitize-sample): what CI has time for: the unit tests; the command lines are in `make check`."""
import glob, os, re, resource, subprocess, sys, tempfile, time
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
SAMPLE, TIMES = "--sample" in sys.argv, "--times" in sys.argv
LIMIT = 900
os.chdir(ROOT)
sys.path.insert(0, os.path.join("tests", "cli", "lib"))
from sanitizers import REPORT, asked  # noqa: E402
ENV = asked(os.environ, ASAN_OPTIONS="detect_leaks=0")
# Under valgrind: what the oracle does, one line a job of it, small.
ORACLE = ["limit --data data --gamma 0.5 --certify --coq --out limit", "limit --data data --gamma 0.01 --certify --exact --out kinks", "limit --data data --gamma 0.5 --certify=fast",
          "check limit/certificate.json --data data", "check limit/Certificate.v --data data", "polish --data data --weights net/W.npy --gamma 0.5 --certify --out point",
          "converge --data data --gamma 0.5 --m 2 --log-loss -5 --prec 64 --probes 2", "train --data data --gamma 0.5 --m 2 --method sgd --epochs 3 --arithmetic mpfr --out mpfr"]
VALGRIND = ["valgrind", "-q", f"--error-exitcode={REPORT}", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect"]
# What valgrind has to see, or it sees nothing of the oracle's either.
FAULT = "#include <stdlib.h>\nint main(void) { int *p = malloc(8); int r = p[0] ? 3 : 4; free(p); return r; }\n"
failed = 0


def ran(command, **more):
    """The end of a program; one that does not come to it has the code "timeout"."""
    try:
        return subprocess.run(command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, timeout=LIMIT, **more)
    except subprocess.TimeoutExpired as e:
        return subprocess.CompletedProcess(command, "timeout", str(e.stdout or ""), str(e.stderr or ""))


def used():
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return now.ru_utime + now.ru_stime


class Part:
    """with Part(what) as p: counts and findings of a part, told at its end."""

    def __init__(self, what):
        self.what, self.programs, self.checks, self.findings = what, 0, 0, []

    def __enter__(self):
        self.start, self.used = time.time(), used()
        return self

    def __exit__(self, *trouble):
        global failed
        failed += len(self.findings)
        print(f"sanitize: {self.what}: {self.programs} programs, {self.checks} checks, {len(self.findings)} findings, "
              f"{time.time() - self.start:.0f} s, {used() - self.used:.0f} s of the processor", flush=True)
        for name, said in self.findings:
            print(f"  {name}:\n{said}", flush=True)

    def tap(self, name, r):
        """What a program said in TAP, without a sanitizer's report."""
        good, bad = (re.findall(rf"^{line}.*", r.stdout, re.M) for line in ("ok", "not ok"))
        self.programs += 1
        self.checks += len(good)
        if r.returncode != 0 or not good or bad or re.search(r"Sanitizer|runtime error", r.stderr):
            self.findings.append((name, f"exit {r.returncode}\n" + "\n".join(bad[:4]) + "\n" + r.stderr[-2500:]))


def test_programs(kinds):
    """Programs of Criterion."""
    names = [source[6:-2] for kind in kinds for source in sorted(glob.glob(f"tests/{kind}/*.c"))]

    def one(name):
        begun = time.time()
        r = ran([os.path.join(BUILD, "sanitized", "tests", name), "--tap", "--jobs", "1"], env=ENV)
        if TIMES:
            print(f"  {name} {time.time() - begun:.1f} s", flush=True)
        return name, r
    with Part(f"test programs, {' and '.join(kinds)}") as part, ThreadPoolExecutor(2) as pool:
        for name, r in pool.map(one, names):
            part.tap(name, r)


def script(what, path):
    with Part(what) as part:
        part.tap(path, ran([sys.executable, path], env=dict(os.environ, BUILD=BUILD)))


def valgrind():
    with Part("valgrind, the oracle's command lines") as part, tempfile.TemporaryDirectory() as tmp:
        lfap, fault = os.path.join(BUILD, "lfap"), os.path.join(tmp, "fault")
        subprocess.run(["gcc", "-w", "-O0", "-x", "c", "-o", fault, "-"], input=FAULT, text=True, check=True)
        if ran([*VALGRIND, fault]).returncode != REPORT:
            part.findings.append(("valgrind", "does not see a read of what was never written: its words on the oracle mean nothing"))
        for line in ("gen uniform --n 5 --d 12 --seed 1 --out data", "train --data data --gamma 0.5 --m 2 --epochs 200 --out net"):
            subprocess.run([lfap, *line.split()], cwd=tmp, check=True, capture_output=True)
        for line in ORACLE:
            begun, r = time.time(), ran([*VALGRIND, lfap, *line.split(), "--threads", "2"], cwd=tmp)
            if TIMES:
                print(f"  valgrind lfap {line} {time.time() - begun:.1f} s", flush=True)
            part.programs, part.checks = part.programs + 1, part.checks + (r.returncode in (0, 1, 2))
            if r.returncode not in (0, 1, 2):
                part.findings.append((f"lfap {line}", f"exit {r.returncode}\n{r.stderr[-1500:]}"))


if SAMPLE:
    test_programs(("unit",))
else:
    test_programs(("unit", "property", "oracle"))
    script("command lines", "tests/cli/sanitized.py")
script("loops on threads, ThreadSanitizer", "tests/sanitize/races.py")
valgrind()
print(f"sanitize: {'PASS' if failed == 0 else 'FAIL'}: {failed} findings")
sys.exit(1 if failed else 0)
