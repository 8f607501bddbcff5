"""OpenTelemetry's tracer providers up to each rung; the shim and the native API are put on top."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler
from opentelemetry.trace import NoOpTracerProvider
from opentelemetry.trace import TracerProvider as AnyTracerProvider

from otel_native.tracing import close_provider, start_provider


class NullExporter(SpanExporter):
    """Throws the spans away."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Take the batch and forget it."""
        return SpanExportResult.SUCCESS


def hooks(service: str) -> AnyTracerProvider:
    """Return a no-op provider, as the API has without an SDK."""
    return NoOpTracerProvider()


def unsampled(service: str) -> TracerProvider:
    """Return a provider that samples no trace."""
    return _null_exporter(service, ALWAYS_OFF)


def null(service: str) -> TracerProvider:
    """Return a provider that throws its batches away."""
    return _null_exporter(service, ALWAYS_ON)


def real(service: str) -> TracerProvider:
    """Return the provider that the service itself uses."""
    return start_provider(service, namespace="benchmark")


def _null_exporter(service: str, sampler: Sampler) -> TracerProvider:
    resource = Resource.create({"service.name": service, "service.namespace": "benchmark"})
    provider = TracerProvider(resource=resource, sampler=sampler, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(NullExporter()))
    return provider


LEVELS: dict[str, Callable[[str], AnyTracerProvider]] = {
    "hooks": hooks,
    "unsampled": unsampled,
    "null": null,
    "real": real,
}


def flush(providers: Iterable[AnyTracerProvider]) -> None:
    """Export the spans in the queues, in this thread."""
    for provider in providers:
        if isinstance(provider, TracerProvider):
            provider.force_flush()


def close(providers: Iterable[AnyTracerProvider]) -> None:
    """End the exporting threads."""
    for provider in providers:
        if isinstance(provider, TracerProvider):
            close_provider(provider)
