"""Inputs to begin with, made by this tree: arrays, archives, image sets, reports, tables, certificates, command lines, small problems."""
import gzip, io, json, os, re, struct, subprocess, sys, tempfile, zipfile
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))


def npy(a):
    b = io.BytesIO()
    np.save(b, a)
    return b.getvalue()


def arrays():
    r = np.random.default_rng(1)
    for descr in ("<f8", ">f8", "<f4", ">f4", "<f2", ">f2", "|b1", "|u1", "|i1", "<u2", ">u2", "<i2", "<u4", ">i4", "<u8", ">i8"):
        a = (50 * r.random((3, 2))).astype(descr)
        yield npy(a)
        yield npy(np.asfortranarray(a))
    yield npy(r.random((2, 2, 3)).astype("f4"))
    yield npy(np.asfortranarray(r.random((2, 3, 2, 1))))
    yield npy(r.random(5))
    yield gzip.compress(npy(r.random((2, 2))), mtime=0)
    for bad in (np.array([[1.0, np.nan]]), np.array([[2**60]]), np.array(["a"]), np.zeros((0, 3)), np.array([1 + 2j]), np.array(1.0)):
        yield npy(bad)
    head = b"\x93NUMPY\x02\x00" + struct.pack("<I", 64) + b"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), }".ljust(63) + b"\n"
    yield head + struct.pack("<d", 1.5)


def archives():
    a, y = np.arange(6.0).reshape(2, 3), np.array([1.0, -1.0])
    for save in (np.savez, np.savez_compressed):
        for members in ({"X": a}, {"X": a, "y": y}):
            b = io.BytesIO()
            save(b, **members)
            yield b.getvalue()
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2):
        b = io.BytesIO()
        with zipfile.ZipFile(b, "w", method) as z:
            z.comment = b"a comment"
            z.writestr(zipfile.ZipInfo("y.npy"), npy(y), method)
            z.writestr(zipfile.ZipInfo("readme.txt"), b"no array")
        yield b.getvalue()
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w") as z:
        with z.open(zipfile.ZipInfo("y.npy"), "w", force_zip64=True) as f:
            f.write(npy(y))
    yield b.getvalue()


def image_sets():
    r = np.random.default_rng(2)

    def files(side, train, test, packed):
        out = []
        for n in (train, test):
            labels = struct.pack(">II", 0x801, n) + bytes(i % 2 for i in range(n))
            images = struct.pack(">IIII", 0x803, n, side, side) + r.integers(0, 256, n * side * side, dtype=np.uint8).tobytes()
            out += [labels, images]
        return [f if packed else gzip.compress(f, mtime=0) for f in out]
    for flags in (0x0f, 0x4f, 0x7f, 0x00, 0x40):
        for side, train, test in ((2, 6, 4), (1, 4, 2)):
            four = files(side, train, test, flags & 1)
            yield bytes([flags]) + b"".join(struct.pack("<H", len(f)) for f in four[:3]) + b"".join(four)


def run(lfap, line, cwd, code=None):
    p = subprocess.run([lfap, *line.split()], capture_output=True, cwd=cwd)
    if code is not None and p.returncode != code:
        raise SystemExit(f"seeds.py: lfap {line}: exit {p.returncode}: {p.stderr.decode()}")
    return p.stdout


