"""Records the exchanges of libraries: by the OpenTracing integration, then in each generation of conventions.

Run it as `python -m tests.golden.record_libraries [LIBRARY ...]` in an environment that has the libraries.
Without names it records those of its dependency lane.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

from ot2otel import recording_file
from ot2otel.capture.environment import reporting_to, untraced
from ot2otel.model import Span, traces
from ot2otel.receive.collector import Collector
from ot2otel.recording import Port, Recording
from tests.golden import LIBRARIES, OF_NO_MACHINE
from tests.golden.record_flows import neutral

# The generations of conventions, and the value of OTEL_SEMCONV_STABILITY_OPT_IN for each.
GENERATIONS = {"old": "", "dup": "http/dup,database/dup", "new": "http,database"}
NEWEST = "-newest"  # of a run in the newest lane, if a library is recorded in both
WITHOUT_OPT_IN = ("old", "new", f"old{NEWEST}", f"new{NEWEST}")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A library whose exchange is recorded; the integration is "" if none installs.

    A `newest` one is recorded in the newest lane: the pinned lane's instrumentation does not read the opt-in.
    One `without_opt_in` is recorded in both lanes: no instrumentation of it reads the opt-in.
    """

    library: str
    integration: str = ""
    newest: bool = False
    without_opt_in: bool = False

    @property
    def runs(self) -> tuple[str, ...]:
        """The runs of the exchange, in the order of a migration."""
        generations = WITHOUT_OPT_IN if self.without_opt_in else tuple(GENERATIONS)
        return (*(["opentracing"] if self.integration else []), *generations)

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """The steps of a migration, each from a run to the next one, and from the first to the last.

        Without the opt-in they are those of both lanes, and that from one lane to the other.
        """
        if self.without_opt_in:
            first, old, new, *newest = self.runs
            return (first, old), (old, new), (first, newest[0]), (newest[0], newest[1]), (old, newest[0])
        return tuple(dict.fromkeys([*pairwise(self.runs), (self.runs[0], self.runs[-1])]))

    def runs_in(self, *, newest: bool) -> tuple[str, ...]:
        """The runs that are recorded in a lane."""
        if not self.without_opt_in:
            return self.runs if newest is self.newest else ()
        return tuple(run for run in self.runs if run.endswith(NEWEST) is newest)


EXCHANGES = {
    exchange.library: exchange
    for exchange in (
        Exchange("flask", "Flask-OpenTracing"),
        Exchange("requests", "Requests-OpenTracing"),
        Exchange("django", "django_opentracing"),
        Exchange("fastapi", "Starlette-OpenTracing"),
        Exchange("httpx"),
        Exchange("sqlalchemy", "SQLAlchemy-OpenTracing", newest=True),
        Exchange("redis", "redis_opentracing", newest=True),
        Exchange("psycopg", newest=True),
        Exchange("celery", "celery-opentracing", without_opt_in=True),
        Exchange("grpc", "grpcio-opentracing", without_opt_in=True),
    )
}
SCENARIOS = (0, 1)
# Library, scenario, before, after.
STEPS = [
    (library, scenario, *step)
    for library, exchange in EXCHANGES.items()
    for scenario in SCENARIOS
    for step in exchange.steps
]


def main(names: Sequence[str]) -> None:
    LIBRARIES.mkdir(exist_ok=True)
    newest = not version("opentelemetry-sdk").startswith("1.39.")
    for exchange in map(EXCHANGES.__getitem__, names or EXCHANGES):
        for scenario in SCENARIOS:
            for run in exchange.runs_in(newest=newest):
                recording = recorded(exchange.library, run, scenario)
                recording_file.write(recording, path(exchange.library, run, scenario))


def path(library: str, run: str, scenario: int) -> Path:
    """Return the file of a recording."""
    return LIBRARIES / f"{library}-{scenario}-{run}.json"


def pairs(library: str, scenario: int, before: str, after: str) -> list[tuple[Recording, Recording]]:
    """Return the same requests of two runs side by side; an integration makes no span for some."""
    sides = [_requests(path(library, run, scenario)) for run in (before, after)]
    if len(sides[0]) < len(sides[1]):
        sides[1] = [recording for recording in sides[1] if not is_new(recording.spans[0])]
    return list(zip(*sides, strict=True))


def _requests(file: Path) -> list[Recording]:
    whole = recording_file.read(file)
    return [
        replace(whole, spans=tuple(node.span for node in trace.walk()), answers=())
        for trace in traces(whole.spans)
    ]


def is_new(root: Span) -> bool:
    """Tell whether only the instrumentation makes this root: Django's 404, SQLAlchemy's `connect`."""
    statuses = [root.attributes.get(key) for key in ("http.status_code", "http.response.status_code")]
    return 404 in statuses or (root.name == "connect" and root.scope.name.endswith(".sqlalchemy"))


def recorded(library: str, run: str, scenario: int) -> Recording:
    """Run an exchange in a process of its own and return its recording."""
    tracing = "opentracing" if run == "opentracing" else "opentelemetry"
    with Collector() as collector:
        variables = {
            **untraced(),
            **reporting_to(collector, "otlp", {}),
            **OF_NO_MACHINE,
            "OTEL_RESOURCE_ATTRIBUTES": "",
            "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": "host",  # as jaeger-client always does
            "OTEL_SEMCONV_STABILITY_OPT_IN": GENERATIONS.get(run.removesuffix(NEWEST), ""),
        }
        command = [sys.executable, "-m", "tests.golden.exchanges", library, tracing, str(scenario)]
        ran = subprocess.run(
            command, env=variables, check=True, timeout=600, stdout=subprocess.PIPE, encoding="utf-8"
        )
        spans = collector.wait_for(bool, 10, f"spans of {library}")
    # Each run has other free ports; the documented ones stand for them.
    lines = (line.split() for line in ran.stdout.splitlines() if line.startswith("port "))
    ports = {f"port-{n}": Port(int(port), 8080 + n) for n, (_, port) in enumerate(lines)}
    return neutral(Recording(tuple(sorted(spans, key=_began)), exporter=run, ports=ports))


def _began(span: Span) -> int:
    return span.start_ns


if __name__ == "__main__":
    main(sys.argv[1:])
