"""Strategies for the traffic of strange programs: two recordings of one program, with faults on both sides.

Every writer of a span occurs: OpenTracing's own client, the shim, the SDK, and the latter two over the thrift
exporter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from hypothesis import strategies as st

from ot2otel.model import (
    Attributes,
    AttributeValue,
    Event,
    KeyValues,
    Kind,
    Link,
    Scope,
    Span,
    Status,
    StatusCode,
)

Spans: TypeAlias = tuple[Span, ...]

_TICK_NS = 10_000
_STACK = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\n{}\n'


class Writer(Enum):
    """Who tells a span: the API, and the exporter if it leaves marks."""

    LEGACY = "legacy"
    SHIM = "shim"
    SHIM_OVER_THRIFT = "shim over thrift"
    NATIVE = "native"
    NATIVE_OVER_THRIFT = "native over thrift"


_SCOPES = {
    Writer.SHIM: "opentelemetry.shim.opentracing_shim",
    Writer.SHIM_OVER_THRIFT: "opentelemetry.shim.opentracing_shim",
}
_OVER_THRIFT = (Writer.SHIM_OVER_THRIFT, Writer.NATIVE_OVER_THRIFT)
_TODAY = {
    "http.method": "http.request.method",
    "http.status_code": "http.response.status_code",
    "http.url": "url.full",
    "db.statement": "db.query.text",
    "peer.hostname": "server.address",
}
_KEYS = (*_TODAY, *_TODAY.values(), "error", "span.kind", "component", "exception.escaped", "user.id", "k")
_TEXTS = ("GET", "http://a:80/b?c=1", "http://a/b", "client", "server", "a", "", "500", "1")
_VALUES = st.sampled_from(
    (*_TEXTS, 1, 80, 500, 1.0, True, False, None, b"a", ("a", 1), KeyValues((("b", 1), ("a", 2))))
)
_ATTRIBUTES: st.SearchStrategy[Attributes] = st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=4)
_BOOM, _BANG = _STACK.format("E: boom"), _STACK.format("F: boom")
_EVENT_ATTRIBUTES: st.SearchStrategy[Attributes] = st.dictionaries(
    st.sampled_from(
        [
            *("event", "message", "error.kind", "error.object", "stack"),
            *("exception.type", "exception.message", "k"),
        ]
    ),
    st.sampled_from(("error", "boom", "<class 'E'>", "E", _BOOM, _BANG, 1)),
    max_size=4,
)  # fmt: skip
_NAMES = st.sampled_from(["a", "b", "c"])
_SERVICES = ("one", "two")
_STATUSES = st.sampled_from(
    [Status(), Status(StatusCode.OK), Status(StatusCode.ERROR), Status(StatusCode.ERROR, "E: boom")]
)


def _id(number: int, digits: int = 16) -> str:
    return f"{number:0{digits}x}"


@st.composite
def _events(draw: st.DrawFn, start_ns: int) -> tuple[Event, ...]:
    return tuple(
        Event(
            draw(st.sampled_from(["", "error", "exception", "log"])),
            draw(st.sampled_from([0, start_ns, start_ns + 1])),
            draw(_EVENT_ATTRIBUTES),
            draw(st.sampled_from([0, 0, 0, 1])),
        )
        for _ in range(draw(st.integers(0, 2)))
    )


_LINK_ATTRIBUTES: tuple[Attributes, ...] = ({}, {"k": 1}, {"opentracing.ref_type": "follows_from"})


@st.composite
def _links(draw: st.DrawFn, most: int) -> tuple[Link, ...]:
    return tuple(
        Link(
            _id(draw(st.integers(1, 3)), 32),
            _id(draw(st.integers(1, most + 1))),
            draw(st.sampled_from(_LINK_ATTRIBUTES)),
            draw(st.sampled_from(["", "a=b"])),
            draw(st.sampled_from([0, 0x100, 0x301])),
            draw(st.sampled_from([0, 0, 1])),
        )
        for _ in range(draw(st.sampled_from([0, 0, 1, 2])))
    )


@st.composite
def _span(draw: st.DrawFn, number: int, most: int) -> Span:
    start_ns = draw(st.integers(0, 8)) * _TICK_NS
    return Span(
        trace_id=_id(draw(st.integers(1, 3)), 32),
        # Now and then two spans have the same ids.
        span_id=_id(draw(st.sampled_from([number, number, number, number, 1]))),
        name=draw(_NAMES),
        parent_id=draw(st.just("") | st.integers(1, most + 1).map(_id)),
        kind=draw(st.sampled_from(Kind)),
        start_ns=start_ns,
        end_ns=start_ns + draw(st.sampled_from([-_TICK_NS, 0, 1_000, _TICK_NS, 5 * _TICK_NS])),
        status=draw(_STATUSES),
        attributes=draw(_ATTRIBUTES),
        events=draw(_events(start_ns)),
        links=draw(_links(most)),
        resource={"service.name": draw(st.sampled_from(_SERVICES))},
        trace_state=draw(st.sampled_from(["", "", "a=b"])),
        flags=draw(st.sampled_from([0, 0x101, 0x301])),
        dropped_attributes=draw(st.sampled_from([0, 0, 1])),
    )


@st.composite
def _program(draw: st.DrawFn, least: int = 0, most: int = 8) -> Spans:
    """Draw the spans of one program, as no tracer in particular tells them."""
    size = draw(st.integers(least, most))
    return tuple(draw(_span(number, size)) for number in range(1, size + 1))


def told_by(writer: Writer, span: Span) -> Span:
    """Return a span as this writer tells it; the traces of a program stay the same."""
    attributes = dict(span.attributes)
    resource: Attributes = span.resource
    if writer in (Writer.NATIVE, Writer.NATIVE_OVER_THRIFT):
        attributes = {_TODAY.get(key, key): value for key, value in attributes.items()}
        resource = {**resource, "telemetry.sdk.name": "opentelemetry", "telemetry.sdk.language": "python"}
    kind = Kind.INTERNAL if writer in _SCOPES else span.kind
    scope = Scope() if writer is Writer.LEGACY else Scope(_SCOPES.get(writer, "lib"), "1")
    if writer in _OVER_THRIFT:
        attributes |= {"otel.library.name": scope.name, "otel.library.version": scope.version}
        attributes |= {key: value for key, value in resource.items() if key != "service.name"}
        attributes |= {"span.kind": kind.name.lower()} if kind is not Kind.INTERNAL else {}
        scope = Scope()
    return replace(span, attributes=attributes, resource=resource, kind=kind, scope=scope)


Edit: TypeAlias = Callable[[st.DrawFn, Span], Span]


def _with_attribute(draw: st.DrawFn, span: Span) -> Span:
    return replace(span, attributes={**span.attributes, draw(st.sampled_from(_KEYS)): draw(_VALUES)})


def _without_attribute(draw: st.DrawFn, span: Span) -> Span:
    if not span.attributes:
        return span
    lost = draw(st.sampled_from(sorted(span.attributes)))
    return replace(span, attributes={key: value for key, value in span.attributes.items() if key != lost})


# Faults of one span.
EDITS: dict[str, Edit] = {
    "name": lambda draw, span: replace(span, name=draw(_NAMES)),
    "kind": lambda draw, span: replace(span, kind=draw(st.sampled_from(Kind))),
    "status": lambda draw, span: replace(span, status=draw(_STATUSES)),
    "with attribute": _with_attribute,
    "without attribute": _without_attribute,
    "service": lambda draw, span: replace(span, resource={"service.name": draw(st.sampled_from(_SERVICES))}),
    "resource": lambda draw, span: replace(span, resource={**span.resource, "host.name": draw(_NAMES)}),
    "scope": lambda draw, span: replace(span, scope=Scope(draw(_NAMES))),
    "events": lambda draw, span: replace(span, events=draw(_events(span.start_ns))),
    "no events": lambda draw, span: replace(span, events=()),
    "links": lambda draw, span: replace(span, links=draw(_links(8))),
    "no links": lambda draw, span: replace(span, links=()),
    "parent": lambda draw, span: replace(span, parent_id=_id(draw(st.integers(1, 9)))),
    "no parent": lambda draw, span: replace(span, parent_id=""),
    "trace": lambda draw, span: replace(span, trace_id=_id(draw(st.integers(1, 4)), 32)),
    "start": lambda draw, span: replace(span, start_ns=draw(st.integers(0, 8)) * _TICK_NS),
    "end": lambda draw, span: replace(span, end_ns=draw(st.integers(0, 8)) * _TICK_NS),
    "trace state": lambda draw, span: replace(span, trace_state=draw(st.sampled_from(["", "c=d"]))),
    "flags": lambda draw, span: replace(span, flags=draw(st.sampled_from([0, 0x100, 0x300]))),
    "dropped": lambda draw, span: replace(span, dropped_events=draw(st.integers(0, 2))),
}  # fmt: skip


@st.composite
def edited(draw: st.DrawFn, spans: Spans, most: int = 4) -> Spans:
    """Draw the spans with up to `most` faults: of single spans, lost spans, spans twice, another order."""
    found = list(spans)
    for edit in draw(st.lists(st.sampled_from([*EDITS, "lost", "twice"]), max_size=most)):
        if not found:
            break
        index = draw(st.integers(0, len(found) - 1))
        if edit == "lost":
            del found[index]
        elif edit == "twice":
            found.append(found[index])
        else:
            found[index] = EDITS[edit](draw, found[index])
    return tuple(draw(st.permutations(found)) if draw(st.booleans()) else found)


@st.composite
def migrations(draw: st.DrawFn, most: int = 4, least: int = 0) -> tuple[Spans, Spans]:
    """Draw two recordings of one program, with a writer for each service and faults on both sides."""
    program = draw(_program(least))
    sides = []
    for _ in range(2):
        writers = {service: draw(st.sampled_from(Writer)) for service in _SERVICES}
        spans = tuple(told_by(writers[span.service], span) for span in program)
        sides.append(draw(edited(spans, most)))
    return sides[0], sides[1]


@dataclass(frozen=True, slots=True)
class _Place:
    """A value that varies from request to request."""

    key: str
    values: tuple[AttributeValue, ...]


_VARYING = (
    _Place("http.url", ("http://a/1", "http://a:80/1", "http://b:9/2?q=1", "not a URL", "", 7)),
    _Place("http.status_code", (200, 404, 500, "500", 0)),
    _Place("user.id", ("1", "2", "3", 1, 2.0)),
    _Place("span.kind", ("client", "server", "else")),
    _Place("error", (True, False, "true", None)),
    _Place("db.statement", ("SELECT 1", "SELECT 2", None)),
)  # fmt: skip


@st.composite
def populations(draw: st.DrawFn) -> tuple[Spans, Spans]:
    """Draw two recordings of many requests of one form, whose values vary, with faults in the after."""
    size = draw(st.integers(2, 12))
    places = draw(
        st.lists(st.sampled_from(_VARYING), min_size=1, max_size=4, unique_by=lambda place: place.key)
    )
    message = st.sampled_from(["boom", "bang", "E: boom", ""])
    with_event = draw(st.integers(0, 2))
    writers = draw(st.tuples(st.sampled_from(Writer), st.sampled_from(Writer)))
    sides: tuple[list[Span], list[Span]] = ([], [])
    for number in range(size):
        attributes: dict[str, AttributeValue] = {
            place.key: draw(st.sampled_from(place.values)) for place in places
        }
        events = tuple(
            Event("error", 1, {"message": draw(message), "stack": _STACK.format(draw(message))})
            for _ in range(with_event)
        )
        span = Span(
            _id(number + 1, 32),
            _id(1),
            "op",
            kind=Kind.CLIENT,
            end_ns=_TICK_NS,
            status=draw(_STATUSES),
            attributes=attributes,
            events=events,
            resource={"service.name": "one"},
            flags=draw(st.sampled_from([0, 0x101])),
        )
        for side, writer in zip(sides, writers, strict=True):
            told = told_by(writer, span)
            if draw(st.integers(0, 4)) == 0:
                changed = draw(st.sampled_from(sorted(told.attributes)))
                values = st.sampled_from([value for place in _VARYING for value in place.values])
                told = replace(told, attributes={**told.attributes, changed: draw(values)})
            side.append(told)
    return tuple(sides[0]), tuple(sides[1])
