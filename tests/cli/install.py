"""`make install` into a folder of its own: programs in C and C++ built against it through pkg-config have the command line's
bits, what the headers declare is what the libraries export, manual and completions are well-formed, and `make uninstall`
leaves nothing."""
import glob, gzip, json, re, subprocess, sys, os
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

BUILD = os.path.dirname(LFAP)
PREFIX = os.path.join(SCRATCH, "prefix")
LIB = os.path.join(PREFIX, "lib")
ENV = dict(os.environ, PKG_CONFIG_PATH=os.path.join(LIB, "pkgconfig"), LD_LIBRARY_PATH=LIB, MANWIDTH="80")
ENV.pop("MAKEFLAGS", None)
VERSION = re.search(r'LFAP_VERSION "(.*)"', open(os.path.join(ROOT, "src/lfap.h")).read())[1]


def run(*args, **more):
    p = subprocess.run(args, capture_output=True, text=True, env=ENV, **more)
    return p if p.returncode == 0 else ok(False, " ".join(args[:6]), p.stdout + p.stderr) or p


def make(*args):
    return run("make", "-s", f"BUILD={BUILD}", f"PREFIX={PREFIX}", *args, cwd=ROOT)


made = make("install")
if made.returncode:
    done()
ok(VERSION in made.stdout, "it says what it installed and where", made.stdout)
files = {os.path.relpath(f, PREFIX) for f in glob.glob(PREFIX + "/**/*", recursive=True) if not os.path.isdir(f)}
for name in ["bin/lfap", "include/lfap.h", "include/lfap_certifier.h", "include/lfap_oracle.h", "lib/pkgconfig/lfap.pc",
             "lib/pkgconfig/lfap-oracle.pc", f"lib/liblfap.so.{VERSION}", "lib/liblfap.so.0", "lib/liblfap.so", "lib/liblfap.a",
             f"lib/liblfap-oracle.so.{VERSION}", "lib/liblfap-oracle.so.0", "lib/liblfap-oracle.so", "lib/liblfap-oracle.a",
             *(f"lib/python3/dist-packages/lfap/{f}" for f in ("__init__.py", "declarations.h", "py.typed")), "share/man/man1/lfap.1.gz", "share/man/man3/lfap.3.gz", "share/man/man5/lfap-formats.5.gz",
             "share/bash-completion/completions/lfap", "share/zsh/site-functions/_lfap", "share/fish/vendor_completions.d/lfap.fish"]:
    ok(name in files, f"installed: {name}")

# ---- programs
Run("gen", "uniform", "--n", 20, "--d", 1000, "--seed", 1, "--out", "data")
Run("limit", "--data", "data", "--gamma", 0.5, "--certify", "--out", "limit")
lam = np.load("limit/lambda.npy")
example = os.path.join(ROOT, "src/packaging/examples")
for how, flags in (("shared", []), ("static", ["-static"])):
    libs = run("pkg-config", "--cflags", "--libs", *(["--static"] if flags else []), "lfap").stdout.split()
    run("gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", os.path.join(example, "limit.c"), *flags, *libs, "-o", "limit-" + how)
    got = [float.fromhex(x) for x in run("./limit-" + how).stdout.split()]
    ok(got == lam.tolist(), f"C, {how}: the multipliers of `lfap limit`, to the bit")
libs = run("pkg-config", "--cflags", "--libs", "lfap-oracle").stdout.split()
run("g++", "-std=c++17", "-Wall", "-Wextra", "-Werror", os.path.join(example, "certify.cc"), *libs, "-o", "certify")
said = dict(line.split() for line in run("./certify").stdout.splitlines())
report = json.loads(Run("limit", "--data", "data", "--gamma", 0.5, "--certify", "--out", "again", "--json").out)["certificate"]["verdicts"]
ok(said and all(report[k] == said[k] for k in report) and len(report) > 5,
   "C++: the verdicts of `lfap limit --certify`", (said, report))
readme = open(os.path.join(ROOT, "README.md")).read()
open("readme.c", "w").write(re.search(r"```c\n(.*?)```", readme, re.S)[1])
run("gcc", "-std=c11", "readme.c", *run("pkg-config", "--cflags", "--libs", "lfap").stdout.split(), "-o", "readme")
printed = run("./readme").stdout
ok(float.fromhex(printed.split()[-1]) == lam[0], "README's example too", printed)
ok("liblfap.so.0" in run("readelf", "-d", os.path.join(LIB, "liblfap.so")).stdout, "the SONAME names the interface, not the version")

program = "import lfap, numpy; print(lfap.limit(numpy.load('data/X.npy'), numpy.load('data/y.npy'), 0.5).lam.tolist())"
bare = {k: v for k, v in ENV.items() if k not in ("LD_LIBRARY_PATH", "LFAP_LIBRARY")}  # it finds the libraries of its own prefix
p = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                   env=dict(bare, PYTHONPATH=os.path.join(PREFIX, "lib/python3/dist-packages")))
ok(p.returncode == 0 and json.loads(p.stdout) == lam.tolist(), "Python: the same, from the installed module", p.stdout + p.stderr)

