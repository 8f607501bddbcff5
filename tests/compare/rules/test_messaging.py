from __future__ import annotations

import pytest

from ot2otel.model import AttributeValue, Kind, Link, Span
from tests.compare.rules.tables import Judged, attributes, case, judged_by, span

FOLLOWED = Link("2" * 32, "2" * 16, {"opentracing.ref_type": "follows_from", "k": 1})
LINKED = Link("2" * 32, "2" * 16, {"k": 1})


def operation(kind: Kind, **values: AttributeValue) -> Span:
    return span(kind=kind, attributes={f"messaging.operation.{key}": value for key, value in values.items()})


TRANSLATES = [
    case(
        "messaging.destination.name",
        "a destination",
        attributes({"message_bus.destination": "q"}),
        attributes({"messaging.destination.name": "q"}),
        "translated [message_bus.destination] -> [messaging.destination.name] by it",
    ),
    case(
        "messaging.operation",
        "of a producer",
        operation(Kind.PRODUCER),
        operation(Kind.PRODUCER, type="send", name="publish"),
        "added nothing -> [messaging.operation.name] by it",
        "added nothing -> [messaging.operation.type] by it",
    ),
    case(
        "messaging.operation",
        "of a consumer",
        operation(Kind.CONSUMER),
        operation(Kind.CONSUMER, type="process", name="ack"),
        "added nothing -> [messaging.operation.name] by it",
        "added nothing -> [messaging.operation.type] by it",
    ),
    case(
        "messaging.operation",
        "of a client that asks for messages",
        operation(Kind.CLIENT),
        operation(Kind.CLIENT, type="receive", name="poll"),
        "added nothing -> [messaging.operation.name] by it",
        "added nothing -> [messaging.operation.type] by it",
    ),
    case(
        "messaging.operation",
        "of a consumer that asks for messages, as until 1.26",
        operation(Kind.CONSUMER),
        operation(Kind.CONSUMER, type="receive"),
        "added nothing -> [messaging.operation.type] by it",
    ),
    case(
        "messaging.system",
        "a system",
        attributes({}),
        attributes({"messaging.system": "kafka"}),
        "added nothing -> [messaging.system] by it",
    ),
    case(
        "follows-from",
        "of a consumer",
        span(kind=Kind.CONSUMER, links=(FOLLOWED,)),
        span(kind=Kind.CONSUMER, links=(LINKED,)),
        "translated link.0[opentracing.ref_type] -> nothing by it",
    ),
    case(
        "messaging.operation.type",
        "an operation",
        attributes({"messaging.operation": "process"}),
        attributes({"messaging.operation.type": "process"}),
        "translated [messaging.operation] -> [messaging.operation.type] by it",
    ),
    case(
        "messaging.operation.type",
        "one with another name",
        attributes({"messaging.operation": "publish"}),
        attributes({"messaging.operation.type": "send"}),
        "translated [messaging.operation] -> [messaging.operation.type] by it",
    ),
    case(
        "messaging.destination.partition.id",
        "a number as text",
        attributes({"messaging.kafka.partition": 2}),
        attributes({"messaging.destination.partition.id": "2"}),
        "translated [messaging.kafka.partition] -> [messaging.destination.partition.id] by it",
    ),
    case(
        "messaging.consumer.group.name",
        "a group of RocketMQ",
        span(kind=Kind.CONSUMER, attributes={"messaging.rocketmq.client_group": "g"}),
        span(kind=Kind.CONSUMER, attributes={"messaging.consumer.group.name": "g"}),
        "translated [messaging.rocketmq.client_group] -> [messaging.consumer.group.name] by it",
    ),
]
LEAVES_ALONE = [
    case(
        "messaging.consumer.group.name",
        "a group of producers",
        span(kind=Kind.PRODUCER, attributes={"messaging.rocketmq.client_group": "g"}),
        span(kind=Kind.PRODUCER, attributes={"messaging.consumer.group.name": "g"}),
        "gone [messaging.rocketmq.client_group] -> nothing",
        "new nothing -> [messaging.consumer.group.name]",
    ),
    case(
        "messaging.operation.type",
        "another operation",
        attributes({"messaging.operation": "process"}),
        attributes({"messaging.operation.type": "receive"}),
        'changed [messaging.operation] -> [messaging.operation.type] by it, which wants "process"',
    ),
    case(
        "messaging.destination.partition.id",
        "another partition",
        attributes({"messaging.kafka.partition": 2}),
        attributes({"messaging.destination.partition.id": "3"}),
        'changed [messaging.kafka.partition] -> [messaging.destination.partition.id] by it, which wants "2"',
    ),
    case(
        "messaging.destination.name",
        "another key",
        attributes({"destination": "q"}),
        attributes({"messaging.destination.name": "q"}),
        "gone [destination] -> nothing",
        "new nothing -> [messaging.destination.name]",
    ),
    case(
        "messaging.destination.name",
        "another destination",
        attributes({"message_bus.destination": "q"}),
        attributes({"messaging.destination.name": "r"}),
        'changed [message_bus.destination] -> [messaging.destination.name] by it, which wants "q"',
    ),
    case(
        "messaging.operation",
        "of another kind",
        operation(Kind.CONSUMER),
        operation(Kind.CONSUMER, type="send", name="publish"),
        "added nothing -> [messaging.operation.name] by it",
        'changed nothing -> [messaging.operation.type] by it, which wants "process"',
    ),
    case(
        "messaging.operation",
        "of a span without a kind",
        operation(Kind.INTERNAL),
        operation(Kind.INTERNAL, type="send"),
        "new nothing -> [messaging.operation.type]",
    ),
    case(
        "messaging.operation",
        "without a type",
        operation(Kind.PRODUCER),
        operation(Kind.PRODUCER, name="send"),
        "new nothing -> [messaging.operation.name]",
    ),
    case(
        "messaging.operation",
        "a type that changed",
        operation(Kind.PRODUCER, type="create"),
        operation(Kind.PRODUCER, type="send"),
        "changed [messaging.operation.type] -> [messaging.operation.type]",
    ),
    case(
        "messaging.system",
        "another key",
        attributes({}),
        attributes({"messaging.system.name": "s"}),
        "new nothing -> [messaging.system.name]",
    ),
    case(
        "messaging.system",
        "another system",
        attributes({"messaging.system": "kafka"}),
        attributes({"messaging.system": "pulsar"}),
        "changed [messaging.system] -> [messaging.system]",
    ),
    case(
        "follows-from",
        "a reference CHILD_OF",
        span(kind=Kind.CONSUMER, links=(Link("2" * 32, "2" * 16, {"opentracing.ref_type": "child_of"}),)),
        span(kind=Kind.CONSUMER, links=(Link("2" * 32, "2" * 16),)),
        "gone link.0[opentracing.ref_type] -> nothing",
    ),
    case(
        "follows-from",
        "no consumer",
        span(kind=Kind.INTERNAL, links=(FOLLOWED,)),
        span(kind=Kind.INTERNAL, links=(LINKED,)),
        "gone link.0[opentracing.ref_type] -> nothing",
    ),
    case(
        "follows-from",
        "a consumer that is none any more",
        span(kind=Kind.CONSUMER, links=(FOLLOWED,)),
        span(kind=Kind.INTERNAL, links=(LINKED,)),
        "changed kind -> kind",
        "gone link.0[opentracing.ref_type] -> nothing",
    ),
    case(
        "follows-from",
        "a link that is lost",
        span(kind=Kind.CONSUMER, links=(FOLLOWED,)),
        span(kind=Kind.CONSUMER),
        "gone link.0 -> nothing",
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "expected"), TRANSLATES + LEAVES_ALONE)
def test_a_rule_explains_what_its_table_says(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert judged_by(rule, before, after) == expected
