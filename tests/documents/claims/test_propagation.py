"""The way of a trace from one process to the next."""

from __future__ import annotations

import pytest
from flask import Flask, request
from jaeger_client.codecs import B3Codec
from jaeger_client.config import Config
from jaeger_client.sampler import ConstSampler
from opentelemetry.baggage import get_all
from opentelemetry.propagators.b3 import B3MultiFormat, B3SingleFormat
from opentelemetry.propagators.jaeger import JaegerPropagator
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON
from opentelemetry.trace import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentracing import (
    Format,
    InvalidCarrierException,
    SpanContextCorruptedException,
    UnsupportedFormatException,
)

from tests.documents.claims.marks import claim
from tests.documents.claims.tracers import legacy, native, propagating, shim
from tests.support.runs import SDK

TRACE, OTHER, SPAN = (
    "0af7651916cd43dd8448eb211c80319c",
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "b7ad6b7169203331",
)
W3C = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
UBER = {"uber-trace-id": f"{TRACE}:{SPAN}:0:1"}
B3 = {"x-b3-traceid": TRACE, "x-b3-spanid": SPAN, "x-b3-sampled": "1"}


def title_case(headers: dict[str, str]) -> dict[str, str]:
    """Write the headers' names as `dict(request.headers)` has them."""
    return {name.title(): value for name, value in headers.items()}


def continued(propagator: TextMapPropagator, carrier: object) -> str:
    """Return the trace that OpenTelemetry continues, "" for none."""
    context = get_current_span(propagator.extract(carrier)).get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""


@claim("propagation-defaults")
def test_the_default_formats_of_both_libraries_do_not_understand_each_other() -> None:
    sent: dict[str, str] = {}
    with propagating(TraceContextTextMapPropagator()) as propagator:
        with native().tracer.start_as_current_span("s"):
            propagator.inject(sent)
        understood = continued(propagator, UBER)

    assert (set(sent), understood) == ({"traceparent"}, "")
    assert legacy().tracer.extract(Format.HTTP_HEADERS, sent) is None


@claim("propagation-composite")
def test_both_formats_together_are_understood_by_and_understand_both() -> None:
    sent: dict[str, str] = {}
    with propagating(TraceContextTextMapPropagator(), JaegerPropagator()) as propagator:
        with native().tracer.start_as_current_span("s") as span:
            propagator.inject(sent)
        understood = [continued(propagator, headers) for headers in (W3C, UBER)]
    theirs = legacy().tracer.extract(Format.HTTP_HEADERS, sent)

    assert set(sent) == {"traceparent", "uber-trace-id"}
    assert theirs.trace_id == span.get_span_context().trace_id
    assert understood == [TRACE, TRACE]


@claim("propagation-w3c-ignored")
def test_jaeger_client_ignores_an_unknown_propagation() -> None:
    assert Config({"propagation": "w3c"}, service_name="service").propagation == {}


@claim("carrier-title-case")
def test_opentelemetry_does_not_find_a_title_case_name_in_a_dictionary() -> None:
    theirs = legacy(extra_codecs={Format.HTTP_HEADERS: B3Codec()}).tracer
    formats = [
        (TraceContextTextMapPropagator(), W3C),
        (JaegerPropagator(), UBER),
        (B3MultiFormat(), B3),
    ]

    assert legacy().tracer.extract(Format.HTTP_HEADERS, title_case(UBER)) is not None
    assert legacy().tracer.extract(Format.HTTP_HEADERS, UBER) is not None
    assert theirs.extract(Format.HTTP_HEADERS, title_case(B3)) is not None
    assert theirs.extract(Format.HTTP_HEADERS, B3) is not None
    for propagator, headers in formats:
        found = [continued(propagator, carrier) for carrier in (headers, title_case(headers))]
        assert found == [TRACE, ""]


@claim("carrier-request-headers")
def test_flasks_headers_lose_jaegers_baggage_and_make_b3_of_jaeger_client_raise() -> None:
    theirs = legacy(extra_codecs={Format.HTTP_HEADERS: B3Codec()}).tracer
    with Flask("app").test_request_context(headers=W3C | UBER | B3 | {"uberctx-user": "ada"}):
        carrier = request.headers
        lower = {name.lower(): value for name, value in carrier.items()}
        baggage = [dict(get_all(JaegerPropagator().extract(headers))) for headers in (carrier, lower)]
        propagators = TraceContextTextMapPropagator(), JaegerPropagator(), B3MultiFormat()
        traces = [continued(propagator, carrier) for propagator in propagators]
        with pytest.raises(InvalidCarrierException):
            theirs.extract(Format.HTTP_HEADERS, carrier)

    assert traces == [TRACE, TRACE, TRACE]
    assert baggage == [{}, {"user": "ada"}]


@claim("extract-malformed")
def test_a_malformed_header_raises_in_jaeger_client_and_is_ignored_by_opentelemetry() -> None:
    carrier = {"uber-trace-id": "nonsense"}

    with pytest.raises(SpanContextCorruptedException):
        legacy().tracer.extract(Format.HTTP_HEADERS, carrier)
    assert continued(JaegerPropagator(), carrier) == ""


