from __future__ import annotations

import math
import random
from dataclasses import astuple
from statistics import fmean, stdev

import pytest

from ot2otel.lab.overhead.estimate import (
    Estimate,
    difference,
    interval,
    paired_difference,
    ratio,
    undisturbed,
)

TRUTH = 170.0
PROCESSES = 10
ROUNDS = 12
# The additional hours of sleep that ten patients gained, Gosset's own example.
GAINED = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]


def measured(chance: random.Random, truth: float, disturbed: float = 0.3) -> list[float]:
    """Return one run: processes that differ by 3%, with a share of disturbed blocks."""
    return [difference(*_process(chance, truth * chance.gauss(1, 0.03), disturbed)) for _ in range(PROCESSES)]


def _process(chance: random.Random, added: float, disturbed: float) -> tuple[list[float], list[float]]:
    """Return blocks of both programs; a busy neighbour makes an undisturbed time nearly twice as long."""
    blocks, baseline = (
        [base * (1.8 if chance.random() < disturbed else 1) + abs(chance.gauss(0, 4)) for _ in range(ROUNDS)]
        for base in (264.0 + added, 264.0)
    )
    return blocks, baseline


def test_a_difference_is_that_of_the_fastest_quarters() -> None:
    assert difference([12.0, 900.0, 14.0, 33.0, 55.0], [30.0, 10.0, 20.0]) == 13.0 - 10.0


def test_no_blocks_make_no_time() -> None:
    with pytest.raises(ValueError, match="no blocks"):
        undisturbed([])


def test_a_paired_difference_is_the_median_over_rounds() -> None:
    assert paired_difference([12.0, 900.0, 33.0], [10.0, 20.0, 30.0]) == 3.0


def test_blocks_without_a_partner_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        paired_difference([1.0, 2.0], [1.0])


def test_one_process_makes_no_interval() -> None:
    with pytest.raises(ValueError, match="needs two of them or more, got 1"):
        interval([170.0])


def test_the_interval_of_a_few_processes_is_students() -> None:
    half_width = 2.776445 * stdev(GAINED[:5]) / math.sqrt(5)  # the quantile of 4 degrees of freedom

    estimate = interval(GAINED[:5])

    assert astuple(estimate) == pytest.approx(tuple(-0.48 + way * half_width for way in (0, -1, 1)))


def test_of_ten_processes_the_highest_and_the_lowest_are_left_out() -> None:
    # In the deviation the next ones stand for them; the quantile is of 8 - 1 degrees of freedom.
    winsorized = [-1.2, -1.2, -0.2, -0.1, 0.0, 0.7, 0.8, 2.0, 3.4, 3.4]
    half_width = 2.364624 * stdev(winsorized) / (0.8 * math.sqrt(10))

    estimate = interval(GAINED)

    assert astuple(estimate) == pytest.approx(tuple(0.675 + way * half_width for way in (0, -1, 1)))


def test_a_process_that_was_disturbed_throughout_hardly_counts() -> None:
    quiet = interval([*GAINED[:9], 5.0])

    assert interval([*GAINED[:9], 500.0]) == quiet


def test_a_ratio_is_the_same_however_slow_its_process_is() -> None:
    untraced = [264.0 * slower for slower in (1, 1.1, 1.3, 1.6)]

    found = ratio([1.6 * time for time in untraced], untraced)

    assert astuple(found) == pytest.approx((1.6, 1.6, 1.6))


def test_a_ratio_of_the_baseline_to_the_program_is_the_inverse() -> None:
    times, baseline = [430.0, 450.0, 440.0], [264.0, 260.0, 280.0]
    forth, back = ratio(times, baseline), ratio(baseline, times)

    assert astuple(back) == pytest.approx((1 / forth.value, 1 / forth.high, 1 / forth.low))


def test_times_without_a_baseline_of_their_process_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratio([1.0, 2.0], [1.0])


def test_a_ratio_adds_its_part_beyond_one_to_the_reference() -> None:
    assert Estimate(1.5, 1.25, 2.0).added_to(200.0) == Estimate(100.0, 50.0, 200.0)


def test_the_interval_holds_the_truth_in_95_of_100_runs() -> None:
    chance = random.Random(1)

    runs = [interval(measured(chance, TRUTH)) for _ in range(2000)]

    covered = fmean(run.low <= TRUTH <= run.high for run in runs)
    assert covered == pytest.approx(0.95, abs=0.015)


def test_the_estimate_is_not_biased() -> None:
    chance = random.Random(2)

    runs = [interval(measured(chance, TRUTH)).value for _ in range(2000)]

    assert fmean(runs) == pytest.approx(TRUTH, abs=0.3)


def test_a_program_against_itself_shows_nothing_in_95_of_100_runs() -> None:
    chance = random.Random(3)

    runs = [interval(measured(chance, 0.0)) for _ in range(2000)]

    silent = fmean(run.beyond_zero == 0 for run in runs)
    assert silent == pytest.approx(0.95, abs=0.015)


def test_a_drift_that_meets_both_is_no_difference() -> None:
    baseline = [264.0 + 20 * number for number in range(ROUNDS)]

    assert difference([base + 7 for base in baseline], baseline) == pytest.approx(7)


def test_where_most_blocks_are_disturbed_the_fastest_quarter_tells_the_truth_and_a_median_does_not() -> None:
    chance = random.Random(4)
    processes = [_process(chance, TRUTH, disturbed=0.5) for _ in range(2000)]

    undisturbed_ones, medians = (
        fmean(abs(estimate(*blocks) - TRUTH) for blocks in processes)
        for estimate in (difference, paired_difference)
    )

    assert undisturbed_ones < medians / 5


def test_a_cost_that_a_quarter_of_the_blocks_do_not_have_is_taken_for_a_disturbance() -> None:
    seen = [
        difference([354.0] * having_it + [264.0] * (ROUNDS - having_it), [264.0] * ROUNDS)
        for having_it in (8, 9, 10, 12)
    ]

    assert seen == [0, 0, pytest.approx(30), pytest.approx(90)]


@pytest.mark.parametrize(
    ("low", "high", "beyond"),
    [(1.5, 4.0, 1.5), (-4.0, -1.5, 1.5), (-1.0, 2.0, 0.0)],
    ids=["above", "below", "around"],
)
def test_how_far_an_interval_stays_away_from_zero(low: float, high: float, beyond: float) -> None:
    assert Estimate((low + high) / 2, low, high).beyond_zero == beyond
