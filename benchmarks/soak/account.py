"""Where each span of a soak went: it arrived, or it was lost by one cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from benchmarks.soak.journal import Batch, Journal, Outcome


class Cause(Enum):
    """Why a span did not arrive; the values are the heads of the table."""

    DOWN = "receiver was down"
    QUEUE = "client's queue"
    KERNEL = "kernel"
    REJECTED = "rejected"
    EVICTED = "evicted"
    TIMED_OUT = "timed out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Receiver:
    """What is known of a receiver.

    Attributes:
        downs: from each request to end until the next one is ready, in seconds of the monotonic clock.
        dropped_datagrams: by the kernel.
        rejected: spans.
        unread: spans that were stored and evicted before anybody read them.
    """

    downs: Sequence[tuple[float, float]] = ()
    dropped_datagrams: int = 0
    rejected: int = 0
    unread: int = 0


ABSENT = Receiver(downs=[(float("-inf"), float("inf"))])


@dataclass(frozen=True, slots=True)
class Client:
    """A client's journal, and how often each of its spans arrived; `by_datagram`: a batch is a datagram."""

    journal: Journal
    copies: Sequence[int]
    by_datagram: bool


@dataclass(frozen=True, slots=True)
class Fate:
    """The spans of a client: sent = arrived + lost. Second copies of a span are `duplicates`."""

    sent: int
    arrived: int
    duplicates: int
    lost: Mapping[Cause, int]


_OUTCOMES = {
    Outcome.REFUSED: Cause.REJECTED,
    Outcome.UNREACHABLE: Cause.DOWN,
    Outcome.TIMED_OUT: Cause.TIMED_OUT,
    Outcome.FAILED: Cause.UNKNOWN,
}


def fates(clients: Sequence[Client], receiver: Receiver) -> list[Fate]:
    """Return the fates of the spans of all clients of a receiver.

    A receiver's own counts name no span: they explain as many spans that were handed over to a running
    receiver as they count, in the order of time, and a dropped datagram only one that is missing whole.
    """
    causes = [_own_causes(client, receiver) for client in clients]
    handed_over = sorted(
        (client.journal.batches[place].begin, number, place)
        for number, client in enumerate(clients)
        for place in causes[number].handed_over
    )
    datagrams, rejected, evicted = receiver.dropped_datagrams, receiver.rejected, receiver.unread
    sizes = [Counter(client.journal.batch_of) for client in clients]
    for _, number, place in handed_over:
        lost = causes[number].handed_over[place]
        found = causes[number].found
        if clients[number].by_datagram and lost == sizes[number][place] and datagrams:
            datagrams -= 1
            found[Cause.KERNEL] += lost
            continue
        of_rejected = min(lost, rejected)
        of_evicted = min(lost - of_rejected, evicted)
        rejected -= of_rejected
        evicted -= of_evicted
        found[Cause.REJECTED] += of_rejected
        found[Cause.EVICTED] += of_evicted
        found[Cause.UNKNOWN] += lost - of_rejected - of_evicted
    return [_fate(client, each.found) for client, each in zip(clients, causes, strict=True)]


@dataclass(frozen=True, slots=True)
class _Causes:
    """Lost spans: by their cause, and by the place of their batch if it was handed over without an error."""

    found: Counter[Cause]
    handed_over: Counter[int]


def _own_causes(client: Client, receiver: Receiver) -> _Causes:
    found: Counter[Cause] = Counter()
    by_batch: Counter[int] = Counter()
    for place, copies in zip(client.journal.batch_of, client.copies, strict=True):
        if copies:
            continue
        if place is None:
            found[Cause.QUEUE] += 1
        else:
            by_batch[place] += 1
    handed_over: Counter[int] = Counter()
    for place, lost in by_batch.items():
        batch = client.journal.batches[place]
        if _is_down(batch, receiver):
            found[Cause.DOWN] += lost
        elif batch.outcome in _OUTCOMES:
            found[_OUTCOMES[batch.outcome]] += lost
        else:
            handed_over[place] = lost
    return _Causes(found, handed_over)


def _is_down(batch: Batch, receiver: Receiver) -> bool:
    return any(batch.begin <= end and batch.end >= begin for begin, end in receiver.downs)


def _fate(client: Client, found: Counter[Cause]) -> Fate:
    sent, arrived = len(client.copies), sum(map(bool, client.copies))
    duplicates = sum(client.copies) - arrived
    return Fate(sent, arrived, duplicates, {cause: found[cause] for cause in Cause})
