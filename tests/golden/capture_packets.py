"""Captures what the libraries send: `python -m tests.golden.capture_packets`, in the pinned lane.

A caller asks a callee, which fails: kinds, an error, an event, references and all types of tags.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import opentracing
from jaeger_client.config import Config
from opentelemetry.exporter.jaeger.thrift import JaegerExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

from ot2otel.wire.decoded import Decoded
from ot2otel.wire.jaeger_thrift import decode_datagram
from ot2otel.wire.otlp_json_encoder import encode_json
from ot2otel.wire.otlp_protobuf import decode_protobuf
from tests.golden import OF_NO_MACHINE, PACKETS


def main() -> None:
    os.environ |= OF_NO_MACHINE
    _save("jaeger-client.datagram", _datagram(send_with_jaeger_client), decode_datagram)
    _save("jaeger-thrift-exporter.datagram", _datagram(send_with_thrift_exporter), decode_datagram)
    _save("otlp-http-exporter.pb", _body(send_with_otlp_exporter), decode_protobuf)


def _save(name: str, packet: bytes, decode: Callable[[bytes], Decoded]) -> None:
    (PACKETS / name).write_bytes(packet)
    document = encode_json(decode(packet).spans)
    (PACKETS / name).with_suffix(".json").write_text(json.dumps(document, indent=1) + "\n")


def _datagram(send: Callable[[int], None]) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        send(receiver.getsockname()[1])
        return receiver.recv(65536)


def _body(send: Callable[[int], None]) -> bytes:
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever).start()
        send(server.server_port)
        server.shutdown()
    return bodies[0]


def send_with_jaeger_client(port: int) -> None:
    tracer = Config(
        {
            "sampler": {"type": "const", "param": 1},
            "local_agent": {"reporting_host": "127.0.0.1", "reporting_port": port},
            "logging": False,
        },
        service_name="caller",
        validate=True,
    ).new_tracer()
    with tracer.start_span("ask", tags={"span.kind": "client", "http.method": "GET"}) as caller:
        callee = tracer.start_span("answer", child_of=caller, tags={"span.kind": "server", "ratio": 0.5})
        callee.set_tag("error", True).set_tag("http.status_code", 500)
        callee.log_kv({"event": "answered", "message": "Grüße"})
        callee.finish()
        tracer.start_span("audit", references=[opentracing.follows_from(callee.context)]).finish()
    tracer.close()


def send_with_thrift_exporter(port: int) -> None:
    _send_with_sdk(JaegerExporter(agent_host_name="127.0.0.1", agent_port=port))


def send_with_otlp_exporter(port: int) -> None:
    _send_with_sdk(OTLPSpanExporter(f"http://127.0.0.1:{port}/v1/traces"))


def _send_with_sdk(exporter: SpanExporter) -> None:
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: "caller", "host.name": "golden"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("golden", "1.0")
    with tracer.start_as_current_span("ask", kind=SpanKind.CLIENT) as caller:
        caller.set_attributes({"http.request.method": "GET", "tries": [1, 2], "cached": False})
        with tracer.start_as_current_span("answer", kind=SpanKind.SERVER) as callee:
            callee.set_attributes({"ratio": 0.5, "http.response.status_code": 500})
            callee.add_event("answered", {"message": "Grüße"})
            callee.record_exception(ValueError("no such name"))
            callee.set_status(Status(StatusCode.ERROR, "no such name"))
        tracer.start_span("audit", links=[Link(callee.get_span_context(), {"why": "after"})]).end()
    provider.shutdown()


if __name__ == "__main__":
    main()
