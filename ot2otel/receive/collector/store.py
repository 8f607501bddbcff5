"""A store for arriving spans: it bounds and counts them, and lets threads wait for them."""

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
    """Numbers of messages and spans since the collector's start or its last `clear`.

    Attributes:
        spans: spans stored, including those evicted later.
        datagrams: datagrams received over UDP, good or bad.
        requests: HTTP requests received, good or bad.
        malformed: datagrams and requests that were refused.
        rejected_spans: bad spans in messages whose other spans were stored.
        evicted_spans: spans dropped to stay within the bound.
        evicted_traces: the traces of those spans. A later span of such a trace counts as a new trace.
        dropped_datagrams: datagrams that the kernel dropped because the receive buffer was full; 0 if the
            kernel does not report them.
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
    """The stored spans of a trace: their numbers of arrival, and their bytes on the wire."""

    numbers: list[int] = field(default_factory=list)
    size: int = 0


class SpanStore:
    """Keeps spans in the order of their arrival, up to a number and a size; the oldest trace goes first.

    `max_bytes` is the decompressed size on the wire. In memory, spans are several times as large.
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
        """Count a refused message that came as `source`: "datagrams" or "requests"."""
        with self._changed:
            self._tally[source] += 1
            self._tally["malformed"] += 1
            self._problems.append(str(error))

    def wait_for(
        self, condition: Callable[[tuple[Span, ...]], bool], timeout: float
    ) -> tuple[bool, tuple[Span, ...]]:
        """Wait up to `timeout` seconds; return whether the condition was met, and the last spans it saw."""
        deadline = time.monotonic() + timeout
        while True:
            started = time.monotonic()
            with self._changed:
                arrived, spans = self._arrived, tuple(self._spans.values())
            if condition(spans):
                return True, spans
            if time.monotonic() >= deadline:
                return False, spans
            # While one thread computes, the receiving thread runs once every 5 ms and takes one datagram.
            # The condition is slow if there are many spans, so it gets a tenth of the time.
            now = time.monotonic()
            time.sleep(max(0, min(9 * (now - started), deadline - now)))
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
        """The last hundred problems: each rejected message or span, and the reason."""
        with self._changed:
            return tuple(self._problems)

    def counts(self, dropped_datagrams: int = 0) -> Counts:
        """Return the counts, with the number of datagrams that the kernel dropped."""
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
