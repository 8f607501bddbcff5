"""The way of a trace from one process to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from flask import Flask, request
from jaeger_client.codecs import B3Codec
from jaeger_client.config import Config
from jaeger_client.reporter import InMemoryReporter
from jaeger_client.sampler import ConstSampler
from opentelemetry import trace
from opentelemetry.baggage import get_all
from opentelemetry.propagate import get_global_textmap
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
from tests.documents.claims.tracers import Traced, legacy, native, propagating, shim
from tests.support.runs import SDK

TRACE, OTHER, SPAN = (
    "0af7651916cd43dd8448eb211c80319c",
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "b7ad6b7169203331",
)
W3C = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
UBER = {"uber-trace-id": f"{TRACE}:{SPAN}:0:1"}
B3 = {"x-b3-traceid": TRACE, "x-b3-spanid": SPAN, "x-b3-sampled": "1"}


def continued(propagator: TextMapPropagator, carrier: object) -> str:
    """Return the trace that OpenTelemetry continues, "" for none."""
    context = get_current_span(propagator.extract(carrier)).get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""


@claim(
    "propagation-defaults",
    "jaeger_client.codecs:TextCodec.extract",
    "opentelemetry.trace.propagation.tracecontext:TraceContextTextMapPropagator.inject",
    "opentelemetry.trace.propagation.tracecontext:TraceContextTextMapPropagator.extract",
)
def test_the_default_formats_of_both_libraries_do_not_understand_each_other() -> None:
    sent: dict[str, str] = {}
    default = get_global_textmap()  # nothing in these tests sets OTEL_PROPAGATORS
    with native().tracer.start_as_current_span("s"):
        default.inject(sent)
    uber: dict[str, str] = {}
    old = legacy().tracer
    old.inject(old.start_span("s").context, Format.HTTP_HEADERS, uber)

    assert (set(sent), set(uber)) == ({"traceparent"}, {"uber-trace-id"})
    assert legacy().tracer.extract(Format.HTTP_HEADERS, sent) is None
    assert continued(default, uber) == ""


@claim(
    "propagation-composite",
    "jaeger_client.codecs:TextCodec.extract",
    "opentelemetry.propagators.jaeger:JaegerPropagator.inject",
    "opentelemetry.trace.propagation.tracecontext:TraceContextTextMapPropagator.inject",
)
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


@claim(
    "propagation-w3c-ignored",
    "jaeger_client.config:Config.propagation",
    "jaeger_client.config:Config.create_tracer",
)
@pytest.mark.parametrize("value", ["w3c", "tracecontext", "B3", ["b3"], "nonsense"])
def test_jaeger_client_ignores_an_unknown_propagation(value: object) -> None:
    # Without a tag `ip` it opens a socket to find its address, and does not close it.
    config = Config({"propagation": value, "tags": {"ip": "127.0.0.1"}}, service_name="service")
    tracer = config.create_tracer(InMemoryReporter(), ConstSampler(True))
    sent: dict[str, str] = {}
    tracer.inject(tracer.start_span("s").context, Format.HTTP_HEADERS, sent)

    assert set(sent) == {"uber-trace-id"}
    assert tracer.extract(Format.HTTP_HEADERS, W3C | B3) is None
    assert tracer.extract(Format.HTTP_HEADERS, UBER).trace_id == int(TRACE, 16)


@claim(
    "carrier-title-case",
    "jaeger_client.codecs:TextCodec.extract",
    "opentelemetry.shim.opentracing_shim:TracerShim.extract",
)
def test_a_handler_that_reads_dict_of_flasks_headers_splits_its_traces_on_the_shim() -> None:
    def handled(traced: Traced, headers: Mapping[str, str], lower: bool) -> str:
        with Flask("app").test_request_context(headers=headers):
            names = dict(request.headers)
            carrier = {name.lower(): value for name, value in names.items()} if lower else names
            caller = traced.tracer.extract(Format.HTTP_HEADERS, carrier)
            traced.tracer.start_span("s", child_of=caller).finish()
        return "continued" if traced.span.trace_id == TRACE else "split"

    b3 = B3Codec(generate_128bit_trace_id=True)
    old: list[tuple[Callable[[], Traced], Mapping[str, str]]] = [
        (legacy, UBER),
        (lambda: legacy(extra_codecs={Format.HTTP_HEADERS: b3}), B3),
    ]
    new = [(TraceContextTextMapPropagator(), W3C), (JaegerPropagator(), UBER), (B3MultiFormat(), B3)]
    found = {
        "jaeger-client": [handled(make(), headers, lower) for make, headers in old for lower in (False, True)]
    }
    for propagator, headers in new:
        with propagating(propagator):
            name = type(propagator).__name__
            found[name] = [handled(shim(), headers, lower) for lower in (False, True)]

    assert found == {
        "jaeger-client": ["continued"] * 4,
        "TraceContextTextMapPropagator": ["split", "continued"],
        "JaegerPropagator": ["split", "continued"],
        "B3MultiFormat": ["split", "continued"],
    }


@claim(
    "carrier-request-headers",
    "jaeger_client.codecs:B3Codec.extract",
    "opentelemetry.propagators.jaeger:JaegerPropagator.extract",
)
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


@claim(
    "extract-malformed",
    "jaeger_client.codecs:TextCodec.extract",
    "opentelemetry.propagators.jaeger:JaegerPropagator.extract",
)
def test_a_malformed_header_raises_in_jaeger_client_and_is_ignored_by_opentelemetry() -> None:
    carrier = {"uber-trace-id": "nonsense"}

    with pytest.raises(SpanContextCorruptedException):
        legacy().tracer.extract(Format.HTTP_HEADERS, carrier)
    assert continued(JaegerPropagator(), carrier) == ""


@claim(
    "extract-encoded",
    "jaeger_client.codecs:TextCodec.extract",
    "opentelemetry.propagators.jaeger:JaegerPropagator.extract",
)
def test_a_percent_encoded_header_is_read_by_jaeger_client_only() -> None:
    carrier = {"uber-trace-id": UBER["uber-trace-id"].replace(":", "%3A")}

    assert legacy().tracer.extract(Format.HTTP_HEADERS, carrier).trace_id == int(TRACE, 16)
    assert continued(JaegerPropagator(), carrier) == ""


@claim(
    "extract-nothing",
    "jaeger_client.codecs:TextCodec.extract",
    "opentelemetry.shim.opentracing_shim:TracerShim.extract",
)
def test_without_a_context_extract_returns_none_in_jaeger_client_and_a_true_value_on_the_shim() -> None:
    traced = shim()
    with traced.tracer.start_active_span("active"):
        found = traced.tracer.extract(Format.HTTP_HEADERS, {})
        traced.tracer.start_span("s", child_of=found).finish()

    span, active = traced.spans()
    assert legacy().tracer.extract(Format.HTTP_HEADERS, {}) is None
    assert bool(found)
    assert (span.trace_id == active.trace_id, span.parent_id) == (False, "")


@claim(
    "extract-binary",
    "jaeger_client.codecs:BinaryCodec.inject",
    "opentelemetry.shim.opentracing_shim:TracerShim.inject",
    "opentelemetry.shim.opentracing_shim:TracerShim.extract",
)
def test_the_shim_does_not_support_the_binary_format() -> None:
    carrier = bytearray()
    old, new = legacy().tracer, shim().tracer
    old.inject(old.start_span("s").context, Format.BINARY, carrier)

    assert len(carrier) == 37
    with pytest.raises(UnsupportedFormatException):
        new.inject(new.start_span("s").context, Format.BINARY, carrier)
    with pytest.raises(UnsupportedFormatException):
        new.extract(Format.BINARY, carrier)


@claim(
    "extract-baggage-only", "jaeger_client.codecs:TextCodec.extract", "jaeger_client.tracer:Tracer.start_span"
)
def test_baggage_without_a_trace_makes_an_unsampled_root_in_jaeger_client() -> None:
    traced = legacy()
    context = traced.tracer.extract(Format.HTTP_HEADERS, {"uberctx-user": "ada"})
    traced.tracer.start_span("s", child_of=context).finish()

    assert traced.spans() == ()


@claim(
    "debug-id",
    "jaeger_client.codecs:TextCodec.extract",
    "opentelemetry.shim.opentracing_shim:TracerShim.extract",
)
def test_jaeger_debug_id_forces_a_trace_in_jaeger_client_and_does_nothing_to_opentelemetry() -> None:
    carrier = {"jaeger-debug-id": "look"}
    old, new = legacy(sampler=ConstSampler(False)), shim(sampler=ALWAYS_OFF)
    with propagating(JaegerPropagator()):
        for traced in (old, new):
            caller = traced.tracer.extract(Format.HTTP_HEADERS, carrier)
            traced.tracer.start_span("s", child_of=caller).finish()

    assert old.span.attributes["jaeger-debug-id"] == "look"
    assert new.spans() == ()


@claim(
    "propagation-debug-flag",
    "opentelemetry.propagators.jaeger:JaegerPropagator.inject",
    "jaeger_client.codecs:TextCodec.extract",
)
def test_opentelemetrys_jaeger_propagator_makes_debug_traces_of_all_sampled_ones() -> None:
    flags, behind = [], []
    for sampler in (ALWAYS_ON, ALWAYS_OFF):
        sent: dict[str, str] = {}
        own = native(sampler=sampler).tracer
        with propagating(JaegerPropagator()) as propagator, own.start_as_current_span("s"):
            propagator.inject(sent)
        old = legacy(sampler=ConstSampler(False))
        caller = old.tracer.extract(Format.HTTP_HEADERS, sent)
        span = old.tracer.start_span("behind", child_of=caller)
        span.finish()
        flags.append(sent["uber-trace-id"].rpartition(":")[2])
        behind.append((span.is_debug(), [span.name for span in old.spans()]))

    # 2 is the debug flag of Jaeger's format; newer SDKs also set it as W3C's flag for a random trace id.
    assert flags == ["03", "00" if SDK < (1, 40) else "02"]
    # Without the sampled flag it is not recorded.
    assert behind == [(True, ["behind"]), (SDK >= (1, 40), [])]

    # The propagator itself adds it, also to a trace whose id is not random.
    passed_on: dict[str, str] = {}
    sampled = trace.SpanContext(1, 2, is_remote=True, trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED))
    JaegerPropagator().inject(passed_on, trace.set_span_in_context(trace.NonRecordingSpan(sampled)))
    assert passed_on["uber-trace-id"].rpartition(":")[2] == "03"


@claim("propagation-last-wins", "opentelemetry.propagators.composite:CompositePropagator.extract")
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


@claim("propagation-b3", "jaeger_client.config:Config.propagation", "jaeger_client.codecs:B3Codec.inject")
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
