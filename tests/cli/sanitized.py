"""Every verb, with good and bad input, in a build that checks each access, each overflow and each conversion (AddressSanitizer and
UndefinedBehaviorSanitizer): no report, the exit code that is due, and the bytes of the ordinary build on stdout and in every file."""
import gzip, os, shutil, struct, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *
import checked
from checked import differences, give, run

checked.begin("sanitized", ["-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all"], "", {  # what each detector has to see
    "a read behind an array": "volatile int n = 4; int *p = malloc(16); p[0] = 1; p[3] = 2; int r = p[n]; free(p); return r;",
    "an integer overflow": "volatile int n = 2147483647; n = n + 1; return n;",
    "a double that fits no int": "volatile double x = 1e10; return (int)x;",
    "a leak": "void *volatile p = malloc(16); p = NULL; return p != NULL;",  # cannot be seen under a tracer
})

# ---- good input
JUDGED = (0, 2)  # all right or something open: which of the two is the business of other tests
for kind, size in (("uniform", "--n 12 --d 60"), ("gauss", "--n 9 --d 31"), ("orthogonal", "--n 8 --d 37")):
    run(0, f"gen {kind} {size} --seed 3 --out {kind}")
run(0, "gen gauss --n 260 --d 300 --out blocks")  # through the kernels by blocks
run(0, "gen uniform --n 12 --d 60 --seed 8 --out noise")
D, G = "--data uniform", "--gamma 0.5"

run(0, f"train {D} {G} --m 6 --epochs 300 --out net")
run(0, f"train {D} {G} --m 6 --method gd --epochs 30 --form plain --out gd")
run(0, f"train {D} {G} --method gd --epochs 30 --form gram --init net/W.npy --loss logistic --json --out gd-gram")
run(0, f"train {D} {G} --m 10 --method sgd --epochs 60 --form gram --lr 0.1 --init-scale 3 --out sgd")
run(0, f"train {D} {G} --m 10 --method sgd --epochs 60 --form plain --momentum 0.5 --out sgd-plain")
run(0, f"train --data gauss {G} --m 2 --loss logistic --log-loss-target -50 --rtol 1e-6 --atol 1e-9 --out flow-logistic")
run(0, f"train --data blocks {G} --m 20 --method sgd --epochs 3 --threads 3 --out blocks-net")

run(0, f"limit {D} {G} --out limit")
run(0, f"limit {D} {G} --json")
run(0, f"limit {D} {G} --certify --out limit")
run(0, f"limit {D} {G} --certify --exact --out exact")
run(0, f"limit {D} {G} --certify=fast --solver cg")
run(JUDGED, f"limit --data orthogonal {G} --certify=auto --prec 64 --max-prec 128 --json --out orthogonal-limit")
run(0, f"limit --data gauss --gamma 0.99 --certify --out kinks")
run(0, f"limit --data blocks {G} --solver direct --certify=fast --threads 3")
run(0, f"limit --data blocks {G} --solver cg --memory-limit 1500000")
run(0, f"check limit/certificate.json {D}")
run(0, f"check exact/certificate.json {D} --json")
run(1, "check limit/certificate.json --data noise")
run(0, f"converge --data gauss {G} --m 2 --log-loss -100 --prec 80 --probes 5 --json", keep="converge.json")
run(0, f"converge {D} {G} --init gd/W.npy --loss logistic --log-loss -20 --prec 64 --probes 3")
run(64, f"converge {D} {G} --init net/W.npy --log-loss -20")  # trained far beyond

for norm, size in (("l2", "--eps 0.8"), ("linf", "--eps 0.1"), ("l0", "--eps 0.5 --k 7"), ("l1", "--eps 0.8")):
    run(0, f"perturb --norm {norm} --from geometry --data noise --direction limit/w.npy {size} --out adv-{norm}")
    run(0, f"perturb --norm {norm} --from gradient --data noise --weights net/W.npy {G} {size} --out gradient-{norm}")
    run(0, f"perturb --norm {norm} --from pgd --data noise --weights net/W.npy {G} {size.split(' --k')[0]} --steps 7 --range -1,1 --out pgd-{norm}")
