from __future__ import annotations

from collections.abc import Callable

import pytest

from ot2otel.compare.rules.opentracing import OPENTRACING_TO_SDK
from ot2otel.model import Event, Kind, Scope, Span, Status, StatusCode
from tests.compare.rules.tables import by_name, cases, rewritten, span
from tests.support.fields import SpanFields

RULES = by_name(OPENTRACING_TO_SDK)

LOGGED = {"error.kind": "<class 'ValueError'>", "message": "boom", "stack": "in f"}
EXCEPTION = {"exception.type": "ValueError", "exception.message": "boom", "exception.stacktrace": "in f"}


def _failed(message: str, *events: Event) -> SpanFields:
    return {"status": Status(StatusCode.ERROR, message), "events": events}


BEFORE_ALONE = [
    pytest.param(
        "jaeger-client-version", {"attributes": {"opencensus.exporterversion": "x"}}, id="version on a span"
    ),
    pytest.param(
        "jaeger-client-version", {"resource": {"opencensus.other": "x"}}, id="another key of opencensus"
    ),
    pytest.param(
        "jaeger-client-ip", {"resource": {"ip.range": "x", "ipv6": "::1"}}, id="keys that begin with ip"
    ),
    pytest.param("jaeger-client-ip", {"attributes": {"ip": "127.0.0.1"}}, id="ip on a span"),
    pytest.param(
        "sampler-tags", {"attributes": {"sampler.params": 1, "sampler": 2}}, id="keys like the sampler's"
    ),
    pytest.param("default-kind", {"kind": Kind.SERVER}, id="a kind"),
    pytest.param("exception-event", {"events": (Event("info", attributes=LOGGED),)}, id="another event"),
    pytest.param("exception-event", {"events": (Event("error", attributes={"message": "m"}),)}, id="no kind"),
    pytest.param(
        "exception-event",
        {"events": (Event("error", attributes=LOGGED | {"error.kind": "Timeout"}),)},
        id="a kind that is no class",
    ),
    pytest.param(
        "exception-event",
        {"events": (Event("error", attributes={"error.kind": "<class 'E'>", "message": "m"}),)},
        id="no stack",
    ),
]
AFTER_ALONE = [
    pytest.param(
        "sdk-resource", {"resource": {"telemetry.other": 1, "telemetry": 2}}, id="another namespace"
    ),
    pytest.param("sdk-resource", {"attributes": {"telemetry.sdk.name": "otel"}}, id="SDK on a span"),
    pytest.param(
        "detected-resource", {"resource": {"host.name": "h", "host.idle": 1, "cost": 2}}, id="host name"
    ),
    pytest.param("instrumentation-scope", {}, id="no scope"),
    pytest.param(
        "exception-escaped",
        {"events": (Event("other", attributes={"exception.escaped": "True"}),)},
        id="escaped on another event",
    ),
    pytest.param("exception-status-message", _failed("by hand"), id="no exception"),
    pytest.param(
        "exception-status-message", _failed("by hand", Event("exception", attributes=EXCEPTION)), id="own"
    ),
    pytest.param(
        "exception-status-message",
        _failed("ValueError: boom", Event("other", attributes=EXCEPTION)),
        id="another event",
    ),
]
BEFORE_TRANSLATED = [
    pytest.param(
        "jaeger-client-version",
        {"resource": {"opencensus.exporterversion": "Jaeger-Python-4.8.0", "k": 1}},
        {"resource": {"k": 1}},
        id="version",
    ),
    pytest.param(
        "jaeger-client-ip", {"resource": {"ip": "192.0.2.1", "k": 1}}, {"resource": {"k": 1}}, id="ip"
    ),
    pytest.param(
        "sampler-tags",
        {"attributes": {"sampler.type": "const", "sampler.param": True, "k": 1}},
        {"attributes": {"k": 1}},
        id="sampler",
    ),
    pytest.param("default-kind", {}, {"kind": Kind.INTERNAL}, id="no kind"),
    pytest.param(
        "exception-event",
        {"events": (Event("error", 5, LOGGED | {"error.object": "boom", "k": 1}),)},
        {"events": (Event("exception", 5, EXCEPTION | {"k": 1}),)},
        id="logged exception",
    ),
    pytest.param(
        "exception-event",
        {"events": (Event("error", 5, LOGGED | {"error.object": "other"}),)},
        {"events": (Event("exception", 5, EXCEPTION | {"error.object": "other"}),)},
        id="an object of its own",
    ),
]
AFTER_TRANSLATED = [
    pytest.param(
        "sdk-resource",
        {"resource": {"telemetry.sdk.name": "otel", "telemetry.sdk.language": "python", "k": 1}},
        {"resource": {"k": 1}},
        id="SDK",
    ),
    pytest.param(
        "detected-resource",
        {
            "resource": {
                "host.arch": "amd64",
                "host.id": "i",
                "os.type": "linux",
                "process.owner": "o",
                "k": 1,
            }
        },
        {"resource": {"k": 1}},
        id="detected",
    ),
    pytest.param("instrumentation-scope", {"scope": Scope("lib", "1", {"k": 1})}, {}, id="scope"),
    pytest.param(
        "exception-escaped",
        {"events": (Event("exception", 5, EXCEPTION | {"exception.escaped": "False"}),)},
        {"events": (Event("exception", 5, EXCEPTION),)},
        id="escaped",
    ),
    pytest.param(
        "exception-status-message",
        _failed("ValueError: boom", Event("exception", attributes=EXCEPTION)),
        _failed("", Event("exception", attributes=EXCEPTION)),
        id="copied message",
    ),
    pytest.param(
        "exception-status-message",
        _failed("Gone: ", Event("exception", attributes={"exception.type": "my.package.Gone"})),
        _failed("", Event("exception", attributes={"exception.type": "my.package.Gone"})),
        id="class of a package, no text",
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
