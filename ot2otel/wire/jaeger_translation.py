"""Jaeger's data model in OpenTelemetry's terms, as Jaeger itself translates it when it stores a span.

Source: `pkg/translator/jaeger` of opentelemetry-collector-contrib, the path of its Thrift receivers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ot2otel.model import Attributes, AttributeValue, Event, Kind, Link, Scope, Status, StatusCode

_KINDS = {kind.name.lower(): kind for kind in Kind if kind is not Kind.UNSPECIFIED}
_STATUS_CODES = {"OK": StatusCode.OK, "ERROR": StatusCode.ERROR}
_UNSET = Status()
_NO_SCOPE = Scope()
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")

# In the order in which they were sent; a key may occur twice.
Tags: TypeAlias = Sequence[tuple[str, AttributeValue]]

# A span that OpenTelemetry recorded has one of these, as a tag or in its process.
SDK_TAGS = frozenset({"otel.scope.name", "telemetry.sdk.name"})


@dataclass(frozen=True, slots=True)
class Reference:
    """A span's reference to another span; `type` is "child_of" or "follows_from", ids as in `Span`."""

    type: str
    trace_id: str
    span_id: str


@dataclass(frozen=True, slots=True)
class Described:
    """The fields of `Span` that Jaeger has as tags; the last two only for a span of OpenTelemetry."""

    attributes: Attributes
    kind: Kind
    status: Status
    scope: Scope = _NO_SCOPE
    trace_state: str = ""


def resource(service_name: str, tags: Attributes) -> Attributes:
    """Return the resource for a Jaeger process."""
    attributes = {"service.name": service_name, **tags} if service_name else dict(tags)
    if "hostname" in attributes and "host.name" not in attributes:
        attributes["host.name"] = attributes.pop("hostname")
    if "jaeger.version" in attributes and "opencensus.exporterversion" not in attributes:
        attributes["opencensus.exporterversion"] = f"Jaeger-{_text(attributes.pop('jaeger.version'))}"
    return attributes


def described(tags: Attributes) -> tuple[Attributes, Kind, Status]:
    """Return a span's tags as attributes, without those that became its kind or its status."""
    attributes = dict(tags)
    kind = _KINDS.get(_text(attributes.pop("span.kind", "")), Kind.UNSPECIFIED)
    described_status = status(attributes, kind)
    failed = attributes.get("error") is True
    if failed:
        del attributes["error"]
    if "otel.status_code" in attributes or failed:
        attributes.pop("otel.status_code", None)
        attributes.pop("otel.status_description", None)
    return attributes, kind, described_status


def described_by_sdk(tags: Tags) -> Described:
    """Return attributes, kind, status and scope from Jaeger's tags of a span that OpenTelemetry recorded.

    Jaeger writes the attributes first, then kind and status (`traces_to_jaegerproto.go` of the translator).
    So of two tags with one name the last is Jaeger's, and the other is an attribute. Only `otel.status_code`
    has the status: neither `error` nor an HTTP status code makes one.
    """
    left = list(tags)
    kind = _KINDS.get(_text(_take_last(left, "span.kind")), Kind.UNSPECIFIED)
    code = _STATUS_CODES.get(_text(_take_last(left, "otel.status_code")), StatusCode.UNSET)
    message = _text(_take_last(left, "otel.status_description"))
    if code is StatusCode.ERROR:
        _take_last(left, "error")
    scope = Scope(_text(_take_last(left, "otel.scope.name")), _text(_take_last(left, "otel.scope.version")))
    trace_state = _text(_take_last(left, "w3c.tracestate"))
    return Described(dict(left), kind, Status(code, message), scope, trace_state)


def _take_last(tags: list[tuple[str, AttributeValue]], key: str) -> AttributeValue:
    for index in reversed(range(len(tags))):
        if tags[index][0] == key:
            return tags.pop(index)[1]
    return None


def status(attributes: Attributes, kind: Kind) -> Status:
    """Return the status from a span's tags: `error` counts first, then `otel.status_code`, then HTTP's code.

    Only the boolean `error=true` is an error; `error=false` and the text "true" do not count.
    """
    if attributes.get("error") is True:
        reason = attributes.get("otel.status_description", attributes.get("http.status_message"))
        return Status(StatusCode.ERROR, _text(reason))
    if "otel.status_code" in attributes:
        code = _STATUS_CODES.get(_text(attributes["otel.status_code"]).upper(), StatusCode.UNSET)
        return Status(code, _text(attributes.get("otel.status_description")))
    if "http.status_code" in attributes and _is_http_error(attributes["http.status_code"], kind):
        return Status(StatusCode.ERROR, _text(attributes.get("http.status_message")))
    return _UNSET


def event(time_ns: int, fields: Attributes) -> Event:
    """Return the event for a log: its field `event` becomes the name, the others become attributes."""
    attributes = dict(fields)
    return Event(_text(attributes.pop("event", "")), time_ns, attributes)


def parent_and_links(
    trace_id: str, parent_id: str, references: Sequence[Reference]
) -> tuple[str, tuple[Link, ...]]:
    """Return the parent's id and the links; `parent_id` is the id in the span's own field, or "".

    A parent with a reference FOLLOWS_FROM is a link as well.
    """
    parent_id = parent_id or _parent_among(trace_id, references)
    return parent_id, tuple(
        Link(reference.trace_id, reference.span_id, {"opentracing.ref_type": reference.type})
        for reference in references
        if not (reference.type == "child_of" and reference.span_id == parent_id)
    )


def _parent_among(trace_id: str, references: Sequence[Reference]) -> str:
    for wanted in ("child_of", "follows_from"):
        for reference in references:
            if reference.type == wanted and reference.trace_id == trace_id:
                return reference.span_id
    return ""


def _is_http_error(value: AttributeValue, kind: Kind) -> bool:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    if 400 <= value < 500 and kind is Kind.SERVER:
        return False
    # 399 is an error as well: the translator compares with `< 399`.
    return not 100 <= value < 399


def _text(value: AttributeValue) -> str:
    return value if isinstance(value, str) else ""
