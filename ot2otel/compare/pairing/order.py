"""Tells whether children that ran one after the other did so in the same order on both sides."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence

from ot2otel.compare.forms import Node
from ot2otel.compare.pairing.outcome import NodePair


def is_reordered(old: Node, new: Node, pairs: Sequence[NodePair]) -> bool:
    """Tell whether two children that ran one after the other did so the other way round."""
    highest = reached = -1
    rank = None
    for before, after in sorted(_ranks_of_pairs(old, new, pairs)):
        if before != rank:
            rank, reached = before, highest
        if after < reached:
            return True
        highest = max(highest, after)
    return False


def _ranks_of_pairs(old: Node, new: Node, pairs: Sequence[NodePair]) -> Iterator[tuple[int, int]]:
    """Yield the ranks of paired children; of children that are equal the first ones go together."""
    ranks = _ranks(old), _ranks(new)
    afters: dict[Node, list[int]] = defaultdict(list)
    for one, other in sorted(pairs, key=lambda pair: ranks[0][pair[0]][0]):
        afters[one].append(ranks[1][other].popleft())
    return (pair for one, found in afters.items() for pair in zip(ranks[0][one], sorted(found), strict=False))


def _ranks(node: Node) -> dict[Node, deque[int]]:
    found: dict[Node, deque[int]] = defaultdict(deque)
    for child, rank in sorted(zip(node.children, node.ranks, strict=True), key=lambda entry: entry[1]):
        found[child].append(rank)
    return found
