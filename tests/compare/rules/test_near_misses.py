"""Spans that a rule explains in one form, and leaves alone in the form next to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ot2otel.compare.facts import Contents
from ot2otel.compare.rules.libraries.instrumentation import source
from ot2otel.compare.rules.libraries.spans import new_span
from ot2otel.model import Attributes, AttributeValue, Event, Kind, Scope, Span, Status, StatusCode
from tests.compare.rules.tables import Judged, judged_by, span

ERROR = Status(StatusCode.ERROR)


def of(kind: Kind, values: Attributes, name: str = "op", library: str = "") -> Span:
    """Make a span by hand, or one of an instrumentation."""
    scope = Scope(f"opentelemetry.instrumentation.{library}") if library else Scope()
    return span(name=name, kind=kind, attributes=values, scope=scope)


@pytest.mark.parametrize(
    ("kind", "old", "new", "expected"),
    [
        pytest.param(
            Kind.CLIENT,
            "http://h/a",
            {"url.full": "http://h/a/"},
            ['changed [http.url] -> [url.full] by it, which wants "http://h/a"'],
            id="a slash behind a path",
        ),
        pytest.param(
            Kind.CLIENT,
            "http://h",
            {"url.full": "http://h/"},
            ["translated [http.url] -> [url.full] by it"],
            id="a slash for no path",
        ),
        pytest.param(
            Kind.CLIENT,
            "http://h",
            {"url.full": "http://g/"},
            ['changed [http.url] -> [url.full] by it, which wants "http://h"'],
            id="another host without a path",
        ),
        pytest.param(
            Kind.CLIENT,
            "http://u:p@x@h/a",
            {"url.full": "http://REDACTED:REDACTED@h/a"},
            ["translated [http.url] -> [url.full] by it"],
            id="a password with an @",
        ),
        pytest.param(
            Kind.CLIENT,
            "ftp://h/a",
            {"url.full": "ftp://h/a", "server.address": "h", "server.port": 21},
            ["new nothing -> [server.port]", "translated [http.url] -> [url.full] + [server.address] by it"],
            id="a scheme without a known port",
        ),
        pytest.param(
            Kind.SERVER,
            "//h/a",
            {"url.path": "/a", "server.address": "h"},
            ["translated [http.url] -> [url.path] + [server.address] by it"],
            id="no scheme",
        ),
        pytest.param(
            Kind.INTERNAL,
            "http://h/a",
            {"url.full": "http://h/a", "server.address": "h"},
            ["new nothing -> [server.address]", "translated [http.url] -> [url.full] by it"],
            id="no client, and a server's address",
        ),
        pytest.param(
            Kind.SERVER,
            "http://u:p@h/a",
            {"url.scheme": "http", "url.path": "/a"},
            ["gone [http.url] -> nothing", "new nothing -> [url.path]", "new nothing -> [url.scheme]"],
            id="credentials in a server's URL",
        ),
        pytest.param(
            Kind.SERVER,
            "a/b",
            {"url.path": "a/b"},
            ["gone [http.url] -> nothing", "new nothing -> [url.path]"],
            id="a path without its slash",
        ),
        pytest.param(
            Kind.SERVER,
            "http://h/a%20b",
            {"url.scheme": "http", "url.path": "/a b"},
            ["translated [http.url] -> [url.scheme] + [url.path] by it"],
            id="a path that is decoded",
        ),
        pytest.param(
            Kind.SERVER,
            "http://h",
            {"url.scheme": "http"},
            ["translated [http.url] -> [url.scheme] by it"],
            id="no path",
        ),
        pytest.param(
            Kind.SERVER,
            "http://h/?sig=x=y",
            {"url.scheme": "http", "url.path": "/", "url.query": "sig=REDACTED"},
            ["translated [http.url] -> [url.scheme] + [url.query] + [url.path] by it"],
            id="a secret with an equals sign",
        ),
    ],
)
def test_a_url_becomes_what_its_kind_has(kind: Kind, old: str, new: Attributes, expected: Judged) -> None:
    assert judged_by("url", of(kind, {"http.url": old}), of(kind, new)) == sorted(expected)


FRAMES = 'Traceback (most recent call last):\n  File "a.py", line 1, in a'


def logged(kind: str) -> Event:
    return Event("error", 0, {"error.kind": f"<class '{kind}'>", "message": "boom"})


def raised(kind: str) -> Event:
    values = {"exception.type": kind, "exception.message": "boom", "exception.stacktrace": FRAMES}
    return Event("exception", 0, values)


def failed(text: AttributeValue, *events: Event) -> Span:
    """Make the span of a client with a text in the tag `error.object`."""
    values: Attributes = {"error.object": text} if text else {}
    return replace(of(Kind.CLIENT, values, library="requests"), events=events)


@pytest.mark.parametrize(
    ("text", "is_explained"),
    [
        pytest.param(f"{FRAMES}\nE: boom", True, id="its end"),
        pytest.param(f"{FRAMES}\nE: boom\n\n", True, id="its end, and empty lines"),
        pytest.param("E: boom", False, id="no traceback"),
        pytest.param("It failed\nE: boom", False, id="no traceback, but such an end"),
        pytest.param(7, False, id="a number"),
        pytest.param(f"{FRAMES}\nF: boom\n ", False, id="another exception, and a line of a blank"),
        pytest.param(f"{FRAMES}\nF: boom", False, id="another exception"),
        pytest.param(f"{FRAMES}\nSomeE: boom", False, id="an exception whose name ends alike"),
        pytest.param(FRAMES, True, id="its end is missing"),
        pytest.param(f"{FRAMES}\n    raise E\n", True, id="its end is missing behind a line of code"),
        pytest.param(f"{FRAMES}\n    raise F\nF: other", False, id="another one behind a line of code"),
    ],
)
def test_a_traceback_in_a_tag_is_explained_by_its_end(text: AttributeValue, is_explained: bool) -> None:
    events = (logged("E"), raised("E"))

    found = judged_by("traceback-tag", failed(text, *events), failed("", *events))

    word = "translated [error.object] -> nothing by it"
    assert found == [word if is_explained else "gone [error.object] -> nothing"]


def codes(text: str, **attributes: str | int) -> Span:
    """Make the span of a gRPC server with a log of its integration."""
    log = Event("error", 0, {"error.kind": text, "message": "no such key"})
    return replace(of(Kind.SERVER, attributes), events=(log,))


def server_of_grpc(status: Status = ERROR, **attributes: str | int) -> Span:
    return replace(of(Kind.SERVER, {**attributes}, library="grpc"), status=status)


LEAVES_ALONE = [
    pytest.param(
        "sql-product",
        of(Kind.CLIENT, {"db.type": "redis"}),
        of(Kind.CLIENT, {"db.system.name": "mysql"}),
        ["gone [db.type] -> nothing", "new nothing -> [db.system.name]"],
        id="no SQL",
    ),
    pytest.param(
        "sql-older-product",
        of(Kind.CLIENT, {"db.type": "redis"}),
        of(Kind.CLIENT, {"db.system": "mysql"}, library="sqlalchemy"),
        ["gone [db.type] -> nothing", "new nothing -> [db.system]"],
        id="no SQL, in the older conventions",
    ),
    pytest.param(
        "db.collection.name",
        of(Kind.CLIENT, {"db.sql.table": "XX"}),
        of(Kind.CLIENT, {}),
        ["gone [db.sql.table] -> nothing"],
        id="a table, and no statement",
    ),
    pytest.param(
        "method-in-capitals",
        of(Kind.CLIENT, {"http.method": 7}),
        of(Kind.CLIENT, {"http.method": "GET"}, library="requests"),
        ["changed [http.method] -> [http.method]"],
        id="a number for a method",
    ),
    pytest.param(
        "url-as-sent",
        of(Kind.CLIENT, {"http.url": "http://h/a"}),
        of(Kind.CLIENT, {"http.url": "http://h/b"}, library="requests"),
        ["changed [http.url] -> [http.url]"],
        id="another URL",
    ),
    pytest.param(
        "redis-values-hidden",
        of(Kind.CLIENT, {"db.statement": "SET a 1"}),
        of(Kind.CLIENT, {"db.query.text": 7}, library="redis"),
        ["changed [db.statement] -> [db.query.text] by it"],
        id="a number for a statement",
    ),
    pytest.param(
        "redis-values-hidden",
        of(Kind.CLIENT, {"db.statement": "SET a XX\nXX"}),
        of(Kind.CLIENT, {"db.query.text": "set a"}, library="redis"),
        ["changed [db.statement] -> [db.query.text] by it"],
        id="no commands",
    ),
    pytest.param(
        "redis-values-hidden",
        of(Kind.CLIENT, {"db.statement": "SET a 1"}),
        of(Kind.CLIENT, {"db.query.text": "SET ?\nSET ?"}, library="redis"),
        ["changed [db.statement] -> [db.query.text] by it"],
        id="a command more",
    ),
    pytest.param(
        "redis-values-hidden",
        of(Kind.CLIENT, {"db.statement": "SET a 1"}),
        of(Kind.CLIENT, {"db.query.text": "SET ?\nset"}, library="redis"),
        ["changed [db.statement] -> [db.query.text] by it"],
        id="a line that is no command",
    ),
    pytest.param(
        "redis-values-hidden",
        of(Kind.CLIENT, {"db.statement": "SET a 1;\n SET b 1"}),
        of(Kind.CLIENT, {"db.query.text": "set"}, library="redis"),
        ["changed [db.statement] -> [db.query.text] by it"],
        id="no command, and a statement of two lines",
    ),
    pytest.param(
        "commands-as-name",
        of(Kind.CLIENT, {"db.query.text": "SET ?"}, "call"),
        of(Kind.CLIENT, {"db.query.text": "SET ?"}, "SET", "redis"),
        ["changed name -> name"],
        id="no pipeline",
    ),
    pytest.param(
        "commands-as-name",
        of(Kind.CLIENT, {}, "MULTI"),
        of(Kind.CLIENT, {}, "SET", "redis"),
        ["changed name -> name"],
        id="a pipeline without a statement",
    ),
    pytest.param(
        "celery-action-as-name",
        of(Kind.INTERNAL, {}, "task"),
        of(Kind.INTERNAL, {}, "run/task", "celery"),
        ["changed name -> name"],
        id="neither producer nor consumer",
    ),
    pytest.param(
        "celery-instrumentation",
        of(Kind.INTERNAL, {}),
        of(Kind.INTERNAL, {"celery.action": "run"}, library="celery"),
        ["new nothing -> [celery.action]"],
        id="an action of neither",
    ),
    pytest.param(
        "celery-instrumentation",
        of(Kind.CONSUMER, {}, "run/a/b"),
        of(Kind.CONSUMER, {"celery.task_name": "a/b"}, "run/a/b", "celery"),
        ["added nothing -> [celery.task_name] by it"],
        id="a task with a slash",
    ),
    pytest.param(
        "celery-limits",
        of(Kind.CONSUMER, {"celery.timelimit": "(None, None)"}),
        of(Kind.CONSUMER, {}, library="celery"),
        ["gone [celery.timelimit] -> nothing"],
        id="no limits any more",
    ),
    pytest.param(
        "celery-limits",
        of(Kind.CONSUMER, {"celery.timelimit": 5}),
        of(Kind.CONSUMER, {"celery.timelimit": 6}, library="celery"),
        ["changed [celery.timelimit] -> [celery.timelimit]"],
        id="a number for limits",
    ),
    pytest.param(
        "grpc-peer",
        of(Kind.SERVER, {"peer.ipv6": 7}),
        of(Kind.SERVER, {"net.peer.ip": "[7]"}, library="grpc"),
        ["gone [peer.ipv6] -> nothing", "new nothing -> [net.peer.ip]"],
        id="a number for an address of IPv6",
    ),
    pytest.param(
        "grpc-client-mistake",
        replace(of(Kind.SERVER, {}), status=Status(StatusCode.OK)),
        server_of_grpc(Status(), **{"rpc.grpc.status_code": 5}),
        ["changed status.code -> status.code", "new nothing -> [rpc.grpc.status_code]"],
        id="a call that went well",
    ),
    pytest.param(
        "grpc-details",
        codes("StatusCode.NOT_FOUND"),
        server_of_grpc(Status(StatusCode.OK, "StatusCode.NOT_FOUND:no such key")),
        [
            "changed status.code -> status.code",
            "changed nothing -> status.message",
            "gone event.0 -> nothing",
        ],
        id="details of no error",
    ),
    pytest.param(
        "grpc-details",
        codes("NOT_FOUND"),
        server_of_grpc(Status(StatusCode.ERROR, "NOT_FOUND:no such key")),
        [
            "changed status.code -> status.code",
            "changed nothing -> status.message",
            "gone event.0 -> nothing",
        ],
        id="details of no code",
    ),
    pytest.param(
        "grpc-code-as-number",
        codes("NOT_FOUND"),
        server_of_grpc(Status(), **{"rpc.grpc.status_code": 5}),
        ["gone event.0 -> nothing", "new nothing -> [rpc.grpc.status_code]"],
        id="no code of gRPC's enumeration",
    ),
    pytest.param(
        "grpc-code-as-number",
        codes("StatusCode.LOST"),
        server_of_grpc(Status(), **{"rpc.grpc.status_code": 5}),
        ["gone event.0 -> nothing", "new nothing -> [rpc.grpc.status_code]"],
        id="a code that gRPC has not",
    ),
    pytest.param(
        "raw-path-as-name",
        of(Kind.SERVER, {}, "missing"),
        of(Kind.SERVER, {}, "GET ", "flask"),
        ["changed name -> name"],
        id="no path",
    ),
    pytest.param(
        "raw-path-as-name",
        of(Kind.SERVER, {"http.route": "/a", "url.path": "/a"}, "missing"),
        of(Kind.SERVER, {"http.route": "/a", "url.path": "/a"}, "HTTP /a", "flask"),
        ["changed name -> name"],
        id="a path with a route",
    ),
    pytest.param(
        "raw-path-as-name",
        of(Kind.SERVER, {"http.target": "/a?b?c"}, "missing"),
        of(Kind.SERVER, {"http.target": "/a?b?c"}, "HTTP /a", "flask"),
        ["degraded name -> name by it"],
        id="a target with two question marks",
    ),
    pytest.param(
        "route-as-name",
        of(Kind.SERVER, {"http.request.method": "_OTHER"}, "missing"),
        of(Kind.SERVER, {"http.request.method": "_OTHER"}, "HTTP", "flask"),
        ["translated name -> name by it"],
        id="an unknown method",
    ),
    pytest.param(
        "url-in-older-parts",
        of(Kind.SERVER, {"http.url": "http://u:p@h:81/a?b=1?c"}),
        of(
            Kind.SERVER,
            {
                "http.scheme": "http",
                "http.host": "h:81",
                "http.target": "/a?b=1?c",
                "net.host.port": 81,
            },
            library="flask",
        ),
        [
            "translated [http.url] -> [http.target] + [http.scheme] + [http.host] + [net.host.port] by it",
        ],
        id="credentials, a port and two question marks",
    ),
    pytest.param(
        "url-in-older-parts",
        of(Kind.SERVER, {"http.url": "http://h"}),
        of(
            Kind.SERVER,
            {"http.scheme": "http", "http.host": "h", "http.target": "/?b", "net.host.port": 80},
            library="flask",
        ),
        [
            "new nothing -> [net.host.port]",
            "translated [http.url] -> [http.target] + [http.scheme] + [http.host] by it",
        ],
        id="no path, and a query that was left out",
    ),
    pytest.param(
        "url-in-older-parts",
        of(Kind.SERVER, {"http.url": "http://h:81/a"}),
        of(Kind.SERVER, {"http.scheme": "http", "http.host": "h:81", "http.target": "/a"}, library="flask"),
        ["translated [http.url] -> [http.target] + [http.scheme] + [http.host] by it"],
        id="a port that is told by the host alone",
    ),
    pytest.param(
        "url-in-older-parts",
        of(Kind.SERVER, {"http.url": "http://h/a"}),
        of(
            Kind.SERVER,
            {"http.scheme": "http", "http.host": "h", "http.target": "/a", "http.url": "http://h/b"},
            library="flask",
        ),
        [
            "changed [http.url] -> [http.url]",
            "translated nothing -> [http.target] + [http.scheme] + [http.host] by it",
        ],
        id="another URL in its place",
    ),
    pytest.param(
        "statement-as-name",
        of(Kind.CLIENT, {}, "Select"),
        of(Kind.CLIENT, {}, "XXXX", "sqlalchemy"),
        ["changed name -> name"],
        id="no statement",
    ),
    pytest.param(
        "statement-as-name",
        of(Kind.CLIENT, {"db.name": "shop"}, "Select"),
        of(Kind.CLIENT, {"db.name": "shop"}, "shop", "sqlalchemy"),
        ["changed name -> name"],
        id="a database and no statement",
    ),
    pytest.param(
        "error-text-as-status",
        of(Kind.CLIENT, {"error": "false"}),
        replace(of(Kind.CLIENT, {}, library="sqlalchemy"), status=ERROR),
        ["changed status.code -> status.code", "gone [error] -> nothing"],
        id="no error",
    ),
    pytest.param(
        "error-text-as-status",
        replace(of(Kind.CLIENT, {"error": "true"}), status=Status(StatusCode.OK)),
        replace(of(Kind.CLIENT, {}, library="sqlalchemy"), status=ERROR),
        ["changed status.code -> status.code", "gone [error] -> nothing"],
        id="a status that is set",
    ),
    pytest.param(
        "error.type",
        replace(of(Kind.CLIENT, {"http.response.status_code": 400}), status=ERROR),
        replace(of(Kind.CLIENT, {"http.response.status_code": 400, "error.type": "400"}), status=ERROR),
        ["added nothing -> [error.type] by it"],
        id="the first code that is an error",
    ),
    pytest.param(
        "error.type",
        replace(of(Kind.CLIENT, {}), status=ERROR, events=(raised("a.E"), raised("a.F"))),
        replace(of(Kind.CLIENT, {"error.type": "E"}), status=ERROR, events=(raised("a.E"), raised("a.F"))),
        ['changed nothing -> [error.type] by it, which wants "a.F"'],
        id="the first of two exceptions",
    ),
    pytest.param(
        "server.port",
        of(Kind.CLIENT, {"peer.port": "65535"}),
        of(Kind.CLIENT, {"server.port": 65535}),
        ["translated [peer.port] -> [server.port] by it"],
        id="a port of five digits",
    ),
    pytest.param(
        "server.port",
        of(Kind.CLIENT, {"peer.port": "100000"}),
        of(Kind.CLIENT, {"server.port": 100000}),
        ["gone [peer.port] -> nothing", "new nothing -> [server.port]"],
        id="a port of six digits",
    ),
    pytest.param(
        "shim-status-without-kind",
        replace(of(Kind.INTERNAL, {"http.status_code": 404}), status=Status(StatusCode.OK)),
        replace(of(Kind.INTERNAL, {"http.status_code": 404}), status=ERROR),
        ["changed status.code -> status.code"],
        id="a status that was set",
    ),
    pytest.param(
        "component",
        of(Kind.CLIENT, {"component": 7}),
        replace(of(Kind.CLIENT, {}), scope=Scope("7")),
        ["gone [component] -> nothing", "new nothing -> scope.name"],
        id="a number for a component",
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "expected"), LEAVES_ALONE)
def test_a_rule_explains_what_is_its_own_and_nothing_near_it(
    rule: str, before: Span, after: Span, expected: Judged
) -> None:
    found = judged_by(rule, before, after)

    assert [line for line in found if "opentelemetry" not in line] == sorted(
        [*expected, "new nothing -> scope.name"] if after.scope.name.startswith("opentelemetry") else expected
    )


@pytest.mark.parametrize(
    ("new", "rule"),
    [
        pytest.param({"http.response.status_code": 404}, "unknown-path-span", id="an unknown path"),
        pytest.param({"http.status_code": 404}, "unknown-path-span", id="in the older conventions"),
        pytest.param({"http.response.status_code": 404, "http.route": "/a"}, "", id="a route"),
        pytest.param({"http.response.status_code": 200}, "", id="another answer"),
        pytest.param({}, "", id="no answer"),
    ],
)
@pytest.mark.parametrize("kind", [Kind.SERVER, Kind.CLIENT])
def test_a_request_without_a_route_has_a_span(new: Attributes, rule: str, kind: Kind) -> None:
    content = Contents().of(of(kind, new, library="django"), targets=())

    found = new_span(content, {("", "django")})

    assert (found.name if found else "") == (rule if kind is Kind.SERVER else "")


@pytest.mark.parametrize(
    ("kind", "values", "rule"),
    [
        pytest.param(Kind.INTERNAL, {"asgi.event.type": "http.send"}, "asgi-messages", id="a message"),
        pytest.param(Kind.SERVER, {"asgi.event.type": "http.send"}, "", id="a request"),
        pytest.param(Kind.INTERNAL, {"asgi.event.type": 7}, "", id="a number for a type"),
        pytest.param(Kind.INTERNAL, {}, "", id="other work"),
    ],
)
def test_a_message_has_a_span(kind: Kind, values: Attributes, rule: str) -> None:
    found = new_span(Contents().of(of(kind, values, library="asgi"), targets=()), {("", "asgi")})

    assert (found.name if found else "") == rule


def test_the_source_of_a_library_is_its_instrumentation() -> None:
    assert source("aiohttp_client").endswith(
        "/instrumentation/opentelemetry-instrumentation-aiohttp-client/src/opentelemetry/instrumentation/"
        "aiohttp_client/__init__.py"
    )
