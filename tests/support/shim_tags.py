"""Spans of the shim with the tags that a repair reads, and what it makes of each."""

from __future__ import annotations

from dataclasses import dataclass, field

from ot2otel.compare.rules.origin import PYTHON_SHIM
from ot2otel.model import Attributes, Kind, Scope, Span, Status, StatusCode


@dataclass(frozen=True, slots=True)
class Tagged:
    """A span with `tags`, whose status the program set to `before`; repaired, it has the other fields.

    `left` are the tags that stay.
    """

    name: str
    tags: Attributes
    kind: Kind = Kind.INTERNAL
    status: StatusCode = StatusCode.UNSET
    left: Attributes = field(default_factory=dict)
    before: StatusCode = StatusCode.UNSET


TAGGED = (
    Tagged("server", {"span.kind": "server"}, Kind.SERVER),
    Tagged("client", {"span.kind": "client"}, Kind.CLIENT),
    Tagged("producer", {"span.kind": "producer"}, Kind.PRODUCER),
    Tagged("consumer", {"span.kind": "consumer"}, Kind.CONSUMER),
    Tagged("error", {"error": True}, status=StatusCode.ERROR),
    Tagged(
        "both beside another tag",
        {"span.kind": "client", "error": True, "http.method": "GET"},
        Kind.CLIENT,
        StatusCode.ERROR,
        {"http.method": "GET"},
    ),
    Tagged("no tag", {}),
    Tagged("no error", {"error": False}, left={"error": False}),
    Tagged("error in text", {"error": "true"}, left={"error": "true"}),
    Tagged("error in a number", {"error": 1}, left={"error": 1}),
    Tagged("unknown kind", {"span.kind": "SERVER"}, left={"span.kind": "SERVER"}),
    Tagged("kind in a list", {"span.kind": ("server",)}, left={"span.kind": ("server",)}),
    Tagged(
        "error beside the program's own OK",
        {"error": True},
        status=StatusCode.OK,
        left={"error": True},
        before=StatusCode.OK,
    ),
    Tagged(
        "error beside the program's own ERROR",
        {"error": True},
        status=StatusCode.ERROR,
        before=StatusCode.ERROR,
    ),
)
OF_ANOTHER_SCOPE = "of another scope"


def spans() -> tuple[Span, ...]:
    """Return a span for each case, and one of another scope, in one trace."""
    cases = [
        *((case, PYTHON_SHIM) for case in TAGGED),
        (Tagged(OF_ANOTHER_SCOPE, {"span.kind": "server", "error": True}), "shop"),
    ]
    return tuple(
        Span(
            trace_id=f"{1:032x}",
            span_id=f"{number:016x}",
            name=case.name,
            kind=Kind.INTERNAL,
            start_ns=number * 1_000_000,
            end_ns=number * 1_000_000 + 1_000,
            status=Status(case.before),
            attributes=case.tags,
            resource={"service.name": "tagged"},
            scope=Scope(scope, "1"),
        )
        for number, (case, scope) in enumerate(cases, start=1)
    )