@claim("extract-encoded")
def test_a_percent_encoded_header_is_read_by_jaeger_client_only() -> None:
    carrier = {"uber-trace-id": UBER["uber-trace-id"].replace(":", "%3A")}

    assert legacy().tracer.extract(Format.HTTP_HEADERS, carrier).trace_id == int(TRACE, 16)
    assert continued(JaegerPropagator(), carrier) == ""


@claim("extract-nothing")
def test_without_a_context_extract_returns_none_in_jaeger_client_and_a_true_value_on_the_shim() -> None:
    traced = shim()
    with traced.tracer.start_active_span("active"):
        found = traced.tracer.extract(Format.HTTP_HEADERS, {})
        traced.tracer.start_span("s", child_of=found).finish()

    span, active = traced.spans()
    assert legacy().tracer.extract(Format.HTTP_HEADERS, {}) is None
    assert bool(found)
    assert (span.trace_id == active.trace_id, span.parent_id) == (False, "")


@claim("extract-binary")
def test_the_shim_does_not_support_the_binary_format() -> None:
    carrier = bytearray()
    old, new = legacy().tracer, shim().tracer
    old.inject(old.start_span("s").context, Format.BINARY, carrier)

    assert len(carrier) == 37
    with pytest.raises(UnsupportedFormatException):
        new.inject(new.start_span("s").context, Format.BINARY, carrier)
    with pytest.raises(UnsupportedFormatException):
        new.extract(Format.BINARY, carrier)


@claim("extract-baggage-only")
def test_baggage_without_a_trace_makes_an_unsampled_root_in_jaeger_client() -> None:
    traced = legacy()
    context = traced.tracer.extract(Format.HTTP_HEADERS, {"uberctx-user": "ada"})
    traced.tracer.start_span("s", child_of=context).finish()

    assert traced.spans() == ()


@claim("debug-id")
def test_jaeger_debug_id_forces_a_trace_in_jaeger_client_and_does_nothing_to_opentelemetry() -> None:
    carrier = {"jaeger-debug-id": "look"}
    old, new = legacy(sampler=ConstSampler(False)), shim(sampler=ALWAYS_OFF)
    with propagating(JaegerPropagator()):
        for traced in (old, new):
            caller = traced.tracer.extract(Format.HTTP_HEADERS, carrier)
            traced.tracer.start_span("s", child_of=caller).finish()

    assert old.span.attributes["jaeger-debug-id"] == "look"
    assert new.spans() == ()


@claim("propagation-debug-flag")
def test_opentelemetrys_jaeger_propagator_always_sends_jaegers_debug_flag() -> None:
    flags = []
    with propagating(JaegerPropagator()) as propagator:
        for sampler in (ALWAYS_ON, ALWAYS_OFF):
            sent: dict[str, str] = {}
            with native(sampler=sampler).tracer.start_as_current_span("s"):
                propagator.inject(sent)
            flags.append(sent["uber-trace-id"].rpartition(":")[2])
    caller = legacy().tracer.extract(Format.HTTP_HEADERS, {"uber-trace-id": f"{TRACE}:{SPAN}:0:03"})

    # 2 is the debug flag of Jaeger's format; newer SDKs also set it as W3C's flag for a random trace id.
    assert flags == ["03", "00" if SDK < (1, 40) else "02"]
    assert legacy().tracer.start_span("s", child_of=caller).is_debug()


@claim("propagation-last-wins")
def test_if_headers_disagree_the_last_propagator_wins() -> None:
    carrier = W3C | {"uber-trace-id": f"{OTHER}:{SPAN}:0:1"}
    orders = [
        (TraceContextTextMapPropagator(), JaegerPropagator()),
        (JaegerPropagator(), TraceContextTextMapPropagator()),
    ]

    found = []
    for order in orders:
        with propagating(*order) as propagator:
            found.append(continued(propagator, carrier))
    assert found == [OTHER, TRACE]


@claim("propagation-b3")
def test_b3_of_jaeger_client_is_b3_in_many_headers_and_only_for_http() -> None:
    config = Config({"propagation": "b3"}, service_name="service")
    tracer = legacy(extra_codecs=config.propagation).tracer
    sent: dict[str, str] = {}
    tracer.inject(tracer.start_span("s").context, Format.HTTP_HEADERS, sent)

    lower = {name.lower(): value for name, value in sent.items()}
    assert set(lower) == {"x-b3-traceid", "x-b3-spanid", "x-b3-sampled"}
    assert list(config.propagation) == [Format.HTTP_HEADERS]
    # OTEL_PROPAGATORS=b3 reads both spellings and sends the single one, which jaeger-client does not read.
    assert continued(B3SingleFormat(), lower) != ""
    assert tracer.extract(Format.HTTP_HEADERS, {"b3": f"{TRACE}-{SPAN}-1"}) is None
