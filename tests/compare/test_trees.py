from __future__ import annotations

from ot2otel.compare.trees import TreePair
from tests.support.judging import verdict
from tests.support.traffic import Spans
from tests.support.trees import branch, forest


def drawn(tree: TreePair) -> list[str]:
    """Return a line for each row: its depth, and the names on both sides."""
    return [
        f"{'  ' * row.depth}{row.before.name if row.before else '-'} | {row.after.name if row.after else '-'}"
        for row in tree.rows
    ]


def trees_of(before: Spans, after: Spans) -> list[tuple[int, list[str]]]:
    return [(tree.times, drawn(tree)) for tree in verdict(before, after).trees]


def test_equal_trees_are_shown_once() -> None:
    calls = forest(*(branch("call", branch("leaf"), attributes={"n": n}) for n in range(5)))

    assert trees_of(calls, calls) == [(5, ["call | call", "  leaf | leaf"])]


def test_spans_of_one_side_stand_beside_nothing() -> None:
    before = forest(branch("root", branch("one"), branch("lost")))
    after = forest(branch("root", branch("one"), branch("more", service="other")))

    assert trees_of(before, after) == [(1, ["root | root", "  one | one", "  lost | -", "  - | more"])]


def test_a_span_that_moved_stands_where_it_was() -> None:
    before = forest(branch("root", branch("one", branch("get")), branch("two")))
    after = forest(branch("root", branch("one"), branch("two", branch("get"))))

    assert trees_of(before, after) == [(1, ["root | root", "  one | one", "    get | get", "  two | two"])]


def test_children_stand_in_the_order_in_which_they_ran() -> None:
    spans = forest(branch("root", branch("c"), branch("a"), branch("b")))

    assert trees_of(spans, spans) == [(1, ["root | root", "  c | c", "  a | a", "  b | b"])]


def test_every_span_of_the_pairs_stands_in_a_row() -> None:
    before = forest(branch("root", *(branch("get", branch("leaf")) for _ in range(50))))
    after = forest(branch("root", *(branch("get", branch("leaf"), branch("more")) for _ in range(49))))

    ((_, rows),) = trees_of(before, after)

    assert (
        len([row for row in rows if "- |" not in row]),
        len([row for row in rows if "- | more" in row]),
    ) == (
        101,
        49,
    )
