"""OTLP/JSON to spans.

It is protobuf's JSON mapping with two changes: ids are hexadecimal and enumerations are numbers.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

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
from ot2otel.wire import NO_SPAN_ID, Decoded, WireError, gathered

_Object = Mapping[str, Any]  # Any: what a JSON document holds is known only after each look
_T = TypeVar("_T")

_MAX_DEPTH = 64  # of lists and maps in a value; protobuf's own limit is 100 messages, two for each level
_SPECIAL_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
# Numbers and, as protobuf's JSON mapping has it, names. An unknown one is as good as none.
_KINDS: dict[object, Kind] = {
    **{kind.value: kind for kind in Kind},
    **{f"SPAN_KIND_{kind.name}": kind for kind in Kind},
}
_STATUS_CODES: dict[object, StatusCode] = {
    **{code.value: code for code in StatusCode},
    **{f"STATUS_CODE_{code.name}": code for code in StatusCode},
}


def decode_json(body: bytes | str | _Object) -> Decoded:
    """Return the spans of an OTLP/JSON body, or of the document that such a body holds.

    A span that cannot be read is rejected. Unknown fields are ignored. Raises WireError for anything else.
    """
    document = body if isinstance(body, Mapping) else _parsed(body)
    return gathered(_spans(document))


def _parsed(body: bytes | str) -> _Object:
    try:
        return _checked(json.loads(body), dict, "The body")
    except (ValueError, RecursionError) as error:
        raise WireError(f"{len(body)} bytes that are no JSON: {error}") from error


def _spans(document: _Object) -> Iterator[Span | str]:
    for resource_spans in _objects(document, "resourceSpans"):
        resource = _attributes(_object(resource_spans, "resource"))
        for scope_spans in _objects(resource_spans, "scopeSpans"):
            scope = _scope(_object(scope_spans, "scope"))
            for entry in _list(scope_spans, "spans"):
                yield _span_or_reason(entry, resource, scope)


def _span_or_reason(entry: object, resource: Attributes, scope: Scope) -> Span | str:
    try:
        return _span(_checked(entry, dict, "a span"), resource, scope)
    except WireError as error:
        return str(error)


def _span(entry: _Object, resource: Attributes, scope: Scope) -> Span:
    parent_id = _id(entry, "parentSpanId")
    return Span(
        trace_id=_id(entry, "traceId"),
        span_id=_id(entry, "spanId"),
        name=_text(entry, "name"),
        parent_id="" if parent_id == NO_SPAN_ID else parent_id,
        kind=_KINDS.get(_scalar(entry, "kind"), Kind.UNSPECIFIED),
        start_ns=_unsigned(entry, "startTimeUnixNano", 64),
        end_ns=_unsigned(entry, "endTimeUnixNano", 64),
        status=_status(_object(entry, "status")),
        attributes=_attributes(entry),
        events=tuple([_event(event) for event in _objects(entry, "events")]),
        links=tuple([_link(link) for link in _objects(entry, "links")]),
        resource=resource,
        scope=scope,
        trace_state=_text(entry, "traceState"),
        flags=_unsigned(entry, "flags", 32),
        dropped_attributes=_unsigned(entry, "droppedAttributesCount", 32),
        dropped_events=_unsigned(entry, "droppedEventsCount", 32),
        dropped_links=_unsigned(entry, "droppedLinksCount", 32),
    )


def _status(entry: _Object) -> Status:
    return Status(_STATUS_CODES.get(_scalar(entry, "code"), StatusCode.UNSET), _text(entry, "message"))


def _event(entry: _Object) -> Event:
    return Event(
        _text(entry, "name"),
        _unsigned(entry, "timeUnixNano", 64),
        _attributes(entry),
        _unsigned(entry, "droppedAttributesCount", 32),
    )


def _link(entry: _Object) -> Link:
    return Link(
        _id(entry, "traceId"),
        _id(entry, "spanId"),
        _attributes(entry),
        _text(entry, "traceState"),
        _unsigned(entry, "flags", 32),
        _unsigned(entry, "droppedAttributesCount", 32),
    )


def _scope(entry: _Object) -> Scope:
    return Scope(_text(entry, "name"), _text(entry, "version"), _attributes(entry))


def _attributes(entry: _Object) -> dict[str, AttributeValue]:
    return {_text(pair, "key"): _value(_object(pair, "value"), 0) for pair in _objects(entry, "attributes")}


def _value(entry: _Object, depth: int) -> AttributeValue:
    for field, content in entry.items():
        if field in _VALUES and content is not None:
            return _VALUES[field](content, depth)
    return None


def _array(content: object, depth: int) -> AttributeValue:
    _check_depth(depth)
    values = _list(_checked(content, dict, "arrayValue"), "values")
    return tuple([_value(_checked(value, dict, "a value"), depth + 1) for value in values])


def _map(content: object, depth: int) -> AttributeValue:
    _check_depth(depth)
    pairs = _objects(_checked(content, dict, "kvlistValue"), "values")
    return KeyValues(
        tuple([(_text(pair, "key"), _value(_object(pair, "value"), depth + 1)) for pair in pairs])
    )


def _check_depth(depth: int) -> None:
    if depth >= _MAX_DEPTH:
        raise WireError(f"A value nested deeper than {_MAX_DEPTH} levels")


def _double(content: object, _: int) -> float:
    if isinstance(content, str):
        if content in _SPECIAL_FLOATS:
            return _SPECIAL_FLOATS[content]
        try:
            return float(content)
        except ValueError as error:
            raise _unlike("doubleValue", "a number", content) from error
    if isinstance(content, bool) or not isinstance(content, (int, float)):
        raise _unlike("doubleValue", "a number", content)
    try:
        return float(content)
    except OverflowError as error:
        raise _unlike("doubleValue", "a number of 64 bits", content) from error


def _bytes(content: object, _: int) -> bytes:
    try:
        return base64.b64decode(_checked(content, str, "bytesValue"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _unlike("bytesValue", "base64", content) from error


_VALUES: dict[str, Callable[[Any, int], AttributeValue]] = {  # Any: each checks what it got
    "stringValue": lambda content, _: _checked(content, str, "stringValue"),
    "boolValue": lambda content, _: _checked(content, bool, "boolValue"),
    "intValue": lambda content, _: _integer(content, "intValue", -(2**63), 2**63),
    "doubleValue": _double,
    "bytesValue": _bytes,
    "arrayValue": _array,
    "kvlistValue": _map,
}


def _object(entry: _Object, field: str) -> _Object:
    content = entry.get(field)
    return {} if content is None else _checked(content, dict, field)


def _list(entry: _Object, field: str) -> list[Any]:  # Any: the elements are looked at one by one
    content = entry.get(field)
    return [] if content is None else _checked(content, list, field)


def _objects(entry: _Object, field: str) -> list[_Object]:
    return [_checked(element, dict, field) for element in _list(entry, field)]


def _text(entry: _Object, field: str) -> str:
    content = entry.get(field)
    return "" if content is None else _checked(content, str, field)


def _id(entry: _Object, field: str) -> str:
    return _text(entry, field).lower()


def _scalar(entry: _Object, field: str) -> object:
    content = entry.get(field)
    if isinstance(content, (dict, list)):
        raise _unlike(field, "a number", content)
    return content


def _unsigned(entry: _Object, field: str, bits: int) -> int:
    content = entry.get(field)
    return 0 if content is None else _integer(content, field, 0, 2**bits)


def _integer(content: object, field: str, least: int, limit: int) -> int:
    # JSON has one sort of number, and 64 bits of it travel as text.
    try:
        number = int(content) if isinstance(content, (int, str)) else None
    except ValueError:
        number = None
    if number is None or isinstance(content, bool) or not least <= number < limit:
        raise _unlike(field, f"an integer from {least} to {limit - 1}", content)
    return number


def _checked(content: object, kind: type[_T], field: str) -> _T:
    if not isinstance(content, kind):
        raise _unlike(field, _JSON_NAMES[kind], content)
    return content


_JSON_NAMES: dict[type, str] = {dict: "an object", list: "an array", str: "text", bool: "a boolean"}


def _unlike(field: str, wanted: str, content: object) -> WireError:
    shown = repr(content) if isinstance(content, (str, int, float)) else type(content).__name__
    return WireError(f"{field} must be {wanted}, not {shown[:60]}")
