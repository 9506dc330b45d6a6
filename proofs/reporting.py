"""What a gate found, in the forms that CI systems read: JUnit (a case for each thing proved) and SARIF 2.1.0 (a result, with file and
line, for each finding); reports.schema.json says which parts of them. Written where the variables JUNIT and SARIF name files; to `make` they are given as JUNIT=FILE, SARIF=FILE."""
import json
import os
import re
import time
import xml.etree.ElementTree as xml

PLACE = re.compile(r"((?:[\w.-]+/)*[\w.-]+\.\w+):(\d+):\s*")  # how a finding that has a place begins
WHOLE = re.compile(r"((?:[\w.-]+/)+[\w.-]+\.\w+)(?=[: ])")  # and one about a file
SCHEMA = "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"
# what XML 1.0 has no way to write
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _file(name):
    path = os.environ.get(name, "")
    return open(path, "w", encoding="utf-8") if path else None


def junit(suite, cases, findings):
    """cases: {(class, name): [finding]}; what belongs to no case is a case of its own, `gate`. With all that the schema of Ant's JUnit asks
    for, and nothing that Jenkins's does not know: readers hold to the one or the other."""
    taken = {text for found in cases.values() for text in found}
    rest = [text for text in dict.fromkeys(findings) if text not in taken]
    every = [(key, found) for key, found in cases.items()] + [((suite, "gate"), rest)]
    root = xml.Element("testsuites")
    now = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH") or time.time()))
    top = xml.SubElement(root, "testsuite", name=suite, id="0", package=suite, hostname="localhost", timestamp=time.strftime("%Y-%m-%dT%H:%M:%S", now),
                         tests=str(len(every)), errors="0", failures=str(sum(bool(found) for _, found in every)), time="0")
    xml.SubElement(xml.SubElement(top, "properties"), "property", name="tool", value="lfap " + suite)
    for (group, name), found in every:
        case = xml.SubElement(top, "testcase", classname=group, name=name, time="0")
        if found:
            text = UNWRITABLE.sub("?", "\n".join(found)).strip() or "?"
            xml.SubElement(case, "failure", message=text.splitlines()[0], type="finding").text = text
    xml.SubElement(top, "system-out"), xml.SubElement(top, "system-err")
    return xml.tostring(root, encoding="unicode") + "\n"


def placed(text):
    """(file, line, the rest) of a finding. Readers of SARIF drop a result without a place: one about a file as a whole is at its first line,
    one about no file at the page that says what the gate refuses."""
    place = PLACE.match(text)
    if place:
        return place.group(1), max(1, int(place.group(2))), text[place.end():] or text
    whole = WHOLE.match(text)
    return whole.group(1) if whole else "proofs/README.md", 1, text


def sarif(suite, findings):
    results = []
    for finding in dict.fromkeys(findings):
        path, line, text = placed(finding)
        results.append({"ruleId": suite, "level": "error", "message": {"text": text or "?"},
                        "locations": [{"physicalLocation": {"artifactLocation": {"uri": path, "uriBaseId": "%SRCROOT%"},
                                                            "region": {"startLine": line}}}]})
    driver = {"name": "lfap " + suite, "rules": [{"id": suite, "shortDescription": {"text": "a claim of %s that does not hold" % suite}}]}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}, indent=1) + "\n"


def write(suite, cases, findings):
    """Both, where they are asked for."""
    for name, text in (("JUNIT", lambda: junit(suite, cases, findings)), ("SARIF", lambda: sarif(suite, findings))):
        out = _file(name)
        if out:
            with out:
                out.write(text())
