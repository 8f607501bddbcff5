"""Cuts the spans of one source into the two sides of a comparison, by whole traces."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import ibis
from ibis.expr import types as ir

from ot2otel.population.measures import seconds
from ot2otel.population.schemas import PopulationError

_TIME = re.compile(r"\d{4}-\d\d-\d\d")
_MOST_NAMED = 6
Rows = Callable[[ir.Table], Sequence[Mapping[str, Any]]]  # Any: a column's values have its type


@dataclass(frozen=True, slots=True)
class Split:
    """Both sides of one source.

    Attributes:
        before, after: the spans of each side.
        names: the names of the sides.
        key: the attribute whose values tell the sides apart, "" if a time does.
        notes: sentences about what is not compared.
    """

    before: ir.Table
    after: ir.Table
    names: tuple[str, str]
    key: str = ""
    notes: tuple[str, ...] = ()


def split(spans: ir.Table, by: str, rows: Rows) -> Split:
    """Cut spans by a time like 2026-11-21T12:00, by KEY if it has two values, or by KEY=OLD,NEW.

    A trace is before a time if its first span is. With a key, span or resource attribute, a trace is on the
    side of the value that all its spans with the key have. Raises PopulationError.
    """
    if _TIME.match(by):
        return _by_time(spans, by)
    key, _, values = by.partition("=")
    return _by_key(spans, key, [value for value in values.split(",") if value], rows)


def _by_time(spans: ir.Table, text: str) -> Split:
    limit = moment(text)
    first = spans.group_by("TraceId").agg(first=seconds(spans.Timestamp.min()))
    early = spans.semi_join(first.filter(first["first"] < limit), "TraceId")
    late = spans.semi_join(first.filter(first["first"] >= limit), "TraceId")
    return Split(early, late, (f"before {text}", f"from {text}"))


def moment(text: str) -> float:
    """Return the seconds since the epoch of a time in ISO 8601, in UTC unless it says otherwise."""
    try:
        found = datetime.fromisoformat(text.removesuffix("Z") + ("+00:00" if text.endswith("Z") else ""))
    except ValueError as error:
        raise PopulationError(f"{text!r} is not a time like 2026-11-21T12:00:00.") from error
    return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).timestamp()


def _by_key(spans: ir.Table, key: str, chosen: Sequence[str], rows: Rows) -> Split:
    empty = ibis.literal("")
    own, resource = spans.SpanAttributes.get(key, empty), spans.ResourceAttributes.get(key, empty)
    valued = spans.select("TraceId", "Timestamp", value=ibis.cases((own != "", own), else_=resource))
    valued = valued.filter(valued["value"] != "")
    traces = valued.group_by("TraceId").agg(
        low=valued["value"].min(), high=valued["value"].max(), first=seconds(valued.Timestamp.min())
    )
    pure = traces.filter(traces.low == traces.high)
    counted = pure.group_by("low").agg(traces=pure.count(), first=pure["first"].min())
    found = rows(counted.order_by("first"))
    old, new = _two([row["low"] for row in found], key, chosen)
    told = [row for row in found if row["low"] in (old, new)]
    (whole,) = rows(spans.aggregate(traces=spans.TraceId.nunique()))
    left = whole["traces"] - sum(row["traces"] for row in told)
    sides = [spans.semi_join(pure.filter(pure.low == value), "TraceId") for value in (old, new)]
    notes = [f"{key} tells the sides apart, and is not compared."]
    if left:
        notes.append(f"{left:,} traces have neither value of {key} alone and are left out.")
    return Split(sides[0], sides[1], (f"{key}={old}", f"{key}={new}"), key, tuple(notes))


def _two(values: Sequence[str], key: str, chosen: Sequence[str]) -> tuple[str, str]:
    """Return the values of both sides: the chosen ones, or the only two, the one seen first as the before."""
    wanted = chosen or values
    if chosen and (absent := [value for value in chosen if value not in values]):
        raise PopulationError(f"No trace has {key}={absent[0]} alone: {_listed(values, key)}.")
    if len(wanted) != 2:
        raise PopulationError(
            f"{_listed(values, key)}. Name two of them: --split '{key}=OLD,NEW'."
            if values
            else f"No span has the attribute {key}: --split needs a key that spans or resources have."
        )
    return wanted[0], wanted[1]


def _listed(values: Sequence[str], key: str) -> str:
    shown = ", ".join(map(str, values[:_MOST_NAMED])) + (", ..." if len(values) > _MOST_NAMED else "")
    return f"{key} has {len(values)} value{'' if len(values) == 1 else 's'} ({shown})"
