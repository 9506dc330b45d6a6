"""What is another run's: files whose meta.json tells of other data, or of another gamma, than those they are used with. What
claims to be of the data is refused; what may be another's is used, with a note and a field that says so."""
import hashlib, json, os, shutil, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *


def go(line):
    return Run(*line.split(), timeout=60)


def doc(line):
    r = go(line + " --json")
    try:
        return json.loads(r.out), r
    except ValueError:
        return {}, r


def field(d, *keys):
    for k in keys:
        d = d[k] if isinstance(d, list) and len(d) > k else d.get(k, "missing") if isinstance(d, dict) else "missing"
    return d


def sha_of(folder):
    X, y = np.load(f"{folder}/X.npy"), np.load(f"{folder}/y.npy")
    return hashlib.sha256(X.astype("<f8").tobytes() + y.astype("<f8").tobytes()).hexdigest()


for line in ("gen uniform --n 4 --d 40 --seed 1 --out data", "gen uniform --n 4 --d 40 --seed 2 --out twin", "gen uniform --n 6 --d 40 --seed 3 --out noise",
             "train --data data --gamma 0.5 --m 4 --epochs 400 --out net", "train --data twin --gamma 0.5 --m 4 --epochs 400 --out other", "train --data data --gamma 0.25 --m 4 --epochs 400 --out quarter",
             "train --method gd --epochs 5 --data data --gamma 0.5 --m 4 --out gd", "limit --data data --gamma 0.5 --out limit", "limit --data twin --gamma 0.5 --out other-limit",
             "perturb --norm l2 --from geometry --data noise --direction limit/w.npy --eps 1 --out adv", "perturb --norm l2 --from geometry --data noise --direction other-limit/w.npy --eps 1 --out other-adv",
             "perturb --norm l2 --from gradient --data noise --weights net/W.npy --gamma 0.5 --eps 1 --out grad"):
    r = go(line)
    ok(r.code in (0, 2), line.split()[0] + " makes a part", r)
HERE, TWIN = sha_of("data"), sha_of("twin")
shutil.copytree("net", "bare", ignore=shutil.ignore_patterns("meta.json"))      # nothing tells
put("hand/W.npy", np.load("other/W.npy")), shutil.copy("other/history.csv", "hand")  # a meta.json by hand, upper case
put("hand/meta.json", json.dumps({"data_sha256": TWIN.upper(), "note": 1}).encode())
shutil.copytree("net", "swapped"), shutil.copy("other/W.npy", "swapped"), shutil.copy("other/history.csv", "swapped")  # it tells of other files
shutil.copytree("net", "broken"), put("broken/meta.json", b"{")

# ---- F1's line is of --data: a history that is told to be another's is refused, an unknown one is called that
FLOW = "plot flow --numbers --data data --gamma {} --history {}/history.csv --out p"
for name, gamma, words in (("other", 0.5, ("other data", HERE[:12], TWIN[:12])), ("hand", 0.5, ("other data", TWIN[:12])), ("net", 0.3, ("another gamma", "gamma = 0.5", "gamma = 0.3")), ("quarter", 0.5, ("another gamma", "gamma = 0.25"))):
    r = go(FLOW.format(gamma, name))
    ok(r.code == 65 and all(w in r.err for w in words) and "--data" in r.err and r.err.count("\n") == 1 and not os.path.exists("p"), f"plot flow: the history of {name} at gamma {gamma} is refused", r)
for name, unknown in (("net", False), ("bare", True), ("swapped", True), ("broken", True)):
    d, r = doc(FLOW.format(0.5, name))
    ok(r.code == 0 and ("Not known which data the history is of." in d.get("caption", "")) == unknown and ("slope_error" in open("p/flow.csv").read()), f"plot flow: the history of {name} is drawn{', and called unknown' * unknown}", r)
    ok(("note: " in r.err) == (name in ("swapped", "broken")), f"plot flow: a note where meta.json beside {name} cannot be used", r.err)
    shutil.rmtree("p", True)
ok(go("plot flow --numbers --history other/history.csv --out p").code == 0, "plot flow without --data is of the history alone")
os.makedirs("link")
os.symlink(os.path.abspath("other/history.csv"), "link/history.csv"), os.symlink(os.path.abspath("other/W.npy"), "link/W.npy")
r = go(FLOW.format(0.5, "link"))
ok(r.code == 65 and "other data" in r.err, "plot flow: a link to another's history is another's", r)

# ---- networks of others may be used: a note on stderr and a field, never a refusal
DOORS = {"map": ("map --numbers --out m --data data --gamma {} --weights {}/W.npy", ()), "compare": ("compare --data data --gamma {} --weights {}/W.npy", ()),
         "verify": ("verify --data data --controls 1 --probes 2 --m 4 --flow-steps 50 --gamma {} --weights {}/W.npy", ("cases", 0))}
