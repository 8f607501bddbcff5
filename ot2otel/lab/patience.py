"""How long to wait for services on a machine that is busy with other programs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ot2otel.capture.child_process import NotReadyError
from ot2otel.lab.driver import NoAnswerError
from ot2otel.receive.destination import SpansMissing

# Seconds for services that start together. One that cannot start ends, so only a hanging one takes them.
START = 120.0
# A start is mostly the imports: more work than a service does for an answer, or to deliver its last spans.
_STARTS = 3.0


@dataclass(slots=True)
class Patience:
    """Stretches the deadlines of a run by the time that its services needed to start, in seconds."""

    started_in: float = 0.0

    @contextmanager
    def measured(self) -> Iterator[Deadline]:
        """Measure the start of services in the block; give its deadline. The slowest start counts."""
        begun = time.monotonic()
        yield Deadline(START)
        self.started_in = max(self.started_in, time.monotonic() - begun)

    def stretched(self, seconds: float) -> float:
        """Return `seconds`, or three times the slowest start if that is longer."""
        return max(seconds, round(_STARTS * self.started_in, 1))


class Deadline:
    """A deadline in `seconds` from now, for several waits together."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """The seconds that are left, 0 after the deadline."""
        return max(0.0, round(self._end - time.monotonic(), 1))


@contextmanager
def told_if_busy() -> Iterator[None]:
    """Add to an error of the block that comes of a deadline how busy the machine is, if it is."""
    try:
        yield
    except (NotReadyError, SpansMissing, NoAnswerError) as error:
        raise type(error)(f"{error}{_busy()}") from error


def _busy() -> str:
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load <= cores:
        return ""
    return (
        f"\nThe machine may be too busy: its load average is {load:.1f} with {cores} cores. "
        "Try again when it is quieter."
    )
