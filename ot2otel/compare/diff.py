"""Lists all differences between two forests of spans, without judging them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from ot2otel.compare.align import Alignment, Place, align, in_order
from ot2otel.model import Attributes, AttributeValue, Event, KeyValues, Kind, Link, Span

# The coarsest clock: jaeger-client truncates start and duration to microseconds, separately.
CLOCK_TOLERANCE_NS = 2_000

_STACK_TRACES = frozenset({"exception.stacktrace", "stack"})

# The targets of links: trace id and span id to a place. Of two paired places it is that of the before.
LinkTargets: TypeAlias = Mapping[tuple[str, str], Place]


@dataclass(frozen=True, slots=True)
class Missing:
    """A span that only the before has."""

    path: str


@dataclass(frozen=True, slots=True)
class Extra:
    """A span that only the after has."""

    path: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A span under another parent: at `path` in the before, at `to` in the after."""

    path: str
    to: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One fact of a span; `before` and `after` are literals (see `literal`), or None if it is absent.

    `field` is one of these:

    - of the span: `name`, `service`, `kind`, `status.code`, `status.message`, `attributes.KEY`, `scope.name`,
      `scope.version`, `scope.attributes.KEY`, `resource.KEY`, `dropped.*`
    - of its position: `parent`, `time`
    - of an event or a link of both sides, number N in the before: `events[N].name`, `links[N].to` and so on
    - an event or a link of one side, number N there: `events[N]`, `links[N]`
    """

    path: str
    field: str
    before: str | None
    after: str | None


Difference: TypeAlias = Missing | Extra | Moved | Changed


@dataclass(frozen=True, slots=True)
class _Entry:
    """An event or a link as text: its main part (`name` of an event, `to` of a link) and its other parts."""

    main: str
    text: str
    others: Mapping[str, str]

    def distance(self, other: _Entry) -> int:
        """Return how much two entries differ; keys don't count, a migration renames them."""
        return 10 * (self.text != other.text) + len(set(self.others.values()) ^ set(other.others.values()))

    def __str__(self) -> str:
        others = ", ".join(f"{part.removeprefix('attributes.')}={text}" for part, text in self.others.items())
        return f"{self.text} ({others})"


@dataclass(frozen=True, slots=True)
class Pair:
    """A span at its place, its counterpart, and the targets of both sides' links."""

    place: Place
    new: Span
    old_targets: LinkTargets
    new_targets: LinkTargets

    @property
    def old(self) -> Span:
        """The span of the before."""
        return self.place.span

    @property
    def path(self) -> str:
        """The path of the before's span; not stored, as it is long in a deep trace."""
        return self.place.path

    def changes(self, old: Span, new: Span) -> frozenset[Changed]:
        """Return the differences between `old` and `new`, which are these two spans or rewritten by rules.

        Ids and absolute times never count.
        """
        before = dict(_facts(old))
        after = dict(_facts(new))
        old_events = [_event_entry(event) for event in old.events]
        new_events = [_event_entry(event) for event in new.events]
        old_links = [_link_entry(link, self.old_targets) for link in old.links]
        new_links = [_link_entry(link, self.new_targets) for link in new.links]
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
    """The ids of two traces that share paired spans; None on one side if a trace has no counterpart."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two aligned forests: the differences of structure, the pairs of spans and of traces."""

    structure: tuple[Difference, ...]
    pairs: tuple[Pair, ...]
    traces: tuple[TracePair, ...]


def diff(before: Iterable[Span], after: Iterable[Span]) -> tuple[Difference, ...]:
    """Return all differences: first those of structure, then those of each pair of spans."""
    comparison = compare(before, after)
    changed = (sorted(pair.changes(pair.old, pair.new), key=field_of) for pair in comparison.pairs)
    return (*comparison.structure, *chain.from_iterable(changed))


def field_of(change: Changed) -> str:
    """Return the field that changed, as a key to sort by."""
    return change.field


