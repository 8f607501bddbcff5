"""Zipkin's JSON v2: spans as tracers post them and as its API answers with them."""

from __future__ import annotations

import pytest

from ot2otel.errors import WireError
from ot2otel.model import Attributes, Event, Kind, Link, Scope, Span, Status, StatusCode
from ot2otel.wire.zipkin_json import NO_START, decode_json, is_zipkin
from tests.support.untyped import Json

TRACE, SPAN, PARENT = "1e223ff1f80f1c69", "74280ae0c10d8062", "bf396325699c84bf"
OTEL = {"otel.scope.name": "lib"}


def entry(**fields: object) -> Json:
    return {"traceId": TRACE, "id": SPAN, "timestamp": 5} | fields


def only(**fields: object) -> Span:
    decoded = decode_json([entry(**fields)])
    assert (decoded.rejected, decoded.unread) == ((), {})
    return decoded.spans[0]


def test_every_field_of_a_tracers_span_is_read() -> None:
    span = only(
        parentId=PARENT,
        name="get /users",
        kind="CLIENT",
        duration=3,
        localEndpoint={"serviceName": "web", "ipv4": "192.0.2.1", "port": 80},
        remoteEndpoint={"serviceName": "users", "ipv6": "2001:db8::1", "port": 8080},
        annotations=[{"timestamp": 6, "value": "cache miss"}],
        tags={"http.method": "GET", "http.status_code": "200"},
        shared=False,
    )

    assert span == Span(
        trace_id="0" * 16 + TRACE,
        span_id=SPAN,
        name="get /users",
        parent_id=PARENT,
        kind=Kind.CLIENT,
        start_ns=5000,
        end_ns=8000,
        attributes={
            "peer.service": "users",
            "net.host.ip": "192.0.2.1",
            "net.host.port": 80,
            "net.peer.ip": "2001:db8::1",
            "net.peer.port": 8080,
            "http.method": "GET",
            "http.status_code": "200",
        },
        events=(Event("cache miss", 6000),),
        resource={"service.name": "web"},
    )


@pytest.mark.parametrize(
    "document",
    [entry(), [entry()], [[entry()]], [[entry()], []]],
    ids=["one", "a list", "traces", "an empty one"],
)
def test_a_span_a_list_and_a_list_of_traces_are_read(document: object) -> None:
    assert is_zipkin(document)
    assert [span.span_id for span in decode_json(document).spans] == [SPAN]


@pytest.mark.parametrize(
    "document", [[], {}, [[]], {"data": []}, [{"traceID": "1", "spans": []}], {"traceId": "1", "spanId": "2"}]
)
def test_other_documents_are_not_taken_for_zipkins(document: object) -> None:
    assert not is_zipkin(document)


def test_a_trace_id_of_128_bits_is_read() -> None:
    assert only(traceId="4E441824ec2b6a44ffdc9bb9a6453df3").trace_id == "4e441824ec2b6a44ffdc9bb9a6453df3"


def test_a_span_without_a_start_says_so_as_the_collectors_does() -> None:
    [span] = decode_json([{"traceId": TRACE, "id": SPAN, "duration": 7}]).spans

    assert (span.start_ns, span.end_ns, span.attributes) == (0, 7000, {NO_START: True})


def test_a_tag_of_the_application_wins_over_an_endpoint() -> None:
    span = only(remoteEndpoint={"serviceName": "a"}, tags={"peer.service": "b"})

    assert span.attributes == {"peer.service": "b"}


