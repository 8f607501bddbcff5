"""Jaeger's Thrift, as its agent takes it over UDP (compact) and its collector over HTTP (binary).

The structs below mirror `jaeger.thrift` and `agent.thrift` in the shape that `thrift`'s C codec reads. That
codec is an order of magnitude faster than generated code. Without it, the package's Python codec reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from functools import partial
from operator import attrgetter
from sys import intern
from typing import Any, ClassVar, TypeAlias

from thrift.protocol.TBase import TBase
from thrift.protocol.TBinaryProtocol import TBinaryProtocolAccelerated
from thrift.protocol.TCompactProtocol import TCompactProtocolAccelerated
from thrift.Thrift import TType
from thrift.transport.TTransport import TMemoryBuffer

from ot2otel.errors import WireError
from ot2otel.model import Attributes, AttributeValue, Span
from ot2otel.wire import jaeger_translation as translation
from ot2otel.wire.checked import Checked, cost
from ot2otel.wire.decoded import NO_TRACE_ID, Decoded, gathered
from ot2otel.wire.thrift_elements import check_elements

_UINT64 = 0xFFFF_FFFF_FFFF_FFFF

# A field: its number, type, name, the type's details, its default. `defaults` has the value of an absent
# optional field. A required field has none, so reading it raises an AttributeError that names it.
_Spec: TypeAlias = tuple[tuple[Any, ...] | None, ...]  # Any: the details' shape depends on the type


def _list_of(struct: type[_Struct]) -> tuple[int, list[object], bool]:
    return TType.STRUCT, [struct, struct.thrift_spec], False


class _Struct(TBase):  # type: ignore[misc]  # thrift publishes no types
    # Slots: the codec fills them three times as fast as a dictionary.
    __slots__ = ()
    thrift_spec: _Spec
    defaults: ClassVar[Mapping[str, object]] = {}

    def __getattr__(self, name: str) -> Any:  # Any: the fields have many types
        """Return the value of an absent optional field; for a required one raise an AttributeError."""
        try:
            return self.defaults[name]
        except KeyError:
            raise AttributeError(name=name, obj=self) from None


class _Tag(_Struct):
    __slots__ = ("key", "v_binary", "v_bool", "v_double", "v_long", "v_str", "v_type")
    key: str
    v_type: int
    defaults: ClassVar[Mapping[str, object]] = {
        "v_str": "",
        "v_double": 0.0,
        "v_bool": False,
        "v_long": 0,
        "v_binary": b"",
    }
    thrift_spec = (
        None,
        (1, TType.STRING, "key", "UTF8", None),
        (2, TType.I32, "v_type", None, None),
        (3, TType.STRING, "v_str", "UTF8", None),
        (4, TType.DOUBLE, "v_double", None, None),
        (5, TType.BOOL, "v_bool", None, None),
        (6, TType.I64, "v_long", None, None),
        (7, TType.STRING, "v_binary", "BINARY", None),
    )


class _Log(_Struct):
    __slots__ = ("fields", "timestamp")
    timestamp: int  # microseconds since the epoch
    fields: list[_Tag]
    thrift_spec = (
        None,
        (1, TType.I64, "timestamp", None, None),
        (2, TType.LIST, "fields", _list_of(_Tag), None),
    )


class _SpanRef(_Struct):
    __slots__ = ("ref_type", "span_id", "trace_id_high", "trace_id_low")
    ref_type: int
    trace_id_low: int
    trace_id_high: int
    span_id: int
    thrift_spec = (
        None,
        (1, TType.I32, "ref_type", None, None),
        (2, TType.I64, "trace_id_low", None, None),
        (3, TType.I64, "trace_id_high", None, None),
        (4, TType.I64, "span_id", None, None),
    )


class _Span(_Struct):
    __slots__ = (
        "duration",
        "logs",
        "operation_name",
        "parent_span_id",
        "references",
        "span_id",
        "start_time",
        "tags",
        "trace_id_high",
        "trace_id_low",
    )
    trace_id_low: int
    trace_id_high: int
    span_id: int
    parent_span_id: int
    operation_name: str
    references: Sequence[_SpanRef]
    start_time: int  # microseconds since the epoch
    duration: int  # microseconds
    tags: Sequence[_Tag]
    logs: Sequence[_Log]
    defaults: ClassVar[Mapping[str, object]] = {"references": (), "tags": (), "logs": ()}
    thrift_spec = (
        None,
        (1, TType.I64, "trace_id_low", None, None),
        (2, TType.I64, "trace_id_high", None, None),
        (3, TType.I64, "span_id", None, None),
        (4, TType.I64, "parent_span_id", None, None),
        (5, TType.STRING, "operation_name", "UTF8", None),
        (6, TType.LIST, "references", _list_of(_SpanRef), None),
        None,  # 7 is `flags`, which the translation leaves out
        (8, TType.I64, "start_time", None, None),
        (9, TType.I64, "duration", None, None),
        (10, TType.LIST, "tags", _list_of(_Tag), None),
        (11, TType.LIST, "logs", _list_of(_Log), None),
    )


class _Process(_Struct):
    __slots__ = ("service_name", "tags")
    service_name: str
    tags: Sequence[_Tag]
    defaults: ClassVar[Mapping[str, object]] = {"tags": ()}
    thrift_spec = (
        None,
        (1, TType.STRING, "service_name", "UTF8", None),
        (2, TType.LIST, "tags", _list_of(_Tag), None),
    )


class _Batch(_Struct):
    __slots__ = ("process", "spans")
    process: _Process
    spans: list[_Span]
    thrift_spec = (
        None,
        (1, TType.STRUCT, "process", [_Process, _Process.thrift_spec], None),
        (2, TType.LIST, "spans", _list_of(_Span), None),
    )


class _EmitBatch(_Struct):
    __slots__ = ("batch",)
    batch: _Batch
    thrift_spec = (
        None,
        (1, TType.STRUCT, "batch", [_Batch, _Batch.thrift_spec], None),
    )


# The numbers of the enumerations TagType and SpanRefType.
_VALUES: dict[int, Callable[[_Tag], AttributeValue]] = {
    0: attrgetter("v_str"),
    1: attrgetter("v_double"),
    2: attrgetter("v_bool"),
    3: attrgetter("v_long"),
    4: attrgetter("v_binary"),
}
_CHILD_OF = 0


class _PlainText:
    """Reads text that is not UTF-8 as the C codec does, with U+FFFD for invalid bytes."""

    readBinary: Callable[[], bytes]  # noqa: N815  # the name is thrift's

    def readString(self) -> str:  # noqa: N802  # the name is thrift's
        return self.readBinary().decode("utf-8", "replace")


class _Compact(_PlainText, TCompactProtocolAccelerated):  # type: ignore[misc]  # thrift publishes no types
    pass


class _Binary(_PlainText, TBinaryProtocolAccelerated):  # type: ignore[misc]  # thrift publishes no types
    pass


# The first byte of a message: the compact protocol's id, or the binary one's version (or a name's length).
_PROTOCOLS: dict[bytes, type[Any]] = {  # Any: thrift publishes no types
    b"\x82": _Compact,
    b"\x80": _Binary,
    b"\x00": _Binary,
}


def decode_datagram(data: bytes) -> Decoded:
    """Return the spans of a datagram to Jaeger's agent, as `check_datagram` accepts them."""
    return check_datagram(data).decoded()


