from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from functools import partial

import pytest
from hypothesis import given

from ot2otel.compare import columns
from ot2otel.compare.comparison import Comparison, compare
from ot2otel.compare.facts import PARENT, TRACE, literal
from ot2otel.compare.forms import Forms
from ot2otel.compare.judgement import Grade
from ot2otel.compare.rows import AllTimes, Times
from ot2otel.compare.rules.steps import step
from tests.support.accounts import compared, settled, told
from tests.support.traffic import Spans, migrations, populations
from tests.support.trees import branch, forest

OF_THE_BEFORE = {
    Grade.KEPT,
    Grade.TRANSLATED,
    Grade.BOOKKEEPING,
    Grade.IMPROVED,
    Grade.DEGRADED,
    Grade.NOISE,
    Grade.GONE,
    Grade.CHANGED,
}
OF_THE_AFTER = OF_THE_BEFORE - {Grade.GONE} | {Grade.ADDED, Grade.NEW}


def test_times_are_counted_with_the_first_three_examples() -> None:
    times = Times()
    times.add(2, [("a", "b"), ("a", "b"), ("c", "d")])
    times.add(3, [("a", "b"), ("e", "f"), ("g", "h")])

    assert times == Times(5, [("a", "b"), ("c", "d"), ("e", "f")])


def test_all_times_have_every_pair_of_traces() -> None:
    pairs = [(str(n), str(-n)) for n in range(4)]
    times = AllTimes()
    times.add(1, iter(pairs[:1]))
    times.add(3, iter(pairs[1:]))

    assert times == AllTimes(4, pairs[:3], pairs)


def grades(comparison: Comparison) -> Counter[Hashable]:
    """Count the settled facts of each pair of spans, with the values that were expected."""
    return Counter(
        {
            (
                row.old,
                row.new,
                one.grade,
                frozenset(one.old),
                frozenset(one.new),
                frozenset(rule.name for rule in one.rules),
                literal(one.expected(row.old.values, row.new.values))
                if one.expected and row.old and row.new
                else "",
            ): row.times.count
            for judged in comparison.judged
            for one in judged.settled
            for row in judged.rows
        }
    )


@given(migrations())
def test_every_fact_of_each_side_has_exactly_one_grade(sides: tuple[Spans, Spans]) -> None:
    comparison = compared(*sides)

    assert settled(comparison) == (told(comparison.before), told(comparison.after))


@given(migrations())
def test_the_facts_of_each_side_have_the_grades_of_that_side(sides: tuple[Spans, Spans]) -> None:
    found = [one for judged in compared(*sides).judged for one in judged.settled]

    assert {one.grade for one in found if one.old} <= OF_THE_BEFORE
    assert {one.grade for one in found if one.new} <= OF_THE_AFTER


@given(migrations())
def test_any_recording_beside_itself_is_kept(sides: tuple[Spans, Spans]) -> None:
    for spans in sides:
        comparison = compared(spans, spans)

        assert {one.grade for judged in comparison.judged for one in judged.settled} <= {Grade.KEPT}


@given(populations())
def test_judging_by_columns_settles_the_same_as_judging_each_pair_by_itself(
    sides: tuple[Spans, Spans],
) -> None:
    forms = Forms()
    before, after = (forms.side(spans) for spans in sides)
    found = []

    for few_pairs, few_values in ((1_000, 1_000), (0, 0), (0, 1), (0, 2)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(columns, "_FEW_PAIRS", few_pairs)
            patch.setattr(columns, "_FEW_VALUES", few_values)
            found.append(grades(compare(before, after, partial(step, stored=False))))

    assert found == [found[0]] * 4


def test_spans_that_are_roots_here_and_children_there_are_counted_at_each_place() -> None:
    a, b = branch("a"), branch("b")
    spans = forest(a, branch("p", a), a, branch("a", b), branch("p", a, b))

    comparison = compared(spans, spans)

    assert Counter(
        {
            (row.old.name, place): row.times.count
            for judged in comparison.judged
            for one in judged.settled
            for row in judged.rows
            for place in one.old
            if row.old and place in (PARENT, TRACE, ("root",))
        }
    ) == {
        ("a", ("root",)): 3,
        ("a", TRACE): 3,
        ("a", PARENT): 2,
        ("b", PARENT): 2,
        ("p", ("root",)): 2,
        ("p", TRACE): 2,
    }
