"""Test cases for a CI."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from ot2otel.compare.answers import Answers
from ot2otel.report.ending import Ending
from ot2otel.report.junit import junit
from tests.support.endings import ANSWERS, DEGRADED, SOME, TRANSLATED, ending, gone, hostile, many
from tests.support.findings import verdict

# What junit-10.xsd of Jenkins' xUnit plugin allows: attributes, those that must be there, and children.
ALLOWED: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, set(), {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname", "id"}
        | {"package", "file", "log", "url"},
        {"name", "tests", "failures", "errors"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, {"name", "value"}, set()),
    "testcase": (
        {"name", "time", "classname", "group"},
        {"name"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"type", "message"}, set(), set()),
    "skipped": ({"type", "message"}, set(), set()),
    "system-out": (set(), set(), set()),
}


def read(found: Ending) -> ET.Element:
    """Return the document after a look at its schema and its counts."""
    root = ET.fromstring(junit(found).encode())
    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, required, children = ALLOWED[element.tag]
        assert required <= set(element.attrib) <= attributes
        assert {child.tag for child in element} <= children
    for counted in (root, *root):
        for key, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
            if key in counted.attrib:
                assert counted.get(key) == str(len(counted.findall(f".//{tag}")))
    for suite in root:
        names = [case.get("name") for case in suite.iter("testcase")]
        assert len(set(names)) == len(names) > 0
    return root


def cases(root: ET.Element) -> list[tuple[str, list[str]]]:
    return [(case.get("name", ""), [child.tag for child in case]) for case in root.iter("testcase")]


def test_each_line_is_a_test_case() -> None:
    root = read(ending(verdict(*SOME, answers=ANSWERS)))

    assert cases(root) == [
        ("answers", ["failure"]),
        ("gone: attribute url", ["failure"]),
        ("degraded: kind SERVER → INTERNAL", ["system-out"]),
        ("translated: a → b", []),
        ("gone: attribute old", ["skipped"]),
    ]
    [first, second] = root.iter("failure")
    assert first.get("message") == "2 of 3 differ"
    assert (second.get("type"), second.get("message")) == ("gone", "2 of 3 spans: gone, no rule")
    assert second.text == f"services: shop\nspans: pay\nsuch as {'a' * 32} → {'b' * 32}"
    assert [skipped.get("message") for skipped in root.iter("skipped")] == ["accepted: nobody reads it"]


@pytest.mark.parametrize("words", [(), ("degraded",), ("equivalent",), ("never",)])
@pytest.mark.parametrize(
    "judged",
    [
        pytest.param(verdict(), id="identical"),
        pytest.param(verdict(TRANSLATED), id="equivalent"),
        pytest.param(verdict(DEGRADED), id="degraded"),
        pytest.param(verdict(gone()), id="different"),
        pytest.param(verdict(gone(accepted="yes")), id="accepted"),
        pytest.param(verdict(answers=ANSWERS), id="answers"),
        pytest.param(verdict(answers=Answers(1, 1, 1)), id="the same answers"),
    ],
)
def test_a_test_case_fails_if_and_only_if_the_command_does(judged: object, words: tuple[str, ...]) -> None:
    found = ending(judged, fail_on=words)  # type: ignore[arg-type]  # pytest's parameters are objects

    root = read(found)

    assert (root.get("failures") != "0") == bool(found.exit_code)


def test_nothing_differs() -> None:
    assert cases(read(ending(verdict()))) == [("nothing differs but ids and times", [])]


def test_findings_with_one_name_have_numbers() -> None:
    found = ending(verdict(gone(accepted="a"), gone(accepted="b")))

    assert [name for name, _ in cases(read(found))] == ["gone: attribute url", "gone: attribute url (2)"]


def test_remarks_are_output() -> None:
    [said] = read(replace(ending(verdict()), remarks=("settings of a",))).iter("system-out")

    assert said.text == "settings of a"


def test_no_text_from_a_span_breaks_it() -> None:
    root = read(hostile())

    texts = [text for element in root.iter() for text in (element.text or "", *element.attrib.values())]
    assert all(text.replace("\n", "").isprintable() for text in texts)
    assert any("\\x1b]0;x\\x07\\x00\\ud800\\uffff\\u202e" in text for text in texts)


def test_ten_thousand_findings_are_as_many_test_cases() -> None:
    assert read(many()).get("failures") == "10000"
