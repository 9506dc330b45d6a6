"""lfap report: what it takes and leaves out, words on the page, and the page in a headless Chromium: no console error, nothing
loaded, every picture has size."""
import base64, csv, hashlib, html, json, os, re, resource, shutil, sys, xml.etree.ElementTree as xml
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--disable-dev-shm-usage", "--enable-logging=stderr", "--v=0", "--virtual-time-budget=20000", "--dump-dom"]
PROBE = """<script>
Promise.all(Array.from(document.images, i => i.decode().catch(() => 0))).then(() => {
  const p = document.createElement("pre");
  p.id = "sizes";
  p.textContent = JSON.stringify({sizes: Array.from(document.images, i => [i.naturalWidth, i.naturalHeight, i.getBoundingClientRect().width]), wide: [document.documentElement.scrollWidth, innerWidth], loaded: performance.getEntriesByType("resource").map(e => e.name.slice(0, 40))});
  document.body.append(p);
});
</script>"""


def browse(path, *more):
    """The page as it stands after loading, and what the console said."""
    p = subprocess.run([CHROMIUM, *FLAGS, *more, "--user-data-dir=" + tempfile.mkdtemp(dir="."), "file://" + os.path.abspath(path)], capture_output=True, timeout=180, stdin=subprocess.DEVNULL)
    return p.stdout.decode("utf-8", "replace"), [l for l in p.stderr.decode("utf-8", "replace").splitlines() if "CONSOLE" in l]


def probed(page, name, *more):
    """The same page with a script that measures its pictures."""
    put(name, page.replace("</body>", PROBE + "</body>").encode())
    dom, console = browse(name, *more)
    found = re.search(r'<pre id="sizes">(.*?)</pre>', dom, re.S)
    return (json.loads(html.unescape(found.group(1))) if found else None), console


def report(*args):
    r = Run("report", *args, "--json")
    return json.loads(r.out) if r.code == 0 else {}, r


def page_of(folder):
    with open(os.path.join(folder, "index.html"), encoding="utf-8") as f:
        return f.read()


# ---- a run with everything
for args in (["gen", "uniform", "--n", "20", "--d", "300", "--seed", "1", "--out", "run/data"], ["train", "--data", "run/data", "--gamma", "0.5", "--m", "20", "--out", "run/net"],
             ["limit", "--data", "run/data", "--gamma", "0.5", "--certify", "--out", "run/limit"], ["gen", "uniform", "--n", "40", "--d", "300", "--seed", "2", "--out", "noise"],
             ["perturb", "--norm", "l2", "--from", "geometry", "--data", "noise", "--direction", "run/limit/w.npy", "--eps", "1", "--out", "run/adv"],
             ["train", "--data", "run/adv", "--gamma", "0.5", "--m", "20", "--out", "run/learned"],
             ["sweep", "--d", "40,80", "--n", "4", "--n-adv", "10", "--seeds", "0-2", "--out", "run/sweep/a"], ["sweep", "--d", "60", "--n", "4", "--n-adv", "5,10", "--seeds", "0-2", "--out", "run/b"]):
    os.makedirs("run/sweep", exist_ok=True)
    Run(*args)
