"""What a service of the flow `events` asks of its queues; of tracing they know nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it was received: `metadata` is whatever came beside `body`, less what is no text.

    `message_id` stays the same when the message is delivered again; `body` is None where it could not be
    read. `handle` is the broker's own.
    """

    queue: str
    message_id: str
    metadata: Mapping[str, str]
    body: object
    handle: object


@dataclass(frozen=True, slots=True)
class Attempt:
    """The begin of the work on a message: its number, counted from 1, and the earlier ones that never ended.

    `lost` has the number of each and when it began, in nanoseconds since the epoch.
    """

    number: int
    lost: tuple[tuple[int, int], ...] = ()


class Broker(Protocol):
    """Queues, which keep every message until it is settled or buried, and a journal of the events.

    All of it survives the death of any process at any time. A message is delivered at least once.
    """

    @property
    def system(self) -> str:
        """What `messaging.system` calls it."""

    def new_event(self) -> str:
        """Return the id of a new event: 1, 2, 3 and so on."""

    def note(self, event_id: str, state: str) -> None:
        """Note what became of an event; what was noted before is not noted again."""

    def states(self, event_id: str) -> Sequence[str]:
        """Return what was noted of an event, in order; nothing of one that is not known."""

    def send(self, queue: str, metadata: Mapping[str, str], body: Mapping[str, object]) -> None:
        """Put a message into a queue and return when it is kept."""

    def receive(self, queue: str, most: int, wait: float) -> Sequence[Delivery]:
        """Return up to `most` messages, waiting `wait` seconds for the first of them."""

    def begin(self, delivery: Delivery) -> Attempt:
        """Note that the work on a message begins."""

    def settle(self, delivery: Delivery) -> None:
        """Forget a message: it is done."""

    def release(self, delivery: Delivery) -> None:
        """End the attempt at a message, which is delivered again."""

    def bury(self, delivery: Delivery) -> None:
        """Move a message to where the dead letters of its queue are."""

    def dead_letters(self, queue: str) -> int:
        """Return how many messages of a queue were buried."""

    def close(self) -> None:
        """Close the connections."""


def texts(metadata: object) -> dict[str, str]:
    """Return what of a message's metadata is text, the keys in lower case, whatever was sent as metadata."""
    if not isinstance(metadata, Mapping):
        return {}
    return {
        key.lower(): value
        for key, value in metadata.items()
        if isinstance(key, str) and isinstance(value, str)
    }
