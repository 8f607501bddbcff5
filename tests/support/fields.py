"""The fields of a span, for tests that give some and leave the others as they are."""

from __future__ import annotations

from typing import TypedDict

from ot2otel.model import Attributes, Event, Kind, Link, Scope, Status


class SpanFields(TypedDict, total=False):
    """Some fields of `Span`, each with its type there."""

    trace_id: str
    span_id: str
    name: str
    parent_id: str
    kind: Kind
    start_ns: int
    end_ns: int
    status: Status
    attributes: Attributes
    events: tuple[Event, ...]
    links: tuple[Link, ...]
    resource: Attributes
    scope: Scope
    trace_state: str
    flags: int
    dropped_attributes: int
    dropped_events: int
    dropped_links: int
    resource_schema_url: str