for verb, (line, at) in DOORS.items():
    codes = set()
    for name, gamma, of, told, word in (("net", 0.5, "these data", 0.5, ""), ("other", 0.5, "other data", 0.5, "other data"), ("hand", 0.5, "other data", None, "other data"), ("bare", 0.5, None, None, ""),
                                        ("net", 0.3, "these data", 0.5, "another gamma"), ("swapped", 0.5, None, None, "another file"), ("broken", 0.5, None, None, "is no JSON object"), ("link", 0.5, "other data", 0.5, "other data")):
        if verb == "verify" and name in ("hand", "bare", "swapped", "link"):
            continue
        d, r = doc(line.format(gamma, name))
        noted = [l for l in r.err.splitlines() if l.startswith("note: ") and f"{name}/W.npy" in l]
        ok(r.code in ((0,) if verb != "verify" else (0, 1, 2)) and (field(d, *at, "weights_of"), field(d, *at, "weights_gamma")) == (of, told) and len(noted) == bool(word) and all(word in l for l in noted),
           f"{verb}: W.npy of {name} at gamma {gamma}: {of}, {told}{', a note' * bool(word)}", r)
    r = go(line.format(0.5, "other") + " --quiet")
    ok("note:" not in r.err and r.code != 65, f"{verb} --quiet: no note", r)
d, r = doc("map --numbers --out m --data data --gamma 0.5 --weights net/W.npy --weights2 quarter/W.npy --gamma2 0.25 --direction other-limit/w.npy")
ok((d.get("weights_of"), d.get("weights2_of"), d.get("weights2_gamma"), d.get("direction_of")) == ("these data", "these data", 0.25, "other data") and r.err.count("note: ") == 1 and "other-limit/w.npy" in r.err, "map: network B with its own slope, and a direction of other data", r)
d, r = doc("compare --data data --gamma 0.5 --weights net/W.npy --lambda other-limit/lambda.npy --adversarial other-adv --bases noise/X.npy --norm l2 --eps 1")
ok((d.get("weights_of"), d.get("lambda_of"), d.get("perturbations_of")) == ("these data", "other data", "other data") and r.err.count("note: ") == 2, "compare: multipliers and perturbations of other data", r)
for line in ("train --data noise --method gd --epochs 2 --gamma 0.25 --init gd/W.npy --out t", "perturb --norm l2 --from gradient --data noise --weights gd/W.npy --gamma 0.25 --eps 1 --out t",
             "converge --data data --gamma 0.25 --init gd/W.npy --log-loss -20 --prec 64"):
    r = go(line)
    ok(r.code in (0, 1, 2) and r.err.count("note: gd/W.npy: is about another gamma") == 1, f"{line.split()[0]}: a network of another gamma is noted", r)
    r = go(line.replace("0.25", "0.5"))
    ok(r.code in (0, 1, 2) and "note: gd/W.npy" not in r.err, f"{line.split()[0]}: of other data it may be", r)

go("gen uniform --n 4 --d 40 --seed 1 --out all"), go("train --method gd --epochs 5 --data all --gamma 0.5 --m 4 --out all"), go("limit --data all --gamma 0.25 --out all")
d, r = doc("compare --data all --gamma 0.3 --lambda all/lambda.npy")
ok((d.get("weights_of"), d.get("weights_gamma"), d.get("lambda_of"), d.get("lambda_gamma")) == ("these data", 0.5, "these data", 0.25) and r.err.count("is about another gamma") == 2, "several verbs in one directory: each has its slope", r)

# ---- perturbations remember what they were made from
made = {n: json.load(open(f"{n}/meta.json")).get("made_from", {}) for n in ("adv", "other-adv", "grad")}
ok({n: (m.get("data_sha256"), m.get("gamma")) for n, m in made.items()} == {"adv": (HERE, 0.5), "other-adv": (TWIN, 0.5), "grad": (HERE, 0.5)}, "perturb: meta.json tells the data and the slope of the direction, or of the network", made)
for name, gamma, of, words in (("adv", 0.5, "these data", ""), ("other-adv", 0.5, "other data", f"is about other data (gamma = 0.5, SHA-256 {TWIN[:12]}"), ("grad", 0.5, "these data", ""), ("adv", 0.25, "these data", "is about another gamma")):
    d, r = doc(f"plot split --numbers --data data --adv {name} --gamma {gamma} --out s")
    ok(r.code == 0 and d.get("perturbations_of") == of and (words in d["caption"] and words in r.err if words else "note:" not in r.err and "made from" not in d["caption"]), f"plot split: perturbations of {name} at gamma {gamma}", r)

# ---- report: said at every section that uses a file, whatever meta.json tells of which file
for name in ("r1", "r2"):
    shutil.copytree("data", f"{name}/data"), shutil.copytree("net", f"{name}/net")
m = json.load(open("r1/net/meta.json"))
m["sets"]["train"]["files"] = ["history.csv"]
del m["files"]["W.npy"]
shutil.copy("other/W.npy", "r1/net"), put("r1/net/meta.json", json.dumps(m).encode())
if shutil.which("gnuplot"):
    r = go("report r1 --gamma 0.5")
    page = open("r1/report/index.html").read() if r.code == 0 else ""
    ok("history.csv: The samples of this directory" in page and "W.npy: Not known which data it is of" in page and "not known which data they were trained on" in page and "not known whether trained on these samples" in page
       and page.count("Not known which data network A is of.") >= 1 and "trained on these samples." not in page.replace("not known whether trained on these samples.", ""), "report: W.npy that meta.json does not list is not of its run", r)

