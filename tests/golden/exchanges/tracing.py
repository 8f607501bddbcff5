"""The tracing of an exchange: jaeger-client, or OpenTelemetry's SDK with the global provider."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Started:
    """A tracing that runs; `tracer` is OpenTracing's, None under OpenTelemetry."""

    tracer: Any  # Any: neither library publishes a type that both lanes have
    close: Callable[[], None]


def opentracing(service: str) -> Started:
    """Start jaeger-client, which reads JAEGER_*, as the global tracer."""
    from jaeger_client.config import Config

    tracer: Any = Config({"sampler": {"type": "const", "param": 1}}, service_name=service).initialize_tracer()

    def close() -> None:
        # Its queue is sent by a thread; `close` returns a future that is done when it was sent.
        tracer.close()
        time.sleep(1)

    return Started(tracer, close)


def opentelemetry(service: str) -> Started:
    """Start the SDK, which reads OTEL_*, as the global provider."""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return Started(None, provider.shutdown)


START = {"opentracing": opentracing, "opentelemetry": opentelemetry}
