"""Pairs the spans of two paired trees: from the roots down, and those that moved."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ot2otel.compare.forms import ORPHAN, Node
from ot2otel.compare.pairing.likeness import MOST_COMPARISONS, bag, comparable, unlike
from ot2otel.compare.pairing.order import is_reordered
from ot2otel.compare.pairing.outcome import NodePair, SpanPairs
from ot2otel.compare.pairing.rounds import Key, Round
from ot2otel.compare.pairing.split_traces import names_below, node_name


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
    found = _Found()
    lost = _Lost(missing), _Lost(extra)
    counterparts = []
    for old, new in roots:
        if is_held(old, new) or is_held(new, old) or _are_deeper(old, new, rounds):
            lost[0].add((old,))
            lost[1].add((new,))
        else:
            counterparts.append((old, new))
    _pair_below(counterparts, rounds, found, lost)
    if lost[0].is_empty and lost[1].is_empty:
        return found.done()
    moved = []
    for places in _moved(lost, rounds):
        moved.append(places)
        _pair_places(*places, rounds, found, lost)
    for old_place, new_place in moved:
        # Their parents may have found each other later than they.
        stayed = old_place.is_under_the_counterpart_of(new_place)
        (found.pairs if stayed else found.moved).append((old_place.node, new_place.node))
    return found.done(tuple(lost[0].left()), tuple(lost[1].left()))


@dataclass(slots=True)
class _Found:
    """The pairs found so far."""

    pairs: list[NodePair] = field(default_factory=list)
    moved: list[NodePair] = field(default_factory=list)
    ordered: list[NodePair] = field(default_factory=list)
    reordered: list[NodePair] = field(default_factory=list)

    def done(self, missing: Sequence[Node] = (), extra: Sequence[Node] = ()) -> SpanPairs:
        """Return all that was found, and the spans that have no counterpart."""
        return SpanPairs(
            tuple(self.pairs), tuple(self.moved), missing, extra, tuple(self.ordered), tuple(self.reordered)
        )


def is_held(orphan: Node, tree: Node) -> bool:
    """Tell whether a span whose parent is absent has spans of its service and name further down in a tree."""
    return orphan.parent == ORPHAN and node_name(orphan) in names_below(tree)


def _pair_below(
    pending: list[NodePair], rounds: Sequence[Round], found: _Found, lost: tuple[_Lost, _Lost]
) -> None:
    while pending:
        old, new = pending.pop()
        found.pairs.append((old, new))
        if old.children and new.children:
            pairs, *left = _pair_children(old.children, new.children, rounds, lost)
            if left[0] or left[1]:
                parents = object()
                lost[0].add(left[0], parents)
                lost[1].add(left[1], parents)
            _tell_order(old, new, pairs, found)
            pending += pairs
        elif old.children or new.children:
            lost[0].add(old.children)
            lost[1].add(new.children)


def _tell_order(old: Node, new: Node, pairs: Sequence[NodePair], found: _Found) -> None:
    if old.ranks and new.ranks:
        (found.reordered if is_reordered(old, new, pairs) else found.ordered).append((old, new))


@dataclass(slots=True, eq=False)
class _Place:
    """A span without a counterpart so far, at one place: a node may stand at several."""

    node: Node
    depth: int
    # The place of its parent; of the root of a tree: the pair of its parent, None if it has none.
    under: _Place | object
    children: list[_Place] = field(default_factory=list)
    counterpart: _Place | None = None

    @property
    def taken(self) -> bool:
        return self.counterpart is not None

    def is_under_the_counterpart_of(self, other: _Place) -> bool:
        """Tell whether the parents of these two are a pair."""
        if isinstance(self.under, _Place):
            return self.under.taken and self.under.counterpart is other.under
        return self.under is not None and self.under is other.under

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
        # How many places have a span of this service and name.
        self.names: dict[tuple[str, str], int] = defaultdict(int)
        self.add(trees)

    def add(self, trees: Iterable[Node], parents: object = None) -> None:
        """Add trees with all their spans; `parents` are the pair of spans under which they are, if any."""
        for tree in trees:
            root = _Place(tree, 0, parents)
            self._trees.append(root)
            pending = [root]
            while pending:
                place = pending.pop()
                self.names[node_name(place.node)] += 1
                place.children = [_Place(child, place.depth + 1, place) for child in place.node.children]
                pending.extend(reversed(place.children))

    @property
    def is_empty(self) -> bool:
        """Tell whether every span has a counterpart."""
        return not self._trees

    def highest_first(self) -> list[_Place]:
        """Return all places, the highest in their trees first."""
        return sorted((place for tree in self._trees for place in tree.walk()), key=lambda place: place.depth)

    def take(self, place: _Place, counterpart: _Place) -> None:
        """Take a place, but none of those below it."""
        self.names[node_name(place.node)] -= 1
        place.counterpart = counterpart

    def left(self) -> Iterator[Node]:
        """Yield the spans that were not taken."""
        return (place.node for tree in self._trees for place in tree.walk() if not place.taken)


# A moved span is compared with so many at most, by so many spans of its tree.
_MOST_CANDIDATES = 20
_MOST_SPANS = 200


def _moved(lost: tuple[_Lost, _Lost], rounds: Sequence[Round]) -> Iterator[tuple[_Place, _Place]]:
    """Yield spans that moved: with equal trees, then with equal values, then of one service and name.

    Who asks takes them, and what is paired below them.
    """
    keys: list[Callable[[Node], Key]] = [each.number for each in rounds]
    keys += [*map(_content_key, rounds), node_name]
    olds, news = (side.highest_first() for side in lost)
    for key_of in keys if olds and news else ():
        waiting: dict[Key, deque[_Place]] = defaultdict(deque)
        for new in news:
            waiting[key_of(new.node)].append(new)
        for old in olds:
            candidates = [] if old.taken else _first_free(waiting.get(key_of(old.node)))
            if candidates:
                yield old, _likest_place(old, candidates)


def _pair_places(
    old: _Place, new: _Place, rounds: Sequence[Round], found: _Found, lost: tuple[_Lost, _Lost]
) -> None:
    """Take two places, and pair those below them that are not taken; those left stay as they are."""
    pending = [(old, new)]
    while pending:
        places = pending.pop()
        lost[0].take(*places)
        lost[1].take(*reversed(places))
        free = [[child for child in place.children if not child.taken] for place in places]
        if not all(free):
            continue
        nodes = [[child.node for child in children] for children in free]
        pairs, *_ = _pair_children(nodes[0], nodes[1], rounds, lost)
        if [len(children) for children in free] == [len(place.children) for place in places]:
            _tell_order(places[0].node, places[1].node, pairs, found)
        found.pairs += pairs
        by_node: list[dict[Node, list[_Place]]] = [defaultdict(list), defaultdict(list)]
        for side_places, children in zip(by_node, free, strict=True):
            for child in reversed(children):
                side_places[child.node].append(child)
        pending += [(by_node[0][one].pop(), by_node[1][other].pop()) for one, other in pairs]


def _first_free(places: deque[_Place] | None) -> list[_Place]:
    """Return the first places that are not taken; drop those that are."""
    found: list[_Place] = []
    while places and len(found) < _MOST_CANDIDATES:
        place = places.popleft()
        if not place.taken:
            found.append(place)
    if places is not None:
        places.extendleft(reversed(found))
    return found


def _likest_place(old: _Place, candidates: Sequence[_Place]) -> _Place:
    if len(candidates) == 1:
        return candidates[0]
    contents = bag((old.node,), _MOST_SPANS)
    return min(candidates, key=lambda place: unlike(contents, bag((place.node,), _MOST_SPANS)))


def _content_key(each: Round) -> Callable[[Node], Key]:
    return lambda node: each.content(node.content)


def _pair_children(
    olds: Sequence[Node], news: Sequence[Node], rounds: Sequence[Round], lost: tuple[_Lost, _Lost]
) -> tuple[list[NodePair], Sequence[Node], Sequence[Node]]:
    """Return the pairs, and the children on each side that have no counterpart here."""
    if olds == news:
        return list(zip(olds, news, strict=True)), (), ()
    if len(olds) == len(news) == 1 and node_name(olds[0]) == node_name(news[0]):
        if not _are_deeper(olds[0], news[0], rounds):
            return [(olds[0], news[0])], (), ()
        return [], olds, news
    pairs: list[NodePair] = []
    left, right = list(olds), list(news)
    keys: list[Callable[[Node], Key]] = [lambda node: node, *(each.number for each in rounds)]
    for key_of in keys:
        left, right = _match(left, right, key_of, pairs)
        if not left or not right:
            break
    for alike in (*map(_content_key, rounds), node_name):
        left, right = _match_likest(left, right, alike, pairs)
    if left and right:
        # A span was moved, not renamed, if the other side has one of its service and name further down, or
        # has lost one.
        below = [{node_name(child) for node in nodes for child in node.children} for nodes in (left, right)]
        gone, come = (side.names for side in lost)
        stay = (
            [node for node in left if come[node_name(node)] or node_name(node) in below[1]],
            [node for node in right if gone[node_name(node)] or node_name(node) in below[0]],
        )
        staying = [set(nodes) for nodes in stay]
        left = [node for node in left if node not in staying[0]]
        right = [node for node in right if node not in staying[1]]
        for same_part in (_service, _name):
            left, right = _match_likest(left, right, same_part, pairs)
        left, right = [*left, *stay[0]], [*right, *stay[1]]
    return pairs, left, right


def _are_deeper(one: Node, other: Node, rounds: Sequence[Round]) -> bool:
    """Tell whether one of two spans is rather a counterpart of a child of the other one."""
    return one.size != other.size and (_is_deeper(one, other, rounds) or _is_deeper(other, one, rounds))


def _is_deeper(node: Node, tree: Node, rounds: Sequence[Round]) -> bool:
    """Tell whether a span differs from the root of a tree, and is like one just below it."""
    if not rounds or tree.size <= node.size:
        return False
    key = rounds[0].content(node.content)
    return key != rounds[0].content(tree.content) and any(
        rounds[0].content(child.content) == key for child in islice(tree.children, _MOST_CANDIDATES)
    )


def _service(node: Node) -> Key:
    return node.content.service


def _name(node: Node) -> Key:
    return node.content.name


def _match(
    olds: list[Node], news: list[Node], key_of: Callable[[Node], Key], pairs: list[NodePair]
) -> tuple[list[Node], list[Node]]:
    waiting: dict[Key, list[int]] = defaultdict(list)
    for index in reversed(range(len(news))):
        waiting[key_of(news[index])].append(index)
    left = []
    taken = set()
    for old in olds:
        found = waiting.get(key_of(old))
        if found:
            taken.add(found[-1])
            pairs.append((old, news[found.pop()]))
        else:
            left.append(old)
    return left, [new for index, new in enumerate(news) if index not in taken]


def _match_likest(
    olds: list[Node], news: list[Node], key_of: Callable[[Node], Key], pairs: list[NodePair]
) -> tuple[list[Node], list[Node]]:
    """Pair the nodes with equal keys, those with the most in common first."""
    if not olds or not news:
        return olds, news
    groups: dict[Key, tuple[list[Node], list[Node]]] = defaultdict(lambda: ([], []))
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
    olds, news = dict.fromkeys(left), dict.fromkeys(right)
    bags = comparable([bag((node,)) for node in olds], [bag((node,)) for node in news])
    of_old, of_new = dict(zip(olds, bags[0], strict=True)), dict(zip(news, bags[1], strict=True))
    ranked = sorted(
        (unlike(of_old[old], of_new[new]), i, j) for i, old in enumerate(left) for j, new in enumerate(right)
    )
    chosen: list[tuple[int, int]] = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for _, i, j in ranked:
        if i not in taken[0] and j not in taken[1]:
            chosen.append((i, j))
            taken[0].add(i)
            taken[1].add(j)
    return chosen
