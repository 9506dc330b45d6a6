"""What proofs/reporting.py writes, against proofs/reports.schema.json."""
import json, os, sys, xml.etree.ElementTree as xml

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "cli", "lib"))
from schema import errors

with open(os.path.join(HERE, "..", "..", "..", "proofs", "reports.schema.json"), encoding="utf-8") as f:
    SCHEMA = json.load(f)


def element(e):
    """An element of XML as the schema describes it."""
    return {"tag": e.tag, "attributes": dict(e.attrib), "text": (e.text or "").strip(), "children": [element(c) for c in e]}


def malformed(document, junit):
    """What is wrong with a SARIF document, and with the JUnit file at a path or given as text."""
    root = xml.fromstring(junit) if junit.startswith("<") else xml.parse(junit).getroot()
    bad = errors(document, SCHEMA["$defs"]["sarif"], SCHEMA) + errors(element(root), SCHEMA["$defs"]["junit"], SCHEMA)
    for suite in root:
        cases, outer = suite.findall("testcase"), [e.tag for e in suite if e.tag != "testcase"]
        failing = sum(case.find("failure") is not None for case in cases)
        if suite.get("tests") != str(len(cases)) or suite.get("failures") != str(failing):
            bad.append(f"{suite.get('name')}: {suite.get('tests')} tests, {suite.get('failures')} failures are not its {len(cases)} and {failing}")
        # the order of JUnit's schema: the cases stand between what is said of the suite
        if outer != ["properties", "system-out", "system-err"] or [suite[0].tag, suite[-2].tag, suite[-1].tag] != outer:
            bad.append(f"{suite.get('name')}: {[e.tag for e in suite]} is not the order")
    return bad
