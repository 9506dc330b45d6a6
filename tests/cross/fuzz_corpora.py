"""The kept inputs of every fuzz target (TAP), and some thousand mutations of them, by gcc with sanitizers and a main of our own: what clang's
libFuzzer ever found stays found, where there is no clang too."""
import hashlib, os, re, subprocess, sys, tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tests", "fuzz"))
import archive

count = failed = 0
MUTATIONS = {"limit": 60, "certificate": 100, "coq": 100, "table": 200, "json": 200}
TARGETS = sorted(name[5:-2] for name in os.listdir(os.path.join(ROOT, "tests", "fuzz")) if name.startswith("fuzz_") and name.endswith(".c"))


def ok(condition, name, said=""):
    global count, failed
    count += 1
    failed += not condition
    print(f"{'ok' if condition else 'not ok'} {count} - {name}", flush=True)
    for line in [] if condition else str(said).splitlines()[-12:]:
        print(f"# {line[:190]}", flush=True)


def replay(target, tmp):
    corpus = os.path.join(tmp, target)
    kept, found = archive.unpack(target, corpus), archive.found(target)
    for leaks in (1, 0):  # which cannot be looked for under a tracer
        env = dict(os.environ, TMPDIR=tmp, ASAN_OPTIONS=f"allocator_may_return_null=1:detect_stack_use_after_return=1:detect_leaks={leaks}",
                   UBSAN_OPTIONS="print_stacktrace=1")
        run = subprocess.run([os.path.join(BUILD, "sanitized", "tests", "fuzz", target), f"-mutate={MUTATIONS.get(target, 1000)},1", corpus, *found],
                             capture_output=True, text=True, errors="replace", env=env)
        if "LeakSanitizer has encountered a fatal error" not in run.stderr:
            break
    m = re.search(r"(\d+) inputs, (\d+) mutations, (\d+) accepted", run.stderr)
    whole = run.returncode == 0 and m and int(m.group(1)) == kept + len(found) and kept > 0 and int(m.group(3)) > 0
    ok(whole, f"{target}: {kept + len(found)} kept inputs, {MUTATIONS.get(target, 1000)} mutations", f"exit {run.returncode}\n{run.stderr}")
    wrong = [name for name in os.listdir(corpus) if hashlib.sha1(open(os.path.join(corpus, name), "rb").read()).hexdigest() != name]
    ok(kept == len(os.listdir(corpus)) and not wrong, f"{target}: its archive holds each input once, under its hash", wrong)


make = subprocess.run(["make", "-C", ROOT, f"-j{os.cpu_count() or 2}", f"BUILD={os.path.relpath(BUILD, ROOT)}", "FUZZ=1", "sanitized"], capture_output=True, text=True)
ok(make.returncode == 0 and "warning" not in make.stderr, "the targets build with sanitizers", make.stderr)
if make.returncode == 0:
    with tempfile.TemporaryDirectory(prefix="lfap-fuzz-replay-") as tmp:
        for target in TARGETS:
            replay(target, tmp)
        ok(sorted(os.listdir(tmp)) == TARGETS, "no target leaves a file behind", os.listdir(tmp))
print(f"1..{count}")
sys.exit(1 if failed else 0)
