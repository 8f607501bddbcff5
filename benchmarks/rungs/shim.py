"""The OpenTracing API on OpenTelemetry's shim, up to each rung."""

from __future__ import annotations

from opentelemetry.shim.opentracing_shim import create_tracer

from benchmarks.rungs import Flow, providers
from legacy_opentracing import hello
from legacy_opentracing.tracing import Tracing


def open_flow(level: str) -> Flow:
    """Open the flow with one provider a service."""
    first, second = (providers.LEVELS[level](service) for service in ("server-1", "server-2"))
    return Flow(
        lambda url: hello.server_1(Tracing(create_tracer(first), close=lambda: None), url, work=0),
        lambda: hello.server_2(Tracing(create_tracer(second), close=lambda: None), work=0),
        flush=lambda: providers.flush(first, second),
        close=lambda: providers.close(first, second),
    )
