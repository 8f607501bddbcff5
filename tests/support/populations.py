"""Large populations of one program's traffic, and what may happen to them without a change of the program."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from benchmarks.populations import TraceSpans, Values, legacy_traces, native_traces
from ot2otel.model import Span

_STARTS_NS = 1_795_000_000_000_000_000


def legacy(count: int, values: Values = Values.UNIQUE, seed: int = 1) -> list[TraceSpans]:
    """Return the traces of so many requests as jaeger-client tells them; ids and times follow the seed."""
    return [_on_one_host(trace) for trace in legacy_traces(count, values, seed)]


def native(count: int, values: Values = Values.UNIQUE, seed: int = 2) -> list[TraceSpans]:
    """Return the traces of the same requests as OpenTelemetry tells them."""
    return [_on_one_host(trace) for trace in native_traces(count, values, seed)]


def overlapping(traces: Iterable[TraceSpans], seed: int = 3) -> list[TraceSpans]:
    """Let all requests run at once; they start, and stand in the file, in an order that the seed gives."""
    found = list(traces)
    random.Random(seed).shuffle(found)
    return [_shifted(trace, _STARTS_NS + n - trace[0].start_ns) for n, trace in enumerate(found)]


def all_spans(traces: Iterable[TraceSpans]) -> tuple[Span, ...]:
    """Return the spans of the traces."""
    return tuple(chain.from_iterable(traces))


def _shifted(trace: TraceSpans, by_ns: int) -> TraceSpans:
    first, second, third = (
        replace(
            span,
            start_ns=span.start_ns + by_ns,
            end_ns=span.end_ns + by_ns,
            events=tuple(replace(event, time_ns=event.time_ns + by_ns) for event in span.events),
        )
        for span in trace
    )
    return first, second, third


def _on_one_host(trace: TraceSpans) -> TraceSpans:
    first, second, third = (
        replace(span, resource={**span.resource, "host.name": span.service}) for span in trace
    )
    return first, second, third
