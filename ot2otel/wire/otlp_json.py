"""OTLP/JSON to spans.

OTLP/JSON is protobuf's JSON mapping with two changes: ids are hexadecimal and enumerations are numbers. The
mapping without these changes is read as well: Python's `MessageToJson` and Grafana Tempo write it.

There are two ways to a span. `_span` reads every spelling and names each error. `_usual_span` reads only the
form that exporters write, in a third of the time. A span that both read is the same.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from ot2otel.errors import WireError
from ot2otel.model import (
    Attributes,
    AttributeValue,
    Event,
    KeyValues,
    Kind,
    Link,
    Scope,
    Span,
    Status,
    StatusCode,
)
from ot2otel.wire.construction import quick
from ot2otel.wire.decoded import NO_SPAN_ID, Decoded, gathered
from ot2otel.wire.json_fields import (
    JsonObject,
    binary,
    checked,
    double,
    integer,
    list_at,
    object_at,
    objects_at,
    scalar_at,
    text_at,
    unsigned_at,
)
from ot2otel.wire.unread import Shape, Unread

_MAX_DEPTH = 64  # levels of lists and maps; protobuf's own limit is 100 messages, two for each level
# Numbers, and names as in protobuf's JSON mapping. Unknown ones count as absent.
_KINDS: dict[object, Kind] = {
    **{kind.value: kind for kind in Kind},
    **{f"SPAN_KIND_{kind.name}": kind for kind in Kind},
}
_STATUS_CODES: dict[object, StatusCode] = {
    **{code.value: code for code in StatusCode},
    **{f"STATUS_CODE_{code.name}": code for code in StatusCode},
}


# The keys of OTLP's messages. Those of its release 0.8 have the names that `scopeSpans` and `scope` had then.
_SCALARS = frozenset({"stringValue", "boolValue", "intValue", "doubleValue", "bytesValue"})
_VALUE = Shape(_SCALARS)
_PAIR = Shape(["key"], {"value": _VALUE})  # a map keeps repeated keys
_ATTRIBUTE = Shape(["key"], {"value": _VALUE}, unique="key")
_VALUE.nested |= {
    "arrayValue": Shape([], {"values": _VALUE}),
    "kvlistValue": Shape([], {"values": _PAIR}),
}
_VALUE.keys |= _VALUE.nested.keys()
_DROPPED = "droppedAttributesCount"
_ATTRIBUTES = {"attributes": _ATTRIBUTE}
_EVENT = Shape(["name", "timeUnixNano", _DROPPED], _ATTRIBUTES)
_LINK = Shape(["traceId", "spanId", "traceState", "flags", _DROPPED], _ATTRIBUTES)
_SPAN = Shape(
    [
        *("traceId", "spanId", "parentSpanId", "traceState", "flags", "name", "kind"),
        *("startTimeUnixNano", "endTimeUnixNano", _DROPPED, "droppedEventsCount", "droppedLinksCount"),
    ],
    {
        **_ATTRIBUTES,
        "events": _EVENT,
        "links": _LINK,
        "status": Shape(["code", "message"], texts={"code": _STATUS_CODES}),
    },
    {"kind": _KINDS},
)
_RESOURCE = Shape([_DROPPED, "entityRefs"], _ATTRIBUTES)
_SCOPE = Shape(["name", "version", _DROPPED], _ATTRIBUTES)
_LIBRARIES = "instrumentationLibrarySpans"
_RESOURCE_SPANS = Shape(["resource", "scopeSpans", _LIBRARIES, "schemaUrl"])
_SCOPE_SPANS = Shape(["scope", "instrumentationLibrary", "spans", "schemaUrl"])


class Seen:
    """What the documents before said of resources and scopes, so that equal ones become one object.

    A file says the same in each line. A few are kept, and of resources only those whose values are texts: of
    others an equal one may be of another type, as 1 and true are.
    """

    def __init__(self) -> None:
        self._resources: list[tuple[list[Any], Attributes]] = []  # Any: parsed JSON
        self._scopes: dict[tuple[str, str, str], Scope] = {}

    def attributes(self, pairs: Any) -> Attributes:  # Any: foreign JSON
        """Return the attributes of a resource or a scope in the usual form, else raise one of _UNUSUAL."""
        if not pairs:
            return _usual_attributes(pairs)
        for known, attributes in self._resources:
            if known == pairs:
                return attributes
        attributes = _usual_attributes(pairs)
        if all(type(value) is str for pair in pairs for value in pair["value"].values()):
            self._resources = [(pairs, attributes), *self._resources[: _MOST_RESOURCES - 1]]
        return attributes

    def scope(self, name: str, version: str, attributes: Attributes, schema: str) -> Scope:
        """Return the scope; without attributes it is the one that was returned before."""
        if attributes:
            return Scope(name, version, attributes, schema)
        scope = self._scopes.get((name, version, schema))
        if scope is None:
            if len(self._scopes) == _MOST_SCOPES:
                self._scopes.clear()
            scope = self._scopes[name, version, schema] = Scope(name, version, attributes, schema)
        return scope


_MOST_RESOURCES, _MOST_SCOPES = 8, 256


def decode_json(body: bytes | str | JsonObject, seen: Seen | None = None) -> Decoded:
    """Return the spans of an OTLP/JSON body or of a parsed document.

    `seen` holds what the documents before it said, so that equal resources and scopes are one object.

    An unreadable span is rejected. Unknown keys, kinds and status codes are counted. Raises WireError for
    anything else.
    """
    document = body if isinstance(body, Mapping) else _parsed(body)
    unread: Unread = Counter()
    schemas: set[str] = set()
    decoded = gathered(_spans(document, unread, schemas, seen or Seen()))
    return replace(decoded, unread=unread, schemas=frozenset(schemas)) if unread or schemas else decoded


def _parsed(body: bytes | str) -> JsonObject:
    try:
        return checked(json.loads(body), dict, "The body")
    except (ValueError, RecursionError) as error:
        raise WireError(f"{len(body)} bytes are not JSON: {error}") from error


def _spans(document: JsonObject, unread: Unread, schemas: set[str], seen: Seen) -> Iterator[Span | str]:
    for resource_spans in objects_at(document, "resourceSpans"):
        if not resource_spans.keys() <= _RESOURCE_SPANS.keys:
            _RESOURCE_SPANS.count(resource_spans, "resourceSpans", unread)
        resource_schema = _schema(resource_spans, schemas)
        resource = _described(object_at(resource_spans, "resource"), _RESOURCE, "resource", unread, seen)
        for scope_spans in objects_at(resource_spans, "scopeSpans") or objects_at(resource_spans, _LIBRARIES):
            if not scope_spans.keys() <= _SCOPE_SPANS.keys:
                _SCOPE_SPANS.count(scope_spans, "scopeSpans", unread)
            about = object_at(scope_spans, "scope") or object_at(scope_spans, "instrumentationLibrary")
            attributes = _described(about, _SCOPE, "scope", unread, seen)
            scope_schema = _schema(scope_spans, schemas)
            scope = seen.scope(text_at(about, "name"), text_at(about, "version"), attributes, scope_schema)
            source = _Source(resource, scope, resource_schema)
            for entry in list_at(scope_spans, "spans"):
                yield _usual_span(entry, source) or _span_or_reason(entry, source, unread)


class _Source(NamedTuple):
    """What the spans of one `scopeSpans` share."""

    resource: Attributes
    scope: Scope
    resource_schema: str


def _schema(entry: JsonObject, schemas: set[str]) -> str:
    """Return the URL of an entry's schema, "" if it names none, and add it to `schemas`."""
    url = entry.get("schemaUrl")
    if not url or not isinstance(url, str):
        return ""
    schemas.add(url)
    return url


