"""Arrays as people have them: what NumPy saves in any dtype, order, version and packing has the values that NumPy reads, bit for bit; what cannot be read
is refused with its remedy; labels 0 and 1; archives; damage."""
import gzip, io, itertools, os, struct, sys, warnings, zipfile, zlib
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

warnings.simplefilter("ignore")
SRC = [f"src/{f}.c" for f in ("io/npy", "io/source", "io/archive", "io/foreign", "io/file", "io/leftover", "io/ctx", "io/arith", "io/mat", "io/precision", "io/text", "data/scale",
                              "kernel/npy_header", "kernel/zip_directory", "kernel/bits", "kernel/fused", "kernel/lanes")]
CC = os.environ.get("CC", "gcc")


def build(name, *flags):
    """The reader alone, from its sources, under sanitizers."""
    r = subprocess.run([CC, "-std=c11", "-g1", "-ffp-contract=off", "-D_POSIX_C_SOURCE=200809L", *flags, "-Isrc", "-I.", "-o", os.path.join(SCRATCH, name),
                        "tests/cli/lib/read_array.c", *SRC, "-lz", "-lm"], cwd=ROOT, capture_output=True, text=True)
    ok(r.returncode == 0, f"{name} builds", r.stderr)


SANITIZE = ("-O1", "-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all")
build("read", *SANITIZE)
ENV = dict(os.environ, ASAN_OPTIONS="detect_leaks=0:allocator_may_return_null=1")
rng = np.random.default_rng(22)
X8 = 2 * rng.random((5, 12)) - 1
POWERS = np.float64(2.0) ** rng.integers(-12, 12, (5, 12))


# ---- what is read is what NumPy reads
cases = []  # (name of the path, the array)


def case(path, array, packed=None):
    """A file, and what NumPy makes of it."""
    cases.append((path, np.asarray(array)))
    return path


def save(name, array, version=None, fortran=False):
    a = np.asfortranarray(array) if fortran else array
    with open(name, "wb") as f:
        np.lib.format.write_array(f, a, version)
    return case(name, np.load(name))


def header(name, text, payload, version=(1, 0), array=None):
    width = 2 if version[0] == 1 else 4
    put(name, b"\x93NUMPY" + bytes(version) + len(text).to_bytes(width, "little") + text + payload)
    return case(name, np.load(name, max_header_size=1 << 26) if array is None else array)


def values(dtype, shape):
    """Entries over the whole range of the dtype, as far as doubles hold them, and its edges."""
    t = np.dtype(dtype)
    n = int(np.prod(shape))
    if t.kind == "b":
        return rng.integers(0, 2, shape).astype(t)
    if t.kind in "iu":
        info = np.iinfo(t)
        low, high = max(info.min, -2**53), min(info.max, 2**53)
        a = rng.integers(low, high, n, endpoint=True, dtype=np.int64 if low < 0 else np.uint64)
        a[:2] = low, high
        return a.astype(t).reshape(shape)
    bits = rng.integers(0, 1 << 8 * t.itemsize, n, dtype=np.uint64, endpoint=False) if t.itemsize < 8 else rng.integers(0, 2**63, n, dtype=np.uint64) << np.uint64(1)
    a = bits.astype(f"u{t.itemsize}").view(f"f{t.itemsize}").copy()
    a[~np.isfinite(a)] = 1
    info = np.finfo(a.dtype)
    a[:6] = 0.0, -0.0, info.max, info.min, info.tiny, info.smallest_subnormal
    return a.astype(t).reshape(shape)


KINDS = ["b1", "i1", "u1", "i2", "u2", "f2", "i4", "u4", "f4", "i8", "u8", "f8"]
for kind, order, shape in itertools.product(KINDS, "<>=|", [(7,), (4, 6)]):
    if order in "=|" and shape == (7,):
        continue
    raw = values(order.replace("|", "=") + kind, shape)
    text = ("{'descr': '%s%s', 'fortran_order': False, 'shape': %s, }" % (order, kind, shape)).encode()
    header(f"a{len(cases)}_{order == '>'}_{kind}.npy", text + b" " * (-(len(text) + 11) % 64) + b"\n", raw.tobytes())
