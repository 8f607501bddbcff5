from __future__ import annotations

from dataclasses import replace

import pytest

from ot2otel.compare.rules.thrift_exporter import THRIFT_EXPORTER
from ot2otel.model import Event, Link, Scope
from tests.compare.rules.tables import by_name, rewritten, span
from tests.support.fields import SpanFields

RULES = by_name(THRIFT_EXPORTER)
SENT = {"otel.library.name": "lib"}
FOLLOWED = Link("2" * 32, "2" * 16, {"opentracing.ref_type": "follows_from"})

ALONE = [
    pytest.param(
        "thrift-exporter-resource", {"attributes": {"host.name": "h"}}, id="not sent by the exporter"
    ),
    pytest.param(
        "thrift-exporter-resource", {"attributes": SENT | {"hostname": "h"}}, id="no resource's key"
    ),
    pytest.param(
        "thrift-exporter-resource",
        {"attributes": SENT | {"host.name": "h"}, "resource": {"host.name": "other"}},
        id="another value than the resource has",
    ),
    pytest.param(
        "thrift-exporter-event-name",
        {"events": (Event("", attributes={"message": "m"}),)},
        id="OpenTracing's message",
    ),
    pytest.param(
        "thrift-exporter-event-name",
        {"attributes": SENT, "events": (Event("named", attributes={"message": "m"}),)},
        id="another name",
    ),
    pytest.param(
        "thrift-exporter-event-name",
        {"attributes": SENT, "events": (Event("", attributes={"message": 1}),)},
        id="a message that is no text",
    ),
    pytest.param("thrift-exporter-link", {"links": (FOLLOWED,)}, id="OpenTracing's reference"),
    pytest.param(
        "thrift-exporter-link",
        {"attributes": SENT, "links": (replace(FOLLOWED, attributes={"opentracing.ref_type": "child_of"}),)},
        id="another reference",
    ),
    pytest.param(
        "thrift-exporter-scope", {"scope": Scope("lib"), "attributes": {"otel.scope.name": "x"}}, id="a scope"
    ),
    pytest.param(
        "thrift-exporter-scope", {"attributes": {"otel.library.name": 1}}, id="a name that is no text"
    ),
]
TRANSLATED = [
    pytest.param(
        "thrift-exporter-link",
        {"attributes": SENT, "links": (FOLLOWED,)},
        {"attributes": SENT, "links": (Link("2" * 32, "2" * 16),)},
        id="link",
    ),
    pytest.param(
        "thrift-exporter-resource",
        {
            "attributes": SENT | {"host.name": "h", "service.name": "s", "k": 1},
            "resource": {"service.name": "s"},
        },
        {"attributes": SENT | {"k": 1}, "resource": {"host.name": "h", "service.name": "s"}},
        id="resource",
    ),
    pytest.param(
        "thrift-exporter-event-name",
        {"attributes": SENT, "events": (Event("", 5, {"message": "answered", "k": 1}),)},
        {"attributes": SENT, "events": (Event("answered", 5, {"k": 1}),)},
        id="name in the message",
    ),
    pytest.param(
        "thrift-exporter-event-name",
        {"attributes": SENT, "events": (Event("answered", 5, {"message": "answered"}),)},
        {"attributes": SENT, "events": (Event("answered", 5),)},
        id="name in both places",
    ),
    pytest.param(
        "thrift-exporter-scope",
        {
            "attributes": {
                "otel.library.name": "lib",
                "otel.library.version": "1",
                "otel.scope.name": "lib",
                "otel.scope.version": "1",
                "k": 1,
            }
        },
        {"attributes": {"k": 1}, "scope": Scope("lib", "1")},
        id="scope",
    ),
    pytest.param("thrift-exporter-scope", {"attributes": SENT}, {"scope": Scope("lib")}, id="no version"),
]


@pytest.mark.parametrize(("rule", "fields"), ALONE)
def test_a_rule_leaves_spans_of_both_sides_alone(rule: str, fields: SpanFields) -> None:
    assert (
        rewritten(RULES[rule].rewrite_old, fields)
        == rewritten(RULES[rule].rewrite_new, fields)
        == span(fields)
    )


@pytest.mark.parametrize(("rule", "fields", "expected"), TRANSLATED)
def test_a_rule_translates_spans_of_both_sides(rule: str, fields: SpanFields, expected: SpanFields) -> None:
    assert (
        rewritten(RULES[rule].rewrite_old, fields)
        == rewritten(RULES[rule].rewrite_new, fields)
        == span(expected)
    )
