"""JUnit and SARIF of the proof targets (TAP): every kind of finding is at its place, whatever its text, both are what proofs/reports.schema.json
says, and what is not is refused. tests/cross/check_gate.py does the same with the gate's own findings about damaged kernels."""
import copy, json, os, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "cli", "lib"), os.path.join(HERE, "lib"), os.path.join(HERE, "..", "..", "proofs")]
from tap import *
import reporting
from reports import malformed

FINDINGS = {  # the finding: its file, line and message
    "src/kernel/step.c:10: lfap_step_gd (real): goal x is not proved": ("src/kernel/step.c", 10, "lfap_step_gd (real): goal x is not proved"),
    "src/kernel/step.c:0: before its first line": ("src/kernel/step.c", 1, "before its first line"),
    "proofs/coq/T1.v:7: Error": ("proofs/coq/T1.v", 7, "Error"),
    "proofs/STATUS.md does not say what was seen": ("proofs/STATUS.md", 1, "proofs/STATUS.md does not say what was seen"),
    "src/kernel/step.c: fma is assumed without proof": ("src/kernel/step.c", 1, "src/kernel/step.c: fma is assumed without proof"),
    "lfap_step_gd (safety) has no contract": ("proofs/README.md", 1, "lfap_step_gd (safety) has no contract"),
    "quotes \" & < > ' and a bell \a\x1b[31m, an umlaut \u00e4": ("proofs/README.md", 1, "quotes \" & < > ' and a bell \a\x1b[31m, an umlaut \u00e4"),
    "two\nlines": ("proofs/README.md", 1, "two\nlines"),
}
cases = {("src/kernel/step.c", "lfap_step_gd (real)"): list(FINDINGS)[:1], ("src/kernel/step.c", "lfap_step_sgd (real)"): []}
os.environ.update(JUNIT="found.xml", SARIF="found.sarif")


def written(cases, findings):
    reporting.write("proofs", cases, findings)
    with open("found.sarif", encoding="utf-8") as s, open("found.xml", encoding="utf-8") as j:
        return json.load(s), j.read()


green, green_xml = written({key: [] for key in cases}, [])
ok(not malformed(green, green_xml), "nothing found: both are well-formed", malformed(green, green_xml))
ok(green["runs"][0]["results"] == [] and 'tests="3"' in green_xml and 'failures="0"' in green_xml, "no result, three cases, no failure", green_xml)
doc, text = written(cases, list(FINDINGS) + list(FINDINGS)[:2])
ok(not malformed(doc, text), "every kind of finding: both are well-formed", malformed(doc, text))
for result, (finding, (path, line, message)) in zip(doc["runs"][0]["results"], FINDINGS.items()):
    place = result["locations"][0]["physicalLocation"]
    got = (place["artifactLocation"]["uri"], place["region"]["startLine"], result["message"]["text"])
    ok(got == (path, line, message), f"{finding[:40]!r} at {path}:{line}", got)
ok(len(doc["runs"][0]["results"]) == len(FINDINGS), "a finding twice is one result", len(doc["runs"][0]["results"]))
ok('tests="3"' in text and 'failures="2"' in text and 'message="' + list(FINDINGS)[0] in text and "\a" not in text, "a function's finding is its case's, the others the gate's", text)


def refused(what, change, of_xml=None):
    bad = copy.deepcopy(doc)
    if change:
        change(bad)
    found = malformed(bad, of_xml or text)
    ok(found, f"refused: {what}")


run = lambda d: d["runs"][0]
place = lambda d: run(d)["results"][0]["locations"][0]["physicalLocation"]
refused("another version", lambda d: d.update(version="2.0.0"))
refused("no runs", lambda d: d.update(runs=[]))
refused("no tool", lambda d: run(d).pop("tool"))
refused("a driver without name", lambda d: run(d)["tool"]["driver"].pop("name"))
refused("a result without message", lambda d: run(d)["results"][0].pop("message"))
refused("a result without place", lambda d: run(d)["results"][0].update(locations=[]))
refused("a level that there is not", lambda d: run(d)["results"][0].update(level="fatal"))
refused("line 0", lambda d: place(d)["region"].update(startLine=0))
refused("a line that is text", lambda d: place(d)["region"].update(startLine="10"))
refused("a path of this machine", lambda d: place(d)["artifactLocation"].update(uri="/home/me/src/kernel/step.c"))
refused("a property that no reader knows", lambda d: run(d)["results"][0].update(line=10))
refused("a count that is wrong", None, text.replace('failures="2"', 'failures="1"'))
refused("outputs before the cases", None, text.replace("<system-out />", "").replace("<properties>", "<system-out /><properties>"))
refused("no properties", None, text[:text.index("<properties>")] + text[text.index("</properties>") + 13:])
refused("a case without name", None, text.replace(' name="lfap_step_gd (real)"', ""))
refused("a failure without message", None, text.replace(' message="' + list(FINDINGS)[0] + '"', ""))
refused("an element that there is not", None, text.replace("<testcase ", "<test ").replace("</testcase>", "</test>"))
done()