for kind, shape in itertools.product(["f8", ">f8", "f4", "f2", "u1", "i8", "b1"], [(6,), (6, 1), (1, 6), (5, 7), (3, 2, 4), (2, 3, 4, 5), (2, 1, 28, 28), (2, 3, 1)]):
    for fortran in (False, True):
        save(f"o{len(cases)}_{kind.replace('>', 'big_')}_{fortran}.npy", values(kind, shape), fortran=fortran)
save("large_f.npy", rng.standard_normal((300, 700)), fortran=True)  # several blocks
save("large_f3.npy", rng.standard_normal((40, 50, 60)).astype("f4"), fortran=True)
save("large_c.npy", rng.standard_normal((400, 300)).astype(">f4"))
for version in ((1, 0), (2, 0), (3, 0)):
    save(f"v{version[0]}.npy", X8, version)
for sliced in (X8[::2], X8[:, ::3], X8.T, X8[::-1]):  # numpy.save of a view
    save(f"s{len(cases)}.npy", sliced)

# headers of Python 2, of other writers, and long ones
header("py2.npy", b"{'descr': '<f8', 'fortran_order': False, 'shape': (5L, 12L), }\n", X8.tobytes())
header("py2_1.npy", b"{'descr': '<f4', 'fortran_order': False, 'shape': (4L,), }\n", X8[0, :4].astype("f4").tobytes())
header("py2_u.npy", b"{u'descr': u'<f8', u'fortran_order': True, u'shape': (12L, 5L), }\n", X8.tobytes())
header("tight.npy", b"{'descr':'>i2','fortran_order':False,'shape':(2,2)}", struct.pack(">4h", -1, 2, -32768, 32767))
for size, version in ((70000, (2, 0)), ((1 << 20) + 100, (2, 0)), (3 << 20, (3, 0))):
    header(f"long{size}.npy", b"{'descr': '<f8', 'fortran_order': False, 'shape': (5, 12), }" + b" " * size + b"\n", X8.tobytes(), version, X8)

# packed: gzip, and the members of archives
for level, a in ((0, X8), (9, X8), (6, (rng.random((300, 400)) < 0.1).astype("f4")), (6, np.asfortranarray(rng.random((40, 30))))):
    raw = io.BytesIO()
    np.save(raw, a)
    put(f"z{len(cases)}.npy.gz", gzip.compress(raw.getvalue(), level))
    case(f"z{len(cases)}.npy.gz", a)
half = raw.getvalue()
put("joined.npy.gz", gzip.compress(half[:700]) + gzip.compress(half[700:]))
case("joined.npy.gz", a)
put("no_name_tells.npy", gzip.compress(half))
case("no_name_tells.npy", a)
members = {"X": X8, "y": np.array([1, -1, 1, -1, 1]), "images": rng.integers(0, 256, (3, 4, 5)).astype("u1"), "F": np.asfortranarray(X8.astype(">f4")), "W": rng.random((4, 12)),
           "empty_name_is_not": np.zeros(3), "a:b": np.arange(4.0), "deep/er": np.arange(5.0), "big": (rng.random((400, 300)) < 0.05).astype("f8")}
np.savez("stored.npz", **members)
np.savez_compressed("packed.npz", **members)
np.savez("one.npz", X8)
np.savez_compressed("only.npz", anything=X8)
for name in ("stored.npz", "packed.npz"):
    for key, value in members.items():
        case(f"{name}:{key}", value)
        case(f"{name}:{key}.npy", value)
case("one.npz", X8), case("one.npz:arr_0", X8), case("only.npz", X8)


