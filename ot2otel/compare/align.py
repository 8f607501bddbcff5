"""Finds the counterpart of each span in another forest: by structure, never by ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TypeAlias

from ot2otel.model import Node, Span, traces

# Larger groups of siblings with one name match by order alone, so that time and memory stay bounded.
_MOST_COMBINATIONS = 250_000

_Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A span and its position in the forest.

    `segment` is its part of the path: its name, followed by [N] if a sibling has the same name.
    """

    span: Span
    segment: str
    parent: Place | None = None
    depth: int = 0
    children: list[Place] = field(default_factory=list)

    @property
    def key(self) -> _Key:
        """Service and name, by which siblings are matched."""
        return self.span.service, self.span.name

    @property
    def path(self) -> str:
        """The segments from the root down to this place."""
        segments: list[str] = []
        place: Place | None = self
        while place:
            segments.append(place.segment)
            place = place.parent
        return " > ".join(reversed(segments))

    def walk(self) -> Iterator[Place]:
        """Yield this place and all its descendants, parents first."""
        pending = [self]
        while pending:
            place = pending.pop()
            yield place
            pending.extend(reversed(place.children))


@dataclass(frozen=True, slots=True)
class Alignment:
    """The pairs of places; a pair is `moved` if the two parents are not a pair themselves."""

    pairs: tuple[tuple[Place, Place], ...]
    moved: tuple[tuple[Place, Place], ...]
    missing: tuple[Place, ...]
    extra: tuple[Place, ...]


def places(spans: Iterable[Span]) -> list[Place]:
    """Return the roots of all traces in `spans`, in the order of their start."""
    top: list[Place] = []
    pending: list[tuple[Sequence[Node], Place | None]] = [
        ([root for trace in traces(spans) for root in trace.roots], None)
    ]
    while pending:
        nodes, parent = pending.pop()
        sharing = Counter(node.span.name for node in nodes)
        seen: Counter[str] = Counter()
        for node in sorted(nodes, key=lambda node: node.span.start_ns):
            name = node.span.name
            seen[name] += 1
            segment = f"{name}[{seen[name]}]" if sharing[name] > 1 else name
            place = Place(node.span, segment, parent, parent.depth + 1 if parent else 0)
            (parent.children if parent else top).append(place)
            pending.append((node.children, place))
    return top


def align(before: Iterable[Span], after: Iterable[Span]) -> Alignment:
    """Align two forests.

    From the roots down, siblings match by service and name, in the order of their start; concurrent
    siblings match by content, in any order. If one side has more siblings, those with the most similar
    content match. A span without a match then takes a sibling of another name or another service (it was
    renamed), or a span of its service and name under another parent (it moved). All other spans are
    missing or extra.
    """
    aligner = _Aligner(places(before), places(after))
    aligner.match_from_the_roots()
    aligner.match_renamed()
    aligner.match_moved()
    return aligner.alignment()


class _Aligner:
    """An alignment in progress: the pairs so far, and the places of either side that are still free."""

    def __init__(self, before: list[Place], after: list[Place]) -> None:
        self._roots = before, after
        self._olds = [place for root in before for place in root.walk()]
        self._news = [place for root in after for place in root.walk()]
        self._free_olds = Counter(place.key for place in self._olds)
        self._free_news = Counter(place.key for place in self._news)
        self._taken: set[Place] = set()
        self._pairs: list[tuple[Place, Place]] = []
        # For each pair of parents, their children without a counterpart there.
        self._surplus: list[tuple[list[Place], list[Place]]] = []

    def match_from_the_roots(self) -> None:
        self._match_siblings([self._roots])

    def match_renamed(self) -> None:
        # The list grows during the loop: each new pair may append its own children.
        for olds, news in self._surplus:
            # A span was moved, not renamed, if another parent has a free span of its service and name.
            lone_olds = [old for old in self._free(olds) if not self._free_news[old.key]]
            lone_news = [new for new in self._free(news) if not self._free_olds[new.key]]
            for part in (_service, _name):
                for old, new in _matches(self._free(lone_olds), self._free(lone_news), part):
                    self._pair(old, new)

    def match_moved(self) -> None:
        moving = True
        while moving:
            found = sorted(
                _matches(self._free(self._olds), self._free(self._news), _key),
                key=lambda pair: pair[0].depth,
            )
            moving = bool(found)
            for old, new in found:
                # An earlier pair, above these two, may have matched them already.
                if old not in self._taken and new not in self._taken:
                    self._pair(old, new)

    def alignment(self) -> Alignment:
        counterparts: dict[Place | None, Place | None] = {None: None, **dict(self._pairs)}
        return Alignment(
            tuple(self._pairs),
            tuple(
                (old, new)
                for old, new in self._pairs
                if old.parent not in counterparts or counterparts[old.parent] is not new.parent
            ),
            tuple(self._free(self._olds)),
            tuple(self._free(self._news)),
        )

    def _match_siblings(self, pending: list[tuple[list[Place], list[Place]]]) -> None:
        """Match the children of each pair of parents, then their children, and so on."""
        while pending:
            olds, news = pending.pop()
            for old, new in _matches(self._free(olds), self._free(news), _key):
                self._note(old, new)
                pending.append((old.children, new.children))
            left = self._free(olds), self._free(news)
            if all(left):
                self._surplus.append(left)

    def _pair(self, old: Place, new: Place) -> None:
        self._note(old, new)
        self._match_siblings([(old.children, new.children)])

    def _note(self, old: Place, new: Place) -> None:
        self._pairs.append((old, new))
        self._taken |= {old, new}
        self._free_olds[old.key] -= 1
        self._free_news[new.key] -= 1

    def _free(self, among: Sequence[Place]) -> list[Place]:
        return [place for place in among if place not in self._taken]


