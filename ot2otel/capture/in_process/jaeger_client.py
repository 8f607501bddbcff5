"""Spans of jaeger-client, seen when it reports them; they become what its Thrift would carry."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from ot2otel.capture.in_process.owner import Started
from ot2otel.capture.in_process.ownership import Ownership
from ot2otel.capture.in_process.shadow import shadow, unshadow
from ot2otel.model import Span

_SHADOWED = ("start_span", "report_span")


def is_one(tracer: Any) -> bool:  # Any: any object
    """Tell whether it is a tracer of jaeger-client."""
    return all(callable(getattr(tracer, name, None)) for name in _SHADOWED) and hasattr(tracer, "reporter")


def watch(tracer: Any, ownership: Ownership) -> None:  # Any: jaeger-client's
    """Have the tracer tell when it starts and reports a span; its class and its reporter stay as they are."""
    # By identity: with Zipkin's one span for two sides, ids are not unique. The span is kept as long.
    known: dict[int, tuple[Any, Started]] = {}  # Any: jaeger-client's

    def starting(start: Callable[..., Any]) -> Callable[..., Any]:  # Any: jaeger-client's
        def start_span(*args: Any, **kwargs: Any) -> Any:  # Any: as the function takes them
            span = start(*args, **kwargs)
            owner = ownership.owner(span.context.trace_id)
            if owner is not None and owner.runs:
                known[id(span)] = span, owner.start(lambda: str(span.operation_name), span.is_sampled)
            return span

        return start_span

    def reporting(report: Callable[[Any], None]) -> Callable[[Any], None]:  # Any: jaeger-client's
        def report_span(span: Any) -> None:  # Any: jaeger-client's
            _, started = known.pop(id(span), (None, None))
            if started is not None:
                started.owner.finish(started, lambda: _span(span))
            report(span)

        return report_span

    shadow(tracer, "start_span", starting)
    shadow(tracer, "report_span", reporting)


def stop(tracer: Any) -> None:  # Any: jaeger-client's
    """Leave the tracer as it was."""
    for name in _SHADOWED:
        unshadow(tracer, name)


def _span(span: Any) -> Span:  # Any: jaeger-client's
    """Return the span that arrives when the tracer's own sender sends this one.

    Raises the errors of that sender, such as struct.error for a number that does not fit into 64 bits.
    """
    from thrift.protocol.TBinaryProtocol import TBinaryProtocol
    from thrift.transport.TTransport import TMemoryBuffer

    from ot2otel.wire.jaeger_thrift import decode_batch

    sender, tracer = sys.modules["jaeger_client.thrift"], span.tracer
    process = getattr(tracer.reporter, "_process", None) or sender.make_process(
        tracer.service_name, tracer.tags, tracer.max_tag_value_length
    )
    sent = TMemoryBuffer()
    sender.make_jaeger_batch(spans=[span], process=process).write(TBinaryProtocol(sent))
    decoded = decode_batch(sent.getvalue())
    if decoded.rejected:
        raise ValueError(decoded.rejected[0])
    return decoded.spans[0]
