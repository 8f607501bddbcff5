"""When a trace that arrives span by span is whole."""

from __future__ import annotations

from ot2otel.model import Span, traces
from ot2otel.receive.completeness import CompleteTraces

TRACE, OTHER_TRACE = "0" * 31 + "1", "0" * 31 + "2"
ROOT = Span(TRACE, "a" * 16, "root")
CHILD = Span(TRACE, "b" * 16, "child", parent_id="a" * 16, start_ns=1)
LEAF = Span(TRACE, "c" * 16, "leaf", parent_id="b" * 16, start_ns=2)
OTHER = Span(OTHER_TRACE, "d" * 16, "other")


def given_out(whole: CompleteTraces, spans: list[Span], now: float) -> list[str]:
    return [trace.trace_id for trace in whole.newly_complete(traces(spans), now)]


def test_a_trace_with_all_its_spans_is_given_out_at_once_and_once() -> None:
    whole = CompleteTraces(most_spans=3, quiet=2)

    seen = [given_out(whole, [ROOT, CHILD, LEAF], now) for now in (0, 1, 10)]

    assert seen == [[TRACE], [], []]


def test_a_shorter_trace_is_given_out_when_it_was_quiet_for_long_enough() -> None:
    whole = CompleteTraces(most_spans=3, quiet=2)

    seen = [given_out(whole, spans, now) for spans, now in [([ROOT], 0), ([ROOT, CHILD], 1.5)]]
    seen += [given_out(whole, [ROOT, CHILD], now) for now in (3, 3.5)]

    assert seen == [[], [], [], [TRACE]]


def test_a_trace_whose_root_is_absent_is_not_given_out() -> None:
    whole = CompleteTraces(most_spans=2, quiet=1)

    seen = [given_out(whole, [CHILD, LEAF], now) for now in (0, 5)]

    assert seen == [[], []]


def test_each_trace_is_whole_for_itself() -> None:
    whole = CompleteTraces(most_spans=2, quiet=1)

    seen = [given_out(whole, [ROOT, CHILD, OTHER], now) for now in (0, 1)]

    assert seen == [[TRACE], [OTHER_TRACE]]
