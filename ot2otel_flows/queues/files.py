"""Queues in SQLite files, one for each, with litequeue; needs no server."""

from __future__ import annotations

import fcntl
import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from litequeue import LiteQueue, Message, MessageStatus

from ot2otel_flows.queues.broker import Attempt, Delivery, texts

# Seconds to wait for another process's lock, and between two looks into an empty queue.
_PATIENCE = 30.0
_PAUSE = 0.01

_JOURNAL = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE IF NOT EXISTS states (event TEXT, state TEXT, UNIQUE (event, state));
CREATE TABLE IF NOT EXISTS attempts (
    message TEXT, number INTEGER, begun_ns INTEGER, ended INTEGER
);
CREATE INDEX IF NOT EXISTS attempts_at ON attempts (message);
"""


class FileBroker:
    """The queues and the journal in one directory, which is made if it does not exist."""

    system = "litequeue"

    def __init__(self, directory: str, lease: float) -> None:
        self._directory = Path(directory)
        self._directory.mkdir(parents=True, exist_ok=True)
        self._lease = lease
        self._queues: dict[str, LiteQueue] = {}
        self._journal = sqlite3.connect(
            self._directory / "journal.db", timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        with self._alone():
            self._journal.executescript(_JOURNAL)

    def new_event(self) -> str:
        """Return the id of a new event."""
        [(event_id,)] = self._journal.execute("INSERT INTO events DEFAULT VALUES RETURNING id").fetchall()
        return str(event_id)

    def note(self, event_id: str, state: str) -> None:
        """Note a state of an event."""
        self._journal.execute("INSERT OR IGNORE INTO states VALUES (?, ?)", [event_id, state])

    def states(self, event_id: str) -> Sequence[str]:
        """Return the states of an event, in order."""
        rows = self._journal.execute("SELECT state FROM states WHERE event = ? ORDER BY rowid", [event_id])
        return [state for (state,) in rows.fetchall()]

    def send(self, queue: str, metadata: Mapping[str, str], body: Mapping[str, object]) -> None:
        """Put a message into a queue."""
        self._queue(queue).put(json.dumps({"metadata": metadata, "body": body}))

    def receive(self, queue: str, most: int, wait: float) -> Sequence[Delivery]:
        """Return up to `most` messages; those of lost workers come first."""
        deadline = time.monotonic() + wait
        messages = self._queue(queue)
        self._free_overdue(messages)
        while not (first := messages.pop()):
            if time.monotonic() > deadline:
                return []
            time.sleep(_PAUSE)
            self._free_overdue(messages)
        found = [first]
        while len(found) < most and (another := messages.pop()):
            found.append(another)
        return [_delivery(queue, message) for message in found]

    def begin(self, delivery: Delivery) -> Attempt:
        """Begin an attempt at a message, and note it."""
        rows = self._journal.execute(
            "SELECT number, begun_ns, ended FROM attempts WHERE message = ? ORDER BY number",
            [delivery.message_id],
        ).fetchall()
        number = len(rows) + 1
        self._journal.execute(
            "INSERT INTO attempts VALUES (?, ?, ?, FALSE)", [delivery.message_id, number, time.time_ns()]
        )
        return Attempt(number, tuple((earlier, begun_ns) for earlier, begun_ns, ended in rows if not ended))

    def settle(self, delivery: Delivery) -> None:
        """Forget a message."""
        self._queue(delivery.queue).done(delivery.message_id)
        self._journal.execute("DELETE FROM attempts WHERE message = ?", [delivery.message_id])

    def release(self, delivery: Delivery) -> None:
        """End the attempt at a message, which is delivered again."""
        self._end_attempts(delivery)
        self._queue(delivery.queue).retry(delivery.message_id)

    def bury(self, delivery: Delivery) -> None:
        """Move a message to the dead letters: litequeue's failed messages."""
        self._queue(delivery.queue).mark_failed(delivery.message_id)
        self._journal.execute("DELETE FROM attempts WHERE message = ?", [delivery.message_id])

    def dead_letters(self, queue: str) -> int:
        """Return the number of buried messages of a queue."""
        return sum(1 for _ in self._queue(queue).list_failed())

    def close(self) -> None:
        """Close the files."""
        for queue in self._queues.values():
            queue.close()
        self._journal.close()

    def _queue(self, name: str) -> LiteQueue:
        if name not in self._queues:
            with self._alone():
                queue = LiteQueue(self._directory / f"{name}.db", timeout=_PATIENCE)
            queue.prune(include_failed=False)
            self._queues.setdefault(name, queue)
        return self._queues[name]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let only one process open files at a time: SQLite does not wait when two switch to its WAL."""
        with (self._directory / "opening").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _free_overdue(self, messages: LiteQueue) -> None:
        for overdue in list(messages.list_locked(self._lease)):
            # Looked up again inside a transaction: a slow worker may have settled it in the meantime.
            with messages.transaction("IMMEDIATE"):
                now = messages.get(overdue.message_id)
                if now and (now.status, now.lock_time) == (MessageStatus.LOCKED, overdue.lock_time):
                    messages.retry(overdue.message_id)

    def _end_attempts(self, delivery: Delivery) -> None:
        self._journal.execute("UPDATE attempts SET ended = TRUE WHERE message = ?", [delivery.message_id])


def _delivery(queue: str, message: Message) -> Delivery:
    try:
        envelope = json.loads(message.data)
    except (ValueError, RecursionError):
        envelope = None
    fields = envelope if isinstance(envelope, dict) else {}
    return Delivery(queue, message.message_id, texts(fields.get("metadata")), fields.get("body"), None)
