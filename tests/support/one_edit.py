"""Every edit of one fact of a span: removed, or changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

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

_OTHER_KINDS = {Kind.SERVER: Kind.CLIENT, Kind.CLIENT: Kind.SERVER, Kind.PRODUCER: Kind.CONSUMER}
_OTHER_CODES = {StatusCode.UNSET: StatusCode.ERROR, StatusCode.ERROR: StatusCode.UNSET}


class Edit(NamedTuple):
    """An edited span. `field` is the place of the fact, without the number of an event or a link."""

    what: str  # "removed" or "changed"
    field: str
    span: Span


def edits(span: Span) -> Iterator[Edit]:
    """Yield the span with each of its facts removed once and changed once."""
    for what, key, values in _edited(span.attributes):
        yield Edit(what, f"attributes.{key}", replace(span, attributes=values))
    for what, key, values in _edited(span.resource):
        yield Edit(what, f"resource.{key}", replace(span, resource=values))
    for number, event in enumerate(span.events):
        for what, field, new in _edited_event(event):
            yield Edit(what, field, replace(span, events=_with(span.events, number, new)))
    for number, link in enumerate(span.links):
        for what, field, new_link in _edited_link(link):
            yield Edit(what, field, replace(span, links=_with_link(span.links, number, new_link)))
    yield Edit("changed", "name", replace(span, name=f"{span.name}~"))
    if span.kind is not Kind.UNSPECIFIED:
        yield Edit("removed", "kind", replace(span, kind=Kind.UNSPECIFIED))
    yield Edit("changed", "kind", replace(span, kind=_OTHER_KINDS.get(span.kind, Kind.PRODUCER)))
    yield from _edited_status(span)
    yield from _edited_scope(span)


def _edited(attributes: Attributes) -> Iterator[tuple[str, str, Mapping[str, AttributeValue]]]:
    for key, value in attributes.items():
        yield "removed", key, {name: each for name, each in attributes.items() if name != key}
        yield "changed", key, {**attributes, key: other(value)}


def other(value: AttributeValue) -> AttributeValue:
    """Return another value of the same type."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}~"
        case bytes():
            return value + b"~"
        case tuple():
            return (*value, "~")
        case KeyValues():
            return KeyValues((*value.items, ("~", "~")))
        case _:
            return "~"


def _edited_event(event: Event) -> Iterator[tuple[str, str, Event | None]]:
    yield "removed", "event", None
    yield "changed", "event.name", replace(event, name=f"{event.name}~")
    for what, key, values in _edited(event.attributes):
        yield what, f"event.attributes.{key}", replace(event, attributes=values)


def _edited_link(link: Link) -> Iterator[tuple[str, str, Link | None]]:
    yield "removed", "link", None
    yield "changed", "link.to", replace(link, span_id="f" * 16)
    for what, key, values in _edited(link.attributes):
        yield what, f"link.attributes.{key}", replace(link, attributes=values)


def _with(events: tuple[Event, ...], number: int, new: Event | None) -> tuple[Event, ...]:
    return (*events[:number], *([new] if new else []), *events[number + 1 :])


def _with_link(links: tuple[Link, ...], number: int, new: Link | None) -> tuple[Link, ...]:
    return (*links[:number], *([new] if new else []), *links[number + 1 :])


def _edited_status(span: Span) -> Iterator[Edit]:
    code, message = span.status.code, span.status.message
    changed = _OTHER_CODES.get(code, StatusCode.ERROR)
    yield Edit("changed", "status.code", replace(span, status=Status(changed, message)))
    yield Edit("changed", "status.message", replace(span, status=Status(code, f"{message}~")))
    if message:
        yield Edit("removed", "status.message", replace(span, status=Status(code)))


def _edited_scope(span: Span) -> Iterator[Edit]:
    scope = span.scope
    yield Edit("changed", "scope.name", replace(span, scope=replace(scope, name=f"{scope.name}~")))
    if scope.name:
        yield Edit("removed", "scope", replace(span, scope=Scope()))
    if scope.version:
        yield Edit(
            "changed", "scope.version", replace(span, scope=replace(scope, version=f"{scope.version}~"))
        )
