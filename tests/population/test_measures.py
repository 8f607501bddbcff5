"""Measures of operations, summed up in blocks of time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

ibis = pytest.importorskip("ibis")
pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

from ot2otel.model import Span, Status, StatusCode  # noqa: E402
from ot2otel.population import measures, parquet, signature  # noqa: E402
from ot2otel.population.dialects import duckdb_engine  # noqa: E402
from ot2otel.population.measures import BLOCKS, Measure  # noqa: E402

HOUR_NS = 3600 * 10**9


def _span(number: int, hour: int, name: str = "get", lasted: int = 10, failed: bool = False) -> Span:
    start = hour * HOUR_NS
    status = Status(StatusCode.ERROR if failed else StatusCode.UNSET)
    resource = {"service.name": "shop"}
    return Span(
        f"{number:032x}", f"{number:016x}", name, "", start_ns=start, end_ns=start + lasted, status=status,
        resource=resource,
    )  # fmt: skip


def _signed(spans: list[Span], directory: Path) -> tuple[Any, Any]:  # Any: Ibis has no types
    path = directory / "spans.parquet"
    parquet.write(spans, path)
    engine = duckdb_engine()
    table = engine.read_parquet(path)
    traces = signature.signed_traces(signature.hashed_spans(table, ()))
    return engine, measures.blocks_of(traces, 3600, 3600 * (BLOCKS + 1))


def test_each_measure_has_its_sums_by_block(tmp_path: Path) -> None:
    engine, traces = _signed(
        [_span(1, 1), _span(2, 1, failed=True), _span(3, 2, lasted=99), _span(4, 2, "put")], tmp_path
    )
    rows = engine.to_pyarrow(measures.of_operations(traces, {"shop: get": (20, 200, 300)})).to_pylist()

    found = {
        measure: (blocks.numerators[:3], blocks.denominators[:3])
        for measure, blocks in measures.sums(rows).items()
        if not measure.detail
    }

    get = {
        "share of traffic": ((2, 1, 0), (2, 2, 0)),
        "error rate": ((1, 0, 0), (2, 1, 0)),
        "spans per trace": ((2, 1, 0), (2, 1, 0)),
        "slower than p50": ((0, 1, 0), (2, 1, 0)),
        "slower than p95": ((0, 0, 0), (2, 1, 0)),
        "slower than p99": ((0, 0, 0), (2, 1, 0)),
    }
    put = dict.fromkeys(get, ((0, 0, 0), (0, 1, 0))) | {
        "share of traffic": ((0, 1, 0), (2, 2, 0)),
        "spans per trace": ((0, 1, 0), (0, 1, 0)),
    }
    assert found == {Measure(name, "shop: get"): sums for name, sums in get.items()} | {
        Measure(name, "shop: put"): sums for name, sums in put.items()
    }


def test_the_first_and_the_last_second_are_in_the_first_and_the_last_block(tmp_path: Path) -> None:
    engine, traces = _signed([_span(1, 0), _span(2, 1), _span(3, BLOCKS), _span(4, 500)], tmp_path)

    rows = engine.to_pyarrow(traces.select("TraceId", "block").order_by("TraceId")).to_pylist()

    assert [row["block"] for row in rows] == [0, 0, BLOCKS - 1, BLOCKS - 1]


def test_quantiles_are_exact(tmp_path: Path) -> None:
    engine, traces = _signed([_span(n, 1, lasted=n) for n in range(1, 102)], tmp_path)

    (row,) = engine.to_pyarrow(measures.quantiles(traces)).to_pylist()

    assert row == {"operation": "shop: get", "q0": 51, "q1": 96, "q2": 100}


def test_the_period_of_an_empty_table_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "spans.parquet"
    parquet.write([], path)
    engine = duckdb_engine()

    assert engine.to_pyarrow(measures.period(engine.read_parquet(path))).to_pylist() == [
        {"first": None, "last": None, "spans": 0, "traced": 0}
    ]
