"""The rules for today's conventions and for the way off the shim."""

from __future__ import annotations

import pytest

from ot2otel.compare.rules.http import redacted
from ot2otel.model import Attributes, Event, Kind, Scope, Span, Status, StatusCode
from tests.compare.rules.tables import Judged, attributes, case, judged_by, resource, span

ERROR = Status(StatusCode.ERROR)


def client(values: Attributes) -> Span:
    return span(kind=Kind.CLIENT, attributes=values)


def server(values: Attributes) -> Span:
    return span(kind=Kind.SERVER, attributes=values)


def failed(values: Attributes, *raised: str) -> Span:
    events = tuple(Event("exception", attributes={"exception.type": kind}) for kind in raised)
    return span(status=ERROR, attributes=values, events=events)


TRANSLATES = [
    case(
        "http.request.method",
        "a method",
        attributes({"http.method": "GET"}),
        attributes({"http.request.method": "GET"}),
        "translated [http.method] -> [http.request.method] by it",
    ),
    case(
        "http.request.method",
        "both keys stay",
        attributes({"http.method": "GET"}),
        attributes({"http.method": "GET", "http.request.method": "GET"}),
        "translated nothing -> [http.request.method] by it",
    ),
    case(
        "http.response.status_code",
        "a status code",
        attributes({"http.status_code": 200}),
        attributes({"http.response.status_code": 200}),
        "translated [http.status_code] -> [http.response.status_code] by it",
    ),
    case(
        "service.peer.name",
        "a peer",
        attributes({"peer.service": "users"}),
        attributes({"service.peer.name": "users"}),
        "translated [peer.service] -> [service.peer.name] by it",
    ),
    case(
        "url",
        "of a server that tells path and query alone",
        server({"http.url": "/a/?b=c", "k": 1}),
        server({"url.path": "/a/", "url.query": "b=c", "k": 1}),
        "translated [http.url] -> [url.path] + [url.query] by it",
    ),
    case(
        "url",
        "of a client",
        client({"http.url": "http://a:81/b?c=d", "k": 1}),
        client({"url.full": "http://a:81/b?c=d", "server.address": "a", "server.port": 81, "k": 1}),
        "translated [http.url] -> [url.full] + [server.address] + [server.port] by it",
    ),
    case(
        "url",
        "address and port, which are only recommended",
        client({"http.url": "http://a:81/b"}),
        client({"url.full": "http://a:81/b"}),
        "translated [http.url] -> [url.full] by it",
    ),
    case(
        "url",
        "the address alone",
        client({"http.url": "http://a:81/b"}),
        client({"url.full": "http://a:81/b", "server.address": "a"}),
        "translated [http.url] -> [url.full] + [server.address] by it",
    ),
    case(
        "url",
        "an address that the before has as well",
        client({"http.url": "http://a/b", "server.address": "lb"}),
        client({"url.full": "http://a/b", "server.address": "lb", "server.port": 80}),
        "translated [http.url] -> [url.full] + [server.port] by it",
    ),
    case(
        "url",
        "a fragment",
        client({"http.url": "http://a/b#c"}),
        client({"url.full": "http://a/b#c"}),
        "translated [http.url] -> [url.full] by it",
    ),
    case(
        "url",
        "a password that is redacted",
        client({"http.url": "http://u:p@h/b"}),
        client({"url.full": "http://REDACTED:REDACTED@h/b"}),
        "translated [http.url] -> [url.full] by it",
    ),
    case(
        "url",
        "a signature that is redacted",
        client({"http.url": "http://h/b?c=d&sig=s"}),
        client({"url.full": "http://h/b?c=d&sig=REDACTED"}),
        "translated [http.url] -> [url.full] by it",
    ),
    case(
        "url",
        "of a server",
        server({"http.url": "https://a/b?c=d"}),
        server(
            {
                "url.scheme": "https",
                "url.path": "/b",
                "url.query": "c=d",
                "server.port": 443,
            }
        ),
        "translated [http.url] -> [url.scheme] + [url.query] + [url.path] + [server.port] by it",
    ),
    case(
        "url",
        "of a server, with nothing after the host",
        server({"http.url": "http://a"}),
        server({"url.scheme": "http", "url.path": "/"}),
        "translated [http.url] -> [url.scheme] + [url.path] by it",
    ),
    case(
        "url",
        "of an inner span",
        attributes({"http.url": "http://a/b"}),
        attributes({"url.full": "http://a/b"}),
        "translated [http.url] -> [url.full] by it",
    ),
    case(
        "url",
        "a scheme without a known port",
        server({"http.url": "gopher://a/"}),
        server({"url.scheme": "gopher", "url.path": "/", "server.address": "a"}),
        "translated [http.url] -> [url.scheme] + [url.path] + [server.address] by it",
    ),
    case(
        "error.type",
        "a status code before an exception",
        failed({"http.response.status_code": 502}, "E"),
        failed({"http.response.status_code": 502, "error.type": "502"}, "E"),
        "added nothing -> [error.type] by it",
    ),
    case(
        "error.type",
        "the last exception",
        failed({}, "A", "B"),
        failed({"error.type": "B"}, "A", "B"),
        "added nothing -> [error.type] by it",
    ),
    case(
        "error.type",
        "the code of a database",
        failed({"db.response.status_code": "42P01"}, "psycopg.errors.UndefinedTable"),
        failed({"db.response.status_code": "42P01", "error.type": "42P01"}, "psycopg.errors.UndefinedTable"),
        "added nothing -> [error.type] by it",
    ),
    case(
        "error.type",
        "an exception beside the code of a database",
        failed({"db.response.status_code": "42P01"}, "psycopg.errors.UndefinedTable"),
        failed(
            {"db.response.status_code": "42P01", "error.type": "UndefinedTable"},
            "psycopg.errors.UndefinedTable",
        ),
        "added nothing -> [error.type] by it",
    ),
    case(
        "span-kind",
        "a kind",
        span(kind=Kind.INTERNAL, attributes={"span.kind": "client"}),
        span(kind=Kind.CLIENT),
        "translated [span.kind] + kind -> kind by it",
    ),
    case(
        "error-status",
        "an error",
        attributes({"error": True}),
        span(status=ERROR),
        "translated [error] + status.code -> status.code by it",
    ),
    case(
        "event-attribute",
        "a copy of the name",
        span(events=(Event("a", attributes={"event": "a", "k": 1}),)),
        span(events=(Event("a", attributes={"k": 1}),)),
        "bookkeeping event.0[event] -> nothing by it",
    ),
    case(
        "own-scope",
        "another name and version",
        span(scope=Scope("opentelemetry.shim.opentracing_shim", "0.60b1")),
        span(scope=Scope("my.lib", "1")),
        "bookkeeping scope.name + scope.version -> scope.name + scope.version by it",
    ),
    case(
        "own-scope",
        "a scope without a version",
        span(scope=Scope("opentelemetry.shim.opentracing_shim", "0.60b1")),
        span(scope=Scope("my.lib")),
        "bookkeeping scope.name + scope.version -> scope.name by it",
    ),
    case(
        "user.roles",
        "a role",
        attributes({"enduser.role": "admin"}),
        attributes({"user.roles": ("admin",)}),
        "translated [enduser.role] -> [user.roles] by it",
    ),
    case(
        "sdk-version",
        "another version",
        resource({"telemetry.sdk.version": "1.39.1"}),
        resource({"telemetry.sdk.version": "1.45.2"}),
        "bookkeeping resource.telemetry.sdk.version -> resource.telemetry.sdk.version by it",
    ),
    case(
        "scope-version",
        "another version",
        span(scope=Scope("lib", "1")),
        span(scope=Scope("lib", "2")),
        "bookkeeping scope.version -> scope.version by it",
    ),
]
LEAVES_ALONE = [
    case(
        "scope-version",
        "another scope",
        span(scope=Scope("lib", "1")),
        span(scope=Scope("mine", "1")),
        "changed scope.name -> scope.name",
    ),
    case(
        "scope-version",
        "a version that is lost",
        span(scope=Scope("lib", "1")),
        span(scope=Scope("lib")),
        "gone scope.version -> nothing",
    ),
    case(
        "user.roles",
        "another role",
        attributes({"enduser.role": "admin"}),
        attributes({"user.roles": ("guest",)}),
        'changed [enduser.role] -> [user.roles] by it, which wants ["admin"]',
    ),
    case(
        "sdk-version",
        "a version that is lost",
        resource({"telemetry.sdk.version": "1.39.1"}),
        resource({}),
        "gone resource.telemetry.sdk.version -> nothing",
    ),
    case(
        "sdk-version",
        "another SDK",
        resource({"telemetry.sdk.name": "opentelemetry"}),
        resource({"telemetry.sdk.name": "other"}),
        "changed resource.telemetry.sdk.name -> resource.telemetry.sdk.name",
    ),
    case(
        "http.request.method",
        "the method of a resource",
        resource({"http.method": "GET"}),
        resource({"http.request.method": "GET"}),
        "gone resource.http.method -> nothing",
        "new nothing -> resource.http.request.method",
    ),
    case(
        "http.request.method",
        "another method",
        attributes({"http.method": "GET"}),
        attributes({"http.request.method": "PUT"}),
        'changed [http.method] -> [http.request.method] by it, which wants "GET"',
    ),
    case(
        "http.request.method",
        "a method of the before's own",
        attributes({"http.method": "GET", "http.request.method": "PUT"}),
        attributes({"http.request.method": "GET"}),
        "changed [http.request.method] -> [http.request.method]",
        "translated [http.method] -> nothing by it",
    ),
    case(
        "http.response.status_code",
        "a status code as text",
        attributes({"http.status_code": 200}),
        attributes({"http.response.status_code": "200"}),
        "changed [http.status_code] -> [http.response.status_code] by it, which wants 200",
    ),
    case(
        "http.response.status_code",
        "another key",
        attributes({"http.status": 200}),
        attributes({"http.response.status_code": 200}),
        "gone [http.status] -> nothing",
        "new nothing -> [http.response.status_code]",
    ),
    case(
        "service.peer.name",
        "another peer",
        attributes({"peer.service": "users"}),
        attributes({"service.peer.name": "orders"}),
        'changed [peer.service] -> [service.peer.name] by it, which wants "users"',
    ),
    case(
        "url",
        "an address of the before's own that changed",
        client({"http.url": "http://a:81/b", "server.address": "lb", "server.port": 1}),
        client({"url.full": "http://a:81/b", "server.address": "a", "server.port": 81}),
        "changed [server.address] -> [server.address]",
        "changed [server.port] -> [server.port]",
        "translated [http.url] -> [url.full] by it",
    ),
    case(
        "url",
        "a path of the before's own that changed",
        server({"http.url": "http://a/b", "url.path": "/own"}),
        server({"url.scheme": "http", "url.path": "/b"}),
        "changed [url.path] -> [url.path]",
        "translated [http.url] -> [url.scheme] by it",
    ),
    case(
        "url",
        "a path of the before's own that is another",
        server({"http.url": "http://a/b", "url.path": "/own"}),
        server({"url.scheme": "http", "url.path": "/own"}),
        'changed [http.url] -> nothing by it, which wants "/b"',
        "translated nothing -> [url.scheme] by it",
    ),
    case(
        "url",
        "another address",
        client({"http.url": "http://a/b"}),
        client({"url.full": "http://a/b", "server.address": "z"}),
        'changed nothing -> [server.address] by it, which wants "a"',
        "translated [http.url] -> [url.full] by it",
    ),
    case(
        "url",
        "a password that leaked",
        client({"http.url": "http://u:p@h/b"}),
        client({"url.full": "http://u:p@h/b"}),
        'changed [http.url] -> [url.full] by it, which wants "http://REDACTED:REDACTED@h/b"',
    ),
    case(
        "url",
        "a password that is left out",
        client({"http.url": "http://u:p@h/b"}),
        client({"url.full": "http://h/b"}),
        'changed [http.url] -> [url.full] by it, which wants "http://REDACTED:REDACTED@h/b"',
    ),
    case(
        "url",
        "a signature that leaked",
        client({"http.url": "http://h/b?sig=s"}),
        client({"url.full": "http://h/b?sig=s"}),
        'changed [http.url] -> [url.full] by it, which wants "http://h/b?sig=REDACTED"',
    ),
    case(
        "url",
        "a fragment that is lost",
        client({"http.url": "http://a/b#c"}),
        client({"url.full": "http://a/b"}),
        'changed [http.url] -> [url.full] by it, which wants "http://a/b#c"',
    ),
    case(
        "url",
        "a fragment of a server",
        server({"http.url": "http://a/b#c"}),
        server({"url.scheme": "http", "url.path": "/b"}),
        "gone [http.url] -> nothing",
        "new nothing -> [url.path]",
        "new nothing -> [url.scheme]",
    ),
    case(
        "url",
        "half of a server's URL",
        server({"http.url": "http://a/b?c=d"}),
        server({"url.scheme": "http", "url.path": "/b"}),
        'changed [http.url] -> nothing by it, which wants "c=d"',
        "translated nothing -> [url.scheme] + [url.path] by it",
    ),
    case(
        "url",
        "another path",
        server({"http.url": "http://a/b"}),
        server({"url.scheme": "http", "url.path": "/z"}),
        'changed [http.url] -> [url.path] by it, which wants "/b"',
        "translated nothing -> [url.scheme] by it",
    ),
    case(
        "url",
        "nothing of it",
        client({"http.url": "http://a/b"}),
        client({}),
        "gone [http.url] -> nothing",
    ),
    case(
        "url",
        "no text",
        client({"http.url": 1}),
        client({"url.full": 1}),
        "gone [http.url] -> nothing",
        "new nothing -> [url.full]",
    ),
    case(
        "url",
        "a port in words",
        client({"http.url": "http://a:b/"}),
        client({"url.full": "http://a:b/"}),
        "gone [http.url] -> nothing",
        "new nothing -> [url.full]",
    ),
    case(
        "url",
        "half an address",
        server({"http.url": "http://[a/"}),
        server({"url.path": "/"}),
        "gone [http.url] -> nothing",
        "new nothing -> [url.path]",
    ),
    case(
        "error.type",
        "no failure",
        attributes({}),
        attributes({"error.type": "500"}),
        "new nothing -> [error.type]",
    ),
    case(
        "error.type",
        "a failure without a reason",
        failed({}),
        failed({"error.type": "E"}),
        "new nothing -> [error.type]",
    ),
    case(
        "error.type",
        "a good answer",
        failed({"http.response.status_code": 200}),
        failed({"http.response.status_code": 200, "error.type": "200"}),
        "new nothing -> [error.type]",
    ),
    case(
        "error.type",
        "another exception",
        failed({}, "A"),
        failed({"error.type": "B"}, "A"),
        'changed nothing -> [error.type] by it, which wants "A"',
    ),
    case(
        "error.type",
        "another code than the database's",
        failed({"db.response.status_code": "42P01"}, "A"),
        failed({"db.response.status_code": "42P01", "error.type": "23505"}, "A"),
        'changed nothing -> [error.type] by it, which wants "A"',
    ),
    case(
        "error.type",
        "a type that changed",
        failed({"error.type": "timeout"}, "E"),
        failed({"error.type": "E"}, "E"),
        "changed [error.type] -> [error.type]",
    ),
    case(
        "span-kind",
        "another kind",
        span(kind=Kind.INTERNAL, attributes={"span.kind": "client"}),
        span(kind=Kind.SERVER),
        "changed kind -> kind",
        "gone [span.kind] -> nothing",
    ),
    case(
        "span-kind",
        "a kind beside the attribute",
        span(kind=Kind.PRODUCER, attributes={"span.kind": "client"}),
        span(kind=Kind.CLIENT),
        "changed kind -> kind",
        "gone [span.kind] -> nothing",
    ),
    case(
        "error-status",
        "a span that went well",
        span(status=Status(StatusCode.OK), attributes={"error": True}),
        span(status=ERROR),
        "changed status.code -> status.code",
        "gone [error] -> nothing",
    ),
    case(
        "span-kind",
        "an unknown kind",
        span(kind=Kind.INTERNAL, attributes={"span.kind": "sideways"}),
        span(kind=Kind.INTERNAL),
        "gone [span.kind] -> nothing",
    ),
    case(
        "span-kind",
        "a kind that is no text",
        span(kind=Kind.INTERNAL, attributes={"span.kind": ("client",)}),
        span(kind=Kind.CLIENT),
        "changed kind -> kind",
        "gone [span.kind] -> nothing",
    ),
    case(
        "span-kind",
        "a kind that is lost",
        span(kind=Kind.INTERNAL, attributes={"span.kind": "client"}),
        span(kind=Kind.INTERNAL),
        "gone [span.kind] -> nothing",
    ),
    case(
        "error-status",
        "no error",
        attributes({"error": False}),
        attributes({}),
        "gone [error] -> nothing",
    ),
    case(
        "error-status",
        "an error in words",
        attributes({"error": "true"}),
        span(status=ERROR),
        "changed status.code -> status.code",
        "gone [error] -> nothing",
    ),
    case(
        "error-status",
        "an error that is lost",
        attributes({"error": True}),
        attributes({}),
        "gone [error] -> nothing",
    ),
    case(
        "error-status",
        "another message",
        span(status=Status(StatusCode.UNSET, "mine"), attributes={"error": True}),
        span(status=Status(StatusCode.ERROR, "theirs")),
        "changed status.message -> status.message",
        "translated [error] + status.code -> status.code by it",
    ),
    case(
        "error-status",
        "a message that is new",
        attributes({"error": True}),
        span(status=Status(StatusCode.ERROR, "theirs")),
        "changed nothing -> status.message",
        "translated [error] + status.code -> status.code by it",
    ),
    case(
        "event-attribute",
        "another text than the name",
        span(events=(Event("a", attributes={"event": "b"}),)),
        span(events=(Event("a"),)),
        "gone event.0[event] -> nothing",
    ),
    case(
        "event-attribute",
        "a text that changed",
        span(events=(Event("a", attributes={"event": "a"}),)),
        span(events=(Event("a", attributes={"event": "b"}),)),
        "changed event.0[event] -> event.0[event]",
    ),
    case(
        "own-scope",
        "no scope",
        span(scope=Scope("opentelemetry.shim.opentracing_shim", "0.60b1")),
        span(),
        "gone scope.name -> nothing",
        "gone scope.version -> nothing",
    ),
    case(
        "own-scope",
        "an attribute of the scope",
        span(scope=Scope("opentelemetry.shim.opentracing_shim", attributes={"k": 1})),
        span(scope=Scope("my.lib", attributes={"k": 2})),
        "bookkeeping scope.name -> scope.name by it",
        "changed scope.attributes.k -> scope.attributes.k",
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "expected"), TRANSLATES + LEAVES_ALONE)
def test_a_rule_explains_what_its_table_says(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert judged_by(rule, before, after) == expected


@pytest.mark.parametrize(
    ("full", "shown"),
    [
        ("http://u:p@h:1/b?c#d", "http://REDACTED:REDACTED@h:1/b?c#d"),
        ("http://token@h/", "http://REDACTED:REDACTED@h/"),
        (
            "http://h/?sig=a&Signature=b&X-Goog-Signature=c&AWSAccessKeyId=d&k=e",
            "http://h/?sig=REDACTED&Signature=REDACTED&X-Goog-Signature=REDACTED&AWSAccessKeyId=REDACTED&k=e",
        ),
        ("http://h/?SIG=a", "http://h/?SIG=a"),
        ("HTTP://H/b?", "HTTP://H/b?"),
    ],
    ids=["a password", "a token", "signatures", "another key", "nothing to hide"],
)
def test_a_url_is_redacted_as_the_conventions_ask(full: str, shown: str) -> None:
    assert redacted(full) == shown
