"""Unknown keys and texts of enumerations are counted by every decoder of JSON, and of protobuf."""

from __future__ import annotations

from collections import Counter

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ot2otel.model import Kind, StatusCode
from ot2otel.wire import jaeger_json, otlp_json, sdk_json, zipkin_json
from ot2otel.wire.otlp_protobuf import decode_protobuf
from ot2otel.wire.unread import Shape, Unread, note
from tests.support.untyped import Json

IDS = {"traceId": "1" * 32, "spanId": "2" * 16}
USUAL = {"name": "op", "startTimeUnixNano": "1", "endTimeUnixNano": "2"}


def otlp(span: Json, **around: object) -> Json:
    scope_spans = {"spans": [{**IDS, **USUAL, **span}]}
    return {"resourceSpans": [{"scopeSpans": [scope_spans], **around}]}


def value(key: str, content: object) -> Json:
    return {"attributes": [{"key": "k", "value": {key: content}}]}


@pytest.mark.parametrize(
    ("document", "name"),
    [
        pytest.param(otlp({"spanSize": 1}), "span.spanSize", id="of a span"),
        pytest.param(otlp({"kind": "SPAN_KIND_BATCH"}), "span.kind 'SPAN_KIND_BATCH'", id="kind"),
        pytest.param(otlp({"kind": 9}), "span.kind 9", id="the number of a kind"),
        pytest.param(otlp({"status": {"code": "BAD"}}), "status.code 'BAD'", id="status code"),
        pytest.param(otlp({"status": {"reason": "x"}}), "status.reason", id="of a status"),
        pytest.param(
            otlp({"events": [{"timeUnixNano": "1", "name": "e", "level": 3}]}),
            "events.level",
            id="of an event",
        ),
        pytest.param(otlp({"links": [{**IDS, "relation": "caused"}]}), "links.relation", id="of a link"),
        pytest.param(otlp(value("uintValue", 1)), "value.uintValue", id="sort of value"),
        pytest.param(
            otlp({"attributes": [{"key": "k", "value": {"intValue": 1}, "unit": "ms"}]}),
            "attributes.unit",
            id="of an attribute",
        ),
        pytest.param(
            otlp(value("arrayValue", {"values": [{"uintValue": 1}]})), "values.uintValue", id="in an array"
        ),
        pytest.param(
            otlp({"attributes": [{"key": "k", "value": {"intValue": n}} for n in (1, 2, 3)]}),
            "attributes: two values of 'k'",
            id="values of one key",
        ),
        pytest.param(otlp({}, profiles=[]), "resourceSpans.profiles", id="beside spans"),
        pytest.param(
            otlp({}, resource={"attributes": [], "labels": {}}), "resource.labels", id="of a resource"
        ),
    ],
)
def test_an_unknown_key_or_text_of_otlp_is_counted_and_the_span_read(document: Json, name: str) -> None:
    decoded = otlp_json.decode_json(document)

    assert (len(decoded.spans), decoded.rejected, decoded.unread) == (1, (), {name: 1})


@pytest.mark.parametrize(
    "span",
    [
        {},
        {"status": {}},
        {"status": {"message": "m"}},
        {"status": {"code": 2, "message": "m"}},
        {"kind": None},
        {"flags": 1, "traceState": "", "events": [], "links": []},
        value("arrayValue", {"values": [{"kvlistValue": {"values": [{"key": "k", "value": {}}]}}]}),
        value("bytesValue", "AA=="),
        {"attributes": [{"key": "k"}]},
    ],
    ids=str,
)
def test_nothing_is_counted_in_what_exporters_write(span: Json) -> None:
    decoded = otlp_json.decode_json(otlp(span, schemaUrl="u", resource={"entityRefs": []}))

    assert (len(decoded.spans), decoded.unread, decoded.schemas) == (1, {}, frozenset({"u"}))


def test_spans_of_releases_before_the_scope_are_read() -> None:
    document = {
        "resourceSpans": [
            {
                "instrumentationLibrarySpans": [
                    {"instrumentationLibrary": {"name": "lib"}, "spans": [{**IDS, **USUAL}]}
                ]
            }
        ]
    }

    decoded = otlp_json.decode_json(document)

    assert [span.scope.name for span in decoded.spans] == ["lib"]
    assert decoded.unread == {}


