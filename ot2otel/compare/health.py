"""What is wrong with one recording by itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ot2otel.compare.facts import BACKWARDS, FAR_OUTSIDE, TIME
from ot2otel.compare.forms import ORPHAN, Node, Side
from ot2otel.model import Kind


@dataclass(frozen=True, slots=True)
class Note:
    """One kind of trouble: how often it was seen, and a sentence about it."""

    name: str
    count: int
    sentence: str


# Two generations of the semantic conventions: an old key and its successor.
_GENERATIONS: Mapping[str, tuple[str, str]] = {
    "HTTP": ("http.method", "http.request.method"),
    "database": ("db.statement", "db.query.text"),
    "network": ("net.peer.name", "server.address"),
}


def health(side: Side, unread: Iterable[str] = ()) -> tuple[Note, ...]:
    """Return what is wrong with a side; `unread` are sentences about input that could not be read."""
    return (*_notes(side), *(Note("unread input", 1, sentence) for sentence in unread))


def _notes(side: Side) -> Iterator[Note]:
    if not side.spans:
        yield Note("empty", 1, "there is no span in it")
        return
    orphans = side.parents[ORPHAN]
    if orphans:
        yield Note("orphans", orphans, f"{_spans(orphans)} name a parent that is not in the recording")
    if side.duplicates:
        yield Note(
            "duplicate ids", side.duplicates, f"{_spans(side.duplicates)} have the ids of another span"
        )
    if side.cycles:
        yield Note("cycles", side.cycles, f"{_spans(side.cycles)} descend from themselves")
    backwards = sum(times for content, times in side.counts.items() if BACKWARDS in str(content.value(TIME)))
    if backwards:
        yield Note("negative durations", backwards, f"{_spans(backwards)} end before they start")
    outside = sum(times for content, times in side.counts.items() if FAR_OUTSIDE in content.values)
    if outside:
        yield Note("events outside", outside, f"{_spans(outside)} have events far outside their own time")
    yield from _double_servers(side)
    services: Counter[str] = Counter()
    for content, times in side.counts.items():
        services[content.service] += times
    unknown = sum(times for name, times in services.items() if not name or name.startswith("unknown_service"))
    if unknown and unknown < side.spans:
        yield Note(
            "unknown service", unknown, f"{_spans(unknown)} are of an unnamed service, others have a name"
        )
    yield from _mixed_generations(side)


def _double_servers(side: Side) -> Iterator[Note]:
    shared: Counter[Node] = Counter(root for trace in side.traces for root in trace.roots)
    found = sum(
        times
        for root, times in shared.items()
        for node in root.walk()
        for child in node.children
        if node.content.kind is child.content.kind is Kind.SERVER
        and node.content.service == child.content.service
    )
    if found:
        yield Note("double SERVER spans", found, f"{found} requests have two SERVER spans in one service")


def _mixed_generations(side: Side) -> Iterator[Note]:
    keys: dict[str, set[object]] = defaultdict(set)
    for content in side.counts:
        keys[content.service] |= {place[1] for place in content.shape.places if place[0] == "attributes"}
    for name, (old, new) in _GENERATIONS.items():
        mixed = sorted(service for service, found in keys.items() if {old, new} <= found)
        if mixed:
            yield Note(
                "two generations",
                len(mixed),
                f"{', '.join(mixed)}: both old and new {name} conventions (`{old}`, `{new}`)",
            )


def _spans(count: int) -> str:
    return f"{count} span" if count == 1 else f"{count} spans"
