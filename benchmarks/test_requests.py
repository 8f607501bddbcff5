"""The request table: one row a rung, each with its paired estimate. `pytest benchmarks/test_requests.py`.

The table's own figures are pytest-benchmark's, of this one process, one rung after the other. The README
shows why they are not the cost of tracing; `extra_info` has that cost.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pytest
import requests

from benchmarks.rungs import rungs_of
from ot2otel.capture.environment import reporting_to
from ot2otel.lab.overhead.ladder import Rung
from ot2otel.lab.overhead.programs.rungs import open_rung
from ot2otel.lab.overhead.result import Row
from ot2otel.receive.collector import Collector
from ot2otel.recording import RUN_ID

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

pytestmark = [
    # jaeger-client leaves its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning"),
    # The warnings of the two archived packages about themselves.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "rung" in metafunc.fixturenames:
        rungs = rungs_of(metafunc.config.getoption("--flow"))
        metafunc.parametrize("rung", rungs, ids=[rung.name for rung in rungs])


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """Run the collector that the real exporters send to."""
    with Collector() as running:
        yield running


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Undo after the test the changes that a rung makes to the process for its requests."""
    monkeypatch.setattr(requests.sessions, "HTTPAdapter", requests.sessions.HTTPAdapter)
    monkeypatch.setattr(time, "sleep", time.sleep)
    return monkeypatch


@pytest.mark.timeout(900)  # the first row waits for the estimates of all
@pytest.mark.benchmark(group="request")
def test_request(
    benchmark: BenchmarkFixture,
    rung: Rung,
    flow: str,
    collector: Collector,
    estimates: Mapping[Rung, Row],
    restored: pytest.MonkeyPatch,
) -> None:
    if rung in estimates:
        row = estimates[rung]
        benchmark.extra_info.update(
            {
                "ratio": row.ratio.value,
                "ratio_low": row.ratio.low,
                "ratio_high": row.ratio.high,
                "added_us": row.added.value,
                "low_us": row.added.low,
                "high_us": row.added.high,
                "against": rungs_of(flow)[0].label,
                "processes": len(row.per_process),
            }
        )
    for name, value in reporting_to(collector, rung.exporter, {RUN_ID: rung.name}).items():
        restored.setenv(name, value)
    opened = open_rung(rung.variant, rung.level.value, flow)

    with opened.on() as ask:
        benchmark(ask)

    opened.variant.flush()
    opened.variant.close()
