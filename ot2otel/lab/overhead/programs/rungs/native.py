"""The OpenTelemetry API and SDK, up to each rung."""

from __future__ import annotations

from collections.abc import Sequence

from opentelemetry.propagate import get_global_textmap

from ot2otel.lab.overhead.programs.rungs import providers
from ot2otel.lab.overhead.programs.rungs.rung import Variant, make
from otel_native.tracing import Tracing


def open_variant(level: str, services: Sequence[str]) -> Variant:
    """Open the variant with one provider a service."""
    opened = {service: providers.LEVELS[level](service) for service in services}
    tracings = {
        service: Tracing(provider.get_tracer("otel_native"), get_global_textmap(), close=lambda: None)
        for service, provider in opened.items()
    }
    return Variant(
        lambda flow, service, *urls: make("otel_native", flow, service, tracings[service], *urls),
        flush=lambda: providers.flush(opened.values()),
        close=lambda: providers.close(opened.values()),
    )
