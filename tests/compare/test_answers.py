from __future__ import annotations

import pytest

from ot2otel.compare.answers import AnswerChanged, Answers, compare_answers
from ot2otel.recording import Answer, Recording

ONE, TWO = Answer("GET /one", 200, "1"), Answer("GET /two", 200, "2")
WRONG = Answer("GET /two", 500, "2")


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        pytest.param((), (), Answers(0, 0), id="none"),
        pytest.param((ONE, TWO), (), Answers(2, 0), id="of one recording alone"),
        pytest.param((ONE, TWO), (ONE, TWO), Answers(2, 2, 2), id="the same"),
        pytest.param((ONE, TWO), (ONE, WRONG), Answers(2, 2, 1, (AnswerChanged(TWO, WRONG),)), id="changed"),
        pytest.param((ONE, TWO), (ONE,), Answers(2, 1, 1, (AnswerChanged(TWO, None),)), id="fewer"),
        pytest.param((ONE,), (ONE, TWO), Answers(1, 2, 1, (AnswerChanged(None, TWO),)), id="more"),
    ],
)
def test_answers_are_compared_request_by_request(
    before: tuple[Answer, ...], after: tuple[Answer, ...], found: Answers
) -> None:
    assert compare_answers(Recording((), answers=before), Recording((), answers=after)) == found


def test_answers_are_compared_only_if_both_recordings_have_some() -> None:
    both, one = (Recording((), answers=answers) for answers in ((ONE,), ()))

    assert compare_answers(both, both).compared
    assert not compare_answers(both, one).compared
    assert not compare_answers(one, both).compared


def test_the_time_of_day_in_an_answer_is_no_difference() -> None:
    answers = (
        Recording((), answers=(Answer("GET /", 200, f"served Sat Nov 21 {time} 2026"),))
        for time in ("17:02:40", "18:00:00")
    )

    assert compare_answers(*answers) == Answers(1, 1, 1)
