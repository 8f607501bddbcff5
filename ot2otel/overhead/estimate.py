"""The estimator: blocks paired within a process, an interval over processes. Pure: numbers in, numbers out.

Two processes of one program differ by some per cent (address layout, hash seed), and more blocks in one
of them never show that. So a process gives one number, the median of its paired differences, and the
interval is Student's over processes.
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
        """How far the interval stays away from 0; 0 where it holds it."""
        return max(self.low, -self.high, 0.0)


def paired_difference(blocks: Sequence[float], baseline: Sequence[float]) -> float:
    """Return the median of the differences between blocks of the same round.

    Blocks of a round ran close to each other, so what slowed the machine down for a while slowed both;
    and the median leaves out the rounds in which it did not. Raises ValueError unless both have the same
    number of blocks, at least one.
    """
    return median(block - base for block, base in zip(blocks, baseline, strict=True))


def interval(samples: Sequence[float]) -> Estimate:
    """Return the mean of one number a process, and Student's interval around it.

    Raises ValueError with fewer than two samples, Ot2OtelError where scipy is not installed.
    """
    if len(samples) < 2:
        raise ValueError(f"an interval over processes takes two of them or more, not {len(samples)}")
    mean = fmean(samples)
    half_width = _student_quantile(len(samples) - 1) * stdev(samples) / math.sqrt(len(samples))
    return Estimate(mean, mean - half_width, mean + half_width)


def check_installed() -> None:
    """Raise Ot2OtelError where what the estimator needs is not installed."""
    _student_quantile(1)


@cache
def _student_quantile(degrees_of_freedom: int) -> float:
    try:
        # In here: half a second that only who measures has to wait for.
        from scipy.stats import t
    except ImportError as error:
        raise Ot2OtelError(f"Measuring needs scipy ({error}): pip install 'ot2otel[bench]'.") from error
    return float(t.ppf((1 + CONFIDENCE) / 2, degrees_of_freedom))
