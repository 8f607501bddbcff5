"""Traces are forests of any spans."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot2otel.model import Attributes, Node, Span, Trace, traces

TRACE, OTHER = "0" * 31 + "1", "0" * 31 + "2"


def _span(number: int, parent: int = 0, trace_id: str = TRACE, start: int = 0, end: int = 0) -> Span:
    parent_id = f"{parent:016x}" if parent else ""
    return Span(trace_id, f"{number:016x}", "op", parent_id, start_ns=start, end_ns=end)


@pytest.mark.parametrize(
    ("resource", "attributes", "value"),
    [
        ({"run": "1"}, {}, "1"),
        ({}, {"run": "2"}, "2"),
        ({"run": "1"}, {"run": "2"}, "1"),
        ({"run": ""}, {"run": "2"}, ""),
        ({}, {}, "none"),
    ],
    ids=["resource", "span", "both", "empty resource", "nowhere"],
)
def test_a_value_of_the_resource_is_found_on_the_resource_or_else_on_the_span(
    resource: Attributes, attributes: Attributes, value: str
) -> None:
    span = Span(TRACE, "1" * 16, "op", resource=resource, attributes=attributes)

    assert span.resource_value("run", "none") == value


def test_a_span_stands_below_its_parent() -> None:
    parent, child = _span(1), _span(2, parent=1)

    assert traces([child, parent]) == (Trace(TRACE, (Node(parent, (Node(child),)),)),)


def test_no_spans_make_no_traces() -> None:
    assert traces([]) == ()


def test_traces_and_children_come_in_the_order_of_their_start() -> None:
    late, early = _span(1, trace_id=OTHER, start=10), _span(1, start=5)
    second, first = _span(2, parent=1, start=8), _span(3, parent=1, start=6)

    assert traces([late, second, first, early]) == (
        Trace(TRACE, (Node(early, (Node(first), Node(second))),)),
        Trace(OTHER, (Node(late),)),
    )


def test_of_two_that_start_together_the_longer_one_comes_first() -> None:
    short, long = _span(1, start=5, end=6), _span(2, start=5, end=9)

    assert traces([short, long]) == (Trace(TRACE, (Node(long), Node(short))),)


def test_a_span_whose_parent_is_absent_is_a_root_and_an_orphan() -> None:
    orphan, root = _span(2, parent=9, start=1), _span(1)

    (trace,) = traces([orphan, root])

    assert trace.roots == (Node(root), Node(orphan))
    assert trace.orphans == (orphan,)


def test_a_parent_in_another_trace_is_absent() -> None:
    parent, child = _span(1), _span(2, parent=1, trace_id=OTHER)

    assert [trace.orphans for trace in traces([parent, child])] == [(), (child,)]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_spans_in_a_circle_hang_below_the_first_of_them(length: int) -> None:
    circle = [_span(n, parent=n % length + 1, start=-n) for n in range(length, 0, -1)]

    (trace,) = traces(circle)

    assert len(trace.roots) == 1
    assert trace.roots[0].span == _span(length, parent=1, start=-length)
    assert sorted(node.span.span_id for node in trace.walk()) == sorted(s.span_id for s in circle)
    assert (trace.circles, trace.orphans) == ((trace.roots[0].span,), ())


def test_an_orphan_beside_a_circle_is_none_of_it() -> None:
    orphan, one, other = _span(3, parent=9, start=5), _span(1, parent=2), _span(2, parent=1, start=1)

    (trace,) = traces([orphan, one, other])

    assert (trace.circles, trace.orphans) == ((one,), (orphan,))


def test_of_two_spans_with_the_same_ids_the_first_is_the_parent() -> None:
    first, again, child = _span(1, start=0), _span(1, start=1), _span(2, parent=1, start=2)

    assert traces([again, child, first]) == (Trace(TRACE, (Node(first, (Node(child),)), Node(again))),)


def test_a_walk_goes_from_parents_to_children() -> None:
    spans = [_span(1), _span(2, parent=1, start=1), _span(3, parent=2, start=2), _span(4, parent=1, start=3)]

    assert [node.span for node in traces(spans)[0].walk()] == spans


def test_a_walk_knows_how_deep_each_node_is() -> None:
    spans = [_span(1), _span(2, parent=1, start=1), _span(3, parent=2, start=2), _span(4, parent=1, start=3)]

    (root,) = traces(spans)[0].roots

    assert [(depth, node.span) for depth, node in root.walk_with_depth()] == list(
        zip([0, 1, 2, 1], spans, strict=True)
    )


def test_a_trace_may_be_deeper_than_the_stack() -> None:
    spans = [_span(number, parent=number - 1, start=number) for number in range(1, 10_001)]

    assert sum(1 for _ in traces(spans)[0].walk()) == 10_000


@given(st.lists(st.builds(_span, st.integers(1, 5), st.integers(0, 6), st.sampled_from([TRACE, OTHER]))))
def test_every_span_is_in_exactly_one_place(spans: list[Span]) -> None:
    walked = [node.span for trace in traces(spans) for node in trace.walk()]

    assert sorted(map(repr, walked)) == sorted(map(repr, spans))


@pytest.mark.parametrize(
    ("resource", "expected"),
    [({"service.name": "svc"}, "svc"), ({}, ""), ({"service.name": 5}, "5")],
    ids=["named", "absent", "a number"],
)
def test_the_service_is_the_resources_name(resource: dict[str, str | int], expected: str) -> None:
    assert dataclasses.replace(_span(1), resource=resource).service == expected


def test_a_duration_is_negative_where_the_clock_ran_backwards() -> None:
    assert _span(1, start=5, end=3).duration_ns == -2
