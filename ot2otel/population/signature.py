"""The forms of many traces, found by the engine that stores the spans.

The form of a trace is the set of its spans without ids, times and varying values, each with its parent. The
engine makes a number of it that does not depend on the order of rows: each span and its parent become a hash,
and a trace's signature is the sum of these hashes. A second hash tells when two forms have the same signature
by chance. An ordered list of spans would say the same, but engines that store a trace's spans apart are slow
at it, or refuse it.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr import types as ir

# Sums of hashes below this stay within 64 bits for eight million spans of a trace.
_HASHES = 2**40
_SAMPLED = 16  # one trace in so many tells which keys have few values
FEW_VALUES = 16
_MASKED = "#"
# Digits, and the hexadecimal digits beside them, as in ids.
_VARYING = "[0-9][0-9a-fA-F-]*"
ROOT, ORPHAN = "root", "orphan"


def few_valued_keys(spans: ir.Table) -> ir.Table:
    """Return the keys of attributes that have at most FEW_VALUES values, as far as a sample of traces tells.

    Columns: `key`, `values`, `spans`.
    """
    sample = spans.filter(spans.TraceId.hash() % _SAMPLED == 0)
    each = sample.select("SpanAttributes", key=sample.SpanAttributes.keys().unnest())
    each = each.select("key", value=each.SpanAttributes.get(each.key, ""))
    counted = each.group_by("key").agg(values=each.value.nunique(), spans=each.count())
    return counted.filter(counted["values"] <= FEW_VALUES).order_by("key")


def signed_traces(spans: ir.Table, few: Sequence[str]) -> ir.Table:
    """Return a row for each trace; `few` are the keys whose values belong to its form.

    Columns: `TraceId`; `form` and `check`, its two signatures; `operation`, the service and name of its
    root, "" if it has none; `spans`, their number; `failed`, whether the root has the status Error; `start`,
    the first Timestamp; `duration` of the root in nanoseconds.
    """
    own = _hashed(spans, few)
    above = own.select(in_trace="TraceId", id="SpanId", parent_a="a", parent_b="b")
    joined = own.left_join(above, [own.TraceId == above.in_trace, own.ParentSpanId == above.id])
    joined = joined.mutate(
        edge_a=_edge(joined, joined.a, joined.parent_a), edge_b=_edge(joined, joined.b, joined.parent_b)
    )
    is_root = joined.ParentSpanId == ""
    return joined.group_by("TraceId").agg(
        form=joined.edge_a.sum(),
        check=joined.edge_b.sum(),
        operation=joined.operation.max(where=is_root).fill_null(""),
        spans=joined.count(),
        failed=((joined.StatusCode == "Error") & is_root).any(),
        start=joined.Timestamp.min(),
        duration=joined.Duration.max(where=is_root),
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


def _hashed(spans: ir.Table, few: Sequence[str]) -> ir.Table:
    """Add the two hashes of each span's own facts, `a` and `b`."""
    operation = spans.ServiceName + ": " + masked(spans.SpanName)
    facts = [
        operation,
        spans.SpanKind,
        spans.StatusCode,
        spans.ScopeName,
        *(spans.SpanAttributes.get(key, "") for key in few),
        _joined(spans.SpanAttributes.keys().sort()),
        _joined(spans["Events.Name"]),
        spans["Links.SpanId"].length().cast("string"),
    ]
    text = ibis.literal("\x1f").join(facts)
    columns = ("TraceId", "SpanId", "ParentSpanId", "Timestamp", "Duration", "StatusCode")
    texts = spans.select(*columns, operation=operation, text=text)
    return texts.mutate(a=texts.text.hash(), b=(texts.text + "\x1f").hash()).drop("text")


def _joined(texts: ir.ArrayValue) -> ir.StringValue:
    return texts.join("\x1e").fill_null("")


def _edge(joined: ir.Table, own: ir.IntegerValue, parent: ir.IntegerValue) -> ir.IntegerValue:
    """Return a number of a span's facts and its parent's, below _HASHES."""
    absent = ibis.cases((joined.ParentSpanId == "", ROOT), else_=ORPHAN)
    return (own.cast("string") + " " + parent.cast("string").coalesce(absent)).hash() % _HASHES
