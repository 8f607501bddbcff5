"""The forms of many traces, found by the engine that stores the spans.

The form of a trace is the set of its spans without ids, times and varying values, each with its parent. The
engine makes a number of it that does not depend on the order of rows: each span and its parent become a
number, and a trace's signature is their sum. A span's hash has 64 bits: one half makes the signature, and the
other a second one, which tells when two forms have the same signature by chance. An ordered list of spans
would say the same, but engines that store a trace's spans apart are slow at it, or refuse it.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce

import ibis
from ibis.expr import types as ir

from ot2otel.population.dialects import Dialect

# Primes: a product of the first two stays within 64 bits, and so does a sum of eight million edges.
_OF_A_SPAN, _OF_A_PARENT, _OF_AN_EDGE = 2**31 - 1, 2**31 - 19, 2**40 - 87
_OF_A_KEY = 2**48  # a sum of 32,768 keys stays within 64 bits
ROOT, ORPHAN = 1_500_450_271, 1_000_000_007  # in place of a parent
# The traces whose ids' digests end so tell which keys have few values: one in 16, the same in each engine.
_SAMPLED = "0"
FEW_VALUES = 16
MOST_KEYS = 5000
_NO_RENAMES: Mapping[str, str] = {}
_MASKED = "#"
# Digits, and the hexadecimal digits beside them, as in ids.
_VARYING = "[0-9][0-9a-fA-F-]*"


def sampled_keys(spans: ir.Table) -> ir.Table:
    """Return the keys of the attributes in a sample of the traces, the MOST_KEYS most frequent ones.

    Columns: `key`; `values`, the number of its different values; `spans`. A key with at most FEW_VALUES
    values makes forms of them.
    """
    sample = spans.filter(Dialect(spans).digest(spans.TraceId).endswith(_SAMPLED))
    each = sample.select("SpanAttributes", key=sample.SpanAttributes.keys().unnest())
    each = each.select("key", value=each.SpanAttributes.get(each.key, ""))
    counted = each.group_by("key").agg(values=each.value.nunique(), spans=each.count())
    return counted.order_by(counted.spans.desc(), "key").limit(MOST_KEYS)


def signed_traces(own: ir.Table) -> ir.Table:
    """Return a row for each trace of `hashed_spans`.

    Columns: `TraceId`; `form` and `check`, its two signatures; `operation`, the service and name of its
    root, "" if it has none; `spans`, their number; `failed`, whether the root has the status Error; `start`,
    the first Timestamp; `duration` of the root in nanoseconds.
    """
    above = own.view().select("TraceId", "SpanId", above="own")
    joined = own.left_join(
        above,
        [own.TraceId == above.TraceId, own.ParentSpanId == above.SpanId],
        rname="above_{name}",
    )
    joined = joined.mutate(edge_a=_edge(joined, _first_half), edge_b=_edge(joined, _second_half))
    return joined.group_by("TraceId").agg(
        form=joined.edge_a.sum(),
        check=joined.edge_b.sum(),
        operation=joined.operation.max().fill_null(""),
        spans=joined.count(),
        failed=joined.failed.any(),
        start=joined.Timestamp.min(),
        duration=joined.Duration.max(),
    )


def forms(traces: ir.Table) -> ir.Table:
    """Return a row for each form of an operation, the most frequent first.

    Columns: `operation`, `form`, `check`, `traces`, `failed` (both numbers), `spans` (of all its traces),
    `example`, the id of one trace.
    """
    grouped = traces.group_by("operation", "form", "check").agg(
        traces=traces.count(),
        failed=traces.failed.cast("int64").sum(),
        spans=traces.spans.sum(),
        example=traces.TraceId.min(),
    )
    return grouped.order_by(grouped.traces.desc(), grouped.operation, grouped.example)


def masked(name: ir.StringValue) -> ir.StringValue:
    """Return a name with its numbers and ids masked."""
    return name.re_replace(_VARYING, _MASKED)


def hashed_spans(spans: ir.Table, few: Sequence[str], renamed: Mapping[str, str] = _NO_RENAMES) -> ir.Table:
    """Return a row for each span, as narrow as can be.

    Columns: `TraceId`, `SpanId`, `ParentSpanId`, `Timestamp`; `own`, a hash of the span's own facts;
    `operation` and `Duration`, NULL but for a root; `failed`, whether it is a root with the status Error;
    `service`, and `keys`, a number of the keys of its attributes, for `coverage.key_lists`.

    `few` are the keys whose values belong to the form of a trace. A key of `renamed` counts as its new name.
    """
    dialect = Dialect(spans)
    operation = spans.ServiceName + ": " + masked(spans.SpanName)
    keys = numbered_keys(spans, renamed)
    own = dialect.hashed_texts(
        [
            operation,
            spans.SpanKind,
            spans.StatusCode,
            spans.ScopeName,
            *_values(spans.SpanAttributes, few, renamed, dialect),
            keys.cast("string"),
            _joined(spans["Events.Name"]),
            spans["Links.SpanId"].length().cast("string"),
        ]
    )
    is_root = spans.ParentSpanId == ""
    return spans.select(
        "TraceId",
        "SpanId",
        "ParentSpanId",
        "Timestamp",
        own=own,
        operation=ibis.cases((is_root, operation)),
        Duration=ibis.cases((is_root, spans.Duration)),
        failed=is_root & (spans.StatusCode == "Error"),
        service=spans.ServiceName,
        keys=keys,
    )


def numbered_keys(spans: ir.Table, renamed: Mapping[str, str] = _NO_RENAMES) -> ir.IntegerValue:
    """Return a number of the keys of a span's attributes; a key of `renamed` counts as its new name."""
    dialect = Dialect(spans)
    # Keys have no order: a sum is faster than sorting them.
    numbers = dialect.keys(spans.SpanAttributes).map(lambda key: _number(key, renamed, dialect)).sums()
    return numbers.fill_null(0).cast("int64")


