"""Pairs the traces of two sides, and the spans of each pair, by content and never by the order of arrival.

It goes in rounds, each on what the round before left: equal trees; trees that are equal in the fields on
which both sides agree; the same without the tokens that only one side has; trees with such a root; the likest
of those left.
A round decides only which spans are compared. It explains no difference.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from typing import Any, TypeAlias

from ot2otel.compare.facts import Content, Place, Shape
from ot2otel.compare.forms import ORPHAN, Node, Side, Trace
from ot2otel.compare.pairing_fields import QUERY, fields_of
from ot2otel.compare.tokens import tokens

# A field tells spans apart if its values agree for this part of the spans, and as many spans have it.
_AGREE = 0.5
_AS_OFTEN = 0.8
# An unlike tree is compared with so many at most, by so many spans.
_FEW = 20
_MOST_SPANS = 200
# A value is rare if at most so many traces of a side have it.
_RARE = 8
_MOST_ROUNDS = 4
# Unlike trees are compared one by one up to so many pairs; above it their order of size and name decides.
MOST_COMPARISONS = 20_000

_Key: TypeAlias = Hashable
# A service, and the name of a field.
_Name: TypeAlias = tuple[str, Place]
_Roots: TypeAlias = tuple[Node, ...]
_KeyOf: TypeAlias = Callable[[Content], _Key]


@dataclass(slots=True)
class Pairing:
    """The traces side by side. `trees` are pairs of trees whose traces have no counterpart as a whole."""

    traces: list[tuple[Trace, Trace]] = field(default_factory=list)
    trees: list[tuple[Trace, Trace]] = field(default_factory=list)
    missing: list[Trace] = field(default_factory=list)
    extra: list[Trace] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    approximate: bool = False


class Round:
    """The keys of nodes in one round: equal keys have equal numbers, whole trees below them included."""

    def __init__(self, key_of: _KeyOf, *, deep: bool = True) -> None:
        self._key_of = key_of
        self._deep = deep
        self._contents: dict[Content, _Key] = {}
        self._nodes: dict[Node, int] = {}
        self._numbers: dict[_Key, int] = {}

    def number(self, node: Node) -> int:
        """Return the number of a node's key."""
        known = self._nodes.get(node)
        if known is not None:
            return known
        if self._deep and node.children:
            # Children first, and not recursive: a trace may be deeper than Python's stack.
            for below in reversed(list(node.walk())):
                if below not in self._nodes:
                    self._nodes[below] = self._number(below)
            return self._nodes[node]
        self._nodes[node] = self._number(node)
        return self._nodes[node]

    def trace(self, trace: Trace) -> _Key:
        """Return the key of a trace: those of its roots."""
        if len(trace.roots) == 1:
            return self.number(trace.roots[0])
        return tuple(sorted(map(self.number, trace.roots)))

    def content(self, content: Content) -> _Key:
        """Return the key of a span by itself."""
        key = self._contents.get(content)
        if key is None:
            key = self._contents[content] = self._key_of(content)
        return key

    def _number(self, node: Node) -> int:
        content = self.content(node.content)
        below: tuple[int, ...] = ()
        if self._deep and node.children:
            if len(node.children) == 1:
                below = (self._nodes[node.children[0]],)
            else:
                below = tuple(sorted([self._nodes[child] for child in node.children]))
        key = (content, below)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._numbers)
        return number


def pair_sides(before: Side, after: Side) -> Pairing:
    """Pair the traces of two sides; those left are `missing` and `extra`."""
    pairing = Pairing()
    olds, news = _pair_equal(before.traces, after.traces, pairing.traces)
    olds, news = _pair_in_rounds(olds, news, pairing, pairing.traces)
    if any(len(trace.roots) > 1 for trace in (*olds, *news)) or len(olds) != len(news):
        olds, news = list(_trees(olds)), list(_trees(news))
        olds, news = _pair_equal(olds, news, pairing.trees)
        olds, news = _pair_in_rounds(olds, news, pairing, pairing.trees)
    olds, news = _pair_likest(olds, news, pairing)
    pairing.missing += olds
    pairing.extra += news
    return pairing


def _trees(traces: Iterable[Trace]) -> Iterator[Trace]:
    for trace in traces:
        for root in trace.roots:
            yield trace._replace(roots=(root,)) if len(trace.roots) > 1 else trace


def _pair_equal(
    olds: Sequence[Trace], news: Sequence[Trace], pairs: list[tuple[Trace, Trace]]
) -> tuple[list[Trace], list[Trace]]:
    return _pair_by(olds, news, lambda trace: trace.roots, pairs)


