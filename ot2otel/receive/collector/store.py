"""A store for arriving spans: it bounds and counts them, and lets threads wait for them."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ot2otel.errors import WireError
    from ot2otel.model import Span
    from ot2otel.wire.checked import Checked

# Gets each message with spans, before it is stored, in the thread that received it; it raises nothing.
Sink: TypeAlias = "Callable[[Checked], None]"

_MAX_PROBLEMS = 100
_AT_ONCE = 16  # traces to evict before the oldest ones are looked up again, at first
_PLACES = 1 << 32  # a span's number is its message's number times this, plus its place in the message


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of messages and spans since the collector's start or its last `clear`.

    Attributes:
        spans: spans stored, including those evicted later.
        datagrams: datagrams received over UDP, good or bad.
        requests: requests with spans over HTTP and gRPC, good or bad; those for metrics, logs and sampling
            are among the `Observations`.
        malformed: datagrams and requests that were refused.
        rejected_spans: bad spans in messages whose other spans were stored.
        evicted_spans: spans dropped to stay within the bound.
        evicted_traces: traces that were dropped whole for that. A later span of such a trace counts as a new
            trace.
        dropped_datagrams: datagrams that the kernel dropped because the receive buffer was full; 0 if the
            kernel does not report them.
        refused_connections: connections closed for want of room while their request arrived, or at once.
        closed_connections: connections without a request that were closed to make room for others.
    """

    spans: int = 0
    datagrams: int = 0
    requests: int = 0
    malformed: int = 0
    rejected_spans: int = 0
    evicted_spans: int = 0
    evicted_traces: int = 0
    dropped_datagrams: int = 0
    refused_connections: int = 0
    closed_connections: int = 0

    @property
    def losses(self) -> tuple[str, ...]:
        """A phrase for each sort of loss, such as `3 rejected spans`; none if nothing was lost."""
        numbers = {
            "malformed messages": self.malformed,
            "rejected spans": self.rejected_spans,
            f"spans evicted to stay within the bound, {self.evicted_traces} traces whole": self.evicted_spans,
            "datagrams dropped by the kernel": self.dropped_datagrams,
            "connections refused for want of room": self.refused_connections,
            "idle connections closed to make room": self.closed_connections,
        }
        return tuple(f"{number} {loss}" for loss, number in numbers.items() if number)


@dataclass(frozen=True, slots=True)
class Observations:
    """What else a collector saw since its start; it explains why no spans arrived.

    Attributes:
        connections: TCP connections that clients opened, without those of grpcio's own server.
        http2_connections: those among them that spoke HTTP/2, as gRPC does, where only HTTP/1.1 is served.
        unfinished: requests that a client broke off.
        metrics: requests with metrics.
        logs: requests with logs.
        sampling_questions: questions of jaeger-clients for their sampling strategy.
        credit_questions: questions of jaeger-clients for credits for debug traces.
        empty: good messages without a span.
        senders: UDP ports that datagrams came from, up to a few thousand.
    """

    connections: int = 0
    http2_connections: int = 0
    unfinished: int = 0
    metrics: int = 0
    logs: int = 0
    sampling_questions: int = 0
    credit_questions: int = 0
    empty: int = 0
    senders: frozenset[int] = frozenset()


class _Message:
    """The kept spans of one message. They are built when somebody asks for them."""

    __slots__ = ("_built", "_checked", "_evicted", "costs", "kept", "size")

    def __init__(self, checked: Checked) -> None:
        self.costs = checked.costs
        self.kept = len(checked.trace_ids)
        self.size = checked.size
        self._checked: Checked | None = checked
        self._built: list[Span | None] = []
        self._evicted: list[int] = []

    def evict(self, place: int) -> None:
        """Forget the span at this place; its text is freed with the last one of the message."""
        self.kept -= 1
        if self._checked:
            self._evicted.append(place)
        else:
            self._built[place] = None

    def reader(self) -> Callable[[], Iterable[Span]]:
        """Return the function that builds the spans that are kept now, also if they are evicted meanwhile.

        Only one thread at a time may call what this returns.
        """
        if self._checked is None:
            for place in self._evicted:
                self._built[place] = None
            self._evicted.clear()
            kept = [span for span in self._built if span is not None]
            return lambda: kept
        checked, evicted = self._checked, frozenset(self._evicted)
        return lambda: self._build(checked, evicted)

    def _build(self, checked: Checked, evicted: Set[int]) -> list[Span]:
        spans = checked.build()
        self._built = list(spans)
        self._checked = None
        return [span for place, span in enumerate(spans) if place not in evicted]


