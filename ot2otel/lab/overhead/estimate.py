"""The estimator: blocks compared within a process, an interval over processes. Pure: numbers in and out.

Two processes of one program differ by some per cent (address layout, hash seed). More blocks in one process
never show that. So a process gives one number, and the interval is over processes. Some processes have hardly
an undisturbed block, so the mean of ten or more is trimmed.

A processor's clock may change between two processes. Every program in a process then takes the same multiple
of its time, so the number is a ratio: the time of undisturbed blocks over that of the untraced program in the
same process. A time in microseconds is for a stated speed: that at which the untraced program takes a stated
time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean, median, stdev

from ot2otel.errors import Ot2OtelError

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95% confidence interval, in the unit of its samples."""

    value: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of the interval's length."""
        return (self.high - self.low) / 2

    def added_to(self, reference: float) -> Estimate:
        """Return the time that this ratio adds to a request of `reference`, in the unit of `reference`.

        The reference states a speed and is exact by definition: the interval is that of the ratio.
        """
        return Estimate(*((ratio - 1) * reference for ratio in (self.value, self.low, self.high)))

    @property
    def beyond_zero(self) -> float:
        """The distance of the interval from 0; 0 if the interval contains it."""
        return max(self.low, -self.high, 0.0)


def undisturbed(blocks: Sequence[float]) -> float:
    """Return the mean of the fastest quarter of the blocks.

    Other programs on the machine only ever add time. On a shared machine they disturb more than half of the
    blocks, and so the median as well. This mean cannot see a cost that at least a quarter of the blocks
    escape. Raises ValueError if there are no blocks.
    """
    if not blocks:
        raise ValueError("no blocks")
    return fmean(sorted(blocks)[: math.ceil(len(blocks) / 4)])


def difference(blocks: Sequence[float], baseline: Sequence[float]) -> float:
    """Return how much longer undisturbed blocks take than undisturbed blocks of the baseline."""
    return undisturbed(blocks) - undisturbed(baseline)


def paired_difference(blocks: Sequence[float], baseline: Sequence[float]) -> float:
    """Return the median of the differences between blocks of the same round: a common estimate.

    It shows a disturbance of more than half of the rounds. Raises ValueError unless both have the same
    number of blocks, at least one.
    """
    return median(block - base for block, base in zip(blocks, baseline, strict=True))


def interval(samples: Sequence[float]) -> Estimate:
    """Return the trimmed mean over processes, one number each, and its 95% interval.

    The highest and the lowest tenth are left out; the interval is Tukey and McLaughlin's (Sankhya A 25,
    1963). Fewer than ten samples are not trimmed, and their interval is Student's. Raises ValueError for
    fewer than two samples, Ot2OtelError if scipy is not installed.
    """
    if len(samples) < 2:
        raise ValueError(f"an interval over processes needs two of them or more, got {len(samples)}")
    trimmed = len(samples) // 10
    kept = sorted(samples)[trimmed : len(samples) - trimmed]
    winsorized = [kept[0]] * trimmed + kept + [kept[-1]] * trimmed
    error = stdev(winsorized) * math.sqrt(len(samples)) / len(kept)
    half_width = _student_quantile(len(kept) - 1) * error
    mean = fmean(kept)
    return Estimate(mean, mean - half_width, mean + half_width)


def ratio(times: Sequence[float], baseline: Sequence[float]) -> Estimate:
    """Return how many times as long as the baseline a program takes, with its 95% interval over processes.

    Takes the time of each process and the baseline's time of the same process, all above 0. This is
    `interval` of the logarithms: a process that is slow as a whole has the same ratio, and a program against
    itself has the ratio 1 in either order. Raises ValueError as `interval` does, and if the two do not have
    the same number of processes.
    """
    logs = interval([math.log(time / base) for time, base in zip(times, baseline, strict=True)])
    return Estimate(math.exp(logs.value), math.exp(logs.low), math.exp(logs.high))


def check_installed() -> None:
    """Raise Ot2OtelError if scipy, which the estimator needs, is not installed."""
    _student_quantile(1)


@cache
def _student_quantile(degrees_of_freedom: int) -> float:
    try:
        # Imported here: it takes half a second, and only measuring needs it.
        from scipy.stats import t
    except ImportError as error:
        raise Ot2OtelError(f"Measuring needs scipy ({error}): pip install 'ot2otel[bench]'.") from error
    return float(t.ppf((1 + CONFIDENCE) / 2, degrees_of_freedom))
