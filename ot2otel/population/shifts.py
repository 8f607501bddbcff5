"""Tells shifts between two windows of traffic from chance.

Each measure is a ratio of two sums, like errors to traces, and both sums are known for each of some equal
blocks of time. Requests come in bursts, and a retry follows its failure, so traces are not independent, and
spans of one trace even less. Blocks nearly are. The variance of a ratio therefore comes from the residuals of
its blocks: the linearized ratio estimator for clusters of unequal size (W. G. Cochran, Sampling Techniques,
3rd ed., section 9A.2), with Student's t for as few degrees of freedom as there are blocks. The sides are
compared block by block, so that the rhythm of a day is not taken for chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scipy import stats

MIN_SAMPLE = 100  # units in each denominator: below that nothing is said of a measure
MIN_BLOCKS = 5  # blocks with traffic on each side
LEVEL = 0.05  # the chance that one comparison of two windows of the same traffic finds any shift


@dataclass(frozen=True, slots=True)
class Blocks:
    """The two sums of a measure in each block of time of one side, both of equal length."""

    numerators: Sequence[float]
    denominators: Sequence[float]

    @property
    def size(self) -> float:
        """The units that were counted: traces or spans."""
        return sum(self.denominators)

    @property
    def numerator(self) -> float:
        """The sum over all blocks."""
        return sum(self.numerators)

    @property
    def ratio(self) -> float:
        """The measure over all blocks; 0 without a unit."""
        return self.numerator / self.size if self.size else 0.0

    @property
    def blocks(self) -> int:
        """The blocks with traffic."""
        return sum(1 for each in self.denominators if each)

    @property
    def residuals(self) -> Sequence[float]:
        """How far each block is from the ratio, as its part of the whole."""
        return [
            (numerator - self.ratio * denominator) / self.size
            for numerator, denominator in zip(self.numerators, self.denominators, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Shift:
    """How a measure differs between the sides.

    Attributes:
        before, after: the measure.
        low, high: the interval of `after - before`, at the level that all comparisons together share.
        p: the probability of at least this difference if there is none.
        is_news: whether it is a difference by Holm's procedure over all comparisons.
    """

    before: float
    after: float
    low: float
    high: float
    p: float
    is_news: bool = False

    @property
    def difference(self) -> float:
        """`after - before`."""
        return self.after - self.before


def comparable(before: Blocks, after: Blocks) -> bool:
    """Tell whether both sides have enough traffic: MIN_SAMPLE units in MIN_BLOCKS blocks."""
    return all(side.size >= MIN_SAMPLE and side.blocks >= MIN_BLOCKS for side in (before, after))


def shifts(pairs: Iterable[tuple[Blocks, Blocks]], level: float = LEVEL) -> list[Shift]:
    """Compare the sides of each pair, which must be `comparable`, and correct for the number of pairs.

    The chance that any pair of equal sides becomes news is at most `level` (S. Holm, A simple sequentially
    rejective multiple test procedure, 1979). Intervals have the level of Bonferroni's correction.
    """
    measured = list(pairs)
    found = [_shift(before, after, level / len(measured)) for before, after in measured]
    order = sorted(range(len(found)), key=lambda index: found[index].p)
    for rank, index in enumerate(order):
        if found[index].p > level / (len(found) - rank):
            break
        found[index] = _news(found[index])
    return found


def _news(shift: Shift) -> Shift:
    return Shift(shift.before, shift.after, shift.low, shift.high, shift.p, is_news=True)


def _shift(before: Blocks, after: Blocks, level: float) -> Shift:
    # A side on which a share is 0 or 1 has no residuals, and yet it is a sample.
    variance = max(_variance(before, after), sum(map(_least_variance, (before, after))))
    difference = after.ratio - before.ratio
    if not variance:
        # As many in each unit of a side, like three spans in every trace.
        return Shift(before.ratio, after.ratio, difference, difference, 0.0 if difference else 1.0)
    error = variance**0.5
    degrees = min(before.blocks, after.blocks) - 1
    half = float(stats.t.isf(level / 2, degrees)) * error
    p = 2 * float(stats.t.sf(abs(difference) / error, degrees))
    return Shift(before.ratio, after.ratio, difference - half, difference + half, p)


def _variance(before: Blocks, after: Blocks) -> float:
    """Return the variance of the difference of two ratios, from the differences of their blocks' residuals.

    The blocks of two days are the same hours. What each day has at this hour is in both and cancels.
    """
    number = min(before.blocks, after.blocks)
    differences = (new - old for old, new in zip(before.residuals, after.residuals, strict=True))
    return number / (number - 1) * sum(each * each for each in differences)


def _least_variance(side: Blocks) -> float:
    """Return the variance of a share with one success and one failure more, as Agresti and Coull add them."""
    share = min(max((sum(side.numerators) + 1) / (side.size + 2), 0.0), 1.0)
    return share * (1 - share) / side.size
