"""Errors in spans: status, tag, event."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress

from opentelemetry.trace import StatusCode as OtelStatusCode

from ot2otel.model import Status, StatusCode
from ot2otel.receive.collector import Collector
from tests.documents.claims.marks import claim
from tests.documents.claims.tracers import (
    Traced,
    legacy,
    native,
    needs_thrift_exporter,
    shim,
    shim_over_thrift,
)

FAILED = Status(StatusCode.ERROR)
UNSET = Status()


def raising(traced: Traced, start: str) -> Traced:
    context: AbstractContextManager[object] = getattr(traced.tracer, start)("s")
    with suppress(ValueError), context:
        raise ValueError("boom")
    return traced


@claim(
    "error-active",
    "opentracing.span:Span._on_error",
    "opentelemetry.shim.opentracing_shim:ScopeShim.__exit__",
)
def test_an_exception_that_leaves_an_active_span_becomes_status_and_event() -> None:
    old = raising(legacy(), "start_active_span").span
    new = raising(shim(), "start_active_span").span
    own = raising(native(), "start_as_current_span").span

    assert (old.status, old.events[0].name, set(old.events[0].attributes)) == (
        FAILED,
        "error",
        {"message", "error.object", "error.kind", "stack"},
    )
    for span in (new, own):
        assert span.status == Status(StatusCode.ERROR, "ValueError: boom")
        assert [event.name for event in span.events] == ["exception"]


@claim(
    "error-not-active",
    "opentracing.span:Span._on_error",
    "opentelemetry.shim.opentracing_shim:SpanShim.log_kv",
)
def test_an_exception_that_leaves_a_span_of_start_span_leaves_the_status_unset() -> None:
    old = raising(legacy(), "start_span").span
    new = raising(shim(), "start_span").span

    assert (old.status, new.status) == (FAILED, UNSET)
    assert (new.attributes["error"], new.events[0].name) == (True, "error")


@claim("error-tag", "opentelemetry.shim.opentracing_shim:SpanShim.set_tag")
def test_the_error_tag_leaves_the_status_unset_on_the_shim() -> None:
    old, new, own = legacy(), shim(), native()
    for traced in (old, new):
        traced.tracer.start_span("at the start", tags={"error": True}).finish()
        traced.tracer.start_span("later").set_tag("error", True).finish()
    with own.tracer.start_as_current_span("s") as span:
        span.set_status(OtelStatusCode.ERROR)

    assert [span.status for span in old.spans()] == [FAILED, FAILED]
    assert [(span.status, span.attributes) for span in new.spans()] == [(UNSET, {"error": True})] * 2
    assert own.span.status == FAILED


@needs_thrift_exporter
@claim(
    "thrift-error-tag",
    "opentelemetry.shim.opentracing_shim:SpanShim.set_tag",
    "opentelemetry.exporter.jaeger.thrift.translate:ThriftTranslator._extract_tags",
)
def test_over_thrift_the_error_tag_of_the_shim_still_counts(collector: Collector) -> None:
    with shim_over_thrift(collector.agent_port) as tracer:
        tracer.start_span("s").set_tag("error", True).finish()
        (span,) = collector.wait_for(bool)

    assert span.status == FAILED


@claim("error-log", "opentelemetry.shim.opentracing_shim:SpanShim.log_kv")
def test_a_logged_error_is_no_exception_event_on_the_shim() -> None:
    traced = shim()
    with traced.tracer.start_span("s") as span:
        span.log_kv({"event": "error", "error.kind": "ValueError", "message": "boom"})

    assert [event.name for event in traced.span.events] == ["error"]
    assert traced.span.status == UNSET
