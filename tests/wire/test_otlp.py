"""OTLP to spans, and spans to OTLP/JSON and back."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ot2otel.errors import WireError
from ot2otel.model import AttributeValue, Event, KeyValues, Kind, Link, Scope, Span, Status, StatusCode
from ot2otel.wire import otlp_json
from ot2otel.wire.decoded import Decoded
from ot2otel.wire.otlp_json import Seen, decode_json
from ot2otel.wire.otlp_json_encoder import encode_json
from ot2otel.wire.otlp_protobuf import decode_protobuf
from tests.golden import RECORDINGS, packet, spans_document
from tests.support.spans import spans
from tests.support.untyped import Json
from tests.wire.mutations import mutations
from tests.wire.odd_json import odd_documents

_Body = TypeVar("_Body")
GOLDEN = "otlp-http-exporter.pb"
TRACE = "0123456789abcdef0123456789abcdef"
SPAN = "0123456789abcdef"


def _document(*entries: object, resource: object = None, scope: object = None) -> Json:
    scope_spans = {"scope": scope, "spans": list(entries)}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [scope_spans]}]}


def _entry(**fields: object) -> Json:
    return {"traceId": TRACE, "spanId": SPAN, **fields}


def _request(**fields: object) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add()
    for field, value in {"trace_id": bytes.fromhex(TRACE), "span_id": bytes.fromhex(SPAN), **fields}.items():
        setattr(span, field, value)
    return request


def test_a_captured_body_holds_the_spans_written_down_beside_it() -> None:
    assert decode_protobuf(packet(GOLDEN)) == decode_json(spans_document(GOLDEN))


def test_the_captured_body_holds_one_trace_of_three_spans() -> None:
    decoded = decode_protobuf(packet(GOLDEN))

    answer, audit, ask = decoded.spans
    assert (ask.name, ask.kind, ask.parent_id) == ("ask", Kind.CLIENT, "")
    assert ask.attributes == {"http.request.method": "GET", "tries": (1, 2), "cached": False}
    assert (answer.name, answer.kind, answer.parent_id) == ("answer", Kind.SERVER, ask.span_id)
    assert answer.status == Status(StatusCode.ERROR, "no such name")
    assert [event.name for event in answer.events] == ["answered", "exception"]
    assert (audit.name, audit.kind, audit.parent_id) == ("audit", Kind.INTERNAL, ask.span_id)
    assert [(link.span_id, link.attributes) for link in audit.links] == [(answer.span_id, {"why": "after"})]
    assert {span.service for span in decoded.spans} == {"caller"}
    assert {(span.scope.name, span.scope.version) for span in decoded.spans} == {("golden", "1.0")}


def test_every_field_of_json_is_read() -> None:
    entry = _entry(
        traceState="a=b",
        parentSpanId="FEDCBA9876543210",
        flags=257,
        name="op",
        kind=2,
        startTimeUnixNano="1544712660000000000",
        endTimeUnixNano=1544712661000000000,
        attributes=[{"key": "k", "value": {"stringValue": "v"}}],
        droppedAttributesCount=1,
        events=[{"timeUnixNano": "5", "name": "e", "attributes": [], "droppedAttributesCount": 2}],
        droppedEventsCount=3,
        links=[
            {
                "traceId": TRACE,
                "spanId": SPAN,
                "traceState": "c=d",
                "attributes": [],
                "droppedAttributesCount": 4,
                "flags": 1,
            }
        ],
        droppedLinksCount=5,
        status={"message": "why", "code": 2},
        unknown={"ignored": []},
    )
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "svc"}}]}
    scope = {"name": "lib", "version": "1", "attributes": [{"key": "s", "value": {"boolValue": True}}]}

    decoded = decode_json(json.dumps(_document(entry, resource=resource, scope=scope)).encode())

    assert decoded == Decoded(
        (
            Span(
                trace_id=TRACE,
                span_id=SPAN,
                name="op",
                parent_id="fedcba9876543210",
                kind=Kind.SERVER,
                start_ns=1544712660000000000,
                end_ns=1544712661000000000,
                status=Status(StatusCode.ERROR, "why"),
                attributes={"k": "v"},
                events=(Event("e", 5, {}, 2),),
                links=(Link(TRACE, SPAN, {}, "c=d", 1, 4),),
                resource={"service.name": "svc"},
                scope=Scope("lib", "1", {"s": True}),
                trace_state="a=b",
                flags=257,
                dropped_attributes=1,
                dropped_events=3,
                dropped_links=5,
            ),
        ),
        unread={"span.unknown": 1},
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({}, None, id="nothing"),
        pytest.param({"stringValue": None}, None, id="null"),
        pytest.param({"intValue": "-9223372036854775808"}, -(2**63), id="64 bits as text"),
        pytest.param({"intValue": 7}, 7, id="a number"),
        pytest.param({"doubleValue": 1}, 1.0, id="a double without a fraction"),
        pytest.param({"doubleValue": "-Infinity"}, -math.inf, id="infinity"),
        pytest.param({"doubleValue": "0.5"}, 0.5, id="a double as text"),
        pytest.param({"bytesValue": "/wA="}, b"\xff\x00", id="bytes"),
        pytest.param({"arrayValue": {}}, (), id="an empty list"),
        pytest.param({"arrayValue": {"values": [{"intValue": 1}, {}]}}, (1, None), id="a list"),
        pytest.param(
            {"kvlistValue": {"values": [{"key": "k", "value": {"intValue": 1}}, {"key": "k"}]}},
            KeyValues((("k", 1), ("k", None))),
            id="a map keeps its order and repeated keys",
        ),
        pytest.param({"futureValue": 1}, None, id="an unknown sort of value"),
    ],
)
def test_a_json_value_is_read(value: Json, expected: AttributeValue) -> None:
    decoded = decode_json(_document(_entry(attributes=[{"key": "k", "value": value}])))

    assert decoded.spans[0].attributes == {"k": expected}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (3, Kind.CLIENT),
        ("SPAN_KIND_CLIENT", Kind.CLIENT),
        (99, Kind.UNSPECIFIED),
        ("SPAN_KIND_BOSS", Kind.UNSPECIFIED),
        (None, Kind.UNSPECIFIED),
    ],
)
def test_a_json_kind_is_a_number_or_a_name(kind: object, expected: Kind) -> None:
    assert decode_json(_document(_entry(kind=kind))).spans[0].kind is expected


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        pytest.param(_entry(traceId=""), "span '': '' is not a trace id", id="no trace id"),
        pytest.param(_entry(traceId="0" * 32), f"span '': '{'0' * 32}' is not a trace id", id="zeros"),
        pytest.param(_entry(spanId="xyz"), "span '': 'xyz' is not a span id", id="not hexadecimal"),
        pytest.param(
            _entry(name="op", parentSpanId="12"),
            "span 'op': its parent's id '12' is not a span id",
            id="parent",
        ),
        pytest.param(
            _entry(links=[{"traceId": "1"}]), "span '': a link has the invalid ids '1', ''", id="a link"
        ),
        pytest.param("span", "a span must be an object, not 'span'", id="no object"),
        pytest.param(_entry(name=5), "name must be text, not 5", id="a name that is a number"),
        pytest.param(_entry(kind=[]), "kind must be a number, not list", id="a kind that is a list"),
        pytest.param(
            _entry(startTimeUnixNano=-1),
            "startTimeUnixNano must be an integer from 0 to 18446744073709551615, not -1",
            id="a time before the epoch",
        ),
        pytest.param(
            _entry(attributes=[{"key": "k", "value": {"bytesValue": "*"}}]),
            "bytesValue must be base64, not '*'",
            id="no base64",
        ),
        pytest.param(
            _entry(attributes=[{"key": "k", "value": {"intValue": True}}]),
            "intValue must be an integer from -9223372036854775808 to 9223372036854775807, not True",
            id="a boolean is no integer",
        ),
    ],
)
def test_a_json_span_that_cannot_be_read_leaves_the_others_alone(entry: object, reason: str) -> None:
    decoded = decode_json(_document(_entry(), entry, _entry()))

    good = Span(TRACE, SPAN, "")
    assert decoded == Decoded((good, good), (reason,))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "1 bytes are not JSON: Expecting property name"),
        (b"[]", "The body must be an object, not list"),
        (b"\xff{}", "3 bytes are not JSON: 'utf-8' codec can't decode"),
        (b'{"resourceSpans": {}}', "resourceSpans must be an array, not dict"),
        (b"[" * 100_000, "100000 bytes are not JSON"),
        (b'{"resourceSpans": ' + b"9" * 5000 + b"}", "5019 bytes are not JSON"),
    ],
    ids=["broken", "a list", "not UTF-8", "wrong type", "deep", "a long number"],
)
def test_a_body_that_is_no_otlp_json_is_a_wire_error(body: bytes, message: str) -> None:
    with pytest.raises(WireError) as raised:
        decode_json(body)

    assert str(raised.value).startswith(message)


def test_a_json_value_nested_too_deep_is_rejected() -> None:
    value: Json = {"intValue": 1}
    for _ in range(65):
        value = {"arrayValue": {"values": [value]}}

    decoded = decode_json(_document(_entry(attributes=[{"key": "k", "value": value}])))

    assert decoded == Decoded((), ("a value is nested deeper than 64 levels",))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"trace_id": b""}, "span '': '' is not a trace id"),
        ({"trace_id": bytes(16)}, f"span '': '{'0' * 32}' is not a trace id"),
        ({"span_id": bytes(8)}, "span '': '0000000000000000' is not a span id"),
        ({"span_id": b"\x01", "name": "op"}, "span 'op': '01' is not a span id"),
        ({"parent_span_id": b"\x01"}, "span '': its parent's id '01' is not a span id"),
    ],
    ids=["no trace id", "zeros", "a span id of zeros", "too short", "parent"],
)
def test_a_protobuf_span_whose_ids_are_none_leaves_the_others_alone(fields: Json, reason: str) -> None:
    body = b"".join(request.SerializeToString() for request in (_request(), _request(**fields), _request()))

    good = Span(TRACE, SPAN, "")
    assert decode_protobuf(body) == Decoded((good, good), (reason,))


def test_a_parent_of_zeros_is_no_parent() -> None:
    body = _request(parent_span_id=bytes(8)).SerializeToString()

    assert decode_protobuf(body) == Decoded((Span(TRACE, SPAN, ""),))


def test_an_unknown_kind_is_unspecified() -> None:
    body = _request(kind=99).SerializeToString()

    spans = (Span(TRACE, SPAN, "", kind=Kind.UNSPECIFIED),)
    assert decode_protobuf(body) == Decoded(spans, unread={"span.kind 99": 1})


def test_a_truncated_protobuf_body_is_a_wire_error() -> None:
    body = packet(GOLDEN)

    with pytest.raises(WireError, match="801 bytes are not OTLP traces in protobuf"):
        decode_protobuf(body[:-1])


def test_spans_are_grouped_by_resource_and_scope() -> None:
    one, other = {"service.name": "one"}, {"service.name": "other"}
    first = Span(TRACE, SPAN, "first", resource=one, scope=Scope("lib"))
    second = Span(TRACE, SPAN, "second", resource=other, scope=Scope("lib"))
    third = Span(TRACE, SPAN, "third", resource=one, scope=Scope("lib"))
    fourth = Span(TRACE, SPAN, "fourth", resource=one)

    document = encode_json([first, second, third, fourth])

    assert [
        [[span["name"] for span in scope_spans["spans"]] for scope_spans in resource_spans["scopeSpans"]]
        for resource_spans in document["resourceSpans"]
    ] == [[["first", "third"], ["fourth"]], [["second"]]]


def test_resources_that_python_calls_equal_are_kept_apart() -> None:
    several = [Span(TRACE, SPAN, "", resource={"a": value}) for value in (1, True, 1.0)]

    decoded = decode_json(encode_json(several))

    assert [repr(span.resource) for span in decoded.spans] == ["{'a': 1}", "{'a': True}", "{'a': 1.0}"]


@given(several=st.lists(spans, max_size=4))
def test_spans_survive_json(several: list[Span]) -> None:
    body = json.dumps(encode_json(several))

    decoded = decode_json(body)

    # By text: NaN equals nothing, and 1 == True.
    assert sorted(map(repr, decoded.spans)) == sorted(map(repr, several))
    assert decoded.rejected == ()


@given(body=st.binary(max_size=300) | mutations(packet(GOLDEN)))
def test_any_bytes_as_protobuf_raise_nothing_but_wire_errors(body: bytes) -> None:
    _decode_or_refuse(decode_protobuf, body)


@given(body=st.binary(max_size=100) | mutations(spans_document(GOLDEN)))
def test_any_bytes_as_json_raise_nothing_but_wire_errors(body: bytes) -> None:
    _decode_or_refuse(decode_json, body)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda values: st.lists(values, max_size=2) | st.dictionaries(st.text(max_size=3), values, max_size=2),
    max_leaves=3,
)
_FIELDS = [
    "traceId",
    "parentSpanId",
    "name",
    "kind",
    "startTimeUnixNano",
    "flags",
    "attributes",
    "events",
    "links",
    "status",
]


@given(field=st.sampled_from(_FIELDS), content=_JSON | st.lists(st.fixed_dictionaries({"value": _JSON})))
def test_any_json_in_a_field_raises_nothing_but_wire_errors(field: str, content: object) -> None:
    _decode_or_refuse(decode_json, _document(_entry(**{field: content})))


@given(
    value=_JSON, sort=st.sampled_from(["intValue", "doubleValue", "bytesValue", "arrayValue", "kvlistValue"])
)
def test_any_json_as_a_value_raises_nothing_but_wire_errors(value: object, sort: str) -> None:
    _decode_or_refuse(decode_json, _document(_entry(attributes=[{"key": "k", "value": {sort: value}}])))


def _decode_or_refuse(decode: Callable[[_Body], Decoded], body: _Body) -> None:
    try:
        decoded = decode(body)
    except WireError:
        return
    assert all(isinstance(span, Span) for span in decoded.spans)


@given(odd_documents())
def test_the_quick_way_and_the_strict_one_give_the_same(document: Json) -> None:
    with mock.patch.object(otlp_json, "_usual_span", return_value=None):
        strictly = _told(document)

    assert _told(document) == strictly


@given(odd_documents(), odd_documents())
def test_what_the_document_before_said_changes_nothing(before: Json, document: Json) -> None:
    seen = Seen()
    _told(before, seen)

    assert _told(document, seen) == _told(document)
    # Now all of it was said before.
    assert _told(document, seen) == _told(document)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([{"boolValue": True}, {"boolValue": 1}], id="true and 1"),
        pytest.param([{"intValue": 1}, {"intValue": 1.0}], id="1 and 1.0"),
        pytest.param([{"intValue": "1"}, {"stringValue": "1"}], id="two types"),
        pytest.param(
            [{"arrayValue": {"values": [{"intValue": 1}]}}, {"arrayValue": {"values": [{"intValue": True}]}}],
            id="nested",
        ),
    ],
)
def test_resources_that_look_equal_are_read_as_they_are(values: list[Json]) -> None:
    seen = Seen()
    for value in [*values, *reversed(values)]:
        document = _document(_entry(name="s"), resource={"attributes": [{"key": "k", "value": value}]})
        assert _told(document, seen) == _told(document)


def test_resources_and_scopes_that_are_said_again_are_one_object() -> None:
    service = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
    scope = {"name": "io.shop", "version": "2"}
    seen = Seen()

    texts = [json.dumps(_document(_entry(name="s"), resource=service, scope=scope)) for _ in range(2)]
    one, other = [decode_json(json.loads(text), seen).spans[0] for text in texts]

    assert one.resource is other.resource
    assert one.scope is other.scope


def test_of_many_scopes_the_last_ones_are_kept() -> None:
    seen = Seen()
    for number in range(1000):
        document = _document(_entry(name="s"), scope={"name": f"scope {number}"})
        assert decode_json(document, seen).spans[0].scope == Scope(f"scope {number}")


def _told(document: Json, seen: Seen | None = None) -> str:
    """Return the decoded document as text, since 1 == True and NaN equals nothing, or the error."""
    try:
        return repr(decode_json(document, seen))
    except WireError as error:
        return str(error)


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.json")), ids=lambda path: path.stem)
def test_what_exporters_write_is_read_the_quick_way(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))

    with mock.patch.object(otlp_json, "_span", side_effect=WireError("it was read strictly")):
        decoded = decode_json(document)

    assert decoded.rejected == ()
