"""A shop's traffic before and after a migration, as large as a page has to show: many traces, or a deep one.

The migration loses, moves and renames what a real one does. Ids, times and durations follow from the seed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ot2otel.model import Attributes, Event, Kind, Scope, Span, Status, StatusCode

_START_NS = 1_795_000_000_000_000_000
_MS = 1_000_000
_ERROR = Status(StatusCode.ERROR)
_SDK = {
    "telemetry.sdk.language": "python",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "1.39.1",
}
_PAGES = ("catalog", "cart", "login", "search", "orders", "offers", "help", "returns", "prices", "stock")


@dataclass(frozen=True, slots=True)
class _Request:
    """One request: the page that it asks for, whether it fails, and its duration in nanoseconds."""

    number: int
    page: str
    failed: bool
    took_ns: int


def traces(count: int, *, after: bool = False, seed: int = 1) -> Iterator[tuple[Span, ...]]:
    """Yield so many traces of 20 forms: ten pages, each with requests that fail and such that do not."""
    values = random.Random(f"{seed} {after}")
    for number in range(count):
        page = _PAGES[min(int(abs(random.Random(number).gauss(0, 3))), 9)]
        median = 12 + 4 * _PAGES.index(page)
        took = int(median * math.exp(values.gauss(0, 0.35)) * _MS)
        request = _Request(number, page, number % 11 == 3, took)
        yield tuple(_migrated(_spans(request, values)) if after else _spans(request, values))


def deep(spans: int, *, after: bool = False, seed: int = 1) -> tuple[Span, ...]:
    """Return one trace of so many spans: a job with batches of calls, of which every 97th is lost."""
    values = random.Random(f"{seed} {after}")
    trace_id = f"{values.getrandbits(128):032x}"
    root = f"{values.getrandbits(64):016x}"
    length = spans * 2 * _MS
    found = [_span(trace_id, root, "nightly job", "", "jobs", Kind.INTERNAL, _START_NS, length)]
    batch = root
    for number in range(1, spans):
        span_id = f"{values.getrandbits(64):016x}"
        start = _START_NS + number * 2 * _MS
        if number % 20 == 1:
            batch = span_id
            found.append(
                _span(
                    trace_id, span_id, f"batch {number // 20}", root, "jobs", Kind.INTERNAL, start, 39 * _MS
                )
            )
        else:
            call = _span(trace_id, span_id, "INSERT orders", batch, "db", Kind.CLIENT, start, _MS)
            if not (after and number % 97 == 0):
                found.append(replace(call, attributes={"db.statement": "INSERT INTO orders", "row": number}))
    return tuple(found)


def _span(
    trace_id: str,
    span_id: str,
    name: str,
    parent_id: str,
    service: str,
    kind: Kind,
    start_ns: int,
    took_ns: int,
) -> Span:
    return Span(
        trace_id, span_id, name, parent_id, kind, start_ns, start_ns + took_ns,
        resource={"service.name": service, "host.name": service},
    )  # fmt: skip


def _spans(request: _Request, values: random.Random) -> Sequence[Span]:
    trace_id = f"{values.getrandbits(128):032x}"
    ids = [f"{values.getrandbits(64):016x}" for _ in range(4)]
    start, took = _START_NS + request.number * 50 * _MS, request.took_ns
    status = _ERROR if request.failed else Status()
    url = f"/{request.page}/{request.number}"
    code = 502 if request.failed else 200
    front = _span(trace_id, ids[0], request.page, "", "front", Kind.SERVER, start, took)
    call = _span(trace_id, ids[1], "call", ids[0], "front", Kind.CLIENT, start + took // 9, took * 7 // 9)
    back = _span(
        trace_id, ids[2], f"get_{request.page}", ids[1], "back", Kind.SERVER, start + took // 6, took // 2
    )
    query = _span(trace_id, ids[3], "select", ids[2], "back", Kind.CLIENT, start + took // 4, took // 4)
    problem = Event("exception", start + took // 3, {"exception.message": f"no {request.page}"})
    asked: Attributes = {"http.method": "GET", "http.status_code": code, "user": request.number % 997}
    events = (problem,) if request.failed else ()
    spans = [
        replace(front, status=status, attributes=asked),
        replace(call, status=status, attributes={"http.method": "GET", "http.url": f"http://back:8000{url}"}),
        replace(back, status=status, attributes={"http.status_code": code}, events=events),
        replace(query, attributes={"db.statement": "SELECT * FROM pages", "db.type": "sql"}),
    ]
    return spans[:3] if request.failed else spans


def _migrated(spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the spans as the new libraries tell them: names, a lost status, lost spans, a lost attribute."""
    page = spans[0].name
    for old in spans:
        attributes = dict(old.attributes)
        span = replace(old, resource={**old.resource, **_SDK}, scope=Scope("shop", "2.0"))
        if span.name == page and span.parent_id == "":
            attributes["http.request.method"] = attributes.pop("http.method")
            attributes["http.response.status_code"] = attributes.pop("http.status_code")
            if page == "cart":
                del attributes["user"]
            quiet = page in ("search", "cart") and span.status == _ERROR
            yield replace(span, attributes=attributes, status=Status() if quiet else span.status)
        elif span.name == "select" and page == "login":
            yield replace(span, kind=Kind.INTERNAL)
        elif span.name.startswith("get_") and page == "offers" and span.status == _ERROR:
            continue
        else:
            yield span