def archive(name, files, **how):
    """zipfile's, written to a pipe: sizes come behind the data (flag 3)."""
    class Pipe(io.RawIOBase):
        def __init__(self, f): self.f = f
        def writable(self): return True
        def write(self, b): return self.f.write(b)
    with open(name, "wb") as f, zipfile.ZipFile(Pipe(f), "w", **how) as z:
        for key, data in files:
            z.writestr(key, data)


def npy(a):
    raw = io.BytesIO()
    np.save(raw, a)
    return raw.getvalue()


archive("piped.npz", [("X.npy", npy(X8)), ("notes.txt", b"hello")], compression=zipfile.ZIP_DEFLATED)
case("piped.npz", X8), case("piped.npz:X", X8)
with zipfile.ZipFile("commented.npz", "w") as z:
    z.writestr("X.npy", npy(X8))
    z.comment = b"PK\5\6 a comment that looks like an end" + b"." * 60000
case("commented.npz", X8)
with zipfile.ZipFile("zip64.npz", "w") as z:  # 65536 members need the end record of Zip64
    for i in range(65536):
        z.writestr(zipfile.ZipInfo("x%d.txt" % i), b"")
    z.writestr("X.npy", npy(X8))
case("zip64.npz", X8), case("zip64.npz:X", X8)
os.makedirs("sub:dir"), np.save("sub:dir/a:b.npy", X8)
case("sub:dir/a:b.npy", X8)


def read(how, paths):
    r = subprocess.run([os.path.join(SCRATCH, "read"), how, *paths], capture_output=True, env=ENV)
    return r.returncode, r.stdout.decode("utf-8", "replace").splitlines(), r.stderr.decode("utf-8", "replace")


def unit(dtype):
    return {"f8": 2.0**-53, "f4": 2.0**-24, "f2": 2.0**-11}.get(dtype.str[1:], 0.0)


def wrong(line, a):
    """What is not as NumPy has it, in a line of read_array."""
    f = line.split("\t")
    rows = a.reshape(len(a), -1) if a.ndim > 1 else a
    with np.errstate(all="ignore"):
        want = np.ascontiguousarray(rows, dtype=">f8").tobytes().hex()
    if f[0] != "0" or len(f) != 6:
        return line[:300]
    if (int(f[1]), int(f[2]), int(f[3])) != (min(a.ndim, 2), len(a), 1 if a.ndim == 1 else rows.shape[1]):
        return f"shape {f[1:4]} of {a.shape}"
    if f[5] != want:
        return "other bits"
    if float(f[4]) < unit(a.dtype):
        return f"unit {f[4]} of {a.dtype}"
    return ""


code, lines, err = read("samples", [p for p, _ in cases])
ok(code == 0 and len(lines) == len(cases), f"{len(cases)} arrays are read without a report", err[-2000:])
bad = [f"{p}: {wrong(line, a)}" for line, (p, a) in zip(lines, cases) if wrong(line, a)]
ok(len(cases) >= 60 and not bad, f"{len(cases)} arrays: NumPy's values, bit for bit", "\n".join(bad))
code, lines, err = read("matrix", [p for p, _ in cases])
bad = [f"{p}: {line[:200]}" for line, (p, a) in zip(lines, cases) if (wrong(line, a) if a.ndim <= 2 else not (line.startswith("65\t") and f"has {a.ndim} dimensions" in line and ".reshape(len(a), -1)" in line))]
ok(code == 0 and len(lines) == len(cases) and not bad, "the same where a vector or a matrix is due; more dimensions are refused", err[-500:] + "\n".join(bad))
put("h.npy", np.arange(20).astype("f2")), put("s.npy", np.arange(20).astype(">f4")), put("i.npy", np.arange(20))  # entries that tell nothing
units = [line.split("\t")[4] for line in read("matrix", ["h.npy", "s.npy", "i.npy"])[1]]
ok([float(u) for u in units] == [2.0**-11, 2.0**-24, 0], "the unit of half and single precision and of integers", units)

