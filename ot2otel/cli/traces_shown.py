"""Shows each trace that arrives at a collector, when it is complete."""

from __future__ import annotations

import time

from rich.console import Console

from ot2otel.model import traces
from ot2otel.receive.collector import Collector
from ot2otel.receive.completeness import CompleteTraces
from ot2otel.report import forest

_QUIET = 2.0  # seconds without a new span: tracers send every second
_PAUSE = 0.3  # seconds between two looks
_MOST_AT_ONCE = 10  # traces; nobody reads more of them


class TracesShown:
    """The traces that were shown so far."""

    def __init__(self, collector: Collector, console: Console) -> None:
        self._collector = collector
        self._console = console
        self._complete = CompleteTraces(most_spans=10**9, quiet=_QUIET)
        self._looked = 0.0

    def look(self) -> None:
        """Show the traces that became complete; the last look may be too recent for another one."""
        now = time.monotonic()
        if now - self._looked < _PAUSE:
            return
        found = self._complete.newly_complete(traces(self._collector.spans), now)
        for trace in found[:_MOST_AT_ONCE]:
            self._console.print(forest.trace(trace, None, self._console.width))
        if len(found) > _MOST_AT_ONCE:
            self._console.print(f"... and {len(found) - _MOST_AT_ONCE} more traces")
        self._looked = time.monotonic()
