"""Queues in Redis, with kombu."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

from kombu.connection import Connection
from kombu.message import Message
from kombu.simple import SimpleQueue
from redis import Redis

from ot2otel_flows.queues.broker import Attempt, Delivery, texts

# Less than the 1 s of kombu's BRPOP: kombu looks for messages of lost workers only after a shorter wait.
_LONGEST_WAIT = 0.5
# For a message that is in the queue already.
_SHORTEST_WAIT = 0.005


class RedisBroker:
    """The queues and the journal in one database of a Redis server.

    kombu first takes a message out of its list and then notes that it has it: a process that dies in between
    loses the message. So each message is also kept here until it is settled. One that was not seen for two
    leases is put into its queue again when the queue is empty.
    """

    system = "redis"

    def __init__(self, url: str, lease: float) -> None:
        self._connection = Connection(
            url,
            # By default kombu looks for lost messages only every tenth time that it finds a queue empty.
            transport_options={"visibility_timeout": lease, "unacked_restore_throttle": 1},
        )
        self._lease = lease
        self._queues: dict[str, SimpleQueue] = {}
        self._sending = Lock()  # threads must not share a connection of kombu
        self._journal: Redis = Redis.from_url(url, decode_responses=True)

    def new_event(self) -> str:
        """Return the id of a new event."""
        return str(self._journal.incr("events.last-id"))

    def note(self, event_id: str, state: str) -> None:
        """Note a state of an event."""
        self._journal.zadd(f"events.states.{event_id}", {state: time.time()}, nx=True)

    def states(self, event_id: str) -> Sequence[str]:
        """Return the states of an event, in order."""
        states: Any = self._journal.zrange(f"events.states.{event_id}", 0, -1)  # Any: or an awaitable one
        return list(states)

    def send(self, queue: str, metadata: Mapping[str, str], body: Mapping[str, object]) -> None:
        """Put a message into a queue."""
        self._put(queue, str(uuid.uuid4()), json.dumps([dict(metadata), body]))

    def receive(self, queue: str, most: int, wait: float) -> Sequence[Delivery]:
        """Return up to `most` messages."""
        messages = self._queue(queue)
        deadline = time.monotonic() + wait
        found: list[Delivery] = []
        while len(found) < most:
            try:
                left = max(_SHORTEST_WAIT, deadline - time.monotonic())
                message = messages.get(timeout=_SHORTEST_WAIT if found else min(left, _LONGEST_WAIT))
            except messages.Empty:
                if found:
                    break
                self._put_lost_ones(queue)
                if time.monotonic() >= deadline:
                    break
            except self._connection.connection_errors:
                # Its consumers are gone with it; a connection that is opened again delivers nothing.
                self._queues.clear()
                self._connection = self._connection.clone()
                raise
            else:
                found.append(_delivery(queue, message))
                self._journal.zadd(_seen(queue), {found[-1].message_id: time.time()})
        return found

    def begin(self, delivery: Delivery) -> Attempt:
        """Begin an attempt at a message, and note it."""
        key = _attempts(delivery)
        known: Any = self._journal.hgetall(key)  # Any: or an awaitable one
        number = len(known) + 1
        self._journal.hset(key, str(number), str(time.time_ns()))
        lost = ((int(earlier), int(begun_ns)) for earlier, begun_ns in known.items() if begun_ns)
        return Attempt(number, tuple(sorted(lost)))

    def settle(self, delivery: Delivery) -> None:
        """Forget a message."""
        _message(delivery).ack()
        self._journal.delete(_attempts(delivery))
        self._journal.zrem(_seen(delivery.queue), delivery.message_id)
        self._journal.hdel(_kept(delivery.queue), delivery.message_id)

    def release(self, delivery: Delivery) -> None:
        """End the attempt at a message, which is delivered again."""
        key = _attempts(delivery)
        numbers: Any = self._journal.hkeys(key)  # Any: or an awaitable one
        self._journal.hset(key, mapping=dict.fromkeys(numbers, ""))
        _message(delivery).requeue()

    def bury(self, delivery: Delivery) -> None:
        """Move a message to the queue of dead letters, then forget it here."""
        self._queue(_dead(delivery.queue)).put(delivery.body, headers=dict(delivery.metadata))
        self.settle(delivery)

    def dead_letters(self, queue: str) -> int:
        """Return the number of buried messages of a queue."""
        number: Any = self._journal.llen(_dead(queue))  # Any: or an awaitable one
        return int(number)

    def close(self) -> None:
        """Close the connections."""
        for queue in self._queues.values():
            queue.close()
        self._connection.release()
        self._journal.close()

    def _put(self, queue: str, message_id: str, kept: str) -> None:
        metadata, body = json.loads(kept)
        self._journal.hset(_kept(queue), message_id, kept)
        self._journal.zadd(_seen(queue), {message_id: time.time()})
        with self._sending:
            self._queue(queue).put(body, headers=metadata, message_id=message_id)

    def _put_lost_ones(self, queue: str) -> None:
        if self._journal.llen(queue):
            return
        latest = int(time.time() - 2 * self._lease)
        overdue: Any = self._journal.zrange(_seen(queue), 0, latest, byscore=True)  # Any: or an awaitable one
        for message_id in overdue:
            kept: Any = self._journal.hget(_kept(queue), message_id)  # Any: or an awaitable one
            if kept is not None:
                self._put(queue, message_id, kept)

    def _queue(self, name: str) -> SimpleQueue:
        if name not in self._queues:
            self._queues[name] = self._connection.SimpleQueue(name)
        return self._queues[name]


def _delivery(queue: str, message: Message) -> Delivery:
    try:
        body = message.payload
    except Exception:  # a decoder of an unknown content type may raise anything
        body = None
    message_id = message.properties.get("message_id") or str(message.delivery_tag)
    return Delivery(queue, message_id, texts(message.headers), body, message)


def _message(delivery: Delivery) -> Message:
    if not isinstance(delivery.handle, Message):
        raise TypeError("this delivery is not from this broker")
    return delivery.handle


def _attempts(delivery: Delivery) -> str:
    return f"events.attempts.{delivery.message_id}"


def _kept(queue: str) -> str:
    return f"events.kept.{queue}"


def _seen(queue: str) -> str:
    return f"events.seen.{queue}"


def _dead(queue: str) -> str:
    return f"{queue}.dead-letters"
