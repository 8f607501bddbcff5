"""The estimator against a known truth, on simulated hosts whose speed changes."""

from __future__ import annotations

import random
from functools import cache
from statistics import fmean

import pytest

from benchmarks import simulation

RUNS = 600

every_host = pytest.mark.parametrize("host", simulation.HOSTS)


@cache
def found(host: str) -> simulation.Found:
    return simulation.found(host, RUNS)


@every_host
def test_the_interval_of_the_ratio_holds_the_truth_in_95_of_100_runs(host: str) -> None:
    assert found(host).coverage == pytest.approx(0.95, abs=0.025)


@every_host
def test_the_program_against_itself_shows_nothing_in_95_of_100_runs(host: str) -> None:
    assert found(host).silent == pytest.approx(0.95, abs=0.025)


@every_host
def test_the_added_time_is_not_biased(host: str) -> None:
    assert found(host).bias == pytest.approx(0, abs=0.005)


@every_host
def test_half_of_the_interval_is_at_most_4_per_cent_of_the_added_time(host: str) -> None:
    assert found(host).half_width <= 0.04


def test_differences_in_microseconds_are_as_unsure_as_the_speed() -> None:
    changing = found("another speed in each process")

    assert changing.half_width_of_differences > 3 * changing.half_width


def test_at_one_speed_the_interval_in_microseconds_holds_the_truth_too() -> None:
    chance = random.Random(2)

    runs = [simulation.run("one speed", chance).traced.added for _ in range(RUNS)]

    covered = fmean(run.low <= simulation.ADDED_US <= run.high for run in runs)
    assert covered == pytest.approx(0.95, abs=0.025)


def test_the_added_time_is_for_the_stated_speed() -> None:
    run = simulation.run("another speed in each process", random.Random(3))

    assert run.traced.added == run.traced.ratio.added_to(run.reference)
    assert run.reference > simulation.UNTRACED_US
