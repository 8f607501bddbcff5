"""Spans as Parquet, in the columns of columns.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from ot2otel.model import Span
from ot2otel.population.columns import Row, row_of
from ot2otel.population.schemas import PopulationError

_TEXTS = pa.map_(pa.string(), pa.string())
_TIME = pa.timestamp("ns")  # in UTC; DuckDB has no type for nanoseconds with a time zone
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


def write(spans: Iterable[Span], path: Path, progress: Callable[[int], None] = lambda _: None) -> int:
    """Write spans to a Parquet file, some at a time; return their number.

    `progress` gets the number of spans that are written. Raises OSError, and PopulationError for a span that
    a row can't hold, like one of the year 2300.
    """
    rest, written = iter(spans), 0
    with parquet.ParquetWriter(path, SCHEMA, compression="zstd") as file:
        while rows := [row_of(span) for span in islice(rest, _ROWS)]:
            file.write_table(_table(rows))
            written += len(rows)
            progress(written)
    return written


def _table(rows: list[Row]) -> pa.Table:
    try:
        return pa.Table.from_pylist(rows, SCHEMA)
    except (ValueError, OverflowError) as error:  # pyarrow's own errors are ValueErrors
        for row in rows:
            _check(row)
        raise PopulationError(f"Parquet can't hold these spans: {error}") from error


def _check(row: Row) -> None:
    """Raise PopulationError if a row alone can't be written."""
    try:
        pa.Table.from_pylist([row], SCHEMA)
    except (ValueError, OverflowError) as error:
        span = f"span {row['SpanId']} of trace {row['TraceId']}"
        raise PopulationError(f"Parquet can't hold {span}: {error}") from error