def _pair_by(
    olds: Iterable[Trace],
    news: Iterable[Trace],
    key_of: Callable[[Trace], _Key],
    pairs: list[tuple[Trace, Trace]],
) -> tuple[list[Trace], list[Trace]]:
    """Pair the traces with equal keys; return those that are left on each side."""
    waiting: dict[_Key, list[Trace]] = defaultdict(list)
    for new in news:
        waiting[key_of(new)].append(new)
    for found in waiting.values():
        found.reverse()
    left = []
    for old in olds:
        matching = waiting.get(key_of(old))
        if matching:
            pairs.append((old, matching.pop()))
        else:
            left.append(old)
    return left, [new for found in waiting.values() for new in reversed(found)]


def _pair_in_rounds(
    olds: list[Trace], news: list[Trace], pairing: Pairing, pairs: list[tuple[Trace, Trace]]
) -> tuple[list[Trace], list[Trace]]:
    for _ in range(_MOST_ROUNDS):
        if not olds or not news:
            break
        agreement = _Agreement(olds, news)
        paired = len(pairs)
        for key_of in (agreement.values, agreement.masked):
            chosen = Round(key_of)
            pairing.rounds.append(chosen)
            olds, news = _pair_by(olds, news, chosen.trace, pairs)
            if len(pairs) > paired:
                break
        else:
            break
    return olds, news


def _pair_likest(olds: list[Trace], news: list[Trace], pairing: Pairing) -> tuple[list[Trace], list[Trace]]:
    """Pair unlike trees: with such a root, then of such services and names, then of the root's service."""
    if not olds or not news:
        return olds, news
    agreement = _Agreement(olds, news)
    by_root, by_names = Round(agreement.values, deep=False), Round(_service_and_name)
    for key_of in (by_root.trace, by_names.trace, _root_name, _root_service, _anything):
        if key_of is _root_service:
            olds, news = _pair_with_holders(olds, news, pairing)
            olds, news = _without_parts(0, olds, pairing), _without_parts(1, news, pairing)
        groups: dict[_Key, tuple[list[Trace], list[Trace]]] = defaultdict(lambda: ([], []))
        for side, traces in enumerate((olds, news)):
            for trace in traces:
                groups[key_of(trace)][side].append(trace)
        olds, news = [], []
        for left, right in groups.values():
            rest = _likest(left, right, pairing) if left and right else (left, right)
            olds += rest[0]
            news += rest[1]
    return olds, news


def _pair_with_holders(
    olds: list[Trace], news: list[Trace], pairing: Pairing
) -> tuple[list[Trace], list[Trace]]:
    """Pair trees whose root names an absent parent with trees that have such a span further down.

    If the trace of such a tree has a counterpart which has the span, the tree is missing or extra there.
    """
    sides = [olds, news]
    for side, waiting in enumerate((pairing.missing, pairing.extra)):
        holders, holding = sides[1 - side], _Holding(pairing, side)
        by_name: dict[_Key, list[int]] = defaultdict(list)
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
            elif free := list(islice((i for i in by_name.get(_node_name(root), ()) if i not in taken), _FEW)):
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


def _without_parts(side: int, trees: list[Trace], pairing: Pairing) -> list[Trace]:
    """Take out trees that are a part of a paired trace on the other side; they are missing or extra there."""
    keys: list[Callable[[Node], _Key]] = [*(each.number for each in pairing.rounds[:1]), _node_name]
    larger = [(pair[side], pair[1 - side]) for pair in pairing.trees if pair[side].size < pair[1 - side].size]
    waiting = (pairing.missing, pairing.extra)[side]
    for key_of in keys:
        wholes: dict[_Key, list[str]] = defaultdict(list)
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
        self._names: dict[str, set[_Key]] = defaultdict(set)
        self._pairs = [pair[:: 1 - 2 * side] for pair in pairing.trees]

    def add(self, tree: Trace, counterpart: Trace) -> None:
        self._names[tree.trace_id].update(names_below(counterpart.roots[0]))

    def has(self, tree: Trace) -> bool:
        """Tell whether the counterpart of a tree's trace has a span like its root."""
        for pair in self._pairs:
            self.add(*pair)
        self._pairs = []
        return _node_name(tree.roots[0]) in self._names.get(tree.trace_id, ())


def _node_name(node: Node) -> _Key:
    return node.content.service, node.content.name


def names_below(root: Node) -> set[_Key]:
    """Return the services and names of the spans below a root, but not its own."""
    return {_node_name(node) for node in root.walk()} - {_node_name(root)}


