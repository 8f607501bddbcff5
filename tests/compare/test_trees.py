"""The trees of two recordings side by side."""

from __future__ import annotations

from ot2otel.compare.trees import TreeRow
from ot2otel.compare.verdict import judge
from ot2otel.model import Span
from ot2otel.recording import Recording
from tests.support.trees import Branch, branch, forest


def rows(before: tuple[Span, ...], after: tuple[Span, ...]) -> list[list[tuple[int, str, str]]]:
    """Return the rows of each pair: depth, name before, name after, with a star if it moved."""
    return [
        [(row.depth, _name(row, 0), _name(row, 1)) for row in pair.rows]
        for pair in judge(Recording(before), Recording(after)).trees
    ]


def _name(row: TreeRow, side: int) -> str:
    cell = (row.before, row.after)[side]
    return (cell.name if cell else "") + ("*" if row.moved and side else "")


def trace(*roots: Branch) -> tuple[Span, ...]:
    return forest(*roots)


def test_a_missing_and_a_new_child_stand_below_their_parent() -> None:
    fewer, more = branch("a", branch("c")), branch("a", branch("b", branch("e")), branch("c"))

    missing, new = rows(trace(more), trace(fewer)), rows(trace(fewer), trace(more))

    assert missing == [[(0, "a", "a"), (1, "b", ""), (2, "e", ""), (1, "c", "c")]]
    assert new == [[(0, "a", "a"), (1, "c", "c"), (1, "", "b"), (2, "", "e")]]


def test_a_moved_span_stays_where_it_was() -> None:
    found = rows(
        trace(branch("a", branch("b", branch("c")), branch("d"))),
        trace(branch("a", branch("b"), branch("d", branch("c")))),
    )

    assert found == [[(0, "a", "a"), (1, "b", "b"), (2, "c", "c*"), (1, "d", "d")]]


def test_a_trace_without_a_counterpart_is_a_tree_of_its_own() -> None:
    both = branch("a", branch("b"))

    missing = rows(trace(both, branch("refund", branch("pay"))), trace(both))
    new = rows(trace(both), trace(both, branch("refund", branch("pay"))))

    assert missing == [[(0, "a", "a"), (1, "b", "b")], [(0, "refund", ""), (1, "pay", "")]]
    assert new == [[(0, "a", "a"), (1, "b", "b")], [(0, "", "refund"), (1, "", "pay")]]


def test_traces_without_a_counterpart_that_look_alike_are_one_tree() -> None:
    spans = trace(branch("a"), *(branch("refund") for _ in range(4)))

    pairs = judge(Recording(spans), Recording(spans[:1])).trees

    assert [(pair.times, len(pair.examples)) for pair in pairs] == [(1, 1), (4, 3)]
