"""The interface of the queues of the flow `events`; it has no tracing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it was received: `metadata` are the texts that came beside `body`.

    `message_id` stays the same when the message is delivered again; `body` is None if it could not be
    decoded. `handle` is for the broker only.
    """

    queue: str
    message_id: str
    metadata: Mapping[str, str]
    body: object
    handle: object


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt at a message: its number, counted from 1, and the earlier attempts that never ended.

    `lost` has the number of each and the time of its begin, in nanoseconds since the epoch.
    """

    number: int
    lost: tuple[tuple[int, int], ...] = ()


class Broker(Protocol):
    """Queues, which keep every message until it is settled or buried, and a journal of the events.

    All of it survives the death of any process at any time. A message is delivered at least once.
    """

    @property
    def system(self) -> str:
        """The value of the attribute `messaging.system`."""

    def new_event(self) -> str:
        """Return the id of a new event: 1, 2, 3 and so on."""

    def note(self, event_id: str, state: str) -> None:
        """Note a state of an event, unless it is noted already."""

    def states(self, event_id: str) -> Sequence[str]:
        """Return the states of an event, in order; none for an unknown event."""

    def send(self, queue: str, metadata: Mapping[str, str], body: Mapping[str, object]) -> None:
        """Put a message into a queue; return when it is stored."""

    def receive(self, queue: str, most: int, wait: float) -> Sequence[Delivery]:
        """Return up to `most` messages, waiting `wait` seconds for the first of them."""

    def begin(self, delivery: Delivery) -> Attempt:
        """Begin an attempt at a message, and note it."""

    def settle(self, delivery: Delivery) -> None:
        """Forget a message: it is done."""

    def release(self, delivery: Delivery) -> None:
        """End the attempt at a message, which is delivered again."""

    def bury(self, delivery: Delivery) -> None:
        """Move a message to the dead letters of its queue."""

    def dead_letters(self, queue: str) -> int:
        """Return the number of buried messages of a queue."""

    def close(self) -> None:
        """Close the connections."""


def texts(metadata: object) -> dict[str, str]:
    """Return the texts in a message's metadata, with keys in lower case; none if it is no mapping."""
    if not isinstance(metadata, Mapping):
        return {}
    return {
        key.lower(): value
        for key, value in metadata.items()
        if isinstance(key, str) and isinstance(value, str)
    }