def jaeger(span: Json, **trace: object) -> Json:
    entry = {"traceID": "1", "spanID": "2", "operationName": "op", "processID": "p1", **span}
    return {"traceID": "1", "spans": [entry], "processes": {"p1": {"serviceName": "s"}}, **trace}


def tags(key: str, content: str, kind: str = "string") -> Json:
    return {"tags": [{"key": key, "type": kind, "value": content}]}


@pytest.mark.parametrize(
    ("document", "name"),
    [
        pytest.param(jaeger({"weight": 1}), "span.weight", id="of a span"),
        pytest.param(jaeger({}, archived=True), "trace.archived", id="of a trace"),
        pytest.param(
            jaeger({"references": [{"refType": "CAUSED_BY", "traceID": "1", "spanID": "9"}]}),
            "references.refType 'CAUSED_BY'",
            id="reference",
        ),
        pytest.param(jaeger(tags("k", "v", "json")), "tags.type 'json'", id="type of a tag"),
        pytest.param(jaeger(tags("span.kind", "batch")), "span.kind 'batch'", id="kind"),
        pytest.param(jaeger(tags("otel.status_code", "BAD")), "otel.status_code 'BAD'", id="status code"),
        pytest.param(
            jaeger({}, processes={"p1": {"serviceName": "s", "host": "h"}}), "process.host", id="of a process"
        ),
    ],
)
def test_an_unknown_key_or_text_of_jaeger_is_counted_and_the_span_read(document: Json, name: str) -> None:
    decoded = jaeger_json.decode_json(document)

    assert (len(decoded.spans), decoded.rejected, decoded.unread) == (1, (), {name: 1})


def test_an_unknown_type_of_reference_stays_in_the_link_and_is_no_parent() -> None:
    document = jaeger({"references": [{"refType": "CAUSED_BY", "traceID": "1", "spanID": "9"}]})

    [span] = jaeger_json.decode_json(document).spans

    assert (span.parent_id, [link.attributes for link in span.links]) == (
        "",
        [{"opentracing.ref_type": "caused_by"}],
    )


def test_unknown_keys_of_zipkin_and_of_the_sdk_are_counted() -> None:
    of_zipkin = zipkin_json.decode_json([{"traceId": "1", "id": "2", "kind": "BATCH", "weight": 1}])
    of_sdk = sdk_json.decode_json(
        {"context": {"trace_id": "0x1", "span_id": "0x2"}, "start_time": None, "kind": "x", "weight": 1}
    )

    assert of_zipkin.unread == {"span.kind 'BATCH'": 1, "span.weight": 1}
    assert of_sdk.unread == {"span.kind 'x'": 1, "span.weight": 1}


def test_unknown_fields_and_numbers_of_protobuf_are_counted() -> None:
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add(schema_url="u").scope_spans.add(schema_url="w").spans.add()
    span.trace_id, span.span_id = b"1" * 16, b"2" * 8
    span.kind, span.status.code = 9, 7
    for _ in range(2):
        span.attributes.add(key="k").value.int_value = 1
    body = request.SerializeToString() + b"\x98\x06\x01"  # field 99

    decoded = decode_protobuf(body)

    assert [(each.kind, each.status.code) for each in decoded.spans] == [(Kind.UNSPECIFIED, StatusCode.UNSET)]
    assert decoded.unread == {
        "span.kind 9": 1,
        "status.code 7": 1,
        "attributes: two values of 'k'": 1,
        "bytes of unknown fields": 3,
    }
    assert decoded.schemas == {"u", "w"}


def test_names_are_short_and_not_without_end() -> None:
    unread: Unread = Counter()

    for number in range(2000):
        note(unread, f"{number}{'x' * 1000}")

    assert max(map(len, unread)) == 60
    assert unread["other keys"] == 1000


def test_a_text_that_is_no_text_is_counted() -> None:
    unread: Unread = Counter()

    Shape([], texts={"kind": ["A"]}).count([{"kind": ["A"]}, {"kind": "A"}, 5], "span", unread)

    assert unread == {"span.kind ['A']": 1}
