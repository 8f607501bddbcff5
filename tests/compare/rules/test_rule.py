from __future__ import annotations

import pytest

from ot2otel.compare.judgement import Grade
from ot2otel.compare.rules import Effect
from ot2otel.compare.rules.rule import Premise, attribute, one_of, stands, was

NAME = attribute("name")


def test_each_effect_is_a_grade_and_the_gravest_is_a_loss() -> None:
    assert {effect.value for effect in Effect} <= {grade.value for grade in Grade}
    assert list(Effect)[-1] is Effect.DEGRADED


@pytest.mark.parametrize("value", [True, 1.0, "1", None])
def test_a_test_for_a_value_tells_types_apart(value: object) -> None:
    assert one_of(1)(1)
    assert not one_of(1)(value)


@pytest.mark.parametrize("premise", [was(NAME), stands(NAME)], ids=["was", "stands"])
def test_a_premise_without_values_asks_for_any_but_not_for_none(
    premise: Premise,
) -> None:
    test = premise.test

    assert (test("x"), test(0), test(None)) == (True, True, False)


def test_a_premise_may_ask_that_nothing_stands() -> None:
    test = stands(NAME, None).test

    assert (test(None), test("x")) == (True, False)
