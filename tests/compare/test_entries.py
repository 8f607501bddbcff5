"""Events and links of the after are laid beside those of the before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ot2otel.compare.facts import Content, Contents
from ot2otel.compare.judgement import entries
from ot2otel.compare.judgement.entries import beside
from ot2otel.model import Attributes, Event
from tests.support.judging import SPAN, START_NS

NO_COLUMNS = frozenset[tuple[str | int, ...]]()
Entry = tuple[str, Attributes]


def contents(*sides: Sequence[Entry]) -> list[Content]:
    known = Contents()
    return [
        known.of(replace(SPAN, events=tuple(Event(name, START_NS, kept) for name, kept in side)))
        for side in sides
    ]


def laid(before: Sequence[Entry], after: Sequence[Entry]) -> list[int]:
    """Return for each event of the after the number that it gets."""
    old, new = contents(before, after)
    numbers = beside("event", (old, new), (NO_COLUMNS, NO_COLUMNS)).numbers
    return [numbers["event", number] for number in range(len(after))]


A, B = ("a", {"k": 1}), ("b", {"k": 2})
FRAMES, OTHER_FRAMES = ('Traceback\n  File "x", line 1\n', 'Traceback\n  File "y", line 2\n')


@pytest.mark.parametrize(
    ("before", "after", "numbers"),
    [
        pytest.param([A, B], [A, B], [0, 1], id="the same"),
        pytest.param([A, B], [B, A], [1, 0], id="in another order"),
        pytest.param([A, A], [A, A], [0, 1], id="two alike"),
        pytest.param([A], [], [], id="lost"),
        pytest.param([], [A, B], [0, 1], id="new"),
        pytest.param([A], [B, A], [1, 0], id="a new one has a number behind those of the before"),
        pytest.param([A], [("a", {"k": 2})], [0], id="another value"),
        pytest.param([A], [("a", {"l": 1})], [0], id="another key"),
        pytest.param([A], [("b", {"l": 1})], [0], id="another name"),
        pytest.param([A], [("b", {"l": 2})], [1], id="nothing in common"),
        pytest.param([A], [("b", {"k": "1"})], [1], id="a value of another type"),
        pytest.param(
            [("a", {"k": 1}), ("b", {"k": 2, "l": 3})],
            [("c", {"k": 2, "l": 3}), ("a", {"k": 2})],
            [1, 0],
            id="those with the most in common first",
        ),
        pytest.param(
            [("a", {"k": 1}), ("b", {"k": 1})],
            [("b", {"k": 2}), ("a", {"k": 2})],
            [1, 0],
            id="a name tells more than a value",
        ),
        pytest.param(
            [("a", {"k": 1, "l": 7}), ("b", {"k": 2, "l": 7})],
            [("c", {"l": 7}), ("d", {"l": 7})],
            [0, 1],
            id="the nearest of those alike",
        ),
        pytest.param(
            [("a", {}), ("e", {"stack": FRAMES})],
            [("f", {"stack": OTHER_FRAMES})],
            [1],
            id="two stacks are alike",
        ),
    ],
)
def test_an_event_is_laid_beside_the_likest(
    before: Sequence[Entry], after: Sequence[Entry], numbers: list[int]
) -> None:
    assert laid(before, after) == numbers


def test_very_many_events_are_laid_by_equal_values_and_then_in_their_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entries, "_MOST_PAIRS", 3)

    assert laid([A, ("c", {}), ("d", {})], [("d", {"k": 2}), A, ("c", {"k": 2})]) == [1, 0, 2]
    assert laid([A, ("c", {})], [A, ("x", {}), ("c", {})]) == [0, 3, 1]


def test_events_in_which_no_value_varies_need_no_guard() -> None:
    old, new = contents([A, B], [B, A])
    column = frozenset({("event", 0, "attributes", "k")})
    other = frozenset({("attributes", "k")})

    guards = [
        beside("event", (old, new), columns).guards for columns in ((NO_COLUMNS, other), (column, other))
    ]

    assert [len(each) for each in guards] == [0, 1]


def test_a_guard_tells_whether_other_spans_are_laid_in_the_same_way() -> None:
    old, new, turned = contents([A, B], [B, A], [A, B])
    column = frozenset({("event", 0, "attributes", "k")})

    (guard,) = beside("event", (old, new), (column, NO_COLUMNS)).guards

    assert guard(old.values, new.values)
    assert not guard(old.values, turned.values)
