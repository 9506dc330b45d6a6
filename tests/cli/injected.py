"""Every system call that can fail, failing, by strace's injection: what libc, zlib, GMP and MPFR ask of the system inside themselves,
where tests/shim/fault.c does not see it. The same is asked of the ends as in faults.py.
Without arguments a sample; --all (make fault-test): every call of every command line. NAME...: the command lines of these names."""
import random, re, sys, time, os
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *
from fault_lines import LINES, SLOW, contents, inputs, judge, laid_out, restored, side_by_side, worker_folders

ALL, WANTED, MOST = "--all" in sys.argv, [a for a in sys.argv[1:] if a != "--all"], 40
CALLS = {"openat": "EMFILE", "read": "EIO", "pread64": "EIO", "write": "ENOSPC", "fsync": "EIO", "rename": "EACCES", "close": "EIO", "mkdir": "ENOSPC", "unlink": "EACCES", "lseek": "EIO",
         "ftruncate": "EIO", "flock": "ENOLCK", "mmap": "ENOMEM", "newfstatat": "EIO", "getdents64": "EIO", "clone3": "EAGAIN", "clone": "EAGAIN", "vfork": "EAGAIN", "wait4": "EINTR",
         "waitid": "EINTR", "pipe2": "EMFILE", "fcntl": "EMFILE", "link": "EMLINK", "linkat": "EMLINK", "getrandom": "EAGAIN", "access": "EACCES", "faccessat2": "EACCES", "poll": "EINTR"}
# (brk tells a failure by the old address, which strace cannot make up)
CODES, WORDS = {64, 65, 66, 69, 70, 73, 74}, r"[a-z]{3}"


def traced(folder, line, *options):
    try:
        p = subprocess.run(["strace", "-qq", "-o", "trace", *options, LFAP, *line.split()], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=120)
    except subprocess.TimeoutExpired:
        p = subprocess.CompletedProcess([], "timeout", b"", b"")
    r = Run.__new__(Run)
    r.args, r.code, r.out, r.err = line.split(), p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")
    return r


def own_calls(folder):
    """Of each call, the numbers of those that lfap makes itself: the loader's come before main looks at its standard streams."""
    text = open(folder + "/trace", errors="replace").read().split("\n")
    begun = next(i for i, l in enumerate(text) if l.startswith("fcntl(2, F_GETFD"))
    skipped, total = {}, {}
    for i, l in enumerate(text):
        name = l.split("(")[0]
        total[name] = total.get(name, 0) + 1
        skipped[name] = skipped.get(name, 0) + (i <= begun)
    return {c: range(skipped[c] + 1, total[c] + 1) for c in CALLS if total.get(c, 0) > skipped.get(c, 0)}


def one(job):
    name, line, call, k, usual, before, new = job
    folder = folders.pop()
    restored(folder + "/OUT")
    r = traced(folder, line, "-e", f"trace={call}", "-e", f"inject={call}:error={CALLS[call]}:when={k}")
    after = contents(folder + "/OUT")
    if call in ("unlink", "newfstatat", "getdents64"):  # what cannot be removed, or seen, stays
        after = {p: b for p, b in after.items() if not p.endswith(".tmp") and not p.startswith(".lfap-")}
    wrong = judge(name, r, usual, before, new, after, CODES, WORDS)
    if wrong and call == "write" and r.code == usual.code and after == new and r.err != usual.err:
        wrong = None  # it was a note on stderr
    folders.append(folder)
    return wrong and f"{call}:{k}: {wrong}; exit {r.code}; {r.err.strip()[:300]}"


if not shutil.which("strace") or subprocess.run(["strace", "-qq", "-f", "-o", "/dev/null", "true"], capture_output=True).returncode:
    skip("system calls that fail", "strace is not installed, or may not trace here")
    done()
inputs()
folders = worker_folders()
rnd, count = random.Random(2), {}
for name, first, line in LINES:
    if WANTED and name not in WANTED or not (ALL or WANTED) and (name in SLOW or "-" in name and name not in ("gen-images", "limit-exact", "sweep-resume", "plot-converge")):
        continue
    before = laid_out(first, line)
    restored(folders[0] + "/OUT")
    usual = traced(folders[0], line)
    new, calls, jobs = contents(folders[0] + "/OUT"), own_calls(folders[0]), []
    ok(usual.code in (0, 1, 2) and calls, f"{name}: runs under strace", usual)
    for call, ks in calls.items():
        most = (4 if name in SLOW else MOST) if ALL else 1
        jobs += [(name, line, call, k, usual, before, new) for k in (ks if len(ks) <= most else rnd.sample(ks, most))]
    begun = time.monotonic()
    bad = side_by_side(one, jobs, count, lambda job: job[2])
    ok(not bad, f"{name}: {len(jobs)} runs, one system call failing in each, {time.monotonic() - begun:.0f} s", "\n".join([f"{len(bad)} wrong"] + bad))
print("# tried (bad): " + ", ".join(f"{c} {t}{f' ({b})' if b else ''}" for c, (t, b) in sorted(count.items())))
print(f"# {sum(t for t, _ in count.values())} runs, {sum(b for _, b in count.values())} bad")
done()
