"""Builds whose bits have to be those of the golden files: compilers and options on this machine, and other machines by
Debian's cross compilers and qemu-user. check_builds.py takes the quick ones, portable.py all or those that are named."""
import glob
import os
import shutil
import subprocess

import suite

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
TRIPLES = {"arm64": "aarch64-linux-gnu", "s390x": "s390x-linux-gnu", "i386": "i686-linux-gnu", "powerpc": "powerpc-linux-gnu"}
QEMU = {"arm64": "qemu-aarch64", "s390x": "qemu-s390x", "i386": "qemu-i386", "powerpc": "qemu-ppc"}
LIBRARIES = ["libgmp-dev", "libmpfr-dev", "zlib1g-dev", "libmd-dev", "libjansson-dev"]
ALONE = ["EXTRA=-DLFAP_NO_CLONES"]
SSE = "-msse2 -mfpmath=sse"


class Build:
    """name; make's variables, None: the build that is there; arch of another machine; whole: the command line, else the library alone (library.c); run: what runs it, where
    that is not this machine or the arch's qemu."""

    def __init__(self, name, flags=(), arch=None, whole=True, packages=(), run=(), quick=False):
        self.name, self.flags, self.arch, self.whole = name, flags, arch, whole
        self.packages, self.quick = list(packages), quick
        self.run = list(run) or ([QEMU[arch]] if arch else [])


def compiler(name, levels):
    return [Build(f"{name} {level}", [f"CC={name}", f"OPT={level}"], packages=[name]) for level in levels]


LEVELS = ["-O0", "-O1", "-O2", "-O3 -march=native"]
TABLE = [
    Build("-O0", ["OPT=-O0"], quick=True),
    Build("-O3 -march=native", ["OPT=-O3 -march=native", *ALONE]),
    Build("-O3, fallback clone alone", ["OPT=-O3", *ALONE], quick=True),
    Build("-O3, no fma instruction", ["OPT=-O3", "EXTRA=-DLFAP_NO_CLONES -DLFAP_NO_FMA"]),
    # the ordinary build where the processor lacks FMA and AVX: which clone runs is seen when it starts
    Build("processor without fma", None, packages=["qemu-user"], run=["qemu-x86_64", "-cpu", "Nehalem"]),
    *compiler("gcc", ["-O1", "-O2"]),
    Build("gcc -O2, LTO", ["OPT=-O2", "EXTRA=-flto=auto -ffat-lto-objects"]),
    *compiler("clang", LEVELS),
    Build("clang -O2, LTO", ["CC=clang", "OPT=-O2", "EXTRA=-flto=thin", "LDFLAGS=-fuse-ld=lld"], packages=["clang", "lld"]),
    Build("musl", ["CC=musl-gcc", "OPT=-O2"], whole=False, packages=["musl-tools"]),
    Build("arm64", ["OPT=-O2"], arch="arm64"),
    Build("s390x", ["OPT=-O2"], arch="s390x"),
    Build("i386", ["OPT=-O2", f"EXTRA={SSE}"], arch="i386"),
    Build("powerpc", ["OPT=-O2"], arch="powerpc", whole=False),
    # the library alone, in half the time
    Build("arm64-library", ["OPT=-O1"], arch="arm64", whole=False),
    Build("s390x-library", ["OPT=-O1"], arch="s390x", whole=False),
    Build("i386-library", ["OPT=-O1", f"EXTRA={SSE}"], arch="i386", whole=False),
]
# What has to be refused, with these words.
REFUSED = [
    Build("i386, x87", ["OPT=-O2"], arch="i386", whole=False),
]
REASON = "compile with -msse2 -mfpmath=sse on i386"


def install(packages):
    subprocess.run(["sh", os.path.join(TOP, "tests", "setup.sh"), *packages], check=True)


def apt(root, arch, *command):
    """apt of another machine, in a folder of its own: nothing of the system's changes, and nobody has to be root."""
    state = os.path.join(root, "apt")
    for folder in ("state/lists/partial", "cache/archives/partial"):
        os.makedirs(os.path.join(state, folder), exist_ok=True)
    open(os.path.join(state, "status"), "a").close()
    options = [f"APT::Architecture={arch}", f"APT::Architectures={arch}", f"Dir::State={state}/state", f"Dir::Cache={state}/cache",
               f"Dir::State::status={state}/status", f"APT::Sandbox::User={os.environ.get('USER', 'root')}"]
    words = ["apt-get", "-qq", *[x for o in options for x in ("-o", o)], *command]
    return subprocess.run(words, cwd=root, stdout=subprocess.DEVNULL).returncode == 0


