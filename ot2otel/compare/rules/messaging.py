"""Changes of messaging spans on the way to today's semantic conventions."""

from __future__ import annotations

from collections.abc import Sequence

from ot2otel.compare.facts import KIND
from ot2otel.compare.rules.references import FOLLOWS_FROM, REF_TYPE
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    Added,
    Copied,
    Dropped,
    Effect,
    Renamed,
    Rule,
    attribute,
    of_link,
    one_of,
    stands,
    text,
    was,
)
from ot2otel.model import Kind

_OPENTRACING = "https://github.com/opentracing/specification/blob/master/semantic_conventions.md"
_SPANS = f"{CONVENTIONS}/messaging/messaging-spans/"

# The types of operation that the conventions define for a kind. Until 1.26 `receive` was a CONSUMER's, and
# instrumentations still write it so.
_OPERATIONS = {
    Kind.PRODUCER: ("send", "create"),
    Kind.CONSUMER: ("process", "receive"),
    Kind.CLIENT: ("send", "receive", "settle"),
}


def _operations(kind: Kind) -> Sequence[str]:
    return _OPERATIONS.get(kind, ())


MESSAGING = (
    Rule(
        "messaging.destination.name",
        Effect.TRANSLATED,
        "`message_bus.destination` is renamed to `messaging.destination.name`",
        f"{_SPANS} ({_OPENTRACING})",
        (Renamed(attribute("message_bus.destination"), attribute("messaging.destination.name")),),
    ),
    Rule(
        "messaging.operation",
        Effect.ADDED,
        "`messaging.operation.type` and `.name` repeat the kind: a producer sends, a consumer processes",
        f"{_SPANS}#operation-types",
        (
            Copied(attribute("messaging.operation.type"), (KIND,), _operations),
            # Its value is the messaging system's own word.
            Added(
                (attribute("messaging.operation.name"),),
                text,
                (stands(attribute("messaging.operation.type")),),
            ),
        ),
    ),
    Rule(
        "messaging.system",
        Effect.ADDED,
        "`messaging.system` names the messaging system; OpenTracing has no tag for it",
        f"{_SPANS}#messaging-attributes",
        (Added((attribute("messaging.system"),), text),),
    ),
    Rule(
        "follows-from",
        Effect.TRANSLATED,
        "a consumer's reference FOLLOWS_FROM becomes a link without a type; the kind CONSUMER implies it",
        f"{_SPANS}#consumer-spans",
        (
            Dropped(
                (of_link("attributes", REF_TYPE),),
                "the kind CONSUMER",
                one_of(FOLLOWS_FROM),
                (was(KIND, Kind.CONSUMER), stands(KIND, Kind.CONSUMER), stands(of_link("to"))),
            ),
        ),
    ),
)
