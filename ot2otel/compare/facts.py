"""Facts: everything that a span says, a place and a typed value each; equal spans are one object."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeAlias

from ot2otel.model import Attributes, AttributeValue, Event, KeyValues, Kind, Scope, Span, StatusCode

# ("attributes", KEY), ("kind",), ("event", NUMBER, "attributes", KEY), ("link", NUMBER, "to"), ...
Place: TypeAlias = tuple[str | int, ...]
Facts: TypeAlias = Mapping[Place, Any]  # Any: a value as `interned` returns it

NAME: Place = ("name",)
KIND: Place = ("kind",)
STATUS: Place = ("status", "code")
MESSAGE: Place = ("status", "message")
TRACE_STATE: Place = ("trace_state",)
FLAGS: Place = ("flags",)
TIME: Place = ("time",)
IDS: Place = ("ids",)
SCOPE_NAME: Place = ("scope", "name")
SCOPE_VERSION: Place = ("scope", "version")
# Facts of a span's position, which only its trace tells.
PARENT: Place = ("parent",)
TRACE: Place = ("trace",)
ORDER: Place = ("order",)

# These always have a value; in a span without one it is this.
DEFAULTS: Mapping[Place, Any] = {  # Any: see Facts
    MESSAGE: "",
    TRACE_STATE: "",
    FLAGS: "",
    TIME: "",
    IDS: "",
    ("dropped", "attributes"): 0,
    ("dropped", "events"): 0,
    ("dropped", "links"): 0,
}
# An event further outside its span than this did not happen during it.
FAR_OUTSIDE_NS = 1_000_000_000
FAR_OUTSIDE = "outside its span"
# What can be odd about the times of a span.
EARLY = "starts before its parent"
LATE = "ends after its parent"
BACKWARDS = "ends before it starts"
NO_DURATION = "no duration"
SHORT = "shorter than a clock's tick"  # such a span may have any duration on another clock
# What flags say that tell nothing of the parent.
SAMPLED = "sampled"
# What can be odd about the ids of a span: its children and the links to it can't tell the two apart.
NOT_UNIQUE = "those of another span"

_STACK_KEYS = frozenset({"exception.stacktrace", "stack"})
# The first frame of a stack, as Python writes it.
_FRAME = 'File "'


@dataclass(frozen=True, slots=True)
class Nested:
    """An array or a map as a value; `text` is its literal, in which a map's keys are sorted."""

    text: str
    value: AttributeValue

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Nested) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack trace: its frames are the program's; the last line names the error, "" if none does."""

    error: str


def interned(value: AttributeValue) -> Any:  # Any: what it takes, or Nested
    """Return a value as it is compared: hashable, NaN equal to itself, maps without an order."""
    if isinstance(value, (tuple, KeyValues)):
        return Nested(literal(value), value)
    if isinstance(value, float) and math.isnan(value):
        return math.nan  # one object, equal to itself in tuples and by `is`
    return value


def same(one: object, other: object) -> bool:
    """Tell whether two values are equal, and of the same type: 1, 1.0 and true are three values."""
    return one is other or (type(one) is type(other) and one == other)


def literal(value: object) -> str:
    """Return a value as text that shows its type: `1`, `1.0`, `true`, `"1"` and `b"MQ=="` are five values.

    The keys of a map are sorted.
    """
    match value:
        case Nested():
            return value.text
        case Stack():
            return f"<stack trace of {json.dumps(value.error)}>" if value.error else "<stack trace>"
        case Kind() | StatusCode():
            return value.name
        case bytes():
            return f'b"{base64.b64encode(value).decode()}"'
        case tuple():
            return f"[{', '.join(map(literal, value))}]"
        case KeyValues():
            items = sorted((json.dumps(key, ensure_ascii=False), literal(item)) for key, item in value.items)
            return f"{{{', '.join(f'{key}: {item}' for key, item in items)}}}"
        case _:
            return json.dumps(value, ensure_ascii=False)


def _stack(value: AttributeValue) -> Any:  # Any: Stack, or as `interned`
    if not isinstance(value, str) or _FRAME not in value:
        return interned(value)
    # jaeger-client writes the frames alone, the SDK the error as the last line.
    last = [line for line in value.splitlines() if line.strip()][-1]
    return Stack("" if last.startswith(" ") else last)


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """The resource of a span; equal ones are one object."""

    service: str
    attributes: Attributes
    facts: tuple[tuple[Place, Any], ...]  # Any: see Facts
    values: Facts = field(repr=False)

    @property
    def host(self) -> object:
        """The host on which the process ran, None if it is not told."""
        return self.attributes.get("host.name")


