"""Spans of OpenTracing's MockTracer, told as jaeger-client would tell them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from ot2otel.capture.in_process.owner import Started
from ot2otel.capture.in_process.ownership import Ownership
from ot2otel.capture.in_process.shadow import shadow, unshadow
from ot2otel.model import AttributeValue, Span
from ot2otel.wire import jaeger_translation as translation

_SECOND_NS = 1_000_000_000
_NUMBERS = itertools.count(1)


def is_one(tracer: Any) -> bool:  # Any: any object
    """Tell whether it is a MockTracer."""
    return all(callable(getattr(tracer, name, None)) for name in ("start_span", "finished_spans"))


def watch(tracer: Any, ownership: Ownership) -> None:  # Any: a MockTracer
    """Have the tracer tell when it starts a span, and the span when it ends.

    A MockTracer counts its ids, so a trace is told apart by the tracer as well.
    """
    of_tracer = next(_NUMBERS)

    def starting(start: Callable[..., Any]) -> Callable[..., Any]:  # Any: a MockTracer's
        def start_span(*args: Any, **kwargs: Any) -> Any:  # Any: as the function takes them
            span = start(*args, **kwargs)
            owner = ownership.owner(("MockTracer", of_tracer, span.context.trace_id))
            if owner is not None and owner.runs:
                _tell_the_end(span, owner.start(lambda: str(span.operation_name)))
            return span

        return start_span

    shadow(tracer, "start_span", starting)


def stop(tracer: Any) -> None:  # Any: a MockTracer
    """Leave the tracer as it was."""
    unshadow(tracer, "start_span")


def _tell_the_end(span: Any, started: Started) -> None:  # Any: a MockSpan
    finish = span.finish

    def told(*args: Any, **kwargs: Any) -> None:  # Any: as the function takes them
        finish(*args, **kwargs)
        started.owner.finish(started, lambda: _span(span))

    span.finish = told


def _span(span: Any) -> Span:  # Any: a MockSpan
    attributes, kind, status = translation.described(_tags(span.tags))
    return Span(
        trace_id=f"{span.context.trace_id:032x}",
        span_id=f"{span.context.span_id:016x}",
        name=str(span.operation_name or ""),
        parent_id=f"{span.parent_id:016x}" if span.parent_id else "",
        kind=kind,
        start_ns=_nanoseconds(span.start_time),
        end_ns=_nanoseconds(span.finish_time),
        status=status,
        attributes=attributes,
        events=tuple(
            translation.event(_nanoseconds(log.timestamp), _tags(log.key_values)) for log in span.logs
        ),
    )


def _tags(values: Mapping[Any, Any]) -> dict[str, AttributeValue]:  # Any: the program's own values
    """Return values as jaeger-client makes tags of them: numbers and booleans stay, all else is text."""
    return {
        str(key): value if isinstance(value, (str, bool, int, float)) else str(value)
        for key, value in (values or {}).items()
    }


def _nanoseconds(seconds: float) -> int:
    return int(seconds * _SECOND_NS)
