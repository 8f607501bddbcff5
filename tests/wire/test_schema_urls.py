"""The schemas that OTLP names for resources and scopes: read from both encodings, and written again."""

from __future__ import annotations

import json

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ot2otel.model import Scope, Span
from ot2otel.wire import otlp_json, otlp_protobuf
from ot2otel.wire.otlp_json_encoder import encode_json

OF_RESOURCE, OF_SCOPE, OTHER = (
    f"https://opentelemetry.io/schemas/{version}" for version in ("1.11.0", "1.21.0", "1.37.0")
)
NAMED = Span("1" * 32, "1" * 16, "a", scope=Scope("lib", "1", {}, OF_SCOPE), resource_schema_url=OF_RESOURCE)
UNNAMED = Span("1" * 32, "2" * 16, "b", scope=Scope("lib", "1"))
OTHERWISE = Span("1" * 32, "3" * 16, "c", scope=Scope("lib", "1", {}, OTHER), resource_schema_url=OTHER)
ALL = (NAMED, UNNAMED, OTHERWISE)


def test_json_keeps_the_schemas_of_resource_and_scope() -> None:
    decoded = otlp_json.decode_json(json.dumps(encode_json(ALL)))

    assert decoded.spans == ALL
    assert decoded.schemas == {OF_RESOURCE, OF_SCOPE, OTHER}
    assert not decoded.unread


def test_a_span_that_is_read_the_strict_way_has_them_too() -> None:
    document = encode_json([NAMED])
    document["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["kind"] = "SPAN_KIND_ODD"

    assert otlp_json.decode_json(document).spans == (NAMED,)


def test_protobuf_has_the_schemas_of_resource_and_scope() -> None:
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add(schema_url=OF_RESOURCE)
    scope_spans = resource_spans.scope_spans.add(schema_url=OF_SCOPE)
    scope_spans.scope.name, scope_spans.scope.version = "lib", "1"
    scope_spans.spans.add(trace_id=b"\x11" * 16, span_id=b"\x11" * 8, name="a")

    body = request.SerializeToString()

    assert otlp_protobuf.decode_protobuf(body).spans == (NAMED,)
    assert otlp_protobuf.check_protobuf(body).build() == (NAMED,)


def test_a_schema_that_is_no_text_is_left_out() -> None:
    document = encode_json([UNNAMED])
    document["resourceSpans"][0]["schemaUrl"] = {"a": 1}

    assert otlp_json.decode_json(document).spans == (UNNAMED,)
