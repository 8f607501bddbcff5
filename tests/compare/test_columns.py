"""Many pairs of spans that differ in columns alone are judged once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from ot2otel.compare import columns
from ot2otel.compare.facts import Facts
from ot2otel.compare.rules.rule import Effect, Renamed, Rule, attribute
from ot2otel.compare.rules.steps import Step
from ot2otel.model import Span, Status, StatusCode
from tests.support.accounts import compared
from tests.support.trees import branch, forest

RENAMED = Step((), (Rule("it", Effect.TRANSLATED, "", "", (Renamed(attribute("old"), attribute("new")),)),))


def requests(count: int, make: Callable[[int], tuple[str, int, str]]) -> tuple[Span, ...]:
    """Record so many requests: `make` returns the key and the value of an attribute, and a message."""
    spans = []
    for number in range(count):
        key, value, message = make(number)
        status = Status(StatusCode.ERROR, message)
        spans.append(branch("GET", attributes={key: value, "request": number}, status=status))
    return forest(*spans)


def judged(before: tuple[Span, ...], after: tuple[Span, ...]) -> tuple[int, Counter[tuple[str, str]]]:
    """Return how many pairs were judged, and the grades by field of all pairs."""
    asked = []

    def step_for(old: Facts, new: Facts) -> Step:
        asked.append(old)
        return RENAMED

    found = Counter[tuple[str, str]]()
    for each in compared(before, after, step_for).judged:
        for one in each.settled:
            place = (one.old or one.new)[0]
            found[one.grade.value, str(place[-1])] += sum(row.times.count for row in each.rows)
    return len(asked), found


@pytest.mark.parametrize(
    ("count", "values", "times"),
    [
        pytest.param(40, 40, 40, id="few pairs, each"),
        pytest.param(41, 41, 1, id="many pairs, once"),
        pytest.param(41, 7, 1, id="many values are a column"),
        pytest.param(41, 6, 6, id="few values are not"),
    ],
)
def test_many_pairs_are_judged_once(count: int, values: int, times: int) -> None:
    def of(key: str, number: int) -> tuple[str, int, str]:
        return key, number % values, ""

    before, after = (requests(count, partial(of, key)) for key in ("old", "new"))

    asked, found = judged(before, after)

    assert asked == times
    assert found["translated", "old"] == found["kept", "request"] == count


def test_many_pairs_of_which_one_is_unchanged_are_all_judged() -> None:
    before = requests(50, lambda n: ("k", n, ""))
    after = requests(50, lambda n: ("k", n + 100 * (n > 0), ""))

    _, found = judged(before, after)

    assert (found["kept", "k"], found["changed", "k"]) == (1, 49)


def test_a_span_that_says_nothing_in_a_column_is_judged_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def message(number: int) -> str:
        return f"message {number}" if number % 2 else ""

    before = requests(50, lambda n: ("old", n, message(n)))
    after = requests(50, lambda n: ("new", n, f"{message(n)}!" if n % 2 else ""))
    asked, found = judged(before, after)
    monkeypatch.setattr(columns, "_FEW_PAIRS", 50)
    asked_each, found_each = judged(before, after)

    assert (asked, asked_each) == (2, 50)
    assert found == found_each
    assert found["changed", "message"] == 25
