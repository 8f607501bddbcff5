"""What makes the exit code 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from ot2otel.acceptance import AcceptanceError, FailOn
from ot2otel.acceptance.fail_on import NEVER, WORDS
from ot2otel.compare.answers import AnswerChanged, Answers
from ot2otel.compare.findings import SPAN, Finding
from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Outcome
from ot2otel.recording import Answer
from tests.support.findings import finding, verdict

FOUND: Mapping[Grade, Finding] = {
    grade: finding(grade, ("attributes.a", "1")) for grade in Grade if grade is not Grade.KEPT
}
NEW_SPAN = finding(Grade.NEW, ("", ""), (SPAN, '"pay"'))


def test_the_words_are_all_grades_and_the_verdicts_that_may_fail() -> None:
    outcomes = {outcome.value for outcome in Outcome} - {Outcome.IDENTICAL.value}

    assert set(WORDS) == {grade.value for grade in FOUND} | outcomes | {NEVER}
    assert len(WORDS) == len(set(WORDS))


@pytest.mark.parametrize("grade", FOUND)
@pytest.mark.parametrize("word", [*(grade.value for grade in FOUND), "different", "equivalent", NEVER, ""])
def test_a_finding_fails_by_its_own_word(word: str, grade: Grade) -> None:
    fail_on = FailOn.of([word] if word else [])

    always = grade in (Grade.GONE, Grade.CHANGED)
    fails = word != NEVER and (always or word in (grade.value, "equivalent"))
    assert fail_on.fails_for(FOUND[grade]) is fails
    assert fail_on.fails(verdict(FOUND[grade])) is fails
    assert not fail_on.fails(verdict(replace(FOUND[grade], accepted="why")))


def test_a_new_span_and_an_answer_that_differs_always_fail() -> None:
    answers = Answers(1, 1, 0, (AnswerChanged(Answer("GET /", 200, ""), Answer("GET /", 500, "")),))

    assert FailOn().fails(verdict(NEW_SPAN))
    assert FailOn().fails_for(NEW_SPAN)
    assert FailOn().fails(verdict(answers=answers))
    assert not FailOn.of([NEVER]).fails(verdict(NEW_SPAN, answers=answers))


def test_nothing_fails_where_nothing_differs() -> None:
    assert not FailOn.of(["equivalent"]).fails(verdict())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["lost"], "'lost' is not one of different, gone, changed, degraded, new,"),
        (["identical"], "'identical' is not one of"),
        (["never", "new"], "'never' stands alone"),
    ],
)
def test_other_words_are_refused(words: list[str], message: str) -> None:
    with pytest.raises(AcceptanceError, match=message):
        FailOn.of(words)


def test_it_names_what_fails() -> None:
    assert FailOn.of([]).words == ("different",)
    assert FailOn.of(["new", "degraded", "gone"]).words == ("different", "degraded", "new")
    assert FailOn.of([NEVER]).words == (NEVER,)
