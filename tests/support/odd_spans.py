"""Spans with everything that OTLP can carry and Jaeger shows differently."""

from __future__ import annotations

from ot2otel.model import Attributes, Event, KeyValues, Kind, Link, Scope, Span, Status, StatusCode

TRACE = "0af7651916cd43dd8448eb211c80319c"
OTHER_TRACE = "00000000000000008448eb211c80319d"
PARENT, CHILD, ELSEWHERE = "b7ad6b7169203331", "00f067aa0ba902b7", "0000000000000ace"
START = 1_600_000_000_123_456_789
RESOURCE: Attributes = {
    "service.name": "odd",
    "service.namespace": "golden",
    "process.command_args": ("run", "<it> & go"),
}

ODD_SPANS = (
    Span(
        TRACE,
        PARENT,
        "odd parent",
        kind=Kind.PRODUCER,
        start_ns=START,
        end_ns=START + 5_000_999,
        status=Status(StatusCode.OK),
        attributes={
            "text": "Grüße",
            "big": 2**53 + 1,
            "small": -(2**63),
            "whole.double": 1.0,
            "bytes": b"\x00\xff",
            "list": (1, "two", 3.5, True),
            "map": KeyValues((("b", 1), ("a", (False,)))),
            "error": True,
            "span.kind": "client",
            "http.status_code": 500,
        },
        resource=RESOURCE,
        scope=Scope("golden", "1.0", {"of": "scope"}),
        trace_state="vendor=1",
        dropped_attributes=2,
    ),
    Span(
        TRACE,
        CHILD,
        "odd child",
        parent_id=PARENT,
        kind=Kind.CONSUMER,
        start_ns=START + 1_000_500,
        end_ns=START + 2_000_900,
        status=Status(StatusCode.ERROR, "why"),
        events=(
            Event("named", START + 1_500_000, {"event": "named", "list": ("a",)}),
            Event("lost", START + 1_600_000, {"event": "kept"}, dropped_attributes=1),
            Event("", START + 1_700_000, {"message": "unnamed"}),
        ),
        links=(
            Link(TRACE, PARENT, {"why": "parent"}),
            Link(OTHER_TRACE, ELSEWHERE, {"opentracing.ref_type": "child_of"}),
        ),
        resource=RESOURCE,
        scope=Scope("golden", "1.0", {"of": "scope"}),
    ),
)
