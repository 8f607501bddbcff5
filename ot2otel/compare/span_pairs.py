"""Pairs the spans of two paired trees: from the roots down, and those that moved."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TypeAlias

from ot2otel.compare.forms import ORPHAN, Node
from ot2otel.compare.pairing import MOST_COMPARISONS, Round, bag, names_below, unlike

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

    `missing` and `extra` are trees of the same two traces that have no counterpart: their spans may have
    moved. A root that names an absent parent is no counterpart of a tree that has such a span further down.
    """
    found = SpanPairs()
    lost = _Lost(missing), _Lost(extra)
    counterparts = []
    for old, new in roots:
        if is_held(old, new) or is_held(new, old):
            lost[0].add((old,))
            lost[1].add((new,))
        else:
            counterparts.append((old, new))
    _pair_below(counterparts, rounds, found, lost)
    for old, new in _moved(*lost):
        found.moved.append((old, new))
        below = SpanPairs(ordered=found.ordered, reordered=found.reordered)
        _pair_below([(old, new)], rounds, below, lost)
        found.pairs += below.pairs[1:]
    found.missing, found.extra = (list(side.left()) for side in lost)
    return found


def is_held(orphan: Node, tree: Node) -> bool:
    """Tell whether a span whose parent is absent has spans of its service and name further down in a tree."""
    return orphan.parent == ORPHAN and _node_name(orphan) in names_below(tree)


def _pair_below(
    pending: list[NodePair], rounds: Sequence[Round], found: SpanPairs, lost: tuple[_Lost, _Lost]
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
            lost[0].add(old.children)
            lost[1].add(new.children)


@dataclass(slots=True, eq=False)
class _Place:
    """A span without a counterpart so far, at one place: a node may stand at several."""

    node: Node
    depth: int
    children: list[_Place] = field(default_factory=list)
    taken: bool = False

    def walk(self) -> Iterator[_Place]:
        pending = [self]
        while pending:
            place = pending.pop()
            yield place
            pending.extend(reversed(place.children))


class _Lost:
    """The trees of one side without a counterpart so far."""

    def __init__(self, trees: Iterable[Node]) -> None:
        self._trees: list[_Place] = []
        self._waiting: list[tuple[int, int, _Place]] = []
        self._by_name: dict[tuple[str, str], deque[_Place]] = defaultdict(deque)
        # How many places have a span of this service and name.
        self.names: Counter[tuple[str, str]] = Counter()
        self._added = 0
        self.add(trees)

    def add(self, trees: Iterable[Node]) -> None:
        """Add trees with all their spans."""
        for tree in trees:
            root = _Place(tree, 0)
            self._trees.append(root)
            pending = [root]
            while pending:
                place = pending.pop()
                self._added += 1
                heappush(self._waiting, (place.depth, self._added, place))
                self._by_name[_node_name(place.node)].append(place)
                self.names[_node_name(place.node)] += 1
                place.children = [_Place(child, place.depth + 1) for child in place.node.children]
                pending.extend(reversed(place.children))

    def highest(self) -> _Place | None:
        """Return the highest place that was not returned before, None if there is none."""
        while self._waiting:
            *_, place = heappop(self._waiting)
            if not place.taken:
                return place
        return None

    def candidates(self, name: tuple[str, str]) -> list[_Place]:
        """Return the first places of spans with this service and name."""
        places = self._by_name.get(name)
        if not places:
            return []
        found: list[_Place] = []
        for _ in range(len(places)):
            if len(found) == _MOST_CANDIDATES:
                break
            place = places.popleft()
            if not place.taken:
                found.append(place)
        places.extendleft(reversed(found))
        return found

    def take(self, place: _Place) -> None:
        """Take a place with all below it."""
        for below in place.walk():
            self.names[_node_name(below.node)] -= not below.taken
            below.taken = True

    def left(self) -> Iterator[Node]:
        """Yield the spans that were not taken."""
        return (place.node for tree in self._trees for place in tree.walk() if not place.taken)


# A moved span is compared with so many at most, by so many spans of its tree.
_MOST_CANDIDATES = 20
_MOST_SPANS = 200


def _moved(missing: _Lost, extra: _Lost) -> Iterator[NodePair]:
    """Yield spans of one service and name, the highest ones of the before first; of several the likest."""
    while (old := missing.highest()) is not None:
        candidates = extra.candidates(_node_name(old.node))
        if not candidates:
            continue
        new = next((place for place in candidates if place.node is old.node), None)
        if new is None:
            contents = bag((old.node,), _MOST_SPANS)
            new = min(candidates, key=lambda place: unlike(contents, bag((place.node,), _MOST_SPANS)))
        missing.take(old)
        extra.take(new)
        yield old.node, new.node


def _pair_children(
    olds: Sequence[Node], news: Sequence[Node], rounds: Sequence[Round], lost: tuple[_Lost, _Lost]
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
        gone, come = (side.names for side in lost)
        stay = ([n for n in left if come[_node_name(n)]], [n for n in right if gone[_node_name(n)]])
        left = [node for node in left if not come[_node_name(node)]]
        right = [node for node in right if not gone[_node_name(node)]]
        for same_part in (_service, _name):
            left, right = _match_likest(left, right, same_part, pairs)
        left, right = [*left, *stay[0]], [*right, *stay[1]]
    lost[0].add(left)
    lost[1].add(right)
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