run(0, "perturb --norm l2 --from geometry --data uniform --direction limit/w.npy --eps 0.8 --out perturbed")
run(0, f"train --data adv-l2 {G} --m 6 --epochs 200 --out learned")
for how, more in (("flow", "--epochs 200"), ("gd", "--epochs 20"), ("sgd", "--epochs 20 --form gram --threads 3")):
    run(0, f"train --data adv-l2 {G} --m 6 --method {how} {more} --coefficients --out split-{how}")
    run(0, f"split --data adv-l2 --run split-{how} --natural uniform --json")
run(0, "split --data adv-l2 --bases noise/X.npy --run split-gd --probes 300 --threads 3 --out points")
run(65, "split --data adv-l1 --run split-gd")
run(66, "split --data adv-l2 --run learned")
run(0, f"limit --data adv-l2 {G} --out limit-adv")
run(0, "split --data adv-l2 --run limit-adv --probe-points noise/X.npy --probe-labels noise/y.npy")

run(0, f"compare {D} --weights net/W.npy {G}")
run(0, f"compare {D} --weights net/W.npy {G} --probe-points noise/X.npy --certify --lambda limit/lambda.npy --json")
run(0, f"compare {D} --weights learned/W.npy {G} --adversarial adv-linf --bases noise/X.npy --norm linf --eps 0.1 --range -2,2 --probes 20 --seed 4")
run(0, f"compare {D} --weights learned/W.npy {G} --adversarial adv-l0/X.npy --targets adv-l0/y.npy --bases noise/X.npy --norm l0 --k 7 --eps 0.5")
give("outputs.npy", np.zeros(12))
run(1, f"compare {D} --weights net/W.npy {G} --probe-points noise/X.npy --outputs outputs.npy --reference limit")

SMALL = "--n-adv 4 --m 4 --eps 0.8,0.1,0.5 --k 5 --probes 20 --controls 2 --flow-steps 200"
run(JUDGED, f"verify {D} {G} {SMALL} --test noise --verbose")
run(JUDGED, f"verify {D} {G} {SMALL} --weights net/W.npy --certify-n 4 --certify-fast --gauss-bases --json", keep="report.json")
run(JUDGED, f"verify --data orthogonal {G} {SMALL} --certify-n 0")

PUBLISHED = os.path.join(ROOT, "spec", "published.tsv")
GRID = "--d 30,40 --n 9 --n-adv 8 --seeds 0,1 --probes 20"
run(0, f"sweep {GRID} --list")
run(0, f"sweep {GRID} --norm l2,l0 --format both --out table")
run(0, f"sweep {GRID} --norm l2,l0 --format both --resume --out table")
for part in (1, 2):
    run(0, f"sweep {GRID} --shard {part}/2 --base natural-flipped --data gauss --out part{part}")
run(0, "sweep --merge merged.csv part1.csv part2.csv")
run(0, "sweep --d 30 --n 6 --method flow,sgd --from pgd --norm linf --m 4 --epochs 20 --probes 10 --out trained")
run(0, f"sweep {GRID} --norm l2,l0 --format both --resume --out table --against {PUBLISHED} --json")
run(65, f"sweep {GRID} --out never --against table.csv")
run(0, "sweep --preset paper-d --scale small --seeds 0 --list --json")

run(0, f"map {D} --weights net/W.npy --weights2 learned/W.npy {G} --grid 9 --numbers --out map")
run(0, "plot accuracy --sweep table.csv --x d --where norm=l2 --numbers --out pictures")
run(0, f"plot accuracy --sweep table.csv --against {PUBLISHED} --x d --where norm=l2 --numbers --out pictures")
run(0, f"plot spectrum {D} {G} --numbers --out pictures")
run(0, f"plot split {D} {G} --adv adv-l2 --numbers --out pictures")
run(0, f"plot flow {D} {G} --history net/history.csv --numbers --out pictures")
run(0, "plot converge --converge converge.json --numbers --out pictures")
run(0, "plot images --data uniform --adv adv-l2 --perturbed perturbed --count 3 --shape 6x10 --numbers --out pictures")
for folder in ("plain", "checked"):
    os.makedirs(f"{folder}/run"), shutil.copy(f"{folder}/report.json", f"{folder}/run"), shutil.copytree(f"{folder}/limit", f"{folder}/run/limit")
