"""Tracers in this process, and their spans as the wire decoders return them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import pytest
from jaeger_client import thrift as jaeger_thrift
from jaeger_client.reporter import InMemoryReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.thrift_gen.agent import Agent
from jaeger_client.tracer import Tracer as JaegerTracer
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.propagate import get_global_textmap, set_global_textmap
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.sdk import environment_variables
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.shim.opentracing_shim import create_tracer
from thrift import Thrift
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.transport.TTransport import TMemoryBuffer

from ot2otel.model import Span
from ot2otel.wire.jaeger_thrift import decode_datagram
from ot2otel.wire.otlp_protobuf import decode_protobuf
from tests.support.untyped import AnyTracer

HAS_THRIFT_EXPORTER = find_spec("opentelemetry.exporter.jaeger") is not None and hasattr(
    environment_variables, "OTEL_EXPORTER_JAEGER_AGENT_HOST"
)
needs_thrift_exporter = pytest.mark.skipif(
    not HAS_THRIFT_EXPORTER, reason="the Jaeger thrift exporter does not import beside this SDK"
)


@dataclass(frozen=True, slots=True)
class Traced:
    """A tracer and its finished spans, in the order of their ends."""

    tracer: AnyTracer
    spans: Callable[[], tuple[Span, ...]]

    @property
    def span(self) -> Span:
        """The only finished span; ValueError if there are more or none."""
        (span,) = self.spans()
        return span


class _Reporter(InMemoryReporter):
    """Keeps the spans, and writes them as a datagram as jaeger-client does."""

    def set_process(self, service_name: str, tags: Mapping[str, object], max_length: int) -> None:
        self.process = jaeger_thrift.make_process(service_name, tags, max_length)

    def datagram(self) -> bytes:
        buffer = TMemoryBuffer()
        batch = jaeger_thrift.make_jaeger_batch(self.get_spans(), self.process)
        protocol = TCompactProtocol(buffer)
        protocol.writeMessageBegin("emitBatch", Thrift.TMessageType.ONEWAY, 1)
        Agent.emitBatch_args(batch).write(protocol)
        protocol.writeMessageEnd()
        return bytes(buffer.getvalue())


def legacy(**options: Any) -> Traced:  # Any: each option has its own type
    """Return a jaeger-client tracer that samples everything; `options` are its constructor's."""
    reporter = _Reporter()
    # Without a tag `ip` it opens a socket to find its address, and does not close it.
    defaults: dict[str, Any] = {"sampler": ConstSampler(True), "tags": {"ip": "127.0.0.1"}}  # Any: as above
    tracer = JaegerTracer("service", reporter=reporter, **(defaults | options))
    return Traced(tracer, lambda: decode_datagram(reporter.datagram()).spans)


def native(**options: Any) -> Traced:  # Any: each option has its own type
    """Return an OpenTelemetry tracer; `options` are its provider's."""
    provider, spans = _provider(**options)
    return Traced(provider.get_tracer("application"), spans)


def shim(**options: Any) -> Traced:  # Any: each option has its own type
    """Return an OpenTracing tracer on the shim; `options` are its provider's."""
    provider, spans = _provider(**options)
    return Traced(create_tracer(provider), spans)


def shim_and_native() -> tuple[Traced, Traced]:
    """Return tracers of both APIs on one provider."""
    provider, spans = _provider()
    return Traced(create_tracer(provider), spans), Traced(provider.get_tracer("application"), spans)


def thrift_exporter(agent_port: int, **options: object) -> SpanExporter:
    """Return a Jaeger thrift exporter, which warns that it is deprecated."""
    from opentelemetry.exporter.jaeger.thrift import JaegerExporter

    with pytest.warns(DeprecationWarning, match="Please use the OTLP exporter instead"):
        exporter: SpanExporter = JaegerExporter("127.0.0.1", agent_port, **options)
    return exporter


@contextmanager
def shim_over_thrift(agent_port: int) -> Iterator[AnyTracer]:
    """Give a shim tracer whose spans reach an agent's port through the Jaeger thrift exporter."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(thrift_exporter(agent_port)))
    try:
        yield create_tracer(provider)
    finally:
        provider.shutdown()


@contextmanager
def propagating(*propagators: TextMapPropagator) -> Iterator[TextMapPropagator]:
    """Make these the global propagators, as OTEL_PROPAGATORS does for a process."""
    previous = get_global_textmap()
    set_global_textmap(CompositePropagator(list(propagators)))
    try:
        yield get_global_textmap()
    finally:
        set_global_textmap(previous)


def _provider(
    **options: Any,  # Any: each option has its own type
) -> tuple[TracerProvider, Callable[[], tuple[Span, ...]]]:
    provider = TracerProvider(shutdown_on_exit=False, **options)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))

    def spans() -> tuple[Span, ...]:
        request = encode_spans(exporter.get_finished_spans())
        return decode_protobuf(request.SerializeToString()).spans

    return provider, spans
