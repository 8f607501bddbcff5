"""Spans as OpenTelemetry's SDK for Python prints them: `ConsoleSpanExporter` and `ReadableSpan.to_json`.

This form has no scope, no flags and no dropped counts, and times in microseconds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone

from ot2otel.errors import WireError
from ot2otel.model import Event, Kind, Link, Span, Status, StatusCode
from ot2otel.wire.decoded import NO_SPAN_ID, Decoded, gathered
from ot2otel.wire.json_fields import JsonObject, checked, object_at, objects_at, plain_attributes, text_at
from ot2otel.wire.unread import Shape, Unread

_KINDS = {f"SpanKind.{kind.name}": kind for kind in Kind}
_CONTEXT = Shape(["trace_id", "span_id", "trace_state"])
_SPAN = Shape(
    ["name", "parent_id", "start_time", "end_time", "attributes", "resource"],
    {
        "context": _CONTEXT,
        "status": Shape(["description"], texts={"status_code": StatusCode.__members__}),
        "events": Shape(["name", "timestamp", "attributes"]),
        "links": Shape(["attributes"], {"context": _CONTEXT}),
    },
    {"kind": _KINDS},
)
# `['{key=a, value=1}', ...]`, as Python writes a TraceState.
_STATE = re.compile(r"""\{key=(.*?), value=(.*?)\}(?=['"])""")
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def is_printed(document: object) -> bool:
    """Tell whether a parsed document is a span that the SDK printed, or an array of them."""
    if isinstance(document, list) and document:
        document = document[0]
    return isinstance(document, dict) and "context" in document and "start_time" in document


def decode_json(document: object) -> Decoded:
    """Return the spans of a parsed document: a span, or an array of spans.

    An unreadable span is rejected; the reason has its number. Unknown keys, kinds and status codes are
    counted.
    """
    unread: Unread = Counter()
    entries = document if isinstance(document, list) else [document]
    decoded = gathered(_spans(entries, unread))
    schemas = frozenset(filter(None, (_schema(entry) for entry in entries)))
    return replace(decoded, unread=unread, schemas=schemas)


def _spans(entries: list[object], unread: Unread) -> Iterator[Span | str]:
    for number, entry in enumerate(entries, 1):
        try:
            span = _span(checked(entry, dict, "a span"))
        except WireError as error:
            yield f"span {number}: {error}"
            continue
        _SPAN.count(entry, "span", unread)
        yield span


def _schema(entry: object) -> str:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    url = resource.get("schema_url") if isinstance(resource, dict) else None
    return url if isinstance(url, str) else ""


def _span(entry: JsonObject) -> Span:
    context, status = object_at(entry, "context"), object_at(entry, "status")
    resource, schema = object_at(entry, "resource"), _schema(entry)
    if isinstance(resource.get("attributes"), dict):
        resource = object_at(resource, "attributes")
    code = text_at(status, "status_code")
    parent_id = _id(entry, "parent_id", 16)
    return Span(
        trace_id=_id(context, "trace_id", 32),
        span_id=_id(context, "span_id", 16),
        name=text_at(entry, "name"),
        parent_id="" if parent_id == NO_SPAN_ID else parent_id,
        kind=_KINDS.get(text_at(entry, "kind"), Kind.UNSPECIFIED),
        start_ns=_time(entry, "start_time"),
        end_ns=_time(entry, "end_time"),
        status=Status(StatusCode.__members__.get(code, StatusCode.UNSET), text_at(status, "description")),
        attributes=plain_attributes(object_at(entry, "attributes")),
        events=tuple([_event(each) for each in objects_at(entry, "events")]),
        links=tuple([_link(each) for each in objects_at(entry, "links")]),
        resource=plain_attributes(resource),
        trace_state=_trace_state(context),
        resource_schema_url=schema,
    )


def _event(entry: JsonObject) -> Event:
    return Event(
        text_at(entry, "name"), _time(entry, "timestamp"), plain_attributes(object_at(entry, "attributes"))
    )


def _link(entry: JsonObject) -> Link:
    context = object_at(entry, "context")
    return Link(
        _id(context, "trace_id", 32),
        _id(context, "span_id", 16),
        plain_attributes(object_at(entry, "attributes")),
        _trace_state(context),
    )


def _id(entry: JsonObject, field: str, digits: int) -> str:
    return text_at(entry, field).lower().removeprefix("0x").zfill(digits)


def _trace_state(context: JsonObject) -> str:
    return ",".join(f"{key}={value}" for key, value in _STATE.findall(text_at(context, "trace_state")))


def _time(entry: JsonObject, field: str) -> int:
    """Return nanoseconds since the epoch, 0 for a span that has not started or ended."""
    text = text_at(entry, field)
    if not text:
        return 0
    try:
        passed = datetime.strptime(text, _TIME).replace(tzinfo=timezone.utc) - _EPOCH
    except ValueError as error:
        raise WireError(
            f"{field} must be a time like 2026-01-31T12:00:00.000000Z, not {text[:60]!r}"
        ) from error
    microseconds = (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    if not 0 <= microseconds * 1000 < 2**64:
        raise WireError(f"{field} is {'before 1970' if microseconds < 0 else 'after 2554'}: {text[:60]!r}")
    return microseconds * 1000