verify = Run("verify", "--json", "--data", "run/data", "--gamma", "0.5", "--m", "4", "--controls", "2", "--probes", "20", "--quiet")
put("run/report.json", verify.out.encode())
verify = json.loads(verify.out)
decades = [{"log_loss": -10.0**k, "s": 9.0 * 10**k, "p_distance": 10.0**-k**2, "direction_error": 0.3 / 10**k, "slope_error": 10.0**-k} for k in range(1, 5)]
put("run/converge.json", json.dumps({"verb": "converge", "bits": 256, "gamma": 0.5, "decades": decades}).encode())
doc, r = report("run", "--gamma", "0.5")
ok(r.code == 0 and (doc["pictures"], doc["left_out"]) == (7, 1), "report: seven pictures; only images are left out", r)
page = page_of("run/report")
text = html.unescape(re.sub(r"<[^>]*>", " ", page))
ok(page.startswith("<!DOCTYPE html>") and not re.search(r"<script|<iframe|<link(?![^>]*data:,)|@import|javascript:", page, re.I), "report: no script, nothing linked")
uris = re.findall(r'(?:src|href)="([^"]*)"', page)
links = [u[1:] for u in uris if u.startswith("#")]
ok(links == re.findall(r'<h2 id="([^"]*)">', page) and len(set(links)) == 8, "report: contents, a link to every section", links)
uris = [u for u in uris if not u.startswith("#")]
ok(len(uris) == 8 and all(u.startswith("data:") for u in uris) and "http" not in re.sub(r'"data:[^"]*"', "", page), "report: every source is inside the page", [u[:60] for u in uris])
images = [u.split(",", 1)[1] for u in uris if u.startswith("data:image/svg+xml;base64,")]
names = re.findall(r'<figure id="([^"]*)">', page)
svg = [base64.b64decode(i, validate=True) for i in images]
ok(names == ["spectrum", "flow", "converge", "map", "split", "accuracy", "accuracy_2"] and all(s == open(f"run/report/{n}.svg", "rb").read() for s, n in zip(svg, names)), "report: the SVG files, byte for byte", names)
alts = [html.unescape(a) for a in re.findall(r'<img [^>]*alt="([^"]*)"', page)]
ok(len(alts) == 7 and all(len(a) > 60 for a in alts), "report: every picture has words for who cannot see it", alts)
outside = re.sub(r"<figure.*?</figure>", "", page, flags=re.S)
try:
    xml.fromstring(re.sub(r"<(meta|link)[^>]*>", "", re.sub(r"<!DOCTYPE html>", "", outside)))
    nested = True
except xml.ParseError as e:
    nested = e
ok(nested is True, "report: tags are nested", nested)

# ---- what it says is what verify and the files say
checks = verify["cases"][0]["checks"]
for i in sorted({c["id"] for c in checks}):
    of = [c["verdict"] for c in checks if c["id"] == i]
    worst = next((v for v in ("FAIL", "UNDECIDED", "PASS") if v in of), "NOT-APPLICABLE")
    row = re.search(rf'<tr><th scope="row">{i}</th><td[^>]*>[^<]*</td><td class="[A-Z-]*">([^<]*)</td><td[^>]*>([^<]*)</td><td[^>]*>([^<]*)</td>', page)
    certified = sum(c["certified"] not in (None, "UNDECIDED") for c in checks if c["id"] == i)
    judged = len(of) - sum(c["only_measured"] for c in checks if c["id"] == i)
    known = "all certified" if certified == judged > 0 else f"{certified} certified, the others measured" if certified else "measured"
    ok(row and row.groups() == (worst, f"{of.count('PASS')} of {judged}" if judged else "-", known), f"report: {i} is {worst}, {known}", row and row.groups())
ok(all(f"{c['value']:.6g}" in text for c in checks if "accuracy of" in c["what"]), "report: the accuracies")
limit = json.loads(Run("limit", "--data", "run/data", "--gamma", "0.5", "--json").out)
ok(f"{limit['hypothesis']['lhs']:.6g} against {limit['hypothesis']['rhs']:.6g}" in text and "does not hold" in text and text.count("NOT-APPLICABLE") >= 3
   and f"{limit['lambda']['min']:.10g} to {limit['lambda']['max']:.10g}" in text and "the same bits as computed here" in text, "report: (H), multipliers, NOT-APPLICABLE without it")
k1 = json.loads(Run("compare", "--data", "run/data", "--weights", "run/net/W.npy", "--gamma", "0.5", "--json").out)["k1"]
ok(f"{k1['residual']:.10g}" in text and f"{k1['cosine']:.10g}" in text, "report: K1 is that of compare", k1)
cert = json.loads(Run("check", "run/limit/certificate.json", "--data", "run/data", "--json").out)["certificate"]
table = page[page.index("certificate.json: accepted"):].split("</table>")[0]
rows = re.findall(r'<tr><th scope="row">(\w+)</th><td[^>]*>[^<]*</td><td class="[A-Z-]*">([^<]*)</td><td[^>]*>[^<]*</td><td[^>]*>([^<]*)</td>', table)
ok(sorted((i, v) for i, v, _ in rows) == sorted((i[:2], v) for i, v in cert["verdicts"].items()) and {k for _, _, k in rows} == {"certified"} and "gamma = 0.5" in table[:120],
   "report: the certificate's verdicts are certified", (rows, cert["verdicts"]))
