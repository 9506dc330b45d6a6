"""A build of the command line that checks what it does, beside the ordinary one: run() runs a line in both (sanitized.py, tests/sanitize/races.py)."""
import concurrent.futures, os, re
from sanitizers import REPORT, asked
from tap import *

BUILD = os.path.abspath(os.path.dirname(LFAP))
CC = os.environ.get("CC", "gcc")
BASE = asked(os.environ, ASAN_OPTIONS="strict_string_checks=1")
pool = concurrent.futures.ThreadPoolExecutor(2)
ran = 0


def begin(target, flags, beside, faults):
    """Makes the build (make TARGET, in BUILD/TARGET), and sees that it finds faults at all: bodies of main with `beside` before it, compiled with `flags`."""
    global CHECKED
    CHECKED = os.path.join(BUILD, target, "lfap")
    make = subprocess.run(["make", "-C", ROOT, f"-j{len(os.sched_getaffinity(0))}", f"BUILD={os.path.relpath(BUILD, ROOT)}", f"CC={CC}", target], capture_output=True, text=True)
    if not ok(make.returncode == 0 and os.path.exists(CHECKED) and "warning" not in make.stderr, f"make {target}", make.stderr[-2000:]):
        done()
    for name, body in faults.items():
        put("fault.c", f"#include <stdlib.h>\n{beside}int main(void) {{ {body} }}\n".encode())
        built = subprocess.run([CC, "-w", "-O1", *flags, "-o", "fault", "fault.c"], capture_output=True, text=True)
        found = subprocess.run(["./fault"], capture_output=True, text=True, env=BASE)
        if name == "a leak" and "LeakSanitizer has encountered a fatal error" in found.stderr:
            skip("a leak is found", "LeakSanitizer cannot work here")
            BASE["ASAN_OPTIONS"] += ":detect_leaks=0"
            continue
        ok(built.returncode == 0 and found.returncode == REPORT, f"{name} is found", f"{built.stderr}\n{found.returncode} {found.stderr[-400:]}")
    os.makedirs("plain"), os.makedirs("checked")


def start(program, folder, args, env, out):
    sink = open(out, "wb") if out else subprocess.PIPE
    try:
        p = subprocess.run([program] + args, stdout=sink, stderr=subprocess.PIPE, cwd=folder, env=env, stdin=subprocess.DEVNULL, timeout=400)
        return p.returncode, (p.stdout or b"").decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        return "timeout", "", ""
    finally:
        if out:
            sink.close()


def run(code, line, out=None, keep=None, **env):
    """`lfap LINE` ends with `code` in both builds, without a report, with the same stdout; `keep` is a file that takes it."""
    global ran
    ran += 1
    args = line.split()
    a = pool.submit(start, LFAP, "plain", args, dict(os.environ, **env), out)
    b = pool.submit(start, CHECKED, "checked", args, dict(BASE, **env), out)
    (code_a, out_a, err_a), (code_b, out_b, err_b) = a.result(), b.result()
    clean = "Sanitizer" not in err_b and "runtime error" not in err_b
    out_a, out_b = (re.sub(r"\b\d+\.\d\d s$", "... s", out, flags=re.M) for out in (out_a, out_b))  # wall times
    due = code if isinstance(code, tuple) else (code,)
    ok(code_b in due and clean, f"lfap {line}: exit {code}, no report", f"exit {code_b}\n{err_b[-1500:]}")
    ok(code_a == code_b and out_a == out_b, f"lfap {line}: as the ordinary build", f"exit {code_a}: {err_a[-300:]}\n{out_a[:300]}\n---\n{out_b[:300]}")
    if keep:
        give(keep, out_a.encode())


def give(name, data):
    """The same file in both folders."""
    for folder in ("plain", "checked"):
        put(f"{folder}/{name}", data)


def differences():
    """Files of one folder that are missing in the other or have other bytes; wall times differ, of course."""
    def files(top):
        return {os.path.relpath(os.path.join(f, n), top) for f, _, names in os.walk(top) for n in names if not n.endswith(".times.csv")}
    a, b = files("plain"), files("checked")
    return sorted(a ^ b) + [n for n in sorted(a & b) if open(f"plain/{n}", "rb").read() != open(f"checked/{n}", "rb").read()], len(a)