def read(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def reports(lfap):
    with tempfile.TemporaryDirectory() as tmp:
        run(lfap, "gen uniform --n 4 --d 12 --seed 1 --out data", tmp, 0)
        run(lfap, "train --data data --gamma 0.5 --m 2 --epochs 50 --out data", tmp, 0)
        run(lfap, "limit --data data --gamma 0.5 --out data", tmp, 0)
        run(lfap, "perturb --norm l2 --from geometry --data data --direction data/w.npy --eps 0.5 --out adv", tmp, 0)
        yield read(tmp, "data", "meta.json")
        yield read(tmp, "adv", "meta.json")
        yield run(lfap, "converge --data data --gamma 0.5 --m 2 --log-loss -20 --prec 64 --probes 3 --json", tmp)
        report = json.loads(run(lfap, "verify --data data --gamma 0.5 --n-adv 2 --m 2 --eps 0.8,0.1,0.5 --k 3 --probes 5 --controls 1 --flow-steps 50 --json", tmp))
        for case in report["cases"]:  # some checks of each kind: the reader takes a report of any length
            case["checks"] = [k for i, k in enumerate(case["checks"]) if i < 6 or "accuracy of" in k["what"]][:10]
            verdicts = [k["verdict"] for k in case["checks"]]
            case["verdict"] = next(v for v in ("FAIL", "UNDECIDED", "PASS", "NOT-APPLICABLE") if v in verdicts)
            case.pop("counts", None)
        report["verdict"] = report["cases"][0]["verdict"]
        report.pop("counts", None)
        yield json.dumps(report, indent=1).encode()
        yield b'{"verb": "gen", "sizes": {"height": 3, "width": 4, "n": 2, "d": 12}, "gamma": null, "files": {"X.npy": null}}'


def tables(lfap):
    with tempfile.TemporaryDirectory() as tmp:
        grid = "--d 30 --n 4 --n-adv 4 --probes 5"
        run(lfap, f"sweep {grid} --seeds 0-1 --format both --out t", tmp, 0)
        for part in (1, 2):
            run(lfap, f"sweep {grid} --seeds 0-1 --shard {part}/2 --out p{part}", tmp, 0)
        run(lfap, "sweep --data uniform,gauss --method limit,sgd --norm l2,l0 --d 8 --n 12 --m 4 --n-adv 4 --seeds 0 --epochs 3 --probes 5 --out s", tmp, 0)
        p1, p2, published = read(tmp, "p1.csv"), read(tmp, "p2.csv"), read(os.path.dirname(os.path.abspath(__file__)), "..", "..", "spec", "published.tsv")
        few = b"\n".join(published.split(b"\n")[:8]) + b"\n"
        for flag in (b"\0", b"\1"):
            yield flag + read(tmp, "t.csv")
            yield flag + read(tmp, "t.jsonl")
            yield flag + p1 + b"\x1c" + p2
            yield flag + p1 + b"\x1c" + p2 + b"\x1c" + p1
            yield flag + p1[:-20]
            yield flag + read(tmp, "s.csv") + b"\x1c" + few
        yield b"\0" + b"epoch,loss,s\n1,0.5,0\n2,0.25,nan\n"
        yield b"\0" + few


SETS = [[(1, [9, 1, 0]), (-1, [1, 9, 0]), (1, [0, 1, 9])], [(1, [3, 1]), (-1, [-2, 2]), (1, [1, 2])], [(1, [2, 1, 0]), (1, [1, 2, 1]), (-1, [1, 1, 2]), (-1, [0, 1, 3])],
        [(1, [1]), (-1, [2]), (1, [3])], [(1, [40, 0, 0, 0]), (-1, [0, 40, 0, 0]), (1, [0, 0, 40, 0]), (-1, [0, 0, 0, 40])]]


def problem(rows, slope):
    """The bytes that problem.h makes this set from."""
    labels = sum(1 << i for i, (y, _) in enumerate(rows) if y > 0)
    return bytes([len(rows) - 1, len(rows[0][1]) - 1, 0, slope, labels]) + bytes(v & 255 for _, x in rows for v in x)


def certificates(lfap, name, more):
    """Stored certificates of the sets, with options of `lfap limit`."""
    with tempfile.TemporaryDirectory() as tmp:
        for rows in SETS:
            np.save(os.path.join(tmp, "X.npy"), np.array([x for _, x in rows], float))
            np.save(os.path.join(tmp, "y.npy"), np.array([y for y, _ in rows], float))
            for gamma in (0.5, 0.01, 0.9):
                for option in more:
                    out = os.path.join(tmp, "out")
                    run(lfap, f"limit --data X.npy --labels y.npy --gamma {gamma} --certify {option} --out {out}", tmp)
                    if os.path.exists(os.path.join(out, name)):
                        text = read(out, name)
                        yield problem(rows, 2) + text
                        if gamma == 0.5:  # the same proposal of other data, and other claims of these: most are false
                            yield problem([(y, [x[-1] + 1] + x[1:]) for y, x in rows], 2) + text
                            yield problem([(rows[0][0], rows[1][1]), (rows[1][0], rows[0][1])] + rows[2:], 2) + text
                            for claim in (b"T1", b"C1", b"C2", b"not-C1"):
                                yield problem(rows, 2) + re.sub(rb"claim (T1|C1|C2|not-C1)\b", b"claim " + claim, text)
                        os.remove(os.path.join(out, name))
                        if os.path.exists(os.path.join(out, "meta.json")):
                            os.remove(os.path.join(out, "meta.json"))


def theorems(lfap):
    with tempfile.TemporaryDirectory() as tmp:
        np.save(os.path.join(tmp, "Z2.npy"), np.array([[1.0, 0.5]]))
        yield from certificates(lfap, "Certificate.v", ("--coq", "--coq=fast", "--coq --coq-claim C1", f"--coq --coq-claim C2 --probe-points {tmp}/Z2.npy"))


SAMPLE = {"N": "12", "D": "30", "M": "4", "G": "0.5", "GAMMA": "0.5", "DIR": "data", "FILE": "X.npy", "SEED": "3", "A,B": "0,9", "LO,HI": "-1,1"}


def lines(lfap):
    """Every option of every verb with a value, the examples, and mistakes of each kind."""
    verbs = re.findall(r"^  ([a-z]+) +\S", run(lfap, "--help", ".").decode(), re.M)
    for verb in verbs:
        text = run(lfap, f"{verb} --help", ".").decode()
        options = re.findall(r"^  --([a-z0-9-]+)(?:[ =\[]+([A-Z][A-Za-z,|]*))?", text, re.M)
        words = [verb]
        for name, arg in options:
            if name in ("help", "json"):
                continue
            word = [f"--{name}"] + ([SAMPLE.get(arg, arg.split("|")[0].lower())] if arg else [])
            words += word
            yield "\n".join([verb, *word]).encode()
        yield "\n".join(words[:60]).encode()
        for line in re.findall(rf"^  lfap ({verb} .*)$", text, re.M):
            yield "\n".join(line.split()).encode()
    for line in ("limit --gama 0.5", "limit --gamma", "limit --json=3", "limit --gamma 1e99999", "train --m 99999999999999999999", "sweep --seeds 5-2 --out x", "gen uniform extra",
                 "sweep --d 30,40 --n 9 --n-adv 8 --seeds 0,1-3 --norm l2,linf --eps 0.1,0.2 --shard 1/2 --list", "sweep --preset paper-d --scale small --list",
                 "sweep --merge a b c", "limit -- --data", "verify --eps 1,2,3,4 --case uniform", "perturb --range 3,-3", "limit -xyz", "sweep -xyz", "limit", "limit --threads 0", "limit --threads 1025"):
        yield "\n".join(line.split()).encode()


def problems():
    r = np.random.default_rng(3)
    for rows in SETS:
        for slope in (0, 1, 2, 3):
            yield problem(rows, slope) + bytes([1, 255, 1])
    for mode in range(4):
        for _ in range(12):
            yield bytes([int(r.integers(6)), int(r.integers(8)), mode]) + r.integers(0, 256, 60 if mode in (0, 3) else 400, dtype=np.uint8).tobytes()
    yield bytes([1, 0, 0, 2, 1, 1, 1])  # twice the same sample


def of(target, lfap):
    return {"npy": arrays, "zip": archives, "idx": image_sets, "json": lambda: reports(lfap), "table": lambda: tables(lfap), "options": lambda: lines(lfap),
            "certificate": lambda: certificates(lfap, "certificate.json", ("", "--exact", "--prec 64 --max-prec 64")), "coq": lambda: theorems(lfap), "limit": problems}[target]()


def write(target, folder, lfap):
    os.makedirs(folder, exist_ok=True)
    for k, b in enumerate(of(target, lfap)):
        with open(os.path.join(folder, f"seed-{k:03}"), "wb") as f:
            f.write(b)