run(0, "report run --json")
run(0, "vectors --out vectors")
for line in ("explain", "explain T4", "explain C1 --json", "--help", "--version", "limit --help", "sweep --help"):
    run(0, line)

# ---- images of other sizes than 28 x 28
PIXELS = np.random.default_rng(5).integers(0, 256, (40, 40 * 40), dtype=np.uint8)


def idx(folder, side, images=40, cut=None, claim=None):
    for half in ("train", "t10k"):
        head = struct.pack(">IIII", 0x803, claim or images, side, side)
        give(f"{folder}/{half}-images-idx3-ubyte.gz", gzip.compress(head + PIXELS[:images, :side * side].tobytes())[:cut])
        give(f"{folder}/{half}-labels-idx1-ubyte.gz", gzip.compress(struct.pack(">II", 0x801, images) + bytes(i % 3 for i in range(images))))


idx("idx4", 4), idx("idx40", 40), idx("idx-cut", 4, cut=300), idx("idx-few", 4, claim=4000000), idx("idx-1", 1)
for side in (4, 40):
    run(0, f"gen fashion-mnist --images idx{side} --classes 1,2 --n 10 --out images{side}")
    run(0, f"limit --data images{side} {G} --json")
run(0, "gen fashion-mnist --images idx4 --classes 0,2 --n 9 --no-center --out images-raw")
run(65, "gen fashion-mnist --images idx-cut --classes 1,2 --n 10 --out never")
run(65, "gen fashion-mnist --images idx-few --classes 1,2 --n 10 --out never")
run(64, "gen fashion-mnist --images idx4 --classes 1,2 --n 39 --out never")
run(64, "gen fashion-mnist --images idx4 --classes 8,9 --n 4 --out never")
run(66, "gen fashion-mnist --images nowhere --n 4 --out never")

# ---- far from 1: what comes of it is for other tests
X, Y = sample(6, 5)
for scale in (1e-320, 1e-160, 1e150, 1e300):
    give("scaled/X.npy", X * scale), give("scaled/y.npy", Y)
    for line in ("limit --data scaled --gamma 0.5", "limit --data scaled --gamma 0.5 --certify=fast", "train --data scaled --gamma 0.5 --m 4 --epochs 30 --out scaled-net",
                 "limit --data scaled --gamma 0.5 --certify --out scaled-limit",
                 "converge --data scaled --gamma 0.5 --m 2 --log-loss -5 --prec 64 --steps 20 --loss logistic"):
        run((0, 1, 2, 65), line)

# ---- bad input
give("good/X.npy", X), give("good/y.npy", Y)
HEAD = npy_bytes(shape="(6, 5)", payload=X.tobytes())
BAD = {
    "truncated": HEAD[:-9], "header-cut": HEAD[:40], "six-bytes": HEAD[:6], "nine-bytes": HEAD[:9], "empty": b"", "no-npy": b"1.0,2.0\n",
    "huge-shape": npy_bytes(shape="(4611686018427387904, 8)", payload=X.tobytes()), "wraps": npy_bytes(shape="(4294967296, 4294967297)"),
    "shape-of-digits": npy_bytes(shape="(" + "9" * 40 + ", 3)"), "negative": npy_bytes(shape="(-6, 5)", payload=X.tobytes()),
    "header-of-4GB": b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + HEAD[10:], "header-of-0": b"\x93NUMPY\x01\x00\x00\x00" + HEAD[10:],
    "open-string": b"\x93NUMPY\x01\x00\x46\x00" + b"{'descr': '<f8" + b" " * 300, "nested": npy_bytes(descr="[" * 60 + "]" * 60),
    "one-dimension": npy_bytes(shape="(30,)", payload=X.tobytes()), "no-samples": npy_bytes(shape="(0, 5)"),
    "nan": npy_bytes(shape="(6, 5)", payload=np.where(X > 0.9, np.nan, X).tobytes()[:232] + np.array([np.nan]).tobytes()),
}
for name, raw in BAD.items():
    give(f"bad/{name}.npy", raw)
    run(65, f"limit --data bad/{name}.npy --labels good/y.npy {G} --out never")