@pytest.mark.parametrize(
    ("tags", "status", "left"),
    [
        pytest.param({}, Status(), {}, id="none"),
        pytest.param({"error": "true"}, Status(StatusCode.ERROR), {}, id="true"),
        pytest.param({"error": ""}, Status(StatusCode.ERROR), {}, id="without a reason"),
        pytest.param({"error": "timeout"}, Status(StatusCode.ERROR, "timeout"), {}, id="a reason"),
        pytest.param({"error": "false"}, Status(), {"error": "false"}, id="false"),
        pytest.param({"otel.status_code": "OK"}, Status(StatusCode.OK), {}, id="OK"),
        pytest.param(
            {"otel.status_code": "ERROR", "error": "no"},
            Status(StatusCode.ERROR, "no"),
            {},
            id="OpenTelemetry's",
        ),
        pytest.param({"otel.status_code": "ERROR"}, Status(StatusCode.ERROR), {}, id="no reason"),
        pytest.param(
            {"otel.status_code": "STATUS_CODE_ERROR", "otel.status_description": "no", "error": "true"},
            Status(StatusCode.ERROR, "no"),
            {},
            id="the Collector's",
        ),
        pytest.param({"otel.status_code": "BAD"}, Status(), {"otel.status_code": "BAD"}, id="unknown"),
    ],
)
def test_the_status_is_in_the_tags(tags: dict[str, str], status: Status, left: Attributes) -> None:
    span = only(tags=tags)

    assert (span.status, span.attributes) == (status, left)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"kind": "PRODUCER"}, Kind.PRODUCER),
        ({"kind": "CONSUMER"}, Kind.CONSUMER),
        ({}, Kind.UNSPECIFIED),
        ({"tags": {"span.kind": "internal"}}, Kind.INTERNAL),
        ({"tags": OTEL}, Kind.INTERNAL),
    ],
)
def test_a_span_of_opentelemetry_without_a_kind_is_internal(fields: Json, kind: Kind) -> None:
    assert only(**fields).kind is kind


def test_the_scope_the_resource_and_the_counts_are_read_from_opentelemetrys_tags() -> None:
    span = only(
        localEndpoint={"serviceName": "web"},
        tags={
            "otel.library.name": "lib",
            "otel.library.version": "1",
            "otel.scope.name": "lib",
            "otel.scope.version": "1",
            "telemetry.sdk.name": "opentelemetry",
            "service.namespace": "shop",
            "service.peer.name": "users",
            "w3c.tracestate": "a=b",
            "otel.dropped_attributes_count": "1",
            "otel.dropped_events_count": "2",
            "otel.dropped_links_count": "3",
        },
    )

    assert (span.scope, span.trace_state) == (Scope("lib", "1"), "a=b")
    assert (span.dropped_attributes, span.dropped_events, span.dropped_links) == (1, 2, 3)
    assert span.resource == {
        "service.name": "web",
        "telemetry.sdk.name": "opentelemetry",
        "service.namespace": "shop",
    }
    assert span.attributes == {"service.peer.name": "users"}


@pytest.mark.parametrize(
    ("value", "event"),
    [
        pytest.param(
            '"retry": {"n": 2, "why": ["a"]}', Event("retry", 6000, {"n": 2, "why": ("a",)}), id="spec"
        ),
        pytest.param('retry: {"n": 2}', Event("retry", 6000, {"n": 2}), id="Go"),
        pytest.param('{"retry": {"n": 2.5}}', Event("retry", 6000, {"n": 2.5}), id="Python"),
        pytest.param('retry|{"a|b": true}|4', Event("retry", 6000, {"a|b": True}, 4), id="the Collector"),
        pytest.param("retry", Event("retry", 6000), id="a name"),
        pytest.param("a: b", Event("a: b", 6000), id="a colon"),
        pytest.param("a|b|c", Event("a|b|c", 6000), id="bars"),
        pytest.param('{"a": 1}', Event('{"a": 1}', 6000), id="no attributes"),
        pytest.param('a: {"b"}', Event('a: {"b"}', 6000), id="no JSON"),
    ],
)
def test_an_event_of_opentelemetry_has_its_attributes(value: str, event: Event) -> None:
    assert only(tags=OTEL, annotations=[{"timestamp": 6, "value": value}]).events == (event,)


def test_an_annotation_of_another_tracer_is_only_a_name() -> None:
    value = '"retry": {"n": 2}'

    assert only(annotations=[{"timestamp": 6, "value": value}]).events == (Event(value, 6000),)


def test_links_of_the_collector_are_read_and_other_texts_stay() -> None:
    span = only(
        tags={
            "otlp.link.0": f'{"a" * 32}|{"b" * 16}|c=d|{{"k":1}}|2',
            "otlp.link.1": "no link",
        }
    )

    assert span.links == (Link("a" * 32, "b" * 16, {"k": 1}, "c=d", dropped_attributes=2),)
    assert span.attributes == {"otlp.link.1": "no link"}


