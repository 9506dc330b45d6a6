"""lfap report: what it takes and leaves out, words on the page, and the page in a headless Chromium: no console error, nothing
loaded, every picture has size."""
import base64, html, json, os, re, shutil, sys, xml.etree.ElementTree as xml
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--disable-dev-shm-usage", "--enable-logging=stderr", "--v=0", "--virtual-time-budget=20000", "--dump-dom"]
PROBE = """<script>
Promise.all(Array.from(document.images, i => i.decode().catch(() => 0))).then(() => {
  const p = document.createElement("pre");
  p.id = "sizes";
  p.textContent = JSON.stringify({sizes: Array.from(document.images, i => [i.naturalWidth, i.naturalHeight, i.getBoundingClientRect().width]), loaded: performance.getEntriesByType("resource").map(e => e.name.slice(0, 40))});
  document.body.append(p);
});
</script>"""


def browse(path):
    """The page as it stands after loading, and what the console said."""
    p = subprocess.run([CHROMIUM, *FLAGS, "--user-data-dir=" + tempfile.mkdtemp(dir="."), "file://" + os.path.abspath(path)], capture_output=True, timeout=180, stdin=subprocess.DEVNULL)
    return p.stdout.decode("utf-8", "replace"), [l for l in p.stderr.decode("utf-8", "replace").splitlines() if "CONSOLE" in l]


def probed(page, name):
    """The same page with a script that measures its pictures."""
    put(name, page.replace("</body>", PROBE + "</body>").encode())
    dom, console = browse(name)
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
    row = re.search(rf'<tr><th scope="row">{i}</th><td>[^<]*</td><td>([^<]*)</td><td>([^<]*)</td><td>([^<]*)</td>', page)
    certified = sum(c["certified"] not in (None, "UNDECIDED") for c in checks if c["id"] == i)
    known = "all certified" if certified == len(of) else f"{certified} certified, the others measured" if certified else "measured"
    ok(row and row.groups() == (worst, f"{of.count('PASS')} of {len(of)}", known), f"report: {i} is {worst}, {known}", row and row.groups())
ok(all(f"{c['value']:.6g}" in text for c in checks if "accuracy of" in c["what"]), "report: the accuracies")
limit = json.loads(Run("limit", "--data", "run/data", "--gamma", "0.5", "--json").out)
ok(f"{limit['hypothesis']['lhs']:.6g} against {limit['hypothesis']['rhs']:.6g}" in text and "does not hold" in text and text.count("NOT-APPLICABLE") >= 3
   and f"{limit['lambda']['min']:.10g} to {limit['lambda']['max']:.10g}" in text and "the same bits as computed here" in text, "report: (H), multipliers, NOT-APPLICABLE without it")
k1 = json.loads(Run("compare", "--data", "run/data", "--weights", "run/net/W.npy", "--gamma", "0.5", "--json").out)["k1"]
ok(f"{k1['residual']:.10g}" in text and f"{k1['cosine']:.10g}" in text, "report: K1 is that of compare", k1)
cert = json.loads(Run("check", "run/limit/certificate.json", "--data", "run/data", "--json").out)["certificate"]
table = page[page.index("certificate.json: accepted"):].split("</table>")[0]
rows = re.findall(r'<tr><th scope="row">(\w+)</th><td>[^<]*</td><td>([^<]*)</td><td>[^<]*</td><td>([^<]*)</td>', table)
ok(sorted((i, v) for i, v, _ in rows) == sorted((i[:2], v) for i, v in cert["verdicts"].items()) and {k for _, _, k in rows} == {"certified"} and "gamma = 0.5" in table[:120],
   "report: the certificate's verdicts are certified", (rows, cert["verdicts"]))
ok("sample images" in text.split("Left out")[1], "report: left out, with the reason")
ok(not re.search(r"\bproved\b", text.split("nothing on this page")[1]), "report: nothing is called proved")

# ---- other runs
with open("run/limit/certificate.json", "r+") as f:
    body = f.read().replace('"gamma"', '"gamma" ', 1)
    f.seek(0), f.write(body)
report("run", "--gamma", "0.5", "--out", "damaged")
words = html.unescape(page_of("damaged"))
ok("certificate.json: " in words.split("Left out")[1] and "all certified" in words and "accepted, it follows" not in words, "report: a damaged certificate is left out")
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
put("judged/report.json", json.dumps(verify).encode())
report("judged")
page = page_of("judged/report")
ok(re.search(r">Q1</th><td>[^<]*</td><td>FAIL</td>", page) and re.search(r">P1</th><td>[^<]*</td><td>UNDECIDED</td>", page), "report: a failure is the verdict of its statement, then what is undecided")

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
broken = re.sub(r'(base64,)[A-Za-z0-9+/]{400}', r"\1", page, count=1).replace("</main>", "</main><script>console.error('heard')</script>")
seen, console = probed(broken, "broken.html")
ok(seen and seen["sizes"][0][0] == 0 and any("heard" in l for l in console), "Chromium: a broken picture and a console error would be seen", (seen, console))
done()
