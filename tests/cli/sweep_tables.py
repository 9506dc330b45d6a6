"""Tables of lfap sweep held to account: every row whole or refused by whoever reads it, a reason for every empty cell, sizes from
the images, rows that are never lost whichever descriptors are closed, and files that are not what they seem."""
import csv, gzip, io, json, math, os, resource, signal, struct, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tables import *
from tap import *

CHECK = os.path.join(ROOT, "bench", "sweep_check.py")


def read(path):
    with open(path, "rb") as f:
        return f.read()


def rows(path):
    return list(csv.DictReader(io.StringIO(read(path).decode().split("\n", 1)[1])))


GRID = ["--d", "20,30", "--n", "3", "--n-adv", "6", "--norm", "l2,linf", "--seeds", "0-3"]
r = Run("sweep", *GRID, "--format", "both", "--out", "ref", "--quiet")
ok(r.code == 0 and len(rows("ref.csv")) == 16, "a table", r)
REF = {f: read(f"ref.{f}").decode() for f in ("csv", "jsonl")}
HEAD = {"csv": 2, "jsonl": 1}  # lines of the head

# ---- the checksum, by Python's zlib
for f, text in REF.items():
    head, *lines = text.splitlines()
    lines = lines[HEAD[f] - 1:]
    ok(len(lines) == 16 and all(signed(head, l) == l for l in lines) and " table=5 " in head.replace('"table": 5,', " table=5 "),
       f"{f}: the CRC-32 of the grid and the row's text, version 5", lines[:1])
    zeros = [l for l in lines if before(l) + "00000000" == l]
    ok(not zeros, f"{f}: the checksum is filled in", zeros)


# ---- a row that is not whole: --resume, --merge, plot, report, bench/sweep_check.py

def readers(f, text, everyone=True):
    """Who takes the table, by name: (exit code, message)."""
    said = {}
    for name, args in (("resume", [*GRID, "--format", f, "--out", "t", "--resume", "--quiet"]), ("merge", ["--merge", f"m.{f}", f"t.{f}"])):
        put(f"t.{f}", text.encode())
        r = Run("sweep", *args)
        said[name] = r.code, r.err, r
        kept = read(f"t.{f}").decode() == text
        if r.code != 0 and not kept:
            said[name] = "changed", r.err, r
    if os.path.exists(f"m.{f}"):
        os.remove(f"m.{f}")
    if f == "csv" and everyone:
        r = Run("plot", "accuracy", "--sweep", "t.csv", "--numbers", "--out", "p")
        said["plot"] = r.code, r.err, r
        os.makedirs("run", exist_ok=True)
        put("run/t.csv", text.encode())
        r = Run("report", "run", "--out", "page")
        page = read("page/index.html").decode() if r.code == 0 else r.err
        said["report"] = (0 if r.code == 0 and "<svg" in page or "data:image" in page else 65), page, r
        p = subprocess.run([sys.executable, CHECK, "t.csv"], capture_output=True, text=True)
        said["check"] = (65 if p.returncode == 1 and "t.csv: " in p.stderr else 0), p.stderr, p.stderr
    return said


def refused(f, text, name, words="", but=()):
    said = readers(f, text)
    wrong = {k: str(v[2])[:300] for k, v in said.items() if k not in but and not (v[0] == 65 and words in v[1])}
    ok(not wrong, f"{f}, {name}: refused by {', '.join(k for k in said if k not in but)}", wrong)