# ---- what is refused, and the remedy it names
refusals = []


def no(path, code, *words):
    refusals.append((path, code, words))


def parts(name, descr, payload, *words, shape="(2, 2)", order="False", code=65):
    put(name, npy_bytes(descr, order, shape, payload))
    no(name, code, *words)


np.save("long.npy", X8.astype(np.longdouble)), no("long.npy", 65, "more than 8 bytes", ".astype('<f8')", "<f16")
for kind in ("<c8", "<c16", ">c16"):
    parts(f"c{len(refusals)}.npy", f"'{kind}'", b"\0" * 64, "complex", ".real", kind)
parts("object.npy", "'|O'", b"\0" * 32, "Python objects", ".astype('<f8')")
np.save("object2.npy", np.array([1, None], dtype=object)), no("object2.npy", 65, "Python objects")
np.save("bytes.npy", np.array([b"1", b"22"])), no("bytes.npy", 65, "text", ".astype('<f8')", "|S2")
np.save("text.npy", np.array(["1", "22"])), no("text.npy", 65, "text", ".astype('<f8')", "<U2")
np.save("record.npy", np.zeros(3, dtype=[("a", "<f8"), ("b", "<i4")])), no("record.npy", 65, "records", "a['NAME']")
np.save("void.npy", np.zeros(3, dtype="V8")), no("void.npy", 65, "records")
np.save("times.npy", np.zeros(3, dtype="M8[s]")), no("times.npy", 65, "times", ".astype('<i8')")
np.save("spans.npy", np.zeros(3, dtype="m8[ns]")), no("spans.npy", 65, "times")
np.save("scalar.npy", np.float64(1.5)), no("scalar.npy", 65, "numpy.atleast_1d")
np.save("empty.npy", np.zeros((0, 3))), no("empty.npy", 65, "no entries")
np.save("empty1.npy", np.zeros(0)), no("empty1.npy", 65, "no entries")
np.save("empty3.npy", np.zeros((2, 0, 3))), no("empty3.npy", 65, "no entries")
np.save("five.npy", np.zeros((1, 2, 1, 2, 1))), no("five.npy", 65, "more than four dimensions", ".reshape(len(a), -1)")
parts("nan.npy", "'<f2'", np.array([1, 2, np.nan, 3], "f2").tobytes(), "entry [1, 0] is NaN")
parts("inf.npy", "'>f4'", np.array([1, 2, 3, -np.inf], ">f4").tobytes(), "entry [1, 1] is -Inf")
parts("fnan.npy", "'<f8'", np.array([1, 2, np.nan, 3.0]).tobytes(), "entry [0, 1] is NaN", order="True")
put("f3.npy", npy_bytes("'<f8'", "True", "(2, 3, 4)", np.where(np.arange(24) == 9, np.inf, 1.0).tobytes()))
no("f3.npy", 65, "entry [%d, %d, %d] is Inf" % tuple(np.argwhere(~np.isfinite(np.load("f3.npy")))[0]))
for kind, v in (("<u8", 2**53 + 1), (">u8", 2**64 - 1), ("<i8", -2**53 - 1), (">i8", -2**63), (">i8", 2**53 + 1)):
    parts(f"big{len(refusals)}.npy", f"'{kind}'", np.array([1, 2, 2**53, v], kind).tobytes(), f"entry [1, 1] is {v}, beyond 2^53")
