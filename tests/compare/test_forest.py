"""Which span of a trace is below which, with doubled ids, with circles, and if times are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from ot2otel.compare.facts import Contents
from ot2otel.compare.forest import SpanRow, placement_of, ranks_of, sort
from ot2otel.compare.forms import Forms
from ot2otel.model import Attributes, Link, Span
from tests.support.judging import SPAN

CONTENTS = Contents()


def row(
    span_id: str,
    parent_id: str = "",
    times: tuple[int, int] = (0, 0),
    name: str = "op",
    attributes: Attributes = {},  # noqa: B006  # never changed
) -> SpanRow:
    """Make a row; one letter is enough for an id here."""
    content = CONTENTS.of(replace(SPAN, name=name, attributes=attributes))
    return SpanRow(span_id, parent_id, *times, content, ())


def tree(rows: Sequence[SpanRow]) -> tuple[list[str], list[str], int]:
    """Return each row as `id<parent`, parents first; the roots; and the number of circles."""
    placed = list(rows)
    found = placement_of(placed)

    def named(number: int) -> str:
        above = found.above[number]
        return f"{placed[number].span_id}<{placed[above].span_id}" if above >= 0 else placed[number].span_id

    return (
        [named(number) for number in found.order],
        [placed[number].span_id for number in found.roots],
        found.cycles,
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([row("a"), row("b", "a"), row("c", "b")], (["a", "b<a", "c<b"], ["a"], 0), id="a chain"),
        pytest.param([row("a", "x")], (["a"], ["a"], 0), id="an orphan"),
        pytest.param([row("a", "a")], (["a"], ["a"], 1), id="its own parent"),
        pytest.param(
            [row("a", "b", (2, 9)), row("b", "a", (1, 9))],
            (["b", "a<b"], ["b"], 1),
            id="a circle is cut at the span that starts first",
        ),
        pytest.param(
            [row("a", "b", (2, 9)), row("b", "a", (3, 9)), row("c", "a", (1, 9))],
            (["a", "b<a", "c<a"], ["a"], 1),
            id="a span below a circle is not in it, though it starts first",
        ),
        pytest.param(
            [row("a", "a", (1, 2)), row("b", "b", (3, 4)), row("c", "", (5, 6))],
            (["c", "a", "b"], ["c", "a", "b"], 2),
            id="two circles beside a root",
        ),
    ],
)
def test_circles_are_cut_and_orphans_are_roots(
    rows: Sequence[SpanRow], expected: tuple[list[str], list[str], int]
) -> None:
    for turned in permutations(rows):
        assert tree(turned) == expected


def test_of_several_spans_with_one_id_the_first_has_the_children() -> None:
    rows = [row("a", times=(5, 9)), row("a", times=(1, 2)), row("b", "a", (6, 7))]

    placement = placement_of(rows)

    assert [each.start_ns for each in rows] == [1, 5, 6]
    assert placement.first == {"a": 0, "b": 2}
    assert placement.above == [-1, -1, 0]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([row("a", times=(0, 9)), row("b", times=(0, 5))], id="the longer one is the outer one"),
        pytest.param([row("a", times=(0, 1)), row("b", times=(2, 9))], id="by their start"),
        pytest.param([row("b", name="get"), row("a", name="put")], id="by what they say"),
        pytest.param(
            [row("b", attributes={"a": 1}), row("a", attributes={"b": 1})], id="by the places of their values"
        ),
        pytest.param([row("a"), row("b")], id="by their ids"),
        pytest.param([row("b", "a"), row("a", "b")], id="by their parents' ids"),
    ],
)
def test_the_order_in_which_rows_are_given_does_not_matter(rows: Sequence[SpanRow]) -> None:
    for turned in permutations(rows):
        found = list(turned)

        sort(found)

        assert found == list(rows)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        pytest.param([(0, 1)], [0], id="one"),
        pytest.param([(0, 1), (1, 2)], [0, 1], id="one after the other"),
        pytest.param([(0, 2), (1, 3), (2, 4), (4, 5)], [0, 0, 0, 1], id="a chain of overlaps"),
        pytest.param([(1, 1), (1, 1)], [0, 0], id="the same tick"),
    ],
)
def test_ranks_tell_what_ran_strictly_after(times: Sequence[tuple[int, int]], expected: list[int]) -> None:
    assert ranks_of([row("a", times=each) for each in times]) == expected


def doubled(trace: int, link: tuple[Link, ...] = ()) -> list[Span]:
    """Make a trace of two spans with one id; the one that starts first is called `first`."""
    span = replace(SPAN, trace_id=f"{trace:032x}")
    later = replace(span, name="second", start_ns=SPAN.start_ns + 10**6, end_ns=SPAN.end_ns + 10**6)
    return [later, replace(span, name="first", links=link)]


def test_doubled_ids_are_counted_in_all_traces() -> None:
    assert Forms().side([*doubled(1), *doubled(2)]).duplicates == 2


def test_a_link_to_a_doubled_id_points_at_its_first_span() -> None:
    target = Link(f"{1:032x}", SPAN.span_id)

    side = Forms().side([*doubled(1), *doubled(2, (target,))])

    assert {target: content.name for target, content in side.linked.items()} == {
        (f"{1:032x}", SPAN.span_id): "first"
    }
    told = [content.value(("link", 0, "to")) for content in side.counts if content.name == "first"]
    assert [to for to in told if to] == [": first, of another trace"]
