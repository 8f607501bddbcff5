"""The spans of one trace: which one is below which, with doubled ids and with circles."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from ot2otel.compare.facts import Content, literal

SpanId: TypeAlias = tuple[str, str]  # trace id and span id


class SpanRow(NamedTuple):
    """A span until its trace is complete; `links` are the ids of their targets."""

    span_id: str
    parent_id: str
    start_ns: int
    end_ns: int
    content: Content
    links: tuple[SpanId, ...]


class Placement(NamedTuple):
    """The rows of one trace, each by its number in their list.

    `first` is the first row of each span id, `above` the parent of each row, -1 for a root. All rows are in
    `order`, parents first. Each circle is cut: `cycles` is their number.
    """

    first: dict[str, int]
    above: list[int]
    children: list[list[int]]
    roots: list[int]
    order: list[int]
    cycles: int = 0


def placement_of(rows: list[SpanRow]) -> Placement:
    """Sort the rows of one trace by their times, and return their placement.

    It does not depend on the order in which they are given. An orphan is a root, and so is the first span of
    a circle. The children of a doubled id are those of the first span that has it.
    """
    if len(rows) > 1:
        sort(rows)
    placement = _placed(rows)
    return placement if len(placement.order) == len(rows) else _with_circles_cut(placement)


def sort(rows: list[SpanRow]) -> None:
    """Sort rows by their start, and of two that start in the same tick take the longer one for the outer one.

    Those with the same times are in the order of what they say, and then of their ids.
    """
    rows.sort(key=_END, reverse=True)
    rows.sort(key=_START)
    if len(set(map(_TIMES, rows))) < len(rows):
        rows[:] = [row for _, tied in groupby(rows, key=_TIMES) for row in _by_facts(list(tied))]


def ranks_of(rows: Sequence[SpanRow]) -> list[int]:
    """Return a number for each of these siblings, which are in the order of their start.

    A sibling that starts when all before it have ended has a higher number than they. Of two that start in
    the same tick of the clock nobody knows which one was first.
    """
    found: list[int] = []
    rank, start, end = 0, rows[0].start_ns, rows[0].start_ns
    for row in rows:
        if row.start_ns >= end and row.start_ns > start:
            rank += 1
        start, end = row.start_ns, max(end, row.end_ns)
        found.append(rank)
    return found


_START, _END, _TIMES = attrgetter("start_ns"), attrgetter("end_ns"), attrgetter("start_ns", "end_ns")


def _by_facts(rows: list[SpanRow]) -> list[SpanRow]:
    if len(rows) > 1:
        rows.sort(key=lambda row: (row.parent_id, row.span_id, row.links))
        if len({row.content for row in rows}) > 1:
            rows.sort(key=lambda row: [(str(place), literal(value)) for place, value in row.content.facts()])
    return rows


def _placed(rows: Sequence[SpanRow]) -> Placement:
    """Return the placement of sorted rows; what is in a circle, or below one, is missing in the order."""
    first: dict[str, int] = {}
    for number, row in enumerate(rows):
        first.setdefault(row.span_id, number)
    above = [first.get(row.parent_id, -1) if row.parent_id else -1 for row in rows]
    children: list[list[int]] = [[] for _ in rows]
    roots: list[int] = []
    for number, parent in enumerate(above):
        (roots if parent < 0 else children[parent]).append(number)
    return Placement(first, above, children, roots, _parents_first(roots, children))


def _parents_first(roots: Sequence[int], children: Sequence[Sequence[int]]) -> list[int]:
    order = []
    pending = list(reversed(roots))
    while pending:
        number = pending.pop()
        order.append(number)
        pending.extend(children[number])
    return order


def _with_circles_cut(placement: Placement) -> Placement:
    """Cut each circle at its first span, and change the placement's lists."""
    _, above, children, roots, order, cycles = placement
    seen = set(order)
    for number in range(len(above)):
        if number in seen:
            continue
        cycles += 1
        root = min(_circle(number, above))
        children[above[root]].remove(root)
        above[root] = -1
        roots.append(root)
        below = _parents_first([root], children)
        seen.update(below)
        order += below
    return placement._replace(cycles=cycles)


def _circle(number: int, above: Sequence[int]) -> list[int]:
    """Return the spans of the circle that this one is in, or is below."""
    steps: dict[int, int] = {}
    while number not in steps:
        steps[number] = len(steps)
        number = above[number]
    return list(steps)[steps[number] :]
