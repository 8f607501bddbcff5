"""Which traces a page shows: all of a few, else the slowest, the median and the fastest of each form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import TypeAlias

from ot2otel.compare.pairing import SpanPairs
from ot2otel.compare.rows import AllTimes, TraceIds
from ot2otel.compare.trees import Rows
from ot2otel.model import Span
from ot2otel.report.html.content import Durations

# Reads the spans of one side, normalized as they were compared; a page reads them twice.
Read: TypeAlias = Callable[[], Iterable[Span]]
# The duration in nanoseconds of each trace's root, on either side.
Took: TypeAlias = tuple[Mapping[str, int], Mapping[str, int]]

# Not more traces than this are all shown.
FEW_TRACES = 12
_BINS = 32
# Of so many forms, and so many rows, examples are shown.
MOST_FORMS = 200
_MOST_ROWS = 6_000
_NAMES = {1: ("median",), 2: ("slowest", "fastest"), 3: ("slowest", "median", "fastest")}


@dataclass(frozen=True, slots=True)
class Example:
    """A pair of traces to show, with the pairs of its spans; `name` says why it was chosen."""

    pairs: SpanPairs
    ids: TraceIds
    name: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The pairs of traces of one form on either side."""

    rows: Rows
    members: Sequence[tuple[SpanPairs, AllTimes]]

    @property
    def count(self) -> int:
        """The number of pairs of traces."""
        return sum(times.count for _, times in self.members)

    def all(self) -> list[Example]:
        """Return all pairs of traces."""
        return [Example(pairs, ids) for pairs, times in self.members for ids in times.traces]


def roots(spans: Iterable[Span]) -> Mapping[str, int]:
    """Return the duration in nanoseconds of each trace's root: the span that starts first."""
    found: dict[str, tuple[int, int]] = {}
    for span in spans:
        key = span.start_ns, -span.end_ns
        if span.trace_id not in found or key < found[span.trace_id]:
            found[span.trace_id] = key
    return {trace_id: max(-end - start, 0) for trace_id, (start, end) in found.items()}


def collected(spans: Iterable[Span], wanted: Iterable[str]) -> Mapping[str, Sequence[Span]]:
    """Return the spans of the wanted traces."""
    found: dict[str, list[Span]] = {trace_id: [] for trace_id in wanted}
    for span in spans:
        if span.trace_id in found:
            found[span.trace_id].append(span)
    return found


def chosen(groups: Sequence[Group], took: Took) -> list[list[Example]]:
    """Return the examples of each form: fewer of each if all would be too many rows."""
    for most in (3, 2, 1):
        found = [_of_form(group, took, most) for group in groups]
        if sum(len(group.rows) * len(each) for group, each in zip(groups, found, strict=True)) <= _MOST_ROWS:
            break
    return found


def _of_form(group: Group, took: Took, most: int) -> list[Example]:
    """Return the slowest, the median and the fastest pair, by the durations of both roots."""
    ranked = sorted(group.all(), key=lambda one: (-sum(_durations(one.ids, took)), one.ids))
    names = _NAMES[min(most, len(ranked))]
    places = {"slowest": 0, "median": (len(ranked) - 1) // 2, "fastest": len(ranked) - 1}
    return [Example(ranked[places[name]].pairs, ranked[places[name]].ids, name) for name in names]


def _durations(ids: TraceIds, took: Took) -> list[int]:
    return [side[trace_id] for side, trace_id in zip(took, ids, strict=True) if trace_id in side]


def durations(group: Group, took: Took) -> Durations | None:
    """Return the distribution of the roots' durations, None if nothing has any."""
    sides: list[list[int]] = [[], []]
    for _, times in group.members:
        for ids in times.traces:
            for side, known, trace_id in zip(sides, took, ids, strict=True):
                if trace_id in known:
                    side.append(known[trace_id])
    most = max((value for side in sides for value in side), default=0)
    if not most:
        return None
    # One that took much longer than the others would hide them.
    every = sorted(value for side in sides for value in side)
    most = max(min(most, 3 * every[int(len(every) * 0.95)]), 1)
    bins = [_binned(side, most) for side in sides]
    medians = [median_low(side) if side else -1 for side in sides]
    return Durations(bins[0], bins[1], (medians[0], medians[1]), most)


def _binned(values: Iterable[int], most: int) -> list[int]:
    found = [0] * _BINS
    for value in values:
        found[min(value * _BINS // most, _BINS - 1)] += 1
    return found
