"""All engines give the same findings, with the same counts, as DuckDB on the same data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support import peers
from tests.support.clickhouse_server import clickhouse, exporter_table, jaeger_table
from tests.support.peers import peer
from tests.support.runs import ROOT
from tests.support.spark_cluster import SETTINGS, spark
from tests.support.weeks import Faults, day

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("days")
    day(directory / "before.parquet", 0, 3000)
    day(directory / "after.parquet", 1, 3000, Faults(kindless=True, lost=0.03))
    return directory


@pytest.fixture(scope="module")
def expected(days: Path) -> dict[str, Any]:  # Any: JSON
    """What DuckDB says about the days."""
    return _told(days / "before.parquet", days / "after.parquet")


# By the last digit of their ids, traces have an orphan, no root, or roots alone; the others are sound.
_ODD = """
COPY (SELECT * REPLACE (CASE
    WHEN "ParentSpanId" <> '' AND "ServiceName" = 'users' AND "TraceId"[-1] < '3' THEN repeat('f', 16)
    WHEN "TraceId"[-1] BETWEEN '6' AND '8' THEN ''
    ELSE "ParentSpanId" END AS "ParentSpanId")
  FROM '{source}' WHERE NOT ("ParentSpanId" = '' AND "TraceId"[-1] BETWEEN '3' AND '5')
) TO '{target}' (FORMAT parquet)
"""


@pytest.fixture(scope="module")
def odd(days: Path) -> Path:
    """A day, and the same one with orphans, and traces without a root or with several."""
    duckdb.execute(_ODD.format(source=days / "before.parquet", target=days / "odd.parquet"))
    return days


def _told(*sources: object) -> dict[str, Any]:  # Any: JSON
    """Return what `ot2otel population` says, without the names of the sources and the duration."""
    done = _run(*sources)
    assert done.returncode == 1, done.stderr
    # ClickHouse's tables keep no types, so a text of digits is shown as a number there.
    found: dict[str, Any] = json.loads(done.stdout.replace('\\"', ""))
    del found["seconds"], found["notes"], found["before"]["name"], found["after"]["name"]
    _round(found)
    found["shifts"].sort(key=lambda each: (each["measure"], each["of"], each["key"] or ""))
    return found


def _run(*sources: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ot2otel", "population", *map(str, sources), "--format", "json"]
    environment = os.environ | SETTINGS | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=1500, check=False)


def _round(found: Any) -> None:  # Any: JSON
    """Round numbers: engines add in another order."""
    for key, value in found.items() if isinstance(found, dict) else enumerate(found):
        if isinstance(value, float):
            found[key] = round(value, 6)
        elif isinstance(value, dict | list):
            _round(value)


@peer("clickhouse")
@pytest.mark.parametrize("schema", ["exporter", "jaeger"])
def test_clickhouse_says_what_duckdb_says(schema: str, days: Path, expected: dict[str, Any]) -> None:
    peers.module("clickhouse_connect", "ot2otel[clickhouse]")
    with clickhouse() as (port, session):
        for name in ("before", "after"):
            exporter_table(session, f"{name}_exporter", days / f"{name}.parquet")
            jaeger_table(session, f"{name}_jaeger", f"{name}_exporter")
        url = f"clickhouse://127.0.0.1:{port}/default?table="
        found = _told(f"{url}before_{schema}", f"{url}after_{schema}")

    assert found == expected


@peer("clickhouse")
def test_a_time_range_and_services_are_chosen_in_clickhouse(days: Path) -> None:
    peers.module("clickhouse_connect", "ot2otel[clickhouse]")
    with clickhouse() as (port, session):
        for name in ("before", "after"):
            exporter_table(session, name, days / f"{name}.parquet")
        url = f"clickhouse://127.0.0.1:{port}/default?services=users,gateway"
        old = f"{url}&table=before&from=2026-11-19T06:00:00Z&to=2026-11-19T18:00:00Z"
        new = f"{url}&table=after&from=2026-11-20T06:00:00Z&to=2026-11-20T18:00:00Z"
        found = _told(old, new)

    assert {each["of"] for each in found["shifts"] if each["key"]} <= {"users", "gateway"}
    hours = [(side["last"] - side["first"]) / 3600 for side in (found["before"], found["after"])]
    assert all(11.5 < each <= 12 for each in hours)


@peer("spark")
def test_spark_with_two_workers_says_what_duckdb_says(
    days: Path, expected: dict[str, Any], tmp_path: Path
) -> None:
    with spark(2, tmp_path) as url:
        found = _told(f"{url}{days}/before.parquet", f"{url}{days}/after.parquet")

    assert found == expected


@peer("spark")
def test_spark_in_this_process_says_what_duckdb_says(days: Path, expected: dict[str, Any]) -> None:
    peers.program("java")
    peers.module("pyspark", "ot2otel[spark]")

    assert _told(f"spark://local{days}/before.parquet", f"spark://local{days}/after.parquet") == expected


@peer("clickhouse")
def test_orphans_and_roots_are_the_same_forms_in_clickhouse(odd: Path) -> None:
    peers.module("clickhouse_connect", "ot2otel[clickhouse]")
    with clickhouse() as (port, session):
        for name in ("before", "odd"):
            exporter_table(session, name, odd / f"{name}.parquet")
        url = f"clickhouse://127.0.0.1:{port}/default?table="
        found = _told(f"{url}before", f"{url}odd")

    assert found["after"]["forms"] > found["before"]["forms"]
    assert found == _told(odd / "before.parquet", odd / "odd.parquet")


@peer("spark")
def test_orphans_and_roots_are_the_same_forms_in_spark(odd: Path) -> None:
    peers.program("java")
    peers.module("pyspark", "ot2otel[spark]")
    found = _told(f"spark://local{odd}/before.parquet", f"spark://local{odd}/odd.parquet")

    assert found["after"]["forms"] > found["before"]["forms"]
    assert found == _told(odd / "before.parquet", odd / "odd.parquet")


@peer("spark")
@pytest.mark.parametrize(
    ("source", "words"),
    [
        pytest.param(
            "spark://127.0.0.1:1/spans.parquet", "does not answer: Connection refused", id="no master"
        ),
        pytest.param("spark://local/no/such.parquet", "Path does not exist", id="no file"),
        pytest.param("spark://local", "names no Parquet", id="no path"),
    ],
)
def test_a_source_that_spark_cant_read_is_told_in_a_line(source: str, words: str) -> None:
    peers.program("java")
    peers.module("pyspark", "ot2otel[spark]")
    done = _run(source, source)

    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr.splitlines()[-1]
