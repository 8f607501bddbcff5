"""Spans to OTLP/JSON."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable
from typing import Any

from ot2otel.model import AttributeValue, Event, KeyValues, Link, Scope, Span


def encode_json(spans: Iterable[Span]) -> dict[str, Any]:
    """Return the OTLP/JSON document of the spans, grouped by resource and scope in their first order.

    `decode_json` returns the same spans, group by group.
    """
    resources: dict[str, dict[str, Any]] = {}
    scopes: dict[tuple[str, str], dict[str, Any]] = {}
    for span in spans:
        resource = {"resource": {"attributes": _key_values(span.resource.items())}}
        scope = {"scope": _encoded_scope(span.scope)}
        schemas = _schema(span.resource_schema_url), _schema(span.scope.schema_url)
        # Compared as text, since 1 == True == 1.0, and NaN equals nothing.
        keys = json.dumps([resource, schemas[0]]), json.dumps([scope, schemas[1]])
        if keys not in scopes:
            scopes[keys] = {**scope, "spans": [], **schemas[1]}
            of_resource = resources.setdefault(keys[0], {**resource, "scopeSpans": [], **schemas[0]})
            of_resource["scopeSpans"].append(scopes[keys])
        scopes[keys]["spans"].append(_encoded_span(span))
    return {"resourceSpans": list(resources.values())}


def _encoded_span(span: Span) -> dict[str, Any]:
    entry = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "traceState": span.trace_state,
        "parentSpanId": span.parent_id,
        "flags": span.flags,
        "name": span.name,
        "kind": span.kind.value,
        "startTimeUnixNano": str(span.start_ns),
        "endTimeUnixNano": str(span.end_ns),
        "attributes": _key_values(span.attributes.items()),
        "droppedAttributesCount": span.dropped_attributes,
        "events": [_encoded_event(event) for event in span.events],
        "droppedEventsCount": span.dropped_events,
        "links": [_encoded_link(link) for link in span.links],
        "droppedLinksCount": span.dropped_links,
        "status": _present({"code": span.status.code.value, "message": span.status.message}),
    }
    return _present(entry)


def _encoded_event(event: Event) -> dict[str, Any]:
    return _present(
        {
            "timeUnixNano": str(event.time_ns),
            "name": event.name,
            "attributes": _key_values(event.attributes.items()),
            "droppedAttributesCount": event.dropped_attributes,
        }
    )


def _encoded_link(link: Link) -> dict[str, Any]:
    return _present(
        {
            "traceId": link.trace_id,
            "spanId": link.span_id,
            "traceState": link.trace_state,
            "attributes": _key_values(link.attributes.items()),
            "droppedAttributesCount": link.dropped_attributes,
            "flags": link.flags,
        }
    )


def _encoded_scope(scope: Scope) -> dict[str, Any]:
    attributes = _key_values(scope.attributes.items())
    return _present({"name": scope.name, "version": scope.version, "attributes": attributes})


def _schema(url: str) -> dict[str, str]:
    return {"schemaUrl": url} if url else {}


def _present(entry: dict[str, Any]) -> dict[str, Any]:
    """Drop empty text, lists, objects and zeros, as protobuf's JSON mapping allows."""
    return {field: content for field, content in entry.items() if content}


def _key_values(pairs: Iterable[tuple[str, AttributeValue]]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _encoded_value(value)} for key, value in pairs]


def _encoded_value(value: AttributeValue) -> dict[str, Any]:
    match value:
        case None:
            return {}
        case str():
            return {"stringValue": value}
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case float():
            return {"doubleValue": value if math.isfinite(value) else _special(value)}
        case bytes():
            return {"bytesValue": base64.b64encode(value).decode()}
        case KeyValues():
            return {"kvlistValue": {"values": _key_values(value.items)}}
        case tuple():
            return {"arrayValue": {"values": [_encoded_value(element) for element in value]}}


def _special(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"
