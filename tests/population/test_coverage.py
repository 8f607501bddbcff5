"""The share of a service's spans that has each key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ibis")
pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

from ot2otel.model import Span
from ot2otel.population import coverage, parquet, signature
from ot2otel.population.dialects import duckdb_engine
from ot2otel.population.measures import BLOCKS, Measure

_HOUR_NS = 3600 * 10**9
_PERIOD = (3600.0, 3600.0 * (BLOCKS + 1))
_KEYS: Sequence[tuple[int, Sequence[str]]] = [(1, ("user.id", "x")), (1, ()), (2, ("x", "user.id")), (2, ())]


def _table(directory: Path) -> tuple[Any, Any]:  # Any: Ibis has no types
    """Return an engine, and spans of these hours with these keys."""
    spans = [
        Span(
            f"{number:032x}",
            f"{number:016x}",
            "get",
            start_ns=hour * _HOUR_NS,
            attributes=dict.fromkeys(keys, "v"),
            resource={"service.name": "shop"},
        )
        for number, (hour, keys) in enumerate(_KEYS)
    ]
    parquet.write(spans, directory / "spans.parquet")
    engine = duckdb_engine()
    return engine, engine.read_parquet(directory / "spans.parquet")


def _sorted(rows: Any) -> list[Any]:  # Any: columns of several types
    return sorted((row["service"], row["key"], row["block"], row["spans"]) for row in rows)


def _of_lists(engine: Any, table: Any) -> list[Any]:  # Any: Ibis has no types
    lists = engine.to_pyarrow(coverage.of_lists(signature.hashed_spans(table, ()), *_PERIOD)).to_pylist()
    examples = coverage.examples(lists)
    assert len(examples) == 2, "the order of keys makes no list"
    names = engine.to_pyarrow(coverage.names(table, sorted(examples.values()))).to_pylist()
    return list(coverage.named(lists, {row["keys"]: row["names"] for row in names}))


def test_coverage_is_the_share_of_a_services_spans_with_a_key(tmp_path: Path) -> None:
    engine, table = _table(tmp_path)

    found = coverage.coverage(engine.to_pyarrow(coverage.of_keys(table, *_PERIOD)).to_pylist())

    assert set(found) == {Measure("attribute coverage", "shop", key) for key in ("user.id", "x")}
    blocks = found[Measure("attribute coverage", "shop", "x")]
    assert (blocks.numerators[:3], blocks.denominators[:3]) == ((1, 1, 0), (2, 2, 0))


def test_counting_lists_of_keys_says_the_same_as_counting_keys(tmp_path: Path) -> None:
    engine, table = _table(tmp_path)

    counted = coverage.coverage(_of_lists(engine, table))

    assert counted == coverage.coverage(engine.to_pyarrow(coverage.of_keys(table, *_PERIOD)).to_pylist())
