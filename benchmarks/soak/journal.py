"""What a client and a receiver write down about numbered spans, and how it is read back.

A client writes its batches when it ends; a receiver adds to its file what arrived since its last look.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO

NUMBER = "soak.number"  # the attribute with a span's number, from 0
_SERVICE = "soak-"
_BITS = 24  # of a span's number; a client makes less than 16 million spans
_NEVER = -1


class Outcome(Enum):
    """What a client's library said about a batch."""

    SENT = "sent"
    REFUSED = "refused"  # an answer other than 200
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed out"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that a client's library handed over, in seconds of the monotonic clock."""

    begin: float
    end: float
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Step:
    """Spans that a client made at one rate: the numbers from `first` up to, without, `last`."""

    rate: float  # asked for, in spans a second
    seconds: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Journal:
    """A client's account of its spans: `batch_of` has the place of each span's batch, None if it had none."""

    batch_of: Sequence[int | None]
    batches: Sequence[Batch]
    steps: Sequence[Step] = ()


class Writer:
    """Writes a client's journal; one thread numbers the spans, another one reports the batches."""

    def __init__(self) -> None:
        self._batch_of = array("i")
        self._batches: list[Batch] = []

    @property
    def made(self) -> int:
        """How many spans have a number."""
        return len(self._batch_of)

    def number(self) -> int:
        """Return the number of the next span."""
        self._batch_of.append(_NEVER)
        return len(self._batch_of) - 1

    def handed_over(self, numbers: Iterable[int], batch: Batch) -> None:
        """Note a batch with these spans."""
        self._batches.append(batch)
        for number in numbers:
            self._batch_of[number] = len(self._batches) - 1

    def write(self, path: Path, steps: Sequence[Step]) -> None:
        """Write everything; the file is there when it is whole."""
        document = {
            "batch_of": self._batch_of.tolist(),
            "batches": [(batch.begin, batch.end, batch.outcome.value) for batch in self._batches],
            "steps": [(step.rate, step.seconds, step.first, step.last) for step in steps],
        }
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps(document))
        unfinished.rename(path)


def read_journal(path: Path) -> Journal:
    """Return the journal that a client wrote."""
    document: dict[str, Any] = json.loads(path.read_text())  # Any: JSON
    return Journal(
        [None if place == _NEVER else place for place in document["batch_of"]],
        [Batch(begin, end, Outcome(outcome)) for begin, end, outcome in document["batches"]],
        [Step(*step) for step in document["steps"]],
    )


def service(client: int) -> str:
    """Return the service name of a client."""
    return f"{_SERVICE}{client}"


def write_arrivals(arrived: Iterable[tuple[str, int]], file: BinaryIO) -> None:
    """Add arrivals, each a service's name and a span's number."""
    array("I", (int(name.removeprefix(_SERVICE)) << _BITS | number for name, number in arrived)).tofile(file)


def read_arrivals(paths: Iterable[Path], made: Sequence[int]) -> list[bytearray]:
    """Return for each client how often each of its spans arrived, 255 times at most."""
    copies = [bytearray(number) for number in made]
    for path in paths:
        arrivals = array("I", path.read_bytes())
        for arrival in arrivals:
            client, number = arrival >> _BITS, arrival & ((1 << _BITS) - 1)
            copies[client][number] = min(255, copies[client][number] + 1)
    return copies
