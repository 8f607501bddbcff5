"""The kind of a span: client, server or internal."""

from __future__ import annotations

import socket

from jaeger_client.thrift_gen.agent import Agent
from opentelemetry.trace import SpanKind
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.transport.TTransport import TMemoryBuffer

from ot2otel.model import Kind
from tests.documents.claims.marks import claim
from tests.documents.claims.tracers import legacy, native, needs_thrift_exporter, shim, shim_over_thrift


@claim(
    "shim-kind",
    "opentelemetry.shim.opentracing_shim:TracerShim.start_span",
    "opentelemetry.shim.opentracing_shim:SpanShim.set_tag",
)
def test_every_span_of_the_shim_is_internal_and_keeps_its_kind_as_an_attribute() -> None:
    old, new = legacy(), shim()
    for traced in (old, new):
        traced.tracer.start_span("at the start", tags={"span.kind": "client"}).finish()
        traced.tracer.start_span("later").set_tag("span.kind", "client").finish()

    assert [span.kind for span in old.spans()] == [Kind.CLIENT, Kind.CLIENT]
    kept = (Kind.INTERNAL, {"span.kind": "client"})
    assert [(span.kind, span.attributes) for span in new.spans()] == [kept, kept]


@claim("native-kind", "opentelemetry.sdk.trace:Tracer.start_span")
def test_a_kind_is_set_at_the_start_and_a_later_attribute_does_not_change_it() -> None:
    traced = native()
    with traced.tracer.start_as_current_span("given", kind=SpanKind.CLIENT):
        pass
    with traced.tracer.start_as_current_span("late") as late:
        late.set_attribute("span.kind", "client")

    assert [span.kind for span in traced.spans()] == [Kind.CLIENT, Kind.INTERNAL]


@needs_thrift_exporter
@claim("thrift-kind-twice", "opentelemetry.exporter.jaeger.thrift.translate:ThriftTranslator._extract_tags")
def test_over_thrift_two_tags_span_kind_arrive_and_internal_is_the_last() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as agent:
        agent.bind(("127.0.0.1", 0))
        agent.settimeout(5)
        with shim_over_thrift(agent.getsockname()[1]) as tracer:
            tracer.start_span("s", tags={"span.kind": "client"}).finish()
        protocol = TCompactProtocol(TMemoryBuffer(agent.recv(65536)))
    protocol.readMessageBegin()
    arguments = Agent.emitBatch_args()
    arguments.read(protocol)

    (span,) = arguments.batch.spans
    assert [tag.vStr for tag in span.tags if tag.key == "span.kind"] == ["client", "internal"]