ok("sample images" in text.split("Left out")[-1], "report: left out, with the reason")
ok(not re.search(r"\bproved\b", text.split("nothing on this page")[1]), "report: nothing is called proved")

# ---- other runs
with open("run/limit/certificate.json", "r+") as f:
    body = f.read().replace('"gamma"', '"gamma" ', 1)
    f.seek(0), f.write(body)
report("run", "--gamma", "0.5", "--out", "damaged")
words = html.unescape(page_of("damaged"))
ok("certificate.json: " in words.split("Left out")[-1] and "all certified" in words and "accepted, it follows" not in words, "report: a damaged certificate is left out")
doc, r = report("run", "--out", "no-gamma")
words = html.unescape(page_of("no-gamma"))
ok(r.code == 0 and doc["pictures"] == 4 and "limit, multipliers: needs --gamma" in words and "T_data against T_pert: needs the limit" in words, "report without --gamma: the rest, and why", r)
os.makedirs("flat"), shutil.copytree("run/data", "flat", dirs_exist_ok=True), shutil.copy("run/net/W.npy", "flat"), shutil.copy("run/net/history.csv", "flat")
doc, r = report("flat", "--gamma", "0.5")
ok(r.code == 0 and re.findall(r'<figure id="([^"]*)">', page_of("flat/report")) == ["spectrum", "flow", "map"], "report of a flat directory", r)
odd = 'odd <b> & "quoted" \'dir'
shutil.copytree("flat", odd), shutil.rmtree(os.path.join(odd, "report"))
put(os.path.join(odd, "report.json"), b'{"verb": "verify"'), put(os.path.join(odd, "lambda.npy"), np.ones(20)), put(os.path.join(odd, "bad<i>.csv"), b"acc,acc_control\n1,2\n")
doc, r = report(odd, "--gamma", "0.5")
page = page_of(os.path.join(odd, "report"))
ok(r.code == 0 and doc["pictures"] == 3 and doc["left_out"] == 6 and "differs from the limit computed here" in page and "<b>" not in page and "<i>" not in page and "odd &lt;b&gt; &amp; &quot;quoted&quot;" in page, "report: bad files are left out, odd names escaped", r)
ok("expected near end of file" in page and "no column data" in page, "report: each with what is wrong")

of = [c for c in checks if c["id"] == "Q1"]
of[0]["verdict"], of[1]["verdict"] = "FAIL", "UNDECIDED"
next(c for c in checks if c["id"] == "P1")["verdict"] = "UNDECIDED"
verify["cases"][0]["verdict"] = verify["verdict"] = "FAIL"
verify["counts"] = {w: sum(c["verdict"] == w for k in verify["cases"] for c in k["checks"]) for w in ("PASS", "FAIL", "UNDECIDED", "NOT-APPLICABLE")}
put("judged/report.json", json.dumps(verify).encode())
report("judged")
page = page_of("judged/report")
ok(re.search(r">Q1</th><td>[^<]*</td><td class=\"FAIL\">FAIL</td>", page) and re.search(r">P1</th><td>[^<]*</td><td class=\"UNDECIDED\">UNDECIDED</td>", page), "report: a failure is the verdict of its statement, then what is undecided")

