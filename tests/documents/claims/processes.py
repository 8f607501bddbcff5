"""Runs `tests.documents.claims.service`, one process for each action, and collects the spans that arrive."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from ot2otel.capture.environment import untraced
from ot2otel.model import Span
from ot2otel.receive.collector import Collector
from tests.documents.claims.tracers import legacy
from tests.support.runs import ROOT

_LAST = "last"


@dataclass(frozen=True, slots=True)
class Ran:
    """The spans of all processes, and the lines that each printed, by its action."""

    spans: tuple[Span, ...]
    printed: dict[str, list[str]]

    @property
    def names(self) -> set[str]:
        """The names of the spans that arrived."""
        return {span.name for span in self.spans}


def run(library: str, actions: Sequence[str], options: str = "{}") -> Ran:
    """Let one process of the library take each action, after a span with the action's name."""
    with Collector() as collector:
        environment = untraced() | {
            "JAEGER_AGENT_HOST": "127.0.0.1",
            "JAEGER_AGENT_PORT": str(collector.agent_port),
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.otlp_endpoint,
            "NO_PROXY": "127.0.0.1",
        }
        processes = {
            action: subprocess.Popen(
                [sys.executable, "-m", "tests.documents.claims.service", library, action, options],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            for action in actions
        }
        printed = {
            action: process.communicate(timeout=30)[0].splitlines() for action, process in processes.items()
        }
        return Ran(sent_so_far(collector), printed)


def sent_so_far(collector: Collector) -> tuple[Span, ...]:
    """Return all spans that were sent to the collector until now.

    Datagrams wait in the socket's buffer, so a datagram that is sent now arrives after them.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(_datagram(_LAST), ("127.0.0.1", collector.agent_port))
    spans = collector.wait_for(lambda spans: any(span.name == _LAST for span in spans))
    return tuple(span for span in spans if span.name != _LAST)


def _datagram(name: str) -> bytes:
    tracer = legacy().tracer
    tracer.start_span(name).finish()
    return bytes(tracer.reporter.datagram())
