"""Options of the benchmarks, and the paired estimates in their request table."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from benchmarks.rungs import rungs_of
from ot2otel.lab.catalog import FLOWS
from ot2otel.lab.overhead import in_process
from ot2otel.lab.overhead.ladder import Rung, Shape
from ot2otel.lab.overhead.measure import QUICK
from ot2otel.lab.overhead.result import Row, rows

_ROWS = pytest.StashKey[Mapping[Rung, Row]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("the cost of tracing")
    group.addoption(
        "--flow", choices=list(FLOWS), default="hello", help="The flow whose requests are measured."
    )
    group.addoption(
        "--processes",
        type=int,
        default=QUICK.processes,
        help="Fresh processes for the paired estimates: 2 or more, or 0 for no estimates.",
    )


@pytest.fixture(scope="session")
def flow(request: pytest.FixtureRequest) -> str:
    """Return the flow of the measured requests; skip if its callers do not wait for its spans."""
    chosen: str = request.config.getoption("--flow")
    if FLOWS[chosen].shares:
        pytest.skip(
            f"{chosen} answers a request before its workers record their spans, "
            "so a caller's waiting time does not show their cost"
        )
    return chosen


@pytest.fixture(scope="session")
def estimates(request: pytest.FixtureRequest, flow: str) -> Mapping[Rung, Row]:
    """Estimate the time that each rung adds to the flow's lowest one, in fresh processes."""
    processes: int = request.config.getoption("--processes")
    if not processes:
        return {}
    rungs = rungs_of(flow)
    samples = [in_process.measure(rungs, FLOWS[flow]) for _ in range(processes)]
    found = {row.rung: row for row in rows(Shape.IN_PROCESS, rungs, samples, {}, rungs[0])}
    request.config.stash[_ROWS] = found
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    found = config.stash.get(_ROWS, {})
    if found:
        terminalreporter.section("added to a request, paired within fresh processes")
    for rung, row in found.items():
        terminalreporter.write_line(
            f"{rung.label:45} {row.ratio.value:.3f}, 95% {row.ratio.low:.3f} to {row.ratio.high:.3f}; "
            f"{row.added.value:.1f} us, {row.added.low:.1f} to {row.added.high:.1f}"
        )
