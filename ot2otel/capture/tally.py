"""Counts what is recorded: spans of services, traces, orphans. It takes 32 bytes a span, up to a bound."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ot2otel.model import Span

MOST = 10_000_000  # spans whose places in their traces are kept: 320 MB
_MOST_SERVICES = 1000
_BUCKETS = 256


@dataclass(frozen=True, slots=True)
class Summary:
    """What was recorded.

    Attributes:
        spans: all spans.
        services: spans by service; beyond 1000 services the key of the others is "...".
        traces: of the spans looked at.
        incomplete_traces: those with an orphan.
        orphans: spans that name a parent which is absent.
        looked_at: the spans whose traces were looked at: all, or the first MOST.
    """

    spans: int
    services: Mapping[str, int]
    traces: int
    incomplete_traces: int
    orphans: int
    looked_at: int


class Tally:
    """Counts spans as they are recorded, one call at a time.

    A span is kept as a hash of its trace id and span id, 64 bits. Two different ones of ten million are taken
    for the same with a chance of 1 in 300,000.
    """

    def __init__(self) -> None:
        self.spans = 0
        self._looked_at = 0
        self._services: Counter[str] = Counter()
        self._ids = _Hashes()
        self._traces = _Hashes()
        self._parents = _Hashes()  # each followed by its trace

    def add(self, spans: Iterable[Span]) -> None:
        """Count spans."""
        for span in spans:
            self.spans += 1
            service = span.service
            known = service in self._services or len(self._services) < _MOST_SERVICES
            self._services[service if known else "..."] += 1
            if self._looked_at < MOST:
                self._looked_at += 1
                self._look_at(span)

    def summary(self) -> Summary:
        """Return the sums so far."""
        traces, incomplete, orphans = 0, _Hashes(), 0
        for known, children in zip(self._ids.buckets, self._parents.buckets, strict=True):
            ids = set(known)
            for parent, trace in _pairs(children):
                if parent not in ids:
                    orphans += 1
                    incomplete.add(trace)
        traces = sum(len(set(bucket)) for bucket in self._traces.buckets)
        return Summary(
            self.spans,
            dict(self._services.most_common()),
            traces,
            sum(len(set(bucket)) for bucket in incomplete.buckets),
            orphans,
            self._looked_at,
        )

    def _look_at(self, span: Span) -> None:
        trace = hash(span.trace_id)
        self._traces.add(trace)
        self._ids.add(hash((span.trace_id, span.span_id)))
        if span.parent_id:
            parent = hash((span.trace_id, span.parent_id))
            self._parents.add(parent, trace)


class _Hashes:
    """Hashes in buckets, so that equal ones can be found in little memory."""

    def __init__(self) -> None:
        self.buckets = [array("q") for _ in range(_BUCKETS)]

    def add(self, value: int, *more: int) -> None:
        """Add a hash, and what belongs to it behind it."""
        self.buckets[value % _BUCKETS].extend((value, *more))


def _pairs(values: array[int]) -> Iterator[tuple[int, int]]:
    each = iter(values)
    return zip(each, each, strict=True)