# ---- what is not right comes before everything else, with its value and what was wanted
top = page.split("<nav>")[0]
wrong = re.findall(r'<tr><th scope="row">(\w+)</th><td class="([A-Z]+)">[A-Z]+</td><td[^>]*>([^<]*)</td><td[^>]*>([^<]*)</td>', top)
ok([w[:2] for w in wrong] == [("Q1", "FAIL"), ("Q1", "UNDECIDED"), ("P1", "UNDECIDED")] and 'Verdict of report.json: <span class="FAIL">FAIL</span>' in top, "report: the verdict and what is not right first, failures before what is undecided", top[-1500:])
first = of[0]
ok(html.unescape(wrong[0][2]) == first["what"] and html.unescape(wrong[0][3]).startswith(f"{first['value']:.6g} (") and first["relation"] in html.unescape(wrong[0][3]), "report: with its value and what was wanted", (wrong[0], first))
ok("Checks that are not right" not in page_of("run/report") and 'report.json: <span class="PASS">PASS</span>' in page_of("run/report").split("<nav>")[0], "report: nothing of the kind where all is right")
r = Run("report", "judged")
ok(r.code == 0 and r.out.startswith("verdict of report.json: FAIL; checks that are not right: 3\n"), "report: the verdict on the terminal", r)

# ---- what it is made from: seeds, hashes, commands, a date that is given
made = page_of("run/report").split('<h2 id="what-this-page-is-made-from">')[1].split("<h2")[0]
meta = json.load(open("run/data/meta.json"))
ok(meta["data_sha256"] in made and meta["files"]["X.npy"] in made and "seed 1" in made and "lfap gen" in made and "method flow" in made and hashlib.sha256(open("run/report.json", "rb").read()).hexdigest() in made
   and hashlib.sha256(open("run/b.csv", "rb").read()).hexdigest() in made and "lfap report run --gamma 0.5" in made and "No date" in made, "report: what made each file, its seed, its hash", made)
for epoch, words in (("1780000000", "2026-05-28 20:26 UTC"), ("x", "No date"), ("-1", "No date"), ("99999999999999999999", "No date")):
    r = Run("report", "judged", "--out", "dated", env=dict(os.environ, SOURCE_DATE_EPOCH=epoch))
    ok(r.code == 0 and words in page_of("dated"), f"report: SOURCE_DATE_EPOCH={epoch}: {words}", r)
ok(page_of("dated") == page_of("judged/report"), "report: without a date the same bytes")

# ---- the published curves, ours over them, and shares against epochs: one page by one command
kept = os.path.join(ROOT, "bench/results")
r = Run("report", kept, "--against", os.path.join(ROOT, "spec/published.tsv"), "--out", "published", "--json")
page = page_of("published")
figures = re.findall(r'<figure id="([^"]*)">', page)
ok(r.code == 0 and "accuracy_2" in figures and "shares" in figures and os.path.exists("published/accuracy_2_published.csv"), "report --against: accuracies and shares of the kept tables", (figures, r))
for name in sorted(n for n in os.listdir(kept) if n.startswith("limit-")):  # in the last, nothing is swept: numbers without a curve
    told = json.loads(Run("sweep", "--merge", "whole.csv", os.path.join(kept, name), "--against", os.path.join(ROOT, "spec/published.tsv"), "--json").out)["against"]
    table = page.split(f"<h3>{name}</h3>")[1].split("<h3>")[0]
    ok(f">{told['published'] - told['no_cell']} of {told['published']}<" in table and f">{told['compared']}<" in table and f">{told['median']:.4g}<" in table and f">{told['largest']:.4g}<" in table
       and ("<figure" in table) != ("seeds" in name), f"report --against: {name}, the differences are those of sweep --against", (table, told))
put("bare/limit.csv", open(os.path.join(kept, "limit-nadv100-seeds.csv"), "rb").read().replace(b",0.64900000000000002,", b",0.649,", 1))
shutil.copy(os.path.join(kept, "split_epochs.csv"), "bare")
r = Run("report", "bare", "--against", os.path.join(ROOT, "spec/published.tsv"), "--out", "damaged")
ok("Against the published" not in page_of("damaged") and page_of("damaged").count("is not a whole row") == 1, "report --against: a table that was changed is held against nothing, and left out once", r)
r = Run("report", "run", "--against", "nowhere.tsv")
ok(r.code == 66 and "nowhere.tsv" in r.err, "report --against a file that is not there says so", r)

