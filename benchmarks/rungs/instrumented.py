"""The untraced flow under OpenTelemetry's instrumentation of Flask and requests, up to each rung."""

from __future__ import annotations

from flask import Flask
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.trace import TracerProvider

from benchmarks.rungs import Flow, providers
from benchmarks.untraced import hello


def open_flow(level: str) -> Flow:
    """Open the flow with one provider a service; the one of server-1 traces what `requests` sends."""
    first, second = (providers.LEVELS[level](service) for service in ("server-1", "server-2"))
    return Flow(
        lambda url: _instrumented(hello.server_1(url, work=0), first),
        lambda: _instrumented(hello.server_2(work=0), second),
        flush=lambda: providers.flush(first, second),
        close=lambda: providers.close(first, second),
        switch_on=lambda: RequestsInstrumentor().instrument(tracer_provider=first, skip_dep_check=True),
        switch_off=lambda: RequestsInstrumentor().uninstrument(),
    )


def _instrumented(app: Flask, provider: TracerProvider) -> Flask:
    FlaskInstrumentor().instrument_app(app, tracer_provider=provider)  # type: ignore[no-untyped-call]  # has no types
    return app
