"""Changes that OpenTelemetry's Jaeger thrift exporter makes: facts it moves, and facts it loses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ot2otel.compare.facts import SCOPE_NAME, SCOPE_VERSION, Facts, same
from ot2otel.compare.rules.origin import sent_by_thrift_exporter
from ot2otel.compare.rules.references import FOLLOWS_FROM, REF_TYPE
from ot2otel.compare.rules.rule import (
    PYTHON,
    Dropped,
    Effect,
    Lift,
    Premise,
    Rule,
    Transport,
    attribute,
    in_resource,
    of_event,
)

_EXPORTER = (
    f"{PYTHON}/blob/v1.21.0/exporter/opentelemetry-exporter-jaeger-thrift/src/opentelemetry/exporter/jaeger/thrift/"
    "translate/__init__.py"
)

# The namespaces that the semantic conventions reserve for resources.
_RESOURCE = (
    "cloud.",
    "container.",
    "deployment.",
    "host.",
    "k8s.",
    "os.",
    "process.",
    "service.",
    "telemetry.",
)


def _resource_back(facts: Facts) -> Sequence[Lift]:
    if not sent_by_thrift_exporter(facts):
        return ()
    return [
        Lift((place,), in_resource(place[1]), value)
        for place, value in facts.items()
        if place[0] == "attributes"
        and isinstance(place[1], str)
        and place[1].startswith(_RESOURCE)
        and same(facts.get(in_resource(place[1]), value), value)
    ]


def _event_names_back(facts: Facts) -> Sequence[Lift]:
    return list(_names(facts)) if sent_by_thrift_exporter(facts) else ()


def _names(facts: Facts) -> Iterator[Lift]:
    for place, message in facts.items():
        if place[0] == "event" and place[2:] == ("attributes", "message"):
            name = (*place[:2], "name")
            if isinstance(message, str) and facts[name] in ("", message):
                yield Lift((name, place), name, message)


def _scope_back(facts: Facts) -> Sequence[Lift]:
    if not sent_by_thrift_exporter(facts):
        return ()
    return [
        Lift((place,), to if facts[place] else None, facts[place])
        for part, to in (("name", SCOPE_NAME), ("version", SCOPE_VERSION))
        for place in (attribute(f"otel.library.{part}"), attribute(f"otel.scope.{part}"))
        if place in facts and same(facts[place], _library(facts, part))
    ]


def _library(facts: Facts, part: str) -> Any:  # Any: a value of a fact
    return facts.get(attribute(f"otel.library.{part}"), ())


def _links_back(facts: Facts) -> Sequence[Lift]:
    if not sent_by_thrift_exporter(facts):
        return ()
    return [
        Lift((place, to), to, facts[to])
        for place, value in facts.items()
        if place[0] == "link" and place[2:] == ("attributes", REF_TYPE) and value == FOLLOWS_FROM
        for to in ((*place[:2], "to"),)
    ]


THRIFT_EXPORTER = (
    Transport(
        Rule(
            "thrift-exporter-resource",
            Effect.TRANSLATED,
            "the thrift exporter writes the resource onto every span instead of into the process",
            f"{_EXPORTER} (_extract_tags)",
        ),
        _resource_back,
    ),
    Transport(
        Rule(
            "thrift-exporter-event-name",
            Effect.TRANSLATED,
            "the thrift exporter writes an event's name as the field `message`; Jaeger reads it from `event`",
            f"{_EXPORTER} (_extract_logs)",
        ),
        _event_names_back,
    ),
    Transport(
        Rule(
            "thrift-exporter-link",
            Effect.TRANSLATED,
            "the thrift exporter writes every link as a reference FOLLOWS_FROM",
            f"{_EXPORTER} (_extract_refs)",
        ),
        _links_back,
    ),
    Transport(
        Rule(
            "thrift-exporter-scope",
            Effect.TRANSLATED,
            "the thrift exporter writes the instrumentation scope as tags, under two names",
            f"{_EXPORTER} (_extract_tags)",
        ),
        _scope_back,
    ),
)


def _is_no_exception(name: object) -> bool:
    return name not in (None, "exception")


# Losses, which cannot be undone.
THRIFT_EXPORTER_LOSSES = (
    Rule(
        "thrift-exporter-message",
        Effect.DEGRADED,
        "an event loses its field `message`: the thrift exporter writes the event's name into a second field "
        "`message`, and Jaeger keeps only the last one",
        f"{_EXPORTER} (_extract_logs)",
        (
            Dropped(
                (of_event("attributes", "message"),),
                "the event's name, in the same field",
                # An exception's message has a field of its own, which must stand.
                premises=(Premise((of_event("name"),), _is_no_exception),),
            ),
        ),
        "a search for the message of a log finds nothing",
    ),
)