def _described(entry: JsonObject, shape: Shape, name: str, unread: Unread, seen: Seen) -> Attributes:
    """Return the attributes of a resource or a scope."""
    try:
        if entry.keys() <= shape.keys:
            return seen.attributes(entry.get("attributes"))
    except _UNUSUAL:
        pass
    attributes = _attributes(entry)
    shape.count(entry, name, unread)
    return attributes


def _span_or_reason(entry: object, source: _Source, unread: Unread) -> Span | str:
    try:
        span = _span(checked(entry, dict, "a span"), source)
    except WireError as error:
        return str(error)
    _SPAN.count(entry, "span", unread)
    return span


def _span(entry: JsonObject, source: _Source) -> Span:
    parent_id = _id(entry, "parentSpanId")
    return Span(
        trace_id=_id(entry, "traceId"),
        span_id=_id(entry, "spanId"),
        name=text_at(entry, "name"),
        parent_id="" if parent_id == NO_SPAN_ID else parent_id,
        kind=_KINDS.get(scalar_at(entry, "kind"), Kind.UNSPECIFIED),
        start_ns=unsigned_at(entry, "startTimeUnixNano", 64),
        end_ns=unsigned_at(entry, "endTimeUnixNano", 64),
        status=_status(object_at(entry, "status")),
        attributes=_attributes(entry),
        events=tuple([_event(event) for event in objects_at(entry, "events")]),
        links=tuple([_link(link) for link in objects_at(entry, "links")]),
        resource=source.resource,
        scope=source.scope,
        trace_state=text_at(entry, "traceState"),
        flags=unsigned_at(entry, "flags", 32),
        dropped_attributes=unsigned_at(entry, "droppedAttributesCount", 32),
        dropped_events=unsigned_at(entry, "droppedEventsCount", 32),
        dropped_links=unsigned_at(entry, "droppedLinksCount", 32),
        resource_schema_url=source.resource_schema,
    )