# ---- one run: what is of other data, or of another gamma, never stands among the parts of this one
def sections(folder):
    """{heading: its words}"""
    parts = re.split(r"<h2[^>]*>(.*?)</h2>", page_of(folder))
    return {parts[k]: html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"base64,[^\"]*", "", parts[k + 1]))) for k in range(1, len(parts), 2)}


def sha(folder):
    return hashlib.sha256(np.load(f"{folder}/X.npy").astype("<f8").tobytes() + np.load(f"{folder}/y.npy").astype("<f8").tobytes()).hexdigest()


OTHER = "About other data, or another gamma"
here = sha("run/data")
s = sections("run/report")
ok(OTHER not in s and all(here[:12] in s[k] and "N = 20, d = 300, gamma = 0.5, seed 1" in s[k] for k in ("Predictions against measurement", "The limit", "Training", "Decisions", "Learning from perturbations")),
   "report: every section names N, d, gamma, seed and hash of its data", {k: v[:200] for k, v in s.items()})
ok("converge.json: Not known which data it is of" in s["Training"] and "Not the samples of this directory" in s["Sweeps, with data of their own"], "report: a document without a hash, and sweeps, are called what they are")
ok("trained on these samples" in s["Decisions"] and "trained on the set in adv/" in s["Decisions"] and "every entry of their perturbations has the sign" in s["Learning from perturbations"], "report: where networks and perturbations come from", s["Decisions"])
for args in (["gen", "uniform", "--n", "4", "--d", "64", "--seed", "5", "--out", "four"], ["gen", "uniform", "--n", "20", "--d", "300", "--seed", "6", "--out", "twin"],
             ["limit", "--data", "twin", "--gamma", "0.5", "--certify", "--out", "twin-limit"], ["train", "--data", "twin", "--gamma", "0.5", "--m", "4", "--out", "twin-net"],
             ["train", "--data", "run/data", "--gamma", "0.25", "--m", "4", "--out", "quarter-net"], ["limit", "--data", "run/data", "--gamma", "0.25", "--certify", "--out", "quarter-limit"],
             ["perturb", "--norm", "l2", "--from", "geometry", "--data", "noise", "--direction", "twin-limit/w.npy", "--eps", "1", "--out", "twin-adv"],
             ["train", "--data", "twin-adv", "--gamma", "0.5", "--m", "4", "--out", "twin-learned"]):
    Run(*args)
twin = sha("twin")


def mixed(name, **parts):
    """A run with data of ours and parts from elsewhere."""
    shutil.copytree("run/data", f"{name}/data")
    for part, source in parts.items():
        if os.path.isdir(source):
            shutil.copytree(source, f"{name}/{part}")
        else:
            shutil.copy(source, f"{name}/{part}.json")
    doc, r = report(name, "--gamma", "0.5")
    return sections(f"{name}/report") if r.code == 0 else {}, r


for label, data, gamma in (("other data", "four", "0.5"), ("other data of the same shape", "twin", "0.5"), ("another gamma", "run/data", "0.25")):
    word = label.replace(" ", "-")
    put(f"{word}-verify.json", Run("verify", "--json", "--data", data, "--gamma", gamma, "--m", "4", "--controls", "2", "--probes", "20").out.encode())
    put(f"{word}-converge.json", Run("converge", "--json", "--data", data, "--gamma", gamma, "--m", "4", "--log-loss", "-1e3").out.encode())
    s, r = mixed(f"mixed-{word}", report=f"{word}-verify.json", converge=f"{word}-converge.json")
    o = s.get(OTHER, "")
    ok(r.code == 0 and "Predictions against measurement" not in s and "Training" not in s and "verdict of lfap verify" in o and "The flow at" in o and o.count(f"gamma = {gamma}") >= 2 and sha(data)[:12] in o
       and "Nothing in this section is about" in o and "Not of the samples and the gamma of this report" in o, f"report.json and converge.json of {label}: in a section of their own", (r, list(s)))
