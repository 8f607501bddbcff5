"""The result: rows estimated from samples, and the reasons not to believe them; no clock is read here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Any

from ot2otel.lab.catalog import FLOWS
from ot2otel.lab.overhead.estimate import Estimate, interval, paired_difference, ratio, undisturbed
from ot2otel.lab.overhead.ladder import BASELINE, REPEATED_BASELINE, Level, Rung, Shape
from ot2otel.lab.overhead.sample import Blocks, Footprint, Sample

# The largest distance from 0 of the interval of "no difference": microseconds, or a share of the baseline.
IN_PROCESS_TOLERANCE_US = 2.0
TWO_PROCESS_TOLERANCE = 0.03
# The largest half-width of that interval, as a share of the least time that an exported rung adds. Ten quick
# runs on a shared machine had 0.01 to 0.03 in one process, and 0.07 to 0.42 with five pairs of servers.
LARGEST_HALF_WIDTHS = {Shape.IN_PROCESS: 0.2, Shape.TWO_PROCESS: 0.5}

_SPANS = FLOWS["hello"].requests[0].spans
_RECORDING = (Level.NULL, Level.REAL)


@dataclass(frozen=True, slots=True)
class Row:
    """The cost of one rung in one shape, in microseconds a request; a ratio of 1 is no cost.

    `ratio` does not depend on the machine's speed. The times do, and are for a stated speed: the one at
    which an untraced request takes the time that `Overhead.baselines` has for the shape.

    `foreground_cpu_us` is the CPU time of the thread that handles the requests, `cpu_us` that of all threads
    with the export. A figure that a shape can't measure is None. `import_ms` is the time beyond that of the
    untraced program, at the speed that the machine had. `floor_multiple` is the added time a span, in units
    of the cheapest span that could be recorded. `per_process` has the added time of each process.
    `median_added` is the estimate from medians of paired differences at the speeds that the processes had,
    for comparison with `added`.
    """

    rung: Rung
    shape: Shape
    ratio: Estimate
    added: Estimate
    foreground_cpu_us: float | None
    cpu_us: float
    sent: int
    arrived: int
    per_process: tuple[float, ...]
    median_added: Estimate
    peak_memory_mib: float | None = None
    import_ms: float | None = None
    floor_multiple: float | None = None

    @property
    def lost(self) -> int:
        """The number of spans that were sent and did not arrive."""
        return max(self.sent - self.arrived, 0)


@dataclass(frozen=True, slots=True)
class Overhead:
    """All rows, the untraced request's time by shape in microseconds, and the circumstances.

    That time is the mean over processes, and states the speed that the rows' times are for.
    `baseline_ranges` has the time in the fastest and in the slowest process.
    """

    rows: tuple[Row, ...]
    baselines: Mapping[Shape, float]
    circumstances: Mapping[str, Any]  # Any: JSON
    left_out: tuple[str, ...] = ()
    baseline_ranges: Mapping[Shape, tuple[float, float]] = field(default_factory=dict)

    def rows_of(self, shape: Shape) -> tuple[Row, ...]:
        """Return the rows of one shape in the order of the ladder."""
        return tuple(row for row in self.rows if row.shape is shape)

    def repeated_baseline(self, shape: Shape) -> Row:
        """Return the row that compares the untraced program with itself."""
        return next(row for row in self.rows_of(shape) if row.rung == REPEATED_BASELINE)

    @property
    def withheld(self) -> tuple[str, ...]:
        """The reasons not to believe these figures, each with a remedy; empty if they may be believed."""
        return tuple(
            reason
            for shape in self.baselines
            for reason in (*(self._not_quiet(shape) or self._too_noisy(shape)), *self._lost(shape))
        )

    def _not_quiet(self, shape: Shape) -> tuple[str, ...]:
        repeated = self.repeated_baseline(shape).added
        tolerance = (
            IN_PROCESS_TOLERANCE_US
            if shape is Shape.IN_PROCESS
            else TWO_PROCESS_TOLERANCE * self.baselines[shape]
        )
        if repeated.beyond_zero <= tolerance:
            return ()
        return (
            f"{shape.value}: the untraced program differs from itself by {repeated.low:.1f} to "
            f"{repeated.high:.1f} us a request, more than {tolerance:.1f} us from 0. "
            "Other programs on this machine disturb the measurement: end them, then measure again.",
        )

    def _too_noisy(self, shape: Shape) -> tuple[str, ...]:
        repeated = self.repeated_baseline(shape).added
        exported = [row for row in self.rows_of(shape) if row.rung.level is Level.REAL]
        least = min(exported, key=lambda row: row.added.value, default=None)
        largest = LARGEST_HALF_WIDTHS[shape]
        if least is None or repeated.half_width <= largest * least.added.value:
            return ()
        return (
            f"{shape.value}: the untraced program differs from itself by {repeated.low:.1f} to "
            f"{repeated.high:.1f} us a request. That is ± {repeated.half_width:.1f} us, more than "
            f"{largest:.0%} of the least added time, {least.added.value:.1f} us of "
            f"{least.rung.label}. This machine is too noisy for an answer: end other programs, then measure "
            "again.",
        )

    def _lost(self, shape: Shape) -> tuple[str, ...]:
        return tuple(
            f"{shape.value}: {row.rung.label}, lost {row.lost} of {row.sent} spans, and a dropped span "
            "costs less. Look at the drops column of /proc/net/udp and at net.core.rmem_max, then measure "
            "again."
            for row in self.rows_of(shape)
            if row.lost
        )


# Takes the times of one kind out of blocks.
_Clock = Callable[[Blocks], Sequence[float]]


def rows(
    shape: Shape,
    rungs: Sequence[Rung],
    samples: Sequence[Sample],
    footprints: Mapping[Rung, Sequence[Footprint]],
    baseline: Rung = BASELINE,
) -> tuple[Row, ...]:
    """Estimate the cost of each rung beside a request of `baseline`, from two or more processes."""
    reference = baseline_us(samples, baseline)
    floors = [
        sample.cheapest_span_us / time
        for sample, time in zip(samples, _baseline_times(samples, baseline), strict=True)
        if sample.cheapest_span_us is not None
    ]
    floor = _SPANS * median(floors) * reference if floors else None
    memory = {rung: _peak_memory(taken) for rung, taken in footprints.items()}
    imports = {rung: median(each.import_ms for each in taken) for rung, taken in footprints.items()}
    return tuple(
        _row(
            shape,
            rung,
            baseline,
            samples,
            floor,
            memory.get(rung),
            imports[rung] - imports[baseline] if rung in imports else None,
        )
        for rung in rungs
        if rung != baseline
    )


def baseline_us(samples: Sequence[Sample], baseline: Rung = BASELINE) -> float:
    """Return the untraced request's time in microseconds: the mean of undisturbed blocks, over processes."""
    return interval(_baseline_times(samples, baseline)).value