def _number(key: ir.StringValue, renamed: Mapping[str, str], dialect: Dialect) -> ir.IntegerValue:
    return dialect.hashed(key.substitute(renamed) if renamed else key) % _OF_A_KEY


def _values(
    texts: ir.MapValue, few: Sequence[str], renamed: Mapping[str, str], dialect: Dialect
) -> Iterator[ir.StringValue]:
    """Yield the value of each key of `few`; the names of one attribute have one value."""
    names: dict[str, list[str]] = defaultdict(list)
    for key in few:
        names[renamed.get(key, key)].append(key)
    for every in names.values():
        yield reduce(operator.add, (dialect.value(texts, key) for key in every))


def _joined(texts: ir.ArrayValue) -> ir.StringValue:
    return texts.join("\x1e").fill_null("")


def _first_half(own: ir.IntegerValue) -> ir.IntegerValue:
    return own % _OF_A_SPAN


def _second_half(own: ir.IntegerValue) -> ir.IntegerValue:
    return (own >> 32) % _OF_A_SPAN


def _edge(joined: ir.Table, half: Callable[[ir.IntegerValue], ir.IntegerValue]) -> ir.IntegerValue:
    """Return a number of a span's facts and its parent's, from one half of their hashes, below _OF_AN_EDGE.

    It is the product of both, so a sum of edges tells which span has which parent. The parent's is squared:
    else a span below another would be the same as the other below it.
    """
    own, parent = half(joined.own), half(joined.above)
    # A join without a match leaves NULL, but "" and 0 in ClickHouse.
    has_parent = joined.above_SpanId.fill_null("") != ""
    is_root = joined.ParentSpanId == ""
    above = ibis.cases((has_parent, parent * parent % _OF_A_PARENT), (is_root, ROOT), else_=ORPHAN)
    return own * above % _OF_AN_EDGE