s, r = mixed("mixed-net", net="twin-net", limit="twin-limit", adv="twin-adv", learned="twin-learned")
ok("Training" not in s and "Decisions" not in s and "The training run: Other data" in s[OTHER] and twin[:12] in s[OTHER] and "No limit was given" in s[OTHER], "a network of other data: no K1, no map, its history apart", list(s))
ok("lambda.npy: is about other data" in s["Left out"] and "W.npy: is about other data" in s["Left out"] and "certificate.json" in s["Left out"] and "lambda.npy" not in s["The limit"], "multipliers and certificate of other data are left out, and why", s["Left out"])
ok("Learning from perturbations" not in s and "What the perturbations of adv/ were made from: Other data" in s[OTHER] and "not all entries of their perturbations have the signs" in s[OTHER],
   "perturbations made from the limit of other data stand apart", s[OTHER][-900:])
shutil.copytree("twin-adv", "bare-adv", ignore=shutil.ignore_patterns("meta.json"))
s, r = mixed("mixed-adv", adv="bare-adv")
ok("not known which data their perturbations were made from" in s["Learning from perturbations"] and OTHER not in s, "perturbations that nothing tells of and that do not have the signs of w are not called ours", s["Learning from perturbations"][:600])
s, r = mixed("mixed-gamma", net="quarter-net", limit="quarter-limit")
ok("Training" not in s and "The training run: Another gamma" in s[OTHER] and "accepted, it follows from the data, for gamma = 0.25" in s[OTHER] and "accepted" not in s["The limit"] and "lambda.npy: is about another gamma" in s["Left out"],
   "a network, a limit and a certificate of another gamma", (list(s), s["Left out"]))
s, r = mixed("mixed-learned", net="run/net", adv="run/adv", learned="twin-learned")
ok("network in learned/: W.npy was trained on other data" in s["Left out"] and "B is" not in s["Decisions"] and "A is the network" in s["Decisions"], "a second network of another set is no second network", s["Left out"])
shutil.copytree("run/net", "bare-net", ignore=shutil.ignore_patterns("meta.json"))
s, r = mixed("mixed-bare", net="bare-net")
ok(s["Training"].count("not known which data they were trained on") == 1 and s["Training"].count("Not known which data the history is of.") == 1 and "Not known which data it is of" in s["Training"]
   and "not known whether trained on these samples" in s["Decisions"] and "Not known which data network A is of." in s["Decisions"] and OTHER not in s,
   "a network that nothing tells of: said at the run, its history, K1 and the map", s.get("Training"))
shutil.copytree("run/data", "mixed-files/data"), shutil.copy("twin/X.npy", "mixed-files/data"), shutil.copy("run/report.json", "mixed-files")
doc, r = report("mixed-files", "--gamma", "0.5")
s = sections("mixed-files/report")
ok("mixed here" in s["Left out"] and "The limit" not in s and "No samples here to compare with" in s["Predictions against measurement"], "X of one run beside y of another: no samples", (r, s.get("Left out")))
half = json.loads(open("run/report.json").read())
other = json.loads(open("other-data-verify.json").read())
half["cases"] += other["cases"]
half["verdict"], half["counts"] = max(half["verdict"], other["verdict"], key=("NOT-APPLICABLE", "PASS", "UNDECIDED", "FAIL").index), {w: n + other["counts"][w] for w, n in half["counts"].items()}
put("half.json", json.dumps(half).encode())
s, r = mixed("mixed-half", report="half.json")
ok("in a section of their own: 1" in s["Predictions against measurement"] and here[:12] in s["Predictions against measurement"] and sha("four")[:12] in s[OTHER], "a case of this run and one of another: each in its place", list(s))

# ---- README's example is one run
with open(os.path.join(ROOT, "README.md")) as f:
    block = next(b for b in re.findall(r"(?:^    .*\n)+", f.read(), re.M) if "lfap report run" in b).replace("build/lfap", LFAP)
os.makedirs("readme")
p = subprocess.run(["sh", "-e", "-c", block], cwd="readme", capture_output=True, stdin=subprocess.DEVNULL)
s = sections("readme/run/report") if p.returncode == 0 else {}
ok(p.returncode == 0 and OTHER not in s and {"Predictions against measurement", "The limit", "Training", "Decisions"} <= set(s) and all("The samples of this directory" in s[k] and sha("readme/run/data")[:12] in s[k] for k in s if k not in ("Left out", "What this page is made from")),
   "README: its commands make one coherent run", (p.stderr.decode()[-300:], list(s)))

