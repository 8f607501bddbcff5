"""Says, neutrally, every way in which two forests of spans differ."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias, TypeVar

from ot2otel.align import Alignment, Place, align, in_order
from ot2otel.model import Attributes, AttributeValue, Event, KeyValues, Kind, Link, Span

# The coarsest clock there is: jaeger-client truncates start and duration to microseconds, each for itself.
CLOCK_TOLERANCE_NS = 2_000

_Item = TypeVar("_Item")
_STACK_TRACES = frozenset({"exception.stacktrace", "stack"})

# What a link points at, by its ids: the path of a span.
Names: TypeAlias = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Missing:
    """A span of the before that the after has not."""

    path: str


@dataclass(frozen=True, slots=True)
class Extra:
    """A span of the after that the before had not."""

    path: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A span that sits under another parent: at `path` before, at `to` after."""

    path: str
    to: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One fact of a span; `before` and `after` are literals (see `literal`), None where it is absent.

    `field` is `name`, `service`, `kind`, `status.code`, `status.message`, `attributes.KEY`, `events[N]`
    or one of its parts, `links[N]` or one of its parts, `scope.name`, `scope.version`,
    `scope.attributes.KEY`, `resource.KEY` or `dropped.*`; or of its place: `parent` and `time`.
    """

    path: str
    field: str
    before: str | None
    after: str | None


Difference: TypeAlias = Missing | Extra | Moved | Changed


@dataclass(frozen=True, slots=True)
class Pair:
    """Two aligned spans, the path of the first, and what the links on either side point at."""

    path: str
    old: Span
    new: Span
    old_names: Names
    new_names: Names

    def changes(self, old: Span, new: Span) -> frozenset[Changed]:
        """Return the differences of two readings of these spans; ids and absolute times never count."""
        before = dict(_facts(old))
        after = dict(_facts(new))
        for label, event, other in _side_by_side("events", old.events, new.events, _events_apart):
            before |= _event_facts(label, event, alone=other is None)
            after |= _event_facts(label, other, alone=event is None)
        for label, link, other_link in _side_by_side("links", old.links, new.links, self._links_apart):
            before |= _link_facts(label, link, self.old_names)
            after |= _link_facts(label, other_link, self.new_names)
        return frozenset(
            Changed(self.path, field, before.get(field), after.get(field))
            for field in before.keys() | after.keys()
            if before.get(field) != after.get(field)
        )

    def _links_apart(self, old: Link, new: Link) -> int:
        return int(_target(old, self.old_names) != _target(new, self.new_names))


@dataclass(frozen=True, slots=True)
class TracePair:
    """The ids of two traces of which some spans are counterparts; None where a trace has no partner."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two forests laid over each other: the differences of structure, the pairs of spans and of traces."""

    structure: tuple[Difference, ...]
    pairs: tuple[Pair, ...]
    traces: tuple[TracePair, ...]


def diff(before: Iterable[Span], after: Iterable[Span]) -> tuple[Difference, ...]:
    """Return all differences: those of structure first, then those of each aligned span."""
    comparison = compare(before, after)
    changed = (sorted(pair.changes(pair.old, pair.new), key=field_of) for pair in comparison.pairs)
    return (*comparison.structure, *chain.from_iterable(changed))


def field_of(change: Changed) -> str:
    """Return the field that changed, to sort by."""
    return change.field


def compare(before: Iterable[Span], after: Iterable[Span]) -> Comparison:
    """Align two forests once, so that their spans can be read in more than one way."""
    aligned = align(before, after)
    old_names, new_names = _names(aligned)
    pairs = tuple(Pair(old.path, old.span, new.span, old_names, new_names) for old, new in aligned.pairs)
    return Comparison(tuple(_structure(aligned)), pairs, tuple(_trace_pairs(aligned)))


def literal(value: AttributeValue) -> str:
    """Write a value so that its type shows: `1`, `1.0`, `true`, `"1"` and `b"MQ=="` are five values."""
    match value:
        case bytes():
            return f'b"{base64.b64encode(value).decode()}"'
        case tuple():
            return f"[{', '.join(literal(item) for item in value)}]"
        case KeyValues():
            return f"{{{', '.join(f'{json.dumps(key)}: {literal(item)}' for key, item in value.items)}}}"
        case _:
            return json.dumps(value, ensure_ascii=False)


def _names(aligned: Alignment) -> tuple[Names, Names]:
    """Name each span by its path, a counterpart by that of the span of the before."""
    ids = [(place.span.trace_id, place.span.span_id) for place in aligned.missing]
    old_names = {key: place.path for key, place in zip(ids, aligned.missing, strict=True)}
    new_names = {(place.span.trace_id, place.span.span_id): place.path for place in aligned.extra}
    for old, new in aligned.pairs:
        path = old.path
        old_names[old.span.trace_id, old.span.span_id] = path
        new_names[new.span.trace_id, new.span.span_id] = path
    return old_names, new_names