parts("mod.npy", "'<f8'", b"\0" * 24, "truncated")
parts("more.npy", "'<f8'", b"\0" * 40, "8 bytes follow")
put("more.npy.gz", gzip.compress(npy(X8) + b"12345")), no("more.npy.gz", 65, "5 bytes follow")
put("more2.npy.gz", gzip.compress(npy(np.ones((300, 400))) + b"12345")), no("more2.npy.gz", 65, "5 bytes follow")
put("less.npy.gz", gzip.compress(npy(np.ones((300, 400)))[:-3])), no("less.npy.gz", 65, "reading stopped at entry 119999 of 120000")
put("less2.npy.gz", gzip.compress(npy(X8)[:-3])), no("less2.npy.gz", 65, "truncated")
put("head.npy.gz", gzip.compress(b"\x93NUMPY\2\0" + (1 << 31).to_bytes(4, "little") + b" " * (1 << 27), 1)), no("head.npy.gz", 65, "header of more than 67108864 bytes")
put("v4.npy", npy_bytes(payload=b"\0" * 96, version=b"\4\0")), no("v4.npy", 65, "other than 1.0, 2.0 and 3.0")
put("gone.npy.gz", gzip.compress(npy(X8))[:-9]), no("gone.npy.gz", 65, "truncated")
for what, wrong in (("garbage", b"hello"), ("zeros", bytes(100)), ("half", gzip.compress(b"more")[:-9])):
    put(f"{what}.npy.gz", gzip.compress(npy(X8)) + wrong), no(f"{what}.npy.gz", 65, f"{what}.npy.gz: is ", "gzip", "again")
put("fd.npy.gz", b"\x1f\x8b\x09" + gzip.compress(npy(X8))[3:]), no("fd.npy.gz", 65, "fd.npy.gz: is damaged: ", "pack the file again")
put("crc.npy.gz", gzip.compress(npy(X8))[:-8] + b"1234" + gzip.compress(npy(X8))[-4:]), no("crc.npy.gz", 65, "damaged")

# other formats: the line of Python that converts
state = {"descr": "no"}
CONVERT = "python3 -c \"import numpy"
put("t.csv", b"1.0,2.0\n3.0,4.0\n"), no("t.csv", 65, "CSV", CONVERT, "numpy.loadtxt('t.csv', delimiter=',')")
put("t.txt", b"1.0 2.0\n3.0 4.0\n"), no("t.txt", 65, "text", CONVERT, "numpy.loadtxt('t.txt')")
put("named.npy", b"a,b\n1,2\n"), no("named.npy", 65, "CSV", "delimiter")
with zipfile.ZipFile("model.pt", "w") as z:
    z.writestr("archive/data.pkl", b"\x80\2."), z.writestr("archive/data/0", b"\0" * 16)
no("model.pt", 65, "torch.save", "torch.load('model.pt'")
put("old.pth", b"\x80\2\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."), no("old.pth", 65, "torch.load('old.pth'")
import pickle
put("p.pkl", pickle.dumps([1.0, 2.0])), no("p.pkl", 65, "pickle", "allow_pickle=True")
put("noname", pickle.dumps(X8, 2)), no("noname", 65, "pickle")
put("s.safetensors", (40).to_bytes(8, "little") + b'{"w":{"dtype":"F32","shape":[1],"data_of' + b"\0" * 8), no("s.safetensors", 65, "safetensors", "load_file('s.safetensors')")
put("m5.mat", b"MATLAB 5.0 MAT-file, Platform: GLNXA64" + b" " * 90 + b"\0" * 40), no("m5.mat", 65, "MATLAB", "loadmat('m5.mat')")
put("m7.mat", b"\x89HDF\r\n\x1a\n" + b"\0" * 40), no("m7.mat", 65, "HDF5", "h5py.File('m7.mat')")
put("t.parquet", b"PAR1" + b"\0" * 40), no("t.parquet", 65, "Parquet", "read_parquet")
put("it's.csv", b"1,2\n"), no("it's.csv", 65, "numpy.loadtxt('FILE', delimiter")
put("what.bin", b"\1\2\3\4\5" * 9), no("what.bin", 65, "not an NPY file", "01 02 03 04 05", "numpy.save")
put("nothing.npy", b""), no("nothing.npy", 65, "not an NPY file, it is empty")
put("csv.gz", gzip.compress(b"1,2\n3,4\n")), no("csv.gz", 65, "CSV")