# ---- what ends the whole report: memory, not a part left out in silence
put("huge/report.json", b'{"verb": "verify", "cases": [' + b"0," * 12000000 + b"0]}"), shutil.copytree("run/data", "huge/data")
limit_memory = lambda: resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))
p = subprocess.run([LFAP, "report", "huge", "--gamma", "0.5", "--threads", "1"], capture_output=True, stdin=subprocess.DEVNULL, preexec_fn=limit_memory)
ok(p.returncode == 65 and b"out of memory" in p.stderr and not os.path.exists("huge/report"), "report: out of memory for one part ends it, 65", p.stderr.decode())
os.remove("huge/report.json")
p = subprocess.run([LFAP, "report", "huge", "--gamma", "0.5", "--threads", "1"], capture_output=True, stdin=subprocess.DEVNULL, preexec_fn=limit_memory)
ok(p.returncode == 0, "report: the same memory is enough without it", p.stderr.decode())

# ---- names and texts of any kind: valid UTF-8, nothing passes as markup or as a formula
head = "cell,data,base,method,arithmetic,from,norm,d,n,n_adv,m,gamma,eps,k,seed,acc,acc_control"
words = [b"=cmd|' /C calc'!A0", b"+1+1", b"-2+3", b"@SUM(1)", b"\t=1", b"\xff<b>&'\"", b"\x1b[31m", "\u202eltr \u0085 \uffff \U0001f600".encode(), b"plain", b"-1.5e3", b'say "x"; y']
rows = [b",".join([b"0", w, b"noise", b"limit", b"double", b"geometry", b"l2", d, b"50,7,0,0.5,0.1,0,0,0.5,0.5"]) for w in words for d in (b"10", b"20")]
strange = b"odd\xff\xc0\xaf<i>'\"&\n\x1b[31m\xe2\x80\xae"
os.makedirs(strange)
with open(os.path.join(strange, b"a\xfe<i>.csv"), "wb") as f:
    f.write(head.encode() + b"\n" + b"\n".join(rows) + b"\n")
with open(os.path.join(strange, b"b\xfe.csv"), "wb") as f:
    f.write(head.encode() + b"\n1,2\n")
shutil.copy("run/report.json", os.path.join(strange, b"report.json"))
p = subprocess.run([LFAP, "report", strange, "--out", "strange"], capture_output=True, stdin=subprocess.DEVNULL)
raw = open("strange/index.html", "rb").read() if p.returncode == 0 else b"\xff"
try:
    page, valid = raw.decode(), True
except UnicodeDecodeError as e:
    page, valid = "", str(e)[:200]
unseen = re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", page)
ok(p.returncode == 0 and valid is True and not unseen and "<i>" not in page and "<b>" not in page and r"odd\xff\xc0\xaf&lt;i&gt;&#39;&quot;&amp;\n\x1b[31m\u202e" in page, "report: names that are no UTF-8: the page is, with every byte visible", (p.stderr, valid, unseen))
ok("b\\xfe.csv" in page.split("Left out")[-1] and "2 cells" in page.split("Left out")[-1], "report: a damaged table of a sweep is left out with the reason", page.split("Left out")[-1][:500])
if os.path.exists("strange/accuracy.svg"):
    lines = list(csv.reader(open("strange/accuracy_panels.csv", encoding="utf-8", newline="")))
    cells = [l[1] for l in lines[1:]]
    ok(len(cells) == len(words) and all(len(l) == len(lines[0]) for l in lines) and not [c for c in cells if c[:1] in "=+-@\t\r" and c != "-1.5e3"] and {"plain", "-1.5e3", "'@SUM(1)", 'say "x"; y'} <= set(cells)
       and xml.parse("strange/accuracy.svg") is not None, "accuracy: cells of a table cannot become formulas, nor a title break the SVG", cells)
