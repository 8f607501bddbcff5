"""The trees of two recordings side by side."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given

from ot2otel.compare.trees import Cell, TreePair, TreeRow
from ot2otel.compare.verdict import judge
from ot2otel.model import Kind, Span, Status, StatusCode
from ot2otel.recording import Recording
from tests.support.forests import forests
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


def test_equal_trees_are_one() -> None:
    calls = trace(*(branch("call", branch("leaf"), attributes={"n": n}) for n in range(5)))

    pairs = judge(Recording(calls), Recording(calls)).trees

    assert [pair.times for pair in pairs] == [5]
    assert rows(calls, calls) == [[(0, "call", "call"), (1, "leaf", "leaf")]]


def test_children_stand_in_the_order_in_which_they_ran() -> None:
    spans = trace(branch("root", branch("c"), branch("a"), branch("b")))

    assert rows(spans, spans) == [[(0, "root", "root"), (1, "c", "c"), (1, "a", "a"), (1, "b", "b")]]


def test_children_that_ran_in_another_order_stand_in_theirs() -> None:
    spans = trace(branch("root", branch("c"), branch("a"), branch("b")))
    turned = trace(branch("root", branch("b"), branch("c"), branch("a")))

    assert [name for _, name, _ in rows(turned, turned)[0]] == ["root", "b", "c", "a"]
    assert [name for _, name, _ in rows(spans, turned)[0]] == ["root", "c", "a", "b"]
    assert [name for _, name, _ in rows(turned, spans)[0]] == ["root", "b", "c", "a"]


def test_children_of_two_trees_that_ran_in_two_orders_stand_in_their_own() -> None:
    a, b, c = map(branch, "abc")
    spans = trace(branch("root", c, a, b), branch("other", b, c, a))

    assert [[name for _, name, _ in tree] for tree in rows(spans, spans)] == [
        ["root", "c", "a", "b"],
        ["other", "b", "c", "a"],
    ]


def test_a_new_span_below_one_of_two_that_are_alike_stands_once() -> None:
    before = trace(branch("root", branch("a", branch("x")), branch("a")))
    after = trace(branch("root", branch("a", branch("x")), branch("a", branch("x"))))

    (found,) = rows(before, after)

    assert Counter((old, new) for _, old, new in found) == {
        ("root", "root"): 1,
        ("a", "a"): 2,
        ("x", "x"): 1,
        ("", "x"): 1,
    }


def test_every_span_stands_in_a_row() -> None:
    before = trace(branch("root", *(branch("get", branch("leaf")) for _ in range(50))))
    after = trace(branch("root", *(branch("get", branch("leaf"), branch("more")) for _ in range(49))))

    (found,) = rows(before, after)

    assert (sum(bool(old) for _, old, _ in found), sum(bool(new) for _, _, new in found)) == (101, 148)


def test_a_row_has_the_cells_of_both_spans() -> None:
    before = trace(branch("a", branch("b"), kind=Kind.SERVER, status=Status(StatusCode.ERROR), service="one"))
    after = trace(branch("a", branch("b"), kind=Kind.CLIENT, service="one"))

    (found,) = judge(Recording(before), Recording(after)).trees

    leaf = Cell("service", "b", Kind.UNSPECIFIED, StatusCode.UNSET)
    root = Cell("one", "a", Kind.SERVER, StatusCode.ERROR)
    assert found == TreePair(
        (
            TreeRow(0, root, Cell("one", "a", Kind.CLIENT, StatusCode.UNSET)),
            TreeRow(1, leaf, leaf),
        ),
        1,
        ((before[0].trace_id, after[0].trace_id),),
    )


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(branch("a", branch("b"), branch("c", service="else")), id="another service"),
        pytest.param(branch("a", branch("b"), branch("d")), id="another name"),
        pytest.param(branch("a", branch("b"), branch("c", kind=Kind.CLIENT)), id="another kind"),
        pytest.param(
            branch("a", branch("b"), branch("c", status=Status(StatusCode.ERROR))), id="another status"
        ),
        pytest.param(branch("a", branch("b", branch("c"))), id="a span below another"),
        pytest.param(branch("a", branch("b"), branch("c", branch("c"))), id="a span more"),
    ],
)
def test_trees_that_look_different_are_two(other: Branch) -> None:
    spans = trace(branch("a", branch("b"), branch("c")), other)

    pairs = judge(Recording(spans), Recording(spans)).trees

    assert [pair.times for pair in pairs] == [1, 1]


def test_trees_that_differ_in_the_after_alone_are_two() -> None:
    before = trace(
        branch("a", branch("b"), attributes={"k": 1}), branch("a", branch("b"), attributes={"k": 2})
    )
    after = trace(
        branch("a", branch("b"), attributes={"k": 1}), branch("a", branch("c"), attributes={"k": 2})
    )

    assert rows(before, after) == [[(0, "a", "a"), (1, "b", "b")], [(0, "a", "a"), (1, "b", "c")]]


def test_trees_that_differ_in_what_is_missing_or_new_are_two() -> None:
    whole = trace(*(branch("a", branch("b"), branch(name)) for name in ("c", "d")))
    cut = trace(*(branch("a", branch("b"), attributes={"k": name}) for name in ("c", "d")))

    missing, new = sorted(rows(whole, cut)), sorted(rows(cut, whole))

    assert missing == [[(0, "a", "a"), (1, "b", "b"), (1, name, "")] for name in ("c", "d")]
    assert new == [[(0, "a", "a"), (1, "b", "b"), (1, "", name)] for name in ("c", "d")]


def test_a_row_of_one_side_has_not_moved() -> None:
    whole, cut = trace(branch("a", branch("b"))), trace(branch("a"))

    found = [
        judge(Recording(one), Recording(other)).trees[0].rows[1]
        for one, other in ((whole, cut), (cut, whole))
    ]

    cell = Cell("service", "b", Kind.UNSPECIFIED, StatusCode.UNSET)
    assert found == [TreeRow(1, cell, None, moved=False), TreeRow(1, None, cell, moved=False)]


def test_trees_with_a_loss_that_look_alike_are_one() -> None:
    whole = [branch("a", branch("b"), branch("c"), attributes={"k": n}) for n in range(3)]
    cut = [branch("a", branch("b"), attributes={"k": n}) for n in range(3)]

    pairs = judge(Recording(trace(*whole)), Recording(trace(*cut))).trees

    assert [(pair.times, len(pair.rows)) for pair in pairs] == [(3, 3)]


def test_a_new_span_below_one_that_moved_stands_below_it() -> None:
    found = rows(
        trace(branch("a", branch("b", branch("c")), branch("d"))),
        trace(branch("a", branch("b"), branch("d", branch("c", branch("e"), branch("e"))))),
    )

    assert found == [
        [(0, "a", "a"), (1, "b", "b"), (2, "c", "c*"), (3, "", "e"), (3, "", "e"), (1, "d", "d")]
    ]


def test_new_roots_stand_behind_those_of_the_before() -> None:
    before = trace(branch("a"))
    # The last three are of the trace of the first; the parent of `x` is in no recording.
    _, *last = trace(branch("a", branch("x", branch("y"), branch("z"), parent_id="9" * 16)))
    after = (*before, *last)

    assert rows(before, after) == [[(0, "a", "a"), (0, "", "x"), (1, "", "y"), (1, "", "z")]]
    assert rows(after, before) == [[(0, "a", "a"), (0, "x", ""), (1, "y", ""), (1, "z", "")]]


@given(forests(1), forests(1))
def test_every_span_of_any_forest_stands_in_a_row(before: tuple[Span, ...], after: tuple[Span, ...]) -> None:
    pairs = judge(Recording(before), Recording(after)).trees

    cells = [
        Counter(
            cell.name
            for pair in pairs
            for row in pair.rows
            for cell in [(row.before, row.after)[side]] * pair.times
            if cell
        )
        for side in (0, 1)
    ]
    assert cells == [Counter(span.name for span in spans) for spans in (before, after)]
