"""Arithmetic that would give other bits is refused: options of the compiler while it compiles, those it is silent about and settings of
the processor when the program starts or a function of the library is called. Clones are built only where the C library can choose one."""
import glob, os, platform, re, shutil, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "lib"), os.path.join(HERE, "..", "golden")]
from tap import *
from builds import lone_zlib

CC = os.environ.get("CC", "gcc")
X86 = platform.machine() == "x86_64"
FLAGS = ["-D_POSIX_C_SOURCE=200809L", f"-I{ROOT}/src", f"-I{ROOT}"]


def call(*command, **more):
    p = subprocess.run(list(command), capture_output=True, text=True, **more)
    return p.returncode, p.stdout + p.stderr


def compiles(compiler, options, source="src/kernel/lanes.c"):
    return call(compiler, "-std=c11", *FLAGS, *options, "-fsyntax-only", os.path.join(ROOT, source))


def is_gcc(compiler):
    return "__clang__" not in call(compiler, "-dM", "-E", "-x", "c", "/dev/null")[1]


# ---- what a compiler tells of itself
REFUSED = {  # option: what the message has to name
    "-ffast-math": "-ffast-math", "-Ofast": "-Ofast", "-ffinite-math-only": "-ffinite-math-only",
}
REFUSED_BY_GCC = {
    "-funsafe-math-optimizations": "-funsafe-math-optimizations", "-fno-signed-zeros": "and the like", "-freciprocal-math": "and the like",
    "-fassociative-math -fno-signed-zeros -fno-trapping-math": "and the like", "-ffp-contract=fast": "-ffp-contract=off",
    "-fsingle-precision-constant": "-fsingle-precision-constant", "-std=gnu11": "-std=c11 -ffp-contract=off", "-std=gnu17": "-std=c11",
}
ALLOWED = ["", "-O0", "-O3 -ffp-contract=off", "-frounding-math", "-fno-math-errno", "-fno-trapping-math", "-std=c17", "-march=native"]
for compiler in filter(shutil.which, dict.fromkeys([CC, "gcc", "clang"])):
    gcc = is_gcc(compiler)
    table = dict(REFUSED, **REFUSED_BY_GCC) if gcc else dict(REFUSED)
    if X86 and gcc:
        table["-mfpmath=387"] = "-msse2 -mfpmath=sse"
    for options, word in table.items():
        code, out = compiles(compiler, options.split())
        ok(code != 0 and "#error" in out or "error: \"lfap" in out, f"{compiler} {options} is refused", out)
        ok("lfap: " in out and word in out and "other bits" in out, f"{compiler} {options}: told what to do", out)
    for options in ALLOWED:
        if options == "-march=native" and not X86:
            continue
        code, out = compiles(compiler, options.split())
        ok(code == 0, f"{compiler} {options or 'as it is'} is accepted", out)
for compiler, options, right in (("i686-linux-gnu-gcc", [], False), ("i686-linux-gnu-gcc", ["-msse2", "-mfpmath=sse"], True),
                                 ("s390x-linux-gnu-gcc", [], True)):
    if not shutil.which(compiler):
        skip(f"{compiler} {' '.join(options)}", "not installed")
        continue
    code, out = compiles(compiler, options)
    ok((code == 0) == right and ("-mfpmath=sse" in out) != right, f"{compiler} {' '.join(options)}: {'accepted' if right else 'refused'}", out)

# every file whose results depend on it: all kernels but the parsers of headers, which have no doubles, and what else adds up doubles
computing = [os.path.relpath(p, ROOT) for p in sorted(glob.glob(f"{ROOT}/src/kernel/*.c"))]
computing = [p for p in computing if not p.endswith(("_header.c", "_directory.c"))]
computing += ["src/io/arith.c", "src/io/npy.c", "src/data/gram.c", "src/data/hypothesis.c", "src/data/images.c", "src/limit/limit.c", "src/limit/enclose.c",
              "src/limit/qp.c", "src/net/direction.c", "src/net/flow.c", "src/net/net.c", "src/net/plain.c", "src/net/gramform.c", "src/perturb/geometry.c",
              "src/perturb/pgd.c", "src/verify/kkt.c", "oracle/certify/filter.c", "oracle/check/qmatrix.c", "oracle/check/pattern_reduced.c",
              "oracle/certify/polish_points.c"]
