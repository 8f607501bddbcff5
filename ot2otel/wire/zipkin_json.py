"""Zipkin's JSON v2 to spans: answers of its API, and what tracers post to it.

The names are those of the translation that OpenTelemetry's Collector does (`pkg/translator/zipkin/zipkinv2`).
Status, scope, events and dropped counts of a span that OpenTelemetry recorded are read back as its exporters
write them (specification/trace/sdk_exporters/zipkin.md and specification/common/mapping-to-non-otlp.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ot2otel.errors import WireError
from ot2otel.model import Attributes, AttributeValue, Event, Kind, Scope, Span, Status, StatusCode
from ot2otel.wire.decoded import NO_SPAN_ID, Decoded, gathered
from ot2otel.wire.json_fields import JsonObject, checked, integer, object_at, objects_at, text_at, unsigned_at
from ot2otel.wire.unread import Shape, Unread, note
from ot2otel.wire.zipkin_shared import Recorded, apart
from ot2otel.wire.zipkin_texts import event_of, links_of

_KINDS = {kind.name: kind for kind in (Kind.CLIENT, Kind.SERVER, Kind.PRODUCER, Kind.CONSUMER)}
_ENDPOINT = Shape(["serviceName", "ipv4", "ipv6", "port"])
_SPAN = Shape(
    ["traceId", "id", "parentId", "name", "timestamp", "duration", "debug", "shared", "tags"],
    {
        "annotations": Shape(["timestamp", "value"]),
        "localEndpoint": _ENDPOINT,
        "remoteEndpoint": _ENDPOINT,
    },
    {"kind": _KINDS},
)
# An exporter of OpenTelemetry writes one of these on each span.
_OF_OPENTELEMETRY = frozenset({"otel.scope.name", "otel.library.name", "telemetry.sdk.name"})
# OpenTelemetry's exporters write the resource as tags. The Collector knows its keys; these begin with:
_RESOURCE = (
    *("cloud.", "container.", "deployment.", "device.", "host.", "k8s.", "os.", "process."),
    *("service.instance.", "service.name", "service.namespace", "service.version", "telemetry."),
    "webengine.",
)
# The service's key in the Collector's form, if it is not `service.name`.
_NAME_SOURCE = "otlp.service.name.source"
# The Collector's mark of a span without a start.
NO_START = "otel.zipkin.absentField.startTime"


def is_zipkin(document: object) -> bool:
    """Tell whether a parsed document is a span of Zipkin, an array of them, or an array of such arrays."""
    while isinstance(document, list) and document:
        document = document[0]
    return isinstance(document, dict) and "traceId" in document and "id" in document


def decode_json(document: object) -> Decoded:
    """Return the spans of a parsed document: a span, an array of spans, or an array of traces.

    A server's half of a shared span becomes a child of the client's half, as in Jaeger, since no two spans of
    OpenTelemetry have one id. An unreadable span is rejected; the reason has its number. Unknown keys and
    kinds are counted, and so is `debug`, which OpenTelemetry has no word for. Raises WireError for anything
    else, also for Zipkin's JSON v1.
    """
    unread: Unread = Counter()
    found: list[Recorded | str] = list(_recorded(document, unread))
    spans = iter(apart([each for each in found if isinstance(each, Recorded)]))
    return replace(gathered(each if isinstance(each, str) else next(spans) for each in found), unread=unread)


def _recorded(document: object, unread: Unread) -> Iterator[Recorded | str]:
    for number, entry in enumerate(_entries(document), 1):
        try:
            span = checked(entry, dict, "a span")
            if "binaryAnnotations" in span:
                raise WireError("it is Zipkin's JSON v1; only v2 is read")
            yield Recorded(_span(span, unread), span.get("shared") is True)
        except WireError as error:
            yield f"span {number}: {error}"
        else:
            _SPAN.count(span, "span", unread)


def _entries(document: object) -> Iterator[object]:
    if not isinstance(document, list):
        yield document
        return
    for each in document:
        if isinstance(each, list):
            yield from each
        else:
            yield each


def _span(entry: JsonObject, unread: Unread) -> Span:
    tags = _tags(entry)
    of_opentelemetry = not _OF_OPENTELEMETRY.isdisjoint(tags)
    if entry.get("debug") is True and not of_opentelemetry:
        note(unread, "span.debug")
    span_id = text_at(entry, "id").lower().zfill(16)
    parent_id = text_at(entry, "parentId").lower()
    parent_id = parent_id.zfill(16) if parent_id else ""
    local = object_at(entry, "localEndpoint")
    resource = _resource(text_at(local, "serviceName"), tags)
    start = unsigned_at(entry, "timestamp", 64)
    span = Span(
        trace_id=text_at(entry, "traceId").lower().zfill(32),
        span_id=span_id,
        name=text_at(entry, "name"),
        parent_id="" if parent_id in (span_id, NO_SPAN_ID) else parent_id,
        kind=_kind(text_at(entry, "kind"), tags, of_opentelemetry),
        start_ns=_nanoseconds(start, "timestamp"),
        end_ns=_nanoseconds(start + unsigned_at(entry, "duration", 64), "duration"),
        status=_status(tags),
        scope=_scope(tags),
        events=tuple([_event(each, of_opentelemetry) for each in objects_at(entry, "annotations")]),
        links=links_of(tags),
        resource=resource,
        trace_state=tags.pop("w3c.tracestate", ""),
        dropped_attributes=_count(tags, "otel.dropped_attributes_count"),
        dropped_events=_count(tags, "otel.dropped_events_count"),
        dropped_links=_count(tags, "otel.dropped_links_count"),
    )
    attributes: dict[str, AttributeValue] = {**_endpoints(local, object_at(entry, "remoteEndpoint"), unread)}
    return replace(span, attributes=attributes | tags | ({} if start else {NO_START: True}))


def _tags(entry: JsonObject) -> dict[str, str]:
    return {
        key: checked(value, str, f"the tag {key[:80]!r}") for key, value in object_at(entry, "tags").items()
    }


def _resource(service: str, tags: dict[str, str]) -> Attributes:
    source = tags.pop(_NAME_SOURCE, "service.name")
    resource: dict[str, AttributeValue] = {source: service} if service else {}
    for key in [key for key in tags if key.startswith(_RESOURCE)]:
        resource[key] = tags.pop(key)
    return resource


def _kind(text: str, tags: dict[str, str], of_opentelemetry: bool) -> Kind:
    if text:
        return _KINDS.get(text, Kind.UNSPECIFIED)
    if tags.get("span.kind") == "internal":
        del tags["span.kind"]
        return Kind.INTERNAL
    # The specification leaves the kind out of an INTERNAL span.
    return Kind.INTERNAL if of_opentelemetry else Kind.UNSPECIFIED


def _status(tags: dict[str, str]) -> Status:
    """Take the status from the tags. A tag `error` is one with the reason as its value, unless it is "false".

    The Collector takes only "true" for an error; the specification says, as Zipkin does, that any value is.
    """
    code, message = tags.get("otel.status_code", ""), tags.get("otel.status_description", "")
    code = code.removeprefix("STATUS_CODE_").upper()
    if code in StatusCode.__members__:
        del tags["otel.status_code"]
        tags.pop("otel.status_description", None)
        if code != "ERROR":
            return Status(StatusCode[code], message)
    error = tags.get("error", "" if code == "ERROR" else "false")
    if error.lower() == "false" and code != "ERROR":
        return Status()
    tags.pop("error", None)
    return Status(StatusCode.ERROR, message or ("" if error.lower() in ("true", "false") else error))


def _scope(tags: dict[str, str]) -> Scope:
    return Scope(_of_scope(tags, "name"), _of_scope(tags, "version"))


def _of_scope(tags: dict[str, str], part: str) -> str:
    """Take the part from its tag, or from that of the older name, which may stand beside it."""
    older = tags.pop(f"otel.library.{part}", "")
    return tags.pop(f"otel.scope.{part}", older)


def _event(entry: JsonObject, of_opentelemetry: bool) -> Event:
    time = _nanoseconds(unsigned_at(entry, "timestamp", 64), "the time of an annotation")
    value = text_at(entry, "value")
    return event_of(value, time) if of_opentelemetry else Event(value, time)


def _count(tags: dict[str, str], key: str) -> int:
    return integer(tags.pop(key, "0"), key, 0, 2**32)


def _endpoints(local: JsonObject, remote: JsonObject, unread: Unread) -> Mapping[str, AttributeValue]:
    found: dict[str, AttributeValue] = {}
    if service := text_at(remote, "serviceName"):
        found["peer.service"] = service
    for side, endpoint in (("host", local), ("peer", remote)):
        addresses: Sequence[str] = [text_at(endpoint, key) for key in ("ipv4", "ipv6")]
        if all(addresses):
            note(unread, "ipv6 beside ipv4")
        if any(addresses):
            found[f"net.{side}.ip"] = addresses[0] or addresses[1]
        if port := unsigned_at(endpoint, "port", 16):
            found[f"net.{side}.port"] = port
    return found


def _nanoseconds(microseconds: int, field: str) -> int:
    return integer(microseconds * 1000, f"{field} in nanoseconds", 0, 2**64)