# archives
no("stored.npz", 65, "holds 9 arrays", "X, y, images", "stored.npz:NAME")
no("packed.npz:nope", 66, "has no member nope", "X, y, images")
no("X.npz:X", 66, "X.npz:X: cannot be opened")
no("v1.npy:X", 66, "v1.npy is no zip archive", "member X")
archive("texts.npz", [("a.txt", b"hello"), ("b", b"")])
no("texts.npz", 65, "2 members, none of them NPY", "numpy.savez")
archive("void.npz", []), no("void.npz", 65, "none of them NPY")
with zipfile.ZipFile("twice.npz", "w") as z:
    z.writestr("X.npy", npy(X8)), z.writestr("X.npy", npy(-X8))
no("twice.npz:X", 65, "2 members X")
for name, method in (("bz.npz", zipfile.ZIP_BZIP2), ("xz.npz", zipfile.ZIP_LZMA)):
    with zipfile.ZipFile(name, "w", method) as z:
        z.writestr("X.npy", npy(X8))
    no(name, 65, f"zip's method {int(method)}", "savez_compressed")


def patched(name, source, *edits):
    """The archive with bytes of its central directory (the last record) or local header changed: (signature, offset, bytes)."""
    b = bytearray(open(source, "rb").read())
    for mark, offset, new in edits:
        at = b.rindex(mark) + offset
        b[at:at + len(new)] = new
    put(name, bytes(b))
    return name


CENTRAL, LOCAL, END = b"PK\1\2", b"PK\3\4", b"PK\5\6"
u4 = lambda x: struct.pack("<I", x)
size = len(npy(X8))
no(patched("bomb.npz", "only.npz", (CENTRAL, 24, u4(4000000000))), 65, "damaged", "cannot unpack to")
no(patched("larger.npz", "only.npz", (CENTRAL, 24, u4(size - 100))), 65, "more bytes than its archive announces")
no(patched("smaller.npz", "only.npz", (CENTRAL, 24, u4(size + 100))), 65, "damaged", "does not have the size")
no(patched("badcrc.npz", "one.npz", (CENTRAL, 16, u4(12345))), 65, "damaged", "checksum")
no(patched("badcrc2.npz", "only.npz", (CENTRAL, 16, u4(12345))), 65, "damaged", "checksum")
no(patched("locked.npz", "only.npz", (CENTRAL, 8, b"\1")), 65, "encrypted")
no(patched("local.npz", "only.npz", (LOCAL, 0, b"QK\3\4")), 65, "not an NPY file")
no(patched("away.npz", "only.npz", (CENTRAL, 42, u4(7))), 65, "damaged zip archive", "no member where its directory says")
no(patched("past.npz", "only.npz", (CENTRAL, 42, u4(0x7fffffff))), 65, "damaged zip archive", "a record of its directory")
no(patched("place.npz", "only.npz", (END, 16, u4(0x7fffffff))), 65, "damaged zip archive", "lies where it cannot be")
no(patched("count.npz", "only.npz", (END, 10, b"\2\0")), 65, "damaged zip archive", "a record of its directory")
no(patched("count0.npz", "only.npz", (END, 10, b"\0\0")), 65, "damaged zip archive", "longer than its records")
no(patched("saturated.npz", "only.npz", (END, 16, b"\xff" * 4)), 65, "damaged zip archive")
no(patched("mismatch.npz", "one.npz", (CENTRAL, 24, u4(size + 1))), 65, "damaged zip archive", "a record")
put("front.npz", b"PK\3\4 and more in front" + open("only.npz", "rb").read()), no("front.npz", 65, "damaged zip archive")
put("tail.npz", open("only.npz", "rb").read() + b"behind"), no("tail.npz", 65, "no directory at its end")
with zipfile.ZipFile("real_bomb.npz", "w", zipfile.ZIP_DEFLATED) as z:  # 64 MiB of zeros behind the array
    z.writestr("X.npy", npy(X8) + b"\0" * (1 << 26))