def _trace_pairs(aligned: Alignment) -> Iterator[TracePair]:
    """Yield the pairs in the order of the before, then the traces of which no span has a counterpart."""
    beginnings = sorted(aligned.pairs, key=lambda pair: (pair[0].depth, pair[0].span.start_ns))
    together = dict.fromkeys((old.span.trace_id, new.span.trace_id) for old, new in beginnings)
    for before, after in together:
        yield TracePair(before, after)
    paired = {before for before, _ in together}, {after for _, after in together}
    for trace_id in dict.fromkeys(place.span.trace_id for place in aligned.missing):
        if trace_id not in paired[0]:
            yield TracePair(trace_id, None)
    for trace_id in dict.fromkeys(place.span.trace_id for place in aligned.extra):
        if trace_id not in paired[1]:
            yield TracePair(None, trace_id)


def _structure(aligned: Alignment) -> Iterator[Difference]:
    for place in aligned.missing:
        yield Missing(place.path)
    for place in aligned.extra:
        yield Extra(place.path)
    for old, new in aligned.moved:
        yield Moved(old.path, new.path)
    for old, new in aligned.pairs:
        for field, of in (("parent", _parent), ("time", _time)):
            if of(old) != of(new):
                yield Changed(old.path, field, of(old), of(new))


def _parent(place: Place) -> str | None:
    """Say whether a root is one or only seems to be; what sits below a parent is told by its path."""
    return "named, but not there" if not place.parent and place.span.parent_id else None


def _time(place: Place) -> str | None:
    """Say where a span lies beside its parent in time, unless it was handed over and may come later."""
    if place.parent is None or _handed_over(place.span, place.parent.span):
        return None
    early = place.parent.span.start_ns - place.span.start_ns > CLOCK_TOLERANCE_NS
    late = place.span.end_ns - place.parent.span.end_ns > CLOCK_TOLERANCE_NS
    if early or late:
        return f"starts before its parent: {early}, ends after it: {late}".lower()
    return "inside its parent"


def _handed_over(child: Span, parent: Span) -> bool:
    """Tell an asynchronous hand-off: by the kinds that messaging uses, or by a link to the parent."""
    linked = any((link.trace_id, link.span_id) == (parent.trace_id, parent.span_id) for link in child.links)
    return linked or child.kind is Kind.CONSUMER or parent.kind is Kind.PRODUCER


def _facts(span: Span) -> Iterator[tuple[str, str]]:
    """Yield what is said of one span alone."""
    yield "name", literal(span.name)
    yield "service", literal(span.service)
    yield "kind", span.kind.name
    yield "status.code", span.status.code.name
    for field, text in (
        ("status.message", span.status.message),
        ("scope.name", span.scope.name),
        ("scope.version", span.scope.version),
    ):
        if text:
            yield field, literal(text)
    for field, count in (
        ("dropped.attributes", span.dropped_attributes),
        ("dropped.events", span.dropped_events),
        ("dropped.links", span.dropped_links),
    ):
        if count:
            yield field, literal(count)
    yield from _attribute_facts("attributes", span.attributes)
    yield from _attribute_facts("scope.attributes", span.scope.attributes)
    resource = {key: value for key, value in span.resource.items() if key != "service.name"}
    yield from _attribute_facts("resource", resource)


def _attribute_facts(where: str, attributes: Attributes) -> Iterator[tuple[str, str]]:
    for key, value in attributes.items():
        # The frames of a stack are those of the program that ran, not of its tracing.
        is_stack = key in _STACK_TRACES and isinstance(value, str) and 'File "' in value
        yield f"{where}.{key}", "<stack trace>" if is_stack else literal(value)


def _event_facts(label: str, event: Event | None, alone: bool) -> dict[str, str]:
    if event is None:
        return {}
    parts = dict(_attribute_facts(f"{label}.attributes", event.attributes))
    if alone:
        shown = ", ".join(f"{key.removeprefix(f'{label}.attributes.')}={text}" for key, text in parts.items())
        return {label: f"{literal(event.name)} ({shown})"}
    if event.dropped_attributes:
        parts[f"{label}.dropped.attributes"] = literal(event.dropped_attributes)
    return {f"{label}.name": literal(event.name), **parts}


def _link_facts(label: str, link: Link | None, names: Names) -> dict[str, str]:
    if link is None:
        return {}
    return {
        label: f"to {_target(link, names)}",
        **dict(_attribute_facts(f"{label}.attributes", link.attributes)),
    }


def _target(link: Link, names: Names) -> str:
    return names.get((link.trace_id, link.span_id), "a span that is not here")


def _events_apart(old: Event, new: Event) -> int:
    values = {literal(value) for value in old.attributes.values()}
    return 10 * (old.name != new.name) + len(values ^ {literal(value) for value in new.attributes.values()})


def _side_by_side(
    field: str, olds: Sequence[_Item], news: Sequence[_Item], apart: Callable[[_Item, _Item], int]
) -> Iterator[tuple[str, _Item | None, _Item | None]]:
    """Yield the entries of two lists beside each other, None beside what only one of them has."""
    beside = dict(in_order(len(olds), len(news), lambda i, j: apart(olds[i], news[j])))
    for i, old in enumerate(olds):
        yield f"{field}[{i}]", old, news[beside[i]] if i in beside else None
    for j in sorted(set(range(len(news))) - set(beside.values())):
        yield f"{field}[{j}]", None, news[j]
