"""Runs `tests.documents.claims.service` for several things at once, and tells what arrived of them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from ot2otel.model import Span
from ot2otel.receive.collector import Collector
from tests.documents.claims.tracers import legacy
from tests.support.runs import ROOT

_OURS = ("OTEL_", "JAEGER_")


@dataclass(frozen=True, slots=True)
class Ran:
    """What the processes left behind: their spans, and by the thing done what each printed."""

    spans: tuple[Span, ...]
    printed: dict[str, list[str]]

    @property
    def names(self) -> set[str]:
        """The names of the spans that arrived."""
        return {span.name for span in self.spans}


def run(library: str, things: Sequence[str], options: str = "{}") -> Ran:
    """Let one process of the library do each thing after its span, which has the thing's name."""
    with Collector() as collector:
        inherited = {
            name: os.environ[name] for name in os.environ if not name.startswith(("OTEL_", "JAEGER_"))
        }
        environment = inherited | {
            "JAEGER_AGENT_HOST": "127.0.0.1",
            "JAEGER_AGENT_PORT": str(collector.agent_port),
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.otlp_endpoint,
            "NO_PROXY": "127.0.0.1",
        }
        processes = {
            thing: subprocess.Popen(
                [sys.executable, "-m", "tests.documents.claims.service", library, thing, options],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            for thing in things
        }
        printed = {
            thing: process.communicate(timeout=30)[0].splitlines() for thing, process in processes.items()
        }
        # What the processes sent is in the socket's buffer; a datagram sent now comes after all of it.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(LAST, ("127.0.0.1", collector.agent_port))
        spans = collector.wait_for(lambda spans: any(span.name == "last" for span in spans))
        return Ran(tuple(span for span in spans if span.name != "last"), printed)


def _datagram(name: str) -> bytes:
    tracer = legacy().tracer
    tracer.start_span(name).finish()
    return bytes(tracer.reporter.datagram())


LAST = _datagram("last")
