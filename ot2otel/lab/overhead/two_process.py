"""The two-process shape: both services as in production, with requests over one kept connection."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

from ot2otel.capture import guard
from ot2otel.capture.environment import OVER_GRPC, exporting_every, reporting_to
from ot2otel.lab.catalog import FLOWS, Service
from ot2otel.lab.overhead import child
from ot2otel.lab.overhead.ladder import Level, Rung
from ot2otel.lab.overhead.sample import Blocks, Sample
from ot2otel.lab.service import ServiceProcess
from ot2otel.receive.collector import Collector, Ports, SpansMissing
from ot2otel.recording import RUN_ID

# Both make a multiple of ten spans in each service. jaeger-client sends ten at once and keeps the rest for a
# second: they would be sent in the block of another rung.
WARM_UP = 60
BLOCK = 50
ROUNDS = 6

_FLOW = FLOWS["hello"]
_REQUEST = _FLOW.requests[0]
_NS_PER_US = 1000
_ARRIVAL = 5.0
# Milliseconds. With the default of 5 s every block would wait for its export.
_EXPORT_DELAY = 100

Ask = Callable[[str, int], int]


def measure(rungs: Sequence[Rung], rounds: int = ROUNDS) -> Sample:
    """Start a pair of servers for each rung, measure them in turns and stop them.

    Raises ProcessFailedError if a server does not come up.
    """
    with ExitStack() as running:
        over_grpc = any(rung.exporter == OVER_GRPC for rung in rungs)
        collector = running.enter_context(Collector(ports=Ports(grpc=0 if over_grpc else None)))
        pairs = [_Pair(rung, collector) for rung in rungs]
        _start(pairs, running)
        ask = running.enter_context(_client())
        for pair in pairs:
            pair.send(ask, WARM_UP)
        for _ in range(rounds):
            for pair in random.sample(pairs, len(pairs)):
                pair.measure_block(ask)
        return Sample({pair.rung.name: pair.blocks() for pair in pairs})


def _start(pairs: Sequence[_Pair], running: ExitStack) -> None:
    """Start the servers, a called one before its callers; `running` stops them."""
    for service in _FLOW.services:
        started = [running.enter_context(pair.server(service)) for pair in pairs]
        for server in started:
            server.start()
        for server in started:
            server.wait_until_ready()


class _Pair:
    """The two servers of one rung, and the times of their blocks so far."""

    def __init__(self, rung: Rung, collector: Collector) -> None:
        self.rung = rung
        self._collector = collector
        reporting = reporting_to(collector, rung.exporter, {RUN_ID: rung.name})
        self._environment = reporting | exporting_every(_EXPORT_DELAY)
        self._servers: dict[str, ServiceProcess] = {}
        self._wall: list[float] = []
        self._cpu: list[float] = []
        self._sent = self._arrived = 0

    def server(self, service: Service) -> ServiceProcess:
        """Return one of the servers, not started yet; it has the addresses of the servers that it calls."""
        options = ["--work", "0"]
        for option, name in service.needs.items():
            options += [option, self._servers[name].url]
        self._servers[service.name] = ServiceProcess(
            self.rung.subject, _FLOW, service, options, self._environment
        )
        return self._servers[service.name]

    def measure_block(self, ask: Ask) -> None:
        started = self._cpu_ns()
        self._wall.append(self.send(ask, BLOCK) / BLOCK / _NS_PER_US)
        self._cpu.append((self._cpu_ns() - started) / BLOCK / _NS_PER_US)

    def send(self, ask: Ask, requests: int) -> int:
        """Send a block, wait for its spans, and return the nanoseconds until the last answer."""
        self._collector.clear()
        wall = ask(self._servers[_FLOW.front.name].url + _REQUEST.path.format(name="Bryan"), requests)
        expected = requests * _REQUEST.spans_of(self.rung.subject) if self.rung.level is Level.REAL else 0
        with suppress(SpansMissing):  # they are counted as lost
            self._collector.wait_for(lambda spans: len(spans) >= expected, _ARRIVAL)
        self._sent += expected
        self._arrived += len(self._collector.spans)
        return wall

    def blocks(self) -> Blocks:
        return Blocks(self._wall, (), self._cpu, self._sent, self._arrived)

    def _cpu_ns(self) -> int:
        return sum(_process_cpu_ns(server.pid) for server in self._servers.values())


def _process_cpu_ns(pid: int) -> int:
    """Return the CPU time of all threads of another process."""
    # Linux's clock id for it, as clock_getcpuclockid(3) returns it: CPUCLOCK_SCHED of a process.
    return time.clock_gettime_ns((~pid << 3) | 2)


@contextmanager
def _client() -> Iterator[Ask]:
    """Run the client in a process of its own: in this one the collector would delay it."""
    with subprocess.Popen(
        [sys.executable, "-m", "ot2otel.lab.overhead.programs.client"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=child.few_variables(),
        **guard.options(),
    ) as process:

        def ask(url: str, requests: int) -> int:
            if process.stdin is None or process.stdout is None or process.stderr is None:
                raise RuntimeError("the client has no pipes")
            process.stdin.write(f"{url} {requests}\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if not line:
                raise child.ChildFailedError(f"The client ended by itself: {process.stderr.read()[-2000:]}")
            return int(line)

        try:
            yield ask
        finally:
            process.kill()