def _status(entry: JsonObject) -> Status:
    return Status(_STATUS_CODES.get(scalar_at(entry, "code"), StatusCode.UNSET), text_at(entry, "message"))


def _event(entry: JsonObject) -> Event:
    return Event(
        text_at(entry, "name"),
        unsigned_at(entry, "timeUnixNano", 64),
        _attributes(entry),
        unsigned_at(entry, "droppedAttributesCount", 32),
    )


def _link(entry: JsonObject) -> Link:
    return Link(
        _id(entry, "traceId"),
        _id(entry, "spanId"),
        _attributes(entry),
        text_at(entry, "traceState"),
        unsigned_at(entry, "flags", 32),
        unsigned_at(entry, "droppedAttributesCount", 32),
    )


def _attributes(entry: JsonObject) -> dict[str, AttributeValue]:
    return {
        text_at(pair, "key"): _value(object_at(pair, "value"), 0) for pair in objects_at(entry, "attributes")
    }


def _value(entry: JsonObject, depth: int) -> AttributeValue:
    for field, content in entry.items():
        if field in _VALUES and content is not None:
            return _VALUES[field](content, depth)
    return None


def _array(content: object, depth: int) -> AttributeValue:
    _check_depth(depth)
    values = list_at(checked(content, dict, "arrayValue"), "values")
    return tuple([_value(checked(value, dict, "a value"), depth + 1) for value in values])


def _map(content: object, depth: int) -> AttributeValue:
    _check_depth(depth)
    pairs = objects_at(checked(content, dict, "kvlistValue"), "values")
    return KeyValues(
        tuple([(text_at(pair, "key"), _value(object_at(pair, "value"), depth + 1)) for pair in pairs])
    )


def _check_depth(depth: int) -> None:
    if depth >= _MAX_DEPTH:
        raise WireError(f"a value is nested deeper than {_MAX_DEPTH} levels")


_VALUES: dict[str, Callable[[Any, int], AttributeValue]] = {  # Any: each checks its type
    "stringValue": lambda content, _: checked(content, str, "stringValue"),
    "boolValue": lambda content, _: checked(content, bool, "boolValue"),
    "intValue": lambda content, _: integer(content, "intValue", -(2**63), 2**63),
    "doubleValue": lambda content, _: double(content, "doubleValue"),
    "bytesValue": lambda content, _: binary(content, "bytesValue"),
    "arrayValue": _array,
    "kvlistValue": _map,
}


def _id(entry: JsonObject, field: str) -> str:
    text = text_at(entry, field)
    if text.endswith("="):  # base64: 16 or 8 bytes never fill it up
        return binary(text, field).hex()
    return text.lower()


# The usual form. These functions check exact types and keys, and raise one of _UNUSUAL at anything else.
_UNUSUAL = (AttributeError, KeyError, RecursionError, TypeError, ValueError, WireError)
_new_span, _new_event = quick(Span), quick(Event)
_STATUSES = {code: Status(code) for code in StatusCode}


