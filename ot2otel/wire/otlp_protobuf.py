"""OTLP traces in protobuf: `ExportTraceServiceRequest` in, spans out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from functools import partial
from sys import intern
from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass
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
from ot2otel.wire.checked import MAX_ELEMENTS, Checked, TooManyElementsError, cost
from ot2otel.wire.decoded import NO_SPAN_ID, Decoded, gathered
from ot2otel.wire.protobuf_fields import fields
from ot2otel.wire.unread import Unread, note

if TYPE_CHECKING:
    from opentelemetry.proto.common.v1 import common_pb2 as common
    from opentelemetry.proto.trace.v1 import trace_pb2 as trace

# Protobuf's enumerations are open: an unknown number counts as absent.
_KINDS = {kind.value: kind for kind in Kind}
_STATUS_CODES = {code.value: code for code in StatusCode}
_UNSET = Status()
_MANY = 1000  # attributes of a span, of which repeated ones are not named
_BYTES = 2  # at least, for a message in a message: its tag and its length
_PIECE = 512 * 1024  # bytes: no more are read at a time before they are counted
_MAX_DEPTH = 100  # messages in messages, as protobuf has it
_NO_TRACE_ID = bytes(16)
_NO_SPAN_ID = bytes(8)


def _skeleton() -> Any:  # Any: a message class made here
    """Return the class of the request without its scalar fields.

    Of a message that was parsed with it only the structure is left, so that its size counts the elements. All
    of this runs in C.
    """
    pool = DescriptorPool()
    pending = [ExportTraceServiceRequest.DESCRIPTOR.file]
    files = []
    while pending:
        file = pending.pop()
        files.append(file)
        pending += file.dependencies
    for file in reversed(files):
        stripped = FileDescriptorProto()
        file.CopyToProto(stripped)
        del stripped.service[:]
        for message in stripped.message_type:
            _strip(message)
        pool.Add(stripped)
    return GetMessageClass(pool.FindMessageTypeByName(ExportTraceServiceRequest.DESCRIPTOR.full_name))


def _strip(message: DescriptorProto) -> None:
    kept = [field for field in message.field if field.type == FieldDescriptorProto.TYPE_MESSAGE]
    del message.field[:]
    message.field.extend(kept)
    for nested in message.nested_type:
        _strip(nested)


_Skeleton = _skeleton()


def decode_protobuf(body: bytes) -> Decoded:
    """Return the spans of an `ExportTraceServiceRequest` or a `TracesData`, which are the same on the wire.

    Unknown fields are counted in bytes, unknown kinds and status codes one by one. Raises what
    `check_protobuf` raises.
    """
    try:
        _costs(body)
        request = ExportTraceServiceRequest.FromString(body)
    except DecodeError as error:
        raise _not_otlp(body, error) from error
    decoded = gathered(_spans(request))
    return replace(decoded, schemas=frozenset(_schemas(request)), unread=_unread(request))


def _not_otlp(body: bytes, error: DecodeError) -> WireError:
    return WireError(f"{len(body)} bytes are not OTLP traces in protobuf: {error}")


def _schemas(request: ExportTraceServiceRequest) -> Iterator[str]:
    for resource_spans in request.resource_spans:
        yield from filter(None, [resource_spans.schema_url])
        yield from filter(None, [scope_spans.schema_url for scope_spans in resource_spans.scope_spans])


def _unread(request: ExportTraceServiceRequest) -> Unread:
    unread: Unread = Counter()
    for message in _messages(request):
        if message.kind not in _KINDS:
            note(unread, f"span.kind {message.kind}")
        if message.status.code not in _STATUS_CODES:
            note(unread, f"status.code {message.status.code}")
        keys = [pair.key for pair in message.attributes]
        if len(set(keys)) < len(keys):
            for key in {key for key in keys if keys.count(key) > 1} if len(keys) < _MANY else ["many keys"]:
                note(unread, f"attributes: two values of {key!r}")
    size: int = request.ByteSize()
    request.DiscardUnknownFields()
    if unknown := size - request.ByteSize():
        unread["bytes of unknown fields"] = unknown
    return unread


def check_protobuf(body: bytes) -> Checked:
    """Check an `ExportTraceServiceRequest` in protobuf.

    A span with invalid ids is rejected. Raises WireError if the body is not such a request, and
    TooManyElementsError before anything is built of it.
    """
    try:
        costs = _costs(body)
        request = ExportTraceServiceRequest.FromString(body)
    except DecodeError as error:
        raise _not_otlp(body, error) from error
    trace_ids: list[str] = []
    suspects: dict[int, trace.Span] = {}
    for number, message in enumerate(_messages(request)):
        trace_id = message.trace_id
        if not _is_sound(message, trace_id):
            suspects[number] = message
        trace_ids.append(trace_id.hex())
    if not suspects:
        return Checked(trace_ids, costs, (), 2 * len(body), partial(_built, body, frozenset()))
    rejected = gathered(_span(message, {}, Scope()) for message in suspects.values()).rejected
    sound = [number for number in range(len(trace_ids)) if number not in suspects]
    return Checked(
        [trace_ids[number] for number in sound],
        [costs[number] for number in sound],
        rejected,
        2 * len(body),
        partial(_built, body, frozenset(suspects)),
    )


def _elements(kind: Any, message: memoryview, depth: int = 0) -> int:  # Any: a class of the skeleton
    """Return the number of elements; raise TooManyElementsError before much is read, and DecodeError.

    In C a hostile message of some MB takes 0.2 s and 150 MB of memory, and meanwhile no other thread runs. So
    a long message is read in pieces. Each has some of its fields, and so is a message as well.
    """
    if depth > _MAX_DEPTH:
        raise DecodeError("it is nested too deep")
    nested = {field.number: field.message_type for field in kind.DESCRIPTOR.fields}
    elements = start = 0
    for place, (number, content, begin, end) in enumerate(fields(message), 1):
        if end - start > _PIECE:
            elements += _elements_at_once(kind, message[start:begin])
            start = begin
            if end - begin > _PIECE:
                start = end
                if number in nested:
                    elements += 1 + _elements(
                        GetMessageClass(nested[number]), message[content:end], depth + 1
                    )
        if max(elements, place) > MAX_ELEMENTS:
            raise TooManyElementsError
    elements += _elements_at_once(kind, message[start:])
    if elements > MAX_ELEMENTS:
        raise TooManyElementsError
    return elements


def _elements_at_once(kind: Any, message: memoryview) -> int:  # Any: a class of the skeleton
    size: int = _stripped(kind, bytes(message)).ByteSize()
    return size // _BYTES


def _stripped(kind: Any, message: bytes) -> Any:  # Any: a class of the skeleton, and a message of it
    skeleton = kind.FromString(message)
    skeleton.DiscardUnknownFields()
    return skeleton


def _costs(body: bytes) -> list[int]:
    if len(body) > _PIECE:
        _elements(_Skeleton, memoryview(body))
    skeleton = _stripped(_Skeleton, body)
    if skeleton.ByteSize() // _BYTES > MAX_ELEMENTS:
        raise TooManyElementsError
    costs: list[int] = []
    for resource_spans in skeleton.resource_spans:
        spans = [span for scope_spans in resource_spans.scope_spans for span in scope_spans.spans]
        if spans:
            sizes = [span.ByteSize() for span in spans]
            # What they share: the resource and the scopes.
            shared = (resource_spans.ByteSize() - sum(sizes)) // len(spans)
            costs += [cost((size + shared) // _BYTES) for size in sizes]
    return costs


def _messages(request: ExportTraceServiceRequest) -> Iterator[trace.Span]:
    for resource_spans in request.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            yield from scope_spans.spans


def _is_sound(message: trace.Span, trace_id: bytes) -> bool:
    """Return whether all ids are valid, as `gathered` would judge them; a parent's id may be zeros."""
    span_id = message.span_id
    return (
        len(trace_id) == 16
        and trace_id != _NO_TRACE_ID
        and len(span_id) == 8
        and span_id != _NO_SPAN_ID
        and len(message.parent_span_id) in (0, 8)
        and all(len(link.trace_id) == 16 and len(link.span_id) == 8 for link in message.links)
    )


def _built(body: bytes, rejected: Set[int]) -> tuple[Span, ...]:
    spans = _spans(ExportTraceServiceRequest.FromString(body))
    if not rejected:
        return tuple(spans)
    return tuple(span for number, span in enumerate(spans) if number not in rejected)


def _spans(request: ExportTraceServiceRequest) -> Iterator[Span]:
    for resource_spans in request.resource_spans:
        resource = _attributes(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            scope = _scope(scope_spans.scope, scope_spans.schema_url)
            for message in scope_spans.spans:
                yield _span(message, resource, scope, resource_spans.schema_url)


def _span(message: trace.Span, resource: Attributes, scope: Scope, resource_schema: str = "") -> Span:
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
        resource_schema_url=resource_schema,
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


def _scope(message: common.InstrumentationScope, schema: str) -> Scope:
    return Scope(message.name, message.version, _attributes(message.attributes), schema)


def _attributes(pairs: Iterable[common.KeyValue]) -> dict[str, AttributeValue]:
    return {intern(pair.key): _value(pair.value) for pair in pairs}


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
