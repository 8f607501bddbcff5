"""Which share of a service's spans has each key: counted by lists of keys, of which there are few.

An engine that keeps the hashed spans counts them by the number of their keys. Then the names of the keys are
read from one trace for each number. Any other engine reads all spans once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import ibis
from ibis.expr import types as ir

from ot2otel.population import signature
from ot2otel.population.dialects import Dialect
from ot2otel.population.measures import COVERAGE, Measure, Rows, block_of, no_traffic
from ot2otel.population.shifts import Blocks

MOST_LISTS = 1000  # lists of keys whose names are read by themselves; for more, all spans are read once more
EVERY = "\x1f"  # stands for a key that every span has


def of_keys(spans: ir.Table, start: float, end: float) -> ir.Table:
    """Return a row for each service, key of its spans' attributes, and block; all its spans have EVERY.

    Columns: `service`, `key`, `block`, `spans`.
    """
    dialect, block = Dialect(spans), block_of(spans.Timestamp, start, end)
    keys = dialect.keys(spans.SpanAttributes)
    placed = spans.select(service=spans.ServiceName, block=block, keys=keys, number=dialect.hashed_list(keys))
    # There is little to unnest after grouping, and numbers are grouped faster than lists.
    lists = placed.group_by("service", "block", "number").agg(
        spans=placed.count(), keys=placed["keys"].arbitrary()
    )
    keys = dialect.filled(lists["keys"]).concat(ibis.array([EVERY]))
    each = lists.select("service", "block", "spans", key=keys.unnest())
    return each.group_by("service", "key", "block").agg(spans=each.spans.sum())


def of_lists(hashed: ir.Table, start: float, end: float) -> ir.Table:
    """Return a row for each service, number of keys and block of `signature.hashed_spans`.

    Columns: `service`, `keys`, `block`, `spans`, and `example`, the id of a trace that has such a span.
    """
    placed = hashed.select("service", "keys", "TraceId", block=block_of(hashed.Timestamp, start, end))
    return placed.group_by("service", "keys", "block").agg(spans=placed.count(), example=placed.TraceId.min())


def examples(rows: Rows) -> Mapping[int, str]:
    """Return one trace for each number of keys in the rows of `of_lists`."""
    return {row["keys"]: row["example"] for row in rows}


def names(spans: ir.Table, trace_ids: Sequence[str]) -> ir.Table:
    """Return `keys`, a number, and `names`, the list of these keys, of all spans of some traces."""
    chosen = spans.filter(spans.TraceId.isin(trace_ids))
    dialect = Dialect(spans)
    listed = dialect.filled(dialect.keys(chosen.SpanAttributes))
    each = chosen.select(keys=signature.numbered_keys(chosen), names=listed)
    return each.group_by("keys").agg(names=each.names.arbitrary())


def named(rows: Rows, lists: Mapping[int, Sequence[str]]) -> Iterator[Mapping[str, object]]:
    """Yield the rows of `of_keys` from those of `of_lists`, and the names for each number of keys."""
    for row in rows:
        for key in (*lists[row["keys"]], EVERY):
            yield {"service": row["service"], "key": key, "block": row["block"], "spans": row["spans"]}


def coverage(rows: Rows) -> dict[Measure, Blocks]:
    """Return the share of the spans that have each key, from the rows of `of_keys`."""
    counted: dict[tuple[str, str], list[float]] = defaultdict(no_traffic)
    for row in rows:
        counted[row["service"], row["key"]][row["block"]] += row["spans"]
    return {
        Measure(COVERAGE, service, key): Blocks(tuple(each), tuple(counted[service, EVERY]))
        for (service, key), each in counted.items()
        if key != EVERY
    }
