"""Findings read back from JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from ot2otel import recording_file
from ot2otel.compare.findings import Finding
from ot2otel.compare.verdict import judge
from ot2otel.recording import Recording
from ot2otel.report.json import document
from ot2otel.report.telling import told
from ot2otel.report.verdict_file import VerdictFileError, findings_of
from tests.golden import RECORDINGS
from tests.support.endings import SOME
from tests.support.findings import verdict
from tests.support.likely_recordings import likely_pairs


def seen(finding: Finding) -> object:
    """Return all of a finding that an entry or a report looks at."""
    return (
        replace(finding, old_field="", new_field="", old="", new="", rules=(), examples=(), parts=((), ())),
        finding.field,
        finding.olds,
        finding.news,
        [rule.name for rule in finding.rules],
    )


@given(pair=likely_pairs())
def test_findings_are_read_as_they_were(pair: tuple[Recording, Recording]) -> None:
    judged = judge(*pair)

    found = findings_of(json.dumps(document([judged], 0)))

    assert list(map(seen, found)) == list(map(seen, judged.findings))
    assert len(told(found)) == len(told(judged.findings))


def test_findings_of_one_rule_are_told_as_one() -> None:
    before, after = (
        recording_file.read(RECORDINGS / f"hello-{name}.json") for name in ("legacy-jaeger", "shim-otlp")
    )
    judged = judge(before, after)

    found = findings_of(json.dumps(document([judged], 0)))

    assert [(line.n, line.subject) for line in told(found)] == [
        (line.n, line.subject) for line in told(judged.findings)
    ]


def test_marks_are_read_too() -> None:
    found = findings_of(json.dumps(document([verdict(*SOME), verdict()], 0)))

    assert [finding.accepted for finding in found] == ["", "nobody reads it", "", ""]


def changed(**keys: Any) -> str:  # Any: JSON
    content = document([verdict(*SOME)], 0)
    content["verdicts"][0]["findings"][0].update(keys)
    return json.dumps(content)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", "It is not JSON", id="nothing"),
        pytest.param("[" * 99_999, "It is not JSON", id="nested"),
        pytest.param("[]", "It is no verdict of version 2", id="a list"),
        pytest.param('{"resourceSpans": []}', "It is no verdict of version 2", id="spans"),
        pytest.param('{"version": 1}', "It is no verdict of version 2", id="an old one"),
        pytest.param('{"version": 2.0}', "It is no verdict of version 2", id="a float"),
        pytest.param('{"version": 2}', "Its findings can't be read: KeyError('verdicts')", id="cut"),
        pytest.param('{"version": 2, "verdicts": [1]}', "Its findings can't be read", id="a number"),
        pytest.param(changed(grade="lost"), "Its findings can't be read", id="a grade"),
        pytest.param(changed(spans=[1]), "Its findings can't be read", id="a span"),
        pytest.param(changed(n="1"), "Its findings can't be read", id="a count"),
        pytest.param(changed(rules=["none"]), "Its findings can't be read", id="a rule"),
        pytest.param(changed(old=[["a", "b"]]), "Its findings can't be read", id="a part"),
    ],
)
def test_another_text_is_refused(text: str, problem: str) -> None:
    with pytest.raises(VerdictFileError) as wrong:
        findings_of(text)

    assert str(wrong.value).startswith(problem)
    assert str(wrong.value).endswith("Make it with `ot2otel diff --format json`.")
