"""Records one program under the old HTTP conventions, under both, and under the stable ones.

The program is Flask and requests with OpenTelemetry's instrumentations for them, which write what
OTEL_SEMCONV_STABILITY_OPT_IN asks for: `python -m tests.golden.record_conventions`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

from ot2otel import recording_file
from ot2otel.model import AttributeValue, Kind, Span
from ot2otel.receive.collector import Collector
from ot2otel.recording import Recording
from tests.golden import DIRECTORY

CONVENTIONS = DIRECTORY / "conventions"
OPT_INS = {"old": "", "both": "http/dup", "stable": "http"}
_PORT, _CLIENT_PORT = 8081, 50000  # in place of the free ones
_OF_CLIENT = {"net.peer.port", "client.port"}  # on a server's span
_PROGRAM = """
from threading import Thread

import flask
import requests
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from werkzeug.serving import WSGIRequestHandler, make_server

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
app = flask.Flask("shop")
FlaskInstrumentor().instrument_app(app)
RequestsInstrumentor().instrument()

@app.get("/items/<name>")
def item(name):
    return (f"{name}: {flask.request.args.get('size', 'any')}", 200 if name != "none" else 404)

@app.get("/broken")
def broken():
    return ("broken", 500)

class Quiet(WSGIRequestHandler):
    def log(self, *words):
        pass

server = make_server("127.0.0.1", 0, app, request_handler=Quiet)
Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"
print(server.server_port)
for path in ("/items/cup?size=2&colour=red", "/items/none", "/broken"):
    requests.get(base + path)
server.shutdown()
provider.shutdown()
"""


def main() -> None:
    CONVENTIONS.mkdir(exist_ok=True)
    for name, opt_in in OPT_INS.items():
        recording_file.write(record(opt_in), CONVENTIONS / f"{name}.json")


def record(opt_in: str) -> Recording:
    """Return what the program sends with this value of OTEL_SEMCONV_STABILITY_OPT_IN."""
    with Collector() as collector:
        printed = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env={
                **os.environ,
                "OTEL_SEMCONV_STABILITY_OPT_IN": opt_in,
                "OTEL_EXPORTER_OTLP_ENDPOINT": collector.otlp_endpoint,
                "OTEL_SERVICE_NAME": "shop",
            },
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout
        spans: Sequence[Span] = collector.spans
    spans = sorted(spans, key=lambda span: span.start_ns)
    return Recording(tuple(_neutral(span, int(printed)) for span in spans))


def _neutral(span: Span, port: int) -> Span:
    """Return the span as if the server and its clients had fixed ports."""
    values = {key: _with_port(value, port) for key, value in span.attributes.items()}
    clients = {key: _CLIENT_PORT for key in _OF_CLIENT & values.keys() if span.kind is Kind.SERVER}
    return replace(span, attributes=values | clients)


def _with_port(value: AttributeValue, port: int) -> AttributeValue:
    if isinstance(value, str):
        return value.replace(f":{port}", f":{_PORT}")
    return _PORT if value == port else value


if __name__ == "__main__":
    main()
