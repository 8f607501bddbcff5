"""Which node of its side each span of a trace is, told again from the spans."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given

from ot2otel.compare.forms import CHILD, Forms
from ot2otel.model import Event, Link, Span
from tests.support.forests import doubled_forests
from tests.support.judging import SPAN
from tests.support.trees import branch, forest

TREE = branch(
    "root",
    branch("get", branch("leaf", attributes={"n": 1})),
    branch("get", branch("leaf", attributes={"n": 2})),
    branch("put", events=(Event("e", 1),)),
)


def with_links(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Link the last span to one of its trace, to one of another trace and to one of no recording."""
    links = tuple(Link(to.trace_id, to.span_id) for to in (spans[0], spans[2], SPAN))
    return (*spans[:-1], replace(spans[-1], links=links))


SPANS = {
    "trees": forest(TREE, TREE),
    "links": with_links(forest(branch("apart"), TREE)),
    "an orphan": forest(branch("a", branch("b", parent_id="9" * 16), branch("c"))),
    "a cycle": tuple(
        replace(span, parent_id=f"{parent:016x}")
        for span, parent in zip(forest(branch("a", branch("b", branch("c")))), (3, 1, 2), strict=True)
    ),
    "twice the same id": (*forest(TREE), forest(TREE)[2]),
    "a span below one that is its own parent": tuple(
        replace(span, parent_id=f"{1:016x}", start_ns=0, end_ns=0)
        for span in forest(branch("a", branch("b")))
    ),
    "two that start together": tuple(
        replace(span, start_ns=0, end_ns=number * 10**6)
        for number, span in enumerate(forest(branch("a", branch("b"), branch("c"))))
    ),
}


def check(spans: tuple[Span, ...]) -> None:
    """Place the spans of each trace of a side anew: they are the nodes of the side, below their parents."""
    forms = Forms()
    side = forms.side(spans)
    nodes = Counter(node for trace in side.traces for root in trace.roots for node in root.walk())

    found = [
        forms.placed([span for span in reversed(spans) if span.trace_id == trace.trace_id], side)
        for trace in side.traces
    ]

    assert Counter(one.node for trace in found for one in trace) == nodes
    assert sorted((one.span.trace_id, one.span.span_id) for trace in found for one in trace) == sorted(
        (span.trace_id, span.span_id) for span in spans
    )
    for trace in found:
        for place, one in enumerate(trace):
            assert one.node.content.name == one.span.name
            assert -1 <= one.parent < place
            assert (one.parent >= 0) is (one.node.parent == CHILD)
            above = trace[one.parent] if one.parent >= 0 else None
            assert above is None or (
                one.node in above.node.children and one.span.parent_id == above.span.span_id
            )


@pytest.mark.parametrize("name", SPANS)
def test_a_span_is_told_again_as_the_node_that_it_was(name: str) -> None:
    check(SPANS[name])


@given(doubled_forests())
def test_any_span_is_told_again_as_the_node_that_it_was(spans: tuple[Span, ...]) -> None:
    check(spans)
