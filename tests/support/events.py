"""The flow `events` as processes that a test starts, kills and starts again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from ot2otel.capture.environment import reporting_to
from ot2otel.lab.catalog import BY_HAND, FLOWS, VARIANTS, Service
from ot2otel.lab.service import ServiceProcess
from ot2otel.model import Span
from ot2otel.receive.collector import Collector
from ot2otel.recording import RUN_ID
from tests.support.waiting import wait_until

FLOW = "events"
INTAKE, VALIDATOR, ARCHIVER = "intake", "validator", "archiver"
LIFECYCLE, PROCESSING = "event lifecycle", "event processing"
SERVICES: Mapping[str, Service] = {service.name: service for service in FLOWS[FLOW].services}
FIRST = [(variant.name, variant.exporters[0]) for variant in VARIANTS.values() if variant.name in BY_HAND]


class Events:
    """The services of the flow on queues of their own; each can die and be started again."""

    def __init__(self, run: tuple[str, str], queues: str, stack: ExitStack, *options: str) -> None:
        self.collector = stack.enter_context(Collector())
        self._variant, exporter = VARIANTS[run[0]], run[1]
        self._options = ["--queues", queues, *options]
        self._environment = reporting_to(self.collector, exporter, {RUN_ID: "test"})
        self._environment["OTEL_BSP_SCHEDULE_DELAY"] = "100"
        self._stack = stack
        self.running: dict[str, ServiceProcess] = {}

    def start(self, *names: str, work: float = 0) -> None:
        for name in names:
            service = ServiceProcess(
                self._variant,
                FLOWS[FLOW],
                SERVICES[name],
                [*self._options, "--work", str(work)],
                self._environment,
            )
            self.running[name] = self._stack.enter_context(service)
            service.start()
        for name in names:
            self.running[name].wait_until_ready()

    def kill(self, name: str) -> None:
        os.kill(self.running[name].pid, signal.SIGKILL)
        self.running[name].stop()

    def send(self, reading: str = "21.5") -> str:
        answer = requests.post(f"{self.running[INTAKE].url}/events", json={"reading": reading}, timeout=10)
        assert answer.status_code == 202
        event_id: str = answer.json()["id"]
        return event_id

    def states(self, event_id: str) -> list[str]:
        found: list[str] = requests.get(f"{self.running[INTAKE].url}/events/{event_id}", timeout=10).json()[
            "states"
        ]
        return found

    def counts(self, name: str) -> dict[str, object]:
        """Return the counts that a worker keeps of its attempts and dead letters."""
        counts: dict[str, object] = requests.get(self.running[name].url, timeout=10).json()
        return counts

    def wait_for_state(self, event_id: str, state: str) -> None:
        wait_until(lambda: state in self.states(event_id))

    def wait_for_spans(self, number: int) -> list[Span]:
        spans = self.collector.wait_for(lambda spans: len(spans) >= number, 15, f"{number} spans")
        return sorted(spans, key=lambda span: span.start_ns)


@contextmanager
def events(run: tuple[str, str], queues: str | Path, *options: str) -> Iterator[Events]:
    with ExitStack() as stack:
        yield Events(run, str(queues), stack, *options)
