from __future__ import annotations

import pytest

from ot2otel.model import Kind, Link
from ot2otel.rules.messaging import MESSAGING
from tests.rules.tables import Fields, by_name, reads, span

RULES = by_name(MESSAGING)
OPERATION = {"messaging.operation.name": "send", "messaging.operation.type": "send"}


def linked(reference: str | None, kind: Kind = Kind.CONSUMER) -> Fields:
    said = {} if reference is None else {"opentracing.ref_type": reference}
    return {"kind": kind, "links": (Link("2" * 32, "2" * 16, said | {"k": 1}),)}


BEFORE_ALONE = [
    pytest.param("messaging.destination.name", {"attributes": {"destination": "q"}}, id="another key"),
    pytest.param(
        "messaging.destination.name",
        {"attributes": {"message_bus.destination": "q", "messaging.destination.name": "r"}},
        id="both destinations",
    ),
    pytest.param("follows-from", linked("child_of"), id="a span that is waited for"),
    pytest.param("follows-from", linked(None), id="a link"),
    pytest.param("follows-from", linked("follows_from", Kind.INTERNAL), id="no consumer"),
]
AFTER_ALONE = [
    pytest.param(
        "messaging.operation", {"kind": Kind.CONSUMER, "attributes": OPERATION}, id="not what the kind does"
    ),
    pytest.param("messaging.operation", {"attributes": OPERATION}, id="no kind"),
    pytest.param(
        "messaging.operation",
        {"kind": Kind.PRODUCER, "attributes": {"messaging.operation.name": "send"}},
        id="no type",
    ),
    pytest.param("messaging.system", {"attributes": {"messaging.system.name": "s"}}, id="another key"),
]
BEFORE_TRANSLATED = [
    pytest.param(
        "messaging.destination.name",
        {"attributes": {"message_bus.destination": "q", "k": 1}},
        {"attributes": {"messaging.destination.name": "q", "k": 1}},
        id="destination",
    ),
    pytest.param("follows-from", linked("follows_from"), linked(None), id="a span that is followed"),
]
AFTER_TRANSLATED = [
    pytest.param(
        "messaging.operation",
        {"kind": Kind.PRODUCER, "attributes": OPERATION | {"k": 1}},
        {"kind": Kind.PRODUCER, "attributes": {"k": 1}},
        id="producer",
    ),
    pytest.param(
        "messaging.operation",
        {
            "kind": Kind.CONSUMER,
            "attributes": {"messaging.operation.name": "poll", "messaging.operation.type": "receive"},
        },
        {"kind": Kind.CONSUMER, "attributes": {"messaging.operation.name": "poll"}},
        id="a name of the system's own",
    ),
    pytest.param(
        "messaging.system",
        {"attributes": {"messaging.system": "kafka", "k": 1}},
        {"attributes": {"k": 1}},
        id="system",
    ),
]
COVERED = (BEFORE_ALONE + AFTER_ALONE, BEFORE_TRANSLATED + AFTER_TRANSLATED)


@pytest.mark.parametrize(("rule", "fields"), BEFORE_ALONE)
def test_of_the_before_a_rule_leaves_alone(rule: str, fields: Fields) -> None:
    assert reads(RULES[rule].before, fields) == span(fields)


@pytest.mark.parametrize(("rule", "fields"), AFTER_ALONE)
def test_of_the_after_a_rule_leaves_alone(rule: str, fields: Fields) -> None:
    assert reads(RULES[rule].after, fields) == span(fields)


@pytest.mark.parametrize(("rule", "fields", "read"), BEFORE_TRANSLATED)
def test_of_the_before_a_rule_translates(rule: str, fields: Fields, read: Fields) -> None:
    assert reads(RULES[rule].before, fields) == span(read)


@pytest.mark.parametrize(("rule", "fields", "read"), AFTER_TRANSLATED)
def test_of_the_after_a_rule_translates(rule: str, fields: Fields, read: Fields) -> None:
    assert reads(RULES[rule].after, fields) == span(read)
