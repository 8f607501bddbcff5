"""Baggage: inheritance, headers, events."""

from __future__ import annotations

from opentelemetry.baggage import get_baggage, set_baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import attach, detach
from opentelemetry.propagators.jaeger import JaegerPropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentracing import Format

from tests.documents.claims.marks import claim
from tests.documents.claims.tracers import Traced, legacy, native, propagating, shim

CALLER = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "baggage": "user=ada"}


def passed_on(traced: Traced) -> tuple[object, dict[str, str]]:
    """Return the baggage that a child has, and the headers that its parent sends."""
    with traced.tracer.start_active_span("parent") as scope:
        scope.span.set_baggage_item("user", "ada")
        with traced.tracer.start_active_span("child") as inner:
            inherited = inner.span.get_baggage_item("user")
        headers: dict[str, str] = {}
        traced.tracer.inject(scope.span.context, Format.HTTP_HEADERS, headers)
    return inherited, headers


@claim("legacy-baggage", "jaeger_client.span:Span.set_baggage_item", "jaeger_client.codecs:TextCodec.inject")
def test_jaeger_client_hands_baggage_on_and_logs_it() -> None:
    traced = legacy()

    inherited, headers = passed_on(traced)

    assert (inherited, headers["uberctx-user"]) == ("ada", "ada")
    events = [(event.name, dict(event.attributes)) for event in traced.spans()[1].events]
    assert events == [("baggage", {"key": "user", "value": "ada"})]


@claim(
    "shim-baggage",
    "opentelemetry.shim.opentracing_shim:SpanShim.set_baggage_item",
    "opentelemetry.shim.opentracing_shim:TracerShim.inject",
    "opentelemetry.shim.opentracing_shim:TracerShim.extract",
)
def test_the_shim_neither_inherits_nor_injects_nor_extracts_baggage() -> None:
    traced = shim()
    with propagating(TraceContextTextMapPropagator(), W3CBaggagePropagator(), JaegerPropagator()):
        inherited, headers = passed_on(traced)
        extracted = traced.tracer.extract(Format.HTTP_HEADERS, CALLER)

    assert inherited is None
    assert set(headers) == {"traceparent", "uber-trace-id"}
    assert dict(extracted.baggage) == {}
    assert [span.events for span in traced.spans()] == [(), ()]


@claim(
    "shim-scope-span",
    "opentelemetry.shim.opentracing_shim:ScopeManagerShim.activate",
    "opentelemetry.shim.opentracing_shim:SpanShim.get_baggage_item",
)
def test_the_span_of_a_scope_is_another_object_on_the_shim_and_has_no_baggage() -> None:
    old, new = legacy(), shim()
    same = []
    for traced in (old, new):
        span = traced.tracer.start_span("s").set_tag("k", "v")
        span.set_baggage_item("user", "ada")
        with traced.tracer.scope_manager.activate(span, True) as scope:
            found = traced.tracer.active_span
            same.append((scope.span is span, found.get_baggage_item("user")))

    assert same == [(True, "ada"), (False, None)]


@claim("native-baggage", "opentelemetry.baggage.propagation:W3CBaggagePropagator.inject")
def test_native_baggage_is_relayed_only_if_the_extracted_context_is_attached() -> None:
    tracer = native().tracer
    passed: dict[str, str] = {}
    attached: dict[str, str] = {}
    with propagating(TraceContextTextMapPropagator(), W3CBaggagePropagator()) as propagator:
        with tracer.start_as_current_span("s", context=propagator.extract(CALLER)):
            propagator.inject(passed)
        token = attach(propagator.extract(CALLER))
        with tracer.start_as_current_span("s"):
            propagator.inject(attached)
        detach(token)

    assert set(passed) == {"traceparent"}
    assert attached["baggage"] == "user=ada"


@claim("native-baggage-set", "opentelemetry.baggage:set_baggage")
def test_native_baggage_is_not_the_spans_it_is_in_the_context_and_makes_no_event() -> None:
    traced = native()
    with traced.tracer.start_as_current_span("s"):
        token = attach(set_baggage("user", "ada"))
        with traced.tracer.start_as_current_span("child"):
            inherited = get_baggage("user")
        detach(token)

    assert inherited == "ada"
    assert [(span.events, dict(span.attributes)) for span in traced.spans()] == [((), {}), ((), {})]