open_files = [p for p in computing if compiles(CC, ["-ffast-math"], p)[0] == 0]
ok(len(computing) > 30 and not open_files, "every file that computes is guarded: it includes kernel/arithmetic.h", open_files)

# ---- clones
if X86 and is_gcc(CC):
    for options, chooses in (([], 1), (["-DLFAP_NO_CLONES"], 0), (["-D__UCLIBC__"], 0), (["-fsanitize=address"], 0), (["-fsanitize=thread"], 0)):
        code, out = call(CC, "-std=c11", *FLAGS, *options, "-dM", "-E", "-include", "kernel/clones.h", "-x", "c", "/dev/null")
        said = re.search(r"define LFAP_CHOOSES (\d)", out)
        ok(code == 0 and said and int(said[1]) == chooses and ("target_clones" in out) == chooses,
           f"clones {' '.join(options) or 'with glibc'}: {'chosen while loading' if chooses else 'none'}", out[-300:])

# ---- what no compiler tells: found when the library is called
DRIVER = put("driver.c", b"""#include <stdio.h>
#include <string.h>
#include "lfap.h"
static unsigned long long h = 1469598103934665603u;
static void put(const double *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    unsigned long long u;
    memcpy(&u, x + i, 8);
    for (int k = 0; k < 8; k++) h = (h ^ (u >> 8 * k & 255)) * 1099511628211u;
  }
}
int main(void) {
  lfap_ctx c = {.threads = 2};
  lfap_data d = {0};
  lfap_limit l = {0};
  lfap_net n = {0};
  lfap_history hist = {0};
  lfap_train_opts o;
  lfap_status s = lfap_gen_gauss(&c, &d, 1, 64, 500);
  if (!s) s = lfap_limit_solve(&c, &l, &d, NULL, 0.5);
  if (!s) put(l.lambda, l.n), put(l.w, l.d), s = lfap_net_init(&c, &n, 20, 500, 0.5, 3, 1.0);
  for (int m = LFAP_METHOD_FLOW; !s && m <= LFAP_METHOD_SGD; m++) {
    lfap_train_defaults(&o, (lfap_method)m);
    o.epochs = 40;
    s = lfap_train(&c, &n, &hist, &d, &o);
    put(n.w, n.m * n.d), put(hist.p, d.n), lfap_history_free(&hist);
  }
  if (s) printf("%d %s\\n", (int)s, c.message);
  else printf("%016llx\\n", h);
  return (int)s;
}
""")
CHECK = put("check.c", b"""#include <stdio.h>
#include "lfap.h"
int main(void) {
  lfap_ctx c = {0};
  int s = (int)lfap_arith_check(&c, "the check");
  printf("%d %s\\n", s, c.message);
  return s;
}
""")


def check_of(compiler, options):
    """Exit code and message of lfap_arith_check, compiled so: past the header's own refusals, which are not the question here."""
    code, out = call(compiler, "-std=c11", "-O3", "-DLFAP_KERNEL_ARITHMETIC_H", *FLAGS, *options, CHECK, f"{ROOT}/src/io/arith.c",
                     f"{ROOT}/src/io/ctx.c", f"{ROOT}/src/kernel/bits.c", "-o", "check", "-lm")
    return call("./check") if code == 0 else (f"compiler: {code}", out)


FMA = X86 and " fma " in open("/proc/cpuinfo").read()
for compiler in filter(shutil.which, dict.fromkeys([CC, "gcc", "clang"])):
    ok(check_of(compiler, ["-ffp-contract=off"]) == (0, "0 \n"), f"{compiler}: its arithmetic is right", check_of(compiler, ["-ffp-contract=off"]))
    told = {"-fno-signed-zeros": "-ffast-math", "-freciprocal-math": "-ffast-math", "-ffinite-math-only": "-ffast-math",
            "-fassociative-math -fno-signed-zeros -fno-trapping-math": "-ffast-math"}
    if FMA:
        told["-ffp-contract=fast -mfma"] = "-ffp-contract=off"
    for options, word in told.items():
        more = options.split() + ([] if "contract" in options else ["-ffp-contract=off"])
        code, out = check_of(compiler, more)
        ok(code == 70 and "the check: the compiler" in out and word in out, f"{compiler} {options}: found while running", f"{code} {out}")
    if FMA and is_gcc(compiler):  # the portable code cannot fuse, the clones can
        code, out = check_of(compiler, ["-ffp-contract=fast", "-include", "limits.h"])
        ok(code == 70 and "fuses" in out, f"{compiler}: fused products of the clones alone are found", f"{code} {out}")

