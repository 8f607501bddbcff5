"""Finds the other part of a trace that one side has in two: a tree that another tree lacks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from ot2otel.compare.forms import Node, Trace
from ot2otel.compare.pairing import Round

_Name: TypeAlias = tuple[str, str]


class Tree(NamedTuple):
    """A tree without a counterpart, and its trace."""

    trace_id: str
    root: Node


class _Lack(NamedTuple):
    """A span that a tree of the trace `trace_id` lacks."""

    trace_id: str
    node: Node


def parts(
    pairs: Sequence[tuple[Trace, Trace]], trees: Sequence[Tree], rounds: Sequence[Round]
) -> tuple[dict[str, list[Node]], list[Tree]]:
    """Return the trees that are parts of other traces, by the id of that trace, and those that are none.

    `trees` are of one side; `pairs` have the trace of the other side first. A part begins with a span of a
    service and name that its trace lacks beside its counterpart; those with equal values come first.
    """
    found: dict[str, list[Node]] = defaultdict(list)
    left, lacks = list(trees), list(_lacks(pairs, {_name(tree.root) for tree in trees}))
    keys: list[Callable[[Node], Hashable]] = [_content, *map(_values, rounds[-1:]), _name]
    for key_of in keys:
        waiting: dict[Hashable, list[Tree]] = defaultdict(list)
        for tree in reversed(left):
            waiting[key_of(tree.root)].append(tree)
        still = []
        for lack in lacks:
            matching = waiting.get(key_of(lack.node))
            if matching:
                found[lack.trace_id].append(matching.pop().root)
            else:
                still.append(lack)
        lacks, left = still, [tree for each in waiting.values() for tree in reversed(each)]
    return found, left


def _lacks(pairs: Sequence[tuple[Trace, Trace]], wanted: set[_Name]) -> Iterator[_Lack]:
    """Yield the highest spans of these services and names that the second tree of a pair lacks."""
    if not wanted:
        return
    known: dict[object, list[Node]] = {}
    for there, here in pairs:
        key = there.roots, here.roots
        if key not in known:
            known[key] = list(_lacking(there, here, wanted))
        for node in known[key]:
            yield _Lack(here.trace_id, node)


def _lacking(there: Trace, here: Trace, wanted: set[_Name]) -> Iterator[Node]:
    names = [Counter(_name(node) for root in trace.roots for node in root.walk()) for trace in (there, here)]
    lacking = names[0] - names[1]
    pending = list(there.roots)
    while pending:
        node = pending.pop()
        name = _name(node)
        if name in wanted and lacking[name] > 0:
            lacking[name] -= 1
            yield node
        else:
            pending.extend(reversed(node.children))


def _content(node: Node) -> Hashable:
    return node.content


def _values(each: Round) -> Callable[[Node], Hashable]:
    return lambda node: (_name(node), each.content(node.content))


def _name(node: Node) -> _Name:
    return node.content.service, node.content.name
