"""The OpenTelemetry API and SDK, up to each rung."""

from __future__ import annotations

from opentelemetry.propagate import get_global_textmap
from opentelemetry.trace import TracerProvider

from benchmarks.rungs import Flow, providers
from otel_native import hello
from otel_native.tracing import Tracing


def open_flow(level: str) -> Flow:
    """Open the flow with one provider a service."""
    first, second = (providers.LEVELS[level](service) for service in ("server-1", "server-2"))
    return Flow(
        lambda url: hello.server_1(_tracing(first), url, work=0),
        lambda: hello.server_2(_tracing(second), work=0),
        flush=lambda: providers.flush(first, second),
        close=lambda: providers.close(first, second),
    )


def _tracing(provider: TracerProvider) -> Tracing:
    return Tracing(provider.get_tracer("otel_native"), get_global_textmap(), close=lambda: None)