def baseline_range_us(samples: Sequence[Sample]) -> tuple[float, float]:
    """Return the untraced request's time in the fastest and in the slowest process, in microseconds."""
    times = _baseline_times(samples, BASELINE)
    return min(times), max(times)


def _row(
    shape: Shape,
    rung: Rung,
    baseline: Rung,
    samples: Sequence[Sample],
    floor: float | None,
    memory: float | None,
    import_ms: float | None,
) -> Row:
    taken = [sample.rungs[rung.name] for sample in samples]
    reference = baseline_us(samples, baseline)
    times, untraced = _compared(samples, rung, baseline, _wall)
    found = ratio(times, untraced)
    estimate = found.added_to(reference)
    return Row(
        rung,
        shape,
        found,
        estimate,
        _added(samples, rung, baseline, _foreground) if all(blocks.foreground for blocks in taken) else None,
        _added(samples, rung, baseline, _cpu),
        sum(blocks.sent for blocks in taken),
        sum(blocks.arrived for blocks in taken),
        tuple((time / base - 1) * reference for time, base in zip(times, untraced, strict=True)),
        interval(
            [
                paired_difference(blocks.wall, sample.rungs[baseline.name].wall)
                for blocks, sample in zip(taken, samples, strict=True)
            ]
        ),
        memory,
        import_ms,
        estimate.value / floor if floor and rung.level in _RECORDING else None,
    )


def _added(samples: Sequence[Sample], rung: Rung, baseline: Rung, clock: _Clock) -> float:
    """Return the time that a rung adds by a clock, at the mean of the processes' speeds."""
    times, untraced = _compared(samples, rung, baseline, clock)
    return ratio(times, untraced).added_to(interval(untraced).value).value


def _compared(
    samples: Sequence[Sample], rung: Rung, baseline: Rung, clock: _Clock
) -> tuple[list[float], list[float]]:
    """Return the time of a rung in each process, and that of the untraced program in the same process."""
    return [undisturbed(clock(sample.rungs[rung.name])) for sample in samples], [
        _untraced(sample, rung, baseline, clock) for sample in samples
    ]


def _baseline_times(samples: Sequence[Sample], baseline: Rung) -> list[float]:
    return [_untraced(sample, None, baseline, _wall) for sample in samples]


def _untraced(sample: Sample, rung: Rung | None, baseline: Rung, clock: _Clock) -> float:
    """Return the untraced request's time in a process, of all its measurements but that of `rung` itself."""
    measured = [baseline]
    if baseline == BASELINE and rung != REPEATED_BASELINE and REPEATED_BASELINE.name in sample.rungs:
        measured.append(REPEATED_BASELINE)
    return fmean(undisturbed(clock(sample.rungs[each.name])) for each in measured)


def _wall(blocks: Blocks) -> Sequence[float]:
    return blocks.wall


def _foreground(blocks: Blocks) -> Sequence[float]:
    return blocks.foreground


def _cpu(blocks: Blocks) -> Sequence[float]:
    return blocks.cpu


def _peak_memory(taken: Sequence[Footprint]) -> float | None:
    known = [each.peak_memory_mib for each in taken if each.peak_memory_mib is not None]
    return median(known) if known else None
