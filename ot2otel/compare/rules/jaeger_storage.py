"""Changes that Jaeger itself makes to a span when it stores and shows it.

They are undone on both sides, since either one may have been read back from Jaeger.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ot2otel.compare.facts import DEFAULTS, SCOPE_NAME, SCOPE_VERSION, Facts, Nested, Place
from ot2otel.compare.rules.references import CHILD_OF, FOLLOWS_FROM, REF_TYPE
from ot2otel.compare.rules.rule import TRANSLATOR, Effect, Lift, Rule, Transport, attribute
from ot2otel.model import AttributeValue, KeyValues

_SHOWN = f"{TRANSLATOR}/traces_to_jaegerproto.go"


def _texts_for_collections(facts: Facts) -> Iterator[Lift]:
    for place, value in facts.items():
        if isinstance(value, Nested):
            yield Lift((place,), place, _json_text(value.value))


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


def _named_in_attributes(facts: Facts) -> Iterator[tuple[Place, Place]]:
    """Yield the place of each event's name, and of its attribute `event`."""
    for place, value in facts.items():
        if place[0] == "event" and place[2:] == ("attributes", "event") and isinstance(value, str):
            yield (*place[:2], "name"), place


def _name_once(facts: Facts) -> Iterator[Lift]:
    for name, copy in _named_in_attributes(facts):
        if facts[name] == facts[copy]:
            yield Lift((name, copy), name, facts[name])


def _name_from_attribute(facts: Facts) -> Iterator[Lift]:
    for name, copy in _named_in_attributes(facts):
        if facts[name] != facts[copy]:
            yield Lift((name, copy), name, facts[copy])


def _references_for_links(facts: Facts) -> Iterator[Lift]:
    for place, value in facts.items():
        if place[0] != "link":
            continue
        kind = (*place[:2], "attributes", REF_TYPE)
        if place == kind:
            yield Lift((place,), place, value if value == CHILD_OF else FOLLOWS_FROM)
        elif place[2] == "to":
            yield Lift((place,), place, value)
            if kind not in facts:
                yield Lift((), kind, FOLLOWS_FROM)
        else:
            yield Lift((place,))


def _scope_from_tags(facts: Facts) -> Iterator[Lift]:
    if SCOPE_NAME in facts:
        return
    for part, place in (("name", SCOPE_NAME), ("version", SCOPE_VERSION)):
        tag = attribute(f"otel.scope.{part}")
        if tag in facts and attribute("otel.scope.name") in facts:
            yield Lift((tag,), place if facts[tag] else None, facts[tag])


def _without_counts(facts: Facts) -> Iterator[Lift]:
    for place in facts:
        if (place[0] == "dropped" and place in DEFAULTS) or place[-1] == "dropped":
            yield Lift((place,))


def _without_scope_attributes(facts: Facts) -> Iterator[Lift]:
    for place in facts:
        if place[:2] == ("scope", "attributes"):
            yield Lift((place,))


def _transport(
    name: str,
    effect: Effect,
    summary: str,
    where: str,
    lifts: Callable[[Facts], Iterator[Lift]],
    consequence: str = "",
) -> Transport:
    def all_of_them(facts: Facts) -> Sequence[Lift]:
        return list(lifts(facts))

    rule = Rule(name, effect, summary, f"{_SHOWN} ({where})", consequence=consequence)
    return Transport(rule, all_of_them)


JAEGER_STORAGE = (
    _transport(
        "jaeger-event-name",
        Effect.TRANSLATED,
        "Jaeger shows an event's name and its attribute `event` as one field",
        "spanEventsToJaegerProtoLogs",
        _name_once,
    ),
    _transport(
        "jaeger-event-name-lost",
        Effect.DEGRADED,
        "Jaeger drops an event's name if its attribute `event` differs from it",
        "spanEventsToJaegerProtoLogs",
        _name_from_attribute,
        "a search for the name of such an event finds nothing",
    ),
    _transport(
        "jaeger-collections",
        Effect.TRANSLATED,
        "Jaeger shows arrays and maps as JSON text",
        "attributeToJaegerProtoTag",
        _texts_for_collections,
    ),
    _transport(
        "jaeger-scope-tags",
        Effect.TRANSLATED,
        "Jaeger shows a scope as the tags `otel.scope.*`, so such tags count as a scope",
        "getTagsFromInstrumentationLibrary",
        _scope_from_tags,
    ),
    _transport(
        "jaeger-links",
        Effect.DEGRADED,
        "Jaeger shows a link as a reference, CHILD_OF or FOLLOWS_FROM, without its other attributes",
        "makeJaegerProtoReferences, refTypeFromLink",
        _references_for_links,
        "a search for an attribute of a link finds nothing",
    ),
    _transport(
        "jaeger-dropped-counts",
        Effect.DEGRADED,
        "Jaeger does not show how many attributes, events and links were dropped",
        "spanToJaegerProto",
        _without_counts,
        "a span that lost entries to its limits looks complete",
    ),
    _transport(
        "jaeger-scope-attributes",
        Effect.DEGRADED,
        "Jaeger does not show the attributes of a scope",
        "getTagsFromInstrumentationLibrary",
        _without_scope_attributes,
        "a search for an attribute of a scope finds nothing",
    ),
)
