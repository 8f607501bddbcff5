"""The trees of the two sides beside each other, for people: alike ones once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from ot2otel.compare.forms import CHILD, Node
from ot2otel.compare.pairing import SpanPairs
from ot2otel.compare.rows import Times, TraceIds
from ot2otel.model import Kind, StatusCode

_Times = TypeVar("_Times", bound=Times)


@dataclass(frozen=True, slots=True)
class Cell:
    """A span in a tree."""

    service: str
    name: str
    kind: Kind
    status: StatusCode


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A span of the before beside its counterpart, None on a side without one; a root has depth 0.

    A span that `moved` has its counterpart elsewhere in the after's tree.
    """

    depth: int
    before: Cell | None
    after: Cell | None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class TreePair:
    """Two traces side by side; `times` as many pairs look like this. Parents come before their children."""

    rows: tuple[TreeRow, ...]
    times: int
    examples: tuple[TraceIds, ...]


Rows: TypeAlias = tuple[TreeRow, ...]


def tree_pairs(trees: Iterable[tuple[SpanPairs, Times]]) -> tuple[TreePair, ...]:
    """Return the pairs of traces, in the order of the before's start; those with equal cells once."""
    found = []
    for rows, group in alike(trees).items():
        times = Times()
        for _, each in group:
            times.add(each.count, each.examples)
        found.append(TreePair(rows, times.count, tuple(times.examples)))
    return tuple(found)


def alike(
    trees: Iterable[tuple[SpanPairs, _Times]],
) -> Mapping[Rows, Sequence[tuple[SpanPairs, _Times]]]:
    """Group the pairs of traces by their rows, in the order of the before's start."""
    found: dict[Rows, list[tuple[SpanPairs, _Times]]] = {}
    # The same lists by a key that is hashed faster than rows.
    known: dict[object, list[tuple[SpanPairs, _Times]]] = {}
    cells: dict[object, int] = {}
    for pairs, times in trees:
        key = None if pairs.moved or pairs.missing or pairs.extra else _outline(pairs, cells)
        group = known.get(key) if key else None
        if group is None:
            group = found.setdefault(tuple(_rows(pairs)), [])
            if key:
                known[key] = group
        group.append((pairs, times))
    return found


def _outline(pairs: SpanPairs, cells: dict[object, int]) -> object:
    """Return a key: trees in which every span has a counterpart look the same if it is equal.

    It has a number for each cell.
    """
    key: list[object] = []
    for old, new in pairs.pairs:
        for node in (old, new):
            content = node.content
            # The name, the kind and the status come first.
            cell = (content.service, *content.values[:3])
            key.append(cells.setdefault(cell, len(cells)))
        key += (old.parent, len(old.children), old.ranks)
    return tuple(key)


def _rows(pairs: SpanPairs) -> Iterator[TreeRow]:
    counterparts: dict[Node, list[tuple[Node, bool]]] = {}
    for moved, found in ((True, pairs.moved), (False, pairs.pairs)):
        for old, new in reversed(found):
            counterparts.setdefault(old, []).append((new, moved))
    extra = Counter(pairs.extra)
    olds = [*(old for old, _ in (*pairs.pairs, *pairs.moved)), *pairs.missing]
    roots: list[tuple[Node | None, Node | None]] = [(old, None) for old in olds if old.parent != CHILD]
    roots += [(None, new) for new in pairs.extra if new.parent != CHILD]
    for root in roots:
        pending: list[tuple[int, Node | None, Node | None]] = [(0, *root)]
        while pending:
            depth, one, other = pending.pop()
            moved = False
            if one is not None:
                waiting = counterparts.get(one)
                other, moved = waiting.pop() if waiting else (None, False)
            yield TreeRow(depth, _cell(one) if one else None, _cell(other) if other else None, moved)
            below: list[tuple[int, Node | None, Node | None]] = (
                [(depth + 1, child, None) for child in in_time(one)] if one else []
            )
            for child in in_time(other) if other else ():
                if extra[child] > 0:
                    extra[child] -= 1
                    below.append((depth + 1, None, child))
            pending.extend(reversed(below))


def _cell(node: Node) -> Cell:
    content = node.content
    return Cell(content.service, content.name, content.kind, content.status)


def in_time(node: Node) -> Sequence[Node]:
    """Return the children in the order in which they ran, as far as it is known."""
    if not node.ranks:
        return node.children
    return [node.children[place] for place in sorted(range(len(node.ranks)), key=node.ranks.__getitem__)]