# ---- exports
DECLARED = {}
for lib, headers in (("lfap", ["src/lfap.h", "src/lfap_certifier.h"]), ("lfap-oracle", ["oracle/lfap_oracle.h"])):
    text = "".join(open(os.path.join(ROOT, h)).read() for h in headers)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    declared = set(re.findall(r"^(?:const )?\w[\w ]*?[ *]+((?:lfap|oracle)_\w+)\(", text, re.M)) | set(re.findall(r"^extern const \w+ (\w+)", text, re.M))
    rows = run("nm", "-D", "--defined-only", os.path.join(LIB, f"lib{lib}.so")).stdout.split("\n")
    exported = {r.split()[-1].split("@")[0]: r.split("@")[-1] for r in rows if "@" in r and " A " not in r}
    public = {n for n, v in exported.items() if not v.endswith("PRIVATE")}
    ok(declared == public, f"lib{lib} exports what its headers declare, {len(public)} names", declared ^ public)
    ok(all(v.startswith("LFAP_") for v in exported.values()), f"lib{lib}: every name has its version")

# ---- manual and completions
pages = sorted(f for f in files if f.startswith("share/man/"))
verbs = re.findall(r"^  (\w+) +\S", Run("--help").out.split("verbs:")[1].split("\n\n")[0], re.M)
ok({f"share/man/man1/lfap-{v}.1.gz" for v in verbs} <= set(pages), "a page for every verb")
for page in pages:
    path = os.path.join(PREFIX, page)
    p = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", path], capture_output=True, text=True, env=ENV)
    ok(p.returncode == 0 and not p.stderr, f"man has nothing to say against {os.path.basename(page)}", p.stderr)
unlike = []  # the examples of --help run in documents.py; a page has these
for v in ["", *verbs]:
    text = gzip.open(os.path.join(PREFIX, "share/man/man1/lfap%s.1.gz" % (v and "-" + v)), "rt").read()
    shown = text.partition(".SH EXAMPLES\n.nf\n")[2].partition("\n.fi\n")[0].replace("\\-", "-").replace("\\e", "\\").replace("\\&", "")
    said = Run(*([v] if v else []), "--help").out.partition("\nexample:\n")[2]
    unlike += [v] if not shown.strip() or shown.replace("\\\n", "").split() != said.replace("\\\n", "").split() else []  # lines may be continued elsewhere
ok(not unlike, "the examples of every page are those of --help", unlike)
page = gzip.open(os.path.join(PREFIX, "share/man/man1/lfap-train.1.gz"), "rt").read().replace("\\-", "-")
options = re.findall(r"^  --(\S+)", Run("train", "--help").out, re.M)
ok(all(f"--{o}" in page for o in options), "lfap-train(1) has every option of `train --help`")
bash = os.path.join(PREFIX, "share/bash-completion/completions/lfap")
reply = run("bash", "-c", f'. {bash}; COMP_WORDS=(lfap train --in); COMP_CWORD=2; _lfap; echo "${{COMPREPLY[@]}}"; COMP_WORDS=(lfap ver); COMP_CWORD=1; _lfap; echo "${{COMPREPLY[@]}}"').stdout
ok(reply.split() == ["--init", "--init-scale", "verify"], "bash completes options and verbs", reply)
for shell, name in (("zsh", "share/zsh/site-functions/_lfap"), ("fish", "share/fish/vendor_completions.d/lfap.fish")):
    if subprocess.run(["sh", "-c", "command -v " + shell], capture_output=True).returncode:
        skip(f"{shell} reads its completion", f"{shell} is not installed")
    else:
        run(shell, "-n", os.path.join(PREFIX, name))
        ok(True, f"{shell} reads its completion")

# ---- doctor
os.makedirs("own-tmp")
r = json.loads(Run("doctor", "--json", env=dict(os.environ, TMPDIR=os.path.abspath("own-tmp"))).out)
ok(r["verdict"] == "PASS" and r["differ"] == 0 and r["arrays"] == len(open(os.path.join(ROOT, "tests/golden/vectors.txt")).readlines()),
   "doctor: every array of the test vectors has its bits")
ok(r["fma_cost"] > 0 and {p["name"] for p in r["libraries"]} >= {"gmp", "mpfr", "zlib"}, "doctor: the cost of a step, the libraries")
ok(not os.listdir("own-tmp") and not os.path.exists("lfap-doctor"), "doctor leaves nothing behind")
p = Run("doctor", env=dict(os.environ, TMPDIR="/nonexistent"))
ok(p.code == 73 and "TMPDIR" in p.err, "doctor: no temporary directory is said", p)

os.makedirs("tools", exist_ok=True)
for name, script in (("gnuplot", "printf 'gnuplot 9\\033[31m\\a5\\377\\n'"), ("why3", "trap '' TERM; while :; do sleep 0.1; done"), ("z3", "while :; do echo none; done")):
    put(f"tools/{name}", f"#!/bin/sh\n{script}\n".encode()), os.chmod(f"tools/{name}", 0o755)
p = Run("doctor", env=dict(os.environ, PATH="tools:" + os.environ["PATH"]), timeout=40)
ok(p.code == 0 and "why3         does not tell its version within 5 seconds" in p.out and "z3           does not tell" in p.out, "doctor: a tool that never answers is told, not waited for", p)
ok("\x1b" not in p.out and "\a" not in p.out and r"gnuplot 9\x1b[31m" in p.out, "doctor: no tool writes to the terminal", p)

# ---- uninstall
make("uninstall")
left = [f for f in glob.glob(PREFIX + "/**/*", recursive=True) if not os.path.isdir(f)]
ok(not left, "uninstall removes every file", left)
p = subprocess.run(["sh", os.path.join(ROOT, "tests/setup.sh"), "no-such-package-of-debian"], capture_output=True, text=True, env=dict(ENV, SETUP="check"))
ok(p.returncode == 69 and "no-such-package-of-debian" in p.stderr, "SETUP=check names what is missing and installs nothing", p.stderr)
done()
