"""A span as a row of the OpenTelemetry Collector's ClickHouse exporter, and back.

https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/clickhouseexporter
That table keeps each value as text. Two more columns here, `SpanAttributesTypes` and
`ResourceAttributesTypes`, have the types of the values that are no text, so that nothing is lost.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

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

Row = Mapping[str, Any]  # Any: a column's values have its type
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})")


def row_of(span: Span) -> Row:
    """Return the row of a span; a span that ends before it starts has no duration."""
    return {
        "Timestamp": span.start_ns,
        "TraceId": span.trace_id,
        "SpanId": span.span_id,
        "ParentSpanId": span.parent_id,
        "TraceState": span.trace_state,
        "SpanName": span.name,
        "SpanKind": str.title(span.kind.name),
        "ServiceName": span.service,
        "ResourceAttributes": _texts(span.resource),
        "ResourceAttributesTypes": _types(span.resource),
        "ScopeName": span.scope.name,
        "ScopeVersion": span.scope.version,
        "SpanAttributes": _texts(span.attributes),
        "SpanAttributesTypes": _types(span.attributes),
        "Duration": max(0, span.duration_ns),
        "StatusCode": str.title(span.status.code.name),
        "StatusMessage": span.status.message,
        "Events.Timestamp": [event.time_ns for event in span.events],
        "Events.Name": [event.name for event in span.events],
        "Events.Attributes": [_texts(event.attributes) for event in span.events],
        "Links.TraceId": [link.trace_id for link in span.links],
        "Links.SpanId": [link.span_id for link in span.links],
        "Links.TraceState": [link.trace_state for link in span.links],
        "Links.Attributes": [_texts(link.attributes) for link in span.links],
    }


def _texts(attributes: Attributes) -> list[tuple[str, str]]:
    return [(key, _text(value)) for key, value in attributes.items()]


def _types(attributes: Attributes) -> list[tuple[str, str]]:
    return [
        (key, _NAMES.get(type(value), "json")) for key, value in attributes.items() if type(value) is not str
    ]


_NAMES: Mapping[type, str] = {bool: "bool", int: "int", float: "double"}


def _text(value: AttributeValue) -> str:
    """Return a value as the Collector writes it: numbers plain, lists and maps as JSON, bytes in base64."""
    if isinstance(value, str):
        return value
    return json.dumps(_json(value), separators=(",", ":"), ensure_ascii=False)


def _json(value: AttributeValue) -> object:
    match value:
        case bytes():
            return base64.b64encode(value).decode()
        case tuple():
            return [_json(each) for each in value]
        case KeyValues():
            return {key: _json(each) for key, each in value.items}
        case _:
            return value


def span_of(row: Row) -> Span:
    """Return the span of a row.

    Columns may be missing. Without the columns of types a text that is a whole number is read as a number.
    """
    start = _nanoseconds(row["Timestamp"])
    return Span(
        trace_id=row["TraceId"],
        span_id=row["SpanId"],
        name=row["SpanName"],
        parent_id=row["ParentSpanId"],
        kind=_KINDS.get(row["SpanKind"], Kind.UNSPECIFIED),
        start_ns=start,
        end_ns=start + int(row["Duration"]),
        status=Status(_CODES.get(row["StatusCode"], StatusCode.UNSET), row.get("StatusMessage") or ""),
        attributes=_values(row["SpanAttributes"], row.get("SpanAttributesTypes")),
        events=tuple(_events(row)),
        links=tuple(_links(row)),
        resource=_values(row["ResourceAttributes"], row.get("ResourceAttributesTypes")),
        scope=Scope(row.get("ScopeName") or "", row.get("ScopeVersion") or ""),
        trace_state=row.get("TraceState") or "",
    )


_KINDS = {kind.name.title(): kind for kind in Kind}
_CODES = {code.name.title(): code for code in StatusCode}


def _nanoseconds(value: Any) -> int:  # Any: an integer, or a timestamp of an engine, in UTC
    if isinstance(value, datetime) and not hasattr(value, "value"):
        since = value.replace(tzinfo=timezone.utc) - _EPOCH
        return (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1000
    return int(getattr(value, "value", value))


def _events(row: Row) -> Iterable[Event]:
    names = row.get("Events.Name") or ()
    times, attributes = row.get("Events.Timestamp") or (), row.get("Events.Attributes") or ()
    for name, time, texts in zip(names, times, attributes, strict=True):
        yield Event(name, _nanoseconds(time), _values(texts, None))


def _links(row: Row) -> Iterable[Link]:
    columns: Sequence[Sequence[Any]] = [
        row.get(f"Links.{part}") or () for part in ("TraceId", "SpanId", "Attributes", "TraceState")
    ]
    for trace_id, span_id, texts, trace_state in zip(*columns, strict=True):
        yield Link(trace_id, span_id, _values(texts, None), trace_state)


def _values(texts: Any, types: Any) -> Attributes:  # Any: a map, or pairs, as the engine returns it
    if types is None:
        return {key: _guessed(text) for key, text in _pairs(texts)}
    known = dict(_pairs(types))
    return {key: _frozen(json.loads(text)) if key in known else text for key, text in _pairs(texts)}


def _frozen(value: Any) -> AttributeValue:  # Any: parsed JSON
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    if isinstance(value, dict):
        return KeyValues(tuple((key, _frozen(each)) for key, each in value.items()))
    frozen: AttributeValue = value
    return frozen


def _pairs(entries: Any) -> Iterable[tuple[str, str]]:  # Any: see _values
    return entries.items() if isinstance(entries, Mapping) else entries or ()


def _guessed(text: str) -> AttributeValue:
    return int(text) if _NUMBER.fullmatch(text) else text
