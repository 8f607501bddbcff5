"""The sentence on top of a page."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from docs.makers.blocks import recording
from ot2otel.acceptance import Entry, mark
from ot2otel.compare.findings import SPAN
from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import judge
from ot2otel.model import Kind, Status, StatusCode
from ot2otel.recording import Answer, Recording
from ot2otel.report.html.words import grouped, headline, lede
from ot2otel.report.telling import told
from tests.support.trees import branch, forest

ONE = Recording(forest(branch("one", kind=Kind.SERVER, attributes={"a": 1})))
ANSWER = Answer("GET /", 200, "hello")


def of(before: Recording, after: Recording, *accepted: Entry) -> str:
    verdict = mark([judge(before, after)], accepted).verdicts[0]
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


KIND, STATUS = (
    Entry("a step on the way", (Grade.DEGRADED,), rules=(f"shim-{name}-as-attribute",))
    for name in ("kind", "error")
)


@pytest.mark.parametrize(
    ("accepted", "sentence"),
    [
        pytest.param(
            [KIND], "All 8 spans arrive. [1 field] is lost beside what is accepted.", id="one of two losses"
        ),
        pytest.param(
            [KIND, STATUS], "All 8 spans arrive, and nothing is lost but what is accepted.", id="all"
        ),
    ],
)
def test_what_is_accepted_is_no_loss_and_is_told(accepted: Sequence[Entry], sentence: str) -> None:
    assert of(recording("hello-legacy-jaeger"), recording("hello-shim-otlp"), *accepted) == sentence


def test_an_accepted_span_does_not_arrive() -> None:
    two = Recording(forest(branch("one", branch("two"), kind=Kind.SERVER, attributes={"a": 1})))
    gone = Entry("not needed", (Grade.GONE,), fields=(SPAN,), spans=("two",))
    assert of(two, ONE, gone) == "1 of 2 spans arrives, and nothing is lost but what is accepted."


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
