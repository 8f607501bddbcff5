"""Runs `tests.documents.claims.service`, one process for each action, and collects the spans that arrive."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from subprocess import CompletedProcess

from ot2otel.capture.environment import untraced
from ot2otel.model import Span
from ot2otel.receive.collector import Collector
from tests.documents.claims import marks, witness
from tests.documents.claims.tracers import legacy
from tests.support.runs import ROOT

_LAST = "last"


@dataclass(frozen=True, slots=True)
class Ran:
    """The spans of all processes, the lines and errors of each by its action, and what they entered."""

    spans: tuple[Span, ...]
    printed: dict[str, list[str]]
    errors: dict[str, str]
    entered: frozenset[str]

    @property
    def names(self) -> set[str]:
        """The names of the spans that arrived."""
        return {span.name for span in self.spans}


def run(library: str, *actions: str, options: str = "{}") -> Ran:
    """Let one process of the library take each action, after a span with the action's name.

    The same processes run once for all tests; each test goes through what they went through.
    """
    ran = _run(library, actions, options)
    witness.enter(ran.entered)
    return ran


@cache
def _run(library: str, actions: Sequence[str], options: str) -> Ran:
    with Collector() as collector, witness.telling(_objects()) as (variables, entered):
        environment = (
            untraced()
            | variables
            | {
                "JAEGER_AGENT_HOST": "127.0.0.1",
                "JAEGER_AGENT_PORT": str(collector.agent_port),
                "OTEL_EXPORTER_OTLP_ENDPOINT": collector.otlp_endpoint,
                "NO_PROXY": "127.0.0.1",
            }
        )
        processes = {
            action: subprocess.Popen(
                [sys.executable, "-m", "tests.documents.claims.service", library, action, options],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for action in actions
        }
        output = {action: process.communicate(timeout=60) for action, process in processes.items()}
        spans = sent_so_far(collector)
    printed = {action: lines.splitlines() for action, (lines, _) in output.items()}
    errors = {action: lines for action, (_, lines) in output.items()}
    return Ran(spans, printed, errors, frozenset(entered))


def python(*arguments: str, environment: Mapping[str, str] | None = None) -> CompletedProcess[str]:
    """Run Python to its end and return what it printed; `environment` is added to this process's."""
    with witness.telling(_objects()) as (variables, entered):
        result = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, **variables, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=60,
        )
    witness.enter(entered)
    return result


def _objects() -> set[str]:
    """Return the objects that any claim goes through: processes are shared by tests."""
    return {name for test in marks.found().values() for name in test.through}


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