def check_datagram(data: bytes) -> Checked:
    """Check a datagram to Jaeger's agent: `emitBatch` in the compact protocol, or in the binary one.

    Jaeger's own agent takes the binary one at port 6832. A span that lacks a required field or has an id of
    zeros is rejected. Raises WireError for anything else.
    """
    return _checked(_call(data), len(data), lambda: _call(data))


def decode_batch(data: bytes) -> Decoded:
    """Return the spans of a `Batch`, as `check_batch` accepts them."""
    return check_batch(data).decoded()


def check_batch(data: bytes) -> Checked:
    """Check a `Batch` in the binary protocol, as Jaeger's collector takes it over HTTP.

    A span that lacks a required field or has an id of zeros is rejected. Raises WireError for anything else,
    and TooManyElementsError before anything is built of it.
    """
    check_elements(data)
    return _checked(_batch(data), len(data), lambda: _batch(data))


def _call(data: bytes) -> _Batch:
    try:
        protocol = _PROTOCOLS.get(data[:1], _Compact)(TMemoryBuffer(data), **_limits(data))
        method, _, _ = protocol.readMessageBegin()
        arguments = _EmitBatch()
        if method == "emitBatch":
            arguments.read(protocol)
    except Exception as error:  # the codec declares no exceptions: they depend on the bytes
        raise _malformed(data, error) from error
    if method != "emitBatch":
        raise WireError(f"The call is {method[:40]!r}; Jaeger's agent takes only 'emitBatch'")
    try:
        return arguments.batch
    except AttributeError as error:
        raise _lacks(error) from error


def _batch(data: bytes) -> _Batch:
    batch = _Batch()
    try:
        batch.read(_Binary(TMemoryBuffer(data), **_limits(data)))
    except Exception as error:  # the codec declares no exceptions: they depend on the bytes
        raise _malformed(data, error) from error
    return batch


def _limits(data: bytes) -> dict[str, int]:
    # Nothing is longer than the message; older C codecs allocate any length that it declares.
    return {"string_length_limit": len(data), "container_length_limit": len(data)}


