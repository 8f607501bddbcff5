"""Spans as OpenTelemetry's SDK for Python prints them, from the SDK itself."""

from __future__ import annotations

import io
import json

import pytest
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags, TraceState

from ot2otel.model import Event, Kind, Link, Span, Status, StatusCode
from ot2otel.wire.sdk_json import decode_json, is_printed
from tests.support.untyped import Json

TIME = 1_700_000_000_123_456_000
IDS = {"trace_id": "0x" + "1" * 32, "span_id": "0x" + "2" * 16}


def printed() -> str:
    """Return what the SDK prints for two spans."""
    text = io.StringIO()
    provider = TracerProvider(
        resource=Resource({"service.name": "shop"}, "https://opentelemetry.io/schemas/1.21.0")
    )
    provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter(out=text)))
    tracer = provider.get_tracer("lib")
    state = TraceState([("a", "1"), ("b", "{x}")])
    linked = SpanContext(7, 8, is_remote=True, trace_flags=TraceFlags(1), trace_state=state)
    with trace.use_span(trace.NonRecordingSpan(linked)):
        outer = tracer.start_span("outer", kind=SpanKind.SERVER, start_time=TIME)
        with trace.use_span(outer):
            inner = tracer.start_span("inner", links=[trace.Link(linked, {"k": 1})], start_time=TIME)
    inner.set_attributes({"text": "é", "list": [1, 2], "flag": True, "share": 0.5})
    inner.add_event("retry", {"n": 2}, timestamp=TIME + 1000)
    inner.set_status(trace.StatusCode.ERROR, "no")
    inner.end(TIME + 2000)
    outer.end(TIME + 3000)
    return text.getvalue()


def documents() -> list[Json]:
    inner, place = json.JSONDecoder().raw_decode(printed())
    outer, _ = json.JSONDecoder().raw_decode(printed()[place:].lstrip())
    return [inner, outer]


def test_what_the_sdk_prints_is_read() -> None:
    inner, outer = decode_json(documents()).spans

    state = "a=1,b={x}"
    assert inner == Span(
        trace_id=f"{7:032x}",
        span_id=inner.span_id,
        name="inner",
        parent_id=inner.parent_id,
        kind=Kind.INTERNAL,
        start_ns=TIME,
        end_ns=TIME + 2000,
        status=Status(StatusCode.ERROR, "no"),
        attributes={"text": "é", "list": (1, 2), "flag": True, "share": 0.5},
        events=(Event("retry", TIME + 1000, {"n": 2}),),
        links=(Link(f"{7:032x}", f"{8:016x}", {"k": 1}, state),),
        resource={"service.name": "shop"},
        trace_state=state,
        resource_schema_url="https://opentelemetry.io/schemas/1.21.0",
    )
    assert (outer.name, outer.kind, outer.parent_id) == ("outer", Kind.SERVER, f"{8:016x}")


def test_all_that_the_sdk_prints_is_known() -> None:
    decoded = decode_json(documents())

    assert (decoded.rejected, decoded.unread) == ((), {})
    assert decoded.schemas == {"https://opentelemetry.io/schemas/1.21.0"}


def test_a_parent_of_zeros_is_none() -> None:
    [span] = decode_json(documents()[0] | {"parent_id": "0x0"}).spans

    assert span.parent_id == ""


def test_a_printed_span_is_recognised_and_others_are_not() -> None:
    assert all(map(is_printed, [documents()[0], documents()]))
    assert not any(map(is_printed, [{}, [], [5], {"context": {}}, {"start_time": ""}]))


@pytest.mark.parametrize(
    ("span", "problem"),
    [
        pytest.param({"start_time": "yesterday"}, "start_time must be a time like", id="a time"),
        pytest.param({"end_time": "1969-12-31T23:59:59.000000Z"}, "end_time is before 1970", id="too early"),
        pytest.param({"end_time": "2555-01-01T00:00:00.000000Z"}, "end_time is after 2554", id="too late"),
        pytest.param({"attributes": {"k": 2**63}}, "a number must be an integer from", id="a number"),
        pytest.param({"attributes": []}, "attributes must be an object", id="attributes"),
        pytest.param(
            {"context": {**IDS, "span_id": "0x0"}}, "'0000000000000000' is not a span id", id="an id"
        ),
        pytest.param({"context": None}, "is not a trace id", id="no ids"),
        pytest.param({"resource": 5}, "resource must be an object", id="a resource"),
    ],
)
def test_an_unreadable_span_is_named(span: Json, problem: str) -> None:
    decoded = decode_json({"context": IDS, "start_time": None, **span})

    assert decoded.spans == ()
    assert problem in decoded.rejected[0]


def test_the_resource_of_older_releases_is_read() -> None:
    [span] = decode_json({"context": IDS, "start_time": None, "resource": {"service.name": "s"}}).spans

    assert span.resource == {"service.name": "s"}
