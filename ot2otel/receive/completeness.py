"""Finds the complete traces among those that arrive span by span."""

from __future__ import annotations

from collections.abc import Iterable

from ot2otel.model import Trace


class CompleteTraces:
    """Returns each trace once, as soon as it is complete.

    In a complete trace no span's parent is absent. Also, it has `most_spans` spans, or no new span arrived
    for `quiet` seconds. A trace with an absent parent is returned as it is if no new span arrived for
    `patience` seconds; without `patience` it is not returned.
    """

    def __init__(self, most_spans: int, quiet: float, patience: float = float("inf")) -> None:
        self._most_spans = most_spans
        self._quiet = quiet
        self._patience = patience
        self._sizes: dict[str, tuple[int, float]] = {}  # number of spans, and since when it is that number
        self._returned: set[str] = set()

    def newly_complete(self, arrived: Iterable[Trace], now: float) -> list[Trace]:
        """Return the traces among `arrived` that became complete by `now` (seconds of any clock)."""
        sizes: dict[str, tuple[int, float]] = {}
        complete = []
        for trace in arrived:
            size = sum(1 for _ in trace.walk())
            known, since = self._sizes.get(trace.trace_id, (0, now))
            sizes[trace.trace_id] = size, since if size == known else now
            if trace.trace_id not in self._returned and self._is_complete(
                trace, size, now - sizes[trace.trace_id][1]
            ):
                complete.append(trace)
        # A trace that is no longer stored can't come again.
        self._sizes = sizes
        self._returned = (self._returned | {trace.trace_id for trace in complete}) & sizes.keys()
        return complete

    def _is_complete(self, trace: Trace, size: int, quiet: float) -> bool:
        if trace.orphans:
            return quiet >= self._patience
        return size >= self._most_spans or quiet >= self._quiet
