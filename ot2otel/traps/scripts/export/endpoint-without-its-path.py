# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"]
# ///
"""The collector answers 404 to every export: it is asked for `/`, not for `/v1/traces`.

Cause: OTEL_EXPORTER_OTLP_ENDPOINT is a base to which opentelemetry-exporter-otlp-proto-http adds the path.
    The argument `endpoint`, and OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, are taken as they stand, in every
    release.
Met: open-telemetry/opentelemetry-python#5628, cBioPortal/cbioportal-mcp#64
Way out: The variable; or the whole address, `OTLPSpanExporter(endpoint="http://collector:4318/v1/traces")`.
Found by: `ot2otel record` of the service: it says why no span arrived.
Lanes: pinned, newest
"""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

PATHS = []


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        PATHS.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def export(exporter: OTLPSpanExporter) -> None:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    provider.get_tracer("app").start_span("request").end()


with HTTPServer(("127.0.0.1", 0), Receiver) as server:
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    export(OTLPSpanExporter(endpoint=address))
    os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address
    export(OTLPSpanExporter())
    server.shutdown()
assert PATHS[1] == "/v1/traces"
assert PATHS[0] == "/v1/traces", f"the exporter posts to {PATHS[0]}"
