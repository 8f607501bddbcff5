"""Changes on the way to today's semantic conventions, from OpenTracing or from the shim."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

from ot2otel.compare.facts import KIND, SCOPE_NAME, SCOPE_VERSION, STATUS
from ot2otel.compare.rules.database import DATABASE
from ot2otel.compare.rules.messaging import MESSAGING
from ot2otel.compare.rules.opentracing import EXCEPTION_ESCAPED, EXCEPTION_STATUS_MESSAGE, LOGGED_ERROR
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    SPECIFICATION,
    Copied,
    Dropped,
    Effect,
    Makes,
    Renamed,
    Rule,
    Split,
    attribute,
    of_event,
    text,
)
from ot2otel.model import Kind, StatusCode

_HTTP_MIGRATION = f"{CONVENTIONS}/non-normative/http-migration/"
_URL = f"{CONVENTIONS}/registry/attributes/url/"
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Keys of a query whose values the conventions want redacted.
_SECRET_KEYS = frozenset({"AWSAccessKeyId", "Signature", "sig", "X-Goog-Signature"})

_OLD_URL = attribute("http.url")
_FULL, _SCHEME, _PATH, _QUERY = (attribute(f"url.{part}") for part in ("full", "scheme", "path", "query"))
_ADDRESS, _PORT = attribute("server.address"), attribute("server.port")


def _url(full: object, kind: object) -> Sequence[Makes] | None:
    """Make of `http.url` the attributes that the conventions want for the kind of the new span."""
    if not isinstance(full, str) or kind not in (Kind.CLIENT, Kind.SERVER):
        return None
    try:
        url = urlsplit(full)
        server = _server(url)
    except ValueError:  # not a URL, so it has no parts
        return None
    if kind is Kind.CLIENT:
        return [Makes(_FULL, redacted(full)), *server]
    if url.fragment or "@" in url.netloc:
        return None  # no attribute of a server has them
    # The path of `http://host` is "/" to some and nothing to others.
    path = Makes(_PATH, url.path or "/", required=bool(url.path))
    parts = ((_SCHEME, url.scheme), (_QUERY, _redacted_query(url.query)))
    return [*(Makes(place, value) for place, value in parts if value), path, *server]


def redacted(full: str) -> str:
    """Return a URL without its credentials, as the conventions want `url.full`; raise ValueError."""
    url = urlsplit(full)
    _, at, host = url.netloc.rpartition("@")
    netloc = f"REDACTED:REDACTED@{host}" if at else url.netloc
    query = _redacted_query(url.query)
    if (netloc, query) == (url.netloc, url.query):
        return full
    return url._replace(netloc=netloc, query=query).geturl()


def _redacted_query(query: str) -> str:
    pairs = (pair.partition("=") for pair in query.split("&"))
    return "&".join(f"{key}{eq}{'REDACTED' if key in _SECRET_KEYS else value}" for key, eq, value in pairs)


def _server(url: SplitResult) -> list[Makes]:
    """Make address and port, which the conventions only recommend."""
    port = url.port or _DEFAULT_PORTS.get(url.scheme)
    server = [Makes(_ADDRESS, url.hostname or "", required=False)]
    return server if port is None else [*server, Makes(_PORT, port, required=False)]


def _error_types(status: object, code: object, exceptions: Sequence[object]) -> Sequence[object]:
    """Return the `error.type` of a failed span: its HTTP error code, or else its last exception's type."""
    if status is not StatusCode.ERROR:
        return ()
    if isinstance(code, int) and code >= 400:
        return (str(code),)
    return [kind for kind in exceptions if kind][-1:]


TODAYS_CONVENTIONS = (
    Rule(
        "http.request.method",
        Effect.TRANSLATED,
        "`http.method` is renamed to `http.request.method`",
        _HTTP_MIGRATION,
        (Renamed(attribute("http.method"), attribute("http.request.method")),),
    ),
    Rule(
        "http.response.status_code",
        Effect.TRANSLATED,
        "`http.status_code` is renamed to `http.response.status_code`",
        _HTTP_MIGRATION,
        (Renamed(attribute("http.status_code"), attribute("http.response.status_code")),),
    ),
    Rule(
        "url",
        Effect.TRANSLATED,
        "`http.url` becomes `url.full` (client) or its parts `url.*` (server), and `server.*`; "
        "credentials become REDACTED",
        f"{_HTTP_MIGRATION} ({_URL})",
        (Split((_OLD_URL,), _url, reads_after=(KIND,)),),
    ),
    Rule(
        "service.peer.name",
        Effect.TRANSLATED,
        "`peer.service` is renamed to `service.peer.name`",
        f"{CONVENTIONS}/registry/attributes/peer/",
        (Renamed(attribute("peer.service"), attribute("service.peer.name")),),
    ),
    *DATABASE,
    *MESSAGING,
    LOGGED_ERROR,
    Rule(
        "error.type",
        Effect.ADDED,
        "a failed span has `error.type`: the HTTP status code or the exception's type",
        f"{CONVENTIONS}/registry/attributes/error/",
        (
            Copied(
                attribute("error.type"),
                (STATUS, attribute("http.response.status_code"), of_event("attributes", "exception.type")),
                _error_types,
            ),
        ),
    ),
)


def _kind_from_tag(tag: object, kind: Kind) -> Sequence[Makes] | None:
    name = str(tag).upper()
    if kind not in (Kind.INTERNAL, Kind.UNSPECIFIED) or name not in Kind.__members__:
        return None
    return (Makes(KIND, Kind[name]),)


def _status_from_tag(tag: object, status: StatusCode) -> Sequence[Makes] | None:
    if status is StatusCode.OK or tag is not True:
        return None
    return (Makes(STATUS, StatusCode.ERROR),)


def _own_scope(name: object, version: object) -> Sequence[Makes]:
    return (Makes(SCOPE_NAME, test=text), Makes(SCOPE_VERSION, test=text, required=False))


OFF_THE_SHIM = (
    EXCEPTION_ESCAPED,
    EXCEPTION_STATUS_MESSAGE,
    Rule(
        "span-kind",
        Effect.TRANSLATED,
        "the shim's attribute `span.kind` becomes the span's kind",
        f"{SPECIFICATION}/trace/api.md#spankind",
        (Split((attribute("span.kind"), KIND), _kind_from_tag),),
    ),
    Rule(
        "error-status",
        Effect.TRANSLATED,
        "the shim's attribute `error` becomes the span's status",
        f"{SPECIFICATION}/trace/api.md#set-status",
        (Split((attribute("error"), STATUS), _status_from_tag),),
    ),
    Rule(
        "event-attribute",
        Effect.BOOKKEEPING,
        "the shim's attribute `event`, a copy of the event's name, is gone",
        f"{SPECIFICATION}/trace/api.md#add-events",
        (Dropped((of_event("attributes", "event"),), "the event's name", repeats=of_event("name")),),
    ),
    Rule(
        "own-scope",
        Effect.BOOKKEEPING,
        "the scope is the code's own instead of the shim's",
        f"{SPECIFICATION}/common/instrumentation-scope.md",
        (Split((SCOPE_NAME, SCOPE_VERSION), _own_scope),),
    ),
)
