"""Pairs the spans of two paired trees: from the roots down, and those that moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ot2otel.compare.forms import Node
from ot2otel.compare.pairing import MOST_COMPARISONS, Round, bag, unlike

_Key: TypeAlias = Hashable
NodePair: TypeAlias = tuple[Node, Node]


@dataclass(slots=True)
class SpanPairs:
    """The spans of two trees side by side.

    `moved` are pairs as well, under parents that are no pair. `ordered` and `reordered` are pairs of parents
    whose children ran strictly one after the other on both sides, in the same order and in another one.
    """

    pairs: list[NodePair] = field(default_factory=list)
    moved: list[NodePair] = field(default_factory=list)
    missing: list[Node] = field(default_factory=list)
    extra: list[Node] = field(default_factory=list)
    ordered: list[NodePair] = field(default_factory=list)
    reordered: list[NodePair] = field(default_factory=list)


def pair_spans(
    roots: Sequence[NodePair],
    rounds: Sequence[Round],
    missing: Sequence[Node] = (),
    extra: Sequence[Node] = (),
) -> SpanPairs:
    """Pair the spans below paired roots: children by the rounds of their traces, then by service or by name.

    `missing` and `extra` are trees of the same two traces that have no counterpart: their spans may have moved.
    """
    found = SpanPairs()
    lost: tuple[list[Node], list[Node]] = (list(missing), list(extra))
    _pair_below(list(roots), rounds, found, lost)
    while lost[0] and lost[1]:
        moved = _moved(*lost)
        if not moved:
            break
        old, new = moved
        _take_out(lost[0], old)
        _take_out(lost[1], new)
        found.moved.append((old, new))
        _pair_children_of(old, new, rounds, found, lost)
    for nodes, spans in ((lost[0], found.missing), (lost[1], found.extra)):
        spans.extend(below for node in nodes for below in node.walk())
    return found


def _pair_below(
    pending: list[NodePair], rounds: Sequence[Round], found: SpanPairs, lost: tuple[list[Node], list[Node]]
) -> None:
    while pending:
        old, new = pending.pop()
        found.pairs.append((old, new))
        if old.children and new.children:
            pairs = _pair_children(old.children, new.children, rounds, lost)
            if old.ranks and new.ranks:
                (found.reordered if _is_reordered(old, new, pairs) else found.ordered).append((old, new))
            pending += pairs
        else:
            lost[0].extend(old.children)
            lost[1].extend(new.children)


def _pair_children_of(
    old: Node, new: Node, rounds: Sequence[Round], found: SpanPairs, lost: tuple[list[Node], list[Node]]
) -> None:
    """Pair the spans below a pair that moved."""
    below = SpanPairs()
    _pair_below([(old, new)], rounds, below, lost)
    found.pairs += below.pairs[1:]
    found.ordered += below.ordered
    found.reordered += below.reordered


def _moved(missing: Sequence[Node], extra: Sequence[Node]) -> NodePair | None:
    """Return two spans of one service and name in these trees, the highest ones with the most in common."""
    olds = [(depth, node) for tree in missing for depth, node in _with_depth(tree)]
    news: dict[_Key, list[Node]] = defaultdict(list)
    for tree in extra:
        for _, node in _with_depth(tree):
            news[_node_name(node)].append(node)
    for _, old in sorted(olds, key=lambda entry: entry[0]):
        candidates = news.get(_node_name(old), ())
        if candidates:
            contents = bag((old,))
            return old, min(candidates[:_MOST_CANDIDATES], key=lambda new: unlike(contents, bag((new,))))
    return None


_MOST_CANDIDATES = 20


def _with_depth(tree: Node) -> list[tuple[int, Node]]:
    found, level, depth = [], [tree], 0
    while level:
        found += [(depth, node) for node in level]
        level = [child for node in level for child in node.children]
        depth += 1
    return found


def _take_out(trees: list[Node], wanted: Node) -> None:
    """Replace the tree that has this node by its parts without the node and all below it."""
    for index, tree in enumerate(trees):
        path = _path_to(tree, wanted)
        if path is None:
            continue
        if len(path) == 1:
            del trees[index]
            return
        # The spans on the path stay missing or extra themselves; so do their other children.
        trees[index : index + 1] = [_alone(node) for node in path[:-1]] + [
            child for node, below in zip(path, path[1:], strict=False) for child in _others(node, below)
        ]
        return


def _others(node: Node, child: Node) -> list[Node]:
    others = list(node.children)
    others.remove(child)
    return others


def _alone(node: Node) -> Node:
    return Node(node.content, node.parent, (), (), node.number)


def _path_to(tree: Node, wanted: Node) -> list[Node] | None:
    above: dict[int, Node | None] = {id(tree): None}
    nodes = {id(tree): tree}
    pending = [tree]
    while pending:
        node = pending.pop()
        if node is wanted:
            path = [node]
            parent = above[id(node)]
            while parent is not None:
                path.append(parent)
                parent = above[id(parent)]
            return path[::-1]
        for child in node.children:
            above[id(child)], nodes[id(child)] = node, child
            pending.append(child)
    return None


def _pair_children(
    olds: Sequence[Node], news: Sequence[Node], rounds: Sequence[Round], lost: tuple[list[Node], list[Node]]
) -> list[NodePair]:
    if olds == news:
        return list(zip(olds, news, strict=True))
    if len(olds) == len(news) == 1 and _node_name(olds[0]) == _node_name(news[0]):
        return [(olds[0], news[0])]
    pairs: list[NodePair] = []
    left, right = list(olds), list(news)
    keys: list[Callable[[Node], _Key]] = [lambda node: node, *(each.number for each in rounds)]
    for key_of in keys:
        left, right = _match(left, right, key_of, pairs)
        if not left or not right:
            break
    left, right = _match_likest(left, right, _node_name, pairs)
    if left and right:
        # A span was moved, not renamed, if the other side has lost one of its service and name.
        gone, come = (({_node_name(node) for tree in trees for node in tree.walk()}) for trees in lost)
        stay = ([n for n in left if _node_name(n) in come], [n for n in right if _node_name(n) in gone])
        left = [node for node in left if _node_name(node) not in come]
        right = [node for node in right if _node_name(node) not in gone]
        for same_part in (_service, _name):
            left, right = _match_likest(left, right, same_part, pairs)
        left, right = [*left, *stay[0]], [*right, *stay[1]]
    lost[0].extend(left)
    lost[1].extend(right)
    return pairs


def _node_name(node: Node) -> tuple[str, str]:
    return node.content.service, node.content.name


def _service(node: Node) -> _Key:
    return node.content.service


def _name(node: Node) -> _Key:
    return node.content.name


def _match(
    olds: list[Node], news: list[Node], key_of: Callable[[Node], _Key], pairs: list[NodePair]
) -> tuple[list[Node], list[Node]]:
    waiting: dict[_Key, list[Node]] = defaultdict(list)
    for new in reversed(news):
        waiting[key_of(new)].append(new)
    left = []
    for old in olds:
        found = waiting.get(key_of(old))
        if found:
            pairs.append((old, found.pop()))
        else:
            left.append(old)
    return left, [new for found in waiting.values() for new in reversed(found)]


def _match_likest(
    olds: list[Node], news: list[Node], key_of: Callable[[Node], _Key], pairs: list[NodePair]
) -> tuple[list[Node], list[Node]]:
    """Pair the nodes with equal keys, those with the most in common first."""
    if not olds or not news:
        return olds, news
    groups: dict[_Key, tuple[list[Node], list[Node]]] = defaultdict(lambda: ([], []))
    for side, nodes in enumerate((olds, news)):
        for node in nodes:
            groups[key_of(node)][side].append(node)
    rest: tuple[list[Node], list[Node]] = ([], [])
    for left, right in groups.values():
        chosen = _likest(left, right)
        pairs += [(left[i], right[j]) for i, j in chosen]
        taken = {i for i, _ in chosen}, {j for _, j in chosen}
        rest[0].extend(node for i, node in enumerate(left) if i not in taken[0])
        rest[1].extend(node for j, node in enumerate(right) if j not in taken[1])
    return rest


def _likest(left: Sequence[Node], right: Sequence[Node]) -> list[tuple[int, int]]:
    """Return pairs of indexes, the likest nodes first; above MOST_COMPARISONS in the order of the nodes."""
    if len(left) * len(right) > MOST_COMPARISONS or len(left) == len(right) == 1:
        return [(i, i) for i in range(min(len(left), len(right)))]
    bags = {node: bag((node,)) for node in {*left, *right}}
    ranked = sorted(
        (unlike(bags[old], bags[new]), i, j) for i, old in enumerate(left) for j, new in enumerate(right)
    )
    chosen: list[tuple[int, int]] = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for _, i, j in ranked:
        if i not in taken[0] and j not in taken[1]:
            chosen.append((i, j))
            taken[0].add(i)
            taken[1].add(j)
    return chosen


def _is_reordered(old: Node, new: Node, pairs: Sequence[NodePair]) -> bool:
    """Tell whether two children that ran one after the other did so the other way round."""
    ranks = [_ranks(old), _ranks(new)]
    both = sorted((ranks[0][one].pop(), ranks[1][other].pop()) for one, other in pairs)
    highest = reached = -1
    rank = None
    for before, after in both:
        if before != rank:
            rank, reached = before, highest
        if after < reached:
            return True
        highest = max(highest, after)
    return False


def _ranks(node: Node) -> dict[Node, list[int]]:
    found: dict[Node, list[int]] = defaultdict(list)
    for child, rank in sorted(zip(node.children, node.ranks, strict=True), key=lambda entry: -entry[1]):
        found[child].append(rank)
    return found
