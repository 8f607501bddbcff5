"""Changes of messaging spans on the way to today's semantic conventions."""

from __future__ import annotations

from dataclasses import replace

from ot2otel.compare.rules.references import without_follows_from
from ot2otel.compare.rules.rule import CONVENTIONS, Effect, Rule, renamed, without
from ot2otel.model import Kind, Span

_OPENTRACING = "https://github.com/opentracing/specification/blob/master/semantic_conventions.md"
_SPANS = f"{CONVENTIONS}/messaging/messaging-spans/"

# The types of operation that the conventions define for a kind.
_OPERATIONS = {Kind.PRODUCER: ("create", "send"), Kind.CONSUMER: ("process", "receive")}


def _destination(span: Span) -> Span:
    return replace(
        span, attributes=renamed(span.attributes, "message_bus.destination", "messaging.destination.name")
    )


def _without_operation(span: Span) -> Span:
    """Drop the operation if it only repeats the span's kind."""
    operation = span.attributes.get("messaging.operation.type")
    if operation not in _OPERATIONS.get(span.kind, ()):
        return span
    repeating = [
        f"messaging.operation.{part}"
        for part in ("name", "type")
        if span.attributes.get(f"messaging.operation.{part}") == operation
    ]
    return replace(span, attributes=without(span.attributes, *repeating))


def _without_system(span: Span) -> Span:
    return replace(span, attributes=without(span.attributes, "messaging.system"))


def _without_follows_from(span: Span) -> Span:
    if span.kind is not Kind.CONSUMER:
        return span
    return replace(span, links=tuple(without_follows_from(link) for link in span.links))


MESSAGING = (
    Rule(
        "messaging.destination.name",
        Effect.TRANSLATED,
        "`message_bus.destination` is renamed to `messaging.destination.name`",
        f"{_SPANS} ({_OPENTRACING})",
        rewrite_old=_destination,
    ),
    Rule(
        "messaging.operation",
        Effect.ADDED,
        "`messaging.operation.type` and `.name` repeat the kind: a producer sends, a consumer processes",
        f"{_SPANS}#operation-types",
        rewrite_new=_without_operation,
    ),
    Rule(
        "messaging.system",
        Effect.ADDED,
        "`messaging.system` names the messaging system; OpenTracing has no tag for it",
        f"{_SPANS}#messaging-attributes",
        rewrite_new=_without_system,
    ),
    Rule(
        "follows-from",
        Effect.TRANSLATED,
        "a consumer's reference FOLLOWS_FROM becomes a link without a type; the kind CONSUMER implies it",
        f"{_SPANS}#consumer-spans",
        rewrite_old=_without_follows_from,
    ),
)
