from __future__ import annotations

from collections.abc import Callable

import pytest

from ot2otel.compare.rules.messaging import MESSAGING
from ot2otel.model import Kind, Link, Span
from tests.compare.rules.tables import by_name, cases, rewritten, span
from tests.support.fields import SpanFields

RULES = by_name(MESSAGING)
OPERATION = {"messaging.operation.name": "send", "messaging.operation.type": "send"}


def linked(reference: str | None, kind: Kind = Kind.CONSUMER) -> SpanFields:
    typed = {} if reference is None else {"opentracing.ref_type": reference}
    return {"kind": kind, "links": (Link("2" * 32, "2" * 16, typed | {"k": 1}),)}


BEFORE_ALONE = [
    pytest.param("messaging.destination.name", {"attributes": {"destination": "q"}}, id="another key"),
    pytest.param(
        "messaging.destination.name",
        {"attributes": {"message_bus.destination": "q", "messaging.destination.name": "r"}},
        id="both destinations",
    ),
    pytest.param("follows-from", linked("child_of"), id="a reference CHILD_OF"),
    pytest.param("follows-from", linked(None), id="a link"),
    pytest.param("follows-from", linked("follows_from", Kind.INTERNAL), id="no consumer"),
]
AFTER_ALONE = [
    pytest.param(
        "messaging.operation",
        {"kind": Kind.CONSUMER, "attributes": OPERATION},
        id="an operation of another kind",
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
    pytest.param("follows-from", linked("follows_from"), linked(None), id="a reference FOLLOWS_FROM"),
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


@pytest.mark.parametrize(
    ("rewrite", "fields", "expected"),
    cases(RULES, (BEFORE_ALONE, BEFORE_TRANSLATED), (AFTER_ALONE, AFTER_TRANSLATED)),
)
def test_a_rule_leaves_alone_or_translates(
    rewrite: Callable[[Span], Span], fields: SpanFields, expected: SpanFields
) -> None:
    assert rewritten(rewrite, fields) == span(expected)
