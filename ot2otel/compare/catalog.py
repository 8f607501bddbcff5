"""All rules, by the part of a migration that they belong to, each with an example from a recording."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from ot2otel.compare.facts import Place
from ot2otel.compare.judgement import FLAGS_NOT_CARRIED
from ot2otel.compare.rules.database import DATABASE
from ot2otel.compare.rules.http import HTTP
from ot2otel.compare.rules.jaeger_storage import JAEGER_STORAGE
from ot2otel.compare.rules.libraries import LIBRARIES
from ot2otel.compare.rules.messaging import MESSAGING
from ot2otel.compare.rules.native import OFF_THE_SHIM, OPENTELEMETRY, TODAYS_CONVENTIONS
from ot2otel.compare.rules.opentracing import BAGGAGE_EVENT, LOGGED_ERROR, OPENTRACING_TO_SDK
from ot2otel.compare.rules.peers import PEERS
from ot2otel.compare.rules.published import obsolete
from ot2otel.compare.rules.rpc import CODE, RPC
from ot2otel.compare.rules.rule import (
    Dropped,
    Licence,
    Renamed,
    Rule,
    Split,
    attribute,
    in_resource,
    of_event,
    of_link,
)
from ot2otel.compare.rules.shim import KIND_RESTORED, SHIM_OVER_OTLP, SHIM_OVER_THRIFT
from ot2otel.compare.rules.standard_tags import STANDARD_TAGS
from ot2otel.compare.rules.thrift_exporter import THRIFT_EXPORTER

EXAMPLES = Path(__file__).with_name("examples.json")
_SIMILAR = 3  # names that are suggested for an unknown one


@dataclass(frozen=True, slots=True)
class Room:
    """The rules for one part of a migration."""

    title: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """What a rule explained in two recordings: the facts of one span before and after.

    `old` and `new` are facts in words, `span` is the name of the span before.
    """

    before: str
    after: str
    span: str
    old: tuple[str, ...]
    new: tuple[str, ...]


Rooms: TypeAlias = Sequence[Room]


@cache
def rooms() -> Rooms:
    """Return all rules; each is in one room, the first that it fits in."""
    today = {rule.name: rule for rule in TODAYS_CONVENTIONS}
    without = {row.old for row in obsolete()}
    parts: list[tuple[str, Iterable[Rule]]] = [
        ("OpenTracing and jaeger-client", (*OPENTRACING_TO_SDK, BAGGAGE_EVENT, LOGGED_ERROR)),
        ("OpenTracing's standard tags that are no attribute any more", STANDARD_TAGS),
        ("On the OpenTracing shim", (*SHIM_OVER_OTLP, *SHIM_OVER_THRIFT)),
        ("Off the OpenTracing shim", (*OFF_THE_SHIM, *KIND_RESTORED)),
        ("From OpenTelemetry to OpenTelemetry", OPENTELEMETRY),
        ("Frameworks and libraries", LIBRARIES),
        ("HTTP", _named(HTTP, today)),
        ("Both ends of a call", _named(PEERS, today)),
        ("Databases", _named(DATABASE, today)),
        ("Messaging", _named(MESSAGING, today)),
        ("RPC and code", _named((*RPC, *CODE), today)),
        (
            "Other renames of the semantic conventions",
            (each for name, each in today.items() if name not in without),
        ),
        (
            "Names that the semantic conventions dropped",
            (each for name, each in today.items() if name in without),
        ),
        ("The Jaeger thrift exporter", (each.rule for each in THRIFT_EXPORTER)),
        ("Jaeger's wire and storage", (FLAGS_NOT_CARRIED, *(each.rule for each in JAEGER_STORAGE))),
    ]
    seen: set[str] = set()
    found = []
    for title, rules in parts:
        own = tuple({rule.name: rule for rule in rules if rule.name not in seen}.values())
        seen |= {rule.name for rule in own}
        found.append(Room(title, own))
    return found


def _named(rules: Iterable[Rule], today: Mapping[str, Rule]) -> Iterable[Rule]:
    """Return the rules with the renames that the conventions' own table adds to them."""
    return (today[rule.name] for rule in rules)


def rule_named(name: str) -> Rule | None:
    """Return the rule of this name."""
    return next((rule for room in rooms() for rule in room.rules if rule.name == name), None)


def similar(name: str) -> list[str]:
    """Return the names of rules that are like this one, the most similar first."""
    names = [rule.name for room in rooms() for rule in room.rules]
    inside = [each for each in names if name and name.lower() in each]
    return list(dict.fromkeys([*difflib.get_close_matches(name, names, _SIMILAR), *inside]))[:_SIMILAR]


def explaining(key: str) -> list[str]:
    """Return the names of the rules that take a key of a span, an event, a link or a resource."""
    places = attribute(key), in_resource(key), of_event("attributes", key), of_link("attributes", key)
    return [
        rule.name
        for room in rooms()
        for rule in room.rules
        if any(place in places for licence in rule.licences for place in _taken(licence))
    ]


def _taken(licence: Licence) -> tuple[Place, ...]:
    match licence:
        case Renamed(old=place):
            return (place,)
        case Split(takes=places) | Dropped(places=places):
            return places
        case _:
            return ()


@cache
def examples() -> Mapping[str, Example]:
    """Return an example for each rule that explains something in the committed recordings, by its name."""
    document = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return {
        name: Example(**{**fields, "old": tuple(fields["old"]), "new": tuple(fields["new"])})
        for name, fields in document.items()
    }
