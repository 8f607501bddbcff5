"""Large requests of OTLP in protobuf."""

from __future__ import annotations

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def request(resources: int, scopes: int, spans: int, text: int, head: int = 1) -> bytes:
    """Return a message with so many of each in the other; `text` and `head` are bytes of names."""
    message = ExportTraceServiceRequest()
    number = 0
    for resource in range(resources):
        resource_spans = message.resource_spans.add(schema_url="u" * head)
        value = resource_spans.resource.attributes.add(key="service.name").value
        value.string_value = f"service {resource}"
        for scope in range(scopes):
            scope_spans = resource_spans.scope_spans.add()
            scope_spans.scope.name = f"scope {scope}"
            for _ in range(spans):
                number += 1
                span = scope_spans.spans.add(name=f"{number} {'n' * text}")
                span.trace_id, span.span_id = b"1" * 16, number.to_bytes(8, "big")
    body: bytes = message.SerializeToString()
    return body
