"""Spans as Parquet, with the columns of the OpenTelemetry Collector's ClickHouse exporter.

https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/clickhouseexporter
That table keeps each value as text. Two more columns here, `SpanAttributesTypes` and
`ResourceAttributesTypes`, have the types of the values that are no text, so that nothing is lost.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from ot2otel.model import Attributes, AttributeValue, KeyValues, Span

_TEXTS = pa.map_(pa.string(), pa.string())
_TIME = pa.timestamp("ns", tz="UTC")
SCHEMA = pa.schema(
    {
        "Timestamp": _TIME,
        "TraceId": pa.string(),
        "SpanId": pa.string(),
        "ParentSpanId": pa.string(),
        "TraceState": pa.string(),
        "SpanName": pa.string(),
        "SpanKind": pa.string(),
        "ServiceName": pa.string(),
        "ResourceAttributes": _TEXTS,
        "ResourceAttributesTypes": _TEXTS,
        "ScopeName": pa.string(),
        "ScopeVersion": pa.string(),
        "SpanAttributes": _TEXTS,
        "SpanAttributesTypes": _TEXTS,
        "Duration": pa.uint64(),
        "StatusCode": pa.string(),
        "StatusMessage": pa.string(),
        "Events.Timestamp": pa.list_(_TIME),
        "Events.Name": pa.list_(pa.string()),
        "Events.Attributes": pa.list_(_TEXTS),
        "Links.TraceId": pa.list_(pa.string()),
        "Links.SpanId": pa.list_(pa.string()),
        "Links.TraceState": pa.list_(pa.string()),
        "Links.Attributes": pa.list_(_TEXTS),
    }
)
_ROWS = 20_000  # spans of a row group; they are in memory together
# The exporter's texts of the enumerations are those of the Collector's own library.
_TITLES = str.title


def write(spans: Iterable[Span], path: Path, progress: Callable[[int], None] = lambda _: None) -> int:
    """Write spans to a Parquet file, some at a time; return their number.

    `progress` gets the number of spans that are written. Raises OSError.
    """
    rest, written = iter(spans), 0
    with parquet.ParquetWriter(path, SCHEMA, compression="zstd") as file:
        while rows := [_row(span) for span in islice(rest, _ROWS)]:
            file.write_table(pa.Table.from_pylist(rows, SCHEMA))
            written += len(rows)
            progress(written)
    return written


def _row(span: Span) -> dict[str, Any]:  # Any: a column's values have its type
    return {
        "Timestamp": span.start_ns,
        "TraceId": span.trace_id,
        "SpanId": span.span_id,
        "ParentSpanId": span.parent_id,
        "TraceState": span.trace_state,
        "SpanName": span.name,
        "SpanKind": _TITLES(span.kind.name),
        "ServiceName": span.service,
        "ResourceAttributes": _texts(span.resource),
        "ResourceAttributesTypes": _types(span.resource),
        "ScopeName": span.scope.name,
        "ScopeVersion": span.scope.version,
        "SpanAttributes": _texts(span.attributes),
        "SpanAttributesTypes": _types(span.attributes),
        # Unsigned, as in the exporter's table; a span that ends before it starts has no duration.
        "Duration": max(0, span.duration_ns),
        "StatusCode": _TITLES(span.status.code.name),
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