def _likest(olds: list[Trace], news: list[Trace], pairing: Pairing) -> tuple[list[Trace], list[Trace]]:
    """Pair the traces of a group, those with the most in common first."""
    if _forms(olds) * _forms(news) > MOST_COMPARISONS:
        olds, news = _by_rare_values(olds, news, pairing)
    if _forms(olds) * _forms(news) > MOST_COMPARISONS:
        pairing.approximate = True
        return _zip(sorted(olds, key=_sortable), sorted(news, key=_sortable), pairing)
    by_form: tuple[dict[_Roots, list[Trace]], dict[_Roots, list[Trace]]] = ({}, {})
    for side, traces in zip(by_form, (olds, news), strict=True):
        for trace in reversed(traces):
            side.setdefault(trace.roots, []).append(trace)
    bags = [{roots: bag(roots) for roots in side} for side in by_form]
    ranked = sorted(
        (
            (unlike(bags[0][old], bags[1][new]), i, j, old, new)
            for i, old in enumerate(by_form[0])
            for j, new in enumerate(by_form[1])
        ),
        key=lambda entry: entry[:3],
    )
    for *_, old, new in ranked:
        left, right = by_form[0][old], by_form[1][new]
        while left and right:
            pairing.trees.append((left.pop(), right.pop()))
    rest = [[trace for traces in side.values() for trace in traces] for side in by_form]
    return rest[0], rest[1]


def _forms(traces: Iterable[Trace]) -> int:
    return len({trace.roots for trace in traces})


def _by_rare_values(
    olds: list[Trace], news: list[Trace], pairing: Pairing
) -> tuple[list[Trace], list[Trace]]:
    """Pair the traces that share the most rare values, such as ids of requests; return those left."""
    holders: list[dict[object, list[int]]] = []
    for traces in (olds, news):
        side: dict[object, list[int]] = defaultdict(list)
        for number, trace in enumerate(traces):
            for value in bag(trace.roots):
                side[value].append(number)
        holders.append(side)
    shared: Counter[tuple[int, int]] = Counter()
    for value, left in holders[0].items():
        right = holders[1].get(value, ())
        if len(left) <= _RARE and 0 < len(right) <= _RARE:
            shared.update((i, j) for i in left for j in right)
    taken: tuple[set[int], set[int]] = (set(), set())
    for (i, j), _ in sorted(shared.items(), key=lambda entry: (-entry[1], entry[0])):
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            pairing.trees.append((olds[i], news[j]))
    return (
        [old for i, old in enumerate(olds) if i not in taken[0]],
        [new for j, new in enumerate(news) if j not in taken[1]],
    )


def _zip(olds: list[Trace], news: list[Trace], pairing: Pairing) -> tuple[list[Trace], list[Trace]]:
    shorter = min(len(olds), len(news))
    pairing.trees += zip(olds[:shorter], news[:shorter], strict=True)
    return olds[shorter:], news[shorter:]


def _sortable(trace: Trace) -> tuple[object, ...]:
    root = trace.roots[0]
    return root.content.service, root.content.name, trace.size, [repr(v) for v in root.content.values]


def bag(roots: tuple[Node, ...], most: int | None = None) -> Counter[object]:
    """Count what a tree consists of: spans by service and name, and their values, under any key.

    Of a tree with more than `most` spans the first ones count.
    """
    bag: Counter[object] = Counter()
    for root in roots:
        for node in islice(root.walk(), most):
            content = node.content
            bag["span", content.service] += 1
            bag["name", content.name] += 1
            bag.update(
                (each.name, value) for each in fields_of(content.shape) for value in each.values((content,))
            )
    return bag


def unlike(one: Counter[object], other: Counter[object]) -> int:
    """Return how many parts of two trees differ."""
    return ((one - other) + (other - one)).total()


def _service_and_name(content: Content) -> _Key:
    return content.service, content.name


def _root_name(trace: Trace) -> _Key:
    return tuple(sorted((root.content.service, root.content.name) for root in trace.roots))


def _root_service(trace: Trace) -> _Key:
    return tuple(sorted(root.content.service for root in trace.roots))


def _anything(trace: Trace) -> _Key:
    return None


