"""Small forests written by hand: the names are nested as the spans are, ids and times are made up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from ot2otel.model import Span
from tests.support.fields import SpanFields

if TYPE_CHECKING:
    from typing_extensions import Unpack

_TICK_NS = 10_000  # well above the tolerance for clocks


@dataclass(frozen=True)
class Branch:
    name: str
    children: tuple[Branch, ...]
    fields: SpanFields


def branch(name: str, /, *children: Branch, service: str = "service", **fields: Unpack[SpanFields]) -> Branch:
    """Describe a span and those below it; `fields` are those of `Span`."""
    return Branch(name, children, SpanFields(resource={"service.name": service}) | fields)


def forest(*roots: Branch) -> tuple[Span, ...]:
    """Make the spans, parents first: a trace for each root, children one after the other in their parent."""
    ids, ticks = count(1), count(1)
    made: list[Span] = []

    def grow(branch: Branch, trace_id: str, parent_id: str) -> None:
        span_id, place, start_ns = f"{next(ids):016x}", len(made), next(ticks) * _TICK_NS
        for child in branch.children:
            grow(child, trace_id, span_id)
        end_ns = next(ticks) * _TICK_NS
        span = Span(trace_id, span_id, branch.name, parent_id, start_ns=start_ns, end_ns=end_ns)
        made.insert(place, replace(span, **branch.fields))

    for number, root in enumerate(roots, 1):
        grow(root, f"{number:032x}", "")
    return tuple(made)


def chain(depth: int) -> tuple[Span, ...]:
    """Make one trace in which each span is the only child of the previous one."""
    return tuple(
        Span("1" * 32, f"{n + 1:016x}", "step", f"{n:016x}" if n else "", start_ns=n, end_ns=2 * depth - n)
        for n in range(depth)
    )
