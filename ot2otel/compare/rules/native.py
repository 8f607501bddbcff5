"""Changes on the way to today's semantic conventions, from OpenTracing or from the shim."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import SplitResult, urlsplit

from ot2otel.compare.rules.database import DATABASE
from ot2otel.compare.rules.messaging import MESSAGING
from ot2otel.compare.rules.opentracing import EXCEPTION_ESCAPED, exception_event
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    SPECIFICATION,
    Effect,
    Rule,
    for_events,
    renamed,
    without,
    without_event_attribute,
)
from ot2otel.model import Attributes, AttributeValue, Event, Kind, Span, Status, StatusCode

_HTTP_MIGRATION = f"{CONVENTIONS}/non-normative/http-migration/"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def _method(span: Span) -> Span:
    return replace(span, attributes=renamed(span.attributes, "http.method", "http.request.method"))


def _status_code(span: Span) -> Span:
    return replace(span, attributes=renamed(span.attributes, "http.status_code", "http.response.status_code"))


def _url(span: Span) -> Span:
    """Replace `http.url` by the attributes that the conventions demand for the span's kind."""
    full = span.attributes.get("http.url")
    if not isinstance(full, str) or span.kind not in (Kind.CLIENT, Kind.SERVER):
        return span
    try:
        url = urlsplit(full)
        server = _server(url)
    except ValueError:  # not a URL, so it has no parts
        return span
    parts: Attributes = {"url.full": full} if span.kind is Kind.CLIENT else _request_target(url)
    return replace(span, attributes={**without(span.attributes, "http.url"), **parts, **server})


def _server(url: SplitResult) -> Attributes:
    port = url.port or _DEFAULT_PORTS.get(url.scheme)
    server: dict[str, AttributeValue] = {"server.address": url.hostname or ""}
    return server if port is None else server | {"server.port": port}


def _request_target(url: SplitResult) -> Attributes:
    target = {"url.scheme": url.scheme, "url.path": url.path, "url.query": url.query}
    return {key: value for key, value in target.items() if value}


def _logged_error(event: Event) -> Event:
    """Turn an error that the application logged, with a kind of its own choice, into an exception event."""
    kind = event.attributes.get("error.kind")
    return exception_event(event, kind) if isinstance(kind, str) else event


def _error_type(span: Span) -> Span:
    """Add `error.type` to a failed span: its HTTP error code, or else its last exception's type."""
    if span.status.code is not StatusCode.ERROR or "error.type" in span.attributes:
        return span
    code = span.attributes.get("http.response.status_code")
    exceptions = [
        event.attributes.get("exception.type") for event in span.events if event.name == "exception"
    ]
    if isinstance(code, int) and code >= 400:
        return replace(span, attributes={**span.attributes, "error.type": str(code)})
    if exceptions and exceptions[-1]:
        return replace(span, attributes={**span.attributes, "error.type": exceptions[-1]})
    return span


TODAYS_CONVENTIONS = (
    Rule(
        "http.request.method",
        Effect.TRANSLATED,
        "`http.method` is renamed to `http.request.method`",
        _HTTP_MIGRATION,
        rewrite_old=_method,
    ),
    Rule(
        "http.response.status_code",
        Effect.TRANSLATED,
        "`http.status_code` is renamed to `http.response.status_code`",
        _HTTP_MIGRATION,
        rewrite_old=_status_code,
    ),
    Rule(
        "url",
        Effect.TRANSLATED,
        "`http.url` becomes `url.full` (client) or its parts `url.*` (server), and `server.*`",
        _HTTP_MIGRATION,
        rewrite_old=_url,
    ),
    *DATABASE,
    *MESSAGING,
    Rule(
        "logged-error",
        Effect.TRANSLATED,
        "an error that the application logged with kind, message and stack becomes the event `exception`",
        f"{SPECIFICATION}/compatibility/opentracing.md#log",
        rewrite_old=for_events(_logged_error),
    ),
    Rule(
        "error.type",
        Effect.ADDED,
        "a failed span has `error.type`: the HTTP status code or the exception's type",
        f"{CONVENTIONS}/registry/attributes/error/",
        rewrite_old=_error_type,
    ),
)


def _kind_from_tag(span: Span) -> Span:
    tag = str(span.attributes.get("span.kind")).upper()
    if tag not in Kind.__members__:
        return span
    return replace(span, kind=Kind[tag], attributes=without(span.attributes, "span.kind"))


def _status_from_tag(span: Span) -> Span:
    if span.attributes.get("error") is not True:
        return span
    return replace(span, status=Status(StatusCode.ERROR), attributes=without(span.attributes, "error"))


def _without_scope(span: Span) -> Span:
    return replace(span, scope=replace(span.scope, name="", version=""))


OFF_THE_SHIM = (
    EXCEPTION_ESCAPED,
    Rule(
        "span-kind",
        Effect.TRANSLATED,
        "the shim's attribute `span.kind` becomes the span's kind",
        f"{SPECIFICATION}/trace/api.md#spankind",
        rewrite_old=_kind_from_tag,
    ),
    Rule(
        "error-status",
        Effect.TRANSLATED,
        "the shim's attribute `error` becomes the span's status",
        f"{SPECIFICATION}/trace/api.md#set-status",
        rewrite_old=_status_from_tag,
    ),
    Rule(
        "event-attribute",
        Effect.BOOKKEEPING,
        "the shim's attribute `event`, a copy of the event's name, is gone",
        f"{SPECIFICATION}/trace/api.md#add-events",
        rewrite_old=for_events(without_event_attribute),
    ),
    Rule(
        "own-scope",
        Effect.BOOKKEEPING,
        "the scope is the code's own instead of the shim's",
        f"{SPECIFICATION}/common/instrumentation-scope.md",
        rewrite_old=_without_scope,
        rewrite_new=_without_scope,
    ),
)
