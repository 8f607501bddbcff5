"""The spans that `ot2otel up` will never show, in one line."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from ot2otel.model import Trace
from ot2otel.receive.collector import Collector, Counts
from ot2otel.receive.destination import Destination

_BETWEEN_LINES = 10.0  # seconds between two lines


class Losses:
    """The spans that a collector lost before they were shown. Another destination does not count its losses.

    The oldest traces make room for new ones. That is no loss if they were shown.
    """

    def __init__(self, destination: Destination) -> None:
        self._collector = destination if isinstance(destination, Collector) else None
        self._counts = Counts()
        self._shown: dict[str, int] = {}  # spans by trace, of those that are still stored
        self._shown_and_gone = 0
        self._told: Sequence[str] = []
        self._told_at = -float("inf")

    def look(self) -> None:
        """Count the losses; before the stored spans are read, so that no shown one counts."""
        if self._collector:
            self._counts = self._collector.counts

    def stored(self, trace_ids: Set[str]) -> None:
        """Note which traces are stored now."""
        for gone in self._shown.keys() - trace_ids:
            self._shown_and_gone += self._shown.pop(gone)

    def shown(self, trace: Trace) -> None:
        """Note that a trace was shown."""
        self._shown[trace.trace_id] = sum(1 for _ in trace.walk())

    def news(self, now: float) -> str:
        """Return a line about all losses if there are new ones and the last line is 10 s ago, else ""."""
        unseen = max(0, self._counts.evicted_spans - self._shown_and_gone)
        others = replace(self._counts, evicted_spans=0).losses
        found = [f"{unseen} spans dropped to make room before their trace was shown", *others]
        found = found if unseen else found[1:]
        if found == self._told or now < self._told_at + _BETWEEN_LINES:
            return ""
        self._told, self._told_at = found, now
        return f"Not shown: {', '.join(found)}."