def sysroot(build, top):
    """The folder with the other machine's libraries, made once from Debian's packages; the libraries are linked statically."""
    root = os.path.join(top, "sysroot", build.arch)
    if not os.path.exists(os.path.join(root, "done")):
        os.makedirs(root, exist_ok=True)
        apt(root, build.arch, "update")  # one list that cannot be had matters only if a package is in it
        if not apt(root, build.arch, "download", *LIBRARIES):
            raise RuntimeError(f"apt-get could not download {', '.join(LIBRARIES)} for {build.arch}; look at its words above, and try again")
        for package in glob.glob(os.path.join(root, "*.deb")):
            subprocess.run(["dpkg-deb", "-x", package, root], check=True)
        open(os.path.join(root, "done"), "w").close()
    return root


def lone_zlib(top):
    """zlib's headers, which are the same everywhere, away from those of this machine."""
    here = os.path.join(top, "zlib")
    os.makedirs(here, exist_ok=True)
    for name in ("zlib.h", "zconf.h"):
        found = [p for p in [f"/usr/include/{name}", *glob.glob(f"/usr/include/*-linux-gnu/{name}")] if os.path.exists(p)]
        shutil.copy(found[0], here)
    return here


def variables(build, top):
    """make's command line for it."""
    flags = dict(f.split("=", 1) for f in build.flags)
    extra = [flags.pop("EXTRA", "")]
    if build.arch:
        flags["CC"] = f"{TRIPLES[build.arch]}-gcc"
        flags["LDFLAGS"] = "-static"
    if build.arch and build.whole:
        root = sysroot(build, top)
        libraries = glob.glob(os.path.join(root, "usr/lib/*-linux-gnu*"))[0]
        include = os.path.join(root, "usr/include")
        extra += [f"-isystem {include}", f"-isystem {include}/{os.path.basename(libraries)}"]
        flags["LDFLAGS"] = f"-static -L{libraries}"
    if not build.whole:
        extra += [f"-isystem {lone_zlib(top)}"]
        flags["LDLIBS"] = "tests/golden/no_zlib.c -lm"
    return [f"{k}={v}" for k, v in flags.items()] + ["EXTRA=" + " ".join(filter(None, extra))]


def make(build, work, top):
    """Builds; returns (program or None, make's words)."""
    if build.arch:
        install(["qemu-user", f"gcc-{TRIPLES[build.arch]}", f"libc6-dev-{build.arch}-cross"])  # recommended alone, but needed
    install(build.packages)
    if build.flags is None:
        os.makedirs(work, exist_ok=True)
        return suite.binary(), ""
    target = os.path.join(work, "lfap" if build.whole else "tests/golden/library")
    done = subprocess.run(["make", "-C", TOP, f"-j{len(os.sched_getaffinity(0))}", f"BUILD={work}", *variables(build, top), target], capture_output=True, text=True)
    return (target if done.returncode == 0 else None), done.stdout + done.stderr


def results(build, program, work):
    """{name: text or bytes} of the golden cases on it."""
    if build.whole:
        if not build.run:
            return suite.run(program)
        wrapper = os.path.join(work, "lfap.sh")
        with open(wrapper, "w") as f:
            f.write("#!/bin/sh\nexec " + " ".join(build.run) + f' {program} "$@"\n')
        os.chmod(wrapper, 0o755)
        return suite.run(wrapper)
    text = subprocess.run([*build.run, program], check=True, capture_output=True, text=True).stdout
    return {line.split(" ", 1)[0]: line for line in text.splitlines()}


def golden_arrays():
    """The lines of expected.txt that are about arrays, which the library alone is held against."""
    with open(os.path.join(HERE, "expected.txt")) as f:
        lines = [line.rstrip("\n") for line in f]
    return {line.split(" ", 1)[0]: line for line in lines if line.split(" ", 1)[0].endswith(".npy")}


def differing(build, got, reference):
    """[(name, same)] for all that the build under test or this one has."""
    wanted = reference if build.whole else golden_arrays()
    return [(key, wanted.get(key) == got.get(key)) for key in sorted(set(wanted) | set(got))]
