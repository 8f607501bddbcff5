"""Sets up tracing for one service: this module alone knows which tracer it is."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import get_global_textmap
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace import Tracer


@dataclass(frozen=True, slots=True)
class Tracing:
    """What a service needs for its spans; `close` and `flush` deliver those that are finished."""

    tracer: Tracer
    propagator: TextMapPropagator
    close: Callable[[], None]
    flush: Callable[[], None] = lambda: None


class UnknownExporterError(ValueError):
    """OTEL_TRACES_EXPORTER names an exporter that is not here; the text says what to do."""


def start_tracing(service: str) -> Tracing:
    """Return the tracing of `service`, exporting as OpenTelemetry's environment variables say."""
    provider = start_provider(service, namespace="native")
    return Tracing(
        provider.get_tracer("otel_native"),
        get_global_textmap(),
        close=lambda: close_provider(provider),
        flush=lambda: flush_provider(provider),
    )


def start_provider(service: str, namespace: str) -> TracerProvider:
    """Return a provider with the exporters that OTEL_TRACES_EXPORTER lists (`otlp` unless it is set).

    The SDK itself reads OTEL_EXPORTER_OTLP_*, OTEL_EXPORTER_JAEGER_*, OTEL_PROPAGATORS,
    OTEL_TRACES_SAMPLER, OTEL_BSP_* and OTEL_RESOURCE_ATTRIBUTES. Raises UnknownExporterError.
    """
    exporters = [_exporter(name) for name in os.environ.get("OTEL_TRACES_EXPORTER", "otlp").split(",")]
    # jaeger-client always says on which host it runs; the SDK's detector for it is found by name only.
    os.environ.setdefault("OTEL_EXPERIMENTAL_RESOURCE_DETECTORS", "host")
    resource = Resource.create({"service.name": service, "service.namespace": namespace})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    for exporter in exporters:
        if exporter is not None:
            provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def close_provider(provider: TracerProvider, timeout: float = 4.0) -> None:
    """Wait until every finished span was exported, for `timeout` seconds at most."""
    # Without a collector the exporter's back-off would hold the service for longer than it may take to stop.
    shutdown = threading.Thread(target=provider.shutdown, daemon=True)
    shutdown.start()
    shutdown.join(timeout)


def flush_provider(provider: TracerProvider, timeout: float = 2.0) -> None:
    """Wait until every span finished so far was exported, for `timeout` seconds at most."""
    # The SDK's time-out doesn't hold: its batch processor exports in the calling thread, back-off and all.
    flush = threading.Thread(target=provider.force_flush, daemon=True)
    flush.start()
    flush.join(timeout)


def _exporter(name: str) -> SpanExporter | None:
    try:
        make = _EXPORTERS[name.strip()]
    except KeyError:
        known = ", ".join(_EXPORTERS)
        raise UnknownExporterError(f"OTEL_TRACES_EXPORTER={name}: choose from {known}") from None
    return make()


def _jaeger() -> SpanExporter:
    try:
        from opentelemetry.exporter.jaeger.thrift import JaegerExporter
    except ImportError as error:
        # Installed beside SDK 1.40 or newer it is there and fails on import all the same.
        raise UnknownExporterError(
            f"the Jaeger thrift exporter does not import here ({error}): "
            "export with OTEL_TRACES_EXPORTER=otlp, "
            "or install ot2otel[jaeger-thrift] with opentelemetry-sdk<=1.39.1"
        ) from error
    # Otherwise a batch of more than 65 000 bytes is dropped whole and reported as a success.
    exporter: SpanExporter = JaegerExporter(udp_split_oversized_batches=True)
    return exporter


_EXPORTERS: dict[str, Callable[[], SpanExporter | None]] = {
    "otlp": OTLPSpanExporter,
    "jaeger": _jaeger,
    "console": ConsoleSpanExporter,
    "none": lambda: None,
}
