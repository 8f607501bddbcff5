"""A flow's services as real processes, and the bytes or the spans that they send."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory

import requests

from ot2otel.capture.environment import exporting_every, reporting_to, untraced
from ot2otel.lab.catalog import FLOWS, VARIANTS
from ot2otel.lab.service import ServiceProcess
from ot2otel.model import Span
from ot2otel.receive.collector import Collector
from ot2otel.recording import RUN_ID
from tests.support.http_server import HttpAnswer, HttpRequest, HttpServer

Services = Mapping[str, ServiceProcess]


@dataclass
class Wiretap:
    """Listens instead of a collector; `sent` has every body, and every datagram once `wiretap` has ended."""

    host: str
    agent_port: int
    otlp_endpoint: str
    sent: list[bytes] = field(default_factory=list)
    grpc_endpoint: str = ""


@contextmanager
def wiretap() -> Iterator[Wiretap]:
    sent: list[bytes] = []

    def keep(request: HttpRequest) -> HttpAnswer:
        sent.append(request.body)
        return HttpAnswer()

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as agent, HttpServer(keep) as server:
        agent.bind(("127.0.0.1", 0))
        agent.setblocking(False)
        yield Wiretap("127.0.0.1", agent.getsockname()[1], server.url, sent)
        with suppress(BlockingIOError):
            while True:
                sent.append(agent.recv(65536))


def unhurried(collector: Collector) -> dict[str, str]:
    """Return the environment of a program that reports to the collector after the tracers' own delays.

    Those are 1 s and 5 s: the last spans of a program that ends without a flush are lost.
    """
    return {
        **untraced(),
        **reporting_to(collector, "otlp", {}),
        "JAEGER_REPORTER_FLUSH_INTERVAL": "1000",
    }


@contextmanager
def services(
    flow: str,
    variant: str,
    exporter: str,
    receiver: Collector | Wiretap,
    *options: str,
    settings: Mapping[str, str] | None = None,
    behind: Mapping[str, str] | None = None,
    show: Callable[[str], None] = lambda _: None,
) -> Iterator[Services]:
    """Run all services of a flow and give them by their names.

    `options` go to the front service alone. `settings` are tracing variables of all services, `behind` of the
    others alone.
    """
    common = reporting_to(receiver, exporter, {RUN_ID: "test"}) | exporting_every(100)
    common |= settings or {}
    started: dict[str, ServiceProcess] = {}
    with ExitStack() as stack:
        shared: list[str] = []
        if FLOWS[flow].shares:
            shared = [FLOWS[flow].shares, stack.enter_context(TemporaryDirectory())]
        for service in FLOWS[flow].services:
            needs = [part for option, name in service.needs.items() for part in (option, started[name].url)]
            own = options if service is FLOWS[flow].front else ()
            process = ServiceProcess(
                VARIANTS[variant],
                FLOWS[flow],
                service,
                ["--work", "0", *needs, *shared, *own],
                common if service is FLOWS[flow].front else common | dict(behind or {}),
                show=show,
            )
            stack.enter_context(process)
            process.start()
            process.wait_until_ready()
            started[service.name] = process
        yield started


def sampled(
    variant: str, times: int, settings: Mapping[str, str], behind: Mapping[str, str] | None = None
) -> tuple[Span, ...]:
    """Send `times` requests to server-1; return the spans that arrive."""
    exporter = VARIANTS[variant].exporters[0]
    with (
        Collector() as collector,
        services("hello", variant, exporter, collector, settings=settings, behind=behind) as running,
        requests.Session() as session,
    ):
        for _ in range(times):
            assert session.get(f"{running['server-1'].url}/Bryan", timeout=10).status_code == 200
    return collector.spans
