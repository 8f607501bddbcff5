"""Tables of spans as one schema, whoever wrote them: the columns of columns.py.

Two are recognised by their columns: the OpenTelemetry Collector's ClickHouse exporter's, also as Parquet or
in DuckDB, and Jaeger v2's in ClickHouse:
https://github.com/jaegertracing/jaeger/blob/main/internal/storage/v2/clickhouse/sql/create_spans_table.sql
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

import ibis
from ibis.expr import datatypes as dt
from ibis.expr import types as ir

from ot2otel.errors import Ot2OtelError

_TEXT, _TEXTS = "", dt.Array(dt.string)
_REQUIRED_TEXTS = ("TraceId", "SpanId", "ParentSpanId", "SpanName", "SpanKind", "ServiceName", "StatusCode")
_MAPS = ("ResourceAttributes", "SpanAttributes")
_REQUIRED = ("Timestamp", *_REQUIRED_TEXTS, *_MAPS, "Duration")
_TEXT_COLUMNS = ("TraceState", "ScopeName", "ScopeVersion", "StatusMessage")
_LIST_COLUMNS = ("Events.Name", "Links.SpanId")
_OPTIONAL = (
    "SpanAttributesTypes",
    "ResourceAttributesTypes",
    "Events.Timestamp",
    "Events.Attributes",
    "Links.TraceId",
    "Links.TraceState",
    "Links.Attributes",
)
_TYPES: Mapping[tuple[type[dt.DataType], str], Sequence[str]] = {
    (dt.Timestamp, "a time"): ("Timestamp",),
    (dt.Numeric, "a number"): ("Duration",),
    (dt.Map, "a map of texts"): _MAPS,
    (dt.Array, "a list"): _LIST_COLUMNS,
    (dt.String, "a text"): (*_REQUIRED_TEXTS, *_TEXT_COLUMNS),
}
# Parts of a Nested column: without all of them its entries can't be read back.
_NESTED = {
    "Events": ("Events.Timestamp", "Events.Attributes"),
    "Links": ("Links.TraceId", "Links.TraceState", "Links.Attributes"),
}
NO_PARENT = "0" * 16
_JAEGER = ("id", "trace_id", "parent_span_id", "service_name", "start_time", "str_attributes.key")
# Complex values are texts of Jaeger's own making.
_JAEGER_TYPES = {
    "str": "",
    "int": "int",
    "double": "double",
    "bool": "bool",
    "complex": "",
}


class PopulationError(Ot2OtelError):
    """A population can't be compared; the text has the source and the problem."""


def recognised(columns: Sequence[str]) -> bool:
    """Tell whether a table with these columns has spans."""
    return set(_JAEGER) <= set(columns) or {"TraceId", "SpanId", "SpanName"} <= set(columns)


def normalized(table: ir.Table, name: str) -> ir.Table:
    """Return the table with the columns of columns.py; raise PopulationError for a missing one."""
    if set(_JAEGER) <= set(table.columns):
        return _of_jaeger(table)
    missing = [column for column in _REQUIRED if column not in table.columns]
    if missing:
        raise PopulationError(
            f"{name} lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}. A table of "
            "spans has the columns of the OpenTelemetry Collector's ClickHouse exporter, or of Jaeger v2."
        )
    _check_types(table, name)
    found = {column: table[column] for column in (*_REQUIRED, *_OPTIONAL) if column in table.columns}
    found["ParentSpanId"] = ibis.cases(
        (table.ParentSpanId == NO_PARENT, ""), else_=table.ParentSpanId.fill_null("")
    )
    # Unsigned 64 bits become decimals in Spark.
    found["Duration"] = table.Duration.cast("int64")
    for column in _TEXT_COLUMNS:
        found[column] = table[column].fill_null("") if column in table.columns else ibis.literal("")
    for column in _LIST_COLUMNS:
        found[column] = table[column] if column in table.columns else ibis.literal([], type=_TEXTS)
    return table.select(**found)


def _check_types(table: ir.Table, name: str) -> None:
    for (kind, words), columns in _TYPES.items():
        for column in columns:
            if column in table.columns and not isinstance(table[column].type(), kind):
                raise PopulationError(f"{name}: the column {column} is {table[column].type()}, not {words}.")


def has_types(table: ir.Table) -> bool:
    """Tell whether a normalized table has the types of the values that are no texts."""
    return "SpanAttributesTypes" in table.columns


def has_entries(table: ir.Table) -> bool:
    """Tell whether a normalized table has all of each span's events and links."""
    return all(column in table.columns for columns in _NESTED.values() for column in columns)


def _of_jaeger(table: ir.Table) -> ir.Table:
    """Return Jaeger's table; the attributes of its events and links are not read, only names and ids."""
    attributes, types = _map(table, "")
    resource, resource_types = _map(table, "resource_")
    return table.select(
        Timestamp=table.start_time,
        TraceId=table.trace_id,
        SpanId=table.id,
        ParentSpanId=ibis.cases((table.parent_span_id == NO_PARENT, ""), else_=table.parent_span_id),
        TraceState=table.trace_state,
        SpanName=table.name,
        SpanKind=_title(table.kind, "Internal", "Server", "Client", "Producer", "Consumer"),
        ServiceName=table.service_name,
        ResourceAttributes=resource,
        ResourceAttributesTypes=resource_types,
        ScopeName=table.scope_name,
        ScopeVersion=table.scope_version,
        SpanAttributes=attributes,
        SpanAttributesTypes=types,
        Duration=table.duration,
        StatusCode=_title(table.status_code, "Ok", "Error", otherwise="Unset"),
        StatusMessage=table.status_message,
        **{
            "Events.Timestamp": table["events.timestamp"],
            "Events.Name": table["events.name"],
            "Links.TraceId": table["links.trace_id"],
            "Links.SpanId": table["links.span_id"],
            "Links.TraceState": table["links.trace_state"],
        },
    )


def _title(column: ir.StringValue, *words: str, otherwise: str = "Unspecified") -> ir.StringValue:
    return ibis.cases(*((column.lower() == word.lower(), word) for word in words), else_=otherwise)


def _map(table: ir.Table, prefix: str) -> tuple[ir.MapValue, ir.MapValue]:
    """Return a map of all attributes as texts, and one of the types of those that are no texts."""
    parts: Mapping[str, tuple[ir.ArrayValue, ir.ArrayValue]] = {
        kind: (table[f"{prefix}{kind}_attributes.key"], table[f"{prefix}{kind}_attributes.value"])
        for kind in _JAEGER_TYPES
    }
    keys = reduce(_joined, (key for key, _ in parts.values()))
    values = reduce(
        _joined,
        (value if kind in ("str", "complex") else value.cast(_TEXTS) for kind, (_, value) in parts.items()),
    )
    typed = {kind: key for kind, (key, _) in parts.items() if _JAEGER_TYPES[kind]}
    names = [key.map(_constant(_JAEGER_TYPES[kind])) for kind, key in typed.items()]
    return ibis.map(keys, values), ibis.map(reduce(_joined, typed.values()), reduce(_joined, names))


def _constant(text: str) -> Callable[[ir.Value], ir.StringValue]:
    return lambda _: ibis.literal(text)


def _joined(first: ir.ArrayValue, second: ir.ArrayValue) -> ir.ArrayValue:
    return first.concat(second)
