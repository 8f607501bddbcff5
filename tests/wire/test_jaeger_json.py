"""Jaeger's JSON, as documented and as answered by a real Jaeger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot2otel.errors import WireError
from ot2otel.model import Attributes, AttributeValue, Event, Kind, Link, Scope, Span, Status, StatusCode
from ot2otel.wire.decoded import Decoded
from ot2otel.wire.jaeger_json import decode_json
from ot2otel.wire.jaeger_thrift import decode_datagram
from tests.golden import DIRECTORY, packet
from tests.support.fake_jaeger import trace
from tests.support.odd_spans import ODD_SPANS
from tests.support.untyped import Json

ANSWERS = DIRECTORY / "jaeger"
TRACE, SPAN = "0" * 31 + "1", "00000000000000aa"


def span_entry(**fields: object) -> Json:
    return {"traceID": "1", "spanID": "aa", "operationName": "ask", "processID": "p1"} | fields


def one_trace(*spans: object, tags: list[Json] | None = None) -> Json:
    return {
        "traceID": "1",
        "spans": list(spans),
        "processes": {"p1": {"serviceName": "caller", "tags": tags or []}},
        "warnings": None,
    }


def tag(key: str, kind: str, value: object) -> dict[str, object]:
    return {"key": key, "type": kind, "value": value}


def only(document: object) -> Span:
    decoded = decode_json(document)
    assert decoded.rejected == ()
    return decoded.spans[0]


def test_a_span_with_nothing_but_its_names_is_read() -> None:
    decoded = decode_json(one_trace(span_entry()))

    assert decoded == Decoded((Span(TRACE, SPAN, "ask", resource={"service.name": "caller"}),))


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(one_trace(span_entry()), id="one trace"),
        pytest.param([one_trace(span_entry())], id="an array"),
        pytest.param({"data": [one_trace(span_entry())]}, id="the UI's download"),
        pytest.param(
            {"data": [one_trace(span_entry())], "total": 1, "limit": 0, "offset": 0, "errors": None},
            id="the query API's envelope",
        ),
    ],
)
def test_every_form_in_which_traces_come_is_read(document: object) -> None:
    decoded = decode_json(json.dumps(document))

    assert decoded == Decoded((Span(TRACE, SPAN, "ask", resource={"service.name": "caller"}),))


@pytest.mark.parametrize("name", ["jaeger-client", "jaeger-thrift-exporter"])
def test_our_thrift_decoder_returns_the_spans_that_jaeger_stored(name: str) -> None:
    decoded = decode_json((ANSWERS / f"caller-{name}.json").read_bytes())

    taken = decode_datagram(packet(f"{name}.datagram")).spans
    assert sorted(map(_kept, decoded.spans)) == sorted(map(_kept, taken))


def _kept(span: Span) -> tuple[object, ...]:
    """Return the facts that are the same in each run of the libraries, with the scope as attributes."""
    scope = {"otel.scope.name": span.scope.name, "otel.scope.version": span.scope.version}
    present = {key: value for key, value in scope.items() if value}
    attributes = {**span.attributes, **present}
    return (
        span.name,
        span.service,
        span.kind.name,
        span.status.code.name,
        span.status.message,
        sorted((key, repr(value)) for key, value in attributes.items()),
        sorted(key for key in span.resource),
        [(event.name, sorted(event.attributes)) for event in span.events],
        [repr(sorted(link.attributes.items())) for link in span.links],
        bool(span.parent_id),
    )


def test_the_fake_jaeger_of_the_tests_answers_as_the_real_one_did() -> None:
    real = json.loads((ANSWERS / "odd.json").read_text())["data"][0]

    fake = json.loads(json.dumps(trace(ODD_SPANS)))

    assert fake == real


@pytest.mark.parametrize("answer", sorted(ANSWERS.glob("*.json")), ids=lambda path: path.stem)
def test_every_answer_of_a_real_jaeger_can_be_read(answer: Path) -> None:
    decoded = decode_json(answer.read_bytes())

    shown = [span for trace in json.loads(answer.read_text())["data"] for span in trace["spans"]]
    assert (len(decoded.spans), decoded.rejected) == (len(shown), ())


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        pytest.param("string", "Grüße", "Grüße", id="text"),
        pytest.param("bool", True, True, id="true"),
        pytest.param("bool", "false", False, id="false as text"),
        pytest.param("int64", 7, 7, id="an integer"),
        pytest.param("int64", "-9223372036854775808", -(2**63), id="a big integer as text"),
        pytest.param("float64", 1, 1.0, id="a double without a fraction"),
        pytest.param("float64", "0.5", 0.5, id="a double as text"),
        pytest.param("binary", "AP8=", b"\x00\xff", id="bytes"),
        pytest.param("", 7, 7, id="no type"),
        pytest.param("", ["a", 1], '["a", 1]', id="an array without a type"),
        pytest.param("STRING", "a", "a", id="a type in capitals"),
    ],
)
def test_each_type_of_tag_keeps_its_type(kind: str, written: object, value: AttributeValue) -> None:
    span = only(one_trace(span_entry(tags=[tag("key", kind, written)])))

    assert [(key, type(read), read) for key, read in span.attributes.items()] == [("key", type(value), value)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("1a", "0" * 30 + "1a", id="without its zeros"),
        pytest.param("8448eb211c80319d", "0" * 16 + "8448eb211c80319d", id="16 digits"),
        pytest.param("0AF7651916CD43DD8448EB211C80319C", "0af7651916cd43dd8448eb211c80319c", id="32 digits"),
    ],
)
def test_trace_ids_of_any_length_are_read(written: str, expected: str) -> None:
    span = only(one_trace(span_entry(traceID=written)))

    assert span.trace_id == expected


def test_a_parent_and_links_are_read_from_both_types_of_references() -> None:
    references = [
        {"refType": "CHILD_OF", "traceID": "1", "spanID": "bb"},
        {"refType": "FOLLOWS_FROM", "traceID": "2", "spanID": "cc"},
    ]

    span = only(one_trace(span_entry(references=references)))

    link = Link("0" * 31 + "2", "00000000000000cc", {"opentracing.ref_type": "follows_from"})
    assert (span.parent_id, span.links) == ("00000000000000bb", (link,))


def test_a_parent_in_the_deprecated_field_is_read() -> None:
    span = only(one_trace(span_entry(parentSpanID="bb")))

    assert span.parent_id == "00000000000000bb"


def test_logs_are_events_named_by_their_field_event() -> None:
    log = {"timestamp": 3, "fields": [tag("event", "string", "answered"), tag("length", "int64", 5)]}

    span = only(one_trace(span_entry(startTime=2, duration=4, logs=[log])))

    assert (span.start_ns, span.end_ns, span.events) == (
        2000,
        6000,
        (Event("answered", 3000, {"length": 5}),),
    )


def test_a_clock_that_ran_backwards_makes_a_negative_duration() -> None:
    span = only(one_trace(span_entry(startTime=5, duration=2**64 - 2)))

    assert (span.start_ns, span.end_ns) == (5000, 3000)


def test_a_process_beside_the_span_is_read() -> None:
    entry = span_entry(process={"serviceName": "callee", "tags": [tag("hostname", "string", "a")]})

    span = only(one_trace(entry))

    assert span.resource == {"service.name": "callee", "host.name": "a"}


def test_jaegers_placeholder_for_a_missing_service_name_is_dropped() -> None:
    document = one_trace(span_entry(process={"serviceName": "OTLPResourceNoServiceName"}))

    assert only(document).resource == {}


SCOPE = tag("otel.scope.name", "string", "code")
CLIENT, INTERNAL = tag("span.kind", "string", "client"), tag("span.kind", "string", "internal")
FAILED, CODE = tag("error", "bool", True), tag("otel.status_code", "string", "ERROR")
ERROR, UNSET = Status(StatusCode.ERROR), Status()


@pytest.mark.parametrize(
    ("tags", "kind", "status", "attributes"),
    [
        pytest.param([CLIENT, FAILED], Kind.CLIENT, ERROR, {}, id="OpenTracing's error tag is a status"),
        pytest.param(
            [SCOPE, CLIENT, FAILED], Kind.CLIENT, UNSET, {"error": True}, id="beside a scope it is a tag"
        ),
        pytest.param([SCOPE, INTERNAL, CODE, FAILED], Kind.INTERNAL, ERROR, {}, id="a code is the status"),
        pytest.param(
            [SCOPE, FAILED, INTERNAL, CODE, FAILED],
            Kind.INTERNAL,
            ERROR,
            {"error": True},
            id="a tag beside Jaeger's own",
        ),
        pytest.param(
            [SCOPE, CLIENT, INTERNAL],
            Kind.INTERNAL,
            UNSET,
            {"span.kind": "client"},
            id="the last of two kinds is Jaeger's",
        ),
        pytest.param(
            [tag("http.status_code", "int64", 500)],
            Kind.UNSPECIFIED,
            ERROR,
            {"http.status_code": 500},
            id="OpenTracing's HTTP status is a status",
        ),
        pytest.param(
            [SCOPE, tag("http.status_code", "int64", 500)],
            Kind.UNSPECIFIED,
            UNSET,
            {"http.status_code": 500},
            id="beside a scope it is not",
        ),
    ],
)
def test_kind_and_status_depend_on_the_api_that_recorded_the_span(
    tags: list[object], kind: Kind, status: Status, attributes: Attributes
) -> None:
    span = only(one_trace(span_entry(tags=tags)))

    assert (span.kind, span.status, span.attributes) == (kind, status, attributes)


def test_a_process_of_the_sdk_marks_a_span_without_a_scope_as_opentelemetrys() -> None:
    sdk = [tag("telemetry.sdk.name", "string", "opentelemetry")]

    span = only(one_trace(span_entry(tags=[FAILED]), tags=sdk))

    assert span.status == UNSET


def test_the_tags_of_a_scope_and_a_trace_state_are_fields_again() -> None:
    tags = [SCOPE, tag("otel.scope.version", "string", "1"), tag("w3c.tracestate", "string", "a=b")]

    span = only(one_trace(span_entry(tags=tags)))

    assert (span.scope, span.trace_state, span.attributes) == (Scope("code", "1"), "a=b", {})


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        pytest.param(span_entry(startTime="soon"), "startTime must be an integer", id="a time"),
        pytest.param(span_entry(processID="p9"), "its process 'p9' is not among `processes`", id="a process"),
        pytest.param(span_entry(references=[{"spanID": "1"}]), "refType is missing", id="a reference"),
        pytest.param(
            span_entry(tags=[tag("n", "int64", "many")]), "the value of 'n' must be an integer", id="a tag"
        ),
        pytest.param(span_entry(tags={}), "tags must be an array", id="tags"),
        pytest.param(
            span_entry(startTime=2**63), "startTime in nanoseconds must be an integer", id="too late"
        ),
    ],
)
def test_a_span_that_cannot_be_read_is_named_and_the_others_kept(entry: object, problem: str) -> None:
    decoded = decode_json(one_trace(span_entry(), entry))

    assert [span.name for span in decoded.spans] == ["ask"]
    assert len(decoded.rejected) == 1
    assert decoded.rejected[0].startswith(f"trace 1, span 2: {problem}")


def test_a_span_without_an_id_is_rejected() -> None:
    decoded = decode_json(one_trace(span_entry(), span_entry(spanID="")))

    assert decoded.rejected == ("span 'ask': '0000000000000000' is not a span id",)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        pytest.param("<html>", "6 bytes are not JSON", id="HTML"),
        pytest.param("[" * 100_000, "100000 bytes are not JSON", id="nested too deep"),
        pytest.param("3", "The document must be an object", id="a number"),
        pytest.param("{}", "it is not Jaeger's JSON", id="nothing"),
        pytest.param('[{"a": 1}]', "trace 1 is not a trace", id="an array of something else"),
        pytest.param(
            '{"data": null, "errors": [{"code": 404, "msg": "trace not found"}]}',
            "Jaeger answered with an error: trace not found",
            id="an error",
        ),
    ],
)
def test_a_document_that_is_not_jaegers_json_is_refused(document: str, problem: str) -> None:
    with pytest.raises(WireError, match=f"^{problem}"):
        decode_json(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "data",
                    "errors",
                    "spans",
                    "processes",
                    "p1",
                    "process",
                    "serviceName",
                    "tags",
                    "key",
                    "type",
                    "value",
                    "references",
                    "traceID",
                    "spanID",
                    "processID",
                    "logs",
                    "fields",
                    "startTime",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(JSON)
def test_any_json_raises_nothing_but_wire_errors(document: object) -> None:
    try:
        decoded = decode_json(document)
    except WireError:
        return
    assert isinstance(decoded, Decoded)
