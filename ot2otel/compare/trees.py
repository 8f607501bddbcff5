"""The trees of the two sides beside each other, for people: alike ones once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ot2otel.compare.comparison import Times, TraceIds
from ot2otel.compare.forms import Node
from ot2otel.compare.span_pairs import SpanPairs
from ot2otel.model import Kind, StatusCode

# Distinct pairs of traces beyond this are not laid side by side.
_MOST_TREES = 20_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A span in a tree."""

    service: str
    name: str
    kind: Kind
    status: StatusCode


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A span of the before beside its counterpart, None on a side without one; a root has depth 0."""

    depth: int
    before: Cell | None
    after: Cell | None


@dataclass(frozen=True, slots=True)
class TreePair:
    """Two traces side by side; `times` as many pairs look like this. Parents come before their children."""

    rows: tuple[TreeRow, ...]
    times: int
    examples: tuple[TraceIds, ...]


def tree_pairs(trees: Iterable[tuple[SpanPairs, Times]]) -> tuple[TreePair, ...]:
    """Return the pairs of traces, in the order of the before's start; those with equal cells once."""
    found: dict[tuple[TreeRow, ...], Times] = {}
    for number, (pairs, times) in enumerate(trees):
        if number == _MOST_TREES:
            break
        rows = tuple(_rows(pairs))
        if rows not in found:
            found[rows] = Times()
        found[rows].add(times.count, times.examples)
    return tuple(TreePair(rows, times.count, tuple(times.examples)) for rows, times in found.items())


def _rows(pairs: SpanPairs) -> Iterator[TreeRow]:
    counterparts: dict[Node, list[Node]] = {}
    for old, new in reversed((*pairs.pairs, *pairs.moved)):
        counterparts.setdefault(old, []).append(new)
    extra = list(pairs.extra)
    shown: set[int] = set()
    for root in (old for old, _ in pairs.pairs if old.parent != "a child"):
        pending: list[tuple[int, Node | None, Node | None]] = [(0, root, None)]
        while pending:
            depth, old, new = pending.pop()
            if old is not None:
                waiting = counterparts.get(old)
                new = waiting.pop() if waiting else None
            yield TreeRow(depth, _cell(old), _cell(new))
            below: list[tuple[int, Node | None, Node | None]] = []
            if old is not None:
                below += [(depth + 1, child, None) for child in in_time(old)]
            for child in in_time(new) if new is not None else ():
                if child in extra and id(child) not in shown:
                    extra.remove(child)
                    below.append((depth + 1, None, child))
            pending.extend(reversed(below))
    for node in extra:
        yield TreeRow(0, None, _cell(node))


def _cell(node: Node | None) -> Cell | None:
    if node is None:
        return None
    content = node.content
    return Cell(content.service, content.name, content.kind, content.status)


def in_time(node: Node) -> Sequence[Node]:
    """Return the children in the order in which they ran, as far as it is known."""
    if not node.ranks:
        return node.children
    ranked = sorted(
        zip(node.ranks, range(len(node.children)), node.children, strict=True), key=lambda one: one[:2]
    )
    return [child for *_, child in ranked]
