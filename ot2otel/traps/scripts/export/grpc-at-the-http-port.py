# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-grpc"]
# ///
"""No span arrives, the service runs well and ends with 0.

Cause: opentelemetry-distro, up to 0.66b1, exports over OTLP/gRPC unless it is told otherwise. Sent to a port
    for OTLP/HTTP, 4318 by custom, every export fails; the exporter logs that at most, and the program goes
    on.
Met: open-telemetry/opentelemetry-operator#516
Way out: `OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf` with port 4318, `grpc` with 4317.
Found by: `ot2otel record` of the service: it says that gRPC came to an HTTP port.
Lanes: pinned, newest
"""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult


class Quiet(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


span = TracerProvider().get_tracer("app").start_span("request")
span.end()
with HTTPServer(("127.0.0.1", 0), Quiet) as server:
    Thread(target=server.serve_forever, daemon=True).start()
    exporter = OTLPSpanExporter(endpoint=f"http://127.0.0.1:{server.server_port}", insecure=True, timeout=1)
    result = exporter.export([span])
    exporter.shutdown()
    server.shutdown()
assert result is SpanExportResult.SUCCESS, f"the export ends with {result.name}"
