"""The result: rows estimated from samples, and the reasons not to believe them; no clock is read here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from ot2otel.lab.catalog import FLOWS
from ot2otel.lab.overhead.estimate import Estimate, difference, interval, paired_difference, undisturbed
from ot2otel.lab.overhead.ladder import BASELINE, REPEATED_BASELINE, Level, Rung, Shape
from ot2otel.lab.overhead.sample import Footprint, Sample

# The largest distance from 0 of the interval of "no difference": microseconds, or a share of the baseline.
IN_PROCESS_TOLERANCE_US = 2.0
TWO_PROCESS_TOLERANCE = 0.03

_SPANS = FLOWS["hello"].requests[0].spans
_RECORDING = (Level.NULL, Level.REAL)


@dataclass(frozen=True, slots=True)
class Row:
    """The cost of one rung in one shape, in microseconds a request; a ratio of 1 is no cost.

    `foreground_cpu_us` is the CPU time of the thread that handles the requests, `cpu_us` that of all threads
    with the export. A figure that a shape can't measure is None. `import_ms` is the time beyond that of the
    untraced program. `floor_multiple` is the added time a span, in units of the cheapest span that could be
    recorded. `per_process` has the added time of each process. `median_added` is the estimate from medians
    of paired differences, for comparison with `added`.
    """

    rung: Rung
    shape: Shape
    added: Estimate
    ratio: Estimate
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
    """All rows, the untraced request's time by shape in microseconds, and the circumstances."""

    rows: tuple[Row, ...]
    baselines: Mapping[Shape, float]
    circumstances: Mapping[str, Any]  # Any: JSON
    left_out: tuple[str, ...] = ()

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
            reason for shape in self.baselines for reason in (*self._not_quiet(shape), *self._lost(shape))
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

    def _lost(self, shape: Shape) -> tuple[str, ...]:
        return tuple(
            f"{shape.value}: {row.rung.label}, lost {row.lost} of {row.sent} spans, and a dropped span "
            "costs less. Look at the drops column of /proc/net/udp and at net.core.rmem_max, then measure "
            "again."
            for row in self.rows_of(shape)
            if row.lost
        )


def rows(
    shape: Shape,
    rungs: Sequence[Rung],
    samples: Sequence[Sample],
    footprints: Mapping[Rung, Sequence[Footprint]],
    baseline: Rung = BASELINE,
) -> tuple[Row, ...]:
    """Estimate the time that each rung adds to a request of `baseline`, from two or more processes."""
    cheapest = [sample.cheapest_span_us for sample in samples if sample.cheapest_span_us is not None]
    floor = _SPANS * median(cheapest) if cheapest else None
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


def baseline_us(samples: Sequence[Sample]) -> float:
    """Return the untraced request's time in microseconds: the mean of undisturbed blocks, over processes."""
    return interval([undisturbed(sample.rungs[BASELINE.name].wall) for sample in samples]).value


def _row(
    shape: Shape,
    rung: Rung,
    baseline: Rung,
    samples: Sequence[Sample],
    floor: float | None,
    memory: float | None,
    import_ms: float | None,
) -> Row:
    pairs = [(sample.rungs[rung.name], sample.rungs[baseline.name]) for sample in samples]
    added = [difference(blocks.wall, base.wall) for blocks, base in pairs]
    ratios = [undisturbed(blocks.wall) / undisturbed(base.wall) for blocks, base in pairs]
    foreground = [
        difference(blocks.foreground, base.foreground) for blocks, base in pairs if blocks.foreground
    ]
    estimate = interval(added)
    return Row(
        rung,
        shape,
        estimate,
        interval(ratios),
        interval(foreground).value if foreground else None,
        interval([difference(blocks.cpu, base.cpu) for blocks, base in pairs]).value,
        sum(blocks.sent for blocks, _ in pairs),
        sum(blocks.arrived for blocks, _ in pairs),
        tuple(added),
        interval([paired_difference(blocks.wall, base.wall) for blocks, base in pairs]),
        memory,
        import_ms,
        estimate.value / floor if floor and rung.level in _RECORDING else None,
    )


def _peak_memory(taken: Sequence[Footprint]) -> float | None:
    known = [each.peak_memory_mib for each in taken if each.peak_memory_mib is not None]
    return median(known) if known else None