def _usual_span(entry: Any, source: _Source) -> Span | None:  # Any: foreign JSON
    """Return the span of an entry in the usual form, else None."""
    try:
        if not entry.keys() <= _SPAN.keys:
            return None
        get = entry.get
        parent_id = _usual_text(get("parentSpanId", "")).lower()
        if len(entry["traceId"]) != 32:
            return None
        return _new_span(
            _usual_text(entry["traceId"]).lower(),
            _usual_text(entry["spanId"]).lower(),
            _usual_text(entry["name"]),
            "" if parent_id == NO_SPAN_ID else parent_id,
            _KINDS[get("kind", 0)],
            _usual_integer(entry["startTimeUnixNano"], 2**64),
            _usual_integer(entry["endTimeUnixNano"], 2**64),
            _usual_status(get("status")),
            _usual_attributes(get("attributes")),
            _usual_events(get("events")),
            _usual_links(get("links")),
            source.resource,
            source.scope,
            _usual_text(get("traceState", "")),
            _usual_integer(get("flags", 0), 2**32),
            *(_NOTHING_DROPPED if entry.keys().isdisjoint(_DROPPED_OF_SPAN) else _usual_dropped(entry)),
            source.resource_schema,
        )
    except _UNUSUAL:
        return None


_DROPPED_OF_SPAN = (_DROPPED, "droppedEventsCount", "droppedLinksCount")
_NOTHING_DROPPED = (0, 0, 0)


def _usual_dropped(entry: Any) -> tuple[int, int, int]:
    attributes, events, links = (_usual_integer(entry.get(key, 0), 2**32) for key in _DROPPED_OF_SPAN)
    return attributes, events, links


def _usual_status(entry: Any) -> Status:
    if entry is None:
        return _STATUSES[StatusCode.UNSET]
    code = _STATUS_CODES[entry.get("code", 0)]
    if len(entry) == ("code" in entry):
        return _STATUSES[code]
    if len(entry) != 1 + ("code" in entry):
        raise TypeError
    return Status(code, _usual_text(entry["message"]))


def _usual_events(entries: Any) -> tuple[Event, ...]:
    if entries is None:
        return ()
    if entries.__class__ is not list:
        raise TypeError
    return tuple([_usual_event(entry) for entry in entries])


def _usual_links(entries: Any) -> tuple[Link, ...]:
    if entries is None:
        return ()
    if entries.__class__ is not list:
        raise TypeError
    return tuple([_usual_link(entry) for entry in entries])


def _usual_link(entry: Any) -> Link:
    if not entry.keys() <= _LINK.keys:
        raise TypeError
    return Link(
        _id(entry, "traceId"),
        _id(entry, "spanId"),
        _usual_attributes(entry.get("attributes")),
        text_at(entry, "traceState"),
        unsigned_at(entry, "flags", 32),
        unsigned_at(entry, _DROPPED, 32),
    )


def _usual_event(entry: Any) -> Event:
    if not entry.keys() <= _EVENT.keys:
        raise TypeError
    return _new_event(
        _usual_text(entry.get("name", "")),
        _usual_integer(entry["timeUnixNano"], 2**64),
        _usual_attributes(entry.get("attributes")),
        _usual_integer(entry.get(_DROPPED, 0), 2**32),
    )


def _usual_attributes(pairs: Any) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {}
    if pairs is None:
        return attributes
    if pairs.__class__ is not list:
        raise TypeError
    for pair in pairs:
        key, value = pair["key"], pair["value"]
        if key.__class__ is not str or len(pair) != 2 or len(value) != 1:
            raise TypeError
        if "stringValue" in value:
            content = value["stringValue"]
            if content.__class__ is not str:
                raise TypeError
        elif "intValue" in value:
            content = _usual_integer(value["intValue"], 2**63, -(2**63))
        elif _is_known(value):
            content = _value(value, 0)
        else:
            raise TypeError
        attributes[key] = content
    if len(attributes) != len(pairs):
        raise TypeError
    return attributes


def _is_known(value: Any) -> bool:
    """Tell whether the decoder knows the key of a value, and all keys in it."""
    if value.__class__ is not dict:
        return False
    if not _SCALARS.isdisjoint(value):
        return True
    unread: Unread = Counter()
    _VALUE.count(value, "value", unread)
    return not unread


def _usual_text(content: Any) -> str:  # Any: see above
    if content.__class__ is str:
        return content
    raise TypeError


def _usual_integer(content: Any, limit: int, least: int = 0) -> int:
    number = int(content) if content.__class__ is str else content
    if number.__class__ is int and least <= number < limit:
        return number
    raise TypeError
