"""The fields on whose values two sides agree, and the keys of spans by these fields."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Set
from operator import itemgetter
from typing import Any, TypeAlias

from ot2otel.compare.facts import Content, Place, Shape
from ot2otel.compare.forms import Node, Trace
from ot2otel.compare.pairing.fields import QUERY, fields_of
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

    def __init__(self, olds: Iterable[Trace], news: Iterable[Trace], common: Set[str]) -> None:
        sides = [_contents(traces) for traces in (olds, news)]
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

    def values(self, content: Content) -> Key:
        """Return the values of a span on which both sides agree."""
        return self._key(content).values(content)

    def masked(self, content: Content) -> Key:
        """Return the same, and of the other values the tokens that both sides have."""
        return self._key(content).masked(content)

    @property
    def has_hints(self) -> bool:
        """Tell whether `hints` tells any spans apart."""
        return bool(self._hints)

    def hints(self, content: Content) -> Key:
        """Return the values of the fields whose values agree, but that one side has more often."""
        return self._key(content).hints(content)

    def _key(self, content: Content) -> _ShapeKey:
        service = self._service(content)
        key = self._keys.get((content.shape, service))
        if key is None:
            key = self._keys[content.shape, service] = _ShapeKey(
                service, content.shape, self._agreed, self._tokens, self._shared, self._hints
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
        self._tokens = [(each, known[service, each.name]) for each in fields if (service, each.name) in known]
        self._hints = [each for each in fields if (service, each.name) in hints]
        self._head = (service, tuple(each.name for each in self._single))
        self._plain = all(each.part is None for each in self._single) and not self._several
        indexes = [each.index for each in self._single]
        self._get = itemgetter(*indexes) if len(indexes) > 1 else None

    def values(self, content: Content) -> Key:
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

    def hints(self, content: Content) -> Key:
        return tuple((each.name, *each.values((content,))) for each in self._hints)

    def masked(self, content: Content) -> Key:
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
