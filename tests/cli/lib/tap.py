"""What the command-line tests share: TAP output, running lfap in a scratch directory, NPY files good and bad."""
import atexit, gzip, os, shutil, signal, subprocess, sys, tempfile
import numpy as np

sys.dont_write_bytecode = True
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs start with it ignored, and so would ours
LFAP = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "lfap"))
ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
SCRATCH = tempfile.mkdtemp(prefix="lfap-test-")
atexit.register(shutil.rmtree, SCRATCH, True)
os.chdir(SCRATCH)

_count = _failed = 0


def ok(condition, name, detail=""):
    """One TAP line; the detail is shown when it fails."""
    global _count, _failed
    _count += 1
    print(f"{'ok' if condition else 'not ok'} {_count} - {name}", flush=True)
    if not condition:
        _failed += 1
        for line in str(detail).splitlines()[:70]:
            print("# " + line, flush=True)
    return bool(condition)


def skip(name, why):
    global _count
    _count += 1
    print(f"ok {_count} - {name} # SKIP {why}", flush=True)


def done():
    print(f"1..{_count}")
    sys.exit(1 if _failed else 0)


class Run:
    def __init__(self, *args, timeout=300, env=None, cwd=None):
        self.args = [str(a) for a in args]
        try:
            p = subprocess.run([LFAP] + self.args, capture_output=True, timeout=timeout, env=env, cwd=cwd,
                               stdin=subprocess.DEVNULL)
            self.code, out, err = p.returncode, p.stdout, p.stderr
        except subprocess.TimeoutExpired as e:
            self.code, out, err = "timeout", e.stdout or b"", e.stderr or b""
        self.out, self.err = out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    def __str__(self):
        return f"lfap {' '.join(self.args)}\nexit {self.code}\nstdout: {self.out[:600]}\nstderr: {self.err[:900]}"


def shim():
    """tests/shim/fault.c, built: for LD_PRELOAD."""
    path = os.path.join(SCRATCH, "fault.so")
    if not os.path.exists(path):
        subprocess.run([os.environ.get("CC", "gcc"), "-std=c11", "-O1", "-fPIC", "-shared", "-o", path,
                        os.path.join(ROOT, "tests/shim/fault.c"), "-ldl"], check=True)
    return path


def idx(path, array):
    """A gzipped IDX file of unsigned bytes."""
    head = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    with gzip.open(path, "wb") as f:
        f.write(head + array.astype("u1").tobytes())


def images(folder):
    """A data set like Fashion-MNIST: 12 training and 6 test images of 3 x 3 pixels, of the classes 0 and 9."""
    r = np.random.default_rng(5)
    os.makedirs(folder)
    for name, n in (("train", 12), ("t10k", 6)):
        idx(f"{folder}/{name}-images-idx3-ubyte.gz", r.integers(0, 256, (n, 3, 3)))
        idx(f"{folder}/{name}-labels-idx1-ubyte.gz", np.where(np.arange(n) % 2, 9, 0))


def tree(top="."):
    """Every path below top with its size and time: equal before and after means nothing was written."""
    seen = {}
    for folder, dirs, files in os.walk(top):
        for name in dirs + files:
            path = os.path.join(folder, name)
            st = os.lstat(path)
            seen[path] = (st.st_size, st.st_mtime_ns) if name in files else None
    return seen


def npy_bytes(descr="'<f8'", order="False", shape="(4, 3)", payload=b"", magic=b"\x93NUMPY", version=b"\x01\x00"):
    """An NPY file from its parts, so that each can be wrong."""
    head = "{'descr': %s, 'fortran_order': %s, 'shape': %s, }" % (descr, order, shape)
    width = 2 if version[0] == 1 else 4
    pad = -(len(magic) + 2 + width + len(head) + 1) % 64
    head = head + " " * pad + "\n"
    return magic + version + len(head).to_bytes(width, "little") + head.encode() + payload


def put(path, data):
    folder = os.path.dirname(path)
    if folder:
        os.makedirs(folder, exist_ok=True)
    if isinstance(data, bytes):
        with open(path, "wb") as f:
            f.write(data)
    else:
        np.save(path, data)
    return path


def sample(n=6, d=40, seed=7):
    """A data set in general position, with both labels."""
    r = np.random.default_rng(seed)
    return 2 * r.random((n, d)) - 1, np.where(np.arange(n) % 2, -1.0, 1.0)
