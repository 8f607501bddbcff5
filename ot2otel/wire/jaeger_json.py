"""Jaeger's JSON to spans: answers of its query API and downloads from its UI."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from ot2otel.errors import WireError
from ot2otel.model import Attributes, AttributeValue, Event, Kind, Span, StatusCode
from ot2otel.wire import jaeger_translation as translation
from ot2otel.wire.decoded import NO_SPAN_ID, Decoded, gathered
from ot2otel.wire.json_fields import (
    JsonObject,
    binary,
    checked,
    double,
    integer,
    object_at,
    objects_at,
    text_at,
    unsigned_at,
)
from ot2otel.wire.unread import Shape, Unread, note

# Jaeger shows this service for OTLP spans without a `service.name`.
_NO_SERVICE_NAME = "OTLPResourceNoServiceName"
_TYPES = ("string", "bool", "int64", "float64", "binary")
_REFERENCES = {"CHILD_OF": "child_of", "FOLLOWS_FROM": "follows_from"}
# Of the processes that several spans share, by their name in `processes`.
_Resources: TypeAlias = dict[str, Attributes]

# The translation drops these tags, also if it does not know their text.
_TOLD_BY_TAGS = frozenset({"span.kind", "otel.status_code"})

# The keys of a span. Of those that are not read some are Jaeger's own remarks, and the others are the
# additions of its page, or of its documents in Elasticsearch, to what other keys say.
_TAG = Shape(
    ["key", "value"], texts={"type": [*_TYPES, *(name.upper() for name in _TYPES), *map(str.title, _TYPES)]}
)
_PROCESS = Shape(["serviceName"], {"tags": _TAG})
_SPAN = Shape(
    [
        *(
            "traceID",
            "spanID",
            "parentSpanID",
            "processID",
            "flags",
            "operationName",
            "startTime",
            "duration",
        ),
        *("warnings", "startTimeMillis", "hasChildren", "childSpanIds", "childSpans", "depth"),
        *("relativeStartTime", "subsidiarilyReferencedBy"),
    ],
    {
        "tags": _TAG,
        "logs": Shape(["timestamp"], {"fields": _TAG}),
        "references": Shape(["traceID", "spanID", "span"], texts={"refType": _REFERENCES}),
        "process": _PROCESS,
    },
)
_TRACE = Shape(["traceID", "spans", "processes", "warnings"])


def decode_json(body: bytes | str | object) -> Decoded:
    """Return the spans of a JSON text or of a parsed document.

    The document is one trace, an array of traces, or the envelope `{"data": [...]}` of the query API and of
    the UI's download. An unreadable span is rejected; the reason has its number. Unknown keys, types of
    references, kinds and status codes are counted. Raises WireError for anything else.
    """
    document = _parsed(body) if isinstance(body, (bytes, str)) else body
    unread: Unread = Counter()
    return replace(gathered(_spans_of_all(_traces(document), unread)), unread=unread)


def _parsed(body: bytes | str) -> object:
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WireError(f"{len(body)} bytes are not JSON: {error}") from error
    return document


def _traces(document: object) -> Sequence[object]:
    if isinstance(document, list):
        return document
    entry = checked(document, dict, "The document")
    if "spans" in entry:
        return [entry]
    errors = objects_at(entry, "errors")
    if errors and not entry.get("data"):
        raise WireError(f"Jaeger answered with an error: {text_at(errors[0], 'msg')[:200]}")
    if "data" not in entry:
        raise WireError("it is not Jaeger's JSON: `data` and `spans` are both missing")
    return objects_at(entry, "data")


def _spans_of_all(traces: Sequence[object], unread: Unread) -> Iterator[Span | str]:
    for number, trace in enumerate(traces, 1):
        if not isinstance(trace, dict) or "spans" not in trace:
            raise WireError(f"trace {number} is not a trace: `spans` is missing")
        _TRACE.count(trace, "trace", unread)
        processes = object_at(trace, "processes")
        for process in processes.values():
            _PROCESS.count(process, "process", unread)
        trace_id = text_at(trace, "traceID")
        resources: _Resources = {}
        for index, entry in enumerate(objects_at(trace, "spans"), 1):
            try:
                span = _span(entry, _process(entry, processes), trace_id, resources)
            except WireError as error:
                yield f"trace {number}, span {index}: {error}"
                continue
            _SPAN.count(entry, "span", unread)
            _count_lost_texts(entry, span, unread)
            yield span


def _count_lost_texts(entry: JsonObject, span: Span, unread: Unread) -> None:
    """Count the tags for a kind and a status that have an unknown text."""
    if span.kind is not Kind.UNSPECIFIED and span.status.code is not StatusCode.UNSET:
        return
    told = [tag for tag in objects_at(entry, "tags") if tag.get("key") in _TOLD_BY_TAGS]
    for key, value in _tags({"tags": told}, "tags"):
        if key == "span.kind" and span.kind is Kind.UNSPECIFIED and value not in ("", "unspecified"):
            note(unread, f"span.kind {value!r}")
        if key == "otel.status_code" and span.status.code is StatusCode.UNSET and value not in ("", "UNSET"):
            note(unread, f"otel.status_code {value!r}")


def _process(entry: JsonObject, processes: JsonObject) -> JsonObject:
    if "process" in entry:
        return object_at(entry, "process")
    name = text_at(entry, "processID")
    if name not in processes:
        raise WireError(f"its process {name!r} is not among `processes`")
    return checked(processes[name], dict, f"processes.{name}")


def _span(entry: JsonObject, process: JsonObject, id_of_trace: str, resources: _Resources) -> Span:
    trace_id = _trace_id(text_at(entry, "traceID") or id_of_trace)
    parent_id = text_at(entry, "parentSpanID")
    parent_id, links = translation.parent_and_links(
        trace_id,
        _span_id(parent_id) if parent_id else "",
        [_reference(ref) for ref in objects_at(entry, "references")],
    )
    name = "" if "process" in entry else text_at(entry, "processID")
    resource = resources.get(name) or _resource(process)
    if name:
        resources[name] = resource
    start = unsigned_at(entry, "startTime", 64)
    described = _described(_tags(entry, "tags"), resource)
    return Span(
        trace_id=trace_id,
        span_id=_span_id(text_at(entry, "spanID")),
        name=text_at(entry, "operationName"),
        parent_id="" if parent_id == NO_SPAN_ID else parent_id,
        kind=described.kind,
        start_ns=_nanoseconds(start, "startTime"),
        # Jaeger writes a negative duration as an unsigned number.
        end_ns=_nanoseconds((start + unsigned_at(entry, "duration", 64)) % 2**64, "duration"),
        status=described.status,
        attributes=described.attributes,
        events=tuple([_event(log) for log in objects_at(entry, "logs")]),
        links=links,
        resource=resource,
        scope=described.scope,
        trace_state=described.trace_state,
    )


def _described(tags: translation.Tags, resource: Attributes) -> translation.Described:
    attributes = dict(tags)
    if translation.SDK_TAGS.isdisjoint(attributes) and translation.SDK_TAGS.isdisjoint(resource):
        return translation.Described(*translation.described(attributes))
    return translation.described_by_sdk(tags)


def _resource(process: JsonObject) -> Attributes:
    name = text_at(process, "serviceName")
    return translation.resource("" if name == _NO_SERVICE_NAME else name, dict(_tags(process, "tags")))


def _event(log: JsonObject) -> Event:
    time = _nanoseconds(unsigned_at(log, "timestamp", 64), "timestamp")
    return translation.event(time, dict(_tags(log, "fields")))


def _reference(entry: JsonObject) -> translation.Reference:
    name = text_at(entry, "refType")
    if not name:
        raise WireError("refType is missing in a reference")
    # An unknown type stays in the link, and is no parent.
    return translation.Reference(
        _REFERENCES.get(name, name.lower()),
        _trace_id(text_at(entry, "traceID")),
        _span_id(text_at(entry, "spanID")),
    )


def _tags(entry: JsonObject, field: str) -> translation.Tags:
    return [_usual_tag(tag) or (text_at(tag, "key"), _value(tag)) for tag in objects_at(entry, field)]


def _usual_tag(tag: JsonObject) -> tuple[str, AttributeValue] | None:
    """Return a tag in the form that Jaeger writes, else None; `_value` reads every spelling."""
    key, kind, content = tag.get("key"), tag.get("type"), tag.get("value")
    if type(key) is not str:
        return None
    if (kind == "string" and type(content) is str) or (kind == "bool" and type(content) is bool):
        return key, content
    if kind == "int64" and type(content) is int and -(2**63) <= content < 2**63:
        return key, content
    return None


def _value(tag: JsonObject) -> AttributeValue:
    kind, content = text_at(tag, "type").lower(), tag.get("value")
    if kind in _VALUES:
        return _VALUES[kind](content, f"the value of {text_at(tag, 'key')[:80]!r}")
    if content is None or isinstance(content, (str, bool, int, float)):
        return content
    return json.dumps(content, ensure_ascii=False)


def _boolean(content: object, field: str) -> bool:
    # Some files come from Elasticsearch, whose documents have all values as text.
    if isinstance(content, str) and content.lower() in ("true", "false"):
        return content.lower() == "true"
    return checked(content, bool, field)


_VALUES: dict[str, Callable[[object, str], AttributeValue]] = {
    "string": lambda content, field: checked(content, str, field),
    "bool": _boolean,
    "int64": lambda content, field: integer(content, field, -(2**63), 2**63),
    "float64": double,
    "binary": binary,
}


def _trace_id(text: str) -> str:
    return text.lower().zfill(32)


def _span_id(text: str) -> str:
    return text.lower().zfill(16)


def _nanoseconds(microseconds: int, field: str) -> int:
    return integer(microseconds * 1000, f"{field} in nanoseconds", 0, 2**64)
