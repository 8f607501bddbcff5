from __future__ import annotations

from collections.abc import Mapping

import pytest

from ot2otel.lab.overhead.estimate import interval
from ot2otel.lab.overhead.ladder import BASELINE, REPEATED_BASELINE, Level, Rung, Shape
from ot2otel.lab.overhead.result import Overhead, Row, baseline_us, rows
from ot2otel.lab.overhead.sample import Blocks, Footprint, Sample

NATIVE = Rung("native", Level.REAL, "otlp")
HOOKS = Rung("native", Level.HOOKS)


def blocks(us: float, cpu: float = 0.0, sent: int = 0, arrived: int = 0) -> Blocks:
    return Blocks([us] * 3, [us] * 3, [cpu] * 3, sent, arrived)


def sample(taken: Mapping[Rung, Blocks], cheapest: float | None = 0.5) -> Sample:
    return Sample({rung.name: measured for rung, measured in taken.items()}, cheapest)


def overhead(*again: float, shape: Shape = Shape.IN_PROCESS, arrived: int = 300) -> Overhead:
    samples = [
        sample(
            {BASELINE: blocks(200), REPEATED_BASELINE: blocks(200 + us), NATIVE: blocks(380, 0, 300, arrived)}
        )
        for us in again
    ]
    return Overhead(
        rows(shape, [BASELINE, REPEATED_BASELINE, NATIVE], samples, {}), {shape: baseline_us(samples)}, {}
    )


def test_a_row_says_what_a_rung_adds_to_the_untraced_program() -> None:
    samples = [
        sample({BASELINE: blocks(200, 210), NATIVE: blocks(380, 510, 300, 300)}),
        sample({BASELINE: blocks(210, 220), NATIVE: blocks(384, 510, 300, 299)}, cheapest=0.7),
    ]
    footprints = {BASELINE: [Footprint(100, 30)], NATIVE: [Footprint(140, 41), Footprint(150, 43)]}

    found = rows(Shape.IN_PROCESS, [BASELINE, NATIVE], samples, footprints)

    assert found == (
        Row(
            NATIVE,
            Shape.IN_PROCESS,
            added=interval([180, 174]),
            ratio=interval([1.9, 384 / 210]),
            foreground_cpu_us=177,
            cpu_us=295,
            sent=600,
            arrived=599,
            per_process=(180, 174),
            median_added=interval([180, 174]),
            peak_memory_mib=42,
            import_ms=45,
            floor_multiple=pytest.approx(177 / (3 * 0.6)),  # type: ignore[arg-type]  # equals a float
        ),
    )


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
        "in-process: the untraced program differs from itself by 8.8 to 11.2 us a request, more than 2.0 us"
    )


def test_two_microseconds_in_one_process_are_let_pass() -> None:
    assert overhead(2.0, 2.0, 2.0).withheld == ()


def test_three_per_cent_in_two_processes_are_let_pass() -> None:
    passed, refused = (overhead(us, us, shape=Shape.TWO_PROCESS).withheld for us in (200 * 0.03, 200 * 0.031))

    assert (passed, len(refused)) == ((), 1)


def test_figures_are_withheld_where_spans_were_lost() -> None:
    (reason,) = overhead(-1.0, 1.0, arrived=290).withheld

    assert reason.startswith("in-process: native, exported over otlp, lost 20 of 600 spans")
