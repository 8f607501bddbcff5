"""The untraced flow under OpenTelemetry's instrumentation of Flask and requests, up to each rung."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor

from ot2otel.lab.overhead.programs.rungs import providers
from ot2otel.lab.overhead.programs.rungs.rung import Variant, make


def open_variant(level: str, services: Sequence[str]) -> Variant:
    """Open the variant with one provider a service; the front one also traces the calls of `requests`."""
    opened = {service: providers.LEVELS[level](service) for service in services}
    front = opened[services[-1]]

    def make_instrumented(flow: str, service: str, *urls: str) -> Flask:
        app = make("otel_auto", flow, service, *urls)
        FlaskInstrumentor().instrument_app(  # type: ignore[no-untyped-call]  # it publishes no types
            app, tracer_provider=opened[service]
        )
        return app

    return Variant(
        make_instrumented,
        flush=lambda: providers.flush(opened.values()),
        close=lambda: providers.close(opened.values()),
        switch_on=lambda: RequestsInstrumentor().instrument(tracer_provider=front, skip_dep_check=True),
        switch_off=lambda: RequestsInstrumentor().uninstrument(),
    )
