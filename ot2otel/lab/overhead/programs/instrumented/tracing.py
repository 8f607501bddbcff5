"""Sets up tracing for one service: this module alone knows which tracer it is."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor

from otel_native.tracing import close_provider, start_provider


def start_tracing(service: str, app: Flask) -> Callable[[], None]:
    """Trace what `app` answers and what this process asks; return what delivers the finished spans."""
    provider = start_provider(service, namespace="instrumented")
    FlaskInstrumentor().instrument_app(app, tracer_provider=provider)  # type: ignore[no-untyped-call]  # has no types
    RequestsInstrumentor().instrument(tracer_provider=provider)
    return lambda: close_provider(provider)
