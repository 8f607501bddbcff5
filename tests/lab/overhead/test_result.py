from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

import pytest

from ot2otel.lab.overhead.estimate import interval, ratio
from ot2otel.lab.overhead.ladder import BASELINE, REPEATED_BASELINE, Level, Rung, Shape
from ot2otel.lab.overhead.result import Overhead, Row, baseline_range_us, baseline_us, rows
from ot2otel.lab.overhead.sample import Blocks, Footprint, Sample

NATIVE = Rung("native", Level.REAL, "otlp")
HOOKS = Rung("native", Level.HOOKS)


def blocks(us: float, cpu: float = 210.0, sent: int = 0, arrived: int = 0) -> Blocks:
    return Blocks([us] * 3, [us] * 3, [cpu] * 3, sent, arrived)


def sample(taken: Mapping[Rung, Blocks], cheapest: float | None = 0.5) -> Sample:
    return Sample({rung.name: measured for rung, measured in taken.items()}, cheapest)


def overhead(
    *again: float, shape: Shape = Shape.IN_PROCESS, arrived: int = 300, exported: float = 380.0
) -> Overhead:
    """Return a result of an untraced request of 200 us; the repeated one takes `again` us more by process."""
    samples = [
        sample(
            {
                BASELINE: blocks(200),
                REPEATED_BASELINE: blocks(200 + us),
                NATIVE: blocks(exported, 210, 300, arrived),
            }
        )
        for us in again
    ]
    return Overhead(
        rows(shape, [BASELINE, REPEATED_BASELINE, NATIVE], samples, {}), {shape: baseline_us(samples)}, {}
    )


def near_all(*us: float) -> Any:  # Any: equals a tuple of floats
    return pytest.approx(us)


def near(us: float) -> Any:  # Any: equals a float
    return pytest.approx(us)


def test_a_row_says_how_much_longer_a_rung_takes_than_the_untraced_program() -> None:
    samples = [
        sample({BASELINE: blocks(200, 210), NATIVE: blocks(380, 510, 300, 300)}),
        sample({BASELINE: blocks(210, 220), NATIVE: blocks(384, 510, 300, 299)}, cheapest=0.7),
    ]
    footprints = {BASELINE: [Footprint(100, 30)], NATIVE: [Footprint(140, 41), Footprint(150, 43)]}

    found = rows(Shape.IN_PROCESS, [BASELINE, NATIVE], samples, footprints)

    found_ratio = ratio([380, 384], [200, 210])
    assert found == (
        Row(
            NATIVE,
            Shape.IN_PROCESS,
            ratio=found_ratio,
            added=found_ratio.added_to(205),
            foreground_cpu_us=near(found_ratio.added_to(205).value),
            cpu_us=near(ratio([510, 510], [210, 220]).added_to(215).value),
            sent=600,
            arrived=599,
            per_process=(near(0.9 * 205), near((384 / 210 - 1) * 205)),
            median_added=interval([180, 174]),
            peak_memory_mib=42,
            import_ms=45,
            floor_multiple=near(found_ratio.added_to(205).value / (3 * 205 * (0.5 / 200 + 0.7 / 210) / 2)),
        ),
    )


def test_a_process_of_another_speed_widens_no_interval() -> None:
    samples = [
        sample(
            {BASELINE: blocks(200 * slower, 210 * slower), NATIVE: blocks(380 * slower, 510 * slower)},
            cheapest=0.5 * slower,
        )
        for slower in (1.0, 1.2, 1.6)
    ]

    (row,) = rows(Shape.IN_PROCESS, [BASELINE, NATIVE], samples, {})

    mean = (1 + 1.2 + 1.6) / 3
    assert (baseline_us(samples), baseline_range_us(samples)) == (near(200 * mean), (200, 320))
    assert astuple(row.ratio) == near_all(1.9, 1.9, 1.9)
    assert astuple(row.added) == row.per_process == near_all(*3 * [180 * mean])
    assert (row.foreground_cpu_us, row.cpu_us) == near_all(180 * mean, 300 * mean)
    assert row.floor_multiple == near(180 / (3 * 0.5))


def test_both_measurements_of_the_untraced_program_are_compared_with_a_traced_one() -> None:
    samples = [sample({BASELINE: blocks(190), REPEATED_BASELINE: blocks(210), NATIVE: blocks(380)})] * 2

    again, native = rows(Shape.IN_PROCESS, [BASELINE, REPEATED_BASELINE, NATIVE], samples, {})

    assert baseline_us(samples) == 200
    assert (again.ratio.value, native.ratio.value) == (near(210 / 190), near(1.9))


def test_only_recorded_spans_are_compared_with_the_cheapest_one() -> None:
    samples = [sample({BASELINE: blocks(200), HOOKS: blocks(250)})] * 2

    (row,) = rows(Shape.IN_PROCESS, [BASELINE, HOOKS], samples, {})

    assert row.floor_multiple is None


def test_a_thread_that_is_not_told_apart_has_no_time() -> None:
    served = Blocks([200.0], (), [200.0])
    samples = [sample({BASELINE: served, NATIVE: served}, cheapest=None)] * 2

    (row,) = rows(Shape.TWO_PROCESS, [BASELINE, NATIVE], samples, {})

    assert row.foreground_cpu_us is None


def test_figures_of_a_quiet_machine_are_believed() -> None:
    assert overhead(-1.0, 0.5, 1.0).withheld == ()


def test_figures_are_withheld_where_the_program_differs_from_itself() -> None:
    (reason,) = overhead(10.0, 10.5, 9.5).withheld

    assert reason.startswith(
        "in-process: the untraced program differs from itself by 9.0 to 11.5 us a request, more than 2.0 us"
    )


def test_two_microseconds_in_one_process_are_let_pass() -> None:
    assert overhead(1.9, 1.9, 1.9).withheld == ()


def test_three_per_cent_in_two_processes_are_let_pass() -> None:
    passed, refused = (
        overhead(us, us, shape=Shape.TWO_PROCESS).withheld for us in (200 * 0.0299, 200 * 0.0301)
    )

    assert (passed, len(refused)) == ((), 1)


def test_figures_are_withheld_where_the_machine_is_too_noisy_to_tell_the_cost() -> None:
    (reason,) = overhead(-50.0, -50.0, 200.0, 200.0, shape=Shape.TWO_PROCESS).withheld

    assert "more than 50% of the least added time" in reason
    assert "us of native, exported over otlp. This machine is too noisy for an answer" in reason


@pytest.mark.parametrize(("shape", "times"), [(Shape.IN_PROCESS, 5), (Shape.TWO_PROCESS, 2)])
def test_an_interval_much_narrower_than_the_least_cost_is_let_pass(shape: Shape, times: int) -> None:
    noisy = (-25.0, 0.0, 0.0, 25.0)
    half_width = overhead(*noisy, shape=shape).repeated_baseline(shape).added.half_width
    passed, refused = (
        overhead(*noisy, shape=shape, exported=200 + half_width * times * part).withheld
        for part in (1.1, 0.9)
    )

    assert (passed, len(refused)) == ((), 1)


def test_figures_are_withheld_where_spans_were_lost() -> None:
    (reason,) = overhead(-1.0, 1.0, arrived=290).withheld

    assert reason.startswith("in-process: native, exported over otlp, lost 20 of 600 spans")
