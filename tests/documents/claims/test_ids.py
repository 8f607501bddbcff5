"""Trace ids of 64 and of 128 bits, and their leading zeros."""

from __future__ import annotations

from jaeger_client.codecs import B3Codec
from opentelemetry.propagators.b3 import B3MultiFormat
from opentelemetry.propagators.jaeger import JaegerPropagator
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import format_trace_id, get_current_span
from opentracing import Format

from tests.documents.claims.marks import claim
from tests.documents.claims.tracers import legacy, native

SPAN = "b7ad6b7169203331"


def uber_trace_id(**options: object) -> str:
    tracer = legacy(**options).tracer
    headers: dict[str, str] = {}
    tracer.inject(tracer.start_span("s").context, Format.HTTP_HEADERS, headers)
    return headers["uber-trace-id"]


@claim(
    "id-width",
    "jaeger_client.tracer:Tracer._random_id",
    "opentelemetry.sdk.trace.id_generator:RandomIdGenerator.generate_trace_id",
)
def test_jaeger_client_makes_ids_of_64_bits_by_default_and_opentelemetry_of_128() -> None:
    for options, longest in (({}, 16), ({"generate_128bit_trace_id": True}, 32)):
        trace_id = uber_trace_id(**options).split(":")[0]
        assert longest - 8 < len(trace_id) <= longest
    with native().tracer.start_as_current_span("s") as span:
        assert span.get_span_context().trace_id >= 2**64


@claim(
    "id-padding",
    "opentelemetry.propagators.jaeger:JaegerPropagator.inject",
    "jaeger_client.codecs:span_context_to_string",
)
def test_opentelemetry_pads_a_64_bit_id_and_jaeger_client_sends_none_of_the_zeros() -> None:
    propagator = JaegerPropagator()
    sent: dict[str, str] = {}
    context = propagator.extract({"uber-trace-id": f"af7651916cd43dd:{SPAN}:0:1"})
    propagator.inject(sent, context)
    tracer = legacy().tracer
    relayed: dict[str, str] = {}
    tracer.inject(tracer.extract(Format.HTTP_HEADERS, sent), Format.HTTP_HEADERS, relayed)

    assert sent["uber-trace-id"].split(":")[0] == "00000000000000000af7651916cd43dd"
    assert relayed["uber-trace-id"].split(":")[0] == "af7651916cd43dd"


@claim(
    "id-b3-zero", "jaeger_client.codecs:B3Codec.inject", "opentelemetry.propagators.b3:B3MultiFormat.extract"
)
def test_a_leading_zero_lost_by_b3_of_jaeger_client_makes_opentelemetry_refuse_the_trace() -> None:
    carrier = {"x-b3-traceid": f"0{'a' * 31}", "x-b3-spanid": SPAN, "x-b3-sampled": "1"}
    understood = []
    for wide in (False, True):
        codec = B3Codec(generate_128bit_trace_id=wide)
        tracer = legacy(extra_codecs={Format.HTTP_HEADERS: codec}, generate_128bit_trace_id=wide).tracer
        sent: dict[str, str] = {}
        tracer.inject(tracer.extract(Format.HTTP_HEADERS, carrier), Format.HTTP_HEADERS, sent)
        lower = {name.lower(): value for name, value in sent.items()}
        context = get_current_span(B3MultiFormat().extract(lower)).get_span_context()
        understood.append((len(lower["x-b3-traceid"]), context.is_valid))

    assert understood == [(31, False), (32, True)]


@claim("id-in-logs", "opentelemetry.trace.span:format_trace_id")
def test_format_trace_id_writes_32_digits_also_of_a_small_id() -> None:
    class Small(RandomIdGenerator):
        def generate_trace_id(self) -> int:
            return 0xA

    with native(id_generator=Small()).tracer.start_as_current_span("s") as span:
        context = span.get_span_context()

    assert format_trace_id(context.trace_id) == "0" * 31 + "a"
    # An int, as in jaeger-client: hex() would lose the zeros.
    assert isinstance(legacy().tracer.start_span("s").trace_id, int)