if shutil.which("musl-gcc"):
    library = [p for d in ("kernel", "io", "data", "net", "limit") for p in glob.glob(f"{ROOT}/src/{d}/*.c") if not p.endswith("images.c")]
    library += [f"{ROOT}/tests/golden/no_zlib.c", "-isystem", lone_zlib(os.getcwd())]
    bits = {}
    for compiler, how in (("gcc", []), ("musl-gcc", []), ("musl-gcc", ["-static"])):
        code, out = call(compiler, "-std=c11", "-O1", "-ffp-contract=off", *FLAGS, *how, DRIVER, *library, "-o", "driver", "-lm")
        bits[compiler, *how] = call("./driver") if code == 0 else (code, out)
    ok(set(bits.values()) == {bits["gcc",]} and bits["gcc",][0] == 0, "the same bits with musl, static and not, as with glibc", bits)
else:
    skip("the same bits with musl", "musl-gcc is not installed")

# ---- settings of the processor, under the command line
VERBS = re.findall(r"^  ([a-z]+) ", Run("--help").out.partition("\nverbs:\n")[2].partition("\n\n")[0], re.M)
put("up.c", b"#include <fenv.h>\n__attribute__((constructor)) static void set(void) { fesetround(FE_UPWARD); }\n")
put("flush.c", b"#include <xmmintrin.h>\n__attribute__((constructor)) static void set(void) { _mm_setcsr(_mm_getcsr() | 0x8000); }\n")
for name, word in (("up", "fesetround(FE_TONEAREST)"), ("flush", "-ffast-math")):
    if name == "flush" and not X86:
        continue
    code, out = call(CC, "-shared", "-fPIC", "-o", f"{name}.so", f"{name}.c", "-lm")
    ok(code == 0, f"a library that sets the processor: {name}", out)
    other = dict(os.environ, LD_PRELOAD=os.path.abspath(f"{name}.so"))
    before = tree()
    for verb in VERBS:
        r = Run(verb, env=other)
        ok(r.code == 64 and r.out == "" and r.err.startswith(f"lfap {verb}: ") and word in r.err and r.err.count("\n") == 1,
           f"{name}: {verb} is refused", r)
    r = Run("gen", "uniform", "--n", "4", "--d", "9", "--out", f"set-{name}", env=other)
    ok(r.code == 64 and tree() == before, f"{name}: nothing is written", r)
    ok(Run("--help", env=other).code == 0 and Run("--version", env=other).code == 0, f"{name}: help and version answer")
ok(len(VERBS) >= 14 and Run("gen", "uniform", "--n", "4", "--d", "9", "--out", "set").code == 0, "without such a library it runs")

# ---- no function of the headers is left out
NO_ARITHMETIC = {"lfap_fail", "lfap_tick", "lfap_arith_check", "lfap_mat_alloc", "lfap_vec_alloc", "lfap_npy_write", "lfap_file_write",
                 "lfap_dir_make", "lfap_images_shape", "lfap_data_alloc", "lfap_net_alloc", "lfap_net_alloc_output", "lfap_net_plain",
                 "lfap_limit_plain", "lfap_limit_masses", "lfap_mat_with_column", "lfap_mat_split", "lfap_data_with_one", "lfap_cell_check", "oracle_cert_document",
                 "oracle_settle", "oracle_adopt", "oracle_certifier_refine"}  # the last two call such that ask


def text_of(*paths):
    return "\n".join(open(os.path.join(ROOT, p), encoding="utf-8").read() for p in paths)


for test, *headers in (("tests/unit/calls.h", "src/lfap.h", "src/study/study.h"),
                       ("tests/oracle/calls.h", "oracle/lfap_oracle.h", "oracle/flow/flow.h", "oracle/replay/replay.h", "oracle/verify/certifier.h")):
    public = set(re.findall(r"^lfap_status (\w+)\(", text_of(*headers), re.M)) - NO_ARITHMETIC
    tried = set(re.findall(r'^    \{"(\w+)", ', text_of(test), re.M))
    ok(public == tried and len(tried) > 10, f"{test} tries every function that can refuse",
       f"begin it with lfap_arith_check(ctx, __func__) and add it there, or to NO_ARITHMETIC here: {public ^ tried}")
done()