def compare(before: Iterable[Span], after: Iterable[Span]) -> Comparison:
    """Align two forests once; their spans can then be rewritten and compared many times."""
    aligned = align(before, after)
    old_targets, new_targets = _targets(aligned)
    pairs = tuple(Pair(old, new.span, old_targets, new_targets) for old, new in aligned.pairs)
    return Comparison(tuple(_structure(aligned)), pairs, tuple(_trace_pairs(aligned)))


def literal(value: AttributeValue) -> str:
    """Return a value as text that shows its type: `1`, `1.0`, `true`, `"1"` and `b"MQ=="` are five values."""
    match value:
        case bytes():
            return f'b"{base64.b64encode(value).decode()}"'
        case tuple():
            return f"[{', '.join(literal(item) for item in value)}]"
        case KeyValues():
            return f"{{{', '.join(f'{json.dumps(key)}: {literal(item)}' for key, item in value.items)}}}"
        case _:
            return json.dumps(value, ensure_ascii=False)


def _targets(aligned: Alignment) -> tuple[LinkTargets, LinkTargets]:
    olds = chain(((place, place) for place in aligned.missing), ((old, old) for old, _ in aligned.pairs))
    news = chain(((place, place) for place in aligned.extra), ((new, old) for old, new in aligned.pairs))
    old_targets, new_targets = (
        {(place.span.trace_id, place.span.span_id): target for place, target in side} for side in (olds, news)
    )
    return old_targets, new_targets


def _trace_pairs(aligned: Alignment) -> Iterator[TracePair]:
    """Yield the pairs in the order of the before, then the traces without any paired span."""
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
    """Tell a root whose parent is absent from a true root; the path shows any other parent."""
    return "named, but not recorded" if not place.parent and place.span.parent_id else None


def _time(place: Place) -> str | None:
    """Tell how a span exceeds its parent in time; after an asynchronous hand-off it may."""
    if place.parent is None or _handed_over(place.span, place.parent.span):
        return None
    outer, inner = place.parent.span, place.span
    early = "starts before its parent" if outer.start_ns - inner.start_ns > CLOCK_TOLERANCE_NS else ""
    late = "ends after its parent" if inner.end_ns - outer.end_ns > CLOCK_TOLERANCE_NS else ""
    return ", ".join(filter(None, (early, late))) or None


def _handed_over(child: Span, parent: Span) -> bool:
    """Tell an asynchronous hand-off by the kinds of messaging, or by a link to the parent."""
    linked = any((link.trace_id, link.span_id) == (parent.trace_id, parent.span_id) for link in child.links)
    return linked or child.kind is Kind.CONSUMER or parent.kind is Kind.PRODUCER


def _facts(span: Span) -> Iterator[tuple[str, str]]:
    """Yield the facts of a span, as field and value, without its events, its links and its position."""
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


def _event_entry(event: Event) -> _Entry:
    dropped = {"dropped.attributes": literal(event.dropped_attributes)} if event.dropped_attributes else {}
    attributes = dict(_attribute_facts("attributes", event.attributes))
    return _Entry("name", literal(event.name), attributes | dropped)


def _link_entry(link: Link, targets: LinkTargets) -> _Entry:
    target = targets.get((link.trace_id, link.span_id))
    path = target.path if target else "a span outside the recording"
    return _Entry("to", path, dict(_attribute_facts("attributes", link.attributes)))


def _entry_facts(label: str, entry: _Entry | None, alone: bool) -> dict[str, str]:
    if entry is None:
        return {}
    if alone:
        return {label: str(entry)}
    parts = {entry.main: entry.text, **entry.others}
    return {f"{label}.{part}": text for part, text in parts.items()}


def _side_by_side(
    field: str, olds: Sequence[_Entry], news: Sequence[_Entry]
) -> Iterator[tuple[str, _Entry | None, _Entry | None]]:
    """Yield the entries of two lists in pairs; an entry of one list alone is paired with None."""
    beside = dict(in_order(len(olds), len(news), lambda i, j: olds[i].distance(news[j])))
    for i, old in enumerate(olds):
        yield f"{field}[{i}]", old, news[beside[i]] if i in beside else None
    for j in sorted(set(range(len(news))) - set(beside.values())):
        yield f"{field}[{j}]", None, news[j]