class _Agreement:
    """The fields on whose values the two sides mostly agree, per service."""

    def __init__(self, olds: Iterable[Trace], news: Iterable[Trace]) -> None:
        sides = [_contents(traces) for traces in (olds, news)]
        services = [{content.service for content in side} for side in sides]
        self._common = services[0] & services[1]
        counted = [self._counted(side) for side in sides]
        spans = [self._spans(side) for side in sides]
        both = counted[0].keys() & counted[1].keys()
        self._agreed = {
            name
            for name in both
            if _overlap(counted[0][name], counted[1][name])
            and _as_often(
                *(values[name].total() / of[name[0]] for values, of in zip(counted, spans, strict=True))
            )
        }
        # Tokens that both sides have; without the others a field that never agrees still tells spans apart.
        self._tokens = {
            name: _token_set(counted[0][name]) & _token_set(counted[1][name]) for name in both - self._agreed
        }
        # All values of an event have one name: those of one side alone, as a text with a time, are left out.
        self._shared = {
            name: counted[0][name].keys() & counted[1][name].keys()
            for name in self._agreed
            if name[1][0] in ("event", "link")
        }
        self._keys: dict[tuple[Shape, str], _ShapeKey] = {}

    def _counted(self, side: Counter[Content]) -> dict[_Name, Counter[Any]]:  # Any: values of facts
        counted: dict[_Name, Counter[Any]] = defaultdict(Counter)  # Any: values of facts
        by_shape: dict[tuple[Shape, str], list[Content]] = defaultdict(list)
        for content in side:
            by_shape[content.shape, self._service(content)].append(content)
        for (shape, service), contents in by_shape.items():
            repeated = any(side[content] > 1 for content in contents)
            for each in fields_of(shape):
                values = each.values(contents)
                if not repeated:
                    counted[service, each.name].update(values)
                    continue
                counter = counted[service, each.name]
                for content, value in zip(contents, values, strict=True):
                    counter[value] += side[content]
        return counted

    def _spans(self, side: Counter[Content]) -> Counter[str]:
        spans: Counter[str] = Counter()
        for content, times in side.items():
            spans[self._service(content)] += times
        return spans

    def _service(self, content: Content) -> str:
        return content.service if content.service in self._common else ""

    def values(self, content: Content) -> _Key:
        """Return the values of a span on which both sides agree."""
        return self._key(content).values(content)

    def masked(self, content: Content) -> _Key:
        """Return the same, and of the other values the tokens that both sides have."""
        return self._key(content).masked(content)

    def _key(self, content: Content) -> _ShapeKey:
        service = self._service(content)
        key = self._keys.get((content.shape, service))
        if key is None:
            key = self._keys[content.shape, service] = _ShapeKey(
                service, content.shape, self._agreed, self._tokens, self._shared
            )
        return key


class _ShapeKey:
    """Makes the pairing keys of the spans of one shape and service."""

    def __init__(
        self,
        service: str,
        shape: Shape,
        agreed: set[_Name],
        known: dict[_Name, set[str]],
        shared: dict[_Name, set[Any]],
    ) -> None:  # Any: values of facts
        fields = fields_of(shape)
        several = Counter(each.name for each in fields)
        chosen = [each for each in fields if (service, each.name) in agreed]
        single = {each.name for each in chosen if several[each.name] == 1} - {QUERY} - {n for _, n in shared}
        self._single = [each for each in chosen if each.name in single]
        self._several = [
            (each, shared.get((service, each.name))) for each in chosen if each.name not in single
        ]
        self._tokens = [(each, known[service, each.name]) for each in fields if (service, each.name) in known]
        self._head = (service, tuple(each.name for each in self._single))
        self._plain = all(each.part is None for each in self._single) and not self._several
        indexes = [each.index for each in self._single]
        self._get = itemgetter(*indexes) if len(indexes) > 1 else None

    def values(self, content: Content) -> _Key:
        values = content.values
        if self._plain and self._get:
            return self._head, self._get(values), frozenset()
        single = tuple(
            [
                values[each.index] if each.part is None else each.part(values[each.index])
                for each in self._single
            ]
        )
        several = []
        for each, shared in self._several:
            (value,) = each.values((content,))
            # A part that is empty says nothing, as one that is absent.
            if value != "" and (shared is None or value in shared):
                several.append((each.name, value))
        return self._head, single, frozenset(several)

    def masked(self, content: Content) -> _Key:
        masked = []
        for each, known in self._tokens:
            value = content.values[each.index]
            value = value if each.part is None else each.part(value)
            if isinstance(value, str):
                masked.append((each.name, tuple(token for token in tokens(value) if token in known)))
        return self.values(content), frozenset(masked)


def _contents(traces: Iterable[Trace]) -> Counter[Content]:
    counts: Counter[Content] = Counter()
    shared: Counter[Node] = Counter(root for trace in traces for root in trace.roots)
    for root, times in shared.items():
        for node in root.walk():
            counts[node.content] += times
    return counts


def _overlap(one: Counter[Any], other: Counter[Any]) -> bool:  # Any: values of facts
    fewer, more = sorted((one, other), key=len)
    shared = sum(min(times, more[value]) for value, times in fewer.items())
    return shared >= _AGREE * min(one.total(), other.total())


def _as_often(one: float, other: float) -> bool:
    """Tell whether a field that so many of the spans have on each side is one of the same spans."""
    return min(one, other) >= _AS_OFTEN * max(one, other)


def _token_set(values: Iterable[Any]) -> set[str]:  # Any: values of facts
    return {token for value in values if isinstance(value, str) for token in tokens(value)}
