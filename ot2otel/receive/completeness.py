"""Tells when a trace that arrives span by span is complete."""

from __future__ import annotations

from collections.abc import Iterable

from ot2otel.model import Trace


class CompleteTraces:
    """Returns each trace once, as soon as it is complete.

    A trace is complete when no span's parent is absent and either it has `most_spans` spans or no new span
    arrived for `quiet` seconds.
    """

    def __init__(self, most_spans: int, quiet: float) -> None:
        self._most_spans = most_spans
        self._quiet = quiet
        self._sizes: dict[str, tuple[int, float]] = {}  # spans of a trace, and since when that many
        self._given: set[str] = set()

    def newly_complete(self, arrived: Iterable[Trace], now: float) -> list[Trace]:
        """Return the traces among `arrived` that became complete by `now` (seconds of any clock)."""
        sizes: dict[str, tuple[int, float]] = {}
        complete = []
        for trace in arrived:
            size = sum(1 for _ in trace.walk())
            known, since = self._sizes.get(trace.trace_id, (0, now))
            sizes[trace.trace_id] = size, since if size == known else now
            if trace.trace_id not in self._given and self._is_complete(
                trace, size, now - sizes[trace.trace_id][1]
            ):
                complete.append(trace)
        # A trace that is stored no more can't come again.
        self._sizes = sizes
        self._given = (self._given | {trace.trace_id for trace in complete}) & sizes.keys()
        return complete

    def _is_complete(self, trace: Trace, size: int, quiet: float) -> bool:
        return not trace.orphans and (size >= self._most_spans or quiet >= self._quiet)