def _malformed(data: bytes, error: Exception) -> WireError:
    problem = "they end too early" if isinstance(error, EOFError) else str(error) or type(error).__name__
    return WireError(f"{len(data)} bytes are not a Thrift batch: {problem}")


def _checked(batch: _Batch, size: int, again: Callable[[], _Batch]) -> Checked:
    """Check a batch of `size` bytes; `again` reads it once more, so that nothing of it need be kept."""
    try:
        structs, shared = batch.spans, 2 * len(batch.process.tags)
        batch.process.service_name  # noqa: B018  # it is required
        _elements(batch.process.tags)
    except AttributeError as error:
        raise _lacks(error) from error
    trace_ids: list[str] = []
    costs: list[int] = []
    suspects: dict[int, _Span] = {}
    for number, struct in enumerate(structs, 1):
        try:
            trace_id = _trace_id(struct.trace_id_high, struct.trace_id_low)
            elements = _checked_elements(struct)
        except AttributeError:
            suspects[number] = struct
            continue
        if trace_id == NO_TRACE_ID or not struct.span_id & _UINT64:
            suspects[number] = struct
            continue
        trace_ids.append(trace_id)
        costs.append(cost(elements + shared // len(structs)))
    rejected = gathered(_span_or_reason(number, struct, {}) for number, struct in suspects.items()).rejected
    return Checked(trace_ids, costs, rejected, 2 * size, partial(_built, again, frozenset(suspects)))


def _checked_elements(struct: _Span) -> int:
    """Return the span's number of elements; raise AttributeError if it lacks a required field."""
    # Only to see that they are there.
    (struct.span_id, struct.parent_span_id, struct.operation_name)  # noqa: B018
    (struct.start_time, struct.duration)  # noqa: B018
    elements = _elements(struct.tags)
    for log in struct.logs:
        log.timestamp  # noqa: B018
        elements += 1 + _elements(log.fields)
    for ref in struct.references:
        (ref.ref_type, ref.trace_id_low, ref.trace_id_high, ref.span_id)  # noqa: B018
        elements += 4
    return elements


def _elements(tags: Sequence[_Tag]) -> int:
    for tag in tags:
        tag.key  # noqa: B018
        tag.v_type  # noqa: B018
    return 2 * len(tags)


def _lacks(error: AttributeError) -> WireError:
    return WireError(f"The Thrift batch lacks the required field {error.name!r}")


def _built(again: Callable[[], _Batch], rejected: Set[int]) -> tuple[Span, ...]:
    batch = again()
    resource = translation.resource(batch.process.service_name, _attributes(batch.process.tags))
    return tuple(
        [_span(struct, resource) for number, struct in enumerate(batch.spans, 1) if number not in rejected]
    )


def _span_or_reason(number: int, struct: _Span, resource: Attributes) -> Span | str:
    try:
        return _span(struct, resource)
    except AttributeError as error:
        return f"span {number}: the required field {error.name!r} is missing"


def _span(struct: _Span, resource: Attributes) -> Span:
    trace_id = _trace_id(struct.trace_id_high, struct.trace_id_low)
    parent = struct.parent_span_id
    parent_id, links = translation.parent_and_links(
        trace_id, _span_id(parent) if parent else "", [_reference(ref) for ref in struct.references]
    )
    attributes, kind, status = translation.described(_attributes(struct.tags))
    start = struct.start_time
    return Span(
        trace_id=trace_id,
        span_id=_span_id(struct.span_id),
        name=struct.operation_name,
        parent_id=parent_id,
        kind=kind,
        start_ns=_nanoseconds(start),
        end_ns=_nanoseconds(start + struct.duration),
        status=status,
        attributes=attributes,
        events=tuple(
            [translation.event(_nanoseconds(log.timestamp), _attributes(log.fields)) for log in struct.logs]
        ),
        links=links,
        resource=resource,
    )


def _attributes(tags: Sequence[_Tag]) -> dict[str, AttributeValue]:
    return {intern(tag.key): _VALUES.get(tag.v_type, _unknown)(tag) for tag in tags}


def _unknown(tag: _Tag) -> AttributeValue:
    return '<Unknown Jaeger TagType "<UNSET>">'


def _reference(ref: _SpanRef) -> translation.Reference:
    return translation.Reference(
        "child_of" if ref.ref_type == _CHILD_OF else "follows_from",
        _trace_id(ref.trace_id_high, ref.trace_id_low),
        _span_id(ref.span_id),
    )


def _trace_id(high: int, low: int) -> str:
    return f"{(high & _UINT64) << 64 | low & _UINT64:032x}"


def _span_id(number: int) -> str:
    return f"{number & _UINT64:016x}"


def _nanoseconds(microseconds: int) -> int:
    # Times are unsigned in OTLP; a negative one wraps as it does in the translator.
    return microseconds * 1000 & _UINT64
