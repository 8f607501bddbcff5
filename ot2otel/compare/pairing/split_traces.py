"""Pairs the parts of a trace that one side has in several trees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import islice

from ot2otel.compare.forms import ORPHAN, Node, Trace
from ot2otel.compare.pairing.likeness import bag, unlike
from ot2otel.compare.pairing.outcome import Pairing
from ot2otel.compare.pairing.rounds import Key

# A tree is compared with so many at most, by so many spans.
_FEW = 20
_MOST_SPANS = 200


def pair_with_holders(
    olds: list[Trace], news: list[Trace], pairing: Pairing
) -> tuple[list[Trace], list[Trace]]:
    """Pair trees whose root names an absent parent with trees that have such a span further down.

    If the trace of such a tree has a counterpart which has the span, the tree is missing or extra there.
    """
    sides = [olds, news]
    for side, waiting in enumerate((pairing.missing, pairing.extra)):
        holders, holding = sides[1 - side], _Holding(pairing, side)
        by_name: dict[Key, list[int]] = defaultdict(list)
        if any(tree.roots[0].parent == ORPHAN for tree in sides[side]):
            for index, holder in enumerate(holders):
                for name in names_below(holder.roots[0]):
                    by_name[name].append(index)
        taken: set[int] = set()
        left = []
        for tree in sides[side]:
            root = tree.roots[0]
            if root.parent != ORPHAN:
                left.append(tree)
            elif holding.has(tree):
                waiting.append(tree)
            elif free := list(islice((i for i in by_name.get(node_name(root), ()) if i not in taken), _FEW)):
                contents = bag(tree.roots, _MOST_SPANS)
                chosen = min(free, key=lambda i: unlike(contents, bag(holders[i].roots, _MOST_SPANS)))
                taken.add(chosen)
                pair = (tree, holders[chosen])
                pairing.trees.append(pair if side == 0 else pair[::-1])
                holding.add(*pair)
            else:
                left.append(tree)
        sides[side] = left
        sides[1 - side] = [holder for index, holder in enumerate(holders) if index not in taken]
    return sides[0], sides[1]


def without_parts(side: int, trees: list[Trace], pairing: Pairing) -> list[Trace]:
    """Take out trees that are a part of a paired trace on the other side; they are missing or extra there."""
    keys: list[Callable[[Node], Key]] = [*(each.number for each in pairing.rounds[:1]), node_name]
    larger = [(pair[side], pair[1 - side]) for pair in pairing.trees if pair[side].size < pair[1 - side].size]
    waiting = (pairing.missing, pairing.extra)[side]
    for key_of in keys:
        wholes: dict[Key, list[str]] = defaultdict(list)
        for mine, whole in reversed(larger if trees else []):
            for node in islice(whole.roots[0].walk(), 1, None):
                wholes[key_of(node)].append(mine.trace_id)
        left = []
        for tree in trees:
            found = wholes.get(key_of(tree.roots[0]))
            if found:
                waiting.append(tree._replace(trace_id=found.pop(), own_id=tree.trace_id))
            else:
                left.append(tree)
        trees = left
    return trees


class _Holding:
    """The services and names of the spans in the counterparts of traces, by the ids of these."""

    def __init__(self, pairing: Pairing, side: int) -> None:
        self._names: dict[str, set[Key]] = defaultdict(set)
        self._pairs = [pair[:: 1 - 2 * side] for pair in pairing.trees]

    def add(self, tree: Trace, counterpart: Trace) -> None:
        self._names[tree.trace_id].update(names_below(counterpart.roots[0]))

    def has(self, tree: Trace) -> bool:
        """Tell whether the counterpart of a tree's trace has a span like its root."""
        for pair in self._pairs:
            self.add(*pair)
        self._pairs = []
        return node_name(tree.roots[0]) in self._names.get(tree.trace_id, ())


def node_name(node: Node) -> tuple[str, str]:
    """Return the service and the name of a span."""
    return node.content.service, node.content.name


def names_below(root: Node) -> set[tuple[str, str]]:
    """Return the services and names of the spans below a root, but not its own."""
    return {node_name(node) for node in root.walk()} - {node_name(root)}
