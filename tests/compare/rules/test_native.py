from __future__ import annotations

import pytest

from ot2otel.compare.rules.native import OFF_THE_SHIM, TODAYS_CONVENTIONS
from ot2otel.model import AttributeValue, Event, Kind, Scope, Status, StatusCode
from tests.compare.rules.tables import by_name, rewritten, span
from tests.support.fields import SpanFields

RULES = by_name(TODAYS_CONVENTIONS, OFF_THE_SHIM)
ERROR = Status(StatusCode.ERROR)


def _at(kind: Kind, **attributes: AttributeValue) -> SpanFields:
    return {"kind": kind, "attributes": {key.replace("__", "."): value for key, value in attributes.items()}}


def _raised(kind: str) -> Event:
    return Event("exception", attributes={"exception.type": kind})


ALONE = [
    pytest.param("http.request.method", {"resource": {"http.method": "GET"}}, id="method of the resource"),
    pytest.param(
        "http.request.method",
        {"attributes": {"http.method": "GET", "http.request.method": "PUT"}},
        id="both methods",
    ),
    pytest.param("http.response.status_code", {"attributes": {"http.status": 200}}, id="another status"),
    pytest.param(
        "http.response.status_code",
        {"attributes": {"http.status_code": 200, "http.response.status_code": 500}},
        id="both status codes",
    ),
    pytest.param("url", _at(Kind.INTERNAL, http__url="http://a/b"), id="URL of an inner span"),
    pytest.param("url", _at(Kind.CLIENT, http__url=1), id="URL that is no text"),
    pytest.param("url", _at(Kind.CLIENT, http__url="http://a:port/"), id="URL that is none"),
    pytest.param("url", _at(Kind.SERVER, http__url="http://[a/"), id="URL with half an address"),
    pytest.param("url", _at(Kind.CLIENT, http__target="/b"), id="no URL"),
    pytest.param("error.type", {"attributes": {"http.response.status_code": 500}}, id="no failure"),
    pytest.param("error.type", {"status": ERROR}, id="a failure without a reason"),
    pytest.param(
        "error.type", {"status": ERROR, "attributes": {"http.response.status_code": 200}}, id="a good answer"
    ),
    pytest.param(
        "error.type",
        {"status": ERROR, "attributes": {"http.response.status_code": True}},
        id="no status code",
    ),
    pytest.param(
        "error.type",
        {"status": ERROR, "attributes": {"error.type": "timeout"}, "events": (_raised("E"),)},
        id="a type already",
    ),
    pytest.param("span-kind", {"attributes": {"span.kind": "sideways"}}, id="an unknown kind"),
    pytest.param("span-kind", {"attributes": {"span.kind": ("client",)}}, id="a kind that is no text"),
    pytest.param("error-status", {"attributes": {"error": False}}, id="no error"),
    pytest.param("error-status", {"attributes": {"error": "true"}}, id="an error in words"),
    pytest.param("event-attribute", {"events": (Event("a", attributes={"event": "b"}),)}, id="not its name"),
    pytest.param("own-scope", {"scope": Scope(attributes={"k": 1})}, id="a scope without a name"),
]
TRANSLATED = [
    pytest.param(
        "http.request.method",
        {"attributes": {"http.method": "GET"}},
        {"attributes": {"http.request.method": "GET"}},
        id="method",
    ),
    pytest.param(
        "http.response.status_code",
        {"attributes": {"http.status_code": 200}},
        {"attributes": {"http.response.status_code": 200}},
        id="status code",
    ),
    pytest.param(
        "url",
        _at(Kind.CLIENT, http__url="http://a:81/b?c=d", k=1),
        _at(Kind.CLIENT, url__full="http://a:81/b?c=d", server__address="a", server__port=81, k=1),
        id="URL of a client",
    ),
    pytest.param(
        "url",
        _at(Kind.SERVER, http__url="https://a/b?c=d", k=1),
        _at(
            Kind.SERVER,
            url__scheme="https",
            url__path="/b",
            url__query="c=d",
            server__address="a",
            server__port=443,
            k=1,
        ),
        id="URL of a server",
    ),
    pytest.param(
        "url",
        _at(Kind.SERVER, http__url="gopher://a/"),
        _at(Kind.SERVER, url__scheme="gopher", url__path="/", server__address="a"),
        id="a scheme without a known port, no query",
    ),
    pytest.param(
        "error.type",
        {"status": ERROR, "attributes": {"http.response.status_code": 502}, "events": (_raised("E"),)},
        {
            "status": ERROR,
            "attributes": {"http.response.status_code": 502, "error.type": "502"},
            "events": (_raised("E"),),
        },
        id="status code before exception",
    ),
    pytest.param(
        "error.type",
        {"status": ERROR, "events": (_raised("A"), _raised("B"), Event("other"))},
        {
            "status": ERROR,
            "attributes": {"error.type": "B"},
            "events": (_raised("A"), _raised("B"), Event("other")),
        },
        id="the last exception",
    ),
    pytest.param(
        "span-kind",
        {"kind": Kind.INTERNAL, "attributes": {"span.kind": "client", "k": 1}},
        {"kind": Kind.CLIENT, "attributes": {"k": 1}},
        id="kind",
    ),
    pytest.param(
        "error-status",
        {"attributes": {"error": True, "k": 1}},
        {"status": ERROR, "attributes": {"k": 1}},
        id="error",
    ),
    pytest.param(
        "event-attribute",
        {"events": (Event("a", 5, {"event": "a", "k": 1}),)},
        {"events": (Event("a", 5, {"k": 1}),)},
        id="event's name",
    ),
    pytest.param(
        "own-scope",
        {"scope": Scope("opentelemetry.shim.opentracing_shim", "0.60b1", {"k": 1})},
        {"scope": Scope(attributes={"k": 1})},
        id="scope",
    ),
]


@pytest.mark.parametrize(("rule", "fields"), ALONE)
def test_a_rule_leaves_an_old_span_alone(rule: str, fields: SpanFields) -> None:
    assert rewritten(RULES[rule].rewrite_old, fields) == span(fields)


@pytest.mark.parametrize(("rule", "fields", "expected"), TRANSLATED)
def test_a_rule_translates_an_old_span(rule: str, fields: SpanFields, expected: SpanFields) -> None:
    assert rewritten(RULES[rule].rewrite_old, fields) == span(expected)


def test_the_scope_of_the_new_code_is_left_out_as_well() -> None:
    assert rewritten(RULES["own-scope"].rewrite_new, {"scope": Scope("my.lib", "1")}) == span({})
