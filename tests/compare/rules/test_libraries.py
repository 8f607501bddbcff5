"""The rules for libraries, each alone; test_library_recordings.py has what the libraries themselves wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ot2otel.model import Attributes, Event, Kind, Scope, Span, Status, StatusCode
from tests.compare.rules.tables import Judged, case, judged_by, resource, span, without_scope


def by(library: str, kind: Kind, values: Attributes, name: str = "op") -> Span:
    """Make the span of an instrumentation."""
    return span(
        name=name, kind=kind, scope=Scope(f"opentelemetry.instrumentation.{library}"), attributes=values
    )


def hand(kind: Kind, values: Attributes, name: str = "op") -> Span:
    """Make a span of no instrumentation."""
    return span(name=name, kind=kind, attributes=values)


def flask(values: Attributes, name: str = "op") -> Span:
    return by("flask", Kind.SERVER, values, name)


def requests(values: Attributes, name: str = "op") -> Span:
    return by("requests", Kind.CLIENT, values, name)


def fastapi(values: Attributes) -> Span:
    return by("fastapi", Kind.SERVER, values)


ERROR = Status(StatusCode.ERROR)
GET: Attributes = {"http.request.method": "GET"}
OLD_GET: Attributes = {"http.method": "GET"}
EXCEPTION = Event("exception", 0, {"exception.type": "ValueError", "exception.message": "boom"})
FRAMES = 'Traceback (most recent call last):\n  File "a.py", line 1, in a'
TRACEBACK = f"{FRAMES}\nValueError: boom"
# As jaeger-client cuts it.
CUT = f"{FRAMES}\nValueError: {'b' * 1024}"[:1024]
LOG = Event("error", 0, {"error.kind": "<class 'ValueError'>", "message": "boom"})


def recorded(kind: str = "ValueError", message: str = "boom") -> Event:
    """Make the event of an exception."""
    values = {"exception.type": kind, "exception.message": message, "exception.stacktrace": TRACEBACK}
    return Event("exception", 0, values)


def shim(kind: str) -> Span:
    """Make a span of the shim, which leaves the kind in an attribute."""
    return span(
        name="server-1",
        kind=Kind.INTERNAL,
        scope=Scope("opentelemetry.shim.opentracing_shim"),
        attributes={**GET, "span.kind": kind},
    )


TRANSLATES = [
    case(
        "agent-version",
        "beside other facts",
        resource({}),
        resource({"telemetry.auto.version": "0.60b1"}),
        "bookkeeping nothing -> resource.telemetry.auto.version by it",
    ),
    case(
        "exception-recorded",
        "of a failed span without an event",
        flask(GET),
        replace(flask(GET), events=(EXCEPTION,)),
        "improved nothing -> event.0.name by it",
        "improved nothing -> event.0[exception.message] by it",
        "improved nothing -> event.0[exception.type] by it",
    ),
    case(
        "route-as-name",
        "a name by hand",
        hand(Kind.SERVER, {**GET, "http.route": "/<name>"}, "server-1"),
        flask({**GET, "http.route": "/<name>"}, "GET /<name>"),
        "translated name -> name by it",
    ),
    case(
        "route-as-name",
        "no route",
        hand(Kind.SERVER, OLD_GET, "missing"),
        by("django", Kind.SERVER, OLD_GET, "GET"),
        "translated name -> name by it",
    ),
    case(
        "route-as-name",
        "a span without a kind",
        hand(Kind.UNSPECIFIED, GET, "server-1"),
        flask(GET, "GET"),
        "improved kind -> kind",
        "translated name -> name by it",
    ),
    case(
        "route-as-name",
        "a server on the shim",
        shim("server"),
        flask(GET, "GET"),
        "changed kind -> kind",
        "gone [span.kind] -> nothing",
        "translated name -> name by it",
    ),
    case(
        "raw-path-as-name",
        "an unknown path",
        hand(Kind.SERVER, {**GET, "url.path": "/nowhere"}, ""),
        flask({**GET, "url.path": "/nowhere"}, "GET /nowhere"),
        "degraded name -> name by it",
    ),
    case(
        "url-in-older-parts",
        "the query that the integration left out",
        hand(Kind.SERVER, {"http.url": "http://h:1/a%20b"}),
        flask({"http.scheme": "http", "http.host": "h:1", "http.target": "/a%20b?q=1", "net.host.port": 1}),
        "translated [http.url] -> [http.target] + [http.scheme] + [http.host] + [net.host.port] by it",
    ),
    case(
        "url-rule",
        "a route",
        flask({"url_rule": "/<name>"}),
        flask({"http.route": "/<name>"}),
        "translated [url_rule] -> [http.route] by it",
    ),
    case(
        "url-rule",
        "an unknown path",
        flask({"url_rule": "None"}),
        flask({}),
        "translated [url_rule] -> nothing by it",
    ),
    case(
        "server-instrumentation",
        "facts of the request and its client",
        flask({}),
        flask({"http.route": "/a", "client.address": "192.0.2.1", "client.port": 1}),
        "added nothing -> [client.address] by it",
        "added nothing -> [client.port] by it",
        "added nothing -> [http.route] by it",
    ),
    case(
        "server-error-status",
        "an answer 503",
        span(kind=Kind.SERVER, attributes={"component": "asgi"}),
        replace(fastapi({"component": "asgi", "http.response.status_code": 503}), status=ERROR),
        "improved status.code -> status.code by it",
        "new nothing -> [http.response.status_code]",
    ),
    case(
        "server-error-status",
        "the first code that is an error",
        span(kind=Kind.SERVER, attributes={"component": "asgi"}),
        replace(fastapi({"component": "asgi", "http.response.status_code": 500}), status=ERROR),
        "improved status.code -> status.code by it",
        "new nothing -> [http.response.status_code]",
    ),
    case(
        "error-object-as-message",
        "the exception's text",
        span(kind=Kind.SERVER, events=(Event("error", 0, {"error.object": "boom"}),)),
        replace(flask({}), events=(Event("exception", 0, {"exception.message": "boom"}),)),
        "changed event.0.name -> event.0.name",
        "translated event.0[error.object] -> event.0[exception.message] by it",
    ),
    case(
        "method-as-name",
        "the integration's name",
        hand(Kind.CLIENT, GET, "requests.get"),
        requests(GET, "GET"),
        "translated name -> name by it",
    ),
    case(
        "method-as-name",
        "an unknown method",
        hand(Kind.CLIENT, {"http.request.method": "_OTHER"}, "requests.brew"),
        requests({"http.request.method": "_OTHER"}, "HTTP"),
        "translated name -> name by it",
    ),
    case(
        "method-in-capitals",
        "under the old key",
        hand(Kind.CLIENT, {"http.method": "get"}),
        requests({"http.method": "GET"}),
        "translated [http.method] -> [http.method] by it",
    ),
    case(
        "method-in-capitals",
        "under the new key",
        hand(Kind.CLIENT, {"http.method": "get"}),
        requests({"http.request.method": "GET"}),
        "translated [http.method] -> [http.request.method] by it",
    ),
    case(
        "url-as-sent",
        "credentials",
        hand(Kind.CLIENT, {"http.url": "http://ann:secret@h/a"}),
        requests({"http.url": "http://REDACTED:REDACTED@h/a"}),
        "improved [http.url] -> [http.url] by it",
    ),
    case(
        "url-as-sent",
        "an empty path",
        hand(Kind.CLIENT, {"http.url": "http://h:1"}),
        requests({"http.url": "http://h:1/"}),
        "improved [http.url] -> [http.url] by it",
    ),
    case(
        "traceback-tag",
        "a traceback beside the event",
        replace(requests({"error.object": TRACEBACK}), events=(recorded(),)),
        replace(requests({}), events=(recorded(),)),
        "translated [error.object] -> nothing by it",
    ),
    case(
        "traceback-tag",
        "beside another event",
        replace(requests({"error.object": TRACEBACK}), events=(Event("retry"), recorded())),
        replace(requests({}), events=(Event("retry"), recorded())),
        "translated [error.object] -> nothing by it",
    ),
    case(
        "traceback-tag",
        "a type of the program itself, whose module a traceback leaves out",
        replace(requests({"error.object": f"{FRAMES}\nEmpty\n"}), events=(recorded("__main__.Empty", ""),)),
        replace(requests({}), events=(recorded("__main__.Empty", ""),)),
        "translated [error.object] -> nothing by it",
    ),
    case(
        "traceback-tag",
        "a message of two lines",
        replace(requests({"error.object": f"{FRAMES}\na.E: b\n  c\n"}), events=(recorded("a.E", "b\n  c"),)),
        replace(requests({}), events=(recorded("a.E", "b\n  c"),)),
        "translated [error.object] -> nothing by it",
    ),
    case(
        "traceback-tag",
        "another message in each run, which the log has as well",
        replace(requests({"error.object": TRACEBACK}), events=(LOG,)),
        replace(requests({}), events=(recorded(message="boom 2"),)),
        "translated [error.object] -> nothing by it",
        "gone event.0 -> nothing",
        "new nothing -> event.0",
    ),
    case(
        "traceback-tag",
        "cut by jaeger-client, so that only the log names the exception",
        replace(requests({"error.object": CUT}), events=(LOG, recorded())),
        replace(requests({}), events=(LOG, recorded())),
        "translated [error.object] -> nothing by it",
    ),
    case(
        "client-instrumentation",
        "the connection",
        requests({}),
        requests({"network.peer.address": "h", "network.peer.port": 1}),
        "added nothing -> [network.peer.address] by it",
        "added nothing -> [network.peer.port] by it",
    ),
]
LEAVES_ALONE = [
    case(
        "server-error-status",
        "an answer below 500",
        span(kind=Kind.SERVER, attributes={"component": "asgi"}),
        replace(fastapi({"component": "asgi", "http.response.status_code": 404}), status=ERROR),
        "changed status.code -> status.code",
        "new nothing -> [http.response.status_code]",
    ),
    case(
        "error-object-as-message",
        "another text",
        span(kind=Kind.SERVER, events=(Event("error", 0, {"error.object": "boom"}),)),
        replace(flask({}), events=(Event("exception", 0, {"exception.message": "bang"}),)),
        "gone event.0 -> nothing",
        "new nothing -> event.0",
    ),
    case(
        "agent-version",
        "a number",
        resource({}),
        resource({"telemetry.auto.version": 1}),
        "changed nothing -> resource.telemetry.auto.version by it",
    ),
    case(
        "exception-recorded",
        "another event",
        flask(GET),
        replace(flask(GET), events=(Event("retry"),)),
        "changed nothing -> event.0 by it",
    ),
    case(
        "route-as-name",
        "another route",
        hand(Kind.SERVER, {**GET, "http.route": "/<name>"}, "server-1"),
        flask({**GET, "http.route": "/<name>"}, "GET /other"),
        "changed name -> name",
    ),
    case(
        "route-as-name",
        "a span by hand",
        span(name="a", kind=Kind.SERVER, attributes={**GET, "http.route": "/"}),
        span(name="GET /", kind=Kind.SERVER, attributes={**GET, "http.route": "/"}),
        "changed name -> name",
    ),
    case(
        "route-as-name",
        "the sender of a message",
        hand(Kind.PRODUCER, GET, "event lifecycle"),
        flask(GET, "GET"),
        "changed kind -> kind",
        "changed name -> name",
    ),
    case(
        "route-as-name",
        "a client on the shim",
        shim("client"),
        flask(GET, "GET"),
        "changed kind -> kind",
        "changed name -> name",
        "gone [span.kind] -> nothing",
    ),
    case(
        "route-as-name",
        "a step within a request",
        hand(Kind.INTERNAL, GET, "fetch"),
        flask(GET, "GET"),
        "changed kind -> kind",
        "changed name -> name",
    ),
    case(
        "raw-path-as-name",
        "the sender of a message",
        hand(Kind.PRODUCER, {**GET, "url.path": "/a"}, "send"),
        flask({**GET, "url.path": "/a"}, "GET /a"),
        "changed kind -> kind",
        "changed name -> name",
    ),
    case(
        "raw-path-as-name",
        "of Django, which has no path in the name",
        hand(Kind.SERVER, {**GET, "url.path": "/a"}, ""),
        by("django", Kind.SERVER, {**GET, "url.path": "/a"}, "GET /a"),
        "changed name -> name",
    ),
    case(
        "url-in-older-parts",
        "another path",
        hand(Kind.SERVER, {"http.url": "http://h:1/a"}),
        flask({"http.scheme": "http", "http.host": "h:1", "http.target": "/b", "net.host.port": 1}),
        'changed [http.url] -> [http.target] by it, which wants "/a"',
        "translated nothing -> [http.scheme] + [http.host] + [net.host.port] by it",
    ),
    case(
        "url-rule",
        "another route",
        flask({"url_rule": "/<name>"}),
        flask({"http.route": "/"}),
        'changed [url_rule] -> [http.route] by it, which wants "/<name>"',
    ),
    case(
        "server-instrumentation",
        "of a span by hand",
        span(kind=Kind.SERVER),
        span(kind=Kind.SERVER, attributes={"http.route": "/a"}),
        "new nothing -> [http.route]",
    ),
    case(
        "server-instrumentation",
        "an exception that the framework answers with 404",
        flask({}),
        replace(flask({"http.response.status_code": 404}), events=(Event("exception", 0),)),
        "new nothing -> [http.response.status_code]",
        "new nothing -> event.0",
    ),
    case(
        "method-as-name",
        "another method",
        hand(Kind.CLIENT, GET, "requests.get"),
        requests(GET, "POST"),
        "changed name -> name",
    ),
    case(
        "method-as-name",
        "the sender of a message",
        hand(Kind.PRODUCER, GET, "send"),
        requests(GET, "GET"),
        "changed kind -> kind",
        "changed name -> name",
    ),
    case(
        "method-in-capitals",
        "another method",
        hand(Kind.CLIENT, {"http.method": "get"}),
        requests({"http.method": "PUT"}),
        "changed [http.method] -> [http.method]",
    ),
    case(
        "url-as-sent",
        "another host",
        hand(Kind.CLIENT, {"http.url": "http://ann:secret@h/a"}),
        requests({"http.url": "http://REDACTED:REDACTED@i/a"}),
        "changed [http.url] -> [http.url]",
    ),
    case(
        "traceback-tag",
        "without the event",
        requests({"error.object": TRACEBACK}),
        requests({}),
        "gone [error.object] -> nothing",
    ),
    case(
        "traceback-tag",
        "an exception of another type",
        replace(requests({"error.object": TRACEBACK}), events=(recorded("KeyError"),)),
        replace(requests({}), events=(recorded("KeyError"),)),
        "gone [error.object] -> nothing",
    ),
    case(
        "traceback-tag",
        "an exception with another message",
        replace(requests({"error.object": TRACEBACK}), events=(recorded(message="bang"),)),
        replace(requests({}), events=(recorded(message="bang"),)),
        "gone [error.object] -> nothing",
    ),
    case(
        "traceback-tag",
        "an event without a stack",
        replace(requests({"error.object": TRACEBACK}), events=(EXCEPTION,)),
        replace(requests({}), events=(EXCEPTION,)),
        "gone [error.object] -> nothing",
    ),
    case(
        "traceback-tag",
        "the cause of another exception",
        replace(requests({"error.object": f"{TRACEBACK}\n\n{FRAMES}\nKeyError: 1"}), events=(recorded(),)),
        replace(requests({}), events=(recorded(),)),
        "gone [error.object] -> nothing",
    ),
    case(
        "traceback-tag",
        "cut, and no log names the exception",
        replace(requests({"error.object": CUT}), events=(recorded(),)),
        replace(requests({}), events=(recorded(),)),
        "gone [error.object] -> nothing",
    ),
    case(
        "traceback-tag",
        "cut, and the log names another exception",
        replace(requests({"error.object": CUT}), events=(LOG, recorded("KeyError"))),
        replace(requests({}), events=(LOG, recorded("KeyError"))),
        "gone [error.object] -> nothing",
    ),
    case(
        "client-instrumentation",
        "a port that is no number",
        requests({}),
        requests({"network.peer.port": "1"}),
        "changed nothing -> [network.peer.port] by it",
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "expected"), TRANSLATES)
def test_a_rule_translates(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert without_scope(judged_by(rule, before, after)) == expected


@pytest.mark.parametrize(("rule", "before", "after", "expected"), LEAVES_ALONE)
def test_a_rule_leaves_alone(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert without_scope(judged_by(rule, before, after)) == expected
