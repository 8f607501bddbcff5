"""Spans side by side, as the comparison paired their nodes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ot2otel.compare.verdict import Known, judge
from ot2otel.model import Span
from ot2otel.recording import Recording
from ot2otel.report.html.alignment import Aligned
from ot2otel.report.html.examples import Example, collected
from ot2otel.report.html.found import Found
from ot2otel.report.html.tables import Tables
from ot2otel.report.html.traces import Traces
from tests.support.trees import Branch, branch, forest


def rows(before: tuple[Span, ...], after: tuple[Span, ...]) -> list[Aligned]:
    """Align the spans of all pairs of traces."""
    verdict = judge(Recording(before), Recording(after), Known(evidence=True))
    assert verdict.evidence is not None
    traces = Traces(verdict, verdict.evidence, Found((), ()), Tables())
    sides = [collected(spans, {span.trace_id for span in spans}) for spans in (before, after)]
    return [
        row
        for pairs, times in verdict.evidence.trees
        for ids in times.traces
        for row in traces.aligned(Example(pairs, ids), sides[0], sides[1])
    ]


def told(row: Aligned) -> tuple[int, str, str, bool]:
    return (
        row.depth,
        row.old.span.name if row.old else "",
        row.new.span.name if row.new else "",
        row.moved,
    )


ROOT = branch("root", branch("a", branch("leaf")), branch("b"))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            ROOT,
            ROOT,
            [(0, "root", "root"), (1, "a", "a"), (2, "leaf", "leaf"), (1, "b", "b")],
            id="nothing changed",
        ),
        pytest.param(
            ROOT,
            branch("root", branch("a", branch("leaf"))),
            [(0, "root", "root"), (1, "a", "a"), (2, "leaf", "leaf"), (1, "b", "")],
            id="a span is gone",
        ),
        pytest.param(
            branch("root", branch("b")),
            branch("root", branch("b"), branch("new", branch("below"))),
            [(0, "root", "root"), (1, "b", "b"), (1, "", "new"), (2, "", "below")],
            id="spans are new",
        ),
        pytest.param(
            branch("root", *[branch("same")] * 3),
            branch("root", *[branch("same")] * 2),
            [(0, "root", "root"), (1, "same", "same"), (1, "same", "same"), (1, "same", "")],
            id="one of equal ones is gone",
        ),
    ],
)
def test_spans_stand_in_the_order_of_the_before(
    before: Branch, after: Branch, expected: list[tuple[int, str, str]]
) -> None:
    found = rows(forest(before), forest(after))

    assert [told(row) for row in found] == [(*each, False) for each in expected]


def test_a_moved_span_stays_in_its_old_row_and_knows_its_new_parent() -> None:
    before = forest(branch("root", branch("a", branch("leaf", attributes={"row": 1})), branch("b")))
    after = forest(branch("root", branch("a"), branch("b", branch("leaf", attributes={"row": 1}))))

    [leaf] = [row for row in rows(before, after) if row.old and row.old.span.name == "leaf"]

    assert told(leaf) == (2, "leaf", "leaf", True)
    assert leaf.old_parent is not None
    assert leaf.new_parent is not None
    assert (leaf.old_parent.span.name, leaf.new_parent.span.name) == ("a", "b")


branches = st.recursive(
    st.builds(branch, st.sampled_from("abc")),
    lambda below: st.builds(
        lambda name, children: branch(name, *children), st.sampled_from("abc"), st.lists(below, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(branches, min_size=1, max_size=3), st.lists(branches, min_size=1, max_size=3))
def test_every_span_stands_in_exactly_one_row(before: list[Branch], after: list[Branch]) -> None:
    olds, news = forest(*before), forest(*after)

    found = rows(olds, news)

    for side, spans in (("old", olds), ("new", news)):
        there = [getattr(row, side).span for row in found if getattr(row, side)]
        assert sorted(there, key=id) == sorted(spans, key=id)


def test_a_span_gets_the_very_node_that_was_compared() -> None:
    """Also with the ids of another span, in a circle, with a link to another trace."""
    from tests.support.odd_spans import ODD_SPANS

    verdict = judge(Recording(ODD_SPANS), Recording(ODD_SPANS), Known(evidence=True))

    assert verdict.evidence is not None
    for trace in verdict.evidence.before.traces:
        spans = [span for span in ODD_SPANS if span.trace_id == trace.trace_id]
        placed = verdict.evidence.forms.placed(spans, verdict.evidence.before)
        roots = [each.node for each in placed if each.parent < 0]
        assert sorted(roots, key=id) == sorted(trace.roots, key=id)
