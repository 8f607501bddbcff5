"""Sets up tracing for one service: only this module names the tracer."""

from __future__ import annotations

from flask import Flask
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor

from otel_auto.__main__ import Instrumentation
from otel_native.tracing import close_provider, start_provider


def start_tracing(service: str) -> Instrumentation:
    """Return the tracing of `service`, both of its incoming and of its outgoing requests."""
    provider = start_provider(service, namespace="instrumented")

    def apply(app: Flask) -> None:
        FlaskInstrumentor().instrument_app(  # type: ignore[no-untyped-call]  # it publishes no types
            app, tracer_provider=provider
        )

    RequestsInstrumentor().instrument(tracer_provider=provider)
    return Instrumentation(apply, close=lambda: close_provider(provider))
