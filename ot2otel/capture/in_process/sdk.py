"""Spans of the OpenTelemetry SDK, seen by a span processor; they become what OTLP would carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ot2otel.capture.in_process.owner import Started
from ot2otel.capture.in_process.ownership import Ownership
from ot2otel.model import (
    AttributeValue,
    Event,
    KeyValues,
    Kind,
    Link,
    Scope,
    Span,
    Status,
    StatusCode,
)

# The bits of OTLP's `SpanFlags` that tell whether the parent is of another process.
_HAS_IS_REMOTE, _IS_REMOTE = 0x100, 0x200
_SAMPLED = 0x01


class Processor:
    """A span processor: it has the methods of the SDK's class, and needs no base for them.

    It sees a span when it ends, not when a batch is sent. A span that a sampler only recorded is dropped, as
    the SDK's exporting processors do.
    """

    def __init__(self, ownership: Ownership) -> None:
        self._ownership = ownership
        self._started: dict[tuple[int, int], Started] = {}

    def on_start(self, span: Any, parent_context: Any = None) -> None:  # Any: the SDK's
        """Note that a span was started."""
        context = span.get_span_context()
        key = context.trace_id, context.span_id
        # A provider may have been given the processor twice.
        if key not in self._started:
            owner = self._ownership.owner(context.trace_id)
            if owner is not None and owner.runs:
                self._started[key] = owner.start(lambda: str(span.name), lambda: _is_sampled(span))

    def _on_ending(self, span: Any) -> None:  # Any: the SDK's
        """Do nothing: the SDK calls it before `on_end`."""

    def on_end(self, span: Any) -> None:  # Any: the SDK's
        """Note that a span ended."""
        context = span.get_span_context()
        started = self._started.pop((context.trace_id, context.span_id), None)
        if started is not None:
            started.owner.finish(started, (lambda: _span(span)) if _is_sampled(span) else None)

    def shutdown(self) -> None:
        """Do nothing: the spans stay."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Do nothing: no span waits."""
        return True


def processors(tracer: Any) -> Any:  # Any: the SDK's, whatever release it is
    """Return the object that takes a span processor: a provider, or what a tracer of it has; else None."""
    for found in (tracer, getattr(tracer, "span_processor", None)):
        if callable(getattr(found, "add_span_processor", None)):
            return found
    return None


def watch(adds: Any, processor: Processor) -> None:  # Any: see processors
    """Have the processor see all spans from now on, once."""
    composite = getattr(adds, "_active_span_processor", adds)
    if processor not in getattr(composite, "_span_processors", ()):
        adds.add_span_processor(processor)


def stop(adds: Any, processor: Processor) -> None:  # Any: see processors
    """Take the processor away again, if this release of the SDK lets one."""
    composite = getattr(adds, "_active_span_processor", adds)
    found = getattr(composite, "_span_processors", None)
    if isinstance(found, tuple) and processor in found:
        composite._span_processors = tuple(each for each in found if each is not processor)


def _is_sampled(span: Any) -> bool:  # Any: the SDK's
    return bool(span.get_span_context().trace_flags & _SAMPLED)


def _span(span: Any) -> Span:  # Any: the SDK's
    """Return a finished span as OTLP's exporter encodes it."""
    context, parent = span.get_span_context(), span.parent
    scope = span.instrumentation_scope
    return Span(
        trace_id=f"{context.trace_id:032x}",
        span_id=f"{context.span_id:016x}",
        name=span.name,
        parent_id=f"{parent.span_id:016x}" if parent else "",
        kind=Kind[span.kind.name],
        start_ns=span.start_time,
        end_ns=span.end_time,
        status=Status(StatusCode(span.status.status_code.value), span.status.description or ""),
        attributes=_attributes(span.attributes),
        events=tuple(map(_event, span.events)),
        links=tuple(map(_link, span.links)),
        resource=_attributes(span.resource.attributes),
        scope=_scope(scope) if scope else Scope(),
        trace_state=",".join(f"{key}={value}" for key, value in (context.trace_state or {}).items()),
        flags=_flags(parent),
        dropped_attributes=span.dropped_attributes,
        dropped_events=span.dropped_events,
        dropped_links=span.dropped_links,
        resource_schema_url=span.resource.schema_url or "",
    )


def _scope(scope: Any) -> Scope:  # Any: the SDK's
    return Scope(scope.name, scope.version or "", _attributes(scope.attributes), scope.schema_url or "")


def _flags(context: Any) -> int:  # Any: the SDK's
    return _HAS_IS_REMOTE | (_IS_REMOTE if context and context.is_remote else 0)


def _event(event: Any) -> Event:  # Any: the SDK's
    return Event(event.name, event.timestamp, _attributes(event.attributes), event.dropped_attributes)


def _link(link: Any) -> Link:  # Any: the SDK's
    return Link(
        f"{link.context.trace_id:032x}",
        f"{link.context.span_id:016x}",
        _attributes(link.attributes),
        flags=_flags(link.context),
        dropped_attributes=link.dropped_attributes,
    )


def _attributes(found: Mapping[str, Any] | None) -> dict[str, AttributeValue]:  # Any: any value
    return {key: _value(value) for key, value in (found or {}).items()}


def _value(value: Any) -> AttributeValue:  # Any: any value
    if value is None or isinstance(value, (str, bool, int, float, bytes)):
        return value
    if isinstance(value, Mapping):
        return KeyValues(tuple((str(key), _value(item)) for key, item in value.items()))
    if isinstance(value, Iterable):
        return tuple(map(_value, value))
    raise TypeError(f"{type(value).__name__} is no type of an attribute")
