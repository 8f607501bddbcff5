"""Says, neutrally, every way in which two forests of spans differ."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from ot2otel.compare.align import Alignment, Place, align, in_order
from ot2otel.model import Attributes, AttributeValue, Event, KeyValues, Kind, Link, Span

# The coarsest clock there is: jaeger-client truncates start and duration to microseconds, each for itself.
CLOCK_TOLERANCE_NS = 2_000

_STACK_TRACES = frozenset({"exception.stacktrace", "stack"})

# What the ids in a link point at: the place of a span, that of the before where there are two.
Targets: TypeAlias = Mapping[tuple[str, str], Place]


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

    `field` is `name`, `service`, `kind`, `status.code`, `status.message`, `attributes.KEY`, `scope.name`,
    `scope.version`, `scope.attributes.KEY`, `resource.KEY` or `dropped.*`; or of its place: `parent` and
    `time`. Of an event or a link it is one of its parts, as `events[N].name` or `links[N].to`, with N
    counted in the before; or all of one that only one side has, as `events[N]`, with N counted there.
    """

    path: str
    field: str
    before: str | None
    after: str | None


Difference: TypeAlias = Missing | Extra | Moved | Changed


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is said of an event or a link: first its name or its target, then more, by the part it is."""

    part: str
    said: str
    more: Mapping[str, str]

    def apart(self, other: _Entry) -> int:
        """Tell how far two are from being the same; keys don't count, a migration renames them."""
        return 10 * (self.said != other.said) + len(set(self.more.values()) ^ set(other.more.values()))

    def __str__(self) -> str:
        more = ", ".join(f"{part.removeprefix('attributes.')}={text}" for part, text in self.more.items())
        return f"{self.said} ({more})"


@dataclass(frozen=True, slots=True)
class Pair:
    """A span at its place, its counterpart, and what the links on either side point at."""

    place: Place
    new: Span
    old_targets: Targets
    new_targets: Targets

    @property
    def old(self) -> Span:
        """The span of the before."""
        return self.place.span

    @property
    def path(self) -> str:
        """Where the span of the before sits; made anew each time, as it is long in a deep trace."""
        return self.place.path

    def changes(self, old: Span, new: Span) -> frozenset[Changed]:
        """Return the differences of two readings of these spans; ids and absolute times never count."""
        before = dict(_facts(old))
        after = dict(_facts(new))
        old_events = [_said_of_event(event) for event in old.events]
        new_events = [_said_of_event(event) for event in new.events]
        old_links = [_said_of_link(link, self.old_targets) for link in old.links]
        new_links = [_said_of_link(link, self.new_targets) for link in new.links]
        for label, one, other in chain(
            _side_by_side("events", old_events, new_events), _side_by_side("links", old_links, new_links)
        ):
            before |= _entry_facts(label, one, alone=other is None)
            after |= _entry_facts(label, other, alone=one is None)
        differing = [field for field in before.keys() | after.keys() if before.get(field) != after.get(field)]
        path = self.path if differing else ""
        return frozenset(Changed(path, field, before.get(field), after.get(field)) for field in differing)


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
    old_targets, new_targets = _targets(aligned)
    pairs = tuple(Pair(old, new.span, old_targets, new_targets) for old, new in aligned.pairs)
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


def _targets(aligned: Alignment) -> tuple[Targets, Targets]:
    olds = chain(((place, place) for place in aligned.missing), ((old, old) for old, _ in aligned.pairs))
    news = chain(((place, place) for place in aligned.extra), ((new, old) for old, new in aligned.pairs))
    old_targets, new_targets = (
        {(place.span.trace_id, place.span.span_id): known_as for place, known_as in side}
        for side in (olds, news)
    )
    return old_targets, new_targets


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
    """Say how a span sticks out of its parent in time, unless it was handed over and may come later."""
    if place.parent is None or _handed_over(place.span, place.parent.span):
        return None
    outer, inner = place.parent.span, place.span
    early = "starts before its parent" if outer.start_ns - inner.start_ns > CLOCK_TOLERANCE_NS else ""
    late = "ends after its parent" if inner.end_ns - outer.end_ns > CLOCK_TOLERANCE_NS else ""
    return ", ".join(filter(None, (early, late))) or None


def _handed_over(child: Span, parent: Span) -> bool:
    """Tell an asynchronous hand-off: by the kinds that messaging uses, or by a link to the parent."""
    linked = any((link.trace_id, link.span_id) == (parent.trace_id, parent.span_id) for link in child.links)
    return linked or child.kind is Kind.CONSUMER or parent.kind is Kind.PRODUCER


def _facts(span: Span) -> Iterator[tuple[str, str]]:
    """Yield what is said of one span alone."""
    yield "name", literal(span.name)
    yield "service", literal(span.resource.get("service.name", ""))
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


def _said_of_event(event: Event) -> _Entry:
    dropped = {"dropped.attributes": literal(event.dropped_attributes)} if event.dropped_attributes else {}
    attributes = dict(_attribute_facts("attributes", event.attributes))
    return _Entry("name", literal(event.name), attributes | dropped)


def _said_of_link(link: Link, targets: Targets) -> _Entry:
    target = targets.get((link.trace_id, link.span_id))
    path = target.path if target else "a span that is not here"
    return _Entry("to", path, dict(_attribute_facts("attributes", link.attributes)))


def _entry_facts(label: str, entry: _Entry | None, alone: bool) -> dict[str, str]:
    if entry is None:
        return {}
    if alone:
        return {label: str(entry)}
    said = {entry.part: entry.said, **entry.more}
    return {f"{label}.{part}": text for part, text in said.items()}


def _side_by_side(
    field: str, olds: Sequence[_Entry], news: Sequence[_Entry]
) -> Iterator[tuple[str, _Entry | None, _Entry | None]]:
    """Yield the entries of two lists beside each other, None beside what only one of them has."""
    beside = dict(in_order(len(olds), len(news), lambda i, j: olds[i].apart(news[j])))
    for i, old in enumerate(olds):
        yield f"{field}[{i}]", old, news[beside[i]] if i in beside else None
    for j in sorted(set(range(len(news))) - set(beside.values())):
        yield f"{field}[{j}]", None, news[j]
