"""Options of the benchmarks, and the paired estimates that their request table carries."""

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
    group = parser.getgroup("what tracing costs")
    group.addoption("--flow", choices=list(FLOWS), default="hello", help="Whose requests are measured.")
    group.addoption(
        "--processes",
        type=int,
        default=QUICK.processes,
        help="Fresh processes for the paired estimates; 0 leaves them out, otherwise 2 or more.",
    )


@pytest.fixture(scope="session")
def flow(request: pytest.FixtureRequest) -> str:
    """Return the flow whose requests are measured; skip where no request has the flow's spans."""
    chosen: str = request.config.getoption("--flow")
    if FLOWS[chosen].shares:
        pytest.skip(
            f"{chosen} answers a request before its workers record their spans, "
            "so how long a caller waits does not tell what they cost"
        )
    return chosen


@pytest.fixture(scope="session")
def estimates(request: pytest.FixtureRequest, flow: str) -> Mapping[Rung, Row]:
    """Estimate what each rung adds to the lowest one that the flow has, in fresh processes."""
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
            f"{rung.label:45} {row.added.value:8.1f} us, 95% {row.added.low:.1f} to {row.added.high:.1f}"
        )
