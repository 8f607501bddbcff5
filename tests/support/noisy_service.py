"""A service whose requests have ids, timestamps and client ports of their own, on any host and port."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import replace

from ot2otel.model import AttributeValue, Event, Kind, Span
from ot2otel.recording import Recording

# Changes a span; the number is that of its request.
Edit = Callable[[int, Span], Span]


def unchanged(number: int, span: Span) -> Span:
    """Return the span as it is."""
    return span


def recorded(
    requests: int, seed: int, host: str = "10.0.0.1", port: int = 8080, edit: Edit = unchanged
) -> Recording:
    """Record so many requests; another seed is another run of the same program."""
    chance = random.Random(seed)
    spans = []
    for number in range(requests):
        request_id = str(uuid.UUID(int=chance.getrandbits(128)))
        moment = 1_700_000_000_000 + chance.randrange(10**9)
        start = number * 10_000_000
        resource: dict[str, AttributeValue] = {
            "service.name": "web",
            "host.name": f"host-{host}",
            "service.instance.id": f"instance-{seed}",
            "process.pid": 1000 + seed,
        }
        server = Span(
            f"{chance.getrandbits(120):032x}",
            f"{chance.getrandbits(60):016x}",
            "GET /v1/items",
            kind=Kind.SERVER,
            start_ns=start,
            end_ns=start + 9_000_000,
            attributes={
                "http.method": "GET",
                "http.url": f"http://{host}:{port}/v1/items/{number % 3}?ts={moment}&rid={request_id}",
                "http.status_code": 200 if number % 4 else 404,
                "net.peer.port": chance.randrange(30_000, 60_000),
                "request.id": request_id,
                "server.port": port,
            },
            resource=resource,
        )
        database = Span(
            server.trace_id,
            f"{chance.getrandbits(60):016x}",
            "query",
            server.span_id,
            Kind.CLIENT,
            start + 100_000,
            start + 1_000_000,
            attributes={"db.statement": "select 1", "peer.address": f"{host}:5432", "worker": number % 3},
            events=(Event("log", start + 200_000, {"message": f"at {moment} for {request_id}"}),),
            resource=resource,
        )
        spans += [edit(number, server), edit(number, database)]
    return Recording(tuple(spans))


def with_value(key: str, value: Callable[[AttributeValue], AttributeValue]) -> Edit:
    """Make an edit: the attribute has another value wherever it is."""

    def edit(number: int, span: Span) -> Span:
        if key not in span.attributes:
            return span
        return replace(span, attributes={**span.attributes, key: value(span.attributes[key])})

    return edit


def only(request: int, edit: Edit) -> Edit:
    """Make an edit of one request alone."""
    return lambda number, span: edit(number, span) if number == request else span


def without(key: str) -> Edit:
    """Make an edit: the attribute is absent."""

    def edit(number: int, span: Span) -> Span:
        return replace(
            span, attributes={name: value for name, value in span.attributes.items() if name != key}
        )

    return edit
