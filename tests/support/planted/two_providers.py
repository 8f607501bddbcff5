"""A server whose own spans and whose framework's come from two providers, as before the set-up was mended.

`python -m tests.support.planted.two_providers` answers one request; the arguments name what is wrong:
`apart` gives the framework a provider of its own, `silent` registers none, `manual` adds a SERVER span by
hand to the framework's, `old` writes that span's attributes by the old conventions.
"""

from __future__ import annotations

import sys

import flask
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from tests.golden.exchanges.asking import Ask, ask, served


def provider(service: str | None) -> TracerProvider:
    """Make a provider that exports each span at once."""
    made = TracerProvider(resource=Resource.create({"service.name": service} if service else {}))
    made.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
    return made


def main(*wrong: str) -> None:
    """Serve one request."""
    own = provider("shop")
    if "silent" not in wrong:
        trace.set_tracer_provider(provider(None) if "apart" in wrong else own)
    app = flask.Flask("shop")
    kind = trace.SpanKind.SERVER if {"manual", "silent"} & set(wrong) else trace.SpanKind.INTERNAL
    key = "http.method" if "old" in wrong else "http.request.method"

    @app.get("/")
    def index() -> str:
        with own.get_tracer("shop").start_as_current_span("index", kind=kind, attributes={key: "GET"}):
            return "ok"

    FlaskInstrumentor().instrument_app(app)  # type: ignore[no-untyped-call]  # it publishes no types
    with served(app) as port:
        ask(port, [Ask("GET", "/")])


if __name__ == "__main__":
    main(*sys.argv[1:])
