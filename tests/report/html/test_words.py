"""The sentence on top of a page."""

from __future__ import annotations

import pytest

from docs.makers.blocks import recording
from ot2otel.compare.verdict import judge
from ot2otel.model import Kind, Status, StatusCode
from ot2otel.recording import Answer, Recording
from ot2otel.report.html.words import grouped, headline, lede
from ot2otel.report.telling import told
from tests.support.trees import branch, forest

ONE = Recording(forest(branch("one", kind=Kind.SERVER, attributes={"a": 1})))
ANSWER = Answer("GET /", 200, "hello")


def of(before: Recording, after: Recording) -> str:
    verdict = judge(before, after)
    return "".join(
        f"[{text}]" if is_loss else text for text, is_loss in headline(verdict, told(verdict.findings))
    )


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        ("hello-shim-otlp", "All 8 spans arrive. [3 of 4 errors] and [all 8 kinds] do not."),
        ("hello-native-otlp", "All 8 spans arrive, and nothing is lost."),
        ("hello-legacy-jaeger", "Nothing differs but ids and times."),
    ],
)
def test_the_golden_recordings_in_a_sentence(after: str, sentence: str) -> None:
    assert of(recording("hello-legacy-jaeger"), recording(after)) == sentence


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        pytest.param(
            Recording(forest(branch("one", kind=Kind.SERVER))), "[1 field] is gone.", id="an attribute"
        ),
        pytest.param(
            Recording(forest(branch("one", branch("two"), kind=Kind.SERVER, attributes={"a": 1}))),
            "1 span is new.",
            id="a new span is no loss",
        ),
        pytest.param(
            Recording(
                forest(branch("one", kind=Kind.CLIENT, attributes={"a": 1}, status=Status(StatusCode.ERROR)))
            ),
            "[2 fields] are changed without a rule.",
            id="kind and status",
        ),
    ],
)
def test_unexplained_differences_in_a_sentence(after: Recording, sentence: str) -> None:
    assert of(ONE, after) == sentence


def test_without_spans_the_answers_are_told() -> None:
    assert (
        of(Recording((), answers=(ANSWER,)), Recording((), answers=(ANSWER,))) == "The answers are the same."
    )


def test_the_lede_tells_how_many_findings_no_rule_explains() -> None:
    verdict = judge(ONE, Recording(forest(branch("two", kind=Kind.CLIENT))))

    assert lede(verdict, told(verdict.findings)) == (
        "No rule explains 3 of the 3 findings below that change something. Look at these first."
    )


def test_large_numbers_have_commas() -> None:
    assert grouped("312 of 37021 spans, 1000000 in all") == "312 of 37,021 spans, 1,000,000 in all"
