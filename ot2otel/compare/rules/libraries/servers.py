"""Spans of web frameworks: Flask, Django, FastAPI and Starlette, under their instrumentations."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from ot2otel.compare.facts import KIND, NAME, STATUS
from ot2otel.compare.rules.http import as_text
from ot2otel.compare.rules.libraries.instrumentation import (
    NOT_INSTRUMENTED,
    ROLE,
    if_it_was,
    made_by,
    source,
)
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    Added,
    Dropped,
    Effect,
    Makes,
    Premise,
    Renamed,
    Rule,
    Split,
    attribute,
    integer,
    of_event,
    one_of,
    stands,
    text,
    was,
)
from ot2otel.model import Kind, StatusCode

_LIBRARIES = ("flask", "django", "asgi", "fastapi", "starlette", "wsgi")
_BY_SERVER = made_by(*_LIBRARIES)
_OF_SERVER = stands(KIND, Kind.SERVER)
_OLD_URL = attribute("http.url")
_ROUTE, _TARGET, _PATH = attribute("http.route"), attribute("http.target"), attribute("url.path")
_METHOD, _OLD_METHOD = attribute("http.request.method"), attribute("http.method")
_STATUS_CODES = (attribute("http.status_code"), attribute("http.response.status_code"))
_ADDED_TEXTS = (
    *("http.route", "user_agent.original", "network.protocol.version", "client.address", "url.query"),
    *("url.scheme", "server.address"),
)
_ADDED_NUMBERS = ("client.port", "server.port")
# Of the older conventions, which no span of the stable ones gets back.
_OLDER_TEXTS = (
    *("http.scheme", "http.target", "http.host", "http.server_name", "http.flavor", "http.user_agent"),
    *("net.host.name", "net.peer.ip", "net.peer.name"),
)
_OLDER_NUMBERS = ("net.host.port", "net.peer.port")
_NOT_STABLE = was(attribute("http.request.method"), None)


def method_in_name(method: object, old: object) -> str:
    """Return the method as a span's name has it, "HTTP" for one that the conventions do not know."""
    name = str(method or old or "")
    return "HTTP" if name in ("", "_OTHER") else name


def _by_route(name: object, method: object, old: object, route: object) -> Sequence[Makes] | None:
    word = method_in_name(method, old)
    return (Makes(NAME, f"{word} {route}" if route else word),)


def _by_path(
    name: object, method: object, old: object, route: object, target: object, path: object
) -> Sequence[Makes] | None:
    raw = path or str(target or "").partition("?")[0]
    return None if route or not raw else (Makes(NAME, f"{method_in_name(method, old)} {raw}"),)


def _older_parts(full: object, target: object, there: object) -> Sequence[Makes] | None:
    """Make the parts of a URL; the target may have a query that the integration left out."""
    if not isinstance(full, str) or not isinstance(target, str):
        return None
    try:
        url = urlsplit(as_text(full))
        port = url.port
    except ValueError:
        return None
    path, _, query = target.partition("?")
    wanted = target if unquote(path) == unquote(url.path or "/") and url.query in ("", query) else url.path
    makes = [Makes(_TARGET, wanted)]
    if url.scheme:
        makes.append(Makes(attribute("http.scheme"), url.scheme))
    if url.netloc:
        makes.append(Makes(attribute("http.host"), url.netloc.rpartition("@")[2]))
    if there is not None and as_text(full) != full:
        makes.append(Makes(_OLD_URL, as_text(full)))
    return [*makes, Makes(attribute("net.host.port"), port, required=False)] if port else makes


def _error_of_server(status: object, code: object, old: object) -> Sequence[Makes] | None:
    number = code or old
    failed = type(number) is int and number >= 500
    return (Makes(STATUS, StatusCode.ERROR),) if failed and status is not StatusCode.ERROR else None


