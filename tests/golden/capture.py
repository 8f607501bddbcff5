"""Capture what the libraries send, and record the flows. Run in the pinned lane only.

A caller asks a callee, which fails: kinds, an error, an event, references and all types of tags.
"""

from __future__ import annotations

import json
import os
import re
import socket
import tempfile
from collections.abc import Callable
from dataclasses import replace
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

from ot2otel import recording_file
from ot2otel.lab.catalog import FLOWS, VARIANTS, Flow
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import record
from ot2otel.model import Attributes, AttributeValue
from ot2otel.recording import Recording
from ot2otel.wire.decoded import Decoded
from ot2otel.wire.jaeger_thrift import decode_datagram
from ot2otel.wire.otlp_json_encoder import encode_json
from ot2otel.wire.otlp_protobuf import decode_protobuf
from tests.golden import DIRECTORY, RECORDINGS

# A recording's host is the packets'. Of a file in a stack trace, which may be cut off in the middle of its
# path, no more is kept than the module.
_OF_THIS_MACHINE = {"host.name": "golden", "ip": "192.0.2.1"}
_PATH = re.compile(r'File "[^"\n]*?(?P<end>[^"/\n]+/[^"/\n]+)?("|$)')


def main() -> None:
    # Nothing of this machine may be in a capture.
    os.environ["JAEGER_TAGS"] = "hostname=golden,ip=192.0.2.1"
    os.chdir(tempfile.gettempdir())
    _save("jaeger-client.datagram", _datagram(_send_with_jaeger_client), decode_datagram)
    _save("jaeger-thrift-exporter.datagram", _datagram(_send_with_thrift_exporter), decode_datagram)
    _save("otlp-http-exporter.pb", _body(_send_with_otlp_exporter), decode_protobuf)
    for flow in FLOWS.values():
        _save_recordings(flow)


def _save(name: str, packet: bytes, decode: Callable[[bytes], Decoded]) -> None:
    (DIRECTORY / name).write_bytes(packet)
    document = encode_json(decode(packet).spans)
    (DIRECTORY / name).with_suffix(".json").write_text(json.dumps(document, indent=1) + "\n")


def _save_recordings(flow: Flow) -> None:
    plans = [
        Plan(flow, variant, exporter, work=0)
        for variant in VARIANTS.values()
        for exporter in variant.exporters
    ]
    for recording in record(plans):
        path = RECORDINGS / f"{flow.name}-{recording.variant}-{recording.exporter}.json"
        recording_file.write(_neutral(recording), path)


def _neutral(recording: Recording) -> Recording:
    """Return the recording as if it was made on no machine in particular."""
    spans = tuple(
        replace(
            span,
            attributes=_neutral_attributes(span.attributes),
            resource=_neutral_attributes(span.resource),
            events=tuple(
                replace(event, attributes=_neutral_attributes(event.attributes)) for event in span.events
            ),
        )
        for span in recording.spans
    )
    return replace(recording, spans=spans)


def _neutral_attributes(attributes: Attributes) -> Attributes:
    def neutral(key: str, value: AttributeValue) -> AttributeValue:
        if isinstance(value, str):
            return _OF_THIS_MACHINE.get(key, _PATH.sub(r'File "\g<end>"', value))
        return value

    return {key: neutral(key, value) for key, value in attributes.items()}


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


def _send_with_jaeger_client(port: int) -> None:
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


def _send_with_thrift_exporter(port: int) -> None:
    _send_with_sdk(JaegerExporter(agent_host_name="127.0.0.1", agent_port=port))


def _send_with_otlp_exporter(port: int) -> None:
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
