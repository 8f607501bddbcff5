"""Spans on their way home from an engine."""

from __future__ import annotations

from pathlib import Path

import ibis

from ot2otel.model import Span
from ot2otel.population import parquet
from ot2otel.population.carrying import carried, unpacked
from ot2otel.population.columns import span_of


def test_maps_come_home_as_they_were(tmp_path: Path) -> None:
    spans = [
        Span("1" * 32, "1" * 16, "bare"),
        Span("1" * 32, "2" * 16, "rich", attributes={"a": "1", "b": 2}, resource={"service.name": "shop"}),
    ]
    parquet.write(spans, tmp_path / "spans.parquet")
    engine = ibis.duckdb.connect()
    # Lists of maps need a lambda, which Ibis writes as DuckDB 2 no longer reads it.
    table = engine.read_parquet(tmp_path / "spans.parquet").drop("Events.Attributes", "Links.Attributes")

    rows = engine.to_pyarrow(carried(table)).to_pylist()

    assert [span_of(unpacked(row)) for row in rows] == spans


def test_lists_of_maps_are_put_together() -> None:
    row = {"Name": "n", "A/keys": [["k"], []], "A/values": [["v"], []], "B/keys": [], "B/values": []}

    assert unpacked(row) == {"Name": "n", "A": [{"k": "v"}, {}], "B": {}}