no("real_bomb.npz", 65, f"{1 << 26} bytes follow")

code, lines, err = read("samples", [p for p, _, _ in refusals])
ok(code == 0 and len(lines) == len(refusals), f"{len(refusals)} files are refused without a report", err[-2000:])
bad = [f"{p}: {words}: {line[:400]}" for line, (p, status, words) in zip(lines, refusals)
       if not line.startswith(f"{status}\t{p.split(':')[0]}") or any(w not in line for w in words)]
ok(not bad, f"{len(refusals)} refusals: file, reason, remedy", "\n".join(bad))

# ---- damage: cut at every byte, every bit flipped, under sanitizers
put("d.npy", npy(X8[:2, :3])), put("d.npy.gz", gzip.compress(npy(X8[:2, :3])))
np.savez("d.npz", a=X8[:2, :3]), np.savez_compressed("dz.npz", a=X8[:2, :3].astype("f4"))
archive("dd.npz", [("a.npy", npy(X8[:2, :3])), ("n.txt", b"hello")], compression=zipfile.ZIP_DEFLATED)
for path, packed in (("d.npy", 0), ("d.npy.gz", 1), ("d.npz", 1), ("dz.npz", 1), ("dd.npz", 1)):
    r = subprocess.run([os.path.join(SCRATCH, "read"), "damage", path, "damaged" + os.path.splitext(path)[1]], capture_output=True, text=True, env=ENV)
    found = {f[0]: [int(n) for n in f[1:]] for f in (line.split("\t") for line in r.stdout.splitlines()) if len(f) == 5}
    ok(r.returncode == 0 and set(found) == {"cut", "flipped"}, f"{path}: damaged at every byte without a report", r.stdout + r.stderr[-2000:])
    cut, flipped = found.get("cut", [0] * 4), found.get("flipped", [0] * 4)
    ok(cut == [os.path.getsize(path), 0, 0, 0], f"{path}: cut anywhere it is refused", cut)
    ok(flipped[3] == 0 and sum(flipped[:3]) == 8 * os.path.getsize(path) and (not packed or flipped[2] == 0 and flipped[0] > flipped[1]),
       f"{path}: with a bit flipped it is refused{' or has its values' * packed}", flipped)

# ---- the command line: archives, neighbours, labels
X, y = sample(6, 40)
W = rng.standard_normal((4, 40))
put("set/X.npy", X), put("set/y.npy", y), put("set/W.npy", W)
want = {verb: Run(verb, "--data", "set", "--gamma", "0.5", "--json").out for verb in ("limit", "compare")}
strip = lambda text: [l for l in text.splitlines() if not any(k in l for k in ("seconds", "argv", "weights_of", "weights_gamma", "command"))]


def same(name, verb, *args):
    r = Run(verb, *args, "--gamma", "0.5", "--json")
    ok(r.code == Run(verb, "--data", "set", "--gamma", "0.5").code and strip(r.out) == strip(want[verb]) and len(r.out) > 100, name, r)


