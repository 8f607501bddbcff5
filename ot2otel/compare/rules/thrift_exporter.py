"""Changes that OpenTelemetry's Jaeger thrift exporter makes: facts it moves, and facts it loses."""

from __future__ import annotations

from dataclasses import replace

from ot2otel.compare.rules.origin import Origin, origin, sent_by_thrift_exporter
from ot2otel.compare.rules.references import without_follows_from
from ot2otel.compare.rules.rule import PYTHON, Effect, Rule, for_events, without
from ot2otel.model import Event, Scope, Span

_EXPORTER = f"{PYTHON}/tree/v1.21.0/exporter/opentelemetry-exporter-jaeger-thrift"

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


def _resource_back(span: Span) -> Span:
    if not sent_by_thrift_exporter(span):
        return span
    copied = {
        key: value
        for key, value in span.attributes.items()
        if key.startswith(_RESOURCE) and span.resource.get(key, value) == value
    }
    return replace(span, resource={**span.resource, **copied}, attributes=without(span.attributes, *copied))


def _event_names_back(span: Span) -> Span:
    return span if origin(span) is Origin.OPENTRACING else for_events(_named)(span)


def _named(event: Event) -> Event:
    name = event.attributes.get("message")
    if not isinstance(name, str) or event.name not in ("", name):
        return event
    return replace(event, name=name, attributes=without(event.attributes, "message"))


def _scope_back(span: Span) -> Span:
    if not sent_by_thrift_exporter(span):
        return span
    values = (span.attributes.get(f"otel.library.{part}") for part in ("name", "version"))
    name, version = (value if isinstance(value, str) else "" for value in values)
    tags = [f"otel.{word}.{part}" for word in ("library", "scope") for part in ("name", "version")]
    return replace(span, scope=Scope(name, version), attributes=without(span.attributes, *tags))


def _links_back(span: Span) -> Span:
    if not sent_by_thrift_exporter(span):
        return span
    return replace(span, links=tuple(without_follows_from(link) for link in span.links))


def _without_message(event: Event) -> Event:
    return replace(event, attributes=without(event.attributes, "message"))


THRIFT_EXPORTER = (
    Rule(
        "thrift-exporter-resource",
        Effect.TRANSLATED,
        "the thrift exporter writes the resource onto every span instead of into the process",
        f"{_EXPORTER} (_extract_tags)",
        rewrite_old=_resource_back,
        rewrite_new=_resource_back,
    ),
    Rule(
        "thrift-exporter-event-name",
        Effect.TRANSLATED,
        "the thrift exporter writes an event's name into the field `message`; Jaeger reads it from `event`",
        f"{_EXPORTER} (_extract_logs)",
        rewrite_old=_event_names_back,
        rewrite_new=_event_names_back,
    ),
    Rule(
        "thrift-exporter-link",
        Effect.TRANSLATED,
        "the thrift exporter writes every link as a reference FOLLOWS_FROM",
        f"{_EXPORTER} (_extract_refs)",
        rewrite_old=_links_back,
        rewrite_new=_links_back,
    ),
    # The last one: it removes the tags by which the others recognize the exporter.
    Rule(
        "thrift-exporter-scope",
        Effect.TRANSLATED,
        "the thrift exporter writes the instrumentation scope as tags, under two names",
        f"{_EXPORTER} (_extract_tags)",
        rewrite_old=_scope_back,
        rewrite_new=_scope_back,
    ),
)

# Losses, which cannot be undone. They come after the rules that need the field `message`.
THRIFT_EXPORTER_LOSSES = (
    Rule(
        "thrift-exporter-message",
        Effect.DEGRADED,
        "an event's own field `message` is lost: the thrift exporter writes the event's name into a second "
        "field `message`, and Jaeger keeps only the last one",
        f"{_EXPORTER} (_extract_logs)",
        rewrite_old=for_events(_without_message),
    ),
)
