"""A sample: the times of one process, or of one pair of server processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of one rung in the order of their rounds, in microseconds a request.

    `cpu` is the time of all threads, with the export of the block's spans. `foreground` is the time of the
    thread that handles the requests, empty if it was not measured by itself. `sent` and `arrived` count
    spans.
    """

    wall: Sequence[float]
    foreground: Sequence[float]
    cpu: Sequence[float]
    sent: int = 0
    arrived: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """One process with all its rungs, by name; `cheapest_span_us` is None if it was not measured."""

    rungs: Mapping[str, Blocks]
    cheapest_span_us: float | None = None


@dataclass(frozen=True, slots=True)
class Footprint:
    """The milliseconds that a fresh process took to import a rung, and its peak memory in MiB."""

    import_ms: float
    peak_memory_mib: float | None
