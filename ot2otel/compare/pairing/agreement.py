"""The fields on whose values two sides agree, and the keys of spans by these fields."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
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
        self._traces = olds, news
        sides = [_contents(traces) for traces in self._traces]
        self._common = common
        counted = [self._counted(side) for side in sides]
        spans = [self._spans(side) for side in sides]
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

    def values(self, content: Content) -> Key:
        """Return the values of a span on which both sides agree."""
        return self._key(content).values(content.values)

    def masked(self, content: Content) -> Key:
        """Return the same, and of the other values the tokens that both sides have."""
        return self._key(content).masked(content, self._tokens)

    @cached_property
    def _tokens(self) -> Mapping[_Name, Set[str]]:
        """The tokens that both sides have, by field.

        Without the others a field that never agrees still tells spans apart. They are seldom asked for.
        """
        counted = [self._counted(_contents(traces)) for traces in self._traces]
        return {name: _token_set(counted[0][name]) & _token_set(counted[1][name]) for name in self._others}

    @property
    def has_hints(self) -> bool:
        """Tell whether `hints` tells any spans apart."""
        return bool(self._hints)

    def hints(self, content: Content) -> Key:
        """Return the values of the fields whose values agree, but that one side has more often."""
        return self._key(content).hints(content)

    def _key(self, content: Content) -> _ShapeKey:
        key = self._keys.get((content.shape, content.service))
        if key is None:
            service = self._service(content)
            key = _ShapeKey(service, content.shape, self._agreed, self._shared, self._hints)
            key.head = self._heads.setdefault((service, *key.names), len(self._heads))
            self._keys[content.shape, content.service] = key
        return key


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
        one = [each for each in chosen if each.name in single]
        self.head = -1
        self.names = tuple(each.name for each in one)
        indexes = [each.index for each in one]
        # Of one index it would return no tuple.
        self._get = itemgetter(*indexes) if len(indexes) > 1 else None
        self._indexes = indexes
        parts = [(place, each.part) for place, each in enumerate(one)]
        self._parts = [(place, part) for place, part in parts if part is not None]
        self._several = [
            (each.name, each.index, each.part, shared.get((service, each.name)))
            for each in chosen
            if each.name not in single
        ]
        self._service = service
        self._fields = fields
        self._tokens: list[tuple[Field, Set[str]]] | None = None
        self._hints = [each for each in fields if (service, each.name) in hints]

    def values(self, values: tuple[Any, ...]) -> Key:  # Any: values of facts
        single = self._get(values) if self._get else tuple([values[index] for index in self._indexes])
        if self._parts:
            whole = list(single)
            for place, part in self._parts:
                whole[place] = part(whole[place])
            single = tuple(whole)
        several = []
        for name, index, convert, shared in self._several:
            value = values[index] if convert is None else convert(values[index])
            # A part that is empty says nothing, as one that is absent.
            if value != "" and (shared is None or value in shared):
                several.append((name, value))
        if not several:
            return (self.head, *single)
        # A set of one takes several times the memory of the one.
        found = several if len(several) == 1 else frozenset(several)
        return (self.head, *single, *found) if len(found) == 1 else (self.head, *single, found)

    def hints(self, content: Content) -> Key:
        return tuple((each.name, *each.values((content,))) for each in self._hints)

    def masked(self, content: Content, known: Mapping[_Name, Set[str]]) -> Key:
        if self._tokens is None:
            self._tokens = [
                (each, known[self._service, each.name])
                for each in self._fields
                if (self._service, each.name) in known
            ]
        masked = []
        for each, both in self._tokens:
            value = content.values[each.index]
            value = value if each.part is None else each.part(value)
            if isinstance(value, str):
                masked.append((each.name, tuple(token for token in tokens(value) if token in both)))
        return self.values(content.values), frozenset(masked)


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
