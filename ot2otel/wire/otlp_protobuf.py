"""OTLP traces in protobuf: `ExportTraceServiceRequest` in, spans out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ot2otel.errors import WireError
from ot2otel.model import (
    Attributes,
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
from ot2otel.wire.decoded import NO_SPAN_ID, Decoded, gathered

if TYPE_CHECKING:
    from opentelemetry.proto.common.v1 import common_pb2 as common
    from opentelemetry.proto.trace.v1 import trace_pb2 as trace

# Protobuf's enumerations are open: an unknown number counts as absent.
_KINDS = {kind.value: kind for kind in Kind}
_STATUS_CODES = {code.value: code for code in StatusCode}
_UNSET = Status()


def decode_protobuf(body: bytes) -> Decoded:
    """Return the spans of an `ExportTraceServiceRequest` in protobuf.

    A span with invalid ids is rejected. Raises WireError if the body is not such a request.
    """
    try:
        request = ExportTraceServiceRequest.FromString(body)
    except DecodeError as error:
        raise WireError(f"{len(body)} bytes are not OTLP traces in protobuf: {error}") from error
    return gathered(_spans(request))


def _spans(request: ExportTraceServiceRequest) -> Iterator[Span]:
    for resource_spans in request.resource_spans:
        resource = _attributes(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            scope = _scope(scope_spans.scope)
            for message in scope_spans.spans:
                yield _span(message, resource, scope)


def _span(message: trace.Span, resource: Attributes, scope: Scope) -> Span:
    parent_id = message.parent_span_id.hex()
    return Span(
        trace_id=message.trace_id.hex(),
        span_id=message.span_id.hex(),
        name=message.name,
        parent_id="" if parent_id == NO_SPAN_ID else parent_id,
        kind=_KINDS.get(message.kind, Kind.UNSPECIFIED),
        start_ns=message.start_time_unix_nano,
        end_ns=message.end_time_unix_nano,
        status=_status(message.status) if message.HasField("status") else _UNSET,
        attributes=_attributes(message.attributes),
        events=tuple([_event(event) for event in message.events]),
        links=tuple([_link(link) for link in message.links]),
        resource=resource,
        scope=scope,
        trace_state=message.trace_state,
        flags=message.flags,
        dropped_attributes=message.dropped_attributes_count,
        dropped_events=message.dropped_events_count,
        dropped_links=message.dropped_links_count,
    )


def _status(message: trace.Status) -> Status:
    return Status(_STATUS_CODES.get(message.code, StatusCode.UNSET), message.message)


def _event(message: trace.Span.Event) -> Event:
    return Event(
        message.name,
        message.time_unix_nano,
        _attributes(message.attributes),
        message.dropped_attributes_count,
    )


def _link(message: trace.Span.Link) -> Link:
    return Link(
        message.trace_id.hex(),
        message.span_id.hex(),
        _attributes(message.attributes),
        message.trace_state,
        message.flags,
        message.dropped_attributes_count,
    )


def _scope(message: common.InstrumentationScope) -> Scope:
    return Scope(message.name, message.version, _attributes(message.attributes))


def _attributes(pairs: Iterable[common.KeyValue]) -> dict[str, AttributeValue]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(message: common.AnyValue) -> AttributeValue:
    which = message.WhichOneof("value")
    if which is None:
        return None
    if which == "array_value":
        return tuple([_value(value) for value in message.array_value.values])
    if which == "kvlist_value":
        return KeyValues(tuple([(pair.key, _value(pair.value)) for pair in message.kvlist_value.values]))
    value: str | bool | int | float | bytes = getattr(message, which)
    return value
