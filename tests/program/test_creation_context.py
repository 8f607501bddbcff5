"""The losses of a context that is rebuilt by hand from two ids, compared with the propagator's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jaeger_client.reporter import NullReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer as JaegerTracer
from opentelemetry import baggage
from opentelemetry.propagate import get_global_textmap
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    TraceFlags,
    TraceState,
    get_current_span,
    set_span_in_context,
)

from legacy_opentracing import creation_context as legacy
from legacy_opentracing.tracing import Tracing as LegacyTracing
from otel_native import creation_context as native
from otel_native.tracing import Tracing as NativeTracing

TRACE_ID, SPAN_ID = 0x1234, 0x5678


@pytest.fixture
def native_tracing() -> Iterator[NativeTracing]:
    provider = TracerProvider(shutdown_on_exit=False)
    yield NativeTracing(provider.get_tracer("test"), get_global_textmap(), provider.shutdown)
    provider.shutdown()


@pytest.fixture
def legacy_tracing() -> LegacyTracing:
    tracer = JaegerTracer(
        "test",
        reporter=NullReporter(),
        sampler=ConstSampler(False),
        tags={"ip": "192.0.2.1"},  # without it, its search for one leaves a socket open
    )
    # Nothing needs closing, and to close the tracer takes an event loop in this thread.
    return LegacyTracing(tracer, close=lambda: None)


def unsampled() -> Span:
    state = TraceState([("vendor", "value")])
    return NonRecordingSpan(SpanContext(TRACE_ID, SPAN_ID, False, TraceFlags(0), state))


def native_way(tracing: NativeTracing, carrying: native.Carrying) -> SpanContext:
    metadata: dict[str, str] = {}
    carrying.put(tracing, unsampled(), metadata)
    return get_current_span(carrying.find(tracing, metadata)).get_span_context()


def facts(context: SpanContext) -> tuple[int, int, bool, bool, dict[str, str]]:
    sampled = context.trace_flags.sampled
    return context.trace_id, context.span_id, context.is_remote, sampled, dict(context.trace_state)


def test_native_by_propagator_keeps_the_sampling_decision_and_the_trace_state(
    native_tracing: NativeTracing,
) -> None:
    found = native_way(native_tracing, native.CARRYING["propagator"])

    assert facts(found) == (TRACE_ID, SPAN_ID, True, False, {"vendor": "value"})


def test_native_by_hand_samples_unsampled_traces_and_loses_the_trace_state(
    native_tracing: NativeTracing,
) -> None:
    found = native_way(native_tracing, native.CARRYING["by-hand"])

    assert facts(found) == (TRACE_ID, SPAN_ID, True, True, {})


@pytest.mark.parametrize(("way", "kept"), [("propagator", {"tenant": "a"}), ("by-hand", {})])
def test_native_baggage_arrives_by_propagator_only(
    native_tracing: NativeTracing, way: str, kept: dict[str, str]
) -> None:
    from opentelemetry.context import attach, detach

    metadata: dict[str, str] = {}
    token = attach(baggage.set_baggage("tenant", "a", set_span_in_context(unsampled())))
    native.CARRYING[way].put(native_tracing, unsampled(), metadata)
    detach(token)

    found = native.CARRYING[way].find(native_tracing, metadata)

    assert baggage.get_all(found) == kept


@pytest.mark.parametrize(
    ("way", "sampled", "kept"), [("propagator", False, {"tenant": "a"}), ("by-hand", True, {})]
)
def test_legacy_keeps_the_sampling_decision_and_the_baggage_by_propagator_only(
    legacy_tracing: LegacyTracing, way: str, sampled: bool, kept: dict[str, str]
) -> None:
    metadata: dict[str, str] = {}
    with legacy_tracing.tracer.start_span("creator") as span:
        span.set_baggage_item("tenant", "a")
        legacy.CARRYING[way].put(legacy_tracing, span, metadata)

    found = legacy.CARRYING[way].find(legacy_tracing, metadata)

    assert found is not None
    assert (found.trace_id, found.span_id) == (span.trace_id, span.span_id)
    assert (bool(found.flags & 1), dict(found.baggage)) == (sampled, kept)


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"trace_id": "1"},
        {"trace_id": "x", "span_id": "1"},
        {"trace_id": "0", "span_id": "1"},
        {"trace_id": "1", "span_id": "-1"},
        {"trace_id": "1" * 33, "span_id": "1"},
        {"trace_id": "1", "span_id": "1" * 17},
    ],
    ids=str,
)
def test_malformed_ids_make_no_context(
    metadata: dict[str, str], native_tracing: NativeTracing, legacy_tracing: LegacyTracing
) -> None:
    found = [
        legacy.CARRYING["by-hand"].find(legacy_tracing, metadata),
        native.CARRYING["by-hand"].find(native_tracing, metadata),
    ]

    assert found == [None, None]
