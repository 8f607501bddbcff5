"""The OpenTracing API on OpenTelemetry's shim, up to each rung."""

from __future__ import annotations

from collections.abc import Sequence

from opentelemetry.shim.opentracing_shim import create_tracer

from legacy_opentracing.tracing import Tracing
from ot2otel.lab.overhead.programs.rungs import providers
from ot2otel.lab.overhead.programs.rungs.rung import Variant, make


def open_variant(level: str, services: Sequence[str]) -> Variant:
    """Open the variant with one provider a service."""
    opened = {service: providers.LEVELS[level](service) for service in services}
    tracings = {
        service: Tracing(create_tracer(provider), close=lambda: None) for service, provider in opened.items()
    }
    return Variant(
        lambda flow, service, *urls: make("legacy_opentracing", flow, service, tracings[service], *urls),
        flush=lambda: providers.flush(opened.values()),
        close=lambda: providers.close(opened.values()),
    )