@dataclass(frozen=True, slots=True, eq=False)
class ScopeFacts:
    """The instrumentation scope of a span; equal ones are one object."""

    scope: Scope
    facts: tuple[tuple[Place, Any], ...]  # Any: see Facts
    values: Facts = field(repr=False)


# Where a shape's spans have more texts than this in one place, each has its own.
_MOST_TEXTS = 256


class _Texts:
    """The texts that many spans of a shape have in one place: equal ones become one object.

    A decoder makes a new object of each text that it reads.
    """

    def __init__(self, places: Iterable[int]) -> None:
        self._known: list[tuple[int, dict[str, str]]] = [(index, {}) for index in places]

    def shared(self, values: tuple[Any, ...]) -> tuple[Any, ...]:  # Any: see Facts
        """Return the values, with known texts instead of their equals."""
        found, varying = list(values), None
        for entry in self._known:
            index, known = entry
            value = found[index]
            shared = known.get(value)
            if shared is not None:
                found[index] = shared
            elif type(value) is str:  # or a stack
                known[value] = value
                if len(known) > _MOST_TEXTS:
                    varying = entry
        if varying:
            self._known.remove(varying)
        return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """The places of spans that have the same keys, with values of the same types; equal ones are one."""

    places: tuple[Place, ...]
    index: Mapping[Place, int]
    texts: _Texts = field(repr=False)
    # The indexes of what is odd about the times of events.
    event_times: tuple[int, ...]


class Content:
    """All facts of a span but those of its position; equal ones of both sides are one object.

    `values` are in the order of the shape's places.
    """

    __slots__ = ("resource", "scope", "service", "shape", "values")

    def __init__(
        self, shape: Shape, values: tuple[Any, ...], resource: Resource, scope: ScopeFacts
    ) -> None:  # Any: see Facts
        self.shape = shape
        self.values = values
        self.resource = resource
        self.scope = scope
        self.service = resource.service

    @property
    def name(self) -> str:
        """The span's name."""
        name: str = self.values[0]
        return name

    @property
    def kind(self) -> Kind:
        """The span's kind."""
        kind: Kind = self.values[1]
        return kind

    @property
    def time(self) -> str:
        """What is odd about the times of the span."""
        time: str = self.values[_TIME_INDEX]
        return time

    @property
    def has_event_outside(self) -> bool:
        """Tell whether an event is far outside the span's own time."""
        for index in self.shape.event_times:  # noqa: SIM110  # most spans have none, and `any` takes longer
            if self.values[index] == FAR_OUTSIDE:
                return True
        return False

    @property
    def status(self) -> StatusCode:
        """The code of the span's status."""
        code: StatusCode = self.values[2]
        return code

    def value(self, place: Place) -> Any:  # Any: see Facts
        """Return the value at a place, None if the span says nothing there and the place has no default."""
        index = self.shape.index.get(place)
        if index is not None:
            return self.values[index]
        if place[0] == "resource":
            return self.resource.values.get(place)
        return self.scope.values.get(place)

    def facts(self) -> Iterator[tuple[Place, Any]]:  # Any: see Facts
        """Yield every fact; a place that has its default says nothing."""
        for place, value in zip(self.shape.places, self.values, strict=True):
            if value not in unsaid(place):
                yield place, value
        yield from self.scope.facts
        yield from self.resource.facts


_MOST_RECENT = 64
_EVENT_PART = 3
# Places, and parts of an event or a link, that say nothing with these values.
_UNSAID: Mapping[Place, tuple[object, ...]] = {
    **{place: (value,) for place, value in DEFAULTS.items()},
    TIME: ("", SHORT),  # of an event as well
    ("dropped",): (0,),
}


def unsaid(place: Place) -> tuple[object, ...]:
    """Return the values with which a place says nothing, so that there is no fact."""
    return _UNSAID.get(place if len(place) < _EVENT_PART else place[2:], ())


_FIXED: tuple[Place, ...] = (NAME, KIND, STATUS, *DEFAULTS)
_TIME_INDEX, _IDS_INDEX = _FIXED.index(TIME), _FIXED.index(IDS)


