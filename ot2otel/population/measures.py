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
Rows = Iterable[Mapping[str, Any]]  # Any: a column's values have its type
TRAFFIC, ERRORS, SPANS, FORM = "share of traffic", "error rate", "spans per trace", "share of the form"
COVERAGE = "attribute coverage"
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
    return traces.mutate(block=block_of(traces.start, start, end))


def block_of(time: ir.TimestampValue, start: float, end: float) -> ir.IntegerValue:
    """Return the number of the block of a time, from `start` to `end` in seconds."""
    length = max((end - start) / BLOCKS, 1e-9)
    number = ((seconds(time) - start) / length).floor().cast("int64")
    return ibis.greatest(0, ibis.least(BLOCKS - 1, number))


def period(spans: ir.Table) -> ir.Table:
    """Return one row about all spans.

    Columns: `first` and `last`, the seconds of the first and the last start, NULL without a span; `spans`,
    their number; `traced`, the number of those that have a TraceId.
    """
    time = spans.Timestamp
    # Of the ends alone: some engines have them without reading a row.
    return spans.aggregate(
        first=seconds(time.min()),
        last=seconds(time.max()),
        spans=spans.count(),
        traced=spans.TraceId.count(),
    )


def seconds(time: ir.TimestampValue) -> ir.FloatingValue:
    """Return whole seconds since the epoch."""
    # Ibis takes it for 32 bits; engines return more, DuckDB also fractions.
    return time.epoch_seconds().cast("float64").floor()


def quantiles(traces: ir.Table) -> ir.Table:
    """Return `operation`, and the exact QUANTILES of `duration` as columns `q0`, `q1`, ...

    A quantile is the least duration that this share of the traces does not exceed. Ranks say it in every
    engine's own words, and exactly; the function `quantile` is a sketch in some of them.
    """
    known = traces.filter(traces.duration.notnull())
    order = ibis.window(group_by="operation", order_by="duration")
    ranked = known.select(
        "operation",
        "duration",
        rank=(ibis.row_number().over(order) + 1).cast("float64"),
        all=ibis._.count().over(ibis.window(group_by="operation")).cast("float64"),
    )
    each = {
        f"q{number}": ranked.duration.min(where=ranked["rank"] >= ranked["all"] * share)
        for number, share in enumerate(QUANTILES)
    }
    return ranked.group_by("operation").agg(**each)


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


def sums(rows: Rows) -> dict[Measure, Blocks]:
    """Return the measures of one side from the rows of `of_operations`."""
    traffic = no_traffic()
    numerators: dict[Measure, list[float]] = defaultdict(no_traffic)
    of_operation: dict[str, list[float]] = defaultdict(no_traffic)
    for row in rows:
        operation, block, traces = row["operation"], row["block"], row["traces"]
        traffic[block] += traces
        of_operation[operation][block] += traces
        numerators[Measure(FORM, operation, str(row["form"]))][block] += traces
        numerators[Measure(ERRORS, operation)][block] += row["failed"]
        numerators[Measure(SPANS, operation)][block] += row["spans"]
        for number, share in enumerate(QUANTILES):
            slower = Measure(f"slower than p{share * 100:g}", operation)
            numerators[slower][block] += row[f"slow{number}"] or 0
    found = {
        measure: Blocks(tuple(each), tuple(of_operation[measure.operation]))
        for measure, each in numerators.items()
    }
    for operation, each in of_operation.items():
        found[Measure(TRAFFIC, operation)] = Blocks(tuple(each), tuple(traffic))
    return found


def no_traffic() -> list[float]:
    """Return a zero for each block."""
    return [0.0] * BLOCKS
