"""Measures rungs in this process, block by block: `python -m ot2otel.lab.overhead.programs.worker < task`.

The task is `{"rungs": [RUNG, ...], "warm_up": REQUESTS, "rounds": ROUNDS, "block": REQUESTS}`, and a RUNG
is `{"name", "variant", "level", "flow", "environment"}`.
"""

from __future__ import annotations

import gc
import json
import os
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ot2otel.lab.overhead.programs.rungs import Rung, open_rung


@dataclass(frozen=True, slots=True)
class Blocks:
    """The time of each block of one rung, in nanoseconds: `cpu` counts all threads, after a flush."""

    wall: list[int] = field(default_factory=list)
    foreground: list[int] = field(default_factory=list)
    cpu: list[int] = field(default_factory=list)


def measure(rungs: Mapping[str, Rung], warm_up: int, rounds: int, block: int) -> dict[str, Blocks]:
    """Send `warm_up` requests through each rung, then `rounds` blocks of `block` requests.

    Each round has one block of every rung in a new order, so that a drift of the machine meets all of them.
    Spans still to be exported are exported at the end of a block: as CPU time, not as wall time.
    """
    for rung in rungs.values():
        with rung.on() as ask:
            repeat(ask, warm_up)
            rung.variant.flush()
    gc.collect()
    blocks = {name: Blocks() for name in rungs}
    for _ in range(rounds):
        for name in random.sample(list(rungs), len(rungs)):
            _measure_block(rungs[name], block, blocks[name])
    return blocks


def _measure_block(rung: Rung, block: int, into: Blocks) -> None:
    with rung.on() as ask:
        cpu = time.process_time_ns()
        foreground = time.thread_time_ns()
        wall = time.perf_counter_ns()
        repeat(ask, block)
        into.wall.append(time.perf_counter_ns() - wall)
        into.foreground.append(time.thread_time_ns() - foreground)
        rung.variant.flush()
        into.cpu.append(time.process_time_ns() - cpu)


def repeat(ask: Callable[[], None], times: int) -> None:
    """Send `times` requests, one after the other."""
    for _ in range(times):
        ask()


class _CheapestSpan:
    __slots__ = ("end", "name", "span_id", "start", "trace_id")
    trace_id: int
    span_id: int
    name: str
    start: int
    end: int


def cheapest_span_ns(spans: int = 5000) -> float:
    """Return the ns of the cheapest span that could be recorded: two ids, two times, an object, a list."""
    recorded: list[_CheapestSpan] = []
    now, random_bits = time.time_ns, random.getrandbits
    started = time.perf_counter_ns()
    for _ in range(spans):
        span = _CheapestSpan()
        span.trace_id = random_bits(128)
        span.span_id = random_bits(64)
        span.name = "span"
        span.start = now()
        span.end = now()
        recorded.append(span)
    return (time.perf_counter_ns() - started) / spans


def open_from_json(rung: Mapping[str, Any]) -> Rung:  # Any: JSON
    """Open a rung, with the environment variables that its tracing reads."""
    os.environ.update(rung["environment"])
    return open_rung(rung["variant"], rung["level"], rung["flow"])


def main(task: Mapping[str, Any]) -> dict[str, object]:  # Any: JSON
    """Measure the rungs of the task; return the blocks of each and the cheapest span, in nanoseconds."""
    rungs: Sequence[Mapping[str, Any]] = task["rungs"]  # Any: JSON
    # In a new order, too: the place of objects in memory depends on the rungs opened earlier.
    opened = {rung["name"]: open_from_json(rung) for rung in random.sample(rungs, len(rungs))}
    blocks = measure(opened, task["warm_up"], task["rounds"], task["block"])
    cheapest = cheapest_span_ns()
    for rung in opened.values():
        rung.variant.close()
    return {
        "rungs": {
            name: {"wall": taken.wall, "foreground": taken.foreground, "cpu": taken.cpu}
            for name, taken in blocks.items()
        },
        "cheapest_span_ns": cheapest,
    }


if __name__ == "__main__":
    json.dump(main(json.load(sys.stdin)), sys.stdout)