np.savez("set.npz", X=X, y=y, W=W), np.savez_compressed("setz.npz", X=X, y=(y > 0), W=W.astype("f8"))
np.savez("xy.npz", X_test=X, y_test=y)
same("--data FILE.npz: its members X and y", "limit", "--data", "set.npz")
same("and W", "compare", "--data", "set.npz")
same("--data FILE.npz:X finds y", "limit", "--data", "set.npz:X")
same("--data FILE.npz:X_test finds y_test", "limit", "--data", "xy.npz:X_test")
same("--labels and --weights in archives", "compare", "--data", "set/X.npy", "--labels", "set.npz", "--weights", "setz.npz")
same("--weights FILE.npz:W", "compare", "--data", "set", "--weights", "set.npz:W")
same("--data X.npy finds its neighbour y.npy", "limit", "--data", "set/X.npy")
put("X_test.npy", X), put("y_test.npy", y), put("Xs.npy", X)
same("--data X_test.npy finds y_test.npy", "limit", "--data", "X_test.npy")
r = Run("limit", "--data", "Xs.npy", "--gamma", "0.5")
ok(r.code == 64 and "--labels is missing" in r.err, "no neighbour: the labels are asked for", r)
r = Run("limit", "--data", "xy.npz", "--gamma", "0.5")
ok(r.code == 64 and "--labels is missing" in r.err, "an archive without X and y: the labels are asked for", r)
put("cube/X.npy", X.reshape(6, 5, 8)), put("cube/y.npy", y[:, None])
same("images n x h x w are rows; labels N x 1", "limit", "--data", "cube")
put("four/X.npy", np.asfortranarray(X.reshape(6, 2, 5, 4))), put("four/y.npy", y[None])
same("n x c x h x w in Fortran order; labels 1 x N", "limit", "--data", "four")
for dtype in ("b1", "u1", "i8", ">f4", "f2"):
    put("l01.npy", (y > 0).astype(dtype))
    same(f"labels 0 and 1 as {dtype}", "limit", "--data", "set/X.npy", "--labels", "l01.npy", "--labels-01")
    r = Run("limit", "--data", "set/X.npy", "--labels", "l01.npy", "--gamma", "0.5")
    ok(r.code == 65 and "l01.npy: label 1 is 0" in r.err and "--labels-01" in r.err, f"without --labels-01, {dtype}: it is named", r)
same("labels in bool of an archive", "limit", "--data", "setz.npz", "--labels-01")
r = Run("limit", "--data", "set", "--gamma", "0.5", "--labels-01")
ok(r.code == 65 and "leave --labels-01 out" in r.err, "--labels-01 of labels +1 and -1", r)
for labels, words in ((np.array([0, 1, 2, 0, 1, 2]), ["three classes"]), (np.array([1, 2, 1, 2, 1, 2]), ["numpy.where(y == 2, 1, -1)"]),
                      (np.zeros(6), ["--labels-01"]), (np.full(6, 0.5), ["label 0 is 0.5; labels must be +1 or -1"])):
    put("bad_l.npy", labels)
    r = Run("limit", "--data", "set/X.npy", "--labels", "bad_l.npy", "--gamma", "0.5")
    ok(r.code == 65 and all(w in r.err for w in words) and r.err.count("\n") == 1, f"labels {labels}", r)
put("n01.npy", (y > 0)), put("d.npy", X[0])
for verb, args in (("train", ["--method", "gd", "--epochs", "3", "--m", "4", "--out", "o1"]), ("polish", ["--weights", "set/W.npy", "--out", "o2"]),
                   ("compare", ["--weights", "set/W.npy"]), ("map", ["--weights", "set/W.npy", "--grid", "5", "--out", "o3"])):
    a = Run(verb, "--data", "set/X.npy", "--labels", "n01.npy", "--labels-01", "--gamma", "0.5", *args)
    b = Run(verb, "--data", "set/X.npy", "--labels", "set/y.npy", "--gamma", "0.5", *args)
    ok(a.code == b.code and a.code < 60 and a.out == b.out, f"{verb} takes --labels-01", f"{a}\n{b}")
a = Run("perturb", "--data", "set/X.npy", "--targets", "n01.npy", "--labels-01", "--norm", "l2", "--from", "geometry", "--direction", "d.npy", "--eps", "0.5", "--out", "p1")
ok(a.code == 0 and (np.load("p1/y.npy") == y).all(), "perturb takes targets 0 and 1, and writes +1 and -1", a)
ok("--labels-01" in Run("verify", "--help").out and "--labels-01" not in Run("gen", "--help").out + Run("explain", "--help").out, "--labels-01 stands where labels are read")
done()
