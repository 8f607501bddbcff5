"""Whether a receiver's memory stays flat: a line through its samples after the warm-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, linear_regression

# Of the mean, by the line, from the end of the warm-up to the end. Python takes memory in steps: one of 3% in
# the middle lets the line rise by 4.6%.
MOST_GROWTH = 0.1
FEWEST = 20  # samples


@dataclass(frozen=True, slots=True)
class Memory:
    """The line through the samples: how long it is, its mean and its slope."""

    seconds: float
    mean_mib: float
    mib_per_minute: float

    @property
    def growth(self) -> float:
        """How much the line rises from end to end, as a share of its mean."""
        return self.mib_per_minute * self.seconds / 60 / self.mean_mib

    @property
    def is_flat(self) -> bool:
        """Whether the line rises no more than MOST_GROWTH; memory that shrinks is flat."""
        return self.growth <= MOST_GROWTH


def warm_at(evicted: Sequence[tuple[float, int]], kept: int) -> float | None:
    """Return the second at which a receiver had evicted as many spans as it keeps; None if it never had.

    `evicted` has seconds and the number of spans evicted by then.
    """
    return next((second for second, number in evicted if number >= kept), None)


def memory(samples: Sequence[tuple[float, float]]) -> Memory | None:
    """Return the line through samples (seconds, MiB) of one process; None if there are fewer than FEWEST."""
    if len(samples) < FEWEST:
        return None
    seconds, mib = zip(*samples, strict=True)
    return Memory(seconds[-1] - seconds[0], fmean(mib), 60 * linear_regression(seconds, mib).slope)
