"""Tells when a trace that arrives span by span is whole."""

from __future__ import annotations

from collections.abc import Iterable

from ot2otel.model import Trace


class WholeTraces:
    """Gives out each trace once, as soon as it is whole.

    That is when it has `most_spans` spans, or a root of its own and nothing new came for `quiet` seconds;
    never while a span's parent is absent.
    """

    def __init__(self, most_spans: int, quiet: float) -> None:
        self._most_spans = most_spans
        self._quiet = quiet
        self._sizes: dict[str, tuple[int, float]] = {}  # spans of a trace, and since when that many
        self._given: set[str] = set()

    def newly_whole(self, arrived: Iterable[Trace], now: float) -> list[Trace]:
        """Return the traces among `arrived` that became whole by the time `now` (s of any clock)."""
        sizes: dict[str, tuple[int, float]] = {}
        whole = []
        for trace in arrived:
            size = sum(1 for _ in trace.walk())
            before, since = self._sizes.get(trace.trace_id, (0, now))
            sizes[trace.trace_id] = size, since if size == before else now
            if trace.trace_id not in self._given and self._is_whole(
                trace, size, now - sizes[trace.trace_id][1]
            ):
                whole.append(trace)
        # What is stored no more can't come again: nothing has to be known of it.
        self._sizes = sizes
        self._given = (self._given | {trace.trace_id for trace in whole}) & sizes.keys()
        return whole

    def _is_whole(self, trace: Trace, size: int, quiet: float) -> bool:
        return not trace.orphans and (size >= self._most_spans or quiet >= self._quiet)
