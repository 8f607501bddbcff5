"""Measures busy loops of known length: `python -m ot2otel.lab.overhead.programs.planted < task`.

The task is `{"loops": [LENGTH, ...], "warm_up": REQUESTS, "rounds": ROUNDS, "block": REQUESTS}`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from ot2otel.lab.overhead.programs.rungs import Rung, open_rung
from ot2otel.lab.overhead.programs.worker import measure

_TIMED = 2000


def busy(loops: int) -> None:
    """Compute for a while."""
    for _ in range(loops):
        pass


def with_busy_loop(rung: Rung, loops: int) -> Rung:
    """Return a rung whose requests are followed by a busy loop."""
    ask = rung.ask

    def ask_and_compute() -> None:
        ask()
        busy(loops)

    return Rung(ask_and_compute, rung.variant)


def microseconds(work: Callable[[], None]) -> float:
    """Return the median time of `work` by itself, in microseconds."""
    times = []
    for _ in range(_TIMED):
        started = time.perf_counter_ns()
        work()
        times.append(time.perf_counter_ns() - started)
    return median(times) / 1e3


def main(task: dict[str, Any]) -> dict[str, object]:  # Any: JSON
    """Return the blocks with and without each loop in ns, and the time of each loop by itself in us."""
    rungs = {"untraced": open_rung("untraced", "untraced")}
    for loops in task["loops"]:
        rungs[str(loops)] = with_busy_loop(open_rung("untraced", "untraced"), loops)
    blocks = measure(rungs, task["warm_up"], task["rounds"], task["block"])
    return {
        "wall": {name: taken.wall for name, taken in blocks.items()},
        "alone_us": {str(loops): microseconds(partial(busy, loops)) for loops in task["loops"]},
    }


if __name__ == "__main__":
    json.dump(main(json.load(sys.stdin)), sys.stdout)
