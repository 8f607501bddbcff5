"""Says why no span arrived: once while a session runs, and at its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple

from ot2otel.capture.driving import Drive
from ot2otel.capture.foreground import Command
from ot2otel.receive.collector import Collector, taken_ports
from ot2otel.receive.ports import STANDARD_PORTS, StandardPort
from ot2otel.receive.program import Program, Sight
from ot2otel.receive.silence import Evidence, why

_PATIENCE = 5.0  # seconds without a span


class Witness:
    """Looks at a collector, and at the command that should report to it.

    `tell` gets a line when no span arrived for 5 s, once; with a drive, that is 5 s after its first answer.
    """

    def __init__(self, collector: Collector, drive: Drive | None, tell: Callable[[str], None]) -> None:
        self._collector = collector
        self._drive = drive
        self._tell = tell
        self._started = time.monotonic()
        self._waiting_since = self._started
        self._told = False
        self._command: Command | None = None
        self._environment: Mapping[str, str] = {}
        self._sight: Sight | None = None

    def attend(self, command: Command, environment: Mapping[str, str]) -> None:
        """Look at a command, too, which was started with these variables."""
        self._command, self._environment = command, environment
        self._sight = Sight(command.pid)
        self._started = self._waiting_since = time.monotonic()

    def look(self) -> None:
        """Look, and tell if it is time to; call it often."""
        if self._collector.counts.spans:
            return
        if self._sight:  # also after the line was told: the reason at the end may be another
            self._sight.look()
        if self._told:
            return
        if self._drive and not self._drive.sent:
            self._waiting_since = time.monotonic()
        if time.monotonic() - self._waiting_since >= _PATIENCE:
            self._told = True
            if line := self.line():  # none if a span arrived just now
                self._tell(f"No span yet. {line}")

    def line(self) -> str:
        """Return the reason as it is known now; "" if a span arrived."""
        found = why(
            Evidence(
                counts=self._collector.counts,
                seen=self._collector.observations,
                problems=self._collector.problems,
                ports=self._collector.ports,
                serves_grpc=self._collector.serves_grpc,
                program=self._program(),
                taken=self._taken(),
                seconds=time.monotonic() - self._started,
            )
        )
        return found.line if found else ""

    def _taken(self) -> Sequence[StandardPort]:
        """Return the standard ports of other programs."""
        ours = astuple(self._collector.ports)
        others = [port for port in STANDARD_PORTS if port.number not in ours]
        return taken_ports(self._collector.host, others) if self._command else ()

    def _program(self) -> Program | None:
        if self._command is None or self._sight is None:
            return None
        return Program(
            environment=self._environment,
            seconds=time.monotonic() - self._started,
            status=self._command.code if self._command.ended_by_itself else None,
            sockets=self._sight.sockets,
            libraries=self._sight.libraries,
            is_visible=self._sight.is_visible,
            requests=self._drive.sent if self._drive else 0,
            unsampled_requests=self._drive.unsampled if self._drive else 0,
        )