give("labels-0.npy", np.zeros(6)), give("labels-7.npy", np.ones(7)), give("W7.npy", np.ones((4, 7))), give("odd.npy", np.ones((3, 5)))
GOOD = "--data good"
for code, line in ((65, f"limit --data good --labels labels-0.npy {G}"), (65, f"train {GOOD} --labels labels-7.npy {G} --m 4 --out never"),
                   (65, f"compare {GOOD} --weights W7.npy {G}"), (65, f"compare {GOOD} --weights odd.npy {G}"),
                   (65, f"train {GOOD} {G} --init W7.npy --out never"), (65, f"map {GOOD} --weights W7.npy {G} --numbers --out never"),
                   (65, f"perturb --norm l2 --from geometry {GOOD} --direction W7.npy --eps 1 --out never"),
                   (65, f"perturb --norm l0 --from geometry {GOOD} --direction good/X.npy --k 0 --out never"),
                   (66, f"limit --data nowhere {G}"), (66, f"limit --data good/X.npy --labels nowhere.npy {G}"),
                   (73, f"limit {GOOD} {G} --out good/X.npy/below"), (65, f"limit {GOOD} --gamma 1.5"), (64, f"limit {GOOD} --gamma"),
                   (64, f"limit {GOOD} --gamma 1e99999"), (64, f"train {GOOD} {G} --m 99999999999999999999 --out never"),
                   (64, "limt"), (64, "limit --gama 0.5"), (64, ""), (64, "explain T99"), (64, f"sweep --seeds 5-2 --out never"),
                   (66, "sweep --merge out.csv nowhere.csv"), (66, "plot accuracy --sweep nowhere.csv --numbers --out never"),
                   (66, "report nowhere")):
    run(code, line)
CERTIFICATE = open("plain/limit/certificate.json", "rb").read()
for name, raw, code in (("digit", CERTIFICATE.replace(b"certificate-2", b"certificate-9", 1), 65), ("cut", CERTIFICATE[:len(CERTIFICATE) // 2], 65), ("none", b"{}", 65),
                        ("changed", CERTIFICATE.replace(b'"PASS"', b'"FAIL"', 1), 1), ("longer", CERTIFICATE + b" ", 1), ("empty", b"", 65),
                        ("deep", b"[" * 100000, 65), ("number", CERTIFICATE.replace(b'"n": 12', b'"n": ' + b"9" * 5000), 65)):
    give(f"certificates/{name}.json", raw)
    run(code, f"check certificates/{name}.json --data uniform")
for name, raw in (("table", b"# lfap sweep\nd,n\n1\n"), ("history", b"epoch,loss\n1,\n"), ("json", b'{"rows": [{}]}')):
    give(f"bad/{name}", raw)
run(65, "plot accuracy --sweep bad/table --numbers --out never")
run(65, "plot flow --history bad/history --numbers --out never")
run(65, "plot converge --converge bad/json --numbers --out never")
if os.path.exists("/dev/full"):
    run(74, f"limit {D} {G} --json", out="/dev/full")

# ---- all of it
different, files = differences()
ok(not different and files > 150, f"the same files with the same bytes in both builds: {files}", "\n".join(different))
ok(not os.path.exists("plain/never") and not os.path.exists("checked/never"), "nothing is left of what was refused")
ok(checked.ran >= 120, f"{checked.ran} command lines")
done()