whole = readers("csv", REF["csv"])
ok(all(v[0] == 0 for k, v in whole.items()), "a whole table is taken by all of them", {k: str(v[2])[:300] for k, v in whole.items()})
ok(all(v[0] == 0 for v in readers("jsonl", REF["jsonl"]).values()), "in JSON lines too")
for f in REF:
    lines = REF[f].split("\n")  # the last one empty
    h, row = HEAD[f], lines[HEAD[f] + 1]
    text = lambda change: "\n".join(lines[:h + 1] + change + lines[h + 2:])
    cuts = [1, 2, 9, 40, 70, len(row) // 2, len(row) - 12, len(row) - 9, len(row) - 8, len(row) - 3, len(row) - 1]
    bad = []
    for c in cuts:
        said = readers(f, text([row[:c]]), everyone=c in (70, len(row) - 1))
        bad += [(c, k, v[1][:100]) for k, v in said.items() if v[0] != 65]
    ok(not bad, f"{f}: a row cut at {len(cuts)} places and ended by a newline is refused", bad)
    other = lines[h + 2]
    refused(f, text([row[1:]]), "cut at its front")
    refused(f, text([row.replace("uniform", "gauss")]), "altered", "whole row")
    refused(f, text([row[:-9] + ("0" if row[-9] != "0" else "1") + row[-8:]]), "its checksum altered", "whole row")
    refused(f, text([row, row]), "doubled", "twice" if f == "jsonl" else "")
    refused(f, "\n".join(lines[:h] + [lines[h + 1], lines[h]] + lines[h + 2:]), "two rows swapped")
    refused(f, text([row + " "]), "a blank at its end")
    refused(f, text([row, ""]), "an empty line")
    refused(f, text([row, "# remark"]), "a remark")
    refused(f, text([row + "\r"]), "a carriage return")
    refused(f, "\n".join(lines[:-2] + [lines[-2][:30]]), "the last row cut without a newline", "half a row" if f == "jsonl" else "", but=("resume",))
    hurt = {"csv": "=cmd|'/C calc'!A0", "jsonl": "=cmd|"}[f]
    for column, value in (("data", hurt), ("norm", hurt), ("d", hurt), ("acc", hurt), ("reason", hurt), ("limit", "maybe")):
        if f == "csv":
            cells = row.split(",")
            cells[lines[1].split(",").index(column)] = value
            evil = ",".join(cells)
        else:
            evil = row.replace(f'"{column}": ' + json.dumps(json.loads(row)[column]), f'"{column}": ' + json.dumps(value))
        refused(f, text([signed(lines[0], evil)]), f"{column} that it never writes, rightly signed", "" if f == "csv" else column, but=("check",))
    refused(f, REF[f].replace(" table=5 numerics=2", "").replace('"table": 5, "numerics": 2, ', ""), "of version 1", "version 1" if f == "jsonl" else "version", )
    refused(f, REF[f].replace("table=5", "table=2").replace('"table": 5', '"table": 2'), "of version 2", "version")
    refused(f, REF[f].replace("table=5", "table=6").replace('"table": 5', '"table": 6'), "of version 6", "version")
    # of another order of operations: what is drawn from it stands, but its rows are none that this lfap would write
    older = REF[f].replace("numerics=2", "numerics=1").replace('"numerics": 2', '"numerics": 1')
    refused(f, older, "of numerics 1", "numerics 1", but=("merge", "plot", "report", "check"))
    refused(f, REF[f].replace("shard=1/1", "shard=2/1").replace('"1/1"', '"2/1"'), "of shard 2 of 1", but=("check",))
# a row of another sweep at its place
Run("sweep", "--d", "20,30", "--n", "3", "--n-adv", "7", "--norm", "l2,linf", "--seeds", "0-3", "--format", "both", "--out", "other", "--quiet")
for f in REF:
    lines, foreign = REF[f].split("\n"), read(f"other.{f}").decode().split("\n")
    refused(f, "\n".join(lines[:HEAD[f] + 1] + [foreign[HEAD[f] + 1]] + lines[HEAD[f] + 2:]), "a row of another sweep in its place", "" if f == "csv" else "whole row")
    gap = "\n".join(lines[:HEAD[f] + 1] + lines[HEAD[f] + 2:])
    refused(f, gap, "a row taken out", "", but=("plot", "report", "check"))
put("headless.csv", "\n".join(REF["csv"].split("\n")[1:]).encode())
r = Run("plot", "accuracy", "--sweep", "headless.csv", "--numbers", "--out", "p")
ok(r.code == 65 and "first line" in r.err, "without its first line no row can be told whole: plot refuses", r)
put("foreign.csv", b"data,base,method,arithmetic,from,norm,d,n,n_adv,m,gamma,eps,k,acc,acc_control\n" + b"".join(
    b"uniform,noise,limit,double,geometry,%s,%d,3,6,0,0.5,0.1,0,0.5,0.5\n" % (w, d) for w in (b"l2", b"=cmd|'/C calc'!A0") for d in (1, 2)))
r = Run("plot", "accuracy", "--sweep", "foreign.csv", "--numbers", "--out", "p2")
ok(r.code == 65 and "no word of lfap sweep" in r.err and not os.path.exists("p2"), "a table of another program: its words are known ones", r)

# ---- what a kill leaves is completed to the same bytes
again = []
for f, text in REF.items():
    for cut in (len(text) - 1, len(text) - 30, text.index("\n") - 3, 5):
        put(f"t.{f}", text[:cut].encode())
        r = Run("sweep", *GRID, "--format", f, "--out", "t", "--resume", "--quiet")
        again.append(r.code == 0 and read(f"t.{f}").decode() == text)
ok(all(again), "cut without a newline: resumed to the same bytes", again)

# ---- empty cells and their reasons

def explained(table, name):
    """Every empty cell of the rows has its reason, and no other has one but the words none and unknown."""
    bad = []
    for r in table:
        why = dict(p.split(":") for p in r["reason"].split(";") if p)
        empty = {c for c, v in r.items() if v in ("nan", "inf", "-inf", "none", "unknown")}
        bad += [(r["cell"], sorted(empty ^ set(why)))] if empty != set(why) else []
        for c, w in list(why.items()):  # a reason that is a column leads to one that is none
            seen = set()
            while {"teacher": "acc_teacher"}.get(w, w) in r and c not in seen:
                seen.add(c)
                c = {"teacher": "acc_teacher"}.get(w, w)
                w = why.get(c, "missing")
            bad += [(r["cell"], c, w)] if w in ("missing", "limit", "limit_adv", "limit_control", "teacher") else []
    ok(not bad, name, bad[:5])


def table(name, *args, code=0):
    r = Run("sweep", *args, "--format", "both", "--out", name, "--quiet")
    ok(r.code == code, f"{name}: exit {code}", r)
    t = rows(name + ".csv") if os.path.exists(name + ".csv") else []
    j = [json.loads(l) for l in read(name + ".jsonl").decode().splitlines()[1:]] if t else []
    ok(all((v is None) == (c[k] in ("nan", "inf", "-inf")) and (not isinstance(v, str) or k == "check" or v == c[k]) for x, c in zip(j, t) for k, v in x.items()),
       f"{name}: JSON lines are empty where CSV is")
    explained(t, f"{name}: every empty cell has its reason")
    return t


for name, words, args in (("no limit", "limit of the natural samples: infeasible", ["--d", "10", "--n", "100"]),
                          ("no limit of the perturbed", "limit of the perturbed bases: infeasible", ["--d", "10", "--n", "5", "--n-adv", "100"]),
                          ("out of range", "learner: range", ["--d", "10", "--n", "5", "--eps", "1e300"]), ("ordinary", " s\n", ["--d", "10", "--n", "5"])):
    r = Run("sweep", *args, "--out", "say")
    ok(r.code == 0 and words in r.out.replace("sweep:", "\nsweep:"), f"{name}: the line of the cell says so as well", r)
    os.remove("say.csv")
explained(rows("ref.csv"), "an ordinary table: every empty cell has its reason")
t = table("flat", "--d", "10", "--n", "100")[0]
why = dict(p.split(":") for p in t["reason"].split(";"))
ok(t["limit"] == t["limit_control"] == "none" and why["limit"] == why["limit_control"] == "infeasible" and t["limit_adv"] == "unknown" and why["limit_adv"] == "teacher"
   and why["acc_teacher"] == "limit" and t["c1"] == "0" and t["c1_adv"] == "nan", "100 samples in 10 dimensions: no limit, and it says so", t)
t = table("crowd", "--d", "10", "--n", "5", "--n-adv", "100")[0]
why = dict(p.split(":") for p in t["reason"].split(";"))
ok(t["limit_adv"] == "none" and why["limit_adv"] == "infeasible" and why["acc"] == "limit_adv" and t["acc_teacher"] == "1" and t["rule"] != "nan",
   "the set of the perturbations alone has none: the teacher's cells are there", t)
wide = table("wide", "--d", "10", "--n", "5", "--n-adv", "8", "--eps", "0.1,1e50,1e100,1e153,1e160,1e300", "--norm", "l2,linf,l0")
for t in wide:
    why = dict(p.split(":") for p in t["reason"].split(";"))
    huge = float(t["eps"]) > 1e60
    ok(huge == (t["acc"] == "nan") and (not huge or why["limit_adv"] == "range" and why["acc"] in ("range", "limit_adv") and t["limit_adv"] == "unknown" and t["h_adv"] == "nan") and t["acc_control"] != "nan",
       f"{t['norm']} of size {t['eps']}: {'out of range, and only its own cells' if huge else 'as ever'}", t)
t = table("nets", "--d", "10", "--n", "100", "--n-adv", "10", "--method", "sgd,flow", "--m", "4", "--epochs", "30", "--from", "gradient", "--base", "noise,natural-random")
ok(len(t) == 4 and all(x["limit"] == "none" and x["acc"] != "nan" and dict(p.split(":") for p in x["reason"].split(";"))["agree"] == "limit" for x in t),
   "networks learn where there is no limit", t)
t = table("orth", "--data", "orthogonal", "--d", "8", "--n", "4")[0]
ok(t["h_ratio"] == "inf" and "h_ratio:infinite" in t["reason"] and t["h"] == "1", "an infinite quotient says that it is one", t)

# ---- images have the size they have

def images(folder, h, w, train=40, test=20, test_shape=None, same=False):
    rng = np.random.default_rng(h * w)
    for part, n, (a, b) in (("train", train, (h, w)), ("t10k", test, test_shape or (h, w))):
        pixels = rng.integers(0, 256, (n, a * b), dtype=np.uint8)
        if same:
            pixels[2] = pixels[0]
        for name, magic, dims, data in ((f"{part}-images-idx3-ubyte.gz", 0x803, (n, a, b), pixels.tobytes()),
                                        (f"{part}-labels-idx1-ubyte.gz", 0x801, (n,), bytes(i % 2 * 9 for i in range(n)))):
            os.makedirs(folder, exist_ok=True)
            with gzip.open(os.path.join(folder, name), "wb") as f:
                f.write(struct.pack(f">I{len(dims)}I", magic, *dims) + data)
    return folder


FASHION = ["--data", "fashion-mnist", "--n", "8", "--n-adv", "6"]
for h, w in ((4, 4), (40, 40), (1, 1), (2, 50)):
    folder = images(f"images-{h}x{w}", h, w)
    t = table(f"of-{h}x{w}", *FASHION, "--images", folder)
    ok(len(t) == 1 and t[0]["d"] == str(h * w) and (h * w == 1 or t[0]["acc_test"] != "nan"), f"images of {h} x {w} pixels: d = {h * w}", t)
    r = Run("sweep", *FASHION, "--images", folder, "--d", "784", "--out", "no")
    ok(r.code == 64 and f"{h} x {w} pixels" in r.err and not os.path.exists("no.csv"), "a --d that they have not is refused", r)
    r = Run("sweep", *FASHION, "--images", folder, "--d", str(h * w), "--out", f"yes-{h}x{w}", "--quiet")
    ok(r.code == 0 and rows(f"yes-{h}x{w}.csv") == rows(f"of-{h}x{w}.csv"), "one that they have says nothing new", r)
t = table("mixed", "--data", "uniform,fashion-mnist", "--n", "8", "--d", "30", "--images", "images-4x4")
ok([(x["data"], x["d"]) for x in t] == [("uniform", "30"), ("fashion-mnist", "16")], "--d beside other data is theirs", t)
r = Run("sweep", *FASHION, "--images", images("two", 4, 4, test_shape=(5, 5)), "--out", "two")
ok(r.code == 65 and "4 x 4" in r.err and "5 x 5" in r.err and not os.path.exists("two.csv"), "test images of another size are refused", r)
r = Run("gen", "fashion-mnist", "--images", "images-4x4", "--n", "8", "--d", "16", "--out", "gen")
s = Run("gen", "fashion-mnist", "--images", "images-4x4", "--n", "8", "--d", "784", "--out", "gen2")
ok(r.code == 0 and np.load("gen/X.npy").shape == (8, 16) and s.code == 64 and "4 x 4" in s.err, "gen takes the size from the images as well", (r, s))
for folder in ("images-4x4", "images-40x40"):
    r = Run("verify", "--case", "fashion-mnist", "--images", folder, "--n", "8", "--n-adv", "6", "--m", "4", "--controls", "1", "--probes", "3", "--json")
    d = int(folder.split("x")[-1]) ** 2
    ok(r.code in (0, 1, 2) and json.loads(r.out)["cases"][0]["sizes"]["d"] == d and json.loads(r.out)["cases"][0]["sizes"]["k"] == max(1, d // 20),
       f"verify of images of {d} pixels: sizes are theirs", r)
r = Run("verify", "--case", "fashion-mnist", "--images", "images-4x4", "--n", "8", "--k", "17")
ok(r.code == 65 and "--k 17" in r.err and "d = 16" in r.err, "verify: a --k beyond them is refused", r)
t = table("double", *FASHION, "--images", images("double-images", 4, 4, same=True), "--base", "noise,natural-flipped")
ok(all(x["limit"] == "unknown" and "limit:bad-data" in x["reason"] and x["limit_control"] in ("full", "qp") for x in t[:1]), "an image that is there twice: its cells are empty, the control's are not", t)
t = table("doubt", *FASHION, "--images", "double-images", "--method", "sgd", "--epochs", "50", "--m", "4")
ok(t and t[0]["acc"] != "nan" and t[0]["limit"] == "unknown", "a network learns them all the same", t)

# ---- closed descriptors, files that are none

SMALL = ["--d", "20", "--n", "3", "--seeds", "0-2", "--out"]
Run("sweep", *SMALL, "open", "--quiet")
for mask in range(1, 8):
    closed = "".join(f" {n}>&-" for n in range(3) if mask >> n & 1)
    name = f"closed{mask}"
    p = subprocess.run(f"exec {LFAP} sweep {' '.join(SMALL)} {name}{closed}", shell=True, capture_output=True)
    ok(os.path.exists(name + ".csv") and read(name + ".csv") == read("open.csv"), f"descriptors closed:{closed}; the table is whole", p)
    p = subprocess.run(f"exec {LFAP} sweep {' '.join(SMALL)} {name} --resume{closed}", shell=True, capture_output=True)
    ok(read(name + ".csv") == read("open.csv"), f"resumed with{closed}", p)
os.mkfifo("pipe.times.csv"), os.mkfifo("fifo.csv")
put("victim", b"untouched\n")
for link in ("lt.times.csv", "lr.csv"):
    os.symlink("victim", link)
os.symlink("nowhere", "dangling.times.csv")
for name, args in (("a FIFO for the times", ["pipe"]), ("a FIFO for the table", ["fifo", "--resume"]), ("a link for the times", ["lt"]), ("a link for the times, resumed", ["lt", "--resume"]),
                   ("a link for the table", ["lr", "--resume"]), ("a link to nowhere", ["dangling"])):
    r = Run("sweep", *SMALL, *args, timeout=20)
    ok(r.code == 73 and args[0] in r.err and read("victim") == b"untouched\n" and not os.path.exists("nowhere"), f"{name}: refused", r)
    ok(not os.path.exists(args[0] + ".csv") or not os.path.isfile(args[0] + ".csv") or os.path.islink(args[0] + ".csv"), "and no table is left", tree())
put("half.times.csv", b"cell,seconds\n0,1.0\n1,2")
Run("sweep", *SMALL, "half", "--quiet")
lines = read("half.times.csv").decode().splitlines()
ok(lines[:2] == ["cell,seconds", "0,1.0"] and [l.split(",")[0] for l in lines[2:]] == ["0", "1", "2"], "half a line of times is cut off", lines)

# ---- no room for a row

def little_room(n):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (n, n))
    return limit


full = read("open.csv")
ends = [i + 1 for i, b in enumerate(full) if b == 10]
for n in (ends[1] + 5, ends[2] + 1, ends[3] + 100, ends[4] - 1):
    name = f"room{n}"
    p = subprocess.run([LFAP, "sweep", *SMALL, name], capture_output=True, text=True, preexec_fn=little_room(n))
    there = read(name + ".csv") if os.path.exists(name + ".csv") else b""
    ok(p.returncode == 74 and name in p.stderr and full.startswith(there) and (not there or there.endswith(b"\n")), f"room for {n} bytes: exit 74, whole rows alone", p)
    r = Run("sweep", *SMALL, name, "--resume", "--quiet")
    ok(r.code == 0 and read(name + ".csv") == full, "and resumed to the same bytes", r)
done()
