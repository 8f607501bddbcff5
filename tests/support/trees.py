"""Small forests written by hand: names nested as the spans are, ids and times made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from ot2otel.model import Span

_TICK_NS = 10_000  # well above the tolerance for clocks


@dataclass(frozen=True)
class Branch:
    name: str
    children: tuple[Branch, ...]
    fields: Mapping[str, Any]


def branch(name: str, *children: Branch, service: str = "service", **fields: Any) -> Branch:
    """Describe a span and those below it; `fields` are those of `Span`."""
    return Branch(name, children, {"resource": {"service.name": service}, **fields})


def forest(*roots: Branch) -> tuple[Span, ...]:
    """Make the spans, parents first: a trace for each root, children one after the other in their parent."""
    ids, ticks = count(1), count(1)
    made: list[Span] = []

    def grow(branch: Branch, trace_id: str, parent_id: str) -> None:
        span_id, place, start_ns = f"{next(ids):016x}", len(made), next(ticks) * _TICK_NS
        for child in branch.children:
            grow(child, trace_id, span_id)
        given = {"trace_id": trace_id, "span_id": span_id, "parent_id": parent_id}
        times = {"start_ns": start_ns, "end_ns": next(ticks) * _TICK_NS}
        made.insert(place, Span(name=branch.name, **(given | times | dict(branch.fields))))

    for number, root in enumerate(roots, 1):
        grow(root, f"{number:032x}", "")
    return tuple(made)


def chain(depth: int) -> tuple[Span, ...]:
    """Make one trace in which each span is the only child of the one before."""
    return tuple(
        Span("1" * 32, f"{n + 1:016x}", "step", f"{n:016x}" if n else "", start_ns=n, end_ns=2 * depth - n)
        for n in range(depth)
    )
