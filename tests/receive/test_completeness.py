"""Traces that arrive span by span, until they are complete."""

from __future__ import annotations

from ot2otel.model import Span, traces
from ot2otel.receive.completeness import CompleteTraces

TRACE, OTHER_TRACE = "0" * 31 + "1", "0" * 31 + "2"
ROOT = Span(TRACE, "a" * 16, "root")
CHILD = Span(TRACE, "b" * 16, "child", parent_id="a" * 16, start_ns=1)
LEAF = Span(TRACE, "c" * 16, "leaf", parent_id="b" * 16, start_ns=2)
OTHER = Span(OTHER_TRACE, "d" * 16, "other")


def returned(complete: CompleteTraces, spans: list[Span], now: float) -> list[str]:
    return [trace.trace_id for trace in complete.newly_complete(traces(spans), now)]


def test_a_trace_with_all_its_spans_is_returned_at_once_and_once() -> None:
    complete = CompleteTraces(most_spans=3, quiet=2)

    seen = [returned(complete, [ROOT, CHILD, LEAF], now) for now in (0, 1, 10)]

    assert seen == [[TRACE], [], []]


def test_a_shorter_trace_is_returned_after_the_quiet_time() -> None:
    complete = CompleteTraces(most_spans=3, quiet=2)

    seen = [returned(complete, spans, now) for spans, now in [([ROOT], 0), ([ROOT, CHILD], 1.5)]]
    seen += [returned(complete, [ROOT, CHILD], now) for now in (3, 3.5)]

    assert seen == [[], [], [], [TRACE]]


def test_without_patience_a_trace_without_its_root_is_not_returned() -> None:
    complete = CompleteTraces(most_spans=2, quiet=1)

    seen = [returned(complete, [CHILD, LEAF], now) for now in (0, 5)]

    assert seen == [[], []]


def test_a_trace_whose_root_never_arrives_is_returned_after_the_patience() -> None:
    complete = CompleteTraces(most_spans=2, quiet=1, patience=5)

    seen = [returned(complete, [CHILD, LEAF], now) for now in (0, 4.9, 5, 6)]

    assert seen == [[], [], [TRACE], []]


def test_each_trace_is_complete_by_itself() -> None:
    complete = CompleteTraces(most_spans=2, quiet=1)

    seen = [returned(complete, [ROOT, CHILD, OTHER], now) for now in (0, 1)]

    assert seen == [[TRACE], [OTHER_TRACE]]