# ---- data_sha256 of X and y, whoever wrote it
X, y = np.load("data/X.npy"), np.load("data/y.npy")
READ = ["limit --data {} --gamma 0.5", "train --method gd --epochs 1 --data {} --gamma 0.5 --m 2 --out t2", "compare --data {} --gamma 0.5 --weights net/W.npy", "perturb --norm l2 --from geometry --data {} --direction limit/w.npy --eps 1 --out t2",
        "plot images --numbers --data {} --shape 5x8 --out t2", "plot spectrum --numbers --data {} --gamma 0.5 --out t2", "compare --data data --gamma 0.5 --weights net/W.npy --reference {}"]
wrong, right = "0" * 64, {"data_sha256": HERE}
for k, m in enumerate(({"data_sha256": wrong}, {"data_sha256": wrong, "verb": "limit"}, {"data_sha256": wrong, "files": {}}, {"data_sha256": wrong, "files": {}, "sets": {}},
                       {"verb": "gen", "data_sha256": HERE, "files": {}, "sets": {"gen": {"data_sha256": wrong, "files": ["X.npy", "y.npy"]}}})):
    put(f"own{k}/X.npy", X), put(f"own{k}/y.npy", y), put(f"own{k}/meta.json", json.dumps(m).encode())
    for line in READ if k == 0 else READ[:1]:
        r = go(line.format(f"own{k}"))
        ok(r.code == 65 and "data_sha256" in r.err and "remove meta.json" in r.err and not os.path.exists("t2"), f"{line.split()[0]} {line.split()[1]}: {json.dumps(m)[:70]}", r)
for k, m in enumerate((right, {"data_sha256": HERE.upper()}, {**right, "verb": "anything", "gamma": None, "sizes": {"n": 4}}, {"data_sha256": wrong, "verb": "train", "sets": {"train": {"data_sha256": wrong, "files": ["W.npy"]}}})):
    put(f"mine{k}/X.npy", X), put(f"mine{k}/y.npy", y), put(f"mine{k}/meta.json", json.dumps(m).encode())
    r = go(READ[0].format(f"mine{k}"))
    ok(r.code in (0, 2), f"taken: {json.dumps(m)[:70]}", r)
ok(go(READ[4].format("mine0")).code == 0 and go(READ[6].format("mine0")).code == 0, "taken too where X and y are read one by one")
for i in range(2):  # what a writer adds does not take the owner's keys away
    go(f"limit --data mine1 --gamma 0.5 --out mine1")
m = json.load(open("mine1/meta.json"))
ok(m["data_sha256"] == HERE.upper() and "verb" not in m and set(m["files"]) == {"lambda.npy", "omega.npy", "slopes.npy", "w.npy"} and go(READ[0].format("mine1")).code in (0, 2), "the owner's data_sha256 stays however often lfap writes beside it", m)

# ---- a meta.json that is none, or malformed: 65 (66 where it is no file), with what is wrong and what to do
BAD = {"short": {"data_sha256": "12ab"}, "not hexadecimal": {"data_sha256": "g" * 64}, "number": {"data_sha256": 7}, "null": {"data_sha256": None}, "array": {"data_sha256": [HERE]}, "files": {"files": ["X.npy"]},
       "hash of a file": {"files": {"X.npy": "00"}}, "sets": {"sets": []}, "set": {"sets": {"gen": []}}, "set without files": {"sets": {"gen": {"data_sha256": HERE}}}, "gamma": {"gamma": "0.5"}, "verb": {"verb": 3},
       "sizes": {"sizes": [4, 40]}, "made_from": {"made_from": "w.npy"}, "numerics": {"numerics": "2"}, "numerics of a set": {"sets": {"train": {"data_sha256": HERE, "numerics": 1.5, "files": []}}}, "slope of a set": {"sets": {"train": {"data_sha256": HERE, "gamma": [1], "files": []}}}}
texts = {**{k: json.dumps(v).encode() for k, v in BAD.items()}, "empty": b"", "blank": b" \n", "no JSON": b"X.npy", "cut": b'{"data_sha256": "', "string": b'"a"', "NUL": b'{"a": 1}\0', "huge": None, "directory": None, "pipe": None, "dangling link": None}
for name, text in texts.items():
    put("bad/X.npy", X), put("bad/y.npy", y)
    at = "bad/meta.json"
    if text is not None: put(at, text)
    elif name == "huge":
        with open(at, "wb") as f:
            f.truncate(1 << 36)
    elif name == "directory": os.makedirs(at)
    elif name == "pipe": os.mkfifo(at)
    else: os.symlink("nowhere", at)
    r = go("limit --data bad --gamma 0.5")
    ok(r.code == (65 if text is not None or name == "huge" else 66) and at in r.err and "remove it" in r.err and r.err.count("\n") == 1, f"meta.json, {name}: refused", r)
    shutil.rmtree("bad")
done()
