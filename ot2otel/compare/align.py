"""Finds, for each span of one forest, its counterpart in another: by structure, never by ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TypeAlias

from ot2otel.model import Node, Span, traces

# Larger groups of siblings of one name are matched by order alone, so that time and memory stay bounded.
_MOST_COMBINATIONS = 250_000

_Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A span where it sits; `step` is its name, with [N] behind it where siblings share one."""

    span: Span
    step: str
    parent: Place | None = None
    depth: int = 0
    children: list[Place] = field(default_factory=list)

    @property
    def key(self) -> _Key:
        """Service and name: what siblings are told apart by."""
        return self.span.service, self.span.name

    @property
    def path(self) -> str:
        """The steps from the root down to here."""
        steps: list[str] = []
        place: Place | None = self
        while place:
            steps.append(place.step)
            place = place.parent
        return " > ".join(reversed(steps))

    def walk(self) -> Iterator[Place]:
        """Yield this place and all below it, parents first."""
        pending = [self]
        while pending:
            place = pending.pop()
            yield place
            pending.extend(reversed(place.children))


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which place is which; a pair is `moved` where the parents are not each other's counterparts."""

    pairs: tuple[tuple[Place, Place], ...]
    moved: tuple[tuple[Place, Place], ...]
    missing: tuple[Place, ...]
    extra: tuple[Place, ...]


def places(spans: Iterable[Span]) -> list[Place]:
    """Return the roots of all traces that `spans` make, in the order of their start."""
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
            step = f"{name}[{seen[name]}]" if sharing[name] > 1 else name
            place = Place(node.span, step, parent, parent.depth + 1 if parent else 0)
            (parent.children if parent else top).append(place)
            pending.append((node.children, place))
    return top


def align(before: Iterable[Span], after: Iterable[Span]) -> Alignment:
    """Align two forests.

    From the roots down, siblings match by service and name in the order of their start, concurrent
    ones in any order. Where one side has more of them, those match that hold the same. A span left
    over then matches a sibling of another name or another service (it was renamed), or its like
    under another parent (it moved). What still remains is missing or extra.
    """
    aligner = _Aligner(places(before), places(after))
    aligner.match_from_the_roots()
    aligner.match_renamed()
    aligner.match_moved()
    return aligner.alignment()


class _Aligner:
    """One alignment under way: what is matched so far, and what is still free on either side."""

    def __init__(self, before: list[Place], after: list[Place]) -> None:
        self._roots = before, after
        self._olds = [place for root in before for place in root.walk()]
        self._news = [place for root in after for place in root.walk()]
        self._free_olds = Counter(place.key for place in self._olds)
        self._free_news = Counter(place.key for place in self._news)
        self._taken: set[Place] = set()
        self._pairs: list[tuple[Place, Place]] = []
        # Under each pair of parents, the children that found no counterpart there.
        self._surplus: list[tuple[list[Place], list[Place]]] = []

    def match_from_the_roots(self) -> None:
        self._match_siblings([self._roots])

    def match_renamed(self) -> None:
        # The list grows while it is walked: what a pair has below it joins at the end.
        for olds, news in self._surplus:
            # A span whose like is free elsewhere was not renamed, it moved.
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
                # One that moved above them may have brought these two together already.
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
        """Match the children of each pair of parents, then theirs, and so on down."""
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
    """Pair those that agree in `part`."""
    groups: dict[_Key, tuple[list[Place], list[Place]]] = {}
    for side, members in enumerate((olds, news)):
        for place in members:
            groups.setdefault(part(place), ([], []))[side].append(place)
    for left, right in groups.values():
        if left and right:
            yield from _pair_up(left, right)


def _pair_up(olds: list[Place], news: list[Place]) -> list[tuple[Place, Place]]:
    """Pair as many as there are on the shorter side."""
    shorter, longer = sorted((len(olds), len(news)))
    content = _Contents()
    if longer > 1 and (_concurrent(olds) or _concurrent(news)):
        if shorter * longer <= _MOST_COMBINATIONS:
            return _in_any_order(olds, news, content)
    elif shorter < longer and shorter * (longer - shorter + 1) <= _MOST_COMBINATIONS:
        pairs = in_order(len(olds), len(news), lambda i, j: content.apart(olds[i], news[j]))
        return [(olds[i], news[j]) for i, j in pairs]
    return list(zip(olds, news, strict=False))


def _concurrent(siblings: Sequence[Place]) -> bool:
    ends = accumulate((place.span.end_ns for place in siblings), max)
    return any(later.span.start_ns < end for end, later in zip(ends, siblings[1:], strict=False))


def in_order(olds: int, news: int, apart: Callable[[int, int], int]) -> list[tuple[int, int]]:
    """Pair two sequences, given by their lengths, so that neither is out of order.

    As many pairs as the shorter has members, as (index in olds, index in news); of all such pairings
    the one whose members, by `apart` of their two indices, differ least in sum.
    """
    if olds > news:
        return [(old, new) for new, old in in_order(news, olds, lambda new, old: apart(old, new))]
    # sums[s] is the least sum so far when s of the news were skipped; steps say how many had been before.
    surplus = news - olds
    sums = [0] * (surplus + 1)
    steps: list[list[int]] = []
    for old in range(olds):
        best = [0]
        for s in range(1, surplus + 1):
            best.append(s if sums[s] < sums[best[-1]] else best[-1])
        sums = [sums[best[s]] + apart(old, old + s) for s in range(surplus + 1)]
        steps.append(best)
    skipped = min(range(surplus + 1), key=sums.__getitem__)
    pairs: list[tuple[int, int]] = []
    for old in reversed(range(olds)):
        pairs.append((old, old + skipped))
        skipped = steps[old][skipped]
    return pairs[::-1]


def _in_any_order(olds: list[Place], news: list[Place], content: _Contents) -> list[tuple[Place, Place]]:
    """Pair the likest first, out of order only what ran at the same time or what is left in the end."""
    candidates = sorted(
        (content.apart(old, new), abs(i - j), i, j)
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
    """What places and all below them hold: names, statuses, events, and the values of attributes.

    Keys don't count: a migration renames them, and every pair of siblings alike.
    """

    def __init__(self) -> None:
        self._known: dict[Place, Counter[object]] = {}

    def apart(self, one: Place, other: Place) -> int:
        """Count what only one of the two holds."""
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
