"""Every loop that is divided among threads, in a build that looks for races (ThreadSanitizer) and divides small ones already: no report, the exit
code that is due, and the bytes of the ordinary build. At the end every call of lfap_parallel in src/ and oracle/ has run on threads (TAP).
Run by `make sanitize`."""
import json, re, sys, os
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
from tap import *
import checked
from checked import differences, give, run

# Calls that no command line divides, with the reason.
ALONE = {}

RACED = os.path.join(SCRATCH, "raced")
checked.begin("races", ["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-fsanitize=thread", "-I" + os.path.join(ROOT, "tests", "sanitize", "c11")],
              "#include <threads.h>\nstatic int n; static int add(void *p) { (void)p; n++; return 0; }\n",
              {"a race": "thrd_t a, b; thrd_create(&a, add, NULL); thrd_create(&b, add, NULL); thrd_join(a, NULL); thrd_join(b, NULL); return 0;"})
checked.BASE["LFAP_RACED"] = RACED


def on_threads(code, line):
    run(code, line + " --threads 3")


def edge():
    """The slope at which C1 begins to hold for the data, so near that error bounds leave it open."""
    out, within = 0.01, 0.99
    while out < 0.5 * (out + within) < within:
        gamma = 0.5 * (out + within)
        said = json.loads(Run("limit", "--data", "plain/data", "--gamma", repr(gamma), "--certify=fast", "--json").out)
        out, within = (out, gamma) if said["certificate"]["verdicts"]["C1"] == "PASS" else (gamma, within)
    return repr(within)


run(0, "gen uniform --n 12 --d 60 --seed 3 --out data")
run(0, "gen uniform --n 24 --d 60 --seed 8 --out noise")
run(0, "gen gauss --n 260 --d 300 --out blocks")  # through the kernels by blocks
run(0, "gen gauss --n 60 --d 80 --out kinked")
D, G = "--data data", "--gamma 0.5"

# training and what it leaves
on_threads(0, f"train {D} {G} --m 40 --epochs 8 --out net")
on_threads(0, f"train {D} {G} --m 100 --method gd --epochs 2 --form plain --out gd")
on_threads(0, f"train {D} {G} --m 100 --method sgd --epochs 6 --form gram --lr 0.1 --out sgd")
on_threads(0, "train --data blocks --gamma 0.5 --m 40 --method sgd --epochs 3 --form gram --out blocks-net")
on_threads(0, f"train {D} {G} --m 40 --method sgd --epochs 3 --arithmetic half --out half")
on_threads(0, f"train {D} {G} --m 4 --method sgd --epochs 2 --arithmetic mpfr --out mpfr")

# limits and their certificates
on_threads(0, f"limit {D} {G} --certify --coq --out limit")
on_threads(0, f"limit {D} {G} --certify --exact --out exact")
on_threads(0, f"limit {D} {G} --certify=fast --solver cg")
on_threads((0, 1, 2), f"limit --data blocks {G} --solver direct --certify=fast --out blocks-limit")
on_threads((0, 1, 2), f"limit --data blocks {G} --solver cg")
on_threads((0, 1, 2), "limit --data blocks --gamma 0.01 --out kinks")
on_threads((0, 1, 2), f"limit {D} --gamma {edge()} --certify=fast")
on_threads((0, 1, 2), f"limit {D} --gamma 0.01 --certify --out small-kinks")
on_threads(0, f"check limit/certificate.json {D}")
on_threads(0, f"check exact/certificate.json {D}")
on_threads((0, 1, 2), f"check small-kinks/certificate.json {D}")
on_threads(0, f"check limit/Certificate.v {D}")
on_threads((0, 1, 2), f"polish {D} --weights net/W.npy {G} --certify --probe-points noise/X.npy --out point")
on_threads(0, "train --data kinked --gamma 0.1 --m 6 --epochs 30 --out kinked-net")
on_threads((0, 1, 2), "polish --data kinked --weights kinked-net/W.npy --gamma 0.1 --out kinked-point")

# perturbations, comparisons, splits
for norm in ("l2", "l1"):
    on_threads(0, f"perturb --norm {norm} --from pgd --data noise --weights net/W.npy {G} --eps 0.5 --steps 4 --out pgd-{norm}")
on_threads(0, "perturb --norm l2 --from geometry --data noise --direction limit/w.npy --eps 0.8 --out adv")
on_threads((0, 1), f"compare {D} --weights net/W.npy {G} --probe-points noise/X.npy --certify --polish")
on_threads(0, f"train --data adv {G} --m 6 --method gd --epochs 4 --coefficients --out learned")
on_threads(0, "split --data adv --run learned --natural data --out parts")

# what calls all of these
on_threads((0, 2), f"verify {D} {G} --n-adv 6 --m 6 --probes 20 --controls 1 --flow-steps 20")
on_threads(0, "sweep --d 30 --n 9 --n-adv 40 --seeds 0,1 --probes 20 --out table")
on_threads((0, 2), "converge --data data --gamma 0.5 --m 2 --log-loss -5 --prec 64 --probes 2")

different, files = differences()
ok(not different and files > 40, f"the same files with the same bytes in both builds: {files}", "\n".join(different))
sites = {f"{os.path.relpath(os.path.join(d, f), ROOT)}:{n}" for top in ("src", "oracle") for d, _, names in os.walk(os.path.join(ROOT, top)) for f in names if f.endswith(".c")
         for n, line in enumerate(open(os.path.join(d, f)), 1) if re.match(r" .*\blfap_parallel\(", line)}
told = subprocess.run(["addr2line", "-e", checked.CHECKED, *{hex(a) for a in np.fromfile(RACED, "<u8")}], capture_output=True, text=True).stdout
raced = {re.sub(r".*/(?=(?:src|oracle)/)", "", line).split(" ")[0] for line in told.splitlines()}
ok(len(sites) > 30 and not sites - raced - set(ALONE), f"{len(sites & raced)} of {len(sites)} calls of lfap_parallel ran on threads", "\n".join(sorted(sites - raced - set(ALONE))))
ok(not set(ALONE) & raced, "no reason that is no longer needed", set(ALONE) & raced)
done()
