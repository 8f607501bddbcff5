"""Spans as they arrive: bounded, counted, and waited for."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ot2otel.errors import WireError
    from ot2otel.model import Span
    from ot2otel.wire.decoded import Decoded

_MAX_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Counts:
    """What a collector has seen since its start or its last `clear`.

    Attributes:
        spans: spans taken, also those evicted since.
        datagrams: datagrams received over UDP, good or bad.
        requests: HTTP requests received, good or bad.
        malformed: datagrams and requests that could not be taken.
        rejected_spans: spans left out of messages whose other spans were taken.
        evicted_spans: spans dropped to stay within the bound.
        evicted_traces: the traces those spans were; a span that comes later makes a new one.
        dropped_datagrams: datagrams that the kernel dropped as the receive buffer was full; 0 where it
            does not tell.
    """

    spans: int = 0
    datagrams: int = 0
    requests: int = 0
    malformed: int = 0
    rejected_spans: int = 0
    evicted_spans: int = 0
    evicted_traces: int = 0
    dropped_datagrams: int = 0


@dataclass(slots=True)
class _Trace:
    """What is kept of a trace: its spans' numbers, and how many bytes they had on the wire."""

    numbers: list[int] = field(default_factory=list)
    size: int = 0


class SpanStore:
    """Keeps spans in the order of their arrival, up to a number and a size; the oldest trace goes first.

    `max_bytes` is the size on the wire, decompressed: in memory spans are some times as large.
    """

    def __init__(self, max_spans: int, max_bytes: int) -> None:
        self._max_spans = max_spans
        self._max_bytes = max_bytes
        self._changed = threading.Condition()
        self._forget()

    def _forget(self) -> None:
        self._arrived = 0
        self._spans: dict[int, Span] = {}  # by number of arrival
        self._traces: dict[str, _Trace] = {}  # the oldest first
        self._size = 0
        self._tally: Counter[str] = Counter()
        self._problems: deque[str] = deque(maxlen=_MAX_PROBLEMS)

    def clear(self) -> None:
        """Forget everything: spans, counts and problems."""
        with self._changed:
            self._forget()

    def take(self, decoded: Decoded, source: str, size: int) -> None:
        """Keep the spans of a message of `size` bytes that came as `source`: "datagrams" or "requests"."""
        with self._changed:
            self._tally[source] += 1
            self._tally["spans"] += len(decoded.spans)
            self._tally["rejected_spans"] += len(decoded.rejected)
            self._problems.extend(decoded.rejected)
            for span in decoded.spans:
                self._keep(span, size // len(decoded.spans))
            while len(self._spans) > self._max_spans or self._size > self._max_bytes:
                self._evict()
            self._changed.notify_all()

    def refuse(self, error: WireError, source: str) -> None:
        """Count a message that came as `source` ("datagrams" or "requests") and could not be taken."""
        with self._changed:
            self._tally[source] += 1
            self._tally["malformed"] += 1
            self._problems.append(str(error))

    def wait_for(
        self, condition: Callable[[tuple[Span, ...]], bool], timeout: float
    ) -> tuple[bool, tuple[Span, ...]]:
        """Wait up to `timeout` seconds; return whether the condition was met, and the spans it saw last."""
        deadline = time.monotonic() + timeout
        while True:
            asked = time.monotonic()
            with self._changed:
                arrived, spans = self._arrived, tuple(self._spans.values())
            if condition(spans):
                return True, spans
            if time.monotonic() >= deadline:
                return False, spans
            # While a thread computes, a receiving one gets a turn every 5 ms and with it one datagram. So
            # asking, which takes long if there are many spans, gets a tenth of the time.
            now = time.monotonic()
            time.sleep(max(0, min(9 * (now - asked), deadline - now)))
            with self._changed:
                while self._arrived == arrived:
                    if not self._changed.wait(deadline - time.monotonic()):
                        return False, spans

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans in the order of their arrival."""
        with self._changed:
            return tuple(self._spans.values())

    @property
    def problems(self) -> tuple[str, ...]:
        """What was wrong with what could not be taken: the last hundred texts."""
        with self._changed:
            return tuple(self._problems)

    def counts(self, dropped_datagrams: int = 0) -> Counts:
        """Return the counts, with what the kernel says it dropped."""
        with self._changed:
            return Counts(**self._tally, dropped_datagrams=dropped_datagrams)

    def _keep(self, span: Span, size: int) -> None:
        self._arrived += 1
        self._spans[self._arrived] = span
        trace = self._traces.setdefault(span.trace_id, _Trace())
        trace.numbers.append(self._arrived)
        trace.size += size
        self._size += size

    def _evict(self) -> None:
        trace = self._traces.pop(next(iter(self._traces)))
        for number in trace.numbers:
            del self._spans[number]
        self._size -= trace.size
        self._tally["evicted_traces"] += 1
        self._tally["evicted_spans"] += len(trace.numbers)