else:
    ok("is no word of lfap sweep" in page.split("Left out")[-1] and not os.path.exists("strange/accuracy_panels.csv"), "accuracy: words that lfap sweep does not write are refused", page[-800:])

# ---- values that are none, and the smallest sets
none = json.loads(open("run/report.json").read())
for c in none["cases"][0]["checks"]:
    c["value"] = None
none["cases"][0]["hypothesis_data"]["lhs"] = none["cases"][0]["gamma"] = None
put("none/report.json", json.dumps(none).encode())
doc, r = report("none")
ok(r.code == 0 and re.search(r"<td[^>]*>none</td>", page_of("none/report")) and ">nan<" not in page_of("none/report"), "report: a value that is null", r)
for name, X, y in (("one", [[1.0, 2, 3]], [-1.0]), ("one-one", [[2.0]], [1.0]), ("line", [[1.0], [-1]], [1.0, -1])):
    put(f"{name}/data/X.npy", np.array(X)), put(f"{name}/data/y.npy", np.array(y))
    Run("train", "--data", f"{name}/data", "--gamma", "0.5", "--m", "4", "--out", f"{name}/net")
    doc, r = report(name, "--gamma", "0.5")
    ok(r.code == 0 and doc["pictures"] >= 2, f"report: N = {len(X)}, d = {len(X[0])}", r)
for k, lines in enumerate(("1,0,0,-800,0", "1,1,0.1,0,0", "1,0.5,0.1,-1,5", "1,0.5,0.1,3,5\n2,0.5,0.1,3,5", "1,1,0,3,0\n2,0,0,3,0")):
    put(f"history{k}/net/history.csv", ("epoch,loss,lr,log_loss,s\n" + lines + "\n").encode())
    doc, r = report(f"history{k}")
    ok(r.code == 0 and doc["pictures"] == 1, f"report: a history without a value to draw: {lines!r}", r)
far = {"log_loss": -10, "s": 5, "p_distance": 0, "direction_error": 0, "slope_error": None}
for k, row in enumerate((far, dict(far, s=0), dict(far, direction_error=0, s=0))):
    put(f"far{k}/converge.json", json.dumps({"verb": "converge", "bits": 256, "gamma": 0.5, "decades": [row]}).encode())
    doc, r = report(f"far{k}")
    ok(r.code == 0 and doc["pictures"] == 1, f"report: a decade without a value to draw, {k}", r)

# ---- in a browser
if CHROMIUM is None:
    skip("report in Chromium", "chromium is not installed (make check installs it)")
    done()
page = page_of("run/report")
dom, console = browse("run/report/index.html")
ok(dom.count("<img ") == 7 and console == [], "Chromium: opened, no word on the console", console)
seen, console = probed(page, "probed.html")
ok(seen and len(seen["sizes"]) == 7 and all(w > 300 and h > 300 and shown > 200 for w, h, shown in seen["sizes"]) and console == [], "Chromium: every picture has size", seen)
sizes = [[int(v) for v in re.search(r'<img width="(\d+)" height="(\d+)"', f).groups()] for f in re.findall(r"<figure.*?</figure>", page, re.S)]
ok(seen and [s[:2] for s in seen["sizes"]] == sizes, "Chromium: the sizes that the page names", sizes)
ok(seen and not [u for u in seen["loaded"] if not u.startswith("data:")], "Chromium: nothing else is loaded", seen and seen["loaded"])
for width in (700, 1200):
    seen, console = probed(page, "probed.html", f"--window-size={width},900")
    ok(seen and seen["wide"][1] == width and seen["wide"][0] <= width and all(shown <= width for _, _, shown in seen["sizes"]) and console == [], f"Chromium, {width} px: nothing is wider than the window", seen and seen["wide"][:2])
broken = re.sub(r'(base64,)[A-Za-z0-9+/]{400}', r"\1", page, count=1).replace("</main>", "</main><script>console.error('heard')</script>")
seen, console = probed(broken, "broken.html")
ok(seen and seen["sizes"][0][0] == 0 and any("heard" in l for l in console), "Chromium: a broken picture and a console error would be seen", (seen, console))
done()
