"""Measures the ladder in both shapes, sample by sample."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

from ot2otel.errors import Ot2OtelError
from ot2otel.lab.installed import check_runnable, versions
from ot2otel.lab.overhead import in_process, two_process
from ot2otel.lab.overhead.estimate import check_installed
from ot2otel.lab.overhead.ladder import LADDER, UNDER_AGENT, Rung, Shape
from ot2otel.lab.overhead.result import Overhead, baseline_range_us, baseline_us, rows
from ot2otel.lab.overhead.sample import Footprint, Sample

# Takes the next activity in words, and the share of the total time that has passed.
Progress = Callable[[str, float], None]

# Seconds on the machine of the author. Only their proportions count: they tell how much time is left.
_WARM_UP_SECONDS = 0.09  # a rung
_BLOCK_SECONDS = 0.024
_SERVERS_SECONDS = 0.7  # a pair
_SERVED_BLOCK_SECONDS = 0.2
_FOOTPRINT_SECONDS = 0.6
_CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure: processes, pairs of servers, rounds in each, and the rungs that run as pairs."""

    processes: int
    rounds: int
    pairs: int
    pair_rounds: int
    footprints: int
    two_process_rungs: tuple[Rung, ...]
    in_process_rungs: tuple[Rung, ...] = LADDER

    @property
    def process_seconds(self) -> float:
        """The approximate time of a process for each of its rungs."""
        return _WARM_UP_SECONDS + self.rounds * _BLOCK_SECONDS

    @property
    def pair_seconds(self) -> float:
        """The approximate time of a pair of servers."""
        return _SERVERS_SECONDS + self.pair_rounds * _SERVED_BLOCK_SECONDS


QUICK = Plan(
    processes=10,
    rounds=in_process.ROUNDS,
    pairs=5,
    pair_rounds=two_process.ROUNDS,
    footprints=1,
    two_process_rungs=tuple(rung for rung in (*LADDER, *UNDER_AGENT) if rung.quick),
)
REPORT = Plan(
    processes=30,
    rounds=2 * in_process.ROUNDS,
    pairs=10,
    pair_rounds=2 * two_process.ROUNDS,
    footprints=5,
    two_process_rungs=tuple(rung for rung in (*LADDER, *UNDER_AGENT) if rung.exporter or rung.quick),
)


def measure(plan: Plan, progress: Progress = lambda activity, share: None) -> Overhead:
    """Measure as planned, one process after the other so that none disturbs another.

    Rungs that can't be measured here are left out, with the reason. Raises Ot2OtelError if scipy is not
    installed or a measured process fails.
    """
    check_installed()
    load_at_start = os.getloadavg()[0]
    rungs = dict.fromkeys((*plan.in_process_rungs, *plan.two_process_rungs))
    left_out = {rung: reason for rung in rungs if (reason := missing(rung))}
    in_process_rungs = [rung for rung in plan.in_process_rungs if rung not in left_out]
    two_process_rungs = [rung for rung in plan.two_process_rungs if rung not in left_out]
    activities = _Activities(plan, len(in_process_rungs), len(two_process_rungs), progress)

    in_one_process: list[Sample] = []
    for number in range(plan.processes):
        activities.begin(
            f"process {number + 1} of {plan.processes}", plan.process_seconds * len(in_process_rungs)
        )
        in_one_process.append(in_process.measure(in_process_rungs, rounds=plan.rounds))
    footprints: dict[Rung, list[Footprint]] = {rung: [] for rung in in_process_rungs}
    for _ in range(plan.footprints):
        for rung in in_process_rungs:
            activities.begin(f"memory and import of {rung.label}", _FOOTPRINT_SECONDS)
            footprints[rung].append(in_process.footprint(rung))
    in_two_processes: list[Sample] = []
    for number in range(plan.pairs):
        activities.begin(
            f"pairs of servers {number + 1} of {plan.pairs}", plan.pair_seconds * len(two_process_rungs)
        )
        in_two_processes.append(two_process.measure(two_process_rungs, plan.pair_rounds))

    samples = {Shape.IN_PROCESS: in_one_process, Shape.TWO_PROCESS: in_two_processes}
    return Overhead(
        (
            *rows(Shape.IN_PROCESS, in_process_rungs, in_one_process, footprints),
            *rows(Shape.TWO_PROCESS, two_process_rungs, in_two_processes, {}),
        ),
        {shape: baseline_us(taken) for shape, taken in samples.items()},
        circumstances([rung for rung in rungs if rung not in left_out])
        | {
            "load": load_at_start,
            "processes": plan.processes,
            "pairs": plan.pairs,
            "cheapest_span_us": median(
                each.cheapest_span_us for each in in_one_process if each.cheapest_span_us
            ),
        },
        tuple(f"{rung.label}: {reason}" for rung, reason in left_out.items()),
        {shape: baseline_range_us(taken) for shape, taken in samples.items()},
    )


def circumstances(rungs: Sequence[Rung]) -> dict[str, Any]:  # Any: JSON
    """Return the circumstances: versions, interpreter, processor; nothing that names this machine."""
    found: dict[str, str] = {}
    for variant in {rung.variant: rung.subject for rung in rungs}.values():
        found |= versions(variant)
    return {
        "versions": dict(sorted(found.items())),
        "python_build": " ".join((platform.python_implementation(), sys.version)).replace("\n", " "),
        "switch_interval_s": sys.getswitchinterval(),
        "cores": os.cpu_count(),
        "cpu": _cpu(),
        "system": f"{platform.system()} {platform.machine()}",
    }


class _Activities:
    """Reports each activity of a plan as it begins, with the share of the plan's time that has passed."""

    def __init__(self, plan: Plan, rungs: int, pairs: int, progress: Progress) -> None:
        self._total = (
            plan.processes * rungs * plan.process_seconds
            + plan.footprints * rungs * _FOOTPRINT_SECONDS
            + plan.pairs * pairs * plan.pair_seconds
        )
        self._done = 0.0
        self._progress = progress

    def begin(self, activity: str, seconds: float) -> None:
        self._progress(activity, self._done / self._total)
        self._done += seconds


def missing(rung: Rung) -> str:
    """Return the reason that a rung can't be measured here, "" if it can."""
    if rung.variant == "instrumented":
        for distribution in rung.subject.distributions:
            try:
                metadata.version(distribution)
            except metadata.PackageNotFoundError:
                return f"{distribution} is not installed: pip install 'ot2otel[instrumentation]'"
    if not rung.exporter:
        return ""
    try:
        check_runnable(rung.subject, rung.exporter)
    except Ot2OtelError as error:
        return str(error)
    return ""


def _cpu() -> str:
    if not _CPU_INFO.exists():
        return platform.processor()
    lines = (line.partition(":") for line in _CPU_INFO.read_text().splitlines())
    return next((value.strip() for name, _, value in lines if name.strip() == "model name"), "")