class Contents:
    """The contents of the spans of both sides. They must share one, as objects are compared."""

    def __init__(self) -> None:
        self._resources: dict[object, Resource] = {}
        self._quick: dict[object, Resource] = {}
        self._scopes: dict[object, ScopeFacts] = {}
        self._shapes: dict[object, _Layout] = {}
        self._known: dict[object, Shape] = {}
        # By what they have in common, and then by their values.
        self._contents: dict[object, dict[tuple[Any, ...], Content]] = {}  # Any: see Facts
        # Spans of one message share these objects. An object stays here, so that no other gets its id.
        self._recent: dict[int, tuple[Attributes, Resource]] = {}
        self._recent_scopes: dict[int, tuple[Scope, ScopeFacts]] = {}

    def of(self, span: Span, time: str = "", targets: tuple[object, ...] = ()) -> Content:
        """Return the content of a span; `targets` are its links', `time` is an oddity of its times."""
        attributes = span.attributes
        values = tuple(attributes.values())
        key: tuple[object, ...] = (tuple(attributes), *map(type, values))
        if span.events or span.links:
            key, values = _with_parts(key, values, span, targets)
        layout = self._shapes.get(key)
        if layout is None:
            layout = self._layout(key, span)
        if layout.cleaned:
            changed = list(values)
            for index, clean in layout.cleaned:
                changed[index] = clean(values[index])
            values = tuple(changed)
        status = span.status
        fixed = (
            span.name,
            span.kind,
            status.code,
            status.message,
            span.trace_state,
            _flags(span.flags),
            time,
            "",
            span.dropped_attributes,
            span.dropped_events,
            span.dropped_links,
        )
        return self._content(
            layout.shape,
            fixed + layout.permuted(values),
            self.resource(span.resource),
            self._scope(span.scope),
        )

    def _content(
        self, shape: Shape, values: tuple[Any, ...], resource: Resource, scope: ScopeFacts
    ) -> Content:  # Any: see Facts
        known = self._contents.get((shape, resource, scope))
        if known is None:
            known = self._contents[shape, resource, scope] = {}
        content = known.get(values)
        if content is None:
            values = shape.texts.shared(values)
            content = known[values] = Content(shape, values, resource, scope)
        return content

    def with_time(self, content: Content, time: str) -> Content:
        """Return this content with what is odd about its times."""
        return self._with(content, {_TIME_INDEX: time})

    def with_ids(self, content: Content, ids: str) -> Content:
        """Return this content with what is odd about its ids."""
        return self._with(content, {_IDS_INDEX: ids})

    def with_targets(self, content: Content, targets: Sequence[str]) -> Content:
        """Return this content with the targets of its links, one text per link."""
        places = content.shape.places
        return self._with(
            content,
            {
                index: targets[int(place[1])]
                for index, place in enumerate(places)
                if place[0] == "link" and place[2] == "to"
            },
        )

    def _with(self, content: Content, changed: Mapping[int, Any]) -> Content:  # Any: see Facts
        values = tuple(changed.get(index, value) for index, value in enumerate(content.values))
        return self._content(content.shape, values, content.resource, content.scope)

    def resource(self, attributes: Attributes) -> Resource:
        """Return the resource with these attributes."""
        recent = self._recent.get(id(attributes))
        if recent is not None:
            return recent[1]
        quick = (*attributes.items(), *map(type, attributes.values()))
        if quick not in self._quick:
            self._quick[quick] = self._new_resource(attributes)
        if len(self._recent) == _MOST_RECENT:
            self._recent.clear()
        self._recent[id(attributes)] = (attributes, self._quick[quick])
        return self._quick[quick]

    def _new_resource(self, attributes: Attributes) -> Resource:
        key = tuple(sorted((name, literal(value)) for name, value in attributes.items()))
        if key not in self._resources:
            facts = tuple((("resource", name), interned(attributes[name])) for name in sorted(attributes))
            name = attributes.get("service.name", "")
            self._resources[key] = Resource(
                name if isinstance(name, str) else literal(name), attributes, facts, dict(facts)
            )
        return self._resources[key]

    def _scope(self, scope: Scope) -> ScopeFacts:
        recent = self._recent_scopes.get(id(scope))
        if recent is not None:
            return recent[1]
        attributes: tuple[tuple[str, str], ...] = ()
        if scope.attributes:
            attributes = tuple(sorted((name, literal(value)) for name, value in scope.attributes.items()))
        key = (scope.name, scope.version, attributes)
        if key not in self._scopes:
            facts: list[tuple[Place, Any]] = []  # Any: see Facts
            facts += [(SCOPE_NAME, scope.name)] if scope.name else []
            facts += [(SCOPE_VERSION, scope.version)] if scope.version else []
            facts += [
                (("scope", "attributes", name), interned(value))
                for name, value in sorted(scope.attributes.items())
            ]
            self._scopes[key] = ScopeFacts(scope, tuple(facts), dict(facts))
        if len(self._recent_scopes) == _MOST_RECENT:
            self._recent_scopes.clear()
        self._recent_scopes[id(scope)] = (scope, self._scopes[key])
        return self._scopes[key]

    def _layout(self, key: object, span: Span) -> _Layout:
        """Make the layout for spans with the keys and types of this one."""
        places: list[Place] = [("attributes", name) for name in span.attributes]
        types: list[type] = [type(value) for value in span.attributes.values()]
        for number, event in enumerate(span.events):
            places += [("event", number, part) for part in ("name", "time", "dropped")]
            places += [("event", number, "attributes", name) for name in event.attributes]
            types += [str, str, int, *map(type, event.attributes.values())]
        for number, link in enumerate(span.links):
            places += [("link", number, part) for part in ("to", "trace_state", "flags", "dropped")]
            places += [("link", number, "attributes", name) for name in link.attributes]
            types += [str, str, str, int, *map(type, link.attributes.values())]
        order = sorted(range(len(places)), key=lambda index: _sortable(places[index]))
        placed = tuple(places[index] for index in order)
        known = (placed, tuple(types[index] for index in order))
        if known not in self._known:
            places_of_all = _FIXED + placed
            self._known[known] = Shape(
                places_of_all,
                {place: index for index, place in enumerate(places_of_all)},
                _Texts((0, *(len(_FIXED) + place for place, kind in enumerate(known[1]) if kind is str))),
                tuple(
                    index
                    for index, place in enumerate(places_of_all)
                    if place[0] == "event" and place[2:] == TIME
                ),
            )
        cleaned = tuple(
            (index, _stack if places[index][-1] in _STACK_KEYS else interned)
            for index, kind in enumerate(types)
            if kind in (tuple, KeyValues, float) or (places[index][-1] in _STACK_KEYS and kind is str)
        )
        self._shapes[key] = _Layout(self._known[known], cleaned, _permutation(order))
        return self._shapes[key]


