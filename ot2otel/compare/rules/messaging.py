"""Changes of messaging spans on the way to today's semantic conventions."""

from __future__ import annotations

from collections.abc import Sequence

from ot2otel.compare.facts import KIND
from ot2otel.compare.rules.references import FOLLOWS_FROM, REF_TYPE
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    OPENTRACING_TAGS,
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


_OPERATIONS_RENAMED = {"publish": "send", "deliver": "process"}


def _operation(operation: object) -> object:
    return _OPERATIONS_RENAMED.get(str(operation), operation)


def _partition(partition: object) -> str | None:
    return str(partition) if type(partition) is int else None


MESSAGING = (
    Rule(
        "messaging.destination.name",
        Effect.TRANSLATED,
        "`message_bus.destination` and `messaging.destination` are renamed to `messaging.destination.name`",
        f"{_SPANS} ({OPENTRACING_TAGS})",
        (Renamed(attribute("message_bus.destination"), attribute("messaging.destination.name")),),
    ),
    Rule(
        "messaging.operation",
        Effect.ADDED,
        "`messaging.operation.type` and `messaging.operation.name` repeat the kind: a producer sends, a "
        "consumer processes",
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
        "messaging.operation.type",
        Effect.TRANSLATED,
        "`messaging.operation` is renamed to `messaging.operation.type`; `publish` is `send` there, and "
        "`deliver` is `process`",
        f"{CONVENTIONS}/registry/attributes/messaging/",
        (Renamed(attribute("messaging.operation"), attribute("messaging.operation.type"), _operation),),
    ),
    Rule(
        "messaging.destination.partition.id",
        Effect.TRANSLATED,
        "the number of a Kafka partition becomes `messaging.destination.partition.id`, as text",
        f"{CONVENTIONS}/registry/attributes/messaging/",
        tuple(
            Renamed(attribute(old), attribute("messaging.destination.partition.id"), _partition)
            for old in ("messaging.kafka.destination.partition", "messaging.kafka.partition")
        ),
    ),
    Rule(
        "messaging.consumer.group.name",
        Effect.TRANSLATED,
        "the attributes for a group of consumers are renamed to `messaging.consumer.group.name`",
        f"{CONVENTIONS}/registry/attributes/messaging/",
        (
            Renamed(
                attribute("messaging.rocketmq.client_group"),
                attribute("messaging.consumer.group.name"),
                premises=(stands(KIND, Kind.CONSUMER),),
            ),
        ),
    ),
    Rule(
        "messaging.system",
        Effect.ADDED,
        "`messaging.system` names the messaging system; OpenTracing has no tag for it",
        f"{_SPANS}#messaging-spans",
        (Added((attribute("messaging.system"),), text),),
    ),
    Rule(
        "follows-from",
        Effect.TRANSLATED,
        "a consumer's reference FOLLOWS_FROM becomes a link without a type; the kind CONSUMER tells as much",
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