SERVERS = (
    Rule(
        "route-as-name",
        Effect.TRANSLATED,
        "the instrumentation names a server's span by method and route",
        f"{CONVENTIONS}/http/http-spans/#name ({source('flask')})",
        (
            Split(
                (NAME,),
                if_it_was(Kind.SERVER, _by_route),
                reads=ROLE,
                reads_after=(_METHOD, _OLD_METHOD, _ROUTE),
                premises=(_BY_SERVER, _OF_SERVER, NOT_INSTRUMENTED),
            ),
        ),
    ),
    Rule(
        "raw-path-as-name",
        Effect.DEGRADED,
        "the instrumentation names a request without a route by its path, which the client chose",
        f"{source('wsgi')} (get_default_span_name)",
        (
            Split(
                (NAME,),
                if_it_was(Kind.SERVER, _by_path),
                reads=ROLE,
                reads_after=(_METHOD, _OLD_METHOD, _ROUTE, _TARGET, _PATH),
                premises=(made_by("flask", "wsgi"), _OF_SERVER, NOT_INSTRUMENTED),
            ),
        ),
        "each unknown path that a client asks for makes another span name",
    ),
    Rule(
        "url-in-older-parts",
        Effect.TRANSLATED,
        "a server's `http.url` becomes its parts `http.scheme`, `http.host` and `http.target`; where it "
        "stays, its query is text instead of Python's bytes",
        f"{source('wsgi')} (collect_request_attributes)",
        (
            Split(
                (_OLD_URL,),
                _older_parts,
                reads_after=(_TARGET, _OLD_URL),
                premises=(_BY_SERVER, _OF_SERVER, NOT_INSTRUMENTED),
            ),
        ),
    ),
    Rule(
        "url-rule",
        Effect.TRANSLATED,
        "Flask's `url_rule`, an attribute that Flask-OpenTracing can be told to write, becomes `http.route`; "
        "an unknown path has none",
        f"{CONVENTIONS}/registry/attributes/http/ ({source('flask')})",
        (
            Renamed(attribute("url_rule"), _ROUTE, premises=(made_by("flask"),)),
            Dropped(
                (attribute("url_rule"),),
                "nothing: `None` says that there is no route",
                one_of("None"),
                (made_by("flask"),),
            ),
        ),
    ),
    Rule(
        "server-instrumentation",
        Effect.ADDED,
        "the instrumentation of a web framework describes request, client and server in more attributes",
        f"{CONVENTIONS}/http/http-spans/#http-server ({source('wsgi')})",
        (
            Added(tuple(map(attribute, _ADDED_TEXTS)), text, (_BY_SERVER,)),
            Added(tuple(map(attribute, _ADDED_NUMBERS)), integer, (_BY_SERVER,)),
            Added(tuple(map(attribute, _OLDER_TEXTS)), text, (_BY_SERVER, _NOT_STABLE)),
            Added(tuple(map(attribute, _OLDER_NUMBERS)), integer, (_BY_SERVER, _NOT_STABLE)),
            # An exception is answered by the framework, after the integration looked. Another answer
            # contradicts nothing: it is new.
            Added(
                _STATUS_CODES,
                one_of(500),
                (_BY_SERVER, stands(("event", 0, "name"), "exception"), Premise(_STATUS_CODES, one_of(500))),
            ),
            # Starlette's integration writes no status.
            Added(
                _STATUS_CODES,
                integer,
                (made_by("asgi", "fastapi", "starlette"), was(attribute("component"), "asgi")),
            ),
        ),
    ),
    Rule(
        "server-error-status",
        Effect.IMPROVED,
        "an answer of 500 or more is an error; Starlette's integration ignored the status code",
        f"{CONVENTIONS}/http/http-spans/#status ({source('asgi')})",
        (
            Split(
                (STATUS,),
                _error_of_server,
                reads_after=(attribute("http.response.status_code"), attribute("http.status_code")),
                premises=(_BY_SERVER, _OF_SERVER, was(attribute("component"), "asgi")),
            ),
        ),
    ),
    Rule(
        "error-object-as-message",
        Effect.TRANSLATED,
        "an integration's log `error` with the exception as `error.object` becomes the event `exception`",
        f"{CONVENTIONS}/exceptions/exceptions-spans/",
        (
            Renamed(
                of_event("attributes", "error.object"),
                of_event("attributes", "exception.message"),
                premises=(
                    was(of_event("name"), "error"),
                    was(of_event("attributes", "message"), None),
                    stands(of_event("name"), "exception"),
                ),
            ),
        ),
    ),
)
