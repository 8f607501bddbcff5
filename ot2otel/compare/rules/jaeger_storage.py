"""Changes that Jaeger itself makes to a span when it stores and shows it.

A rule here rewrites both sides in the same way, since either one may have been read back from Jaeger.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ot2otel.compare.rules.references import REF_TYPE
from ot2otel.compare.rules.rule import TRANSLATOR, Effect, Rule, for_events, without
from ot2otel.model import Attributes, AttributeValue, Event, KeyValues, Link, Scope, Span

_SHOWN = f"{TRANSLATOR}/traces_to_jaegerproto.go"


def _texts_for_collections(span: Span) -> Span:
    return replace(
        span,
        attributes=_shown(span.attributes),
        resource=_shown(span.resource),
        events=tuple(replace(event, attributes=_shown(event.attributes)) for event in span.events),
    )


def _shown(attributes: Attributes) -> Attributes:
    return {
        key: _json_text(value) if isinstance(value, (tuple, KeyValues)) else value
        for key, value in attributes.items()
    }


def _json_text(value: AttributeValue) -> str:
    return json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=False, sort_keys=True)


def _plain(value: AttributeValue) -> Any:  # Any: a JSON value of any type
    match value:
        case tuple():
            return [_plain(item) for item in value]
        case KeyValues():
            return {key: _plain(item) for key, item in value.items}
        case bytes():
            return base64.b64encode(value).decode()
        case _:
            return value


def _name_once(event: Event) -> Event:
    if event.attributes.get("event") != event.name:
        return event
    return replace(event, attributes=without(event.attributes, "event"))


def _name_from_attribute(event: Event) -> Event:
    name = event.attributes.get("event")
    if not isinstance(name, str):
        return event
    return replace(event, name=name, attributes=without(event.attributes, "event"))


def _references_for_links(span: Span) -> Span:
    links = (_reference(link) for link in span.links)
    return replace(span, links=tuple(link for link in links if not _is_parent(link, span)))


def _reference(link: Link) -> Link:
    kind = "child_of" if link.attributes.get(REF_TYPE) == "child_of" else "follows_from"
    return Link(link.trace_id, link.span_id, {REF_TYPE: kind})


def _is_parent(link: Link, span: Span) -> bool:
    same = (link.trace_id, link.span_id) == (span.trace_id, span.parent_id)
    return same and link.attributes[REF_TYPE] == "child_of"


def _scope_from_tags(span: Span) -> Span:
    if span.scope.name or "otel.scope.name" not in span.attributes:
        return span
    name, version = (str(span.attributes.get(f"otel.scope.{part}") or "") for part in ("name", "version"))
    return replace(
        span,
        scope=Scope(name, version),
        attributes=without(span.attributes, "otel.scope.name", "otel.scope.version"),
    )


def _without_counts(span: Span) -> Span:
    return replace(
        span,
        dropped_attributes=0,
        dropped_events=0,
        dropped_links=0,
        events=tuple(replace(event, dropped_attributes=0) for event in span.events),
    )


def _without_scope_attributes(span: Span) -> Span:
    return replace(span, scope=replace(span.scope, attributes={}))


def _both_sides(name: str, effect: Effect, summary: str, where: str, rewrite: Callable[[Span], Span]) -> Rule:
    return Rule(name, effect, summary, f"{_SHOWN} ({where})", rewrite_old=rewrite, rewrite_new=rewrite)


JAEGER_STORAGE = (
    _both_sides(
        "jaeger-event-name",
        Effect.TRANSLATED,
        "Jaeger shows an event's name and its attribute `event` as one field",
        "spanEventsToJaegerProtoLogs",
        for_events(_name_once),
    ),
    _both_sides(
        "jaeger-event-name-lost",
        Effect.DEGRADED,
        "Jaeger drops an event's name if its attribute `event` differs from it",
        "spanEventsToJaegerProtoLogs",
        for_events(_name_from_attribute),
    ),
    _both_sides(
        "jaeger-collections",
        Effect.TRANSLATED,
        "Jaeger shows arrays and maps as JSON text",
        "attributeToJaegerProtoTag",
        _texts_for_collections,
    ),
    _both_sides(
        "jaeger-scope-tags",
        Effect.TRANSLATED,
        "Jaeger shows a scope as the tags `otel.scope.*`, so such tags count as a scope",
        "getTagsFromInstrumentationLibrary",
        _scope_from_tags,
    ),
    _both_sides(
        "jaeger-links",
        Effect.DEGRADED,
        "Jaeger shows a link as a reference, CHILD_OF or FOLLOWS_FROM, without its other attributes",
        "makeJaegerProtoReferences, refTypeFromLink",
        _references_for_links,
    ),
    _both_sides(
        "jaeger-dropped-counts",
        Effect.DEGRADED,
        "Jaeger does not show how many attributes, events and links were dropped",
        "spanToJaegerProto",
        _without_counts,
    ),
    _both_sides(
        "jaeger-scope-attributes",
        Effect.DEGRADED,
        "Jaeger does not show the attributes of a scope",
        "getTagsFromInstrumentationLibrary",
        _without_scope_attributes,
    ),
)
