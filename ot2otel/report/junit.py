"""Verdicts as JUnit XML: a suite for each verdict, a test case for each line that a reader is told.

It fits Jenkins' schema junit-10.xsd
(https://github.com/jenkinsci/xunit-plugin/tree/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd).
"""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as ET

from ot2otel.compare.verdict import Verdict
from ot2otel.outline import cut, printable
from ot2otel.report.ending import WIDE, Ending, counted
from ot2otel.report.telling import Told, names, sentence, told, word
from ot2otel.report.text import changed_answers, what

_LONGEST = 500  # characters of a name


def junit(ending: Ending) -> str:
    """Return the document.

    A test case fails if its line makes the exit code 1, and is skipped if the line is accepted. Characters
    that XML forbids are escaped.
    """
    root = ET.Element("testsuites", name="ot2otel")
    for judged, (old, new) in zip(ending.verdicts, names(ending.verdicts), strict=True):
        _suite(root, judged, _text(f"{old} → {new}"), ending)
    if ending.warnings or ending.remarks:
        ET.SubElement(root[-1], "system-out").text = _text(" ".join((*ending.warnings, *ending.remarks)))
    _count(root, root)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, judged: Verdict, name: str, ending: Ending) -> None:
    suite = ET.SubElement(root, "testsuite", name=name)
    properties = ET.SubElement(suite, "properties")
    for key, value in (("verdict", word(judged)), ("sentence", sentence(judged))):
        ET.SubElement(properties, "property", name=key, value=_text(value))
    seen: Counter[str] = Counter()
    if judged.answers.compared:
        case = _case(suite, seen, "answers")
        changed = [line.plain for line in changed_answers(judged.answers, WIDE, everything=True)]
        if changed and ending.answers_fail:
            number, total = len(judged.answers.changed), max(judged.answers.before, judged.answers.after)
            failure = ET.SubElement(case, "failure", type="answers", message=f"{number} of {total} differ")
            failure.text = _text("\n".join(changed))
    for line in told(judged.findings):
        _result(_case(suite, seen, f"{line.grade.value}: {what(line, WIDE)}"), line, ending)
    if not suite.findall("testcase"):
        _case(suite, seen, sentence(judged))
    _count(suite, suite)
    suite.set("skipped", str(len(suite.findall(".//skipped"))))


def _case(suite: ET.Element, seen: Counter[str], name: str) -> ET.Element:
    """Add a test case; a name that was there before gets a number."""
    written = _text(cut(name, _LONGEST))
    seen[written] += 1
    number = seen[written]
    unique = written if number == 1 else f"{written} ({number})"
    return ET.SubElement(suite, "testcase", classname=suite.get("name", ""), name=unique, time="0")


def _result(case: ET.Element, line: Told, ending: Ending) -> None:
    message = _text(f"{counted(line)}: {line.note}")
    if line.accepted:
        ET.SubElement(case, "skipped", type="accepted", message=_text(line.note))
    elif ending.fails_for(line):
        ET.SubElement(case, "failure", type=line.grade.value, message=message).text = _about(line)
    elif line.is_grave:
        ET.SubElement(case, "system-out").text = message


def _about(line: Told) -> str:
    """Return services, spans, rules and examples, a line each."""
    services = dict.fromkeys(finding.service or "(no service)" for finding in line.findings)
    spans = dict.fromkeys(name for finding in line.findings for name in finding.spans)
    lines = [f"services: {', '.join(services)}", f"spans: {', '.join(spans)}"]
    lines += [f"rule {rule.name}: {rule.summary} ({rule.source})" for rule in line.rules]
    lines += [f"such as {old or '(none)'} → {new or '(none)'}" for old, new in line.examples]
    return "\n".join(map(_text, lines))


def _count(element: ET.Element, below: ET.Element) -> None:
    element.set("tests", str(len(below.findall(".//testcase"))))
    element.set("failures", str(len(below.findall(".//failure"))))
    element.set("errors", "0")


def _text(text: str) -> str:
    """Return a text that XML can hold: all that is not printable is escaped, but line breaks."""
    return "\n".join(map(printable, text.split("\n")))
