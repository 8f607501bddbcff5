"""The fields on whose values two sides agree, and the keys of spans by these fields."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any, TypeAlias

from ot2otel.compare.facts import Content, Place, Shape
from ot2otel.compare.forms import Node, Trace
from ot2otel.compare.pairing.fields import QUERY, Field, fields_of
from ot2otel.compare.pairing.rounds import Key
from ot2otel.compare.tokens import tokens

# A field tells spans apart if its values agree for this part of the spans, and as many spans have it.
_AGREE = 0.5
_AS_OFTEN = 0.8

# A service, and the name of a field.
_Name: TypeAlias = tuple[str, Place]


class Agreement:
    """The fields on whose values the two sides mostly agree, per service.

    `common` are the services that both sides have; the others count as one, as they may have other names.
    """

    def __init__(self, olds: Sequence[Trace], news: Sequence[Trace], common: Set[str]) -> None:
        self._common = common
        self._sides = [self._groups(_contents(traces)) for traces in (olds, news)]
        counted = [_counted(groups) for groups in self._sides]
        spans = [_spans(groups) for groups in self._sides]
        both = counted[0].keys() & counted[1].keys()
        overlapping = {name for name in both if _overlap(counted[0][name], counted[1][name])}
        self._agreed = {
            name
            for name in overlapping
            if _as_often(
                *(values[name].total() / of[name[0]] for values, of in zip(counted, spans, strict=True))
            )
        }
        # One side has them on other spans as well, so that they tell only those apart that are alike else.
        self._hints = {name for name in overlapping - self._agreed if name[1][0] not in ("event", "link")}
        self._others = both - self._agreed
        # All values of an event have one name: those of one side alone, as a text with a time, are left out.
        self._shared = {
            name: counted[0][name].keys() & counted[1][name].keys()
            for name in self._agreed
            if name[1][0] in ("event", "link")
        }
        # By the shape and the service of a span.
        self._keys: dict[tuple[Shape, str], _ShapeKey] = {}
        # A number for each service with names of fields: hashing these for each span would take most time.
        self._heads: dict[Key, int] = {}

    def _groups(self, side: Counter[Content]) -> list[_Group]:
        found: dict[tuple[Shape, str], _Group] = {}
        for content, times in side.items():
            service = content.service if content.service in self._common else ""
            group = found.get((content.shape, service))
            if group is None:
                group = found[content.shape, service] = _Group(service, content.shape)
            group.contents.append(content)
            group.times.append(times)
        return list(found.values())

    @property
    def all_values(self) -> Iterator[tuple[Sequence[Content], Sequence[Key]]]:
        """Yield the contents of both sides with their `values`, many at once, which is faster."""
        for groups in self._sides:
            for group in groups:
                yield group.contents, self._key(group).values(group)

    def values(self, content: Content) -> Key:
        """Return the values of a span on which both sides agree."""
        group = self._alone(content)
        return self._key(group).values(group)[0]

    def masked(self, content: Content) -> Key:
        """Return the same, and of the other values the tokens that both sides have."""
        group = self._alone(content)
        return self._key(group).masked(group, self._tokens)

    def _alone(self, content: Content) -> _Group:
        service = content.service if content.service in self._common else ""
        return _Group(service, content.shape, [content], [1])

    @cached_property
    def _tokens(self) -> Mapping[_Name, Set[str]]:
        """The tokens that both sides have, by field.

        Without the others a field that never agrees still tells spans apart. They are seldom asked for.
        """
        counted = [_counted(groups) for groups in self._sides]
        return {name: _token_set(counted[0][name]) & _token_set(counted[1][name]) for name in self._others}

    @property
    def has_hints(self) -> bool:
        """Tell whether `hints` tells any spans apart."""
        return bool(self._hints)

    def hints(self, content: Content) -> Key:
        """Return the values of the fields whose values agree, but that one side has more often."""
        return self._key(self._alone(content)).hints(content)

    def _key(self, group: _Group) -> _ShapeKey:
        key = self._keys.get((group.shape, group.service))
        if key is None:
            key = _ShapeKey(group.service, group.shape, self._agreed, self._shared, self._hints)
            key.head = self._heads.setdefault((group.service, *key.names), len(self._heads))
            self._keys[group.shape, group.service] = key
        return key


@dataclass(slots=True, eq=False)
class _Group:
    """Spans of one shape and service, and how often each occurs."""

    service: str
    shape: Shape
    contents: list[Content] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    _rows: list[tuple[Any, ...]] = field(default_factory=list)  # Any: values of facts
    # The columns whose values are parts of others: to make them takes time.
    _made: dict[Field, list[Any]] = field(default_factory=dict)  # Any: values of facts

    def column(self, of: Field) -> list[Any]:  # Any: values of facts
        """Return the values of a field."""
        if not self._rows:
            self._rows = [content.values for content in self.contents]
        if of.part is None:
            return list(map(itemgetter(of.index), self._rows))
        if of not in self._made:
            self._made[of] = list(map(of.part, map(itemgetter(of.index), self._rows)))
        return self._made[of]


class _ShapeKey:
    """Makes the pairing keys of the spans of one shape and service."""

    def __init__(
        self,
        service: str,
        shape: Shape,
        agreed: set[_Name],
        shared: dict[_Name, set[Any]],
        hints: set[_Name],
    ) -> None:  # Any: values of facts
        fields = fields_of(shape)
        several = Counter(each.name for each in fields)
        chosen = [each for each in fields if (service, each.name) in agreed]
        single = {each.name for each in chosen if several[each.name] == 1} - {QUERY} - {n for _, n in shared}
        self._single = [each for each in chosen if each.name in single]
        self._several = [
            (each, shared.get((service, each.name))) for each in chosen if each.name not in single
        ]
        self.head = -1
        self.names = tuple(each.name for each in self._single)
        self._service = service
        self._fields = fields
        self._tokens: list[tuple[Field, Set[str]]] | None = None
        self._hints = [each for each in fields if (service, each.name) in hints]

    def values(self, group: _Group) -> list[Key]:
        """Return the key of each span."""
        single = zip([self.head] * len(group.contents), *map(group.column, self._single), strict=True)
        if not self._several:
            return list(single)
        told = [
            [
                # A part that is empty says nothing, as one that is absent.
                (each.name, value) if value != "" and (shared is None or value in shared) else None
                for value in group.column(each)
            ]
            for each, shared in self._several
        ]
        return [
            _with(key, set(filter(None, row)))
            for key, row in zip(single, zip(*told, strict=True), strict=True)
        ]

    def hints(self, content: Content) -> Key:
        return tuple((each.name, *each.values((content,))) for each in self._hints)

    def masked(self, group: _Group, known: Mapping[_Name, Set[str]]) -> Key:
        """Return the key of the one span of a group."""
        if self._tokens is None:
            self._tokens = [
                (each, known[self._service, each.name])
                for each in self._fields
                if (self._service, each.name) in known
            ]
        masked = []
        for each, both in self._tokens:
            (value,) = group.column(each)
            if isinstance(value, str):
                masked.append((each.name, tuple(token for token in tokens(value) if token in both)))
        return self.values(group)[0], frozenset(masked)


def _with(key: tuple[Any, ...], several: set[tuple[Place, Any]]) -> Key:  # Any: values of facts
    if not several:
        return key
    # A set of one takes several times the memory of the one.
    return (*key, *several) if len(several) == 1 else (*key, frozenset(several))


def _counted(groups: Iterable[_Group]) -> dict[_Name, Counter[Any]]:  # Any: values of facts
    counted: dict[_Name, Counter[Any]] = defaultdict(Counter)  # Any: values of facts
    for group in groups:
        repeated = any(times > 1 for times in group.times)
        for each in fields_of(group.shape):
            counter, column = counted[group.service, each.name], group.column(each)
            if not repeated:
                counter.update(column)
                continue
            for value, times in zip(column, group.times, strict=True):
                counter[value] += times
    return counted


def _spans(groups: Iterable[_Group]) -> Counter[str]:
    spans: Counter[str] = Counter()
    for group in groups:
        spans[group.service] += sum(group.times)
    return spans


def _contents(traces: Iterable[Trace]) -> Counter[Content]:
    counts: Counter[Content] = Counter()
    shared: Counter[Node] = Counter(root for trace in traces for root in trace.roots)
    for root, times in shared.items():
        pending = [root]
        for node in pending:
            counts[node.content] = counts.get(node.content, 0) + times
            pending += node.children
    return counts


def _overlap(one: Counter[Any], other: Counter[Any]) -> bool:  # Any: values of facts
    fewer, more = sorted((one, other), key=len)
    wanted = _AGREE * min(one.total(), other.total())
    shared = 0
    for value, times in fewer.items():
        if shared >= wanted:
            break
        shared += min(times, more.get(value, 0))
    return shared >= wanted


def _as_often(one: float, other: float) -> bool:
    """Tell whether a field that so many of the spans have on each side is one of the same spans."""
    return min(one, other) >= _AS_OFTEN * max(one, other)


def _token_set(values: Iterable[Any]) -> set[str]:  # Any: values of facts
    return {token for value in values if isinstance(value, str) for token in tokens(value)}