def test_a_parent_of_zeros_is_none() -> None:
    assert only(parentId="0").parent_id == ""


# Shared spans.


def half(service: str, **fields: object) -> Json:
    return entry(localEndpoint={"serviceName": service}, **fields)


def test_the_servers_half_of_a_shared_span_is_a_child_of_the_clients() -> None:
    document = [
        half("b", kind="SERVER", shared=True, parentId=PARENT),
        half("b", id="43210ae0c10d1234", parentId=SPAN),
        half("a", id="53210ae0c10d1234", parentId=SPAN),
        half("c", id="63210ae0c10d1234", parentId=SPAN),
        half("a", kind="CLIENT", parentId=PARENT),
    ]

    server, of_server, of_client, of_another, client = decode_json(document).spans

    assert (client.span_id, client.parent_id) == (SPAN, PARENT)
    assert server.span_id != SPAN
    assert [each.parent_id for each in (server, of_server, of_client, of_another)] == [
        SPAN,
        server.span_id,
        SPAN,
        server.span_id,
    ]


def test_a_server_without_the_mark_shares_the_id_of_a_client() -> None:
    client, server = decode_json([half("a", kind="CLIENT"), half("b", kind="SERVER")]).spans

    assert (client.span_id, server.parent_id) == (SPAN, SPAN)


def test_a_server_that_called_itself_has_the_children() -> None:
    spans = decode_json(
        [
            half("a", kind="CLIENT"),
            half("a", kind="SERVER", shared=True),
            half("a", id="43210ae0c10d1234", parentId=SPAN),
        ]
    ).spans

    assert spans[2].parent_id == spans[1].span_id


def test_a_shared_span_whose_client_is_not_here_keeps_its_id_and_its_parent() -> None:
    [server] = decode_json([half("b", kind="SERVER", shared=True, parentId=PARENT)]).spans

    assert (server.span_id, server.parent_id) == (SPAN, PARENT)


def test_spans_of_other_traces_share_nothing() -> None:
    one, other = decode_json(
        [half("a", kind="CLIENT"), half("b", kind="SERVER", traceId="2" * 16, shared=True)]
    ).spans

    assert (one.span_id, other.span_id) == (SPAN, SPAN)


# What is not read.


def test_what_opentelemetry_has_no_word_for_is_counted() -> None:
    decoded = decode_json([entry(debug=True, localEndpoint={"ipv4": "192.0.2.1", "ipv6": "::1"})])

    assert decoded.unread == {"span.debug": 1, "ipv6 beside ipv4": 1}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        pytest.param({"binaryAnnotations": []}, "it is Zipkin's JSON v1; only v2 is read", id="v1"),
        pytest.param({"tags": {"k": 1}}, "the tag 'k' must be text, not 1", id="a tag"),
        pytest.param({"timestamp": -1}, "timestamp must be an integer", id="a time"),
        pytest.param({"duration": 2**63}, "duration in nanoseconds must be", id="a duration"),
        pytest.param(
            {"localEndpoint": {"port": 70000}}, "port must be an integer from 0 to 65535", id="a port"
        ),
        pytest.param({"localEndpoint": "web"}, "localEndpoint must be an object", id="an endpoint"),
        pytest.param(
            {"otel": 1, "tags": {"otel.dropped_links_count": "x"}}, "otel.dropped_links", id="a count"
        ),
    ],
)
def test_an_unreadable_span_is_named_and_the_others_kept(fields: Json, problem: str) -> None:
    decoded = decode_json([entry(), entry(**fields)])

    assert len(decoded.spans) == 1
    assert decoded.rejected[0].startswith(f"span 2: {problem}")


def test_a_span_without_a_valid_id_is_rejected() -> None:
    assert decode_json([entry(id="xyz")]).rejected == ("span '': '0000000000000xyz' is not a span id",)


def test_more_bad_spans_than_are_listed_are_an_error() -> None:
    with pytest.raises(WireError, match="More than 1000 spans are invalid"):
        decode_json([5] * 1001)
