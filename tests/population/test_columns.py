"""Spans as rows of the ClickHouse exporter's table, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from benchmarks.populations import Values, native_traces
from ot2otel.model import Event, KeyValues, Kind, Link, Scope, Span, Status, StatusCode
from ot2otel.population.columns import row_of, span_of

SPAN = Span(
    "1" * 32,
    "2" * 16,
    "op",
    "3" * 16,
    Kind.SERVER,
    1_795_000_000_000_000_001,
    1_795_000_000_000_000_099,
    Status(StatusCode.ERROR, "no"),
    {"text": "7", "whole": 7, "yes": True, "real": 1.5, "list": (1, "a"), "nothing": None},
    (Event("said", 1_795_000_000_000_000_002, {"what": "ü", "size": 3}),),
    (Link("4" * 32, "5" * 16, {"why": "after"}, "a=b"),),
    {"service.name": "svc", "pid": 3},
    Scope("lib", "1.0"),
    "x=y",
)


def test_a_span_survives_its_row() -> None:
    assert span_of(row_of(SPAN)) == SPAN


def test_a_map_survives_and_bytes_are_base64() -> None:
    span = replace(SPAN, attributes={"map": KeyValues((("a", (1,)),)), "bytes": b"\x00"})

    assert span_of(row_of(span)).attributes == {"map": KeyValues((("a", (1,)),)), "bytes": "AA=="}


def test_the_texts_are_those_of_the_exporter() -> None:
    row = row_of(SPAN)

    assert (row["SpanKind"], row["StatusCode"], row["Duration"]) == ("Server", "Error", 98)
    assert dict(row["SpanAttributes"]) == {
        "text": "7",
        "whole": "7",
        "yes": "true",
        "real": "1.5",
        "list": '[1,"a"]',
        "nothing": "null",
    }


def test_without_the_types_whole_numbers_are_read_as_numbers() -> None:
    row = {key: value for key, value in row_of(SPAN).items() if not key.endswith("Types")}

    assert span_of(row).attributes["text"] == 7
    assert span_of(row).attributes["real"] == "1.5"


def test_a_span_that_ends_before_it_starts_has_no_duration() -> None:
    assert row_of(replace(SPAN, end_ns=0))["Duration"] == 0


def test_spans_come_home_from_parquet(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from pyarrow import parquet as file

    from ot2otel.population import parquet

    spans = [span for trace in native_traces(10, Values.UNIQUE) for span in trace]
    written = parquet.write(spans, tmp_path / "spans.parquet")

    table = file.read_table(tmp_path / "spans.parquet")
    assert written == len(spans)
    assert [span_of(row) for row in table.to_pylist()] == [replace(span, flags=0) for span in spans]


def test_a_time_of_an_engine_without_nanoseconds_is_read_in_utc() -> None:
    row = dict(row_of(Span("1" * 32, "1" * 16, "get", start_ns=0, end_ns=5)))
    row["Timestamp"] = datetime(2026, 11, 19, 0, 0, 1, 250)

    assert span_of(row).start_ns == 1_795_046_401_000_250_000
