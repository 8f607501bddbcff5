"""Simulated runs on hosts whose speed changes: the estimator is tested against a known truth."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean, median

from ot2otel.lab.overhead.estimate import Estimate, difference, interval
from ot2otel.lab.overhead.ladder import BASELINE, REPEATED_BASELINE, Level, Rung, Shape
from ot2otel.lab.overhead.result import Row, baseline_us, rows
from ot2otel.lab.overhead.sample import Blocks, Sample

UNTRACED_US = 264.0
ADDED_US = 170.0
PROCESSES = 10
ROUNDS = 12

# Of the machine's full speed, as a host showed it whose clock varied 1.6 times between processes.
SLOWEST = 0.6
# By address layout and hash seed: the standard deviation of a program's time over processes.
_LAYOUT = 0.01
_DISTURBED = 0.3
_DISTURBANCE = 1.8
_NOISE = 0.015

TRACED = Rung("native", Level.REAL, "otlp")

# The speed at a time within a process, which lasts from 0 to 1.
Speed = Callable[[float], float]


def _any_speed(chance: random.Random) -> float:
    return chance.uniform(SLOWEST, 1)


def _full(chance: random.Random) -> Speed:
    return lambda time: 1.0


def _constant(chance: random.Random) -> Speed:
    speed = _any_speed(chance)
    return lambda time: speed


def _drifting(chance: random.Random) -> Speed:
    start, end = _any_speed(chance), _any_speed(chance)
    return lambda time: start + (end - start) * time


def _jumping(chance: random.Random) -> Speed:
    before, after, jump = _any_speed(chance), _any_speed(chance), chance.random()
    return lambda time: before if time < jump else after


HOSTS: Mapping[str, Callable[[random.Random], Speed]] = {
    "one speed": _full,
    "another speed in each process": _constant,
    "drifts within each process": _drifting,
    "jumps once within each process": _jumping,
}


@dataclass(frozen=True, slots=True)
class Run:
    """One run: the rows, the reference, and the mean of the differences in microseconds beside them."""

    traced: Row
    against_itself: Row
    reference: float
    differences: Estimate


@dataclass(frozen=True, slots=True)
class Found:
    """Many runs: how often the intervals held the truth, and median half-widths as shares of the added time.

    `silent` is how often the interval of the program against itself held 1. `bias` is the mean error of the
    added time, as a share of it.
    """

    coverage: float
    silent: float
    bias: float
    half_width: float
    half_width_of_differences: float


def run(host: str, chance: random.Random) -> Run:
    """Simulate one run on a host of `HOSTS`."""
    samples = [_sample(HOSTS[host](chance), chance) for _ in range(PROCESSES)]
    again, traced = rows(Shape.IN_PROCESS, (BASELINE, REPEATED_BASELINE, TRACED), samples, {})
    differences = [
        difference(sample.rungs[TRACED.name].wall, sample.rungs[BASELINE.name].wall) for sample in samples
    ]
    return Run(traced, again, baseline_us(samples), interval(differences))


def found(host: str, runs: int, seed: int = 1) -> Found:
    """Simulate many runs on a host and compare them with the truth."""
    chance = random.Random(seed)
    truth = ADDED_US / UNTRACED_US
    taken = [run(host, chance) for _ in range(runs)]
    return Found(
        fmean(each.traced.ratio.low <= 1 + truth <= each.traced.ratio.high for each in taken),
        fmean(each.against_itself.ratio.low <= 1 <= each.against_itself.ratio.high for each in taken),
        fmean((each.traced.ratio.value - 1) / truth for each in taken) - 1,
        median(each.traced.ratio.half_width / truth for each in taken),
        median(each.differences.half_width / each.differences.value for each in taken),
    )


def _sample(speed: Speed, chance: random.Random) -> Sample:
    times = {BASELINE: UNTRACED_US, REPEATED_BASELINE: UNTRACED_US, TRACED: UNTRACED_US + ADDED_US}
    return Sample({rung.name: _blocks(time, speed, chance) for rung, time in times.items()})


def _blocks(time: float, speed: Speed, chance: random.Random) -> Blocks:
    """Return a program's blocks; each round has the programs in a new order."""
    own = time * chance.gauss(1, _LAYOUT)
    wall = [
        own
        * _neighbour(chance)
        * (1 + abs(chance.gauss(0, _NOISE)))
        / speed((number + chance.random()) / ROUNDS)
        for number in range(ROUNDS)
    ]
    return Blocks(wall, (), wall)


def _neighbour(chance: random.Random) -> float:
    """Return the multiple that a busy neighbour makes of a block's time."""
    return _DISTURBANCE if chance.random() < _DISTURBED else 1.0