def _key(place: Place) -> _Key:
    return place.key


def _service(place: Place) -> _Key:
    return place.key[0], ""


def _name(place: Place) -> _Key:
    return "", place.key[1]


def _matches(
    olds: Sequence[Place], news: Sequence[Place], part: Callable[[Place], _Key]
) -> Iterator[tuple[Place, Place]]:
    """Pair the places that agree in `part`."""
    groups: dict[_Key, tuple[list[Place], list[Place]]] = {}
    for side, members in enumerate((olds, news)):
        for place in members:
            groups.setdefault(part(place), ([], []))[side].append(place)
    for left, right in groups.values():
        if left and right:
            yield from _pair_up(left, right)


def _pair_up(olds: list[Place], news: list[Place]) -> list[tuple[Place, Place]]:
    """Pair every place of the shorter side."""
    shorter, longer = sorted((len(olds), len(news)))
    contents = _Contents()
    if longer > 1 and (_concurrent(olds) or _concurrent(news)):
        if shorter * longer <= _MOST_COMBINATIONS:
            return _in_any_order(olds, news, contents)
    elif shorter < longer and shorter * (longer - shorter + 1) <= _MOST_COMBINATIONS:
        pairs = in_order(len(olds), len(news), lambda i, j: contents.distance(olds[i], news[j]))
        return [(olds[i], news[j]) for i, j in pairs]
    return list(zip(olds, news, strict=False))


def _concurrent(siblings: Sequence[Place]) -> bool:
    ends = accumulate((place.span.end_ns for place in siblings), max)
    return any(later.span.start_ns < end for end, later in zip(ends, siblings[1:], strict=False))


def in_order(olds: int, news: int, distance: Callable[[int, int], int]) -> list[tuple[int, int]]:
    """Pair every member of the shorter sequence, keeping both in order, with the least total distance.

    `olds` and `news` are lengths. `distance` takes an index in each; a pair is two such indices.
    """
    if olds > news:
        return [(old, new) for new, old in in_order(news, olds, lambda new, old: distance(old, new))]
    # sums[s]: the least distance so far with s news skipped; choices: how many were skipped one old earlier.
    surplus = news - olds
    sums = [0] * (surplus + 1)
    choices: list[list[int]] = []
    for old in range(olds):
        best = [0]
        for s in range(1, surplus + 1):
            best.append(s if sums[s] < sums[best[-1]] else best[-1])
        sums = [sums[best[s]] + distance(old, old + s) for s in range(surplus + 1)]
        choices.append(best)
    skipped = min(range(surplus + 1), key=sums.__getitem__)
    pairs: list[tuple[int, int]] = []
    for old in reversed(range(olds)):
        pairs.append((old, old + skipped))
        skipped = choices[old][skipped]
    return pairs[::-1]


def _in_any_order(olds: list[Place], news: list[Place], contents: _Contents) -> list[tuple[Place, Place]]:
    """Pair the most similar places first; spans that ran one after the other keep their order if they can."""
    candidates = sorted(
        (contents.distance(old, new), abs(i - j), i, j)
        for i, old in enumerate(olds)
        for j, new in enumerate(news)
    )
    chosen: list[tuple[Place, Place]] = []
    taken: set[Place] = set()
    for _, _, i, j in candidates:
        pair = olds[i], news[j]
        if taken.isdisjoint(pair) and not any(_cross(pair, other) for other in chosen):
            taken |= set(pair)
            chosen.append(pair)
    left = ([place for place in side if place not in taken] for side in (olds, news))
    return [*chosen, *zip(*left, strict=False)]


def _cross(one: tuple[Place, Place], other: tuple[Place, Place]) -> bool:
    def precedes(a: Place, b: Place) -> bool:
        return a.span.end_ns <= b.span.start_ns

    (old_a, new_a), (old_b, new_b) = one, other
    return (precedes(old_a, old_b) and precedes(new_b, new_a)) or (
        precedes(old_b, old_a) and precedes(new_a, new_b)
    )


class _Contents:
    """The contents of places and their descendants: names, statuses, events, values of attributes.

    Keys don't count: a migration renames them for all siblings.
    """

    def __init__(self) -> None:
        self._known: dict[Place, Counter[object]] = {}

    def distance(self, one: Place, other: Place) -> int:
        """Count the contents that only one of the two has."""
        a, b = self._of(one), self._of(other)
        return ((a - b) + (b - a)).total()

    def _of(self, place: Place) -> Counter[object]:
        if place not in self._known:
            content: Counter[object] = Counter()
            for below in place.walk():
                span = below.span
                content.update([("name", span.name), ("status", span.status.code)])
                content.update((type(value), value) for value in span.attributes.values())
                content.update(("event", event.name) for event in span.events)
            self._known[place] = content
        return self._known[place]
