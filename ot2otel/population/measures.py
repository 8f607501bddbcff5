"""The measures of each operation and each block of time, summed up in the engine that stores the spans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr import types as ir

from ot2otel.population.shifts import Blocks

BLOCKS = 24  # of a side: an hour each, if a side is a day
QUANTILES = (0.5, 0.95, 0.99)
Thresholds = Mapping[str, Sequence[float]]  # the quantiles of the durations by operation, in nanoseconds


@dataclass(frozen=True, slots=True, order=True)
class Measure:
    """What a ratio is about.

    Attributes:
        name: "share of traffic", "error rate", "spans per trace", "slower than p95", "share of the form" or
            "attribute coverage".
        operation: the entry operation; of an attribute's coverage, the service.
        detail: a form's signature, an attribute's key, or "".
    """

    name: str
    operation: str
    detail: str = ""


def blocks_of(traces: ir.Table, start: float, end: float) -> ir.Table:
    """Add `block` to signed traces: the number of the block of time, from `start` to `end` in seconds."""
    length = max((end - start) / BLOCKS, 1e-9)
    number = ((_seconds(traces.start) - start) / length).floor().cast("int64")
    return traces.mutate(block=ibis.greatest(0, ibis.least(BLOCKS - 1, number)))


def period(spans: ir.Table) -> ir.Table:
    """Return one row: `first` and `last` second of a span's start, NULL without a span, and `spans`."""
    seconds = _seconds(spans.Timestamp)
    return spans.aggregate(first=seconds.min(), last=seconds.max(), spans=spans.count())


def _seconds(time: ir.TimestampValue) -> ir.FloatingValue:
    # Ibis takes it for 32 bits; engines return more.
    return time.epoch_seconds().cast("float64")


def quantiles(traces: ir.Table) -> ir.Table:
    """Return `operation`, and the exact QUANTILES of `duration` as columns `q0`, `q1`, ..."""
    each = {f"q{number}": traces.duration.quantile(share) for number, share in enumerate(QUANTILES)}
    return traces.group_by("operation").agg(**each)


def of_operations(traces: ir.Table, thresholds: Thresholds) -> ir.Table:
    """Return a row for each operation, form and block.

    Columns: `operation`, `form`, `block`, `traces`, `failed`, `spans`, and `slow0`, `slow1`, ...: the traces
    whose root took longer than the operation's threshold of this number.
    """
    slow = {
        f"slow{number}": (traces.duration > _threshold(traces, thresholds, number)).cast("int64").sum()
        for number in range(len(QUANTILES))
    }
    return traces.group_by("operation", "form", "block").agg(
        traces=traces.count(), failed=traces.failed.cast("int64").sum(), spans=traces.spans.sum(), **slow
    )


def _threshold(traces: ir.Table, thresholds: Thresholds, number: int) -> ir.NumericValue:
    known = [(traces.operation == operation, float(each[number])) for operation, each in thresholds.items()]
    never = float(2**63)
    return ibis.cases(*known, else_=never) if known else ibis.literal(never)


def sums(rows: Iterable[Mapping[str, Any]]) -> dict[Measure, Blocks]:  # Any: a column's values have its type
    """Return the measures of one side from the rows of `of_operations`."""
    traffic = _empty()
    numerators: dict[Measure, list[float]] = defaultdict(_empty)
    of_operation: dict[str, list[float]] = defaultdict(_empty)
    for row in rows:
        operation, block, traces = row["operation"], row["block"], row["traces"]
        traffic[block] += traces
        of_operation[operation][block] += traces
        numerators[Measure("share of the form", operation, str(row["form"]))][block] += traces
        numerators[Measure("error rate", operation)][block] += row["failed"]
        numerators[Measure("spans per trace", operation)][block] += row["spans"]
        for number, share in enumerate(QUANTILES):
            slower = Measure(f"slower than p{share * 100:g}", operation)
            numerators[slower][block] += row[f"slow{number}"] or 0
    found = {
        measure: Blocks(tuple(each), tuple(of_operation[measure.operation]))
        for measure, each in numerators.items()
    }
    for operation, each in of_operation.items():
        found[Measure("share of traffic", operation)] = Blocks(tuple(each), tuple(traffic))
    return found


def _empty() -> list[float]:
    return [0.0] * BLOCKS
