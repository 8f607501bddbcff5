"""Sets up tracing for one service: only this module names the tracer."""

from __future__ import annotations

from opentelemetry.shim.opentracing_shim import create_tracer

from legacy_opentracing.tracing import Tracing
from otel_native.tracing import active_ids, close_provider, flush_provider, global_provider


def start_tracing(service: str) -> Tracing:
    """Return the tracing of `service`: an OpenTracing tracer on the provider that native code uses."""
    provider = global_provider(service, namespace="shim")
    return Tracing(
        create_tracer(provider),
        close=lambda: close_provider(provider),
        ids=active_ids,
        flush=lambda: flush_provider(provider),
    )