def _with_parts(
    key: tuple[object, ...], values: tuple[Any, ...], span: Span, targets: tuple[object, ...]
) -> tuple[tuple[object, ...], tuple[Any, ...]]:  # Any: see Facts
    """Add the keys, the types and the values of a span's events and links."""
    keys, all_values = [*key, len(span.events)], list(values)
    for event in span.events:
        own = event.attributes.values()
        keys += (tuple(event.attributes), *map(type, own))
        all_values += (event.name, _event_time(event, span), event.dropped_attributes, *own)
    for link, target in zip(span.links, targets, strict=True):
        own = link.attributes.values()
        keys += (tuple(link.attributes), *map(type, own))
        all_values += (target, link.trace_state, _flags(link.flags), link.dropped_attributes, *own)
    return tuple(keys), tuple(all_values)


def _sortable(place: Place) -> tuple[tuple[bool, str | int], ...]:
    return tuple((isinstance(part, str), part) for part in place)


def _permutation(order: list[int]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:  # Any: see Facts
    if order == list(range(len(order))):
        return tuple
    return itemgetter(*order)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the values of a span, in the order in which it was sent, become those of its shape."""

    shape: Shape
    cleaned: tuple[tuple[int, Callable[[Any], Any]], ...]  # Any: see Facts
    permuted: Callable[[tuple[Any, ...]], tuple[Any, ...]]  # Any: see Facts


def _event_time(event: Event, span: Span) -> str:
    early, late = span.start_ns - event.time_ns, event.time_ns - span.end_ns
    return FAR_OUTSIDE if early > FAR_OUTSIDE_NS or late > FAR_OUTSIDE_NS else ""


# OTLP's flags: the lowest byte is W3C's, the other two tell whether the parent is in another process.
_SAMPLED, _HAS_REMOTE, _REMOTE = 0x1, 0x100, 0x200


@lru_cache(maxsize=1024)
def _flags(flags: int) -> str:
    """Tell what the flags say; "" on a wire that has no such bits, as Jaeger's, or if none is set."""
    remote = ("remote" if flags & _REMOTE else "local") if flags & _HAS_REMOTE else ""
    return ", ".join(filter(None, (remote, SAMPLED if flags & _SAMPLED else "")))