class SpanStore:
    """Keeps spans in the order of their arrival, up to a number and a size; the oldest trace goes first.

    `max_bytes` bounds the memory that the spans take when all are built, as `Checked` estimates it. Until
    somebody asks for them they take a tenth of it. A trace that exceeds a bound alone keeps its beginning.
    `sink` gets every message as well.
    """

    def __init__(self, max_spans: int, max_bytes: int, sink: Sink | None = None) -> None:
        self._max_spans = max_spans
        self._max_bytes = max_bytes
        self._sink = sink
        self._changed = threading.Condition()
        self._building = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._arrived = 0  # messages
        self._messages: dict[int, _Message] = {}  # by number of arrival
        self._traces: dict[str, list[int]] = {}  # the numbers of their spans; the oldest trace first
        self._kept = 0  # spans
        self._size = 0
        self._tally: Counter[str] = Counter()
        self._noted: Counter[str] = Counter()
        self._problems: deque[str] = deque(maxlen=_MAX_PROBLEMS)

    def clear(self) -> None:
        """Forget everything: spans, counts and problems."""
        with self._changed:
            self._forget()

    def take(self, checked: Checked, source: str) -> None:
        """Keep the spans of a message that came as `source`: "datagrams" or "requests"."""
        if self._sink and checked.trace_ids:
            self._sink(checked)
        with self._changed:
            self._tally[source] += 1
            self._tally["spans"] += len(checked.trace_ids)
            self._tally["rejected_spans"] += len(checked.rejected)
            self._problems.extend(checked.rejected)
            self._arrived += 1
            if checked.trace_ids:
                self._keep(checked)
                self._make_room(checked)
            elif not checked.rejected:
                self._noted["empty"] += 1
            self._changed.notify_all()

    def refuse(self, error: WireError, source: str) -> None:
        """Count a refused message that came as `source`: "datagrams" or "requests"."""
        with self._changed:
            self._tally[source] += 1
            self._tally["malformed"] += 1
            self._problems.append(str(error))

    def note(self, observation: str) -> None:
        """Count an observation, by its name among the `Observations`."""
        with self._changed:
            self._noted[observation] += 1

    def close_connection(self, problem: str, sort: str) -> None:
        """Count a connection that was closed for want of room, as one of `sort`: "refused" or "closed"."""
        with self._changed:
            self._tally[f"{sort}_connections"] += 1
            self._problems.append(problem)

    def wait_for(
        self, condition: Callable[[tuple[Span, ...]], bool], timeout: float
    ) -> tuple[bool, tuple[Span, ...]]:
        """Wait up to `timeout` seconds; return whether the condition was met, and the last spans it saw."""
        deadline = time.monotonic() + timeout
        while True:
            started = time.monotonic()
            with self._changed:
                arrived = self._arrived
            spans = self.spans
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
        """The spans that are stored at the moment of the question, in the order of their arrival."""
        with self._building:
            with self._changed:
                readers = [message.reader() for message in self._messages.values()]
            # Not under the other lock: messages go on to arrive meanwhile.
            return tuple(span for read in readers for span in read())

    @property
    def problems(self) -> tuple[str, ...]:
        """The last hundred problems: each rejected message or span, and the reason."""
        with self._changed:
            return tuple(self._problems)

    def counts(self, dropped_datagrams: int = 0) -> Counts:
        """Return the counts, with the number of datagrams that the kernel dropped."""
        with self._changed:
            return Counts(**self._tally, dropped_datagrams=dropped_datagrams)

    def observations(self, senders: frozenset[int]) -> Observations:
        """Return the observations, with the ports that datagrams came from."""
        with self._changed:
            return Observations(**self._noted, senders=senders)

    def _keep(self, checked: Checked) -> None:
        self._messages[self._arrived] = _Message(checked)
        self._kept += len(checked.trace_ids)
        self._size += checked.size + sum(checked.costs)
        for number, trace_id in enumerate(checked.trace_ids, self._arrived * _PLACES):
            numbers = self._traces.get(trace_id)
            if numbers is None:
                self._traces[trace_id] = [number]
            else:
                numbers.append(number)

    def _make_room(self, checked: Checked) -> None:
        """Evict the oldest traces, but those that just grew after all others."""
        if not self._exceeds():
            return
        grown = set(checked.trace_ids)
        self._evict_oldest(grown)
        self._evict_oldest(frozenset())
        if not self._exceeds():
            return
        # One trace is left, and it is larger than the bound: it keeps its beginning.
        trace_id, numbers = next(iter(self._traces.items()))
        while self._exceeds():
            self._drop(numbers.pop())
        if not numbers:
            del self._traces[trace_id]
            self._tally["evicted_traces"] += 1

    def _evict_oldest(self, spared: Set[str]) -> None:
        """Evict the oldest traces, without the spared ones, until the others fit or one is left."""
        number = _AT_ONCE
        while self._exceeds() and len(self._traces) > 1:
            oldest = list(islice((trace_id for trace_id in self._traces if trace_id not in spared), number))
            if not oldest:
                return
            for trace_id in oldest:
                if self._exceeds() and len(self._traces) > 1:
                    self._evict(trace_id)
            number *= 2

    def _exceeds(self) -> bool:
        return self._kept > self._max_spans or self._size > self._max_bytes

    def _evict(self, trace_id: str) -> None:
        for number in self._traces.pop(trace_id):
            self._drop(number)
        self._tally["evicted_traces"] += 1

    def _drop(self, number: int) -> None:
        message_number, place = divmod(number, _PLACES)
        message = self._messages[message_number]
        message.evict(place)
        self._kept -= 1
        self._size -= message.costs[place]
        if not message.kept:
            del self._messages[message_number]
            self._size -= message.size
        self._tally["evicted_spans"] += 1
