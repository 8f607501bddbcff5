"""The estimator: blocks compared within a process, an interval over processes. Pure: numbers in and out.

Two processes of one program differ by some per cent (address layout, hash seed). More blocks in one process
never show that. So a process gives one number, the difference of its undisturbed blocks, and the interval is
over processes. Some processes have hardly an undisturbed block, so the mean of ten or more is trimmed.
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
